//! `policy test`: the examples beside each policy, held against what it says.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ask::{AskError, Asked};
use super::clock;
use super::validate::validate_tree;
use super::workspace::Place;
use crate::catalog::query::{Judge, Judgement, World, change_shape, misnamed};
use crate::catalog::{Classes, EntityId, Graph, Inspection, Reader, Subject, load};
use crate::config::Config;
use crate::model::gitsm::Spec;
use crate::model::gitsm::policy::{
    Expectation, PolicyLifecycle, PolicyOver, PolicySpec, PolicyTest,
};
use crate::tree::{Memory, Tree};
use crate::yaml::Limits;

/// What became of one policy's examples.
#[derive(Debug)]
pub struct Tested {
    /// The policy's name as it is written.
    pub name: String,
    /// Where it stands.
    pub file: String,
    /// The line of its name.
    pub line: u32,
    /// Why none of its examples can be tried, if so.
    pub broken: Option<String>,
    /// Its examples: what each shows, and why it fails, if it does.
    pub examples: Vec<(String, Option<String>)>,
}

impl Tested {
    /// How many examples fail; a policy that cannot be used counts as one.
    pub fn failures(&self) -> usize {
        let failed = self.examples.iter().filter(|(_, why)| why.is_some()).count();
        failed + usize::from(self.broken.is_some())
    }
}

/// Tries the examples of the policies that are named; of all, if none is.
///
/// # Errors
///
/// There is nothing to look at, or a name names no policy.
pub fn test(place: &Place, names: &[String], today: Option<&str>) -> Result<Vec<Tested>, AskError> {
    let asked = Asked::open(place)?;
    let today = today.map_or_else(clock::today, str::to_owned);
    let mut wanted: Vec<EntityId> = Vec::new();
    let kind = crate::model::kind_named("policy");
    for name in names {
        wanted.push(asked.catalog.lookup(name, kind)?.id);
    }
    let classes = asked.classes();
    let mut all = Vec::new();
    for id in asked.catalog.distinct() {
        let entity = asked.catalog.entity(id);
        let Some(Spec::Policy(spec)) = entity.spec() else { continue };
        let chosen = if names.is_empty() {
            spec.lifecycle != PolicyLifecycle::Retired
        } else {
            wanted.contains(&id)
        };
        if !chosen {
            continue;
        }
        let namespace = asked.catalog.canonical(entity);
        let namespace = crate::model::EntityRef::from_canonical(namespace);
        let mut tested = Tested {
            name: asked.catalog.names.text(entity.written).to_owned(),
            file: entity.file.path.clone(),
            line: entity.name_place.start.line,
            broken: None,
            examples: Vec::new(),
        };
        match Judge::new(spec, &classes, namespace.namespace()) {
            Ok(judge) => tested.examples = examples(spec, &judge, &today),
            Err(faults) => {
                tested.broken =
                    faults.first().map(|fault| format!("{}: {}", fault.pointer, fault.error));
            }
        }
        all.push(tested);
    }
    Ok(all)
}

fn examples(spec: &PolicySpec, judge: &Judge<'_>, today: &str) -> Vec<(String, Option<String>)> {
    let tests = spec.tests.iter().flatten().enumerate();
    tests
        .map(|(number, test)| {
            let name = test.name.clone().unwrap_or_else(|| format!("example {}", number + 1));
            let day = test.today.as_ref().map_or(today, |day| &day.0);
            let why = match spec.over {
                PolicyOver::Entity => why_failed(test, outcome(test, judge, day)),
                PolicyOver::Change => why_failed(test, outcome_of_change(test, judge, day)),
                PolicyOver::Plan => {
                    Some("examples of policies over plans are tried with them".to_owned())
                }
            };
            (name, why)
        })
        .collect()
}

