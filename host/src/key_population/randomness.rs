//! Whether keys begin with characters that are random: a hash, or a shard number.

use std::fmt;

use super::entropy::corrected_entropy;
use super::share::ratio;
use super::thresholds::Criteria;

/// How many characters are looked at.
pub(super) const MOST: usize = 6;

/// So many characters of an alphabet. Prints as `hex:4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash {
    pub alphabet: Alphabet,
    pub length: usize,
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.alphabet.name(), self.length)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    Binary,
    Decimal,
    Hex,
    UpperHex,
    Base32,
    Base36,
    Base62,
}

impl Alphabet {
    const ALL: [Self; 7] =
        [Self::Binary, Self::Decimal, Self::Hex, Self::UpperHex, Self::Base32, Self::Base36, Self::Base62];

    pub fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Decimal => "decimal",
            Self::Hex => "hex",
            Self::UpperHex => "HEX",
            Self::Base32 => "base32",
            Self::Base36 => "base36",
            Self::Base62 => "base62",
        }
    }

    fn size(self) -> u32 {
        match self {
            Self::Binary => 2,
            Self::Decimal => 10,
            Self::Hex | Self::UpperHex => 16,
            Self::Base32 => 32,
            Self::Base36 => 36,
            Self::Base62 => 62,
        }
    }

    pub(super) fn has(self, it: u8) -> bool {
        match self {
            Self::Binary => matches!(it, b'0' | b'1'),
            Self::Decimal => it.is_ascii_digit(),
            Self::Hex => matches!(it, b'0'..=b'9' | b'a'..=b'f'),
            Self::UpperHex => matches!(it, b'0'..=b'9' | b'A'..=b'F'),
            Self::Base32 => matches!(it, b'a'..=b'z' | b'2'..=b'7'),
            Self::Base36 => it.is_ascii_digit() || it.is_ascii_lowercase(),
            Self::Base62 => it.is_ascii_alphanumeric(),
        }
    }
}

/// The characters that keys begin with, if at least two are uniform and independent of each other.
pub(super) fn random_prefix(keys: &[&[u8]], criteria: &Criteria<'_>) -> Option<Hash> {
    let columns = columns(keys);
    let random = |alphabet: Alphabet| {
        let is_random = |it: &&[u64; 256]| is_uniform(alphabet, it, keys.len(), criteria);
        Hash { alphabet, length: columns.iter().take_while(is_random).count() }
    };
    let mut joint = None;
    let mut is_independent = |it: &Hash| {
        let size = it.alphabet.size() as usize;
        // Fewer keys cannot show all the pairs that there are.
        if keys.len() < 4 * size * size && keys.len() < criteria.thresholds.n_min_stats {
            return true;
        }
        let joint = *joint.get_or_insert_with(|| joint_entropy(keys));
        let highest = (2.0 * f64::from(it.alphabet.size()).log2()).min(ratio(keys.len(), 1).log2());
        joint >= criteria.thresholds.h_joint * highest
    };
    Alphabet::ALL.into_iter().map(random).find(|it| it.length >= 2 && is_independent(it))
}

/// How often each byte stands in each of the first places.
fn columns(keys: &[&[u8]]) -> [[u64; 256]; MOST] {
    let mut columns = [[0; 256]; MOST];
    for key in keys {
        for (column, it) in columns.iter_mut().zip(*key) {
            column[usize::from(*it)] += 1;
        }
    }
    columns
}

fn is_uniform(alphabet: Alphabet, column: &[u64; 256], keys: usize, criteria: &Criteria<'_>) -> bool {
    let counts = (0..=u8::MAX).zip(column).filter(|(it, _)| alphabet.has(*it)).map(|(_, count)| *count);
    let within = usize::try_from(counts.clone().sum::<u64>()).expect("no more than keys");
    let highest = f64::from(alphabet.size()).log2();
    ratio(within, keys) >= 0.99 && corrected_entropy(counts) >= criteria.thresholds.h_pos * highest
}

/// Of the first two characters together.
fn joint_entropy(keys: &[&[u8]]) -> f64 {
    let mut counts = vec![0_u64; (1 << 16) + (1 << 8) + 1];
    for key in keys {
        let at = match **key {
            [first, second, ..] => usize::from(u16::from_be_bytes([first, second])),
            [only] => (1 << 16) + usize::from(only),
            [] => (1 << 16) + (1 << 8),
        };
        counts[at] += 1;
    }
    corrected_entropy(counts.into_iter())
}
