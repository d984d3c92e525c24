//! Relations for Graphviz.

use super::super::text::visible;
use crate::catalog::drawing::{Drawing, DrawnNode};
use crate::catalog::short;

/// Writes a digraph; groups are clusters.
pub fn emit(drawing: &Drawing) -> String {
    let mut text = String::from(
        "digraph gitsm {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", shape=box, \
         style=rounded];\n  edge [fontname=\"sans-serif\", fontsize=10];\n",
    );
    for (number, group) in drawing.groups.iter().enumerate() {
        text.push_str(&format!(
            "  subgraph cluster_{number} {{\n    label={};\n",
            quoted(&short(group))
        ));
        let members = drawing.nodes.iter().filter(|node| node.group == Some(number));
        members.for_each(|one| text.push_str(&format!("  {}", node(one))));
        text.push_str("  }\n");
    }
    let alone = drawing.nodes.iter().filter(|node| node.group.is_none());
    alone.for_each(|one| text.push_str(&node(one)));
    let name = |at: usize| drawing.nodes.get(at).map_or("", |node| node.name.as_str());
    for edge in &drawing.edges {
        let (from, to) = (quoted(name(edge.from)), quoted(name(edge.to)));
        text.push_str(&format!("  {from} -> {to} [label={}];\n", quoted(edge.relation)));
    }
    text.push_str("}\n");
    text
}

fn node(node: &DrawnNode) -> String {
    let label = match node.kind {
        Some(_) => short(&node.name),
        None => format!("{} ({})", short(&node.name), node.entities),
    };
    let shape = match node.kind.map(|kind| kind.family) {
        Some("service") => "ellipse",
        Some("resource") => "cylinder",
        Some("system" | "domain") => "component",
        Some("api") => "hexagon",
        None => "folder",
        _ => "box",
    };
    format!("  {} [label={}, shape={shape}];\n", quoted(&node.name), quoted(&label))
}

/// A text in quotes. In DOT only a quote ends it, and a backslash begins an escape.
fn quoted(text: &str) -> String {
    format!("\"{}\"", visible(text).replace('\\', "\\\\").replace('"', "\\\""))
}
