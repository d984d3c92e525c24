//! What OpenSLO v1 asks for and JSON Schema cannot say: this or that, and not both
//! (<https://github.com/OpenSLO/OpenSLO>, notes to each object).

use super::at::{At, Part, dotted, list};
use super::codes;
use crate::catalog::{DocumentView, FileView};
use crate::finding::{Code, Finding};
use crate::model::openslo;
use crate::yaml::{Node, NodeKind, Pointer, Scalar};

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    let Some(kind) = document.kind().filter(|kind| kind.group == &openslo::GROUP) else { return };
    let mut check = Check { at: At::new(view, document), findings };
    let pointer = Pointer::root().join("spec");
    let Some(spec) = document.root.get("spec").filter(|spec| spec.is_mapping()) else { return };
    match kind.name {
        "SLO" => check.slo(spec, &pointer),
        "SLI" => check.sli(spec, &pointer),
        "AlertPolicy" => check.alert_policy(spec, &pointer),
        _ => {}
    }
}

struct Check<'a, 'f> {
    at: At<'a>,
    findings: &'f mut Vec<Finding>,
}

impl<'a> Check<'a, '_> {
    fn tell(&mut self, code: &'static Code, pointer: &Pointer, headline: String, help: &str) {
        self.findings.push(self.at.finding(code, pointer, Part::Key, headline).help(help));
    }

    /// Asks for exactly one of several fields.
    fn exactly_one(
        &mut self,
        code: &'static Code,
        node: Node<'a>,
        pointer: &Pointer,
        names: &[&str],
    ) {
        let given: Vec<&str> =
            names.iter().copied().filter(|name| node.get(name).is_some()).collect();
        if given.len() == 1 {
            return;
        }
        let owned: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let place = dotted(pointer);
        match given.last() {
            None => {
                let headline = format!("`{place}` has neither {}", list(&owned, "nor"));
                self.tell(code, pointer, headline, "write exactly one of them");
            }
            Some(last) => {
                let both: Vec<String> = given.iter().map(|name| (*name).to_owned()).collect();
                let headline = format!("`{place}` has {}", list(&both, "and"));
                self.tell(code, &pointer.join(last), headline, "keep one of them");
            }
        }
    }

    fn slo(&mut self, spec: Node<'a>, pointer: &Pointer) {
        let has =
            |node: Node<'_>| ["indicator", "indicatorRef"].iter().any(|n| node.get(n).is_some());
        let objectives = spec.get("objectives");
        let list = pointer.join("objectives");
        let items = || objectives.into_iter().flat_map(Node::items).enumerate();
        let composite = items().any(|(_, objective)| has(objective));
        if composite && has(spec) {
            let headline = "the indicator stands at the SLO and at its objectives".to_owned();
            let help = "keep it at the SLO, or give every objective its own";
            self.tell(&codes::OPENSLO_INDICATOR, &list, headline, help);
        } else if !composite {
            self.indicator(spec, pointer);
        }
        let method = spec.str("budgetingMethod").unwrap_or_default();
        for (number, objective) in items() {
            let at = list.join(number);
            if composite {
                self.indicator(objective, &at);
            }
            self.objective(objective, &at, method);
        }
        let windows = spec.get("timeWindow").into_iter().flat_map(Node::items).enumerate();
        for (number, window) in windows {
            self.window(window, &pointer.join("timeWindow").join(number));
        }
        let policies = spec.get("alertPolicies").into_iter().flat_map(Node::items).enumerate();
        for (number, policy) in policies {
            let at = pointer.join("alertPolicies").join(number);
            self.by_name_or_in_place(policy, &at, "alertPolicyRef");
            if let Some(inline) = policy.get("spec") {
                self.alert_policy(inline, &at.join("spec"));
            }
        }
    }

    fn indicator(&mut self, node: Node<'a>, pointer: &Pointer) {
        self.exactly_one(&codes::OPENSLO_INDICATOR, node, pointer, &["indicator", "indicatorRef"]);
        if let Some(spec) = node.get("indicator").and_then(|indicator| indicator.get("spec")) {
            self.sli(spec, &pointer.join("indicator").join("spec"));
        }
    }

    fn objective(&mut self, objective: Node<'a>, pointer: &Pointer, method: &str) {
        if !objective.is_mapping() {
            return;
        }
        let code = &codes::OPENSLO_OBJECTIVE;
        self.exactly_one(code, objective, pointer, &["target", "targetPercent"]);
        let wanted: &[&str] = match method {
            "Timeslices" => &["timeSliceTarget", "timeSliceWindow"],
            "RatioTimeslices" => &["timeSliceWindow"],
            _ => &[],
        };
        for name in wanted.iter().filter(|name| objective.get(name).is_none()) {
            let headline = format!("`{}` has no `{name}`", dotted(pointer));
            let help = format!("add `{name}`: the budgeting method {method} counts by it");
            self.tell(code, pointer, headline, &help);
        }
    }

    fn window(&mut self, window: Node<'a>, pointer: &Pointer) {
        let rolls = window.get("isRolling").map(|node| node.kind())
            == Some(NodeKind::Scalar(Scalar::Bool(true)));
        let calendar = window.get("calendar").is_some();
        let code = &codes::OPENSLO_WINDOW;
        if rolls && calendar {
            let headline = format!("`{}` rolls and follows a calendar", dotted(pointer));
            self.tell(
                code,
                &pointer.join("calendar"),
                headline,
                "remove `calendar`, or `isRolling`",
            );
        } else if !rolls && !calendar && window.is_mapping() {
            let headline = format!("`{}` neither rolls nor follows a calendar", dotted(pointer));
            self.tell(code, pointer, headline, "write `isRolling: true`, or `calendar:`");
        }
    }

    fn sli(&mut self, spec: Node<'a>, pointer: &Pointer) {
        let code = &codes::OPENSLO_METRIC;
        self.exactly_one(code, spec, pointer, &["thresholdMetric", "ratioMetric"]);
        let Some(ratio) = spec.get("ratioMetric").filter(|ratio| ratio.is_mapping()) else {
            return;
        };
        let pointer = pointer.join("ratioMetric");
        self.exactly_one(code, ratio, &pointer, &["total", "raw"]);
        if ratio.get("total").is_some() {
            self.exactly_one(code, ratio, &pointer, &["good", "bad"]);
        }
        if ratio.get("raw").is_some() {
            for name in ["good", "bad"].iter().filter(|name| ratio.get(name).is_some()) {
                let headline = format!("`{}` has `raw` and `{name}`", dotted(&pointer));
                let help = "a stored ratio needs no parts: keep `raw`, or the parts";
                self.tell(code, &pointer.join(name), headline, help);
            }
            if ratio.get("rawType").is_none() {
                let headline = format!("`{}` has `raw` and no `rawType`", dotted(&pointer));
                let help = "add `rawType: success` or `rawType: failure`";
                self.tell(code, &pointer, headline, help);
            }
        }
    }

    fn alert_policy(&mut self, spec: Node<'a>, pointer: &Pointer) {
        for (name, reference) in
            [("conditions", "conditionRef"), ("notificationTargets", "targetRef")]
        {
            let items = spec.get(name).into_iter().flat_map(Node::items).enumerate();
            for (number, item) in items {
                self.by_name_or_in_place(item, &pointer.join(name).join(number), reference);
            }
        }
    }

    fn by_name_or_in_place(&mut self, item: Node<'a>, pointer: &Pointer, reference: &str) {
        if !item.is_mapping() {
            return;
        }
        let code = &codes::OPENSLO_ALERT;
        self.exactly_one(code, item, pointer, &[reference, "spec"]);
        if item.get("spec").is_some() {
            for name in ["kind", "metadata"].iter().filter(|name| item.get(name).is_none()) {
                let headline = format!("`{}` has no `{name}`", dotted(pointer));
                let help = "what is given in place has `kind`, `metadata` and `spec`";
                self.tell(code, pointer, headline, help);
            }
        }
    }
}
