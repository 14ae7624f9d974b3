//! What a plugin may use.

use wasmtime::{ResourceLimiter, Result};

/// A plugin file, in bytes.
pub const MODULE_BYTES: usize = 64 << 20;
/// Memory of an instance, in bytes.
const MEMORY_BYTES: usize = 512 << 20;
/// Entries of all tables.
const TABLE_ELEMENTS: usize = 100_000;
/// What crosses between host and plugin in one call, in bytes, besides the document.
const OUTPUT_BYTES: usize = 16 << 20;
/// Findings and undecided subjects of one rule.
pub(crate) const VERDICTS: usize = 100_000;

/// Fuel is a little more than instructions: a call may use this much, whatever the document.
const FUEL: u64 = 500_000_000;
/// And this much for each byte of the document: a real rule uses a few.
const FUEL_PER_BYTE: u64 = 2_000;

/// The fuel of one call with a document of some bytes.
pub(crate) fn fuel(document: usize) -> u64 {
    FUEL.saturating_add(FUEL_PER_BYTE.saturating_mul(document as u64))
}

/// How much may cross in one call with a document of some bytes.
pub(crate) fn hostcall_fuel(document: usize) -> usize {
    OUTPUT_BYTES + document
}

/// Refuses memory and tables past the limits, and remembers that it did: the trap that follows says less.
#[derive(Default)]
pub(crate) struct Limiter {
    pub(crate) refused: Option<&'static str>,
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        if desired > MEMORY_BYTES {
            self.refused = Some("memory");
        }
        Ok(desired <= MEMORY_BYTES)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        if desired > TABLE_ELEMENTS {
            self.refused = Some("tables");
        }
        Ok(desired <= TABLE_ELEMENTS)
    }
}
