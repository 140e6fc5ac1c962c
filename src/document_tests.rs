//! Holds the numbers that documents repeat against the constants they come from.

use crate::agent::audio_baseline::{LEVELS_PER_DECIBEL, QUIETER_BY};
use crate::agent::network_check::{SLOW_BY, SLOW_RATIO};
use crate::agent::notice::CAUSE_SHOWN_WITHIN;
use crate::agent::preflight;
use crate::agent::shift_limits::MAX_SHIFT;
use crate::alert;
use crate::call::audio_gaps;
use crate::call::concealment::SEVERE_ABOVE;
use crate::call::detector::{
    CLEAR_AFTER_DISTANCES, CLEAR_AT, MAX_BACKDATING, MAX_TO_CLEAR, RAISE_AT, RAISE_AT_SEVERE, SEVERE_WINDOW, WINDOW,
};
use crate::call::loss_evidence::{CUSUM_THRESHOLD, HEALTHY_RATIO, LOSSY_RATIO, MAX_LOSS_BACKDATING, RECENT_WINDOW};
use crate::call::media_flow::{BEGINS_WITHIN, NO_BYTES_RECEIVED_AFTER};
use crate::call::metric_monitor;
use crate::call::microphone::{
    SECONDS_TO_SHOW_FLOOR, SILENT_MICROPHONE_AFTER, SILENT_MICROPHONE_AFTER_SUPPRESSED, WARNING_TRUE_AFTER,
};
use crate::call::muted_speech;
use crate::call::net_loss;
use crate::call::outbound::missing_rtcp_reports::{
    INBOUND_LOSS_COUNTS_FOR, NO_RECEIVER_REPORT_FOR, NO_RECEIVER_REPORT_FOR_IN_LOSS,
};
use crate::call::outbound::outbound_loss;
use crate::call::playout_gaps;
use crate::call::recurring_interruptions::COMES_BACK_WITHIN;
use crate::cause::browser::STOOD_STILL_FOR;
use crate::cause::bursty_network::{MIN_BURST, MIN_JITTER, MIN_SWING};
use crate::cause::computer::STRAINED_FOR;
use crate::cause::network::{CHANGED_BEFORE, CHANGED_WITHIN, SET_UP_WITHIN};
use crate::condition::ConditionName;
use crate::config::Config;
use crate::engine::{MAX_FINISHED, WRAP_UP};
use crate::floor::{self, PIECE_BYTES};
use crate::incidents::{CLOSE_AFTER_MS, MAX_AGENTS, MIN_AGENTS, PATIENCE_MS, SETTLE_MS, SILENT_MS};
use crate::input::environment_signal::LATE_TICK;
use crate::input::metric::{Grade, Metric};
use crate::input::mos;
use crate::input::units::{Milliseconds, Percent, Value};
use crate::input::warning::sdk_trigger;
use crate::outbox::entry_kind::{MAX_PIECE_CHARACTERS, MAX_PIECES};
use crate::outbox::eviction::{MAX_CHARACTERS, MAX_ENTRIES};
use crate::outbox::{
    CHECKPOINT_EVERY, FIRST_WAIT, KEPT_FOR, LONGEST_WAIT, NEEDS_ADMIN_WAIT, NUMBERS_KEPT_FOR, RECEIVER_REFUSES_FOR,
    TIDY_EVERY,
};
use crate::replay::suggest::{MIN_DAYS, MIN_OTHERS, MIN_REPORTED, MIN_REPORTED_IN_PART};
use std::fs;
use std::path::Path;

const SECOND: f64 = 1000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// A small number, written out.
fn words(number: f64) -> &'static str {
    match number.round() as u32 {
        1 => "one",
        2 => "two",
        3 => "three",
        4 => "four",
        5 => "five",
        6 => "six",
        7 => "seven",
        8 => "eight",
        9 => "nine",
        10 => "ten",
        20 => "twenty",
        30 => "thirty",
        40 => "forty",
        50 => "fifty",
        60 => "sixty",
        12 => "twelve",
        15 => "fifteen",
        18 => "eighteen",
        other => panic!("write {other} out here"),
    }
}

