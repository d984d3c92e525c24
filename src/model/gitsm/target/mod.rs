//! A target: a system that the catalog is applied to. What its settings say depends on its driver, of
//! which each has a file here.

pub mod files;
pub mod http;
pub mod prometheus;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::value::{Reference, Selector, Share};
use super::{GROUP, Metadata};
use crate::model::kind::{Variant, of, to};
use crate::model::practice::{FieldClass, Practice, column, wide};
use crate::model::{EntityRef, Kind, format};

/// Whether a text names a target: `inventory`, `target:inventory`, `target:default/inventory`.
pub fn names_target(text: &str, canonical: &str) -> bool {
    let wanted = text.to_lowercase();
    let short = wanted.strip_prefix("target:").or_else(|| wanted.strip_prefix("target/"));
    let wanted = short.unwrap_or(&wanted);
    let reference = EntityRef::from_canonical(canonical);
    let long = format!("{}/{}", reference.namespace(), reference.name());
    long == wanted || (reference.namespace() == "default" && reference.name() == wanted)
}

/// Which entities become which objects of which system, and how far one run may go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [{
    "owner": "payments",
    "driver": "files",
    "settings": { "folder": "/srv/inventory" },
    "mapping": { "file": {
        "name": "{{ entity.metadata.name }}.txt",
        "fields": { "content": "{{ ref }}\n" },
    } },
}]))]
pub struct TargetSpec {
    /// Who answers for what is applied.
    pub owner: Reference,
    /// How the system is spoken to.
    pub driver: Driver,
    /// What the driver needs to know, such as an address or a folder; never a secret. They count as
    /// the protected branch has them: a change cannot lead a pipeline elsewhere before it is merged.
    pub settings: Option<BTreeMap<String, Value>>,
    /// The environment variables that hold its secrets, by what the settings call them.
    #[schemars(extend("examples" = [{ "token": "ICINGA_TOKEN" }]))]
    pub credentials: Option<BTreeMap<String, String>>,
    /// Which entities it takes.
    pub selector: Option<Selector>,
    /// What is made of them, by the kind of object. Prometheus needs none.
    pub mapping: Option<BTreeMap<String, Mapping>>,
    /// How far one run may go.
    pub limits: Option<Limits>,
}

/// How an object of the system is made of an entity.
///
/// Texts are templates (minijinja): `{{ entity.metadata.name }}`. One that is nothing but an expression
/// keeps the type of its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mapping {
    /// The name of the object, which no other of its kind has.
    #[schemars(length(min = 1), extend("examples" = ["{{ entity.metadata.name }}"]))]
    pub name: String,
    /// Of which of the entities that the target takes; all without it.
    pub selector: Option<Selector>,
    /// What the object holds.
    pub fields: BTreeMap<String, Value>,
    /// The fields whose values are shown to nobody.
    #[schemars(inner(length(min = 1)))]
    pub sensitive: Option<Vec<String>>,
    /// The kinds of objects that must be there before it, such as the host of a service.
    #[schemars(inner(length(min = 1)), extend("examples" = [["host"]]))]
    pub after: Option<Vec<String>>,
}

impl Mapping {
    /// Whether it makes a field of a name, or a part of one (`vars.x` of `vars`), or of which it is a
    /// part. What is spread is known only when it is made.
    pub fn has(&self, name: &str, spread: &str) -> bool {
        let mut fields = self.fields.keys();
        fields.any(|field| field == spread || is_within(field, name) || is_within(name, field))
    }
}

/// Whether a name of a field is another one, or of a part of it: `vars.x` is within `vars`.
pub fn is_within(name: &str, whole: &str) -> bool {
    name.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Driver {
    /// Its name as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Prometheus => "prometheus",
            Self::Http => "http",
        }
    }
}

/// How a system is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Driver {
    /// A folder that templates fill.
    Files,
    /// Prometheus and Alertmanager.
    Prometheus,
    /// Any REST API.
    Http,
}

