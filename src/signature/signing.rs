//! Signing: by `ssh-keygen -Y sign`, or by `gpg`, as Git does it, so that agents, hardware keys and
//! passphrases work as people are used to. What comes out is checked before it is given on.

#![allow(
    clippy::disallowed_methods,
    reason = "a public key, and what is signed on its way to the program that signs, are no files \
              of a tree"
)]

use std::ffi::OsStr;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::program::{Input, Printed, ProgramError};
use super::{Bad, Format, PublicKey, Tools, armour, openpgp_fingerprint, verify_by};

/// The longest file that is a public key, in bytes.
const LONGEST: u64 = 64 << 10;

/// The longest signature that a program hands back, in bytes.
const LONGEST_MADE: u64 = 64 << 10;

/// A key to sign with. Only programs of the user's ever read the private half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningKey {
    /// A file: a private SSH key, or a public one whose other half an agent holds.
    File(PathBuf),
    /// A public SSH key whose other half an agent holds, as it stands in `authorized_keys`.
    Agent(PublicKey),
    /// An OpenPGP key that `gpg` has, by its fingerprint or whatever else `gpg` takes.
    OpenPgp(String),
}

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// What was given is no key.
    #[error("{0}")]
    NoKey(String),
    /// The file needs a passphrase, and it was wrong, or nobody could be asked.
    #[error(
        "{0} needs its passphrase, and there was none or a wrong one: `ssh-add` it first, so that \
         the agent holds it, or run this on a terminal"
    )]
    Locked(String),
    /// The agent does not hold the key.
    #[error("no agent holds the private half of {0}: `ssh-add` it, or name its file with `--key`")]
    NotInAgent(String),
    /// The agent, or who was asked, said no.
    #[error("the agent would not sign with {0}: it wanted a confirmation or a touch and got none")]
    Refused(String),
    /// The program that signs is missing or does not work.
    #[error("{0}")]
    Tool(String),
    /// What came out proves nothing.
    #[error("{0} signed, and it is of no use: {1}")]
    Useless(String, Bad),
}

impl SigningKey {
    /// The key to sign with: the one that is given, or else the one with which the user's Git signs
    /// (`user.signingKey`, of the kind that `gpg.format` says); nothing if there is none. `setting`
    /// looks a setting of Git up. No command is run to find one (`gpg.ssh.defaultKeyCommand`).
    ///
    /// # Errors
    ///
    /// What is given, or set, is no key.
    pub fn chosen(
        explicit: Option<&str>,
        setting: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, SignError> {
        if let Some(text) = explicit {
            return Self::given(text).map(Some);
        }
        let set = |name: &str| setting(name).filter(|value| !value.trim().is_empty());
        let Some(text) = set("user.signingKey") else { return Ok(None) };
        match set("gpg.format").as_deref() {
            Some("ssh") => Self::of_ssh(&text).map(Some),
            None | Some("openpgp") => Ok(Some(Self::OpenPgp(text.trim().to_owned()))),
            Some(_) => Ok(None),
        }
    }

    /// A key as it is given on a command line: a file, a public key (also after `key::`), or the
    /// fingerprint of an OpenPGP key.
    fn given(text: &str) -> Result<Self, SignError> {
        match openpgp_fingerprint(text.strip_prefix("openpgp:").unwrap_or(text)) {
            Some(fingerprint) => Ok(Self::OpenPgp(fingerprint)),
            None => Self::of_ssh(text),
        }
    }

    fn of_ssh(text: &str) -> Result<Self, SignError> {
        let text = text.trim();
        if text.contains("PRIVATE KEY") {
            // Not repeated: it may be one.
            let what = "give the name of the key's file, never the private key itself";
            return Err(SignError::NoKey(what.to_owned()));
        }
        let literal = text.strip_prefix("key::").or_else(|| is_literal(text).then_some(text));
        if let Some(literal) = literal {
            let key = PublicKey::ssh(literal);
            return key.map(Self::Agent).map_err(|error| {
                SignError::NoKey(format!("the key that is given cannot sign: {error}"))
            });
        }
        let file = at_home(text);
        match file.is_file() {
            true => Ok(Self::File(file)),
            false => Err(SignError::NoKey(format!("there is no key file {}", file.display()))),
        }
    }

    /// The fingerprint of its public half, as far as that is known before it signs: as it stands in
    /// the file, or in the one of its name that ends in `.pub`.
    pub fn fingerprint(&self) -> Option<String> {
        match self {
            Self::Agent(key) => Some(key.fingerprint.clone()),
            Self::OpenPgp(text) => openpgp_fingerprint(text),
            Self::File(file) => public_half(file).map(|key| key.fingerprint),
        }
    }

    /// How it is named in messages.
    pub fn name(&self) -> String {
        match self {
            Self::File(file) => file.display().to_string(),
            Self::Agent(key) => key.fingerprint.clone(),
            Self::OpenPgp(text) => format!("the OpenPGP key {text}"),
        }
    }

    /// What kind of signature it makes.
    pub fn format(&self) -> Format {
        match self {
            Self::File(_) | Self::Agent(_) => Format::Ssh,
            Self::OpenPgp(_) => Format::OpenPgp,
        }
    }
}

fn is_literal(text: &str) -> bool {
    ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].iter().any(|start| text.starts_with(start))
        && text.contains(' ')
}

