//! The table of kinds.

use std::borrow::Cow;
use std::sync::OnceLock;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::format::Formatted;
use super::practice::Practice;
use super::{backstage, gitsm, openslo};
use crate::finding::allowed;
use crate::yaml::Pointer;

/// Documents whose `apiVersion` begins alike and which follow one set of rules.
#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    /// What stands before the `/` of `apiVersion`.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Whether others define it: their rules hold, and a reference that leads nowhere only warns.
    pub foreign: bool,
    /// Versions that existed once: counted in one note and not read.
    pub retired: &'static [&'static str],
}

/// A group's name in `apiVersion`.
pub fn groups() -> [&'static Group; 4] {
    [&backstage::GROUP, &backstage::SCAFFOLDER, &openslo::GROUP, &gitsm::GROUP]
}

/// Which kinds a reference may lead to.
#[derive(Debug, PartialEq, Eq)]
pub enum Accepts {
    /// Any kind.
    Any,
    /// These families, by their prefix.
    Families(&'static [&'static str]),
}

/// A field that refers to other entities.
#[derive(Debug, PartialEq, Eq)]
pub struct ReferenceField {
    /// Field names from the root; `*` stands for every item of a list.
    pub path: &'static [&'static str],
    /// The kind that is assumed when the text names none.
    pub assumes: Option<&'static str>,
    /// What it may lead to.
    pub accepts: Accepts,
    /// The relation it makes, by its name in [`RELATIONS`](super::RELATIONS).
    pub relation: &'static str,
    /// Whether the text is a name alone, without kind and namespace.
    pub bare: bool,
}

impl ReferenceField {
    /// The JSON Pointer of a value of this field; `item` is its number, if the field is in a list.
    /// A path enters one list at most.
    pub fn pointer(&self, item: Option<u32>) -> Pointer {
        self.path.iter().fold(Pointer::root(), |pointer, step| match *step {
            "*" => pointer.join(item.unwrap_or_default()),
            name => pointer.join(name),
        })
    }
}

/// What one value of a field of `spec` adds to, or puts in place of, a kind's spec.
#[derive(Debug)]
pub struct Variant {
    /// The field, such as `type`.
    pub by: &'static str,
    /// Its value.
    pub value: &'static str,
    /// The schema of its spec.
    pub spec: fn(&mut SchemaGenerator) -> Schema,
    /// Whether it stands in for the kind's own spec, instead of joining it.
    pub replaces: bool,
    /// References that only this one has.
    pub references: &'static [ReferenceField],
}

/// A kind of entity.
#[derive(Debug)]
pub struct Kind {
    /// Its name in `kind`.
    pub name: &'static str,
    /// Its group.
    pub group: &'static Group,
    /// The versions in `apiVersion` that it has.
    pub versions: &'static [&'static str],
    /// The prefix of canonical references: kinds that mean the same share one.
    pub family: &'static str,
    /// Its plural, in lower case.
    pub plural: &'static str,
    /// What it is, in one sentence.
    pub summary: &'static str,
    /// The schema of `metadata`.
    pub metadata: fn(&mut SchemaGenerator) -> Schema,
    /// The schema of `spec`.
    pub spec: fn(&mut SchemaGenerator) -> Schema,
    /// What the value of a field of `spec` changes.
    pub variants: &'static [Variant],
    /// Forms of texts.
    pub formats: &'static [Formatted],
    /// References to other entities.
    pub references: &'static [ReferenceField],
    /// What practice says about it.
    pub practice: Practice,
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Kind {
    /// The reference fields of an entity with this `spec.type`.
    pub fn references_of(
        &self,
        spec_type: Option<&str>,
    ) -> impl Iterator<Item = &'static ReferenceField> + use<> {
        let is_it = |variant: &&Variant| variant.by == "type" && Some(variant.value) == spec_type;
        let variant = self.variants.iter().find(is_it);
        let own = self.references.iter();
        own.chain(variant.map(|variant| variant.references).unwrap_or_default())
    }

    /// The words for it on a command line, in lower case: name, plural, family, short names.
    pub fn words(&self) -> impl Iterator<Item = String> + use<> {
        let names = [self.name, self.plural, self.family].into_iter();
        let names = names.chain(self.practice.short.iter().copied());
        names.map(str::to_ascii_lowercase)
    }

    /// The values that `apiVersion` may have.
    pub fn api_versions(&self) -> Vec<String> {
        self.versions.iter().map(|version| format!("{}/{version}", self.group.name)).collect()
    }
}

