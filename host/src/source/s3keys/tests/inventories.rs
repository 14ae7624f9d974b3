//! Reports of S3 Inventory.

use std::sync::Arc;

use ::parquet::basic::{Compression, GzipLevel, ZstdLevel};
use ::parquet::column::writer::ColumnWriter;
use ::parquet::data_type::ByteArray;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;

use super::{Folder, packed};
use crate::source::s3keys::{Format, Skip};

const SCHEMA: &str = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, StorageClass";
const ROWS: &str = "\"src\",\"a%2Fb+c\",\"v1\",\"true\",\"false\",\"5\",\"2026-01-31T12:34:56.000Z\",\"STANDARD\"\n\
                    \"src\",\"gone\",\"v2\",\"true\",\"true\",\"\",\"2026-01-31T12:34:57.000Z\",\"\"\n";
const READ: &str = "src: a/b c at 1769862896000 of 5 #v1";

fn manifest(format: &str, schema: &str, made: u64, files: &[&str]) -> String {
    let files = files.iter().map(|it| format!(r#"{{"key": "to/src/all/data/{it}", "MD5checksum": "f"}}"#));
    let files = files.collect::<Vec<_>>().join(",");
    format!(
        r#"{{"sourceBucket": "src", "destinationBucket": "arn:aws:s3:::dst", "version": "2016-11-30",
            "creationTimestamp": "{made}", "fileFormat": "{format}", "fileSchema": "{schema}", "files": [{files}]}}"#
    )
}

