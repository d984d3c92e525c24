//! The change policy that holds where a catalog says nothing: one YAML text in the binary, which
//! risk, impact and the kind's page read.

use std::sync::OnceLock;

use super::change_policy::{ChangePolicySpec, RiskTable};
use super::value::{Criticality, Reference};
use crate::source::{File, Source};
use crate::yaml::de::from_node;
use crate::yaml::{Limits, parse};

/// The text of the built-in policy's spec.
pub const TEXT: &str = include_str!("default-policy.yaml");

/// The built-in policy. Every field but `breakGlass` is there, and so is every field of its tables.
pub fn built_in() -> &'static ChangePolicySpec {
    static CELL: OnceLock<ChangePolicySpec> = OnceLock::new();
    CELL.get_or_init(|| {
        let source = Source::new(File::local("default-policy.yaml"), TEXT.to_owned());
        let stream = parse(&source, &Limits::default());
        let root = stream.documents.first().map(|id| stream.arena.node(*id));
        // A test holds that the text can be read.
        root.and_then(|root| from_node(root).ok()).unwrap_or_else(nothing)
    })
}

fn nothing() -> ChangePolicySpec {
    ChangePolicySpec {
        owner: Reference(String::new()),
        risk: None,
        bands: None,
        approvals: None,
        statements: None,
        windows: None,
        emergency: None,
        break_glass: None,
        consent_after: None,
        approval_lasts: None,
    }
}

impl RiskTable {
    /// What a criticality adds, if the table says so.
    pub fn of_criticality(&self, criticality: Option<Criticality>) -> Option<u32> {
        let name = criticality.map_or("unknown", Criticality::name);
        self.criticality.as_ref()?.get(name).copied()
    }

    /// What reaching so many entities adds, if the table says so: its first row that fits.
    pub fn of_blast_radius(&self, entities: usize) -> Option<u32> {
        let fits = |up_to: Option<u32>| up_to.is_none_or(|up_to| entities <= up_to as usize);
        let rows = self.blast_radius.as_ref()?;
        Some(rows.iter().find(|row| fits(row.up_to)).or(rows.last()).map_or(0, |row| row.score))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_policy_says_everything_that_a_policy_can_say() {
        let policy = serde_json::to_value(built_in()).unwrap();
        let missing = |value: &serde_json::Value| {
            let fields = value.as_object().unwrap().iter();
            fields
                .filter(|(_, one)| one.is_null())
                .map(|(name, _)| name.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            missing(&policy),
            ["breakGlass"],
            "nobody breaks glass unless somebody says who"
        );
        assert!(missing(&policy["risk"]).is_empty());
        assert!(missing(&policy["statements"]).is_empty());
        for band in ["low", "moderate", "high", "very_high"] {
            assert!(policy["approvals"][band]["owners"].is_boolean(), "{band}");
        }
        let table = built_in().risk.as_ref().unwrap();
        let tiers =
            [Criticality::Tier1, Criticality::Tier2, Criticality::Tier3, Criticality::Tier4];
        let points: Vec<_> = tiers.map(|tier| table.of_criticality(Some(tier)).unwrap()).to_vec();
        assert_eq!(points, [4, 3, 2, 1]);
        assert_eq!(table.of_criticality(None), table.of_criticality(Some(Criticality::Tier2)));
        let reach: Vec<_> =
            [0, 1, 2, 5, 6, 20, 21].map(|n| table.of_blast_radius(n).unwrap()).to_vec();
        assert_eq!(reach, [0, 0, 1, 1, 2, 2, 3]);
    }
}
