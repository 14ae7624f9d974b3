//! Blocks of addresses, and whether a set of them covers every address there is.

use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Reason, Subnet, Value, Vpc};

/// An IPv4 or IPv6 block, in canonical form: host bits are cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    /// The first address; IPv4 in the low 32 bits.
    first: u128,
    prefix: u8,
    ipv6: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CidrError(String);

impl std::fmt::Display for CidrError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is no CIDR block", self.0)
    }
}

impl std::error::Error for CidrError {}

impl Cidr {
    pub fn is_ipv6(&self) -> bool {
        self.ipv6
    }

    /// The length of the prefix in bits.
    pub fn prefix(&self) -> u8 {
        self.prefix
    }

    fn bits(&self) -> u8 {
        if self.ipv6 { 128 } else { 32 }
    }

    fn last(&self) -> u128 {
        let host = u32::from(self.bits() - self.prefix);
        self.first | 1_u128.checked_shl(host).map_or(u128::MAX, |it| it - 1)
    }

    /// Whether some address of `other` is in this block.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// Whether every address of `other` is in this block.
    pub fn contains(&self, other: &Self) -> bool {
        self.ipv6 == other.ipv6 && self.first <= other.first && other.last() <= self.last()
    }

    /// Addresses that AWS leaves for use in a subnet of this size: five are reserved.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
    pub fn usable_addresses(&self) -> u128 {
        (self.last() - self.first).saturating_sub(4)
    }
}

impl Cidr {
    /// The first `count` blocks of `host_bits` bits each within this one; none where they do not fit.
    pub fn parts(&self, count: u8, host_bits: u8) -> Option<Vec<Self>> {
        let prefix = self.bits().checked_sub(host_bits).filter(|it| *it >= self.prefix)?;
        let part = |at: u8| {
            let first = self.first.checked_add(u128::from(at).checked_shl(u32::from(host_bits))?)?;
            (first <= self.last()).then_some(Self { first, prefix, ipv6: self.ipv6 })
        };
        (0..count).map(part).collect()
    }
}

impl Cidr {
    /// Both halves of a block of several addresses.
    pub(crate) fn halves(&self) -> [Self; 2] {
        let prefix = self.prefix + 1;
        let half = 1_u128 << (self.bits() - prefix);
        [self.first, self.first + half].map(|first| Self { first, prefix, ipv6: self.ipv6 })
    }
}

/// The IPv4 block of what has one as text.
fn ipv4_block(cidr: &Value<Option<String>>) -> Value<Option<Cidr>> {
    match cidr.decided() {
        Ok(None) => Value::Known(None),
        Ok(Some(text)) => {
            text.parse().map_or_else(|_| Value::unknown(Reason::Computed, text), |it| Value::Known(Some(it)))
        }
        Err(why) => Value::Unknown(why),
    }
}

impl Subnet {
    pub fn ipv4_block(&self) -> Value<Option<Cidr>> {
        ipv4_block(&self.cidr)
    }
}

impl Vpc {
    /// The primary block.
    pub fn ipv4_block(&self) -> Value<Option<Cidr>> {
        ipv4_block(&self.cidr)
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let address = if self.ipv6 {
            IpAddr::V6(self.first.into())
        } else {
            let low = u32::try_from(self.first).expect("an IPv4 block has its address in the low 32 bits");
            IpAddr::V4(low.into())
        };
        write!(f, "{address}/{}", self.prefix)
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let invalid = || CidrError(text.to_owned());
        let (address, prefix) = text.trim().split_once('/').ok_or_else(invalid)?;
        let prefix: u8 = prefix.parse().map_err(|_| invalid())?;
        let (first, ipv6) = match address.parse().map_err(|_| invalid())? {
            IpAddr::V4(it) => (u128::from(u32::from(it)), false),
            IpAddr::V6(it) => (u128::from(it), true),
        };
        let bits: u8 = if ipv6 { 128 } else { 32 };
        let host = u32::from(bits.checked_sub(prefix).ok_or_else(invalid)?);
        let mask = u128::MAX.checked_shl(host).unwrap_or(0);
        Ok(Self { first: first & mask, prefix, ipv6 })
    }
}

