//! What promtool says of the rules.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::{create, made, made_of, opened, run, written};
use crate::support::project;

fn rules(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.join("made/rules")).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn promtool_accepts_the_rules() {
    let folder = tempfile::tempdir().unwrap();
    written(
        folder.path(),
        &json!({ "scrape": { "port": 9100 }, "runbookUrl": "https://x/{name}" }),
    );
    let files = rules(folder.path());
    let names: Vec<_> =
        files.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["class-item.yml", "slo-orders.yml", "slo-speed.yml"]);
    let said = run(Command::new("promtool").args(["check", "rules"]).args(&files));
    assert!(said.contains("SUCCESS") && !said.contains("duplicate"), "{said}");
}

#[test]
fn promtool_accepts_the_rules_of_the_example() {
    let files = fs::read_dir(project().join("examples/openslo")).unwrap().map(|file| file.unwrap());
    let yaml = files.filter(|file| file.file_name().to_str().unwrap().ends_with(".yaml"));
    let read = |file: fs::DirEntry| {
        let name = file.file_name().into_string().unwrap();
        (name, fs::read_to_string(file.path()).unwrap())
    };
    let folder = tempfile::tempdir().unwrap();
    let settings = json!({ "folder": folder.path().join("made") });
    let objects = made_of(yaml.map(read).collect(), &settings);
    let driver = opened(&settings);
    objects.iter().for_each(|object| create(&*driver, object));
    assert_eq!(rules(folder.path()).len(), 3);
    let said = run(Command::new("promtool").args(["check", "rules"]).args(rules(folder.path())));
    assert!(!said.contains("duplicate"), "{said}");
}

#[test]
fn promtool_sees_who_is_woken_how_fast() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &json!({ "runbookUrl": "https://x/{name}" }));
    let orders = &made(&json!({ "folder": "x", "runbookUrl": "https://x/{name}" }))[0];
    let groups = orders.fields["groups"].as_array().unwrap();
    let all = groups.iter().flat_map(|group| group["rules"].as_array().unwrap());
    let alerts: Vec<&Value> = all.filter(|rule| rule["alert"].is_string()).collect();
    // How many of a thousand are bad each minute, how that is written, and the windows that alert.
    let cases = [
        (200, "20%", vec!["1h", "6h", "3d"]),
        (20, "2%", vec!["1h", "6h", "3d"]),
        (10, "1%", vec!["6h", "3d"]),
        (2, "0.2%", vec!["3d"]),
    ];
    let mut tests = Vec::new();
    for (bad, share, windows) in cases {
        let expected: Vec<Value> = alerts
            .iter()
            .filter(|alert| windows.contains(&alert["labels"]["window"].as_str().unwrap()))
            .map(|alert| {
                let mut texts = alert["annotations"].clone();
                for text in texts.as_object_mut().unwrap().values_mut() {
                    let shown =
                        text.as_str().unwrap().replace("{{ $value | humanizePercentage }}", share);
                    *text = shown.replace("{{\"{{\"}}", "{{").into();
                }
                json!({ "exp_labels": alert["labels"], "exp_annotations": texts })
            })
            .collect();
        assert_eq!(expected.len(), windows.len());
        tests.push(burning(bad * 10, &expected));
    }
    // Half as fast as may be, and nothing at all.
    tests.push(burning(5, &[]));
    tests.push(burning(0, &[]));
    let test = json!({
        "rule_files": rules(folder.path()), "evaluation_interval": "1m", "tests": tests,
    });
    let path = folder.path().join("test.yml");
    fs::write(&path, test.to_string()).unwrap();
    let said = run(Command::new("promtool").args(["test", "rules"]).arg(&path));
    assert!(said.contains("SUCCESS"), "{said}");
}

/// A test in which so many of ten thousand requests a minute are bad.
fn burning(bad: u32, expected: &[Value]) -> Value {
    let series = |code: &str, each: u32| json!({ "series": format!("http_total{{code=\"{code}\"}}"), "values": format!("0+{each}x30") });
    json!({
        "interval": "1m",
        "input_series": [series("500", bad), series("200", 10_000 - bad)],
        "alert_rule_test": [{ "eval_time": "5m", "alertname": "ErrorBudgetBurn", "exp_alerts": expected }],
    })
}

#[test]
fn promtool_counts_slices_of_time() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &json!({}));
    let labels = "owner=\"team:payments\",criticality=\"tier1\",service=\"checkout\",slo=\"speed\"";
    let sample = |objective: &str, value: f64| {
        let labels = format!("slo:error_ratio:5m{{{labels},objective=\"{objective}\"}}");
        json!({ "labels": labels, "value": value })
    };
    let test = json!({
        "rule_files": rules(folder.path()), "evaluation_interval": "1m",
        "tests": [{
            "interval": "1m",
            "input_series": [{ "series": "latency_seconds", "values": "3+0x30" }],
            "promql_expr_test": [{
                "expr": "slo:error_ratio:5m{slo=\"speed\"}", "eval_time": "20m",
                "exp_samples": [sample("Quick", 1.0), sample("Bearable", 0.0)],
            }],
        }],
    });
    let path = folder.path().join("test.yml");
    fs::write(&path, test.to_string()).unwrap();
    run(Command::new("promtool").args(["test", "rules"]).arg(&path));
}
