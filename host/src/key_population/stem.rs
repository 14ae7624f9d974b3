//! What all keys begin with, which tells nothing of where they fall.

use super::thresholds::Criteria;

/// The folders that all keys are in, as far as they are not the beginning of a date.
pub(super) fn common_folders<'a>(keys: &[&'a [u8]]) -> &'a [u8] {
    let common = common_prefix(keys);
    let is_name = |folder: &&[u8]| folder.ends_with(b"/") && !is_date_part(&folder[..folder.len() - 1]);
    let folders = common.split_inclusive(|it| *it == b'/').take_while(is_name);
    &common[..folders.map(<[u8]>::len).sum()]
}

/// A word that all keys begin with: `img-`, `dt=`, or `part` before a digit; never one that may be part of a hash.
pub(super) fn common_word<'a>(keys: &[&'a [u8]], criteria: &Criteria<'_>) -> &'a [u8] {
    let common = common_prefix(keys);
    let closed = word_with_sign(common);
    let letters = common.iter().take_while(|it| it.is_ascii_alphabetic()).count();
    let length = if closed > 0 {
        closed
    } else {
        let before_digit = |key: &&&[u8]| key.get(letters).is_some_and(u8::is_ascii_digit);
        let counted = keys.iter().filter(before_digit).count();
        if criteria.is_most(counted, keys.len()) { letters } else { 0 }
    };
    let name = without_signs_at_end(&common[..length]);
    if name.iter().all(u8::is_ascii_hexdigit) { b"" } else { &common[..length] }
}

/// The length of the longest word at the start that ends in one of `=-_.`; dots and underscores are part of words.
fn word_with_sign(text: &[u8]) -> usize {
    if !text.first().is_some_and(u8::is_ascii_alphabetic) {
        return 0;
    }
    let is_inner = |it: &&u8| it.is_ascii_alphabetic() || matches!(it, b'_' | b'.');
    let word = text.iter().take_while(is_inner).count();
    match text.get(word) {
        Some(b'=' | b'-') => word + 1,
        _ => text[..word].iter().rposition(|it| matches!(it, b'_' | b'.')).map_or(0, |it| it + 1),
    }
}

fn without_signs_at_end(word: &[u8]) -> &[u8] {
    let last = word.iter().rposition(|it| !matches!(it, b'-' | b'_' | b'=' | b'.'));
    &word[..last.map_or(0, |it| it + 1)]
}

fn common_prefix<'a>(keys: &[&'a [u8]]) -> &'a [u8] {
    let Some((first, rest)) = keys.split_first() else { return b"" };
    rest.iter().fold(*first, |common, key| {
        let same = common.iter().zip(*key).take_while(|(one, other)| one == other).count();
        &common[..same]
    })
}

/// Whether a folder may be part of a date: `2026`, `dt=2026-11`, `hour=07`, `7`.
pub(super) fn is_date_part(folder: &[u8]) -> bool {
    let value = match folder.iter().position(|it| *it == b'=') {
        Some(at @ 1..) if folder[..at].iter().all(|it| it.is_ascii_alphabetic() || *it == b'_') => {
            &folder[at + 1..]
        }
        _ => folder,
    };
    match value {
        [one] => one.is_ascii_digit(),
        [one, two] => one.is_ascii_digit() && two.is_ascii_digit(),
        [b'1', b'9', rest @ ..] | [b'2', b'0', rest @ ..] => is_year_end(rest),
        _ => false,
    }
}

/// The last two digits of a year, and up to five pairs of digits more with or without signs between them.
fn is_year_end(mut text: &[u8]) -> bool {
    let mut pairs = 0;
    while !text.is_empty() {
        let sign = usize::from(pairs > 0 && matches!(text[0], b'-' | b'_' | b'.'));
        match text.get(sign..sign + 2) {
            Some(pair) if pair.iter().all(u8::is_ascii_digit) => text = &text[sign + 2..],
            _ => return false,
        }
        pairs += 1;
    }
    (1..=6).contains(&pairs)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::thresholds::Thresholds;
    use super::*;

    fn bytes<'a>(keys: &[&'a str]) -> Vec<&'a [u8]> {
        keys.iter().map(|it| it.as_bytes()).collect()
    }

    #[track_caller]
    fn folders(keys: &[&str], expected: &str) {
        assert_eq!(String::from_utf8_lossy(common_folders(&bytes(keys))), expected, "{keys:?}");
    }

    #[track_caller]
    fn word(keys: &[&str], expected: &str) {
        let thresholds = Thresholds::default();
        let criteria = Criteria::new(&thresholds, Timestamp::UNIX_EPOCH);
        assert_eq!(String::from_utf8_lossy(common_word(&bytes(keys), &criteria)), expected, "{keys:?}");
    }

    #[test]
    fn folders_up_to_a_date() {
        folders(&[], "");
        folders(&["a/b", "a/c"], "a/");
        folders(&["a/", "a/c"], "a/");
        folders(&["ab/x", "ac/x"], "");
        folders(&["logs/2026/11/1", "logs/2026/11/2"], "logs/");
        folders(
            &["AWSLogs/111122223333/eu-west-1/x", "AWSLogs/111122223333/eu-west-1/y"],
            "AWSLogs/111122223333/eu-west-1/",
        );
        folders(&["t/dt=2026-11-22/a", "t/dt=2026-11-22/b"], "t/");
        folders(&["same/key"], "same/");
    }

    #[test]
    fn words_before_what_differs() {
        word(&["img-1", "img-2"], "img-");
        word(&["backup_2026", "backup_2025"], "backup_");
        word(&["a.b_c=1", "a.b_c=2"], "a.b_c=");
        word(&["foo_bar1", "foo_baz1"], "foo_");
        word(&["part1", "part2"], "part");
        word(&["partner", "party"], "");
        word(&["cafe-1", "cafe-2"], "");
        word(&["abc1", "abc2"], "");
        word(&["-1", "-2"], "");
        word(&["", ""], "");
    }

    #[test]
    fn parts_of_dates() {
        for it in
            ["2026", "1999", "2026-11", "20261122", "2026.11_22-15", "dt=2026-11-22", "hour=7", "07", "7"]
        {
            assert!(is_date_part(it.as_bytes()), "{it}");
        }
        for it in
            ["", "=07", "123", "1826", "111122223333", "2026-", "2026--11", "h0=07", "eu-west-1", "2026-11-"]
        {
            assert!(!is_date_part(it.as_bytes()), "{it}");
        }
    }
}
