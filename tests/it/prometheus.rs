//! The driver `prometheus` against the real programs: promtool judges the rules, a Prometheus loads
//! them, and an Alertmanager calls the owner.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use gitsm::catalog::query::World;
use gitsm::catalog::{Classes, Graph, Inspection, Reader, Subject, load};
use gitsm::config::Config;
use gitsm::plan::{Fields, Mark, Object, ObjectId};
use gitsm::target::{Act, Connection, Driver, Fault, FaultKind, prometheus};
use gitsm::tree::{Memory, Tree};
use gitsm::yaml::Limits;
use serde_json::{Value, json};

/// How long anything may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

const CATALOG: &str = r#"
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: payments}
spec: {contact: {chat: "hook"}}
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
    let tree = Memory::new([("a.yaml", CATALOG)]);
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

fn rules(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.join("made/rules")).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}; Debian has it in prometheus and prometheus-alertmanager")
    });
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {text}");
    text.into_owned()
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

/// A server that ends with the test.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(program: &str, folder: &Path, arguments: &[String]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = fs::File::create(folder.join(format!("{program}.log"))).unwrap();
        let child = Command::new(program)
            .args(arguments)
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}; Debian's package has its name"));
        let mut server = Self { child, port };
        let begun = Instant::now();
        while ask(port, "GET", "/-/ready", None).is_none_or(|(status, _)| status != 200) {
            let log = || fs::read_to_string(folder.join(format!("{program}.log"))).unwrap();
            assert!(server.child.try_wait().unwrap().is_none(), "{program} ended: {}", log());
            assert!(begun.elapsed() < PATIENCE, "{program} is not ready: {}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    fn prometheus(folder: &Path, alertmanager: Option<u16>) -> Self {
        let made = folder.join("made");
        let config = json!({
            "global": { "scrape_interval": "1s", "evaluation_interval": "1s" },
            "rule_files": [made.join("rules/*.yml")],
            "scrape_configs": [{
                "job_name": "catalog", "file_sd_configs": [{ "files": [made.join("targets/*.json")] }],
            }],
            "alerting": { "alertmanagers": [{
                "static_configs": [{ "targets": alertmanager.map(|port| format!("127.0.0.1:{port}")).as_slice() }],
            }] },
        });
        fs::write(folder.join("prometheus.yml"), config.to_string()).unwrap();
        Self::start(
            "prometheus",
            folder,
            &[
                format!("--config.file={}", folder.join("prometheus.yml").display()),
                format!("--storage.tsdb.path={}", folder.join("data").display()),
                "--web.enable-lifecycle".into(),
            ],
        )
    }

    fn alertmanager(folder: &Path) -> Self {
        Self::start(
            "prometheus-alertmanager",
            folder,
            &[
                format!("--config.file={}", folder.join("am.yml").display()),
                format!("--storage.path={}", folder.join("am").display()),
                "--cluster.listen-address=".into(),
            ],
        )
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn json(&self, path: &str) -> Value {
        let (status, body) = ask(self.port, "GET", path, None).unwrap();
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }
}

/// One request, by hand: HTTP/1.0 so that the answer ends with the connection.
fn ask(port: u16, method: &str, path: &str, body: Option<&Value>) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let body = body.map(Value::to_string).unwrap_or_default();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {length}"
    );
    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

