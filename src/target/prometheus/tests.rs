//! What is made of a catalog, to the last digit, and what is refused.

use serde_json::{Value, json};

use super::config::{Config, List};
use super::make;
use crate::catalog::query::World;
use crate::catalog::{Classes, Graph, Inspection, Reader, Subject, load};
use crate::config::Config as Settings;
use crate::plan::{Fields, Object};
use crate::target::Unmade;
use crate::tree::{Memory, Tree};
use crate::yaml::Limits;

const SHOP: &str = r#"
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: payments}
spec: {contact: {email: "pay{{x}}@example.com"}}
---
apiVersion: gitsm/v1alpha1
kind: Runbook
metadata: {name: restart}
spec: {owner: "team:payments"}
---
apiVersion: gitsm/v1alpha1
kind: Service
metadata: {name: checkout}
spec:
  owner: team:payments
  criticality: tier1
  slos: ["slo:checkout"]
  runbooks: ["runbook:restart"]
  supportedBy: ["ci:web-01"]
---
apiVersion: gitsm/v1alpha1
kind: ConfigurationItem
metadata: {name: web-01}
spec:
  class: compute.vm
  owner: team:payments
  environment: production
  lifecycle: {stage: operational}
  attributes: {hostname: web-01.example.com}
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: prom}
spec: {type: Prometheus, connectionDetails: {}}
"#;

const SLO: &str = r#"
apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout, displayName: "Orders {{ query `up` }} work"}
spec:
  service: checkout
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: METHOD
  objectives: [OBJECTIVE]
  indicator: {metadata: {name: x}, spec: INDICATOR}
"#;

const RATIO: &str = r#"{ratioMetric: {counter: true,
  good: {metricSource: {metricSourceRef: prom, spec: {query: "sum(http_total{code!~\"5..\"})"}}},
  total: {metricSource: {type: Prometheus, spec: {query: "sum(http_total)"}}}}}"#;

fn slo(method: &str, objective: &str, indicator: &str) -> String {
    let text = SLO.replace("METHOD", method).replace("OBJECTIVE", objective);
    text.replace("INDICATOR", &indicator.replace('\n', " "))
}

fn made(text: &str, settings: &Value) -> Result<Vec<Object>, Vec<Unmade>> {
    let tree = Memory::new([("a.yaml", text)]);
    let inspect = |_: &Subject<'_>| Inspection::default();
    let (catalog, _) = load(&tree, &Settings::default(), &Limits::default(), &inspect).unwrap();
    let (graph, classes) = (Graph::of(&catalog), Classes::of(&catalog));
    let reader = Reader::new(&tree as &dyn Tree);
    let world = World::new(&catalog, &graph, &classes, &reader, "2026-11-22");
    let ids: Vec<_> = catalog.entities().map(|(id, _)| id).collect();
    make(&world, &ids, settings.as_object().unwrap())
}

fn one(text: &str) -> Result<Object, Unmade> {
    let made = made(&format!("{SHOP}---{text}"), &json!({ "folder": "x" }));
    made.map(|mut all| all.remove(0)).map_err(|mut all| all.remove(0))
}

fn rules(fields: &Fields) -> Vec<Value> {
    let groups = fields["groups"].as_array().unwrap().iter();
    groups.flat_map(|group| group["rules"].as_array().unwrap().clone()).collect()
}

/// The expression of a recording rule.
fn recorded(object: &Object, name: &str) -> String {
    let rules = rules(&object.fields);
    let rule = rules.iter().find(|rule| rule["record"] == name).unwrap();
    rule["expr"].as_str().unwrap().to_owned()
}

