//! Making the repository, the people's clones and keys, and the ledger.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Days, Utc};
use chrono_tz::Europe::Berlin;

use super::company::{Files, HOLDERS, PIPELINE, adopt, company, pin};
use super::history::{Author, History, history};
use super::programs::Programs;
use super::stream::Stream;
use super::{Demo, DemoError, Request, is_free};
use crate::config::FILE_NAME;
use crate::output::{create, set_executable};

/// Where everything is shared.
const REMOTE: &str = "acme.git";

/// What programs take for the user's home: empty, so that nobody's settings play a part.
const HOME: &str = ".home";

/// How the bare repository is set up: nothing is deleted or rewound, pushes may say something, and
/// whoever pushes signs that it was them.
const SETTINGS: &[(&str, &str)] = &[
    ("receive.denyNonFastForwards", "true"),
    ("receive.denyDeletes", "true"),
    ("receive.advertisePushOptions", "true"),
    ("receive.certNonceSlop", "60"),
];

/// The one who keeps the ledger.
const OPERATOR: &str = "ines";

impl Demo {
    /// Makes everything that the walk needs.
    ///
    /// # Errors
    ///
    /// The folder holds something, a program is missing or fails, or the disk refuses.
    pub fn make(request: &Request<'_>) -> Result<Self, DemoError> {
        if !is_free(&request.folder) {
            return Err(DemoError::Taken(request.folder.clone()));
        }
        let home = request.folder.join(HOME);
        let mut programs = Programs::find(&request.gitsm, &home, request.variable)?;
        make_folder(&home)?;
        // As Git and the programs that it starts name it.
        let folder = request
            .folder
            .canonicalize()
            .map_err(|source| DemoError::Folder { path: request.folder.clone(), source })?;
        programs.home(&folder.join(HOME));
        let mut demo = Self { folder, landings: 0, programs };
        let keys = demo.keys()?;
        demo.landings = demo.repository(&keys, request.now)?;
        for holder in HOLDERS {
            demo.clone_for(holder.name)?;
        }
        demo.ledger()?;
        demo.hooks()?;
        Ok(demo)
    }

    /// A key for everybody, without a passphrase; the public ones by the name of who has them.
    fn keys(&self) -> Result<BTreeMap<String, String>, DemoError> {
        make_folder(&self.folder.join("keys"))?;
        let mut keys = BTreeMap::new();
        for name in HOLDERS.iter().map(|holder| holder.name).chain([PIPELINE]) {
            let file = format!("keys/{name}");
            let arguments = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", &file];
            self.programs.fine(&self.folder, "ssh-keygen", &arguments)?;
            let public = self.programs.fine(&self.folder, "ssh-keygen", &["-y", "-f", &file])?;
            let words: Vec<&str> = public.split_whitespace().take(2).collect();
            keys.insert(name.to_owned(), words.join(" "));
        }
        Ok(keys)
    }

    /// The file in which Git finds whose key is whose.
    fn signers_file(&self) -> String {
        self.folder.join("keys/allowed_signers").display().to_string()
    }

    /// Writes it.
    fn signers(&self, keys: &BTreeMap<String, String>) -> Result<String, DemoError> {
        let mut text = String::new();
        for (name, key) in keys {
            if let Some(author) = author(name) {
                text.push_str(&format!("{} {key}\n", author.email));
            }
        }
        create(&self.folder, "keys/allowed_signers", text.as_bytes())?;
        Ok(self.signers_file())
    }

    /// The bare repository with its history. How many landings it has.
    fn repository(
        &self,
        keys: &BTreeMap<String, String>,
        now: DateTime<Utc>,
    ) -> Result<usize, DemoError> {
        let end = company();
        let past = history(&end, now).map_err(DemoError::Broken)?;
        let text = told(&past, end, keys, now);
        let remote = self.folder.join(REMOTE);
        make_folder(&remote)?;
        let git = |arguments: &[&str]| self.programs.fine(&remote, "git", arguments);
        git(&["init", "--quiet", "--bare"])?;
        git(&["symbolic-ref", "HEAD", "refs/heads/main"])?;
        self.programs.fed(&remote, &["fast-import", "--quiet", "--done"], &text)?;
        git(&["update-ref", "-d", "refs/demo/topic"])?;
        for (name, value) in SETTINGS {
            git(&["config", name, value])?;
        }
        let signers = self.signers(keys)?;
        git(&["config", "gpg.ssh.allowedSignersFile", &signers])?;
        // Who records what landed, and with which key.
        git(&["config", "gitsm.as", &format!("pipeline:{PIPELINE}")])?;
        let key = self.folder.join("keys").join(PIPELINE).display().to_string();
        git(&["config", "gitsm.key", &key])?;
        let seed = crate::ledger::salt();
        git(&["config", "receive.certNonceSeed", &seed])?;
        Ok(past.landings.len() + 1)
    }

