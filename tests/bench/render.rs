//! `gitsm render` against Hugo: the site of a generated catalog, made from nothing, again, and after
//! one edit; and in turn with it Hugo, which makes as many pages and files of about the same sizes.
//!
//! Begin at [`compare`]; the other site is made in `hugo`.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::Outcome;
use crate::documents::{Catalog, Revision};
use crate::generate::at;
use crate::hugo::{self, Size};
use crate::measure::{Job, alternate, measure};
use crate::table::{Table, number};

/// The day on which the site is made, the day after the catalog's last commit.
const TODAY: &str = "2026-01-07";
/// How many of the files that an edit changed are named.
const NAMED: usize = 20;

/// What is compared, and where.
pub(crate) struct Setting<'a> {
    pub(crate) gitsm: &'a Path,
    pub(crate) hugo: &'a Path,
    pub(crate) catalog: &'a Path,
    /// A folder in which all sites are made.
    pub(crate) place: &'a Path,
    pub(crate) entities: usize,
    pub(crate) seed: u64,
    pub(crate) runs: usize,
}

/// A file of a site: when it was written, and what it holds.
type Seen = BTreeMap<String, (SystemTime, u64)>;

/// Measures all rows.
pub(crate) fn compare(setting: &Setting<'_>, table: &mut Table) -> Outcome<()> {
    fs::create_dir_all(setting.place).map_err(|error| at("make", setting.place, &error))?;
    // The jobs run in other folders.
    let place = setting.place.canonicalize();
    let place = place.map_err(|error| at("find", setting.place, &error))?;
    let [site, other, made] = ["gitsm", "hugo", "hugo-made"].map(|name| place.join(name));
    let render = |site: &Path| {
        let out = site.display().to_string();
        Job::new(setting.gitsm, setting.catalog, &["render", "--out", &out, "--today", TODAY])
    };

    let mut cold = render(&site);
    cold.forget = Some(site.clone());
    let version = version(setting.hugo);
    if version.is_none() {
        let sample = measure(&cold, setting.runs)?;
        let size = hugo::size(&site)?;
        table.row("gitsm render, cold", size.files, &sample, &told(size));
        table.absent("hugo, cold", "not installed (`apt install hugo`, or --hugo PATH)");
        return warm(setting, &render(&site), &site, size.files, table);
    }

    // Once to see what it makes, so that Hugo can be given as much.
    measure(&cold, 1)?;
    let pages = hugo::make(setting.hugo, &site, &other, &made)?;
    let mut theirs = Job::new(setting.hugo, &other, &[]);
    theirs.batches = vec![hugo::arguments(&made)];
    theirs.forget = Some(made.clone());
    let samples = alternate(&[&cold, &theirs], setting.runs)?;
    let [ours, hugos] = samples.as_slice() else { return Err("two jobs, two samples".to_owned()) };
    let (size, hugo_size) = (hugo::size(&site)?, hugo::size(&made)?);
    table.compare_with("hugo, cold", pages, hugos);
    let note = format!("{}; {}", told(hugo_size), version.unwrap_or_default());
    table.row("hugo, cold", pages, hugos, &note);
    table.row("gitsm render, cold", pages, ours, &told(size));
    warm(setting, &render(&site), &site, pages, table)
}

/// The rows in which the site is already there.
fn warm(
    setting: &Setting<'_>,
    job: &Job<'_>,
    site: &Path,
    pages: usize,
    table: &mut Table,
) -> Outcome<()> {
    let before = look(site)?;
    let sample = measure(job, setting.runs)?;
    let (written, _) = differences(&before, &look(site)?);
    let note = format!("{written} files written");
    table.row("gitsm render, nothing changed", pages, &sample, &note);

    let (file, text) = editable(setting)?;
    let sample = edited(job, setting, &file, &text);
    let once = sample.is_ok().then(|| once(job, site, &file, &text));
    // However it went, the catalog is what it was.
    fs::write(&file, &text).map_err(|error| at("write", &file, &error))?;
    let sample = sample?;
    let (written, changed) = once.unwrap_or_else(|| Err("no run".to_owned()))?;
    let note = format!("{written} files written, {} of them differ", changed.len());
    table.row("gitsm render, one edit", pages, &sample, &note);
    for path in changed.iter().take(NAMED) {
        println!("   {path}");
    }
    Ok(())
}

