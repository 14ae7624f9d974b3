//! Each format as it should be.

use archlint_schema::KeySampling;

use super::{Folder, packed, read_text};
use crate::source::s3keys::{Format, Skip};

const LOG: &str = r#"79a5 logged [06/Feb/2019:00:00:38 +0000] 192.0.2.3 79a5 3E57427F3EXAMPLE REST.PUT.OBJECT photos/a%2520b.jpg "PUT /photos/a%20b.jpg HTTP/1.1" 200 - - 1024 41 28 "-" "S3Console/0.4" - abc= SigV4 ECDHE AuthHeader logged.s3.us-west-1.amazonaws.com TLSV1.1
79a5 logged [06/Feb/2019:00:00:39 +0000] 192.0.2.3 - 891CE47D2EXAMPLE REST.GET.OBJECT c%2Bd "GET /c+d HTTP/1.1" 503 SlowDown 113 - 7 6 "-" "a "quoted" agent" -
79a5 logged [06/Feb/2019:00:00:40 +0000] 192.0.2.3 79a5 A1206F460EXAMPLE REST.GET.BUCKET - "GET /logged?prefix=a HTTP/1.1" 200 - 113 - 7 6 "-" "S3Console/0.4" -
79a5 logged [06/Feb/2019:00:00:41 +0000] - AmazonS3 B1206F460EXAMPLE S3.EXPIRE.OBJECT old "-" - - - 1 - - "-" "-" -
"#;

#[track_caller]
fn check(text: &str, format: Format, expected: &[&str]) {
    for text in [text.as_bytes().to_vec(), packed(text), text.replace('\n', "\r\n").into_bytes()] {
        let (reading, problems) = read_text(text);
        assert_eq!(problems, [""; 0]);
        assert_eq!(reading.inputs.iter().map(|it| it.format).collect::<Vec<_>>(), [format]);
        assert_eq!(reading.inputs[0].records, expected.len() as u64);
        assert_eq!(reading.sorted(), expected);
    }
}

#[test]
fn lists() {
    check("# keys\na/b\n\nc,d e\nf%20g\n", Format::List, &["-: a/b", "-: c,d e", "-: f%20g"]);
    check("\u{feff}a\nb", Format::List, &["-: a", "-: b"]);
    check("s3://x/a\ns3://y/b+c\n", Format::List, &["x: a", "y: b+c"]);
    check("https://x.s3.amazonaws.com/a%2Fb+c\nplain\n", Format::List, &["-: plain", "x: a/b c"]);
    check("\"a \"\"b\"\"\"\n\"c\"\n", Format::List, &["-: a \"b\"", "-: c"]);
    check("{tenant}/a\n[b]/c\n", Format::List, &["-: [b]/c", "-: {tenant}/a"]);
    check("a/1\ta/2\na/3\ta/4\ta/5\n", Format::List, &["-: a/1", "-: a/2", "-: a/3", "-: a/4", "-: a/5"]);
    let ls = "2026-01-31 12:34:56       1024 a/b c\n                           PRE d/\n\nTotal Objects: 1\n";
    check(ls, Format::List, &["-: a/b c at 1769862896000 of 1024"]);
}

#[test]
fn tables() {
    check("label,a/b\nother,a/c\n", Format::Table, &["-: a/b", "-: a/c"]);
    check("name,path\nlabel,a/b\nother,a/c\n", Format::Table, &["-: a/b", "-: a/c"]);
    check("bucket;key;size\nx;a;1\ny;b;2\n", Format::Table, &["x: a of 1", "y: b of 2"]);
    check(
        "id,one,two\n1,s3://x/a,s3://x/b\n2,,\"['s3://x/c', 's3://y/d']\"\n",
        Format::Table,
        &["x: a", "x: b", "x: c", "y: d"],
    );
    check("uri\ns3://x/a\ns3://x/b\n", Format::Table, &["x: a", "x: b"]);
    check("note,Key\n\"two\nlines\",a\n-,\"b,c\"\n", Format::Table, &["-: a", "-: b,c"]);
    // A comma in keys makes no table.
    check("a,b/c\nd/e,f\n", Format::List, &["-: a,b/c", "-: d/e,f"]);
    check("a/b,c.jpg\na/d,e.jpg\n", Format::List, &["-: a/b,c.jpg", "-: a/d,e.jpg"]);
}

