//! Which edits cannot be taken back or move data, and which change who can reach or do what: two
//! tables, and how an edit is held against them.

use crate::change::Side;
use crate::change::set::{Action, ChangeSet, EntityChange, FieldEdit};
use crate::change::side::runs;
use crate::change::value::Value;
use crate::model::Kind;
use crate::yaml::Pointer;

/// A row: an edit of such an entity, of such a field, in such a way.
pub(super) struct Row {
    /// The families; any that runs if there are none.
    families: &'static [&'static str],
    /// The classes, or what a Backstage type holds; any if there are none.
    classes: &'static [&'static str],
    /// What happens.
    edit: Edit,
    /// What that is, in words.
    pub(super) what: &'static str,
}

/// What happens to an entity or a field.
enum Edit {
    /// The entity is deleted.
    Deleted,
    /// Whatever happens to the entity.
    Any,
    /// The field, or what is below it, is edited.
    Field(&'static str),
    /// The field had a value before, and has another one.
    Replaced(&'static str),
    /// The field becomes this text.
    Becomes(&'static str, &'static str),
    /// The first number of the field's text is another one.
    Major(&'static str),
}

const DATA: &[&str] = &["database", "storage"];
const CI: &[&str] = &["ci", "resource"];

const fn row(
    families: &'static [&'static str],
    classes: &'static [&'static str],
    edit: Edit,
    what: &'static str,
) -> Row {
    Row { families, classes, edit, what }
}

/// Edits that cannot be taken back, or move data.
pub(super) static IRREVERSIBLE: &[Row] = &[
    row(CI, DATA, Edit::Deleted, "what holds data is deleted"),
    row(
        CI,
        DATA,
        Edit::Becomes("/spec/lifecycle/stage", "end_of_life"),
        "what holds data is thrown away",
    ),
    row(CI, DATA, Edit::Major("/spec/version"), "a new major release changes how data is kept"),
    row(CI, DATA, Edit::Field("/spec/attributes/engine"), "another engine means that data moves"),
    row(&["ci"], &[], Edit::Replaced("/spec/class"), "another class means another thing"),
    row(&["ci"], &[], Edit::Replaced("/spec/provider"), "another provider means another thing"),
    row(&["ci"], &[], Edit::Replaced("/spec/region"), "another region means another thing"),
    row(&["resource"], &[], Edit::Replaced("/spec/type"), "another type means another thing"),
];

/// Edits that change who can reach or do what.
pub(super) static SECURITY: &[Row] = &[
    row(&["ci"], &[], Edit::Field("/spec/publiclyExposed"), "who can reach it from the internet"),
    row(
        &["ci", "service"],
        &[],
        Edit::Field("/spec/dataClassification"),
        "who may read what it holds",
    ),
    row(CI, &["network.firewall", "firewall"], Edit::Any, "what a firewall lets through"),
    row(CI, &["identity", "identity.directory"], Edit::Any, "who somebody is"),
    row(CI, &["security", "security.control"], Edit::Any, "a control that protects others"),
    row(CI, &["certificate"], Edit::Any, "a certificate"),
    row(CI, &["secret", "vault"], Edit::Any, "secrets"),
    row(&["person"], &[], Edit::Field("/spec/keys"), "the keys that somebody signs with"),
    row(&["person"], &[], Edit::Field("/spec/accounts"), "the accounts that are somebody's"),
    row(&["team"], &[], Edit::Field("/spec/approvers"), "who decides for a team"),
    row(&["changepolicy"], &[], Edit::Field("/spec/breakGlass"), "who may act at once"),
    row(&["runbook"], &[], Edit::Field("/spec/permissions"), "what its steps are allowed to do"),
    row(&["runbook"], &[], Edit::Field("/spec/secrets"), "the secrets that its steps use"),
];

/// An edit that a row of a table is about.
pub(super) struct Hit {
    /// The entity.
    pub(super) entity: String,
    /// The field; nothing if the entity as a whole is meant.
    pub(super) pointer: Option<Pointer>,
    /// The file that implements the entity, if that is what changes.
    pub(super) file: Option<String>,
    /// What it is, in words.
    pub(super) what: &'static str,
}

/// The edits of a change that a table is about; of each entity and row the first. What is new and
/// used by nobody is left out: it is not there yet.
pub(super) fn hits(
    table: &'static [Row],
    set: &ChangeSet,
    base: &Side<'_>,
    merged: &Side<'_>,
    counts: &dyn Fn(&EntityChange) -> bool,
) -> Vec<Hit> {
    let mut found = Vec::new();
    for change in set.entities.iter().filter(|change| counts(change)) {
        let before = change.former.as_deref().unwrap_or(&change.reference);
        let mut classes = classes_of(base, before);
        classes.extend(classes_of(merged, &change.reference));
        for row in table.iter().filter(|row| row.fits(change.kind, &classes)) {
            if let Some(edit) = row.edit_of(change) {
                let pointer = edit.map(|edit| edit.pointer.clone());
                let entity = change.reference.clone();
                found.push(Hit { entity, pointer, file: None, what: row.what });
            }
        }
    }
    found
}

/// Rows that are about an entity whatever happens to it, where a file that implements it changes.
pub(super) fn hits_of_source(
    table: &'static [Row],
    side: &Side<'_>,
    name: &str,
    path: &str,
) -> Vec<Hit> {
    let Some(id) = side.find(name) else { return Vec::new() };
    let kind = side.catalog.entity(id).kind;
    let classes = classes_of(side, name);
    let rows = table.iter().filter(|row| matches!(row.edit, Edit::Any) && row.fits(kind, &classes));
    rows.map(|row| Hit {
        entity: name.to_owned(),
        pointer: None,
        file: Some(path.to_owned()),
        what: row.what,
    })
    .collect()
}

/// The classes of an entity, or what Backstage says that a Resource is.
fn classes_of(side: &Side<'_>, name: &str) -> Vec<String> {
    let Some(id) = side.find(name) else { return Vec::new() };
    let mut classes = side.classes_of(id);
    classes.extend(resource_type(side, name));
    classes
}

fn resource_type(side: &Side<'_>, name: &str) -> Option<String> {
    if side.catalog.entity(side.find(name)?).kind.family != "resource" {
        return None;
    }
    let value = side.value(name)?;
    Some(value.pointer("/spec/type")?.as_str()?.to_lowercase())
}

/// Words of Backstage's free types of resources, and the class that each means.
const TYPES: &[(&str, &str)] = &[
    ("database", "database"),
    ("postgres", "database"),
    ("mysql", "database"),
    ("dynamodb", "database"),
    ("mongo", "database"),
    ("bucket", "storage"),
    ("s3", "storage"),
    ("volume", "storage"),
    ("storage", "storage"),
    ("firewall", "firewall"),
    ("certificate", "certificate"),
    ("secret", "secret"),
    ("vault", "vault"),
];

impl Row {
    fn fits(&self, kind: &Kind, classes: &[String]) -> bool {
        let of_family = match self.families {
            [] => runs(kind),
            families => families.contains(&kind.family),
        };
        let means = |class: &String, wanted: &str| {
            class == wanted
                || kind.family == "resource"
                    && TYPES.iter().any(|(word, is)| *is == wanted && class.contains(word))
        };
        of_family
            && (self.classes.is_empty()
                || self.classes.iter().any(|one| classes.iter().any(|class| means(class, one))))
    }

