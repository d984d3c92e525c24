//! A service level agreement: what is promised to a consumer, by a supplier, or between teams.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::value::{Date, Duration, Reference, Share};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to};
use crate::model::practice::{FieldClass, LifeCycle, Practice, column, wide};
use crate::model::{Kind, format};

/// Who promises what to whom, from when on, and on which further promises that rests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceLevelAgreementSpec {
    /// Between whom it is.
    pub r#type: AgreementType,
    /// Whether it holds.
    pub lifecycle: AgreementLifecycle,
    /// Who promises, and to whom.
    pub parties: Parties,
    /// The hours that count, where a target has no calendar of its own; all hours without one.
    pub calendar: Option<Reference>,
    /// What is promised.
    #[schemars(length(min = 1))]
    pub targets: Vec<Target>,
    /// The agreements without which it cannot be kept: an SLA rests on OLAs and UCs.
    pub rests_on: Option<Vec<Reference>>,
    /// The first day on which it holds.
    pub valid_from: Date,
    /// The last day on which it holds, if it ends.
    pub valid_to: Option<Date>,
    /// How often both parties look at it again.
    pub review_interval: Option<Duration>,
    /// What happens when it is not kept.
    #[schemars(length(min = 1))]
    pub penalties: Option<String>,
    /// How and how often it is reported.
    #[schemars(length(min = 1))]
    pub reporting: Option<String>,
    /// What does not count.
    #[schemars(inner(length(min = 1)))]
    pub exclusions: Option<Vec<String>>,
}

/// Between whom an agreement is (ITIL 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AgreementType {
    /// Service level agreement: with a consumer.
    Sla,
    /// Operational level agreement: between teams of one provider.
    Ola,
    /// Underpinning contract: with a supplier.
    Uc,
}

/// Whether an agreement holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AgreementLifecycle {
    /// It is being written.
    Draft,
    /// Both parties want it.
    Agreed,
    /// It holds.
    Active,
    /// Its time is over.
    Expired,
    /// A party ended it.
    Terminated,
}

impl AgreementLifecycle {
    /// Its name as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Agreed => "agreed",
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Terminated => "terminated",
        }
    }
}

/// The two sides of an agreement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parties {
    /// The team or supplier that promises.
    pub provider: Reference,
    /// The team for which it does.
    pub customer: Reference,
}

/// One promise, and the clock that measures it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Target {
    /// What it is called in reports; unique within the agreement.
    #[schemars(length(min = 1), extend("examples" = ["p1-resolution"]))]
    pub id: String,
    /// What is measured.
    pub metric: Metric,
    /// To which records it applies, by their fields, such as `priority: P1`; to all without it.
    #[schemars(extend("examples" = [{ "priority": "P1" }]))]
    pub applies_to: Option<BTreeMap<String, String>>,
    /// Within which time; working time is given in hours.
    pub within: Option<Duration>,
    /// In how many cases at least, or for which share of the time.
    pub goal: Share,
    /// When the clock runs.
    pub clock: Option<Clock>,
    /// The hours that count; the agreement's without it.
    pub calendar: Option<Reference>,
}

/// What a target measures.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Until somebody takes it on (time to own).
    Response,
    /// Until it works again (time to resolve).
    Resolution,
    /// Until what was asked for is there.
    Fulfilment,
    /// Between two messages to those who wait.
    UpdateInterval,
    /// The share of the agreed time in which it works.
    Availability,
    /// Until it is back after a disaster.
    Rto,
}

impl Metric {
    /// Its name as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Resolution => "resolution",
            Self::Fulfilment => "fulfilment",
            Self::UpdateInterval => "update-interval",
            Self::Availability => "availability",
            Self::Rto => "rto",
        }
    }
}

/// The states that start, hold and end a clock (ServiceNow's SLA conditions).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Clock {
    /// It runs from these states on.
    #[schemars(inner(length(min = 1)), extend("examples" = [["new"]]))]
    pub start: Option<Vec<String>>,
    /// It stands still in these.
    #[schemars(inner(length(min = 1)), extend("examples" = [["on_hold/awaiting_caller"]]))]
    pub pause: Option<Vec<String>>,
    /// It is done in these.
    #[schemars(inner(length(min = 1)), extend("examples" = [["resolved"]]))]
    pub stop: Option<Vec<String>>,
    /// It no longer counts in these.
    #[schemars(inner(length(min = 1)), extend("examples" = [["canceled"]]))]
    pub cancel: Option<Vec<String>>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "ServiceLevelAgreement",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "sla",
    plural: "servicelevelagreements",
    summary: "What is promised to a consumer (SLA), between teams (OLA) or by a supplier (UC).",
    metadata: of::<Metadata>,
    spec: of::<ServiceLevelAgreementSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "parties", "provider"], "Team", &["team"], "providedBy"),
        to(&["spec", "parties", "customer"], "Team", &["team"], "agreedWith"),
        to(&["spec", "calendar"], "Calendar", &["calendar"], "follows"),
        to(&["spec", "targets", "*", "calendar"], "Calendar", &["calendar"], "follows"),
        to(&["spec", "restsOn", "*"], "ServiceLevelAgreement", &["sla"], "restsOn"),
    ],
    practice: Practice {
        short: &["sla", "slas"],
        life_cycle: Some(LifeCycle {
            path: &["spec", "lifecycle"],
            states: &[
                ("draft", &["agreed", "terminated"]),
                ("agreed", &["active", "terminated"]),
                ("active", &["expired", "terminated"]),
                ("expired", &["active"]),
                ("terminated", &[]),
            ],
            gone: &["expired", "terminated"],
        }),
        fields: &[
            (&["spec", "reporting"], FieldClass::Cosmetic),
            (&["spec", "targets"], FieldClass::Governance),
            (&["spec", "lifecycle"], FieldClass::Governance),
        ],
        columns: &[
            column("TYPE", &["spec", "type"]),
            column("LIFECYCLE", &["spec", "lifecycle"]),
            column("PROVIDER", &["spec", "parties", "provider"]),
            column("CUSTOMER", &["spec", "parties", "customer"]),
            wide("VALID TO", &["spec", "validTo"]),
        ],
        backstage: "no counterpart",
        servicenow: "SLA Definition (`contract_sla`), of type SLA, OLA or Underpinning contract",
    },
};
