//! Working time: a day of work is not a day.

use super::at::{At, Part, dotted};
use super::codes;
use crate::catalog::{DocumentView, FileView};
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::yaml::Pointer;

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    let Some(Spec::ServiceLevelAgreement(spec)) = document.spec.as_deref() else { return };
    let at = At::new(view, document);
    for (number, target) in spec.targets.iter().enumerate() {
        let Some(within) = &target.within else { continue };
        let by_calendar = target.calendar.is_some() || spec.calendar.is_some();
        let in_days = within.0.split('T').next().is_some_and(|days| days.len() > 1);
        if !by_calendar || !in_days {
            continue;
        }
        let pointer = Pointer::from_text(format!("/spec/targets/{number}/within"));
        let headline =
            format!("`{}` counts working time in days: `{}`", dotted(&pointer), within.0);
        findings.push(at.finding(&codes::DURATION_DAYS, &pointer, Part::Value, headline).help(
            "write hours: a working day of eight hours is `PT8H`, and a day around the clock \
                 `PT24H`; tools disagree on what a day of a calendar is",
        ));
    }
}
