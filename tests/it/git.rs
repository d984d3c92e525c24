//! Repositories as they are met: revisions, clones and oddities, with the `git` program as oracle.

use std::collections::BTreeSet;

use crate::support::{Folder, component, git, gitsm, group};

#[test]
fn a_revision_is_read_as_it_was() {
    let folder = Folder::git();
    folder.write("catalog-info.yaml", component("one").replace("type: service", "type: 1"));
    folder.commit("wrong");
    folder.write("catalog-info.yaml", component("one"));
    folder.commit("right");
    assert_eq!(folder.gitsm(&["validate", "--at", "HEAD"]).code, 0);
    assert_eq!(folder.gitsm(&["validate", "--at", "HEAD~1"]).code, 1);
    assert_eq!(
        folder.places(&["--at", "HEAD~1", "--only", "field-type"]),
        ["field-type catalog-info.yaml:6:9"]
    );
    let none = folder.gitsm(&["validate", "--at", "no-such-revision"]);
    assert_eq!(none.code, 3);
    assert!(none.stderr.contains("no commit is called `no-such-revision`"), "{none:?}");
}

#[test]
fn a_worktree_and_its_commit_say_the_same() {
    let folder = Folder::git();
    folder
        .write("a/catalog-info.yaml", component("one").replace("type: service", "type: 1"))
        .write("b.yaml", group("x"))
        .write("skeleton.yaml", component("${{ values.x }}"))
        .write("l/x.yaml", "a: 1\n")
        .commit("all");
    assert_eq!(
        folder.gitsm(&["validate", "--all"]).stdout,
        folder.gitsm(&["validate", "--all", "--at", "HEAD"]).stdout.replace(" --at HEAD", "")
    );
}

