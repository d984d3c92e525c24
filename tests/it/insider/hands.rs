//! Whoever had a hand in a change agrees to it: under another account, name, key, or by a bot.

use super::{company, known, refuses};
use crate::office::{Office, key, person, team};

/// The usual change, to which somebody agrees past every check of the command.
fn forged(office: &Office, who: &str, key: Option<&str>) {
    office.fine("jonas", &["propose"]);
    office.forge(who, key, |_| {});
}

const OWN: &str = "nobody decides about their own work";

#[test]
fn as_oneself() {
    let Some(office) = company() else { return };
    office.change();
    forged(&office, "jonas", Some("jonas"));
    refuses(&office, "as oneself", "approvals", OWN);
    refuses(&office, "as oneself", "approvals", "still missing: ");
}

#[test]
fn as_oneself_under_a_second_address() {
    let Some(office) = company() else { return };
    let both = known(&office, "jonas", "github: jonas-gh", "")
        .replace("git: jonas@acme.example", "git: 'jonas@acme.example, private@example.com'");
    office.on_main(&[("people/jonas.yaml", both)]);
    office.change();
    let author = "--author=Private <PRIVATE@example.com>";
    office.git_as(("ada", "lena"), &["commit", "--quiet", "--amend", "--no-edit", author]);
    office.fine("lena", &["propose"]);
    office.forge("jonas", Some("jonas"), |_| {});
    refuses(
        &office,
        "under a second address",
        "approvals",
        "by person:jonas does not count: they wrote it",
    );
}

#[test]
fn as_a_second_person_that_the_same_change_makes() {
    let Some(office) = company() else { return };
    office.keys.make("jonas2", "");
    office.change();
    let own = key(&office.keys.public("jonas2"), "");
    let second = person("jonas2", &[own], "  memberOf: [team:payments]\n");
    super::also(&office, "jonas", &[("people/jonas2.yaml", &second)]);
    forged(&office, "jonas2", Some("jonas2"));
    refuses(&office, "as a second Person", "governance", "person:jonas2");
    refuses(&office, "as a second Person", "approvals", "approved by person:jonas2 does not count");
}

/// A second Person is made with the agreement of whoever answers for the rules; it may not speak for
/// work that is signed with a key or made under an address of its own.
#[test]
fn as_a_second_person_of_the_base_with_the_same_address() {
    let Some(office) = company() else { return };
    office.keys.make("jonas2", "");
    let own = key(&office.keys.public("jonas2"), "");
    let second = person("jonas2", &[own], "  memberOf: [team:payments]\n")
        .replace("jonas2@acme", "jonas@acme");
    office.on_main(&[("people/jonas2.yaml", second)]);
    office.change();
    forged(&office, "jonas2", Some("jonas2"));
    refuses(&office, "as a second Person of the same address", "approvals", OWN);
}

#[test]
fn with_a_second_key_of_ones_own() {
    let Some(office) = company() else { return };
    office.keys.make("spare", "");
    let keys = ["jonas", "spare"].map(|name| key(&office.keys.public(name), ""));
    office.on_main(&[("people/jonas.yaml", person("jonas", &keys, ""))]);
    office.change();
    forged(&office, "jonas", Some("spare"));
    refuses(&office, "with a second key", "approvals", OWN);
}

#[test]
fn work_signed_with_ones_key_in_somebody_elses_name() {
    let Some(office) = company() else { return };
    office.change();
    // Lena's name on all of it, Jonas' key under it, and then Jonas agrees.
    let key = office.keys.path().join("jonas");
    let key = format!("user.signingKey={}", key.display());
    office.git_as(
        ("lena", "lena"),
        &["-c", &key, "commit", "--quiet", "--amend", "--reset-author", "--no-edit"],
    );
    office.fine("ada", &["propose"]);
    office.forge("jonas", Some("jonas"), |_| {});
    refuses(&office, "signed by oneself in another's name", "approvals", "they signed its commits");
    refuses(
        &office,
        "signed by oneself in another's name",
        "attribution",
        "nobody vouches for lena",
    );
}

