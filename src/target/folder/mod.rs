//! A folder that cannot be left, with the marks of what gitsm put there.
//!
//! [`Folder`] reads and writes single files and follows no link; [`Inventory`] keeps the marks;
//! [`Store`] does one with the other, so that a run that is killed at any moment is understood.

mod inventory;
mod name;
mod place;
mod store;

pub use name::{is_inventory, misnamed};
pub(super) use place::{Folder, Found, LARGEST, Mode, Write};
pub(super) use store::{Layout, Put, Store};

#[cfg(test)]
mod tests;
