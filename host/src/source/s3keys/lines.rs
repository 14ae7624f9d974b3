//! Cuts a stream at line ends, in constant memory.

use std::io::{self, Read};

use memchr::{memchr, memchr2};

const BLOCK: usize = 256 << 10;
/// No line of any input is longer; of one that is, the rest is left out.
const LONGEST: usize = 1 << 20;

/// Which lines of a stream are meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Whether the stream begins within a line, or just before one, that belongs to the part before.
    pub(super) skips_first: bool,
    /// The line that begins at this byte of the stream, and those after it, belong to the next part.
    pub(super) end: u64,
}

impl Part {
    pub(super) const WHOLE: Self = Self { skips_first: false, end: u64::MAX };
}

/// What a line ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Newline,
    /// The AWS CLI prints lists of texts with tabs between them.
    NewlineOrTab,
}

impl Ends {
    fn find(self, text: &[u8]) -> Option<usize> {
        match self {
            Self::Newline => memchr(b'\n', text),
            Self::NewlineOrTab => memchr2(b'\n', b'\t', text),
        }
    }
}

/// Hands over each line of a part, without its end. What stands before an error is handed over before.
pub(super) fn for_each(
    input: &mut dyn Read,
    part: Part,
    ends: Ends,
    mut take: impl FnMut(&[u8]),
) -> io::Result<()> {
    let mut block = vec![0; BLOCK];
    // The text that no line has been cut from yet ends here; the block begins at this byte of the stream.
    let (mut filled, mut offset) = (0, 0);
    let mut is_skipping = part.skips_first;
    loop {
        let read = match input.read(&mut block[filled..]) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if read == 0 {
            if filled > 0 && !is_skipping {
                take(trimmed(&block[..filled]));
            }
            return Ok(());
        }
        let unsearched = filled;
        filled += read;
        let mut start = 0;
        let mut from = unsearched;
        while let Some(at) = ends.find(&block[from..filled]) {
            let end = from + at;
            if !std::mem::take(&mut is_skipping) {
                take(trimmed(&block[start..end]));
            }
            start = end + 1;
            from = start;
            if offset + start as u64 >= part.end {
                return Ok(());
            }
        }
        block.copy_within(start..filled, 0);
        filled -= start;
        offset += start as u64;
        if filled >= LONGEST {
            if !std::mem::replace(&mut is_skipping, true) {
                take(&block[..LONGEST]);
            }
            offset += filled as u64;
            filled = 0;
        } else if filled == block.len() {
            block.resize((block.len() * 2).min(LONGEST + BLOCK), 0);
        }
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives as little at a time as it may.
    struct Drops<'t>(&'t [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let length = self.0.len().min(into.len()).min(3);
            let (now, rest) = self.0.split_at(length);
            into[..length].copy_from_slice(now);
            self.0 = rest;
            Ok(length)
        }
    }

    fn lines(text: &str, part: Part, ends: Ends) -> Vec<String> {
        let mut lines = Vec::new();
        let take = |it: &[u8]| lines.push(String::from_utf8(it.to_vec()).unwrap());
        for_each(&mut Drops(text.as_bytes()), part, ends, take).unwrap();
        lines
    }

    #[test]
    fn lines_end_in_several_ways() {
        for (text, expected) in [
            ("", &[][..]),
            ("a", &["a"]),
            ("a\nbcdefg\n", &["a", "bcdefg"]),
            ("a\r\n\r\nb", &["a", "", "b"]),
            ("a\tb\nc", &["a\tb", "c"]),
        ] {
            assert_eq!(lines(text, Part::WHOLE, Ends::Newline), expected, "{text:?}");
        }
        assert_eq!(lines("a\tb\nc", Part::WHOLE, Ends::NewlineOrTab), ["a", "b", "c"]);
    }

    #[test]
    fn parts_have_each_line_once() {
        let text = "first\nsecond\n\nthird, the last";
        let whole = lines(text, Part::WHOLE, Ends::Newline);
        for size in 1..text.len() {
            let mut together = Vec::new();
            for start in (0..text.len()).step_by(size) {
                // A part after the first begins one byte early: a line that begins with the part is its own.
                let from = start.saturating_sub(1);
                let part = Part { skips_first: start > 0, end: (start + size - from) as u64 };
                together.extend(lines(&text[from..], part, Ends::Newline));
            }
            assert_eq!(together, whole, "parts of {size}");
        }
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let text = [vec![b'x'; 3 * LONGEST], b"\nshort\n".to_vec()].concat();
        let mut lengths = Vec::new();
        for_each(&mut &text[..], Part::WHOLE, Ends::Newline, |it| lengths.push(it.len())).unwrap();
        assert_eq!(lengths, [LONGEST, 5]);
    }

    #[test]
    fn what_stands_before_an_error_counts() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        }
        let mut lines = 0;
        let read =
            for_each(&mut (&b"a\nb\nhalf"[..]).chain(Failing), Part::WHOLE, Ends::Newline, |_| lines += 1);
        assert!(read.is_err());
        assert_eq!(lines, 2);
    }
}
