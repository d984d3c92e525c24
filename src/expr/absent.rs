//! What is not there, and asking things for their fields without minding.

use cel::ExecutionError;
use cel::common::traits::{Container, Indexer, Iterable, Iterator as CelIterator, Sizer};
use cel::common::types::{CelBool, CelInt, CelString, NULL_TYPE, Type};
use cel::common::value::{CowVal, Val};

use super::doc::STRICT;

/// The value of a field that is not there: `null`, whose fields are `null`, and which holds nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Absent;

/// Whether a value is `null`.
pub(super) fn is_absent(value: &dyn Val) -> bool {
    value.get_type().name() == NULL_TYPE.name()
}

/// A field of whatever it is; what has no such field gives what is absent.
pub(super) fn field<'b, 'v>(
    arguments: Vec<CowVal<'b, 'v>>,
) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let [value, name] = arguments.as_slice() else {
        return Err(ExecutionError::missing_argument_or_target());
    };
    let found = value.as_indexer().map(|value| value.get(name.as_ref()).map(CowVal::into_owned));
    match found {
        Some(Ok(found)) => Ok(CowVal::Owned(found)),
        None | Some(Err(ExecutionError::NoSuchKey(_) | ExecutionError::UnexpectedType { .. })) => {
            Ok(CowVal::owned(Absent))
        }
        Some(Err(error)) => Err(error),
    }
}

/// Whether something has a field.
pub(super) fn has<'b, 'v>(
    arguments: Vec<CowVal<'b, 'v>>,
) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let [value, name] = arguments.as_slice() else {
        return Err(ExecutionError::missing_argument_or_target());
    };
    let there = value.as_indexer().is_some_and(|value| {
        let strict = value.get(&CelString::from(STRICT));
        match strict.as_ref().ok().and_then(|strict| strict.as_indexer()) {
            Some(strict) => strict.get(name.as_ref()).is_ok(),
            None => value.get(name.as_ref()).is_ok(),
        }
    });
    Ok(CowVal::owned(CelBool::from(there)))
}

impl Val for Absent {
    fn get_type(&self) -> &Type {
        Self::cel_type()
    }

    fn cel_type() -> &'static Type {
        static NULL: Type = NULL_TYPE;
        &NULL
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        super::doc::is_nothing(other)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(Self)
    }
}

impl Indexer for Absent {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        // Nothing is there when it is asked strictly.
        match key.downcast_ref::<CelString>().map(CelString::inner) {
            Some(STRICT) => Ok(CowVal::owned(cel::common::types::CelMap::from(
                std::collections::HashMap::new(),
            ))),
            Some(name) if name.starts_with('\u{0}') => Err(ExecutionError::no_such_key(name)),
            _ => Ok(CowVal::owned(Self)),
        }
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(key).map(CowVal::into_owned)
    }
}

impl Container for Absent {
    fn contains(&self, _: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(false)
    }
}

impl Sizer for Absent {
    fn size(&self) -> CelInt {
        CelInt::from(0)
    }
}

impl Iterable for Absent {
    fn iter<'b, 'v>(&'b self) -> Box<dyn CelIterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Nothing)
    }
}

struct Nothing;

impl<'b, 'v> CelIterator<'b, 'v> for Nothing {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        None
    }
}
