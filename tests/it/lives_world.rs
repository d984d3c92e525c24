//! A small company in a repository with a remote, people with keys, and a ledger that has begun.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use gitsm::change::state::{Life, State, TRANSITIONS, Transition, When};
use serde_json::Value;

use crate::keys::run;
use crate::support::{Run, git};

/// Everybody who has a key.
const ALL: &[&str] = &["ada", "mira", "jonas", "kofi", "olga", "ci"];

/// A copy of the company, in a folder that is gone when the test ends.
pub(crate) struct World {
    dir: tempfile::TempDir,
}

/// A change as its steps are observed.
pub(crate) struct Watched<'w> {
    world: &'w World,
    name: String,
    life: Life,
    state: State,
    taken: BTreeSet<Transition>,
}

impl World {
    /// The company, made once and copied for each test.
    pub(crate) fn new() -> Self {
        static MADE: OnceLock<World> = OnceLock::new();
        MADE.get_or_init(Self::made).copy()
    }

    pub(crate) fn copy(&self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        run(Command::new("cp").arg("-r").arg(self.dir.path().join(".")).arg(dir.path()));
        Self { dir }
    }

    fn made() -> Self {
        let world = Self { dir: tempfile::tempdir().unwrap() };
        let top = world.dir.path();
        for name in ALL {
            let arguments = ["-q", "-t", "ed25519", "-C", name, "-N", "", "-f"];
            run(Command::new("ssh-keygen").args(arguments).arg(top.join(name)));
        }
        fs::create_dir(top.join("w")).unwrap();
        run(git(top).args(["init", "--quiet", "--bare", "--initial-branch=main", "there.git"]));
        world.git(&["init", "--quiet", "--initial-branch=main"]);
        world.git(&["remote", "add", "origin", "../there.git"]);
        for (path, text) in CATALOG {
            world.write(path, text);
        }
        for name in ALL.iter().filter(|name| **name != "ci") {
            let key = world.public(name);
            let text = format!(
                "apiVersion: gitsm/v1alpha1\nkind: Person\nmetadata: {{name: {name}}}\nspec:\n  \
                 accounts: {{git: {name}@acme.example}}\n  keys:\n  - {{type: ssh, key: {key}, \
                 validFrom: 2020-01-01}}\n"
            );
            world.write(&format!("people/{name}.yaml"), &text);
        }
        world.settings("");
        world.commit("kofi", "The catalog");
        world.git(&["push", "--quiet", "-u", "origin", "main"]);
        world.git(&["remote", "set-head", "origin", "-a"]);
        world.fine("kofi", &["ledger", "init"]);
        let files = world.git(&["ls-tree", "-r", "--name-only", "gitsm/ledger"]);
        let first = world.git_bytes(&["show", &format!("gitsm/ledger:{}", files.trim())]);
        let digest = gitsm::ledger::entry::sha256(&first);
        world.settings(&format!("\n  genesis: sha256:{digest}"));
        world.commit("kofi", "Pin the ledger\n\nGitsm-Change: pin-ledger");
        world.git(&["push", "--quiet"]);
        world
    }

    fn settings(&self, genesis: &str) {
        let key = self.public("ci");
        let text = format!(
            "id: acme/shop\ngovernance: {{owners: [team:platform]}}\nledger:{genesis}\n  operators: \
             [person:kofi]\n  writers: [{{name: ci, keys: [{{type: ssh, key: {key}, validFrom: \
             2020-01-01}}]}}]\n"
        );
        self.write("gitsm.yaml", &text);
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("w")
    }

    pub(crate) fn there(&self) -> PathBuf {
        self.dir.path().join("there.git")
    }

    fn public(&self, name: &str) -> String {
        let text = fs::read_to_string(self.dir.path().join(format!("{name}.pub"))).unwrap();
        text.split(' ').take(2).collect::<Vec<_>>().join(" ").trim().to_owned()
    }

