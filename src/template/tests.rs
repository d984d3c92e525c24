//! Tests of the engine: what it shows, what it refuses, and what the worst templates cost.

use std::collections::BTreeMap;

use super::*;

fn values() -> Value {
    let big = "x".repeat(1 << 20);
    let item = |name: &str| BTreeMap::from([("name", name.to_owned())]);
    let list = Value::from(Serde([item("a<b"), item("c")]));
    let raw = Value::from_safe_string("<b>safe</b>".to_owned());
    Value::from(BTreeMap::from([
        ("text", Value::from("<i>\"'")),
        ("big", Value::from(big)),
        ("list", list),
        ("raw", raw),
        ("n", Value::from(3)),
    ]))
}

fn rendered(source: &str) -> Result<String, TemplateError> {
    let mut engine = Engine::new();
    engine.add_own("own.html", "{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}")?;
    engine.add("part", "[{{ text }}]")?;
    engine.add("page.txt", source)?;
    engine.render("page.txt", &values())
}

fn refused(source: &str) -> String {
    let error = rendered(source).unwrap_err();
    format!("{error}")
}

#[test]
fn what_templates_need_works() {
    let source = "\
{% extends \"base\" %}
{% block body %}
{% for item in list if item.name %}
{{ loop.index + 1 }} {{ item.name|upper }} {% include \"part\" %}

{% else %}none{% endfor %}
{% set first = list|first %}{{ first.name }} {{ list|map(attribute=\"name\")|join(\", \") }}
{{ raw }} {{ n|int * 2 if n else n - 1 }} {{ text|truncate(2) }}
{{ super() }}{% endblock %}";
    let mut engine = Engine::new();
    engine.add_own("base", "<main>{% block body %}own{% endblock %}</main>\n").unwrap();
    engine.add("part", "[{{ text }}]").unwrap();
    engine.add("page", source).unwrap();
    insta::assert_snapshot!(engine.render("page", &values()).unwrap(), @r##"
    <main>2 A&lt;B [&lt;i&gt;&quot;&#x27;]
    3 C [&lt;i&gt;&quot;&#x27;]
    a&lt;b a&lt;b, c
    <b>safe</b> 6 &lt;i…
    own</main>
    "##);
}

#[test]
fn everything_is_escaped_whatever_a_template_is_called() {
    for name in ["a.txt", "a.json", "a.yaml", "a"] {
        let mut engine = Engine::new();
        engine.add(name, "{{ text }}").unwrap();
        let shown = engine.render(name, &values()).unwrap();
        assert_eq!(shown, "&lt;i&gt;&quot;&#x27;", "{name}");
    }
}

#[test]
fn mistakes_say_where_they_are() {
    let text = "é\n<p>{{ absent.x }}</p>";
    let error = rendered(text).unwrap_err();
    assert_eq!((error.line, error.template.as_str()), (2, "page.txt"));
    assert!(text[error.span.range()].contains("absent"), "{error:?}");
    for (source, at) in [
        ("\n é {{ text| }}", "page.txt:2:"),
        ("\n é {{ text|safe }}", "page.txt:2:"),
        ("{% include \"missing\" %}", "page.txt:1:"),
        ("{{ list }}", "page.txt:1:4: a list cannot be written"),
    ] {
        let said = refused(source);
        assert!(said.starts_with(at), "{source}: {said}");
    }
    let mut engine = Engine::new();
    engine.add("inner", "\n\n{{ gone }}").unwrap();
    engine.add("outer", "{% include \"inner\" %}").unwrap();
    let error = engine.render("outer", &values()).unwrap_err();
    assert_eq!((error.template.as_str(), error.line), ("inner", 3));
}

#[test]
fn nothing_switches_escaping_off() {
    for source in [
        "{{ text|safe }}",
        "{% autoescape false %}{{ text }}{% endautoescape %}",
        "{{ list|map(\"safe\")|join }}",
        "{% filter safe %}{{ text }}{% endfilter %}",
        "{{ [text]|map('safe')|first }}",
        "{{ text|tojson }}",
        "{{ text|format }}",
    ] {
        assert!(refused(source).contains("templates of a repository cannot"), "{source}");
    }
    assert!(!rendered("{{ list|map(attribute=\"name\")|join }}").unwrap().contains('<'));
    assert!(!rendered("{{ text|default(text)|upper|lower|trim|reverse }}").unwrap().contains('<'));
}

/// Forty doublings, by every way that the language has, and other ways to take all there is.
fn bombs() -> Vec<String> {
    let forty = |start: &str, step: &str| format!("{start}{}", step.repeat(40));
    let looped =
        |step: &str| format!("{{% set a = big %}}{{% for i in range(40) %}}{step}{{% endfor %}}");
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(40), close.repeat(40));
    let mut bombs = vec![
        forty("{% set a = big %}", "{% set a = a ~ a %}"),
        forty("{% set a = big %}", "{% set a = a + a %}"),
        forty("{% set a = big %}", "{% set a = a * 2 %}"),
        forty("{% set a = big %}", "{% set a = 2 * a %}"),
        forty("{% set a = big %}", "{% set a = \"%s%s\"|format(a, a) %}"),
        forty("{% set a = big %}", "{% set a = a|replace(\"x\", \"xx\") %}"),
        forty("{% set a = big %}", "{% set a = [a, a]|join %}"),
        forty("{% set a = big %}", "{% set a = a|join(\"xx\") %}"),
        forty("{% set a = big %}", "{% set a = a|join(a) %}"),
        forty("{% set a = big %}", "{% set a = a|indent(1000000) %}"),
        forty("{% set a = big %}", "{% set a %}{{ a }}{{ a }}{% endset %}"),
        forty("{% set a = [1] %}", "{% set a = a + a %}") + "{{ a|join }}",
        forty("{% set a = [1] %}", "{% set a = [a, a] %}") + "{{ a }}",
        forty("{% set a = [1] %}", "{% set a = (a, a) %}") + "{{ a == a }}",
        forty("{% set a = 1 %}", "{% set a = {\"x\": a, \"y\": a} %}") + "{{ a }}",
        forty("{% set a = list %}", "{% set a = a|chain(a) %}") + "{{ a|length }}",
        forty("{% set a = list %}", "{% set a = a|zip(a)|list %}") + "{{ a|join }}",
        forty("{% set a = big %}", "{% set a = a[0:] %}"),
        forty("{% set a = big %}", "{% set a = a|upper %}"),
        looped("{% set a = a ~ a %}"),
        looped("{% with a = a ~ a %}{% endwith %}"),
        "{% set n = namespace(a=big) %}{% for i in range(40) %}{% set n.a = n.a ~ n.a %}{% endfor %}".to_owned(),
        nested("{% filter replace(\"x\", \"xx\") %}", "{% endfilter %}"),
        "{% macro d(n, x) %}{% if n %}{{ d(n - 1, x) }}{{ d(n - 1, x) }}{% else %}{{ x }}{% endif %}{% endmacro %}{{ d(40, big) }}".to_owned(),
        format!("{{% from \"own.html\" import twice %}}{{{{ {}big{} }}}}", "twice(".repeat(20), ")".repeat(20)),
        "{% from \"own.html\" import twice %}{% set a = twice(big) %}{{ a }}".to_owned(),
        "{% import \"own.html\" as own %}{{ own.twice(big) }}".to_owned(),
        "{% for i in range(100000) %}{{ big }}{% endfor %}".to_owned(),
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}".to_owned(),
        "{% for i in range(100000) %}{% set a = big|upper %}{% endfor %}".to_owned(),
        "{% for i in range(100000) %}{% set a = big|sort %}{% endfor %}".to_owned(),
        "{% include \"page.txt\" %}{% include \"page.txt\" %}".to_owned(),
        "{% set a = big|upper %}{% include \"page.txt\" %}".to_owned(),
        "{% extends \"page.txt\" %}".to_owned(),
        "{% for x in list recursive %}{{ loop(list) }}{{ loop(list) }}{% endfor %}".to_owned(),
        "{% block a %}{{ self.a() }}{% endblock %}".to_owned(),
        "{% block a %}{{ super() }}{% endblock %}".to_owned(),
        format!("{{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000)),
        format!("{{{{ 1{} }}}}", " - 1".repeat(5000)),
        format!("{{{{ text{} }}}}", "|upper".repeat(5000)),
        format!("{{{{ text{} }}}}", ".a".repeat(5000)),
        format!("{{{{ {}n }}}}", "not ".repeat(5000)),
        format!("{{% if n %}}{}{{% endif %}}", "{% elif n %}".repeat(3000)),
        "{% if n %}".repeat(3000),
        "{{ \"x\" * 1000000000 }}".to_owned(),
        "{{ 9 ** 99999999 }}".to_owned(),
        "{% set a = range(100000)|list %}".to_owned(),
        "{{ lipsum(n=100000) }}".to_owned(),
        "{{ debug() }}".to_owned(),
        "{{ \"a\".join(list) }}".to_owned(),
        "{{ dict(a=big) }}".to_owned(),
        "{% for x in list %}{{ range(*list) }}{% endfor %}".to_owned(),
        "{% call twice() %}{{ big }}{% endcall %}".to_owned(),
        "{% do list.append(1) %}".to_owned(),
        "{# ".to_owned() + &"x".repeat(100_000),
    ];
    bombs.push(bombs.concat());
    bombs
}

/// The most memory that this process has held, in KiB.
#[cfg(target_os = "linux")]
#[allow(clippy::disallowed_methods, reason = "the kernel tells it in a file")]
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
#[ignore = "run by the next test, in a process of its own"]
fn all_bombs_fail() {
    for bomb in bombs() {
        let result = rendered(&bomb);
        let head: String = bomb.chars().take(60).collect();
        assert!(result.is_err(), "{head}");
        #[cfg(target_os = "linux")]
        assert!(peak() < 200 << 10, "{head} held {} KiB", peak());
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "memory is counted for a process")]
fn no_template_of_a_repository_fills_the_memory_or_runs_for_ever() {
    let program = std::env::current_exe().unwrap();
    let arguments = ["--exact", "template::tests::all_bombs_fail", "--ignored", "--test-threads=1"];
    let run = std::process::Command::new(program).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.contains("1 passed"), "{said}");
}

#[test]
fn own_templates_have_the_whole_language() {
    let mut engine = Engine::new();
    engine.add_own("a", "{% macro m(x) %}<{{ x ~ \"!\" }}>{% endmacro %}{% set b %}{{ m(text) }}{% endset %}{{ b }}{{ raw|safe }}").unwrap();
    let shown = engine.render("a", &values()).unwrap();
    assert_eq!(shown, "<&lt;i&gt;&quot;&#x27;!><b>safe</b>");
    assert!(engine.has("a") && !engine.has("b"));
    assert!(engine.render("b", &values()).is_err());
}
