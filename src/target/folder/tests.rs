//! The folder and its inventory through the driver `files`, which is nothing but them.
#![allow(clippy::disallowed_methods, reason = "tests look at their own files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::plan::{Fields, Mark, Object, ObjectId, Observed};
use crate::target::{Act, Connection, Driver, Fault, FaultKind, files};

fn driver(folder: &Path, target: &str) -> Box<dyn Driver> {
    opened(folder, target).unwrap()
}

fn opened(folder: &Path, target: &str) -> Result<Box<dyn Driver>, Fault> {
    files::open(&Connection {
        folder: std::path::PathBuf::new(),
        target: target.to_owned(),
        settings: fields(&json!({ "folder": folder })),
        secrets: BTreeMap::new(),
        kinds: vec!["file".into()],
        timeout: Duration::from_secs(1),
    })
}

fn fields(value: &Value) -> Fields {
    value.as_object().unwrap().clone()
}

fn object(path: &str, holds: &Value) -> Object {
    Object {
        id: ObjectId::new("file", path),
        entity: "service:default/shop".into(),
        formerly: Vec::new(),
        fields: fields(holds),
        sensitive: Vec::new(),
        after: Vec::new(),
    }
}

fn text(path: &str, content: &str) -> Object {
    object(path, &json!({ "content": content }))
}

fn mark(target: &str, object: &Object) -> Mark {
    Mark::of(target, &object.id, &object.entity, "c0ffee", &object.fields)
}

fn create(driver: &dyn Driver, object: &Object) -> Result<(), Fault> {
    driver.carry_out(&Act::Create { object, mark: &mark("t", object) })
}

fn update(driver: &dyn Driver, observed: &Observed, object: &Object) -> Result<(), Fault> {
    let old = observed.fields.clone().unwrap_or_default();
    let set = object.fields.iter().filter(|(name, value)| old.get(*name) != Some(value));
    let fields = set.map(|(name, value)| (name.clone(), value.clone())).collect();
    driver.carry_out(&Act::Update { observed, object, fields: &fields, mark: &mark("t", object) })
}

fn look(driver: &dyn Driver, path: &str) -> Option<Observed> {
    driver.look(&ObjectId::new("file", path), None).unwrap()
}

fn delete(driver: &dyn Driver, path: &str) -> Result<(), Fault> {
    driver.carry_out(&Act::Delete { observed: &look(driver, path).unwrap() })
}

fn content(observed: &Observed) -> Option<&str> {
    observed.fields.as_ref()?.get("content")?.as_str()
}

/// The names of everything in a folder and below.
fn names(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            names.extend(self::names(&entry.path()).iter().map(|below| format!("{name}/{below}")));
        }
        names.push(name);
    }
    names.sort();
    names
}

fn inventory(folder: &Path) -> std::path::PathBuf {
    let name = names(folder).into_iter().find(|name| name.ends_with(".ndjson")).unwrap();
    folder.join(name)
}

#[test]
fn a_file_is_made_changed_renamed_and_taken_away_with_the_folders_that_were_made_for_it() {
    let top = tempfile::tempdir().unwrap();
    let folder = top.path().join("made");
    let files = driver(&folder, "t");
    assert_eq!(files.observe().unwrap(), []);
    files.settle().unwrap();
    assert!(!folder.exists(), "looking makes nothing");
    create(&*files, &text("a/b/one.conf", "1")).unwrap();
    fs::create_dir(folder.join("own")).unwrap();
    create(&*files, &text("own/two.conf", "2")).unwrap();
    let seen = files.observe().unwrap();
    assert_eq!(seen.iter().map(content).collect::<Vec<_>>(), [Some("1"), Some("2")]);
    assert!(seen.iter().all(|one| one.mark.as_ref().is_some_and(|mark| !mark.pending)));
    assert_eq!(driver(&folder, "t").observe().unwrap(), seen, "another run sees the same");

    update(&*files, &seen[0], &text("a/b/one.conf", "1.1")).unwrap();
    assert_eq!(fs::read_to_string(folder.join("a/b/one.conf")).unwrap(), "1.1");
    let seen = look(&*files, "a/b/one.conf").unwrap();
    update(&*files, &seen, &text("c/new.conf", "1.1")).unwrap();
    assert!(!folder.join("a").exists(), "empty folders go");
    assert_eq!(fs::read_to_string(folder.join("c/new.conf")).unwrap(), "1.1");

    files.settle().unwrap();
    assert_eq!(fs::read_to_string(inventory(&folder)).unwrap().lines().count(), 3);
    delete(&*files, "c/new.conf").unwrap();
    delete(&*files, "own/two.conf").unwrap();
    files.settle().unwrap();
    assert_eq!(names(&folder), ["own"], "the folder that somebody made stays, and no inventory");
}

