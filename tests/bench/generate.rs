//! Makes a catalog a Git repository: a commit tagged `base`, one tagged `head` in which ten
//! files differ, and the worktree at `head`.
//!
//! The commits go to `git fast-import` in one stream, because adding 100,000 files would leave
//! as many loose objects, which no clone has; then everything is packed as a server packs it.
//! Author, dates and configuration are fixed, so the commit ids are the same everywhere.
//! Begin at [`ensure`].

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::documents::{CHANGED, Catalog, Revision, SMALLEST};

/// Written last, so that an interrupted generation is not taken for a catalog.
const MARKER: &str = ".git/generated-catalog";
/// 2026-01-05 and a day later, in seconds since 1970.
const DATES: [u64; 2] = [1_767_600_000, 1_767_686_400];

/// Generates the catalog unless the same one is there already; true if it had to.
pub(crate) fn ensure(folder: &Path, size: usize, seed: u64) -> Outcome<bool> {
    if size < SMALLEST {
        return Err(format!("a catalog needs at least {SMALLEST} entities, not {size}"));
    }
    let wanted = format!("format 2, {size} entities, seed {seed}\n");
    let marker = folder.join(MARKER);
    if let Ok(found) = fs::read_to_string(&marker) {
        if found == wanted {
            return Ok(false);
        }
        return Err(format!("{} holds another catalog: {}", folder.display(), found.trim_end()));
    }
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!(
            "{} is not empty and not a finished catalog: remove it first",
            folder.display()
        ));
    }
    fs::create_dir_all(folder).map_err(|error| at("make", folder, &error))?;
    build(folder, &Catalog::new(size, seed))?;
    fs::write(&marker, wanted).map_err(|error| at("write", &marker, &error))?;
    Ok(true)
}

fn build(folder: &Path, catalog: &Catalog) -> Outcome<()> {
    start(folder)?;
    import(folder, catalog)?;
    finish(folder, "head")?;
    let differing = git(folder, &["diff", "--name-only", "base", "head"])?.lines().count();
    if differing != CHANGED {
        return Err(format!("{differing} files differ between base and head, not {CHANGED}"));
    }
    Ok(())
}

/// An empty repository whose configuration is the same everywhere.
pub(crate) fn start(folder: &Path) -> Outcome<()> {
    git(folder, &["init", "--quiet", "--initial-branch=main"])?;
    for (key, value) in [
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("core.autocrlf", "false"),
        ("core.fsmonitor", "false"),
        ("fastimport.unpackLimit", "0"),
    ] {
        git(folder, &["config", key, value])?;
    }
    Ok(())
}

/// Packs what was imported, and checks it out.
pub(crate) fn finish(folder: &Path, revision: &str) -> Outcome<()> {
    // fast-import chains blobs in the order in which they come; packs of a clone are like these.
    git(folder, &["repack", "-a", "-d", "-f", "--quiet"])?;
    git(folder, &["reset", "--quiet", "--hard", revision])?;
    // The index is as new as the files it lists; this rereads them once, so that nobody after
    // us has to.
    git(folder, &["update-index", "--refresh", "-q"])?;
    Ok(())
}

fn import(folder: &Path, catalog: &Catalog) -> Outcome<()> {
    let mut child = hermetic(Path::new("git"), folder)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start git: {error}"))?;
    let stream = child.stdin.take().ok_or("git takes no input")?;
    let mut stream = BufWriter::with_capacity(1 << 20, stream);
    let all: Vec<usize> = (0..catalog.size()).collect();
    let written = commit(&mut stream, catalog, Revision::Base, &all)
        .and_then(|()| commit(&mut stream, catalog, Revision::Head, catalog.changed()))
        .and_then(|()| stream.write_all(b"done\n"))
        .and_then(|()| stream.flush());
    drop(stream);
    let status = child.wait().map_err(|error| format!("git fast-import: {error}"))?;
    if !status.success() {
        return Err(format!("git fast-import: {status}"));
    }
    written.map_err(|error| format!("git fast-import: {error}"))
}

/// One commit on `main` that writes the given documents, and its tag.
pub(crate) fn commit(
    stream: &mut impl Write,
    catalog: &Catalog,
    revision: Revision,
    indexes: &[usize],
) -> std::io::Result<()> {
    let (tag, date, message) = match revision {
        Revision::Base => ("base", DATES[0], "Add the catalog"),
        Revision::Head => ("head", DATES[1], "Change ten files"),
    };
    writeln!(stream, "commit refs/heads/main")?;
    writeln!(stream, "committer Bench <bench@example.com> {date} +0000")?;
    writeln!(stream, "data {}\n{message}", message.len())?;
    for &index in indexes {
        let text = catalog.text(index, revision);
        writeln!(stream, "M 100644 inline {}", catalog.path(index))?;
        writeln!(stream, "data {}\n{text}", text.len())?;
    }
    writeln!(stream, "reset refs/tags/{tag}\nfrom refs/heads/main\n")
}

/// A program in this folder that sees no Git configuration or environment of the user.
pub(crate) fn hermetic(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_TERMINAL_PROMPT", "0");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(name);
    }
    command
}

pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Outcome<String> {
    let output = hermetic(Path::new("git"), folder)
        .args(arguments)
        .output()
        .map_err(|error| format!("cannot start git: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(format!("git {}: {reason}", arguments.join(" ")))
}

/// What could not be done with which path, and why.
pub(crate) fn at(action: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {action} {}: {error}", path.display())
}
