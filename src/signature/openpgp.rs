//! OpenPGP signatures, checked by the user's `gpg` with the keys that it has; without the network.
//!
//! What is handed to `gpg` is one signature packet and nothing else, so that it cannot check some
//! other text than the one in question. Whether a key is trusted is not asked: the catalog says whose
//! keys count, by their fingerprints.

use std::ffi::OsStr;
use std::io::Write as _;

use super::program::{Input, ProgramError};
use super::{Bad, Format, Signer, Tools, armour};

/// The tag of signature packets (RFC 9580, 5).
const SIGNATURE: u8 = 2;

/// Hashes that no longer prove anything: MD5, SHA-1, RIPEMD-160.
const WEAK: &[&str] = &["1", "2", "3"];

pub(super) fn verify(armoured: &str, message: &[u8], tools: &Tools) -> Result<Signer, Bad> {
    let packet = armour::openpgp(armoured)?;
    if !is_one_signature(&packet) {
        return Err(Bad::Unreadable("it is not exactly one OpenPGP signature".to_owned()));
    }
    let here = |error: std::io::Error| Bad::NoTool(error.to_string());
    let mut file = tempfile::NamedTempFile::new().map_err(here)?;
    file.write_all(&packet).and_then(|()| file.flush()).map_err(here)?;
    let options = [
        "--batch",
        "--no-tty",
        "--quiet",
        "--no-auto-key-retrieve",
        "--disable-dirmngr",
        "--no-auto-check-trustdb",
        "--trust-model=always",
        "--status-fd=1",
        "--verify",
        "--",
    ];
    let mut arguments: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
    arguments.extend([file.path().as_os_str(), OsStr::new("-")]);
    let name = tools.gpg.as_deref().unwrap_or("gpg");
    let printed =
        tools.run(name, &arguments, Input::Bytes(message), false).map_err(|error| match error {
            ProgramError::Missing(name) => {
                Bad::NoTool(format!("OpenPGP needs GnuPG, and there is no `{name}` in PATH"))
            }
            other => Bad::NoTool(other.to_string()),
        })?;
    let status = String::from_utf8_lossy(&printed.stdout);
    judged(&status).and_then(|signer| match printed.status.success() {
        true => Ok(signer),
        false => Err(Bad::Mismatch),
    })
}

/// Whether bytes are one signature packet, and nothing behind it.
fn is_one_signature(bytes: &[u8]) -> bool {
    let whole = || -> Option<bool> {
        let (first, rest) = bytes.split_first()?;
        let number = |from: &[u8]| from.iter().fold(0, |all, one| (all << 8) | usize::from(*one));
        let (tag, header, length) = match first {
            0xc0.. => {
                let (tag, kind) = (first & 0x3f, *rest.first()?);
                match kind {
                    0..=191 => (tag, 1, usize::from(kind)),
                    192..=223 => {
                        let length = (usize::from(kind) - 192) << 8;
                        (tag, 2, length + usize::from(*rest.get(1)?) + 192)
                    }
                    255 => (tag, 5, number(rest.get(1..5)?)),
                    _ => return None,
                }
            }
            0x80.. => {
                let size = [1, 2, 4].get(usize::from(first & 3)).copied()?;
                ((first >> 2) & 0x0f, size, number(rest.get(..size)?))
            }
            _ => return None,
        };
        Some(tag == SIGNATURE && rest.len() == header + length)
    };
    whole().unwrap_or(false)
}