/// Why an example fails, if it does.
fn why_failed(test: &PolicyTest, outcome: Result<Judgement, String>) -> Option<String> {
    let (got, messages) = match outcome {
        Ok(Judgement::Skipped) => (Expectation::Skip, Vec::new()),
        Ok(Judgement::Judged(broken)) if broken.is_empty() => (Expectation::Pass, Vec::new()),
        Ok(Judgement::Judged(broken)) => {
            (Expectation::Fail, broken.into_iter().map(|(_, message)| message).collect())
        }
        Ok(Judgement::Failed(fault)) => {
            return Some(format!("it cannot be said: {}: {}", fault.pointer, fault.error));
        }
        Err(why) => return Some(why),
    };
    let said = match messages.is_empty() {
        true => String::new(),
        false => format!(": {}", messages.join("; ")),
    };
    if got != test.expect {
        return Some(format!("expected {}, and it {}{said}", word(test.expect), tells(got)));
    }
    let wanted = test.message.as_ref()?;
    let told = messages.iter().any(|message| message.contains(wanted.as_str()));
    (!told).then(|| format!("no message says `{wanted}`{said}"))
}

fn word(expected: Expectation) -> &'static str {
    match expected {
        Expectation::Pass => "pass",
        Expectation::Fail => "fail",
        Expectation::Skip => "skip",
    }
}

fn tells(got: Expectation) -> &'static str {
    match got {
        Expectation::Pass => "passes",
        Expectation::Fail => "fails",
        Expectation::Skip => "is skipped",
    }
}

/// Judges a change that an example gives as a value: `entities`, `files`, `risk` …
fn outcome_of_change(
    test: &PolicyTest,
    judge: &Judge<'_>,
    today: &str,
) -> Result<Judgement, String> {
    let change: serde_json::Map<String, Value> =
        test.given.iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect();
    let change = Value::Object(change);
    if let Some(field) = misnamed(&change, change_shape()) {
        return Err(format!("what is given is wrong: a change has no field `{field}`"));
    }
    Ok(judge.judge_change(&change, today))
}

/// Judges the first document of an example, in a catalog of all of them.
fn outcome(test: &PolicyTest, judge: &Judge<'_>, today: &str) -> Result<Judgement, String> {
    let files = test.given.iter().enumerate().map(|(number, document)| {
        (format!("given-{number:04}.yaml"), Value::Object(whole(document)).to_string())
    });
    let tree = Memory::new(files.collect::<Vec<_>>());
    if let Some(why) = misspelt(&tree, today) {
        return Err(why);
    }
    let inspect = |_: &Subject<'_>| Inspection::default();
    let loaded = load(&tree, &Config::default(), &Limits::default(), &inspect);
    let (catalog, _) = loaded.map_err(|error| error.to_string())?;
    let first = catalog.entities().find(|(_, entity)| entity.file.path == "given-0000.yaml");
    let Some((id, _)) = first else {
        return Err(
            "the first document is no entity: it needs `kind` and `metadata.name`".to_owned()
        );
    };
    let (graph, classes) = (Graph::of(&catalog), Classes::of(&catalog));
    let reader = Reader::new(&tree as &dyn Tree);
    let world = World::new(&catalog, &graph, &classes, &reader, today);
    let value = catalog.value(&reader, id).ok_or("the first document cannot be read")?;
    Ok(judge.judge(&world, id, &value).0)
}

/// What an example says that no schema knows: it would be an example of nothing. What it leaves out
/// is its own affair.
fn misspelt(tree: &Memory, today: &str) -> Option<String> {
    const CODES: &[&str] = &[
        "kind-unknown",
        "api-version-unknown",
        "field-unknown",
        "field-misspelt",
        "field-type",
        "field-value",
    ];
    let findings = validate_tree(tree, today).ok()?.findings;
    let finding = findings.iter().find(|finding| CODES.contains(&finding.code.name))?;
    let help = finding.help.iter().next().map(|help| format!(" ({help})")).unwrap_or_default();
    Some(format!("what is given is wrong: {}{help}", finding.headline))
}

/// A document with the group that is assumed, if it names none.
fn whole(document: &BTreeMap<String, Value>) -> serde_json::Map<String, Value> {
    let mut fields: serde_json::Map<String, Value> =
        document.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    fields.entry("apiVersion").or_insert_with(|| "gitsm/v1alpha1".into());
    fields
}
