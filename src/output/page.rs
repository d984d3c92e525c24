//! All that is worth knowing of one entity, as a person reads it.

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::{Said, visible};

/// A page about an entity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Its canonical reference, such as `service:default/checkout`.
    pub reference: String,
    /// What it is, such as `Service`.
    pub kind: String,
    /// Its name, as another command takes it.
    pub name: String,
    /// Its name for people.
    pub title: Option<String>,
    /// What it is, in its own words.
    pub description: Option<String>,
    /// What must be known first: a former name, that it is gone.
    pub notes: Vec<String>,
    /// The sections that have something to say.
    pub sections: Vec<Section>,
}

/// Lines under a heading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line: what it speaks of, and what it says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// What it speaks of.
    pub label: Said,
    /// What it says.
    pub said: Said,
    /// Whether it holds at the instant of the page only, such as who is on call.
    pub fleeting: bool,
}

impl Line {
    /// A line.
    pub fn new(label: impl Into<Said>, said: impl Into<Said>) -> Self {
        Self { label: label.into(), said: said.into(), fleeting: false }
    }

    /// The same line, which holds at the instant of the page only.
    #[must_use]
    pub fn fleeting(mut self) -> Self {
        self.fleeting = true;
        self
    }
}

/// The widest that text is set: longer lines are hard to read.
const WIDEST: usize = 100;

/// The widest that labels line up; a longer one pushes its own text only.
const LABEL: usize = 28;

/// The page as text. Only a terminal has a width, which lines are broken to.
pub fn page(page: &Page, color: bool, width: Option<usize>) -> String {
    let width = width.map(|width| width.clamp(40, WIDEST));
    let bold = |text: &str| style(text, anstyle::Style::new().bold(), color);
    let mut text = format!("{} {}", visible(&page.kind), bold(&visible(&page.name)));
    if let Some(title) = &page.title {
        text.push_str(&format!("  {}", visible(title)));
    }
    text.push('\n');
    if let Some(description) = &page.description {
        broken(description, 0, width, &mut text);
    }
    for note in &page.notes {
        let note = visible(note);
        let yellow = anstyle::AnsiColor::Yellow.on_default();
        text.push_str(&format!("{}\n", style(&note, yellow, color)));
    }
    for section in &page.sections {
        text.push_str(&format!("\n{}\n", bold(section.title)));
        lines(&section.lines, width, &mut text);
    }
    text
}

fn style(text: &str, style: anstyle::Style, color: bool) -> String {
    if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

fn lines(lines: &[Line], width: Option<usize>, text: &mut String) {
    let lines: Vec<(String, String)> =
        lines.iter().map(|line| (visible(&line.label.text()), line.said.text())).collect();
    let widths = || lines.iter().map(|(name, _)| name.width());
    let short = widths().filter(|width| *width <= LABEL).max();
    let label = short.unwrap_or_else(|| widths().max().unwrap_or_default().min(LABEL));
    for (name, said) in lines {
        let pad = " ".repeat(label.saturating_sub(name.width()));
        let before = match (label, said.is_empty()) {
            (0, _) => "  ".to_owned(),
            (_, true) => format!("  {name}"),
            _ => format!("  {name}{pad}  "),
        };
        let indent = if label == 0 { 2 } else { label + 4 };
        text.push_str(before.trim_end_matches(|c| c == ' ' && said.is_empty()));
        let mut body = String::new();
        broken(&said, indent, width, &mut body);
        text.push_str(body.trim_start_matches(' '));
        if said.is_empty() {
            text.push('\n');
        }
    }
}

/// A text, its words set in lines of a width, further lines indented.
fn broken(source: &str, indent: usize, width: Option<usize>, text: &mut String) {
    for line in source.lines().filter(|line| !line.trim().is_empty()) {
        let words: Vec<String> = line.split_whitespace().map(visible).collect();
        let room = width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(20));
        let mut used = 0;
        text.push_str(&" ".repeat(indent));
        for word in words {
            let length = word.width();
            if used > 0 && used + 1 + length > room {
                text.push_str(&format!("\n{}", " ".repeat(indent)));
                used = 0;
            }
            if used > 0 {
                text.push(' ');
                used += 1;
            }
            text.push_str(&word);
            used += length;
        }
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Page {
        let line = |label: &str, said: &str| Line::new(label, said);
        Page {
            reference: "service:default/checkout".to_owned(),
            kind: "Service".to_owned(),
            name: "service/checkout".to_owned(),
            title: Some("Online checkout".to_owned()),
            description: Some(
                "Customers pay for what is in their baskets, day and night".to_owned(),
            ),
            notes: vec!["`service:cart` is its former name".to_owned()],
            sections: vec![Section {
                title: "Who to reach",
                lines: vec![
                    line("owner", "team/payments (Payments) and some more words to break"),
                    line("chat", "#pay\u{1b}[31m"),
                ],
            }],
        }
    }

    #[test]
    fn a_page_is_broken_to_the_terminal_and_obeyed_by_none() {
        insta::assert_snapshot!(page(&example(), false, Some(50)), @r"
        Service service/checkout  Online checkout
        Customers pay for what is in their baskets, day
        and night
        `service:cart` is its former name

        Who to reach
          owner  team/payments (Payments) and some more
                 words to break
          chat   #pay�[31m
        ");
    }

    #[test]
    fn a_pipe_gets_each_text_on_one_line() {
        let text = page(&example(), false, None);
        assert!(text.contains("and some more words to break\n"), "{text}");
        assert!(!page(&example(), false, None).contains('\u{1b}'));
        assert!(page(&example(), true, None).contains("\u{1b}[1mservice/checkout\u{1b}[0m"));
    }
}
