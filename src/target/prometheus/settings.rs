//! What the settings of a target say, read once.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::about::About;
use super::classes;
use crate::plan::Fields;
use crate::target::Fault;

/// The settings of a target of the driver `prometheus`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Settings {
    /// The folder of `rules/*.yml` and `targets/*.json`, absolute or relative to where gitsm is called.
    pub(super) folder: String,
    /// Where Prometheus is, to reload it and to see what it loaded: `http://127.0.0.1:9090`.
    pub(super) url: Option<String>,
    /// Where Alertmanager is, for the same.
    pub(super) alertmanager: Option<String>,
    /// The path of Alertmanager's configuration. With it, alerts are routed to their owners.
    pub(super) alertmanager_config: Option<String>,
    /// A file of certificate authorities in PEM, in the place of the system's.
    pub(super) ca: Option<String>,
    /// Where the page of a runbook is, with `{namespace}` and `{name}`.
    pub(super) runbook_url: Option<String>,
    /// Where configuration items have their addresses. Without it none is scraped.
    pub(super) scrape: Option<Scrape>,
    /// The alerts for all configuration items of a class.
    #[serde(default)]
    pub(super) class_rules: BTreeMap<String, Vec<ClassRule>>,
    /// What Alertmanager does for an owner, such as `team:payments`, in its own words.
    #[serde(default)]
    pub(super) receivers: BTreeMap<String, Map<String, Value>>,
    /// The same for owners that are not named, with `{team}`, `{email}` and `{chat}` in its texts.
    pub(super) receiver_template: Option<Map<String, Value>>,
    /// The same for owners of whom the template asks what they do not have.
    pub(super) default_receiver: Option<Map<String, Value>>,
}

/// Where configuration items have their addresses.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Scrape {
    /// Fields of `spec`, such as `attributes.hostname`: the first that is there counts.
    #[serde(default = "usual", deserialize_with = "one_or_many")]
    pub(super) address: Vec<String>,
    /// The port, or a field of `spec` that says it.
    pub(super) port: Option<Port>,
}

/// A port, or where it is said.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Port {
    /// A port.
    Number(u16),
    /// A field of `spec`.
    Field(String),
}

fn usual() -> Vec<String> {
    ["attributes.hostname", "attributes.ip"].map(str::to_owned).to_vec()
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(from)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

impl Scrape {
    /// The port of a configuration item.
    pub(super) fn port_of(&self, about: &About<'_>) -> Option<u16> {
        match self.port.as_ref()? {
            Port::Number(port) => Some(*port).filter(|port| *port > 0),
            Port::Field(path) => {
                let steps: Vec<&str> = std::iter::once("spec").chain(path.split('.')).collect();
                let port = about.value(&steps)?.as_u64()?;
                u16::try_from(port).ok().filter(|port| *port > 0)
            }
        }
    }
}

/// An alert for all configuration items of a class.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ClassRule {
    /// Its name.
    pub(super) alert: String,
    /// When it fires, as PromQL; `{class}` stands for what selects the items, as in `up{{class}} == 0`.
    pub(super) expr: String,
    /// How long that must hold.
    pub(super) r#for: Option<String>,
    /// `page` or `ticket`.
    #[serde(default = "ticket")]
    pub(super) severity: String,
    /// More labels.
    #[serde(default)]
    pub(super) labels: BTreeMap<String, String>,
    /// Texts for people, as Prometheus's templates.
    #[serde(default)]
    pub(super) annotations: BTreeMap<String, String>,
}

fn ticket() -> String {
    "ticket".to_owned()
}

impl Settings {
    /// Reads the settings of a target.
    pub(super) fn read(settings: &Fields) -> Result<Self, Fault> {
        let value = Value::Object(settings.clone());
        let mut read: Self = serde_json::from_value(value).map_err(|error| {
            Fault::settings(format!("the settings of the driver `prometheus`: {error}"))
        })?;
        if read.scrape.is_some() && read.class_rules.is_empty() {
            read.class_rules = classes::built_in()?;
        }
        let all =
            read.receivers.values().chain(&read.receiver_template).chain(&read.default_receiver);
        for receiver in all {
            no_secrets(&Value::Object(receiver.clone()))?;
        }
        Ok(read)
    }
}

/// Fields of receivers whose values Alertmanager takes for secrets (prometheus.io,
/// "Alertmanager configuration").
const SECRETS: &[&str] = &[
    "api_key",
    "api_secret",
    "api_url",
    "auth_password",
    "auth_secret",
    "bearer_token",
    "bot_token",
    "client_secret",
    "credentials",
    "password",
    "routing_key",
    "secret",
    "secret_key",
    "service_key",
    "token",
    "user_key",
    "webhook_url",
];

/// A receiver names the files of its secrets, and holds none.
fn no_secrets(value: &Value) -> Result<(), Fault> {
    match value {
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
            if SECRETS.contains(&name.as_str()) && value.is_string() {
                let why = "is a secret: put it into a file, and name that as";
                return Err(Fault::settings(format!("`{name}` of a receiver {why} `{name}_file`")));
            }
            let has_user =
                |text: &str| url::Url::parse(text).is_ok_and(|url| url.password().is_some());
            if name == "url" && value.as_str().is_some_and(has_user) {
                let why = "holds a password: put it into a file, and name that as `url_file`";
                return Err(Fault::settings(format!("`url` of a receiver {why}")));
            }
            no_secrets(value)
        }),
        Value::Array(items) => items.iter().try_for_each(no_secrets),
        _ => Ok(()),
    }
}
