//! Secrets in the repository: found by their known forms, never shown.
//!
//! Few and certain: a detector knows a prefix that only one issuer uses, and a checksum where the
//! issuer publishes one. One regular-expression set is asked only where a keyword stands.

use std::borrow::Cow;
use std::sync::OnceLock;

use aho_corasick::packed;
use regex::Regex;

use super::{MOST, codes};
use crate::catalog::{FileView, Inspection, Recognition};
use crate::finding::{Finding, Fingerprint, Occurrence};
use crate::source::Span;

/// How one kind of secret looks.
struct Detector {
    /// What it is.
    name: &'static str,
    /// A text that every secret of the kind holds.
    keyword: &'static str,
    /// The whole secret.
    pattern: &'static str,
    /// What else must hold.
    check: fn(&str) -> bool,
}

const fn detector(
    name: &'static str,
    keyword: &'static str,
    pattern: &'static str,
    check: fn(&str) -> bool,
) -> Detector {
    Detector { name, keyword, pattern, check }
}

const ANY: fn(&str) -> bool = |_| true;

static DETECTORS: &[Detector] = &[
    detector(
        "a private key",
        "PRIVATE KEY",
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?s:.)*?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
        is_whole_key,
    ),
    detector("a GitHub personal access token", "ghp_", r"ghp_[A-Za-z0-9]{36}", is_github),
    detector("a GitHub OAuth token", "gho_", r"gho_[A-Za-z0-9]{36}", is_github),
    detector("a GitHub user token", "ghu_", r"ghu_[A-Za-z0-9]{36}", is_github),
    detector("a GitHub app token", "ghs_", r"ghs_[A-Za-z0-9]{36}", is_github),
    detector("a GitHub refresh token", "ghr_", r"ghr_[A-Za-z0-9]{36}", is_github),
    detector(
        "a GitHub fine-grained token",
        "github_pat_",
        r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
        ANY,
    ),
    detector("an npm access token", "npm_", r"npm_[A-Za-z0-9]{36}", is_github),
    detector("a GitLab access token", "glpat-", r"glpat-[A-Za-z0-9_-]{20,}", ANY),
    detector("an AWS access key id", "AKIA", r"\bAKIA[A-Z2-7]{16}\b", is_no_example),
    detector("an AWS temporary key id", "ASIA", r"\bASIA[A-Z2-7]{16}\b", is_no_example),
    detector("a Slack token", "xox", r"xox[abeoprs]-[0-9]{8,}-[0-9A-Za-z-]{16,}", ANY),
    detector(
        "a Slack webhook",
        "hooks.slack.com",
        r"https://hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,}",
        ANY,
    ),
    detector("a Google API key", "AIza", r"\bAIza[A-Za-z0-9_-]{35}\b", ANY),
    detector("a Google OAuth secret", "GOCSPX-", r"\bGOCSPX-[A-Za-z0-9_-]{28}\b", ANY),
    detector("a Stripe live key", "k_live_", r"\b[rs]k_live_[A-Za-z0-9]{24,}\b", ANY),
    detector(
        "a PyPI token",
        "pypi-AgEIcHlwaS5vcmc",
        r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}",
        ANY,
    ),
    detector("a SendGrid key", "SG.", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b", ANY),
    detector("a HashiCorp Vault token", "hvs.", r"\bhvs\.[A-Za-z0-9_-]{24,}", ANY),
    detector(
        "a Terraform Cloud token",
        ".atlasv1.",
        r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}",
        ANY,
    ),
    detector("a DigitalOcean token", "dop_v1_", r"dop_v1_[a-f0-9]{64}", ANY),
    detector("a Grafana service account token", "glsa_", r"glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}", ANY),
    detector("an Anthropic API key", "sk-ant-", r"sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{80,}", ANY),
    detector("an OpenAI API key", "sk-proj-", r"sk-proj-[A-Za-z0-9_-]{40,}", ANY),
    detector("a Databricks token", "dapi", r"\bdapi[a-f0-9]{32}\b", ANY),
    detector("an Atlassian API token", "ATATT3x", r"\bATATT3x[A-Za-z0-9_=-]{100,}", ANY),
    detector("a Shopify access token", "shp", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b", ANY),
    detector("an Azure storage key", "AccountKey=", r"AccountKey=[A-Za-z0-9+/]{86}==", ANY),
    detector("a PagerDuty integration key", "pdus+", r"\bpdus\+_[A-Za-z0-9+_-]{20,}", ANY),
    detector(
        "a password in a URL",
        "://",
        r"\b(?:postgres|postgresql|mysql|mongodb|mongodb\+srv|amqp|redis|ftp|https?)://[^\s:/@'\x22]{0,64}:[^\s:/@'\x22${}<>*]{6,128}@[A-Za-z0-9.-]+",
        is_no_placeholder,
    ),
];

