//! Any text says the same once it is formatted, and formatting it again changes nothing.

use proptest::prelude::*;

use super::tests::order;
use super::*;
use crate::yaml::schema;

/// Writes documents as people would not: odd indentation, comments everywhere, every style.
struct Writer {
    choices: std::vec::IntoIter<u8>,
    text: String,
    comments: usize,
    anchors: usize,
}

const KEYS: [&str; 9] = ["b", "a", "map", "c", "list", "z", "\"a.b\"", "'on'", "\"x y\""];

impl Writer {
    fn documents(choices: Vec<u8>) -> Self {
        let choices = choices.into_iter();
        let mut writer = Self { choices, text: String::new(), comments: 0, anchors: 0 };
        for number in 0..=writer.pick(2) {
            writer.anchors = 0;
            writer.above(0);
            if number > 0 || writer.pick(3) == 0 {
                writer.text.push_str("---");
                writer.behind();
            }
            writer.above(0);
            writer.mapping(0, 0, 0);
            writer.above(0);
        }
        writer
    }

    /// A number below `of`.
    fn pick(&mut self, of: usize) -> usize {
        usize::from(self.choices.next().unwrap_or_default()) % of
    }

    fn comment(&mut self) {
        self.comments += 1;
        self.text.push_str(&format!(
            "# <{}>{}",
            self.comments,
            [" a: b", "", " - 'x"][self.comments % 3]
        ));
    }

    /// Blank lines and comments, somewhere near a column.
    fn above(&mut self, column: usize) {
        match self.pick(8) {
            0 => self.text.push('\n'),
            1 => self.text.push_str("\n  \n\n"),
            2 | 3 => {
                let column = match self.pick(4) {
                    0 => column + 2,
                    1 => column.saturating_sub(2),
                    _ => column,
                };
                text::pad(&mut self.text, column);
                self.comment();
                self.text.push('\n');
                if self.pick(3) == 0 {
                    self.above(column);
                }
            }
            _ => {}
        }
    }

    /// The end of a line, perhaps with a comment.
    fn behind(&mut self) {
        match self.pick(6) {
            0 => {
                let column = 1 + self.pick(4);
                text::pad(&mut self.text, column);
                self.comment();
            }
            1 => self.text.push_str("  "),
            _ => {}
        }
        self.text.push('\n');
    }

    fn mapping(&mut self, column: usize, first: usize, depth: usize) {
        let from = self.pick(KEYS.len());
        let step = [1, 2, 4][self.pick(3)];
        for number in 0..1 + self.pick(4) {
            if number > 0 {
                self.above(column);
            }
            // What follows a dash stands there already.
            text::pad(&mut self.text, if number == 0 { first } else { column });
            self.text.push_str(KEYS[(from + number * step) % KEYS.len()]);
            self.text.push(':');
            self.value(column, depth, true);
        }
    }

    fn sequence(&mut self, column: usize, depth: usize) {
        for _ in 0..1 + self.pick(3) {
            self.above(column);
            text::pad(&mut self.text, column);
            self.text.push('-');
            match self.pick(3) {
                0 if depth < 4 => {
                    let gap = 1 + self.pick(3);
                    text::pad(&mut self.text, gap);
                    self.mapping(column + 1 + gap, 0, depth + 1);
                }
                _ => self.value(column, depth, false),
            }
        }
    }

