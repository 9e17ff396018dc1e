//! The figures and tables of a dashboard, made ready once for pages, report, screen and exports. Offices and streets side by
//! side stand in `league`.

use gongzhi_web::{Shell, Tone};

use super::league::{organs, streets};
use super::{address, month_words, scope_name};
use crate::indicators::{BUCKETS, Counts, Exclusion, Indicator, Month, Rate};
use crate::pages::Names;
use crate::queries::{Dashboard, Scope};

/// One of the seven figures.
#[derive(Debug, Clone)]
pub(crate) struct FigureView {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) base: String,
    pub(crate) change: String,
    pub(crate) tone: Tone,
    pub(crate) icon: &'static str,
    pub(crate) spark: String,
    pub(crate) href: String,
}

/// A cell of a table: as it is read, and as a chart or a sheet takes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct CellView {
    pub(crate) text: String,
    pub(crate) value: Option<f64>,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub(crate) struct RowView {
    pub(crate) name: String,
    /// A heading before it, where it is the first of a group.
    pub(crate) group: Option<String>,
    pub(crate) href: Option<String>,
    pub(crate) cells: Vec<CellView>,
}

/// A table with its sentence and, where a picture says more, the kind of its chart.
#[derive(Debug, Clone)]
pub(crate) struct TableView {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) sentence: String,
    pub(crate) chart: Option<&'static str>,
    /// Which columns the chart shows, counted from 0.
    pub(crate) series: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<RowView>,
}

#[expect(clippy::cast_precision_loss, reason = "counts of cases stay far below 2^53")]
pub(super) fn real(value: i64) -> f64 {
    value as f64
}

pub(super) fn count(shell: &Shell, value: i64) -> CellView {
    CellView { text: shell.number(value), value: Some(real(value)) }
}

pub(super) fn words(text: impl Into<String>) -> CellView {
    CellView { text: text.into(), value: None }
}

/// Tenths of a percent: `96.5%`.
pub(crate) fn percent(permille: i64) -> String {
    format!("{}.{}%", permille / 10, (permille % 10).abs())
}

pub(super) fn rate(shell: &Shell, rate: Rate) -> CellView {
    match rate.permille() {
        Some(permille) => CellView { text: percent(permille), value: rate.percent() },
        None => words(shell.t("watch-no-base")),
    }
}

/// A rate with its base: `96.5% (41 of 52)`.
pub(super) fn rate_of(shell: &Shell, rate: Rate) -> CellView {
    match rate.permille() {
        Some(permille) => CellView {
            text: shell
                .ta(
                    "watch-rate-of",
                    &[("rate", &percent(permille)), ("kept", &rate.numerator()), ("all", &rate.denominator)],
                )
                .into_owned(),
            value: rate.percent(),
        },
        None => words(shell.t("watch-no-base")),
    }
}

/// A change in tenths of a point, with its sign.
fn points(permille: i64) -> String {
    let sign = match permille.signum() {
        1 => "+",
        -1 => "−",
        _ => "±",
    };
    format!("{sign}{}.{}", permille.abs() / 10, permille.abs() % 10)
}

pub(super) fn change(shell: &Shell, now: Rate, before: Rate) -> CellView {
    match (now.permille(), before.permille()) {
        (Some(now), Some(before)) => {
            let by = now - before;
            CellView {
                text: shell.t1("watch-points", "by", points(by)).into_owned(),
                value: Some(real(by) / 10.0),
            }
        }
        _ => words(shell.t("watch-no-base")),
    }
}

/// The points of a small line from 0,0 to 100,24: a share each month; months without a base are passed over.
fn spark(trend: &[(Month, Counts)], indicator: Indicator, dashboard: &Dashboard) -> String {
    let shares: Vec<Option<i64>> =
        trend.iter().map(|(_, counts)| counts.rate(indicator, &dashboard.weights).permille()).collect();
    let known = shares.iter().flatten();
    let (low, high) = (known.clone().min().copied().unwrap_or(0), known.max().copied().unwrap_or(0));
    // A quiet line stays quiet: less than five points of change are not stretched over the height.
    let span = (high - low).max(50);
    let last = i64::try_from(trend.len()).unwrap_or(1).max(2) - 1;
    let mut points = Vec::new();
    for (at, share) in (0..).zip(&shares) {
        if let Some(share) = share {
            points.push(format!("{},{}", at * 100 / last, 22 - (share - low) * 20 / span));
        }
    }
    points.join(" ")
}

