//! Arguments of `get`.

use std::path::PathBuf;

use clap::Args;

use super::validate::parse_day;
use crate::catalog::LabelSelector;
use crate::output::Template;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm get                                everything, as `gitsm get all`
  gitsm get services                       a kind, in any case and number
  gitsm get svc,teams                      several kinds
  gitsm get service checkout               one entity: a page about it
  gitsm get service/checkout team/payments
  gitsm get checkout                       whatever goes by that name
  gitsm get ci -l tier=gold,zone!=a,pci    by labels, as Kubernetes selects
  gitsm get all --owner team:payments      what a team owns
  gitsm get services -o csv > services.csv
  gitsm get service/checkout -o yaml --at v1.2
  gitsm get services -o jsonpath='{.items[*].metadata.name}'

Exit codes: 0 fine, also if nothing is found; 2 wrong usage, or a name that nothing has; 3 could not
do it.";

/// Arguments of `get`.
#[derive(Debug, Args)]
pub struct Get {
    /// A kind, several with commas between, `all`, KIND/NAME, or a name; after one kind, names
    #[arg(value_name = "KIND|NAME")]
    pub words: Vec<String>,
    /// How to print it; without it a table, or a page if one entity is named
    #[arg(short, long, value_name = "FORMAT", value_parser = parse_output, long_help = OUTPUTS)]
    pub output: Option<GetOutput>,
    /// Only what has these labels: a=b, a!=b, a, !a, 'a in (b,c)' (separate by commas)
    #[arg(short = 'l', long = "selector", value_name = "LABELS", value_parser = parse_selector)]
    pub selectors: Vec<LabelSelector>,
    /// Only what this team or person owns
    #[arg(long, value_name = "REF")]
    pub owner: Option<String>,
    /// Only what is in this namespace
    #[arg(short, long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// Read a revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// Show who is on call, and judge dates, as of noon (UTC) of this day (YYYY-MM-DD; default: now)
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub today: Option<String>,
    /// Folders that hold a catalog, instead of the one around the current folder
    #[arg(long = "in", value_name = "PATH", hide = true)]
    pub paths: Vec<PathBuf>,
}

const OUTPUTS: &str = "\
How to print it

- table: columns that fit the terminal
- wide: more columns, the title, the file and line
- page: all that is worth knowing of one entity
- name: KIND/NAME, one a line
- json: the documents, each with `origin`, which says where it stands; several in `items`
- yaml: the documents as they stand in their files, with comments
- csv: every column, for spreadsheets
- jsonpath=TEMPLATE: as kubectl, such as '{.items[*].metadata.name}'";

/// How to print entities.
#[derive(Debug, Clone)]
pub enum GetOutput {
    /// As a table.
    Table,
    /// As a table with more columns.
    Wide,
    /// As a page.
    Page,
    /// As names.
    Name,
    /// As JSON.
    Json,
    /// As YAML.
    Yaml,
    /// As CSV.
    Csv,
    /// By a template.
    JsonPath(Box<Template>),
}

/// The formats without a template.
const FORMATS: &[(&str, GetOutput)] = &[
    ("table", GetOutput::Table),
    ("wide", GetOutput::Wide),
    ("page", GetOutput::Page),
    ("name", GetOutput::Name),
    ("json", GetOutput::Json),
    ("yaml", GetOutput::Yaml),
    ("csv", GetOutput::Csv),
];

pub(super) fn parse_output(text: &str) -> Result<GetOutput, String> {
    if let Some(template) = text.strip_prefix("jsonpath=") {
        let template = Template::parse(template).map_err(|error| error.to_string())?;
        return Ok(GetOutput::JsonPath(Box::new(template)));
    }
    let known = FORMATS.iter().find(|(name, _)| *name == text);
    known.map(|(_, output)| output.clone()).ok_or_else(|| {
        let names: Vec<&str> = FORMATS.iter().map(|(name, _)| *name).collect();
        format!("the formats are {} and jsonpath=TEMPLATE", names.join(", "))
    })
}

fn parse_selector(text: &str) -> Result<LabelSelector, String> {
    LabelSelector::parse(text).map_err(|error| error.to_string())
}
