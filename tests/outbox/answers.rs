//! What each answer of the server makes of an alert, and what is said about it.

use super::fixtures::{Browser, DAY, alert, alert_for, at, post, refusal, session, status, under, wait};
use device_monitoring::Milliseconds;
use device_monitoring::outbox::{Answer, ConsoleMessage, Entry, EntryKind, Next};
use std::fs;
use std::path::Path;

#[test]
fn a_server_that_asks_to_be_left_alone_is_but_for_no_longer_than_an_hour() {
    for (asked, waited) in [(30_000.0, 35_000.0), (1e12, 3_605_000.0)] {
        let mut outbox = Browser::default().tab();
        for sid in ["CA1", "CA2"] {
            outbox.put(at(0.0), &alert(sid));
        }
        let entry = post(&mut outbox, at(0.0));
        let answer = Answer::Http {
            status: 429,
            error: None,
            message: None,
            retry_after: Some(Milliseconds(asked)),
            refused: Vec::new(),
            finished_actions: None,
        };
        outbox.answered(at(0.0), &entry.id, Some("token"), &answer);
        assert_eq!(wait(&mut outbox, at(0.0)), waited, "the other alert waits as well");
        outbox.retry_soon(at(1000.0), 0.5);
        assert_eq!(wait(&mut outbox, at(1000.0)), waited - 1000.0, "also when the browser is online again");
    }
}

#[test]
fn what_is_wrong_with_the_token_waits_for_another_token_and_what_an_admin_can_mend_for_an_hour() {
    for (answer, waits) in [
        (refusal(403, "token-refused"), 10_000.0),
        (refusal(403, "token-missing"), 10_000.0),
        (status(403), 10_000.0),
        (refusal(403, "action-disabled"), 3_600_000.0),
        (refusal(400, "action-unknown"), 3_600_000.0),
        (refusal(503, "claims-not-set-up"), 3_600_000.0),
        (refusal(500, "not-configured"), 3_600_000.0),
    ] {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        let entry = post(&mut outbox, at(0.0));
        outbox.answered(at(0.0), &entry.id, Some("token"), &answer);
        assert_eq!(wait(&mut outbox, at(0.0)), waits, "{answer:?}");
    }
}

#[test]
fn a_server_that_takes_no_token_or_lacks_the_action_is_said_once() {
    for error in ["token-refused", "action-disabled"] {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        for (hour, token) in [(0.0, "token"), (1.0, "another")] {
            let now = at(hour * 3_600_000.0);
            let Next::Post(entry) = outbox.next(now, &under(token), 1.0) else { panic!("{error}, {token}") };
            let message = Some("It is not here.".to_owned());
            let answer = Answer::Http {
                status: 403,
                error: Some(error.to_owned()),
                message,
                retry_after: None,
                refused: Vec::new(),
                finished_actions: None,
            };
            outbox.answered(now, &entry.id, Some(token), &answer);
        }
        let log: Vec<_> = outbox.take_log().iter().map(ConsoleMessage::text).collect();
        assert_eq!(log, ["Alerts wait for the server and are tried again: the server answered 403: It is not here."]);
    }
}

/// The receiver of an action, with its key wrong.
fn receiver_refuses() -> Answer {
    let message = Some("The receiver answered 401.".to_owned());
    let retry_after = Some(Milliseconds(600_000.0));
    Answer::Http {
        status: 503,
        error: Some("receiver-refused".to_owned()),
        message,
        retry_after,
        refused: Vec::new(),
        finished_actions: None,
    }
}

#[test]
fn what_the_receiver_refuses_for_an_hour_is_said_and_delivered_when_it_is_mended() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    let mut now = 0.0;
    while now < 3_600_000.0 {
        let entry = post(&mut outbox, at(now));
        outbox.answered(at(now), &entry.id, Some("token"), &receiver_refuses());
        now += wait(&mut outbox, at(now));
    }
    let why =
        "the receiver that the action sends it to refuses it; the server answered 503: The receiver answered 401.";
    assert_eq!(outbox.take_log(), [ConsoleMessage::Waiting(EntryKind::Alerts, why.to_owned())]);
    assert_eq!(outbox.entries()[0].last_problem.as_deref(), Some(why));
    let entry = post(&mut outbox, at(now));
    assert_eq!(entry.form.caller_id, "+15550001111");
    outbox.answered(at(now), &entry.id, Some("token"), &status(200));
    assert!(outbox.entries().is_empty());
}

