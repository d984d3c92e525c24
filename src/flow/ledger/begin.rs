//! `ledger init`: the first entry of a ledger.

use super::{Book, LedgerError, Sign, placed};
use crate::ledger::{Event, Placed, SUBJECT, salt};
use crate::model::parse_reference;

/// What is asked for.
#[derive(Default)]
pub struct Begin<'s> {
    /// Who begins it; the one operator, if nobody is named.
    pub by: Option<String>,
    /// Signs it.
    pub sign: Option<&'s Sign<'s>>,
    /// Whether it stays in this clone for now.
    pub local: bool,
}

/// A ledger that has begun.
#[derive(Debug)]
pub struct Begun {
    /// Its first entry.
    pub entry: Placed,
    /// Its digest, as `gitsm.yaml` pins it.
    pub genesis: String,
    /// Who began it.
    pub by: String,
    /// Whether it was signed.
    pub signed: bool,
    /// The branch that holds it.
    pub branch: String,
    /// The remote that has it now, too.
    pub shared: Option<String>,
    /// Why the remote does not have it yet.
    pub pending: Option<LedgerError>,
    /// Whether `gitsm.yaml` of the protected branch names this repository already.
    pub has_id: bool,
}

/// Begins a ledger.
///
/// # Errors
///
/// There is one already, here or on the remote; nobody is named who may begin it.
pub fn begin(book: &Book, request: &Begin<'_>) -> Result<Begun, LedgerError> {
    let by = writer(book, request.by.as_deref())?;
    if !request.local && book.branch.remote.is_some() {
        // One that others have begun is the one that counts.
        book.sync(&book.branch)?;
    }
    let events = vec![(SUBJECT.to_owned(), Event::Opened { salt: salt() })];
    let entry = placed(book, &by, events, request.sign)?.pop();
    let entry = entry.ok_or_else(|| LedgerError::NotAllowed("nothing was recorded".to_owned()))?;
    let pending = if request.local { None } else { book.share(&book.branch)? };
    let remote = book.branch.remote.clone().filter(|_| !request.local && pending.is_none());
    Ok(Begun {
        genesis: format!("sha256:{}", entry.hash),
        entry,
        by,
        signed: request.sign.is_some(),
        branch: book.branch.reference.clone(),
        shared: remote,
        pending,
        has_id: book.config.settings.id.is_some(),
    })
}

/// Who begins it. Where the protected branch lists operators it is one of them.
fn writer(book: &Book, said: Option<&str>) -> Result<String, LedgerError> {
    let authority = book.authority(&book.main)?;
    let operators: Vec<&String> = authority.operators.iter().collect();
    let no = |message: String| Err(LedgerError::NotAllowed(message));
    let Some(said) = said else {
        return match operators.as_slice() {
            [only] => Ok((*only).clone()),
            [] => no("name who begins the ledger: --as person:NAME".to_owned()),
            many => {
                let names: Vec<&str> = many.iter().map(|one| one.as_str()).collect();
                no(format!("name who begins the ledger, with --as: {}", names.join(", ")))
            }
        };
    };
    let meant = parse_reference(said, Some("person"), "default").ok();
    let Some(by) = meant.filter(|one| one.prefix() == "person").map(|one| one.as_str().to_owned())
    else {
        return no(format!("`{said}` is no person"));
    };
    if !authority.writers.contains_key(&by) {
        return no(format!("{} has no {by}", book.base_branch));
    }
    if !operators.is_empty() && !operators.contains(&&by) {
        return no(format!(
            "{by} is not among the operators in gitsm.yaml of {}",
            book.base_branch
        ));
    }
    Ok(by)
}
