//! Where the reports of a check go, each in its format.

use std::path::Path;

use archlint::lint::Problem;
use archlint::report::{self, Page, Report, Repository};

use crate::cli::{Color, Format, Output};
use crate::{problem, terminal};

/// Refuses two reports in one place.
pub(crate) fn distinct(outputs: &[Output]) -> Result<(), Problem> {
    for (at, output) in outputs.iter().enumerate() {
        if outputs[..at].iter().any(|it| it.file == output.file) {
            return Err(problem(
                &format!("two reports cannot both go to {}", place(output.file.as_deref())),
                "give each a file of its own: `--format human --format sarif=archlint.sarif`",
            ));
        }
    }
    Ok(())
}

/// Writes every report; for people only the counts, if `statistics` is all that they want. `exit_code` is what
/// the run will end with.
pub(crate) fn write_all(
    report: &Report,
    outputs: &[Output],
    statistics: bool,
    exit_code: u8,
    color: Color,
) -> Result<(), Problem> {
    let folder = std::env::current_dir().map_err(|error| {
        problem(&format!("cannot tell the working directory: {error}"), "check that it still exists")
    })?;
    let repository = Repository::around(&folder);
    for output in outputs {
        let page = match output.format {
            Format::Human => {
                let style = match output.file {
                    Some(_) => terminal::to_file(color),
                    None => terminal::to_stdout(color),
                };
                if statistics { report::statistics(report, style) } else { report::human(report, style) }
            }
            Format::Json => report::json(report),
            Format::Sarif => report::sarif(report, &repository, exit_code),
            Format::Junit => report::junit(report, &repository),
            Format::Github => report::github(report, &repository),
            Format::Gitlab => report::gitlab(report, &repository),
            Format::Markdown => report::markdown(report, &repository),
        };
        write(output.file.as_deref(), page)?;
    }
    Ok(())
}

pub(crate) fn write(output: Option<&Path>, page: impl Into<Page>) -> Result<(), Problem> {
    report::write(output, page).map_err(|error| {
        let message = format!("cannot write to {}: {error}", place(output));
        problem(&message, "check that the folder exists and is writable")
    })
}

fn place(output: Option<&Path>) -> String {
    output.map_or("standard output".to_owned(), |it| format!("`{}`", it.display()))
}
