//! The same verdicts as `replay`, whatever the rows lie like.

use crate::replayed::{ROWS, Verdicts, configurations, files, recordings, replayed};
use crate::shuffle::shuffle;
use crate::support::{Session, history};
use datafusion::arrow::array::{RecordBatch, UInt32Array};
use datafusion::arrow::compute::{concat_batches, take_record_batch};
use datafusion::datasource::MemTable;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::SessionConfig;
use device_monitoring_datafusion::history::generate::generate;
use device_monitoring_datafusion::{events_table, session_config};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

/// Every row of the recordings, in one piece.
static ALL: LazyLock<RecordBatch> = LazyLock::new(|| {
    let (folder, _) = history(&[recordings()]);
    let batches = Session::ordered(folder.path()).ask(&format!("SELECT call_sid, {ROWS} FROM events"));
    concat_batches(&batches[0].schema(), &batches).unwrap()
});

#[test]
fn every_recording_gets_the_verdict_of_replay_under_every_configuration() {
    let (folder, imported) = history(&[recordings()]);
    assert_eq!(imported.problems, [""; 0]);
    let session = Session::ordered(folder.path());
    let files = files(&recordings());
    assert!(files.len() > 70, "the recordings are there");
    for (name, configuration) in configurations() {
        let expected = replayed(&files, &configuration);
        let mut found = session.verdicts(&configuration);
        assert!(found.len() >= files.len());
        // Of calls that are not watched `replay` says nothing, and the function why not.
        found.retain(|_, verdict| !verdict["alert"].is_null());
        assert_eq!(found.len(), expected.len(), "{name}");
        for (sid, verdict) in &expected {
            assert_eq!(&found[sid], verdict, "{name}: {sid}");
        }
    }
}

