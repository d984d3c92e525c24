//! Relations for people: a tree of what is around an entity, or what each entity says.

use std::collections::VecDeque;

use super::super::branches::{Branch, draw};
use super::super::text::{count, visible};
use crate::catalog::drawing::Drawing;
use crate::catalog::short;

/// How many lines are drawn at most.
const MOST: usize = 500;

/// Writes the tree. Each entity stands where it is nearest to the first, and once.
pub fn emit(drawing: &Drawing) -> String {
    let mut text = format!(
        "{}, {}\n\n",
        count(drawing.nodes.len(), "entity"),
        count(drawing.edges.len(), "relation")
    );
    let (branches, drawn) = match drawing.root {
        Some(root) => around(drawing, root),
        None => listed(drawing),
    };
    text.push_str(&draw(&branches, MOST, ""));
    if branches.len() > MOST {
        text.push_str("-o json has everything; --kind, --relation and --depth narrow it\n");
    }
    let further = drawing.edges.len().saturating_sub(drawn);
    if further > 0 {
        text.push_str(&format!(
            "\nand {} between these, not drawn (-o json, -o svg)\n",
            count(further, "further relation")
        ));
    }
    if drawing.unrelated > 0 {
        text.push_str(&format!(
            "\nLeft out: {} that no such relation joins to another\n",
            count(drawing.unrelated, "entity")
        ));
    }
    text
}

/// The tree around an entity, and how many relations it shows.
fn around(drawing: &Drawing, root: usize) -> (Vec<Branch>, usize) {
    let mut beside: Vec<Vec<(usize, &'static str)>> =
        drawing.nodes.iter().map(|_| Vec::new()).collect();
    for edge in &drawing.edges {
        if let Some(own) = beside.get_mut(edge.from) {
            own.push((edge.to, edge.relation));
        }
        if let Some(others) = beside.get_mut(edge.to) {
            others.push((edge.from, edge.inverse));
        }
    }
    let name = |at: usize| drawing.nodes.get(at).map_or("", |node| node.name.as_str());
    let mut branches = vec![Branch { text: visible(&short(name(root))), parent: None }];
    let mut seen: Vec<bool> = drawing.nodes.iter().map(|_| false).collect();
    seen.iter_mut().skip(root).take(1).for_each(|one| *one = true);
    let mut queue = VecDeque::from([(root, 0)]);
    while let Some((at, branch)) = queue.pop_front() {
        let mut others = beside.get(at).cloned().unwrap_or_default();
        others.sort_by_key(|(other, word)| (*word, name(*other)));
        for (other, word) in others {
            if seen.get(other) != Some(&false) {
                continue;
            }
            seen.iter_mut().skip(other).take(1).for_each(|one| *one = true);
            queue.push_back((other, branches.len()));
            let text = format!("{word} {}", visible(&short(name(other))));
            branches.push(Branch { text, parent: Some(branch) });
        }
    }
    let drawn = branches.len() - 1;
    (branches, drawn)
}

/// Each entity with the relations that it declares.
fn listed(drawing: &Drawing) -> (Vec<Branch>, usize) {
    let name = |at: usize| drawing.nodes.get(at).map_or("", |node| node.name.as_str());
    let mut branches: Vec<Branch> = Vec::new();
    let mut before = None;
    let mut parent = 0;
    for edge in &drawing.edges {
        if before != Some(edge.from) {
            before = Some(edge.from);
            parent = branches.len();
            branches.push(Branch { text: visible(&short(name(edge.from))), parent: None });
        }
        let text = format!("{} {}", edge.relation, visible(&short(name(edge.to))));
        branches.push(Branch { text, parent: Some(parent) });
    }
    (branches, drawing.edges.len())
}
