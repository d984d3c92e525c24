//! Label selectors as Kubernetes writes them: `a=b`, `c!=d`, `e`, `!f`, `g in (x,y)`.

use crate::yaml::{Node, NodeKind};

/// What the labels of an entity must fulfil: every requirement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelSelector {
    requirements: Vec<Requirement>,
}

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement {
    key: String,
    /// Of which values the label's must, or must not, be one; any without it.
    values: Option<Vec<String>>,
    /// Whether it must not be so. What has no such label fulfils that, as in Kubernetes.
    not: bool,
}

/// A text that is no selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{part}` selects no label: {reason}")]
pub struct SelectorError {
    /// The part that cannot be read.
    pub part: String,
    /// Why.
    pub reason: &'static str,
}

impl LabelSelector {
    /// Reads a selector.
    ///
    /// # Errors
    ///
    /// The text is none.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let requirements = parts(text).into_iter().map(requirement).collect::<Result<_, _>>()?;
        Ok(Self { requirements })
    }

    /// Whether nothing is required.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Both selectors at once.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.requirements.extend(other.requirements);
        self
    }

    /// Whether a document fulfils it.
    pub fn matches(&self, document: Node<'_>) -> bool {
        let labels = document.get("metadata").and_then(|metadata| metadata.get("labels"));
        self.requirements.iter().all(|one| {
            let label = labels.and_then(|labels| labels.get(&one.key));
            label.is_some_and(|label| one.holds(label)) != one.not
        })
    }
}

impl Requirement {
    fn holds(&self, label: Node<'_>) -> bool {
        let Some(values) = &self.values else { return true };
        let wanted = |node: Node<'_>| {
            node.text().is_some_and(|text| values.iter().any(|value| value == text))
        };
        match label.kind() {
            // OpenSLO allows several values.
            NodeKind::Sequence => label.items().any(wanted),
            _ => wanted(label),
        }
    }
}

/// The text between commas that stand in no parentheses.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut inside) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            '(' => inside = true,
            ')' => inside = false,
            ',' if !inside => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn requirement(part: &str) -> Result<Requirement, SelectorError> {
    let part = part.trim();
    let failed = |reason| Err(SelectorError { part: part.to_owned(), reason });
    let (key, values, not) = if let Some((key, value)) = part.split_once("!=") {
        (key, Some(vec![value]), true)
    } else if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        (key, Some(vec![value]), false)
    } else if let Some((head, list)) = part.split_once('(') {
        let Some(list) = list.strip_suffix(')') else {
            return failed("its parenthesis does not close");
        };
        let mut words = head.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some(key), Some("in"), None) => (key, Some(list.split(',').collect()), false),
            (Some(key), Some("notin"), None) => (key, Some(list.split(',').collect()), true),
            _ => return failed("write `key in (a,b)` or `key notin (a,b)`"),
        }
    } else if let Some(key) = part.strip_prefix('!') {
        (key, None, true)
    } else {
        (part, None, false)
    };
    let (key, values) = (key.trim(), values.map(trimmed));
    let odd = |c: char| c.is_whitespace() || "=!(),".contains(c);
    if key.is_empty() || key.contains(odd) {
        return failed("write key=value, key!=value, key, !key or key in (a,b)");
    }
    if values.iter().flatten().any(|value| value.contains(odd)) {
        return failed("its value cannot be one of a label");
    }
    Ok(Requirement { key: key.to_owned(), values, not })
}

fn trimmed(values: Vec<&str>) -> Vec<String> {
    values.into_iter().map(|value| value.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{File, Source};
    use crate::yaml::{Limits, parse};

    fn fits(selector: &str) -> bool {
        let text = "{metadata: {labels: {tier: '1', 'acme.example/zone': a, teams: [x, y]}}}";
        let source = Source::new(File::local("a.yaml"), text.to_owned());
        let stream = parse(&source, &Limits::default());
        LabelSelector::parse(selector).unwrap().matches(stream.arena.node(stream.documents[0]))
    }

    #[test]
    fn selectors_mean_what_they_mean_to_kubernetes() {
        for (selector, expected) in [
            ("tier=1", true),
            ("tier==1", true),
            ("tier = 2", false),
            ("tier!=2", true),
            ("other!=2", true),
            ("tier", true),
            ("!tier", false),
            ("!other", true),
            ("tier in (1, 2),acme.example/zone notin (b)", true),
            ("tier in (1, 2),acme.example/zone notin (a)", false),
            ("teams=y", true),
            ("other in (1)", false),
            ("other notin (1)", true),
        ] {
            assert_eq!(fits(selector), expected, "{selector}");
        }
    }

    #[test]
    fn what_is_no_selector_is_said() {
        for text in ["", "a b", "=x", "a in (b", "a like (b)", "a=b=c", ","] {
            assert!(LabelSelector::parse(text).is_err(), "{text:?}");
        }
    }
}
