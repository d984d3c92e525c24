//! Paths inside a tree, as text: component by component, never by string prefix.

/// Whether a path names a YAML file.
pub fn is_yaml(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| matches!(extension, "yaml" | "yml"))
}

/// The path that `target`, written in the file `from`, means; `None` if it leaves the tree.
///
/// An absolute target leaves it too.
pub fn resolve(from: &str, target: &str) -> Option<String> {
    if target.starts_with('/') || target.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for component in target.split('/') {
        match component {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Whether a path of a commit may be written to: it leads nowhere outside of the tree, and not into
/// what Git keeps for itself, on any file system (as Git's `core.protectHFS` and `protectNTFS` have it).
/// Whoever makes commits by hand can give any name to a file.
pub fn is_writable_path(path: &str) -> bool {
    let is_git = |part: &str| {
        // Some file systems leave out what cannot be seen, blanks and dots at the end, or a stream.
        let seen: String = part.chars().filter(|c| !c.is_control() && !is_left_out(*c)).collect();
        let name = seen.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
        let lower = name.to_lowercase();
        lower == ".git"
            || lower.strip_prefix("git~").is_some_and(|rest| rest.parse::<u32>().is_ok())
    };
    let is_fine = |part: &str| {
        let bare = part.trim_end_matches(['.', ' ']);
        !part.is_empty() && !bare.is_empty() && !is_git(part)
    };
    !path.contains(['\\', '\0']) && path.split('/').all(is_fine)
}

/// Characters that HFS+ does not look at in names.
fn is_left_out(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_relative_to_its_file_and_stays_inside() {
        assert_eq!(resolve("a/b.yaml", "./c.yaml").as_deref(), Some("a/c.yaml"));
        assert_eq!(resolve("a/b.yaml", "../c/d.yaml").as_deref(), Some("c/d.yaml"));
        assert_eq!(resolve("a/b.yaml", "../../c.yaml"), None);
        assert_eq!(resolve("b.yaml", "/etc/passwd"), None);
    }

    #[test]
    fn yaml_files_are_known_by_their_extension() {
        assert!(is_yaml("a/catalog-info.yaml") && is_yaml("b.yml"));
        assert!(!is_yaml("a.yaml.njk") && !is_yaml("yaml") && !is_yaml("a.YAML/x"));
    }

    #[test]
    fn a_commit_cannot_lead_a_writer_astray() {
        for path in [
            "..",
            "../a",
            "a/../../b",
            "a/./b",
            ".git/hooks/pre-commit",
            "a/.GIT/x",
            ".Git",
            "git~1/x",
            "/etc/passwd",
            "a//b",
            ".g\u{200c}it/x",
            ".git./x",
            ".git /x",
            ".git::$DATA",
            "a\\..\\b",
            "",
        ] {
            assert!(!is_writable_path(path), "{path:?}");
        }
        for path in ["a.yaml", ".github/x", "a/.gitignore", "gitsm.yaml", "...a/b", "git~x"] {
            assert!(is_writable_path(path), "{path:?}");
        }
    }
}
