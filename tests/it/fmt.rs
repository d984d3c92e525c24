//! `gitsm fmt`, over real files.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{Folder, gitsm, project};

const UGLY: &str = "# The team.\nkind: Team\napiVersion: gitsm/v1alpha1\nspec:\n    owner: x # why\nmetadata:\n    # as in the directory\n    title: \"Payments\"\n    name: payments\n";
const NICE: &str = "# The team.\napiVersion: gitsm/v1alpha1\nkind: Team\nmetadata:\n  name: payments\n  # as in the directory\n  title: Payments\nspec:\n  owner: x # why\n";

fn catalog() -> Folder {
    let folder = Folder::git();
    folder.write("a.yaml", UGLY).write("b.yaml", NICE);
    folder
        .write("values.yaml", "b:    1\na:   2\n")
        .write("pod.yaml", "kind:   Pod\napiVersion: v1\n");
    folder.commit("catalog");
    folder
}

#[test]
fn files_are_written_and_told() {
    let folder = catalog();
    insta::assert_snapshot!(folder.gitsm(&["fmt"]).stdout, @r"
    formatted a.yaml
    formatted 1 file, 1 already were
    ");
    assert_eq!(folder.read("a.yaml"), NICE);
    assert_eq!(folder.read("values.yaml"), "b:    1\na:   2\n", "what is not ours stays");
    let run = folder.gitsm(&["fmt"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "2 files, formatted already\n"));
}

#[test]
fn a_check_lists_and_a_diff_shows_and_neither_writes() {
    let folder = catalog();
    let run = folder.gitsm(&["fmt", "--check"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.stdout, @r"
    would format a.yaml
    would format 1 file, 1 already are
    ");
    let run = folder.gitsm(&["fmt", "--diff"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    assert_eq!(folder.read("a.yaml"), UGLY);
    folder.write("a.patch", &run.stdout).run_git(&["apply", "a.patch"]);
    assert_eq!(folder.read("a.yaml"), NICE);
    assert_eq!(folder.gitsm(&["fmt", "--diff"]).code, 0);
    assert_eq!(folder.gitsm(&["fmt", "--check", "a.yaml"]).code, 0);
}

#[test]
fn a_file_that_does_not_parse_is_left_and_reported() {
    let folder = catalog();
    let broken = "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: [\n";
    folder.write("broken.yaml", broken);
    for arguments in [&["fmt", "--check", "b.yaml", "broken.yaml"][..], &["fmt"]] {
        let run = folder.gitsm(arguments);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(
            run.stderr.starts_with("broken.yaml:3:11: error[yaml-syntax] this is not"),
            "{run:?}"
        );
    }
    assert_eq!(
        (folder.read("broken.yaml").as_str(), folder.read("a.yaml").as_str()),
        (broken, NICE)
    );
}

#[test]
fn documents_of_others_and_templates_stay_byte_for_byte() {
    let folder = Folder::git();
    let pod = "---\nkind:   Pod\napiVersion:  v1\nmetadata:   {name: x }\n";
    let template = "---\nkind:   Component\napiVersion: backstage.io/v1alpha1\nmetadata:\n    name: ${{ values.name }}\n";
    folder.write("all.yaml", format!("{UGLY}{pod}{template}"));
    assert_eq!(folder.gitsm(&["fmt"]).code, 0);
    assert_eq!(folder.read("all.yaml"), format!("{NICE}{pod}{template}"));
}

#[test]
fn a_comment_that_silences_goes_on_silencing_the_same_field() {
    let folder = Folder::git();
    // Above the first key it covers that key alone, and would cover another one.
    let pinned = "# gitsm: ignore[kind-unknown] ours\nkind: Team\napiVersion: gitsm/v1alpha1\nmetadata:\n  title: x\n  # gitsm: ignore[name-format] old\n  name: payments_\n";
    folder.write("a.yaml", pinned);
    assert_eq!(folder.gitsm(&["fmt"]).code, 0);
    assert_eq!(folder.read("a.yaml"), pinned);
    let moves = pinned.split_once('\n').unwrap().1;
    folder.write("a.yaml", moves);
    assert_eq!(folder.gitsm(&["fmt"]).code, 0);
    assert_eq!(
        folder.read("a.yaml"),
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata:\n  # gitsm: ignore[name-format] old\n  name: payments_\n  title: x\n"
    );
}

#[test]
fn paths_that_are_not_read_are_wrong_usage() {
    let folder = catalog();
    folder.write("a.txt", "x").write("gitsm.yaml", "roots: [catalog]\n");
    for path in ["missing.yaml", "a.txt"] {
        let run = folder.gitsm(&["fmt", path]);
        let outside = path == "a.txt";
        // As `validate` does: hooks name files outside of the catalog, too.
        assert_eq!(run.code, if outside { 0 } else { 2 }, "{run:?}");
    }
    folder.remove("gitsm.yaml");
    assert_eq!(folder.gitsm(&["fmt", "a.txt"]).code, 2);
    assert_eq!(folder.gitsm(&["fmt", "--check", "--diff"]).code, 2);
    assert_eq!(folder.gitsm(&["fmt", "-", "a.yaml"]).code, 2);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let run = |text: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gitsm"))
            .args(["fmt", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    assert_eq!(run(UGLY), (0, NICE.to_owned(), String::new()));
    assert_eq!(run("a:    1\n"), (0, "a:    1\n".to_owned(), String::new()));
    let (code, out, error) = run("apiVersion: gitsm/v1alpha1\nkind: [\n");
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(error.starts_with("stdin.yaml:2:7: error[yaml-syntax]"), "{error}");
}

#[test]
fn no_secret_and_no_private_text_is_shown() {
    let folder = Folder::git();
    let secret = format!("glpat-{}", "a1B2".repeat(6));
    folder.write("a.yaml", format!("{UGLY}    token: \"{secret}\"\n    mail: \"{secret}\"\n"));
    let run = folder.gitsm(&["fmt", "--diff"]);
    assert_eq!(run.code, 1);
    assert!(!run.stdout.contains(&secret), "{}", run.stdout);
    assert!(run.stdout.contains(&"*".repeat(secret.len())), "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn links_are_not_written_through() {
    let outside = Folder::new();
    outside.write("a.yaml", UGLY);
    let folder = catalog();
    std::os::unix::fs::symlink(outside.path().join("a.yaml"), folder.path().join("c.yaml"))
        .unwrap();
    folder.gitsm(&["fmt"]);
    assert_eq!(outside.read("a.yaml"), UGLY);
}

#[test]
fn what_this_repository_holds_and_writes_is_formatted() {
    for folder in ["examples", "catalog", "src/flow/init"] {
        let run = gitsm(&project(), &["fmt", "--check", folder]);
        assert_eq!(run.code, 0, "{folder}: {}{}", run.stdout, run.stderr);
    }
    let folder = Folder::git();
    let arguments =
        ["init", "--with", "change", "--with", "continuity", "--with", "runbooks", "--with", "slo"];
    assert_eq!(folder.gitsm(&arguments).code, 0);
    let run = folder.gitsm(&["fmt", "--check"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(fs::exists(folder.path().join("gitsm.yaml")).unwrap());
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed_and_a_file_that_is_read_only_is_left() {
    let (folder, outside) = (Folder::git(), Folder::new());
    let text = "apiVersion: gitsm/v1alpha1\nkind:   Team\nmetadata: {name: t}\nspec: {}\n";
    outside.write("victim.yaml", text);
    std::os::unix::fs::symlink(outside.path().join("victim.yaml"), folder.path().join("l.yaml"))
        .unwrap();
    let run = folder.gitsm(&["fmt", "l.yaml"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(outside.read("victim.yaml"), text);
    folder.write("a.yaml", text);
    let path = folder.path().join("a.yaml");
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    assert_eq!(folder.gitsm(&["fmt", "a.yaml"]).code, 3);
    assert_eq!(folder.read("a.yaml"), text);
}
