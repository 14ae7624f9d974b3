//! The subnets that a database names through a group of them.

use archlint_schema::{
    CacheSubnetGroup, DbSubnetGroup, Key, MemoryDbSubnetGroup, RedshiftSubnetGroup, ReplicationSubnetGroup,
    Resource, Unknown, Value,
};

use super::index::Index;

/// A group of subnets in which a service may place something.
pub(crate) trait SubnetGroup: Resource {
    fn subnets(&self) -> &Value<Vec<Value<Key>>>;
}

macro_rules! groups {
    ($($group:ty),*) => {$(
        impl SubnetGroup for $group {
            fn subnets(&self) -> &Value<Vec<Value<Key>>> {
                &self.subnets
            }
        }
    )*};
}

groups!(DbSubnetGroup, RedshiftSubnetGroup, ReplicationSubnetGroup, CacheSubnetGroup, MemoryDbSubnetGroup);

/// Without a group it is the default one, of the default VPC.
pub(crate) fn subnets_of<G: SubnetGroup>(
    index: &Index<'_>,
    group: &Value<Option<Key>>,
) -> Value<Vec<Value<Key>>> {
    match group.decided() {
        Ok(Some(key)) => match index.get::<G>(key) {
            Some(group) => group.subnets().clone(),
            None => Value::Unknown(index.why_absent(key)),
        },
        Ok(None) => Value::Unknown(Unknown::of_default_vpc()),
        Err(why) => Value::Unknown(why),
    }
}