/// The schema of a Rust type, in the form [`Kind`] holds.
pub(super) fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    T::json_schema(generator)
}

/// A reference that may name any of `families`.
pub(super) const fn to(
    path: &'static [&'static str],
    assumes: &'static str,
    families: &'static [&'static str],
    relation: &'static str,
) -> ReferenceField {
    let accepts = Accepts::Families(families);
    ReferenceField { path, assumes: Some(assumes), accepts, relation, bare: false }
}

/// A reference that must name its kind and may name any.
pub(super) const fn to_any(
    path: &'static [&'static str],
    relation: &'static str,
) -> ReferenceField {
    ReferenceField { path, assumes: None, accepts: Accepts::Any, relation, bare: false }
}

/// The kinds that count as configuration items, and the services that rest on them.
pub const ITEMS: &[&str] =
    &["ci", "component", "resource", "api", "service", "system", "domain", "airesource"];

/// A relation of a configuration item: to another one, unless the text names a kind.
pub(super) const fn related(
    path: &'static [&'static str],
    relation: &'static str,
) -> ReferenceField {
    to(path, "ConfigurationItem", ITEMS, relation)
}

/// A reference that is the bare name of one kind.
pub(super) const fn by_name(
    path: &'static [&'static str],
    kind: &'static str,
    families: &'static [&'static str],
    relation: &'static str,
) -> ReferenceField {
    let accepts = Accepts::Families(families);
    ReferenceField { path, assumes: Some(kind), accepts, relation, bare: true }
}

/// Every kind that gitsm reads.
pub static KINDS: &[&Kind] = &[
    &backstage::component::KIND,
    &backstage::api::KIND,
    &backstage::resource::KIND,
    &backstage::system::KIND,
    &backstage::domain::KIND,
    &backstage::group::KIND,
    &backstage::user::KIND,
    &backstage::location::KIND,
    &backstage::ai_resource::KIND,
    &backstage::template::KIND,
    &openslo::slo::KIND,
    &openslo::sli::KIND,
    &openslo::service::KIND,
    &openslo::data_source::KIND,
    &openslo::alert_policy::KIND,
    &openslo::alert_condition::KIND,
    &openslo::alert_notification_target::KIND,
    &gitsm::service::KIND,
    &gitsm::configuration_item::KIND,
    &gitsm::ci_class::KIND,
    &gitsm::team::KIND,
    &gitsm::person::KIND,
    &gitsm::service_level_agreement::KIND,
    &gitsm::calendar::KIND,
    &gitsm::runbook::KIND,
    &gitsm::policy::KIND,
    &gitsm::change_policy::KIND,
    &gitsm::change_model::KIND,
    &gitsm::change_request::KIND,
    &gitsm::note::KIND,
    &gitsm::exception::KIND,
    &gitsm::target::KIND,
];

/// The kind that a word means in a reference or on a command line: a name, a plural, a family or a
/// short name, in any case. Where two groups use one name, gitsm's own wins, then Backstage's.
pub fn kind_named(word: &str) -> Option<&'static Kind> {
    // Most references are written in lower case already.
    let lower = match word.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(word.to_ascii_lowercase()),
        false => Cow::Borrowed(word),
    };
    let words = words();
    let at = words.binary_search_by(|(known, _)| known.as_str().cmp(&lower)).ok()?;
    Some(words[at].1)
}

/// The families that a word may mean on a command line, the one of [`kind_named`] first, and the
/// kinds of each: `teams` are Teams and Groups.
pub fn families_named(word: &str) -> Vec<Vec<&'static Kind>> {
    let lower = word.to_ascii_lowercase();
    let first = kind_named(word).map(|kind| kind.family);
    let of_word = KINDS.iter().filter(|kind| kind.words().any(|known| known == lower));
    let mut families: Vec<&str> = first.into_iter().collect();
    for kind in of_word {
        if !families.contains(&kind.family) {
            families.push(kind.family);
        }
    }
    let members =
        |family: &&str| KINDS.iter().copied().filter(|kind| kind.family == *family).collect();
    families.iter().map(members).collect()
}

