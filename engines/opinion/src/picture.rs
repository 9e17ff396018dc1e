//! The map as a picture: in plain text for a terminal, and as SVG.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::map::Map;
use crate::num::real;

/// Colours that people with any colour vision can tell apart (Okabe and Ito 2008), darkened where white paper asks it.
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9"];
/// Colour of those without a group.
const GREY: &str = "#8a8f94";

/// What a group is called in pictures: A for 0, B for 1 … Z for 25, then its number.
pub fn letter(group: u32) -> String {
    match u8::try_from(group) {
        Ok(small @ 0..=25) => char::from(b'A' + small).to_string(),
        _ => group.to_string(),
    }
}

/// The extent of all places: middle, and half the width that holds everything.
fn extent(map: &Map) -> ((f64, f64), f64) {
    let bounds = |of: fn(&crate::Place) -> f64| {
        let all = map.people.iter().filter(|place| place.votes > 0).map(of);
        all.fold((0.0_f64, 0.0_f64), |(low, high), at| (low.min(at), high.max(at)))
    };
    let (x, y) = (bounds(|place| place.x), bounds(|place| place.y));
    let half = (x.1 - x.0).max(y.1 - y.0) / 2.0;
    let middle = (f64::midpoint(x.0, x.1), f64::midpoint(y.0, y.1));
    (middle, if half > 0.0 { half } else { 1.0 })
}

/// A whole number of cells from a position between 0 and 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kept between 0 and `cells` − 1")]
fn cell(at: f64, cells: usize) -> usize {
    (at * real(cells)).floor().clamp(0.0, real(cells.saturating_sub(1))) as usize
}

/// The map in plain text, `width` characters wide (20 to 400) and half as many lines high. A letter tells the group
/// that most people of the cell belong to: small for one or two people, capital for more; a dot those without a group,
/// `+` the middle.
pub fn text(map: &Map, width: usize) -> String {
    let width = width.clamp(20, 400);
    let height = width / 2;
    let ((middle_x, middle_y), half) = extent(map);
    let to_cell = |x: f64, y: f64| {
        let right = (x - middle_x) / half / 2.0 + 0.5;
        let down = 0.5 - (y - middle_y) / half / 2.0;
        (cell(down, height), cell(right, width))
    };
    let mut cells: BTreeMap<(usize, usize), BTreeMap<Option<u32>, usize>> = BTreeMap::new();
    for place in map.people.iter().filter(|place| place.votes > 0) {
        *cells.entry(to_cell(place.x, place.y)).or_default().entry(place.group).or_default() += 1;
    }
    let origin = to_cell(0.0, 0.0);
    let mut picture = String::with_capacity((width + 1) * height);
    let last = cells.keys().map(|(row, _)| *row).chain([origin.0]).max().unwrap_or(0);
    let first = cells.keys().map(|(row, _)| *row).chain([origin.0]).min().unwrap_or(0);
    for row in first..=last {
        let mut line = String::with_capacity(width);
        for column in 0..width {
            let groups = cells.get(&(row, column));
            let most = groups.and_then(|groups| {
                let known = groups.iter().filter_map(|(group, count)| Some(((*group)?, *count)));
                // Of equal counts the first group.
                known.max_by_key(|(group, count)| (*count, std::cmp::Reverse(*group)))
            });
            line.push_str(&match (most, groups) {
                (Some((group, 1..=2)), _) => letter(group).to_lowercase().chars().take(1).collect(),
                (Some((group, _)), _) => letter(group).chars().take(1).collect::<String>(),
                (None, Some(_)) => ".".to_owned(),
                (None, None) if (row, column) == origin => "+".to_owned(),
                (None, None) => " ".to_owned(),
            });
        }
        picture.push_str(line.trim_end());
        picture.push('\n');
    }
    picture
}

/// The map as an SVG document with this title: a dot for each place (larger where several people stand), coloured and
/// lettered by group, with a legend. It names nobody and needs nothing from elsewhere.
pub fn svg(map: &Map, title: &str) -> String {
    const SIZE: f64 = 640.0;
    const MARGIN: f64 = 24.0;
    let ((middle_x, middle_y), half) = extent(map);
    let scale = (SIZE / 2.0 - MARGIN) / half;
    let to_point =
        |x: f64, y: f64| (SIZE / 2.0 + (x - middle_x) * scale, SIZE / 2.0 - (y - middle_y) * scale);
    // Dots on a fine grid: people on one spot make one larger dot, so that the file stays small.
    let mut dots: BTreeMap<(Option<u32>, usize, usize), usize> = BTreeMap::new();
    for place in map.people.iter().filter(|place| place.votes > 0) {
        let (x, y) = to_point(place.x, place.y);
        *dots.entry((place.group, cell(x / SIZE, 320), cell(y / SIZE, 320))).or_default() += 1;
    }
    let colour = |group: Option<u32>| {
        group.map_or(GREY, |group| COLOURS.get(group as usize % COLOURS.len()).copied().unwrap_or(GREY))
    };
    let title = escaped(title);
    let height = SIZE + 32.0 * real(map.groups.len().max(1).div_ceil(3));
    let mut out = String::new();
    // Writing into a String cannot fail.
    let mut line = |text: std::fmt::Arguments| {
        let _never = out.write_fmt(text);
    };
    line(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIZE} {height}\" role=\"img\" font-family=\"system-ui, \
         'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif\">\n<title>{title}</title>\n\
         <rect width=\"{SIZE}\" height=\"{height}\" fill=\"#fbfaf7\"/>\n"
    ));
    let (x, y) = to_point(0.0, 0.0);
    line(format_args!(
        "<path d=\"M0 {y:.1}H{SIZE}M{x:.1} 0V{SIZE}\" stroke=\"#d8d5cd\" stroke-width=\"1\"/>\n"
    ));
    for ((group, column, row), count) in &dots {
        let radius = (2.2 * real(*count).sqrt()).min(9.0);
        line(format_args!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{radius:.1}\" fill=\"{}\" fill-opacity=\"0.55\"/>\n",
            column * 2 + 1,
            row * 2 + 1,
            colour(*group)
        ));
    }
    for group in &map.groups {
        let (x, y) = to_point(group.x, group.y);
        let (name, fill) = (letter(group.id), colour(Some(group.id)));
        line(format_args!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"15\" fill=\"#fbfaf7\" stroke=\"{fill}\" stroke-width=\"3\"/>\n\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"17\" font-weight=\"600\" fill=\"#1d2a35\">{name}</text>\n",
            y + 6.0
        ));
        let at = group.id as usize;
        let (left, top) = (MARGIN + 200.0 * real(at % 3), SIZE + 20.0 + 32.0 * real(at / 3));
        line(format_args!(
            "<circle cx=\"{left}\" cy=\"{}\" r=\"7\" fill=\"{fill}\"/>\n\
             <text x=\"{}\" y=\"{top}\" font-size=\"16\" fill=\"#1d2a35\">{name} · {}</text>\n",
            top - 5.0,
            left + 14.0,
            group.size
        ));
    }
    line(format_args!("</svg>\n"));
    out
}

/// Text that may stand in XML: marks escaped, characters that XML does not know left out.
fn escaped(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).fold(
        String::with_capacity(text.len()),
        |mut out, c| {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                other => out.push(other),
            }
            out
        },
    )
}
