//! An expression, ready to be evaluated; and what is wrong with one, at its place.

use std::fmt;
use std::ops::Range;

use cel::common::ast::{EntryExpr, Expr, SourceInfo};
use cel::common::types::CelBool;
use cel::common::value::Val;
use cel::{Context, ExecutionError, IdedExpr, Value};

use super::check::{Check, Fault};
use super::functions::environment;
use super::meter::{self, metered};
use super::shape::{Shape, Vocabulary};
use super::{LONGEST, doc, functions};

/// How deep an expression may be nested: deeper ones would overflow the stack.
const DEEPEST: usize = 200;

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExprError {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Where, in bytes of the expression.
    pub span: Range<usize>,
}

impl fmt::Display for ExprError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What an evaluation gave.
pub struct Outcome<'v> {
    /// The value.
    pub value: Result<Box<dyn Val + 'v>, ExprError>,
    /// What it cost, in units of about a microsecond.
    pub cost: u64,
}

/// The values of variables.
pub struct Variables<'v>(Context<'v, 'v>);

impl<'v> Variables<'v> {
    /// No variables yet.
    ///
    /// # Errors
    ///
    /// The environment cannot be made, which a test would find.
    pub fn new() -> Result<Self, ExprError> {
        let env = environment().map_err(|message| ExprError { message, help: None, span: 0..0 })?;
        Ok(Self(Context::with_env(env.clone())))
    }

    /// Gives a variable its value.
    pub fn set(&mut self, name: &str, value: Box<dyn Val + 'v>) {
        self.0.add_variable_as_val(name, value);
    }

    /// Gives a variable the beginning of a day; nothing happens if the text is none.
    pub fn set_day(&mut self, name: &str, day: &str) {
        if let Some(start) = functions::start_of(day) {
            self.set(name, Box::new(cel::common::types::CelTimestamp::from(start)));
        }
    }
}

/// An expression that was checked.
#[derive(Debug)]
pub struct Program {
    expr: IdedExpr,
    info: SourceInfo,
    /// What it gives, as far as that is known.
    pub shape: Shape,
}

impl Program {
    /// Reads and checks an expression.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn compile(source: &str, vocabulary: &Vocabulary) -> Result<Self, Vec<ExprError>> {
        let whole = |message: String| ExprError { message, help: None, span: 0..source.len() };
        if source.len() > LONGEST {
            return Err(vec![whole(format!("an expression has at most {LONGEST} bytes"))]);
        }
        let env = environment().map_err(|message| vec![whole(message)])?;
        let (expr, info) = env.parser().parse_with_source_info(source).map_err(|errors| {
            let all = errors.errors.iter().map(|error| syntax(source, error));
            all.take(1).collect::<Vec<_>>()
        })?;
        if depth_of(&expr) > DEEPEST {
            return Err(vec![whole("it is nested too deeply".to_owned())]);
        }
        let mut check = Check::new(vocabulary);
        let (expr, shape) = check.walk(expr);
        let faults = std::mem::take(&mut check.faults);
        if faults.is_empty() {
            return Ok(Self { expr, info, shape });
        }
        Err(faults.into_iter().map(|fault| placed(source, &info, fault)).collect())
    }

    /// Reads and checks an expression that is to be true or false.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn condition(source: &str, vocabulary: &Vocabulary) -> Result<Self, Vec<ExprError>> {
        let program = Self::compile(source, vocabulary)?;
        match &program.shape {
            Shape::Any | Shape::Plain("true or false") => Ok(program),
            shape => {
                let message = format!(
                    "it gives {}, and not true or false",
                    shape.sort().unwrap_or("something")
                );
                let help = Some("compare it with something, or ask `has(…)`".to_owned());
                Err(vec![ExprError { message, help, span: 0..source.len() }])
            }
        }
    }

    /// Evaluates it.
    pub fn evaluate<'v>(&self, variables: &Variables<'v>) -> Outcome<'v> {
        let context = &variables.0;
        let evaluate = || Value::resolve_val(&self.expr, context).map(|value| value.into_owned());
        let (value, mut cost, exhausted) = metered(evaluate);
        let value = match value {
            // An error may hide behind a truth that does not need it; a cost never does.
            _ if exhausted => Err(self.error(&self.expr, meter::TOO_COSTLY.to_owned(), None)),
            Ok(value) => Ok(value),
            Err(error) => {
                let (message, help) = in_words(&error);
                let (part, search, _) = metered(|| blamed(&self.expr, context));
                cost += search;
                Err(self.error(part, message, help))
            }
        };
        Outcome { value, cost }
    }

    /// Evaluates a condition.
    ///
    /// # Errors
    ///
    /// It cannot be evaluated, or is neither true nor false.
    pub fn is_true(&self, variables: &Variables<'_>) -> (Result<bool, ExprError>, u64) {
        let outcome = self.evaluate(variables);
        let truth = outcome.value.and_then(|value| match value.downcast_ref::<CelBool>() {
            Some(truth) => Ok(*truth.inner()),
            None => {
                let kind = meter::kind_of(value.as_ref());
                let message = format!("it gives {kind}, and not true or false");
                Err(self.error(&self.expr, message, None))
            }
        });
        (truth, outcome.cost)
    }

    /// Evaluates it to JSON.
    ///
    /// # Errors
    ///
    /// It cannot be evaluated.
    pub fn json(&self, variables: &Variables<'_>) -> Result<serde_json::Value, ExprError> {
        let value = self.evaluate(variables).value?;
        Ok(doc::json_of(value.as_ref()).unwrap_or(serde_json::Value::Null))
    }

    fn error(&self, at: &IdedExpr, message: String, help: Option<String>) -> ExprError {
        ExprError { message, help, span: span_of(&self.info.source, &self.info, at.id, None) }
    }
}

