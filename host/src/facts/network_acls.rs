//! Which network ACL filters a subnet's traffic.

use std::collections::{BTreeMap, HashMap};

use archlint_schema::{Key, KeySet, NetworkAcl, NetworkAclFacts, Reason, Resource, Subnet, Unknown, Value};

use super::index::Index;
use super::{Because, Step};

/// The network ACLs by what they hold in.
pub(crate) struct NetworkAcls<'a> {
    associated: HashMap<&'a Key, (&'a NetworkAcl, usize)>,
    default: HashMap<&'a Key, &'a NetworkAcl>,
    /// Why a subnet without an association may still have one.
    hidden: Option<Unknown>,
    /// Why the default ACL of a VPC may not be as AWS makes it: an entry goes into one that nobody sees.
    changed: Option<Unknown>,
}

impl<'a> NetworkAcls<'a> {
    pub(crate) fn new(index: &Index<'a>) -> Self {
        let mut acls =
            Self { associated: HashMap::new(), default: HashMap::new(), hidden: None, changed: None };
        for acl in index.all::<NetworkAcl>() {
            if let (Value::Known(true), Value::Known(vpc)) = (&acl.is_default, &acl.vpc) {
                acls.default.insert(vpc, acl);
            }
            match acl.subnets.decided() {
                Err(why) => acls.hidden = Some(why),
                Ok(subnets) => {
                    for (at, subnet) in subnets.iter().enumerate() {
                        match subnet {
                            Value::Known(key) => {
                                acls.associated.insert(key, (acl, at));
                            }
                            other => acls.hidden = acls.hidden.take().or(other.decided().err()),
                        }
                    }
                }
            }
        }
        let is_left = |kind: &str| !index.untyped(kind).is_empty();
        let entry = ["AWS::EC2::NetworkAclEntry", "aws_network_acl_rule"].into_iter().find(|it| is_left(it));
        let association = ["AWS::EC2::SubnetNetworkAclAssociation", "aws_network_acl_association"];
        acls.changed =
            entry.map(|it| Unknown::new(Reason::NotCollected, format!("the network ACL of an {it}")));
        if let Some(kind) = association.into_iter().find(|it| is_left(it)) {
            let why = Unknown::new(Reason::NotCollected, format!("the network ACL of an {kind}"));
            acls.hidden = acls.hidden.take().or(Some(why));
        }
        acls
    }

    /// The ACL of a subnet; absent: the default one of a VPC that the source creates, which admits everything.
    pub(crate) fn of(&self, index: &Index<'_>, subnet: &Subnet, because: &mut Because) -> Value<Option<Key>> {
        let key = &subnet.meta.key;
        let mut record = |chain: Vec<Step>| because.record(key, "network_acl", chain);
        if let Some((acl, at)) = self.associated.get(key) {
            let message = format!("`{}` has network ACL `{}`", subnet.meta.label, acl.meta.label);
            record(vec![Step::new(&acl.meta.key, format!("subnets[{at}]"), message)]);
            return Value::Known(Some(acl.meta.key.clone()));
        }
        record(vec![Step::new(key, "", "has the default network ACL of its VPC")]);
        let hidden = || index.unseen_within("AWS::EC2::SubnetNetworkAclAssociation", key);
        if let Some(why) = self.hidden.clone().or_else(hidden) {
            return Value::Unknown(why);
        }
        match subnet.vpc.decided() {
            Err(why) => Value::Unknown(why),
            Ok(vpc) => match (self.default.get(vpc), &self.changed) {
                (Some(acl), _) => Value::Known(Some(acl.meta.key.clone())),
                (None, Some(why)) => Value::Unknown(why.clone()),
                (None, None) => match index.unseen_within(NetworkAcl::KIND, vpc) {
                    None => Value::Known(None),
                    Some(why) => Value::Unknown(why),
                },
            },
        }
    }
}

/// Where each ACL holds, by what holds in each subnet.
pub(crate) fn derive<'k>(
    index: &Index<'_>,
    of_subnets: impl Iterator<Item = (&'k Key, &'k Value<Option<Key>>)>,
    because: &mut Because,
) -> BTreeMap<Key, NetworkAclFacts> {
    let mut subnets: HashMap<&Key, Vec<Key>> = HashMap::new();
    for (subnet, acl) in of_subnets {
        if let Value::Known(Some(acl)) = acl {
            subnets.entry(acl).or_default().push(subnet.clone());
        }
    }
    let facts = |acl: &NetworkAcl| {
        let members = subnets.remove(&acl.meta.key).unwrap_or_default();
        let steps = members.iter().map(|it| Step::new(it, "", format!("`{}` has it", index.label(it))));
        because.record(&acl.meta.key, "subnets", steps.collect::<Vec<_>>());
        let open = KeySet::from(&acl.subnets).open;
        let facts = NetworkAclFacts {
            subnets: KeySet { members, open },
            requests: Value::default(),
            ineffective_denies: Vec::new(),
        };
        (acl.meta.key.clone(), facts)
    };
    index.all::<NetworkAcl>().iter().map(facts).collect()
}
