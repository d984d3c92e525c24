//! The driver `http` against a store that answers as badly as can be.

use std::time::Duration;

use gitsm::plan::{Fields, Mark, Object, ObjectId, Observed};
use gitsm::target::{Act, Connection, Driver, Fault, FaultKind, LONGEST, Secret, http};
use serde_json::{Value, json};

use crate::web::{self, IMPATIENCE, PASSWORD, PATIENCE, Server, Trouble};

fn connection(settings: Value) -> Connection {
    let Value::Object(settings) = settings else { panic!("no mapping: {settings}") };
    Connection {
        folder: std::path::PathBuf::new(),
        target: "acme/default/test".to_owned(),
        settings,
        secrets: [("password".to_owned(), Secret::new(PASSWORD))].into(),
        kinds: vec!["host".to_owned(), "note".to_owned()],
        timeout: PATIENCE,
    }
}

fn opened(settings: Value) -> Box<dyn Driver> {
    http::open(&connection(settings)).unwrap()
}

fn driver(server: &Server) -> Box<dyn Driver> {
    opened(web::settings(&server.url()))
}

fn fields(value: Value) -> Fields {
    value.as_object().cloned().unwrap()
}

fn object(kind: &str, name: &str, holds: Value) -> (Object, Mark) {
    let id = ObjectId::new(kind, name);
    let fields = fields(holds);
    let mark = Mark::of("acme/default/test", &id, "component:default/shop", "c0ffee", &fields);
    let entity = "component:default/shop".to_owned();
    let (formerly, sensitive, after) = (Vec::new(), Vec::new(), Vec::new());
    (Object { id, entity, formerly, fields, sensitive, after }, mark)
}

fn create(driver: &dyn Driver, kind: &str, name: &str) -> Result<(), Fault> {
    let (object, mark) = object(kind, name, json!({"address": "10.0.0.1"}));
    driver.carry_out(&Act::Create { object: &object, mark: &mark })
}

fn look(driver: &dyn Driver, name: &str) -> Result<Option<Observed>, Fault> {
    driver.look(&ObjectId::new("host", name), None)
}

/// What is known after the store was asked to make trouble for a creation, and whether it was done.
fn after(trouble: Trouble) -> (FaultKind, bool) {
    let server = Server::start();
    let mut connection = connection(web::settings(&server.url()));
    if matches!(trouble, Trouble::SilentBefore | Trouble::SilentAfter) {
        connection.timeout = IMPATIENCE;
    }
    server.trouble("PUT", 1, trouble);
    let fault = create(http::open(&connection).unwrap().as_ref(), "host", "a").unwrap_err();
    told_well(&fault);
    server.settled(1);
    assert_eq!(server.counts().asked("PUT"), 1, "nothing is sent twice: {fault}");
    (fault.kind, server.objects("host").contains_key("a"))
}

fn told_well(fault: &Fault) {
    let said = format!("{fault} {fault:?}");
    for secret in [PASSWORD, "pl4nted", "s3cret", "cGw0bnRlZC", "wbDRudGVk"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    assert!(fault.message.chars().count() < LONGEST + 400, "{said}");
    assert!(!fault.message.contains(char::is_control), "{said:?}");
}

const NOT_DONE: FaultKind = FaultKind::NotDone { wait: None };

#[test]
fn an_object_is_made_changed_found_and_taken_away() {
    let server = Server::start();
    let driver = driver(&server);
    let (object, mark) = object("host", "web/01 ä?", json!({"address": "10.0.0.1", "tier": 1}));
    driver.carry_out(&Act::Create { object: &object, mark: &mark }).unwrap();
    let observed = driver.look(&object.id, None).unwrap().unwrap();
    assert_eq!(observed.fields.as_ref(), Some(&object.fields));
    assert_eq!(observed.mark.as_ref(), Some(&mark));
    assert_eq!(observed.handle, "web/01 ä?");

    let changed = fields(json!({"tier": null, "address": "10.0.0.2"}));
    let update =
        Act::Update { observed: &observed, object: &object, fields: &changed, mark: &mark };
    driver.carry_out(&update).unwrap();
    let all = driver.observe().unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].fields, Some(fields(json!({"address": "10.0.0.2"}))));

    driver.carry_out(&Act::Delete { observed: &observed }).unwrap();
    assert_eq!(driver.look(&object.id, None).unwrap(), None);
    driver.carry_out(&Act::Delete { observed: &observed }).unwrap();
    let again = driver.carry_out(&update).unwrap_err();
    assert_eq!(again.kind, FaultKind::Refused);
    assert!(again.message.contains("not there any more"), "{again}");
    driver.settle().unwrap();
    assert_eq!(server.counts().most_done(), 1, "{:?}", server.counts());
}

