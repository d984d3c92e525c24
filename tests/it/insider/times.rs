//! Windows and freezes are gone around: by exceptions, plans, calendars.

use chrono::{DateTime, Utc};

use super::{company, gate_in, is_refused, passes, refuses, small};
use crate::office::{Office, ago, request};

fn local(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// A calendar whose only event begins so many hours ago and lasts so many days.
fn calendar(name: &str, kind: &str, (hours, days): (i64, u32)) -> String {
    let start = local(ago(hours));
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Calendar\nmetadata: {{name: {name}}}\nspec:\n  type: \
         {kind}\n  timezone: Etc/UTC\n  owner: team:platform\n  events: [{{start: '{start}', \
         duration: P{days}D}}]\n"
    )
}

fn exception(requested_by: &str, approver: &str, expires: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Exception\nmetadata: {{name: hurry}}\nspec: {{of: freeze, \
         name: sale, subject: service:blog, reason: It cannot wait for the sale to end, requestedBy: \
         {requested_by}, approver: {approver}, expires: {expires}}}\n"
    )
}

/// A company in the middle of a freeze of a week.
fn frozen() -> Option<Office> {
    let office = company()?;
    office.on_main(&[("calendars/sale.yaml", calendar("sale", "freeze", (72, 7)))]);
    Some(office)
}

/// The blog, in whose operation something changes.
fn supported() -> String {
    format!("{}  supportTeam: team:payments\n", small("blog", "Blog"))
}

/// A small change with something more in its request.
fn begin(office: &Office, name: &str, more: &str) {
    office.begin(name, "jonas", &[("services/blog.yaml", supported())]);
    let text = format!("{}{more}", request(name, "It is nicer."));
    super::also(office, "jonas", &[(&format!("changes/{name}.yaml"), &text)]);
}

fn planned(from: DateTime<Utc>, until: DateTime<Utc>) -> String {
    let at = |instant: DateTime<Utc>| instant.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    format!("  schedule: {{start: '{}', end: '{}'}}\n", at(from), at(until))
}

#[test]
fn in_the_middle_of_a_freeze() {
    let Some(office) = frozen() else { return };
    begin(&office, "now", "");
    refuses(&office, "in a freeze", "schedule", "frozen by calendar:sale");
}

#[test]
fn planned_for_a_time_in_a_freeze() {
    let Some(office) = frozen() else { return };
    begin(&office, "inside", &planned(ago(-24), ago(-25)));
    refuses(&office, "planned in a freeze", "schedule", "frozen by calendar:sale");
    begin(&office, "past", &planned(ago(24 * 9), ago(24 * 8)));
    refuses(&office, "planned in the past", "schedule", "it may not happen now");
    begin(&office, "endless", &planned(ago(24 * 30), ago(-24 * 365)));
    refuses(&office, "planned for ever", "schedule", "frozen by calendar:sale");
    begin(&office, "backwards", &planned(ago(-24), ago(24)));
    assert_ne!(super::gate(&office).code, 0, "a plan that ends before it begins");
}

#[test]
fn planned_for_later_and_merged_in_the_freeze() {
    let Some(office) = frozen() else { return };
    begin(&office, "later", &planned(ago(-24 * 10), ago(-24 * 10 - 2)));
    let words = "merging it makes it happen now, when it may not";
    refuses(&office, "planned for later, merged now", "schedule", words);
    let then = local(ago(-24 * 10 - 1)) + "Z";
    let run = gate_in(office.here.path(), &["--now", &then], &[]);
    super::may(&run, "merged as it was planned");
}

#[test]
fn outside_of_every_window() {
    let Some(office) = company() else { return };
    office
        .on_main(&[("calendars/nights.yaml", calendar("nights", "maintenance-window", (-48, 1)))]);
    begin(&office, "outside", "");
    refuses(&office, "outside of the window", "schedule", "outside of calendar:nights");
    begin(&office, "planned", &planned(ago(-49), ago(-50)));
    let words = "merging it makes it happen now, when it may not";
    refuses(&office, "planned in it and merged outside", "schedule", words);
    begin(&office, "longer", &planned(ago(-49), ago(-24 * 5)));
    refuses(&office, "longer than the window", "schedule", "outside of calendar:nights");
}

