//! The grammar of the command line, one file a command. Help texts are here, and nowhere else.

mod fmt;
mod init;
mod plain;
mod validate;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub(super) use fmt::Fmt;
pub(super) use init::{FromCatalog, Init};
pub(super) use plain::{Completions, Explain, Man, Schema};
pub(super) use validate::{Output, Validate};

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
    /// Go to this folder first, as if the command were typed there
    #[arg(short = 'C', long = "directory", global = true, value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  fine
  1  findings, or a difference that was asked for
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
    #[command(after_help = init::EXAMPLES)]
    Init(Init),
    /// Say what is wrong with a catalog
    #[command(after_help = validate::EXAMPLES)]
    Validate(Validate),
    /// Write a catalog's documents as they should look
    #[command(after_help = fmt::EXAMPLES)]
    Fmt(Fmt),
    /// Say what a code means and what to write, or what a kind is and which fields it has
    #[command(
        after_help = "Examples:\n  gitsm explain reference-unknown\n  gitsm explain service\n  gitsm explain --list"
    )]
    Explain(Explain),
    /// Print a JSON Schema
    #[command(after_help = plain::SCHEMA_EXAMPLES)]
    Schema(Schema),
    /// Print a completion script
    #[command(hide = true, after_help = "Example:\n  gitsm completions bash > gitsm.bash")]
    Completions(Completions),
    /// Write the man pages
    #[command(hide = true, after_help = "Example:\n  gitsm man --out man")]
    Man(Man),
}
