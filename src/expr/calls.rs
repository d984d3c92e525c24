//! Checking calls: operators, functions, and methods of entities.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, ListExpr, LiteralValue, operators};

use super::MethodRow;
use super::check::{Check, NUMBER, TRUTH, call, listed, literal_text, text};
use super::functions::{FUNCTIONS, misfit};
use super::meter;
use super::shape::Shape;
use super::texts::TEXTS;
use crate::finding::nearest;

fn is_null(expr: &IdedExpr) -> bool {
    matches!(expr.expr, Expr::Literal(LiteralValue::Null))
}

impl Check<'_> {
    pub(super) fn call(&mut self, id: u64, inner: CallExpr) -> (IdedExpr, Shape) {
        if let Some(target) = inner.target {
            return self.member(id, &inner.func_name, *target, inner.args);
        }
        let mut shapes = Vec::with_capacity(inner.args.len());
        let mut args = Vec::with_capacity(inner.args.len());
        for argument in inner.args {
            let (argument, shape) = self.walk(argument);
            args.push(argument);
            shapes.push(shape);
        }
        if let Some(gives) = self.operator(id, &inner.func_name, &mut args, &shapes) {
            let name = replaced(&inner.func_name);
            return (call(id, name, args), gives);
        }
        let gives = self.function(id, &inner.func_name);
        if let Some((argument, text)) =
            args.first().and_then(|one| Some((one.id, literal_text(one)?)))
            && let Some(wanted) = misfit(&inner.func_name, text)
        {
            let message = format!("`{}` wants {wanted}", inner.func_name);
            self.fault(argument, "", message, None);
        }
        (call(id, &inner.func_name, args), gives)
    }

    /// What an operator gives; nothing if it is a function.
    fn operator(
        &mut self,
        id: u64,
        name: &str,
        args: &mut [IdedExpr],
        shapes: &[Shape],
    ) -> Option<Shape> {
        Some(match name {
            operators::EQUALS | operators::NOT_EQUALS | operators::IN => {
                self.check_words(name, args, shapes);
                // Whatever stands for something absent knows that it equals null; null does not.
                if let [left, right] = args
                    && name != operators::IN
                    && is_null(left)
                {
                    std::mem::swap(left, right);
                }
                TRUTH
            }
            operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT => {
                for (argument, shape) in args.iter().zip(shapes) {
                    if !matches!(shape, Shape::Any | Shape::Mixed(_)) && *shape != TRUTH {
                        let message = "this is neither true nor false".to_owned();
                        let help = "compare it, or ask `has(…)`".to_owned();
                        self.fault(argument.id, "", message, Some(help));
                    }
                }
                TRUTH
            }
            operators::NOT_STRICTLY_FALSE
            | operators::LESS
            | operators::LESS_EQUALS
            | operators::GREATER
            | operators::GREATER_EQUALS => TRUTH,
            operators::CONDITIONAL => match shapes {
                [_, yes, no] => yes.clone().join(no.clone()),
                _ => Shape::Any,
            },
            operators::INDEX => match (shapes.first(), args.get(1).and_then(literal_text)) {
                (Some(shape), Some(field)) => shape.field(field).clone(),
                (Some(Shape::List(items)), _) => items.as_ref().clone(),
                (Some(Shape::Map(items)), _) => items.as_ref().clone(),
                _ => Shape::Any,
            },
            operators::ADD => match shapes {
                [left, right] if left == right => left.clone(),
                _ => Shape::Any,
            },
            operators::NEGATE | operators::MULTIPLY | operators::DIVIDE | operators::MODULO => {
                NUMBER
            }
            operators::SUBSTRACT => Shape::Any,
            _ if name.starts_with(['_', '@', '!', '-']) => {
                self.fault(id, "", format!("`{name}` cannot be used here"), None);
                Shape::Any
            }
            _ => return None,
        })
    }

    /// A field that holds one of a few words is compared with one of them.
    fn check_words(&mut self, name: &str, args: &[IdedExpr], shapes: &[Shape]) {
        let ([left, right], [left_shape, right_shape]) = (args, shapes) else { return };
        let mut faults: Vec<(u64, String, String)> = Vec::new();
        let spelling = self.vocabulary.spelling;
        let mut spelt = |shape: &Shape, other: &IdedExpr| {
            let (Shape::Reference, Some(text)) = (shape, literal_text(other)) else { return };
            if let Some(right) = spelling(text) {
                let message = format!("a reference is written '{right}' here");
                faults.push((other.id, message, format!("write '{right}'")));
            }
        };
        match name {
            operators::IN => {
                spelt(right_shape.items(), left);
                if let Expr::List(list) = &right.expr {
                    list.elements.iter().for_each(|item| spelt(left_shape, item));
                }
            }
            _ => {
                spelt(left_shape, right);
                spelt(right_shape, left);
            }
        }
        for (id, message, help) in faults {
            self.fault(id, "", message, Some(help));
        }
        self.check_sorts(name, (left, left_shape), (right, right_shape));
        let mut compare = |shape: &Shape, other: &IdedExpr| {
            let (Shape::Text(Some(words)), Some(text)) = (shape, literal_text(other)) else {
                return;
            };
            if words.contains(text) {
                return;
            }
            let known: Vec<&str> = words.iter().map(String::as_str).collect();
            let help = match nearest(text, known.iter().copied()) {
                Some(near) => format!("did you mean '{near}'?"),
                None => format!("it can be {}", listed(&known)),
            };
            self.fault(other.id, "", format!("this is never '{text}'"), Some(help));
        };
        match name {
            operators::IN => {
                compare(right_shape.items(), left);
                if let Expr::List(list) = &right.expr {
                    for item in &list.elements {
                        compare(left_shape, item);
                    }
                }
            }
            _ => {
                compare(left_shape, right);
                compare(right_shape, left);
            }
        }
    }

    /// What is of different sorts is never equal, and never among the others.
    fn check_sorts(
        &mut self,
        name: &str,
        (left, left_shape): (&IdedExpr, &Shape),
        (right, right_shape): (&IdedExpr, &Shape),
    ) {
        if is_null(left) || is_null(right) {
            return;
        }
        let right_shape = match (name, right_shape) {
            (operators::IN, Shape::List(items)) => items,
            (operators::IN, _) => return,
            (_, shape) => shape,
        };
        let (Some(one), Some(other)) = (left_shape.sort(), right_shape.sort()) else { return };
        if one == other {
            return;
        }
        let message = match name {
            operators::IN => format!("{one} is never among these: each is {other}"),
            _ => format!("{one} and {other} are never equal"),
        };
        let help = match (one, other) {
            ("a text", "an entity") | ("an entity", "a text") => {
                "compare its name: `.exists(x, x.ref == 'team:payments')`".to_owned()
            }
            ("true or false", "a text") | ("a text", "true or false") => {
                "write `true` or `false` without quotes".to_owned()
            }
            ("number", "a text") | ("a text", "number") => {
                "write the number without quotes".to_owned()
            }
            _ => "compare what is of one sort".to_owned(),
        };
        let at = if literal_text(left).is_some() { left.id } else { right.id };
        self.fault(at, "", message, Some(help));
    }

    fn function(&mut self, id: u64, name: &str) -> Shape {
        if let Some(row) = FUNCTIONS.iter().find(|row| row.name == name) {
            return match row.gives {
                "text" => Shape::TEXT,
                "number" => NUMBER,
                "truth" => TRUTH,
                "instant" => Shape::Plain("an instant"),
                "length" => Shape::Plain("a length of time"),
                _ => Shape::Any,
            };
        }
        let help = match self.is_method(name) {
            true => format!("ask an entity: `entity.{name}(…)`"),
            false => {
                let functions = FUNCTIONS.iter().map(|row| row.name);
                let methods = self.vocabulary.methods.iter().map(|row| row.name);
                match nearest(name, functions.chain(methods)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`gitsm explain cel` lists the functions".to_owned(),
                }
            }
        };
        self.fault(id, name, format!("there is no function `{name}`"), Some(help));
        Shape::Any
    }

    fn member(
        &mut self,
        id: u64,
        name: &str,
        target: IdedExpr,
        args: Vec<IdedExpr>,
    ) -> (IdedExpr, Shape) {
        let (target, shape) = self.walk(target);
        let args: Vec<IdedExpr> = args.into_iter().map(|argument| self.walk(argument).0).collect();
        if self.is_method(name)
            && !matches!(shape, Shape::Text(_) | Shape::Reference | Shape::Plain(_))
        {
            return self.method(id, name, target, &shape, args);
        }
        let gives = self.function(id, name);
        let mut forms = TEXTS.iter().filter(|(known, ..)| *known == name).peekable();
        if forms.peek().is_some() {
            let Some((.., counted)) = forms.find(|(_, count, _)| *count == args.len()) else {
                let usage = FUNCTIONS.iter().find(|row| row.name == name).map(|row| row.usage);
                let help = usage.map(|usage| format!("write `{usage}`"));
                self.fault(id, name, format!("`{name}` takes other arguments"), help);
                return (target, gives);
            };
            return (call(id, counted, std::iter::once(target).chain(args).collect()), gives);
        }
        let (target, args) = match name {
            "matches" => (
                call(target.id, meter::CHARGE, vec![target]),
                args.into_iter().map(|one| call(one.id, meter::MATCHES, vec![one])).collect(),
            ),
            _ => (target, args),
        };
        let target = Some(Box::new(target));
        let inner = CallExpr { func_name: name.to_owned(), target, args };
        (IdedExpr { id, expr: Expr::Call(inner) }, gives)
    }

    /// A method of an entity is evaluated as an index into it.
    fn method(
        &mut self,
        id: u64,
        name: &str,
        target: IdedExpr,
        shape: &Shape,
        args: Vec<IdedExpr>,
    ) -> (IdedExpr, Shape) {
        let row = self.vocabulary.methods.iter().find(|row| row.name == name);
        let gives = match row.is_some_and(|row| row.gives_entities) {
            true => Shape::List(self.vocabulary.entity.clone().into()),
            false => TRUTH,
        };
        match shape {
            Shape::Entity(_) | Shape::Any => {}
            Shape::List(_) => {
                let help = format!("ask its items: `.exists(x, x.{name}(…))`");
                self.fault(id, name, format!("a list has no `{name}()`"), Some(help));
            }
            _ => {
                let help = format!("ask the entity: `entity.{name}(…)`");
                self.fault(id, name, format!("only an entity has `{name}()`"), Some(help));
            }
        }
        if let Some(row) = row {
            self.check_arguments(id, row, &args);
        }
        let key = text(id, format!("\u{0}{name}"));
        let key = match args.is_empty() {
            true => key,
            false => {
                let elements = std::iter::once(key).chain(args).collect();
                let list = ListExpr { elements, optional_indices: Vec::new() };
                IdedExpr { id, expr: Expr::List(list) }
            }
        };
        (call(id, operators::INDEX, vec![target, key]), gives)
    }

    fn check_arguments(&mut self, id: u64, row: &MethodRow, args: &[IdedExpr]) {
        if args.len() != row.arguments.len() {
            let usage = format!("write `{}({})`", row.name, row.arguments.join(", "));
            let message = format!("`{}` takes {} arguments", row.name, row.arguments.len());
            self.fault(id, row.name, message, Some(usage));
        }
        let words = (row.words)();
        for argument in args.iter().filter(|_| !words.is_empty()) {
            let Some(text) = literal_text(argument) else { continue };
            if words.contains(&text) {
                continue;
            }
            let help = match nearest(text, words.iter().copied()) {
                Some(near) => format!("did you mean '{near}'?"),
                None => format!("it can be {}", listed(&words)),
            };
            let what = row.arguments.first().copied().unwrap_or("word");
            self.fault(argument.id, "", format!("there is no {what} '{text}'"), Some(help));
        }
    }
}

/// What is evaluated in the place of an operator.
fn replaced(name: &str) -> &str {
    match name {
        operators::ADD => meter::ADD,
        operators::SUBSTRACT => meter::SUBTRACT,
        operators::LESS => meter::LESS,
        operators::LESS_EQUALS => meter::LESS_EQUAL,
        operators::GREATER => meter::GREATER,
        operators::GREATER_EQUALS => meter::GREATER_EQUAL,
        name => name,
    }
}
