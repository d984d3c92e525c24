//! A backtest as text: for people, programs, and a wiki or a pull request.

mod human;
mod markdown;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::text::count as counted;
use crate::catalog::short;
use crate::change::backtest::{Approver, Count, Counts, Landing, Moved, Told, Verdict};

pub use human::emit as backtest_table;
pub use markdown::emit as backtest_markdown;

/// What a row of a table is called, and its number.
type Line = (&'static str, fn(&Told) -> usize);

/// What landed on a branch, judged as if gitsm had been there.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BacktestReport {
    /// `backtest/1`.
    #[schemars(extend("const" = "backtest/1"))]
    pub format: &'static str,
    /// From when until when landings were judged.
    pub span: Span,
    /// The revision whose first-parent history it is.
    pub head: String,
    /// Its commit.
    pub head_commit: String,
    /// Whether the first commit of all is in this time: with nothing before it, it is not judged.
    pub begins: bool,
    /// Whether the clone ends before this time does, so that older landings are not known.
    pub cut: bool,
    /// Whether the newest catalog has people; else nobody can be looked up.
    pub people: bool,
    /// The policies by which landings were judged, each by that of its own base.
    pub policies_in_force: Vec<String>,
    /// The policy that was tried beside them.
    pub policy_tried: Option<String>,
    /// What holds whatever the policy.
    pub counts: Counts,
    /// What the policies in force say.
    pub in_force: Told,
    /// What the policy that was tried says.
    pub tried: Option<Told>,
    /// Landings that the policy that was tried puts in another band, or takes to or from a board.
    pub moved: Vec<Moved>,
    /// All landings, the newest first.
    pub landings: Vec<Landing>,
}

/// From when until when.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// From then on.
    #[schemars(with = "String")]
    pub from: DateTime<Utc>,
    /// Until then.
    #[schemars(with = "String")]
    pub to: DateTime<Utc>,
}

impl BacktestReport {
    /// As JSON.
    pub fn json(&self) -> String {
        // Values of strings and numbers always serialise.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    fn title(&self) -> String {
        format!(
            "Backtest of {}, {} to {}: {}",
            self.head,
            self.span.from.date_naive(),
            self.span.to.date_naive(),
            counted(self.counts.landings, "landing"),
        )
    }

    /// The most telling landings of a count: of the highest risk, and of those the newest.
    fn examples(&self, of: &Count, most: usize) -> Vec<&Landing> {
        let score = |landing: &Landing| {
            let verdict = landing.in_force.as_ref();
            verdict.map(|verdict| (verdict.band, verdict.score))
        };
        // Landings and the commits of a count come in one order.
        let mut commits = of.commits.iter().peekable();
        let named = |one: &&Landing| commits.next_if(|commit| **commit == one.commit).is_some();
        let mut all: Vec<&Landing> = self.landings.iter().filter(named).collect();
        all.sort_by(|a, b| score(b).cmp(&score(a)).then_with(|| b.at.cmp(&a.at)));
        all.truncate(most);
        all
    }

    fn landing(&self, commit: &str) -> Option<&Landing> {
        // Few are asked for.
        self.landings.iter().find(|landing| landing.commit == commit)
    }