#[test]
fn an_object_without_a_name_of_its_own_is_known_by_its_mark() {
    let server = Server::start();
    let driver = driver(&server);
    create(driver.as_ref(), "note", "window-7").unwrap();
    server.put("note", "99", json!({"fields": {"text": "of somebody else"}, "mark": "{\"a\": 1}"}));
    let all = driver.observe().unwrap();
    let names: Vec<_> = all.iter().map(|one| (one.id.name.as_str(), one.handle.as_str())).collect();
    assert_eq!(names, [("window-7", "1"), ("99", "99")]);
    assert_eq!(all[1].mark, None);
    let id = ObjectId::new("note", "window-7");
    for handle in [Some("1"), None] {
        assert_eq!(driver.look(&id, handle).unwrap().unwrap().id, id, "{handle:?}");
    }
    assert_eq!(driver.look(&id, Some("7")).unwrap(), None);
    let traits = driver.traits();
    assert!(!traits.has_names && !traits.can_rename);
    assert_eq!(traits.at_once, 8);
}

#[test]
fn what_was_not_sent_or_not_acted_upon_was_not_done() {
    let busy = |wait| FaultKind::NotDone { wait: Some(Duration::from_secs(wait)) };
    assert_eq!(after(Trouble::busy("7")), (busy(7), false));
    assert_eq!(after(Trouble::Answer(503, &[], String::new())), (NOT_DONE, false));
    assert_eq!(after(Trouble::Answer(408, &[], String::new())), (NOT_DONE, false));
    assert_eq!(after(Trouble::Answer(425, &[], String::new())), (NOT_DONE, false));
    let date: &[_] = &[
        ("Date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("Retry-After", "Sunday, 06-Nov-94 08:50:07 GMT"),
    ];
    let trouble = Trouble::Answer(503, date, "<html>".to_owned());
    assert_eq!(after(trouble), (busy(30), false));

    // Nobody listens there any more.
    let url = Server::start().url();
    let fault = create(opened(web::settings(&url)).as_ref(), "host", "a").unwrap_err();
    assert_eq!(fault.kind, NOT_DONE, "{fault}");
    let fault = opened(web::settings("https://nowhere.invalid")).observe().unwrap_err();
    assert_eq!(fault.kind, NOT_DONE, "{fault}");
    // A server without TLS.
    let server = Server::start();
    let mut connection = connection(web::settings(&server.url().replace("http:", "https:")));
    connection.timeout = IMPATIENCE;
    let fault = http::open(&connection).unwrap().observe().unwrap_err();
    assert_eq!(fault.kind, NOT_DONE, "{fault}");
    assert_eq!(server.counts().done(""), 0);
}

#[test]
fn what_was_sent_and_not_answered_may_be_done_or_not() {
    for (trouble, is_done) in [
        (Trouble::CutBefore, false),
        (Trouble::CutAfter, true),
        (Trouble::CutWithin, true),
        (Trouble::SilentBefore, false),
        (Trouble::SilentAfter, true),
        (Trouble::Garbage, false),
        (Trouble::Endless, true),
        (Trouble::Answer(500, &[], "oops".to_owned()), false),
        (Trouble::Answer(502, &[], String::new()), false),
        (Trouble::Answer(504, &[], String::new()), false),
        (Trouble::Answer(200, &[], "<html>please log in</html>".to_owned()), false),
        (Trouble::Done(500, "{}".to_owned()), true),
        (Trouble::Done(200, "{\"half\":".to_owned()), true),
    ] {
        assert_eq!(after(trouble.clone()), (FaultKind::Unknown, is_done), "{trouble:?}");
    }
    // A connection that is kept, and is cut when it is used again.
    let server = Server::start();
    let driver = driver(&server);
    look(driver.as_ref(), "a").unwrap();
    server.trouble("PUT", 1, Trouble::CutAfter);
    assert_eq!(create(driver.as_ref(), "host", "a").unwrap_err().kind, FaultKind::Unknown);
    server.settled(2);
    assert_eq!((server.counts().connections, server.counts().done("PUT /host/a")), (1, 1));
}

#[test]
fn what_is_refused_is_told_in_the_words_of_the_target() {
    let said = format!("{{\"error\": \"no\u{1b}[31m such\\n\r\ncommand {PASSWORD}\"}}");
    for (trouble, words) in [
        (Trouble::Answer(400, &[], said.clone()), "no[31m such\\n command ***"),
        (Trouble::Answer(403, &[], said.clone()), "check what their owner is permitted"),
        (Trouble::Answer(401, &[], said), "check `auth`"),
        (Trouble::Answer(422, &[], "x".repeat(100_000)), "xxx…"),
        (Trouble::Answer(302, &[("Location", "/login")], String::new()), "it redirects"),
        (Trouble::Answer(307, &[("Location", "http://127.0.0.1:1/")], String::new()), "redirects"),
        (Trouble::Answer(501, &[], String::new()), "501"),
        (Trouble::Answer(404, &[], String::new()), "404"),
    ] {
        let server = Server::start();
        server.trouble("PUT", 1, trouble.clone());
        let fault = create(driver(&server).as_ref(), "host", "a").unwrap_err();
        told_well(&fault);
        assert_eq!(fault.kind, FaultKind::Refused, "{trouble:?}");
        assert!(fault.message.contains(words), "{trouble:?}: {fault}");
        assert_eq!(server.counts().asked(""), 1, "nothing is followed: {:?}", server.counts());
    }
}

#[test]
fn a_wrong_password_is_shown_in_no_form() {
    let server = Server::start();
    let mut settings = web::settings(&server.url());
    settings["auth"]["basic"]["user"] = json!("nobody");
    let fault = opened(settings).observe().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.message.contains("wrong user or password"), "{fault}");
    told_well(&fault);
}

