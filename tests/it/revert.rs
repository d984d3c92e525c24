//! `gitsm revert` over real repositories.

use crate::support::{Folder, Run};

const BASE: &str = "\
# The shop's things.
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: shop} # the first one
spec: {type: team}
---
# The checkout.
apiVersion: gitsm/v1alpha1
kind: Service
metadata:
  name: checkout
  title: Checkout # seen by customers
spec:
  owner: team:shop
  lifecycle: live
  dependsOn:
    - service:search # finds things
    - service:pay
---
# Finds things.
apiVersion: gitsm/v1alpha1
kind: Service
metadata: {name: search}
spec: {owner: team:shop, lifecycle: live}
---
apiVersion: gitsm/v1alpha1
kind: Service
metadata: {name: pay}
spec: {owner: team:shop, lifecycle: live}
";

fn shop() -> Folder {
    let folder = Folder::git();
    folder.write("all.yaml", BASE).write("main.tf", "a\nb\nc\n");
    folder.commit("base");
    folder
}

/// Replaces a text in the file, and commits.
fn edit(folder: &Folder, from: &str, to: &str, message: &str) {
    let text = folder.read("all.yaml");
    assert!(text.contains(from), "{from}");
    folder.write("all.yaml", text.replacen(from, to, 1)).commit(message);
}

fn revert(folder: &Folder, arguments: &[&str]) -> Run {
    let all: Vec<&str> = std::iter::once("revert").chain(arguments.iter().copied()).collect();
    folder.gitsm(&all)
}

