//! Values as a change set compares them: what YAML's core schema makes of a text, and nothing of how
//! it is written.

use serde_json::{Map, Number};

use super::set::Doubt;
use crate::source::{Place, Source};
use crate::yaml::{Node, NodeKind, Scalar};

/// A value of a document.
#[derive(Debug, Clone, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A truth.
    Bool(bool),
    /// An integer in decimal digits, of any length.
    Int(String),
    /// A number that is no integer, in the shortest digits that mean it (ECMAScript's form).
    Float(String),
    /// A text.
    Str(String),
    /// A list.
    Seq(Vec<Located>),
    /// Fields, in the order in which they are written.
    Map(Vec<(String, Located)>),
}

/// The order of fields means nothing; that of items does.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Int(one), Self::Int(other))
            | (Self::Float(one), Self::Float(other))
            | (Self::Str(one), Self::Str(other)) => one == other,
            (Self::Seq(one), Self::Seq(other)) => one == other,
            (Self::Map(one), Self::Map(_)) => {
                let same = |(key, value): &(String, Located)| other.get(key) == Some(value);
                one.len() == other.fields().len() && one.iter().all(same)
            }
            _ => false,
        }
    }
}

/// A value and where it is written.
#[derive(Debug, Clone)]
pub struct Located {
    /// The value.
    pub value: Value,
    /// Where it is written: of a field or an item, its value. Nothing for what follows from where a
    /// document stands.
    pub place: Option<Place>,
}

/// Equal values are equal wherever they stand.
impl PartialEq for Located {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Located {}

impl Located {
    /// Whether it is equal with its fields in the same order, which is quickly told of values of any
    /// size. What is not alike may be equal all the same.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Map(one), Value::Map(other)) => {
                let same =
                    |(a, b): (&(String, Self), &(String, Self))| a.0 == b.0 && a.1.is_alike(&b.1);
                one.len() == other.len() && one.iter().zip(other).all(same)
            }
            (Value::Seq(one), Value::Seq(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.is_alike(b))
            }
            (one, other) => one == other,
        }
    }
}

impl From<Value> for Located {
    fn from(value: Value) -> Self {
        Self { value, place: None }
    }
}

impl Value {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Str(text.into())
    }

    /// The text of a text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; nothing for anything else.
    pub fn items(&self) -> &[Located] {
        match self {
            Self::Seq(items) => items,
            _ => &[],
        }
    }

    /// The fields of a mapping; nothing for anything else.
    pub fn fields(&self) -> &[(String, Located)] {
        match self {
            Self::Map(fields) => fields,
            _ => &[],
        }
    }

    /// The value of a field.
    pub fn get(&self, key: &str) -> Option<&Located> {
        self.fields().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The same as JSON, for people and programs; numbers that JSON cannot hold are texts.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(truth) => (*truth).into(),
            Self::Int(digits) => match digits.parse::<i64>() {
                Ok(number) => number.into(),
                Err(_) => digits.parse::<u64>().map_or_else(|_| digits.clone().into(), Into::into),
            },
            Self::Float(digits) => {
                let number = digits.parse().ok().and_then(Number::from_f64);
                number.map_or_else(|| digits.clone().into(), serde_json::Value::Number)
            }
            Self::Str(text) => text.clone().into(),
            Self::Seq(items) => items.iter().map(|item| item.value.to_json()).collect(),
            Self::Map(fields) => {
                let field = |(key, field): &(String, Located)| (key.clone(), field.value.to_json());
                serde_json::Value::Object(fields.iter().map(field).collect::<Map<_, _>>())
            }
        }
    }
}

/// Reads the values of documents, and collects what cannot be compared.
pub(super) struct Reading<'s> {
    /// The text that is read.
    pub(super) source: &'s Source,
    /// What cannot be compared.
    pub(super) doubts: &'s mut Vec<Doubt>,
}