/// How far one run may go: beyond the shares a person must say so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    /// Which share of what is there may be deleted; 0.3 if it is left out.
    pub deletes: Option<Share>,
    /// Which share of what is there may be changed; 0.3 if it is left out.
    pub updates: Option<Share>,
    /// From how many objects on the shares count; 10 if it is left out.
    pub from: Option<u32>,
    /// How many steps are under way at the same time; 8 if it is left out, or fewer if the system
    /// takes fewer.
    #[schemars(range(min = 1, max = 256))]
    pub at_once: Option<u32>,
    /// After how many steps it is looked whether one failed, and no more are begun if so; 100 if it is
    /// left out.
    #[schemars(range(min = 1))]
    pub batch: Option<u32>,
    /// How often what may be tried again is tried; 5 if it is left out.
    #[schemars(range(min = 1, max = 20))]
    pub attempts: Option<u32>,
    /// How long one answer may take; 30 s if it is left out.
    pub timeout: Option<Length>,
    /// How long a run may be silent before another may take over; 120 s if it is left out.
    pub time_to_live: Option<Length>,
    /// How often a run says how far it is, which keeps others away; 30 s if it is left out.
    pub checkpoint: Option<Length>,
}

/// A length of time of at most a day, `PT30S` or `PT0.5S` (ISO 8601).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Length(pub String);

/// What a length of time looks like.
const LENGTH: &str = "^PT(\\d{1,2}H)?(\\d{1,4}M)?(\\d{1,5}(\\.\\d{1,3})?S)?$";

impl JsonSchema for Length {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Length".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": LENGTH, "minLength": 4, "examples": ["PT30S"] })
    }
}

impl Length {
    /// The time itself; nothing if it is written wrongly, or none at all.
    pub fn time(&self) -> Option<Duration> {
        let mut rest = self.0.strip_prefix("PT")?;
        let mut seconds = 0.0;
        for (sign, factor) in [('H', 3600.0), ('M', 60.0), ('S', 1.0)] {
            if let Some((number, behind)) = rest.split_once(sign) {
                seconds += number.parse::<f64>().ok()? * factor;
                rest = behind;
            }
        }
        let time = Duration::try_from_secs_f64(seconds).ok()?;
        (rest.is_empty() && !time.is_zero()).then_some(time)
    }
}

/// What a target of the driver `files` says.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is used alone")]
struct FilesSpec {
    /// Where the files go to.
    #[schemars(transform = partial)]
    settings: Option<files::Settings>,
}

/// What a target of the driver `prometheus` says.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is used alone")]
struct PrometheusSpec {
    /// Where Prometheus and Alertmanager are, and what they are told.
    #[schemars(transform = partial)]
    settings: Option<prometheus::Settings>,
}

/// What a target of the driver `http` says.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is used alone")]
struct HttpSpec {
    /// How the API is spoken to.
    #[schemars(transform = partial)]
    settings: Option<http::Settings>,
}

/// An operator's configuration may say what a document leaves out.
fn partial(schema: &mut Schema) {
    schema.remove("required");
}

const fn variant(driver: &'static str, spec: fn(&mut SchemaGenerator) -> Schema) -> Variant {
    Variant { by: "driver", value: driver, spec, replaces: false, references: &[] }
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Target",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "target",
    plural: "targets",
    summary: "A system that the catalog is applied to.",
    metadata: of::<Metadata>,
    spec: of::<TargetSpec>,
    variants: &[
        variant("files", of::<FilesSpec>),
        variant("prometheus", of::<PrometheusSpec>),
        variant("http", of::<HttpSpec>),
    ],
    formats: format::BACKSTAGE,
    references: &[to(&["spec", "owner"], "Team", &["team", "person"], "ownedBy")],
    practice: Practice {
        short: &[],
        life_cycle: None,
        fields: &[(&["spec"], FieldClass::Governance)],
        columns: &[
            column("DRIVER", &["spec", "driver"]),
            column("OWNER", &["spec", "owner"]),
            wide("DELETES", &["spec", "limits", "deletes"]),
        ],
        backstage: "no counterpart",
        servicenow: "an Integration Hub spoke or import set, the other way round",
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_read_as_iso_8601_writes_it() {
        let time = |text: &str| Length(text.to_owned()).time();
        assert_eq!(time("PT0.5S"), Some(Duration::from_millis(500)));
        assert_eq!(time("PT1H2M3S"), Some(Duration::from_secs(3723)));
        for wrong in ["PT", "P1D", "PT5", "PTS", "5s", "PT0S", "PT1S2M"] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }
}
