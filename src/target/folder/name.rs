//! Names of files that a catalog may choose: none leads out of its folder, on any system.

use sha2::{Digest, Sha256};

use crate::tree::is_writable_path;

/// How the names of gitsm's own files begin.
pub(super) const OWN: &str = ".gitsm-";

/// The bytes of one part of a path that file systems take (POSIX `NAME_MAX`, less room for none).
const LONGEST_PART: usize = 255;

/// The bytes of a path; most systems take 4096, and the folder stands before it.
const LONGEST_PATH: usize = 2048;

/// Names that are devices on Windows, whatever follows a dot (learn.microsoft.com, "Naming Files,
/// Paths, and Namespaces").
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "com", "lpt", "conin$", "conout$"];

/// What is wrong with a path below a folder, parted by `/`; nothing if a file may be called so.
pub fn misnamed(path: &str) -> Option<&'static str> {
    if path.is_empty() || path.len() > LONGEST_PATH {
        return Some("a path has 1 to 2048 bytes");
    }
    if path.starts_with('/') {
        return Some("a path begins below the folder of the target and not at `/`");
    }
    if path.chars().any(char::is_control) {
        return Some("a path holds no control characters");
    }
    if path.contains(['\\', ':']) {
        return Some("a path is parted by `/` and holds no `\\` and no `:`");
    }
    path.split('/').find_map(misnamed_part)
}

fn misnamed_part(part: &str) -> Option<&'static str> {
    let stem = part.split('.').next().unwrap_or_default().to_lowercase();
    match part {
        "" => Some("a path holds no empty part"),
        "." | ".." => Some("a path holds no `.` and no `..`: it cannot leave its folder"),
        _ if part.len() > LONGEST_PART => Some("a part of a path has at most 255 bytes"),
        _ if part.to_lowercase().starts_with(OWN) => {
            Some("names that begin with `.gitsm-` are gitsm's own")
        }
        _ if !is_writable_path(part) => Some("`.git` is Git's own"),
        _ if part.ends_with(['.', ' ']) => Some("no part of a path ends with a dot or a blank"),
        _ if is_device(stem.trim_end()) => Some("a part of it is the name of a device on Windows"),
        _ => None,
    }
}

/// `com` and `lpt` are devices with a digit behind them.
fn is_device(stem: &str) -> bool {
    DEVICES.iter().any(|device| {
        let rest = stem.strip_prefix(device);
        let numbered = matches!(*device, "com" | "lpt");
        rest.is_some_and(|rest| match numbered {
            true => rest.len() == 1 && rest.chars().all(|c| c.is_ascii_digit()),
            false => rest.is_empty(),
        })
    })
}

/// Whether a file of a folder is called as those are in which marks are kept.
pub fn is_inventory(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with(OWN) && name.ends_with(".ndjson")
}

/// The name beside a file under which its next content is written: always the same one, so that what
/// a killed run leaves is found again.
pub(super) fn unfinished(name: &str) -> String {
    format!("{OWN}new-{}", short(name))
}

/// 64 bits of SHA-256, in hexadecimal.
pub(super) fn short(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_its_folder_on_any_system() {
        let long = "a".repeat(256);
        for path in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../a",
            "a/../../b",
            "a/..",
            "./a",
            "a/.",
            "a//b",
            "a/",
            ".git",
            ".git/config",
            "a/.GIT/x",
            "git~1/x",
            ".git /x",
            ".git./x",
            ".g\u{200c}it/x",
            "a\\b",
            "c:",
            "C:/x",
            "a:stream",
            "a\0b",
            "a\nb",
            "a\u{7f}",
            "a\u{85}b",
            "nul",
            "a/NUL.txt",
            "com1",
            "LPT9.log",
            "aux .txt",
            "a.",
            "b ",
            ".gitsm-x",
            "a/.GITSM-new-1",
            &long,
            &"a/".repeat(1025),
        ] {
            assert!(misnamed(path).is_some(), "{path:?}");
        }
        for path in [
            "a",
            "a/b.conf",
            ".gitignore",
            "gitsm",
            ".gitsm",
            "...a",
            "a b",
            "é/ü",
            "com",
            "com10",
            "console",
            "lpt",
            "git~x",
            "a..b",
            "-rf",
            "$(x)",
            "a*b",
        ] {
            assert_eq!(misnamed(path), None, "{path:?}");
        }
    }

    #[test]
    fn what_is_unfinished_has_one_name_that_no_glob_of_rules_takes() {
        assert_eq!(unfinished("a.yml"), unfinished("a.yml"));
        assert_ne!(unfinished("a.yml"), unfinished("b.yml"));
        assert!(
            unfinished("a.yml").starts_with(".gitsm-new-") && !unfinished("a.yml").contains(".yml")
        );
    }
}
