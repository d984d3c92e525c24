//! Signing, and OpenPGP: with the programs that people have, their agents and their mistakes.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use gitsm::signature::{Bad, Format, SignError, SigningKey, Tools, sign_by, verify_by};

use crate::keys::{Agent, Gnupg, Keys, has, run};

const NAMESPACE: &str = "gitsm-ledger/1";
const MESSAGE: &[u8] = b"{\"format\":\"ledger/1\"}";

fn key(text: &str) -> SigningKey {
    SigningKey::chosen(Some(text), &|_| None).unwrap().unwrap()
}

fn file(path: &std::path::Path) -> SigningKey {
    key(path.to_str().unwrap())
}

#[test]
fn a_private_key_in_a_file_signs() {
    if !has("ssh-keygen") {
        return;
    }
    let keys = Keys::new();
    let ada = file(&keys.make("ada", ""));
    let tools = keys.tools(&[("SSH_AUTH_SOCK", "")]);
    let text = sign_by(&ada, NAMESPACE, MESSAGE, &tools).unwrap();
    let signer = verify_by(&text, NAMESPACE, MESSAGE, &tools).unwrap();
    assert_eq!(signer.key, Some(keys.public("ada")));
    assert_eq!(ada.fingerprint(), Some(signer.fingerprint));
    assert!(verify_by(&text, "git", MESSAGE, &tools).is_err());
    assert!(!text.contains('\r') && text.ends_with("-----END SSH SIGNATURE-----\n"));
}

#[test]
fn an_agent_signs_for_a_public_key() {
    if !has("ssh-agent") {
        return;
    }
    let keys = Keys::new();
    let private = keys.make("ada", "secret words");
    let agent = Agent::start(keys.path());
    let tools = keys.tools(&[("SSH_AUTH_SOCK", &agent.socket)]);
    let (literal, public) = (keys.public("ada"), keys.path().join("ada.pub"));
    let ways = [key(&format!("key::{literal} ada")), key(&literal), file(&public)];
    for with in &ways {
        let error = sign_by(with, NAMESPACE, MESSAGE, &tools).unwrap_err();
        let locked = matches!(error, SignError::NotInAgent(_) | SignError::Locked(_));
        assert!(locked, "{error}");
        assert!(error.to_string().contains("ssh-add"), "{error}");
    }
    // The agent is told the key as somebody does who knows its passphrase.
    run(Command::new("ssh-keygen")
        .args(["-q", "-p", "-P", "secret words", "-N", "", "-f"])
        .arg(&private));
    agent.add(&private);
    fs::remove_file(&private).unwrap();
    for with in &ways {
        let text = sign_by(with, NAMESPACE, MESSAGE, &tools).unwrap();
        let signer = verify_by(&text, NAMESPACE, MESSAGE, &tools).unwrap();
        assert_eq!(signer.key.as_deref(), Some(literal.as_str()));
    }
}

#[test]
fn what_stands_in_the_way_is_said_with_what_to_do() {
    if !has("ssh-keygen") {
        return;
    }
    let keys = Keys::new();
    let tools = keys.tools(&[("SSH_AUTH_SOCK", "")]);
    let locked = keys.make("locked", "secret words");
    let error = sign_by(&file(&locked), NAMESPACE, MESSAGE, &tools).unwrap_err();
    assert!(matches!(error, SignError::Locked(_)), "{error}");
    assert!(error.to_string().contains("`ssh-add`"), "{error}");
    let gone = keys.make("gone", "");
    fs::remove_file(&gone).unwrap();
    let public = keys.path().join("gone.pub");
    let error = sign_by(&file(&public), NAMESPACE, MESSAGE, &tools).unwrap_err();
    assert!(matches!(error, SignError::NotInAgent(_)), "{error}");
    let text = keys.path().join("text");
    fs::write(&text, "no key\n").unwrap();
    let error = sign_by(&file(&text), NAMESPACE, MESSAGE, &tools).unwrap_err();
    assert!(matches!(error, SignError::NoKey(_)), "{error}");
    let nothing = Tools { path: None, ssh_keygen: None, ..tools };
    let error = sign_by(&file(&locked), NAMESPACE, MESSAGE, &nothing).unwrap_err();
    let said = "signing needs OpenSSH (8.2 or newer), and there is no `ssh-keygen` in PATH";
    assert_eq!(error, SignError::Tool(said.to_owned()));
}

#[test]
fn an_agent_that_never_answers_is_not_waited_for() {
    if !has("ssh-keygen") {
        return;
    }
    let keys = Keys::new();
    keys.make("ada", "");
    let socket = keys.path().join("dead");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let tools = keys.tools(&[("SSH_AUTH_SOCK", socket.to_str().unwrap())]);
    let tools = Tools { limit: Duration::from_secs(1), ..tools };
    let began = Instant::now();
    let error = sign_by(&key(&keys.public("ada")), NAMESPACE, MESSAGE, &tools).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert!(error.to_string().contains("does the agent still work?"), "{error}");
}

#[test]
fn a_program_that_signs_something_else_is_found_out() {
    if !has("ssh-keygen") {
        return;
    }
    let keys = Keys::new();
    let (ada, ben) = (keys.make("ada", ""), keys.make("ben", ""));
    let program = keys.path().join("odd.sh");
    // Signs with another key than it is told to; `-f` and the file are the last two but one.
    let text = format!(
        "#!/bin/sh\nfor last; do :; done\nexec ssh-keygen -Y sign -n {NAMESPACE} -f {} \"$last\"\n",
        ben.display()
    );
    fs::write(&program, text).unwrap();
    run(Command::new("chmod").arg("755").arg(&program));
    let ssh_keygen = Some(program.to_str().unwrap().to_owned());
    let tools = Tools { ssh_keygen, attended: false, ..Tools::around() };
    let error = sign_by(&key(&keys.public("ada")), NAMESPACE, MESSAGE, &tools).unwrap_err();
    assert!(matches!(error, SignError::Useless(..)), "{error}");
    assert!(sign_by(&file(&ada), NAMESPACE, MESSAGE, &tools).is_err());
}

