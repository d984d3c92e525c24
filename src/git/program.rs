//! Finding a program of the user's, such as their own `git`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The file of a program, looked for in `PATH` and nowhere else: never in the current folder, where
/// anybody may have put one (CVE-2021-28955).
pub fn program(name: &str, path: &OsStr) -> Option<PathBuf> {
    let named = Path::new(name);
    if named.is_absolute() {
        return Some(named.to_owned());
    }
    if named.components().count() != 1 {
        return None;
    }
    let endings: &[&str] = if cfg!(windows) { &["exe", "com"] } else { &[""] };
    let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    let mut files = folders.flat_map(|folder| {
        endings.iter().map(move |ending| match ending.is_empty() || named.extension().is_some() {
            true => folder.join(named),
            false => folder.join(named).with_extension(ending),
        })
    });
    files.find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_program_of_the_current_folder_is_run() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(if cfg!(windows) { "less.exe" } else { "less" });
        #[allow(clippy::disallowed_methods, reason = "a test makes its files")]
        std::fs::write(&file, "").unwrap();
        let path = |folders: &[&str]| std::env::join_paths(folders).unwrap();
        let there = folder.path().to_str().unwrap();
        assert_eq!(program("less", &path(&[there])), Some(file));
        assert_eq!(program("less", &path(&["", ".", "bin"])), None);
        assert_eq!(program("./less", &path(&[there])), None);
        assert_eq!(program("bin/less", &path(&[there])), None);
    }
}
