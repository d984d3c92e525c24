//! What time alone brings: agreements that are over, tests that are due.

use chrono::{Days, Months, NaiveDate};

use super::at::Part;
use super::{Whole, codes};
use crate::catalog::Entity;
use crate::finding::{Code, Finding};
use crate::model::gitsm::Spec;
use crate::model::gitsm::change_model::ModelLifecycle;
use crate::model::gitsm::runbook::RunbookLifecycle;
use crate::model::gitsm::service_level_agreement::AgreementLifecycle;
use crate::yaml::Pointer;

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    for (_, entity) in whole.catalog.entities() {
        let Some((code, pointer, headline, help)) = due(entity, whole.today) else { continue };
        findings.extend(whole.again(entity, |at| {
            let pointer = Pointer::from_text(pointer);
            at.finding(code, &pointer, Part::Value, headline).help(help)
        }));
    }
}

type Due = (&'static Code, &'static str, String, &'static str);

fn due(entity: &Entity, today: &str) -> Option<Due> {
    let over = |date: &str| date < today;
    match entity.spec()? {
        Spec::ChangeModel(spec) if spec.lifecycle == ModelLifecycle::Approved => {
            let until = &spec.preauthorized.as_ref()?.review_by.0;
            over(until).then(|| {
                let headline = format!("this model was to be reviewed by {until}");
                (
                    &codes::REVIEW_OVERDUE,
                    "/spec/preauthorized/reviewBy",
                    headline,
                    "review it and move the date, or suspend it: until then its changes are normal \
                     ones",
                )
            })
        }
        Spec::ServiceLevelAgreement(spec) if spec.lifecycle == AgreementLifecycle::Active => {
            let until = &spec.valid_to.as_ref()?.0;
            over(until).then(|| {
                let headline = format!("this agreement held until {until}, and is `active`");
                (
                    &codes::REVIEW_OVERDUE,
                    "/spec/validTo",
                    headline,
                    "agree on it anew and move the date, or write `lifecycle: expired`",
                )
            })
        }
        Spec::Runbook(spec) if spec.lifecycle == RunbookLifecycle::Approved => {
            let tested = NaiveDate::parse_from_str(&spec.last_tested.as_ref()?.0, "%F").ok()?;
            let next = later(tested, &spec.test_interval.as_ref()?.0)?;
            let today = NaiveDate::parse_from_str(today, "%F").ok()?;
            (next < today).then(|| {
                let headline = format!("this runbook was to be tried again by {next}");
                (
                    &codes::REVIEW_OVERDUE,
                    "/spec/lastTested",
                    headline,
                    "try it, and write the day down",
                )
            })
        }
        Spec::Exception(spec) => over(&spec.expires.0).then(|| {
            let headline = format!("this exception ended on {}", spec.expires.0);
            (
                &codes::EXCEPTION_EXPIRED,
                "/spec/expires",
                headline,
                "remove it and mend what it was for, or have it allowed anew",
            )
        }),
        _ => None,
    }
}

/// The day that lies a calendar duration (`P1Y6M`, `P2W`, `P10D`) after another.
pub fn later(day: NaiveDate, duration: &str) -> Option<NaiveDate> {
    let duration = duration.strip_prefix('P')?;
    let (date_part, time) = duration.split_once('T').unwrap_or((duration, ""));
    let hours = time.split_once('H').and_then(|(hours, _)| hours.parse::<u64>().ok());
    let mut day = day.checked_add_days(Days::new(hours.unwrap_or(0) / 24))?;
    let mut number = 0_u32;
    for c in date_part.chars() {
        if let Some(digit) = c.to_digit(10) {
            number = number.checked_mul(10)?.checked_add(digit)?;
            continue;
        }
        day = match c {
            'Y' => day.checked_add_months(Months::new(number.checked_mul(12)?))?,
            'M' => day.checked_add_months(Months::new(number))?,
            'W' => day.checked_add_days(Days::new(u64::from(number) * 7))?,
            'D' => day.checked_add_days(Days::new(u64::from(number)))?,
            _ => return None,
        };
        number = 0;
    }
    Some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_durations_are_added_to_days() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
        let after = |text| later(day, text).map(|day| day.to_string());
        assert_eq!(after("P1M").as_deref(), Some("2026-02-28"));
        assert_eq!(after("P1Y1D").as_deref(), Some("2027-02-01"));
        assert_eq!(after("P2W").as_deref(), Some("2026-02-14"));
        assert_eq!(after("PT720H").as_deref(), Some("2026-03-02"));
        assert_eq!(after("P99999999999Y"), None);
    }
}
