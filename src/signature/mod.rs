//! Signatures: who signed which bytes, and signing them.
//!
//! Floor 1. [`verify`] tells whose key made a signature; whose key that is, and whether it counts, is
//! for others to say. SSH signatures are checked here, OpenPGP ones by the user's own `gpg`. [`sign`]
//! signs as `ssh-keygen -Y sign` does, and by it: private keys are never read here.
//!
//! Where this differs from `ssh-keygen` and `gpg` it is stricter: one signature, nothing around it,
//! no certificates, no RSA below 3072 bits, no SHA-1, and no second way to write the same.

mod armour;
mod key;
mod openpgp;
mod program;
mod signing;
mod ssh;

pub use key::{KeyError, PublicKey, openpgp_fingerprint};
pub use program::{Tools, find_program};
pub use signing::{SignError, SigningKey, sign, sign_by};

/// The longest signature that is looked at, in bytes.
const LONGEST: usize = 64 << 10;

/// What kind of signature something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// `ssh-keygen -Y sign`.
    Ssh,
    /// `gpg --detach-sign`.
    OpenPgp,
}

/// Who signed: the holder of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key's fingerprint: `SHA256:…` of an SSH key, the hexadecimal digits in capitals of an
    /// OpenPGP primary key.
    pub fingerprint: String,
    /// What kind of signature it is.
    pub format: Format,
    /// The public key as it stands in `authorized_keys`, without a comment; of SSH keys only.
    pub key: Option<String>,
    /// What a hardware key says of the moment.
    pub hardware: Option<Hardware>,
    /// When it was made, in seconds since 1970, by its maker's clock; only OpenPGP says so.
    pub made: Option<i64>,
}

/// What a hardware key says of the moment at which it signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hardware {
    /// Somebody touched it.
    pub present: bool,
    /// It knew who: by PIN or finger.
    pub verified: bool,
    /// How often it had signed.
    pub counter: u32,
}

/// Why a signature proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Bad {
    /// It is no signature that can be read.
    #[error("it is not readable as a signature: {0}")]
    Unreadable(String),
    /// It is for something else.
    #[error("it is a signature for `{0}`, which is something else")]
    Namespace(String),
    /// It is of a kind that does not count.
    #[error("{0} does not count")]
    Refused(String),
    /// The bytes are not those that were signed.
    #[error("it does not fit what it stands at: one of the two was altered")]
    Mismatch,
    /// It was made with an OpenPGP key after the day on which that ended.
    #[error("the OpenPGP key {0} had expired when it signed")]
    KeyExpired(String),
    /// Its OpenPGP key was revoked.
    #[error("the OpenPGP key {0} was revoked")]
    KeyRevoked(String),
    /// It was only meant to count for a while.
    #[error("the signature itself has expired")]
    Expired,
    /// `gpg` does not have the key.
    #[error("gpg does not have the OpenPGP key {0}: `gpg --import` it")]
    NoKey(String),
    /// It cannot be checked here.
    #[error("it cannot be checked here: {0}")]
    NoTool(String),
}

impl Bad {
    /// Whether nothing is known against it: it could not be looked at.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::NoKey(_) | Self::NoTool(_))
    }
}

/// Finds who signed a message. `namespace` says what the signature is for; OpenPGP has no such
/// thing, and there the message itself has to say what it is.
///
/// # Errors
///
/// The signature proves nothing.
pub fn verify(armoured: &str, namespace: &str, message: &[u8]) -> Result<Signer, Bad> {
    verify_by(armoured, namespace, message, &Tools::around())
}

/// The same, with the programs that are to be used.
///
/// # Errors
///
/// The signature proves nothing.
pub fn verify_by(
    armoured: &str,
    namespace: &str,
    message: &[u8],
    tools: &Tools,
) -> Result<Signer, Bad> {
    if armoured.len() > LONGEST {
        return Err(Bad::Unreadable(format!("it is longer than {LONGEST} bytes")));
    }
    match armour::format(armoured) {
        Some(Format::Ssh) => ssh::verify(armoured, namespace, message),
        Some(Format::OpenPgp) => openpgp::verify(armoured, message, tools),
        None => Err(Bad::Unreadable(
            "it begins neither as an SSH signature nor as an OpenPGP one".to_owned(),
        )),
    }
}