#[test]
fn by_a_bot_of_ones_own() {
    let Some(office) = company() else { return };
    let bots =
        person("ada", &[key(&office.keys.public("ada"), "")], "  bots: [bumper@acme.example]\n");
    office.on_main(&[("people/ada.yaml", bots)]);
    office.change();
    let author = "--author=Bumper <Bumper@acme.example>";
    office.git_as(("jonas", "jonas"), &["commit", "--quiet", "--amend", "--no-edit", author]);
    forged(&office, "ada", Some("ada"));
    refuses(
        &office,
        "by a bot of one's own",
        "approvals",
        "by person:ada does not count: they wrote it",
    );
}

#[test]
fn as_co_author_committer_opener_or_signer() {
    let Some(office) = company() else { return };
    let attempts: &[(&str, &str, &[&str])] = &[
        (
            "they wrote a part of it",
            "jonas",
            &["--message", "Larger\n\nCo-authored-by: Ada <ADA@acme.example>"],
        ),
        ("they committed it", "ada", &["--no-edit"]),
    ];
    for (number, (role, committer, arguments)) in attempts.iter().enumerate() {
        office.begin(
            &format!("hands-{number}"),
            "jonas",
            &[("terraform/main.tf", "size = 8\n".to_owned())],
        );
        let mut all = vec!["commit", "--quiet", "--amend"];
        all.extend(*arguments);
        office.git_as(("jonas", committer), &all);
        forged(&office, "ada", Some("ada"));
        refuses(&office, role, "approvals", &format!("by person:ada does not count: {role}"));
    }
    office.begin("opened", "jonas", &[("terraform/main.tf", "size = 8\n".to_owned())]);
    office.fine("ada", &["propose"]);
    office.forge("ada", Some("ada"), |_| {});
    refuses(&office, "opener", "approvals", "nobody decides about their own work");
}

#[test]
fn in_the_name_of_somebody_else_with_ones_own_key() {
    let Some(office) = company() else { return };
    office.change();
    forged(&office, "ada", Some("jonas"));
    refuses(&office, "in another's name", "approvals", "approved by person:ada does not count");
    // Written by Jonas as Jonas, saying that it is Ada who agrees.
    office.forge("jonas", Some("jonas"), |approval| {
        approval.person = "person:default/ada".to_owned()
    });
    refuses(&office, "in another's name", "approvals", "still missing: ");
}

#[test]
fn in_the_name_of_somebody_else_without_a_key() {
    let Some(office) = company() else { return };
    let signed = super::policy(
        &format!("{}  bands: {{moderate: 4, high: 40, veryHigh: 50}}\n", super::POLICY)
            .replace("approvals: {", "approvals: {moderate: {grade: signed}, "),
    );
    office.on_main(&[("policy.yaml", signed)]);
    office.change();
    forged(&office, "ada", None);
    refuses(
        &office,
        "claimed where signed is asked",
        "approvals",
        "approved by person:ada does not count",
    );
    refuses(&office, "claimed where signed is asked", "approvals", "signed");
    // Nor does what a forge says, where a signature is asked for.
    let forge = office.here.read("policy.yaml").replace("grade: signed", "grade: forge");
    office.on_main(&[("policy.yaml", forge)]);
    refuses(
        &office,
        "claimed where a forge is asked",
        "approvals",
        "approved by person:ada does not count",
    );
}

#[test]
fn by_an_outsider_of_the_owning_team() {
    let Some(office) = company() else { return };
    let owners = super::POLICY.replace("low: {peers: 0}", "low: {peers: 0}, moderate: {peers: 0}");
    office.on_main(&[("policy.yaml", super::policy(&owners))]);
    office.change();
    forged(&office, "finn", Some("finn"));
    refuses(&office, "by an outsider", "approvals", "approved by person:finn does not count");
}