#[test]
fn a_run_that_is_killed_at_any_byte_is_understood_and_can_be_finished() {
    let top = tempfile::tempdir().unwrap();
    let first = driver(top.path(), "t");
    create(&*first, &text("d/x", "one")).unwrap();
    update(&*first, &look(&*first, "d/x").unwrap(), &text("d/x", "two")).unwrap();
    delete(&*first, "d/x").unwrap();
    let path = inventory(top.path());
    let rows = fs::read(&path).unwrap();
    let ends: Vec<usize> =
        rows.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    // made, pending, mark, pending, mark, gone, unmade.
    assert_eq!(ends.len(), 7, "{}", String::from_utf8_lossy(&rows));
    let possible: [&[Option<&str>]; 8] = [
        &[None],
        &[None],
        &[None, Some("one")],
        &[Some("one")],
        &[Some("one"), Some("two")],
        &[Some("two"), None],
        &[None],
        &[None],
    ];
    for cut in 0..=rows.len() {
        let whole = ends.iter().filter(|end| **end <= cut).count();
        for there in possible[whole] {
            // Only behind the rows that tell of it a content can be half written.
            for leftover in [false, [2, 4].contains(&whole)] {
                let state = format!("{whole} rows, {cut} bytes, {there:?}, {leftover}");
                killed_at(&rows[..cut], *there, leftover, &state);
            }
        }
    }
}

/// A folder in the state that a killed run left: what is seen in it, and that a next run ends well.
fn killed_at(rows: &[u8], there: Option<&str>, leftover: bool, state: &str) {
    let top = tempfile::tempdir().unwrap();
    let name = format!("{}{}.ndjson", super::name::OWN, super::name::short("t"));
    if !rows.is_empty() {
        fs::write(top.path().join(&name), rows).unwrap();
    }
    let unfinished = top.path().join("d").join(super::name::unfinished("x"));
    if there.is_some() || leftover {
        fs::create_dir(top.path().join("d")).unwrap();
    }
    if leftover {
        fs::write(&unfinished, "half").unwrap();
    }
    if let Some(there) = there {
        fs::write(top.path().join("d/x"), there).unwrap();
    }
    let files = driver(top.path(), "t");
    let seen = files.observe().unwrap();
    assert!(seen.len() <= 1, "{state}");
    let new = text("d/x", "three");
    match seen.first() {
        None => {
            assert_eq!(there, None, "a file is forgotten: {state}");
            create(&*files, &new).unwrap();
        }
        Some(one) => {
            let mark = one.mark.as_ref().unwrap_or_else(|| panic!("it is gitsm's: {state}"));
            assert_eq!(content(one), there, "{state}");
            if let Some(fields) = &one.fields {
                let as_left = mark.left("content", fields.get("content"));
                assert!(as_left, "what gitsm wrote is no drift: {state}");
            }
            match one.fields {
                Some(_) => update(&*files, one, &new).unwrap(),
                None => create(&*files, &new).unwrap(),
            }
        }
    }
    let seen = driver(top.path(), "t").observe().unwrap();
    assert_eq!(seen.iter().map(content).collect::<Vec<_>>(), [Some("three")], "{state}");
    assert_eq!(seen[0].mark, Some(mark("t", &new)), "{state}");
    delete(&*files, "d/x").unwrap();
    files.settle().unwrap();
    assert_eq!(names(top.path()), Vec::<String>::new(), "{state}");
}

