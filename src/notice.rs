//! What the agent is shown during a call: one notice an episode, updated in place, and gone with the trouble (rule N2).

use crate::diagnosis::Diagnosis;
use crate::text::Text;
use crate::units::{Milliseconds, Timestamp};

/// How long "fine again" stays: long enough to be read, too short to be in the way.
const RECOVERED_FOR: Milliseconds = Milliseconds(5000.0);

/// Something worse is shown at once; something better, or nothing, once it has stayed so for this long. The end of an
/// outage comes in pieces (blackout10: the SDK takes back one direction a millisecond before the sample that shows
/// both), and each piece on its own would tell the agent something false.
const SETTLED_AFTER: Milliseconds = Milliseconds(500.0);
/// "Fine again" is only said when it has been so for longer: a line that gives a byte now and then is not.
const RECOVERED_AFTER: Milliseconds = Milliseconds(2000.0);

/// Whether the trouble is there or just over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is there.
    Active,
    /// It is over since a moment.
    Recovered,
}

/// A notice. It keeps its number while it changes with the trouble: the page updates it in place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Notice {
    /// Number of the notice within the page's life.
    pub id: u32,
    /// Whether the trouble is there or just over.
    pub phase: Phase,
    /// The worst of what is wrong.
    pub diagnosis: Diagnosis,
}

impl Notice {
    /// What the agent notices. The one thing to do, if any, is the text of the same key with `Advice` behind it.
    #[must_use]
    pub fn symptom(&self) -> Text {
        match self.phase {
            Phase::Active => self.diagnosis.symptom(),
            Phase::Recovered => Text::plain("DeviceMonitoringRecovered"),
        }
    }

    /// Whether it only says that the trouble is over.
    #[must_use]
    pub fn is_recovery(&self) -> bool {
        self.phase == Phase::Recovered
    }

    /// Whether a screen reader may be interrupted for it: only when the customer hears nothing (rule N3).
    #[must_use]
    pub fn interrupts(&self) -> bool {
        self.phase == Phase::Active && self.diagnosis == Diagnosis::CustomerCannotHearYou
    }
}

/// The notice of one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoticeBoard {
    shown: Option<Notice>,
    /// When what got better is to be shown.
    better_at: Option<Timestamp>,
    /// When "recovered" is to go.
    gone_at: Option<Timestamp>,
}

impl NoticeBoard {
    /// Takes what is wrong now. Gives `Some` when what is to be shown has changed; `next_id` numbers a new notice.
    pub(crate) fn update(
        &mut self,
        now: Timestamp,
        diagnosis: Option<Diagnosis>,
        next_id: &mut u32,
    ) -> Option<Option<Notice>> {
        let before = self.shown;
        if self.is_better(diagnosis) {
            let settled = if diagnosis.is_some() { SETTLED_AFTER } else { RECOVERED_AFTER };
            if now < *self.better_at.get_or_insert(now.after(settled)) {
                return None;
            }
        } else {
            self.better_at = None;
        }
        self.shown = match (self.shown, diagnosis) {
            // Trouble that comes back while "fine again" is still shown is the same trouble.
            (Some(notice), Some(diagnosis)) => Some(Notice { phase: Phase::Active, diagnosis, ..notice }),
            (None, Some(diagnosis)) => {
                *next_id = next_id.wrapping_add(1);
                Some(Notice { id: *next_id, phase: Phase::Active, diagnosis })
            }
            (Some(notice), None) if notice.phase == Phase::Active => {
                self.gone_at = Some(now.after(RECOVERED_FOR));
                Some(Notice { phase: Phase::Recovered, ..notice })
            }
            (Some(_), None) if self.gone_at.is_some_and(|at| now >= at) => None,
            (unchanged, None) => unchanged,
        };
        self.better_at = None;
        if self.shown.is_none_or(|notice| notice.phase == Phase::Active) {
            self.gone_at = None;
        }
        (self.shown != before).then_some(self.shown)
    }

