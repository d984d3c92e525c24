//! The texts that fields of several kinds hold: references, dates, durations, selectors.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::model::format;

/// A reference to an entity, `[kind:][namespace/]name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference(pub String);

/// A calendar date, `2026-12-31` (RFC 3339, full-date).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Date(pub String);

/// An instant with its offset, `2026-12-31T22:00:00Z` (RFC 3339, date-time).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instant(pub String);

/// A length of time, `PT8H` or `P1Y` (ISO 8601). Working time of an agreement is given in hours: a
/// day of work is not a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duration(pub String);

/// A share from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Share(pub f64);

macro_rules! text_schema {
    ($type:ident, $name:literal, $schema:expr) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

text_schema!(Reference, "Reference", json_schema!({ "type": "string", "minLength": 1 }));
text_schema!(Share, "Share", json_schema!({ "type": "number", "minimum": 0, "maximum": 1 }));
text_schema!(Date, "Date", form(&format::DATE, "2026-12-31"));
text_schema!(Instant, "Instant", form(&format::INSTANT, "2026-12-31T22:00:00Z"));
text_schema!(Duration, "Duration", form(&format::DURATION, "PT8H"));

fn form(format: &format::Format, example: &str) -> Schema {
    json_schema!({ "type": "string", "pattern": format.pattern, "examples": [example] })
}

/// Files of this repository that make an entity what it is: a change of one is a change of the
/// entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SourceFiles {
    /// A glob from the folder of `gitsm.yaml` on: `*` within a folder, `**` across folders.
    #[schemars(length(min = 1), extend("examples" = ["terraform/prod/db/**"]))]
    pub path: String,
}

/// How much hangs on something.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Criticality {
    /// The business stops.
    Tier1,
    /// The business suffers.
    Tier2,
    /// Some people cannot work.
    Tier3,
    /// Hardly anybody notices.
    Tier4,
}

impl Criticality {
    /// Its name as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tier1 => "tier1",
            Self::Tier2 => "tier2",
            Self::Tier3 => "tier3",
            Self::Tier4 => "tier4",
        }
    }
}

/// Who may read the data that something holds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Classification {
    /// Anybody.
    Public,
    /// Everybody who works here.
    Internal,
    /// Those who need it.
    Confidential,
    /// Those who are named, such as for payment or health data.
    Restricted,
}

/// Where something runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Environment {
    /// Customers use it.
    Production,
    /// It is like production, and nobody depends on it.
    Staging,
    /// It is there to try things.
    Test,
    /// Developers use it.
    Development,
    /// It takes over when production fails.
    DisasterRecovery,
}

impl Environment {
    /// Whether customers depend on it.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Production | Self::DisasterRecovery)
    }
}

/// How bad it can get.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RiskBand {
    /// Hardly anything can go wrong.
    Low,
    /// Something can, and it is quickly taken back.
    Moderate,
    /// Many would notice.
    High,
    /// The business would.
    VeryHigh,
}

impl RiskBand {
    /// All of them, from the lowest.
    pub const ALL: [Self; 4] = [Self::Low, Self::Moderate, Self::High, Self::VeryHigh];

    /// Its name as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::VeryHigh => "very_high",
        }
    }
}

/// Which entities are meant: all that fulfil every line that is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Selector {
    /// Of these kinds, such as `Service`.
    #[schemars(inner(length(min = 1)), extend("examples" = [["Service"]]))]
    pub kinds: Option<Vec<String>>,
    /// Of these CI classes, or of a class below one of them.
    #[schemars(inner(length(min = 1)), extend("examples" = [["database.instance"]]))]
    pub classes: Option<Vec<String>>,
    /// In these environments.
    pub environments: Option<Vec<Environment>>,
    /// With these labels.
    pub labels: Option<BTreeMap<String, String>>,
    /// For which this CEL expression is true; `entity` is the document.
    #[schemars(length(min = 1, max = 4096), extend("examples" = ["entity.spec.criticality == 'tier1'"]))]
    pub r#where: Option<String>,
}
