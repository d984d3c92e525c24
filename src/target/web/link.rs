//! The next page that an answer names in its `Link` header (RFC 8288 §3).

/// The target of the first link whose relation is `next`, as it stands there.
pub fn next_link(value: &str) -> Option<String> {
    let mut rest = value;
    loop {
        let open = rest.find('<')?;
        let after = rest.get(open + 1..)?;
        let close = after.find('>')?;
        let target = after.get(..close)?;
        let (is_next, left) = parameters(after.get(close + 1..)?);
        if is_next {
            return Some(target.trim().to_owned());
        }
        rest = left;
    }
}

/// Whether the parameters of one link say `next`, and what stands behind them.
fn parameters(text: &str) -> (bool, &str) {
    let mut relation: Option<String> = None;
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        if rest.is_empty() || rest.starts_with(',') {
            break;
        }
        let end = rest.find(['=', ';', ',']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => value(after.trim_start()),
            None => (String::new(), after),
        };
        // Only the first `rel` counts (§3.3).
        if name.trim().eq_ignore_ascii_case("rel") && relation.is_none() {
            relation = Some(value);
        }
        rest = after;
    }
    let relation = relation.unwrap_or_default();
    (relation.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case("next")), rest)
}

/// The value of a parameter, a word or quoted, and what stands behind it.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        return (word.trim().to_owned(), rest);
    };
    let (mut value, mut escaped) = (String::new(), false);
    for (at, c) in quoted.char_indices() {
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            c => value.push(c),
        }
    }
    (value, "")
}
