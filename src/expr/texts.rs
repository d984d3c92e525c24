//! Functions that make texts of texts, counted before anything is made: what they give can be far
//! longer than all that they are given.

use cel::common::types::{CelList, CelString, DYN_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{Env, ExecutionError};

use super::meter::{charge, kind_of};

type Given<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Gives<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

/// The names that they are rewritten to, by what people write and the number of arguments.
pub(super) const TEXTS: &[(&str, usize, &str)] = &[
    ("join", 0, "@join"),
    ("join", 1, "@join"),
    ("replace", 2, "@replace"),
    ("split", 1, "@split"),
];

/// Declares them.
pub(super) fn declare(env: &mut Env) -> Result<(), cel::DeclarationError> {
    env.add_overload("@join", "@join_all", vec![DYN_TYPE], join)?;
    env.add_overload("@join", "@join", vec![DYN_TYPE, DYN_TYPE], join)?;
    env.add_overload("@replace", "@replace", vec![DYN_TYPE, DYN_TYPE, DYN_TYPE], replace)?;
    env.add_overload("@split", "@split", vec![DYN_TYPE, DYN_TYPE], split)
}

/// Takes from the account what a text of so many bytes counts for.
fn charge_bytes(bytes: usize) -> Result<(), ExecutionError> {
    charge(1 + bytes as u64 / 16)
}

fn text<'a>(name: &str, value: Option<&'a CowVal<'_, '_>>) -> Result<&'a str, ExecutionError> {
    let value = value.ok_or_else(ExecutionError::missing_argument_or_target)?;
    match value.downcast_ref::<CelString>() {
        Some(text) => Ok(text.inner()),
        None => Err(unfit(name, value.as_ref())),
    }
}

fn unfit(name: &str, value: &dyn Val) -> ExecutionError {
    let message = format!("`{name}` does not work on {}", kind_of(value));
    ExecutionError::function_error(name, message)
}

fn join<'b, 'v>(given: Given<'b, 'v>) -> Gives<'b, 'v> {
    let list = given.first().ok_or_else(ExecutionError::missing_argument_or_target)?;
    let Some(items) = list.downcast_ref::<CelList>() else {
        return Err(unfit("join", list.as_ref()));
    };
    let between = match given.len() {
        1 => "",
        _ => text("join", given.get(1))?,
    };
    let mut parts = Vec::with_capacity(items.inner().len());
    for item in items.inner() {
        let Some(part) = item.downcast_ref::<CelString>() else {
            return Err(unfit("join", item.as_ref()));
        };
        charge_bytes(part.inner().len().saturating_add(between.len()))?;
        parts.push(part.inner());
    }
    Ok(CowVal::owned(CelString::from(parts.join(between))))
}

fn replace<'b, 'v>(given: Given<'b, 'v>) -> Gives<'b, 'v> {
    let whole = text("replace", given.first())?;
    let (old, new) = (text("replace", given.get(1))?, text("replace", given.get(2))?);
    charge_bytes(whole.len())?;
    let times = whole.matches(old).count();
    charge_bytes(times.saturating_mul(new.len()))?;
    Ok(CowVal::owned(CelString::from(whole.replace(old, new))))
}

fn split<'b, 'v>(given: Given<'b, 'v>) -> Gives<'b, 'v> {
    let (whole, between) = (text("split", given.first())?, text("split", given.get(1))?);
    charge_bytes(whole.len())?;
    let parts = |part: &str| -> Box<dyn Val + 'v> { Box::new(CelString::from(part.to_owned())) };
    let parts: Vec<Box<dyn Val + 'v>> = match between {
        "" => {
            charge(whole.len() as u64)?;
            whole.split_inclusive(|_| true).map(parts).collect()
        }
        between => {
            charge(whole.matches(between).count() as u64)?;
            whole.split(between).map(parts).collect()
        }
    };
    Ok(CowVal::Owned(Box::new(CelList::from(parts))))
}
