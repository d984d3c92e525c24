//! The people of the protected branch: their keys and accounts, who may speak for whom, and who
//! landed changes that nobody knows.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::short;
use crate::change::Side;
use crate::change::facts::Contributor;
use crate::change::people::{People, Speakers};
use crate::flow::contributors::contributor;
use crate::flow::ledger::{Book, LedgerError};
use crate::flow::sides::OwnedSide;
use crate::ledger::Authority;
use crate::ledger::keys::{Keys, UNSEEN};
use crate::model::gitsm::Spec;
use crate::model::gitsm::person::Key;
use crate::model::gitsm::value::{Criticality, RiskBand};
use crate::model::parse_reference;

/// How many landings are looked at for who landed them.
const LANDINGS: usize = 200;

/// A person.
#[derive(Debug, Clone)]
pub(super) struct Somebody {
    pub(super) name: String,
    /// Where the document is.
    pub(super) place: String,
    pub(super) keys: Vec<Key>,
    pub(super) has_left: bool,
    /// Whether one of the keys counts today.
    pub(super) can_sign: bool,
    accounts: BTreeSet<(String, String)>,
}

/// Somebody whose word is asked for.
#[derive(Debug, Clone)]
pub(super) struct Judge {
    /// A team or a person, by the canonical reference.
    pub(super) who: String,
    /// For what.
    pub(super) because: String,
    /// Whether it answers for a service of the first tier.
    pub(super) is_tier1: bool,
    pub(super) speakers: Speakers,
}

/// Everybody.
pub(super) struct Crowd {
    pub(super) authority: Authority,
    pub(super) people: Vec<Somebody>,
    pub(super) judges: Vec<Judge>,
    /// Who landed changes and is nobody that the catalog knows, with how many.
    pub(super) strangers: BTreeMap<String, usize>,
    /// How many landings were looked at.
    pub(super) landings: usize,
    pub(super) has_policy: bool,
}

impl Crowd {
    pub(super) fn of(book: &Book, base: &OwnedSide) -> Result<Self, LedgerError> {
        let mut authors: BTreeMap<Contributor, usize> = BTreeMap::new();
        let mut walk = book.repository.first_parents(&book.main, None)?;
        let mut landings = 0;
        for place in walk.places().take(LANDINGS) {
            let commit = book.repository.commit_info(&place?.commit)?;
            *authors.entry(contributor(&commit.author, "author")).or_default() += 1;
            landings += 1;
        }
        Ok(base.show(|side| {
            let authority = Authority::of(side.catalog, side.config);
            let keys = Keys::of(&authority);
            let mut people = somebodies(side, &authority);
            for one in &mut people {
                let now = book.now.timestamp();
                let counts =
                    |print: String| keys.standing(&print, &one.name, now, UNSEEN).is_valid();
                one.can_sign = one.keys.iter().filter_map(Key::fingerprint).any(counts);
            }
            let nobody = People::new(side, side, &[]);
            Self {
                people,
                judges: judges(side, &nobody),
                strangers: strangers(side, &authors),
                landings,
                has_policy: policies(side).next().is_some(),
                authority,
            }
        }))
    }

    /// Somebody by the canonical reference.
    pub(super) fn find(&self, name: &str) -> Option<&Somebody> {
        self.people.iter().find(|one| one.name == name)
    }

    /// Those who still work here.
    pub(super) fn active(&self) -> impl Iterator<Item = &Somebody> {
        self.people.iter().filter(|one| !one.has_left)
    }

    /// Accounts that several people have: where, which, and who.
    pub(super) fn shared_accounts(&self) -> Vec<((String, String), Vec<&Somebody>)> {
        let mut all: BTreeMap<&(String, String), Vec<&Somebody>> = BTreeMap::new();
        for one in &self.people {
            one.accounts.iter().for_each(|account| all.entry(account).or_default().push(one));
        }
        let several = all.into_iter().filter(|(_, who)| who.len() > 1);
        several.map(|(account, who)| (account.clone(), who)).collect()
    }
}

