//! `init`: a catalog to begin with, or what a catalog of Backstage's still needs.
//!
//! What is there is never changed. Begin with [`init`]; the files are the tables of `starter.rs`,
//! `adopt.rs` makes documents for a catalog that is there, `plan.rs` leaves out what does not fit.

mod adopt;
pub(super) mod codeowners;
mod plan;
mod starter;
mod survey;

use std::path::{Path, PathBuf};

pub use plan::Undecided;
pub use starter::{PACKS, Pack, pack_named};

use super::workspace::{Place, Workspace, WorkspaceError};
use crate::config::{Config, settings_schema};
use crate::git::{GitError, Mode};
use crate::model::{combined_schema, parse_reference};
use crate::output::{CreateError, Standing, create, standing};
use crate::source::{File, Source};
use crate::tree::{Entry, EntryKind};
use crate::yaml::emit::EmitError;
use plan::{Document, by_hand, misfits};
use starter::{OWNER, Template};
use survey::Survey;

/// What to begin with, and where.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where the user stands.
    pub current: PathBuf,
    /// The folder; it need not be there.
    pub path: Option<PathBuf>,
    /// Whether to add what a catalog of Backstage's needs.
    pub adopt: bool,
    /// What to add besides.
    pub packs: Vec<&'static Pack>,
    /// The team that owns what packs add, where it is not the starter's.
    pub owner: Option<String>,
    /// Whether to write nothing.
    pub dry_run: bool,
}

/// What was done.
#[derive(Debug, Default)]
pub struct Initialised {
    /// Each file, in the order in which they are written.
    pub files: Vec<Outcome>,
    /// What only people can know.
    pub undecided: Vec<Undecided>,
    /// How many documents were there, if the examples are left out because of them.
    pub examples_left_out: Option<usize>,
    /// How many of them are Backstage's, if that was not asked for.
    pub backstage: Option<usize>,
    /// Whether documents were left out because nobody said who owns them.
    pub needs_owner: bool,
    /// Whether hooks were written below the top of the repository, where nothing reads them.
    pub hooks_unread: bool,
}

/// What became of a file.
#[derive(Debug)]
pub struct Outcome {
    /// Its path below the folder.
    pub path: String,
    /// What became of it.
    pub became: Became,
    /// What its keeper may want to do by hand.
    pub by_hand: Vec<String>,
}

/// What became of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Became {
    /// It is new, and what it is.
    Written(String),
    /// Something was there.
    Kept(&'static str),
    /// It would not fit, and why.
    LeftOut(String),
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is nothing to look at.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The path is no folder.
    #[error("{0} is no folder")]
    NoFolder(PathBuf),
    /// A repository without files.
    #[error("this repository has no files to write to: it is bare")]
    Bare,
    /// There is nothing to adopt.
    #[error("there is no Backstage entity here")]
    NoBackstage,
    /// The owner is not in the catalog.
    #[error("there is no Team or Group `{0}` in this catalog")]
    NoOwner(String),
    /// A file cannot be written.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// A document cannot be put into words.
    #[error(transparent)]
    Emit(#[from] EmitError),
}

impl From<GitError> for InitError {
    fn from(error: GitError) -> Self {
        Self::Workspace(error.into())
    }
}

impl InitError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Workspace(error) => error.is_usage(),
            Self::NoFolder(_) | Self::Bare | Self::NoBackstage | Self::NoOwner(_) => true,
            Self::Create(_) | Self::Emit(_) => false,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Workspace(error) => error.hint(),
            Self::NoFolder(_) => Some("name a folder; it need not be there"),
            Self::Bare => Some("clone it, and run this in the clone"),
            Self::NoBackstage => Some("`gitsm init` alone begins a catalog"),
            Self::NoOwner(_) => Some("name one that a document defines, such as `group:payments`"),
            Self::Create(error) => error.hint(),
            Self::Emit(_) => None,
        }
    }
}

