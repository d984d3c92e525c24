//! `init --from backstage`: what gitsm needs to know and Backstage's documents do not say.
//!
//! Only what is certain becomes a document, which adds to an entity and never repeats it. The rest
//! is left to whoever knows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::codeowners::{self, Handle, is_login};
use super::plan::{Document, Undecided};
use super::survey::{Fact, Survey};
use crate::model::{EntityRef, format};
use crate::source::Source;
use crate::yaml::emit::{self, EmitError};

/// What is added to a catalog, and what is not.
#[derive(Debug, Default)]
pub(super) struct Adopted {
    /// Documents, by their path below the catalog's folder.
    pub(super) documents: Vec<Document>,
    pub(super) undecided: Vec<Undecided>,
}

impl Adopted {
    fn leave(&mut self, what: &'static str, items: Vec<String>) {
        if !items.is_empty() {
            self.undecided.push(Undecided { what, items });
        }
    }
}

/// Adopts a catalog, and the CODEOWNERS of its repository.
pub(super) fn adopt(survey: &Survey, owners: Option<&Source>) -> Result<Adopted, EmitError> {
    let mut adopted = Adopted::default();
    people(survey, &mut adopted)?;
    if let Some(owners) = owners {
        code_owners(survey, owners, &mut adopted)?;
    }
    let lost = lost_owners(survey);
    adopted.leave("owners that no document defines", lost);
    let systems = systems(survey);
    adopted.leave(
        "Systems that could be Services: what is promised, to whom, is yours to say",
        systems,
    );
    Ok(adopted)
}

/// The Users that have a login become people with an account.
fn people(survey: &Survey, adopted: &mut Adopted) -> Result<(), EmitError> {
    let mut of_login: BTreeMap<String, BTreeSet<&EntityRef>> = BTreeMap::new();
    for fact in &survey.facts {
        if let Some(login) = fact.login.as_ref().filter(|_| fact.kind.family == "person") {
            of_login.entry(login.to_ascii_lowercase()).or_default().insert(&fact.reference);
        }
    }
    let (mut without, mut unsure) = (Vec::new(), Vec::new());
    for user in survey.all("User") {
        let known = survey.others(user).find_map(|other| other.login.as_deref());
        let Some(login) = &user.login else {
            if known.is_none() {
                without.push(user.shown());
            }
            continue;
        };
        let shared = of_login.get(&login.to_ascii_lowercase()).is_some_and(|users| users.len() > 1);
        match known {
            // Two definitions of one name are a finding, and not for init to mend.
            _ if survey.others(user).any(|other| !other.extends) => {}
            Some(other) if other.eq_ignore_ascii_case(login) => {}
            Some(other) => unsure.push(format!("`{login}` or `{other}` for {}", user.shown())),
            None if shared => {
                unsure.push(format!("`{login}` for {}: another has it, too", user.shown()));
            }
            None if !is_login(login) => {
                unsure.push(format!("`{login}` for {}: no such account can exist", user.shown()));
            }
            None => match extension(survey, user) {
                Some(path) => unsure.push(format!("{path}: add `accounts: {{github: {login}}}`")),
                None => {
                    let spec = json!({ "accounts": { "github": login } });
                    let document = adding("Person", "people", user, "accounts.github", None, spec)?;
                    adopted.documents.extend(document);
                }
            },
        }
    }
    adopted.leave("accounts that are not certain", unsure);
    adopted.leave("Users without the annotation `github.com/user-login`", without);
    Ok(())
}

/// The document that adds to an entity already.
fn extension<'a>(survey: &'a Survey, fact: &'a Fact) -> Option<&'a str> {
    survey.others(fact).find(|other| other.extends).map(|other| other.path.as_str())
}

