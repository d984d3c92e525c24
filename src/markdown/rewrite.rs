//! Markdown of a catalog as Markdown that may stand in a page of a wiki, whatever the text tries.
//!
//! The tree that comrak reads is written anew: what is no mark in CommonMark is escaped, so that the
//! extensions of other dialects find nothing to act on. HTML reads as it is written, pictures are
//! links, and only addresses of the web and of mail are links at all.

use comrak::nodes::{ListType, NodeLink, NodeTable, NodeValue, TableAlignment};
use comrak::{Arena, Node};

use super::html::{Target, is_elsewhere};
use super::names::candidates;
use super::read::{parse, split};
use super::written::{begun, block, code, destination, escaped, inline};

/// Lists and quotes that stand deeper are written without their marks.
const DEEPEST: usize = 8;

/// Inside of so many links, and so on, only words are written.
const DEEPEST_WORDS: usize = 24;

/// Writes a text anew, for pages whose own headings are `#` and `##`; without a line break at its
/// end. `resolve` says where the names of entities lead.
pub fn rewritten(text: &str, resolve: &dyn Fn(&str) -> Option<Target>) -> String {
    let (head, rest) = split(text);
    let arena = Arena::new();
    let writer = Writer { resolve };
    let mut out = writer.blocks(parse(&arena, head), 0);
    if !rest.is_empty() {
        out.push_str("\n\n");
        out.push_str(&block(rest, ""));
    }
    out
}

struct Writer<'r> {
    resolve: &'r dyn Fn(&str) -> Option<Target>,
}

impl Writer<'_> {
    /// The blocks in a node, an empty line between them.
    fn blocks(&self, node: Node<'_>, depth: usize) -> String {
        let all = node.children().map(|child| self.block(child, depth));
        let all: Vec<String> = all.filter(|text| !text.is_empty()).collect();
        all.join("\n\n")
    }

    fn block(&self, node: Node<'_>, depth: usize) -> String {
        match &node.data().value {
            NodeValue::Paragraph => self.words(node),
            NodeValue::Heading(heading) => {
                let marks = "#".repeat(usize::from(heading.level + 2).min(6));
                format!("{marks} {}", self.words(node).replace('\n', " "))
            }
            NodeValue::ThematicBreak => "---".to_owned(),
            NodeValue::CodeBlock(one) => block(&one.literal, language(&one.info)),
            NodeValue::HtmlBlock(one) => escaped(&one.literal),
            NodeValue::Table(table) => self.table(node, table),
            NodeValue::BlockQuote if depth < DEEPEST => {
                indented(&self.blocks(node, depth + 1), "> ", "> ")
            }
            NodeValue::List(list) if depth < DEEPEST => {
                let ordered = list.list_type == ListType::Ordered;
                let items = node.children().enumerate().map(|(number, item)| {
                    let mark = match ordered {
                        true => format!("{}. ", list.start + number),
                        false => "- ".to_owned(),
                    };
                    self.item(item, &mark, depth)
                });
                items.collect::<Vec<_>>().join(if list.tight { "\n" } else { "\n\n" })
            }
            NodeValue::BlockQuote | NodeValue::List(_) | NodeValue::Item(_) => {
                match depth < 4 * DEEPEST {
                    true => self.blocks(node, depth + 1),
                    false => String::new(),
                }
            }
            _ => String::new(),
        }
    }

    fn item(&self, item: Node<'_>, mark: &str, depth: usize) -> String {
        let ticked = match &item.data().value {
            NodeValue::TaskItem(task) if task.symbol.is_some() => "[x] ",
            NodeValue::TaskItem(_) => "[ ] ",
            _ => "",
        };
        let text = self.blocks(item, depth + 1);
        indented(&format!("{ticked}{text}"), mark, &" ".repeat(mark.len()))
    }

    fn table(&self, node: Node<'_>, table: &NodeTable) -> String {
        let mut out = String::new();
        for (number, row) in node.children().enumerate() {
            let cells = row.children().map(|cell| self.words(cell).replace('\n', " "));
            out.push_str(&format!("| {} |\n", cells.collect::<Vec<_>>().join(" | ")));
            if number == 0 {
                let line = table.alignments.iter().map(|alignment| match alignment {
                    TableAlignment::Center => ":---:",
                    TableAlignment::Right => "---:",
                    _ => "---",
                });
                out.push_str(&format!("| {} |\n", line.collect::<Vec<_>>().join(" | ")));
            }
        }
        out.trim_end().to_owned()
    }

    /// What stands in a block, as lines of a paragraph.
    fn words(&self, node: Node<'_>) -> String {
        let mut out = String::new();
        node.children().for_each(|child| self.word(&mut out, child, (0, false)));
        let is_cell = matches!(node.data().value, NodeValue::TableCell);
        let lines = out.lines().map(str::trim);
        let lines = lines.map(|line| if is_cell { line.to_owned() } else { begun(line) });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn word(&self, out: &mut String, node: Node<'_>, (depth, linked): (usize, bool)) {
        let inner = |mark: &str, linked: bool| {
            let mut text = String::new();
            let deeper = (depth + 1, linked);
            if depth < DEEPEST_WORDS {
                node.children().for_each(|child| self.word(&mut text, child, deeper));
            }
            // Marks hold only where they stand at words.
            match text.trim() {
                "" => String::new(),
                _ if text.trim() != text => text,
                _ => format!("{mark}{text}{mark}"),
            }
        };
        match &node.data().value {
            NodeValue::Text(text) if linked => out.push_str(&inline(text)),
            NodeValue::Text(text) => self.text(out, text),
            NodeValue::SoftBreak => out.push('\n'),
            NodeValue::LineBreak => out.push_str("<br>\n"),
            NodeValue::Code(one) => out.push_str(&code(&one.literal)),
            NodeValue::HtmlInline(text) => out.push_str(&inline(text)),
            NodeValue::Emph => out.push_str(&inner("*", linked)),
            NodeValue::Strong => out.push_str(&inner("**", linked)),
            NodeValue::Link(link) | NodeValue::Image(link) => {
                let words = inner("", true);
                out.push_str(&shown(link, words, linked));
            }
            _ => out.push_str(&inner("", linked)),
        }
    }

    /// Words; the names of entities among them become links.
    fn text(&self, out: &mut String, text: &str) {
        let mut done = 0;
        for (at, name) in candidates(text) {
            let Some(target) = (self.resolve)(name) else { continue };
            out.push_str(&inline(text.get(done..at.start).unwrap_or_default()));
            out.push_str(&format!("[{}]({})", escaped(name), destination(&target.href)));
            done = at.end;
        }
        out.push_str(&inline(text.get(done..).unwrap_or_default()));
    }
}

