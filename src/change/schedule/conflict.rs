//! What stands in a change's way: ServiceNow's seven reasons.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::holds::{Calendars, Hold};
use super::relatives::relatives;
use super::verdict::{When, WindowState, judge};
use crate::catalog::rota::Span;
use crate::catalog::{Catalog, EntityId, Graph};

/// Why two changes, or a change and a calendar, do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictReason {
    /// Another change of the same entity is planned for the same time.
    CiScheduled,
    /// Another change of a parent or child is planned for the same time.
    RelativeScheduled,
    /// The time is in no window of the entity.
    CiNotInWindow,
    /// The time is in no window of a parent or child.
    RelativeNotInWindow,
    /// The entity is frozen at the time.
    CiInBlackout,
    /// What it belongs to, or what belongs to it, is frozen at the time.
    RelativeInBlackout,
    /// Whoever does it does something else at the time.
    AssigneeScheduled,
}

impl ConflictReason {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 7] = [
        Self::CiScheduled,
        Self::RelativeScheduled,
        Self::CiNotInWindow,
        Self::RelativeNotInWindow,
        Self::CiInBlackout,
        Self::RelativeInBlackout,
        Self::AssigneeScheduled,
    ];

    /// Whether it is about windows and freezes, and not about other changes.
    pub fn is_of_calendar(self) -> bool {
        !matches!(self, Self::CiScheduled | Self::RelativeScheduled | Self::AssigneeScheduled)
    }

    /// What ServiceNow calls it.
    pub fn words(self) -> &'static str {
        match self {
            Self::CiScheduled => "CI already scheduled",
            Self::RelativeScheduled => "Parent/child CI already scheduled",
            Self::CiNotInWindow => "CI not in maintenance window",
            Self::RelativeNotInWindow => "Parent/child CI not in maintenance window",
            Self::CiInBlackout => "CI in blackout window",
            Self::RelativeInBlackout => "Parent/child CI in blackout window",
            Self::AssigneeScheduled => "Assigned to already scheduled",
        }
    }
}

/// Another change that is not done yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenChange {
    /// What it is called: a ChangeRequest's canonical reference, or a branch.
    pub name: String,
    /// The branch it is on, if it is not merged.
    pub branch: Option<String>,
    /// The branch's tip.
    pub commit: Option<String>,
    /// What it touches, by canonical reference.
    pub touches: BTreeSet<String>,
    /// When it is done.
    pub schedule: Option<Span>,
    /// Who does it, by canonical reference.
    pub assignees: Vec<String>,
}

/// Open changes, by what they touch and by who does them.
#[derive(Debug, Default)]
pub struct OpenChanges<'a> {
    by_entity: BTreeMap<&'a str, Vec<&'a OpenChange>>,
    by_assignee: BTreeMap<&'a str, Vec<&'a OpenChange>>,
}

impl<'a> OpenChanges<'a> {
    /// Sorts them, once for many questions.
    pub fn of(all: &'a [OpenChange]) -> Self {
        let mut open = Self::default();
        for change in all {
            for entity in &change.touches {
                open.by_entity.entry(entity).or_default().push(change);
            }
            for who in &change.assignees {
                open.by_assignee.entry(who).or_default().push(change);
            }
        }
        open
    }

    /// Those that touch an entity, but for the one of a name.
    fn others(&self, entity: &str, own: Option<&str>) -> Vec<&'a OpenChange> {
        let all = self.by_entity.get(entity).into_iter().flatten().copied();
        all.filter(|one| Some(one.name.as_str()) != own).collect()
    }
}

/// Something that stands in a change's way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// Why.
    pub reason: ConflictReason,
    /// The entity that the change touches; of an assignee, who that is.
    pub subject: String,
    /// The parent or child by which it comes.
    pub relative: Option<String>,
    /// The other change, or the calendar.
    pub with: Option<String>,
    /// When.
    pub span: Option<Span>,
}

/// What to tell of a change beside others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// What stands in its way, by reason.
    pub conflicts: Vec<Conflict>,
    /// Other open changes of the same entities, where one of the two has no schedule: pairs of an
    /// entity and a change. No conflict, but good to know.
    pub also_changed_by: Vec<(String, String)>,
}

/// How many relatives of an entity are looked at.
const MOST: usize = 500;

