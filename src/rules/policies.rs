//! Policies of the catalog, held against its entities.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde_json::Value;

use super::at::{At, Part};
use super::exceptions::in_force;
use super::expressions::{namespace, told, told_of};
use super::{Whole, codes};
use crate::catalog::query::{Judge, Judgement, PolicyFault, World};
use crate::catalog::{Entity, EntityId, Reopened, short};
use crate::expr::ExprError;
use crate::finding::{Finding, Severity};
use crate::model::gitsm::Spec;
use crate::model::gitsm::exception::ExceptionOf;
use crate::model::gitsm::policy::{
    PolicyLifecycle, PolicyOver, PolicySeverity, PolicySpec, Validation,
};
use crate::yaml::Pointer;
use crate::yaml::de::from_node;

/// What one policy may cost in a whole run, in units of about a microsecond: a base, and so much for
/// each entity. (Kubernetes: 10,000,000 for all that looks at one object.)
const BUDGET: (u64, u64) = (5_000_000, 500);

/// A policy that is in force, or tried.
struct Policy<'w> {
    entity: &'w Entity,
    spec: &'w PolicySpec,
    judge: Judge<'w>,
    /// What it has cost so far.
    spent: AtomicU64,
}

/// What became of a policy and an entity.
enum Found {
    Broken(usize, Box<Finding>),
    Failed(usize, EntityId, PolicyFault),
}

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    let mut policies = Vec::new();
    for (_, entity) in whole.catalog.entities() {
        let Some(Spec::Policy(spec)) = entity.spec() else { continue };
        if spec.lifecycle == PolicyLifecycle::Retired {
            continue;
        }
        match Judge::new(spec, whole.classes(), namespace(whole, entity)) {
            Ok(_) if spec.over != PolicyOver::Entity => {}
            Ok(judge) => policies.push(Policy { entity, spec, judge, spent: AtomicU64::new(0) }),
            Err(faults) => findings.extend(faults.iter().filter_map(|fault| {
                told(whole, entity, &codes::EXPRESSION_INVALID, &fault.pointer, &fault.error)
            })),
        }
    }
    if !policies.is_empty() {
        judge_all(whole, &policies, findings);
    }
}

/// One root cause, one finding: what a policy misses about an entity waits until the entity's own
/// references lead somewhere. Only errors that are told hold anything back, so nothing passes for
/// that.
pub fn wait(findings: &mut Vec<Finding>) {
    let lost = findings.iter().filter(|finding| {
        finding.code.name == codes::REFERENCE_UNKNOWN.name && finding.severity == Severity::Error
    });
    let lost: BTreeSet<String> =
        lost.flat_map(Finding::occurrences).filter_map(|at| at.entity.clone()).collect();
    let of_policy = [codes::POLICY_VIOLATED.name, codes::POLICY_OVERDUE.name];
    let waits = |finding: &Finding| {
        let entity = finding.at.entity.as_ref();
        of_policy.contains(&finding.code.name) && entity.is_some_and(|entity| lost.contains(entity))
    };
    findings.retain(|finding| !waits(finding));
}

fn judge_all(whole: &Whole<'_>, policies: &[Policy<'_>], findings: &mut Vec<Finding>) {
    let world =
        World::new(whole.catalog, whole.graph(), whole.classes(), &whole.reader, whole.today);
    let excepted = in_force(whole, ExceptionOf::Policy);
    // Of several documents of one name each is judged; what extends another is judged with it.
    let principal = |id: &EntityId, entity: &Entity| {
        entity.extends().is_none() || whole.catalog.principal(entity.reference) == Some(*id)
    };
    let all = whole.catalog.entities().filter(|(id, entity)| principal(id, entity));
    let all: Vec<EntityId> = all.map(|(id, _)| id).collect();
    let concerned = |id: &EntityId| policies.iter().any(|one| one.judge.may_match(&world, *id));
    let ids: Vec<EntityId> = all.par_iter().copied().filter(concerned).collect();
    let limit = BUDGET.0 + BUDGET.1 * ids.len() as u64;
    let found = whole.reader.each(whole.catalog, &ids, |id, document| {
        judge_one(whole, &world, policies, &excepted, (id, document, limit))
    });
    let mut failed = BTreeSet::new();
    // How far a policy came before it cost too much is chance: nothing of it is told but that.
    let too_costly = |policy: usize| {
        policies.get(policy).is_some_and(|one| one.spent.load(Ordering::Relaxed) > limit)
    };
    for one in found.into_iter().flatten() {
        match one {
            Found::Broken(policy, _) | Found::Failed(policy, ..) if too_costly(policy) => {}
            Found::Broken(_, finding) => findings.push(*finding),
            // One entity shows what is wrong with a policy; all of them would hide it.
            Found::Failed(policy, id, fault) => {
                if failed.insert((policy, fault.pointer.to_string())) {
                    let entity = policies[policy].entity;
                    let at = (&fault.pointer, &fault.error);
                    findings.extend(told_of(whole, entity, &codes::POLICY_FAILED, at, id));
                }
            }
        }
    }
    for policy in policies.iter().filter(|one| one.spent.load(Ordering::Relaxed) > limit) {
        let message = "it costs too much over this catalog".to_owned();
        let help = Some("narrow `match`, or walk less far through the graph".to_owned());
        let error = ExprError { message, help, span: 0..usize::MAX };
        let pointer = Pointer::from_text("/spec/validations/0/expression");
        findings.extend(told(whole, policy.entity, &codes::POLICY_FAILED, &pointer, &error));
    }
}