#[test]
fn an_endless_window_of_ones_own() {
    let Some(office) = company() else { return };
    office
        .on_main(&[("calendars/nights.yaml", calendar("nights", "maintenance-window", (-48, 1)))]);
    let mine = calendar("mine", "maintenance-window", (48, 3650))
        .replace("Etc/UTC", "Etc/UTC\n  priority: 9");
    begin(&office, "endless", "");
    super::also(&office, "jonas", &[("calendars/mine.yaml", &mine)]);
    refuses(&office, "a window of one's own", "governance", "calendar:mine");
    refuses(&office, "a window of one's own", "schedule", "outside of calendar:nights");
    let longer = calendar("nights", "maintenance-window", (48, 3650));
    begin(&office, "longer", "");
    super::also(&office, "jonas", &[("calendars/nights.yaml", &longer)]);
    refuses(&office, "a longer window", "governance", "calendar:nights");
    refuses(&office, "a longer window", "schedule", "outside of calendar:nights");
}

#[test]
fn ending_the_freeze_in_the_same_change() {
    let Some(office) = frozen() else { return };
    begin(&office, "over", "");
    super::also(&office, "jonas", &[("calendars/sale.yaml", &calendar("sale", "freeze", (72, 1)))]);
    refuses(&office, "the freeze made shorter", "governance", "calendar:sale");
    refuses(&office, "the freeze made shorter", "schedule", "frozen by calendar:sale");
    office.here.remove("calendars/sale.yaml");
    office.commit("jonas", "No freeze");
    refuses(&office, "the freeze deleted", "governance", "calendar:sale");
    refuses(&office, "the freeze deleted", "schedule", "frozen by calendar:sale");
    let retired =
        calendar("sale", "freeze", (72, 7)).replace("spec:\n", "spec:\n  lifecycle: retired\n");
    super::also(&office, "jonas", &[("calendars/sale.yaml", &retired)]);
    refuses(&office, "the freeze retired", "schedule", "frozen by calendar:sale");
    let elsewhere = calendar("sale", "freeze", (72, 7)) + "  appliesTo: [service:shop]\n";
    super::also(&office, "jonas", &[("calendars/sale.yaml", &elsewhere)]);
    refuses(&office, "the freeze for others", "schedule", "frozen by calendar:sale");
}

#[test]
fn an_exception_for_oneself() {
    let Some(office) = frozen() else { return };
    begin(&office, "exempt", "");
    let own = exception("person:jonas", "person:ada", "2099-12-31");
    super::also(&office, "jonas", &[("hurry.yaml", &own)]);
    refuses(&office, "an exception in the same change", "schedule", "frozen by calendar:sale");
    refuses(&office, "an exception in the same change", "governance", "exception:hurry");

    // On the base, but allowed by whoever has the benefit: it lifts nothing.
    office.on_main(&[("hurry.yaml", exception("person:jonas", "person:jonas", "2099-12-31"))]);
    begin(&office, "own", "");
    refuses(&office, "an exception by oneself", "schedule", "frozen by calendar:sale");
    let alone = crate::office::team("alone", &["jonas"], "");
    let team = exception("person:jonas", "team:alone", "2099-12-31");
    office.on_main(&[("hurry.yaml", team), ("teams/alone.yaml", alone)]);
    begin(&office, "team", "");
    refuses(&office, "an exception by a team of one", "schedule", "frozen by calendar:sale");

    // One that is over, and prolonged by the change that needs it.
    office.on_main(&[("hurry.yaml", exception("person:jonas", "person:kofi", "2021-12-31"))]);
    begin(&office, "prolonged", "");
    let longer = exception("person:jonas", "person:kofi", "2099-12-31");
    super::also(&office, "jonas", &[("hurry.yaml", &longer)]);
    refuses(&office, "an exception that one prolongs", "schedule", "frozen by calendar:sale");
    refuses(&office, "an exception that one prolongs", "governance", "exception:hurry");

    // One that somebody else allowed beforehand is what it is for.
    office.on_main(&[("hurry.yaml", longer)]);
    begin(&office, "allowed", "");
    passes(&office, "an exception that somebody else allowed");
}

#[test]
fn planned_at_the_same_time_as_another_change() {
    let Some(office) = company() else { return };
    let text = request("first", "It is nicer.") + "  concerns: [service:blog]\n";
    let first = text + &planned(ago(-24), ago(-26));
    office.on_main(&[("changes/first.yaml", first)]);
    begin(&office, "second", &planned(ago(-25), ago(-27)));
    let run = super::gate(&office);
    is_refused(&run, "at the same time", "conflicts", "service:blog");
    // What really happens: whoever edits the other request is not held up by it. Of a small change
    // nobody asks its owners.
    let text = office.here.read("changes/first.yaml") + "# Mine goes first.\n";
    super::also(&office, "jonas", &[("changes/first.yaml", &text)]);
    passes(&office, "at the same time, with the other request edited");
}
