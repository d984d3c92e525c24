//! Who must agree to a change, each with the rule that asks, and who is only told. What several
//! policies ask is joined; an approver may fulfil several requirements at once.

use std::collections::{BTreeMap, BTreeSet};

use super::Side;
use super::change_type::Typed;
use super::class::is_governance;
use super::governance::steers;
use super::impact::ChangeImpact;
use super::lengths::seconds;
use super::people::People;
use super::policy::{Policies, Rules, floor};
pub use super::requirement::{Approvals, Because, Requirement, RequirementKind};
use super::set::{ChangeSet, EntityChange};
use crate::catalog::short;
use crate::model::gitsm::Spec;
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::change_policy::Grade;
use crate::model::gitsm::team::TeamType;
use crate::model::gitsm::value::{Criticality, RiskBand};
use crate::model::{FieldClass, parse_reference};

/// What is asked for is made of this.
pub struct Question<'q, 'a> {
    /// The change.
    pub set: &'q ChangeSet,
    /// Before.
    pub base: &'q Side<'a>,
    /// After.
    pub merged: &'q Side<'a>,
    /// What it can break.
    pub impact: &'q ChangeImpact,
    /// The policies.
    pub policies: &'q Policies<'a>,
    /// Its band.
    pub band: RiskBand,
    /// Its type.
    pub typed: &'q Typed,
    /// The change's own request.
    pub own: Option<&'q str>,
    /// Who contributed.
    pub people: &'q People<'q, 'a>,
}

struct Asked<'q, 'a> {
    question: &'q Question<'q, 'a>,
    all: BTreeMap<String, Requirement>,
    notes: BTreeSet<String>,
}

/// Finds who must agree.
pub fn approvals(question: &Question<'_, '_>) -> Approvals {
    let mut asked = Asked { question, all: BTreeMap::new(), notes: BTreeSet::new() };
    match question.typed.r#type {
        ChangeType::Standard => {}
        ChangeType::Emergency => asked.emergency(),
        ChangeType::Normal => asked.normal(),
    }
    asked.governance();
    asked.unattributed();
    let strangers = question.people.strangers();
    if !strangers.is_empty() {
        asked.notes.insert(format!(
            "nobody in the catalog goes by {}, so approvers cannot be told from them: write \
             `accounts: {{git: ADDRESS}}` in their Person",
            strangers.join(", ")
        ));
    }
    let policies = question.policies;
    let shortest = policies.iter().filter_map(|rules| rules.approval_lasts()).map(|one| &one.0);
    let review = policies.iter().filter_map(|rules| rules.review_within()).map(|one| &one.0);
    let is_emergency = question.typed.r#type == ChangeType::Emergency;
    Approvals {
        requirements: asked.all.into_values().collect(),
        contributors: question.people.contributors.clone(),
        notes: asked.notes.into_iter().collect(),
        lasts: shortest.min_by_key(|text| seconds(text)).cloned(),
        review_within: review.filter(|_| is_emergency).min_by_key(|text| seconds(text)).cloned(),
    }
}

/// What a requirement is before it is known who may fulfil it.
struct Wanted {
    kind: RequirementKind,
    who: Vec<String>,
    count: Option<u32>,
    grade: Grade,
    because: Because,
    entities: Vec<String>,
    consent_after: Option<String>,
}

impl Wanted {
    fn id(&self) -> String {
        let word = match self.kind {
            RequirementKind::Peers => return "peers".to_owned(),
            RequirementKind::Governance => return "governance".to_owned(),
            RequirementKind::Unattributed => return "unattributed".to_owned(),
            RequirementKind::Owner => "owner",
            RequirementKind::Team => "team",
            RequirementKind::Affected => "affected",
            RequirementKind::Emergency => "emergency",
        };
        format!("{word}/{}", self.who.join("+"))
    }
}

fn because(rules: &Rules<'_>, pointer: String, reason: String) -> Because {
    Because { policy: Some(rules.name.clone()), pointer: Some(pointer), reason }
}

