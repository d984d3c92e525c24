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
    /// What the relation points to fails, and its source works on, worse.
    Degrades,
}

impl Impact {
    /// What it means, for documentation.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::None => "does not travel",
            Self::TargetToSource => "from target to source",
            Self::SourceToTarget => "from source to target",
            Self::BelowQuorum => "to the target, once fewer members work than its quorum",
            Self::IfAllFail => "only when all that are redundant fail",
            Self::Degrades => "from target to source, which works on, worse",
        }
    }
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

use Impact::{BelowQuorum, Degrades, IfAllFail, None, SourceToTarget, TargetToSource};

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
    row("runsOn", "runs", TargetToSource, true, "is software on this machine or runtime"),
    row("hostedOn", "hosts", TargetToSource, true, "lives on this platform, cluster or account"),
    row("virtualizedBy", "virtualizes", TargetToSource, true, "is a virtual machine on it"),
    row("contains", "containedBy", SourceToTarget, true, "holds it, and takes it along"),
    row("uses", "usedBy", Degrades, false, "uses it, and works without it to some extent"),
    row("connectsTo", "connectedBy", None, false, "is its neighbour in the network"),
    row("redundantWith", "redundantWith", IfAllFail, false, "each takes over for the other"),
    row("manages", "managedBy", None, false, "controls or configures it"),
    row("monitoredBy", "monitors", None, false, "is watched by it"),
    row("instanceOf", "hasInstance", None, false, "is of this class or model"),
    row("specializes", "generalizes", None, true, "is a special case of this class"),
    row("hasSupportTeam", "supportTeamOf", None, false, "is mended by this team"),
    row("follows", "followedBy", None, false, "keeps the hours of this calendar"),
    row("excepts", "exceptedFrom", None, true, "leaves out the hours of this calendar"),
    row("appliesTo", "boundBy", None, false, "says when this may change"),
    row("calls", "calledBy", None, false, "calls this person"),
    row("agreedIn", "agreementOf", None, false, "is promised in this agreement"),
    row("agreedWith", "party", None, false, "is promised to this team"),
    row("providedBy", "provides", None, false, "is promised by this team"),
    row("restsOn", "underpins", None, true, "can be kept only while this agreement is"),
    row("measuredBy", "measures", None, false, "is measured by this objective"),
    row("serves", "servedBy", None, false, "is there for this team"),
    row("informs", "informedOf", None, false, "this team or person wants to know"),
    row("suppliedBy", "supplies", None, false, "needs this supplier"),
    row("operatedBy", "operates", None, false, "is looked after by this runbook"),
    row("ledBy", "leads", None, false, "is led by this person"),
    row("deputizedBy", "deputyOf", None, false, "lets this person decide in its place"),
    row("escalatesTo", "escalatedFrom", None, false, "turns to this team when it is stuck"),
    row("approvedBy", "approves", None, false, "was, or must be, agreed to by them"),
    row("requestedBy", "requests", None, false, "was asked for by them"),
    row("permits", "permittedBy", None, false, "lets this person act at once"),
    row("exempts", "exemptedBy", None, false, "does not hold for it"),
    row("concerns", "concernedBy", None, false, "has to do with it, and does not edit it"),
    row("describes", "describedBy", None, false, "says what is promised of it"),
    row("measures", "measuredBy", None, false, "is the objective that is kept for it"),
    row("measuredWith", "indicatorOf", None, false, "reads this indicator"),
    row("readsFrom", "readBy", None, false, "takes its numbers from this source"),
    row("alertsBy", "alertsFor", None, false, "raises alerts by this policy"),
    row("triggersOn", "triggers", None, false, "fires on this condition"),
    row("notifies", "notifiedBy", None, false, "sends its alerts there"),
];

/// The relation of a name.
pub fn relation_named(name: &str) -> Option<&'static Relation> {
    RELATIONS.iter().find(|relation| relation.name == name)
}