#[test]
fn an_act_that_is_repeated_does_no_harm() {
    let top = tempfile::tempdir().unwrap();
    let files = driver(top.path(), "t");
    let one = text("x", "one");
    create(&*files, &one).unwrap();
    let gone = look(&*files, "x").unwrap();
    delete(&*files, "x").unwrap();
    files.carry_out(&Act::Delete { observed: &gone }).unwrap();
    // Created, and killed before the last row: whoever repeats it finds it done.
    create(&*files, &one).unwrap();
    let rows = fs::read_to_string(inventory(top.path())).unwrap();
    let cut = rows.trim_end().rfind('\n').unwrap() + 1;
    fs::write(inventory(top.path()), &rows[..cut]).unwrap();
    let next = driver(top.path(), "t");
    assert!(look(&*next, "x").unwrap().mark.unwrap().pending);
    create(&*next, &one).unwrap();
    assert!(!look(&*next, "x").unwrap().mark.unwrap().pending);
}

#[test]
fn what_others_made_or_changed_is_seen_and_never_overwritten() {
    let top = tempfile::tempdir().unwrap();
    let files = driver(top.path(), "t");
    fs::write(top.path().join("foreign"), "mine").unwrap();
    assert_eq!(files.observe().unwrap(), [], "nobody asked for it");
    let seen = look(&*files, "foreign").unwrap();
    assert_eq!((content(&seen), &seen.mark), (Some("mine"), &None));
    let fault = create(&*files, &text("foreign", "gitsm's")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.message.contains("did not make"), "{fault}");
    // Taking it over is an update of what was seen.
    update(&*files, &seen, &text("foreign", "mine")).unwrap();
    assert!(look(&*files, "foreign").unwrap().mark.is_some());

    create(&*files, &text("x", "one")).unwrap();
    let seen = look(&*files, "x").unwrap();
    fs::write(top.path().join("x"), "by hand").unwrap();
    let drifted = look(&*files, "x").unwrap();
    assert!(!drifted.mark.unwrap().left("content", drifted.fields.unwrap().get("content")));
    let fault = update(&*files, &seen, &text("x", "two")).unwrap_err();
    assert!(fault.message.contains("since it was looked at"), "{fault}");
    assert!(files.carry_out(&Act::Delete { observed: &seen }).is_err());
    assert_eq!(fs::read_to_string(top.path().join("x")).unwrap(), "by hand");
    fs::remove_file(top.path().join("x")).unwrap();
    let seen = files.observe().unwrap();
    let lost = seen.iter().find(|one| one.id.name == "x").unwrap();
    assert!(lost.fields.is_none() && lost.mark.is_some());
}

#[test]
fn the_files_of_another_target_in_the_same_folder_are_its_own() {
    let top = tempfile::tempdir().unwrap();
    let (one, other) = (driver(top.path(), "t"), driver(top.path(), "other"));
    create(&*one, &text("x", "1")).unwrap();
    let seen = other.observe().unwrap();
    assert_eq!(seen[0].mark.as_ref().unwrap().target, "t");
    let own = text("x", "2");
    let fault = other.carry_out(&Act::Create { object: &own, mark: &mark("other", &own) });
    assert!(fault.unwrap_err().message.contains("belongs to the target t"));
    let fault = other.carry_out(&Act::Delete { observed: &seen[0] });
    assert!(fault.unwrap_err().message.contains("belongs to the target t"));
}

#[test]
fn an_inventory_that_cannot_be_read_stops_everything() {
    let top = tempfile::tempdir().unwrap();
    let files = driver(top.path(), "t");
    create(&*files, &text("x", "one")).unwrap();
    let path = inventory(top.path());
    let good = fs::read_to_string(&path).unwrap();
    for bad in [
        good.replace("mark/1", "mark/2"),
        format!("{{}}\n{good}"),
        good.replace("\"entity\"", "\"entitty\""),
        format!("\n{good}"),
    ] {
        fs::write(&path, bad).unwrap();
        let files = driver(top.path(), "t");
        let fault = files.observe().unwrap_err();
        assert_eq!(fault.kind, FaultKind::Settings);
        assert!(fault.message.contains("backup"), "{fault}");
        assert!(create(&*files, &text("y", "")).is_err());
    }
}