#[test]
fn a_second_creation_says_that_nobody_knows_whose_it_is() {
    let server = Server::start();
    let driver = driver(&server);
    create(driver.as_ref(), "host", "a").unwrap();
    let fault = create(driver.as_ref(), "host", "a").unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unknown);
    assert!(fault.message.contains("there already"), "{fault}");
    assert_eq!(server.counts().done("PUT"), 1);
}

#[test]
fn all_pages_are_read_whatever_way_they_are_named() {
    let names: Vec<_> = (0..10).map(|number| format!("h{number}")).collect();
    for (page, total, asked) in [
        (
            json!({"offset": {"parameter": "offset", "size": {"parameter": "limit", "of": 3}}}),
            true,
            4,
        ),
        (
            json!({"offset": {"parameter": "offset", "size": {"parameter": "limit", "of": 3}}}),
            false,
            5,
        ),
        (
            json!({"number": {"parameter": "page", "size": {"parameter": "size", "of": 4}}}),
            false,
            4,
        ),
        (json!({"number": {"parameter": "page", "size": {"parameter": "size", "of": 5}}}), true, 2),
        (json!({"next": "/next"}), true, 3),
        (json!("link"), false, 3),
        (Value::Null, true, 1),
    ] {
        let server = Server::start();
        for name in &names {
            server.put("host", name, json!({"fields": {"a": 1}}));
        }
        let mut settings = web::settings(&server.url());
        let list = &mut settings["kinds"]["host"]["list"];
        list["page"] = page.clone();
        list["total"] = if total { json!({"header": "X-Total-Count"}) } else { Value::Null };
        if page == "link" || page.get("next").is_some() {
            server.set_largest_page(4);
        }
        let all = opened(settings).observe().unwrap();
        let found: Vec<_> = all.iter().map(|one| one.id.name.clone()).collect();
        assert_eq!(found, names, "{page}");
        assert_eq!(server.counts().asked("GET /host"), asked, "{page} {total}");
    }
}

