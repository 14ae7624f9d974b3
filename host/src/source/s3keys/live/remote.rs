//! Inputs that stand in S3: `s3://bucket/.../manifest.json` is a report of S3 Inventory, `s3://bucket/prefix` all
//! objects with that prefix, such as access logs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use miette::Diagnostic as _;
use tokio::task::{JoinSet, spawn_blocking};

use super::spool::Spool;
use super::store::{List, S3, Store, StoreError};
use crate::source::s3keys::conclude::{Done, conclude};
use crate::source::s3keys::detect::detect;
use crate::source::s3keys::error::KeysError;
use crate::source::s3keys::input::Reading;
use crate::source::s3keys::inventory::manifest::{self, Encoding, Manifest};
use crate::source::s3keys::plan::{Plan, Planned, detect_data};
use crate::source::s3keys::read::jobs;
use crate::source::s3keys::sink::{Gather, Progress};
use crate::source::session::{self, Access, SessionError};

/// Of more objects with a prefix the last ones are read: the newest logs, by the way their keys begin.
const MOST_OBJECTS: usize = 10_000;
/// Requests to list what begins with a prefix, of a thousand objects each.
const MOST_PAGES: u64 = 1_000;
/// A manifest that names 100,000 files has less.
const LARGEST_MANIFEST: u64 = 64 << 20;
/// What AWS puts beside a manifest.
const BESIDE_MANIFESTS: [&str; 2] = ["manifest.checksum", "symlink.txt"];

/// An object, or all objects with a prefix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    pub bucket: String,
    pub key: String,
}

impl Location {
    /// `s3://bucket/key`; the key may be empty.
    pub fn parse(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("s3://")?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        (!bucket.is_empty()).then(|| Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }

    fn url(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.key)
    }
}

/// An object to read.
struct Remote<S> {
    store: S,
    at: Location,
    input: String,
    encoding: Option<Encoding>,
}

/// Reads everything that some addresses in S3 name, each bucket in its own region.
pub fn read<G: Gather + 'static>(
    access: &Access,
    locations: &[Location],
    sink: impl Fn() -> G,
    progress: &Arc<Progress>,
) -> Result<Reading<G>, SessionError> {
    session::runtime()?.block_on(async {
        let login = access.logins().await?.pop().expect("there are credentials, or an error")?;
        let asked = S3::new(&login.sdk, None);
        let mut stores = BTreeMap::<&str, S3>::new();
        for bucket in locations.iter().map(|it| it.bucket.as_str()) {
            if !stores.contains_key(bucket) {
                stores.insert(bucket, S3::new(&login.sdk, asked.region_of(bucket).await));
            }
        }
        let sources = locations.iter().map(|it| (stores[it.bucket.as_str()].clone(), it.clone()));
        Ok(read_from(sources.collect(), sink, Arc::clone(progress)).await)
    })
}

/// Reads everything that some addresses name, each from a store that has its bucket.
async fn read_from<G, S>(
    sources: Vec<(S, Location)>,
    sink: impl Fn() -> G,
    progress: Arc<Progress>,
) -> Reading<G>
where
    G: Gather + 'static,
    S: Store + Clone + 'static,
{
    let mut found =
        Found { remotes: VecDeque::new(), plan: Plan::default(), progress: Arc::clone(&progress) };
    for (store, location) in sources {
        if let Err(error) = found.add(&store, &location).await {
            found.plan.problems.push(remote(&location, &error));
        }
    }
    let Found { remotes, mut plan, .. } = found;
    let (gathered, read) = read_all(remotes, &sink, &progress).await;
    let mut dones = Vec::new();
    for result in read.into_values() {
        match result {
            Ok((file, done)) => {
                plan.files.push(file);
                dones.push(done);
            }
            Err(error) => plan.problems.push(error),
        }
    }
    conclude(plan, dones, gathered.unwrap_or_else(sink))
}

