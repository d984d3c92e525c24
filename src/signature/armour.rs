//! The armour around signatures: base64 between a first and a last line, and nothing else.
//!
//! Lines may be as long as their writer likes them, but all alike, and end in LF (OpenSSH 9.2 takes no
//! other either); so there is one way to write the same bytes for each length, and no place to hide
//! others.

use base64ct::{Base64, Encoding as _};

use super::{Bad, Format};

const SSH: (&str, &str) = ("-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----");
const OPENPGP: (&str, &str) = ("-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----");

/// How long lines of `ssh-keygen` are.
const WIDTH: usize = 70;

/// What kind of signature a text is, by its first line.
pub(super) fn format(armoured: &str) -> Option<Format> {
    let begins =
        |line: &str| armoured.strip_prefix(line).is_some_and(|rest| rest.starts_with(['\n', '\r']));
    match (begins(SSH.0), begins(OPENPGP.0)) {
        (true, _) => Some(Format::Ssh),
        (_, true) => Some(Format::OpenPgp),
        _ => None,
    }
}

/// An SSH signature with the line ends and the line length that `ssh-keygen` writes.
pub(super) fn ssh(armoured: &str) -> Result<String, Bad> {
    let lines = between(armoured, SSH)?;
    let body = joined(&lines)?;
    let mut text = format!("{}\n", SSH.0);
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(WIDTH).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(SSH.1);
    text.push('\n');
    Ok(text)
}

/// The bytes of an SSH signature.
pub(super) fn blob(armoured: &str) -> Option<Vec<u8>> {
    let body = between(armoured, SSH).and_then(|lines| joined(&lines)).ok()?;
    Base64::decode_vec(&body).ok()
}

/// Whether an SSH signature holds these bytes somewhere.
pub(super) fn holds(armoured: &str, wanted: &[u8]) -> bool {
    let bytes = blob(armoured).unwrap_or_default();
    bytes.windows(wanted.len().max(1)).any(|part| part == wanted)
}

/// The bytes of an OpenPGP signature. Headers such as `Comment:` and the checksum, which protects
/// nothing, are passed over.
pub(super) fn openpgp(armoured: &str) -> Result<Vec<u8>, Bad> {
    let lines = between(armoured, OPENPGP)?;
    let headers = lines.iter().position(|line| line.trim().is_empty());
    let headers = headers.ok_or_else(|| unreadable("its armour has no empty line"))?;
    let is_header = |line: &&str| line.contains(": ");
    if !lines.iter().take(headers).all(is_header) {
        return Err(unreadable("its armour has headers that are none"));
    }
    let mut body = lines.get(headers + 1..).unwrap_or_default();
    if let Some((last, before)) = body.split_last()
        && last.starts_with('=')
        && last.len() == 5
    {
        body = before;
    }
    let body = joined(body)?;
    Base64::decode_vec(&body).map_err(|error| unreadable(&format!("its base64: {error}")))
}

/// The lines between the first and the last one.
fn between<'t>(armoured: &'t str, ends: (&str, &str)) -> Result<Vec<&'t str>, Bad> {
    let armoured = armoured.strip_suffix('\n').unwrap_or(armoured);
    let lines: Vec<&str> = armoured.split('\n').collect();
    match lines.as_slice() {
        [first, body @ .., last] if *first == ends.0 && *last == ends.1 => Ok(body.to_vec()),
        _ => Err(unreadable("its armour has no end, or something stands around it")),
    }
}

/// Lines of base64, all of one length but for the last.
fn joined(lines: &[&str]) -> Result<String, Bad> {
    let Some((last, before)) = lines.split_last() else {
        return Err(unreadable("there is nothing in its armour"));
    };
    let width = before.first().map_or(last.len(), |first| first.len());
    let is_even = before.iter().all(|line| line.len() == width);
    if !is_even || last.len() > width || last.is_empty() {
        return Err(unreadable("its lines are not alike"));
    }
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    if !lines.iter().all(|line| line.bytes().all(is_base64)) {
        return Err(unreadable("there is something else than base64 in its armour"));
    }
    Ok(lines.concat())
}

fn unreadable(reason: &str) -> Bad {
    Bad::Unreadable(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "-----BEGIN SSH SIGNATURE-----\nAAAA\nBBBB\nCC==\n-----END SSH SIGNATURE-----\n";

    #[test]
    fn lines_are_of_any_one_length_and_end_in_lf() {
        let same = "-----BEGIN SSH SIGNATURE-----\nAAAABBBBCC==\n-----END SSH SIGNATURE-----\n";
        assert_eq!(ssh(TEXT).unwrap(), same);
        assert_eq!(ssh(TEXT.trim_end()).unwrap(), same);
        assert!(ssh(&TEXT.replace('\n', "\r\n")).is_err());
        assert!(ssh(&TEXT.replacen('\n', "\r\n", 1)).is_err());
        assert!(ssh(&TEXT.replace("BBBB", "BBB\nB")).is_err());
    }

    #[test]
    fn nothing_stands_around_an_armour_or_in_it() {
        for wrong in [
            format!("{TEXT}x"),
            format!("{TEXT}\n"),
            format!(" {TEXT}"),
            TEXT.replace("BBBB", "BB B"),
            TEXT.replace("BBBB\n", "\n"),
            TEXT.replace("-----END SSH SIGNATURE-----\n", ""),
            TEXT.replace("AAAA\nBBBB\nCC==\n", ""),
        ] {
            assert!(ssh(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn headers_and_checksum_of_openpgp_are_passed_over() {
        let armour = |body: &str| format!("{}\n{body}\n{}\n", OPENPGP.0, OPENPGP.1);
        assert_eq!(openpgp(&armour("\nAQID")).unwrap(), [1, 2, 3]);
        assert_eq!(openpgp(&armour("Comment: x\n\nAQID\n=abcd")).unwrap(), [1, 2, 3]);
        assert!(openpgp(&armour("AQID")).is_err());
        assert!(openpgp(&armour("what\n\nAQID")).is_err());
    }
}