    /// What stands behind a `:` or `-`.
    fn value(&mut self, column: usize, depth: usize, key: bool) {
        let property = match self.pick(12) {
            0 => {
                self.anchors += 1;
                self.text.push_str(&format!("  &x{}", self.anchors));
                true
            }
            1 => {
                self.text.push_str([" !t", " !!str", " !"][depth % 3]);
                true
            }
            _ => false,
        };
        let inner = column + 1 + self.pick(4);
        match self.pick(if depth < 4 { 14 } else { 9 }) {
            0 => self.behind(),
            1 => self.line(" plain text"),
            2 => self.line("   'it''s # no comment'"),
            3 => self.line(" \"plain\""),
            4 => self.line(" \"a\\tb: \\\" \""),
            5 if !property && self.anchors > 0 => {
                let alias = format!(" *x{}", self.anchors);
                self.line(&alias);
            }
            6 => self.block_scalar(column),
            7 => self.lines(inner),
            8 => self.flow(inner),
            9 | 10 => {
                self.behind();
                self.above(inner);
                self.mapping(inner, inner, depth + 1);
            }
            11 | 12 => {
                self.behind();
                let inner = if key && self.pick(2) == 0 { column } else { inner };
                self.sequence(inner, depth + 1);
            }
            _ => self.line(["  12", " ~", " 1:30", " 'no'", " - x", " a, b"][depth.min(3)]),
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.behind();
    }

    fn block_scalar(&mut self, column: usize) {
        let explicit = self.pick(3) == 0;
        let indent = 1 + self.pick(4);
        let header = ["|", ">", "|-", ">-", "|+", ">+"][self.pick(6)];
        self.text.push_str(&format!(" {header}"));
        if explicit {
            self.text.push_str(&indent.to_string());
        }
        self.behind();
        for _ in 0..self.pick(4) {
            match self.pick(5) {
                0 => self.text.push('\n'),
                1 => {
                    text::pad(&mut self.text, column + indent + 1);
                    self.text.push('\n');
                }
                _ => {
                    let more =
                        if explicit || self.text.ends_with("words \n") { self.pick(3) } else { 0 };
                    text::pad(&mut self.text, column + indent + more);
                    self.text.push_str("# words \n");
                }
            }
        }
        // One without a text is left alone.
        if self.pick(16) > 0 {
            text::pad(&mut self.text, column + indent);
            self.text.push_str("end\n");
        }
    }

    /// A scalar of several lines.
    fn lines(&mut self, column: usize) {
        let quote = ["", "'", "\""][self.pick(3)];
        self.text.push_str(&format!(" {quote}one "));
        for _ in 0..1 + self.pick(2) {
            let broken = ["\n", "\n\n", "  \n"][self.pick(3)];
            self.text.push_str(broken);
            text::pad(&mut self.text, column);
            self.text.push_str("two");
        }
        if quote == "\"" && self.pick(2) == 0 {
            self.text.push_str(" \\\n");
            text::pad(&mut self.text, column);
        }
        self.line(quote);
    }

    fn flow(&mut self, column: usize) {
        let all = [
            " [a,'b' , {c: d,a: \"e\" } ]",
            " {}",
            " []",
            " { z: 1 ,b: [ 'x:y' ],a: {b: ,a: 'q'}}",
            " [a,\n@x # c\n\n@b,\n@]",
            " {a: b,\n@@'c': [\n@@@d\n@]\n@}",
            " {'k':v, \"l\":[1]}",
            " [a: b, c]",
        ];
        let text = all[self.pick(all.len())].replace('@', &" ".repeat(column));
        self.line(&text);
    }
}

/// Formats twice, and says whether all of it was laid out.
fn holds(text: &str) -> Option<bool> {
    let lf = text.replace("\r\n", "\n");
    let read = |text: &str| {
        let source = Source::new(File::local("a.yaml"), text.to_owned());
        parse(&source, &Limits::default())
    };
    let stream = read(&lf);
    if !stream.is_complete() {
        return None;
    }
    let treatments = vec![Treatment::Laid(order()); stream.documents.len()];
    let once = format(text, &treatments, true).unwrap_or_else(|e| panic!("{e}:\n{text}"));
    let twice = format(&once.text, &treatments, true).unwrap();
    assert_eq!(twice.text, once.text, "formatted once more, it is another:\n{text}");
    // Looked at by other means than the formatter's own.
    let again = read(&once.text);
    for (old, new) in stream.documents.iter().zip(&again.documents) {
        let value = |stream: &crate::yaml::Stream, id| schema::value(stream.arena.node(id));
        assert_eq!(value(&stream, *old), value(&again, *new), "{text}");
    }
    assert_eq!(stream.documents.len(), again.documents.len());
    Some(once.left == 0)
}

/// The same of a text that nobody would write: it may also be refused, and is left as it is then.
fn holds_or_is_refused(text: &str) {
    let source = Source::new(File::local("a.yaml"), text.to_owned());
    let count = parse(&source, &Limits::default()).documents.len();
    let treatments = vec![Treatment::Laid(order()); count];
    if format(text, &treatments, true).is_ok() {
        holds(text);
    }
}

fn choices() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..160)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn values_and_comments_stay_and_once_is_enough(
        choices in choices(), returns in any::<bool>(), mark in any::<bool>(), end in any::<bool>(),
    ) {
        let writer = Writer::documents(choices);
        let mut text = writer.text;
        if end {
            text = text.trim_end_matches('\n').to_owned();
        }
        if returns {
            text = text.replace('\n', "\r\n");
        }
        if mark {
            text = format!("\u{feff}{text}");
        }
        if holds(&text).is_some() {
            let source = Source::new(File::local("a.yaml"), text.replace("\r\n", "\n"));
            let stream = parse(&source, &Limits::default());
            let treatments = vec![Treatment::Laid(order()); stream.documents.len()];
            let formatted = format(&text, &treatments, true).unwrap().text;
            for number in 1..=writer.comments {
                let mark = format!("# <{number}>");
                prop_assert_eq!(text.matches(&mark).count(), formatted.matches(&mark).count(), "{}", text);
            }
            prop_assert_eq!(formatted.starts_with('\u{feff}'), mark);
            prop_assert!(formatted.matches('\n').count() == 0 || formatted.contains("\r\n") == text.contains("\r\n"));
        }
    }

    #[test]
    fn whatever_parses_says_the_same(pieces in prop::collection::vec(0_usize..34, 0..26)) {
        const PIECES: [&str; 34] = [
            "a", "b: ", "c:", "\n", "\n  ", "\n    ", "- ", "-", " ", "# x", " # y", "|", ">-", "|+",
            "\"", "'", "[", "]", "{", "}", ",", "1", "---\n", "\n\n", "~", "ä", "\na: ", "\n- ",
            "&x ", "*x", "!t ", "? ", "\t", "\n   ",
        ];
        let text: String = pieces.iter().map(|at| PIECES[*at]).collect();
        holds_or_is_refused(&text);
        holds_or_is_refused(&format!("b: c\nmap:\n  - b: {text}\n    a: {text}\n"));
    }
}

#[test]
fn most_of_what_is_written_is_laid_out() {
    let (mut laid, mut all) = (0, 0);
    let mut state = 1_u32;
    for _ in 0..400 {
        let choices = (0..120).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        if let Some(whole) = holds(&Writer::documents(choices.collect()).text) {
            all += 1;
            laid += usize::from(whole);
        }
    }
    assert!(all > 150 && laid * 10 > all * 9, "{laid} of {all}");
}