/// What `gpg` says of a signature, line by line.
fn judged(status: &str) -> Result<Signer, Bad> {
    let lines: Vec<Vec<&str>> = status
        .lines()
        .filter_map(|line| line.strip_prefix("[GNUPG:] "))
        .map(|line| line.split(' ').collect())
        .collect();
    let all = |word: &str| -> Vec<&Vec<&str>> {
        lines.iter().filter(|line| line.first() == Some(&word)).collect()
    };
    let first = |word: &str| all(word).first().copied();
    let said = |line: Option<&Vec<&str>>, at: usize| -> Option<String> {
        Some((*line?.get(at)?).to_owned()).filter(|text| !text.is_empty())
    };
    if first("BADSIG").is_some() {
        return Err(Bad::Mismatch);
    }
    if let Some(line) = first("NO_PUBKEY").or_else(|| first("ERRSIG")) {
        let unread = first("NO_PUBKEY").is_none() && said(Some(line), 6).as_deref() != Some("9");
        let key = said(Some(line), 1).unwrap_or_default();
        return Err(match unread {
            true => Bad::Refused(format!("gpg cannot check what {key} made: its kind")),
            false => Bad::NoKey(key),
        });
    }
    let valid = all("VALIDSIG");
    let &[line] = valid.as_slice() else {
        return Err(match first("NODATA").is_some() || lines.is_empty() {
            true => Bad::Unreadable("gpg finds no signature in it".to_owned()),
            false => Bad::Mismatch,
        });
    };
    // VALIDSIG <fingerprint> <date> <made> <expires> <version> <reserved> <key> <hash> <class> <primary>
    let field = |at: usize| said(Some(line), at).unwrap_or_default();
    let fingerprint =
        [field(10), field(1)].into_iter().find_map(|one| super::openpgp_fingerprint(&one));
    let fingerprint = fingerprint.ok_or(Bad::Mismatch)?;
    if WEAK.contains(&field(8).as_str()) {
        return Err(Bad::Refused("a signature over MD5, SHA-1 or RIPEMD-160".to_owned()));
    }
    if field(9) != "00" {
        return Err(Bad::Refused("a signature that is not over the bytes as they are".to_owned()));
    }
    let made = field(3).parse().ok();
    if first("REVKEYSIG").is_some() || first("KEYREVOKED").is_some() {
        return Err(Bad::KeyRevoked(fingerprint));
    }
    if first("EXPSIG").is_some() {
        return Err(Bad::Expired);
    }
    if first("EXPKEYSIG").is_some() {
        // What was signed while the key was in use stays signed.
        let ends =
            all("KEYEXPIRED").into_iter().filter_map(|line| line.get(1)?.parse::<i64>().ok()).min();
        if ends.zip(made).is_none_or(|(ended, made)| made >= ended) {
            return Err(Bad::KeyExpired(fingerprint));
        }
    } else if first("GOODSIG").is_none() {
        return Err(Bad::Mismatch);
    }
    Ok(Signer { fingerprint, format: Format::OpenPgp, key: None, hardware: None, made })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "[GNUPG:] VALIDSIG AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA 2026-01-02 \
                         1767323045 0 4 0 22 10 00 0123456789ABCDEF0123456789ABCDEF01234567\n";

    fn of(lines: &str) -> Result<String, Bad> {
        judged(&format!("[GNUPG:] NEWSIG\n{lines}")).map(|signer| signer.fingerprint)
    }

    #[test]
    fn the_primary_key_is_named() {
        let good = format!("[GNUPG:] GOODSIG AAAAAAAAAAAAAAAA Ada\n{VALID}");
        assert_eq!(of(&good).unwrap(), "0123456789ABCDEF0123456789ABCDEF01234567");
    }

    #[test]
    fn expired_and_revoked_keys_are_told_apart() {
        let expired =
            |when: u64| format!("[GNUPG:] EXPKEYSIG A Ada\n{VALID}[GNUPG:] KEYEXPIRED {when}");
        assert!(matches!(of(&expired(1_767_323_044)), Err(Bad::KeyExpired(_))));
        assert!(of(&expired(1_767_323_046)).is_ok());
        let revoked = format!("[GNUPG:] REVKEYSIG A Ada\n{VALID}");
        assert!(matches!(of(&revoked), Err(Bad::KeyRevoked(_))));
        assert_eq!(of(&format!("[GNUPG:] EXPSIG A Ada\n{VALID}")), Err(Bad::Expired));
    }

    #[test]
    fn what_proves_nothing_is_no_signature() {
        let good = "[GNUPG:] GOODSIG A Ada\n";
        assert_eq!(of("[GNUPG:] BADSIG A Ada"), Err(Bad::Mismatch));
        assert_eq!(of(good), Err(Bad::Mismatch));
        assert_eq!(of(&format!("{good}{VALID}{VALID}")), Err(Bad::Mismatch));
        assert!(matches!(
            of(&format!("{good}{}", VALID.replace("22 10", "22 2"))),
            Err(Bad::Refused(_))
        ));
        assert!(matches!(
            of(&format!("{good}{}", VALID.replace(" 00 ", " 01 "))),
            Err(Bad::Refused(_))
        ));
        assert_eq!(
            of("[GNUPG:] ERRSIG A 22 10 00 1 9 -\n[GNUPG:] NO_PUBKEY A"),
            Err(Bad::NoKey("A".into()))
        );
        assert!(matches!(judged(""), Err(Bad::Unreadable(_))));
    }

    #[test]
    fn one_packet_is_a_signature_and_all_there_is() {
        assert!(is_one_signature(&[0x88, 2, 0, 0]));
        assert!(is_one_signature(&[0xc2, 2, 0, 0]));
        for wrong in [&[][..], &[0x88], &[0x88, 2, 0], &[0x88, 2, 0, 0, 0], &[0xcb, 2, 0, 0]] {
            assert!(!is_one_signature(wrong), "{wrong:?}");
        }
    }
}
