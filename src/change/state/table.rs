//! The transitions of changes, as data: what the fold walks, tests hold and pages show.
//!
//! The states and their numbers are ServiceNow's. The first row that fits is taken; rows that stop
//! or take back come before those that go on.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::gitsm::change_model::ChangeType;

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is not put forward as it is, or somebody does not agree.
    New,
    /// Something must still be said of it.
    Assess,
    /// Somebody must still agree.
    Authorize,
    /// It may go ahead.
    Scheduled,
    /// It is being carried out.
    Implement,
    /// It was carried out, and somebody looks back.
    Review,
    /// It is over.
    Closed,
    /// It is not going to happen.
    Canceled,
}

impl State {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 8] = [
        Self::New,
        Self::Assess,
        Self::Authorize,
        Self::Scheduled,
        Self::Implement,
        Self::Review,
        Self::Closed,
        Self::Canceled,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Assess => "assess",
            Self::Authorize => "authorize",
            Self::Scheduled => "scheduled",
            Self::Implement => "implement",
            Self::Review => "review",
            Self::Closed => "closed",
            Self::Canceled => "canceled",
        }
    }

    /// ServiceNow's number of it.
    pub fn code(self) -> i8 {
        match self {
            Self::New => -5,
            Self::Assess => -4,
            Self::Authorize => -3,
            Self::Scheduled => -2,
            Self::Implement => -1,
            Self::Review => 0,
            Self::Closed => 3,
            Self::Canceled => 4,
        }
    }

    /// Whether nothing happens any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Canceled)
    }
}

/// In which way a change lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Life {
    /// Judged and agreed to.
    Normal,
    /// Agreed to beforehand.
    Standard,
    /// It cannot wait: one decides, and it is looked back at.
    Emergency,
    /// Somebody listed for it goes ahead before anybody agrees.
    BreakGlass,
    /// It happened without what it needed: an emergency that nobody allowed.
    Unauthorized,
}

impl Life {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Normal, Self::Standard, Self::Emergency, Self::BreakGlass, Self::Unauthorized];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Standard => "standard",
            Self::Emergency => "emergency",
            Self::BreakGlass => "break-glass",
            Self::Unauthorized => "unauthorized",
        }
    }

    /// The type that it counts as elsewhere: there are three.
    pub fn change_type(self) -> ChangeType {
        match self {
            Self::Normal => ChangeType::Normal,
            Self::Standard => ChangeType::Standard,
            Self::Emergency | Self::BreakGlass | Self::Unauthorized => ChangeType::Emergency,
        }
    }

    /// Whether somebody must look back at it, however well it went.
    pub fn owes_review(self) -> bool {
        matches!(self, Self::Emergency | Self::BreakGlass | Self::Unauthorized)
    }
}

/// What makes a change go from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// It was called off.
    Canceled,
    /// It was put forward again after it was called off.
    Again,
    /// It is not what was put forward last.
    Edited,
    /// Somebody who could agree does not.
    Rejected,
    /// It was put forward as it is.
    Proposed,
    /// Something that must be said of it is missing.
    Unsaid,
    /// All that must be said of it is there.
    Said,
    /// An agreement that it had is gone, or is not enough any more.
    Lost,
    /// All agree who must.
    Agreed,
    /// Somebody broke the glass.
    Broken,
    /// It happened without what it needed, or was found.
    Found,
    /// It is applied; or it landed, and there is nothing to apply it to.
    Began,
    /// There is an outcome.
    Ended,
    /// It went well, and nobody needs to look back.
    Fine,
    /// Somebody who had no hand in it looked back.
    Reviewed,
}

impl When {
    /// In words, after "when".
    pub fn words(self) -> &'static str {
        match self {
            Self::Canceled => "it is called off",
            Self::Again => "it is put forward again",
            Self::Edited => "it is no longer what was put forward",
            Self::Rejected => "somebody who could agree does not",
            Self::Proposed => "it is put forward as it is",
            Self::Unsaid => "something that must be said of it is missing",
            Self::Said => "all that must be said of it is there",
            Self::Lost => "an agreement is gone, or not enough any more",
            Self::Agreed => "all agree who must",
            Self::Broken => "somebody listed for it breaks the glass",
            Self::Found => "it happened without what it needed, or was found",
            Self::Began => "it is applied, or has landed and is applied nowhere",
            Self::Ended => "its outcome is there",
            Self::Fine => "it was successful, and of low risk or standard",
            Self::Reviewed => "somebody who had no hand in it looked back",
        }
    }
}

