//! What is said of each kind of change: what counts, what it can break, how risky and of which type
//! it is.

use super::builder::*;
use crate::change::facts::{FailureRecord, Grade, ScheduleFacts, Shown};
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::value::RiskBand;

#[test]
fn a_title_is_worth_nothing() {
    let titled = service("shop", "tier1", "shop", ", supportedBy: [ci:web], outcome: Sell");
    let told = changed(&[titled]);
    assert_eq!((told.risk.score, told.risk.band), (0, RiskBand::Low));
    assert_eq!(told.subjects.cosmetic, ["service:default/shop"]);
    assert!(told.impact.causes.is_empty());
    assert_eq!(asked(&told), ["peers 1"]);
}

#[test]
fn what_is_new_and_used_by_nobody_is_worth_nothing() {
    let replica = ci(
        "replica",
        "database.instance",
        ", publiclyExposed: true, relations: {redundantWith: [ci:db], hostedOn: [ci:idle]}",
    );
    let told = changed(&[replica]);
    assert_eq!(told.risk.score, 0);
    assert_eq!(told.subjects.unused, ["ci:default/replica"]);
    assert!(told.risk.raised.is_empty(), "its fields steer nothing yet");
    let unknown: Vec<&str> =
        told.risk.addends.iter().filter(|one| !one.known).map(|one| one.name.words()).collect();
    assert_eq!(unknown, ["outside window", "conflicts", "failure rate", "error budget"]);
}

#[test]
fn what_is_new_counts_once_something_that_was_there_needs_it() {
    let cache = ci("cache", "middleware", ", relations: {hostedOn: [ci:idle]}");
    let web = ci("web", "application.component", ", relations: {dependsOn: [ci:db, ci:cache]}");
    let told = changed(&[cache, web]);
    let counts: Vec<&str> = told.subjects.all.iter().map(|one| one.entity.as_str()).collect();
    assert_eq!(counts, ["ci:default/cache", "ci:default/idle", "ci:default/web"]);
    let idle = &told.subjects.all[1].because[0];
    assert_eq!(idle.words(), "is newly needed by ci:cache");
    let rated = told.impact.causes[0].after.as_ref().unwrap();
    assert_eq!(rated.through.as_deref(), Some("service:default/shop"));
}

