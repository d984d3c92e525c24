//! What makes two findings in two revisions the same one.

use std::fmt;

use sha2::{Digest, Sha256};

/// SHA-256 over code, entity (or else path), identity pointer and the offending value's digest.
///
/// Line numbers, formatting and the order of a list's items are outside, so that a finding stays
/// the same when a file is reformatted, and a worse value at the same place is a new one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Computes the fingerprint: SHA-256 of the JCS form (RFC 8785) of the four strings' array.
    pub fn of(code: &str, subject: &str, identity: &str, value: &str) -> Self {
        let value = hex(&Sha256::digest(value.as_bytes()));
        // For an array of strings, serde_json's compact form is the one that RFC 8785 asks for.
        let canonical = serde_json::json!([code, subject, identity, value]).to_string();
        Self(Sha256::digest(canonical.as_bytes()).into())
    }

    /// Tells statements apart that share a fingerprint: the first, of number 0, keeps it.
    #[must_use]
    pub fn nth(self, number: usize) -> Self {
        match number {
            0 => self,
            _ => Self(Sha256::digest(format!("{self}#{number}").as_bytes()).into()),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_never_changes_its_bytes() {
        let print = Fingerprint::of(
            "reference-unknown",
            "component:default/checkout",
            "/spec/owner",
            "group:payments",
        );
        assert_eq!(
            print.to_string(),
            "2422b3cb7a00ad7f0ca96e92b0293c4a05d2d1ed29b8e01928d189ecfb85548c"
        );
    }

    #[test]
    fn the_second_of_a_fingerprint_has_one_of_its_own() {
        let print = Fingerprint::of("a", "b", "c", "d");
        assert_eq!(print.nth(0), print);
        let distinct: std::collections::BTreeSet<_> = (0..10).map(|n| print.nth(n)).collect();
        assert_eq!(distinct.len(), 10);
        assert_ne!(print.nth(1), Fingerprint::of("a", "b", "c", "x").nth(1));
    }

    #[test]
    fn each_part_counts() {
        let all = [
            Fingerprint::of("a", "b", "c", "d"),
            Fingerprint::of("x", "b", "c", "d"),
            Fingerprint::of("a", "x", "c", "d"),
            Fingerprint::of("a", "b", "x", "d"),
            Fingerprint::of("a", "b", "c", "x"),
            Fingerprint::of("a", "b\",\"c", "", "d"),
        ];
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}
