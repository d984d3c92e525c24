//! Every format over the same findings, which lie in `tests/fixtures/findings`.

use gitsm::yaml::schema::Schema;
use serde_json::Value;

use crate::support::{gitsm, project};

fn emit(format: &str) -> String {
    let run = gitsm(&project(), &["validate", "tests/fixtures/findings", "--all", "-o", format]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    run.stdout
}

#[test]
fn human() {
    insta::assert_snapshot!(emit("human"));
}

#[test]
fn concise() {
    insta::assert_snapshot!(emit("concise"));
}

#[test]
fn github() {
    let text = emit("github");
    for line in text.lines() {
        let (command, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (level, properties) = command.split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&level), "{line}");
        for property in properties.split(',') {
            let (name, value) = property.split_once('=').unwrap();
            assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&name));
            assert!(!value.contains(':'), "{line}");
        }
        assert!(!message.is_empty());
    }
    insta::assert_snapshot!(text);
}

#[test]
fn json_fits_its_schema_and_columns_count_characters() {
    let text = emit("json");
    insta::assert_snapshot!(text);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["format"], "findings/1");
    let schema = gitsm::output::findings_schema();
    let errors: Vec<String> = jsonschema_errors(&schema, &text);
    assert_eq!(errors, [""; 0]);
    // `größe` before it counts five characters, not seven bytes.
    let findings = value["findings"].as_array().unwrap();
    let umlaut = findings.iter().find(|one| one["line"] == 37);
    assert!(umlaut.is_none_or(|one| one["column"].as_u64().unwrap() < 80), "{umlaut:?}");
}

/// Validates JSON text, which is YAML, too, by our own schema engine.
fn jsonschema_errors(schema: &Value, text: &str) -> Vec<String> {
    use gitsm::source::{File, Source};
    use gitsm::yaml::{Limits, parse};
    let source = Source::new(File::local("x.json"), text.to_owned());
    let stream = parse(&source, &Limits::default());
    let root = stream.arena.node(stream.documents[0]);
    let schema = Schema::compile(schema).unwrap();
    schema.violations(root).iter().map(|violation| format!("{violation:?}")).collect()
}

#[test]
fn sarif_holds_what_code_scanning_asks_for() {
    let text = emit("sarif");
    let log: Value = serde_json::from_str(&text).unwrap();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.starts_with("tests/fixtures/findings/"), "{uri}");
        assert_eq!(result["partialFingerprints"]["gitsm/v1"].as_str().unwrap().len(), 64);
    }
    insta::assert_snapshot!(text);
}

#[test]
fn output_is_the_same_every_time() {
    for format in ["human", "json", "sarif"] {
        assert_eq!(emit(format), emit(format));
    }
}

#[test]
fn several_formats_go_to_several_places() {
    let folder = crate::support::Folder::git();
    folder.write("catalog-info.yaml", "kind: Component\n");
    let run = folder.gitsm(&[
        "validate",
        "-o",
        "concise",
        "-o",
        "sarif=out/gitsm.sarif",
        "-o",
        "json=f.json",
    ]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.starts_with("catalog-info.yaml:1:1: error[envelope-missing]"), "{run:?}");
    assert!(folder.read("out/gitsm.sarif").contains("\"2.1.0\""));
    assert!(folder.read("f.json").contains("findings/1"));
}
