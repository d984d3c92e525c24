//! What practice says about a kind beyond its schema: its life, what an edit of it means, how it is
//! listed, and what other tools call it.

/// The row of a kind that schema cannot hold. Diff, documentation, `get` and projections read it.
#[derive(Debug)]
pub struct Practice {
    /// Short names on the command line and in references.
    pub short: &'static [&'static str],
    /// The states of its life, if a field holds one.
    pub life_cycle: Option<LifeCycle>,
    /// Fields whose edit is not merely operational. What lies below a field is of its class, unless
    /// it has its own.
    pub fields: &'static [(&'static [&'static str], FieldClass)],
    /// What a list of such entities shows, beside the name; its page shows them first.
    pub columns: &'static [Column],
    /// What Backstage calls it, or why it has nothing of the kind.
    pub backstage: &'static str,
    /// What ServiceNow calls it (CSDM 5, tables of the base system), or why it has nothing of the
    /// kind.
    pub servicenow: &'static str,
}

/// The families that say what happened, and are kept as records: what they name may be gone since.
pub const RECORD_FAMILIES: &[&str] = &["note"];

impl Practice {
    /// The practice of kinds that others define.
    pub const FOREIGN: Self = Self {
        short: &[],
        life_cycle: None,
        fields: &[
            (&["spec", "owner"], FieldClass::Governance),
            (&["spec", "lifecycle"], FieldClass::Destructive),
            (&["metadata", "annotations", "gitsm/sources"], FieldClass::Governance),
        ],
        columns: &[],
        backstage: "",
        servicenow: "",
    };

    /// What the edit of a field means: its own class, else that of the nearest field above it.
    pub fn class_of(&self, path: &[&str]) -> FieldClass {
        let above = |(field, _): &&(&[&str], FieldClass)| path.starts_with(field);
        let nearest = self.fields.iter().chain(COMMON_FIELDS).filter(above);
        let nearest = nearest.max_by_key(|(field, _)| field.len());
        nearest.map_or(FieldClass::Operational, |(_, class)| *class)
    }
}

/// The states of an entity's life, as a table that checks, diff and documentation read.
#[derive(Debug)]
pub struct LifeCycle {
    /// The field that holds the state.
    pub path: &'static [&'static str],
    /// Each state and those that may follow it. The first is where a life begins.
    pub states: &'static [(&'static str, &'static [&'static str])],
    /// States in which nothing may refer to it as if it were there.
    pub gone: &'static [&'static str],
}

impl LifeCycle {
    /// Whether a state may follow another.
    pub fn allows(&self, from: &str, to: &str) -> bool {
        self.states.iter().any(|(state, next)| *state == from && next.contains(&to))
    }
}

/// What the edit of a field means (DESIGN: cosmetic, operational, destructive, governance).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldClass {
    /// It changes what people read, and nothing that runs.
    Cosmetic,
    /// It changes what runs, and can be taken back.
    Operational,
    /// It takes something away, or replaces it.
    Destructive,
    /// It steers who approves what, and which controls hold.
    Governance,
}

impl FieldClass {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cosmetic => "cosmetic",
            Self::Operational => "operational",
            Self::Destructive => "destructive",
            Self::Governance => "governance",
        }
    }
}

/// The fields of `metadata` that only people read.
pub(super) const COMMON_FIELDS: &[(&[&str], FieldClass)] = &[
    (&["metadata", "title"], FieldClass::Cosmetic),
    (&["metadata", "description"], FieldClass::Cosmetic),
    (&["metadata", "tags"], FieldClass::Cosmetic),
    (&["metadata", "links"], FieldClass::Cosmetic),
];

/// A column of a list.
#[derive(Debug)]
pub struct Column {
    /// Its heading.
    pub title: &'static str,
    /// The field that it shows; `*` stands for every item of a list.
    pub path: &'static [&'static str],
    /// Whether only a wide list shows it.
    pub wide: bool,
}

/// A column that every list shows.
pub(super) const fn column(title: &'static str, path: &'static [&'static str]) -> Column {
    Column { title, path, wide: false }
}

/// A column that only wide lists show.
pub(super) const fn wide(title: &'static str, path: &'static [&'static str]) -> Column {
    Column { title, path, wide: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kind_named;

    #[test]
    fn a_field_is_of_the_class_of_the_nearest_field_above_it() {
        let class = |kind: &str, path: &[&str]| kind_named(kind).unwrap().practice.class_of(path);
        assert_eq!(class("service", &["metadata", "links", "0"]), FieldClass::Cosmetic);
        assert_eq!(class("service", &["spec", "owner"]), FieldClass::Governance);
        assert_eq!(class("service", &["spec", "dependsOn"]), FieldClass::Operational);
        assert_eq!(class("calendar", &["spec", "events"]), FieldClass::Governance);
        assert_eq!(class("component", &["metadata", "title"]), FieldClass::Cosmetic);
    }
}
