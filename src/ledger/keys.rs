//! Whose key it is, and whether it counts: from what the protected branch lists to a verdict for one
//! writer at one instant.
//!
//! Days are whole days in UTC: a key counts from the first instant of `validFrom` to the last of
//! `validUntil`. From the day on which it is said to be `compromised` nothing signed with it counts,
//! and what is older only if somebody outside has seen it before that day: whoever stole a key can
//! write any date.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;

use super::Authority;
use crate::model::gitsm::person::Key;

/// Whether a key counts for a writer at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Valid,
    /// It is not one of the writer's.
    UnknownKey,
    /// It counts from this day on.
    NotYet {
        /// The day.
        from: String,
    },
    /// It counted until this day.
    Expired {
        /// The day.
        until: String,
    },
    /// Somebody else may have it since this day.
    Compromised {
        /// The day.
        since: String,
        /// Whether it would count if somebody had seen it before that day.
        unwitnessed: bool,
    },
    /// The writer works here no more.
    Left,
    /// Others list it, too: it tells nobody apart, and counts for none of them.
    Shared {
        /// All who list it.
        by: Vec<String>,
    },
    /// It counted then, and would not today.
    NoMore(Box<Standing>),
}

impl Standing {
    /// Whether it counts.
    pub fn is_valid(&self) -> bool {
        *self == Self::Valid
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid => f.write_str("the key counts"),
            Self::UnknownKey => f.write_str("the key is not listed for its writer"),
            Self::NotYet { from } => write!(f, "the key counts from {from} on"),
            Self::Expired { until } => write!(f, "the key counted until {until}"),
            Self::Compromised { since, unwitnessed: false } => {
                write!(f, "the key is compromised since {since}")
            }
            Self::Compromised { since, .. } => write!(
                f,
                "the key is compromised since {since}, and nothing shows that this is older"
            ),
            Self::Left => f.write_str("its writer works here no more"),
            Self::Shared { by } => {
                write!(f, "the key is listed for {}, so it counts for none of them", by.join(", "))
            }
            Self::NoMore(why) => write!(f, "by the base as it is now, {why}"),
        }
    }
}

/// The keys that a commit of the protected branch lists, by their fingerprints.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Keys {
    listed: BTreeMap<String, Vec<Listed>>,
    left: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Listed {
    writer: String,
    key: Key,
}

/// Whether somebody outside has seen an entry before an instant, in seconds since 1970.
pub type WitnessedBefore<'w> = &'w dyn Fn(i64) -> bool;

/// Nobody outside has seen anything.
pub const UNSEEN: WitnessedBefore<'static> = &|_| false;

impl Keys {
    /// Reads the keys off. Those that cannot be read, or are too weak, are left out: `validate` says
    /// so.
    pub fn of(authority: &Authority) -> Self {
        let mut keys = Self { left: authority.left.clone(), ..Self::default() };
        for (writer, all) in &authority.writers {
            for key in all {
                let Some(fingerprint) = key.fingerprint() else { continue };
                let one = Listed { writer: writer.clone(), key: key.clone() };
                keys.listed.entry(fingerprint).or_default().push(one);
            }
        }
        keys
    }

    /// Whether any person has a key.
    pub fn has_persons(&self) -> bool {
        self.listed.values().flatten().any(|one| one.writer.starts_with("person:"))
    }

    /// Everybody who lists a key.
    pub fn writers(&self, fingerprint: &str) -> BTreeSet<&str> {
        self.of_key(fingerprint).iter().map(|one| one.writer.as_str()).collect()
    }

    /// The one who lists a key, if nobody else does.
    pub fn writer(&self, fingerprint: &str) -> Option<&str> {
        let mut writers = self.writers(fingerprint).into_iter();
        writers.next().filter(|_| writers.next().is_none())
    }

    fn of_key(&self, fingerprint: &str) -> &[Listed] {
        self.listed.get(fingerprint).map_or(&[], Vec::as_slice)
    }

