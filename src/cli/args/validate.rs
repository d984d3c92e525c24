//! Arguments of `validate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::finding::Severity;
use crate::output::{FORMATS, Format, format_named};

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm validate                          the catalog of this repository
  gitsm validate catalog                  the catalog below a folder
  gitsm validate a/catalog-info.yaml      what concerns one file
  gitsm validate --at v1.2                as it was at a revision
  gitsm validate --since origin/main      only what is new
  gitsm validate --fix                    correct what can be corrected
  gitsm validate --fix --dry-run          show how, as a diff
  gitsm validate -o human -o sarif=gitsm.sarif

Exit codes: 0 nothing as bad as --fail-on, 1 findings, 2 wrong usage, 3 could not do it.
With --fix they are about what remains. A comment silences a finding, and keeps it from being
fixed: `# gitsm: ignore[code] reason`.";

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct Validate {
    /// Folders that hold a catalog, or files of one to report on
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Read a revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// Report only what is not so at a revision
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// The least severity that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub fail_on: FailOn,
    /// Report only these codes (repeat, or separate by commas)
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Do not report these codes (repeat, or separate by commas)
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Judge dates as of this day (YYYY-MM-DD; default: today)
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub today: Option<String>,
    /// What time alone brings (an expiry, an overdue review) is an error and not a warning
    #[arg(long)]
    pub scheduled: bool,
    /// Correct in the files what can be corrected without you, and report what remains
    #[arg(long, conflicts_with = "list_files")]
    pub fix: bool,
    /// With --fix: print the corrections as a diff, and write nothing
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// Show every finding in full, not only the first screen
    #[arg(long)]
    pub all: bool,
    /// List every YAML file, what it holds, and why it is passed over if it is
    #[arg(long)]
    pub list_files: bool,
    /// A format, and the file to write it to (repeat for several)
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", value_parser = parse_output, long_help = output_help())]
    pub outputs: Vec<Output>,
}

/// A format, and where to.
#[derive(Clone)]
pub struct Output {
    /// The format.
    pub format: &'static Format,
    /// The file; standard output if there is none.
    pub file: Option<PathBuf>,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={:?}", self.format.name, self.file)
    }
}

pub(super) fn parse_day(text: &str) -> Result<String, String> {
    match chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(day) => Ok(day.to_string()),
        Err(_) => Err("write a day as 2026-12-31".to_owned()),
    }
}

fn parse_output(text: &str) -> Result<Output, String> {
    let (name, file) = match text.split_once('=') {
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
        return Err("the file after `=` is missing".to_owned());
    }
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    match format_named(name) {
        Some(format) => Ok(Output { format, file }),
        None => Err(format!("the formats are {}", names.join(", "))),
    }
}

fn output_help() -> String {
    let mut text = "A format, and the file to write it to (repeat for several)\n".to_owned();
    for format in FORMATS {
        text.push_str(&format!("\n- {}: {}", format.name, format.summary));
    }
    text
}

/// What makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors.
    Error,
    /// Errors and warnings.
    Warning,
}

impl FailOn {
    pub(in crate::cli) fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
        }
    }
}
