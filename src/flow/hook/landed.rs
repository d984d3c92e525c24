//! `hook post-receive`: what landed on the protected branch is recorded, with the key that this
//! server's operator gave it.

use super::{HookError, Told, protected, repository};
use crate::flow::change::desk::Desk;
use crate::flow::change::landed::Recorded;
use crate::flow::change::writer::As;
use crate::flow::ledger::{Around, Book};
use crate::flow::workspace::Place;
use crate::git::Environment;

/// The settings of this repository's Git that name the pipeline and its key.
const WHO: &str = "gitsm.as";
const KEY: &str = "gitsm.key";

/// What was recorded.
#[derive(Debug)]
pub enum Landed {
    /// Nothing that is recorded moved, or nothing is recorded here.
    Nothing,
    /// The landings.
    Recorded(Recorded),
}

/// Records what landed.
///
/// # Errors
///
/// This server has no key for it, or the ledger cannot be written.
pub fn post_receive(
    place: &Place,
    told: &Told,
    around: &Around,
    environment: &Environment<'_>,
) -> Result<Landed, HookError> {
    let repository = repository(&place.current, environment)?;
    let Some(main) = protected(&repository) else { return Ok(Landed::Nothing) };
    let moved = told.updates.iter().find(|one| one.reference == main && one.old.is_some());
    let range = moved.and_then(|one| Some((one.old.clone()?, one.new.clone()?)));
    let Some((before, tip)) = range else { return Ok(Landed::Nothing) };
    let (who, key) = (repository.setting(WHO), repository.setting(KEY));
    let mut book = Book::on(repository, "", around, (main, tip.clone()))?;
    // This is where others keep it.
    book.branch.remote = None;
    book.records.remote = None;
    if book.pinned().is_none() {
        return Ok(Landed::Nothing);
    }
    let writers = book.config.settings.ledger.iter().flat_map(|one| one.writers.iter().flatten());
    let mut only = writers.map(|writer| format!("pipeline:{}", writer.name));
    let who = who.or_else(|| only.next().filter(|_| only.next().is_none()));
    let (Some(who), Some(key)) = (who, key) else {
        let told = "nobody recorded it: this repository has no key to sign with".to_owned();
        let hint = format!("on the server: git config {KEY} PATH; git config {WHO} pipeline:NAME");
        return Err(HookError::Settings(told, Some(hint)));
    };
    let desk = Desk::of(place, book)?;
    let asked = As { who: Some(who), key: Some(key), unsigned: false };
    let writer = desk.writer(&asked)?;
    Ok(Landed::Recorded(desk.record_landing(&writer, (&before, &tip), told.name())?))
}
