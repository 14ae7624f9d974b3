//! A folder that only its owner can have written to. Everything goes through one open handle, so that nobody can
//! put another folder in its place between the check and the use.

use std::fs::{DirBuilder, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use rustix::fs::{
    AtFlags, Dir, FileType, Mode, OFlags, Stat, fstat, open, openat, renameat, statat, unlinkat,
};
use rustix::io::Errno;
use rustix::process::geteuid;

use super::{ENTRY_BYTES, Refused};

/// Nobody but the owner.
const PRIVATE: Mode = Mode::RWXU;

pub(super) struct PrivateFolder {
    handle: File,
}

impl PrivateFolder {
    /// Opens a folder, which is made if it is not there. One that others own, own together or can enter is refused,
    /// and so is a link to one.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(PRIVATE.bits()).create(path).or_else(|error| {
            // Something that is no folder, which the next step names.
            if error.kind() == ErrorKind::AlreadyExists { Ok(()) } else { Err(error) }
        })?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = open(path, flags, Mode::empty()).map_err(|error| match error {
            Errno::NOTDIR | Errno::LOOP => Refused("is a link, or no folder").into(),
            _ => io::Error::from(error),
        })?;
        own(&fstat(&handle)?)?;
        Ok(Self { handle: File::from(handle) })
    }

    /// The contents of a file.
    pub(super) fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = openat(&self.handle, name, flags, Mode::empty()).map_err(|error| match error {
            Errno::LOOP => Refused("is a link").into(),
            _ => io::Error::from(error),
        })?;
        let stat = fstat(&file)?;
        own(&stat)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(Refused("is no file").into());
        }
        let mut contents = Vec::new();
        File::from(file).take(ENTRY_BYTES).read_to_end(&mut contents)?;
        Ok(contents)
    }

    /// Writes a file as a whole or not at all.
    pub(super) fn write(&self, name: &str, contents: &[u8]) -> io::Result<()> {
        let unfinished = format!("{name}.{}", std::process::id());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.handle, &unfinished, flags, Mode::RUSR | Mode::WUSR)?;
        let written = File::from(file)
            .write_all(contents)
            .and_then(|()| Ok(renameat(&self.handle, &unfinished, &self.handle, name)?));
        if written.is_err() {
            unlinkat(&self.handle, &unfinished, AtFlags::empty())?;
        }
        written
    }

    /// Removes all but the newest files, what an interrupted run left among them.
    pub(super) fn keep_newest(&self, count: usize) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in Dir::read_from(&self.handle)? {
            let entry = entry?;
            let stat = statat(&self.handle, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)?;
            if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile {
                files.push(((stat.st_mtime, stat.st_mtime_nsec), entry.file_name().to_owned()));
            }
        }
        files.sort_by(|a, b| b.cmp(a));
        for (_, name) in files.iter().skip(count) {
            unlinkat(&self.handle, name, AtFlags::empty())?;
        }
        Ok(())
    }
}

fn own(stat: &Stat) -> io::Result<()> {
    if stat.st_uid != geteuid().as_raw() {
        return Err(Refused("belongs to somebody else").into());
    }
    let others = Mode::RWXG | Mode::RWXO;
    if Mode::from_raw_mode(stat.st_mode).intersects(others) {
        return Err(Refused("is open to others").into());
    }
    Ok(())
}
