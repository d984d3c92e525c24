//! What an index and its slices say, by example.

use super::tests::{live, opened, read, sliced, stored, told};
use super::*;
use crate::cache::Cache;
use crate::catalog::impact::State;
use crate::git::ChangedPath;
use crate::tree::{Memory, Tree};

const CALENDAR: &str =
    "apiVersion: gitsm/v1alpha1\nkind: Exception\nmetadata: {name: e}\nspec: {}\n";

fn component(name: &str, rest: &str) -> String {
    format!(
        "{{apiVersion: backstage.io/v1alpha1, kind: Component, metadata: {{name: {name}{rest}}}, \
         spec: {{type: x, lifecycle: production, owner: group:a}}}}\n"
    )
}

fn paths(index: &dyn Index, seeds: &Seeds) -> Vec<String> {
    slice(index, seeds).unwrap().into_keys().collect()
}

#[test]
fn paths_belong_to_who_claims_them() {
    let tree = Memory::new([
        (
            "a.yaml",
            component("a", ", annotations: {gitsm/sources: 'tf/db/**, tf/*.tf, ./Makefile'}"),
        ),
        ("b.yaml", component("b", ", description: {$text: docs/b.md}")),
        ("apps/catalog-info.yaml", component("c", "")),
        ("apps/d/catalog-info.yaml", component("d", ", annotations: {gitsm/sources: 'x/**'}")),
    ]);
    let index = live(&tree);
    let told = |path: &str| {
        let found = claims(&index, path).unwrap();
        found.into_iter().map(|one| one.name.rsplit('/').next().unwrap().to_owned()).collect()
    };
    let of = |path: &str| -> Vec<String> { told(path) };
    assert_eq!(of("tf/db/x/main.tf"), ["a"]);
    assert_eq!(of("tf/main.tf"), ["a"]);
    assert!(of("tf/other/main.tf").is_empty(), "`*` stays in its folder");
    assert_eq!(of("Makefile"), ["a"]);
    assert_eq!(of("docs/b.md"), ["b"], "its content is a value");
    assert_eq!(of("apps/x/main.go"), ["c"], "the nearest catalog-info.yaml");
    assert_eq!(of("apps/d/main.go"), ["c"], "the nearest says what is its own");
    assert!(of("README.md").is_empty());
}

#[test]
fn people_are_found_by_account_and_address() {
    let tree = Memory::new([
        (
            "a.yaml",
            "{apiVersion: gitsm/v1alpha1, kind: Person, metadata: {name: p-1}, spec: {accounts: {github: Ada}}}",
        ),
        (
            "b.yaml",
            "{apiVersion: backstage.io/v1alpha1, kind: User, metadata: {name: bob}, spec: {memberOf: [], profile: {email: Bob@Example.com}}}",
        ),
    ]);
    let index = live(&tree);
    assert_eq!(persons(&index, "ada").unwrap(), ["person:default/p-1"]);
    assert_eq!(persons(&index, "GitHub:ADA").unwrap(), ["person:default/p-1"]);
    assert_eq!(persons(&index, "bob@example.com").unwrap(), ["person:default/bob"]);
    assert!(persons(&index, "eve").unwrap().is_empty());
}

#[test]
fn of_old_change_requests_only_the_names_are_known() {
    let request = |name: &str, end: &str| {
        let schedule = match end {
            "" => String::new(),
            end => format!(", schedule: {{start: '2026-01-01T00:00:00Z', end: '{end}'}}"),
        };
        format!(
            "{{apiVersion: gitsm/v1alpha1, kind: ChangeRequest, metadata: {{name: {name}}}, spec: \
             {{reason: r, concerns: ['ci:a']{schedule}}}}}\n"
        )
    };
    let tree = Memory::new([
        ("old.yaml", request("old", "2026-01-02T00:00:00Z")),
        ("soon.yaml", request("soon", "2026-12-01T00:00:00+02:00")),
        ("some.yaml", request("some", "")),
        ("policy.yaml", CALENDAR.to_owned()),
    ]);
    let index = live(&tree);
    let mut seeds = Seeds { requests_from: Some(1_790_000_000), ..Seeds::default() };
    for index in [&index as &dyn Index, &stored(&index)] {
        assert_eq!(paths(index, &seeds), ["policy.yaml", "soon.yaml"]);
    }
    seeds.paths = vec!["some.yaml".to_owned()];
    assert_eq!(paths(&index, &seeds), ["policy.yaml", "some.yaml", "soon.yaml"]);
    assert_eq!(index.find(Topic::Defines, "change:default/old").unwrap().len(), 1);
}