#[test]
fn gpg_says_whose_an_openpgp_signature_is() {
    if !has("gpg") {
        return;
    }
    let home = Gnupg::new();
    let ada = home.make("Ada <ada@example.com>", "never", &[]);
    let text = home.sign(&ada, MESSAGE, &[]);
    let tools = home.tools();
    let signer = verify_by(&text, NAMESPACE, MESSAGE, &tools).unwrap();
    assert_eq!((signer.fingerprint.as_str(), signer.format), (ada.as_str(), Format::OpenPgp));
    assert!(signer.made.is_some());
    assert_eq!(verify_by(&text, NAMESPACE, b"else", &tools), Err(Bad::Mismatch));
    // Who does not have the key knows nothing.
    let empty = Gnupg::new();
    let bad = verify_by(&text, NAMESPACE, MESSAGE, &empty.tools()).unwrap_err();
    assert!(matches!(bad, Bad::NoKey(_)) && bad.is_unknown(), "{bad}");
    let nothing = Tools { gpg: None, path: None, ..tools.clone() };
    let bad = verify_by(&text, NAMESPACE, MESSAGE, &nothing).unwrap_err();
    let said = "it cannot be checked here: OpenPGP needs GnuPG, and there is no `gpg` in PATH";
    assert_eq!(bad.to_string(), said);
    // The fingerprint of a key signs, too.
    let made = sign_by(&key(&ada), NAMESPACE, MESSAGE, &tools).unwrap();
    assert_eq!(verify_by(&made, NAMESPACE, MESSAGE, &tools).unwrap().fingerprint, ada);
    let error = sign_by(&key(&"0".repeat(40)), NAMESPACE, MESSAGE, &tools).unwrap_err();
    assert!(error.to_string().contains("gpg would not sign"), "{error}");
}

#[test]
fn an_openpgp_signature_is_one_and_over_the_bytes() {
    if !has("gpg") {
        return;
    }
    let home = Gnupg::new();
    let (ada, ben) =
        (home.make("Ada <ada@example.com>", "never", &[]), home.make("Ben <b@b.b>", "never", &[]));
    let tools = home.tools();
    let bad = |text: &str| verify_by(text, NAMESPACE, MESSAGE, &tools).unwrap_err();
    let both = home.sign(&ada, MESSAGE, &["--local-user", &ben]);
    assert!(matches!(bad(&both), Bad::Unreadable(_)), "{}", bad(&both));
    let as_text = home.sign(&ada, MESSAGE, &["--textmode"]);
    assert!(matches!(bad(&as_text), Bad::Refused(_)), "{}", bad(&as_text));
    let weak = home.sign(&ada, MESSAGE, &["--digest-algo", "SHA1"]);
    assert!(matches!(bad(&weak), Bad::Refused(_) | Bad::Mismatch), "{}", bad(&weak));
    // A message that holds its own text, under the name of a signature: gpg would say that it is good.
    let inline = home.sign(&ada, b"something else", &["--sign"]);
    let inline = inline.replace("PGP MESSAGE", "PGP SIGNATURE");
    assert!(matches!(bad(&inline), Bad::Unreadable(_)), "{}", bad(&inline));
    let clear = home.sign(&ada, b"something else", &["--clear-sign"]);
    assert!(matches!(bad(&clear), Bad::Unreadable(_)), "{}", bad(&clear));
}

#[test]
fn expired_and_revoked_openpgp_keys_are_told_apart() {
    if !has("gpg") {
        return;
    }
    let home = Gnupg::new();
    let tools = home.tools();
    let then = |time: &'static str| ["--faked-system-time", time];
    let old = home.make("Old <old@example.com>", "1y", &then("20200101T000000!"));
    let in_time = home.sign(&old, MESSAGE, &then("20200601T000000!"));
    let signer = verify_by(&in_time, NAMESPACE, MESSAGE, &tools).unwrap();
    assert_eq!(signer.fingerprint, old);
    // gpg itself signs with no expired key: the end is moved there and back.
    let expire = |time: &'static str, day: &str| {
        let how = ["--passphrase", "", "--pinentry-mode", "loopback", "--quick-set-expire"];
        run(home.gpg().args(then(time)).args(how).args([old.as_str(), day]));
    };
    expire("20200602T000000!", "2023-01-01");
    let late = home.sign(&old, MESSAGE, &then("20220101T000000!"));
    expire("20200603T000000!", "2021-01-01");
    let bad = verify_by(&late, NAMESPACE, MESSAGE, &tools);
    assert_eq!(bad, Err(Bad::KeyExpired(old.clone())));
    let gone = home.make("Gone <gone@example.com>", "never", &[]);
    let text = home.sign(&gone, MESSAGE, &[]);
    let file = home.path().join(format!("openpgp-revocs.d/{gone}.rev"));
    let revocation = fs::read_to_string(&file).unwrap().replace(":-----BEGIN", "-----BEGIN");
    fs::write(&file, revocation).unwrap();
    run(home.gpg().arg("--import").arg(&file));
    assert_eq!(verify_by(&text, NAMESPACE, MESSAGE, &tools), Err(Bad::KeyRevoked(gone)));
}
