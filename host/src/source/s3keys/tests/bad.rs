//! Inputs with something wrong: what is good counts, what is not is told.

use std::fmt::Write as _;

use super::{Folder, packed, read_text};

const LOG_LINE: &str =
    r#"o b [06/Feb/2019:00:00:38 +0000] - - ID REST.GET.OBJECT k "GET /k HTTP/1.1" 200 - - - - - "-" "-" -"#;

#[track_caller]
fn check(text: impl AsRef<[u8]>, records: usize, expected: &[&str]) {
    let (reading, problems) = read_text(text);
    assert_eq!(problems, expected);
    assert_eq!(reading.gathered.0.len(), records);
}

#[test]
fn files_that_are_none() {
    check("", 0, &["`file` is empty"]);
    check(" \n\n", 0, &["`file` is empty"]);
    check(packed(""), 0, &["`file` is empty"]);
    check("ORC\u{0}\u{1}", 0, &["`file` is an ORC file, which archlint does not read"]);
    check(b"\x7fELF\0\0\0", 0, &["`file` is nothing that archlint reads keys from: it is no text"]);
    check(
        b"PK\x03\x04..",
        0,
        &["`file` is nothing that archlint reads keys from: it is a ZIP archive; unpack it"],
    );
    let utf16 = "`file` is nothing that archlint reads keys from: it is in UTF-16; save it as UTF-8";
    check(b"\xff\xfea\0/\0b\0", 0, &[utf16]);
    let no_reply = "`file` is nothing that archlint reads keys from: it is no reply of list-objects";
    check(r#"{"Buckets": []}"#, 0, &[no_reply]);
    let error = "`file` is nothing that archlint reads keys from: it is an error of S3";
    check("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", 0, &[error]);
    let (_, problems) = read_text("PAR1 and no more PAR1");
    assert!(problems[0].starts_with("`file` cannot be read as Parquet: "), "{problems:?}");
    check(r#"{"Contents": []}"#, 0, &["`file` has no key"]);
    check("# nothing\n", 0, &["`file` has no key"]);
}

#[test]
fn paths_that_lead_nowhere() {
    let folder = Folder::new().with("here", "a");
    std::fs::create_dir(folder.0.join("empty")).unwrap();
    assert_eq!(folder.problems(&folder.read("there")), ["cannot read `there`"]);
    assert_eq!(folder.problems(&folder.read("empty")), ["no files in `empty`"]);
}

#[test]
fn lines_that_are_none() {
    check(b"a\nb\xff\nc\n", 2, &["1 line of `file` not in UTF-8"]);
    check(format!("a\n{}\nb\n", "x".repeat(1025)), 2, &["1 line of `file` longer than a key can be"]);
    check(format!("a\n{}\nb\n", "x".repeat(3 << 20)), 2, &["1 line of `file` longer than a key can be"]);
    check("s3://b/k\ns3://b\ns3://b/\n", 1, &["2 lines of `file` with an address of no object"]);
    let log = format!("{LOG_LINE}\n{LOG_LINE}\nwhat is this\n{LOG_LINE}\n{LOG_LINE}");
    check(log, 4, &["1 line of `file` not of an access log"]);
    let mut table = "key,size\n".to_owned();
    (0..30).for_each(|it| writeln!(table, "k{it},1").unwrap());
    check(format!("{table}a\n"), 30, &["1 row of `file` without the 2 columns that are due"]);
    check(format!("{table}a,big\n"), 31, &["1 row of `file` with a size that cannot be read"]);
    check(format!("{table}\"a,1\nb,2\n"), 30, &["1 row of `file` without the 2 columns that are due"]);
    let objects =
        r#"{"Contents": [{"Key": "a"}, {"Size": 1}, 7, {"Key": 8}, {"Key": "b", "LastModified": "x"}]}"#;
    check(
        objects,
        2,
        &[
            "3 objects of `file` not an object of a listing",
            "1 object of `file` with a time that cannot be read",
        ],
    );
}

#[test]
fn the_first_bad_line_is_shown() {
    let (reading, _) = read_text("a\nb\ns3://\nc\ns3://x\n");
    let error = &reading.problems[0];
    let shown = format!("{:?}", miette::Report::msg(error.to_string()));
    assert!(shown.contains("2 lines of"), "{shown}");
    let super::super::KeysError::Lines { line, text, .. } = error else { panic!("{error:?}") };
    assert_eq!((*line, text.inner().as_str()), (3, "s3://"));
}

#[test]
fn archives_that_end_too_early() {
    let text = (0..200_000).map(|it| format!("some/key/{it}\n")).collect::<Vec<_>>().concat();
    let whole = packed(&text);
    let (reading, problems) = read_text(&whole[..whole.len() / 2]);
    let read = reading.gathered.0.len();
    assert!((10_000..190_000).contains(&read), "{read}");
    assert_eq!(problems, [format!("`file` is damaged, or ends too early; {read} records before that count")]);
    check(&whole[..12], 0, &["`file` is damaged, or ends too early; 0 records before that count"]);
}

#[test]
fn documents_that_end_too_early() {
    let page = r#"{"Contents": [{"Key": "a"}, {"Key": "b"}]}"#;
    let (reading, problems) = read_text(&page[..page.len() - 5]);
    assert_eq!(reading.gathered.0, ["-: a"]);
    assert!(problems[0].starts_with("cannot parse `file`: EOF while parsing"), "{problems:?}");
    // A bad document does not take others with it.
    let (reading, problems) = read_text(format!("{page}\n{{\"Contents\": [}}\n{page}\n"));
    assert_eq!(reading.gathered.0, ["-: a", "-: b", "-: a", "-: b"]);
    assert_eq!(problems.len(), 1);
    let (reading, problems) =
        read_text("<ListBucketResult><Contents><Key>a</Key></Contents><Contents><Key>b");
    assert_eq!(reading.gathered.0, ["-: a"]);
    assert_eq!(problems, ["cannot parse `file`: it ends within `Key`; 1 records before that count"]);
}

#[test]
fn too_many_buckets() {
    let list = (0..1200).map(|it| format!("s3://bucket-{it}/k\n")).collect::<Vec<_>>().concat();
    check(list, 1000, &["200 lines of `file` of one bucket too many"]);
}
