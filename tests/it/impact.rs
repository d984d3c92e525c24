//! `gitsm impact`: what people, pipelines and programs get, and what holds for every catalog.

use gitsm::catalog::impact::{Impact, State, assess};
use gitsm::catalog::{Catalog, EntityId, Graph, Inspection, Subject, load};
use gitsm::config::Config;
use gitsm::model::EntityRef;
use gitsm::tree::Memory;
use gitsm::yaml::Limits;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Folder, Run, gitsm, project};

fn acme(arguments: &[&str]) -> Run {
    let all: Vec<&str> = ["impact"].into_iter().chain(arguments.iter().copied()).collect();
    gitsm(&project().join("examples/acme"), &all)
}

#[test]
fn people_read_what_is_affected_whom_to_call_and_what_was_promised() {
    let run = acme(&["ci:checkout-db"]);
    assert_eq!(run.code, 0, "{run:?}");
    insta::assert_snapshot!("impact-human", run.stdout);
    let wide = run.stdout.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None);
}

#[test]
fn several_causes_may_exceed_a_quorum() {
    let one = acme(&["ci:kafka-prod-1", "--depth", "1"]).stdout;
    assert!(one.contains("ci:kafka-prod  degraded  hasMember, 2 of 3 work, 2 needed"), "{one}");
    let two = acme(&["ci:kafka-prod-1", "ci/kafka-prod-2", "--depth", "1"]).stdout;
    assert!(two.contains("ci:kafka-prod  down  hasMember, only 1 of 3 work, 2 needed"), "{two}");
}

#[test]
fn a_way_is_explained_and_the_exit_code_says_whether_there_is_one() {
    let run = acme(&["ci:checkout-db", "--to", "service:storefront"]);
    assert_eq!(run.code, 0);
    insta::assert_snapshot!("impact-to", run.stdout);
    let back = acme(&["service:storefront", "--to", "ci:checkout-db"]);
    assert_eq!(back.code, 1);
    insta::assert_snapshot!(back.stdout, @r"
    service:storefront down does not reach ci:checkout-db

    no relation that carries trouble leads there
    it is the other way round: swap the two names
    ");
}

#[test]
fn programs_and_pull_requests_get_it_too() {
    insta::assert_snapshot!("impact-markdown", acme(&["ci:checkout-db", "-o", "markdown"]).stdout);
    insta::assert_snapshot!("impact-mermaid", acme(&["ci:checkout-db", "-o", "mermaid"]).stdout);
    let causes = ["ci:checkout-db", "service:container-platform"];
    for arguments in [&causes[..], &["ci:kafka-prod-1", "ci:kafka-prod-2", "--depth", "2"]] {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["-o", "json"]).collect();
        fits("impact", &acme(&arguments).stdout);
    }
    fits(
        "impact-path",
        &acme(&["ci:checkout-db", "--to", "service:storefront", "-o", "json"]).stdout,
    );
}

