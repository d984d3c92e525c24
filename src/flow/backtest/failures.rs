//! Hints that a landing failed: another one takes it back, or fixes it in a hurry, soon after.

use std::collections::HashMap;

use super::judge::Seen;
use crate::change::backtest::Failed;

/// Within how many days a landing that is taken back or fixed counts as failed.
pub(super) const DAYS: i64 = 7;

/// What the subject of a fix in a hurry begins with or holds.
const HURRY: &[&str] = &["hotfix", "hot-fix", "hot fix"];

/// How many landings behind a fix in a hurry are looked at.
const BEHIND: usize = 200;

/// Finds which landings (oldest first) later ones say to have failed, and says so in them.
pub(super) fn find(seen: &mut [Seen]) {
    let mut by_commit: HashMap<String, usize> = HashMap::new();
    let mut by_subject: HashMap<String, usize> = HashMap::new();
    for at in 0..seen.len() {
        let Some(now) = seen.get(at) else { return };
        let mut failed: Vec<(usize, &'static str)> = Vec::new();
        for told in &now.landing.reverts {
            let known = by_commit.get(&key(told)).or_else(|| by_subject.get(told));
            failed.extend(known.map(|known| (*known, "reverted")));
        }
        if failed.is_empty() && is_hurried(&now.landing.subject) {
            failed.extend(fixed(seen, at).map(|known| (known, "hotfix")));
        }
        let (by, time) = (now.landing.commit.clone(), now.landing.at);
        for id in &now.ids {
            by_commit.insert(key(id), at);
        }
        by_subject.insert(now.landing.subject.clone(), at);
        for (known, how) in failed {
            let Some(known) = seen.get_mut(known) else { continue };
            let hours = (time - known.landing.at).num_hours();
            if known.landing.failed.is_none() && (0..=DAYS * 24).contains(&hours) {
                known.landing.failed = Some(Failed { by: by.clone(), how, hours });
            }
        }
    }
}

/// The shortest id that a message may name.
fn key(id: &str) -> String {
    id.chars().take(7).collect::<String>().to_lowercase()
}

fn is_hurried(subject: &str) -> bool {
    let subject = subject.to_lowercase();
    HURRY.iter().any(|word| subject.contains(word))
}

/// The newest landing before one that touches an entity, or a file, that it touches as well.
fn fixed(seen: &[Seen], at: usize) -> Option<usize> {
    let now = seen.get(at)?;
    let first = at.saturating_sub(BEHIND);
    (first..at).rev().find(|before| {
        seen.get(*before).is_some_and(|before| {
            let same = |one: &String| before.landing.entities.contains(one);
            let path = |one: &String| before.paths.contains(one);
            now.landing.entities.iter().any(same) || now.paths.iter().any(path)
        })
    })
}
