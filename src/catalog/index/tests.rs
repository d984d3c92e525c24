//! What holds for every catalog: a slice answers as the whole does, however the index is kept.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::cache::Cache;
use crate::catalog::impact::{Consequences, Impact as Affected, State, assess};
use crate::catalog::{Catalog, EntityId, Graph, Inspection, Subject, load};
use crate::config::Config;
use crate::tree::{Chosen, Memory, Tree};
use crate::yaml::Limits;

/// How many names of each kind there are.
const NAMES: usize = 5;

const KINDS: &[&str] =
    &["ci", "service", "component", "resource", "system", "team", "person", "sla", "runbook"];

/// Relations of configuration items.
const RELATED: &[&str] = &[
    "dependsOn",
    "uses",
    "runsOn",
    "hostedOn",
    "contains",
    "memberOf",
    "redundantWith",
    "connectsTo",
    "monitoredBy",
];

#[derive(Debug, Clone)]
struct Document {
    kind: usize,
    name: usize,
    file: usize,
    links: Vec<(usize, usize, usize)>,
    former: Option<usize>,
    extends: bool,
    quorum: u32,
    life: u8,
}

fn documents() -> impl Strategy<Value = Vec<Document>> {
    let kind = prop_oneof![4 => Just(0_usize), 4 => 0..KINDS.len()];
    let links = prop::collection::vec((0..RELATED.len(), 0..KINDS.len(), 0..NAMES + 2), 0..6);
    let former = prop::option::weighted(0.2, 0..NAMES + 2);
    let document =
        (kind, 0..NAMES, 0..30_usize, links, former, prop::bool::weighted(0.1), 0..4_u32, 0..10_u8);
    let document = document.prop_map(|(kind, name, file, links, former, extends, quorum, life)| {
        Document { kind, name, file, links, former, extends, quorum, life }
    });
    prop::collection::vec(document, 1..40)
}

impl Document {
    fn list(&self, relation: usize, kinds: &[&str]) -> String {
        let fits = |link: &&(usize, usize, usize)| link.0 == relation;
        let name = |(_, kind, name): &(usize, usize, usize)| {
            // Items mostly refer to items.
            let kind = kinds.get(kind % kinds.len()).unwrap();
            format!("{kind}:n{name}")
        };
        self.links.iter().filter(fits).map(name).collect::<Vec<_>>().join(", ")
    }

    fn one(&self, relation: usize, kind: &str) -> Option<String> {
        let found = self.links.iter().find(|link| link.0 == relation)?;
        Some(format!("{kind}:n{}", found.2))
    }

    fn field(&self, name: &str, relation: usize, kind: &str) -> String {
        self.one(relation, kind).map(|it| format!(", {name}: '{it}'")).unwrap_or_default()
    }

