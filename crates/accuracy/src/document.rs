//! docs/accuracy.md: the figures, and how they come about.

use crate::observer::Observer;
use crate::report::{self, Scored};
use crate::thresholds;
use std::fmt::Write;

/// Its text. `others` are the calls that were looked at when windows and margins were chosen, or may have been.
#[must_use]
pub fn text(others: &[&Scored], held_out: &[&Scored]) -> String {
    let all: Vec<&Scored> = others.iter().chain(held_out).copied().collect();
    let mut text = String::new();
    // A string takes everything.
    let _ = write(&mut text, &all, others, held_out);
    text
}

fn write(out: &mut String, all: &[&Scored], others: &[&Scored], held_out: &[&Scored]) -> std::fmt::Result {
    writeln!(
        out,
        "# How well trouble is noticed\n\n\
         `cargo xtask accuracy` writes this file from the recordings in `tests/recordings`: {} calls with real media \
         through a network that was spoiled on command. What the network really did to them is known, second by second. \
         Three columns are held against it: the Voice SDK's own warnings as they came in these calls, the engine with \
         nothing but the SDK's samples and events, and the engine as it runs, with the private statistics where the \
         browser gives them.\n",
        all.len()
    )?;
    writeln!(out, "## All calls\n\n{}", report::totals_table(all).markdown())?;
    if !held_out.is_empty() {
        writeln!(
            out,
            "## Held out\n\nThe {} calls among them that stay out of whatever windows and margins are chosen on:\n\n{}",
            held_out.len(),
            report::totals_table(held_out).markdown()
        )?;
    }
    writeln!(out, "## Goals\n")?;
    for (title, observer) in [("With the private statistics", Observer::Full), ("Without", Observer::Plain)] {
        writeln!(out, "### {title}\n\n{}", report::goals_table(observer, all).0.markdown())?;
        let exceptions = report::exceptions(observer, all);
        if !exceptions.is_empty() {
            let (exceptions, count) = (exceptions.join("; "), exceptions.len());
            writeln!(out, "Not met by {count}: {exceptions}. [Why](#what-stays-beyond-reach).\n")?;
        }
    }
    writeln!(
        out,
        "## Call by call\n\nSeconds from the beginning until it was noticed, and from the end until it was taken back.\n\n{}",
        report::calls_table(others).markdown()
    )?;
    if !held_out.is_empty() {
        writeln!(out, "Held out:\n\n{}", report::calls_table(held_out).markdown())?;
    }
    write!(
        out,
        "{}",
        METHOD
            .replace("{RTT}", &thresholds::RTT.to_string())
            .replace("{LOSS}", &thresholds::LOSS.to_string())
            .replace("{MOS}", &thresholds::MOS.to_string())
            .replace("{JITTER}", &thresholds::JITTER.to_string())
    )
}

const METHOD: &str = "\
## How it is measured

**The truth** is what the relay between the two ends of a call counted: each second and each way the packets that came, \
that left, that were dropped, how long they were held and their jitter; with the moments at which the network was \
changed, a microphone silenced, the signalling cut. No observer is shown any of it.

**The thresholds** are those that the impairments were chosen for: round-trip time {RTT} ms, loss {LOSS} % in either \
direction, MOS {MOS}, jitter {JITTER} ms. For each stretch in which the network was left as it was:

| | has to be noticed | may be noticed |
| --- | --- | --- |
| loss, each way | its share passes the threshold by more than two standard deviations of so many packets | three seconds of it can pass the threshold by chance (three standard deviations) |
| round-trip time | both ways' delay is more than 10 ms above the threshold | more than two thirds of it |
| jitter | what a browser reports passes the threshold | more than two thirds of it |
| MOS | the SDK's own formula on these figures gives 0.1 less than the threshold | up to 0.33 more |
| nothing passes, one way or both | from 90 % on, while there was something to hear | while there was not |
| the signalling connection is cut | always | |
| the microphone gives digital silence, or is unplugged | unless muted or on hold | |

A browser reports less jitter than the relay measures: 0.83 to 1.00 of it where packets keep their order, 0.54 where \
they overtake each other, since it leaves late packets out. Beyond the threshold is what passes it times 0.85 (0.54), \
near it what does so in full (0.54).

