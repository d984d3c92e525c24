//! The classes of configuration items that hold in a catalog: the standard ones and its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::entity::{Catalog, Entity};
use crate::model::gitsm::Spec;
use crate::model::gitsm::ci_class::CiClassSpec;
use crate::model::{EntityRef, standard_classes};

/// Classes by their canonical reference.
pub struct Classes<'a> {
    standard: &'a ByName<'a>,
    /// All of them, if the catalog has classes of its own.
    extended: Option<ByName<'a>>,
}

type ByName<'a> = BTreeMap<&'a str, &'a CiClassSpec>;

/// The standard classes by their canonical reference: most catalogs have no others.
fn standard() -> &'static ByName<'static> {
    static NAMES: OnceLock<Vec<String>> = OnceLock::new();
    static CELL: OnceLock<ByName<'static>> = OnceLock::new();
    CELL.get_or_init(|| {
        let all = standard_classes();
        let names = all.iter().map(|class| canonical(&class.name));
        let names = NAMES.get_or_init(|| names.collect());
        names.iter().zip(all).map(|(name, class)| (name.as_str(), &class.spec)).collect()
    })
}

/// Keywords whose mappings are joined, so that what refers to them finds them.
const PARTS: &[&str] = &["definitions", "$defs", "patternProperties"];

/// How far parents are followed: a circle is reported elsewhere.
const DEEPEST: usize = 64;

impl<'a> Classes<'a> {
    /// The standard classes, and those that the catalog defines.
    pub fn of(catalog: &'a Catalog) -> Self {
        let own = catalog.entities().filter_map(|(_, entity)| match entity.spec() {
            Some(Spec::CiClass(spec)) => Some((catalog.canonical(entity), spec.as_ref())),
            _ => None,
        });
        let own: Vec<(&str, &CiClassSpec)> = own.collect();
        let extended = (!own.is_empty()).then(|| {
            let mut all = standard().clone();
            all.extend(own);
            all
        });
        Self { standard: standard(), extended }
    }

