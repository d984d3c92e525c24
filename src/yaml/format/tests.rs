//! What the layout is, by example; and that nothing but the layout changes, for any text.

use std::sync::Arc;

use super::*;

fn shape(keys: &[(&str, Shape)]) -> Shape {
    let keys = keys.iter().map(|(key, shape)| ((*key).to_owned(), shape.clone())).collect();
    Shape { keys, ..Shape::default() }
}

/// The order `a, b, c, list: [a, b], map: {a, b}`.
pub(super) fn order() -> Arc<Shape> {
    let none = Shape::default;
    let inner = shape(&[("a", none()), ("b", none())]);
    let list = Shape { items: Some(Box::new(inner.clone())), ..none() };
    let all = [("a", none()), ("b", none()), ("c", none()), ("list", list), ("map", inner)];
    Arc::new(shape(&all))
}

fn formatted(text: &str) -> Result<String, Difference> {
    let source = Source::new(File::local("a.yaml"), text.to_owned());
    let stream = parse(&source, &Limits::default());
    let treatments = vec![Treatment::Laid(order()); stream.documents.len()];
    let once = format(text, &treatments, true)?.text;
    let twice = format(&once, &treatments, true)?.text;
    assert_eq!(twice, once, "formatted once more, it is another:\n{text}");
    Ok(once)
}

fn is(text: &str, expected: &str) {
    assert_eq!(formatted(text).as_deref(), Ok(expected), "{text}");
}

#[test]
fn two_spaces_a_level_also_for_lists() {
    is(
        "map:\n    a: 1\n    b:\n    - x\n    -   y: 1\n        z: 2\n    -\n      - q\n",
        "map:\n  a: 1\n  b:\n    - x\n    - y: 1\n      z: 2\n    - - q\n",
    );
    is("a:    1   \nb:\n\n\n  c: 2\n\n\n\nd :  3", "a: 1\nb:\n  c: 2\n\nd: 3\n");
    is(
        "list:\n- &x\n  a: 1\n- !t\n  b: 2\n- *x\n",
        "list:\n  - &x\n    a: 1\n  - !t\n    b: 2\n  - *x\n",
    );
}

#[test]
fn keys_go_into_their_order_with_what_stands_above_them() {
    is(
        "# head\nc: 3 # three\n# about a\n\n# also\na: 1\nz: 0\n\nb: 2\n# tail\n",
        "# head\n# about a\n\n# also\na: 1\n\nb: 2\nc: 3 # three\nz: 0\n# tail\n",
    );
    is("list:\n  - b: 1\n    a: 2\n    # end\n", "list:\n  - a: 2\n    b: 1\n    # end\n");
    is("map: {b: 1, a: {y: 1, x: 2}}\n", "map: {a: {y: 1, x: 2}, b: 1}\n");
    is("b: |\n    x\n\n     y\na: 1\n", "a: 1\nb: |\n  x\n\n   y\n");
}

#[test]
fn an_order_that_would_change_something_is_left() {
    is("b: &x 1\na: *x\n", "b: &x 1\na: *x\n");
    is("b: 1\na: |+\n  x\n\n", "b: 1\na: |+\n  x\n\n");
    is("list:\n  - b: 1 # about it\n    a: 2\n", "list:\n  - b: 1 # about it\n    a: 2\n");
    is("list:\n  - b: 1\n    # about a\n    a: 2\n", "list:\n  - b: 1\n    # about a\n    a: 2\n");
    is("map: {b: &x 1, a: *x }\n", "map: {b: &x 1, a: *x}\n");
}