/// A path as Git's settings may have it: `~/` is the user's home.
fn at_home(text: &str) -> PathBuf {
    let inside = text.strip_prefix("~/").and_then(|rest| Some(std::env::home_dir()?.join(rest)));
    inside.unwrap_or_else(|| PathBuf::from(text))
}

fn public_half(file: &Path) -> Option<PublicKey> {
    let read = |path: &Path| -> Option<PublicKey> {
        let mut text = String::new();
        fs::File::open(path).ok()?.take(LONGEST).read_to_string(&mut text).ok()?;
        PublicKey::ssh(&text).ok()
    };
    if file.extension().is_some_and(|end| end == "pub") {
        return read(file);
    }
    let mut beside = file.as_os_str().to_owned();
    beside.push(".pub");
    read(Path::new(&beside))
}

/// Signs a message. `namespace` says what the signature is for.
///
/// # Errors
///
/// Nothing was signed; the message says what to do.
pub fn sign(with: &SigningKey, namespace: &str, message: &[u8]) -> Result<String, SignError> {
    sign_by(with, namespace, message, &Tools::around())
}

/// The same, with the programs that are to be used.
///
/// # Errors
///
/// Nothing was signed; the message says what to do.
pub fn sign_by(
    with: &SigningKey,
    namespace: &str,
    message: &[u8],
    tools: &Tools,
) -> Result<String, SignError> {
    let text = match with {
        SigningKey::OpenPgp(key) => by_gpg(key, message, tools)?,
        _ => by_ssh(with, namespace, message, tools)?,
    };
    let useless = |bad| SignError::Useless(with.name(), bad);
    let signer = verify_by(&text, namespace, message, tools).map_err(useless)?;
    match with.fingerprint() {
        // Also where a `.pub` lies beside another key's file. gpg may be told a subkey.
        Some(known) if known != signer.fingerprint && with.format() == Format::Ssh => {
            Err(useless(Bad::Refused(format!("the key {}", signer.fingerprint))))
        }
        _ => Ok(text),
    }
}

fn by_ssh(
    with: &SigningKey,
    namespace: &str,
    message: &[u8],
    tools: &Tools,
) -> Result<String, SignError> {
    let here = |error: std::io::Error| SignError::Tool(error.to_string());
    let folder = tempfile::tempdir().map_err(here)?;
    let (buffer, key) = (folder.path().join("message"), folder.path().join("key.pub"));
    fs::write(&buffer, message).map_err(here)?;
    let mut arguments: Vec<&OsStr> = ["-Y", "sign", "-n", namespace].map(OsStr::new).to_vec();
    let file = match with {
        SigningKey::Agent(public) => {
            fs::write(&key, format!("{}\n", public.text)).map_err(here)?;
            arguments.push(OsStr::new("-U"));
            &key
        }
        SigningKey::File(file) => file,
        SigningKey::OpenPgp(_) => return Err(SignError::Tool("no SSH key".to_owned())),
    };
    arguments.extend([OsStr::new("-f"), file.as_os_str(), buffer.as_os_str()]);
    let program = tools.ssh_keygen.as_deref().unwrap_or("ssh-keygen");
    let printed =
        tools.run(program, &arguments, Input::Terminal, true).map_err(|error| match error {
            ProgramError::Missing(name) => SignError::Tool(format!(
                "signing needs OpenSSH (8.2 or newer), and there is no `{name}` in PATH"
            )),
            ProgramError::Silent(..) => {
                SignError::Tool(format!("{error}: does the agent still work?"))
            }
            other => SignError::Tool(other.to_string()),
        })?;
    if !printed.status.success() {
        return Err(why_not(&printed, with));
    }
    let mut text = String::new();
    let made = fs::File::open(folder.path().join("message.sig")).map_err(here)?;
    made.take(LONGEST_MADE).read_to_string(&mut text).map_err(here)?;
    armour::ssh(&text.replace("\r\n", "\n")).map_err(|bad| SignError::Useless(with.name(), bad))
}

