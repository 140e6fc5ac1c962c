//! Whether chance explains how many agents are in trouble.

use super::incident::Tally;
use std::ops::RangeInclusive;

/// How many incidents a month may be opened although nothing is the matter but chance: one in two months.
const FALSE_PER_MONTH: f64 = 0.5;
/// Trouble lasts for half a minute and more: who looks again sooner sees the same trouble again. So a month of 30 days has
/// this many looks that do not depend on each other.
const LOOKS_PER_MONTH: f64 = 30.0 * 24.0 * 120.0;

/// How improbable something has to be by chance, where so many keys are tried at each look (Bonferroni's correction).
pub(super) fn significance_level(tried: usize) -> f64 {
    FALSE_PER_MONTH / LOOKS_PER_MONTH / tried.max(1) as f64
}

/// Natural logarithms of the factorials up to some number.
#[derive(Debug)]
pub(crate) struct LogFactorials(Vec<f64>);

impl LogFactorials {
    pub(crate) fn up_to(largest: usize) -> Self {
        let mut sum = 0.0;
        let logs = (1..=largest).map(|number| {
            sum += (number as f64).ln();
            sum
        });
        Self(std::iter::once(0.0).chain(logs).collect())
    }

    fn choose(&self, all: usize, part: usize) -> f64 {
        let of = |number: usize| self.0.get(number).copied().unwrap_or(f64::NAN);
        of(all) - of(part) - of(all.saturating_sub(part))
    }

    /// Fisher's exact test, one-sided: how probable it is that at least so many of all agents in trouble are among those
    /// with the key, if the key has no more to do with it than usual. `odds`: how much greater the odds of trouble usually
    /// are with the key than without it.
    pub(crate) fn fisher(&self, with: Tally, without: Tally, odds: f64) -> f64 {
        let troubled = with.troubled + without.troubled;
        // The bounds of the hypergeometric distribution.
        let (fewest, most) = (troubled.saturating_sub(without.agents), with.agents.min(troubled));
        let logarithm = |count: usize| {
            let others = troubled - count;
            self.choose(with.agents, count) + self.choose(without.agents, others) + count as f64 * odds.ln()
        };
        let largest = (fewest..=most).map(logarithm).fold(f64::NEG_INFINITY, f64::max);
        let sum = |counts: RangeInclusive<usize>| counts.map(|count| (logarithm(count) - largest).exp()).sum::<f64>();
        (sum(with.troubled..=most) / sum(fewest..=most)).min(1.0)
    }

    /// The binomial test, one-sided: how probable it is that at least so many agents are in trouble where each is so with
    /// this probability.
    pub(super) fn binomial(&self, tally: Tally, share: f64) -> f64 {
        let Tally { agents, troubled } = tally;
        if share <= 0.0 {
            return if troubled == 0 { 1.0 } else { 0.0 };
        }
        if share >= 1.0 {
            return 1.0;
        }
        let term = |count: usize| {
            let ln =
                self.choose(agents, count) + count as f64 * share.ln() + (agents - count) as f64 * (-share).ln_1p();
            ln.exp()
        };
        // Away from the most probable number they become ever smaller.
        if troubled as f64 >= (agents + 1) as f64 * share {
            sum_of_decreasing((troubled..=agents).map(term)).min(1.0)
        } else {
            (1.0 - sum_of_decreasing((0..troubled).rev().map(term))).max(0.0)
        }
    }

    /// How probable it is that at most so many are.
    pub(super) fn binomial_at_most(&self, Tally { agents, troubled }: Tally, share: f64) -> f64 {
        1.0 - self.binomial(Tally { agents, troubled: troubled + 1 }, share)
    }
}

/// The sum of terms each of which is smaller than the one before. It ends where they no longer change it: of tens of thousands
/// of agents, only some hundred do.
fn sum_of_decreasing(terms: impl Iterator<Item = f64>) -> f64 {
    let mut sum = 0.0;
    for term in terms {
        sum += term;
        if term <= sum * f64::EPSILON * f64::EPSILON {
            break;
        }
    }
    sum
}

