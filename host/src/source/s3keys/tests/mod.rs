//! Files of every format, good and bad, read from a folder.

mod bad;
mod good;
mod inventories;

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Gather, Progress, Reading, Sink, read};
use crate::key_population::{KeyRecord, Operation};

/// A folder that lives as long as its test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("archlint-keys-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn read(&self, name: &str) -> Reading<Seen> {
        read(&[self.0.join(name)], Seen::default, &Progress::default())
    }

    /// What is wrong, without the folder's name.
    fn problems(&self, reading: &Reading<Seen>) -> Vec<String> {
        let folder = format!("{}/", self.0.display());
        reading.problems.iter().map(|it| it.to_string().replace(&folder, "")).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays in the folder for temporary files does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Keeps records as texts: `bucket: key`, and what else is known of them.
#[derive(Debug, Default)]
struct Seen(Vec<String>);

impl Sink for Seen {
    fn add(&mut self, bucket: Option<&str>, record: &KeyRecord<'_>) {
        let mut text = format!("{}: {}", bucket.unwrap_or("-"), String::from_utf8_lossy(record.key));
        let operation = match record.operation {
            Operation::Listed => "",
            Operation::Write => " write",
            Operation::Read => " read",
        };
        text += operation;
        text += &record.time.map_or_else(String::new, |it| format!(" at {it}"));
        text += &record.size.map_or_else(String::new, |it| format!(" of {it}"));
        text +=
            &record.occurrence.map_or_else(String::new, |it| format!(" #{}", String::from_utf8_lossy(it)));
        text += if record.slow_down { " slow" } else { "" };
        self.0.push(text);
    }
}

impl Gather for Seen {
    fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

impl Reading<Seen> {
    /// Which thread has which part is left to chance.
    fn sorted(mut self) -> Vec<String> {
        self.gathered.0.sort();
        self.gathered.0
    }
}

/// Reads one file, under a name that says nothing.
fn read_text(text: impl AsRef<[u8]>) -> (Reading<Seen>, Vec<String>) {
    let folder = Folder::new().with("file", text);
    let reading = folder.read("file");
    let problems = folder.problems(&reading);
    (reading, problems)
}

fn packed(text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_ref()).unwrap();
    encoder.finish().unwrap()
}
