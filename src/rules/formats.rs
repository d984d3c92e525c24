//! Names, labels, annotations, tags and links: whether texts have the form that they must have.

use super::at::{At, Part, dotted, quoted};
use super::{MOST, codes, secrets};
use crate::catalog::{DocumentView, FileView};
use crate::finding::{Code, Finding};
use crate::model::{Format, Formatted, Position};
use crate::yaml::{Node, Pointer, emit};

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    let Some(kind) = document.kind() else { return };
    let at = At::new(view, document);
    for formatted in kind.formats {
        let mut node = document.root;
        let reached = formatted.path.iter().all(|name| match node.get(name) {
            Some(next) => {
                node = next;
                true
            }
            None => false,
        });
        if reached {
            check_at(&at, formatted, node, findings);
        }
    }
}

fn check_at(at: &At<'_>, formatted: &Formatted, node: Node<'_>, findings: &mut Vec<Finding>) {
    let pointer =
        || formatted.path.iter().fold(Pointer::root(), |pointer, name| pointer.join(name));
    let format = formatted.format;
    // An empty text is reported as an empty field, where it may not be empty.
    let wrong = |text: &str| !text.is_empty() && !(format.check)(text);
    match formatted.position {
        Position::Value => {
            if let Some(text) = node.as_str().filter(|text| wrong(text)) {
                findings.push(value(at, formatted, &pointer(), text));
            }
        }
        Position::Items => {
            for (number, item) in node.items().enumerate() {
                if findings.len() >= MOST {
                    return;
                }
                if let Some(text) = item.as_str().filter(|text| wrong(text)) {
                    findings.push(value(at, formatted, &pointer().join(number), text));
                }
            }
        }
        Position::ItemField(name) => {
            for (number, item) in node.items().enumerate() {
                if findings.len() >= MOST {
                    return;
                }
                if let Some(text) = item.str(name).filter(|text| wrong(text)) {
                    let pointer = pointer().join(number).join(name);
                    findings.push(value(at, formatted, &pointer, text));
                }
            }
        }
        Position::Keys => {
            for (key, _) in node.entries() {
                if findings.len() >= MOST {
                    return;
                }
                let text = key.text().unwrap_or_default();
                if !(format.check)(text) {
                    findings.push(key_finding(at, formatted, &pointer(), key, text));
                }
            }
        }
        Position::Values => {
            for (key, item) in node.entries() {
                if findings.len() >= MOST {
                    return;
                }
                if let Some(text) = item.as_str().filter(|text| wrong(text)) {
                    let pointer = pointer().join(key.text().unwrap_or_default());
                    findings.push(value(at, formatted, &pointer, text));
                }
            }
        }
    }
}

fn code(formatted: &Formatted) -> &'static Code {
    match formatted.path.last() {
        Some(&"labels") => &codes::LABEL_INVALID,
        Some(&"annotations") => &codes::ANNOTATION_INVALID,
        Some(&"tags") => &codes::TAG_INVALID,
        Some(&"links") => &codes::LINK_INVALID,
        _ => &codes::NAME_INVALID,
    }
}

fn value(at: &At<'_>, formatted: &Formatted, pointer: &Pointer, text: &str) -> Finding {
    let format = formatted.format;
    let headline = format!("`{}` is no valid {}: {}", dotted(pointer), format.name, quoted(text));
    let finding = at
        .finding(code(formatted), pointer, Part::Value, headline)
        .mark(problem(format, text))
        .help(format!("write {}", format.expected));
    match suggestion(format, text) {
        Some(better) => {
            let place = finding.at.place.clone();
            let help = format!("write `{better}`: a {} is {}", format.name, format.expected);
            finding.help(help).fix(format!("write `{better}`"), place, emit::scalar(&better))
        }
        None => finding,
    }
}

fn key_finding(
    at: &At<'_>,
    formatted: &Formatted,
    parent: &Pointer,
    key: Node<'_>,
    text: &str,
) -> Finding {
    let format = formatted.format;
    let headline = format!("`{}` has a key that is no valid one: {}", dotted(parent), quoted(text));
    at.finding_at(code(formatted), &parent.join(text), key.span(), text, headline)
        .mark(problem(format, text))
        .help(format!("write {}", format.expected))
}

/// What about a text breaks its form, in a few words.
fn problem(format: &Format, text: &str) -> String {
    let length = text.chars().count();
    if length > format.max_length as usize {
        return format!("{length} characters, at most {} are allowed", format.max_length);
    }
    let odd = |c: &char| {
        let mut buffer = [0; 4];
        // A character that is wrong in the middle of an otherwise right text is wrong itself.
        let probe = format!("a{}a", c.encode_utf8(&mut buffer));
        !(format.check)(&probe)
    };
    let is_url =
        std::ptr::eq(format.check as *const (), crate::model::format::URL.check as *const ());
    match text.chars().find(odd).filter(|_| !is_url) {
        Some(' ') => "a space is not allowed".to_owned(),
        Some(c) if c.is_uppercase() => format!("`{c}`: upper case is not allowed"),
        Some(c) if !c.is_control() => format!("`{c}` is not allowed"),
        _ => String::new(),
    }
}

/// A text of the right form that is close to a wrong one.
fn suggestion(format: &Format, text: &str) -> Option<String> {
    // What is made of a secret gives it away.
    if secrets::mask(text) != text {
        return None;
    }
    let lowered: String = text.trim().to_lowercase();
    let dashed = |text: &str, keep: &str| {
        let spaced: String = text
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || keep.contains(c) { c } else { '-' })
            .collect();
        let parts: Vec<&str> = spaced.split('-').filter(|part| !part.is_empty()).collect();
        parts.join("-")
    };
    let candidates = [dashed(text, "_."), dashed(&lowered, ":+#"), dashed(&lowered, "")];
    candidates.into_iter().find(|candidate| candidate != text && (format.check)(candidate))
}
