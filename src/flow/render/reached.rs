//! The way that trouble takes from what changes, as a picture.

use std::collections::BTreeMap;

use super::stage::Stage;
use crate::catalog::drawing::{Drawing, DrawnEdge, DrawnNode};
use crate::change::impact::Reached;
use crate::model::kind_named;
use crate::output::graph::{Inline, inline, mermaid};
use crate::render::Address;
use crate::render::page::Picture;

/// The most boxes of a picture.
const MOST: usize = 40;

/// Draws it; nothing if nothing else is reached. `here` is the page that it stands on.
pub(super) fn picture(stage: &Stage<'_>, reached: &[Reached], here: &Address) -> Option<Picture> {
    let drawing = drawing(reached);
    if drawing.edges.is_empty() {
        return None;
    }
    let name = |node: &DrawnNode| stage.find(&node.name).map(|id| stage.title(id));
    let href = |node: &DrawnNode| {
        let found = stage.find(&node.name).is_some();
        found.then(|| here.link(&Address::of(&node.name), "html"))
    };
    let title = "What the change can break, as a picture; the table below says the same";
    let page = Inline { ids: "reached", title, name: &name, href: &href };
    let shown =
        reached.iter().filter(|one| drawing.nodes.iter().any(|node| node.name == one.entity));
    let more = reached.len() - shown.count();
    let more = if more > 0 { format!(" {more} more are further away.") } else { String::new() };
    let caption = format!("An arrow shows the way that trouble takes.{more}");
    Some(Picture { svg: inline(&drawing, &page), caption, mermaid: Some(mermaid(&drawing)) })
}

/// What is nearest, with the ways to it.
fn drawing(reached: &[Reached]) -> Drawing {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut edges = Vec::new();
    for one in reached {
        let ends = one.path.iter().flat_map(|step| [step.from.as_str(), step.to.as_str()]);
        let new = ends.clone().filter(|end| !numbers.contains_key(end)).count();
        if numbers.len() + new > MOST {
            break;
        }
        for end in ends {
            let next = numbers.len();
            numbers.entry(end).or_insert(next);
        }
        edges.extend(one.path.iter().filter_map(|step| {
            let (from, to) = (numbers.get(&*step.from)?, numbers.get(&*step.to)?);
            Some(DrawnEdge { from: *from, to: *to, relation: "reaches", inverse: "reachedBy" })
        }));
    }
    edges.sort();
    edges.dedup();
    let mut nodes: Vec<(usize, &str)> = numbers.into_iter().map(|(name, at)| (at, name)).collect();
    nodes.sort_unstable();
    let node = |(_, name): (usize, &str)| DrawnNode {
        name: name.to_owned(),
        kind: kind_named(name.split(':').next().unwrap_or_default()),
        group: None,
        entities: 1,
    };
    Drawing { nodes: nodes.into_iter().map(node).collect(), edges, ..Drawing::default() }
}