/// How well it is explained who is in trouble if those with a key and those without it each have a share of their own: the
/// logarithm of the likelihood.
pub(super) fn log_likelihood(with: Tally, without: Tally) -> f64 {
    let of = |Tally { agents, troubled }: Tally| {
        let (all, bad) = (agents as f64, troubled as f64);
        let part = |count: f64| if count > 0.0 { count * (count / all).ln() } else { 0.0 };
        part(bad) + part(all - bad)
    };
    of(with) + of(without)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(agents: usize, troubled: usize) -> Tally {
        Tally { agents, troubled }
    }

    #[test]
    fn fishers_test_gives_what_its_inventor_found_about_the_lady_tasting_tea() {
        let logs = LogFactorials::up_to(100);
        let of = |right| logs.fisher(tally(4, right), tally(4, 4 - right), 1.0);
        assert!((of(4) - 1.0 / 70.0).abs() < 1e-12);
        assert!((of(3) - 17.0 / 70.0).abs() < 1e-12);
        assert!((of(0) - 1.0).abs() < 1e-12);
        assert!((logs.fisher(tally(10, 0), tally(90, 0), 1.0) - 1.0).abs() < 1e-12);
        // More are in trouble than there are without the key.
        assert!((logs.fisher(tally(10, 8), tally(2, 2), 1.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_three_times_as_frequent_usually_has_to_be_much_more_frequent_than_that() {
        let logs = LogFactorials::up_to(400);
        // On Wi-Fi, on a bad day.
        let of = |odds| logs.fisher(tally(78, 18), tally(226, 3), odds);
        assert!(of(1.0) < 1e-8 && of(4.0) > 1e-3, "{} {}", of(1.0), of(4.0));
        // Of two agents one is in trouble: with three times the odds, three times in four it is the one with the key.
        assert!((logs.fisher(tally(1, 1), tally(1, 0), 3.0) - 0.75).abs() < 1e-12);
    }

    #[test]
    fn the_binomial_test_gives_the_sum_of_all_its_terms_wherever_it_ends_the_sum() {
        let logs = LogFactorials::up_to(2_000);
        for (agents, share) in [(7, 0.5), (60, 0.02), (300, 0.3), (2_000, 0.05), (2_000, 0.9)] {
            let ln = |count: usize| {
                logs.choose(agents, count)
                    + count as f64 * f64::ln(share)
                    + (agents - count) as f64 * f64::ln_1p(-share)
            };
            for troubled in (0..=agents).step_by(1 + agents / 50) {
                let all: f64 = (troubled..=agents).map(|count| ln(count).exp()).sum();
                let found = logs.binomial(tally(agents, troubled), share);
                let is_same = (found - all).abs() <= 1e-11 + 1e-9 * all;
                assert!(is_same, "{troubled} of {agents} at {share}: {found}, and not {all}");
                // Where it is improbable, to the last digits.
                assert!(all > 1e-3 || (found / all.max(f64::MIN_POSITIVE) - 1.0).abs() < 1e-9 || all < 1e-290);
            }
        }
    }

    #[test]
    fn the_binomial_test_gives_what_can_be_counted() {
        let logs = LogFactorials::up_to(1000);
        assert!((logs.binomial(tally(4, 4), 0.5) - 1.0 / 16.0).abs() < 1e-12);
        assert!((logs.binomial(tally(3, 1), 0.5) - 7.0 / 8.0).abs() < 1e-12);
        assert!((logs.binomial(tally(1000, 0), 0.01) - 1.0).abs() < 1e-9);
        assert_eq!([0.0, 1.0].map(|share| logs.binomial(tally(5, 3), share)), [0.0, 1.0]);
        assert!((logs.binomial_at_most(tally(3, 1), 0.5) - 0.5).abs() < 1e-12);
        assert!((logs.binomial_at_most(tally(3, 3), 0.5) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_key_whose_agents_are_those_in_trouble_explains_it_best() {
        let exact = log_likelihood(tally(10, 9), tally(90, 1));
        let wider = log_likelihood(tally(40, 9), tally(60, 1));
        let narrower = log_likelihood(tally(5, 5), tally(95, 5));
        assert!(exact > wider && exact > narrower, "{exact} {wider} {narrower}");
    }
}
