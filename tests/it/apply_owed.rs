//! What a run owes to the next: a reload that failed or was never begun, an answer that came too late; and
//! targets that hide nothing of each other.

use serde_json::{Value, json};

use crate::apply_http::{apply, gitsm};
use crate::support::{Folder, Run, git};
use crate::web::{self, PASSWORD, Server, Trouble};

fn target(name: &str, settings: &Value, kind: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {{name: {name}}}\nspec:\n  owner: \
         team:ops\n  driver: http\n  settings: {settings}\n  selector: {{kinds: \
         [ConfigurationItem]}}\n  mapping:\n    {kind}:\n      name: '{{{{ entity.metadata.name }}}}'\n      \
         fields: {{title: '{{{{ entity.metadata.title }}}}'}}\n  limits: {{timeout: PT5S, attempts: 3}}\n"
    )
}

/// The settings of a store that has to be told when everything is written.
fn settings(server: &Server) -> Value {
    let mut settings = web::settings(&server.url());
    settings["settle"] = json!({"method": "POST", "path": "/settle"});
    settings
}

fn item(name: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: ConfigurationItem\nmetadata: {{name: {name}, title: A \
         machine}}\nspec: {{class: compute.vm, owner: team:ops, environment: production, \
         lifecycle: {{stage: operational}}}}\n"
    )
}

/// A catalog of three items with some targets, and the operator's file with their password.
fn catalog(targets: &[(&str, String)]) -> Folder {
    let folder = Folder::git();
    folder.write(".gitignore", "op.yaml\npassword\n*.json\n").write("gitsm.yaml", "id: acme/it\n");
    folder.write(
        "team.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: ops}\nspec: {type: team}\n",
    );
    folder.write("password", format!("{PASSWORD}\n"));
    let mut operator = "targets:\n".to_owned();
    for (name, text) in targets {
        folder.write(&format!("targets/{name}.yaml"), text);
        operator += &format!("  {name}: {{credentials: {{password: {{file: password}}}}}}\n");
    }
    folder.write("op.yaml", operator);
    folder.write("cis.yaml", ["a", "b", "c"].map(item).join("---\n"));
    folder.commit("the catalog");
    folder
}

fn no() -> Trouble {
    Trouble::Answer(422, &[], "{\"error\": \"no\"}".to_owned())
}

#[test]
fn what_a_failed_reload_owes_is_shown_and_made_up_for_by_the_next_run() {
    let server = Server::start();
    let folder = catalog(&[("mon", target("mon", &settings(&server), "host"))]);
    server.trouble("POST /settle", 1, no());
    let run = apply(&folder);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stdout.contains("what was written does not count yet"), "{run:?}");
    for arguments in [&["plan", "--exit-code"][..], &["drift"]] {
        let run = gitsm(&folder, arguments);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stdout.contains("written, and does not count yet"), "{run:?}");
    }
    server.trouble("POST /settle", 1, no());
    assert_eq!(apply(&folder).code, 3, "it is still owed");
    let run = apply(&folder);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(server.counts().done("POST /settle"), 1);
    assert_eq!(gitsm(&folder, &["plan", "--exit-code"]).code, 0);
    assert_eq!(gitsm(&folder, &["drift"]).code, 0);
    // Once is enough, and where nobody can tell it is done once more.
    assert!(apply(&folder).stdout.contains("nothing to do"));
    assert_eq!(server.counts().done("POST /settle"), 1);
    let other = Folder::new();
    let from = folder.path().to_str().unwrap();
    assert!(git(other.path()).args(["clone", "-q", from, "."]).status().unwrap().success());
    other.write("op.yaml", folder.read("op.yaml")).write("password", folder.read("password"));
    assert_eq!(apply(&other).code, 0);
    assert_eq!(server.counts().done("POST /settle"), 2);
}

#[test]
fn a_target_that_is_busy_when_it_is_looked_at_or_reloaded_is_asked_again() {
    let server = Server::start();
    let folder = catalog(&[("mon", target("mon", &settings(&server), "host"))]);
    server.trouble("GET /host", 1, Trouble::busy("1"));
    server.trouble("POST /settle", 1, Trouble::Answer(503, &[], String::new()));
    // And when it is looked at behind the last step.
    server.trouble_after(1, "GET /host", 1, Trouble::busy("0"));
    let run = apply(&folder);
    assert_eq!(run.code, 0, "{run:?}");
    server.trouble("GET /host", 2, Trouble::Answer(503, &[], String::new()));
    assert_eq!(gitsm(&folder, &["plan", "--exit-code"]).code, 0);
    server.trouble("GET /host", 3, Trouble::Answer(503, &[], String::new()));
    assert_eq!(gitsm(&folder, &["plan"]).code, 3, "as often as `attempts` says");
}

