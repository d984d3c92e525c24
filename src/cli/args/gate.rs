//! Arguments of `gate`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::format_and_file;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm gate                                   what is checked out, into what it is merged into
  gitsm gate --base origin/main                the same, into this branch
  gitsm gate -o human -o github -o json=verdict.json    in a pipeline
  gitsm gate --replay verdict.json             judge again as it was then, to the byte

Says of each requirement whether it is met, what shows that, and who can do what next: that nothing is
broken, that policies hold, that the change says what it must, that who must agree does, for the rules
and for what changes, that it may happen now, that no other change is in its way, that it is known who
made it. What holds a merge up is `gate:` in the gitsm.yaml of the branch that it goes to; without it
only what is broken does. It writes nothing and runs nothing that the change brings along.

In a pipeline fetch all commits of the change and the ledger (`fetch-depth: 0`).

Exit codes: 0 it may be merged, 1 it may not, 2 wrong usage, 3 it cannot be judged, so it may not.";

/// Arguments of `gate`.
#[derive(Debug, Args)]
pub struct Gate {
    /// What it is merged into: a branch or a commit (default: what your forge says, or the default
    /// branch)
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// What is merged (default: what is checked out, as far as it is committed)
    #[arg(long, value_name = "REV")]
    pub head: Option<String>,
    /// The moment that it is judged at, as RFC 3339 writes it (default: now)
    #[arg(long, value_name = "INSTANT")]
    pub now: Option<DateTime<Utc>>,
    /// A tip of the ledger that was kept outside (`gitsm ledger witness`); may be repeated
    #[arg(long, value_name = "FILE")]
    pub witness: Vec<PathBuf>,
    /// Judge again by the inputs of this verdict, as JSON; 1 if another one comes out
    #[arg(long, value_name = "VERDICT", conflicts_with_all = ["base", "head", "now", "witness"])]
    pub replay: Option<PathBuf>,
    /// A format, and the file to write it to: human, json, markdown, github; may be repeated
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", value_parser = format_and_file::<GateFormat>)]
    pub outputs: Vec<(GateFormat, Option<PathBuf>)>,
}

/// The formats of `gate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GateFormat {
    /// For people
    Human,
    /// verdict/1, for programs
    Json,
    /// For a pull request
    Markdown,
    /// Annotations of a GitHub workflow
    Github,
}
