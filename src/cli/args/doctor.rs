//! Arguments of `doctor`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::format_and_file;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm doctor                            in your clone
  gitsm doctor --remote                   and ask the remote which branches it has
  gitsm -C /srv/git/acme.git doctor       a server's repository: its settings and hooks
  gitsm doctor -o markdown=gate.md        a list to tick off
  gitsm doctor -o json                    doctor/1, for a scheduled pipeline

Looks at the protected branch as this clone knows it, at its people, ledger and pipelines, and at the
repository. It writes nothing. What only the forge knows is listed for you to look at, and never
taken to be fine.

Exit codes: 0 nothing dangerous, 1 a danger, 2 wrong usage, 3 could not do it.";

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Ask the remote, too, with `git ls-remote`
    #[arg(long)]
    pub remote: bool,
    /// A format, and the file to write it to: human, json, markdown
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "human", value_parser = format_and_file::<DoctorFormat>)]
    pub output: (DoctorFormat, Option<PathBuf>),
}

/// The formats of `doctor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DoctorFormat {
    /// For people
    Human,
    /// doctor/1, for programs
    Json,
    /// A list to tick off, for an issue or a wiki
    Markdown,
}
