//! docs/reports/accuracy.md: the figures, and how they come about.

use crate::causes;
use crate::configured_thresholds;
use crate::expectation::SERIES_GAP;
use crate::expected_trouble::{GOOD_SECONDS_THAT_END, WINDOW};
use crate::impairment::ShownBy;
use crate::report_data::Figures;
use crate::report_tables;
use crate::score::MAX_AFTERWARDS;
use crate::sdk_and_engine::Observer;
use crate::trouble_coverage::TroubleKind;
use std::fmt::Write;

/// Its text.
#[must_use]
pub fn text(figures: &Figures) -> String {
    let mut text = String::new();
    // A string takes everything.
    let _ = write(&mut text, figures);
    text
}

fn write(out: &mut String, figures: &Figures) -> std::fmt::Result {
    let Figures { others, held_out, check, firefox, sounds, causes, .. } = figures;
    let all = &figures.all();
    writeln!(
        out,
        "# How well trouble is noticed\n\n\
         `cargo xtask accuracy` writes this file from the recordings in `tests/recordings`: {} calls with real media \
         through a network that was spoiled on command. What the network really did is known for each second. Three \
         observers are compared with that: the Voice SDK's own warnings as they came in these calls; the engine with only \
         the SDK's samples and events; and the engine as it runs, with the private statistics where the browser provides \
         them.\n",
        all.len()
    )?;
    writeln!(out, "## All calls\n\n{}", report_tables::totals_table(all).markdown())?;
    if !held_out.is_empty() {
        writeln!(
            out,
            "## Held out\n\nThe {} calls among them on which no windows and margins were chosen:\n\n{}",
            held_out.len(),
            report_tables::totals_table(held_out).markdown()
        )?;
    }
    if !check.is_empty() {
        writeln!(
            out,
            "## Scored last\n\nThe {} calls among those held out that were not even scored before everything was tuned:\n\n{}",
            check.len(),
            report_tables::totals_table(check).markdown()
        )?;
    }
    if !firefox.is_empty() {
        writeln!(
            out,
            "## In Firefox\n\nThe engine as it runs, in calls that were made in Firefox ESR 153, beside all those above, \
             which were made in Chromium:\n\n{}\nCall by call, as [below](#call-by-call):\n\n{}",
            report_tables::browsers_table(all, firefox).markdown(),
            report_tables::calls_table(&firefox.iter().collect::<Vec<_>>()).markdown()
        )?;
    }
    writeln!(out, "## Goals\n\n{}\n", filled(GOALS))?;
    for (title, observer) in [("With the private statistics", Observer::Full), ("Without", Observer::Plain)] {
        writeln!(out, "### {title}\n\n{}", report_tables::goals_table(observer, all).0.markdown())?;
        let exceptions = report_tables::exceptions(observer, all);
        if !exceptions.is_empty() {
            let (exceptions, count) = (exceptions.join("; "), exceptions.len());
            writeln!(out, "Not met by {count}: {exceptions}. [Why](#what-stays-beyond-reach).\n")?;
        }
    }
    writeln!(out, "## Why\n\n{CAUSES}\n\n{}", causes::table(causes).markdown())?;
    let wrong = causes::wrong(causes);
    if !wrong.is_empty() {
        writeln!(out, "Wrong: {}.\n", wrong.join("; "))?;
    }
    writeln!(out, "## Each direction by itself\n\n{}\n", filled(DIRECTIONS))?;
    for (title, calls) in [("All calls", all), ("Held out", held_out), ("Scored last", check)] {
        if !calls.is_empty() {
            writeln!(
                out,
                "### {title}, each direction\n\n{}\n{}",
                report_tables::coverage_table(Observer::Full, calls).markdown(),
                report_tables::direction_goals_table(calls, figures).0.markdown()
            )?;
        }
    }
    writeln!(
        out,
        "Call by call, all that is not 0:\n\n{}",
        report_tables::coverage_calls_table(Observer::Full, all).markdown()
    )?;
    if !sounds.is_empty() {
        writeln!(out, "## Heard in the sound\n\n{SOUND}\n\n{}", report_tables::sound_table(sounds).markdown())?;
    }
    writeln!(
        out,
        "## Call by call\n\nSeconds from the beginning of a stretch until it was noticed, and from its end until it was cleared.\n\n{}",
        report_tables::calls_table(others).markdown()
    )?;
    if !held_out.is_empty() {
        writeln!(out, "Held out:\n\n{}", report_tables::calls_table(held_out).markdown())?;
    }
    write!(out, "{}", filled(METHOD))
}

