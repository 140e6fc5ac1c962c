//! Lengths of spans of time, each found in one walk.

use crate::input::units::{Milliseconds, Timestamp};
use std::iter::Peekable;

/// From and until.
pub(super) type Span = (Timestamp, Timestamp);

/// Of spans in the order of their beginnings, those that do not touch: each grown by all that reach into it.
pub(super) struct Union<I: Iterator> {
    spans: Peekable<I>,
}

impl<I: Iterator<Item = Span>> Union<I> {
    pub(super) fn of(spans: I) -> Self {
        Self { spans: spans.peekable() }
    }
}

impl<I: Iterator<Item = Span>> Iterator for Union<I> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let (start, mut end) = self.spans.next()?;
        while let Some((_, later)) = self.spans.next_if(|(start, _)| *start <= end) {
            end = end.max(later);
        }
        Some((start, end))
    }
}

/// How long the spans are together, less the data gaps in them; both in order, neither touching its own kind. Walks once
/// along both.
pub(super) fn length_without(
    spans: impl Iterator<Item = Span>,
    mut data_gaps: impl Iterator<Item = Span>,
) -> Milliseconds {
    let mut total = Milliseconds::default();
    let mut gap = data_gaps.next();
    for (start, end) in spans {
        total = total + (end - start);
        while let Some((from, to)) = gap
            && from < end
        {
            let without_data = (end.min(to) - start.max(from)).0.max(0.0);
            total = total + Milliseconds(-without_data);
            if to > end {
                // It may reach into the next span as well.
                break;
            }
            gap = data_gaps.next();
        }
    }
    total
}

/// How long spans are together that are in order and do not touch, as far as they lie before each of some moments, which
/// are asked in order. Walks once along the spans.
pub(super) fn length_before(spans: impl Iterator<Item = Span>) -> impl FnMut(Timestamp) -> Milliseconds {
    let mut spans = spans.peekable();
    let mut sum = Milliseconds::default();
    move |moment| {
        while let Some((from, to)) = spans.next_if(|(_, to)| *to <= moment) {
            sum = sum + (to - from);
        }
        let begun = spans.peek().filter(|(from, _)| *from < moment).map(|(from, _)| moment - *from);
        sum + begun.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// Counts how often it is asked for the next one.
    struct Counted<'a, I>(I, &'a Cell<usize>);

    impl<I: Iterator> Iterator for Counted<'_, I> {
        type Item = I::Item;

        fn next(&mut self) -> Option<I::Item> {
            self.1.set(self.1.get() + 1);
            self.0.next()
        }
    }

    #[test]
    fn time_in_warning_walks_once_along_a_thousand_episodes_of_four_conditions_and_as_many_data_gaps() {
        let asked = Cell::new(0);
        let spans = (0..1000_i64).flat_map(|n| (0..4).map(move |of| (n * 4000 + of * 100, n * 4000 + of * 100 + 1000)));
        let spans: Vec<_> = spans.map(|(from, to)| (Timestamp(from), Timestamp(to))).collect();
        let data_gaps: Vec<_> = (0..1000).map(|n| (Timestamp(n * 4000 + 1200), Timestamp(n * 4000 + 2200))).collect();
        let walked = |spans: &[Span], data_gaps: &[Span]| {
            asked.set(0);
            let union = Union::of(Counted(spans.iter().copied(), &asked));
            let length = length_without(union, Counted(data_gaps.iter().copied(), &asked));
            (length, asked.get())
        };
        // Each stretch lasts 1300 ms, of which 100 are in a data gap.
        assert_eq!(walked(&spans, &data_gaps), (Milliseconds(1_200_000.0), spans.len() + 1 + data_gaps.len()));
        let all = [(Timestamp(0), Timestamp(4_000_000))];
        assert_eq!(walked(&spans, &all), (Milliseconds(0.0), spans.len() + 1 + 1));
        assert_eq!(walked(&all, &data_gaps), (Milliseconds(3_000_000.0), 2 + data_gaps.len() + 1));
    }

    #[test]
    fn time_without_data_before_moments_in_order_walks_once_along_the_data_gaps() {
        let asked = Cell::new(0);
        let data_gaps = (0..1000).map(|n| (Timestamp(n * 4000 + 1000), Timestamp(n * 4000 + 3000)));
        let mut before = length_before(Counted(data_gaps, &asked));
        for n in 0..1000_u32 {
            let at = |ms: i64| Timestamp(i64::from(n) * 4000 + ms);
            let gaps = |part: f64| Milliseconds((f64::from(n) + part) * 2000.0);
            let told = [0, 1000, 2000, 3000, 3999].map(|ms| before(at(ms)));
            assert_eq!(told, [gaps(0.0), gaps(0.0), gaps(0.5), gaps(1.0), gaps(1.0)]);
        }
        assert_eq!(asked.get(), 1001);
    }
}
