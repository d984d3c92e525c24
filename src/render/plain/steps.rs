//! A runbook as Markdown: what it needs to know, and steps to tick, with what to run.

use super::Context;
use super::parts::{below, shifted};
use crate::markdown::written::{block, code, escaped};
use crate::render::page::{Parameter, Step};

pub(super) fn parameters(all: &[Parameter]) -> String {
    let one = |one: &Parameter| {
        let mut text = format!("- {}", code(&one.name));
        if !one.required {
            text.push_str(" (optional)");
        }
        if !one.description.is_empty() {
            text.push_str(&format!(": {}", escaped(&one.description)));
        }
        if !one.default.is_empty() {
            text.push_str(&format!("; {} if it is not given", code(&one.default)));
        }
        if !one.choices.is_empty() {
            let choices: Vec<String> = one.choices.iter().map(|one| code(one)).collect();
            text.push_str(&format!("; one of {}", choices.join(", ")));
        }
        text
    };
    all.iter().map(one).collect::<Vec<_>>().join("\n")
}

pub(super) fn steps(all: &[Step], context: &Context<'_>) -> String {
    let steps = all.iter().enumerate().map(|(at, step)| one(at + 1, step, context));
    steps.collect::<Vec<_>>().join("\n\n")
}

fn one(number: usize, step: &Step, context: &Context<'_>) -> String {
    let mark = format!("{number}. ");
    // CommonMark wants as many blanks as the mark is wide, and TechDocs no more.
    let indent = mark.len();
    let mut first = format!("{mark}[ ] **{}**", escaped(&step.name));
    if !step.kind.is_empty() {
        first.push_str(&format!(" ({})", escaped(&step.kind)));
    }
    let mut parts = vec![first];
    if !step.instructions.is_empty() {
        parts.push(below(&step.instructions, context, indent));
    }
    if let Some(run) = &step.run {
        parts.push(shifted(&block(&run.template, "sh"), indent));
    }
    let told = [
        ("Expect", step.expect.as_ref().map(|one| code(&one.template))),
        ("If it fails", step.on_failure.as_deref().map(escaped)),
        ("Give it", step.timeout.as_deref().map(escaped)),
    ];
    let told = told.into_iter().filter_map(|(label, text)| Some(format!("{label}: {}", text?)));
    parts.extend(told.map(|text| shifted(&text, indent)));
    parts.join("\n\n")
}
