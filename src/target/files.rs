//! The driver `files`: a folder whose files the mapping's templates write.
//!
//! Settings: `folder`, absolute or relative to where gitsm is called. The one kind is `file`; an
//! object's name is its path below the folder, its `content` the text, its `mode` the permissions as
//! four octal digits, `"0644"`. Without `mode` a file keeps its permissions, and a new one gets what the
//! umask says. Files that gitsm did not make are only seen where an object has their path.

use serde_json::Value;

use super::folder::{Folder, Found, LARGEST, Layout, Mode, Put, Store};
use super::{Act, Connection, Driver, Fault, Traits};
use crate::model::gitsm::target::files::Settings;
use crate::plan::{Fields, Object, ObjectId, Observed};

/// The only kind of objects.
const FILE: &str = "file";

/// Opens a folder. Nothing is made before the first file is.
///
/// # Errors
///
/// The settings are wrong.
pub fn open(connection: &Connection) -> Result<Box<dyn Driver>, Fault> {
    let settings: Settings = serde_json::from_value(Value::Object(connection.settings.clone()))
        .map_err(|error| Fault::settings(format!("the settings of the driver `files`: {error}")))?;
    let folder = connection.folder.join(settings.folder);
    if let Some(other) = connection.kinds.iter().find(|kind| *kind != FILE) {
        let message = format!("the driver `files` has no kind {other:?}, only `{FILE}`");
        return Err(Fault::settings(message));
    }
    let layout = Layout { path, fields };
    Ok(Box::new(Files {
        store: Store::new(Folder::at(&folder.to_string_lossy())?, &connection.target, layout),
    }))
}

#[derive(Debug)]
struct Files {
    store: Store,
}

fn path(id: &ObjectId) -> Option<String> {
    (id.kind == FILE).then(|| id.name.clone())
}

/// What is at a path. Bytes that are no text are shown as such, and are never what a catalog says.
fn fields(_: &ObjectId, found: Found) -> Option<Fields> {
    let mut fields = Fields::new();
    match found {
        Found::Nothing => return None,
        Found::Other(why) => _ = fields.insert("state".into(), why.into()),
        Found::File { content, mode } => {
            let text = String::from_utf8(content)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
            fields.insert("content".into(), text.into());
            if let Some(mode) = mode {
                fields.insert("mode".into(), format!("{mode:04o}").into());
            }
        }
    }
    Some(fields)
}

impl Driver for Files {
    fn traits(&self) -> Traits {
        Traits { has_names: true, can_rename: true, sees_all: false, settles: false, at_once: 1 }
    }

    fn observe(&self) -> Result<Vec<Observed>, Fault> {
        self.store.observe()
    }

    fn look(&self, id: &ObjectId, _: Option<&str>) -> Result<Option<Observed>, Fault> {
        self.store.look(id)
    }

    fn carry_out(&self, act: &Act<'_>) -> Result<(), Fault> {
        match act {
            Act::Create { object, mark } => {
                let (content, mode) = read(object)?;
                let mode = mode.unwrap_or(Mode::Default);
                let id = &object.id;
                self.store.put(&Put { id, content, mode, mark, seen: None, is_same: false })
            }
            Act::Update { observed, object, fields, mark } => {
                let (content, mode) = read(object)?;
                let is_dropped = fields.get("mode").is_some_and(Value::is_null);
                let mode = mode.unwrap_or(if is_dropped { Mode::Default } else { Mode::Kept });
                let id = &object.id;
                let put = Put { id, content, mode, mark, seen: None, is_same: false };
                if observed.id == object.id {
                    let seen = observed.fields.as_ref();
                    return self.store.put(&Put { seen, is_same: fields.is_empty(), ..put });
                }
                // Where both are after a crash, the old one is seen as too much.
                self.store.put(&Put { mode: mode.of_old(observed), ..put })?;
                self.store.remove(&observed.id, observed.fields.as_ref())
            }
            Act::Delete { observed } => self.store.remove(&observed.id, observed.fields.as_ref()),
        }
    }

    fn settle(&self) -> Result<(), Fault> {
        self.store.settle()
    }
}

impl Mode {
    /// What a file under a new name keeps of the old one.
    fn of_old(self, observed: &Observed) -> Self {
        let fields = observed.fields.as_ref().filter(|_| self == Self::Kept);
        let mode = fields.and_then(|fields| octal(fields.get("mode")?.as_str()?));
        mode.map_or(self, Self::Set)
    }
}

/// The content of a file as the catalog wants it, and its permissions if they are said.
fn read(object: &Object) -> Result<(&[u8], Option<Mode>), Fault> {
    let wrong = |why: String| Fault::refused(format!("{}: {why}", object.id));
    let mut mode = None;
    for (name, value) in &object.fields {
        match (name.as_str(), value) {
            ("content", Value::String(_)) => {}
            ("mode", Value::String(text)) => {
                let bits = octal(text).ok_or_else(|| {
                    wrong(format!("`mode` is {text:?}, and not four octal digits such as \"0644\""))
                })?;
                mode = Some(Mode::Set(bits));
            }
            ("content" | "mode", _) => return Err(wrong(format!("`{name}` is no text"))),
            _ => return Err(wrong(format!("a file has `content` and `mode`, and no `{name}`"))),
        }
    }
    let content = object.fields.get("content").and_then(Value::as_str);
    let content = content.ok_or_else(|| wrong("a file needs a `content`".into()))?;
    match content.len() > LARGEST {
        true => Err(wrong("a file has at most 16 MiB".into())),
        false => Ok((content.as_bytes(), mode)),
    }
}

/// Nine bits of permissions. Bits that lend somebody's rights to whoever runs a file are none of them.
fn octal(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('0').filter(|digits| digits.len() == 3)?;
    digits.chars().try_fold(0, |bits, digit| Some(bits * 8 + digit.to_digit(8)?))
}
