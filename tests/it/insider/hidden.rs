//! What is broken is hidden: by settings, comments, templates, excluded folders, broken files.

use super::{agreed, company, passes, refuses, small};
use crate::office::{Office, shop};

/// A service with a mistake: nobody is its owner.
fn broken() -> String {
    small("blog", "Our blog").replace("team:payments", "team:nobody")
}

fn settings(office: &Office, more: &str) -> String {
    format!("{}{more}", office.here.read("gitsm.yaml"))
}

#[test]
fn a_plain_mistake() {
    let Some(office) = company() else { return };
    office.begin("broken", "jonas", &[("services/blog.yaml", broken())]);
    refuses(&office, "a mistake", "valid", "there is no Team `nobody`");
}

#[test]
fn levels_off_in_ones_own_settings() {
    let Some(office) = company() else { return };
    let off = settings(&office, "levels: {reference-unknown: off}\n");
    office.begin("off", "jonas", &[("services/blog.yaml", broken()), ("gitsm.yaml", off)]);
    refuses(&office, "levels: off", "valid", "there is no Team `nobody`");
    refuses(&office, "levels: off", "governance", "gitsm.yaml");
}

#[test]
fn exclude_in_ones_own_settings() {
    let Some(office) = company() else { return };
    let out = settings(&office, "exclude: ['services/blog.yaml']\n");
    office.begin("out", "jonas", &[("services/blog.yaml", broken()), ("gitsm.yaml", out)]);
    refuses(&office, "exclude", "valid", "there is no Team `nobody`");
    refuses(&office, "exclude", "governance", "gitsm.yaml");
}

#[test]
fn roots_in_ones_own_settings() {
    let Some(office) = company() else { return };
    let roots = settings(&office, "roots: [people, teams, changes]\n");
    office.begin("roots", "jonas", &[("services/blog.yaml", broken()), ("gitsm.yaml", roots)]);
    refuses(&office, "roots", "valid", "there is no Team `nobody`");
    refuses(&office, "roots", "governance", "gitsm.yaml");
}

#[test]
fn a_settings_file_of_a_folder_of_ones_own() {
    let Some(office) = company() else { return };
    let own = "exclude: ['*.yaml']\nlevels: {reference-unknown: off}\n".to_owned();
    office.begin("own", "jonas", &[("services/blog.yaml", broken()), ("services/gitsm.yaml", own)]);
    refuses(&office, "a folder's settings", "valid", "there is no Team `nobody`");
    refuses(&office, "a folder's settings", "governance", "services/gitsm.yaml");
}

#[test]
fn broken_yaml_that_hides_an_entity() {
    let Some(office) = company() else { return };
    let text = format!("{}  sources: [\n", small("blog", "Our blog"));
    let off = settings(&office, "levels: {yaml-syntax: off}\n");
    office.begin("syntax", "jonas", &[("services/blog.yaml", text), ("gitsm.yaml", off)]);
    refuses(&office, "broken YAML", "valid", "this is not YAML");
    // What cannot be compared, nobody can agree to.
    let run = super::gate(&office);
    let answers = super::verdict(&run)["requirements"].clone();
    let unknown =
        answers.as_array().unwrap().iter().filter(|one| one["standing"] == "not-evaluable");
    assert_eq!(unknown.count(), 3, "{}", super::told(&run));
}

#[test]
fn a_comment_over_the_finding_that_one_brings() {
    let Some(office) = company() else { return };
    let hush =
        "  dependsOn:\n    - service:nothing # gitsm: ignore[reference-unknown] It comes later.\n";
    let text = format!("{}{hush}", small("fresh", "Fresh"));
    office.begin("hush", "jonas", &[("services/fresh.yaml", text)]);
    refuses(&office, "a comment of one's own", "approvals", "still missing: peers");
    // It is told what it hides, and somebody else may find that right.
    office.fine("jonas", &["propose"]);
    office.fine("ada", &["approve"]);
    passes(&office, "a comment to which somebody else agreed");
}

#[test]
fn deleting_what_others_need() {
    let Some(office) = company() else { return };
    office.here.run_git(&["switch", "--quiet", "--create", "gone", "main"]);
    office.here.remove("services/shop.yaml");
    office.commit("jonas", "Gone\n\nNobody needs it.\n\nGitsm-Change: gone");
    refuses(&office, "deleted", "valid", "there is no Service `shop`");
    refuses(&office, "deleted", "approvals", "team:payments");
}

#[test]
fn moving_a_document_under_an_excluded_folder() {
    let Some(office) = company() else { return };
    let out = settings(&office, "exclude: ['drafts/**']\n");
    office.on_main(&[("gitsm.yaml", out)]);
    office.here.run_git(&["switch", "--quiet", "--create", "drafted", "main"]);
    std::fs::create_dir_all(office.here.path().join("drafts")).unwrap();
    office.here.run_git(&["mv", "services/shop.yaml", "drafts/shop.yaml"]);
    office.commit("jonas", "A draft\n\nIt is one.\n\nGitsm-Change: drafted");
    refuses(&office, "moved out of the catalog", "valid", "there is no Service `shop`");
    refuses(&office, "moved out of the catalog", "approvals", "team:payments");
}

#[test]
fn a_document_as_a_template() {
    let Some(office) = company() else { return };
    // A document of gitsm's own is no template, whatever it holds.
    let text = shop("'{{ values.title }}'", "tier4");
    office.begin("template", "jonas", &[("services/shop.yaml", text)]);
    refuses(&office, "a template", "governance", "/spec/criticality");
    let foreign = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: cart}\nspec: \
                   {type: service, lifecycle: production, owner: payments, dependsOn: [component:till]}\n---\n\
                   apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: till}\nspec: \
                   {type: service, lifecycle: production, owner: payments}\n";
    office.on_main(&[("catalog-info.yaml", foreign.to_owned())]);
    let hidden = foreign.replace("{name: till}", "{name: till, title: '${{ values.x }}'}");
    office.begin("foreign", "finn", &[("catalog-info.yaml", hidden)]);
    refuses(&office, "a foreign template", "approvals", "team:payments");
}

#[test]
fn another_kind_of_file_extension() {
    let Some(office) = company() else { return };
    office.here.run_git(&["switch", "--quiet", "--create", "text", "main"]);
    office.here.run_git(&["mv", "services/shop.yaml", "services/shop.txt"]);
    office.commit("jonas", "A text\n\nIt is one.\n\nGitsm-Change: text");
    refuses(&office, "another extension", "valid", "there is no Service `shop`");
}

#[test]
fn an_unknown_version_of_a_kind() {
    let Some(office) = company() else { return };
    let text = small("blog", "Our blog").replace("v1alpha1", "v9");
    office.begin("version", "jonas", &[("services/blog.yaml", text)]);
    refuses(&office, "an unknown version", "valid", "");
}

#[test]
fn a_second_document_of_the_same_name() {
    let Some(office) = company() else { return };
    let text = shop("Shop", "tier4")
        .replace("name: shop", "name: SHOP")
        .replace("team:payments", "team:front");
    office.begin("twice", "finn", &[("services/twice.yaml", text)]);
    refuses(&office, "a second of the same name", "valid", "");
}

#[test]
fn an_extension_of_what_is_not_ones_own() {
    let Some(office) = agreed() else { return };
    let text = "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: platform, extends: \
                team:platform}\nspec: {type: team, approvers: {quorum: 1, deputies: [person:jonas]}}\n";
    office.begin("extends", "jonas", &[("teams/more.yaml", text.to_owned())]);
    refuses(&office, "an extension", "governance", "team:platform");
}
