//! The programs that the demo runs: Git, `ssh-keygen` and gitsm itself, as if nobody had configured
//! anything on this machine.

#![allow(
    clippy::disallowed_methods,
    reason = "the demo shows real commands of real programs, in a folder of its own"
)]

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::DemoError;
use crate::signature::find_program;

/// Variables of the user's that programs need to run at all. Everything else stays outside: other
/// repositories, pipelines, hooks and settings are none of the demo's.
const KEPT: &[&str] =
    &["PATH", "TMPDIR", "TEMP", "TMP", "SystemRoot", "SYSTEMROOT", "COMSPEC", "PATHEXT", "WINDIR"];

/// Where the programs are, and what they see.
#[derive(Debug, Clone)]
pub(super) struct Programs {
    git: PathBuf,
    ssh_keygen: PathBuf,
    pub(super) gitsm: PathBuf,
    kept: Vec<(&'static str, OsString)>,
    home: PathBuf,
}

/// What a program printed, both streams in the order in which they came, and its exit code.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) code: i32,
}

impl Programs {
    /// Looks for the programs; `home` is what they take for the user's home.
    ///
    /// # Errors
    ///
    /// One is missing.
    pub(super) fn find(
        gitsm: &Path,
        home: &Path,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, DemoError> {
        let path = OsString::from(variable("PATH").unwrap_or_default());
        let find = |name: &'static str| {
            find_program(name, &path).ok_or(DemoError::Missing { program: name })
        };
        let kept = KEPT.iter().filter_map(|name| Some((*name, variable(name)?.into())));
        Ok(Self {
            git: find("git")?,
            ssh_keygen: find("ssh-keygen")?,
            gitsm: gitsm.to_owned(),
            kept: kept.collect(),
            home: home.to_owned(),
        })
    }

    /// Gives programs another folder for the user's home.
    pub(super) fn home(&mut self, home: &Path) {
        home.clone_into(&mut self.home);
    }

    /// Runs `git`, `gitsm` or `ssh-keygen` in a folder, and waits for it.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    pub(super) fn run(
        &self,
        folder: &Path,
        program: &str,
        arguments: &[&str],
        input: Option<&str>,
    ) -> Result<Said, DemoError> {
        let file = match program {
            "git" => &self.git,
            "ssh-keygen" => &self.ssh_keygen,
            _ => &self.gitsm,
        };
        let failed = |why: std::io::Error| DemoError::Failed {
            what: format!("{program} {}", arguments.join(" ")),
            said: why.to_string(),
        };
        // Both streams go into one pipe, so that they stand as on a terminal.
        let (mut reader, writer) = std::io::pipe().map_err(failed)?;
        let mut command = Command::new(file);
        command.args(arguments).current_dir(folder).env_clear();
        for (name, value) in &self.kept {
            command.env(name, value);
        }
        command
            .env("HOME", &self.home)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.home.join(".gitconfig"))
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .env("COLUMNS", "100")
            .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(writer.try_clone().map_err(failed)?)
            .stderr(writer);
        let mut child = command.spawn().map_err(failed)?;
        // Our ends of the pipe; the child has its own.
        drop(command);
        let text = std::thread::scope(|scope| {
            let pipe = child.stdin.take();
            scope.spawn(move || {
                if let (Some(mut pipe), Some(input)) = (pipe, input) {
                    // A program that reads no further says why itself.
                    let _ = pipe.write_all(input.as_bytes());
                }
            });
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut reader, &mut bytes)
                .map(|_| String::from_utf8_lossy(&bytes).into_owned())
        });
        let status = child.wait().map_err(failed)?;
        Ok(Said { text: text.map_err(failed)?, code: status.code().unwrap_or(-1) })
    }

    /// Runs one of them; it has to succeed.
    ///
    /// # Errors
    ///
    /// It does not.
    pub(super) fn fine(
        &self,
        folder: &Path,
        program: &str,
        arguments: &[&str],
    ) -> Result<String, DemoError> {
        let said = self.run(folder, program, arguments, None)?;
        self.checked(program, arguments, said)
    }

    /// The same, with something to read.
    ///
    /// # Errors
    ///
    /// It does not succeed.
    pub(super) fn fed(
        &self,
        folder: &Path,
        arguments: &[&str],
        input: &str,
    ) -> Result<String, DemoError> {
        let said = self.run(folder, "git", arguments, Some(input))?;
        self.checked("git", arguments, said)
    }

    fn checked(&self, program: &str, arguments: &[&str], said: Said) -> Result<String, DemoError> {
        match said.code {
            0 => Ok(said.text),
            _ => {
                let what = format!("{program} {}", arguments.join(" "));
                Err(DemoError::Failed { what, said: said.text })
            }
        }
    }
}
