//! How many values a text of JSON has, before memory is taken for them.

/// The values that an answer may have: each takes a hundred bytes in memory, however few it takes in the
/// answer.
pub const MOST_NODES: usize = 5_000_000;

/// The values of a text of JSON; of what is none, any number.
pub fn nodes(text: &[u8]) -> usize {
    let (mut count, mut in_text, mut is_escaped) = (1, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            // Each but the first of a list or mapping stands behind a comma, and the first in it.
            b',' | b'[' | b'{' => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_counted_and_no_text_within_one() {
        assert_eq!(nodes(b"7"), 1);
        assert_eq!(nodes(br#"{"a": [1, 2, 3], "b,[{": "c\\\",[", "d": 1}"#), 7);
        assert!(nodes(b"[{},{},{}]") >= 4);
        assert!(nodes(&b"[{},{},{}".repeat(1000)) >= 4000);
    }
}