#[test]
fn what_the_receiver_refuses_for_a_day_is_kept_as_refused_whatever_came_in_between_and_by_whichever_page() {
    let browser = Browser::default();
    browser.tab().put(at(0.0), &alert("CA1"));
    let hour = 3_600_000.0;
    // The alert is old by now: its day begins with the first refusal.
    for (hours, answer) in [
        (100.0, receiver_refuses()),
        (110.0, Answer::None),
        (111.0, status(503)),
        (123.5, receiver_refuses()),
        (124.0, receiver_refuses()),
    ] {
        let mut outbox = browser.tab();
        let now = at(hours * hour);
        let entry = post(&mut outbox, now);
        outbox.answered(now, &entry.id, Some("token"), &answer);
        let is_refused = outbox.entries()[0].refused.is_some();
        assert_eq!(is_refused, hours >= 124.0, "{hours}");
    }
    let mut outbox = browser.tab();
    assert!(outbox.entries()[0].refused.as_deref().unwrap().contains("The receiver answered 401."));
    assert_eq!(outbox.next(at(200.0 * hour), &session(), 1.0), Next::Nothing);
}

#[test]
fn a_receiver_that_fails_in_another_way_in_between_gets_its_day_anew() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    for (days, answer) in [(0.0, receiver_refuses()), (0.5, refusal(503, "action-not-done")), (1.1, receiver_refuses())]
    {
        let entry = post(&mut outbox, at(days * DAY));
        outbox.answered(at(days * DAY), &entry.id, Some("token"), &answer);
    }
    assert_eq!(outbox.entries()[0].refused, None);
}

#[test]
fn why_an_alert_waits_is_kept_with_it_in_plain_words() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    assert_eq!(outbox.entries()[0].last_problem, None);
    let entry = post(&mut outbox, at(0.0));
    outbox.answered(at(0.0), &entry.id, Some("token"), &refusal(503, "claims-not-set-up"));
    let kept = browser.tab().entries().remove(0);
    let why = kept.last_problem.unwrap();
    assert!(why.starts_with("the claims service is not set up") && why.contains("an admin"), "{why}");
    assert_eq!(kept.refused, None);
}

#[test]
fn an_outage_is_said_once_until_something_is_delivered() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    for minute in 0..5 {
        let now = at(f64::from(minute) * 600_000.0);
        let entry = post(&mut outbox, now);
        outbox.answered(now, &entry.id, Some("token"), &Answer::None);
    }
    assert_eq!(
        outbox.take_log(),
        [ConsoleMessage::Waiting(EntryKind::Alerts, "the server could not be reached".to_owned())]
    );
}

#[test]
fn what_can_never_succeed_is_kept_with_the_reason_and_not_posted_again() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    let entry = post(&mut outbox, at(0.0));
    let message = Some("The action \"x\" is not deployed.".to_owned());
    let error = Some("alert-invalid".to_owned());
    let refusal =
        Answer::Http { status: 400, error, message, retry_after: None, refused: Vec::new(), finished_actions: None };
    outbox.answered(at(0.0), &entry.id, Some("token"), &refusal);
    let reason = "the server answered 400: The action \"x\" is not deployed.";
    assert_eq!(outbox.take_log(), [ConsoleMessage::Refused(reason.to_owned())]);
    let mut later = browser.tab();
    assert_eq!(later.next(at(DAY), &session(), 1.0), Next::Nothing);
    assert_eq!(later.entries()[0].refused.as_deref(), Some(reason));
}

#[test]
fn what_an_answer_repeats_of_the_request_is_neither_said_nor_kept() {
    let token = format!("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.{}", "a1B2-".repeat(50));
    for number in
        ["+15550001111", "%2B15550001111", "+1 (555) 000-1111", "+１５５５０００１１１１", "１.5-5·5 000 1111"]
    {
        for code in [400, 403, 503] {
            let browser = Browser::default();
            let mut outbox = browser.tab();
            outbox.put(at(0.0), &alert("CA1"));
            let entry = post(&mut outbox, at(0.0));
            let text =
                format!("Blocked:\u{2028}Token={token}&callerId={number} \u{202e}(rule 941100)\n[device-monitoring]");
            let answer = Answer::Http {
                status: code,
                error: None,
                message: Some(text),
                retry_after: None,
                refused: Vec::new(),
                finished_actions: None,
            };
            outbox.answered(at(0.0), &entry.id, Some("token"), &answer);
            let kept = outbox.entries().remove(0).last_problem.unwrap();
            assert!(kept.contains("Blocked:") && kept.contains("(rule 941100)"), "{kept}");
            assert!(!kept.contains("1111") && !kept.contains("１１１") && !kept.contains("a1B2-a1B2-a1B2"), "{kept}");
            assert!(!kept.chars().any(|one| one.is_control() || "\u{2028}\u{202e}".contains(one)), "{kept}");
        }
    }
}