#[test]
fn a_real_prometheus_loads_what_was_written_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::prometheus(folder.path(), None);
    let settings = json!({ "url": server.url(), "scrape": { "port": server.port } });
    let driver = written(folder.path(), &settings);
    driver.settle().unwrap();

    let loaded = server.json("/api/v1/rules");
    let groups = loaded["data"]["groups"].as_array().unwrap();
    let names: Vec<&str> = groups.iter().map(|group| group["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"orders") && names.contains(&"class:item"), "{names:?}");
    let targets = server.json("/api/v1/targets");
    let labels = &targets["data"]["activeTargets"][0]["labels"];
    assert_eq!((&labels["ci"], &labels["owner"]), (&json!("web-01"), &json!("team:payments")));

    // What Prometheus cannot read is never written.
    let orders = ObjectId::new("rules", "slo-orders");
    let path = folder.path().join("made/rules/slo-orders.yml");
    let before = fs::read_to_string(&path).unwrap();
    let mut broken =
        made(&json!({ "folder": "x" })).into_iter().find(|one| one.id == orders).unwrap();
    let good = broken.clone();
    set(&mut broken, "sum by (x) y");
    let fault = update(&*driver, &broken).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(
        fault.message.contains("slo:error_ratio:5m") && fault.message.contains("parse error"),
        "{fault}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), before);

    // A change counts once it is settled.
    let mut other = good.clone();
    set(&mut other, "vector(0.5)");
    update(&*driver, &other).unwrap();
    driver.settle().unwrap();
    assert!(server.json("/api/v1/rules").to_string().contains("vector(0.5)"));

    // A hand edit is seen, though not its layout.
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("# by hand\n{text}")).unwrap();
    let is_drift = || {
        let all = driver.observe().unwrap();
        let one = all.into_iter().find(|one| one.id == orders).unwrap();
        let fields = one.fields.unwrap();
        !one.mark.unwrap().left("groups", fields.get("groups"))
    };
    assert!(!is_drift());
    fs::write(&path, text.replace("vector(0.5)", "vector(0.6)")).unwrap();
    assert!(is_drift());

    // A file of somebody else that Prometheus refuses: it goes on with what it had, and that is told.
    let foreign = folder.path().join("made/rules/foreign.yml");
    fs::write(&foreign, "groups: [{name: x, rules: [{alert: Y, expr: 'sum('}]}]").unwrap();
    let fault = driver.settle().unwrap_err();
    assert!(fault.message.contains("was not reloaded"), "{fault}");
    assert!(server.json("/api/v1/rules").to_string().contains("vector(0.5)"));
    fs::remove_file(&foreign).unwrap();
    driver.settle().unwrap();
    assert!(server.json("/api/v1/rules").to_string().contains("vector(0.6)"));
}

/// Gives the rule that is recorded first another expression.
fn set(object: &mut Object, expr: &str) {
    object.fields["groups"][0]["rules"][0]["expr"] = expr.into();
}

#[test]
fn rules_and_targets_that_are_not_loaded_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::prometheus(&folder.path().join(""), None);
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let driver = written(&elsewhere, &json!({ "url": server.url() }));
    let fault = driver.settle().unwrap_err();
    assert!(
        fault.message.contains("the group orders of rules/slo-orders.yml is not loaded"),
        "{fault}"
    );
    assert!(fault.message.contains("rule_files"), "{fault}");
    let closed = json!({ "folder": folder.path().join("none"), "url": "http://127.0.0.1:9" });
    assert!(matches!(opened(&closed).settle().unwrap_err().kind, FaultKind::NotDone { .. }));
}