/// What came of each object, in their order; and what several workers gathered.
async fn read_all<G, S>(
    remotes: VecDeque<Remote<S>>,
    sink: impl Fn() -> G,
    progress: &Arc<Progress>,
) -> (Option<G>, BTreeMap<usize, Read>)
where
    G: Gather + 'static,
    S: Store + 'static,
{
    let queue = Arc::new(Mutex::new(remotes.into_iter().enumerate().collect::<VecDeque<_>>()));
    // While some wait for S3, others unpack.
    let workers = 2 * thread::available_parallelism().map_or(1, usize::from);
    let mut running = JoinSet::new();
    for _ in 0..workers {
        running.spawn(work(Arc::clone(&queue), sink(), Arc::clone(progress)));
    }
    let (mut gathered, mut read) = (None::<G>, BTreeMap::new());
    for (its, results) in running.join_all().await {
        match &mut gathered {
            Some(all) => all.merge(its),
            None => gathered = Some(its),
        }
        read.extend(results);
    }
    (gathered, read)
}

/// What there is to read.
struct Found<S> {
    remotes: VecDeque<Remote<S>>,
    plan: Plan,
    progress: Arc<Progress>,
}

impl<S: Store + Clone> Found<S> {
    async fn add(&mut self, store: &S, location: &Location) -> Result<(), StoreError> {
        if location.key.is_empty() {
            self.plan.problems.push(KeysError::WholeBucket { url: location.url() });
            return Ok(());
        }
        let objects = self.list(store, location).await?;
        let is_manifest = |it: &&(String, u64)| it.0.rsplit('/').next() == Some("manifest.json");
        let mut reports = BTreeMap::<String, Vec<(i64, Location, Manifest)>>::new();
        for (key, _) in objects.iter().filter(is_manifest).filter(|it| it.1 <= LARGEST_MANIFEST) {
            let at = Location { key: key.clone(), ..location.clone() };
            let mut text = Vec::new();
            store.get(&at.bucket, &at.key, &mut text).await?;
            if !manifest::is_one(&text) {
                continue;
            }
            match Manifest::parse(&text) {
                Ok(it) => reports.entry(it.inventory().0).or_default().push((it.inventory().1, at, it)),
                Err(message) => self.plan.problems.push(KeysError::Manifest { file: at.url(), message }),
            }
        }
        let mut claimed = BTreeSet::new();
        for (_, mut reports) in reports {
            reports.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
            for (_, at, manifest) in &reports {
                claimed.insert(at.key.clone());
                claimed.extend(manifest.files.iter().map(|it| it.key.clone()));
            }
            let (_, at, newest) = reports.pop().expect("an inventory is there by a report");
            self.add_report(store, &at, &newest);
        }
        for (key, size) in objects {
            if !claimed.contains(&key) && !BESIDE_MANIFESTS.iter().any(|it| key.ends_with(it)) {
                let at = Location { key, ..location.clone() };
                self.push(Remote { store: store.clone(), at, input: location.url(), encoding: None }, size);
            }
        }
        Ok(())
    }

    /// Its data files stand in the same bucket as the manifest.
    fn add_report(&mut self, store: &S, at: &Location, manifest: &Manifest) {
        let encoding = match manifest.encoding() {
            Ok(Encoding::Orc) => return self.plan.problems.push(KeysError::Orc { file: at.url() }),
            Ok(it) => it,
            Err(message) => return self.plan.problems.push(KeysError::Manifest { file: at.url(), message }),
        };
        for file in &manifest.files {
            let data = Location { key: file.key.clone(), ..at.clone() };
            let remote =
                Remote { store: store.clone(), at: data, input: at.url(), encoding: Some(encoding.clone()) };
            self.push(remote, file.size.unwrap_or(0));
        }
    }

    fn push(&mut self, remote: Remote<S>, size: u64) {
        self.progress.expect(size);
        self.remotes.push_back(remote);
    }

