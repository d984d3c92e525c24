//! `gitsm graph`: trees, pictures and data, of friendly and hostile catalogs.

use crate::impact::fits;
use crate::support::{Folder, Run, component, gitsm, project};

fn acme(arguments: &[&str]) -> Run {
    let all: Vec<&str> = ["graph"].into_iter().chain(arguments.iter().copied()).collect();
    gitsm(&project().join("examples/acme"), &all)
}

#[test]
fn people_read_a_tree_of_what_is_around() {
    insta::assert_snapshot!("graph-tree", acme(&["service:checkout"]).stdout);
}

#[test]
fn every_format_draws_the_same_entities() {
    let json = acme(&["--kind", "service", "-o", "json"]).stdout;
    fits("graph", &json);
    let graph: serde_json::Value = serde_json::from_str(&json).unwrap();
    let mermaid = acme(&["--kind", "service", "-o", "mermaid"]).stdout;
    let dot = acme(&["--kind", "service", "-o", "dot"]).stdout;
    let svg = acme(&["--kind", "service", "-o", "svg"]).stdout;
    let picture = roxmltree::Document::parse(&svg).unwrap();
    let titles: Vec<&str> = picture
        .descendants()
        .filter(|node| node.has_tag_name("title"))
        .filter_map(|node| node.text())
        .collect();
    for node in graph["nodes"].as_array().unwrap() {
        let name = node["id"].as_str().unwrap().replacen(":default/", ":", 1);
        assert!(mermaid.contains(&format!("\"{name}\"")), "{name}: {mermaid}");
        assert!(dot.contains(&format!("label=\"{name}\"")), "{name}: {dot}");
        assert!(titles.contains(&name.as_str()), "{name}: {titles:?}");
    }
    insta::assert_snapshot!("graph-mermaid", mermaid);
    insta::assert_snapshot!("graph-dot", dot);
}

#[test]
fn owners_are_drawn_if_somebody_asks() {
    let without = acme(&["service:checkout"]).stdout;
    assert!(!without.contains("team:"), "{without}");
    let with = acme(&["service:checkout", "--relation", "ownerof"]).stdout;
    assert!(with.contains("ownedBy team:payments"), "{with}");
    let team = acme(&["team:payments"]).stdout;
    assert!(team.contains("ownerOf service:checkout"), "{team}");
}

#[test]
fn directions_and_groups() {
    let up = acme(&["service:payments", "--direction", "up"]).stdout;
    assert!(up.contains("service:checkout") && !up.contains("ci:card-gateway"), "{up}");
    let down = acme(&["service:payments", "--direction", "down"]).stdout;
    assert!(!down.contains("service:checkout") && down.contains("ci:card-gateway"), "{down}");
    let grouped = acme(&["--kind", "service", "--by", "owner", "-o", "mermaid"]).stdout;
    assert!(grouped.contains("subgraph g0[\"team:"), "{grouped}");
}

#[test]
fn what_nobody_could_read_is_not_drawn() {
    let run = acme(&["-o", "svg"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    insta::assert_snapshot!(run.stderr);
    let run = acme(&["--by", "owner", "-o", "svg"]);
    assert_eq!(run.code, 0, "groups stand for their entities: {}", run.stderr);
    assert!(run.stderr.contains("every group is one box"));
    assert_eq!(acme(&["-o", "dot"]).code, 0);
}

#[test]
fn what_is_asked_for_must_exist() {
    for (arguments, hint) in [
        (["--relation", "dependOn"], "did you mean `dependsOn`?"),
        (["--kind", "sevrice"], "the kinds are"),
        (["service:chekout", "--at=HEAD"], "did you mean `service:checkout`"),
    ] {
        let run = acme(&arguments);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains(hint), "{run:?}");
    }
}

#[test]
fn hostile_names_stay_names() {
    let folder = Folder::git();
    let name = "a\\\"]; x --> y </title><script>&\u{202e}";
    let quoted = format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    let text = component(&quoted)
        .replace("  owner: payments", "  owner: payments\n  dependsOn: ['component:b']");
    folder.write("catalog-info.yaml", format!("{text}---\n{}", component("b")));
    let svg = folder.gitsm(&["graph", "-o", "svg"]).stdout;
    let picture = roxmltree::Document::parse(&svg).unwrap();
    assert!(!picture.descendants().any(|node| node.has_tag_name("script")));
    assert!(svg.contains("&lt;script&gt;"), "{svg}");
    let mermaid = folder.gitsm(&["graph", "-o", "mermaid"]).stdout;
    assert!(!mermaid.contains("x --> y") && !mermaid.contains("<script>"), "{mermaid}");
    let dot = folder.gitsm(&["graph", "-o", "dot"]).stdout;
    assert!(dot.contains("a\\\\\\\"]; x"), "{dot}");
}

#[test]
fn a_picture_goes_into_a_file_and_is_the_same_each_time() {
    let folder = Folder::git();
    let a = component("a")
        .replace("  owner: payments", "  owner: payments\n  dependsOn: ['component:b']");
    folder.write("catalog-info.yaml", format!("{a}---\n{}", component("b")));
    let run = folder.gitsm(&["graph", "component:a", "-o", "svg=out.svg"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    let first = folder.read("out.svg");
    folder.gitsm(&["graph", "component:a", "-o", "svg=out.svg"]);
    assert_eq!(folder.read("out.svg"), first);
    insta::assert_snapshot!("graph-svg", first);
}
