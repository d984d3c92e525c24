//! `gitsm codeowners` over real repositories.

use crate::support::{Folder, component};

const CATALOG: &str = "\
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: pay, annotations: {github.com/team-slug: acme/payments}}
spec: {}
---
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: web}
spec: {contact: {email: web@example.com}}
---
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: mute}
spec: {}
---
apiVersion: gitsm/v1alpha1
kind: Person
metadata: {name: ada}
spec: {accounts: {github: ada-l}}
";

fn service(name: &str, owner: &str, sources: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {{name: {name}}}\nspec:\n  owner: {owner}\n  \
         serviceType: technical\n  lifecycle: live\n  criticality: tier3\n  sources: {sources}\n"
    )
}

fn shop() -> Folder {
    let folder = Folder::git();
    folder.write("teams.yaml", CATALOG);
    folder.write(
        "a.yaml",
        service("a", "team:pay", "[{path: 'tf/**'}, {path: 'my app/{x,y}/*.rs'}]"),
    );
    folder.write("b.yaml", service("b", "person:ada", "[{path: 'tf/db/**'}]"));
    folder.write("c.yaml", service("c", "team:mute", "[{path: 'mute/**'}]"));
    folder.write("apps/web/catalog-info.yaml", component("web").replace("payments", "web"));
    folder.commit("shop");
    folder
}

#[test]
fn owners_are_those_that_the_catalog_knows_and_the_exact_pattern_comes_last() {
    let folder = shop();
    let run = folder.gitsm(&["codeowners"]);
    assert_eq!(run.code, 0, "{run:?}");
    insta::assert_snapshot!("codeowners", run.stdout);
    insta::assert_snapshot!("codeowners_undecided", run.stderr);
    assert_eq!(folder.run_git(&["status", "--short"]), "", "printing writes nothing");
}

#[test]
fn a_file_keeps_what_people_wrote_and_is_checked() {
    let folder = shop();
    let people = "# Ours.\n*   @acme/all\n";
    folder.write("docs/CODEOWNERS", people);
    let run = folder.gitsm(&["codeowners", "--check"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.starts_with("--- a/docs/CODEOWNERS\n"), "{run:?}");
    assert_eq!(folder.read("docs/CODEOWNERS"), people);
    assert_eq!(folder.gitsm(&["codeowners", "--write"]).stdout, "wrote docs/CODEOWNERS\n");
    folder.write("docs/CODEOWNERS", folder.read("docs/CODEOWNERS") + "/last @acme/all\n");
    assert_eq!(folder.gitsm(&["codeowners", "--check"]).code, 0);
    folder.write("b.yaml", service("b", "person:ada", "[]"));
    assert_eq!(folder.gitsm(&["codeowners", "--check"]).code, 1);
    assert_eq!(folder.gitsm(&["codeowners", "--write"]).code, 0);
    let text = folder.read("docs/CODEOWNERS");
    assert!(text.starts_with(&format!("{people}\n# gitsm:begin\n")), "{text}");
    assert!(text.ends_with("# gitsm:end\n/last @acme/all\n") && !text.contains("/tf/db"), "{text}");
}

#[test]
fn marks_that_are_no_pair_and_paths_outside_are_refused() {
    let folder = shop();
    folder.write("CODEOWNERS", "# gitsm:begin\n* @a\n");
    let run = folder.gitsm(&["codeowners", "--write"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert_eq!(folder.read("CODEOWNERS"), "# gitsm:begin\n* @a\n");
    for path in ["../x", "/etc/x", "a/../b"] {
        assert_eq!(folder.gitsm(&["codeowners", "--out", path]).code, 2, "{path}");
    }
    assert_eq!(folder.gitsm(&["codeowners", "--out", "x/OWNERS"]).stdout, "wrote x/OWNERS\n");
}
