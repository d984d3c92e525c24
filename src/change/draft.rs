//! A change request, begun for its author: what is known stands in it, and what a policy wants from a
//! person and nobody said yet stands in it as a question.

use super::assessment::Assessment;
use crate::catalog::rota::Span;
use crate::catalog::short;
use crate::model::gitsm::change_model::ChangeType;

/// A change request that is begun.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Why; nothing if nobody said so far.
    pub reason: Option<String>,
    /// The team that does it, if all that changes is of one.
    pub owner: Option<String>,
    /// The model that it follows.
    pub model: Option<String>,
    /// Runbooks of what it touches, one of which may say how it is done.
    pub runbooks: Vec<String>,
    /// The next time at which it may happen, and the calendars that say so.
    pub next: Option<(Span, Vec<String>)>,
    /// What the policy wants from a person and nobody said yet: `reason`, `plan`, `test`, `backout`.
    pub asked: Vec<&'static str>,
    /// What it is, in words.
    pub what: String,
}

/// What is asked of whom, and what a good answer is.
const QUESTIONS: &[(&str, &str, &str)] = &[
    ("plan", "implementation", "how is it done, step by step? Or name a runbook"),
    ("test", "test", "how was it tried, and what came of it?"),
    ("backout", "backout", "how is it taken back, and until when is that possible?"),
];

/// What a change is, in words.
pub fn described(assessment: &Assessment) -> String {
    let r#type = match assessment.r#type.r#type {
        ChangeType::Standard => "standard",
        ChangeType::Normal => "normal",
        ChangeType::Emergency => "emergency",
    };
    let article = if r#type == "emergency" { "an" } else { "a" };
    let band = assessment.risk.band.name().replace('_', " ");
    format!("{article} {type} change of {band} risk, {} points", assessment.risk.score)
}

impl Draft {
    /// Whether a person still has to say why.
    pub fn lacks_reason(&self) -> bool {
        self.reason.as_ref().is_none_or(|reason| reason.trim().is_empty())
    }

    /// What a person is still asked for, beside the reason, as fields.
    pub fn questions(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let asked = QUESTIONS.iter().filter(|(what, ..)| self.asked.contains(what));
        asked.map(|(_, field, question)| (*field, *question))
    }

    /// The document. What is asked for is a comment, so that it can be read as it stands.
    pub fn yaml(&self) -> String {
        let mut text = format!(
            "# What people say about this change; the rest is computed: {}.\n\
             apiVersion: gitsm/v1alpha1\nkind: ChangeRequest\nmetadata:\n",
            self.what
        );
        text.push_str(&field(2, "name", &self.name));
        text.push_str(&field(2, "title", &self.title));
        text.push_str("spec:\n");
        if self.lacks_reason() {
            text.push_str("  # Why? What is wrong today, and what is better afterwards?\n");
        }
        text.push_str(&field(2, "reason", self.reason.as_deref().unwrap_or_default().trim()));
        for (name, value) in [("owner", &self.owner), ("model", &self.model)] {
            text.extend(value.as_ref().map(|value| field(2, name, short(value).as_str())));
        }
        self.plan(&mut text);
        if let Some((span, calendars)) = &self.next {
            let calendars: Vec<String> = calendars.iter().map(|one| short(one)).collect();
            let because = match calendars.is_empty() {
                true => String::new(),
                false => format!(", by {}", calendars.join(", ")),
            };
            let (start, end) = (span.start.to_rfc3339(), span.end.to_rfc3339());
            text.push_str(&format!("  # When? It may happen next{because}:\n"));
            text.push_str(&format!("  # schedule: {{start: {start}, end: {end}}}\n"));
        }
        text
    }

    fn plan(&self, text: &mut String) {
        let questions: Vec<_> = self.questions().collect();
        if questions.is_empty() {
            return;
        }
        text.push_str("  # plan:\n");
        for (name, question) in questions {
            if name == "implementation" && !self.runbooks.is_empty() {
                let names: Vec<String> = self.runbooks.iter().map(|one| short(one)).collect();
                text.push_str(&format!("  #   runbook: {}\n", names.join("   # or ")));
            }
            text.push_str(&format!("  #   {name}: {question}\n"));
        }
    }
}

/// A field with a text, folded if it is long or has several lines.
fn field(indent: usize, name: &str, value: &str) -> String {
    let pad = " ".repeat(indent);
    if value.contains('\n') {
        let lines: Vec<String> = value.lines().map(|line| literal(indent + 2, line)).collect();
        return format!("{pad}{name}: |-\n{}", lines.concat());
    }
    let value = serde_yaml::to_string(value).unwrap_or_default();
    format!("{pad}{name}: {}\n", value.trim_end())
}

fn literal(indent: usize, line: &str) -> String {
    // Control characters cannot stand in a literal block.
    let line: String = line.chars().filter(|c| *c == '\t' || !c.is_control()).collect();
    match line.trim_end() {
        "" => "\n".to_owned(),
        line => format!("{}{line}\n", " ".repeat(indent)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(draft: &Draft) -> serde_yaml::Value {
        serde_yaml::from_str(&draft.yaml()).unwrap()
    }

    #[test]
    fn what_is_not_said_is_a_question_and_the_document_is_read_all_the_same() {
        let draft = Draft {
            name: "enlarge-db".to_owned(),
            title: "Enlarge: the \"db\"".to_owned(),
            reason: Some("It is full.\n\nIt was full: yesterday, too.".to_owned()),
            asked: vec!["plan", "backout"],
            runbooks: vec!["runbook:default/resize".to_owned()],
            what: "a normal change".to_owned(),
            ..Draft::default()
        };
        let text = draft.yaml();
        assert!(
            text.contains("  #   runbook: runbook:resize\n  #   implementation: how"),
            "{text}"
        );
        assert!(!text.contains("test"), "{text}");
        let value = parsed(&draft);
        assert_eq!(value["metadata"]["title"], "Enlarge: the \"db\"");
        assert_eq!(value["spec"]["reason"], "It is full.\n\nIt was full: yesterday, too.");
        assert_eq!(value["spec"].as_mapping().unwrap().len(), 1);
    }

    #[test]
    fn any_reason_is_read_back_as_it_was_said() {
        for reason in ["# no", "a: b", "'", "\u{1}x", "- a\n- b", "true", "0", "x\t\n y", "%a"] {
            let draft = Draft { reason: Some(reason.to_owned()), ..Draft::default() };
            let said = parsed(&draft)["spec"]["reason"].as_str().unwrap().to_owned();
            let plain: String =
                reason.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
            let kept = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(kept(&said) == kept(&plain) || said == reason, "{reason:?}: {said:?}");
        }
    }
}
