//! `gitsm change backtest`.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use super::Environment;
use super::args::{BacktestFormat, ChangeBacktest};
use super::error::{Failure, tell};
use super::impact::put;
use crate::flow::backtest::{BacktestError, PolicyError, Request, backtest};
use crate::output::backtest::{backtest_markdown, backtest_table};
use crate::output::finding_lines;

/// After which time it is told how far it is.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) fn run(arguments: &ChangeBacktest, environment: &Environment) -> Result<u8, Failure> {
    let request = Request {
        place: environment.place(&[], None),
        since: arguments.since,
        until: arguments.until,
        policy: arguments.policy.clone(),
        head: arguments.at.clone(),
    };
    let mut line = Progress { watched: std::io::stderr().is_terminal(), ..Progress::new() };
    let answer = backtest(&request, &mut |done, total| line.show(done, total));
    line.end();
    let report = answer?;
    let (format, file) = &arguments.output;
    let text = match format {
        // Colours are for terminals.
        BacktestFormat::Table => backtest_table(&report, environment.color && file.is_none()),
        BacktestFormat::Json => report.json(),
        BacktestFormat::Markdown => backtest_markdown(&report),
    };
    put(&text, file.as_deref(), environment)?;
    Ok(0)
}

impl From<BacktestError> for Failure {
    fn from(error: BacktestError) -> Self {
        let hint = error.hint().map(str::to_owned);
        let message = error.to_string();
        match &error {
            BacktestError::Policy(PolicyError::Wrong { findings, .. }) => {
                Self::located(format!("{message}\n{}", finding_lines(findings).trim_end()), hint)
            }
            _ if error.is_usage() => Self::usage(message, hint),
            _ => Self::could_not(message, hint),
        }
    }
}

/// One line on a terminal that says how far it is.
struct Progress {
    started: Instant,
    watched: bool,
    shown: bool,
}

impl Progress {
    #[allow(
        clippy::disallowed_methods,
        reason = "how long somebody waits is no part of the answer"
    )]
    fn new() -> Self {
        Self { started: Instant::now(), watched: false, shown: false }
    }

    fn show(&mut self, done: usize, total: usize) {
        if self.watched && self.started.elapsed() >= PATIENCE {
            self.shown = true;
            tell(&format!("\r{done} of {total} landings judged"));
        }
    }

    fn end(&self) {
        if self.shown {
            tell("\r\x1b[K");
        }
    }
}
