//! Policies and exceptions: the library of examples, what silences a policy and what does not, and
//! what expressions may cost.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::{Folder, each_document, gitsm, project};

/// The people of these catalogs, and an item of theirs.
const CATALOG: &str = "\
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: ops, title: Operations, description: Runs it.}
spec: {type: team, lifecycle: active, members: [person:ada, person:kofi], contact: {chat: '#ops'}}
---
apiVersion: gitsm/v1alpha1
kind: Person
metadata: {name: ada, title: Ada}
spec: {accounts: {github: ada}}
---
apiVersion: gitsm/v1alpha1
kind: Person
metadata: {name: kofi, title: Kofi}
spec: {accounts: {github: kofi}}
---
apiVersion: gitsm/v1alpha1
kind: Person
metadata: {name: mei, title: Mei}
spec: {accounts: {github: mei}}
";

fn item(name: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: ConfigurationItem\n\
         metadata: {{name: {name}, title: Item, description: An item.}}\nspec:\n  \
         class: cloud.resource\n  owner: team:ops\n  environment: production\n  \
         lifecycle: {{stage: operational}}\n  attributes: {{type: bucket, id: x}}\n"
    )
}

/// A policy over configuration items with one expression.
fn policy(expression: &str, more: &str) -> String {
    let expression = serde_json::to_string(expression).unwrap();
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Policy\n\
         metadata: {{name: rule, title: Rule, description: A rule.}}\nspec:\n  owner: team:ops\n  \
         over: entity\n  match: {{kinds: [ConfigurationItem]}}\n  validations:\n    \
         - expression: {expression}\n      message: it is not so\n{more}"
    )
}

const ACTIVE: &str = "  lifecycle: active\n";

fn exception(name: &str, who: (&str, &str), expires: &str) -> String {
    let (wants, allows) = who;
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Exception\n\
         metadata: {{name: {name}, title: Not here, description: Why.}}\nspec:\n  of: policy\n  \
         name: rule\n  subject: ci:a\n  reason: It moves next month\n  requestedBy: {wants}\n  \
         approver: {allows}\n  granted: 2026-01-01\n  expires: {expires}\n"
    )
}

fn catalog(documents: &[String]) -> Folder {
    let folder = Folder::new();
    folder.write("catalog/all.yaml", format!("{CATALOG}---\n{}", documents.join("---\n")));
    folder
}

/// `code headline` of each finding.
fn told(folder: &Folder) -> Vec<String> {
    let json = folder.findings(&["--today", "2026-11-21"]);
    let all = json["findings"].as_array().unwrap();
    let text = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap().to_owned();
    all.iter().map(|one| format!("{} {}", text(one, "code"), text(one, "headline"))).collect()
}

#[test]
fn the_library_is_clean_and_acme_keeps_copies_of_it() {
    let library = project().join("examples/policies");
    let folder = Folder::new();
    let run = folder.gitsm(&["validate", library.to_str().unwrap(), "--today", "2026-11-21"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("nothing to report"), "{run:?}");
    let mut count = 0;
    for entry in fs::read_dir(&library).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.ends_with(".yaml") || matches!(name.as_str(), "team.yaml" | "gitsm.yaml") {
            continue;
        }
        let copy = project().join("examples/acme/policies").join(&name);
        let copied = fs::read(&copy).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(copied == fs::read(&path).unwrap(), "copy examples/policies/{name} to acme");
        count += 1;
    }
    assert!(count >= 8, "{count} policies");
}

#[test]
fn each_policy_of_the_library_shows_what_it_lets_pass_what_it_does_not_and_what_it_leaves_alone() {
    each_document("examples/policies", &mut |path, root| {
        if root.str("kind") != Some("Policy") {
            return;
        }
        let tests = root.get("spec").and_then(|spec| spec.get("tests")).expect("tests");
        let expected: Vec<&str> = tests.items().filter_map(|one| one.str("expect")).collect();
        for word in ["pass", "fail", "skip"] {
            assert!(expected.contains(&word), "{}: no test is to {word}", path.display());
        }
    });
}

