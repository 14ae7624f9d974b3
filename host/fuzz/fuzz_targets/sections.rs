//! The sections of a WebAssembly module or component: an id, a length, that many bytes.

use libfuzzer_sys::fuzzer_mutate;

/// Magic number, version and layer.
const PREAMBLE: usize = 8;

/// As random as a mutator needs, and the same for the same seed, as libFuzzer asks.
pub(crate) struct Random(u32);

impl Random {
    pub(crate) fn new(seed: u32) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        // xorshift
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % end
    }
}

/// One section lost, repeated, moved, cut off or changed within; changed as a whole where it is a module itself.
pub(crate) fn shuffled(wasm: &[u8], random: &mut Random) -> Vec<u8> {
    let (preamble, rest) = wasm.split_at(PREAMBLE.min(wasm.len()));
    let mut sections = split(rest);
    if !sections.is_empty() {
        let (one, other) = (random.below(sections.len()), random.below(sections.len()));
        match random.below(8) {
            0 => drop(sections.remove(one)),
            1 => sections.insert(other, sections[one].clone()),
            2 => sections.swap(one, other),
            3 => {
                let payload = &mut sections[one].1;
                payload.truncate(random.below(payload.len() + 1));
            }
            _ => sections[one].1 = changed(&sections[one].1, random),
        }
    }
    let sections = sections.iter().flat_map(|(id, payload)| [&[*id], &length(payload.len())[..], payload].concat());
    preamble.iter().copied().chain(sections).collect()
}

fn changed(payload: &[u8], random: &mut Random) -> Vec<u8> {
    if payload.starts_with(b"\0asm") {
        return shuffled(payload, random);
    }
    let mut changed = payload.to_vec();
    changed.resize(payload.len() + 16, 0);
    let (size, room) = (payload.len(), changed.len());
    let size = fuzzer_mutate(&mut changed, size, room);
    changed.truncate(size);
    changed
}

/// Sections as far as there are any; the last one ends where the bytes do.
fn split(mut rest: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut sections = Vec::new();
    while let Some((id, after)) = rest.split_first() {
        let digits = after.iter().take(5).take_while(|it| **it >= 0x80).count() + 1;
        let (digits, after) = after.split_at(digits.min(after.len()));
        let length = digits.iter().rev().fold(0, |sum, it| (sum << 7) | usize::from(it & 0x7f));
        let (payload, after) = after.split_at(length.min(after.len()));
        sections.push((*id, payload.to_vec()));
        rest = after;
    }
    sections
}

/// LEB128, as WebAssembly writes numbers.
fn length(mut length: usize) -> Vec<u8> {
    let mut digits = Vec::new();
    loop {
        let digit = (length & 0x7f) as u8;
        length >>= 7;
        if length == 0 {
            digits.push(digit);
            return digits;
        }
        digits.push(digit | 0x80);
    }
}