impl<'q, 'a> Asked<'q, 'a> {
    fn normal(&mut self) {
        let question = self.question;
        for rules in question.policies.iter() {
            let rule = rules.approvals(question.band);
            let grade = rules.grade(question.band, floor(question.base));
            let band = question.band.name();
            let at = |field: &str| format!("/spec/approvals/{band}/{field}");
            if let Some(count) = rule.peers.filter(|count| *count > 0) {
                let reason = format!("a {} change is looked at by others", words(band));
                self.ask(Wanted {
                    kind: RequirementKind::Peers,
                    who: Vec::new(),
                    count: Some(count),
                    grade,
                    because: because(rules, at("peers"), reason),
                    entities: Vec::new(),
                    consent_after: None,
                });
            }
            if rule.owners == Some(true) {
                self.owners(rules, grade, &at("owners"));
            }
            match &rule.teams {
                Some(teams) => {
                    for team in teams {
                        self.team(rules, team, grade, at("teams"));
                    }
                }
                None => self.board(rules, grade, &at("teams")),
            }
            if question.band >= RiskBand::High {
                self.affected(rules, grade);
            }
            self.hidden(grade);
        }
    }

    /// A new comment that hides findings: nobody hides the mistakes of their own work alone.
    fn hidden(&mut self, grade: Grade) {
        let new = self.question.set.ignores.iter().find(|one| one.after > one.before);
        let Some(one) = new else { return };
        let reason = format!("a new comment hides {} of {}", one.code, short(&one.reference));
        let because = Because { policy: None, pointer: None, reason };
        let (kind, who, entities, count) =
            (RequirementKind::Peers, Vec::new(), Vec::new(), Some(1));
        self.ask(Wanted { kind, who, count, grade, because, entities, consent_after: None });
    }

    /// Owners of what changes, before and after.
    fn owners(&mut self, rules: &Rules<'_>, grade: Grade, pointer: &str) {
        for (owner, entities) in self.owned() {
            let reason = match entities.as_slice() {
                [one] => format!("owner of {}", short(one)),
                [one, rest @ ..] => format!("owner of {} and {} more", short(one), rest.len()),
                [] => continue,
            };
            self.ask(Wanted {
                kind: RequirementKind::Owner,
                who: vec![owner],
                count: None,
                grade,
                because: because(rules, pointer.to_owned(), reason),
                entities,
                consent_after: None,
            });
        }
    }

    /// What changes, by those who are accountable for it before or after.
    fn owned(&self) -> BTreeMap<String, Vec<String>> {
        let Question { set, base, merged, own, .. } = self.question;
        let mut entities: BTreeSet<(&str, &str)> = BTreeSet::new();
        for change in set.entities.iter().filter(|one| Some(one.reference.as_str()) != *own) {
            let before = change.former.as_deref().unwrap_or(&change.reference);
            entities.insert((before, &change.reference));
        }
        for file in &set.files {
            entities.extend(file.entities.iter().map(|name| (name.as_str(), name.as_str())));
        }
        let mut owned: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (before, after) in entities {
            let mut owners = base.owners(before);
            owners.extend(merged.owners(after));
            owners.sort();
            owners.dedup();
            for owner in owners {
                let of = owned.entry(owner).or_default();
                if of.last().is_none_or(|last| last != after) {
                    of.push(after.to_owned());
                }
            }
        }
        owned
    }

    fn team(&mut self, rules: &Rules<'_>, text: &str, grade: Grade, pointer: String) {
        let namespace = rules.name.policy.as_deref().map_or("default".to_owned(), |name| {
            crate::model::EntityRef::from_canonical(name).namespace().to_owned()
        });
        let Ok(team) = parse_reference(text, Some("team"), &namespace) else { return };
        let team = self
            .question
            .base
            .find(team.as_str())
            .map_or(team.as_str().to_owned(), |id| self.question.base.name(id).to_owned());
        let reason = format!("a {} change is theirs to decide", words(self.question.band.name()));
        self.ask(Wanted {
            kind: RequirementKind::Team,
            who: vec![team],
            count: None,
            grade,
            because: because(rules, pointer, reason),
            entities: Vec::new(),
            consent_after: None,
        });
    }

    /// Where no policy names a team, the change advisory boards: one of them from high on, their
    /// quorum for very high.
    fn board(&mut self, rules: &Rules<'_>, grade: Grade, pointer: &str) {
        let band = self.question.band;
        if band < RiskBand::High {
            return;
        }
        let boards = self.of_type(TeamType::Cab);
        if boards.is_empty() {
            let note = "from high on a change advisory board is asked, and the base has no Team of \
                        type `cab`";
            self.notes.insert(note.to_owned());
        }
        for board in boards {
            let reason = format!("a {} change is theirs to decide", words(band.name()));
            self.ask(Wanted {
                kind: RequirementKind::Team,
                who: vec![board],
                count: (band == RiskBand::High).then_some(1),
                grade,
                because: because(rules, pointer.to_owned(), reason),
                entities: Vec::new(),
                consent_after: None,
            });
        }
    }

