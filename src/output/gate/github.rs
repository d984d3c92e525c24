//! A verdict as annotations of a GitHub workflow: at the line where there is one.

use super::human::line;
use super::name;
use crate::change::verdict::{Requirement, Standing, Verdict};
use crate::output::github::{data, property};
use crate::output::visible;

/// Writes it: an error for what holds it up, a warning for what is only told.
pub fn github(verdict: &Verdict) -> String {
    verdict
        .requirements
        .iter()
        .filter(|one| one.standing != Standing::Met)
        .map(annotations)
        .collect()
}

fn annotations(one: &Requirement) -> String {
    let command = if one.enforced { "error" } else { "warning" };
    let title = property(&format!("gate: {}", name(one)));
    let placed = one.evidence.iter().filter(|evidence| evidence.file.is_some());
    let mut out: String = placed
        .map(|evidence| {
            let file = property(evidence.file.as_deref().unwrap_or_default());
            let at = evidence.line.map(|line| format!(",line={line}")).unwrap_or_default();
            format!(
                "::{command} file={file}{at},title={title}::{}\n",
                data(&visible(&line(evidence)))
            )
        })
        .collect();
    let mut message = visible(&one.because);
    for evidence in one.evidence.iter().filter(|evidence| evidence.file.is_none()) {
        message.push('\n');
        message.push_str(&visible(&line(evidence)));
    }
    for next in &one.next {
        message.push_str("\nnext: ");
        message.push_str(&visible(&next.words));
        if let Some(command) = &next.command {
            message.push_str(": ");
            message.push_str(&visible(command));
        }
    }
    out.push_str(&format!("::{command} title={title}::{}\n", data(&message)));
    out
}
