//! Who had a hand in a change, and who may agree to it: nobody agrees to their own work. Who may
//! speak for a team is what the base says, so that no change can make its own judges.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::Side;
use super::facts::Contributor;
use crate::catalog::EntityId;
use crate::model::gitsm::Spec;
use crate::model::gitsm::person::PersonLifecycle;

/// The account by which Git's e-mail addresses lead to a person; several stand with commas between.
pub const GIT: &str = "git";

/// The account of a contributor of whom only a key is known, by its fingerprint.
pub const KEY: &str = "key";

/// A contributor, and the person that it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Known {
    /// The contributor.
    #[serde(flatten)]
    pub contributor: Contributor,
    /// The canonical references of the persons that go by that account or address.
    pub persons: Vec<String>,
}

/// The people of a base: by their accounts, and who contributed.
pub struct People<'s, 'a> {
    base: &'s Side<'a>,
    /// Everybody who contributed, with the persons that they are.
    pub contributors: Vec<Known>,
    own: BTreeSet<String>,
}

/// Who may speak for a team or a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Speakers {
    /// Those who may, by name.
    pub eligible: Vec<String>,
    /// Those who could and contributed, by name.
    pub excluded: Vec<String>,
    /// How many must.
    pub quorum: u32,
    /// Whether the base knows the team or the person at all.
    pub known: bool,
}

impl<'s, 'a> People<'s, 'a> {
    /// Looks up who contributed.
    pub fn new(base: &'s Side<'a>, merged: &Side<'_>, contributors: &[Contributor]) -> Self {
        let wanted: BTreeSet<Account> = contributors.iter().flat_map(accounts_of).collect();
        let mut accounts = accounts(base, &wanted);
        // Whoever says in this very change whose account it is, has told us who they are.
        for (account, persons) in self::accounts(merged, &wanted) {
            accounts.entry(account).or_default().extend(persons);
        }
        let mut known: Vec<Known> = contributors
            .iter()
            .map(|one| Known { contributor: one.clone(), persons: persons_of(one, &accounts) })
            .collect();
        known.sort();
        known.dedup();
        let own = known.iter().flat_map(|one| one.persons.iter().cloned()).collect();
        Self { base, contributors: known, own }
    }

