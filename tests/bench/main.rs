//! The harness behind claims of speed: `cargo bench --bench catalog -- COMMAND`.
//!
//! It generates catalogs, runs gitsm, `git status` and other validators on them, and prints what
//! they took. It needs the standard library and `git`, asserts nothing about time, and exits 2
//! when it cannot go on or a row failed. Begin at [`main`]; README.md beside this file says what
//! each row means.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a harness of its own: it starts processes, makes files and prints"
)]

mod apply;
mod documents;
mod generate;
mod history;
mod hugo;
mod measure;
mod peers;
mod prose;
mod render;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use measure::{Job, Sample, measure, read_all};
use table::{Table, number};

/// A value, or one line that says what cannot be done and why.
pub(crate) type Outcome<T> = Result<T, String>;

const HELP: &str = "\
Measures gitsm on generated catalogs.

  cargo bench --bench catalog -- generate N DIR [--seed S]
  cargo bench --bench catalog -- run [--entities N] [--dir DIR] [--gitsm PATH] [--runs K]
                                     [--peers DIR] [--schema FILE] [--seed S]
  cargo bench --bench catalog -- growth [--gitsm PATH] [--runs K] [--seed S]
  cargo bench --bench catalog -- history [--entities N] [--merges M] [--gitsm PATH] [--runs K]
                                         [--seed S]
  cargo bench --bench catalog -- render [--entities N] [--gitsm PATH] [--hugo PATH] [--runs K]
                                        [--seed S]
  cargo bench --bench catalog -- apply [--entities N] [--gitsm PATH] [--runs K]
  cargo bench --bench catalog -- --help

generate  makes a clean catalog of N entities a Git repository in DIR, with the tags base and
          head, between which ten files differ
run       measures gitsm, git status and other validators on N entities (100000)
growth    measures gitsm on 1000, 10000 and 100000 entities: validate, diff, and beside them Git
history   measures `change backtest` on squash merges over a catalog, against git log
render    measures `render` on N entities (10000 at most), against Hugo and as many pages
apply     measures `apply` of N objects (10000 at most) to a server that takes 20 ms an answer

  --merges M     how many merges a history has (5000)
  --dir DIR      the catalog, generated if missing (target/bench/catalog-N)
  --gitsm PATH   the binary to measure (the release build)
  --runs K       how often each row is timed (3); one more run gives memory and exit code
  --hugo PATH    the Hugo to compare with (`hugo`)
  --peers DIR    where tests/bench/peers installed the others (target/bench/peers)
  --schema FILE  what peers check Components against
                 (schemas/backstage/component.schema.json)
  --seed S       another catalog of the same shape (1)";

struct Options {
    words: Vec<String>,
    entities: usize,
    merges: usize,
    dir: Option<PathBuf>,
    gitsm: PathBuf,
    hugo: PathBuf,
    runs: usize,
    peers: PathBuf,
    schema: PathBuf,
    seed: u64,
}

fn main() -> ExitCode {
    // Cargo adds `--bench` to what a bench without libtest is given.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match parse(&arguments).and_then(|options| execute(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::from(2)
        }
    }
}

fn parse(arguments: &[String]) -> Outcome<Options> {
    let mut options = Options {
        words: Vec::new(),
        entities: 100_000,
        merges: 5_000,
        dir: None,
        gitsm: option_env!("CARGO_BIN_EXE_gitsm").map_or_else(default_binary, PathBuf::from),
        hugo: PathBuf::from("hugo"),
        runs: 3,
        peers: target().join("bench/peers"),
        schema: PathBuf::from("schemas/backstage/component.schema.json"),
        seed: 1,
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "-h" || argument == "--help" || !argument.starts_with("--") {
            options.words.push(argument.clone());
            continue;
        }
        let value = rest.next().ok_or_else(|| format!("{argument} needs a value; see --help"))?;
        match argument.as_str() {
            "--entities" => options.entities = whole(argument, value)?,
            "--merges" => options.merges = whole(argument, value)?,
            "--dir" => options.dir = Some(PathBuf::from(value)),
            "--gitsm" => options.gitsm = PathBuf::from(value),
            "--hugo" => options.hugo = PathBuf::from(value),
            "--runs" => options.runs = whole(argument, value)?.max(1),
            "--peers" => options.peers = PathBuf::from(value),
            "--schema" => options.schema = PathBuf::from(value),
            "--seed" => options.seed = whole(argument, value)? as u64,
            _ => return Err(format!("unknown option {argument}; see --help")),
        }
    }
    Ok(options)
}

