//! An impact as a comment of a pull request: tables, with nothing in them that Markdown or a forge
//! would obey.

use super::super::text::{count, visible};
use super::human::percent;
use super::{AffectedEntity, ImpactReport, several, tier};
use crate::catalog::impact::{Agreement, PromisedTarget, criticality_points};
use crate::catalog::short;

/// How many rows a table has at most: a comment is read by people, and forges limit its size.
const ROWS: usize = 30;

/// Writes the report.
pub fn emit(report: &ImpactReport) -> String {
    let counts = &report.summary;
    let mut text = format!("### Impact: {}\n\n", escaped(&report.headline()));
    if counts.affected == 0 {
        text.push_str("Nothing else is affected.\n");
    } else {
        let what = [
            (counts.services, "service"),
            (counts.configuration_items, "configuration item"),
            (counts.others, "other"),
        ];
        let what = what.into_iter().filter(|(number, _)| *number > 0);
        let what: Vec<String> = what.map(|(number, word)| count(number, word)).collect();
        text.push_str(&format!(
            "**{} affected**: {} down, {} degraded; {}.\n",
            count(counts.affected, "entity"),
            counts.down,
            counts.degraded,
            what.join(", "),
        ));
    }
    text.push_str(&table(
        &["Affected", "State", "Criticality", "Carried by"],
        &rows(report),
        "entities are affected",
    ));
    let calls = report.consequences.calls.iter().map(|call| {
        vec![
            escaped(&short(&call.who)),
            call.roles.join(", "),
            escaped(&several(&call.of, 3)),
            escaped(call.chat.as_deref().or(call.email.as_deref()).unwrap_or_default()),
            escaped(&call.on_call.as_deref().map(short).unwrap_or_default()),
        ]
    });
    let calls: Vec<Vec<String>> = calls.collect();
    text.push_str(&table(&["Call", "As", "Of", "Contact", "On call"], &calls, "to call"));
    let agreements: Vec<Vec<String>> =
        report.consequences.agreements.iter().map(agreement).collect();
    text.push_str(&table(
        &["Agreement at stake", "Services", "Targets", "Hours"],
        &agreements,
        "agreements are at stake",
    ));
    let runbooks = report.consequences.runbooks.iter().map(|one| {
        vec![escaped(&short(&one.runbook)), escaped(&several(&one.of, 3)), escaped(&one.purpose)]
    });
    let runbooks: Vec<Vec<String>> = runbooks.collect();
    text.push_str(&table(&["Runbook", "For", "Purpose"], &runbooks, "runbooks are at hand"));
    text
}

fn rows(report: &ImpactReport) -> Vec<Vec<String>> {
    let mut all: Vec<&AffectedEntity> = report.affected.iter().collect();
    let points = |one: &AffectedEntity| match one.kind {
        "Service" => criticality_points(one.criticality),
        _ => 0,
    };
    // What matters most to a reviewer: services by what hangs on them, then what is near.
    all.sort_by(|a, b| {
        (points(b), b.state, a.distance, &a.entity).cmp(&(
            points(a),
            a.state,
            b.distance,
            &b.entity,
        ))
    });
    let row = |one: &AffectedEntity| {
        let criticality = match (one.criticality, one.kind) {
            (None, "Service") => "unknown".to_owned(),
            (None, _) => String::new(),
            (some, _) => tier(some).to_owned(),
        };
        let why = one.why().map(|why| format!(" ({why})")).unwrap_or_default();
        vec![
            escaped(&short(&one.entity)),
            one.state.name().to_owned(),
            criticality,
            format!("{} {}{why}", one.relation, escaped(&short(&one.from))),
        ]
    };
    all.into_iter().map(row).collect()
}

fn agreement(one: &Agreement) -> Vec<String> {
    let target = |target: &PromisedTarget| {
        let within = target.within.as_ref().map(|time| format!(" {time}")).unwrap_or_default();
        format!("{}{within} {} %", target.id, percent(target.goal))
    };
    let targets: Vec<String> = one.targets.iter().map(target).collect();
    vec![
        escaped(&short(&one.agreement)),
        escaped(&several(&one.services, 3)),
        escaped(&targets.join(", ")),
        escaped(&one.calendar.as_deref().map_or("all".to_owned(), short)),
    ]
}

/// A table, if it has rows.
fn table(titles: &[&str], rows: &[Vec<String>], what: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
    let rule: Vec<String> = titles.iter().map(|_| "---".to_owned()).collect();
    let mut text = format!("\n{}{}", line(&titles), line(&rule));
    rows.iter().take(ROWS).for_each(|row| text.push_str(&line(row)));
    if let Some(more) = rows.len().checked_sub(ROWS).filter(|more| *more > 0) {
        text.push_str(&format!("\n… and {more} more {what}.\n"));
    }
    text
}

/// Text in which neither Markdown nor HTML nor a forge finds anything to obey: mentions, references
/// to issues, links and markup become plain characters.
pub(in crate::output) fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in visible(text).chars() {
        match c {
            '\t' => safe.push(' '),
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // A mention or a reference must not notify anybody, nor close an issue.
            '@' => safe.push_str("&#64;"),
            '#' => safe.push_str("&#35;"),
            '|' => safe.push_str("&#124;"),
            '`' => safe.push_str("&#96;"),
            // What looks like an address becomes a link by itself.
            '.' if safe.ends_with("www") => safe.push_str("&#46;"),
            ':' if safe.ends_with("http") || safe.ends_with("https") => safe.push_str("&#58;"),
            '\\' | '*' | '_' | '[' | ']' | '(' | ')' | '!' | '~' | '{' | '}' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_obeys_nothing_that_a_catalog_says() {
        assert_eq!(
            escaped("a|b`c` <script> @ada #12 [x](http://y) **b**\n"),
            "a&#124;b&#96;c&#96; &lt;script&gt; &#64;ada &#35;12 \\[x\\]\\(http&#58;//y\\) \
             \\*\\*b\\*\\*\u{fffd}"
        );
    }
}
