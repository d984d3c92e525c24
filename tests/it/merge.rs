//! Merge results, with the `git` program as oracle.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use gitsm::git::{Head, How, MergeError, Merged, Repository};
use proptest::prelude::*;

use crate::support::{Folder, git};

fn open(folder: &Folder) -> Repository {
    Repository::discover(folder.path()).unwrap()
}

fn merged(folder: &Folder, base: &str, head: &str) -> Result<Merged, MergeError> {
    open(folder).merged(base, &Head::Commit(head.to_owned()))
}

/// What changed, as `git diff --raw` writes it: path, mode and id after.
fn lines(merged: &Merged) -> BTreeMap<String, String> {
    let after = |change: &gitsm::git::ChangedPath| match change.after {
        Some(new) => format!("{:06o} {}", new.bits, new.blob),
        None => "gone".to_owned(),
    };
    merged.changes.iter().map(|change| (change.path.clone(), after(change))).collect()
}

fn raw(folder: &Folder, arguments: &[&str]) -> BTreeMap<String, String> {
    let mut all = vec!["diff", "--raw", "--no-renames", "--no-abbrev"];
    all.extend(arguments);
    let line = |line: &str| {
        let (fields, path) = line.split_once('\t').unwrap();
        let fields: Vec<&str> = fields.split(' ').collect();
        let after = match fields[1] {
            "000000" => "gone".to_owned(),
            mode => format!("{mode} {}", fields[3]),
        };
        (path.to_owned(), after)
    };
    folder.run_git(&all).lines().map(line).collect()
}

/// The tree that `git merge-tree` writes; nothing if it conflicts.
fn oracle(folder: &Folder, base: &str, head: &str) -> Option<BTreeMap<String, String>> {
    let output = git(folder.path())
        .args(["-c", "merge.directoryRenames=false", "merge-tree", "--write-tree", base, head])
        .output()
        .unwrap();
    let tree = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| raw(folder, &[base, tree.trim()]))
}

/// All files below `.git`, with their sizes.
fn listing(folder: &Path) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.join(".git")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                folders.push(entry.path());
            } else {
                found.insert(entry.path().to_string_lossy().into_owned(), metadata.len());
            }
        }
    }
    found
}

fn text(numbers: impl IntoIterator<Item = usize>, name: usize) -> String {
    numbers.into_iter().map(|number| format!("{name} line {number}\n")).collect()
}

/// A repository whose main and side both left `start`; the closures say how.
fn forked(start: impl Fn(&Folder), main: impl Fn(&Folder), side: impl Fn(&Folder)) -> Folder {
    let folder = Folder::git();
    start(&folder);
    folder.commit("start");
    folder.run_git(&["branch", "side"]);
    main(&folder);
    folder.commit("main");
    folder.run_git(&["checkout", "--quiet", "side"]);
    side(&folder);
    folder.commit("side");
    folder
}

#[test]
fn a_branch_without_anything_to_merge_is_what_it_is() {
    let folder = Folder::git();
    folder.write("a", "1\n").commit("one");
    folder.run_git(&["checkout", "--quiet", "-b", "side"]);
    assert_eq!(merged(&folder, "main", "side").unwrap().how, How::Same);
    folder.write("a", "2\n").write("b/c", "3\n").commit("two");
    let result = merged(&folder, "main", "side").unwrap();
    assert_eq!(result.how, How::FastForward);
    assert_eq!(lines(&result), raw(&folder, &["main", "side"]));
    let result = merged(&folder, "side", "main").unwrap();
    assert_eq!((result.how, result.changes.len()), (How::Behind, 0));
}

#[test]
fn both_sides_edits_are_merged_and_nothing_is_written() {
    let folder = forked(
        |folder| {
            folder.write("a", text(0..20, 0)).write("keep", "k\n");
        },
        |folder| {
            folder.write("a", text(1..20, 0)).write("new", "n\n");
        },
        |folder| {
            folder.write("a", text(0..21, 0)).write("mine", "m\n");
        },
    );
    let before = listing(folder.path());
    let result = merged(&folder, "main", "side").unwrap();
    assert_eq!(listing(folder.path()), before);
    assert_eq!(result.how, How::Paths);
    assert_eq!(lines(&result), oracle(&folder, "main", "side").unwrap());
    let bytes: Vec<&[u8]> = result.contents.values().map(|bytes| &**bytes).collect();
    assert_eq!(bytes, [text(1..21, 0).as_bytes()]);
}

#[test]
fn a_rename_on_one_side_meets_an_edit_on_the_other() {
    let folder = forked(
        |folder| {
            folder.write("a", text(0..20, 0));
        },
        |folder| {
            folder.run_git(&["mv", "a", "b"]);
        },
        |folder| {
            folder.write("a", text(0..21, 0));
        },
    );
    let before = listing(folder.path());
    let result = merged(&folder, "main", "side").unwrap();
    assert_eq!(result.how, How::Whole);
    assert_eq!(listing(folder.path()), before);
    assert_eq!(lines(&result), oracle(&folder, "main", "side").unwrap());
}