    pub(crate) fn key(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.git_bytes(arguments)).unwrap()
    }

    pub(crate) fn git_bytes(&self, arguments: &[&str]) -> Vec<u8> {
        let output = git(&self.path()).args(arguments).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {said}");
        output.stdout
    }

    /// Commits everything as somebody, signed.
    pub(crate) fn commit(&self, who: &str, message: &str) {
        self.commit_with(who, message, true);
    }

    /// Says the newest commit's message otherwise.
    pub(crate) fn amend(&self, who: &str, message: &str) {
        self.commit_by(who, &["--amend", "-m", message], true);
    }

    pub(crate) fn commit_with(&self, who: &str, message: &str, signed: bool) {
        self.git(&["add", "--all"]);
        self.commit_by(who, &["-m", message], signed);
    }

    fn commit_by(&self, who: &str, arguments: &[&str], signed: bool) {
        let mut command = git(&self.path());
        command
            .args(["-c", "gpg.format=ssh", "commit", "--quiet", "--allow-empty"])
            .args(arguments)
            .env("GIT_AUTHOR_NAME", who)
            .env("GIT_AUTHOR_EMAIL", format!("{who}@acme.example"))
            .env("GIT_COMMITTER_NAME", who)
            .env("GIT_COMMITTER_EMAIL", format!("{who}@acme.example"));
        if signed {
            command.arg(format!("-S{}", self.key(who)));
        }
        run(&mut command);
    }

    /// Begins a branch at the default branch.
    pub(crate) fn branch(&self, name: &str) {
        self.git(&["switch", "--quiet", "-C", name, "main"]);
    }

    /// The size of the shop's database: a change of moderate risk, of a file.
    pub(crate) fn size(&self, size: u32) {
        self.write("terraform/main.tf", &format!("size = {size}\n"));
    }

    /// What is said of a change; `rest` is more of its `spec`.
    pub(crate) fn request(&self, name: &str, rest: &str) {
        let text = format!(
            "apiVersion: gitsm/v1alpha1\nkind: ChangeRequest\nmetadata: {{name: {name}, title: A \
             larger database}}\nspec:\n  reason: It is full on Fridays.\n{rest}"
        );
        self.write(&format!("changes/{name}.yaml"), &text);
    }

    /// Runs gitsm.
    pub(crate) fn gitsm(&self, arguments: &[&str]) -> Run {
        if arguments.iter().any(|one| matches!(*one, "new" | "archive")) {
            return gitsm_at(&self.path(), arguments);
        }
        let before = self.standing();
        let run = gitsm_at(&self.path(), arguments);
        assert_eq!(self.standing(), before, "{arguments:?} touched the files, the index or HEAD");
        run
    }

    /// What no command touches: HEAD, the index to the byte, and what Git says of the files.
    fn standing(&self) -> (String, Vec<u8>, String) {
        let index = fs::read(self.path().join(".git/index")).unwrap();
        let head = fs::read_to_string(self.path().join(".git/HEAD")).unwrap();
        let branch = self.git(&["rev-parse", "HEAD"]);
        let status = self.git(&["--no-optional-locks", "status", "--porcelain"]);
        (head + &branch, index, status)
    }

    /// Runs gitsm as somebody.
    pub(crate) fn say(&self, who: &str, arguments: &[&str]) -> Run {
        let by = match who {
            "ci" => "pipeline:ci".to_owned(),
            who => format!("person:{who}"),
        };
        let mut all = arguments.to_vec();
        all.extend(["--as", &by]);
        let key = self.key(who);
        if arguments[0] != "ledger" {
            all.extend(["--key", &key]);
        }
        self.gitsm(&all)
    }

    /// The same, where it works.
    pub(crate) fn fine(&self, who: &str, arguments: &[&str]) -> Run {
        let run = self.say(who, arguments);
        assert_eq!(run.code, 0, "{who} {arguments:?}: {run:#?}");
        run
    }

    /// The same, where it is refused, and what is said then.
    pub(crate) fn refused(&self, who: &str, arguments: &[&str]) -> String {
        let run = self.say(who, arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{who} {arguments:?}: {run:#?}");
        run.stderr
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.extend(["-o", "json"]);
        let run = self.gitsm(&all);
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"))
    }

    pub(crate) fn show(&self, name: &str) -> Value {
        self.json(&["change", "show", name])
    }

    /// Merges a branch, and the pipeline records it.
    pub(crate) fn land(&self, name: &str) {
        self.git(&["switch", "--quiet", "main"]);
        self.git(&["merge", "--quiet", "--no-ff", "-m", &format!("Merge {name}"), name]);
        self.git(&["push", "--quiet"]);
        self.fine("ci", &["change", "merged"]);
    }

    /// Watches a change, which is new.
    pub(crate) fn watch(&self, name: &str) -> Watched<'_> {
        let (life, state) = (Life::Normal, State::New);
        Watched { world: self, name: name.to_owned(), life, state, taken: BTreeSet::new() }
    }
}

/// Runs gitsm with the user's programs at hand.
pub(crate) fn gitsm_at(folder: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_gitsm"))
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("PATH", std::env::var("PATH").unwrap())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::null())
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    Run { code: output.status.code().unwrap_or(-1), stdout, stderr }
}

