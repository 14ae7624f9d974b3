//! What a network ACL lets through: entries in the order of their numbers, the first that matches decides.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html>

use crate::{Cidr, NetworkAcl, NetworkAclEntry, Reason, Unknown, Value};

/// Which way a packet goes, seen from the subnet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    In,
    Out,
}

/// Packets of one protocol to a range of ports, from or to a block of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// The number of the protocol: 6 is TCP, 17 is UDP.
    pub protocol: u8,
    pub ports: (u16, u16),
    /// The other end.
    pub peer: Cidr,
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
        let has_ports = matches!(protocol, Some(6 | 17));
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
