//! A catalog with people who have keys, teams, a service and a remote, whose ledger has begun and is
//! pinned; and what people do there: commit, put forward, agree, land.

use std::process::Command;

use chrono::{DateTime, Duration, Utc};
use gitsm::flow::Place;
use gitsm::flow::change::desk::Desk;
use gitsm::flow::change::writer::{As, Writer};
use gitsm::flow::ledger::{Around, Begin, Book, append, begin};
use gitsm::ledger::{APPROVAL, Approval, Decision, Event, NAMESPACE};
use gitsm::signature::{SigningKey, sign};
use serde_json::Value;

use crate::keys::Keys;
use crate::support::{Folder, Run, git};

/// The people whom the catalog knows; all have a key of their name.
const PEOPLE: &[&str] = &["ada", "dora", "eve", "finn", "jonas", "kofi", "lena"];

/// The name that most changes have.
pub(crate) const CHANGE: &str = "bigger-db";

/// The repository, its remote, and everybody's keys.
pub(crate) struct Office {
    pub(crate) keys: Keys,
    pub(crate) here: Folder,
    /// Where it is shared; gone with the test.
    there: Folder,
}

/// A day so many hours ago.
pub(crate) fn ago(hours: i64) -> DateTime<Utc> {
    Utc::now() - Duration::hours(hours)
}

/// A key as a Person lists it.
pub(crate) fn key(public: &str, more: &str) -> String {
    format!("{{type: ssh, key: {public}, validFrom: 2020-01-01{more}}}")
}

/// The file of a person.
pub(crate) fn person(name: &str, keys: &[String], more: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Person\nmetadata: {{name: {name}}}\nspec:\n  accounts: \
         {{git: {name}@acme.example}}\n  keys: [{}]\n{more}",
        keys.join(", ")
    )
}

/// The file of a team.
pub(crate) fn team(name: &str, members: &[&str], more: &str) -> String {
    let members: Vec<String> = members.iter().map(|one| format!("person:{one}")).collect();
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {{name: {name}}}\nspec: {{type: team, \
         members: [{}]{more}}}\n",
        members.join(", ")
    )
}

/// A change policy.
pub(crate) fn policy(more: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: ChangePolicy\nmetadata: {{name: changes}}\nspec:\n  \
         owner: team:platform\n{more}"
    )
}

