//! Reviews of a pull request, as GitHub answers `GET /repos/{owner}/{repo}/pulls/{number}/reviews`,
//! and Gitea and Forgejo, who answer alike.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::Value;

use crate::ledger::entry::{canonical, sha256};

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reviews {
    /// GitHub, also an enterprise server.
    Github,
    /// Gitea.
    Gitea,
    /// Forgejo, such as Codeberg.
    Forgejo,
}

impl Reviews {
    /// Its name in accounts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitea => "gitea",
            Self::Forgejo => "forgejo",
        }
    }
}

/// What somebody makes of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    /// They approve it.
    Agrees,
    /// They request changes.
    Objects,
    /// Their review was dismissed.
    Dismissed,
}

/// The review that somebody gave last, of those that say yes or no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenReview {
    /// The number of their account.
    pub account: u64,
    /// Its name.
    pub login: String,
    /// The number of the review.
    pub id: u64,
    /// The commit that they looked at.
    pub commit: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What they make of it.
    pub stance: Stance,
    /// What they said.
    pub said: Option<String>,
    /// SHA-256 of the canonical form (RFC 8785) of the forge's answer for this review:
    /// `sha256:` and 64 digits.
    pub answer: String,
}

impl GivenReview {
    /// When, as statements write it.
    pub fn instant(&self) -> String {
        self.at.to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

/// Why an answer cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// It is something else.
    #[error("this is no list of reviews: {0}")]
    NotReviews(String),
}

#[derive(Deserialize)]
struct Written {
    id: u64,
    user: Option<User>,
    #[serde(default)]
    body: Option<String>,
    state: String,
    commit_id: Option<String>,
    submitted_at: Option<DateTime<Utc>>,
    /// Gitea and Forgejo keep the state of a review that was dismissed.
    #[serde(default)]
    dismissed: bool,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    login: String,
}

/// Reads a forge's answer: each account's last word, oldest first. Several pages may stand one after
/// the other, as `gh api --paginate` writes them.
///
/// # Errors
///
/// It is no list of reviews.
pub fn reviews(answer: &[u8]) -> Result<Vec<GivenReview>, ReviewError> {
    let wrong = |error: serde_json::Error| ReviewError::NotReviews(error.to_string());
    let mut all: Vec<GivenReview> = Vec::new();
    for page in serde_json::Deserializer::from_slice(answer).into_iter::<Vec<Value>>() {
        for value in page.map_err(wrong)? {
            let digest = digest(&value);
            let written: Written = serde_json::from_value(value).map_err(wrong)?;
            all.extend(given(written, digest));
        }
    }
    all.sort_by_key(|one| (one.at, one.id));
    let mut last: Vec<GivenReview> = Vec::new();
    for one in all {
        last.retain(|before| before.account != one.account);
        last.push(one);
    }
    Ok(last)
}

/// A review that says yes or no of a commit. Comments and drafts do not, and neither does a review
/// whose account or commit is gone.
fn given(written: Written, answer: String) -> Option<GivenReview> {
    let stance = match written.state.as_str() {
        "DISMISSED" => Stance::Dismissed,
        "APPROVED" | "CHANGES_REQUESTED" | "REQUEST_CHANGES" if written.dismissed => {
            Stance::Dismissed
        }
        "APPROVED" => Stance::Agrees,
        "CHANGES_REQUESTED" | "REQUEST_CHANGES" => Stance::Objects,
        _ => return None,
    };
    let User { id: account, login } = written.user?;
    let commit = written.commit_id?.to_lowercase();
    let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    let said = written.body.filter(|text| !text.trim().is_empty());
    let at = written.submitted_at?;
    let (id, is_commit) = (written.id, is_commit.then_some(commit)?);
    Some(GivenReview { account, login, id, commit: is_commit, at, stance, said, answer })
}

fn digest(value: &Value) -> String {
    format!("sha256:{}", sha256(&canonical(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(id: u64, user: (u64, &str), state: &str, at: &str) -> Value {
        serde_json::json!({
            "id": id,
            "user": {"id": user.0, "login": user.1},
            "body": "",
            "state": state,
            "commit_id": "1".repeat(40),
            "submitted_at": at,
        })
    }

    #[test]
    fn the_last_word_of_an_account_counts_and_comments_are_none() {
        let (ada, bo) = ((1, "ada"), (2, "bo"));
        let all = serde_json::json!([
            review(10, ada, "APPROVED", "2026-11-01T10:00:00Z"),
            review(11, bo, "APPROVED", "2026-11-01T11:00:00Z"),
            review(12, ada, "CHANGES_REQUESTED", "2026-11-01T12:00:00Z"),
            review(13, bo, "COMMENTED", "2026-11-01T13:00:00Z"),
        ]);
        let read = reviews(all.to_string().as_bytes()).unwrap();
        let told: Vec<_> = read.iter().map(|one| (one.id, one.stance)).collect();
        assert_eq!(told, [(11, Stance::Agrees), (12, Stance::Objects)]);
    }

    #[test]
    fn pages_may_follow_each_other() {
        let one = serde_json::json!([review(1, (1, "a"), "APPROVED", "2026-11-01T10:00:00Z")]);
        let two = serde_json::json!([review(2, (2, "b"), "DISMISSED", "2026-11-01T10:00:00Z")]);
        let read = reviews(format!("{one}{two}").as_bytes()).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[1].stance, Stance::Dismissed);
    }

    #[test]
    fn gitea_marks_what_was_dismissed_beside_its_state() {
        let mut one = review(1, (1, "a"), "REQUEST_CHANGES", "2026-11-01T10:00:00Z");
        one["dismissed"] = true.into();
        let read = reviews(serde_json::json!([one]).to_string().as_bytes()).unwrap();
        assert_eq!(read[0].stance, Stance::Dismissed);
    }

    #[test]
    fn what_is_no_list_of_reviews_is_refused() {
        assert!(reviews(b"{\"message\": \"Not Found\"}").is_err());
        assert!(reviews(b"<html>").is_err());
        assert_eq!(reviews(b"[]").unwrap(), []);
    }
}
