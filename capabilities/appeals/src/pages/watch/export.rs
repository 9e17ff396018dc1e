//! The tables of a dashboard as CSV and as a workbook.

use std::fmt::Write as _;

use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_web::{Answer, Query, Shell, Visit};
use http::header;

use super::view::{self, TableView};
use super::{Wanted, xlsx};
use crate::actions::Appeals;
use crate::queries::Dashboard;

/// The seven figures as a table of their own, with numerators and denominators.
fn figures(shell: &Shell, dashboard: &Dashboard) -> TableView {
    let now = dashboard.now();
    let rows = crate::indicators::Indicator::ALL
        .into_iter()
        .map(|indicator| {
            let rate = now.rate(indicator, &dashboard.weights);
            #[expect(clippy::cast_precision_loss, reason = "counts of cases stay far below 2^53")]
            let number = |value: i64| view::CellView { text: value.to_string(), value: Some(value as f64) };
            #[expect(clippy::cast_precision_loss, reason = "counts of cases stay far below 2^53")]
            let numerator = rate.hundredths as f64 / 100.0;
            view::RowView {
                name: shell.t(format!("indicator-{}", indicator.word())).into_owned(),
                group: None,
                href: None,
                cells: vec![
                    view::CellView { text: numerator.to_string(), value: Some(numerator) },
                    number(rate.denominator),
                    view::CellView {
                        text: rate.permille().map_or_else(String::new, view::percent),
                        value: rate.percent(),
                    },
                ],
            }
        })
        .collect();
    TableView {
        id: "figures",
        title: shell.t("watch-figures").into_owned(),
        sentence: view::sentence(shell, dashboard),
        chart: None,
        series: "",
        unit: "%",
        head: ["watch-col-figure", "watch-col-numerator", "watch-col-denominator", "watch-col-rate"]
            .map(|key| shell.t(key).into_owned())
            .into(),
        rows,
    }
}

async fn tables(
    visit: &Visit,
    appeals: &Appeals,
    wanted: &Wanted,
) -> Result<(String, Vec<TableView>), gongzhi_web::WebError> {
    let scope = wanted.scope(appeals)?;
    let dashboard = appeals.dashboard(visit.context(), scope, wanted.month()?).await?;
    let (shell, names) = (visit.shell("watch-title"), crate::pages::names(appeals));
    let mut all = vec![figures(&shell, &dashboard)];
    all.extend(view::tables(&shell, &names, &dashboard));
    let scope = match super::scope_word(dashboard.scope) {
        word if word.is_empty() => "city".to_owned(),
        word => word,
    };
    Ok((format!("gongzhi-{}-{scope}", dashboard.month), all))
}

fn download(name: &str, kind: &'static str, body: Vec<u8>) -> axum::response::Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, body).into_response()
}

/// A field of CSV after RFC 4180. What a spreadsheet would take for a formula is kept from being one.
pub(super) fn field(text: &str) -> String {
    let formula = text.starts_with(['=', '@', '\t', '\r'])
        || (text.starts_with(['+', '-']) && text.parse::<f64>().is_err());
    let guard = if formula { "'" } else { "" };
    if formula || text.contains(['"', ',', '\n', '\r']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// All tables one below the other. Begins with a byte order mark, without which spreadsheets misread Chinese.
pub(crate) async fn csv(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let (name, tables) = tables(&visit, &appeals, &wanted).await?;
    let mut text = String::from("\u{feff}");
    let mut line = |fields: &mut dyn Iterator<Item = &str>| {
        let fields: Vec<String> = fields.map(field).collect();
        // Writing to a string cannot fail.
        let _ = write!(text, "{}\r\n", fields.join(","));
    };
    for table in &tables {
        line(&mut std::iter::once(table.title.as_str()));
        line(&mut table.head.iter().map(String::as_str));
        for row in &table.rows {
            line(
                &mut std::iter::once(row.name.as_str())
                    .chain(row.cells.iter().map(|cell| cell.text.as_str())),
            );
        }
        line(&mut std::iter::once(""));
    }
    Ok(download(&format!("{name}.csv"), "text/csv; charset=utf-8", text.into_bytes()))
}

/// A workbook with a sheet for each table.
pub(crate) async fn xlsx(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let (name, tables) = tables(&visit, &appeals, &wanted).await?;
    let sheets: Vec<xlsx::Sheet> = tables
        .into_iter()
        .map(|table| {
            let mut rows: Vec<Vec<xlsx::Cell>> = vec![table.head.into_iter().map(xlsx::Cell::Text).collect()];
            rows.extend(table.rows.into_iter().map(|row| {
                let cells = row.cells.into_iter().map(|cell| match cell.value {
                    Some(value) => xlsx::Cell::Number(value),
                    None => xlsx::Cell::Text(cell.text),
                });
                std::iter::once(xlsx::Cell::Text(row.name)).chain(cells).collect()
            }));
            xlsx::Sheet { name: table.title, rows }
        })
        .collect();
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(download(&format!("{name}.xlsx"), kind, xlsx::workbook(&sheets)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_and_never_formulas() {
        assert_eq!(field("文昌街道"), "文昌街道");
        assert_eq!(field("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(field("=1+1"), "\"'=1+1\"");
        assert_eq!(field("-3.5"), "-3.5");
        assert_eq!(field("-x"), "\"'-x\"");
    }
}