#[test]
fn hostile_names_and_fields_are_refused_with_a_reason() {
    let top = tempfile::tempdir().unwrap();
    let folder = top.path().join("f");
    let files = driver(&folder, "t");
    for path in
        ["../x", "/etc/x", "a/../../x", ".git/config", "a//x", "a\\x", ".gitsm-new-1", "a\0"]
    {
        let fault = create(&*files, &text(path, "x")).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused, "{path}");
        assert!(files.look(&ObjectId::new("file", path), None).is_err(), "{path}");
    }
    for (holds, why) in [
        (json!({}), "needs a `content`"),
        (json!({ "content": 1 }), "is no text"),
        (json!({ "content": "", "owner": "root" }), "no `owner`"),
        (json!({ "content": "", "mode": "4755" }), "octal"),
        (json!({ "content": "", "mode": "0+12" }), "octal"),
        (json!({ "content": "", "mode": "0888" }), "octal"),
        (json!({ "content": "", "mode": 420 }), "is no text"),
    ] {
        let fault = create(&*files, &object("x", &holds)).unwrap_err();
        assert!(fault.message.contains(why), "{fault}");
    }
    let other = Object { id: ObjectId::new("host", "x"), ..text("x", "") };
    assert!(create(&*files, &other).is_err());
    assert_eq!(names(top.path()), Vec::<String>::new(), "nothing was made");
    assert_eq!(opened(&top.path().join("no/where"), "t").err().unwrap().kind, FaultKind::Settings);
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_at_any_level() {
    use std::os::unix::fs::symlink;
    let top = tempfile::tempdir().unwrap();
    let (folder, outside) = (top.path().join("f"), top.path().join("outside"));
    fs::create_dir_all(folder.join("inside")).unwrap();
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret"), "secret").unwrap();
    fs::write(folder.join("file"), "file").unwrap();
    symlink(&outside, folder.join("out")).unwrap();
    symlink("inside", folder.join("in")).unwrap();
    symlink(outside.join("secret"), folder.join("leaf")).unwrap();
    symlink("nowhere", folder.join("dangling")).unwrap();
    let files = driver(&folder, "t");
    for path in ["out/x", "out/secret", "in/x", "in/deep/x", "leaf", "dangling", "file/x", "inside"]
    {
        let fault = create(&*files, &text(path, "x")).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused, "{path}: {fault}");
        let seen = look(&*files, path);
        assert!(seen.iter().all(|one| content(one).is_none() && one.mark.is_none()), "{path}");
    }
    assert_eq!(names(&outside), ["secret"]);
    assert_eq!(fs::read_to_string(outside.join("secret")).unwrap(), "secret");
    // A file of gitsm's that somebody turned into a link is neither read nor written nor removed.
    create(&*files, &text("x", "one")).unwrap();
    fs::remove_file(folder.join("x")).unwrap();
    symlink(outside.join("secret"), folder.join("x")).unwrap();
    let seen = look(&*files, "x").unwrap();
    assert_eq!(seen.fields.as_ref().unwrap().get("state"), Some(&json!("it is a link")));
    assert!(update(&*files, &seen, &text("x", "two")).is_err());
    assert!(files.carry_out(&Act::Delete { observed: &seen }).is_err());
    assert_eq!(fs::read_to_string(outside.join("secret")).unwrap(), "secret");
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_inventory_or_of_the_next_content_is_not_written_through() {
    use std::os::unix::fs::symlink;
    let top = tempfile::tempdir().unwrap();
    let (folder, outside) = (top.path().join("f"), top.path().join("outside"));
    fs::create_dir(&folder).unwrap();
    fs::write(&outside, "mine").unwrap();
    symlink(&outside, folder.join(super::name::unfinished("x"))).unwrap();
    let files = driver(&folder, "t");
    create(&*files, &text("x", "one")).unwrap();
    let path = inventory(&folder);
    fs::remove_file(&path).unwrap();
    symlink(&outside, &path).unwrap();
    assert!(driver(&folder, "t").observe().is_err());
    assert!(create(&*files, &text("y", "one")).is_err());
    assert_eq!(fs::read_to_string(&outside).unwrap(), "mine");
}

