//! Objects that are files of a folder: each act leaves rows in the inventory before and behind it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::inventory::Inventory;
use super::place::{Folder, Found, Mode, Write};
use crate::plan::{Fields, Mark, ObjectId, Observed};
use crate::target::Fault;

/// Which objects are which files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// The path of an object below the folder; nothing if it is no file of its own.
    pub(crate) path: fn(&ObjectId) -> Option<String>,
    /// The fields of what is at an object's path; nothing if nothing is.
    pub(crate) fields: fn(&ObjectId, Found) -> Option<Fields>,
}

/// Files of a folder, and whose they are.
#[derive(Debug)]
pub(crate) struct Store {
    folder: Folder,
    target: String,
    layout: Layout,
    /// That of the target, and those of other targets behind it.
    inventories: Mutex<Option<Vec<Inventory>>>,
}

/// A file as it should be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Put<'a> {
    /// The object that it is.
    pub(crate) id: &'a ObjectId,
    /// All its bytes.
    pub(crate) content: &'a [u8],
    /// Who may do what with it.
    pub(crate) mode: Mode,
    /// What is left at it.
    pub(crate) mark: &'a Mark,
    /// What was seen there; nothing if nothing was.
    pub(crate) seen: Option<&'a Fields>,
    /// Whether only the mark is new.
    pub(crate) is_same: bool,
}

impl Store {
    /// A folder of a target.
    pub(crate) fn new(folder: Folder, target: &str, layout: Layout) -> Self {
        Self { folder, target: target.to_owned(), layout, inventories: Mutex::new(None) }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<Inventory>>> {
        // What is in memory was on the disk before, so a thread that died leaves nothing half done.
        self.inventories.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn loaded<'l>(
        &self,
        kept: &'l mut Option<Vec<Inventory>>,
    ) -> Result<&'l mut Vec<Inventory>, Fault> {
        let all = match kept.take() {
            Some(all) => all,
            None => Inventory::all(self.folder.dir(), &self.target)?,
        };
        Ok(kept.insert(all))
    }

    /// Everything that the inventories tell of, as it is now; read anew.
    pub(crate) fn observe(&self) -> Result<Vec<Observed>, Fault> {
        let mut kept = self.lock();
        *kept = None;
        let all = self.loaded(&mut kept)?;
        let mut observed: Vec<Observed> = Vec::new();
        for inventory in all.iter() {
            for (id, entry) in inventory.entries() {
                let Some(path) = (self.layout.path)(id) else { continue };
                let fields = (self.layout.fields)(id, self.folder.read(&path)?);
                let mark = entry.mark(fields.as_ref()).cloned();
                if fields.is_some() || mark.is_some() {
                    observed.push(Observed { id: id.clone(), handle: path, fields, mark });
                }
            }
        }
        // Another target says that it has it as well: the file is told once.
        observed.sort_by(|a, b| a.id.cmp(&b.id).then_with(|| self.order(a).cmp(&self.order(b))));
        observed.dedup_by(|later, first| later.id == first.id);
        Ok(observed)
    }

    /// Own marks before those of others, and those before none.
    fn order(&self, one: &Observed) -> u8 {
        match &one.mark {
            Some(mark) if mark.target == self.target => 0,
            Some(_) => 1,
            None => 2,
        }
    }

    /// One object, as it is now.
    pub(crate) fn look(&self, id: &ObjectId) -> Result<Option<Observed>, Fault> {
        let Some(path) = (self.layout.path)(id) else { return Ok(None) };
        let mut kept = self.lock();
        let all = self.loaded(&mut kept)?;
        let fields = (self.layout.fields)(id, self.folder.read(&path)?);
        let mut marks = all.iter().filter_map(|one| one.entry(id)?.mark(fields.as_ref()));
        let mark = marks.next().cloned();
        let there = fields.is_some() || mark.is_some();
        Ok(there.then(|| Observed { id: id.clone(), handle: path, fields, mark }))
    }

    /// Puts a file where it is new, or is still as it was seen.
    pub(crate) fn put(&self, put: &Put<'_>) -> Result<(), Fault> {
        let path = self.path(put.id)?;
        let mut kept = self.lock();
        let all = self.loaded(&mut kept)?;
        own(all, put.id)?;
        let Some(inventory) = all.first_mut() else { return Ok(()) };
        let now = (self.layout.fields)(put.id, self.folder.read(&path)?);
        if put.seen.is_none() && now.is_some() && is_done(inventory, put, now.as_ref()) {
            return inventory.end(self.folder.made()?, put.mark);
        }
        match (put.seen, &now) {
            (None, Some(_)) => {
                let why = "there is a file already that gitsm did not make: take it away, or take it over";
                return Err(Fault::refused(format!("{path}: {why}")));
            }
            (seen, now) if seen != now.as_ref() => return Err(moved(&path)),
            _ => {}
        }
        let dir = self.folder.made()?;
        if put.is_same && now.is_some() {
            return inventory.end(dir, put.mark);
        }
        // What cannot be is refused before a row tells of it.
        let missing = self.folder.missing(&path)?;
        made_up(inventory, dir, put.id, now.as_ref())?;
        inventory.begin(dir, put.mark)?;
        for folder in missing {
            inventory.making(dir, folder)?;
            self.folder.make(folder)?;
        }
        let write = Write { content: put.content, mode: put.mode, replace: now.is_some() };
        self.folder.write(&path, &write)?;
        inventory.end(dir, put.mark)
    }