#[test]
fn a_table_says_what_was_taken() {
    let (reading, _) = read_text("id,url,link\n1,s3://x/a,https://example.com/b\n");
    assert_eq!(reading.inputs[0].notes, ["column `url` is taken: addresses of objects stand there"]);
    let (reading, _) = read_text("label,a/b\n");
    assert_eq!(reading.inputs[0].format, Format::List);
}

#[test]
fn journals_of_s3_metadata() {
    let journal = "\"bucket\",\"key\",\"record_type\",\"record_timestamp\",\"version_id\",\"is_delete_marker\",\"size\",\
                   \"last_modified_date\"\n\
                   \"x\",\"a%20b\",\"CREATE\",\"2026-01-31 12:34:56.000\",\"v1\",\"\",\"7\",\"2026-01-31 12:34:55\"\n\
                   \"x\",\"a%20b\",\"UPDATE_METADATA\",\"2026-01-31 12:34:57.000\",\"v1\",\"\",\"7\",\"\"\n\
                   \"x\",\"c\",\"DELETE\",\"2026-01-31 12:34:58.000\",\"\",\"true\",\"\",\"\"\n";
    let expected = ["x: a%20b write at 1769862896000 of 7 #v1", "x: c write at 1769862898000"];
    check(journal, Format::Journal, &expected);
    let (reading, _) = read_text(journal);
    assert_eq!(reading.sampling(Some("x")), Some(KeySampling::Requests));
    assert_eq!(reading.sampling(Some("y")), None);
    assert_eq!(reading.inputs[0].skipped[&Skip::NotAWrite], 1);
}

#[test]
fn access_logs() {
    check(
        LOG,
        Format::AccessLog,
        &[
            "logged: a".replace('a', "c+d read at 1549411239000 #891CE47D2EXAMPLE slow").as_str(),
            "logged: photos/a b.jpg write at 1549411238000 of 1024 #3E57427F3EXAMPLE",
        ],
    );
    let (reading, _) = read_text(LOG);
    assert_eq!(reading.inputs[0].skipped[&Skip::NotForAnObject], 2);
    assert_eq!(reading.sampling(Some("logged")), Some(KeySampling::Requests));
}

#[test]
fn replies() {
    let item = r#"{"Key": "a", "LastModified": "2026-01-31T12:34:56+00:00", "Size": 5}"#;
    let read = "a at 1769862896000 of 5";
    check(
        &format!(r#"{{"Contents": [{item}], "RequestCharged": null}}"#),
        Format::Listing,
        &[&format!("-: {read}")],
    );
    let named = format!(r#"{{"status_code": 200, "data": {{"Contents": [{item}], "Name": "x"}}}}"#);
    check(&named, Format::Listing, &[&format!("x: {read}")]);
    check(&format!("{named}\n{named}\n"), Format::Listing, &[&format!("x: {read}"), &format!("x: {read}")]);
    check(&format!("[{named},\n{named}]"), Format::Listing, &[&format!("x: {read}"), &format!("x: {read}")]);
    check(r#"["a", "b \"c\""]"#, Format::Listing, &["-: a", "-: b \"c\""]);
    check(r#"[{"Key": "data"}, {"Key": "b"}]"#, Format::Listing, &["-: b", "-: data"]);
    let placebo = r#"{"Name": "x", "Versions": [{"Key": "a", "VersionId": "null", "LastModified": {"hour": 12,
        "__class__": "datetime", "month": 1, "second": 56, "microsecond": 0, "year": 2026, "day": 31, "minute": 34}},
        {"Key": "a", "VersionId": "v1"}], "DeleteMarkers": [{"Key": "a"}]}"#;
    check(placebo, Format::Listing, &["x: a #v1", "x: a at 1769862896000"]);
}

