//! Rules for an SLO: its error ratios over the windows of burn rates, and the alerts on them.
//!
//! The windows and rates are those of the Site Reliability Workbook (Google, 2018), chapter 5
//! "Alerting on SLOs", its last section: 14.4 over an hour and six over six hours page, one over three days
//! makes a ticket; each holds over a window of a twelfth as well, so that an alert ends soon after its
//! cause.

use serde_json::{Map, Value, json};

use super::measure::{Measure, Wrong, measure, wrong};
use super::number::{Decimal, Span};
use crate::model::openslo::sli::SliSpec;
use crate::model::openslo::slo::{BudgetingMethod, Objective};

/// How often what changes slowly is counted. It is less than the five minutes after which Prometheus
/// takes a series for gone.
const SLOW: &str = "2m";

/// An SLO with what the catalog knows about it.
#[derive(Debug)]
pub(super) struct Slo {
    /// Its name.
    pub(super) name: String,
    /// What it is called in words.
    pub(super) title: String,
    /// The labels of all its series and alerts: `slo`, and, as far as they are known, `service`,
    /// `owner` and `criticality`.
    pub(super) labels: Map<String, Value>,
    /// Where the page is that says what to do.
    pub(super) runbook: Option<String>,
    /// The time that it is kept over.
    pub(super) period: Span,
    /// How its budget is counted.
    pub(super) method: BudgetingMethod,
    /// What is promised, with its indicator and the pointer to the indicator's spec.
    pub(super) objectives: Vec<(Objective, SliSpec, String)>,
}

/// When the budget is used too fast.
struct Pace {
    /// How many times as fast as it lasts.
    rate: f64,
    /// The window that says that it matters.
    long: Span,
    /// The window that says that it still goes on.
    short: Span,
    severity: &'static str,
}

const PACES: [Pace; 3] = [
    Pace { rate: 14.4, long: Span(60), short: Span(5), severity: "page" },
    Pace { rate: 6.0, long: Span(360), short: Span(30), severity: "page" },
    Pace { rate: 1.0, long: Span(4320), short: Span(360), severity: "ticket" },
];

/// The groups of rules of an SLO, as they stand in its file.
pub(super) fn groups(slo: &Slo) -> Result<Vec<Value>, Wrong> {
    let (mut quick, mut slow) = (Vec::new(), Vec::new());
    // By how often they are taken: objectives may differ.
    let mut samples: std::collections::BTreeMap<Span, Vec<Value>> =
        std::collections::BTreeMap::new();
    for (number, (objective, sli, sli_at)) in slo.objectives.iter().enumerate() {
        let at = format!("/spec/objectives/{number}");
        let rules = Rules {
            slo,
            labels: labels(slo, objective, number),
            measure: measure(&slo.method, (objective, &at), (sli, sli_at))?,
            target: target(objective, &at)?,
        };
        if let Some((records, interval)) = rules.measure.samples() {
            let records = records.into_iter().map(|(name, expr)| rules.record(name, &expr));
            samples.entry(interval).or_default().extend(records);
        }
        rules.add(&mut quick, &mut slow);
    }
    let taken = samples.into_iter().map(|(interval, rules)| {
        json!({ "name": format!("{}:every-{interval}", slo.name), "interval": interval.to_string(), "rules": rules })
    });
    let mut groups: Vec<Value> = taken.collect();
    groups.push(json!({ "name": slo.name, "rules": quick }));
    groups.push(json!({ "name": format!("{}:slow", slo.name), "interval": SLOW, "rules": slow }));
    Ok(groups)
}

/// Of several objectives each has a label that tells it from the others.
fn labels(slo: &Slo, objective: &Objective, number: usize) -> Map<String, Value> {
    let mut labels = slo.labels.clone();
    if slo.objectives.len() > 1 {
        let is_own = |name: &&String| {
            slo.objectives
                .iter()
                .filter(|(one, ..)| one.display_name.as_ref() == Some(name))
                .count()
                == 1
        };
        let name = objective.display_name.as_ref().filter(is_own).cloned();
        labels.insert("objective".into(), name.unwrap_or_else(|| number.to_string()).into());
    }
    labels
}

