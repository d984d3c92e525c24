//! The driver `http` against a real Icinga 2: its API described by settings alone, over TLS with an
//! authority of its own.

use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use gitsm::plan::{Fields, Mark, Object, ObjectId};
use gitsm::target::web::{Client, Method, Options};
use gitsm::target::{Act, Connection, Driver, Fault, FaultKind, Secret, http};
use serde_json::{Value, json};

use crate::support::Folder;

pub(crate) const PASSWORD: &str = "pl4nted-s3cret";

/// An Icinga 2 of its own, gone when the test ends.
pub(crate) struct Icinga {
    folder: Folder,
    port: u16,
    daemon: Child,
}

impl Drop for Icinga {
    fn drop(&mut self) {
        // It has children of its own. Asked to end it takes seconds, and nothing of it is kept.
        let group = format!("-{}", self.daemon.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.daemon.wait();
    }
}

/// Starts Icinga 2; nothing if it is not installed, which `tests/run` takes for a failure.
#[allow(clippy::print_stdout, reason = "a test says why it does nothing")]
pub(crate) fn started() -> Option<Icinga> {
    if !Path::new("/usr/sbin/icinga2").exists() {
        let what = "Icinga 2 is missing: apt-get install icinga2-bin icinga2-common";
        assert!(std::env::var_os("GITSM_REQUIRE_PROGRAMS").is_none(), "{what}");
        println!("SKIPPED: {what}");
        return None;
    }
    let folder = Folder::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for dir in ["data/certs", "other", "log", "cache", "run", "spool", "etc"] {
        std::fs::create_dir_all(folder.path().join(dir)).unwrap();
    }
    run(&folder, "data", &["pki", "new-ca"]);
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (key, csr) = (at("data/certs/localhost.key"), at("data/certs/localhost.csr"));
    let cert = at("data/certs/localhost.crt");
    run(&folder, "data", &["pki", "new-cert", "--cn", "localhost", "--key", &key, "--csr", &csr]);
    run(&folder, "data", &["pki", "sign-csr", "--csr", &csr, "--cert", &cert]);
    std::fs::copy(at("data/ca/ca.crt"), at("data/certs/ca.crt")).unwrap();
    folder.write(
        "icinga2.conf",
        format!(
            "include <itl>\n\
             const NodeName = \"localhost\"\n\
             const ZoneName = \"localhost\"\n\
             object Endpoint NodeName {{}}\n\
             object Zone ZoneName {{ endpoints = [ NodeName ] }}\n\
             object ApiListener \"api\" {{ bind_host = \"127.0.0.1\", bind_port = \"{port}\" }}\n\
             object ApiUser \"gitsm\" {{ password = \"{PASSWORD}\", permissions = [ \"*\" ] }}\n\
             object ApiUser \"reader\" {{\n\
             \x20 password = \"{PASSWORD}\"\n\
             \x20 permissions = [ \"objects/query/Host\" ]\n\
             }}\n"
        ),
    );
    let mut daemon = icinga(&folder, "data", &["daemon", "-c", &at("icinga2.conf")]);
    let log = std::fs::File::create(folder.path().join("log/out")).unwrap();
    daemon.process_group(0).stdout(log).stderr(Stdio::null());
    let daemon = daemon.spawn().unwrap();
    let icinga = Icinga { folder, port, daemon };
    for _ in 0..1_000 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(icinga);
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("Icinga 2 does not start:\n{}", icinga.folder.read("log/out"));
}

/// Icinga 2, which keeps everything in a folder, as whoever runs the test.
fn icinga(folder: &Folder, data: &str, args: &[&str]) -> Command {
    let whoami = |what: &str| {
        let output = Command::new("id").arg(what).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let mut command = Command::new("/usr/sbin/icinga2");
    // It takes its folders only behind the command.
    command.args(args).env("ICINGA2_USER", whoami("-un")).env("ICINGA2_GROUP", whoami("-gn"));
    for (name, path) in [
        ("DataDir", data),
        ("LogDir", "log"),
        ("CacheDir", "cache"),
        ("SpoolDir", "spool"),
        ("InitRunDir", "run"),
        ("ConfigDir", "etc"),
    ] {
        command.arg(format!("-D{name}={}", folder.path().join(path).display()));
    }
    command
}

fn run(folder: &Folder, data: &str, args: &[&str]) {
    let output = icinga(folder, data, args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
}

/// Icinga's API. What it says of a mistake stands in the body, and the status is 500, or even 200.
pub(crate) fn settings(icinga: &Icinga) -> Value {
    let object = |kind: &str, attrs: &str| {
        let path = format!("/v1/objects/{kind}s");
        let one = format!("{path}/{{{{ handle }}}}");
        json!({
            "list": {"path": format!("{path}?{attrs}"), "items": "/results"},
            "id": "/name",
            "fields": "/attrs",
            "split": ["vars"],
            "mark": "/attrs/vars/gitsm",
            "get": {"path": format!("{one}?{attrs}"), "item": "/results"},
            "create": {
                "method": "PUT",
                "path": format!("{path}/{{{{ object.name }}}}"),
                "body": {"attrs": {"...": "{{ fields }}", "vars.gitsm": "{{ mark }}"}},
            },
            "update": {
                "method": "POST",
                "path": &one,
                "body": {"attrs": {"...": "{{ changed }}", "vars.gitsm": "{{ mark }}"}},
            },
            "delete": {"method": "DELETE", "path": format!("{one}?cascade=1")},
        })
    };
    json!({
        "url": format!("https://localhost:{}", icinga.port),
        "ca": icinga.folder.path().join("data/ca/ca.crt"),
        "auth": {"basic": {"user": "gitsm", "password": "password"}},
        "kinds": {
            "host": object("host", "attrs=address&attrs=check_command&attrs=vars"),
            "service": object("service", "attrs=check_command&attrs=vars"),
            "downtime": {
                "list": {
                    "path": "/v1/objects/downtimes\
                             ?attrs=comment&attrs=host_name&attrs=start_time&attrs=end_time",
                    "items": "/results",
                },
                "id": "/name",
                "named": false,
                "fields": {
                    "host": "{{ item.attrs.host_name }}",
                    "start": "{{ item.attrs.start_time|int }}",
                    "end": "{{ item.attrs.end_time|int }}",
                },
                "mark": "/attrs/comment",
                "create": {
                    "method": "POST",
                    "path": "/v1/actions/schedule-downtime",
                    "body": {
                        "type": "Host",
                        "host": "{{ fields.host }}",
                        "author": "gitsm",
                        "comment": "A change: {{ object.name }}\n{{ mark }}",
                        "start_time": "{{ fields.start }}",
                        "end_time": "{{ fields.end }}",
                        "fixed": true,
                    },
                },
                "delete": {
                    "method": "POST",
                    "path": "/v1/actions/remove-downtime?downtime={{ handle }}",
                },
            },
        },
        "answers": [
            {
                "at": "/results/0/errors/0",
                "matches": "already exists",
                "is": "exists",
                "says": "/results/0/errors/0",
            },
            {"at": "/results/0/errors/0", "is": "refused", "says": "/results/0/errors/0"},
            {
                "at": "/results/0/code",
                "matches": "^[45]",
                "is": "refused",
                "says": "/results/0/status",
            },
        ],
    })
}

fn open(settings: Value) -> Box<dyn Driver> {
    let Value::Object(settings) = settings else { panic!("no mapping") };
    let connection = Connection {
        folder: std::path::PathBuf::new(),
        target: "acme/default/icinga".to_owned(),
        settings,
        secrets: [("password".to_owned(), Secret::new(&format!("{PASSWORD}\n")))].into(),
        kinds: ["host", "service", "downtime"].map(str::to_owned).into(),
        timeout: Duration::from_secs(30),
    };
    http::open(&connection).unwrap()
}

fn object(kind: &str, name: &str, holds: Value) -> (Object, Mark) {
    let id = ObjectId::new(kind, name);
    let fields = holds.as_object().cloned().unwrap();
    let mark = Mark::of("acme/default/icinga", &id, "component:default/shop", "c0ffee", &fields);
    let entity = "component:default/shop".to_owned();
    let (formerly, sensitive, after) = (Vec::new(), Vec::new(), Vec::new());
    (Object { id, entity, formerly, fields, sensitive, after }, mark)
}

fn create(driver: &dyn Driver, (object, mark): &(Object, Mark)) -> Result<(), Fault> {
    driver.carry_out(&Act::Create { object, mark })
}

fn hidden(fault: Fault) -> Fault {
    // `Z2l0c206` is `gitsm:`, what follows it the password.
    let said = format!("{fault} {fault:?}");
    assert!(!said.contains(PASSWORD) && !said.contains("cGw0bnRlZC"), "{said}");
    fault
}

#[test]
fn hosts_services_and_downtimes_of_an_icinga_follow() {
    let Some(icinga) = started() else { return };
    let driver = open(settings(&icinga));
    assert_eq!(driver.observe().unwrap(), []);

    let host = object(
        "host",
        "web 01/ä",
        json!({"check_command": "dummy", "address": "10.0.0.1", "vars.tier": 1, "vars.os": "x"}),
    );
    let service = object("service", "web 01/ä!http", json!({"check_command": "dummy"}));
    let window = json!({"host": "web 01/ä", "start": 4_000_000_000_u64, "end": 4_000_003_600_u64});
    let downtime = object("downtime", "chg-7", window);
    create(driver.as_ref(), &host).unwrap();
    create(driver.as_ref(), &service).unwrap();
    create(driver.as_ref(), &downtime).unwrap();

    let mut all = driver.observe().unwrap();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(all.len(), 3, "{all:?}");
    for (observed, (object, mark)) in all.iter().zip([&downtime, &host, &service]) {
        assert_eq!(observed.id, object.id);
        assert_eq!(observed.mark.as_ref(), Some(mark));
        assert_eq!(observed.fields.as_ref(), Some(&object.fields));
    }
    assert_ne!(all[0].handle, "chg-7");
    let [downtime_there, host_there, service_there] = all.try_into().unwrap();

    let (object, _) = &host;
    let changed: Fields =
        json!({"address": "10.0.0.2", "vars.tier": null}).as_object().cloned().unwrap();
    let (_, mark) = self::object("host", "web 01/ä", json!({"address": "10.0.0.2"}));
    let update = Act::Update { observed: &host_there, object, fields: &changed, mark: &mark };
    driver.carry_out(&update).unwrap();
    let seen = driver.look(&object.id, None).unwrap().unwrap();
    let expected = json!({"check_command": "dummy", "address": "10.0.0.2", "vars.os": "x"});
    assert_eq!(Value::Object(seen.fields.unwrap()), expected);
    assert_eq!(seen.mark, Some(mark.clone()));
    let id = &downtime_there.id;
    let found = driver.look(id, Some(&downtime_there.handle)).unwrap();
    assert_eq!(found.as_ref(), Some(&downtime_there));
    assert_eq!(driver.look(id, None).unwrap(), found);

    for observed in [&downtime_there, &service_there, &host_there] {
        driver.carry_out(&Act::Delete { observed }).unwrap();
        assert_eq!(driver.look(&observed.id, Some(&observed.handle)).unwrap(), None);
        driver.carry_out(&Act::Delete { observed }).unwrap();
    }
    assert_eq!(driver.observe().unwrap(), []);
    let fault = driver.carry_out(&update).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.message.contains("not there any more"), "{fault}");
    driver.settle().unwrap();
}

#[test]
fn what_an_icinga_refuses_is_told_apart() {
    let Some(icinga) = started() else { return };
    let driver = open(settings(&icinga));
    let host = object("host", "a", json!({"check_command": "dummy"}));
    create(driver.as_ref(), &host).unwrap();

    let fault = hidden(create(driver.as_ref(), &host).unwrap_err());
    assert_eq!(fault.kind, FaultKind::Unknown);
    assert!(fault.message.contains("Object 'a' already exists."), "{fault}");

    // Icinga 2.13 keeps a name that it refused, and says of it afterwards that it is defined twice.
    for (name, holds, words) in [
        ("b", json!({"check_command": "nonesuch", "vars.x": PASSWORD}), "'nonesuch' of type"),
        ("c", json!({"nonesuch": PASSWORD, "check_command": "dummy"}), "Invalid attribute"),
        ("d", json!({"check_command": PASSWORD}), "Object '***' of type"),
    ] {
        let fault = hidden(create(driver.as_ref(), &object("host", name, holds)).unwrap_err());
        assert_eq!(fault.kind, FaultKind::Refused, "{fault}");
        assert!(fault.message.contains(words), "{fault}");
        assert!(!fault.message.contains('\n'), "{fault}");
    }
    // It says 200 and did not do it.
    let observed = driver.look(&host.0.id, None).unwrap().unwrap();
    let changed = json!({"nonesuch": 3}).as_object().cloned().unwrap();
    let update =
        Act::Update { observed: &observed, object: &host.0, fields: &changed, mark: &host.1 };
    let fault = hidden(driver.carry_out(&update).unwrap_err());
    assert_eq!(fault.kind, FaultKind::Refused, "{fault}");
    assert!(fault.message.contains("'nonesuch' could not be set"), "{fault}");
    // A downtime of a host that is not there.
    let window = json!({"host": "nowhere", "start": 4_000_000_000_u64, "end": 4_000_003_600_u64});
    let fault = create(driver.as_ref(), &object("downtime", "chg-7", window)).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused, "{fault}");
    assert_eq!(driver.observe().unwrap().len(), 1);
}

#[test]
fn an_icinga_that_does_not_know_us_or_is_another_is_told_apart() {
    let Some(icinga) = started() else { return };
    let with = |set: &dyn Fn(&mut Value)| {
        let mut settings = settings(&icinga);
        set(&mut settings);
        hidden(open(settings).observe().unwrap_err())
    };
    let fault = with(&|all| all["auth"]["basic"]["user"] = json!("nobody"));
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.message.contains("401") && fault.message.contains("`auth`"), "{fault}");
    // The reader may list hosts, and makes none.
    let mut reader = settings(&icinga);
    reader["auth"]["basic"]["user"] = json!("reader");
    let host = object("host", "a", json!({"check_command": "dummy"}));
    let fault = hidden(create(open(reader).as_ref(), &host).unwrap_err());
    assert_eq!(fault.kind, FaultKind::Refused, "{fault}");

