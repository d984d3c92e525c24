//! Plans, drift and reports say what is so: of copies, of what two changed, of what is not known.

use serde_json::{Value, json};

use crate::support::{Folder, Run};
use crate::web::{self, PASSWORD, Server};

/// A target of a driver that makes `kind`s, with these fields.
fn target(driver: &str, settings: &Value, kind: &str, fields: &Value, selector: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {{name: monitoring}}\nspec:\n  owner: \
         team:ops\n  driver: {driver}\n  settings: {settings}\n  selector: {selector}\n  mapping:\n    \
         {kind}:\n      name: '{{{{ entity.metadata.name }}}}'\n      fields: {fields}\n"
    )
}

const ITEMS: &str = "{kinds: [ConfigurationItem]}";

fn titled() -> Value {
    json!({"title": "{{ entity.metadata.title }}"})
}

fn item(name: &str, title: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: ConfigurationItem\nmetadata: {{name: {name}{title}}}\nspec: \
         {{class: compute.vm, owner: team:ops, environment: production, lifecycle: {{stage: \
         operational}}}}\n"
    )
}

fn folder(target: &str) -> Folder {
    let folder = Folder::git();
    folder.write(".gitignore", "out/\nop.yaml\npassword\n*.json\n");
    folder.write("gitsm.yaml", "id: acme/it\n").write("target.yaml", target);
    folder.write(
        "team.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: ops}\nspec: {type: team}\n",
    );
    folder.write("password", format!("{PASSWORD}\n"));
    folder.write("op.yaml", "targets: {monitoring: {credentials: {password: {file: password}}}}\n");
    for name in ["a", "b", "c"] {
        folder.write(&format!("{name}.yaml"), item(name, ", title: One"));
    }
    folder.commit("the catalog");
    folder
}

fn at_server(server: &Server, kind: &str) -> Folder {
    folder(&target("http", &web::settings(&server.url()), kind, &titled(), ITEMS))
}

fn files(selector: &str) -> Folder {
    let fields = json!({"content": "{{ entity.metadata.title }}\n"});
    folder(&target("files", &json!({"folder": "out"}), "file", &fields, selector))
}

fn gitsm(folder: &Folder, arguments: &[&str]) -> Run {
    folder.gitsm(&[arguments, &["--operator", "op.yaml"]].concat())
}

fn apply(folder: &Folder, more: &[&str]) -> Run {
    gitsm(folder, &[&["apply", "--auto-approve"], more].concat())
}

fn ok(run: Run) -> String {
    assert_eq!(run.code, 0, "{run:?}");
    run.stdout
}

fn is_refused(run: &Run, words: &[&str]) {
    assert_eq!(run.code, 1, "{run:#?}");
    for words in words {
        assert!(run.stdout.contains(words), "no {words:?}: {run:#?}");
    }
}

#[test]
fn a_copy_that_carries_the_mark_is_neither_changed_nor_deleted() {
    let server = Server::start();
    let folder = at_server(&server, "host");
    ok(apply(&folder, &[]));
    let mut copy = server.objects("host")["b"].clone();
    copy["fields"]["note"] = "mine".into();
    for name in ["0-copy", "z-copy"] {
        server.put("host", name, copy.clone());
    }
    folder.write("b.yaml", item("b", ", title: Two")).commit("another title");
    let run = gitsm(&folder, &["plan"]);
    let told = "host/0-copy carries the mark of host/b and is not it: left alone";
    assert!(run.stdout.contains(told), "{run:#?}");
    ok(apply(&folder, &[]));
    assert_eq!(server.objects("host")["b"]["fields"]["title"], "Two");
    folder.remove("b.yaml").commit("b goes");
    ok(apply(&folder, &[]));
    let left = server.objects("host");
    assert_eq!(left.keys().collect::<Vec<_>>(), ["0-copy", "a", "c", "z-copy"]);
    assert_eq!((&left["0-copy"], &left["z-copy"]), (&copy, &copy));
}

#[test]
fn of_two_notes_with_one_mark_none_is_touched_and_both_are_named() {
    let server = Server::start();
    let folder = at_server(&server, "note");
    ok(apply(&folder, &[]));
    let before = server.objects("note");
    let (_, copy) = before.first_key_value().unwrap();
    server.put("note", "77", copy.clone());
    folder.remove("a.yaml").commit("a goes");
    is_refused(&gitsm(&folder, &["plan"]), &[" and 77 carry the mark of note/"]);
    is_refused(&apply(&folder, &[]), &[" and 77 carry the mark of note/"]);
    assert_eq!(server.objects("note").len(), 4);
}

#[test]
fn what_somebody_and_the_catalog_changed_is_not_told_as_applied() {
    let folder = files(ITEMS);
    ok(apply(&folder, &[]));
    folder.write("out/a", "by hand\n");
    folder.write("a.yaml", item("a", ", title: Two")).commit("another title");
    let run = gitsm(&folder, &["plan"]);
    assert!(run.stdout.contains("nothing to do, 1 changed there by somebody else"), "{run:#?}");
    assert!(run.stdout.contains("2 objects as the catalog wants it"), "{run:#?}");
    assert!(run.stdout.contains("by somebody else, and in the catalog"), "{run:#?}");
    let left =
        "1 left: changed there by somebody else and in the catalog (file/a): `--allow drift`";
    is_refused(&apply(&folder, &[]), &["NOT COMPLETE", left]);
    // Beside something that is done, too.
    folder.write("b.yaml", item("b", ", title: Two")).commit("another title");
    is_refused(&apply(&folder, &[]), &["NOT COMPLETE", "1 step: 1 done", left]);
    assert_eq!((folder.read("out/a"), folder.read("out/b")), ("by hand\n".into(), "Two\n".into()));
    ok(apply(&folder, &["--allow", "drift"]));
    assert_eq!(folder.read("out/a"), "Two\n");
    ok(apply(&folder, &[]));
}