    fn all(&self) -> &ByName<'a> {
        self.extended.as_ref().unwrap_or(self.standard)
    }

    /// The canonical reference of the class that a reference means. Standard classes are in every
    /// namespace.
    pub fn resolve(&self, reference: &str) -> Option<&str> {
        let reference = EntityRef::from_canonical(reference);
        let everywhere = canonical(reference.name());
        let found = self.all().get_key_value(reference.as_str());
        let found = found.or_else(|| self.all().get_key_value(everywhere.as_str()));
        found.map(|(name, _)| *name)
    }

    /// The class of a configuration item, or of what counts as one.
    pub fn class_of(&self, catalog: &Catalog, entity: &Entity) -> Option<&str> {
        let standard =
            |name: &str| self.all().get_key_value(canonical(name).as_str()).map(|(name, _)| *name);
        match entity.kind.family {
            "component" => standard("application.component"),
            "api" => standard("api"),
            "ci" => {
                let class = entity.references.iter().find(|one| one.field.relation == "instanceOf");
                self.resolve(catalog.names.text(class?.target))
            }
            _ => None,
        }
    }

    /// A class and those above it, nearest first.
    pub fn chain(&self, class: &str) -> Vec<(&str, &'a CiClassSpec)> {
        let mut chain: Vec<(&str, &CiClassSpec)> = Vec::new();
        let mut next = self.all().get_key_value(class);
        while let Some((name, spec)) = next {
            if chain.len() >= DEEPEST || chain.iter().any(|(earlier, _)| earlier == name) {
                break;
            }
            chain.push((name, spec));
            let parent = spec.parent.as_ref().and_then(|parent| self.named(name, &parent.0));
            next = parent.and_then(|parent| self.all().get_key_value(parent));
        }
        chain
    }

    /// Whether all classes above a class are known: what it says in full can be judged.
    pub fn is_whole(&self, class: &str) -> bool {
        self.chain(class).last().is_some_and(|(_, top)| top.parent.is_none())
    }

    /// Whether the parents of a class lead in a circle through standard classes, or without end:
    /// circles of the catalog's own classes are told as such.
    pub fn is_endless(&self, class: &str) -> bool {
        let chain = self.chain(class);
        let Some((name, top)) = chain.last() else { return false };
        let goes_on = top.parent.as_ref().is_some_and(|up| self.named(name, &up.0).is_some());
        let through_standard = chain.iter().any(|(_, spec)| {
            standard_classes().iter().any(|class| std::ptr::eq(*spec, &class.spec))
        });
        goes_on && (through_standard || chain.len() >= DEEPEST)
    }

    /// The class that a name means in the document of another class.
    pub fn named(&self, from: &str, text: &str) -> Option<&str> {
        let from = EntityRef::from_canonical(from);
        let reference = crate::model::parse_reference(text, Some("CIClass"), from.namespace());
        self.resolve(reference.ok()?.as_str())
    }

    /// Whether a class is another one, or below it.
    pub fn is_a(&self, class: &str, above: &str) -> bool {
        self.chain(class).iter().any(|(name, _)| *name == above)
    }

    /// The relations that items of a class may declare, each with the classes that it may lead to;
    /// an empty set means any.
    pub fn relations(&self, class: &str) -> BTreeMap<&'a str, BTreeSet<String>> {
        let mut relations: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut open: BTreeSet<&str> = BTreeSet::new();
        for (name, spec) in self.chain(class) {
            for (relation, targets) in spec.relations.iter().flatten() {
                let known = relations.entry(relation).or_default();
                if targets.is_empty() {
                    open.insert(relation);
                }
                known.extend(
                    targets.iter().filter_map(|to| self.named(name, to).map(str::to_owned)),
                );
            }
        }
        for relation in open {
            relations.insert(relation, BTreeSet::new());
        }
        relations
    }

    /// The JSON Schema of the attributes of a class's items: what it and all above it say, and
    /// nothing else unless one of them allows it.
    pub fn attributes(&self, class: &str) -> Value {
        let mut properties = Map::new();
        let mut required: BTreeSet<String> = BTreeSet::new();
        let mut rest: Vec<Value> = Vec::new();
        let mut parts: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        let mut further = Value::Bool(false);
        for (_, spec) in self.chain(class) {
            let Some(own) = &spec.attributes else { continue };
            for (name, schema) in
                own.get("properties").and_then(Value::as_object).into_iter().flatten()
            {
                properties.entry(name.clone()).or_insert_with(|| schema.clone());
            }
            let names = own.get("required").and_then(Value::as_array).into_iter().flatten();
            required.extend(names.filter_map(Value::as_str).map(str::to_owned));
            further = own.get("additionalProperties").cloned().unwrap_or(further);
            for part in PARTS {
                let of_class = own.get(*part).and_then(Value::as_object).into_iter().flatten();
                for (name, schema) in of_class {
                    let all = parts.entry(*part).or_default();
                    all.entry(name.clone()).or_insert_with(|| schema.clone());
                }
            }
            let joined =
                ["properties", "required", "additionalProperties", "type", "title", "description"];
            let others = own.iter().filter(|(keyword, _)| {
                !joined.contains(&keyword.as_str()) && !PARTS.contains(&keyword.as_str())
            });
            let others: Map<String, Value> =
                others.map(|(keyword, value)| (keyword.clone(), value.clone())).collect();
            if !others.is_empty() {
                rest.push(Value::Object(others));
            }
        }
        let mut schema = json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": further,
        });
        for (part, all) in parts {
            schema[part] = Value::Object(all);
        }
        if !rest.is_empty() {
            schema["allOf"] = Value::Array(rest);
        }
        schema
    }

    /// The names of all classes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all().keys().map(|name| name.split_once('/').map_or(*name, |(_, name)| name))
    }

    /// The names of all classes that items can be of.
    pub fn concrete(&self) -> impl Iterator<Item = &str> {
        let concrete = self.all().iter().filter(|(_, spec)| spec.r#abstract != Some(true));
        concrete.map(|(name, _)| name.split_once('/').map_or(*name, |(_, name)| name))
    }

    /// What a class says itself.
    pub fn spec(&self, class: &str) -> Option<&'a CiClassSpec> {
        self.all().get(class).copied()
    }
}

fn canonical(name: &str) -> String {
    EntityRef::new("ciclass", "default", name).as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_what_its_parents_have() {
        let catalog = Catalog::default();
        let classes = Classes::of(&catalog);
        let vm = classes.resolve("ciclass:prod/compute.vm").unwrap();
        assert!(classes.is_a(vm, "ciclass:default/compute"));
        assert!(!classes.is_a("ciclass:default/compute", vm));
        let relations = classes.relations(vm);
        assert!(relations["virtualizedBy"].contains("ciclass:default/compute.hypervisor"));
        assert!(relations["dependsOn"].is_empty(), "any class");
        let attributes = classes.attributes("ciclass:default/database.instance");
        assert!(attributes["properties"]["engine"].is_object());
        assert_eq!(attributes["required"], json!(["engine"]));
        assert_eq!(attributes["additionalProperties"], json!(false));
    }
}
