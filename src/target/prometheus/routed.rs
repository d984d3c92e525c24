//! Receivers and routes in Alertmanager's configuration, with their marks in the inventory of the folder.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::config::{Config, List};
use crate::plan::{Fields, Mark, Object, ObjectId, Observed};
use crate::target::Fault;
use crate::target::folder::{Folder, Found, LARGEST, Mode, Store, Write};

/// Alertmanager's configuration.
#[derive(Debug)]
pub(super) struct Routed {
    folder: Folder,
    name: String,
    path: String,
    /// Held while the file is read and written again.
    turn: Mutex<()>,
}

impl Routed {
    /// The configuration at a path of the operator, which must be there.
    pub(super) fn at(path: &str) -> Result<Self, Fault> {
        let own = Path::new(path);
        let name = own.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| {
            Fault::settings(format!("`alertmanagerConfig` is {path:?}, and no path of a file"))
        })?;
        let folder = own.parent().and_then(Path::to_str).filter(|folder| !folder.is_empty());
        let folder = Folder::at(folder.unwrap_or("."))?;
        Ok(Self { folder, name: name.to_owned(), path: path.to_owned(), turn: Mutex::new(()) })
    }

    fn text(&self) -> Result<String, Fault> {
        let wrong =
            |why: &str| Fault::settings(format!("`alertmanagerConfig`, {}: {why}", self.path));
        match self.folder.read(&self.name)? {
            Found::File { content, .. } if content.len() <= LARGEST => String::from_utf8(content)
                .map_err(|error| wrong(&format!("it is no text: {error}"))),
            Found::File { .. } => Err(wrong("it has more than 16 MiB")),
            Found::Nothing => {
                Err(wrong("there is no such file: begin it with a `route` and a receiver"))
            }
            Found::Other(why) => Err(wrong(why)),
        }
    }

    /// What the file says.
    pub(super) fn config(&self) -> Result<Config, Fault> {
        let wrong =
            |why: String| Fault::settings(format!("`alertmanagerConfig`, {}: {why}", self.path));
        Config::read(&self.text()?).map_err(wrong)
    }

    /// The receivers and routes of gitsm, and those that the inventory tells of.
    pub(super) fn observe(&self, store: &Store) -> Result<Vec<Observed>, Fault> {
        let config = self.config()?;
        let mut all = Vec::new();
        for list in [List::Receivers, List::Routes] {
            let mut items = config.items(list);
            items.sort_by(|a, b| a.0.cmp(&b.0));
            // One that stands there twice is not what gitsm wrote.
            items.dedup_by(|later, first| later.0 == first.0);
            let found =
                items.into_iter().map(|(name, fields)| (ObjectId::new(list.kind(), name), fields));
            all.extend(found);
        }
        store.with_marks(&all, |id| List::of(&id.kind).is_some())
    }

    /// Sets an item that is new, or is still as it was seen.
    pub(super) fn set(
        &self,
        store: &Store,
        object: &Object,
        mark: &Mark,
        seen: Option<&Fields>,
    ) -> Result<(), Fault> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.current(&object.id)?;
        let is_done = now.as_ref() == Some(&object.fields);
        if now.as_ref() != seen && !(is_done && store.is_pending(&object.id)?) {
            return Err(self.moved(&object.id));
        }
        store.begin(mark, now.as_ref())?;
        if !is_done {
            self.write(&object.id, Some(&object.fields))?;
        }
        store.end(mark)
    }

    /// Takes an item away that is still as it was seen.
    pub(super) fn remove(&self, store: &Store, observed: &Observed) -> Result<(), Fault> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.current(&observed.id)?;
        if now.is_some() {
            if now != observed.fields {
                return Err(self.moved(&observed.id));
            }
            self.write(&observed.id, None)?;
        }
        store.gone(&observed.id)
    }

    fn current(&self, id: &ObjectId) -> Result<Option<Fields>, Fault> {
        let Some(list) = List::of(&id.kind) else { return Ok(None) };
        let items = self.config()?.items(list);
        Ok(items.into_iter().find(|(name, _)| *name == id.name).map(|(_, fields)| fields))
    }

    fn write(&self, id: &ObjectId, fields: Option<&Fields>) -> Result<(), Fault> {
        let Some(list) = List::of(&id.kind) else { return Ok(()) };
        let text = self.config()?.with(list, &id.name, fields);
        let text = text.map_err(|why| Fault::refused(format!("{}: {why}", self.path)))?;
        let write = Write { content: text.as_bytes(), mode: Mode::Kept, replace: true };
        self.folder.write(&self.name, &write)
    }

    fn moved(&self, id: &ObjectId) -> Fault {
        Fault::refused(format!(
            "{id}: somebody changed it in {} since it was looked at; plan again",
            self.path
        ))
    }
}
