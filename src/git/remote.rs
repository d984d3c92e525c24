//! Fetching and pushing one branch with the user's own `git`, so that credentials, proxies, SSH and
//! their hooks work as they are used to.
//!
//! What Git prints is read in its plain language (`LC_ALL=C`, `--porcelain`), never shown as it is:
//! credentials in addresses are masked first.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use super::Repository;

/// The user's `git`.
#[derive(Debug, Clone)]
pub struct Git {
    /// Its file.
    pub program: PathBuf,
    /// Whether somebody sits at a terminal who can be asked for a password.
    pub terminal: bool,
}

/// What became of a push that could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// The remote has it.
    Done,
    /// The remote has moved meanwhile.
    Rejected,
}

/// Why a remote could not be asked, or would not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// What stands for the remote is no remote that is safe to ask.
    #[error("`{remote}` is neither the name of a remote nor the URL of a repository")]
    NoRemote {
        /// What was given.
        remote: String,
    },
    /// There is no `git`.
    #[error("there is no `git` in PATH, which is needed to fetch and push")]
    NoGit,
    /// A hook of this repository or of the remote, or a rule of the forge, does not let it pass.
    #[error("{remote} refuses it: {text}")]
    Refused {
        /// The remote.
        remote: String,
        /// What it says.
        text: String,
    },
    /// It cannot be reached, or does not know us.
    #[error("cannot reach {remote}: {text}")]
    Unreachable {
        /// The remote.
        remote: String,
        /// What Git says.
        text: String,
    },
    /// It does not answer.
    #[error("{remote} did not answer for {seconds} seconds")]
    Silent {
        /// The remote.
        remote: String,
        /// How long it was waited for.
        seconds: u64,
    },
}

impl RemoteError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoRemote { .. } => Some("`git remote -v` lists the remotes"),
            Self::NoGit => Some("install Git, or add it to PATH"),
            Self::Refused { .. } => None,
            Self::Unreachable { .. } | Self::Silent { .. } => {
                Some("try it with Git itself: `git ls-remote`; then `gitsm ledger sync`")
            }
        }
    }
}

/// Without a terminal nobody can end what does not end by itself.
const LONGEST: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(4);

/// The most that is kept of what Git prints, in bytes.
const MOST: u64 = 256 << 10;

/// Variables that would make Git look at another repository than ours.
const FOREIGN: &[&str] = &[
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REFLOG_ACTION",
    "GIT_TRACE_CURL_NO_DATA",
];

impl Git {
    /// Fetches a branch into a tracking reference. Whether there is one: `false` says that the remote
    /// answers and has no such branch.
    ///
    /// # Errors
    ///
    /// The remote cannot be asked.
    pub fn fetch(
        &self,
        repository: &Repository,
        remote: &str,
        branch: &str,
        tracking: &str,
    ) -> Result<bool, RemoteError> {
        let refspec = format!("+{branch}:{tracking}");
        let arguments = [
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-prune",
            "--no-recurse-submodules",
            "--no-auto-maintenance",
            "--refmap=",
            "--end-of-options",
            remote,
            &refspec,
        ];
        let said = self.run(repository, remote, &arguments)?;
        match said.status.success() {
            true => Ok(true),
            false if said.error.contains("couldn't find remote ref") => Ok(false),
            false => Err(unreachable(remote, &said.error)),
        }
    }

    /// Pushes a commit to a branch if that still stands at `old`, or is not there if there is no
    /// `old`.
    ///
    /// # Errors
    ///
    /// The remote cannot be asked, or refuses it for good.
    pub fn push(
        &self,
        repository: &Repository,
        remote: &str,
        branch: &str,
        new: &str,
        old: Option<&str>,
    ) -> Result<Pushed, RemoteError> {
        let lease = format!("--force-with-lease={branch}:{}", old.unwrap_or_default());
        let refspec = format!("{new}:{branch}");
        let arguments = [
            "push",
            "--porcelain",
            "--no-follow-tags",
            "--recurse-submodules=no",
            &lease,
            "--end-of-options",
            remote,
            &refspec,
        ];
        let said = self.run(repository, remote, &arguments)?;
        outcome(remote, &said)
    }

    /// The branches of a remote, by their full names, with their commits.
    ///
    /// # Errors
    ///
    /// The remote cannot be asked.
    pub fn branches(
        &self,
        repository: &Repository,
        remote: &str,
    ) -> Result<BTreeMap<String, String>, RemoteError> {
        let arguments = ["ls-remote", "--heads", "--end-of-options", remote];
        let said = self.run(repository, remote, &arguments)?;
        let pair = |line: &str| line.split_once('\t').map(|(id, name)| (name.into(), id.into()));
        match said.status.success() {
            true => Ok(said.output.lines().filter_map(pair).collect()),
            false => Err(unreachable(remote, &said.error)),
        }
    }

