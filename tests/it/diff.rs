//! `gitsm diff`: what a change changes, what it can break, and how it is judged.

use std::fs;
use std::path::Path;

use gitsm::flow::schemas;
use serde_json::Value;

use crate::readme::fits;
use crate::support::{Folder, Run, component, group, project};

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// acme as a repository with one commit, in which jonas works.
pub(crate) fn acme() -> Folder {
    let folder = Folder::git();
    copy(&project().join("examples/acme"), folder.path());
    folder.run_git(&["config", "user.name", "Jonas"]);
    folder.run_git(&["config", "user.email", "jonas@acme.example"]);
    folder.commit("The catalog");
    folder
}

impl Folder {
    /// Replaces a text of a file that has it once.
    pub(crate) fn edit(&self, path: &str, old: &str, new: &str) -> &Self {
        let text = self.read(path);
        assert_eq!(text.matches(old).count(), 1, "{old:?} in {path}");
        self.write(path, text.replacen(old, new, 1))
    }
}

/// Outside of any window: a Saturday afternoon.
const SATURDAY: &str = "2026-11-21T14:00:00+01:00";
/// Inside of the weekly window.
const TUESDAY_NIGHT: &str = "2026-11-24T22:30:00+01:00";
/// Inside of the weekly window, and of the year-end freeze.
const FREEZE: &str = "2026-12-15T22:30:00+01:00";

fn diff(folder: &Folder, now: &str) -> Run {
    let run = folder.gitsm(&["diff", "--now", now]);
    assert_eq!(run.code, 0, "{run:?}");
    run
}

/// What is printed, without the id of the commit, which depends on everything in acme.
fn told(folder: &Folder, now: &str) -> String {
    let commit = folder.run_git(&["rev-parse", "--short=7", "HEAD"]);
    diff(folder, now).stdout.replace(commit.trim(), "COMMIT")
}

#[test]
fn a_label_is_worth_nothing() {
    let acme = acme();
    acme.edit("services/checkout.yaml", "cost-centre: shop", "cost-centre: sales");
    insta::assert_snapshot!("diff-label", told(&acme, SATURDAY));
}

#[test]
fn a_replica_that_nobody_uses_is_worth_nothing() {
    let acme = acme();
    let replica = "\
apiVersion: gitsm/v1alpha1
kind: ConfigurationItem
metadata:
  name: orders-db-replica
  title: Replica of the orders
spec:
  class: database.instance
  owner: team:fulfilment
  environment: production
  lifecycle: {stage: deploy, status: in_use}
  provider: aws
  region: eu-central-1
  version: \"16.4\"
  relations: {uses: [ci:orders-db]}
  attributes: {engine: postgresql, port: 5432, sizeGiB: 400}
";
    acme.write("cis/aws/orders-db-replica.yaml", replica);
    insta::assert_snapshot!("diff-replica", told(&acme, SATURDAY));
}

fn resized() -> Folder {
    let acme = acme();
    let old = "attributes: {engine: postgresql, port: 5432, highAvailability: true, sizeGiB: 800}";
    acme.edit("cis/aws/databases.yaml", old, &old.replace("800", "1200"));
    acme
}

#[test]
fn a_database_grows_outside_its_window() {
    let told = told(&resized(), SATURDAY);
    let readme = fs::read_to_string(project().join("README.md")).unwrap();
    let shown = readme.split("```text\n$ gitsm diff main\n").nth(1).unwrap();
    let shown = shown.split("```").next().unwrap();
    let wanted: Vec<String> = shown.lines().map(str::to_owned).collect();
    assert!(fits(&wanted, &told.lines().collect::<Vec<_>>()), "{shown}\n{told}");
    insta::assert_snapshot!("diff-resize-outside", told);
}

#[test]
fn a_database_grows_inside_its_window() {
    insta::assert_snapshot!("diff-resize-inside", told(&resized(), TUESDAY_NIGHT));
}

#[test]
fn a_database_grows_in_the_freeze() {
    insta::assert_snapshot!("diff-resize-freeze", told(&resized(), FREEZE));
}

#[test]
fn an_item_that_services_need_is_deleted() {
    let acme = acme();
    let text = acme.read("cis/corporate/security.yaml");
    let vault = |one: &&str| !one.contains("\n  name: vault\n");
    let left: Vec<&str> = text.split("---\n").filter(vault).collect();
    assert_eq!(left.len() + 1, text.split("---\n").count());
    acme.write("cis/corporate/security.yaml", left.join("---\n"));
    insta::assert_snapshot!("diff-delete", told(&acme, SATURDAY));
}

