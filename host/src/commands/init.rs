//! `archlint init`.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use archlint::lint::Problem;
use archlint::report;
use archlint::settings::{self, FILE_NAME};

use crate::{Status, problem};

pub(crate) fn init(folder: &Path) -> Result<Status, Problem> {
    let text = settings::initial(folder)?;
    let path = folder.join(FILE_NAME);
    let written = OpenOptions::new().write(true).create_new(true).open(&path);
    match written.and_then(|mut it| it.write_all(text.as_bytes())) {
        Ok(()) => {
            report::tell(format!("wrote {}\n", path.display()));
            Ok(Status::Clean)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(problem(
            &format!("`{}` exists already", path.display()),
            "`archlint config` prints what is in effect; remove the file to start again",
        )),
        Err(error) => Err(problem(
            &format!("cannot write to {}: {error}", path.display()),
            "check that the folder exists and is writable",
        )),
    }
}
