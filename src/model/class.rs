//! The standard classes of configuration items, as CIClass documents in the binary.
//!
//! They follow the principal classes of ServiceNow's CMDB and iTop, reduced to what a catalog in
//! Git needs. A class in the catalog stands in for a standard class of its name.

use std::sync::OnceLock;

use super::gitsm::Spec;
use super::gitsm::ci_class::CiClassSpec;
use super::kind_named;
use crate::source::{File, Source};
use crate::yaml::{Limits, parse};

const TEXTS: [&str; 3] = [
    include_str!("classes/application.yaml"),
    include_str!("classes/compute.yaml"),
    include_str!("classes/infrastructure.yaml"),
];

/// A class that every catalog has.
#[derive(Debug)]
pub struct StandardClass {
    /// Its name, such as `database.instance`.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What is of it.
    pub description: String,
    /// What its items have in common.
    pub spec: CiClassSpec,
}

/// All standard classes, parents before their children.
pub fn standard_classes() -> &'static [StandardClass] {
    static CELL: OnceLock<Vec<StandardClass>> = OnceLock::new();
    CELL.get_or_init(|| TEXTS.iter().flat_map(|text| read(text)).collect())
}

fn read(text: &str) -> Vec<StandardClass> {
    let source = Source::new(File::local("classes.yaml"), text.to_owned());
    let stream = parse(&source, &Limits::default());
    let Some(kind) = kind_named("CIClass") else { return Vec::new() };
    let roots = stream.documents.iter().map(|id| stream.arena.node(*id));
    roots
        .filter_map(|root| {
            let metadata = root.get("metadata")?;
            let text = |name: &str| metadata.str(name).unwrap_or_default().to_owned();
            let Some(Spec::CiClass(spec)) = Spec::of(kind, root) else { return None };
            Some(StandardClass {
                name: text("name"),
                title: text("title"),
                description: text("description"),
                spec: *spec,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_class_can_be_read_and_its_parent_stands_before_it() {
        let classes = standard_classes();
        let written: usize = TEXTS.iter().map(|text| text.matches("\nkind: CIClass").count()).sum();
        assert_eq!(classes.len(), written);
        for (number, class) in classes.iter().enumerate() {
            assert!(!class.title.is_empty() && !class.description.is_empty(), "{}", class.name);
            let Some(parent) = &class.spec.parent else { continue };
            let earlier = classes[..number].iter().any(|one| one.name == parent.0);
            assert!(earlier, "{} before {}", parent.0, class.name);
        }
    }

    #[test]
    fn relations_of_standard_classes_lead_to_classes_that_exist() {
        let exists = |name: &String| standard_classes().iter().any(|class| class.name == *name);
        for class in standard_classes() {
            for (relation, targets) in class.spec.relations.iter().flatten() {
                assert!(crate::model::relation_named(relation).is_some(), "{relation}");
                assert!(targets.iter().all(exists), "{} {relation}", class.name);
            }
        }
    }
}
