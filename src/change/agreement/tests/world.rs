//! A change, its requirements and a ledger, made by hand.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::agreement::{Agreement, Asked, Standing, agreement};
use crate::change::facts::Contributor;
use crate::change::people::Known;
use crate::change::requirement::{Approvals, Requirement, RequirementKind};
use crate::ledger::{
    APPROVAL, Approval, Authority, Checked, CloseCode, Decision, Entry, Event, FORMAT, Intent,
    Merged, Proposed, Statement, Written,
};
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::change_policy::Grade;
use crate::model::gitsm::value::RiskBand;

/// 2026-11-16, a Monday, at noon.
pub(in crate::change) const MONDAY: i64 = 1_794_830_400;
pub(in crate::change) const HOUR: i64 = 3600;

pub(in crate::change) struct World {
    pub(in crate::change) change: String,
    pub(in crate::change) digest: String,
    pub(in crate::change) request: String,
    pub(in crate::change) repository: String,
    pub(in crate::change) base_branch: String,
    pub(in crate::change) change_type: ChangeType,
    pub(in crate::change) band: RiskBand,
    pub(in crate::change) incident: Option<String>,
    pub(in crate::change) approvals: Approvals,
    pub(in crate::change) authority: Authority,
    pub(in crate::change) now: i64,
    pub(in crate::change) ledger: Vec<Checked>,
    /// Whose keys count no longer.
    pub(in crate::change) gone: BTreeSet<String>,
}

pub(in crate::change) fn person(name: &str) -> String {
    format!("person:default/{name}")
}

fn people(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| person(name)).collect()
}

pub(in crate::change) fn requirement(
    kind: RequirementKind,
    id: &str,
    count: u32,
    eligible: &[&str],
) -> Requirement {
    Requirement {
        id: id.to_owned(),
        kind,
        who: id.split_once('/').map(|(_, who)| who.to_owned()).into_iter().collect(),
        count,
        grade: Grade::Claimed,
        because: Vec::new(),
        r#for: Vec::new(),
        anyone: matches!(kind, RequirementKind::Peers | RequirementKind::Unattributed),
        eligible: people(eligible),
        excluded: Vec::new(),
        consent_after: None,
        enforced: true,
        problem: None,
    }
}

impl World {
    /// A change by ada that asks cy or dee of team:infra, and one peer. Nothing was said yet.
    pub(in crate::change) fn new() -> Self {
        let everybody = ["ada", "bo", "cy", "dee", "eve", "fay", "gil"];
        let ada = Contributor { role: "author".to_owned(), ..Contributor::default() };
        Self {
            change: "change:default/pg17".to_owned(),
            digest: "sha256:d1".to_owned(),
            request: "sha256:r1".to_owned(),
            repository: "acme/infra#sha256:g".to_owned(),
            base_branch: "refs/heads/main".to_owned(),
            change_type: ChangeType::Normal,
            band: RiskBand::Moderate,
            incident: None,
            approvals: Approvals {
                requirements: vec![
                    requirement(
                        RequirementKind::Owner,
                        "owner/team:default/infra",
                        1,
                        &["cy", "dee"],
                    ),
                    requirement(RequirementKind::Peers, "peers", 1, &[]),
                ],
                contributors: vec![Known { contributor: ada, persons: people(&["ada"]) }],
                notes: Vec::new(),
                lasts: Some("PT120H".to_owned()),
                review_within: None,
            },
            authority: Authority {
                writers: everybody
                    .iter()
                    .map(|one| (person(one), Vec::new()))
                    .collect::<BTreeMap<_, _>>(),
                break_glass: people(&["ada", "fay"]).into_iter().collect(),
                operators: people(&["gil"]).into_iter().collect(),
                ..Authority::default()
            },
            now: MONDAY,
            ledger: Vec::new(),
            gone: BTreeSet::new(),
        }
    }