#[test]
fn a_terraform_file_is_a_change_of_what_it_makes() {
    let acme = acme();
    let text = acme.read("terraform/prod/db/main.tf");
    acme.write("terraform/prod/db/main.tf", format!("{text}\n# larger\n"));
    let told = told(&acme, SATURDAY);
    for word in ["ci:checkout-db", "service:checkout", "tier1", "team:payments"] {
        assert!(told.contains(word), "{word} in {told}");
    }
    insta::assert_snapshot!("diff-terraform", told);
}

#[test]
fn another_layout_of_every_file_is_no_change() {
    let acme = acme();
    let mut files = 0;
    for path in acme.run_git(&["ls-files", "*.yaml"]).lines() {
        let text = acme.read(path);
        // Settings and templates of others are files, and a file that differs is a change.
        if ["gitsm.yaml", "apps/checkout/openapi.yaml"].contains(&path) || path.starts_with("helm/")
        {
            continue;
        }
        let mut all = String::from("# Written anew.\n");
        for document in text.split("\n---\n") {
            let value: serde_yaml::Value = serde_yaml::from_str(document).unwrap();
            all.push_str(&format!("--- # one\n{}\n", reordered(&value)));
        }
        acme.write(path, all);
        files += 1;
    }
    assert!(files > 60, "{files}");
    insta::assert_snapshot!("diff-reformat", told(&acme, SATURDAY));
    assert_eq!(acme.gitsm(&["diff", "--exit-code", "-o", "summary"]).code, 0);
}

/// The same value as JSON with its fields in another order; only what has no anchors.
fn reordered(value: &serde_yaml::Value) -> String {
    match value {
        serde_yaml::Value::Mapping(fields) => {
            let mut fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| {
                    let key = serde_json::to_string(key.as_str().unwrap()).unwrap();
                    format!("{key}: {}", reordered(value))
                })
                .collect();
            fields.sort_by(|a, b| b.cmp(a));
            format!("{{{}}}", fields.join(",\n "))
        }
        serde_yaml::Value::Sequence(items) => {
            let items: Vec<String> = items.iter().map(reordered).collect();
            format!("[{}]", items.join(", "))
        }
        other => serde_json::to_string(other).unwrap(),
    }
}

#[test]
fn who_is_in_a_team_is_governance() {
    let acme = acme();
    let text = acme.read("teams/boards.yaml");
    let members = text.lines().find(|line| line.contains("members: [")).unwrap();
    acme.write(
        "teams/boards.yaml",
        text.replacen(members, &members.replace('[', "[person:jonas, "), 1),
    );
    insta::assert_snapshot!("diff-team", told(&acme, SATURDAY));
}

#[test]
fn a_new_dependency_on_a_service_of_a_lower_tier() {
    let acme = acme();
    let old = "dependsOn: [service:product-search, service:container-platform]";
    let new =
        "dependsOn: [service:product-search, service:container-platform, service:partner-feed]";
    acme.edit("services/storefront.yaml", old, new);
    insta::assert_snapshot!("diff-dependency", told(&acme, SATURDAY));
}

#[test]
fn an_edit_inside_of_a_standard_model_asks_nobody() {
    let acme = acme();
    let files = acme.run_git(&["grep", "-l", "name: search-api$", "--", "cis"]);
    let path = files.lines().next().unwrap();
    let text = acme.read(path);
    let at = text.find("name: search-api\n").unwrap();
    let version = at + text[at..].find("  version: ").unwrap();
    let line = text[version..].lines().next().unwrap();
    acme.write(
        path,
        format!("{}  version: 9.0.1{}", &text[..version], &text[version + line.len()..]),
    );
    insta::assert_snapshot!("diff-standard", told(&acme, SATURDAY));
}

#[test]
fn a_repository_of_backstage_learns_something_without_configuration() {
    let folder = Folder::git();
    let shop = component("shop")
        .replace("owner: payments\n", "owner: payments\n  dependsOn: [resource:db]\n");
    let mobile = component("mobile")
        .replace("owner: payments\n", "owner: apps\n  dependsOn: [component:shop]\n");
    let db = "apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: {name: db}\nspec: {type: database, owner: platform}\n";
    folder.write("shop/catalog-info.yaml", shop).write("shop/src/main.go", "package main\n");
    folder.write("mobile/catalog-info.yaml", mobile).write("infra/db/catalog-info.yaml", db);
    folder.write("infra/db/main.tf", "# small\n");
    folder.write("org.yaml", [group("payments"), group("platform"), group("apps")].join("---\n"));
    folder.commit("A catalog");
    folder.write("infra/db/main.tf", "# large\n");
    insta::assert_snapshot!("diff-backstage", told(&folder, SATURDAY));
}

