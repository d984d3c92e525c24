//! Who may write which type of entry: the table that checks, schemas and pages read.

/// Who may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writers {
    /// Any person whom the base knows.
    pub person: bool,
    /// A pipeline in the base's `ledger.writers`.
    pub pipeline: bool,
    /// A person in the base's `ledger.operators`.
    pub operator: bool,
}

/// A type of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Type {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub summary: &'static str,
    /// Who may write it.
    pub writers: Writers,
    /// Whether it counts without a signature, where a policy is content with `claimed`.
    pub claimable: bool,
}

const PERSON: Writers = Writers { person: true, pipeline: false, operator: false };
const COPIED: Writers = Writers { person: true, pipeline: true, operator: false };
const PIPELINE: Writers = Writers { person: false, pipeline: true, operator: true };
const OPERATOR: Writers = Writers { person: false, pipeline: false, operator: true };

/// All types, in the order of a change's life.
pub const TYPES: &[Type] = &[
    signed("opened", "the ledger begins", OPERATOR),
    claimed("proposed", "a change is put forward as it is now", COPIED),
    claimed("approved", "somebody agrees to a change as it was shown", COPIED),
    claimed("rejected", "somebody does not agree", COPIED),
    claimed("revoked", "somebody takes back what they said", COPIED),
    signed("delegated", "somebody lets another one speak for them, for a while", PERSON),
    signed("break-glass", "somebody listed for it goes ahead before anybody agrees", PERSON),
    signed("merged", "a change landed", PIPELINE),
    signed("intent", "a plan is about to be carried out", PIPELINE),
    signed("checkpoint", "a part of a plan is carried out", PIPELINE),
    signed("outcome", "how a change, or a plan, went", PIPELINE),
    signed("lock", "a target is held by one who applies, or let go", PIPELINE),
    claimed("reviewed", "somebody who did not contribute looked back", PERSON),
    claimed("canceled", "a change is not going to happen", PERSON),
];

const fn signed(name: &'static str, summary: &'static str, writers: Writers) -> Type {
    Type { name, summary, writers, claimable: false }
}

const fn claimed(name: &'static str, summary: &'static str, writers: Writers) -> Type {
    Type { name, summary, writers, claimable: true }
}

/// A type by its name.
pub fn named(name: &str) -> Option<&'static Type> {
    TYPES.iter().find(|one| one.name == name)
}