/// A document that adds to an entity, if the entity's name can be that of a file.
fn adding(
    kind: &str,
    folder: &str,
    to: &Fact,
    field: &str,
    annotations: Option<Value>,
    spec: Value,
) -> Result<Option<Document>, EmitError> {
    let namespace = to.namespace.as_deref().filter(|namespace| *namespace != "default");
    let safe = (format::NAME.check)(&to.name)
        && namespace.is_none_or(|namespace| (format::NAMESPACE.check)(namespace));
    if !safe {
        return Ok(None);
    }
    let mut metadata = Map::new();
    metadata.insert("name".to_owned(), to.name.clone().into());
    if let Some(namespace) = namespace {
        metadata.insert("namespace".to_owned(), namespace.into());
    }
    metadata.insert("extends".to_owned(), to.shown().into());
    if let Some(annotations) = annotations {
        metadata.insert("annotations".to_owned(), annotations);
    }
    let value = json!({
        "apiVersion": "gitsm/v1alpha1",
        "kind": kind,
        "metadata": metadata,
        "spec": spec,
    });
    let shown = to.shown();
    let text = format!("# Adds {field} to {shown}.\n{}", emit::to_string(&value)?);
    let folder = namespace.map_or_else(|| folder.to_owned(), |space| format!("{folder}/{space}"));
    let path = format!("{}/{}.yaml", portable(&folder), portable(&to.name));
    Ok(Some(Document { path, what: format!("adds {field} to {shown}"), text: text.into() }))
}

