//! How many targets stand in each zone.

use archlint_schema::{Reason, Unknown, Value, ZoneCapacity, ZoneMember, ZoneSet};

/// A target in the unit in which they are counted.
const TARGET: u64 = 1000;

/// The targets of one target group so far.
#[derive(Default)]
pub(crate) struct Capacity {
    zones: Vec<ZoneCapacity>,
    /// Why it cannot be told.
    doubt: Option<Unknown>,
}

impl Capacity {
    /// Adds a number of targets that are spread evenly over some zones.
    pub(crate) fn add(&mut self, number: &Value<i64>, over: &ZoneSet) {
        let distinct = distinct(over);
        let (number, zones) = match (number.decided(), distinct) {
            (Ok(number), Ok(zones)) => (u64::try_from(*number).unwrap_or(0), zones),
            (Err(why), _) | (_, Err(why)) => return self.hide(&why),
        };
        for zone in &zones {
            // A division that does not come out even makes no difference that matters.
            let share = number * TARGET / zones.len() as u64;
            if let Err(why) = self.put(zone, share) {
                return self.hide(&why);
            }
        }
    }

    pub(crate) fn hide(&mut self, why: &Unknown) {
        self.doubt = self.doubt.take().or_else(|| Some(why.clone()));
    }

    fn put(&mut self, zone: &ZoneMember, thousandths: u64) -> Result<(), Unknown> {
        for known in &mut self.zones {
            if *known.zone.same(zone).decided()? {
                known.thousandths += thousandths;
                return Ok(());
            }
        }
        self.zones.push(ZoneCapacity { zone: zone.clone(), thousandths });
        Ok(())
    }

    /// The number in each zone, if all of it can be told.
    pub(crate) fn in_zones(&self) -> Value<Vec<ZoneCapacity>> {
        match &self.doubt {
            Some(why) => Value::Unknown(why.clone()),
            None => Value::Known(self.zones.clone()),
        }
    }
}

/// One member for each zone.
fn distinct(set: &ZoneSet) -> Result<Vec<ZoneMember>, Unknown> {
    if let Some(why) = &set.open {
        return Err(why.clone());
    }
    let mut zones: Vec<ZoneMember> = Vec::new();
    for member in &set.members {
        let mut is_new = true;
        for known in &zones {
            is_new &= !*known.same(member).decided()?;
        }
        if is_new {
            zones.push(member.clone());
        }
    }
    // Targets without a zone would be none of any zone's.
    if zones.is_empty() { Err(Reason::NotCollected.into()) } else { Ok(zones) }
}
