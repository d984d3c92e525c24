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
}
