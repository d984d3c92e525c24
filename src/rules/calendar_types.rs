//! Calendars where they are used: hours where hours are meant, a rota where somebody is called.

use super::at::{Part, list, quoted};
use super::{Whole, codes};
use crate::catalog::Entity;
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::model::gitsm::calendar::CalendarType::{
    self, Freeze, Holiday, MaintenanceWindow, OnCall, ServiceHours,
};

/// Which types of calendar a field of a kind has a use for.
const USES: &[(&str, &[&str], &[CalendarType])] = &[
    ("Service", &["spec", "supportHours"], &[ServiceHours]),
    ("ConfigurationItem", &["spec", "maintenance"], &[MaintenanceWindow]),
    ("Team", &["spec", "onCall"], &[OnCall]),
    ("ServiceLevelAgreement", &["spec", "calendar"], &[ServiceHours]),
    ("ServiceLevelAgreement", &["spec", "targets", "*", "calendar"], &[ServiceHours]),
    ("Calendar", &["spec", "except", "*"], &[Holiday, Freeze]),
];

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    for (_, entity) in whole.catalog.entities() {
        for (kind, path, types) in USES {
            if entity.kind.name == *kind && !entity.kind.group.foreign {
                findings.extend(wrong(whole, entity, path, types));
            }
        }
    }
}

fn wrong<'w>(
    whole: &'w Whole<'_>,
    entity: &'w Entity,
    path: &'w [&str],
    types: &'w [CalendarType],
) -> impl Iterator<Item = Finding> + 'w {
    let references = entity.references.iter().filter(move |one| one.field.path == path);
    references.filter_map(move |reference| {
        let target = whole.target(reference)?;
        let Some(Spec::Calendar(calendar)) = target.spec() else { return None };
        if types.contains(&calendar.r#type) {
            return None;
        }
        let name = quoted(whole.catalog.names.text(target.written));
        let wanted: Vec<String> = types.iter().map(|one| one.name().to_owned()).collect();
        whole.again(entity, |at| {
            let headline = format!("{name} is a calendar of type `{}`", calendar.r#type.name());
            at.finding(&codes::CALENDAR_TYPE, &reference.pointer(), Part::Value, headline)
                .label(target.name_place.in_file(&target.file), "it is here")
                .help(format!("name a calendar of type {}", list(&wanted, "or")))
        })
    })
}
