//! Files that cannot be read, and texts that are not YAML.

use std::sync::Arc;

use super::at::{of_file, quoted};
use super::{MOST, Whole, codes};
use crate::catalog::{FileFault, FileView, is_catalog_info};
use crate::finding::{Code, Finding, Fingerprint, Occurrence};
use crate::source::{File, Span};
use crate::yaml::{Problem, ProblemKind};

/// Says why a file that should hold entities is no text.
pub(super) fn fault(file: &Arc<File>, fault: &FileFault) -> Finding {
    match fault {
        FileFault::Unreadable(reason) => {
            let headline = format!("this cannot be read: {reason}");
            of_file(&codes::FILE_UNREADABLE, file, reason, headline)
                .help("make it a regular file that the user who runs gitsm can read")
        }
        FileFault::TooLarge(size, limit) => {
            let headline =
                format!("this file has {} MB; a catalog file may have {}", size >> 20, limit >> 20);
            of_file(&codes::FILE_TOO_LARGE, file, &size.to_string(), headline)
                .help("split it; a long API definition belongs in a file of its own, by `$text`")
        }
        FileFault::Encoding(at) => {
            let headline = format!("this file is not UTF-8 text (from byte {at} on)");
            of_file(&codes::FILE_ENCODING, file, &at.to_string(), headline)
                .help("save it as UTF-8: YAML 1.2 and Backstage read nothing else reliably")
        }
        FileFault::LfsPointer => {
            let headline = "this is a Git LFS pointer and not the document itself";
            of_file(&codes::FILE_LFS_POINTER, file, "", headline)
                .help("fetch it (`git lfs pull`), or keep catalog files out of LFS")
        }
        FileFault::LinkOutside(target) => {
            let headline = format!("this link leads out of the repository, to {}", quoted(target));
            of_file(&codes::LINK_OUTSIDE, file, target, headline)
                .help("gitsm does not follow it; put the file itself into the repository")
        }
    }
}

/// What is wrong with a text before anybody asks what it means.
pub(super) fn check_text(view: &FileView<'_>, findings: &mut Vec<Finding>) {
    let path = &view.source.file().path;
    if is_catalog_info(path) && view.documents.is_empty() && view.problems.is_empty() {
        let headline = "this file holds no entity";
        findings.push(
            of_file(&codes::ENVELOPE_MISSING, view.source.file(), "", headline)
                .help("write one, or remove the file: Backstage looks for entities in it"),
        );
    }
    findings.extend(view.problems.iter().take(MOST).map(|problem| text_problem(view, problem)));
}

/// Says so when a file has more findings than are told.
pub(super) fn check_count(view: &FileView<'_>, findings: &mut Vec<Finding>) {
    if findings.len() < MOST {
        return;
    }
    findings.truncate(MOST);
    let headline = format!("this file has more than {MOST} findings; the rest is not told");
    let file = view.source.file();
    findings.push(
        of_file(&codes::YAML_LIMIT, file, "findings", headline).help("start with those that are"),
    );
}