/// Begins a catalog, or adds to one.
///
/// # Errors
///
/// The folder cannot be read or written, or what was asked for does not fit it. If a file cannot
/// be written because of what stands in its way, none is.
pub fn init(request: &Request) -> Result<Initialised, InitError> {
    let ground = Ground::open(request)?;
    let mut done = Initialised::default();
    let backstage = ground.survey.backstage();
    if request.adopt && backstage == 0 {
        return Err(InitError::NoBackstage);
    }
    done.backstage = Some(backstage).filter(|count| *count > 0 && !request.adopt);
    let base = if backstage > 0 { "gitsm" } else { "catalog" };
    let wiring = ground.wiring(backstage > 0);
    let mut documents = Vec::new();
    if request.adopt {
        let adopted = adopt::adopt(&ground.survey, ground.code_owners().as_ref())?;
        documents.extend(adopted.documents);
        done.undecided = adopted.undecided;
    } else if ground.survey.facts.is_empty() {
        documents.extend(starter::DOCUMENTS.iter().map(|one| document(one, OWNER)));
    } else {
        done.examples_left_out = Some(ground.survey.facts.len());
    }
    let owner = owner(request, &ground.survey)?;
    for pack in PACKS.iter().filter(|pack| request.packs.iter().any(|one| one.name == pack.name)) {
        documents.extend(pack.documents.iter().map(|one| document(one, &owner)));
    }
    for document in &mut documents {
        document.path = format!("{base}/{}", document.path);
    }
    done.files = ground.outcomes(&wiring, &documents)?;
    ground.warn_of_roots(&mut done.files, &documents, base);
    let left_out =
        |file: &Outcome| matches!(&file.became, Became::LeftOut(why) if why.contains(OWNER));
    done.needs_owner = !request.packs.is_empty() && done.files.iter().any(left_out);
    let new = |file: &&Outcome| matches!(file.became, Became::Written(_));
    let hooks = done.files.iter().filter(new).any(|file| file.path == starter::HOOKS);
    done.hooks_unread = hooks && ground.within();
    // Whatever stands in the way was looked at above: it is all or nothing.
    let all = wiring.iter().chain(&documents);
    for file in all.filter(|_| !request.dry_run) {
        let Some(outcome) = done.files.iter_mut().find(|one| one.path == file.path) else {
            continue;
        };
        let new = matches!(outcome.became, Became::Written(_));
        if new && !create(&ground.folder, &file.path, file.text.as_bytes())? {
            outcome.became = Became::Kept(THERE);
        }
    }
    Ok(done)
}

const THERE: &str = "it is there already";

fn document(template: &Template, owner: &str) -> Document {
    let text = match owner == OWNER {
        true => template.text.into(),
        false => template.text.replace(OWNER, owner).into(),
    };
    Document { path: template.path.to_owned(), what: template.what.to_owned(), text }
}

/// Who owns what packs add: a reference that can stand in a document as it is.
fn owner(request: &Request, survey: &Survey) -> Result<String, InitError> {
    let Some(written) = &request.owner else { return Ok(OWNER.to_owned()) };
    let reference = parse_reference(written, Some("Team"), "default").ok();
    let found = reference
        .filter(|reference| reference.prefix() == "team")
        .and_then(|reference| survey.facts.iter().find(|fact| fact.reference == reference));
    found.map(survey::Fact::shown).ok_or_else(|| InitError::NoOwner(written.clone()))
}

/// The folder, and what is in it.
struct Ground {
    folder: PathBuf,
    /// The folder below the top of its tree, with `/` at its end.
    prefix: String,
    workspace: Option<Workspace>,
    survey: Survey,
}

impl Ground {
    fn open(request: &Request) -> Result<Self, InitError> {
        let path = request.path.clone().unwrap_or_else(|| PathBuf::from("."));
        let folder = request.current.join(&path);
        if !folder.exists() {
            let (prefix, survey) = (String::new(), Survey::default());
            return Ok(Self { folder, prefix, workspace: None, survey });
        }
        if !folder.is_dir() {
            return Err(InitError::NoFolder(path));
        }
        let place =
            Place { current: request.current.clone(), paths: vec![path], ..Place::default() };
        let workspace = Workspace::open(&place)?;
        if workspace.repository.as_ref().is_some_and(|git| git.workdir().is_none()) {
            return Err(InitError::Bare);
        }
        let prefix = match workspace.name.as_str() {
            "." => String::new(),
            name => format!("{name}/"),
        };
        let survey = Survey::of(workspace.tree.as_ref(), &workspace.config)?;
        Ok(Self { folder, prefix, workspace: Some(workspace), survey })
    }

