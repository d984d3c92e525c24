//! What an answer means: first by the rules of the settings, then by its status.

use regex::Regex;
use serde_json::Value;

use crate::model::gitsm::target::http::{Meaning, Rule};
use crate::target::Fault;
use crate::target::web::{Answer, MOST_NODES, nodes};

/// The bytes of an answer in which a text is looked for.
const LOOKED_AT: usize = 1 << 20;

/// The bytes that a regular expression may be compiled to.
const LARGEST_REGEX: usize = 1 << 20;

/// Rules that are ready. The first that fits is taken.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Ready>);

#[derive(Debug)]
struct Ready {
    rule: Rule,
    matches: Option<Regex>,
}

impl Rules {
    /// Rules, those of the kind before those of all.
    pub(super) fn new<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Result<Self, Fault> {
        let ready = rules.into_iter().map(|rule| {
            let regex = rule.matches.as_deref().map(|source| {
                regex::RegexBuilder::new(source).size_limit(LARGEST_REGEX).build().map_err(
                    |error| {
                        Fault::settings(format!(
                            "answers: `{source}` is no regular expression: {error}"
                        ))
                    },
                )
            });
            Ok(Ready { rule: rule.clone(), matches: regex.transpose()? })
        });
        Ok(Self(ready.collect::<Result<_, _>>()?))
    }

    /// What the first rule that fits says, and the words of the target, if it says where they are.
    pub(super) fn of(&self, answer: &Answer) -> Option<(Meaning, Option<String>)> {
        let mut json = None;
        let mut at = |pointer: &str| {
            let json = json.get_or_insert_with(|| {
                // What has more values than anybody reads says nothing.
                let text = Some(answer.body.as_slice()).filter(|text| nodes(text) <= MOST_NODES);
                text.and_then(|text| serde_json::from_slice(text).ok()).unwrap_or(Value::Null)
            });
            text(json.pointer(pointer)?)
        };
        self.0.iter().find_map(|ready| {
            let Ready { rule, matches } = ready;
            if !rule.status.is_empty() && !rule.status.contains(&answer.status) {
                return None;
            }
            let text = match &rule.at {
                Some(pointer) => at(pointer)?,
                None => {
                    let bytes = answer.body.get(..LOOKED_AT).unwrap_or(&answer.body);
                    String::from_utf8_lossy(bytes).into_owned()
                }
            };
            let fits = matches.as_ref().is_none_or(|regex| regex.is_match(&text));
            fits.then(|| (rule.is, rule.says.as_deref().and_then(&mut at)))
        })
    }
}

/// What is there as a text; nothing if there is nothing.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        value => Some(value.to_string()),
    }
}

/// What an answer means by its status alone, if that is enough (RFC 9110 §15). `ok` are the codes that
/// say that it is done; all of 200 to 299 if there are none.
pub(super) fn by_status(answer: &Answer, ok: &[u16]) -> Option<Meaning> {
    match answer.status {
        status if ok.contains(&status) => Some(Meaning::Done),
        // Neither a mistake of the target nor what was expected.
        _ if answer.is_success() && !ok.is_empty() => Some(Meaning::Unknown),
        _ if answer.is_success() => Some(Meaning::Done),
        404 | 410 => Some(Meaning::Gone),
        _ => None,
    }
}