impl Reading<'_> {
    /// A value of the text.
    pub(super) fn value(&mut self, node: Node<'_>) -> Located {
        let value = match node.kind() {
            NodeKind::Scalar(Scalar::Null) => Value::Null,
            NodeKind::Scalar(Scalar::Bool(truth)) => Value::Bool(truth),
            NodeKind::Scalar(Scalar::Str) => Value::text(node.text().unwrap_or_default()),
            NodeKind::Scalar(Scalar::Int) => Value::Int(self.integer(node)),
            NodeKind::Scalar(Scalar::Float) => self.float(node),
            NodeKind::Sequence => Value::Seq(node.items().map(|item| self.value(item)).collect()),
            NodeKind::Mapping => Value::Map(self.fields(node)),
        };
        Located { value, place: Some(self.source.place(node.span())) }
    }

    fn fields(&mut self, node: Node<'_>) -> Vec<(String, Located)> {
        let mut fields: Vec<(String, Located)> = Vec::with_capacity(node.entries().len());
        let mut known = std::collections::BTreeSet::new();
        for (key, value) in node.entries() {
            let name = key.text().unwrap_or_default();
            if key.as_str().is_none() {
                self.doubt(key, "this key is no string, so nobody can say which field changes");
            }
            if !known.insert(name) {
                self.doubt(key, "this key is there twice, so nobody can say which value counts");
                continue;
            }
            let value = self.value(value);
            fields.push((name.to_owned(), value));
        }
        fields
    }

    fn integer(&mut self, node: Node<'_>) -> String {
        let text = node.text().unwrap_or_default();
        if let Some(number) = node.as_i128() {
            return number.to_string();
        }
        // Of decimal digits the value is what is left without sign and zeros in front.
        let negative = text.starts_with('-');
        let digits = text.trim_start_matches(['+', '-']);
        if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let digits = digits.trim_start_matches('0');
            return if negative { format!("-{digits}") } else { digits.to_owned() };
        }
        self.doubt(node, "this number is too large to be compared");
        text.to_owned()
    }

    fn float(&mut self, node: Node<'_>) -> Value {
        match node.as_f64().filter(|number| number.is_finite()) {
            Some(number) => Value::Float(ecmascript(number)),
            None => {
                self.doubt(node, "this number is not finite, so it cannot be compared");
                Value::text(node.text().unwrap_or_default())
            }
        }
    }

    fn doubt(&mut self, node: Node<'_>, message: &str) {
        let place = self.source.place(node.span());
        self.doubts.push(Doubt { place, message: message.to_owned() });
    }
}

/// The most fields of a mapping that are looked through for a name that stands there twice.
const FEW: usize = 64;

/// Whether two nodes make the same value, with fields in the same order and without any doubt. It is
/// quickly told, and nothing is made of either; what is not the same may be equal all the same.
pub(super) fn is_same(one: Node<'_>, other: Node<'_>) -> bool {
    match (one.kind(), other.kind()) {
        (NodeKind::Scalar(Scalar::Null), NodeKind::Scalar(Scalar::Null)) => true,
        (NodeKind::Scalar(Scalar::Bool(one)), NodeKind::Scalar(Scalar::Bool(other))) => {
            one == other
        }
        (NodeKind::Scalar(Scalar::Str), NodeKind::Scalar(Scalar::Str)) => {
            one.text() == other.text()
        }
        (NodeKind::Scalar(Scalar::Int), NodeKind::Scalar(Scalar::Int)) => {
            one.as_i128().is_some() && one.as_i128() == other.as_i128()
        }
        (NodeKind::Scalar(Scalar::Float), NodeKind::Scalar(Scalar::Float)) => {
            let number = one.as_f64().filter(|number| number.is_finite());
            number.is_some() && number == other.as_f64()
        }
        (NodeKind::Sequence, NodeKind::Sequence) => {
            one.items().len() == other.items().len()
                && one.items().zip(other.items()).all(|(one, other)| is_same(one, other))
        }
        (NodeKind::Mapping, NodeKind::Mapping) => is_same_mapping(one, other),
        _ => false,
    }
}

fn is_same_mapping(one: Node<'_>, other: Node<'_>) -> bool {
    let count = one.entries().len();
    if count > FEW || count != other.entries().len() {
        return false;
    }
    let mut entries = one.entries().zip(other.entries()).enumerate();
    entries.all(|(at, ((key, value), (other_key, other_value)))| {
        let name = key.as_str();
        name.is_some()
            && name == other_key.as_str()
            && one.entries().take(at).all(|(earlier, _)| earlier.as_str() != name)
            && is_same(value, other_value)
    })
}

