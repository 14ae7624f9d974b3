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
    let mut block = Block { text: vec![0; BLOCK], filled: 0, offset: 0, is_skipping: part.skips_first };
    loop {
        let searched = block.filled;
        if block.fill(input)? == 0 {
            if block.filled > 0 && !block.is_skipping {
                take(trimmed(&block.text[..block.filled]));
            }
            return Ok(());
        }
        let is_over = block.cut(searched, part.end, ends, &mut take);
        if is_over {
            return Ok(());
        }
        block.make_room(&mut take);
    }
}

/// What was read and not handed over yet.
struct Block {
    text: Vec<u8>,
    filled: usize,
    /// Where in the stream it begins.
    offset: u64,
    /// Whether it begins within a line that is not to be handed over.
    is_skipping: bool,
}

impl Block {
    fn fill(&mut self, input: &mut dyn Read) -> io::Result<usize> {
        loop {
            match input.read(&mut self.text[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(read) => {
                    self.filled += read;
                    return Ok(read);
                }
            }
        }
    }

    /// Hands over the lines that have an end, of which there is none before `searched`; whether the next line belongs
    /// to the next part.
    fn cut(&mut self, searched: usize, part_end: u64, ends: Ends, take: &mut impl FnMut(&[u8])) -> bool {
        let (mut start, mut from) = (0, searched);
        while let Some(at) = ends.find(&self.text[from..self.filled]) {
            let end = from + at;
            if !std::mem::take(&mut self.is_skipping) {
                take(trimmed(&self.text[start..end]));
            }
            start = end + 1;
            from = start;
            if self.offset + start as u64 >= part_end {
                return true;
            }
        }
        self.text.copy_within(start..self.filled, 0);
        self.filled -= start;
        self.offset += start as u64;
        false
    }

    fn make_room(&mut self, take: &mut impl FnMut(&[u8])) {
        if self.filled >= LONGEST {
            if !std::mem::replace(&mut self.is_skipping, true) {
                take(&self.text[..LONGEST]);
            }
            self.offset += self.filled as u64;
            self.filled = 0;
        } else if self.filled == self.text.len() {
            self.text.resize((self.text.len() * 2).min(LONGEST + BLOCK), 0);
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
