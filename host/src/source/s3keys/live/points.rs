//! Where in a stretch of keys to begin to list.
//!
//! Keys of one prefix are taken for numbers between 0 and 1, by the characters that were seen in some of them: what
//! follows the prefix are the digits. A point is a random number between the first key and the smallest point behind
//! which nothing was.

/// More digits than a double has.
const DIGITS: usize = 12;

/// What all of some keys begin with.
pub(super) fn common<'k>(mut keys: impl Iterator<Item = &'k str>) -> String {
    let first = keys.next().unwrap_or_default();
    keys.fold(first, |common, key| {
        let same = common.chars().zip(key.chars()).take_while(|(one, other)| one == other);
        &common[..same.map(|(it, _)| it.len_utf8()).sum()]
    })
    .to_owned()
}

/// The keys with one prefix.
#[derive(Debug)]
pub(super) struct Stretch {
    pub(super) prefix: String,
    /// Characters that follow the prefix in keys that were seen, sorted.
    alphabet: Vec<char>,
    low: f64,
    high: f64,
}

impl Stretch {
    /// By some of its keys, the first one included.
    pub(super) fn new<'k>(prefix: &str, keys: impl Iterator<Item = &'k str> + Clone) -> Self {
        let rests = keys.map(|it| it.strip_prefix(prefix).unwrap_or(it));
        let mut alphabet: Vec<char> = rests.clone().flat_map(str::chars).collect();
        alphabet.sort_unstable();
        alphabet.dedup();
        let mut stretch = Self { prefix: prefix.to_owned(), alphabet, low: 0.0, high: 1.0 };
        stretch.low = rests.min().map_or(0.0, |it| stretch.number(it));
        stretch
    }

    /// A point to list from, by a number from 0 to 1.
    pub(super) fn point(&self, random: f64) -> (f64, String) {
        let number = self.low + random * (self.high - self.low);
        (number, format!("{}{}", self.prefix, self.text(number)))
    }

    /// There is nothing behind a point.
    pub(super) fn end_at(&mut self, number: f64) {
        self.high = self.high.min(number);
    }

    fn number(&self, text: &str) -> f64 {
        let base = self.base();
        text.chars()
            .take(DIGITS)
            .enumerate()
            .map(|(index, it)| self.digit(it) / base.powi(exponent(index)))
            .sum()
    }

    fn text(&self, number: f64) -> String {
        let mut rest = number.clamp(0.0, 1.0);
        let mut text = String::new();
        for _ in 0..DIGITS {
            rest *= self.base();
            // The last one stands for what is larger.
            let digit = self.alphabet.iter().rev().find(|it| self.digit(**it) <= rest);
            let Some(digit) = digit.or(self.alphabet.first()) else { break };
            rest -= self.digit(*digit);
            text.push(*digit);
        }
        text
    }

    fn base(&self) -> f64 {
        f64::from(u32::try_from(self.alphabet.len()).unwrap_or(u32::MAX)).max(2.0)
    }

    fn digit(&self, character: char) -> f64 {
        f64::from(u32::try_from(self.alphabet.partition_point(|it| *it < character)).unwrap_or(u32::MAX))
    }
}

fn exponent(index: usize) -> i32 {
    i32::try_from(index + 1).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_lie_between_the_first_key_and_the_end() {
        let keys = ["logs/2026-01-01/a", "logs/2026-01-02/b", "logs/2025-09-30/c"];
        let mut stretch = Stretch::new("logs/", keys.iter().copied());
        assert!(stretch.point(0.0).1.as_str() <= "logs/2025-09-30/c");
        assert!(stretch.point(0.0).1.as_str() > "logs/2025-09-2");
        let (number, text) = stretch.point(0.5);
        assert!(text.as_str() > "logs/2026-01-02/b", "{text}");
        stretch.end_at(number);
        assert!(stretch.point(0.999).1 <= text);
    }

    #[test]
    fn points_are_as_even_as_keys() {
        let keys: Vec<String> = (0..256).map(|it| format!("{:02x}", it * 11 % 256)).collect();
        let stretch = Stretch::new("", keys.iter().map(String::as_str));
        for (random, expected) in [(0.0, "00"), (0.25, "40"), (0.5, "80"), (0.75, "c0")] {
            assert!(stretch.point(random).1.starts_with(expected), "{random}");
        }
    }

    #[test]
    fn beginnings() {
        for (keys, expected) in
            [(&["a/b1", "a/b2"][..], "a/b"), (&["한국", "한글"], "한"), (&["a", "ab"], "a"), (&[], "")]
        {
            assert_eq!(common(keys.iter().copied()), expected);
        }
    }

    #[test]
    fn keys_without_a_second_character() {
        assert_eq!(Stretch::new("a/", ["a/"].into_iter()).point(0.7).1, "a/");
        assert!(Stretch::new("", ["0", "00"].into_iter()).point(0.7).1.starts_with('0'));
    }
}
