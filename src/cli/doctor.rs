//! `gitsm doctor`.

use super::Environment;
use super::args::{Doctor, DoctorFormat};
use super::error::Failure;
use super::impact::put;
use super::ledger::around;
use crate::flow::doctor::{Request, doctor};
use crate::output::doctor::{human, json, markdown};

pub(super) fn run(arguments: &Doctor, environment: &Environment) -> Result<u8, Failure> {
    let request = Request {
        place: environment.place(&[], None),
        around: around(environment),
        remote: arguments.remote,
    };
    let report = doctor(&request)?;
    let (format, file) = &arguments.output;
    let text = match format {
        DoctorFormat::Human => human(&report, environment.color && file.is_none()),
        DoctorFormat::Json => json(&report),
        DoctorFormat::Markdown => markdown(&report),
    };
    put(&text, file.as_deref(), environment)?;
    Ok(u8::from(report.is_dangerous()))
}
