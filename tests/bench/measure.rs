//! Wall time and peak memory of whole processes, the floor they are held against (reading every
//! byte), and the table in which they are printed.
//!
//! Nothing is asserted about time: a row states what was measured and what it is compared with.
//! Begin at [`measure`].

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::generate::at;

/// A first run longer than this is followed by one more and not by all of them.
const SLOW: Duration = Duration::from_secs(10);
/// GNU time, the only one with `-f`.
const TIME: &str = "/usr/bin/time";
/// What GNU time is asked to write before the peak, to find it again among other lines.
const PEAK: &str = "peak-of-the-run-in-kib ";

/// What a number of equal runs took.
pub(crate) struct Sample {
    pub(crate) best: Duration,
    pub(crate) median: Duration,
    pub(crate) peak_kib: Option<u64>,
    /// Why the times count for nothing: an unexpected exit and what was said about it.
    pub(crate) failure: Option<String>,
}

impl Sample {
    fn of(mut times: Vec<Duration>, peak_kib: Option<u64>, failure: Option<String>) -> Self {
        times.sort();
        let best = times.first().copied().unwrap_or_default();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        Self { best, median, peak_kib, failure }
    }

    /// Seconds of the best run a file.
    pub(crate) fn per_file(&self, files: usize) -> f64 {
        self.best.as_secs_f64() / files.max(1) as f64
    }
}

/// A process to start, in one piece or, where command lines are short, in several.
#[derive(Clone)]
pub(crate) struct Job<'a> {
    pub(crate) program: PathBuf,
    pub(crate) folder: PathBuf,
    /// The arguments of each process; they run one after the other.
    pub(crate) batches: Vec<Vec<String>>,
    /// A folder that is removed before each run: what an earlier one kept there.
    pub(crate) forget: Option<PathBuf>,
    /// What is done before each run, and not timed.
    pub(crate) before: Option<&'a dyn Fn() -> Outcome<()>>,
}

