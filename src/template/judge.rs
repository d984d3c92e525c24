//! What is wrong with a template for another system, told before anything is made of it.

use std::collections::HashSet;

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;

use super::wire::{Wire, Writing};
use super::{Address, TemplateError, tree};
use crate::source::Span;

/// What every template has, whatever it is given.
const ALWAYS: &[&str] = &["loop", "omit", "range"];

/// What is wrong with a text of a [`Tree`](super::Tree), which is a template if it has braces. `known`
/// are the values that it is given.
pub fn wrong_text(source: &str, known: &[&str]) -> Option<TemplateError> {
    if !tree::is_template(source) {
        return None;
    }
    let mut wire = Wire::new(Writing::Plain);
    match wire.add("", source) {
        Err(error) => Some(error),
        Ok(template) => unknown(source, &wire.names(&template), known),
    }
}

/// What is wrong with an [`Address`].
pub fn wrong_path(source: &str, known: &[&str]) -> Option<TemplateError> {
    if let Err(error) = Address::new("", source) {
        return Some(error);
    }
    wrong_text(source, known)
}

/// The first name in a template that stands for nothing.
fn unknown(source: &str, names: &HashSet<String>, known: &[&str]) -> Option<TemplateError> {
    let is_unknown =
        |name: &str| names.contains(name) && !known.contains(&name) && !ALWAYS.contains(&name);
    let mut behind_dot = false;
    for token in tokenize(source, false, SyntaxConfig::default()) {
        let (token, span) = token.ok()?;
        if let Token::Ident(name) = token
            && !behind_dot
            && is_unknown(name)
        {
            let span = Span::new(span.start_offset as usize, span.end_offset as usize);
            let error = TemplateError::at("", source, span, format!("there is no value `{name}`"));
            let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            return Some(match known.as_slice() {
                [] => error.help("nothing is known here but words and numbers"),
                _ => error.help(&format!("this is known here: {}", known.join(", "))),
            });
        }
        behind_dot = matches!(token, Token::Dot);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(found: Option<TemplateError>) -> Option<(String, std::ops::Range<u32>)> {
        found.map(|error| (error.message, error.span.start..error.span.end))
    }

    #[test]
    fn a_name_that_stands_for_nothing_is_found_where_it_is_written() {
        let wrong = said(wrong_text("a {{ entty.metadata.name }}", &["entity"]));
        assert_eq!(wrong, Some(("there is no value `entty`".to_owned(), 5..10)));
        // The name of a field, a loop's own, and what every template has, are none.
        let fine = "{% for one in entity.entty|default([]) %}{{ one }}{{ loop.index }}{% endfor %}";
        assert_eq!(said(wrong_text(fine, &["entity"])), None);
        assert_eq!(said(wrong_text("{{ omit if entity.x else range }}", &["entity"])), None);
        assert_eq!(said(wrong_text("no template: entty", &[])), None);
    }

    #[test]
    fn what_does_not_parse_is_told_and_a_path_begins_with_a_slash() {
        assert!(wrong_text("{{ entity. }}", &["entity"]).is_some());
        assert!(wrong_text("{{ entity|tojson }}", &["entity"]).is_some());
        assert!(wrong_path("objects", &[]).unwrap().message.contains("begins with `/`"));
        assert!(wrong_path("/objects/{{ handel }}", &["handle"]).is_some());
        assert_eq!(said(wrong_path("/objects/{{ handle }}", &["handle"])), None);
    }
}
