//! The encodings that a snapshot could cross in, each as the host would write it and as a guest would read it.

use archlint_schema::{Instance, Subnet};
use serde::{Deserialize, Serialize};

/// Two kinds with values of every sort: known, absent, symbolic zones, edges, tags.
#[derive(Serialize, Deserialize)]
pub struct Lists {
    pub subnets: Vec<Subnet>,
    pub instances: Vec<Instance>,
}

impl Lists {
    pub fn len(&self) -> usize {
        self.subnets.len() + self.instances.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A self-describing encoding: fields have names, so that a reader skips those it does not know.
pub struct Encoding {
    /// The name of the function that decodes it in a guest.
    pub name: &'static str,
    pub encode: fn(&Lists) -> Vec<u8>,
    pub decode: fn(&[u8]) -> Lists,
}

/// Candidates. Formats without names (postcard, bincode) are none: a new field would break old plugins, and a
/// `Value` could not be told from a known object.
pub const ENCODINGS: &[Encoding] = &[
    Encoding {
        name: "json",
        encode: |it| serde_json::to_vec(it).expect("it has only texts and numbers"),
        decode: |it| serde_json::from_slice(it).expect("it was written by `encode`"),
    },
    Encoding {
        name: "messagepack",
        encode: |it| rmp_serde::to_vec_named(it).expect("it has only texts and numbers"),
        decode: |it| rmp_serde::from_slice(it).expect("it was written by `encode`"),
    },
    Encoding {
        name: "cbor_ciborium",
        encode: |it| {
            let mut bytes = Vec::new();
            ciborium::into_writer(it, &mut bytes).expect("it has only texts and numbers");
            bytes
        },
        decode: |it| ciborium::from_reader(it).expect("it was written by `encode`"),
    },
    Encoding {
        name: "cbor_cbor4ii",
        encode: |it| cbor4ii::serde::to_vec(Vec::new(), it).expect("it has only texts and numbers"),
        decode: |it| cbor4ii::serde::from_slice(it).expect("it was written by `encode`"),
    },
];

/// Memory for a document of some bytes.
#[cfg(target_arch = "wasm32")]
#[expect(unsafe_code, reason = "the name is what the host calls")]
#[unsafe(no_mangle)]
pub extern "C" fn allocate(length: usize) -> *mut u8 {
    Vec::leak(vec![0; length]).as_mut_ptr()
}

/// Decodes a document of the encoding at an index; gives the number of resources.
#[cfg(target_arch = "wasm32")]
#[expect(unsafe_code, reason = "the host gives an address and a length")]
#[unsafe(no_mangle)]
pub extern "C" fn decode(encoding: usize, at: *const u8, length: usize) -> usize {
    // SAFETY: the host wrote so many bytes where `allocate` said.
    let bytes = unsafe { std::slice::from_raw_parts(at, length) };
    (ENCODINGS[encoding].decode)(bytes).len()
}
