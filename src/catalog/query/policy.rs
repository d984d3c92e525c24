//! A policy, ready to judge entities.

use std::collections::BTreeMap;

use cel::common::types::CelString;
use serde_json::Value;

use super::names::vocabulary;
use super::selector::Matcher;
use super::world::World;
use crate::catalog::{Classes, EntityId};
use crate::expr::{ExprError, Program, Shape, Variables, Vocabulary, value_of};
use crate::finding::nearest;
use crate::model::gitsm::policy::{PolicyOver, PolicySpec};
use crate::yaml::Pointer;

/// What is wrong with one of a policy's expressions, and which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFault {
    /// The expression, as a pointer into the policy's document.
    pub pointer: Pointer,
    /// What is wrong with it.
    pub error: ExprError,
}

/// A policy whose expressions were read and checked.
pub struct Judge<'a> {
    spec: &'a PolicySpec,
    matcher: Option<Matcher<'a>>,
    parameters: Value,
    parameter_shape: Shape,
    variables: Vec<(String, Program)>,
    validations: Vec<(Program, Option<Program>)>,
}

/// What a policy says of an entity.
#[derive(Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It is about other things.
    Skipped,
    /// What does not hold: the numbers of validations, each with its message. Nothing: all holds.
    Judged(Vec<(usize, String)>),
    /// It cannot be said.
    Failed(PolicyFault),
}

fn pointer(parts: &[&str]) -> Pointer {
    parts.iter().fold(Pointer::root(), |pointer, part| pointer.join(*part))
}

fn validation_pointer(number: usize, field: &str) -> Pointer {
    pointer(&["spec", "validations"]).join(number).join(field)
}

impl<'a> Judge<'a> {
    /// Reads and checks the expressions of a policy that stands in a namespace.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them.
    pub fn new(
        spec: &'a PolicySpec,
        classes: &Classes<'_>,
        namespace: &str,
    ) -> Result<Self, Vec<PolicyFault>> {
        let mut faults = Vec::new();
        let mut told = |pointer: Pointer, errors: Vec<ExprError>| {
            faults.extend(
                errors.into_iter().map(|error| PolicyFault { pointer: pointer.clone(), error }),
            );
        };
        let matcher =
            spec.r#match.as_ref().map(|selector| Matcher::new(selector, classes, namespace));
        let matcher = match matcher {
            Some(Err(errors)) => {
                told(pointer(&["spec", "match", "where"]), errors);
                None
            }
            Some(Ok(matcher)) => Some(matcher),
            None => None,
        };
        let kinds = matcher.as_ref().map(|matcher| matcher.kinds.clone()).unwrap_or_default();
        let parameters = spec.parameters.iter().flatten();
        let parameters: Value = parameters
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let parameter_shape = Shape::of_value(&parameters);
        let mut names = names_of(spec.over, &kinds);
        names.variables.insert("parameters".to_owned(), parameter_shape.clone());
        let mut known: BTreeMap<String, Shape> = BTreeMap::new();
        let mut variables = Vec::new();
        for (number, variable) in spec.variables.iter().flatten().enumerate() {
            names.variables.insert("variables".to_owned(), Shape::Object(known.clone().into()));
            let shape = match Program::compile(&variable.expression, &names) {
                Ok(program) => {
                    let shape = program.shape.clone();
                    variables.push((variable.name.clone(), program));
                    shape
                }
                Err(errors) => {
                    let at = pointer(&["spec", "variables"]).join(number).join("expression");
                    told(at, errors);
                    Shape::Any
                }
            };
            known.insert(variable.name.clone(), shape);
        }
        names.variables.insert("variables".to_owned(), Shape::Object(known.into()));
        let mut validations = Vec::new();
        for (number, validation) in spec.validations.iter().enumerate() {
            let message = validation.message_expression.as_ref();
            let message = message.map(|text| Program::compile(text, &names)).transpose();
            match (Program::condition(&validation.expression, &names), message) {
                (Ok(program), Ok(message)) => validations.push((program, message)),
                (program, message) => {
                    told(
                        validation_pointer(number, "expression"),
                        program.err().unwrap_or_default(),
                    );
                    let at = validation_pointer(number, "messageExpression");
                    told(at, message.err().unwrap_or_default());
                }
            }
        }
        if spec.over == PolicyOver::Entity {
            let entity = vocabulary(&kinds).variables.remove("entity").unwrap_or(Shape::Any);
            for (number, validation) in spec.validations.iter().enumerate() {
                let error = validation.at.as_ref().and_then(|at| misplaced(at, &entity));
                faults.extend(
                    error.map(|error| PolicyFault {
                        pointer: validation_pointer(number, "at"),
                        error,
                    }),
                );
            }
        }
        match faults.is_empty() {
            true => Ok(Self { spec, matcher, parameters, parameter_shape, variables, validations }),
            false => Err(faults),
        }
    }

    /// Whether it can be about an entity, by what is known without its document.
    pub fn may_match(&self, world: &World<'_>, id: EntityId) -> bool {
        self.matcher.as_ref().is_none_or(|matcher| matcher.may_match(world, id))
    }