fn whole(span: Milliseconds, unit: f64) -> f64 {
    (span.0 / unit).round()
}

/// Every sentence that is not in the document, although the constants say that it should be.
fn missing(document: &str, sentences: &[String]) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(document)).unwrap();
    let text = text.to_lowercase();
    let is_missing = |sentence: &&String| !text.contains(&sentence.to_lowercase());
    sentences.iter().filter(is_missing).map(|sentence| format!("{document} should say: {sentence}")).collect()
}

#[test]
fn documents_name_how_much_of_a_shared_recording_is_sent_and_kept() {
    assert_eq!((PIECE_BYTES, MAX_PIECE_CHARACTERS), (10_800, 500_000), "written out below");
    let sentences = [
        "at most 10,800 bytes of it".to_owned(),
        format!("a recording of more than {} pieces, about two hours, is not sent", floor::MAX_PIECES),
        format!("at most {MAX_PIECES} of them with at most half a million characters in all"),
    ];
    assert_eq!(missing("docs/what-is-sent.md", &sentences), [""; 0]);
}

#[test]
fn documents_name_until_when_an_agent_can_report_a_problem() {
    let (minutes, calls) = (whole(WRAP_UP, MINUTE), words(MAX_FINISHED as f64));
    let sentence = format!("within {minutes} minutes, and only for the last {calls} calls that have ended");
    assert_eq!(missing("docs/what-agents-see.md", &[sentence]), [""; 0]);
}

#[test]
fn documents_name_the_windows_of_the_detector() {
    let [raise, window, severe, severe_window] =
        [RAISE_AT, WINDOW, RAISE_AT_SEVERE, SEVERE_WINDOW].map(|count| words(count as f64));
    let clear = words(f64::from(CLEAR_AT));
    let sentences = [
        format!("{raise} bad seconds among the last {window} raise a condition"),
        format!("{severe} among the last {severe_window} are enough if they are far beyond the threshold"),
        format!("{clear} good seconds in a row end it"),
        format!("but at most {} seconds before it was raised, to its last", words(whole(MAX_BACKDATING, SECOND))),
    ];
    assert_eq!(missing("docs/when-a-call-alerts.md", &sentences), [""; 0]);
}

#[test]
fn documents_name_what_raises_packet_loss_and_what_ends_it() {
    assert_eq!((HEALTHY_RATIO, LOSSY_RATIO, outbound_loss::CLEAN_RATIO), (1.0 / 3.0, 4.0 / 3.0, 1.0 / 3.0));
    assert_eq!(outbound_loss::MERGE_GAP, metric_monitor::MERGE_GAP, "the document says it of both directions");
    let [patience, most] = [CLEAR_AFTER_DISTANCES, MAX_TO_CLEAR].map(|seconds| words(f64::from(seconds)));
    let sentences = [
        "a good one that loses 1/3 of the threshold, and a bad one that loses 4/3 of it".to_owned(),
        "one clean report (at most 1/3 of the threshold)".to_owned(),
        format!("the loss of the last {} seconds is above the threshold too", words(whole(RECENT_WINDOW, SECOND))),
        format!("zero, but at most {} seconds before it was raised", words(whole(MAX_LOSS_BACKDATING, SECOND))),
        // src/call/loss_evidence.rs has a test that says the same.
        "heavy loss raises a condition in two seconds".to_owned(),
        "a second burst within five seconds of a heavy one does".to_owned(),
        format!("in every second, the condition ends after {patience} good seconds"),
        format!("{patience} times the average gap between two bad seconds"),
        format!("but {most} good seconds at most"),
        format!("at least {} seconds after the last bad one", words(whole(outbound_loss::CLEAR_AFTER, SECOND))),
        format!("within {} seconds counts as if it had never stopped", words(whole(metric_monitor::MERGE_GAP, SECOND))),
    ];
    assert_eq!(missing("docs/when-a-call-alerts.md", &sentences), [""; 0]);
}

