//! Published schemas: fresh, and true of what they describe.

use std::collections::BTreeSet;
use std::fs;

use gitsm::flow::schemas;

use crate::support::{Folder, project};

#[test]
fn schemas_are_fresh() {
    let folder = project().join("schemas");
    let mut wanted = BTreeSet::new();
    for published in schemas::all() {
        let path = folder.join(&published.path);
        let on_disk = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert_eq!(on_disk, published.text, "{}: run `cargo schemas`", published.path);
        wanted.insert(path);
    }
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert!(wanted.contains(&path), "{} is nobody's schema", path.display());
            }
        }
    }
}

#[test]
fn a_schema_is_printed_for_any_word_for_its_kind() {
    let folder = Folder::new();
    let component = folder.gitsm(&["schema", "component"]).stdout;
    assert_eq!(component, folder.gitsm(&["schema", "Components"]).stdout);
    assert!(component.contains("\"Component\""));
    assert!(folder.gitsm(&["schema", "config"]).stdout.contains("edition"));
    assert!(folder.gitsm(&["schema"]).stdout.contains("AlertNotificationTarget"));
    let wrong = folder.gitsm(&["schema", "gadget"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("the kinds are Component"), "{wrong:?}");
}
