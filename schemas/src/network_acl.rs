//! What a network ACL lets through: entries in the order of their numbers, the first that matches decides.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html>

use serde::{Deserialize, Serialize};

use crate::{Cidr, NetworkAcl, NetworkAclEntry, Protocol, Reason, Unknown, Value};

/// The numbers of protocols that have ports.
const TCP: u8 = 6;
const UDP: u8 = 17;

/// Which way a packet goes, seen from the subnet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    In,
    Out,
}

impl Direction {
    /// The way that answers go.
    #[must_use]
    pub fn reverse(self) -> Self {
        match self {
            Self::In => Self::Out,
            Self::Out => Self::In,
        }
    }
}

/// Packets of one protocol to a range of ports, from or to a block of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Flow {
    /// The number of the protocol: 6 is TCP, 17 is UDP.
    pub protocol: u8,
    pub ports: (u16, u16),
    /// The other end.
    pub peer: Cidr,
}

impl Flow {
    /// Packets to one port; of TCP, where the protocol has none.
    pub fn to(protocol: Protocol, port: u16, peer: Cidr) -> Self {
        let protocol = if protocol == Protocol::Udp { UDP } else { TCP };
        Self { protocol, ports: (port, port), peer }
    }
}

/// An entry of which everything is known.
struct Read {
    number: i64,
    at: usize,
    allow: bool,
    /// Absent: all.
    protocol: Option<u8>,
    ports: (u16, u16),
    cidr: Cidr,
}

impl NetworkAcl {
    /// Whether every packet of a flow is let through. An entry that cannot be read may decide it either way.
    pub fn permits(&self, direction: Direction, flow: &Flow) -> Value<bool> {
        let (entries, doubt) = match self.read(direction) {
            Ok(it) => it,
            Err(why) => return Value::Unknown(why),
        };
        let mut parts = vec![(flow.ports, flow.peer)];
        for entry in entries.iter().filter(|it| it.protocol.is_none_or(|its| its == flow.protocol)) {
            let denied = !entry.allow && parts.iter().any(|part| entry.meets(part));
            if denied {
                return doubt.map_or(Value::Known(false), Value::Unknown);
            }
            parts = parts.into_iter().flat_map(|part| entry.without(part)).collect();
            if parts.is_empty() {
                return doubt.map_or(Value::Known(true), Value::Unknown);
            }
        }
        // What no entry decides, the last one denies.
        doubt.map_or(Value::Known(false), Value::Unknown)
    }

    /// The parts of a flow that nothing lets through. A part that an entry of its own denies is kept out on purpose,
    /// and is none of them.
    pub fn refused(&self, direction: Direction, flow: &Flow) -> Result<Vec<Flow>, Unknown> {
        let (entries, doubt) = self.read(direction)?;
        let whole = (flow.ports, flow.peer);
        let mut parts = vec![whole];
        for entry in entries.iter().filter(|it| it.protocol.is_none_or(|its| its == flow.protocol)) {
            // Like the last entry, one that denies all of the flow denies what is left.
            if !entry.allow && entry.without(whole).is_empty() {
                break;
            }
            parts = parts.into_iter().flat_map(|part| entry.without(part)).collect();
        }
        match doubt {
            Some(why) if !parts.is_empty() => Err(why),
            _ => Ok(parts.into_iter().map(|(ports, peer)| Flow { ports, peer, ..*flow }).collect()),
        }
    }

    /// What entries for TCP let through, each with the entry's position.
    pub fn allowed_tcp(&self) -> Result<Vec<(usize, Direction, Flow)>, Unknown> {
        let mut allowed = Vec::new();
        for direction in [Direction::In, Direction::Out] {
            let (entries, _) = self.read(direction)?;
            let tcp = entries.iter().filter(|it| it.allow && it.protocol == Some(TCP));
            allowed.extend(
                tcp.map(|it| (it.at, direction, Flow { protocol: TCP, ports: it.ports, peer: it.cidr })),
            );
        }
        Ok(allowed)
    }

