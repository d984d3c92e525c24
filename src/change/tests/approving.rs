//! Who must agree, what must be said, and what policies about changes say.

use super::builder::*;
use crate::change::facts::Contributor;
use crate::change::policy::Where;
use crate::model::gitsm::change_policy::Grade;

fn by(email: &str, vouched: Option<bool>) -> Contributor {
    let (email, role) = (email.to_owned(), "author".to_owned());
    Contributor { email, role, vouched, ..Contributor::default() }
}

fn upgraded() -> (String, String) {
    ci("db", "database.instance", ", version: '17.0', attributes: {engine: postgresql}")
}

#[test]
fn nobody_agrees_to_their_own_work() {
    let mut facts = facts();
    facts.contributors = vec![by("CY@old.example.com", Some(true)), by("x@y.z", Some(true))];
    let told = changed_by(&[upgraded()], &facts);
    assert_eq!(
        asked(&told),
        ["owner/team:default/infra 1", "peers 1", "team/team:default/board 1",]
    );
    let owner = &told.approvals.requirements[0];
    assert_eq!(owner.eligible, ["person:default/dee"], "a deputy stands in");
    assert_eq!(owner.excluded, ["person:default/cy"]);
    assert_eq!(owner.r#for, ["ci:default/db"]);
    assert_eq!(owner.because[0].pointer.as_deref(), Some("/spec/approvals/high/owners"));
    assert!(
        told.approvals.notes[0].starts_with("nobody in the catalog goes by x@y.z"),
        "{:?}",
        told.approvals.notes
    );
    let informed: Vec<&str> = told.informed.iter().map(|one| one.who.as_str()).collect();
    assert_eq!(informed, ["team:default/data", "team:default/shop"]);
}

#[test]
fn owners_of_what_fails_at_once_are_asked_and_silence_is_consent() {
    let web = ci("web", "application.component", ", version: '2', relations: {dependsOn: [ci:db]}");
    let told = changed(&[web]);
    let affected = told.approvals.requirements.iter().find(|one| one.id.starts_with("affected"));
    let affected = affected.unwrap();
    assert_eq!(affected.who, ["team:default/shop"]);
    assert_eq!(affected.consent_after.as_deref(), Some("PT16H"));
    assert_eq!(affected.because[0].reason, "service:shop is tier1 and fails with what changes");
    assert!(told.informed.is_empty(), "who is asked is not told again");
}

#[test]
fn a_team_of_contributors_says_that_nobody_is_left() {
    let mut facts = facts();
    facts.contributors =
        vec![by("ada@example.com", Some(true)), by("1+bo@users.noreply.github.com", Some(true))];
    let web = ci("web", "application.component", ", version: '2', relations: {dependsOn: [ci:db]}");
    let shop = service("shop", "tier1", "shop", ", supportedBy: [ci:web], offerings: []");
    let told = changed_by(&[web, shop], &facts);
    let owner = told.approvals.requirements.iter().find(|one| one.id == "owner/team:default/shop");
    assert_eq!(
        owner.unwrap().problem.as_deref(),
        Some("nobody is left to speak for team:shop: all of them contributed")
    );
}

#[test]
fn what_nobody_vouches_for_needs_two() {
    let mut facts = facts();
    facts.contributors = vec![by("ada@example.com", Some(false))];
    let told = changed_by(&[ci("idle", "compute.vm", ", location: Berlin")], &facts);
    assert!(asked(&told).contains(&"unattributed 2".to_owned()));
    facts.contributors = vec![by("ada@example.com", None)];
    let told = changed_by(&[], &facts);
    assert_eq!(
        told.approvals.notes,
        ["whether signatures or a forge vouch for the contributors is not known"]
    );
}

#[test]
fn who_answers_for_the_rules_stands_in_the_base() {
    let mut base = shop();
    let team = other("Team", "data", "members: [person:eve, person:ada]");
    let told = changed(std::slice::from_ref(&team));
    let rule = told.approvals.requirements.iter().find(|one| one.id == "governance").unwrap();
    assert!(!rule.enforced && rule.problem.is_some(), "without owners it is only reported");
    base.push(("gitsm.yaml".to_owned(), "governance: {owners: [team:board]}\n".to_owned()));
    let mut merged = with(&base, &[team]);
    merged.retain(|(path, _)| path != "gitsm.yaml");
    let files: &[(&str, &[&str])] = &[("gitsm.yaml", &[])];
    let told = between(&Tree::new(&base), &Tree::new(&merged), files, &facts());
    let rule = told.approvals.requirements.iter().find(|one| one.id == "governance").unwrap();
    assert!(rule.enforced);
    assert_eq!(rule.eligible.len(), 3);
    assert_eq!(rule.because[0].reason, "team:data and 1 more steer who agrees to what");
}

#[test]
fn the_stricter_of_two_policies_counts() {
    let lax = "owner: team:board, bands: {moderate: 50, high: 60, veryHigh: 70}";
    let strict = "owner: team:board, approvals: {high: {peers: 3, owners: false, teams: [team:data], grade: signed}}";
    let mut base = shop();
    base.push(other("ChangePolicy", "house", strict));
    let merged = with(&base, &[other("ChangePolicy", "house", lax), upgraded()]);
    let told = between(&Tree::new(&base), &Tree::new(&merged), &[], &facts());
    assert_eq!(told.risk.policy.side, Where::Base);
    assert_eq!(told.risk.others.len(), 1);
    let peers = told.approvals.requirements.iter().find(|one| one.id == "peers").unwrap();
    assert_eq!((peers.count, peers.grade), (3, Grade::Signed));
    let ids = asked(&told);
    assert!(ids.contains(&"team/team:default/data 1".to_owned()), "{ids:?}");
    assert!(
        ids.contains(&"owner/team:default/infra 1".to_owned()),
        "the other asks owners: {ids:?}"
    );
}

#[test]
fn what_must_be_said_is_told_with_what_is_there() {
    let mut facts = facts();
    facts.message = Some("PostgreSQL 16 is old".to_owned());
    let told = changed_by(&[upgraded()], &facts);
    let missing: Vec<&str> =
        told.statements.iter().filter(|one| one.is_missing()).map(|one| one.what).collect();
    assert_eq!(missing, ["plan", "test", "backout"]);
    assert_eq!(
        told.statements[1].because.as_deref(),
        Some("the built-in policy, /spec/statements/plan")
    );
    let request = other(
        "ChangeRequest",
        "pg17",
        "reason: Old, plan: {implementation: Slowly, test: Twice, backout: Back}",
    );
    let told = changed(&[upgraded(), request]);
    assert!(told.statements.iter().all(|one| !one.is_missing()));
    let backout = told.risk.addends.iter().find(|one| one.name.words() == "backout").unwrap();
    assert_eq!((backout.points, backout.reason.as_str()), (1, "the request says how"));
}

#[test]
fn policies_about_changes_are_held_against_them() {
    let rule = |more: &str| {
        other(
            "Policy",
            "keep",
            &format!(
                "owner: team:board, over: change, lifecycle: active{more}, validations: [{{expression: \
                 \"change.entities.all(e, !(e.action == 'delete' && e.class.startsWith('database.') \
                 && e.before.spec.lifecycle.stage == 'operational'))\", message: it still works}}]"
            ),
        )
    };
    for (more, broken) in
        [("", 1), (", match: {kinds: [Service]}", 0), (", match: {classes: [database]}", 1)]
    {
        let mut base = shop();
        base.push(rule(more));
        let merged = without(&base, "db");
        let told = between(&Tree::new(&base), &Tree::new(&merged), &[], &facts());
        assert_eq!(told.policies.len(), broken, "{more} {:?}", told.policies);
    }
    let mut base = shop();
    base.push(rule(""));
    let told = between(&Tree::new(&base), &Tree::new(&with(&base, &[upgraded()])), &[], &facts());
    assert!(told.policies.is_empty());
}

#[test]
fn what_policies_see_of_a_change_is_what_their_vocabulary_says() {
    use crate::catalog::query::{change_shape, misnamed};
    use crate::change::policies::change_value;
    let base = shop();
    let merged = with(&without(&base, "idle"), &[upgraded(), ci("new", "compute.vm", "")]);
    let (base, merged) = (Tree::new(&base), Tree::new(&merged));
    let mut facts = facts();
    facts.contributors = vec![by("ada@example.com", None)];
    let value = with_sides(&base, &merged, |before, after| {
        let mut set = compare(before, after);
        set.files = vec![file("a.tf", &["ci:default/db"], before.config)];
        let told = crate::change::assessment::assess(&set, before, after, &facts);
        change_value(&set, &told, before, after)
    });
    assert_eq!(misnamed(&value, change_shape()), None);
    let named: Vec<&String> = value.as_object().unwrap().keys().collect();
    let mut named: Vec<&str> = named.into_iter().map(String::as_str).collect();
    named.sort();
    let known: Vec<&str> = change_shape().fields().unwrap().keys().map(String::as_str).collect();
    assert_eq!(named, known);
    let entities = value["entities"][0].as_object().unwrap();
    let known = change_shape().field("entities").items().fields().unwrap();
    assert_eq!(entities.len(), known.len());
}