const GOALS: &str = "\
A goal that is not met is **out of sight** where it would be met without what nothing shows in time that the browser is \
told: no report with which those since the beginning prove the loss (by two standard deviations), no second sample that \
lost more than the threshold (of one burst alone nobody can tell whether there will be another), no measured round-trip \
time beyond the threshold. Over a measured link these are seconds in which packets were late, at most {LOSS} % were lost, \
and until two seconds after no round-trip time above 200 ms and no jitter above {JITTER} ms was measured, no sample lacked a \
fifth of its packets, and no sound was made up. Of the time in warning it is what measurements lack of a stretch with a high \
round-trip time and no other trouble: if that lasted 25 s, and a value beyond the threshold stood for 19 s, until a lower \
one came, 6 s are out of sight.";

const SOUND: &str = "\
In these calls the customer's side is a signal that is known sample by sample. What the agent's browser plays is held \
against it: a sample is made up if less than a fifth of it is the signal. Where it is known how much is missing (one to \
four packets of 20 ms dropped in each second, sound_scripted), 22, 41, 63 and 81 ms are heard to be made up, and \
`concealedSamples` says 20, 39, 58 and 77. A second of which more than 5 % is made up, and not silent, is severely concealed. The engine counts such seconds from \
`concealedSamples` and `silentConcealedSamples`. The two are compared second by second, and in any thirty of them.";

/// A text with its numbers, each of which is that of the constant that it tells of.
fn filled(template: &str) -> String {
    let numbers = [
        ("RTT", configured_thresholds::RTT),
        ("LOSS", configured_thresholds::LOSS),
        ("MOS", configured_thresholds::MOS),
        ("JITTER", configured_thresholds::JITTER),
        ("WINDOW", WINDOW),
        ("GOOD_SECONDS_THAT_END", GOOD_SECONDS_THAT_END),
        ("MAX_AFTERWARDS", MAX_AFTERWARDS),
        ("SERIES_GAP", SERIES_GAP),
        ("SAMPLES_ONSET", TroubleKind::NoInboundAudio.onset()),
        ("RTT_ONSET", TroubleKind::Rtt.onset()),
        ("UPLINK_ONSET", TroubleKind::OutboundLoss.onset()),
        ("INAUDIBLE_ONSET", TroubleKind::NoOutboundAudio.onset()),
        ("SAMPLES_LEAST", ShownBy::Samples.least()),
        ("ROUND_TRIPS_LEAST", ShownBy::RoundTrips.least()),
        ("MICROPHONE_LEAST", ShownBy::Microphone.least()),
        ("SILENCE_LEAST", ShownBy::Silence.least()),
    ];
    numbers
        .iter()
        .fold(template.to_owned(), |text, (name, number)| text.replace(&format!("{{{name}}}"), &number.to_string()))
}

const CAUSES: &str = "\
Whether [the cause](../what-agents-see.md#why) is found, on the calls in `tests/recordings/causes`: of each it is known \
what was done to it. A call is right if its cause was found and no other, or none where none was. Look-alikes are calls \
that something of a cause is true of, and that it did no harm to.";

const DIRECTIONS: &str = "\
Here each condition is held against its own direction, second by second, for the engine as it runs. A stretch has to \
be covered by episodes from some seconds after its beginning on ({SAMPLES_ONSET} for what each second's sample shows, \
{RTT_ONSET} for round-trip time and jitter, {UPLINK_ONSET} for uplink loss, {INAUDIBLE_ONSET} for an inaudible agent), \
and uplink loss until the last report that came. {GOOD_SECONDS_THAT_END} s or more in which no packet was dropped are not loss. Seconds \
claimed beside are those of episodes that lie more than a second outside of any stretch that the condition could be \
about. Over a measured link every second is judged by itself: it is bad if in either direction more than 3 % of its \
packets were lost, it came more than 200 ms late, or a fifth was missing.";

const METHOD: &str = "\
## How it is measured

**The truth** is what the relay between the two ends of a call counted in each second and direction: the packets \
that came, that left and that were dropped, how long they were held, and their jitter. It also says when the network \
was changed, a microphone silenced, or the signalling cut. None of the three observers sees any of this.

