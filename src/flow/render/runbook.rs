//! A runbook as a checklist that can be followed on a phone: what is filled in, what is done, how one
//! sees that it worked, and the way back.

use serde_json::Value;

use super::stage::Stage;
use crate::catalog::EntityId;
use crate::flow::get::in_words;
use crate::render::page::{Block, Filled, Page, Parameter, Part, Step};

/// The lists of steps, and what they are called here.
const LISTS: &[(&str, &str, &str)] = &[
    ("steps", "Steps", "Do this"),
    ("verification", "Verification", "See that it worked"),
    ("rollback", "Rollback", "If it goes wrong: the way back"),
];

/// Puts the checklist in the place of the plain steps.
pub(super) fn add(stage: &Stage<'_>, id: EntityId, page: &mut Page) {
    let Some(value) = stage.pages.value(id) else { return };
    let is_list = |title: &Option<String>| {
        LISTS.iter().any(|(_, section, _)| title.as_deref() == Some(*section))
    };
    page.body.retain(|block| !is_list(&block.title));
    page.template = "runbook.html";
    let mut blocks = Vec::new();
    let parameters = parameters(&value["spec"]["parameters"]);
    if !parameters.is_empty() {
        blocks.push(Block::new("Fill in first", Part::Parameters(parameters.clone())));
    }
    let lists: Vec<(&str, Vec<Step>)> = LISTS
        .iter()
        .map(|(field, _, title)| (*title, steps(field, &value["spec"][*field], &parameters)))
        .filter(|(_, steps)| !steps.is_empty())
        .collect();
    let all = lists.iter().map(|(_, all)| all.len()).sum();
    blocks.push(Block::bare(Part::Progress(all)));
    for (title, steps) in lists {
        blocks.push(Block::new(title, Part::Steps(steps)));
    }
    page.body.splice(0..0, blocks);
}

/// The parameters of a JSON Schema.
fn parameters(schema: &Value) -> Vec<Parameter> {
    let required = |name: &str| {
        let names = schema["required"].as_array();
        names.is_some_and(|names| names.iter().any(|one| one.as_str() == Some(name)))
    };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let one = |(name, property): (&String, &Value)| Parameter {
        name: name.clone(),
        description: text(&property["description"]),
        default: text(&property["default"]),
        required: required(name),
        choices: property["enum"].as_array().into_iter().flatten().map(text).collect(),
    };
    schema["properties"].as_object().into_iter().flatten().map(one).collect()
}

/// A text with what its parameters are if nobody says, as the script of the page fills them in.
fn filled(template: String, parameters: &[Parameter]) -> Filled {
    let mut shown = template.clone();
    for one in parameters.iter().filter(|one| !one.default.is_empty()) {
        for place in [format!("{{{{ {} }}}}", one.name), format!("{{{{{}}}}}", one.name)] {
            shown = shown.replace(&place, &one.default);
        }
    }
    Filled { template, shown }
}

fn steps(list: &str, steps: &Value, parameters: &[Parameter]) -> Vec<Step> {
    let one = |(number, step): (usize, &Value)| {
        let text = |key: &str| step[key].as_str().map(str::to_owned);
        let id = text("id").unwrap_or_else(|| (number + 1).to_string());
        Step {
            id: format!("{list}-{id}"),
            name: text("name").unwrap_or(id),
            kind: text("type").unwrap_or_default(),
            instructions: text("instructions").unwrap_or_default(),
            run: text("run").map(|text| filled(text, parameters)),
            expect: text("expect").map(|text| filled(text, parameters)),
            on_failure: text("onFailure").map(|what| on_failure(&what, steps)),
            timeout: text("timeout").map(|timeout| in_words(&timeout)),
        }
    };
    steps.as_array().into_iter().flatten().enumerate().map(one).collect()
}

/// What to do when a step fails, as a sentence.
fn on_failure(what: &str, steps: &Value) -> String {
    if let Some(to) = what.strip_prefix("goto:") {
        let all = steps.as_array().into_iter().flatten();
        let name =
            all.filter(|one| one["id"].as_str() == Some(to)).find_map(|one| one["name"].as_str());
        return format!("go on at “{}”", name.unwrap_or(to));
    }
    match what {
        "stop" => "stop here".to_owned(),
        "continue" => "go on".to_owned(),
        "rollback" => "go the way back, below".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_becomes_fields_to_fill_in() {
        let schema = serde_json::json!({
            "required": ["to"],
            "properties": {
                "to": {"description": "Where to", "enum": ["a", "b"]},
                "lag": {"default": 30},
            },
        });
        let all = parameters(&schema);
        assert_eq!(all.len(), 2);
        assert!(all[0].required && all[0].choices == ["a", "b"], "{all:?}");
        assert!(!all[1].required && all[1].default == "30", "{all:?}");
    }

    #[test]
    fn failures_are_told_as_what_to_do() {
        let list = serde_json::json!([{"id": "ask", "name": "Ask somebody"}]);
        assert_eq!(on_failure("goto:ask", &list), "go on at “Ask somebody”");
        assert_eq!(on_failure("rollback", &list), "go the way back, below");
    }
}
