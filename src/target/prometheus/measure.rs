//! How much of an indicator is bad over a window, as PromQL.
//!
//! Where its queries can be asked over any window, they are. Where they give a number of the moment, or
//! where time is judged slice by slice, that is recorded first, and its mean over the window is taken.

use super::number::{Decimal, Span};
use super::query::Query;
use crate::model::openslo::alert_condition::Operator;
use crate::model::openslo::sli::{Metric, RatioMetric, RawType, SliSpec};
use crate::model::openslo::slo::{BudgetingMethod, Objective, SliceWindow};

/// What stands in the way, and in which field below the one that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// A JSON Pointer, from the document of the SLO or of its SLI on.
    pub(super) pointer: String,
    /// What is wrong and what to do.
    pub(super) message: String,
}

/// Something wrong at a place.
pub(super) fn wrong<T>(pointer: impl Into<String>, message: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { pointer: pointer.into(), message: message.into() })
}

/// How often numbers of the moment are recorded.
const MOMENT: Span = Span(1);

/// The longest slice: the shortest window of an alert holds at least one.
const LONGEST_SLICE: Span = Span(5);

/// How the share of what is bad is found.
#[derive(Debug)]
pub(super) enum Measure {
    /// Of events that are counted over any window.
    Counted(Counted),
    /// A ratio that can be asked over any window; whether it is that of failures.
    Raw(Query, bool),
    /// Of events that are counted in each moment: those that are good, or bad, and all.
    Sums(Part, Query, Query),
    /// The mean of a number from 0 to 1 that is recorded each so often.
    Mean(String, Span),
}

/// Events that are counted over any window.
#[derive(Debug)]
pub(super) struct Counted {
    part: Part,
    some: Query,
    total: Query,
    is_counter: bool,
}

/// Which part of all events a query counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Good,
    Bad,
}

impl Part {
    /// The share of what is bad, of some and all.
    fn ratio(self, some: &str, total: &str) -> String {
        match self {
            Self::Good => format!("1 - ({some} / {total})"),
            Self::Bad => format!("{some} / {total}"),
        }
    }
}

impl Counted {
    fn over(&self, window: Span) -> Option<String> {
        let count = |query: &Query| {
            query.over(window).or_else(|| query.rate(window).filter(|_| self.is_counter))
        };
        Some(self.part.ratio(&count(&self.some)?, &count(&self.total)?))
    }
}

