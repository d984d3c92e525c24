//! The ledger: what happened, as signed entries on a branch of its own, one a commit, never edited.
//!
//! Floor 3. A [`Statement`] is what somebody says happened, an [`Entry`] the file in which it
//! stands, signed and chained to the one before it. [`types`] says who may write what. What an entry
//! says is only worth what can be shown of it: [`Checked`] says by whom it is, by which key, and
//! whether it counts. The order of the commits is the order of events, never a time.

mod authority;
mod checked;
pub mod entry;
pub mod keys;
mod statement;
pub mod types;

pub use authority::Authority;
pub use checked::{Checked, Problem};
pub use entry::{Entry, EntryError, Written};
pub use statement::{
    APPROVAL, Account, Approval, CloseCode, Decision, Event, FORMAT, Intent, Merged, Proposed,
    Review, Statement,
};

/// The namespace of signatures (`ssh-keygen -Y sign -n`): a signature for something else is none.
pub const NAMESPACE: &str = "gitsm-ledger/1";
