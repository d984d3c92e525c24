//! Any REST API, described by its settings alone: the driver `http`.
//!
//! What the settings say becomes requests that are ready (`call`), of which a kind has
//! five (`kind`): `list` reads all its objects, `item` reads one of them, and `meaning` says what an
//! answer means.

mod call;
mod item;
mod kind;
mod list;
mod meaning;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use self::call::{Call, Outcome};
use self::kind::Kind;
use self::list::Budget;
use self::meaning::Rules;
use crate::model::gitsm::target::http as settings;
use crate::plan::{ObjectId, Observed};
use crate::target::web::{Client, Options};
use crate::target::{Act, Connection, Driver, Fault, Secret, Traits};
use crate::template::{self, Serde};

/// The most requests at a time.
const MOST_AT_ONCE: usize = 64;

/// A REST API.
pub struct Http {
    client: Client,
    kinds: BTreeMap<String, Kind>,
    settle: Option<Call>,
    rules: Rules,
    traits: Traits,
    /// How long reading all that is there may take.
    patience: Duration,
}

/// How often one answer's time reading all that is there may take.
const ANSWERS: u32 = 60;

/// Opens a REST API. Nothing is sent yet.
///
/// # Errors
///
/// The settings are not as they should be.
pub fn open(connection: &Connection) -> Result<Box<dyn Driver>, Fault> {
    Ok(Box::new(Http::new(connection)?))
}

impl Http {
    fn new(connection: &Connection) -> Result<Self, Fault> {
        let settings = Value::Object(connection.settings.clone());
        let settings: settings::Settings = serde_json::from_value(settings)
            .map_err(|error| Fault::settings(format!("the settings: {error}")))?;
        let at_once = settings.concurrency;
        if !(1..=MOST_AT_ONCE).contains(&at_once) {
            return Err(Fault::settings(format!(
                "`concurrency` is {at_once}: write a number from 1 to {MOST_AT_ONCE}"
            )));
        }
        let client = client(connection, &settings, at_once)?;
        let mut kinds = BTreeMap::new();
        for name in &connection.kinds {
            let Some(kind) = settings.kinds.get(name) else {
                return Err(Fault::settings(format!(
                    "the mapping makes objects of the kind `{name}`, which the settings do not \
                     describe: add `kinds.{name}`"
                )));
            };
            kinds.insert(name.clone(), Kind::new(name, kind, &settings.answers)?);
        }
        let settle = settings.settle.as_ref().map(|call| Call::new("/settle", call));
        Ok(Self {
            client,
            settle: settle.transpose()?,
            rules: Rules::new(&settings.answers)?,
            traits: Traits {
                has_names: kinds.values().all(|kind| kind.is_named),
                can_rename: kinds.values().all(|kind| kind.renames),
                sees_all: true,
                settles: settings.settle.is_some(),
                at_once,
            },
            kinds,
            patience: connection.timeout.saturating_mul(ANSWERS),
        })
    }

    fn kind(&self, id: &ObjectId) -> Result<&Kind, Fault> {
        let why =
            || Fault::settings(format!("the settings do not describe the kind `{}`", id.kind));
        self.kinds.get(&id.kind).ok_or_else(why)
    }
}

impl Driver for Http {
    fn traits(&self) -> Traits {
        self.traits
    }

    fn observe(&self) -> Result<Vec<Observed>, Fault> {
        let mut objects = Vec::new();
        let mut budget = Budget::of(self.patience);
        for kind in self.kinds.values() {
            objects.extend(kind.all(&self.client, &mut budget)?);
        }
        Ok(objects)
    }

    fn look(&self, id: &ObjectId, handle: Option<&str>) -> Result<Option<Observed>, Fault> {
        self.kind(id)?.one(&self.client, id, handle, &mut Budget::of(self.patience))
    }

