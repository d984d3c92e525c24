//! Published schemas: fresh, and true of what they describe.

use std::collections::BTreeSet;
use std::fs;

use gitsm::flow::schemas;
use gitsm::model::gitsm::GROUP;
use gitsm::model::{KINDS, kind_schema};
use gitsm::yaml::Node;
use serde_json::Value;

use crate::support::{Folder, each_document, project};

#[test]
fn schemas_are_fresh() {
    let folder = project().join("schemas");
    let mut wanted = BTreeSet::new();
    for published in schemas::all() {
        let path = folder.join(&published.path);
        let on_disk = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(on_disk == published.text, "{}: run `cargo schemas`", published.path);
        wanted.insert(path);
    }
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert!(wanted.contains(&path), "{} is nobody's schema", path.display());
            }
        }
    }
}

#[test]
fn a_schema_is_printed_for_any_word_for_its_kind() {
    let folder = Folder::new();
    let component = folder.gitsm(&["schema", "component"]).stdout;
    assert_eq!(component, folder.gitsm(&["schema", "Components"]).stdout);
    assert!(component.contains("\"Component\""));
    assert!(folder.gitsm(&["schema", "config"]).stdout.contains("edition"));
    assert!(folder.gitsm(&["schema"]).stdout.contains("AlertNotificationTarget"));
    let wrong = folder.gitsm(&["schema", "gadget"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("the kinds are Component"), "{wrong:?}");
}

/// The paths of all fields that a schema knows, `kind.spec.owner` and so on.
fn fields(schema: &Value, path: &str, found: &mut BTreeSet<String>) {
    for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let path = format!("{path}.{name}");
        fields(field, &path, found);
        if let Some(items) = field.get("items") {
            fields(items, &path, found);
        }
        found.insert(path);
    }
}

/// The paths of all fields of a document.
fn used(node: Node<'_>, path: &str, found: &mut BTreeSet<String>) {
    for (key, value) in node.entries() {
        let path = format!("{path}.{}", key.text().unwrap_or_default());
        used(value, &path, found);
        found.insert(path);
    }
    for item in node.items() {
        used(item, path, found);
    }
}

#[test]
fn every_field_of_every_kind_of_ours_stands_in_acme() {
    let mut known = BTreeSet::new();
    // Notes stand in the records store, which gitsm writes.
    let ours = KINDS.iter().filter(|kind| kind.group == &GROUP && kind.name != "Note");
    for kind in ours {
        let schema = kind_schema(kind, true);
        fields(&schema["properties"]["spec"], kind.name, &mut known);
        // What all kinds share need not stand in each of them.
        fields(&schema["properties"]["metadata"], "metadata", &mut known);
    }
    let mut found = BTreeSet::new();
    each_document("examples/acme", &mut |_, root| {
        if root.str("apiVersion") == Some("gitsm/v1alpha1") {
            used(root.get("spec").unwrap(), root.str("kind").unwrap(), &mut found);
            used(root.get("metadata").unwrap(), "metadata", &mut found);
        }
    });
    let missing: Vec<&String> = known.difference(&found).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