/// The seven figures with trend, base and the way to their cases.
pub(crate) fn figures(shell: &Shell, dashboard: &Dashboard) -> Vec<FigureView> {
    let (now, before) = (dashboard.now(), dashboard.before());
    Indicator::ALL
        .into_iter()
        .map(|indicator| {
            let of = |counts: &Counts| counts.rate(indicator, &dashboard.weights);
            let (rate, earlier) = (of(&now), of(&before));
            let (change, tone, icon) = match (rate.permille(), earlier.permille()) {
                (Some(now), Some(before)) if now == before => {
                    (shell.t("watch-unchanged").into_owned(), Tone::Calm, "next")
                }
                (Some(now), Some(before)) => {
                    let good = (now > before) == indicator.more_is_better();
                    (
                        shell.t1("watch-change", "by", points(now - before)).into_owned(),
                        if good { Tone::Good } else { Tone::Warn },
                        if now > before { "up" } else { "down" },
                    )
                }
                _ => (shell.t("watch-no-change").into_owned(), Tone::Calm, "info"),
            };
            let base = if rate.denominator == 0 {
                shell.t("watch-no-base-long").into_owned()
            } else {
                let key = format!("indicator-{}-base", indicator.word());
                shell.t2(key, "kept", rate.numerator(), "all", rate.denominator).into_owned()
            };
            FigureView {
                label: shell.t(format!("indicator-{}", indicator.word())).into_owned(),
                value: rate.permille().map_or_else(|| "—".to_owned(), percent),
                base,
                change,
                tone,
                icon,
                spark: spark(&dashboard.trend, indicator, dashboard),
                href: format!(
                    "{}&indicator={}",
                    address("/watch/cases", dashboard.scope, dashboard.month),
                    indicator.word()
                ),
            }
        })
        .collect()
}

/// What came in, in one sentence.
pub(crate) fn sentence(shell: &Shell, dashboard: &Dashboard) -> String {
    let (now, before) = (dashboard.now(), dashboard.before());
    let month = month_words(shell, dashboard.month);
    let change = match (now.received - before.received, before.received) {
        // A month that is not over cannot be compared with one that is.
        _ if dashboard.month == dashboard.newest => shell.t("watch-so-far").into_owned(),
        (_, 0) => String::new(),
        (0, _) => shell.t("watch-as-many").into_owned(),
        (more, base) if more > 0 => {
            shell.t1("watch-more", "share", (more * 100 + base / 2) / base).into_owned()
        }
        (less, base) => shell.t1("watch-fewer", "share", (-less * 100 + base / 2) / base).into_owned(),
    };
    shell
        .ta(
            "watch-sentence",
            &[
                ("month", &month),
                ("received", &now.received),
                ("answered", &now.answered),
                ("change", &change),
            ],
        )
        .into_owned()
}

/// How many were left out of the call-back's figures, in one sentence.
pub(crate) fn left_out(shell: &Shell, dashboard: &Dashboard) -> String {
    let now = dashboard.now();
    let [unreasonable, out_of_scope, unreachable] = Exclusion::ALL.map(|reason| now.excluded(reason));
    let all = unreasonable + out_of_scope + unreachable;
    if all == 0 {
        return shell.t("watch-left-out-none").into_owned();
    }
    shell
        .ta(
            "watch-left-out",
            &[
                ("all", &all),
                ("unreasonable", &unreasonable),
                ("scope", &out_of_scope),
                ("unreachable", &unreachable),
            ],
        )
        .into_owned()
}

fn trend(shell: &Shell, dashboard: &Dashboard) -> TableView {
    let four = [Indicator::Response, Indicator::Solution, Indicator::Satisfaction, Indicator::OnTime];
    let mut head = vec![shell.t("watch-col-month").into_owned(), shell.t("watch-col-received").into_owned()];
    head.extend(four.map(|one| shell.t(format!("indicator-{}", one.word())).into_owned()));
    let shown: Vec<&(Month, Counts)> =
        dashboard.trend.iter().skip_while(|(_, counts)| counts.received == 0).collect();
    let rows = shown
        .iter()
        .map(|(month, counts)| {
            let mut cells = vec![count(shell, counts.received)];
            cells.extend(four.map(|one| rate(shell, counts.rate(one, &dashboard.weights))));
            RowView {
                name: month.to_string(),
                group: None,
                href: Some(address("/watch", dashboard.scope, *month)),
                cells,
            }
        })
        .collect();
    let best = shown.iter().max_by_key(|(_, counts)| counts.received);
    let sentence = match best {
        Some((month, counts)) => shell
            .t2("watch-trend-sentence", "month", month_words(shell, *month), "received", counts.received)
            .into_owned(),
        None => shell.t("watch-nothing").into_owned(),
    };
    TableView {
        id: "trend",
        title: shell.t("watch-trend").into_owned(),
        sentence,
        chart: (shown.len() > 1).then_some("line"),
        series: "1,2,3,4",
        unit: "%",
        head,
        rows,
    }
}

