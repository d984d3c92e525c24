//! Who gets the alerts: of each owner a receiver and a route to it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::about::About;
use super::settings::Settings;
use crate::plan::{Object, ObjectId};
use crate::target::Unmade;

/// How the names of gitsm's receivers begin.
pub(super) const PREFIX: &str = "gitsm/";

/// A receiver and a route for each owner.
pub(super) fn objects(
    owners: &BTreeMap<String, About<'_>>,
    settings: &Settings,
) -> Result<Vec<Object>, Vec<Unmade>> {
    let (mut objects, mut unmade) = (Vec::new(), Vec::new());
    for (owner, about) in owners {
        let fields = match receiver(owner, about, settings) {
            Ok(fields) => fields,
            Err((pointer, message)) => {
                let entity = about.canonical().to_owned();
                unmade.push(Unmade { entity, pointer, message });
                continue;
            }
        };
        let object = |kind: &str, fields: Map<String, Value>, after: Vec<ObjectId>| Object {
            id: ObjectId::new(kind, owner),
            entity: about.canonical().to_owned(),
            formerly: about.formerly(),
            fields,
            sensitive: Vec::new(),
            after,
        };
        let mut route = Map::new();
        route.insert("matchers".into(), json!([format!("owner={}", Value::from(owner.as_str()))]));
        let after = vec![ObjectId::new("receiver", owner)];
        objects.push(object("receiver", fields, Vec::new()));
        objects.push(object("route", route, after));
    }
    if unmade.is_empty() { Ok(objects) } else { Err(unmade) }
}

/// What Alertmanager is to do for an owner.
fn receiver(
    owner: &str,
    about: &About<'_>,
    settings: &Settings,
) -> Result<Map<String, Value>, (String, String)> {
    if let Some(own) = settings.receivers.get(owner) {
        return Ok(own.clone());
    }
    let filled = settings
        .receiver_template
        .as_ref()
        .map(|template| filled(&Value::Object(template.clone()), owner, about));
    match (filled, &settings.default_receiver) {
        (Some(Ok(Value::Object(filled))), _) => Ok(filled),
        (_, Some(default)) => Ok(default.clone()),
        (Some(Err(missing)), None) => Err((
            format!("/spec/contact/{missing}"),
            format!(
                "the template of receivers asks for it, and {owner} has none: add it, or set \
                     `defaultReceiver` or `receivers` for {owner} in the target's settings"
            ),
        )),
        _ => Err((
            String::new(),
            format!(
                "no receiver is known for {owner}: add it to the target's settings as `receivers`, \
                     `receiverTemplate` or `defaultReceiver`"
            ),
        )),
    }
}

/// A template with what is known of an owner; else what is not known.
fn filled(value: &Value, owner: &str, about: &About<'_>) -> Result<Value, &'static str> {
    Ok(match value {
        Value::String(text) => {
            let mut text = text.replace("{team}", owner);
            for (name, mark) in [("email", "{email}"), ("chat", "{chat}")] {
                if text.contains(mark) {
                    let known = about.text(&["spec", "contact", name]).ok_or(name)?;
                    // Receivers are Go templates: a catalog's text means itself.
                    let known = super::burn::literal(&Value::from(known));
                    text = text.replace(mark, &known);
                }
            }
            text.into()
        }
        Value::Array(items) => {
            let items: Result<Vec<Value>, &'static str> =
                items.iter().map(|item| filled(item, owner, about)).collect();
            items?.into()
        }
        Value::Object(fields) => {
            let fields: Result<Map<String, Value>, &'static str> = fields
                .iter()
                .map(|(name, value)| Ok((name.clone(), filled(value, owner, about)?)))
                .collect();
            fields?.into()
        }
        other => other.clone(),
    })
}
