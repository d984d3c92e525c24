//! Targets, listed and checked.

use super::listing::{Heading, Listing, Row, Shown};
use super::table::{Look, table};
use super::text::{count, visible};

/// A target, as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListedTarget {
    /// What it is called.
    pub name: String,
    /// How it is spoken to.
    pub driver: String,
    /// Where it is.
    pub place: String,
    /// What was applied last, and when.
    pub applied: String,
    /// Who holds it.
    pub held: String,
}

/// What was found at a target.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckedTarget {
    /// What it is called.
    pub name: String,
    /// How many entities it takes, and how many objects of gitsm's are there; nothing if it could not
    /// be asked.
    pub found: Option<(usize, usize)>,
    /// What went wrong.
    pub fault: Option<String>,
    /// What is written there and does not count yet.
    pub note: Option<String>,
    /// The exit code that it means.
    pub code: u8,
}

/// Targets as a table.
pub fn listed(targets: &[ListedTarget], color: bool, width: Option<usize>) -> String {
    let titles = ["NAME", "DRIVER", "WHERE", "APPLIED", "HELD BY"];
    let heading = |title: &&str| Heading { title: (*title).to_owned(), shown: Shown::Always };
    let row = |one: &ListedTarget| {
        let cells = [&one.name, &one.driver, &one.place, &one.applied, &one.held];
        Row { name: one.name.clone(), cells: cells.map(String::clone).to_vec() }
    };
    let listing = Listing {
        columns: titles.iter().map(heading).collect(),
        rows: targets.iter().map(row).collect(),
    };
    table(&listing, Look { wide: false, color, width })
}

/// What was found, a line a target.
pub fn checked(targets: &[CheckedTarget]) -> String {
    let line = |one: &CheckedTarget| match (&one.found, &one.fault) {
        (Some((taken, own)), _) => format!(
            "ok     {}: it takes {}, and {} of gitsm's {} there{}\n",
            visible(&one.name),
            count(*taken, "entity"),
            count(*own, "object"),
            if *own == 1 { "is" } else { "are" },
            one.note.as_ref().map(|why| format!("; {}", visible(why))).unwrap_or_default(),
        ),
        (None, fault) => {
            let fault = fault.as_deref().unwrap_or("it did not answer");
            format!("FAILED {}\n", visible(fault))
        }
    };
    targets.iter().map(line).collect()
}