#[test]
fn a_target_that_cannot_be_looked_at_hides_nothing_of_the_others() {
    let server = Server::start();
    let gone = Server::start().url();
    let mut dead = web::settings(&gone);
    dead["url"] = gone.into();
    let targets = [
        ("dead", target("dead", &dead, "host")),
        ("mon", target("mon", &settings(&server), "host")),
    ];
    let folder = catalog(&targets);
    let of = |run: &Run, name: &str| -> Value {
        let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
        let all = report["targets"].as_array().unwrap().clone();
        let wanted = format!("target:default/{name}");
        all.into_iter().find(|one| one["target"] == wanted.as_str()).unwrap()
    };
    let run = gitsm(&folder, &["plan", "-o", "json"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("error: target:dead: "), "{run:?}");
    assert_eq!(of(&run, "mon")["actions"].as_array().unwrap().len(), 3);
    let why = of(&run, "dead")["fault"]["message"].to_string();
    assert!(why.contains("cannot be reached"), "{why}");
    let run = gitsm(&folder, &["apply", "--auto-approve", "-o", "json"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(of(&run, "mon")["result"], "successful");
    assert!(of(&run, "dead")["fault"]["message"].is_string(), "{run:?}");
    assert_eq!(server.objects("host").len(), 3);
    let run = gitsm(&folder, &["drift", "-o", "json"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(of(&run, "mon")["unchanged"], 3);
    let markdown = gitsm(&folder, &["plan", "-o", "markdown"]).stdout;
    assert!(markdown.contains("cannot be reached"), "{markdown}");
}

#[test]
fn a_target_whose_own_document_is_broken_does_not_vanish() {
    let server = Server::start();
    let good = target("mon", &settings(&server), "host");
    let broken = target("inv", &settings(&server), "host").replace("driver: http", "driver: htpt");
    let folder = catalog(&[("mon", good), ("inv", broken)]);
    for command in ["plan", "drift"] {
        let run = gitsm(&folder, &[command]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stdout.contains("targets/inv.yaml:3"), "{run:?}");
        assert!(run.stdout.contains("target:mon"), "{run:?}");
    }
    let run = gitsm(&folder, &["target", "check"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stdout.contains("FAILED target:inv: its document"), "{run:?}");
    let run = gitsm(&folder, &["target", "list"]);
    assert!(run.stdout.contains("targets/inv.yaml:3"), "{run:?}");
}

#[test]
fn what_has_no_name_is_not_made_again_when_something_between_says_that_it_is_busy() {
    let server = Server::start();
    let folder = catalog(&[("mon", target("mon", &settings(&server), "note"))]);
    let cut = "upstream connect error or disconnect/reset before headers".to_owned();
    server.trouble("POST /note", 1, Trouble::Done(503, cut.clone()));
    let run = apply(&folder);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(server.objects("note").len(), 3);
    let other = Server::start();
    let folder = catalog(&[("mon", target("mon", &settings(&other), "note"))]);
    other.trouble("POST /note", 1, Trouble::Answer(503, &[], cut));
    let run = apply(&folder);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stdout.contains("might make it twice"), "{run:?}");
    assert_eq!(apply(&folder).code, 0, "the next run looks");
    assert_eq!(other.objects("note").len(), 3);
}

#[test]
fn what_has_no_name_is_looked_for_once_more_before_it_is_made() {
    let server = Server::start();
    let folder = catalog(&[("mon", target("mon", &settings(&server), "note"))]);
    assert_eq!(apply(&folder).code, 0);
    // A page that passes over what moved to another while somebody deleted something.
    let short = "{\"items\": [], \"total\": 0}".to_owned();
    server.trouble("GET /note", 1, Trouble::Answer(200, &[], short));
    let run = apply(&folder);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("nothing to do"), "{run:?}");
    assert_eq!(server.objects("note").len(), 3);
}

#[test]
fn an_answer_that_would_fill_the_memory_is_refused_before_it_is_taken_apart() {
    let server = Server::start();
    let folder = catalog(&[("mon", target("mon", &settings(&server), "host"))]);
    let page = || {
        let items = "{},".repeat(5_000_001);
        Trouble::Answer(200, &[], format!("{{\"items\": [{items}{{}}], \"total\": 7}}"))
    };
    server.trouble("GET /host", 3, page());
    let run = gitsm(&folder, &["plan"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("more than 5,000,000 values"), "{run:?}");
}

#[test]
fn a_next_page_outside_of_the_targets_path_is_not_followed() {
    let server = Server::start();
    let mut settings = settings(&server);
    settings["url"] = format!("{}/api", server.url()).into();
    settings["kinds"]["host"]["list"] =
        json!({"path": "/host", "items": "/items", "page": {"next": "/next"}});
    let folder = catalog(&[("mon", target("mon", &settings, "host"))]);
    let page = |next: &str| format!("{{\"items\": [], \"next\": \"{next}\"}}");
    for next in ["/admin/delete-all", "/api/../admin", "/apiary"] {
        server.trouble("GET /api/host", 1, Trouble::Answer(200, &[], page(next)));
        let run = gitsm(&folder, &["plan"]);
        assert_eq!(run.code, 3, "{run:?}");
        assert!(run.stderr.contains("leads away from `url`"), "{run:?}");
    }
    assert_eq!(server.counts().asked("GET /a"), server.counts().asked("GET /api/host"));
}
