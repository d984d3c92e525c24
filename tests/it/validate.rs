//! `gitsm validate` as people run it.

use crate::support::{Folder, component, group};

#[test]
fn a_catalog_without_a_fault_is_fine() {
    let folder = Folder::git();
    folder.write("checkout/catalog-info.yaml", component("checkout"));
    let run = folder.gitsm(&["validate"]);
    assert_eq!(run.code, 0, "{run:?}");
    insta::assert_snapshot!(run.stdout, @r#"
        note[kind-elsewhere]: one reference leads to a Group, and this catalog defines none
         --> checkout/catalog-info.yaml:8:10
          |
        8 |   owner: payments
          |          ^^^^^^^^
          |
          = help: nothing to do if that is kept elsewhere; define one Group here, and all of them are checked

        1 entity in 1 file: 1 note
        what a code means: gitsm explain kind-elsewhere
    "#);
}

#[test]
fn a_finding_shows_the_line_and_what_to_write() {
    let folder = Folder::git();
    folder.write("teams.yaml", group("payments"));
    let text = component("checkout").replace("owner: payments", "owner: paymets");
    folder.write("checkout/catalog-info.yaml", text);
    let run = folder.gitsm(&["validate"]);
    assert_eq!(run.code, 0, "a foreign reference only warns: {run:?}");
    insta::assert_snapshot!(run.stdout, @r#"
        warning[reference-unknown]: there is no Group `paymets`
         --> checkout/catalog-info.yaml:8:10
          |
        8 |   owner: paymets
          |          ^^^^^^^
          |
         ::: teams.yaml:4:9
          |
        4 |   name: payments
          |         -------- the Group `payments` is here
          |
          = help: did you mean `group:payments`?

        2 entities in 2 files: 1 warning
        what a code means: gitsm explain reference-unknown
    "#);
    assert_eq!(folder.gitsm(&["validate", "--fail-on", "warning"]).code, 1);
}

#[test]
fn an_error_makes_the_exit_code_1() {
    let folder = Folder::git();
    let text = component("checkout").replace("  owner: payments\n", "");
    folder.write("catalog-info.yaml", text);
    let run = folder.gitsm(&["validate"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.stdout, @r#"
        error[field-missing]: `spec.owner` is missing
         --> catalog-info.yaml:5:1
          |
        5 | spec:
          | ^^^^
          |
          = help: add `owner:` — the group or user who is accountable for it: `group:payments`, or just `payments`

        1 entity in 1 file: 1 error
        what a code means: gitsm explain field-missing
    "#);
}

#[test]
fn the_first_screen_of_a_foreign_repository_is_one_screen() {
    let folder = Folder::git();
    for number in 0..30 {
        let text = component(&format!("c{number}")).replace("type: service", "type: 1");
        folder.write(&format!("c{number}/catalog-info.yaml"), text);
    }
    let first = folder.gitsm(&["validate"]).stdout;
    assert!(first.lines().count() <= 40, "{}", first.lines().count());
    assert!(
        first.contains("and 28 more findings (27 × field-type, 1 × kind-elsewhere)"),
        "{first}"
    );
    let all = folder.gitsm(&["validate", "--all"]).stdout;
    assert_eq!(all.matches("error[field-type]").count(), 30);
    // A repository with a gitsm.yaml knows gitsm, and sees every finding.
    folder.write("gitsm.yaml", "edition: 2026\n");
    let all = folder.gitsm(&["validate"]).stdout;
    assert_eq!(all.matches("error[field-type]").count(), 30);
}

#[test]
fn one_missing_target_is_one_finding_with_its_places() {
    let folder = Folder::git();
    folder.write("teams.yaml", group("other"));
    for number in 0..8 {
        folder.write(&format!("c{number}.yaml"), component(&format!("c{number}")));
    }
    let findings = folder.findings(&[]);
    let list = findings["findings"].as_array().unwrap();
    assert_eq!(list.len(), 1, "{findings:#}");
    assert_eq!(list[0]["code"], "reference-unknown");
    assert_eq!(list[0]["occurrences"], 8);
    assert_eq!(list[0]["labels"].as_array().unwrap().len(), 5);
    assert_eq!(list[0]["headline"], "there is no Group `payments` (8 references)");
}

#[test]
fn a_family_that_is_kept_elsewhere_is_one_note() {
    let folder = Folder::git();
    for number in 0..4 {
        folder.write(&format!("c{number}.yaml"), component(&format!("c{number}")));
    }
    let findings = folder.findings(&[]);
    let list = findings["findings"].as_array().unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0]["code"], "kind-elsewhere");
    assert_eq!(list[0]["severity"], "note");
}

#[test]
fn references_in_own_documents_must_lead_somewhere() {
    let folder = Folder::git();
    let service = "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: shop}\n\
                   spec: {owner: 'team:pay'}\n";
    folder.write("shop.yaml", service);
    let run = folder.gitsm(&["validate", "-o", "concise"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("error[reference-unknown] there is no Team `pay`"), "{run:?}");
    folder.write("team.yaml", group("Pay"));
    assert_eq!(folder.gitsm(&["validate"]).code, 0, "a Group is a team");
}

#[test]
fn a_path_that_is_a_folder_is_the_catalog_and_a_file_is_a_filter() {
    let folder = Folder::git();
    folder.write("a/catalog-info.yaml", component("one").replace("type: service", "type: 1"));
    folder.write("b/catalog-info.yaml", component("two").replace("type: service", "type: 2"));
    assert_eq!(folder.places(&["--only", "field-type"]).len(), 2);
    let only_a = ["field-type a/catalog-info.yaml:6:9"];
    assert_eq!(folder.places(&["a", "--only", "field-type"]), only_a);
    assert_eq!(folder.places(&["a/catalog-info.yaml", "--only", "field-type"]), only_a);
    let summary = folder.findings(&["a/catalog-info.yaml"])["summary"].clone();
    assert_eq!(summary["entities"], 2, "a file filters findings, not the catalog");
    let missing = folder.gitsm(&["validate", "nowhere"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("there is no file or folder nowhere"), "{missing:?}");
}

#[test]
fn without_git_the_folder_is_the_catalog() {
    let folder = Folder::new();
    folder.write("x/catalog-info.yaml", component("one").replace("type: service", "type: 1"));
    assert_eq!(folder.places(&["--only", "field-type"]), ["field-type x/catalog-info.yaml:6:9"]);
    let run = folder.gitsm(&["validate", "--at", "HEAD"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("is not in a Git repository"), "{run:?}");
}

#[test]
fn nothing_vanishes() {
    let folder = Folder::git();
    folder
        .write("catalog-info.yaml", component("one"))
        .write("deploy.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n")
        .write("mkdocs.yml", "site_name: x\n")
        .write("values.yaml", "a: {{ broken\n")
        .write("skeleton/catalog-info.yaml", component("${{ values.name }}"))
        .write("mixed.yaml", format!("{}---\napiVersion: v1\nkind: Pod\n", component("two")))
        .write("lost.yaml", format!("{}---\nmetadata: {{name: x}}\n", component("three")));
    let run = folder.gitsm(&["validate", "--list-files"]);
    insta::assert_snapshot!(run.stdout, @r#"
        catalog-info.yaml: 1 entity
        deploy.yaml: passed over: no document of a known group
        lost.yaml: 1 entity, 1 document that is none
        mixed.yaml: 1 entity, 1 document passed over
        mkdocs.yml: passed over: no document of a known group
        skeleton/catalog-info.yaml: 1 template not judged
        values.yaml: passed over: no document of a known group
    "#);
    let summary = folder.findings(&[])["summary"].clone();
    assert_eq!(summary["entities"], 3);
    assert_eq!(summary["templates"], 1);
    assert_eq!(summary["passedOver"], 3);
    assert_eq!(folder.places(&["--only", "envelope-missing"]), ["envelope-missing lost.yaml:10:1"]);
}

#[test]
fn an_empty_catalog_is_never_a_success() {
    let folder = Folder::git();
    folder.write("mkdocs.yml", "site_name: x\n");
    let run = folder.gitsm(&["validate"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.stdout, @r#"
        error[catalog-empty]: there is one YAML file here, and no entity in it
        --> .
         = help: see what was passed over and why: gitsm validate --list-files

        0 entities in 0 files: 1 error
        1 other YAML file passed over (--list-files says which and why)
        what a code means: gitsm explain catalog-empty
    "#);
}

#[test]
fn comments_silence_findings_and_are_checked_themselves() {
    let folder = Folder::git();
    folder.write("teams.yaml", group("other"));
    let text = component("checkout");
    let silent = text.replace(
        "owner: payments",
        "owner: payments # gitsm: ignore[reference-unknown] moves here in May",
    );
    folder.write("catalog-info.yaml", &silent);
    assert_eq!(folder.places(&[]), [""; 0]);
    let above = text
        .replace("  owner:", "  # gitsm: ignore[reference-unknown] moves here in May\n  owner:");
    folder.write("catalog-info.yaml", &above);
    assert_eq!(folder.places(&[]), [""; 0]);
    folder.write("catalog-info.yaml", silent.replace(" moves here in May", ""));
    assert_eq!(folder.places(&[]), ["ignore-reason catalog-info.yaml:8:19"]);
    folder.write("catalog-info.yaml", silent.replace("reference-unknown", "tag-invalid"));
    let places = folder.places(&[]);
    assert_eq!(places.len(), 2, "{places:?}");
    assert!(places[1].starts_with("ignore-unused"), "{places:?}");
    folder.write("catalog-info.yaml", silent.replace("reference-unknown", "secret-found"));
    assert!(folder.places(&[])[1].starts_with("ignore-refused"));
}

#[test]
fn gitsm_yaml_sets_roots_and_levels_and_cannot_lower_what_protects_others() {
    let folder = Folder::git();
    folder
        .write("catalog/a.yaml", component("one").replace("type: service", "type: 1"))
        .write("other/b.yaml", component("two").replace("type: service", "type: 1"))
        .write(
            "gitsm.yaml",
            "roots: [catalog]\nlevels: {field-type: warning, kind-elsewhere: 'off'}\n",
        );
    let findings = folder.findings(&[]);
    assert_eq!(findings["findings"].as_array().unwrap().len(), 1, "{findings:#}");
    assert_eq!(findings["findings"][0]["severity"], "warning");
    folder.write(
        "gitsm.yaml",
        "roots: [catalog]\nlevels: {secret-found: 'off', no-such: error}\nx: 1\n",
    );
    let places = folder.places(&["--only", "config-invalid"]);
    assert_eq!(
        places,
        [
            "config-invalid gitsm.yaml:2:10",
            "config-invalid gitsm.yaml:2:31",
            "config-invalid gitsm.yaml:3:1"
        ]
    );
}

#[test]
fn a_kind_that_a_field_cannot_hold_is_told_from_one_that_is_kept_elsewhere() {
    let folder = Folder::git();
    let text = component("one").replace("owner: payments", "owner: componnet:payments");
    folder.write("a.yaml", text);
    assert_eq!(folder.places(&[]), ["reference-kind a.yaml:8:10"]);
    let text = component("two")
        .replace("owner: payments", "owner: user:ada\n  dependsOn: [componnet:one]");
    folder.write("a.yaml", text);
    let places = folder.places(&[]);
    assert_eq!(places, ["kind-elsewhere a.yaml:8:10", "reference-unknown a.yaml:9:15"]);
}

#[test]
fn wrong_usage_is_exit_2_and_says_what_is_right() {
    let folder = Folder::git();
    let run = folder.gitsm(&["validate", "--only", "no-such-code"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("there is no code `no-such-code`"));
    assert_eq!(folder.gitsm(&["validate", "-o", "yaml"]).code, 2);
    assert_eq!(folder.gitsm(&["validate", "-o", "human", "-o", "json"]).code, 2);
    assert_eq!(folder.gitsm(&["explain", "reference-unkown"]).code, 2);
    let near = folder.gitsm(&["explain", "reference-unkown"]);
    assert!(near.stderr.contains("did you mean `reference-unknown`?"), "{near:?}");
    assert_eq!(folder.gitsm(&["nonsense"]).code, 2);
}

#[test]
fn extending_an_entity_adds_fields_and_sets_none_twice() {
    let folder = Folder::git();
    let team = "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata:\n  name: pay\n  \
                extends: group:pay\nspec:\n  members: ['person:ada']\n";
    let person = "apiVersion: gitsm/v1alpha1\nkind: Person\nmetadata: {name: ada}\nspec: {}\n";
    folder.write("group.yaml", group("pay")).write("team.yaml", team).write("p.yaml", person);
    assert_eq!(folder.places(&[]), [""; 0]);
    folder.write("team.yaml", team.replace("spec:", "spec:\n  type: team"));
    assert_eq!(folder.places(&[]), ["extends-invalid team.yaml:7:3"]);
    folder.write("team.yaml", team.replace("  extends: group:pay\n", ""));
    assert_eq!(folder.places(&[]), ["entity-duplicate team.yaml:4:9"]);
}

#[test]
fn man_pages_and_completions_are_made() {
    let folder = Folder::new();
    assert_eq!(folder.gitsm(&["man", "--out", "pages"]).code, 0);
    assert!(folder.read("pages/gitsm-validate.1").contains("validate"));
    assert!(folder.read("pages/gitsm-get.1").contains("checkout"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        // Some ask `gitsm complete` what there is, others hold it.
        let script = folder.gitsm(&["completions", shell]).stdout;
        assert!(script.contains("validate") || script.contains("gitsm complete"), "{shell}");
    }
}