    /// Whether this is less than what is shown. Diagnoses are ordered worst first.
    fn is_better(&self, diagnosis: Option<Diagnosis>) -> bool {
        let active = self.shown.filter(|notice| notice.phase == Phase::Active);
        active.is_some_and(|notice| diagnosis.is_none_or(|diagnosis| diagnosis > notice.diagnosis))
    }

    /// The call is over: nothing more to show.
    pub(crate) fn take_down(&mut self) -> bool {
        self.better_at = None;
        self.gone_at = None;
        self.shown.take().is_some()
    }

    /// When it wants to be asked again although nothing happened. Changes with `update` and `take_down` only.
    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        [self.better_at, self.gone_at].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Direction;

    const NETWORK: Option<Diagnosis> = Some(Diagnosis::YourNetwork(Direction::Inbound));
    const LOST: Option<Diagnosis> = Some(Diagnosis::ConnectionLost);

    #[test]
    fn a_notice_is_shown_once_and_keeps_its_number_while_the_trouble_changes() {
        let (mut board, mut ids) = (NoticeBoard::default(), 0);
        let first = board.update(Timestamp(0), NETWORK, &mut ids).unwrap().unwrap();
        assert_eq!(board.update(Timestamp(1000), NETWORK, &mut ids), None);
        let worse = board.update(Timestamp(2000), LOST, &mut ids).unwrap().unwrap();
        assert_eq!(worse.id, first.id);
        assert_eq!(worse.diagnosis, Diagnosis::ConnectionLost);
    }

    #[test]
    fn after_the_trouble_it_says_recovered_for_a_moment_and_is_gone() {
        let (mut board, mut ids) = (NoticeBoard::default(), 0);
        board.update(Timestamp(0), NETWORK, &mut ids);
        assert_eq!(board.update(Timestamp(1000), None, &mut ids), None);
        assert_eq!(board.poll_timeout(), Some(Timestamp(3000)));
        let recovered = board.update(Timestamp(3000), None, &mut ids).unwrap().unwrap();
        assert_eq!(recovered.phase, Phase::Recovered);
        assert_eq!(board.poll_timeout(), Some(Timestamp(8000)));
        assert_eq!(board.update(Timestamp(7999), None, &mut ids), None);
        assert_eq!(board.update(Timestamp(8000), None, &mut ids), Some(None));
        assert_eq!(board.poll_timeout(), None);
    }

    #[test]
    fn what_gets_better_in_pieces_is_shown_when_it_has_settled() {
        let (mut board, mut ids) = (NoticeBoard::default(), 0);
        board.update(Timestamp(0), LOST, &mut ids);
        assert_eq!(board.update(Timestamp(1000), NETWORK, &mut ids), None);
        assert_eq!(board.update(Timestamp(1001), LOST, &mut ids), None);
        assert_eq!(board.poll_timeout(), None);
        assert_eq!(board.update(Timestamp(2000), NETWORK, &mut ids), None);
        assert_eq!(board.update(Timestamp(2500), NETWORK, &mut ids).unwrap().unwrap().diagnosis, NETWORK.unwrap());
    }

    #[test]
    fn trouble_that_comes_back_while_it_says_recovered_is_the_same_and_later_it_is_new() {
        let (mut board, mut ids) = (NoticeBoard::default(), 0);
        let first = board.update(Timestamp(0), NETWORK, &mut ids).unwrap().unwrap();
        board.update(Timestamp(1000), None, &mut ids);
        board.update(Timestamp(3000), None, &mut ids);
        let again = board.update(Timestamp(4000), LOST, &mut ids).unwrap().unwrap();
        assert_eq!((again.id, again.phase), (first.id, Phase::Active));
        assert_eq!(board.poll_timeout(), None);

        for at in [5000, 7000, 12_000] {
            board.update(Timestamp(at), None, &mut ids);
        }
        let second = board.update(Timestamp(13_000), NETWORK, &mut ids).unwrap().unwrap();
        assert_ne!(second.id, first.id);
    }
}
