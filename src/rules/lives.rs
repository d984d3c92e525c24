//! States and dates of one document that cannot both be true.

use super::at::{At, Part, dotted};
use super::codes;
use crate::catalog::{DocumentView, FileView};
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::model::gitsm::change_model::{ChangeType, ModelLifecycle};
use crate::model::gitsm::configuration_item::Stage;
use crate::model::gitsm::person::PersonLifecycle;
use crate::yaml::Pointer;

/// What contradicts: where, in which words, and what to do.
type Contradiction = (String, String, &'static str);

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    let Some(spec) = document.spec.as_deref() else { return };
    let at = At::new(view, document);
    for (pointer, headline, help) in contradictions(spec) {
        let pointer = Pointer::from_text(&pointer);
        findings.push(
            at.finding(&codes::LIFECYCLE_CONTRADICTION, &pointer, Part::Value, headline).help(help),
        );
    }
}

fn contradictions(spec: &Spec) -> Vec<Contradiction> {
    match spec {
        Spec::ConfigurationItem(item) => {
            let stage = item.lifecycle.stage;
            let wrong = item.lifecycle.status.is_some() && stage != Stage::Operational;
            let found = wrong.then(|| {
                let headline = format!("a status, at the stage `{}`", stage.name());
                (
                    "/spec/lifecycle/status".to_owned(),
                    headline,
                    "only what is operational has one: remove the status, or correct the stage",
                )
            });
            found.into_iter().collect()
        }
        Spec::ServiceLevelAgreement(spec) => {
            order("/spec/validTo", spec.valid_to.as_ref().map(|d| &d.0), &spec.valid_from.0)
        }
        Spec::Team(spec) => spec.contract.as_ref().map_or_else(Vec::new, |contract| {
            order("/spec/contract/end", contract.end.as_ref().map(|d| &d.0), &contract.start.0)
        }),
        Spec::Person(spec) => {
            let left = spec.lifecycle == Some(PersonLifecycle::Left);
            let in_teams = spec.member_of.as_ref().is_some_and(|teams| !teams.is_empty());
            let mut found: Vec<Contradiction> = Vec::new();
            if left && in_teams {
                found.push((
                    "/spec/memberOf".to_owned(),
                    "somebody who has left is a member".to_owned(),
                    "remove the teams, or the state",
                ));
            }
            for (number, key) in spec.keys.iter().flatten().enumerate() {
                let pointer = format!("/spec/keys/{number}/validUntil");
                let until = key.valid_until.as_ref().map(|date| &date.0);
                found.extend(order(&pointer, until, &key.valid_from.0));
            }
            found
        }
        Spec::ChangeModel(spec) => {
            let mut found: Vec<Contradiction> = Vec::new();
            match &spec.preauthorized {
                Some(given) => {
                    let end = Some(&given.review_by.0);
                    found.extend(order("/spec/preauthorized/reviewBy", end, &given.at.0));
                }
                None if spec.r#type == ChangeType::Standard
                    && spec.lifecycle == ModelLifecycle::Approved =>
                {
                    found.push((
                        "/spec/lifecycle".to_owned(),
                        "an approved standard model that nobody agreed to".to_owned(),
                        "say in `preauthorized` who agreed, when, and until when it counts",
                    ));
                }
                None => {}
            }
            found
        }
        Spec::ChangeRequest(spec) => spec.schedule.as_ref().map_or_else(Vec::new, |schedule| {
            let moment = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok();
            match (moment(&schedule.start.0), moment(&schedule.end.0)) {
                (Some(start), Some(end)) if end <= start => {
                    vec![before("/spec/schedule/end", &schedule.end.0, &schedule.start.0)]
                }
                _ => Vec::new(),
            }
        }),
        Spec::Exception(spec) => {
            let granted = spec.granted.as_ref().map(|date| date.0.as_str());
            granted
                .map_or_else(Vec::new, |start| order("/spec/expires", Some(&spec.expires.0), start))
        }
        _ => Vec::new(),
    }
}

/// An end that lies before its beginning; dates compare as texts.
fn order(pointer: &str, end: Option<&String>, start: &str) -> Vec<Contradiction> {
    let wrong = end.filter(|end| end.as_str() < start);
    wrong.map(|end| before(pointer, end, start)).into_iter().collect()
}

fn before(pointer: &str, end: &str, start: &str) -> Contradiction {
    let field = dotted(&Pointer::from_text(pointer));
    let headline = format!("`{field}` ({end}) is not after the beginning ({start})");
    (pointer.to_owned(), headline, "correct one of the two")
}