fn somebodies(side: &Side<'_>, authority: &Authority) -> Vec<Somebody> {
    let mut people = Vec::new();
    for (_, entity) in side.catalog.entities().filter(|(_, one)| one.kind.family == "person") {
        let name = side.catalog.canonical(entity).to_owned();
        let mut accounts = BTreeSet::new();
        if let Some(Spec::Person(spec)) = entity.spec() {
            for (place, account) in spec.accounts.iter().flatten() {
                let each = account.split(',').map(|one| one.trim().to_lowercase());
                let each = each.filter(|one| !one.is_empty());
                accounts.extend(each.map(|one| (place.to_lowercase(), one)));
            }
        }
        people.push(Somebody {
            place: format!("{}:{}", entity.file.path, entity.name_place.start.line),
            keys: authority.writers.get(&name).cloned().unwrap_or_default(),
            has_left: authority.left.contains(&name),
            can_sign: false,
            accounts,
            name,
        });
    }
    people.sort_by(|a, b| a.name.cmp(&b.name));
    people
}

/// Everybody whose word may be asked for: owners of services, teams of policies, and those who
/// answer for the rules.
fn judges(side: &Side<'_>, nobody: &People<'_, '_>) -> Vec<Judge> {
    let mut all: BTreeMap<String, (BTreeSet<String>, bool)> = BTreeMap::new();
    let mut add = |who: String, because: String, is_tier1: bool| {
        let (reasons, tier1) = all.entry(who).or_default();
        reasons.insert(because);
        *tier1 |= is_tier1;
    };
    for (id, entity) in side.catalog.entities() {
        if let Some(Spec::Service(spec)) = entity.spec() {
            let is_tier1 = spec.criticality == Some(Criticality::Tier1);
            let name = short(side.name(id));
            for owner in side.referred(id, "ownedBy") {
                add(owner, format!("owns {name}"), is_tier1);
            }
        }
    }
    for (name, spec) in policies(side) {
        let bands =
            [RiskBand::Low, RiskBand::Moderate, RiskBand::High, RiskBand::VeryHigh].into_iter();
        for band in bands {
            let rule = spec.approvals.as_ref().and_then(|all| all.get(band.name()));
            for team in rule.and_then(|rule| rule.teams.as_ref()).into_iter().flatten() {
                let words = band.name().replace('_', " ");
                add(canonical(team), format!("decides changes of {words} risk ({name})"), false);
            }
        }
        if let Some(emergency) = &spec.emergency {
            let because = format!("decides emergencies ({name})");
            add(canonical(&emergency.approvers.0), because, false);
        }
    }
    let owns = |(who, (reasons, is_tier1)): (String, (BTreeSet<String>, bool))| {
        let because = reasons.into_iter().collect::<Vec<_>>().join(", ");
        let speakers = nobody.speakers(&who);
        Judge { because, is_tier1, speakers, who }
    };
    all.into_iter().map(owns).collect()
}

/// A team or a person, as the default name space has it.
pub(super) fn canonical(text: &str) -> String {
    let meant = parse_reference(text, Some("team"), "default");
    meant.map_or_else(|_| text.to_owned(), |one| one.as_str().to_owned())
}

/// The change policies, by name.
fn policies<'s>(
    side: &'s Side<'_>,
) -> impl Iterator<Item = (String, &'s crate::model::gitsm::change_policy::ChangePolicySpec)> {
    side.catalog.entities().filter_map(|(id, entity)| match entity.spec() {
        Some(Spec::ChangePolicy(spec)) => Some((short(side.name(id)), &**spec)),
        _ => None,
    })
}

fn strangers(side: &Side<'_>, authors: &BTreeMap<Contributor, usize>) -> BTreeMap<String, usize> {
    let contributors: Vec<Contributor> = authors.keys().cloned().collect();
    let people = People::new(side, side, &contributors);
    let unknown = people.contributors.iter().filter(|one| one.persons.is_empty());
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    for one in unknown {
        let number = authors.get(&one.contributor).copied().unwrap_or_default();
        let name = format!("{} <{}>", one.contributor.name, one.contributor.email);
        *all.entry(name).or_default() += number;
    }
    all
}
