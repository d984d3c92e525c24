//! What edits do to the values of a text: whether they change those they replace and no others.
//!
//! Begin with [`Parsed::check`]. It parses what the edits leave, walks the values from before and
//! after side by side, and says for each edit what it has replaced.

use super::arena::{Node, NodeKind};
use super::edit::{Edit, moved};
use super::parse::{Limits, Stream, parse};
use super::pointer::Pointer;
use super::scalar::Scalar;
use crate::source::{Source, Span};

/// Why edits are not what they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The text is not YAML to begin with, so that nobody can say what its values are.
    #[error("the file does not parse")]
    Unread,
    /// It would not be YAML any more.
    #[error("the file would no longer parse: {0}")]
    Broken(String),
    /// Another value would change, appear or vanish.
    #[error("another value would change, too: `{0}`")]
    Other(Pointer),
    /// The value stands for others, through an alias.
    #[error("an alias repeats the value, so that others would change, too: `{0}`")]
    Shared(Pointer),
    /// The replacement is not one value, or not of the type that is meant.
    #[error("what would stand there would mean something else")]
    Meaning,
}

/// The value, or the key, that an edit replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Where it stands in its document, after the edits.
    pub pointer: Pointer,
    /// Whether it is a key.
    pub is_key: bool,
    /// Whether it is of another type than before.
    pub is_retyped: bool,
    /// Its document before the edits.
    pub before: Span,
    /// Its document after the edits.
    pub after: Span,
}

/// A text with its values, before any edit.
pub struct Parsed {
    stream: Stream,
    limits: Limits,
}

impl Parsed {
    /// Parses a text that edits are to be made of.
    ///
    /// # Errors
    ///
    /// It does not parse to its end.
    pub fn of(source: &Source, limits: &Limits) -> Result<Self, Misfit> {
        let stream = parse(source, limits);
        match stream.is_complete() {
            true => Ok(Self { stream, limits: limits.clone() }),
            false => Err(Misfit::Unread),
        }
    }

    /// Says what each edit replaces; nothing for one that replaces no value, such as a comment.
    ///
    /// # Errors
    ///
    /// The text would not parse any more, or the edits change more than what they replace.
    pub fn check(&self, after: &Source, edits: &[Edit]) -> Result<Vec<Option<Target>>, Misfit> {
        let stream = parse(after, &self.limits);
        if stream.problems.len() > self.stream.problems.len() || !stream.is_complete() {
            let problem = stream.problems.last().map(|problem| problem.kind.to_string());
            return Err(Misfit::Broken(problem.unwrap_or_default()));
        }
        let (old, new) = (documents(&self.stream), documents(&stream));
        if old.len() != new.len() {
            return Err(Misfit::Other(Pointer::root()));
        }
        let mut walk =
            Walk { edits, targets: vec![None; edits.len()], document: Default::default() };
        for (old, new) in old.into_iter().zip(new) {
            walk.document = (old.span(), new.span());
            walk.compare(old, new, &Pointer::root(), false)?;
        }
        Ok(walk.targets)
    }
}

/// The documents of a text; of a root that is a list each item, as a catalog takes them.
fn documents(stream: &Stream) -> Vec<Node<'_>> {
    let roots = stream.documents.iter().map(|id| stream.arena.node(*id));
    let mut all = Vec::new();
    for root in roots {
        match root.kind() {
            NodeKind::Sequence => all.extend(root.items()),
            NodeKind::Mapping | NodeKind::Scalar(_) => all.push(root),
        }
    }
    all
}

struct Walk<'e> {
    edits: &'e [Edit],
    targets: Vec<Option<Target>>,
    /// The document that is being walked, before and after.
    document: (Span, Span),
}