/// The last six characters are the base-62 CRC-32 of the thirty before them.
fn is_github(secret: &str) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((body, sum)) = secret.len().checked_sub(6).and_then(|at| secret.split_at_checked(at))
    else {
        return false;
    };
    let Some((_, random)) = body.split_once('_') else { return false };
    let mut rest = crc32fast::hash(random.as_bytes()) as usize;
    let mut expected = [b'0'; 6];
    for digit in expected.iter_mut().rev() {
        *digit = DIGITS[rest % 62];
        rest /= 62;
    }
    sum.as_bytes() == expected
}

/// A key whose body is left out, or filled in later, is an example.
fn is_whole_key(secret: &str) -> bool {
    !["...", "…", "${", "{{", "<"].iter().any(|gap| secret.contains(gap))
}

/// Keys that documentation uses.
fn is_no_example(secret: &str) -> bool {
    !secret.ends_with("EXAMPLE")
}

/// Words that stand where a password goes.
fn is_no_placeholder(secret: &str) -> bool {
    let password = secret.rsplit('@').nth(1).and_then(|rest| rest.rsplit(':').next());
    let password = password.unwrap_or_default().to_lowercase();
    let words = ["password", "passwd", "secret", "changeme", "example", "redacted", "xxxxxx"];
    !words.iter().any(|word| password.contains(word))
}

/// Finds keywords with vector instructions: nearly every text has none but `://`.
fn keywords() -> Option<&'static packed::Searcher> {
    static CELL: OnceLock<Option<packed::Searcher>> = OnceLock::new();
    let build = || packed::Searcher::new(DETECTORS.iter().map(|one| one.keyword));
    CELL.get_or_init(build).as_ref()
}

/// Whether a URL, from its authority on, may name a user: nearly every text holds a URL, and
/// nearly none of them an `@` before its next white space. No user and password are longer than
/// what is looked at, so that a text of nothing but `://` stays quick.
fn has_user(rest: &str) -> bool {
    let mut token = rest.bytes().take(1024).take_while(|byte| !byte.is_ascii_whitespace());
    token.any(|byte| byte == b'@')
}

/// The numbers of the detectors whose keywords a text holds.
fn suspects(text: &str) -> Vec<usize> {
    let mut numbers: Vec<usize> = match keywords() {
        Some(keywords) => {
            let told =
                |at: usize, end: usize| DETECTORS[at].keyword != "://" || has_user(&text[end..]);
            let found = keywords.find_iter(text).map(|one| (one.pattern().as_usize(), one.end()));
            found.filter(|(at, end)| told(*at, *end)).map(|(at, _)| at).collect()
        }
        // Machines without such instructions search one keyword after the other.
        None => (0..DETECTORS.len()).filter(|at| text.contains(DETECTORS[*at].keyword)).collect(),
    };
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn pattern(number: usize) -> Option<&'static Regex> {
    static CELLS: [OnceLock<Option<Regex>>; 64] = [const { OnceLock::new() }; 64];
    CELLS[number].get_or_init(|| Regex::new(DETECTORS[number].pattern).ok()).as_ref()
}

/// A secret in a text.
struct Secret {
    name: &'static str,
    span: Span,
    text: String,
}

impl Secret {
    /// What tells it from another of its kind. Fingerprints are printed, and a password is short
    /// enough to be guessed from its digest: of a URL only what surrounds it counts.
    fn identity(&self) -> String {
        let Some((before, host)) = self.text.rsplit_once('@') else { return self.text.clone() };
        let user = before.rsplit_once(':').map_or(before, |(user, _)| user);
        format!("{user}@{host}")
    }
}

/// All secrets of a text, in order, none inside another.
fn find(text: &str) -> Vec<Secret> {
    let mut all: Vec<Secret> = Vec::new();
    for number in suspects(text) {
        let detector = &DETECTORS[number];
        let Some(pattern) = pattern(number) else { continue };
        for found in pattern.find_iter(text).filter(|found| (detector.check)(found.as_str())) {
            let span = Span::new(found.start(), found.end());
            all.push(Secret { name: detector.name, span, text: found.as_str().to_owned() });
        }
    }
    all.sort_by_key(|secret| (secret.span.start, std::cmp::Reverse(secret.span.end)));
    let mut end = 0;
    all.retain(|secret| {
        let apart = secret.span.start >= end;
        end = end.max(secret.span.end);
        apart
    });
    all
}

/// The text with every character of a secret, and of what else is private, replaced by `*`, so that
/// columns stay.
pub fn starred(text: &str, private: &[Span]) -> String {
    let mut spans: Vec<Span> = find(text).iter().map(|secret| secret.span).collect();
    spans.extend(private);
    spans.sort_unstable();
    let mut starred = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        let (start, end) = ((span.start as usize).max(at), span.end as usize);
        let (Some(before), Some(hidden)) = (text.get(at..start), text.get(start..end)) else {
            continue;
        };
        starred.push_str(before);
        let star = |c: char| if matches!(c, '\n' | '\r') { c } else { '*' };
        starred.extend(hidden.chars().map(star));
        at = end;
    }
    starred.push_str(&text[at..]);
    starred
}

