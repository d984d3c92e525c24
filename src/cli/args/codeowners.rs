//! Arguments of `codeowners`.

use std::path::PathBuf;

use clap::Args;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm codeowners                 print it
  gitsm codeowners --write         write it where GitHub or GitLab looks for it
  gitsm codeowners --check         in CI: exit 1 and a diff if it is not up to date
  gitsm codeowners --out CODEOWNERS

Owners come from `spec.owner`, files from `spec.sources` and from where the documents stand. A Person
is known by `accounts`, a Team by the annotation `github.com/team-slug: org/team` or by
`contact.email`; whoever has none of these is told on standard error and not guessed. In a file that
exists only the lines from `# gitsm:begin` to `# gitsm:end` are gitsm's.";

/// Arguments of `codeowners`.
#[derive(Debug, Args)]
pub struct Codeowners {
    /// Write the file
    #[arg(long)]
    pub write: bool,
    /// Write nothing: exit 1 and a diff if the file is not up to date
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
    /// The file to write or check, from the top of the repository on (default: the first of
    /// .github/CODEOWNERS, CODEOWNERS, docs/CODEOWNERS, .gitlab/CODEOWNERS that exists)
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