/// A document whose description can be changed in its line, and its text.
fn editable(setting: &Setting<'_>) -> Outcome<(PathBuf, String)> {
    let catalog = Catalog::new(setting.entities, setting.seed);
    let is_plain =
        |text: &str| text.lines().any(is_description) && text.contains("kind: Component");
    // From the middle on, where others depend on it.
    let indexes = catalog.size() / 2..catalog.size();
    let mut texts = indexes.map(|index| (index, catalog.text(index, Revision::Head)));
    let (index, text) =
        texts.find(|(_, text)| is_plain(text)).ok_or("no document has a plain description")?;
    Ok((setting.catalog.join(catalog.path(index)), text))
}

fn is_description(line: &str) -> bool {
    line.strip_prefix("  description: ").is_some_and(|rest| !rest.starts_with(['>', '|', '"']))
}

/// The document with another description.
fn edit(file: &Path, text: &str, number: usize) -> Outcome<()> {
    let line = |line: &str| match is_description(line) {
        true => format!("  description: Edited for run {number} and for no other reason.\n"),
        false => format!("{line}\n"),
    };
    let text: String = text.lines().map(line).collect();
    fs::write(file, text).map_err(|error| at("write", file, &error))
}

/// Measures runs with another edit before each.
fn edited(
    job: &Job<'_>,
    setting: &Setting<'_>,
    file: &Path,
    text: &str,
) -> Outcome<crate::measure::Sample> {
    let number = Cell::new(0);
    let next = || {
        number.set(number.get() + 1);
        edit(file, text, number.get())
    };
    let mut job = job.clone();
    job.before = Some(&next);
    measure(&job, setting.runs)
}

/// Which files one edit writes, and which of them are other than before.
fn once(job: &Job<'_>, site: &Path, file: &Path, text: &str) -> Outcome<(usize, Vec<String>)> {
    let before = look(site)?;
    edit(file, text, usize::MAX)?;
    measure(job, 1)?;
    Ok(differences(&before, &look(site)?))
}

fn look(site: &Path) -> Outcome<Seen> {
    let seen = |path: String| -> Outcome<_> {
        let file = site.join(&path);
        let failed = |error| at("read", &file, &error);
        let modified = file.metadata().and_then(|known| known.modified()).map_err(failed)?;
        let mut hasher = DefaultHasher::new();
        fs::read(&file).map_err(failed)?.hash(&mut hasher);
        Ok((path, (modified, hasher.finish())))
    };
    hugo::list(site)?.into_keys().map(seen).collect()
}

/// How many files were written or taken away, and which of them hold something else now.
fn differences(before: &Seen, after: &Seen) -> (usize, Vec<String>) {
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    let written = after.iter().filter(|(path, seen)| before.get(*path) != Some(seen));
    let count = gone.clone().count() + written.clone().count();
    let differs = |(path, (_, hash)): &(&String, &(SystemTime, u64))| {
        before.get(*path).is_none_or(|(_, was)| was != hash)
    };
    let changed = written.filter(differs).map(|(path, _)| path);
    (count, gone.chain(changed).cloned().collect())
}

/// The version of Hugo, if there is one.
fn version(hugo: &Path) -> Option<String> {
    let output = Command::new(hugo).arg("version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split_whitespace().find(|word| word.starts_with('v'))?;
    Some(version.chars().take_while(|sign| *sign != '+' && *sign != '-').collect())
}

fn told(size: Size) -> String {
    format!("{} files, {} MB", size.files, number(size.bytes as f64 / 1e6))
}
