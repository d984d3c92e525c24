//! `gitsm revert` and what is on disk: links, submodules, modes, patches for Git, places to stand.

use crate::support::{Folder, Run, gitsm, gitsm_bytes};

const TEAM: &str = "\
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: shop}
spec: {type: team}
";

const SERVICE: &str = "\
apiVersion: gitsm/v1alpha1
kind: Service
metadata:
  name: checkout
  title: Checkout # seen by customers
spec: {owner: team:shop, lifecycle: live}
";

fn shop() -> Folder {
    let folder = Folder::git();
    folder.write("team.yaml", TEAM).write("checkout.yaml", SERVICE).write("run.sh", "echo 1\n");
    folder.commit("base");
    folder
}

fn revert(folder: &Folder, arguments: &[&str]) -> Run {
    let all: Vec<&str> = std::iter::once("revert").chain(arguments.iter().copied()).collect();
    folder.gitsm(&all)
}

fn status(folder: &Folder) -> String {
    folder.run_git(&["status", "--porcelain"])
}

#[cfg(unix)]
fn execute(folder: &Folder, path: &str) {
    use std::os::unix::fs::PermissionsExt;
    let all = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path().join(path), all).unwrap();
}

#[cfg(unix)]
#[test]
fn a_link_that_would_come_back_stands_in_the_way_before_anything_is_written() {
    let folder = shop();
    std::os::unix::fs::symlink("run.sh", folder.path().join("z.sh")).unwrap();
    folder.commit("link");
    folder.remove("z.sh").write("run.sh", "echo 2\n").commit("change");
    let run = revert(&folder, &["HEAD"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("z.sh: it is or was a symbolic link"), "{run:?}");
    assert_eq!(status(&folder), "");
    let run = revert(&folder, &["HEAD", "--partial"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(status(&folder), " M run.sh\n");
    assert!(run.stdout.starts_with("took back a part of "), "{run:?}");
}

#[test]
fn a_submodule_that_moved_stands_in_the_way() {
    let folder = shop();
    folder.run_git(&["init", "--quiet", "infra"]);
    for message in ["one", "two"] {
        folder.run_git(&["-C", "infra", "commit", "--quiet", "--allow-empty", "-m", message]);
        folder.commit(message);
    }
    let run = revert(&folder, &["HEAD"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("infra: it is or was a submodule"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn bits_that_make_a_file_a_program_come_back() {
    use std::os::unix::fs::PermissionsExt;
    let folder = shop();
    execute(&folder, "run.sh");
    folder.commit("program");
    let run = revert(&folder, &["HEAD", "--dry-run"]);
    assert_eq!(
        run.stdout, "diff --git a/run.sh b/run.sh\nold mode 100755\nnew mode 100644\n",
        "{run:?}"
    );
    assert_eq!(revert(&folder, &["HEAD"]).code, 0);
    let mode = std::fs::metadata(folder.path().join("run.sh")).unwrap().permissions().mode();
    assert_eq!(mode & 0o111, 0);
    folder.commit("back");
    assert_eq!(revert(&folder, &["HEAD"]).code, 0);
    let mode = std::fs::metadata(folder.path().join("run.sh")).unwrap().permissions().mode();
    assert_ne!(mode & 0o111, 0);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_named_before_another_one_is() {
    let folder = shop();
    folder.write("checkout.yaml", SERVICE.replace("Checkout #", "Cart #"));
    folder.write("run.sh", "echo 2\n").commit("change");
    let path = folder.path().join("run.sh");
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    let run = revert(&folder, &["HEAD"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("run.sh: it is read-only; nothing was written"), "{run:?}");
    assert_eq!(status(&folder), "");
}

#[test]
fn a_file_that_git_ignores_is_not_written_over() {
    let folder = shop();
    folder.remove("run.sh").write(".gitignore", "run.sh\n").commit("delete");
    folder.write("run.sh", "mine\n");
    let run = revert(&folder, &["HEAD"]);
    assert_ne!(run.code, 0, "{run:?}");
    assert_eq!(folder.read("run.sh"), "mine\n");
    assert_eq!(status(&folder), "");
}

#[test]
fn a_file_comes_back_where_a_folder_is_now_and_the_other_way_round() {
    let folder = shop();
    folder.remove("run.sh").write("run.sh/main.sh", "echo 2\n").commit("folder");
    let run = revert(&folder, &["HEAD"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(folder.read("run.sh"), "echo 1\n");
    folder.commit("file");
    let run = revert(&folder, &["HEAD"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(folder.read("run.sh/main.sh"), "echo 2\n");
}

/// The patch that a dry run prints gives what the command itself writes.
fn patch_is_what_is_written(folder: &Folder, change: &str) {
    let patch = gitsm_bytes(folder.path(), &["revert", change, "--dry-run"]);
    let elsewhere = Folder::new();
    elsewhere.write("p.diff", &patch);
    let file = elsewhere.path().join("p.diff");
    let file = file.to_str().unwrap();
    folder.run_git(&["apply", "--check", file]);
    folder.run_git(&["apply", file]);
    folder.run_git(&["add", "--all"]);
    let patched = folder.run_git(&["write-tree"]);
    folder.run_git(&["reset", "--quiet", "--hard"]);
    assert_eq!(revert(folder, &[change]).code, 0);
    folder.run_git(&["add", "--all"]);
    assert_eq!(folder.run_git(&["write-tree"]), patched, "{}", String::from_utf8_lossy(&patch));
    folder.run_git(&["reset", "--quiet", "--hard"]);
}

#[test]
fn the_patch_of_a_dry_run_is_one_that_git_applies() {
    let folder = shop();
    folder.write("empty", "").write("dos.txt", "a\r\nb\r\n").write("end.txt", "a\nb");
    folder.write("with blank.txt", "x\n").write("q\"uote.txt", "x\n").write("é.txt", "x\n");
    #[cfg(unix)]
    execute(&folder, "dos.txt");
    folder.commit("files");
    patch_is_what_is_written(&folder, "HEAD");
    for path in ["empty", "dos.txt", "with blank.txt", "q\"uote.txt", "é.txt"] {
        folder.remove(path);
    }
    folder.write("end.txt", "a\nc\n").commit("gone");
    patch_is_what_is_written(&folder, "HEAD");
    folder
        .write("dos.txt", "a\r\nb\r\nc\r\n")
        .write("checkout.yaml", SERVICE.replace('\n', "\r\n"));
    folder.commit("line ends");
    folder
        .write("dos.txt", "a\r\nB\r\nc\r\n")
        .write("checkout.yaml", SERVICE.replace("Checkout #", "Cart #").replace('\n', "\r\n"));
    #[cfg(unix)]
    execute(&folder, "end.txt");
    folder.commit("edit");
    patch_is_what_is_written(&folder, "HEAD");
}

#[test]
fn a_patch_that_cannot_be_applied_says_so() {
    let folder = shop();
    folder.write("logo.png", b"\x89PNG\0\xff").commit("logo");
    let run = revert(&folder, &["HEAD", "--dry-run"]);
    assert!(run.stdout.contains("Binary files a/logo.png and /dev/null differ"), "{run:?}");
    assert!(run.stderr.contains("logo.png: it is no text"), "{run:?}");
    assert_eq!(revert(&folder, &["HEAD"]).code, 0);
    assert!(!folder.path().join("logo.png").exists());
}

#[test]
fn it_works_in_a_linked_worktree_on_a_detached_head_and_not_without_files_or_commits() {
    let folder = shop();
    folder.write("checkout.yaml", SERVICE.replace("Checkout #", "Cart #")).commit("change");
    let linked = Folder::new();
    let place = linked.path().join("linked");
    folder.run_git(&["worktree", "add", "--quiet", "--detach", place.to_str().unwrap()]);
    let run = gitsm(&place, &["revert", "HEAD"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(std::fs::read_to_string(place.join("checkout.yaml")).unwrap(), SERVICE);
    assert_eq!(status(&folder), "");
    let bare = linked.path().join("bare.git");
    folder.run_git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    let run = gitsm(&bare, &["revert", "HEAD"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("no files on disk to edit"), "{run:?}");
    let unborn = Folder::git();
    unborn.write("team.yaml", TEAM);
    let run = revert(&unborn, &["HEAD"]);
    assert!(matches!(run.code, 2 | 3), "{run:?}");
    assert!(!run.stderr.contains("panicked"), "{run:?}");
}

#[test]
fn a_catalog_in_a_folder_of_its_own_is_taken_back_by_the_names_of_the_repository() {
    let folder = Folder::git();
    folder.write("it/gitsm.yaml", "edition: 2026\n");
    folder.write("it/team.yaml", TEAM).write("it/checkout.yaml", SERVICE).commit("base");
    let changed = SERVICE.replace("Checkout #", "Cart #");
    folder.write("it/checkout.yaml", &changed).write("main.rs", "x\n").commit("change");
    let dry = gitsm(&folder.path().join("it"), &["revert", "HEAD", "--dry-run"]);
    assert!(dry.stdout.contains("--- a/it/checkout.yaml\n"), "{dry:?}");
    let run = folder.gitsm(&["-C", "it", "revert", "HEAD"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("  it/checkout.yaml: as it was"), "{run:?}");
    assert_eq!(folder.read("it/checkout.yaml"), SERVICE);
}

#[cfg(unix)]
#[test]
fn a_commit_whose_names_lead_astray_is_refused() {
    use std::io::Write;
    use std::process::Stdio;

    let folder = Folder::git();
    folder.write("a.txt", "a\n").commit("One");
    let blob = folder.run_git(&["hash-object", "-w", "a.txt"]);
    for (outer, inner) in [("hooks", ".git"), ("x", ".."), ("x", "git~1")] {
        let tree = |lines: String| {
            let mut child = crate::support::git(folder.path())
                .args(["mktree", "--missing"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
            String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
        };
        let leaf = tree(format!("100755 blob {}\tpost\n", blob.trim()));
        let middle = tree(format!("040000 tree {}\t{outer}\n", leaf.trim()));
        let top = tree(format!("040000 tree {}\t{inner}\n", middle.trim()));
        let commit = |tree: &str, parent: &str| {
            let id = folder.run_git(&["commit-tree", tree.trim(), "-p", parent, "-m", "x"]);
            id.trim().to_owned()
        };
        let bad = commit(&top, "HEAD");
        let good = commit(&folder.run_git(&["rev-parse", "HEAD^{tree}"]), &bad);
        folder.run_git(&["update-ref", "refs/heads/main", &good]);
        for arguments in [&["revert", "HEAD"][..], &["revert", "HEAD", "--partial"]] {
            let run = folder.gitsm(arguments);
            assert_eq!(run.code, 3, "{inner}: {run:?}");
            assert!(run.stderr.contains("nothing was written"), "{run:?}");
        }
        assert!(!folder.path().join(".git/hooks/post").exists());
        assert!(!folder.path().parent().unwrap().join("x/post").exists());
    }
}
