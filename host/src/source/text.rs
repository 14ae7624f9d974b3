//! From a stream of bytes to text: what editors, shells and wrapper scripts make of it, packed or not, and never more
//! of it than the budget allows.

use std::cell::Cell;
use std::io::{self, BufReader, Cursor, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

use super::SourceError;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const UTF8_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// What is looked at before more is read, and how much is read at a time.
const HEAD: u64 = 64 << 10;
const PORTION: u64 = 1 << 20;

/// How much larger than its packed form a text may be. Plans and snapshots, which say everything many times, come to
/// 20 to 60 times; gzip reaches 1,000 with nothing but repetition.
const MAX_RATIO: u64 = 100;
/// What may be unpacked whatever the ratio: a small file cannot do harm.
const FREE_OF_RATIO: u64 = 64 << 20;

/// Reads a stream to its end as text, unpacked once if gzip packed it. `megabytes` is the most that the text may be,
/// `name` what the stream is called in errors.
pub(crate) fn read(name: &str, stream: impl Read, megabytes: usize) -> Result<String, SourceError> {
    let failed = |source| SourceError::Read { file: name.to_owned(), source };
    let counted = Rc::new(Cell::new(0));
    let mut stream = Counted { stream, read: Rc::clone(&counted) };
    let mut magic = Vec::new();
    Read::by_ref(&mut stream).take(GZIP.len() as u64).read_to_end(&mut magic).map_err(failed)?;
    let is_packed = magic == GZIP;
    let whole = BufReader::with_capacity(128 << 10, Cursor::new(magic).chain(stream));
    let bytes = if is_packed {
        bytes(name, MultiGzDecoder::new(whole), megabytes, Some(&counted))?
    } else {
        bytes(name, whole, megabytes, None)?
    };
    decoded(bytes).map_err(|offset| SourceError::Encoding { file: name.to_owned(), offset })
}

/// Counts what is read of a stream.
struct Counted<R> {
    stream: R,
    read: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(into)?;
        self.read.set(self.read.get() + read as u64);
        Ok(read)
    }
}

/// The bytes of a stream, up to a limit that is held while they are read. `packed` counts what they were unpacked of.
fn bytes(
    name: &str,
    mut stream: impl Read,
    megabytes: usize,
    packed: Option<&Cell<u64>>,
) -> Result<Vec<u8>, SourceError> {
    let file = || name.to_owned();
    let mut bytes = Vec::new();
    let mut portion = HEAD;
    loop {
        let portion_read = Read::by_ref(&mut stream).take(portion).read_to_end(&mut bytes);
        let read = portion_read.map_err(|source| SourceError::Read { file: file(), source })?;
        if read == 0 {
            return Ok(bytes);
        }
        // What a device or a disk image gives ends here, before all of it is in memory.
        if portion == HEAD
            && let Some(offset) = no_text(&bytes)
        {
            return Err(SourceError::Encoding { file: file(), offset });
        }
        portion = PORTION;
        let length = bytes.len() as u64;
        if length > (megabytes as u64) << 20 {
            return Err(SourceError::OverBudget { file: file(), megabytes });
        }
        let most = packed.map(|it| FREE_OF_RATIO.max(it.get().saturating_mul(MAX_RATIO)));
        if most.is_some_and(|most| length > most) {
            return Err(SourceError::Packed { file: file(), ratio: MAX_RATIO });
        }
    }
}

/// Where a text has a byte that no text has, by how it begins.
fn no_text(head: &[u8]) -> Option<usize> {
    let is_utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    if is_utf16 { None } else { memchr::memchr(0, head) }
}

/// The text, without its byte order mark: UTF-8, or UTF-16 as PowerShell redirects it. If it is neither, the
/// offset of the first byte that is wrong.
fn decoded(mut bytes: Vec<u8>) -> Result<String, usize> {
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => {
            if bytes.starts_with(&UTF8_MARK) {
                bytes.drain(..UTF8_MARK.len());
            }
            String::from_utf8(bytes).map_err(|error| error.utf8_error().valid_up_to())
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, usize> {
    const MARK: usize = 2;
    let (units, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(units.len());
    let mut read = 0;
    for it in char::decode_utf16(units.iter().map(|it| unit(*it))) {
        let it = it.map_err(|_| MARK + 2 * read)?;
        read += it.len_utf16();
        text.push(it);
    }
    if rest.is_empty() { Ok(text) } else { Err(MARK + 2 * read) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_text_is_the_same_in_every_encoding() {
        let text = "{\"ü\": \"€𝄞\"}";
        let utf16 = |mark: &[u8], bytes: fn(u16) -> [u8; 2]| {
            decoded([mark, &text.encode_utf16().flat_map(bytes).collect::<Vec<_>>()].concat())
        };
        assert_eq!(decoded(text.into()).as_deref(), Ok(text));
        assert_eq!(decoded([&UTF8_MARK, text.as_bytes()].concat()).as_deref(), Ok(text));
        assert_eq!(utf16(&[0xff, 0xfe], u16::to_le_bytes).as_deref(), Ok(text));
        assert_eq!(utf16(&[0xfe, 0xff], u16::to_be_bytes).as_deref(), Ok(text));
        assert_eq!(decoded(vec![b'a', 0xff]), Err(1));
        assert_eq!(decoded(vec![0xff, 0xfe, b'a', 0, b'b']), Err(4));
        assert_eq!(decoded(vec![0xff, 0xfe, 0, 0xd8]), Err(2));
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    }

    /// The code of the error, or how long the text is.
    fn outcome(bytes: &[u8], megabytes: usize) -> Result<usize, String> {
        let code = |error: SourceError| miette::Diagnostic::code(&error).unwrap().to_string();
        read("a", bytes, megabytes).map(|it| it.len()).map_err(code)
    }

    #[test]
    fn what_gzip_packed_is_unpacked_once() {
        assert_eq!(outcome(&packed(&[b'a'; 1000]), 1), Ok(1000));
        assert_eq!(outcome(&[packed(b"one "), packed(b"two")].concat(), 1), Ok(7));
        assert_eq!(outcome(&packed(&packed(b"{}")), 1), Err("archlint::source::encoding".to_owned()));
        assert_eq!(outcome(&packed(b"{}")[..10], 1), Err("archlint::source::read".to_owned()));
    }

    #[test]
    fn no_more_is_read_than_the_budget_allows() {
        let two = vec![b'a'; 2 << 20];
        let size = Err("archlint::source::size".to_owned());
        assert_eq!(outcome(&two, 2), Ok(2 << 20));
        assert_eq!(outcome(&two, 1), size);
        assert_eq!(outcome(&packed(&two), 1), size);
        let endless = read("a", io::repeat(b'a'), 3);
        assert!(matches!(endless, Err(SourceError::OverBudget { megabytes: 3, .. })));
        let bomb = packed(&vec![b'a'; 65 << 20]);
        assert_eq!(outcome(&bomb, 100), Err("archlint::source::packed".to_owned()));
    }

    #[test]
    fn what_is_no_text_is_not_read_to_its_end() {
        assert!(matches!(read("a", io::repeat(0), 1), Err(SourceError::Encoding { offset: 0, .. })));
        assert!(matches!(read("a", &b"ab\0c"[..], 1), Err(SourceError::Encoding { offset: 2, .. })));
    }
}
