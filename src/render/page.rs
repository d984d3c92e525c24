//! What a page holds: blocks under headings, and their parts. HTML and Markdown are written of the
//! same page.

use super::address::Address;
use crate::output::{Line, Outline, Said};

/// A page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it stands.
    pub address: Address,
    /// The template that lays it out.
    pub template: &'static str,
    /// What it is about, such as `Service`; nothing on pages about no single thing.
    pub kind: Option<String>,
    /// Its heading.
    pub title: String,
    /// The reference of its entity, as people type it.
    pub reference: Option<String>,
    /// The pages above it.
    pub crumbs: Vec<(String, Address)>,
    /// What is told at once: life cycle, criticality.
    pub badges: Vec<Badge>,
    /// What it is, in Markdown.
    pub lead: Option<String>,
    /// What must be known first.
    pub notes: Vec<String>,
    /// What stands first on a phone, and beside the body on a desk.
    pub first: Vec<Block>,
    /// The body.
    pub body: Vec<Block>,
    /// What stands last on a phone, and beside the body on a desk.
    pub last: Vec<Block>,
}

impl Page {
    /// A page with nothing on it yet.
    pub fn new(address: Address, template: &'static str, title: impl Into<String>) -> Self {
        Self {
            address,
            template,
            kind: None,
            title: title.into(),
            reference: None,
            crumbs: Vec::new(),
            badges: Vec::new(),
            lead: None,
            notes: Vec::new(),
            first: Vec::new(),
            body: Vec::new(),
            last: Vec::new(),
        }
    }

    /// Its blocks in the order in which they are read.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.first.iter().chain(&self.body).chain(&self.last)
    }
}

/// A word that is told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// The word.
    pub text: String,
    /// How good that is.
    pub tone: Tone,
}

/// How good something is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Neither.
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// Worth a look.
    Fair,
    /// In need of somebody.
    Bad,
}

impl Tone {
    /// The class of the style sheet; empty if it is plain.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Bad => "bad",
        }
    }
}

/// A heading and what stands below it.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// The heading; none for what needs none.
    pub title: Option<String>,
    /// What stands below it.
    pub parts: Vec<Part>,
}

impl Block {
    /// A block of one part.
    pub fn new(title: impl Into<String>, part: Part) -> Self {
        Self { title: Some(title.into()), parts: vec![part] }
    }

    /// A part without a heading.
    pub fn bare(part: Part) -> Self {
        Self { title: None, parts: vec![part] }
    }

    /// Adds a part.
    #[must_use]
    pub fn and(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }
}

/// A part of a block.
#[derive(Debug, Clone)]
pub enum Part {
    /// What something is, line by line.
    Lines(Vec<Line>),
    /// Markdown of the catalog.
    Prose(String),
    /// A sentence of ours.
    Words(Said),
    /// A table.
    Table(Table),
    /// Entities beside each other.
    Cards(Vec<Card>),
    /// Numbers that are told at once.
    Figures(Vec<Figure>),
    /// A picture.
    Picture(Picture),
    /// Values that are filled into commands.
    Parameters(Vec<Parameter>),
    /// How far one is, of so many steps.
    Progress(usize),
    /// Steps that are ticked one after the other.
    Steps(Vec<Step>),
    /// Who is on duty from when until when; a browser marks who is now.
    Shifts(Vec<Shift>),
    /// Days with what is on them.
    Months(Vec<Month>),
    /// What happened, the newest first.
    Timeline(Vec<Moment>),
    /// A text as it is written, such as an expression.
    Code(String),
    /// Points, and points below them.
    Outline(Vec<Outline>),
}

/// Rows below headings. The first cell of a row is its heading.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// What the table shows, for people who cannot see it.
    pub caption: String,
    /// The headings.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Said>>,
    /// Columns of numbers.
    pub numbers: Vec<usize>,
    /// Whether the last row sums the others up.
    pub sum: bool,
    /// Whether it is so long that one wants to narrow it.
    pub filter: bool,
}

/// An entity in a few words.
#[derive(Debug, Clone)]
pub struct Card {
    /// What it is.
    pub title: Said,
    /// What there is to know.
    pub badges: Vec<Badge>,
    /// What it is for, in plain words.
    pub text: String,
    /// Who is behind it.
    pub by: Said,
}

/// A number that is told at once.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The number.
    pub number: String,
    /// Of what.
    pub what: Said,
}

/// A picture, and what it shows in words.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// The drawing.
    pub svg: String,
    /// Below it.
    pub caption: String,
    /// The same as Mermaid, for pages of Markdown.
    pub mermaid: Option<String>,
}

/// A value that somebody fills in.
#[derive(Debug, Clone, Default)]
pub struct Parameter {
    /// Its name in templates.
    pub name: String,
    /// What it is.
    pub description: String,
    /// What it is if nobody says.
    pub default: String,
    /// Whether it must be given.
    pub required: bool,
    /// What it may be.
    pub choices: Vec<String>,
}

/// A text with places for parameters.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    /// The text as it is written.
    pub template: String,
    /// The same with what parameters are if nobody says.
    pub shown: String,
}

/// A step that somebody takes.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// Its id, unique in its page.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// How it is done: by hand, by command.
    pub kind: String,
    /// What to do, in Markdown.
    pub instructions: String,
    /// What to run.
    pub run: Option<Filled>,
    /// What should come of it.
    pub expect: Option<Filled>,
    /// What to do if not.
    pub on_failure: Option<String>,
    /// How long it may take.
    pub timeout: Option<String>,
}

/// A time that somebody is on duty, or that something lasts.
#[derive(Debug, Clone)]
pub struct Shift {
    /// When it begins, as RFC 3339.
    pub from: String,
    /// When it ends, as RFC 3339.
    pub until: String,
    /// The same as people read it.
    pub when: String,
    /// Who, or what.
    pub who: Said,
}

/// A month, its weeks beginning on Mondays.
#[derive(Debug, Clone, Default)]
pub struct Month {
    /// Such as `November 2026`.
    pub name: String,
    /// On which day of the week it begins, 0 for Monday.
    pub first: usize,
    /// Its days.
    pub days: Vec<Day>,
}

/// A day and what is on it.
#[derive(Debug, Clone, Default)]
pub struct Day {
    /// How it looks: the class of what matters most, such as `freeze`.
    pub class: &'static str,
    /// What is on it.
    pub events: Vec<String>,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Moment {
    /// When, as RFC 3339.
    pub at: String,
    /// When, as people read it.
    pub when: String,
    /// What.
    pub what: Said,
    /// More about it.
    pub more: Said,
}