    /// Entries that deny what an entry of a lower number has allowed already, by their positions.
    pub fn ineffective_denies(&self, direction: Direction) -> Vec<usize> {
        let Ok((entries, _)) = self.read(direction) else { return Vec::new() };
        let shadowed = |(position, deny): (usize, &Read)| {
            let before = entries[..position].iter().filter(|it| it.allow);
            (!deny.allow && before.clone().any(|it| it.includes(deny))).then_some(deny.at)
        };
        entries.iter().enumerate().filter_map(shadowed).collect()
    }

    /// The entries of a direction in order, and why there may be others among them.
    fn read(&self, direction: Direction) -> Result<(Vec<Read>, Option<Unknown>), Unknown> {
        let mut doubt = None;
        let mut read = Vec::new();
        for (at, entry) in self.entries.decided()?.iter().enumerate() {
            match (entry.egress.decided(), entry.read(at)) {
                (Ok(egress), _) if *egress != (direction == Direction::Out) => {}
                (Ok(_), Ok(it)) => read.push(it),
                (Err(why), _) | (Ok(_), Err(why)) => doubt = doubt.or(Some(why)),
            }
        }
        read.sort_by_key(|it| it.number);
        Ok((read, doubt))
    }
}

impl NetworkAclEntry {
    fn read(&self, at: usize) -> Result<Read, Unknown> {
        let odd = |it: &str| Unknown::new(Reason::Computed, format!("`{it}`"));
        let protocol = self.protocol.decided()?;
        let protocol = match protocol.as_str() {
            "-1" => None,
            number => Some(number.parse().map_err(|_| odd(number))?),
        };
        let port = |it: &Value<Option<i64>>, absent: u16| -> Result<u16, Unknown> {
            it.decided()?.map_or(Ok(absent), |it| u16::try_from(it).map_err(|_| odd(&it.to_string())))
        };
        // Ports mean something for TCP and UDP only.
        let has_ports = matches!(protocol, Some(TCP | UDP));
        let ports = if has_ports {
            (port(&self.from_port, 0)?, port(&self.to_port, u16::MAX)?)
        } else {
            (0, u16::MAX)
        };
        let cidr = self.cidr.decided()?;
        Ok(Read {
            number: *self.number.decided()?,
            at,
            allow: *self.allow.decided()?,
            protocol,
            ports,
            cidr: cidr.parse().map_err(|_| odd(cidr))?,
        })
    }
}

type Part = ((u16, u16), Cidr);

impl Read {
    /// Whether some packet of a part is the entry's to decide.
    fn meets(&self, (ports, peer): &Part) -> bool {
        self.ports.0 <= ports.1 && ports.0 <= self.ports.1 && self.cidr.overlaps(peer)
    }

    /// Whether every packet that another entry is for is this one's to decide.
    fn includes(&self, other: &Self) -> bool {
        self.protocol.is_none_or(|it| other.protocol == Some(it))
            && self.ports.0 <= other.ports.0
            && other.ports.1 <= self.ports.1
            && self.cidr.contains(&other.cidr)
    }

