//! What a line of a page says, in pieces: words, and what words alone cannot say, such as which
//! entity is meant or where a link leads.
//!
//! [`Said::text`] is how a terminal prints it. A web page makes links of the same pieces, and cuts no
//! list.

use chrono::{DateTime, SecondsFormat, TimeZone};
use serde::Serialize;

use crate::catalog::short;

/// Something said, piece after piece.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Said {
    /// The pieces; nothing stands between them that they do not say.
    pub pieces: Vec<Piece>,
}

/// A part of what is said. Its texts come from a catalog: whoever shows them escapes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Piece {
    /// Words.
    Words {
        /// They.
        words: String,
    },
    /// An entity.
    Entity {
        /// Its canonical reference, such as `service:default/checkout`.
        reference: String,
        /// Its name for people, as far as it is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// How this line calls it, where that is not its reference with its title.
        #[serde(skip_serializing_if = "Option::is_none")]
        words: Option<String>,
    },
    /// An address on the web or of a mailbox, made by [`Piece::link`] and [`Piece::mail`].
    Link {
        /// The address: `http:`, `https:` or `mailto:`.
        url: String,
        /// What to call it.
        words: String,
    },
    /// A page of a site that is about no single entity.
    Page {
        /// Its address in the site, without ending, such as `service/index`.
        address: String,
        /// What to call it.
        words: String,
    },
    /// A place in a file.
    Place {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u32,
    },
    /// A commit.
    Commit {
        /// Its whole id in hexadecimal.
        id: String,
    },
    /// An instant.
    Time {
        /// The instant with its offset (RFC 3339).
        at: String,
        /// The same in words.
        words: String,
    },
    /// Several of the same, separated by commas. Of very many a terminal shows the first.
    List {
        /// All of them.
        items: Vec<Said>,
    },
}

/// A point of an outline, with those below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What it is about.
    pub label: String,
    /// What is said in a line; nothing where the points below say it.
    pub said: Said,
    /// The points below it.
    pub points: Vec<Outline>,
}

/// The most names that a line of a terminal gives.
const MOST_NAMES: usize = 12;

/// How much of a commit's id a terminal shows.
const SHORT_ID: usize = 9;

impl Said {
    /// Several of the same.
    pub fn list<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Piece::List { items: items.into_iter().map(Into::into).collect() }.into()
    }

    /// The same, and then something else.
    #[must_use]
    pub fn and(mut self, more: impl Into<Self>) -> Self {
        self.pieces.extend(more.into().pieces);
        self
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// As a terminal prints it; what came from a catalog is not yet made visible.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.print(&mut text);
        text
    }

    fn print(&self, text: &mut String) {
        self.pieces.iter().for_each(|piece| piece.print(text));
    }
}

impl Piece {
    /// Words.
    pub fn words(words: impl Into<String>) -> Self {
        Self::Words { words: words.into() }
    }

    /// A link to an address of the web. Anything else, such as `javascript:`, is only words.
    pub fn link(url: &str, words: &str) -> Self {
        let odd = |c: char| c.is_whitespace() || c.is_control();
        let is_web = ["https://", "http://"].iter().any(|scheme| {
            url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        match is_web && !url.contains(odd) && url::Url::parse(url).is_ok() {
            true => Self::Link { url: url.to_owned(), words: words.to_owned() },
            false => Self::words(words),
        }
    }

    /// A text that is an address of the web, or only words.
    pub fn linked(text: &str) -> Self {
        Self::link(text, text)
    }

    /// The address of a mailbox. Anything else is only words.
    pub fn mail(text: &str) -> Self {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
        let is_address = text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && name.chars().chain(host.chars()).all(plain)
        });
        match is_address {
            true => Self::Link { url: format!("mailto:{text}"), words: text.to_owned() },
            false => Self::words(text),
        }
    }

    /// An instant, and how it is called.
    pub fn time<Zone: TimeZone>(at: &DateTime<Zone>, words: impl Into<String>) -> Self
    where
        Zone::Offset: std::fmt::Display,
    {
        Self::Time { at: at.to_rfc3339_opts(SecondsFormat::Secs, true), words: words.into() }
    }

    fn print(&self, text: &mut String) {
        match self {
            Self::Words { words }
            | Self::Link { words, .. }
            | Self::Page { words, .. }
            | Self::Time { words, .. } => {
                text.push_str(words);
            }
            Self::Entity { words: Some(words), .. } => text.push_str(words),
            Self::Entity { reference, title, words: None } => {
                text.push_str(&short(reference));
                if let Some(title) = title {
                    text.push_str(&format!(" ({title})"));
                }
            }
            Self::Place { file, line } => text.push_str(&format!("{file}:{line}")),
            Self::Commit { id } => text.extend(id.chars().take(SHORT_ID)),
            Self::List { items } => list(items, text),
        }
    }
}

/// Names in a line; of very many the first, and how many more there are.
fn list(items: &[Said], text: &mut String) {
    for (number, item) in items.iter().take(MOST_NAMES).enumerate() {
        if number > 0 {
            text.push_str(", ");
        }
        item.print(text);
    }
    let more = items.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
}

impl From<Piece> for Said {
    fn from(piece: Piece) -> Self {
        Self { pieces: vec![piece] }
    }
}

impl From<String> for Said {
    fn from(words: String) -> Self {
        match words.is_empty() {
            true => Self::default(),
            false => Piece::Words { words }.into(),
        }
    }
}

impl From<&str> for Said {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(title: Option<&str>, words: Option<&str>) -> Piece {
        Piece::Entity {
            reference: "team:default/pay".to_owned(),
            title: title.map(str::to_owned),
            words: words.map(str::to_owned),
        }
    }

    #[test]
    fn a_terminal_prints_an_entity_as_its_reference_and_title() {
        assert_eq!(Said::from(entity(Some("Payments"), None)).text(), "team:pay (Payments)");
        assert_eq!(Said::from(entity(None, None)).text(), "team:pay");
        assert_eq!(Said::from(entity(Some("Payments"), Some("Pay"))).text(), "Pay");
    }

    #[test]
    fn a_terminal_cuts_long_lists_and_programs_get_all() {
        let said = Said::list((1..=14).map(|number| number.to_string()));
        assert_eq!(said.text(), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 2 more");
        assert!(serde_json::to_string(&said).unwrap().contains("\"14\""));
    }

    #[test]
    fn only_addresses_of_the_web_and_of_mailboxes_are_links() {
        let is_link = |piece: Piece| matches!(piece, Piece::Link { .. });
        for text in ["https://acme.example/x?y#z", "HTTP://acme.example", "https://[::1]:8080/"] {
            assert!(is_link(Piece::linked(text)), "{text}");
        }
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//acme.example",
            "https://acme.example/ and more",
            "https://",
            "java\nscript:x",
            "file:///etc/passwd",
            "#pay",
            "ü",
        ] {
            assert!(!is_link(Piece::linked(text)), "{text}");
        }
        assert!(is_link(Piece::mail("pay+x@acme.example")));
        for text in ["a@b@c.example", "pay", "x@y.example?cc=z", "a b@c.example", "@c.example"] {
            assert!(!is_link(Piece::mail(text)), "{text}");
        }
    }

    #[test]
    fn templates_read_tagged_pieces() {
        let said = Said::from("led by ").and(entity(None, None));
        assert_eq!(
            serde_json::to_string(&said).unwrap(),
            r#"[{"type":"words","words":"led by "},{"type":"entity","reference":"team:default/pay"}]"#
        );
    }
}
