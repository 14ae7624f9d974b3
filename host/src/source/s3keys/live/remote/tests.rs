use super::super::tests::Shelf;
use super::*;
use crate::key_population::KeyRecord;
use crate::source::s3keys::sink::Sink;

#[derive(Debug, Default)]
struct Keys(Vec<String>);

impl Sink for Keys {
    fn add(&mut self, bucket: Option<&str>, record: &KeyRecord<'_>) {
        self.0.push(format!("{}: {}", bucket.unwrap_or("-"), String::from_utf8_lossy(record.key)));
    }
}

impl Gather for Keys {
    fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

const LOG: &str = "o src [06/Feb/2019:00:00:38 +0000] - - ID REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - - - - - \"-\" \"-\" -\n";

fn manifest(made: u64, file: &str) -> String {
    format!(
        r#"{{"sourceBucket": "src", "creationTimestamp": "{made}", "fileFormat": "CSV", "fileSchema": "Bucket, Key",
            "files": [{{"key": "inv/data/{file}"}}]}}"#
    )
}

fn shelf() -> Shelf {
    let objects = [
        ("logs/", ""),
        ("logs/1", LOG),
        ("logs/2", LOG),
        ("inv/1/manifest.json", &manifest(1, "1.csv")),
        ("inv/2/manifest.json", &manifest(2, "2.csv")),
        ("inv/2/manifest.checksum", "abc"),
        ("inv/data/1.csv", "\"src\",\"old\"\n"),
        ("inv/data/2.csv", "\"src\",\"a%2Fb\"\n"),
        ("half/manifest.json", &manifest(1, "gone.csv")),
    ];
    Shelf::new(objects.map(|(key, body)| (key.to_owned(), body.as_bytes().to_vec())))
}

async fn read_one(url: &str) -> (Vec<String>, Vec<String>) {
    let sources = vec![(shelf(), Location::parse(url).unwrap())];
    let reading = read_from(sources, Keys::default, Arc::default()).await;
    (reading.gathered.0, reading.problems.iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn objects_and_prefixes() {
    for (url, keys, problems) in [
        ("s3://dst/logs/", &["src: k", "src: k"][..], &[][..]),
        ("s3://dst/logs/1", &["src: k"], &[]),
        ("s3://dst/inv/1/manifest.json", &["src: old"], &[]),
        ("s3://dst/inv/", &["src: a/b"], &[]),
        ("s3://dst/nothing", &[], &["no files in `s3://dst/nothing`"]),
        ("s3://dst", &[], &["`s3://dst/` is a whole bucket"]),
        (
            "s3://dst/half/manifest.json",
            &[],
            &["cannot read `s3://dst/inv/data/gone.csv`: there is no `inv/data/gone.csv`"],
        ),
    ] {
        let (read, found) = read_one(url).await;
        assert_eq!(read, keys, "{url}");
        assert_eq!(found, problems, "{url}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_closed() {
    let shelf = Shelf { denied: Some("dst"), ..shelf() };
    let sources = vec![(shelf, Location::parse("s3://dst/logs").unwrap())];
    let reading = read_from(sources, Keys::default, Arc::default()).await;
    assert_eq!(
        reading.problems[0].to_string(),
        "cannot read `s3://dst/logs`: S3 refuses s3:ListBucket for `dst`: no"
    );
}

#[test]
fn addresses() {
    let location =
        |bucket: &str, key: &str| Some(Location { bucket: bucket.to_owned(), key: key.to_owned() });
    assert_eq!(Location::parse("s3://b/a/b"), location("b", "a/b"));
    assert_eq!(Location::parse("s3://b"), location("b", ""));
    assert_eq!(Location::parse("s3://"), None);
    assert_eq!(Location::parse("b/a"), None);
}
