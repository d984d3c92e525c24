//! Arguments of the commands that look at no catalog.

use std::path::PathBuf;

use clap::Args;

pub(super) const SCHEMA_EXAMPLES: &str = "\
Examples:
  gitsm schema                  every kind in one schema, for an editor
  gitsm schema component        one kind
  gitsm schema config           gitsm.yaml
  gitsm schema findings         what `validate -o json` prints
  gitsm schema impact           what `impact -o json` prints";

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The code, or the kind in any case and number
    #[arg(required_unless_present = "list", value_name = "CODE")]
    pub code: Option<String>,
    /// List every code and kind
    #[arg(long)]
    pub list: bool,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// A kind, in any case and number, or `config`, `findings`, `impact`, `impact-path` or `graph`;
    /// all kinds if it is left out
    #[arg(value_name = "KIND")]
    pub kind: Option<String>,
    /// Write every schema below a folder
    #[arg(long, value_name = "DIR", hide = true, conflicts_with = "kind")]
    pub write: Option<PathBuf>,
}

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  source <(gitsm completions bash)          in ~/.bashrc
  gitsm completions zsh > _gitsm            in a folder of $fpath
  gitsm completions fish | source           in ~/.config/fish/config.fish";

/// Arguments of `complete`.
#[derive(Debug, Args)]
pub struct Complete {
    /// Say beside each word what it is
    #[arg(long)]
    pub describe: bool,
    /// The words of the line up to the cursor, the program's name first
    #[arg(last = true, value_name = "WORD")]
    pub words: Vec<std::ffi::OsString>,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct Man {
    /// The folder to write to
    #[arg(long, value_name = "DIR", default_value = "man")]
    pub out: PathBuf,
}
