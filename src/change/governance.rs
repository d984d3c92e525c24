//! What steers controls: files that decide what is checked and who agrees, and kinds of entities
//! that are rules themselves. An edit of either is never standard, and high at least (DESIGN §5).

use std::sync::OnceLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::set::FieldEdit;
use crate::config::Config;
use crate::model::FieldClass;

/// The files that steer controls in every repository, as globs from its top, with what each is.
/// Letters count without case: some forges and file systems do not tell them apart.
pub static PATHS: &[(&str, &str)] = &[
    ("**/gitsm.yaml", "the settings of a catalog"),
    (".github/workflows/**", "a workflow"),
    (".github/actions/**", "an action of workflows"),
    (".gitlab-ci.yml", "the pipeline"),
    (".gitlab/ci/**", "a part of the pipeline"),
    (".{gitea,forgejo}/{workflows,actions}/**", "a workflow"),
    ("{Jenkinsfile,.travis.yml,.drone.yml,appveyor.yml}", "the pipeline"),
    ("{azure,bitbucket}-pipelines.y*ml", "the pipeline"),
    (".{circleci,buildkite,woodpecker,azure-pipelines}/**", "the pipeline"),
    (".woodpecker.y*ml", "the pipeline"),
    ("CODEOWNERS", "the owners of files"),
    ("docs/CODEOWNERS", "the owners of files"),
    (".github/CODEOWNERS", "the owners of files"),
    (".{gitlab,gitea,forgejo}/CODEOWNERS", "the owners of files"),
    (".github/PULL_REQUEST_TEMPLATE*", "a template of requests"),
    (".github/PULL_REQUEST_TEMPLATE/**", "a template of requests"),
    (".github/ISSUE_TEMPLATE/**", "a template of requests"),
    (".gitlab/merge_request_templates/**", "a template of requests"),
    (".gitlab/issue_templates/**", "a template of requests"),
    (".gitsm/{templates,hooks}/**", "a template or a hook of gitsm"),
    (".gitsm/site/templates/**", "a template of the site"),
    (".githooks/**", "a hook"),
    (".husky/**", "a hook"),
    (".pre-commit-config.yaml", "the hooks of pre-commit"),
    (".pre-commit-hooks.yaml", "the hooks of pre-commit"),
    ("lefthook.y*ml", "the hooks of lefthook"),
];

fn built_in() -> &'static GlobSet {
    static CELL: OnceLock<GlobSet> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut set = GlobSetBuilder::new();
        for (path, _) in PATHS {
            // A test holds that all of them can be read.
            if let Ok(glob) =
                GlobBuilder::new(path).literal_separator(true).case_insensitive(true).build()
            {
                set.add(glob);
            }
        }
        set.build().unwrap_or_default()
    })
}

/// Whether a file, by its path from the repository's top, steers controls: by the table of every
/// repository, or because the settings say so.
pub fn is_governance(path: &str, config: &Config) -> bool {
    built_in().is_match(path) || config.governs(path)
}

/// What a file is that steers controls in every repository.
pub fn governance_of(path: &str) -> Option<&'static str> {
    let first = built_in().matches(path).into_iter().next()?;
    PATHS.get(first).map(|(_, what)| *what)
}

/// Whether an edit of an entity steers controls.
pub fn steers(edit: &FieldEdit) -> bool {
    edit.class == FieldClass::Governance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_steer_controls_are_known_everywhere() {
        let config = Config::default();
        assert_eq!(built_in().len(), PATHS.len());
        for path in [
            "gitsm.yaml",
            "catalog/gitsm.yaml",
            ".github/workflows/deploy.yml",
            ".gitlab-ci.yml",
            ".forgejo/workflows/deploy.yml",
            ".gitea/CODEOWNERS",
            "Jenkinsfile",
            ".circleci/config.yml",
            "azure-pipelines.yml",
            "CODEOWNERS",
            ".github/codeowners",
            ".github/pull_request_template.md",
            ".husky/pre-push",
        ] {
            assert!(is_governance(path, &config), "{path}");
        }
        for path in ["terraform/main.tf", "helm/x/templates/deployment.yaml", "src/CODEOWNERS"] {
            assert!(!is_governance(path, &config), "{path}");
        }
        assert_eq!(governance_of(".github/workflows/a/b.yml"), Some("a workflow"));
    }
}