    fn text(&self) -> String {
        const ITEMS: &[&str] = &["ci", "ci", "ci", "service", "component", "resource", "system"];
        let kind = KINDS[self.kind];
        let foreign = matches!(kind, "component" | "resource" | "system");
        let mut meta = format!("name: n{}", self.name);
        if let Some(former) = self.former {
            meta += &match foreign {
                true => format!(", annotations: {{gitsm/formerly: '{kind}:n{former}'}}"),
                false => format!(", formerly: ['{kind}:n{former}']"),
            };
        }
        if self.extends && !foreign {
            meta += &format!(", extends: '{kind}:n{}'", self.name);
        }
        let owner = self.one(8, "team").unwrap_or_else(|| "team:n0".to_owned());
        let (word, spec) = match kind {
            "ci" => ("ConfigurationItem", self.item(&owner, ITEMS)),
            "service" => ("Service", self.service(&owner, ITEMS)),
            "team" => (
                "Team",
                format!(
                    "members: [{}]{}, escalation: [{}]{}",
                    self.list(0, &["person"]),
                    self.field("parent", 1, "team"),
                    self.list(2, &["team"]),
                    self.field("manager", 3, "person"),
                ),
            ),
            "person" => ("Person", format!("memberOf: [{}]", self.list(0, &["team"]))),
            "sla" => (
                "ServiceLevelAgreement",
                format!(
                    "type: sla, lifecycle: active, parties: {{provider: '{owner}', customer: 'team:n1'}}, \
                 restsOn: [{}], targets: [{{id: a, metric: availability, goal: 0.9}}]",
                    self.list(0, &["sla"]),
                ),
            ),
            "runbook" => (
                "Runbook",
                format!(
                    "owner: '{owner}', purpose: p, trigger: [schedule], lifecycle: approved, risk: low, \
                 steps: [{{id: a, name: A, type: manual, instruction: x}}]",
                ),
            ),
            "component" => (
                "Component",
                format!(
                    "type: x, lifecycle: production, owner: '{owner}', dependsOn: [{}], \
                 dependencyOf: [{}]{}{}",
                    self.list(0, ITEMS),
                    self.list(1, ITEMS),
                    self.field("system", 2, "system"),
                    self.field("subcomponentOf", 3, "component"),
                ),
            ),
            "resource" => (
                "Resource",
                format!(
                    "type: x, owner: '{owner}', dependsOn: [{}], dependencyOf: [{}]",
                    self.list(0, ITEMS),
                    self.list(1, &["ci", "team", "component"]),
                ),
            ),
            _ => ("System", format!("owner: '{owner}'")),
        };
        let group = if foreign { "backstage.io" } else { "gitsm" };
        format!(
            "{{apiVersion: {group}/v1alpha1, kind: {word}, metadata: {{{meta}}}, spec: {{{spec}}}}}\n"
        )
    }

    fn item(&self, owner: &str, items: &[&str]) -> String {
        let relation = |(at, name): (usize, &&str)| format!("{name}: [{}]", self.list(at, items));
        let relations: Vec<String> = RELATED.iter().enumerate().map(relation).collect();
        let stage = match self.life {
            0 => "end_of_life",
            1 => "defective",
            _ => "operational",
        };
        let quorum = match self.quorum {
            0 => String::new(),
            quorum => format!(", quorum: {quorum}"),
        };
        format!(
            "class: compute.server, owner: '{owner}', environment: production, lifecycle: {{stage: \
             {stage}}}, relations: {{{}}}{quorum}, runbooks: [{}]",
            relations.join(", "),
            self.list(7, &["runbook"]),
        )
    }

    fn service(&self, owner: &str, items: &[&str]) -> String {
        let lifecycle = if self.life == 0 { "retired" } else { "operational" };
        format!(
            "owner: '{owner}', lifecycle: {lifecycle}, criticality: tier{}{}{}, dependsOn: [{}], \
             suppliers: [{}], runbooks: [{}]",
            self.quorum.max(1),
            self.field("sla", 3, "sla"),
            self.field("supportTeam", 4, "team"),
            self.list(0, items),
            self.list(5, &["team"]),
            self.list(6, &["runbook"]),
        )
    }
}

fn tree(documents: &[Document]) -> Memory {
    let mut files: std::collections::BTreeMap<String, Vec<String>> = Default::default();
    let mut ordered: Vec<Document> = documents.to_vec();
    ordered.sort_by_key(|document| document.file);
    for document in &ordered {
        files.entry(format!("f{:02}.yaml", document.file)).or_default().push(document.text());
    }
    Memory::new(files.into_iter().map(|(path, texts)| (path, texts.join("---\n"))))
}

pub(super) fn read(tree: &dyn Tree) -> (Catalog, Graph) {
    let inspect = |_: &Subject<'_>| Inspection::default();
    let catalog = load(tree, &Config::default(), &Limits::default(), &inspect).unwrap().0;
    let graph = Graph::of(&catalog);
    (catalog, graph)
}

