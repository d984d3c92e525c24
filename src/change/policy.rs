//! The change policies that hold: those of the catalog before and after, filled from the built-in
//! one. Of several the strictest counts: the highest band, and what any of them asks.

use schemars::JsonSchema;
use serde::Serialize;

use super::Side;
use super::facts::Facts;
use crate::catalog::short;
use crate::model::gitsm::Spec;
use crate::model::gitsm::built_in_policy::built_in;
use crate::model::gitsm::change_policy::{
    ApprovalRule, Bands, ChangePolicySpec, Emergency, Grade, RiskTable, Statements, Windows,
};
use crate::model::gitsm::value::{Criticality, Duration, RiskBand};

/// On which side of a change something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Where {
    /// On both, and the same.
    Both,
    /// Before the change.
    Base,
    /// After it.
    Merged,
}

/// How sure it must be who agrees, where a policy says nothing of it. Where the base pins a ledger
/// people have keys, and a word that anybody can write in their name is none.
pub fn floor(base: &Side<'_>) -> Grade {
    let ledger = base.config.settings.ledger.as_ref();
    let pinned = ledger.is_some_and(|ledger| ledger.genesis.is_some());
    if pinned { Grade::Forge } else { Grade::Claimed }
}

/// Which policy it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyName {
    /// Its canonical reference; nothing for the built-in one.
    pub policy: Option<String>,
    /// On which side it holds.
    pub side: Where,
}

impl PolicyName {
    /// As people name it.
    pub fn words(&self) -> String {
        let name = self.policy.as_deref().map_or("the built-in policy".to_owned(), short);
        match (self.side, &self.policy) {
            (Where::Merged, Some(_)) => format!("{name} as this change leaves it"),
            _ => name,
        }
    }
}

/// A policy, filled from the built-in one.
#[derive(Debug, Clone)]
pub struct Rules<'a> {
    /// Which.
    pub name: PolicyName,
    own: Option<&'a ChangePolicySpec>,
}

/// All policies that hold; at least one.
#[derive(Debug, Clone)]
pub struct Policies<'a> {
    all: Vec<Rules<'a>>,
}

impl<'a> Policies<'a> {
    /// The policies of two sides, or the one that is to be tried instead.
    pub fn of(base: &Side<'a>, merged: &Side<'a>, facts: &'a Facts) -> Self {
        if let Some((name, spec)) = &facts.policy {
            let name = PolicyName { policy: Some(name.clone()), side: Where::Both };
            return Self { all: vec![Rules { name, own: Some(spec) }] };
        }
        let (before, after) = (written(base), written(merged));
        let same = |one: &(String, Option<&ChangePolicySpec>), others: &[(String, _)]| {
            others.iter().any(|other| other.0 == one.0 && other.1 == one.1)
        };
        let mut all = Vec::new();
        for one in &before {
            let side = if same(one, &after) { Where::Both } else { Where::Base };
            all.push(rules(one, side));
        }
        let new = after.iter().filter(|one| !same(one, &before));
        all.extend(new.map(|one| rules(one, Where::Merged)));
        Self { all }
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Rules<'a>> {
        self.all.iter()
    }

    /// The earliest band from which on something must be said, and which policy says so.
    pub fn statement(
        &self,
        from: impl Fn(&Statements) -> Option<RiskBand>,
    ) -> Option<(RiskBand, &PolicyName)> {
        let of = |rules: &'_ Rules<'a>| {
            let own = rules.own.and_then(|own| own.statements.as_ref()).and_then(&from);
            own.or_else(|| built_in().statements.as_ref().and_then(&from))
        };
        let all = self.all.iter().filter_map(|rules| Some((of(rules)?, &rules.name)));
        all.min_by_key(|(band, _)| *band)
    }
}

fn rules<'a>((name, own): &(String, Option<&'a ChangePolicySpec>), side: Where) -> Rules<'a> {
    let policy = own.is_some().then(|| name.clone());
    Rules { name: PolicyName { policy, side }, own: *own }
}

