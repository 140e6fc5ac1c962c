//! The most important of many, where there is room for a few.

use std::collections::BinaryHeap;

/// Leaves the `max` items whose keys (of place and item) come first, in the order that they had. Of two with the same key,
/// the one in front comes first.
pub(crate) fn keep_most_important<T, K: Ord>(items: &mut Vec<T>, max: usize, key: impl Fn(usize, &T) -> K) {
    if items.len() <= max {
        return;
    }
    let mut first = BinaryHeap::new();
    for (index, item) in items.iter().enumerate() {
        first.push((key(index, item), index));
        if first.len() > max {
            first.pop();
        }
    }
    let mut indices = 0..;
    items.retain(|_| indices.next().is_some_and(|index| first.iter().any(|(_, kept)| *kept == index)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Reverse;

    fn kept(max: usize, key: impl Fn(usize, &u32) -> Reverse<(u32, usize)>) -> Vec<u32> {
        let mut items = vec![30, 10, 31, 20, 32, 11];
        keep_most_important(&mut items, max, key);
        items
    }

    #[test]
    fn those_that_come_first_stay_in_the_order_that_they_had() {
        assert_eq!(kept(4, |_, item| Reverse((*item, 0))), [30, 31, 20, 32]);
        assert_eq!(kept(6, |_, item| Reverse((*item, 0))), [30, 10, 31, 20, 32, 11]);
        assert_eq!(kept(0, |_, item| Reverse((*item, 0))), [0; 0]);
    }

    #[test]
    fn of_two_that_are_alike_the_one_in_front_stays_unless_the_key_says_otherwise() {
        assert_eq!(kept(2, |_, item| Reverse((item / 10, 0))), [30, 31]);
        assert_eq!(kept(2, |index, item| Reverse((item / 10, index))), [31, 32]);
    }
}
