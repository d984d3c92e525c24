//! What people say of a change: its own ChangeRequest, its name, and what must still be said.

use schemars::JsonSchema;
use serde::Serialize;

use super::Side;
use super::facts::{Facts, Grade, Shown};
use super::policy::Policies;
use super::set::{Action, ChangeSet};
use crate::catalog::short;
use crate::model::EntityRef;
use crate::model::gitsm::Spec;
use crate::model::gitsm::change_request::ChangeRequestSpec;
use crate::model::gitsm::runbook::RunbookSpec;
use crate::model::gitsm::value::RiskBand;

/// The change's own request: the ChangeRequest that it adds or edits.
pub struct OwnRequest<'a> {
    /// Its canonical reference.
    pub reference: String,
    /// What it says.
    pub spec: Option<&'a ChangeRequestSpec>,
}

/// The ChangeRequests that a change adds; one at most is right. One that was there before belongs to
/// the change that added it: whoever edits it gets nothing of what it says, and least of all its type.
pub fn own_requests(set: &ChangeSet) -> Vec<String> {
    let own = set
        .entities
        .iter()
        .filter(|change| change.kind.family == "change" && change.action == Action::Create);
    own.map(|change| change.reference.clone()).collect()
}

/// The change's own request, if there is one; of several the first by name.
pub fn own_request<'a>(set: &ChangeSet, merged: &Side<'a>) -> Option<OwnRequest<'a>> {
    let reference = own_requests(set).into_iter().next()?;
    let spec = merged.find(&reference).and_then(|id| {
        merged.specs(id).find_map(|spec| match spec {
            Spec::ChangeRequest(spec) => Some(&**spec),
            _ => None,
        })
    });
    Some(OwnRequest { reference, spec })
}

/// What a change is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeName {
    /// Its name; nothing if nobody gave one.
    pub name: Option<String>,
    /// Who gave it: `request`, `trailer`, `forge`.
    pub by: Option<&'static str>,
    /// What is wrong with it, in words: two names in one change, a name that is reserved.
    pub mistakes: Vec<String>,
}

/// The name of a change: that of the ChangeRequest that it adds, else its trailer, else `pr-N`.
pub fn name(set: &ChangeSet, facts: &Facts) -> ChangeName {
    let requests = own_requests(set);
    let plain = |reference: &String| EntityRef::from_canonical(reference).name().to_owned();
    let mut mistakes = Vec::new();
    if let [first, second, ..] = requests.as_slice() {
        let (first, second) = (short(first), short(second));
        mistakes.push(format!("it has two requests, {first} and {second}: one change has one"));
    }
    let mut trailers: Vec<&String> = facts.trailers.iter().collect();
    trailers.sort();
    trailers.dedup();
    if let [first, second, ..] = trailers.as_slice() {
        mistakes.push(format!("its commits name two changes, {first} and {second}"));
    }
    let of_forge = facts.pull_request.map(|number| format!("pr-{number}"));
    let of_request = requests.first().map(plain);
    let of_trailer = trailers.first().map(|name| (*name).clone());
    if let (Some(request), Some(trailer)) = (&of_request, &of_trailer)
        && !request.eq_ignore_ascii_case(trailer)
    {
        mistakes.push(format!("its request is {request}, and its commits say {trailer}"));
    }
    for given in of_request.iter().chain(&of_trailer) {
        if is_reserved(given) && Some(given) != of_forge.as_ref() {
            mistakes.push(format!("{given} is the name of another pull request"));
        }
    }
    mistakes.dedup();
    let named = of_request.map(|name| (name, "request"));
    let named = named.or(of_trailer.map(|name| (name, "trailer")));
    let named = named.or(of_forge.map(|name| (name, "forge")));
    let (name, by) = named.unzip();
    ChangeName { name, by, mistakes }
}

/// Whether a name has the form that pull requests without a request go by.
fn is_reserved(name: &str) -> bool {
    let digits = name.strip_prefix("pr-");
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Something that a person must say of a change.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// `reason`, `plan`, `test` or `backout`.
    pub what: &'static str,
    /// From which band on it is asked for.
    pub from: Option<RiskBand>,
    /// Whether this change needs it.
    pub needed: bool,
    /// Where it is said; nothing if nobody did.
    pub given: Option<String>,
    /// Which policy asks for it.
    pub because: Option<String>,
}