#[test]
fn several_configurations_say_together_what_each_says_alone() {
    let (folder, _) = history(&[recordings()]);
    let session = Session::ordered(folder.path());
    let all: serde_json::Map<String, Value> =
        configurations().into_iter().map(|(name, configuration)| (name.to_owned(), configuration)).collect();
    let alike = configurations()
        .into_iter()
        .map(|(name, configuration)| format!("verdict('{configuration}', {ROWS}) AS \"{name}\""));
    let alone = alike.collect::<Vec<_>>().join(", ");
    let rows = session.rows(&format!(
        "SELECT call_sid, verdicts('{}', {ROWS}) AS together, {alone} FROM events GROUP BY call_sid",
        Value::Object(all.clone())
    ));
    assert!(rows.len() > 70);
    for row in rows {
        let together = row["together"].as_array().unwrap();
        assert_eq!(together.len(), all.len());
        for verdict in together {
            let mut verdict = verdict.as_object().unwrap().clone();
            let name = verdict.remove("configuration").unwrap();
            assert_eq!(Value::Object(verdict), row[name.as_str().unwrap()], "{}", row["call_sid"]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// In any order, on any number of partitions, in batches of any size, with rows that come more than once.
    #[test]
    fn how_the_rows_lie_changes_nothing(
        seed in any::<u64>(),
        partitions in 1_usize..5,
        target in 1_usize..5,
        batch in 1_usize..3000,
        doubled in 0_usize..4000,
    ) {
        let rows = ALL.num_rows();
        let mut order: Vec<u32> = (0..rows as u32).chain(0..doubled.min(rows) as u32).collect();
        shuffle(&mut order, seed);
        let shuffled = take_record_batch(&ALL, &UInt32Array::from(order)).unwrap();
        let mut parts = vec![Vec::new(); partitions];
        for (number, from) in (0..shuffled.num_rows()).step_by(batch).enumerate() {
            parts[number % partitions].push(shuffled.slice(from, batch.min(shuffled.num_rows() - from)));
        }
        let config = SessionConfig::new().with_target_partitions(target).with_batch_size(batch);
        let session = Session::new(config, Arc::default());
        session.context.register_table("events", Arc::new(MemTable::try_new(ALL.schema(), parts).unwrap())).unwrap();
        let configuration = &configurations()[1].1;
        prop_assert_eq!(session.verdicts(configuration), replayed(&files(&recordings()), configuration));
    }
}

#[test]
fn calls_that_do_not_fit_into_memory_wait_on_disk_and_get_the_same_verdicts() {
    let history = tempfile::tempdir().unwrap();
    generate(&recordings(), history.path(), 120_000, 2).unwrap();
    let expected = Session::ordered(history.path()).verdicts(&json!({}));
    let small = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(FairSpillPool::new(8_000_000))).build_arc().unwrap();
    // A batch has to fit into a partition's share of the memory, whatever the others hold at that moment.
    let session = Session::new(session_config(2).with_batch_size(64), small);
    session.ask(&events_table("events", history.path(), false));
    let explained = format!("EXPLAIN ANALYZE SELECT call_sid, verdict('{{}}', {ROWS}) FROM events GROUP BY call_sid");
    let plan = format!("{:?}", session.rows(&explained));
    let spilled = plan.split("spilled_rows=").skip(1).any(|rest| !rest.starts_with('0'));
    assert!(spilled, "nothing waited on disk: {plan}");
    assert_eq!(session.verdicts(&json!({})), expected);
}

#[test]
fn calls_are_judged_one_after_the_other_where_the_files_are_ordered() {
    let history = tempfile::tempdir().unwrap();
    generate(&recordings(), history.path(), 30_000, 4).unwrap();
    let plan = |session: &Session| {
        let explained = format!("EXPLAIN SELECT call_sid, verdict('{{}}', {ROWS}) FROM events GROUP BY call_sid");
        format!("{:?}", session.rows(&explained))
    };
    let ordered = plan(&Session::ordered(history.path()));
    assert_eq!(ordered.matches("AggregateExec").count(), ordered.matches("ordering_mode=Sorted").count(), "{ordered}");
    // With less partitions than days the order cannot be used: the paper says so.
    let session = Session::new(session_config(2), Arc::default());
    session.ask(&events_table("events", history.path(), true));
    assert!(!plan(&session).contains("ordering_mode=Sorted"), "{}", plan(&session));
}

#[test]
fn a_made_up_history_has_each_recorded_call_as_often_as_the_others_and_its_verdict() {
    let history = tempfile::tempdir().unwrap();
    let made = generate(&recordings(), history.path(), 40_000, 3).unwrap();
    let (_, configuration) = &configurations()[1];
    let session = Session::ordered(history.path());
    let found = session.verdicts(configuration);
    assert!(made.samples >= 40_000);
    assert_eq!(found.len() as u64, made.calls);
    let rows =
        session.rows("SELECT count(*) AS rows, count(sample) AS samples, count(DISTINCT day) AS days FROM events");
    assert_eq!((rows[0]["rows"].as_u64(), rows[0]["samples"].as_u64()), (Some(made.rows), Some(made.samples)));
    // The last calls of the last day go on after midnight.
    assert_eq!(rows[0]["days"], 4);
    let expected = replayed(&files(&recordings()), configuration);
    let often = made.calls as usize / expected.len();
    assert_eq!(often * expected.len(), made.calls as usize);
    let mut expected: Vec<_> = expected.into_values().flat_map(|verdict| vec![verdict.to_string(); often]).collect();
    let mut found: Vec<_> = found.into_values().map(|verdict| verdict.to_string()).collect();
    expected.sort();
    found.sort();
    assert!(found == expected, "other verdicts than those of the recorded calls");
}

#[test]
fn the_history_can_be_judged_in_slices_of_call_sids_by_as_many_machines_as_there_are() {
    let history = tempfile::tempdir().unwrap();
    generate(&recordings(), history.path(), 40_000, 2).unwrap();
    let session = Session::ordered(history.path());
    let bounds: Vec<_> = (0..16).map(|digit| format!("CA{digit:x}")).collect();
    let mut together = Verdicts::new();
    for (number, from) in bounds.iter().enumerate() {
        let until = bounds.get(number + 1).map(|until| format!(" AND call_sid < '{until}'")).unwrap_or_default();
        let slice = session.verdicts_where(&json!({}), &format!("call_sid >= '{from}'{until}"));
        assert!(!slice.is_empty(), "nothing from {from} on");
        together.extend(slice);
    }
    assert_eq!(together, session.verdicts(&json!({})));
}
