//! Which files must be judged, on both sides, so that nothing new that is wrong is missed.
//!
//! A finding of an entity can be new only if its own document changed, or something that a rule looks
//! at from there. Those entities are *subjects*: for each of them everything that rules look at is
//! read, on both sides, because what is missing on both sides would be wrong on both, and so hide
//! what is new. Everything else that is read along is the same on both sides, and is wrong in the
//! same way. What the rules for catalogs look at:
//!
//! | rule | looks at | so it takes |
//! |---|---|---|
//! | references | targets, and who had their names; families that are defined | who mentions what changed; all targets and their heirs; the index knows the families |
//! | mentions | who goes, or went, by the names that texts mention; families that are defined | as references |
//! | identity | documents of one name; what is extended | all documents of changed names |
//! | cycles | chains of relations that must not lead back | these chains upwards, from what joined one |
//! | empty | whether there is anything | the whole confirms it |
//! | classes | classes, targets' classes, members of a cluster, items with the same identity | all classes; targets; who says to be a member; **the whole**, if an identity is new |
//! | owners | whether a team has people who have not left | of each team that is referred to its members and units; who mentions a team that somebody joined or left |
//! | retired | the state of targets | who mentions what has another state |
//! | agreements | targets below, calendars (all are read) | who mentions an agreement, also of those whose calendar changed |
//! | services | the state of the agreement and of services that are needed | as retired |
//! | exceptions, and what they take away | who wants and who allows, and who these are | of exceptions of a subject both teams; **the whole**, if teams of an exception change |
//! | calendar types | the type of a target | who mentions a calendar |
//! | selectors | names of policies, calendars, classes | all of them |
//! | sources | all files; other claims of the same | claims of changed paths; **the whole**, if a claim changes |
//! | formerly | who has the name, or had it | documents of former names |
//! | dates | the document | |
//! | expressions | the document and classes | |
//! | policies | the document and what extends it; others, if it walks to them | **the whole**, if one walks |
//! | placeholders, locations | whether a file is there | who embeds a changed path; **the whole**, if files go and there are Locations |

use std::collections::BTreeSet;
use std::sync::Arc;

use super::touched::{Touched, family};
use crate::catalog::index::{Damaged, Defined, Filed, Index, Topic, claims};
use crate::flow::sides::{OwnedSide, Sides};
use crate::git::{ChangedPath, GitError, Mode};
use crate::model::{KINDS, relation_named};
use crate::rules::UPWARDS;
use crate::tree::{Chosen, Content, Entry, ReadError, Tree};

/// More files than these are read in full as quickly.
const MOST: usize = 10_000;

/// Both sides of a change, as far as what is new may depend on them.
pub(super) struct Part {
    pub(super) base: OwnedSide,
    pub(super) merged: OwnedSide,
    /// The families of which either side defines something.
    pub(super) families: (BTreeSet<String>, BTreeSet<String>),
}

/// Reads the part of both catalogs that what is new depends on; or says why it takes all of them.
///
/// # Errors
///
/// Git cannot deliver what is read.
pub(super) fn part(sides: &Sides) -> Result<Result<Part, String>, GitError> {
    let (Some(index), true, Some(shelf)) = (&sides.index, sides.validated, &sides.base.shelf)
    else {
        return Ok(Err("it was not opened for this".to_owned()));
    };
    let touched = match Touched::of(sides) {
        Ok(touched) => touched,
        Err(why) => return Ok(Err(why)),
    };
    let paths: Vec<String> = sides.changed.iter().map(|one| one.path.clone()).collect();
    let mut index = index.borrow_mut();
    let gather = |index: &dyn Index| Gatherer::gather(index, &touched, &sides.changed);
    let before = index.ask(gather)?;
    // Read ahead in memory, and taken back: others ask it of the base.
    index.change(&sides.merged.tree, &paths)?;
    let after = index.ask(gather);
    index.change(&sides.base.tree, &paths)?;
    let after = after?;
    if let Some(why) = before.why.or(after.why) {
        return Ok(Err(why));
    }
    if let Some(first) = touched.families.iter().find(|one| !before.families.contains(*one))
        && before.referred.contains(first)
    {
        return Ok(Err(format!("the catalog has its first {first}")));
    }
    let files: BTreeSet<String> = before.files.union(&after.files).cloned().collect();
    if files.len() > MOST {
        return Ok(Err(format!("it has to do with {} files", files.len())));
    }
    let listed = touched.listed || before.listed || after.listed;
    let base = Chosen::new(Arc::clone(&sides.base.tree), files)?;
    let merged: Arc<dyn Tree> = Arc::new(base.beside(Arc::clone(&sides.merged.tree), &paths)?);
    let open = |tree: Arc<dyn Tree>, side: &OwnedSide| {
        let tree = if listed { tree } else { Arc::new(Unlisted(tree)) };
        side.beside(tree, shelf)
    };
    let base = open(Arc::new(base), &sides.base)?;
    let merged = open(merged, &sides.merged)?;
    let mut families = before.families.clone();
    families.extend(after.families);
    Ok(Ok(Part { base, merged, families: (before.families, families) }))
}

