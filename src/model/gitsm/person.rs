//! A person: an opaque id, the accounts it has elsewhere, and the keys it signs with.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::value::{Date, Reference};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to};
use crate::model::practice::{FieldClass, LifeCycle, Practice, column, wide};
use crate::model::{Kind, format};
use crate::signature::{PublicKey, openpgp_fingerprint};

/// Where a person is known by which account. Phone numbers and home addresses do not belong into Git.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonSpec {
    /// Accounts by where they are, such as `github: ada`. `git` is the e-mail address at work by
    /// which commits are told to be theirs; several stand with commas between.
    #[schemars(extend("examples" = [{ "github": "ada", "git": "ada@example.com" }]))]
    pub accounts: Option<BTreeMap<String, String>>,
    /// The addresses under which programs commit that the person runs: what these contribute, the
    /// person contributes, and does not agree to.
    #[schemars(
        inner(length(min = 1)),
        extend("examples" = [["release-bot@example.com"]])
    )]
    pub bots: Option<Vec<String>>,
    /// The teams that the person belongs to, where the teams do not say so.
    pub member_of: Option<Vec<Reference>>,
    /// The keys with which the person signs approvals and commits.
    pub keys: Option<Vec<Key>>,
    /// Whether the person still works here.
    pub lifecycle: Option<PersonLifecycle>,
}

/// Whether a person still works here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PersonLifecycle {
    /// Yes.
    Active,
    /// No; what they did still carries their name.
    Left,
}

/// A public key and the time for which it counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Key {
    /// What kind of key it is.
    pub r#type: KeyType,
    /// An SSH public key as in `authorized_keys`, or the fingerprint of an OpenPGP key in
    /// hexadecimal.
    #[schemars(length(min = 1))]
    pub key: String,
    /// The first day on which it counts.
    pub valid_from: Date,
    /// The last day on which it counts.
    pub valid_until: Option<Date>,
    /// The day since which somebody else may have it.
    pub compromised: Option<Date>,
}

impl Key {
    /// The fingerprint by which signatures name it; nothing if it cannot be read, or cannot count.
    pub fn fingerprint(&self) -> Option<String> {
        match self.r#type {
            KeyType::Ssh => PublicKey::ssh(&self.key).ok().map(|key| key.fingerprint),
            KeyType::Openpgp => openpgp_fingerprint(&self.key),
        }
    }
}

/// What kind of key something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyType {
    /// An SSH key: Ed25519, ECDSA, RSA from 3072 bits on, or on hardware.
    Ssh,
    /// An OpenPGP key, by its fingerprint.
    Openpgp,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Person",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "person",
    plural: "people",
    summary: "Somebody who owns, approves or is called: an opaque id.",
    metadata: of::<Metadata>,
    spec: of::<PersonSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[to(&["spec", "memberOf", "*"], "Team", &["team"], "memberOf")],
    practice: Practice {
        short: &["persons"],
        life_cycle: Some(LifeCycle {
            path: &["spec", "lifecycle"],
            states: &[("active", &["left"]), ("left", &["active"])],
            gone: &["left"],
        }),
        fields: &[(&["spec"], FieldClass::Governance)],
        columns: &[
            column("GITHUB", &["spec", "accounts", "github"]),
            column("LIFECYCLE", &["spec", "lifecycle"]),
            wide("TEAMS", &["spec", "memberOf"]),
        ],
        backstage: "User; both share one name space",
        servicenow: "User (`sys_user`)",
    },
};