#[test]
fn a_field_that_a_target_does_not_take_is_told() {
    let server = Server::start();
    let folder = at_server(&server, "host");
    ok(apply(&folder, &[]));
    server.set_deaf("title");
    folder.write("a.yaml", item("a", ", title: Two")).commit("another title");
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 3, "{run:#?}");
    assert!(run.stdout.contains("host/a has another title"), "{run:#?}");
}

#[test]
fn where_it_is_not_known_what_is_wanted_nothing_is_planned_to_go() {
    let folder = files(ITEMS);
    ok(apply(&folder, &[]));
    let write = |selector: &str| {
        let fields = json!({"content": "{{ entity.metadata.title }}\n"});
        let text = target("files", &json!({"folder": "out"}), "file", &fields, selector);
        folder.write("target.yaml", text).commit("a selector");
    };
    let wrong = [
        ("{classes: [compute.vn]}", "there is no class `compute.vn`; did you mean `compute.vm`?"),
        ("{kinds: [ConfigurationItm]}", "did you mean `ConfigurationItem`?"),
        ("{kinds: [ConfigurationItem], where: \"1 / 0 == 1\"}", "cannot be evaluated"),
        ("{kinds: [ConfigurationItem], where: \"entity.nme == 'a'\"}", "target.yaml:8:"),
    ];
    for (selector, words) in wrong {
        write(selector);
        let run = gitsm(&folder, &["plan"]);
        is_refused(&run, &[words, "target.yaml:8:", "3 left as it is"]);
        assert!(!run.stdout.contains("--allow empty"), "{run:#?}");
        assert!(!run.stdout.contains("file/"), "{run:#?}");
        is_refused(&apply(&folder, &["--allow", "empty"]), &[words]);
    }
    // A selector of a mapping.
    write("{kinds: [ConfigurationItem]}");
    let text = folder.read("target.yaml") + "      selector: {classes: [compute.vn]}\n";
    folder.write("target.yaml", text).commit("a selector");
    is_refused(&gitsm(&folder, &["plan"]), &["there is no class `compute.vn`", "3 left as it is"]);
    // What is known not to be wanted goes, and is still in the catalog.
    write("{kinds: [ConfigurationItem], where: \"entity.metadata.name != 'a'\"}");
    let run = gitsm(&folder, &["plan"]);
    assert!(run.stdout.contains("- file/a"), "{run:#?}");
    assert!(run.stdout.contains("not selected any more"), "{run:#?}");
    assert_eq!(run.code, 0, "{run:#?}");
}

#[test]
fn one_mistake_is_told_once_with_its_place_and_what_stands_there() {
    let folder = files(ITEMS);
    ok(apply(&folder, &[]));
    for name in ["a", "c"] {
        folder.write(&format!("{name}.yaml"), item(name, ""));
    }
    folder.commit("no titles");
    let run = gitsm(&folder, &["plan"]);
    let words =
        ["in 2 entities, first ci:a: ", "in `{{ entity.metadata.title }}` at target.yaml:12:"];
    is_refused(&run, &words);
    assert_eq!(run.stdout.matches("refused:").count(), 1, "{run:#?}");
    assert!(run.stdout.contains("2 left as it is"), "{run:#?}");
}

#[test]
fn a_secret_that_the_target_repeats_is_in_no_plan_and_no_drift() {
    let server = Server::start();
    let folder = at_server(&server, "host");
    ok(apply(&folder, &[]));
    let mut object = server.objects("host")["a"].clone();
    object["fields"]["title"] = format!("Bearer {PASSWORD}").into();
    server.put("host", "a", object);
    for arguments in [
        &["plan"][..],
        &["plan", "-o", "json"],
        &["plan", "-o", "markdown"],
        &["drift"],
        &["drift", "-o", "json"],
    ] {
        let run = gitsm(&folder, arguments);
        let told = format!("{}{}", run.stdout, run.stderr);
        assert!(told.contains("Bearer ***"), "{arguments:?}: {told}");
        assert!(!told.contains(PASSWORD), "{arguments:?}: {told}");
    }
}

#[test]
fn what_the_protected_branch_hides_no_proposal_shows() {
    let server = Server::start();
    let open = target("http", &web::settings(&server.url()), "host", &titled(), ITEMS);
    let folder = folder(&format!("{open}      sensitive: [title]\n"));
    ok(apply(&folder, &[]));
    folder.write("target.yaml", &open).write("a.yaml", item("a", ", title: Two"));
    for arguments in [&["plan"][..], &["plan", "-o", "json"], &["plan", "-o", "markdown"]] {
        let run = gitsm(&folder, arguments);
        assert!(run.stdout.contains("title"), "{run:#?}");
        assert!(!run.stdout.contains("One") && !run.stdout.contains("Two"), "{run:#?}");
    }
}

#[test]
fn objects_that_are_too_much_together_are_refused_and_not_made() {
    let fields = json!({"content": "{{ entity.metadata.description }}"});
    let folder = folder(&target("files", &json!({"folder": "out"}), "file", &fields, ITEMS));
    let large = format!(", title: One, description: \"{}\"", "x".repeat(900_000));
    for number in 0..80 {
        let name = format!("large-{number}");
        folder.write(&format!("{name}.yaml"), item(&name, &large));
    }
    for name in ["a", "b", "c"] {
        folder.remove(&format!("{name}.yaml"));
    }
    is_refused(&gitsm(&folder, &["plan"]), &["more than 64 MiB together"]);
    assert!(!folder.path().join("out").exists());
}
