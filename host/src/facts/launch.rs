//! What instances are launched with: their own settings, else those of their launch template or configuration.

use archlint_schema::{
    AutoScalingGroup, Instance, Key, KeySet, LaunchConfiguration, LaunchTemplate, NetworkInterface,
    NodeGroup, Reason, Unknown, Value,
};

use super::index::Index;

pub(crate) struct Launch {
    pub(crate) security_groups: KeySet,
    /// Absent: the subnet decides.
    pub(crate) associate_public_ip: Value<Option<bool>>,
    /// Absent: the subnet decides.
    pub(crate) ipv6: Value<Option<bool>>,
    pub(crate) instance_profile: Value<Option<Key>>,
    pub(crate) user_data_holds_aws_keys: Value<bool>,
    /// Whether it asks for Spot Instances.
    pub(crate) spot: Value<bool>,
    /// The resource that says so, other than the instance or group itself.
    pub(crate) from: Option<Key>,
}

pub(crate) fn of_instance(index: &Index<'_>, instance: &Instance) -> Launch {
    let own = Launch {
        security_groups: own_groups(index, instance),
        associate_public_ip: instance.associate_public_ip.clone(),
        ipv6: instance.ipv6.clone(),
        instance_profile: instance.instance_profile.clone(),
        user_data_holds_aws_keys: instance.user_data_holds_aws_keys.clone(),
        spot: Value::Known(false),
        from: None,
    };
    let launch = match template(index, &instance.launch_template) {
        Some(template) => own.or(template),
        None => own,
    };
    launch.in_default_group(&instance.meta.label)
}

pub(crate) fn of_group(index: &Index<'_>, group: &AutoScalingGroup) -> Launch {
    let from = template(index, &group.launch_template);
    let from = from.or_else(|| configuration(index, &group.launch_configuration));
    let label = &group.meta.label;
    let nothing = || Launch::hidden(&Unknown::new(Reason::NotCollected, format!("what `{label}` launches")));
    from.unwrap_or_else(nothing).in_default_group(label)
}

/// Nodes without a launch template have the security group that EKS makes for the cluster.
pub(crate) fn of_node_group(index: &Index<'_>, group: &NodeGroup) -> Launch {
    let cluster =
        || Unknown::new(Reason::Computed, format!("the cluster's security group of `{}`", group.meta.label));
    let mut launch = template(index, &group.launch_template).unwrap_or_else(Launch::plain);
    if launch.security_groups.is_empty().is_true() {
        launch.security_groups.open = Some(cluster());
    }
    launch
}

/// The groups of an instance stand on its interfaces.
fn own_groups(index: &Index<'_>, instance: &Instance) -> KeySet {
    let mut groups = KeySet::from(&instance.security_groups);
    for interface in instance.network_interfaces.known().into_iter().flatten() {
        match interface.decided() {
            Ok(key) => match index.get::<NetworkInterface>(key) {
                Some(interface) => groups.add_all(&interface.security_groups),
                None => groups.open = groups.open.or_else(|| Some(index.why_absent(key))),
            },
            Err(why) => groups.open = groups.open.or(Some(why)),
        }
    }
    for interface in index.interfaces_of(&instance.meta.key) {
        groups.add_all(&interface.security_groups);
    }
    groups
}

fn template(index: &Index<'_>, edge: &Value<Option<Key>>) -> Option<Launch> {
    match edge.decided() {
        Ok(key) => key.as_ref().map(|key| match index.get::<LaunchTemplate>(key) {
            Some(it) => Launch::from(it),
            None => Launch::hidden(&index.why_absent(key)),
        }),
        Err(why) => Some(Launch::hidden(&why)),
    }
}

fn configuration(index: &Index<'_>, edge: &Value<Option<Key>>) -> Option<Launch> {
    match edge.decided() {
        Ok(key) => key.as_ref().map(|key| match index.get::<LaunchConfiguration>(key) {
            Some(it) => Launch::from(it),
            None => Launch::hidden(&index.why_absent(key)),
        }),
        Err(why) => Some(Launch::hidden(&why)),
    }
}

impl Launch {
    /// What AWS does where nobody says anything.
    fn plain() -> Self {
        Self {
            security_groups: KeySet::of(Vec::new()),
            associate_public_ip: Value::Known(None),
            ipv6: Value::Known(None),
            instance_profile: Value::Known(None),
            user_data_holds_aws_keys: Value::Known(false),
            spot: Value::Known(false),
            from: None,
        }
    }

    fn hidden(why: &Unknown) -> Self {
        Self {
            security_groups: KeySet { members: Vec::new(), open: Some(why.clone()) },
            associate_public_ip: Value::Unknown(why.clone()),
            ipv6: Value::Unknown(why.clone()),
            instance_profile: Value::Unknown(why.clone()),
            user_data_holds_aws_keys: Value::Unknown(why.clone()),
            spot: Value::Unknown(why.clone()),
            from: None,
        }
    }

    /// What is left out here is as it is there.
    fn or(self, other: Self) -> Self {
        fn first<T: PartialEq>(own: Value<Option<T>>, other: Value<Option<T>>) -> Value<Option<T>> {
            if own == Value::Known(None) { other } else { own }
        }
        let has_groups = !self.security_groups.is_empty().is_true();
        let own_keys = self.user_data_holds_aws_keys;
        Self {
            security_groups: if has_groups { self.security_groups } else { other.security_groups },
            associate_public_ip: first(self.associate_public_ip, other.associate_public_ip),
            ipv6: first(self.ipv6, other.ipv6),
            instance_profile: first(self.instance_profile, other.instance_profile),
            user_data_holds_aws_keys: own_keys.or(other.user_data_holds_aws_keys),
            spot: self.spot.or(other.spot),
            from: other.from,
        }
    }

    /// Without a group of its own an instance has the default group of its VPC, whose rules anyone may have changed.
    fn in_default_group(mut self, label: &str) -> Self {
        if self.security_groups.is_empty().is_true() {
            let why = format!("the default security group, which `{label}` has");
            self.security_groups.open = Some(Unknown::new(Reason::NotCollected, why));
        }
        self
    }
}

impl From<&LaunchTemplate> for Launch {
    fn from(it: &LaunchTemplate) -> Self {
        Self {
            security_groups: KeySet::from(&it.security_groups),
            associate_public_ip: it.associate_public_ip.clone(),
            ipv6: it.ipv6.clone(),
            instance_profile: it.instance_profile.clone(),
            user_data_holds_aws_keys: it.user_data_holds_aws_keys.clone(),
            spot: it.market_type.is(|it| it.as_deref() == Some("spot")),
            from: Some(it.meta.key.clone()),
        }
    }
}

impl From<&LaunchConfiguration> for Launch {
    fn from(it: &LaunchConfiguration) -> Self {
        Self {
            security_groups: KeySet::from(&it.security_groups),
            associate_public_ip: it.associate_public_ip.clone(),
            ipv6: Value::Known(None),
            instance_profile: it.instance_profile.clone(),
            user_data_holds_aws_keys: it.user_data_holds_aws_keys.clone(),
            spot: it.spot_price.is(Option::is_some),
            from: Some(it.meta.key.clone()),
        }
    }
}
