//! A change policy from a file that need not be in the catalog.

use std::path::{Path, PathBuf};

use super::judge::Named;
use crate::catalog::load;
use crate::config::Config;
use crate::finding::{Finding, Severity};
use crate::git::GitError;
use crate::model::gitsm::Spec;
use crate::model::gitsm::change_policy::ChangePolicySpec;
use crate::model::{EntityRef, parse_reference};
use crate::rules;
use crate::tree::Memory;
use crate::yaml::Limits;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The file cannot be read.
    #[error("cannot read {path}: {reason}")]
    Unread {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is no policy in it, or several.
    #[error("{path} holds {count} change policies, and one is to be tried")]
    Not {
        /// The file.
        path: PathBuf,
        /// How many there are.
        count: usize,
    },
    /// It has mistakes.
    #[error("{path} cannot be used as it is")]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        findings: Vec<Finding>,
    },
}

impl PolicyError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unread { .. } => None,
            Self::Not { .. } => Some("`gitsm schema ChangePolicy` says what one looks like"),
            Self::Wrong { .. } => Some("put these right and try again"),
        }
    }
}

/// Reads the policy of a file, from where the user stands.
///
/// # Errors
///
/// The file cannot be read, has mistakes, or holds no policy or several.
pub(super) fn read(current: &Path, file: &Path) -> Result<Named, PolicyError> {
    let path = file.to_owned();
    let unread = |reason: String| PolicyError::Unread { path: path.clone(), reason };
    let bytes = bytes(&current.join(file)).map_err(unread)?;
    let name = file.to_string_lossy().replace('\\', "/");
    // Whatever the file is called, it is meant as YAML.
    let shown = if crate::tree::is_yaml(&name) { name } else { format!("{name}.yaml") };
    let tree = Memory::new([(shown, bytes)]);
    let unread =
        |error: GitError| PolicyError::Unread { path: path.clone(), reason: error.to_string() };
    let (catalog, made) =
        load(&tree, &Config::default(), &Limits::default(), &rules::inspect).map_err(unread)?;
    let mut findings = made.findings;
    findings.retain(|finding| finding.severity == Severity::Error);
    if !findings.is_empty() {
        return Err(PolicyError::Wrong { path, findings });
    }
    let policies = catalog.entities().filter_map(|(_, entity)| match entity.spec() {
        Some(Spec::ChangePolicy(spec)) => {
            Some((catalog.canonical(entity).to_owned(), (**spec).clone()))
        }
        _ => None,
    });
    let mut policies: Vec<Named> = policies.collect();
    let count = policies.len();
    match policies.pop() {
        Some(policy) if count == 1 => Ok(policy),
        _ => Err(PolicyError::Not { path, count }),
    }
}

#[allow(clippy::disallowed_methods, reason = "the file need not be part of any tree")]
fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    use std::io::Read;
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    match bytes.len() as u64 > LARGEST {
        true => Err(format!("it has more than {} MiB", LARGEST >> 20)),
        false => Ok(bytes),
    }
}

/// The teams that a policy asks, as canonical references.
pub(super) fn asked(name: &str, spec: &ChangePolicySpec) -> Vec<String> {
    let name = EntityRef::from_canonical(name);
    let rules = spec.approvals.iter().flat_map(|rules| rules.values());
    let teams = rules.flat_map(|rule| rule.teams.iter().flatten());
    let emergency = spec.emergency.iter().map(|emergency| &emergency.approvers.0);
    let all = teams.chain(emergency);
    let canonical = |text: &String| {
        let team = parse_reference(text, Some("team"), name.namespace()).ok()?;
        Some(team.as_str().to_owned())
    };
    all.filter_map(canonical).collect()
}