    /// The object of that key, or else those whose keys begin so, with their sizes.
    async fn list(&mut self, store: &S, location: &Location) -> Result<Vec<(String, u64)>, StoreError> {
        let mut objects = VecDeque::new();
        let mut after: Option<String> = None;
        let (mut left_out, mut pages) = (0_u64, 0);
        loop {
            if pages == MOST_PAGES {
                self.plan.problems.push(KeysError::TooMany { url: location.url() });
                return Ok(Vec::new());
            }
            pages += 1;
            let (bucket, prefix) = (location.bucket.as_str(), location.key.as_str());
            let request =
                List { bucket, prefix, start_after: after.as_deref(), is_one_level: false, max_keys: 1000 };
            let page = store.list(&request).await?;
            after = page.objects.last().map(|it| it.key.clone());
            for object in page.objects {
                // A folder may have an object that stands for it.
                if object.key == location.key && object.size != Some(0) {
                    return Ok(vec![(object.key, object.size.unwrap_or(0))]);
                }
                if object.size != Some(0) {
                    objects.push_back((object.key, object.size.unwrap_or(0)));
                }
            }
            while objects.len() > MOST_OBJECTS {
                objects.pop_front();
                left_out += 1;
            }
            if !page.is_truncated || after.is_none() {
                break;
            }
        }
        if left_out > 0 {
            let note = format!("of more than {MOST_OBJECTS} objects the last were read; {left_out} were not");
            self.plan.notes.insert(location.url(), note);
        }
        if objects.is_empty() {
            self.plan.problems.push(KeysError::EmptyFolder { folder: location.url() });
        }
        Ok(objects.into())
    }
}

type Queue<S> = Arc<Mutex<VecDeque<(usize, Remote<S>)>>>;
type Read = Result<(Planned, Done), KeysError>;

/// Reads objects until there are no more.
async fn work<G, S>(queue: Queue<S>, mut sink: G, progress: Arc<Progress>) -> (G, Vec<(usize, Read)>)
where
    G: Gather + 'static,
    S: Store,
{
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let mut results = Vec::new();
    while let Some((index, object)) = next() {
        let spool = match fetch(&object).await {
            Ok(it) => it,
            Err(error) => {
                results.push((index, Err(remote(&object.at, &error))));
                continue;
            }
        };
        let progress = Arc::clone(&progress);
        let (name, input, encoding) = (object.at.url(), object.input, object.encoding);
        let reading = spawn_blocking(move || {
            let read = read_spool(&spool, name, input, encoding.as_ref(), &mut sink, &progress);
            (sink, read)
        });
        let (its, read) = reading.await.expect("reading does not panic");
        sink = its;
        results.push((index, read));
    }
    (sink, results)
}

async fn fetch<S: Store>(object: &Remote<S>) -> Result<Spool, StoreError> {
    let (spool, mut file) = Spool::new().map_err(|source| StoreError::Spool { source })?;
    object.store.get(&object.at.bucket, &object.at.key, &mut file).await?;
    Ok(spool)
}

fn read_spool<G: Gather>(
    spool: &Spool,
    name: String,
    input: String,
    encoding: Option<&Encoding>,
    sink: &mut G,
    progress: &Progress,
) -> Read {
    let path = spool.path();
    let detected = match encoding {
        Some(it) => detect_data(path, &name, it)?,
        None => detect(path, &name)?,
    };
    let file = Planned { path: path.to_owned(), name, input, detected };
    let mut done = Done::default();
    for job in jobs(0, &file) {
        done.append(job.run(sink, progress));
    }
    Ok((file, done))
}

fn remote(at: &Location, error: &StoreError) -> KeysError {
    let help = error.help().map_or_else(String::new, |it| it.to_string());
    KeysError::Remote { url: at.url(), message: error.to_string(), help }
}

#[cfg(test)]
mod tests;
