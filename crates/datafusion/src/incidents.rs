//! The aggregate function `incidents(card)`: what agents in trouble had in common, from the cards of their calls.
//!
//! What is usual is learned from call to call, so that what one half of the cards tells cannot be merged with what the
//! other tells. The state that goes from one phase to the next is the cards.

use crate::schema::time;
use datafusion::arrow::array::{ArrayRef, AsArray, ListArray, RecordBatch, StructArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use datafusion::arrow::json::ReaderBuilder;
use datafusion::common::{ScalarValue, exec_err, internal_err, plan_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};
use device_monitoring::floor::overview::StoredCard;
use device_monitoring::incidents::{Ending, Incident, Key, past_incidents};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The aggregate function.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Function(Signature);

impl Function {
    pub(crate) fn new() -> Self {
        Self(Signature::user_defined(Volatility::Immutable))
    }
}

impl AggregateUDFImpl for Function {
    fn name(&self) -> &'static str {
        "incidents"
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        if types.len() != 1 {
            return plan_err!("incidents(card) takes 1 argument, not {}", types.len());
        }
        Ok(vec![DataType::Utf8View])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(item()))
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format_state_name(arguments.name, "cards"), DataType::LargeBinary, true))])
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::<Cards>::default())
    }
}

/// An incident. Times are those of the agents' computers.
#[must_use]
pub fn incident() -> Fields {
    let list = |name: &str, item: DataType| Field::new_list(name, Field::new("item", item, true), true);
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let moment = |name: &str| Field::new(name, time(), true);
    let count = |name: &str| Field::new(name, DataType::Int64, true);
    let counted = |name: &str| list(name, DataType::Struct(vec![text("name"), count("agents")].into()));
    Fields::from(vec![
        text("id"),
        // What its agents have in common.
        text("kind"),
        text("value"),
        list("alike", DataType::Struct(vec![text("kind"), text("value")].into())),
        moment("since"),
        moment("opened_at"),
        moment("stood_at"),
        moment("closed_at"),
        text("ending"),
        // When most of them were in trouble.
        count("agents"),
        count("troubled"),
        count("other_agents"),
        count("other_troubled"),
        Field::new("expected_pct", DataType::Float64, true),
        list("workers", DataType::Utf8),
        count("omitted_workers"),
        counted("diagnoses"),
        counted("causes"),
    ])
}

fn item() -> FieldRef {
    Arc::new(Field::new("item", DataType::Struct(incident()), true))
}

/// Cards: JSON, one behind the other.
#[derive(Debug, Default)]
struct Cards(Vec<u8>);

impl Accumulator for Cards {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some(cards) = values.first().and_then(|cards| cards.as_string_view_opt()) else {
            return internal_err!("an argument of another type than was asked for");
        };
        for card in cards.iter().flatten() {
            // Not only later, together with others: half a card and its other half are no card.
            if let Err(wrong) = serde_json::from_str::<StoredCard>(card) {
                return exec_err!("a card of a call cannot be read: {wrong}");
            }
            self.0.extend_from_slice(card.as_bytes());
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(states) = states.first().and_then(|states| states.as_binary_opt::<i64>()) else {
            return internal_err!("a state that is no cards");
        };
        states.iter().flatten().for_each(|cards| self.0.extend_from_slice(cards));
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::LargeBinary(Some(std::mem::take(&mut self.0)))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let cards = serde_json::Deserializer::from_slice(&self.0).into_iter::<StoredCard>();
        let cards: Vec<StoredCard> =
            cards.collect::<Result<_, _>>().map_err(|wrong| DataFusionError::External(Box::new(wrong)))?;
        let rows: Vec<Row> = past_incidents(cards).into_iter().map(Row::from).collect();
        let schema = Arc::new(Schema::new(incident()));
        let mut decoder = ReaderBuilder::new(Arc::clone(&schema)).with_batch_size(rows.len()).build_decoder()?;
        decoder.serialize(&rows)?;
        let values = StructArray::from(decoder.flush()?.unwrap_or_else(|| RecordBatch::new_empty(schema)));
        let list = ListArray::try_new(item(), OffsetBuffer::from_lengths([rows.len()]), Arc::new(values), None)?;
        ScalarValue::try_from_array(&list, 0)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.capacity()
    }
}

/// An incident, as the columns of [`incident`].
#[derive(Debug, Serialize)]
struct Row {
    id: String,
    kind: &'static str,
    value: String,
    alike: Vec<Shared>,
    since: i64,
    opened_at: i64,
    stood_at: i64,
    closed_at: Option<i64>,
    ending: Option<Ending>,
    agents: usize,
    troubled: usize,
    other_agents: usize,
    other_troubled: usize,
    expected_pct: f64,
    workers: Vec<String>,
    omitted_workers: usize,
    diagnoses: Vec<Counted>,
    causes: Vec<Counted>,
}

/// A key.
#[derive(Debug, Serialize)]
struct Shared {
    kind: &'static str,
    value: String,
}

/// How many agents something was so for.
#[derive(Debug, Serialize)]
struct Counted {
    name: String,
    agents: usize,
}

impl From<Key> for Shared {
    fn from(Key { kind, value }: Key) -> Self {
        Self { kind: kind.as_str(), value }
    }
}

impl From<Incident> for Row {
    fn from(incident: Incident) -> Self {
        let Shared { kind, value } = incident.key.into();
        let counted = |counts: BTreeMap<String, usize>| {
            counts.into_iter().map(|(name, agents)| Counted { name, agents }).collect()
        };
        Self {
            id: incident.id,
            kind,
            value,
            alike: incident.alternatives.into_iter().map(Shared::from).collect(),
            since: incident.since,
            opened_at: incident.opened_at,
            stood_at: incident.last_confirmed_at,
            closed_at: incident.closed_at,
            ending: incident.ending,
            agents: incident.with.agents,
            troubled: incident.with.troubled,
            other_agents: incident.without.agents,
            other_troubled: incident.without.troubled,
            expected_pct: incident.expected_pct,
            workers: incident.agents,
            omitted_workers: incident.omitted_agents,
            diagnoses: counted(incident.diagnoses),
            causes: counted(incident.causes),
        }
    }
}
