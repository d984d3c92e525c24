//! Arguments of `policy`.

use clap::{Args, Subcommand};

use super::validate::parse_day;

const TEST_EXAMPLES: &str = "\
Examples:
  gitsm policy test                     every policy that holds or is tried
  gitsm policy test tier1-recovers      one policy
  gitsm policy test --today 2027-03-01  as of a day

Exit codes: 0 all as expected, 1 an example is not, 2 wrong usage, 3 could not do it.";

/// Arguments of `policy`.
#[derive(Debug, Args)]
pub struct Policy {
    /// What to do with policies.
    #[command(subcommand)]
    pub command: PolicyCommand,
}

/// The commands about policies. `validate` holds them against the catalog.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Try the examples that stand beside policies (`spec.tests`)
    #[command(after_help = TEST_EXAMPLES)]
    Test(PolicyTest),
}

/// Arguments of `policy test`.
#[derive(Debug, Args)]
pub struct PolicyTest {
    /// Policies by name; all if none is named
    #[arg(value_name = "POLICY")]
    pub names: Vec<String>,
    /// Read a revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// Judge examples that name no day as of this day (YYYY-MM-DD; default: today)
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub today: Option<String>,
}
