//! How much memory recordings take, whatever is in them. Each of these once grew with its length, or took hours.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use device_monitoring::replay::recording::Content;
use device_monitoring::replay::what_if::RecordedCalls;
use device_monitoring::replay::{Calls, MAX_OPEN, ReplayOutput};
use device_monitoring::{CallParties, Configuration, Event, RawSample, Sample, Timestamp, WarningData, WarningName};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const ACCEPTED: Content = Content::Accepted { found_in_progress: false };
const END: Content = Content::Event(Event::Disconnected);

/// Somebody who reads a recording and hands over what comes of it now and then, as `replay` does.
struct Reader {
    calls: Calls,
    line: usize,
    output: ReplayOutput,
    finished: usize,
    problems: usize,
}

impl Reader {
    fn process(&mut self, at: i64, name: &str, content: Content) {
        self.line += 1;
        self.calls.process(self.line, Timestamp(at), name, content, &mut self.output);
        if self.line.is_multiple_of(1000) {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        let ReplayOutput { finished, amended, problems, more } = std::mem::take(&mut self.output);
        self.finished += finished.len();
        self.problems += problems.len() + more;
        drop(amended);
    }
}

/// What is held at most while this is read, in bytes; calls and problems that came of it.
fn read(lines: impl Fn(&mut Reader)) -> (usize, usize, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let calls = Calls::new(&[Configuration::default()], MAX_OPEN);
    let mut reader = Reader { calls, line: 0, output: ReplayOutput::default(), finished: 0, problems: 0 };
    lines(&mut reader);
    reader.calls.finish(&mut reader.output);
    reader.hand_over();
    (MEMORY.peak_usage() - before, reader.finished, reader.problems)
}

fn second() -> Content {
    let raw = RawSample { rtt: 50.0, packets_received: 50.0, packets_lost: 0.0, mos: 4.4, ..RawSample::default() };
    Content::Event(Event::Sample(Sample::from(raw)))
}

/// One test, because memory is that of the whole process.
#[test]
fn no_recording_takes_more_memory_the_longer_it_is() {
    let one_moment = |reader: &mut Reader| {
        reader.process(0, "CA1", ACCEPTED);
        (0..300_000).for_each(|_| reader.process(1000, "CA1", second()));
        reader.process(20_000, "CA1", END);
    };
    let (peak, calls, problems) = read(one_moment);
    assert_eq!((calls, problems), (1, 0));
    assert!(peak < 2_000_000, "events of one moment: {peak}");

    let same_moment = |reader: &mut Reader| {
        let names: Vec<_> = (0..2000).map(|call| format!("CA{call:032x}")).collect();
        names.iter().for_each(|name| reader.process(0, name, ACCEPTED));
        // As much of each in turn, and then of all at the same time.
        for name in &names {
            (0..200).for_each(|_| reader.process(1000, name, second()));
        }
        for _ in 0..200 {
            names.iter().for_each(|name| reader.process(2000, name, second()));
        }
        names.iter().for_each(|name| reader.process(20_000, name, END));
    };
    let (peak, calls, problems) = read(same_moment);
    assert_eq!((calls, problems), (2000, 0));
    assert!(peak < 100_000_000, "events of many calls at one moment: {peak}");

    let replaced = |reader: &mut Reader| {
        (0..300_000).for_each(|_| reader.process(0, "CA1", Content::Opened(CallParties::default())));
    };
    let (peak, calls, problems) = read(replaced);
    assert_eq!((calls, problems), (0, 300_000));
    assert!(peak < 2_000_000, "calls of which another began under the same name: {peak}");

    let ended = |reader: &mut Reader| {
        for call in 0..20_000 {
            let name = format!("CA{call:032x}");
            reader.process(call, &name, ACCEPTED);
            reader.process(call + 1, &name, END);
        }
        // None of them is among those that ended.
        (0..100_000).for_each(|_| reader.process(30_000, "CA-unknown", Content::Event(Event::Reported)));
    };
    let (peak, calls, problems) = read(ended);
    assert_eq!((calls, problems), (20_000, 0));
    assert!(peak < 20_000_000, "calls that ended: {peak}");

    let troubled = |reader: &mut Reader| {
        reader.process(0, "CA1", ACCEPTED);
        for n in 0..20_000 {
            let raised = Event::Warning(WarningName::IceConnectivityLost, WarningData::default());
            reader.process(n * 2000, "CA1", Content::Event(raised));
            reader.process(
                n * 2000 + 1000,
                "CA1",
                Content::Event(Event::WarningCleared(WarningName::IceConnectivityLost)),
            );
        }
        reader.process(40_000_000, "CA1", END);
    };
    let (peak, calls, _) = read(troubled);
    assert_eq!(calls, 1);
    // An episode has some 80 bytes and is there four times at the end; its two lines have more than 100.
    assert!(peak < 20_000 * 500, "episodes: {peak}");

    let text = "x".repeat(200);
    let others = vec![r#"{"type":"customer","status":"joined","onHold":false}"#; 100].join(",");
    for line in [
        r#"{"ms":1000,"type":"mute","muted":true}"#.to_owned(),
        r#"{"ms":1000,"type":"sample","sample":{"rtt":50}}"#.to_owned(),
        format!(r#"{{"ms":1000,"type":"conference","onHold":false,"others":[{others}]}}"#),
        r#"{"ms":1000,"type":"conference","onHold":false,"others":[{"type":"customer","onHold":false}]}"#.to_owned(),
        format!(r#"{{"ms":1000,"type":"warning","name":"high-rtt","data":{{"values":[{}]}}}}"#, ["1"; 100].join(",")),
        format!(r#"{{"ms":1000,"type":"task","taskSid":"{text}"}}"#),
        format!(r#"{{"ms":1000,"type":"incoming","parameters":{{"CallSid":"{text}","From":"{text}","To":"{text}"}}}}"#),
        r#"{"ms":1000,"type":"endpoint","endpoint":{"codec":"opus"}}"#.to_owned(),
    ] {
        let recording = vec![line.as_str(); 5000].join("\n");
        let before = MEMORY.current_usage();
        let mut recorded = RecordedCalls::default();
        let _: Vec<usize> = (0..4).map(|_| recorded.load(&recording).unwrap()).collect();
        let (said, taken) = (recorded.bytes(), MEMORY.current_usage() - before);
        assert!(said >= taken * 9 / 10 && said <= taken * 3 / 2, "{said} are said, {taken} are taken: {line:.80}");
    }
}
