//! What holds for every text, not only for those that somebody thought of.

use std::sync::Arc;

use gitsm::flow::fix::fix_tree;
use gitsm::flow::validate::validate_tree;
use gitsm::source::{File, Source};
use gitsm::tree::Memory;
use gitsm::yaml::{Edit, Limits, Node, NodeKind, Parsed, Pointer, emit, parse, schema, splice};
use proptest::prelude::*;
use serde_json::{Value, json};

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("no")),
        Just(json!("multi\nline\n")),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-zäö~/ ]{1,8}", inner, 0..5)
                .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

/// The value with a text in the place of what a pointer leads to.
fn with_text(value: &Value, pointer: &Pointer, text: &str) -> Value {
    let mut value = value.clone();
    *value.pointer_mut(pointer.as_str()).unwrap() = text.into();
    value
}

/// Calls `visit` with each pointer and node.
fn walk(node: Node<'_>, pointer: &Pointer, visit: &mut dyn FnMut(&Pointer, Node<'_>)) {
    visit(pointer, node);
    for (number, item) in node.items().enumerate() {
        walk(item, &pointer.join(number), visit);
    }
    for (key, value) in node.entries() {
        walk(value, &pointer.join(key.text().unwrap()), visit);
    }
}

proptest! {
    #[test]
    fn every_pointer_leads_to_a_span_whose_text_is_the_value(value in values()) {
        let text = emit::to_string(&json!({"root": value})).unwrap();
        let source = Source::new(File::local("a.yaml"), text);
        let stream = parse(&source, &Limits::default());
        prop_assert_eq!(&stream.problems, &[]);
        let root = stream.arena.node(stream.documents[0]);
        let mut wrong = Vec::new();
        walk(root, &Pointer::root(), &mut |pointer, node| {
            let found = root.at(pointer).map(|(_, found)| found.span());
            if found != Some(node.span()) {
                wrong.push(format!("{pointer} leads elsewhere"));
            }
            // A plain or quoted scalar on one line parses back to itself.
            let slice = source.slice(node.span());
            if node.text().is_some_and(|text| !text.is_empty()) && !slice.contains('\n') && !node.text().unwrap().contains('\n') {
                let again = Source::new(File::local("b.yaml"), slice.to_owned());
                let stream = parse(&again, &Limits::default());
                let same = stream.documents.first().map(|id| schema::value(stream.arena.node(*id)));
                if same != Some(schema::value(node)) {
                    wrong.push(format!("{pointer}: {slice:?}"));
                }
            }
        });
        prop_assert!(wrong.is_empty(), "{:?}", wrong);
    }

    #[test]
    fn an_edit_of_any_scalar_changes_it_and_nothing_else(
        value in values(), mark in any::<bool>(), text in "\\PC{0,9}", number in any::<usize>(),
    ) {
        let mark = if mark { "\u{feff}" } else { "" };
        let content = format!("{mark}{}", emit::to_string(&json!({"root": value})).unwrap());
        let source = Source::new(File::local("a.yaml"), content.clone());
        let limits = Limits::default();
        let stream = parse(&source, &limits);
        let root = stream.arena.node(stream.documents[0]);
        let mut scalars = Vec::new();
        walk(root, &Pointer::root(), &mut |pointer, node| {
            // What is written into a block stays in it, quotes and all.
            let is_block = node.text().is_some_and(|text| text.contains('\n'));
            let is_scalar = matches!(node.kind(), NodeKind::Scalar(_));
            if is_scalar && !node.span().is_empty() && !is_block {
                scalars.push((pointer.clone(), node.span()));
            }
        });
        let Some((pointer, span)) = scalars.get(number % scalars.len().max(1)) else { return Ok(()) };
        let edit = Edit { span: *span, replacement: emit::scalar(&text) };
        let edited = splice(&content, std::slice::from_ref(&edit)).unwrap();
        let (before, after) = content.split_at(span.range().start + mark.len());
        prop_assert!(edited.starts_with(before) && edited.ends_with(&after[span.range().len()..]));
        prop_assert_eq!(edited.len(), content.len() - span.range().len() + edit.replacement.len());
        let after = Source::new(File::local("a.yaml"), edited);
        let targets = Parsed::of(&source, &limits).unwrap().check(&after, &[edit]).unwrap();
        prop_assert_eq!(&targets[0].as_ref().unwrap().pointer, pointer);
        let again = parse(&after, &limits);
        let expected = with_text(&schema::value(root), pointer, &text);
        prop_assert_eq!(schema::value(again.arena.node(again.documents[0])), expected);
    }

    #[test]
    fn no_text_makes_fixing_panic(text in "(\\PC|[-:{}\\[\\]&*#|>\n \t\"'?]){0,200}") {
        let text = format!("apiVersion: backstage.io/v1alpha1\nkind: Componnet\n{text}");
        let tree = Memory::new([("catalog-info.yaml", text)]);
        prop_assert!(fix_tree(Arc::new(tree), "2026-11-21").is_ok());
    }

    #[test]
    fn no_text_makes_validation_panic(text in "(\\PC|[-:{}\\[\\]&*#|>\n \t\"'?]){0,200}") {
        let tree = Memory::new([("catalog-info.yaml", text)]);
        prop_assert!(validate_tree(&tree, "2026-11-21").is_ok());
    }

    #[test]
    fn no_bytes_make_validation_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut all = b"apiVersion: backstage.io/v1alpha1\nkind: Component\n".to_vec();
        all.extend(bytes);
        let tree = Memory::new([("catalog-info.yaml", all)]);
        prop_assert!(validate_tree(&tree, "2026-11-21").is_ok());
    }

    #[test]
    fn any_value_in_the_place_of_a_document_is_judged(value in values()) {
        let document = json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
            "metadata": value, "spec": value,
        });
        let tree = Memory::new([("catalog-info.yaml", emit::to_string(&document).unwrap())]);
        let report = validate_tree(&tree, "2026-11-21").unwrap();
        for finding in &report.findings {
            let at = &finding.at.place;
            prop_assert!(at.start.line >= 1 && at.start.column >= 1 && at.end >= at.start);
        }
    }
}
