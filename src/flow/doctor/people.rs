//! People: whether those who must agree can, prove who they are, and are known.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::crowd::{Judge, Somebody, canonical};
use super::seen::Seen;
use super::{Check, Sighting, only_if};
use crate::catalog::short;
use crate::model::gitsm::person::Key;
use crate::output::doctor::Danger;

/// How long before it ends a key is told of.
const SOON: Days = Days::new(30);

/// How many names stand in one line.
const NAMES: usize = 8;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "no-keys",
        severity: Danger::Danger,
        why: "Without keys an approval is only claimed: anybody can write anybody's name.",
        remedy: "have those who agree add the key they sign commits with to their Person, below `keys`",
        find: |seen| {
            only_if(!seen.crowd.active().any(|one| one.can_sign), || {
                Sighting::new("no person has a key that counts today")
            })
        },
    },
    Check {
        id: "key-missing",
        severity: Danger::Warning,
        why: "What they agree to for a service of the first tier is only claimed, unless a pipeline \
              copies it from a forge.",
        remedy: "have them add the key they sign commits with to their Person, below `keys`",
        find: unsigned_owners,
    },
    Check {
        id: "key-shared",
        severity: Danger::Danger,
        why: "A key of two people proves neither, so it counts for nobody.",
        remedy: "give each a key of their own",
        find: shared_keys,
    },
    Check {
        id: "key-lapsed",
        severity: Danger::Warning,
        why: "Nothing that they sign counts any more.",
        remedy: "have them add another key to their Person; the old one stays, for what it signed",
        find: |seen| {
            let lapsed = seen.crowd.active().filter(|one| !one.keys.is_empty() && !one.can_sign);
            let told = |one: &Somebody| {
                Sighting::new(format!("no key of {} counts today", short(&one.name)))
                    .at(one.place.clone())
            };
            lapsed.map(told).collect()
        },
    },
    Check {
        id: "key-expiring",
        severity: Danger::Warning,
        why: "From then on nothing that they sign counts.",
        remedy: "have them add the next key to their Person before that day",
        find: expiring,
    },
    Check {
        id: "key-compromised",
        severity: Danger::Note,
        why: "Somebody else may have it: it has no last day, so it reads as if it were in use.",
        remedy: "add `validUntil` beside `compromised`; gitsm ledger log shows what it signed",
        find: |seen| {
            let open = |key: &Key| key.compromised.is_some() && key.valid_until.is_none();
            let all = seen.crowd.people.iter().filter(|one| one.keys.iter().any(open));
            let told = |one: &Somebody| {
                Sighting::new(format!("a compromised key of {} has no end", short(&one.name)))
                    .at(one.place.clone())
            };
            all.map(told).collect()
        },
    },
    Check {
        id: "governance-owners-missing",
        severity: Danger::Danger,
        why: "Nobody must agree to changes of the rules themselves: whoever weakens them first gets \
              around them.",
        remedy: "add `governance: {owners: [team:NAME]}` to gitsm.yaml",
        find: |seen| {
            let owners = seen.base.config.governance_owners();
            only_if(seen.base.config.exists && owners.is_empty(), || {
                Sighting::new("no `governance.owners`").at(seen.settings_path())
            })
        },
    },
    Check {
        id: "governance-owners-gone",
        severity: Danger::Danger,
        why: "Nobody can agree to changes of the rules, so nothing about them can ever be merged.",
        remedy: "name a team with people in `governance.owners` of gitsm.yaml",
        find: |seen| {
            let speakers = governors(seen);
            let is_gone = !seen.base.config.governance_owners().is_empty() && speakers.is_empty();
            only_if(is_gone, || {
                let owners = seen.base.config.governance_owners().join(", ");
                Sighting::new(format!("nobody speaks for {owners}")).at(seen.settings_path())
            })
        },
    },
    Check {
        id: "governance-owner-alone",
        severity: Danger::Warning,
        why: "Nobody agrees to their own change, so what that person changes of the rules waits for \
              ever, and while they are away everything does.",
        remedy: "name a team of several people in `governance.owners` of gitsm.yaml",
        find: |seen| {
            let speakers = governors(seen);
            let alone = speakers.first().filter(|_| speakers.len() == 1);
            let told = |name: &String| {
                Sighting::new(format!("only {} speaks for the rules", short(name)))
                    .at(seen.settings_path())
            };
            alone.map(told).into_iter().collect()
        },
    },
    Check {
        id: "quorum-impossible",
        severity: Danger::Danger,
        why: "What needs their word can never be merged, so somebody will find another way.",
        remedy: "add people to the team, or lower `approvers.quorum`",
        find: |seen| {
            let short_of = |one: &&Judge| able(one) < one.speakers.quorum as usize;
            seen.crowd.judges.iter().filter(short_of).map(judge).collect()
        },
    },
    Check {
        id: "approver-alone",
        severity: Danger::Warning,
        why: "Nobody agrees to their own change: what one of them has a hand in can never be merged.",
        remedy: "add somebody to the team, or a deputy in `approvers.deputies`",
        find: |seen| {
            // A single person is named on purpose, and there is nobody to add.
            let tight = |one: &&Judge| {
                one.who.starts_with("team:") && able(one) == one.speakers.quorum as usize
            };
            seen.crowd.judges.iter().filter(tight).map(judge).collect()
        },
    },
    Check {
        id: "unknown-accounts",
        severity: Danger::Warning,
        why: "Whoever is not known cannot be kept from agreeing to their own change.",
        remedy: "write `accounts: {git: ADDRESS}` into their Person; of a bot: `bots` of who runs it",
        find: |seen| {
            let crowd = &seen.crowd;
            only_if(!crowd.strangers.is_empty(), || {
                let names = listed(crowd.strangers.iter().map(|(name, n)| format!("{name} ({n})")));
                let landings = crate::output::count(crowd.landings, "landing");
                Sighting::new(format!("authors of the last {landings} whom no Person has: {names}"))
            })
        },
    },
    Check {
        id: "account-shared",
        severity: Danger::Warning,
        why: "Whose it is cannot be told, so both count as contributors, and neither may agree.",
        remedy: "leave the account in one Person only",
        find: |seen| {
            let all = seen.crowd.shared_accounts();
            let told = |((place, account), who): &((String, String), Vec<&Somebody>)| {
                let names = listed(who.iter().map(|one| short(&one.name)));
                let sighting = Sighting::new(format!("{place} {account}: {names}"));
                who.last().map_or(sighting.clone(), |one| sighting.at(one.place.clone()))
            };
            all.iter().map(told).collect()
        },
    },
];

