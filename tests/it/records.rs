//! The records are read with the files as one catalog: they are listed, validated, and were as they
//! were.

use crate::keys::ready;
use crate::office::Office;

#[test]
fn what_people_said_is_part_of_the_catalog() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.proposed();
    let before = office.gitsm(&["get", "notes"]);
    assert!(before.stderr.starts_with("nothing found"), "{before:?}");
    office.fine("ada", &["approve", "--reason", "Tried on staging."]);
    let listed = office.gitsm(&["get", "notes", "-o", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    let note = &listed["items"][0];
    assert_eq!(note["spec"]["text"], "Tried on staging.");
    assert_eq!(note["spec"]["of"], "change:default/bigger-db");
    let name = note["metadata"]["name"].as_str().unwrap();
    let page = office.gitsm(&["get", &format!("note/{name}")]).stdout;
    assert!(page.contains("gitsm/records:notes/"), "where it stands, as git show takes it: {page}");
    assert!(page.contains("last change"), "{page}");
    let validated = office.gitsm(&["validate", "--list-files"]);
    assert!(validated.stdout.contains(&format!("{name}.yaml: 1 entity")), "{validated:?}");
    assert_eq!(validated.code, 0, "what a note names may be gone: {validated:?}");
    let asked =
        office.gitsm(&["query", "entity.kind == 'Note' && entity.spec.text.contains('staging')"]);
    assert!(asked.stdout.contains(name), "{asked:?}");
}

#[test]
fn a_record_that_is_wrong_is_found_where_it_stands() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.here.run_git(&["switch", "--quiet", "--orphan", "gitsm/records"]);
    office.here.write(
        "incidents/one.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Note\nmetadata: {name: one}\nspec: {of: service:shop}\n",
    );
    office.here.run_git(&["add", "incidents"]);
    office.here.run_git(&["commit", "--quiet", "--message", "by hand"]);
    office.here.run_git(&["switch", "--quiet", "main"]);
    let run = office.gitsm(&["validate"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("gitsm/records:incidents/one.yaml:4"), "{run:?}");
    // A catalog in a folder that is named is one by itself, and files are all that can be fixed.
    assert_eq!(office.gitsm(&["validate", "services"]).code, 1, "references lead out of it");
    assert!(!office.gitsm(&["validate", "services"]).stdout.contains("records"));
    assert_eq!(office.gitsm(&["validate", "--fix"]).code, 0);
    // On a pull request nobody is blamed for it.
    assert_eq!(office.gitsm(&["validate", "--since", "HEAD"]).code, 0);
}

#[test]
fn at_an_older_commit_the_records_are_those_of_then() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.proposed();
    let before = office.here.run_git(&["rev-parse", "main"]).trim().to_owned();
    office.here.run_git(&["switch", "--quiet", "main"]);
    // The next commit of the branch comes long before anybody says something.
    office.here.write("docs/a.txt", "b\n");
    office.here.commit("meanwhile");
    office.here.run_git(&["push", "--quiet", "origin", "main"]);
    office.fine("ada", &["approve", "bigger-db", "--reason", "Tried on staging."]);
    let count = |at: &str| {
        let run = office.gitsm(&["get", "notes", "-o", "name", "--at", at]);
        run.stdout.lines().filter(|line| line.starts_with("note")).count()
    };
    assert_eq!((count(&before), count("main")), (0, 1));
    assert_eq!(count("bigger-db"), 1, "what is beside the branch is as it is now");
}
