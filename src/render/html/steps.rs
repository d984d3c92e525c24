//! A runbook as a checklist: parameters are filled in, steps are ticked, commands are copied.

use super::{Context, text};
use crate::render::page::{Parameter, Step};

pub(super) fn parameters(html: &mut String, parameters: &[Parameter]) {
    html.push_str("<div class=\"parameters\">\n");
    for one in parameters {
        let id = format!("parameter-{}", super::slug(&one.name));
        html.push_str(&format!("<div><label for=\"{id}\"><code>"));
        text::push(html, &one.name);
        html.push_str("</code>");
        html.push_str(if one.required { "" } else { " <span>(optional)</span>" });
        html.push_str("<span class=\"soft\">");
        text::push(html, &one.description);
        html.push_str(&format!(
            "</span></label><input type=\"text\" id=\"{id}\" autocomplete=\"off\" \
            autocapitalize=\"off\" spellcheck=\"false\" data-parameter=\""
        ));
        text::push(html, &one.name);
        html.push_str("\" value=\"");
        text::push(html, &one.default);
        if !one.choices.is_empty() {
            html.push_str(&format!("\" list=\"{id}-choices"));
        }
        html.push_str("\">");
        if !one.choices.is_empty() {
            html.push_str(&format!("<datalist id=\"{id}-choices\">"));
            for choice in &one.choices {
                html.push_str("<option value=\"");
                text::push(html, choice);
                html.push_str("\"></option>");
            }
            html.push_str("</datalist>");
        }
        html.push_str("</div>\n");
    }
    html.push_str("</div>\n");
}

/// How far one is with the steps of a page.
pub(super) fn progress(html: &mut String, steps: usize) {
    html.push_str(&format!(
        "<div class=\"progress script\"><progress max=\"{steps}\" value=\"0\" aria-label=\"Steps \
         done\"></progress><span role=\"status\">0 of {steps} done</span><button type=\"button\" \
         data-again>Start over</button></div>\n"
    ));
}

pub(super) fn steps(html: &mut String, steps: &[Step], context: &Context<'_>) {
    html.push_str("<ol class=\"steps\">\n");
    for step in steps {
        one(html, step, context);
    }
    html.push_str("</ol>\n");
}

fn one(html: &mut String, step: &Step, context: &Context<'_>) {
    let id = super::escaped(&step.id);
    html.push_str(&format!(
        "<li id=\"step-{id}\"><label class=\"do\"><input class=\"script\" type=\"checkbox\" \
         id=\"done-{id}\"><span>"
    ));
    text::push(html, &step.name);
    html.push_str("</span>");
    if !step.kind.is_empty() {
        html.push_str("<span class=\"type\">");
        text::push(html, &step.kind);
        html.push_str("</span>");
    }
    html.push_str("</label>\n");
    if !step.instructions.is_empty() {
        html.push_str("<div class=\"prose\">");
        html.push_str(&context.prose(&step.instructions));
        html.push_str("</div>\n");
    }
    if let Some(run) = &step.run {
        html.push_str("<div class=\"command\"><pre><code data-template=\"");
        text::push(html, &run.template);
        html.push_str("\">");
        text::push(html, &run.shown);
        html.push_str(
            "</code></pre><button type=\"button\" class=\"copy script\">Copy</button></div>\n",
        );
    }
    let told = [("If it fails", step.on_failure.as_deref()), ("Give it", step.timeout.as_deref())];
    let some = told.iter().any(|(_, text)| text.is_some());
    if some || step.expect.is_some() {
        html.push_str("<dl class=\"facts\">");
        if let Some(expect) = &step.expect {
            html.push_str("<dt>Expect</dt><dd><code data-template=\"");
            text::push(html, &expect.template);
            html.push_str("\">");
            text::push(html, &expect.shown);
            html.push_str("</code></dd>");
        }
        for (label, said) in told {
            let Some(said) = said else { continue };
            html.push_str(&format!("<dt>{label}</dt><dd>"));
            text::push(html, said);
            html.push_str("</dd>");
        }
        html.push_str("</dl>\n");
    }
    html.push_str("</li>\n");
}
