//! The map: who needs whom, in one picture that somebody can still read, and the same as a table.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::stage::Stage;
use crate::catalog::drawing::{By, Drawing, DrawnEdge, DrawnNode, Wanted};
use crate::model::{Impact, relation_named};
use crate::output::graph::{Inline, inline, mermaid};
use crate::output::{Piece, Said, count};
use crate::render::Address;
use crate::render::page::{Block, Page, Part, Picture, Table};

/// The most boxes of a picture: beyond, nobody finds anything, and laying them out takes long.
const MOST: usize = 120;

/// The most lines of a picture, for the same reasons.
const MOST_LINES: usize = 240;

/// From so many rows on, a table can be narrowed.
const LONG: usize = 12;

/// What nobody owns.
const NOBODY: &str = "without an owner";

/// Those who own least, where there are too many owners.
const OTHERS: &str = "everything else";

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// One entity.
    Whole,
    /// A service, or all else that an owner has.
    Services,
    /// All that an owner has.
    Owners,
}

/// Makes the page.
pub(super) fn page(stage: &Stage<'_>) -> Page {
    let mut page = Page::new(Address::page("map"), "page.html", "Map");
    let wanted = Wanted { by: Some(By::Owner), ..Wanted::default() };
    let (drawing, scale) = readable(&needs(&Drawing::of(stage.catalog, stage.graph, &wanted)));
    page.lead = Some(lead(scale).to_owned());
    if drawing.nodes.is_empty() {
        let none = "Nothing in this catalog says yet that it needs something else.";
        page.body.push(Block::bare(Part::Words(none.into())));
        return page;
    }
    page.body.push(Block::bare(Part::Picture(picture(stage, &drawing, &page.address))));
    page.body.push(Block::new("Who needs whom", Part::Table(table(stage, &drawing))));
    page
}

fn lead(scale: Scale) -> &'static str {
    match scale {
        Scale::Whole => {
            "What works together here. An arrow points to what is needed: if that fails, \
             whatever points to it is in trouble."
        }
        Scale::Services => {
            "Services, and what they run on. There is too much of it for one picture, so a box \
             stands for everything else that a team owns; the page of a service shows what is \
             around it, one by one. An arrow points to what is needed."
        }
        Scale::Owners => {
            "Who needs what others look after. There is too much of it for one picture, so a box \
             stands for everything that a team owns; the page of a service shows what is around \
             it, one by one. An arrow points to what is needed."
        }
    }
}

fn picture(stage: &Stage<'_>, drawing: &Drawing, here: &Address) -> Picture {
    let name = |node: &DrawnNode| match stage.find(&node.name) {
        Some(id) => Some(stage.title(id)),
        None => Some(node.name.clone()),
    };
    let href = |node: &DrawnNode| {
        let to = match (stage.find(&node.name), node.name.as_str()) {
            (Some(_), name) => Address::of(name),
            (None, NOBODY) => Address::page("ownership"),
            (None, _) => return None,
        };
        Some(here.link(&to, "html"))
    };
    let title = "Who needs whom, as a picture of boxes and arrows; the table below says the same";
    let page = Inline { ids: "map", title, name: &name, href: &href };
    let caption = format!(
        "{} and {}. Choose a box to open its page.",
        match drawing.nodes.len() {
            1 => "1 box".to_owned(),
            many => format!("{many} boxes"),
        },
        count(drawing.edges.len(), "arrow"),
    );
    Picture { svg: inline(drawing, &page), caption, mermaid: Some(mermaid(drawing)) }
}

fn table(stage: &Stage<'_>, drawing: &Drawing) -> Table {
    let said = |at: usize| -> Said {
        let Some(node) = drawing.nodes.get(at) else { return Said::default() };
        match (stage.find(&node.name), node.kind) {
            (Some(id), Some(_)) => stage.said(id),
            (Some(id), None) => {
                Said::from(format!("{} of ", count(node.entities, "entity"))).and(stage.piece(id))
            }
            (None, _) => Piece::words(node.name.clone()).into(),
        }
    };
    let mut needed: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for edge in &drawing.edges {
        needed.entry(edge.from).or_default().push(edge.to);
    }
    let row = |(from, to): (&usize, &Vec<usize>)| -> Vec<Said> {
        vec![said(*from), Said::list(to.iter().map(|at| said(*at)))]
    };
    let rows: Vec<Vec<Said>> = needed.iter().map(row).collect();
    Table {
        caption: "Who needs whom: the arrows of the picture in words".to_owned(),
        head: vec!["This".to_owned(), "Needs".to_owned()],
        filter: rows.len() >= LONG,
        rows,
        ..Table::default()
    }
}

/// The same with one kind of line: from what is in trouble to what brings it. Relations along which
/// no trouble travels are left out, and so is what then stands alone.
fn needs(drawing: &Drawing) -> Drawing {
    let turned = |edge: &DrawnEdge| {
        let (from, to) = match relation_named(edge.relation)?.impact {
            Impact::TargetToSource | Impact::Degrades => (edge.from, edge.to),
            Impact::SourceToTarget | Impact::BelowQuorum => (edge.to, edge.from),
            Impact::None | Impact::IfAllFail => return None,
        };
        Some(DrawnEdge { from, to, relation: "needs", inverse: "neededBy" })
    };
    let edges = drawing.edges.iter().filter_map(turned).collect();
    related(Drawing { edges, ..drawing.clone() })
}