    /// What is left of a part for later entries.
    fn without(&self, part: Part) -> Vec<Part> {
        if !self.meets(&part) {
            return vec![part];
        }
        let ((from, to), peer) = part;
        let mut left: Vec<Part> = peer.without(&self.cidr).into_iter().map(|it| ((from, to), it)).collect();
        // Within the addresses that both are for, the ports on either side of the entry's.
        let common = if self.cidr.contains(&peer) { peer } else { self.cidr };
        if from < self.ports.0 {
            left.push(((from, self.ports.0 - 1), common));
        }
        if to > self.ports.1 {
            left.push(((self.ports.1 + 1, to), common));
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Meta;

    /// A network ACL from lines like `100 in allow 6 443-443 0.0.0.0/0`.
    fn acl(lines: &[&str]) -> NetworkAcl {
        let entry = |line: &&str| {
            let words: Vec<&str> = line.split(' ').collect();
            let [number, way, action, protocol, ports, cidr] = words[..] else { panic!("{line}") };
            let (from, to) = ports.split_once('-').unwrap();
            NetworkAclEntry {
                number: Value::Known(number.parse().unwrap()),
                egress: Value::Known(way == "out"),
                allow: Value::Known(action == "allow"),
                protocol: Value::Known(protocol.to_owned()),
                from_port: Value::Known(from.parse().ok()),
                to_port: Value::Known(to.parse().ok()),
                cidr: if cidr == "?" {
                    Value::unknown(Reason::Parameter, "Cidr")
                } else {
                    Value::Known(cidr.to_owned())
                },
            }
        };
        NetworkAcl {
            meta: Meta::new("acl", "acl"),
            vpc: Value::default(),
            is_default: Value::Known(false),
            entries: Value::Known(lines.iter().map(entry).collect()),
            subnets: Value::default(),
        }
    }

    #[track_caller]
    fn check(lines: &[&str], ports: (u16, u16), peer: &str, expected: &[&str]) {
        let flow = Flow { protocol: TCP, ports, peer: peer.parse().unwrap() };
        let refused = match acl(lines).refused(Direction::In, &flow) {
            Ok(refused) => {
                refused.iter().map(|it| format!("{}-{} {}", it.ports.0, it.ports.1, it.peer)).collect()
            }
            Err(why) => vec![why.to_string()],
        };
        assert_eq!(refused, expected, "{lines:?}");
    }

    #[test]
    fn what_nothing_lets_through_is_refused() {
        check(&[], (80, 80), "10.0.0.0/8", &["80-80 10.0.0.0/8"]);
        check(&["100 in allow 6 1024-65535 0.0.0.0/0"], (1024, 65535), "10.0.0.0/8", &[]);
        check(&["100 in allow 17 0-65535 0.0.0.0/0"], (80, 80), "10.0.0.0/8", &["80-80 10.0.0.0/8"]);
        check(&["100 out allow -1 - 0.0.0.0/0"], (80, 80), "10.0.0.0/8", &["80-80 10.0.0.0/8"]);
        check(
            &["100 in allow 6 2000-65535 0.0.0.0/0"],
            (1024, 65535),
            "10.0.0.0/8",
            &["1024-1999 10.0.0.0/8"],
        );
        check(&["100 in allow 6 0-65535 10.0.0.0/9"], (80, 80), "10.0.0.0/8", &["80-80 10.128.0.0/9"]);
    }

    #[test]
    fn what_is_kept_out_on_purpose_is_not_refused() {
        let banned = "50 in deny -1 - 10.1.0.0/16";
        check(&[banned, "100 in allow -1 - 0.0.0.0/0"], (80, 80), "10.0.0.0/8", &[]);
        // To deny everything is not to keep anyone in particular out.
        check(&["50 in deny -1 - 0.0.0.0/0"], (80, 80), "10.0.0.0/8", &["80-80 10.0.0.0/8"]);
    }

    #[test]
    fn an_entry_that_cannot_be_read_may_let_anything_through() {
        check(&["100 in allow 6 80-80 ?"], (80, 80), "10.0.0.0/8", &["parameter Cidr"]);
        check(&["100 in allow 6 80-80 ?", "110 in allow -1 - 0.0.0.0/0"], (80, 80), "10.0.0.0/8", &[]);
    }

    #[test]
    fn entries_for_tcp_with_their_positions() {
        let acl = acl(&[
            "200 out allow 6 443-443 0.0.0.0/0",
            "100 in allow 6 80-80 10.0.0.0/8",
            "110 in deny 6 22-22 0.0.0.0/0",
            "120 in allow -1 - 0.0.0.0/0",
        ]);
        let allowed = acl.allowed_tcp().unwrap();
        let allowed: Vec<String> =
            allowed.iter().map(|(at, way, it)| format!("{at} {way:?} {} {}", it.ports.0, it.peer)).collect();
        assert_eq!(allowed, ["1 In 80 10.0.0.0/8", "0 Out 443 0.0.0.0/0"]);
        assert_eq!(acl.ineffective_denies(Direction::In), Vec::<usize>::new());
    }
}
