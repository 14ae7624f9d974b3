//! When which part of the key space was written or read, drawn.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::key_population::{HeatMap, Window};
use crate::report::Style;

/// What stands before the cells: two blanks, a date, a time, two blanks.
const MARGIN: usize = 20;

/// A line per window of time, a column per part of the key space.
pub(super) fn draw(map: &HeatMap, style: Style) -> String {
    let buckets = map.windows.first().map_or(0, |it| it.shares.len());
    let room = style.width.saturating_sub(MARGIN).max(1);
    let per_column = (1..=buckets.max(1)).find(|it| buckets.div_ceil(*it) <= room).unwrap_or(1);
    let head = format!("  {:<16}  {}\n", "from (UTC)", "keys in their order, the smallest at the left");
    map.windows.iter().fold(head, |text, it| text + &line(it, per_column, style))
}

fn line(window: &Window, per_column: usize, style: Style) -> String {
    // A column of several buckets is as dark as they are together.
    let mean = |it: &[f64]| it.iter().sum::<f64>() / count(it);
    let columns = window.shares.chunks(per_column);
    let cells = columns.map(|it| shade(mean(it) * count(&window.shares), style.unicode));
    format!("  {:<16}  {}\n", time(window.from), cells.collect::<String>().trim_end())
}

#[expect(clippy::cast_precision_loss, reason = "there are few buckets")]
fn count(shares: &[f64]) -> f64 {
    shares.len() as f64
}

/// How dark a cell is by how much more falls into it than would if all were even.
fn shade(times: f64, unicode: bool) -> char {
    let shades =
        if unicode { [' ', '·', '░', '▒', '▓', '█'] } else { [' ', '.', ':', '+', '*', '#'] };
    let level = match times {
        it if it <= 0.0 => 0,
        it if it < 0.5 => 1,
        it if it < 2.0 => 2,
        it if it < 4.0 => 3,
        it if it < 8.0 => 4,
        _ => 5,
    };
    shades[level]
}

fn time(milliseconds: i64) -> String {
    let time = Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    TimeZone::UTC.to_datetime(time).strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moving_range_is_a_diagonal() {
        let window = |minute: i64, at: usize| {
            let shares = (0..8).map(|it| if it == at { 1.0 } else { 0.0 }).collect();
            Window { from: 60_000 * minute, shares }
        };
        let map = HeatMap { windows: vec![window(0, 0), window(1, 2), window(2, 4)] };
        let style = Style { color: false, unicode: false, width: 80 };
        let expected = "  from (UTC)        keys in their order, the smallest at the left\n  \
                        1970-01-01 00:00  #\n  \
                        1970-01-01 00:01    #\n  \
                        1970-01-01 00:02      #\n";
        assert_eq!(draw(&map, style), expected);
        // Two buckets to a column.
        let narrow = draw(&map, Style { width: MARGIN + 4, ..style });
        assert!(narrow.contains("00:02    *\n"), "{narrow}");
    }
}
