//! Which records of an input belong to the population.

use memchr::memchr_iter;
use serde::{Deserialize, Serialize};

use super::record::KeyRecord;

/// What unfinished writes are called: the output committers of Hadoop, Spark and Hive, and tools that copy.
const TEMPORARY_FOLDERS: [&[u8]; 5] =
    [b"_temporary/", b"__magic", b".spark-staging", b".hive-staging", b".emrfs_staging"];
const TEMPORARY_ENDINGS: [&[u8]; 4] = [b"._COPYING_", b".tmp", b".partial", b".filepart"];
/// What Hadoop calls the object that stands for a folder.
const HADOOP_FOLDER: &[u8] = b"_$folder$";

/// What of an input is taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Intake {
    /// How many records are kept. The more, the finer the classification; the memory grows with it.
    pub sample_size: usize,
    /// What keys begin with that a service of AWS chose. One that begins with `/` is found at any depth.
    pub service_owned: Vec<String>,
}

impl Default for Intake {
    fn default() -> Self {
        // Log deliveries, and Control Tower's too, put a prefix of the owner's before `AWSLogs/`.
        let service_owned = ["/AWSLogs/", "aws-controltower/", "inventory/"];
        Self { sample_size: 1 << 16, service_owned: service_owned.map(str::to_owned).into() }
    }
}

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Kept,
    FolderMarker,
    Temporary,
    ServiceOwned,
}

impl Intake {
    pub(super) fn standing(&self, record: &KeyRecord<'_>) -> Standing {
        let key = record.key;
        let is_empty = record.size.is_none_or(|it| it == 0);
        if is_empty && key.ends_with(b"/") || key.ends_with(HADOOP_FOLDER) {
            return Standing::FolderMarker;
        }
        if TEMPORARY_ENDINGS.iter().any(|it| key.ends_with(it)) {
            return Standing::Temporary;
        }
        if self.service_owned.iter().any(|it| begins(key, it.trim_start_matches('/').as_bytes())) {
            return Standing::ServiceOwned;
        }
        // A service owns a key wherever it stands; what is temporary in there is the service's business.
        let mut standing = if is_temporary(key) { Standing::Temporary } else { Standing::Kept };
        for slash in memchr_iter(b'/', key) {
            let rest = &key[slash..];
            if self.service_owned.iter().any(|it| it.starts_with('/') && begins(rest, it.as_bytes())) {
                return Standing::ServiceOwned;
            }
            if is_temporary(&rest[1..]) {
                standing = Standing::Temporary;
            }
        }
        standing
    }
}

/// What most do not, as their second byte tells without a call: the first may be the same slash in all.
fn begins(text: &[u8], prefix: &[u8]) -> bool {
    prefix.get(1).is_none_or(|it| text.get(1) == Some(it)) && text.starts_with(prefix)
}

/// Whether a folder for unfinished writes begins here.
fn is_temporary(rest: &[u8]) -> bool {
    matches!(rest, [b'_' | b'.', ..]) && TEMPORARY_FOLDERS.iter().any(|it| rest.starts_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn standing(key: &str, size: Option<u64>) -> Standing {
        Intake::default().standing(&KeyRecord { size, ..KeyRecord::listed(key.as_bytes()) })
    }

    #[test]
    fn folders() {
        assert_eq!(standing("a/b/", None), Standing::FolderMarker);
        assert_eq!(standing("a/b/", Some(0)), Standing::FolderMarker);
        assert_eq!(standing("a/b/", Some(7)), Standing::Kept);
        assert_eq!(standing("a/b", Some(0)), Standing::Kept);
        assert_eq!(standing("a/b_$folder$", Some(0)), Standing::FolderMarker);
    }

    #[test]
    fn unfinished_writes() {
        for key in
            ["t/_temporary/0/part-1", "t/.hive-staging_2026/x", "t/__magic_job-1/x", "a._COPYING_", "a.tmp"]
        {
            assert_eq!(standing(key, None), Standing::Temporary, "{key}");
        }
        for key in ["t/my_temporary/x", "t/_SUCCESS", "tmp/x"] {
            assert_eq!(standing(key, None), Standing::Kept, "{key}");
        }
    }

    #[test]
    fn names_that_services_choose() {
        for key in
            ["AWSLogs/1/x", "o-abc/AWSLogs/o-abc/1/CloudTrail/x", "inventory/b/x", "AWSLogs/1/x/_temporary/"]
        {
            assert_eq!(standing(key, Some(1)), Standing::ServiceOwned, "{key}");
        }
        for key in ["shop/inventory/x", "MyAWSLogs/x", ""] {
            assert_eq!(standing(key, None), Standing::Kept, "{key}");
        }
    }
}