/// A path in lower case, in which no part is the name of a device on Windows, whatever its ending.
fn portable(path: &str) -> String {
    let part = |part: &str| {
        let part = part.to_ascii_lowercase();
        let stem = part.split('.').next().unwrap_or_default();
        let port = |name| {
            let number = stem.strip_prefix(name);
            number.is_some_and(|rest: &str| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
        };
        match matches!(stem, "con" | "prn" | "aux" | "nul") || port("com") || port("lpt") {
            true => format!("_{part}"),
            false => part,
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Teams and accounts that own files.
fn code_owners(survey: &Survey, source: &Source, adopted: &mut Adopted) -> Result<(), EmitError> {
    let owners = codeowners::owners(source.text());
    let path = &source.file().path;
    let mut unsure = Vec::new();
    let mut slugs: BTreeMap<&str, usize> = BTreeMap::new();
    for (handle, _) in &owners {
        if let Handle::Team { slug, .. } = handle {
            *slugs.entry(slug).or_default() += 1;
        }
    }
    for (handle, line) in &owners {
        let doubt = match handle {
            Handle::Team { org, slug } => match team(survey, org, slug) {
                TeamMatch::Known => None,
                TeamMatch::Doubt(doubt) => Some(doubt),
                TeamMatch::Named(_) if slugs.get(slug.as_str()).is_some_and(|times| *times > 1) => {
                    Some("two organisations have a team of that name".to_owned())
                }
                TeamMatch::Named(group) => {
                    let key = "github.com/team-slug";
                    let annotations = json!({ (key): format!("{org}/{slug}") });
                    let empty = json!({});
                    let field = "its team at GitHub";
                    let document = adding("Team", "teams", group, field, Some(annotations), empty)?;
                    adopted.documents.extend(document);
                    None
                }
            },
            Handle::Login(login) => account(survey, login),
            Handle::Email(email) => {
                let has = |fact: &Fact| {
                    fact.email.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(email))
                };
                let none = !survey.facts.iter().any(has);
                none.then(|| "no User or Group has that address".to_owned())
            }
        };
        unsure.extend(doubt.map(|doubt| format!("{path}:{line}: {handle}: {doubt}")));
    }
    adopted.leave("owners of files that are not certain", unsure);
    Ok(())
}

/// What a team at GitHub is in the catalog.
enum TeamMatch<'a> {
    /// A document says so.
    Known,
    /// A Group has its name.
    Named(&'a Fact),
    /// It is not certain, and why.
    Doubt(String),
}

fn team<'a>(survey: &'a Survey, org: &str, slug: &str) -> TeamMatch<'a> {
    let full = format!("{org}/{slug}");
    let teams = || survey.facts.iter().filter(|fact| fact.kind.family == "team");
    let says = |fact: &Fact| {
        let own = fact.slug.as_deref().unwrap_or_default();
        own.eq_ignore_ascii_case(&full) || own.eq_ignore_ascii_case(slug)
    };
    if teams().any(says) {
        return TeamMatch::Known;
    }
    let named = |fact: &&Fact| !fact.extends && fact.name.eq_ignore_ascii_case(slug);
    let named: Vec<&Fact> = teams().filter(named).collect();
    let [one] = named.as_slice() else {
        return TeamMatch::Doubt(match named.is_empty() {
            true => "no Group has that name".to_owned(),
            false => "several Groups have that name".to_owned(),
        });
    };
    let own =
        one.slug.as_deref().or_else(|| survey.others(one).find_map(|fact| fact.slug.as_deref()));
    if let Some(own) = own {
        return TeamMatch::Doubt(format!("{} says that it is `{own}`", one.shown()));
    }
    match (extension(survey, one), one.kind.group.foreign) {
        (None, true) => TeamMatch::Named(one),
        (Some(path), true) => TeamMatch::Doubt(add_slug(path, &full)),
        (_, false) => TeamMatch::Doubt(add_slug(&one.path, &full)),
    }
}

fn add_slug(path: &str, full: &str) -> String {
    format!("add the annotation `github.com/team-slug: {full}` in {path}")
}

/// Why it is not certain whose account a login is, if it is not.
fn account(survey: &Survey, login: &str) -> Option<String> {
    let people = || survey.facts.iter().filter(|fact| fact.kind.family == "person");
    let is = |text: &str| text.eq_ignore_ascii_case(login);
    if people().any(|fact| fact.login.as_deref().is_some_and(is)) {
        return None;
    }
    // Alike is not the same: who approves must not be guessed.
    Some(match people().find(|fact| is(&fact.name)) {
        Some(fact) => format!("if it is {}, annotate it `github.com/user-login`", fact.shown()),
        None => "no User has that login".to_owned(),
    })
}

/// Owners that are defined nowhere, each with how many entities it is said to own.
fn lost_owners(survey: &Survey) -> Vec<String> {
    let catalog = &survey.catalog;
    let mut lost: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for (_, entity) in catalog.entities() {
        let owners = entity.references.iter().filter(|one| one.field.relation == "ownedBy");
        for owner in owners.filter(|one| catalog.defined(one.target).next().is_none()) {
            let written = catalog.names.text(owner.written);
            lost.entry(catalog.names.text(owner.target)).or_insert((written, 0)).1 += 1;
        }
    }
    let shown = |(written, count): &(&str, usize)| match count {
        1 => format!("{written}, of one entity"),
        count => format!("{written}, of {count} entities"),
    };
    lost.values().map(shown).collect()
}

/// Systems that hold what people use, and have no Service of their name.
fn systems(survey: &Survey) -> Vec<String> {
    let used = |fact: &&Fact| matches!(fact.of_type.as_deref(), Some("service" | "website"));
    let mut parts: BTreeMap<&EntityRef, usize> = BTreeMap::new();
    for component in survey.all("Component").filter(used) {
        if let Some(system) = &component.system {
            *parts.entry(system).or_default() += 1;
        }
    }
    let services = survey.facts.iter().filter(|fact| fact.kind.family == "service");
    let services: BTreeSet<String> = services.map(|fact| fact.name.to_lowercase()).collect();
    let line = |system: &Fact| {
        let count = parts.get(&system.reference)?;
        let components = if *count == 1 { "Component" } else { "Components" };
        let shown = system.shown();
        Some(format!("{shown}: {count} {components} of type service or website"))
    };
    let systems = survey.all("System");
    systems.filter(|one| !services.contains(&one.name.to_lowercase())).filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_devices_are_no_names_of_files() {
        assert_eq!(portable("people/Ada.L"), "people/ada.l");
        assert_eq!(portable("people/aux"), "people/_aux");
        assert_eq!(portable("com1/nul.x"), "_com1/_nul.x");
        assert_eq!(portable("com10/console"), "com10/console");
    }
}