fn write_many(folder: &Folder, text: &str) {
    for number in 0..12 {
        folder.write(&format!("f{number:02}"), text);
    }
}

#[test]
fn a_conflict_names_its_paths() {
    let folder = forked(
        |folder| {
            folder.write("x", "0\n");
        },
        |folder| write_many(folder, "main\n"),
        |folder| write_many(folder, "side\n"),
    );
    let error = merged(&folder, "main", "side").unwrap_err();
    let MergeError::Conflict { paths, .. } = &error else { panic!("{error}") };
    assert_eq!((paths.count, paths.first.len()), (12, 10));
    assert!(error.to_string().ends_with("f08, f09 and 2 more"), "{error}");
    assert!(error.hint().unwrap().contains("rebase"));
}

#[test]
fn the_worktree_counts_as_git_would_store_it() {
    let folder = Folder::git();
    folder.write(".gitattributes", "*.txt text eol=crlf\n*.bin filter=lfs\n");
    folder.write(".gitignore", "*.log\n");
    for name in ["same.txt", "edit.txt", "gone", "folder", "mode", "link", "forced.log"] {
        folder.write(name, "1\r\n");
    }
    folder.run_git(&["add", "--all", "--force"]);
    folder.run_git(&["commit", "--quiet", "--message", "one"]);
    folder.write("same.txt", "1\r\n").write("edit.txt", "2\r\n").remove("gone").remove("folder");
    folder.write("folder/inside", "x\n").write("new.txt", "n\r\n").write("no.log", "l\n");
    folder.write("forced.log", "2\n").write("meant", "m\n").write("staged", "s\n").remove("link");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::os::unix::fs::symlink("mode", folder.path().join("link")).unwrap();
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path().join("mode"), executable).unwrap();
    }
    folder.run_git(&["add", "staged"]);
    folder.run_git(&["add", "--intent-to-add", "meant"]);
    let before = listing(folder.path());
    let repository = open(&folder);
    let index = repository.merged("HEAD", &Head::Index).unwrap();
    let worktree = repository.merged("HEAD", &Head::Worktree).unwrap();
    assert_eq!(listing(folder.path()), before);
    assert_eq!(index.changes.len(), 1, "{:?}", index.changes);
    for change in &worktree.changes {
        let known = change.before.map(|old| old.blob);
        let new = change.after.map(|new| new.blob).filter(|new| Some(*new) != known);
        if let Some(new) = new.filter(|_| change.path != "staged") {
            assert!(worktree.contents.contains_key(&new), "{change:?}");
        }
    }
    folder.run_git(&["add", "--all"]);
    assert_eq!(lines(&worktree), raw(&folder, &["--cached", "HEAD"]));
}

#[test]
fn the_worktree_is_merged_into_a_base_that_went_on() {
    let folder = forked(
        |folder| {
            folder.write("a", text(0..20, 0)).write("b", text(0..20, 1));
        },
        |folder| {
            folder.write("a", text(1..20, 0)).run_git(&["mv", "b", "c"]);
        },
        |folder| {
            folder.write("d", "d\n");
        },
    );
    folder.write("a", text(0..21, 0));
    let simple = open(&folder).merged("main", &Head::Worktree).unwrap();
    assert_eq!(simple.how, How::Paths);
    folder.write("b", text(0..21, 1));
    let before = listing(folder.path());
    let whole = open(&folder).merged("main", &Head::Worktree).unwrap();
    assert_eq!((whole.how, listing(folder.path())), (How::Whole, before));
    folder.commit("worktree");
    assert_eq!(lines(&whole), oracle(&folder, "main", "side").unwrap());
    assert!(simple.changes.iter().any(|change| change.path == "a"));
}

#[test]
fn histories_that_crossed_are_merged_by_all_their_bases() {
    let folder = forked(
        |folder| {
            folder.write("a", text(0..30, 0));
        },
        |folder| {
            folder.write("a", text(1..30, 0));
        },
        |folder| {
            folder.write("a", text(0..31, 0));
        },
    );
    folder.run_git(&["branch", "left", "main"]);
    folder.run_git(&["merge", "--quiet", "--no-edit", "left"]);
    folder.run_git(&["checkout", "--quiet", "main"]);
    folder.run_git(&["merge", "--quiet", "--no-edit", "side~1"]);
    folder.run_git(&["merge", "--quiet", "--no-edit", "--no-ff", "side^1"]);
    folder.write("b", "main\n").commit("more");
    folder.run_git(&["checkout", "--quiet", "side"]);
    folder.write("c", "side\n").commit("more");
    let result = merged(&folder, "main", "side").unwrap();
    assert_eq!(result.merge_bases.len(), 2);
    assert_eq!(lines(&result), oracle(&folder, "main", "side").unwrap());
}

