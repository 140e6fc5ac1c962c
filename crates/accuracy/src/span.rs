//! Stretches of a call, in seconds since it was accepted.

/// From one moment to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Its beginning.
    pub from: f64,
    /// Its end.
    pub to: f64,
}

impl Span {
    /// How long it is.
    #[must_use]
    pub fn length(self) -> f64 {
        (self.to - self.from).max(0.0)
    }

    /// How long both are at once.
    #[must_use]
    pub fn overlap(self, other: Self) -> f64 {
        (self.to.min(other.to) - self.from.max(other.from)).max(0.0)
    }

    /// The part inside another; `None` where there is none.
    #[must_use]
    pub fn within(self, other: Self) -> Option<Self> {
        let part = Self { from: self.from.max(other.from), to: self.to.min(other.to) };
        (part.to > part.from).then_some(part)
    }
}

/// How long at least one of them is there.
#[must_use]
pub fn union_length(spans: impl IntoIterator<Item = Span>) -> f64 {
    let mut spans: Vec<Span> = spans.into_iter().collect();
    spans.sort_by(|a, b| a.from.total_cmp(&b.from));
    let mut total = 0.0;
    let mut until = f64::NEG_INFINITY;
    for span in spans {
        total += (span.to - span.from.max(until)).max(0.0);
        until = until.max(span.to);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_overlaps_is_counted_once() {
        let span = |from, to| Span { from, to };
        assert_eq!(union_length([span(5.0, 7.0), span(0.0, 3.0), span(2.0, 4.0), span(2.5, 2.6)]), 6.0);
        assert_eq!(union_length([]), 0.0);
    }
}