/// The policies of a side by name; the built-in one, if there are none.
fn written<'a>(side: &Side<'a>) -> Vec<(String, Option<&'a ChangePolicySpec>)> {
    let mut all: Vec<(String, Option<&ChangePolicySpec>)> = Vec::new();
    for (_, entity) in side.catalog.entities() {
        if let Some(Spec::ChangePolicy(spec)) = entity.spec() {
            all.push((side.catalog.canonical(entity).to_owned(), Some(&**spec)));
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    if all.is_empty() {
        all.push((String::new(), None));
    }
    all
}

impl<'a> Rules<'a> {
    fn risk<T>(&self, get: impl Fn(&RiskTable) -> Option<T>) -> Option<T> {
        let own = self.own.and_then(|own| own.risk.as_ref()).and_then(&get);
        own.or_else(|| built_in().risk.as_ref().and_then(&get))
    }

    /// What a criticality adds.
    pub fn criticality(&self, criticality: Option<Criticality>) -> u32 {
        self.risk(|table| table.of_criticality(criticality)).unwrap_or_default()
    }

    /// What reaching so many entities adds.
    pub fn blast_radius(&self, entities: usize) -> u32 {
        self.risk(|table| table.of_blast_radius(entities)).unwrap_or_default()
    }

    /// What one field of the table adds.
    pub fn points(&self, get: impl Fn(&RiskTable) -> Option<u32>) -> u32 {
        self.risk(get).unwrap_or_default()
    }

    /// The least sum of each band.
    pub fn bands(&self) -> Bands {
        let own = self.own.and_then(|own| own.bands).or(built_in().bands);
        own.unwrap_or(Bands { moderate: 5, high: 10, very_high: 15 })
    }

    /// The band of a sum.
    pub fn band(&self, score: u32) -> RiskBand {
        let bands = self.bands();
        match score {
            score if score >= bands.very_high => RiskBand::VeryHigh,
            score if score >= bands.high => RiskBand::High,
            score if score >= bands.moderate => RiskBand::Moderate,
            _ => RiskBand::Low,
        }
    }

    /// Who must agree in a band; what the policy leaves out is as the built-in one has it.
    pub fn approvals(&self, band: RiskBand) -> ApprovalRule {
        let of = |spec: &ChangePolicySpec| spec.approvals.as_ref()?.get(band.name()).cloned();
        let nothing = ApprovalRule { peers: None, owners: None, teams: None, grade: None };
        let default = of(built_in()).unwrap_or_else(|| nothing.clone());
        let own = self.own.and_then(of).unwrap_or(nothing);
        ApprovalRule {
            peers: own.peers.or(default.peers),
            owners: own.owners.or(default.owners),
            teams: own.teams.or(default.teams),
            grade: own.grade.or(default.grade),
        }
    }

    /// How sure it must be who agrees in a band: as the policy itself says, else at least `floor`.
    pub fn grade(&self, band: RiskBand, floor: Grade) -> Grade {
        let said = self.approvals(band).grade.unwrap_or(floor);
        if self.says(band, |rule| rule.grade.is_some()) { said } else { said.max(floor) }
    }

    /// Whether the policy itself says who must agree in a band, by a field.
    pub fn says(&self, band: RiskBand, get: impl Fn(&ApprovalRule) -> bool) -> bool {
        let own = self.own.and_then(|own| own.approvals.as_ref()?.get(band.name()));
        own.is_some_and(get)
    }

    /// What holds for emergencies, if the policy itself says so; the built-in one names no team.
    pub fn emergency(&self) -> Option<&'a Emergency> {
        self.own.and_then(|own| own.emergency.as_ref())
    }

    /// Within which time an emergency is reviewed.
    pub fn review_within(&self) -> Option<&Duration> {
        let own = self.emergency().or(built_in().emergency.as_ref());
        own.map(|emergency| &emergency.review_within)
    }

    /// Within which time broken glass is reviewed, if the policy says who may break it.
    pub fn break_glass_within(&self) -> Option<&'a Duration> {
        self.own.and_then(|own| own.break_glass.as_ref()).map(|one| &one.review_within)
    }

    /// After which time without an answer the owners of what is only affected have agreed.
    pub fn consent_after(&self) -> Option<&Duration> {
        let own = self.own.and_then(|own| own.consent_after.as_ref());
        own.or(built_in().consent_after.as_ref())
    }

    /// How long an approval counts.
    pub fn approval_lasts(&self) -> Option<&Duration> {
        let own = self.own.and_then(|own| own.approval_lasts.as_ref());
        own.or(built_in().approval_lasts.as_ref())
    }

    /// What windows mean.
    pub fn windows(&self) -> Option<Windows> {
        self.own.and_then(|own| own.windows).or(built_in().windows)
    }
}
