//! `gitsm get`, over real repositories.

use crate::support::{Folder, Run, gitsm, gitsm_bytes, project};

const CATALOG: &str = "\
apiVersion: gitsm/v1alpha1
kind: Service
metadata: {name: checkout, title: Online checkout, labels: {tier: gold, zone: a}, formerly: [service:cart]}
spec: {owner: team:payments, criticality: tier1, lifecycle: live, dependsOn: [service:bank], sla: sla:shop}
---
# The bank is not ours.
apiVersion: gitsm/v1alpha1
kind: Service
metadata: {name: bank, title: \"=HYPERLINK(1)\", labels: {tier: silver}}
spec: {owner: group:old-payments, lifecycle: live}  # by contract
---
apiVersion: gitsm/v1alpha1
kind: Service
metadata: {name: portal, namespace: hr}
spec: {owner: team:default/people, lifecycle: live, dependsOn: [service:default/checkout]}
";

const TEAMS: &str = "\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: payments, title: Payments, annotations: {gitsm/formerly: old-payments}}
spec: {type: team, children: []}
---
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: payments, extends: group:payments}
spec: {onCall: calendar:rota, contact: {chat: '#pay'}, members: [person:ada, person:bo]}
---
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: people}
spec: {type: team}
---
apiVersion: gitsm/v1alpha1
kind: Person
metadata: {name: ada, title: Ada L.}
spec: {accounts: {github: ada}}
---
apiVersion: gitsm/v1alpha1
kind: Person
metadata: {name: bo}
spec: {}
---
apiVersion: gitsm/v1alpha1
kind: Calendar
metadata: {name: rota}
spec:
  type: on-call
  timezone: Europe/Berlin
  events:
    - {start: '2026-01-05T10:00:00', duration: P7D, rrule: FREQ=WEEKLY;INTERVAL=2, person: person:ada}
    - {start: '2026-01-12T10:00:00', duration: P7D, rrule: FREQ=WEEKLY;INTERVAL=2, person: person:bo}
---
apiVersion: gitsm/v1alpha1
kind: ServiceLevelAgreement
metadata: {name: shop}
spec:
  type: sla
  lifecycle: active
  parties: {provider: team:payments, customer: team:people}
  validFrom: 2026-01-01
  targets:
    - {id: up, metric: availability, goal: 0.999}
    - {id: answer, metric: response, within: PT30M, goal: 0.95, appliesTo: {priority: P1}}
";

fn catalog() -> Folder {
    let folder = Folder::git();
    folder.write("services.yaml", CATALOG).write("teams.yaml", TEAMS);
    folder.commit("begin");
    folder
}

fn get(folder: &Folder, arguments: &[&str]) -> String {
    let mut all = vec!["get"];
    all.extend(arguments);
    let Run { code, stdout, stderr } = folder.gitsm(&all);
    assert_eq!(code, 0, "{arguments:?}: {stderr}");
    stdout
}

#[test]
fn a_kind_is_asked_for_by_any_word_for_it() {
    let folder = catalog();
    let services = get(&folder, &["services"]);
    assert_eq!(
        services,
        "NAMESPACE   NAME       OWNER                 CRITICALITY   LIFECYCLE   SLA\n\
         default     bank       group:old-payments    -             live        -\n\
         default     checkout   team:payments         tier1         live        sla:shop\n\
         hr          portal     team:default/people   -             live        -\n"
    );
    for word in ["svc", "Service", "SERVICES"] {
        assert_eq!(get(&folder, &[word]), services, "{word}");
    }
    assert_eq!(get(&folder, &["groups", "-o", "name"]), "team/payments\nteam/people\n");
    let all = get(&folder, &["all", "-o", "name"]);
    assert_eq!(all, get(&folder, &["-o", "name"]));
    assert_eq!(all.lines().count(), 9, "{all}");
    assert_eq!(get(&folder, &["teams,calendars", "-o", "name"]).lines().count(), 3);
}

#[test]
fn entities_are_named_as_kubectl_names_them() {
    let folder = catalog();
    let name = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["-o", "name"]);
        get(&folder, &all)
    };
    assert_eq!(name(&["service", "checkout", "bank"]), "service/bank\nservice/checkout\n");
    assert_eq!(name(&["service/checkout", "team/payments"]), "service/checkout\nteam/payments\n");
    assert_eq!(name(&["portal"]), "service/hr/portal\n");
    assert_eq!(name(&["service", "portal", "-n", "hr"]), "service/hr/portal\n");
    assert_eq!(name(&["service/hr/portal"]), "service/hr/portal\n", "what it prints, it takes");
    assert_eq!(name(&["service", "cart"]), "service/checkout\n", "by its former name");
    assert_eq!(name(&["all", "payments"]), "team/payments\n");
    let mixed = get(&folder, &["service", "bank", "team/people"]);
    assert!(mixed.contains("Team      people"), "{mixed}");
}