impl Statement {
    /// Whether it is still missing.
    pub fn is_missing(&self) -> bool {
        self.needed && self.given.is_none()
    }
}

/// What the request and the facts say of a change.
pub struct Said<'a> {
    /// The request, if there is one.
    pub request: Option<&'a OwnRequest<'a>>,
    /// The runbook that does it.
    pub runbook: Option<(String, &'a RunbookSpec)>,
}

impl<'a> Said<'a> {
    /// Looks up what is said; the runbook is that of the request, or of a model.
    pub fn of(
        request: Option<&'a OwnRequest<'a>>,
        model_runbook: Option<String>,
        merged: &Side<'a>,
    ) -> Self {
        let own = request.and_then(|request| {
            let id = merged.find(&request.reference)?;
            merged.referred(id, "operatedBy").into_iter().next()
        });
        let runbook = own.or(model_runbook).and_then(|name| {
            let id = merged.find(&name)?;
            let spec = merged.specs(id).find_map(|spec| match spec {
                Spec::Runbook(spec) => Some(&**spec),
                _ => None,
            });
            Some((name, spec?))
        });
        Self { request, runbook }
    }

    fn plan(&self) -> Option<&'a crate::model::gitsm::change_request::Plan> {
        self.request?.spec?.plan.as_ref()
    }

    /// How it is taken back: as far as that was tried, else by what is written.
    pub fn backout(&self, facts: &Facts) -> Shown {
        let written = match (self.plan().and_then(|plan| plan.backout.as_ref()), &self.runbook) {
            (Some(_), _) => Some("the request says how".to_owned()),
            (None, Some((name, spec))) if spec.rollback.is_some() => {
                Some(format!("{} says how", short(name)))
            }
            _ => None,
        };
        better(facts.backout.as_ref(), written, "nothing says how it is taken back")
    }

    /// How it was tested: as far as that is on record, else by what is written.
    pub fn test(&self, facts: &Facts) -> Shown {
        let written = self.plan().and_then(|plan| plan.test.as_ref());
        let written = written.map(|_| "the request says how".to_owned());
        better(facts.test.as_ref(), written, "nothing says how it was tested")
    }

    fn reason(&self, facts: &Facts) -> Option<String> {
        let of_request = self.request.and_then(|request| request.spec);
        match (of_request, &facts.message) {
            (Some(_), _) => Some("its request".to_owned()),
            (None, Some(text)) if !text.trim().is_empty() => {
                Some("the text of the pull request, or of the commit".to_owned())
            }
            _ => None,
        }
    }

    fn how(&self) -> Option<String> {
        let runbook = self.runbook.as_ref().map(|(name, _)| short(name));
        let written = self.plan().and_then(|plan| plan.implementation.as_ref());
        runbook.or(written.map(|_| "its request".to_owned()))
    }

    /// What must be said of a change in a band, and what of it is said already. Of a standard
    /// change its model has said everything.
    pub fn statements(
        &self,
        facts: &Facts,
        policies: &Policies<'_>,
        (band, standard): (RiskBand, bool),
    ) -> Vec<Statement> {
        let shown = |shown: Shown| (shown.grade != Grade::None).then_some(shown.by);
        let statement = |what, given, asked: Option<(RiskBand, &super::policy::PolicyName)>| {
            let from = asked.map(|(from, _)| from);
            let needed = !standard && from.is_some_and(|from| band >= from);
            let because =
                asked.map(|(_, name)| format!("{}, /spec/statements/{what}", name.words()));
            Statement { what, from, needed, given, because }
        };
        vec![
            statement("reason", self.reason(facts), policies.statement(|one| one.reason)),
            statement("plan", self.how(), policies.statement(|one| one.plan)),
            statement("test", shown(self.test(facts)), policies.statement(|one| one.test)),
            statement("backout", shown(self.backout(facts)), policies.statement(|one| one.backout)),
        ]
    }
}

fn better(tried: Option<&Shown>, written: Option<String>, nothing: &str) -> Shown {
    let written = match written {
        Some(by) => Shown { grade: Grade::Text, by },
        None => Shown { grade: Grade::None, by: nothing.to_owned() },
    };
    tried.filter(|tried| tried.grade >= written.grade).cloned().unwrap_or(written)
}
