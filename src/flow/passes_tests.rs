//! Passes over catalogs in memory: with rules that do not exist, and with those that do.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::passes::{Examined, Passes, run};
use super::validate::{ValidateError, validate_tree};
use crate::finding::{Finding, Fingerprint, Occurrence, Report, Severity};
use crate::git::Mode;
use crate::rules::code_named;
use crate::source::{File, Source, Span};
use crate::tree::{Content, Entry, Memory, ReadError, Tree};

/// A rule: wherever the first text stands, write the second.
type Rule = (&'static str, &'static str, &'static str);

fn examined(findings: Vec<Finding>) -> Examined {
    let report = Report { findings: findings.clone(), ..Report::default() };
    Examined { all: findings, report, files: Vec::new() }
}

fn examine(tree: &dyn Tree, rules: &[Rule]) -> Result<Examined, ValidateError> {
    let mut findings = Vec::new();
    for entry in tree.entries() {
        let bytes = tree.read(entry, 9999).unwrap().bytes;
        let source = Source::new(File::local(&*entry.path), String::from_utf8(bytes).unwrap());
        for (code, old, new) in rules {
            for (at, _) in source.text().match_indices(old) {
                let place = source.place(Span::new(at, at + old.len()));
                let code = code_named(code).unwrap();
                let fingerprint = Fingerprint::of(code.name, &entry.path, "", old);
                let pointer = format!("/{}", source.text()[..at].rsplit('\n').next().unwrap());
                let pointer = pointer.trim_end_matches(": ").to_owned();
                let at = Occurrence { place: place.clone(), entity: None, pointer, fingerprint };
                let finding = Finding::new(code, Severity::Error, at, *old);
                findings.push(finding.fix(format!("write {new}"), place, *new));
            }
        }
    }
    Ok(examined(findings))
}

fn passes(texts: &[(&str, &str)], rules: &[Rule]) -> (Passes<'static>, usize) {
    let count = Cell::new(0);
    let counted = |tree: &dyn Tree| {
        count.set(count.get() + 1);
        examine(tree, rules)
    };
    let tree = Arc::new(Memory::new(texts.iter().map(|(path, text)| (*path, *text))));
    let passes = run(tree, &[], &counted).unwrap();
    (passes, count.get())
}

/// With the rules that exist.
fn with_rules(texts: &[(&str, &str)]) -> Passes<'static> {
    let judge = |tree: &dyn Tree| Ok(examined(validate_tree(tree, "2026-11-21")?.findings));
    let tree = Arc::new(Memory::new(texts.iter().map(|(path, text)| (*path, *text))));
    run(tree, &[], &judge).unwrap()
}

/// `title`, or `title — reason` where a fix was left alone.
fn told(passes: &Passes<'_>) -> Vec<String> {
    let repairs = passes.repairs().into_iter();
    repairs
        .map(|one| match one.left {
            Some(reason) => format!("{} — {reason}", one.title),
            None => one.title,
        })
        .collect()
}

fn text<'a>(passes: &'a Passes<'_>, path: &str) -> &'a str {
    passes.overlay.changed().get(path).map(String::as_str).unwrap_or_default()
}

#[test]
fn fixes_of_one_file_are_made_at_once() {
    let rules = [("field-value", "one", "1st"), ("field-type", "two", "\"2\"")];
    let (passes, judged) = passes(&[("a.yaml", "\u{feff}a: one # x\r\nb: two")], &rules);
    assert_eq!(text(&passes, "a.yaml"), "\u{feff}a: 1st # x\r\nb: \"2\"");
    assert_eq!(told(&passes), ["write 1st", "write \"2\""]);
    assert_eq!(judged, 2, "once before, once after");
    assert_eq!(passes.before["a.yaml"], "\u{feff}a: one # x\r\nb: two");
}

#[test]
fn of_fixes_that_overlap_the_first_is_made_and_the_other_in_a_further_pass() {
    let rules = [("field-type", "b c", "bc"), ("field-value", "a b c", "A b c")];
    let (passes, judged) = passes(&[("x.yaml", "x: a b c\n")], &rules);
    assert_eq!(text(&passes, "x.yaml"), "x: A bc\n");
    assert_eq!(told(&passes), ["write A b c", "write bc"]);
    assert_eq!(judged, 3);
    assert!(!passes.more);
}

