//! What is wrong with a catalog as merged that was not wrong before.
//!
//! Newness is decided as `gitsm validate --since` does: by the fingerprint of each occurrence. The
//! stricter of both settings holds: a change that turns a code off, or takes its own files out of the
//! catalog, hides nothing that way. A comment hides what a comment may hide, and it is told what.

mod part;
mod touched;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::part::Part;
use super::judging::{Loaded, Said, Terms, families, fingerprints, leave_new, lines, put_first};
use super::sides::{OwnedSide, Sides, both};
use super::workspace::{Settings, configuration, source};
use crate::config::Config;
use crate::finding::{Finding, Report, Scope};
use crate::git::GitError;
use crate::rules::{self, Silenced};
use crate::source::Source;
use crate::tree::{Patched, Revision, Tree};

/// What is wrong with a catalog as merged that was not wrong before.
pub struct Newly {
    /// What is wrong, grouped by cause, in the order of a [`Report`]. What is new of a group stands
    /// first.
    pub findings: Vec<Finding>,
    /// What is hidden by a comment now, and was not hidden before: it was told, or not there.
    pub silenced: Vec<Silenced>,
    /// In how many places something was wrong before; nothing if only parts of the catalogs were
    /// read.
    pub before: Option<usize>,
    /// Whether both catalogs were judged in full.
    pub whole: bool,
    /// Why, if they are large.
    pub because: Option<String>,
    tree: Arc<dyn Tree>,
}

impl Newly {
    /// Why what was found in a part must be confirmed by all of it: how much has the same cause, and
    /// what was meant, only the whole catalog tells. So a part never says too much.
    fn unsure(&self) -> Option<String> {
        let codes = self.findings.iter().map(|one| one.code);
        let mut codes = codes.chain(self.silenced.iter().map(|one| one.code));
        let found = codes.find(|code| code.scope != Scope::Document)?;
        Some(format!("`{}` was found", found.name))
    }

    /// The text of a file of the merged catalog.
    pub fn text(&self, path: &str) -> Option<Source> {
        source(self.tree.as_ref(), path)
    }

    /// The lines of a file of the merged catalog, without what must not be shown.
    pub fn lines(&self, path: &str) -> Option<Arc<Vec<String>>> {
        Some(lines(&self.text(path)?, &self.findings))
    }
}

/// What is wrong with what a change makes of its base, and was not wrong there, as of a day. `folder`
/// is where the user stands.
///
/// # Errors
///
/// Git cannot deliver what is compared.
pub fn newly(sides: &Sides, folder: &str, today: &str) -> Result<Newly, GitError> {
    if sides.validated && !sides.is_slice() {
        return Pair::new(&sides.base, &sides.merged, folder).newly(today);
    }
    let because = match part::part(sides)? {
        Ok(part) => {
            let Part { base, merged, families } = &part;
            let part = Pair { families: Some(families), ..Pair::new(base, merged, folder) };
            let newly = part.newly(today)?;
            match newly.unsure() {
                None => return Ok(newly),
                Some(why) => why,
            }
        }
        Err(why) => why,
    };
    let (base, merged) = whole(sides, folder)?;
    let newly = Pair::new(&base, &merged, folder).newly(today)?;
    Ok(Newly { because: Some(because), ..newly })
}

/// Both catalogs in full.
fn whole(sides: &Sides, folder: &str) -> Result<(OwnedSide, OwnedSide), GitError> {
    let tree: Arc<dyn Tree> =
        Arc::new(Revision::open(&sides.repository, &sides.names.base_commit, &[])?);
    let result: Arc<dyn Tree> =
        Arc::new(Patched::new(Arc::clone(&tree), &sides.changed, sides.contents.clone()));
    let (old, _) = configuration(tree.as_ref(), folder, false);
    let (new, _) = configuration(result.as_ref(), folder, false);
    both((tree, old), (result, new), (&Arc::default(), rules::inspect))
}

/// A base and what it becomes, both loaded with [`rules::inspect`].
struct Pair<'a> {
    base: &'a OwnedSide,
    merged: &'a OwnedSide,
    /// The texts of both `gitsm.yaml`.
    settings: (Settings, Settings),
    /// If only parts of the catalogs were read: the families of which either defines something.
    families: Option<&'a (BTreeSet<String>, BTreeSet<String>)>,
}

impl<'a> Pair<'a> {
    fn new(base: &'a OwnedSide, merged: &'a OwnedSide, folder: &str) -> Self {
        let of = |side: &OwnedSide| configuration(side.tree.as_ref(), folder, false).1;
        Self { base, merged, settings: (of(base), of(merged)), families: None }
    }

    fn newly(&self, today: &str) -> Result<Newly, GitError> {
        let Self { base, merged, settings: (old, new), .. } = self;
        let base_families = self.families.map(|(before, _)| before);
        let terms = Terms { name: ".", today, scheduled: false, base_families };
        let before = loaded(base, old, None).judge(base.inspection.clone(), terms);
        let families = match self.families {
            Some((_, after)) => after.clone(),
            None => families(&base.catalog),
        };
        let terms = Terms { base_families: Some(&families), ..terms };
        let after = loaded(merged, new, Some(&base.config));
        let mut after = after.judge(merged.inspection.clone(), terms);
        after.add(self.left_out(terms)?);
        let known = fingerprints(&before.findings);
        let mut findings = after.findings;
        leave_new(&mut findings, &known);
        rules::wait(&mut findings);
        findings.iter_mut().for_each(put_first);
        let mut report = Report { findings, ..Report::default() };
        report.settle();
        let hidden: BTreeSet<_> = before.silenced.iter().map(|one| one.at.fingerprint).collect();
        let mut silenced = after.silenced;
        silenced.retain(|one| !hidden.contains(&one.at.fingerprint));
        silenced
            .sort_by(|a, b| a.comment.cmp(&b.comment).then_with(|| a.at.place.cmp(&b.at.place)));
        Ok(Newly {
            findings: report.findings,
            silenced,
            before: self.families.is_none().then_some(known.len()),
            whole: self.families.is_none(),
            because: None,
            tree: Arc::clone(&merged.tree),
        })
    }

    /// What is wrong with files that the change takes out of the catalog: they would be part of it
    /// by the settings before.
    fn left_out(&self, terms: Terms<'_>) -> Result<Said, GitError> {
        let Self { base, merged, settings: (_, new), .. } = self;
        let (old, tree) = (&base.config, &merged.tree);
        let is_out = |path: &str| old.covers(path) && !merged.config.covers(path);
        if !tree.entries().iter().any(|entry| is_out(&entry.path)) {
            return Ok(Said::default());
        }
        let both = Arc::new(merged.config.as_ref().clone().or(old.as_ref().clone()));
        let side = OwnedSide::open_inspecting(Arc::clone(tree), both, rules::inspect)?;
        let mut said = loaded(&side, new, Some(old)).judge(side.inspection.clone(), terms);
        said.retain(|at| is_out(&at.place.file.path));
        Ok(said)
    }
}

fn loaded<'a>(
    side: &'a OwnedSide,
    settings: &'a Settings,
    stricter: Option<&'a Config>,
) -> Loaded<'a> {
    Loaded {
        tree: side.tree.as_ref(),
        catalog: &side.catalog,
        config: &side.config,
        settings,
        stricter,
        shelf: side.shelf.as_deref(),
    }
}
