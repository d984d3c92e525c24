//! A repository in a temporary folder, and the program run in it with a scrubbed environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gitsm::source::{File, Source};
use gitsm::yaml::{Limits, Node, parse};

/// A folder that is gone when the test ends.
pub(crate) struct Folder {
    dir: tempfile::TempDir,
}

/// What a run printed, and its exit code.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A folder that is an empty Git repository.
    pub(crate) fn git() -> Self {
        let folder = Self::new();
        folder.run_git(&["init", "--quiet", "--initial-branch=main"]);
        folder
    }

    /// A copy of the folder and of all that is in it.
    #[cfg(unix)]
    pub(crate) fn copy(&self) -> Self {
        let folder = Self::new();
        let mut command = Command::new("cp");
        command.arg("-a").arg(self.path().join(".")).arg(folder.path());
        assert!(command.status().unwrap().success());
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file; folders are made as needed.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.dir.path().join(path)).unwrap()
    }

    pub(crate) fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.dir.path().join(path)).unwrap();
        self
    }

    /// Commits everything.
    pub(crate) fn commit(&self, message: &str) -> &Self {
        self.run_git(&["add", "--all"]);
        self.run_git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self
    }

    /// Runs Git here, with fixed names and dates and no configuration of the user's.
    pub(crate) fn run_git(&self, arguments: &[&str]) -> String {
        let output = git(self.dir.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Runs gitsm here.
    pub(crate) fn gitsm(&self, arguments: &[&str]) -> Run {
        gitsm(self.dir.path(), arguments)
    }

    /// The findings of a run as JSON.
    pub(crate) fn findings(&self, arguments: &[&str]) -> serde_json::Value {
        let mut all = vec!["validate", "-o", "json"];
        all.extend(arguments);
        let run = self.gitsm(&all);
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
    }

    /// `code file:line:column` of each finding.
    pub(crate) fn places(&self, arguments: &[&str]) -> Vec<String> {
        let findings = self.findings(arguments);
        let findings = findings["findings"].as_array().unwrap().clone();
        let place = |one: &serde_json::Value| {
            let text = |key: &str| one[key].as_str().unwrap().to_owned();
            format!("{} {}:{}:{}", text("code"), text("file"), one["line"], one["column"])
        };
        findings.iter().map(place).collect()
    }
}

/// Git with fixed names and dates and no configuration of the user's.
pub(crate) fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_NAME", "Ada")
        .env("GIT_AUTHOR_EMAIL", "ada@example.com")
        .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
        .env("GIT_COMMITTER_NAME", "Ada")
        .env("GIT_COMMITTER_EMAIL", "ada@example.com")
        .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z");
    command
}

/// What gitsm prints to standard output in a folder, byte by byte.
pub(crate) fn gitsm_bytes(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    output(folder, arguments).stdout
}

fn output(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gitsm"))
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("PATH", "/nonexistent")
        .args(arguments)
        .output()
        .unwrap()
}

/// Shows each document of the files below a folder of this project.
pub(crate) fn each_document(folder: &str, look: &mut dyn FnMut(&Path, Node<'_>)) {
    let mut folders = vec![project().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let source = Source::new(File::local("x.yaml"), text);
            let stream = parse(&source, &Limits::default());
            for id in &stream.documents {
                look(&path, stream.arena.node(*id));
            }
        }
    }
}

/// Runs gitsm in a folder.
pub(crate) fn gitsm(folder: &Path, arguments: &[&str]) -> Run {
    let output = output(folder, arguments);
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// The top of gitsm's own repository.
pub(crate) fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
}

/// A Component without a fault.
pub(crate) fn component(name: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  \
         type: service\n  lifecycle: production\n  owner: payments\n"
    )
}

/// A Group without a fault.
pub(crate) fn group(name: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: {name}\nspec:\n  \
         type: team\n  children: []\n"
    )
}
