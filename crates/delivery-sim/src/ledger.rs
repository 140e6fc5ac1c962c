//! What became of every alert.

use crate::server::Record;
use comfy_table::{CellAlignment, Table, presets};
use std::collections::BTreeMap;

/// The end of one alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Acted on once, as it should be.
    ActedOnce,
    /// The instance died between acting and saying so; the action is one that may be repeated, and was.
    RepeatedByPolicy,
    /// Never to happen.
    ActedTwice,
    /// Never to happen: the same alert with another content, of which the server takes only the first.
    Changed,
    /// An instance died inside an action that must not be repeated: nobody knows whether it was carried out.
    Unknown,
    /// The server will never take it; it is kept, with the reason.
    Refused,
    /// It was only in the memory of a tab that was killed: the storage was full.
    LostWithMemory,
    /// More than a hundred were waiting: the oldest was dropped, and it was said.
    Evicted,
    /// Still in the outbox.
    Waiting,
    /// Never to happen.
    Lost,
}

impl Fate {
    const ALL: [(Self, &'static str); 10] = [
        (Self::ActedOnce, "acted once"),
        (Self::RepeatedByPolicy, "acted again, as the action allows (its instance had died)"),
        (Self::ActedTwice, "acted twice"),
        (Self::Changed, "sent again with another content"),
        (Self::Unknown, "unknown (its instance died inside an action that must not be repeated)"),
        (Self::Refused, "refused, and kept with the reason"),
        (Self::LostWithMemory, "lost with a killed tab while the storage was full"),
        (Self::Evicted, "dropped because more than a hundred waited"),
        (Self::Waiting, "still waiting"),
        (Self::Lost, "lost"),
    ];

    /// From what the server knows and what the browser still has.
    #[must_use]
    pub fn from_record(record: Record, kept: bool, memory_only: bool) -> Self {
        match record.acted {
            _ if record.changed => Self::Changed,
            0 | 1 if record.unknown => Self::Unknown,
            1 => Self::ActedOnce,
            0 if record.refused => Self::Refused,
            0 if kept => Self::Waiting,
            0 if memory_only => Self::LostWithMemory,
            0 => Self::Lost,
            _ if record.died_after_acting => Self::RepeatedByPolicy,
            _ => Self::ActedTwice,
        }
    }

    /// Whether the design allows it: all else is a fault of ours.
    #[must_use]
    pub fn is_fault(self) -> bool {
        matches!(self, Self::ActedTwice | Self::Changed | Self::Lost | Self::Waiting)
    }
}

/// Counts them.
#[derive(Debug, Default)]
pub struct Ledger {
    fates: BTreeMap<Fate, Vec<String>>,
    happened: BTreeMap<&'static str, usize>,
}

impl Ledger {
    /// The end of an alert.
    pub fn enter(&mut self, id: &str, fate: Fate) {
        self.fates.entry(fate).or_default().push(id.to_owned());
    }

    /// Something went wrong once more.
    pub fn count(&mut self, what: &'static str) {
        *self.happened.entry(what).or_default() += 1;
    }

    /// How many alerts there were.
    #[must_use]
    pub fn alerts(&self) -> usize {
        self.fates.values().map(Vec::len).sum()
    }

    /// How many ended so.
    #[must_use]
    pub fn count_of(&self, fate: Fate) -> usize {
        self.fates.get(&fate).map_or(0, Vec::len)
    }

    /// The alerts whose end the design does not allow.
    #[must_use]
    pub fn faults(&self) -> Vec<(Fate, &str)> {
        let faults = self.fates.iter().filter(|(fate, _)| fate.is_fault());
        faults.flat_map(|(fate, ids)| ids.iter().map(|id| (*fate, id.as_str()))).collect()
    }

    /// What went wrong, and what became of the alerts.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        for (what, count) in &self.happened {
            table.add_row([what.to_string(), count.to_string()]);
        }
        table.add_row([String::new(), String::new()]);
        table.add_row(["alerts".to_owned(), self.alerts().to_string()]);
        for (fate, name) in Fate::ALL {
            table.add_row([format!("  {name}"), self.count_of(fate).to_string()]);
        }
        if let Some(column) = table.column_mut(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table.to_string()
    }
}