#[test]
fn by_an_author_who_is_nobody() {
    let Some(office) = company() else { return };
    office.begin("nobody", "jonas", &[("services/blog.yaml", super::small("blog", "Our blog"))]);
    super::passes(&office, "the same by somebody");
    office.here.run_git(&[
        "-c",
        "user.name=Zed",
        "commit",
        "--quiet",
        "--amend",
        "--no-edit",
        "--author=Zed <zed@nowhere.example>",
    ]);
    refuses(&office, "by nobody", "attribution", "nobody vouches for Zed (author)");
    // One of two is not enough.
    office.fine("lena", &["propose"]);
    office.fine("ada", &["approve"]);
    refuses(
        &office,
        "by nobody, with one who agrees",
        "attribution",
        "still missing: two who vouch for it (1 more)",
    );
}

#[test]
fn unsigned_in_somebody_elses_name() {
    let Some(office) = company() else { return };
    office.begin("framed", "jonas", &[("services/blog.yaml", super::small("blog", "Our blog"))]);
    office.here.run_git(&[
        "commit",
        "--quiet",
        "--amend",
        "--no-edit",
        "--author=lena <lena@acme.example>",
    ]);
    refuses(
        &office,
        "unsigned in another's name",
        "attribution",
        "nobody vouches for lena (author)",
    );
}

#[test]
fn unsigned_in_the_name_of_an_opener_whom_one_makes_up() {
    let Some(office) = company() else { return };
    office.begin("framed", "jonas", &[("terraform/main.tf", "size = 8\n".to_owned())]);
    office.here.run_git(&[
        "-c",
        "user.name=jonas",
        "commit",
        "--quiet",
        "--amend",
        "--no-edit",
        "--author=jonas <jonas@acme.example>",
    ]);
    let event = serde_json::json!({"pull_request": {
        "number": 7, "body": "", "user": {"login": "jonas-gh", "id": 72},
        "base": {"ref": "main", "sha": office.here.run_git(&["rev-parse", "main"]).trim()},
        "head": {"ref": "framed", "sha": office.here.run_git(&["rev-parse", "HEAD"]).trim()},
    }});
    let file = office.keys.path().join("event.json");
    std::fs::write(&file, event.to_string()).unwrap();
    for arguments in
        [&["--as", "person:jonas", "--unsigned"][..], &["--as", "person:ada", "--unsigned"]]
    {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_gitsm"))
            .current_dir(office.here.path())
            .env_clear()
            .env("HOME", office.keys.path())
            .env("PATH", std::env::var("PATH").unwrap())
            .env("GITHUB_EVENT_NAME", "pull_request")
            .env("GITHUB_EVENT_PATH", &file)
            .args(["change", "propose"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        refuses(&office, "an opener made up", "attribution", "nobody vouches for jonas (author)");
    }
}

#[test]
fn by_somebody_who_left_meanwhile() {
    let Some(office) = super::agreed() else { return };
    let left = known(&office, "ada", "github: ada-gh", "  lifecycle: left\n");
    office.on_main(&[("people/ada.yaml", left)]);
    refuses(
        &office,
        "by somebody who left",
        "approvals",
        "approved by person:ada does not count: ",
    );
}

#[test]
fn by_somebody_whom_the_team_lost_meanwhile() {
    let Some(office) = super::agreed() else { return };
    office.on_main(&[("teams/payments.yaml", team("payments", &["jonas", "lena"], ""))]);
    refuses(&office, "by somebody whom the team lost", "approvals", "still missing: team:payments");
}

#[test]
fn with_a_key_that_was_compromised_meanwhile() {
    let Some(office) = super::agreed() else { return };
    let lost = key(&office.keys.public("ada"), ", compromised: 2026-01-01");
    office.on_main(&[("people/ada.yaml", person("ada", &[lost], ""))]);
    refuses(
        &office,
        "with a compromised key",
        "approvals",
        "approved by person:ada does not count: ",
    );
}

#[test]
fn although_one_of_two_does_not_agree() {
    let Some(office) = super::agreed() else { return };
    office.fine("lena", &["reject"]);
    refuses(&office, "rejected by one of two", "approvals", "person:lena does not agree");
}
