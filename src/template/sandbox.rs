//! The language of a repository's templates: what can make a larger value of values is not in it.
//!
//! A value can be shown, chosen, compared and looped over, but two values are never put together, and
//! what a template writes is never caught to become a value again. So no chain of steps makes a value
//! grow, by any of the ways of the full language: `~`, `+` and `*` of texts and lists, literals of
//! lists and mappings, blocks that are caught (`set`, `filter`, `call`, macros, `import`), methods,
//! `namespace`, and filters that copy a value several times.

use std::collections::BTreeSet;

use minijinja::machinery::ast::{BinOpKind, Call, CallArg, Expr, Filter, Stmt, UnaryOpKind};
use minijinja::machinery::{self, Token, parse, tokenize};

use super::TemplateError;
use super::filters::{CHOOSING, COUNTED};
use crate::source::Span;

/// The largest source, in bytes: it has fewer lines than the parser can count.
const LARGEST: usize = 48 << 10;

/// The most words and signs between braces: the engine follows chains of them by recursion.
const LONGEST_EXPRESSION: usize = 100;

/// The most `elif` in a template: each stands in the one before.
const MOST_ELSE: usize = 50;

/// Refuses what templates of a repository cannot use. `more` are filters that there are besides those
/// of all templates.
pub(super) fn check(
    name: &str,
    source: &str,
    more: &'static [&'static str],
) -> Result<(), TemplateError> {
    let fail = |span: Span, message: String| TemplateError::at(name, source, span, message);
    if source.len() > LARGEST {
        let message = format!("it is longer than {} KiB", LARGEST >> 10);
        return Err(fail(Span::new(0, 0), message).help("split it, and `include` the parts"));
    }
    let told = |error: minijinja::Error| {
        TemplateError::of(&error, name, true, &|_| Some(source.to_owned()))
    };
    let (mut length, mut branches) = (0, 0);
    for token in tokenize(source, false, minijinja::syntax::SyntaxConfig::default()) {
        let (token, span) = token.map_err(told)?;
        length = match token {
            Token::VariableStart | Token::BlockStart | Token::TemplateData(_) => 0,
            _ => length + 1,
        };
        branches += usize::from(matches!(token, Token::Ident("elif")));
        if length > LONGEST_EXPRESSION || branches > MOST_ELSE {
            let message = "this is too long to be followed".to_owned();
            return Err(fail(bytes(span), message).help("split it into several"));
        }
    }
    let tree = parse(source, name, minijinja::syntax::SyntaxConfig::default()).map_err(told)?;
    let mut checker = Checker { macros: BTreeSet::new(), more };
    checker.statement(&tree).map_err(|Refused { span, what, help }| {
        fail(bytes(span), format!("templates of a repository cannot use {what}")).help(help)
    })
}

fn bytes(span: machinery::Span) -> Span {
    Span::new(span.start_offset as usize, span.end_offset as usize)
}

/// Something that a template of a repository cannot use.
struct Refused {
    span: machinery::Span,
    what: String,
    help: &'static str,
}

type Checked = Result<(), Refused>;

fn refuse(span: machinery::Span, what: impl Into<String>, help: &'static str) -> Checked {
    Err(Refused { span, what: what.into(), help })
}

const APART: &str = "write the parts one after the other: `{{ a }}{{ b }}`";
const INCLUDE: &str = "put it into a template of its own, and `include` that";
const SHOW: &str = "a call stands alone, as in `{{ card(service) }}`";

struct Checker<'s> {
    /// What was imported, and may be called.
    macros: BTreeSet<&'s str>,
    /// Filters that there are besides those of all templates.
    more: &'static [&'static str],
}