fn target(objective: &Objective, at: &str) -> Result<Decimal, Wrong> {
    let (name, target) = match (objective.target, objective.target_percent) {
        (Some(target), _) => ("target", Decimal::of(target)),
        (None, Some(percent)) => ("targetPercent", Decimal::of(percent).map(Decimal::percent)),
        (None, None) => ("target", None),
    };
    match target.filter(|target| target.rough() < 1.0) {
        Some(target) => Ok(target),
        None => wrong(format!("{at}/{name}"), "an objective needs a share of good events below 1"),
    }
}

struct Rules<'a> {
    slo: &'a Slo,
    labels: Map<String, Value>,
    measure: Measure,
    target: Decimal,
}

impl Rules<'_> {
    fn record(&self, name: &str, expr: &str) -> Value {
        json!({ "record": name, "expr": expr, "labels": self.labels })
    }

    /// What selects the series of this objective.
    fn selector(&self) -> String {
        let of = |name: &str| Some(format!("{name}={}", self.labels.get(name)?));
        let pairs: Vec<String> = ["slo", "objective"].into_iter().filter_map(of).collect();
        format!("{{{}}}", pairs.join(","))
    }

    fn budget(&self) -> Decimal {
        self.target.to_one().unwrap_or(self.target)
    }

    fn add(&self, quick: &mut Vec<Value>, slow: &mut Vec<Value>) {
        let selector = self.selector();
        let ratio = |name: &str, window: Span| {
            let expr = self.measure.over(window, &selector).unwrap_or_default();
            self.record(&format!("slo:error_ratio:{name}"), &expr)
        };
        for window in [Span(5), Span(30), Span(60), Span(360)] {
            quick.push(ratio(&window.to_string(), window));
        }
        slow.push(ratio("3d", Span(4320)));
        slow.push(ratio("period", self.slo.period));
        let budget = self.budget();
        slow.push(self.record("slo:objective:ratio", &format!("vector({})", self.target)));
        slow.push(self.record(
            "slo:error_budget_remaining:ratio",
            &format!("1 - slo:error_ratio:period{selector} / {budget}"),
        ));
        // A window longer than the budget lasts says nothing, and no ratio is above 1.
        let counts =
            |pace: &&Pace| pace.long <= self.slo.period && pace.rate * budget.rough() < 1.0;
        quick.extend(PACES.iter().filter(counts).map(|pace| self.alert(pace)));
    }

    fn alert(&self, pace: &Pace) -> Value {
        let (long, short, selector) = (pace.long, pace.short, self.selector());
        let (rate, budget) = (pace.rate, self.budget());
        let over =
            |window: Span| format!("slo:error_ratio:{window}{selector} > ({rate} * {budget})");
        let mut labels: Map<String, Value> =
            self.labels.iter().map(|(name, value)| (name.clone(), literal(value).into())).collect();
        labels.insert("severity".into(), pace.severity.into());
        labels.insert("window".into(), long.to_string().into());
        let share = pace.rate * long.0 as f64 * 100.0 / self.slo.period.0 as f64;
        let title = literal(&Value::from(self.slo.title.as_str()));
        let speed = match pace.rate {
            rate if rate > 1.0 => format!("{rate} times as fast as it may be"),
            _ => "faster than it may be".to_owned(),
        };
        let (window, period) = (long.words(), self.slo.period.words());
        let percent = Decimal::of(hundred(self.target)).map_or_else(String::new, |n| n.to_string());
        let mut annotations = json!({
            "summary": format!("{title}: the error budget is used {speed}"),
            "description": format!(
                "{{{{ $value | humanizePercentage }}}} was bad in the last {window}, where {percent}% are to \
                 be good over {period}. That uses at least {}% of the error budget in {window}.",
                tenth(share)
            ),
        });
        if let (Some(runbook), Some(fields)) = (&self.slo.runbook, annotations.as_object_mut()) {
            fields.insert("runbook_url".into(), literal(&Value::from(runbook.as_str())).into());
        }
        json!({
            "alert": "ErrorBudgetBurn",
            "expr": format!("{} and {}", over(long), over(short)),
            "labels": labels,
            "annotations": annotations,
        })
    }
}

/// A share in percent, without noise.
fn hundred(share: Decimal) -> f64 {
    (share.rough() * 1e8).round() / 1e6
}

/// With one digit behind the point, if it is not zero.
fn tenth(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A text in an alert, whose labels and annotations are Go templates: it means itself.
pub(super) fn literal(text: &Value) -> String {
    text.as_str().unwrap_or_default().replace("{{", "{{\"{{\"}}")
}