#[test]
fn what_is_tracked_or_not_ignored_is_read_as_git_lists_it() {
    let folder = Folder::git();
    folder
        .write(".gitignore", "ignored/\n*.tmp.yaml\n")
        .write("a.yaml", component("a"))
        .write("ignored/b.yaml", component("b"))
        .write("c.tmp.yaml", component("c"))
        .write("sub/.gitignore", "d.yaml\n")
        .write("sub/d.yaml", component("d"))
        .write("sub/e.yaml", component("e"));
    folder.run_git(&["add", "--force", "ignored/b.yaml"]);
    let listed = folder.run_git(&["ls-files", "--cached", "--others", "--exclude-standard"]);
    let wanted: BTreeSet<String> =
        listed.lines().filter(|path| path.ends_with(".yaml")).map(str::to_owned).collect();
    let run = folder.gitsm(&["validate", "--list-files"]);
    let found: BTreeSet<String> =
        run.stdout.lines().map(|line| line.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(found, wanted);
}

#[test]
fn since_reports_only_what_is_new() {
    let folder = Folder::git();
    folder.write("teams.yaml", group("other"));
    folder.write("a.yaml", component("a"));
    folder.commit("base");
    folder.run_git(&["tag", "base"]);
    assert_eq!(folder.places(&["--since", "base"]), [""; 0]);
    // Reformatting makes nothing new.
    let moved = component("a").replace("spec:", "# moved\n\nspec:");
    folder.write("a.yaml", moved);
    assert_eq!(folder.places(&["--since", "base"]), [""; 0]);
    // One more place of an old finding is new, and comes first.
    folder.write("b.yaml", component("b"));
    assert_eq!(folder.places(&["--since", "base"]), ["reference-unknown b.yaml:8:10"]);
    // A worse value at the same place is new.
    folder.remove("b.yaml");
    folder.write("a.yaml", component("a").replace("owner: payments", "owner: nobody"));
    assert_eq!(folder.places(&["--since", "base"]), ["reference-unknown a.yaml:8:10"]);
    let summary = folder.findings(&["--since", "base"])["summary"].clone();
    assert_eq!(summary["known"], 0);
}

#[test]
fn a_family_that_a_change_removes_is_not_kept_elsewhere() {
    let folder = Folder::git();
    folder.write("teams.yaml", group("payments"));
    folder.write("a.yaml", component("a"));
    folder.commit("base");
    folder.remove("teams.yaml");
    assert_eq!(folder.places(&[]), ["kind-elsewhere a.yaml:8:10"]);
    assert_eq!(folder.places(&["--since", "HEAD"]), ["reference-unknown a.yaml:8:10"]);
    // A mistake in gitsm.yaml is new, too, and then it is not.
    folder.write("gitsm.yaml", "rots: [a]\n");
    assert!(
        folder.places(&["--since", "HEAD"]).contains(&"config-invalid gitsm.yaml:1:1".to_owned())
    );
    folder.commit("wrong");
    assert_eq!(folder.places(&["--since", "HEAD"]), [""; 0]);
}

#[test]
fn a_bare_repository_is_read_at_its_head() {
    let folder = Folder::git();
    folder.write("catalog-info.yaml", component("one").replace("type: service", "type: 1"));
    folder.commit("all");
    let bare = Folder::new();
    let source = folder.path().to_string_lossy().into_owned();
    bare.run_git(&["clone", "--quiet", "--bare", &source, "bare.git"]);
    let run = gitsm(&bare.path().join("bare.git"), &["validate", "-o", "concise"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.starts_with("catalog-info.yaml:6:9: error[field-type]"), "{run:?}");
}

#[test]
fn a_repository_without_commits_has_no_revision() {
    let folder = Folder::git();
    folder.write("catalog-info.yaml", component("one"));
    assert_eq!(folder.gitsm(&["validate"]).code, 0);
    let run = folder.gitsm(&["validate", "--at", "HEAD"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("there is no commit yet"), "{run:?}");
}

#[test]
fn a_shallow_clone_is_read_and_says_what_is_missing() {
    let folder = Folder::git();
    folder.write("catalog-info.yaml", component("one")).commit("one");
    folder.write("catalog-info.yaml", component("two")).commit("two");
    let clones = Folder::new();
    let url = format!("file://{}", folder.path().display());
    clones.run_git(&["clone", "--quiet", "--depth=1", &url, "shallow"]);
    let shallow = clones.path().join("shallow");
    assert_eq!(gitsm(&shallow, &["validate", "--at", "HEAD"]).code, 0);
    let run = gitsm(&shallow, &["validate", "--at", "HEAD~1"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("fetch-depth: 0"), "{run:?}");
}

#[test]
fn a_partial_clone_is_read_from_disk_and_refused_at_a_revision() {
    let folder = Folder::git();
    folder.run_git(&["config", "uploadpack.allowFilter", "true"]);
    folder.write("catalog-info.yaml", component("one")).commit("one");
    folder.write("catalog-info.yaml", component("two")).commit("two");
    let clones = Folder::new();
    let url = format!("file://{}", folder.path().display());
    clones.run_git(&["clone", "--quiet", "--filter=blob:none", &url, "partial"]);
    let partial = clones.path().join("partial");
    assert_eq!(gitsm(&partial, &["validate"]).code, 0);
    let run = gitsm(&partial, &["validate", "--at", "HEAD~1"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("hint: "), "{run:?}");
}

#[test]
fn formats_that_cannot_be_opened_are_read_from_disk_and_refused_at_a_revision() {
    let folder = Folder::new();
    let init = git(folder.path()).args(["init", "--quiet", "--object-format=sha256"]).output();
    assert!(init.unwrap().status.success());
    folder.write("catalog-info.yaml", component("one")).commit("one");
    assert_eq!(folder.gitsm(&["validate"]).code, 0);
    let run = folder.gitsm(&["validate", "--at", "HEAD"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("cannot read the Git repository"), "{run:?}");
}

#[test]
fn submodules_and_nested_repositories_are_not_entered() {
    let inner = Folder::git();
    inner.write("catalog-info.yaml", component("inner").replace("type: service", "type: 1"));
    inner.commit("inner");
    let folder = Folder::git();
    folder.write("catalog-info.yaml", component("outer"));
    let url = inner.path().to_string_lossy().into_owned();
    folder.run_git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        &url,
        "sub",
    ]);
    folder.run_git(&["clone", "--quiet", &url, "nested"]);
    folder.commit("all");
    assert_eq!(folder.findings(&[])["summary"]["entities"], 1);
    assert_eq!(folder.findings(&["--at", "HEAD"])["summary"]["entities"], 1);
}

#[test]
fn a_linked_worktree_and_a_detached_head_are_read() {
    let folder = Folder::git();
    folder.write("catalog-info.yaml", component("one")).commit("one");
    folder.run_git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(folder.gitsm(&["validate", "--at", "HEAD"]).code, 0);
    let other = Folder::new();
    let path = other.path().join("linked").to_string_lossy().into_owned();
    folder.run_git(&["worktree", "add", "--quiet", &path]);
    std::fs::write(other.path().join("linked/x.yaml"), component("two")).unwrap();
    let run = gitsm(&other.path().join("linked"), &["validate", "--list-files"]);
    assert_eq!(run.stdout, "catalog-info.yaml: 1 entity\nx.yaml: 1 entity\n");
}

#[test]
fn the_nearest_configuration_of_a_sub_folder_is_found() {
    let folder = Folder::git();
    folder
        .write("gitsm.yaml", "levels: {kind-elsewhere: 'off'}\n")
        .write("deep/down/catalog-info.yaml", component("one"));
    let run = gitsm(&folder.path().join("deep/down"), &["validate", "-o", "concise"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
}
