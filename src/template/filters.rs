//! Filters that make texts and lists: they count what they make, all together in one rendering.

use minijinja::value::{Kwargs, Rest, ValueOrKwargs};
use minijinja::{Environment, Error, ErrorKind, State, Value, filters};

/// The bytes of all texts and lists that filters may make in one rendering of a page.
pub(super) const MOST: u64 = 16 << 20;

/// What an item of a list counts.
const ITEM: u64 = 32;

/// Filters that choose among what is there, and make nothing.
pub(super) const CHOOSING: &[&str] = &[
    "default", "d", "first", "last", "length", "count", "int", "float", "round", "abs", "min",
    "max",
];

/// Filters that make something, and count it.
pub(super) const COUNTED: &[&str] = &[
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "escape",
    "e",
    "reverse",
    "sort",
    "unique",
    "dictsort",
    "items",
    "select",
    "reject",
    "selectattr",
    "rejectattr",
    "map",
    "join",
    "truncate",
];

/// Those of them that make texts of texts.
const TEXTS: &[&str] = &["upper", "lower", "title", "capitalize", "trim", "escape", "e", "reverse"];

/// Puts the filters that count in the place of those that do not. They may make `most` bytes in one
/// rendering.
pub(super) fn add(environment: &mut Environment<'_>, most: u64) {
    environment.add_filter("plain upper", filters::upper);
    environment.add_filter("plain lower", filters::lower);
    environment.add_filter("plain title", filters::title);
    environment.add_filter("plain capitalize", filters::capitalize);
    environment.add_filter("plain trim", filters::trim);
    environment.add_filter("plain escape", filters::escape);
    environment.add_filter("plain e", filters::escape);
    environment.add_filter("plain reverse", filters::reverse);
    environment.add_filter("plain sort", filters::sort);
    environment.add_filter("plain unique", filters::unique);
    environment.add_filter("plain dictsort", filters::dictsort);
    environment.add_filter("plain items", filters::items);
    environment.add_filter("plain select", filters::select);
    environment.add_filter("plain reject", filters::reject);
    environment.add_filter("plain selectattr", filters::selectattr);
    environment.add_filter("plain rejectattr", filters::rejectattr);
    environment.add_filter("plain map", filters::map);
    for name in COUNTED.iter().copied().filter(|name| !["join", "truncate"].contains(name)) {
        let plain = format!("plain {name}");
        let of_texts = TEXTS.contains(&name);
        let counted = move |state: &mut State<'_, '_>, values: Rest<ValueOrKwargs>| {
            // What comes out is no larger than what goes in, but for a small factor.
            let values = values.into_values();
            charge(state, most, values.first().map_or(0, |value| size(value, of_texts)))?;
            state.apply_filter(&plain, &values)
        };
        environment.add_filter(name, counted);
    }
    let joined = move |state: &mut State<'_, '_>, values: Value, between: Option<String>, named| {
        join(state, most, &values, &between.unwrap_or_default(), &named)
    };
    environment.add_filter("join", joined);
    let truncated = move |state: &mut State<'_, '_>, text: String, length: usize| {
        truncate(state, most, text, length)
    };
    environment.add_filter("truncate", truncated);
}

/// What a value counts when it is made again, as a text or as a list of what is in it.
fn size(value: &Value, as_text: bool) -> u64 {
    match value.as_str() {
        Some(text) if as_text => text.len() as u64,
        Some(text) => text.len() as u64 * ITEM,
        None => value.len().map_or(ITEM, |items| items as u64 * ITEM),
    }
}

/// Counts what is about to be made.
pub(super) fn charge(state: &mut State<'_, '_>, most: u64, bytes: u64) -> Result<(), Error> {
    const KEY: &str = "made by filters";
    let before = state.get_temp(KEY).and_then(|value| u64::try_from(value).ok()).unwrap_or(0);
    let after = before.saturating_add(bytes);
    if after > most {
        let message = "it makes too many texts and lists";
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    state.set_temp(KEY, Value::from(after));
    Ok(())
}

/// The items of a list with a text between them; what is safe is not escaped again.
fn join(
    state: &mut State<'_, '_>,
    most: u64,
    values: &Value,
    between: &str,
    named: &Kwargs,
) -> Result<Value, Error> {
    let attribute: Option<String> = named.get("attribute")?;
    named.assert_all_used()?;
    let mut text = String::new();
    for (number, item) in values.try_iter()?.enumerate() {
        let item = match &attribute {
            Some(name) => item.get_attr(name)?,
            None => item,
        };
        if item.is_undefined() {
            return Err(Error::from(ErrorKind::UndefinedError));
        }
        let item = match item.as_str() {
            Some(text) => text.to_owned(),
            None if item.len().is_none() => item.to_string(),
            None => {
                let message = "a list of lists cannot be joined";
                return Err(Error::new(ErrorKind::InvalidOperation, message));
            }
        };
        charge(state, most, (item.len() + between.len()) as u64)?;
        if number > 0 {
            text.push_str(between);
        }
        text.push_str(&item);
    }
    Ok(Value::from(text))
}

/// The first characters of a text, with `…` if there are more.
fn truncate(
    state: &mut State<'_, '_>,
    most: u64,
    text: String,
    length: usize,
) -> Result<String, Error> {
    charge(state, most, text.len() as u64)?;
    Ok(match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text,
    })
}