    fn run(
        &self,
        repository: &Repository,
        remote: &str,
        arguments: &[&str],
    ) -> Result<Said, RemoteError> {
        if !(is_address(remote) || is_name(remote) && repository.has_remote(remote)) {
            return Err(RemoteError::NoRemote { remote: masked(remote) });
        }
        let mut child = self.start(repository, arguments)?;
        let out = child.stdout.take().map(drained);
        let err = child.stderr.take().map(drained);
        let status = self.ended(&mut child, remote)?;
        let text = |reader: Option<JoinHandle<String>>| {
            masked(&reader.and_then(|reader| reader.join().ok()).unwrap_or_default())
        };
        Ok(Said { status, output: text(out), error: text(err) })
    }

    #[allow(clippy::disallowed_methods, reason = "the user's own git, found in their PATH")]
    fn start(&self, repository: &Repository, arguments: &[&str]) -> Result<Child, RemoteError> {
        let git_dir = absolute(repository.git_dir());
        // Relative addresses of remotes begin where the worktree does.
        let folder = repository.workdir().map_or_else(|| git_dir.clone(), absolute);
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(folder).env("GIT_DIR", git_dir).env("LC_ALL", "C");
        for name in FOREIGN {
            command.env_remove(name);
        }
        if !self.terminal {
            command.env("GIT_TERMINAL_PROMPT", "0");
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().map_err(|_why| RemoteError::NoGit)
    }

    fn ended(&self, child: &mut Child, remote: &str) -> Result<ExitStatus, RemoteError> {
        let start = Instant::now();
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if self.terminal || start.elapsed() < LONGEST => sleep(PAUSE),
                _ => {
                    let _ = child.kill();
                    let _ = child.wait();
                    let seconds = start.elapsed().as_secs();
                    return Err(RemoteError::Silent { remote: masked(remote), seconds });
                }
            }
        }
    }
}

/// What Git printed, without credentials.
struct Said {
    status: ExitStatus,
    output: String,
    error: String,
}

