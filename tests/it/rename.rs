//! `gitsm rename` and `gitsm refs` over real repositories.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::{Folder, component, each_document, group, project};

/// A repository that holds examples/acme.
fn acme() -> Folder {
    let folder = Folder::git();
    copy(&project().join("examples/acme"), folder.path());
    folder.commit("acme");
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

const DAY: &[&str] = &["validate", "--today", "2026-11-21"];

/// The lines that a diff takes away and adds.
fn changed(folder: &Folder) -> Vec<String> {
    let diff = folder.run_git(&["diff", "--unified=0"]);
    let is_change = |line: &&str| {
        line.starts_with(['-', '+']) && !line.starts_with("---") && !line.starts_with("+++")
    };
    diff.lines().filter(is_change).map(str::to_owned).collect()
}

#[test]
fn a_service_of_acme_is_renamed_everywhere_and_its_old_name_still_leads_there() {
    let folder = acme();
    let before = folder.gitsm(DAY);
    let run = folder.gitsm(&["rename", "service:checkout", "service:basket"]);
    assert_eq!(run.code, 0, "{run:?}");
    insta::assert_snapshot!("rename_acme", run.stdout);
    let after = folder.gitsm(DAY);
    assert_eq!((before.code, &before.stdout), (after.code, &after.stdout));
    let lines = changed(&folder);
    assert!(lines.len() >= 9, "{lines:?}");
    for line in &lines {
        let says = ["checkout", "basket", "formerly"].iter().any(|word| line.contains(word));
        assert!(says, "{line}");
    }
    let refs = folder.gitsm(&["refs", "service:checkout"]);
    assert_eq!(refs.code, 0);
    assert!(refs.stderr.starts_with("service:checkout is now service:basket\n"), "{refs:?}");
    insta::assert_snapshot!("refs_acme_renamed", refs.stdout);
}

#[test]
fn an_entity_of_each_kind_of_acme_takes_another_name_and_its_own_again() {
    let folder = acme();
    let before = folder.gitsm(DAY).stdout;
    let (mut kinds, mut chosen) = (BTreeSet::new(), Vec::new());
    each_document("examples/acme", &mut |_, root| {
        let text = |key| root.str(key).unwrap_or_default().to_owned();
        let metadata = root.get("metadata");
        let part = |key| metadata.and_then(|metadata| metadata.str(key)).map(str::to_owned);
        let Some(name) = part("name").filter(|_| part("extends").is_none()) else { return };
        let (version, kind) = (text("apiVersion"), text("kind"));
        let groups = ["gitsm/", "openslo/", "backstage.io/", "scaffolder.backstage.io/"];
        if !groups.iter().any(|group| version.starts_with(group))
            || !kinds.insert((version.clone(), kind.clone()))
        {
            return;
        }
        let kind =
            if version == "openslo/v1" && kind == "Service" { "openslo-service" } else { &kind };
        let namespace = part("namespace").map_or(String::new(), |namespace| namespace + "/");
        chosen.push((format!("{kind}:{namespace}{name}"), name));
    });
    assert!(kinds.len() > 25, "{kinds:?}");
    // A rename judges its result by itself, so one look at all of them is enough.
    for (reference, name) in &chosen {
        let run = folder.gitsm(&["rename", reference, &format!("{name}-x")]);
        assert_eq!(run.code, 0, "{reference} {run:?}");
        assert!(!run.stdout.contains("new: "), "{reference} {run:?}");
    }
    assert_eq!(folder.gitsm(DAY).stdout, before);
    for (reference, name) in chosen.iter().rev() {
        let run = folder.gitsm(&["rename", &format!("{reference}-x"), name]);
        assert_eq!(run.code, 0, "{reference} {run:?}");
    }
    assert_eq!(folder.run_git(&["status", "--short"]), "");
}

#[test]
fn a_dry_run_is_a_diff_that_git_applies() {
    let folder = acme();
    let run = folder.gitsm(&["rename", "team:payments", "team:billing", "--dry-run"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(folder.run_git(&["status", "--short"]), "");
    folder.write("../rename.patch", &run.stdout);
    folder.run_git(&["apply", "../rename.patch"]);
    let applied = folder.run_git(&["diff"]);
    folder.run_git(&["checkout", "--quiet", "."]);
    assert_eq!(folder.gitsm(&["rename", "team:payments", "team:billing"]).code, 0);
    assert_eq!(folder.run_git(&["diff"]), applied);
}

const OWN: &str = "\
# The shop.
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: pay, title: Payments} # who
spec:
  escalation: [group:pay2, 'team:pay2', \"pay2\", default/pay2, Team:default/Pay2] # pay2 first
---
apiVersion: gitsm/v1alpha1
kind: Team
metadata:
    # Its name.
    name: \"pay2\"   # why
    labels: {a: b}
spec:
    parent: pay
    type: &t team
---
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: other, description: ask team:pay2 or `group/pay2`.}
spec: {}
";

fn shop() -> Folder {
    let folder = Folder::git();
    folder.write("teams/pay2.yaml", OWN);
    folder.write("README.md", "Teams: team:pay2, and team:pay.\n");
    folder.write("CODEOWNERS", "* @acme/pay2\n");
    folder.commit("shop");
    folder
}

#[test]
fn quotes_comments_and_the_way_of_writing_stay() {
    let folder = shop();
    let run = folder.gitsm(&["rename", "team/pay2", "billing"]);
    assert_eq!(run.code, 0, "{run:?}");
    insta::assert_snapshot!(run.stdout, @r"
    renamed team:pay2 to team:billing: 7 places in 1 file
      teams/pay2.yaml: 7 places
    not touched, because only people can tell what these texts mean:
      CODEOWNERS:1: * @acme/pay2
      README.md:1: Teams: team:pay2, and team:pay.
      teams/pay2.yaml:21: `team:pay2` in metadata.description of team:other
      teams/pay2.yaml:21: `group/pay2` in metadata.description of team:other
    the file still has the old name: git mv teams/pay2.yaml teams/billing.yaml
    ");
    insta::assert_snapshot!(changed(&folder).join("\n"), @r#"
    -  escalation: [group:pay2, 'team:pay2', "pay2", default/pay2, Team:default/Pay2] # pay2 first
    +  escalation: [group:billing, 'team:billing', "billing", default/billing, Team:default/billing] # pay2 first
    -    name: "pay2"   # why
    +    name: "billing"   # why
    +    formerly: [team:pay2]
    "#);
}

#[test]
fn names_are_kept_in_a_chain_and_taken_back_in_turn() {
    let folder = shop();
    let names = |folder: &Folder| {
        let text = folder.read("teams/pay2.yaml");
        text.lines().find(|line| line.contains("formerly")).map(|line| line.trim().to_owned())
    };
    for new in ["b", "c"] {
        let old = if new == "b" { "pay2" } else { "b" };
        assert_eq!(folder.gitsm(&["rename", old, new]).code, 0);
    }
    assert_eq!(names(&folder).as_deref(), Some("formerly: [team:pay2, team:b]"));
    assert_eq!(folder.gitsm(&["refs", "team:b"]).code, 0);
    // A name from longer ago is a rename, and no way back.
    assert_eq!(folder.gitsm(&["rename", "team:c", "pay2"]).code, 0);
    assert_eq!(names(&folder).as_deref(), Some("formerly: [team:b, team:c]"));
    assert_eq!(folder.gitsm(&["rename", "team:pay2", "c"]).code, 0);
    assert_eq!(names(&folder).as_deref(), Some("formerly: [team:b]"));
    assert_eq!(folder.gitsm(&["validate"]).code, 0);
}

#[test]
fn another_namespace_is_written_where_it_is_no_longer_inherited() {
    let folder = shop();
    let run = folder.gitsm(&["rename", "team:pay2", "shop/pay2"]);
    assert_eq!(run.code, 0, "{run:?}");
    insta::assert_snapshot!(changed(&folder).join("\n"), @r#"
    -  escalation: [group:pay2, 'team:pay2', "pay2", default/pay2, Team:default/Pay2] # pay2 first
    +  escalation: [group:shop/pay2, 'team:shop/pay2', "shop/pay2", shop/pay2, Team:shop/pay2] # pay2 first
    +    namespace: shop
    +    formerly: [team:default/pay2]
    -    parent: pay
    +    parent: default/pay
    "#);
    assert_eq!(folder.gitsm(&["validate"]).code, 0);
    assert_eq!(folder.gitsm(&["refs", "team:default/pay2"]).code, 0);
}

#[test]
fn documents_of_backstage_keep_the_old_name_in_an_annotation() {
    let folder = Folder::git();
    let annotated =
        component("web").replace("  name: web\n", "  name: web\n  annotations:\n    a/b: c\n");
    folder.write("a/catalog-info.yaml", component("shop").replace("payments", "group:pay"));
    folder.write(
        "b/catalog-info.yaml",
        annotated.replace("payments", "pay") + "  dependsOn: [component:shop]\n",
    );
    folder.write("pay.yaml", group("pay"));
    folder.commit("backstage");
    for (old, new) in
        [("component:shop", "store"), ("component:web", "site"), ("group:pay", "bill")]
    {
        let run = folder.gitsm(&["rename", old, new]);
        assert_eq!(run.code, 0, "{run:?}");
    }
    insta::assert_snapshot!(changed(&folder).join("\n"), @r"
    -  name: shop
    +  name: store
    +  annotations:
    +    gitsm/formerly: component:shop
    -  owner: group:pay
    +  owner: group:bill
    -  name: web
    +  name: site
    +    gitsm/formerly: component:web
    -  owner: pay
    -  dependsOn: [component:shop]
    +  owner: bill
    +  dependsOn: [component:store]
    -  name: pay
    +  name: bill
    +  annotations:
    +    gitsm/formerly: group:pay
    ");
    assert_eq!(folder.gitsm(&["rename", "component:store", "store2"]).code, 0);
    assert!(
        folder
            .read("a/catalog-info.yaml")
            .contains("gitsm/formerly: \"component:shop,component:store\"")
    );
    for (old, new) in [("store2", "store"), ("store", "shop"), ("site", "web"), ("bill", "pay")] {
        assert_eq!(folder.gitsm(&["rename", old, new]).code, 0);
    }
    let left = changed(&folder);
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_may_not_be_is_refused_with_reasons_and_nothing_is_written() {
    let folder = shop();
    folder.write(
        "more.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: had, formerly: [team:before]}\nspec: {}\n",
    );
    folder.write("twice.yaml", format!("{}---\n{}", group("twice"), group("Twice")));
    folder.commit("more");
    let mut told = String::new();
    for (old, new) in [
        ("team:pay2", "pay"),
        ("team:pay2", "before"),
        ("team:pay2", "service:pay3"),
        ("team:pay2", "a b"),
        ("team:pay2", "pay2"),
        ("team:nobody", "x"),
        ("team:before", "x"),
        ("team:twice", "x"),
    ] {
        let run = folder.gitsm(&["rename", old, new]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{old} {new}");
        told.push_str(&run.stderr);
    }
    insta::assert_snapshot!("rename_refusals", told);
    assert_eq!(folder.gitsm(&["rename", "team:pay2", "x", "--at", "HEAD"]).code, 2);
    assert_eq!(folder.run_git(&["status", "--short"]), "");
}

#[test]
fn an_anchor_is_edited_once_if_that_is_right_for_all_that_repeat_it() {
    let folder = Folder::git();
    let team = |rest: &str| {
        format!(
            "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {{name: pay}}\nspec: {{}}\n---\napiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {{name: b}}\nspec:\n{rest}"
        )
    };
    folder.write("a.yaml", team("  parent: &p team:pay\n  escalation: [*p]\n"));
    let run = folder.gitsm(&["rename", "team:pay", "bill"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(folder.read("a.yaml").contains("parent: &p team:bill\n  escalation: [*p]\n"));
    let shared = team("  parent: &p team:pay\n  competencies: [*p]\n");
    folder.write("a.yaml", &shared);
    let run = folder.gitsm(&["rename", "team:pay", "bill"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("/spec/competencies/0"), "{run:?}");
    assert_eq!(folder.read("a.yaml"), shared);
}

#[test]
fn references_are_listed_for_programs_too() {
    let folder = shop();
    let json: serde_json::Value =
        serde_json::from_str(&folder.gitsm(&["refs", "pay2", "-o", "json"]).stdout).unwrap();
    assert_eq!(json["format"], "refs/1");
    assert_eq!(json["entity"], "team:default/pay2");
    let places = json["places"].as_array().unwrap();
    let says = |what: &str| places.iter().filter(|one| one["says"] == what).count();
    assert_eq!((says("definition"), says("reference"), says("mention")), (1, 5, 4));
    assert_eq!(folder.gitsm(&["refs", "pay2", "-o", "name"]).stdout, "team:pay\n");
    let there = folder.gitsm(&["refs", "pay2"]).stdout;
    assert_eq!(folder.gitsm(&["refs", "pay2", "--at", "HEAD"]).stdout, there);
    insta::assert_snapshot!("refs_shop", there);
    let wrong = folder.gitsm(&["refs", "team:pai2"]);
    assert_eq!((wrong.code, wrong.stdout.as_str()), (2, ""));
    assert!(wrong.stderr.contains("did you mean"), "{wrong:?}");
}

#[test]
fn a_namespace_that_is_written_is_changed_and_odd_names_are_quoted() {
    let folder = Folder::git();
    folder.write(
        "a.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: q, namespace: a}\nspec: {}\n",
    );
    folder.commit("one");
    let run = folder.gitsm(&["rename", "team:a/q", "b/on"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = folder.read("a.yaml");
    assert!(text.contains("name: \"on\", namespace: b"), "{text}");
    assert!(text.contains("formerly: [team:a/q]"), "{text}");
}
