//! The quick reader held against the general parser: what it reads, both read alike.

use super::parse::{Limits, Stream, by_events};
use super::plain::read;
use super::{Node, emit};
use crate::source::{File, Source};
use proptest::prelude::*;

/// Everything that is known of a value.
fn describe(node: Node<'_>, all: &mut Vec<String>) {
    let (kind, span, text) = (node.kind(), node.span(), node.text());
    all.push(format!("{kind:?} {span:?} {text:?} {}", node.is_quoted()));
    node.items().for_each(|item| describe(item, all));
    for (key, value) in node.entries() {
        describe(key, all);
        describe(value, all);
    }
}

fn described(stream: &Stream) -> Vec<String> {
    let mut all: Vec<String> = stream.problems.iter().map(|p| format!("{p:?}")).collect();
    for id in &stream.documents {
        all.push("---".to_owned());
        describe(stream.arena.node(*id), &mut all);
    }
    all
}

/// Whether the text is plain; if it is, the general parser must say the same.
fn agrees(text: &str) -> bool {
    let limits = Limits::default();
    let Some(plain) = read(text, &limits) else { return false };
    assert_eq!(described(&plain), described(&by_events(text, &limits)), "{text}");
    true
}

#[test]
fn what_people_write_is_plain() {
    for text in [
        "a: 1\nb:\n  c: d e # f\n  g: \"h: i\"\nj:\n- k\n- l: m\n  n: o\n",
        "# x\n---\na:\n---\n---\nb: {}\nc: []\nd: [e, 'f', \"g\", h:i]\n",
        "a: |\n  b\n    c\n\n  d\n\ne: >-\n  f\n  g\nh: ~\n",
        "a:\n  - b: c\n    d:\n      - e\n  -\n    f: g\n",
        "a: x#y\nb: http://c.d/e\nc: a:b\nd: -5\ne: 2024-01-01\n1: f\n",
        "größe: 1\n",
    ] {
        let expected = text.is_ascii();
        assert_eq!(agrees(text), expected, "{text}");
    }
}

#[test]
fn what_is_odd_is_left_to_the_parser() {
    for text in [
        "a: &x 1\nb: *x\n",
        "a: !t b\n",
        "a: b\n  c\n",
        "a: \"b\n  c\"\n",
        "a: \"\\n\"\n",
        "a: 'it''s'\n",
        "a: [b, [c]]\n",
        "a: {b: c}\n",
        "? a\n: b\n",
        "- - a\n",
        "a\n",
        "a: b: c\n",
        "a: |2\n   b\n",
        "a: |+\n  b\n\n",
        "a: >\n  b\n\n  c\n",
        "a:\tb\n",
        "a: b\r\n",
        "--- a\n",
        "a: 1\n...\nb: 2\n",
        " a: 1\n",
        "a: 1\n  b: 2\n",
        "-\n- a\n",
        "a: |\n  b",
        "%YAML 1.2\n---\na: 1\n",
        "a: ,b\n",
        "\"a\": b\n",
        "a: - b\n",
    ] {
        assert!(!agrees(text), "{text:?}");
    }
}

#[test]
fn keys_that_stand_twice_are_found_here_too() {
    assert!(agrees("a: 1\nb: 2\na: 3\n---\nc: {}\n"));
}

fn yaml_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-c]{1,2}",
        Just(": ".to_owned()),
        Just(":".to_owned()),
        Just("\n".to_owned()),
        Just("\n  ".to_owned()),
        Just("\n    ".to_owned()),
        Just("- ".to_owned()),
        Just("-".to_owned()),
        Just(" ".to_owned()),
        Just("# ".to_owned()),
        Just("|".to_owned()),
        Just(">-".to_owned()),
        Just("\"".to_owned()),
        Just("'".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just("{}".to_owned()),
        Just(",".to_owned()),
        Just("1".to_owned()),
        Just("---\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("~".to_owned()),
        Just("ä".to_owned()),
        Just("\na: ".to_owned()),
        Just("\n- ".to_owned()),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    #[test]
    fn whatever_is_plain_means_the_same_to_the_parser(text in yaml_like()) {
        agrees(&text);
        agrees(&format!("a: b\nc:\n  - d: {text}\n"));
        agrees(&format!("a: |\n  {text}\nb: c\n"));
    }

    #[test]
    fn what_serde_writes_means_the_same(texts in prop::collection::vec("\\PC{0,20}", 0..6)) {
        let value = serde_json::json!({"a": texts, "b": {"c": texts.first(), "d": [{"e": texts}]}});
        agrees(&emit::to_string(&value).unwrap());
    }
}

#[test]
fn the_examples_mean_the_same_and_backstage_is_mostly_plain() {
    let (mut plain, mut all) = (0, 0);
    let mut folders =
        vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                #[allow(clippy::disallowed_methods, reason = "the examples lie on disk")]
                let text = std::fs::read_to_string(&path).unwrap();
                let source = Source::new(File::local("x.yaml"), text);
                let is_plain = agrees(source.text());
                // Other examples hold flow mappings, too, which the quick reader leaves alone.
                if path.iter().any(|part| part == "backstage") {
                    all += 1;
                    plain += usize::from(is_plain);
                }
            }
        }
    }
    assert!(plain * 3 > all * 2, "{plain} of {all}");
}
