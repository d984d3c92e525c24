//! The ledger as text and as JSON: `ledger-log/1`, `ledger-entry/1`, `ledger-verify/1`.

use chrono::{DateTime, SecondsFormat};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::table::{Look, table};
use super::text::{count, visible};
use super::{Heading, Listing, Row, Shown};
use crate::ledger::witness::Witness;
use crate::ledger::{Checked, Fault, Problem, Standing};
use crate::model::gitsm::change_policy::Grade;

/// How many of the last characters of an id tell entries apart well enough for people.
const SHORT: usize = 8;

/// `ledger-log/1`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogReport {
    /// `ledger-log/1`.
    pub format: &'static str,
    /// How the chain stands.
    pub standing: Standing,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// Its newest commit; null if it has not begun.
    pub tip: Option<String>,
    /// How many entries there are in all.
    pub total: usize,
    /// How many of them others do not have yet.
    pub pending: usize,
    /// Those that were asked for, the newest first.
    pub entries: Vec<EntryReport>,
}

/// An entry, and what can be shown of it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryReport {
    /// Its ULID.
    pub id: String,
    /// Its type.
    pub r#type: String,
    /// What it is about.
    pub subject: String,
    /// Who says it.
    pub by: String,
    /// When, by its writer's clock.
    pub at: String,
    /// The instant that its position gives it: never earlier than that of an entry before it.
    pub time: String,
    /// The commit of the protected branch whose keys and lists count for it.
    pub main: String,
    /// How sure it is who wrote it.
    pub grade: Grade,
    /// The fingerprint of the key that signed it.
    pub key: Option<String>,
    /// Whether it counts.
    pub counts: bool,
    /// What is wrong with it.
    pub problems: Vec<Told>,
    /// The commit that adds it.
    pub commit: String,
    /// The path of its file.
    pub path: String,
    /// The digest of its file.
    pub hash: String,
    /// What it states, as it is signed.
    pub statement: Value,
}

/// What is wrong with an entry.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// What, such as `bad-signature`.
    pub problem: String,
    /// Whether the entry does not count because of it.
    pub fatal: bool,
    /// In words.
    pub message: String,
}

/// `ledger-entry/1`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShowReport {
    /// `ledger-entry/1`.
    pub format: &'static str,
    /// Its number in the chain, from 1 on.
    pub number: usize,
    /// How many there are.
    pub total: usize,
    /// The branch that holds it.
    pub branch: String,
    /// The entry.
    pub entry: EntryReport,
    /// Its signature, in its armour.
    pub signature: Option<String>,
}

/// `ledger-verify/1`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifyReport {
    /// `ledger-verify/1`.
    pub format: &'static str,
    /// How the chain stands.
    pub standing: Standing,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// Its newest commit.
    pub tip: String,
    /// The digest of its first entry.
    pub genesis: Option<String>,
    /// Whether the base pins that.
    pub pinned: bool,
    /// How many entries there are in all.
    pub total: usize,
    /// How many of them count.
    pub counting: usize,
    /// How many were signed, copied from a forge, or only claimed.
    pub grades: Grades,
    /// Those with which something is wrong, in order.
    pub entries: Vec<EntryReport>,
}

/// How many entries there are of each grade.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Grades {
    /// By a key of their writer.
    pub signed: usize,
    /// By a pipeline's copy of a review.
    pub forge: usize,
    /// By nothing but the word.
    pub claimed: usize,
}

impl EntryReport {
    /// Puts an entry down.
    pub fn of(checked: &Checked) -> Self {
        let (entry, statement) = (&checked.entry, &checked.entry.statement);
        let told = |problem: &Problem| Told {
            problem: problem.name().to_owned(),
            fatal: problem.is_fatal(),
            message: problem.to_string(),
        };
        Self {
            id: entry.id.clone(),
            r#type: statement.event.name().to_owned(),
            subject: statement.subject.clone(),
            by: statement.by.clone(),
            at: statement.at.clone(),
            time: instant(checked.time),
            main: checked.main.clone(),
            grade: checked.grade,
            key: checked.key.clone(),
            counts: checked.counts(),
            problems: checked.problems.iter().map(told).collect(),
            commit: entry.commit.clone(),
            path: entry.path.clone(),
            hash: format!("sha256:{}", entry.hash),
            statement: entry.written.statement.clone(),
        }
    }