Loss by itself begins with the first second with a dropped packet among three seconds that together dropped more than \
the threshold, and ends with the last: where it comes in bursts, the network may be switched to losing some seconds before the first packet is lost, and back \
some seconds after the last. Five seconds or more in between without such a second are not time in warning.

A stretch that is shorter than what shows it may take need not be noticed: 2 s for what each second's sample shows, \
9 s for round-trip time and uplink loss, 12 s for the microphone, 22 s for an inaudible agent, whom only reports that \
stay away give away. Three outages or more, each shorter and within 6 s of the one before, have to be noticed together, \
from the second on. Everything else must not be noticed: silence, turns of speech, mute, hold, music, a listening \
agent whose noise suppression leaves digital silence.

**Noticed** is a stretch when a condition that is true of it is raised between 0.5 s before its beginning and 1.5 s \
after its end, or is still raised from before. The **side** is right when one of these conditions blames a right one: \
the agent's network for loss, jitter, round-trip time, and where nothing of the customer arrives; that or the \
connection where nothing passes, or nothing of the agent; the connection for signalling; the \
microphone for itself. **Invented** is a condition where nothing of its own kind was wrong, nor had been in the 14 s \
before: RTCP tells that late, and nothing should stay up longer. `stale-rtt` and \
`suppressed-silence` are not scored: the one is about the data, the other a question to an agent who says nothing for \
long. \
**Seconds to clear** count until the last condition that is true of a stretch is taken back, unless other trouble \
follows. The **time in warning** is that of the verdict; it should be at least the stretches that have to be noticed \
and at most those that may be as well, and its error is what it lies outside. Lost signalling is not in it: both go on \
hearing each other.

**Out of its sight** is, for the engine without the private statistics, what no sample shows: all that happens on the \
agent's way up, round-trip time when RTCP has stopped, and outages under two seconds, which look as if the customer \
had stopped speaking. The SDK is not excused from anything. Its warnings have its own thresholds, which differ (loss 1 % \
and 3 %, MOS 3): where these are what finds something, the comparison is in its favour.

**What this does not say.** The packets went over one machine's loopback, in one browser, with impairments that are \
simpler than a bad Wi-Fi; a handful of calls of each kind say little about rare mistakes. Times are good to about a \
second, since samples are a second apart.

## What stays beyond reach

**Round-trip time without the private statistics** is known from RTCP reports alone, 2.5 to 7.5 s apart. The first one \
after a change has half of it only where the packet that it answers left before the change, as in jitter80_opus: 170 ms \
after 4.3 s, then 545 ms after 10.3 s, where the goal is 9 s. For the same reason the beginning of such a stretch is told \
some seconds late, and its end now and then some seconds early or late; in a call with several of them this adds up.

**A one-way call from its first second on** is not told as such: no report about the agent's packets ever comes, and \
that is also what a far end looks like that never sends any. One has to be heard first, and three to know how often they \
come; until then, and for two minutes after a lost packet of the customer, 15 s without are asked for instead of 8.

**How the far end reports** is Chromium's way here. Others may report more seldom: silence is measured against the \
longest interval of the same call. One that leaves the agent out of its reports at other times than when it does not \
hear them would be misjudged.

**One slow connectivity check** counts for the 2.5 s until the next, two or three seconds of round-trip time. Beyond 1.2 \
times the threshold that raises a notice. To wait for a second one would take 5 to 6 s, where the goal is 4 s.

**Loss near the threshold**, lost at random at 50 packets a second, raises a notice at a threshold of 3 % by chance: once \
in five hours at 0.5 %, six times an hour at 1 %, 27 times at 1.5 % (simulated). To ask for more packets makes that a \
half or a third, and real loss of 4 to 6 % half a second to a second later, beyond the goal of 5 s at the 95th \
percentile. As it is, 4 % is noticed after 4.5 s in the median, 5 % after 3.4 s, 8 % after 2.3 s. On the way out reports \
of 250 packets, two together where it is little, leave one such notice in five hours at 1 %. Bursts with more than five good seconds between them are taken back and told again, and \
the seconds between them are not counted.

**An unplugged microphone** stops the packets: what is told is that the customer hears nothing, with advice about the \
network.
";