#[test]
fn what_a_clone_does_not_hold_is_said() {
    let empty = Folder::git();
    let error = open(&empty).merged("HEAD", &Head::Worktree).unwrap_err();
    assert!(matches!(error, MergeError::Unborn), "{error}");
    let folder = forked(
        |folder| {
            folder.write("a", "0\n");
        },
        |folder| {
            folder.write("b", "main\n");
        },
        |folder| {
            folder.write("c", "side\n");
        },
    );
    let clones = Folder::new();
    let url = format!("file://{}", folder.path().display());
    clones.run_git(&["clone", "--quiet", "--depth=1", "--no-single-branch", &url, "shallow"]);
    let shallow = Repository::discover(&clones.path().join("shallow")).unwrap();
    let error = shallow.merged("origin/main", &Head::Worktree).unwrap_err();
    assert!(matches!(error, MergeError::Shallow { .. }), "{error}");
    clones.run_git(&["clone", "--quiet", "--bare", &url, "bare"]);
    let bare = Repository::discover(&clones.path().join("bare")).unwrap();
    let error = bare.merged("main", &Head::Worktree).unwrap_err();
    assert!(matches!(error, MergeError::Bare), "{error}");
    assert_eq!(bare.merged("main", &Head::Commit("side".into())).unwrap().changes.len(), 1);
    folder.run_git(&["checkout", "--quiet", "--orphan", "other"]);
    folder.commit("other");
    let error = merged(&folder, "main", "other").unwrap_err();
    assert!(matches!(error, MergeError::Unrelated { .. }), "{error}");
}

#[test]
fn the_base_on_a_forges_merge_ref_needs_two_commits() {
    let folder = forked(
        |folder| {
            folder.write("a", "0\n");
        },
        |folder| {
            folder.write("b", "main\n");
        },
        |folder| {
            folder.write("c", "side\n");
        },
    );
    folder.run_git(&["checkout", "--quiet", "-b", "pull", "main"]);
    folder.run_git(&["merge", "--quiet", "--no-edit", "--no-ff", "side"]);
    let id = |name: &str| folder.run_git(&["rev-parse", name]).trim().to_owned();
    let clones = Folder::new();
    let url = format!("file://{}", folder.path().display());
    clones.run_git(&["clone", "--quiet", "--depth=2", "--branch=pull", &url, "two"]);
    let event = |base: &str| {
        let event = serde_json::json!({"pull_request": {
            "base": {"ref": "main", "sha": base}, "head": {"ref": "side", "sha": id("side")},
        }});
        clones.write("event.json", event.to_string());
    };
    let path = clones.path().join("event.json").to_string_lossy().into_owned();
    let environment = |name: &str| match name {
        "GITHUB_EVENT_NAME" => Some("pull_request".to_owned()),
        "GITHUB_EVENT_PATH" => Some(path.clone()),
        _ => None,
    };
    let clone = Repository::discover(&clones.path().join("two")).unwrap();
    event(&id("main"));
    let base = clone.base(&environment).unwrap();
    assert_eq!(base.revision, id("main"));
    assert_eq!(base.why.to_string(), "HEAD is GitHub's merge into main");
    let result = clone.merged(&base.revision, &Head::Commit("HEAD".into())).unwrap();
    assert_eq!(lines(&result), raw(&folder, &["main", "pull"]));
    event(&id("side~1"));
    let error = clone.base(&environment).unwrap_err();
    assert!(error.to_string().contains("does not confirm it here"), "{error}");
}

#[test]
fn the_default_branch_is_the_base_or_head_if_nothing_is_ahead() {
    let folder = Folder::git();
    folder.write("a", "0\n").commit("one");
    let base = |folder: &Folder| open(folder).base(&|_| None).unwrap();
    assert_eq!(base(&folder).revision, "HEAD");
    folder.run_git(&["checkout", "--quiet", "-b", "side"]);
    folder.write("b", "0\n").commit("two");
    assert_eq!(base(&folder).revision, "refs/heads/main");
    assert_eq!(base(&folder).why.to_string(), "main is the default branch");
}

