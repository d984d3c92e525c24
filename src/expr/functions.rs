//! The functions of expressions: CEL's own, and a few for dates.

use std::sync::{Arc, OnceLock};

use cel::common::types::{
    CelBool, CelDuration, CelNull, CelString, CelTimestamp, DYN_TYPE, NULL_TYPE,
};
use cel::common::value::{CowVal, Val};
use cel::{Env, ExecutionError};
use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, TimeZone};

use super::absent::is_absent;
use super::{meter, texts};

/// A function, for checking and for documentation.
#[derive(Debug)]
pub struct FunctionRow {
    /// Its name.
    pub name: &'static str,
    /// How it is called.
    pub usage: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What it gives: `text`, `number`, `truth`, `list`, `instant`, `length`, or anything.
    pub gives: &'static str,
}

const fn row(
    name: &'static str,
    usage: &'static str,
    gives: &'static str,
    meaning: &'static str,
) -> FunctionRow {
    FunctionRow { name, usage, meaning, gives }
}

/// Every function that an expression can call, beside methods of entities.
pub static FUNCTIONS: &[FunctionRow] = &[
    row("has", "has(x.field)", "truth", "whether the field is there"),
    row("size", "size(list), text.size()", "number", "how many items, characters or keys"),
    row("all", "list.all(x, …)", "truth", "whether it is so for every item"),
    row("exists", "list.exists(x, …)", "truth", "whether it is so for an item"),
    row("exists_one", "list.exists_one(x, …)", "truth", "whether it is so for exactly one item"),
    row("filter", "list.filter(x, …)", "list", "the items for which it is so"),
    row("map", "list.map(x, …)", "list", "something for each item"),
    row("startsWith", "text.startsWith('a')", "truth", "whether a text begins so"),
    row("endsWith", "text.endsWith('a')", "truth", "whether a text ends so"),
    row("contains", "text.contains('a')", "truth", "whether a text is in it"),
    row("matches", "text.matches('^a+$')", "truth", "whether a regular expression (RE2) fits"),
    row("lowerAscii", "text.lowerAscii()", "text", "in lower case"),
    row("upperAscii", "text.upperAscii()", "text", "in upper case"),
    row("trim", "text.trim()", "text", "without white space around it"),
    row("split", "text.split(',')", "list", "its parts"),
    row("join", "list.join(', ')", "text", "its items as one text"),
    row("replace", "text.replace('a', 'b')", "text", "with a part replaced"),
    row("substring", "text.substring(0, 3)", "text", "a part, by numbers of characters"),
    row("indexOf", "text.indexOf('a')", "number", "where a text is in it, or -1"),
    row("int", "int('3')", "number", "as a whole number"),
    row("double", "double('3.5')", "number", "as a number"),
    row("string", "string(3)", "text", "as a text"),
    row("bool", "bool('true')", "truth", "as true or false"),
    row("type", "type(x)", "any", "its CEL type"),
    row("dyn", "dyn(x)", "any", "the same, with nothing known of it"),
    row("timestamp", "timestamp('2026-12-31T22:00:00Z')", "instant", "an instant (RFC 3339)"),
    row("duration", "duration('4h')", "length", "a length of time in hours, minutes and seconds"),
    row("date", "date('2026-12-31')", "instant", "the beginning of a day, in UTC"),
    row(
        "period",
        "period('P60D')",
        "length",
        "a length of time (ISO 8601); a year has 365 days, a month 30",
    ),
    row("getFullYear", "today.getFullYear()", "number", "the year"),
    row("getMonth", "today.getMonth()", "number", "the month, from 0"),
    row("getDate", "today.getDate()", "number", "the day of the month, from 1"),
    row(
        "getDayOfWeek",
        "today.getDayOfWeek()",
        "number",
        "the day of the week, from Sunday, which is 0",
    ),
    row("getHours", "instant.getHours()", "number", "hours of an instant or a length of time"),
    row(
        "getMinutes",
        "instant.getMinutes()",
        "number",
        "minutes of an instant or a length of time",
    ),
    row(
        "getSeconds",
        "instant.getSeconds()",
        "number",
        "seconds of an instant or a length of time",
    ),
];

/// The environment that every expression is compiled and evaluated in.
pub(super) fn environment() -> Result<&'static Arc<Env>, String> {
    static CELL: OnceLock<Result<Arc<Env>, String>> = OnceLock::new();
    let made = CELL.get_or_init(|| {
        let mut env = Env::stdlib().with_optional_support(false);
        let declared = env
            .add_extension(cel::extensions::strings)
            .and_then(|()| meter::declare(&mut env))
            .and_then(|()| lenient(&mut env))
            .and_then(|()| texts::declare(&mut env))
            .and_then(|()| env.add_overload("date", "date", vec![DYN_TYPE], date))
            .and_then(|()| env.add_overload("period", "period", vec![DYN_TYPE], period));
        declared.map(|()| Arc::new(env)).map_err(|error| error.to_string())
    });
    made.as_ref().map_err(String::clone)
}

