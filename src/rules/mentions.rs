//! Markdown that names an entity which does not exist.

use std::collections::BTreeSet;

use super::at::{At, Part};
use super::candidates::{Candidates, kind_word};
use super::expressions::namespace;
use super::references::families;
use super::{Whole, codes};
use crate::catalog::prose::{named, texts};
use crate::catalog::{Entity, Name};
use crate::finding::Finding;
use crate::markdown::names::kind_of;
use crate::model::{EntityRef, RECORD_FAMILIES};
use crate::source::Span;
use crate::yaml::{Node, Pointer, within};

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    let mut known = None;
    let mut candidates = None;
    for (_, entity) in whole.catalog.entities() {
        // What a record names may be gone since.
        if entity.mentions().is_empty() || RECORD_FAMILIES.contains(&entity.kind.family) {
            continue;
        }
        let mut lost: BTreeSet<Name> = entity.mentions().iter().copied().collect();
        lost.retain(|name| is_unknown(whole, *name));
        if entity.kind.group.foreign && !lost.is_empty() {
            let known = known.get_or_insert_with(|| families(whole.catalog));
            lost.retain(|name| {
                let target = EntityRef::from_canonical(whole.catalog.names.text(*name));
                let family = target.prefix();
                // Families of which there is nothing are kept elsewhere.
                known.contains(family)
                    || whole.base_families.is_some_and(|base| base.contains(family))
            });
        }
        if lost.is_empty() {
            continue;
        }
        let candidates = candidates.get_or_insert_with(|| Candidates::of(whole.catalog));
        let mut of_entity = Lost { whole, entity, lost, candidates };
        findings.extend(whole.again(entity, |at| of_entity.told(at)).into_iter().flatten());
    }
}

/// Whether nothing goes by a name, or went by it before.
fn is_unknown(whole: &Whole<'_>, name: Name) -> bool {
    let text = whole.catalog.names.text(name);
    let is_class = || text.starts_with("ciclass:") && whole.classes().resolve(text).is_some();
    whole.catalog.known_as(name).is_none() && !is_class()
}

/// What an entity names and there is not.
struct Lost<'w, 't> {
    whole: &'w Whole<'t>,
    entity: &'w Entity,
    lost: BTreeSet<Name>,
    candidates: &'w mut Candidates,
}

impl Lost<'_, '_> {
    fn told(&mut self, at: &At<'_>) -> Vec<Finding> {
        let mut fields = Vec::new();
        texts(self.entity.kind, at.root, &mut |pointer, node| fields.push((pointer, node)));
        let told = fields.iter().flat_map(|(pointer, node)| self.in_text(at, pointer, *node));
        told.collect()
    }

    /// What is told of one text, each mention at its own characters.
    fn in_text(&mut self, at: &At<'_>, pointer: &Pointer, node: Node<'_>) -> Vec<Finding> {
        let text = node.as_str().unwrap_or_default();
        let mut all = named(text, namespace(self.whole, self.entity));
        let names = &self.whole.catalog.names;
        all.retain(|(_, _, target)| {
            names.find(target.as_str()).is_some_and(|name| self.lost.contains(&name))
        });
        let parts: Vec<_> = all.iter().map(|(part, ..)| part.clone()).collect();
        let spans = within(at.source, node, &parts).into_iter();
        let both = all.into_iter().zip(spans);
        both.map(|((_, written, target), span)| self.finding(at, pointer, (written, &target), span))
            .collect()
    }

    fn finding(
        &mut self,
        at: &At<'_>,
        pointer: &Pointer,
        (written, target): (&str, &EntityRef),
        span: Option<Span>,
    ) -> Finding {
        let foreign = self.entity.kind.group.foreign;
        let kind = kind_word(target.prefix(), foreign);
        let name = match target.namespace() {
            "default" => target.name().to_owned(),
            namespace => format!("{namespace}/{}", target.name()),
        };
        let place = span.unwrap_or_else(|| at.span(pointer, Part::Value));
        let headline = format!("there is no {kind} `{name}`");
        let finding = at
            .finding_at(&codes::MENTION_UNKNOWN, pointer, place, written, headline)
            .mark("named here");
        let near = self
            .candidates
            .nearest(target)
            .filter(|near| near.reference.prefix() == target.prefix());
        let Some(near) = near else {
            let what = format!("in `{written}` backticks mean the word and no entity");
            return finding.help(format!("define the {kind}, or correct the name; {what}"));
        };
        let shown = match near.reference.namespace() == target.namespace() {
            true => replaced(written, target, &near.written),
            false => {
                let namespace = near.reference.namespace();
                format!("{}:{namespace}/{}", kind_of(written), near.written)
            }
        };
        let reference = near.reference.clone();
        let finding = finding
            .label(near.name_place.clone(), format!("the {} `{}` is here", near.kind, near.written))
            .help(format!("did you mean `{shown}`?"));
        match span {
            Some(span) if self.candidates.is_only(target, &reference) => {
                finding.fix(format!("write `{shown}`"), at.place(span), shown)
            }
            _ => finding,
        }
    }
}

/// A mention with another name, and all else as it is written.
fn replaced(written: &str, target: &EntityRef, name: &str) -> String {
    let kept = written.len().checked_sub(target.name().len());
    format!("{}{name}", kept.and_then(|end| written.get(..end)).unwrap_or_default())
}
