//! `demo`: acme as a real repository with a year behind it, and a walk through one change.
//!
//! Begin with [`Demo::make`]: it makes a bare repository with a history (`history.rs`, of the table in
//! `history.yaml`), people with keys, a clone for each, and a ledger. `walk.rs` holds the steps, as
//! data; [`Demo::perform`] runs one with real programs (`programs.rs`), and nothing is made up.

mod company;
mod history;
mod make;
mod programs;
mod stream;
mod walk;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::output::CreateError;
use crate::signature::find_program;
use programs::Programs;
pub use walk::{Act, STEPS, SUMMARY, Show, Step, TRY_NEXT};

/// The folder that is made where nobody names one.
pub const FOLDER: &str = "gitsm-demo";

/// What to make, and with what.
pub struct Request<'r> {
    /// The folder to make it in; it is not there, or empty.
    pub folder: PathBuf,
    /// This program.
    pub gitsm: PathBuf,
    /// Looks a variable of the environment up.
    pub variable: &'r dyn Fn(&str) -> Option<String>,
    /// When the year ends.
    pub now: DateTime<Utc>,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Something is in the way.
    #[error("{} is there already, and holds something", .0.display())]
    Taken(PathBuf),
    /// A program is missing.
    #[error("there is no `{program}` in PATH, which the demo needs")]
    Missing {
        /// Which one.
        program: &'static str,
    },
    /// A folder or a file cannot be made.
    #[error("cannot make {}: {source}", path.display())]
    Folder {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] CreateError),
    /// A program did not do what it should.
    #[error("`{what}` failed: {}", said.trim())]
    Failed {
        /// The command.
        what: String,
        /// What it printed.
        said: String,
    },
    /// The tables of the demo do not fit; tests hold that they do.
    #[error("the demo is broken: {0}")]
    Broken(String),
}

impl DemoError {
    /// Whether another command line would help.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Taken(_))
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Taken(_) => Some("name a folder that is not there: --dir DIR"),
            Self::Missing { program: "git" } => Some("install Git, or add it to PATH"),
            Self::Missing { .. } => {
                Some("install OpenSSH, or add it to PATH: keys are made with ssh-keygen")
            }
            _ => None,
        }
    }
}

/// What was made.
pub struct Demo {
    /// Where everything is.
    pub folder: PathBuf,
    /// How many landings there are.
    pub landings: usize,
    programs: Programs,
}

/// What a command printed.
#[derive(Debug, Clone)]
pub struct Performed {
    /// What it printed.
    pub text: String,
    /// How it ended.
    pub code: i32,
}

impl Demo {
    /// The folder of this program, if typing `gitsm` would not find it.
    pub fn unreachable(&self, path: &str) -> Option<PathBuf> {
        let found =
            find_program("gitsm", OsStr::new(path)).and_then(|file| file.canonicalize().ok());
        let own = self.programs.gitsm.canonicalize().ok()?;
        let folder = own.parent()?.to_owned();
        (found.as_ref() != Some(&own)).then_some(folder)
    }

    /// The clone in which somebody works.
    fn clone_of(&self, who: &str) -> PathBuf {
        self.folder.join(who)
    }

    /// Does one act of a step; nothing if there is nothing to show.
    ///
    /// # Errors
    ///
    /// A program cannot be started, or a file is not as the walk expects it.
    pub fn perform(&self, act: &Act) -> Result<Performed, DemoError> {
        match act {
            Act::Run { who, line, .. } => {
                let words = words(line);
                let mut words = words.iter().map(String::as_str);
                let program = words.next().unwrap_or_default();
                let arguments: Vec<&str> = words.collect();
                let said = self.programs.run(&self.clone_of(who), program, &arguments, None)?;
                Ok(Performed { text: self.without_folder(&said.text), code: said.code })
            }
            Act::Edit { who, file, from, to } => {
                make::edit(&self.clone_of(who).join(file), from, to)?;
                Ok(Performed { text: String::new(), code: 0 })
            }
            Act::Write { who, file, text } => {
                let (top, file) = match file.strip_prefix("../") {
                    Some(file) => (self.folder.clone(), file),
                    None => (self.clone_of(who), *file),
                };
                crate::output::create(&top, file, text.as_bytes())?;
                Ok(Performed { text: String::new(), code: 0 })
            }
        }
    }

    /// A text in which the folder of the demo is `…`: it is long, and says nothing.
    fn without_folder(&self, text: &str) -> String {
        text.replace(&*self.folder.to_string_lossy(), "…")
    }
}

/// The words of a command line; single quotes hold some together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in line.split('\'').enumerate() {
        match number % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// Whether a folder may be used: it is not there, or holds nothing.
fn is_free(folder: &Path) -> bool {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        assert_eq!(
            words("git commit -m 'A larger database'"),
            ["git", "commit", "-m", "A larger database"]
        );
    }
}
