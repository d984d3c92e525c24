//! `gitsm validate --fix` over real folders.

use std::collections::BTreeSet;
use std::fs;

use crate::support::{Folder, component, group, project};

/// A Component with mistakes that can be corrected, on lines 5, 6 and 12.
const WRONG: &str = "\
# größe: Zahlungen
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: my checkout   # the name
  title: 12 # ünïcode
  tags: [good, 'Big Tag']

spec:
  type: service
  lifecycle: production
  owner: payments
  dependOn: []
  # the end";

const RIGHT: &str = "\
# größe: Zahlungen
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: my-checkout   # the name
  title: \"12\" # ünïcode
  tags: [good, big-tag]

spec:
  type: service
  lifecycle: production
  owner: payments
  dependsOn: []
  # the end";

fn bytes(folder: &Folder, path: &str) -> Vec<u8> {
    fs::read(folder.path().join(path)).unwrap()
}

#[test]
fn what_can_be_corrected_is_and_nothing_else_changes() {
    let folder = Folder::git();
    folder.write("shop/catalog-info.yaml", WRONG).write("teams.yaml", group("payments"));
    let run = folder.gitsm(&["validate", "--fix"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stderr, "");
    insta::assert_snapshot!(run.stdout, @r#"
        2 entities in 2 files: nothing to report
        fixed 4 findings in 1 file
          shop/catalog-info.yaml:5 name-invalid: write `my-checkout`
          shop/catalog-info.yaml:6 field-type: quote the value
          shop/catalog-info.yaml:7 tag-invalid: write `big-tag`
          shop/catalog-info.yaml:13 field-misspelt: rename it to `dependsOn`
    "#);
    assert_eq!(folder.read("shop/catalog-info.yaml"), RIGHT);
    let again = folder.gitsm(&["validate", "--fix"]);
    assert!(again.stdout.ends_with("nothing to report\nfixed nothing\n"), "{again:?}");
}

#[test]
fn line_breaks_and_the_byte_order_mark_stay() {
    for (mark, ending) in [("", "\r\n"), ("\u{feff}", "\n"), ("\u{feff}", "\r\n"), ("", "\n\n")] {
        let folder = Folder::new();
        let written = |text: &str| format!("{mark}{}", text.replace('\n', ending));
        folder.write("catalog-info.yaml", written(WRONG));
        assert_eq!(folder.gitsm(&["validate", "--fix"]).code, 0);
        assert_eq!(bytes(&folder, "catalog-info.yaml"), written(RIGHT).into_bytes());
    }
}

#[test]
fn a_dry_run_prints_a_diff_that_git_applies_and_writes_nothing() {
    let folder = Folder::git();
    folder.write("shop/catalog-info.yaml", WRONG).write("b.yaml", component("b b"));
    let crlf = component("c c").replace('\n', "\r\n");
    folder.write("crlf.yaml", format!("\u{feff}{crlf}"));
    let run = folder.gitsm(&["validate", "--fix", "--dry-run"]);
    assert_eq!(run.code, 0, "what would remain is a note: {run:?}");
    insta::assert_snapshot!(run.stdout.split("--- a/crlf").next().unwrap(), @r#"
        --- a/b.yaml
        +++ b/b.yaml
        @@ -1,7 +1,7 @@
         apiVersion: backstage.io/v1alpha1
         kind: Component
         metadata:
        -  name: b b
        +  name: b-b
         spec:
           type: service
           lifecycle: production
    "#);
    insta::assert_snapshot!(run.stdout.split("+++ b/shop/catalog-info.yaml\n").nth(1).unwrap(), @r#"
        @@ -2,13 +2,13 @@
         apiVersion: backstage.io/v1alpha1
         kind: Component
         metadata:
        -  name: my checkout   # the name
        -  title: 12 # ünïcode
        -  tags: [good, 'Big Tag']
        +  name: my-checkout   # the name
        +  title: "12" # ünïcode
        +  tags: [good, big-tag]
         
         spec:
           type: service
           lifecycle: production
           owner: payments
        -  dependOn: []
        +  dependsOn: []
           # the end
        \ No newline at end of file
    "#);
    insta::assert_snapshot!(run.stderr, @r#"
        would fix 6 findings in 3 files
          b.yaml:4 name-invalid: write `b-b`
          crlf.yaml:4 name-invalid: write `c-c`
          shop/catalog-info.yaml:5 name-invalid: write `my-checkout`
          shop/catalog-info.yaml:6 field-type: quote the value
          shop/catalog-info.yaml:7 tag-invalid: write `big-tag`
          shop/catalog-info.yaml:13 field-misspelt: rename it to `dependsOn`
    "#);
    assert_eq!(folder.read("shop/catalog-info.yaml"), WRONG);
    assert_eq!(folder.read("b.yaml"), component("b b"));

    // The same diff, with its line breaks, is what `--fix` does.
    let diff = crate::support::gitsm_bytes(folder.path(), &["validate", "--fix", "--dry-run"]);
    folder.write("fixes.diff", diff);
    folder.run_git(&["apply", "--whitespace=nowarn", "fixes.diff"]);
    let files = ["shop/catalog-info.yaml", "b.yaml", "crlf.yaml"];
    let applied = files.map(|path| bytes(&folder, path));
    assert_eq!(applied[0], RIGHT.as_bytes());
    folder.write("shop/catalog-info.yaml", WRONG).write("b.yaml", component("b b"));
    folder.write("crlf.yaml", format!("\u{feff}{crlf}"));
    assert_eq!(folder.gitsm(&["validate", "--fix"]).code, 0);
    assert_eq!(files.map(|path| bytes(&folder, path)), applied);
}

#[test]
fn the_report_of_a_dry_run_is_of_what_would_remain() {
    let folder = Folder::git();
    let text = WRONG.replace("  type: service\n", "");
    folder.write("catalog-info.yaml", &text).write("teams.yaml", group("payments"));
    let arguments = ["validate", "--fix", "--dry-run", "-o", "json=x.json", "-o", "human=x.txt"];
    let run = folder.gitsm(&arguments);
    assert_eq!(run.code, 1);
    assert!(run.stdout.starts_with("--- a/catalog-info.yaml\n"), "{run:?}");
    let findings: serde_json::Value = serde_json::from_str(&folder.read("x.json")).unwrap();
    assert_eq!(findings["findings"].as_array().unwrap().len(), 1);
    assert_eq!(findings["findings"][0]["code"], "field-missing");
    assert!(folder.read("x.txt").contains("9 | spec:\n"), "{}", folder.read("x.txt"));
    let run = folder.gitsm(&["validate", "--fix", "--dry-run", "-o", "json"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("nothing else can go to standard output"), "{run:?}");
}

#[test]
fn machines_read_their_format_and_nothing_else() {
    let folder = Folder::git();
    for format in ["json", "sarif", "github", "concise"] {
        folder.write("catalog-info.yaml", WRONG.replace("  owner: payments\n", ""));
        let run = folder.gitsm(&["validate", "--fix", "-o", format]);
        assert_eq!(run.code, 1);
        assert_eq!(run.stdout, folder.gitsm(&["validate", "-o", format]).stdout);
        assert!(run.stderr.starts_with("fixed 4 findings in 1 file\n"), "{run:?}");
    }
}

#[test]
fn one_fix_may_bring_the_next() {
    let folder = Folder::new();
    let text = component("shop").replace("  name: shop\n", "  name: shop\n  tags: Big Tag\n");
    folder.write("a.yaml", text.replace("kind: Component", "kind: Componnet"));
    let run = folder.gitsm(&["validate", "--fix"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        folder.read("a.yaml"),
        component("shop").replace("  name: shop\n", "  name: shop\n  tags: [big-tag]\n")
    );
    assert!(run.stdout.contains("fixed 3 findings in 1 file\n"), "{run:?}");
}

#[test]
fn of_fixes_that_cannot_both_be_made_the_first_is() {
    let folder = Folder::new();
    let service = "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: shop}\nspec:\n  \
                   ownr: 'team:pay'\n  onwer: 'team:pay'\n";
    folder.write("a.yaml", service);
    let run = folder.gitsm(&["validate", "--fix"]);
    assert_eq!(run.code, 1);
    assert_eq!(folder.read("a.yaml"), service.replace("ownr", "owner"));
    let (_, told) = run.stdout.split_once("\nfixed ").unwrap();
    insta::assert_snapshot!(told, @r#"
        1 finding in 1 file
          a.yaml:5 field-unknown: rename it to `owner`
        left 1 finding alone
          a.yaml:6 field-unknown: rename it to `owner` — the file would no longer parse: the key `owner` stands twice
    "#);
}

#[test]
fn a_fix_is_left_alone_if_it_would_do_harm() {
    let folder = Folder::git();
    folder.write("teams.yaml", group("payments"));
    let shared = component("till").replace("spec:", "  tags: &t [Big Tag]\nspec:\n  words: *t");
    folder
        .write("a.yaml", component("shop!"))
        .write("b.yaml", component("shop"))
        .write("c.yaml", shared)
        .write("d.yaml", format!("{}  dependOn: x\n  provideApis: []\n", component("desk")))
        .write("e.yaml", format!("{}---\nkind: [\n", component("my name")));
    let codes = "name-invalid,tag-invalid,field-misspelt";
    let run = folder.gitsm(&["validate", "--fix", "-o", "concise", "--only", codes]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.stderr, @r#"
        fixed 1 finding in 1 file
          d.yaml:10 field-misspelt: rename it to `providesApis`
        left 4 findings alone
          a.yaml:4 name-invalid: write `shop` — it would bring error[entity-duplicate] at b.yaml:4:9: the Component `shop` is defined twice
          c.yaml:5 tag-invalid: write `big-tag` — an alias repeats the value, so that others would change, too: `/spec/words/0`
          d.yaml:9 field-misspelt: rename it to `dependsOn` — it would bring error[field-type] at d.yaml:9:14: `spec.dependsOn` must be a list and is a string
          e.yaml:4 name-invalid: write `my-name` — the file does not parse
    "#);
    let still = folder.gitsm(&["validate", "-o", "concise", "--only", codes]).stdout;
    assert_eq!(run.stdout, still);
}

#[test]
fn only_what_is_reported_is_fixed() {
    let folder = Folder::git();
    let wrong = component("shop").replace("type: service", "type: 1") + "  dependOn: []\n";
    folder.write("a/a.yaml", &wrong).commit("before");
    let wrong = wrong.replace("name: shop", "name: till\n  title: 2");
    folder.write("b/b.yaml", &wrong);
    let fixed = |arguments: &[&str]| {
        let mut all = vec!["validate", "--fix", "--dry-run"];
        all.extend(arguments);
        let run = folder.gitsm(&all);
        let lines = run.stderr.lines().skip(1).map(|line| {
            let (place, rest) = line.trim().split_once(' ').unwrap();
            format!("{place} {}", rest.split(':').next().unwrap())
        });
        lines.collect::<Vec<_>>()
    };
    let in_a = ["a/a.yaml:6 field-type", "a/a.yaml:9 field-misspelt"];
    let in_b = ["b/b.yaml:5 field-type", "b/b.yaml:7 field-type", "b/b.yaml:10 field-misspelt"];
    assert_eq!(fixed(&[]), [&in_a[..], &in_b[..]].concat());
    assert_eq!(fixed(&["--only", "field-misspelt"]), [in_a[1], in_b[2]]);
    assert_eq!(fixed(&["--ignore", "field-misspelt"]), [in_a[0], in_b[0], in_b[1]]);
    assert_eq!(fixed(&["a"]), in_a);
    assert_eq!(fixed(&["b/b.yaml"]), in_b);
    assert_eq!(fixed(&["--since", "HEAD"]), in_b);
}

#[test]
fn what_a_comment_silences_is_not_fixed() {
    let folder = Folder::git();
    let comment = "# gitsm: ignore[field-misspelt] our plugin reads it";
    let text = format!("{}  dependOn: [] {comment}\n  provideApis: []\n", component("shop"));
    folder.write("a.yaml", &text);
    assert_eq!(folder.gitsm(&["validate", "--fix"]).code, 0);
    assert_eq!(folder.read("a.yaml"), text.replace("provideApis", "providesApis"));
}

#[test]
fn only_files_on_disk_can_be_fixed() {
    let folder = Folder::git();
    folder.write("a.yaml", component("my shop")).commit("a");
    let run = folder.gitsm(&["validate", "--fix", "--at", "HEAD"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.stderr, @r#"
        error: a revision cannot be edited: --fix changes the files on disk
          hint: check it out and leave out --at
    "#);
    folder.run_git(&["clone", "--quiet", "--bare", ".", "bare.git"]);
    let bare = crate::support::gitsm(&folder.path().join("bare.git"), &["validate", "--fix"]);
    assert_eq!(bare.code, 2, "{bare:?}");
    let run = folder.gitsm(&["validate", "--dry-run"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("--fix"), "{run:?}");
    assert_eq!(folder.gitsm(&["validate", "--fix", "--list-files"]).code, 2);
    assert_eq!(folder.gitsm(&["validate", "--fix", "--only", "no-such-code"]).code, 2);
    assert_eq!(folder.read("a.yaml"), component("my shop"));
}

#[cfg(unix)]
#[test]
fn modes_are_kept_and_links_lead_nowhere() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let outside = Folder::new();
    outside.write("x.yaml", component("out side")).write("dir/y.yaml", component("out there"));
    let folder = Folder::git();
    folder.write("a.yaml", component("my shop")).write("b.yaml", component("my till"));
    let at = |path: &str| folder.path().join(path);
    fs::set_permissions(at("a.yaml"), fs::Permissions::from_mode(0o666)).unwrap();
    fs::set_permissions(at("b.yaml"), fs::Permissions::from_mode(0o740)).unwrap();
    symlink(at("a.yaml"), at("link.yaml")).unwrap();
    symlink(outside.path().join("x.yaml"), at("x.yaml")).unwrap();
    symlink(outside.path().join("dir"), at("dir")).unwrap();
    folder.gitsm(&["validate", "--fix"]);
    assert_eq!(folder.read("a.yaml"), component("my-shop"));
    assert_eq!(fs::metadata(at("a.yaml")).unwrap().permissions().mode() & 0o777, 0o666);
    assert_eq!(fs::metadata(at("b.yaml")).unwrap().permissions().mode() & 0o777, 0o740);
    assert!(fs::symlink_metadata(at("link.yaml")).unwrap().is_symlink());
    assert_eq!(outside.read("x.yaml"), component("out side"));
    assert_eq!(outside.read("dir/y.yaml"), component("out there"));
    let names = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 6, "nothing stays behind: two files, three links, .git");
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_told_and_the_others_are_fixed() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::git();
    folder.write("a/a.yaml", component("my shop")).write("b/b.yaml", component("my till"));
    let mode = |mode| {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(folder.path().join("a"), permissions).unwrap();
    };
    mode(0o555);
    // Nothing is forbidden to root.
    if fs::write(folder.path().join("a/probe"), "").is_ok() {
        return;
    }
    let run = folder.gitsm(&["validate", "--fix", "-o", "concise", "--ignore", "kind-elsewhere"]);
    mode(0o755);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("error: cannot write a/a.yaml: "), "{run:?}");
    assert!(run.stderr.contains("name-invalid: write `my-shop` — the file was not written"));
    assert!(run.stdout.starts_with("a/a.yaml:4:9: error[name-invalid]"), "{run:?}");
    assert_eq!(folder.read("a/a.yaml"), component("my shop"));
    assert_eq!(folder.read("b/b.yaml"), component("my-till"));
}

#[test]
fn secrets_are_neither_shown_nor_replaced_by_what_is_shown_for_them() {
    let folder = Folder::git();
    let secret = format!("gh{}_{}", "p", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17");
    let text = component("my shop").replace("spec:", &format!("  tags: {secret}\nspec:"));
    folder.write("a.yaml", &text);
    let run = folder.gitsm(&["validate", "--fix", "--dry-run"]);
    assert!(run.stdout.contains("+  name: my-shop"), "{run:?}");
    let all = format!("{}{}", run.stdout, run.stderr).to_lowercase();
    assert!(!all.contains(&secret[4..20].to_lowercase()), "{all}");
    let run = folder.gitsm(&["validate", "--fix"]);
    assert_eq!(run.code, 1);
    assert_eq!(folder.read("a.yaml"), text.replace("my shop", "my-shop"));
}

#[test]
fn no_entity_of_the_fixtures_gets_its_first_error() {
    let folder = Folder::git();
    let from = project().join("tests/fixtures/findings");
    for path in ["broken.yaml", "more.yaml"] {
        folder.write(path, fs::read(from.join(path)).unwrap());
    }
    let wrong = |findings: serde_json::Value| {
        let all = findings["findings"].as_array().unwrap().clone().into_iter();
        let errors = all.filter(|one| one["severity"] == "error");
        errors.map(|one| format!("{} {}", one["file"], one["entity"])).collect::<BTreeSet<_>>()
    };
    let before = wrong(folder.findings(&[]));
    let run = folder.gitsm(&["validate", "--fix"]);
    assert!(run.stdout.contains("\nfixed "), "{run:?}");
    let after = wrong(folder.findings(&[]));
    assert!(after.is_subset(&before), "{after:?}");
}