fn syntax(source: &str, error: &cel::ParseError) -> ExprError {
    if error.msg.contains("Recursion limit") {
        let message = "it is nested too deeply".to_owned();
        let end = source.chars().next().map_or(0, char::len_utf8);
        return ExprError { message, help: None, span: 0..end };
    }
    let (line, column) = (error.pos.0.max(1) as usize, error.pos.1.max(1) as usize);
    let start: usize = source.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = source.get(start..).unwrap_or_default();
    let within = rest.char_indices().nth(column - 1).map_or(rest.len(), |(at, _)| at);
    let at = (start + within).min(source.len());
    let end = source[at..].chars().next().map_or(at, |c| at + c.len_utf8());
    let message = error.msg.lines().next().unwrap_or("it does not parse").trim();
    let message = match message.strip_prefix("Syntax error: ").unwrap_or(message) {
        text if text.starts_with("mismatched input '<EOF>'") => "it ends too early".to_owned(),
        text => {
            let text = text.split(" expecting ").next().unwrap_or(text);
            format!("it does not parse: {}", text.chars().take(120).collect::<String>())
        }
    };
    let single = source[at..].starts_with('=') && !source[at..].starts_with("==");
    let help = single.then(|| "`==` compares".to_owned());
    ExprError { message, help, span: at..end }
}

fn placed(source: &str, info: &SourceInfo, fault: Fault) -> ExprError {
    let span = span_of(source, info, fault.id, fault.word.as_deref());
    ExprError { message: fault.message, help: fault.help, span }
}

/// The bytes of a part of an expression; of a word in it, if there is one.
fn span_of(source: &str, info: &SourceInfo, id: u64, word: Option<&str>) -> Range<usize> {
    let byte = |chars: usize| source.char_indices().nth(chars).map_or(source.len(), |(at, _)| at);
    let Some((start, stop)) = info.offset_for(id) else { return 0..source.len() };
    let start = byte(start as usize);
    // The parser counts characters, and the last one is included.
    let end = byte(stop as usize + 1).max(start);
    // A call stands where its parenthesis does, a field where its dot may.
    let before =
        || word.filter(|word| source[..start].ends_with(word)).map(|word| start - word.len());
    let after = || Some(start + source[start..].find(word?)?);
    if let (Some(at), Some(word)) = (before().or_else(after), word) {
        return at..at + word.len();
    }
    start..end.max((start + 1).min(source.len()))
}

