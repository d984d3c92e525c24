//! Templates: gitsm's own, and those of a repository, which are hostile input.
//!
//! Floor 1. minijinja behind an [`Engine`] that reads nothing by itself: only what was added exists.
//! Escaping for HTML is always on, and a value that is not there is a mistake.
//!
//! A template of a repository can neither run for ever nor fill the memory. Fuel bounds how many steps
//! there are, and a limit the bytes that come out. Fuel alone bounds no memory (forty doublings of a
//! text are forty steps), so the language is smaller there: nothing is in it that makes a larger value
//! of values ([`sandbox`]), and what makes new texts and lists counts them ([`filters`]).
//!
//! What is sent to other systems is no page, and nothing is escaped for HTML there: a [`Tree`] makes
//! values of values, an [`Address`] the path of a URL.

mod address;
mod error;
mod filters;
mod judge;
mod sandbox;
mod tree;
mod wire;

use std::collections::BTreeSet;
use std::io;

use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

pub use address::Address;
pub use error::TemplateError;
pub use judge::{wrong_path, wrong_text};
pub use minijinja::Value;
use minijinja::syntax::SyntaxConfig;
pub use minijinja::value::Serde;
use minijinja::value::ValueKind;
pub use tree::{SPREAD, Tree};

/// The steps that a rendering may take once a repository has a say: some seconds at most.
const FUEL: u64 = 20_000_000;

/// The bytes that a rendering may write then.
const LARGEST: usize = 32 << 20;

/// How deep includes, loops and blocks may stand in each other; an include counts ten.
const DEEPEST: usize = 200;

/// Templates that can be rendered.
pub struct Engine {
    environment: Environment<'static>,
    /// The templates that a repository wrote.
    foreign: BTreeSet<String>,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// An engine without templates.
    pub fn new() -> Self {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(write);
        environment.set_recursion_limit(DEEPEST);
        environment.set_syntax(syntax());
        environment.set_debug(true);
        filters::add(&mut environment, filters::MOST);
        Self { environment, foreign: BTreeSet::new() }
    }

    /// Adds one of gitsm's own templates, or puts it in the place of another.
    ///
    /// # Errors
    ///
    /// It does not parse.
    pub fn add_own(&mut self, name: &str, source: &str) -> Result<(), TemplateError> {
        self.put(name, source)?;
        self.foreign.remove(name);
        if self.foreign.is_empty() {
            self.environment.set_fuel(None);
        }
        Ok(())
    }

    /// Adds a template of a repository, or puts it in the place of another.
    ///
    /// # Errors
    ///
    /// It does not parse, or uses what templates of a repository cannot use. The error says where.
    pub fn add(&mut self, name: &str, source: &str) -> Result<(), TemplateError> {
        sandbox::check(name, source, &[])?;
        self.put(name, source)?;
        self.foreign.insert(name.to_owned());
        self.environment.set_fuel(Some(FUEL));
        Ok(())
    }

    fn put(&mut self, name: &str, source: &str) -> Result<(), TemplateError> {
        let added = self.environment.add_template_owned(name.to_owned(), source.to_owned());
        let limited = !self.foreign.is_empty();
        added.map_err(|error| {
            TemplateError::of(&error, name, limited, &|_| Some(source.to_owned()))
        })?;
        Ok(())
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.environment.get_template(name).is_ok()
    }

    /// What a template makes of values, which are the fields of a mapping. What comes from
    /// [`Value::from_safe_string`] is written as it is, and everything else escaped.
    ///
    /// # Errors
    ///
    /// There is no such template, a value is missing or cannot be written, or, if any template is of
    /// a repository, it takes too long or writes too much.
    pub fn render(&self, name: &str, values: &Value) -> Result<String, TemplateError> {
        let limited = !self.foreign.is_empty();
        let told = |error: Error| {
            let source = |name: &str| {
                let template = self.environment.get_template(name);
                template.ok().map(|template| template.source().to_owned())
            };
            TemplateError::of(&error, name, limited, &source)
        };
        if !limited {
            let template = self.environment.get_template(name).map_err(told)?;
            return template.render(values.clone()).map_err(told);
        }
        let template = self.environment.get_template(name).map_err(told)?;
        let mut out = Counted { bytes: Vec::new(), most: LARGEST };
        template.render_captured_to(values.clone(), &mut out).map_err(told)?;
        Ok(out.text())
    }
}

/// A line that holds a tag and nothing else leaves no empty line behind.
fn syntax() -> SyntaxConfig {
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    syntax.build().unwrap_or_default()
}

/// Writes a value: a text, a number or a word, escaped. Lists and mappings are no text, and a page
/// that shows one is a mistake.
fn write(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    let what = match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => "a list",
        ValueKind::Map => "a mapping",
        ValueKind::Bytes => "bytes",
        ValueKind::Plain => "an object",
        _ => return minijinja::escape_formatter(out, state, value),
    };
    let message = format!("{what} cannot be written: write what is in it");
    Err(Error::new(ErrorKind::InvalidOperation, message))
}

/// What is written, up to a limit.
struct Counted {
    bytes: Vec<u8>,
    most: usize,
}

impl Counted {
    fn text(self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.most {
            return Err(io::Error::other(error::TOO_LARGE));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wire_tests;
