//! `gitsm change`: the commands of a change's life.

use std::io::Read;
use std::path::Path;

use chrono::{NaiveDate, NaiveTime};

use super::Environment;
use super::args::{
    ChangeArchive, ChangeComplete, ChangeDelegate, ChangeGlass, ChangeListing, ChangeMerged,
    ChangeNew, ChangeReviews, ChangeRevoke, ChangeSay, ChangeShow, ListFormat, RecordFormat,
    ReviewForge, Signing, Went,
};
use super::error::{Failure, print, tell};
use super::impact::put;
use super::ledger::around;
use super::{editor, error};
use crate::catalog::short;
use crate::change::state::State;
use crate::flow::change::act::Done;
use crate::flow::change::desk::Desk;
use crate::flow::change::new::{Request, begin};
use crate::flow::change::writer::As;
use crate::flow::diff::hidden;
use crate::forge::Reviews;
use crate::ledger::{CloseCode, Decision};
use crate::output::change::{human, json, list_human, list_markdown, markdown, yaml};
use crate::output::visible;

fn desk(environment: &Environment) -> Result<Desk, Failure> {
    Ok(Desk::open(&environment.place(&[], None), &around(environment))?)
}

pub(super) fn who(signing: &Signing) -> As {
    As { who: signing.who.clone(), key: signing.key.clone(), unsigned: signing.unsigned }
}

pub(super) fn new(arguments: &ChangeNew, environment: &Environment) -> Result<u8, Failure> {
    let request = Request {
        place: environment.place(&[], None),
        name: arguments.name.clone(),
        title: arguments.title.clone(),
        reason: arguments.reason.clone(),
        base: arguments.base.clone(),
        now: None,
    };
    let begun = begin(&request, &environment.variable)?;
    let mut text = begun.draft.yaml();
    if !arguments.no_edit && environment.width.is_some() {
        text = editor::edited(&text, environment)?;
    } else if begun.draft.lacks_reason() {
        let hint = "say it with --reason, or in a commit's message".to_owned();
        return Err(Failure::usage("nobody says why".to_owned(), Some(hint)));
    }
    begun.write(&text)?;
    let mut told = format!("{}: {}\n", visible(&begun.path), visible(&begun.draft.what));
    for (field, question) in begun.draft.questions() {
        told.push_str(&format!("  still to say: {field}: {question}\n"));
    }
    told.push_str("Commit it with the change, then `gitsm change propose`.\n");
    print(&told)?;
    Ok(0)
}

pub(super) fn propose(arguments: &ChangeSay, environment: &Environment) -> Result<u8, Failure> {
    let desk = desk(environment)?;
    let writer = desk.writer(&who(&arguments.signing))?;
    let (name, base) = (arguments.name.as_deref(), arguments.base.as_deref());
    let meant = desk.meant(name, base, &environment.variable)?;
    let done = desk.propose(&writer, &meant, &environment.variable)?;
    say(&done)?;
    stands(&done.subject, environment)
}

pub(super) fn decide(
    arguments: &ChangeSay,
    decision: Decision,
    environment: &Environment,
) -> Result<u8, Failure> {
    let desk = desk(environment)?;
    let writer = desk.writer(&who(&arguments.signing))?;
    let (name, base) = (arguments.name.as_deref(), arguments.base.as_deref());
    let meant = desk.meant(name, base, &environment.variable)?;
    let done = desk.decide(&writer, &meant, (decision, arguments.reason.as_deref()))?;
    say(&done)?;
    stands(&done.subject, environment)
}

pub(super) fn revoke(arguments: &ChangeRevoke, environment: &Environment) -> Result<u8, Failure> {
    let desk = desk(environment)?;
    let writer = desk.writer(&who(&arguments.signing))?;
    let done = desk.revoke(&writer, &arguments.what, arguments.reason.as_deref())?;
    say(&done)?;
    match done.subject.starts_with("change:") {
        true => stands(&done.subject, environment),
        false => Ok(0),
    }
}

pub(super) fn delegate(
    arguments: &ChangeDelegate,
    environment: &Environment,
) -> Result<u8, Failure> {
    let desk = desk(environment)?;
    let writer = desk.writer(&who(&arguments.signing))?;
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let from = arguments.from.map_or(desk.book.now, midnight);
    let end = arguments.until.succ_opt().unwrap_or(arguments.until);
    let done =
        desk.delegate(&writer, &arguments.person, &arguments.teams, (from, midnight(end)))?;
    say(&done)?;
    let teams = match arguments.teams.as_slice() {
        [] => String::new(),
        teams => format!(", for {}", teams.join(" and ")),
    };
    let (who, by, until) = (&arguments.person, short(&done.by), arguments.until);
    let begins = arguments.from.map(|from| format!("from {from} ")).unwrap_or_default();
    let line = format!("{who} may agree in the place of {by} {begins}until {until}{teams}");
    print(&format!("{}\n", visible(&line)))?;
    Ok(0)
}

