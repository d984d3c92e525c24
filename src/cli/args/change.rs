//! Arguments of `change`.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Subcommand, ValueEnum};

use super::backtest::{BACKTEST_EXAMPLES, ChangeBacktest};
use super::format_and_file;
use super::life::{
    APPROVE_EXAMPLES, ARCHIVE_EXAMPLES, CANCEL_EXAMPLES, COMPLETE_EXAMPLES, ChangeArchive,
    ChangeComplete, ChangeDelegate, ChangeGlass, ChangeListing, ChangeMerged, ChangeNew,
    ChangeReviews, ChangeRevoke, ChangeSay, ChangeShow, DELEGATE_EXAMPLES, GLASS_EXAMPLES,
    LIST_EXAMPLES, MERGED_EXAMPLES, NEW_EXAMPLES, PROPOSE_EXAMPLES, REJECT_EXAMPLES,
    REVIEWS_EXAMPLES, REVOKE_EXAMPLES, SHOW_EXAMPLES,
};

const CALENDAR_EXAMPLES: &str = "\
Examples:
  gitsm change calendar                      the next four weeks
  gitsm change calendar ci:checkout-db       only what holds for it, and its next window
  gitsm change calendar calendar:year-end-freeze --days 365
  gitsm change calendar --from 2026-12-01 --to 2026-12-31
  gitsm change calendar -o ics=changes.ics   for the calendar on your desk
  gitsm change calendar -o markdown          for a wiki or a pull request

A freeze beats every window. Times are in the zone that most calendars are in; those in JSON and
ics are in UTC.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

/// Arguments of `change`.
#[derive(Debug, Args)]
pub struct Change {
    /// What to ask about changes.
    #[command(subcommand)]
    pub command: ChangeCommand,
}

/// The commands about changes.
#[derive(Debug, Subcommand)]
pub enum ChangeCommand {
    /// Begin a change request: what is known stands in it, what is missing is asked
    #[command(after_help = NEW_EXAMPLES)]
    New(ChangeNew),
    /// Put a change forward as it is, for those who must agree
    #[command(after_help = PROPOSE_EXAMPLES)]
    Propose(ChangeSay),
    /// Show a change: what was said, what is computed, what happened, what comes next
    #[command(after_help = SHOW_EXAMPLES)]
    Show(ChangeShow),
    /// List the changes that the ledger knows, and where they stand
    #[command(after_help = LIST_EXAMPLES)]
    List(ChangeListing),
    /// Agree to a change as it is
    #[command(after_help = APPROVE_EXAMPLES)]
    Approve(ChangeSay),
    /// Say that you do not agree to a change
    #[command(after_help = REJECT_EXAMPLES)]
    Reject(ChangeSay),
    /// Take back what you said before
    #[command(after_help = REVOKE_EXAMPLES)]
    Revoke(ChangeRevoke),
    /// Let somebody else agree in your place for a while
    #[command(after_help = DELEGATE_EXAMPLES)]
    Delegate(ChangeDelegate),
    /// Go ahead before anybody agrees, if the base lists you for it
    #[command(after_help = GLASS_EXAMPLES)]
    BreakGlass(ChangeGlass),
    /// Call a change off
    #[command(after_help = CANCEL_EXAMPLES)]
    Cancel(ChangeSay),
    /// Copy the reviews of a pull request, in a pipeline of the default branch
    #[command(after_help = REVIEWS_EXAMPLES)]
    Reviews(ChangeReviews),
    /// Record what landed on the default branch, in its pipeline
    #[command(after_help = MERGED_EXAMPLES)]
    Merged(ChangeMerged),
    /// Say how a change went, or look back at it
    #[command(after_help = COMPLETE_EXAMPLES)]
    Complete(ChangeComplete),
    /// Take requests of changes that are over off the disk
    #[command(after_help = ARCHIVE_EXAMPLES)]
    Archive(ChangeArchive),
    /// Show when changes may happen and which are planned: windows, freezes, schedules
    #[command(after_help = CALENDAR_EXAMPLES)]
    Calendar(ChangeCalendar),
    /// Judge what landed already as if gitsm had been there, and try another policy on it
    #[command(after_help = BACKTEST_EXAMPLES)]
    Backtest(ChangeBacktest),
}

/// Arguments of `change calendar`.
#[derive(Debug, Args)]
pub struct ChangeCalendar {
    /// Calendars, or entities for which to show what holds; all if none is named
    #[arg(value_name = "REF")]
    pub names: Vec<String>,
    /// The first day (YYYY-MM-DD; default: today)
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub from: Option<NaiveDate>,
    /// The last day (YYYY-MM-DD; default: four weeks in all)
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub to: Option<NaiveDate>,
    /// How many days, instead of a last day
    #[arg(long, value_name = "N", conflicts_with = "to", value_parser = clap::value_parser!(u32).range(1..))]
    pub days: Option<u32>,
    /// Read a revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// Ask as of an instant, such as 2026-12-24T18:00:00Z (default: now)
    #[arg(long, value_name = "INSTANT", value_parser = parse_instant)]
    pub now: Option<DateTime<Utc>>,
    /// A format, and the file to write it to: table, json, markdown, ics
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "table", value_parser = format_and_file::<CalendarFormat>)]
    pub output: (CalendarFormat, Option<PathBuf>),
}

/// The formats of `change calendar`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CalendarFormat {
    /// For people
    Table,
    /// change-calendar/1, for programs
    Json,
    /// A table, for a wiki or a pull request
    Markdown,
    /// iCalendar (RFC 5545), for calendar programs
    Ics,
}

pub(super) fn parse_day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_why| "write a day as 2026-12-31".to_owned())
}

pub(super) fn parse_instant(text: &str) -> Result<DateTime<Utc>, String> {
    let instant = DateTime::parse_from_rfc3339(text);
    instant
        .map(|instant| instant.to_utc())
        .map_err(|_why| "write an instant as 2026-12-31T22:00:00Z".to_owned())
}