#[test]
fn a_draft_only_notes() {
    let folder = catalog(&[policy("false", "  lifecycle: draft\n"), item("a")]);
    let run = folder.gitsm(&["validate", "--today", "2026-11-21"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("note[policy-violated]: it is not so"), "{run:?}");
}

#[test]
fn an_exception_silences_while_it_is_in_force() {
    let who = ("person:ada", "person:mei");
    let with = |more: &[String]| {
        let mut all = vec![policy("false", ACTIVE), item("a")];
        all.extend_from_slice(more);
        told(&catalog(&all))
    };
    let broken = "policy-violated it is not so";
    assert_eq!(with(&[]), [broken]);
    assert!(with(&[exception("one", who, "2026-12-31")]).is_empty());
    // The last day still counts.
    assert!(with(&[exception("one", who, "2026-11-21")]).is_empty());
    let over = with(&[exception("one", who, "2026-11-20")]);
    assert!(over.iter().any(|one| one == broken), "{over:?}");
    assert!(over.iter().any(|one| one.starts_with("exception-expired")), "{over:?}");
    // Of several the strictest counts: none may be over.
    let both = [exception("one", who, "2026-12-31"), exception("two", who, "2026-11-20")];
    assert!(with(&both).iter().any(|one| one == broken));
}

#[test]
fn nobody_allows_themselves_an_exception() {
    let broken = "policy-violated it is not so";
    let group = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: guests}\n\
                 spec: {type: team, children: [], members: [guest]}\n---\n\
                 apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: guest}\n\
                 spec: {memberOf: [guests]}\n";
    let pairs = [
        ("person:ada", "person:ada"),
        ("team:ops", "person:ada"),
        ("team:ops", "team:ops"),
        ("group:guests", "user:guest"),
    ];
    for who in pairs {
        let own = exception("own", who, "2026-12-31");
        let found = told(&catalog(&[policy("false", ACTIVE), item("a"), group.to_owned(), own]));
        assert!(found.iter().any(|one| one == broken), "{who:?}: {found:?}");
        let code = "exception-self-approved";
        assert!(found.iter().any(|one| one.starts_with(code)), "{who:?}: {found:?}");
    }
}