/// What `ssh-keygen` means.
fn why_not(printed: &Printed, with: &SigningKey) -> SignError {
    let said = printed.stderr.as_str();
    let has = |words: &str| said.contains(words);
    let name = with.name();
    if has("incorrect passphrase") {
        SignError::Locked(name)
    } else if has("find key in agent") || has("agent socket") || has("No private key found") {
        SignError::NotInAgent(name)
    } else if has("agent refused") || has("device not found") || has("user presence") {
        SignError::Refused(name)
    } else if has("load public key") || has("invalid format") {
        SignError::NoKey(format!("{name} is no SSH key, or its `.pub` is missing"))
    } else if has("option") && has("usage") {
        SignError::Tool("this `ssh-keygen` cannot sign: OpenSSH 8.2 or newer can".to_owned())
    } else {
        SignError::Tool(format!("ssh-keygen would not sign with {name}: {}", last_line(said)))
    }
}

fn by_gpg(key: &str, message: &[u8], tools: &Tools) -> Result<String, SignError> {
    if key.starts_with('-') {
        return Err(SignError::NoKey(format!("`{key}` is no OpenPGP key")));
    }
    let options = ["--status-fd=2", "--detach-sign", "--armor", "--local-user", key];
    let program = tools.gpg.as_deref().unwrap_or("gpg");
    let arguments: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
    let printed = tools.run(program, &arguments, Input::Bytes(message), true).map_err(|error| {
        SignError::Tool(match error {
            ProgramError::Missing(name) => {
                format!("an OpenPGP key signs by GnuPG, and there is no `{name}` in PATH")
            }
            other => other.to_string(),
        })
    })?;
    if !printed.status.success() {
        let said = printed.stderr.lines().filter(|line| !line.starts_with("[GNUPG:]"));
        let said = said.collect::<Vec<_>>().join("\n");
        let what = format!("gpg would not sign with {key}: {}", last_line(&said));
        return Err(SignError::Tool(what));
    }
    String::from_utf8(printed.stdout)
        .map(|text| text.replace("\r\n", "\n"))
        .map_err(|error| SignError::Tool(format!("what gpg printed cannot be read: {error}")))
}

fn last_line(said: &str) -> String {
    let line = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    line.trim().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    fn chosen(all: &[(&str, &str)]) -> Option<SigningKey> {
        let setting = |name: &str| {
            let found = all.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        SigningKey::chosen(None, &setting).unwrap()
    }

    #[test]
    fn gits_own_key_is_taken_in_the_format_that_git_is_told() {
        let key = ("user.signingKey", ADA);
        assert!(matches!(chosen(&[key, ("gpg.format", "ssh")]), Some(SigningKey::Agent(_))));
        assert_eq!(chosen(&[key, ("gpg.format", "x509")]), None);
        let openpgp = SigningKey::OpenPgp("ABCD".to_owned());
        assert_eq!(chosen(&[("user.signingKey", "ABCD")]), Some(openpgp));
        assert_eq!(chosen(&[("gpg.format", "ssh")]), None);
        assert_eq!(chosen(&[("gpg.ssh.defaultKeyCommand", "ssh-add -L")]), None);
    }

    #[test]
    fn a_key_is_given_as_a_file_or_as_itself() {
        let given = |text: &str| SigningKey::chosen(Some(text), &|_| None);
        assert!(matches!(given(&format!("key::{ADA} ada")), Ok(Some(SigningKey::Agent(_)))));
        let digits = "0123456789abcdef0123456789abcdef01234567";
        assert!(matches!(given(digits), Ok(Some(SigningKey::OpenPgp(_)))));
        assert!(matches!(given("/nonexistent/key"), Err(SignError::NoKey(_))));
        assert!(matches!(given("key::ssh-ed25519 AAAA"), Err(SignError::NoKey(_))));
    }

    #[test]
    fn a_private_key_is_not_repeated() {
        let text = "-----BEGIN OPENSSH PRIVATE KEY-----\nsecretsecret\n";
        let error = SigningKey::chosen(Some(text), &|_| None).unwrap_err();
        assert!(!error.to_string().contains("secretsecret"), "{error}");
    }
}