    /// Takes a file away that is still as it was seen, and the folders of gitsm that this leaves empty.
    pub(crate) fn remove(&self, id: &ObjectId, seen: Option<&Fields>) -> Result<(), Fault> {
        let path = self.path(id)?;
        let mut kept = self.lock();
        let all = self.loaded(&mut kept)?;
        own(all, id)?;
        let (Some(inventory), Some(dir)) = (all.first_mut(), self.folder.dir()) else {
            return Ok(());
        };
        let now = (self.layout.fields)(id, self.folder.read(&path)?);
        if now.is_some() {
            if seen != now.as_ref() {
                return Err(moved(&path));
            }
            self.folder.remove(&path)?;
        }
        self.folder.tidy(&path);
        inventory.gone(dir, id)?;
        for (at, _) in path.rmatch_indices('/') {
            let folder = path.get(..at).unwrap_or_default();
            // A folder that stays for any reason is no failure: the file is gone.
            let is_gone = inventory.made(folder) && self.folder.unmake(folder).unwrap_or(false);
            if !is_gone || inventory.unmade(dir, folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Objects that are no files of the folder, with the marks that its inventories have of them, and
    /// those of which only a mark is left.
    pub(crate) fn with_marks(
        &self,
        found: &[(ObjectId, Fields)],
        is_such: impl Fn(&ObjectId) -> bool,
    ) -> Result<Vec<Observed>, Fault> {
        let mut kept = self.lock();
        let all = self.loaded(&mut kept)?;
        let observed = |id: &ObjectId, fields: Option<&Fields>| {
            let mark = all.iter().find_map(|one| one.entry(id)?.mark(fields)).cloned();
            let fields = fields.cloned();
            Observed { id: id.clone(), handle: id.name.clone(), fields, mark }
        };
        let mut seen: Vec<Observed> =
            found.iter().map(|(id, fields)| observed(id, Some(fields))).collect();
        for (id, _) in all.iter().flat_map(Inventory::entries).filter(|(id, _)| is_such(id)) {
            if !seen.iter().any(|one| one.id == *id) {
                seen.push(observed(id, None));
            }
        }
        Ok(seen)
    }

    /// Whether an object was about to be made, and nobody said that it was.
    pub(crate) fn is_pending(&self, id: &ObjectId) -> Result<bool, Fault> {
        self.with_own(|inventory, _| {
            Ok(inventory.entry(id).is_some_and(|one| one.pending.is_some()))
        })
    }

    /// An object that is no file of the folder, and is as `now` says, is about to be made.
    pub(crate) fn begin(&self, mark: &Mark, now: Option<&Fields>) -> Result<(), Fault> {
        self.with_own(|inventory, dir| {
            made_up(inventory, dir, &mark.id, now)?;
            inventory.begin(dir, mark)
        })
    }

    /// Such an object is as the mark says.
    pub(crate) fn end(&self, mark: &Mark) -> Result<(), Fault> {
        self.with_own(|inventory, dir| inventory.end(dir, mark))
    }

    /// Such an object is there no more.
    pub(crate) fn gone(&self, id: &ObjectId) -> Result<(), Fault> {
        self.with_own(|inventory, dir| inventory.gone(dir, id))
    }

    fn with_own<T>(
        &self,
        with: impl FnOnce(&mut Inventory, &cap_std::fs::Dir) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let dir = self.folder.made()?;
        let mut kept = self.lock();
        match self.loaded(&mut kept)?.first_mut() {
            Some(inventory) => with(inventory, dir),
            None => Err(Fault::settings("there is no inventory")),
        }
    }

    /// Takes away what killed runs left, and writes the inventory anew.
    pub(crate) fn settle(&self) -> Result<(), Fault> {
        let Some(dir) = self.folder.dir() else { return Ok(()) };
        let mut kept = self.lock();
        let all = self.loaded(&mut kept)?;
        let Some(inventory) = all.first_mut() else { return Ok(()) };
        for (id, entry) in inventory.entries() {
            if let (Some(_), Some(path)) = (&entry.pending, (self.layout.path)(id)) {
                self.folder.tidy(&path);
            }
        }
        inventory.compact(dir)
    }

    fn path(&self, id: &ObjectId) -> Result<String, Fault> {
        let path = (self.layout.path)(id);
        path.ok_or_else(|| Fault::refused(format!("{id}: this target has no such kind")))
    }
}

/// Whether a run that was killed, or was told nothing, has done it.
fn is_done(inventory: &Inventory, put: &Put<'_>, now: Option<&Fields>) -> bool {
    let mark = inventory.entry(put.id).and_then(|entry| entry.mark(now));
    mark.is_some_and(|mark| mark.pending && mark.fields == put.mark.fields)
}

/// Says for a run that was killed that it had done what it meant, if it had: before something else is meant,
/// or nobody would know whose the object is if this run is killed as well.
fn made_up(
    inventory: &mut Inventory,
    dir: &cap_std::fs::Dir,
    id: &ObjectId,
    now: Option<&Fields>,
) -> Result<(), Fault> {
    let done = inventory.entry(id).and_then(|entry| entry.mark(now));
    let done = done.filter(|mark| mark.pending && now.is_some()).cloned();
    done.map_or(Ok(()), |done| inventory.end(dir, &done))
}

/// An object is not the one of another target.
fn own(all: &[Inventory], id: &ObjectId) -> Result<(), Fault> {
    let other = all.iter().skip(1).find_map(|one| one.entry(id)?.target());
    match other {
        Some(other) => Err(Fault::refused(format!("{id} belongs to the target {other}"))),
        None => Ok(()),
    }
}

fn moved(path: &str) -> Fault {
    Fault::refused(format!("{path}: somebody changed it since it was looked at; plan again"))
}
