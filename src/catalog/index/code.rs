//! Summaries as bytes. What cannot be read back is nothing, never a panic.

use super::{Defined, Filed, Mention, Summary};
use crate::git::BlobId;
use crate::model::{KINDS, RELATIONS};

/// How many bytes an id of Git's has.
const ID: usize = 20;

/// A file and its summary as bytes.
pub(super) fn encode(path: &str, summary: &Summary) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    text(&mut out, path);
    list(&mut out, summary.blob.as_slice(), |out, blob| out.extend_from_slice(blob.bytes()));
    list(&mut out, &summary.entities, defined);
    out
}

/// What [`encode`] was given; nothing if these are other bytes.
pub(super) fn decode(bytes: &[u8]) -> Option<Filed> {
    let mut input = Input { bytes };
    let path = input.text()?;
    let blob = input.list(|input| BlobId::from_bytes(input.take(ID)?).ok())?.pop();
    let entities = input.list(Input::defined)?;
    input.bytes.is_empty().then_some(Filed { path, summary: Summary { blob, entities } })
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn list<T>(out: &mut Vec<u8>, items: &[T], mut each: impl FnMut(&mut Vec<u8>, &T)) {
    number(out, items.len() as u64);
    items.iter().for_each(|item| each(out, item));
}

fn texts(out: &mut Vec<u8>, items: &[String]) {
    list(out, items, |out, item| text(out, item));
}

/// Where something stands in a table; one past its end if it is not there.
fn place<T>(table: &[T], is: impl Fn(&T) -> bool) -> u64 {
    table.iter().position(is).unwrap_or(table.len()) as u64
}

fn defined(out: &mut Vec<u8>, one: &Defined) {
    number(out, place(KINDS, |kind| std::ptr::eq(*kind, one.kind)));
    text(out, &one.name);
    texts(out, one.extends.as_slice());
    texts(out, &one.formerly);
    list(out, &one.mentions, |out, mention| {
        number(out, place(RELATIONS, |relation| std::ptr::eq(relation, mention.relation)));
        texts(out, &mention.targets);
    });
    texts(out, &one.spoken);
    texts(out, &one.sources);
    texts(out, &one.embeds);
    texts(out, &one.accounts);
    list(out, one.ends.as_slice(), |out, end| out.extend_from_slice(&end.to_le_bytes()));
    number(out, u64::from(one.folder) | u64::from(one.board) << 1);
}

/// Bytes that are still to be read.
struct Input<'b> {
    bytes: &'b [u8],
}

impl<'b> Input<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn text(&mut self) -> Option<String> {
        let count = usize::try_from(self.number()?).ok()?;
        String::from_utf8(self.take(count)?.to_vec()).ok()
    }

    fn list<T>(&mut self, mut each: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = usize::try_from(self.number()?).ok()?;
        // Each item takes a byte at least: a count alone reserves nothing.
        let mut items = Vec::with_capacity(count.min(self.bytes.len()).min(1024));
        for _ in 0..count {
            items.push(each(self)?);
        }
        Some(items)
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        self.list(Self::text)
    }

    fn one_of<T>(&mut self, table: &'static [T]) -> Option<&'static T> {
        table.get(usize::try_from(self.number()?).ok()?)
    }

    fn mention(&mut self) -> Option<Mention> {
        Some(Mention { relation: self.one_of(RELATIONS)?, targets: self.texts()? })
    }

    fn defined(&mut self) -> Option<Defined> {
        let mut one = Defined {
            kind: self.one_of(KINDS).copied()?,
            name: self.text()?,
            extends: self.texts()?.pop(),
            formerly: self.texts()?,
            mentions: self.list(Self::mention)?,
            spoken: self.texts()?,
            sources: self.texts()?,
            embeds: self.texts()?,
            accounts: self.texts()?,
            ends: self
                .list(|input| Some(i64::from_le_bytes(input.take(8)?.try_into().ok()?)))?
                .pop(),
            folder: false,
            board: false,
        };
        let flags = self.number().filter(|flags| *flags < 4)?;
        (one.folder, one.board) = (flags & 1 != 0, flags & 2 != 0);
        Some(one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_cut_is_nothing() {
        let one = Defined {
            kind: KINDS[3],
            name: "service:default/a".to_owned(),
            extends: Some("b".to_owned()),
            formerly: vec!["ü".repeat(200)],
            mentions: vec![Mention { relation: &RELATIONS[1], targets: vec![String::new()] }],
            spoken: vec!["ci:default/b".to_owned()],
            sources: vec!["a/**".to_owned()],
            embeds: Vec::new(),
            accounts: vec!["ada".to_owned()],
            ends: Some(-5),
            folder: true,
            board: false,
        };
        let other = Defined { ends: None, extends: None, board: true, ..one.clone() };
        let blob = Some(BlobId::of(b"x").unwrap());
        let summary = Summary { blob, entities: vec![one, other] };
        let bytes = encode("x.yaml", &summary);
        assert_eq!(decode(&bytes), Some(Filed { path: "x.yaml".to_owned(), summary }));
        for end in 0..bytes.len() {
            assert_eq!(decode(&bytes[..end]), None, "{end}");
        }
        assert_eq!(decode(&[0xff; 40]), None);
    }
}