/// A tree that tells nobody which files it has: whoever claims some finds none, on both sides.
struct Unlisted(Arc<dyn Tree>);

impl Tree for Unlisted {
    fn entries(&self) -> &[Entry] {
        self.0.entries()
    }

    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError> {
        self.0.read(entry, limit)
    }

    fn mode(&self, path: &str) -> Option<Mode> {
        self.0.mode(path)
    }

    fn files(&self) -> Result<Vec<String>, GitError> {
        Ok(Vec::new())
    }

    fn find(&self, paths: &[String]) -> Result<Vec<Entry>, GitError> {
        self.0.find(paths)
    }
}

/// What was gathered of one side.
#[derive(Default)]
struct Gathered {
    files: BTreeSet<String>,
    /// Families of which it defines something.
    families: BTreeSet<String>,
    /// Families that documents refer to whose rules others make.
    referred: BTreeSet<String>,
    /// Whether it matters which files there are.
    listed: bool,
    /// Why it takes everything.
    why: Option<String>,
}

struct Gatherer<'i> {
    index: &'i dyn Index,
    found: Gathered,
    subjects: BTreeSet<String>,
    waiting: Vec<String>,
    exceptions: Vec<Defined>,
}

impl<'i> Gatherer<'i> {
    fn gather(
        index: &'i dyn Index,
        touched: &Touched,
        changed: &[ChangedPath],
    ) -> Result<Gathered, Damaged> {
        let (subjects, waiting, exceptions) = (BTreeSet::new(), Vec::new(), Vec::new());
        let found = Gathered::default();
        let mut gatherer = Self { index, found, subjects, waiting, exceptions };
        gatherer.global()?;
        gatherer.paths(changed)?;
        gatherer.seed(touched)?;
        gatherer.excepted(touched)?;
        for root in &touched.roots {
            gatherer.circles(root)?;
        }
        while let Some(name) = gatherer.waiting.pop() {
            gatherer.context(&name)?;
        }
        // Exceptions of what turned out to be a subject count as well.
        for exception in std::mem::take(&mut gatherer.exceptions) {
            gatherer.people(&exception)?;
        }
        Ok(gatherer.found)
    }

    /// What every judgement needs.
    fn global(&mut self) -> Result<(), Damaged> {
        for filed in self.index.find(Topic::Global, "")? {
            self.found.files.insert(filed.path.clone());
            let all = filed.summary.entities.iter();
            self.exceptions.extend(all.filter(|one| one.kind.name == "Exception").cloned());
        }
        let families: BTreeSet<&str> = KINDS.iter().map(|kind| kind.family).collect();
        for one in families {
            if self.index.any(Topic::Family, one, &|_| true)?.is_some() {
                self.found.families.insert(one.to_owned());
            }
            // So that what is kept elsewhere is known to be.
            if let Some(filed) = self.index.any(Topic::Family, &format!(">{one}"), &|_| true)? {
                self.found.referred.insert(one.to_owned());
                self.found.files.insert(filed.path.clone());
            }
        }
        Ok(())
    }

    /// The changed files, and whoever speaks of them as files.
    fn paths(&mut self, changed: &[ChangedPath]) -> Result<(), Damaged> {
        for one in changed {
            self.found.files.insert(one.path.clone());
            let comes_or_goes = one.before.is_none() || one.after.is_none();
            for claim in claims(self.index, &one.path)? {
                let claimed = claim.glob.is_some() && !claim.embeds;
                self.found.listed |= claimed && comes_or_goes;
                self.found.files.insert(claim.file);
            }
        }
        let goes = changed.iter().any(|one| one.after.is_none());
        if goes && self.index.any(Topic::Family, "location", &|_| true)?.is_some() {
            self.found.why = Some("files are gone that a Location may name".to_owned());
        }
        Ok(())
    }