    /// Whether a key counts for a writer at an instant, in seconds since 1970. A key that is listed
    /// several times for one writer counts if one of them makes it; compromised is compromised.
    pub fn standing(
        &self,
        fingerprint: &str,
        writer: &str,
        at: i64,
        witnessed_before: WitnessedBefore<'_>,
    ) -> Standing {
        let writers = self.writers(fingerprint);
        if !writers.contains(writer) {
            return Standing::UnknownKey;
        }
        if writers.len() > 1 {
            let by = writers.into_iter().map(str::to_owned).collect();
            return Standing::Shared { by };
        }
        if self.left.contains(writer) {
            return Standing::Left;
        }
        let all = self.of_key(fingerprint);
        let since = all.iter().filter_map(|one| one.key.compromised.as_ref()).min();
        if let Some(since) = since {
            let day = first_instant(&since.0);
            let is_older = day.is_some_and(|day| at < day);
            if !is_older || !day.is_some_and(witnessed_before) {
                return Standing::Compromised { since: since.0.clone(), unwitnessed: is_older };
            }
        }
        let each: Vec<Standing> = all.iter().map(|one| in_time(&one.key, at)).collect();
        let valid = each.iter().find(|one| one.is_valid());
        valid.or(each.last()).cloned().unwrap_or(Standing::UnknownKey)
    }
}

/// Whether a key counts for something that has not landed yet: at its instant by what the base said
/// then, and still, by what the base says now.
pub fn standing_in_both(
    then: (&Keys, i64),
    now: (&Keys, i64),
    fingerprint: &str,
    writer: &str,
    witnessed_before: WitnessedBefore<'_>,
) -> Standing {
    let at_first = then.0.standing(fingerprint, writer, then.1, witnessed_before);
    if !at_first.is_valid() {
        return at_first;
    }
    // What the base says now may be about then as well: an end that was set back, a theft.
    for at in [then.1, now.1] {
        let today = now.0.standing(fingerprint, writer, at, witnessed_before);
        if !today.is_valid() {
            return Standing::NoMore(Box::new(today));
        }
    }
    Standing::Valid
}

fn in_time(key: &Key, at: i64) -> Standing {
    let from = &key.valid_from.0;
    if first_instant(from).is_none_or(|first| at < first) {
        return Standing::NotYet { from: from.clone() };
    }
    match &key.valid_until {
        Some(until) if behind(&until.0).is_none_or(|behind| at >= behind) => {
            Standing::Expired { until: until.0.clone() }
        }
        _ => Standing::Valid,
    }
}

/// The first instant of a day in UTC.
fn first_instant(day: &str) -> Option<i64> {
    midnight(NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?)
}

/// The first instant behind a day in UTC.
fn behind(day: &str) -> Option<i64> {
    midnight(NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?.succ_opt()?)
}