impl Measure {
    /// What is recorded for it, by the name of the series, and how often.
    pub(super) fn samples(&self) -> Option<(Vec<(&'static str, String)>, Span)> {
        match self {
            Self::Counted(_) | Self::Raw(..) => None,
            Self::Sums(_, some, total) => {
                let some = ("slo:events_counted:moment", some.at(""));
                Some((vec![some, ("slo:events_total:moment", total.at(""))], MOMENT))
            }
            Self::Mean(sample, interval) => {
                Some((vec![("slo:error_ratio:moment", sample.clone())], *interval))
            }
        }
    }

    /// The share of what is bad over a window; `labels` select what was recorded.
    pub(super) fn over(&self, window: Span, labels: &str) -> Option<String> {
        match self {
            Self::Counted(counted) => counted.over(window),
            Self::Raw(query, true) => query.over(window),
            Self::Raw(query, false) => Some(format!("1 - {}", query.over(window)?)),
            Self::Sums(part, ..) => {
                let sum = |name: &str| format!("sum_over_time({name}{labels}[{window}])");
                let (some, total) =
                    (sum("slo:events_counted:moment"), sum("slo:events_total:moment"));
                Some(part.ratio(&some, &total))
            }
            Self::Mean(..) => {
                Some(format!("avg_over_time(slo:error_ratio:moment{labels}[{window}])"))
            }
        }
    }
}

/// How an objective is measured. `at` is the pointer of the objective, `sli_at` that of the spec of its
/// indicator.
pub(super) fn measure(
    method: &BudgetingMethod,
    (objective, at): (&Objective, &str),
    (sli, sli_at): (&SliSpec, &str),
) -> Result<Measure, Wrong> {
    let slice = match method {
        BudgetingMethod::Occurrences => None,
        BudgetingMethod::Timeslices | BudgetingMethod::RatioTimeslices => {
            Some(slice(objective, at)?)
        }
    };
    let (measure, share) = match (&sli.threshold_metric, &sli.ratio_metric) {
        (Some(metric), _) => threshold((objective, at), (metric, sli_at), slice)?,
        (None, Some(ratio)) => of_ratio((ratio, sli_at), slice)?,
        (None, None) => {
            return wrong(sli_at, "the indicator has neither a ratio nor a threshold metric");
        }
    };
    let Some(slice) = slice else { return Ok(measure) };
    match method {
        // Slices without events are no part of the mean.
        BudgetingMethod::RatioTimeslices => Ok(Measure::Mean(format!("({share}) > -1"), slice)),
        // Slices without events are good ones.
        _ => {
            let target =
                objective.time_slice_target.and_then(Decimal::of).and_then(Decimal::to_one);
            let Some(bad) = target else {
                let pointer = format!("{at}/timeSliceTarget");
                return wrong(pointer, "say which share of a slice must be good, from 0 to 1");
            };
            Ok(Measure::Mean(format!("({share}) > bool {bad}"), slice))
        }
    }
}

fn slice(objective: &Objective, at: &str) -> Result<Span, Wrong> {
    let span = match &objective.time_slice_window {
        Some(SliceWindow::Duration(duration)) => Span::read(&duration.0),
        Some(SliceWindow::Minutes(minutes)) => Decimal::of(*minutes).and_then(|minutes| {
            minutes.to_string().parse().ok().filter(|minutes| *minutes > 0).map(Span)
        }),
        None => None,
    };
    match span {
        Some(span) if span <= LONGEST_SLICE => Ok(span),
        _ => wrong(
            format!("{at}/timeSliceWindow"),
            "say how long a slice is, from 1m to 5m: alerts look at the last five minutes",
        ),
    }
}

/// The bad share of a threshold metric, over all time and within a slice.
fn threshold(
    (objective, at): (&Objective, &str),
    (metric, sli_at): (&Metric, &str),
    slice: Option<Span>,
) -> Result<(Measure, String), Wrong> {
    let query = read(metric, &format!("{sli_at}/thresholdMetric"))?;
    let bad = match &objective.op {
        Some(Operator::Lte) => ">",
        Some(Operator::Gte) => "<",
        Some(Operator::Lt) => ">=",
        Some(Operator::Gt) => "<=",
        None => {
            return wrong(format!("{at}/op"), "say how the metric is compared: lte, gte, lt or gt");
        }
    };
    let Some(value) = objective.value.filter(|value| value.is_finite()) else {
        return wrong(format!("{at}/value"), "say what the metric is compared with");
    };
    let window = slice.unwrap_or(LONGEST_SLICE).to_string();
    let is_bad = format!("{} {bad} bool {value}", query.at(&window));
    let share = format!("avg_over_time(({is_bad})[{window}:15s])");
    Ok((Measure::Mean(is_bad, MOMENT), share))
}

/// The bad share of a ratio, over all time and within a slice.
fn of_ratio(
    (ratio, sli_at): (&RatioMetric, &str),
    slice: Option<Span>,
) -> Result<(Measure, String), Wrong> {
    let at = format!("{sli_at}/ratioMetric");
    let window = slice.unwrap_or(LONGEST_SLICE);
    if let Some(raw) = &ratio.raw {
        let query = read(raw, &format!("{at}/raw"))?;
        let is_failure = match &ratio.raw_type {
            Some(RawType::Failure) => true,
            Some(RawType::Success) => false,
            None => {
                let message = "say whether `raw` is the share of success or of failure";
                return wrong(format!("{at}/rawType"), message);
            }
        };
        let moment = query.over(window).unwrap_or_else(|| query.at(""));
        let share = if is_failure { moment } else { format!("1 - {moment}") };
        return Ok(match query.over(window) {
            Some(_) => (Measure::Raw(query, is_failure), share),
            None => (Measure::Mean(share.clone(), MOMENT), share),
        });
    }
    let (part, name, some) = match (&ratio.good, &ratio.bad) {
        (Some(good), _) => (Part::Good, "good", good),
        (None, Some(bad)) => (Part::Bad, "bad", bad),
        (None, None) => return wrong(at, "the ratio needs `good` or `bad`, and `total`"),
    };
    let Some(total) = &ratio.total else {
        return wrong(
            format!("{at}/total"),
            "the ratio needs a `total` beside its `good` or `bad`",
        );
    };
    let some_at = format!("{at}/{name}");
    let (some, total) = (read(some, &some_at)?, read(total, &format!("{at}/total"))?);
    let is_counter = ratio.counter == Some(true);
    let counted = Counted { part, some: some.clone(), total: total.clone(), is_counter };
    if let Some(share) = counted.over(window) {
        return Ok((Measure::Counted(counted), share));
    }
    let is_plain = |query: &Query| !query.has_window() && query.over(window).is_none();
    if ratio.counter == Some(false) && is_plain(&some) && is_plain(&total) {
        let share = part.ratio(&some.at(""), &total.at(""));
        return Ok((Measure::Sums(part, some, total), share));
    }
    wrong(
        format!("{some_at}/metricSource/spec/query"),
        "it and `total` cannot be asked over the windows of burn rates: write the window of both as \
         {{.window}}, as in sum(rate(x[{{.window}}])), or say `counter: true` and name the bare counters",
    )
}

/// The query of a metric.
fn read(metric: &Metric, at: &str) -> Result<Query, Wrong> {
    let spec = format!("{at}/metricSource/spec");
    let source = &metric.metric_source.spec;
    let found = ["query", "promql"].into_iter().find_map(|name| Some((name, source.get(name)?)));
    let Some((name, text)) = found.and_then(|(name, value)| Some((name, value.as_str()?))) else {
        return wrong(spec, "Prometheus needs a `query` here, as a text of PromQL");
    };
    Query::read(text).or_else(|why| wrong(format!("{spec}/{name}"), why))
}
