//! Texts as Markdown that reads as they are written, and does nothing: for GitHub's dialect as well
//! as for Python-Markdown with the extensions of TechDocs, which act on much more than CommonMark.
//!
//! Of what a backslash takes the meaning of in both dialects, a backslash does; the rest is written
//! as entities, which both know.

/// Characters that mean something anywhere in a line, and which a backslash frees in all dialects.
const MARKS: &[char] = &['\\', '`', '*', '[', ']'];

/// Characters that mean something anywhere in a line, at least in one dialect.
const ENTITIES: &[char] = &['<', '>', '{', '}', '|', '~', '^', '$', '"'];

/// A text in a line of Markdown: a heading, an item, a cell of a table.
pub fn escaped(text: &str) -> String {
    let line = inline(text);
    begun(line.trim())
}

/// The same, for words in the middle of a line: blanks around them stay.
pub fn inline(text: &str) -> String {
    let blank = |c: Option<char>| c.is_some_and(char::is_whitespace);
    let mut out = String::with_capacity(text.len() + 16);
    let mut apart = blank(text.chars().next());
    for word in text.split_whitespace() {
        if apart {
            out.push(' ');
        }
        push_word(&mut out, word);
        apart = true;
    }
    if blank(text.chars().next_back()) && !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

fn push_word(out: &mut String, word: &str) {
    if word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return out.push_str(word);
    }
    // An emoji is a word between colons, an address a word before a colon and slashes.
    let mut since_colon = None;
    let mut before = ' ';
    let mut left = word.char_indices().peekable();
    while let Some((at, c)) = left.next() {
        let next = left.peek().map(|(_, next)| *next);
        match c {
            '&' => out.push_str("&amp;"),
            c if is_odd(c) => out.push('\u{fffd}'),
            c if MARKS.contains(&c) => out.extend(['\\', c]),
            c if ENTITIES.contains(&c) => push_entity(out, c),
            '=' if next == Some('=') || before == '=' => push_entity(out, c),
            '+' | '-' if next == Some(c) || before == c => push_entity(out, c),
            '_' if !(before.is_alphanumeric() && next.is_some_and(char::is_alphanumeric)) => {
                out.push_str("\\_");
            }
            '#' if !before.is_alphanumeric() => out.push_str("\\#"),
            ':' => {
                let name = word.get(since_colon.unwrap_or(at)..at).unwrap_or_default();
                let emoji = since_colon.is_some() && !name.is_empty();
                let scheme = word.get(..at).unwrap_or_default().to_ascii_lowercase();
                let web = scheme.ends_with("http") || scheme.ends_with("https");
                let address = word.get(at + 1..).is_some_and(|rest| rest.starts_with("//"));
                match emoji || (address && !web) {
                    true => push_entity(out, c),
                    false => out.push(c),
                }
                since_colon = Some(at + 1);
            }
            c => out.push(c),
        }
        if c != ':' && !(c.is_ascii_alphanumeric() || "_+-".contains(c)) {
            since_colon = None;
        }
        before = c;
    }
}

/// A line that is no list, no heading, no quote and nothing of an extension, however it begins.
pub fn begun(line: &str) -> String {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = line.get(..line.len() - rest.len()).unwrap_or_default();
    let mut after = rest.chars();
    let (mark, next) = (after.next().unwrap_or(' '), after.next());
    let is_beginning = match number.is_empty() {
        true => "-+=:;".contains(mark) || ("!?/%@".contains(mark) && next == Some(mark)),
        false => ".)".contains(mark),
    };
    match is_beginning {
        true => format!("{number}&#{};{}", u32::from(mark), after_first(rest)),
        false => line.to_owned(),
    }
}

fn after_first(text: &str) -> &str {
    let mut rest = text.chars();
    rest.next();
    rest.as_str()
}

fn push_entity(out: &mut String, c: char) {
    match c {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '&' => out.push_str("&amp;"),
        c => out.push_str(&format!("&#{};", u32::from(c))),
    }
}