#[test]
fn two_findings_that_ask_for_the_same_are_one_edit() {
    let rules = [("field-type", "12", "\"12\""), ("field-value", "12", "\"12\"")];
    let (passes, _) = passes(&[("x.yaml", "x: 12\n")], &rules[..1]);
    assert_eq!(text(&passes, "x.yaml"), "", "the rule finds the same again, so it did not help");
    let rules = [("field-type", " 1", " one"), ("field-value", " 1", " one")];
    let (passes, _) = self::passes(&[("x.yaml", "x:  1\n")], &rules);
    assert_eq!(told(&passes), ["write  one", "write  one"]);
}

#[test]
fn fixes_that_undo_each_other_come_to_an_end() {
    let rules = [("field-value", "red", "blue"), ("field-type", "blue", "red")];
    let (passes, judged) = passes(&[("x.yaml", "x: red\n")], &rules);
    assert_eq!(text(&passes, "x.yaml"), "");
    let reason = "write blue — what it writes would be wrong, too: blue";
    assert_eq!(told(&passes), [reason]);
    assert_eq!(judged, 2);
}

/// A rule that asks for another value than the one that stands there, and says so about a field
/// that does not exist: nobody can see that it is about what was written.
fn restless_rule(tree: &dyn Tree, better: &dyn Fn(&str) -> String) -> Examined {
    let bytes = tree.read(&tree.entries()[0], 99).unwrap().bytes;
    let source = Source::new(File::local("x.yaml"), String::from_utf8(bytes).unwrap());
    let place = source.place(Span::new(3, source.text().len() - 1));
    let old = source.slice(place.span).to_owned();
    let code = code_named("field-value").unwrap();
    let fingerprint = Fingerprint::of(code.name, "", "", &old);
    let pointer = "/y".to_owned();
    let at = Occurrence { place: place.clone(), entity: None, pointer, fingerprint };
    let finding = Finding::new(code, Severity::Error, at, "restless");
    examined(vec![finding.fix(better(&old), place, better(&old))])
}

#[test]
fn a_file_is_never_given_a_content_that_it_had_before() {
    let other = |old: &str| if old == "red" { "blue" } else { "red" }.to_owned();
    let tree = Arc::new(Memory::new([("x.yaml", "x: red\n")]));
    let passes = run(tree, &[], &|tree: &dyn Tree| Ok(restless_rule(tree, &other))).unwrap();
    assert_eq!(text(&passes, "x.yaml"), "x: blue\n");
    assert_eq!(told(&passes), ["blue", "red — the file would be what it was before"]);
}

#[test]
fn fixes_that_never_end_are_stopped() {
    let longer = |old: &str| format!("{old}x");
    let tree = Arc::new(Memory::new([("x.yaml", "x: x\n")]));
    let passes = run(tree, &[], &|tree: &dyn Tree| Ok(restless_rule(tree, &longer))).unwrap();
    assert_eq!(text(&passes, "x.yaml"), format!("x: {}\n", "x".repeat(11)));
    assert!(passes.more);
}

#[test]
fn one_fix_that_does_not_fit_keeps_no_other_from_being_made() {
    let rules = [
        ("field-value", "one", "1"),
        ("field-value", "two", "2nd"),
        ("field-value", "three", "[3"),
        ("field-value", "four", "4th"),
    ];
    let (passes, _) = passes(&[("x.yaml", "a: one\nb: two\nc: three\nd: four\n")], &rules);
    assert_eq!(text(&passes, "x.yaml"), "a: one\nb: 2nd\nc: three\nd: 4th\n");
    let told = told(&passes);
    assert_eq!(told[0], "write 1 — what would stand there would mean something else");
    assert!(told[2].starts_with("write [3 — the file would no longer parse"), "{told:?}");
}

#[test]
fn a_file_that_does_not_parse_is_left_alone() {
    let (passes, _) = passes(&[("x.yaml", "a: one\n---\nb: [\n")], &[("field-value", "one", "x")]);
    assert_eq!(told(&passes), ["write x — the file does not parse"]);
}

/// A tree whose file is another one when it is read for the second time.
struct Restless(Memory, AtomicUsize);

