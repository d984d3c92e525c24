//! What an evaluation may cost, and operators that are lenient about what is absent.
//!
//! The interpreter has no limits of its own (FACTS): checking rewrites an expression so that every
//! range that is iterated over, every item that is put into a list and every text that is made goes
//! through [`charge`]. An evaluation runs on one thread, so its account is the thread's.

use std::cell::Cell;
use std::cmp::Ordering;

use cel::common::types::{
    CelBool, CelDuration, CelInt, CelList, CelNull, CelString, CelTimestamp, DYN_TYPE,
};
use cel::common::value::{CowVal, Val};
use cel::{Env, ExecutionError};
use chrono::{Datelike, TimeDelta};

use super::absent;
use super::doc::is_nothing;

/// What one evaluation may cost, about a microsecond each (Kubernetes' limit of one call).
const MOST: u64 = 1_000_000;

/// How many parts of an expression are evaluated in about a microsecond.
const PARTS: u64 = 8;

/// The names of the functions that expressions are rewritten to; nobody can write them.
pub(super) const CHARGE: &str = "@charge";
pub(super) const CHARGE_EACH: &str = "@charge_each";
pub(super) const MATCHES: &str = "@matches";
pub(super) const FIELD: &str = "@field";
pub(super) const HAS: &str = "@has";
pub(super) const ADD: &str = "@add";
pub(super) const SUBTRACT: &str = "@subtract";
pub(super) const LESS: &str = "@less";
pub(super) const LESS_EQUAL: &str = "@less_equal";
pub(super) const GREATER: &str = "@greater";
pub(super) const GREATER_EQUAL: &str = "@greater_equal";

/// The message of an evaluation that costs too much.
pub(super) const TOO_COSTLY: &str = "it costs too much: it goes through too many values";

thread_local! {
    static LEFT: Cell<u64> = const { Cell::new(MOST) };
}

/// Runs an evaluation with a full account; gives what it spent, and whether that was too much.
pub(super) fn metered<T>(evaluate: impl FnOnce() -> T) -> (T, u64, bool) {
    let before = LEFT.with(|left| left.replace(MOST));
    let result = evaluate();
    let left = LEFT.with(|left| left.replace(before));
    (result, MOST - left, left == 0)
}

/// Takes from the account.
///
/// # Errors
///
/// It is empty.
pub fn charge(units: u64) -> Result<(), ExecutionError> {
    let left = LEFT.with(|left| {
        left.set(left.get().saturating_sub(units));
        left.get()
    });
    match left {
        0 => Err(ExecutionError::function_error("cost", TOO_COSTLY)),
        _ => Ok(()),
    }
}

/// Declares what expressions are rewritten to.
pub(super) fn declare(env: &mut Env) -> Result<(), cel::DeclarationError> {
    let two = || vec![DYN_TYPE, DYN_TYPE];
    env.add_overload(CHARGE, CHARGE, vec![DYN_TYPE], |mut arguments| {
        let value = arguments.pop().ok_or_else(ExecutionError::missing_argument_or_target)?;
        charge(size(value.as_ref(), 0))?;
        Ok(value)
    })?;
    env.add_overload(CHARGE_EACH, CHARGE_EACH, two(), |mut arguments| {
        let parts = arguments.pop().and_then(|parts| {
            parts.downcast_ref::<CelInt>().map(|parts| parts.inner().unsigned_abs())
        });
        let range = arguments.pop().ok_or_else(ExecutionError::missing_argument_or_target)?;
        let each = 1 + parts.unwrap_or_default() / PARTS;
        charge(size(range.as_ref(), 0).saturating_mul(each))?;
        Ok(range)
    })?;
    env.add_overload(MATCHES, MATCHES, vec![DYN_TYPE], |mut arguments| {
        let pattern = arguments.pop().ok_or_else(ExecutionError::missing_argument_or_target)?;
        let text = pattern.downcast_ref::<CelString>();
        charge(text.map_or(1, |text| pattern_cost(text.inner())))?;
        Ok(pattern)
    })?;
    env.add_overload(FIELD, FIELD, two(), absent::field)?;
    env.add_overload(HAS, HAS, two(), absent::has)?;
    env.add_overload(ADD, ADD, two(), |arguments| {
        within_time(&arguments, false)?;
        calculate(arguments, "+", |left, right| {
            left.as_adder()?.add(right).ok().map(CowVal::into_owned)
        })
    })?;
    env.add_overload(SUBTRACT, SUBTRACT, two(), |arguments| {
        within_time(&arguments, true)?;
        calculate(arguments, "-", |left, right| {
            left.as_subtractor()?.sub(right).ok().map(CowVal::into_owned)
        })
    })?;
    env.add_overload(LESS, LESS, two(), |two| compare(&two, "<", Ordering::is_lt))?;
    env.add_overload(LESS_EQUAL, LESS_EQUAL, two(), |two| compare(&two, "<=", Ordering::is_le))?;
    env.add_overload(GREATER, GREATER, two(), |two| compare(&two, ">", Ordering::is_gt))?;
    env.add_overload(GREATER_EQUAL, GREATER_EQUAL, two(), |two| {
        compare(&two, ">=", Ordering::is_ge)
    })
}

