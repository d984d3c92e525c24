//! Alerts for all configuration items of a class: one rule each, which selects by the label `class`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::about::{About, bare};
use super::query::Query;
use super::settings::{ClassRule, Settings};
use super::slos::file;
use crate::model::EntityRef;
use crate::plan::{Object, ObjectId};
use crate::target::folder::misnamed;
use crate::target::{Fault, Unmade};

/// The files of rules of the classes that some configuration items have.
pub(super) fn objects(
    items: &[About<'_>],
    settings: &Settings,
) -> Result<Vec<Object>, Vec<Unmade>> {
    // The classes that are there, each with one of its items, which the object is made of.
    let mut classes: BTreeMap<String, (BTreeSet<String>, &About<'_>)> = BTreeMap::new();
    for item in items {
        let Some(own) = item.class() else { continue };
        for (class, _) in item.world.classes.chain(own) {
            let entry = classes.entry(bare(class)).or_insert_with(|| (BTreeSet::new(), item));
            entry.0.insert(bare(own));
        }
    }
    let mut objects = Vec::new();
    let mut unmade = Vec::new();
    for (class, (own, item)) in &classes {
        let Some(rules) = settings.class_rules.get(class) else { continue };
        let made = rules.iter().map(|one| rule(one, class, own)).collect::<Result<Vec<_>, _>>();
        let named = format!("class-{}", class.replace('/', "@"));
        match (made, misnamed(&named)) {
            (Ok(rules), None) => {
                let group = json!({ "name": format!("class:{class}"), "rules": rules });
                objects.push(Object {
                    id: ObjectId::new("rules", named),
                    entity: entity(class, item),
                    formerly: Vec::new(),
                    fields: file(&[group]),
                    sensitive: Vec::new(),
                    after: Vec::new(),
                });
            }
            (made, why) => unmade.push(Unmade {
                entity: item.canonical().to_owned(),
                pointer: "/spec/class".into(),
                message: made.err().or(why.map(str::to_owned)).unwrap_or_default(),
            }),
        }
    }
    if unmade.is_empty() { Ok(objects) } else { Err(unmade) }
}

/// The class, if it is one of the catalog's own; else the item that has it.
fn entity(class: &str, item: &About<'_>) -> String {
    let own = EntityRef::new("ciclass", "default", class);
    match item.world.catalog.find(&own) {
        Some(_) => own.as_str().to_owned(),
        None => item.canonical().to_owned(),
    }
}

/// A rule, with what selects the items of a class in the place of `{class}`.
fn rule(rule: &ClassRule, class: &str, own: &BTreeSet<String>) -> Result<Value, String> {
    let wrong = |why: String| format!("the rule {} of the class {class}: {why}", rule.alert);
    let matcher = match own.len() {
        1 => format!("class={}", Value::from(own.first().map_or("", String::as_str))),
        _ => {
            let names: Vec<String> = own.iter().map(|name| name.replace('.', "\\.")).collect();
            format!("class=~{}", Value::from(names.join("|")))
        }
    };
    let expr = rule.expr.replace("{class}", &matcher);
    // It stays one expression, whoever wrote it.
    let expr = Query::read(&expr).map_err(wrong)?.at("");
    let expr = expr.strip_prefix('(').and_then(|expr| expr.strip_suffix(')')).unwrap_or(&expr);
    let mut labels = rule.labels.clone();
    labels.insert("severity".into(), rule.severity.clone());
    let mut made = Map::new();
    made.insert("alert".into(), rule.alert.clone().into());
    made.insert("expr".into(), expr.into());
    if let Some(time) = &rule.r#for {
        made.insert("for".into(), time.clone().into());
    }
    made.insert("labels".into(), json!(labels));
    made.insert("annotations".into(), json!(rule.annotations));
    Ok(made.into())
}

/// The rules that hold where the settings say nothing else: what is scraped must answer.
pub(super) fn built_in() -> Result<BTreeMap<String, Vec<ClassRule>>, Fault> {
    let rule = json!([{
        "alert": "InstanceDown",
        "expr": "up{class!=\"\"} == 0",
        "for": "5m",
        "severity": "page",
        "annotations": {
            "summary": "{{ $labels.ci }} does not answer",
            "description": "Prometheus could not scrape {{ $labels.instance }} ({{ $labels.class }}) for five minutes.",
        },
    }]);
    let rules = serde_json::from_value(rule).map_err(|error| Fault::settings(error.to_string()))?;
    Ok(BTreeMap::from([("item".to_owned(), rules)]))
}