impl<'s> Checker<'s> {
    fn all(&mut self, statements: &[Stmt<'s>]) -> Checked {
        statements.iter().try_for_each(|one| self.statement(one))
    }

    fn statement(&mut self, statement: &Stmt<'s>) -> Checked {
        match statement {
            Stmt::Template(template) => self.all(&template.children),
            Stmt::EmitRaw(_) => Ok(()),
            Stmt::EmitExpr(emit) => self.emitted(&emit.expr),
            Stmt::ForLoop(one) => {
                self.iterated(&one.iter)?;
                one.filter_expr.iter().try_for_each(|condition| self.value(condition))?;
                self.all(&one.body)?;
                self.all(&one.else_body)
            }
            Stmt::IfCond(one) => {
                self.value(&one.expr)?;
                self.all(&one.true_body)?;
                self.all(&one.false_body)
            }
            Stmt::WithBlock(one) => {
                one.assignments.iter().try_for_each(|(_, value)| self.value(value))?;
                self.all(&one.body)
            }
            Stmt::Set(one) => self.value(&one.expr),
            Stmt::Block(one) => self.all(&one.body),
            Stmt::Extends(one) => self.value(&one.name),
            Stmt::Include(one) => self.value(&one.name),
            Stmt::FromImport(one) => {
                for (name, alias) in &one.names {
                    if let Expr::Var(name) = alias.as_ref().unwrap_or(name) {
                        self.macros.insert(name.id);
                    }
                }
                self.value(&one.expr)
            }
            other => Self::refused(other),
        }
    }

    fn refused(statement: &Stmt<'s>) -> Checked {
        match statement {
            Stmt::SetBlock(one) => refuse(one.span(), "`set` with a block", INCLUDE),
            Stmt::FilterBlock(one) => refuse(one.span(), "`filter` with a block", INCLUDE),
            Stmt::Macro(one) => refuse(one.span(), "macros of their own", INCLUDE),
            Stmt::CallBlock(one) => refuse(one.span(), "`call`", INCLUDE),
            Stmt::AutoEscape(one) => {
                refuse(one.span(), "`autoescape`", "what is written is always escaped")
            }
            Stmt::Import(one) => refuse(one.span(), "`import`", "write `{% from … import … %}`"),
            Stmt::Do(one) => refuse(one.span(), "`do`", SHOW),
            _ => refuse(machinery::Span::default(), "this statement", INCLUDE),
        }
    }

    /// What is written at once: only here a call may stand that writes by itself.
    fn emitted(&mut self, expression: &Expr<'s>) -> Checked {
        let Expr::Call(call) = expression else { return self.value(expression) };
        match &call.expr {
            Expr::Var(name)
                if ["super", "loop"].contains(&name.id) || self.macros.contains(name.id) =>
            {
                self.arguments(&call.args, call.span())
            }
            _ => self.call(call, call.span()),
        }
    }

    /// What is looped over: only here numbers are counted up.
    fn iterated(&mut self, expression: &Expr<'s>) -> Checked {
        match expression {
            Expr::Call(call) if matches!(&call.expr, Expr::Var(name) if name.id == "range") => {
                self.arguments(&call.args, call.span())
            }
            _ => self.value(expression),
        }
    }

    fn value(&mut self, expression: &Expr<'s>) -> Checked {
        match expression {
            Expr::Var(_) | Expr::Const(_) => Ok(()),
            Expr::UnaryOp(one) => self.value(&one.expr),
            Expr::BinOp(one) => {
                self.value(&one.left)?;
                self.value(&one.right)?;
                operator(one.op, &one.left, &one.right, one.span())
            }
            Expr::Compare(one) => {
                self.value(&one.expr)?;
                one.ops.iter().try_for_each(|other| self.value(&other.expr))
            }
            Expr::IfExpr(one) => {
                self.value(&one.test_expr)?;
                self.value(&one.true_expr)?;
                one.false_expr.iter().try_for_each(|other| self.value(other))
            }
            Expr::Filter(one) => self.filter(one, one.span()),
            Expr::Test(one) => {
                self.value(&one.expr)?;
                self.arguments(&one.args, one.span())
            }
            Expr::GetAttr(one) => self.value(&one.expr),
            Expr::GetItem(one) => {
                self.value(&one.expr)?;
                self.value(&one.subscript_expr)
            }
            Expr::Call(call) => self.call(call, call.span()),
            Expr::Slice(one) => {
                refuse(one.span(), "slices", "write `|truncate(80)`, `|first` or `|last`")
            }
            Expr::List(one) => constants(&one.items, one.span()),
            Expr::Tuple(one) => constants(&one.items, one.span()),
            Expr::Map(one) => {
                refuse(one.span(), "mappings of their own", "write the values where they are shown")
            }
        }
    }

    fn filter(&mut self, filter: &Filter<'s>, span: machinery::Span) -> Checked {
        let known = [CHOOSING, COUNTED, self.more];
        if !known.iter().any(|names| names.contains(&filter.name)) {
            let what = format!("the filter `{}`", filter.name);
            return refuse(span, what, "see the documentation for the filters that there are");
        }
        let is_named =
            |arg: &CallArg<'_>| matches!(arg, CallArg::Kwarg("attribute" | "default", _));
        if filter.name == "map" && !filter.args.iter().all(is_named) {
            return refuse(span, "`map` with a filter", "write `|map(attribute=\"name\")`");
        }
        filter.expr.iter().try_for_each(|one| self.value(one))?;
        self.arguments(&filter.args, span)
    }

    fn call(&mut self, call: &Call<'s>, span: machinery::Span) -> Checked {
        let is_loop = |name: &Expr<'_>| matches!(name, Expr::Var(name) if name.id == "loop");
        match &call.expr {
            Expr::GetAttr(one)
                if is_loop(&one.expr) && ["cycle", "changed"].contains(&one.name) =>
            {
                self.arguments(&call.args, span)
            }
            _ => refuse(span, "this call here", SHOW),
        }
    }

    fn arguments(&mut self, arguments: &[CallArg<'s>], span: machinery::Span) -> Checked {
        arguments.iter().try_for_each(|one| match one {
            CallArg::Pos(value) | CallArg::Kwarg(_, value) => self.value(value),
            CallArg::PosSplat(_) | CallArg::KwargSplat(_) => {
                refuse(span, "arguments by `*`", "write them one by one")
            }
        })
    }
}

/// A list of words and numbers cannot hold itself twice.
fn constants(items: &[Expr<'_>], span: machinery::Span) -> Checked {
    match items.iter().all(|item| matches!(item, Expr::Const(_))) {
        true => Ok(()),
        false => refuse(span, "lists of values", "a list may hold words and numbers"),
    }
}

fn operator(op: BinOpKind, left: &Expr<'_>, right: &Expr<'_>, span: machinery::Span) -> Checked {
    let (left, right) = (is_number(left), is_number(right));
    match op {
        BinOpKind::Concat => refuse(span, "`~`", APART),
        // A text or list and a number have no sum.
        BinOpKind::Add if !left && !right => refuse(span, "`+` of what may be texts", APART),
        BinOpKind::Mul if !(left && right) => {
            refuse(span, "`*` of what may be a text", "write `|int` behind it, if it is a number")
        }
        BinOpKind::Pow => refuse(span, "`**`", "write the number"),
        _ => Ok(()),
    }
}

/// Whether an expression gives a number, or none at all.
fn is_number(expression: &Expr<'_>) -> bool {
    const NUMBERS: &[&str] = &["length", "count", "int", "float", "round", "abs"];
    match expression {
        Expr::Const(one) => one.value.is_number(),
        Expr::UnaryOp(one) => matches!(one.op, UnaryOpKind::Neg),
        Expr::Filter(one) => NUMBERS.contains(&one.name),
        Expr::GetAttr(one) => {
            let counts = ["index", "index0", "revindex", "revindex0", "length", "depth", "depth0"];
            matches!(&one.expr, Expr::Var(name) if name.id == "loop") && counts.contains(&one.name)
        }
        Expr::BinOp(one) => match one.op {
            BinOpKind::Sub | BinOpKind::Div | BinOpKind::FloorDiv | BinOpKind::Rem => true,
            BinOpKind::Add => is_number(&one.left) || is_number(&one.right),
            BinOpKind::Mul => is_number(&one.left) && is_number(&one.right),
            _ => false,
        },
        _ => false,
    }
}
