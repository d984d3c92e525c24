//! Arguments of `ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::format_and_file;
use super::life::Signing;

const INIT_EXAMPLES: &str = "\
Examples:
  gitsm ledger init                     begin it, and send it to the remote
  gitsm ledger init --as person:ada     where several could have
  gitsm ledger init --local             in this clone for now; `gitsm ledger sync` sends it

The first entry is random, so no other ledger can stand in for this one: pin its digest in gitsm.yaml
of the protected branch, as this prints it.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

const LOG_EXAMPLES: &str = "\
Examples:
  gitsm ledger log                      all entries, the newest first
  gitsm ledger log chg-42               what happened to a change
  gitsm ledger log --type approved
  gitsm ledger log -o json              ledger-log/1, with all that is stated
  gitsm ledger log -o names             ids only

It reads this clone and asks no remote: `gitsm ledger sync` fetches.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

const SHOW_EXAMPLES: &str = "\
Examples:
  gitsm ledger show 7Q4X2M9C            by the end of its id, as `ledger log` prints it
  gitsm ledger show 01KBA3T5ZX -o json  by the beginning of its id

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

const VERIFY_EXAMPLES: &str = "\
Examples:
  gitsm ledger verify
  gitsm ledger verify --witness kept/witness.json
  gitsm ledger verify -o json=verified.json

Every signature, who may write what, and that no entry was altered, dropped, put in another order or
dated back. A witness is what somebody kept outside (`gitsm ledger witness`): with it a ledger that
was rewound is told, too.

Exit codes: 0 fine, 1 something does not verify, 2 wrong usage, 3 could not do it.";

const SYNC_EXAMPLES: &str = "\
Examples:
  gitsm ledger sync

Fetches what others recorded, puts what this clone recorded on top, and pushes it, with your own git.
What others have is never overwritten.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it, or commits of the ledger are gone.";

const WITNESS_EXAMPLES: &str = "\
Examples:
  gitsm ledger witness -o json=witness.json

Keep it where whoever can write to the remote cannot: `gitsm ledger verify --witness FILE` tells later
whether all of it is still there.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

/// Arguments of `ledger`.
#[derive(Debug, Args)]
pub struct Ledger {
    /// What to do with the ledger.
    #[command(subcommand)]
    pub command: LedgerCommand,
}

/// The commands about the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Begin a ledger
    #[command(after_help = INIT_EXAMPLES)]
    Init(LedgerInit),
    /// List what was recorded, the newest first
    #[command(after_help = LOG_EXAMPLES)]
    Log(LedgerLog),
    /// Show all of one entry
    #[command(after_help = SHOW_EXAMPLES)]
    Show(LedgerShow),
    /// Say whether everything is as it was written
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(LedgerVerify),
    /// Fetch what others recorded, and send what this clone did
    #[command(after_help = SYNC_EXAMPLES)]
    Sync,
    /// Print what somebody outside keeps, to tell later whether the ledger was rewound
    #[command(after_help = WITNESS_EXAMPLES)]
    Witness(LedgerWitness),
}

/// Arguments of `ledger init`.
#[derive(Debug, Args)]
pub struct LedgerInit {
    /// Who begins it.
    #[command(flatten)]
    pub signing: Signing,
    /// Do not send it to the remote yet
    #[arg(long)]
    pub local: bool,
}

/// Arguments of `ledger log`.
#[derive(Debug, Args)]
pub struct LedgerLog {
    /// What the entries are about, such as chg-42 or target:default/dns; all without it
    #[arg(value_name = "SUBJECT")]
    pub subject: Option<String>,
    /// Only entries of a type, such as approved
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// A format, and the file to write it to: human, json, names
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "human", value_parser = format_and_file::<LogFormat>)]
    pub output: (LogFormat, Option<PathBuf>),
}

/// Arguments of `ledger show`.
#[derive(Debug, Args)]
pub struct LedgerShow {
    /// The id of the entry, its beginning or its end, or its commit
    #[arg(value_name = "ENTRY")]
    pub entry: String,
    /// A format, and the file to write it to: human, json
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "human", value_parser = format_and_file::<LedgerFormat>)]
    pub output: (LedgerFormat, Option<PathBuf>),
}

/// Arguments of `ledger verify`.
#[derive(Debug, Args)]
pub struct LedgerVerify {
    /// What somebody kept of the ledger before
    #[arg(long = "witness", value_name = "FILE")]
    pub witnesses: Vec<PathBuf>,
    /// A format, and the file to write it to: human, json
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "human", value_parser = format_and_file::<LedgerFormat>)]
    pub output: (LedgerFormat, Option<PathBuf>),
}

/// Arguments of `ledger witness`.
#[derive(Debug, Args)]
pub struct LedgerWitness {
    /// A format, and the file to write it to: json
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "json", value_parser = format_and_file::<WitnessFormat>)]
    pub output: (WitnessFormat, Option<PathBuf>),
}

/// The formats of `ledger log`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Human,
    /// ledger-log/1, for programs
    Json,
    /// Ids only
    Names,
}

/// The formats of `ledger show` and `ledger verify`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LedgerFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

/// The formats of `ledger witness`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WitnessFormat {
    /// witness/1
    Json,
}
