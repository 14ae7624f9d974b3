//! What the rules of security groups say together, and of whom.

use archlint_schema::{Admission, Cidr, Facts, Key, KeySet, SecurityGroupFacts, Subnet, Unknown, Value};

use super::index::Index;

/// The rules, of one direction, of all groups before a resource.
pub(crate) fn before(
    index: &Index<'_>,
    facts: &Facts,
    resource: &Key,
    direction: impl Fn(&SecurityGroupFacts) -> &Admission,
) -> Result<Admission, Unknown> {
    let before = facts.admission.get(resource).ok_or_else(|| index.why_absent(resource))?;
    let of = |key: &Key| facts.security_groups.get(key).map(&direction).ok_or_else(|| index.why_absent(key));
    Ok(Admission::together(&before.security_groups, of))
}

/// The IPv4 blocks of subnets, where all of them are known.
pub(crate) fn ipv4_blocks(index: &Index<'_>, subnets: &KeySet) -> Result<Vec<Cidr>, Unknown> {
    let mut blocks = Vec::new();
    let mut doubt = subnets.open.clone();
    for key in &subnets.members {
        let subnet = index.get::<Subnet>(key).ok_or_else(|| index.why_absent(key));
        match subnet.and_then(|it| it.ipv4_block().decided().copied()) {
            Ok(block) => blocks.extend(block),
            Err(why) => doubt = doubt.or(Some(why)),
        }
    }
    doubt.map_or(Ok(blocks), Err)
}

/// Whether something is the answer, whatever it is.
pub(crate) fn is_some<T>(answer: &Value<Option<T>>) -> Value<bool> {
    answer.is(Option::is_some)
}