/// A row: in this life, from this state to that one, when this holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Transition {
    /// The life.
    pub life: Life,
    /// From here.
    pub from: State,
    /// To there.
    pub to: State,
    /// When.
    pub when: When,
}

const fn row(life: Life, from: State, when: When, to: State) -> Transition {
    Transition { life, from, to, when }
}

use Life::{BreakGlass, Emergency, Normal, Standard, Unauthorized};
use State::{Assess, Authorize, Canceled, Closed, Implement, New, Review, Scheduled};

/// All transitions; every change begins in `new`.
pub static TRANSITIONS: &[Transition] = &[
    row(Normal, New, When::Canceled, Canceled),
    row(Normal, New, When::Proposed, Assess),
    row(Normal, Assess, When::Canceled, Canceled),
    row(Normal, Assess, When::Edited, New),
    row(Normal, Assess, When::Rejected, New),
    row(Normal, Assess, When::Said, Authorize),
    row(Normal, Authorize, When::Canceled, Canceled),
    row(Normal, Authorize, When::Edited, New),
    row(Normal, Authorize, When::Rejected, New),
    row(Normal, Authorize, When::Unsaid, Assess),
    row(Normal, Authorize, When::Agreed, Scheduled),
    row(Normal, Scheduled, When::Canceled, Canceled),
    row(Normal, Scheduled, When::Edited, New),
    row(Normal, Scheduled, When::Rejected, New),
    row(Normal, Scheduled, When::Unsaid, Assess),
    row(Normal, Scheduled, When::Lost, Authorize),
    row(Normal, Scheduled, When::Began, Implement),
    row(Normal, Implement, When::Canceled, Canceled),
    row(Normal, Implement, When::Ended, Review),
    row(Normal, Review, When::Fine, Closed),
    row(Normal, Review, When::Reviewed, Closed),
    row(Normal, Canceled, When::Again, New),
    row(Standard, New, When::Canceled, Canceled),
    row(Standard, New, When::Proposed, Scheduled),
    row(Standard, Scheduled, When::Canceled, Canceled),
    row(Standard, Scheduled, When::Edited, New),
    row(Standard, Scheduled, When::Began, Implement),
    row(Standard, Implement, When::Canceled, Canceled),
    row(Standard, Implement, When::Ended, Review),
    row(Standard, Review, When::Fine, Closed),
    row(Standard, Review, When::Reviewed, Closed),
    row(Standard, Canceled, When::Again, New),
    row(Emergency, New, When::Canceled, Canceled),
    row(Emergency, New, When::Proposed, Authorize),
    row(Emergency, Authorize, When::Canceled, Canceled),
    row(Emergency, Authorize, When::Edited, New),
    row(Emergency, Authorize, When::Rejected, New),
    row(Emergency, Authorize, When::Agreed, Scheduled),
    row(Emergency, Scheduled, When::Canceled, Canceled),
    row(Emergency, Scheduled, When::Edited, New),
    row(Emergency, Scheduled, When::Rejected, New),
    row(Emergency, Scheduled, When::Lost, Authorize),
    row(Emergency, Scheduled, When::Began, Implement),
    row(Emergency, Implement, When::Canceled, Canceled),
    row(Emergency, Implement, When::Ended, Review),
    row(Emergency, Review, When::Reviewed, Closed),
    row(Emergency, Canceled, When::Again, New),
    row(BreakGlass, New, When::Canceled, Canceled),
    row(BreakGlass, New, When::Broken, Scheduled),
    row(BreakGlass, Scheduled, When::Canceled, Canceled),
    row(BreakGlass, Scheduled, When::Began, Implement),
    row(BreakGlass, Implement, When::Ended, Review),
    row(BreakGlass, Review, When::Reviewed, Closed),
    row(BreakGlass, Canceled, When::Again, New),
    row(Unauthorized, New, When::Found, Authorize),
    row(Unauthorized, Authorize, When::Ended, Review),
    row(Unauthorized, Review, When::Reviewed, Closed),
];
