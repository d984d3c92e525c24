//! PromQL of a catalog: kept within one expression, and asked over the windows of burn rates.
//!
//! A query says its window as `{{.window}}` (as Sloth has it), `$window` or `[[window]]`; or all its
//! ranges are the same one, which is then taken for it. A bare counter, `x` or `sum(x)`, is counted per
//! second. Everything else is a number of the moment.

use super::number::Span;

/// The bytes that a query may have.
const LONGEST: usize = 10_000;

/// How a window is written in a query.
const PLACEHOLDERS: &[&str] = &[
    "{{.window}}",
    "{{ .window }}",
    "{{ .Window }}",
    "{{.Window}}",
    "${window}",
    "$window",
    "[[window]]",
];

/// A query, and where its window stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    /// Its parts; between two of them stands the window.
    parts: Vec<String>,
    /// The range that all of its selectors have, if they have one.
    range: Option<Span>,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    ///
    /// What stands in the way of its being one expression.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err("the query has more than 10000 bytes".into());
        }
        let mut parts = vec![String::new()];
        let mut rest = text;
        let mut scan = Scan::default();
        while let Some(next) = rest.chars().next() {
            let found = PLACEHOLDERS.iter().find(|one| rest.starts_with(**one));
            if let (Some(placeholder), None, false) = (found, scan.quote, scan.is_comment) {
                parts.push(String::new());
                scan.last = 'w';
                rest = rest.get(placeholder.len()..).unwrap_or_default();
                continue;
            }
            if let Some(shown) = scan.take(next)?
                && let Some(part) = parts.last_mut()
            {
                part.push(shown);
            }
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
        scan.end()?;
        if let Some(first) = parts.first_mut() {
            *first = first.trim_start().to_owned();
        }
        if let Some(last) = parts.last_mut() {
            *last = last.trim_end().to_owned();
        }
        match parts.as_slice() {
            [only] if only.is_empty() => Err("the query is empty".into()),
            [only] => {
                let range = one_range(only);
                Ok(Self { parts, range })
            }
            _ => Ok(Self { parts, range: None }),
        }
    }

    /// Whether it says where its window stands.
    pub(super) fn has_window(&self) -> bool {
        self.parts.len() > 1
    }

    /// The query as it stands, with a window where it says so.
    pub(super) fn at(&self, window: &str) -> String {
        format!("({})", self.parts.join(window))
    }

    /// The query over a window: where it says so, or in the place of its one range.
    pub(super) fn over(&self, window: Span) -> Option<String> {
        let window = window.to_string();
        if self.has_window() {
            return Some(self.at(&window));
        }
        self.range?;
        let only = self.parts.first()?;
        let mut text = String::new();
        let mut at = 0;
        for (start, end) in ranges(only) {
            text.push_str(only.get(at..start)?);
            text.push_str(&window);
            at = end;
        }
        text.push_str(only.get(at..)?);
        Some(format!("({text})"))
    }

    /// What a bare counter, `x{…}` or `sum(x{…})`, counts per second over a window.
    pub(super) fn rate(&self, window: Span) -> Option<String> {
        let [only] = self.parts.as_slice() else { return None };
        let inner = only.strip_prefix("sum").map(str::trim_start);
        let inner = inner.and_then(|inner| inner.strip_prefix('(')?.strip_suffix(')'));
        let selector = inner.unwrap_or(only).trim();
        is_selector(selector).then(|| format!("sum(rate({selector}[{window}]))"))
    }
}

/// Follows the text of a query, character by character.
#[derive(Debug, Default)]
struct Scan {
    quote: Option<char>,
    is_escaped: bool,
    is_comment: bool,
    open: Vec<char>,
    last: char,
}

impl Scan {
    /// What is kept of a character: comments go, and line breaks become blanks.
    fn take(&mut self, next: char) -> Result<Option<char>, String> {
        if next.is_control() && !matches!(next, '\n' | '\r' | '\t') {
            return Err("the query holds a control character".into());
        }
        if self.is_comment {
            self.is_comment = next != '\n';
            return Ok((next == '\n').then_some(' '));
        }
        if let Some(quote) = self.quote {
            return self.quoted(quote, next).map(Some);
        }
        match next {
            '\n' | '\r' | '\t' => return Ok(Some(' ')),
            '#' => {
                self.is_comment = true;
                return Ok(None);
            }
            '"' | '\'' | '`' => self.quote = Some(next),
            '(' => self.open.push(')'),
            '[' => self.open.push(']'),
            '{' if self.last == '{' => return Err(unknown("{{")),
            '{' => self.open.push('}'),
            ')' | ']' | '}' if self.open.pop() != Some(next) => {
                return Err(format!("the query closes a `{next}` that is not open"));
            }
            '$' => return Err(unknown("$")),
            ';' => return Err("the query holds a `;`, which PromQL has not".into()),
            _ => {}
        }
        self.last = next;
        Ok(Some(next))
    }

