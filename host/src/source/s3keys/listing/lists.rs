//! The lists within a reply, whose members are handed on one by one.

use std::fmt;

use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::item::Kind;
use super::json::Document;
use crate::source::s3keys::trail;

/// A list of objects, which may be null.
pub(super) struct Items<'i, 'd, 's>(pub(super) &'i mut Document<'d, 's>, pub(super) Kind);

impl<'de> DeserializeSeed<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(raw) = seq.next_element::<Box<RawValue>>()? {
            self.0.item(self.1, raw);
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The events of a file of `CloudTrail`.
pub(super) struct Events<'i, 'd, 's>(pub(super) &'i mut Document<'d, 's>);

impl<'de> DeserializeSeed<'de> for Events<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Events<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let out = &mut *self.0.out;
        while let Some(raw) = seq.next_element::<Box<RawValue>>()? {
            out.tally.lines += 1;
            if let Err(left) = trail::event(raw.get(), out) {
                out.leave(left, raw.get().as_bytes());
            }
        }
        Ok(())
    }
}
