//! Who writes: the person at the keyboard, or a pipeline, and the key with which they sign.

use super::ChangeError;
use super::desk::Desk;
use crate::catalog::short;
use crate::flow::ledger::{Appended, append};
use crate::flow::whoami::{WhoError, me};
use crate::ledger::keys::UNSEEN;
use crate::ledger::{Event, NAMESPACE, types};
use crate::signature::{SigningKey, sign};

/// Who is to write.
#[derive(Debug, Clone, Default)]
pub struct As {
    /// A person or a pipeline; the person at the keyboard without it.
    pub who: Option<String>,
    /// The key, as Git names them; the one with which the user's Git signs without it.
    pub key: Option<String>,
    /// Whether not to sign, though there is a key.
    pub unsigned: bool,
}

/// Somebody who writes.
#[derive(Debug, Clone)]
pub struct Writer {
    /// `person:default/ada` or `pipeline:ci`.
    pub by: String,
    /// The key with which they sign; without one what they say is only claimed.
    pub key: Option<SigningKey>,
    /// Why it is only claimed, in words.
    pub unsigned_because: Option<String>,
}

impl Writer {
    /// Whether it is a person.
    pub fn is_person(&self) -> bool {
        self.by.starts_with("person:")
    }
}

impl Desk {
    /// Finds out who writes.
    ///
    /// # Errors
    ///
    /// Nobody knows them, or the key that they give is not theirs.
    pub fn writer(&self, asked: &As) -> Result<Writer, ChangeError> {
        let repository = &self.book.repository;
        let by = match asked.who.as_deref() {
            Some(pipeline) if pipeline.starts_with("pipeline:") => {
                if !self.authority.writers.contains_key(pipeline) {
                    let hint = "the pipelines are listed in gitsm.yaml: `ledger: {writers: [{name: \
                                NAME, keys: [...]}]}`";
                    let told = format!("{pipeline} is no pipeline of the base");
                    return Err(ChangeError::Who(told, Some(hint.to_owned())));
                }
                pipeline.to_owned()
            }
            who => {
                let known = SigningKey::chosen(asked.key.as_deref(), &|name| repository.setting(name));
                let key = known.ok().flatten();
                let people = self.book.people()?;
                let found = people.show(|base| me(repository, base, who, key.as_ref()));
                let told = |error: WhoError| ChangeError::Who(error.to_string(), Some(error.hint()));
                found.map_err(told)?.person
            }
        };
        let none = |reason: &str| Writer {
            by: by.clone(),
            key: None,
            unsigned_because: Some(reason.to_owned()),
        };
        if asked.unsigned {
            return Ok(none("nothing is to be signed"));
        }
        let setting = |name: &str| repository.setting(name);
        let chosen = SigningKey::chosen(asked.key.as_deref(), &setting);
        let key = match chosen {
            Ok(Some(key)) => key,
            Ok(None) => return Ok(none("Git has no signing key here (`user.signingKey`)")),
            Err(error) if asked.key.is_some() => {
                return Err(ChangeError::Who(error.to_string(), None));
            }
            Err(error) => return Ok(none(&error.to_string())),
        };
        let Some(fingerprint) = key.fingerprint() else {
            return Ok(Writer { by, key: Some(key), unsigned_because: None });
        };
        let now = self.book.now.timestamp();
        let standing = self.keys.standing(&fingerprint, &by, now, UNSEEN);
        if standing.is_valid() {
            return Ok(Writer { by, key: Some(key), unsigned_because: None });
        }
        let told = format!("the key {} does not count for {}: {standing}", key.name(), short(&by));
        match asked.key {
            Some(_) => {
                let hint = format!("list it in the keys of {} on the base", short(&by));
                Err(ChangeError::Who(told, Some(hint)))
            }
            None => Ok(none(&told)),
        }
    }

    /// Writes down what somebody says.
    ///
    /// # Errors
    ///
    /// They may not, it cannot be signed, or the ledger cannot be written.
    pub fn record(
        &self,
        writer: &Writer,
        events: Vec<(String, Event)>,
    ) -> Result<Appended, ChangeError> {
        if !self.has_begun() {
            return Err(ChangeError::Refused(
                "there is no ledger yet to write it down in; `gitsm ledger init` begins one"
                    .to_owned(),
            ));
        }
        for (_, event) in &events {
            self.permitted(writer, event)?;
        }
        let Some(key) = &writer.key else {
            return Ok(append(&self.book, &writer.by, events, None)?);
        };
        let sign = |message: &[u8]| {
            sign(key, NAMESPACE, message).map_err(|error| error.to_string())
        };
        Ok(append(&self.book, &writer.by, events, Some(&sign))?)
    }

    /// Whether a writer may write a type of entry: what would not count is not written.
    fn permitted(&self, writer: &Writer, event: &Event) -> Result<(), ChangeError> {
        let Some(kind) = types::named(event.name()) else { return Ok(()) };
        let by = short(&writer.by);
        let writers = kind.writers;
        let is_operator = self.authority.operators.contains(&writer.by);
        let may = match writer.is_person() {
            true => writers.person || (writers.operator && is_operator),
            false => writers.pipeline,
        };
        if !may {
            let who = match (writers.operator, writers.pipeline) {
                (true, true) => "a pipeline in `ledger.writers`, or a person in `ledger.operators`",
                (true, false) => "a person in `ledger.operators`",
                _ => "a person",
            };
            let name = event.name();
            let told = format!("{by} may not write `{name}` entries: {who} of the base's gitsm.yaml");
            return Err(ChangeError::Refused(told));
        }
        if !kind.claimable && writer.key.is_none() {
            let why = writer.unsigned_because.as_deref().unwrap_or("there is no key");
            let name = event.name();
            return Err(ChangeError::Refused(format!("`{name}` entries are signed, and {why}")));
        }
        Ok(())
    }
}