    fn quoted(&mut self, quote: char, next: char) -> Result<char, String> {
        match next {
            '\n' | '\r' if quote != '`' => {
                return Err("a text in the query is cut by a line break".into());
            }
            _ if self.is_escaped => self.is_escaped = false,
            '\\' if quote != '`' => self.is_escaped = true,
            _ if next == quote => {
                self.quote = None;
                self.last = next;
            }
            _ => {}
        }
        Ok(next)
    }

    fn end(&self) -> Result<(), String> {
        match (self.quote, self.open.last()) {
            (Some(quote), _) => Err(format!("the query ends within a text that {quote} began")),
            (None, Some(missing)) => Err(format!("the query lacks a `{missing}`")),
            (None, None) => Ok(()),
        }
    }
}

fn unknown(what: &str) -> String {
    format!(
        "the query holds `{what}`, which Prometheus does not know; the window is written `{{{{.window}}}}`, \
         as in rate(x[{{{{.window}}}}])"
    )
}

/// The places of all ranges outside of texts, without their brackets.
fn ranges(query: &str) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    let (mut quote, mut is_escaped, mut start) = (None, false, 0);
    for (at, c) in query.char_indices() {
        match (quote, c) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(open), '\\') if open != '`' => is_escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '[') => start = at + 1,
            (None, ']') => ranges.push((start, at)),
            _ => {}
        }
    }
    ranges
}

/// The range of a query whose ranges are all the same, and no subqueries.
fn one_range(query: &str) -> Option<Span> {
    let mut spans =
        ranges(query).into_iter().map(|(start, end)| query.get(start..end).and_then(Span::read));
    let first = spans.next()??;
    spans.all(|span| span == Some(first)).then_some(first)
}

/// Whether a text is the name of a metric, with or without conditions.
fn is_selector(text: &str) -> bool {
    let (name, conditions) = match text.find('{') {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let name = name.trim_end();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    let begins = name.chars().next().is_some_and(|c| !c.is_ascii_digit());
    let ends = conditions.is_empty() || conditions.ends_with('}') && one_block(conditions);
    begins && name.chars().all(is_name) && ends
}

/// Whether the block that a text begins with ends where the text does.
fn one_block(text: &str) -> bool {
    let (mut quote, mut is_escaped) = (None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(open), '\\') if open != '`' => is_escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '}') => return at + 1 == text.len(),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(text: &str) -> Option<String> {
        Query::read(text).unwrap().over(Span(60))
    }

    #[test]
    fn a_window_stands_where_the_query_says_so() {
        for text in [
            "sum(rate(x[{{.window}}]))",
            "sum(rate(x[{{ .window }}]))",
            "sum(rate(x[$window]))",
            "sum(rate(x[${window}]))",
            "sum(rate(x[[[window]]]))",
            "sum(rate(x[5m]))",
        ] {
            assert_eq!(over(text).as_deref(), Some("(sum(rate(x[1h])))"), "{text}");
        }
        let both = "sum(rate(x{a=\"[5m]\"}[5m])) - sum(rate(y[5m] offset 1d))";
        assert_eq!(
            over(both).as_deref(),
            Some("(sum(rate(x{a=\"[5m]\"}[1h])) - sum(rate(y[1h] offset 1d)))")
        );
        assert_eq!(over("x{a=\"$window\"} / y"), None, "within a text it is a text");
        for text in ["rate(x[5m]) / rate(y[10m])", "max_over_time(x[1h:5m])", "x", "rate(x[90s])"] {
            assert_eq!(over(text), None, "{text}");
        }
    }

    #[test]
    fn a_bare_counter_is_counted_per_second() {
        let rate = |text: &str| Query::read(text).unwrap().rate(Span(5));
        let expected = Some("sum(rate(x_total{a=\"b}\"}[5m]))".to_owned());
        assert_eq!(rate("sum(x_total{a=\"b}\"})"), expected);
        assert_eq!(rate(" x_total{a=\"b}\"} "), expected);
        assert_eq!(rate("ns:x"), Some("sum(rate(ns:x[5m]))".to_owned()));
        for text in [
            "sum(x) + y",
            "sum(x) + sum(y)",
            "sum by (a) (x)",
            "x{} + x{}",
            "1",
            "x[5m]",
            "{a=\"b\"}",
        ] {
            assert_eq!(rate(text), None, "{text}");
        }
    }

    #[test]
    fn a_query_stays_within_its_parentheses() {
        for text in [
            "x) or (y",
            "x(",
            "x{",
            "x[",
            "x]",
            "\"x",
            "'x",
            "`x",
            "x # y)\n)",
            "x\u{0}",
            "x\u{1b}[0m",
            "x; y",
            "",
            " \n",
            "# all",
            "x{{a}}",
            "rate(x[$__rate_interval])",
            "\"a\nb\"",
            "\"a\\\"",
            &"x".repeat(LONGEST + 1),
        ] {
            assert!(Query::read(text).is_err(), "{text:?}");
        }
        let query = Query::read("x # why )\n  + y\t\n").unwrap();
        assert_eq!(query.at(""), "(x    + y)");
        assert_eq!(Query::read("x{a=~\"(}#;$\"}").unwrap().at(""), "(x{a=~\"(}#;$\"})");
    }
}
