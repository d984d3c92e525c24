//! Arguments of `impact`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::format_and_file;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm impact ci:checkout-db                what is affected if it is down
  gitsm impact ci:node-1 ci:node-2           if both are: a quorum may be lost
  gitsm impact service:payments --degraded   if it works, worse than it should
  gitsm impact ci:checkout-db --to service:shop
                                             why the one reaches the other
  gitsm impact ci:checkout-db -o markdown    for a pull request
  gitsm impact ci:checkout-db --at v1.2      as it was at a revision

What is needed and down brings down; what is only used, a member of a redundant set, or a member
of a cluster that keeps its quorum degrades. What is retired or not in use yet is left out.

Exit codes: 0 fine (with --to: it reaches), 1 with --to: it does not, 2 wrong usage, 3 could not
do it.";

/// Arguments of `impact`.
#[derive(Debug, Args)]
pub struct Impact {
    /// What is in trouble: `service:checkout`, `ci/checkout-db`, or a name alone
    #[arg(value_name = "REF", required = true)]
    pub causes: Vec<String>,
    /// They do not work at all (the default)
    #[arg(long, conflicts_with = "degraded")]
    pub down: bool,
    /// They work, worse than they should
    #[arg(long)]
    pub degraded: bool,
    /// Say why they reach this entity, or why they do not
    #[arg(long, value_name = "REF", conflicts_with = "depth")]
    pub to: Option<String>,
    /// Read a revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// List only what is at most so many steps away, and that in full
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub depth: Option<u32>,
    /// A format, and the file to write it to: human, json, markdown, mermaid
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "human", value_parser = format_and_file::<ImpactFormat>)]
    pub output: (ImpactFormat, Option<PathBuf>),
}

/// The formats of `impact`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImpactFormat {
    /// For people
    Human,
    /// impact/1, for programs (with --to: impact-path/1)
    Json,
    /// Tables, for a pull request
    Markdown,
    /// A flowchart
    Mermaid,
}
