//! Relations as a Mermaid flowchart.

use super::super::mermaid::label;
use crate::catalog::drawing::{Drawing, DrawnNode};
use crate::catalog::short;

/// Writes a flowchart; groups are subgraphs. Nodes go by numbers, so no name can be taken for a
/// word of Mermaid.
pub fn emit(drawing: &Drawing) -> String {
    let mut text = String::from("flowchart LR\n");
    for (number, group) in drawing.groups.iter().enumerate() {
        text.push_str(&format!("  subgraph g{number}[{}]\n", label(&short(group))));
        for (at, one) in drawing.nodes.iter().enumerate() {
            if one.group == Some(number) {
                text.push_str(&format!("    {}\n", node(at, one)));
            }
        }
        text.push_str("  end\n");
    }
    for (at, one) in drawing.nodes.iter().enumerate() {
        if one.group.is_none() {
            text.push_str(&format!("  {}\n", node(at, one)));
        }
    }
    for edge in &drawing.edges {
        let arrow = if edge.relation == edge.inverse { "<-->" } else { "-->" };
        text.push_str(&format!(
            "  n{} {arrow}|{}| n{}\n",
            edge.from,
            label(edge.relation),
            edge.to
        ));
    }
    if let Some(root) = drawing.root {
        text.push_str(&format!("  style n{root} stroke-width:4px\n"));
    }
    text
}

/// A node; its shape says what it is.
fn node(at: usize, node: &DrawnNode) -> String {
    let (open, close) = match node.kind.map(|kind| kind.family) {
        Some("service") => ("([", "])"),
        Some("resource") => ("[(", ")]"),
        Some("system" | "domain") => ("[[", "]]"),
        Some("api") => ("{{", "}}"),
        Some("team" | "person") => ("(", ")"),
        _ => ("[", "]"),
    };
    let shown = match node.kind {
        Some(_) => label(&short(&node.name)),
        None => label(&format!("{} ({})", short(&node.name), node.entities)),
    };
    format!("n{at}{open}{shown}{close}")
}
