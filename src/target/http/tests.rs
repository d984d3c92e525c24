//! Tests of what settings say: how an object is read, and what is refused.

use serde_json::{Value, json};

use super::item::Reader;
use crate::model::gitsm::target::http::{Kind, Settings};
use crate::plan::{Fields, Mark, ObjectId};
use crate::target::{Fault, FaultKind};

fn kind(more: Value) -> Kind {
    let mut kind = json!({"list": {"path": "/all"}, "id": "/id"});
    kind.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    serde_json::from_value(kind).unwrap()
}

fn reader(more: Value) -> Result<Reader, Fault> {
    Reader::new("/kinds/host", "host", &kind(more))
}

fn read(more: Value, item: Value) -> Result<(String, String, Value, bool), String> {
    let observed = reader(more).unwrap().read(item)?;
    let fields = Value::Object(observed.fields.unwrap());
    Ok((observed.id.name, observed.handle, fields, observed.mark.is_some()))
}

fn mark() -> Mark {
    let id = ObjectId::new("host", "web");
    Mark::of("acme/default/x", &id, "component:default/web", "c0ffee", &Fields::new())
}

#[test]
fn fields_are_what_is_there_without_the_mark_and_what_is_not_set() {
    let item = json!({
        "id": 7,
        "attrs": {"a": 1, "b": null, "vars": {"tier": 2, "gone": null, "m": mark().text()}},
    });
    let more = json!({"fields": "/attrs", "split": ["vars"], "mark": "/attrs/vars/m"});
    let (name, handle, fields, is_marked) = read(more, item.clone()).unwrap();
    assert_eq!((name.as_str(), handle.as_str(), is_marked), ("7", "7", true));
    assert_eq!(fields, json!({"a": 1, "vars.tier": 2}));

    let more = json!({"fields": "/attrs"});
    let (_, _, fields, is_marked) = read(more, item.clone()).unwrap();
    assert!(!is_marked && fields["vars"]["m"].is_string());

    let more = json!({"fields": {"size": "{{ item.attrs.a }}", "b": "{{ item.attrs.b }}"}});
    assert_eq!(read(more, item).unwrap().2, json!({"size": 1}));
}

#[test]
fn a_mark_is_read_from_any_line_of_a_text_and_as_json() {
    let more = json!({"mark": "/about", "fields": "/f", "named": false});
    let text = mark().text();
    for (about, name) in [
        (json!(text), "web"),
        (json!(format!("For people.\n{text}\r\n")), "web"),
        (serde_json::to_value(mark()).unwrap(), "web"),
        (json!("{}"), "7"),
        (json!(format!("x{text}")), "7"),
        (json!(text.replace("mark/1", "mark/9")), "7"),
        (json!(text.replace("\"host\"", "\"note\"")), "7"),
        (json!(null), "7"),
    ] {
        let read = read(more.clone(), json!({"id": "7", "about": about, "f": {}})).unwrap();
        assert_eq!((read.0.as_str(), read.1.as_str()), (name, "7"), "{about}");
    }
    // A mark in a list is taken out of it.
    let item = json!({"id": "7", "tags": ["x", text]});
    let more = json!({"mark": "/tags/1", "fields": ""});
    assert_eq!(read(more, item).unwrap().2["tags"], json!(["x", null]));
}

#[test]
fn an_object_that_cannot_be_read_says_what_it_has_not() {
    for (more, item, what) in [
        (json!({}), json!({}), "no text or number at /id"),
        (json!({}), json!(3), "no text or number at /id"),
        (json!({}), json!({"id": ""}), "no text or number at /id"),
        (json!({}), json!({"id": {"a": 1}}), "no text or number at /id"),
        (json!({"name": "/name"}), json!({"id": 1}), "no text or number at /name"),
        (json!({"fields": "/f"}), json!({"id": 1}), "nothing at /f"),
        (json!({"fields": "/f"}), json!({"id": 1, "f": [1]}), "no mapping"),
        (json!({"fields": {"a": "{{ item.f }}"}}), json!({"id": 1}), "/kinds/host/fields/a:1:4"),
    ] {
        let why = read(more, item).unwrap_err();
        assert!(why.contains(what), "{what}: {why}");
    }
}

#[test]
fn a_pointer_that_is_none_is_said_with_what_to_write() {
    for more in [
        json!({"id": "name"}),
        json!({"name": "name"}),
        json!({"mark": "name"}),
        json!({"fields": "name"}),
    ] {
        let Err(fault) = reader(more) else { panic!("it is taken") };
        assert_eq!(fault.kind, FaultKind::Settings);
        assert!(fault.message.contains("write `/name`"), "{fault}");
    }
}

#[test]
fn settings_have_a_schema_that_explains_them() {
    let schema = serde_json::to_value(schemars::schema_for!(Settings)).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    let undescribed: Vec<_> = schema["$defs"]
        .as_object()
        .unwrap()
        .values()
        .chain([&schema])
        .flat_map(|one| one["properties"].as_object().into_iter().flatten())
        .filter(|(_, property)| property.get("description").is_none())
        .map(|(name, _)| name.clone())
        .collect();
    assert!(undescribed.is_empty(), "{undescribed:?}");
}
