//! A cluster on this machine: a scheduler and two executors, each a process of its own.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const EXECUTORS: usize = 2;
/// Into so many the files are divided where they are read, and the calls where they are judged.
pub(crate) const PARTS: usize = 12;
/// Generous: nothing is measured by it.
const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) struct Cluster {
    scheduler: Process,
    port: u16,
    executors: Vec<Executor>,
}

struct Executor {
    process: Process,
    /// Its disk.
    work: TempDir,
}

/// One that ends with the value.
struct Process(Child);

/// A question that has been asked.
pub(crate) struct Asked {
    client: Process,
    answer: thread::JoinHandle<String>,
}

impl Cluster {
    /// Starts it, and waits until both executors are known to the scheduler.
    pub(crate) fn start() -> Self {
        let port = free_port();
        let scheduler = start(&["scheduler", "--lost-after", "10", "--ready-with", "2", "--port", &port.to_string()]);
        let mut cluster = Self { scheduler, port, executors: Vec::new() };
        wait_for("the scheduler", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        for _ in 0..EXECUTORS {
            cluster.add_executor();
        }
        wait_for("two executors", || is_ready(port));
        cluster
    }

    /// Its process id.
    pub(crate) fn scheduler(&self) -> u32 {
        self.scheduler.0.id()
    }

    /// Their process ids.
    pub(crate) fn executors(&self) -> Vec<u32> {
        self.executors.iter().map(|executor| executor.process.0.id()).collect()
    }

    /// Starts one more, and gives its process id.
    pub(crate) fn add_executor(&mut self) -> u32 {
        let work = tempfile::tempdir().unwrap();
        let (scheduler, port, tasks_port) = (self.address(), free_port().to_string(), free_port().to_string());
        let process = start(&[
            "executor",
            "--scheduler",
            &scheduler,
            "--port",
            &port,
            "--tasks-port",
            &tasks_port,
            "--cores",
            "1",
            "--memory",
            "500",
            "--work",
            work.path().to_str().unwrap(),
        ]);
        self.executors.push(Executor { process, work });
        self.executors().pop().unwrap()
    }

    /// Kills one by its process id, with its disk.
    pub(crate) fn kill(&mut self, number: usize) {
        let Executor { mut process, work } = self.executors.remove(number);
        process.0.kill().unwrap();
        process.0.wait().unwrap();
        work.close().unwrap();
    }

    /// What each executor has done so far: the names of the parts of results that others fetch from it.
    pub(crate) fn done(&self) -> Vec<BTreeSet<PathBuf>> {
        self.executors.iter().map(|executor| parts(executor.work.path())).collect()
    }

    /// Asks in SQL.
    pub(crate) fn ask(&mut self, events: &Path, sql: &str) -> Asked {
        let mut command = Command::new(env!("CARGO_BIN_EXE_history-cluster"));
        command.args(["query", "--scheduler", &self.address(), "--parts", &PARTS.to_string()]);
        command.arg("--events").arg(events);
        // Small tasks, so that there is a middle; and results come over the network, as between machines.
        command.args(["--set", "ballista.scheduler.max_partitions_per_task=1"]);
        command.args(["--set", "ballista.shuffle.force_remote_read=true"]);
        let mut client = command.arg(sql).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = client.stdout.take().unwrap();
        let answer = thread::spawn(move || {
            let mut answer = String::new();
            stdout.read_to_string(&mut answer).unwrap();
            answer
        });
        Asked { client: Process(client), answer }
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

impl Asked {
    pub(crate) fn has_ended(&mut self) -> bool {
        self.client.0.try_wait().unwrap().is_some()
    }

    /// Its rows.
    pub(crate) fn answer(mut self) -> Vec<Value> {
        wait_for("an answer", || self.has_ended());
        assert!(self.client.0.wait().unwrap().success(), "the question has failed");
        self.answer.join().unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until something is so.
pub(crate) fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "{what}: not within {} seconds", PATIENCE.as_secs());
        thread::sleep(Duration::from_millis(20));
    }
}

fn start(arguments: &[&str]) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_history-cluster"));
    Process(command.args(arguments).stdin(Stdio::null()).spawn().unwrap())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Whether the scheduler says that it has as many executors as it should.
fn is_ready(port: u16) -> bool {
    let mut answer = String::new();
    let asked = TcpStream::connect(("127.0.0.1", port)).and_then(|mut stream| {
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        stream.read_to_string(&mut answer)
    });
    asked.is_ok() && answer.starts_with("HTTP/1.1 200")
}

/// Each part has an index, which is written when all of it is there.
fn parts(work: &Path) -> BTreeSet<PathBuf> {
    let mut parts = BTreeSet::new();
    let mut folders = vec![work.to_owned()];
    while let Some(folder) = folders.pop() {
        // What waits on disk comes and goes.
        for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "index") {
                parts.insert(path.strip_prefix(work).unwrap().to_owned());
            }
        }
    }
    parts
}