pub(super) fn glass(arguments: &ChangeGlass, environment: &Environment) -> Result<u8, Failure> {
    let desk = desk(environment)?;
    let writer = desk.writer(&who(&arguments.signing))?;
    let (name, base) = (arguments.name.as_deref(), arguments.base.as_deref());
    let meant = desk.meant(name, base, &environment.variable)?;
    let what = (arguments.incident.clone(), arguments.reason.as_str());
    let done = desk.break_glass(&writer, &meant, what)?;
    say(&done)?;
    stands(&done.subject, environment)
}

pub(super) fn cancel(arguments: &ChangeSay, environment: &Environment) -> Result<u8, Failure> {
    let desk = desk(environment)?;
    let writer = desk.writer(&who(&arguments.signing))?;
    let (name, base) = (arguments.name.as_deref(), arguments.base.as_deref());
    let meant = desk.meant(name, base, &environment.variable)?;
    let standing = desk.stands(&meant);
    let done = desk.cancel(&writer, (&meant.change, &standing), arguments.reason.as_deref())?;
    say(&done)?;
    stands(&done.subject, environment)
}

pub(super) fn complete(
    arguments: &ChangeComplete,
    environment: &Environment,
) -> Result<u8, Failure> {
    let desk = desk(environment)?;
    let writer = desk.writer(&who(&arguments.signing))?;
    let meant = desk.meant(arguments.name.as_deref(), None, &environment.variable)?;
    let standing = desk.stands(&meant);
    let result = match arguments.result {
        Went::Successful => CloseCode::Successful,
        Went::SuccessfulIssues => CloseCode::SuccessfulIssues,
        Went::Unsuccessful => CloseCode::Unsuccessful,
    };
    let review = arguments.review.then_some(true);
    let when = (arguments.started, arguments.reason.as_deref());
    let done = desk.complete(&writer, (&meant, &standing), (result, review), when)?;
    say(&done)?;
    stands(&done.subject, environment)
}

pub(super) fn merged(arguments: &ChangeMerged, environment: &Environment) -> Result<u8, Failure> {
    let desk = desk(environment)?;
    let writer = desk.writer(&who(&arguments.signing))?;
    let since = arguments.since.as_deref();
    let recorded = desk.record_landings(&writer, since)?;
    if recorded.done.is_empty() && recorded.unnamed.is_empty() {
        print("nothing landed that is not recorded\n")?;
    }
    for done in &recorded.done {
        say(done)?;
    }
    unauthorized(&recorded.done, environment)?;
    for (commit, subject) in &recorded.unnamed {
        let commit = commit.get(..9).unwrap_or(commit);
        print(&format!("{commit} landed without a name: {}\n", visible(subject)))?;
    }
    if let Some((commit, _)) = recorded.unnamed.first() {
        let commit = commit.get(..9).unwrap_or(commit);
        error::tell(&format!(
            "hint: what has no name is never recorded, and a target that it touches is not applied: \
             `gitsm revert {commit}` takes it back; land that as a change, and what is wanted of it as \
             another\n"
        ));
    }
    Ok(u8::from(!recorded.unnamed.is_empty()))
}

/// Says which of them landed without what they needed, as far as that is quick to say.
fn unauthorized(landed: &[Done], environment: &Environment) -> Result<(), Failure> {
    const MOST: usize = 20;
    if landed.is_empty() {
        return Ok(());
    }
    let desk = desk(environment)?;
    for done in landed.iter().rev().take(MOST).rev() {
        let meant = desk.meant(Some(&done.subject), None, &environment.variable);
        let told = meant.ok().map(|meant| desk.stands(&meant).told);
        let Some(told) = told.filter(|told| told.unauthorized) else { continue };
        let line = format!("{} is unauthorized: {}", short(&done.subject), told.why.join("; "));
        print(&format!("{}\n", visible(&line)))?;
    }
    Ok(())
}

/// What a forge answered, from a file or from what comes in.
fn answer(file: &Path, environment: &Environment) -> Result<Vec<u8>, Failure> {
    const MOST: u64 = 32 << 20;
    let mut answer = Vec::new();
    let refused =
        |error: std::io::Error| Failure::usage(format!("{}: {error}", file.display()), None);
    if file.as_os_str() == "-" {
        std::io::stdin().lock().take(MOST).read_to_end(&mut answer).map_err(refused)?;
        return Ok(answer);
    }
    #[allow(clippy::disallowed_methods, reason = "a file that the user keeps outside of any tree")]
    let file = std::fs::File::open(environment.current.join(file)).map_err(refused)?;
    file.take(MOST).read_to_end(&mut answer).map_err(refused)?;
    Ok(answer)
}

