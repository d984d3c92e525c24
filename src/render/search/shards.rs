//! Terms and records cut into scripts, and the manifest that says what stands where.
//!
//! A term's documents are written as the distances between their numbers, five bits a character,
//! with a sixth bit for "goes on"; terms as what they share with the one before. A term in very
//! many documents is written as several in a row. Begin at [`write`].

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::terms::{PLACES, Term};
use super::{Document, Kind};

/// How a number is written as characters that need no escape.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// What a term can at most share with the one before: one digit says it.
const SHARED: usize = DIGITS.len() - 1;
/// How many numbers one entry holds of one list, at two or three characters each.
const NUMBERS: usize = 8000;
/// How many characters of a name or title are shown.
const SHOWN: usize = 160;

/// How large the shards of one sort are.
struct Cut {
    /// Bytes that a shard has before it may end.
    least: usize,
    /// It ends before one entry in so many.
    one_in: u32,
    /// Bytes after which it ends anyway.
    most: usize,
}

const TERMS: Cut = Cut { least: 4_000, one_in: 128, most: 16_000 };
const WORDS: Cut = Cut { least: 8_000, one_in: 512, most: 40_000 };
const RECORDS: Cut = Cut { least: 0, one_in: 32, most: 16_000 };

/// The manifest and all shards.
pub(super) fn write(
    kinds: &[Kind],
    terms: &[Term],
    documents: &[&Document],
) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let terms_of = |shards: Vec<Stretch>, files: &mut Vec<_>| -> Value {
        shards
            .into_iter()
            .map(|shard| json!([shard.first, shard.name, shard.write(files)]))
            .collect()
    };
    let term_shards = terms_of(stretches('t', &TERMS, terms.iter().flat_map(parts)), &mut files);
    let words = terms.iter().filter(|term| term.is_word);
    let word_shards = terms_of(stretches('w', &WORDS, words.map(Entry::word)), &mut files);
    let record_shards: Value =
        stretches('r', &RECORDS, documents.iter().map(|of| Entry::record(of)))
            .into_iter()
            .map(|shard| json!([shard.entries, shard.name, shard.write(&mut files)]))
            .collect();
    let kinds: Value = kinds.iter().map(|kind| json!([kind.shown, kind.keys])).collect();
    let manifest = json!({
        "format": "gitsm-search/1",
        "documents": documents.len(),
        "kinds": kinds,
        "terms": term_shards,
        "words": word_shards,
        "records": record_shards,
    });
    files.push((path("manifest"), script("manifest", "", &manifest.to_string())));
    files
}

/// One piece of a shard.
struct Entry {
    /// What decides where shards end, and by which they are named and found.
    key: String,
    /// The second and later entries of one term: no shard ends before them of its own accord.
    part: usize,
    body: Body,
}

enum Body {
    /// A term's lists.
    Term(String),
    /// What is shown of a document, as JSON.
    Record(String),
}

impl Entry {
    fn word(term: &Term) -> Self {
        Self { key: term.text.clone(), part: 0, body: Body::Term(String::new()) }
    }

    fn record(document: &Document) -> Self {
        let title = document.title.as_deref().filter(|title| *title != document.name);
        let shown = json!([document.kind, document.path, short(&document.name), title.map(short)]);
        Self { key: document.path.clone(), part: 0, body: Body::Record(shown.to_string()) }
    }
}

/// The entries of one term: one, unless very many documents hold it.
fn parts(term: &Term) -> Vec<Entry> {
    let longest = term.lists.iter().map(Vec::len).max().unwrap_or_default();
    (0..longest.div_ceil(NUMBERS))
        .map(|part| {
            let lists: [&[u32]; PLACES] = std::array::from_fn(|place| {
                let chunk = term.lists.get(place).and_then(|list| list.chunks(NUMBERS).nth(part));
                chunk.unwrap_or_default()
            });
            Entry { key: term.text.clone(), part, body: Body::Term(lists_text(&lists)) }
        })
        .collect()
}

fn lists_text(lists: &[&[u32]; PLACES]) -> String {
    let mut text = String::new();
    for (place, list) in lists.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        let mut next = 0;
        for &number in *list {
            push_number(&mut text, number - next);
            next = number + 1;
        }
    }
    text.truncate(text.trim_end_matches(',').len());
    text
}

