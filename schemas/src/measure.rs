//! A number that somebody measured or declared.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A rate, a share, a size: a plain number in the document. Two are equal if they are the same number.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Measure(pub f64);

impl PartialEq for Measure {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Measure {}

impl PartialOrd for Measure {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Measure {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl From<f64> for Measure {
    fn from(it: f64) -> Self {
        Self(it)
    }
}

/// A number of things.
impl From<i64> for Measure {
    #[expect(clippy::cast_precision_loss, reason = "nobody has as many shards as a number can tell apart")]
    fn from(it: i64) -> Self {
        Self(it as f64)
    }
}

/// As people write it: `4,800`, `12.5`, `0.007`.
impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.0.abs() {
            it if it >= 100.0 => format!("{:.0}", self.0),
            it if it >= 1.0 => format!("{:.1}", self.0),
            it if it >= 0.01 => format!("{:.2}", self.0),
            _ => format!("{:.3}", self.0),
        };
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        let whole = text.find('.').unwrap_or(text.len());
        for (at, it) in text.char_indices() {
            let is_thousand = at < whole && (whole - at).is_multiple_of(3) && at > usize::from(self.0 < 0.0);
            if is_thousand {
                f.write_str(",")?;
            }
            fmt::Write::write_char(f, it)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_written_as_people_do() {
        let table = [
            (4800.0, "4,800"),
            (1_234_567.0, "1,234,567"),
            (12.5, "12.5"),
            (12.0, "12"),
            (0.25, "0.25"),
            (0.0068, "0.007"),
            (0.0, "0"),
            (-4800.0, "-4,800"),
        ];
        for (number, text) in table {
            assert_eq!(Measure(number).to_string(), text);
        }
    }
}
