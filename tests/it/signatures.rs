//! Signatures against the programs that people have: what `ssh-keygen`, `gpg` and `git` make is
//! read, and nothing counts that they refuse.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use gitsm::signature::{Bad, Format, verify};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::keys::has;
use crate::support::project;

const NAMESPACE: &str = "gitsm-ledger/1";
const MESSAGE: &[u8] = b"{\"at\":\"2026-11-21T16:00:00Z\"}";

/// What `ssh-keygen` says of a signature, whoever made it.
fn accepted(folder: &Path, armoured: &str, namespace: &str, message: &[u8]) -> bool {
    let file = folder.join("checked.sig");
    fs::write(&file, armoured).unwrap();
    let mut child = Command::new("ssh-keygen")
        .args(["-Y", "check-novalidate", "-n", namespace, "-s"])
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // What it refuses at once it does not read.
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), message);
    child.wait().unwrap().success()
}

/// The fixed signatures: made once, read for ever.
fn vectors() -> Vec<(String, String, String)> {
    let folder = project().join("tests/fixtures/signatures");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "sig") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let key = fs::read_to_string(path.with_extension("pub")).unwrap();
            found.push((name, key.trim().to_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn signatures_of_every_type_of_key_are_read() {
    let all = vectors();
    let names: Vec<&str> = all.iter().map(|(name, ..)| name.as_str()).collect();
    let wanted = [
        "ecdsa-256",
        "ecdsa-384",
        "ecdsa-521",
        "ed25519",
        "ed25519-short-lines",
        "rsa-3072",
        "rsa-4096-sha256",
        "rsa-8192",
        "sk-ecdsa",
        "sk-ed25519",
    ];
    assert_eq!(names, wanted);
    for (name, key, armoured) in &all {
        let signer =
            verify(armoured, NAMESPACE, MESSAGE).unwrap_or_else(|bad| panic!("{name}: {bad}"));
        assert_eq!(signer.key.as_deref(), Some(key.as_str()), "{name}");
        assert_eq!(signer.format, Format::Ssh);
        assert!(signer.fingerprint.starts_with("SHA256:"), "{name}");
        assert_eq!(signer.hardware.is_some(), name.starts_with("sk-"), "{name}");
        assert_eq!(verify(armoured, "git", MESSAGE), Err(Bad::Namespace(NAMESPACE.to_owned())));
        assert_eq!(verify(armoured, NAMESPACE, b"else"), Err(Bad::Mismatch), "{name}");
    }
    let hardware = |name: &str| {
        let (.., armoured) = all.iter().find(|(one, ..)| one == name).unwrap();
        verify(armoured, NAMESPACE, MESSAGE).unwrap().hardware.unwrap()
    };
    let key = hardware("sk-ed25519");
    assert_eq!((key.present, key.verified, key.counter), (true, true, 7));
    let key = hardware("sk-ecdsa");
    assert_eq!((key.present, key.verified, key.counter), (true, false, 65_538));
}

#[test]
fn no_flipped_byte_is_missed() {
    let all = vectors();
    let small: Vec<&(String, String, String)> =
        all.iter().filter(|(name, ..)| !name.starts_with("rsa-8")).collect();
    let mut runner = TestRunner::new(ProptestConfig { cases: 400, ..ProptestConfig::default() });
    let inputs = (0..small.len(), any::<prop::sample::Index>(), 1..=255_u8, any::<bool>());
    let result = runner.run(&inputs, |(which, at, flip, in_message)| {
        let (name, _, armoured) = small[which];
        let (mut text, mut message) = (armoured.clone().into_bytes(), MESSAGE.to_vec());
        let bytes = if in_message { &mut message } else { &mut text };
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let text = String::from_utf8_lossy(&text);
        prop_assert!(verify(&text, NAMESPACE, &message).is_err(), "{name} {at} {flip}");
        Ok(())
    });
    result.unwrap();
}

#[test]
fn what_ssh_keygen_refuses_never_counts() {
    if !has("ssh-keygen") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, _, armoured) in vectors() {
        let lines: Vec<&str> = armoured.lines().collect();
        let without_last: String = lines[..lines.len() - 1].join("\n");
        let shorter = [&lines[..lines.len() - 2], &lines[lines.len() - 1..]].concat().join("\n");
        let (other, namespace) = (b"other".as_slice(), "git");
        let cases: Vec<(&str, String, &str, &[u8])> = vec![
            ("as it is", armoured.clone(), NAMESPACE, MESSAGE),
            ("CRLF", armoured.replace('\n', "\r\n"), NAMESPACE, MESSAGE),
            ("other message", armoured.clone(), NAMESPACE, other),
            ("other namespace", armoured.clone(), namespace, MESSAGE),
            ("no end", without_last, NAMESPACE, MESSAGE),
            ("a line less", shorter, NAMESPACE, MESSAGE),
            ("something before", format!("x\n{armoured}"), NAMESPACE, MESSAGE),
            ("something behind", format!("{armoured}x\n"), NAMESPACE, MESSAGE),
            ("nothing", String::new(), NAMESPACE, MESSAGE),
        ];
        for (case, text, namespace, message) in cases {
            let theirs = accepted(folder.path(), &text, namespace, message);
            let ours = verify(&text, namespace, message).is_ok();
            assert!(theirs || !ours, "{name}, {case}: ssh-keygen refuses it");
            // Here nothing stands around a signature, where nobody else looks; and some versions
            // of OpenSSH take CRLF.
            let is_stricter = matches!(case, "something behind" | "CRLF");
            assert_eq!(ours, theirs && !is_stricter, "{name}, {case}");
        }
    }
}

/// What must not count, and why; `true` where `ssh-keygen` would take it.
const REFUSED: &[(&str, &str, bool)] = &[
    ("certificate", "a certificate in the place of a key does not count", true),
    ("empty-namespace", "not readable", false),
    ("hash-none", "not readable", false),
    ("hash-sha1", "not readable", false),
    ("message-itself", "does not fit", false),
    ("reserved", "no meaning yet", true),
    ("reserved-signed", "no meaning yet", false),
    ("rsa-2048", "RSA with 2048 bits, and 3072 are the least", true),
    ("rsa-signed-over-sha1", "not readable", false),
    ("signature-of-other-type", "not readable", false),
    ("trailing-data", "not readable", false),
    ("version-0", "version 0", true),
    ("version-2", "not readable", false),
];

#[test]
fn what_is_weak_or_odd_does_not_count() {
    let folder = project().join("tests/fixtures/signatures/refused");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), REFUSED.len());
    let checked = tempfile::tempdir().unwrap();
    for (name, words, is_stricter) in REFUSED {
        let armoured = fs::read_to_string(folder.join(format!("{name}.sig"))).unwrap();
        let bad = verify(&armoured, NAMESPACE, MESSAGE).unwrap_err();
        assert!(bad.to_string().contains(words), "{name}: {bad}");
        if has("ssh-keygen") {
            let theirs = accepted(checked.path(), &armoured, NAMESPACE, MESSAGE);
            assert_eq!(theirs, *is_stricter, "{name}");
        }
    }
}
