//! What an answer that is no success says of what was asked (RFC 9110 §15).

use crate::target::Fault;

use super::client::Answer;
use super::wait;

/// What is known after an answer with this status. `what` is the request, and `said` the words of the
/// target, without secrets.
pub(super) fn fault(answer: &Answer, what: &str, said: &str) -> Fault {
    let status = answer.status;
    let message = |why: &str| {
        let why = if why.is_empty() { String::new() } else { format!(", {why}") };
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        format!("{what}: {status}{why}{said}")
    };
    match status {
        401 => Fault::refused(message(
            "it does not take these credentials: check `auth` and the target's secrets",
        )),
        403 => Fault::refused(message(
            "these credentials may not do that: check what their owner is permitted there",
        )),
        // §15.5.9, RFC 8470 §5.2: it was not acted upon.
        408 | 425 => Fault::not_done(message("it asks to try again"), wait(answer)),
        429 | 503 => Fault::not_done(message("it is busy"), wait(answer)),
        300..400 => {
            Fault::refused(message("it redirects, which is not followed: write where to as `url`"))
        }
        400..=499 | 501 | 505 => Fault::refused(message("")),
        _ => Fault::unknown(message("nobody knows whether it was done")),
    }
}

/// How long an answer asks to wait.
pub(super) fn wait(answer: &Answer) -> Option<std::time::Duration> {
    wait::retry_after(answer.header("retry-after")?, answer.header("date"))
}
