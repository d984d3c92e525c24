//! Arguments of `diff`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::format_and_file;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm diff                                 what merging your files would change
  gitsm diff main                            the same, merged into main
  gitsm diff main feature                    what merging a branch would change
  gitsm diff HEAD~1 HEAD                     what the last commit changed
  gitsm diff main --staged                   with what is staged, for a commit hook
  gitsm diff -o human -o markdown=change.md  for you, and for the pull request
  gitsm diff -o name                         a line a name, for scripts
  gitsm diff --now 2026-12-20T22:00:00+01:00 as if it were that moment

A change is what differs between the tip of BASE and what merging HEAD into it gives: the same under
merge, squash and rebase. Layout, the order of keys, comments and moved files change nothing. Without
BASE it is the branch that the forge merges into, or else the default branch; without HEAD the files on
disk, committed or not.

Exit codes: 0 fine (also if something changes), 1 with --exit-code: something changes, 2 wrong usage,
3 could not do it, such as a merge that conflicts.";

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// What it is merged into: a branch, a tag, a commit
    #[arg(value_name = "BASE")]
    pub base: Option<String>,
    /// What is merged; the files on disk without it
    #[arg(value_name = "HEAD", conflicts_with = "staged")]
    pub head: Option<String>,
    /// Look at what is staged, and not at the files on disk
    #[arg(long)]
    pub staged: bool,
    /// Exit with 1 if something changes
    #[arg(long)]
    pub exit_code: bool,
    /// Say what it affects; with `-o json` only if asked for
    #[arg(long, overrides_with = "no_impact")]
    pub impact: bool,
    /// Leave out what it affects
    #[arg(long)]
    pub no_impact: bool,
    /// Say how risky it is, who must agree, and when it may happen; with `-o json` only if asked for
    #[arg(long, overrides_with = "no_risk")]
    pub risk: bool,
    /// Leave out how risky it is, who must agree, and when it may happen
    #[arg(long)]
    pub no_risk: bool,
    /// The moment that it is judged at, as RFC 3339 writes it
    #[arg(long, value_name = "INSTANT")]
    pub now: Option<DateTime<Utc>>,
    /// A format, and the file to write it to: human, summary, name, json, markdown; may be repeated
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", value_parser = format_and_file::<DiffFormat>)]
    pub outputs: Vec<(DiffFormat, Option<PathBuf>)>,
}

/// The formats of `diff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people
    Human,
    /// One line
    Summary,
    /// A line for each entity and file
    Name,
    /// diff/1, for programs
    Json,
    /// For a pull request
    Markdown,
}
