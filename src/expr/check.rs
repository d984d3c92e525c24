//! Checking an expression before it is evaluated, and rewriting it to what is evaluated.
//!
//! One walk does both: it knows the shape of each part, so it sees fields that nothing has and words
//! that a field cannot hold; and it puts the functions of [`meter`](super::meter) in the place of
//! operators.

use std::collections::BTreeSet;

use cel::IdedExpr;
use cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, ListExpr, LiteralValue, SelectExpr, operators,
};
use cel::common::types::{CelInt, CelString};

use super::meter;
use super::program::parts_of;
use super::shape::{Shape, Vocabulary};
use crate::finding::nearest;

/// Something that is wrong with an expression, and where: the id of a part, and a word in it.
pub(super) struct Fault {
    pub(super) id: u64,
    pub(super) word: Option<String>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// A walk through an expression.
pub(super) struct Check<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    /// Variables of comprehensions, innermost last.
    scope: Vec<(String, Shape)>,
    /// What was found.
    pub(super) faults: Vec<Fault>,
}

pub(super) const TRUTH: Shape = Shape::Plain("true or false");
pub(super) const NUMBER: Shape = Shape::Plain("number");

pub(super) fn call(id: u64, name: &str, args: Vec<IdedExpr>) -> IdedExpr {
    let func_name = name.to_owned();
    IdedExpr { id, expr: Expr::Call(CallExpr { func_name, target: None, args }) }
}

pub(super) fn text(id: u64, value: String) -> IdedExpr {
    IdedExpr { id, expr: Expr::Literal(LiteralValue::String(CelString::from(value))) }
}

