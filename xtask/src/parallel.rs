//! Several things at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Error, Result, anyhow};

/// What `work` makes of each item, in their order; as many at a time as there are processors. After an error nothing
/// more is begun, and what has begun ends first, so that nothing half done is left running.
pub(crate) fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    each_at_most(processors(), items, work)
}

pub(crate) fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// As [`each`], with so many at a time.
pub(crate) fn each_at_most<T: Sync, R: Send>(
    at_a_time: usize,
    items: &[T],
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let take_from_the_line = || {
        let mut done = Vec::new();
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(item) = items.get(index)
        {
            let result = work(item);
            if result.is_err() {
                next.store(items.len(), Ordering::Relaxed);
            }
            done.push((index, result));
        }
        done
    };
    let mut done = Vec::new();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..at_a_time.min(items.len())).map(|_| scope.spawn(take_from_the_line)).collect();
        for worker in workers {
            done.extend(worker.join().unwrap_or_else(|_| vec![(0, Err(anyhow!("a part of it panicked")))]));
        }
    });
    done.sort_by_key(|(index, _)| *index);
    let (results, errors): (Vec<_>, Vec<_>) = done.into_iter().map(|(_, result)| result).partition(Result::is_ok);
    if errors.is_empty() {
        return results.into_iter().collect();
    }
    Err(together(errors.into_iter().filter_map(Result::err).collect()))
}

/// Several errors as one.
pub(crate) fn together(errors: Vec<Error>) -> Error {
    let sentences: Vec<String> = errors.iter().map(|error| format!("{error:#}")).collect();
    anyhow!("{}", sentences.join("\nerror: "))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use anyhow::ensure;

    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items_whichever_ends_first() {
        let both = Barrier::new(2);
        let doubled = each_at_most(2, &[1, 2, 3], |number| {
            // The first two wait for each other: they run at the same time.
            if *number < 3 {
                both.wait();
            }
            Ok(number * 2)
        });
        assert_eq!(doubled.unwrap(), [2, 4, 6]);
    }

    #[test]
    fn after_an_error_nothing_more_is_begun() {
        let begun = AtomicUsize::new(0);
        let result = each_at_most(1, &[1, 2, 3], |number| {
            begun.fetch_add(1, Ordering::Relaxed);
            ensure!(*number != 2, "the second");
            Ok(())
        });
        assert_eq!(result.unwrap_err().to_string(), "the second");
        assert_eq!(begun.into_inner(), 2);
    }

    #[test]
    fn errors_of_what_ran_together_are_all_said() {
        let both = Barrier::new(2);
        let result: Result<Vec<()>> = each_at_most(2, &["lint", "types"], |name| {
            both.wait();
            Err(anyhow!("{name} failed"))
        });
        assert_eq!(result.unwrap_err().to_string(), "lint failed\nerror: types failed");
    }
}
