//! The rules of security groups made comparable: protocols and ports as numbers, peers as blocks of addresses.

use archlint_schema::{
    Admission, AdmissionRule, AdmittedPeer, Cidr, Peer, PrefixList, Protocol, Reason, RulePlace,
    SecurityGroup, SecurityGroupRule, Value,
};

use super::index::Index;
use super::routes;

/// The rules of one direction.
pub(crate) fn admission(
    index: &Index<'_>,
    group: &SecurityGroup,
    rules: &Value<Vec<SecurityGroupRule>>,
    direction: &str,
) -> Admission {
    let rules = match rules.decided() {
        Ok(rules) => rules,
        Err(why) => return Admission { rules: Vec::new(), open: Some(why) },
    };
    let rule = |(at, rule): (usize, &SecurityGroupRule)| AdmissionRule {
        at: RulePlace { security_group: group.meta.key.clone(), path: format!("{direction}[{at}]") },
        protocol: rule.protocol.clone().map(|it| protocol(&it)),
        ports: ports(rule),
        peer: peer(index, &rule.peer),
    };
    let part = if direction == "ingress" {
        "AWS::EC2::SecurityGroupIngress"
    } else {
        "AWS::EC2::SecurityGroupEgress"
    };
    let open = index.unseen_within(part, &group.meta.key);
    Admission { rules: rules.iter().enumerate().map(rule).collect(), open }
}

fn protocol(name: &str) -> Protocol {
    match name.to_ascii_lowercase().as_str() {
        "-1" | "all" => Protocol::All,
        "tcp" | "6" => Protocol::Tcp,
        "udp" | "17" => Protocol::Udp,
        "icmp" | "icmpv6" | "1" | "58" => Protocol::Icmp,
        _ => Protocol::Other,
    }
}

/// The ports of a rule; -1, or none, stands for all of them. Of ICMP they are types and codes.
fn ports(rule: &SecurityGroupRule) -> Value<Option<(u16, u16)>> {
    let has_ports = rule.protocol.is(|it| matches!(protocol(it), Protocol::Tcp | Protocol::Udp));
    if has_ports.is_false() {
        return Value::Known(None);
    }
    match (rule.from_port.decided(), rule.to_port.decided()) {
        (Err(why), _) | (_, Err(why)) => Value::Unknown(why),
        (Ok(None | Some(-1)), _) => Value::Known(None),
        (Ok(Some(from)), Ok(to)) => match (u16::try_from(*from), u16::try_from(to.unwrap_or(*from))) {
            (Ok(from), Ok(to)) => Value::Known(Some((from, to))),
            _ => Value::unknown(Reason::Computed, format!("port {from}")),
        },
    }
}

fn peer(index: &Index<'_>, peer: &Value<Peer>) -> Value<AdmittedPeer> {
    let block = |text: &str| match text.parse::<Cidr>() {
        Ok(it) => Value::Known(AdmittedPeer::Blocks(vec![it])),
        Err(_) => Value::unknown(Reason::Computed, text),
    };
    match peer.decided() {
        Err(why) => Value::Unknown(why),
        Ok(Peer::Ipv4(text) | Peer::Ipv6(text)) => block(text),
        Ok(Peer::SecurityGroup(key)) => Value::Known(AdmittedPeer::SecurityGroup(key.clone())),
        Ok(Peer::PrefixList(key)) => match index.get::<PrefixList>(key) {
            Some(list) => routes::entries(list).map(AdmittedPeer::Blocks),
            None => Value::Unknown(index.why_absent(key)),
        },
    }
}
