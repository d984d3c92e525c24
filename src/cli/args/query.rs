//! Arguments of `query`.

use clap::Args;

use super::get::{GetOutput, parse_output};
use super::validate::parse_day;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm query \"entity.spec.criticality == 'tier1'\"
  gitsm query \"entity.kind == 'Service' && !has(entity.spec.continuity)\"
  gitsm query \"entity.owners().exists(o, o.ref == 'team:payments')\" -o name
  gitsm query \"entity.isA('database')\" --show entity.spec.version --show entity.spec.region
  gitsm explain cel                        what expressions can use, and twenty questions

Exit codes: 0 fine, also if nothing is found; 1 of some entities it cannot be said; 2 wrong usage, or
a mistake in an expression; 3 could not do it.";

/// Arguments of `query`.
#[derive(Debug, Args)]
pub struct Query {
    /// What must be true of an entity, in CEL (`gitsm explain cel`)
    #[arg(value_name = "EXPR")]
    pub expression: String,
    /// Show this of each entity, instead of its kind's columns (repeat for several)
    #[arg(long, value_name = "EXPR")]
    pub show: Vec<String>,
    /// How to print it: table, wide, name, json, yaml, csv or jsonpath=TEMPLATE, as `gitsm get`
    #[arg(short, long, value_name = "FORMAT", value_parser = parse_output)]
    pub output: Option<GetOutput>,
    /// Read a revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// What `today` is in the expression (YYYY-MM-DD; default: today)
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub today: Option<String>,
}