    fn files(&mut self, topic: Topic, name: &str) -> Result<Vec<Arc<Filed>>, Damaged> {
        let found = self.index.find(topic, name)?;
        for filed in &found {
            if !self.found.files.contains(&filed.path) {
                self.found.files.insert(filed.path.clone());
            }
        }
        Ok(found)
    }

    fn subject(&mut self, name: &str) {
        if self.subjects.insert(name.to_owned()) {
            self.waiting.push(name.to_owned());
        }
    }

    /// Who is judged: what changed, and whoever looks at what others see otherwise now.
    fn seed(&mut self, touched: &Touched) -> Result<(), Damaged> {
        for name in &touched.names {
            self.subject(name);
            for filed in self.files(Topic::Former, name)? {
                let had = |one: &&Defined| one.formerly.iter().any(|former| former == name);
                let heirs = filed.summary.entities.iter().filter(had);
                heirs.for_each(|one| self.subject(&one.name));
            }
        }
        for name in &touched.moved {
            for who in self.mentioning(name)? {
                // What follows from the hours of a calendar, or from who has left, is seen in turn.
                let passes_on = matches!(
                    (family(name), family(&who)),
                    ("calendar", "sla") | ("person" | "team", "team")
                );
                if passes_on {
                    self.mentioning(&who)?;
                }
            }
        }
        for name in &touched.joined {
            self.subject(name);
            if self.is_own_team(name)? {
                self.mentioning(name)?;
            }
        }
        Ok(())
    }

    /// Makes subjects of all entities that refer to a name.
    fn mentioning(&mut self, name: &str) -> Result<BTreeSet<String>, Damaged> {
        let mut found = BTreeSet::new();
        for filed in self.files(Topic::Mentions, name)? {
            let says = |one: &&Defined| {
                let mut targets = one.mentions.iter().flat_map(|mention| &mention.targets);
                targets.any(|target| target == name)
                    || one.extends.as_deref() == Some(name)
                    || one.spoken.iter().any(|spoken| spoken == name)
            };
            let saying = filed.summary.entities.iter().filter(says);
            found.extend(saying.map(|one| one.name.clone()));
        }
        found.iter().for_each(|who| self.subject(who));
        Ok(found)
    }

    fn is_own_team(&self, name: &str) -> Result<bool, Damaged> {
        let filed = self.index.find(Topic::Defines, name)?;
        let mut all = filed.iter().flat_map(|filed| &filed.summary.entities);
        Ok(all.any(|one| one.name == name && one.kind.name == "Team"))
    }

    /// Sees whether an exception may begin or cease to hold.
    fn excepted(&mut self, touched: &Touched) -> Result<(), Damaged> {
        if self.exceptions.is_empty() {
            return Ok(());
        }
        let mut people: BTreeSet<String> = touched.moved.union(&touched.joined).cloned().collect();
        for name in &touched.moved {
            for filed in self.index.find(Topic::HasMember, name)? {
                people.extend(filed.summary.entities.iter().map(|one| one.name.clone()));
            }
        }
        let decides = |relation: &str| matches!(relation, "requestedBy" | "approvedBy");
        for exception in &self.exceptions {
            let by = exception.mentions.iter().filter(|one| decides(one.relation.name));
            if by.flat_map(|one| &one.targets).any(|target| people.contains(target)) {
                let why = format!("who decides about {} may be others", exception.name);
                self.found.why = Some(why);
            }
        }
        Ok(())
    }

    /// Everything that rules look at from a subject.
    fn context(&mut self, name: &str) -> Result<(), Damaged> {
        let filed = self.files(Topic::Defines, name)?;
        self.files(Topic::Former, name)?;
        let all = filed.iter().flat_map(|filed| &filed.summary.entities);
        for one in all.filter(|one| one.name == name) {
            for other in one.formerly.iter().chain(&one.extends) {
                self.files(Topic::Defines, other)?;
                self.files(Topic::Former, other)?;
            }
            for target in one.mentions.iter().flat_map(|mention| &mention.targets) {
                self.target(target)?;
            }
            for target in &one.spoken {
                self.files(Topic::Defines, target)?;
                self.files(Topic::Former, target)?;
            }
            if one.kind.name == "ConfigurationItem" {
                for own in std::iter::once(&one.name).chain(&one.formerly) {
                    self.files(Topic::Joins, own)?;
                }
            }
        }
        Ok(())
    }

