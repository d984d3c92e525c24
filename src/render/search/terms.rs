//! The terms of all documents, and for each the documents that hold it, by where they hold it.
//!
//! Begin at [`collect`].

use hashbrown::HashMap;
use rayon::prelude::*;

use super::{Document, keys, words};

/// How many words of one document count, beside its name and title.
const MOST: usize = 1000;
/// How many bytes of the words of one document are read.
const FARTHEST: usize = 64 * 1024;

/// Where a document holds a term, best first. A document stands in one list of a term.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The term is the whole name, with what separates its words left out.
    WholeName,
    /// The term is the whole title.
    WholeTitle,
    /// It is a word of the name.
    Name,
    /// It is a word of the title.
    Title,
    /// It is another word; also the kind, which begins with a colon.
    Words,
}

/// How many places there are.
pub(super) const PLACES: usize = 5;

/// A term and the numbers of the documents that hold it, ascending, for each [`Place`].
pub(super) struct Term {
    /// Letters and digits; a colon before what restricts a search to a kind.
    pub(super) text: String,
    /// The documents, by place.
    pub(super) lists: [Vec<u32>; PLACES],
    /// Is it a word that somebody may mistype, not only several joined or one with digits?
    pub(super) is_word: bool,
}

/// A term of one document.
struct Found {
    text: String,
    place: Place,
    is_word: bool,
}

/// All terms of documents in their final order, sorted as JavaScript compares strings.
pub(super) fn collect(documents: &[&Document]) -> Vec<Term> {
    let found: Vec<Vec<Found>> = documents.par_iter().map(|of| terms(of)).collect();
    let mut lists: HashMap<String, ([Vec<u32>; PLACES], bool)> = HashMap::new();
    for (number, found) in (0_u32..).zip(found) {
        for Found { text, place, is_word } in found {
            let (lists, any_word) = lists.entry(text).or_default();
            *any_word |= is_word;
            if let Some(list) = lists.get_mut(place as usize) {
                list.push(number);
            }
        }
    }
    let mut terms: Vec<Term> = lists
        .into_iter()
        .map(|(text, (lists, any_word))| {
            let is_word = any_word && words::is_spelled(&text);
            Term { text, lists, is_word }
        })
        .collect();
    terms.par_sort_unstable_by(|a, b| compare(&a.text, &b.text));
    terms
}

/// By UTF-16 code units.
fn compare(a: &str, b: &str) -> std::cmp::Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// The terms of one document, each once, with its best place.
fn terms(document: &Document) -> Vec<Found> {
    let title = document.title.as_deref().map(within);
    let mut found = Vec::new();
    let mut add = |text: String, place: Place, is_word: bool| {
        if !text.is_empty() {
            found.push(Found { text, place, is_word });
        }
    };
    add(words::whole(&document.name), Place::WholeName, false);
    words::each(&document.name, &mut |word| add(word, Place::Name, true));
    if let Some(title) = title {
        add(words::whole(title), Place::WholeTitle, false);
        words::each(title, &mut |word| add(word, Place::Title, true));
    }
    words::each(&document.kind, &mut |word| add(word, Place::Words, true));
    for key in keys(document) {
        add(format!(":{key}"), Place::Words, false);
    }
    let mut rest = MOST;
    words::each(within(&document.words), &mut |word| {
        if rest > 0 {
            rest -= 1;
            add(word, Place::Words, true);
        }
    });
    found.sort_unstable_by(|a, b| (&a.text, a.place).cmp(&(&b.text, b.place)));
    found.dedup_by(|later, first| {
        let same = later.text == first.text;
        first.is_word |= same && later.is_word;
        same
    });
    found
}

fn within(text: &str) -> &str {
    let mut end = text.len().min(FARTHEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
