//! Relations as a picture that stands alone: no script, nothing from elsewhere, for light and dark
//! screens, and with every text readable by machines that read aloud.

mod shapes;

use super::super::text::{count, visible};
use super::layout::{Layout, Plan, Rectangle, Way, lay_out};
use crate::catalog::drawing::{Drawing, DrawnEdge, DrawnNode};
use crate::catalog::short;
pub(crate) use shapes::shape_class;
use shapes::{outline, shape_of};

/// The size of names.
const NAME: f64 = 13.0;
/// The size of everything else.
const SMALL: f64 = 10.5;
/// The widest name that is written in full.
const WIDEST: f64 = 240.0;
/// The height of a node.
const HEIGHT: f64 = 44.0;
/// Up to so many relations their names stand at the lines; beyond, in a legend.
const NAMED: usize = 70;
/// A line of the legend.
const LEGEND: f64 = 20.0;

/// Colours stand in each rule: not every program that draws SVG knows variables.
const STYLE: &str = "\
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#1c2128}
.bg{fill:#fff}
.name{font-size:13px;font-weight:600;text-anchor:middle}
.kind,.relation,.legend,.group-name{fill:#59636e}
.kind{font-size:10.5px;text-anchor:middle}
.halo{font-size:10.5px;text-anchor:middle;fill:#fff;stroke:#fff;stroke-width:4px;\
stroke-linejoin:round}
.relation{font-size:10.5px;text-anchor:middle}
.legend{font-size:10.5px}
.group{fill:#f3f4f6;stroke:#8b949e;stroke-dasharray:5 4}
.group-name{font-size:11px;font-weight:600}
.node{fill:#f6f8fa;stroke:#8b949e;stroke-width:1.25}
.service{fill:#ddf4ff;stroke:#0969da}
.data{fill:#fff8c5;stroke:#9a6700}
.api{fill:#fbefff;stroke:#8250df}
.system{fill:#dafbe1;stroke:#1a7f37}
.people{fill:#ffebe9;stroke:#cf222e}
.root{stroke-width:3}
.edge{fill:none;stroke:#6e7781;stroke-width:1.4}
.head{fill:#6e7781}
.r1{stroke-dasharray:7 4}.r2{stroke-dasharray:2 3}.r3{stroke-dasharray:10 3 2 3}\
.r4{stroke-dasharray:14 5}.r5{stroke-dasharray:5 2 1 2 1 2}
@media(prefers-color-scheme:dark){
text{fill:#e6edf3}.bg{fill:#0d1117}.kind,.relation,.legend,.group-name{fill:#9198a1}\
.halo{fill:#0d1117;stroke:#0d1117}.group{fill:#151b23;stroke:#656c76}\
.node{fill:#212830;stroke:#656c76}.service{fill:#0c2d4d;stroke:#4493f8}\
.data{fill:#3a2a05;stroke:#d29922}.api{fill:#2c1a4a;stroke:#ab7df8}\
.system{fill:#0f2f1a;stroke:#3fb950}.people{fill:#41161a;stroke:#f85149}\
.edge{stroke:#8b949e}.head{fill:#8b949e}}
";

/// How many kinds of lines there are.
const LINES: usize = 6;

/// How a picture stands within a page, which brings the colours.
pub struct Inline<'a> {
    /// What its ids begin with: no two pictures of a page share one.
    pub ids: &'a str,
    /// What it shows, for people who cannot see it.
    pub title: &'a str,
    /// What people call a node, where that is not its reference.
    pub name: &'a dyn Fn(&DrawnNode) -> Option<String>,
    /// Where a node leads, relative to the page.
    pub href: &'a dyn Fn(&DrawnNode) -> Option<String>,
}

/// Writes the picture so that it stands alone.
pub fn emit(drawing: &Drawing) -> String {
    draw(drawing, None)
}

/// Writes the picture as a part of a page. Of relations that are all the same, none is named: the
/// page says what its lines are.
pub fn inline(drawing: &Drawing, page: &Inline<'_>) -> String {
    draw(drawing, Some(page))
}

fn draw(drawing: &Drawing, page: Option<&Inline<'_>>) -> String {
    let relations = relations(drawing);
    let alike = page.is_some() && relations.len() <= 1;
    let named = !alike && drawing.edges.len() <= NAMED;
    let keyed = !alike && !named;
    let texts: Vec<(String, String)> = drawing.nodes.iter().map(|one| texts(one, page)).collect();
    let plan = plan(drawing, &texts, named);
    let layout = lay_out(&plan);
    let legend = if keyed { LEGEND * (relations.len().min(LINES) as f64 + 1.0) } else { 0.0 };
    let (width, height) = (layout.width.max(200.0), layout.height + legend);
    let ids = page.map_or("gitsm", |page| page.ids);
    let mut svg = match page {
        Some(page) => inline_head(page, width, height),
        None => head(drawing, width, height),
    };
    for (name, place) in drawing.groups.iter().zip(&layout.groups) {
        svg.push_str(&group(name, place));
    }
    for (edge, way) in drawing.edges.iter().zip(&layout.edges) {
        svg.push_str(&line(drawing, edge, way, (&relations, keyed), ids));
    }
    for (number, (one, place)) in drawing.nodes.iter().zip(&layout.nodes).enumerate() {
        let root = drawing.root == Some(number);
        svg.push_str(&node(one, texts.get(number), place, (root, page)));
    }
    if named {
        for (edge, way) in drawing.edges.iter().zip(&layout.edges) {
            svg.push_str(&relation(edge, way));
        }
    } else if keyed {
        svg.push_str(&legend_of(&relations, &layout, ids));
    }
    svg.push_str("</svg>\n");
    svg
}

fn head(drawing: &Drawing, width: f64, height: f64) -> String {
    let root = drawing.root.and_then(|root| drawing.nodes.get(root));
    let title = match root {
        Some(root) => format!("Relations of {}", short(&root.name)),
        None => "Relations of the catalog".to_owned(),
    };
    let what = format!(
        "{}, {}{}",
        count(drawing.nodes.len(), "entity"),
        count(drawing.edges.len(), "relation"),
        match drawing.groups.len() {
            0 => String::new(),
            some => format!(", in {}", count(some, "group")),
        }
    );
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-labelledby=\"gitsm-title \
         gitsm-desc\">\n<title id=\"gitsm-title\">{}</title>\n<desc id=\"gitsm-desc\">{}</desc>\n\
         <style>{STYLE}</style>\n{}<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n",
        escaped(&title),
        escaped(&what),
        marker("gitsm"),
    )
}

/// A picture with links is a group of them; an image would hide them from those who listen.
fn inline_head(page: &Inline<'_>, width: f64, height: f64) -> String {
    format!(
        "<svg role=\"group\" aria-label=\"{}\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\">\n{}",
        escaped(&visible(page.title)),
        marker(page.ids),
    )
}

/// The point of an arrow.
fn marker(ids: &str) -> String {
    format!(
        "<defs><marker id=\"{ids}-head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" \
         markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\"><path class=\"head\" \
         d=\"M0 0L10 5L0 10z\"/></marker></defs>\n"
    )
}

/// What stands in a node: its name, shortened if it must be, and what it is.
fn texts(node: &DrawnNode, page: Option<&Inline<'_>>) -> (String, String) {
    let full = visible(&short(&node.name));
    if let Some(called) = page.and_then(|page| (page.name)(node)) {
        let what =
            node.kind.map_or_else(|| count(node.entities, "entity"), |kind| kind.name.into());
        return (shortened(&visible(&called), WIDEST), what);
    }
    let (kind, name) = match (node.kind, full.split_once(':')) {
        (Some(kind), Some((_, name))) => (kind.name.to_owned(), name.to_owned()),
        (Some(kind), None) => (kind.name.to_owned(), full),
        (None, _) => (count(node.entities, "entity"), full),
    };
    (shortened(&name, WIDEST), kind)
}

/// A text that is no wider, with a mark where something is left out.
pub(crate) fn shortened(text: &str, widest: f64) -> String {
    if width_of(text, NAME) <= widest {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width_of(&kept, NAME) > widest - NAME {
            kept.pop();
            break;
        }
    }
    format!("{kept}…")
}

/// About how wide a text is in a bold font without serifs; rather too much than too little.
fn width_of(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.36,
        'f' | 't' | 'r' | '-' | '/' | '(' | ')' | ' ' => 0.45,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 1.03,
        'A'..='Z' => 0.78,
        c if c.is_ascii() => 0.68,
        // Scripts of the east are as wide as they are high.
        '\u{1100}'.. => 1.1,
        _ => 0.8,
    };
    text.chars().map(em).sum::<f64>() * size
}

fn plan(drawing: &Drawing, texts: &[(String, String)], named: bool) -> Plan {
    let node = |(node, (name, kind)): (&DrawnNode, &(String, String))| {
        let text = width_of(name, NAME).max(width_of(kind, SMALL));
        (text.max(56.0) + shape_of(node).padding(), HEIGHT, node.group)
    };
    let edge = |edge: &DrawnEdge| match named {
        true => (edge.from, edge.to, width_of(edge.relation, SMALL) + 8.0, 14.0),
        false => (edge.from, edge.to, 0.0, 0.0),
    };
    Plan {
        nodes: drawing.nodes.iter().zip(texts).map(node).collect(),
        edges: drawing.edges.iter().map(edge).collect(),
        groups: drawing.groups.len(),
    }
}

/// The relations that are there, the most frequent first.
fn relations(drawing: &Drawing) -> Vec<&'static str> {
    let mut counts: std::collections::BTreeMap<&'static str, usize> = Default::default();
    for edge in &drawing.edges {
        *counts.entry(edge.relation).or_default() += 1;
    }
    let mut all: Vec<(&'static str, usize)> = counts.into_iter().collect();
    all.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    all.into_iter().map(|(name, _)| name).collect()
}

/// The class of a relation's line. The last kind of line is for all that are left.
fn line_class(relations: &[&str], relation: &str, keyed: bool) -> String {
    let at = relations.iter().position(|one| *one == relation).unwrap_or_default();
    match keyed {
        true => format!(" r{}", at.min(LINES - 1)),
        false => String::new(),
    }
}

fn group(name: &str, place: &Rectangle) -> String {
    let (x, y) = (place.x - place.width / 2.0, place.y - place.height / 2.0);
    let full = visible(&short(name));
    let shown = shortened(&full, place.width - 10.0);
    format!(
        "<g><title>{}</title><rect class=\"group\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" \
         height=\"{:.1}\" rx=\"8\"/><text class=\"group-name\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\
         </g>\n",
        escaped(&full),
        place.width,
        place.height,
        x + 8.0,
        y + 15.0,
        escaped(&shown),
    )
}

fn node(
    node: &DrawnNode,
    texts: Option<&(String, String)>,
    at: &Rectangle,
    (root, page): (bool, Option<&Inline<'_>>),
) -> String {
    let middle = if page.is_some() { " middle" } else { "" };
    let (open, close) = match page.and_then(|page| (page.href)(node)) {
        Some(href) => (format!("<a href=\"{}\">", escaped(&href)), "</a>"),
        None => ("<g>".to_owned(), "</g>"),
    };
    let shape = shape_of(node);
    let (name, kind) = texts.cloned().unwrap_or_default();
    let root = if root { " root" } else { "" };
    format!(
        "{open}<title>{}</title>{}<text class=\"kind{middle}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\
         <text class=\"name{middle}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>{close}\n",
        escaped(&visible(&short(&node.name))),
        outline(shape, at, root),
        at.x,
        at.y - 5.0 + shape.lower(),
        escaped(&kind),
        at.x,
        at.y + 11.0 + shape.lower(),
        escaped(&name),
    )
}

fn line(
    drawing: &Drawing,
    edge: &DrawnEdge,
    way: &Way,
    (relations, keyed): (&[&str], bool),
    ids: &str,
) -> String {
    let name = |at: usize| drawing.nodes.get(at).map_or("", |node| node.name.as_str());
    let said = format!("{} {} {}", short(name(edge.from)), edge.relation, short(name(edge.to)));
    let class = line_class(relations, edge.relation, keyed);
    let start = match edge.relation == edge.inverse {
        true => format!(" marker-start=\"url(#{ids}-head)\""),
        false => String::new(),
    };
    format!(
        "<path class=\"edge{class}\" d=\"{}\"{start} marker-end=\"url(#{ids}-head)\"><title>{}\
         </title></path>\n",
        curve(&way.points),
        escaped(&visible(&said)),
    )
}

/// A smooth line (a uniform B-spline) near the points, from the first to the last.
fn curve(points: &[(f64, f64)]) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let mix = |a: (f64, f64), b: (f64, f64), of_a: f64, of_b: f64| {
        let all = of_a + of_b;
        ((a.0 * of_a + b.0 * of_b) / all, (a.1 * of_a + b.1 * of_b) / all)
    };
    let mut path = format!("M{:.1} {:.1}", first.0, first.1);
    let mut windows = points.windows(2).peekable();
    if let Some([a, b]) = windows.peek() {
        let start = mix(*a, *b, 5.0, 1.0);
        path.push_str(&format!("L{:.1} {:.1}", start.0, start.1));
    }
    while let Some([a, b]) = windows.next() {
        let (one, two) = (mix(*a, *b, 2.0, 1.0), mix(*a, *b, 1.0, 2.0));
        let end = match windows.peek() {
            Some([_, c]) => mix(mix(*a, *c, 1.0, 1.0), *b, 2.0, 4.0),
            _ => mix(*a, *b, 1.0, 5.0),
        };
        path.push_str(&format!(
            "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            one.0, one.1, two.0, two.1, end.0, end.1
        ));
    }
    path.push_str(&format!("L{:.1} {:.1}", last.0, last.1));
    path
}

fn relation(edge: &DrawnEdge, way: &Way) -> String {
    let Some((x, y)) = way.label.map(|label| on_the_line(&way.points, label)) else {
        return String::new();
    };
    let (y, word) = (y + 3.5, escaped(edge.relation));
    // A halo keeps lines away from the word.
    format!(
        "<text class=\"halo\" aria-hidden=\"true\" x=\"{x:.1}\" y=\"{y:.1}\">{word}</text><text \
         class=\"relation\" x=\"{x:.1}\" y=\"{y:.1}\">{word}</text>\n"
    )
}

/// Where the line passes nearest to a point that it bends towards.
fn on_the_line(points: &[(f64, f64)], label: (f64, f64)) -> (f64, f64) {
    let away = |point: (f64, f64)| (point.0 - label.0).abs() + (point.1 - label.1).abs();
    let near = points.windows(3).min_by(|a, b| match (a, b) {
        ([_, a, _], [_, b, _]) => away(*a).total_cmp(&away(*b)),
        _ => std::cmp::Ordering::Equal,
    });
    match near {
        Some([a, b, c]) => ((a.0 + 4.0 * b.0 + c.0) / 6.0, (a.1 + 4.0 * b.1 + c.1) / 6.0),
        _ => label,
    }
}

/// Below the picture: which line is which relation.
fn legend_of(relations: &[&str], layout: &Layout, ids: &str) -> String {
    let mut text = String::new();
    let (own, shared) = relations.split_at(relations.len().min(LINES - 1));
    let mut lines: Vec<String> = own.iter().map(|relation| (*relation).to_owned()).collect();
    lines.extend((!shared.is_empty()).then(|| shared.join(", ")));
    for (number, relation) in lines.iter().enumerate() {
        let y = layout.height + LEGEND * number as f64;
        text.push_str(&format!(
            "<path class=\"edge r{number}\" d=\"M24 {y:.1}H84\" marker-end=\"url(#{ids}-head)\"/>\
             <text class=\"legend\" x=\"94\" y=\"{:.1}\">{}</text>\n",
            y + 3.5,
            escaped(relation)
        ));
    }
    text
}

/// Text for XML.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // No characters of XML 1.0.
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kind_named;

    #[test]
    fn within_a_page_boxes_are_links_and_nothing_brings_its_own_style() {
        let node = |name: &str| DrawnNode {
            name: name.to_owned(),
            kind: kind_named("service"),
            group: None,
            entities: 1,
        };
        let edge = DrawnEdge { from: 0, to: 1, relation: "needs", inverse: "neededBy" };
        let drawing = Drawing {
            nodes: vec![node("service:default/a"), node("service:default/b")],
            edges: vec![edge],
            ..Drawing::default()
        };
        let href = |node: &DrawnNode| node.name.ends_with('a').then(|| "a\"b.html".to_owned());
        let name = |_: &DrawnNode| Some("<A & B>".to_owned());
        let page = Inline { ids: "map", title: "Who \"needs\" whom", name: &name, href: &href };
        let svg = inline(&drawing, &page);
        assert!(svg.starts_with("<svg role=\"group\" aria-label=\"Who &quot;needs&quot; whom\""));
        assert!(svg.contains("<a href=\"a&quot;b.html\">") && svg.contains("&lt;A &amp; B&gt;"));
        assert!(svg.contains("id=\"map-head\"") && svg.contains("url(#map-head)"));
        for foreign in ["<style", "style=", "gitsm-", "class=\"bg\"", "class=\"relation\""] {
            assert!(!svg.contains(foreign), "{foreign}");
        }
        assert_eq!(svg.matches("<a ").count(), svg.matches("</a>").count());
    }
}
