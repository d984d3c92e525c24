//! A change, judged: what it means, when it may happen, and how it is taken back.

use chrono::{DateTime, Utc};

use super::sides::Sides;
use crate::change::ChangeSet;
use crate::change::assessment::{Assessment, assess};
use crate::change::facts::{Facts, Grade, Shown};
use crate::change::schedule::OpenChange;
use crate::change::subjects::subjects;
use crate::change::timing::{Timing, timing};
use crate::change::undo::{Undo, undo};

/// A change, judged.
pub struct Judged {
    /// What it means.
    pub assessment: Assessment,
    /// When it may happen.
    pub timing: Timing,
    /// What takes it back.
    pub undo: Undo,
}

/// Judges a change at an instant. `facts` say what neither tree says; the rest is filled in here.
pub fn judged(
    sides: &Sides,
    set: &ChangeSet,
    mut facts: Facts,
    now: DateTime<Utc>,
    open: &[OpenChange],
) -> Judged {
    facts.today = now.date_naive().to_string();
    sides.base.show(|base| {
        sides.merged.show(|merged| {
            let undo = undo(set, base, merged, &sides.changed, &sides.besides);
            tried(undo.proved, &mut facts);
            let subjects = subjects(set, base, merged);
            let timing = timing(set, &subjects, base, merged, now, open);
            facts.schedule = timing.facts();
            let assessment = assess(set, base, merged, &facts);
            Judged { assessment, timing, undo }
        })
    })
}

/// An inverse that was tried is a proved way back.
pub(super) fn tried(is_proved: bool, facts: &mut Facts) {
    if is_proved && facts.backout.is_none() {
        let by = "the inverse was tried: it gives the base again".to_owned();
        facts.backout = Some(Shown { grade: Grade::Proved, by });
    }
}
