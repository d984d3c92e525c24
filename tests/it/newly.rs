//! What is wrong with a change's result that was not wrong before: of all of it, of a slice, and as
//! `validate --since` tells it, one and the same.

use std::collections::BTreeMap;

use gitsm::finding::{Finding, Severity};
use gitsm::flow::newly::{Newly, newly};
use gitsm::flow::sides::{Asked, Sides, Wanted};
use gitsm::flow::validate::{Request, validate};
use gitsm::flow::workspace::Place;

use crate::slices::{Edits, acme, by_hand, commit, mechanical, now, place};
use crate::support::Folder;

const TODAY: &str = "2026-12-01";

fn asked() -> Asked {
    Asked { base: Some("main".to_owned()), head: Some("change".to_owned()), staged: false }
}

fn opened(folder: &Folder, wanted: Wanted) -> Sides {
    let now = Some(now().timestamp());
    let wanted = Wanted { now, validated: true, ..wanted };
    Sides::open(&place(folder), &asked(), &wanted, &|_| None).unwrap()
}

fn of_all(folder: &Folder) -> Newly {
    let sides = opened(folder, Wanted { whole: true, ..Wanted::default() });
    newly(&sides, "", TODAY).unwrap()
}

/// What `validate --since` tells.
fn since(folder: &Folder) -> Vec<Finding> {
    let request = Request {
        place: Place { at: Some("change".to_owned()), ..place(folder) },
        since: Some("main".to_owned()),
        today: Some(TODAY.to_owned()),
        ..Request::default()
    };
    validate(&request).unwrap().report.findings
}

fn told(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{finding:#?}")).collect()
}

/// The codes, and where they stand.
fn short(findings: &[Finding]) -> Vec<String> {
    let each = findings.iter().map(|one| {
        let place = &one.at.place;
        format!("{} {} {}", one.severity.as_str(), one.code.name, place.file.path)
    });
    each.collect()
}

/// Edits one file of acme.
fn edit(folder: &Folder, files: &BTreeMap<String, String>, all: &[(&str, &str, &str)]) {
    let edits = all.iter().map(|(path, from, to)| {
        let text = files.get(*path).cloned().unwrap_or_default();
        assert!(text.contains(from), "{path} lacks {from}");
        let text = if from.is_empty() { text + to } else { text.replacen(from, to, 1) };
        ((*path).to_owned(), Some(text))
    });
    commit(folder, "change", &edits.collect::<Edits>());
}

#[test]
fn whatever_changes_in_acme_it_is_what_validate_tells_since_the_base() {
    let (folder, files) = acme();
    let mut count = 0;
    for (name, edits) in mechanical(&files).into_iter().chain(by_hand(&files)) {
        if name.starts_with("settings") {
            continue;
        }
        commit(&folder, "change", &edits);
        let (all, validated) = (of_all(&folder), since(&folder));
        assert_eq!(told(&all.findings), told(&validated), "{name}");
        assert!(all.whole && all.before.is_some());
        count += validated.len();
    }
    assert!(count > 50, "{count} findings are no test");
}

#[test]
fn a_change_of_the_settings_hides_nothing_of_itself() {
    let (folder, files) = acme();
    let broken = ("services/checkout.yaml", "spec:\n", "spec: [\n");
    let levels = ("gitsm.yaml", "entity-case: error", "entity-case: error\n  yaml-syntax: off");
    let wanted = ["error yaml-syntax services/checkout.yaml"];
    let yaml = |newly: &Newly| -> Vec<String> {
        short(&newly.findings).into_iter().filter(|one| one.contains("yaml-")).collect()
    };
    edit(&folder, &files, &[broken, levels]);
    assert_eq!(yaml(&of_all(&folder)), wanted);
    let exclude = ("gitsm.yaml", "exclude:\n", "exclude:\n  - services/checkout.yaml\n");
    edit(&folder, &files, &[broken, exclude]);
    let newly = of_all(&folder);
    assert_eq!(yaml(&newly), wanted);
    assert!(
        short(&newly.findings).iter().any(|one| one.contains("reference-unknown")),
        "what refers to a file that is left out leads nowhere"
    );
    // Leaving out what was fine, and is needed by nobody, is no mistake.
    let exclude = ("gitsm.yaml", "exclude:\n", "exclude:\n  - .github/**\n");
    edit(&folder, &files, &[exclude]);
    assert_eq!(told(&of_all(&folder).findings), [""; 0]);
}

#[test]
fn the_stricter_level_of_both_settings_counts() {
    let (folder, files) = acme();
    let lost = ("services/hr-portal.yaml", "owner: team:", "owner: team:nobody-");
    for (level, expected) in [("error", Severity::Error), ("note", Severity::Error)] {
        let to = format!("entity-case: error\n  reference-unknown: {level}");
        edit(&folder, &files, &[lost, ("gitsm.yaml", "entity-case: error", &to)]);
        let newly = of_all(&folder);
        let one = newly.findings.iter().find(|one| one.code.name == "reference-unknown");
        assert_eq!(one.map(|one| one.severity), Some(expected), "{level}");
    }
}

#[test]
fn what_a_new_comment_hides_is_told_as_hidden() {
    let (folder, files) = acme();
    let path = "services/hr-portal.yaml";
    let owner = files[path].lines().find(|line| line.trim_start().starts_with("owner: ")).unwrap();
    let hidden = "  owner: team:nobody # gitsm: ignore[reference-unknown] they come in May";
    edit(&folder, &files, &[(path, owner, hidden)]);
    let newly = of_all(&folder);
    assert_eq!(short(&newly.findings), [""; 0]);
    let [one] = newly.silenced.as_slice() else { panic!("{:?}", newly.silenced) };
    assert_eq!((one.code.name, one.reason.as_str()), ("reference-unknown", "they come in May"));
    assert_eq!(one.severity, Severity::Error);
    let line = newly.text(path).unwrap().line_span(one.comment.start.line);
    assert!(newly.text(path).unwrap().slice(line).contains("nobody"));
}
