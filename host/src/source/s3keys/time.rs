//! Times as S3 writes them.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
const MILLIS_OF_MINUTE: i64 = 60_000;

/// `2026-01-31T12:34:56.789Z`, as Inventory and the API write it; with a blank for the `T`, an offset, ` UTC` or
/// nothing after it, as the AWS CLI, boto3 and Athena do.
pub(super) fn iso(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_at_checked(19)?;
    if date[4] != b'-' || date[7] != b'-' || !matches!(date[10], b'T' | b' ') {
        return None;
    }
    let day = (number(&date[..4])?, number(&date[5..7])?, number(&date[8..10])?);
    let (fraction, zone) = match rest.strip_prefix(b".") {
        Some(rest) => rest.split_at(rest.iter().take_while(|it| it.is_ascii_digit()).count()),
        None => (&[][..], rest),
    };
    let offset = match zone {
        b"" | b"Z" | b" UTC" => 0,
        _ => offset(zone.trim_ascii_start())?,
    };
    Some(millis(day, clock(&date[11..])?)? + thousandths(fraction) - offset)
}

/// `06/Feb/2019:00:00:38 +0000`, as access logs have it.
pub(super) fn log(text: &[u8]) -> Option<i64> {
    let [day @ .., b'/', _, _, _, b'/', _, _, _, _, b':', _, _, b':', _, _, b':', _, _, b' ', _, _, _, _, _] =
        text
    else {
        return None;
    };
    let at = day.len() + 1;
    let month = MONTHS.iter().position(|it| *it == &text[at..at + 3])? + 1;
    let date = (number(&text[at + 4..at + 8])?, i64::try_from(month).ok()?, number(day)?);
    Some(millis(date, clock(&text[at + 9..at + 17])?)? - offset(&text[at + 18..])?)
}

/// Milliseconds since 1970, UTC, where there is such a day and such a time.
pub(super) fn millis(day: (i64, i64, i64), clock: (i64, i64, i64)) -> Option<i64> {
    let date = (i16::try_from(day.0).ok()?, i8::try_from(day.1).ok()?, i8::try_from(day.2).ok()?);
    let time = (i8::try_from(clock.0).ok()?, i8::try_from(clock.1).ok()?, i8::try_from(clock.2).ok()?);
    let moment = DateTime::new(date.0, date.1, date.2, time.0, time.1, time.2, 0).ok()?;
    Some(TimeZone::UTC.to_timestamp(moment).ok()?.as_millisecond())
}

/// `12:34:56`
fn clock(text: &[u8]) -> Option<(i64, i64, i64)> {
    let [h, hh, b':', m, mm, b':', s, ss] = text else { return None };
    Some((number(&[*h, *hh])?, number(&[*m, *mm])?, number(&[*s, *ss])?))
}

/// `+0900` or `+09:00`, in milliseconds.
fn offset(text: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match text {
        [sign, h, hh, b':', m, mm] | [sign, h, hh, m, mm] => (sign, [*h, *hh], [*m, *mm]),
        _ => return None,
    };
    let minutes = number(&hours)? * 60 + number(&minutes)?;
    match sign {
        b'+' => Some(minutes * MILLIS_OF_MINUTE),
        b'-' => Some(-minutes * MILLIS_OF_MINUTE),
        _ => None,
    }
}

/// The first three digits after the point.
fn thousandths(digits: &[u8]) -> i64 {
    let digit = |at: usize| digits.get(at).map_or(0, |it| i64::from(it - b'0'));
    digit(0) * 100 + digit(1) * 10 + digit(2)
}

/// A number of up to four digits.
fn number(digits: &[u8]) -> Option<i64> {
    let is_one = (1..=4).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    is_one.then(|| digits.iter().fold(0, |sum, it| sum * 10 + i64::from(it - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_api() {
        for (text, expected) in [
            ("1970-01-01T00:00:00.000Z", Some(0)),
            ("2026-01-31T12:34:56.789Z", Some(1_769_862_896_789)),
            ("2026-01-31T12:34:56Z", Some(1_769_862_896_000)),
            ("2026-01-31T12:34:56.7Z", Some(1_769_862_896_700)),
            ("2026-01-31T12:34:56.789123456Z", Some(1_769_862_896_789)),
            ("2026-01-31 12:34:56", Some(1_769_862_896_000)),
            ("2026-01-31 12:34:56.000 UTC", Some(1_769_862_896_000)),
            ("2026-01-31T21:34:56+09:00", Some(1_769_862_896_000)),
            ("2026-01-31 08:34:56 -0400", Some(1_769_862_896_000)),
            ("2026-02-30T12:34:56Z", None),
            ("2026-01-31T25:34:56Z", None),
            ("2026-01-31T12:34:56 CET", None),
            ("2026-01-31", None),
            ("yesterday at about ten", None),
            ("", None),
        ] {
            assert_eq!(iso(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn times_of_logs() {
        for (text, expected) in [
            ("06/Feb/2019:00:00:38 +0000", Some(1_549_411_238_000)),
            ("06/Feb/2019:01:00:38 +0100", Some(1_549_411_238_000)),
            ("30/Feb/2019:00:00:38 +0000", None),
            ("06/Fab/2019:00:00:38 +0000", None),
            ("06/Feb/2019:00:00:38", None),
            ("-", None),
        ] {
            assert_eq!(log(text.as_bytes()), expected, "{text}");
        }
    }
}
