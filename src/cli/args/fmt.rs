//! Arguments of `fmt`.

use std::path::PathBuf;

use clap::Args;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm fmt                       the catalog of this repository
  gitsm fmt services/a.yaml       one file
  gitsm fmt --check               list what would change; for CI
  gitsm fmt --diff                show how, as a diff that `git apply` takes
  gitsm fmt - < a.yaml            from standard input to standard output; for editors

Keys come in the order of `gitsm explain KIND`; lists and mappings are indented by two spaces;
quotes go where no reader of YAML needs them. Values, comments, anchors, block texts and line ends
stay. Files that hold no entity, and documents of others, stay byte for byte.

Exit codes: 0 fine, 1 a difference under --check or --diff, or a file that does not parse, 2 wrong
usage, 3 could not do it.";

/// Arguments of `fmt`.
#[derive(Debug, Args)]
pub struct Fmt {
    /// Folders that hold a catalog, or files of one; `-` for standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Write nothing: list the files that would change
    #[arg(long)]
    pub check: bool,
    /// Write nothing: print what would change as a diff
    #[arg(long, conflicts_with = "check")]
    pub diff: bool,
    /// The name to give to what comes from standard input
    #[arg(long, value_name = "FILE", default_value = "stdin.yaml")]
    pub stdin_name: String,
}