    fn carry_out(&self, act: &Act<'_>) -> Result<(), Fault> {
        let (id, values) = match act {
            Act::Create { object, mark } => (
                &object.id,
                json!({
                    "object": of(&object.id, &object.entity),
                    "fields": object.fields,
                    "mark": mark.text(),
                }),
            ),
            Act::Update { observed, object, fields, mark } => (
                &observed.id,
                json!({
                    "object": of(&object.id, &object.entity),
                    "fields": object.fields,
                    "changed": fields,
                    "mark": mark.text(),
                    "handle": observed.handle,
                    "observed": observed.fields,
                }),
            ),
            Act::Delete { observed } => {
                let entity = observed.mark.as_ref().map_or("", |mark| &mark.entity);
                let values = json!({
                    "object": of(&observed.id, entity),
                    "handle": observed.handle,
                    "observed": observed.fields,
                });
                (&observed.id, values)
            }
        };
        let kind = self.kind(id)?;
        let (call, verb) = match act {
            Act::Create { .. } => (&kind.create, "create"),
            Act::Update { .. } => (&kind.update, "update"),
            Act::Delete { .. } => (&kind.delete, "delete"),
        };
        let Some(call) = call else {
            return Err(Fault::settings(format!(
                "the settings do not say how to {verb} a {0}: add `kinds.{0}.{verb}`",
                id.kind
            )));
        };
        let values = template::Value::from(Serde(values));
        let outcome = call.act(&self.client, &kind.rules, &values)?;
        match (outcome, act) {
            (Outcome::Done(_), _) | (Outcome::Gone(_), Act::Delete { .. }) => Ok(()),
            (Outcome::Exists(fault), Act::Create { .. }) => Err(Fault::unknown(format!(
                "it is there already, made by an earlier try or by somebody else: {fault}"
            ))),
            (Outcome::Gone(fault), Act::Update { .. }) => {
                Err(Fault::refused(format!("it is not there any more: {fault}")))
            }
            (Outcome::Gone(fault) | Outcome::Exists(fault), _) => {
                Err(Fault::refused(fault.message))
            }
        }
    }

    fn settle(&self) -> Result<(), Fault> {
        let Some(call) = &self.settle else { return Ok(()) };
        let outcome =
            call.act(&self.client, &self.rules, &template::Value::from(Serde(json!({}))))?;
        match outcome {
            Outcome::Done(_) => Ok(()),
            Outcome::Gone(fault) | Outcome::Exists(fault) => Err(fault),
        }
    }
}

/// What templates know of an object.
fn of(id: &ObjectId, entity: &str) -> Value {
    json!({"name": id.name, "kind": id.kind, "entity": entity})
}

fn client(
    connection: &Connection,
    settings: &settings::Settings,
    at_once: usize,
) -> Result<Client, Fault> {
    let secret = |name: &String| -> Result<&Secret, Fault> {
        connection.secrets.get(name).ok_or_else(|| {
            Fault::settings(format!("`auth` names the secret `{name}`, which no credential gives"))
        })
    };
    let auth = &settings.auth;
    let basic = auth.basic.as_ref().map(|one| Ok((one.user.as_str(), secret(&one.password)?)));
    let named = auth.header.iter().map(|(name, value)| Ok((name.as_str(), secret(value)?)));
    let ca = settings.ca.as_deref().map(|path| connection.folder.join(path));
    let accept = [("accept", "application/json")];
    let own = settings.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Client::new(&Options {
        url: &settings.url,
        ca: ca.as_deref(),
        headers: accept.into_iter().chain(own).collect(),
        basic: basic.transpose()?,
        bearer: auth.bearer.as_ref().map(secret).transpose()?,
        secret_headers: named.collect::<Result<_, _>>()?,
        hidden: connection.secrets.values().collect(),
        is_insecure: settings.insecure,
        timeout: connection.timeout,
        at_once,
    })
}

#[cfg(test)]
mod meaning_tests;
#[cfg(test)]
mod tests;