#[test]
fn the_rules_of_an_slo_are_these_to_the_last_digit() {
    let object = one(&slo("Occurrences", "{target: 0.999}", RATIO)).unwrap();
    assert_eq!(object.id.to_string(), "rules/slo-checkout");
    assert_eq!(object.entity, "slo:default/checkout");
    let ratio = |window: &str| {
        format!(
            "1 - (sum(rate(http_total{{code!~\"5..\"}}[{window}])) / sum(rate(http_total[{window}])))"
        )
    };
    for (name, window) in
        [("5m", "5m"), ("30m", "30m"), ("1h", "1h"), ("6h", "6h"), ("3d", "3d"), ("period", "30d")]
    {
        assert_eq!(recorded(&object, &format!("slo:error_ratio:{name}")), ratio(window));
    }
    assert_eq!(recorded(&object, "slo:objective:ratio"), "vector(0.999)");
    assert_eq!(
        recorded(&object, "slo:error_budget_remaining:ratio"),
        "1 - slo:error_ratio:period{slo=\"checkout\"} / 0.001"
    );
    let rules = rules(&object.fields);
    let alerts: Vec<&Value> = rules.iter().filter(|rule| rule["alert"].is_string()).collect();
    let s = "{slo=\"checkout\"}";
    let over = |window: &str, rate: &str| format!("slo:error_ratio:{window}{s} > ({rate} * 0.001)");
    for (alert, (long, short, rate, severity, share)) in alerts.iter().zip([
        ("1h", "5m", "14.4", "page", "2%"),
        ("6h", "30m", "6", "page", "5%"),
        ("3d", "6h", "1", "ticket", "10%"),
    ]) {
        assert_eq!(alert["expr"], format!("{} and {}", over(long, rate), over(short, rate)));
        let labels = json!({
            "slo": "checkout", "service": "checkout", "owner": "team:payments", "criticality": "tier1",
            "severity": severity, "window": long,
        });
        assert_eq!(alert["labels"], labels);
        let description = alert["annotations"]["description"].as_str().unwrap();
        assert!(description.contains(&format!("at least {share} of")), "{description}");
        assert!(description.contains("99.9% are to be good over 30 days"), "{description}");
        // What the catalog says is no template.
        let summary = alert["annotations"]["summary"].as_str().unwrap();
        assert!(summary.starts_with("Orders {{\"{{\"}} query `up` }} work: "), "{summary}");
    }
    assert_eq!(alerts.len(), 3);
}

