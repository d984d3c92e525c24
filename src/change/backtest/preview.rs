//! What another policy would have meant for what landed lately, in numbers.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::gitsm::value::RiskBand;

/// What a change of a policy would have meant for what landed lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// The policy that changes, as a canonical reference.
    pub policy: String,
    /// How many days were looked at.
    pub days: i64,
    /// How many landings were judged.
    pub landings: usize,
    /// Whether more landed in that time than were judged.
    pub capped: bool,
    /// How many are in a higher band now, by the band.
    pub up: Vec<(RiskBand, usize)>,
    /// How many are in a lower band now, by the band.
    pub down: Vec<(RiskBand, usize)>,
    /// How many the board would have seen, before and after.
    pub board: (usize, usize),
    /// How many would have needed somebody to say something more, before and after.
    pub statements: (usize, usize),
}
