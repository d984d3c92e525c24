//! What became of the examples of policies, as text.

use super::text::{count, visible};

/// A policy, and what became of its examples.
pub struct TestedPolicy<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it stands: `path:line`.
    pub place: String,
    /// Why it cannot be used, if so.
    pub broken: Option<&'a str>,
    /// Its examples: what each shows, and why it fails, if it does.
    pub examples: &'a [(String, Option<String>)],
}

/// One line an example, and a sum.
pub fn tested(policies: &[TestedPolicy<'_>], color: bool) -> String {
    let paint = |style: anstyle::Style, text: &str| match color {
        true => format!("{style}{text}{style:#}"),
        false => text.to_owned(),
    };
    let (good, bad) =
        (anstyle::AnsiColor::Green.on_default(), anstyle::AnsiColor::Red.on_default().bold());
    let (mut text, mut passed, mut failed, mut silent) = (String::new(), 0, 0, Vec::new());
    for policy in policies {
        if policy.broken.is_none() && policy.examples.is_empty() {
            silent.push(policy.name);
            continue;
        }
        text.push_str(&visible(&format!("{}  {}", policy.name, policy.place)));
        text.push('\n');
        if let Some(why) = policy.broken {
            failed += 1;
            text.push_str(&format!("  {}  {}\n", paint(bad, "FAIL"), visible(why)));
        }
        for (name, why) in policy.examples {
            match why {
                None => {
                    passed += 1;
                    text.push_str(&format!("  {}    {}\n", paint(good, "ok"), visible(name)));
                }
                Some(why) => {
                    failed += 1;
                    let line = visible(&format!("{name}: {why}"));
                    text.push_str(&format!("  {}  {line}\n", paint(bad, "FAIL")));
                }
            }
        }
    }
    if !silent.is_empty() {
        let line = visible(&format!("without examples: {}", silent.join(", ")));
        text.push_str(&format!("{}{line}\n", if text.is_empty() { "" } else { "\n" }));
    }
    let sum = match failed {
        0 => "all as expected".to_owned(),
        failed => format!("{failed} not as expected"),
    };
    let examples = count(passed + failed, "example");
    let policies = match policies.len() {
        1 => "1 policy".to_owned(),
        number => format!("{number} policies"),
    };
    text.push_str(&format!("{examples} of {policies}: {sum}\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_that_fails_says_why() {
        let examples = [
            ("says how long".to_owned(), None),
            ("says nothing".to_owned(), Some("expected fail, and it passes".to_owned())),
        ];
        let place = "p.yaml:4".to_owned();
        let one = TestedPolicy { name: "recovers", place, broken: None, examples: &examples };
        let place = "q.yaml:4".to_owned();
        let none = TestedPolicy { name: "quiet", place, broken: None, examples: &[] };
        insta::assert_snapshot!(tested(&[one, none], false), @r"
        recovers  p.yaml:4
          ok    says how long
          FAIL  says nothing: expected fail, and it passes

        without examples: quiet
        2 examples of 2 policies: 1 not as expected
        ");
    }
}
