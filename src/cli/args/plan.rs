//! Arguments of `plan`, and what it shares with `apply`, `drift` and `target`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::format_and_file;
use crate::flow::plan::Set;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm plan                                    what your files would change, at every target
  gitsm plan inventory                          at one target
  gitsm plan --at origin/main --out plan.json   a plan that `gitsm apply plan.json` carries out
  gitsm plan inventory --set inventory.folder=/tmp/try
                                                somewhere else, to try it
  gitsm plan -o human -o markdown=plan.md       for you, and for the pull request
  gitsm plan --exit-code                        1 if there is something to do, for scripts

Compares three things, field by field: what the catalog wants, what gitsm left there last, and what is
there now. What somebody else changed there is told, and left alone. Nothing is changed by a plan.

Where a target is, and which secrets it needs, counts as the protected branch has it: `settings` and
`credentials` of the Target, before them `targets:` of gitsm.yaml, before these --operator and --set.

Exit codes: 0 fine (also if there is something to do), 1 refused as it is, or with --exit-code:
something is to be done, 2 wrong usage or settings, 3 could not do it, such as a target that does not
answer; the others are planned all the same.";

/// Which targets, and what whoever runs it says of them.
#[derive(Debug, Clone, Args)]
pub struct Aim {
    /// The targets, such as `inventory`; all without one
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
    /// What you say of targets, in a file: `targets: {NAME: {settings: …, credentials: …}}` (default:
    /// the file that GITSM_OPERATOR names)
    #[arg(long, value_name = "FILE")]
    pub operator: Option<PathBuf>,
    /// A setting of a target; may be repeated
    #[arg(long, value_name = "TARGET.SETTING=VALUE", value_parser = Set::read)]
    pub set: Vec<Set>,
}

/// What may be done beyond the limits of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Allow {
    /// More deletions than its limit
    Deletes,
    /// More updates than its limit
    Updates,
    /// Taking everything away
    Empty,
    /// Putting right what somebody else changed
    Drift,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct Plan {
    /// Which targets
    #[command(flatten)]
    pub aim: Aim,
    /// The revision whose catalog is planned; the files on disk without it
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// What may be done beyond the limits of a target
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub allow: Vec<Allow>,
    /// Write the plan to this file, as `gitsm apply` reads it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exit with 1 if there is something to do
    #[arg(long)]
    pub exit_code: bool,
    /// A format, and the file to write it to: human, json, markdown; may be repeated
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", value_parser = format_and_file::<PlanFormat>)]
    pub outputs: Vec<(PlanFormat, Option<PathBuf>)>,
}

/// The formats of `plan`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people
    Human,
    /// plan/1, for programs
    Json,
    /// For a pull request
    Markdown,
}
