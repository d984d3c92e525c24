//! What impact does with each relation, and what holds for every catalog.

use super::*;
use crate::catalog::{Inspection, Subject, load};
use crate::config::Config;
use crate::model::EntityRef;
use crate::tree::Memory;
use crate::yaml::Limits;

/// A catalog of configuration items: a line is `name: relation target, …; quorum N; stage S`.
fn catalog(lines: &str) -> Catalog {
    let files = lines.lines().filter(|line| !line.trim().is_empty()).map(|line| {
        let (name, rest) = line.trim().split_once(':').unwrap();
        (format!("{name}.yaml"), document(name, rest))
    });
    let files: Vec<(String, String)> = files.collect();
    let inspect = |_: &Subject<'_>| Inspection::default();
    let tree = Memory::new(files);
    load(&tree, &Config::default(), &Limits::default(), &inspect).unwrap().0
}

fn document(name: &str, rest: &str) -> String {
    let (mut relations, mut quorum, mut stage) = (Vec::new(), String::new(), "operational");
    for part in rest.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once(' ').unwrap() {
            ("quorum", number) => quorum = format!(", quorum: {number}"),
            ("stage", word) => stage = word,
            (relation, targets) => relations.push(format!("{relation}: [{targets}]")),
        }
    }
    format!(
        "{{apiVersion: gitsm/v1alpha1, kind: ConfigurationItem, metadata: {{name: {name}}}, spec: \
         {{class: compute.server, owner: team:a, environment: production, lifecycle: {{stage: \
         {stage}}}, relations: {{{}}}{quorum}}}}}\n",
        relations.join(", ")
    )
}

/// `name state distance<-from` of everything affected.
fn told(lines: &str, causes: &[&str], state: State) -> Vec<String> {
    let catalog = catalog(lines);
    let graph = Graph::of(&catalog);
    let id = |name: &&str| catalog.find(&EntityRef::new("ci", "default", name)).unwrap();
    let causes: Vec<EntityId> = causes.iter().map(id).collect();
    let name = |id: EntityId| {
        let canonical = catalog.canonical(catalog.entity(id));
        canonical.rsplit_once('/').unwrap().1.to_owned()
    };
    let impact = assess(&catalog, &graph, &causes, state);
    let line = |one: &Affected| {
        let from = name(one.carrier.from);
        format!(
            "{} {} {} {}:{from}",
            name(one.id),
            one.state.name(),
            one.distance,
            one.carrier.word()
        )
    };
    impact.affected.iter().map(line).collect()
}

fn down(lines: &str, causes: &[&str]) -> Vec<String> {
    told(lines, causes, State::Down)
}

#[test]
fn trouble_follows_what_is_needed_and_goes_with_what_is_contained() {
    let lines = "\
        db:
        app: dependsOn db
        web: dependsOn app
        rack: contains db
        other: connectsTo db
        tool: uses db
        report: dependsOn tool";
    assert_eq!(
        down(lines, &["rack"]),
        [
            "db down 1 containedBy:rack",
            "app down 2 dependsOn:db",
            "tool degraded 2 uses:db",
            "report degraded 3 dependsOn:tool",
            "web down 3 dependsOn:app",
        ]
    );
    assert_eq!(
        told(lines, &["app"], State::Degraded),
        ["web degraded 1 dependsOn:app"],
        "what is degraded brings nothing down"
    );
    assert!(down(lines, &["other"]).is_empty());
}

#[test]
fn a_spare_takes_over_until_none_is_left() {
    let lines = "\
        a: redundantWith b
        b:
        app: dependsOn a
        inside: dependsOn a
        rack: redundantWith rack2; contains inside
        rack2:";
    assert_eq!(
        down(lines, &["a"]),
        ["app degraded 1 dependsOn:a", "inside degraded 1 dependsOn:a"]
    );
    assert!(down(lines, &["b"]).is_empty(), "nothing that anybody uses failed");
    assert_eq!(down(lines, &["a", "b"]), ["app down 1 dependsOn:a", "inside down 1 dependsOn:a"]);
    assert_eq!(
        down(lines, &["rack"]),
        ["inside down 1 containedBy:rack"],
        "nothing takes over for a place"
    );
}

#[test]
fn a_spare_that_fails_for_the_same_reason_is_none() {
    let lines = "\
        power:
        a: redundantWith b; dependsOn power
        b: dependsOn ups
        ups: dependsOn power
        app: dependsOn a";
    assert_eq!(
        down(lines, &["power"]),
        [
            "a down 1 dependsOn:power",
            "ups down 1 dependsOn:power",
            "b down 2 dependsOn:ups",
            "app down 3 dependsOn:a",
        ]
    );
}

#[test]
fn a_cluster_works_as_long_as_its_quorum_does() {
    let lines = "\
        pg: quorum 2
        n1: memberOf pg
        n2: memberOf pg
        n3: memberOf pg
        app: dependsOn pg";
    assert_eq!(down(lines, &["n1"]), ["pg degraded 1 hasMember:n1", "app degraded 2 dependsOn:pg"]);
    assert_eq!(down(lines, &["n3", "n1"]), ["pg down 1 hasMember:n1", "app down 2 dependsOn:pg"]);
    let broken = lines.replace("n3: memberOf pg", "n3: memberOf pg; stage defective");
    assert_eq!(down(&broken, &["n1"])[0], "pg down 1 hasMember:n1", "one of two is left");
}

#[test]
fn what_is_gone_or_not_in_use_yet_neither_suffers_nor_carries() {
    let lines = "\
        db:
        old: dependsOn db; stage end_of_life
        new: dependsOn db; stage deploy
        app: dependsOn old
        spare: stage end_of_operation; redundantWith db
        user: dependsOn db";
    assert_eq!(down(lines, &["db"]), ["user down 1 dependsOn:db"], "and it is no spare");
    assert_eq!(down(lines, &["old"]), ["app down 1 dependsOn:old"], "but a cause is a cause");
}

#[test]
fn circles_end() {
    let lines = "\
        a: dependsOn b
        b: dependsOn c
        c: dependsOn a";
    assert_eq!(down(lines, &["a"]), ["c down 1 dependsOn:a", "b down 2 dependsOn:c"]);
}

#[test]
fn the_way_is_explained_and_so_is_what_stops_it() {
    let catalog = catalog(
        "\
        pg: quorum 1
        n1: memberOf pg
        n2: memberOf pg
        app: dependsOn pg
        old: dependsOn app; stage end_of_life
        late: dependsOn old",
    );
    let graph = Graph::of(&catalog);
    let id = |name: &str| catalog.find(&EntityRef::new("ci", "default", name)).unwrap();
    let impact = assess(&catalog, &graph, &[id("n1")], State::Down);
    let Explanation::Reached { state, steps } = explain(&catalog, &graph, &impact, id("app"))
    else {
        panic!("it reaches")
    };
    assert_eq!((state, steps.len()), (State::Degraded, 2));
    assert!(matches!(steps[0].reason, Reason::QuorumKept(Quorum { working: 1, .. })));
    let stopped = explain(&catalog, &graph, &impact, id("late"));
    assert!(
        matches!(stopped, Explanation::Stopped { stop: Stop::Away(at), .. } if at == id("old"))
    );
    let back = explain(&catalog, &graph, &impact, id("n2"));
    assert!(matches!(back, Explanation::Unlinked { backwards: false }));
}