/// Holds every policy against one entity.
fn judge_one(
    whole: &Whole<'_>,
    world: &World<'_>,
    policies: &[Policy<'_>],
    excepted: &BTreeSet<(String, String)>,
    (id, document, limit): (EntityId, &Reopened, u64),
) -> Option<Vec<Found>> {
    let entity = whole.catalog.entity(id);
    let value = match whole.catalog.extensions(id).next() {
        Some(_) => world.value(id)?.clone(),
        None => from_node::<Value>(document.root()?).ok()?,
    };
    let at = At::again(whole, document, entity)?;
    let subject = whole.catalog.canonical(entity);
    let mut found = Vec::new();
    for (number, policy) in policies.iter().enumerate() {
        let over = policy.spent.load(Ordering::Relaxed) > limit;
        if over || !policy.judge.may_match(world, id) {
            continue;
        }
        let name = whole.catalog.names.text(policy.entity.written);
        if excepted.contains(&(name.to_ascii_lowercase(), subject.to_owned())) {
            continue;
        }
        let (judgement, cost) = policy.judge.judge(world, id, &value);
        policy.spent.fetch_add(cost, Ordering::Relaxed);
        match judgement {
            Judgement::Skipped => {}
            Judgement::Failed(fault) => found.push(Found::Failed(number, id, fault)),
            Judgement::Judged(broken) => {
                found.extend(broken.into_iter().map(|(which, message)| {
                    let finding = broken_at(whole, &at, policy, which, &message);
                    Found::Broken(number, Box::new(finding))
                }))
            }
        }
    }
    Some(found)
}

fn broken_at(
    whole: &Whole<'_>,
    at: &At<'_>,
    policy: &Policy<'_>,
    which: usize,
    message: &str,
) -> Finding {
    let Policy { entity, spec, .. } = policy;
    let validation = spec.validations.get(which);
    let worst = severity_of(spec, validation);
    let dated = worst == Severity::Error && depends_on_day(spec, validation);
    let code = if dated { &codes::POLICY_OVERDUE } else { &codes::POLICY_VIOLATED };
    let pointer = pointer_of(validation.and_then(|one| one.at.as_deref()));
    let name = whole.catalog.names.text(entity.written);
    let span = at.span(&pointer, Part::Key);
    // Two policies may ask something of one field, and each is a finding of its own.
    let identity = format!("{} {which}", short(whole.catalog.canonical(entity)));
    let headline = message.to_owned();
    let finding = at
        .finding_at(code, &pointer, span, &identity, headline)
        .no_worse_than(worst)
        .label(entity.name_place.in_file(&entity.file), format!("`{name}` asks for it"));
    match validation.and_then(|one| one.help.as_ref()) {
        Some(help) => finding.help(help.clone()),
        None => finding.help(format!("what is asked for, and why: `gitsm get policy/{name}`")),
    }
}

/// How bad it is: as the policy says; one that is only tried notes.
fn severity_of(spec: &PolicySpec, validation: Option<&Validation>) -> Severity {
    if spec.lifecycle == PolicyLifecycle::Draft {
        return Severity::Note;
    }
    match validation.and_then(|one| one.severity) {
        None | Some(PolicySeverity::Error) => Severity::Error,
        Some(PolicySeverity::Warning) => Severity::Warning,
        Some(PolicySeverity::Note) => Severity::Note,
    }
}

/// Whether time alone can break it.
fn depends_on_day(spec: &PolicySpec, validation: Option<&Validation>) -> bool {
    let Some(validation) = validation else { return false };
    let condition = spec.r#match.as_ref().and_then(|selector| selector.r#where.as_deref());
    let mut open: Vec<&str> = condition.into_iter().chain([&*validation.expression]).collect();
    let mut seen = BTreeSet::new();
    // A variable can use those before it, so the day may hide behind several.
    while let Some(text) = open.pop() {
        let words = words_of(text);
        if words.contains("today") {
            return true;
        }
        if !words.contains("variables") {
            continue;
        }
        let variables = spec.variables.iter().flatten();
        let used = variables.filter(|one| words.contains(&*one.name) && seen.insert(&*one.name));
        open.extend(used.map(|one| &*one.expression));
    }
    false
}

fn words_of(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect()
}

/// `spec.continuity`, or `/spec/continuity`; the entity's name without it.
fn pointer_of(at: Option<&str>) -> Pointer {
    match at {
        None => Pointer::from_text("/metadata/name"),
        Some(text) if text.starts_with('/') => Pointer::from_text(text),
        Some(text) => text.split('.').fold(Pointer::root(), |pointer, part| pointer.join(part)),
    }
}