#[test]
fn documents_name_what_raises_gaps_and_what_ends_them() {
    let clear = words(f64::from(audio_gaps::CLEAR_AT));
    let concealed = format!(
        "{} seconds in a row, each with {} % or more made up",
        words(f64::from(audio_gaps::CONCEALED_TO_RAISE)),
        audio_gaps::MIN_CONCEALED_SHARE * 100.0
    );
    let sentences = [
        format!("one second without any packet raises a condition at once; {clear} good seconds end it"),
        concealed.clone(),
        format!("a short interruption that comes back within {} s", whole(COMES_BACK_WITHIN, SECOND)),
    ];
    assert_eq!(missing("docs/when-a-call-alerts.md", &sentences), [""; 0]);
    assert_eq!(missing("docs/what-is-sent.md", &[concealed]), [""; 0]);
}

#[test]
fn the_report_on_accuracy_and_its_yardstick_name_the_windows_of_the_detectors() {
    let of_report = [format!(
        "for {} minutes after the customer's packets were lost, silence counts after {} s instead of {}",
        words(whole(INBOUND_LOSS_COUNTS_FOR, MINUTE)),
        whole(NO_RECEIVER_REPORT_FOR_IN_LOSS, SECOND),
        whole(NO_RECEIVER_REPORT_FOR, SECOND)
    )];
    assert_eq!(missing("docs/reports/accuracy.md", &of_report), [""; 0]);
    let of_yardstick = [
        format!("const GOOD_SECONDS_THAT_END: f64 = {CLEAR_AT}.0;"),
        format!("const WINDOW: f64 = {}.0;", net_loss::WINDOW),
    ];
    assert_eq!(missing("crates/accuracy/src/expected_trouble.rs", &of_yardstick), [""; 0]);
    // Gaps closer together than this are one condition: so many good seconds, and parts of one before and behind them.
    let series_gap = audio_gaps::CLEAR_AT + 1;
    let of_series = [format!("const SERIES_GAP: f64 = {series_gap}.0;")];
    assert_eq!(missing("crates/accuracy/src/expectation.rs", &of_series), [""; 0]);
}

#[test]
fn the_document_on_alerts_names_every_condition_that_does_not_count() {
    let counts_for_nothing: Vec<_> = ConditionName::ALL.iter().filter(|name| !name.degrades_call()).collect();
    // The sentence has their words.
    assert_eq!(
        counts_for_nothing,
        [
            &ConditionName::SignalingLost,
            &ConditionName::TalkingWhileMuted,
            &ConditionName::SuppressedSilence,
            &ConditionName::StaleRtt
        ]
    );
    let sentence = "Lost signalling, talking while muted, the question \"Can the customer hear you?\" and `stale-rtt` do not count.";
    assert_eq!(missing("docs/when-a-call-alerts.md", &[sentence.to_owned()]), [""; 0]);
}

#[test]
fn the_list_of_names_says_of_every_condition_whether_it_counts_as_trouble() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/what-is-sent.md")).unwrap();
    for name in ConditionName::ALL {
        let begin = format!("| `{}` | ", name.as_str());
        let row = text.lines().find(|line| line.starts_with(&begin)).unwrap_or_else(|| panic!("{begin}"));
        let counts = if name.degrades_call() { " | yes |" } else { " | no |" };
        assert!(row.ends_with(counts), "docs/what-is-sent.md should say{counts}: {row}");
    }
}

#[test]
fn documents_name_what_is_far_beyond_a_threshold() {
    let sentence = "\"Far beyond\" is a tenth more than the threshold for round-trip time, half more for jitter, one point less for MOS";
    for (metric, threshold, far) in
        [(Metric::Rtt, 400.0, 400.0 * 1.1), (Metric::Jitter, 30.0, 30.0 * 1.5), (Metric::Mos, 3.5, 3.5 - 1.0)]
    {
        let towards = (far - threshold) * 0.01;
        let judge = |value| metric.judge(Value(value), Value(threshold));
        assert_eq!(judge(far - towards), Grade::Breach, "{metric:?}");
        assert_eq!(judge(far + towards), Grade::Severe, "{metric:?}");
    }
    assert_eq!(missing("docs/when-a-call-alerts.md", &[sentence.to_owned()]), [""; 0]);
}

