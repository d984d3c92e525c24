//! Tests of what the client reads and hides.

use std::time::Duration;

use super::hide::Hider;
use super::next_link;
use super::wait::retry_after;
use crate::target::LONGEST;

#[test]
fn a_target_says_how_long_to_wait_in_seconds_or_by_an_instant() {
    let seconds = |value: &str, date: Option<&str>| retry_after(value, date).map(|d| d.as_secs());
    let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
    for (value, date, expected) in [
        ("0", None, Some(0)),
        (" 120 ", None, Some(120)),
        ("301", None, Some(300)),
        ("99999999999999999999999999", None, Some(300)),
        ("Sun, 06 Nov 1994 08:50:07 GMT", date, Some(30)),
        ("Sunday, 06-Nov-94 08:50:07 GMT", date, Some(30)),
        ("Sun Nov  6 08:50:07 1994", date, Some(30)),
        ("Mon, 07 Nov 1994 08:49:37 GMT", date, Some(300)),
        ("Sun, 06 Nov 1994 08:49:07 GMT", date, Some(0)),
        ("Sun, 06 Nov 1994 08:50:07 GMT", None, None),
        ("-1", None, None),
        ("1.5", None, None),
        ("", None, None),
        ("soon", date, None),
    ] {
        assert_eq!(seconds(value, date), expected, "{value}");
    }
    assert_eq!(retry_after("7", None), Some(Duration::from_secs(7)));
}

#[test]
fn the_next_page_is_the_link_whose_relation_is_next() {
    for (value, expected) in [
        ("<https://a.example/x?page=2>; rel=\"next\"", Some("https://a.example/x?page=2")),
        ("</1>; rel=prev, </3>; rel=next", Some("/3")),
        ("</1>; rel=\"prev\", </3>; title=\"a, b; \\\"c\\\"\"; rel=\"last next\"", Some("/3")),
        ("</1,2;3>; REL=Next", Some("/1,2;3")),
        ("</3>;rel=next;rel=prev", Some("/3")),
        ("</3>; rel=prev; rel=next", None),
        ("</3>; rel=\"prev\"; title=\"rel=next\"", None),
        ("</3>", None),
        ("</3", None),
        ("rel=next", None),
        ("</3>; rel=\"next", Some("/3")),
        ("", None),
    ] {
        assert_eq!(next_link(value).as_deref(), expected, "{value}");
    }
}

#[test]
fn a_secret_is_hidden_in_every_form_of_an_answer() {
    let hider = Hider::new(["pä/ss \"wörd\"<1>", "gitsm:pä/ss \"wörd\"<1>", ""]);
    for said in [
        "the password pä/ss \"wörd\"<1> is wrong",
        "Basic Z2l0c206cMOkL3NzICJ3w7ZyZCI8MT4=",
        "cMOkL3NzICJ3w7ZyZCI8MT4=",
        "eDpww6Qvc3MgInfDtnJkIjwxPg==",
        "eHg6cMOkL3NzICJ3w7ZyZCI8MT46eA==",
        "p%C3%A4%2Fss%20%22w%C3%B6rd%22%3C1%3E",
        "p%C3%A4%2Fss+%22w%C3%B6rd%22%3C1%3E",
        "{\"password\": \"pä/ss \\\"wörd\\\"<1>\"}",
        "{\"password\": \"pä\\/ss \\\"wörd\\\"<1>\"}",
        "pä/ss &quot;wörd&quot;&lt;1&gt;",
        "pä/ss \u{0}\n \"wö\u{200b}rd\"<1>",
    ] {
        let shown = hider.said(said.as_bytes());
        assert!(shown.contains("***"), "{said}: {shown}");
        for part in ["wörd", "ss", "cMOk", "w6Qvc3", "C3%B6", "3w7Zy"] {
            assert!(
                !shown.replace("password", "").replace("Basic", "").contains(part),
                "{said}: {shown}"
            );
        }
    }
    assert_eq!(hider.said(b"nothing to hide"), "nothing to hide");
}

#[test]
fn an_answer_is_shown_in_one_short_line() {
    let hider = Hider::new(["secret"]);
    let text = format!("a\r\n\t b\u{1b}[2J\u{202e}c \u{0}{}", "é".repeat(100_000));
    let shown = hider.said(text.as_bytes());
    assert!(shown.starts_with("a b[2Jc é"), "{shown}");
    assert_eq!(shown.chars().count(), LONGEST + 1);
    // A secret that the limit would cut is hidden whole.
    let text = format!("{}secret", "x".repeat(LONGEST - 3));
    assert_eq!(hider.said(text.as_bytes()), format!("{}***", "x".repeat(LONGEST - 3)));
    assert_eq!(hider.said(b"\xff\xfe"), "\u{fffd}\u{fffd}");
}
