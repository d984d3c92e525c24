//! `gitsm graph`.

use super::Environment;
use super::args::{Graph, GraphFormat, GroupBy, Towards};
use super::error::{Failure, tell};
use super::impact::{put, renamed};
use crate::catalog::drawing::{By, Wanted};
use crate::flow::graph::{GraphError, Limit, Request, graph};
use crate::output::graph::{dot, json, mermaid, svg, tree};

/// The most that can be read in a flowchart. Mermaid refuses more relations by itself.
const FLOWCHART: Limit = Limit { nodes: 150, edges: 450 };

/// The most that can be read in a picture, and laid out in a moment.
const PICTURE: Limit = Limit { nodes: 150, edges: 300 };

pub(super) fn run(arguments: &Graph, environment: &Environment) -> Result<u8, Failure> {
    let (format, file) = &arguments.output;
    let request = Request {
        place: environment.place(&[], arguments.at.clone()),
        root: arguments.root.clone(),
        relations: arguments.relation.clone(),
        kinds: arguments.kind.clone(),
        wanted: Wanted {
            depth: arguments.depth,
            up: arguments.direction != Towards::Down,
            down: arguments.direction != Towards::Up,
            by: match arguments.by {
                GroupBy::System => Some(By::System),
                GroupBy::Environment => Some(By::Environment),
                GroupBy::Owner => Some(By::Owner),
                GroupBy::None => None,
            },
            ..Wanted::default()
        },
        limit: match format {
            GraphFormat::Mermaid => Some(FLOWCHART),
            GraphFormat::Svg => Some(PICTURE),
            GraphFormat::Tree | GraphFormat::Dot | GraphFormat::Json => None,
        },
    };
    let drawn = graph(&request)?;
    renamed(drawn.renamed.as_slice());
    if drawn.collapsed {
        tell("note: too many to draw each: every group is one box\n");
    }
    let text = match format {
        GraphFormat::Tree => tree(&drawn.drawing),
        GraphFormat::Mermaid => mermaid(&drawn.drawing),
        GraphFormat::Dot => dot(&drawn.drawing),
        GraphFormat::Json => json(&drawn.drawing),
        GraphFormat::Svg => svg(&drawn.drawing),
    };
    put(&text, file.as_deref(), environment)?;
    Ok(0)
}

impl From<GraphError> for Failure {
    fn from(error: GraphError) -> Self {
        let (message, hint) = (error.to_string(), error.hint());
        match error.is_usage() {
            true => Self::usage(message, hint),
            false => Self::could_not(message, hint),
        }
    }
}
