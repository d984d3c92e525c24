//! How far one run may go, and why a plan is not carried out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compare::Compared;
use super::object::ObjectId;
use super::step::Action;
use crate::catalog::short;

/// How much of what is there may be deleted and changed at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// The share that may be deleted, from 0 to 1.
    pub deletes: f64,
    /// The share that may be changed, from 0 to 1.
    pub updates: f64,
    /// From how many objects on the shares count.
    pub from: usize,
}

impl Default for Shares {
    /// Those of octoDNS, where they have proved themselves: three in ten of each, from ten on.
    fn default() -> Self {
        Self { deletes: 0.3, updates: 0.3, from: 10 }
    }
}

/// What an operator lets a run do that it would not do by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Allowed {
    /// More deletions than the target's limit.
    pub deletes: bool,
    /// More updates than the target's limit.
    pub updates: bool,
    /// Taking everything away.
    pub empty: bool,
    /// Putting right what somebody else changed.
    pub drift: bool,
}

/// Why a plan is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "why", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Refusal {
    /// The catalog wants nothing at all there any more.
    Empty {
        /// How many objects would go.
        own: usize,
    },
    /// More would be deleted than may be.
    TooManyDeletes {
        /// How many would be.
        count: usize,
        /// Of how many.
        of: usize,
        /// How many may be.
        most: usize,
    },
    /// More would be changed than may be.
    TooManyUpdates {
        /// How many would be.
        count: usize,
        /// Of how many.
        of: usize,
        /// How many may be.
        most: usize,
    },
    /// Something stands there that gitsm did not make.
    Foreign {
        /// What.
        id: ObjectId,
        /// The target whose mark it carries, if it carries one.
        owner: Option<String>,
    },
    /// Several objects carry the mark of one, and none of them has its name.
    Alike {
        /// What the mark calls it.
        id: ObjectId,
        /// How they are found there.
        handles: Vec<String>,
    },
    /// No object can be made of an entity.
    Unmade {
        /// The entity, as a canonical reference.
        entity: String,
        /// Where in its document or in the target's, as a JSON Pointer.
        pointer: String,
        /// What is wrong and what to do.
        message: String,
        /// Where that is written, as `FILE:LINE:COLUMN`; nothing if it is not known.
        #[serde(default)]
        place: Option<String>,
        /// The expression that is written there; nothing if it is none, or a long one.
        #[serde(default)]
        expression: Option<String>,
        /// The other entities of which none can be made for the same reason, as canonical references.
        #[serde(default)]
        others: Vec<String>,
    },
    /// Documents cannot be read, and nobody knows what the catalog wants of them.
    Unread {
        /// How many there are.
        count: usize,
        /// Their files.
        files: Vec<String>,
    },
    /// Two entities make an object of one name.
    Twice {
        /// What it goes by.
        id: ObjectId,
        /// The entities, as canonical references.
        entities: Vec<String>,
    },
}

impl Refusal {
    /// What is said of it, in a sentence without its period.
    pub fn words(&self) -> String {
        match self {
            Self::Empty { own } => {
                format!("the catalog wants nothing here any more: all {own} objects would go")
            }
            Self::TooManyDeletes { count, of, most } => {
                format!("{count} of {of} objects would be deleted, and {most} may be")
            }
            Self::TooManyUpdates { count, of, most } => {
                format!("{count} of {of} objects would be changed, and {most} may be")
            }
            Self::Foreign { id, owner: Some(owner) } => format!("{id} belongs to {owner}"),
            Self::Foreign { id, owner: None } => {
                format!("{id} is there already, and gitsm did not make it")
            }
            Self::Alike { id, handles } => format!(
                "{} carry the mark of {id}, and which of them gitsm made cannot be said",
                handles.join(" and ")
            ),
            Self::Unmade { entity, message, place, expression, others, .. } => {
                let who = match others.len() {
                    0 => short(entity),
                    more => format!("in {} entities, first {}", more + 1, short(entity)),
                };
                let what = expression.iter().map(|text| format!(", in `{text}`"));
                let at = place.iter().map(|place| format!(" at {place}"));
                format!("{who}: {message}{}", what.chain(at).collect::<String>())
            }
            Self::Unread { count, files } => {
                const MOST: usize = 5;
                let mut names = files.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
                if files.len() > MOST {
                    names.push_str(&format!(" and {} more", files.len() - MOST));
                }
                let documents = if *count == 1 { "document" } else { "documents" };
                format!("{count} {documents} of the catalog cannot be read: {names}")
            }
            Self::Twice { id, entities } => {
                format!("{id} is made of {}", entities.join(" and of "))
            }
        }
    }

    /// What to do about it.
    pub fn help(&self, target: &str) -> String {
        match self {
            Self::Empty { .. } => "if that is meant: `--allow empty`".to_owned(),
            Self::TooManyDeletes { .. } => "if that is meant: `--allow deletes`".to_owned(),
            Self::TooManyUpdates { .. } => "if that is meant: `--allow updates`".to_owned(),
            Self::Foreign { id, owner: None } => {
                format!("to take it over: `gitsm target adopt {target} {id}`")
            }
            Self::Foreign { owner: Some(_), .. } => {
                "give it another name in the mapping, or take it out of the other target".to_owned()
            }
            Self::Alike { .. } => {
                "somebody copied one of them with its mark: take the mark out of the copies"
                    .to_owned()
            }
            Self::Unmade { .. } => "what is there of it stays as it is".to_owned(),
            Self::Unread { .. } => {
                "`gitsm validate` says what is wrong; until then nothing is taken away".to_owned()
            }
            Self::Twice { .. } => "make the name in the mapping say more".to_owned(),
        }
    }
}

/// Why what was compared is not done: every reason.
pub fn refusals(
    compared: &Compared,
    desired: usize,
    shares: &Shares,
    allowed: Allowed,
) -> Vec<Refusal> {
    let mut all = Vec::new();
    let own = compared.own;
    let count = |action| compared.steps.iter().filter(|step| step.action == action).count();
    let (deletes, updates) = (count(Action::Delete), count(Action::Update));
    if desired == 0 && deletes > 0 && deletes == own {
        if !allowed.empty {
            all.push(Refusal::Empty { own });
        }
    } else if own >= shares.from {
        // What 0.29 of 100 comes to is 28.999….
        let most = |share: f64| (own as f64 * share.clamp(0.0, 1.0) + 1e-9).floor() as usize;
        let (may_delete, may_update) = (most(shares.deletes), most(shares.updates));
        if deletes > may_delete && !allowed.deletes {
            all.push(Refusal::TooManyDeletes { count: deletes, of: own, most: may_delete });
        }
        if updates > may_update && !allowed.updates {
            all.push(Refusal::TooManyUpdates { count: updates, of: own, most: may_update });
        }
    }
    let foreign = compared.foreign.iter();
    all.extend(
        foreign.map(|(id, owner)| Refusal::Foreign { id: id.clone(), owner: owner.clone() }),
    );
    let alike = compared.alike.iter();
    all.extend(
        alike.map(|(id, handles)| Refusal::Alike { id: id.clone(), handles: handles.clone() }),
    );
    all
}