/// A file with the columns of an inventory and some of their physical types, in row groups of two.
fn parquet(compression: Compression, keys: &[&str]) -> Vec<u8> {
    let schema = "message inventory { required binary bucket (UTF8); required binary key (UTF8); optional int64 size; \
                  optional int64 last_modified_date (TIMESTAMP_MICROS); optional boolean is_delete_marker; \
                  optional group tags { optional binary key (UTF8); } }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    for keys in keys.chunks(2) {
        let mut group = writer.next_row_group().unwrap();
        let mut index = 0;
        while let Some(mut column) = group.next_column().unwrap() {
            // The last row of each group has nothing but a key.
            let levels: Vec<i16> = (0..keys.len()).map(|it| i16::from(it + 1 < keys.len())).collect();
            let there = keys.len() - 1;
            match (column.untyped(), index) {
                (ColumnWriter::ByteArrayColumnWriter(it), 0) => {
                    it.write_batch(&vec![ByteArray::from("src"); keys.len()], None, None).unwrap()
                }
                (ColumnWriter::ByteArrayColumnWriter(it), 1) => {
                    let keys: Vec<ByteArray> = keys.iter().map(|it| ByteArray::from(*it)).collect();
                    it.write_batch(&keys, None, None).unwrap()
                }
                (ColumnWriter::ByteArrayColumnWriter(it), _) => {
                    it.write_batch(&[], Some(&vec![0; keys.len()]), None).unwrap()
                }
                (ColumnWriter::Int64ColumnWriter(it), 2) => {
                    it.write_batch(&vec![5; there], Some(&levels), None).unwrap()
                }
                (ColumnWriter::Int64ColumnWriter(it), _) => {
                    it.write_batch(&vec![1_769_862_896_000_123; there], Some(&levels), None).unwrap()
                }
                (ColumnWriter::BoolColumnWriter(it), _) => {
                    it.write_batch(&vec![keys[0] == "gone"; there], Some(&levels), None).unwrap()
                }
                _ => unreachable!("the schema has no other columns"),
            };
            column.close().unwrap();
            index += 1;
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn data_files_are_found() {
    let manifest = manifest("CSV", SCHEMA, 1, &["1.csv.gz"]);
    for (where_manifest, where_data) in [
        ("to/src/all/2026-01-31T01-00Z/manifest.json", "to/src/all/data/1.csv.gz"),
        ("all/2026-01-31T01-00Z/manifest.json", "all/data/1.csv.gz"),
        ("manifest.json", "data/1.csv.gz"),
        ("manifest.json", "1.csv.gz"),
        ("any name", "to/src/all/data/1.csv.gz"),
    ] {
        let folder = Folder::new().with(where_manifest, &manifest).with(where_data, packed(ROWS));
        // By the manifest, and by the folder: the data is not read twice.
        for name in [where_manifest, "."] {
            let reading = folder.read(name);
            assert_eq!(folder.problems(&reading), [""; 0], "{where_manifest}");
            assert_eq!(reading.inputs.len(), 1);
            assert_eq!(reading.inputs[0].format, Format::Inventory);
            assert_eq!(reading.inputs[0].skipped[&Skip::DeleteMarker], 1);
            assert_eq!(reading.sorted(), [READ]);
        }
    }
}

#[test]
fn a_manifest_leads_nowhere_that_was_not_named() {
    let dated = "in/2026-01-31T01-00Z/manifest.json";
    let named =
        |key: &str| manifest("CSV", SCHEMA, 1, &["1.csv.gz"]).replace("to/src/all/data/1.csv.gz", key);
    // Where the manifest is, what is named, what the manifest names, where that is, and whether it is read.
    for (place, input, key, data, is_read) in [
        (dated, dated, "to/in/data/1.csv.gz", "in/data/1.csv.gz", true),
        (dated, "in", "to/in/data/1.csv.gz", "in/data/1.csv.gz", true),
        (dated, ".", "data/1.csv.gz", "data/1.csv.gz", true),
        (dated, dated, "data/1.csv.gz", "data/1.csv.gz", false),
        (dated, dated, "in/1.csv.gz", "in/1.csv.gz", false),
        (dated, "in", "data/1.csv.gz", "data/1.csv.gz", false),
        ("in/any/manifest.json", "in/any/manifest.json", "data/1.csv.gz", "in/data/1.csv.gz", false),
        ("in/any/manifest.json", "in", "data/1.csv.gz", "in/data/1.csv.gz", true),
        (dated, dated, "../data/1.csv.gz", "in/data/1.csv.gz", false),
    ] {
        let folder = Folder::new().with(place, named(key)).with(data, packed(ROWS));
        let reading = folder.read(input);
        let problems = folder.problems(&reading).len();
        assert_eq!(problems, usize::from(!is_read), "{place} {input} {key} {data}");
        let expected = if is_read { vec![READ.to_owned()] } else { Vec::new() };
        assert_eq!(reading.sorted(), expected, "{place} {input} {key} {data}");
    }
    let folder = Folder::new().with("secret/1.csv", "hunter2\n");
    let absolute = folder.0.join("secret/1.csv");
    let reading = folder.with("in/m.json", named(&absolute.display().to_string())).read("in/m.json");
    assert_eq!(reading.sorted(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn links_in_a_folder_are_not_followed() {
    let folder = Folder::new()
        .with("secret/1.csv.gz", packed(ROWS))
        .with("in/keys.txt", "a\n")
        .with("in/m.json", manifest("CSV", SCHEMA, 1, &["1.csv.gz"]));
    for (target, link) in [("secret", "in/data"), ("secret/1.csv.gz", "in/1.csv.gz")] {
        std::os::unix::fs::symlink(folder.0.join(target), folder.0.join(link)).unwrap();
    }
    for (input, expected) in [("in", vec!["-: a".to_owned()]), ("in/m.json", Vec::new())] {
        let reading = folder.read(input);
        let problem = "`in/m.json` names `to/src/all/data/1.csv.gz`, which is not beside it";
        assert_eq!(folder.problems(&reading), [problem], "{input}");
        assert_eq!(reading.sorted(), expected, "{input}");
    }
}

#[test]
fn what_a_manifest_may_lack() {
    let folder = Folder::new()
        .with("half.json", manifest("CSV", SCHEMA, 1, &["1.csv.gz", "2.csv.gz"]))
        .with("1.csv.gz", packed(ROWS));
    let reading = folder.read("half.json");
    assert_eq!(
        folder.problems(&reading),
        ["`half.json` names `to/src/all/data/2.csv.gz`, which is not beside it"]
    );
    assert_eq!(reading.sorted(), [READ]);
    for (manifest, expected) in [
        (
            manifest("ORC", "struct<bucket:string>", 1, &["1.orc"]),
            "`m` is an ORC file, which archlint does not read",
        ),
        (
            manifest("CSV", "Bucket, Size", 1, &[]),
            "`m` is a damaged manifest: no column of `Bucket, Size` is the key",
        ),
        (manifest("AVRO", SCHEMA, 1, &[]), "`m` is a damaged manifest: it is of files in AVRO"),
        (
            manifest("CSV", SCHEMA, 1, &[]).replace("2016-11-30", "2030-01-01"),
            "`m` is a damaged manifest: it is of version 2030-01-01, and archlint reads 2016-11-30",
        ),
        (
            manifest("CSV", SCHEMA, 1, &["../../../../etc/hosts"]),
            "`m` names `to/src/all/data/../../../../etc/hosts`, which is not beside it",
        ),
    ] {
        let folder = Folder::new().with("m", manifest);
        assert_eq!(folder.problems(&folder.read("m")), [expected]);
    }
    let folder = Folder::new().with("m", r#"{"fileFormat": "CSV", "fileSchema": "Key", "files": 1}"#);
    let problems = folder.problems(&folder.read("m"));
    assert!(problems[0].starts_with("`m` is a damaged manifest: "), "{problems:?}");
}

#[test]
fn data_of_another_size_is_read_and_told() {
    let sized =
        manifest("CSV", SCHEMA, 1, &["1.csv"]).replace(r#""MD5checksum""#, r#""size": 1000, "MD5checksum""#);
    let folder = Folder::new().with("m", sized).with("1.csv", ROWS);
    let reading = folder.read("m");
    let expected = format!("1.csv` has {} bytes, where `m` says 1000", ROWS.len());
    assert!(folder.problems(&reading)[0].ends_with(&expected));
    assert_eq!(reading.sorted(), [READ]);
}

#[test]
fn the_newest_report_counts() {
    let folder = Folder::new()
        .with("all/1/manifest.json", manifest("CSV", SCHEMA, 1, &["1.csv"]))
        .with("all/2/manifest.json", manifest("CSV", SCHEMA, 2, &["2.csv"]))
        .with("all/data/1.csv", ROWS.replace("%2F", "old"))
        .with("all/data/2.csv", ROWS);
    let reading = folder.read("all");
    assert_eq!(reading.inputs[0].notes, ["1 older reports of the same inventory are left out"]);
    assert_eq!(reading.sorted(), [READ]);
}

#[test]
fn data_without_a_manifest() {
    let folder = Folder::new().with("1.csv.gz", packed(ROWS)).with("2", "\"src\",\"a%2Fb\"\n\"src\",\"c\"\n");
    let reading = folder.read("1.csv.gz");
    assert!(reading.inputs[0].notes[0].contains("without its manifest"));
    assert_eq!(reading.sorted(), [READ]);
    assert_eq!(folder.read("2").sorted(), ["src: a/b", "src: c"]);
}

#[test]
fn parquet_files() {
    let keys = ["a/b%20c", "d", "gone", "e", "f"];
    let expected = ["src: a/b%20c at 1769862896000 of 5", "src: d", "src: e", "src: f"];
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        let data = parquet(compression, &keys);
        let folder = Folder::new()
            .with("m", manifest("Parquet", "message s3.inventory { }", 1, &["1.parquet"]))
            .with("1.parquet", &data);
        for name in ["m", "1.parquet"] {
            let reading = folder.read(name);
            assert_eq!(folder.problems(&reading), [""; 0]);
            assert_eq!(reading.inputs[0].skipped[&Skip::DeleteMarker], 1);
            assert_eq!(reading.sorted(), expected);
        }
    }
}

#[test]
fn damaged_parquet_files_do_no_harm() {
    let whole = parquet(Compression::SNAPPY, &["a/b", "c", "d", "e", "f"]);
    let mut folder = Folder::new();
    for at in (0..whole.len()).step_by(3) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        folder = folder.with("f", &damaged);
        let reading = folder.read("f");
        assert!(!reading.problems.is_empty() || !reading.gathered.0.is_empty(), "byte {at}");
    }
    for length in (0..whole.len()).step_by(31) {
        folder = folder.with("f", &whole[..length]);
        assert_eq!(folder.read("f").problems.len(), 1, "{length} bytes");
    }
}

#[test]
fn other_parquet_files() {
    let schema = Arc::new(
        parse_message_type("message m { optional int32 key; optional binary name (UTF8); }").unwrap(),
    );
    let writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let folder = Folder::new().with("f", writer.into_inner().unwrap());
    assert_eq!(folder.problems(&folder.read("f")), ["`f` has no key"]);
    let schema = Arc::new(parse_message_type("message m { optional binary name (UTF8); }").unwrap());
    let writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let folder = Folder::new().with("f", writer.into_inner().unwrap());
    assert_eq!(folder.problems(&folder.read("f")), ["`f` has no column of keys, but name"]);
}