#[test]
fn an_exception_of_a_code_silences_it_for_its_subject_only() {
    let wrong = |name: &str| item(name).replace("id: x", "id: x, colour: red");
    let one = exception("code", ("person:ada", "person:mei"), "2026-12-31")
        .replace("of: policy", "of: code")
        .replace("name: rule", "name: attribute-invalid");
    let folder = catalog(&[wrong("a"), wrong("b"), one]);
    let json = folder.findings(&["--today", "2026-11-21"]);
    let all = json["findings"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(all[0]["entity"], "ci:default/b", "{all:#?}");
}

#[test]
fn a_comment_silences_no_policy() {
    let plain = item("a");
    let hidden = plain.replace("kind: Conf", "# gitsm: ignore[policy-violated] not me\nkind: Conf");
    let beside = plain.replace("metadata:", "# gitsm: ignore[policy-violated] not me\nmetadata:");
    for text in [hidden, beside] {
        let found = told(&catalog(&[policy("false", ACTIVE), text]));
        assert!(found.iter().any(|one| one == "policy-violated it is not so"), "{found:?}");
    }
    // Nor does one hide that a policy cannot be read, and so holds for nothing.
    let broken = policy("entity.spec.onwer == ''", ACTIVE)
        .replace("    - expr", "    # gitsm: ignore[expression-invalid] not now\n    - expr");
    let found = told(&catalog(&[broken, item("a")]));
    assert!(found.iter().any(|one| one.starts_with("expression-invalid")), "{found:?}");
}

#[test]
fn what_an_entity_leaves_out_is_no_failure() {
    // The status of a life cycle is optional, and other kinds have a text in that place.
    let expression = "entity.spec.lifecycle.status != 'end_of_support' \
                      && entity.owners().all(x, x.spec.lastTested == null)";
    assert!(told(&catalog(&[policy(expression, ACTIVE), item("a")])).is_empty());
}

#[test]
fn a_policy_that_cannot_be_evaluated_says_so_once() {
    let expression = "entity.metadata.name == 'a' || entity.spec.attributes.id.size() / 0 == 1";
    let all = [policy(expression, ACTIVE), item("a"), item("b"), item("c")];
    let folder = catalog(&all);
    let json = folder.findings(&["--today", "2026-11-21"]);
    let found = json["findings"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["code"], "policy-failed");
    assert_eq!(found[0]["headline"], "for `ci:b`: it divides by zero");
    assert_eq!(found[0]["entity"], "policy:default/rule");
    assert!(found[0]["labels"].to_string().contains("it cannot be said of this"), "{found:#?}");
}

#[test]
fn only_what_depends_on_the_day_is_overdue() {
    let variables = "  variables:\n    - {name: limit, expression: \"today - period('P60D')\"}\n    \
                     - {name: fixed, expression: \"date('2026-01-01')\"}\n  lifecycle: active\n";
    let late = policy("date('2026-01-01') >= variables.limit", variables);
    assert_eq!(told(&catalog(&[late, item("a")])), ["policy-overdue it is not so"]);
    let fixed = policy("date('2025-01-01') >= variables.fixed", variables);
    assert_eq!(told(&catalog(&[fixed, item("a")])), ["policy-violated it is not so"]);
}

#[test]
fn a_policy_that_costs_too_much_over_a_catalog_says_so_and_nothing_else() {
    let numbers: Vec<String> = (0..40).map(|number| number.to_string()).collect();
    let expression = format!(
        "[{}].all(x, x == 99 || 'b'.matches('(a{{100}}){{100}}') || true) && false",
        numbers.join(",")
    );
    let mut all = vec![policy(&expression, ACTIVE)];
    all.extend((0..12).map(|number| item(&format!("item-{number}"))));
    let found = told(&catalog(&all));
    assert_eq!(found, ["policy-failed it costs too much over this catalog"]);
}

#[test]
fn hostile_expressions_end_quickly() {
    let list = format!("[{}]", vec!["1"; 500].join(","));
    let doubled: String = (0..40)
        .map(|number| match number {
            0 => "    - {name: v0, expression: \"'0123456789'\"}\n".to_owned(),
            n => format!(
                "    - {{name: v{n}, expression: variables.v{0} + variables.v{0}}}\n",
                n - 1
            ),
        })
        .collect();
    let long = format!("  variables:\n    - {{name: long, expression: \"{list}\"}}\n{ACTIVE}");
    let search =
        format!("{} + 1 / 0 == 1", vec!["variables.long.filter(x, x > 0).size()"; 90].join("+"));
    let cases = [
        (
            "nested parentheses",
            format!("{}1{} == 1", "(".repeat(2040), ")".repeat(2040)),
            ACTIVE.to_owned(),
        ),
        (
            "nested lists",
            format!("{}{} == []", "[".repeat(2040), "]".repeat(2040)),
            ACTIVE.to_owned(),
        ),
        ("nested negations", format!("{}true", "!".repeat(4090)), ACTIVE.to_owned()),
        ("nested choices", format!("{}true", "true?true:".repeat(400)), ACTIVE.to_owned()),
        (
            "40 doublings",
            "variables.v39 == ''".to_owned(),
            format!("  variables:\n{doubled}{ACTIVE}"),
        ),
        (
            "a replacement that explodes",
            "variables.v18.replace('0', variables.v18).replace('', variables.v18) == ''".to_owned(),
            format!(
                "  variables:\n{}{ACTIVE}",
                doubled.lines().take(19).map(|line| format!("{line}\n")).collect::<String>()
            ),
        ),
        (
            "a list that explodes",
            "variables.v18.split('').join(variables.v18) == ''".to_owned(),
            format!(
                "  variables:\n{}{ACTIVE}",
                doubled.lines().take(19).map(|line| format!("{line}\n")).collect::<String>()
            ),
        ),
        (
            "a regular expression that others choke on",
            format!("'{}'.matches('^(a+)+$')", "a".repeat(3000) + "b"),
            ACTIVE.to_owned(),
        ),
        ("a huge regular expression", "'a'.matches('(a{999}){999}')".to_owned(), ACTIVE.to_owned()),
        (
            "many large regular expressions",
            format!("{list}.all(x, 'a'.matches('\\\\w{{80}}') || true)"),
            ACTIVE.to_owned(),
        ),
        (
            "loops in loops",
            format!("{list}.all(x, {list}.all(y, {list}.all(z, z > 0)))"),
            ACTIVE.to_owned(),
        ),
        (
            "a long body in loops",
            format!("{list}.all(x, {list}.all(y, {}))", vec!["x==y"; 240].join("&&")),
            ACTIVE.to_owned(),
        ),
        ("a failure that is long to find", search, long),
    ];
    for (name, expression, more) in cases {
        assert!(expression.len() <= 4096, "{name}: {}", expression.len());
        let folder = catalog(&[policy(&expression, &more), item("a"), item("b")]);
        let start = Instant::now();
        let run = folder.gitsm(&["validate", "--today", "2026-11-21", "-o", "concise"]);
        let spent = start.elapsed();
        assert!(matches!(run.code, 0 | 1), "{name}: {run:?}");
        assert!(!run.stderr.contains("panicked"), "{name}: {run:?}");
        assert!(spent < Duration::from_secs(40), "{name}: {spent:?}");
    }
}

#[test]
fn the_examples_beside_policies_say_what_the_policies_say() {
    for folder in ["examples/policies", "examples/acme"] {
        let run = gitsm(&project().join(folder), &["policy", "test", "--today", "2026-11-21"]);
        assert_eq!(run.code, 0, "{folder}\n{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("  ok    "), "{folder}\n{}", run.stdout);
    }
}

#[test]
fn an_example_that_a_policy_does_not_bear_out_fails() {
    let folder = Folder::git();
    let policy = "apiVersion: gitsm/v1alpha1\nkind: Policy\nmetadata: {name: named}\nspec:\n  \
                  owner: team:a\n  over: entity\n  match: {kinds: [Service]}\n  validations:\n    \
                  - {expression: has(entity.metadata.title), message: it has a title}\n  \
                  lifecycle: active\n  tests:\n    - name: no title\n      given: [{kind: Service, \
                  metadata: {name: a}, spec: {}}]\n      expect: pass\n    - name: another kind\n      \
                  given: [{kind: Team, metadata: {name: a}, spec: {}}]\n      expect: skip\n    \
                  - name: no document\n      given: [{a: b}]\n      expect: skip\n";
    folder.write("p.yaml", policy);
    let run = folder.gitsm(&["policy", "test"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.stdout, @r"
    named  p.yaml:3
      FAIL  no title: expected pass, and it fails: it has a title
      ok    another kind
      FAIL  no document: the first document is no entity: it needs `kind` and `metadata.name`
    3 examples of 1 policy: 2 not as expected
    ");
    assert_eq!(folder.gitsm(&["policy", "test", "nmaed"]).code, 2);
}

#[test]
fn whoever_goes_by_another_name_does_not_allow_themselves() {
    let folder = Folder::git();
    let person = "apiVersion: gitsm/v1alpha1\nkind: Person\nmetadata: {name: mal, formerly: \
                  ['person:old']}\nspec: {}\n";
    let exception = "apiVersion: gitsm/v1alpha1\nkind: Exception\nmetadata: {name: e}\nspec:\n  \
                     of: drift\n  name: spec.x\n  subject: person:mal\n  reason: because it is so\n  \
                     requestedBy: person:mal\n  approver: person:old\n  expires: 2027-01-01\n";
    folder.write("p.yaml", person).write("e.yaml", exception);
    let run = folder.gitsm(&["validate", "--today", "2026-11-21", "-o", "concise"]);
    assert!(run.stdout.contains("exception-self-approved"), "{}", run.stdout);
}

#[test]
fn a_second_document_of_a_name_is_judged_as_well() {
    let folder = Folder::git();
    let team = "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: t}\nspec: {members: [a]}\n\
                ---\napiVersion: gitsm/v1alpha1\nkind: Person\nmetadata: {name: a}\nspec: {}\n";
    let policy = "apiVersion: gitsm/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  owner: \
                  team:t\n  over: entity\n  match: {kinds: [Service]}\n  validations:\n    - \
                  {expression: \"entity.spec.criticality != 'tier1'\", message: no tier 1}\n  \
                  lifecycle: active\n";
    let service = |tier: &str| {
        format!(
            "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata:\n  name: s # gitsm: \
             ignore[entity-duplicate] we move it\nspec: {{owner: team:t, criticality: {tier}}}\n"
        )
    };
    folder.write("t.yaml", team).write("p.yaml", policy);
    folder.write("a.yaml", service("tier4")).write("m.yaml", service("tier1"));
    let run = folder.gitsm(&["validate", "-o", "concise"]);
    assert!(run.stdout.contains("m.yaml:4:3: error[policy-violated]"), "{}", run.stdout);
}

#[test]
fn an_example_that_no_schema_knows_is_no_example() {
    let folder = Folder::git();
    let policy = "apiVersion: gitsm/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  owner: \
                  team:t\n  over: entity\n  validations:\n    - {expression: 'true', message: m, at: \
                  spec.ownr}\n  lifecycle: active\n  tests:\n    - given: [{kind: Service, metadata: \
                  {name: a}, spec: {critcality: tier1}}]\n      expect: pass\n";
    folder.write("p.yaml", policy);
    let run = folder.gitsm(&["validate", "-o", "concise"]);
    assert!(run.stdout.contains("there is no field `ownr`"), "{}", run.stdout);
    folder.write("p.yaml", policy.replace("spec.ownr", "spec.owner"));
    let run = folder.gitsm(&["policy", "test"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("critcality"), "{}", run.stdout);
}

#[test]
fn a_policy_waits_only_for_what_is_told() {
    let folder = Folder::git();
    let text = "apiVersion: gitsm/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  owner: \
                team:t\n  over: entity\n  match: {kinds: [Service]}\n  validations: [{expression: \
                'false', message: never}]\n  lifecycle: active\n---\napiVersion: \
                gitsm/v1alpha1\nkind: Service\nmetadata: {name: s}\nspec: {owner: team:t, \
                dependsOn: ['service:nope']}\n---\napiVersion: gitsm/v1alpha1\nkind: \
                Team\nmetadata: {name: t}\nspec: {members: [a]}\n---\napiVersion: \
                gitsm/v1alpha1\nkind: Person\nmetadata: {name: a}\nspec: {}\n";
    folder.write("a.yaml", text);
    let told =
        |more: &[&str]| folder.gitsm(&[&["validate", "-o", "concise"], more].concat()).stdout;
    let all = told(&[]);
    assert!(all.contains("reference-unknown") && !all.contains("policy-violated"), "{all}");
    let only = told(&["--only", "policy-violated"]);
    assert!(only.contains("policy-violated"), "{only}");
}
