//! Which files must be read so that what is asked about a few entities is answered as if all had
//! been read.
//!
//! Each entity that takes part has roles, and a role says whom it brings along. Roles only follow the
//! direction in which something is needed: what a change can break, but not everything else that has
//! the same owner, class or calendar. A file brings its other entities along; they have no role, and
//! what they refer to may be missing. So a reference of a slice that leads nowhere says nothing: ask
//! the index.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::{Damaged, Defined, Filed, Index, Mention, Topic, claims};
use crate::catalog::impact::NEVER_FAIL;
use crate::git::BlobId;
use crate::model::{ITEMS, Impact};

/// What a slice is made for.
#[derive(Debug, Clone, Default)]
pub struct Seeds {
    /// Canonical references of entities that change, or are asked about; also those that are gone.
    pub names: Vec<String>,
    /// Paths that change: of the catalog or not, there or gone.
    pub paths: Vec<String>,
    /// Change requests whose schedule ends at this instant (seconds since 1970) or later are part of
    /// it, because changes may collide. A request without a schedule collides with none, and a
    /// merged one is history: both are part of it only if they are seeds. None is, without this.
    pub requests_from: Option<i64>,
    /// Canonical references of people and teams who have a say: who they are, and who speaks for
    /// them, but not what is theirs.
    pub people: Vec<String>,
    /// Whether it is said when the change happens: then it matters what holds for its relatives.
    pub planned: bool,
    /// Because of which seeds nothing can fail: of those only who answers for them counts.
    pub quiet: Quiet,
}

/// Seeds because of which nothing can fail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Quiet {
    /// None is known to be so.
    #[default]
    Nobody,
    /// Those of these canonical references.
    These(BTreeSet<String>),
    /// All of them.
    All,
}

impl Quiet {
    fn holds(&self, name: &str) -> bool {
        match self {
            Self::Nobody => false,
            Self::These(names) => names.contains(name),
            Self::All => true,
        }
    }
}

/// What an entity is there for, as bits.
type Roles = u16;

/// Its documents count: what it is, and whether it lives.
const DEFINED: Roles = 0;
/// Who answers for it, and what was promised.
const EXPLAINED: Roles = 1;
/// It may fail, and with it what needs it.
const AFFECTED: Roles = 1 << 1;
/// It is one of a redundant set, of which all count.
const REDUNDANT: Roles = 1 << 2;
/// It is a cluster whose members count.
const CLUSTER: Roles = 1 << 3;
/// A team, named as such: whom to call and who comes next.
const CALLED: Roles = 1 << 5;
/// A team whose people count.
const STAFFED: Roles = 1 << 6;
/// The windows and freezes that hold for it count: those of all that it belongs to.
const HELD: Roles = 1 << 7;
/// Those that hold for what belongs to it, and what it belongs to, count as well.
const KIN: Roles = 1 << 8;
/// What is asked about.
const SEED: Roles = 1 << 9;
/// Not in a role, but marks that the documents were looked up.
const SEEN: Roles = 1 << 15;

/// A team that owns or decides.
const DECIDES: Roles = CALLED | STAFFED;

/// The relations to teams that own or decide, whose people therefore count.
const DECIDING: &[&str] = &[
    "ownedBy",
    "hasSupportTeam",
    "approvedBy",
    "permits",
    "deputizedBy",
    "requestedBy",
    "operatedBy",
];

/// Files by path, and the content of each as far as the index knows it.
pub type Files = BTreeMap<String, Option<BlobId>>;

/// The files that a tree must show so that [`load`](crate::catalog::load) gives the slice.
///
/// On it, impact of the seeds and what it means, the people of the teams that own or decide, and what
/// the seeds need in any number of steps are as in the whole catalog; and all policies, models,
/// calendars, exceptions and classes are there. What refers to a seed only by relations along which
/// no trouble travels is not: an owner has thousands. [`Index::find`] with [`Topic::Mentions`] tells
/// those.
///
/// # Errors
///
/// What is kept of the index is damaged.
pub fn slice(index: &dyn Index, seeds: &Seeds) -> Result<Files, Damaged> {
    let (files, roles, waiting) = (Files::new(), HashMap::default(), Vec::new());
    let (planned, quiet) = (seeds.planned, &seeds.quiet);
    let mut slicer = Slicer { index, files, roles, waiting, planned, quiet };
    for name in &seeds.names {
        slicer.seed(name);
    }
    for name in &seeds.people {
        slicer.give(name, if family(name) == "team" { DECIDES } else { DEFINED });
    }
    for path in &seeds.paths {
        let there = index.find(Topic::Path, path)?;
        let entities = there.iter().flat_map(|filed| &filed.summary.entities);
        entities.for_each(|one| slicer.seed(&one.name));
        claims(index, path)?.iter().for_each(|claim| slicer.seed(&claim.name));
    }
    for filed in index.find(Topic::Global, "")? {
        slicer.explain_all(&filed);
    }
    if let Some(from) = seeds.requests_from {
        for filed in index.requests(from)? {
            slicer.explain_all(&filed);
        }
    }
    while let Some((name, new)) = slicer.waiting.pop() {
        slicer.follow(&name, new)?;
    }
    Ok(slicer.files)
}

