//! A plan in Markdown, for a pull request.

use std::fmt::Write;

use super::human::{copied, short_name};
use super::lines::{drifted, lines};
use super::{because, summary};
use crate::catalog::short;
use crate::markdown::written::{block, code, escaped};
use crate::plan::document::{ActionPlan, DriftPlan, Plan, TargetPlan};

/// How many objects are shown with their fields; the rest is counted.
const MOST: usize = 50;

/// Writes it.
pub fn markdown(plan: &Plan) -> String {
    let mut out = String::new();
    for one in &plan.targets {
        target(&mut out, one);
    }
    let commit = plan.commit.as_deref().unwrap_or("files that are not committed");
    let _ = writeln!(out, "<sub>gitsm {} of {}</sub>", escaped(&plan.version), escaped(commit));
    out
}

fn target(out: &mut String, target: &TargetPlan) {
    let name = escaped(&short(&target.target));
    let _ = writeln!(out, "### {name}: {}\n", escaped(&summary(target)));
    if let Some(fault) = &target.fault {
        let _ = writeln!(out, "- ⛔ {}\n", escaped(&fault.words()));
    }
    if let Some(why) = &target.unsettled {
        let _ = writeln!(out, "- ⚠ written, and does not count yet: {}\n", escaped(why));
    }
    for refusal in &target.refusals {
        let help = refusal.help(&short_name(&target.target));
        let _ = writeln!(out, "- ⛔ {} ({})", escaped(&refusal.words()), escaped(&help));
    }
    for copy in &target.copies {
        let _ = writeln!(out, "- {}", escaped(&copied(copy)));
    }
    if !(target.refusals.is_empty() && target.copies.is_empty()) {
        out.push('\n');
    }
    for one in target.actions.iter().take(MOST) {
        action(out, one);
    }
    let more = target.actions.len().saturating_sub(MOST);
    if more > 0 {
        let _ = writeln!(out, "… and {more} more\n");
    }
    if !target.drift.is_empty() {
        let _ = writeln!(out, "**Changed there by somebody else**\n");
        target.drift.iter().for_each(|one| drift(out, one));
    }
}

fn action(out: &mut String, action: &ActionPlan) {
    let sign = action.action.sign();
    let id = code(&action.id.to_string());
    let _ =
        writeln!(out, "<details><summary>{sign} {id} {}</summary>\n", escaped(&because(action)));
    let mut text = String::new();
    for field in &action.fields {
        let all = lines(&field.name, field.before.first(), field.after.first(), field.is_sensitive);
        all.iter()
            .for_each(|line| text.push_str(&format!("{} {}\n", sign_of(line.sign), line.text)));
    }
    let _ = writeln!(out, "{}\n</details>\n", block(&text, "diff"));
}

fn drift(out: &mut String, drift: &DriftPlan) {
    let accepted = match drift.accepted_by.is_empty() {
        true => String::new(),
        false => {
            let names: Vec<String> = drift.accepted_by.iter().map(|one| short(one)).collect();
            format!(", accepted by {}", names.join(", "))
        }
    };
    let gone = if drift.is_missing { " is gone" } else { "" };
    let id = code(&drift.id.to_string());
    let _ = writeln!(out, "- {id}{gone}{}\n", escaped(&accepted));
    let mut text = String::new();
    for line in drift.fields.iter().flat_map(drifted) {
        text.push_str(&format!("{} {}\n", sign_of(line.sign), line.text));
    }
    if !text.is_empty() {
        let _ = writeln!(out, "{}\n", block(&text, "diff"));
    }
}

/// The sign as a `diff` block colours it.
fn sign_of(sign: char) -> char {
    if sign == '~' { '!' } else { sign }
}