    run(&icinga.folder, "other", &["pki", "new-ca"]);
    let other = icinga.folder.path().join("other/ca/ca.crt");
    let fault = with(&|all| all["ca"] = json!(other));
    assert_eq!(fault.kind, FaultKind::Settings, "{fault}");
    assert!(fault.message.contains("name the file of the authority"), "{fault}");
    // The certificate is of another name.
    let fault = with(&|all| all["url"] = json!(format!("https://127.0.0.1:{}", icinga.port)));
    assert_eq!(fault.kind, FaultKind::Settings, "{fault}");
    // HTTP where TLS is spoken.
    let fault = with(&|all| all["url"] = json!(format!("http://localhost:{}", icinga.port)));
    assert_ne!(fault.kind, FaultKind::Settings, "{fault}");
}

/// What somebody else does there by hand.
pub(crate) fn send(icinga: &Icinga, method: Method, path: &str, body: Option<&Value>) -> Value {
    let secret = Secret::new(PASSWORD);
    let ca = icinga.folder.path().join("data/ca/ca.crt");
    let url = format!("https://localhost:{}", icinga.port);
    let client = Client::new(&Options {
        url: &url,
        ca: Some(&ca),
        headers: vec![("accept", "application/json")],
        basic: Some(("gitsm", &secret)),
        timeout: Duration::from_secs(30),
        at_once: 1,
        ..Options::default()
    });
    let client = client.unwrap();
    let url = client.url(path).unwrap();
    let answer = client.send(method, &url, &[], body).unwrap();
    assert!(answer.is_success(), "{}", String::from_utf8_lossy(&answer.body));
    client.json(method, &url, &answer).unwrap()
}