    pub(in crate::change) fn with<T>(&self, tell: impl FnOnce(&Asked<'_>) -> T) -> T {
        let key_now = |one: &Checked| match self.gone.contains(&one.entry.statement.by) {
            true => Err("the key is not in the base any more".to_owned()),
            false => Ok(()),
        };
        tell(&Asked {
            repository: &self.repository,
            base_branch: &self.base_branch,
            change: &self.change,
            digest: &self.digest,
            request: &self.request,
            change_type: self.change_type,
            band: self.band,
            incident: self.incident.as_deref(),
            approvals: &self.approvals,
            authority: &self.authority,
            now: self.now,
            ledger: &self.ledger,
            key_now: &key_now,
        })
    }

    pub(in crate::change) fn told(&self) -> Agreement {
        self.with(agreement)
    }

    /// Adds an entry, one minute later, about a subject.
    pub(in crate::change) fn write(&mut self, by: &str, subject: &str, event: Event) -> String {
        self.now += 60;
        let number = self.ledger.len();
        let id = format!("01J{number:023}");
        let by = if by.contains(':') { by.to_owned() } else { person(by) };
        let at = chrono::DateTime::from_timestamp(self.now, 0).unwrap();
        let grade = match event.review() {
            Some(_) => Grade::Forge,
            None => Grade::Signed,
        };
        let statement = Statement {
            format: FORMAT.to_owned(),
            subject: subject.to_owned(),
            at: at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            main: "a".repeat(40),
            ledger: None,
            by: by.clone(),
            event,
        };
        let entry = Entry {
            id: id.clone(),
            commit: format!("{number:040x}"),
            path: String::new(),
            hash: String::new(),
            prev: None,
            written: Written { statement: serde_json::Value::Null, signature: None },
            statement,
        };
        self.ledger.push(Checked {
            entry,
            time: self.now,
            main: "a".repeat(40),
            grade,
            key: Some(format!("SHA256:{by}")),
            problems: Vec::new(),
        });
        id
    }

    /// Adds an entry about the change.
    pub(in crate::change) fn say(&mut self, by: &str, event: Event) -> String {
        let change = self.change.clone();
        self.write(by, &change, event)
    }

    pub(in crate::change) fn last(&mut self) -> &mut Checked {
        self.ledger.last_mut().unwrap()
    }

    pub(in crate::change) fn approval(&self, by: &str, decision: Decision) -> Approval {
        let ids = self.approvals.requirements.iter().map(|one| one.id.clone());
        Approval {
            format: APPROVAL.to_owned(),
            repository: self.repository.clone(),
            base_branch: self.base_branch.clone(),
            change: self.change.clone(),
            digest: self.digest.clone(),
            request: self.request.clone(),
            decision,
            person: person(by),
            band: self.band,
            requirements: ids.collect(),
        }
    }

    pub(in crate::change) fn approve(&mut self, by: &str) -> String {
        let approval = self.approval(by, Decision::Approve);
        self.say(by, Event::Approved { approval, review: None, text: None })
    }

    pub(in crate::change) fn reject(&mut self, by: &str) -> String {
        let approval = self.approval(by, Decision::Reject);
        self.say(by, Event::Rejected { approval, review: None, text: None })
    }

    pub(in crate::change) fn revoke(&mut self, by: &str, entry: &str) -> String {
        self.say(by, Event::Revoked { entry: entry.to_owned(), text: None })
    }

    pub(in crate::change) fn propose(&mut self, by: &str) -> String {
        let ids = self.approvals.requirements.iter().map(|one| one.id.clone());
        let proposed = Proposed {
            base_branch: self.base_branch.clone(),
            base: "b".repeat(40),
            head: "c".repeat(40),
            digest: self.digest.clone(),
            request: self.request.clone(),
            change_type: self.change_type,
            band: self.band,
            requirements: ids.collect(),
            pull_request: None,
            opener: None,
        };
        self.say(by, Event::Proposed(proposed))
    }

    pub(in crate::change) fn merge(&mut self) -> String {
        let merged = Merged {
            base_branch: self.base_branch.clone(),
            before: "b".repeat(40),
            after: "d".repeat(40),
            digest: self.digest.clone(),
            request: Some(self.request.clone()),
            pull_request: None,
        };
        self.say("pipeline:ci", Event::Merged(merged))
    }

    pub(in crate::change) fn shatter(&mut self, by: &str) -> String {
        let (base_branch, digest) = (self.base_branch.clone(), self.digest.clone());
        self.say(by, Event::BreakGlass { base_branch, digest, incident: None, text: None })
    }

    pub(in crate::change) fn intend(&mut self, target: &str) -> String {
        let changes = vec![self.change.clone()];
        let intent =
            Intent { commit: "d".repeat(40), plan: "sha256:p".to_owned(), changes, holder: None };
        self.write("pipeline:ci", target, Event::Intent(intent))
    }

    pub(in crate::change) fn end(&mut self, subject: &str, result: CloseCode) -> String {
        let event = Event::Outcome {
            result,
            started: None,
            ended: "2026-11-16T13:00:00Z".to_owned(),
            intent: None,
            changes: vec![self.change.clone()],
            text: None,
        };
        self.write("pipeline:ci", subject, event)
    }

    pub(in crate::change) fn review(&mut self, by: &str) -> String {
        self.say(by, Event::Reviewed { result: CloseCode::Successful, text: None })
    }

    pub(in crate::change) fn cancel(&mut self, by: &str) -> String {
        self.say(by, Event::Canceled { text: None })
    }

    /// Lets somebody speak in another one's place, from an hour ago until in a day.
    pub(in crate::change) fn lend(&mut self, from: &str, to: &str, teams: &[&str]) -> String {
        let at = |seconds| {
            let at = chrono::DateTime::from_timestamp(seconds, 0).unwrap();
            at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
        };
        let event = Event::Delegated {
            to: person(to),
            teams: teams.iter().map(|one| (*one).to_owned()).collect(),
            from: at(self.now - HOUR),
            until: at(self.now + 24 * HOUR),
        };
        self.write(from, &person(from), event)
    }
}

/// What became of each requirement: its name, its standing, and who by.
pub(in crate::change) fn standings(told: &Agreement) -> Vec<String> {
    let one = |one: &crate::change::agreement::Fulfilled| {
        let by: Vec<String> = one
            .by
            .iter()
            .map(|voice| match &voice.behalf {
                Some(behalf) => format!("{} for {}", short(&voice.person), short(behalf)),
                None => short(&voice.person),
            })
            .collect();
        let standing = match one.standing {
            Standing::Met => "met".to_owned(),
            Standing::Lapsed => "lapsed".to_owned(),
            Standing::Unmet => format!("{} missing", one.missing),
        };
        format!("{} {standing} {}", one.kind_word(), by.join("+")).trim_end().to_owned()
    };
    told.requirements.iter().map(one).collect()
}

impl crate::change::agreement::Fulfilled {
    fn kind_word(&self) -> &str {
        self.id.split('/').next().unwrap()
    }
}

fn short(person: &str) -> String {
    person.replace("person:default/", "")
}

/// The entries that do not count: the code and by whom.
pub(in crate::change) fn codes(told: &Agreement) -> Vec<String> {
    let code = |one: &crate::change::agreement::Refused| {
        format!("{} {}", short(&one.person), one.why.code())
    };
    told.refused.iter().map(code).collect()
}
