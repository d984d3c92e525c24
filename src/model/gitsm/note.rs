//! A note: what somebody said of a change in their own words. The ledger holds its digest only.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::value::{Instant, Reference};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to, to_any};
use crate::model::practice::{Practice, column};
use crate::model::{Kind, format};

/// A text that belongs to an entry of the ledger. gitsm writes it to the records store, where it can
/// be erased: the entry stays, and says nothing without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NoteSpec {
    /// What it is said of.
    pub of: Reference,
    /// Who says it.
    pub by: Option<Reference>,
    /// When.
    pub at: Instant,
    /// Random, so that the digest does not give the text away: 32 hexadecimal digits.
    #[schemars(
        regex(pattern = "^[0-9a-f]{32}$"),
        extend("examples" = ["00112233445566778899aabbccddeeff"])
    )]
    pub salt: String,
    /// The digest by which the entry names it: SHA-256 of the salt, a line feed and the text.
    #[schemars(
        regex(pattern = "^sha256:[0-9a-f]{64}$"),
        extend("examples" = ["sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    )]
    pub digest: String,
    /// What is said.
    pub text: String,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Note",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "note",
    plural: "notes",
    summary: "What somebody said of a change, in their own words; kept where it can be erased.",
    metadata: of::<Metadata>,
    spec: of::<NoteSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to_any(&["spec", "of"], "concerns"),
        to(&["spec", "by"], "Person", &["person"], "requestedBy"),
    ],
    practice: Practice {
        short: &[],
        life_cycle: None,
        fields: &[],
        columns: &[column("OF", &["spec", "of"]), column("BY", &["spec", "by"])],
        backstage: "no counterpart",
        servicenow: "work notes (`sys_journal_field`)",
    },
};
