//! Mermaid: texts that a flowchart shows and does not obey.

use super::text::visible;

/// A text as a label in quotes. Mermaid reads Markdown and HTML in labels, and knows `#name;` as a
/// way to write a character: all that could begin either is written that way.
pub fn label(text: &str) -> String {
    let mut safe = String::from("\"");
    for c in visible(text).chars() {
        match c {
            c if c.is_alphanumeric() => safe.push(c),
            ' ' | '.' | ',' | ':' | '/' | '-' | '(' | ')' | '…' | '=' => safe.push(c),
            '\u{fffd}' => safe.push(c),
            c => safe.push_str(&format!("#{};", u32::from(c))),
        }
    }
    safe.push('"');
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_be_left() {
        assert_eq!(label("a\"]; b --> c"), "\"a#34;#93;#59; b --#62; c\"");
        assert_eq!(
            label("**b** <i> `x` #quot;"),
            "\"#42;#42;b#42;#42; #60;i#62; #96;x#96; #35;quot#59;\""
        );
    }
}
