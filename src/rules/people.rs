//! People: no private matters in Git, and keys that prove something.

use std::sync::OnceLock;

use regex::Regex;

use super::at::{At, Part, dotted};
use super::codes;
use crate::catalog::{DocumentView, FileView};
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::model::gitsm::person::KeyType;
use crate::signature::{KeyError, PublicKey, openpgp_fingerprint};
use crate::yaml::{Node, Pointer};

/// Names of fields that hold private matters, in lower case, without separators.
const PRIVATE_FIELDS: &[&str] = &[
    "phone",
    "mobile",
    "telephone",
    "tel",
    "cell",
    "fax",
    "address",
    "homeaddress",
    "street",
    "postcode",
    "zip",
    "birthday",
    "birthdate",
    "dateofbirth",
    "dob",
    "ssn",
    "salary",
    "gender",
    "nationality",
    "religion",
    "spouse",
    "iban",
];

/// Providers of private mailboxes.
const PRIVATE_MAIL: &[&str] = &[
    "@gmail.",
    "@googlemail.",
    "@hotmail.",
    "@outlook.com",
    "@live.com",
    "@yahoo.",
    "@gmx.",
    "@web.de",
    "@icloud.com",
    "@me.com",
    "@proton.me",
    "@protonmail.",
    "@aol.",
    "@t-online.de",
    "@mail.ru",
    "@qq.com",
];

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    if document.kind().is_none_or(|kind| kind.name != "Person") {
        return;
    }
    let at = At::new(view, document);
    private(&at, document.root, &Pointer::root(), findings);
    if let Some(Spec::Person(spec)) = document.spec.as_deref() {
        for (number, key) in spec.keys.iter().flatten().enumerate() {
            let wrong = match key.r#type {
                KeyType::Ssh => wrong_ssh(&key.key),
                KeyType::Openpgp => wrong_openpgp(&key.key),
            };
            let Some((headline, help)) = wrong else { continue };
            let pointer = Pointer::from_text(format!("/spec/keys/{number}/key"));
            findings
                .push(at.finding(&codes::KEY_INVALID, &pointer, Part::Value, headline).help(help));
        }
    }
}

/// Looks for private matters in every field; what it finds is not quoted.
fn private(at: &At<'_>, node: Node<'_>, pointer: &Pointer, findings: &mut Vec<Finding>) {
    for (key, value) in node.entries() {
        let name = key.text().unwrap_or_default();
        let below = pointer.join(name);
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let last = name.rsplit('/').next().unwrap_or(name);
        let last: String = last.chars().filter(char::is_ascii_alphanumeric).collect();
        let is_private = |word: &String| PRIVATE_FIELDS.contains(&word.to_lowercase().as_str());
        if is_private(&plain) || is_private(&last) {
            findings.push(told(at, &below, "by its name"));
            continue;
        }
        private(at, value, &below, findings);
    }
    for (number, item) in node.items().enumerate() {
        private(at, item, &pointer.join(number), findings);
    }
    let text = node.as_str().unwrap_or_default();
    let lower = text.to_lowercase();
    if PRIVATE_MAIL.iter().any(|mail| lower.contains(mail)) {
        findings.push(told(at, pointer, "a private mailbox"));
    } else if is_phone(text) {
        findings.push(told(at, pointer, "a phone number"));
    }
}

fn told(at: &At<'_>, pointer: &Pointer, what: &str) -> Finding {
    let headline = format!("`{}` is personal data: {what}", dotted(pointer));
    at.finding(&codes::PERSON_DATA, pointer, Part::Value, headline).mark("not shown").help(
        "remove it, also from history before it is pushed: whoever clones the repository has it, \
         and nobody can take it back; keep it in the directory, and here the account that leads \
         there",
    )
}

fn is_phone(text: &str) -> bool {
    static CELL: OnceLock<Option<Regex>> = OnceLock::new();
    let form = r"^(tel:)?(\+|00|0|\()[0-9 ()./-]{7,}[0-9]$";
    let regex = CELL.get_or_init(|| Regex::new(form).ok()).as_ref();
    let is_long = |text: &str| (9..=17).contains(&text.bytes().filter(u8::is_ascii_digit).count());
    if is_long(text) && regex.is_some_and(|regex| regex.is_match(text)) {
        return true;
    }
    // Within other words only the international form is certain.
    static WITHIN: OnceLock<Option<Regex>> = OnceLock::new();
    let within = WITHIN.get_or_init(|| Regex::new(r"\+[0-9][0-9 ()./-]{6,}[0-9]").ok()).as_ref();
    within.is_some_and(|regex| regex.find_iter(text).any(|found| is_long(found.as_str())))
}

fn wrong_ssh(text: &str) -> Option<(String, String)> {
    let help = || {
        "write a public key as `ssh-keygen` prints it: `ssh-ed25519 AAAA…`, also of a hardware key"
            .to_owned()
    };
    let weak = || "make a new one: `ssh-keygen -t ed25519`".to_owned();
    match PublicKey::ssh(text).err()? {
        KeyError::Unreadable => Some(("this is no SSH public key".to_owned(), help())),
        KeyError::Type(name) => Some((format!("`{name}` is no type of key that counts"), help())),
        KeyError::Weak(what) => Some((format!("this key is too weak: {what}"), weak())),
        KeyError::Long(what) => Some((format!("this key is too long: {what}"), weak())),
    }
}

fn wrong_openpgp(text: &str) -> Option<(String, String)> {
    let plain: String = text.chars().filter(|c| *c != ' ' && *c != ':').collect();
    let is_hex = plain.chars().all(|c| c.is_ascii_hexdigit());
    openpgp_fingerprint(text).is_none().then(|| {
        let headline = match is_hex && matches!(plain.len(), 8 | 16) {
            true => "this is a short key id, which others can make, too",
            false => "this is no OpenPGP fingerprint",
        };
        let help = "write all 40 (version 4) or 64 (version 6) hexadecimal digits: \
                    `gpg --fingerprint`";
        (headline.to_owned(), help.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_told_from_dates_and_ids() {
        assert!(is_phone("call me: +49 (170) 7654-321, please"));
        for text in ["+49 170 1234567", "0170/1234567", "tel:+15551234567", "(030) 123-456 78"] {
            assert!(is_phone(text), "{text}");
        }
        for text in ["2026-11-21", "1234567890", "C-2026-017", "10.20.0.11", "0.1.2"] {
            assert!(!is_phone(text), "{text}");
        }
    }

    #[test]
    fn short_and_broken_keys_are_refused() {
        let good =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti ada";
        assert_eq!(wrong_ssh(good), None);
        assert!(wrong_ssh("ssh-ed25519 AAAA").is_some());
        assert_eq!(wrong_openpgp("0123456789ABCDEF0123456789ABCDEF01234567"), None);
        assert!(wrong_openpgp("89ABCDEF").unwrap().0.contains("short"));
    }
}
