//! Where secrets come from: the environment, a file, or a program of the operator's.

#![allow(
    clippy::disallowed_methods,
    reason = "secrets are the operator's, and stand in no tree; the program is the operator's own"
)]

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use super::{Fault, Secret};
use crate::config::Credential;
use crate::signature::find_program;

/// The longest secret, in bytes: a certificate fits.
const LONGEST: u64 = 64 << 10;

/// How long a program may take that fetches a secret.
const PATIENCE: Duration = Duration::from_secs(30);

/// What secrets are looked for in.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// Looks a variable of the environment up.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// `PATH`, in which the operator's programs are found.
    pub path: Option<&'a OsStr>,
    /// The folder that the files are relative to.
    pub folder: &'a Path,
}

/// Fetches a secret. What goes wrong is told without a word of what was read.
///
/// # Errors
///
/// It is not there, is empty, or the program failed.
pub fn fetch(name: &str, from: &Credential, around: Around<'_>) -> Result<Secret, Fault> {
    let told = |what: String| Fault::settings(format!("the secret `{name}` is not known: {what}"));
    let text = match (&from.env, &from.file, &from.command) {
        (Some(variable), None, None) => (around.variable)(variable)
            .ok_or_else(|| told(format!("the environment variable {variable} is not set")))?,
        (None, Some(path), None) => read(&around.folder.join(path))
            .map_err(|error| told(format!("the file {path} cannot be read: {error}")))?,
        (None, None, Some(command)) => print(command, around).map_err(told)?,
        _ => return Err(told("say one of `env`, `file` and `command`".to_owned())),
    };
    let secret = Secret::new(&text);
    match secret.reveal().is_empty() {
        true => Err(told("what was found is empty".to_owned())),
        false => Ok(secret),
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// What a program prints. What it says beside that is shown to nobody: it may hold the secret.
fn print(command: &[String], around: Around<'_>) -> Result<String, String> {
    let Some((name, arguments)) = command.split_first() else {
        return Err("`command` names no program".to_owned());
    };
    let found = around.path.and_then(|path| find_program(name, path));
    let program = found.ok_or_else(|| format!("there is no program `{name}` in PATH"))?;
    let mut starting = Command::new(program);
    starting.args(arguments).current_dir(around.folder);
    starting.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let failed = |error: io::Error| format!("`{name}` cannot be run: {error}");
    let mut child = starting.spawn().map_err(failed)?;
    let (send, receive) = channel();
    if let Some(out) = child.stdout.take() {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = out.take(LONGEST).read_to_end(&mut bytes);
            let _ = send.send(bytes);
        });
    }
    let until = Instant::now() + PATIENCE;
    let silent = || format!("`{name}` did not answer within {} s", PATIENCE.as_secs());
    let bytes = receive.recv_timeout(PATIENCE);
    let ended = wait(&mut child, until).map_err(failed)?;
    match (ended, bytes) {
        (Some(true), Ok(bytes)) => {
            String::from_utf8(bytes).map_err(|_not| format!("`{name}` printed what is no text"))
        }
        (Some(false), _) => Err(format!("`{name}` failed")),
        _ => Err(silent()),
    }
}

/// Whether it ended well; nothing if it had to be ended.
fn wait(child: &mut Child, until: Instant) -> io::Result<Option<bool>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if Instant::now() >= until {
            let _ = child.kill();
            let _ = child.wait();
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(from: &Credential, folder: &Path) -> Result<Secret, Fault> {
        let variable = |name: &str| (name == "TOKEN").then(|| "canary\n".to_owned());
        let path = std::env::join_paths(["/usr/bin", "/bin"]).unwrap();
        fetch("token", from, Around { variable: &variable, path: Some(&path), folder })
    }

    #[test]
    fn a_secret_comes_from_a_variable_a_file_or_a_program() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("it"), "canary\r\n").unwrap();
        let command = |words: &[&str]| Credential {
            command: Some(words.iter().map(|word| (*word).to_owned()).collect()),
            ..Credential::default()
        };
        let file = |path: &str| Credential { file: Some(path.to_owned()), ..Credential::default() };
        for from in [Credential::env("TOKEN"), file("it"), command(&["cat", "it"])] {
            let secret = get(&from, folder.path()).unwrap();
            assert_eq!(secret.reveal(), "canary");
            assert_eq!(format!("{secret:?}"), "***");
        }
        for (from, words) in [
            (Credential::env("OTHER"), "variable OTHER is not set"),
            (file("none"), "the file none cannot be read"),
            (command(&["cat", "none"]), "`cat` failed"),
            (command(&["true"]), "is empty"),
            (command(&["./it"]), "no program `./it` in PATH"),
            (command(&[]), "names no program"),
            (Credential::default(), "say one of"),
        ] {
            let fault = get(&from, folder.path()).unwrap_err();
            assert!(fault.message.contains(words), "{fault}");
            assert!(!fault.message.contains("canary"), "{fault}");
        }
    }

    #[test]
    fn no_shell_reads_the_arguments_of_a_program() {
        let folder = tempfile::tempdir().unwrap();
        let words = ["printf", "%s", "$(touch made)"];
        let command = Some(words.iter().map(|word| (*word).to_owned()).collect());
        let secret = get(&Credential { command, ..Credential::default() }, folder.path()).unwrap();
        assert_eq!(secret.reveal(), "$(touch made)");
        assert!(!folder.path().join("made").exists());
    }
}