    /// Who would have been asked how often: by the policy in force, and by the one that is tried. Those
    /// whom the first asks come first.
    fn asked(&self) -> Vec<(&Approver, usize, Option<usize>)> {
        let of = |told: &Told| -> BTreeMap<String, usize> {
            told.approvers.iter().map(|one| (one.who.clone(), one.asked.count)).collect()
        };
        let (now, tried) = (of(&self.in_force), self.tried.as_ref().map(of));
        let others = self.tried.iter().flat_map(|tried| &tried.approvers);
        let others = others.filter(|one| !now.contains_key(&one.who));
        let count =
            |known: &BTreeMap<String, usize>, who: &str| known.get(who).copied().unwrap_or(0);
        let row = |one: &'_ Approver| {
            (count(&now, &one.who), tried.as_ref().map(|tried| count(tried, &one.who)))
        };
        let all = self.in_force.approvers.iter().chain(others);
        all.map(|one| (one, row(one).0, row(one).1)).collect()
    }

    /// What is to be known before the numbers are read.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.cut {
            let oldest = self.landings.last();
            let from =
                oldest.map_or_else(String::new, |one| format!(" from {}", one.at.date_naive()));
            notes.push(format!(
                "this clone is shallow: history is known{from} on only; `git fetch --unshallow` \
                 brings the rest"
            ));
        }
        if self.begins {
            notes.push("the first commit of all has nothing before it and is not judged".into());
        }
        if self.counts.landings > 0 && !self.people {
            notes
                .push("the catalog has no people: nobody can say whether authors are known".into());
        }
        let forge = self.counts.forge_landed.count;
        if forge > 0 {
            notes.push(format!(
                "{} landed by a forge's own squash: Git does not say who pressed the button, or who \
                 agreed",
                counted(forge, "landing")
            ));
        }
        if self.counts.failures.percent.is_some() {
            let days = self.counts.failures.within_days;
            notes.push(format!(
                "failed changes are an estimate: reverts, and hotfixes of the same entity or file, \
                 within {days} days"
            ));
        }
        notes
    }

    /// The policy in force, in a word or two.
    fn in_force_name(&self) -> String {
        match self.policies_in_force.as_slice() {
            [] => "the policy in force".to_owned(),
            [one] => one.clone(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        }
    }

    /// What a policy that is tried would change, in a sentence.
    fn verdict(&self) -> Option<String> {
        let (tried, name) = (self.tried.as_ref()?, self.policy_tried.as_ref()?);
        let (before, after) = (self.in_force.board.count, tried.board.count);
        let others = match self.moved.len() {
            0 => "no landing would be in another band".to_owned(),
            _ => format!("{} would be judged otherwise", counted(self.moved.len(), "landing")),
        };
        Some(format!("under {name} the board would see {after} instead of {before}; {others}"))
    }

    /// The rows in which policies are set side by side: group, name, numbers.
    fn rows(&self) -> Vec<(&'static str, String, Vec<usize>)> {
        let policies: Vec<&Told> = std::iter::once(&self.in_force).chain(&self.tried).collect();
        let numbers = |get: &dyn Fn(&Told) -> usize| policies.iter().map(|one| get(one)).collect();
        let mut rows: Vec<(&'static str, String, Vec<usize>)> = Vec::new();
        for (at, (band, _)) in self.in_force.bands.each().iter().enumerate().rev() {
            let get = |told: &Told| told.bands.each().get(at).map_or(0, |(_, one)| one.count);
            rows.push(("risk", band.name().replace('_', " "), numbers(&get)));
        }
        for name in ["standard", "normal", "emergency"] {
            let get = |told: &Told| told.types.get(name).map_or(0, |one| one.count);
            rows.push(("type", name.to_owned(), numbers(&get)));
        }
        let asked: [Line; 5] = [
            ("a board", |told| told.board.count),
            ("the owners", |told| told.owners.count),
            ("peers", |told| told.peers.count),
            ("who answers for rules", |told| told.governance.count),
            ("nobody", |told| told.nobody.count),
        ];
        for (name, get) in asked {
            rows.push(("asks", name.to_owned(), numbers(&get)));
        }
        for what in ["reason", "plan", "test", "backout"] {
            let get = |told: &Told| told.statements_by_what.get(what).map_or(0, |one| one.count);
            rows.push(("wants said", format!("its {what}"), numbers(&get)));
        }
        rows
    }

    /// What history shows: words, the landings, and what else is to be said.
    fn findings(&self) -> Vec<(&'static str, &Count, String)> {
        let counts = &self.counts;
        let failures = &counts.failures;
        let rate = failures.percent.as_deref().map(|rate| format!("{rate} % failed, estimated"));
        let rate = rate.unwrap_or_default();
        let freezes = self.freezes();
        let none = String::new;
        vec![
            ("of very high risk", &self.in_force.bands.very_high, none()),
            ("in a freeze", &counts.in_freeze, freezes),
            ("outside a window", &counts.outside_window, none()),
            ("steer controls", &counts.governance, none()),
            ("landed by their only author", &counts.alone, "nobody else had a hand in them".into()),
            ("landed by a forge", &counts.forge_landed, "for whom is unknown".into()),
            ("landed by somebody else", &counts.landed_by_others, none()),
            ("reviewed, by a trailer", &counts.reviewed, none()),
            ("by authors nobody knows", &counts.unattributed, "not in the catalog".into()),
            ("taken back soon after", &failures.reverted, rate),
            ("fixed in a hurry", &failures.hotfixed, none()),
            ("ask who could not agree", &self.in_force.impossible, none()),
            ("touch files of nobody", &counts.unowned, none()),
            ("touch no entity", &counts.apart, none()),
            ("not judged", &counts.not_judged, none()),
        ]
    }

    fn freezes(&self) -> String {
        let mut names: Vec<String> =
            self.landings.iter().flat_map(|one| &one.freezes).map(|one| short(one)).collect();
        names.sort();
        names.dedup();
        names.join(", ")
    }
}

/// `very high 17`.
fn risk(verdict: Option<&Verdict>) -> String {
    verdict.map_or_else(
        || "-".to_owned(),
        |verdict| format!("{} {}", verdict.band.name().replace('_', " "), verdict.score),
    )
}

/// A commit as people name it.
fn brief(commit: &str) -> &str {
    commit.get(..8).unwrap_or(commit)
}

/// Who wrote a landing, in a word or two.
fn who(landing: &Landing) -> String {
    match landing.authors.as_slice() {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} +{}", rest.len()),
    }
}

/// The JSON Schema of `backtest/1`.
pub fn schema() -> Value {
    super::json::schema_of::<BacktestReport>("backtest/1", "backtest-1")
}