pub(super) fn live(tree: &dyn Tree) -> Live {
    let all = summaries(tree, &Config::default(), |path, one| (path.to_owned(), one)).unwrap();
    let mut index = Live::default();
    all.into_iter().for_each(|(path, one)| index.replace(&path, one));
    index
}

pub(super) fn stored(live: &Live) -> Stored {
    let files: Vec<Arc<Filed>> = live.all().cloned().collect();
    Stored::in_memory(files.iter().map(|one| (one.path.as_str(), &one.summary))).unwrap()
}

/// Everything that is said of an impact, by name.
pub(super) fn told((catalog, graph): &(Catalog, Graph), names: &[String], state: State) -> String {
    let found = names.iter().filter_map(|name| catalog.known_as(catalog.names.find(name)?));
    let causes: Vec<EntityId> = found.collect();
    let impact = assess(catalog, graph, &causes, state);
    let name = |id: &EntityId| catalog.canonical(catalog.entity(*id));
    let Affected { affected, strained, spared, causes, .. } = &impact;
    let affected = affected.iter().map(|one| {
        let carrier = &one.carrier;
        format!(
            "{} {:?} {} {} {} {:?}\n",
            name(&one.id),
            one.state,
            one.distance,
            name(&carrier.from),
            carrier.word(),
            carrier.reason,
        )
    });
    let affected: String = affected.collect();
    let strained = strained.iter().map(|one| {
        let down: Vec<&str> = one.down.iter().map(name).collect();
        format!("{:?} {down:?} {:?}\n", one.cluster.as_ref().map(name), one.quorum)
    });
    let strained: String = strained.collect();
    let spared: Vec<&str> = spared.iter().map(name).collect();
    let causes: Vec<&str> = causes.iter().map(name).collect();
    let means = Consequences::of(catalog, graph, &impact);
    let means = serde_json::to_string_pretty(&means).unwrap();
    format!("{causes:?}\n{affected}{strained}{spared:?}\n{means}")
}

pub(super) fn sliced(
    tree: &Arc<dyn Tree>,
    index: &dyn Index,
    names: &[String],
) -> (Catalog, Graph) {
    let seeds = Seeds { names: names.to_vec(), ..Seeds::default() };
    let paths = slice(index, &seeds).unwrap().into_keys();
    read(&Chosen::new(Arc::clone(tree), paths).unwrap())
}

pub(super) fn opened(
    tree: &Arc<dyn Tree>,
    id: &str,
    cache: &Cache,
    changes: &Changes<'_>,
) -> Indexed {
    let scope = Scope { tree: id.to_owned(), config: Config::default(), folders: Vec::new() };
    let all = Arc::clone(tree);
    let listed: Listed = Box::new(move || Ok(Arc::clone(&all)));
    Indexed::open(tree, listed, scope, (Some(cache.clone()), 0), changes).unwrap().unwrap()
}