#[test]
fn a_database_says_what_breaks_with_it_and_what_that_adds() {
    let grown = ci(
        "db",
        "database.instance",
        ", version: '16.4', attributes: {engine: postgresql, storage_gb: 200}",
    );
    let told = changed(&[grown]);
    let reached: Vec<String> = told
        .impact
        .affected
        .iter()
        .map(|one| format!("{} {} {}", one.entity, one.distance, one.criticality.word()))
        .collect();
    assert_eq!(
        reached,
        [
            "ci:default/web 1 tier1",
            "service:default/reports 1 tier3",
            "service:default/shop 2 tier1"
        ]
    );
    let path = &told.impact.affected[2].path;
    assert_eq!(path.len(), 2);
    assert_eq!((path[0].relation, path[1].relation), ("dependsOn", "dependsOn"));
    assert_eq!(
        points(&told),
        ["criticality 4", "blast radius 1", "production 2", "backout 2", "test 2"]
    );
    assert_eq!(
        told.risk.addends[0].reason,
        "ci:db reaches service:shop, which is tier1; it is updated"
    );
    // It is inside the model, so nobody has to agree; its risk is told all the same.
    assert_eq!(told.r#type.r#type, ChangeType::Standard);
    assert_eq!(told.risk.band, RiskBand::High);
    assert_eq!(asked(&told), Vec::<String>::new());
    assert!(told.statements.iter().all(|one| !one.is_missing()));
}

#[test]
fn windows_evidence_and_failures_count() {
    let grown =
        ci("db", "database.instance", ", version: '17.0', attributes: {engine: postgresql}");
    let mut facts = facts();
    facts.schedule = ScheduleFacts {
        outside_window: Some(true),
        window: Some("Tuesday is not in the window".to_owned()),
        freezes: Vec::new(),
        conflicts: Some(vec!["ci:db is in change-7, too".to_owned()]),
    };
    facts.backout = Some(Shown { grade: Grade::Proved, by: "the inverse".to_owned() });
    facts.failures =
        vec![FailureRecord { of: "ci:default/db".to_owned(), failed: 10, changes: 20 }];
    let told = changed_by(&[grown], &facts);
    assert_eq!(
        points(&told),
        [
            "criticality 4",
            "blast radius 1",
            "production 2",
            "outside window 2",
            "irreversible 3",
            "conflicts 2",
            "failure rate 2",
            "test 2",
        ]
    );
    assert_eq!(told.risk.band, RiskBand::VeryHigh);
    assert_eq!(told.r#type.r#type, ChangeType::Normal);
    let near = told.r#type.nearest.unwrap();
    assert_eq!(near.why, ["ci:db /spec/version is not among its fields"]);
}

#[test]
fn what_is_deleted_is_judged_by_what_needed_it_before() {
    let base = shop();
    let merged = without(&base, "db");
    let told = between(&Tree::new(&base), &Tree::new(&merged), &[], &facts());
    assert_eq!(told.impact.blast_radius, 3);
    assert!(points(&told).contains(&"irreversible 3".to_owned()));
    assert_eq!(told.risk.addends[4].reason, "ci:db: what holds data is deleted");
}

#[test]
fn a_file_is_a_change_of_what_it_implements() {
    let base = Tree::new(&shop());
    let files: &[(&str, &[&str])] = &[("terraform/db.tf", &["ci:default/db"])];
    let told = between(&base, &base, files, &facts());
    assert_eq!(told.subjects.all[0].because[0].words(), "is implemented by terraform/db.tf");
    assert_eq!(points(&told)[..3], ["criticality 4", "blast radius 1", "production 2"]);
    assert_eq!(
        told.r#type.nearest.unwrap().why,
        ["terraform/db.tf is a file, and it names fields only"]
    );
    let unowned = between(&base, &base, &[("src/x.rs", &[])], &facts());
    assert_eq!((unowned.risk.score, unowned.risk.band), (0, RiskBand::Low));
    let workflow = between(&base, &base, &[(".github/workflows/x.yml", &[])], &facts());
    assert_eq!((workflow.risk.score, workflow.risk.band), (0, RiskBand::High));
}

#[test]
fn rules_raise_the_band_and_add_nothing() {
    let told = changed(&[other("Team", "data", "members: [person:eve, person:ada]")]);
    assert_eq!((told.risk.score, told.risk.by_score), (0, RiskBand::Low));
    assert_eq!(told.risk.band, RiskBand::High);
    assert_eq!(told.risk.raised[0].reason, "team:data steers who agrees to what");
    let lower = service("shop", "tier4", "shop", ", supportedBy: [ci:web]");
    let told = changed(&[lower]);
    assert_eq!(told.risk.addends[0].points, 4, "what it was before counts");
    assert_eq!(told.risk.band, RiskBand::High);
}

#[test]
fn what_nobody_rates_counts_as_tier2_and_says_so() {
    let idle = ci("idle", "compute.vm", ", version: '2'");
    let told = changed(&[idle]);
    assert_eq!(points(&told), ["criticality 3", "production 2", "backout 2", "test 2"]);
    assert!(!told.risk.addends[0].known);
    assert_eq!(
        told.risk.unknown[0],
        "criticality: the criticality of ci:idle is unknown and counts as tier2; it is updated"
    );
}

#[test]
fn backout_and_test_join_only_from_five_on() {
    let mut base = shop();
    base.push(ci("lab", "compute.vm", ", criticality: tier4").clone());
    let base: Vec<(String, String)> = base
        .into_iter()
        .map(|(path, text)| match path.as_str() {
            "lab.yaml" => (path, text.replace("production", "test")),
            _ => (path, text),
        })
        .collect();
    let (path, text) = base.last().unwrap().clone();
    let merged = with(&base, &[(path, text.replace("tier4", "tier4, version: '2'"))]);
    let told = between(&Tree::new(&base), &Tree::new(&merged), &[], &facts());
    assert_eq!(points(&told), ["criticality 1"]);
    assert_eq!(told.risk.score, 1);
}

#[test]
fn a_model_that_is_over_or_fails_covers_nothing() {
    let grown = ci(
        "db",
        "database.instance",
        ", version: '16.4', attributes: {engine: postgresql, storage_gb: 9}",
    );
    let mut late = facts();
    late.today = "2027-01-01".to_owned();
    let told = changed_by(std::slice::from_ref(&grown), &late);
    assert_eq!(told.r#type.nearest.unwrap().why, ["it had to be reviewed by 2026-12-31"]);
    let mut failing = facts();
    failing.failures =
        vec![FailureRecord { of: "changemodel:default/resize".to_owned(), failed: 3, changes: 20 }];
    let told = changed_by(&[grown], &failing);
    assert_eq!(told.r#type.nearest.unwrap().why, ["3 of its last 20 changes failed"]);
}

#[test]
fn an_emergency_names_its_incident() {
    let request = |more: &str| {
        other("ChangeRequest", "quick", &format!("reason: It burns, type: emergency{more}"))
    };
    let web = ci("web", "application.component", ", version: '2', relations: {dependsOn: [ci:db]}");
    let told = changed(&[web.clone(), request(", incident: INC-1")]);
    assert_eq!(told.r#type.r#type, ChangeType::Emergency);
    assert_eq!(asked(&told), ["emergency/team:default/ecab 1"]);
    assert_eq!(told.approvals.review_within.as_deref(), Some("PT16H"));
    assert_eq!(told.name.name.as_deref(), Some("quick"));
    let told = changed(&[web, request("")]);
    assert_eq!(told.r#type.r#type, ChangeType::Normal);
    assert_eq!(told.r#type.mistakes, ["an emergency names the incident that it ends"]);
}

#[test]
fn a_change_has_one_name() {
    let request = |name| other("ChangeRequest", name, "reason: Because");
    let told = changed(&[request("one"), request("two")]);
    assert_eq!(
        told.name.mistakes,
        ["it has two requests, change:one and change:two: one change has one"]
    );
    let mut facts = facts();
    facts.pull_request = Some(12);
    assert_eq!(changed_by(&[], &facts).name.name.as_deref(), Some("pr-12"));
    facts.trailers = vec!["other".to_owned()];
    let told = changed_by(&[request("pr-13")], &facts);
    assert_eq!(told.name.mistakes.len(), 2, "{:?}", told.name.mistakes);
}
