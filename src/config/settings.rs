//! The settings, as they are written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::gitsm::person::Key;
use crate::yaml::Pointer;

/// How a repository wants to be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// The year whose severities and schemas hold; codes born later only note. The newest if it
    /// is left out.
    #[schemars(range(min = 2026))]
    pub edition: Option<u16>,
    /// The folders that hold the catalog, relative to this file; everything if it is left out.
    #[schemars(inner(length(min = 1)))]
    pub roots: Option<Vec<String>>,
    /// Globs of paths that are no part of the catalog, such as `tests/fixtures/**`.
    #[schemars(inner(length(min = 1)))]
    pub exclude: Option<Vec<String>>,
    /// How bad findings of a code are here.
    pub levels: Option<BTreeMap<String, Level>>,
    /// Who agrees to changes of the rules themselves: of policies, teams, owners, this file.
    pub governance: Option<Governance>,
    /// What holds up a merge. Without it only what is broken does.
    pub gate: Option<Gate>,
    /// The name of this repository in approvals; it never changes, wherever the repository moves.
    #[schemars(
        regex(pattern = "^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$"),
        extend("examples" = ["acme/infrastructure"])
    )]
    pub id: Option<String>,
    /// Where it is recorded what happened, and who may record it beside people.
    pub ledger: Option<LedgerSettings>,
    /// Where the texts stand that belong to the ledger; they can be erased.
    pub records: Option<Store>,
    /// How `gitsm render` shows the catalog.
    pub site: Option<SiteSettings>,
    /// What whoever runs `gitsm apply` says of a Target, by its name, before its document.
    pub targets: Option<BTreeMap<String, TargetSettings>>,
}

/// What whoever runs `gitsm apply` says of a Target: those of the protected branch count, and before
/// them those of a file that is named on the command line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TargetSettings {
    /// Settings of its driver, in the place of those of its document.
    pub settings: Option<BTreeMap<String, serde_json::Value>>,
    /// Where its secrets come from, by what the settings call them.
    pub credentials: Option<BTreeMap<String, Credential>>,
}

/// Where a secret comes from: exactly one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub struct Credential {
    /// An environment variable.
    #[schemars(regex(pattern = "^[A-Za-z_][A-Za-z0-9_]{0,127}$"))]
    pub env: Option<String>,
    /// A file that holds it and nothing else.
    #[schemars(length(min = 1))]
    pub file: Option<String>,
    /// A program and its arguments, which prints it: no shell reads them.
    #[schemars(length(min = 1))]
    pub command: Option<Vec<String>>,
}

impl Credential {
    /// A secret of the environment.
    pub fn env(variable: &str) -> Self {
        Self { env: Some(variable.to_owned()), ..Self::default() }
    }
}

/// Who agrees to changes of the rules, and which files are such rules. The settings of the branch
/// that a change goes to are those that count, so that no change can let itself through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Governance {
    /// Teams and people of whom one must agree, such as `team:platform`. Without them a change of
    /// the rules is only reported as one.
    #[schemars(inner(length(min = 1)), extend("examples" = [["team:platform"]]))]
    pub owners: Option<Vec<String>>,
    /// Globs of further files that steer what is checked and who agrees, relative to this file.
    /// This file, workflows, CODEOWNERS, templates of requests and hooks always do.
    #[schemars(inner(length(min = 1)), extend("examples" = [["ci/**"]]))]
    pub paths: Option<Vec<String>>,
}

/// What holds up a merge, and what is only told. The settings of the branch that a change goes to are
/// those that count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Gate {
    /// What holds for requirements that are not named here.
    pub all: Option<Hold>,
    /// The merge result has no mistake that the branch has not.
    pub valid: Option<Hold>,
    /// The policies about changes hold.
    pub policies: Option<Hold>,
    /// The change has a name of its own, and what its band wants of people is said.
    pub request: Option<Hold>,
    /// Those who must agree did.
    pub approvals: Option<Hold>,
    /// Those who answer for the rules agreed to changes of them.
    pub governance: Option<Hold>,
    /// It may happen now, or when it is planned.
    pub schedule: Option<Hold>,
    /// No other change that is under way is in its way.
    pub conflicts: Option<Hold>,
    /// It is known who made it.
    pub attribution: Option<Hold>,
    /// The variable of the environment in which the server says who pushes, where a hook is the gate
    /// and pushes carry no certificate; such as `GL_USERNAME`.
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]{0,63}$"), extend("examples" = ["GL_USERNAME"]))]
    pub pusher: Option<String>,
}

