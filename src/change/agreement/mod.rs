//! Which decisions of the ledger count for a change as it is now, which requirements they fulfil,
//! and why the others do not count. Values in, values out; begin with [`agreement`].
//!
//! [`Asked`] is the question, [`Agreement`] the answer. `decisions` sorts what was said by what it
//! was said of, `voices` says who may speak for whom, `fulfil` counts. [`debts`] are the reviews
//! that emergencies and broken glass owe, over the whole ledger.

mod answer;
mod asked;
mod debt;
mod decisions;
mod fulfil;
mod limit;
mod matching;
mod refusal;
mod review;
mod story;
#[cfg(test)]
pub(super) mod tests;
mod voices;

pub use answer::{Agreement, Fulfilled, Obstacle, Refused, Standing, Voice};
pub use asked::Asked;
pub use debt::{Debt, DebtKind, Past, Terms, blocked_by, debts};
pub use fulfil::agreement;
pub(super) use fulfil::of_story;
pub use limit::{Month, month};
pub use refusal::Refusal;
pub(super) use review::unfit;
pub(super) use story::Story;
