//! kubectl's JSONPath templates: `{.items[*].metadata.name}`, `{range …}…{end}`, texts between.
//!
//! The paths are RFC 9535's (`serde_json_path`); the braces, `range` and `end` around them, and the
//! shorter way to write names (`.metadata.name` for `$['metadata']['name']`, with `\.` for a dot in
//! a name) are kubectl's.

use serde_json::Value;
use serde_json_path::JsonPath;

use super::visible;

/// A template, ready to be filled in.
#[derive(Debug, Clone)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Path(JsonPath),
    Range(JsonPath, Vec<Part>),
}

/// Why a text is no template, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {at} of the template: {reason}")]
pub struct TemplateError {
    /// The character, from 1.
    pub at: usize,
    /// What is wrong.
    pub reason: String,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut open: Vec<(usize, JsonPath, Vec<Part>)> = Vec::new();
        let mut parts = Vec::new();
        let mut rest = 0;
        while let Some(brace) = text[rest..].find('{').map(|at| rest + at) {
            text_part(&text[rest..brace], &mut parts);
            let end = closing(text, brace)?;
            let inside = &text[brace + 1..end];
            let start = brace + 1 + (inside.len() - inside.trim_start().len());
            match inside.trim() {
                "end" => {
                    let Some((_, path, outer)) = open.pop() else {
                        return Err(fault(text, start, "there is no {range …} to end"));
                    };
                    let inner = std::mem::replace(&mut parts, outer);
                    parts.push(Part::Range(path, inner));
                }
                word if is_range(word) => {
                    let path = path(text, start + "range".len(), &word["range".len()..])?;
                    open.push((start, path, std::mem::take(&mut parts)));
                }
                word if word.starts_with(['"', '\'']) => {
                    parts.push(Part::Text(literal(text, start, word)?));
                }
                word => parts.push(Part::Path(path(text, start, word)?)),
            }
            rest = end + 1;
        }
        text_part(&text[rest..], &mut parts);
        match open.pop() {
            Some((at, ..)) => Err(fault(text, at, "this range has no {end}")),
            None => Ok(Self { parts }),
        }
    }

    /// Fills the template in with what its paths find in a value; several finds are separated by
    /// spaces.
    pub fn fill(&self, value: &Value) -> String {
        let mut text = String::new();
        fill(&self.parts, value, &mut text);
        text
    }
}