/// A number in the form that RFC 8785 takes from ECMAScript (`Number::toString`): the shortest
/// digits that mean it, with an exponent below 1e-6 and from 1e21 on.
fn ecmascript(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    // Rust gives the shortest digits, too: `1.2345e-7`.
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let count = digits.len() as i32;
    let text = match exponent {
        21.. | ..=-8 | -7 => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            let sign = if exponent > 0 { "+" } else { "-" };
            format!("{first}{point}{rest}e{sign}{}", exponent.abs())
        }
        ..0 => format!("0.{}{digits}", "0".repeat(usize::try_from(-exponent - 1).unwrap_or(0))),
        _ if exponent >= count - 1 => {
            format!("{digits}{}", "0".repeat(usize::try_from(exponent + 1 - count).unwrap_or(0)))
        }
        _ => {
            let (whole, fraction) = digits.split_at(usize::try_from(exponent + 1).unwrap_or(0));
            format!("{whole}.{fraction}")
        }
    };
    if number < 0.0 { format!("-{text}") } else { text }
}

/// Adds the fields of a document that extends another; lists are joined, and what is there stays
/// (DESIGN §2: an extension adds fields and changes none).
pub(super) fn extend(whole: &mut Located, more: Located) {
    match (&mut whole.value, more.value) {
        (Value::Map(fields), Value::Map(more)) => {
            for (key, value) in more {
                match fields.iter_mut().find(|(name, _)| *name == key) {
                    Some((_, known)) => extend(known, value),
                    None => fields.push((key, value)),
                }
            }
        }
        (Value::Seq(items), Value::Seq(more)) => {
            let new: Vec<Located> = more.into_iter().filter(|item| !items.contains(item)).collect();
            items.extend(new);
        }
        (null @ Value::Null, more_value) => {
            *null = more_value;
            whole.place = more.place;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::File;
    use crate::yaml::{Limits, parse};

    fn read(text: &str) -> (Located, Vec<String>) {
        let source = Source::new(File::local("a.yaml"), text.to_owned());
        let stream = parse(&source, &Limits::default());
        let mut doubts = Vec::new();
        let mut reading = Reading { source: &source, doubts: &mut doubts };
        let value = reading.value(stream.arena.node(stream.documents[0]));
        (value, doubts.into_iter().map(|doubt| doubt.message).collect())
    }

    #[test]
    fn numbers_are_equal_however_they_are_written() {
        let (value, doubts) = read("[0x1F, 31, +31, 0o37, 031, -0, 000, 1.50, 15e-1, -0.0]");
        let shown: Vec<String> =
            value.value.items().iter().map(|item| format!("{:?}", item.value)).collect();
        assert_eq!(doubts, [""; 0]);
        assert_eq!(shown[..5], [r#"Int("31")"#; 5]);
        assert_eq!(shown[5..7], [r#"Int("0")"#; 2]);
        assert_eq!(shown[7..9], [r#"Float("1.5")"#; 2]);
        assert_eq!(shown[9], r#"Float("0")"#);
        let long = "1".repeat(60);
        assert_eq!(read(&format!("+00{long}")).0.value, Value::Int(long));
    }

    #[test]
    fn floats_have_the_form_of_rfc_8785() {
        // The samples of its appendix B that are finite.
        for (bits, text) in [
            (0x0000_0000_0000_0000_u64, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        ] {
            assert_eq!(ecmascript(f64::from_bits(bits)), text);
        }
    }

    #[test]
    fn what_cannot_be_compared_is_told() {
        assert_eq!(read("{1: a}").1.len(), 1);
        assert_eq!(read("{a: .inf, b: [.nan]}").1.len(), 2);
        assert_eq!(read("{a: 1, a: 2}").1.len(), 1);
        assert_eq!(read("{a: 'x', b: null, c: [1, {d: 2.5}]}").1, [""; 0]);
    }

    #[test]
    fn an_extension_adds_and_changes_nothing() {
        let mut whole = read("{a: 1, b: {c: [x]}, e: null}").0;
        extend(&mut whole, read("{a: 2, b: {c: [x, y], d: 3}, e: 4}").0);
        assert_eq!(whole, read("{a: 1, b: {c: [x, y], d: 3}, e: 4}").0);
    }
}
