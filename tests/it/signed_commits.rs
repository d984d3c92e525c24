//! Signed commits: the same verdicts as `git verify-commit`, and who a change can be put down to.

use std::path::Path;

use gitsm::flow::Place;
use gitsm::flow::sides::{Asked, Sides, Wanted};
use gitsm::flow::whoami::{How, WhoError, me};
use gitsm::git::{CommitSignature, Repository};
use gitsm::ledger::Authority;
use gitsm::ledger::keys::{Keys as Listed, UNSEEN};
use gitsm::signature::{Bad, SigningKey};

use crate::keys::{Keys, has};
use crate::support::{Folder, git};

/// The instant at which the tests' commits are made: 2026-01-02T03:04:05Z.
const MADE: i64 = 1_767_323_045;

/// A repository whose people list keys, and what signs.
struct Signed {
    folder: Folder,
    keys: Keys,
}

impl Signed {
    /// Of each person: the name, and what stands behind the key in its list.
    fn new(people: &[(&str, &str)]) -> Self {
        let (folder, keys) = (Folder::git(), Keys::new());
        folder.write(
            "gitsm.yaml",
            format!("id: acme/it\nledger:\n  genesis: sha256:{}\n", "0".repeat(64)),
        );
        for (name, dates) in people {
            keys.make(name, "");
            let key = keys.public(name);
            folder.write(
                &format!("people/{name}.yaml"),
                format!(
                    "apiVersion: gitsm/v1alpha1\nkind: Person\nmetadata:\n  name: {name}\nspec:\n  \
                     accounts: {{github: acme-{name}, git: {name}@example.com}}\n  keys:\n  \
                     - {{type: ssh, key: {key}, {dates}}}\n"
                ),
            );
        }
        folder.commit("base");
        folder.run_git(&["switch", "--quiet", "--create", "work"]);
        Self { folder, keys }
    }

    /// Commits as somebody, and gives the commit's id.
    fn commit(&self, author: &str, signed_by: Option<&str>, message: &str) -> String {
        self.folder.run_git(&["add", "--all"]);
        let file = signed_by.map(|name| self.keys.path().join(name));
        self.commit_by(author, file.as_deref(), message)
    }

    fn commit_by(&self, author: &str, key: Option<&Path>, message: &str) -> String {
        let mut command = git(self.folder.path());
        command
            .args(["-c", "gpg.format=ssh", "commit", "--quiet", "--allow-empty", "-m", message])
            .env("GIT_AUTHOR_NAME", author)
            .env("GIT_AUTHOR_EMAIL", format!("{author}@example.com"))
            .env("GIT_COMMITTER_NAME", author)
            .env("GIT_COMMITTER_EMAIL", format!("{author}@example.com"));
        if let Some(key) = key {
            command.arg(format!("-S{}", key.display()));
        }
        crate::keys::run(&mut command);
        self.head()
    }