pub(super) fn literal_text(expr: &IdedExpr) -> Option<&str> {
    match &expr.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

impl<'a> Check<'a> {
    pub(super) fn new(vocabulary: &'a Vocabulary) -> Self {
        Self { vocabulary, scope: Vec::new(), faults: Vec::new() }
    }

    pub(super) fn fault(&mut self, id: u64, word: &str, message: String, help: Option<String>) {
        let word = Some(word.to_owned()).filter(|word| !word.is_empty());
        self.faults.push(Fault { id, word, message, help });
    }

    /// Checks a part; gives what is evaluated in its place, and its shape.
    pub(super) fn walk(&mut self, expr: IdedExpr) -> (IdedExpr, Shape) {
        let id = expr.id;
        match expr.expr {
            Expr::Ident(name) => {
                let shape = self.variable(id, &name);
                (IdedExpr { id, expr: Expr::Ident(name) }, shape)
            }
            Expr::Literal(literal) => {
                let shape = match &literal {
                    LiteralValue::Boolean(_) => TRUTH,
                    LiteralValue::String(_) => Shape::TEXT,
                    LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_) => {
                        NUMBER
                    }
                    _ => Shape::Any,
                };
                (IdedExpr { id, expr: Expr::Literal(literal) }, shape)
            }
            Expr::Select(select) => self.select(id, select),
            Expr::Call(inner) => self.call(id, inner),
            Expr::List(list) => self.list(id, list),
            Expr::Comprehension(inner) => self.comprehension(id, *inner),
            Expr::Map(mut map) => {
                for entry in &mut map.entries {
                    if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                        entry.key = self.walk(std::mem::take(&mut entry.key)).0;
                        let value = self.walk(std::mem::take(&mut entry.value)).0;
                        entry.value = call(value.id, meter::CHARGE, vec![value]);
                    }
                }
                (IdedExpr { id, expr: Expr::Map(map) }, Shape::Any)
            }
            Expr::Struct(_) | Expr::Unspecified => {
                self.fault(id, "", "an expression makes no messages".to_owned(), None);
                (IdedExpr { id, expr: Expr::Unspecified }, Shape::Any)
            }
        }
    }

    fn variable(&mut self, id: u64, name: &str) -> Shape {
        // What macros make for themselves cannot be written by anybody.
        if name.starts_with('@') {
            return Shape::Any;
        }
        if let Some((_, shape)) = self.scope.iter().rev().find(|(known, _)| known == name) {
            return shape.clone();
        }
        if let Some(shape) = self.vocabulary.variables.get(name) {
            return shape.clone();
        }
        let known: Vec<&str> = self.vocabulary.variables.keys().map(String::as_str).collect();
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.fields_of_entity().contains(name) => {
                format!("did you mean `entity.{name}` or `entity.spec.{name}`?")
            }
            None => format!("the names are {}; a text stands in quotes", listed(&known)),
        };
        self.fault(id, name, format!("there is nothing called `{name}`"), Some(help));
        Shape::Any
    }

    fn fields_of_entity(&self) -> BTreeSet<&str> {
        let fields = self.vocabulary.entity.fields().into_iter();
        let spec = self.vocabulary.entity.field("spec").fields().into_iter();
        fields.chain(spec).flat_map(|fields| fields.keys().map(String::as_str)).collect()
    }

    fn select(&mut self, id: u64, select: SelectExpr) -> (IdedExpr, Shape) {
        let (operand, shape) = self.walk(*select.operand);
        self.check_field(id, &shape, &select.field);
        let field = shape.field(&select.field).clone();
        if select.test {
            let name = text(id, select.field);
            return (call(id, meter::HAS, vec![operand, name]), TRUTH);
        }
        // What nothing is known of is asked without minding; the root of a name is asked as it is.
        let is_name = matches!(&operand.expr, Expr::Ident(name) if name == "variables");
        if matches!(shape, Shape::Any | Shape::Mixed(_)) && !is_name {
            let name = text(id, select.field);
            return (call(id, meter::FIELD, vec![operand, name]), field);
        }
        let select = SelectExpr { operand: Box::new(operand), ..select };
        (IdedExpr { id, expr: Expr::Select(select) }, field)
    }

    fn check_field(&mut self, id: u64, shape: &Shape, field: &str) {
        if let Some(fields) = shape.fields() {
            if fields.contains_key(field) {
                return;
            }
            let names: Vec<&str> = fields.keys().map(String::as_str).collect();
            let help = match nearest(field, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if matches!(shape, Shape::Entity(_)) && self.is_method(field) => {
                    format!("write `{field}()`")
                }
                None => format!(
                    "what is there: {}; a field that no schema knows is read as `[\"{field}\"]`",
                    listed(&names)
                ),
            };
            self.fault(id, field, format!("there is no field `{field}`"), Some(help));
            return;
        }
        let what = match shape {
            Shape::Text(_) | Shape::Reference => "a text",
            Shape::Plain(what) => what,
            Shape::List(_) => "a list",
            _ => return,
        };
        let help = match shape {
            Shape::List(_) => Some(format!("ask its items: `.exists(x, x.{field} == …)`")),
            _ => None,
        };
        self.fault(id, field, format!("{what} has no field `{field}`"), help);
    }

    pub(super) fn is_method(&self, name: &str) -> bool {
        self.vocabulary.methods.iter().any(|method| method.name == name)
    }

    fn list(&mut self, id: u64, list: ListExpr) -> (IdedExpr, Shape) {
        let mut items: Option<Shape> = None;
        let mut elements = Vec::with_capacity(list.elements.len());
        for element in list.elements {
            let (element, shape) = self.walk(element);
            items = Some(match items {
                Some(known) => known.join(shape),
                None => shape,
            });
            elements.push(match &element.expr {
                Expr::Literal(_) => element,
                _ => call(element.id, meter::CHARGE, vec![element]),
            });
        }
        let shape = Shape::List(items.unwrap_or(Shape::Any).into());
        let list = ListExpr { elements, optional_indices: list.optional_indices };
        (IdedExpr { id, expr: Expr::List(list) }, shape)
    }

    fn comprehension(&mut self, id: u64, inner: ComprehensionExpr) -> (IdedExpr, Shape) {
        let (range, shape) = self.walk(inner.iter_range);
        if matches!(shape, Shape::Text(_) | Shape::Reference | Shape::Plain(_)) {
            let message = "only the items of a list can be gone through".to_owned();
            self.fault(range.id, "", message, None);
        }
        let accu_init = self.walk(inner.accu_init).0;
        self.scope.push((inner.iter_var.clone(), shape.items().clone()));
        let loop_cond = self.walk(inner.loop_cond).0;
        let (loop_step, result) = self.step(inner.loop_step, &inner.accu_var);
        let result_expr = self.walk(inner.result).0;
        self.scope.pop();
        // Each item costs as much as what is done with it.
        let parts = i64::try_from(parts_of(&loop_cond) + parts_of(&loop_step)).unwrap_or(i64::MAX);
        let parts = LiteralValue::Int(CelInt::from(parts));
        let parts = IdedExpr { id, expr: Expr::Literal(parts) };
        let expr = Expr::Comprehension(Box::new(ComprehensionExpr {
            iter_range: call(range.id, meter::CHARGE_EACH, vec![range, parts]),
            iter_var: inner.iter_var,
            iter_var2: inner.iter_var2,
            accu_var: inner.accu_var,
            accu_init,
            loop_cond,
            loop_step,
            result: result_expr,
        }));
        (IdedExpr { id, expr }, result)
    }

    /// The step of a comprehension. What it appends to stays an addition: the interpreter does that
    /// in place.
    fn step(&mut self, step: IdedExpr, accu: &str) -> (IdedExpr, Shape) {
        let id = step.id;
        let is_accu = |expr: &IdedExpr| matches!(&expr.expr, Expr::Ident(name) if name == accu);
        match step.expr {
            Expr::Call(CallExpr { func_name, target: None, mut args })
                if func_name == operators::ADD && args.first().is_some_and(is_accu) =>
            {
                let (added, shape) = self.walk(args.pop().unwrap_or_default());
                args.push(added);
                (call(id, &func_name, args), shape)
            }
            Expr::Call(CallExpr { func_name, target: None, args })
                if func_name == operators::CONDITIONAL && args.len() == 3 =>
            {
                let mut shape = Shape::Any;
                let mut parts = Vec::with_capacity(3);
                for (number, part) in args.into_iter().enumerate() {
                    let (part, of_part) = self.step(part, accu);
                    if number == 1 {
                        shape = of_part;
                    }
                    parts.push(part);
                }
                (call(id, &func_name, parts), shape)
            }
            expr => {
                let (step, shape) = self.walk(IdedExpr { id, expr });
                // `all`, `exists` and `exists_one` count or combine truths.
                (step, if matches!(shape, Shape::Any) { TRUTH } else { shape })
            }
        }
    }
}

/// Some words, and how many there are beyond a dozen.
pub(super) fn listed(words: &[&str]) -> String {
    const MOST: usize = 12;
    let mut text = words.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if words.len() > MOST {
        text.push_str(&format!(" and {} more", words.len() - MOST));
    }
    text
}