#[test]
fn a_part_of_a_list_is_never_taken_for_all_of_it() {
    let page = |size: usize| json!({"offset": {"parameter": "offset", "size": {"parameter": "limit", "of": size}}});
    let with = |set: &dyn Fn(&mut Value)| {
        let server = Server::start();
        for number in 0..10 {
            server.put("host", &format!("h{number}"), json!({"fields": {"a": 1}}));
        }
        let mut settings = web::settings(&server.url());
        set(&mut settings["kinds"]["host"]["list"]);
        (opened(settings), server)
    };
    // Pages that are shorter than what was asked for are not the last.
    let (driver, server) = with(&|list| list["page"] = page(100));
    server.set_largest_page(2);
    assert_eq!(driver.observe().unwrap().len(), 10);
    // The target gives only a part, and says so.
    let (driver, server) = with(&|list| list["page"] = Value::Null);
    server.set_largest_page(2);
    let fault = driver.observe().unwrap_err();
    assert!(fault.message.contains("2 objects were listed of 10"), "{fault}");
    // The target does not know the parameter, and gives the same page for ever.
    let (driver, _server) = with(&|list| list["page"]["offset"]["parameter"] = json!("start"));
    let fault = driver.observe().unwrap_err();
    assert!(fault.message.contains("h0 is listed twice"), "{fault}");
    // A page in the middle fails.
    for trouble in [Trouble::CutAfter, Trouble::busy("7"), Trouble::Answer(404, &[], String::new())]
    {
        let (driver, server) = with(&|_| ());
        server.trouble_after(2, "GET /host", 1, trouble.clone());
        assert!(driver.observe().is_err(), "{trouble:?}");
    }
    for body in [
        "{}",
        "[]",
        "null",
        "{\"items\": {}, \"total\": 0}",
        "{\"items\": []}",
        "{\"items\": [3], \"total\": 1}",
        "{\"items\": [{\"name\": \"a\"}], \"total\": 1}",
        "{\"items\": [{\"name\": \"a\", \"fields\": 3}], \"total\": 1}",
        "{\"items\": [{\"name\": \"\", \"fields\": {}}], \"total\": 1}",
        "{\"items\": [], \"total\": 3}",
    ] {
        let (driver, server) = with(&|_| ());
        server.trouble("GET /host", 1, Trouble::Answer(200, &[], body.to_owned()));
        let fault = driver.observe().unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unknown, "{body}: {fault}");
    }
}

#[test]
fn a_next_page_elsewhere_gets_no_credentials() {
    let other = Server::start();
    for next in [other.url(), "//evil.example/x".to_owned(), "http://u:p@127.0.0.1/".to_owned()] {
        let server = Server::start();
        let mut settings = web::settings(&server.url());
        settings["kinds"]["host"]["list"]["page"] = json!({"next": "/next"});
        let body = json!({"items": [], "total": 0, "next": next}).to_string();
        server.trouble("GET /host", 1, Trouble::Answer(200, &[], body));
        let fault = opened(settings).observe().unwrap_err();
        assert!(fault.message.contains("leads away from `url`"), "{fault}");
    }
    assert_eq!(other.counts().connections, 0);
    let server = Server::start();
    let mut settings = web::settings(&server.url());
    settings["kinds"]["host"]["list"]["page"] = json!({"next": "/next"});
    let body = json!({"items": [], "total": 0, "next": "/host?again"}).to_string();
    server.trouble("GET /host", 9, Trouble::Answer(200, &[], body));
    let fault = opened(settings).observe().unwrap_err();
    assert!(fault.message.contains("names itself"), "{fault}");
}

#[test]
fn what_a_look_does_not_understand_is_not_taken_for_absence() {
    for (body, what) in [
        ("{\"name\": \"b\", \"fields\": {}}", "another host/b"),
        ("{}", "no text or number at /name"),
        ("", "no JSON"),
        ("{\"name\": \"a\"}", "nothing at /fields"),
    ] {
        let server = Server::start();
        server.trouble("GET /host/a", 1, Trouble::Answer(200, &[], body.to_owned()));
        let fault = look(driver(&server).as_ref(), "a").unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unknown);
        assert!(fault.message.contains(what), "{body}: {fault}");
    }
    let server = Server::start();
    for body in ["null", "[]"] {
        server.trouble("GET /host/a", 1, Trouble::Answer(200, &[], body.to_owned()));
        assert_eq!(look(driver(&server).as_ref(), "a").unwrap(), None);
    }
}

#[test]
fn names_do_not_leave_their_part_of_a_path() {
    let server = Server::start();
    let driver = driver(&server);
    for name in ["..", ".", "a/../../note/1", "..\\x"] {
        let fault = create(driver.as_ref(), "host", name).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused, "{name}: {fault}");
        assert!(fault.message.contains("/kinds/host/create/path"), "{fault}");
    }
    create(driver.as_ref(), "host", "a?b=c#d/e//f%2e\r\nX: y").unwrap();
    assert_eq!(server.counts().asked(""), 1);
    assert!(server.objects("host").contains_key("a?b=c#d/e//f%2e\r\nX: y"));
}

