//! What the rules for gitsm's own kinds say of whole catalogs, case by case.

use gitsm::flow::validate::validate_tree;
use gitsm::tree::Memory;

const PEOPLE: &str = "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: a}\nspec: {members: [p]}\n\
    ---\napiVersion: gitsm/v1alpha1\nkind: Person\nmetadata: {name: p}\nspec: {}\n";

fn document(kind: &str, name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: gitsm/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n"
    )
}

fn item(name: &str, class: &str, more: &str) -> String {
    let spec = format!(
        "{{class: {class}, owner: a, environment: test, lifecycle: {{stage: operational}}{more}}}"
    );
    document("ConfigurationItem", name, &spec)
}

fn agreement(name: &str, life: &str, more: &str, targets: &str) -> String {
    let spec = format!(
        "{{type: sla, lifecycle: {life}, parties: {{provider: a, customer: a}}, \
         validFrom: 2026-01-01{more}, targets: [{targets}]}}"
    );
    document("ServiceLevelAgreement", name, &spec)
}

/// The codes that documents give, beside a team with people.
fn codes(documents: &[String]) -> Vec<&'static str> {
    let tree = Memory::new([("a.yaml", PEOPLE.to_owned() + &documents.concat())]);
    let report = validate_tree(&tree, "2026-11-21").unwrap();
    report.findings.iter().map(|finding| finding.code.name).collect()
}

#[test]
fn a_number_that_the_schema_takes_hides_nothing_else() {
    let calendar = "{type: freeze, timezone: nowhere, priority: 10.0, \
                    events: [{start: 2026-01-05T08:00:00, duration: PT9H}]}";
    assert_eq!(codes(&[document("Calendar", "c", calendar)]), ["calendar-invalid"]);
    let team = "{members: [p], wipLimit: 99999999999}";
    assert_eq!(codes(&[document("Team", "b", team)]), ["field-value"]);
}

#[test]
fn classes_join_what_their_schemas_refer_to() {
    let class = "{parent: item, attributes: {type: object, definitions: {p: {type: integer}}, \
                 properties: {port: {$ref: '#/definitions/p'}}, required: [port], \
                 patternProperties: {'^x-': {type: string}}}}";
    let class = document("CIClass", "foo", class);
    let with = |attributes: &str| {
        codes(&[class.clone(), item("x", "foo", &format!(", attributes: {attributes}"))])
    };
    assert_eq!(with("{port: 1, x-a: b}"), [""; 0]);
    assert_eq!(with("{prot: 1}"), ["attribute-invalid", "attribute-invalid"]);
    assert_eq!(with("{port: one}"), ["attribute-invalid"]);
}

#[test]
fn a_class_cannot_switch_the_checks_of_others_off() {
    let own = document("CIClass", "item", "{parent: compute.vm, abstract: true}");
    assert_eq!(codes(&[own]), ["class-invalid"]);
    let empty = document("CIClass", "foo", "{parent: item, identifiedBy: []}");
    assert_eq!(codes(&[empty, item("x", "foo", ""), item("y", "foo", "")]), ["field-value"]);
    let array = document("CIClass", "foo", "{parent: item, attributes: {type: array}}");
    assert_eq!(codes(&[array]), ["class-invalid"]);
}

#[test]
fn a_glob_that_is_too_long_leaves_the_others_checked() {
    let nested = format!("{}a{}", "{".repeat(250), "}".repeat(250));
    let sources = |glob: &str| format!(", sources: [{{path: '{glob}'}}]");
    let items = [
        item("x", "compute.vm", &sources("nothing/here")),
        item("y", "compute.vm", &sources(&nested)),
    ];
    assert_eq!(codes(&items), ["source-unmatched", "source-unmatched"]);
}

#[test]
fn a_promise_is_kept_by_any_target_below_that_is_strong_enough() {
    let promise = |hours: &str| {
        let target = format!(
            "{{id: p1, metric: resolution, appliesTo: {{priority: P1}}, within: {hours}, goal: 0.9}}"
        );
        agreement("gold", "active", ", restsOn: [ola]", &target)
    };
    let below = |life: &str| {
        let targets = "{id: any, metric: resolution, within: PT24H, goal: 0.9}, {id: p1, \
                       metric: resolution, appliesTo: {priority: P1}, within: PT2H, goal: 0.95}";
        agreement("ola", life, "", targets)
    };
    assert_eq!(codes(&[promise("PT4H"), below("active")]), [""; 0]);
    assert_eq!(codes(&[promise("PT1H"), below("active")]), ["sla-unsupported"]);
    assert_eq!(codes(&[promise("PT4H"), below("draft")]), ["sla-unsupported"]);
}

#[test]
fn all_hours_of_all_days_are_more_than_office_hours() {
    let calendar = |name: &str, duration: &str, rule: &str| {
        let spec = format!(
            "{{type: service-hours, timezone: UTC, \
             events: [{{start: 2026-01-05T00:00:00, duration: {duration}, rrule: '{rule}'}}]}}"
        );
        document("Calendar", name, &spec)
    };
    let always = calendar("always", "P1D", "FREQ=DAILY");
    let office = calendar("office", "PT8H", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR");
    let target = "{id: t, metric: resolution, within: PT8H, goal: 0.9}";
    let pair = |above: &str, below: &str| {
        let above = format!(", restsOn: [ola], calendar: {above}");
        let below = format!(", calendar: {below}");
        codes(&[
            always.clone(),
            office.clone(),
            agreement("gold", "active", &above, target),
            agreement("ola", "active", &below, target),
        ])
    };
    assert_eq!(pair("always", "office"), ["sla-unsupported"]);
    assert_eq!(pair("office", "always"), [""; 0]);
    assert_eq!(pair("office", "office"), [""; 0]);
}

#[test]
fn an_old_name_leads_to_one_entity_of_its_family() {
    let team = |name: &str, old: &str| {
        format!(
            "---\napiVersion: gitsm/v1alpha1\nkind: Team\n\
             metadata: {{name: {name}, formerly: [{old}]}}\nspec: {{members: [p]}}\n"
        )
    };
    let owned = item("x", "compute.vm", "").replace("owner: a", "owner: old");
    assert_eq!(codes(&[team("b", "team:old"), owned.clone()]), ["reference-renamed"]);
    let two = [team("b", "team:old"), team("c", "team:old"), owned];
    assert_eq!(codes(&two), ["formerly-living", "reference-unknown"]);
}

#[test]
fn words_of_runbooks_are_prose_and_parameters_words() {
    let runbook = |parameter: &str, text: &str| {
        let spec = format!(
            "{{owner: a, purpose: p, trigger: [manual], lifecycle: draft, risk: low, \
             parameters: {{properties: {{{parameter}: {{}}}}}}, \
             steps: [{{id: a, name: b, type: manual, instructions: \"{text}\"}}]}}"
        );
        codes(&[document("Runbook", "r", &spec)])
    };
    let prose = "word ".repeat(200);
    assert_eq!(runbook("name", &format!("{prose} {{{{ name }}}} {prose}")), [""; 0]);
    assert_eq!(runbook("db-name", "{{ db-name }}"), ["runbook-parameter"]);
    let long = format!("{{{{ '}}}}' {}}}}} {{{{ name }}}}", "~ a ".repeat(60_000));
    assert!(runbook("name", &long).contains(&"runbook-parameter"));
}
