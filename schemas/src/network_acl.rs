//! What a network ACL lets through: entries in the order of their numbers, the first that matches decides.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html>

use std::cell::Cell;

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

/// The entries of one direction that can be read, in order, and why there may be others among them.
struct Entries {
    read: Vec<Read>,
    doubt: Option<Unknown>,
}

/// A network ACL prepared for many questions.
pub struct AclFilter {
    inward: Entries,
    outward: Entries,
    /// How many steps are left to compare entries with flows: entries that overlap in many ways need more than any
    /// ACL is worth.
    steps: Cell<usize>,
}

/// No ACL within the quotas of AWS (40 entries a direction) comes near it.
const STEPS: usize = 2_000_000;

impl NetworkAcl {
    /// Whether every packet of a flow is let through. An entry that cannot be read may decide it either way.
    pub fn permits(&self, direction: Direction, flow: &Flow) -> Value<bool> {
        self.filter().map_or_else(Value::Unknown, |it| it.permits(direction, flow))
    }

    /// The parts of a flow that nothing lets through, as [`AclFilter::refused`] gives them.
    pub fn refused(&self, direction: Direction, flow: &Flow) -> Result<Vec<Flow>, Unknown> {
        self.filter()?.refused(direction, flow)
    }

    /// The entries, read once.
    pub fn filter(&self) -> Result<AclFilter, Unknown> {
        let [inward, outward] = [self.read(Direction::In)?, self.read(Direction::Out)?];
        Ok(AclFilter { inward, outward, steps: Cell::new(STEPS) })
    }

    /// What entries for TCP let through, each with the entry's position.
    pub fn allowed_tcp(&self) -> Result<Vec<(usize, Direction, Flow)>, Unknown> {
        let mut allowed = Vec::new();
        for direction in [Direction::In, Direction::Out] {
            let entries = self.read(direction)?.read;
            let tcp = entries.iter().filter(|it| it.allow && it.protocol == Some(TCP));
            allowed.extend(
                tcp.map(|it| (it.at, direction, Flow { protocol: TCP, ports: it.ports, peer: it.cidr })),
            );
        }
        Ok(allowed)
    }

    /// Entries that deny what an entry of a lower number has allowed already, by their positions.
    pub fn ineffective_denies(&self, direction: Direction) -> Vec<usize> {
        let Ok(Entries { read: entries, .. }) = self.read(direction) else { return Vec::new() };
        let shadowed = |(position, deny): (usize, &Read)| {
            let before = entries[..position].iter().filter(|it| it.allow);
            (!deny.allow && before.clone().any(|it| it.includes(deny))).then_some(deny.at)
        };
        entries.iter().enumerate().filter_map(shadowed).collect()
    }

    fn read(&self, direction: Direction) -> Result<Entries, Unknown> {
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
        Ok(Entries { read, doubt })
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

impl Read {
    /// Whether every packet that another entry is for is this one's to decide.
    fn includes(&self, other: &Self) -> bool {
        self.protocol.is_none_or(|it| other.protocol == Some(it))
            && self.ports.0 <= other.ports.0
            && other.ports.1 <= self.ports.1
            && self.cidr.contains(&other.cidr)
    }

    /// Whether some packet of a flow is the entry's to decide.
    fn meets(&self, flow: &Flow) -> bool {
        self.protocol.is_none_or(|it| it == flow.protocol)
            && self.ports.0 <= flow.ports.1
            && flow.ports.0 <= self.ports.1
            && self.ports.0 <= self.ports.1
            && self.cidr.overlaps(&flow.peer)
    }

    /// Whether every packet of a flow that it meets is the entry's to decide.
    fn holds(&self, flow: &Flow) -> bool {
        self.ports.0 <= flow.ports.0 && flow.ports.1 <= self.ports.1 && self.cidr.contains(&flow.peer)
    }
}

/// Addresses that one entry decides about, or none does.
type Decided<'a> = (Cidr, Option<&'a Read>);

/// What decides the blocks of a range of ports.
type DecidedPorts<'a> = ((u16, u16), Vec<Decided<'a>>);

impl AclFilter {
    /// Whether every packet of a flow is let through. An entry that cannot be read may decide it either way.
    pub fn permits(&self, direction: Direction, flow: &Flow) -> Value<bool> {
        let is_allowed = |(_, entry): &Decided<'_>| entry.is_some_and(|it| it.allow);
        match (self.decided(direction, flow), &self.entries(direction).doubt) {
            (Err(why), _) => Value::Unknown(why),
            (Ok(_), Some(why)) => Value::Unknown(why.clone()),
            (Ok(parts), None) => Value::Known(parts.iter().all(|(_, parts)| parts.iter().all(is_allowed))),
        }
    }

