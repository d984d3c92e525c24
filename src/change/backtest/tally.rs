//! Landings, counted. Every count names its commits.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Landing, Shown, Verdict};
use crate::change::requirement::RequirementKind;
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::value::RiskBand;

/// How many, and which: commits in the order in which they landed, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    /// How many.
    pub count: usize,
    /// The commits of these landings.
    pub commits: Vec<String>,
}

impl Count {
    fn of<'l>(
        landings: impl IntoIterator<Item = &'l Landing>,
        is: impl Fn(&Landing) -> bool,
    ) -> Self {
        let found = landings.into_iter().filter(|landing| is(landing));
        let commits: Vec<String> = found.map(|landing| landing.commit.clone()).collect();
        Self { count: commits.len(), commits }
    }
}

/// What holds whatever the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// All landings.
    pub landings: usize,
    /// Those that touch no entity, and no file of one.
    pub apart: Count,
    /// Those with files that belong to no entity.
    pub unowned: Count,
    /// Those that landed in a freeze.
    pub in_freeze: Count,
    /// Those that landed outside the window of what they touch.
    pub outside_window: Count,
    /// Those that steer controls.
    pub governance: Count,
    /// Those that a trailer says somebody else looked at.
    pub reviewed: Count,
    /// Those that somebody else landed.
    pub landed_by_others: Count,
    /// Those that nobody but their only author had a hand in.
    pub alone: Count,
    /// Those that a forge landed, of which Git does not say for whom.
    pub forge_landed: Count,
    /// Those with authors who are nobody in the catalog.
    pub unattributed: Count,
    /// Those that were not judged.
    pub not_judged: Count,
    /// An estimate of those that failed.
    pub failures: Failures,
}

/// An estimate of failed changes: what was taken back, or fixed in a hurry, within days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Failures {
    /// Within how many days.
    pub within_days: i64,
    /// Those that were taken back.
    pub reverted: Count,
    /// Those that were fixed in a hurry.
    pub hotfixed: Count,
    /// Both as a share of all landings, in percent with one digit; nothing without landings.
    pub percent: Option<String>,
}

/// What a policy says of all landings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// By type: `standard`, `normal`, `emergency`.
    pub types: BTreeMap<String, Count>,
    /// By band.
    pub bands: Bands,
    /// Those that a change advisory board would see.
    pub board: Count,
    /// Those that others look at.
    pub peers: Count,
    /// Those that the owners of what changes look at.
    pub owners: Count,
    /// Those that those look at who answer for the rules.
    pub governance: Count,
    /// Those that ask nobody.
    pub nobody: Count,
    /// Those that ask somebody who could not have agreed as things were.
    pub impossible: Count,
    /// Those of which something would still have had to be said.
    pub statements: Count,
    /// The same by what: `reason`, `plan`, `test`, `backout`.
    pub statements_by_what: BTreeMap<String, Count>,
    /// How often each team or person would have been asked, the most asked first.
    pub approvers: Vec<Approver>,
}

/// Landings by band.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Bands {
    /// Of low risk.
    pub low: Count,
    /// Of moderate risk.
    pub moderate: Count,
    /// Of high risk.
    pub high: Count,
    /// Of very high risk.
    pub very_high: Count,
}

impl Bands {
    /// Each band and its count.
    pub fn each(&self) -> [(RiskBand, &Count); 4] {
        [
            (RiskBand::Low, &self.low),
            (RiskBand::Moderate, &self.moderate),
            (RiskBand::High, &self.high),
            (RiskBand::VeryHigh, &self.very_high),
        ]
    }
}

/// Somebody who would have been asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Approver {
    /// The team or person.
    pub who: String,
    /// Whether it is a change advisory board.
    pub board: bool,
    /// Of which landings.
    #[serde(flatten)]
    pub asked: Count,
}

/// A landing that two policies put in different bands, or of which only one asks a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    /// The commit of the landing.
    pub commit: String,
    /// Its band by the policy in force.
    pub from: RiskBand,
    /// Its band by the policy that is tried.
    pub to: RiskBand,
    /// Whether a board sees it by the policy in force.
    pub board_before: bool,
    /// Whether a board sees it by the policy that is tried.
    pub board_after: bool,
}

