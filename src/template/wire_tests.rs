//! Tests of what is sent to other systems: values keep their types, and a path stays where it is.

use serde_json::json;

use super::*;

fn values() -> Value {
    Value::from(Serde(json!({
        "name": "web-01",
        "text": "<a href=\"x\">'&\n{{ name }}",
        "n": 3,
        "share": 0.5,
        "yes": true,
        "nothing": null,
        "list": [1, "two", null, {"three": 3}],
        "fields": {"address": "10.0.0.1", "vars.tier": 1, "notes": null},
        "big": "x".repeat(1 << 20),
    })))
}

fn made(tree: serde_json::Value) -> Result<serde_json::Value, String> {
    let tree = Tree::new("/spec", &tree).map_err(|error| error.to_string())?;
    let made = tree.render(&values()).map_err(|error| error.to_string())?;
    made.ok_or_else(|| "left out".to_owned())
}

fn path(template: &str, value: &str) -> Result<String, String> {
    let address = Address::new("/path", template).map_err(|error| error.to_string())?;
    let values = Value::from(Serde(json!({"x": value, "list": ["a"], "nothing": null})));
    address.render(&values).map_err(|error| error.to_string())
}

#[test]
fn a_text_that_is_one_expression_keeps_its_type() {
    for (template, expected) in [
        ("{{ n }}", json!(3)),
        ("{{ share }}", json!(0.5)),
        ("{{ n|int + 1 }}", json!(4)),
        ("{{ yes }}", json!(true)),
        ("{{ n == 3 }}", json!(true)),
        ("{{ nothing }}", json!(null)),
        ("{{ list }}", json!([1, "two", null, {"three": 3}])),
        ("{{- fields -}}", json!({"address": "10.0.0.1", "vars.tier": 1, "notes": null})),
        ("{{ name }}", json!("web-01")),
        ("{{ text }}", json!("<a href=\"x\">'&\n{{ name }}")),
        ("{{ n }}{{ n }}", json!("33")),
        (" {{ n }}", json!(" 3")),
        ("{{ name|upper }}.example", json!("WEB-01.example")),
        ("<{{ text }}>", json!("<<a href=\"x\">'&\n{{ name }}>")),
        ("{% if yes %}on{% endif %}", json!("on")),
        ("{{ fields|json }}", json!("{\"address\":\"10.0.0.1\",\"notes\":null,\"vars.tier\":1}")),
        ("x={{ list|json }}", json!("x=[1,\"two\",null,{\"three\":3}]")),
        ("{{ \"a/b c\"|urlencode }}", json!("a%2Fb%20c")),
        ("{{ \"2027-01-12T22:00:00+01:00\"|epoch }}", json!(1_799_787_600)),
        ("plain } text", json!("plain } text")),
    ] {
        assert_eq!(made(json!(template)).unwrap(), expected, "{template}");
    }
    assert_eq!(made(json!([1, null, false])).unwrap(), json!([1, null, false]));
}

#[test]
fn a_mapping_takes_entries_of_others_and_leaves_some_out() {
    let tree = json!({
        "attrs": {"...": "{{ fields }}", "vars.tier": 2, "address6": "{{ absent|default(omit) }}"},
        "if": "{{ n if n == 4 }}",
        "list": ["{{ omit }}", "{{ n }}"],
        "{{ name }}": "keys are no templates",
    });
    let expected = json!({
        "attrs": {"address": "10.0.0.1", "vars.tier": 2, "notes": null},
        "list": [3],
        "{{ name }}": "keys are no templates",
    });
    assert_eq!(made(tree).unwrap(), expected);
    assert_eq!(made(json!({"...": "{{ omit }}", "a": 1})).unwrap(), json!({"a": 1}));
    assert_eq!(made(json!("{{ omit }}")).unwrap_err(), "left out");
    let error = made(json!({"a": {"...": "{{ n }}"}})).unwrap_err();
    assert_eq!(error, "/spec/a/...:1:1: what stands at `...` is no mapping");
}