    /// The addresses of a flow's peer from or to which all of it is let through.
    fn permitted(&self, direction: Direction, flow: &Flow) -> Result<Option<Cidr>, Unknown> {
        let parts = self.decided(direction, flow)?;
        if let Some(why) = &self.entries(direction).doubt {
            return Err(why.clone());
        }
        let is_allowed = |(_, entry): &&Decided<'_>| entry.is_some_and(|it| it.allow);
        Ok(parts.iter().find_map(|(_, parts)| Some(parts.iter().find(is_allowed)?.0)))
    }

    /// The parts of a flow that nothing lets through. A part that an entry of its own denies is kept out on purpose,
    /// and is none of them.
    pub fn refused(&self, direction: Direction, flow: &Flow) -> Result<Vec<Flow>, Unknown> {
        // Like the last entry, one that denies all of the flow denies what is left.
        let is_refused = |entry: Option<&Read>| entry.is_none_or(|it| !it.allow && it.holds(flow));
        let mut refused: Vec<((u16, u16), Vec<Cidr>)> = Vec::new();
        for (ports, parts) in self.decided(direction, flow)? {
            let peers: Vec<Cidr> =
                parts.into_iter().filter(|(_, entry)| is_refused(*entry)).map(|(peer, _)| peer).collect();
            match refused.last_mut() {
                Some((before, same)) if *same == peers => before.1 = ports.1,
                _ => refused.push((ports, peers)),
            }
        }
        let flows = |(ports, peers): ((u16, u16), Vec<Cidr>)| {
            peers.into_iter().map(move |peer| Flow { ports, peer, ..*flow })
        };
        let refused: Vec<Flow> = refused.into_iter().flat_map(flows).collect();
        match &self.entries(direction).doubt {
            Some(why) if !refused.is_empty() => Err(why.clone()),
            _ => Ok(refused),
        }
    }

    /// The answers to requests, to some ports, that are refused though the requests are let through; absent: none.
    pub fn unanswered(
        &self,
        direction: Direction,
        requests: &Flow,
        ports: (u16, u16),
    ) -> Result<Option<Flow>, Unknown> {
        for refused in self.refused(direction.reverse(), &Flow { ports, ..*requests })? {
            let asked = Flow { peer: refused.peer, ..*requests };
            if let Some(peer) = self.permitted(direction, &asked)? {
                return Ok(Some(Flow { peer, ..refused }));
            }
        }
        Ok(None)
    }

    fn entries(&self, direction: Direction) -> &Entries {
        match direction {
            Direction::In => &self.inward,
            Direction::Out => &self.outward,
        }
    }

    /// Which entry decides each part of a flow: by ranges of ports in order, within which no entry begins or ends,
    /// then by addresses.
    fn decided(&self, direction: Direction, flow: &Flow) -> Result<Vec<DecidedPorts<'_>>, Unknown> {
        let mut entries: Vec<&Read> =
            self.entries(direction).read.iter().filter(|it| it.meets(flow)).collect();
        if let Some(last) = entries.iter().position(|it| it.holds(flow)) {
            entries.truncate(last + 1);
        }
        let ends = entries.iter().flat_map(|it| [Some(it.ports.0), it.ports.1.checked_add(1)]);
        let mut starts: Vec<u16> =
            ends.flatten().filter(|it| (flow.ports.0..=flow.ports.1).contains(it)).collect();
        starts.push(flow.ports.0);
        starts.sort_unstable();
        starts.dedup();
        let mut decided = Vec::new();
        for (at, start) in starts.iter().enumerate() {
            let ports = (*start, starts.get(at + 1).map_or(flow.ports.1, |next| next - 1));
            let here = Flow { ports, ..*flow };
            self.step(entries.len())?;
            let entries: Vec<&Read> = entries.iter().copied().filter(|it| it.meets(&here)).collect();
            let mut blocks = Vec::new();
            self.divide(flow.peer, &entries, &mut blocks)?;
            decided.push((ports, blocks));
        }
        Ok(decided)
    }

    /// Halves a block until each part is one entry's, or none's. The entries are for all ports that are asked about.
    fn divide<'a>(
        &self,
        block: Cidr,
        entries: &[&'a Read],
        parts: &mut Vec<Decided<'a>>,
    ) -> Result<(), Unknown> {
        self.step(1 + entries.len())?;
        // What comes after an entry for the whole block decides nothing of it.
        let last = entries.iter().position(|it| it.cidr.contains(&block));
        match (entries, last) {
            ([], _) => parts.push((block, None)),
            (_, Some(0)) => parts.push((block, Some(entries[0]))),
            _ => {
                let entries = last.map_or(entries, |last| &entries[..=last]);
                for half in block.halves() {
                    let its: Vec<&Read> =
                        entries.iter().copied().filter(|it| it.cidr.overlaps(&half)).collect();
                    self.divide(half, &its, parts)?;
                }
            }
        }
        Ok(())
    }

    fn step(&self, steps: usize) -> Result<(), Unknown> {
        let left = self.steps.get().checked_sub(steps);
        self.steps.set(left.unwrap_or_default());
        let too_many = || Unknown::new(Reason::Computed, "what too many overlapping entries decide together");
        left.map(|_| ()).ok_or_else(too_many)
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
