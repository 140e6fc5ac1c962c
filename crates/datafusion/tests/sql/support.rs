//! What several tests need: histories, and questions.

use crate::replayed::{ROWS, Verdicts, plain};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::json::WriterBuilder;
use datafusion::arrow::json::writer::LineDelimited;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::prelude::{SessionConfig, SessionContext};
use device_monitoring_datafusion::history::import::{Imported, import};
use device_monitoring_datafusion::{events_table, register, session_config};
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A history of these recordings.
pub(crate) fn history(recordings: &[PathBuf]) -> (tempfile::TempDir, Imported) {
    let folder = tempfile::tempdir().unwrap();
    let imported = import(recordings, folder.path()).unwrap();
    (folder, imported)
}

/// The same of recordings that are given as lines.
pub(crate) fn history_of(lines: &[&str]) -> (tempfile::TempDir, Imported) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.jsonl");
    fs::write(&path, lines.join("\n")).unwrap();
    history(&[path])
}

/// Asks histories and tables.
pub(crate) struct Session {
    pub(crate) context: SessionContext,
    runtime: tokio::runtime::Runtime,
}

impl Session {
    pub(crate) fn new(config: SessionConfig, environment: Arc<RuntimeEnv>) -> Self {
        let context = SessionContext::new_with_config_rt(config, environment);
        register(&context);
        Self { context, runtime: tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap() }
    }

    /// As the paper says: ordered by call, and set for that.
    pub(crate) fn ordered(history: &Path) -> Self {
        let session = Self::new(session_config(16), Arc::default());
        session.ask(&events_table("events", history, true));
        session
    }

    pub(crate) fn try_ask(&self, sql: &str) -> Result<Vec<RecordBatch>, String> {
        let asked = async { self.context.sql(sql).await?.collect().await };
        self.runtime.block_on(asked).map_err(|error| error.strip_backtrace())
    }

    pub(crate) fn ask(&self, sql: &str) -> Vec<RecordBatch> {
        self.try_ask(sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The rows of an answer, as JSON.
    pub(crate) fn rows(&self, sql: &str) -> Vec<Map<String, Value>> {
        let batches = self.ask(sql);
        let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(Vec::new());
        batches.iter().for_each(|batch| writer.write(batch).unwrap());
        writer.finish().unwrap();
        let text = String::from_utf8(writer.into_inner()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What is said of each call, under one configuration.
    pub(crate) fn verdicts(&self, configuration: &Value) -> Verdicts {
        self.verdicts_where(configuration, "true")
    }

    pub(crate) fn verdicts_where(&self, configuration: &Value, condition: &str) -> Verdicts {
        let verdict = format!("verdict('{configuration}', {ROWS})");
        let rows =
            self.rows(&format!("SELECT call_sid, {verdict} AS v FROM events WHERE {condition} GROUP BY call_sid"));
        let count = rows.len();
        let verdicts: Verdicts =
            rows.into_iter().map(|row| (row["call_sid"].as_str().unwrap().to_owned(), plain(&row["v"]))).collect();
        assert_eq!(verdicts.len(), count, "a call has two verdicts");
        verdicts
    }
}
