//! `gongzhi area import`: the division of the city from a CSV file.

use gongzhi_kernel::{LocalText, Point, Timestamp, World};
use gongzhi_people::{AreaLevel, AreaRow, People};
use serde::{Deserialize, Serialize};

use crate::cli::AreaArgs;
use crate::compose;
use crate::config::Config;
use crate::say::{self, Trouble};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    code: String,
    name: String,
    #[serde(default)]
    name_en: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    parent: String,
    #[serde(default)]
    lat: Option<f64>,
    #[serde(default)]
    lon: Option<f64>,
}

/// A line that was not taken in.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Rejected {
    line: u64,
    code: String,
    reason: String,
}

pub(crate) async fn import(config: &Config, args: &AreaArgs, json: bool) -> Result<(), Trouble> {
    let (file, valid_from) = (args.file.as_path(), args.valid_from);
    let text = std::fs::File::open(file).map_err(|error| {
        Trouble::new(format!("cannot read {}: {error}", file.display()))
            .way_out("name a CSV file; `gongzhi area import --help` shows one")
    })?;
    let (rows, mut rejected) = read(text).map_err(|why| {
        Trouble::asked(format!("{}: {why}", file.display()))
            .way_out("`gongzhi area import --help` shows how the file looks")
    })?;
    let from = valid_from
        .to_zoned_datetime(config.zone.clone())
        .map_err(|error| Trouble::asked(format!("--valid-from {valid_from}: {error}")))?;
    let store = compose::open(config, World::system()).await?;
    let people = People::open(store.clone(), compose::policies()?).await?;
    let read = u64::try_from(rows.len() + rejected.len()).unwrap_or(u64::MAX);
    let outcome = people
        .import_areas(&compose::context(&store), rows, Timestamp::from_jiff(from.timestamp()), false)
        .await
        .map_err(compose::trouble)?;
    store.leave().await?;
    let mut offices = 0;
    if args.with_offices {
        let context = compose::context(&store);
        offices =
            store.write(move |tx| crate::offices::establish(tx, &context)).await.map_err(compose::trouble)?;
    }
    rejected.extend(outcome.rejected.iter().map(|row| Rejected {
        line: row.line,
        code: row.code.clone(),
        reason: compose::sentence(row.key),
    }));
    rejected.sort_by_key(|row| row.line);
    if json {
        say::json(&serde_json::json!({
            "read": read, "added": outcome.added, "changed": outcome.changed, "unchanged": outcome.unchanged, "offices": offices, "rejected": rejected,
        }))?;
    } else {
        for row in &rejected {
            say::aside(format_args!("{}:{}: {} {}", file.display(), row.line, row.code, row.reason));
        }
        say::line(format_args!(
            "{read} areas read: {} added, {} corrected, {} as they were, {} not taken",
            outcome.added,
            outcome.changed,
            outcome.unchanged,
            rejected.len()
        ));
        if args.with_offices {
            say::line(format_args!("{offices} offices established"));
        }
    }
    if rejected.is_empty() {
        return Ok(());
    }
    Err(Trouble::new(format!("{} of {read} lines were not taken", rejected.len()))
        .way_out("mend them and run the command again: what is already there is left alone"))
}

/// The rows of the file, and the lines that are none.
fn read(text: impl std::io::Read) -> Result<(Vec<AreaRow>, Vec<Rejected>), String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(false).from_reader(text);
    let mut headers = reader.headers().map_err(|error| error.to_string())?.clone();
    // Spreadsheets put a mark before the first name.
    if let Some(first) = headers.get(0).map(|first| first.trim_start_matches('\u{feff}').to_owned()) {
        headers = std::iter::once(first.as_str()).chain(headers.iter().skip(1)).collect();
    }
    for needed in ["code", "name"] {
        if !headers.iter().any(|name| name == needed) {
            return Err(format!("there is no column `{needed}` in the first line"));
        }
    }
    let (mut rows, mut rejected) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                rejected.push(Rejected { line, code: String::new(), reason: error.to_string() });
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let code = record.get(0).unwrap_or_default().to_owned();
        match record
            .deserialize::<Line>(Some(&headers))
            .map_err(|error| error.to_string())
            .and_then(|row| row.area(line))
        {
            Ok(row) => rows.push(row),
            Err(reason) => rejected.push(Rejected { line, code, reason }),
        }
    }
    Ok((rows, rejected))
}

impl Line {
    fn area(self, line: u64) -> Result<AreaRow, String> {
        let level = match self.level.as_str() {
            "" => None,
            word => Some(AreaLevel::from_word(word).ok_or_else(|| {
                format!("`{word}` is no level: province, city, district, street, community or grid")
            })?),
        };
        let centre = match (self.lat, self.lon) {
            (None, None) => None,
            (Some(lat), Some(lon)) => {
                Some(Point::new(lat, lon).ok_or("lat is between -90 and 90, lon between -180 and 180")?)
            }
            _ => return Err("lat and lon come together".to_owned()),
        };
        let filled = |text: String| (!text.is_empty()).then_some(text);
        Ok(AreaRow {
            line,
            code: self.code,
            level,
            name: LocalText { zh: self.name, en: filled(self.name_en) },
            parent: filled(self.parent),
            centre,
            ..AreaRow::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_no_areas_are_named() {
        let text = "\u{feff}code,name,name_en,level,parent,lat,lon\n\
            990100000000,云澜市,Yunlan,,,30.4,121.1\n\
            990100000001-01,一格,,gird,990101001001,,\n\
            990101000000,松照区,,,,91,0\n\
            990102000000,汀桥区,,,,30.4,\n\
            990103000000\n";
        let (rows, rejected) = read(text.as_bytes()).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].line, rows[0].name.en.as_deref()), (2, Some("Yunlan")));
        assert_eq!(rejected.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 4, 5, 6]);
        assert!(rejected[0].reason.contains("`gird` is no level"), "{}", rejected[0].reason);
        assert!(read("a,b\n1,2\n".as_bytes()).unwrap_err().contains("no column `code`"));
    }
}
