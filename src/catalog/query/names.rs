//! The names that expressions about entities can use, from the tables of kinds.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::methods::METHODS;
use crate::catalog::short;
use crate::expr::{Shape, Vocabulary};
use crate::model::{KINDS, Kind, kind_schema, parse_reference};

/// The shape of each kind's entities, in the order of the table.
fn shapes() -> &'static [(&'static Kind, Shape)] {
    static CELL: OnceLock<Vec<(&'static Kind, Shape)>> = OnceLock::new();
    CELL.get_or_init(|| KINDS.iter().map(|kind| (*kind, of_kind(kind))).collect())
}

fn of_kind(kind: &Kind) -> Shape {
    let document = Shape::of_schema(&kind_schema(kind, false));
    let mut fields: BTreeMap<String, Shape> = document.fields().cloned().unwrap_or_default();
    fields.insert("ref".to_owned(), Shape::Reference);
    fields.insert("file".to_owned(), Shape::TEXT);
    // What a schema leaves open is open, and still has the fields that it names.
    Shape::Entity(Arc::new(fields))
}

/// The shape of entities of any kind.
pub(super) fn any() -> &'static Shape {
    static CELL: OnceLock<Shape> = OnceLock::new();
    CELL.get_or_init(|| {
        let all = shapes().iter().map(|(_, shape)| shape.clone());
        all.reduce(Shape::join).unwrap_or(Shape::Any)
    })
}

/// The shape of a kind's entities.
pub fn shape_of(kind: &Kind) -> &'static Shape {
    shapes().iter().find(|(known, _)| *known == kind).map_or(any(), |(_, shape)| shape)
}

/// The shape in which an entity of a kind is looked at: what entities of its family can have, and
/// besides what those of any kind can; that is what an expression may ask of it.
pub(super) fn looked_at(kind: &Kind) -> &'static Shape {
    static CELL: OnceLock<BTreeMap<&'static str, Shape>> = OnceLock::new();
    let families = CELL.get_or_init(|| {
        let mut families: BTreeMap<&'static str, Shape> = BTreeMap::new();
        for (kind, shape) in shapes() {
            let joined = match families.remove(kind.family) {
                Some(known) => known.join(shape.clone()),
                None => shape.clone(),
            };
            families.insert(kind.family, joined);
        }
        families.values_mut().for_each(|shape| *shape = any().clone().refined(shape));
        families
    });
    families.get(kind.family).unwrap_or(any())
}

/// The names that an expression about entities of some kinds can use; of any, if none is given.
pub fn vocabulary(kinds: &[&'static Kind]) -> Vocabulary {
    let of_kinds = kinds.iter().map(|kind| shape_of(kind).clone()).reduce(Shape::join);
    let variables = BTreeMap::from([
        ("entity".to_owned(), of_kinds.unwrap_or_else(|| any().clone())),
        ("today".to_owned(), Shape::Plain("an instant")),
    ]);
    Vocabulary { variables, methods: METHODS, entity: any().clone(), spelling }
}

/// How `entity.ref` writes a reference that is written in another way.
fn spelling(text: &str) -> Option<String> {
    let reference = parse_reference(text, None, "default").ok()?;
    let right = short(reference.as_str());
    (right != text).then_some(right)
}

/// The kinds that an expression is about, if it begins by saying so: `entity.kind == 'Service' && …`
/// or `entity.kind in ['Service', 'System'] && …`.
pub fn narrowed(expression: &str) -> Vec<&'static Kind> {
    let words = expression.split_once("entity.kind").filter(|(before, _)| before.trim().is_empty());
    let Some((_, rest)) = words else { return Vec::new() };
    let rest = rest.trim_start();
    let (list, after) = if let Some(rest) = rest.strip_prefix("==") {
        let rest = rest.trim_start();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
            return Vec::new();
        };
        match rest[1..].split_once(quote) {
            Some((word, after)) => (vec![word], after),
            None => return Vec::new(),
        }
    } else if let Some(rest) = rest.strip_prefix("in") {
        let list = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let Some((list, after)) = list else { return Vec::new() };
        (list.split(',').map(|word| word.trim().trim_matches(['\'', '"'])).collect(), after)
    } else {
        return Vec::new();
    };
    // Nothing is narrowed where an alternative follows.
    let after = after.trim_start();
    if !(after.is_empty() || after.starts_with("&&")) || has_alternative(after) {
        return Vec::new();
    }
    let named = |word: &&str| KINDS.iter().copied().filter(|kind| kind.name == *word).collect();
    let kinds: Vec<Vec<&'static Kind>> = list.iter().map(named).collect();
    match kinds.iter().any(Vec::is_empty) {
        true => Vec::new(),
        false => kinds.concat(),
    }
}

/// Whether `||` or `?` stands outside of brackets and texts: then what stands before is no
/// condition of the whole.
fn has_alternative(text: &str) -> bool {
    let (mut depth, mut quote, mut previous) = (0_i32, None, ' ');
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if c == open && previous != '\\' => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, '?') if depth == 0 => return true,
            (None, '|') if depth == 0 && previous == '|' => return true,
            _ => {}
        }
        previous = c;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_that_begins_with_a_kind_is_about_that_kind() {
        let names = |text: &str| narrowed(text).iter().map(|kind| kind.name).collect::<Vec<_>>();
        assert_eq!(names("entity.kind == 'Runbook' && size(entity.spec.steps) > 3"), ["Runbook"]);
        assert_eq!(names("entity.kind in ['Team', \"Group\"]"), ["Team", "Group"]);
        for open in [
            "entity.kind == 'Team' || true",
            "entity.kind == 'Nothing'",
            "true",
            "entity.kind == 'Team' ? true : false",
            "entity.kind != 'Team'",
            "x && entity.kind == 'Team'",
        ] {
            assert_eq!(names(open), [""; 0], "{open}");
        }
        assert_eq!(names("entity.kind == 'Team' && (true || '||' == 'x')"), ["Team"]);
    }

    #[test]
    fn every_kind_has_fields_to_ask_for() {
        for kind in KINDS {
            let shape = shape_of(kind);
            assert!(
                shape.field("metadata").fields().is_some_and(|fields| fields.contains_key("name")),
                "{}",
                kind.name
            );
            assert!(shape.field("spec").fields().is_some(), "{}", kind.name);
        }
        assert!(any().field("spec").field("criticality") != &Shape::Any);
    }
}
