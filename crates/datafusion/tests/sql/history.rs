//! What a history is, where calls lie over midnight, and what is said where there is no verdict.

use crate::incidents::add_cards;
use crate::replayed::{ROWS, project, recordings};
use crate::support::{Session, history, history_of};
use device_monitoring::Configuration;
use device_monitoring::replay::Player;
use serde_json::json;
use std::fs;

/// 2026-11-01T23:59:50Z.
const BEFORE_MIDNIGHT: &str = r#"{"ms":0,"type":"recording","version":1,"startedAt":1793577590000,"name":"late"}"#;

/// A call of twenty seconds, with a round-trip time that is too long from the fifth to the fifteenth.
pub(crate) fn over_midnight() -> Vec<String> {
    let mut lines = vec![
        BEFORE_MIDNIGHT.to_owned(),
        r#"{"ms":0,"type":"incoming","parameters":{"CallSid":"CA1","From":"+15550100"}}"#.to_owned(),
        r#"{"ms":0,"type":"accept"}"#.to_owned(),
    ];
    for second in 1..20 {
        let rtt = if (5..15).contains(&second) { 900 } else { 30 };
        let sample = json!({"rtt": rtt, "jitter": 2, "packetsLost": 0, "packetsReceived": 50, "mos": 4.4});
        lines.push(json!({"ms": second * 1000, "type": "sample", "sample": sample}).to_string());
    }
    lines.push(r#"{"ms":20000,"type":"disconnect"}"#.to_owned());
    lines
}

/// What is said of the one call in a history of these lines, under the defaults.
fn verdict(lines: &[&str]) -> serde_json::Value {
    let (folder, imported) = history_of(&[&[BEFORE_MIDNIGHT], lines].concat());
    assert_eq!(imported.problems, [""; 0]);
    let sql = format!("SELECT verdict('{{}}', {ROWS}) AS v FROM events GROUP BY call_sid");
    let mut rows = Session::ordered(folder.path()).rows(&sql);
    assert_eq!(rows.len(), 1);
    rows[0].remove("v").unwrap()
}

#[test]
fn a_call_over_midnight_lies_in_two_days_and_has_one_verdict_where_both_are_asked() {
    let lines = over_midnight();
    let (folder, _) = history_of(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let mut days: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    days.sort();
    assert_eq!(days, ["day=2026-11-01", "day=2026-11-02"]);
    let session = Session::ordered(folder.path());
    let asked = |condition: &str| {
        let verdict = format!("verdict('{{}}', {ROWS}) AS v");
        session.rows(&format!("SELECT {verdict} FROM events WHERE {condition} GROUP BY call_sid")).remove(0)["v"]
            .clone()
    };

    let whole = asked("day BETWEEN '2026-11-01' AND '2026-11-02'");
    let mut player = Player::new(Configuration::default());
    lines.iter().for_each(|line| player.play(line));
    let expected = player.replayed().calls.remove(0);
    assert_eq!(whole["warning_ms"], expected.warning_ms.0);
    assert!(expected.alert && whole["alert"] == true, "{whole}");
    assert_eq!(whole["started_at"], "2026-11-01T23:59:50Z");

    // Half a call has no verdict, rather than a wrong one.
    let first = asked("day = '2026-11-01'");
    assert_eq!((&first["alert"], &first["problems"]), (&json!(null), &json!(["no verdict: it has no end"])));
    let second = asked("day = '2026-11-02'");
    assert_eq!((&second["alert"], &second["problems"]), (&json!(null), &json!(["no verdict: it was never accepted"])));
}

#[test]
fn where_there_is_no_verdict_it_is_said_why() {
    let accept = r#"{"ms":0,"type":"accept","callSid":"CA1"}"#;
    let end = r#"{"ms":9000,"type":"disconnect","callSid":"CA1"}"#;
    let problems = |lines: &[&str]| verdict(lines)["problems"].clone();
    assert_eq!(problems(&[accept, end]), json!([]));
    assert_eq!(problems(&[accept]), json!(["no verdict: it has no end"]));
    assert_eq!(
        problems(&[r#"{"ms":0,"type":"incoming","callSid":"CA1"}"#, r#"{"ms":1,"type":"cancel","callSid":"CA1"}"#]),
        json!(["no verdict: it was never accepted"])
    );
    let again = [r#"{"ms":9500,"type":"incoming","callSid":"CA1"}"#, r#"{"ms":9600,"type":"accept","callSid":"CA1"}"#];
    let ended_again = r#"{"ms":9700,"type":"disconnect","callSid":"CA1"}"#;
    let twice = verdict(&[accept, end, again[0], again[1], ended_again]);
    assert_eq!(
        (&twice["duration_ms"], &twice["problems"]),
        (&json!(100.0), &json!(["2 calls have this CallSid: this is the last"]))
    );
    assert_eq!(problems(&[accept, end, again[0], again[1]]), json!(["another call that has this CallSid has no end"]));
}

#[test]
fn a_row_that_makes_no_sense_is_told_and_the_rest_is_judged() {
    let (folder, _) = history_of(&[
        BEFORE_MIDNIGHT,
        r#"{"ms":0,"type":"accept","callSid":"CA1"}"#,
        r#"{"ms":20000,"type":"disconnect","callSid":"CA1"}"#,
    ]);
    let session = Session::ordered(folder.path());
    let broken = "SELECT *, 'sample' AS kind, '' AS text FROM events WHERE type = 'accept' \
        UNION ALL SELECT *, 'mute' AS kind, '{\"muted\":\"perhaps\"}' AS text FROM events WHERE type = 'accept' \
        UNION ALL SELECT *, 'warning' AS kind, 'nonsense' AS text FROM events WHERE type = 'accept' \
        UNION ALL SELECT *, 'high-spirits' AS kind, NULL AS text FROM events WHERE type = 'accept' \
        UNION ALL SELECT *, type AS kind, detail AS text FROM events";
    let rows = session.rows(&format!(
        "SELECT verdict('{{}}', at, seq, kind, sample, stats, text) AS v FROM ({broken}) GROUP BY call_sid"
    ));
    let verdict = &rows[0]["v"];
    assert_eq!((&verdict["alert"], &verdict["duration_ms"]), (&json!(false), &json!(20_000.0)));
    let problems: Vec<_> = verdict["problems"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    assert_eq!(problems.len(), 3, "{problems:?}");
    for about in ["\"sample\": detail", "\"mute\": \"muted\" \"perhaps\"", "\"warning\": detail is no JSON"] {
        assert!(problems.iter().any(|problem| problem.starts_with(about)), "{about}: {problems:?}");
    }
}

#[test]
fn a_second_may_have_its_sample_and_its_statistics_in_one_row() {
    let (folder, _) = history(&[recordings().join("loss5.jsonl")]);
    let session = Session::ordered(folder.path());
    let apart = format!("SELECT verdict('{{}}', {ROWS}) AS v FROM events GROUP BY call_sid");
    // The reading that belongs to a sample comes some milliseconds before it.
    let joined = "SELECT s.call_sid, s.at, s.seq, s.type, s.sample, r.stats, s.detail FROM events s \
        LEFT JOIN (SELECT seq, stats FROM events WHERE type = 'stats') r ON r.seq = s.seq - 1 WHERE s.type <> 'stats'";
    let together = format!("SELECT verdict('{{}}', {ROWS}) AS v FROM ({joined}) GROUP BY call_sid");
    let count = |sql: &str| session.rows(&format!("SELECT count(stats) AS n FROM ({sql})"))[0]["n"].as_u64().unwrap();
    assert!(count(joined) > 50, "hardly a row has both");
    let alert = |sql: &str| session.rows(sql)[0]["v"]["conditions"].clone();
    assert_eq!(alert(&together), alert(&apart));
}

#[test]
fn what_is_asked_wrongly_gets_a_sentence() {
    let (folder, _) = history_of(&[BEFORE_MIDNIGHT, r#"{"ms":0,"type":"accept","callSid":"CA1"}"#]);
    let session = Session::ordered(folder.path());
    let asked = |what: &str| session.try_ask(&format!("SELECT {what} FROM events GROUP BY call_sid")).unwrap_err();
    for (what, sentence) in [
        ("verdict('{}')".to_owned(), "takes 7 arguments, not 1"),
        (format!("verdict('{{', {ROWS})"), "the configuration is not JSON"),
        (format!("verdict('{{\"highRtThreshold\":1}}', {ROWS})"), "highRtThreshold"),
        (format!("verdict(call_sid, {ROWS})"), "has to be a text that is written out"),
        (format!("verdicts('{{}}', {ROWS})"), "there is no configuration among"),
        (format!("verdict('{{}}', {})", ROWS.replace("at,", "CAST(NULL AS TIMESTAMP),")), "no \"at\""),
    ] {
        let message = asked(&what);
        assert!(message.contains(sentence), "{what}: {message}");
    }
}

#[test]
fn numbers_of_people_do_not_get_into_the_history() {
    let (folder, _) = history(&[recordings()]);
    let session = Session::ordered(folder.path());
    let rows = session.rows("SELECT DISTINCT detail FROM events WHERE detail IS NOT NULL");
    assert!(rows.len() > 5, "{rows:?}");
    for row in rows {
        let detail = row["detail"].to_string();
        assert!(!detail.contains("+1555") && !detail.contains("client:"), "{detail}");
    }
}

#[test]
fn nothing_gets_into_the_history_that_the_engine_does_not_read() {
    let (folder, imported) = history_of(&[
        r#"{"ms":0,"type":"accept","from":"+15551230001"}"#,
        r#"{"ms":1,"type":"conference","onHold":false,"others":[{"type":"customer","status":"joined","onHold":true,"name":"+15551230002"}]}"#,
        r#"{"ms":2,"type":"warning","name":"high-rtt","data":{"threshold":{"name":"rtt","of":"+15551230003"},"values":[401],"call":"+15551230004"}}"#,
        r#"{"ms":9000,"type":"disconnect"}"#,
    ]);
    assert_eq!((imported.rows, imported.problems), (4, vec![]));
    let session = Session::ordered(folder.path());
    let rows = session.rows("SELECT detail FROM events WHERE detail IS NOT NULL ORDER BY seq");
    let details: Vec<_> = rows.iter().map(|row| row["detail"].as_str().unwrap()).collect();
    assert_eq!(
        details,
        [
            r#"{"onHold":false,"others":[{"onHold":true,"status":"joined","type":"customer"}]}"#,
            r#"{"data":{"threshold":{"name":"rtt"},"values":[401]},"name":"high-rtt"}"#,
        ]
    );
}

#[test]
fn of_many_problems_the_first_are_told_and_the_others_counted() {
    let broken = vec!["x"; 30_000];
    let lines = [&[r#"{"ms":0,"type":"accept"}"#][..], &broken, &[r#"{"ms":9000,"type":"disconnect"}"#]].concat();
    let (_, imported) = history_of(&lines);
    assert_eq!((imported.rows, imported.problems.len(), imported.more), (2, 10_000, 20_000));
}

#[test]
fn what_cannot_be_taken_over_is_told_by_its_line_and_the_rest_is_taken_over() {
    let (folder, imported) = history_of(&[
        BEFORE_MIDNIGHT,
        r#"{"ms":0,"type":"accept"}"#,
        "not json",
        r#"{"ms":1,"type":"volume"}"#,
        r#"{"ms":9000,"type":"disconnect"}"#,
    ]);
    assert_eq!(imported.rows, 2);
    let problems = imported.problems.join("\n");
    assert!(problems.contains("recording.jsonl:3: not JSON"), "{problems}");
    assert!(problems.contains("recording.jsonl:4: the type \"volume\" is not known"), "{problems}");
    // A call without a CallSid is known by its file and line.
    let rows = Session::ordered(folder.path()).rows("SELECT DISTINCT call_sid FROM events");
    assert_eq!(rows[0]["call_sid"], "recording:2");
}

#[test]
fn the_questions_in_the_paper_are_answered() {
    let (folder, _) = history(&[recordings()]);
    let session = Session::ordered(folder.path());
    add_cards(&session);
    let paper = fs::read_to_string(project().join("docs/cluster.md")).unwrap();
    let questions: Vec<_> = paper.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(questions.len() >= 4, "only {} questions", questions.len());
    for question in questions {
        for sql in question.split(";\n").filter(|sql| !sql.trim().is_empty()) {
            // The table is there under another path.
            if !sql.trim_start().starts_with("CREATE EXTERNAL TABLE") {
                let written = format!("TO '{}/compact/", folder.path().display());
                session.ask(&sql.replace("TO 'compact/", &written));
            }
        }
    }
    assert!(folder.path().join("compact").exists());
}

#[test]
fn a_recording_that_says_it_began_beyond_all_time_is_taken_over() {
    for (began, first) in [("1e300", 5), ("-1e300", -5)] {
        let began = format!(r#"{{"ms":0,"type":"recording","version":1,"startedAt":{began}}}"#);
        let accepted = format!(r#"{{"ms":{first},"type":"accept"}}"#);
        let (_, imported) = history_of(&[&began, &accepted, r#"{"ms":9000,"type":"disconnect"}"#]);
        assert_eq!((imported.rows, imported.problems), (2, vec![]));
    }
}

#[cfg(unix)]
#[test]
fn a_recording_counts_once_however_many_links_lead_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let (inside, recording) = (folder.path().join("inside"), folder.path().join("inside/recording.jsonl"));
    fs::create_dir(&inside).unwrap();
    let lines = [BEFORE_MIDNIGHT, r#"{"ms":0,"type":"accept"}"#, r#"{"ms":9000,"type":"disconnect"}"#];
    fs::write(&recording, lines.join("\n")).unwrap();
    std::os::unix::fs::symlink(folder.path(), inside.join("circle")).unwrap();
    fs::hard_link(&recording, inside.join("other.jsonl")).unwrap();
    let (_, imported) = history(&[folder.path().to_owned(), recording]);
    assert_eq!(imported.rows, 2);
}
