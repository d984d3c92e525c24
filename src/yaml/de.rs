//! Typed values from a node, by serde.
//!
//! The schema has judged the document before, so an error here is a difference between a Rust
//! type and its schema, and tests look for one.

use serde::de::{self, DeserializeOwned, IntoDeserializer, Visitor};

use super::arena::{Node, NodeKind};
use super::scalar::Scalar;

/// A node does not fit a type.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Mismatch(String);

impl de::Error for Mismatch {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Reads a typed value.
///
/// # Errors
///
/// The node's shape is not the type's.
pub fn from_node<T: DeserializeOwned>(node: Node<'_>) -> Result<T, Mismatch> {
    T::deserialize(Reader(node))
}

struct Reader<'a>(Node<'a>);

impl<'a> IntoDeserializer<'a, Mismatch> for Reader<'a> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> de::Deserializer<'de> for Reader<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let node = self.0;
        match node.kind() {
            NodeKind::Scalar(Scalar::Null) => visitor.visit_unit(),
            NodeKind::Scalar(Scalar::Bool(value)) => visitor.visit_bool(value),
            NodeKind::Scalar(Scalar::Int) => match node.as_i128() {
                Some(value) if i64::try_from(value).is_ok() => visitor.visit_i64(value as i64),
                Some(value) => visitor.visit_i128(value),
                None => visitor.visit_f64(node.as_f64().unwrap_or(f64::NAN)),
            },
            // JSON Schema takes `10.0` for an integer, and a type that wants a number takes both.
            NodeKind::Scalar(Scalar::Float) => match node.as_f64().unwrap_or(f64::NAN) {
                whole if whole.fract() == 0.0 && whole.abs() < 9e15 => {
                    visitor.visit_i64(whole as i64)
                }
                value => visitor.visit_f64(value),
            },
            NodeKind::Scalar(Scalar::Str) => {
                visitor.visit_borrowed_str(node.text().unwrap_or_default())
            }
            NodeKind::Sequence => {
                visitor.visit_seq(de::value::SeqDeserializer::new(node.items().map(Reader)))
            }
            NodeKind::Mapping => visitor.visit_map(de::value::MapDeserializer::new(
                node.entries().map(|(key, value)| (key.text().unwrap_or_default(), Reader(value))),
            )),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0.is_null() {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let text = self.0.as_str().unwrap_or_default();
        visitor.visit_enum(text.into_deserializer())
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{File, Source};
    use crate::yaml::{Limits, parse};

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Level {
        Off,
        Error,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Config {
        name: String,
        count: u8,
        ratio: f64,
        level: Level,
        other: Option<Level>,
        list: Vec<bool>,
    }

    #[test]
    fn a_struct_reads_from_a_document() {
        let text = "name: no\ncount: 0x10\nratio: .5\nlevel: off\nother: ~\nlist: [true]\n";
        let source = Source::new(File::local("a.yaml"), text.to_owned());
        let stream = parse(&source, &Limits::default());
        let read: Config = from_node(stream.arena.node(stream.documents[0])).unwrap();
        let config = Config {
            name: "no".to_owned(),
            count: 16,
            ratio: 0.5,
            level: Level::Off,
            other: None,
            list: vec![true],
        };
        assert_eq!(read, config);
    }
}