struct Slicer<'i> {
    index: &'i dyn Index,
    files: Files,
    roles: HashMap<String, Roles, RandomState>,
    waiting: Vec<(String, Roles)>,
    planned: bool,
    quiet: &'i Quiet,
}

fn family(name: &str) -> &str {
    name.split(':').next().unwrap_or_default()
}

fn fails(name: &str) -> bool {
    !NEVER_FAIL.contains(&family(name))
}

impl Slicer<'_> {
    fn seed(&mut self, name: &str) {
        let quiet = self.quiet.holds(name);
        let roles = match family(name) {
            "team" => DECIDES | SEED,
            _ if quiet => SEED,
            _ if self.planned => SEED | HELD | KIN,
            _ => SEED | HELD,
        };
        let fails = if quiet { 0 } else { AFFECTED | REDUNDANT };
        self.give(name, roles | fails | EXPLAINED);
    }

    fn give(&mut self, name: &str, roles: Roles) {
        let known = match self.roles.get_mut(name) {
            Some(known) => known,
            None => self.roles.entry(name.to_owned()).or_default(),
        };
        let new = (roles | SEEN) & !*known;
        if new != 0 {
            *known |= new;
            self.waiting.push((name.to_owned(), new));
        }
    }

    fn explain_all(&mut self, filed: &Filed) {
        self.add(filed);
        for one in &filed.summary.entities {
            self.give(&one.name, if one.board { EXPLAINED | DECIDES } else { EXPLAINED });
        }
    }

    fn add(&mut self, filed: &Filed) {
        if !self.files.contains_key(&filed.path) {
            self.files.insert(filed.path.clone(), filed.summary.blob);
        }
    }

    /// The documents of a name; their files are part of the slice.
    fn documents(&mut self, topic: Topic, name: &str) -> Result<Vec<Arc<Filed>>, Damaged> {
        let found = self.index.find(topic, name)?;
        for filed in &found {
            self.add(filed);
        }
        Ok(found)
    }

    fn follow(&mut self, name: &str, new: Roles) -> Result<(), Damaged> {
        let filed = self.documents(Topic::Defines, name)?;
        let entities = filed.iter().flat_map(|filed| &filed.summary.entities);
        let own: Vec<&Defined> = entities.filter(|one| one.name == name).collect();
        if own.is_empty() {
            // Who had this name before is who is meant.
            for filed in self.documents(Topic::Former, name)? {
                let had = |one: &&Defined| one.formerly.iter().any(|former| former == name);
                let heirs = filed.summary.entities.iter().filter(had);
                heirs.for_each(|one| self.give(&one.name, new));
            }
        }
        let names = self.names(name, &own)?;
        for one in &own {
            if let Some(extended) = &one.extends {
                self.give(extended, DEFINED);
            }
            for mention in &one.mentions {
                self.outgoing(one, mention, new)?;
            }
        }
        self.incoming(&names, new)
    }

    /// The names by which others may mean an entity.
    fn names(&mut self, name: &str, own: &[&Defined]) -> Result<Vec<String>, Damaged> {
        let mut names = vec![name.to_owned()];
        for former in own.iter().flat_map(|one| &one.formerly) {
            // Whoever has the name now is meant by it, and must be there to be meant; so must
            // everybody who says to have had it.
            if self.documents(Topic::Defines, former)?.iter().all(|filed| !defines(filed, former)) {
                self.documents(Topic::Former, former)?;
                names.push(former.clone());
            }
        }
        Ok(names)
    }

    /// Whom an entity brings along by what it says itself.
    fn outgoing(&mut self, own: &Defined, mention: &Mention, new: Roles) -> Result<(), Damaged> {
        let Some(target) = self.meant(mention)? else { return Ok(()) };
        let (impact, relation) = (mention.relation.impact, mention.relation.name);
        let mut roles: Option<Roles> = None;
        let mut add = |more: Roles| roles = Some(roles.unwrap_or_default() | more);
        if new & AFFECTED != 0 {
            let carries = fails(&target) && fails(&own.name);
            match impact {
                Impact::SourceToTarget if fails(&target) => add(AFFECTED | REDUNDANT | EXPLAINED),
                Impact::BelowQuorum if carries => {
                    add(AFFECTED | REDUNDANT | EXPLAINED | CLUSTER);
                }
                _ => add(explained(&target, relation)),
            }
        }
        if new & REDUNDANT != 0 && impact == Impact::IfAllFail {
            add(REDUNDANT);
        }
        if new & HELD != 0 && is_whole(mention, &own.name, &target) {
            add(HELD);
        }
        if new & SEED != 0 && relation == "concerns" {
            add(HELD);
        }
        if new & KIN != 0 && impact != Impact::None && fails(&target) {
            add(HELD);
        }
        if new & EXPLAINED != 0 && !ITEMS.contains(&family(&target)) && fails(&own.name) {
            // Of an item that is only referred to nobody decides: whom to call is enough.
            let item = ITEMS.contains(&family(&own.name)) && family(&target) == "team";
            add(if item { CALLED } else { explained(&target, relation) });
        }
        if new & SEED != 0 && family(&target) == "team" {
            // Whoever owns what changes is asked, though nothing may fail of it.
            add(explained(&target, relation));
        }
        if let Some(more) = by_team(new, relation, &target) {
            add(more);
        }
        if let Some(roles) = roles {
            self.give(&target, roles);
        }
        Ok(())
    }

    /// Whom an entity brings along because they speak of it.
    fn incoming(&mut self, names: &[String], new: Roles) -> Result<(), Damaged> {
        const BY: &[(Roles, Topic, Roles)] = &[
            (AFFECTED, Topic::Needs, AFFECTED | REDUNDANT | EXPLAINED),
            (REDUNDANT, Topic::Redundant, REDUNDANT),
            (CLUSTER, Topic::Joins, DEFINED),
            (STAFFED, Topic::Joins, DEFINED),
            (KIN, Topic::Needs, HELD),
            (KIN, Topic::Brings, HELD),
            (KIN, Topic::Joins, HELD),
            (SEED, Topic::HasMember, CALLED),
        ];
        if new & HELD != 0 {
            self.holders(names)?;
        }
        for (_, topic, roles) in BY.iter().filter(|(role, ..)| new & role != 0) {
            for who in self.sayers(*topic, names)? {
                let roles = match *roles & AFFECTED != 0 && !fails(&who) {
                    true => explained(&who, ""),
                    false => *roles,
                };
                self.give(&who, roles);
            }
        }
        Ok(())
    }

    /// What an entity belongs to because that says so: its windows and freezes hold here, too.
    fn holders(&mut self, names: &[String]) -> Result<(), Damaged> {
        const BY: &[(Topic, &str)] =
            &[(Topic::Brings, "hasPart"), (Topic::Brings, "contains"), (Topic::Needs, "dependsOn")];
        let served = names.first().is_some_and(|name| fails(name) && family(name) != "service");
        for (topic, relation) in BY {
            let needs = *relation == "dependsOn";
            if needs && !served {
                continue;
            }
            for filed in self.found(*topic, names)? {
                let says = |one: &&Defined| one.relates(relation, names);
                let sayers = filed.summary.entities.iter().filter(says);
                let owning = sayers.filter(|one| !needs || family(&one.name) == "service");
                owning.for_each(|one| self.give(&one.name, HELD));
            }
        }
        Ok(())
    }

    /// The files that say something under a topic of one of these names.
    fn found(&self, topic: Topic, names: &[String]) -> Result<Vec<Arc<Filed>>, Damaged> {
        let mut found = Vec::new();
        for name in names {
            found.extend(self.index.find(topic, name)?);
        }
        Ok(found)
    }

    /// The entities that refer to one of these names under a topic.
    fn sayers(&self, topic: Topic, names: &[String]) -> Result<BTreeSet<String>, Damaged> {
        let mut found = BTreeSet::new();
        for filed in self.found(topic, names)? {
            let saying = filed.summary.entities.iter().filter(|one| one.says(topic, names));
            found.extend(saying.map(|one| one.name.clone()));
        }
        Ok(found)
    }

    /// The name that a reference means.
    fn meant(&mut self, mention: &Mention) -> Result<Option<String>, Damaged> {
        let (first, others) = match mention.targets.as_slice() {
            [] => return Ok(None),
            [only] => return Ok(Some(only.clone())),
            [first, others @ ..] => (first, others),
        };
        for target in std::iter::once(first).chain(others) {
            if self.index.find(Topic::Defines, target)?.iter().any(|filed| defines(filed, target)) {
                return Ok(Some(target.clone()));
            }
        }
        Ok(Some(first.clone()))
    }
}

