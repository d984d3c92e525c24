//! Why what somebody said does not count: codes that never change, and words for people.

use schemars::JsonSchema;
use serde::Serialize;

use crate::catalog::short;
use crate::ledger::Problem;
use crate::model::gitsm::change_policy::Grade;
use crate::model::gitsm::value::RiskBand;

/// Why what somebody said does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "code", rename_all_fields = "camelCase")]
pub enum Refusal {
    /// They had a hand in the change.
    Contributed {
        /// What they did: `author`, `co-author`, `committer`, `opener`, `pusher`, `signer`,
        /// `operator` of a bot, `break-glass`.
        roles: Vec<String>,
    },
    /// What changes is not what they saw.
    OtherDigest,
    /// What is said of the change is not what they read.
    OtherRequest,
    /// The risk is higher than what they saw.
    BandRisen {
        /// What they saw.
        shown: RiskBand,
        /// What it is.
        now: RiskBand,
    },
    /// What they could fulfil was not asked when they saw it.
    NotShown {
        /// The requirements.
        requirements: Vec<String>,
    },
    /// It was said of another repository, or of another ledger.
    OtherRepository,
    /// It was said of a change that goes to another branch.
    OtherBranch,
    /// It was said of another change.
    OtherChange,
    /// A change of that name has landed: a name lands once.
    AlreadyUsed {
        /// The ULID of the entry that says so.
        merged: String,
    },
    /// The change was called off after it was said.
    Canceled {
        /// The ULID of the entry that says so.
        later: String,
    },
    /// It is too long ago.
    TooOld {
        /// For how long it counted (ISO 8601).
        lasts: String,
    },
    /// Its writer's clock is ahead: it says to be of a time that is yet to come.
    DatedAhead,
    /// They took it back.
    Revoked {
        /// The ULID of the entry that does.
        later: String,
    },
    /// They said something else later.
    Superseded {
        /// The ULID of the later entry.
        later: String,
    },
    /// It is not sure enough who said it.
    GradeBelow {
        /// How sure it is.
        has: Grade,
        /// How sure it must be.
        wants: Grade,
    },
    /// The key that signed it belongs to nobody who may be its writer.
    KeyUnknown {
        /// In words.
        reason: String,
    },
    /// The key did not count when it was written: not yet, no longer, or somebody else may have it.
    KeyNotValid {
        /// In words.
        reason: String,
    },
    /// The key counted when it was written, and no longer does.
    KeyNotValidNow {
        /// In words.
        reason: String,
    },
    /// Nothing that is asked is theirs to answer.
    NotEligible,
    /// Somebody lent them a voice, and that does not hold.
    VoiceNotLent {
        /// Who lent it.
        from: String,
        /// In words.
        reason: String,
    },
    /// The base does not know them; whom a change adds has no say in it.
    NotInBase,
    /// They left.
    Left,
    /// The base does not list them for breaking glass.
    NotListed,
    /// It is not theirs to say: in the name of somebody else, or of what somebody else said.
    NotTheirs,
    /// There is nothing yet, or nothing any more, that it could be said of.
    WrongState {
        /// The state that the change was in.
        state: &'static str,
    },
    /// The entry does not count at all.
    DoesNotCount {
        /// Why.
        #[serde(flatten)]
        problem: Problem,
    },
}

/// The roles of contributors as people name them.
fn role(name: &str) -> &str {
    match name {
        "author" => "wrote it",
        "co-author" => "wrote a part of it",
        "committer" => "committed it",
        "opener" => "put it forward",
        "pusher" => "pushed it",
        "signer" => "signed its commits",
        "operator" => "operate the bot that wrote it",
        "break-glass" => "broke the glass for it",
        other => other,
    }
}