#[test]
fn documents_name_how_long_silence_lasts_before_it_counts() {
    let sentences = [
        format!(
            "No bytes are received for {} seconds (at the start of a call, {})",
            words(whole(NO_BYTES_RECEIVED_AFTER, SECOND)),
            words(whole(BEGINS_WITHIN, SECOND))
        ),
        format!("after {} s, if the Voice SDK's warning still stands", WARNING_TRUE_AFTER.0 / SECOND),
        format!("a little more than {} seconds", words((SILENT_MICROPHONE_AFTER.0 / SECOND).floor())),
        format!("sound before, for {} seconds in all", words(f64::from(SECONDS_TO_SHOW_FLOOR))),
        format!(
            "after {} seconds, because noise suppression may explain it",
            words(whole(SILENT_MICROPHONE_AFTER_SUPPRESSED, SECOND))
        ),
    ];
    assert_eq!(missing("docs/what-agents-see.md", &sentences), [""; 0]);
    let listener = format!(
        "has spoken for {SECONDS_TO_SHOW_FLOOR} s or more without a moment of exactly nothing, is after {} s of silence",
        (SILENT_MICROPHONE_AFTER.0 / SECOND).ceil()
    );
    assert_eq!(missing("docs/reports/accuracy.md", &[listener]), [""; 0]);
}

#[test]
fn the_map_names_the_windows_of_metrics() {
    let figures = [
        format!("`RAISE_AT` ({RAISE_AT}) bad seconds among the last `WINDOW` ({WINDOW})"),
        format!("`RAISE_AT_SEVERE` ({RAISE_AT_SEVERE}) among the last `SEVERE_WINDOW` ({SEVERE_WINDOW})"),
        format!("`WINDOW` ({} s, net loss)", net_loss::WINDOW),
        format!("An episode begins at most `MAX_BACKDATING` ({} s)", whole(MAX_BACKDATING, SECOND)),
        format!("`CUSUM_THRESHOLD` ({CUSUM_THRESHOLD})"),
        format!("`RECENT_WINDOW` ({} s)", whole(RECENT_WINDOW, SECOND)),
        format!("`MAX_LOSS_BACKDATING` ({} s)", whole(MAX_LOSS_BACKDATING, SECOND)),
    ];
    assert_eq!(missing("docs/architecture.md", &figures), [""; 0]);
}

#[test]
fn the_document_for_agents_names_the_window_of_gaps_in_what_is_played() {
    let sentence = format!(
        "in {} of {} seconds, the browser made up more than {} % of the sound, or played nothing of what arrived, or the loudspeaker asked for less than {} % of two seconds' sound",
        words(playout_gaps::RAISE_AT as f64),
        words(playout_gaps::WINDOW as f64),
        playout_gaps::SYNTHESIZED.0,
        100.0 - playout_gaps::SHORTFALL.0
    );
    assert_eq!(missing("docs/what-agents-see.md", &[sentence]), [""; 0]);
}

#[test]
fn the_document_for_agents_names_how_long_a_stop_is_one_and_how_long_somebody_talks_while_muted() {
    assert_eq!(playout_gaps::LONGEST_STOP, Milliseconds(SECOND));
    let sentences = [
        "A stop of up to one second counts as one bad second".to_owned(),
        format!("within {} seconds, what the microphone hears rises", words(whole(muted_speech::WINDOW, SECOND))),
    ];
    assert_eq!(missing("docs/what-agents-see.md", &sentences), [""; 0]);
}