    /// Judges an entity; also gives what that cost.
    pub fn judge(&self, world: &World<'_>, id: EntityId, value: &Value) -> (Judgement, u64) {
        let mut cost = 0;
        if let Some(matcher) = &self.matcher {
            let (matches, spent) = matcher.matches(world, id, value);
            cost += spent;
            match matches {
                Ok(true) => {}
                Ok(false) => return (Judgement::Skipped, cost),
                Err(error) => return (failed(pointer(&["spec", "match", "where"]), error), cost),
            }
        }
        let judgement = self.validate(world, id, value, &mut cost);
        (judgement.unwrap_or_else(Judgement::Failed), cost)
    }

    fn validate(
        &self,
        world: &World<'_>,
        id: EntityId,
        value: &Value,
        cost: &mut u64,
    ) -> Result<Judgement, PolicyFault> {
        let names = world.variables(id, Some(value)).map_err(Self::at_root)?;
        self.validate_with(names, cost)
    }

    fn at_root(error: ExprError) -> PolicyFault {
        PolicyFault { pointer: pointer(&["spec"]), error }
    }

    /// Whether it is about an entity of a change, and what it cost to find out; of a policy about
    /// changes that names no entities every change.
    ///
    /// # Errors
    ///
    /// Its condition cannot be evaluated.
    pub fn concerns(
        &self,
        world: &World<'_>,
        id: EntityId,
        value: &Value,
    ) -> Result<bool, PolicyFault> {
        let Some(matcher) = &self.matcher else { return Ok(true) };
        let (matches, _) = matcher.matches(world, id, value);
        matches
            .map_err(|error| PolicyFault { pointer: pointer(&["spec", "match", "where"]), error })
    }

    /// Whether it says which entities it is about.
    pub fn is_narrow(&self) -> bool {
        self.matcher.is_some()
    }

    /// Judges a change, as a value of the shape [`change_shape`](super::change_shape), on a day.
    pub fn judge_change(&self, change: &Value, today: &str) -> Judgement {
        let judged = || {
            let mut names = Variables::new().map_err(Self::at_root)?;
            names.set("change", value_of(Some(change), super::change_shape()));
            names.set_day("today", today);
            self.validate_with(names, &mut 0)
        };
        judged().unwrap_or_else(Judgement::Failed)
    }

    fn validate_with<'v>(
        &'v self,
        mut names: Variables<'v>,
        cost: &mut u64,
    ) -> Result<Judgement, PolicyFault> {
        names.set("parameters", value_of(Some(&self.parameters), &self.parameter_shape));
        for (number, (name, program)) in self.variables.iter().enumerate() {
            let outcome = program.evaluate(&names);
            *cost += outcome.cost;
            let at = pointer(&["spec", "variables"]).join(number).join("expression");
            let value = outcome.value.map_err(|error| PolicyFault { pointer: at, error })?;
            names.set(&format!("variables.{name}"), value);
        }
        let mut broken = Vec::new();
        for (number, (program, message)) in self.validations.iter().enumerate() {
            let (truth, spent) = program.is_true(&names);
            *cost += spent;
            let at = validation_pointer(number, "expression");
            if !truth.map_err(|error| PolicyFault { pointer: at, error })? {
                broken.push((number, self.message(number, message.as_ref(), &names, cost)?));
            }
        }
        Ok(Judgement::Judged(broken))
    }

    fn message(
        &self,
        number: usize,
        message: Option<&Program>,
        names: &Variables<'_>,
        cost: &mut u64,
    ) -> Result<String, PolicyFault> {
        let plain = self.spec.validations.get(number).map(|validation| validation.message.clone());
        let Some(message) = message else { return Ok(plain.unwrap_or_default()) };
        let at = validation_pointer(number, "messageExpression");
        let outcome = message.evaluate(names);
        *cost += outcome.cost;
        let value = outcome.value.map_err(|error| PolicyFault { pointer: at, error })?;
        // What does not become a text leaves the plain message.
        let text = value.downcast_ref::<CelString>().map(|text| text.inner().to_owned());
        Ok(text.or(plain).unwrap_or_default())
    }
}

/// What is wrong with the field that a finding is to stand at, if no kind in question has it.
fn misplaced(at: &str, entity: &Shape) -> Option<ExprError> {
    let (mut shape, mut seen) = (entity, 0);
    for part in at.split(['.', '/']).filter(|part| !part.is_empty()) {
        let start = seen + at[seen..].find(part)?;
        seen = start + part.len();
        if let Some(fields) = shape.fields()
            && !fields.contains_key(part)
        {
            let near = nearest(part, fields.keys().map(String::as_str));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            let message = format!("there is no field `{part}`");
            return Some(ExprError { message, help, span: start..seen });
        }
        shape = match part.bytes().all(|byte| byte.is_ascii_digit()) {
            true => shape.items(),
            false => shape.field(part),
        };
    }
    None
}

fn failed(pointer: Pointer, error: ExprError) -> Judgement {
    Judgement::Failed(PolicyFault { pointer, error })
}

/// The names that a policy's expressions can use.
fn names_of(over: PolicyOver, kinds: &[&'static crate::model::Kind]) -> Vocabulary {
    let mut names = vocabulary(kinds);
    let (subject, shape) = match over {
        PolicyOver::Entity => return names,
        PolicyOver::Change => ("change", super::change_shape().clone()),
        PolicyOver::Plan => ("plan", Shape::Any),
    };
    names.variables.remove("entity");
    names.variables.insert(subject.to_owned(), shape);
    names
}