    fn short(&self) -> &str {
        self.id.get(self.id.len().saturating_sub(SHORT)..).unwrap_or(&self.id)
    }

    /// Whether it counts, or what is wrong with it, in few words.
    fn standing(&self) -> String {
        match self.problems.as_slice() {
            [] => "counts".to_owned(),
            all => all.iter().map(|one| one.problem.as_str()).collect::<Vec<_>>().join(", "),
        }
    }
}

fn instant(seconds: i64) -> String {
    let at = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn json(report: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(report).unwrap_or_default();
    format!("{text}\n")
}

/// A log for programs.
pub fn log_json(report: &LogReport) -> String {
    json(report)
}

/// The ids of a log, one a line.
pub fn log_names(report: &LogReport) -> String {
    report.entries.iter().map(|entry| format!("{}\n", visible(&entry.id))).collect()
}

/// What is said where there is no ledger. `is_pinned`: the protected branch names one.
pub fn none(is_pinned: bool) -> &'static str {
    match is_pinned {
        true => {
            "The ledger that the protected branch pins is not in this clone: `gitsm ledger sync` fetches it\n"
        }
        false => "There is no ledger yet. An operator begins it: `gitsm ledger init`\n",
    }
}

/// A log for people. `is_pinned`: the protected branch names a ledger.
pub fn log_human(report: &LogReport, is_pinned: bool, color: bool, width: Option<usize>) -> String {
    let mut text = faults(&report.faults, report.standing);
    if report.entries.is_empty() {
        text.push_str(match (report.total, &report.tip) {
            (0, None) => none(is_pinned),
            _ => "No entry fits.\n",
        });
        return text;
    }
    let titles = ["ENTRY", "TIME", "TYPE", "SUBJECT", "BY", "GRADE", "STANDING"];
    let columns = titles.map(|title| Heading { title: title.to_owned(), shown: Shown::Always });
    let row = |entry: &EntryReport| Row {
        cells: vec![
            entry.short().to_owned(),
            entry.at.replace('T', " ").trim_end_matches('Z').to_owned(),
            entry.r#type.clone(),
            crate::catalog::short(&entry.subject),
            entry.by.replacen(":default/", ":", 1),
            grade(entry.grade).to_owned(),
            entry.standing(),
        ],
        name: entry.id.clone(),
    };
    let rows = report.entries.iter().map(row).collect();
    let listing = Listing { columns: columns.into(), rows };
    text.push_str(&table(&listing, Look { wide: true, color, width }));
    if report.pending > 0 {
        let pending = count(report.pending, "commit");
        text.push_str(&format!("\n{pending} not shared yet: `gitsm ledger sync`\n"));
    }
    text
}

fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Claimed => "claimed",
        Grade::Forge => "forge",
        Grade::Signed => "signed",
    }
}

fn faults(faults: &[Fault], standing: Standing) -> String {
    if faults.is_empty() {
        return String::new();
    }
    let mut text = format!("The chain is {}:\n", standing.name());
    for fault in faults {
        let commit: String = fault.commit.chars().take(10).collect();
        let entry = fault.entry.as_ref().map(|id| format!(" entry {id}")).unwrap_or_default();
        let line = format!("  {}: {} (commit {commit}{entry})", fault.fault, fault.message);
        text.push_str(&visible(&line));
        text.push('\n');
    }
    text.push('\n');
    text
}

/// An entry for programs.
pub fn entry_json(report: &ShowReport) -> String {
    json(report)
}