#[test]
fn a_budget_that_cannot_be_used_so_fast_has_no_such_alert() {
    let alerts = |target: &str, period: &str| {
        let text = slo("Occurrences", &format!("{{target: {target}}}"), RATIO);
        let object = one(&text.replace("30d", period)).unwrap();
        rules(&object.fields)
            .iter()
            .filter(|rule| rule["alert"].is_string())
            .map(|rule| rule["labels"]["window"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(alerts("0.99", "30d"), ["1h", "6h", "3d"]);
    assert_eq!(alerts("0.9", "30d"), ["6h", "3d"], "no ratio is above 1.44");
    assert_eq!(alerts("0.5", "30d"), ["3d"]);
    assert_eq!(alerts("0.99", "1d"), ["1h", "6h"], "three days are longer than the budget lasts");
}

#[test]
fn what_is_good_is_found_for_every_kind_of_indicator() {
    let metric =
        |query: &str| format!("{{metricSource: {{type: prometheus, spec: {{query: '{query}'}}}}}}");
    let threshold = format!("{{thresholdMetric: {}}}", metric("latency"));
    let bad = format!(
        "{{ratioMetric: {{bad: {}, total: {}}}}}",
        metric("sum(rate(e[{{.window}}]))"),
        metric("sum(rate(t[$window]))")
    );
    let gauge = format!(
        "{{ratioMetric: {{counter: false, good: {}, total: {}}}}}",
        metric("g"),
        metric("t")
    );
    let raw = format!("{{ratioMetric: {{rawType: success, raw: {}}}}}", metric("ok_ratio"));
    let cases = [
        (
            slo("Occurrences", "{target: 0.99, op: lte, value: 0.25}", &threshold),
            ("slo:error_ratio:moment", "(latency) > bool 0.25"),
            "avg_over_time(slo:error_ratio:moment{slo=\"checkout\"}[1h])",
        ),
        (
            slo(
                "Timeslices",
                "{target: 0.99, op: lt, value: 2, timeSliceTarget: 0.95, timeSliceWindow: 1m}",
                &threshold,
            ),
            (
                "slo:error_ratio:moment",
                "(avg_over_time(((latency) >= bool 2)[1m:15s])) > bool 0.05",
            ),
            "avg_over_time(slo:error_ratio:moment{slo=\"checkout\"}[1h])",
        ),
        (
            slo("RatioTimeslices", "{target: 0.99, timeSliceWindow: 5}", RATIO),
            (
                "slo:error_ratio:moment",
                "(1 - (sum(rate(http_total{code!~\"5..\"}[5m])) / sum(rate(http_total[5m])))) > -1",
            ),
            "avg_over_time(slo:error_ratio:moment{slo=\"checkout\"}[1h])",
        ),
        (
            slo("Occurrences", "{target: 0.99}", &gauge),
            ("slo:events_counted:moment", "(g)"),
            "1 - (sum_over_time(slo:events_counted:moment{slo=\"checkout\"}[1h]) / \
             sum_over_time(slo:events_total:moment{slo=\"checkout\"}[1h]))",
        ),
        (
            slo("Occurrences", "{target: 0.99}", &raw),
            ("slo:error_ratio:moment", "1 - (ok_ratio)"),
            "avg_over_time(slo:error_ratio:moment{slo=\"checkout\"}[1h])",
        ),
        (
            slo("Occurrences", "{targetPercent: 99.95}", &bad),
            ("slo:objective:ratio", "vector(0.9995)"),
            "(sum(rate(e[1h]))) / (sum(rate(t[1h])))",
        ),
    ];
    for (text, (name, sample), hour) in cases {
        let object = one(&text).unwrap_or_else(|unmade| panic!("{text}: {unmade:?}"));
        assert_eq!(recorded(&object, name), sample);
        assert_eq!(recorded(&object, "slo:error_ratio:1h"), hour);
    }
}

#[test]
fn what_cannot_be_made_is_told_with_its_place() {
    let indicator = |query: &str| RATIO.replace("sum(http_total)", query);
    for (text, pointer, why) in [
        (slo("Occurrences", "{}", RATIO), "/spec/objectives/0/target", "share of good events"),
        (slo("Occurrences", "{target: 1}", RATIO), "/spec/objectives/0/target", "below 1"),
        (
            slo("Timeslices", "{target: 0.9}", RATIO),
            "/spec/objectives/0/timeSliceWindow",
            "from 1m to 5m",
        ),
        (
            slo("Timeslices", "{target: 0.9, timeSliceWindow: 1m}", RATIO),
            "/spec/objectives/0/timeSliceTarget",
            "share of a slice",
        ),
        (
            slo("Occurrences", "{target: 0.9}", &indicator("sum(a) or sum(b)")),
            "/spec/indicator/spec/ratioMetric/good/metricSource/spec/query",
            "{{.window}}",
        ),
        (
            slo("Occurrences", "{target: 0.9}", &indicator("x) or (y")),
            "/spec/indicator/spec/ratioMetric/total/metricSource/spec/query",
            "not open",
        ),
        (
            slo("Occurrences", "{target: 0.9}", &RATIO.replace("metricSourceRef: prom, ", "")),
            "/spec/indicator/spec",
            "Prometheus",
        ),
    ] {
        let unmade = one(&text).unwrap_err();
        assert_eq!(
            (unmade.entity.as_str(), unmade.pointer.as_str()),
            ("slo:default/checkout", pointer)
        );
        assert!(unmade.message.contains(why), "{}", unmade.message);
    }
    let other =
        slo("Occurrences", "{target: 0.9}", &RATIO.replace("type: Prometheus", "type: Datadog"));
    let none = made(&format!("{SHOP}---{other}"), &json!({ "folder": "x" })).unwrap();
    assert_eq!(none, [], "its numbers are elsewhere");
}

#[test]
fn items_are_scraped_with_what_the_catalog_knows_and_watched_by_class() {
    let settings = json!({ "folder": "x", "scrape": { "port": 9100 } });
    let all = made(SHOP, &settings).unwrap();
    let ids: Vec<String> = all.iter().map(|object| object.id.to_string()).collect();
    assert_eq!(ids, ["target/ci-web-01", "rules/class-item"]);
    let expected = json!({
        "targets": ["web-01.example.com:9100"],
        "labels": {
            "ci": "web-01", "class": "compute.vm", "environment": "production",
            "owner": "team:payments", "service": "checkout", "criticality": "tier1",
        },
    });
    assert_eq!(Value::Object(all[0].fields.clone()), expected);
    assert_eq!(rules(&all[1].fields)[0]["expr"], "up{class!=\"\"} == 0");

    let rule = json!([{ "alert": "DiskFull", "expr": "free{{class}} < 0.1", "for": "10m" }]);
    let settings = json!({ "folder": "x", "classRules": { "compute": rule, "certificate": rule } });
    let all = made(SHOP, &settings).unwrap();
    assert_eq!(all.len(), 1, "no item is a certificate");
    assert_eq!(rules(&all[0].fields)[0]["expr"], "free{class=\"compute.vm\"} < 0.1");
    let broken = json!([{ "alert": "Bad", "expr": "up) or (x" }]);
    let settings = json!({ "folder": "x", "classRules": { "compute": broken } });
    assert!(made(SHOP, &settings).unwrap_err()[0].message.contains("Bad"));
}

#[test]
fn owners_have_receivers_without_secrets() {
    let with = |more: Value| {
        let mut settings =
            json!({ "folder": "x", "scrape": { "port": 1 }, "alertmanagerConfig": "y" });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        made(SHOP, &settings)
    };
    let mail = json!({ "receiverTemplate": { "email_configs": [{ "to": "{email}" }] } });
    let all = with(mail).unwrap();
    let (receiver, route) = (&all[2], &all[3]);
    assert_eq!(receiver.id.to_string(), "receiver/team:payments");
    assert_eq!(receiver.fields["email_configs"][0]["to"], "pay{{\"{{\"}}x}}@example.com");
    assert_eq!(route.fields["matchers"], json!(["owner=\"team:payments\""]));
    assert_eq!(route.after, std::slice::from_ref(&receiver.id));

    let chat = json!({ "receiverTemplate": { "slack_configs": [{ "channel": "{chat}" }] } });
    let unmade = with(chat).unwrap_err();
    assert_eq!(
        (unmade[0].entity.as_str(), unmade[0].pointer.as_str()),
        ("team:default/payments", "/spec/contact/chat")
    );
    assert!(with(json!({})).unwrap_err()[0].message.contains("receiverTemplate"));
    let secret = json!({ "receivers": { "team:payments": { "slack_configs": [{ "api_url": "https://x" }] } } });
    let unmade = with(secret).unwrap_err();
    assert!(unmade[0].message.contains("api_url_file"), "{}", unmade[0].message);
}

const BLOCK: &str = "\
# Ours.
global: {resolve_timeout: 5m} # keep
route:
  receiver: desk # the desk
  routes:
    - receiver: night # first
      matchers: [a=\"b\"]

receivers:
  # everybody
  - name: desk
    webhook_configs: [{url: 'http://127.0.0.1:1/'}]
  - {name: night}
";

#[test]
fn the_rest_of_a_configuration_stays_as_its_author_wrote_it() {
    let fields = json!({ "webhook_configs": [{ "url": "http://127.0.0.1:2/" }] });
    let fields = fields.as_object().unwrap();
    let route = json!({ "matchers": ["owner=\"team:a\""] });
    let flow = "{route: {receiver: desk}, receivers: [{name: desk}]}";
    let bare = "route:\n  receiver: desk\nreceivers:\n- name: desk\n";
    for text in [BLOCK, flow, bare] {
        let added =
            Config::read(text).unwrap().with(List::Receivers, "team:a", Some(fields)).unwrap();
        let both = Config::read(&added).unwrap();
        let both = both.with(List::Routes, "team:a", route.as_object()).unwrap();
        let config = Config::read(&both).unwrap();
        assert_eq!(config.items(List::Receivers), [("team:a".to_owned(), fields.clone())]);
        assert_eq!(config.items(List::Routes).len(), 1);
        for line in text.lines().filter(|_| text != flow) {
            assert!(both.lines().any(|one| one == line), "{line:?} is gone:\n{both}");
        }
        let other = json!({ "matchers": ["owner=\"team:b\""] });
        let changed = config.with(List::Routes, "team:a", other.as_object()).unwrap();
        let config = Config::read(&changed).unwrap();
        assert_eq!(config.items(List::Routes)[0].1["matchers"], other["matchers"]);
        let without = Config::read(&changed).unwrap().with(List::Routes, "team:a", None).unwrap();
        let without =
            Config::read(&without).unwrap().with(List::Receivers, "team:a", None).unwrap();
        assert_eq!(without, text, "everything of gitsm's is gone, and nothing else");
    }
}

#[test]
fn a_configuration_without_a_place_is_refused() {
    for text in ["", "[]", "a: [", "a: 1\n---\nb: 1\n"] {
        assert!(Config::read(text).is_err(), "{text:?}");
    }
    let config = Config::read("receivers: []\n").unwrap();
    assert!(config.with(List::Routes, "a", Some(&Fields::new())).unwrap_err().contains("route"));
    let config = Config::read("receivers: 1\n").unwrap();
    assert!(config.with(List::Receivers, "a", Some(&Fields::new())).is_err());
}

/// A driver without servers, whose Alertmanager has this configuration.
fn driver(folder: &std::path::Path) -> Box<dyn crate::target::Driver> {
    let settings =
        json!({ "folder": folder.join("made"), "alertmanagerConfig": folder.join("am.yml") });
    super::open(&crate::target::Connection {
        folder: std::path::PathBuf::new(),
        target: "t".into(),
        settings: settings.as_object().unwrap().clone(),
        secrets: std::collections::BTreeMap::new(),
        kinds: Vec::new(),
        timeout: std::time::Duration::from_secs(1),
    })
    .unwrap()
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test looks at its own files")]
fn a_route_that_a_killed_run_was_writing_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let am = folder.path().join("am.yml");
    std::fs::write(&am, BLOCK).unwrap();
    let route = Object {
        id: crate::plan::ObjectId::new("route", "team:a"),
        entity: "team:default/a".into(),
        formerly: Vec::new(),
        fields: json!({ "matchers": ["owner=\"team:a\""] }).as_object().unwrap().clone(),
        sensitive: Vec::new(),
        after: Vec::new(),
    };
    let mark = crate::plan::Mark::of("t", &route.id, &route.entity, "c0ffee", &route.fields);
    let create = crate::target::Act::Create { object: &route, mark: &mark };
    driver(folder.path()).carry_out(&create).unwrap();
    let (with, name) = (std::fs::read_to_string(&am).unwrap(), inventory(folder.path()));
    let rows = std::fs::read_to_string(&name).unwrap();
    assert_eq!(rows.lines().count(), 2);
    let pending = format!("{}\n", rows.lines().next().unwrap());
    // Killed before it was written, and before that was told.
    for (text, is_there) in [(BLOCK, false), (with.as_str(), true)] {
        std::fs::write(&am, text).unwrap();
        std::fs::write(&name, &pending).unwrap();
        let seen = driver(folder.path()).look(&route.id, None).unwrap().unwrap();
        assert_eq!(seen.fields.is_some(), is_there);
        assert!(seen.mark.unwrap().pending);
        driver(folder.path()).carry_out(&create).unwrap();
        assert_eq!(std::fs::read_to_string(&am).unwrap(), with);
        let seen = driver(folder.path()).look(&route.id, None).unwrap().unwrap();
        assert_eq!(seen.mark.as_ref(), Some(&mark));
    }
    // Somebody else's of the same name is not taken for gitsm's.
    std::fs::remove_file(&name).unwrap();
    let seen = driver(folder.path()).look(&route.id, None).unwrap().unwrap();
    assert_eq!(seen.mark, None);
    assert!(driver(folder.path()).carry_out(&create).is_err());
    // The item is gone, and its mark is left: the deletion that is repeated takes that, too.
    std::fs::write(&am, BLOCK).unwrap();
    std::fs::write(&name, &rows).unwrap();
    let driver = driver(folder.path());
    let seen = driver.observe().unwrap();
    assert!(seen[0].fields.is_none() && seen[0].mark.is_some());
    driver.carry_out(&crate::target::Act::Delete { observed: &seen[0] }).unwrap();
    assert_eq!(driver.observe().unwrap(), []);
    assert_eq!(std::fs::read_to_string(&am).unwrap(), BLOCK);
}

fn inventory(folder: &std::path::Path) -> std::path::PathBuf {
    let mut files = std::fs::read_dir(folder.join("made")).unwrap();
    files.next().unwrap().unwrap().path()
}