#[test]
fn the_document_for_agents_names_the_windows_of_the_causes() {
    let seconds = |span| words(whole(span, SECOND));
    let ms = |span: Milliseconds| span.0;
    let sentences = [
        format!("in the same notice within {} seconds", seconds(CAUSE_SHOWN_WITHIN)),
        format!("now or in the last {} seconds, the pressure", seconds(STRAINED_FOR)),
        format!("a timer of the page ran {} ms late", ms(LATE_TICK)),
        format!("were played, now or in the last {} seconds", seconds(STOOD_STILL_FOR)),
        format!("in bursts ({} ms or more on average)", ms(MIN_BURST)),
        format!("swings by {} ms or more at a jitter of {} ms or more", ms(MIN_SWING), ms(MIN_JITTER)),
        format!("between {} seconds before the trouble began", seconds(CHANGED_BEFORE)),
        format!("and {} seconds after", seconds(CHANGED_WITHIN)),
        format!("the first {} seconds of a call", seconds(SET_UP_WITHIN)),
    ];
    assert_eq!(missing("docs/what-agents-see.md", &sentences), [""; 0]);
}

#[test]
fn the_document_for_agents_names_the_limits_of_the_check_and_of_the_test_call() {
    assert_eq!(SLOW_RATIO, 2.0);
    let trigger = |metric| sdk_trigger(metric).0;
    let sentences = [
        format!("{} dB quieter than in the last good calls", QUIETER_BY / LEVELS_PER_DECIBEL),
        format!("more than twice as long as usual, and {} ms longer", SLOW_BY.0),
        format!("or after {} hours", words(whole(MAX_SHIFT, HOUR))),
        format!("{} ms, {} ms, {} % lost", trigger(Metric::Rtt), trigger(Metric::Jitter), preflight::LOSSY.0),
        format!("a MOS below {}", trigger(Metric::Mos)),
        format!("was over within {} seconds", words(f64::from(preflight::MIN_SAMPLES))),
        format!("takes more than {} s is ended too", whole(preflight::PREFLIGHT_LIMIT, SECOND)),
    ];
    assert_eq!(missing("docs/what-agents-see.md", &sentences), [""; 0]);
}

