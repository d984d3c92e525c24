//! Arguments of `rename`.

use clap::Args;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm rename service:checkout basket            in every place that names it
  gitsm rename service:checkout basket --dry-run  show the edit as a diff
  gitsm rename service/checkout service/basket    as kubectl writes names
  gitsm rename team:payments billing/payments     into another namespace
  gitsm rename service:checkout basket --dry-run | git apply

The old name is kept in `metadata.formerly` (Backstage, OpenSLO: the annotation `gitsm/formerly`),
so that links to it still lead there. Renaming it back takes that away again. Texts that speak of
it, such as descriptions and conditions of policies, are listed and not touched. Nothing is written
if anything else would change, or if the catalog would get an error.";

/// Arguments of `rename`.
#[derive(Debug, Args)]
pub struct Rename {
    /// The entity, such as service:checkout or service/checkout
    #[arg(value_name = "REF")]
    pub old: String,
    /// Its new name, with another namespace if it is to move: basket, shop/basket
    #[arg(value_name = "NEW")]
    pub new: String,
    /// Print the edit as a diff, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}
