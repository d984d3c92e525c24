//! What the servers do with what was written.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use gitsm::plan::{Fields, Object, ObjectId};
use gitsm::target::{Act, FaultKind};
use serde_json::{Value, json};

use super::{create, made, opened, run, update, written};

/// How long anything may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that ends with the test.
pub(crate) struct Server {
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

    pub(crate) fn prometheus(folder: &Path, alertmanager: Option<u16>) -> Self {
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

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn json(&self, path: &str) -> Value {
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

/// A server that answers each path with what it is given, as long as the test runs.
fn standing(answer: impl Fn(&str) -> Option<Value> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let (mut text, mut bytes) = (String::new(), [0; 4096]);
            while !text.contains("\r\n\r\n") {
                let Ok(read @ 1..) = stream.read(&mut bytes) else { break };
                text.push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
            let answer = answer(text.split(' ').nth(1).unwrap_or_default());
            let status = if answer.is_some() { "200 OK" } else { "404 Not Found" };
            let body = answer.map(|answer| answer.to_string()).unwrap_or_default();
            let head =
                format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close", body.len());
            let _ = stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes());
        }
    });
    url
}

#[test]
fn a_server_that_goes_on_with_old_rules_is_found_out() {
    let cases: [(fn(&mut Value), &str); 4] = [
        (|_| {}, ""),
        (
            |group| group["rules"][1]["query"] = "old".into(),
            "the group orders of rules/slo-orders.yml is loaded, but the rule slo:error_ratio:30m is loaded \
             with the old expression old",
        ),
        (|group| group["rules"][0]["labels"]["owner"] = "x".into(), "other labels"),
        (|group| _ = group["rules"].as_array_mut().unwrap().pop(), "rules are loaded of"),
    ];
    for (alter, why) in cases {
        let folder = tempfile::tempdir().unwrap();
        let mut groups: Vec<Value> = Vec::new();
        for object in made(&json!({ "folder": "x" })) {
            for group in object.fields["groups"].as_array().unwrap() {
                let mut group = group.clone();
                group["file"] = format!("/etc/prometheus/rules/{}.yml", object.id.name).into();
                for rule in group["rules"].as_array_mut().unwrap() {
                    let name = ["record", "alert"].iter().find_map(|key| rule.get(*key)).cloned();
                    rule["name"] = name.unwrap();
                    // Prometheus sets blanks in its own way.
                    rule["query"] = rule["expr"].as_str().unwrap().replace(" / ", "  /\n").into();
                }
                groups.push(group);
            }
        }
        alter(groups.iter_mut().find(|group| group["name"] == "orders").unwrap());
        let rules = json!({ "data": { "groups": groups } });
        let url = standing(move |path| match path {
            "/-/reload" => Some(json!({})),
            "/api/v1/rules" => Some(rules.clone()),
            path if path.starts_with("/api/v1/targets") => Some(json!({})),
            _ => None,
        });
        let settled = written(folder.path(), &json!({ "url": url })).settle();
        match why {
            "" => settled.unwrap(),
            why => {
                let fault = settled.unwrap_err();
                assert!(fault.message.contains(why), "{fault}");
            }
        }
    }
}