/// Says what stands in the way of a change of some entities. Without a schedule, only notes. `own` is
/// the name of the change itself, if it is among the open ones.
pub fn conflicts(
    calendars: &Calendars<'_>,
    (catalog, graph): (&Catalog, &Graph),
    subjects: &[EntityId],
    schedule: Option<Span>,
    assignees: &[String],
    (open, own): (&OpenChanges<'_>, Option<&str>),
) -> Told {
    let mut told = Told::default();
    let name = |id: EntityId| catalog.canonical(catalog.entity(id)).to_owned();
    for subject in subjects {
        let subject_name = name(*subject);
        let near: Vec<EntityId> = relatives(catalog, graph, *subject)
            .into_iter()
            .take(MOST)
            .filter_map(|(name, _)| catalog.defined(name).next())
            .collect();
        for other in open.others(&subject_name, own) {
            told.beside(&subject_name, other, schedule);
        }
        let Some(span) = schedule else { continue };
        told.by_hold(&calendars.hold(*subject), span, None);
        for relative in near {
            let relative_name = name(relative);
            for other in open.others(&relative_name, own).into_iter().filter(|one| meets(one, span))
            {
                told.conflicts.push(Conflict {
                    reason: ConflictReason::RelativeScheduled,
                    subject: subject_name.clone(),
                    relative: Some(relative_name.clone()),
                    with: Some(other.name.clone()),
                    span: other.schedule,
                });
            }
            told.by_hold(&calendars.hold(relative), span, Some(&subject_name));
        }
    }
    if let Some(span) = schedule {
        told.assigned(assignees, (open, own), span);
    }
    told.conflicts.sort();
    told.conflicts.dedup();
    told.leave_out_echoes();
    told.also_changed_by.sort();
    told.also_changed_by.dedup();
    told
}

fn meets(change: &OpenChange, span: Span) -> bool {
    change.schedule.is_some_and(|other| other.meets(&span))
}

impl Told {
    /// What a calendar says of the entity itself, it need not say of each of its relatives again.
    fn leave_out_echoes(&mut self) {
        let own = [ConflictReason::CiNotInWindow, ConflictReason::CiInBlackout];
        let told = self.conflicts.iter().filter(|one| own.contains(&one.reason));
        let told: BTreeSet<(String, Option<String>)> =
            told.map(|one| (one.subject.clone(), one.with.clone())).collect();
        self.conflicts.retain(|one| {
            let calendar = matches!(
                one.reason,
                ConflictReason::RelativeNotInWindow | ConflictReason::RelativeInBlackout
            );
            !calendar || !told.contains(&(one.subject.clone(), one.with.clone()))
        });
    }

    /// Another open change of the same entity.
    fn beside(&mut self, subject: &str, other: &OpenChange, schedule: Option<Span>) {
        match (schedule, other.schedule) {
            (Some(span), Some(planned)) if planned.meets(&span) => self.conflicts.push(Conflict {
                reason: ConflictReason::CiScheduled,
                subject: subject.to_owned(),
                relative: None,
                with: Some(other.name.clone()),
                span: Some(planned),
            }),
            (Some(_), Some(_)) => {}
            _ => self.also_changed_by.push((subject.to_owned(), other.name.clone())),
        }
    }

    /// What calendars say of the subject, or of a relative of it.
    fn by_hold(&mut self, hold: &Hold, span: Span, of: Option<&str>) {
        let verdict = judge(std::slice::from_ref(hold), When::During(span), span.start);
        let subject = of.unwrap_or(&hold.subject).to_owned();
        for one in verdict.subjects {
            if one.window.state == WindowState::Outside {
                self.conflicts.push(Conflict {
                    reason: match of {
                        None => ConflictReason::CiNotInWindow,
                        Some(_) => ConflictReason::RelativeNotInWindow,
                    },
                    subject: subject.clone(),
                    relative: of.map(|_| hold.subject.clone()),
                    with: one.window.calendars.first().cloned(),
                    span: one.window.span,
                });
            }
            for freeze in one.freezes.into_iter().filter(|one| one.lifted_by.is_empty()) {
                // What holds for the subject through another is that other's.
                let relative = match of {
                    Some(_) => Some(hold.subject.clone()),
                    None => freeze.through.clone(),
                };
                let through_third = of.is_some() && freeze.through.is_some();
                if through_third || relative.as_deref() == Some(&subject) {
                    continue;
                }
                self.conflicts.push(Conflict {
                    reason: match relative {
                        None => ConflictReason::CiInBlackout,
                        Some(_) => ConflictReason::RelativeInBlackout,
                    },
                    subject: subject.clone(),
                    relative,
                    with: Some(freeze.calendar),
                    span: Some(freeze.span),
                });
            }
        }
    }

    fn assigned(
        &mut self,
        assignees: &[String],
        (open, own): (&OpenChanges<'_>, Option<&str>),
        span: Span,
    ) {
        for who in assignees {
            let busy = open.by_assignee.get(who.as_str()).into_iter().flatten();
            let busy = busy.filter(|one| meets(one, span) && Some(one.name.as_str()) != own);
            self.conflicts.extend(busy.map(|change| Conflict {
                reason: ConflictReason::AssigneeScheduled,
                subject: who.clone(),
                relative: None,
                with: Some(change.name.clone()),
                span: change.schedule,
            }));
        }
    }
}
