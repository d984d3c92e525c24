//! The grammar of the command line. Help texts are here, and nowhere else.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::finding::Severity;
use crate::flow::init::{PACKS, Pack, pack_named};
use crate::output::{FORMATS, Format, format_named};

/// IT service management in Git.
///
/// Reads catalogs of Backstage entities, OpenSLO objects and gitsm's own documents, and says what
/// is wrong with them, at the line where it is wrong.
#[derive(Debug, Parser)]
#[command(name = "gitsm", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Cli {
    /// When to colour.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  fine
  1  findings
  2  wrong usage
  3  could not do it (files, Git, network)";

/// When to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal that can.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl When {
    pub(super) fn decide(self, auto: bool) -> bool {
        match self {
            Self::Auto => auto,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Begin a catalog, or add to one of Backstage's what gitsm needs
    #[command(after_help = INIT_EXAMPLES)]
    Init(Init),
    /// Say what is wrong with a catalog
    #[command(after_help = VALIDATE_EXAMPLES)]
    Validate(Validate),
    /// Say what a code means and what to write, or what a kind is and which fields it has
    #[command(
        after_help = "Examples:\n  gitsm explain reference-unknown\n  gitsm explain service\n  gitsm explain --list"
    )]
    Explain(Explain),
    /// Print a JSON Schema
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema(Schema),
    /// Print a completion script
    #[command(hide = true, after_help = "Example:\n  gitsm completions bash > gitsm.bash")]
    Completions(Completions),
    /// Write the man pages
    #[command(hide = true, after_help = "Example:\n  gitsm man --out man")]
    Man(Man),
}

const INIT_EXAMPLES: &str = "\
Examples:
  gitsm init                              a starter catalog in this folder
  gitsm init itsm                         in a folder that need not be there
  gitsm init --with change,runbooks       and what these packs add
  gitsm init --dry-run                    only say what would be written
  gitsm init --from backstage             beside the Backstage entities that are here
  gitsm init --with change --owner group:platform

What is there is never changed: a file that exists is left as it is, and reported.";

const VALIDATE_EXAMPLES: &str = "\
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

const SCHEMA_EXAMPLES: &str = "\
Examples:
  gitsm schema                  every kind in one schema, for an editor
  gitsm schema component        one kind
  gitsm schema config           gitsm.yaml
  gitsm schema findings         what `validate -o json` prints";

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The folder to begin in; this one if it is left out
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Adopt a catalog that is there: write what its documents do not say, as documents beside it
    #[arg(long, value_name = "CATALOG")]
    pub from: Option<FromCatalog>,
    /// Documents to add besides (repeat, or separate by commas)
    #[arg(long, value_name = "PACK", value_delimiter = ',', value_parser = parse_pack, long_help = packs_help())]
    pub with: Vec<&'static Pack>,
    /// The Team or Group that owns what packs add, if it is not the starter's
    #[arg(long, value_name = "REF", requires = "with")]
    pub owner: Option<String>,
    /// Write nothing, only say what would be written
    #[arg(long)]
    pub dry_run: bool,
}

/// A catalog that can be adopted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FromCatalog {
    /// Entities of Backstage.
    Backstage,
}

fn parse_pack(name: &str) -> Result<&'static Pack, String> {
    let names: Vec<&str> = PACKS.iter().map(|pack| pack.name).collect();
    pack_named(name).ok_or_else(|| format!("the packs are {}", names.join(", ")))
}

fn packs_help() -> String {
    let mut text = "Documents to add besides (repeat, or separate by commas)\n".to_owned();
    for pack in PACKS {
        text.push_str(&format!("\n- {}: {}", pack.name, pack.summary));
    }
    text
}

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

fn parse_day(text: &str) -> Result<String, String> {
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
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
        }
    }
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The code, or the kind in any case and number
    #[arg(required_unless_present = "list")]
    pub code: Option<String>,
    /// List every code and kind
    #[arg(long)]
    pub list: bool,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// A kind, in any case and number, or `config` or `findings`; all kinds if it is left out
    pub kind: Option<String>,
    /// Write every schema below a folder
    #[arg(long, value_name = "DIR", hide = true, conflicts_with = "kind")]
    pub write: Option<PathBuf>,
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