fn text_problem(view: &FileView<'_>, problem: &Problem) -> Finding {
    let (code, headline, help): (&'static Code, String, &str) = match &problem.kind {
        ProblemKind::Syntax(message) => {
            (&codes::YAML_SYNTAX, format!("this is not YAML: {message}"), syntax_help(message))
        }
        ProblemKind::TabIndent => (
            &codes::YAML_SYNTAX,
            format!("this is not YAML: {}", problem.kind),
            "indent with spaces",
        ),
        ProblemKind::Control(_) => (
            &codes::YAML_SYNTAX,
            format!("this is not YAML: {}", problem.kind),
            "remove it, or write it as an escape in double quotes",
        ),
        ProblemKind::DuplicateKey { key, .. } => (
            &codes::YAML_DUPLICATE_KEY,
            format!("the key {} stands twice in one mapping", quoted(key)),
            duplicate_help(key),
        ),
        ProblemKind::TooDeep => {
            (&codes::YAML_LIMIT, "this nests too deep".to_owned(), "a document may nest 128 deep")
        }
        ProblemKind::AliasBudget => (
            &codes::YAML_LIMIT,
            "the aliases of this document expand to too many values".to_owned(),
            "write the values out, or use fewer aliases of aliases",
        ),
        ProblemKind::RecursiveAlias => (
            &codes::YAML_LIMIT,
            "this alias stands inside the value that it repeats".to_owned(),
            "a value cannot contain itself: write out what is meant",
        ),
        ProblemKind::TooManyValues => (
            &codes::YAML_LIMIT,
            "this file holds too many values".to_owned(),
            "split it into several files",
        ),
        ProblemKind::TooManyDocuments => (
            &codes::YAML_LIMIT,
            "this file holds too many documents".to_owned(),
            "split it into several files",
        ),
    };
    let place = view.source.place(shown(view, problem));
    let value = match &problem.kind {
        ProblemKind::DuplicateKey { key, .. } => key.as_str(),
        ProblemKind::Syntax(message) => message.as_str(),
        _ => "",
    };
    let subject = &view.source.file().path;
    let identity = problem.document.to_string();
    let occurrence = Occurrence {
        fingerprint: Fingerprint::of(code.name, subject, &identity, value),
        entity: None,
        pointer: String::new(),
        place,
    };
    let finding = Finding::new(code, code.severity, occurrence, headline).help(help);
    match &problem.kind {
        ProblemKind::DuplicateKey { first, .. } => {
            finding.mark("again here").label(view.source.place(*first), "first here")
        }
        _ => finding,
    }
}

/// The character at a mark, so that there is something to underline; at the end of a text or on a
/// blank line, the last one before it.
fn shown(view: &FileView<'_>, problem: &Problem) -> Span {
    if !problem.span.is_empty() {
        return problem.span;
    }
    let at = problem.span.start as usize;
    let rest = view.source.text().get(at..).unwrap_or_default();
    match rest.chars().next().filter(|c| !c.is_whitespace()) {
        Some(c) => Span::new(at, at + c.len_utf8()),
        None => {
            let before = view.source.text().get(..at).unwrap_or_default().trim_end();
            let width = before.chars().next_back().map_or(0, char::len_utf8);
            Span::new(before.len() - width, before.len())
        }
    }
}

fn syntax_help(message: &str) -> &'static str {
    if message.contains("mapping values are not allowed") {
        "put the value in quotes if it contains `: `, or check the indentation of this line"
    } else if message.contains("quoted scalar") {
        "close the quote"
    } else if message.contains("anchor") {
        "anchors (`&name`) must stand before their aliases (`*name`), in the same document"
    } else if message.contains("unexpected character") || message.contains("unexpected end") {
        "put the value in quotes"
    } else {
        "check the indentation and the quotes of this line and the one before"
    }
}

fn duplicate_help(key: &str) -> &'static str {
    match key {
        "apiVersion" | "kind" | "metadata" | "spec" => {
            "put `---` on a line of its own between two documents, or remove one of the two"
        }
        _ => "remove one of the two: a reader keeps only one of them, and not always the same",
    }
}

/// A catalog of nothing is never a success: it is what a wrong path looks like.
pub(super) fn check_empty(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.documents + whole.catalog.templates > 0 {
        return;
    }
    let file = File::local(whole.place);
    let files = whole.catalog.files.len();
    let headline = match files {
        0 => "there is no YAML file here".to_owned(),
        1 => "there is one YAML file here, and no entity in it".to_owned(),
        _ => format!("there are {files} YAML files here, and no entity in them"),
    };
    findings.push(
        of_file(&codes::CATALOG_EMPTY, &file, "", headline)
            .help("see what was passed over and why: gitsm validate --list-files"),
    );
}