/// Five bits a digit, the lowest first; the sixth says that more follow.
fn push_number(text: &mut String, mut number: u32) {
    loop {
        let more = if number >= 32 { 32 } else { 0 };
        push_digit(text, (number % 32 + more) as usize);
        number /= 32;
        if number == 0 {
            return;
        }
    }
}

fn push_digit(text: &mut String, digit: usize) {
    text.extend(DIGITS.get(digit).map(|&byte| char::from(byte)));
}

/// A shard that is being filled.
#[derive(Default)]
struct Stretch {
    name: String,
    first: String,
    entries: usize,
    /// The term before, in a shard of terms.
    last: String,
    text: String,
    is_list: bool,
}

impl Stretch {
    fn new(name: String, first: &str) -> Self {
        Self { name, first: first.to_owned(), ..Self::default() }
    }

    fn push(&mut self, entry: Entry) {
        match entry.body {
            Body::Term(lists) => {
                self.push_term(&entry.key, &lists);
                self.last = entry.key;
            }
            Body::Record(record) => {
                self.is_list = true;
                self.text.push(if self.entries > 0 { ',' } else { '[' });
                self.text.push_str(&record);
            }
        }
        self.entries += 1;
    }

    fn push_term(&mut self, term: &str, lists: &str) {
        let (units, bytes) = shared(&self.last, term);
        if self.entries > 0 {
            self.text.push(';');
        }
        push_digit(&mut self.text, units);
        self.text.push_str(term.get(bytes..).unwrap_or_default());
        if !lists.is_empty() {
            self.text.push(' ');
            self.text.push_str(lists);
        }
    }

    /// Adds the script to the files, and gives the checksum of what is in it.
    fn write(self, files: &mut Vec<(String, Vec<u8>)>) -> String {
        let value =
            if self.is_list { self.text + "]" } else { Value::String(self.text).to_string() };
        let sum = format!("{:08x}", crc32fast::hash(value.as_bytes()));
        files.push((path(&self.name), script(&self.name, &sum, &value)));
        sum
    }
}

/// Entries in order, cut where their checksums say so.
fn stretches(sort: char, cut: &Cut, entries: impl Iterator<Item = Entry>) -> Vec<Stretch> {
    let mut done: Vec<Stretch> = Vec::new();
    let mut names = BTreeSet::new();
    let mut now: Option<Stretch> = None;
    for entry in entries {
        let hash = crc32fast::hash(entry.key.as_bytes());
        let ends = |size: usize| {
            size >= cut.most
                || (size >= cut.least && entry.part == 0 && hash.is_multiple_of(cut.one_in))
        };
        if now.as_ref().is_some_and(|now| ends(now.text.len())) {
            done.extend(now.take());
        }
        let stretch =
            now.get_or_insert_with(|| Stretch::new(free_name(sort, hash, &mut names), &entry.key));
        stretch.push(entry);
    }
    done.extend(now);
    done
}

/// The name of a shard by what it begins with; with a number behind it if that is taken.
fn free_name(sort: char, hash: u32, names: &mut BTreeSet<String>) -> String {
    let plain = format!("{sort}{hash:08x}");
    let mut name = plain.clone();
    let mut turn = 1;
    while !names.insert(name.clone()) {
        turn += 1;
        name = format!("{plain}-{turn}");
    }
    name
}

/// What a term shares with the one before: in UTF-16 units, as JavaScript counts, and in bytes.
fn shared(before: &str, term: &str) -> (usize, usize) {
    let (mut units, mut bytes) = (0, 0);
    for (a, b) in before.chars().zip(term.chars()) {
        if a != b || units + b.len_utf16() > SHARED {
            break;
        }
        units += b.len_utf16();
        bytes += b.len_utf8();
    }
    (units, bytes)
}

fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn path(name: &str) -> String {
    format!("search/{name}.js")
}

/// A script that hands over one value. JSON is JavaScript, but for what old readers end lines at.
fn script(name: &str, sum: &str, value: &str) -> Vec<u8> {
    let special = ['<', '\u{2028}', '\u{2029}'];
    let mut text = format!("gitsmSearch(\"{name}\",\"{sum}\",");
    for part in value.split_inclusive(special) {
        match part.char_indices().next_back() {
            Some((end, last)) if special.contains(&last) => {
                text.push_str(part.get(..end).unwrap_or_default());
                text.push_str(&format!("\\u{:04x}", u32::from(last)));
            }
            _ => text.push_str(part),
        }
    }
    text.push_str(");\n");
    text.into_bytes()
}
