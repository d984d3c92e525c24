//! Where pages stand in a site, and how one links to another.
//!
//! Addresses are explicit files and links are relative, so that a site works in any folder of any
//! server and, unpacked on a disk, without one.

use std::fmt;

/// Where a page stands, without its ending: `service/checkout`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

/// Names that cannot be files: a folder's own page, and devices of Windows
/// (<https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file>).
const TAKEN: &[&str] = &["index", "con", "prn", "aux", "nul"];

impl Address {
    /// The address of a page that is not about an entity.
    pub fn page(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// The address of the list of a family.
    pub fn list(prefix: &str) -> Self {
        Self(format!("{prefix}/index"))
    }

    /// The address of an entity by its canonical reference, such as `service:default/checkout`.
    pub fn of(reference: &str) -> Self {
        let (prefix, rest) = reference.split_once(':').unwrap_or(("other", reference));
        let (namespace, name) = rest.split_once('/').unwrap_or(("default", rest));
        match namespace {
            "default" => Self(format!("{}/{}", folder(prefix), file(name))),
            _ => Self(format!("{}/{}/{}", folder(prefix), folder(namespace), file(name))),
        }
    }

    /// The path of the page in a format, from the top of the site.
    pub fn path(&self, ending: &str) -> String {
        format!("{}.{ending}", self.0)
    }

    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The way from this page to the top of the site: empty, or `../` as often as needed.
    pub fn root(&self) -> String {
        "../".repeat(self.0.matches('/').count())
    }

    /// A link from this page to another one, in a format.
    pub fn link(&self, to: &Self, ending: &str) -> String {
        let own = self.0.rsplit_once('/').map_or("", |(folder, _)| folder);
        let other = to.0.rsplit_once('/').map_or("", |(folder, _)| folder);
        if own == other {
            let name = to.0.rsplit_once('/').map_or(to.0.as_str(), |(_, name)| name);
            return format!("{name}.{ending}");
        }
        format!("{}{}.{ending}", self.root(), to.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name as a folder. Devices of Windows are none either.
fn folder(name: &str) -> String {
    file(name)
}

/// A name as a file, without its ending. A tilde is no part of names, so nothing collides.
fn file(name: &str) -> String {
    let stem = name.split('.').next().unwrap_or(name);
    let is_port = ["com", "lpt"]
        .iter()
        .any(|port| stem.strip_prefix(port).is_some_and(|rest| rest.len() == 1 && rest != "0"));
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let clean: String = name.chars().map(|c| if safe(c) { c } else { '~' }).collect();
    match TAKEN.contains(&stem) || is_port || clean.starts_with('.') {
        true => format!("~{clean}"),
        false => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_have_addresses_of_their_own() {
        for (reference, path) in [
            ("service:default/checkout", "service/checkout.html"),
            ("service:shop/checkout", "service/shop/checkout.html"),
            ("service:default/index", "service/~index.html"),
            ("ci:default/con", "ci/~con.html"),
            ("ci:default/com1.example", "ci/~com1.example.html"),
            ("ci:default/console", "ci/console.html"),
        ] {
            assert_eq!(Address::of(reference).path("html"), path);
        }
    }

    #[test]
    fn links_are_relative_to_the_page_that_holds_them() {
        let link = |from: &str, to: &str| Address::page(from).link(&Address::page(to), "html");
        assert_eq!(link("index", "service/checkout"), "service/checkout.html");
        assert_eq!(link("service/checkout", "service/payments"), "payments.html");
        assert_eq!(link("service/checkout", "ci/db"), "../ci/db.html");
        assert_eq!(link("service/shop/checkout", "index"), "../../index.html");
    }
}