impl Job<'_> {
    pub(crate) fn new(program: &Path, folder: &Path, arguments: &[&str]) -> Self {
        let batches = vec![arguments.iter().map(ToString::to_string).collect()];
        Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            batches,
            forget: None,
            before: None,
        }
    }

    fn prepare(&self) -> Outcome<()> {
        // It need not be there.
        let _ = self.forget.as_ref().map(std::fs::remove_dir_all);
        self.before.map_or(Ok(()), |before| before())
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = crate::generate::hermetic(program, &self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

/// Runs the job once for its peak memory and its exit code, which must be 0 (this also warms the
/// page cache), then `runs` times for its wall time.
pub(crate) fn measure(job: &Job<'_>, runs: usize) -> Outcome<Sample> {
    in_turn(&[job], runs, SLOW)?.pop().ok_or_else(|| "one job, one sample".to_owned())
}

/// Measures jobs in turn, so that a machine that is busy for a while is so for all of them; each as
/// often as it says, however long it takes.
pub(crate) fn alternate(jobs: &[&Job<'_>], runs: usize) -> Outcome<Vec<Sample>> {
    in_turn(jobs, runs, Duration::MAX)
}

fn in_turn(jobs: &[&Job<'_>], runs: usize, slow: Duration) -> Outcome<Vec<Sample>> {
    let mut runs = runs;
    let mut samples = Vec::new();
    for job in jobs {
        let (sample, all) = first(job)?;
        runs = if all > slow { 1 } else { runs };
        samples.push((sample, Vec::new()));
    }
    for _ in 0..runs {
        for (job, (sample, times)) in jobs.iter().zip(&mut samples) {
            if sample.failure.is_none() {
                let (time, failure) = again(job)?;
                times.push(time);
                sample.failure = failure;
            }
        }
    }
    let sample = |(first, times): (Sample, Vec<Duration>)| match times.is_empty() {
        true => first,
        false => Sample::of(times, first.peak_kib, first.failure),
    };
    Ok(samples.into_iter().map(sample).collect())
}

/// The run that is not timed, and how long it took all the same.
fn first(job: &Job<'_>) -> Outcome<(Sample, Duration)> {
    job.prepare()?;
    let started = Instant::now();
    let mut peak = None;
    for arguments in &job.batches {
        let (failure, kib) = observe(job, arguments)?;
        if failure.is_some() {
            let time = started.elapsed();
            return Ok((Sample::of(vec![time], kib, failure), time));
        }
        peak = peak.max(kib);
    }
    let time = started.elapsed();
    Ok((Sample::of(vec![time], peak, None), time))
}

/// A run that is timed; and why its time counts for nothing.
fn again(job: &Job<'_>) -> Outcome<(Duration, Option<String>)> {
    job.prepare()?;
    let started = Instant::now();
    for arguments in &job.batches {
        let mut command = job.command(&job.program);
        let status = command.args(arguments).stderr(Stdio::null()).status();
        let status = status.map_err(|error| at("start", &job.program, &error))?;
        if !status.success() {
            return Ok((
                started.elapsed(),
                Some(format!("{status} in one run and not in another")),
            ));
        }
    }
    Ok((started.elapsed(), None))
}

/// One run: why it failed, if it did, and its peak memory in KiB.
fn observe(job: &Job<'_>, arguments: &[String]) -> Outcome<(Option<String>, Option<u64>)> {
    if !cfg!(target_os = "linux") || !Path::new(TIME).exists() {
        return observe_by_polling(job, arguments);
    }
    let mut command = job.command(Path::new(TIME));
    command.args(["-f", &format!("{PEAK}%M")]).arg(&job.program).args(arguments);
    let output = command.output().map_err(|error| at("start", &job.program, &error))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let peak = said.lines().find_map(|line| line.strip_prefix(PEAK)?.trim().parse().ok());
    Ok((failure(output.status, &said), peak))
}

/// Without GNU time: asks the kernel every 2 ms, so that the last rise may be missed.
fn observe_by_polling(
    job: &Job<'_>,
    arguments: &[String],
) -> Outcome<(Option<String>, Option<u64>)> {
    let mut command = job.command(&job.program);
    let child = command.args(arguments).stderr(Stdio::null()).spawn();
    let mut child = child.map_err(|error| at("start", &job.program, &error))?;
    let mut peak = None;
    loop {
        peak = peak.max(high_water_mark(&child));
        let ended = child.try_wait().map_err(|error| at("wait for", &job.program, &error))?;
        if let Some(status) = ended {
            return Ok((failure(status, ""), peak));
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn high_water_mark(child: &Child) -> Option<u64> {
    let mut status = String::new();
    let mut file = File::open(format!("/proc/{}/status", child.id())).ok()?;
    file.read_to_string(&mut status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

fn failure(status: ExitStatus, said: &str) -> Option<String> {
    if status.success() {
        return None;
    }
    let ours = |line: &&str| line.starts_with(PEAK) || line.starts_with("Command exited");
    let line = said.lines().map(str::trim).find(|line| !line.is_empty() && !ours(line));
    let line: String = line.unwrap_or_default().chars().take(100).collect();
    Some(format!("{status} {line}").trim_end().to_owned())
}

/// The `.yaml` files below the folder, in order, without Git's own.
pub(crate) fn list(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let entries = next.read_dir().map_err(|error| at("list", &next, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| at("list", &next, &error))?;
            let kind = entry.file_type().map_err(|error| at("list", &next, &error))?;
            let path = entry.path();
            if kind.is_dir() && entry.file_name() != ".git" {
                open.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|end| end == "yaml") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The floor: two threads open and read all these files. Gives their bytes too.
pub(crate) fn read_all(files: &[PathBuf], runs: usize) -> Outcome<(Sample, u64)> {
    let mut times = Vec::new();
    let mut bytes = read_once(files)?;
    for _ in 0..runs {
        let started = Instant::now();
        bytes = read_once(files)?;
        times.push(started.elapsed());
    }
    Ok((Sample::of(times, None, None), bytes))
}

fn read_once(files: &[PathBuf]) -> Outcome<u64> {
    const PORTION: usize = 64;
    let (next, total) = (AtomicUsize::new(0), AtomicU64::new(0));
    let work = || -> Outcome<()> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let start = next.fetch_add(PORTION, Ordering::Relaxed);
            let Some(rest) = files.get(start..) else { return Ok(()) };
            for path in rest.iter().take(PORTION) {
                let read = read_file(path, &mut buffer).map_err(|e| at("read", path, &e))?;
                total.fetch_add(read, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        let helper = scope.spawn(work);
        work().and(helper.join().unwrap_or_else(|_| Err("a reading thread died".to_owned())))
    })?;
    Ok(total.into_inner())
}

fn read_file(path: &Path, buffer: &mut [u8]) -> std::io::Result<u64> {
    let mut file = File::open(path)?;
    let mut total = 0;
    loop {
        match file.read(buffer)? {
            0 => return Ok(total),
            read => total += read as u64,
        }
    }
}
