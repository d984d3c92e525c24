//! A witness: what somebody outside keeps of a ledger, so that they can tell later whether it was
//! rewound. Nothing in it is secret, and it proves itself: a ledger either contains its tip or not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::branch::{Branch, StoreError};
use super::fault::Fault;
use super::verify::Verified;
use crate::git::Repository;

/// The format.
pub const FORMAT: &str = "witness/1";

/// What was there at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Witness {
    /// `witness/1`.
    pub format: String,
    /// `id` of the base's `gitsm.yaml`, `#`, and the digest of the ledger's first entry.
    pub repository: String,
    /// The newest commit of the ledger.
    pub tip: String,
    /// The hash of the newest entry (`sha256:…`).
    pub hash: String,
    /// How many entries there were.
    pub entries: u64,
    /// When that was (RFC 3339, UTC).
    pub at: String,
}

impl Witness {
    /// What is there now; nothing if there are no entries.
    pub fn of(verified: &Verified, id: Option<&str>, at: &str) -> Option<Self> {
        let (last, genesis) = (verified.entries.last()?, verified.genesis()?);
        Some(Self {
            format: FORMAT.to_owned(),
            repository: format!("{}#{genesis}", id.unwrap_or_default()),
            tip: verified.tip.clone(),
            hash: format!("sha256:{}", last.entry.hash),
            entries: verified.entries.len() as u64,
            at: at.to_owned(),
        })
    }

    /// Reads one.
    ///
    /// # Errors
    ///
    /// It is none, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let one: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match one.format == FORMAT {
            true => Ok(one),
            false => Err(format!("it is of the format `{}`, not `{FORMAT}`", one.format)),
        }
    }

    /// What is wrong with a ledger that it has seen; nothing if it is all there.
    ///
    /// # Errors
    ///
    /// Git fails.
    pub fn check(
        &self,
        repository: &Repository,
        branch: &Branch,
        verified: &Verified,
    ) -> Result<Option<Fault>, StoreError> {
        let fault = |name: &str, message: String| Some(Fault::new(&self.tip, None, name, message));
        let genesis = verified.genesis().unwrap_or_default();
        if self.repository.split_once('#').map(|(_, digest)| digest) != Some(genesis.as_str()) {
            let message = format!("the witness of {} is of another ledger", self.at);
            return Ok(fault("genesis", message));
        }
        let place = usize::try_from(self.entries).ok().and_then(|count| count.checked_sub(1));
        let entry = place.and_then(|place| verified.entries.get(place));
        let same = entry.is_some_and(|one| {
            format!("sha256:{}", one.entry.hash) == self.hash && one.entry.commit == self.tip
        });
        if same {
            return Ok(None);
        }
        let missing = branch.missing(repository, &self.tip, Some(&verified.tip));
        let told = match missing {
            Ok(missing) if !missing.is_empty() => {
                let named: Vec<&str> = missing.iter().take(20).map(String::as_str).collect();
                let more = missing.len().saturating_sub(named.len());
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("; missing: {}{more}", named.join(", "))
            }
            _ => String::new(),
        };
        let message = format!(
            "at {} the ledger had {} entries up to commit {}, which is not part of it now{told}",
            self.at, self.entries, self.tip
        );
        Ok(fault("rewound", message))
    }
}
