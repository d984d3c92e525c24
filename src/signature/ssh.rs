//! SSH signatures (SSHSIG), checked without any program.

use rsa::pkcs1v15;
use rsa::sha2::{Sha256, Sha512};
use rsa::signature::Verifier as _;
use ssh_key::public::{KeyData, RsaPublicKey};
use ssh_key::{Algorithm, HashAlg, SshSig};

use super::key::RSA_BITS;
use super::{Bad, Format, Hardware, KeyError, PublicKey, Signer, armour};

/// The version of the format; there is no other.
const VERSION: u32 = 1;

/// What the types of certificates end in.
const CERTIFICATE: &[u8] = b"-cert-v01@openssh.com";

/// How a hardware key's flags are read (CTAP: user present, user verified).
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;

pub(super) fn verify(armoured: &str, namespace: &str, message: &[u8]) -> Result<Signer, Bad> {
    let text = armour::ssh(armoured)?;
    let read = SshSig::from_pem(&text);
    let signature = read.map_err(|error| match armour::holds(&text, CERTIFICATE) {
        true => Bad::Refused("a certificate in the place of a key".to_owned()),
        false => Bad::Unreadable(error.to_string()),
    })?;
    if !armour::blob(&text).is_some_and(|blob| adds_up(&blob)) {
        return Err(Bad::Unreadable("its lengths do not fit what it holds".to_owned()));
    }
    if signature.version() != VERSION {
        return Err(Bad::Unreadable(format!("it is of version {}", signature.version())));
    }
    if !signature.reserved().is_empty() {
        return Err(Bad::Unreadable("it holds something that has no meaning yet".to_owned()));
    }
    let data = signature.public_key();
    let key = PublicKey::of(data).map_err(refused)?;
    if signature.namespace() != namespace {
        return Err(Bad::Namespace(signature.namespace().chars().take(64).collect()));
    }
    let fits = match data {
        KeyData::Rsa(rsa) => by_rsa(rsa, &signature, message),
        _ => {
            let is_of_key = signature.algorithm() == data.algorithm();
            let key = ssh_key::PublicKey::from(data.clone());
            is_of_key.then(|| key.verify(namespace, message, &signature).ok()).flatten()
        }
    };
    fits.ok_or(Bad::Mismatch)?;
    Ok(Signer {
        hardware: key.is_hardware.then(|| hardware(signature.signature_bytes())).flatten(),
        fingerprint: key.fingerprint,
        format: Format::Ssh,
        key: Some(key.text),
        made: None,
    })
}

/// Whether the lengths in a signature (PROTOCOL.sshsig) add up to what is there: the library passes
/// over some that claim more.
fn adds_up(blob: &[u8]) -> bool {
    let parts = || {
        let (key, mut rest) = string(blob.strip_prefix(b"SSHSIG")?.get(4..)?)?;
        // Namespace, reserved, hash algorithm; then the signature.
        for _ in 0..3 {
            (_, rest) = string(rest)?;
        }
        let (signature, end) = string(rest)?;
        let (algorithm, rest) = string(signature)?;
        let (value, behind) = string(rest)?;
        // That of an elliptic curve of NIST's is two numbers. Hardware adds flags and a counter.
        let is_pair = algorithm.windows(6).any(|part| part == b"ecdsa-");
        let whole = strings(key) && (!is_pair || strings(value));
        Some(whole && end.is_empty() && matches!(behind.len(), 0 | 5))
    };
    parts().unwrap_or(false)
}

/// Whether bytes are strings of the format, one after the other, and nothing else.
fn strings(mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        let Some((_, rest)) = string(bytes) else { return false };
        bytes = rest;
    }
    true
}

/// A string of the format, and what stands behind it.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

fn refused(error: KeyError) -> Bad {
    match error {
        KeyError::Unreadable => Bad::Unreadable("its key".to_owned()),
        KeyError::Weak(what) | KeyError::Long(what) => Bad::Refused(what),
        KeyError::Type(name) => Bad::Refused(format!("a key of the type `{name}`")),
    }
}

/// RSA is checked here, because the library knows no keys of more than 4096 bits.
fn by_rsa(key: &RsaPublicKey, signature: &SshSig, message: &[u8]) -> Option<()> {
    let number = |bytes: Option<&[u8]>| Some(rsa::BigUint::from_bytes_be(bytes?));
    let modulus = number(key.n.as_positive_bytes())?;
    let exponent = number(key.e.as_positive_bytes())?;
    let key = rsa::RsaPublicKey::new_with_max_size(modulus, exponent, *RSA_BITS.end()).ok()?;
    let signed = SshSig::signed_data(signature.namespace(), signature.hash_alg(), message).ok()?;
    let made = pkcs1v15::Signature::try_from(signature.signature_bytes()).ok()?;
    match signature.algorithm() {
        Algorithm::Rsa { hash: Some(HashAlg::Sha256) } => {
            pkcs1v15::VerifyingKey::<Sha256>::new(key).verify(&signed, &made).ok()
        }
        Algorithm::Rsa { hash: Some(HashAlg::Sha512) } => {
            pkcs1v15::VerifyingKey::<Sha512>::new(key).verify(&signed, &made).ok()
        }
        _ => None,
    }
}

/// What stands behind the signature of a hardware key: flags, and a counter.
fn hardware(bytes: &[u8]) -> Option<Hardware> {
    let (_, [flags, counter @ ..]) = bytes.split_last_chunk::<5>()?;
    Some(Hardware {
        present: flags & PRESENT != 0,
        verified: flags & VERIFIED != 0,
        counter: u32::from_be_bytes(*counter),
    })
}
