//! Arguments of `change backtest`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::change::parse_day;
use super::format_and_file;
use crate::flow::backtest::Since;

pub(super) const BACKTEST_EXAMPLES: &str = "\
Examples:
  gitsm change backtest                           what landed in the last year
  gitsm change backtest --since 90d -o json       every number, with its commits
  gitsm change backtest --policy stricter.yaml    what another ChangePolicy would have asked
  gitsm change backtest --since 2026-01-01 --until 2026-03-31
  gitsm change backtest -o markdown=backtest.md   for a wiki or a pull request

It follows first parents: a merge is one landing, and so are consecutive commits with one
Gitsm-Change trailer. Each is judged by the ChangePolicy of its own base, at the time of its commit.
Nothing has to be set up, and nothing here is proved: whoever commits may write any name and date.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

/// Arguments of `change backtest`.
#[derive(Debug, Args)]
pub struct ChangeBacktest {
    /// How far back: 1y, 90d, 6 months, or a day
    #[arg(long, value_name = "SPAN", default_value = "1y", value_parser = Since::parse)]
    pub since: Since,
    /// The last day (YYYY-MM-DD; default: today)
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub until: Option<NaiveDate>,
    /// A ChangePolicy to try beside the one in force
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The revision whose history it is
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    pub at: String,
    /// A format, and the file to write it to: table, json, markdown
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "table", value_parser = format_and_file::<BacktestFormat>)]
    pub output: (BacktestFormat, Option<PathBuf>),
}

/// The formats of `change backtest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BacktestFormat {
    /// For people
    Table,
    /// backtest/1, for programs: every number with its commits
    Json,
    /// Tables, for a wiki or a pull request
    Markdown,
}