/// The file of the service that changes are about.
pub(crate) fn shop(title: &str, criticality: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata:\n  name: shop\n  title: {title}\nspec:\n  \
         owner: team:payments\n  serviceType: business\n  lifecycle: live\n  criticality: \
         {criticality}\n  sources:\n    - path: terraform/**\n"
    )
}

/// A request for a change.
pub(crate) fn request(name: &str, reason: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: ChangeRequest\nmetadata:\n  name: {name}\nspec:\n  reason: \
         {reason}\n  owner: team:payments\n"
    )
}

impl Office {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// An office whose main branch has these files, too; they come instead of those of the same name.
    pub(crate) fn with(files: &[(&str, String)]) -> Self {
        let (keys, here, there) = (Keys::new(), Folder::git(), Folder::new());
        there.run_git(&["init", "--quiet", "--bare", "--initial-branch=main"]);
        for name in PEOPLE {
            keys.make(name, "");
            let own = key(&keys.public(name), "");
            here.write(&format!("people/{name}.yaml"), person(name, &[own], ""));
        }
        keys.make("ci", "");
        here.write("teams/payments.yaml", team("payments", &["ada", "jonas", "lena"], ""));
        here.write("teams/platform.yaml", team("platform", &["kofi"], ""));
        here.write("teams/front.yaml", team("front", &["finn"], ""));
        here.write("services/shop.yaml", shop("Shop", "tier1"));
        here.write(
            "services/web.yaml",
            "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: web}\nspec: {owner: \
             team:front, serviceType: business, lifecycle: live, criticality: tier1, dependsOn: \
             [service:shop]}\n",
        );
        here.write("terraform/main.tf", "size = 4\n").write("docs/a.txt", "a\n");
        for (path, content) in files {
            here.write(path, content);
        }
        let office = Self { keys, here, there };
        let address = office.there.path().to_str().unwrap().to_owned();
        office.settings("");
        office.here.commit("the catalog");
        office.here.run_git(&["remote", "add", "origin", &address]);
        office.here.run_git(&["push", "--quiet", "--set-upstream", "origin", "main"]);
        office.here.run_git(&["remote", "set-head", "origin", "main"]);
        office.here.run_git(&["config", "user.name", "Nobody"]);
        office.here.run_git(&["config", "user.email", "nobody@acme.example"]);
        let by = Some("person:kofi".to_owned());
        let begun = begin(&office.book(Some(ago(24 * 30))), &Begin { by, ..Begin::default() });
        let genesis = begun.unwrap().genesis;
        office.settings(&format!("  genesis: {genesis}\n"));
        office.land_on_main("pin the ledger");
        office
    }

    /// Another one like it, for a test of its own: with its remote and everybody's keys.
    pub(crate) fn copy(&self) -> Self {
        let office =
            Self { keys: self.keys.copy(), here: self.here.copy(), there: self.there.copy() };
        let address = office.there.path().to_str().unwrap().to_owned();
        office.here.run_git(&["remote", "set-url", "origin", &address]);
        office
    }

    fn settings(&self, genesis: &str) {
        let ci = key(&self.keys.public("ci"), "");
        self.here.write(
            "gitsm.yaml",
            format!(
                "id: acme/shop\ngovernance: {{owners: [team:platform]}}\nledger:\n{genesis}  \
                 operators: [person:kofi]\n  writers: [{{name: ci, keys: [{ci}]}}]\n"
            ),
        );
    }

    /// Commits everything as somebody.
    pub(crate) fn commit(&self, who: &str, message: &str) {
        self.commit_as((who, who), message);
    }

    /// The same, by an author and a committer.
    pub(crate) fn commit_as(&self, (author, committer): (&str, &str), message: &str) {
        self.here.run_git(&["add", "--all"]);
        self.git_as((author, committer), &["commit", "--quiet", "--message", message]);
    }

    /// Runs Git in the names of an author and a committer, with whose key commits are signed.
    pub(crate) fn git_as(&self, (author, committer): (&str, &str), arguments: &[&str]) {
        let key = self.keys.path().join(committer);
        let output = git(self.here.path())
            .args(["-c", "gpg.format=ssh", "-c", "commit.gpgSign=true"])
            .args(["-c", &format!("user.signingKey={}", key.display())])
            .env("GIT_AUTHOR_NAME", author)
            .env("GIT_AUTHOR_EMAIL", format!("{author}@acme.example"))
            .env("GIT_COMMITTER_NAME", committer)
            .env("GIT_COMMITTER_EMAIL", format!("{committer}@acme.example"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
    }

    /// Puts files on the main branch, here and on the remote; what is checked out stays.
    pub(crate) fn on_main(&self, files: &[(&str, String)]) {
        let before = self.here.run_git(&["rev-parse", "--abbrev-ref", "HEAD"]);
        self.here.run_git(&["switch", "--quiet", "main"]);
        for (path, content) in files {
            self.here.write(path, content);
        }
        self.land_on_main("meanwhile");
        self.here.run_git(&["switch", "--quiet", before.trim()]);
    }

    fn land_on_main(&self, message: &str) {
        self.here.commit(message);
        self.here.run_git(&["push", "--quiet", "origin", "main"]);
    }

    /// Begins the usual change: Jonas makes the shop's database larger, and says why.
    pub(crate) fn change(&self) {
        self.begin(
            CHANGE,
            "jonas",
            &[
                ("terraform/main.tf", "size = 8\n".to_owned()),
                ("services/shop.yaml", shop("The shop", "tier1")),
            ],
        );
    }

    /// Begins a change on a branch of its name.
    pub(crate) fn begin(&self, name: &str, who: &str, files: &[(&str, String)]) {
        self.here.run_git(&["switch", "--quiet", "--create", name, "main"]);
        for (path, content) in files {
            self.here.write(path, content);
        }
        self.here.write(&format!("changes/{name}.yaml"), request(name, "It is full on Fridays."));
        self.commit(who, "A larger database");
    }

    /// The usual change, without a request: a trailer names it, and the message says why.
    pub(crate) fn told_by_message(&self, amend: bool, why: &str) {
        let message = format!("A larger database\n\n{why}\n\nGitsm-Change: {CHANGE}");
        if amend {
            let arguments = ["commit", "--quiet", "--amend", "--message", &message];
            return self.git_as(("jonas", "jonas"), &arguments);
        }
        self.here.run_git(&["switch", "--quiet", "--create", CHANGE, "main"]);
        self.here.write("terraform/main.tf", "size = 8\n");
        self.commit("jonas", &message);
    }

    /// The usual change, put forward by its author.
    pub(crate) fn proposed(&self) {
        self.change();
        self.fine("jonas", &["propose"]);
    }

    /// The usual change, put forward, and approved by Ada for its owners.
    pub(crate) fn approved(&self) {
        self.proposed();
        self.fine("ada", &["approve"]);
        assert_eq!(self.voices("owner/team:default/payments"), ["ada"]);
    }

    /// Runs `gitsm`.
    pub(crate) fn gitsm(&self, arguments: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_gitsm"))
            .current_dir(self.here.path())
            .env_clear()
            .env("HOME", self.keys.path())
            .env("PATH", std::env::var("PATH").unwrap())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Runs `gitsm change …` as somebody, with their key.
    pub(crate) fn says(&self, who: &str, arguments: &[&str]) -> Run {
        self.says_by(who, who, arguments)
    }

    /// The same, with a key that may be somebody else's.
    pub(crate) fn says_by(&self, who: &str, key: &str, arguments: &[&str]) -> Run {
        let by = if who == "ci" { "pipeline:ci".to_owned() } else { format!("person:{who}") };
        let key = self.keys.path().join(key);
        let mut all = vec!["change"];
        all.extend(arguments);
        all.extend(["--as", &by, "--key", key.to_str().unwrap()]);
        self.gitsm(&all)
    }

    /// The same; it has to work.
    pub(crate) fn fine(&self, who: &str, arguments: &[&str]) -> Run {
        let run = self.says(who, arguments);
        assert_eq!(run.code, 0, "{who} {arguments:?}: {run:?}");
        run
    }

    /// The same; it has to be refused. What is said.
    pub(crate) fn refused(&self, who: &str, arguments: &[&str]) -> String {
        let run = self.says(who, arguments);
        assert_eq!(run.code, 2, "{who} {arguments:?}: {run:?}");
        run.stderr
    }

    /// `gitsm change show` of what is checked out.
    pub(crate) fn shown(&self) -> Value {
        let run = self.gitsm(&["change", "show", "-o", "json"]);
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
    }

    /// The state that it is in.
    pub(crate) fn state(&self) -> String {
        self.shown()["state"].as_str().unwrap().to_owned()
    }

    /// Who has fulfilled a requirement, by their short names; `a for b` in somebody's place.
    pub(crate) fn voices(&self, requirement: &str) -> Vec<String> {
        let shown = self.shown();
        let all = shown["agreement"]["requirements"].as_array().unwrap();
        let one = all.iter().find(|one| one["id"] == requirement);
        let one = one.unwrap_or_else(|| panic!("{requirement} is not asked: {all:#?}"));
        let short = |value: &Value| value.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let voice = |voice: &Value| match voice["behalf"].is_null() {
            true => short(&voice["person"]),
            false => format!("{} for {}", short(&voice["person"]), short(&voice["behalf"])),
        };
        one["by"].as_array().unwrap().iter().map(voice).collect()
    }

    /// What does not count: `who: code`, in the order of the ledger.
    pub(crate) fn refusals(&self) -> Vec<String> {
        let shown = self.shown();
        let all = shown["agreement"]["refused"].as_array().unwrap();
        let told = |one: &Value| {
            let who = one["person"].as_str().unwrap().rsplit('/').next().unwrap();
            assert!(!one["words"].as_str().unwrap().is_empty());
            format!("{who}: {}", one["code"].as_str().unwrap_or_else(|| panic!("{one}")))
        };
        all.iter().map(told).collect()
    }

    /// Holds that Ada's approval still counts.
    pub(crate) fn counts(&self) {
        assert_eq!(self.voices("owner/team:default/payments"), ["ada"], "{:#}", self.shown());
        assert!(self.refusals().is_empty(), "{:?}", self.refusals());
    }

    /// Holds that Ada's approval does not count any more, and why.
    pub(crate) fn is_dead(&self, code: &str) {
        assert_eq!(self.refusals(), [format!("ada: {code}")]);
        let shown = self.shown();
        let all = shown["agreement"]["requirements"].as_array().unwrap();
        assert!(all.iter().all(|one| one["by"].as_array().unwrap().is_empty()), "{shown:#}");
    }

    /// The ledger, opened at an instant.
    pub(crate) fn book(&self, now: Option<DateTime<Utc>>) -> Book {
        Book::open(&self.place(), &around(now)).unwrap()
    }

    fn place(&self) -> Place {
        Place { current: self.here.path().to_owned(), ..Place::default() }
    }

    /// A desk at an instant.
    pub(crate) fn desk(&self, now: Option<DateTime<Utc>>) -> Desk {
        Desk::open(&self.place(), &around(now)).unwrap()
    }

    fn writer(&self, desk: &Desk, who: &str) -> Writer {
        let by = if who == "ci" { "pipeline:ci".to_owned() } else { format!("person:{who}") };
        let key = Some(self.keys.path().join(who).to_str().unwrap().to_owned());
        desk.writer(&As { who: Some(by), key, unsigned: false }).unwrap()
    }

    /// Somebody puts what is checked out forward at an instant.
    pub(crate) fn propose_at(&self, who: &str, now: DateTime<Utc>) {
        let desk = self.desk(Some(now));
        let meant = desk.meant(None, None, &|_| None).unwrap();
        desk.propose(&self.writer(&desk, who), &meant, &|_| None).unwrap();
    }

    /// Somebody decides at an instant about what is checked out.
    pub(crate) fn decide_at(&self, who: &str, decision: Decision, now: DateTime<Utc>) {
        let desk = self.desk(Some(now));
        let meant = desk.meant(None, None, &|_| None).unwrap();
        desk.decide(&self.writer(&desk, who), &meant, (decision, None)).unwrap();
    }

    /// Writes an approval of what is checked out past every check of the command, signed with a key;
    /// `alter` makes it say something else.
    pub(crate) fn forge(&self, who: &str, key: Option<&str>, alter: impl FnOnce(&mut Approval)) {
        let desk = self.desk(None);
        let meant = desk.meant(None, None, &|_| None).unwrap();
        let assessment = &meant.judged.assessment;
        let asked = assessment.approvals.requirements.iter().map(|one| one.id.clone());
        let mut requirements: Vec<String> = asked.collect();
        requirements.sort();
        let mut approval = Approval {
            format: APPROVAL.to_owned(),
            repository: desk.repository_name(),
            base_branch: desk.book.base_branch.clone(),
            change: meant.change.clone(),
            digest: meant.digest.clone().unwrap(),
            request: meant.request.clone(),
            decision: Decision::Approve,
            person: format!("person:default/{who}"),
            band: assessment.risk.band,
            requirements,
        };
        alter(&mut approval);
        let event = match approval.decision {
            Decision::Approve => Event::Approved { approval, review: None, text: None },
            Decision::Reject => Event::Rejected { approval, review: None, text: None },
        };
        self.write(&desk.book, who, key, (meant.change, event));
    }

    /// Writes an entry past every check of the commands.
    pub(crate) fn write(&self, book: &Book, who: &str, key: Option<&str>, event: (String, Event)) {
        let by = format!("person:default/{who}");
        let key = key.map(|key| {
            let path = self.keys.path().join(key).to_str().unwrap().to_owned();
            SigningKey::chosen(Some(&path), &|_| None).unwrap().unwrap()
        });
        let signed = |message: &[u8]| -> Result<String, String> {
            let key = key.as_ref().ok_or("no key")?;
            sign(key, NAMESPACE, message).map_err(|error| error.to_string())
        };
        let sign: Option<&gitsm::flow::ledger::Sign<'_>> =
            key.is_some().then_some(&signed as &gitsm::flow::ledger::Sign<'_>);
        append(book, &by, vec![event], sign).unwrap();
    }
}

fn around(now: Option<DateTime<Utc>>) -> Around {
    Around { path: std::env::var("PATH").ok(), terminal: false, now }
}
