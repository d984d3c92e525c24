//! The driver `prometheus`: rules, scrape targets, and the routes of alerts to their owners.
//!
//! Its kinds of objects: `rules` (a file `rules/NAME.yml` below the setting `folder`: the groups of an
//! SLO or a class), `target` (a file `targets/NAME.json` of `file_sd`: a configuration item), and
//! `receiver` and `route` (items of Alertmanager's configuration, whose receivers begin with `gitsm/`;
//! everything else in that file is its author's). All marks are in the folder's inventory.
//!
//! Nothing counts before [`Driver::settle`], which reloads both servers and reads back what they loaded.

mod about;
mod burn;
mod classes;
mod config;
mod live;
mod maker;
mod measure;
mod number;
mod query;
mod routed;
mod routes;
mod scrape;
mod settings;
mod slos;

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::Value;

use self::live::Live;
use self::routed::Routed;
use super::folder::{Folder, Found, Layout, Mode, Put, Store};
use super::{Act, Connection, Driver, Fault, FaultKind, Traits};
use crate::plan::{Fields, Mark, Object, ObjectId, Observed};
use crate::source::{File, Source};
use crate::yaml::{Limits, de, emit, parse};

pub use maker::make;

/// Opens a folder, and Alertmanager's configuration if it is named. Nothing is sent yet.
///
/// # Errors
///
/// The settings are wrong.
pub fn open(connection: &Connection) -> Result<Box<dyn Driver>, Fault> {
    let settings = settings::read(&connection.settings)?;
    let here = |path: &str| connection.folder.join(path).to_string_lossy().into_owned();
    let folder = Folder::at(&here(&settings.folder))?;
    let place = std::path::Path::new(&here(&settings.folder)).canonicalize().ok();
    let place = place.map(|place| place.to_string_lossy().replace('\\', "/"));
    let store = Store::new(folder, &connection.target, Layout { path, fields });
    let routed = settings.alertmanager_config.as_deref();
    let routed = routed.map(|path| Routed::at(&here(path))).transpose()?;
    let ca = settings.ca.as_deref();
    let live = |name, url: Option<&str>, token| {
        url.map(|url| Live::open(connection, name, url, (token, ca))).transpose()
    };
    let prometheus = live("Prometheus", settings.url.as_deref(), "token")?;
    let alertmanager = live("Alertmanager", settings.alertmanager.as_deref(), "alertmanagerToken")?;
    Ok(Box::new(Prometheus {
        store,
        routed,
        prometheus,
        alertmanager,
        target: connection.target.clone(),
        place,
    }))
}

struct Prometheus {
    store: Store,
    routed: Option<Routed>,
    prometheus: Option<Live>,
    alertmanager: Option<Live>,
    target: String,
    /// Where the folder is, as a Prometheus on the same machine names it; nothing if it is not there.
    place: Option<String>,
}

fn path(id: &ObjectId) -> Option<String> {
    match id.kind.as_str() {
        "rules" => Some(format!("rules/{}.yml", id.name)),
        "target" => Some(format!("targets/{}.json", id.name)),
        _ => None,
    }
}

/// What a file says, whatever its layout. What cannot be read is no drift of its fields but of all.
fn fields(id: &ObjectId, found: Found) -> Option<Fields> {
    let content = match found {
        Found::Nothing => return None,
        Found::Other(why) => return Some(odd(why)),
        Found::File { content, .. } => content,
    };
    let Ok(text) = String::from_utf8(content) else { return Some(odd("it is no text")) };
    let read = match id.kind.as_str() {
        "target" => targets(&text),
        _ => yaml(&text).and_then(|value| value.as_object().cloned()),
    };
    Some(read.unwrap_or_else(|| odd("it cannot be read")))
}

fn odd(why: &str) -> Fields {
    Fields::from_iter([("state".to_owned(), Value::from(why))])
}

fn yaml(text: &str) -> Option<Value> {
    let source = Source::new(File::local("rules.yml"), text.to_owned());
    let stream = parse(&source, &Limits::default());
    let root =
        stream.documents.first().filter(|_| stream.is_complete() && stream.documents.len() == 1)?;
    de::from_node(stream.arena.node(*root)).ok()
}

/// The one group of a file of `file_sd`.
fn targets(text: &str) -> Option<Fields> {
    let groups: Vec<Fields> = serde_json::from_str(text).ok()?;
    <[Fields; 1]>::try_from(groups).ok().map(|[group]| group)
}

/// The bytes of an object's file.
fn content(object: &Object) -> Result<String, Fault> {
    let wrong = |why: &str| Fault::refused(format!("{}: {why}", object.id));
    match object.id.kind.as_str() {
        "target" => {
            let text = serde_json::to_string_pretty(&[&object.fields]);
            text.map(|text| text + "\n").map_err(|error| wrong(&error.to_string()))
        }
        _ => {
            let entity: String = object.entity.chars().filter(|c| !c.is_control()).collect();
            let text =
                emit::to_string(&object.fields).map_err(|error| wrong(&error.to_string()))?;
            Ok(format!("# Written by gitsm from {entity}; changes by hand are drift.\n{text}"))
        }
    }
}

