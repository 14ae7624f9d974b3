//! The parts of a scan so far, written to a file as they come.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::ScanError;
use crate::source::account::journal::{self, Failure, Journal, NotCollected, Part, Place, Request};

/// What a scan that goes on with a record asks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// What was throttled or timed out.
    Passing,
    /// Whatever failed: what was denied may be allowed by now.
    Failed,
    Nothing,
}

impl Retry {
    fn is_for(self, failure: &NotCollected) -> bool {
        match self {
            Self::Passing => failure.failure != Failure::Lasting,
            Self::Failed => true,
            Self::Nothing => false,
        }
    }
}

pub(super) struct Record {
    parts: Vec<Part>,
    /// Questions that were answered.
    answered: BTreeSet<Place>,
    file: Option<(PathBuf, File)>,
}

impl Record {
    /// Begins a record; goes on with the one that is there, if that is what is wanted.
    pub(super) fn open(
        path: Option<&Path>,
        resume: Option<Retry>,
        request: &Request,
    ) -> Result<Self, ScanError> {
        let mut record = Self { parts: Vec::new(), answered: BTreeSet::new(), file: None };
        let Some(path) = path else { return Ok(record) };
        let failed = |source| ScanError::Save { file: path.display().to_string(), source };
        let Some(retry) = resume else {
            let options = OpenOptions::new().write(true).create_new(true).open(path);
            let mut file = options.map_err(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => ScanError::Exists { file: path.display().to_string() },
                _ => failed(error),
            })?;
            file.write_all(journal::line(request).as_bytes()).map_err(failed)?;
            record.file = Some((path.to_owned(), file));
            return Ok(record);
        };
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let written = Journal::parse(&text)
            .map_err(|error| ScanError::Damaged { file: path.display().to_string(), source: error.into() })?;
        if written.request != *request {
            return Err(ScanError::OtherScan { file: path.display().to_string() });
        }
        let mut file = OpenOptions::new().write(true).open(path).map_err(failed)?;
        file.set_len(written.length as u64).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        for (question, parts) in written.answers {
            if !parts.iter().flat_map(|it| &it.not_collected).any(|it| retry.is_for(it)) {
                record.answered.insert(question);
                record.parts.extend(parts);
            }
        }
        record.file = Some((path.to_owned(), file));
        Ok(record)
    }

    /// Whether a question is answered.
    pub(super) fn has(&self, question: &Place) -> bool {
        self.answered.contains(question)
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Adds the answer to a question, in one write.
    pub(super) fn add(&mut self, question: &Place, parts: Vec<Part>) -> Result<(), ScanError> {
        self.write(&journal::answer(question, &parts))?;
        self.answered.insert(question.clone());
        self.parts.extend(parts);
        Ok(())
    }

    /// Says that this is all; gives the parts in an order that does not depend on who answered first.
    pub(super) fn finish(mut self) -> Result<Vec<Part>, ScanError> {
        self.write(&journal::end())?;
        self.parts.sort_by(|a, b| a.place.cmp(&b.place));
        Ok(self.parts)
    }

    fn write(&mut self, line: &str) -> Result<(), ScanError> {
        let Some((path, file)) = &mut self.file else { return Ok(()) };
        file.write_all(line.as_bytes())
            .map_err(|source| ScanError::Save { file: path.display().to_string(), source })
    }
}
