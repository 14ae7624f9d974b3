//! What an input tells of one object or one request.

/// One object of a bucket, or one request for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRecord<'a> {
    /// The key, decoded: no URL encoding, no quotes.
    pub key: &'a [u8],
    /// When the object was last modified, or the request came in: milliseconds since 1970.
    pub time: Option<i64>,
    /// Bytes of the object.
    pub size: Option<u64>,
    pub operation: Operation,
    /// Whether S3 answered 503 Slow Down.
    pub slow_down: bool,
    /// What tells this record from others of the same key: a version id, a request id.
    pub occurrence: Option<&'a [u8]>,
}

/// What is done with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Operation {
    /// The object is there; nobody says who asks for it.
    #[default]
    Listed,
    /// PUT, COPY, POST, DELETE.
    Write,
    /// GET, HEAD.
    Read,
}

impl<'a> KeyRecord<'a> {
    /// An object of which only the key is known.
    pub fn listed(key: &'a [u8]) -> Self {
        Self { key, time: None, size: None, operation: Operation::Listed, slow_down: false, occurrence: None }
    }
}