/// A link or picture, if it leads somewhere else on the web; else its words.
fn shown(link: &NodeLink, words: String, linked: bool) -> String {
    let words = if words.trim().is_empty() { escaped(&link.url) } else { words };
    match !linked && is_elsewhere(&link.url) {
        true => format!("[{}]({})", words.trim(), destination(link.url.trim())),
        false => words,
    }
}

/// The language of a block, if it is a plain word; those that are drawn by somebody are none.
fn language(info: &str) -> &str {
    const KNOWN: &[&str] = &[
        "sh",
        "bash",
        "shell",
        "console",
        "powershell",
        "sql",
        "json",
        "yaml",
        "toml",
        "ini",
        "xml",
        "html",
        "css",
        "javascript",
        "js",
        "typescript",
        "ts",
        "python",
        "py",
        "go",
        "rust",
        "java",
        "c",
        "cpp",
        "ruby",
        "php",
        "diff",
        "text",
        "http",
        "hcl",
        "dockerfile",
        "nginx",
    ];
    let word = info.split_whitespace().next().unwrap_or_default();
    KNOWN.iter().find(|known| **known == word).copied().unwrap_or_default()
}

/// A text whose first line begins with a mark, and the further ones below what follows it.
fn indented(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let before = if number == 0 { first } else { rest };
        out.push_str(if line.is_empty() { before.trim_end() } else { before });
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        rewritten(text, &|name| {
            (name == "service:checkout")
                .then(|| Target { href: "checkout.md".into(), title: "".into() })
        })
    }

    #[test]
    fn common_markdown_stays_what_it_is() {
        let text = "# One\n\nA *b* **c** `d` service:checkout\nand [more](https://x.example/a?b=c).\n\n- one\n- two\n    - three\n\n\
                    1. [x] done\n2. [ ] open\n\n> quoted\n\n```sh\nls -l\n```\n\n| a | b |\n|---|--:|\n| c | d |";
        let lines = [
            "### One",
            "",
            "A *b* **c** `d` [service:checkout](checkout.md)",
            "and [more](https://x.example/a?b=c).",
            "",
            "- one",
            "- two",
            // MkDocs takes a list for one only behind an empty line.
            "",
            "  - three",
            "",
            "1. [x] done",
            "2. [ ] open",
            "",
            "> quoted",
            "",
            "```sh",
            "ls -l",
            "```",
            "",
            "| a | b |",
            "| --- | ---: |",
            "| c | d |",
        ];
        assert_eq!(shown(text), lines.join("\n"));
    }

    #[test]
    fn what_could_act_reads_as_it_is_written() {
        let text = "<script>alert(1)</script>\n\nA <b onclick=x>b</b> [c](javascript:x) [d](../e) ![f](https://x/g.png)\n\
                    \n--8<-- \"/etc/passwd\"\n\n{% dot a.svg\n%}\n\n```\n--8<-- \"x\"\n```\n\n&lt;script&gt; ==x== :smile:";
        let shown = shown(text);
        for acting in ["<script", "<b", "javascript", "](..", "![", "8<", "{%", "==x", ":smile:"] {
            assert!(!shown.contains(acting), "{acting}: {shown}");
        }
        assert!(shown.contains("[f](https://x/g.png)"), "{shown}");
    }

    #[test]
    fn what_stands_very_deep_costs_little() {
        for text in
            [">".repeat(20_000), "- ".repeat(2_000), "*a ".repeat(20_000), "[".repeat(20_000)]
        {
            let start = std::time::Instant::now();
            let _ = shown(&text);
            assert!(start.elapsed().as_secs() < 5, "{}", &text[..8]);
        }
    }
}