pub(super) fn reviews(arguments: &ChangeReviews, environment: &Environment) -> Result<u8, Failure> {
    let answer = answer(&arguments.file, environment)?;
    let forge = match arguments.from {
        ReviewForge::Github => Reviews::Github,
        ReviewForge::Gitea => Reviews::Gitea,
        ReviewForge::Forgejo => Reviews::Forgejo,
    };
    let desk = desk(environment)?;
    let writer = desk.writer(&who(&arguments.signing))?;
    let copied = desk.copy_reviews(&writer, &arguments.name, (forge, &answer))?;
    if copied.done.is_empty() && copied.left_out.is_empty() {
        print("no review that is not copied already\n")?;
    }
    for done in &copied.done {
        say(done)?;
    }
    for (login, why) in &copied.left_out {
        print(&format!("not copied: the review of {}: {}\n", visible(login), visible(why)))?;
    }
    Ok(u8::from(!copied.left_out.is_empty()))
}

pub(super) fn show(arguments: &ChangeShow, environment: &Environment) -> Result<u8, Failure> {
    let desk = desk(environment)?;
    let (name, base) = (arguments.name.as_deref(), arguments.base.as_deref());
    let meant = desk.meant(name, base, &environment.variable)?;
    let record = desk.record_of(&meant)?;
    let (format, file) = &arguments.output;
    let text = match format {
        RecordFormat::Human => human(&record, environment.color && file.is_none()),
        RecordFormat::Json => json(&record),
        RecordFormat::Yaml => yaml(&record),
        RecordFormat::Markdown => markdown(&record),
    };
    put(&hidden(&text), file.as_deref(), environment)?;
    Ok(0)
}

pub(super) fn list(arguments: &ChangeListing, environment: &Environment) -> Result<u8, Failure> {
    let desk = desk(environment)?;
    let named = |word: &String| State::ALL.into_iter().find(|one| one.name() == word);
    let states: Vec<State> = arguments.states.iter().filter_map(named).collect();
    let list = desk.list(&states, arguments.limit, &environment.variable);
    if !desk.has_begun() {
        tell(
            "note: there is no ledger, so only what is checked out is known; `gitsm ledger init` \
              begins one\n",
        );
    }
    let (format, file) = &arguments.output;
    let text = match format {
        ListFormat::Human => list_human(&list, environment.color && file.is_none()),
        ListFormat::Json => {
            let text = serde_json::to_string_pretty(&list).unwrap_or_default();
            format!("{text}\n")
        }
        ListFormat::Markdown => list_markdown(&list),
    };
    put(&hidden(&text), file.as_deref(), environment)?;
    Ok(0)
}

pub(super) fn archive(arguments: &ChangeArchive, environment: &Environment) -> Result<u8, Failure> {
    let desk = desk(environment)?;
    let over = desk.over(i64::from(arguments.older_than), &environment.variable)?;
    if over.is_empty() {
        print("no request has been over for so long\n")?;
        return Ok(0);
    }
    for one in &over {
        let why = one.stays.as_ref().map(|why| format!("  stays: {why}"));
        let line = format!("{}  {}{}", short(&one.change), one.path, why.unwrap_or_default());
        print(&format!("{}\n", visible(&line)))?;
    }
    if arguments.dry_run {
        return Ok(0);
    }
    let removed = desk.archive(&over)?;
    let files = crate::output::count(removed.len(), "file");
    print(&format!("removed {files}; commit that like any other edit\n"))?;
    Ok(0)
}

/// Says what was written down.
fn say(done: &Done) -> Result<(), Failure> {
    let by = short(&done.by);
    for (id, event) in &done.entries {
        let sure = if done.unsigned_because.is_some() { ", claimed" } else { "" };
        let line = format!("{}: {event} by {by}{sure} ({id})", short(&done.subject));
        print(&format!("{}\n", visible(&line)))?;
    }
    if let Some(why) = &done.unsigned_because {
        error::tell(&format!("note: it is not signed: {}\n", visible(why)));
    }
    if let Some(why) = &done.pending {
        let line = format!("note: others do not have it yet: {why}; `gitsm ledger sync` sends it");
        tell(&format!("{}\n", visible(&line)));
    }
    Ok(())
}

/// What may always be done, and is not what comes next.
const ASIDE: &[&str] = &["cancel", "break-glass"];

/// Says where a change stands now.
fn stands(change: &str, environment: &Environment) -> Result<u8, Failure> {
    let desk = desk(environment)?;
    let Ok(meant) = desk.meant(Some(change), None, &environment.variable) else { return Ok(0) };
    let told = desk.stands(&meant).told;
    let mut text = format!("state: {}\n", told.state.name());
    for why in told.why.iter().take(8) {
        text.push_str(&format!("  {}\n", visible(why)));
    }
    for next in told.next.iter().filter(|next| !ASIDE.contains(&next.what)).take(4) {
        let command = next.command.as_ref().map(|command| format!(": {command}"));
        let line = format!("next: {}{}", next.words, command.unwrap_or_default());
        text.push_str(&format!("  {}\n", visible(&line)));
    }
    print(&text)?;
    Ok(0)
}