/// Whether something holds a merge up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Hold {
    /// It is told.
    Report,
    /// Nothing is merged without it.
    Enforce,
}

/// How bad a finding is made to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It must be put right.
    Error,
    /// It should be looked at.
    Warning,
    /// It is worth knowing.
    Note,
    /// It is not reported.
    Off,
}

/// A branch that is no part of the catalog.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Store {
    /// The remote that holds it: a name that Git knows, such as `origin`, or the URL of another
    /// repository. Without it: `origin`, or this repository alone if it has no such remote.
    #[schemars(length(min = 1), extend("examples" = ["origin"]))]
    pub remote: Option<String>,
    /// The branch.
    #[schemars(regex(pattern = "^refs/heads/[^ ~^:?*\\[\\\\]+$"))]
    pub r#ref: Option<String>,
}

/// Where it is recorded what happened, and who may record it beside people.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LedgerSettings {
    /// The digest of its first entry, as `gitsm ledger init` prints it: no other ledger counts.
    #[schemars(regex(pattern = "^sha256:[0-9a-f]{64}$"))]
    pub genesis: Option<String>,
    /// The remote that holds it: a name that Git knows, such as `origin`, or the URL of another
    /// repository. Without it: `origin`, or this repository alone if it has no such remote.
    #[schemars(length(min = 1), extend("examples" = ["origin"]))]
    pub remote: Option<String>,
    /// The branch, `refs/heads/gitsm/ledger` if it is left out.
    #[schemars(regex(pattern = "^refs/heads/[^ ~^:?*\\[\\\\]+$"))]
    pub r#ref: Option<String>,
    /// The pipelines that record what they do.
    pub writers: Option<Vec<LedgerWriter>>,
    /// The people who may record what no pipeline did, such as `person:ada`.
    #[schemars(inner(length(min = 1)), extend("examples" = [["person:ada"]]))]
    pub operators: Option<Vec<String>>,
}

/// How the catalog is shown as a site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SiteSettings {
    /// What the site is called; the name of the folder if it is left out.
    #[schemars(length(min = 1, max = 200), extend("examples" = ["IT at Acme"]))]
    pub title: Option<String>,
    /// Where the files can be read: what stands in front of a path in an address of the web.
    #[schemars(
        regex(pattern = "^https?://[^\\s<>\"'\\\\]+$"),
        extend("examples" = ["https://github.com/acme/it/blob/main/"])
    )]
    pub source: Option<String>,
}

/// A pipeline that records what it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LedgerWriter {
    /// Its name in entries.
    #[schemars(regex(pattern = "^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$"))]
    pub name: String,
    /// The keys with which it signs.
    pub keys: Vec<Key>,
}

const GATE: &[&str] = &[
    "all",
    "valid",
    "policies",
    "request",
    "approvals",
    "governance",
    "schedule",
    "conflicts",
    "attribution",
    "pusher",
];

/// The settings that could stand where one is unknown.
pub(super) fn beside(pointer: &Pointer) -> &'static [&'static str] {
    let tokens: Vec<String> = pointer.tokens().collect();
    let folder: Vec<&str> = match tokens.split_last() {
        Some((_, folder)) => folder.iter().map(String::as_str).collect(),
        None => Vec::new(),
    };
    match folder.as_slice() {
        ["gate"] => GATE,
        ["governance"] => &["owners", "paths"],
        ["ledger"] => &["genesis", "remote", "ref", "writers", "operators"],
        ["ledger", "writers", _] => &["name", "keys"],
        ["ledger", "writers", _, "keys", _] => {
            &["type", "key", "validFrom", "validUntil", "compromised"]
        }
        ["records"] => &["remote", "ref"],
        ["site"] => &["title", "source"],
        ["targets", _] => &["settings", "credentials"],
        ["targets", _, "credentials", _] => &["env", "file", "command"],
        _ => &[
            "edition",
            "roots",
            "exclude",
            "levels",
            "governance",
            "gate",
            "id",
            "ledger",
            "records",
            "site",
            "targets",
        ],
    }
}
