//! Random changes of random small catalogs, taken back after later edits of other things.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::support::Folder;

/// The fields that are edited.
const FIELDS: [&str; 3] = ["title", "description", "note"];

/// How many services there are.
const SERVICES: usize = 4;

/// What one commit says of a field: a value, or nothing.
type Edits = BTreeMap<(usize, usize), Option<u8>>;

/// A service on some lines, or in braces, with comments of its own.
fn document(number: usize, fields: &[Option<u8>], is_flow: bool, remark: u8) -> String {
    let head = format!(
        "# Service {number}, remark {remark}.\napiVersion: gitsm/v1alpha1\nkind: Service\n"
    );
    let value = |at: usize, value: u8| match at {
        2 => format!("'shop.example/note': v{value}"),
        _ => format!("{}: \"v{value}\"", FIELDS[at]),
    };
    let (notes, own): (Vec<usize>, Vec<usize>) = (0..FIELDS.len()).partition(|at| *at == 2);
    let written = |all: Vec<usize>| -> Vec<String> {
        all.into_iter().filter_map(|at| Some(value(at, fields[at]?))).collect()
    };
    let (own, notes) = (written(own), written(notes));
    let metadata = match is_flow {
        true => {
            let mut all = vec![format!("name: s{number}")];
            all.extend(own);
            all.extend(notes.iter().map(|note| format!("annotations: {{{note}, other: x}}")));
            format!("metadata: {{{}}} # in one line\n", all.join(", "))
        }
        false => {
            let mut text = format!("metadata:\n  name: s{number} # the name\n");
            for one in own {
                text.push_str(&format!("  {one} # a remark\n"));
            }
            for note in notes {
                text.push_str(&format!("  annotations:\n    {note}\n    other: x # stays\n"));
            }
            text
        }
    };
    format!("{head}{metadata}spec:\n  owner: team:shop\n  # what comes next\n  lifecycle: live\n")
}

#[derive(Debug, Clone)]
struct State {
    fields: Vec<[Option<u8>; 3]>,
    remarks: Vec<u8>,
}

impl State {
    fn with(&self, edits: &Edits) -> Self {
        let mut state = self.clone();
        for ((service, field), value) in edits {
            state.fields[*service][*field] = *value;
        }
        state
    }

    fn text(&self, flow: &[bool]) -> String {
        let team =
            "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: shop}\nspec: {type: team}\n";
        let services = (0..SERVICES).map(|number| {
            document(number, &self.fields[number], flow[number], self.remarks[number])
        });
        std::iter::once(team.to_owned()).chain(services).collect::<Vec<_>>().join("---\n")
    }
}

fn edits() -> impl Strategy<Value = Edits> {
    let key = (0..SERVICES, 0..FIELDS.len());
    proptest::collection::btree_map(key, proptest::option::of(0u8..4), 1..4)
}

/// What every service says of the fields, as the program reads it.
fn values(folder: &Folder) -> Vec<[Option<u8>; 3]> {
    let source =
        gitsm::source::Source::new(gitsm::source::File::local("all.yaml"), folder.read("all.yaml"));
    let stream = gitsm::yaml::parse(&source, &gitsm::yaml::Limits::default());
    let services = stream.documents.iter().skip(1).map(|id| {
        let metadata = stream.arena.node(*id).get("metadata").unwrap();
        let number = |text: Option<&str>| text.map(|text| text[1..].parse::<u8>().unwrap());
        let note = metadata.get("annotations").and_then(|all| all.str("shop.example/note"));
        [number(metadata.str("title")), number(metadata.str("description")), number(note)]
    });
    services.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_change_is_taken_back_value_by_value_and_again_the_other_way(
        start in edits(), change in edits(), later in edits(),
        remark in 0..SERVICES, flow in proptest::collection::vec(any::<bool>(), SERVICES),
    ) {
        let empty = State { fields: vec![[Some(9); 3]; SERVICES], remarks: vec![0; SERVICES] };
        let base = empty.with(&start);
        let changed = base.with(&change);
        // What the change edited is not edited later.
        let later: Edits = later.into_iter().filter(|(key, _)| !change.contains_key(key)).collect();
        let mut now = changed.with(&later);
        now.remarks[remark] = 7;
        let folder = Folder::git();
        folder.write("all.yaml", base.text(&flow)).commit("base");
        folder.write("all.yaml", changed.text(&flow)).commit("change");
        folder.write("all.yaml", now.text(&flow)).commit("later");
        let mut wanted = base.with(&later);
        wanted.remarks[remark] = 7;
        let run = folder.gitsm(&["revert", "HEAD~2..HEAD~1"]);
        prop_assert_eq!(run.code, 0, "{:?}\n{}", run, now.text(&flow));
        prop_assert_eq!(values(&folder), wanted.fields.clone(), "{}", folder.read("all.yaml"));
        let text = folder.read("all.yaml");
        for (number, remark) in wanted.remarks.iter().enumerate() {
            let comment = format!("# Service {number}, remark {remark}.\n");
            prop_assert!(text.contains(&comment), "{text}");
        }
        for (number, document) in text.split("---\n").skip(1).enumerate() {
            // What the change did not touch is as it was, to the byte.
            if !change.keys().any(|(service, _)| *service == number) {
                let own = now.text(&flow);
                prop_assert_eq!(Some(document), own.split("---\n").nth(number + 1));
            }
        }
        if base.fields == changed.fields {
            return Ok(());
        }
        folder.commit("back");
        let run = folder.gitsm(&["revert", "HEAD"]);
        prop_assert_eq!(run.code, 0, "{:?}", run);
        prop_assert_eq!(values(&folder), now.fields.clone(), "{}", folder.read("all.yaml"));
    }
}
