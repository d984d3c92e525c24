//! The outlines of nodes: what something is can be told without colours.

use super::super::layout::Rectangle;
use crate::catalog::drawing::DrawnNode;
use crate::model::Kind;

/// The outline of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Round ends: a service.
    Pill,
    /// A box: a configuration item, a Component.
    Box,
    /// A drum: a Resource.
    Drum,
    /// Six corners: an API.
    Hexagon,
    /// A box in a box: a System or Domain.
    Double,
    /// Round corners: a team or person.
    Round,
    /// A sheet with a folded corner: an agreement, calendar, runbook and the like.
    Sheet,
    /// Boxes behind each other: a group that stands for its entities.
    Pile,
}

impl Shape {
    /// How much wider than its text it is.
    pub(super) fn padding(self) -> f64 {
        match self {
            Self::Hexagon | Self::Pill => 36.0,
            _ => 26.0,
        }
    }

    /// How much lower its text stands.
    pub(super) fn lower(self) -> f64 {
        match self {
            Self::Drum => 3.0,
            _ => 0.0,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Pill => "node service",
            Self::Drum => "node data",
            Self::Hexagon => "node api",
            Self::Double | Self::Pile => "node system",
            Self::Round => "node people",
            Self::Box | Self::Sheet => "node",
        }
    }
}

/// The shape of a node.
pub(super) fn shape_of(node: &DrawnNode) -> Shape {
    of_kind(node.kind)
}

/// The classes of the outline of a kind; of a group without one.
pub(crate) fn shape_class(kind: Option<&'static Kind>) -> &'static str {
    of_kind(kind).class()
}

fn of_kind(kind: Option<&'static Kind>) -> Shape {
    match kind.map(|kind| kind.family) {
        None => Shape::Pile,
        Some("service") => Shape::Pill,
        Some("ci" | "component") => Shape::Box,
        Some("resource") => Shape::Drum,
        Some("api") => Shape::Hexagon,
        Some("system" | "domain") => Shape::Double,
        Some("team" | "person") => Shape::Round,
        Some(_) => Shape::Sheet,
    }
}

/// The outline, as elements of SVG.
pub(super) fn outline(shape: Shape, at: &Rectangle, root: &str) -> String {
    let class = format!("{}{root}", shape.class());
    let (w, h) = (at.width, at.height);
    let (x, y) = (at.x - w / 2.0, at.y - h / 2.0);
    let (right, bottom) = (x + w, y + h);
    let rectangle = |x: f64, y: f64, w: f64, h: f64, round: f64| {
        format!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" \
             height=\"{h:.1}\" rx=\"{round:.0}\"/>"
        )
    };
    let path = |d: String| format!("<path class=\"{class}\" d=\"{d}\"/>");
    match shape {
        Shape::Pill => rectangle(x, y, w, h, h / 2.0),
        Shape::Box => rectangle(x, y, w, h, 3.0),
        Shape::Round => rectangle(x, y, w, h, 12.0),
        Shape::Double => {
            let outer = rectangle(x, y, w, h, 4.0);
            format!("{outer}{}", rectangle(x + 3.0, y + 3.0, w - 6.0, h - 6.0, 2.0))
        }
        Shape::Pile => {
            let behind = rectangle(x + 5.0, y - 5.0, w, h, 4.0);
            format!("{behind}{}", rectangle(x, y, w, h, 4.0))
        }
        Shape::Hexagon => {
            let (left, far, middle) = (x + 12.0, right - 12.0, at.y);
            path(format!(
                "M{left:.1} {y:.1}H{far:.1}L{right:.1} {middle:.1}L{far:.1} {bottom:.1}H{left:.1}\
                 L{x:.1} {middle:.1}z"
            ))
        }
        Shape::Sheet => {
            let (fold, low) = (right - 10.0, y + 10.0);
            path(format!(
                "M{x:.1} {y:.1}H{fold:.1}L{right:.1} {low:.1}V{bottom:.1}H{x:.1}zM{fold:.1} \
                 {y:.1}V{low:.1}H{right:.1}"
            ))
        }
        Shape::Drum => {
            let (top, low, half) = (y + 5.0, bottom - 5.0, w / 2.0);
            path(format!(
                "M{x:.1} {top:.1}A{half:.1} 5 0 0 1 {right:.1} {top:.1}V{low:.1}A{half:.1} 5 0 0 \
                 1 {x:.1} {low:.1}zM{x:.1} {top:.1}A{half:.1} 5 0 0 0 {right:.1} {top:.1}"
            ))
        }
    }
}