impl Tree for Restless {
    fn entries(&self) -> &[Entry] {
        self.0.entries()
    }
    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError> {
        let mut content = self.0.read(entry, limit)?;
        if self.1.fetch_add(1, Ordering::SeqCst) > 0 {
            content.bytes.push(b'#');
            content.size += 1;
        }
        Ok(content)
    }
    fn mode(&self, path: &str) -> Option<Mode> {
        self.0.mode(path)
    }
    fn files(&self) -> Result<Vec<String>, crate::git::GitError> {
        self.0.files()
    }
}

#[test]
fn a_file_that_changes_after_it_was_judged_is_left_alone() {
    let tree = Arc::new(Restless(Memory::new([("x.yaml", "a: one\n")]), AtomicUsize::new(0)));
    let rules = [("field-value", "one", "1st")];
    let passes = run(tree, &[], &|tree: &dyn Tree| examine(tree, &rules)).unwrap();
    assert_eq!(passes.overlay.changed(), &BTreeMap::new());
    assert_eq!(told(&passes), ["write 1st — the file changed while it was read"]);
    assert!(passes.restless.contains("x.yaml"));
}

fn entity(kind: &str, name: &str, spec: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\nspec:\n{spec}"
    )
}

const SPEC: &str = "  type: service\n  lifecycle: production\n  owner: payments\n";

#[test]
fn what_a_mistake_has_hidden_comes_to_light_where_the_document_was_wrong_before() {
    let wrong = entity("Componnet", "shop", "  type: service\n  owner: 1\n");
    let passes = with_rules(&[("a.yaml", &wrong)]);
    assert_eq!(told(&passes), ["write `Component`", "quote the value"]);
    let left: Vec<_> = passes.examined.all.iter().map(|one| one.code.name).collect();
    assert_eq!(left, ["field-missing", "kind-elsewhere"]);
}

#[test]
fn a_document_that_others_can_use_is_not_made_wrong() {
    // Backstage ignores `dependOn`; as `dependsOn` it would refuse the document.
    let spec = format!("{SPEC}  dependOn: {{a: b}}\n  provideApis: []\n");
    let passes = with_rules(&[("a.yaml", &entity("Component", "shop", &spec))]);
    let told = told(&passes);
    assert!(told[0].starts_with("rename it to `dependsOn` — it would bring error[field-type]"));
    assert_eq!(told[1..], ["rename it to `providesApis`"]);
    assert!(text(&passes, "a.yaml").contains("  dependOn: {a: b}\n  providesApis: []\n"));
}

#[test]
fn a_name_is_not_corrected_into_that_of_another() {
    let texts = [
        ("a.yaml", entity("Component", "shop!", SPEC)),
        ("b.yaml", entity("Component", "shop", SPEC)),
    ];
    for order in [[0, 1], [1, 0]] {
        let texts =
            [("1.yaml", texts[order[0]].1.as_str()), ("2.yaml", texts[order[1]].1.as_str())];
        let passes = with_rules(&texts);
        let told = told(&passes);
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("the Component `shop` is defined twice"), "{told:?}");
        assert_eq!(passes.overlay.changed(), &BTreeMap::new());
    }
}

#[test]
fn a_name_that_others_refer_to_is_not_corrected_behind_their_back() {
    let group = entity("Group", "pay_", "  type: team\n  children: []\n");
    let shop = entity("Component", "shop", &SPEC.replace("payments", "pay_"));
    let other = entity("Component", "other!", &SPEC.replace("payments", "nobody"));
    let passes =
        with_rules(&[("group.yaml", &group), ("other.yaml", &other), ("shop.yaml", &shop)]);
    let told = told(&passes);
    assert!(
        told[0].contains("it would bring warning[reference-unknown] at shop.yaml:8:10"),
        "{told:?}"
    );
    assert_eq!(told[1..], ["write `other`"], "what it misses is missed under its new name, too");
}

#[test]
fn a_key_or_value_of_another_document_is_never_to_blame() {
    let good = entity("Component", "shop", &format!("{SPEC}  dependOn: []\n"));
    let bad = entity("Component", "till", &format!("{SPEC}  dependOn: {{}}\n"));
    let passes = with_rules(&[("a.yaml", &format!("{good}---\n{bad}"))]);
    let told = told(&passes);
    assert_eq!(told[0], "rename it to `dependsOn`");
    assert!(told[1].contains("error[field-type] at a.yaml:19:14"), "{told:?}");
    assert!(text(&passes, "a.yaml").contains("  dependsOn: []\n---\n"));
}
