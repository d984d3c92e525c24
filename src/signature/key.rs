//! Public keys, as people write them: what they are called, and whether they are strong enough.

use ssh_key::public::KeyData;
use ssh_key::{Algorithm, HashAlg};

/// The fewest bits that an RSA key may have (NIST SP 800-57, 128-bit strength), and the most with
/// which signatures are checked.
pub(super) const RSA_BITS: std::ops::RangeInclusive<usize> = 3072..=16384;

/// An SSH public key that may count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// `SHA256:…`.
    pub fingerprint: String,
    /// The key as it stands in `authorized_keys`, without a comment.
    pub text: String,
    /// Whether it lives on hardware.
    pub is_hardware: bool,
}

/// Why a key cannot count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It cannot be read.
    #[error("this is no SSH public key")]
    Unreadable,
    /// It is too weak.
    #[error("{0}")]
    Weak(String),
    /// It is so long that checking with it takes too long.
    #[error("{0}")]
    Long(String),
    /// It is of another sort.
    #[error("keys of the type `{0}` do not count")]
    Type(String),
}

impl PublicKey {
    /// Reads a key as it stands in `authorized_keys`, without options.
    ///
    /// # Errors
    ///
    /// It is no such key, or too weak.
    pub fn ssh(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let word = text.split([' ', '\t']).next().unwrap_or_default();
        if word.contains("-cert-") && word.contains('@') {
            return Err(KeyError::Type(word.chars().take(64).collect()));
        }
        let key = ssh_key::PublicKey::from_openssh(text).or(Err(KeyError::Unreadable))?;
        Self::of(key.key_data())
    }

    /// What is known of a key.
    pub(super) fn of(data: &KeyData) -> Result<Self, KeyError> {
        let is_hardware = match data {
            KeyData::Ed25519(_) | KeyData::Ecdsa(_) => false,
            KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_) => true,
            KeyData::Rsa(rsa) => {
                strong(rsa.n.as_positive_bytes().unwrap_or_default())?;
                false
            }
            KeyData::Dsa(_) => {
                return Err(KeyError::Weak("DSA keys have 1024 bits".to_owned()));
            }
            other => return Err(KeyError::Type(name(&other.algorithm()))),
        };
        let text = ssh_key::PublicKey::from(data.clone()).to_openssh();
        Ok(Self {
            fingerprint: data.fingerprint(HashAlg::Sha256).to_string(),
            text: text.or(Err(KeyError::Unreadable))?.trim_end().to_owned(),
            is_hardware,
        })
    }
}

fn name(algorithm: &Algorithm) -> String {
    algorithm.as_str().chars().take(64).collect()
}

fn strong(modulus: &[u8]) -> Result<(), KeyError> {
    let unused = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    let bits = (modulus.len() * 8).saturating_sub(unused);
    if bits < *RSA_BITS.start() {
        let least = RSA_BITS.start();
        return Err(KeyError::Weak(format!("RSA with {bits} bits, and {least} are the least")));
    }
    if bits > *RSA_BITS.end() {
        let most = RSA_BITS.end();
        return Err(KeyError::Long(format!("RSA with {bits} bits, and {most} are the most")));
    }
    Ok(())
}

/// The fingerprint of an OpenPGP key in capitals, without spaces and colons; nothing if it is
/// none. Short key ids are none: others can make a key with the same.
pub fn openpgp_fingerprint(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | ':')).collect();
    let fits = plain.bytes().all(|b| b.is_ascii_hexdigit()) && matches!(plain.len(), 40 | 64);
    fits.then(|| plain.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    #[test]
    fn a_comment_is_no_part_of_a_key() {
        let key = PublicKey::ssh(&format!(" {ADA} ada@example.com\n")).unwrap();
        assert_eq!(key.text, ADA);
        assert_eq!(key.fingerprint, "SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ");
        assert_eq!(PublicKey::ssh("ssh-ed25519 AAAA"), Err(KeyError::Unreadable));
        assert_eq!(PublicKey::ssh(""), Err(KeyError::Unreadable));
        let certificate = PublicKey::ssh("ssh-ed25519-cert-v01@openssh.com AAAA");
        assert!(matches!(certificate, Err(KeyError::Type(_))));
    }

    #[test]
    fn a_fingerprint_has_all_its_digits() {
        let spaced = "0123 4567 89ab cdef 0123  4567 89ab cdef 0123 4567";
        let all = "0123456789ABCDEF0123456789ABCDEF01234567";
        assert_eq!(openpgp_fingerprint(spaced).as_deref(), Some(all));
        assert_eq!(openpgp_fingerprint("89ABCDEF"), None);
        assert_eq!(openpgp_fingerprint(&"é".repeat(40)), None);
    }
}