    fn within(&self) -> bool {
        let git = self.workspace.as_ref().and_then(|workspace| workspace.repository.as_ref());
        git.is_some() && !self.prefix.is_empty()
    }

    /// What every repository of a catalog has, whatever is in it.
    fn wiring(&self, backstage: bool) -> Vec<Document> {
        let settings = match self.survey.facts.is_empty() {
            true => &starter::SETTINGS,
            false => &starter::SETTINGS_ADOPTED,
        };
        let editor = match backstage {
            true => &starter::EDITOR_SETTINGS_ADOPTED,
            false => &starter::EDITOR_SETTINGS,
        };
        let schema = |path: &str, what: &str, schema: serde_json::Value| Document {
            path: path.to_owned(),
            what: what.to_owned(),
            text: format!("{schema:#}\n").into(),
        };
        let mut wiring = vec![
            document(settings, OWNER),
            schema(starter::SCHEMA, "the schema of every kind, for editors", combined_schema()),
            schema(starter::CONFIG_SCHEMA, "the schema of gitsm.yaml", settings_schema()),
            document(editor, OWNER),
        ];
        wiring.extend(starter::WIRING.iter().map(|one| document(one, OWNER)));
        wiring
    }

    /// The text of a file of the tree; nothing if it is none, or a link.
    fn text(&self, path: &str) -> Option<Source> {
        let workspace = self.workspace.as_ref()?;
        (workspace.tree.mode(path)? == Mode::File).then(|| workspace.text(path))?
    }

    /// CODEOWNERS, at the top of the repository, where GitHub reads it.
    fn code_owners(&self) -> Option<Source> {
        let tree = self.workspace.as_ref()?.tree.as_ref();
        let path = codeowners::PATHS.iter().find(|path| tree.mode(path) == Some(Mode::File))?;
        let entry = Entry { path: (*path).to_owned(), kind: EntryKind::File, id: None };
        let content = tree.read(&entry, codeowners::LIMIT).ok()?;
        let text = String::from_utf8_lossy(&content.bytes).into_owned();
        Some(Source::new(File::local(*path), text))
    }

    /// What is to become of each file.
    fn outcomes(
        &self,
        wiring: &[Document],
        documents: &[Document],
    ) -> Result<Vec<Outcome>, InitError> {
        let new =
            |file: &&Document| standing(&self.folder, &file.path).ok() == Some(Standing::Nothing);
        let candidates: Vec<&Document> = documents.iter().filter(new).collect();
        let misfits = misfits(&self.survey.catalog, &candidates)?;
        let outcome = |file: &Document| {
            let became = match standing(&self.folder, &file.path)? {
                Standing::Nothing => match misfits.get(&file.path) {
                    Some(reason) => Became::LeftOut(reason.clone()),
                    None => Became::Written(file.what.clone()),
                },
                Standing::File => Became::Kept(THERE),
                Standing::Link => Became::Kept("it is a link, and gitsm writes through none"),
                Standing::Other => Became::Kept("it is there already, and is no file"),
            };
            let is = self.text(&format!("{}{}", self.prefix, file.path));
            let by_hand = is.map(|is| by_hand(&file.path, is.text(), &file.text));
            Ok(Outcome { path: file.path.clone(), became, by_hand: by_hand.unwrap_or_default() })
        };
        wiring.iter().chain(documents).map(outcome).collect()
    }

    /// Says so if the `gitsm.yaml` that stays leaves out what is written.
    fn warn_of_roots(&self, files: &mut [Outcome], documents: &[Document], base: &str) {
        let Some(workspace) = &self.workspace else { return };
        let config: &Config = &workspace.config;
        let unread = |file: &Document| !config.covers(&format!("{}{}", self.prefix, file.path));
        let settings = files.iter_mut().find(|file| file.path == crate::config::FILE_NAME);
        if let (true, Some(settings)) = (config.exists && documents.iter().any(unread), settings) {
            settings.by_hand.push(format!("add `{base}` to `roots`, or it is not read"));
        }
    }
}

/// Whether a folder can be typed into any shell as it is.
pub fn is_plain(path: &Path) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    path.to_str().is_some_and(|text| !text.starts_with('-') && text.chars().all(plain))
}