fn defines(filed: &Filed, name: &str) -> bool {
    filed.summary.entities.iter().any(|one| one.name == name)
}

/// The role of what an entity refers to by a relation.
fn explained(target: &str, relation: &str) -> Roles {
    match family(target) {
        "team" if DECIDING.contains(&relation) => DECIDES,
        "team" => CALLED,
        "person" => DEFINED,
        _ => EXPLAINED,
    }
}

/// Whether windows and freezes of what an entity refers to hold for it.
fn is_whole(mention: &Mention, own: &str, target: &str) -> bool {
    match mention.relation.name {
        "partOf" | "memberOf" => fails(target) && fails(own),
        "dependencyOf" => family(target) == "service" && family(own) != "service",
        _ => false,
    }
}

/// Whom a team brings along by what it says, and a person who is asked about.
fn by_team(new: Roles, relation: &str, target: &str) -> Option<Roles> {
    let has = |role: Roles| new & role != 0;
    match relation {
        "hasMember" => has(STAFFED).then_some(DEFINED),
        "memberOf" => (has(SEED) && family(target) == "team").then_some(CALLED),
        // Who comes next decides, too, when nobody answers.
        "escalatesTo" => has(CALLED).then_some(CALLED | STAFFED),
        _ if has(CALLED) => Some(explained(target, relation)),
        _ => None,
    }
}
