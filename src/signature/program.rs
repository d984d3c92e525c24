//! The programs that sign and check, found in the user's `PATH` and never waited for forever.

#![allow(
    clippy::disallowed_methods,
    reason = "the one place that starts the programs of the user's own keys"
)]

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a program may take that asks nobody.
const ALONE: Duration = Duration::from_secs(30);

/// How long a program may take that may ask somebody for a passphrase or a touch.
const ASKING: Duration = Duration::from_secs(600);

/// The most that is kept of what a program prints, in bytes.
const LONGEST: u64 = 1 << 20;

/// Where the programs are that sign and check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tools {
    /// `PATH`.
    pub path: Option<OsString>,
    /// What stands for `gpg` (`gpg.program` of the user's Git).
    pub gpg: Option<String>,
    /// What stands for `ssh-keygen` when it signs (`gpg.ssh.program` of the user's Git).
    pub ssh_keygen: Option<String>,
    /// Whether there is somebody who can be asked.
    pub attended: bool,
    /// How long a program may take that asks nobody.
    pub limit: Duration,
}

/// What a program reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input<'b> {
    /// These bytes.
    Bytes(&'b [u8]),
    /// What somebody types, if somebody is there.
    Terminal,
}

/// What a program printed.
#[derive(Debug)]
pub(super) struct Printed {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

/// Why a program did not do its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ProgramError {
    #[error("there is no `{0}` in PATH")]
    Missing(String),
    #[error("`{0}` cannot be started: {1}")]
    Unstartable(String, String),
    #[error("`{0}` did not answer within {1} s")]
    Silent(String, u64),
}

impl Tools {
    /// The programs of the process's own `PATH`.
    pub fn around() -> Self {
        let attended =
            io::stdin().is_terminal() || io::stderr().is_terminal() || io::stdout().is_terminal();
        Self { path: std::env::var_os("PATH"), gpg: None, ssh_keygen: None, attended, limit: ALONE }
    }

    /// The same, with the programs that Git's settings name; `setting` looks one up.
    pub fn by_settings(setting: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| setting(name).filter(|value| !value.trim().is_empty());
        Self {
            gpg: set("gpg.openpgp.program").or_else(|| set("gpg.program")),
            ssh_keygen: set("gpg.ssh.program"),
            ..Self::around()
        }
    }

    /// The file of a program.
    fn find(&self, name: &str) -> Result<PathBuf, ProgramError> {
        let found = self.path.as_ref().and_then(|path| find_program(name, path));
        found.ok_or_else(|| ProgramError::Missing(name.to_owned()))
    }

    /// Runs a program with something to read, and waits for it: longer if it asks somebody.
    pub(super) fn run(
        &self,
        name: &str,
        arguments: &[&OsStr],
        input: Input<'_>,
        asks: bool,
    ) -> Result<Printed, ProgramError> {
        let program = self.find(name)?;
        let is_asking = self.attended && asks;
        let limit = if is_asking { ASKING } else { self.limit };
        let unstartable =
            |error: io::Error| ProgramError::Unstartable(name.to_owned(), error.to_string());
        let mut command = Command::new(program);
        command.args(arguments).env("LC_ALL", "C").env("LANGUAGE", "C");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.stdin(match input {
            Input::Bytes(_) => Stdio::piped(),
            // Programs only ask where they can read the answer.
            Input::Terminal if is_asking => Stdio::inherit(),
            Input::Terminal => Stdio::null(),
        });
        let mut child = command.spawn().map_err(unstartable)?;
        if let (Some(mut stdin), Input::Bytes(bytes)) = (child.stdin.take(), input) {
            let input = bytes.to_vec();
            // Who reads no more than it wants closes its end, and says why elsewhere.
            thread::spawn(move || drop(stdin.write_all(&input)));
        }
        let (stdout, stderr) = (reader(child.stdout.take()), reader(child.stderr.take()));
        let silent = || ProgramError::Silent(name.to_owned(), limit.as_secs());
        let until = Instant::now() + limit;
        let status = wait(&mut child, until).map_err(unstartable)?.ok_or_else(silent)?;
        // What it left behind may hold its ends open: it is not waited for.
        let left = || until.saturating_duration_since(Instant::now()).max(Duration::from_secs(1));
        let stdout = stdout.recv_timeout(left()).map_err(|_late| silent())?;
        let stderr = stderr.recv_timeout(left()).unwrap_or_default();
        let stderr = String::from_utf8_lossy(&stderr).into_owned();
        Ok(Printed { status, stdout, stderr })
    }
}

/// The file of a program, looked for in `PATH` and nowhere else: never in the current folder, where
/// anybody may have put one (CVE-2021-28955).
pub fn find_program(name: &str, path: &OsStr) -> Option<PathBuf> {
    let named = Path::new(name);
    if named.is_absolute() {
        return Some(named.to_owned()).filter(|file| file.is_file());
    }
    if named.components().count() != 1 {
        return None;
    }
    let endings: &[&str] = if cfg!(windows) { &["exe", "com"] } else { &[""] };
    let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    let mut files = folders.flat_map(|folder| {
        endings.iter().map(move |end| match end.is_empty() || named.extension().is_some() {
            true => folder.join(named),
            false => folder.join(named).with_extension(end),
        })
    });
    files.find(|file| file.is_file())
}

/// Reads to the end, beside everything else.
fn reader(from: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (send, receive) = channel();
    thread::spawn(move || {
        let mut all = Vec::new();
        if let Some(mut from) = from {
            let _ = from.by_ref().take(LONGEST).read_to_end(&mut all);
            let _ = send.send(all);
            let _ = io::copy(&mut from, &mut io::sink());
        }
    });
    receive
}

/// Waits for a program; what takes too long is ended.
fn wait(child: &mut Child, until: Instant) -> io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= until {
            let _ = child.kill();
            let _ = child.wait();
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(path: &[&str]) -> Tools {
        let path = Some(std::env::join_paths(path).unwrap());
        Tools { path, gpg: None, ssh_keygen: None, attended: false, limit: ALONE }
    }

    #[test]
    fn no_program_of_the_current_folder_is_run() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(if cfg!(windows) { "gpg.exe" } else { "gpg" });
        std::fs::write(&file, "").unwrap();
        let there = folder.path().to_str().unwrap();
        assert_eq!(tools(&[there]).find("gpg"), Ok(file));
        for path in [&["", "."][..], &["bin"]] {
            assert_eq!(tools(path).find("gpg"), Err(ProgramError::Missing("gpg".to_owned())));
        }
        assert!(tools(&[there]).find("./gpg").is_err());
        assert!(tools(&[there]).find("sub/gpg").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_program_reads_and_prints_more_than_a_pipe_holds() {
        let input = vec![b'x'; 300_000];
        let printed =
            tools(&["/bin", "/usr/bin"]).run("cat", &[], Input::Bytes(&input), false).unwrap();
        assert_eq!(printed.stdout, input);
        assert!(printed.status.success());
    }
}
