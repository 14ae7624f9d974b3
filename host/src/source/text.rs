//! From a file's bytes to text: what editors, shells and wrapper scripts make of it.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const UTF8_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The bytes, unpacked if gzip packed them; more than `limit` bytes are an error.
pub(crate) fn unzipped(bytes: Vec<u8>, limit: u64) -> io::Result<Vec<u8>> {
    if !bytes.starts_with(&GZIP) {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes.as_slice()).take(limit + 1).read_to_end(&mut unpacked)?;
    if unpacked.len() as u64 > limit {
        return Err(io::Error::other(format!("more than {} MB when unpacked", limit >> 20)));
    }
    Ok(unpacked)
}

/// The text, without its byte order mark: UTF-8, or UTF-16 as PowerShell redirects it. If it is neither, the
/// offset of the first byte that is wrong.
pub(crate) fn decoded(mut bytes: Vec<u8>) -> Result<String, usize> {
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

    #[test]
    fn what_gzip_packed_is_unpacked_up_to_a_limit() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&[b'a'; 1000]).unwrap();
        let packed = gzip.finish().unwrap();
        assert_eq!(unzipped(packed.clone(), 1000).unwrap().len(), 1000);
        assert!(unzipped(packed.clone(), 999).is_err());
        assert!(unzipped(packed[..10].to_vec(), 1000).is_err());
        assert_eq!(unzipped(b"{}".to_vec(), 1).unwrap(), b"{}");
    }
}