#[test]
fn an_answer_that_is_too_long_is_cut_and_pushes_out_no_other_alert() {
    let browser = Browser::default();
    let mut outbox = browser.tab();
    outbox.put(at(0.0), &alert("CA1"));
    outbox.put(at(1.0), &alert("CA2"));
    for code in [400, 503] {
        let entry = post(&mut outbox, at(2.0));
        let message = Some("é".repeat(1_100_000));
        outbox.answered(
            at(2.0),
            &entry.id,
            Some("token"),
            &Answer::Http {
                status: code,
                error: None,
                message,
                retry_after: None,
                refused: Vec::new(),
                finished_actions: None,
            },
        );
        outbox.put(at(3.0), &alert("CA3"));
        let mut ids: Vec<_> = outbox.entries().into_iter().map(|entry| entry.id).collect();
        ids.sort();
        assert_eq!(ids, ["alert-CA1", "alert-CA2", "alert-CA3"], "{code}");
        assert!(browser.everything().len() < 50_000, "{}", browser.everything().len());
    }
}

#[test]
fn every_status_without_a_word_of_ours_is_either_taken_or_tried_again() {
    for (code, fate) in [
        (200, "gone"),
        (204, "gone"),
        (300, "waiting"),
        (302, "waiting"),
        (304, "waiting"),
        (400, "waiting"),
        (401, "waiting"),
        (402, "waiting"),
        (403, "waiting"),
        (404, "waiting"),
        (405, "waiting"),
        (406, "waiting"),
        (407, "waiting"),
        (408, "waiting"),
        (409, "waiting"),
        (410, "waiting"),
        (411, "waiting"),
        (413, "waiting"),
        (414, "waiting"),
        (415, "waiting"),
        (418, "waiting"),
        (421, "waiting"),
        (422, "waiting"),
        (423, "waiting"),
        (425, "waiting"),
        (426, "waiting"),
        (428, "waiting"),
        (429, "waiting"),
        (431, "waiting"),
        (451, "waiting"),
        (500, "waiting"),
        (503, "waiting"),
        (599, "waiting"),
    ] {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        let entry = post(&mut outbox, at(0.0));
        outbox.answered(at(0.0), &entry.id, Some("token"), &status(code));
        let actual = match outbox.entries().first() {
            None => "gone",
            Some(Entry { refused: Some(_), .. }) => "refused",
            Some(_) => "waiting",
        };
        assert_eq!(actual, fate, "{code}");
    }
}

