//! Texts as HTML: everything that is not ours is escaped, here and nowhere else.

/// Adds a text so that it reads as it is written, and does nothing. What nobody can see, or what
/// turns the direction of writing, becomes U+FFFD, as on a terminal.
pub(super) fn push(html: &mut String, text: &str) {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && !b"&<>\"'".contains(&byte);
    if text.bytes().all(plain) {
        html.push_str(text);
        return;
    }
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (line, ""),
        };
        for c in crate::output::visible(line).chars() {
            match c {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                c => html.push(c),
            }
        }
        html.push_str(end);
    }
}

/// A text as HTML.
pub(in crate::render) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    push(&mut html, text);
    html
}

/// A name of the model as words: `dependsOn` is `depends on`, `ConfigurationItem` is
/// `Configuration item`.
pub fn spoken(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        match c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            true => words.extend([' ', c.to_ascii_lowercase()]),
            false => words.push(c),
        }
        before = c;
    }
    words
}

/// A text as the id of an element, or a part of an address: `what-it-needs`.
pub(in crate::render) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => slug.push(c.to_ascii_lowercase()),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    while slug.ends_with('-') {
        slug.pop();
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_obeyed() {
        assert_eq!(escaped("<b onclick='x'>&"), "&lt;b onclick=&#39;x&#39;&gt;&amp;");
        assert_eq!(escaped("a\nb\u{202e}c"), "a\nb\u{fffd}c");
        assert_eq!(escaped("plain words, 99.9 %"), "plain words, 99.9 %");
    }

    #[test]
    fn names_of_the_model_become_words() {
        assert_eq!(spoken("dependsOn"), "depends on");
        assert_eq!(spoken("ConfigurationItem (14)"), "Configuration item (14)");
        assert_eq!(spoken("CIClass"), "CIClass");
        assert_eq!(spoken("SLO"), "SLO");
    }

    #[test]
    fn headings_become_names_of_places() {
        assert_eq!(slug("What it needs"), "what-it-needs");
        assert_eq!(slug("SLA & SLOs (in words)"), "sla-slos-in-words");
    }
}