    fn of_type(&self, wanted: TeamType) -> Vec<String> {
        let catalog = self.question.base.catalog;
        let of_type = catalog.entities().filter(|(_, entity)| match entity.spec() {
            Some(Spec::Team(spec)) => spec.r#type == Some(wanted),
            _ => false,
        });
        let mut names: Vec<String> =
            of_type.map(|(_, entity)| catalog.canonical(entity).to_owned()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Owners of what is affected: of tier 1 and one step away, one of each team, and silence is
    /// consent after a while.
    fn affected(&mut self, rules: &Rules<'_>, grade: Grade) {
        let owned = self.owned();
        let mut near: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for one in &self.question.impact.affected {
            if one.distance == 1 && one.criticality.criticality == Some(Criticality::Tier1) {
                for owner in one.owners.iter().filter(|owner| !owned.contains_key(*owner)) {
                    near.entry(owner.clone()).or_default().push(one.entity.clone());
                }
            }
        }
        for (owner, entities) in near {
            let first = entities.first().map(|one| short(one)).unwrap_or_default();
            let reason = format!("{first} is tier1 and fails with what changes");
            self.ask(Wanted {
                kind: RequirementKind::Affected,
                who: vec![owner],
                count: Some(1),
                grade,
                because: because(rules, "/spec/consentAfter".to_owned(), reason),
                entities,
                consent_after: rules.consent_after().map(|after| after.0.clone()),
            });
        }
    }

    fn emergency(&mut self) {
        let question = self.question;
        for rules in question.policies.iter() {
            let teams = match rules.emergency() {
                Some(emergency) => {
                    let team = parse_reference(&emergency.approvers.0, Some("team"), "default");
                    team.map(|team| vec![team.as_str().to_owned()]).unwrap_or_default()
                }
                None => self.of_type(TeamType::Ecab),
            };
            if teams.is_empty() {
                let note = "an emergency needs somebody who decides, and the base has no Team of \
                            type `ecab`";
                self.notes.insert(note.to_owned());
            }
            let grade = rules.grade(question.band, floor(question.base));
            for team in teams {
                self.ask(Wanted {
                    kind: RequirementKind::Emergency,
                    who: vec![team],
                    count: Some(1),
                    grade,
                    because: because(
                        rules,
                        "/spec/emergency/approvers".to_owned(),
                        "it cannot wait, and one of them decides".to_owned(),
                    ),
                    entities: Vec::new(),
                    consent_after: None,
                });
            }
        }
    }

    /// Edits of what steers controls need those who answer for the rules, by the base's settings.
    fn governance(&mut self) {
        let steering = steering(self.question.set);
        let Some(first) = steering.first() else { return };
        let reason = match steering.len() {
            1 => format!("{} steers who agrees to what", first.1),
            n => format!("{} and {} more steer who agrees to what", first.1, n - 1),
        };
        let owners = self.question.base.config.governance_owners().iter();
        let owners = owners.filter_map(|text| parse_reference(text, Some("team"), "default").ok());
        let who: Vec<String> = owners.map(|owner| owner.as_str().to_owned()).collect();
        let unowned = who.is_empty();
        let (band, floor) = (self.question.band, floor(self.question.base));
        let grades = self.question.policies.iter().map(|rules| rules.grade(band, floor));
        self.ask(Wanted {
            kind: RequirementKind::Governance,
            who,
            count: Some(1),
            grade: grades.max().unwrap_or(floor),
            because: Because { policy: None, pointer: None, reason },
            entities: steering.into_iter().filter_map(|(entity, _)| entity).collect(),
            consent_after: None,
        });
        if unowned && let Some(requirement) = self.all.get_mut("governance") {
            requirement.enforced = false;
            requirement.problem = Some(
                "nobody answers for the rules: write `governance: {owners: [team:NAME]}` into \
                 gitsm.yaml"
                    .to_owned(),
            );
        }
    }

    fn unattributed(&mut self) {
        match self.question.people.unattributed() {
            None if self.question.people.contributors.is_empty() => {}
            None => {
                let note = "whether signatures or a forge vouch for the contributors is not known";
                self.notes.insert(note.to_owned());
            }
            Some(names) if names.is_empty() => {}
            Some(names) => self.ask(Wanted {
                kind: RequirementKind::Unattributed,
                who: Vec::new(),
                count: Some(2),
                grade: floor(self.question.base),
                because: Because {
                    policy: None,
                    pointer: None,
                    reason: format!(
                        "no signature and no forge account vouches for {}",
                        names.join(", ")
                    ),
                },
                entities: Vec::new(),
                consent_after: None,
            }),
        }
    }

    /// Adds a requirement, or joins it with the same of another policy: the stricter counts.
    fn ask(&mut self, wanted: Wanted) {
        let id = wanted.id();
        let new = self.requirement(id.clone(), wanted);
        let Some(known) = self.all.get_mut(&id) else {
            self.all.insert(id, new);
            return;
        };
        known.count = known.count.max(new.count);
        known.grade = known.grade.max(new.grade);
        known.because.extend(new.because);
        known.because.sort();
        known.because.dedup();
        known.r#for.extend(new.r#for);
        known.r#for.sort();
        known.r#for.dedup();
        let longer = [known.consent_after.take(), new.consent_after].into_iter().flatten();
        known.consent_after = longer.max_by_key(|text| seconds(text));
        known.problem = too_few(known).or(known.problem.take());
    }

    fn requirement(&self, id: String, wanted: Wanted) -> Requirement {
        let people = self.question.people;
        let anyone = matches!(wanted.kind, RequirementKind::Peers | RequirementKind::Unattributed);
        let mut requirement = Requirement {
            id,
            kind: wanted.kind,
            count: wanted.count.unwrap_or(1),
            grade: wanted.grade,
            because: vec![wanted.because],
            r#for: wanted.entities,
            anyone,
            eligible: Vec::new(),
            excluded: Vec::new(),
            consent_after: wanted.consent_after,
            enforced: true,
            problem: None,
            who: wanted.who,
        };
        for who in &requirement.who {
            let speakers = people.speakers(who);
            if wanted.count.is_none() {
                requirement.count = requirement.count.max(speakers.quorum);
            }
            requirement.eligible.extend(speakers.eligible);
            requirement.excluded.extend(speakers.excluded);
            if !speakers.known {
                let new = self.question.merged.find(who).is_some();
                let problem = match new {
                    true => {
                        format!("{} is new in this change: nobody speaks for it yet", short(who))
                    }
                    false => format!(
                        "{} is not in the catalog: nobody knows who speaks for it",
                        short(who)
                    ),
                };
                requirement.problem = Some(problem);
            }
        }
        for list in [&mut requirement.eligible, &mut requirement.excluded] {
            list.sort();
            list.dedup();
        }
        let problem = requirement.problem.take();
        requirement.problem = problem.or_else(|| too_few(&requirement));
        requirement
    }
}

fn too_few(requirement: &Requirement) -> Option<String> {
    if requirement.anyone || requirement.who.is_empty() {
        return None;
    }
    let there = requirement.eligible.len();
    if there >= requirement.count as usize {
        return None;
    }
    let whose: Vec<String> = requirement.who.iter().map(|who| short(who)).collect();
    let whose = whose.join(" or ");
    Some(match (there, requirement.excluded.len()) {
        (0, 0) => format!("nobody can speak for {whose}: it has no members here"),
        (0, _) => format!("nobody is left to speak for {whose}: all of them contributed"),
        (there, _) => format!("{} of {whose} must agree, and only {there} may", requirement.count),
    })
}

fn words(band: &str) -> String {
    band.replace('_', " ")
}

/// What of a change steers controls: entities, or else files, each in words.
pub fn steering(set: &ChangeSet) -> Vec<(Option<String>, String)> {
    let of_entity = |change: &EntityChange| {
        let edit = change.edits.iter().find(|edit| steers(edit));
        let name = short(&change.reference);
        let told = match edit {
            Some(_) if is_governance(change.kind) => name,
            Some(edit) => format!("{name} {}", edit.pointer),
            None if change.class == FieldClass::Governance => format!("the file of {name}"),
            None => return None,
        };
        Some((Some(change.reference.clone()), told))
    };
    let entities = set.entities.iter().filter_map(of_entity);
    let files = set.files.iter().filter(|file| file.governance);
    entities.chain(files.map(|file| (None, file.changed.path.clone()))).collect()
}
