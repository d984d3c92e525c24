//! Text that came from a catalog, made safe to print.

use unicode_width::UnicodeWidthStr;

/// The text with nothing in it that a terminal would obey or a reader could not see: control
/// characters, and characters that change the direction of writing (Trojan Source,
/// CVE-2021-42574), become U+FFFD, one for one, so that columns stay.
pub fn visible(text: &str) -> String {
    let odd = |c: char| {
        (c.is_control() && c != '\t')
            || matches!(
                c,
                '\u{ad}' | '\u{61c}' | '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e007f}'
            )
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if odd(c) { '\u{fffd}' } else { c }).collect()
}

/// A path at the start of a line, which no pipeline takes for a command (`::error`, `##[group]`).
pub fn line_start(path: &str) -> String {
    match path.starts_with([':', '#']) {
        true => format!("./{path}"),
        false => path.to_owned(),
    }
}

/// `one finding`, `3 findings`.
pub fn count(number: usize, word: &str) -> String {
    match (number, word) {
        (1, _) => format!("1 {word}"),
        (_, "entity") => format!("{} entities", grouped(number)),
        _ => format!("{} {word}s", grouped(number)),
    }
}

/// A text in lines of at most `width` columns, as far as its words let it; all but the first begin
/// with `indent`.
pub fn wrapped(text: &str, indent: &str, width: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.width();
        match column > 0 && column + 1 + length > width {
            true => {
                out.push('\n');
                out.push_str(indent);
                column = indent.width();
            }
            false if column > 0 => {
                out.push(' ');
                column += 1;
            }
            false => {}
        }
        out.push_str(word);
        column += length;
    }
    out
}

/// A number with its thousands apart: `100 000`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing_that_a_catalog_says() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\td"), "a\u{fffd}[31mb\u{fffd}c\td");
    }

    #[test]
    fn long_texts_go_on_below_their_beginning() {
        let text = wrapped("why: nobody has to agree", "     ", 12);
        assert_eq!(text, "why: nobody\n     has to\n     agree");
        assert_eq!(wrapped("one-word-that-is-long", " ", 4), "one-word-that-is-long");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1, "entity"), "1 entity");
        assert_eq!(count(100_000, "entity"), "100 000 entities");
        assert_eq!(count(0, "error"), "0 errors");
    }
}
