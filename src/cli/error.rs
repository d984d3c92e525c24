//! What went wrong, said so that it can be put right.

use std::io::Write;

use super::Environment;
use crate::flow::apply::ApplyError;
use crate::flow::ask::AskError;
use crate::flow::calendar::CalendarError;
use crate::flow::change::ChangeError;
use crate::flow::change::new::NewError;
use crate::flow::demo::DemoError;
use crate::flow::fix::FixError;
use crate::flow::fmt::FmtError;
use crate::flow::gate::GateError;
use crate::flow::get::GetError;
use crate::flow::hook::HookError;
use crate::flow::init::InitError;
use crate::flow::ledger::LedgerError;
use crate::flow::plan::PlanError;
use crate::flow::rename::RenameError;
use crate::flow::render::RenderError;
use crate::flow::revert::RevertError;
use crate::flow::sides::SidesError;
use crate::flow::validate::ValidateError;
use crate::output::{WriteError, visible};
use crate::plan::document::FaultPlan;

/// A command that could not be carried out.
#[derive(Debug)]
pub(super) struct Failure {
    code: u8,
    message: String,
    hint: Option<String>,
    lines: bool,
}

impl Failure {
    /// The user asked for what cannot be: exit code 2.
    pub(super) fn usage(message: String, hint: Option<String>) -> Self {
        Self { code: 2, message, hint, lines: false }
    }

    /// The machine does not deliver: exit code 3.
    pub(super) fn could_not(message: String, hint: Option<String>) -> Self {
        Self { code: 3, message, hint, lines: false }
    }

    /// The same, of several lines, each of which is safe to print already.
    pub(super) fn located(message: String, hint: Option<String>) -> Self {
        Self { lines: true, ..Self::usage(message, hint) }
    }

    /// Prints it, and gives the exit code.
    pub(super) fn report(&self, environment: &Environment) -> u8 {
        let style = anstyle::AnsiColor::Red.on_default().bold();
        let error =
            if environment.color { format!("{style}error{style:#}") } else { "error".into() };
        let message = match self.lines {
            true => self.message.lines().map(visible).collect::<Vec<_>>().join("\n"),
            false => visible(&self.message),
        };
        let mut text = format!("{error}: {message}\n");
        if let Some(hint) = &self.hint {
            text.push_str(&format!("  hint: {}\n", visible(hint)));
        }
        let _ = std::io::stderr().write_all(text.as_bytes());
        self.code
    }
}

impl From<&FaultPlan> for Failure {
    fn from(fault: &FaultPlan) -> Self {
        let (message, hint) = (fault.message.clone(), fault.help.clone());
        match fault.is_setup {
            true => Self::usage(message, hint),
            false => Self::could_not(message, hint),
        }
    }
}

impl From<ValidateError> for Failure {
    fn from(error: ValidateError) -> Self {
        let message = error.to_string();
        match &error {
            ValidateError::NoSuchCode(_) => {
                Self::usage(message, Some("`gitsm explain --list` lists the codes".to_owned()))
            }
            ValidateError::Workspace(inner) => {
                let hint = inner.hint().map(str::to_owned);
                match inner.is_usage() {
                    true => Self::usage(message, hint),
                    false => Self::could_not(message, hint),
                }
            }
        }
    }
}

/// Errors that know whose mistake they are, and what to do about it.
macro_rules! told {
    ($($error:ty),*) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                let (message, hint) = (error.to_string(), error.hint());
                let hint = hint.map(|hint| hint.to_string());
                match error.is_usage() {
                    true => Self::usage(message, hint),
                    false => Self::could_not(message, hint),
                }
            }
        })*
    };
}

told!(
    ApplyError,
    HookError,
    AskError,
    CalendarError,
    ChangeError,
    DemoError,
    RenderError,
    GateError,
    GetError,
    InitError,
    LedgerError,
    NewError,
    PlanError,
    SidesError
);

impl From<RenameError> for Failure {
    fn from(error: RenameError) -> Self {
        match error {
            RenameError::Validate(inner) => inner.into(),
            _ => {
                let (message, hint) = (error.to_string(), error.hint());
                match error.is_usage() {
                    true => Self::usage(message, hint),
                    false => Self::could_not(message, hint),
                }
            }
        }
    }
}

impl From<RevertError> for Failure {
    fn from(error: RevertError) -> Self {
        match error {
            RevertError::Validate(inner) => inner.into(),
            RevertError::Sides(inner) => inner.into(),
            _ => {
                let (message, hint) = (error.to_string(), error.hint());
                match error.is_usage() {
                    true => Self::usage(message, hint),
                    false => Self::could_not(message, hint),
                }
            }
        }
    }
}

impl From<FixError> for Failure {
    fn from(error: FixError) -> Self {
        match error {
            FixError::Validate(inner) => inner.into(),
            FixError::Revision => {
                let hint = "check it out and leave out --at".to_owned();
                Self::usage(error.to_string(), Some(hint))
            }
        }
    }
}

impl From<FmtError> for Failure {
    fn from(error: FmtError) -> Self {
        match error {
            FmtError::Workspace(inner) => ValidateError::Workspace(inner).into(),
            FmtError::NotOnDisk | FmtError::Link { .. } => Self::usage(error.to_string(), None),
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::could_not(error.to_string(), None)
    }
}

/// Says something that is no part of what was asked for: on standard error.
pub(super) fn tell(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Prints to standard output; a reader that went away is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::could_not(format!("cannot write to standard output: {error}"), None))
        }
        _ => Ok(()),
    }
}
