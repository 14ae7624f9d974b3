//! Dates at the beginning of keys.

/// What the date may be the value of: `dt=2026-11-22`.
const NAMES: [&[u8]; 8] = [b"year=", b"yyyy=", b"y=", b"dt=", b"date=", b"ds=", b"day=", b"event_date="];

/// How finely a time is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Granularity {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

impl Granularity {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) length: usize,
    pub(super) granularity: Granularity,
}

/// The date that a text begins with: `2026-11-22T15:00`, `year=2026/month=11`, `20261122150000`; also one whose day
/// comes before its month.
pub(super) fn leading_date(text: &[u8]) -> Option<Date> {
    let name = NAMES.iter().find(|it| text.starts_with(it)).map_or(0, |it| it.len());
    let year = &text[name..];
    if !matches!(year, [b'1', b'9', ..] | [b'2', b'0', ..]) || pair(year, 2).is_none() {
        return None;
    }
    let rest = &year[4..];
    let date = separated(rest, month, day).or_else(|| separated(rest, day, month));
    let (length, granularity) = date.or_else(|| compact(rest)).or_else(|| year_and_month(rest))?;
    Some(Date { length: name + 4 + length, granularity })
}

type Part = fn(u8) -> bool;
/// How long it is, and the finest of its parts.
type Found = (usize, Granularity);

fn month(it: u8) -> bool {
    (1..=12).contains(&it)
}

fn day(it: u8) -> bool {
    (1..=31).contains(&it)
}

fn hour(it: u8) -> bool {
    it < 24
}

fn sixtieth(it: u8) -> bool {
    it < 60
}

/// After a year: `-11-22`, with a time or without.
fn separated(text: &[u8], first: Part, second: Part) -> Option<Found> {
    let mut at = signed_part(text, is_sign, first)?;
    at += signed_part(&text[at..], is_sign, second)?;
    if is_digit(text, at) {
        return None;
    }
    let mut granularity = Granularity::Day;
    for (finer, valid) in
        [(Granularity::Hour, hour as Part), (Granularity::Minute, sixtieth), (Granularity::Second, sixtieth)]
    {
        match signed_part(&text[at..], is_time_sign, valid) {
            Some(length) if !is_digit(text, at + length) => (at, granularity) = (at + length, finer),
            _ => break,
        }
    }
    if granularity == Granularity::Second {
        at += fraction(&text[at..]);
    }
    at += usize::from(text.get(at) == Some(&b'Z'));
    Some((at, granularity))
}

/// After a year: `1122`, `1122T1500Z`, `1122150000`.
fn compact(text: &[u8]) -> Option<Found> {
    if !(pair(text, 0).is_some_and(month) && pair(text, 2).is_some_and(day)) {
        return None;
    }
    let start = if text.get(4) == Some(&b'T') { 5 } else { 4 };
    let parts =
        [(Granularity::Hour, hour as Part), (Granularity::Minute, sixtieth), (Granularity::Second, sixtieth)];
    let valid =
        |(nth, (_, valid)): &(usize, (Granularity, Part))| pair(text, start + 2 * nth).is_some_and(valid);
    let times =
        parts.into_iter().enumerate().take_while(valid).map(|(nth, (it, _))| (start + 2 * (nth + 1), it));
    // The finest that no digit follows.
    let mut found: Vec<Found> = std::iter::once((4, Granularity::Day)).chain(times).collect();
    while let Some((end, granularity)) = found.pop() {
        let zone = usize::from(text.get(end) == Some(&b'Z') && !is_digit(text, end + 1));
        if !is_digit(text, end) {
            return Some((end + zone, granularity));
        }
    }
    None
}

/// After a year: `-11`.
fn year_and_month(text: &[u8]) -> Option<Found> {
    let end = signed_part(text, is_sign, month)?;
    (!is_digit(text, end)).then_some((end, Granularity::Month))
}

/// A sign, maybe `name=`, and two digits.
fn signed_part(text: &[u8], is_sign: fn(u8) -> bool, valid: Part) -> Option<usize> {
    let rest = &text[usize::from(text.first().copied().is_some_and(is_sign))..];
    if rest.len() == text.len() {
        return None;
    }
    let name = rest.iter().take_while(|it| it.is_ascii_lowercase() || **it == b'_').count();
    let name = if name > 0 && rest.get(name) == Some(&b'=') { name + 1 } else { 0 };
    pair(rest, name).is_some_and(valid).then_some(1 + name + 2)
}

fn is_sign(it: u8) -> bool {
    matches!(it, b'-' | b'_' | b'/' | b'.')
}

fn is_time_sign(it: u8) -> bool {
    is_sign(it) || matches!(it, b'T' | b':' | b' ')
}

/// A dot and up to nine digits.
fn fraction(text: &[u8]) -> usize {
    let digits = text.iter().skip(1).take(9).take_while(|it| it.is_ascii_digit()).count();
    if text.first() == Some(&b'.') && digits > 0 { 1 + digits } else { 0 }
}

/// The number that two digits make.
fn pair(text: &[u8], at: usize) -> Option<u8> {
    match text.get(at..at + 2)? {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + ones - b'0'),
        _ => None,
    }
}

fn is_digit(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use Granularity::{Day, Hour, Minute, Month, Second};

    use super::*;

    #[test]
    fn dates() {
        for (text, date, granularity) in [
            ("2013-26-05-15-00-00/cust", "2013-26-05-15-00-00", Second),
            ("2026/11/22/15/00042.log", "2026/11/22/15", Hour),
            ("2026-11-22T15:04:05.123456789Z.json", "2026-11-22T15:04:05.123456789Z", Second),
            ("2026.11.22.15.30.x", "2026.11.22.15.30", Minute),
            ("dt=2026-11-22/hour=15/part", "dt=2026-11-22/hour=15", Hour),
            ("year=2026/month=11/day=22/x", "year=2026/month=11/day=22", Day),
            ("20261122150000.tar", "20261122150000", Second),
            ("20261122T1504Z_x", "20261122T1504Z", Minute),
            ("20261122T1", "20261122", Day),
            ("20261122Z5", "20261122", Day),
            ("2026112215x", "2026112215", Hour),
            ("2026-11/x", "2026-11", Month),
            ("2026-11-22-15-00-001", "2026-11-22-15-00", Minute),
            ("2026-11-22-99", "2026-11-22", Day),
            ("2026_13_12", "2026_13_12", Day),
            ("2026-11-223", "2026-11", Month),
        ] {
            let expected = Date { length: date.len(), granularity };
            assert_eq!(leading_date(text.as_bytes()), Some(expected), "{text}");
        }
    }

    #[test]
    fn not_dates() {
        for text in [
            "",
            "2026",
            "202",
            "1826-11-22",
            "2026-13-32",
            "2026-1-2",
            "202611221",
            "20261122159",
            "2026112",
            "x2026-11-22",
            "2026-113",
        ] {
            assert_eq!(leading_date(text.as_bytes()), None, "{text}");
        }
    }
}
