//! Pictures that are drawn by the dozen: what stands around an entity, in three columns. They need
//! no library for layout, since the columns are the layout; large graphs go through
//! [`crate::output::graph`].

use super::address::Address;
use super::html::{escaped, spoken};
use super::page::Picture;
use crate::catalog::short;
use crate::model::Kind;
use crate::output::graph::{shape_class, shortened};

/// An entity beside another.
#[derive(Debug, Clone)]
pub struct Neighbour {
    /// Its canonical reference.
    pub reference: String,
    /// What people call it.
    pub title: Option<String>,
    /// Its kind.
    pub kind: &'static Kind,
    /// What it has to do with the entity in the middle.
    pub relation: &'static str,
}

/// An entity and what stands around it.
#[derive(Debug)]
pub struct Around<'a> {
    /// The entity in the middle.
    pub root: Neighbour,
    /// What needs it, to its left.
    pub left: &'a [Neighbour],
    /// What it needs, to its right.
    pub right: &'a [Neighbour],
}

/// The width of a node.
const WIDTH: f64 = 196.0;
/// The height of a node.
const HEIGHT: f64 = 44.0;
/// Room between nodes of a column.
const GAP: f64 = 10.0;
/// Room between columns.
const COLUMNS: f64 = 84.0;
/// Room for the headings.
const TOP: f64 = 26.0;
/// Room around everything.
const MARGIN: f64 = 8.0;
/// The most nodes in a column.
const MOST: usize = 9;

impl Around<'_> {
    /// Draws it; nothing if nothing stands around it.
    pub fn picture(&self, here: &Address) -> Option<Picture> {
        if self.left.is_empty() && self.right.is_empty() {
            return None;
        }
        let rows = shown(self.left).max(shown(self.right)).max(1);
        let height = TOP + rows as f64 * (HEIGHT + GAP) + MARGIN;
        let columns: Vec<(&[Neighbour], &str, &str)> =
            [(self.left, "needs it", "what-needs-it"), (self.right, "it needs", "what-it-needs")]
                .into_iter()
                .collect();
        let left_at = MARGIN;
        let root_at = match self.left.is_empty() {
            true => MARGIN,
            false => left_at + WIDTH + COLUMNS,
        };
        let right_at = root_at + WIDTH + COLUMNS;
        let width = match self.right.is_empty() {
            true => root_at + WIDTH + MARGIN,
            false => right_at + WIDTH + MARGIN,
        };
        let mut svg = self.head(width, height);
        let root_y = TOP + (rows as f64 * (HEIGHT + GAP) - GAP - HEIGHT) / 2.0;
        for ((column, heading, more), at) in columns.iter().zip([left_at, right_at]) {
            if column.is_empty() {
                continue;
            }
            svg.push_str(&format!(
                "<text class=\"legend\" x=\"{at:.0}\" y=\"14\">{heading}</text>\n"
            ));
            let start = TOP + (rows - shown(column)) as f64 * (HEIGHT + GAP) / 2.0;
            let is_left = at < root_at;
            for (number, one) in column.iter().take(shown(column)).enumerate() {
                let y = start + number as f64 * (HEIGHT + GAP);
                push_edge(&mut svg, (at, y), (root_at, root_y), is_left);
                let rest = column.len() - number;
                match number + 1 == MOST && rest > 1 {
                    true => push_more(&mut svg, rest, more, (at, y)),
                    false => push_node(&mut svg, one, (at, y), Some(here), ""),
                }
            }
        }
        push_node(&mut svg, &self.root, (root_at, root_y), None, " root");
        svg.push_str("</svg>");
        Some(Picture { svg, caption: self.caption(), mermaid: Some(self.mermaid()) })
    }

    fn head(&self, width: f64, height: f64) -> String {
        let title = format!("What stands around {}", self.root.name());
        format!(
            "<svg role=\"group\" aria-label=\"{}\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.0} {height:.0}\"><defs><marker id=\"head\" viewBox=\"0 0 10 \
             10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path \
             class=\"head\" d=\"M0 0L10 5L0 10z\"/></marker></defs>\n",
            escaped(&title)
        )
    }

    fn caption(&self) -> String {
        let count = |side: &[Neighbour], verb: &str, none: &str| match side.len() {
            0 => none.to_owned(),
            1 => format!("1 {verb}s it"),
            many => format!("{many} {verb} it"),
        };
        let needs = match self.right.len() {
            0 => "it needs nothing".to_owned(),
            many => format!("it needs {many}"),
        };
        let caption = format!("{}; {needs}.", count(self.left, "need", "Nothing needs it"));
        caption + " An arrow points to what is needed."
    }

    /// The same for pages of Markdown.
    fn mermaid(&self) -> String {
        let mut text = String::from("flowchart LR\n");
        let label = |one: &Neighbour| crate::output::mermaid_label(&one.name());
        text.push_str(&format!("  n0[{}]\n", label(&self.root)));
        let mut number = 0;
        for (side, is_left) in [(self.left, true), (self.right, false)] {
            for one in side.iter().take(MOST) {
                number += 1;
                let (from, to) = if is_left { (number, 0) } else { (0, number) };
                text.push_str(&format!("  n{number}[{}]\n  n{from} --> n{to}\n", label(one)));
            }
        }
        text
    }
}

