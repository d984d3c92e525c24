//! Relations as text and pictures, one file a format. `graph/1` is here.

mod dot;
mod layout;
mod mermaid;
mod svg;
mod tree;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::catalog::drawing::Drawing;

pub use dot::emit as dot;
pub use mermaid::emit as mermaid;
pub use svg::{Inline, emit as svg, inline};
pub(crate) use svg::{shape_class, shortened};
pub use tree::emit as tree;

/// Entities and the relations between them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct GraphJson<'a> {
    /// `graph/1`.
    #[schemars(extend("const" = "graph/1"))]
    format: &'static str,
    /// The entity that it is about; nothing if it is the whole catalog.
    root: Option<&'a str>,
    /// The entities, by name.
    nodes: Vec<NodeJson<'a>>,
    /// The relations, as they are written.
    edges: Vec<EdgeJson<'a>>,
    /// Of the whole catalog: how many entities no relation joins; they are left out.
    unrelated: usize,
}

/// An entity.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct NodeJson<'a> {
    /// Its canonical reference.
    id: &'a str,
    /// Its kind.
    kind: &'a str,
    /// What it is grouped under, with `--by`.
    group: Option<&'a str>,
}

/// A relation.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EdgeJson<'a> {
    /// The canonical reference of the entity that says it.
    from: &'a str,
    /// The canonical reference of the entity of which it is said.
    to: &'a str,
    /// What is said, such as `dependsOn`.
    relation: &'a str,
}

/// The drawing as `graph/1`.
pub fn json(drawing: &Drawing) -> String {
    let name = |at: usize| drawing.nodes.get(at).map_or("", |node| node.name.as_str());
    let group = |at: usize| drawing.groups.get(at).map(String::as_str);
    let graph = GraphJson {
        format: "graph/1",
        root: drawing.root.map(name),
        nodes: drawing
            .nodes
            .iter()
            .map(|node| NodeJson {
                id: &node.name,
                kind: node.kind.map_or("", |kind| kind.name),
                group: node.group.and_then(group),
            })
            .collect(),
        edges: drawing
            .edges
            .iter()
            .map(|edge| EdgeJson {
                from: name(edge.from),
                to: name(edge.to),
                relation: edge.relation,
            })
            .collect(),
        unrelated: drawing.unrelated,
    };
    // Values of strings and numbers always serialise.
    let mut text = serde_json::to_string_pretty(&graph).unwrap_or_default();
    text.push('\n');
    text
}

/// The JSON Schema of `graph/1`.
pub fn schema() -> Value {
    super::json::schema_of::<GraphJson<'_>>("graph/1", "graph-1")
}