#[test]
fn programs_get_the_same_and_it_fits_the_schema() {
    let acme = resized();
    let run = acme.gitsm(&["diff", "-o", "json", "--impact", "--risk", "--now", SATURDAY]);
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    let schema = schemas::named("diff").unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);
    assert_eq!(value["format"], "diff/1");
    assert_eq!(value["judgement"]["risk"]["band"], "high");
    let plain: Value = serde_json::from_str(&acme.gitsm(&["diff", "-o", "json"]).stdout).unwrap();
    assert_eq!(plain["digest"], value["digest"]);
    assert!(plain.get("judgement").is_none() && plain.get("impact").is_none());
}

#[test]
fn a_pull_request_gets_tables_that_nobody_obeys() {
    let acme = resized();
    acme.edit("services/checkout.yaml", "title: Checkout", "title: \"@all <b> | #1 `x`\"");
    let commit = acme.run_git(&["rev-parse", "--short=7", "HEAD"]);
    let run = acme.gitsm(&["diff", "-o", "markdown", "--now", SATURDAY]);
    insta::assert_snapshot!("diff-markdown", run.stdout.replace(commit.trim(), "COMMIT"));
}

#[test]
fn names_and_a_line_are_for_scripts() {
    let acme = resized();
    acme.remove("services/gift-cards.yaml").write("notes.txt", "x");
    let run = acme.gitsm(&["diff", "-o", "name"]);
    insta::assert_snapshot!(run.stdout, @r"
    update	ci:checkout-db
    delete	service:gift-cards
    added	notes.txt
    ");
    let run = acme.gitsm(&["diff", "-o", "summary", "--exit-code"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.stdout, @"1 entity updated, 1 deleted; 1 file, nobody's");
}

#[test]
fn a_secret_is_in_no_format() {
    let acme = acme();
    let secret = format!("gh{}_{}", "p", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17");
    acme.edit("services/checkout.yaml", "title: Checkout", &format!("title: {secret}"));
    acme.edit("services/payments.yaml", "name: payments\n", &format!("name: {secret}\n"));
    acme.write(&format!("{secret}.txt"), "x");
    for format in ["human", "summary", "name", "json", "markdown"] {
        let run = acme.gitsm(&["diff", "--impact", "--risk", "-o", format]);
        assert!(!run.stdout.contains(&secret), "{format}");
    }
}

#[test]
fn the_digest_survives_layout_and_rebase_and_dies_with_a_value() {
    let acme = resized();
    let digest = |folder: &Folder, arguments: &[&str]| {
        let all: Vec<&str> = ["diff", "-o", "json"].iter().chain(arguments).copied().collect();
        let value: Value = serde_json::from_str(&folder.gitsm(&all).stdout).unwrap();
        value["digest"].as_str().unwrap().to_owned()
    };
    let first = digest(&acme, &[]);
    acme.run_git(&["checkout", "--quiet", "-b", "feature"]);
    acme.commit("Larger");
    assert_eq!(digest(&acme, &["main", "HEAD"]), first, "committed");
    acme.edit("cis/aws/databases.yaml", "sizeGiB: 1200}", "sizeGiB:   0x4B0} # same");
    assert_eq!(digest(&acme, &["main"]), first, "written in another way");
    acme.run_git(&["checkout", "--quiet", "cis"]);
    acme.run_git(&["checkout", "--quiet", "main"]);
    acme.edit("services/payments.yaml", "title: Payments", "title: Paying");
    acme.commit("Something else");
    assert_eq!(digest(&acme, &["main", "feature"]), first, "the base moved on");
    acme.run_git(&["checkout", "--quiet", "feature"]);
    acme.run_git(&["rebase", "--quiet", "main"]);
    assert_eq!(digest(&acme, &["main", "feature"]), first, "rebased");
    acme.run_git(&["checkout", "--quiet", "main"]);
    acme.run_git(&["merge", "--quiet", "--no-ff", "--no-edit", "feature"]);
    assert_eq!(digest(&acme, &["HEAD^1", "HEAD"]), first, "merged");
    acme.edit("cis/aws/databases.yaml", "sizeGiB: 1200}", "sizeGiB: 1201}");
    acme.commit("More");
    assert_ne!(digest(&acme, &["HEAD~2", "HEAD"]), first, "another value");
}

#[test]
fn what_cannot_be_merged_or_found_is_said() {
    let acme = resized();
    acme.run_git(&["checkout", "--quiet", "-b", "feature"]);
    acme.commit("Larger");
    acme.run_git(&["checkout", "--quiet", "main"]);
    let old = "highAvailability: true, sizeGiB: 800}";
    acme.edit("cis/aws/databases.yaml", old, &old.replace("800", "900"));
    acme.commit("Another size");
    let run = acme.gitsm(&["diff", "main", "feature"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("cis/aws/databases.yaml"), "{run:?}");
    let run = acme.gitsm(&["diff", "nowhere"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("nowhere"), "{run:?}");
    assert_eq!(Folder::new().gitsm(&["diff"]).code, 3);
    let run = Folder::git().gitsm(&["diff"]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""));
}

#[test]
fn other_branches_that_touch_the_same_are_told() {
    let acme = acme();
    acme.run_git(&["checkout", "--quiet", "-b", "bigger-disks"]);
    let old = "highAvailability: true, sizeGiB: 800}";
    acme.edit("cis/aws/databases.yaml", old, &old.replace("800", "1600"));
    // The date of a branch's tip is what makes it fresh.
    acme.commit("Larger");
    acme.run_git(&["checkout", "--quiet", "main"]);
    acme.write("terraform/prod/db/main.tf", "# other\n");
    let run = diff(&acme, "2026-01-10T12:00:00Z");
    assert!(
        run.stdout.contains("ci:checkout-db is also changed by bigger-disks"),
        "{}",
        run.stdout
    );
    let run = diff(&acme, "2026-11-21T12:00:00Z");
    assert!(!run.stdout.contains("bigger-disks"), "long forgotten: {}", run.stdout);
}

#[test]
fn a_new_policy_is_held_against_what_landed_lately() {
    let acme = resized();
    acme.run_git(&["commit", "--quiet", "--all", "--message", "Larger"]);
    let old = "bands: {moderate: 5, high: 10, veryHigh: 15}";
    acme.edit("changes/policy.yaml", old, "bands: {moderate: 5, high: 8, veryHigh: 10}");
    let run = diff(&acme, "2026-01-20T12:00:00Z");
    let told = run.stdout.split("\nLooking back").nth(1).unwrap();
    let told: Vec<&str> = told.lines().take(4).collect();
    assert_eq!(
        told,
        [
            "  by changepolicy:acme, of 1 change of the last 90 days",
            "    1  would be riskier: very high",
            "    1  would go to a board, instead of 0",
            "    1  would need something said, instead of 1",
        ]
    );
}

#[test]
fn a_request_that_was_there_before_lends_nothing_to_whoever_touches_it() {
    let acme = resized();
    let plain = diff(&acme, SATURDAY).stdout;
    acme.edit(
        "changes/2026-11-northpay-timeouts.yaml",
        "title: Wait longer",
        "title: Wait much longer",
    );
    acme.edit(
        "changes/2027-01-checkout-db-17.yaml",
        "title: PostgreSQL 17",
        "title: PostgreSQL 17.1",
    );
    let told = diff(&acme, SATURDAY).stdout;
    for words in ["A normal change of high risk", "high, 12 points", "it may not happen"] {
        assert!(plain.contains(words) && told.contains(words), "{words}\n{told}");
    }
    let request = acme.read("changes/2027-01-checkout-db-17.yaml");
    let request = request.replace("name: checkout-db-17", "name: grow");
    let in_freeze = request
        .replace("2027-01-12T22:00", "2026-12-15T22:00")
        .replace("2027-01-13T03:00", "2026-12-16T03:00");
    acme.write("changes/grow.yaml", in_freeze);
    let told = diff(&acme, SATURDAY).stdout;
    assert!(told.contains("frozen by calendar:year-end-freeze"), "{told}");
    assert!(told.contains("service:checkout  "), "what it concerns counts: {told}");
    let over = request
        .replace("2027-01-12T22:00", "2026-11-17T22:00")
        .replace("2027-01-13T03:00", "2026-11-18T03:00");
    acme.write("changes/grow.yaml", over);
    let told = diff(&acme, SATURDAY).stdout;
    assert!(told.contains("plans it for a time that is over"), "{told}");
    assert!(told.contains("it may not happen"), "{told}");
}
