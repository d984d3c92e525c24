//! The ledger: what happened, as signed entries on a branch of its own, one a commit, never edited.
//!
//! Floor 3. A [`Statement`] is what somebody says happened, an [`Entry`] the file in which it
//! stands, signed and chained to the one before it. [`types`] says who may write what. What an entry
//! says is only worth what can be shown of it: [`Checked`] says by whom it is, by which key, and
//! whether it counts. The order of the commits is the order of events, never a time.
//!
//! A [`Branch`] is where entries are kept; records, which are plain files, are kept on another.
//! [`append()`] writes entries in this clone, [`sync()`] shares them, [`verify`] reads and judges all.

mod allowed;
mod append;
mod authority;
mod branch;
mod checked;
pub mod entry;
mod fault;
mod kept;
pub mod keys;
mod lock;
pub mod schema;
mod settle;
mod statement;
mod sync;
pub mod types;
pub mod verify;
pub mod witness;

pub use append::{Pending, Placed, append, new_id, salt, time_of, write};
pub use authority::Authority;
pub use branch::{Branch, StoreError, Tips};
pub use checked::{Checked, Problem};
pub use entry::{Entry, EntryError, Written};
pub use fault::{Fault, Standing};
pub use kept::Kept;
pub use lock::{Lock, first_outcomes, held, open_intents};
pub use statement::{
    APPROVAL, Account, Approval, CloseCode, Decision, Event, FORMAT, Intent, Merged, Proposed,
    Review, Statement, instant,
};
pub use sync::{PATIENCE, Synced, share, sync};

/// The namespace of signatures (`ssh-keygen -Y sign -n`): a signature for something else is none.
pub const NAMESPACE: &str = "gitsm-ledger/1";

/// What entries about the ledger itself are about.
pub const SUBJECT: &str = "ledger:default/ledger";
