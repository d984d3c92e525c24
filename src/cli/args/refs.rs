//! Arguments of `refs`.

use clap::{Args, ValueEnum};

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm refs service:checkout             every place that names it
  gitsm refs checkout                     the kind may be left out where only one has the name
  gitsm refs team:payments --at v1.2      as it was at a revision
  gitsm refs team:payments -o name        only the entities that refer to it
  gitsm refs ci:checkout-db -o json

Mentions are what descriptions, comments, conditions of policies, Markdown pages and CODEOWNERS
say, such as `service:checkout`: nothing checks them, and `gitsm rename` leaves them to you.";

/// Arguments of `refs`.
#[derive(Debug, Args)]
pub struct Refs {
    /// The entity, such as service:checkout or service/checkout; a former name will do
    #[arg(value_name = "REF")]
    pub entity: String,
    /// Read a revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// How to write it
    #[arg(short, long, value_name = "FORMAT", default_value = "human")]
    pub output: RefsFormat,
}

/// How places are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RefsFormat {
    /// For people; in a pipe a line a place: path:line:column: what
    Human,
    /// refs/1, for programs
    Json,
    /// The entities that refer to it, a line each
    Name,
}
