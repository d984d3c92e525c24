//! What the settings of a `prometheus` target say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::format::SERVER_PATTERN;
use crate::yaml::Pointer;

/// The settings of a target of the driver `prometheus`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// The folder of `rules/*.yml` and `targets/*.json`, absolute or relative to where gitsm is called.
    pub folder: String,
    /// Where Prometheus is, to reload it and to see what it loaded: `http://127.0.0.1:9090`.
    #[schemars(regex(pattern = SERVER_PATTERN))]
    pub url: Option<String>,
    /// Where Alertmanager is, for the same.
    #[schemars(regex(pattern = SERVER_PATTERN))]
    pub alertmanager: Option<String>,
    /// The path of Alertmanager's configuration. With it, alerts are routed to their owners.
    pub alertmanager_config: Option<String>,
    /// A file of certificate authorities in PEM, in the place of the system's.
    pub ca: Option<String>,
    /// Where the page of a runbook is, with `{namespace}` and `{name}`.
    pub runbook_url: Option<String>,
    /// Where configuration items have their addresses. Without it none is scraped.
    pub scrape: Option<Scrape>,
    /// The alerts for all configuration items of a class.
    #[serde(default)]
    pub class_rules: BTreeMap<String, Vec<ClassRule>>,
    /// What Alertmanager does for an owner, such as `team:payments`, in its own words.
    #[serde(default)]
    pub receivers: BTreeMap<String, Map<String, Value>>,
    /// The same for owners that are not named, with `{team}`, `{email}` and `{chat}` in its texts.
    pub receiver_template: Option<Map<String, Value>>,
    /// The same for owners of whom the template asks what they do not have.
    pub default_receiver: Option<Map<String, Value>>,
}

/// Where configuration items have their addresses.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scrape {
    /// Fields of `spec`, such as `attributes.hostname`: the first that is there counts.
    #[serde(default)]
    pub address: Names,
    /// The port, or a field of `spec` that says it.
    pub port: Option<Port>,
}

/// A port, or where it is said.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Port {
    /// A port.
    Number(u16),
    /// A field of `spec`.
    Field(String),
}

/// One name, or several.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Default for Names {
    fn default() -> Self {
        Self::Many(["attributes.hostname", "attributes.ip"].map(str::to_owned).to_vec())
    }
}

impl Names {
    /// All of them.
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// An alert for all configuration items of a class.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClassRule {
    /// Its name.
    pub alert: String,
    /// When it fires, as PromQL; `{class}` stands for what selects the items, as in `up{{class}} == 0`.
    pub expr: String,
    /// How long that must hold.
    pub r#for: Option<String>,
    /// `page` or `ticket`.
    #[serde(default = "ticket")]
    pub severity: String,
    /// More labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Texts for people, as Prometheus's templates.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

fn ticket() -> String {
    "ticket".to_owned()
}

impl Settings {
    /// What is written of Alertmanager's receivers, each with where it stands in the settings.
    pub fn all_receivers(&self) -> impl Iterator<Item = (Pointer, &Map<String, Value>)> {
        let root = Pointer::root();
        let named = self.receivers.iter();
        let named = named.map(|(owner, one)| (Pointer::root().join("receivers").join(owner), one));
        let template = self.receiver_template.iter().map({
            let at = root.join("receiverTemplate");
            move |one| (at.clone(), one)
        });
        let default = self.default_receiver.iter().map({
            let at = root.join("defaultReceiver");
            move |one| (at.clone(), one)
        });
        named.chain(template).chain(default)
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

/// A receiver names the files of its secrets and holds none: the first that it does hold, where that
/// is, and what is wrong.
pub fn secret_of(receiver: &Map<String, Value>, at: &Pointer) -> Option<(Pointer, String)> {
    receiver.iter().find_map(|(name, value)| {
        let here = at.join(name);
        let file = format!("put it into a file, and name that as `{name}_file`");
        match value {
            Value::String(_) if SECRETS.contains(&name.as_str()) => {
                Some((here, format!("`{name}` of a receiver is a secret: {file}")))
            }
            Value::String(text) if name == "url" && has_password(text) => {
                Some((here, format!("`{name}` of a receiver holds a password: {file}")))
            }
            Value::Object(fields) => secret_of(fields, &here),
            Value::Array(items) => items.iter().enumerate().find_map(|(number, item)| {
                item.as_object().and_then(|item| secret_of(item, &here.join(number)))
            }),
            _ => None,
        }
    })
}

fn has_password(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| url.password().is_some())
}
