//! Keys for tests: of SSH and OpenPGP, made anew in a folder each time, and the agents that hold them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gitsm::signature::Tools;

/// Whether a program is there. A test that needs it is skipped without it, loudly.
#[allow(clippy::print_stdout, reason = "a test that is skipped says so")]
pub(crate) fn has(program: &str) -> bool {
    let there =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(|folder| {
            folder.join(program).is_file() || folder.join(format!("{program}.exe")).is_file()
        });
    if !there {
        println!("SKIPPED: there is no {program} here");
    }
    there
}

/// Runs a program that has to work.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// SSH keys in a folder.
pub(crate) struct Keys {
    dir: tempfile::TempDir,
}

impl Keys {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// The same keys in a folder of their own.
    #[cfg(unix)]
    pub(crate) fn copy(&self) -> Self {
        let keys = Self::new();
        run(Command::new("cp").arg("-a").arg(self.path().join(".")).arg(keys.path()));
        keys
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Makes a key, and gives its private file.
    pub(crate) fn make(&self, name: &str, passphrase: &str) -> PathBuf {
        let file = self.dir.path().join(name);
        let arguments = ["-q", "-t", "ed25519", "-C", name, "-N", passphrase, "-f"];
        run(Command::new("ssh-keygen").args(arguments).arg(&file));
        file
    }

    /// The public half, as a Person lists it.
    pub(crate) fn public(&self, name: &str) -> String {
        let text = fs::read_to_string(self.dir.path().join(format!("{name}.pub"))).unwrap();
        text.split(' ').take(2).collect::<Vec<_>>().join(" ").trim().to_owned()
    }

    /// Programs, with `ssh-keygen` under other variables of the environment.
    #[cfg(unix)]
    pub(crate) fn tools(&self, variables: &[(&str, &str)]) -> Tools {
        let program = script(self.dir.path(), "ssh-keygen", variables);
        let ssh_keygen = Some(program.to_str().unwrap().to_owned());
        Tools { ssh_keygen, attended: false, ..Tools::around() }
    }
}

/// A script that runs a program under other variables of the environment.
#[cfg(unix)]
fn script(folder: &Path, program: &str, variables: &[(&str, &str)]) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let number = fs::read_dir(folder).unwrap().count();
    let file = folder.join(format!("{program}-{number}.sh"));
    let sets: String =
        variables.iter().map(|(name, value)| format!("export {name}='{value}'\n")).collect();
    fs::write(&file, format!("#!/bin/sh\n{sets}exec {program} \"$@\"\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    file
}

/// An agent that holds keys, until the test ends.
#[cfg(unix)]
pub(crate) struct Agent {
    process: std::process::Child,
    pub(crate) socket: String,
}

#[cfg(unix)]
impl Agent {
    pub(crate) fn start(folder: &Path) -> Self {
        let socket = folder.join("agent");
        let mut command = Command::new("ssh-agent");
        command.args(["-D", "-a"]).arg(&socket).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().unwrap();
        for _ in 0..500 {
            if socket.exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Self { process, socket: socket.to_str().unwrap().to_owned() }
    }

    pub(crate) fn add(&self, file: &Path) {
        run(Command::new("ssh-add").arg("-q").arg(file).env("SSH_AUTH_SOCK", &self.socket));
    }
}

#[cfg(unix)]
impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A home of GnuPG, with its agent.
#[cfg(unix)]
pub(crate) struct Gnupg {
    // Not in the folder of the test: names of sockets are short.
    dir: tempfile::TempDir,
}

#[cfg(unix)]
impl Gnupg {
    pub(crate) fn new() -> Self {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::Builder::new().prefix("g").tempdir_in("/tmp").unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
        Self { dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn gpg(&self) -> Command {
        let mut command = Command::new("gpg");
        command.env("GNUPGHOME", self.dir.path()).args(["--batch", "--quiet", "--no-tty"]);
        command
    }

    /// Makes a key that lasts so long, and gives its fingerprint.
    pub(crate) fn make(&self, who: &str, lasts: &str, options: &[&str]) -> String {
        let mut command = self.gpg();
        command.args(options).args(["--passphrase", "", "--pinentry-mode", "loopback"]);
        run(command.args(["--quick-generate-key", who, "ed25519", "sign", lasts]));
        let listed = run(self.gpg().args(["--with-colons", "--list-keys", who]));
        let line = listed.lines().find(|line| line.starts_with("fpr:")).unwrap();
        line.split(':').nth(9).unwrap().to_owned()
    }

    /// Signs bytes.
    pub(crate) fn sign(&self, key: &str, message: &[u8], options: &[&str]) -> String {
        let file = self.dir.path().join("message");
        fs::write(&file, message).unwrap();
        let mut command = self.gpg();
        command.args(options).args(["--armor", "--output", "-", "--local-user", key]);
        if !options.iter().any(|one| one.contains("sign")) {
            command.arg("--detach-sign");
        }
        run(command.arg(&file))
    }

    /// Programs, with this home of GnuPG.
    pub(crate) fn tools(&self) -> Tools {
        let home = self.dir.path().to_str().unwrap();
        let gpg = script(self.dir.path(), "gpg", &[("GNUPGHOME", home)]);
        Tools { gpg: Some(gpg.to_str().unwrap().to_owned()), attended: false, ..Tools::around() }
    }
}

#[cfg(unix)]
impl Drop for Gnupg {
    fn drop(&mut self) {
        let mut command = Command::new("gpgconf");
        let _ = command.env("GNUPGHOME", self.dir.path()).args(["--kill", "gpg-agent"]).output();
    }
}

/// Whether the programs are there with which people sign and repositories are shared.
pub(crate) fn ready() -> bool {
    has("git") && has("ssh-keygen")
}