**The thresholds** are those for which the impairments were chosen: round-trip time {RTT} ms, loss {LOSS} % in \
either direction, MOS {MOS}, jitter {JITTER} ms. A stretch is a time in which the network was left as it was. For \
each stretch:

| | has to be noticed | may be noticed |
| --- | --- | --- |
| loss, each direction | its share exceeds the threshold by more than two standard deviations of so many packets | \
{WINDOW} s of it can exceed the threshold by chance (three standard deviations) |
| round-trip time | the delay of both directions is more than 10 ms above the threshold | more than two thirds of \
the threshold |
| jitter | what a browser reports exceeds the threshold | more than two thirds of the threshold |
| MOS | the SDK's own formula, applied to these figures, is 0.1 below the threshold | up to 0.33 above the threshold |
| nothing passes, in one direction or both | from 90 % on, while there was something to hear | while there was not |
| the signalling connection is cut | always | |
| the microphone gives digital silence, or is unplugged | unless muted or on hold | |

A browser reports less jitter than the relay measures: 0.83 to 1.00 of it where packets keep their order, and 0.54 \
where they overtake each other, since it leaves late packets out. So jitter has to be noticed if 0.85 of it (0.54) \
exceeds the threshold, and may be noticed if all of it (0.54) does.

Loss by itself begins with the first second with a dropped packet among {WINDOW} s that together dropped more \
than the threshold, and ends with the last such second. With bursts, the network may have been changed some seconds \
before the first packet is lost, and changed back some seconds after the last. {GOOD_SECONDS_THAT_END} s or more without such a second \
are not time in warning, and a burst of less than {SAMPLES_LEAST} s before so long a pause is not its beginning.

Too much round-trip time begins with the second before the first one in which the delay of both directions was beyond \
the threshold, or packets were dropped: a queue takes seconds to fill.

A stretch need not be noticed if it is shorter than the time that its signs may take: {SAMPLES_LEAST} s for what each \
second's sample shows, {ROUND_TRIPS_LEAST} s for round-trip time and uplink loss, {MICROPHONE_LEAST} s for the \
microphone, and {SILENCE_LEAST} s for an inaudible agent, who is noticed only by reports that stay away. Three or more \
shorter outages, each within {SERIES_GAP} s of the one before, have to \
be noticed together, from the second one on. Nothing else may be noticed: silence, turns of speech, mute, hold, \
music, or a listening agent whose noise suppression leaves digital silence.

**Noticed:** a condition that is true of the stretch is raised between 0.5 s before its beginning and 1.5 s after \
its end, or is still raised from before.

**Right side:** one of these conditions blames a right side. That is the agent's network for loss, jitter and \
round-trip time, and where nothing of the customer arrives; the agent's network or the connection where nothing \
passes, or nothing of the agent; the connection for signalling; and the microphone for itself.

**Invented:** a condition is raised where nothing of its own kind was wrong, nor had been in the {MAX_AFTERWARDS} s before. RTCP \
reports come that late, and nothing should stay up longer. `stale-rtt`, `suppressed-silence` and \
`talking-while-muted` are not scored: the first is about the data, the others ask or remind the agent.

**Seconds to clear** count until the last condition that is true of a stretch is cleared, unless other trouble \
follows.

**Time in warning** is that of the verdict. It should be at least the stretches that have to be noticed, and at most \
these and those that may be. Its error is what lies outside. Lost signalling is not included: both still hear each \
other.

**Out of its sight**, for the engine without the private statistics, is what no sample shows: everything on the \
agent's way up, round-trip time when RTCP has stopped, and outages under two seconds, which look as if the customer \
had stopped speaking. The SDK is not excused from anything. Its warnings have their own thresholds, which differ \
(loss 1 % and 3 %, MOS 3); where these find something, the comparison favours the SDK.

**What this does not say.** The packets crossed one machine's loopback, nearly all of them in one browser, with \
impairments that are simpler than a bad Wi-Fi. A handful of calls of each kind say little about rare mistakes. Times \
are accurate to about a second, since samples are a second apart.

## What stays beyond reach

