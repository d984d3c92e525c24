//! What changes of the big example mean, in the words in which they are told.

use std::path::Path;

use super::builder::*;
use crate::catalog::short;
use crate::change::assessment::Assessment;
use crate::tree::{Tree as _, Worktree};

fn acme() -> Vec<(String, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme");
    let tree = Worktree::open(&top, None, &[]);
    let entries = tree.entries().iter().filter(|entry| crate::tree::is_yaml(&entry.path));
    let files = entries.filter_map(|entry| {
        let content = tree.read(entry, 1 << 20).ok()?;
        Some((entry.path.clone(), String::from_utf8(content.bytes).ok()?))
    });
    files.collect()
}

/// Replaces a text of a file.
fn edited(files: &[(String, String)], path: &str, from: &str, to: &str) -> Vec<(String, String)> {
    let mut found = false;
    let edit = |(own, text): &(String, String)| match own == path && text.contains(from) {
        true => {
            found = true;
            (own.clone(), text.replacen(from, to, 1))
        }
        false => (own.clone(), text.clone()),
    };
    let files = files.iter().map(edit).collect();
    assert!(found, "{path} does not hold {from}");
    files
}

fn told(
    base: &[(String, String)],
    merged: &[(String, String)],
    files: &[(&str, &[&str])],
) -> String {
    words(&between(&Tree::new(base), &Tree::new(merged), files, &facts()))
}

fn words(told: &Assessment) -> String {
    let list = |all: &[String]| all.iter().map(|one| short(one)).collect::<Vec<_>>().join(" ");
    let asked: Vec<String> = asked(told);
    let affected: Vec<String> = told.impact.affected.iter().map(|one| one.entity.clone()).collect();
    let near = told.r#type.nearest.as_ref().map(|one| {
        format!("; not {}: {}", short(&one.model), one.why.first().map_or("", |why| why))
    });
    format!(
        "{:?}{}\n{} {}: {}\nfirst of {} affected: {}\nasked: {}\n",
        told.r#type.r#type,
        near.unwrap_or_default(),
        told.risk.band.name(),
        told.risk.score,
        points(told).join(", "),
        told.impact.blast_radius,
        list(&affected[..affected.len().min(3)]),
        list(&asked),
    )
}

const DATABASES: &str = "cis/aws/databases.yaml";
const WORKLOADS: &str = "cis/shop/workloads.yaml";

#[test]
fn changes_of_acme_mean_what_an_operator_expects() {
    let base = acme();
    let mut all = String::new();
    let mut tell = |what: &str, merged: Vec<(String, String)>, files: &[(&str, &[&str])]| {
        all.push_str(&format!("# {what}\n{}\n", told(&base, &merged, files)));
    };
    tell(
        "a label",
        edited(&base, DATABASES, "labels: {pci: in-scope}", "labels: {pci: in-scope, cost: shop}"),
        &[],
    );
    let replica = ci(
        "replica",
        "database.instance",
        ", relations: {hostedOn: [ci:aws-prod], redundantWith: [ci:orders-db]}",
    );
    tell("an unused read replica", with(&base, &[replica]), &[]);
    tell("a database grows", edited(&base, DATABASES, "sizeGiB: 800", "sizeGiB: 1200"), &[]);
    let (from, to) = ("  name: orders-db-13", "  name: orders-db-14");
    tell("a database goes, another comes", edited(&base, DATABASES, from, to), &[]);
    tell("terraform", base.clone(), &[("terraform/prod/db/main.tf", &["ci:default/checkout-db"])]);
    tell(
        "a team",
        edited(&base, "teams/boards.yaml", "person:nadia, person:ines", "person:nadia, person:rui"),
        &[],
    );
    tell(
        "a new dependency",
        edited(&base, WORKLOADS, "uses: [ci:search-api, ", "uses: [ci:orders-db, ci:search-api, "),
        &[],
    );
    tell("inside a model", edited(&base, WORKLOADS, "replicas: 8", "replicas: 9"), &[]);
    insta::assert_snapshot!(all);
}