/// The words for kinds that are nearly a word, nearest first.
pub fn kind_words_near(word: &str) -> Vec<&'static str> {
    let lower = word.to_ascii_lowercase();
    let allowed = allowed(&lower);
    let mut near: Vec<(usize, &'static str)> = words()
        .iter()
        .map(|(known, _)| (strsim::osa_distance(known, &lower), known.as_str()))
        .filter(|(distance, _)| *distance <= allowed)
        .collect();
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, word)| word).collect()
}

/// Every word for a kind, sorted: each reference of a catalog asks for one.
fn words() -> &'static [(String, &'static Kind)] {
    static CELL: OnceLock<Vec<(String, &'static Kind)>> = OnceLock::new();
    CELL.get_or_init(|| {
        let rank = |kind: &Kind| match () {
            () if kind.group == &openslo::GROUP => 2,
            () if kind.group.foreign => 1,
            () => 0,
        };
        let of_kind = |kind: &&'static Kind| {
            let kind = *kind;
            kind.words().map(move |word| (word, kind)).collect::<Vec<_>>()
        };
        let mut words: Vec<(String, &'static Kind)> = KINDS.iter().flat_map(of_kind).collect();
        words.sort_by(|a, b| (&a.0, rank(a.1)).cmp(&(&b.0, rank(b.1))));
        words.dedup_by(|later, first| later.0 == first.0);
        words
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::relation_named;

    #[test]
    fn every_relation_of_a_reference_field_is_in_the_table() {
        for kind in KINDS {
            let variants = kind.variants.iter().flat_map(|variant| variant.references);
            for field in kind.references.iter().chain(variants) {
                assert!(relation_named(field.relation).is_some(), "{} {:?}", kind.name, field.path);
                let lists = field.path.iter().filter(|step| **step == "*").count();
                assert!(lists <= 1, "{} {:?}", kind.name, field.path);
            }
        }
    }

    #[test]
    fn words_find_kinds_in_any_case_and_number() {
        let name = |word| kind_named(word).map(|kind| (kind.name, kind.family));
        assert_eq!(name("components"), Some(("Component", "component")));
        assert_eq!(name("GROUP"), Some(("Group", "team")));
        assert_eq!(name("team"), Some(("Team", "team")));
        assert_eq!(name("service"), Some(("Service", "service")));
        assert_eq!(name("openslo-service"), Some(("Service", "openslo-service")));
        assert_eq!(name("gadget"), None);
        assert_eq!(name("CIs"), Some(("ConfigurationItem", "ci")));
        assert_eq!(name("sla"), Some(("ServiceLevelAgreement", "sla")));
        assert_eq!(name("change"), Some(("ChangeRequest", "change")));
    }

    #[test]
    fn no_word_means_two_kinds_of_ours() {
        let mut words = std::collections::BTreeMap::new();
        for kind in KINDS.iter().filter(|kind| kind.group == &gitsm::GROUP) {
            let mut own: Vec<String> = [kind.name, kind.plural, kind.family]
                .iter()
                .chain(kind.practice.short)
                .map(|word| word.to_lowercase())
                .collect();
            own.sort();
            own.dedup();
            for word in own {
                let other = words.insert(word.clone(), kind.name);
                assert_eq!(other, None, "{word} of {}", kind.name);
            }
        }
    }

    #[test]
    fn every_state_of_a_life_leads_to_states_of_it() {
        for kind in KINDS {
            let Some(life) = &kind.practice.life_cycle else { continue };
            let is_state = |name: &str| life.states.iter().any(|(state, _)| *state == name);
            assert!(life.gone.iter().all(|state| is_state(state)), "{}", kind.name);
            for (state, next) in life.states {
                assert!(next.iter().all(|next| is_state(next)), "{} {state}", kind.name);
            }
        }
    }
}
