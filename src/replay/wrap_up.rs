//! Ended calls that their agents, in wrap-up, may still report. Only what a report can change is kept of each: the
//! engine that watched it would take ten kilobytes.

use super::calls::Finished;
use crate::alert::CallReport;
use crate::call::MAX_REPORTS;
use crate::config::Config;
use crate::engine::WRAP_UP;
use crate::input::units::{Milliseconds, Timestamp};
use crate::verdict::{Reason, Rule};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// For so many lines after its end a call may still be reported.
pub const WRAP_UP_LINES: usize = 50_000;

/// A call that its agent reported in wrap-up: why it alerts now.
#[derive(Debug)]
pub struct Amended {
    /// The line that it ended with.
    pub line: usize,
    /// What each configuration says, in their order; `None` where the report changes nothing.
    pub reasons: Vec<Option<Vec<Reason>>>,
    /// The actions that its alert is for then, and so on.
    actions: Vec<Vec<String>>,
}

impl Amended {
    /// Puts the reasons into the call's verdicts, if it is among these calls, which are in the order of their lines.
    pub fn apply(self, finished: &mut [Finished]) {
        let found = finished.binary_search_by_key(&self.line, |finished| finished.line);
        if let Some(call) = found.ok().and_then(|index| finished.get_mut(index)) {
            for ((verdict, reasons), actions) in call.verdicts.iter_mut().zip(self.reasons).zip(self.actions) {
                if let Some((verdict, reasons)) = verdict.as_mut().zip(reasons) {
                    verdict.alert |= !reasons.is_empty();
                    verdict.reasons = reasons;
                    // Where there was an alert before, what it was for has been done.
                    let more: Vec<_> = actions.into_iter().filter(|name| !verdict.actions.contains(name)).collect();
                    verdict.actions.extend(more);
                }
            }
        }
    }
}

/// What a report in wrap-up needs of a call under one configuration.
#[derive(Debug)]
pub(super) struct Reportable {
    accepted: Timestamp,
    ended: Timestamp,
    reports: Vec<Milliseconds>,
    reasons: Vec<Reason>,
    /// What its alert is for once it is reported; empty where the configuration has no `actions`.
    actions: Vec<String>,
}

impl Reportable {
    /// The reportable part of a call that ended at this moment.
    pub(super) fn new(report: &CallReport, ended: Timestamp, config: &Config) -> Self {
        let mut subject = report.subject();
        subject.rules.push(Rule::AgentReport);
        let actions = if config.actions.is_empty() { Vec::new() } else { config.actions_for(&subject) };
        Self {
            actions,
            accepted: report.accepted,
            ended,
            reports: report.agent_reports.clone(),
            reasons: report.verdict.reasons.clone(),
        }
    }

    /// The agent says that there was a problem: why the call alerts now, and what for. `None`: nobody is in wrap-up for so
    /// long.
    fn report(mut self, at: Timestamp) -> Option<(Vec<Reason>, Vec<String>)> {
        if at - self.ended > WRAP_UP {
            return None;
        }
        if self.reports.len() < MAX_REPORTS {
            self.reports.push(at - self.accepted);
        }
        self.reasons.retain(|reason| reason.rule != Rule::AgentReport);
        self.reasons.push(Reason::from_agent_reports(&self.reports));
        Some((self.reasons, self.actions))
    }
}

/// The calls that ended last.
#[derive(Debug, Default)]
pub(super) struct WrapUp {
    calls: HashMap<Arc<str>, Ended>,
    /// Line and name of each, in the order in which they ended.
    order: VecDeque<(usize, Arc<str>)>,
}

#[derive(Debug)]
struct Ended {
    line: usize,
    reportable: Vec<Option<Reportable>>,
}

impl WrapUp {
    /// A call ended with this line.
    pub(super) fn ended(&mut self, line: usize, name: &Arc<str>, reportable: Vec<Option<Reportable>>) {
        let is_over = |ended: usize| line - ended > WRAP_UP_LINES;
        while let Some((_, oldest)) = self.order.front().filter(|(ended, _)| is_over(*ended)) {
            // Under the same name another may have ended since.
            if self.calls.get(oldest).is_some_and(|call| is_over(call.line)) {
                self.calls.remove(oldest);
            }
            self.order.pop_front();
        }
        if reportable.iter().any(Option::is_some) {
            self.calls.insert(Arc::clone(name), Ended { line, reportable });
            self.order.push_back((line, Arc::clone(name)));
        }
    }

    /// A call is reported by its agent, once; `None` if it is not among these.
    pub(super) fn report(&mut self, line: usize, at: Timestamp, name: &str) -> Option<Amended> {
        let is_late = self.calls.get(name).is_some_and(|call| line - call.line <= WRAP_UP_LINES);
        let Ended { line, reportable } = self.calls.remove(name).filter(|_| is_late)?;
        let mut amended = Amended { line, reasons: Vec::new(), actions: Vec::new() };
        for reportable in reportable {
            let (reasons, actions) = reportable.and_then(|one| one.report(at)).unzip();
            amended.reasons.push(reasons);
            amended.actions.push(actions.unwrap_or_default());
        }
        Some(amended)
    }
}