    /// A clone in which somebody commits, and signs what they commit and push.
    fn clone_for(&self, name: &str) -> Result<(), DemoError> {
        let author = author(name).ok_or_else(|| DemoError::Broken(name.to_owned()))?;
        let key = self.folder.join("keys").join(name);
        let settings = [
            format!("user.name={}", author.name),
            format!("user.email={}", author.email),
            format!("user.signingKey={}", key.display()),
            "gpg.format=ssh".to_owned(),
            "commit.gpgSign=true".to_owned(),
            "push.gpgSign=if-asked".to_owned(),
            format!("gpg.ssh.allowedSignersFile={}", self.signers_file()),
        ];
        let mut arguments = vec!["clone", "--quiet"];
        for setting in &settings {
            arguments.extend(["--config", setting]);
        }
        arguments.extend([REMOTE, name]);
        self.programs.fine(&self.folder, "git", &arguments).map(drop)
    }

    /// Begins the ledger, and pins it on the main branch.
    fn ledger(&self) -> Result<(), DemoError> {
        let clone = self.clone_of(OPERATOR);
        let begun = self.programs.fine(&clone, "gitsm", &["ledger", "init"])?;
        let genesis = begun.split_whitespace().find(|word| word.starts_with("sha256:"));
        let genesis = genesis.ok_or_else(|| DemoError::Failed {
            what: "gitsm ledger init".to_owned(),
            said: begun.clone(),
        })?;
        edit_with(&clone.join(FILE_NAME), |text| pin(text, genesis))?;
        let git = |arguments: &[&str]| self.programs.fine(&clone, "git", arguments);
        git(&["commit", "--quiet", "--all", "--message", "Pin the ledger"])?;
        git(&["push", "--quiet", "origin", "main"])?;
        for holder in HOLDERS.iter().filter(|holder| holder.name != OPERATOR) {
            let clone = self.clone_of(holder.name);
            self.programs.fine(&clone, "git", &["pull", "--quiet", "--ff-only"])?;
        }
        Ok(())
    }

    /// The gate of the bare repository: two lines a hook.
    fn hooks(&self) -> Result<(), DemoError> {
        let remote = self.folder.join(REMOTE);
        let program = self.programs.gitsm.display().to_string().replace('\'', "'\\''");
        for hook in ["pre-receive", "post-receive"] {
            let path = format!("hooks/{hook}");
            let text = format!("#!/bin/sh\nexec '{program}' hook {hook} \"$@\"\n");
            create(&remote, &path, text.as_bytes())?;
            set_executable(&remote, &path, true)
                .map_err(|error| DemoError::Broken(error.to_string()))?;
        }
        Ok(())
    }
}

/// The history as Git reads it, up to the day before yesterday, when acme began to use the gate.
fn told(
    past: &History,
    mut files: Files,
    keys: &BTreeMap<String, String>,
    now: DateTime<Utc>,
) -> String {
    let operator = author(OPERATOR)
        .unwrap_or(Author { name: OPERATOR.to_owned(), email: format!("{OPERATOR}@acme.example") });
    let mut stream = Stream::new("refs/heads/main");
    let today = now.with_timezone(&Berlin);
    let first = today.checked_sub_days(Days::new(366)).unwrap_or(today);
    stream.commit(&operator, &first, "The catalog of acme moves into Git\n", &past.start);
    for landing in &past.landings {
        stream.land(landing);
    }
    let yesterday = today.checked_sub_days(Days::new(2)).unwrap_or(today);
    let before = files.clone();
    adopt(&mut files, keys, yesterday.date_naive());
    files.retain(|path, text| before.get(path) != Some(text));
    let message =
        "Changes are agreed to here\n\nWho decides, with which keys, and that it holds.\n";
    stream.commit(&operator, &yesterday, message, &files);
    stream.finish()
}

/// How somebody commits who has a clone.
fn author(name: &str) -> Option<Author> {
    super::history::people().ok()?.remove(name)
}

fn make_folder(path: &Path) -> Result<(), DemoError> {
    let failed = |source| DemoError::Folder { path: path.to_owned(), source };
    std::fs::create_dir_all(path).map_err(failed)
}

/// Replaces a text in a file.
pub(super) fn edit(path: &Path, from: &str, to: &str) -> Result<(), DemoError> {
    edit_with(path, |text| text.replacen(from, to, 1))
}

/// Makes another text of a file.
#[allow(clippy::disallowed_methods, reason = "a file of the demo's own clone")]
fn edit_with(path: &Path, make: impl Fn(&str) -> String) -> Result<(), DemoError> {
    let failed = |source| DemoError::Folder { path: path.to_owned(), source };
    let old = std::fs::read_to_string(path).map_err(failed)?;
    let new = make(&old);
    if new == old {
        return Err(DemoError::Broken(format!("{} is not as expected", path.display())));
    }
    std::fs::write(path, new).map_err(failed)
}