/// The words of our Functions to which alerts and cards are posted, each with its status, as their code has them.
fn words_of_our_functions() -> Vec<(u16, String)> {
    let functions = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugin-serverless/functions");
    let mut code = String::new();
    for file in ["respond-to-issue.js", "calls.js", "recordings.js"] {
        code.push_str(&fs::read_to_string(functions.join(file)).unwrap());
    }
    // What answers to other requests.
    let others = ["configuration", "floor-store", "roles"];
    for file in fs::read_dir(functions.join("lib")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !others.iter().any(|other| name.contains(other)) {
            code.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
    let refusal = |rest: &str| {
        let mut parts = rest.splitn(3, ',').map(str::trim);
        let status = parts.next()?.parse().ok()?;
        Some((status, parts.next()?.trim_matches(['\'', ')', ';']).to_owned()))
    };
    code.split("new Refusal(").skip(1).filter_map(refusal).collect()
}

#[test]
fn what_our_function_refuses_with_a_4xx_is_refused_or_waits_for_what_its_word_says() {
    let words = words_of_our_functions();
    let mut refused = Vec::new();
    // A beat is in no outbox.
    let is_of_alerts = |word: &str| !word.contains('$') && !word.starts_with("beat-");
    for (code, word) in words.iter().filter(|(code, word)| (400..500).contains(code) && is_of_alerts(word)) {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        let entry = post(&mut outbox, at(0.0));
        outbox.answered(at(0.0), &entry.id, Some("token"), &refusal(*code, word));
        let entry = outbox.entries().remove(0);
        assert_eq!(entry.receiver_refuses_since, None, "{word} is no word of somebody else's");
        refused.extend(entry.refused.is_some().then_some(word.as_str()));
    }
    refused.sort_unstable();
    refused.dedup();
    assert!(refused.contains(&"not-your-call") && refused.contains(&"action-refused"), "{refused:?}");
    assert!(!refused.contains(&"token-expired") && refused.len() > 15, "{refused:?}");
}

#[test]
fn what_refuses_an_alert_without_a_word_of_ours_has_a_day_to_be_put_right() {
    for answer in [refusal(403, "Forbidden"), refusal(422, "blocked"), refusal(451, "policy"), status(400), status(413)]
    {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        for hours in [0.0, 23.0] {
            let entry = post(&mut outbox, at(hours * 3_600_000.0));
            outbox.answered(at(hours * 3_600_000.0), &entry.id, Some("token"), &answer);
            let entry = outbox.entries().remove(0);
            assert!(entry.refused.is_none() && entry.form.caller_id == "+15550001111", "{answer:?}");
        }
    }
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    for days in [0.0, 1.0] {
        let entry = post(&mut outbox, at(days * DAY));
        outbox.answered(at(days * DAY), &entry.id, Some("token"), &refusal(422, "blocked"));
    }
    assert!(outbox.entries()[0].refused.is_some());
}

#[test]
fn what_an_admin_can_mend_is_said_at_once_and_what_fails_in_the_function_after_an_hour() {
    let said_after = |answer: &Answer| {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        let mut now = 0.0;
        loop {
            let entry = post(&mut outbox, at(now));
            outbox.answered(at(now), &entry.id, Some("token"), answer);
            if !outbox.take_log().is_empty() {
                return now;
            }
            now += wait(&mut outbox, at(now));
        }
    };
    assert_eq!(said_after(&refusal(500, "not-configured")), 0.0);
    let after = said_after(&refusal(500, "action-failed"));
    assert!((3_600_000.0..4_200_000.0).contains(&after), "{after}");
}

#[test]
fn a_web_page_is_no_answer_of_the_servers_whatever_its_status() {
    for (page, code) in [
        ("<!DOCTYPE html><html><body>Sign in to the network</body></html>", 200),
        ("\u{feff}\r\n <html lang=\"en\">", 204),
        ("<!-- saved --><html>", 400),
        ("<!doctype HTML>", 403),
        ("<HEAD><meta http-equiv=\"refresh\" content=\"0; url=https://example.com/\"></HEAD>", 200),
        ("<meta http-equiv=refresh>", 200),
        ("<title>Sign in</title>", 200),
        ("<script>location = 'https://example.com/'</script>", 200),
        ("<body>Blocked</body>", 200),
        ("<h1>Sign in to the network</h1>", 200),
        ("<center><h1>502 Bad Gateway</h1></center>", 200),
        ("<style>h1 { color: red }</style><h1>Blocked</h1>", 200),
        ("<DIV class=portal>Sign in</DIV>", 201),
        ("<br/>Access denied", 200),
        ("<p\tclass=blocked>", 200),
        ("<iframe src=https://example.com/>", 204),
        ("<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\">", 200),
    ] {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert("CA1"));
        let entry = post(&mut outbox, at(0.0));
        let answer = Answer::web_page(code, page).unwrap();
        outbox.answered(at(0.0), &entry.id, Some("token"), &answer);
        let reason = outbox.entries()[0].last_problem.clone().unwrap();
        assert!(reason.starts_with("a web page came back with the status"), "{reason}");
        assert_eq!(outbox.take_log(), [ConsoleMessage::Waiting(EntryKind::Alerts, reason)]);
        assert_eq!(post(&mut outbox, at(2000.0)).id, "alert-CA1");
    }
    for body in [
        "",
        "{}",
        "null",
        "OK",
        "<Response/>",
        "<?xml version=\"1.0\"?><Response/>",
        "<",
        "<Answer/>",
        "<>",
        "<Play>1</Play>",
    ] {
        assert_eq!(Answer::web_page(200, body), None, "{body}");
    }
}

#[test]
fn an_expired_token_waits_for_another_one_and_costs_no_attempt() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert("CA1"));
    let entry = post(&mut outbox, at(0.0));
    let expired = Answer::Http {
        status: 403,
        error: Some("token-expired".to_owned()),
        message: None,
        retry_after: None,
        refused: Vec::new(),
        finished_actions: None,
    };
    outbox.answered(at(0.0), &entry.id, Some("token"), &expired);
    assert_eq!(wait(&mut outbox, at(0.0)), 10_000.0);
    assert_eq!(wait(&mut outbox, at(DAY)), 10_000.0, "however long it takes");
    let Next::Post(entry) = outbox.next(at(DAY), &under("renewed"), 1.0) else { panic!("a fresh token") };
    assert_eq!(entry.attempts, 1);
}