#[cfg(unix)]
#[test]
fn permissions_are_as_said_or_as_they_were() {
    use std::os::unix::fs::PermissionsExt;
    let top = tempfile::tempdir().unwrap();
    let mode =
        |name: &str| fs::metadata(top.path().join(name)).unwrap().permissions().mode() & 0o777;
    let set = |name: &str, mode: u32| {
        fs::set_permissions(top.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    let files = driver(top.path(), "t");
    create(&*files, &object("run", &json!({ "content": "", "mode": "0777" }))).unwrap();
    create(&*files, &text("x", "one")).unwrap();
    let usual = mode("x");
    assert_eq!(mode("run"), 0o777, "whatever the umask says");
    set("x", 0o640);
    update(&*files, &look(&*files, "x").unwrap(), &text("x", "two")).unwrap();
    assert_eq!(mode("x"), 0o640, "kept");
    update(&*files, &look(&*files, "x").unwrap(), &text("y", "two")).unwrap();
    assert_eq!(mode("y"), 0o640, "kept under another name");
    let seen = look(&*files, "run").unwrap();
    let plain = text("run", "");
    let dropped = fields(&json!({ "mode": null }));
    let mark = mark("t", &plain);
    let act = Act::Update { observed: &seen, object: &plain, fields: &dropped, mark: &mark };
    files.carry_out(&act).unwrap();
    assert_eq!(mode("run"), usual, "not said any more");
    assert_eq!(mode(inventory(top.path()).file_name().unwrap().to_str().unwrap()), 0o600);
}

#[cfg(unix)]
#[test]
fn pipes_bytes_that_are_no_text_and_long_files_are_no_content() {
    let top = tempfile::tempdir().unwrap();
    let files = driver(top.path(), "t");
    create(&*files, &text("x", "one")).unwrap();
    fs::write(top.path().join("x"), [0xff, b'a']).unwrap();
    let seen = look(&*files, "x").unwrap();
    assert_eq!(content(&seen), Some("\u{fffd}a"));
    fs::File::create(top.path().join("x")).unwrap().set_len(1 << 40).unwrap();
    let seen = look(&*files, "x").unwrap();
    assert_eq!(content(&seen).map(str::len), Some(super::LARGEST + 1));
    fs::remove_file(top.path().join("x")).unwrap();
    let path = std::ffi::CString::new(top.path().join("x").to_str().unwrap()).unwrap();
    // The only way to make one without another crate or unsafe code is the system's own command.
    let made = std::process::Command::new("mkfifo").arg(path.to_str().unwrap()).status().unwrap();
    assert!(made.success());
    let seen = look(&*files, "x").unwrap();
    assert_eq!(seen.fields.as_ref().unwrap().get("state"), Some(&json!("it is no file")));
    let long = text("long", &"x".repeat(super::LARGEST + 1));
    assert!(create(&*files, &long).unwrap_err().message.contains("16 MiB"));
}

/// Takes the last row of the inventory away, as if a run had been killed before it wrote it.
fn forget(folder: &Path) {
    let path = inventory(folder);
    let rows = fs::read_to_string(&path).unwrap();
    let whole = rows.trim_end().rfind('\n').map_or(0, |at| at + 1);
    fs::write(&path, &rows[..whole]).unwrap();
}

#[test]
fn two_killed_runs_with_a_commit_between_them_leave_a_file_gitsms() {
    let top = tempfile::tempdir().unwrap();
    for first in [Some("one"), None] {
        for name in names(top.path()) {
            fs::remove_file(top.path().join(name)).unwrap();
        }
        if let Some(first) = first {
            create(&*driver(top.path(), "t"), &text("x", first)).unwrap();
        }
        // The first wrote the file, and was killed before it could say so.
        let killed = driver(top.path(), "t");
        match look(&*killed, "x") {
            Some(seen) => update(&*killed, &seen, &text("x", "two")).unwrap(),
            None => create(&*killed, &text("x", "two")).unwrap(),
        }
        forget(top.path());
        // The second was killed when it had said what it means, and before it wrote it.
        let killed = driver(top.path(), "t");
        let seen = look(&*killed, "x").unwrap();
        assert!(seen.mark.as_ref().unwrap().pending);
        update(&*killed, &seen, &text("x", "three")).unwrap();
        forget(top.path());
        fs::write(top.path().join("x"), "two").unwrap();
        let next = driver(top.path(), "t");
        let seen = look(&*next, "x").unwrap();
        let mark = seen.mark.as_ref().expect("it is gitsm's");
        assert!(mark.left("content", seen.fields.as_ref().unwrap().get("content")), "{first:?}");
        update(&*next, &seen, &text("x", "three")).unwrap();
        assert_eq!(fs::read_to_string(top.path().join("x")).unwrap(), "three");
    }
}