fn whole(name: &str, value: &str) -> Outcome<usize> {
    value.parse().map_err(|error| format!("{name} {value}: {error}"))
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

fn default_binary() -> PathBuf {
    target().join("release").join(format!("gitsm{}", std::env::consts::EXE_SUFFIX))
}

fn execute(options: &Options) -> Outcome<()> {
    let words: Vec<&str> = options.words.iter().map(String::as_str).collect();
    match words[..] {
        [] | ["-h" | "--help"] | [_, "-h" | "--help"] => {
            println!("{HELP}");
            Ok(())
        }
        ["generate", size, folder] => {
            prepare(Path::new(folder), whole("generate", size)?, options.seed)
        }
        ["run"] => run(options),
        ["growth"] => growth(options),
        ["history"] => past(options),
        ["render"] => site(options),
        ["apply"] => applied(options),
        _ => Err(format!("do not understand `{}`; see --help", words.join(" "))),
    }
}

fn prepare(folder: &Path, size: usize, seed: u64) -> Outcome<()> {
    let started = Instant::now();
    if generate::ensure(folder, size, seed)? {
        let seconds = started.elapsed().as_secs_f64();
        println!("generated {size} entities in {} in {seconds:.1} s", folder.display());
    } else {
        println!("{size} entities are in {}", folder.display());
    }
    Ok(())
}

fn default_folder(size: usize) -> PathBuf {
    target().join(format!("bench/catalog-{size}"))
}

/// The binary by its whole path, because it is started in another folder.
fn binary(options: &Options) -> Outcome<PathBuf> {
    options.gitsm.canonicalize().map_err(|error| {
        format!("no gitsm at {}: {error}; `cargo build --release`?", options.gitsm.display())
    })
}

fn run(options: &Options) -> Outcome<()> {
    let folder = options.dir.clone().unwrap_or_else(|| default_folder(options.entities));
    let gitsm = binary(options)?;
    prepare(&folder, options.entities, options.seed)?;
    let files = measure::list(&folder)?;
    let count = files.len();
    let (floor, bytes) = read_all(&files, options.runs)?;
    println!("{count} files, {} MB\n", number(bytes as f64 / 1e6));

    let mut table = Table::start();
    table.compare_with("read the bytes", count, &floor);
    table.row("read the bytes", count, &floor, "two threads, the files' names known");
    for arguments in
        [&["validate"][..], &["validate", "--at", "head"], &["validate", "--since", "base"]]
    {
        let sample = measure(&Job::new(&gitsm, &folder, arguments), options.runs)?;
        let note = share(&sample, bytes);
        table.row(&format!("gitsm {}", arguments.join(" ")), count, &sample, &note);
    }
    let status = Job::new(Path::new("git"), &folder, &["status"]);
    table.row("git status", count, &measure(&status, options.runs)?, "");
    ask(&gitsm, &folder, options, count, &mut table)?;

    let small = options.entities.min(10_000);
    let other = if small < options.entities { default_folder(small) } else { folder };
    prepare(&other, small, options.seed)?;
    let sample = measure(&Job::new(&gitsm, &other, &["validate"]), options.runs)?;
    table.compare_with("gitsm validate", small, &sample);
    table.row("gitsm validate", small, &sample, "all kinds and all references");
    peers::compare(
        &peers::Setting {
            catalog: &other,
            peers: &options.peers,
            schema: &options.schema,
            runs: options.runs,
        },
        &mut table,
    )?;
    finish(&table)
}

/// Questions to the catalog, against one cold `validate`: none should take longer.
fn ask(
    gitsm: &Path,
    folder: &Path,
    options: &Options,
    count: usize,
    table: &mut Table,
) -> Outcome<()> {
    let sample = measure(&Job::new(gitsm, folder, &["validate"]), options.runs)?;
    table.compare_with("gitsm validate", count, &sample);
    table.row("gitsm validate", count, &sample, "once more, beside the questions");
    let questions: [(&[&str], &str); 6] = [
        (&["get", "components"], "a table of all of them"),
        (&["get", "components", "-o", "json"], "every value"),
        (
            &["get", "resource/resource-000005"],
            "the page of one: its findings and its history are asked for, too",
        ),
        (&["impact", "resource:resource-000005"], ""),
        (&["refs", "resource:resource-000005"], "every file's texts are searched for mentions"),
        (&["query", "entity.spec.lifecycle == 'production'"], "an expression an entity"),
    ];
    for (arguments, note) in questions {
        let sample = measure(&Job::new(gitsm, folder, arguments), options.runs)?;
        table.row(&format!("gitsm {}", arguments[..2].join(" ")), count, &sample, note);
    }
    Ok(())
}

/// Peak memory as a share of what the files hold.
fn share(sample: &Sample, bytes: u64) -> String {
    let Some(kib) = sample.peak_kib else { return String::new() };
    format!("peak is {} x the files' bytes", number(kib as f64 * 1024.0 / bytes.max(1) as f64))
}

fn applied(options: &Options) -> Outcome<()> {
    let gitsm = binary(options)?;
    let mut table = Table::start();
    let place = target().join("bench/apply");
    let entities = options.entities.min(10_000);
    apply::compare(
        &apply::Setting { gitsm: &gitsm, place: &place, entities, runs: options.runs },
        &mut table,
    )?;
    finish(&table)
}

fn growth(options: &Options) -> Outcome<()> {
    const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
    let gitsm = binary(options)?;
    for size in SIZES {
        prepare(&default_folder(size), size, options.seed)?;
    }
    let mut table = Table::start();
    for arguments in [&["validate", "--since", "base"][..], &["validate"]] {
        let name = format!("gitsm {}", arguments.join(" "));
        let mut first = None;
        for size in SIZES {
            let sample =
                measure(&Job::new(&gitsm, &default_folder(size), arguments), options.runs)?;
            let seconds = sample.best.as_secs_f64();
            let base: f64 = *first.get_or_insert(seconds);
            let note = format!("{} x the time of {}", number(seconds / base), SIZES[0]);
            table.row(&name, size, &sample, &note);
        }
    }
    changes(&gitsm, options, &SIZES, &mut table)?;
    finish(&table)
}

/// What a change of ten files takes, however large the catalog is, beside what Git takes to compare
/// the same commits and to read its index.
fn changes(gitsm: &Path, options: &Options, sizes: &[usize], table: &mut Table) -> Outcome<()> {
    let git = Path::new("git");
    let commits: &[&str] = &["diff", "base", "head", "-o", "json"];
    let gate: &[&str] = &["gate", "--base", "base", "--head", "head", "-o", "json"];
    let rows: [(&str, &Path, &[&str], bool); 6] = [
        ("gitsm diff, commits", gitsm, commits, false),
        ("gitsm diff, no cache", gitsm, commits, true),
        ("gitsm diff, worktree", gitsm, &["diff", "base", "-o", "json"], false),
        ("gitsm gate, commits", gitsm, gate, false),
        ("git diff --raw", git, &["diff", "--raw", "base", "head"], false),
        ("git ls-files", git, &["ls-files"], false),
    ];
    for (name, program, arguments, cold) in rows {
        let mut first = None;
        for size in sizes {
            let folder = default_folder(*size);
            let mut job = Job::new(program, &folder, arguments);
            job.forget = cold.then(|| folder.join(".git/gitsm"));
            let sample = measure(&job, options.runs)?;
            let seconds = sample.best.as_secs_f64();
            let base: f64 = *first.get_or_insert(seconds);
            let note = format!("{} x the time of {}", number(seconds / base), sizes[0]);
            table.row(name, *size, &sample, &note);
        }
    }
    Ok(())
}

/// A backtest of thousands of merges.
fn past(options: &Options) -> Outcome<()> {
    let gitsm = binary(options)?;
    let entities = options.entities.min(10_000);
    let shape = history::Shape { entities, merges: options.merges, seed: options.seed };
    let named = format!("bench/history-{entities}-{}", options.merges);
    let folder = options.dir.clone().unwrap_or_else(|| target().join(named));
    history::ensure(&folder, &shape)?;
    let mut table = Table::start();
    history::compare(&gitsm, &folder, &shape, options.runs, &mut table)?;
    finish(&table)
}

/// A site of ten thousand entities, beside Hugo.
fn site(options: &Options) -> Outcome<()> {
    let gitsm = binary(options)?;
    let entities = options.entities.min(10_000);
    let catalog = options.dir.clone().unwrap_or_else(|| default_folder(entities));
    prepare(&catalog, entities, options.seed)?;
    let mut table = Table::start();
    let setting = render::Setting {
        gitsm: &gitsm,
        hugo: &options.hugo,
        catalog: &catalog,
        place: &target().join(format!("bench/render-{entities}")),
        entities,
        seed: options.seed,
        runs: options.runs,
    };
    render::compare(&setting, &mut table)?;
    finish(&table)
}

fn finish(table: &Table) -> Outcome<()> {
    match table.failed() {
        0 => Ok(()),
        failed => Err(format!("{failed} of the rows failed")),
    }
}
