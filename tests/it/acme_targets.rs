//! The targets of acme: each is planned without a refusal, and becomes what its comments promise.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use serde_json::Value;

use crate::support::{Folder, project};

fn copy(from: &Path, to: &Folder, inside: &str) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{inside}{}", path.file_name().unwrap().to_str().unwrap());
        match path.is_dir() {
            true => copy(&path, to, &format!("{name}/")),
            false => drop(to.write(&name, fs::read(&path).unwrap())),
        }
    }
}

/// An Icinga that holds nothing: its URL. It answers as long as the tests run.
fn empty() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\n";
            let _ = write!(stream, "{head}Connection: close\r\n\r\n{{\"results\":[]}}");
        }
    });
    url
}

/// What is planned for a target of acme: `kind/name` of what is to be made.
fn planned(target: &str, more: &str) -> Vec<String> {
    let acme = Folder::git();
    copy(&project().join("examples/acme"), &acme, "");
    acme.commit("acme");
    let own = Folder::new();
    own.write("secret", "pl4nted-s3cret");
    let here = own.path().display();
    let credentials: Vec<String> = ["token", "alertmanagerToken", "password"]
        .map(|name| format!("{name}: {{file: '{here}/secret'}}"))
        .into();
    own.write("alertmanager.yml", "route: {receiver: all}\nreceivers: [{name: all}]\n");
    own.write(
        "op.yaml",
        format!(
            "targets:\n  {target}:\n    settings: {{{}}}\n    credentials: {{{}}}\n",
            more.replace("HERE", &here.to_string()),
            credentials.join(", ")
        ),
    );
    let operator = own.path().join("op.yaml");
    let operator = operator.to_str().unwrap();
    let run = acme.gitsm(&["plan", target, "--operator", operator, "-o", "json"]);
    assert_eq!(run.code, 0, "{run:?}");
    let plan: Value = serde_json::from_str(&run.stdout).unwrap();
    let refusals = plan["targets"][0]["refusals"].as_array();
    assert!(refusals.is_none_or(Vec::is_empty), "{plan:#}");
    let actions = plan["targets"][0]["actions"].as_array().unwrap().iter();
    let name = |one: &Value| {
        let id = |key: &str| one["id"][key].as_str().unwrap().to_owned();
        format!("{}/{}", id("kind"), id("name"))
    };
    actions.map(name).collect()
}

fn begin<'n>(names: &'n [String], with: &str) -> Vec<&'n str> {
    names.iter().map(String::as_str).filter(|name| name.starts_with(with)).collect()
}

#[test]
fn every_slo_of_acme_becomes_rules_and_every_owner_a_route() {
    let files = "folder: 'HERE/out', alertmanagerConfig: 'HERE/alertmanager.yml'";
    let names = planned("prometheus-prod", files);
    let text = fs::read_to_string(project().join("examples/acme/slos/objectives.yaml")).unwrap();
    let slos = text.matches("\nkind: SLO\n").count();
    assert_eq!(begin(&names, "rules/slo-").len(), slos, "{names:?}");
    assert_eq!(begin(&names, "rules/class-"), ["rules/class-compute.vm"]);
    assert_eq!(begin(&names, "target/ci-eks-prod-").len(), 4, "{names:?}");
    for owner in ["team:payments", "team:platform", "team:security", "team:storefront"] {
        for kind in ["receiver", "route"] {
            assert!(names.contains(&format!("{kind}/{owner}")), "{kind} {owner}: {names:?}");
        }
    }
}

#[test]
fn machines_of_acme_become_hosts_of_an_icinga_and_what_listens_there_its_services() {
    // The test's own server has no certificate, and no secret goes anywhere but to this machine.
    let names = planned("icinga-bln1", &format!("url: '{}', ca: null", empty()));
    assert!(begin(&names, "host/").len() > 20, "{names:?}");
    assert!(names.contains(&"service/vm-wms-db1!wms-db1".to_owned()), "{names:?}");
    let at = |name: &str| names.iter().position(|one| one == name).unwrap();
    assert!(at("host/vm-wms-db1") < at("service/vm-wms-db1!wms-db1"), "{names:?}");
    // Gone from the plan when the change is over.
    let downtimes = begin(&names, "downtime/");
    assert!(downtimes.iter().all(|one| *one == "downtime/files1-disk"), "{downtimes:?}");
}

#[test]
fn folders_of_acme_are_filled_from_what_their_selectors_take() {
    let names = planned("ansible-inventory", "folder: 'HERE/out'");
    assert!(names.contains(&"file/vm-mail1.yaml".to_owned()), "{names:?}");
    assert!(begin(&names, "file/eks-").is_empty(), "{names:?}");
    let names = planned("pci-evidence", "folder: 'HERE/out'");
    assert!(names.contains(&"file/service-checkout.md".to_owned()), "{names:?}");
}
