//! Markdown as HTML that may stand in a page, whatever the text tries.
//!
//! The tree that comrak reads is written here and nowhere else, tag by tag from a fixed list, so
//! nothing of a text becomes a tag, an attribute's name, a class or a style. The result is balanced
//! and well-formed as XML, too.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{ListType, NodeLink, NodeList, NodeValue, TableAlignment};
use comrak::{Arena, Node};

use super::columns::Columns;
use super::names::candidates;
use super::read::{LONGEST, parse, split};

/// Where the name of an entity leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The address, relative to the page.
    pub href: String,
    /// What is shown beside the name when it is pointed at; may be empty.
    pub title: String,
}

/// What ends a table and the element in which it scrolls.
const TABLE_END: &str = "</table></div>\n";

/// Elements that stand deeper than this are written without their tags: their words remain.
const DEEPEST: usize = 40;

/// What a text of the catalog looks like in a page whose own headings are `h1` and `h2`.
///
/// `resolve` says of a name as it is written, such as `service:checkout`, where it leads; names that
/// it does not know stay words.
pub fn html(text: &str, resolve: &dyn Fn(&str) -> Option<Target>) -> String {
    let (head, rest) = split(text);
    let arena = Arena::new();
    let mut writer = Writer::new(resolve, head.len());
    for edge in parse(&arena, head).traverse() {
        match edge {
            NodeEdge::Start(node) => writer.start(node),
            NodeEdge::End(_) => writer.end(),
        }
    }
    if !rest.is_empty() {
        let limit = LONGEST >> 10;
        let said = format!(
            "<p><em>Only the first {limit} KiB are shown as Markdown; the rest as it is written:</em></p>\n<pre>"
        );
        writer.out.push_str(&said);
        escape(rest, &mut writer.out);
        writer.out.push_str("</pre>\n");
    }
    writer.out
}

/// Writes a tree; `open` holds what closes each node that is open, outermost first.
struct Writer<'r> {
    out: String,
    resolve: &'r dyn Fn(&str) -> Option<Target>,
    open: Vec<&'static str>,
    /// How many of them are elements.
    deep: usize,
    /// How many nodes are open around the link or picture that the writer is in.
    linked: Option<usize>,
    table: Table,
}

/// Where in a table the writer is. Tables do not nest.
#[derive(Default)]
struct Table {
    alignments: Vec<TableAlignment>,
    in_head: bool,
    in_body: bool,
    column: usize,
}

impl<'r> Writer<'r> {
    fn new(resolve: &'r dyn Fn(&str) -> Option<Target>, length: usize) -> Self {
        Self {
            out: String::with_capacity(length + length / 4),
            resolve,
            open: Vec::new(),
            deep: 0,
            linked: None,
            table: Table::default(),
        }
    }

    fn start(&mut self, node: Node<'_>) {
        let closing = self.begin(node);
        self.deep += usize::from(!closing.is_empty());
        self.open.push(closing);
    }

    fn end(&mut self) {
        let Some(closing) = self.open.pop() else { return };
        self.out.push_str(closing);
        self.deep -= usize::from(!closing.is_empty());
        if self.linked == Some(self.open.len()) {
            self.linked = None;
        }
        if closing == "</tr></thead>\n" {
            self.table.in_head = false;
        }
    }

