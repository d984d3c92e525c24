//! A catalog with a history: squash merges of a forge over it, and what a backtest of them takes.
//!
//! The history is one stream to `git fast-import`, like the catalog it begins with. Of a hundred
//! merges thirty edit one document, ten edit two, the rest edit code or prose beside the catalog.
//! Begin at [`compare`].

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;

use crate::Outcome;
use crate::documents::{Catalog, Revision};
use crate::generate::{at, commit, finish, git, hermetic, start};
use crate::measure::{Job, Sample, measure};
use crate::prose::Random;
use crate::table::{Table, number};

/// Written last, so that an interrupted generation is not taken for a history.
const MARKER: &str = ".git/generated-history";
/// 2026-01-05, in seconds since 1970.
const FIRST: u64 = 1_767_600_000;
/// The ids of the blobs that merges bring.
const BLOBS: &str = ".git/blobs";

/// What is generated.
pub(crate) struct Shape {
    pub(crate) entities: usize,
    pub(crate) merges: usize,
    pub(crate) seed: u64,
}

/// Generates the history unless the same one is there already.
pub(crate) fn ensure(folder: &Path, shape: &Shape) -> Outcome<()> {
    let Shape { entities, merges, seed } = shape;
    let wanted = format!("format 2, {entities} entities, {merges} merges, seed {seed}\n");
    let marker = folder.join(MARKER);
    match fs::read_to_string(&marker) {
        Ok(found) if found == wanted => return Ok(()),
        Ok(found) => {
            return Err(format!(
                "{} holds another history: {}",
                folder.display(),
                found.trim_end()
            ));
        }
        Err(_) => {}
    }
    fs::create_dir_all(folder).map_err(|error| at("make", folder, &error))?;
    start(folder)?;
    import(folder, shape)?;
    finish(folder, "main")?;
    let raw = git(folder, &["log", "--first-parent", "--raw", "--no-abbrev", "--format="])?;
    let blobs = raw.lines().filter_map(|line| line.split(' ').nth(3));
    let blobs: String = blobs.map(|id| format!("{id}\n")).collect();
    let file = folder.join(BLOBS);
    fs::write(&file, blobs).map_err(|error| at("write", &file, &error))?;
    fs::write(&marker, wanted).map_err(|error| at("write", &marker, &error))
}

fn import(folder: &Path, shape: &Shape) -> Outcome<()> {
    let catalog = Catalog::new(shape.entities, shape.seed);
    let mut child = hermetic(Path::new("git"), folder)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start git: {error}"))?;
    let stream = child.stdin.take().ok_or("git takes no input")?;
    let mut stream = BufWriter::with_capacity(1 << 20, stream);
    let all: Vec<usize> = (0..catalog.size()).collect();
    let written = commit(&mut stream, &catalog, Revision::Base, &all)
        .and_then(|()| (0..shape.merges).try_for_each(|n| merge(&mut stream, &catalog, shape, n)))
        .and_then(|()| stream.write_all(b"done\n"))
        .and_then(|()| stream.flush());
    drop(stream);
    let status = child.wait().map_err(|error| format!("git fast-import: {error}"))?;
    if !status.success() {
        return Err(format!("git fast-import: {status}"));
    }
    written.map_err(|error| format!("git fast-import: {error}"))
}

/// One squash merge, as a forge makes it.
fn merge(
    stream: &mut impl Write,
    catalog: &Catalog,
    shape: &Shape,
    number: usize,
) -> std::io::Result<()> {
    let mut random = Random::new(shape.seed, usize::MAX / 2 + number);
    let author = random.below(40);
    // About fifteen a day, so that a year holds thousands.
    let date = FIRST + 100_000 + number as u64 * 5_700;
    let message = format!("Change number {number} (#{number})\n\nBecause somebody asked for it.\n");
    writeln!(stream, "commit refs/heads/main")?;
    writeln!(stream, "author Dev {author} <dev-{author}@example.com> {date} +0000")?;
    writeln!(stream, "committer GitHub <noreply@github.com> {date} +0000")?;
    writeln!(stream, "data {}\n{message}", message.len())?;
    let documents = match random.below(100) {
        0..30 => 1,
        30..40 => 2,
        _ => 0,
    };
    for _ in 0..documents {
        let index = random.below(catalog.size());
        let text = format!("{}# {number}\n", catalog.text(index, Revision::Head));
        file(stream, &catalog.path(index), &text)?;
    }
    if documents == 0 {
        let path = match random.percent(80) {
            true => format!("src/part-{}/code-{}.rs", random.below(50), random.below(40)),
            false => format!("docs/page-{}.md", random.below(200)),
        };
        file(stream, &path, &format!("number {number}\n").repeat(20))?;
    }
    writeln!(stream)
}

fn file(stream: &mut impl Write, path: &str, text: &str) -> std::io::Result<()> {
    writeln!(stream, "M 100644 inline {path}\ndata {}\n{text}", text.len())
}

/// Measures a backtest against what Git takes to list the same history and to read what it brought.
pub(crate) fn compare(
    gitsm: &Path,
    folder: &Path,
    shape: &Shape,
    runs: usize,
    table: &mut Table,
) -> Outcome<()> {
    let run =
        |program: &Path, arguments: &[&str]| measure(&Job::new(program, folder, arguments), runs);
    let merges = shape.merges;
    let log = run(Path::new("git"), &["log", "--first-parent", "--raw"])?;
    table.compare_with("git log --first-parent --raw", merges, &log);
    table.row("git log --first-parent --raw", merges, &log, "a row's files are merges here");
    let blobs = run(Path::new("sh"), &["-c", "git cat-file --batch < .git/blobs > /dev/null"])?;
    table.row("git cat-file --batch", merges, &blobs, "the blobs that the merges brought");
    let arguments = ["change", "backtest", "--since", "2026-01-05", "--until", "2030-01-01"];
    let backtest = run(gitsm, &arguments)?;
    let seconds = |sample: &Sample| sample.best.as_secs_f64();
    let rest = seconds(&backtest) - seconds(&blobs);
    let note = format!("without the blobs {} x git log", number(rest / seconds(&log)));
    table.row(
        &format!("gitsm change backtest, {} entities", shape.entities),
        merges,
        &backtest,
        &note,
    );
    Ok(())
}
