//! Input that wants to do harm: each gives a finding or a clear error, quickly, and never a crash.

use std::time::{Duration, Instant};

use gitsm::finding::Report;
use gitsm::flow::validate::validate_tree;
use gitsm::tree::Memory;

use crate::support::{Folder, component};

fn report(content: impl Into<Vec<u8>>) -> Report {
    validate_tree(&Memory::new([("catalog-info.yaml", content.into())]), "2026-11-21").unwrap()
}

fn codes(content: impl Into<Vec<u8>>) -> Vec<&'static str> {
    report(content).findings.iter().map(|finding| finding.code.name).collect()
}

#[test]
fn every_bad_text_gives_a_finding() {
    let head = "apiVersion: backstage.io/v1alpha1\nkind: Component\n";
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n\
                c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n\
                e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n";
    let deep_block: String = (0..500).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("alias bomb", format!("{head}{bomb}").into_bytes(), "yaml-limit"),
        ("alias of itself", format!("{head}a: &a [*a]\n").into_bytes(), "yaml-limit"),
        ("flow sequences", format!("{head}a: {}", "[".repeat(50_000)).into_bytes(), "yaml-limit"),
        ("flow mappings", format!("{head}a: {}", "{a: ".repeat(50_000)).into_bytes(), "yaml-limit"),
        ("block sequences", "- ".repeat(50_000).into_bytes(), "yaml-limit"),
        ("block mappings", deep_block.into_bytes(), "yaml-limit"),
        ("complex keys", "? ".repeat(50_000).into_bytes(), "yaml-limit"),
        ("NUL", format!("{head}metadata: {{name: a\0b}}\n").into_bytes(), "yaml-syntax"),
        ("escape", format!("{head}metadata: {{name: a\u{1b}[31m}}\n").into_bytes(), "yaml-syntax"),
        ("tab indent", format!("{head}metadata:\n\tname: a\n").into_bytes(), "yaml-syntax"),
        ("open quote", format!("{head}metadata: {{name: \"a\n").into_bytes(), "yaml-syntax"),
        ("truncated UTF-8", [head.as_bytes(), b"a: \xe2\x82"].concat(), "file-encoding"),
        ("overlong UTF-8", [head.as_bytes(), b"a: \xc0\xaf"].concat(), "file-encoding"),
        ("UTF-16", [b"\xff\xfe".as_slice(), b"a\0:\0 \0b\0"].concat(), "file-encoding"),
        (
            "LFS",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n".to_vec(),
            "file-lfs-pointer",
        ),
        ("scalar", b"hello".to_vec(), "envelope-missing"),
        ("list", b"- a\n- b\n".to_vec(), "envelope-missing"),
        ("nothing", b"".to_vec(), "catalog-empty"),
        ("only comments", b"# nothing\n---\n---\n".to_vec(), "catalog-empty"),
        ("merge key", format!("{}  <<: {{a: b}}\n", component("x")).into_bytes(), "yaml-merge-key"),
        ("number key", format!("{}  1: b\n", component("x")).into_bytes(), "yaml-key-type"),
        ("infinity", format!("{}  a: .inf\n", component("x")).into_bytes(), "yaml-number"),
        (
            "twice",
            format!("{}{}", component("x"), component("y")).into_bytes(),
            "yaml-duplicate-key",
        ),
    ];
    for (name, content, code) in cases {
        let start = Instant::now();
        let found = codes(content);
        assert!(found.contains(&code), "{name}: {found:?}");
        assert!(start.elapsed() < Duration::from_secs(10), "{name}: {:?}", start.elapsed());
    }
}

#[test]
fn odd_but_right_texts_are_no_fault() {
    let text = component("x");
    for (name, content) in [
        ("CRLF", text.replace('\n', "\r\n")),
        ("lone CR", text.replace('\n', "\r")),
        ("BOM", format!("\u{feff}{text}")),
        ("tab after colon", text.replace("kind: ", "kind:\t")),
        ("document end", format!("---\n{text}...\n---\n")),
        ("anchors", text.replace("owner: payments", "x: &a payments\n  owner: *a")),
        ("no as a string", text.replace("owner: payments", "owner: no")),
        ("block scalar", text.replace("owner: payments", "owner: >-\n    payments")),
    ] {
        let found = codes(content);
        assert_eq!(found, ["kind-elsewhere"], "{name}");
    }
}

