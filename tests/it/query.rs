//! `query`, the expressions it takes, and the page about them.

use gitsm::catalog::query::EXAMPLES;

use crate::support::{Folder, component, gitsm, group, project};

fn acme(arguments: &[&str]) -> crate::support::Run {
    gitsm(&project().join("examples/acme"), arguments)
}

#[test]
fn every_question_of_the_page_is_answered_for_acme() {
    assert_eq!(EXAMPLES.len(), 20);
    let mut told = String::new();
    for (question, expression) in EXAMPLES {
        let run = acme(&["query", expression, "-o", "name", "--today", "2026-11-21"]);
        assert_eq!(run.code, 0, "{question} {}", run.stderr);
        let names: Vec<&str> = run.stdout.lines().collect();
        told.push_str(&format!("{question} {}\n", names.len()));
        told.extend(names.iter().take(3).map(|name| format!("  {name}\n")));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_mistake_in_an_expression_is_shown_at_its_place() {
    let run = acme(&["query", "entity.kind == 'Service' && entity.spec.critcality == 'tier-1'"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.stderr, @r"
    error: there is no field `critcality`
      entity.kind == 'Service' && entity.spec.critcality == 'tier-1'
                                              ^^^^^^^^^^
      hint: did you mean `criticality`?
    ");
    let run = acme(&["query", "entity.spec.owner"]);
    insta::assert_snapshot!(run.stderr, @r"
    error: it gives a text, and not true or false
      entity.spec.owner
      ^^^^^^^^^^^^^^^^^
      hint: compare it with something; to see values: `gitsm query true --show EXPR`
    ");
    assert_eq!(acme(&["query", "entity.spec.criticality == 'tier-1'"]).code, 2, "no such word");
    assert_eq!(acme(&["query", "entity.related('runsOm').size() > 0"]).code, 2, "no such relation");
}

#[test]
fn what_cannot_be_said_of_an_entity_is_no_silent_no() {
    let run =
        acme(&["query", "entity.kind == 'Service' && entity.spec.slos[3] != ''", "-o", "name"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("it cannot be said"), "{}", run.stderr);
    assert!(run.stderr.contains("the list has no such item"), "{}", run.stderr);
}

#[test]
fn values_are_shown_in_a_table_and_as_data() {
    let show = ["--show", "entity.spec.criticality", "--show", "entity.owners().map(o, o.ref)"];
    let ask = |format: &str| {
        let mut words = vec!["query", "entity.ref == 'service:checkout'", "-o", format];
        words.extend(show);
        acme(&words).stdout
    };
    insta::assert_snapshot!(ask("csv"), @r#"
    ENTITY,entity.spec.criticality,"entity.owners().map(o, o.ref)"
    service/checkout,tier1,team:payments
    "#);
    assert!(ask("json").contains("\"team:payments\""), "{}", ask("json"));
    insta::assert_snapshot!(
        acme(&["query", "entity.kind == 'Domain' || entity.ref == 'service:checkout'"]).stdout
    );
}

#[test]
fn a_catalog_of_backstage_alone_can_be_asked_at_any_revision() {
    let folder = Folder::git();
    folder.write("catalog-info.yaml", component("shop")).write("group.yaml", group("payments"));
    folder.commit("one");
    folder.write("catalog-info.yaml", component("store"));
    let ask = |words: &[&str]| folder.gitsm(&[&["query"], words].concat()).stdout;
    let owned = "entity.owners().exists(o, o.metadata.name == 'payments')";
    assert_eq!(ask(&[owned, "-o", "name"]), "component/store\n");
    assert_eq!(ask(&[owned, "-o", "name", "--at", "HEAD"]), "component/shop\n");
    // A field that no schema knows is asked for by its name in brackets.
    folder.write("catalog-info.yaml", component("store") + "  tier: gold\n");
    assert_eq!(ask(&["entity.spec['tier'] == 'gold'", "-o", "name"]), "component/store\n");
    assert_eq!(folder.gitsm(&["query", "entity.spec.tier == 'gold'"]).code, 2);
}

#[test]
fn expressions_are_explained() {
    let run = acme(&["explain", "cel"]);
    for word in ["entity.allDependents()", "period('P60D')", "What runs in Frankfurt?"] {
        assert!(run.stdout.contains(word), "{word}");
    }
}

#[test]
fn what_can_never_be_equal_is_a_mistake() {
    let told = |expression: &str| {
        let run = acme(&["query", expression]);
        assert_eq!(run.code, 2, "{expression}: {}", run.stderr);
        run.stderr.lines().next().unwrap().to_owned()
    };
    let all = [
        "entity.kind == 'ConfigurationItem' && entity.spec.publiclyExposed == 'true'",
        "'team:payments' in entity.owners()",
        "size(entity.metadata.tags) == '2'",
        "entity.owners().exists(o, o.ref == 'group:default/payments')",
    ];
    let told: Vec<String> = all.into_iter().map(told).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    error: true or false and a text are never equal
    error: a text is never among these: each is an entity
    error: number and a text are never equal
    error: a reference is written 'team:payments' here
    ");
}

#[test]
fn lengths_of_time_are_not_compared_by_their_letters_and_never_overflow() {
    let letters = "entity.kind == 'Service' && entity.spec.continuity.rto < 'PT4H'";
    let run = acme(&["query", letters]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("period(…)"), "{}", run.stderr);
    let run = acme(&["query", "today - period('P999999Y') > today"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("years go from 1 to 9999"), "{}", run.stderr);
}

#[test]
fn an_answer_over_a_damaged_catalog_says_that_it_is_one() {
    let folder = Folder::git();
    folder.write("a.yaml", component("shop")).write("group.yaml", group("payments"));
    folder.write("b.yaml", component("store") + "  dependsOn: [\n").commit("one");
    for words in
        [&["get", "components"][..], &["query", "true"], &["impact", "shop"], &["refs", "shop"]]
    {
        let run = folder.gitsm(words);
        assert_eq!(run.code, 0, "{words:?} {}", run.stderr);
        assert!(run.stderr.contains("1 document cannot be read"), "{words:?} {}", run.stderr);
    }
    let run = folder.gitsm(&["rename", "component:shop", "market"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("nothing was written"), "{}", run.stderr);
    assert_eq!(folder.gitsm(&["codeowners", "--write"]).code, 3);
}

#[test]
fn secrets_of_a_catalog_are_not_spread_by_its_answers() {
    let folder = Folder::git();
    // Put together, so that nobody takes this file for a leak.
    let secret = ["AKIA", "IOSFODNN7EXAMPLQ"].concat();
    folder.write(
        "a.yaml",
        component("shop")
            .replace("  name: shop", &format!("  name: shop\n  description: {secret}")),
    );
    for words in [
        &["get", "component/shop"][..],
        &["get", "components", "-o", "json"],
        &["get", "components", "-o", "yaml"],
        &["query", "true", "--show", "entity.metadata.description"],
    ] {
        let run = folder.gitsm(words);
        assert!(!run.stdout.contains(&secret), "{words:?} {}", run.stdout);
    }
}