#[test]
fn documents_name_how_long_the_check_listens_and_looks_at_the_network() {
    // JavaScript has these two.
    let in_code = |name: &str| vec![format!("const {name} = 10000;")];
    assert_eq!(missing("js-shim/src/voice/microphoneCheck.js", &in_code("LISTEN_MS")), [""; 0]);
    assert_eq!(missing("js-shim/src/voice/reachability.js", &in_code("LOOK_MS")), [""; 0]);
    let of_agents = ["The agent speaks for ten seconds", "no server answers within ten seconds"].map(str::to_owned);
    assert_eq!(missing("docs/what-agents-see.md", &of_agents), [""; 0]);
    assert_eq!(missing("docs/what-is-sent.md", &["The check itself listens for ten seconds".to_owned()]), [""; 0]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    for path in files {
        let language = path.file_stem().unwrap().to_str().unwrap();
        let ten = match language {
            "de" => "zehn Sekunden",
            "en" => "ten seconds",
            "es" => "diez segundos",
            "fr" => "dix secondes",
            "ja" => "10秒間",
            "pt" => "dez segundos",
            other => panic!("write ten seconds in the language {other} out here"),
        };
        let texts = fs::read_to_string(&path).unwrap();
        let text = texts.lines().find(|line| line.contains("\"DeviceMonitoringCheckRunning\"")).unwrap();
        assert!(text.contains(ten), "locales/{language}.json should say {ten}: {text}");
    }
}

#[test]
fn documents_name_the_share_of_a_severely_concealed_second() {
    let share = SEVERE_ABOVE.0;
    for (document, sentence) in [
        ("README.md", format!("over {share} % of the sound was audibly made up")),
        ("docs/when-a-call-alerts.md", format!("more than {share} % of a second, that second is severely concealed")),
        ("docs/what-is-sent.md", format!("more than {share} % of the sound was audibly made up")),
        ("docs/cluster.md", format!("more than {share} % was made up audibly")),
    ] {
        assert_eq!(missing(document, &[sentence]), [""; 0]);
    }
}

#[test]
fn documents_name_the_best_score() {
    let best = mos::BEST.0;
    assert_eq!(missing("README.md", &[format!("Above {best}, the best score")]), [""; 0]);
    assert_eq!(missing("docs/choosing-thresholds.md", &[format!("above {best}")]), [""; 0]);
}

#[test]
fn the_sample_names_a_combination_that_only_the_score_catches() {
    let Config { high_rtt_threshold, high_packets_lost_threshold, low_mos_threshold, .. } = Config::recommended();
    let (rtt, loss) = (Milliseconds(350.0), Percent(2.0));
    assert!(rtt < high_rtt_threshold && loss < high_packets_lost_threshold);
    assert!(mos::estimate(rtt, Milliseconds(0.0), loss) < low_mos_threshold);
    let sentence = format!("each part is below its own threshold ({} ms with {} %)", rtt.0, loss.0);
    assert_eq!(missing("appConfig.sample.js", &[sentence]), [""; 0]);
}

#[test]
fn documents_name_how_long_alerts_are_kept_and_when_they_are_sent_again() {
    let first = whole(FIRST_WAIT, SECOND);
    let kept = whole(KEPT_FOR, DAY);
    assert_eq!((whole(NEEDS_ADMIN_WAIT, HOUR), whole(TIDY_EVERY, HOUR), MAX_CHARACTERS), (1.0, 1.0, 1_000_000));
    let sentences = [
        format!(
            "again after {} to {first} s, then {first} to {} s, and so on up to {} minutes",
            first / 2.0,
            first * 2.0,
            words(whole(LONGEST_WAIT, MINUTE))
        ),
        "**Every hour**, if an admin has to act first".to_owned(),
        "every hour while Flex is open".to_owned(),
        format!("**For {} day**, if a webhook's receiver refuses it", words(whole(RECEIVER_REFUSES_FOR, DAY))),
        format!("after {} days at the latest", words(whole(NUMBERS_KEPT_FOR, DAY))),
        format!("until the server has accepted it, or for {kept} days"),
        format!("given up after these {kept} days"),
        format!("for {kept} more days"),
        format!("renewed every {} seconds", words(whole(CHECKPOINT_EVERY, SECOND))),
        format!("at most {} seconds old", words(whole(CHECKPOINT_EVERY, SECOND))),
        format!("At most {MAX_ENTRIES} alerts or a million characters"),
        format!("the {} longest episodes", words(alert::MAX_EPISODES as f64)),
        format!("An alert has at most {} KB", alert::MAX_BYTES / 1024),
    ];
    assert_eq!(missing("docs/what-is-sent.md", &sentences), [""; 0]);
}

#[test]
fn the_document_about_incidents_names_what_opens_and_closes_one() {
    let ms = |span: i64, unit: f64| whole(Milliseconds(span as f64), unit);
    let sentences = [
        format!("**{} agents** with one key", words(MIN_AGENTS as f64)),
        format!("the incident is opened after **{} s**", ms(SETTLE_MS, SECOND)),
        format!("up to {} s in all", ms(PATIENCE_MS, SECOND)),
        format!("more than {} s old", ms(SILENT_MS, SECOND)),
        format!("for {} minutes, no more agents with its key", words(ms(CLOSE_AFTER_MS, MINUTE))),
        format!("{MAX_AGENTS} at most"),
    ];
    assert_eq!(missing("docs/incidents.md", &sentences), [""; 0]);
}

#[test]
fn documents_name_what_there_has_to_be_before_thresholds_are_suggested() {
    let sentences = [format!(
        "{MIN_REPORTED} reported calls, {MIN_REPORTED_IN_PART} of them in each of the two parts; {MIN_OTHERS} calls that nobody reported; and {MIN_DAYS} days"
    )];
    assert_eq!(missing("docs/choosing-thresholds.md", &sentences), [] as [String; 0]);
}