    /// What a reference leads to; of a team its people.
    fn target(&mut self, name: &str) -> Result<(), Damaged> {
        let defined = self.files(Topic::Defines, name)?;
        let heirs = self.files(Topic::Former, name)?;
        let both = defined.iter().chain(&heirs).flat_map(|filed| &filed.summary.entities);
        let is = |one: &&Defined| one.name == name || one.formerly.iter().any(|old| old == name);
        let teams: Vec<&Defined> = both.filter(|one| is(one) && one.kind.name == "Team").collect();
        for team in teams {
            self.team(team)?;
        }
        Ok(())
    }

    /// Who belongs to a team.
    fn team(&mut self, team: &Defined) -> Result<(), Damaged> {
        let has = |relation: &str| matches!(relation, "hasMember" | "ledBy");
        let named = team.mentions.iter().filter(|one| has(one.relation.name));
        for target in named.flat_map(|one| &one.targets) {
            self.files(Topic::Defines, target)?;
            self.files(Topic::Former, target)?;
        }
        for own in std::iter::once(&team.name).chain(&team.formerly) {
            self.files(Topic::Joins, own)?;
            self.files(Topic::Unit, own)?;
        }
        Ok(())
    }

    /// Who wants and who allows an exception of a subject: without them it would not hold.
    fn people(&mut self, exception: &Defined) -> Result<(), Damaged> {
        let targets = || exception.mentions.iter().flat_map(|one| &one.targets);
        if !targets().any(|target| self.subjects.contains(target)) {
            return Ok(());
        }
        for target in targets() {
            let defined = self.files(Topic::Defines, target)?;
            let heirs = self.files(Topic::Former, target)?;
            let all = defined.iter().chain(&heirs).flat_map(|filed| &filed.summary.entities);
            let teams: Vec<&Defined> = all.filter(|one| family(&one.name) == "team").collect();
            for team in teams {
                self.team(team)?;
            }
        }
        Ok(())
    }

    /// The chains that must not lead back, from one entity upwards.
    fn circles(&mut self, root: &str) -> Result<(), Damaged> {
        for (up, down, _) in UPWARDS {
            let mut seen = BTreeSet::from([root.to_owned()]);
            let mut open = vec![root.to_owned()];
            while let Some(name) = open.pop() {
                let mut found = self.wholes(&name, up, down)?;
                found.retain(|next| seen.insert(next.clone()));
                open.extend(found);
                // No chain of a catalog is as long; if one is, everything is looked at.
                if seen.len() > MOST {
                    self.found.why = Some(format!("{root} belongs to very much"));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// What something is a part of, by what it says and by what others say.
    fn wholes(&mut self, name: &str, up: &str, down: &str) -> Result<BTreeSet<String>, Damaged> {
        let mut found = BTreeSet::new();
        let mut filed = self.files(Topic::Defines, name)?;
        filed.extend(self.files(Topic::Former, name)?);
        let is = |one: &&Defined| one.name == name || one.formerly.iter().any(|old| old == name);
        let own = filed.iter().flat_map(|filed| &filed.summary.entities).filter(is);
        for one in own {
            let mentions = one.mentions.iter().filter(|mention| mention.relation.name == up);
            found.extend(mentions.flat_map(|mention| mention.targets.iter().cloned()));
            // Whoever it is by another name.
            found.extend((one.name != name).then(|| one.name.clone()));
            found.extend(one.formerly.iter().cloned());
        }
        let Some(topic) = relation_named(down).and_then(Topic::of) else { return Ok(found) };
        for filed in self.index.find(topic, name)? {
            let says = |one: &&Defined| {
                let mut all = one.mentions.iter().filter(|mention| mention.relation.name == down);
                all.any(|mention| mention.targets.iter().any(|target| target == name))
            };
            let saying = filed.summary.entities.iter().filter(says);
            let before = found.len();
            found.extend(saying.map(|one| one.name.clone()));
            if found.len() > before {
                self.found.files.insert(filed.path.clone());
            }
        }
        Ok(found)
    }
}
