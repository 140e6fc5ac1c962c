//! `history bench`: how fast verdicts are on a history of many calls, and how much memory they take, beside DataFusion
//! doing something plain with the same columns.

use anyhow::{Context, Result, ensure};
use device_monitoring_datafusion::history::generate::{self, Generated};
use device_monitoring_datafusion::schema::{SAMPLE, STATS};
use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const DAYS: u64 = 10;
/// Each is measured so often, in turns; the median counts.
const TIMES: usize = 3;

/// A question, and how it was answered.
struct Question {
    name: &'static str,
    /// Of the days.
    share: f64,
    arguments: Vec<String>,
    seconds: Vec<f64>,
    /// Of all processors, where the system tells.
    processor_seconds: Vec<f64>,
    peak_megabytes: f64,
    answer: String,
}

/// Makes the history, asks it, prints, and deletes it.
pub(crate) fn run(samples: u64, recordings: &Path, scratch: &Path) -> Result<()> {
    fs::create_dir_all(scratch)?;
    // A folder of its own, which is gone with the value: what lies beside it is somebody else's.
    let history = tempfile::Builder::new().prefix("history-").tempdir_in(scratch)?;
    let started = Instant::now();
    let made = generate::generate(recordings, history.path(), samples, DAYS)?;
    let megabytes = size(history.path())? as f64 / 1e6;
    let Generated { calls, rows, samples } = made;
    println!(
        "{samples} samples, {rows} rows, {calls} calls in {DAYS} days: {megabytes:.0} MB, made in {:.0} s.",
        started.elapsed().as_secs_f64()
    );
    let mut questions = questions();
    for _ in 0..TIMES {
        questions.iter_mut().try_for_each(|question| question.ask(history.path()))?;
    }
    print(&mut questions, made);
    Ok(())
}

fn questions() -> Vec<Question> {
    let columns = SAMPLE.map(|(name, _)| format!("max(sample['{name}'])"));
    let columns = columns.into_iter().chain(STATS.map(|(name, _, _)| format!("max(stats['{name}'])")));
    let plain: Vec<_> = columns.enumerate().map(|(index, max)| format!("{max} AS m{index}")).collect();
    // All of them are asked for, or DataFusion would leave them out.
    let all: Vec<_> = (0..plain.len()).map(|index| format!("max(m{index})")).collect();
    let of = |aggregate: &str| format!("SELECT {aggregate} AS v FROM events GROUP BY call_sid");
    let rows = "at, seq, type, sample, stats, detail";
    let one = of(&format!("verdict('{{}}', {rows})"));
    let three =
        r#"{"now":{},"tighter":{"highRttThreshold":200,"highJitterThreshold":20},"looser":{"lowMosThreshold":3}}"#;
    let question = |name, share, options: &[&str], sql: String| Question {
        name,
        share,
        arguments: options.iter().map(|option| (*option).to_owned()).chain([sql]).collect(),
        seconds: Vec::new(),
        processor_seconds: Vec::new(),
        peak_megabytes: 0.0,
        answer: String::new(),
    };
    let alerts =
        |from: &str| format!("SELECT count(*) AS calls, count(*) FILTER (WHERE v['alert']) AS alerts FROM ({from})");
    vec![
        question(
            "max of the 30 numbers of each call",
            1.0,
            &[],
            format!(
                "SELECT count(*) AS calls, {} FROM (SELECT {} FROM events GROUP BY call_sid)",
                all.join(", "),
                plain.join(", ")
            ),
        ),
        question("verdict", 1.0, &[], alerts(&one)),
        question(
            "verdicts, three configurations",
            1.0,
            &[],
            format!(
                "SELECT v['configuration'] AS configuration, count(*) AS calls, \
                 count(*) FILTER (WHERE v['alert']) AS alerts FROM (SELECT unnest(v) AS v FROM ({})) \
                 GROUP BY v['configuration'] ORDER BY configuration",
                of(&format!("verdicts('{three}', {rows})"))
            ),
        ),
        question(
            "verdict, one day of the ten, its order not used, 500 MB for what is held",
            1.0 / DAYS as f64,
            &["--unordered", "--memory", "500"],
            // Files say themselves how they are ordered; of what is put together, DataFusion does not know it.
            alerts(&one.replace("GROUP BY call_sid", "WHERE day = '2026-11-01' GROUP BY call_sid || ''")),
        ),
    ]
}

impl Question {
    /// In a process of its own, so that its memory is its own.
    fn ask(&mut self, history: &Path) -> Result<()> {
        let started = Instant::now();
        let before = children_seconds();
        let mut command = Command::new(env::current_exe()?);
        command.arg("query").arg("--events").arg(history).args(&self.arguments);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("no process for a query")?;
        let status = loop {
            // The system keeps the peak: it need not be met.
            self.peak_megabytes = peak(child.id()).unwrap_or_default().max(self.peak_megabytes);
            if let Some(status) = child.try_wait()? {
                break status;
            }
            thread::sleep(Duration::from_millis(10));
        };
        self.seconds.push(started.elapsed().as_secs_f64());
        self.processor_seconds.extend(children_seconds().zip(before).map(|(after, before)| after - before));
        ensure!(status.success(), "{} ended with {status}", self.name);
        self.answer = std::io::read_to_string(child.stdout.take().context("a query without output")?)?;
        Ok(())
    }
}

fn print(questions: &mut [Question], made: Generated) {
    let rows = made.rows as f64 / 1e6;
    let samples = made.samples as f64 / 1e6;
    println!(
        "\n| on {} processors | seconds, the median of {TIMES} | slowest to fastest | processor seconds | million rows/s | \
         million samples/s | MB of memory at most |\n| --- | --- | --- | --- | --- | --- | --- |",
        thread::available_parallelism().map_or(0, usize::from)
    );
    // Other programs on the machine change the time that passes, not that of the processors.
    let mut costs = Vec::new();
    for Question { name, share, seconds, processor_seconds, peak_megabytes, .. } in questions.iter_mut() {
        seconds.sort_by(f64::total_cmp);
        processor_seconds.sort_by(f64::total_cmp);
        let at = |index: usize| seconds.get(index).copied().unwrap_or(f64::NAN);
        let median = at(TIMES / 2);
        let cost = processor_seconds.get(TIMES / 2).copied().unwrap_or(f64::NAN);
        println!(
            "| {name} | {median:.1} | {:.1} to {:.1} | {cost:.1} | {:.2} | {:.2} | {peak_megabytes:.0} |",
            at(TIMES - 1),
            at(0),
            *share * rows / median,
            *share * samples / median
        );
        costs.push(cost);
    }
    if let [plain, verdict, ..] = costs.as_slice() {
        println!("\nA verdict takes {:.2} times as much of the processors as the plain aggregate.\n", verdict / plain);
    }
    questions.iter().for_each(|question| println!("{}:\n{}", question.name, question.answer));
}

fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        bytes += if path.is_dir() { size(&path)? } else { path.metadata()?.len() };
    }
    Ok(bytes)
}

/// What all children that have ended took of the processors, where the system tells: Linux does, in hundredths.
fn children_seconds() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may have anything in it.
    let mut fields = status.rsplit_once(')')?.1.split_whitespace().skip(13);
    let mut next = || fields.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / 100.0)
}

/// The largest that a process was in memory, where the system tells: Linux does.
fn peak(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok()? * 1024.0 / 1e6)
}