/// What a webhook of Alertmanager receives: its path and its body.
fn received(listener: &TcpListener) -> (String, Value) {
    let (mut stream, _) = listener.accept().unwrap();
    let (mut text, mut bytes) = (String::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut bytes).unwrap();
        text.push_str(&String::from_utf8_lossy(&bytes[..read]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
        if body.len() >= length.parse().unwrap() {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .unwrap();
            let path = head.split(' ').nth(1).unwrap().to_owned();
            return (path, serde_json::from_str(body).unwrap());
        }
        assert!(read > 0, "cut off: {text}");
    }
}

#[test]
fn what_is_down_reaches_its_owner_through_a_real_alertmanager() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let hook = format!("http://{}", listener.local_addr().unwrap());
    let own = format!(
        "# Ours.\nroute:\n  receiver: desk # everybody else\n  group_wait: 100ms\nreceivers:\n  \
         - name: desk\n    webhook_configs: [{{url: '{hook}/desk'}}]\n"
    );
    fs::write(folder.path().join("am.yml"), &own).unwrap();
    let alertmanager = Server::alertmanager(folder.path());
    let server = Server::prometheus(folder.path(), Some(alertmanager.port));
    let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = json!({
        "url": server.url(), "alertmanager": alertmanager.url(),
        "alertmanagerConfig": folder.path().join("am.yml"),
        "scrape": { "port": dead },
        "classRules": { "compute": [{ "alert": "Dead", "expr": "up{{class}} == 0", "severity": "page" }] },
        "receiverTemplate": { "webhook_configs": [{ "url": format!("{hook}/{{chat}}/{{team}}") }] },
    });
    let driver = written(folder.path(), &settings);
    driver.settle().unwrap();
    run(Command::new("amtool").arg("check-config").arg(folder.path().join("am.yml")));
    let (path, body) = received(&listener);
    assert_eq!(path, "/hook/team:payments");
    let labels = &body["alerts"][0]["labels"];
    assert_eq!((&labels["alertname"], &labels["ci"]), (&json!("Dead"), &json!("web-01")));

    // Nobody's alert goes where it went before.
    let nobody = json!([{ "labels": { "alertname": "Nobody" } }]);
    ask(alertmanager.port, "POST", "/api/v2/alerts", Some(&nobody)).unwrap();
    assert_eq!(received(&listener).0, "/desk");

    // A hand edit of a receiver is drift, and the route goes before the receiver that it names.
    let observed = driver.observe().unwrap();
    let of = |kind: &str| observed.iter().find(|one| one.id.kind == kind).unwrap();
    assert!(of("receiver").mark.is_some() && of("route").mark.is_some());
    let text = fs::read_to_string(folder.path().join("am.yml")).unwrap();
    fs::write(folder.path().join("am.yml"), text.replace("/hook/team:payments", "/other")).unwrap();
    let id = &of("receiver").id;
    let edited = driver.look(id, None).unwrap().unwrap();
    let left = edited.mark.clone().unwrap();
    assert!(!left.left(
        "webhook_configs",
        edited.fields.as_ref().and_then(|has| has.get("webhook_configs"))
    ));
    assert!(driver.carry_out(&Act::Delete { observed: of("receiver") }).is_err(), "it was changed");
    driver.carry_out(&Act::Delete { observed: of("route") }).unwrap();
    driver.carry_out(&Act::Delete { observed: &edited }).unwrap();
    driver.settle().unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("am.yml")).unwrap(), own);
    let gone = driver.observe().unwrap();
    assert!(gone.iter().all(|one| !matches!(one.id.kind.as_str(), "receiver" | "route")));
}

#[test]
fn a_route_without_its_receiver_is_told_in_the_words_of_alertmanager() {
    let folder = tempfile::tempdir().unwrap();
    let own = "route: {receiver: desk}\nreceivers: [{name: desk}]\n";
    fs::write(folder.path().join("am.yml"), own).unwrap();
    let alertmanager = Server::alertmanager(folder.path());
    let settings = json!({
        "folder": folder.path().join("made"), "alertmanager": alertmanager.url(),
        "alertmanagerConfig": folder.path().join("am.yml"),
    });
    let driver = opened(&settings);
    let mut fields = Fields::new();
    fields.insert("matchers".into(), json!(["owner=\"team:a\""]));
    let route = Object {
        id: ObjectId::new("route", "team:a"),
        entity: "team:default/a".into(),
        formerly: Vec::new(),
        fields,
        sensitive: Vec::new(),
        after: Vec::new(),
    };
    create(&*driver, &route);
    let fault = driver.settle().unwrap_err();
    assert!(
        fault.message.contains("gitsm/team:a") && fault.message.contains("undefined"),
        "{fault}"
    );
    let observed = driver.look(&route.id, None).unwrap().unwrap();
    driver.carry_out(&Act::Delete { observed: &observed }).unwrap();
    driver.settle().unwrap();
}
