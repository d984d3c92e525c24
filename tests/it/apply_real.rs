//! The compiled program, and the servers that people have: a Prometheus and an Icinga 2 follow a catalog.

use gitsm::target::web::Method;
use serde_json::{Value, json};

use crate::prometheus::CATALOG;
use crate::prometheus::live::Server;
use crate::support::{Folder, Run};

fn ok(run: Run) -> String {
    assert_eq!(run.code, 0, "{run:?}");
    run.stdout
}

fn json_of(folder: &Folder, arguments: &[&str]) -> Value {
    let run = folder.gitsm(arguments);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// `action kind/name` of each action of a plan.
fn actions(folder: &Folder, more: &[&str]) -> Vec<String> {
    let mut arguments = vec!["plan", "-o", "json"];
    arguments.extend(more);
    let plan = json_of(folder, &arguments);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let name = |one: &Value| {
        let (kind, name) = (text(&one["id"]["kind"]), text(&one["id"]["name"]));
        format!("{} {kind}/{name}", text(&one["action"]))
    };
    plan["targets"][0]["actions"].as_array().unwrap().iter().map(name).collect()
}

/// The names of what somebody else changed.
fn drifted(folder: &Folder, more: &[&str]) -> Vec<String> {
    let mut arguments = vec!["drift", "-o", "json"];
    arguments.extend(more);
    let drift = json_of(folder, &arguments);
    let all = drift["targets"][0]["drift"].as_array().unwrap().iter();
    all.map(|one| one["id"]["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_prometheus_follows_the_catalog() {
    let folder = Folder::git();
    std::fs::create_dir(folder.path().join("made")).unwrap();
    let server = Server::prometheus(folder.path(), None);
    folder.write("gitsm.yaml", "id: acme/it\nroots: [catalog]\n");
    folder.write(".gitignore", "*\n!catalog\n!catalog/*\n!gitsm.yaml\n");
    folder.write("catalog/all.yaml", CATALOG);
    folder.write(
        "catalog/target.yaml",
        format!(
            "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {{name: prometheus}}\nspec:\n  owner: \
             team:payments\n  driver: prometheus\n  settings: {{folder: made, url: '{}', scrape: {{address: attributes.hostname, port: 9100}}}}\n  limits: \
             {{from: 2, updates: 1}}\n",
            server.url()
        ),
    );
    folder.commit("the catalog");
    ok(folder.gitsm(&["apply", "--auto-approve"]));
    assert_eq!(actions(&folder, &[]), [""; 0]);
    let groups = server.json("/api/v1/rules")["data"]["groups"].as_array().unwrap().len();
    assert!(groups > 0);
    // By hand.
    let rules = std::fs::read_dir(folder.path().join("made/rules")).unwrap();
    let mut rules: Vec<_> = rules.map(|entry| entry.unwrap().path()).collect();
    rules.sort();
    let file = rules.iter().find(|path| path.to_string_lossy().contains("speed")).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, text.replacen("latency_seconds", "other_seconds", 1)).unwrap();
    folder.write("made/rules/theirs.yml", "groups: []\n");
    let found = drifted(&folder, &[]);
    assert!(matches!(found.as_slice(), [one] if one.contains("speed")), "{found:?}");
    ok(folder.gitsm(&["apply", "--auto-approve", "--allow", "drift"]));
    assert_eq!(std::fs::read_to_string(file).unwrap(), text);
    // One goes, one gets another name.
    let (before, _) = CATALOG
        .split_once("---\napiVersion: openslo/v1\nkind: SLO\nmetadata: {name: speed}")
        .unwrap();
    let edited = before
        .replace(", \"slo:speed\"", "")
        .replace("metadata: {name: web-01}", "metadata: {name: web-02, formerly: [\"ci:web-01\"]}")
        .replace("ci:web-01\"]\n---", "ci:web-02\"]\n---");
    folder.write("catalog/all.yaml", edited).commit("edit");
    let all = actions(&folder, &[]);
    assert!(
        all.iter().any(|one| one.starts_with("delete rules/") && one.contains("speed")),
        "{all:?}"
    );
    assert!(
        all.iter().any(|one| one.starts_with("update target/") && one.contains("web-02")),
        "{all:?}"
    );
    assert!(!all.iter().any(|one| one.starts_with("create")), "{all:?}");
    ok(folder.gitsm(&["apply", "--auto-approve"]));
    assert!(!file.exists());
    assert_eq!(folder.read("made/rules/theirs.yml"), "groups: []\n");
    assert_eq!(actions(&folder, &[]), [""; 0]);
    // Too much goes at once, and then everything.
    let (few, _) = before.split_once("---\napiVersion: openslo/v1").unwrap();
    let few = few
        .replace("  slos: [\"slo:orders\", \"slo:speed\"]\n", "")
        .replace("name: web-01", "name: web-02")
        .replace("ci:web-01", "ci:web-02");
    folder.write("catalog/all.yaml", few).commit("no promises");
    refuses(folder.gitsm(&["apply", "--auto-approve"]), "objects would be deleted");
    folder.write("catalog/all.yaml", CATALOG.split_once("---\n").unwrap().0).commit("nothing");
    refuses(folder.gitsm(&["apply", "--auto-approve"]), "wants nothing here any more");
}

#[test]
fn rules_that_are_written_and_not_loaded_are_told_and_loaded_by_the_next_run() {
    let folder = Folder::git();
    std::fs::create_dir(folder.path().join("made")).unwrap();
    let server = Server::prometheus(folder.path(), None);
    folder.write("gitsm.yaml", "id: acme/it\nroots: [catalog]\n");
    folder.write(".gitignore", "*\n!catalog\n!catalog/*\n!gitsm.yaml\n");
    folder.write("catalog/all.yaml", CATALOG);
    let target = {
        format!(
            "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {{name: prometheus}}\nspec:\n  owner: \
             team:payments\n  driver: prometheus\n  settings: {{folder: made, url: '{}', scrape: {{address: \
             attributes.hostname, port: 9100}}}}\n  limits: {{attempts: 2}}\n",
            server.url()
        )
    };
    folder.write("catalog/target.yaml", target);
    folder.commit("the catalog");
    let config = folder.read("prometheus.yml");
    folder.write("prometheus.yml", "{");
    let run = folder.gitsm(&["apply", "--auto-approve"]);
    assert_eq!(run.code, 3, "{run:?}");
    folder.write("prometheus.yml", &config);
    // Another clone knows as much: it is read from the server.
    let told = folder.path().join(".git/gitsm/apply");
    std::fs::remove_dir_all(&told).unwrap();
    assert_eq!(actions(&folder, &[]), [""; 0]);
    for arguments in [&["plan", "--exit-code"][..], &["drift"]] {
        let run = folder.gitsm(arguments);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stdout.contains("is not loaded"), "{run:?}");
    }
    assert!(ok(folder.gitsm(&["target", "check"])).contains("is not loaded"));
    ok(folder.gitsm(&["apply", "--auto-approve"]));
    let groups = server.json("/api/v1/rules")["data"]["groups"].as_array().unwrap().len();
    assert!(groups > 0);
    assert_eq!(folder.gitsm(&["plan", "--exit-code"]).code, 0);
    assert_eq!(folder.gitsm(&["drift"]).code, 0);
    // Rules that are gone from the folder and go on counting.
    let rules = std::fs::read_dir(folder.path().join("made/rules")).unwrap();
    let file = rules.map(|entry| entry.unwrap().path()).min().unwrap();
    let kept = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let run = folder.gitsm(&["drift"]);
    assert!(run.stdout.contains("is gone, and its rules are loaded"), "{run:?}");
    std::fs::write(&file, kept).unwrap();
    // Nobody is there any more.
    drop(server);
    let run = folder.gitsm(&["target", "check"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stdout.contains("cannot be reached"), "{run:?}");
    assert_eq!(folder.gitsm(&["drift"]).code, 3);
    assert_eq!(folder.gitsm(&["apply", "--auto-approve"]).code, 3);
}

fn refuses(run: Run, why: &str) {
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains(why), "{run:?}");
}

#[test]
fn an_icinga_follows_the_catalog() {
    let Some(icinga) = crate::icinga::started() else { return };
    let settings = crate::icinga::settings(&icinga);
    let folder = Folder::git();
    folder.write("gitsm.yaml", "id: acme/it\n").write(".gitignore", "op.yaml\npassword\n");
    folder.write("password", crate::icinga::PASSWORD);
    folder.write("op.yaml", "targets: {icinga: {credentials: {password: {file: password}}}}\n");
    folder.write(
        "team.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: ops}\nspec: {type: team}\n",
    );
    let mapping = json!({
        "host": {
            "name": "{{ entity.metadata.name }}",
            "fields": {
                "address": "{{ entity.spec.attributes.hostname }}",
                "check_command": "dummy",
                "vars.owner": "{{ entity.spec.owner }}",
            },
        },
        "service": {
            "name": "{{ entity.metadata.name }}!load",
            "fields": {"check_command": "dummy", "vars.owner": "{{ entity.spec.owner }}"},
            "after": ["host"],
        },
    });
    folder.write(
        "target.yaml",
        format!(
            "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {{name: icinga}}\nspec:\n  owner: \
             team:ops\n  driver: http\n  settings: {settings}\n  selector: {{kinds: \
             [ConfigurationItem]}}\n  mapping: {mapping}\n  limits: {{from: 2, deletes: 0.34, updates: 1}}\n"
        ),
    );
    let item = |name: &str, more: &str| {
        format!(
            "apiVersion: gitsm/v1alpha1\nkind: ConfigurationItem\nmetadata: {{name: {name}{more}}}\nspec: \
             {{class: compute.vm, owner: team:ops, environment: test, lifecycle: {{stage: operational}}, \
             attributes: {{hostname: 192.0.2.1}}}}\n"
        )
    };
    let all = ["a", "b", "c"].map(|name| item(name, ""));
    folder.write("cis.yaml", all.join("---\n")).commit("the catalog");
    let with = ["--operator", "op.yaml"];
    let apply = |more: &[&str]| {
        let mut arguments = vec!["apply", "--auto-approve"];
        arguments.extend(with.iter().chain(more));
        folder.gitsm(&arguments)
    };
    ok(apply(&[]));
    assert_eq!(actions(&folder, &with), [""; 0]);
    // By hand, and by somebody else.
    crate::icinga::send(
        &icinga,
        Method::Post,
        "/v1/objects/hosts/b",
        Some(&json!({"attrs": {"address": "192.0.2.9"}})),
    );
    let theirs = json!({"attrs": {"check_command": "dummy", "address": "192.0.2.7"}});
    crate::icinga::send(&icinga, Method::Put, "/v1/objects/hosts/theirs", Some(&theirs));
    assert_eq!(drifted(&folder, &with), ["b"]);
    ok(apply(&["--allow", "drift"]));
    assert_eq!(drifted(&folder, &with), [""; 0]);
    // One goes, one gets another name.
    let edited = [item("a", ""), item("web", ", formerly: [ci:b]")];
    folder.write("cis.yaml", edited.join("---\n")).commit("edit");
    let all = actions(&folder, &with);
    assert_eq!(
        all,
        ["update host/web", "update service/web!load", "delete service/c!load", "delete host/c"]
    );
    ok(apply(&[]));
    assert_eq!(actions(&folder, &with), [""; 0]);
    let hosts = crate::icinga::send(&icinga, Method::Get, "/v1/objects/hosts?attrs=name", None);
    let mut names: Vec<&str> = hosts["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["a", "b", "theirs"], "Icinga keeps the name of a host");
    // Too much goes at once, and then everything.
    folder.write("cis.yaml", item("a", "")).commit("half of it");
    refuses(apply(&[]), "2 of 4 objects would be deleted, and 1 may be");
    folder.remove("cis.yaml").commit("nothing");
    refuses(apply(&[]), "wants nothing here any more");
}
