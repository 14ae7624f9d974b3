//! The same keys as a plain list, and as reports of S3 Inventory in CSV and in Parquet.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::basic::{Compression as Codec, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// Rows of a data file.
const ROWS: u64 = 1_000_000;
/// Rows of a group within a Parquet file.
const GROUP: u64 = 250_000;
/// 2026-11-01T00:00:00Z, in seconds.
const FIRST: u64 = 1_793_491_200;
/// Keys that are written in a second.
const PER_SECOND: u64 = 10;

/// A key of 62 bytes, by its number: a time first, as a naive writer has it, and something random.
pub(crate) fn key(number: u64, into: &mut String) {
    use std::fmt::Write;
    let second = number / PER_SECOND;
    let (day, hour, minute) = (second / 86_400 % 28 + 1, second / 3_600 % 24, second / 60 % 60);
    into.clear();
    // The multiplier of splitmix64: every number gives another.
    let random = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    write!(
        into,
        "events/2026/11/{day:02}/{hour:02}/{minute:02}/{:02}-{random:016x}-{number:010}.json.gz",
        second % 60
    )
    .expect("a String takes everything");
}

/// Writes `list.txt`, and an inventory in each of the folders `csv` and `parquet`.
pub(crate) fn write(folder: &Path, keys: u64) -> io::Result<()> {
    list(&folder.join("list.txt"), keys)?;
    inventory(&folder.join("csv"), keys, "CSV", "csv.gz", csv)?;
    inventory(&folder.join("parquet"), keys, "Parquet", "parquet", parquet_file)
}

fn list(file: &Path, keys: u64) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    let mut text = String::new();
    for number in 0..keys {
        key(number, &mut text);
        writeln!(out, "{text}")?;
    }
    out.flush()
}

/// As AWS lays it out: the manifest in a dated folder, the data files beside that.
fn inventory(
    folder: &Path,
    keys: u64,
    format: &str,
    ending: &str,
    write: fn(&Path, u64, u64) -> io::Result<()>,
) -> io::Result<()> {
    let (data, dated) = (folder.join("data"), folder.join("2026-11-22T01-00Z"));
    fs::create_dir_all(&data)?;
    fs::create_dir_all(&dated)?;
    let mut files = Vec::new();
    for (at, first) in (0..keys).step_by(usize::try_from(ROWS).expect("rows are few")).enumerate() {
        let name = format!("{at:02}.{ending}");
        write(&data.join(&name), first, (first + ROWS).min(keys))?;
        files.push(format!(r#"{{"key": "all/data/{name}", "MD5checksum": "f"}}"#));
    }
    let schema = match format {
        "CSV" => "Bucket, Key, Size, LastModifiedDate".to_owned(),
        _ => SCHEMA.to_owned(),
    };
    let manifest = format!(
        r#"{{"sourceBucket": "events", "destinationBucket": "arn:aws:s3:::inventories", "version": "2016-11-30",
            "creationTimestamp": "1795312800000", "fileFormat": "{format}", "fileSchema": "{schema}",
            "files": [{}]}}"#,
        files.join(",")
    );
    fs::write(dated.join("manifest.json"), manifest)
}

fn csv(file: &Path, first: u64, end: u64) -> io::Result<()> {
    let out = BufWriter::new(File::create(file)?);
    let mut out = BufWriter::new(GzEncoder::new(out, Compression::default()));
    let mut text = String::new();
    for number in first..end {
        key(number, &mut text);
        let second = number / PER_SECOND;
        let (day, hour, minute) = (second / 86_400 % 28 + 1, second / 3_600 % 24, second / 60 % 60);
        let time = format!("2026-11-{day:02}T{hour:02}:{minute:02}:{:02}.000Z", second % 60);
        writeln!(out, "\"events\",\"{}\",\"{}\",\"{time}\"", text.replace('/', "%2F"), number % 5_000)?;
    }
    out.into_inner()?.finish()?.flush()
}

const SCHEMA: &str = "message s3.inventory { required binary bucket (STRING); required binary key (STRING); \
                      optional int64 size; optional int64 last_modified_date (TIMESTAMP(MILLIS,true)); }";

fn parquet_file(file: &Path, first: u64, end: u64) -> io::Result<()> {
    let schema = Arc::new(parse_message_type(SCHEMA).expect("the schema is valid"));
    let codec = Codec::ZSTD(ZstdLevel::default());
    let properties = Arc::new(WriterProperties::builder().set_compression(codec).build());
    let mut writer = SerializedFileWriter::new(BufWriter::new(File::create(file)?), schema, properties)?;
    let mut text = String::new();
    for from in (first..end).step_by(usize::try_from(GROUP).expect("a group has few rows")) {
        let numbers: Vec<u64> = (from..(from + GROUP).min(end)).collect();
        let there = vec![1; numbers.len()];
        let mut group = writer.next_row_group()?;
        for name in ["bucket", "key", "size", "last_modified_date"] {
            let mut column = group.next_column()?.expect("the schema has as many columns");
            match (column.untyped(), name) {
                (ColumnWriter::ByteArrayColumnWriter(it), "bucket") => {
                    it.write_batch(&vec![ByteArray::from("events"); numbers.len()], None, None)?
                }
                (ColumnWriter::ByteArrayColumnWriter(it), _) => {
                    let mut own = |number: &u64| {
                        key(*number, &mut text);
                        ByteArray::from(text.as_str())
                    };
                    it.write_batch(&numbers.iter().map(&mut own).collect::<Vec<_>>(), None, None)?
                }
                (ColumnWriter::Int64ColumnWriter(it), name) => {
                    let value = |number: &u64| match name {
                        "size" => number % 5_000,
                        _ => (FIRST + number / PER_SECOND) * 1_000,
                    };
                    let values: Vec<i64> = numbers.iter().map(|it| value(it).cast_signed()).collect();
                    it.write_batch(&values, Some(&there), None)?
                }
                _ => unreachable!("the schema has no other columns"),
            };
            column.close()?;
        }
        group.close()?;
    }
    writer.into_inner()?.flush()
}

/// The files of a folder.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|it| Ok(it?.path())).collect()
}
