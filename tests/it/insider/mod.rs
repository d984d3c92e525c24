//! What a clever insider tries, and the gate refuses with its reason; and honest ways of working, which
//! pass. Everything is enforced, the ledger is pinned, and somebody answers for the rules.

mod altered;
mod hands;
mod hidden;
mod honest;
mod honest_forge;
mod honest_places;
mod honest_rules;
mod ledgers;
mod replayed;
mod rules;
mod shapes;
mod times;
mod urgent;

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::keys::ready;
use crate::office::{Office, key, person, policy, team};
use crate::support::Run;

/// The policy of the company: small things need nobody, Dora decides what cannot wait, Eve may break
/// the glass.
pub(super) const POLICY: &str = "  approvals: {low: {peers: 0}}\n  emergency: {approvers: \
    team:oncall, reviewWithin: PT16H}\n  breakGlass: {people: [person:eve], reviewWithin: PT8H}\n";

/// A model of standard changes: of titles.
pub(super) fn model(more: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: ChangeModel\nmetadata: {{name: titles}}\nspec:\n  type: \
         standard\n  owner: team:platform\n  lifecycle: approved\n  selector: {{kinds: [Service], \
         where: entity.metadata.name == 'news'}}\n  fields: [/metadata/title]\n  preauthorized: {{by: \
         team:platform, at: 2020-01-01, reviewBy: {more}}}\n"
    )
}

/// A service that matters little and that nobody uses.
pub(super) fn small(name: &str, title: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata:\n  name: {name}\n  title: {title}\n\
         spec:\n  owner: team:payments\n  serviceType: business\n  lifecycle: live\n  criticality: \
         tier4\n"
    )
}

/// The file of a person with accounts on a forge.
pub(super) fn known(office: &Office, name: &str, accounts: &str, more: &str) -> String {
    let text = person(name, &[key(&office.keys.public(name), "")], more);
    text.replace("accounts: {", &format!("accounts: {{{accounts}, "))
}

/// The company, made once and copied for each test; nothing where the programs are missing.
pub(super) fn company() -> Option<Office> {
    static MADE: OnceLock<Office> = OnceLock::new();
    ready().then(|| MADE.get_or_init(made).copy())
}

/// The same, with a change of Jonas to which Ada agreed: it may be merged.
pub(super) fn agreed() -> Option<Office> {
    static MADE: OnceLock<Office> = OnceLock::new();
    let made = || {
        let office = made();
        office.approved();
        passes(&office, "what was agreed to");
        office
    };
    ready().then(|| MADE.get_or_init(made).copy())
}

fn made() -> Office {
    let office = Office::with(&[
        ("policy.yaml", policy(POLICY)),
        ("models.yaml", model("2099-12-31")),
        ("teams/oncall.yaml", team("oncall", &["dora"], "")),
        ("services/blog.yaml", small("blog", "Blog")),
        ("services/news.yaml", small("news", "News")),
    ]);
    let settings = office.here.read("gitsm.yaml");
    let accounts = |name: &str, number: u32| {
        let file = format!("people/{name}.yaml");
        let accounts = format!("github: {name}-gh, github-id: '{number}'");
        (file, known(&office, name, &accounts, ""))
    };
    let people = [accounts("ada", 71), accounts("jonas", 72), accounts("lena", 73)];
    let mut files = vec![("gitsm.yaml", format!("{settings}gate: {{all: enforce}}\n"))];
    files.extend(people.iter().map(|(path, text)| (path.as_str(), text.clone())));
    office.on_main(&files);
    office
}

/// Runs the gate in a folder, with variables of the environment.
pub(super) fn gate_in(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_gitsm"))
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("PATH", std::env::var("PATH").unwrap())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs(variables.iter().copied())
        .args(["gate", "-o", "json"])
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

/// The verdict of what is checked out.
pub(super) fn gate(office: &Office) -> Run {
    gate_in(office.here.path(), &[], &[])
}

/// The verdict of a run.
pub(super) fn verdict(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// A verdict in few lines: what holds it up, and why.
pub(super) fn told(run: &Run) -> String {
    let Ok(verdict) = serde_json::from_str::<Value>(&run.stdout) else { return format!("{run:?}") };
    let mut lines = vec![format!("exit {}, {}", run.code, verdict["change"]["name"])];
    for one in verdict["requirements"].as_array().unwrap() {
        let (id, standing, because) = (&one["id"], &one["standing"], &one["because"]);
        lines.push(format!("{id} {standing} (enforced: {}): {because}", one["enforced"]));
        let words = one["evidence"].as_array().unwrap().iter().map(|one| &one["words"]);
        lines.extend(words.map(|words| format!("    {words}")));
    }
    lines.join("\n")
}

/// Holds that a run is refused, because of this requirement, in these words.
pub(super) fn is_refused(run: &Run, attempt: &str, topic: &str, words: &str) {
    is_held_up(run, attempt, (1, "unmet"), (topic, words));
}

/// Holds that a run cannot be judged, and so not merged, and why.
pub(super) fn is_blind(run: &Run, attempt: &str, topic: &str, words: &str) {
    is_held_up(run, attempt, (3, "not-evaluable"), (topic, words));
}

fn is_held_up(
    run: &Run,
    attempt: &str,
    (code, standing): (i32, &str),
    (topic, words): (&str, &str),
) {
    assert_eq!(run.code, code, "{attempt}: {}", told(run));
    let verdict = verdict(run);
    let all = verdict["requirements"].as_array().unwrap();
    let one = all.iter().find(|one| one["id"] == topic).unwrap();
    assert_eq!(one["standing"], standing, "{attempt}, {topic}: {}", told(run));
    assert_eq!(one["enforced"], true, "{attempt}, {topic}: {}", told(run));
    let mut said = vec![&one["because"]];
    said.extend(one["evidence"].as_array().unwrap().iter().map(|one| &one["words"]));
    said.extend(one["next"].as_array().unwrap().iter().map(|one| &one["words"]));
    let said: Vec<&str> = said.iter().filter_map(|words| words.as_str()).collect();
    let said = said.join("\n");
    assert!(said.contains(words), "{attempt}: `{words}` is not said: {}", told(run));
}

/// Holds that what is checked out is refused, because of this requirement, in these words.
pub(super) fn refuses(office: &Office, attempt: &str, topic: &str, words: &str) {
    is_refused(&gate(office), attempt, topic, words);
}

/// Holds that what is checked out cannot be judged.
pub(super) fn blinds(office: &Office, attempt: &str, topic: &str, words: &str) {
    is_blind(&gate(office), attempt, topic, words);
}

/// Holds that what is checked out may be merged.
pub(super) fn passes(office: &Office, way: &str) {
    may(&gate(office), way);
}

/// Holds that a run says that it may be merged.
pub(super) fn may(run: &Run, way: &str) {
    assert_eq!(run.code, 0, "{way}: {}\n{}", told(run), run.stderr);
}

/// Commits something on top of what is checked out.
pub(super) fn also(office: &Office, who: &str, files: &[(&str, &str)]) {
    for (path, text) in files {
        office.here.write(path, text);
    }
    office.commit(who, "And this");
}