impl Prometheus {
    fn put(
        &self,
        object: &Object,
        mark: &Mark,
        seen: Option<&Fields>,
        is_same: bool,
    ) -> Result<(), Fault> {
        if let Some(routed) = self.routed(&object.id)? {
            return routed.set(&self.store, object, mark, seen);
        }
        if let (Some(live), "rules") = (&self.prometheus, object.id.kind.as_str())
            && let Some(why) = live.objection(&object.fields)
        {
            return Err(Fault::refused(format!(
                "{}: Prometheus refuses the rule {why}",
                object.id
            )));
        }
        let content = content(object)?;
        let put = Put {
            id: &object.id,
            content: content.as_bytes(),
            mode: Mode::Kept,
            mark,
            seen,
            is_same,
        };
        self.store.put(&put)
    }

    fn remove(&self, observed: &Observed) -> Result<(), Fault> {
        match self.routed(&observed.id)? {
            Some(routed) => routed.remove(&self.store, observed),
            None => self.store.remove(&observed.id, observed.fields.as_ref()),
        }
    }

    /// Where a receiver or a route is kept; nothing for what is a file.
    fn routed(&self, id: &ObjectId) -> Result<Option<&Routed>, Fault> {
        if config::List::of(&id.kind).is_none() {
            return Ok(None);
        }
        let why = "receivers and routes need the setting `alertmanagerConfig`";
        self.routed.as_ref().map(Some).ok_or_else(|| Fault::settings(format!("{id}: {why}")))
    }

    /// What the target has of a kind, as it was written.
    fn own(&self, all: &[Observed], kind: &str) -> Vec<Observed> {
        let is_own = |one: &&Observed| {
            one.id.kind == kind
                && one.fields.is_some()
                && one.mark.as_ref().is_some_and(|mark| mark.target == self.target)
        };
        all.iter().filter(is_own).cloned().collect()
    }

    fn settle_prometheus(&self, live: &Live) -> Result<(), Fault> {
        let all = self.store.observe()?;
        let rules = self.own(&all, "rules");
        if let Err(fault) = live.reload() {
            let culprit = rules.iter().find_map(|file| {
                Some(format!("{}: {}", file.handle, live.objection(file.fields.as_ref()?)?))
            });
            return Err(match culprit {
                Some(culprit) => {
                    Fault { message: format!("{}: {culprit}", fault.message), ..fault }
                }
                None => fault,
            });
        }
        live.has_rules(&rules, &self.place)?;
        live.has_targets(&self.own(&all, "target"), live.patience())
    }
}

/// What a server said that it has not; a fault stays one if it could not be asked.
fn not_loaded(told: Result<(), Fault>) -> Result<Option<String>, Fault> {
    match told {
        Ok(()) => Ok(None),
        Err(fault) if fault.kind == FaultKind::Refused => Ok(Some(fault.message)),
        Err(fault) => Err(fault),
    }
}

impl Driver for Prometheus {
    fn traits(&self) -> Traits {
        let settles = self.prometheus.is_some() || self.alertmanager.is_some();
        Traits { has_names: true, can_rename: true, sees_all: false, settles, at_once: 1 }
    }

    fn observe(&self) -> Result<Vec<Observed>, Fault> {
        let mut all = self.store.observe()?;
        if let Some(routed) = &self.routed {
            all.extend(routed.observe(&self.store)?);
        }
        Ok(all)
    }

    fn look(&self, id: &ObjectId, _: Option<&str>) -> Result<Option<Observed>, Fault> {
        match self.routed(id)? {
            Some(routed) => Ok(routed.observe(&self.store)?.into_iter().find(|one| one.id == *id)),
            None => self.store.look(id),
        }
    }

    fn carry_out(&self, act: &Act<'_>) -> Result<(), Fault> {
        match act {
            Act::Create { object, mark } => self.put(object, mark, None, false),
            Act::Update { observed, object, fields, mark } => {
                if observed.id == object.id {
                    return self.put(object, mark, observed.fields.as_ref(), fields.is_empty());
                }
                self.put(object, mark, None, false)?;
                self.remove(observed)
            }
            Act::Delete { observed } => self.remove(observed),
        }
    }

    fn settle(&self) -> Result<(), Fault> {
        self.store.settle()?;
        // Alertmanager first: no alert is to come before somebody gets it.
        if let Some(live) = &self.alertmanager {
            live.reload()?;
            if let Some(routed) = &self.routed {
                live.has_routes(&routed.config()?)?;
            }
        }
        match &self.prometheus {
            Some(live) => self.settle_prometheus(live),
            None => Ok(()),
        }
    }

    fn unsettled(&self) -> Result<Option<String>, Fault> {
        let all = self.store.observe()?;
        if let Some(live) = &self.alertmanager {
            let config = self.routed.as_ref().map(Routed::config).transpose()?;
            let told = config.map_or_else(|| live.reach(), |config| live.has_routes(&config));
            if let Some(why) = not_loaded(told)? {
                return Ok(Some(why));
            }
        }
        let Some(live) = &self.prometheus else { return Ok(None) };
        let rules = live.has_rules(&self.own(&all, "rules"), &self.place);
        match not_loaded(rules)? {
            Some(why) => Ok(Some(why)),
            // Nobody waits here: what is not known yet is told.
            None => not_loaded(live.has_targets(&self.own(&all, "target"), Duration::ZERO)),
        }
    }
}