fn drained(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    spawn(move || {
        let mut kept = Vec::new();
        let _ = pipe.by_ref().take(MOST).read_to_end(&mut kept);
        // Whoever still writes is not to wait for a reader.
        let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        String::from_utf8_lossy(&kept).into_owned()
    })
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Reads the lines of `git push --porcelain`: `FLAG TAB FROM:TO TAB SUMMARY (REASON)`.
fn outcome(remote: &str, said: &Said) -> Result<Pushed, RemoteError> {
    let line = said.output.lines().find(|line| line.split('\t').count() >= 3);
    let Some(line) = line else {
        return match said.status.code() {
            Some(0) => Ok(Pushed::Done),
            // The hook of this repository said no before anything was sent.
            Some(1) if !is_lost(&said.error) => Err(refused(remote, "", &said.error)),
            _ => Err(unreachable(remote, &said.error)),
        };
    };
    if !line.starts_with('!') {
        return match said.status.success() {
            true => Ok(Pushed::Done),
            false => Err(unreachable(remote, &said.error)),
        };
    }
    let summary = line.split('\t').nth(2).unwrap_or_default();
    match RACES.iter().any(|words| summary.contains(words)) {
        true => Ok(Pushed::Rejected),
        false => Err(refused(remote, summary, &said.error)),
    }
}

/// What Git says when somebody else was quicker; the last ones come from the remote itself.
const RACES: &[&str] = &[
    "(stale info)",
    "(fetch first)",
    "(non-fast-forward)",
    "(already exists)",
    "failed to update ref",
    "cannot lock ref",
    "incorrect old value provided",
    "reference already exists",
    "failed to lock",
];

fn is_lost(error: &str) -> bool {
    ["Could not read from remote", "unable to access", "Authentication failed", "does not appear"]
        .iter()
        .any(|words| error.contains(words))
}

fn refused(remote: &str, summary: &str, error: &str) -> RemoteError {
    let told = error.lines().filter_map(|line| line.strip_prefix("remote:")).map(str::trim);
    let told: Vec<&str> = told.filter(|line| !line.is_empty()).collect();
    let said = match told.is_empty() {
        true => essence(error),
        false => told.join(" "),
    };
    let summary = summary.trim_start_matches("[remote rejected]").trim_start_matches("[rejected]");
    let summary = summary.trim().trim_start_matches('(').trim_end_matches(')');
    let text = match (summary.is_empty(), said.is_empty()) {
        (true, true) => "without a reason".to_owned(),
        (false, true) => summary.to_owned(),
        (true, false) => said,
        (false, false) => format!("{summary}: {said}"),
    };
    RemoteError::Refused { remote: masked(remote), text: shortened(&text) }
}

fn unreachable(remote: &str, error: &str) -> RemoteError {
    let text = match essence(error).as_str() {
        "" => "Git failed without a word".to_owned(),
        text => shortened(text),
    };
    RemoteError::Unreachable { remote: masked(remote), text }
}

/// What of Git's words says why, in one line.
fn essence(error: &str) -> String {
    let noise = |line: &&str| {
        line.is_empty()
            || line.starts_with("hint:")
            || line.starts_with("Please make sure you have the correct access rights")
            || *line == "and the repository exists."
            || line.starts_with("error: failed to push some refs")
            || line.starts_with("To ")
    };
    let lines = error.lines().map(str::trim).filter(|line| !noise(line));
    let plain = lines.map(|line| {
        let line = line.strip_prefix("fatal: ").or_else(|| line.strip_prefix("error: "));
        line.unwrap_or_default().trim_end_matches('.')
    });
    let said: Vec<&str> = plain.filter(|line| !line.is_empty()).collect();
    match said.is_empty() {
        true => {
            error.lines().map(str::trim).filter(|line| !noise(line)).collect::<Vec<_>>().join("; ")
        }
        false => said.join("; "),
    }
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 600;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Whether a text can be the name of a remote.
fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    !text.is_empty() && !text.starts_with(['-', '/', '.']) && text.chars().all(plain)
}

/// Whether a text is the address of a repository by a transport that is safe: one of Git's own, and
/// no helper that runs a command (`ext::…`).
pub fn is_address(text: &str) -> bool {
    if text.starts_with('-') || text.contains("::") || text.chars().any(char::is_control) {
        return false;
    }
    if let Some((scheme, rest)) = text.split_once("://") {
        let known = ["https", "http", "ssh", "git", "file"].contains(&scheme);
        return known && !rest.is_empty() && !rest.starts_with('-');
    }
    let is_path =
        Path::new(text).is_absolute() || text.starts_with("../") || text.starts_with("./");
    // `host:path`, as SSH has it.
    let host = text.split_once(':').map(|(host, path)| !host.contains('/') && !path.is_empty());
    is_path || host == Some(true)
}

/// A text with the credentials in its addresses masked: `https://***@host/path`.
pub fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || "'\"<>".contains(c));
        let authority = after.get(..end.unwrap_or(after.len())).unwrap_or_default();
        // A password that is not escaped may hold slashes, so the last `@` of the word counts.
        match authority.rfind('@') {
            Some(at) => {
                out.push_str("***");
                rest = after.get(at..).unwrap_or_default();
            }
            None => rest = after,
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_masked_wherever_an_address_stands() {
        assert_eq!(masked("https://me:t0ken@host/x.git"), "https://***@host/x.git");
        assert_eq!(
            masked("fatal: 'http://a:b/c@d@h:1/x' and ssh://git@h/y\nfile:///srv/z"),
            "fatal: 'http://***@h:1/x' and ssh://***@h/y\nfile:///srv/z"
        );
        assert_eq!(masked("no address"), "no address");
    }

    #[test]
    fn only_repositories_are_addresses() {
        for good in
            ["https://h/x", "ssh://git@h:22/x", "git@h:x.git", "/srv/x", "../x", "file:///x"]
        {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "ext::sh -c id",
            "-x",
            "--upload-pack=id",
            "origin",
            "ssh://-oProxyCommand=x",
            "",
            "foo://x",
            "https://h/\n",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
        assert!(is_name("origin") && is_name("a/b") && !is_name("--all") && !is_name(""));
    }

    #[cfg(unix)]
    fn said(code: i32, output: &str, error: &str) -> Said {
        use std::os::unix::process::ExitStatusExt;
        let status = ExitStatus::from_raw(code << 8);
        Said { status, output: output.to_owned(), error: error.to_owned() }
    }

    #[cfg(unix)]
    #[test]
    fn what_git_says_of_a_push_is_understood() {
        let push = |code, output: &str, error: &str| outcome("origin", &said(code, output, error));
        let line =
            |flag: &str, summary: &str| format!("To x\n{flag}\ta:refs/heads/b\t{summary}\nDone\n");
        assert_eq!(push(0, &line("*", "[new branch]"), ""), Ok(Pushed::Done));
        assert_eq!(push(0, &line(" ", "1..2"), ""), Ok(Pushed::Done));
        assert_eq!(push(0, &line("=", "[up to date]"), ""), Ok(Pushed::Done));
        for race in [
            "[rejected] (stale info)",
            "[remote rejected] (cannot lock ref 'refs/heads/b': is at 1 but expected 2)",
            "[remote rejected] (failed to update ref)",
            "[remote rejected] (incorrect old value provided)",
        ] {
            assert_eq!(push(1, &line("!", race), ""), Ok(Pushed::Rejected), "{race}");
        }
        let hook = push(
            1,
            &line("!", "[remote rejected] (pre-receive hook declined)"),
            "remote: gitsm: the entry is not signed\nerror: failed to push some refs to 'x'\n",
        );
        let text = "pre-receive hook declined: gitsm: the entry is not signed".to_owned();
        assert_eq!(hook, Err(RemoteError::Refused { remote: "origin".into(), text }));
        let own = push(1, "", "tests fail\nerror: failed to push some refs to 'x'\n");
        let text = "tests fail".to_owned();
        assert_eq!(own, Err(RemoteError::Refused { remote: "origin".into(), text }));
        let away =
            push(128, "", "fatal: unable to access 'https://h/': Could not resolve host: h\n");
        assert!(matches!(away, Err(RemoteError::Unreachable { .. })), "{away:?}");
    }
}