fn categories(shell: &Shell, names: &Names, dashboard: &Dashboard) -> TableView {
    let head = ["watch-col-category", "watch-col-received", "watch-col-before", "indicator-solution"]
        .map(|key| shell.t(key).into_owned());
    let before = |id: Option<i64>| {
        dashboard.categories_before.get(&id.unwrap_or(0)).copied().unwrap_or_default().received
    };
    let rows: Vec<RowView> = dashboard
        .categories
        .iter()
        .map(|(id, counts)| RowView {
            name: names.category(shell, *id),
            group: None,
            href: None,
            cells: vec![
                count(shell, counts.received),
                count(shell, before(id.map(gongzhi_kernel::Id::get))),
                rate_of(shell, counts.rate(Indicator::Solution, &dashboard.weights)),
            ],
        })
        .collect();
    let risen = dashboard
        .categories
        .iter()
        .map(|(id, counts)| (id, counts.received, before(id.map(gongzhi_kernel::Id::get))))
        .filter(|(_, now, before)| dashboard.month < dashboard.newest && now > before && *before > 0)
        .max_by_key(|(_, now, before)| now - before);
    let sentence = match (risen, dashboard.categories.first()) {
        (Some((id, now, before)), _) => shell
            .ta(
                "watch-category-risen",
                &[
                    ("category", &names.category(shell, *id)),
                    ("share", &((now - before) * 100 / before)),
                    ("now", &now),
                    ("before", &before),
                ],
            )
            .into_owned(),
        (None, Some((id, counts))) => shell
            .t2("watch-category-most", "category", names.category(shell, *id), "now", counts.received)
            .into_owned(),
        (None, None) => shell.t("watch-nothing").into_owned(),
    };
    TableView {
        id: "categories",
        title: shell.t("watch-categories").into_owned(),
        sentence,
        chart: (rows.len() > 1).then_some("bars"),
        series: "0,1",
        unit: "",
        head: head.into(),
        rows,
    }
}

/// How long people waited for the first answer.
pub(crate) fn times(shell: &Shell, counts: &Counts) -> TableView {
    let head = ["watch-col-time", "watch-col-answered", "watch-col-share", "watch-col-so-far"]
        .map(|key| shell.t(key).into_owned());
    let all: i64 = counts.times.iter().sum();
    let bucket = |at: usize| match BUCKETS.get(at) {
        Some(hours) if *hours < 72 => shell.t1("watch-within-hours", "n", *hours).into_owned(),
        Some(hours) => shell.t1("watch-within-days", "n", hours / 24).into_owned(),
        None => shell.t("watch-longer").into_owned(),
    };
    let mut so_far = 0;
    let rows = counts
        .times
        .iter()
        .enumerate()
        .map(|(at, cases)| {
            so_far += cases;
            RowView {
                name: bucket(at),
                group: None,
                href: None,
                cells: vec![
                    count(shell, *cases),
                    rate(shell, Rate::of(*cases, all)),
                    rate(shell, Rate::of(so_far, all)),
                ],
            }
        })
        .collect();
    let sentence = match counts.median_bucket() {
        Some(at) => shell.t2("watch-times-sentence", "time", bucket(at), "all", all).into_owned(),
        None => shell.t("watch-times-none").into_owned(),
    };
    TableView {
        id: "times",
        title: shell.t("watch-times").into_owned(),
        sentence,
        chart: (all > 0).then_some("columns"),
        series: "0",
        unit: "",
        head: head.into(),
        rows,
    }
}

/// All tables of a dashboard.
pub(crate) fn tables(shell: &Shell, names: &Names, dashboard: &Dashboard) -> Vec<TableView> {
    let mut all =
        vec![trend(shell, dashboard), categories(shell, names, dashboard), times(shell, &dashboard.now())];
    if !matches!(dashboard.scope, Scope::Organ(_)) {
        all.push(organs(shell, names, dashboard, true));
    }
    if !matches!(dashboard.scope, Scope::Street(_)) {
        all.push(streets(shell, names, dashboard));
    }
    all
}

/// The title of a page on a scope and month.
pub(crate) fn title(shell: &Shell, names: &Names, dashboard: &Dashboard) -> String {
    let month = month_words(shell, dashboard.month);
    shell.t2("watch-of", "scope", scope_name(shell, names, dashboard.scope), "month", month).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_carry_their_sign() {
        assert_eq!([points(12), points(-3), points(0)], ["+1.2", "−0.3", "±0.0"]);
        assert_eq!(percent(1000), "100.0%");
    }
}