/// Counts landings; `days` is how soon after it a landing counts as failed.
pub fn tally(landings: &[Landing], days: i64) -> Counts {
    let count = |is: &dyn Fn(&Landing) -> bool| Count::of(landings, is);
    let shown = |wanted: Shown| Count::of(landings, |one| one.hand.shown == wanted);
    let failed = |how: &str| {
        let is = |one: &Landing| one.failed.as_ref().is_some_and(|failed| failed.how == how);
        Count::of(landings, is)
    };
    let (reverted, hotfixed) = (failed("reverted"), failed("hotfix"));
    let bad = reverted.count + hotfixed.count;
    Counts {
        landings: landings.len(),
        apart: count(&Landing::is_apart),
        unowned: count(&|one| one.unowned > 0),
        in_freeze: count(&|one| !one.freezes.is_empty()),
        outside_window: count(&|one| one.outside_window == Some(true)),
        governance: count(&|one| one.governance),
        reviewed: shown(Shown::Reviewed),
        landed_by_others: shown(Shown::Other),
        alone: shown(Shown::Alone),
        forge_landed: shown(Shown::Unknown),
        unattributed: count(&|one| !one.unattributed.is_empty()),
        not_judged: count(&|one| one.not_judged.is_some()),
        failures: Failures {
            within_days: days,
            percent: percent(bad, landings.len()),
            reverted,
            hotfixed,
        },
    }
}

/// A share in percent, with one digit; nothing of nothing.
fn percent(part: usize, all: usize) -> Option<String> {
    (all > 0).then(|| format!("{:.1}", part as f64 * 100.0 / all as f64))
}

/// Counts what a policy says; `verdict` chooses which.
pub fn told(landings: &[Landing], verdict: impl Fn(&Landing) -> Option<&Verdict>) -> Told {
    let count = |is: &dyn Fn(&Verdict) -> bool| {
        Count::of(landings, |landing| verdict(landing).is_some_and(is))
    };
    let asks = |kind: RequirementKind| {
        count(&move |verdict: &Verdict| verdict.asked.iter().any(|one| one.kind == kind))
    };
    let band = |band: RiskBand| count(&move |verdict: &Verdict| verdict.band == band);
    let types = [
        ("standard", ChangeType::Standard),
        ("normal", ChangeType::Normal),
        ("emergency", ChangeType::Emergency),
    ];
    let of_type = |wanted: ChangeType| count(&move |verdict: &Verdict| verdict.r#type == wanted);
    let says = |what: &str| count(&|verdict: &Verdict| verdict.statements.contains(&what));
    Told {
        types: types.map(|(name, one)| (name.to_owned(), of_type(one))).into(),
        bands: Bands {
            low: band(RiskBand::Low),
            moderate: band(RiskBand::Moderate),
            high: band(RiskBand::High),
            very_high: band(RiskBand::VeryHigh),
        },
        board: count(&Verdict::asks_board),
        peers: asks(RequirementKind::Peers),
        owners: asks(RequirementKind::Owner),
        governance: asks(RequirementKind::Governance),
        nobody: count(&|verdict| verdict.asked.is_empty()),
        impossible: count(&|verdict| {
            verdict.asked.iter().any(|one| one.enforced && one.problem.is_some())
        }),
        statements: count(&|verdict| !verdict.statements.is_empty()),
        statements_by_what: ["reason", "plan", "test", "backout"]
            .map(|what| (what.to_owned(), says(what)))
            .into(),
        approvers: approvers(landings, &verdict),
    }
}

fn approvers<'l>(
    landings: &'l [Landing],
    verdict: &dyn Fn(&'l Landing) -> Option<&'l Verdict>,
) -> Vec<Approver> {
    let mut all: BTreeMap<String, Approver> = BTreeMap::new();
    for landing in landings {
        let asked = verdict(landing).into_iter().flat_map(|verdict| &verdict.asked);
        for (who, board) in asked.flat_map(|one| one.who.iter().map(|who| (who, one.board))) {
            let one = all.entry(who.clone()).or_insert_with(|| Approver {
                who: who.clone(),
                board,
                asked: Count::default(),
            });
            // The same team may be asked twice, as owner and as board.
            if one.asked.commits.last() != Some(&landing.commit) {
                one.asked.count += 1;
                one.asked.commits.push(landing.commit.clone());
            }
        }
    }
    let mut all: Vec<Approver> = all.into_values().collect();
    all.sort_by(|a, b| b.asked.count.cmp(&a.asked.count).then_with(|| a.who.cmp(&b.who)));
    all
}

/// The landings of which two policies say different things.
pub fn moved(landings: &[Landing]) -> Vec<Moved> {
    let one = |landing: &Landing| {
        let (before, after) = (landing.in_force.as_ref()?, landing.tried.as_ref()?);
        let moved = Moved {
            commit: landing.commit.clone(),
            from: before.band,
            to: after.band,
            board_before: before.asks_board(),
            board_after: after.asks_board(),
        };
        let differs = moved.from != moved.to || moved.board_before != moved.board_after;
        differs.then_some(moved)
    };
    landings.iter().filter_map(one).collect()
}
