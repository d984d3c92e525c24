//! Looking for secrets in what a text means: JSON escapes, percent signs, character references.
//!
//! There are too many ways to write a letter for a list of forms: the text is decoded, twice at most
//! and in every order, and what means a secret is hidden where it is written.

use crate::target::{HIDDEN, Secret};

/// A byte that is meant, and the bytes that mean it.
type Meant = (u8, (usize, usize));

/// A way to write letters by other letters: how many bytes at the start of these mean which bytes.
type Decoder = fn(&[u8]) -> Option<(usize, Vec<u8>)>;

const DECODERS: [Decoder; 3] = [json, percent, page];

/// A text without what means one of these.
pub(super) fn hide(text: &str, forms: &[Secret]) -> String {
    if !text.contains(['\\', '%', '&']) {
        return text.to_owned();
    }
    let plain: Vec<Meant> =
        text.bytes().enumerate().map(|(at, byte)| (byte, (at, at + 1))).collect();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for first in DECODERS {
        let once = decoded(&plain, first);
        look(&once, forms, &mut found);
        for second in DECODERS {
            look(&decoded(&once, second), forms, &mut found);
        }
    }
    found.sort_unstable();
    let (mut shown, mut end) = (String::new(), 0);
    for (from, to) in found {
        if from >= end {
            shown.push_str(text.get(end..from).unwrap_or_default());
            shown.push_str(HIDDEN);
        }
        end = end.max(to);
    }
    shown.push_str(text.get(end..).unwrap_or_default());
    shown
}

fn decoded(text: &[Meant], decoder: Decoder) -> Vec<Meant> {
    let bytes: Vec<u8> = text.iter().map(|(byte, _)| *byte).collect();
    let (mut all, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some((byte, place)) = text.get(at) {
        let is_sign = matches!(byte, b'\\' | b'%' | b'&');
        let meant = bytes.get(at..).filter(|_| is_sign).and_then(decoder);
        match meant {
            Some((length, meant)) => {
                let last = text.get(at + length - 1).map_or(place.1, |(_, place)| place.1);
                all.extend(meant.into_iter().map(|byte| (byte, (place.0, last))));
                at += length;
            }
            None => {
                all.push((*byte, *place));
                at += 1;
            }
        }
    }
    all
}

fn look(text: &[Meant], forms: &[Secret], found: &mut Vec<(usize, usize)>) {
    let bytes: Vec<u8> = text.iter().map(|(byte, _)| *byte).collect();
    for form in forms {
        let form = form.reveal().as_bytes();
        let mut from = 0;
        while let Some(at) = bytes.get(from..).and_then(|rest| position(rest, form)) {
            let (first, last) = (text.get(from + at), text.get(from + at + form.len() - 1));
            if let (Some((_, first)), Some((_, last))) = (first, last) {
                found.push((first.0, last.1));
            }
            from += at + form.len();
        }
    }
}

fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(at) = text.get(from..)?.iter().position(|byte| *byte == first) {
        if text.get(from + at..)?.starts_with(wanted) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// `\u0041`, `\/` and the like.
fn json(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    let [b'\\', kind, ..] = text else { return None };
    let plain = match kind {
        b'"' | b'\\' | b'/' | b'\'' => *kind,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'x' => return Some((4, vec![u8::try_from(number(text.get(2..4)?, 16)?).ok()?])),
        b'u' => {
            let unit = |at: usize| number(text.get(at..at + 4)?, 16);
            let first = unit(2)?;
            let second = text.get(6..8).filter(|sign| *sign == b"\\u").and_then(|_| unit(8));
            return match (first, second) {
                (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) => {
                    Some((12, letter(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?))
                }
                _ => Some((6, letter(first)?)),
            };
        }
        _ => return None,
    };
    Some((2, vec![plain]))
}

/// `%2f`, in capitals or not.
fn percent(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    let [b'%', ..] = text else { return None };
    Some((3, vec![u8::try_from(number(text.get(1..3)?, 16)?).ok()?]))
}

/// `&amp;`, `&#38;`, `&#x26;`.
fn page(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    const LONGEST: usize = 12;
    let [b'&', rest @ ..] = text else { return None };
    let end = rest.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let meant = match rest.get(..end)? {
        b"amp" => b"&".to_vec(),
        b"lt" => b"<".to_vec(),
        b"gt" => b">".to_vec(),
        b"quot" => b"\"".to_vec(),
        b"apos" => b"'".to_vec(),
        b"nbsp" => b" ".to_vec(),
        [b'#', b'x' | b'X', digits @ ..] => letter(number(digits, 16)?)?,
        [b'#', digits @ ..] => letter(number(digits, 10)?)?,
        _ => return None,
    };
    Some((end + 2, meant))
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    u32::from_str_radix(text, radix).ok()
}

fn letter(number: u32) -> Option<Vec<u8>> {
    char::from_u32(number).map(|letter| letter.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use crate::target::web::Hider;

    #[test]
    fn a_secret_is_hidden_however_its_letters_are_written() {
        let secret = "p&ss/w\"rd <é>";
        let hider = Hider::new([secret]);
        let units = |text: &str| {
            text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>()
        };
        let percent =
            |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        let page = |text: &str| {
            text.chars().map(|one| format!("&#x{:X};", one as u32)).collect::<String>()
        };
        let digits =
            |text: &str| text.chars().map(|one| format!("&#{};", one as u32)).collect::<String>();
        for written in [
            units(secret),
            "p\\u0026ss\\/w\\\"rd \\u003cé\\u003E".to_owned(),
            percent(secret),
            "p%26ss%2fw%22rd%20%3cé%3E".to_owned(),
            page(secret),
            digits(secret),
            "p&amp;ss/w&quot;rd &lt;é&gt;".to_owned(),
            // One in the other.
            percent(&units(secret)),
            units(&percent(secret)),
            page(&percent(secret)),
            secret.bytes().map(|byte| format!("{byte:02X}")).collect(),
        ] {
            assert_eq!(hider.hide(&format!("a {written} b")), "a *** b", "{written}");
        }
        let other = "\\u0026 %41 &amp; \\x 100 % & \\";
        assert_eq!(hider.hide(other), other);
    }
}