#[test]
fn replies_in_xml() {
    let xml = r#"<?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>x</Name><Prefix/>
        <IsTruncated>false</IsTruncated><Contents><Key>a&amp;b &#x41;</Key>
        <LastModified>2026-01-31T12:34:56.000Z</LastModified><Size>5</Size><Owner><ID>1</ID></Owner></Contents>
        </ListBucketResult>"#;
    check(xml, Format::Listing, &["x: a&b A at 1769862896000 of 5"]);
    let encoded = "<ListVersionsResult><Name>x</Name><EncodingType>url</EncodingType><Version><Key>a%2Bb+c</Key>\
                   <VersionId>v1</VersionId></Version><DeleteMarker><Key>a</Key></DeleteMarker></ListVersionsResult>";
    check(encoded, Format::Listing, &["x: a+b c #v1"]);
}

#[test]
fn listings_that_were_cut_are_heads() {
    let keys = |count: usize| vec![r#"{"Key": "a"}"#; count].join(",");
    for (text, expected) in [
        (format!(r#"{{"IsTruncated": true, "Contents": [{}]}}"#, keys(2)), KeySampling::ListingHead),
        (format!(r#"{{"IsTruncated": false, "Contents": [{}]}}"#, keys(1000)), KeySampling::Uniform),
        (format!(r#"{{"Contents": [{}]}}"#, keys(1000)), KeySampling::ListingHead),
        (format!(r#"{{"Contents": [{}]}}"#, keys(1001)), KeySampling::Uniform),
        (format!(r#"{{"Contents": [{}], "NextToken": "x"}}"#, keys(1500)), KeySampling::ListingHead),
        (
            format!(
                "{{\"IsTruncated\": true, \"Contents\": [{0}]}}\n{{\"IsTruncated\": false, \"Contents\": [{0}]}}",
                keys(9)
            ),
            KeySampling::Uniform,
        ),
        (
            format!(r#"{{"CommonPrefixes": [{{"Prefix": "b/"}}], "Contents": [{}]}}"#, keys(2)),
            KeySampling::ListingHead,
        ),
    ] {
        let (reading, problems) = read_text(&text);
        assert_eq!((reading.inputs[0].sampling, problems.len()), (expected, 0), "{}", &text[..80]);
    }
}

#[test]
fn trails() {
    let trail = r#"{"Records": [
        {"eventSource": "s3.amazonaws.com", "eventName": "PutObject", "eventTime": "2026-01-31T12:34:56Z",
         "errorCode": "SlowDown", "requestID": "R", "requestParameters": {"bucketName": "x", "key": "a/b"}},
        {"eventSource": "s3.amazonaws.com", "eventName": "ListObjects", "eventTime": "2026-01-31T12:34:56Z",
         "requestParameters": {"bucketName": "x"}},
        {"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "eventTime": "2026-01-31T12:34:56Z",
         "requestParameters": null}]}"#;
    check(trail, Format::Trail, &["x: a/b write at 1769862896000 #R slow"]);
}

#[test]
fn folders_are_read_whole() {
    let folder = Folder::new()
        .with("logs/a", LOG)
        .with("logs/deeper/b.gz", packed(LOG))
        .with("logs/.hidden", "nothing")
        .with("logs/keys.txt", "a/b\n");
    let reading = folder.read("logs");
    assert_eq!(folder.problems(&reading), [""; 0]);
    let inputs: Vec<_> = reading.inputs.iter().map(|it| (it.format, it.files, it.records)).collect();
    assert_eq!(inputs, [(Format::AccessLog, 2, 4), (Format::List, 1, 1)]);
}