/// The text with everything that looks like a secret replaced.
pub(super) fn mask(text: &str) -> Cow<'_, str> {
    let secrets = find(text);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = text.to_owned();
    for secret in secrets.iter().rev() {
        masked.replace_range(secret.span.range(), "***");
    }
    Cow::Owned(masked)
}

/// Reports the secrets of a file that holds entities.
pub(super) fn check(view: &FileView<'_>, inspection: &mut Inspection) {
    // A template of an entity is not judged, and what it gives away is given away.
    let judged = view.documents.iter().any(|document| {
        document.recognition.is_judged() || document.recognition == Recognition::Template
    });
    if !judged && view.problems.is_empty() {
        return;
    }
    let secrets = find(view.source.text());
    let path = &view.source.file().path;
    for secret in secrets.iter().take(MOST) {
        let inside = |span: Span| span.start <= secret.span.start && secret.span.end <= span.end;
        let document = view.documents.iter().find(|document| inside(document.root.span()));
        let entity = document.and_then(|document| document.reference.as_ref());
        let subject = entity.map_or(path.as_str(), |reference| reference.as_str());
        let code = &codes::SECRET_FOUND;
        let occurrence = Occurrence {
            place: view.source.place(secret.span),
            entity: entity.map(|reference| reference.as_str().to_owned()),
            pointer: String::new(),
            fingerprint: Fingerprint::of(code.name, subject, secret.name, &secret.identity()),
        };
        let headline = format!("this looks like {}", secret.name);
        inspection.findings.push(
            Finding::new(code, code.severity, occurrence, headline).mark("not shown").help(
                "revoke it where it was issued: whoever has cloned this repository has it; then \
                 keep it in a secret store and write only where to find it",
            ),
        );
    }
    inspection.secrets.extend(secrets.into_iter().take(MOST).map(|secret| secret.text));
}

/// Takes secrets out of what findings say, whole or shortened, in any case.
pub fn hide(secrets: &[String], findings: &mut [Finding]) {
    let mut needles: Vec<String> = Vec::new();
    for secret in secrets {
        for line in secret.lines().map(str::trim).filter(|line| line.len() >= 8) {
            needles.push(line.to_ascii_lowercase());
        }
    }
    needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
    needles.dedup();
    let clean = |text: &str| {
        let masked = mask(text).into_owned();
        needles.iter().fold(masked, |text, secret| cut(&text, secret))
    };
    for finding in findings {
        finding.map_texts(&clean);
    }
}

/// Replaces a secret (in lower case), or the longest beginning of it that is there, in any case.
fn cut(text: &str, secret: &str) -> String {
    let mut text = text.to_owned();
    let Some(beginning) = secret.get(..8) else { return text };
    while let Some(at) = text.to_ascii_lowercase().find(beginning) {
        let rest = text[at..].to_ascii_lowercase();
        let same = rest.chars().zip(secret.chars()).take_while(|(a, b)| a == b);
        let length: usize = same.map(|(c, _)| c.len_utf8()).sum();
        text.replace_range(at..at + length, "***");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Secrets are put together here, so that no scanner takes this file for a leak.
    fn github() -> String {
        format!("gh{}_{}", "p", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17")
    }

    #[test]
    fn a_checksum_tells_a_token_from_a_word() {
        assert!(is_github(&github()));
        let wrong = github().replace("0mLq17", "0mLq18");
        assert!(!is_github(&wrong));
        assert_eq!(find(&format!("token: {}", github())).len(), 1);
        assert_eq!(find(&format!("token: {wrong}")).len(), 0);
    }

    #[test]
    fn examples_and_placeholders_are_no_secrets() {
        assert!(find("AKIAIOSFODNN7EXAMPLE").is_empty());
        let key =
            |body: &str| format!("-----BEGIN {0}-----\n{body}\n-----END {0}-----", "PRIVATE KEY");
        assert_eq!(find(&key("MIIBOgIBAAJB")).len(), 1);
        assert!(find(&key("MIIBOgIBAAJB\n...")).is_empty());
        assert!(find("postgres://user:password@db/x and https://u:${PASS}@h").is_empty());
        assert_eq!(find("postgres://app:hunter2horse@db.internal/x").len(), 1);
    }

    #[test]
    fn a_secret_is_cut_out_whole_and_shortened() {
        let secret = github();
        assert_eq!(mask(&format!("x {secret} y")), "x *** y");
        let lower = secret.to_ascii_lowercase();
        assert!(!cut(&format!("`{}…`", &secret[..20]), &lower).contains("zQWB"));
        assert!(!cut(&lower, &lower).contains("zqwb"));
        assert_eq!(starred(&format!("x {secret}\ny"), &[]), format!("x {}\ny", "*".repeat(40)));
    }

    #[test]
    fn every_detector_compiles_and_holds_its_keyword() {
        assert!(DETECTORS.len() <= 64);
        for (number, detector) in DETECTORS.iter().enumerate() {
            assert!(pattern(number).is_some(), "{}", detector.name);
        }
    }
}