/// Without nodes that no line touches; each line once.
fn related(drawing: Drawing) -> Drawing {
    let Drawing { root, nodes, mut edges, groups, unrelated } = drawing;
    edges.sort();
    edges.dedup();
    let touched: HashSet<usize> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
    let mut numbers: HashMap<usize, usize> = HashMap::new();
    let mut kept = Vec::new();
    let all = nodes.len();
    for (at, node) in nodes.into_iter().enumerate().filter(|(at, _)| touched.contains(at)) {
        numbers.insert(at, kept.len());
        kept.push(node);
    }
    let number = |at: usize| numbers.get(&at).copied().unwrap_or_default();
    for edge in &mut edges {
        (edge.from, edge.to) = (number(edge.from), number(edge.to));
    }
    let unrelated = unrelated + all - kept.len();
    Drawing { root, nodes: kept, edges, groups, unrelated }
}

/// The finest scale at which it can be read.
fn readable(drawing: &Drawing) -> (Drawing, Scale) {
    let fits =
        |one: &Drawing, most: usize| one.nodes.len() <= most && one.edges.len() <= MOST_LINES;
    let mut whole = drawing.clone();
    whole.groups.clear();
    whole.nodes.iter_mut().for_each(|node| node.group = None);
    if fits(&whole, MOST) {
        return (whole, Scale::Whole);
    }
    let services =
        clustered(drawing, &|node| node.kind.is_some_and(|kind| kind.family == "service"));
    if fits(&services, MOST) {
        return (services, Scale::Services);
    }
    let owners = clustered(drawing, &|_| false);
    // Where everybody needs everybody, only few boxes leave few lines.
    let mut most = MOST;
    loop {
        let fewer = merged(&owners, most);
        if fits(&fewer, most) || most <= 2 {
            return (fewer, Scale::Owners);
        }
        most = most * 2 / 3;
    }
}

/// The same with a box for all that an owner has, but what stands alone.
fn clustered(drawing: &Drawing, alone: &dyn Fn(&DrawnNode) -> bool) -> Drawing {
    let mut own = drawing.clone();
    let nobody = own.groups.len();
    own.groups.push(NOBODY.to_owned());
    for node in &mut own.nodes {
        node.group = (!alone(node)).then(|| node.group.unwrap_or(nobody));
    }
    related(own.collapsed(None))
}

/// The same with one box for the boxes that stand for least, if there are too many.
fn merged(drawing: &Drawing, most: usize) -> Drawing {
    if drawing.nodes.len() <= most {
        return drawing.clone();
    }
    let mut order: Vec<(usize, &DrawnNode)> = drawing.nodes.iter().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| (b.entities, &a.name).cmp(&(a.entities, &b.name)));
    let kept: HashSet<usize> =
        order.into_iter().take(most.saturating_sub(1)).map(|(at, _)| at).collect();
    let mut own = drawing.clone();
    own.groups = vec![OTHERS.to_owned()];
    for (at, node) in own.nodes.iter_mut().enumerate() {
        node.group = (!kept.contains(&at)).then_some(0);
    }
    related(own.collapsed(None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, kind_named};

    fn drawing(
        items: usize,
        owners: usize,
        edges: impl Iterator<Item = (usize, usize)>,
    ) -> Drawing {
        let item: Option<&'static Kind> = kind_named("ci");
        let service = kind_named("service");
        let node = |at: usize| DrawnNode {
            name: format!("n{at:05}"),
            kind: if at == 0 { service } else { item },
            group: Some(at % owners),
            entities: 1,
        };
        let edge = |(from, to)| DrawnEdge { from, to, relation: "dependsOn", inverse: "" };
        Drawing {
            nodes: (0..items).map(node).collect(),
            edges: edges.map(edge).collect(),
            groups: (0..owners).map(|at| format!("team{at:05}")).collect(),
            ..Drawing::default()
        }
    }

    #[test]
    fn a_small_catalog_is_drawn_entity_by_entity() {
        let (small, scale) = readable(&needs(&drawing(10, 3, (1..9).map(|at| (0, at)))));
        assert_eq!(scale, Scale::Whole);
        assert_eq!((small.nodes.len(), small.edges.len()), (9, 8), "what nothing touches is out");
    }

    #[test]
    fn what_services_run_on_becomes_a_box_of_its_owner() {
        let (middle, scale) = readable(&needs(&drawing(500, 7, (1..500).map(|at| (0, at)))));
        assert_eq!(scale, Scale::Services);
        assert_eq!(middle.nodes.len(), 8, "the service and a box for each owner");
        assert_eq!(middle.nodes.iter().map(|node| node.entities).sum::<usize>(), 500);
    }

    #[test]
    fn no_picture_grows_beyond_what_can_be_read() {
        for (items, owners) in [(5_000, 900), (4_000, 300), (300, 130), (121, 121)] {
            let dense = (0..items).flat_map(|at| (1..6).map(move |by| (at, (at * 7 + by) % items)));
            let (big, _) = readable(&needs(&drawing(items, owners, dense)));
            assert!(big.nodes.len() <= MOST && big.edges.len() <= MOST_LINES, "{items} {owners}");
            assert!(!big.nodes.is_empty());
            let within = |edge: &DrawnEdge| edge.from.max(edge.to) < big.nodes.len();
            assert!(big.edges.iter().all(within));
        }
    }

    #[test]
    fn an_arrow_points_to_what_is_needed_whoever_says_so() {
        let mut one = drawing(3, 1, [(0, 1), (1, 2)].into_iter());
        one.edges[0].relation = "contains";
        one.edges[1].relation = "connectsTo";
        let needs = needs(&one);
        assert_eq!(needs.edges.len(), 1);
        let edge = needs.edges[0];
        assert_eq!((needs.nodes[edge.from].name.as_str(), edge.relation), ("n00001", "needs"));
        assert_eq!(needs.nodes.len(), 2);
    }
}
