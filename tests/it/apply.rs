//! Plans carried out: a folder of files follows the catalog.

use serde_json::Value;

use crate::support::{Folder, Run};

/// A target that writes a file for each configuration item.
fn target(folder: &str, more: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {{name: inventory}}\nspec:\n  owner: \
         team:ops\n  driver: files\n  settings: {{folder: {folder}}}\n  selector: {{kinds: \
         [ConfigurationItem]}}\n  mapping:\n    file:\n      name: '{{{{ entity.metadata.name }}}}.txt'\n      \
         fields:\n        content: \"{{{{ entity.metadata.title }}}} by {{{{ entity.spec.owner }}}}\\n\"\n{more}"
    )
}

fn item(name: &str, title: &str, more: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: ConfigurationItem\nmetadata: {{name: {name}, title: \
         {title}{more}}}\nspec: {{class: compute.vm, owner: team:ops, environment: production, \
         lifecycle: {{stage: operational}}}}\n"
    )
}

/// A catalog of so many items, and its target.
fn catalog(items: usize) -> Folder {
    let folder = Folder::git();
    folder.write(".gitignore", "out/\n").write("gitsm.yaml", "id: acme/it\n");
    folder.write(
        "team.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: ops}\nspec: {type: team}\n",
    );
    folder.write("target.yaml", target("out", ""));
    for number in 0..items {
        let name = format!("vm-{number:03}");
        folder.write(&format!("cis/{name}.yaml"), item(&name, "Machine", ""));
    }
    folder.commit("the catalog");
    folder
}

fn ok(run: Run) -> String {
    assert_eq!(run.code, 0, "{run:?}");
    run.stdout
}

fn apply(folder: &Folder, more: &[&str]) -> Run {
    let mut arguments = vec!["apply", "--auto-approve"];
    arguments.extend(more);
    folder.gitsm(&arguments)
}

fn json(folder: &Folder, arguments: &[&str]) -> Value {
    let run = folder.gitsm(arguments);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// `action kind/name` of each action of a plan of the files on disk.
fn actions(folder: &Folder) -> Vec<String> {
    let plan = json(folder, &["plan", "-o", "json"]);
    let actions = plan["targets"][0]["actions"].as_array().unwrap().clone();
    let name = |one: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        format!(
            "{} {}/{}",
            text(&one["action"]),
            text(&one["id"]["kind"]),
            text(&one["id"]["name"])
        )
    };
    actions.iter().map(name).collect()
}

#[test]
fn what_is_applied_leaves_nothing_to_do() {
    let folder = catalog(3);
    assert_eq!(actions(&folder).len(), 3);
    let told = ok(apply(&folder, &[]));
    assert!(told.contains("3 steps: 3 done"), "{told}");
    assert_eq!(folder.read("out/vm-001.txt"), "Machine by team:ops\n");
    assert_eq!(folder.gitsm(&["plan", "--exit-code"]).code, 0);
    let told = ok(apply(&folder, &[]));
    assert!(told.contains("nothing to do"), "{told}");
}

