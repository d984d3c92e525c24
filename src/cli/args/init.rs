//! Arguments of `init`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::flow::init::{PACKS, Pack, pack_named};

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm init                              a starter catalog in this folder
  gitsm init itsm                         in a folder that need not be there
  gitsm init --with change,runbooks       and what these packs add
  gitsm init --dry-run                    only say what would be written
  gitsm init --from backstage             beside the Backstage entities that are here
  gitsm init --with change --owner group:platform

What is there is never changed: a file that exists is left as it is, and reported.";

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The folder to begin in; this one if it is left out
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Adopt a catalog that is there: write what its documents do not say, as documents beside it
    #[arg(long, value_name = "CATALOG")]
    pub from: Option<FromCatalog>,
    /// Documents to add besides (repeat, or separate by commas)
    #[arg(long, value_name = "PACK", value_delimiter = ',', value_parser = parse_pack, long_help = packs_help())]
    pub with: Vec<&'static Pack>,
    /// The Team or Group that owns what packs add, if it is not the starter's
    #[arg(long, value_name = "REF", requires = "with")]
    pub owner: Option<String>,
    /// Write nothing, only say what would be written
    #[arg(long)]
    pub dry_run: bool,
}

/// A catalog that can be adopted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FromCatalog {
    /// Entities of Backstage.
    Backstage,
}

fn parse_pack(name: &str) -> Result<&'static Pack, String> {
    let names: Vec<&str> = PACKS.iter().map(|pack| pack.name).collect();
    pack_named(name).ok_or_else(|| format!("the packs are {}", names.join(", ")))
}

fn packs_help() -> String {
    let mut text = "Documents to add besides (repeat, or separate by commas)\n".to_owned();
    for pack in PACKS {
        text.push_str(&format!("\n- {}: {}", pack.name, pack.summary));
    }
    text
}
