//! Opens files: what they begin with, and what is in them once unpacked.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread;
use flate2::read::MultiGzDecoder;

use super::sink::Progress;

/// What is looked at to tell what a file is.
const HEAD: u64 = 64 << 10;
const GZIP: &[u8] = &[0x1f, 0x8b];

/// How a file begins.
#[derive(Debug)]
pub(super) struct Head {
    /// Unpacked.
    pub(super) text: Vec<u8>,
    /// Whether that is all of it.
    pub(super) is_whole: bool,
    pub(super) is_packed: bool,
    /// Bytes of the file as it is stored.
    pub(super) size: u64,
}

impl Head {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut magic = Vec::new();
        Read::by_ref(&mut file).take(2).read_to_end(&mut magic)?;
        file.rewind()?;
        let is_packed = magic == GZIP;
        let mut text = Vec::new();
        let read = if is_packed {
            MultiGzDecoder::new(file).take(HEAD).read_to_end(&mut text)
        } else {
            file.take(HEAD).read_to_end(&mut text)
        };
        // What was unpacked before an error tells what the file is; the error comes again when it is read.
        if let (Err(error), true) = (read, text.is_empty()) {
            return Err(error);
        }
        let is_whole = (text.len() as u64) < HEAD;
        Ok(Self { text, is_whole, is_packed, size })
    }

    /// The lines that are there whole.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let end = if self.is_whole { None } else { memchr::memrchr(b'\n', &self.text) };
        let text = &self.text[..end.unwrap_or(self.text.len())];
        text.split(|it| *it == b'\n').map(|it| it.strip_suffix(b"\r").unwrap_or(it))
    }
}

/// What is in a file, by the buffer.
pub(super) type Input<'p> = io::BufReader<Box<dyn Read + 'p>>;

/// Counts bytes as they are read, without those behind the part that is meant.
struct Counted<'p> {
    file: File,
    progress: &'p Progress,
    left: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        let counted = self.left.min(read as u64);
        self.left -= counted;
        self.progress.advance(counted);
        Ok(read)
    }
}

/// What is in a file.
pub(super) fn open<'p>(
    path: &Path,
    is_packed: bool,
    progress: &'p Progress,
) -> io::Result<Box<dyn Read + 'p>> {
    let counted = Counted { file: File::open(path)?, progress, left: u64::MAX };
    if is_packed {
        let buffered = io::BufReader::with_capacity(128 << 10, counted);
        return Ok(Box::new(bufread::MultiGzDecoder::new(buffered)));
    }
    Ok(Box::new(counted))
}

/// What is in a file that is not packed, from a byte on; `length` bytes of it are meant.
pub(super) fn open_at<'p>(
    path: &Path,
    from: u64,
    length: u64,
    progress: &'p Progress,
) -> io::Result<Box<dyn Read + 'p>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    Ok(Box::new(Counted { file, progress, left: length }))
}