/// In the document a block is its text.
impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cidr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "json-schema")]
impl schemars::JsonSchema for Cidr {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cidr".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "An IPv4 or IPv6 block: 10.0.0.0/16." })
    }
}

/// Whether the union of the blocks of one family is that family's whole address space: `0.0.0.0/1` and
/// `128.0.0.0/1` together are a default route.
pub fn covers_default<'a>(blocks: impl IntoIterator<Item = &'a Cidr>, ipv6: bool) -> bool {
    covers(blocks, &Cidr { first: 0, prefix: 0, ipv6 })
}

/// Whether every address of `wanted` is in one of the blocks.
pub fn covers<'a>(blocks: impl IntoIterator<Item = &'a Cidr>, wanted: &Cidr) -> bool {
    let mut blocks: Vec<&Cidr> = blocks.into_iter().filter(|it| it.ipv6 == wanted.ipv6).collect();
    blocks.sort();
    let mut next = wanted.first;
    for block in blocks {
        if block.first > next {
            return false;
        }
        if block.last() >= wanted.last() {
            return true;
        }
        next = next.max(block.last() + 1);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_block_has_parts_that_lie_within_it() {
        let parts = |block: &str, count, bits| {
            let parts = block.parse::<Cidr>().unwrap().parts(count, bits)?;
            Some(parts.iter().map(Cidr::to_string).collect::<Vec<_>>())
        };
        assert_eq!(parts("10.0.0.0/16", 2, 8).unwrap(), ["10.0.0.0/24", "10.0.1.0/24"]);
        assert_eq!(parts("2001:db8::/56", 2, 64).unwrap(), ["2001:db8::/64", "2001:db8:0:1::/64"]);
        assert_eq!(parts("10.0.0.0/24", 2, 7).unwrap(), ["10.0.0.0/25", "10.0.0.128/25"]);
        assert_eq!(parts("10.0.0.0/24", 3, 7), None);
        assert_eq!(parts("10.0.0.0/24", 1, 9), None);
        assert_eq!(parts("10.0.0.0/24", 1, 33), None);
    }

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn two_halves_cover_the_default() {
        assert!(covers_default(&[cidr("0.0.0.0/0")], false));
        assert!(covers_default(&[cidr("128.0.0.0/1"), cidr("0.0.0.0/1")], false));
        assert!(covers_default(&[cidr("::/0")], true));
        assert!(!covers_default(&[cidr("0.0.0.0/1"), cidr("192.0.0.0/2")], false));
        assert!(!covers_default(&[cidr("0.0.0.0/0")], true));
        assert!(!covers_default(&[], false));
    }

    #[test]
    fn a_slash_22_has_1019_usable_addresses() {
        assert_eq!(cidr("10.31.4.0/22").usable_addresses(), 1019);
    }

    #[test]
    fn no_cidr() {
        for text in ["", "10.0.0.0", "10.0.0.0/33", "::/129", "a/8", "10.0.0/8", "10.0.0.0/-1"] {
            assert!(text.parse::<Cidr>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_block_is_covered_by_its_halves(first in any::<u32>(), prefix in 0_u8..32) {
            let block = cidr(&format!("{}/{prefix}", std::net::Ipv4Addr::from(first)));
            let half = cidr(&format!("{}/{}", std::net::Ipv4Addr::from(first), prefix + 1));
            prop_assert!(block.contains(&half));
            prop_assert!(!half.contains(&block));
            prop_assert!(block.contains(&block));
        }

        #[test]
        fn a_full_partition_covers_and_a_gap_does_not(prefix in 1_u8..7, gap in any::<prop::sample::Index>()) {
            let step = 1_u64 << (32 - prefix);
            let mut blocks: Vec<Cidr> = (0..1_u64 << prefix).map(|it| {
                let first = u32::try_from(it * step).unwrap();
                cidr(&format!("{}/{prefix}", std::net::Ipv4Addr::from(first)))
            }).collect();
            prop_assert!(covers_default(&blocks, false));
            blocks.remove(gap.index(blocks.len()));
            prop_assert!(!covers_default(&blocks, false));
        }
    }
}