#[test]
fn what_nobody_touched_since_comes_back_to_the_byte() {
    let folder = shop();
    edit(&folder, "title: Checkout # seen", "title:   Basket # shown", "Rename (#7)");
    folder.write("main.tf", "a\nb\nx\n").commit("more");
    let dry = revert(&folder, &["pr-7", "--dry-run"]);
    assert_eq!(dry.code, 0, "{dry:?}");
    assert_ne!(folder.read("all.yaml"), BASE);
    let run = revert(&folder, &["HEAD~2..HEAD"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        (folder.read("all.yaml"), folder.read("main.tf")),
        (BASE.into(), "a\nb\nc\n".into())
    );
    let again = revert(&folder, &["pr-7"]);
    assert_eq!(again.code, 0);
    assert!(again.stdout.starts_with("nothing to take back"), "{again:?}");
}

#[test]
fn a_later_edit_of_the_same_value_stands_in_the_way_and_is_named() {
    let folder = shop();
    edit(&folder, "title: Checkout", "title: Basket", "one");
    edit(&folder, "title: Basket", "title: Cart", "two");
    let text = folder.read("all.yaml");
    let run = revert(&folder, &["HEAD~1"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains(" two ("), "{run:?}");
    assert_eq!(folder.read("all.yaml"), text);
    folder.write("all.yaml", text.replace("title: Cart", "title: Bag"));
    let run = revert(&folder, &["HEAD~1"]);
    assert!(run.stdout.contains("not committed"), "{run:?}");
}

#[test]
fn an_edit_beside_it_stays_with_its_comments() {
    let folder = shop();
    edit(&folder, "    - service:pay\n", "    - service:pay\n    - service:other\n", "one");
    let other = "---\napiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: other}\nspec: {owner: team:shop, lifecycle: live}\n";
    folder.write("other.yaml", other).commit("other");
    edit(&folder, "    - service:pay\n", "    - service:pay # money\n", "two");
    edit(&folder, "title: Checkout", "title: Cart", "three");
    let before = folder.read("all.yaml");
    let run = revert(&folder, &["HEAD~3"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(folder.read("all.yaml"), before.replace("    - service:other\n", ""));
}

#[test]
fn a_document_comes_back_to_its_place_with_its_comments_and_goes_again() {
    let folder = shop();
    let gone = "# Finds things.\napiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: search}\nspec: {owner: team:shop, lifecycle: live}\n---\n";
    edit(&folder, gone, "", "delete");
    edit(&folder, "metadata: {name: pay}", "metadata: {name: pay, title: Pay}", "title");
    let run = revert(&folder, &["HEAD~1"]);
    assert_eq!(run.code, 0, "{run:?}");
    let whole = BASE.replace("{name: pay}", "{name: pay, title: Pay}");
    assert_eq!(folder.read("all.yaml"), whole);
    folder.commit("back");
    let run = revert(&folder, &["HEAD", "--partial"]);
    assert_eq!(folder.read("all.yaml"), whole.replace(gone, ""), "{run:?}");
}

#[test]
fn an_error_that_the_catalog_would_get_stands_in_the_way() {
    let folder = shop();
    let other = "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: other}\nspec: {owner: team:shop, lifecycle: live}\n";
    folder.write("other.yaml", other).commit("create");
    edit(&folder, "    - service:pay\n", "    - service:pay\n    - service:other\n", "use");
    let run = revert(&folder, &["HEAD~1"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("reference-unknown"), "{run:?}");
    assert_eq!(folder.read("other.yaml"), other);
    let run = revert(&folder, &["HEAD~1", "--partial"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.starts_with("took back "), "{run:?}");
    assert!(!run.stdout.starts_with("took back a part"), "{run:?}");
    assert!(run.stdout.contains("\nwhat comes of it:\n"), "{run:?}");
    assert!(!folder.path().join("other.yaml").exists());
}

#[test]
fn a_rename_is_taken_back_and_what_is_gone_or_renamed_again_is_named() {
    let folder = shop();
    assert_eq!(folder.gitsm(&["rename", "service:pay", "pays"]).code, 0);
    folder.commit("rename");
    let run = revert(&folder, &["HEAD"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(folder.read("all.yaml"), BASE);
    folder.run_git(&["checkout", "-q", "."]);
    assert_eq!(folder.gitsm(&["rename", "service:pays", "money"]).code, 0);
    folder.commit("again");
    let run = revert(&folder, &["HEAD~1"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("it is called service:default/money now"), "{run:?}");
}

#[test]
fn a_file_that_differs_stands_in_the_way_and_a_merge_is_one_change() {
    let folder = shop();
    folder.run_git(&["checkout", "-q", "-b", "feature"]);
    folder.write("main.tf", "a\nB\nc\n").commit("tf");
    edit(&folder, "title: Checkout", "title: Cart", "title");
    folder.run_git(&["checkout", "-q", "-"]);
    folder.write("x.txt", "x").commit("beside");
    folder.run_git(&[
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "Merge pull request #12 from feature",
        "feature",
    ]);
    let run = revert(&folder, &["pr-12"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        (folder.read("all.yaml"), folder.read("main.tf")),
        (BASE.into(), "a\nb\nc\n".into())
    );
    folder.run_git(&["checkout", "-q", "."]);
    folder.write("main.tf", "a\nC\nc\n").commit("later");
    let run = revert(&folder, &["pr-12"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("main.tf: the same lines were edited since\n      by "), "{run:?}");
    let json: serde_json::Value =
        serde_json::from_str(&revert(&folder, &["pr-12", "-o", "json"]).stdout).unwrap();
    assert_eq!(json["format"], "revert/1");
    assert_eq!(json["obstacles"][0]["kind"], "file");
}

#[test]
fn names_that_nobody_knows_and_first_commits_are_wrong_usage() {
    let folder = shop();
    assert_eq!(revert(&folder, &["pr-99"]).code, 2);
    assert_eq!(revert(&folder, &["nothing"]).code, 2);
    assert_eq!(revert(&folder, &["HEAD"]).code, 2);
}

#[test]
fn a_trailer_names_a_change_and_line_ends_and_marks_are_kept() {
    let folder = shop();
    let windows = format!("\u{feff}{}", BASE.replace('\n', "\r\n"));
    folder.write("all.yaml", &windows).commit("windows");
    edit(&folder, "title: Checkout #", "title: Cart #", "one\n\nGitsm-Change: CHG-1");
    edit(&folder, "  name: checkout\r\n", "  name: checkout\r\n  description: Sells\r\n", "two");
    let now = folder.read("all.yaml");
    let run = revert(&folder, &["CHG-1"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("Gitsm-Reverts: CHG-1"), "{run:?}");
    assert_eq!(folder.read("all.yaml"), now.replace("title: Cart", "title: Checkout"));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let folder = shop();
    edit(&folder, "title: Checkout", "title: Cart", "one");
    let outside = Folder::new();
    outside.write("all.yaml", folder.read("all.yaml"));
    folder.remove("all.yaml");
    std::os::unix::fs::symlink(outside.path().join("all.yaml"), folder.path().join("all.yaml"))
        .unwrap();
    let run = revert(&folder, &["HEAD"]);
    assert_ne!(run.code, 0, "{run:?}");
    assert!(outside.read("all.yaml").contains("Cart"));
}

/// What is printed, with names in place of the ids of commits, which depend on everything in acme.
fn told(folder: &Folder, run: &Run) -> String {
    let mut text = run.stdout.clone();
    let log = folder.run_git(&["log", "--format=%H"]);
    for (number, id) in log.lines().enumerate() {
        let name = format!("COMMIT-{number}");
        text = text.replace(id, &name).replace(&id[..9], &name).replace(&id[..7], &name);
    }
    text
}

/// acme with a change of a service and a file, and nothing after it.
fn changed_acme() -> Folder {
    let acme = crate::diff::acme();
    acme.edit("services/checkout.yaml", "criticality: tier1", "criticality: tier2");
    acme.edit("services/checkout.yaml", "rto: PT4H", "rto: PT8H");
    acme.edit(
        "services/checkout.yaml",
        "    - url: https://handbook.acme.example/checkout\n      title: How a checkout works\n",
        "",
    );
    acme.commit("Checkout matters less (#12)");
    acme
}

#[test]
fn a_change_of_acme_is_taken_back_with_a_message_to_commit() {
    let acme = changed_acme();
    acme.edit("services/checkout.yaml", "tags: [shop, pci]", "tags: [shop, pci, cart]")
        .commit("Tag");
    let run = revert(&acme, &["pr-12"]);
    assert_eq!(run.code, 0, "{run:?}");
    insta::assert_snapshot!("revert-clean", told(&acme, &run));
}

#[test]
fn an_obstacle_in_acme_names_the_commit_and_a_part_can_be_had() {
    let acme = changed_acme();
    acme.edit("services/checkout.yaml", "rto: PT8H", "rto: PT6H").commit("Recover sooner");
    let run = revert(&acme, &["pr-12"]);
    assert_eq!(run.code, 1, "{run:?}");
    insta::assert_snapshot!("revert-obstacle", told(&acme, &run));
    let run = revert(&acme, &["pr-12", "--partial"]);
    assert_eq!(run.code, 1, "{run:?}");
    insta::assert_snapshot!("revert-partial", told(&acme, &run));
    assert!(acme.read("services/checkout.yaml").contains("rto: PT6H"));
}

/// The kinds of the obstacles of a change.
fn kinds(folder: &Folder, change: &str) -> Vec<String> {
    let run = revert(folder, &[change, "--dry-run", "-o", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let all = json["obstacles"].as_array().unwrap().iter();
    all.map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_gone_and_a_name_that_is_taken_stand_in_the_way() {
    let folder = shop();
    edit(&folder, "title: Checkout", "title: Cart", "title");
    let (start, end) = ("# The checkout.\n", "# Finds things.\n");
    let text = folder.read("all.yaml");
    let document = &text[text.find(start).unwrap()..text.find(end).unwrap()];
    edit(&folder, document, "", "delete");
    assert_eq!(kinds(&folder, "HEAD~1"), ["gone"]);
    let again = "---\napiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: checkout, title: New}\nspec: {owner: team:shop, lifecycle: live}\n";
    let text = folder.read("all.yaml") + again;
    folder.write("all.yaml", text).commit("another");
    assert_eq!(kinds(&folder, "HEAD~1"), ["taken"]);
}

#[test]
fn a_comment_that_silences_a_finding_goes_and_comes_with_the_change() {
    let folder = shop();
    let silenced = "# gitsm: ignore[reference-unknown] moves here in May\n  title: Checkout #";
    edit(&folder, "  title: Checkout #", &format!("  {silenced}"), "silence");
    edit(&folder, "- service:pay", "- service:pay # money", "beside");
    let now = folder.read("all.yaml");
    let run = revert(&folder, &["HEAD~1"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        folder.read("all.yaml"),
        now.replace(&format!("  {silenced}"), "  title: Checkout #")
    );
}

#[test]
fn a_document_in_braces_gets_its_values_back() {
    let folder = shop();
    edit(&folder, "{name: pay}", "{name: pay, title: Pay, tags: [a, b]}", "one");
    edit(&folder, "title: Pay, tags: [a, b]", "title: Money, tags: [b]", "two");
    edit(
        &folder,
        "title: Money, tags: [b]}",
        "title: Money, tags: [b], description: Takes it}",
        "three",
    );
    let run = revert(&folder, &["HEAD~1"]);
    assert_eq!(run.code, 0, "{run:?}");
    let text = folder.read("all.yaml");
    let line = "metadata: {name: pay, title: Pay, tags: [a, b], description: Takes it}\n";
    assert!(text.contains(line), "{text}");
    assert_eq!(text.replace(line, "metadata: {name: pay}\n"), BASE);
}

#[test]
fn a_comment_behind_a_value_comes_back_with_it_though_the_document_moved() {
    let folder = shop();
    edit(&folder, "title: Checkout # seen by customers", "title: Cart # seen by buyers", "one");
    edit(
        &folder,
        "lifecycle: live\n  dependsOn",
        "lifecycle: live # since May\n  dependsOn",
        "two",
    );
    let text = folder.read("all.yaml");
    let start = text.find("# The checkout.\n").unwrap();
    let end = text.find("# Finds things.\n").unwrap();
    let document = text[start..end].trim_end_matches("---\n").to_owned();
    folder.write("all.yaml", text.replace(&text[start..end], ""));
    folder.write("moved.yaml", &document).commit("move");
    let run = revert(&folder, &["HEAD~2"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        folder.read("moved.yaml"),
        document.replace("Cart # seen by buyers", "Checkout # seen by customers")
    );
    // A line that others edited since keeps its comment.
    folder.run_git(&["checkout", "-q", "."]);
    folder.write("moved.yaml", document.replace("seen by buyers", "mine")).commit("mine");
    assert_eq!(revert(&folder, &["HEAD~3"]).code, 0);
    assert!(folder.read("moved.yaml").contains("title: Checkout # mine\n"));
}
