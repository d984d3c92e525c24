//! How risky a change is: a sum of addends, each with its reason, and the band that the sum is in.
//! Begin with [`risk`].

mod factors;
mod tables;

use schemars::JsonSchema;
use serde::Serialize;

use super::policy::{Policies, PolicyName, Rules};
use crate::model::gitsm::change_policy::Bands;
use crate::model::gitsm::value::RiskBand;

pub use factors::{Factors, Inputs, factors};

/// From which sum on backout and test count (FORMATS: they join once).
pub const JOINS_FROM: u32 = 5;

/// How risky a change is, by the strictest of the policies that hold.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Risk {
    /// The sum of the addends that count.
    pub score: u32,
    /// The band: by the sum, or raised by what is named in `raised`.
    pub band: RiskBand,
    /// The band by the sum alone.
    pub by_score: RiskBand,
    /// What the sum is made of, also where that is 0.
    pub addends: Vec<Addend>,
    /// Why the band is higher than the sum says, or may not be lower.
    pub raised: Vec<Raise>,
    /// What is not known and was not counted, in words.
    pub unknown: Vec<String>,
    /// The policy that is the strictest.
    pub policy: PolicyName,
    /// The least sum of each of its bands.
    pub bands: Bands,
    /// What the others say.
    pub others: Vec<OtherRisk>,
}

/// What another policy says.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OtherRisk {
    /// Which.
    pub policy: PolicyName,
    /// Its sum.
    pub score: u32,
    /// The band of that sum.
    pub by_score: RiskBand,
}

/// A reason why the band is at least so high.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Raise {
    /// At least so high.
    pub to: RiskBand,
    /// Why.
    pub reason: String,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

/// What is added.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Addend {
    /// Which line of the table it is.
    pub name: AddendName,
    /// How much it adds.
    pub points: u32,
    /// Whether it counts in the sum: backout and test join only when the rest is 5 or more.
    pub counts: bool,
    /// Whether it is known; what is not known adds nothing, but for a criticality.
    pub known: bool,
    /// Why, in words.
    pub reason: String,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

/// A line of the risk table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AddendName {
    /// How much hangs on what changes.
    Criticality,
    /// How many entities it reaches.
    BlastRadius,
    /// What changes is in production.
    Production,
    /// It happens outside its window.
    OutsideWindow,
    /// It cannot be taken back, or moves data.
    Irreversible,
    /// It changes who can reach or do what.
    Security,
    /// It collides with another change.
    Conflict,
    /// How often the last changes like it failed.
    FailureRate,
    /// The error budget of what it touches is used up.
    ErrorBudget,
    /// How it is taken back.
    Backout,
    /// How it was tested.
    Test,
}

/// What of a change cannot be taken back, or moves data, in words.
pub fn irreversible(
    set: &super::ChangeSet,
    base: &super::Side<'_>,
    merged: &super::Side<'_>,
) -> Vec<String> {
    let there = |change: &super::EntityChange| change.action != super::Action::Create;
    let hits = tables::hits(tables::IRREVERSIBLE, set, base, merged, &there);
    let told =
        hits.iter().map(|hit| format!("{}: {}", crate::catalog::short(&hit.entity), hit.what));
    let told: std::collections::BTreeSet<String> = told.collect();
    told.into_iter().collect()
}

impl AddendName {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Criticality => "criticality",
            Self::BlastRadius => "blast radius",
            Self::Production => "production",
            Self::OutsideWindow => "outside window",
            Self::Irreversible => "irreversible",
            Self::Security => "security boundary",
            Self::Conflict => "conflicts",
            Self::FailureRate => "failure rate",
            Self::ErrorBudget => "error budget",
            Self::Backout => "backout",
            Self::Test => "test",
        }
    }
}

/// What shows something: an entity, a field of it, a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// The canonical reference of an entity.
    pub entity: Option<String>,
    /// A field of it.
    pub pointer: Option<String>,
    /// A file.
    pub file: Option<String>,
    /// What it shows.
    pub note: String,
}

impl Evidence {
    /// An entity shows it.
    pub fn entity(entity: &str, note: impl Into<String>) -> Self {
        Self { entity: Some(entity.to_owned()), note: note.into(), ..Self::default() }
    }

    /// A file shows it.
    pub fn file(path: &str, note: impl Into<String>) -> Self {
        Self { file: Some(path.to_owned()), note: note.into(), ..Self::default() }
    }

    /// A field of the entity shows it.
    #[must_use]
    pub fn at(mut self, pointer: &crate::yaml::Pointer) -> Self {
        self.pointer = Some(pointer.to_string());
        self
    }
}

/// Adds up what a change is worth, by each policy; the strictest counts.
pub fn risk(factors: &Factors, policies: &Policies<'_>, mut raised: Vec<Raise>) -> Risk {
    let judged = policies.iter().map(|rules| {
        let addends = factors.addends(rules);
        let points = addends.iter().filter(|one| one.counts).map(|one| one.points);
        // Whatever a policy says, more never becomes less.
        let score = points.fold(0_u32, u32::saturating_add);
        (rules, addends, score)
    });
    let mut judged: Vec<(&Rules<'_>, Vec<Addend>, u32)> = judged.collect();
    // Of equals the first: what holds before the change.
    judged.sort_by_key(|(rules, _, score)| std::cmp::Reverse((rules.band(*score), *score)));
    let others = judged.iter().skip(1).map(|(rules, _, score)| OtherRisk {
        policy: rules.name.clone(),
        score: *score,
        by_score: rules.band(*score),
    });
    let others = others.collect();
    let strictest = judged.into_iter().next();
    raised.sort();
    raised.dedup();
    let (policy, bands, addends, score, by_score) = match strictest {
        Some((rules, addends, score)) => {
            (rules.name.clone(), rules.bands(), addends, score, rules.band(score))
        }
        // There always is one: the built-in.
        None => {
            let policy = PolicyName { policy: None, side: super::policy::Where::Both };
            let bands = Bands { moderate: 5, high: 10, very_high: 15 };
            (policy, bands, Vec::new(), 0, RiskBand::Low)
        }
    };
    let band = raised.iter().map(|raise| raise.to).fold(by_score, Ord::max);
    let unknown = addends
        .iter()
        .filter(|one| !one.known)
        .map(|one| format!("{}: {}", one.name.words(), one.reason));
    let unknown = unknown.collect();
    Risk { score, band, by_score, addends, raised, unknown, policy, bands, others }
}
