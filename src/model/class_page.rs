//! The page of a standard class of configuration items, in Markdown.

use std::collections::BTreeMap;

use serde_json::Value;

use super::class::{StandardClass, standard_classes};

fn named(name: &str) -> Option<&'static StandardClass> {
    standard_classes().iter().find(|class| class.name == name)
}

/// The page of a standard class: what it says, and what the classes above it say.
pub fn class_page(name: &str) -> Option<String> {
    let class = named(name)?;
    let mut chain = vec![class];
    while let Some(parent) = chain.last().and_then(|last| last.spec.parent.as_ref()) {
        chain.push(named(&parent.0)?);
    }
    let mut text = format!("# {}\n\n{}\n\n", class.name, class.description);
    let above: Vec<String> = chain.iter().skip(1).map(|one| format!("`{}`", one.name)).collect();
    let above = above.iter().map(|name| format!(", below {name}")).collect::<String>();
    text.push_str(&format!("- A class of configuration items{above}\n"));
    if class.spec.r#abstract == Some(true) {
        let below = standard_classes().iter();
        let below = below.filter(|one| one.spec.parent.as_ref().is_some_and(|up| up.0 == name));
        let names: Vec<String> = below.map(|one| format!("`{}`", one.name)).collect();
        text.push_str(&format!("- It only groups others: {}\n", names.join(", ")));
    }
    if let Some(table) = &class.spec.servicenow {
        text.push_str(&format!("- In ServiceNow: `{table}`\n"));
    }
    text.push_str(
        "\n## Attributes\n\n| Attribute | Type | Needed | What it is |\n|---|---|---|---|\n",
    );
    for one in &chain {
        let Some(schema) = &one.spec.attributes else { continue };
        let required = schema.get("required").and_then(Value::as_array);
        for (field, schema) in
            schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            let needed = required.is_some_and(|list| list.iter().any(|name| name == field));
            let word = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
            text.push_str(&format!(
                "| `spec.attributes.{field}` | {} | {} | {} |\n",
                word("type"),
                if needed { "yes" } else { "" },
                word("description"),
            ));
        }
    }
    text.push_str("\n## Relations\n\n| Relation | May lead to |\n|---|---|\n");
    let mut relations: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (relation, targets) in chain.iter().flat_map(|one| one.spec.relations.iter().flatten()) {
        let known = relations.entry(relation).or_default();
        known.extend(targets.iter().map(|to| format!("`{to}`")));
        if targets.is_empty() {
            known.push("any class".to_owned());
        }
    }
    for (relation, mut targets) in relations {
        targets.dedup();
        text.push_str(&format!("| `spec.relations.{relation}` | {} |\n", targets.join(", ")));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_what_is_said_above_it_on_its_page() {
        let page = class_page("compute.vm").unwrap();
        for part in
            ["below `compute`, below `item`", "spec.attributes.hostname", "`compute.hypervisor`"]
        {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(class_page("compute").unwrap().contains("only groups others: `compute.server`"));
        assert_eq!(class_page("gadget"), None);
    }
}