impl Walk<'_> {
    fn compare(
        &mut self,
        old: Node<'_>,
        new: Node<'_>,
        pointer: &Pointer,
        is_key: bool,
    ) -> Result<(), Misfit> {
        if let Some(number) = self.edit_of(old) {
            return self.replaced(number, old, new, pointer, is_key);
        }
        let other = || Misfit::Other(pointer.clone());
        if old.kind() != new.kind() || old.text() != new.text() {
            return Err(other());
        }
        if old.items().len() != new.items().len() || old.entries().len() != new.entries().len() {
            return Err(other());
        }
        for (number, (old, new)) in old.items().zip(new.items()).enumerate() {
            self.compare(old, new, &pointer.join(number), false)?;
        }
        for ((old_key, old), (new_key, new)) in old.entries().zip(new.entries()) {
            let pointer = pointer.join(new_key.text().unwrap_or_default());
            self.compare(old_key, new_key, &pointer, true)?;
            self.compare(old, new, &pointer, false)?;
        }
        Ok(())
    }

    /// The edit that replaces a value, or a part of its text.
    fn edit_of(&self, node: Node<'_>) -> Option<usize> {
        let span = node.span();
        let first = self.edits.partition_point(|edit| edit.span.end <= span.start);
        let edit = self.edits.get(first)?;
        let replaces = match node.kind() {
            NodeKind::Scalar(_) => edit.touches(span),
            // One that holds something may begin, and even end, where its first item does.
            NodeKind::Mapping => node.entries().len() == 0 && edit.covers(span),
            NodeKind::Sequence => node.items().len() == 0 && edit.covers(span),
        };
        replaces.then_some(first)
    }

    fn replaced(
        &mut self,
        number: usize,
        old: Node<'_>,
        new: Node<'_>,
        pointer: &Pointer,
        is_key: bool,
    ) -> Result<(), Misfit> {
        // Met before: the walk follows aliases, so it comes to what they repeat more than once.
        if self.targets[number].is_some() {
            return Err(Misfit::Shared(pointer.clone()));
        }
        let is_text = |node: Node<'_>| node.kind() == NodeKind::Scalar(Scalar::Str);
        let is_scalar = matches!(new.kind(), NodeKind::Scalar(_));
        let loses_text = is_scalar && !is_text(new) && (is_text(old) || is_key);
        if new.span() != moved(old.span(), self.edits) || loses_text {
            return Err(Misfit::Meaning);
        }
        let (before, after) = self.document;
        let (pointer, is_retyped) = (pointer.clone(), old.kind() != new.kind());
        self.targets[number] = Some(Target { pointer, is_key, is_retyped, before, after });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::edit::splice;
    use super::*;
    use crate::source::File;

    fn source(text: &str) -> Source {
        Source::new(File::local("a.yaml"), text.to_owned())
    }

    /// Replaces the first of each text in turn.
    fn check(text: &str, edits: &[(&str, &str)]) -> Result<Vec<Option<Target>>, Misfit> {
        let mut all = Vec::new();
        for (old, new) in edits {
            let start = text.find(old).unwrap();
            let span = Span::new(start, start + old.len());
            all.push(Edit { span, replacement: (*new).to_owned() });
        }
        let after = source(&splice(text, &all).unwrap());
        Parsed::of(&source(text), &Limits::default())?.check(&after, &all)
    }

    fn pointers(text: &str, edits: &[(&str, &str)]) -> Vec<String> {
        let targets = check(text, edits).unwrap();
        targets.into_iter().map(|one| one.unwrap().pointer.as_str().to_owned()).collect()
    }

    #[test]
    fn each_edit_says_what_it_has_replaced() {
        let text = "a:\n  knd: x # knd\n  list: ['1', 2]\n---\n- b: 3\n- c: true\n";
        assert_eq!(pointers(text, &[("knd", "kind"), ("2", "\"2\"")]), ["/a/kind", "/a/list/1"]);
        assert_eq!(pointers(text, &[("'1'", "one"), ("true", "\"true\"")]), ["/a/list/0", "/c"]);
        assert_eq!(check(text, &[("# knd", "# kind")]), Ok(vec![None]), "a comment is no value");
        let target = check(text, &[("knd", "kind")]).unwrap().remove(0).unwrap();
        assert!(target.is_key && !target.is_retyped);
        assert_eq!((target.before.start, target.after.end), (0, target.before.end + 1));
    }

    #[test]
    fn a_list_that_begins_with_its_item_is_not_replaced_with_it() {
        assert_eq!(pointers("a:\n- x\n", &[("x", "y")]), ["/a/0"]);
        assert_eq!(pointers("a: []\n", &[("[]", "[b]")]), ["/a"]);
        assert!(check("a: [b]\n", &[("[b]", "c")]).is_err());
    }

    #[test]
    fn a_list_may_be_made_of_a_text() {
        let target = check("tags: \"a b\" # x\n", &[("\"a b\"", "[\"a b\"]")]).unwrap().remove(0);
        let target = target.unwrap();
        assert_eq!((target.pointer.as_str(), target.is_retyped), ("/tags", true));
    }

    #[test]
    fn what_breaks_the_text_is_refused() {
        let broken = check("a: b\nc: d\n", &[("b", "[x")]);
        assert!(matches!(broken, Err(Misfit::Broken(_))), "{broken:?}");
        let twice = check("ab: 1\nac: 2\n", &[("ab", "ac")]);
        assert_eq!(twice, Err(Misfit::Broken("the key `ac` stands twice".to_owned())));
        assert_eq!(check("a: [\nb: c\n", &[("c", "d")]), Err(Misfit::Unread));
    }

    #[test]
    fn no_other_value_may_change() {
        for (text, old, new) in [
            ("[a, b]\n", "a", "a, c"),
            ("x: {a: b}\n", "b", "b, c: d"),
            ("a: b\nc: d\n", "b", "b\nx: y"),
            ("a: b\nc: d\n", "a", "\"a"),
            ("a: b\n", "b", "b\n---\nc"),
        ] {
            assert!(check(text, &[(old, new)]).is_err(), "{text:?} {new:?}");
        }
        // An edit that takes a whole entry away would need more than this can tell.
        assert!(check("a: b\nc: d\n", &[("c: d\n", "")]).is_err());
    }

    #[test]
    fn a_text_stays_a_text_and_the_replacement_is_all_of_it() {
        for new in ["1", "true", "~", "", "b # c", "b ", "!!int 1"] {
            assert!(check("a: x\n", &[("x", new)]).is_err(), "{new:?}");
        }
        assert_eq!(pointers("a: x\n", &[("x", "\"1\"")]), ["/a"]);
        assert_eq!(pointers("a: |\n  x y\n", &[("x y", "z")]), ["/a"]);
    }

    #[test]
    fn a_value_that_an_alias_repeats_is_left() {
        let shared = check("a: &x {k: v}\nb: *x\n", &[("v", "w")]);
        assert_eq!(shared, Err(Misfit::Shared(Pointer::from_text("/b/k"))));
        let other = check("a: &x v\nb: *x\n", &[("v", "w")]);
        assert_eq!(other, Err(Misfit::Other(Pointer::from_text("/b"))));
        assert_eq!(pointers("a: &x v\nb: *x\n", &[("*x", "w")]), ["/b"]);
    }
}
