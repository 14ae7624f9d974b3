//! What the terminal, or whatever stands in for it, wants of text.

use std::io::{IsTerminal, stderr, stdout};

use archlint::report::Style;
use terminal_size::{Height, Width, terminal_size_of};

use crate::cli::Color;

/// Where neither the terminal nor `COLUMNS` tells.
const WIDTH: usize = 80;
/// Less cannot show an excerpt with its labels.
const MIN_WIDTH: usize = 40;

pub(crate) fn to_stdout(color: Color) -> Style {
    style(color, stdout().is_terminal(), terminal_size_of(stdout()))
}

pub(crate) fn to_stderr(color: Color) -> Style {
    style(color, stderr().is_terminal(), terminal_size_of(stderr()))
}

pub(crate) fn to_file(color: Color) -> Style {
    style(color, false, None)
}

fn style(color: Color, on_terminal: bool, size: Option<(Width, Height)>) -> Style {
    let wanted = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => on_terminal && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty()),
    };
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|it| std::env::var(it).ok().filter(|it| !it.is_empty()));
    let unicode = locale.is_some_and(|it| it.to_ascii_lowercase().replace('-', "").contains("utf8"));
    let columns = std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok());
    let width = columns.or(size.map(|it| usize::from(it.0.0))).unwrap_or(WIDTH).max(MIN_WIDTH);
    Style { color: wanted, unicode, width }
}
