//! CEL expressions: whether they parse, and name what exists. Where in a document an expression's
//! mistake stands.

use std::ops::Range;

use super::at::{At, Part, dotted};
use super::selectors::selectors;
use super::{Whole, codes};
use crate::catalog::query::Matcher;
use crate::catalog::{Entity, EntityId};
use crate::expr::ExprError;
use crate::finding::{Code, Finding};
use crate::model::gitsm::Spec;
use crate::model::gitsm::value::Selector;
use crate::source::{Source, Span};
use crate::yaml::{Node, Pointer, follow};

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    for (_, entity) in whole.catalog.entities() {
        // What policies match is judged with the policies.
        let Some(spec) = entity.spec().filter(|spec| !matches!(spec, Spec::Policy(_))) else {
            continue;
        };
        for (pointer, selector) in selectors(spec) {
            let pointer = pointer.join("where");
            for error in faults(whole, entity, selector) {
                findings.extend(told(whole, entity, &codes::EXPRESSION_INVALID, &pointer, &error));
            }
        }
    }
}

fn faults(whole: &Whole<'_>, entity: &Entity, selector: &Selector) -> Vec<ExprError> {
    let namespace = namespace(whole, entity);
    Matcher::new(selector, whole.classes(), namespace).err().unwrap_or_default()
}

/// The namespace of an entity.
pub(super) fn namespace<'w>(whole: &'w Whole<'_>, entity: &Entity) -> &'w str {
    let canonical = whole.catalog.canonical(entity);
    let rest = canonical.split_once(':').map_or("", |(_, rest)| rest);
    rest.split_once('/').map_or("default", |(namespace, _)| namespace)
}

/// A finding at the place of a mistake in an expression.
pub(super) fn told(
    whole: &Whole<'_>,
    entity: &Entity,
    code: &'static Code,
    pointer: &Pointer,
    error: &ExprError,
) -> Option<Finding> {
    whole.again(entity, |at| located(at, code, pointer, error, String::new()))
}

/// The same, about an entity for which the expression could not be evaluated.
pub(super) fn told_of(
    whole: &Whole<'_>,
    policy: &Entity,
    code: &'static Code,
    (pointer, error): (&Pointer, &ExprError),
    subject: EntityId,
) -> Option<Finding> {
    let subject = whole.catalog.entity(subject);
    let name = crate::catalog::short(whole.catalog.canonical(subject));
    let place = subject.name_place.in_file(&subject.file);
    let finding =
        whole.again(policy, |at| located(at, code, pointer, error, format!("for `{name}`: ")));
    finding.map(|finding| finding.label(place, "it cannot be said of this"))
}

fn located(
    at: &At<'_>,
    code: &'static Code,
    pointer: &Pointer,
    error: &ExprError,
    before: String,
) -> Finding {
    let value = at.root.at(pointer).map(|(_, node)| node);
    let span = value.and_then(|node| span_in(at, node, error.span.clone()));
    let headline = format!("{before}{}", error.message);
    let finding = match span {
        Some(span) => at.finding_at(code, pointer, span, &error.message, headline),
        None => at.finding(code, pointer, Part::Value, headline),
    };
    let finding = match &error.help {
        Some(help) => finding.help(help.clone()),
        None => finding.help(format!(
            "`gitsm explain cel` says what an expression like `{}` can use",
            dotted(pointer)
        )),
    };
    finding.mark("here")
}

/// The bytes of a file at which a part of a text stands: the text of the file is followed beside the
/// text that it means, over quotes, escapes, line breaks and indentation.
pub(super) fn span_in(at: &At<'_>, node: Node<'_>, part: Range<usize>) -> Option<Span> {
    span_of(at.source, node, part)
}

/// The same in any text.
pub fn span_of(source: &Source, node: Node<'_>, part: Range<usize>) -> Option<Span> {
    let raw = source.slice(node.span());
    let text = node.as_str()?;
    let (mut start, mut end) = (None, None);
    let is_whole = follow(raw, text, |offset, here| {
        if offset == part.start {
            start = Some(here.start);
        }
        if offset < part.end {
            end = Some(here.end);
        }
    });
    if !is_whole {
        return None;
    }
    let base = node.span().start as usize;
    let start = start.unwrap_or(raw.len().saturating_sub(1));
    let end = end.filter(|end| *end > start).unwrap_or(start + 1).min(raw.len());
    Some(Span::new(base + start, base + end))
}