#[test]
fn a_mistake_names_its_template_by_a_pointer() {
    for (tree, at) in [
        (json!({"a": ["{{ absent }}"]}), "/spec/a/0:1:4: there is no such value"),
        (json!({"a/b": "x\n{{ absent.y }} z"}), "/spec/a~1b:2:4: there is no such value"),
        (json!("{{ n|safe }}"), "/spec:1:6: templates of a repository cannot use"),
        (json!("{{ n"), "/spec:1:"),
        (json!("list: {{ list }}"), "/spec:1:10: a list is no text"),
        (json!("x{{ nothing }}"), "/spec:1:5: `null` is no text"),
        (json!("x{{ omit }}"), "/spec:1:5: `omit` is no text"),
        (json!("{{ text|e }}"), "/spec:1:9: what is written here is not HTML"),
        (json!("{{ text|escape }}"), "/spec:1:9: what is written here is not HTML"),
    ] {
        let error = made(tree.clone()).unwrap_err();
        assert!(error.starts_with(at), "{tree}: {error}");
    }
}

#[test]
fn a_tree_neither_runs_for_ever_nor_fills_the_memory() {
    for bomb in [
        "{% for i in range(100000) %}{{ big }}{% endfor %}".to_owned(),
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}"
            .to_owned(),
        "{% for i in range(100000) %}{% set a = big|upper %}{% endfor %}".to_owned(),
        "{% for i in range(100000) %}{% set a = big|json %}{% endfor %}".to_owned(),
        "{% for i in range(100000) %}{% set a = big|urlencode %}{% endfor %}".to_owned(),
        format!("{{{{ big{} }}}}", "|json".repeat(40)),
        "{% include \"/spec\" %}{% include \"/spec\" %}".to_owned(),
        "{% set a = a ~ a %}".to_owned(),
    ] {
        assert!(made(json!(bomb)).is_err(), "{bomb}");
    }
    assert!(made(json!(vec!["{{ big }}"; 7])).is_ok());
    assert!(made(json!(vec!["{{ big }}"; 9])).unwrap_err().contains("too large a value"));
    assert!(made(json!(vec!["{{ big }} "; 9])).is_err());
    assert!(made(json!(vec!["{{ n }}"; 1_000])).is_ok());
    assert!(made(json!(vec!["{{ n }}"; 1_001])).unwrap_err().contains("more than 1000 templates"));
}

#[test]
fn a_value_ends_no_part_of_a_path() {
    for (value, expected) in [
        ("web-01", "/hosts/web-01?cascade=1"),
        ("a/b", "/hosts/a%2Fb?cascade=1"),
        ("a?b=c&d#e", "/hosts/a%3Fb%3Dc%26d%23e?cascade=1"),
        ("web!http s", "/hosts/web%21http%20s?cascade=1"),
        ("é%2e\r\n", "/hosts/%C3%A9%252e%0D%0A?cascade=1"),
        ("//host/", "/hosts/%2F%2Fhost%2F?cascade=1"),
        ("a..b", "/hosts/a..b?cascade=1"),
    ] {
        for template in ["/hosts/{{ x }}?cascade=1", "/hosts/{{ x|urlencode }}?cascade=1"] {
            assert_eq!(path(template, value).unwrap(), expected);
        }
    }
}

#[test]
fn a_path_that_leads_elsewhere_is_refused() {
    for value in ["", ".", "..", "a/../b", "..\\b", "../../v1"] {
        path("/hosts/{{ x }}", value).unwrap_err();
    }
    for template in [
        "https://evil.example/{{ x }}",
        "//evil.example/{{ x }}",
        "{{ x }}",
        "/hosts/{{ x }}/../all",
        "/hosts/{% if x %}.{% endif %}./all",
        "/hosts/%2E./{{ x }}",
        "/hosts/%2e%2E",
        "/hosts//all",
        "/hosts/a b",
        "/hosts/\r\nX: y",
        "/hosts/a#b",
        "/hosts/a\\b",
        "/hosts/é",
        "/hosts/{{ list }}",
        "/hosts/{{ nothing }}",
        "/hosts/{{ absent }}",
        "/hosts/{{ x|e }}",
    ] {
        assert!(path(template, "x").is_err(), "{template}");
    }
    assert_eq!(path("/hosts?q=a//b&r=../c", "x").unwrap(), "/hosts?q=a//b&r=../c");
}

#[test]
fn pages_have_no_filters_of_the_wire() {
    let mut engine = Engine::new();
    assert!(engine.add("page", "{{ x|json }}").is_err());
    assert!(engine.add("page", "{{ x|urlencode }}").is_err());
}

#[test]
fn a_line_end_behind_an_expression_belongs_to_the_text() {
    let values = Value::from(Serde(json!({"x": 4})));
    let made = |text: &str| Tree::new("", &json!(text)).unwrap().render(&values).unwrap().unwrap();
    assert_eq!(made("{{ x }}"), json!(4));
    assert_eq!(made("{{ x }}\n"), json!("4\n"));
}
