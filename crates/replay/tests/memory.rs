//! How much memory inputs take, whatever is in them and however small they were packed. Each of these once took
//! hundreds of megabytes.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod support;

use device_monitoring::Configuration;
use peak_alloc::PeakAlloc;
use replay::card_reader::Cards;
use replay::fuzzing::{large, read_large};
use replay::input;
use replay::output::Format;
use replay::run::{Ran, Run};
use replay::sources::{Gathered, Rows, Source};
use std::fs;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::{self, Write};
use std::path::Path;
use support::Folder;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MEGABYTE: usize = 1_000_000;

/// Packs what is written, and plays it. Gives what was held at most, in bytes, and how much of it could be used.
fn play(folder: &Folder, write: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> (usize, Ran) {
    let path = folder.0.join("input.zst");
    let mut packed = zstd::Encoder::new(fs::File::create(&path).unwrap(), 1).unwrap();
    write(&mut packed).unwrap();
    packed.finish().unwrap();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let inputs = input::find(&[path]);
    let (configurations, names) = ([Configuration::default()], ["defaults".to_owned()]);
    let run = Run {
        inputs: &inputs,
        configurations: &configurations,
        names: &names,
        format: Format::Json,
        shows_progress: false,
    };
    let ran = run.run(io::sink()).unwrap();
    let peak = MEMORY.peak_usage() - before;
    println!("{peak} bytes of memory");
    (peak, ran)
}

/// How many files this process has open, where the system says so.
fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// Gathers a thousand rows of each of these calls so many times, judges them, and gives what was held at most, in bytes.
fn gather(calls: &[String], times: usize) -> usize {
    let rows: Vec<Rows> = calls
        .iter()
        .map(|call| {
            let row = |at: usize| format!("{{\"call_sid\":\"{call}\",\"timestamp\":{at},\"packets_received\":50}}\n");
            let mut rows = Rows::default();
            let lines: String = (0..1000).map(row).collect();
            let mut keep = |more| {
                rows.append(more);
                Ok(())
            };
            Source::Lines.read(io::Cursor::new(lines), &mut keep).unwrap();
            rows
        })
        .collect();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let mut gathered = Gathered::default();
    (0..times).for_each(|_| rows.iter().for_each(|rows| gathered.add(rows.clone()).unwrap()));
    let (mut judged, mut open) = (0, 0);
    let mut each = |_| {
        judged += 1;
        open = open.max(open_files());
        Ok(())
    };
    gathered.judge(&[Configuration::default()], false, &mut each).unwrap();
    assert_eq!(judged, calls.len());
    // macOS lets a program open 256 by itself.
    assert!(open < 32, "{open} files are open");
    let peak = MEMORY.peak_usage() - before;
    println!("{peak} bytes of memory");
    peak
}

/// One test, because memory is that of the whole process.
#[test]
fn no_input_takes_more_memory_the_longer_it_is() {
    let folder = Folder::new("memory");

    let (peak, _) = play(&folder, &|to| {
        write!(to, "{{\"meta\":{{}},\"metrics\":[0")?;
        (0..1_000_000).try_for_each(|_| to.write_all(b",0"))?;
        to.write_all(b"]}")
    });
    assert!(peak < 60 * MEGABYTE, "a page of numbers: {peak}");

    // Each list of every envelope, and lists in lists.
    for (opening, closing) in [
        ("{\"Records\":[0", "],\"MillisBehindLatest\":0}"),
        ("{\"Messages\":[0", "]}"),
        ("{\"callSummaries\":[0", "],\"meta\":{}}"),
        ("{\"batch\":[[{\"events\":[0", "]}]]}"),
        ("{\"log\":{\"entries\":[0", "]}}"),
        ("{\"log\":{\"entries\":[{\"response\":[0", "]}]}}"),
        ("{\"log\":{\"entries\":[{\"request\":{\"postData\":[0", "]}}]}}"),
        ("[[[[[0", "]]]]]"),
    ] {
        let (peak, _) = play(&folder, &|to| {
            to.write_all(opening.as_bytes())?;
            (0..800_000).try_for_each(|_| to.write_all(b",0"))?;
            to.write_all(closing.as_bytes())
        });
        assert!(peak < 20 * MEGABYTE, "{opening}: {peak}");
    }

    // What is not read in lists has its limit, whatever it is in.
    for (opening, closing) in [
        ("{\"data\":{\"items\":[0", "]}}"),
        ("{\"a\":[0", "],\"metrics\":[{\"a\":[0]}]}"),
        ("{\"Records\":[{\"kinesis\":{\"data\":\"[0", "]\"}}]}"),
        ("{\"Message\":\"{\\\"Records\\\":[[0", "]]}\"}"),
        ("{\"group\":\"a\",\"payload\":[0", "]}"),
    ] {
        for elements in [450_000, 800_000] {
            let (peak, _) = play(&folder, &|to| {
                to.write_all(opening.as_bytes())?;
                (0..elements).try_for_each(|_| to.write_all(b",0"))?;
                to.write_all(closing.as_bytes())
            });
            assert!(peak < 60 * MEGABYTE, "{opening} and {elements}: {peak}");
        }
    }

    // What each object keeps while the list in it is read adds up to one limit.
    let (peak, _) = play(&folder, &|to| {
        for _ in 0..10 {
            write!(to, "{{\"a\":[0")?;
            (0..200_000).try_for_each(|_| to.write_all(b",0"))?;
            to.write_all(b"],\"items\":[")?;
        }
        (0..10).try_for_each(|_| to.write_all(b"]}"))
    });
    assert!(peak < 60 * MEGABYTE, "objects in lists of objects: {peak}");

    let (peak, ran) = play(&folder, &|to| {
        write!(to, "[{{\"call_sid\":\"CA1\",\"timestamp\":1,\"packets_received\":50}},\n{{\"call_sid\":\"CA1\"")?;
        (0..1_500_000).try_for_each(|n| write!(to, ",\"a{n}\":0"))?;
        to.write_all(b"}]")
    });
    assert!(peak < 60 * MEGABYTE, "an object of many members: {peak}");
    assert_eq!(ran, Ran::Partly, "what came before it is read");

    let (peak, _) = play(&folder, &|to| {
        to.write_all(b"[\n{\"call_sid\":\"")?;
        (0..50).try_for_each(|_| to.write_all(&[b'x'; MEGABYTE]))?;
        to.write_all(b"\"}]")
    });
    assert!(peak < 20 * MEGABYTE, "a text without end: {peak}");

    let values = vec!["0"; 5000].join(",");
    let (peak, ran) = play(&folder, &|to| {
        (0..1500).try_for_each(|n| {
            writeln!(
                to,
                "{{\"group\":\"network-quality-warning-raised\",\"name\":\"high-rtt\",\"timestamp\":{n},\
                 \"payload\":{{\"call_sid\":\"CA1\",\"data\":{{\"values\":[{values}]}}}}}}"
            )
        })
    });
    assert!(peak < 30 * MEGABYTE, "warnings of many values: {peak}");
    assert_eq!(ran, Ran::Partly, "when the call was, nothing says");

    let (peak, ran) = play(&folder, &|to| {
        (0..50).try_for_each(|n| {
            let name = format!("{}{n}", "N".repeat(900_000));
            writeln!(to, "{{\"ms\":0,\"type\":\"accept\",\"callSid\":\"{name}\"}}")?;
            writeln!(to, "{{\"ms\":9,\"type\":\"disconnect\",\"callSid\":\"{name}\"}}")
        })
    });
    assert!(peak < 100 * MEGABYTE, "calls with long names: {peak}");
    assert_eq!(ran, Ran::Nothing);

    // A line for all shares of the calls.
    let (peak, ran) = play(&folder, &|to| {
        to.write_all(b"{\"ms\":0,\"type\":\"accept\"}\n")?;
        (0..200_000).try_for_each(|n| writeln!(to, "{{\"ms\":1,\"type\":\"recording\",\"startedAt\":{n}}}"))?;
        to.write_all(b"{\"ms\":9,\"type\":\"disconnect\"}\n")
    });
    assert!(peak < 40 * MEGABYTE, "beginnings of recordings: {peak}");
    assert_eq!(ran, Ran::Flawless);

    // Lines that say nothing but that they are broken.
    for first in ["{\"ms\":0,\"type\":\"accept\"}", "{\"call_sid\":\"CA1\",\"timestamp\":1,\"packets_received\":50}"] {
        let (peak, ran) = play(&folder, &|to| {
            (0..3).try_for_each(|_| writeln!(to, "{first}"))?;
            (0..2_000_000).try_for_each(|_| to.write_all(b"{\n"))
        });
        assert!(peak < 60 * MEGABYTE, "broken lines after {first}: {peak}");
        assert_ne!(ran, Ran::Flawless);
    }

    // What an open call keeps, and what waits for the rest of its moment.
    let task = "W".repeat(900_000);
    let others = vec!["{\"type\":\"customer\",\"status\":\"joined\",\"onHold\":false}"; 15_000].join(",");
    let conference = format!("\"type\":\"conference\",\"onHold\":false,\"others\":[{others}]");
    for (kind, line, calls) in [
        ("tasks of many calls", format!("\"type\":\"task\",\"taskSid\":\"{task}\""), 100),
        ("tasks of a moment", format!("\"type\":\"task\",\"taskSid\":\"{task}\""), 1),
        ("conferences of many calls", conference.clone(), 300),
        ("conferences of a moment", conference, 1),
    ] {
        let (peak, _) = play(&folder, &|to| {
            (0..300).try_for_each(|n| writeln!(to, "{{\"ms\":0,\"callSid\":\"CA{}\",{line}}}", n % calls))
        });
        assert!(peak < 100 * MEGABYTE, "{kind}: {peak}");
    }

    // Dumps: connections that never end, reports without end, and long series of many connections.
    let (peak, _) = play(&folder, &|to| {
        to.write_all(b"RTCStatsDump\n{\"fileFormat\":3}\n")?;
        (0..100_000).try_for_each(|n| {
            writeln!(
                to,
                "[\"getStats\",\"PC_{n}\",{{\"1\":{{\"type\":1,\"14\":{n}}},\"t\":1}},{}]",
                1_790_000_000_000_i64
            )
        })
    });
    assert!(peak < 30 * MEGABYTE, "connections of a dump: {peak}");
    let (peak, _) = play(&folder, &|to| {
        to.write_all(b"RTCStatsDump\n{\"fileFormat\":3}\n")?;
        (0..20_000).try_for_each(|n| {
            writeln!(to, "[\"g\",\"PC_0\",{{\"{n}\":{{\"type\":1,\"14\":{n},\"11\":\"audio\"}},\"t\":1}},1000]")
        })
    });
    assert!(peak < 30 * MEGABYTE, "reports of a dump: {peak}");
    let numbers = (0..1000).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let (peak, _) = play(&folder, &|to| {
        to.write_all(b"{\"PeerConnections\":{\"0-0\":{}")?;
        for connection in 1..20 {
            write!(to, ",\"1-{connection}\":{{\"stats\":{{\"X-none\":{{}}")?;
            for report in 0..40 {
                for field in ["packetsReceived", "packetsLost", "jitter", "bytesReceived", "timestamp"] {
                    write!(
                        to,
                        ",\"I{report}-{field}\":{{\"startTime\":\"2026-11-29T05:00:00.000Z\",\"endTime\":\
                         \"2026-11-29T05:20:00.000Z\",\"statsType\":\"inbound-rtp\",\"values\":\"[{numbers}]\"}}"
                    )?;
                }
            }
            to.write_all(b"}}")?;
        }
        to.write_all(b"}}")
    });
    assert!(peak < 40 * MEGABYTE, "series of a dump: {peak}");

    // A hundred series of a connection, each a hundred times as long as Chromium's.
    let numbers = vec!["1"; 100_000].join(",");
    let (peak, ran) = play(&folder, &|to| {
        to.write_all(b"{\"PeerConnections\":{\"1-1\":{\"stats\":{\"X-none\":{}")?;
        for report in 0..20 {
            for field in ["packetsReceived", "packetsLost", "jitter", "bytesReceived", "state"] {
                write!(
                    to,
                    ",\"I{report}-{field}\":{{\"startTime\":1790000000000,\"endTime\":1790000100000,\
                     \"statsType\":\"inbound-rtp\",\"values\":\"[{numbers}]\"}}"
                )?;
            }
        }
        to.write_all(b"}}}}")
    });
    assert!(peak < 80 * MEGABYTE, "long series of a connection: {peak}");
    assert_eq!(ran, Ran::Partly, "what there was no room for is said");

    // Cards for `replay incidents`: something else in lists and pages, and cards that say more than is looked at.
    let read = |write: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        let mut packed = zstd::Encoder::new(Vec::new(), 1).unwrap();
        write(&mut packed).unwrap();
        let packed = packed.finish().unwrap();
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let mut cards = Cards::default();
        let ended = cards.read(zstd::Decoder::new(packed.as_slice()).unwrap());
        (MEMORY.peak_usage() - before, cards, ended)
    };
    for (opening, closing) in
        [("[0", "]"), ("{\"items\":[0", "],\"meta\":{}}"), ("{\"data\":[[0", "]]}"), ("[[[[[0", "]]]]]")]
    {
        let (peak, cards, _) = read(&|to| {
            to.write_all(opening.as_bytes())?;
            (0..800_000).try_for_each(|_| to.write_all(b",0"))?;
            to.write_all(closing.as_bytes())
        });
        assert!(peak < 20 * MEGABYTE && cards.cards.is_empty(), "{opening}: {peak}");
    }
    let zeros = vec!["0"; 7_000].join(",");
    let (peak, cards, ended) = read(&|to| {
        (0..300).try_for_each(|n| {
            let of_a_card = "\"worker\":\"P-1\",\"durationMs\":1,\"receivedAt\":1";
            writeln!(to, "{{{of_a_card},\"startedAt\":{n},\"more\":[{zeros}],\"timeline\":{{\"a\":[]}}}}")
        })
    });
    assert!(peak < 20 * MEGABYTE, "cards that say more: {peak}");
    assert_eq!((cards.cards.len(), cards.others, ended), (300, 0, Ok(())));

    let peak = gather(&["CA1".to_owned()], 1000);
    assert!(peak < 150 * MEGABYTE, "rows of one call: {peak}");

    // Names that somebody has chosen so that the calls wait in the same file.
    let hash = |name: &String| BuildHasherDefault::<DefaultHasher>::default().hash_one(name);
    let same: Vec<String> = (0..).map(|n| format!("CA{n}")).filter(|name| hash(name) % 256 == 0).take(24).collect();
    let peak = gather(&same, 40);
    assert!(peak < 150 * MEGABYTE, "calls in one file: {peak}");

    let inputs = |of: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(of).join("large");
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path())
    };
    for path in inputs("seeds").chain(inputs("corpus")) {
        let document = large(&fs::read(&path).unwrap());
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        read_large(&document);
        let (peak, most) = (MEMORY.peak_usage() - before, replay::fuzzing::max_memory(&document));
        println!("{}: {peak} bytes of memory for {} bytes", path.display(), document.len());
        assert!(document.len() > 100_000 && peak <= most, "{}: {peak} of {}", path.display(), document.len());
    }
}