#[test]
fn labels_owners_and_namespaces_select() {
    let folder = catalog();
    let name = |arguments: &[&str]| {
        let mut all = vec!["services", "-o", "name"];
        all.extend(arguments);
        get(&folder, &all)
    };
    assert_eq!(name(&["-l", "tier=gold"]), "service/checkout\n");
    assert_eq!(name(&["-l", "tier in (gold, silver),!zone"]), "service/bank\n");
    assert_eq!(name(&["-l", "tier!=gold", "-n", "default"]), "service/bank\n");
    for owner in ["team:payments", "group:payments", "payments", "team/payments", "old-payments"] {
        assert_eq!(name(&["--owner", owner]), "service/bank\nservice/checkout\n", "{owner}");
    }
    let nothing = folder.gitsm(&["get", "services", "-l", "tier=bronze"]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (0, ""));
    assert_eq!(nothing.stderr, "nothing found of services that fits --selector\n");
}

#[test]
fn a_word_that_means_nothing_is_answered_with_what_was_meant() {
    let folder = catalog();
    let said = |arguments: &[&str]| {
        let mut all = vec!["get"];
        all.extend(arguments);
        let run = folder.gitsm(&all);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
        run.stderr
    };
    insta::assert_snapshot!(said(&["servcies"]), @r"
    error: there is no kind and no entity `servcies`
      hint: did you mean `services` or `service`?
    ");
    insta::assert_snapshot!(said(&["service", "chekout"]), @r"
    error: there is no service `chekout`
      hint: did you mean `service:checkout`?
    ");
    insta::assert_snapshot!(said(&["zzzz/x"]), @r"
    error: there is no kind and no entity `zzzz`
      hint: `gitsm explain --list` lists the kinds
    ");
    assert!(said(&["services", "-l", "a b"]).contains("selects no label"));
    assert!(said(&["services", "-o", "jsonpath={.a"]).contains("character 1 of the template"));
    assert!(said(&["services", "-o", "jsno"]).contains("the formats are table, wide"));
    assert!(said(&["services", "-o", "page"]).contains("a page is about one entity"));
}

#[test]
fn the_page_of_a_service_says_who_to_call_and_what_hangs_on_it() {
    let folder = catalog();
    let page = get(&folder, &["service/checkout", "--today", "2026-01-13"]);
    insta::assert_snapshot!("page_of_a_service", page.replace(&head(&folder), "COMMIT"));
    let page = get(&folder, &["service/cart", "--today", "2026-01-13"]);
    assert!(page.contains("`service:cart` is its former name"), "{page}");
}

fn head(folder: &Folder) -> String {
    folder.run_git(&["rev-parse", "HEAD"]).chars().take(9).collect()
}

#[test]
fn pages_of_other_kinds_say_what_they_are_about() {
    let folder = catalog();
    let page = |words: &[&str]| {
        let mut all = words.to_vec();
        all.extend(["--today", "2026-01-13"]);
        get(&folder, &all).replace(&head(&folder), "COMMIT")
    };
    insta::assert_snapshot!("page_of_a_team", page(&["team", "payments"]));
    insta::assert_snapshot!("page_of_a_calendar", page(&["calendar", "rota"]));
    insta::assert_snapshot!("page_of_a_person", page(&["person", "bo"]));
    insta::assert_snapshot!("page_of_an_agreement", page(&["sla", "shop"]));
}

#[test]
fn the_last_change_is_the_last_that_changed_the_entity() {
    let folder = catalog();
    let text = CATALOG.replace("criticality: tier1", "criticality: tier2");
    folder.write("services.yaml", &text).commit("less hangs on it");
    let text =
        text.replace("Online checkout", "\"Online checkout\"").replace("by contract", "by law");
    folder.write("services.yaml", &text).commit("quotes and comments");
    let text = text.replace("tier: silver", "tier: bronze");
    folder.write("services.yaml", &text).commit("the bank sinks");
    folder.run_git(&["checkout", "--quiet", "-b", "side", "HEAD~1"]);
    folder.write("more.yaml", "x: 1\n").commit("beside it");
    folder.run_git(&["checkout", "--quiet", "main"]);
    folder.run_git(&["merge", "--quiet", "--no-ff", "-m", "merged", "side"]);
    let change = |words: &[&str]| {
        let page = get(&folder, words);
        let line = page.lines().find(|line| line.contains("last change")).unwrap_or_default();
        line.to_owned()
    };
    assert!(change(&["service/checkout"]).contains("by Ada: less hangs on it ("), "values only");
    assert!(change(&["service/bank"]).contains("the bank sinks"));
    assert!(change(&["service/hr/portal"]).contains("begin"));
    assert!(change(&["service/bank", "--at", "HEAD~2"]).contains("begin"), "at a revision");
    folder.write("services.yaml", text.replace("tier2", "tier3"));
    assert!(change(&["service/checkout"]).ends_with("on disk, not committed"));
}

#[test]
fn a_clone_without_history_says_that_it_does_not_know() {
    let origin = catalog();
    origin.write("other.yaml", "x: 1\n").commit("more");
    let clone = Folder::new();
    let from = format!("file://{}", origin.path().display());
    clone.run_git(&["clone", "--quiet", "--depth", "1", &from, "copy"]);
    let run = gitsm(&clone.path().join("copy"), &["get", "service/checkout"]);
    assert!(run.stdout.contains("last change  unknown: this is a shallow clone"), "{}", run.stdout);
    let plain = Folder::new();
    plain.write("services.yaml", CATALOG);
    assert!(!get(&plain, &["service/checkout"]).contains("last change"), "no Git, no line");
}

#[test]
fn values_say_where_they_stand_and_templates_find_them() {
    let folder = catalog();
    let list: serde_json::Value =
        serde_json::from_str(&get(&folder, &["services", "-o", "json"])).unwrap();
    assert_eq!(list["kind"], "List");
    assert_eq!(list["items"][0]["metadata"]["name"], "bank");
    assert_eq!(list["items"][0]["origin"]["file"], "services.yaml");
    assert_eq!(list["items"][0]["origin"]["line"], 9);
    let one: serde_json::Value =
        serde_json::from_str(&get(&folder, &["team", "payments", "-o", "json"])).unwrap();
    assert_eq!(one["kind"], "Group");
    assert_eq!(one["spec"]["contact"]["chat"], "#pay", "what the Team adds");
    let template =
        "jsonpath={range .items[?(@.spec.criticality==\"tier1\")]}{.metadata.name}{\"\\n\"}{end}";
    assert_eq!(get(&folder, &["services", "-o", template]), "checkout\n");
    assert_eq!(get(&folder, &["service/bank", "-o", "jsonpath={.origin.file}"]), "services.yaml\n");
}

#[test]
fn yaml_is_the_text_of_the_file() {
    let folder = catalog();
    assert_eq!(
        get(&folder, &["service/bank", "-o", "yaml"]),
        "# The bank is not ours.\napiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: bank, \
         title: \"=HYPERLINK(1)\", labels: {tier: silver}}\nspec: {owner: group:old-payments, \
         lifecycle: live}  # by contract\n"
    );
    let all = get(&folder, &["all", "-o", "yaml"]);
    let copy = Folder::git();
    copy.write("all.yaml", &all);
    assert_eq!(get(&copy, &["all", "-o", "name"]), get(&folder, &["all", "-o", "name"]));
}

#[test]
fn csv_is_safe_to_open_in_a_spreadsheet() {
    let text = get(&catalog(), &["services", "-o", "csv"]);
    let bank = text.lines().nth(1).unwrap_or_default();
    assert_eq!(
        bank,
        "Service,default,bank,group:old-payments,,live,,,,,'=HYPERLINK(1),services.yaml:9"
    );
    assert_eq!(text.lines().count(), 4, "{text}");
    let bytes = gitsm_bytes(catalog().path(), &["get", "services", "-o", "csv"]);
    assert!(bytes.ends_with(b"\r\n"), "RFC 4180");
}

#[test]
fn the_large_example_has_a_page_for_everything() {
    let acme = project().join("examples/acme");
    let names = gitsm(&acme, &["get", "all", "-o", "name"]).stdout;
    let families: std::collections::BTreeMap<&str, &str> =
        names.lines().filter_map(|name| Some((name.split_once('/')?.0, name))).collect();
    assert!(families.len() > 20, "{families:?}");
    for name in families.values() {
        let run = gitsm(&acme, &["get", name, "--today", "2026-11-20"]);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        assert!(run.stdout.contains("Where it comes from"), "{}", run.stdout);
        assert!(!run.stdout.contains('\u{1b}'));
    }
}

#[test]
fn findings_of_the_entity_stand_on_its_page() {
    let folder = catalog();
    folder.write("services.yaml", CATALOG.replace("service:bank", "service:nobody"));
    let page = get(&folder, &["service/checkout", "--today", "2026-01-13"]);
    assert!(page.contains("error[reference-unknown]"), "{page}");
    assert!(!get(&folder, &["service/hr/portal"]).contains("reference-unknown"));
}