/// An entry for people.
pub fn entry_human(report: &ShowReport) -> String {
    let entry = &report.entry;
    let mut lines = vec![
        ("entry", format!("{} ({} of {})", entry.id, report.number, report.total)),
        ("type", entry.r#type.clone()),
        ("subject", entry.subject.clone()),
        ("by", entry.by.clone()),
        ("at", entry.at.clone()),
    ];
    if entry.time != entry.at {
        lines.push(("counts as of", entry.time.clone()));
    }
    lines.push(("grade", grade(entry.grade).to_owned()));
    lines.push(("key", entry.key.clone().unwrap_or_else(|| "none".to_owned())));
    match entry.problems.as_slice() {
        [] => lines.push(("standing", "counts".to_owned())),
        all => lines.extend(all.iter().map(|one| {
            let name = if one.fatal { "does not count" } else { "counts, but" };
            (name, format!("{} ({})", one.message, one.problem))
        })),
    }
    lines.push(("base", format!("{} (whose keys and lists count)", entry.main)));
    lines.push(("commit", format!("{} on {}", entry.commit, report.branch)));
    lines.push(("file", entry.path.clone()));
    lines.push(("digest", entry.hash.clone()));
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for (name, value) in lines {
        text.push_str(&format!("{name:width$}  {}\n", visible(&value)));
    }
    text.push_str("\nstatement\n");
    for line in serde_json::to_string_pretty(&entry.statement).unwrap_or_default().lines() {
        text.push_str(&format!("  {}\n", visible(line)));
    }
    text
}

impl VerifyReport {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty() && self.counting == self.total
    }
}

/// A verification for programs.
pub fn verify_json(report: &VerifyReport) -> String {
    json(report)
}

/// A verification for people.
pub fn verify_human(report: &VerifyReport) -> String {
    let mut text = faults(&report.faults, report.standing);
    for entry in &report.entries {
        for one in &entry.problems {
            let word = if one.fatal { "does not count" } else { "counts" };
            let line = format!(
                "{} {} {} by {} {word}: {} ({})",
                entry.id, entry.r#type, entry.subject, entry.by, one.message, one.problem
            );
            text.push_str(&visible(&line));
            text.push('\n');
        }
    }
    let Grades { signed, forge, claimed } = &report.grades;
    let odd = report.total - report.counting;
    let commit: String = report.tip.chars().take(10).collect();
    let all = match report.total {
        1 => "1 entry".to_owned(),
        number => format!("{number} entries"),
    };
    text.push_str(&format!(
        "{all} up to commit {commit}: {signed} signed, {forge} by a forge, {claimed} claimed; the \
         chain is {}",
        report.standing.name()
    ));
    text.push_str(&match odd {
        0 => ".\n".to_owned(),
        1 => ", and 1 entry does not count.\n".to_owned(),
        odd => format!(", and {odd} entries do not count.\n"),
    });
    if !report.pinned {
        let genesis = report.genesis.as_deref().unwrap_or_default();
        text.push_str(&format!(
            "gitsm.yaml of the protected branch does not pin it yet: `ledger: {{genesis: {genesis}}}`\n"
        ));
    }
    text
}

/// A witness, as it is kept.
pub fn witness_json(witness: &Witness) -> String {
    json(witness)
}

/// The schema of `ledger-log/1`.
pub fn log_schema() -> Value {
    super::json::schema_of::<LogReport>("ledger-log/1", "ledger-log-1")
}

/// The schema of `ledger-entry/1`.
pub fn show_schema() -> Value {
    super::json::schema_of::<ShowReport>("ledger-entry/1", "ledger-entry-1")
}

/// The schema of `ledger-verify/1`.
pub fn verify_schema() -> Value {
    super::json::schema_of::<VerifyReport>("ledger-verify/1", "ledger-verify-1")
}

/// The schema of `witness/1`.
pub fn witness_schema() -> Value {
    super::json::schema_of::<Witness>("witness/1", "witness-1")
}
