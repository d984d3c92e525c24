//! Where everything stands in a picture. The layout library is known here and nowhere else.

use dugong::graphlib::{Graph, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, LabelPos, NodeLabel, RankDir, layout_dagreish};

/// A rectangle by its centre.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Rectangle {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// What is to be laid out.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Width and height of each node, and its group.
    pub(super) nodes: Vec<(f64, f64, Option<usize>)>,
    /// The nodes that each edge joins, and width and height of its label.
    pub(super) edges: Vec<(usize, usize, f64, f64)>,
    /// How many groups there are.
    pub(super) groups: usize,
}

/// The way of an edge: the points it goes through, and the middle of its label.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Way {
    pub(super) points: Vec<(f64, f64)>,
    pub(super) label: Option<(f64, f64)>,
}

/// Where everything stands.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) nodes: Vec<Rectangle>,
    pub(super) edges: Vec<Way>,
    pub(super) groups: Vec<Rectangle>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Room between ranks, so that labels and arrows have some.
const RANKS: f64 = 90.0;
/// Room around everything.
const MARGIN: f64 = 24.0;

/// Lays a plan out from left to right.
pub(super) fn lay_out(plan: &Plan) -> Layout {
    let options = GraphOptions { multigraph: true, compound: true, ..GraphOptions::default() };
    let mut graph: Graph<NodeLabel, EdgeLabel, GraphLabel> = Graph::new(options);
    graph.set_graph(GraphLabel {
        rankdir: RankDir::LR,
        ranksep: RANKS,
        nodesep: 26.0,
        edgesep: 14.0,
        marginx: MARGIN,
        marginy: MARGIN,
        ..GraphLabel::default()
    });
    graph.set_default_edge_label(EdgeLabel::default);
    for group in 0..plan.groups {
        graph.set_node(group_id(group), NodeLabel::default());
    }
    for (number, (width, height, group)) in plan.nodes.iter().enumerate() {
        let label = NodeLabel { width: *width, height: *height, ..NodeLabel::default() };
        graph.set_node(node_id(number), label);
        if let Some(group) = group {
            graph.set_parent(node_id(number), group_id(*group));
        }
    }
    for (number, (from, to, width, height)) in plan.edges.iter().enumerate() {
        let label = EdgeLabel {
            width: *width,
            height: *height,
            labelpos: LabelPos::C,
            minlen: 1,
            weight: 1.0,
            ..EdgeLabel::default()
        };
        graph.set_edge_named(node_id(*from), node_id(*to), Some(number.to_string()), Some(label));
    }
    layout_dagreish(&mut graph);
    read(plan, &graph)
}

fn node_id(number: usize) -> String {
    format!("n{number}")
}

fn group_id(number: usize) -> String {
    format!("g{number}")
}

fn read(plan: &Plan, graph: &Graph<NodeLabel, EdgeLabel, GraphLabel>) -> Layout {
    let rectangle = |id: String| {
        let node = graph.node(&id);
        node.map_or_else(Rectangle::default, |node| Rectangle {
            x: node.x.unwrap_or_default(),
            y: node.y.unwrap_or_default(),
            width: node.width,
            height: node.height,
        })
    };
    let nodes: Vec<Rectangle> = (0..plan.nodes.len()).map(|one| rectangle(node_id(one))).collect();
    let groups: Vec<Rectangle> = (0..plan.groups).map(|one| rectangle(group_id(one))).collect();
    let way = |(number, (from, to, _, _)): (usize, &(usize, usize, f64, f64))| {
        let name = number.to_string();
        let edge = graph.edge(&node_id(*from), &node_id(*to), Some(&name));
        edge.map_or_else(Way::default, |edge| Way {
            points: edge.points.iter().map(|point| (point.x, point.y)).collect(),
            label: edge.x.zip(edge.y),
        })
    };
    let edges: Vec<Way> = plan.edges.iter().enumerate().map(way).collect();
    let boxes = nodes.iter().chain(&groups);
    let corner = boxes.map(|one| (one.x + one.width / 2.0, one.y + one.height / 2.0));
    let bends = edges.iter().flat_map(|way| way.points.iter().copied());
    let (mut width, mut height) = (0.0_f64, 0.0_f64);
    for (x, y) in corner.chain(bends) {
        width = width.max(x);
        height = height.max(y);
    }
    Layout { nodes, edges, groups, width: width + MARGIN, height: height + MARGIN }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn everything_has_a_place_and_nothing_overlaps(
            count in 1_usize..25,
            edges in prop::collection::vec((0_usize..25, 0_usize..25), 0..40),
            groups in prop::collection::vec(prop::option::of(0_usize..4), 25),
        ) {
            let mut used: Vec<usize> = groups.iter().take(count).flatten().copied().collect();
            used.sort_unstable();
            used.dedup();
            let group = |one: &Option<usize>| one.and_then(|one| used.binary_search(&one).ok());
            let plan = Plan {
                nodes: groups.iter().take(count).map(|one| (120.0, 40.0, group(one))).collect(),
                edges: edges
                    .iter()
                    .map(|(from, to)| (from % count, to % count, 60.0, 14.0))
                    .collect(),
                groups: used.len(),
            };
            let layout = lay_out(&plan);
            for (at, a) in layout.nodes.iter().enumerate() {
                prop_assert!(a.x.is_finite() && a.x > 0.0 && a.y > 0.0);
                for b in &layout.nodes[at + 1..] {
                    let apart = (a.x - b.x).abs() > 119.0 || (a.y - b.y).abs() > 39.0;
                    prop_assert!(apart, "{a:?} {b:?}");
                }
            }
            for way in &layout.edges {
                prop_assert!(way.points.len() > 1);
            }
        }
    }
}