/// What nobody sees, or what turns the direction of writing.
fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A text as code in a line.
pub fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = |c: char| !is_odd(c) && !"`<>|&\\".contains(c);
    match text.as_str() {
        "" => String::new(),
        _ if text.chars().all(plain) && !text.contains("{%") => format!("`{text}`"),
        _ => format!("<code>{}</code>", escaped(&text)),
    }
}

/// What extensions act on even in a block of code: they read the text before anybody knows that it
/// is code.
const ACTING: &[&str] = &["8<", "{%", "```", "~~~", "::uml", "@startuml", "{++", "{--", "{~~"];

/// A text as a block of code, line by line, without a line break at its end.
pub fn block(text: &str, language: &str) -> String {
    let text = text.trim_end();
    let odd = |c: char| c != '\n' && c != '\t' && is_odd(c);
    let text: String =
        text.replace("\r\n", "\n").chars().map(|c| if odd(c) { '\u{fffd}' } else { c }).collect();
    if !ACTING.iter().any(|mark| text.contains(mark)) {
        return format!("```{language}\n{text}\n```");
    }
    let mut html = String::from("<pre><code>");
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() || " .,;/".contains(c) => html.push(c),
            c => html.push_str(&format!("&#{};", u32::from(c))),
        }
    }
    html + "</code></pre>"
}

/// A link; `href` is an address that may be followed.
pub fn link(href: &str, words: &str) -> String {
    let words = escaped(words);
    let words = if words.is_empty() { escaped(href) } else { words };
    format!("[{words}]({})", destination(href))
}

/// An address as what a link leads to.
pub(super) fn destination(href: &str) -> String {
    let mut out = String::with_capacity(href.len());
    for c in href.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            c if c.is_ascii_alphanumeric() || "-._~:/?#@!$+,;=%".contains(c) => out.push(c),
            c => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_obeyed() {
        for (text, written) in [
            ("plain words, 99.9 % of 3-4", "plain words, 99.9 % of 3-4"),
            ("<b>x</b> &amp;", "&lt;b&gt;x&lt;/b&gt; &amp;amp;"),
            ("*a* _b_ snake_case `c` [d](e)", "\\*a\\* \\_b\\_ snake_case \\`c\\` \\[d\\](e)"),
            ("# a", "\\# a"),
            ("1. a", "1&#46; a"),
            ("- a\n- b", "&#45; a - b"),
            ("--8<-- \"x\"", "&#45;&#45;8&lt;&#45;&#45; &quot;x&quot;"),
            (":smile: 10:30:15", "&#58;smile&#58; 10:30&#58;15"),
            ("ftp://x https://y", "ftp&#58;//x https://y"),
            (
                "a|b {c} ~~d~~ ==e==",
                "a&#124;b &#123;c&#125; &#126;&#126;d&#126;&#126; &#61;&#61;e&#61;&#61;",
            ),
            ("a\u{202e}b", "a\u{fffd}b"),
        ] {
            assert_eq!(escaped(text), written, "{text}");
        }
    }

    #[test]
    fn code_stays_code() {
        assert_eq!(code("ls -l"), "`ls -l`");
        assert_eq!(code("a<b>`"), "<code>a&lt;b&gt;\\`</code>");
        assert_eq!(block("ls\n", "sh"), "```sh\nls\n```");
        let hostile = block("x\n```\n--8<-- \"/etc/passwd\"", "");
        assert!(!hostile.contains('\n') && !hostile.contains("8<") && !hostile.contains('`'));
    }

    #[test]
    fn links_end_where_they_end() {
        assert_eq!(link("https://x/(a)b c", "w]("), "[w\\](](https://x/%28a%29b%20c)");
        assert_eq!(
            link("https://x/?a&copy=1", ""),
            "[https://x/?a&amp;copy=1](https://x/?a&amp;copy=1)"
        );
    }
}