    /// Whether this happens; by which edit, if by one.
    fn edit_of<'c>(&self, change: &'c EntityChange) -> Option<Option<&'c FieldEdit>> {
        let below = |path: &str, edit: &FieldEdit| {
            let path = Pointer::from_text(path);
            path.covers(&edit.pointer) || edit.pointer.covers(&path)
        };
        let find = |test: &dyn Fn(&FieldEdit) -> bool| {
            if change.action != Action::Update {
                return None;
            }
            change.edits.iter().find(|edit| !edit.is_reordered() && test(edit)).map(Some)
        };
        match self.edit {
            Edit::Deleted => (change.action == Action::Delete).then_some(None),
            Edit::Any => Some(None),
            Edit::Field(path) => match change.action {
                Action::Update => find(&|edit| below(path, edit)),
                Action::Create => change.edits.iter().find(|edit| below(path, edit)).map(Some),
                // What goes as a whole is told by rows of its own.
                Action::Delete => None,
            },
            Edit::Replaced(path) => find(&|edit| below(path, edit) && edit.before.is_some()),
            Edit::Becomes(path, word) => {
                find(&|edit| below(path, edit) && text(edit.after.as_ref()) == Some(word))
            }
            Edit::Major(path) => find(&|edit| {
                let (before, after) = (major(edit.before.as_ref()), major(edit.after.as_ref()));
                below(path, edit) && before.is_some() && after.is_some() && before != after
            }),
        }
    }
}

fn text(value: Option<&crate::change::Located>) -> Option<&str> {
    match &value?.value {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

/// The first number of a version.
fn major(value: Option<&crate::change::Located>) -> Option<String> {
    let text = match &value?.value {
        Value::Str(text) | Value::Int(text) | Value::Float(text) => text,
        _ => return None,
    };
    let digits: String =
        text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}