/// An answer about several actions, of which these need not be asked for again.
fn about_several(status: u16, error: Option<&str>, finished_actions: &[&str]) -> Answer {
    Answer::Http {
        status,
        error: error.map(str::to_owned),
        message: None,
        retry_after: Some(Milliseconds(60_000.0)),
        refused: Vec::new(),
        finished_actions: Some(finished_actions.iter().map(|name| (*name).to_owned()).collect()),
    }
}

fn actions(entry: &Entry) -> Vec<&str> {
    entry.form.actions().collect()
}

#[test]
fn of_several_actions_those_that_are_left_are_asked_for_again_and_no_other() {
    let browser = Browser::default();
    browser.tab().put(at(0.0), &alert_for("CA1", &["webhook", "open-ticket", "log-call"]));
    for (minutes, asked, answer, finished_actions) in [
        (0.0, vec!["webhook", "open-ticket", "log-call"], (503, "action-not-done"), vec!["log-call"]),
        (5.0, vec!["webhook", "open-ticket"], (503, "receiver-refused"), vec!["open-ticket"]),
        (20.0, vec!["webhook"], (500, "action-failed"), vec![]),
    ] {
        // By whichever tab.
        let mut outbox = browser.tab();
        let now = at(minutes * 60_000.0);
        let entry = post(&mut outbox, now);
        assert_eq!(actions(&entry), asked);
        let (status, error) = answer;
        outbox.answered(now, &entry.id, Some("token"), &about_several(status, Some(error), &finished_actions));
        assert!(wait(&mut outbox, now) > 0.0);
    }
    let mut outbox = browser.tab();
    let now = at(40.0 * 60_000.0);
    let entry = post(&mut outbox, now);
    assert_eq!(actions(&entry), ["webhook"]);
    outbox.answered(now, &entry.id, Some("token"), &status(200));
    assert!(outbox.entries().is_empty());
}

#[test]
fn several_actions_that_are_all_settled_are_delivered() {
    for finished_actions in [vec!["webhook", "log-call"], vec![]] {
        let mut outbox = Browser::default().tab();
        outbox.put(at(0.0), &alert_for("CA1", &["webhook", "log-call"]));
        let entry = post(&mut outbox, at(0.0));
        outbox.answered(at(0.0), &entry.id, Some("token"), &about_several(200, None, &finished_actions));
        assert!(outbox.entries().is_empty(), "{finished_actions:?}");
    }
}

#[test]
fn a_server_that_knows_no_more_than_one_action_is_asked_for_each_by_itself() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert_for("CA1", &["webhook", "open-ticket", "log-call"]));
    for asked in [vec!["webhook", "open-ticket", "log-call"], vec!["open-ticket", "log-call"], vec!["log-call"]] {
        let entry = post(&mut outbox, at(0.0));
        assert_eq!(actions(&entry), asked);
        outbox.answered(at(0.0), &entry.id, Some("token"), &status(200));
    }
    assert!(outbox.entries().is_empty());
}

#[test]
fn an_earlier_function_that_refuses_the_second_action_leaves_it_as_refused_with_the_reason() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert_for("CA1", &["webhook", "open-ticket"]));
    for answer in [status(200), refusal(422, "alert-changed")] {
        let entry = post(&mut outbox, at(0.0));
        outbox.answered(at(0.0), &entry.id, Some("token"), &answer);
    }
    let [entry]: [Entry; 1] = outbox.entries().try_into().unwrap();
    assert_eq!(actions(&entry), ["open-ticket"]);
    assert!(entry.refused.unwrap().contains("the server answered 422"));
}

#[test]
fn what_is_refused_of_several_actions_is_kept_without_those_that_were_done() {
    let mut outbox = Browser::default().tab();
    outbox.put(at(0.0), &alert_for("CA1", &["webhook", "open-ticket"]));
    let entry = post(&mut outbox, at(0.0));
    let answer = about_several(422, Some("action-refused"), &["webhook"]);
    outbox.answered(at(0.0), &entry.id, Some("token"), &answer);
    let [entry]: [Entry; 1] = outbox.entries().try_into().unwrap();
    assert!(entry.refused.is_some());
    assert_eq!(actions(&entry), ["open-ticket"]);
}
