//! Relations between entities: written in one direction, computed in the other.

/// How trouble travels along a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impact {
    /// It does not.
    None,
    /// What the relation points to fails, so its source is affected.
    TargetToSource,
    /// The source fails, so what it contains is affected.
    SourceToTarget,
    /// The target is affected once fewer members than its quorum are left.
    BelowQuorum,
    /// The source is affected only when all that are redundant with it fail.
    IfAllFail,
}

/// A kind of relation.
#[derive(Debug, PartialEq, Eq)]
pub struct Relation {
    /// Its name as it is written.
    pub name: &'static str,
    /// Its name in the other direction.
    pub inverse: &'static str,
    /// How trouble travels.
    pub impact: Impact,
    /// Whether following it must never lead back to where it started.
    pub acyclic: bool,
    /// What it says, for documentation.
    pub meaning: &'static str,
}

const fn row(
    name: &'static str,
    inverse: &'static str,
    impact: Impact,
    acyclic: bool,
    meaning: &'static str,
) -> Relation {
    Relation { name, inverse, impact, acyclic, meaning }
}

use Impact::{BelowQuorum, None, SourceToTarget, TargetToSource};

/// Every relation, by name. Backstage's names and pairs are those of its well-known relations
/// (<https://backstage.io/docs/features/software-catalog/well-known-relations>).
pub static RELATIONS: &[Relation] = &[
    row("ownedBy", "ownerOf", None, false, "who is accountable for it"),
    row("dependsOn", "dependencyOf", TargetToSource, false, "needs it to work"),
    row("dependencyOf", "dependsOn", SourceToTarget, false, "is needed by it"),
    row("providesApi", "apiProvidedBy", SourceToTarget, false, "exposes this interface"),
    row("consumesApi", "apiConsumedBy", TargetToSource, false, "calls this interface"),
    row("partOf", "hasPart", TargetToSource, true, "belongs to this larger whole"),
    row("hasPart", "partOf", SourceToTarget, true, "consists of it, among others"),
    row("childOf", "parentOf", None, true, "is a unit of this group"),
    row("parentOf", "childOf", None, true, "has this unit"),
    row("memberOf", "hasMember", BelowQuorum, false, "is a member of it"),
    row("hasMember", "memberOf", None, false, "has this member"),
    row("describes", "describedBy", None, false, "says what is promised of it"),
    row("measures", "measuredBy", None, false, "is the objective that is kept for it"),
    row("measuredWith", "measures", None, false, "reads this indicator"),
    row("readsFrom", "readBy", None, false, "takes its numbers from this source"),
    row("alertsBy", "alertsFor", None, false, "raises alerts by this policy"),
    row("triggersOn", "triggers", None, false, "fires on this condition"),
    row("notifies", "notifiedBy", None, false, "sends its alerts there"),
];

/// The relation of a name.
pub fn relation_named(name: &str) -> Option<&'static Relation> {
    RELATIONS.iter().find(|relation| relation.name == name)
}