#[test]
fn what_is_popular_brings_nobody_along_who_only_shares_it() {
    let item = |at: usize| {
        let text = format!(
            "{{apiVersion: gitsm/v1alpha1, kind: ConfigurationItem, metadata: {{name: n{at}}}, spec: \
             {{class: compute.server, owner: team:all, environment: production, lifecycle: {{stage: \
             operational}}, maintenance: calendar:c, relations: {{monitoredBy: [ci:eye]}}}}}}\n"
        );
        (format!("n{at:03}.yaml"), text)
    };
    let team = "{apiVersion: gitsm/v1alpha1, kind: Team, metadata: {name: all}, spec: {}}\n";
    let tree = Memory::new((0..300).map(item)).file("team.yaml", team);
    let index = live(&tree);
    for name in ["ci:default/n7", "team:default/all", "ci:default/eye", "ciclass:default/x"] {
        let seeds = Seeds { names: vec![name.to_owned()], ..Seeds::default() };
        assert!(slice(&index, &seeds).unwrap().len() <= 2, "{name}");
    }
}

#[test]
fn what_cannot_fail_brings_along_who_answers_for_it_and_not_what_needs_it() {
    let item = |name: &str, needs: &str| {
        format!(
            "{{apiVersion: gitsm/v1alpha1, kind: ConfigurationItem, metadata: {{name: {name}}}, spec: \
             {{class: compute.server, owner: team:t, environment: production, lifecycle: {{stage: \
             operational}}, relations: {{dependsOn: [{needs}]}}}}}}\n"
        )
    };
    let of = |kind: &str, name: &str, spec: &str| {
        format!(
            "{{apiVersion: gitsm/v1alpha1, kind: {kind}, metadata: {{name: {name}}}, spec: {{{spec}}}}}\n"
        )
    };
    let tree = Memory::new([
        ("item.yaml", item("item", "")),
        ("needs-it.yaml", item("needs-it", "'ci:item'")),
        ("team.yaml", of("Team", "t", "members: ['person:p']")),
        ("person.yaml", of("Person", "p", "")),
    ]);
    let index = live(&tree);
    let name = "ci:default/item".to_owned();
    let mut seeds = Seeds { names: vec![name.clone()], ..Seeds::default() };
    assert_eq!(paths(&index, &seeds).len(), 4);
    for quiet in [Quiet::These(std::collections::BTreeSet::from([name])), Quiet::All] {
        seeds.quiet = quiet;
        assert_eq!(paths(&index, &seeds), ["item.yaml", "person.yaml", "team.yaml"]);
    }
}

#[test]
fn an_older_index_is_brought_up_to_date_by_reading_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path(), 3);
    let old = Memory::new([("a.yaml", component("a", "")), ("b.yaml", component("b", ""))]);
    opened(&(Arc::new(old) as Arc<dyn Tree>), "aa", &cache, &|_, _| None);
    // What does not differ cannot be read: nobody tries.
    let new = Memory::new([("c.yaml", component("c", ""))]).refused("b.yaml", "not needed");
    let gone = |path: &str| ChangedPath { path: path.to_owned(), before: None, after: None };
    let changes = |from: &str, to: &str| {
        assert_eq!((from, to), ("aa", "bb"));
        Some(vec![gone("a.yaml"), gone("c.yaml"), gone("x.txt")])
    };
    let indexed = opened(&(Arc::new(new) as Arc<dyn Tree>), "bb", &cache, &changes);
    let there = |name: &str| {
        let name = format!("component:default/{name}");
        indexed.index().find(Topic::Defines, &name).unwrap().len()
    };
    assert_eq!((there("a"), there("b"), there("c")), (0, 1, 1));
    assert_eq!(cache.names().len(), 1, "a small difference is not kept");
}

#[test]
fn a_slice_of_acme_answers_as_acme_does() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme");
    let tree: Arc<dyn Tree> = Arc::new(crate::tree::Worktree::open(&folder, None, &[]));
    let index = live(tree.as_ref());
    let whole = read(tree.as_ref());
    let mut read_in_all = 0;
    for (_, entity) in whole.0.entities() {
        let names = [whole.0.canonical(entity).to_owned()];
        let part = sliced(&tree, &index, &names);
        read_in_all += part.0.files.len();
        for state in [State::Down, State::Degraded] {
            assert_eq!(told(&whole, &names, state), told(&part, &names, state), "{names:?}");
        }
    }
    let mean = read_in_all / whole.0.entities().len();
    assert!(mean * 2 < whole.0.files.len(), "{mean} files on average");
}