    /// Opens an element, unless it would stand too deep; what it holds needs `room`.
    fn element(&mut self, opening: &str, closing: &'static str, room: usize) -> &'static str {
        if self.deep + room > DEEPEST {
            return if closing.ends_with('\n') { "\n" } else { "" };
        }
        self.out.push_str(opening);
        closing
    }

    /// Writes what a node begins with, and says what ends it.
    fn begin(&mut self, node: Node<'_>) -> &'static str {
        match &node.data().value {
            NodeValue::Paragraph if is_tight(node) => "",
            NodeValue::Paragraph => self.element("<p>", "</p>\n", 1),
            NodeValue::Heading(heading) => match heading.level {
                1 => self.element("<h3>", "</h3>\n", 1),
                2 => self.element("<h4>", "</h4>\n", 1),
                3 => self.element("<h5>", "</h5>\n", 1),
                _ => self.element("<h6>", "</h6>\n", 1),
            },
            NodeValue::BlockQuote => self.element("<blockquote>\n", "</blockquote>\n", 2),
            NodeValue::List(list) => self.list(list),
            NodeValue::Item(_) => self.element("<li>", "</li>\n", 1),
            NodeValue::TaskItem(task) => self.task(task.symbol.is_some()),
            NodeValue::CodeBlock(block) => {
                self.verbatim("<pre><code>", &block.literal, "</code></pre>\n")
            }
            NodeValue::HtmlBlock(block) => self.verbatim("<p>", block.literal.trim(), "</p>\n"),
            NodeValue::ThematicBreak => self.verbatim("<hr />\n", "", ""),
            NodeValue::Table(table) => {
                self.table = Table { alignments: table.alignments.clone(), ..Table::default() };
                self.element(&columns(node).opening("Table", ""), TABLE_END, 5)
            }
            NodeValue::TableRow(is_head) => self.row(*is_head, node.next_sibling().is_none()),
            NodeValue::TableCell => self.cell(),
            NodeValue::Text(text) => self.text(text),
            NodeValue::SoftBreak => self.verbatim("\n", "", ""),
            NodeValue::LineBreak => self.verbatim("<br />\n", "", ""),
            NodeValue::Code(code) => self.verbatim("<code>", &code.literal, "</code>"),
            NodeValue::HtmlInline(text) => self.verbatim("", text, ""),
            NodeValue::Emph => self.element("<em>", "</em>", 1),
            NodeValue::Strong => self.element("<strong>", "</strong>", 1),
            NodeValue::Strikethrough => self.element("<del>", "</del>", 1),
            NodeValue::Link(link) | NodeValue::Image(link) => {
                self.link(link, node.first_child().is_none())
            }
            _ => "",
        }
    }

    fn verbatim(&mut self, opening: &str, text: &str, closing: &str) -> &'static str {
        self.out.push_str(opening);
        escape(text, &mut self.out);
        self.out.push_str(closing);
        ""
    }

    fn list(&mut self, list: &NodeList) -> &'static str {
        match list.list_type {
            ListType::Bullet => self.element("<ul>\n", "</ul>\n", 2),
            ListType::Ordered if list.start == 1 => self.element("<ol>\n", "</ol>\n", 2),
            ListType::Ordered => {
                let opening = format!("<ol start=\"{}\">\n", list.start);
                self.element(&opening, "</ol>\n", 2)
            }
        }
    }

