//! The words of a text, without its marks.

use comrak::Arena;
use comrak::nodes::NodeValue;

use super::read::{parse, split};

/// One paragraph of plain words, for lists, feeds and search.
pub fn plain(text: &str) -> String {
    let mut words = Words::default();
    if !has_marks(text) {
        words.add(text);
        return words.text;
    }
    let (head, rest) = split(text);
    let arena = Arena::new();
    for node in parse(&arena, head).descendants() {
        match &node.data().value {
            NodeValue::Text(text) => words.add(text),
            NodeValue::Code(code) => words.add(&code.literal),
            NodeValue::CodeBlock(block) => {
                words.part();
                words.add(&block.literal);
            }
            NodeValue::HtmlInline(text) => words.add(text),
            NodeValue::HtmlBlock(block) => {
                words.part();
                words.add(&block.literal);
            }
            NodeValue::SoftBreak | NodeValue::LineBreak => words.part(),
            value if value.block() => words.part(),
            _ => {}
        }
    }
    words.part();
    words.add(rest);
    words.text
}

/// Whether Markdown could make something else of a text than its words.
fn has_marks(text: &str) -> bool {
    let mark = |byte: u8| b"\\`*_{}[]<>#+-=!|~&:@".contains(&byte);
    let numbered = |line: &str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    text.bytes().any(mark) || text.lines().any(numbered)
}

/// Words with one blank between them.
#[derive(Default)]
struct Words {
    text: String,
    apart: bool,
}

impl Words {
    /// What follows is a word of its own.
    fn part(&mut self) {
        self.apart = true;
    }

    fn add(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() || c.is_control() {
                self.apart = true;
                continue;
            }
            if self.apart && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.apart = false;
            self.text.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_remain_in_one_paragraph() {
        let text = "# Pay\n\nTakes *cards*, `SEPA`\nand [more](https://x).\n\n- one\n- two\n\n\
                    | a | b |\n|---|---|\n| c | d |\n\n```sh\nls -l\n```\n![a tree](t.png)";
        assert_eq!(plain(text), "Pay Takes cards, SEPA and more. one two a b c d ls -l a tree");
        assert_eq!(plain("  A plain\n  sentence. "), "A plain sentence.");
        assert_eq!(plain("un*frigging*believable <b>x</b>"), "unfriggingbelievable <b>x</b>");
        assert_eq!(plain(""), "");
    }

    #[test]
    fn a_text_without_marks_is_what_reading_it_would_give() {
        for text in ["One. Two (three), \"four\"; five?", "1. One", "a\n\nb", "\tcode", "2) Two"] {
            let read = {
                let arena = Arena::new();
                let mut words = Words::default();
                for node in parse(&arena, text).descendants() {
                    match &node.data().value {
                        NodeValue::Text(text) => words.add(text),
                        NodeValue::CodeBlock(block) => words.add(&block.literal),
                        _ => words.part(),
                    }
                }
                words.text
            };
            assert_eq!(plain(text), read, "{text}");
        }
    }
}