impl Watched<'_> {
    /// Somebody does something with it: `change VERB NAME ...`.
    pub(crate) fn does(&mut self, who: &str, what: &[&str], state: State) {
        let mut all = vec!["change", what[0], &self.name];
        all.extend(&what[1..]);
        self.world.fine(who, &all);
        self.is(state);
    }

    /// Looks at it, after something happened, and notes by which rows of the table it came there.
    pub(crate) fn is(&mut self, state: State) -> Value {
        let shown = self.world.show(&self.name);
        assert_eq!(shown["state"], state.name(), "{}: {shown:#}", self.name);
        assert_eq!(shown["code"], state.code());
        let of = |life: &&Life| shown["life"] == life.name();
        let life = Life::ALL.iter().find(of).copied().unwrap();
        let last = shown["history"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["state"], state.name(), "{shown:#}");
        if life != self.life {
            (self.life, self.state) = (life, State::New);
        }
        if state != self.state {
            let way = way(life, self.state, (state, &last["when"]));
            assert!(!way.is_empty(), "{life:?}: {:?} -> {state:?} by {last}", self.state);
            self.taken.extend(way);
        }
        self.state = state;
        shown
    }

    /// The rows of a life that nothing went by yet.
    pub(crate) fn taken(&self) -> &BTreeSet<Transition> {
        &self.taken
    }
}

/// The rows by which a change goes from one state to another, the last of them for this reason.
fn way(life: Life, from: State, (to, when): (State, &Value)) -> Vec<Transition> {
    let mut ways: Vec<Vec<Transition>> = vec![Vec::new()];
    for _ in 0..5 {
        let mut longer = Vec::new();
        for way in &ways {
            let at = way.last().map_or(from, |row| row.to);
            let rows = TRANSITIONS.iter().filter(|row| row.life == life && row.from == at);
            for row in rows {
                let way: Vec<Transition> = way.iter().chain([row]).copied().collect();
                if row.to == to && *when == serde_json::to_value(row.when).unwrap() {
                    return way;
                }
                // What stops or takes back is never on the way to somewhere else.
                let stops = matches!(row.when, When::Canceled | When::Edited | When::Rejected);
                if !stops {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    Vec::new()
}

/// Asserts that every row of a life was taken.
pub(crate) fn all_taken(life: Life, watched: &[&Watched<'_>]) {
    let taken: BTreeSet<Transition> = watched.iter().flat_map(|one| one.taken()).copied().collect();
    let missing: Vec<&Transition> =
        TRANSITIONS.iter().filter(|row| row.life == life && !taken.contains(row)).collect();
    assert!(missing.is_empty(), "never taken: {missing:#?}");
}

const CATALOG: &[(&str, &str)] = &[
    (
        "people/teams.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: payments}\nspec: {type: team, \
         members: [person:ada, person:mira, person:jonas]}\n---\napiVersion: gitsm/v1alpha1\nkind: \
         Team\nmetadata: {name: platform}\nspec: {type: team, members: [person:kofi]}\n---\n\
         apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: oncall}\nspec: {type: team, \
         members: [person:olga, person:mira]}\n",
    ),
    (
        "services/shop.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: shop, title: Shop}\nspec: \
         {owner: team:payments, serviceType: business, lifecycle: live, criticality: tier1, sources: \
         [{path: 'terraform/**'}]}\n",
    ),
    ("services/blog.yaml", BLOG),
    (
        "changes/policy.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: ChangePolicy\nmetadata: {name: acme}\nspec:\n  owner: \
         team:platform\n  statements: {reason: moderate, plan: very_high, test: very_high, backout: \
         very_high}\n  emergency: {approvers: team:oncall, reviewWithin: PT16H, monthlyLimit: 1}\n  \
         breakGlass: {people: [person:olga], reviewWithin: PT8H}\n",
    ),
    (
        "changes/models.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: ChangeModel\nmetadata: {name: blog-title}\nspec:\n  type: \
         standard\n  owner: team:platform\n  lifecycle: approved\n  selector: {kinds: [Service]}\n  \
         fields: [/metadata/title]\n  preauthorized: {by: team:platform, at: 2020-01-01, reviewBy: \
         2099-12-31}\n",
    ),
    ("terraform/main.tf", "size = 4\n"),
    ("README.md", "The shop.\n"),
];

/// A service that matters to nobody.
pub(crate) const BLOG: &str = "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: blog, \
    title: Blog}\nspec: {owner: team:platform, serviceType: business, lifecycle: live, criticality: \
    tier4}\n";
