//! CODEOWNERS: who GitHub asks to review which files.

use std::collections::BTreeSet;

/// Where GitHub looks for it, in this order, and then GitLab; the first one counts.
pub(in crate::flow) const PATHS: &[&str] =
    &[".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// The most of it that GitHub reads.
pub(in crate::flow) const LIMIT: u64 = 3 << 20;

/// Somebody who owns files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Handle {
    /// A team, `@org/team`, in lower case.
    Team {
        /// The organisation.
        org: String,
        /// The team's slug.
        slug: String,
    },
    /// An account, `@login`, in lower case.
    Login(String),
    /// An address, in lower case.
    Email(String),
}

impl std::fmt::Display for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Team { org, slug } => write!(f, "@{org}/{slug}"),
            Self::Login(login) => write!(f, "@{login}"),
            Self::Email(email) => f.write_str(email),
        }
    }
}

/// Each owner of a text, once, with the first line that names it.
pub(super) fn owners(text: &str) -> Vec<(Handle, usize)> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for handle in owners_of(line) {
            if seen.insert(handle.clone()) {
                found.push((handle, number + 1));
            }
        }
    }
    found
}

/// The owners after the pattern of a line.
fn owners_of(line: &str) -> impl Iterator<Item = Handle> {
    // A pattern may hold a space after a backslash; what stands in its place does not matter here.
    let line = line.replace("\\ ", "_").replace("\\#", "_");
    let line = line.split('#').next().unwrap_or_default();
    // GitLab's sections are no patterns.
    let section = line.trim_start().trim_start_matches('^').starts_with('[');
    let words = line.split_whitespace().skip(1).filter(move |_| !section);
    words.filter_map(handle).collect::<Vec<_>>().into_iter()
}

fn handle(word: &str) -> Option<Handle> {
    let word = word.to_ascii_lowercase();
    let Some(name) = word.strip_prefix('@') else {
        return word.contains('@').then(|| Handle::Email(word.clone()));
    };
    match name.split_once('/') {
        Some((org, slug)) if is_login(org) && is_login(slug) => {
            Some(Handle::Team { org: org.to_owned(), slug: slug.to_owned() })
        }
        None if is_login(name) => Some(Handle::Login(name.to_owned())),
        _ => None,
    }
}

/// Whether GitHub could have such an account or team.
pub(in crate::flow) fn is_login(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !text.is_empty() && text.len() <= 100 && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_owner_is_found_once_with_its_first_line() {
        let text = "# @nobody\n* @Acme/Payments @ada\n/a\\ b.md docs@example.com # @late\n\
                    [Section] @x\n/c @ada @acme/payments @not/a/team @\n/only-a-pattern\n";
        let found: Vec<String> =
            owners(text).iter().map(|(handle, line)| format!("{line} {handle}")).collect();
        assert_eq!(found, ["2 @acme/payments", "2 @ada", "3 docs@example.com"]);
    }
}