    fn task(&mut self, done: bool) -> &'static str {
        let (checked, label) = if done { (" checked=\"\"", "done") } else { ("", "to do") };
        let opening = format!(
            "<li class=\"task\"><input type=\"checkbox\" disabled=\"\"{checked} aria-label=\"{label}\" /> "
        );
        self.element(&opening, "</li>\n", 1)
    }

    /// A table is written whole or not at all, so its parts always have room.
    fn row(&mut self, is_head: bool, is_last: bool) -> &'static str {
        self.table.column = 0;
        if self.open.last().is_none_or(|closing| *closing != TABLE_END) {
            return "\n";
        }
        if is_head {
            self.table.in_head = true;
            self.out.push_str("<thead><tr>");
            return "</tr></thead>\n";
        }
        if !std::mem::replace(&mut self.table.in_body, true) {
            self.out.push_str("<tbody>\n");
        }
        self.out.push_str("<tr>");
        if is_last { "</tr>\n</tbody>\n" } else { "</tr>\n" }
    }

    fn cell(&mut self) -> &'static str {
        if self.open.last().is_none_or(|closing| !closing.starts_with("</tr>")) {
            self.out.push(' ');
            return "";
        }
        let alignment = self.table.alignments.get(self.table.column);
        self.table.column += 1;
        let name = if self.table.in_head { "th" } else { "td" };
        let class = match alignment {
            Some(TableAlignment::Center) => " class=\"center\"",
            Some(TableAlignment::Right) => " class=\"right\"",
            _ => "",
        };
        self.out.push_str(&format!("<{name}{class}>"));
        if self.table.in_head { "</th>" } else { "</td>" }
    }

    /// A link, or a picture, which is a link to itself: a page asks nobody for anything.
    fn link(&mut self, link: &NodeLink, is_empty: bool) -> &'static str {
        let live = live(&link.url).filter(|_| self.linked.is_none() && self.deep < DEEPEST);
        if let Some(kind) = live {
            self.out.push_str("<a href=\"");
            escape(&link.url.trim().replace(' ', "%20"), &mut self.out);
            self.out.push('"');
            if !link.title.is_empty() {
                self.out.push_str(" title=\"");
                escape(&link.title, &mut self.out);
                self.out.push('"');
            }
            self.out.push_str(match kind {
                Address::Web => " rel=\"nofollow noopener noreferrer\">",
                Address::Mail | Address::Here => ">",
            });
        }
        if is_empty {
            escape(&link.url, &mut self.out);
        }
        // Also what is refused is no prose: its words are an address or its name.
        self.linked.get_or_insert(self.open.len());
        if live.is_some() { "</a>" } else { "" }
    }

    /// Words; the names of entities among them become links.
    fn text(&mut self, text: &str) -> &'static str {
        let mut done = 0;
        let names = candidates(text).filter(|_| self.linked.is_none() && self.deep < DEEPEST);
        let found: Vec<_> =
            names.filter_map(|(at, name)| Some((at, (self.resolve)(name)?))).collect();
        for (at, target) in found {
            escape(text.get(done..at.start).unwrap_or_default(), &mut self.out);
            self.out.push_str("<a class=\"entity\" href=\"");
            escape(&target.href, &mut self.out);
            if !target.title.is_empty() {
                self.out.push_str("\" title=\"");
                escape(&target.title, &mut self.out);
            }
            self.out.push_str("\">");
            escape(text.get(at.clone()).unwrap_or_default(), &mut self.out);
            self.out.push_str("</a>");
            done = at.end;
        }
        escape(text.get(done..).unwrap_or_default(), &mut self.out);
        ""
    }
}

/// What the columns of a table hold.
fn columns(table: Node<'_>) -> Columns {
    let NodeValue::Table(of) = &table.data().value else { return Columns::new(0) };
    let mut columns = Columns::new(of.num_columns);
    for row in table.children() {
        for (at, cell) in row.children().enumerate() {
            let mut words = String::new();
            for node in cell.descendants() {
                match &node.data().value {
                    NodeValue::Text(text) => words.push_str(text),
                    NodeValue::Code(code) => words.push_str(&code.literal),
                    _ => {}
                }
            }
            columns.hold(at, &words);
        }
    }
    columns
}

/// Whether a paragraph is the line of a list without empty lines, which has no `<p>`.
fn is_tight(node: Node<'_>) -> bool {
    let Some(item) = node.parent() else { return false };
    let is_item = matches!(item.data().value, NodeValue::Item(_) | NodeValue::TaskItem(_));
    let Some(list) = item.parent().filter(|_| is_item) else { return false };
    matches!(&list.data().value, NodeValue::List(list) if list.tight)
}

/// An address that a link may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Address {
    Web,
    Mail,
    /// On this page, or beside it.
    Here,
}

/// What kind of address a text is; nothing if no link may have it.
///
/// Browsers drop control characters and take `\` for `/`, so an address with either is none; and
/// one that begins with `//` leads to another host by whatever the page was opened with.
fn live(url: &str) -> Option<Address> {
    let url = url.trim_matches(' ');
    let is_odd = |c: char| c.is_control() || c == '\\' || is_direction(c);
    if url.is_empty() || url.contains(is_odd) || url.starts_with("//") {
        return None;
    }
    let head = url.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((scheme, _)) = head.split_once(':') else { return Some(Address::Here) };
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => Some(Address::Web),
        "mailto" => Some(Address::Mail),
        _ => None,
    }
}

/// Whether an address is one of the web or of mail: what a page that stands alone may link to.
pub(super) fn is_elsewhere(url: &str) -> bool {
    matches!(live(url), Some(Address::Web | Address::Mail))
}

/// Characters that turn the direction of what follows, and so hide what a text says.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Writes a text as text, in an element or in a quoted attribute.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() || is_direction(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
