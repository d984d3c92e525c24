//! Who sits at the keyboard, as a person that the base knows.

use crate::change::Side;
use crate::change::facts::Contributor;
use crate::change::people::People;
use crate::git::Repository;
use crate::ledger::Authority;
use crate::ledger::keys::Keys;
use crate::model::parse_reference;
use crate::output::visible;
use crate::signature::SigningKey;

/// Who it is, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    /// The canonical reference of the person.
    pub person: String,
    /// How that is known.
    pub how: How,
}

/// How it is known who somebody is. None of it proves anything: signatures do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// They say so.
    Said,
    /// By the address that Git commits with.
    Address(String),
    /// By the key that they sign with.
    Key(String),
}

/// Why it is not known who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhoError {
    /// What was said is no person of the base.
    #[error("the base has no person `{}`", visible(.0))]
    NoSuchPerson(String),
    /// The person works here no more.
    #[error("{} works here no more (`lifecycle: left`)", visible(.0))]
    Left(String),
    /// Nothing leads to a person.
    #[error("the base does not say who you are: {0}")]
    Stranger(String),
    /// It leads to several.
    #[error("the base does not say which of them you are: {by} leads to {}", .persons.join(", "))]
    Ambiguous {
        /// What leads there.
        by: String,
        /// The persons.
        persons: Vec<String>,
    },
    /// Address and key lead to different persons.
    #[error("your address leads to {address}, and the key you sign with to {key}")]
    Divided {
        /// The person of the address.
        address: String,
        /// The person of the key.
        key: String,
    },
}

impl WhoError {
    /// What the reader can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NoSuchPerson(_) => "`gitsm get people` lists them; one that is new counts once \
                                      it is merged"
                .to_owned(),
            Self::Left(_) => "what they did keeps their name, and they do no more; say who you \
                              are with `--as person:NAME`"
                .to_owned(),
            Self::Stranger(_) => "write `accounts: {git: ADDRESS}` into your Person and have it \
                                  merged, or say who you are with `--as person:NAME`"
                .to_owned(),
            Self::Ambiguous { .. } => "say who you are with `--as person:NAME`, and leave the \
                                       account in one Person only"
                .to_owned(),
            Self::Divided { .. } => "commit with the address that stands in your Person \
                                     (`git config user.email`), or choose your key with `--key`"
                .to_owned(),
        }
    }
}

/// Finds who sits at the keyboard: the person that is named, or the one to whom the address leads
/// with which Git commits, or the key with which they sign. `base` holds all people, or at least
/// those of that address.
///
/// # Errors
///
/// Nobody is found, or several are.
pub fn me(
    repository: &Repository,
    base: &Side<'_>,
    explicit: Option<&str>,
    key: Option<&SigningKey>,
) -> Result<Me, WhoError> {
    let authority = Authority::of(base.catalog, base.config);
    if let Some(text) = explicit {
        return said(base, &authority, text);
    }
    let print = key.and_then(SigningKey::fingerprint);
    let keys = Keys::of(&authority);
    let by_key: Vec<String> =
        print.iter().flat_map(|one| keys.writers(one)).map(str::to_owned).collect();
    let by_key: Vec<String> = by_key.into_iter().filter(|one| one.starts_with("person:")).collect();
    let address = repository.identity().map(|one| one.email).unwrap_or_default();
    let mut persons = of_address(base, &address);
    if persons.len() > 1 && by_key.len() == 1 {
        persons.retain(|one| by_key.contains(one));
    }
    let me = match (persons.as_slice(), by_key.as_slice()) {
        ([person], []) => Me { person: person.clone(), how: How::Address(address) },
        ([person], all) if all.contains(person) => {
            Me { person: person.clone(), how: How::Address(address) }
        }
        ([person], [other, ..]) => {
            return Err(WhoError::Divided { address: person.clone(), key: other.clone() });
        }
        ([], [person]) => Me { person: person.clone(), how: How::Key(print.unwrap_or_default()) },
        ([], []) => return Err(WhoError::Stranger(nothing_leads(&address, print.as_deref()))),
        ([], several) => {
            let by = format!("the key {}", print.unwrap_or_default());
            return Err(WhoError::Ambiguous { by, persons: several.to_vec() });
        }
        (several, _) => {
            return Err(WhoError::Ambiguous { by: visible(&address), persons: several.to_vec() });
        }
    };
    here(&authority, me)
}

fn said(base: &Side<'_>, authority: &Authority, text: &str) -> Result<Me, WhoError> {
    let unknown = || WhoError::NoSuchPerson(text.to_owned());
    let meant = parse_reference(text, Some("person"), "default").map_err(|_why| unknown())?;
    let id = base.find(meant.as_str()).ok_or_else(unknown)?;
    if base.catalog.entity(id).kind.family != "person" {
        return Err(unknown());
    }
    here(authority, Me { person: base.name(id).to_owned(), how: How::Said })
}

fn here(authority: &Authority, me: Me) -> Result<Me, WhoError> {
    match authority.left.contains(&me.person) {
        true => Err(WhoError::Left(me.person)),
        false => Ok(me),
    }
}

/// The persons that go by an address.
fn of_address(base: &Side<'_>, address: &str) -> Vec<String> {
    let one = Contributor { email: address.to_owned(), ..Contributor::default() };
    let known = People::new(base, base, &[one]).contributors;
    known.into_iter().flat_map(|one| one.persons).collect()
}

fn nothing_leads(address: &str, print: Option<&str>) -> String {
    let address = match address {
        "" => "Git has no `user.email`".to_owned(),
        address => format!("nobody goes by {}", visible(address)),
    };
    match print {
        Some(print) => format!("{address}, and nobody lists the key {print}"),
        None => address,
    }
}
