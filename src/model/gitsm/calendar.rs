//! A calendar: service hours, maintenance windows, freezes, holidays, who is on call (RFC 5545).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::value::{Duration, Environment, Reference};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to, to_any};
use crate::model::practice::{FieldClass, LifeCycle, Practice, column, wide};
use crate::model::{Kind, format};

/// When something is, in one time zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarSpec {
    /// What its events mean.
    pub r#type: CalendarType,
    /// The time zone of its local times, by its name in the IANA database.
    #[schemars(length(min = 1), extend("examples" = ["Europe/Berlin"]))]
    pub timezone: String,
    /// Who keeps it.
    pub owner: Option<Reference>,
    /// Whether it still counts.
    pub lifecycle: Option<CalendarLifecycle>,
    /// When it is.
    #[schemars(length(min = 1))]
    pub events: Vec<Event>,
    /// The calendars whose events do not count here, such as holidays within service hours.
    pub except: Option<Vec<Reference>>,
    /// What a window or freeze holds for; for everything without it.
    pub applies_to: Option<Vec<Reference>>,
    /// The environments that a window or freeze holds for; all without it.
    pub environments: Option<Vec<Environment>>,
    /// Which of two windows counts where both say something: the greater.
    pub priority: Option<i32>,
}

/// What the events of a calendar mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarType {
    /// Somebody answers.
    ServiceHours,
    /// Nobody works.
    Holiday,
    /// Changes may happen.
    MaintenanceWindow,
    /// Changes may not happen.
    Freeze,
    /// Somebody is called.
    OnCall,
}

impl CalendarType {
    /// Its name as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::ServiceHours => "service-hours",
            Self::Holiday => "holiday",
            Self::MaintenanceWindow => "maintenance-window",
            Self::Freeze => "freeze",
            Self::OnCall => "on-call",
        }
    }
}

/// Whether a calendar still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CalendarLifecycle {
    /// It does.
    Active,
    /// It does not.
    Retired,
}

/// An event that may recur (RFC 5545, VEVENT).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Event {
    /// What it is.
    #[schemars(length(min = 1), extend("examples" = ["Year-end freeze"]))]
    pub summary: Option<String>,
    /// When it first begins, as a local time of the calendar's zone (DTSTART).
    #[schemars(regex(pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2})?$"),
               extend("examples" = ["2026-01-05T08:00:00"]))]
    pub start: String,
    /// How long it lasts (DURATION).
    pub duration: Duration,
    /// How it recurs (RRULE); it is once without one.
    #[schemars(length(min = 1), extend("examples" = ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"]))]
    pub rrule: Option<String>,
    /// Local times at which it does not begin, though the rule says so (EXDATE).
    #[schemars(inner(length(min = 1)), extend("examples" = [["2026-12-24T08:00:00"]]))]
    pub exdate: Option<Vec<String>>,
    /// Further local times at which it begins (RDATE).
    #[schemars(inner(length(min = 1)), extend("examples" = [["2026-12-27T08:00:00"]]))]
    pub rdate: Option<Vec<String>>,
    /// Who is called.
    pub person: Option<Reference>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Calendar",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "calendar",
    plural: "calendars",
    summary: "Service hours, maintenance windows, freezes, holidays, and who is on call.",
    metadata: of::<Metadata>,
    spec: of::<CalendarSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "owner"], "Team", &["team", "person"], "ownedBy"),
        to(&["spec", "except", "*"], "Calendar", &["calendar"], "excepts"),
        to_any(&["spec", "appliesTo", "*"], "appliesTo"),
        to(&["spec", "events", "*", "person"], "Person", &["person"], "calls"),
    ],
    practice: Practice {
        short: &["cal"],
        life_cycle: Some(LifeCycle {
            path: &["spec", "lifecycle"],
            states: &[("active", &["retired"]), ("retired", &["active"])],
            gone: &["retired"],
        }),
        fields: &[(&["spec"], FieldClass::Governance)],
        columns: &[
            column("TYPE", &["spec", "type"]),
            column("TIMEZONE", &["spec", "timezone"]),
            column("OWNER", &["spec", "owner"]),
            wide("PRIORITY", &["spec", "priority"]),
        ],
        backstage: "no counterpart",
        servicenow: "Schedule (`cmn_schedule`); windows are Maintenance Schedules, freezes Blackout Schedules, on-call rotas `cmn_rota`",
    },
};
