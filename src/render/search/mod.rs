//! The index behind the search box: classic scripts that `search.js` loads when it needs them.
//!
//! A site may lie in a folder (`file://`), where a page can load scripts and nothing else. So the
//! index is cut into small scripts, each of which hands one value to `gitsmSearch`:
//!
//! - `search/engine.js`: what searches; the box of a page (`assets/search.js`) loads it first;
//! - `search/manifest.js`: the kinds, and which shard begins with what;
//! - `search/tNAME.js`: a stretch of all terms in order, each with the documents that hold it;
//! - `search/wNAME.js`: a stretch of the words alone, which is read when a word is mistyped;
//! - `search/rNAME.js`: what is shown of a stretch of documents.
//!
//! A document's number is its place by weight, then name, so that the smallest numbers are the
//! best results and ties need no further data. Shards end where a checksum of what comes next
//! says so, not after so many bytes: an edit changes the shards that it touches, never those
//! behind them. Begin at [`index`]; `terms` collects, `shards` cuts and writes, `words` says what
//! a word is, the same way as `engine.js` does.

mod shards;
mod terms;
#[cfg(test)]
mod tests;
mod words;

/// What reads the index; it goes with it, so that both always fit.
const ENGINE: &str = include_str!("engine.js");

/// One page that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Where the page is, from the site's root: `service/checkout.html`. Its first folder
    /// restricts a search, as in `service:checkout`.
    pub path: String,
    /// What it is, as it is shown: `Service`. Without blanks it restricts a search too.
    pub kind: String,
    /// The name, which is the best thing to find a page by.
    pub name: String,
    /// The title, if it has one.
    pub title: Option<String>,
    /// What else it can be found by: owner, tags, aliases, description, in plain words.
    pub words: String,
    /// Among results that fit equally well, the larger weight comes first.
    pub weight: u8,
}

/// The files of the index, by path from the site's root, sorted.
///
/// The same documents give the same bytes, in whatever order they come.
#[must_use]
pub fn index(documents: &[Document]) -> Vec<(String, Vec<u8>)> {
    let ordered = order(documents);
    let kinds = kinds(&ordered);
    let terms = terms::collect(&ordered);
    let mut files = shards::write(&kinds, &terms, &ordered);
    files.push(("search/engine.js".to_owned(), ENGINE.as_bytes().to_vec()));
    files.sort_unstable();
    files
}

/// A kind, and the words that restrict a search to it.
struct Kind {
    shown: String,
    keys: Vec<String>,
}

/// By weight, then by name, then by path.
fn order(documents: &[Document]) -> Vec<&Document> {
    let mut keyed: Vec<(u8, String, &Document)> = documents
        .iter()
        .map(|document| (u8::MAX - document.weight, words::whole(&document.name), document))
        .collect();
    keyed.sort_unstable_by(|a, b| {
        (a.0, &a.1, &a.2.name, &a.2.path).cmp(&(b.0, &b.1, &b.2.name, &b.2.path))
    });
    keyed.into_iter().map(|(_, _, document)| document).collect()
}

fn kinds(documents: &[&Document]) -> Vec<Kind> {
    let mut shown: Vec<&str> = documents.iter().map(|document| document.kind.as_str()).collect();
    shown.sort_unstable();
    shown.dedup();
    let mut kinds: Vec<Kind> =
        shown.into_iter().map(|kind| Kind { shown: kind.to_owned(), keys: Vec::new() }).collect();
    for document in documents {
        let Ok(at) = kinds.binary_search_by(|kind| kind.shown.as_str().cmp(&document.kind)) else {
            continue;
        };
        if let Some(kind) = kinds.get_mut(at) {
            for key in keys(document) {
                if !kind.keys.contains(&key) {
                    kind.keys.push(key);
                }
            }
        }
    }
    for kind in &mut kinds {
        kind.keys.sort_unstable();
    }
    kinds
}

/// The words before a colon that restrict a search to documents such as this one.
fn keys(document: &Document) -> Vec<String> {
    let folder = document.path.split_once('/').map_or("", |(folder, _)| folder);
    let mut keys = vec![words::whole(&document.kind), words::whole(folder)];
    keys.dedup();
    keys.retain(|key| !key.is_empty());
    keys
}