    fn head(&self) -> String {
        self.folder.run_git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// What Git itself says of a commit.
    fn git_agrees(&self, commit: &str, allowed: &str) -> bool {
        let file = self.keys.path().join("allowed");
        std::fs::write(&file, allowed).unwrap();
        let allowed = format!("gpg.ssh.allowedSignersFile={}", file.display());
        let mut command = git(self.folder.path());
        command.args(["-c", &allowed, "verify-commit", commit]).output().unwrap().status.success()
    }

    /// A commit's bytes, changed.
    fn rewritten(&self, commit: &str, change: &dyn Fn(String) -> String) -> String {
        let text = self.folder.run_git(&["cat-file", "commit", commit]);
        let file = self.keys.path().join("commit");
        std::fs::write(&file, change(text)).unwrap();
        let file = file.to_str().unwrap();
        self.folder
            .run_git(&["hash-object", "-t", "commit", "-w", "--literally", file])
            .trim()
            .to_owned()
    }

    fn look(&self, commit: &str) -> CommitSignature {
        Repository::discover(self.folder.path()).unwrap().commit_signature(commit).unwrap()
    }

    fn sides(&self, environment: &gitsm::git::Environment<'_>) -> Sides {
        let place = Place { current: self.folder.path().to_owned(), ..Place::default() };
        let asked = Asked { base: Some("main".into()), head: Some("work".into()), staged: false };
        let wanted = Wanted { now: Some(MADE), ..Wanted::default() };
        Sides::open(&place, &asked, &wanted, environment).unwrap()
    }

    /// Who contributed, and whether somebody vouches for it.
    fn hands(&self) -> Vec<String> {
        let sides = self.sides(&|_| None);
        let told = |one: &gitsm::change::facts::Contributor| {
            let print = one.name.starts_with("SHA256:");
            let name = if print { "KEY" } else { one.name.as_str() };
            let vouched = one.vouched.map_or("nobody looked", |vouched| match vouched {
                true => "vouched",
                false => "not vouched",
            });
            format!("{} {name}: {vouched}", one.role)
        };
        sides.facts.contributors.iter().map(told).collect()
    }

    /// Whether `diff` asks for two approvers because of whose the commits are.
    fn is_unattributed(&self) -> bool {
        let run = self.folder.gitsm(&[
            "diff",
            "main",
            "work",
            "-o",
            "json",
            "--risk",
            "--now",
            "2026-01-02T03:04:05Z",
        ]);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let asked = report["judgement"]["approvals"]["requirements"].as_array().unwrap().clone();
        asked.iter().any(|one| one["id"] == "unattributed")
    }
}

fn skipped() -> bool {
    !has("ssh-keygen")
}

const LASTS: &str = "validFrom: 2025-01-01";

#[test]
fn good_and_altered_commits_are_told_apart_as_git_does() {
    if skipped() {
        return;
    }
    let all = Signed::new(&[("ada", LASTS)]);
    let allowed = format!("ada {}\n", all.keys.public("ada"));
    let good = all.commit("ada", Some("ada"), "good");
    let CommitSignature::Good(signer) = all.look(&good) else { panic!("{:?}", all.look(&good)) };
    assert_eq!(signer.key, Some(all.keys.public("ada")));
    assert!(all.git_agrees(&good, &allowed));
    let plain = all.commit("ada", None, "plain");
    assert_eq!(all.look(&plain), CommitSignature::Unsigned);
    assert!(!all.git_agrees(&plain, &allowed));
    let altered = all.rewritten(&good, &|text| text.replace("\n\ngood", "\n\nevil"));
    assert_eq!(all.look(&altered), CommitSignature::Bad(Bad::Mismatch));
    assert!(!all.git_agrees(&altered, &allowed));
    // A header of another signature is no part of what is signed; one of another name is.
    let beside =
        all.rewritten(&good, &|text| text.replacen("gpgsig ", "gpgsig-sha256 x\n y\ngpgsig ", 1));
    assert_eq!(all.look(&beside), CommitSignature::Good(signer));
    assert!(all.git_agrees(&beside, &allowed));
    let header = all.rewritten(&good, &|text| text.replacen("gpgsig ", "note x\ngpgsig ", 1));
    assert_eq!(all.look(&header), CommitSignature::Bad(Bad::Mismatch));
    assert!(!all.git_agrees(&header, &allowed));
    // Two signatures are none, for both.
    let twice = all.rewritten(&good, &|text| {
        let start = text.find("gpgsig ").unwrap();
        let end = text.find("-----END SSH SIGNATURE-----\n").unwrap() + 28;
        format!("{}{}{}", &text[..end], &text[start..end], &text[end..])
    });
    assert!(matches!(all.look(&twice), CommitSignature::Bad(_)));
}

#[test]
fn a_signature_for_something_else_signs_no_commit() {
    if skipped() {
        return;
    }
    let all = Signed::new(&[("ada", LASTS)]);
    let plain = all.commit("ada", None, "plain");
    let text = all.folder.run_git(&["cat-file", "commit", &plain]);
    let key = all.keys.path().join("ada");
    let key = SigningKey::chosen(key.to_str(), &|_| None).unwrap().unwrap();
    let of = |namespace: &str| {
        let made = gitsm::signature::sign(&key, namespace, text.as_bytes()).unwrap();
        let made = made.trim_end().replace('\n', "\n ");
        all.rewritten(&plain, &|text| text.replacen("\n\n", &format!("\ngpgsig {made}\n\n"), 1))
    };
    let allowed = format!("ada {}\n", all.keys.public("ada"));
    let (good, other) = (of("git"), of("gitsm-ledger/1"));
    assert!(matches!(all.look(&good), CommitSignature::Good(_)));
    assert!(all.git_agrees(&good, &allowed));
    let bad = CommitSignature::Bad(Bad::Namespace("gitsm-ledger/1".to_owned()));
    assert_eq!(all.look(&other), bad);
    assert!(!all.git_agrees(&other, &allowed));
}

#[test]
fn a_key_counts_on_its_days_as_git_has_it() {
    if skipped() {
        return;
    }
    let dates = [
        ("ada", "validFrom: 2025-01-01", ""),
        ("late", "validFrom: 2026-01-03", "valid-after=\"20260103Z\""),
        ("over", "validFrom: 2025-01-01, validUntil: 2026-01-01", "valid-before=\"20260102Z\""),
        (
            "last",
            "validFrom: 2026-01-02, validUntil: 2026-01-02",
            "valid-after=\"20260102Z\",valid-before=\"20260103Z\"",
        ),
    ];
    let people: Vec<(&str, &str)> = dates.iter().map(|(name, dates, _)| (*name, *dates)).collect();
    let all = Signed::new(&people);
    let allowed: String = dates
        .iter()
        .map(|(name, _, options)| format!("{name} {options} {}\n", all.keys.public(name)))
        .collect();
    all.keys.make("stranger", "");
    let mut counts = Vec::new();
    for name in ["ada", "late", "over", "last", "stranger"] {
        let commit = all.commit(name, Some(name), name);
        let CommitSignature::Good(signer) = all.look(&commit) else { panic!("{name}") };
        let sides = all.sides(&|_| None);
        let authority = Authority::of(&sides.base.catalog, &sides.base.config);
        let person = format!("person:default/{name}");
        let listed = Listed::of(&authority);
        let ours = listed.standing(&signer.fingerprint, &person, MADE, UNSEEN).is_valid();
        assert_eq!(ours, all.git_agrees(&commit, &allowed), "{name}");
        counts.push(ours);
    }
    assert_eq!(counts, [true, false, false, true, false]);
}

#[test]
fn a_commit_is_vouched_for_by_the_key_of_its_author() {
    if skipped() {
        return;
    }
    let all = Signed::new(&[
        ("ada", LASTS),
        ("ben", LASTS),
        ("gone", "validFrom: 2024-01-01, validUntil: 2024-12-31"),
    ]);
    all.commit("ada", Some("ada"), "mine");
    assert_eq!(all.hands(), ["signer KEY: vouched", "author ada: vouched"]);
    assert!(!all.is_unattributed());
    // One commit without a signature is enough.
    all.commit("ada", None, "unsigned");
    assert_eq!(all.hands(), ["signer KEY: vouched", "author ada: not vouched"]);
    assert!(all.is_unattributed());
    all.folder.run_git(&["reset", "--quiet", "--hard", "main"]);
    // Who signs the work of others has a hand in it, and does not vouch for them.
    all.commit("ada", Some("ben"), "not mine");
    assert_eq!(all.hands(), ["signer KEY: vouched", "author ada: not vouched"]);
    all.folder.run_git(&["reset", "--quiet", "--hard", "main"]);
    all.commit("gone", Some("gone"), "expired");
    assert_eq!(all.hands(), ["signer KEY: not vouched", "author gone: not vouched"]);
    all.folder.run_git(&["reset", "--quiet", "--hard", "main"]);
    // A key that nobody lists leads nowhere.
    all.keys.make("stranger", "");
    all.commit("stranger", Some("stranger"), "who");
    assert_eq!(all.hands(), ["author stranger: not vouched"]);
    assert!(all.is_unattributed());
}

#[test]
fn a_slice_of_a_large_catalog_knows_whose_keys_they_are() {
    if skipped() {
        return;
    }
    let all = Signed::new(&[("ada", LASTS), ("ben", LASTS), ("carl", LASTS)]);
    all.commit("ada", Some("ada"), "mine");
    all.commit("ben", Some("ada"), "not mine");
    let of = |wanted: Wanted| {
        let place = Place { current: all.folder.path().to_owned(), ..Place::default() };
        let asked = Asked { base: Some("main".into()), head: Some("work".into()), staged: false };
        let sides = Sides::open(&place, &asked, &wanted, &|_| None).unwrap();
        (sides.is_slice(), sides.facts.contributors)
    };
    let whole = of(Wanted { now: Some(MADE), whole: true, ..Wanted::default() });
    let slice = of(Wanted { now: Some(MADE), sliced: true, ..Wanted::default() });
    assert_eq!((whole.0, slice.0), (false, true));
    assert_eq!(whole.1, slice.1);
    assert!(slice.1.iter().any(|one| one.role == "signer" && one.vouched == Some(true)));
}

#[test]
fn no_change_vouches_for_itself() {
    if skipped() {
        return;
    }
    let all = Signed::new(&[("ada", LASTS)]);
    all.keys.make("mallory", "");
    let person = all.folder.read("people/ada.yaml");
    let theirs = all.keys.public("mallory");
    all.folder.write("people/ada.yaml", person.replace(&all.keys.public("ada"), &theirs));
    all.commit("ada", Some("mallory"), "my new key");
    assert_eq!(all.hands(), ["signer KEY: not vouched", "author ada: not vouched"]);
    assert!(all.is_unattributed());
}

#[test]
fn a_merge_needs_nobody_unless_it_is_more_than_a_merge() {
    if skipped() {
        return;
    }
    let all = Signed::new(&[("ada", LASTS)]);
    all.folder.run_git(&["switch", "--quiet", "--create", "side"]);
    all.folder.write("side.txt", "side\n");
    all.commit("ada", Some("ada"), "side");
    all.folder.run_git(&["switch", "--quiet", "work"]);
    all.folder.write("work.txt", "work\n");
    all.commit("ada", Some("ada"), "work");
    all.folder.run_git(&["merge", "--quiet", "--no-edit", "side"]);
    assert_eq!(all.hands(), ["signer KEY: vouched", "author ada: vouched"]);
    all.folder.write("evil.txt", "evil\n");
    all.folder.run_git(&["add", "--all"]);
    all.folder.run_git(&["commit", "--quiet", "--amend", "--no-edit"]);
    let hands = all.hands();
    assert_eq!(hands, ["author Ada: not vouched", "signer KEY: vouched", "author ada: vouched"]);
}

#[test]
fn nobody_looks_where_no_ledger_is_pinned() {
    if skipped() {
        return;
    }
    let all = Signed::new(&[("ada", LASTS)]);
    all.folder.run_git(&["switch", "--quiet", "main"]);
    all.folder.write("gitsm.yaml", "id: acme/it\n");
    all.folder.commit("no ledger");
    all.folder.run_git(&["switch", "--quiet", "work"]);
    all.folder.run_git(&["reset", "--quiet", "--hard", "main"]);
    all.commit("ada", None, "unsigned");
    assert_eq!(all.hands(), ["author ada: nobody looked"]);
    assert!(!all.is_unattributed());
}

#[test]
fn a_forge_vouches_for_who_opened_it() {
    if skipped() {
        return;
    }
    let all = Signed::new(&[("ada", LASTS), ("ben", LASTS)]);
    all.commit("ada", None, "mine");
    all.commit("ben", None, "his");
    let event = all.keys.path().join("event.json");
    let pull = serde_json::json!({"pull_request": {"number": 7, "user": {"login": "Acme-Ada"}}});
    std::fs::write(&event, pull.to_string()).unwrap();
    let event = event.to_str().unwrap().to_owned();
    let environment = move |name: &str| match name {
        "GITHUB_EVENT_NAME" => Some("pull_request".to_owned()),
        "GITHUB_EVENT_PATH" => Some(event.clone()),
        _ => None,
    };
    let sides = all.sides(&environment);
    let vouched = |name: &str| {
        let found = sides.facts.contributors.iter().find(|one| one.name == name);
        found.unwrap().vouched
    };
    assert_eq!(vouched("ada"), Some(true));
    assert_eq!(vouched("ben"), Some(false));
}

#[test]
fn who_sits_at_the_keyboard_is_a_person_of_the_base() {
    if skipped() {
        return;
    }
    let all = Signed::new(&[("ada", LASTS), ("ben", LASTS)]);
    all.commit("ada", None, "something");
    let sides = all.sides(&|_| None);
    let who = |explicit: Option<&str>, key: Option<&str>| {
        let repository = Repository::discover(all.folder.path()).unwrap();
        let file = key.map(|name| all.keys.path().join(name).to_str().unwrap().to_owned());
        let key = SigningKey::chosen(file.as_deref(), &|_| None).unwrap();
        sides.base.show(|base| me(&repository, base, explicit, key.as_ref()))
    };
    let address = |text: &str| {
        all.folder.run_git(&["config", "user.name", "x"]);
        all.folder.run_git(&["config", "user.email", text]);
    };
    address("ADA@example.com");
    let found = who(None, None).unwrap();
    assert_eq!(found.person, "person:default/ada");
    assert_eq!(found.how, How::Address("ADA@example.com".to_owned()));
    assert_eq!(who(None, Some("ada")).unwrap().person, "person:default/ada");
    assert!(matches!(who(None, Some("ben")), Err(WhoError::Divided { .. })));
    let said = who(Some("person:ben"), Some("ada")).unwrap();
    assert_eq!((said.person.as_str(), said.how), ("person:default/ben", How::Said));
    assert!(matches!(who(Some("nobody"), None), Err(WhoError::NoSuchPerson(_))));
    address("stranger@example.com");
    assert!(matches!(who(None, Some("ben")).unwrap().how, How::Key(_)));
    let error = who(None, None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the base does not say who you are: nobody goes by stranger@example.com"
    );
    assert!(error.hint().contains("accounts: {git: ADDRESS}"));
}