#[test]
fn a_hundred_megabytes_are_refused_unread() {
    let folder = Folder::git();
    folder.write("catalog-info.yaml", format!("{}# {}", component("x"), "x".repeat(100 << 20)));
    let start = Instant::now();
    assert_eq!(folder.places(&["--only", "file-too-large"]).len(), 1);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_terminal_and_a_workflow_obey_nothing_in_a_catalog() {
    let folder = Folder::git();
    let name = "\"x\\e]0;owned\\a\\n::error::owned\\u202e\"";
    folder.write("catalog-info.yaml", component(name));
    for format in ["human", "concise", "github", "gitlab", "junit"] {
        let run = folder.gitsm(&["validate", "-o", format]);
        assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{202e}'), "{format}");
        assert!(!run.stdout.lines().any(|line| line.starts_with("::error::owned")), "{format}");
    }
}

#[test]
fn readers_of_reports_take_no_order_from_a_catalog() {
    let folder = Folder::git();
    let head = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: x\n";
    let values = [
        "</failure></testcase><testcase name='fake'/>",
        "]]><![CDATA[ <!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]> &b; &#0;",
        "[[ATTACHMENT|/etc/passwd]]",
        "\\0\\x01\\x7f\\x85\\uFFFE\\uFFFF\\u202E\\t\\n::error::owned",
    ];
    let tags: String = values.iter().map(|value| format!("    - \"{value}\"\n")).collect();
    let spec = "spec: {type: service, lifecycle: production, owner: payments}\n";
    let path = "R&D's [[ATTACHMENT]/catalog-info.yaml";
    folder.write(path, format!("{head}  tags:\n{tags}{spec}"));
    let text = folder.gitsm(&["validate", "-o", "junit"]).stdout;
    let cases = crate::formats::junit_cases(&text);
    let tags = cases.iter().filter(|(_, name, _)| name.starts_with("tag-invalid: "));
    assert_eq!(tags.count(), values.len(), "{text}");
    assert!(cases.iter().all(|(class, ..)| class == "R&D's [ [ATTACHMENT]/catalog-info.yaml"));
    assert!(!text.contains("[[ATTACHMENT") && !text.contains("<!"), "{text}");
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
    let text = folder.gitsm(&["validate", "-o", "gitlab"]).stdout;
    let entries: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert!(entries.len() > values.len());
    assert!(entries.iter().all(|entry| entry["location"]["path"] == path), "{text}");
    let plain = |c: char| !c.is_control() && c != '\u{202e}';
    for entry in &entries {
        assert!(entry["description"].as_str().unwrap().chars().all(plain), "{entry}");
    }
}

#[test]
fn secrets_are_found_and_never_printed() {
    // Put together here, so that no scanner takes this file for a leak.
    let token = format!("gh{}_{}", "p", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17");
    let key = format!("-----BEGIN {0}-----\nMIIBOgIBAAJB\n-----END {0}-----", "RSA PRIVATE KEY");
    let indented = key.replace('\n', "\n      ");
    let head = "apiVersion: backstage.io/v1alpha1\nkind: Component\n";
    let spec = "spec: {type: service, lifecycle: production, owner: payments}\n";
    let texts = [
        format!("{head}metadata:\n  name: {token}\n{spec}"),
        format!("{head}metadata:\n  name: x\n  labels: {{{token}: x}}\n{spec}"),
        format!("{head}metadata:\n  name: x\n  tags: [{token}]\n{spec}"),
        format!("{head}metadata: {{name: x}}\n{}", spec.replace("payments", &token)),
        format!("{head}metadata: {{name: x}} # {token}\n{spec}"),
        format!("{head}metadata: {{name: x}}\n{spec}{token}: 1\n{token}: 2\n"),
        format!(
            "{head}metadata:\n  name: x\n  annotations:\n    example.com/key: |\n      {indented}\n{spec}"
        ),
    ];
    for (number, text) in texts.iter().enumerate() {
        let folder = Folder::git();
        folder.write("catalog-info.yaml", text);
        let group = crate::support::group("x");
        folder.write("teams.yaml", group);
        for format in gitsm::output::FORMATS.iter().map(|format| format.name) {
            let run = folder.gitsm(&["validate", "--all", "-o", format]);
            assert!(run.stdout.contains("secret-found"), "{number} {format}: {}", run.stdout);
            for part in ["zqwbutso", "miibogibaajb"] {
                assert!(
                    !run.stdout.to_lowercase().contains(part),
                    "{number} {format}: {}",
                    run.stdout
                );
            }
        }
    }
}

#[test]
fn a_file_made_of_mistakes_stays_quick() {
    let head = "apiVersion: backstage.io/v1alpha1\nkind: Component\n";
    let spec = "spec: {type: service, lifecycle: production, owner: payments}\n";
    let many = |line: &dyn Fn(usize) -> String| (0..4_000).map(line).collect::<String>();
    let cases = [
        (
            "labels",
            format!(
                "{head}metadata:\n  name: x\n  labels:\n{}{spec}",
                many(&|n| format!("    -{n}: x\n"))
            ),
        ),
        (
            "tags",
            format!(
                "{head}metadata:\n  name: x\n  tags:\n{}{spec}",
                many(&|n| format!("    - T{n}\n"))
            ),
        ),
        (
            "unknown",
            format!("{head}metadata: {{name: x}}\n{spec}{}", many(&|n| format!("k{n}: x\n"))),
        ),
        (
            "one line",
            format!(
                "{head}metadata: {{name: ä}}\nspec: {{owner: a, dependsOn: [{}]}}\n",
                many(&|n| format!("component:c{n},"))
            ),
        ),
        (
            "comments",
            format!(
                "{head}metadata: {{name: x}}\n{spec}{}",
                many(&|_| "# gitsm: ignore[x] y\n".to_owned())
            ),
        ),
        (
            "tabs",
            format!("{head}metadata: {{name: x}}\n{spec}{}", many(&|n| format!("k{n}:\tv\n"))),
        ),
    ];
    for (name, text) in cases {
        let start = Instant::now();
        let found = report(text);
        assert!(!found.findings.is_empty(), "{name}");
        assert!(found.summary.entities + found.summary.documents > 0, "{name} vanished");
        assert!(start.elapsed() < Duration::from_secs(30), "{name}: {:?}", start.elapsed());
    }
}

#[test]
fn a_catalog_info_never_vanishes() {
    for (name, content) in [
        ("empty", String::new()),
        ("comment", "# later\n".to_owned()),
        ("broken beside an expression in a comment", "# ${{ x }}\na: [\n".to_owned()),
    ] {
        let tree = Memory::new([
            ("a/catalog-info.yaml", component("x")),
            ("b/catalog-info.yaml", content),
        ]);
        let report = validate_tree(&tree, "2026-11-21").unwrap();
        let told =
            report.findings.iter().any(|finding| finding.at.place.file.path.starts_with("b/"));
        assert!(told, "{name}: {:?}", report.summary);
    }
    let tree = Memory::new([("a.yaml", component("x"))]).link("catalog-info.yaml", "nowhere.yaml");
    assert!(
        validate_tree(&tree, "2026-11-21")
            .unwrap()
            .findings
            .iter()
            .any(|f| f.code.name == "file-unreadable")
    );
}

#[test]
fn a_named_file_that_is_not_read_is_wrong_usage() {
    let folder = Folder::git();
    folder.write("catalog-info.yaml", component("x")).write("README.md", "x");
    folder.write(".gitignore", "ignored.yaml\n").write("ignored.yaml", component("y"));
    for path in ["README.md", "ignored.yaml"] {
        let run = folder.gitsm(&["validate", path]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains("is not read"), "{run:?}");
    }
}

#[cfg(unix)]
#[test]
fn links_pipes_and_folders_with_the_name_of_a_catalog_are_met() {
    use std::os::unix::fs::symlink;
    let folder = Folder::git();
    folder.write("real/catalog-info.yaml", component("one"));
    folder.write("dir/catalog-info.yaml/x.txt", "x");
    let at = |path: &str| folder.path().join(path);
    symlink("/etc/passwd", at("out.yaml")).unwrap();
    symlink("../../../out", at("up.yaml")).unwrap();
    symlink("real/catalog-info.yaml", at("inside.yaml")).unwrap();
    symlink("loop.yaml", at("loop.yaml")).unwrap();
    symlink("nowhere.yaml", at("dangling.yaml")).unwrap();
    symlink("/", at("root")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(at("pipe.yaml")).status();
    assert!(made.unwrap().success());
    let places = folder.places(&["--ignore", "kind-elsewhere"]);
    assert_eq!(
        places,
        ["link-outside out.yaml:1:1", "file-unreadable pipe.yaml:1:1", "link-outside up.yaml:1:1"]
    );
    assert_eq!(folder.findings(&[])["summary"]["entities"], 1);
}

#[test]
fn large_catalogs_of_one_mistake_stay_quick() {
    let mut circle = String::new();
    for number in 0..3_000 {
        let next = (number + 1) % 3_000;
        circle.push_str(&format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {{name: d{number}}}\n\
             spec: {{owner: nobody-{number}, subdomainOf: d{next}}}\n---\n"
        ));
    }
    circle.push_str(&crate::support::group("somebody"));
    let start = Instant::now();
    let found = codes(circle);
    assert_eq!(found.iter().filter(|code| **code == "entity-cycle").count(), 1);
    assert_eq!(found.iter().filter(|code| **code == "reference-unknown").count(), 3_000);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

/// The codes that a document of one of our own kinds gives.
fn codes_of(kind: &str, spec: &str) -> Vec<&'static str> {
    let text =
        format!("apiVersion: gitsm/v1alpha1\nkind: {kind}\nmetadata: {{name: x}}\nspec:\n{spec}");
    let tree = Memory::new([("x.yaml", text)]);
    let report = validate_tree(&tree, "2026-11-21").unwrap();
    report.findings.iter().map(|finding| finding.code.name).collect()
}

#[test]
fn rules_that_never_come_true_and_zones_and_dates_out_of_bounds_are_found_quickly() {
    let calendar = |events: &str| {
        codes_of(
            "Calendar",
            &format!("  type: freeze\n  timezone: Europe/Berlin\n  events:\n{events}"),
        )
    };
    let event = |start: &str, rule: &str| {
        format!("    - {{start: {start}, duration: PT1H, rrule: '{rule}'}}\n")
    };
    let never = event("2026-01-05T08:00:00", "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30").repeat(1000);
    assert!(calendar(&never).contains(&"calendar-empty"));
    for (start, rule) in [
        ("2026-01-05T08:00:00", "FREQ=DAILY;INTERVAL=0"),
        ("2026-01-05T08:00:00", "FREQ=DAILY;COUNT=99999999999999999999"),
        ("2026-01-05T08:00:00", "FREQ=HOURLY;BYSETPOS=366;BYHOUR=5"),
        ("2026-01-05T08:00:00", "FREQ=SECONDLY"),
        ("2026-01-05T08:00:00", "FREQ=DAILY;RRULE:FREQ=SECONDLY"),
        ("2026-03-29T02:30:00", "FREQ=DAILY"),
        ("2026-13-01T00:00:00", "FREQ=DAILY"),
    ] {
        let found = calendar(&event(start, rule));
        assert!(
            found.iter().any(|code| code.starts_with("calendar-")),
            "{start} {rule}: {found:?}"
        );
    }
}

#[test]
fn texts_of_runbooks_cannot_exhaust_the_stack() {
    for run in [
        format!("{{{{ {}b }}}}", "a.".repeat(50_000)),
        format!("{{{{ {}b }}}}", "-".repeat(100_000)),
        format!("{{{{ {}1{} }}}}", "(".repeat(20_000), ")".repeat(20_000)),
        "{% for x in y %}".repeat(2000),
        "{% if a %}{% elif a %}".repeat(2000),
    ] {
        let spec = format!(
            "  owner: team:a\n  purpose: p\n  trigger: [manual]\n  lifecycle: draft\n  risk: low\n  \
             steps: [{{id: a, name: b, type: manual, run: '{run}'}}]\n"
        );
        assert!(codes_of("Runbook", &spec).contains(&"runbook-parameter"));
    }
}

#[test]
fn schemas_of_classes_neither_loop_nor_reach_out_nor_grow() {
    let class = |attributes: &str| {
        let item = "---\napiVersion: gitsm/v1alpha1\nkind: ConfigurationItem\nmetadata: {name: y}\n\
                    spec:\n  class: x\n  owner: team:a\n  environment: test\n  \
                    lifecycle: {stage: design}\n  attributes: {a: {a: {a: 1}}}\n";
        codes_of("CIClass", &format!("  attributes: {attributes}\n{item}"))
    };
    class("{$ref: '#'}");
    class("{properties: {a: {$ref: '#/properties/a'}}}");
    class("{allOf: [{allOf: [{$ref: '#/allOf/0'}]}]}");
    for refused in [
        "{properties: {a: {$ref: 'file:///etc/passwd'}}}",
        "{properties: {a: {$ref: 'https://example.com/schema.json'}}}",
        "{properties: {a: {pattern: '(x{1000}){1000}'}}}",
        "{properties: {a: {type: nothing}}}",
    ] {
        assert!(class(refused).contains(&"class-invalid"), "{refused}");
    }
}

#[test]
fn personal_data_is_told_and_not_shown_in_any_format() {
    let folder = crate::support::Folder::new();
    folder.write(
        "people.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Person\nmetadata:\n  name: ada\n  description: ada.lovelace@gmail.com\n\
         spec:\n  accounts:\n    github: ada\n    signal: +49 30 98765432\n    address: Unter den Linden 7\n",
    );
    for format in gitsm::output::FORMATS {
        let run = folder.gitsm(&["validate", "--all", "-o", format.name]);
        assert!(run.stdout.contains("person-data"), "{}: {run:?}", format.name);
        for private in ["lovelace", "98765", "Linden"] {
            assert!(!run.stdout.contains(private), "{}: {}", format.name, run.stdout);
        }
    }
    let text = folder.read("people.yaml").replace("spec:", "spec:\n  lifcycle: active");
    folder.write("people.yaml", text);
    let diff = folder.gitsm(&["validate", "--fix", "--dry-run"]).stdout;
    assert!(diff.contains("+  lifecycle: active") && diff.contains("signal: *"), "{diff}");
    for private in ["lovelace", "98765", "Linden"] {
        assert!(!diff.contains(private), "{diff}");
    }
}

#[test]
fn nothing_hides_behind_capitals_or_braces() {
    let folder = Folder::git();
    folder.write(
        "a.yaml",
        "apiVersion: GITSM/v1alpha1\nkind: Service\nmetadata: {name: a}\nspec: {owner: team:t}\n",
    );
    // Put together, so that nobody takes this file for a leak.
    let secret = ["AKIA", "IOSFODNN7EXAMPLQ"].concat();
    folder.write(
        "b.yaml",
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: x, description: \
             \"{secret} ${{{{\"}}\nspec: {{}}\n"
        ),
    );
    let run = folder.gitsm(&["validate", "-o", "concise"]);
    assert!(run.stdout.contains("a.yaml:1:13: error[api-version-unknown]"), "{}", run.stdout);
    assert!(run.stdout.contains("b.yaml:3:35: error[secret-found]"), "{}", run.stdout);
    assert!(!run.stdout.contains(&secret), "{}", run.stdout);
}
