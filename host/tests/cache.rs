//! What other people's plugins are compiled to is kept, and only what nobody else can have written is run.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]
#![expect(clippy::print_stderr, reason = "a test says that it skipped something")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use archlint::engine::{Cache, Plugins};

mod guest;

use guest::{Guest, definition};

/// An empty folder.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("caches").join(name);
    if path.exists() {
        fs::remove_dir_all(&path).unwrap();
    }
    fs::create_dir_all(&path).unwrap();
    path
}

fn guest(code: &str) -> Vec<u8> {
    Guest { definitions: vec![definition(code)], ..Guest::default() }.build()
}

/// The text of the only rule of a plugin that is added with a cache, and what the cache complains of.
fn add(cache: &Path, plugin: &[u8]) -> (String, Option<String>) {
    let mut plugins = Plugins::builtin().unwrap().with_cache(Some(Cache::at(cache)));
    let warning = plugins.add("guest", plugin).unwrap();
    let definition = plugins.definitions().last().unwrap().2.to_owned();
    (definition, warning.map(|it| it.what.to_owned()))
}

/// The only file of a folder.
fn entry(cache: &Path) -> PathBuf {
    let entries: Vec<_> = fs::read_dir(cache).unwrap().map(|it| it.unwrap().path()).collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries[0].clone()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn a_compiled_plugin_is_kept_for_its_owner_alone() {
    let cache = folder("kept").join("archlint/plugins");
    assert_eq!(add(&cache, &guest("HOS001")), (definition("HOS001"), None));
    assert_eq!((mode(&cache), mode(&entry(&cache))), (0o700, 0o600));
    let written = fs::metadata(entry(&cache)).unwrap().modified().unwrap();
    assert_eq!(add(&cache, &guest("HOS001")), (definition("HOS001"), None));
    assert_eq!(fs::metadata(entry(&cache)).unwrap().modified().unwrap(), written, "it was compiled twice");
}

#[test]
fn what_is_kept_is_what_runs_and_goes_by_content() {
    let folder = folder("content");
    let (one, other) = (folder.join("one"), folder.join("other"));
    add(&one, &guest("HOS001"));
    add(&other, &guest("HOS002"));
    assert_ne!(entry(&one).file_name(), entry(&other).file_name());
    // Nothing but a lookup would take the one for the other.
    fs::copy(entry(&other), entry(&one)).unwrap();
    assert_eq!(add(&one, &guest("HOS001")), (definition("HOS002"), None));
}

#[track_caller]
fn entry_is_refused(name: &str, complaint: &str, tamper: impl FnOnce(&Path)) {
    let cache = folder(name).join("plugins");
    add(&cache, &guest("HOS001"));
    let entry = entry(&cache);
    tamper(&entry);
    assert_eq!(add(&cache, &guest("HOS001")), (definition("HOS001"), Some(complaint.to_owned())));
    // It has been replaced.
    assert_eq!(add(&cache, &guest("HOS001")), (definition("HOS001"), None));
    assert!(entry.symlink_metadata().unwrap().is_file());
}

#[test]
fn a_tampered_entry_is_refused() {
    entry_is_refused("flipped", "is damaged", |entry| {
        let mut bytes = fs::read(entry).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(entry, bytes).unwrap();
    });
    entry_is_refused("cut", "is damaged", |entry| {
        let bytes = fs::read(entry).unwrap();
        fs::write(entry, &bytes[..20]).unwrap();
    });
    entry_is_refused("writable", "is open to others", |entry| {
        fs::set_permissions(entry, Permissions::from_mode(0o666)).unwrap();
    });
    entry_is_refused("linked", "is a link", |entry| {
        let elsewhere = entry.parent().unwrap().with_file_name("elsewhere");
        fs::rename(entry, &elsewhere).unwrap();
        symlink(elsewhere, entry).unwrap();
    });
}

#[test]
fn what_somebody_else_owns_is_refused() {
    let cache = folder("foreign").join("plugins");
    add(&cache, &guest("HOS001"));
    if chown(entry(&cache), Some(1), None).is_err() {
        eprintln!("skipped: only root can give a file away");
        return;
    }
    assert_eq!(add(&cache, &guest("HOS001")).1.as_deref(), Some("belongs to somebody else"));
    chown(&cache, Some(1), None).unwrap();
    assert_eq!(add(&cache, &guest("HOS001")).1.as_deref(), Some("belongs to somebody else"));
}

#[track_caller]
fn folder_is_refused(cache: &Path, complaint: &str) {
    assert_eq!(add(cache, &guest("HOS001")), (definition("HOS001"), Some(complaint.to_owned())));
}

#[test]
fn a_folder_that_others_can_reach_is_refused() {
    let folder = folder("folders");
    let (real, link, open) = (folder.join("real"), folder.join("link"), folder.join("open"));
    add(&real, &guest("HOS002"));
    symlink(&real, &link).unwrap();
    folder_is_refused(&link, "is a link, or no folder");
    assert_eq!(fs::read_dir(&real).unwrap().count(), 1, "something was written through the link");
    add(&open, &guest("HOS002"));
    fs::set_permissions(&open, Permissions::from_mode(0o755)).unwrap();
    folder_is_refused(&open, "is open to others");
    let file = folder.join("file");
    fs::write(&file, "").unwrap();
    folder_is_refused(&file, "is a link, or no folder");
}

#[test]
fn a_folder_that_cannot_be_made_is_no_trouble() {
    let file = folder("impossible").join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(add(&file.join("plugins"), &guest("HOS001")), (definition("HOS001"), None));
    // A file system on which nobody can write, root included.
    assert_eq!(add(Path::new("/proc/archlint/plugins"), &guest("HOS001")), (definition("HOS001"), None));
}

#[test]
fn the_oldest_make_room() {
    let cache = folder("full").join("plugins");
    add(&cache, &guest("HOS001"));
    for number in 0..40 {
        let file = cache.join(format!("{number:02}"));
        fs::write(&file, "").unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(number);
        fs::File::options().write(true).open(file).unwrap().set_modified(old).unwrap();
    }
    add(&cache, &guest("HOS002"));
    let kept = fs::read_dir(&cache).unwrap().count();
    assert_eq!(kept, 32);
    assert!(cache.join("39").exists() && !cache.join("09").exists());
}