**Round-trip time without the private statistics** is known only from RTCP reports, which are 2.5 to 7.5 s apart. \
The first report after a change contains half of the change if the packet that it answers left before it, as in \
jitter80_opus: 170 ms after 4.3 s, then 545 ms after 10.3 s, where the goal is 9 s. For the same \
reason such a stretch begins and ends some seconds late: in the seven calls not held out whose delay was no queue's, by \
4.2 s and 3.6 s in the mean, so that its length is about right. In long10_mixed two begin late, by 5.2 s and 5.8 s, and end \
in time. In the first the reports say 1.6 ms and then 261 ms, until 525 ms comes after 6.3 s; in the second 1.5 ms, until \
543 ms comes after 6.8 s. No report says since when it is so. So of 116 s 12.0 are missing, where 11.6 are allowed, and no \
sample shows 10.8 of them. If every stretch were taken to begin 4.2 s earlier, the times of jitter100 and delay460_up would \
be 9.2 s and 8.7 s too long, where 6 s are allowed.

**Bursts that are seconds apart** are noticed with the second one, or the third: of one alone nobody can tell whether \
there will be another. In burst9_both the first is followed by four seconds with one lost packet, in burst_loss by three \
with none. Both ways together the time is shorter, since the reports about the agent's packets have bursts of their own. \
So what samples alone show is noticed later than 5.5 s in three calls with bursts, and in bottleneck78_room, whose queue \
fills for five seconds before it loses anything: 44 packets a second arrive instead of 50, as also where a codec leaves out \
pauses. In three of the four it is noticed with the second sample that lost more than the threshold. In burst5_both_opus \
that one comes after 3.4 s already, but the bursts of the first 7 s have two or three packets each, 2 % together. The 95th \
percentile of the 60 stretches is that of burst9_both, 0.1 s too late. It would be noticed after 2.6 s if one more lost \
packet were enough after a burst, and no other recording would change. But where 0.5 % of the packets is lost at random, and \
eight in a row once a minute, there would be 35 episodes an hour instead of 10 (simulated, 20 hours each).

**An agent who is inaudible from the first second on** is not noticed: no report about the agent's packets ever \
comes, which also happens if a far end never sends any. One report must have come first, and three before it is \
known how often they come. Until then, and for two minutes after the customer's packets were lost, silence counts \
after 15 s instead of 8.

**How the far end reports** is here Chromium's way. Others may report less often: silence is measured against the \
longest interval of the same call. A far end that leaves the agent out of its reports although it hears the agent \
would be misjudged.

**One slow connectivity check** counts for the 2.5 s until the next, that is for two or three seconds of round-trip \
time. Beyond 1.1 times the threshold this raises a notice. Waiting for a second check would take 5 to 6 s, where the goal is 4 s.

**Random loss near the threshold**, at 50 packets a second and a threshold of 3 %, raises a notice by chance: once \
in ten hours at 0.5 % loss, three times in two hours at 1 %, 20 times an hour at 1.5 % (simulated, 20 hours each). \
Asking for more evidence would make that less, but real loss of 4 to 6 % would be noticed later. As it is, 4 % of the \
customer's packets is noticed after 5 s in the median, 5 % after 4 s, 8 % and more after 2 s. For the agent's packets \
there are reports of 250 packets on average: where 4 % is lost, half of them prove it alone, and others only together. \
In loss4_up the first twenty seconds had 3.2 %, and its reports never prove more than 3 % by two standard deviations. In \
burst9_up the first report with lost packets came after 9.5 s, and in burst5_up_2 those of the first 15 s tell of one \
burst after a pause.

**Packets that came late** over a measured link: of 140 bad seconds, 14 have no episode near. In seven of them (six of \
link_lte_att) the agent's packets were up to a second late, for two to four seconds. No statistic of the agent's browser \
has that, and no connectivity check, made every 2.5 s, fell into that time. In three (link_evdo) up to 0.4 s of the \
customer's sound was late, and nobody heard it: the jitter buffer held 0.8 s. So 130 of the 140 can be noticed, 92.9 %, where \
the goal is 95 %. The other four lacked 0.2 to 0.6 s of the customer's sound, once, which then came late: so long a gap in \
one second alone is also what a busy machine makes (0.48 s in clean_opus), and raises nothing.

**An agent who listens** behind noise suppression, and has spoken for 18 s or more without a moment of exactly nothing, is \
after 11 s of silence taken for one whose microphone has died, as in mic_silent: to a browser the two are the same. In a \
call of 5 minutes in which an agent of the lab listened five times for 33 s, first after 21 s of speech, that was said five \
times. So it is not among the clean calls.

**An unplugged microphone** stops the packets. The notice says that the customer hears nothing, with advice about \
the network.
";