#[test]
fn comments_stay_with_what_they_are_about() {
    is(
        "a:\n    # one\n    - x # two\n\n    # three\n    - y\n    # four\n# five\nb: 2\n",
        "a:\n  # one\n  - x # two\n\n  # three\n  - y\n  # four\n# five\nb: 2\n",
    );
    is("a:\n- x\n# about b\nb: 1\n", "a:\n  - x\n# about b\nb: 1\n");
    is(
        "a: # one\n   # two\n   x # three\nb: # four\n    # five\nc: 1\n",
        "a: # one\n  # two\n  x # three\nb: # four\n  # five\nc: 1\n",
    );
    is(
        "list:\n  - # one\n    a: 1\n  -\n    # two\n    b: 1\n",
        "list:\n  - # one\n    a: 1\n  -\n    # two\n    b: 1\n",
    );
    is(
        "a: | # one\n    x # no comment\n  # two\nb: 2\n",
        "a: | # one\n  x # no comment\n# two\nb: 2\n",
    );
    is("a: 1\n#no space\nb: 'it #2'   # far\n", "a: 1\n#no space\nb: 'it #2'   # far\n");
}

#[test]
fn brackets_stay_brackets() {
    is("a: [ x,y , {b : 1 ,\"c\":2} ]\n", "a: [x, y, {b: 1, c: 2}]\n");
    is("a: [x, # one\n      y,\n  ]\nb: {}\nc: []\n", "a: [x, # one\n  y,\n  ]\nb: {}\nc: []\n");
    is("a: {x: , y, 'z': [], ? q : r}\n", "a: {x: , y, z: [], ? q: r}\n");
    is(
        "map:\n  a: {\n   b: c,\n      d: [\n   e]}\n",
        "map:\n  a: {\n    b: c,\n    d: [\n      e]}\n",
    );
    is("b: &x 1\nc: [*x, &y b,*x , *y]\n", "b: &x 1\nc: [*x, &y b, *x, *y]\n");
}

#[test]
fn anchors_and_tags_stay_where_they_are() {
    is("a:   &x  !!str 1\nb:   !t\n  'q'\nc: &y\n", "a: &x !!str 1\nb: !t\n  'q'\nc: &y\n");
    is("a: !!str  |\n     x\nb: &z   >-\n     y\n", "a: !!str |\n  x\nb: &z >-\n  y\n");
    is(
        "a: &m # one\n    b: &k  c\nd: &l\n- !t {e:  f}\n",
        "a: &m # one\n  b: &k c\nd: &l\n  - !t {e: f}\n",
    );
    is(
        "a: ! 'x'\nb: !<tag:x>   y\n*z : 1\n".replace("*z : 1\n", "").as_str(),
        "a: ! 'x'\nb: !<tag:x> y\n",
    );
    is("a: !!str\n    # none\nmap: 1\n", "a: !!str\n  # none\nmap: 1\n");
}

#[test]
fn texts_of_several_lines_keep_their_words() {
    is(
        "a: one\n     two\n\n     three\nb: \"one \\\n        two\n   \"\n",
        "a: one\n  two\n\n  three\nb: \"one \\\n  two\n  \"\n",
    );
    is("a:\n      long\n", "a:\n  long\n");
    is("map:\n    a: >2-\n        x\n", "map:\n  a: >2-\n      x\n");
    is("a: |+\n    x\n\n\nb: 1\n---\na: >-\n  y\n\n\n", "a: |+\n  x\n\n\nb: 1\n---\na: >-\n  y\n");
}

#[test]
fn line_ends_marks_and_markers_stay() {
    is("\u{feff}a:   1\r\nb: |\r\n    x\r\n", "\u{feff}a: 1\r\nb: |\r\n  x\r\n");
    is(
        "%YAML 1.2\n--- # one\n\nb: 1\na: 2\n...\n# between\n---\na:  1\n",
        "%YAML 1.2\n--- # one\na: 2\nb: 1\n...\n# between\n---\na: 1\n",
    );
}

#[test]
fn what_is_written_in_an_unknown_way_is_left() {
    for text in [
        "? a\n:   b\n",
        "{a:   b}: c\n",
        "--- {a:   b}\n",
        "a:   b\rc: d\n",
        "a: |\n    x",
        "&x a:   b\n",
        "a:   |\n",
        "# x\n!t\na:   1\n",
        "a:\n    # x\n    &x\n    b:   1\n",
    ] {
        let kept = formatted(text).unwrap();
        assert_eq!(kept, text);
    }
}