fn fill(parts: &[Part], value: &Value, text: &mut String) {
    for part in parts {
        match part {
            Part::Text(literal) => text.push_str(literal),
            Part::Path(path) => {
                let found: Vec<String> = path.query(value).iter().map(|one| shown(one)).collect();
                text.push_str(&found.join(" "));
            }
            Part::Range(path, inner) => {
                path.query(value).iter().for_each(|one| fill(inner, one, text));
            }
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.lines().map(visible).collect::<Vec<_>>().join("\n"),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn fault(text: &str, at: usize, reason: impl Into<String>) -> TemplateError {
    let at = text.get(..at).map_or(0, |before| before.chars().count()) + 1;
    TemplateError { at, reason: reason.into() }
}

fn text_part(text: &str, parts: &mut Vec<Part>) {
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
}

fn is_range(word: &str) -> bool {
    word.strip_prefix("range").is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

/// The brace that closes the one at a place; braces in quotes do not count.
fn closing(text: &str, brace: usize) -> Result<usize, TemplateError> {
    let (mut quote, mut escaped) = (None, false);
    for (at, c) in text[brace + 1..].char_indices() {
        match (c, quote) {
            _ if escaped => escaped = false,
            ('\\', _) => escaped = true,
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            ('}', None) => return Ok(brace + 1 + at),
            _ => {}
        }
    }
    Err(fault(text, brace, "this brace is not closed"))
}

/// A text in quotes, such as `"\n"`.
fn literal(text: &str, at: usize, word: &str) -> Result<String, TemplateError> {
    let quote = if word.starts_with('"') { '"' } else { '\'' };
    let inside = word.strip_prefix(quote).and_then(|word| word.strip_suffix(quote));
    let Some(inside) = inside else {
        return Err(fault(text, at, "this text does not end with its quote"));
    };
    let (mut out, mut escaped) = (String::new(), false);
    for c in inside.chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (true, _) => {
                out.push(match c {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    other => other,
                });
                escaped = false;
            }
            (false, c) => out.push(c),
        }
    }
    Ok(out)
}

/// A path as kubectl writes it.
fn path(text: &str, at: usize, written: &str) -> Result<JsonPath, TemplateError> {
    let inside = written.trim();
    let at = at + (written.len() - written.trim_start().len());
    if !inside.is_empty() && !inside.starts_with(['.', '[', '$', '@']) {
        return Err(fault(text, at, "a path begins with a dot, such as {.metadata.name}"));
    }
    let standard = standard(inside);
    JsonPath::parse(&standard).map_err(|error| {
        // The parser speaks of the path in standard form; that is shown with its words.
        fault(text, at, format!("{} (read as {standard})", error.message()))
    })
}

/// The path in the form of RFC 9535: names in brackets, so that they may hold any character.
fn standard(written: &str) -> String {
    let rest = written.strip_prefix(['$', '@']).unwrap_or(written);
    let rest = if rest == "." { "" } else { rest };
    format!("${}", names_in_brackets(rest))
}

fn names_in_brackets(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    let mut quote = None;
    let mut before = '$';
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) => {
                if c == open {
                    quote = None;
                }
                out.push(c);
            }
            ('"' | '\'', None) => {
                quote = Some(c);
                out.push(c);
            }
            // Digits before it: the point of a number.
            ('.', None) if !before.is_ascii_digit() || before_is_name(&out) => {
                if chars.next_if_eq(&'.').is_some() {
                    out.push_str("..");
                }
                out.push_str(&name(&mut chars, out.ends_with("..")));
            }
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// Whether what was written last is a name in brackets, and no number.
fn before_is_name(out: &str) -> bool {
    out.ends_with(']')
}

/// The name after a dot, in brackets; `*` stays what it is.
fn name(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, below: bool) -> String {
    let mut name = String::new();
    while let Some(c) = chars.peek().copied() {
        if c == '\\' {
            chars.next();
            name.extend(chars.next());
            continue;
        }
        if ".[]()=!<>&|,".contains(c) || c.is_whitespace() {
            break;
        }
        name.push(c);
        chars.next();
    }
    match name.as_str() {
        "" => String::new(),
        "*" if below => "*".to_owned(),
        "*" => "[*]".to_owned(),
        name => format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fill(template: &str) -> Result<String, String> {
        let value = json!({ "kind": "List", "items": [
            { "metadata": { "name": "a", "labels": { "acme.example/zone": "x", "cost-centre": "7" } },
              "spec": { "criticality": "tier1", "limit": 1.5 } },
            { "metadata": { "name": "b" }, "spec": { "criticality": "tier2", "list": [1, 2] } },
        ] });
        let template = Template::parse(template).map_err(|error| error.to_string())?;
        Ok(template.fill(&value))
    }

    #[test]
    fn templates_of_kubectl_are_filled_in() {
        for (template, expected) in [
            ("{.kind}", "List"),
            ("{.items[*].metadata.name}", "a b"),
            ("{.items[0].metadata.name}", "a"),
            ("{.items[-1:].metadata.name}", "b"),
            (r"{.items[0].metadata.labels.acme\.example/zone}", "x"),
            ("{.items[0].metadata.labels['acme.example/zone']}", "x"),
            ("{.items[0].metadata.labels.cost-centre}", "7"),
            ("{$.items[1].spec.list}", "[1,2]"),
            ("{..name}", "a b"),
            ("{.items[?(@.spec.criticality==\"tier1\")].metadata.name}", "a"),
            ("{.items[?(@.spec.limit > 1.2)].metadata.name}", "a"),
            ("{.items[?(@.spec.criticality=='tier2')].metadata.name}", "b"),
            (
                "{range .items[*]}{.metadata.name}={.spec.criticality}{\"\\n\"}{end}",
                "a=tier1\nb=tier2\n",
            ),
            ("names: {.items[*].metadata.name}!", "names: a b!"),
            ("{.nothing}", ""),
            ("{range .items[*]}[{range .spec.list[*]}<{@}>{end}]{end}", "[][<1><2>]"),
        ] {
            assert_eq!(fill(template).as_deref(), Ok(expected), "{template}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_template_is_said_with_its_place() {
        for (template, expected) in [
            ("{.a", "at character 1 of the template: this brace is not closed"),
            ("ü{end}", "at character 3 of the template: there is no {range …} to end"),
            ("{range .a}x", "at character 2 of the template: this range has no {end}"),
            (
                "{name}",
                "at character 2 of the template: a path begins with a dot, such as {.metadata.name}",
            ),
        ] {
            assert_eq!(fill(template).unwrap_err(), expected);
        }
        assert!(fill("x{.a[?(}").unwrap_err().starts_with("at character 3 of the template: "));
    }
}
