//! Where free text speaks of an entity: descriptions, steps of runbooks, conditions, comments,
//! Markdown pages, CODEOWNERS.
//!
//! A mention is a name that says which kind it means, such as `service:checkout` or
//! `service/checkout`; in the condition of a policy also a name in quotes, and in CODEOWNERS a team
//! behind an organisation. A word alone is none. [`scan`] reads each file once and parses none.

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use super::init::codeowners;
use super::workspace::Workspace;
use crate::catalog::Catalog;
use crate::model::kind_named;
use crate::source::{File, Source, Span};
use crate::tree::{Entry, EntryKind};

/// The largest file that is searched.
const LARGEST: u64 = 8 << 20;

/// Endings of pages that people write beside a catalog.
const PAGES: &[&str] = &[".md", ".markdown", ".mdx", ".adoc", ".rst"];

/// A name that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The family.
    pub(super) family: String,
    /// The namespace.
    pub(super) namespace: String,
    /// The name, in lower case.
    pub(super) name: String,
}

/// How a name stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// With its kind.
    Named,
    /// Alone, in quotes: a mention only where conditions are written.
    Quoted,
}

/// A place where a text may speak of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) span: Span,
    pub(super) form: Form,
}

/// A file that speaks of an entity.
pub(super) struct Speaking {
    pub(super) source: Source,
    pub(super) hits: Vec<Hit>,
}

/// Searches the files of a catalog, and the pages and CODEOWNERS beside it.
pub(super) fn scan(workspace: &Workspace, catalog: &Catalog, wanted: &[Wanted]) -> Vec<Speaking> {
    let names = wanted.iter().map(|one| one.name.as_str());
    let search = AhoCorasick::builder().ascii_case_insensitive(true).build(names);
    let Ok(search) = search else { return Vec::new() };
    let tree = workspace.tree.as_ref();
    let entries = tree.entries();
    let known = |path: &str| entries.binary_search_by(|one| one.path.as_str().cmp(path)).ok();
    let own = catalog.files.iter().filter_map(|record| {
        let entry = entries.get(known(&record.file.path)?)?;
        (entry.kind == EntryKind::File).then(|| entry.clone())
    });
    let pages = pages(workspace).into_iter();
    let pages = pages.map(|path| Entry { path, kind: EntryKind::File, id: None });
    let files: Vec<Entry> = own.chain(pages).collect();
    let look = |entry: &Entry| {
        let content = tree.read(entry, LARGEST).ok()?;
        // Most files do not hold the name at all.
        search.find(&content.bytes)?;
        let text = String::from_utf8(content.bytes).ok()?;
        let source = Source::new(File::local(entry.path.clone()), text);
        let is_owners = entry.path.ends_with("CODEOWNERS");
        let hit = |found: aho_corasick::Match| {
            let one = wanted.get(found.pattern().as_usize())?;
            one.hit(source.text(), found.range(), is_owners)
        };
        // A name may stand within another.
        let mut hits: Vec<Hit> =
            search.find_overlapping_iter(source.text()).filter_map(hit).collect();
        hits.sort_by_key(|hit| hit.span.start);
        hits.dedup_by_key(|hit| hit.span);
        (!hits.is_empty()).then_some(Speaking { source, hits })
    };
    files.par_iter().filter_map(look).collect()
}

/// Pages in the folder of the catalog, and the files that say who owns files.
fn pages(workspace: &Workspace) -> Vec<String> {
    let Ok(mut files) = workspace.tree.files() else { return Vec::new() };
    let folder = match workspace.config.folder.as_str() {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    files.retain(|path| {
        let lower = path.to_ascii_lowercase();
        let is_page = PAGES.iter().any(|ending| lower.ends_with(ending));
        (is_page && path.starts_with(&folder)) || codeowners::PATHS.contains(&path.as_str())
    });
    files
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.".contains(c)
}

/// The run of characters of names at the end of a text, and what stands before it.
fn word_before(text: &str) -> (&str, &str) {
    let kept = text.trim_end_matches(is_name_char);
    (kept, text.get(kept.len()..).unwrap_or_default())
}

impl Wanted {
    fn hit(&self, text: &str, at: std::ops::Range<usize>, is_owners: bool) -> Option<Hit> {
        let (before, after) = (text.get(..at.start)?, text.get(at.end..)?);
        let mut rest = after.chars();
        let ends = match rest.next() {
            // A sentence may end behind a name.
            Some('.') => !rest.next().is_some_and(is_name_char),
            Some(c) => !is_name_char(c) && c != '/',
            None => true,
        };
        if !ends {
            return None;
        }
        let quote = before.chars().next_back().filter(|c| "\"'`".contains(*c));
        if quote.is_some() && quote == after.chars().next() {
            return Some(Hit { span: Span::new(at.start, at.end), form: Form::Quoted });
        }
        let start = self.prefix(before, is_owners)?;
        Some(Hit { span: Span::new(start, at.end), form: Form::Named })
    }

    /// Where the kind of a name begins that stands right behind `before`.
    fn prefix(&self, before: &str, is_owners: bool) -> Option<usize> {
        let is_kind = |word: &str| kind_named(word).is_some_and(|kind| kind.family == self.family);
        let begins = |before: &str| !before.ends_with(['/', '@', ':', '\\', '$']);
        if let Some(before) = before.strip_suffix(':') {
            let (before, word) = word_before(before);
            return (is_kind(word) && begins(before)).then_some(before.len());
        }
        let (before, word) = word_before(before.strip_suffix('/')?);
        if is_owners && self.family == "team" && before.ends_with('@') {
            return Some(before.len() - 1);
        }
        if let Some(before) = before.strip_suffix(':')
            && word.eq_ignore_ascii_case(&self.namespace)
        {
            let (before, word) = word_before(before);
            return (is_kind(word) && begins(before)).then_some(before.len());
        }
        (is_kind(word) && begins(before)).then_some(before.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, family: &str, is_owners: bool) -> Vec<String> {
        let wanted =
            Wanted { family: family.into(), namespace: "default".into(), name: "pay".into() };
        let all = text.match_indices("pay").filter_map(|(at, name)| {
            let hit = wanted.hit(text, at..at + name.len(), is_owners)?;
            Some(format!("{:?} {}", hit.form, text.get(hit.span.range())?))
        });
        all.collect()
    }

    #[test]
    fn a_name_counts_with_its_kind_and_as_a_whole() {
        for text in
            ["see team:pay.", "Group:default/pay,", "(teams/pay)", "group:pay\n", "team:pay"]
        {
            assert_eq!(found(text, "team", false).len(), 1, "{text}");
        }
        for text in [
            "pay",
            "team:pay-2",
            "team:pay.x",
            "service:pay",
            "team:other/pay",
            "https://x/team/pay",
            "teams/pay.yaml",
            "team:repay",
            "@acme/pay",
        ] {
            assert_eq!(found(text, "team", false), [] as [String; 0], "{text}");
        }
    }

    #[test]
    fn conditions_and_owners_of_files_write_names_otherwise() {
        assert_eq!(found("x == 'pay'", "team", false), ["Quoted pay"]);
        assert_eq!(found("* @acme/pay @pay", "team", true), ["Named @acme/pay"]);
        assert_eq!(found("* @acme/pay", "service", true), [] as [String; 0]);
    }
}