/// What a value counts for: each item of a list, and sixteen bytes of a text, one.
fn size(value: &dyn Val, depth: usize) -> u64 {
    if let Some(text) = value.downcast_ref::<CelString>() {
        return 1 + text.inner().len() as u64 / 16;
    }
    let Some(list) = value.downcast_ref::<CelList>() else { return 1 };
    if depth > 64 {
        return MOST;
    }
    let mut sum = 1_u64;
    for item in list.inner() {
        sum = sum.saturating_add(size(item.as_ref(), depth + 1));
        if sum > MOST {
            break;
        }
    }
    sum
}

/// What reading a regular expression counts for: its repetitions are unrolled, and a class such as
/// `\w` stands for hundreds of ranges of characters.
fn pattern_cost(pattern: &str) -> u64 {
    let class = if pattern.contains('\\') || pattern.contains("[^") { 200_u64 } else { 2 };
    let counts = pattern.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let counts =
        counts.filter_map(|text| text.split(',').filter_map(|n| n.parse::<u64>().ok()).max());
    let unrolled = counts.fold(1_u64, |all, count| all.saturating_mul(count.max(1)));
    let classes = 1 + pattern.matches(['\\', '[']).count() as u64;
    let sum = unrolled.saturating_mul(class).saturating_add(classes.saturating_mul(class));
    sum.saturating_add(50 + pattern.len() as u64)
}

fn unfit(symbol: &str, left: &dyn Val, right: &dyn Val) -> ExecutionError {
    let names = (kind_of(left), kind_of(right));
    let message = format!("`{symbol}` does not work on {} and {}", names.0, names.1);
    ExecutionError::function_error(symbol, message)
}

/// A value's type in words.
pub(super) fn kind_of(value: &dyn Val) -> &'static str {
    match value.get_type().name() {
        "string" => "a text",
        "int" | "uint" => "a whole number",
        "double" => "a number",
        "bool" => "true or false",
        "list" => "a list",
        "map" => "a mapping",
        "null_type" => "nothing",
        "timestamp" | "google.protobuf.Timestamp" => "an instant",
        "duration" | "google.protobuf.Duration" => "a length of time",
        "gitsm.Entity" => "an entity",
        _ => "a value",
    }
}

/// Refuses to calculate with instants and lengths of time beyond what there are: the interpreter
/// would not survive it.
fn within_time(arguments: &[CowVal<'_, '_>], subtract: bool) -> Result<(), ExecutionError> {
    let [left, right] = arguments else { return Ok(()) };
    let length =
        |value: &CowVal<'_, '_>| value.downcast_ref::<CelDuration>().map(|length| *length.inner());
    let instant = |value: &CowVal<'_, '_>| {
        value.downcast_ref::<CelTimestamp>().map(|instant| *instant.inner())
    };
    let signed = |length: TimeDelta| if subtract { -length } else { length };
    let fits = match (instant(left), length(left), instant(right), length(right)) {
        (Some(at), _, _, Some(by)) | (_, Some(by), Some(at), _) => {
            at.checked_add_signed(signed(by)).is_some_and(|at| (1..=9999).contains(&at.year()))
        }
        (_, Some(one), _, Some(other)) => one.checked_add(&signed(other)).is_some(),
        _ => true,
    };
    match fits {
        true => Ok(()),
        false => {
            let message = "that is no time that a calendar knows: years go from 1 to 9999";
            Err(ExecutionError::function_error("time", message))
        }
    }
}

fn calculate<'b, 'v>(
    arguments: Vec<CowVal<'b, 'v>>,
    symbol: &str,
    operate: impl FnOnce(&(dyn Val + 'v), &(dyn Val + 'v)) -> Option<Box<dyn Val + 'v>>,
) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let [left, right] = arguments.as_slice() else {
        return Err(ExecutionError::missing_argument_or_target());
    };
    if is_nothing(left.as_ref()) || is_nothing(right.as_ref()) {
        return Ok(CowVal::owned(CelNull));
    }
    charge(size(left.as_ref(), 0).saturating_add(size(right.as_ref(), 0)))?;
    let result = operate(left.as_ref(), right.as_ref());
    result.map(CowVal::Owned).ok_or_else(|| unfit(symbol, left.as_ref(), right.as_ref()))
}

fn compare<'b, 'v>(
    arguments: &[CowVal<'b, 'v>],
    symbol: &str,
    fits: fn(Ordering) -> bool,
) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let [left, right] = arguments else {
        return Err(ExecutionError::missing_argument_or_target());
    };
    if is_nothing(left.as_ref()) || is_nothing(right.as_ref()) {
        return Ok(CowVal::owned(CelBool::from(false)));
    }
    let is_length = |value: &dyn Val| {
        let text = value.downcast_ref::<CelString>();
        text.is_some_and(|text| super::functions::length(text.inner()).is_some())
    };
    if is_length(left.as_ref()) && is_length(right.as_ref()) {
        let message = format!(
            "`{symbol}` would compare lengths of time by their letters: write `period(…)` around both"
        );
        return Err(ExecutionError::function_error(symbol, message));
    }
    let order = left.as_comparer().and_then(|left| left.compare(right.as_ref()).ok());
    match order {
        Some(order) => Ok(CowVal::owned(CelBool::from(fits(order)))),
        None => Err(unfit(symbol, left.as_ref(), right.as_ref())),
    }
}
