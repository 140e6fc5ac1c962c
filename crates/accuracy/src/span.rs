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

/// The stretches in which at least one of them is there, in order and apart.
#[must_use]
pub fn union(spans: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.into_iter().filter(|span| span.to > span.from).collect();
    spans.sort_by(|a, b| a.from.total_cmp(&b.from));
    let mut apart: Vec<Span> = Vec::new();
    for span in spans {
        match apart.last_mut().filter(|last| span.from <= last.to) {
            Some(last) => last.to = last.to.max(span.to),
            None => apart.push(span),
        }
    }
    apart
}

/// How long at least one of them is there.
#[must_use]
pub fn union_length(spans: impl IntoIterator<Item = Span>) -> f64 {
    union(spans).into_iter().map(Span::length).sum()
}

/// The stretches that are in one of both.
#[must_use]
pub fn intersection(ones: &[Span], others: &[Span]) -> Vec<Span> {
    ones.iter().flat_map(|one| others.iter().filter_map(|other| one.within(*other))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_overlaps_is_counted_once() {
        let span = |from, to| Span { from, to };
        assert_eq!(union_length([span(5.0, 7.0), span(0.0, 3.0), span(2.0, 4.0), span(2.5, 2.6)]), 6.0);
        assert_eq!(union_length([]), 0.0);
        assert_eq!(union([span(5.0, 7.0), span(0.0, 3.0), span(2.0, 4.0)]), [span(0.0, 4.0), span(5.0, 7.0)]);
    }
}
