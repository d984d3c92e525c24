//! The question: a change as it is now, what is asked of it, and the ledger.

use crate::change::requirement::Approvals;
use crate::ledger::{Authority, Checked};
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::value::RiskBand;

/// A change as it is now, what is asked of it, and the ledger. For a change that landed: as it
/// landed, and as the branch was before.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The repository, as approvals name it: `id#sha256:…`.
    pub repository: &'a str,
    /// The full name of the branch that the change goes to.
    pub base_branch: &'a str,
    /// The change, as a canonical reference.
    pub change: &'a str,
    /// What changes: `sha256:…`.
    pub digest: &'a str,
    /// What people say of it: `sha256:…`.
    pub request: &'a str,
    /// Its type.
    pub change_type: ChangeType,
    /// Its band.
    pub band: RiskBand,
    /// The incident that an emergency ends.
    pub incident: Option<&'a str>,
    /// Who must agree, who contributed, and for how long an approval counts.
    pub approvals: &'a Approvals,
    /// Who may say what, as the base is now.
    pub authority: &'a Authority,
    /// The instant, in seconds since 1970.
    pub now: i64,
    /// The whole ledger, in its order.
    pub ledger: &'a [Checked],
    /// Whether the key of a signed entry still counts in the base as it is now; if not, why.
    pub key_now: &'a dyn Fn(&Checked) -> Result<(), String>,
}
