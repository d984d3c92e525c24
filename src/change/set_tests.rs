//! Change sets of small catalogs: what differs, what never does, and what comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::catalog::{Inspection, Subject, load};
use crate::config::FILE_NAME;
use crate::git::{BlobId, ChangedPath, Version};
use crate::source::{File, Source};
use crate::tree::Memory;
use crate::yaml::Limits;

type Files = BTreeMap<String, String>;

fn files(all: &[(&str, &str)]) -> Files {
    all.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn configured(files: &Files) -> Config {
    let text = files.get(FILE_NAME);
    let read = |text: &String| Config::read(&Source::new(File::local(FILE_NAME), text.clone()), "");
    text.map(|text| read(text).0).unwrap_or_default()
}

/// Shows one side of a change to `tell`.
fn with_side<T>(files: &Files, tell: impl FnOnce(&Side<'_>) -> T) -> T {
    let tree = Memory::new(files.clone());
    let config = configured(files);
    let found = Mutex::new(Vec::new());
    let inspect = |subject: &Subject<'_>| {
        if let Subject::Text(view) = subject {
            // The comments of tests stand in the first field of a document.
            let comments = crate::yaml::comments_with(view.source, view.stream, "gitsm: ignore");
            found.lock().unwrap().extend(comments.iter().map(|comment| {
                let root = view.documents[0].root.span();
                crate::catalog::Suppression {
                    code: "code".to_owned(),
                    reason: view.source.slice(comment.span).to_owned(),
                    place: view.source.place(comment.span),
                    covers: Some(root.start..root.end),
                }
            }));
        }
        Inspection::default()
    };
    let catalog = load(&tree, &config, &Limits::default(), &inspect).unwrap().0;
    let suppressions = found.into_inner().unwrap();
    let (graph, classes) = (Graph::of(&catalog), Classes::of(&catalog));
    let reader = Reader::new(&tree);
    tell(&Side {
        tree: &tree,
        config: &config,
        catalog: &catalog,
        graph: &graph,
        classes: &classes,
        suppressions: &suppressions,
        reader: &reader,
    })
}

fn changed(before: &Files, after: &Files) -> Vec<ChangedPath> {
    let version =
        |text: &String| Version { bits: 0o100_644, blob: BlobId::of(text.as_bytes()).unwrap() };
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differ = paths.into_iter().filter(|path| before.get(*path) != after.get(*path));
    differ
        .map(|path| ChangedPath {
            path: path.clone(),
            before: before.get(path).map(version),
            after: after.get(path).map(version),
        })
        .collect()
}

fn diff(before: &Files, after: &Files) -> ChangeSet {
    let (old, new) = (configured(before), configured(after));
    let both = before.keys().filter(|path| after.contains_key(*path));
    let besides = both.filter(|path| old.covers(path) != new.covers(path)).cloned().collect();
    let changed = changed(before, after);
    with_side(before, |base| {
        with_side(after, |merged| ChangeSet::between(base, merged, &changed, &besides))
    })
}

/// What a change set says, in one line an edit.
fn lines(set: &ChangeSet) -> Vec<String> {
    let shown = |value: &Option<Located>| {
        value.as_ref().map_or("-".to_owned(), |one| one.value.to_json().to_string())
    };
    let mut all = Vec::new();
    for entity in &set.entities {
        let former = entity.former.as_ref().map(|name| format!(" was {name}")).unwrap_or_default();
        let (name, action) = (&entity.reference, entity.action.name());
        all.push(format!("{action} {name}{former}: {}", entity.class.name()));
        if entity.action == Action::Update {
            all.extend(entity.edits.iter().map(|edit| {
                let (before, after) = (shown(&edit.before), shown(&edit.after));
                format!("  {} {before} {after} {}", edit.pointer, edit.class.name())
            }));
        }
    }
    all.extend(
        set.files
            .iter()
            .map(|file| format!("file {} of {}", file.changed.path, file.entities.join(", "))),
    );
    all.extend(set.ignores.iter().map(|one| {
        format!(
            "ignore {} {} {} {}>{}",
            one.reference, one.pointer, one.code, one.before, one.after
        )
    }));
    all.extend(set.doubts.iter().map(|doubt| format!("doubt {}", doubt.message)));
    all
}

const SERVICE: &str = "\
apiVersion: gitsm/v1alpha1
kind: Service
metadata:
  name: checkout
  title: Checkout
spec:
  owner: team:payments
  dependsOn: [ci:db, service:search]
  continuity: {rto: PT4H, rpo: PT1H}
";

fn service(edit: impl Fn(String) -> String) -> Files {
    files(&[("services/checkout.yaml", &edit(SERVICE.to_owned()))])
}

#[test]
fn a_field_that_differs_is_told_with_its_class_and_both_places() {
    let after = |text: String| {
        text.replace("Checkout\n", "The checkout\n")
            .replace("PT4H", "PT2H")
            .replace("[ci:db, service:search]", "[ci:db]")
    };
    let set = diff(&service(|text| text), &service(after));
    insta::assert_snapshot!(lines(&set).join("\n"), @r#"
    update service:default/checkout: governance
      /metadata/title "Checkout" "The checkout" cosmetic
      /spec/dependsOn ["ci:db","service:search"] ["ci:db"] governance
      /spec/continuity/rto "PT4H" "PT2H" operational
    "#);
    let rto = &set.entities[0].edits[2];
    let places = [&rto.before, &rto.after].map(|one| one.as_ref().unwrap().place.clone().unwrap());
    assert_eq!(places.map(|place| (place.start.line, place.start.column)), [(9, 21), (9, 21)]);
}

#[test]
fn formatting_order_comments_and_moves_change_nothing() {
    let other = "\
# A comment.
{kind: Service, apiVersion: gitsm/v1alpha1,
 spec: {continuity: {rpo: 'PT1H', rto: \"PT4H\"}, dependsOn: [ 'ci:db', 'service:search' ],
        owner: !!str team:payments},
 metadata: {title: Checkout, name: checkout}}
";
    let set = diff(&service(|text| text), &files(&[("elsewhere.yaml", other)]));
    assert_eq!(lines(&set), [""; 0]);
    assert!(set.is_empty());
    assert_eq!(set.digest(), ChangeSet::default().digest());
}

#[test]
fn a_rename_is_declared_and_never_guessed() {
    let renamed = |text: String| text.replace("name: checkout", "name: basket");
    let set = diff(&service(|text| text), &service(renamed));
    let told: Vec<String> = lines(&set).into_iter().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(
        told,
        [
            "create service:default/basket: operational",
            "delete service:default/checkout: destructive"
        ]
    );
    let declared = |text: String| {
        text.replace("name: checkout", "name: basket\n  formerly: [service:checkout]")
    };
    let set = diff(&service(|text| text), &service(declared));
    assert_eq!(
        lines(&set),
        [
            "update service:default/basket was service:default/checkout: operational",
            "  /metadata/name \"checkout\" \"basket\" operational",
            "  /metadata/formerly - [\"service:checkout\"] operational",
        ]
    );
}

#[test]
fn what_extends_an_entity_is_a_change_of_it() {
    let group = "{apiVersion: backstage.io/v1alpha1, kind: Group, metadata: {name: pay}, spec: {type: team, children: []}}\n";
    let more = |limit: &str| {
        format!(
            "{{apiVersion: gitsm/v1alpha1, kind: Team, metadata: {{name: pay, extends: 'group:pay'}}, spec: {{wipLimit: {limit}}}}}\n"
        )
    };
    let tree = |limit| files(&[("a.yaml", group), ("b.yaml", &more(limit))]);
    let set = diff(&tree("3"), &tree("4"));
    assert_eq!(
        lines(&set),
        ["update team:default/pay: governance", "  /spec/wipLimit 3 4 governance"]
    );
    assert_eq!(&*set.entities[0].after.as_ref().unwrap().file.path, "a.yaml");
}

#[test]
fn a_file_counts_unless_it_is_made_of_entities_only() {
    let pod = "---\napiVersion: v1\nkind: Pod\n";
    let before = files(&[("s.yaml", SERVICE), ("main.tf", "a"), ("gone.txt", "x")]);
    let after = files(&[("s.yaml", &format!("{SERVICE}{pod}")), ("main.tf", "b")]);
    assert_eq!(
        lines(&diff(&before, &after)),
        ["file gone.txt of ", "file main.tf of ", "file s.yaml of "]
    );
}

#[test]
fn a_file_belongs_to_the_entities_whose_sources_match_it() {
    let sources = "  sources: [{path: 'terraform/**'}]\n";
    let tree =
        |text| files(&[("s.yaml", &format!("{SERVICE}{sources}")), ("terraform/db/main.tf", text)]);
    let set = diff(&tree("a"), &tree("b"));
    assert_eq!(lines(&set), ["file terraform/db/main.tf of service:default/checkout"]);
}

#[test]
fn what_follows_from_where_a_document_stands_is_a_change_when_it_moves() {
    let text = "{apiVersion: backstage.io/v1alpha1, kind: API, metadata: {name: shop}, spec: {type: openapi, lifecycle: production, owner: a, definition: {$text: ./shop.yaml}}}\n";
    let before = files(&[("apps/shop/catalog-info.yaml", text)]);
    let after = files(&[("apps/new/catalog-info.yaml", text)]);
    assert_eq!(
        lines(&diff(&before, &after)),
        [
            "update api:default/shop: governance",
            "  #/spec/definition \"apps/shop/shop.yaml\" \"apps/new/shop.yaml\" governance",
            "  #sources \"apps/shop/**\" \"apps/new/**\" governance",
        ]
    );
}

#[test]
fn what_the_settings_leave_out_is_gone_though_its_file_is_the_same() {
    let tree = |settings| files(&[("gitsm.yaml", settings), ("old/s.yaml", SERVICE)]);
    let set = diff(&tree("exclude: []\n"), &tree("exclude: ['old/**']\n"));
    let told: Vec<String> = lines(&set).into_iter().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(told, ["delete service:default/checkout: destructive", "file gitsm.yaml of "]);
}

#[test]
fn a_comment_that_silences_is_a_change() {
    let silenced = |text: String| text.replace("  title", "  # gitsm: ignore[code] why\n  title");
    let set = diff(&service(|text| text), &service(silenced));
    assert_eq!(lines(&set), ["ignore service:default/checkout  code 0>1"]);
    assert_ne!(set.digest(), ChangeSet::default().digest());
}

#[test]
fn what_cannot_be_compared_has_no_digest() {
    let doubtful = |text: String| text.replace("PT4H", ".inf");
    let set = diff(&service(|text| text), &service(doubtful));
    assert!(set.digest().is_none() && set.doubts.len() == 1);
    let twice = files(&[("a.yaml", SERVICE), ("b.yaml", SERVICE)]);
    let set = diff(&files(&[("a.yaml", SERVICE)]), &twice);
    assert_eq!(set.digest(), None);
    assert!(lines(&set)[0].starts_with("file b.yaml"), "{:?}", lines(&set));
}

#[test]
fn what_cannot_be_read_any_more_is_not_simply_deleted() {
    for broken in ["foo: [", ": : ["] {
        let set = diff(&service(|text| text), &service(|_| broken.to_owned()));
        assert_eq!((set.digest(), set.doubts.len()), (None, 1), "{broken}");
    }
    let set = diff(&service(|text| text), &service(|text| format!("{text}  : x: [\n")));
    assert_eq!(set.digest(), None);
    let pod = service(|_| "apiVersion: v1\nkind: Pod\n".to_owned());
    assert!(diff(&service(|text| text), &pod).digest().is_some());
}

#[test]
fn the_digests_of_these_changes_never_change() {
    let text = include_str!("../../tests/fixtures/changeset-1.json");
    let vectors: Vec<Json> = serde_json::from_str(text).unwrap();
    let tree = |files: &Json| -> Files {
        let files = files.as_object().unwrap().iter();
        files.map(|(path, text)| (path.clone(), text.as_str().unwrap().to_owned())).collect()
    };
    let mut told = Vec::new();
    for vector in &vectors {
        let set = diff(&tree(&vector["before"]), &tree(&vector["after"]));
        let mut now = vector.clone();
        now["canonical"] = set.canonical().into();
        now["digest"] = json!(set.digest().map(|digest| digest.to_string()));
        told.push(now);
    }
    if std::env::var_os("GITSM_NEW_VECTORS").is_some() {
        println!("{}", serde_json::to_string_pretty(&told).unwrap());
    }
    assert_eq!(told, vectors);
}

/// A catalog of a few entities with a few fields each.
fn catalogs() -> impl Strategy<Value = BTreeMap<String, Json>> {
    let value = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-9i64..9).prop_map(Json::from),
        Just(json!(1.5)),
        "[a-c]{0,2}".prop_map(Json::from),
        Just(json!({})),
        prop::collection::vec("[a-d]", 0..3).prop_map(Json::from),
        prop::collection::vec(("[a-c]", 0i64..3), 0..3).prop_map(|items| {
            items.into_iter().map(|(id, n)| json!({"id": id, "n": n, "deep": {"l": [n]}})).collect()
        }),
    ];
    let fields = prop::collection::btree_map("[x-z]", value, 0..4);
    let spec = (fields.clone(), prop::collection::btree_map("[p-q]", fields, 0..2));
    prop::collection::btree_map("[a-e]", spec, 0..4).prop_map(|entities| {
        let entity = |(name, (fields, nested)): (String, (BTreeMap<_, Json>, BTreeMap<_, _>))| {
            let mut spec = json!(fields);
            for (key, value) in nested {
                spec[key] = json!(value);
            }
            let metadata = json!({"name": name});
            let api = "backstage.io/v1alpha1";
            let document =
                json!({"apiVersion": api, "kind": "Resource", "metadata": metadata, "spec": spec});
            (name, document)
        };
        entities.into_iter().map(entity).collect()
    })
}

/// The catalog as files: one each, or all in one; as JSON or as blocks.
fn written(catalog: &BTreeMap<String, Json>, apart: bool, blocks: bool) -> Files {
    let text = |document: &Json| match blocks {
        true => crate::yaml::emit::to_string(document).unwrap(),
        false => format!("{document}\n"),
    };
    if apart {
        return catalog.iter().map(|(name, one)| (format!("{name}.yaml"), text(one))).collect();
    }
    let all: Vec<String> = catalog.values().rev().map(text).collect();
    let all = BTreeMap::from([("all.yaml".to_owned(), all.join("---\n"))]);
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

fn value_of(catalog: &BTreeMap<String, Json>, reference: &str) -> Option<Located> {
    fn located(value: &Json) -> Located {
        match value {
            Json::Null => Value::Null.into(),
            Json::Bool(truth) => Value::Bool(*truth).into(),
            Json::Number(number) if number.is_f64() => Value::Float(number.to_string()).into(),
            Json::Number(number) => Value::Int(number.to_string()).into(),
            Json::String(text) => Value::Str(text.clone()).into(),
            Json::Array(items) => Value::Seq(items.iter().map(located).collect()).into(),
            Json::Object(fields) => {
                let fields = fields.iter().map(|(key, value)| (key.clone(), located(value)));
                Value::Map(fields.collect()).into()
            }
        }
    }
    catalog.get(reference.rsplit('/').next().unwrap()).map(located)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_change_set_says_all_and_nothing_but_what_differs(
        a in catalogs(), b in catalogs(), apart in any::<[bool; 2]>(), blocks in any::<[bool; 2]>(),
    ) {
        let (before, after) = (written(&a, apart[0], blocks[0]), written(&b, apart[1], blocks[1]));
        let set = diff(&before, &after);
        prop_assert!(set.files.is_empty() && set.doubts.is_empty(), "{:?}", lines(&set));
        // What is made of a is b; what no change names is the same.
        for name in a.keys().chain(b.keys()) {
            let reference = format!("resource:default/{name}");
            let (old, new) = (value_of(&a, &reference), value_of(&b, &reference));
            match set.entities.iter().find(|one| one.reference == reference) {
                Some(change) => {
                    prop_assert_eq!(&patch(old.clone(), change).unwrap(), &new);
                    prop_assert_ne!(old, new);
                }
                None => prop_assert_eq!(old, new),
            }
        }
        prop_assert_eq!(set.inverse().inverse(), set.clone());
        let back = diff(&after, &before);
        prop_assert_eq!(back.canonical(), set.inverse().canonical());
        // Layout is outside of the digest, values are not.
        let other = diff(&written(&a, !apart[0], !blocks[0]), &written(&b, !apart[1], !blocks[1]));
        prop_assert_eq!(other.digest(), set.digest());
        prop_assert_eq!(diff(&before, &before).is_empty(), true);
        prop_assert_eq!(set.is_empty(), a == b);
    }

    #[test]
    fn a_text_gets_other_values_and_keeps_its_comments(
        a in catalogs(), b in catalogs(), blocks in any::<[bool; 2]>(),
    ) {
        let (before, after) = (written(&a, true, blocks[0]), written(&b, true, blocks[1]));
        let set = diff(&before, &after);
        for change in set.entities.iter().filter(|one| one.action == Action::Update) {
            let path = format!("{}.yaml", change.reference.rsplit('/').next().unwrap());
            let text = format!("# above\n{}# below\n", before[&path]);
            let fields: Vec<_> =
                change.edits.iter().map(|one| (one.pointer.clone(), one.after.clone())).collect();
            let old = Some((after[&path].as_str(), 0));
            for text in [text.clone(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
                let document = Document { number: 0, fields: &fields, old, made: None };
                // Some texts are left to their authors; none gets something else.
                let Ok(made) = rewrite(&text, &[document], &[], &[]) else { continue };
                let bare = made.trim_start_matches('\u{feff}');
                prop_assert!(bare.starts_with("# above"));
                prop_assert!(made.trim_end().ends_with("# below"), "{}", made);
                prop_assert_eq!(text.contains('\r'), made.contains('\r'));
                let mut result = after.clone();
                result.insert(path.clone(), made);
                prop_assert!(diff(&after, &result).is_empty(), "{:?}", result);
            }
        }
    }

    #[test]
    fn what_is_taken_back_is_the_inverse_and_nothing_stands_in_its_own_way(
        a in catalogs(), b in catalogs(),
    ) {
        let (before, after) = (written(&a, true, true), written(&b, true, true));
        let inverse = diff(&before, &after).inverse();
        with_side(&after, |now| {
            let weighed = weigh(&inverse, now);
            assert_eq!((weighed.hindrances, weighed.already), (vec![], vec![]));
            assert_eq!(weighed.wanted.len(), inverse.entities.len());
        });
        with_side(&before, |now| {
            let weighed = weigh(&inverse, now);
            assert_eq!((weighed.hindrances, weighed.wanted), (vec![], vec![]));
        });
    }

    #[test]
    fn different_changes_have_different_digests(a in catalogs(), b in catalogs(), c in catalogs()) {
        let tree = |catalog| written(catalog, true, true);
        let (ab, ac) = (diff(&tree(&a), &tree(&b)), diff(&tree(&a), &tree(&c)));
        prop_assert_eq!(ab.digest() == ac.digest(), b == c);
    }
}
