//! When a change may happen: windows, freezes, exceptions of freezes, and what else is planned.
//!
//! Begin with [`Calendars::of`] a catalog. [`Calendars::hold`] gathers what holds for an entity,
//! [`stricter`] joins what holds before and after a change, [`judge`] says whether a change may
//! happen at an instant or within its schedule, and [`conflicts`] gives ServiceNow's seven reasons.
//!
//! Which calendars hold for an entity:
//!
//! - It counts while its life is active, and where its `environments` name the entity's. What has no
//!   environment counts as if customers depended on it.
//! - A **freeze** holds for what its `appliesTo` names and for all that belongs to that (see
//!   [`RELATIVES`]); for everything without `appliesTo`. All freezes count.
//! - Of **windows**, a configuration item's own `maintenance` calendar counts alone. Else, of those
//!   whose `appliesTo` names it or what it belongs to, and of those for everything, the ones of the
//!   greatest `priority` count, all of that priority together.
//! - Where no window is defined, every hour outside a freeze is fine.
//! - A freeze beats every window. An Exception of a freeze lifts it on its days for exactly its
//!   subject, if whoever allows it has no benefit; of several, all must be in force.

mod agenda;
mod conflict;
mod holds;
mod relatives;
mod verdict;

pub use agenda::{Agenda, AgendaEntry, EntryKind, agenda, planned};
pub use conflict::{Conflict, ConflictReason, OpenChange, OpenChanges, Told, conflicts};
pub use holds::{Calendars, Hold, Lift, Timed, stricter};
pub use relatives::{RELATIVES, Relative, Role, relatives, wholes};
pub use verdict::{
    Ends, FreezeVerdict, SubjectVerdict, Verdict, When, WindowState, WindowVerdict, ends, judge,
};