/// What is absent contains nothing, and begins and ends with nothing.
fn lenient(env: &mut Env) -> Result<(), cel::DeclarationError> {
    for name in ["contains", "startsWith", "endsWith", "matches"] {
        let id = format!("null_{name}");
        env.add_member_overload(name, &id, NULL_TYPE, vec![DYN_TYPE], |_| {
            Ok(CowVal::owned(CelBool::from(false)))
        })?;
    }
    for name in ["lowerAscii", "upperAscii", "trim"] {
        env.add_member_overload(name, &format!("null_{name}"), NULL_TYPE, Vec::new(), |_| {
            Ok(CowVal::owned(CelNull))
        })?;
    }
    Ok(())
}

/// The instant at which a day begins, in UTC.
pub(super) fn start_of(day: &str) -> Option<DateTime<FixedOffset>> {
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)?;
    FixedOffset::east_opt(0)?.from_utc_datetime(&day).into()
}

/// An instant or a length of time as text.
pub(super) fn written(value: &dyn Val) -> Option<String> {
    if let Some(instant) = value.downcast_ref::<CelTimestamp>() {
        let text = instant.inner().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        return Some(text.strip_suffix("T00:00:00Z").unwrap_or(&text).to_owned());
    }
    let length = value.downcast_ref::<CelDuration>()?.inner();
    let (days, seconds) = (length.num_days(), length.num_seconds());
    Some(match seconds {
        seconds if seconds == days * 86_400 && days != 0 => format!("P{days}D"),
        seconds if seconds % 3600 == 0 => format!("PT{}H", seconds / 3600),
        seconds => format!("PT{seconds}S"),
    })
}

fn only<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    arguments.into_iter().next().ok_or_else(ExecutionError::missing_argument_or_target)
}

fn date<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let value = only(arguments)?;
    if value.downcast_ref::<CelTimestamp>().is_some() || is_absent(value.as_ref()) {
        return Ok(value);
    }
    let text = value.downcast_ref::<CelString>().map(CelString::inner);
    let instant =
        text.and_then(|text| start_of(text).or_else(|| DateTime::parse_from_rfc3339(text).ok()));
    match (instant, text) {
        (Some(instant), _) => Ok(CowVal::owned(CelTimestamp::from(instant))),
        // A field that holds no day has a finding of its own; here it is as good as absent.
        (None, Some(_)) => Ok(CowVal::owned(CelNull)),
        (None, None) => Err(refused("date", value.as_ref())),
    }
}

fn period<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let value = only(arguments)?;
    if value.downcast_ref::<CelDuration>().is_some() || is_absent(value.as_ref()) {
        return Ok(value);
    }
    let text = value.downcast_ref::<CelString>().map(CelString::inner);
    match (text.and_then(length), text) {
        (Some(length), _) => Ok(CowVal::owned(CelDuration::from(length))),
        (None, Some(_)) => Ok(CowVal::owned(CelNull)),
        (None, None) => Err(refused("period", value.as_ref())),
    }
}

/// What a function wants, if a text that stands in an expression is not that.
pub(super) fn misfit(function: &str, text: &str) -> Option<&'static str> {
    let fits = match function {
        "date" => start_of(text).is_some() || DateTime::parse_from_rfc3339(text).is_ok(),
        "period" => length(text).is_some(),
        "timestamp" => DateTime::parse_from_rfc3339(text).is_ok(),
        _ => true,
    };
    (!fits).then(|| wanted(function))
}

fn wanted(function: &str) -> &'static str {
    match function {
        "date" => "a day such as '2026-12-31'",
        "period" => "a length of time such as 'P60D' or 'PT4H'",
        _ => "an instant such as '2026-12-31T22:00:00Z'",
    }
}

fn refused(function: &str, value: &dyn Val) -> ExecutionError {
    let given = meter::kind_of(value);
    let message = format!("`{function}` wants {}, and not {given}", wanted(function));
    ExecutionError::function_error(function, message)
}

/// The length of an ISO 8601 duration.
pub(super) fn length(text: &str) -> Option<TimeDelta> {
    let rest = text.strip_prefix('P')?;
    let (mut seconds, mut number, mut in_time, mut seen) = (0_i64, None::<i64>, false, false);
    for c in rest.chars() {
        if let Some(digit) = c.to_digit(10) {
            let next = number.unwrap_or(0).checked_mul(10)?.checked_add(i64::from(digit))?;
            number = Some(next);
            continue;
        }
        if c == 'T' && number.is_none() && !in_time {
            in_time = true;
            continue;
        }
        let unit = match (in_time, c) {
            (false, 'Y') => 365 * 86_400,
            (false, 'M') => 30 * 86_400,
            (false, 'W') => 7 * 86_400,
            (false, 'D') => 86_400,
            (true, 'H') => 3600,
            (true, 'M') => 60,
            (true, 'S') => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.take()?.checked_mul(unit)?)?;
        seen = true;
    }
    (seen && number.is_none()).then(|| TimeDelta::try_seconds(seconds))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_as_iso_8601_writes_them() {
        let seconds = |text| length(text).map(|length| length.num_seconds());
        assert_eq!(seconds("P60D"), Some(60 * 86_400));
        assert_eq!(seconds("PT1H30M"), Some(5400));
        assert_eq!(seconds("P1DT12H"), Some(129_600));
        assert_eq!(seconds("P1Y"), Some(365 * 86_400));
        for wrong in ["", "P", "60D", "P1H", "PT", "P1", "PT1D", "P99999999999999999999D"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
