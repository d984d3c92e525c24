//! What goes wrong between gitsm and a target, by what is known of it afterwards.

use std::time::Duration;

/// Why something did not happen, or may not have happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What is known of it.
    pub kind: FaultKind,
    /// What was said, in one phrase. It holds no secret, and at most [`LONGEST`] characters of what
    /// the target said.
    pub message: String,
}

/// What is known of something that went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It was not done, and may be tried again: nobody answered, or the target is busy.
    NotDone {
        /// How long the target asks to wait (RFC 9110 `Retry-After`).
        wait: Option<Duration>,
    },
    /// It was sent and the answer says nothing, or there is none: it may be done or not.
    Unknown,
    /// It was refused, and would be again.
    Refused,
    /// The target is set up wrongly: nothing was tried.
    Settings,
}

/// The characters of a target's answer that are shown.
pub const LONGEST: usize = 300;

impl Fault {
    /// Something that was not done, and may be tried again.
    pub fn not_done(message: impl Into<String>, wait: Option<Duration>) -> Self {
        Self { kind: FaultKind::NotDone { wait }, message: message.into() }
    }

    /// Something of which nobody knows whether it was done.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self { kind: FaultKind::Unknown, message: message.into() }
    }

    /// Something that was refused.
    pub fn refused(message: impl Into<String>) -> Self {
        Self { kind: FaultKind::Refused, message: message.into() }
    }

    /// Settings with which nothing can be tried.
    pub fn settings(message: impl Into<String>) -> Self {
        Self { kind: FaultKind::Settings, message: message.into() }
    }
}