    /// Contributors that lead to no person of the catalog, by what Git says of them.
    pub fn strangers(&self) -> Vec<String> {
        let strangers = self.contributors.iter().filter(|one| one.persons.is_empty());
        let mut names: Vec<String> = strangers.map(|one| said(&one.contributor)).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Contributors that nobody vouches for; nothing if nobody looked.
    pub fn unattributed(&self) -> Option<Vec<String>> {
        // That a forge vouches for who opened it says nothing of the commits.
        let is_told =
            |one: &Known| one.contributor.vouched.is_some() && one.contributor.role != "opener";
        let looked = self.contributors.iter().any(is_told);
        let of = |one: &&Known| one.contributor.vouched == Some(false);
        let mut names: Vec<String> =
            self.contributors.iter().filter(of).map(|one| said(&one.contributor)).collect();
        names.sort();
        names.dedup();
        looked.then_some(names)
    }

    /// Who may speak for a team or a person, by the base.
    pub fn speakers(&self, who: &str) -> Speakers {
        let Some(id) = self.base.find(who) else {
            return Speakers { quorum: 1, ..Speakers::default() };
        };
        let mut quorum = 1;
        let mut all: BTreeSet<String> = BTreeSet::new();
        if self.base.catalog.entity(id).kind.family == "person" {
            all.insert(who.to_owned());
        } else {
            all.extend(self.base.referred(id, "hasMember"));
            all.extend(self.base.referred(id, "deputizedBy"));
            for document in self.base.catalog.defined(self.base.catalog.entity(id).reference) {
                let members = self.base.graph.incoming(document);
                let members = members.filter(|edge| edge.relation.name == "memberOf");
                all.extend(members.map(|edge| self.base.name(edge.from).to_owned()));
            }
            for spec in self.base.specs(id) {
                if let Spec::Team(spec) = spec
                    && let Some(approvers) = &spec.approvers
                {
                    quorum = quorum.max(approvers.quorum);
                }
            }
        }
        let there = all.into_iter().filter(|name| self.is_here(name));
        let (excluded, eligible) = there.partition(|name| self.own.contains(name));
        Speakers { eligible, excluded, quorum, known: true }
    }

    /// Whether somebody still works here, as far as the base says.
    fn is_here(&self, person: &str) -> bool {
        let Some(id) = self.base.find(person) else { return false };
        let left = self.base.specs(id).any(|spec| match spec {
            Spec::Person(spec) => spec.lifecycle == Some(PersonLifecycle::Left),
            _ => false,
        });
        !left
    }
}

fn said(contributor: &Contributor) -> String {
    match contributor.name.is_empty() {
        true => contributor.email.clone(),
        false => contributor.name.clone(),
    }
}

/// An account: where it is, and its name, in lower case.
type Account = (String, String);

/// The persons of a side by those of their accounts, and of their keys, that are wanted.
fn accounts(side: &Side<'_>, wanted: &BTreeSet<Account>) -> BTreeMap<Account, BTreeSet<String>> {
    if wanted.is_empty() {
        return BTreeMap::new();
    }
    // Reading a key off costs more than an address.
    let by_key = wanted.iter().any(|(place, _)| place == KEY);
    let mut all: BTreeMap<Account, BTreeSet<String>> = BTreeMap::new();
    let people: Vec<EntityId> = side
        .catalog
        .entities()
        .filter(|(_, entity)| entity.kind.family == "person")
        .map(|(id, _)| id)
        .collect();
    let mut users = Vec::new();
    for id in people {
        let name = side.name(id);
        match side.catalog.entity(id).spec() {
            Some(Spec::Person(spec)) => {
                for (place, account) in spec.accounts.iter().flatten() {
                    for one in account.split(',') {
                        add((&mut all, wanted), place, one, name);
                    }
                }
                let bots = spec.bots.iter().flatten();
                bots.for_each(|one| add((&mut all, wanted), GIT, one, name));
                let keys = spec.keys.iter().flatten().filter(|_| by_key);
                let prints = keys.filter_map(crate::model::gitsm::person::Key::fingerprint);
                prints.for_each(|one| add((&mut all, wanted), KEY, &one, name));
            }
            _ => users.push(id),
        }
    }
    // Backstage's users: their address, and the accounts of its well-known annotations.
    let told = side.reader.each(side.catalog, &users, |id, document| {
        let root = document.root()?;
        let text = |[first, second, last]: [&str; 3]| {
            Some(root.get(first)?.get(second)?.str(last)?.to_owned())
        };
        let found = USERS.iter().filter_map(|(path, place)| Some((*place, text(*path)?)));
        Some((id, found.collect::<Vec<_>>()))
    });
    for (id, found) in told {
        for (place, account) in found {
            add((&mut all, wanted), place, &account, side.name(id));
        }
    }
    all
}

/// Where a Backstage user's accounts stand.
const USERS: &[([&str; 3], &str)] = &[
    (["spec", "profile", "email"], GIT),
    (["metadata", "annotations", "github.com/user-login"], "github"),
    (["metadata", "annotations", "gitlab.com/user-login"], "gitlab"),
];

fn add(
    (all, wanted): (&mut BTreeMap<Account, BTreeSet<String>>, &BTreeSet<Account>),
    place: &str,
    account: &str,
    person: &str,
) {
    let key = (place.to_lowercase(), account.trim().to_lowercase());
    if !key.1.is_empty() && wanted.contains(&key) {
        all.entry(key).or_default().insert(person.to_owned());
    }
}

fn persons_of(
    contributor: &Contributor,
    accounts: &BTreeMap<Account, BTreeSet<String>>,
) -> Vec<String> {
    let keys = accounts_of(contributor);
    let persons = keys.iter().filter_map(|key| accounts.get(key)).flatten().cloned();
    persons.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The accounts by which a contributor may be known, each with where it is, in lower case.
pub fn accounts_of(contributor: &Contributor) -> Vec<(String, String)> {
    let email = contributor.email.trim().to_lowercase();
    let mut keys: Vec<Account> = vec![(GIT.to_owned(), email.clone())];
    keys.extend(
        contributor.account.iter().map(|(place, name)| (place.to_lowercase(), name.to_lowercase())),
    );
    keys.extend(no_reply(&email));
    keys
}

/// The account behind an address that a forge gives to those who hide theirs, such as
/// `1234+ada@users.noreply.github.com`.
fn no_reply(email: &str) -> Option<Account> {
    let (user, host) = email.split_once('@')?;
    let forge = host.strip_prefix("users.noreply.")?.strip_suffix(".com")?;
    let name = match user.split_once(['+', '-']) {
        Some((digits, name)) if digits.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => user,
    };
    Some((forge.to_owned(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_address_leads_to_its_account() {
        let account = |email| no_reply(email).map(|(place, name)| format!("{place} {name}"));
        assert_eq!(account("1234+ada@users.noreply.github.com").as_deref(), Some("github ada"));
        assert_eq!(account("ada@users.noreply.github.com").as_deref(), Some("github ada"));
        assert_eq!(account("77-ada-l@users.noreply.gitlab.com").as_deref(), Some("gitlab ada-l"));
        assert_eq!(account("ada@example.com"), None);
    }
}
