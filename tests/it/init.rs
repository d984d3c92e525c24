//! `gitsm init`: what it writes is clean, what was there stays, and nothing is guessed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::{Folder, component, gitsm, group, project};

/// Every file below a folder but for Git's own, with its bytes.
fn files(top: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.extend((!path.ends_with(".git")).then_some(path));
                continue;
            }
            let name = path.strip_prefix(top).unwrap().to_string_lossy().replace('\\', "/");
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

fn user(name: &str, annotations: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata:\n  name: {name}\n  \
         annotations: {{{annotations}}}\nspec:\n  memberOf: []\n"
    )
}

/// Nothing to report, not even a note.
fn assert_clean(folder: &Folder) {
    // Also long after: the starter of today must not be overdue tomorrow.
    for day in ["2026-01-02", "2036-02-29"] {
        let run = folder.gitsm(&["validate", "--all", "--scheduled", "--today", day]);
        assert!(run.code == 0 && run.stdout.contains("nothing to report"), "{run:?}");
    }
}

#[test]
fn an_empty_folder_becomes_a_catalog_without_a_finding() {
    let folder = Folder::git();
    let run = folder.gitsm(&["init"]);
    assert_eq!(run.code, 0, "{run:?}");
    insta::assert_snapshot!(run.stdout);
    assert_clean(&folder);
}

#[test]
fn the_starter_is_the_example_byte_for_byte() {
    let folder = Folder::new();
    assert_eq!(folder.gitsm(&["init"]).code, 0);
    let example = project().join("examples/starter");
    let written = files(folder.path());
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        for (path, bytes) in &written {
            fs::create_dir_all(example.join(path).parent().unwrap()).unwrap();
            fs::write(example.join(path), bytes).unwrap();
        }
    }
    let committed = files(&example);
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&written), names(&committed));
    for (path, bytes) in &written {
        let stale = "INSTA_UPDATE=always cargo test --test it init:: writes it anew";
        assert!(committed[path] == *bytes, "examples/starter/{path} is stale: {stale}");
    }
}

#[test]
fn the_hook_is_that_of_this_version() {
    let hooks = fs::read_to_string(project().join("examples/starter/.pre-commit-config.yaml"));
    let hooks = hooks.unwrap();
    assert!(hooks.contains(&format!("rev: v{}\n", env!("CARGO_PKG_VERSION"))), "{hooks}");
    let offered = fs::read_to_string(project().join(".pre-commit-hooks.yaml")).unwrap();
    assert!(offered.contains("- id: gitsm-validate\n") && hooks.contains("- id: gitsm-validate\n"));
}

#[test]
fn editors_find_the_schemas_where_the_settings_say() {
    let folder = Folder::new();
    folder.gitsm(&["init"]);
    let settings = folder.read(".vscode/settings.json");
    let (comment, settings) = settings.split_once('\n').unwrap();
    assert!(comment.starts_with("// "));
    let settings: serde_json::Value = serde_json::from_str(settings).unwrap();
    for path in settings["yaml.schemas"].as_object().unwrap().keys() {
        let schema = folder.read(path.trim_start_matches("./"));
        serde_json::from_str::<serde_json::Value>(&schema).unwrap();
    }
    assert_eq!(folder.read(".gitsm/schema.json"), folder.gitsm(&["schema"]).stdout);
}