/// Who belongs to a team, whoever says so.
fn people((catalog, graph): &(Catalog, Graph), team: &str) -> BTreeSet<String> {
    let Some(id) = catalog.names.find(team).and_then(|name| catalog.known_as(name)) else {
        return BTreeSet::new();
    };
    let documents = catalog.defined(catalog.entity(id).reference);
    let all = documents.flat_map(|document| graph.relations(document));
    let members = all.filter(|(relation, _)| *relation == "hasMember");
    members.map(|(_, id)| catalog.canonical(catalog.entity(id)).to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_slice_answers_as_the_whole_does(
        documents in documents(),
        seeds in prop::collection::vec((0..KINDS.len(), 0..NAMES + 2), 1..4),
    ) {
        let tree: Arc<dyn Tree> = Arc::new(tree(&documents));
        let name = |(kind, name): &(usize, usize)| format!("{}:default/n{name}", KINDS[*kind]);
        let names: Vec<String> = seeds.iter().map(name).collect();
        let live = live(tree.as_ref());
        let (whole, part) = (read(tree.as_ref()), sliced(&tree, &live, &names));
        for state in [State::Down, State::Degraded] {
            prop_assert_eq!(told(&whole, &names, state), told(&part, &names, state));
        }
        let owners = names.iter().filter_map(|name| {
            let id = whole.0.known_as(whole.0.names.find(name)?)?;
            let owned = whole.1.outgoing(id).iter().find(|edge| edge.relation.name == "ownedBy")?;
            Some(whole.0.canonical(whole.0.entity(owned.to)).to_owned())
        });
        for owner in owners {
            prop_assert_eq!(people(&whole, &owner), people(&part, &owner), "{}", owner);
        }
        let seeds = Seeds { names, ..Seeds::default() };
        prop_assert_eq!(slice(&live, &seeds), slice(&stored(&live), &seeds));
    }

    #[test]
    fn changes_laid_over_an_index_give_the_index_of_what_they_make(
        before in documents(), after in documents(), kind in 0..KINDS.len(), name in 0..NAMES,
    ) {
        let (old, new) = (tree(&before), tree(&after));
        let (old_live, new_live) = (live(&old), live(&new));
        let mut layered = Layered::new(stored(&old_live));
        let mut changed = old_live;
        let paths: BTreeSet<String> = (0..30).map(|at| format!("f{at:02}.yaml")).collect();
        for path in &paths {
            let summary = new_live.find(Topic::Path, path).unwrap();
            let summary = summary.first().map(|one| one.summary.clone()).unwrap_or_default();
            layered.replace(path, summary.clone());
            changed.replace(path, summary);
        }
        let seeds =
            Seeds { names: vec![format!("{}:default/n{name}", KINDS[kind])], ..Seeds::default() };
        prop_assert_eq!(slice(&layered, &seeds), slice(&new_live, &seeds));
        prop_assert_eq!(slice(&changed, &seeds), slice(&new_live, &seeds));
        let each = |index: &dyn Index| {
            let mut all = Vec::new();
            index.each(&mut |one| all.push(one.clone())).unwrap();
            all
        };
        prop_assert_eq!(each(&layered), each(&new_live));
    }
}

proptest! {
    // Each writes a file and damages it.
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_damaged_file_gives_the_same_answer_or_none(
        documents in documents(), at in any::<prop::sample::Index>(), flip in 1..=255_u8, cut in any::<bool>(),
    ) {
        let tree: Arc<dyn Tree> = Arc::new(tree(&documents));
        let index = live(tree.as_ref());
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path(), 3);
        opened(&tree, "aa", &cache, &|_, _| None);
        let path = folder.path().join(cache.names().remove(0));
        #[allow(clippy::disallowed_methods, reason = "a test damages its own file")]
        {
            let mut bytes = std::fs::read(&path).unwrap();
            let at = at.index(bytes.len());
            match cut {
                true => bytes.truncate(at),
                false => bytes[at] ^= flip,
            }
            std::fs::write(&path, bytes).unwrap();
        }
        let seeds = Seeds { names: vec!["ci:default/n0".to_owned()], ..Seeds::default() };
        let right = slice(&index, &seeds);
        if let Some(Ok(damaged)) = cache.open(&cache.names()[0]).map(Stored::open) {
            let found = slice(&damaged, &seeds);
            prop_assert!(found == right || found == Err(Damaged));
        }
        let mut repaired = opened(&tree, "aa", &cache, &|_, _| None);
        prop_assert_eq!(repaired.slice(&seeds).ok(), right.ok());
    }

    #[test]
    fn bytes_that_nobody_wrote_are_no_index(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut known = b"gitsmix\x01".to_vec();
        known.extend(bytes);
        if let Ok(index) = Stored::open(crate::cache::Kept::in_memory(known)) {
            let _ = (index.find(Topic::Defines, "a"), index.requests(0));
            let _ = slice(&index, &Seeds { names: vec!["a".to_owned()], ..Seeds::default() });
        }
    }
}
