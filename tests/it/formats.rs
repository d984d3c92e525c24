//! Every format over the same findings, which lie in `tests/fixtures/findings`.

use std::collections::BTreeSet;

use gitsm::output::FORMATS;
use gitsm::yaml::schema::Schema;
use serde_json::Value;

use crate::support::{Folder, component, gitsm, group, project};

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

/// The entries of a Code Quality report, after checking what GitLab asks of each.
fn gitlab_entries(text: &str) -> Vec<Value> {
    let Value::Array(entries) = serde_json::from_str(text).unwrap() else { panic!("{text}") };
    let mut fingerprints = BTreeSet::new();
    for entry in &entries {
        let keys: Vec<&String> = entry.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["description", "check_name", "fingerprint", "severity", "location"]);
        let text = |key: &str| entry[key].as_str().unwrap().to_owned();
        assert!(!text("description").is_empty() && !text("description").contains('\n'), "{entry}");
        assert!(gitsm::rules::CODES.iter().any(|code| code.name == text("check_name")), "{entry}");
        let severities = ["info", "minor", "major", "critical", "blocker"];
        assert!(severities.contains(&text("severity").as_str()), "{entry}");
        assert_eq!(text("fingerprint").len(), 64);
        assert!(fingerprints.insert(text("fingerprint")), "GitLab drops {entry}");
        let path = entry["location"]["path"].as_str().unwrap();
        assert!(!path.starts_with('/') && !path.starts_with("./"), "{entry}");
        assert!(entry["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
    }
    entries
}

#[test]
fn gitlab_holds_what_code_quality_asks_for() {
    let text = emit("gitlab");
    gitlab_entries(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn gitlab_has_an_entry_for_each_place_and_no_fingerprint_twice() {
    let folder = Folder::git();
    folder.write("teams.yaml", group("other"));
    for number in 0..8 {
        folder.write(&format!("c{number}.yaml"), component(&format!("c{number}")));
    }
    let twin = component("twin").replace("type: service", "type: 1");
    folder.write("twins.yaml", format!("{twin}---\n{twin}"));
    let run = || folder.gitsm(&["validate", "-o", "gitlab"]).stdout;
    let entries = gitlab_entries(&run());
    let count = |code: &str| entries.iter().filter(|entry| entry["check_name"] == code).count();
    assert_eq!(count("reference-unknown"), 10, "{entries:#?}");
    assert_eq!(count("field-type"), 2, "{entries:#?}");
    // The first keeps the fingerprint that other formats print.
    let known = folder.findings(&["--only", "field-type"])["findings"].clone();
    assert_eq!(known[0]["fingerprint"], known[1]["fingerprint"], "the test needs two of one");
    let first = entries.iter().find(|entry| entry["check_name"] == "field-type").unwrap();
    assert_eq!(first["fingerprint"], known[0]["fingerprint"]);
    // What moves within a file stays what it was.
    let before: BTreeSet<String> =
        entries.iter().map(|one| one["fingerprint"].to_string()).collect();
    folder.write("twins.yaml", format!("# more lines\n\n{twin}---\n{twin}"));
    let after = gitlab_entries(&run());
    assert_eq!(before, after.iter().map(|one| one["fingerprint"].to_string()).collect());
}

#[test]
fn gitlab_reports_nothing_as_an_empty_list() {
    let folder = Folder::git();
    let empty = gitlab_entries(&folder.gitsm(&["validate", "-o", "gitlab"]).stdout);
    assert_eq!(empty[0]["severity"], "critical", "an empty catalog is a finding: {empty:?}");
    folder.write("teams.yaml", group("payments")).write("c.yaml", component("c"));
    assert_eq!(folder.gitsm(&["validate", "-o", "gitlab"]).stdout, "[]\n");
}

/// Checks a report against what the readers' parsers and the schema of Jenkins' xUnit plugin
/// (junit-10.xsd) ask for, `file` and `line` aside; gives class, name and outcome of each case.
pub(crate) fn junit_cases(text: &str) -> Vec<(String, String, String)> {
    let document =
        roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let number = |node: roxmltree::Node<'_, '_>, name: &str| -> usize {
        node.attribute(name).unwrap_or_else(|| panic!("{name} is missing")).parse().unwrap()
    };
    let children = |node: roxmltree::Node<'_, '_>| -> Vec<String> {
        node.children()
            .filter(|child| child.is_element())
            .map(|one| one.tag_name().name().to_owned())
            .collect()
    };
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    assert_eq!(children(root), ["testsuite"]);
    let suite = root.first_element_child().unwrap();
    let mut cases = Vec::new();
    for case in suite.children().filter(roxmltree::Node::is_element) {
        assert_eq!(case.tag_name().name(), "testcase");
        let known = ["classname", "name", "file", "line", "time"];
        assert!(case.attributes().all(|one| known.contains(&one.name())), "{case:?}");
        assert_eq!(case.attribute("time"), Some("0"));
        let outcome = children(case).join(" ");
        if let Some(child) = case.first_element_child() {
            assert!(number(case, "line") >= 1);
            assert_eq!(case.attribute("file"), case.attribute("classname"));
            assert!(
                child.text().is_some_and(|text| text.contains(case.attribute("file").unwrap()))
            );
        }
        match outcome.as_str() {
            "failure" => {
                let failure = case.first_element_child().unwrap();
                let names: Vec<&str> = failure.attributes().map(|one| one.name()).collect();
                assert_eq!(names, ["type", "message"]);
                // GitLab shows the text and not the message.
                let message = failure.attribute("message").unwrap();
                assert!(failure.text().unwrap().contains(message), "{message}");
            }
            "system-out" | "" => {}
            other => panic!("{other}"),
        }
        let text = |name: &str| case.attribute(name).unwrap().to_owned();
        cases.push((text("classname"), text("name"), outcome));
    }
    let failures = cases.iter().filter(|(.., outcome)| outcome == "failure").count();
    for node in [root, suite] {
        let names: Vec<&str> = node.attributes().map(|one| one.name()).collect();
        assert_eq!(names, ["name", "tests", "failures", "errors", "time"]);
        assert_eq!(node.attribute("name"), Some("gitsm validate"));
        assert_eq!((number(node, "tests"), number(node, "failures")), (cases.len(), failures));
        assert_eq!((number(node, "errors"), number(node, "time")), (0, 0));
    }
    assert!(!cases.is_empty(), "some readers refuse an empty report");
    let names: BTreeSet<_> = cases.iter().map(|(class, name, _)| (class, name)).collect();
    assert_eq!(names.len(), cases.len(), "GitLab keeps the first of a name: {cases:?}");
    cases
}

#[test]
fn junit_has_a_case_for_each_finding_and_errors_fail() {
    let text = emit("junit");
    let cases = junit_cases(&text);
    let count = |wanted: &str| cases.iter().filter(|(.., outcome)| outcome == wanted).count();
    let findings: Value = serde_json::from_str(&emit("json")).unwrap();
    let summary = |key: &str| findings["summary"][key].as_u64().unwrap() as usize;
    assert_eq!(count("failure"), summary("errors"));
    assert_eq!(count("system-out"), summary("warnings") + summary("notes"));
    insta::assert_snapshot!(text);
}

#[test]
fn junit_says_where_else_and_names_no_case_twice() {
    let folder = Folder::git();
    folder.write("teams.yaml", group("payment"));
    let twin = component("twin").replace("type: service", "type: 1");
    folder.write("twins.yaml", format!("{twin}---\n{twin}"));
    let run = folder.gitsm(&["validate", "-o", "junit", "--only", "field-type,reference-unknown"]);
    junit_cases(&run.stdout);
    insta::assert_snapshot!(run.stdout, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="gitsm validate" tests="3" failures="2" errors="0" time="0">
          <testsuite name="gitsm validate" tests="3" failures="2" errors="0" time="0">
            <testcase classname="twins.yaml" name="field-type: `spec.type` must be a string and is an integer" file="twins.yaml" line="6" time="0">
              <failure type="field-type" message="`spec.type` must be a string and is an integer">twins.yaml:6:9: error[field-type] `spec.type` must be a string and is an integer
        help: write it in quotes: `&quot;1&quot;`</failure>
            </testcase>
            <testcase classname="twins.yaml" name="reference-unknown: there is no Group `payments` (2 references)" file="twins.yaml" line="8" time="0">
              <system-out>twins.yaml:8:10: warning[reference-unknown] there is no Group `payments` (2 references)
        help: did you mean `group:payment`?
        see teams.yaml:4:9: the Group `payment` is here
        also at twins.yaml:17:10</system-out>
            </testcase>
            <testcase classname="twins.yaml" name="field-type: `spec.type` must be a string and is an integer (2)" file="twins.yaml" line="15" time="0">
              <failure type="field-type" message="`spec.type` must be a string and is an integer">twins.yaml:15:9: error[field-type] `spec.type` must be a string and is an integer
        help: write it in quotes: `&quot;1&quot;`</failure>
            </testcase>
          </testsuite>
        </testsuites>
    "#);
    for number in 0..120 {
        folder.write(&format!("c{number}.yaml"), component(&format!("c{number}")));
    }
    let run = folder.gitsm(&["validate", "-o", "junit", "--only", "reference-unknown"]);
    assert_eq!(run.stdout.matches("\nalso at ").count(), 100, "{}", run.stdout);
    assert!(run.stdout.contains("\nand at 21 more places</system-out>"), "{}", run.stdout);
}

#[test]
fn junit_is_not_empty_where_there_is_nothing_to_report() {
    let folder = Folder::git();
    folder.write("teams.yaml", group("payments")).write("c.yaml", component("c"));
    let text = folder.gitsm(&["validate", "-o", "junit"]).stdout;
    junit_cases(&text);
    insta::assert_snapshot!(text, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="gitsm validate" tests="1" failures="0" errors="0" time="0">
          <testsuite name="gitsm validate" tests="1" failures="0" errors="0" time="0">
            <testcase classname="gitsm validate" name="2 entities in 2 files: nothing to report" time="0"/>
          </testsuite>
        </testsuites>
    "#);
    folder.commit("all");
    let text = folder.gitsm(&["validate", "--since", "HEAD", "-o", "junit"]).stdout;
    assert!(text.contains("name=\"2 entities in 2 files: nothing new\""), "{text}");
}

#[test]
fn output_is_the_same_every_time() {
    for format in FORMATS {
        assert_eq!(emit(format.name), emit(format.name));
    }
}

#[test]
fn every_format_is_in_the_help_the_man_page_and_the_guides() {
    let folder = Folder::new();
    let help = folder.gitsm(&["validate", "--help"]).stdout;
    assert_eq!(folder.gitsm(&["man", "--out", "pages"]).code, 0);
    let page = folder.read("pages/gitsm-validate.1");
    let readme = std::fs::read_to_string(project().join("README.md")).unwrap();
    let architecture = std::fs::read_to_string(project().join("ARCHITECTURE.md")).unwrap();
    for format in FORMATS {
        let name = format.name;
        assert!(help.contains(&format!("- {name}: ")), "{help}");
        assert!(page.contains(&format!("\\- {name}: ")), "{page}");
        assert!(readme.contains(&format!("\n| `{name}` | ")), "README.md has no row for {name}");
        assert!(architecture.contains(&format!("`src/output/{name}.rs`")), "{name}");
    }
}

#[test]
fn several_formats_go_to_several_places() {
    let folder = Folder::git();
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