#[test]
fn commits_say_who_and_why_newest_first() {
    let folder = Folder::git();
    folder.write("a", "0\n").commit("one");
    folder.write("a", "1\n");
    folder.commit("two\n\nwhy\n\nCo-authored-by: Bob <b@c>\nGitsm-Change: CHG-1\n");
    folder.run_git(&["revert", "--no-edit", "HEAD"]);
    let repository = open(&folder);
    let commits: Vec<_> =
        repository.commits("HEAD~2", "HEAD").unwrap().map(Result::unwrap).collect();
    assert_eq!(commits.len(), 2);
    let two = commits.iter().find(|commit| commit.subject == "two").unwrap();
    assert_eq!(two.co_authors[0].email, "b@c");
    assert_eq!(two.trailers("gitsm-change").collect::<Vec<_>>(), ["CHG-1"]);
    let revert = commits.iter().find(|commit| commit.subject != "two").unwrap();
    assert_eq!(revert.reverts, std::slice::from_ref(&two.id));
    let landings = repository.first_parents("HEAD", None).unwrap();
    assert_eq!(landings.map(Result::unwrap).filter(|one| one.before.is_some()).count(), 2);
    assert_eq!(repository.first_parents("HEAD", Some(i64::MAX)).unwrap().count(), 0);
}

/// What somebody does to one of a few files.
#[derive(Debug, Clone)]
enum Step {
    Edit(usize, usize),
    Delete(usize),
    Move(usize, usize),
    Add(usize, usize),
    Mode(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..6usize, 0..20usize).prop_map(|(file, line)| Step::Edit(file, line)),
        1 => (0..6usize).prop_map(Step::Delete),
        2 => (0..6usize, 0..3usize).prop_map(|(file, to)| Step::Move(file, to)),
        1 => (0..3usize, 0..2usize).prop_map(|(name, what)| Step::Add(name, what)),
        1 => (0..6usize).prop_map(Step::Mode),
    ];
    proptest::collection::vec(step, 1..4)
}

fn play(folder: &Folder, steps: &[Step], who: usize) {
    let name = |file: usize| format!("d{}/f{file}", file % 2);
    for step in steps {
        match step {
            Step::Edit(file, line) if folder.path().join(name(*file)).exists() => {
                let old = folder.read(&name(*file));
                let new = old.replace(&format!(" line {line}\n"), &format!(" by {who} {line}\n"));
                folder.write(&name(*file), new);
            }
            Step::Delete(file) if folder.path().join(name(*file)).exists() => {
                folder.remove(&name(*file));
            }
            Step::Move(file, to) if folder.path().join(name(*file)).exists() => {
                folder.write(&format!("to/m{to}"), folder.read(&name(*file)));
                folder.remove(&name(*file));
            }
            Step::Add(name, what) => {
                folder.write(&format!("new/n{name}"), text(0..20, 100 + what + 2 * name));
            }
            #[cfg(unix)]
            Step::Mode(file) if folder.path().join(name(*file)).exists() => {
                use std::os::unix::fs::PermissionsExt;
                let executable = fs::Permissions::from_mode(0o755);
                fs::set_permissions(folder.path().join(name(*file)), executable).unwrap();
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_merge_is_what_git_makes_of_it(main in steps(), side in steps()) {
        let start = |folder: &Folder| {
            for file in 0..6 {
                folder.write(&format!("d{}/f{file}", file % 2), text(0..20, file));
            }
            folder.write("to/stays", "s\n").write("new/stays", "s\n");
        };
        let folder = forked(start, |f| play(f, &main, 1), |f| play(f, &side, 2));
        let ours = merged(&folder, "main", "side");
        match (oracle(&folder, "main", "side"), ours) {
            (Some(git), Ok(ours)) => prop_assert_eq!(lines(&ours), git),
            (None, Err(MergeError::Conflict { .. })) => {}
            (git, ours) => prop_assert!(false, "git: {git:?}\nours: {ours:?}"),
        }
    }
}

/// Prints how long it takes: `cargo test --test it -- --ignored --nocapture how_long`.
#[test]
#[ignore = "it only measures"]
fn how_long_it_takes_with_100_000_files() {
    let folder = forked(
        |folder| {
            for number in 0..100_000 {
                folder.write(&format!("d{}/e{}/f{number}", number % 10, number % 1000), "1\n");
            }
        },
        |folder| {
            folder.write("d0/e0/f0", "main\n");
        },
        |folder| {
            for number in 1..11 {
                folder.write(&format!("d{number}/new"), "2\n");
            }
        },
    );
    folder.run_git(&["status"]);
    let timed = |what: &str, run: &dyn Fn()| {
        let best = (0..5).map(|_| {
            let start = std::time::Instant::now();
            run();
            start.elapsed()
        });
        println!("{what}: {:?}", best.min().unwrap());
    };
    timed("git status", &|| drop(folder.run_git(&["status"])));
    timed("commit", &|| drop(merged(&folder, "main", "side").unwrap()));
    folder.write("d0/e0/f1000", "changed\n");
    timed("worktree", &|| drop(open(&folder).merged("main", &Head::Worktree).unwrap()));
}
