//! What the settings of an `http` target say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::format::{POINTER_PATTERN, SERVER_PATTERN};

/// The settings of an `http` target: any REST API.
///
/// Texts in `path` and `body` are templates. They know `object` (`name`, `kind`, `entity`), `fields` (all
/// fields of the object), `changed` (in `update`: the fields to set), `mark` (what is to be left at the
/// object), `handle` and `observed` (in `get`, `update` and `delete`: what finds it, and its fields).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// Where all paths begin, such as `https://icinga.example:5665`. No proxy is asked, and no redirect
    /// followed.
    #[schemars(regex(pattern = SERVER_PATTERN))]
    pub url: String,
    /// The path, on the operator's machine, of a file of certificate authorities in PEM. Then only these
    /// are trusted; else those of the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
    /// Headers of every request. `Accept` is `application/json` unless it is set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Who asks. Secrets are named here, and their values come from `spec.credentials`.
    #[serde(default)]
    pub auth: Auth,
    /// Whether credentials may go over a network without TLS.
    #[serde(default)]
    pub insecure: bool,
    /// How many requests there may be at a time.
    #[serde(default = "four")]
    #[schemars(range(min = 1, max = 64))]
    pub concurrency: usize,
    /// How objects of each kind are listed, made, changed and taken away, by what the mapping calls the
    /// kind.
    pub kinds: BTreeMap<String, Kind>,
    /// What to send after the last change, where changes count only then. It is owed until it succeeded:
    /// a run that has nothing else to do sends it, too, if the last one did not get so far, or if neither
    /// the ledger nor this clone knows of one. So sending it once more must do no harm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settle: Option<Call>,
    /// What answers mean, whatever the kind. Those of a kind are looked at before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Rule>,
}

fn four() -> usize {
    4
}

/// Who asks. One way is enough; several are all sent.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Auth {
    /// A user and a password (RFC 7617).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic: Option<Basic>,
    /// The name of a secret that is sent as `Authorization: Bearer` (RFC 6750).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bearer: Option<String>,
    /// Headers, each with the name of the secret that is its value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<String, String>,
}

/// A user and a password.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Basic {
    /// The user.
    pub user: String,
    /// The name of the secret that is the password.
    pub password: String,
}

/// How objects of one kind are listed, made, changed and taken away.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kind {
    /// How all of them are listed.
    pub list: List,
    /// Where an object has what paths find it by, as a JSON Pointer (RFC 6901) from the object.
    #[schemars(regex(pattern = POINTER_PATTERN))]
    pub id: String,
    /// Where it has its name, as a JSON Pointer. As `id` unless it is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = POINTER_PATTERN))]
    pub name: Option<String>,
    /// Whether no two can have one name there. If not, the name is read from the mark.
    #[serde(default = "yes")]
    pub named: bool,
    /// Whether one can get another name by `update`.
    #[serde(default)]
    pub renames: bool,
    /// Where its fields are: a JSON Pointer to a mapping of them, or a mapping of templates, which know
    /// the object as `item`. The whole object unless it is set. A field that is `null` is not set.
    #[serde(default)]
    pub fields: Reading,
    /// Fields that are mappings of which every entry is a field of its own, called `FIELD.ENTRY`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub split: Vec<String>,
    /// Where gitsm's mark is, as a JSON Pointer from the object: a text of which the mark is one line.
    /// It is no field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = POINTER_PATTERN))]
    pub mark: Option<String>,
    /// How one is read. Without it all are listed instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub get: Option<Get>,
    /// How one is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<Call>,
    /// How one is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<Call>,
    /// How one is taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<Call>,
    /// What answers mean. The first that fits is taken, and without one the status says it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Rule>,
}

fn yes() -> bool {
    true
}

/// Where the fields of an object are.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Reading {
    /// In a mapping, at a JSON Pointer.
    Pointer(#[schemars(regex(pattern = POINTER_PATTERN))] String),
    /// Each by a template.
    Templates(Map<String, Value>),
}

impl Default for Reading {
    fn default() -> Self {
        Self::Pointer(String::new())
    }
}

/// What is asked for (RFC 9110 §9, RFC 5789).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "they are called as the RFC calls them")]
pub enum Method {
    #[default]
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// As it is sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path, from `url`, with its query: a template. Values in it are percent-encoded.
    pub path: String,
    /// The body, as JSON with templates in it. A text that is one `{{ expression }}` keeps its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// More headers, or others than those of every request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The status codes that say that it is done. All of 200 to 299 unless it is set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ok: Vec<u16>,
    /// Whether the answer is no JSON, and is not looked at.
    #[serde(default)]
    pub plain: bool,
}

/// A request that reads one object.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Get {
    /// The method.
    #[serde(default)]
    pub method: Method,
    /// The path, from `url`, with its query: a template. Values in it are percent-encoded.
    pub path: String,
    /// The body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// More headers, or others than those of every request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Where the answer has the object, or a list in which it is or is not, as a JSON Pointer.
    #[serde(default)]
    #[schemars(regex(pattern = POINTER_PATTERN))]
    pub item: String,
}

/// A request that lists all objects of a kind.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct List {
    /// The method.
    #[serde(default)]
    pub method: Method,
    /// The path, from `url`, with its query.
    pub path: String,
    /// The body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// More headers, or others than those of every request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Where the answer has the list, as a JSON Pointer. The answer is the list unless it is set.
    #[serde(default)]
    #[schemars(regex(pattern = POINTER_PATTERN))]
    pub items: String,
    /// How the next ones are got, where an answer does not hold all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// Where an answer says how many there are. Fewer than that is a mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Total>,
}

/// How the next objects are got.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Page {
    /// By the number of the page. The one after the last is empty.
    Number(Number),
    /// By how many come before. Behind the last there are none.
    Offset(Offset),
    /// By a URL or path at this JSON Pointer of the answer. The last page has none, or `null`.
    Next(#[schemars(regex(pattern = POINTER_PATTERN))] String),
    /// By the `Link` header whose relation is `next` (RFC 8288).
    Link,
}

/// Pages by their number.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Number {
    /// The parameter of the query that is the number.
    pub parameter: String,
    /// The number of the first page.
    #[serde(default = "one")]
    pub first: u64,
    /// How many are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
}

fn one() -> u64 {
    1
}

/// Pages by how many come before.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Offset {
    /// The parameter of the query that is the number of those before.
    pub parameter: String,
    /// How many are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
}

/// How many objects a page should have. A target may give fewer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Size {
    /// The parameter of the query.
    pub parameter: String,
    /// The number.
    #[schemars(range(min = 1))]
    pub of: u64,
}

/// Where an answer says how many objects there are.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Total {
    /// In this header.
    Header(String),
    /// At this JSON Pointer of the answer.
    At(#[schemars(regex(pattern = POINTER_PATTERN))] String),
}

/// What an answer means.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// The status codes of which this is said; all unless it is set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<u16>,
    /// What the answer must have, as a JSON Pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = POINTER_PATTERN))]
    pub at: Option<String>,
    /// A regular expression that must match what is there, or else the whole answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
    /// Where the answer says why, as a JSON Pointer. The whole answer unless it is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = POINTER_PATTERN))]
    pub says: Option<String>,
    /// What it means.
    pub is: Meaning,
}

/// What an answer means for what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Meaning {
    /// It is done.
    Done,
    /// The object is there already.
    Exists,
    /// The object is not there.
    Gone,
    /// It was not done now, and may be tried again.
    Busy,
    /// It was not done, and would not be again.
    Refused,
    /// Nobody knows.
    Unknown,
}
