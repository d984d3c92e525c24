//! What takes another landing back, to the digit: that was agreed to not long ago, and so is this.

use super::desk::Desk;
use super::meant::Meant;
use crate::catalog::short;
use crate::change::approvals::steering;
use crate::ledger::Event;

/// For how long taking something back needs nobody's agreement, in seconds (FORMATS: 24 hours).
const FRESH: i64 = 24 * 3600;

/// How many landings are looked at for the one that is taken back.
const LANDINGS: usize = 20;

impl Desk {
    /// The landing that a change takes back to the digit, in words, if people agreed to it and it is
    /// not long ago: now, or when it landed itself by this entry. What steers who agrees to what is
    /// never taken back like that, and neither is what only took something back: that would bring
    /// again what went wrong.
    pub fn undoes(&self, meant: &Meant, landed: Option<&str>) -> Option<String> {
        let digest = meant.digest.as_deref()?;
        if !steering(&meant.set).is_empty() {
            return None;
        }
        let end = landed.and_then(|id| self.entries().iter().position(|one| one.entry.id == id));
        let now = end.and_then(|at| self.entries().get(at)).map(|one| one.time);
        let since = now.unwrap_or_else(|| self.book.now.timestamp()) - FRESH;
        let before = self.entries().get(..end.unwrap_or(self.entries().len()))?;
        let landings = before.iter().rev().filter(|one| one.counts() && one.time >= since);
        let landings = landings.filter_map(|one| match &one.entry.statement.event {
            Event::Merged(merged) => Some((one, merged)),
            _ => None,
        });
        for (entry, merged) in landings.take(LANDINGS) {
            let change = &entry.entry.statement.subject;
            let Ok(landed) = self.landed(change, entry, merged) else { continue };
            let inverse = landed.judged.undo.digest.as_deref();
            let same =
                inverse.is_some_and(|inverse| digest.strip_prefix("sha256:") == Some(inverse));
            if same && !self.standing(&landed, false).told.unauthorized {
                return Some(format!("it takes {} back, to the digit", short(change)));
            }
        }
        None
    }
}