/// Whether a text is JSON that fits the published schema of a format.
pub(crate) fn fits(format: &str, text: &str) {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let schema = gitsm::flow::schemas::named(format).unwrap();
    let wrong: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&value)
        .map(|error| format!("{} {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_name_that_is_wrong_is_a_mistake_of_usage_and_an_old_one_is_not() {
    let run = acme(&["service:chekout"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("did you mean `service:checkout`"), "{}", run.stderr);
    let folder = Folder::git();
    folder.write(
        "a.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: b, formerly: \
         ['service:a']}\nspec: {owner: team:x}\n",
    );
    folder.commit("b");
    let run = folder.gitsm(&["impact", "service:a"]);
    assert_eq!(run.code, 0);
    // Its owner is in no file, and that is told, too.
    let told: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(told[0], "note: service:a is service:b now");
    assert!(told[1].contains("1 reference leads nowhere"), "{told:?}");
    folder.remove("a.yaml").commit("gone");
    assert_eq!(folder.gitsm(&["impact", "service:b"]).code, 2);
    assert_eq!(folder.gitsm(&["impact", "service:b", "--at", "HEAD~1"]).code, 0);
}

#[test]
fn nothing_that_a_catalog_says_is_obeyed() {
    let folder = Folder::git();
    folder.write(
        "a.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: t}\nspec: {contact: {chat: \
         \"#x\\e[31m|@ada <b>\"}}\n---\napiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: \
         {name: \"b\\\"];x --> y\\e[2J\"}\nspec: {owner: team:t, dependsOn: [service:c]}\n---\n\
         apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: c}\nspec: {owner: team:t}\n",
    );
    for format in ["human", "markdown", "mermaid"] {
        let text = folder.gitsm(&["impact", "service:c", "-o", format]).stdout;
        assert!(text.contains("service"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        if format != "human" {
            assert!(!text.contains("\"]") || !text.contains("];x"), "{text}");
            assert!(!text.contains("@ada") && !text.contains("<b>"), "{text}");
        }
    }
}

/// A catalog as numbers: per item, what it needs, uses, is redundant with, its cluster, its quorum.
#[derive(Debug, Clone)]
struct Sketch {
    items: Vec<Item>,
}

#[derive(Debug, Clone)]
struct Item {
    needs: Vec<usize>,
    uses: Vec<usize>,
    spares: Vec<usize>,
    cluster: Option<usize>,
    quorum: Option<u32>,
    stage: u8,
}

const ITEMS: usize = 9;

fn sketches() -> impl Strategy<Value = Sketch> {
    let some = || prop::collection::vec(0..ITEMS, 0..3);
    let few = prop::collection::vec(0..ITEMS, 0..2);
    let item = (
        some(),
        few.clone(),
        few,
        prop::option::of(0..ITEMS),
        prop::option::of(1_u32..4),
        0_u8..12,
    );
    let item = item.prop_map(|(needs, uses, spares, cluster, quorum, stage)| Item {
        needs,
        uses,
        spares,
        cluster,
        quorum,
        stage,
    });
    prop::collection::vec(item, ITEMS).prop_map(|items| Sketch { items })
}

impl Sketch {
    /// The catalog, its files named so that they come in this order.
    fn catalog(&self, order: &[usize]) -> Catalog {
        let list = |all: &[usize]| {
            let all: Vec<String> = all.iter().map(|at| format!("ci:i{at}")).collect();
            all.join(", ")
        };
        let file = |(at, item): (usize, &Item)| {
            let cluster: Vec<usize> = item.cluster.into_iter().collect();
            let quorum = item.quorum.map(|q| format!(", quorum: {q}")).unwrap_or_default();
            let stage = match item.stage {
                0 => "end_of_life",
                1 => "defective",
                _ => "operational",
            };
            let text = format!(
                "{{apiVersion: gitsm/v1alpha1, kind: ConfigurationItem, metadata: {{name: i{at}}}, \
                 spec: {{class: compute.server, owner: team:a, environment: production, lifecycle: \
                 {{stage: {stage}}}, relations: {{dependsOn: [{}], uses: [{}], redundantWith: \
                 [{}], memberOf: [{}]}}{quorum}}}}}\n",
                list(&item.needs),
                list(&item.uses),
                list(&item.spares),
                list(&cluster),
            );
            (format!("{:02}.yaml", order.get(at).copied().unwrap_or(at)), text)
        };
        let tree = Memory::new(self.items.iter().enumerate().map(file));
        let inspect = |_: &Subject<'_>| Inspection::default();
        load(&tree, &Config::default(), &Limits::default(), &inspect).unwrap().0
    }

    /// The state of each item: 0 unaffected, 1 degraded, 2 down.
    fn states(&self, causes: &[usize], state: State) -> Vec<u8> {
        let catalog = self.catalog(&[]);
        let graph = Graph::of(&catalog);
        let causes: Vec<EntityId> = causes.iter().map(|at| id(&catalog, *at)).collect();
        let impact = assess(&catalog, &graph, &causes, state);
        (0..ITEMS).map(|at| rank(&impact, id(&catalog, at))).collect()
    }
}

fn id(catalog: &Catalog, at: usize) -> EntityId {
    catalog.find(&EntityRef::new("ci", "default", &format!("i{at}"))).unwrap()
}

fn rank(impact: &Impact, id: EntityId) -> u8 {
    match impact.state_of(id) {
        None => 0,
        Some(State::Degraded) => 1,
        Some(State::Down) => 2,
    }
}

fn at_most(less: &[u8], more: &[u8]) -> bool {
    less.iter().zip(more).all(|(less, more)| less <= more)
}

fn causes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..ITEMS, 1..4)
}

proptest! {
    #[test]
    fn a_further_dependency_never_shrinks_an_impact(
        sketch in sketches(), causes in causes(), from in 0..ITEMS, to in 0..ITEMS, weak in any::<bool>(),
    ) {
        let before = sketch.states(&causes, State::Down);
        let mut more = sketch;
        match weak {
            true => more.items[from].uses.push(to),
            false => more.items[from].needs.push(to),
        }
        let after = more.states(&causes, State::Down);
        prop_assert!(at_most(&before, &after), "{before:?} {after:?}");
    }

    #[test]
    fn further_redundancy_never_grows_an_impact(
        sketch in sketches(), causes in causes(), from in 0..ITEMS, to in 0..ITEMS,
    ) {
        let before = sketch.states(&causes, State::Down);
        let mut more = sketch.clone();
        more.items[from].spares.push(to);
        let after = more.states(&causes, State::Down);
        prop_assert!(at_most(&after, &before), "a spare: {before:?} {after:?}");
        let mut less = sketch.clone();
        if less.items[to].quorum.is_some_and(|quorum| quorum > 1) {
            less.items[to].quorum = Some(1);
            let after = less.states(&causes, State::Down);
            prop_assert!(at_most(&after, &before), "a lower quorum: {before:?} {after:?}");
        }
        if before[from] == 0 && sketch.items[from].cluster.is_none() {
            let mut more = sketch;
            more.items[from].cluster = Some(to);
            let after = more.states(&causes, State::Down);
            prop_assert!(at_most(&after, &before), "a member that works: {before:?} {after:?}");
        }
    }

    #[test]
    fn more_causes_never_shrink_an_impact_and_down_is_never_less_than_degraded(
        sketch in sketches(), causes in causes(), further in 0..ITEMS,
    ) {
        let down = sketch.states(&causes, State::Down);
        let degraded = sketch.states(&causes, State::Degraded);
        prop_assert!(at_most(&degraded, &down), "{degraded:?} {down:?}");
        let mut all = causes;
        all.push(further);
        let more = sketch.states(&all, State::Down);
        prop_assert!(at_most(&down, &more), "{down:?} {more:?}");
    }

    #[test]
    fn the_order_of_files_and_causes_never_matters(
        sketch in sketches(), causes in causes(),
        order in Just((0..ITEMS).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let told = |order: &[usize], causes: &[usize]| {
            let catalog = sketch.catalog(order);
            let graph = Graph::of(&catalog);
            let ids: Vec<EntityId> = causes.iter().map(|at| id(&catalog, *at)).collect();
            let impact = assess(&catalog, &graph, &ids, State::Down);
            let name = |id: EntityId| catalog.canonical(catalog.entity(id)).to_owned();
            let line = |one: &gitsm::catalog::impact::Affected| {
                let (from, word) = (name(one.carrier.from), one.carrier.word());
                format!("{} {:?} {} {from} {word} {:?}", name(one.id), one.state, one.distance, one.carrier.reason)
            };
            impact.affected.iter().map(line).collect::<Vec<_>>()
        };
        let reversed: Vec<usize> = causes.iter().rev().copied().collect();
        prop_assert_eq!(told(&[], &causes), told(&order, &reversed));
    }
}
