//! The files of acme, as they are in this program, and what the demo adds to them: who may keep the
//! ledger, that the gate holds, and keys whose other halves are at hand.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use include_dir::{Dir, include_dir};

use crate::config::FILE_NAME;

/// `examples/acme`, whole.
static ACME: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/examples/acme");

/// The files of a tree, by path.
pub(super) type Files = BTreeMap<String, String>;

/// A person who is given a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder {
    /// Their name.
    pub(super) name: &'static str,
    /// The file in which they are defined.
    pub(super) file: &'static str,
}

/// Who works in the demo, each in a clone of their own: who makes the change, who owns what it
/// touches, and who answers for the platform below and for the ledger.
pub(super) const HOLDERS: &[Holder] = &[
    Holder { name: "jonas", file: "people/shop.yaml" },
    Holder { name: "ada", file: "people/shop.yaml" },
    Holder { name: "ines", file: "people/platform.yaml" },
];

/// The pipeline that records what landed.
pub(super) const PIPELINE: &str = "ci";

/// Where acme's ChangePolicy is.
const POLICY: &str = "changes/policy.yaml";

/// Where its ChangeModels are.
const MODELS: &str = "changes/models.yaml";

/// Acme as it is today.
pub(super) fn company() -> Files {
    let mut files = Files::new();
    let mut folders = vec![&ACME];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let path = file.path().to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
            files.insert(path, String::from_utf8_lossy(file.contents()).into_owned());
        }
    }
    files
}

/// Begins to steer changes by gitsm: the settings, and everybody's key; `keys` are public ones by the
/// name of who has them. They count from `day` on.
pub(super) fn adopt(files: &mut Files, keys: &BTreeMap<String, String>, day: NaiveDate) {
    let later = day.checked_add_months(Months::new(11)).unwrap_or(day);
    let key = |name: &str| {
        let public = keys.get(name).map(String::as_str).unwrap_or_default();
        format!("- type: ssh\n      key: {public}\n      validFrom: {day}\n")
    };
    for holder in HOLDERS {
        if let Some(text) = files.get_mut(holder.file) {
            *text = with_key(text, holder.name, &key(holder.name));
        }
    }
    // In a window a change scores two points less: what this one asks for must not hang on the clock.
    if let Some(text) = files.get_mut(MODELS) {
        *text = text.replacen("reviewBy: 2027-09-08", &format!("reviewBy: {later}"), 1);
    }
    if let Some(text) = files.get_mut(POLICY) {
        *text = text.replacen("high: 10,", "high: 9,", 1);
    }
    let pipeline = key(PIPELINE).replace("\n      ", "\n          ");
    let settings = files.entry(FILE_NAME.to_owned()).or_default();
    settings.push_str(&format!(
        "# What does not hold keeps a change out. Only windows are told: a merge deploys nothing\n\
         # here, and they bind who applies it.\n\
         gate: {{all: enforce, schedule: report}}\n\
         governance:\n  owners: [team:platform]\n\
         ledger:\n  operators: [person:ines]\n  writers:\n    - name: {PIPELINE}\n      keys:\n        \
         {pipeline}"
    ));
}

/// Says which ledger counts.
pub(super) fn pin(settings: &str, genesis: &str) -> String {
    settings.replacen("ledger:\n", &format!("ledger:\n  genesis: {genesis}\n"), 1)
}

/// The text of a file of persons, with one more key of one of them.
fn with_key(text: &str, name: &str, key: &str) -> String {
    let Some(start) = text.find(&format!("\n  name: {name}\n")) else { return text.to_owned() };
    let (before, rest) = text.split_at(start);
    let end = rest.find("\n---").map_or(rest.len(), |at| at + 1);
    let (own, after) = rest.split_at(end);
    let own = match own.contains("\n  keys:\n") {
        true => own.replacen("\n  keys:\n", &format!("\n  keys:\n    {key}"), 1),
        false => format!("{own}  keys:\n    {key}"),
    };
    format!("{before}{own}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_to_whose_it_is() {
        let text = "kind: Person\nmetadata:\n  name: ada\nspec:\n  accounts: {git: a}\n---\nkind: \
                    Person\nmetadata:\n  name: bo\nspec:\n  keys:\n    - old\n";
        let ada = with_key(text, "ada", "- new\n");
        assert!(ada.contains("{git: a}\n  keys:\n    - new\n---\n"), "{ada}");
        let bo = with_key(text, "bo", "- new\n");
        assert!(bo.ends_with("keys:\n    - new\n    - old\n"), "{bo}");
        assert_eq!(with_key(text, "eve", "- new\n"), text);
    }

    #[test]
    fn all_of_acme_is_in_the_program() {
        let files = company();
        assert!(files[MODELS].contains("reviewBy: 2027-09-08"));
        assert!(files[POLICY].contains("high: 10,"));
        assert!(files.len() > 100 && files.contains_key("terraform/prod/db/main.tf"));
        for holder in HOLDERS {
            assert!(files[holder.file].contains(&format!("  name: {}\n", holder.name)));
        }
    }
}