impl Neighbour {
    /// What people call it, else its name.
    fn name(&self) -> String {
        match &self.title {
            Some(title) => title.clone(),
            None => {
                let short = short(&self.reference);
                short.split_once(':').map_or(short.clone(), |(_, name)| name.to_owned())
            }
        }
    }
}

/// How many nodes of a column are drawn, the one that stands for the rest included.
fn shown(column: &[Neighbour]) -> usize {
    column.len().min(MOST)
}

fn push_node(
    svg: &mut String,
    one: &Neighbour,
    (x, y): (f64, f64),
    here: Option<&Address>,
    root: &str,
) {
    let href = here.map(|here| here.link(&Address::of(&one.reference), "html"));
    match &href {
        Some(href) => svg.push_str(&format!("<a href=\"{}\">", escaped(href))),
        None => svg.push_str("<g>"),
    }
    let middle = x + WIDTH / 2.0;
    let radius = if one.kind.family == "service" { HEIGHT / 2.0 } else { 6.0 };
    let kind = match one.relation {
        "" => spoken(one.kind.name),
        relation => format!("{} · {}", spoken(one.kind.name), spoken(relation)),
    };
    svg.push_str(&format!(
        "<title>{}</title><rect class=\"{}{root}\" x=\"{x:.0}\" y=\"{y:.0}\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\" rx=\"{radius}\"/><text class=\"kind middle\" x=\"{middle:.0}\" \
         y=\"{:.0}\">{}</text><text class=\"name middle\" x=\"{middle:.0}\" y=\"{:.0}\">{}</text>",
        escaped(&short(&one.reference)),
        shape_class(Some(one.kind)),
        y + 16.0,
        // The font is smaller than that of names.
        escaped(&shortened(&kind, (WIDTH - 10.0) * 13.0 / 11.0)),
        y + 33.0,
        escaped(&shortened(&one.name(), WIDTH - 24.0)),
    ));
    svg.push_str(if href.is_some() { "</a>\n" } else { "</g>\n" });
}

fn push_more(svg: &mut String, more: usize, place: &str, (x, y): (f64, f64)) {
    svg.push_str(&format!(
        "<a href=\"#{place}\"><rect class=\"node\" x=\"{x:.0}\" y=\"{y:.0}\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\" rx=\"6\"/><text class=\"name middle\" x=\"{:.0}\" y=\"{:.0}\">and {more} \
         more</text></a>\n",
        x + WIDTH / 2.0,
        y + 26.0,
    ));
}

/// An arrow from what needs to what is needed.
fn push_edge(svg: &mut String, at: (f64, f64), root: (f64, f64), is_left: bool) {
    let middle = HEIGHT / 2.0;
    let (from, to) = match is_left {
        true => ((at.0 + WIDTH, at.1 + middle), (root.0, root.1 + middle)),
        false => ((root.0 + WIDTH, root.1 + middle), (at.0, at.1 + middle)),
    };
    let bend = (to.0 - from.0) / 2.0;
    svg.push_str(&format!(
        "<path class=\"edge\" d=\"M{:.0} {:.0}C{:.0} {:.0} {:.0} {:.0} {:.0} {:.0}\" \
         marker-end=\"url(#head)\"/>",
        from.0,
        from.1,
        from.0 + bend,
        from.1,
        to.0 - bend,
        to.1,
        to.0 - 1.0,
        to.1
    ));
}