impl Refusal {
    /// Its code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Contributed { .. } => "contributed",
            Self::OtherDigest => "other-digest",
            Self::OtherRequest => "other-request",
            Self::BandRisen { .. } => "band-risen",
            Self::NotShown { .. } => "not-shown",
            Self::OtherRepository => "other-repository",
            Self::OtherBranch => "other-branch",
            Self::OtherChange => "other-change",
            Self::AlreadyUsed { .. } => "already-used",
            Self::Canceled { .. } => "canceled",
            Self::TooOld { .. } => "too-old",
            Self::DatedAhead => "dated-ahead",
            Self::Revoked { .. } => "revoked",
            Self::Superseded { .. } => "superseded",
            Self::GradeBelow { .. } => "grade-below",
            Self::KeyUnknown { .. } => "key-unknown",
            Self::KeyNotValid { .. } => "key-not-valid",
            Self::KeyNotValidNow { .. } => "key-not-valid-now",
            Self::NotEligible => "not-eligible",
            Self::VoiceNotLent { .. } => "voice-not-lent",
            Self::NotInBase => "not-in-base",
            Self::Left => "left",
            Self::NotListed => "not-listed",
            Self::NotTheirs => "not-theirs",
            Self::WrongState { .. } => "wrong-state",
            Self::DoesNotCount { .. } => "does-not-count",
        }
    }

    /// Why, in words.
    pub fn words(&self) -> String {
        let fixed = match self {
            Self::OtherDigest => "what changes is not what they saw: something was edited since",
            Self::OtherRequest => {
                "what is said of the change is not what they read: its text was edited since"
            }
            Self::OtherRepository => "it was said of another repository, or of another ledger",
            Self::OtherBranch => "it was said of a change that goes to another branch",
            Self::OtherChange => "it was said of another change",
            Self::DatedAhead => "it says to be of a time that is yet to come",
            Self::NotEligible => "nothing that is asked of this change is theirs to answer",
            Self::NotInBase => "the base does not know them: whom a change adds has no say in it",
            Self::Left => "they left",
            Self::NotListed => "no ChangePolicy of the base lists them for breaking glass",
            Self::NotTheirs => "it is not theirs to say",
            _ => return self.told(),
        };
        fixed.to_owned()
    }

    fn told(&self) -> String {
        match self {
            Self::Contributed { roles } => {
                let did: Vec<&str> = roles.iter().map(|one| role(one)).collect();
                let did = match did.as_slice() {
                    [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
                    all => all.join(""),
                };
                format!("they {did}: nobody decides about their own work")
            }
            Self::BandRisen { shown, now } => {
                let words = |band: &RiskBand| band.name().replace('_', " ");
                format!("they saw a change of {} risk, and it is {} now", words(shown), words(now))
            }
            Self::NotShown { requirements } => {
                let asked: Vec<String> = requirements.iter().map(|one| short(one)).collect();
                format!("{} was not asked yet when they saw it", asked.join(", "))
            }
            Self::AlreadyUsed { merged } => {
                format!("a change of this name has landed ({merged}): a name lands once")
            }
            Self::Canceled { later } => format!("the change was canceled afterwards ({later})"),
            Self::TooOld { lasts } => format!("it is too long ago: it counted for {lasts}"),
            Self::Revoked { later } => format!("they took it back ({later})"),
            Self::Superseded { later } => format!("they said something else later ({later})"),
            Self::GradeBelow { has, wants } => {
                let how = match wants {
                    Grade::Claimed => "",
                    Grade::Forge => {
                        ": sign it with a key that the base lists (`--key FILE`), or review it there"
                    }
                    Grade::Signed => ": sign it with a key that the base lists (`--key FILE`)",
                };
                let (has, wants) = (grade(*has), grade(*wants));
                format!("it is only {has}, and {wants} is asked for{how}")
            }
            Self::KeyUnknown { reason }
            | Self::KeyNotValid { reason }
            | Self::KeyNotValidNow { reason } => reason.clone(),
            Self::VoiceNotLent { from, reason } => {
                format!("{} let them speak in their place, but {reason}", short(from))
            }
            Self::WrongState { state } => format!("the change was in `{state}` then"),
            Self::DoesNotCount { problem } => of_problem(problem),
            fixed => fixed.code().to_owned(),
        }
    }
}

/// A grade's name as it is written.
pub(super) fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Claimed => "claimed",
        Grade::Forge => "forge",
        Grade::Signed => "signed",
    }
}

fn of_problem(problem: &Problem) -> String {
    match problem {
        Problem::BadSignature { reason } => format!("its signature does not fit: {reason}"),
        Problem::Unsigned => "nobody signed it".to_owned(),
        Problem::UnknownKey { fingerprint } => format!("nobody has the key {fingerprint}"),
        Problem::KeyNotValid { fingerprint, reason } => format!("the key {fingerprint}: {reason}"),
        Problem::NotAllowed { reason }
        | Problem::Malformed { reason }
        | Problem::OddCommit { reason } => reason.clone(),
        Problem::BackDated { seconds } => format!("it is dated back by {seconds} s"),
        Problem::Unchecked { .. } => "its signature cannot be checked here".to_owned(),
        Problem::UnknownMain { commit } => {
            format!("it names the commit {commit}, which is not on the protected branch")
        }
        Problem::UnseenLedger { commit } => {
            format!("it names the commit {commit}, which is not before it in the ledger")
        }
        Problem::Double { first } => format!("its id was used before ({first})"),
        Problem::Misplaced { path } => format!("its file should stand at {path}"),
    }
}

impl From<&Problem> for Refusal {
    fn from(problem: &Problem) -> Self {
        let reason = of_problem(problem);
        match problem {
            Problem::UnknownKey { .. } => Self::KeyUnknown { reason },
            Problem::KeyNotValid { .. } => Self::KeyNotValid { reason },
            other => Self::DoesNotCount { problem: other.clone() },
        }
    }
}
