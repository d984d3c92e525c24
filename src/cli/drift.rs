//! `gitsm drift`.

use super::Environment;
use super::args::{ApplyFormat, Drift};
use super::error::{Failure, tell};
use super::impact::put;
use super::ledger::around;
use super::life::who;
use super::plan::{failed, request};
use crate::catalog::short;
use crate::flow::diff::hidden;
use crate::flow::drift::{drift, record};
use crate::output::drift::{human, json};
use crate::output::visible;

pub(super) fn run(arguments: &Drift, environment: &Environment) -> Result<u8, Failure> {
    let asked = request(&arguments.aim, arguments.at.clone(), environment);
    let report = drift(&asked, &around(environment))?;
    let default = [(ApplyFormat::Human, None)];
    let outputs = match arguments.outputs.is_empty() {
        true => &default[..],
        false => &arguments.outputs[..],
    };
    for (format, file) in outputs {
        let text = match format {
            ApplyFormat::Human => human(&report, environment.color && file.is_none()),
            ApplyFormat::Json => json(&report),
        };
        put(&hidden(&text), file.as_deref(), environment)?;
    }
    if arguments.record {
        let (place, signing) = (environment.place(&[], None), who(&arguments.signing));
        for one in record(&report, &place, &around(environment), &signing)? {
            let known = if one.is_known { ", recorded before" } else { ", an unauthorised change" };
            tell(&format!("{}{known}\n", visible(&short(&one.change))));
        }
    }
    Ok(u8::from(report.is_open()).max(failed(report.faults(), environment)))
}