#[test]
fn every_pack_is_clean_beside_the_starter() {
    let all = ["change", "continuity", "runbooks", "slo"];
    for packs in all.iter().map(|pack| (*pack).to_owned()).chain([all.join(",")]) {
        let folder = Folder::git();
        let run = folder.gitsm(&["init", "--with", &packs]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(!run.stdout.contains("left out"), "{packs}: {}", run.stdout);
        assert_clean(&folder);
        let later = Folder::git();
        later.gitsm(&["init"]);
        later.gitsm(&["init", "--with", &packs]);
        assert!(files(later.path()) == files(folder.path()), "{packs}: at once or later");
    }
}

#[test]
fn a_second_run_changes_nothing() {
    let folder = Folder::new();
    folder.gitsm(&["init", "--with", "change"]);
    let before = files(folder.path());
    let run = folder.gitsm(&["init", "--with", "change"]);
    assert_eq!(run.code, 0);
    assert!(!run.stdout.contains("wrote"), "{}", run.stdout);
    assert!(files(folder.path()) == before);
}

#[test]
fn what_is_there_is_kept_and_what_it_lacks_is_said() {
    let folder = Folder::git();
    folder
        .write("gitsm.yaml", "roots: [elsewhere]\n")
        .write(".vscode/settings.json", "{\"editor.tabSize\": 2}\n")
        .write(".pre-commit-config.yaml", "repos: []\n")
        .write(".editorconfig", "root = true\n")
        .write("catalog/people/ada.yaml", "mine: true\n");
    let before = files(folder.path());
    let run = folder.gitsm(&["init"]);
    assert_eq!(run.code, 0, "{run:?}");
    insta::assert_snapshot!(run.stdout);
    let after = files(folder.path());
    assert!(before.iter().all(|(path, bytes)| after[path] == *bytes));
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = Folder::new();
    let run = folder.gitsm(&["init", "new/catalog", "--dry-run", "--with", "slo"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("would write new/catalog/catalog/slo/"), "{}", run.stdout);
    assert!(run.stdout.contains("nothing was written"), "{}", run.stdout);
    assert!(files(folder.path()).is_empty());
    assert_eq!(folder.gitsm(&["init", "new/catalog"]).code, 0);
    assert_eq!(folder.gitsm(&["validate", "new/catalog"]).code, 0);
}

#[test]
fn an_unknown_pack_names_those_that_there_are() {
    let folder = Folder::new();
    let run = folder.gitsm(&["init", "--with", "changes"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("the packs are change, continuity, runbooks, slo"), "{run:?}");
    let help = folder.gitsm(&["init", "--help"]).stdout;
    for pack in ["change", "continuity", "runbooks", "slo"] {
        assert!(help.contains(&format!("- {pack}: ")), "{help}");
    }
    for wrong in [&["init", "--from", "backstage"][..], &["init", "--with", "slo", "--owner", "x"]]
    {
        let run = folder.gitsm(wrong);
        assert!(run.code == 2 && run.stderr.contains("hint: "), "{run:?}");
    }
    folder.write("file", "");
    assert_eq!(folder.gitsm(&["init", "file"]).code, 2);
    assert_eq!(files(folder.path()).len(), 1);
}

#[cfg(unix)]
#[test]
fn links_are_not_written_through() {
    use std::os::unix::fs::symlink;
    let outside = Folder::new();
    let folder = Folder::git();
    symlink(outside.path(), folder.path().join("catalog")).unwrap();
    let run = folder.gitsm(&["init"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("`catalog` is a link"), "{run:?}");
    assert!(files(outside.path()).is_empty());
    assert!(!folder.path().join("gitsm.yaml").exists(), "it is all or nothing");

    let folder = Folder::git();
    symlink(outside.path().join("new"), folder.path().join(".editorconfig")).unwrap();
    let run = folder.gitsm(&["init"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("kept .editorconfig: it is a link"), "{}", run.stdout);
    assert!(files(outside.path()).is_empty());
}

#[test]
fn beside_backstage_entities_only_the_wiring_is_written() {
    let folder = Folder::git();
    folder.write("a/catalog-info.yaml", component("checkout")).write("b.yaml", group("payments"));
    let run = folder.gitsm(&["init", "--with", "change"]);
    assert_eq!(run.code, 0, "{run:?}");
    insta::assert_snapshot!(run.stdout);
    assert_clean(&folder);
    assert_eq!(folder.gitsm(&["init", "--with", "change", "--owner", "group:payments"]).code, 0);
    assert!(folder.read("gitsm/change/policy.yaml").contains("owner: group:payments\n"));
    assert_clean(&folder);
}

#[test]
fn the_example_of_backstage_is_adopted_without_a_finding() {
    let folder = Folder::git();
    let example = files(&project().join("examples/backstage"));
    for (path, bytes) in &example {
        folder.write(path, bytes);
    }
    let run = folder.gitsm(&["init", "--from", "backstage"]);
    assert_eq!(run.code, 0, "{run:?}");
    insta::assert_snapshot!(run.stdout);
    assert_clean(&folder);
    let after = files(folder.path());
    assert!(example.iter().all(|(path, bytes)| after[path] == *bytes));
}

#[test]
fn what_backstage_knows_is_added_and_the_rest_is_asked() {
    let folder = Folder::git();
    let login = |login: &str| format!("github.com/user-login: {login}");
    let system = "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: shop\n\
                  spec:\n  owner: payments\n";
    folder
        .write("people/ada.yaml", user("Ada.L", &login("ada-l")))
        .write("people/con.yaml", user("con", &login("'123'")))
        .write("people/twin-a.yaml", user("twin-a", &login("Twin")))
        .write("people/twin-b.yaml", user("twin-b", &login("twin")))
        .write("people/odd.yaml", user("odd", &login("'a b'")))
        .write("people/grace.yaml", user("grace", ""))
        .write(
            "people/known.yaml",
            format!(
                "{}---\napiVersion: gitsm/v1alpha1\nkind: Person\nmetadata: {{name: known, \
                 extends: 'user:known'}}\nspec: {{accounts: {{github: known}}}}\n",
                user("known", &login("KNOWN"))
            ),
        )
        .write("payments.yaml", group("payments"))
        .write("search.yaml", group("search"))
        .write("shop.yaml", system)
        .write("checkout.yaml", component("checkout") + "  system: shop\n")
        .write("lost.yaml", component("lost").replace("payments", "group:gone"))
        .write(
            ".github/CODEOWNERS",
            "* @acme/payments\n/a @ada-l @grace @stranger\n/b @acme/none @a/search @b/search\n\
             /c who@example.com\n",
        )
        .write("CODEOWNERS", "* @not-read\n");
    let before = folder.places(&[]);
    let written = files(folder.path());
    let run = folder.gitsm(&["init", "--from", "backstage"]);
    assert_eq!(run.code, 0, "{run:?}");
    insta::assert_snapshot!(run.stdout);
    let written_documents = ["people/ada.l", "people/_con", "teams/payments"]
        .map(|path| folder.read(&format!("gitsm/{path}.yaml")));
    insta::assert_snapshot!("adopted_documents", written_documents.join("---\n"));
    assert_eq!(folder.places(&[]), before, "no finding is new");
    let after = files(folder.path());
    assert!(written.iter().all(|(path, bytes)| after[path] == *bytes));
    let again = folder.gitsm(&["init", "--from", "backstage"]);
    assert!(!again.stdout.contains("wrote "), "{}", again.stdout);
}

#[test]
fn hostile_names_reach_neither_files_nor_the_terminal() {
    let folder = Folder::git();
    folder
        .write("a.yaml", user("'../../../evil'", "github.com/user-login: evil"))
        .write("b.yaml", user("\"x\\n::error::y\"", "github.com/user-login: other"))
        .write("c.yaml", user("ok", "github.com/user-login: \"\\e[31m::x\""));
    let run = folder.gitsm(&["init", "--from", "backstage"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains("\n::error"), "{run:?}");
    assert!(!files(folder.path()).keys().any(|path| path.starts_with("gitsm/")));
}

#[test]
fn a_folder_within_a_repository_is_a_catalog_of_its_own() {
    let folder = Folder::git();
    folder.write("other/catalog-info.yaml", component("checkout"));
    let run = folder.gitsm(&["init", "itsm"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("wrote itsm/gitsm.yaml: "), "{}", run.stdout);
    let again = folder.gitsm(&["init", "itsm", "--with", "slo"]);
    assert!(again.stdout.contains("wrote itsm/catalog/slo/"), "{}", again.stdout);
    let run = gitsm(&folder.path().join("itsm"), &["validate", "."]);
    assert!(run.code == 0 && run.stdout.contains("10 entities"), "{run:?}");
}
