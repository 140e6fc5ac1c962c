//! A history whose rows lie in no order, over several files, some of them twice.

use crate::replayed::{ROWS, recordings};
use crate::shuffle::shuffle;
use datafusion::arrow::array::UInt32Array;
use datafusion::arrow::compute::{concat_batches, take_record_batch};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::prelude::SessionContext;
use device_monitoring_datafusion::events_table;
use device_monitoring_datafusion::history::import::import;
use std::env;
use std::fs::{self, File};
use tempfile::TempDir;

const FILES: usize = 12;
/// How the rows lie, and which executor is killed, if the environment does not say.
const SEED: u64 = 20_261_128;

pub(crate) fn seed() -> u64 {
    env::var("SEED").map_or(SEED, |seed| seed.parse().unwrap())
}

/// Every row of the recordings.
pub(crate) fn scattered() -> TempDir {
    let ordered = tempfile::tempdir().unwrap();
    assert_eq!(import(&[recordings()], ordered.path()).unwrap().problems, [""; 0]);
    let context = SessionContext::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let batches = runtime.block_on(async {
        context.sql(&events_table("events", ordered.path(), true)).await.unwrap();
        context.sql(&format!("SELECT call_sid, {ROWS} FROM events")).await.unwrap().collect().await.unwrap()
    });
    let all = concat_batches(&batches[0].schema(), &batches).unwrap();
    let rows = all.num_rows() as u32;
    let mut order: Vec<u32> = (0..rows).chain((0..rows).step_by(10)).collect();
    shuffle(&mut order, seed());
    println!("{rows} rows, a tenth of them twice, in {FILES} files; seed {}", seed());
    let scattered = tempfile::tempdir().unwrap();
    // In the wrong folder, most of them: the function does not care.
    let day = scattered.path().join("day=2026-11-01");
    fs::create_dir(&day).unwrap();
    for (number, part) in order.chunks(order.len().div_ceil(FILES)).enumerate() {
        let rows = take_record_batch(&all, &UInt32Array::from(part.to_vec())).unwrap();
        let file = File::create(day.join(format!("part-{number}.parquet"))).unwrap();
        let mut writer = ArrowWriter::try_new(file, rows.schema(), None).unwrap();
        writer.write(&rows).unwrap();
        writer.close().unwrap();
    }
    scattered
}
