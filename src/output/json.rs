//! `findings/1`: findings for programs. Minor changes only add fields.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::View;
use crate::finding::{Finding, Label, Summary};
use crate::source::Place;

/// The most places that a finding names beside its primary one.
pub(super) const MOST_PLACES: usize = 5;

/// All findings of one run.
#[derive(Debug, Serialize, JsonSchema)]
struct Findings<'a> {
    /// `findings/1`.
    #[schemars(extend("const" = "findings/1"))]
    format: &'static str,
    /// What was looked at, and how much was found.
    summary: Counts,
    /// The findings, sorted by file, place and code.
    findings: Vec<FindingJson<'a>>,
}

/// What was looked at, and how much was found.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Counts {
    /// Entities that were read.
    entities: usize,
    /// Documents that were meant to be entities.
    documents: usize,
    /// YAML files that were looked at.
    files: usize,
    /// YAML files in which nothing belongs to a known group.
    passed_over: usize,
    /// Documents that are templates of entities.
    templates: usize,
    /// Findings that must be put right.
    errors: usize,
    /// Findings that should be looked at.
    warnings: usize,
    /// Findings that are worth knowing.
    notes: usize,
    /// With `--since`: findings that were left out because they are not new.
    known: Option<usize>,
}

/// A finding. Lines and columns count from 1, columns in Unicode scalar values; the end is
/// exclusive.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FindingJson<'a> {
    /// The stable name of what was found; `gitsm explain CODE` tells more.
    code: &'static str,
    /// How bad it is.
    #[schemars(extend("enum" = ["error", "warning", "note"]))]
    severity: &'static str,
    /// What is wrong, in one phrase.
    headline: &'a str,
    /// The file, relative to the repository.
    file: &'a str,
    /// The first line.
    line: u32,
    /// The first column.
    column: u32,
    /// The last line.
    end_line: u32,
    /// One past the last column.
    end_column: u32,
    /// The canonical reference of the entity, if it is in one.
    entity: Option<&'a str>,
    /// The JSON Pointer (RFC 6901) of the value.
    pointer: &'a str,
    /// What makes it the same finding in another revision, in hexadecimal.
    fingerprint: String,
    /// What to write instead.
    help: Option<&'a str>,
    /// Other places that help to understand it, and the first five further places at which the
    /// same is so.
    labels: Vec<LabelJson<'a>>,
    /// At how many places it is so.
    occurrences: usize,
    /// A change that puts it right.
    fix: Option<FixJson<'a>>,
}

/// A place, and what is to be seen there.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LabelJson<'a> {
    /// The file, relative to the repository.
    file: &'a str,
    /// The first line.
    line: u32,
    /// The first column.
    column: u32,
    /// The last line.
    end_line: u32,
    /// One past the last column.
    end_column: u32,
    /// What is to be seen there.
    text: &'a str,
}

/// A change of one file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FixJson<'a> {
    /// What it does.
    title: &'a str,
    /// The file, relative to the repository.
    file: &'a str,
    /// The first line that is replaced.
    line: u32,
    /// The first column that is replaced.
    column: u32,
    /// The last line that is replaced.
    end_line: u32,
    /// One past the last column that is replaced.
    end_column: u32,
    /// What to put there.
    replacement: &'a str,
}

pub(super) fn emit(view: &View<'_>) -> String {
    let Summary { entities, documents, files, passed_over, templates, errors, warnings, notes } =
        view.report.summary.clone();
    let known = view.report.known;
    let counts = Counts {
        entities,
        documents,
        files,
        passed_over,
        templates,
        errors,
        warnings,
        notes,
        known,
    };
    let findings = view.report.findings.iter().map(finding).collect();
    let whole = Findings { format: "findings/1", summary: counts, findings };
    // Values of strings and numbers always serialise.
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

fn finding(finding: &Finding) -> FindingJson<'_> {
    let place = &finding.at.place;
    let labels = finding.labels.iter().map(|Label { place, text }| label(place, text));
    let more = finding.more.iter().take(MOST_PLACES).map(|at| label(&at.place, "also here"));
    FindingJson {
        code: finding.code.name,
        severity: finding.severity.as_str(),
        headline: &finding.headline,
        file: &place.file.path,
        line: place.start.line,
        column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
        entity: finding.at.entity.as_deref(),
        pointer: &finding.at.pointer,
        fingerprint: finding.at.fingerprint.to_string(),
        help: finding.help.as_deref(),
        labels: labels.chain(more).collect(),
        occurrences: finding.more.len() + 1,
        fix: finding.fix.as_ref().map(|fix| FixJson {
            title: &fix.title,
            file: &fix.place.file.path,
            line: fix.place.start.line,
            column: fix.place.start.column,
            end_line: fix.place.end.line,
            end_column: fix.place.end.column,
            replacement: &fix.replacement,
        }),
    }
}

fn label<'a>(place: &'a Place, text: &'a str) -> LabelJson<'a> {
    LabelJson {
        file: &place.file.path,
        line: place.start.line,
        column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
        text,
    }
}

/// The JSON Schema of `findings/1`.
pub fn schema() -> Value {
    schema_of::<Findings<'_>>("findings/1", "findings-1")
}

/// The JSON Schema of what a type prints: its title is the format's name, and it is published under
/// a file's name.
pub(super) fn schema_of<T: JsonSchema>(title: &str, file: &str) -> Value {
    let settings = schemars::generate::SchemaSettings::draft07();
    let generator = settings.with(|settings| settings.inline_subschemas = true).into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    unwrap_lines(&mut schema);
    if let Some(object) = schema.as_object_mut() {
        let id = format!("https://gitsm.dev/schemas/{file}.schema.json");
        object.insert("$id".to_owned(), id.into());
        object.insert("title".to_owned(), title.into());
    }
    schema
}

/// Doc comments are wrapped, descriptions are not.
fn unwrap_lines(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\n') => *text = text.replace('\n', " "),
        Value::Array(items) => items.iter_mut().for_each(unwrap_lines),
        Value::Object(object) => object.values_mut().for_each(unwrap_lines),
        _ => {}
    }
}
