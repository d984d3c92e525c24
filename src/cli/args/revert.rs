//! Arguments of `revert`.

use clap::{Args, ValueEnum};

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm revert HEAD                       take the last commit back
  gitsm revert change:checkout-db-17      the change that brought this change request
  gitsm revert pr-812                     what merging this pull request changed
  gitsm revert v1.4..v1.5                 all that landed between two tags
  gitsm revert HEAD~3 --dry-run           show the edit as a diff, and write nothing
  gitsm revert HEAD~3 --partial           what can be taken back, and say what cannot
  gitsm revert HEAD~3 --dry-run | git apply

It edits the files on disk, and commits nothing. Values decide: what still is as the change made it
becomes as it was before, with its comments; what others edited since is an obstacle, and so is an
error that the catalog would get. Then nothing is written, unless --partial is given. A change is
what differs between a commit and its first parent, so a merge is taken back as a whole.

Exit codes: 0 taken back, 1 something stands in the way, 2 wrong usage, 3 could not do it.";

/// Arguments of `revert`.
#[derive(Debug, Args)]
pub struct Revert {
    /// A commit, a range A..B, change:NAME, pr-N, or what a `Gitsm-Change` trailer says
    #[arg(value_name = "CHANGE")]
    pub change: String,
    /// Take back what can be, though something stands in the way of the rest
    #[arg(long)]
    pub partial: bool,
    /// Print the edit as a diff, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How to say what was done: human, json
    #[arg(
        short,
        long = "output",
        value_name = "FORMAT",
        default_value = "human",
        hide_possible_values = true
    )]
    pub output: RevertFormat,
}

/// The formats of `revert`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RevertFormat {
    /// For people
    Human,
    /// revert/1, for programs
    Json,
}
