//! Who pushes: by the certificate that they signed (`git push --signed`), or by the variable in which
//! the operator's server says it.

use super::Told;
use crate::change::facts::Contributor;
use crate::change::people::KEY;
use crate::config::Config;
use crate::flow::vouching::PUSHER;
use crate::git::Repository;
use crate::signature::{Signer, verify};

/// The longest push certificate that is read, in bytes.
const LONGEST: usize = 256 << 10;

/// Where an account that a server names stands in a Person: `accounts: {login: ada}`.
const LOGIN: &str = "login";

/// Everybody who is known to push this.
pub(super) fn pushers(
    repository: &Repository,
    told: &Told,
    config: &Config,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Vec<Contributor> {
    let signed = told.certificate.as_deref().and_then(|id| signer(repository, id));
    let signed = signed.map(|signer| Contributor {
        name: signer.fingerprint.clone(),
        role: PUSHER.to_owned(),
        account: Some((KEY.to_owned(), signer.fingerprint)),
        vouched: Some(true),
        ..Contributor::default()
    });
    let name = config.settings.gate.as_ref().and_then(|gate| gate.pusher.as_deref());
    let said = name.and_then(variable).filter(|who| !who.trim().is_empty());
    let said = said.map(|who| Contributor {
        email: if who.contains('@') { who.clone() } else { String::new() },
        account: Some((LOGIN.to_owned(), who.clone())),
        name: who,
        role: PUSHER.to_owned(),
        vouched: Some(true),
    });
    signed.into_iter().chain(said).collect()
}

/// Whose key signed a push certificate (gitprotocol-pack(5), "Push Certificate").
fn signer(repository: &Repository, id: &str) -> Option<Signer> {
    let text = repository.object(id, LONGEST).ok()??;
    let text = String::from_utf8(text).ok()?;
    let begins = ["-----BEGIN SSH SIGNATURE-----", "-----BEGIN PGP SIGNATURE-----"];
    let at = begins.iter().filter_map(|line| text.find(line)).min()?;
    let (message, signature) = text.split_at(at);
    verify(signature, "git", message.as_bytes()).ok()
}
