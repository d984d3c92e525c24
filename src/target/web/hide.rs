//! What a target says, made fit to be shown: short, in one line, and without secrets.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};

use super::decoded;
use crate::target::{LONGEST, Secret};

/// The bytes of an answer that are looked at.
const LOOKED_AT: usize = 16 << 10;

/// Takes secrets out of texts, in every form in which a target may repeat them.
#[derive(Debug, Clone, Default)]
pub struct Hider {
    /// The longest first: one may be a part of another.
    forms: Vec<Secret>,
}

impl Hider {
    /// Hides these texts, and what they become in headers, URLs and JSON.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut forms: Vec<String> = secrets.into_iter().flat_map(forms).collect();
        forms.retain(|form| !form.is_empty());
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self { forms: forms.iter().map(|form| Secret::new(form)).collect() }
    }

    /// A text without secrets.
    pub fn hide(&self, text: &str) -> String {
        let text = self.forms.iter().fold(text.to_owned(), |text, form| form.hide(&text));
        decoded::hide(&text, &self.forms)
    }

    /// What a target said, in one line of at most [`LONGEST`] characters and without secrets.
    pub fn said(&self, bytes: &[u8]) -> String {
        let bytes = bytes.get(..LOOKED_AT).unwrap_or(bytes);
        // First as it would be shown: what is hidden is not put together afterwards.
        let text = self.hide(&line(&String::from_utf8_lossy(bytes)));
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text,
        }
    }
}

/// In one line, without what no terminal should see.
fn line(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let words = text.split_whitespace().map(|word| word.replace(is_hidden, ""));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What a secret may look like in an answer.
fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).unwrap_or_default();
    let json = json.trim_matches('"').to_owned();
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let page = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut forms = vec![
        encoded.replace('+', "%20"),
        encoded,
        json.replace('/', "\\/"),
        json,
        page.replace('"', "&quot;").replace('\'', "&#39;"),
        page,
        line(secret),
        secret.to_owned(),
    ];
    // As bytes in hexadecimal; of very short ones any number would do.
    if secret.len() >= 4 {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        forms.extend([hex.to_uppercase(), hex]);
    }
    forms.extend((0..3).flat_map(|before| within_base64(secret, before)));
    forms
}

/// What a secret becomes in Base64 with some bytes before it, as in `user:password`, and any behind: the
/// characters that are made of it alone.
fn within_base64(secret: &str, before: usize) -> Vec<String> {
    /// Shorter ones would hide words that have nothing to do with it.
    const SHORTEST: usize = 6;
    let bytes = [vec![0; before], secret.as_bytes().to_vec()].concat();
    let (first, last) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    let texts = [Base64::encode_string(&bytes), Base64UrlUnpadded::encode_string(&bytes)];
    let parts = texts.iter().filter_map(|text| text.get(first..last).map(str::to_owned));
    parts.filter(|part| part.len() >= SHORTEST).collect()
}
