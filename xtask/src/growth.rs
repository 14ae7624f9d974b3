//! `cargo xtask growth`: how the cost of hostile inputs grows with their size. Each row is made at n, 2n, 4n and 8n;
//! the exponent of processor time is held against a bound, and so is the largest run.

mod plans;
mod templates;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::archlint::{self, Archlint};
use crate::{Result, bench};

/// An input of a kind that once cost too much.
struct Row {
    name: &'static str,
    /// The smallest size; the others are twice, four times and eight times as large.
    size: usize,
    /// Writes an input of a size into a folder; the arguments that check it there.
    make: fn(usize, &Path) -> Result<Vec<String>>,
    /// The largest exponent of processor time.
    exponent: f64,
    /// What the largest input may take: seconds of processor time, and megabytes.
    seconds: f64,
    megabytes: u64,
}

/// What one run took.
struct Cost {
    seconds: f64,
    megabytes: u64,
}

/// Below this, in seconds, the start of the process is most of what is measured, and has no exponent.
const MEASURABLE: f64 = 0.1;

const ROWS: &[Row] = &[
    row("findings in one file", 1000, templates::findings, 1.2, 2.0),
    row("suppressions in the source", 1000, templates::suppressions, 1.2, 4.0),
    row("suppressions that cannot be read", 1000, templates::unreadable_suppressions, 1.2, 4.0),
    row("dangling references", 1000, templates::dangling_references, 1.2, 2.0),
    row("nested stacks by URL", 400, templates::nested_by_url, 1.3, 5.0),
    row("stacks joined by exports", 400, templates::joined_by_exports, 1.3, 5.0),
    row("conditions that never flip", 250, templates::constant_conditions, 1.3, 2.0),
    row("layered conditions", 10, templates::layered_conditions, 1.3, 1.0),
    row("joined attributes", 10, templates::joined_attributes, 1.3, 1.0),
    row("subnets in unknown zones", 20, templates::subnets_in_unknown_zones, 1.3, 3.0),
    row("entries of a network ACL", 75, templates::network_acl_entries, 1.5, 5.0),
    row("subnets by route tables", 500, templates::subnets_by_route_tables, 1.3, 10.0),
    // What the budget cuts grows up to it, and no further.
    row("templates that nest each other twice", 5, templates::nested_twice, f64::INFINITY, 10.0),
    row("text that doubles", 5, templates::doubling_text, 1.3, 5.0),
    row("splats by associations", 250, plans::splats, 1.3, 5.0),
    row("module outputs", 5, plans::module_outputs, 1.3, 2.0),
    row("locals", 5, plans::locals, 1.3, 2.0),
    row("modules that call themselves", 1, plans::recursive_modules, 1.3, 2.0),
    row("gzip bomb, megabytes", 128, templates::gzip_bomb, 1.3, 20.0),
];

const fn row(
    name: &'static str,
    size: usize,
    make: fn(usize, &Path) -> Result<Vec<String>>,
    exponent: f64,
    seconds: f64,
) -> Row {
    Row { name, size, make, exponent, seconds, megabytes: 1024 }
}

/// Measures every row, or those whose name contains a word; fails where a bound is passed.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let word = arguments.join(" ");
    let rows: Vec<&Row> = ROWS.iter().filter(|row| row.name.contains(&word)).collect();
    if rows.is_empty() {
        return Err(format!("no row is called `{word}`").into());
    }
    let archlint = archlint::build()?;
    println!("{:<38} {:>6}  seconds at n, 2n, 4n, 8n        exponent  MB at 8n", "input", "n");
    let mut passed = Vec::new();
    for row in rows {
        passed.extend(measure(row, &archlint)?);
    }
    if passed.is_empty() { Ok(()) } else { Err(passed.join("\n").into()) }
}

/// Prints a row; the bounds that it passes, in words.
fn measure(row: &Row, archlint: &Archlint) -> Result<Vec<String>> {
    let costs = (0..4).map(|power| cost(row, row.size << power, archlint)).collect::<Result<Vec<_>>>()?;
    let seconds: Vec<String> = costs.iter().map(|cost| format!("{:6.2}", cost.seconds)).collect();
    let exponent = exponent(&costs);
    let shown = exponent.map_or_else(|| "-".to_owned(), |it| format!("{it:.2}"));
    let largest = &costs[3];
    println!("{:<38} {:>6}  {}  {shown:>8}  {:>8}", row.name, row.size, seconds.join(" "), largest.megabytes);
    let mut passed = Vec::new();
    if let Some(exponent) = exponent.filter(|it| *it > row.exponent) {
        passed.push(format!("{}: grows by n^{exponent:.2}, bound {}", row.name, row.exponent));
    }
    if largest.seconds > row.seconds {
        passed.push(format!("{}: takes {:.1} s, bound {}", row.name, largest.seconds, row.seconds));
    }
    if largest.megabytes > row.megabytes {
        passed.push(format!("{}: takes {} MB, bound {}", row.name, largest.megabytes, row.megabytes));
    }
    Ok(passed)
}

/// The slope of a line through the logarithms of what could be measured, by least squares.
#[expect(clippy::cast_precision_loss, reason = "four sizes")]
fn exponent(costs: &[Cost]) -> Option<f64> {
    let points: Vec<(f64, f64)> = costs
        .iter()
        .enumerate()
        .filter(|(_, cost)| cost.seconds >= MEASURABLE)
        .map(|(power, cost)| (power as f64, cost.seconds.log2()))
        .collect();
    if points.len() < 2 {
        return None;
    }
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|it| it.0), mean(|it| it.1));
    let covariance: f64 = points.iter().map(|it| (it.0 - x) * (it.1 - y)).sum();
    let variance: f64 = points.iter().map(|it| (it.0 - x).powi(2)).sum();
    Some(covariance / variance)
}

/// Makes an input, checks it, and removes it.
fn cost(row: &Row, size: usize, archlint: &Archlint) -> Result<Cost> {
    let folder = Folder::new()?;
    let arguments = (row.make)(size, &folder.0)?;
    let mut command = Command::new(bench::GNU_TIME);
    command.args(["--quiet", "--format", "%U %S %M"]).arg(archlint.path()).arg("check").args(arguments);
    let output = command.current_dir(&folder.0).stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    if !matches!(output.status.code(), Some(0..=2)) {
        return Err(format!("{} at {size}: archlint crashed: {}", row.name, output.status).into());
    }
    let (seconds, megabytes) = bench::figures(&output.stderr)?;
    Ok(Cost { seconds, megabytes })
}

/// A folder for one input.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("archlint-growth-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is the temporary folder's to forget.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponent_of_powers_is_found() {
        let costs =
            |exponent: i32| [1, 2, 4, 8].map(|n| Cost { seconds: f64::from(n).powi(exponent), megabytes: 0 });
        assert!((exponent(&costs(2)).unwrap() - 2.0).abs() < 1e-9);
        assert!((exponent(&costs(1)).unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(exponent(&[1, 2, 4, 8].map(|_| Cost { seconds: 0.01, megabytes: 0 })), None);
    }
}
