//! `gitsm policy`.

use super::Environment;
use super::args::{Policy, PolicyCommand, PolicyTest};
use super::error::{Failure, print};
use crate::flow::policy::{Tested, test};
use crate::output::{TestedPolicy, tested};

pub(super) fn run(arguments: &Policy, environment: &Environment) -> Result<u8, Failure> {
    match &arguments.command {
        PolicyCommand::Test(arguments) => run_tests(arguments, environment),
    }
}

fn run_tests(arguments: &PolicyTest, environment: &Environment) -> Result<u8, Failure> {
    let at = arguments.at.clone();
    let place = environment.place(&[], at);
    let all = test(&place, &arguments.names, arguments.today.as_deref())?;
    let policies: Vec<TestedPolicy<'_>> = all.iter().map(shown).collect();
    print(&tested(&policies, environment.color))?;
    Ok(u8::from(all.iter().any(|policy| policy.failures() > 0)))
}

fn shown(policy: &Tested) -> TestedPolicy<'_> {
    TestedPolicy {
        name: &policy.name,
        place: format!("{}:{}", policy.file, policy.line),
        broken: policy.broken.as_deref(),
        examples: &policy.examples,
    }
}
