//! The driver `prometheus` against the real programs: promtool judges the rules, a Prometheus loads
//! them, and an Alertmanager calls the owner.

pub(crate) mod live;
mod rules;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use gitsm::catalog::query::World;
use gitsm::catalog::{Classes, Graph, Inspection, Reader, Subject, load};
use gitsm::config::Config;
use gitsm::plan::{Mark, Object};
use gitsm::target::{Act, Connection, Driver, Fault, prometheus};
use gitsm::tree::{Memory, Tree};
use gitsm::yaml::Limits;
use serde_json::{Value, json};

pub(crate) const CATALOG: &str = r#"
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: payments}
spec: {contact: {chat: "hook"}}
---
apiVersion: gitsm/v1alpha1
kind: Runbook
metadata: {name: restart}
spec:
  owner: team:payments
  purpose: Bring the servers back.
  trigger: [event]
  lifecycle: approved
  risk: low
  steps: [{id: start, name: Start it, type: manual, run: systemctl start web, expect: it answers}]
---
apiVersion: gitsm/v1alpha1
kind: Service
metadata: {name: checkout}
spec:
  owner: team:payments
  criticality: tier1
  slos: ["slo:orders", "slo:speed"]
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
  attributes: {hostname: 127.0.0.1}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: orders, displayName: "Orders {{ .Evil }} \"work\""}
spec:
  service: checkout
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
  indicator:
    metadata: {name: x}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: "sum(rate(http_total{code=~'5..'}[{{.window}}]))"}}}
        total: {metricSource: {type: Prometheus, spec: {query: "sum( rate(http_total[{{.window}}]) ) # all"}}}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: speed}
spec:
  service: checkout
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Timeslices
  objectives:
    - {displayName: Quick, op: lte, value: 2, target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 1m}
    - {displayName: Bearable, op: lt, value: 9, targetPercent: 99.9, timeSliceTarget: 1, timeSliceWindow: 5m}
  indicator:
    metadata: {name: y}
    spec: {thresholdMetric: {metricSource: {type: Prometheus, spec: {query: latency_seconds}}}}
"#;

fn made(settings: &Value) -> Vec<Object> {
    made_of(vec![("a.yaml".into(), CATALOG.into())], settings)
}

fn made_of(files: Vec<(String, String)>, settings: &Value) -> Vec<Object> {
    let tree = Memory::new(files);
    let inspect = |_: &Subject<'_>| Inspection::default();
    let (catalog, _) = load(&tree, &Config::default(), &Limits::default(), &inspect).unwrap();
    let (graph, classes) = (Graph::of(&catalog), Classes::of(&catalog));
    let reader = Reader::new(&tree as &dyn Tree);
    let world = World::new(&catalog, &graph, &classes, &reader, "2026-11-22");
    let ids: Vec<_> = catalog.entities().map(|(id, _)| id).collect();
    prometheus::make(&world, &ids, settings.as_object().unwrap()).unwrap()
}

fn opened(settings: &Value) -> Box<dyn Driver> {
    prometheus::open(&Connection {
        folder: std::path::PathBuf::new(),
        target: "here/default/prometheus".into(),
        settings: settings.as_object().unwrap().clone(),
        secrets: BTreeMap::new(),
        kinds: ["rules", "target", "receiver", "route"].map(str::to_owned).to_vec(),
        timeout: Duration::from_secs(30),
    })
    .unwrap()
}

fn mark(object: &Object) -> Mark {
    Mark::of("here/default/prometheus", &object.id, &object.entity, "c0ffee", &object.fields)
}

fn create(driver: &dyn Driver, object: &Object) {
    driver.carry_out(&Act::Create { object, mark: &mark(object) }).unwrap();
}

fn update(driver: &dyn Driver, object: &Object) -> Result<(), Fault> {
    let observed = driver.look(&object.id, None).unwrap().unwrap();
    let act =
        Act::Update { observed: &observed, object, fields: &object.fields, mark: &mark(object) };
    driver.carry_out(&act)
}

/// A folder with the rules of the catalog.
fn written(folder: &Path, settings: &Value) -> Box<dyn Driver> {
    let mut own = json!({ "folder": folder.join("made") });
    own.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let driver = opened(&own);
    for object in made(&own) {
        create(&*driver, &object);
    }
    driver
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}; Debian has it in prometheus and prometheus-alertmanager")
    });
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {text}");
    text.into_owned()
}
