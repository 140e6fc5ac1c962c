//! Sums over all calls.

use crate::judged_call::JudgedCall;
use crate::safe_output::plain;
use crate::verdict_change::Change;
use serde::Serialize;
use std::io::{self, Write};

/// What one configuration makes of all calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Total {
    /// What the configuration is called.
    pub(crate) name: String,
    /// Calls that alert under it.
    pub(crate) alerts: usize,
    /// Calls that alert under it and not under the first.
    pub(crate) come: usize,
    /// Calls that alert under the first and not under it.
    pub(crate) go: usize,
    /// Calls that alert under both.
    pub(crate) stay: usize,
}

/// Sums over all calls.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    /// Calls with a verdict.
    pub(crate) calls: usize,
    /// Calls with an estimated verdict.
    pub(crate) estimates: usize,
    /// Calls with an estimated verdict that were not measured.
    pub(crate) unmeasured: usize,
    /// Lines and inputs that could not be used.
    pub(crate) problems: usize,
    /// By configuration, in order.
    pub(crate) configurations: Vec<Total>,
}

impl Totals {
    /// Totals of no call yet.
    pub(crate) fn new(configurations: &[String]) -> Self {
        let total = |name: &String| Total { name: name.clone(), ..Total::default() };
        Self { configurations: configurations.iter().map(total).collect(), ..Self::default() }
    }

    /// Counts a call.
    pub(crate) fn add(&mut self, judged: &JudgedCall) {
        self.calls += 1;
        self.estimates += usize::from(judged.origin.as_ref().is_some_and(|origin| origin.resolution_s > 1));
        self.unmeasured += usize::from(!judged.is_measured());
        let first = judged.verdicts.first().and_then(Option::as_ref);
        for (total, call) in self.configurations.iter_mut().zip(&judged.verdicts) {
            total.alerts += usize::from(call.as_ref().is_some_and(|call| call.alert));
            match Change::between(first, call.as_ref()) {
                Change::Comes => total.come += 1,
                Change::Goes => total.go += 1,
                Change::Stays => total.stay += 1,
                Change::Quiet => {}
            }
        }
    }

    /// In sentences, a line each.
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let Self { calls, estimates, unmeasured, problems, configurations } = self;
        if *estimates > 0 {
            writeln!(to, "Estimates (≈), drawn from rows of ten seconds: {estimates}.")?;
        }
        if *unmeasured > 0 {
            writeln!(to, "Not measured, judged by their length alone: {unmeasured}.")?;
        }
        if *problems > 0 {
            writeln!(to, "{problems} could not be used, line or file: see standard error.")?;
        }
        for (index, Total { name, alerts, come, go, stay }) in configurations.iter().enumerate() {
            let name = plain(name);
            if configurations.len() == 1 {
                writeln!(to, "{alerts} of {calls} calls would have alerted.")?;
            } else if index == 0 {
                writeln!(to, "{name}: {alerts} of {calls} calls would have alerted.")?;
            } else {
                writeln!(to, "{name}: {alerts} of {calls}: {come} come, {go} go, {stay} stay.")?;
            }
        }
        Ok(())
    }
}