/// How deeply an expression is nested; without recursion, since that is what it guards.
fn depth_of(expr: &IdedExpr) -> usize {
    let (mut open, mut deepest) = (vec![(expr, 1)], 0);
    while let Some((expr, depth)) = open.pop() {
        deepest = deepest.max(depth);
        if depth > DEEPEST {
            return depth;
        }
        for part in parts(expr) {
            open.push((part, depth + 1));
        }
    }
    deepest
}

/// The parts of an expression.
fn parts(expr: &IdedExpr) -> Vec<&IdedExpr> {
    match &expr.expr {
        Expr::Call(call) => call.target.iter().map(AsRef::as_ref).chain(&call.args).collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Comprehension(inner) => {
            vec![
                &inner.iter_range,
                &inner.accu_init,
                &inner.loop_cond,
                &inner.loop_step,
                &inner.result,
            ]
        }
        Expr::Map(map) => {
            let entries = map.entries.iter().filter_map(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => Some([&entry.key, &entry.value]),
                EntryExpr::StructField(_) => None,
            });
            entries.flatten().collect()
        }
        _ => Vec::new(),
    }
}

/// How many parts an expression has, with those of its parts.
pub(super) fn parts_of(expr: &IdedExpr) -> usize {
    let (mut open, mut count) = (vec![expr], 0);
    while let Some(expr) = open.pop() {
        count += 1;
        open.extend(parts(expr));
    }
    count
}

/// The innermost part that cannot be evaluated: the interpreter says what went wrong, and not where.
/// What goes on inside of a comprehension stays the comprehension's. All of the search has one
/// account: when it is empty, what is known by then has to do.
fn blamed<'e>(expr: &'e IdedExpr, context: &Context<'_, '_>) -> &'e IdedExpr {
    let inner = match &expr.expr {
        Expr::Comprehension(inner) => vec![&inner.iter_range],
        _ => parts(expr),
    };
    for part in inner {
        let fails = Value::resolve_val(part, context).is_err();
        if meter::charge(1).is_err() {
            return expr;
        }
        if fails {
            return blamed(part, context);
        }
    }
    expr
}

fn in_words(error: &ExecutionError) -> (String, Option<String>) {
    match error {
        ExecutionError::NoSuchKey(key) => {
            let help = format!("ask `has(….{key})` first");
            (format!("there is no `{key}` here"), Some(help))
        }
        ExecutionError::NoSuchOverload(overload) => {
            let types: Vec<&str> =
                overload.argument_types().iter().map(|name| type_in_words(name)).collect();
            let name = overload.function().trim_matches('_').trim_start_matches('@');
            let absent = types.contains(&"nothing");
            let help = absent.then(|| "ask `has(…)` first".to_owned());
            (format!("`{name}` does not work on {}", types.join(" and ")), help)
        }
        ExecutionError::FunctionError { message, .. } => (message.clone(), None),
        ExecutionError::DivisionByZero(_) => ("it divides by zero".to_owned(), None),
        ExecutionError::IndexOutOfBounds(_) => {
            ("the list has no such item".to_owned(), Some("ask its `size()` first".to_owned()))
        }
        other => (other.to_string().chars().take(200).collect(), None),
    }
}

fn type_in_words(name: &str) -> &'static str {
    match name {
        "string" => "a text",
        "int" | "uint" | "double" => "a number",
        "bool" => "true or false",
        "list" => "a list",
        "map" => "a mapping",
        "null_type" => "nothing",
        "gitsm.Entity" => "an entity",
        name if name.ends_with("Timestamp") || name == "timestamp" => "an instant",
        name if name.ends_with("Duration") || name == "duration" => "a length of time",
        _ => "a value",
    }
}

#[cfg(test)]
#[path = "program_tests.rs"]
mod tests;