/// Some names in a line, the first ones.
fn listed(names: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = names.collect();
    let more = all.len().saturating_sub(NAMES);
    let first = all.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{first} and {more} more") } else { first }
}

/// How many may speak.
fn able(judge: &Judge) -> usize {
    judge.speakers.eligible.len()
}

fn judge(one: &Judge) -> Sighting {
    let (who, because) = (short(&one.who), &one.because);
    let quorum = one.speakers.quorum;
    Sighting::new(match (one.speakers.known, able(one)) {
        (false, _) => format!("{who} is not in the catalog; it {because}"),
        (true, 0) => format!("nobody works in {who} any more; it {because}"),
        (true, 1) if quorum == 1 => format!("{who} is one person; it {because}"),
        (true, able) => format!("{who} has {able} people for a quorum of {quorum}; it {because}"),
    })
}

/// Owners of the first tier, of whom too few can sign.
fn unsigned_owners(seen: &Seen) -> Vec<Sighting> {
    let crowd = &seen.crowd;
    let mut found = Vec::new();
    for one in crowd.judges.iter().filter(|one| one.is_tier1) {
        let (keyed, bare): (Vec<&String>, Vec<&String>) = one
            .speakers
            .eligible
            .iter()
            .partition(|name| crowd.find(name).is_some_and(|one| one.can_sign));
        // One more than must agree: one of them may have had a hand in it.
        if bare.is_empty() || keyed.len() > one.speakers.quorum as usize {
            continue;
        }
        let names = listed(bare.iter().map(|name| short(name)));
        let words = format!(
            "of {}, {} of {} who may agree can sign; without a key: {names}",
            short(&one.who),
            keyed.len(),
            able(one)
        );
        found.push(Sighting::new(words));
    }
    found
}

fn shared_keys(seen: &Seen) -> Vec<Sighting> {
    let mut holders: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for (writer, keys) in &seen.crowd.authority.writers {
        for print in keys.iter().filter_map(Key::fingerprint) {
            holders.entry(print).or_default().insert(writer);
        }
    }
    let shared = holders.into_iter().filter(|(_, who)| who.len() > 1);
    let told = |(print, who): (String, BTreeSet<&String>)| {
        let names = listed(who.iter().map(|name| short(name)));
        let place = who.iter().filter_map(|name| seen.crowd.find(name)).next_back();
        let sighting = Sighting::new(format!("{print} is a key of {names}"));
        place.map_or(sighting.clone(), |one| sighting.at(one.place.clone()))
    };
    shared.map(told).collect()
}

/// Those whose last key ends soon.
fn expiring(seen: &Seen) -> Vec<Sighting> {
    let today = seen.book.now.date_naive();
    let soon = today.checked_add_days(SOON).unwrap_or(today);
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let mut found = Vec::new();
    for one in seen.crowd.active().filter(|one| one.can_sign) {
        let sound = one.keys.iter().filter(|key| key.compromised.is_none());
        let ends: Vec<Option<NaiveDate>> =
            sound.map(|key| key.valid_until.as_ref().and_then(|until| day(&until.0))).collect();
        // A key without an end, or with a later one, takes over.
        let is_over = ends.iter().all(|end| end.is_some_and(|end| end <= soon));
        let last = ends.iter().flatten().max().filter(|last| is_over && **last >= today);
        if let Some(last) = last {
            let words = format!("the last key of {} ends on {last}", short(&one.name));
            found.push(Sighting::new(words).at(one.place.clone()));
        }
    }
    found
}

/// Those who may agree to changes of the rules, each once.
fn governors(seen: &Seen) -> Vec<String> {
    let owners = seen.base.config.governance_owners();
    let speakers = seen.base.show(|side| {
        let people = crate::change::people::People::new(side, side, &[]);
        let of = |owner: &String| people.speakers(&canonical(owner)).eligible;
        owners.iter().flat_map(of).collect::<BTreeSet<String>>()
    });
    speakers.into_iter().collect()
}
