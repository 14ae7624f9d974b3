//! Which resources an entry of the settings means.

use archlint_schema::{Key, Meta, Snapshot};
use wildmatch::WildMatch;

/// Those with such an address and such a tag, where they are given.
#[derive(Debug, Clone)]
pub struct ResourcePattern {
    address: Option<WildMatch>,
    tag: Option<Tag>,
}

/// A tag that a resource has, with any value or a certain one.
#[derive(Debug, Clone)]
struct Tag {
    key: String,
    value: Option<String>,
}

impl ResourcePattern {
    /// From what settings say: a pattern of addresses, and `Key` or `Key=Value`.
    pub fn new(address: Option<&str>, tag: Option<&str>) -> Self {
        let tag = tag.map(|it| match it.split_once('=') {
            Some((key, value)) => Tag { key: key.to_owned(), value: Some(value.to_owned()) },
            None => Tag { key: it.to_owned(), value: None },
        });
        Self { address: address.map(WildMatch::new), tag }
    }

    /// Whether it means a resource of a snapshot, by its key.
    pub fn covers(&self, resource: &Key, snapshot: &Snapshot) -> bool {
        let has = |tag: &Tag| snapshot.meta(resource).is_some_and(|(_, meta)| tag.is_on(meta));
        self.address.as_ref().is_none_or(|it| it.matches(resource.as_str()))
            && self.tag.as_ref().is_none_or(has)
    }

    /// Whether somebody who declares something of a resource means this one. People know a live bucket or stream by
    /// its name.
    pub fn covers_declared(&self, meta: &Meta) -> bool {
        let address = self.address.as_ref().is_none_or(|it| {
            it.matches(meta.key.as_str()) || end_of_arn(&meta.key).is_some_and(|end| it.matches(end))
        });
        address && self.tag.as_ref().is_none_or(|it| it.is_on(meta))
    }
}

/// What stands at the end of an ARN: the name of a bucket, a stream, a database.
fn end_of_arn(resource: &Key) -> Option<&str> {
    let arn = resource.as_str().strip_prefix("arn:")?;
    arn.rsplit([':', '/']).next()
}

impl Tag {
    /// A tag whose value is not known is not the one that somebody named.
    fn is_on(&self, meta: &Meta) -> bool {
        match meta.tag(&self.key).known() {
            Some(Some(value)) => self.value.as_ref().is_none_or(|it| it == value),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use archlint_schema::{Reason, Value};

    use super::*;

    #[test]
    fn a_resource_is_meant_by_its_address_and_its_tag() {
        let tag = |value| Value::Known(BTreeMap::from([("tier".to_owned(), value)]));
        let meta =
            Meta { tags: tag(Value::Known("data".to_owned())), ..Meta::new("orders/Database", "Database") };
        let means = |address, tag, meta: &Meta| ResourcePattern::new(address, tag).covers_declared(meta);
        assert!(means(Some("orders/*"), None, &meta));
        assert!(!means(Some("web/*"), None, &meta));
        assert!(means(None, Some("tier"), &meta) && means(None, Some("tier=data"), &meta));
        assert!(!means(None, Some("tier=web"), &meta) && !means(None, Some("owner"), &meta));
        assert!(!means(Some("web/*"), Some("tier"), &meta));
        let live = Meta::new("arn:aws:s3:::photos", "photos");
        assert!(means(Some("photos"), None, &live) && means(Some("*:photos"), None, &live));
        assert!(!means(Some("s3"), None, &live) && !means(Some("Database"), None, &meta));
        let hidden = Meta { tags: tag(Value::unknown(Reason::Parameter, "Tier")), ..meta };
        assert!(!means(None, Some("tier"), &hidden));
    }
}