#[test]
fn an_edit_by_hand_is_drift_of_exactly_that_and_left_alone() {
    let folder = catalog(3);
    ok(apply(&folder, &[]));
    folder.write("out/vm-001.txt", "mine\n");
    let run = folder.gitsm(&["drift"]);
    assert_eq!(run.code, 1, "{run:?}");
    let drift = json(&folder, &["drift", "-o", "json"]);
    let all = drift["targets"][0]["drift"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{drift}");
    assert_eq!(all[0]["id"]["name"], "vm-001.txt");
    assert_eq!(all[0]["fields"][0]["name"], "content");
    assert_eq!(all[0]["fields"][0]["found"][0], "mine\n");
    ok(apply(&folder, &[]));
    assert_eq!(folder.read("out/vm-001.txt"), "mine\n");
    // Also where the catalog changes the same field.
    folder.write("cis/vm-001.yaml", item("vm-001", "Other", "")).commit("edit");
    assert_eq!(apply(&folder, &[]).code, 1);
    assert_eq!(folder.read("out/vm-001.txt"), "mine\n");
    let drift = json(&folder, &["drift", "-o", "json"]);
    assert_eq!(drift["targets"][0]["drift"][0]["fields"][0]["isAlsoChanged"], true, "{drift}");
    ok(apply(&folder, &["--allow", "drift"]));
    assert_eq!(folder.read("out/vm-001.txt"), "Other by team:ops\n");
    assert_eq!(folder.gitsm(&["drift"]).code, 0);
}

#[test]
fn an_exception_lets_drift_stay_until_it_is_over() {
    let folder = catalog(2);
    ok(apply(&folder, &[]));
    folder.write("out/vm-001.txt", "mine\n");
    let exception = |expires: &str| {
        format!(
            "apiVersion: gitsm/v1alpha1\nkind: Exception\nmetadata: {{name: by-hand}}\nspec:\n  of: \
             drift\n  name: content\n  subject: ci:vm-001\n  reason: The vendor is looking into \
             it.\n  requestedBy: team:ops\n  approver: team:security\n  expires: {expires}\n"
        )
    };
    folder.write(
        "security.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: security}\nspec: {type: team}\n",
    );
    folder.write("exception.yaml", exception("2099-01-01")).commit("accepted");
    let run = folder.gitsm(&["drift"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("accepted by exception:by-hand"), "{run:?}");
    ok(apply(&folder, &["--allow", "drift"]));
    assert_eq!(folder.read("out/vm-001.txt"), "mine\n", "what is accepted is not put right");
    folder.write("exception.yaml", exception("2020-01-01")).commit("over");
    assert_eq!(folder.gitsm(&["drift"]).code, 1);
}

#[test]
fn only_what_gitsm_made_is_deleted() {
    let folder = catalog(3);
    ok(apply(&folder, &[]));
    folder.write("out/notes.txt", "mine\n");
    folder.remove("cis/vm-002.yaml").commit("gone");
    assert_eq!(actions(&folder), ["delete file/vm-002.txt"]);
    ok(apply(&folder, &[]));
    assert!(!folder.path().join("out/vm-002.txt").exists());
    assert_eq!(folder.read("out/notes.txt"), "mine\n");
    assert_eq!(folder.read("out/vm-001.txt"), "Machine by team:ops\n");
}

#[test]
fn an_entity_with_another_name_is_an_update() {
    let folder = catalog(2);
    ok(apply(&folder, &[]));
    folder.remove("cis/vm-001.yaml");
    let more = ", formerly: [ci:vm-001]";
    folder.write("cis/web.yaml", item("web", "Machine", more)).commit("rename");
    assert_eq!(actions(&folder), ["update file/web.txt"]);
    let told = ok(folder.gitsm(&["plan"]));
    assert!(told.contains("(was file/vm-001.txt)"), "{told}");
    ok(apply(&folder, &[]));
    assert!(!folder.path().join("out/vm-001.txt").exists());
    assert_eq!(folder.read("out/web.txt"), "Machine by team:ops\n");
    assert_eq!(folder.gitsm(&["plan", "--exit-code"]).code, 0);
}

#[test]
fn too_many_deletions_and_an_empty_catalog_are_refused() {
    let folder = catalog(12);
    ok(apply(&folder, &[]));
    for number in 0..6 {
        folder.remove(&format!("cis/vm-{number:03}.yaml"));
    }
    folder.commit("half of it");
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("6 of 12 objects would be deleted, and 3 may be"), "{run:?}");
    assert!(folder.path().join("out/vm-000.txt").exists());
    ok(apply(&folder, &["--allow", "deletes"]));
    assert!(!folder.path().join("out/vm-000.txt").exists());
    for number in 6..12 {
        folder.remove(&format!("cis/vm-{number:03}.yaml"));
    }
    folder.commit("all of it");
    let run = apply(&folder, &["--allow", "deletes"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("all 6 objects would go"), "{run:?}");
    ok(apply(&folder, &["--allow", "empty"]));
    assert!(!folder.path().join("out/vm-011.txt").exists());
}

#[test]
fn what_somebody_else_made_is_taken_over_only_if_that_is_said() {
    let folder = catalog(2);
    folder.write("out/vm-000.txt", "there before\n");
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("gitsm did not make it"), "{run:?}");
    assert!(!folder.path().join("out/vm-001.txt").exists(), "nothing at all was done");
    let adopt = ["target", "adopt", "inventory", "file/vm-000.txt", "--auto-approve"];
    ok(folder.gitsm(&adopt));
    assert_eq!(folder.read("out/vm-000.txt"), "there before\n");
    assert_eq!(actions(&folder), ["create file/vm-001.txt", "update file/vm-000.txt"]);
    ok(apply(&folder, &[]));
    assert_eq!(folder.read("out/vm-000.txt"), "Machine by team:ops\n");
    let run = folder.gitsm(&adopt);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn a_plan_is_carried_out_as_it_was_shown_or_not_at_all() {
    let folder = catalog(2);
    ok(folder.gitsm(&["plan", "--at", "HEAD", "--out", "plan.json"]));
    let plan: Value = serde_json::from_str(&folder.read("plan.json")).unwrap();
    assert_eq!(plan["format"], "plan/1");
    // Somebody is faster.
    folder.write("out/vm-001.txt", "mine\n");
    let run = apply(&folder, &["plan.json"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("what is there has changed since the plan was made"), "{run:?}");
    folder.remove("out/vm-001.txt");
    // Another commit on top changes nothing of what this one says.
    folder.write("cis/vm-009.yaml", item("vm-009", "Later", "")).commit("later");
    ok(apply(&folder, &["plan.json"]));
    assert!(folder.path().join("out/vm-001.txt").exists());
    assert!(!folder.path().join("out/vm-009.txt").exists());
    // What was never merged, and what was never committed.
    folder.run_git(&["checkout", "--quiet", "-b", "feature"]);
    folder.write("cis/vm-010.yaml", item("vm-010", "New", "")).commit("feature");
    ok(folder.gitsm(&["plan", "--at", "feature", "--out", "feature.json"]));
    let run = apply(&folder, &["feature.json"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("is not on the first-parent line of main"), "{run:?}");
    ok(folder.gitsm(&["plan", "--out", "files.json"]));
    let run = apply(&folder, &["files.json"]);
    assert!(run.stderr.contains("not committed"), "{run:?}");
    folder.write("other.json", "{\"format\": \"plan/2\"}");
    assert_eq!(apply(&folder, &["other.json"]).code, 2);
}

#[test]
fn where_a_target_is_counts_as_the_protected_branch_has_it() {
    let folder = catalog(1);
    folder.write("target.yaml", target("elsewhere", ""));
    ok(folder.gitsm(&["plan"]));
    ok(apply(&folder, &[]));
    assert!(folder.path().join("out/vm-000.txt").exists());
    assert!(!folder.path().join("elsewhere").exists());
    // A target that was not merged yet has no place at all, unless its operator says one.
    let other = target("elsewhere", "").replace("name: inventory", "name: other");
    folder.write("other.yaml", other);
    let run = folder.gitsm(&["plan", "other"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("not on the protected branch yet"), "{run:?}");
    ok(folder.gitsm(&["plan", "other", "--set", "other.folder=elsewhere"]));
    folder.write("op.yaml", "targets: {other: {settings: {folder: elsewhere}}}\n");
    ok(folder.gitsm(&["plan", "other", "--operator", "op.yaml"]));
    assert!(!folder.path().join("elsewhere").exists());
}

#[test]
fn an_entity_of_which_nothing_can_be_made_stops_it_and_loses_nothing() {
    let folder = catalog(2);
    ok(apply(&folder, &[]));
    let broken = item("vm-001", "Machine", "").replace(", title: Machine", "");
    folder.write("cis/vm-001.yaml", broken).commit("no title");
    let plan = json(&folder, &["plan", "-o", "json"]);
    let refusal = &plan["targets"][0]["refusals"][0];
    assert_eq!(refusal["why"], "unmade", "{plan}");
    assert_eq!(refusal["entity"], "ci:default/vm-001");
    assert_eq!(refusal["pointer"], "/spec/mapping/file/fields/content");
    assert_eq!(refusal["place"], "target.yaml:13:18");
    assert_eq!(refusal["expression"], "{{ entity.metadata.title }}");
    assert_eq!(plan["targets"][0]["actions"].as_array().unwrap().len(), 0, "{plan}");
    assert_eq!(apply(&folder, &[]).code, 1);
    assert_eq!(folder.read("out/vm-001.txt"), "Machine by team:ops\n");
}

#[test]
fn two_entities_that_make_one_object_are_refused() {
    let folder = catalog(2);
    let same = target("out", "").replace("{{ entity.metadata.name }}", "same");
    folder.write("target.yaml", same).commit("same");
    let plan = json(&folder, &["plan", "-o", "json"]);
    let refusal = &plan["targets"][0]["refusals"][0];
    assert_eq!(refusal["why"], "twice", "{plan}");
    assert_eq!(refusal["entities"][1], "ci:default/vm-001");
}

#[test]
fn each_action_names_the_commit_because_of_which_it_is_done() {
    let folder = catalog(2);
    ok(apply(&folder, &[]));
    folder.write("cis/vm-000.yaml", item("vm-000", "Other", ""));
    folder.commit("Another title\n\nGitsm-Change: retitle");
    let edited = folder.run_git(&["rev-parse", "HEAD"]);
    folder.remove("cis/vm-001.yaml").commit("Gone");
    let gone = folder.run_git(&["rev-parse", "HEAD"]);
    folder.write("README.md", "x\n").commit("nothing of it");
    let plan = json(&folder, &["plan", "--at", "HEAD", "-o", "json"]);
    let actions = &plan["targets"][0]["actions"];
    assert_eq!(actions[0]["landed"], edited.trim(), "{plan}");
    assert_eq!(actions[0]["change"], "change:default/retitle");
    assert_eq!(actions[1]["action"], "delete");
    assert_eq!(actions[1]["landed"], gone.trim());
    assert_eq!(actions[1]["change"], Value::Null);
}

#[test]
fn nobody_is_asked_where_nobody_is() {
    let folder = catalog(1);
    let run = folder.gitsm(&["apply"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("1 to create"), "{run:?}");
    assert!(run.stderr.contains("--auto-approve"), "{run:?}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_field_that_is_sensitive_is_shown_to_nobody() {
    let folder = catalog(1);
    let hidden = target("out", "      sensitive: [content]\n");
    folder.write("target.yaml", hidden).commit("hidden");
    for format in ["human", "json", "markdown"] {
        let run = folder.gitsm(&["plan", "-o", format]);
        assert!(!run.stdout.contains("Machine by"), "{run:?}");
        assert_eq!(run.code, 0);
    }
    ok(apply(&folder, &[]));
    folder.write("out/vm-000.txt", "canary\n");
    let run = folder.gitsm(&["drift"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(!run.stdout.contains("canary") && run.stdout.contains("not shown"), "{run:?}");
}

#[test]
fn targets_are_listed_and_checked() {
    let folder = catalog(2);
    ok(apply(&folder, &[]));
    let listed = ok(folder.gitsm(&["target", "list"]));
    assert!(listed.contains("target:inventory") && listed.contains("out"), "{listed}");
    let checked = ok(folder.gitsm(&["target", "check"]));
    assert!(
        checked.contains("it takes 2 entities, and 2 objects of gitsm's are there"),
        "{checked}"
    );
    let run = folder.gitsm(&["target", "check", "--set", "inventory.folder=/nowhere/at/all"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stdout.starts_with("FAILED target:inventory"), "{run:?}");
    let run = folder.gitsm(&["plan", "nothing"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("there are inventory"), "{run:?}");
}

#[test]
fn a_catalog_without_an_id_is_told_to_have_one() {
    let folder = catalog(1);
    folder.write("gitsm.yaml", "edition: 2026\n").commit("no id");
    let run = folder.gitsm(&["plan"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("id: acme/it"), "{run:?}");
}

#[test]
fn a_document_that_cannot_be_read_takes_nothing_away() {
    let folder = catalog(2);
    ok(apply(&folder, &[]));
    folder.write("cis/vm-001.yaml", item("vm-001", "[", "")).commit("broken");
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stdout.contains("1 document of the catalog cannot be read: cis/vm-001.yaml"),
        "{run:?}"
    );
    let plan = json(&folder, &["plan", "-o", "json"]);
    assert_eq!(plan["targets"][0]["actions"].as_array().unwrap().len(), 0, "{plan}");
    assert_eq!(plan["targets"][0]["unknown"], 1, "{plan}");
    assert_eq!(folder.read("out/vm-001.txt"), "Machine by team:ops\n");
}

#[test]
fn a_plan_that_somebody_edited_is_not_carried_out() {
    let folder = catalog(2);
    folder.write("other.yaml", target("other", "").replace("inventory", "other")).commit("another");
    ok(folder.gitsm(&["plan", "inventory", "--at", "HEAD", "--out", "plan.json"]));
    let plan: Value = serde_json::from_str(&folder.read("plan.json")).unwrap();
    let refused = |plan: &Value, said: &str| {
        folder.write("edited.json", plan.to_string());
        let run = apply(&folder, &["edited.json"]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains(said), "{run:?}");
        assert!(!folder.path().join("out").exists() && !folder.path().join("other").exists());
    };
    let edited = |at: &str, value: Value| {
        let mut plan = plan.clone();
        *plan.pointer_mut(at).unwrap() = value;
        plan
    };
    refused(&edited("/targets", Value::Array(Vec::new())), "this plan is of no target");
    let one = plan["targets"][0].clone();
    refused(
        &edited("/targets", Value::Array(vec![one.clone(), one])),
        "names target:inventory twice",
    );
    let said = "target:inventory does not fit its digest: it was edited";
    refused(&edited("/targets/0/actions", Value::Array(Vec::new())), said);
    refused(&edited("/targets/0/actions/0/fields/0/after/0", "mine\n".into()), said);
    let first = folder.run_git(&["rev-parse", "HEAD~1"]).trim().to_owned();
    refused(&edited("/commit", first.into()), said);
    refused(&edited("/version", "9.9.9".into()), said);
    ok(apply(&folder, &["plan.json"]));
    assert!(folder.path().join("out/vm-001.txt").exists());
    assert!(!folder.path().join("other").exists());
}
