//! What `validate` says of targets: each mistake at the text that is wrong.

use gitsm::flow::validate::validate_tree;
use gitsm::tree::Memory;

const TEAM: &str = "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: ops}\nspec: {members: [p]}\n\
    ---\napiVersion: gitsm/v1alpha1\nkind: Person\nmetadata: {name: p}\nspec: {}\n";

const API: &str = r#"apiVersion: gitsm/v1alpha1
kind: Target
metadata: {name: api}
spec:
  owner: team:ops
  driver: http
  settings:
    url: https://api.example
    auth: {bearer: token}
    kinds:
      host:
        list: {path: /hosts, items: /results}
        id: /name
        mark: /note
        create: {method: PUT, path: "/hosts/{{ object.name }}", body: {"...": "{{ fields }}", note: "{{ mark }}"}}
        update: {method: PATCH, path: "/hosts/{{ handle }}", body: {"...": "{{ changed }}"}}
        delete: {method: DELETE, path: "/hosts/{{ handle }}"}
    answers: [{status: [409], matches: "exists", is: exists}]
  selector: {kinds: [Service]}
  mapping:
    host:
      name: "{{ entity.metadata.name }}"
      selector: {kinds: [Service], where: entity.spec.lifecycle == 'live'}
      fields: {tier: "{{ entity.spec.criticality|default(omit) }}", secret: "{{ ref }}"}
      sensitive: [secret]
"#;

/// `code line:column headline` of each finding.
fn said(document: &str) -> Vec<String> {
    let tree = Memory::new([("team.yaml", TEAM), ("target.yaml", document)]);
    let report = validate_tree(&tree, "2026-11-21").unwrap();
    let all = report.findings.iter().map(|finding| {
        let at = finding.at.place.start;
        format!("{} {}:{} {}", finding.code.name, at.line, at.column, finding.headline)
    });
    all.collect()
}

/// The findings once a text is another one.
fn with(from: &str, to: &str) -> Vec<String> {
    assert!(API.contains(from), "{from}");
    said(&API.replacen(from, to, 1))
}

#[test]
fn a_target_without_a_mistake_says_nothing() {
    assert_eq!(said(API), [""; 0]);
}

#[test]
fn settings_are_judged_by_the_driver_that_reads_them() {
    assert_eq!(
        with("url: https", "uri: https"),
        ["field-unknown 8:5 `spec.settings` has no field `uri`"]
    );
    assert_eq!(
        with("id: /name", "idd: /name").last().map(String::as_str),
        Some("field-unknown 13:9 `spec.settings.kinds.host` has no field `idd`")
    );
    assert_eq!(
        with("is: exists}", "is: exist}"),
        ["field-value 18:54 `spec.settings.answers[0].is` cannot be `exist`"]
    );
    assert_eq!(
        with("items: /results", "items: results"),
        ["field-value 12:37 `spec.settings.kinds.host.list.items` is no JSON Pointer: `results`"]
    );
    assert_eq!(
        with("url: https://api.example", "url: api.example"),
        ["field-value 8:10 `spec.settings.url` is no address of a server: `api.example`"]
    );
    assert_eq!(
        with("method: PUT", "method: put"),
        ["field-value 15:26 `spec.settings.kinds.host.create.method` cannot be `put`"]
    );
}

#[test]
fn a_template_is_wrong_where_its_mistake_stands() {
    assert_eq!(
        with("{{ entity.metadata.name }}", "{{ entiti.metadata.name }}"),
        ["template-invalid 22:17 this template cannot be used: there is no value `entiti`"]
    );
    assert_eq!(
        with("\"/hosts/{{ handle }}\", body", "\"/hosts/{{ handel }}\", body"),
        ["template-invalid 16:50 this template cannot be used: there is no value `handel`"]
    );
    // What is known depends on the request.
    assert_eq!(
        with("note: \"{{ mark }}\"", "note: \"{{ changed }}\""),
        ["template-invalid 15:105 this template cannot be used: there is no value `changed`"]
    );
    let unclosed = with("{{ ref }}", "{{ ref ");
    assert!(unclosed[0].starts_with("template-invalid 24:"), "{unclosed:?}");
}

#[test]
fn names_in_two_places_are_the_same() {
    assert_eq!(
        with("\n    host:\n      name", "\n    hosts:\n      name"),
        ["target-invalid 21:5 `settings.kinds` does not say what a `hosts` is"]
    );
    assert_eq!(
        with("sensitive: [secret]", "sensitive: [secrets]"),
        ["target-invalid 25:19 there is no field `secrets` to hide"]
    );
    assert_eq!(
        with("sensitive: [secret]", "after: [hst]"),
        ["target-invalid 25:15 the mapping makes no `hst`"]
    );
    assert_eq!(
        with("matches: \"exists\"", "matches: \"(exists\""),
        ["target-invalid 18:40 this is no regular expression: unclosed group"]
    );
}

#[test]
fn selectors_of_a_mapping_are_judged_as_all_others() {
    assert_eq!(
        with("selector: {kinds: [Service], where", "selector: {kinds: [Servise], where"),
        ["selector-unknown 23:26 there is no kind `Servise`"]
    );
    let wrong = with("entity.spec.lifecycle == 'live'", "entity.spec.lifecicle == 'live'");
    assert!(wrong[0].starts_with("expression-invalid 23:"), "{wrong:?}");
}

#[test]
fn files_have_a_content_and_nothing_made_is_a_mistake() {
    let files = |mapping: &str| {
        said(&format!(
            "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {{name: f}}\nspec:\n  owner: team:ops\n  \
             driver: files\n  settings: {{folder: out}}\n{mapping}"
        ))
    };
    let one =
        |fields: &str| files(&format!("  mapping: {{file: {{name: a, fields: {fields}}}}}\n"));
    assert_eq!(one("{content: x, mode: '0600'}"), [""; 0]);
    assert_eq!(
        one("{contents: x}"),
        [
            "target-invalid 8:29 a file needs a `content`",
            "target-invalid 8:38 a file has no field `contents`",
        ]
    );
    assert_eq!(
        files(""),
        ["target-invalid 4:1 nothing is made of any entity: `spec.mapping` is missing or empty"]
    );
    assert_eq!(
        files("  mapping: {flie: {name: a, fields: {content: x}}}\n"),
        ["target-invalid 8:13 the driver `files` has no kind `flie`"]
    );
}

#[test]
fn what_alertmanager_takes_for_a_secret_is_named_by_its_file() {
    let prometheus = |receiver: &str| {
        let document = format!(
            "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {{name: p}}\nspec:\n  owner: team:ops\n  \
             driver: prometheus\n  settings:\n    folder: out\n    receivers: {{team:ops: {receiver}}}\n"
        );
        said(&document)
    };
    assert_eq!(prometheus("{slack_configs: [{api_url_file: /etc/slack}]}"), [""; 0]);
    assert_eq!(
        prometheus("{slack_configs: [{api_url: 'https://x'}]}"),
        [
            "target-secret 9:54 `api_url` of a receiver is a secret: put it into a file, and name that \
          as `api_url_file`"
        ]
    );
}