#[test]
fn settings_that_cannot_be_right_are_refused_before_anything_is_sent() {
    let url = "http://127.0.0.1:1";
    let broken: [(&str, fn(&mut Value)); 22] = [
        ("`concurrency` is 0", |all| all["concurrency"] = json!(0)),
        ("`concurrency` is 65", |all| all["concurrency"] = json!(65)),
        ("unknown field `urls`", |all| all["urls"] = json!("x")),
        ("is no URL", |all| all["url"] = json!("localhost")),
        ("is not of the form https://HOST", |all| all["url"] = json!("ftp://localhost")),
        ("belong into `auth`", |all| all["url"] = json!("https://u:p@localhost")),
        ("belong into paths", |all| all["url"] = json!("https://localhost?x")),
        ("could read the credentials", |all| all["url"] = json!("http://icinga.example")),
        ("no credential gives", |all| all["auth"]["bearer"] = json!("token")),
        ("holds no `:`", |all| all["auth"]["basic"]["user"] = json!("a:b")),
        ("this is no header", |all| all["headers"] = json!({"X y": "z"})),
        ("cannot be set", |all| all["headers"] = json!({"Host": "evil.example"})),
        ("add `kinds.note`", |all| {
            all["kinds"].as_object_mut().unwrap().remove("note");
        }),
        ("cannot be read", |all| {
            all["url"] = json!("https://localhost");
            all["ca"] = json!("/nowhere/ca.pem");
        }),
        ("no certificate in PEM", |all| {
            all["url"] = json!("https://localhost");
            all["ca"] = json!("Cargo.toml");
        }),
        ("is no JSON Pointer: write `/name`", |all| all["kinds"]["host"]["id"] = json!("name")),
        ("/kinds/host/get/path:1:1: a path begins", |all| {
            all["kinds"]["host"]["get"]["path"] = json!("http://evil.example/{{ handle }}");
        }),
        ("/kinds/host/create/body/fields:1:", |all| {
            all["kinds"]["host"]["create"]["body"]["fields"] = json!("{{ fields|safe }}");
        }),
        ("is no regular expression", |all| {
            all["answers"] = json!([{"matches": "(", "is": "gone"}]);
        }),
        ("unknown variant `okay`", |all| all["answers"] = json!([{"is": "okay"}])),
        ("unknown variant `TRACE`", |all| {
            all["kinds"]["host"]["create"]["method"] = json!("TRACE");
        }),
        ("missing field `list`", |all| all["kinds"]["host"] = json!({"id": "/name"})),
    ];
    for (what, damage) in broken {
        let mut settings = web::settings(url);
        damage(&mut settings);
        let Err(fault) = http::open(&connection(settings)) else { panic!("{what} is taken") };
        assert_eq!(fault.kind, FaultKind::Settings, "{fault}");
        assert!(fault.message.contains(what), "{what}: {fault}");
    }
    let mut settings = web::settings("http://icinga.example");
    settings["insecure"] = json!(true);
    assert!(http::open(&connection(settings)).is_ok());
}

#[test]
fn an_act_that_the_settings_do_not_describe_is_not_tried() {
    let server = Server::start();
    let mut settings = web::settings(&server.url());
    settings["kinds"]["host"].as_object_mut().unwrap().remove("create");
    let fault = create(opened(settings).as_ref(), "host", "a").unwrap_err();
    assert_eq!(fault.kind, FaultKind::Settings);
    assert!(fault.message.contains("add `kinds.host.create`"), "{fault}");
    assert_eq!(server.counts().asked(""), 0);
}

#[test]
fn many_acts_at_a_time_share_a_few_connections() {
    let server = Server::start();
    server.set_latency(Duration::from_millis(5));
    let driver = driver(&server);
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let driver = driver.as_ref();
            scope.spawn(move || {
                for number in 0..10 {
                    create(driver, "host", &format!("h{worker}-{number}")).unwrap();
                }
            });
        }
    });
    let counts = server.counts();
    assert_eq!((counts.done("PUT"), counts.most_done()), (80, 1));
    assert!(counts.at_once > 1 && counts.connections <= 8, "{counts:?}");
    // What somebody else takes away is gone.
    assert!(server.take("host", "h0-0").is_some());
    assert_eq!(driver.observe().unwrap().len(), 79);
}