fn midnight(day: NaiveDate) -> Option<i64> {
    Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gitsm::person::KeyType;
    use crate::model::gitsm::value::Date;

    const ADA: &str = "ssh-ed25519 \
                       AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";
    const PRINT: &str = "SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ";
    /// 2026-03-01T00:00:00Z and a day.
    const MARCH: i64 = 1_772_323_200;
    const DAY: i64 = 86_400;

    fn key(from: &str, until: Option<&str>, compromised: Option<&str>) -> Key {
        let date = |text: &str| Date(text.to_owned());
        Key {
            r#type: KeyType::Ssh,
            key: ADA.to_owned(),
            valid_from: date(from),
            valid_until: until.map(date),
            compromised: compromised.map(date),
        }
    }

    fn keys(all: &[(&str, Key)]) -> Keys {
        let mut authority = Authority::default();
        for (writer, key) in all {
            authority.writers.entry((*writer).to_owned()).or_default().push(key.clone());
        }
        Keys::of(&authority)
    }

    fn at(keys: &Keys, at: i64) -> String {
        keys.standing(PRINT, "person:default/ada", at, UNSEEN).to_string()
    }

    #[test]
    fn days_are_whole_days_in_utc() {
        let keys = keys(&[("person:default/ada", key("2026-03-01", Some("2026-03-01"), None))]);
        assert_eq!(at(&keys, MARCH - 1), "the key counts from 2026-03-01 on");
        assert_eq!(at(&keys, MARCH), "the key counts");
        assert_eq!(at(&keys, MARCH + DAY - 1), "the key counts");
        assert_eq!(at(&keys, MARCH + DAY), "the key counted until 2026-03-01");
    }

    #[test]
    fn of_a_compromised_key_only_counts_what_was_seen_before() {
        let keys = keys(&[("person:default/ada", key("2026-01-01", None, Some("2026-03-01")))]);
        assert_eq!(at(&keys, MARCH), "the key is compromised since 2026-03-01");
        let unseen = at(&keys, MARCH - 1);
        assert!(unseen.ends_with("and nothing shows that this is older"), "{unseen}");
        let seen = |before: i64| before == MARCH;
        let standing = |time| keys.standing(PRINT, "person:default/ada", time, &seen);
        assert_eq!(standing(MARCH - 1), Standing::Valid);
        assert!(!standing(MARCH).is_valid());
    }

    #[test]
    fn a_key_of_two_is_nobodys() {
        let one = key("2026-01-01", None, None);
        let keys = keys(&[("person:default/ada", one.clone()), ("person:default/ben", one)]);
        let said = "the key is listed for person:default/ada, person:default/ben, so it counts for \
                    none of them";
        assert_eq!(at(&keys, MARCH), said);
        assert_eq!(keys.writer(PRINT), None);
    }

    #[test]
    fn a_key_that_is_listed_again_counts_in_both_times() {
        let first = key("2026-01-01", Some("2026-02-01"), None);
        let keys = keys(&[
            ("person:default/ada", first),
            ("person:default/ada", key("2026-03-01", None, None)),
        ]);
        assert_eq!(at(&keys, MARCH - 35 * DAY), "the key counts");
        assert_eq!(at(&keys, MARCH - 5 * DAY), "the key counts from 2026-03-01 on");
        assert_eq!(at(&keys, MARCH), "the key counts");
        assert_eq!(keys.writer(PRINT), Some("person:default/ada"));
    }

    #[test]
    fn who_left_signs_nothing_any_more() {
        let mut authority = Authority::default();
        let name = "person:default/ada".to_owned();
        authority.writers.insert(name.clone(), vec![key("2026-01-01", None, None)]);
        authority.left.insert(name.clone());
        let left = Keys::of(&authority);
        assert_eq!(left.standing(PRINT, &name, MARCH, UNSEEN), Standing::Left);
        assert_eq!(left.standing("SHA256:x", &name, MARCH, UNSEEN), Standing::UnknownKey);
    }

    #[test]
    fn what_has_not_landed_needs_a_key_that_still_counts() {
        let of = |key: Key| keys(&[("person:default/ada", key)]);
        let then = of(key("2026-01-01", None, None));
        let both = |now: &Keys, late: i64| {
            let (then, now) = ((&then, MARCH), (now, late));
            standing_in_both(then, now, PRINT, "person:default/ada", UNSEEN).to_string()
        };
        assert_eq!(both(&then, MARCH + DAY), "the key counts");
        let gone = "by the base as it is now, the key is not listed for its writer";
        assert_eq!(both(&keys(&[]), MARCH), gone);
        let ended = of(key("2026-01-01", Some("2026-02-01"), None));
        let over = "by the base as it is now, the key counted until 2026-02-01";
        assert_eq!(both(&ended, MARCH), over);
        let stolen = of(key("2026-01-01", None, Some("2026-02-01")));
        assert!(both(&stolen, MARCH).contains("compromised since 2026-02-01"));
    }
}
