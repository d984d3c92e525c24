//! What the protected branch says at one of its commits about who may say what: keys, pipelines,
//! operators, and who may break glass. Nothing that a change brings along counts here.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::config::Config;
use crate::model::gitsm::Spec;
use crate::model::gitsm::person::{Key, PersonLifecycle};
use crate::model::parse_reference;

/// Who may say what, as a commit of the protected branch has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Authority {
    /// The repository's name in approvals (`id` in `gitsm.yaml`).
    pub id: Option<String>,
    /// The digest of the ledger's first entry (`sha256:…`), where it is pinned.
    pub genesis: Option<String>,
    /// Everybody who may write, `person:default/ada` or `pipeline:ci`, with their keys.
    pub writers: BTreeMap<String, Vec<Key>>,
    /// Those of them who left: their keys no longer count.
    pub left: BTreeSet<String>,
    /// Those who may write what no pipeline did.
    pub operators: BTreeSet<String>,
    /// Those who may go ahead before anybody agrees.
    pub break_glass: BTreeSet<String>,
}

impl Authority {
    /// Reads it off a catalog and its settings. The catalog need hold no more than all people and all
    /// change policies.
    pub fn of(catalog: &Catalog, config: &Config) -> Self {
        let settings = config.settings.ledger.as_ref();
        let mut authority = Self {
            id: config.settings.id.clone(),
            genesis: settings.and_then(|ledger| ledger.genesis.clone()),
            ..Self::default()
        };
        for (_, entity) in catalog.entities().filter(|(_, one)| one.kind.family == "person") {
            let name = catalog.canonical(entity).to_owned();
            let keys = authority.writers.entry(name.clone()).or_default();
            if let Some(Spec::Person(spec)) = entity.spec() {
                keys.extend(spec.keys.iter().flatten().cloned());
                if spec.lifecycle == Some(PersonLifecycle::Left) {
                    authority.left.insert(name);
                }
            }
        }
        for (_, entity) in catalog.entities() {
            let permitted = entity.references.iter().filter(|one| one.field.relation == "permits");
            let people = permitted.map(|one| catalog.names.text(one.target).to_owned());
            authority.break_glass.extend(people);
        }
        for writer in settings.and_then(|ledger| ledger.writers.as_ref()).into_iter().flatten() {
            let name = format!("pipeline:{}", writer.name);
            authority.writers.entry(name).or_default().extend(writer.keys.iter().cloned());
        }
        let operators = settings.and_then(|ledger| ledger.operators.as_ref());
        let operators = operators.into_iter().flatten().filter_map(|one| person(one, "default"));
        authority.operators = operators.collect();
        authority
    }
}

fn person(text: &str, namespace: &str) -> Option<String> {
    let meant = parse_reference(text, Some("person"), namespace).ok()?;
    (meant.prefix() == "person").then(|| meant.as_str().to_owned())
}
