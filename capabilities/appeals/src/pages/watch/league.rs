//! Offices and streets side by side, with what is needed to be fair to them.

use gongzhi_people::OrganKind;
use gongzhi_web::Shell;

use super::address;
use super::view::{RowView, TableView, change, count, percent, rate, rate_of, real, words};
use crate::indicators::{Counts, Indicator, Rate};
use crate::pages::Names;
use crate::queries::{Dashboard, Scope};

/// Where the share of all cases like these probably lies, in tenths of a percent: the 95 % interval of Wilson with continuity
/// correction (Newcombe 1998, method 4). With few cases it is wide, and then nothing can be said against anybody.
pub(crate) fn likely(rate: Rate) -> Option<(i64, i64)> {
    if rate.denominator <= 0 {
        return None;
    }
    let (n, z) = (real(rate.denominator), 1.96_f64);
    let p = (real(rate.hundredths) / 100.0 / n).clamp(0.0, 1.0);
    let q = 1.0 - p;
    let (middle, scale) = (2.0 * n * p + z * z, 2.0 * (n + z * z));
    let low = (middle - 1.0 - z * (z * z - 2.0 - 1.0 / n + 4.0 * p * (n * q + 1.0)).max(0.0).sqrt()) / scale;
    let high = (middle + 1.0 + z * (z * z + 2.0 - 1.0 / n + 4.0 * p * (n * q - 1.0)).max(0.0).sqrt()) / scale;
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1000")]
    let permille = |share: f64| (share * 1000.0).round().clamp(0.0, 1000.0) as i64;
    Some((if p > 0.0 { permille(low) } else { 0 }, if p < 1.0 { permille(high) } else { 1000 }))
}

/// How a part stands against the city: by the likely range, not by its rank.
pub(crate) fn against(part: Rate, city: Rate) -> &'static str {
    match (likely(part), city.permille()) {
        (Some((low, _)), Some(city)) if low > city => "watch-above",
        (Some((_, high)), Some(city)) if high < city => "watch-below",
        (Some(_), Some(_)) => "watch-similar",
        _ => "watch-no-base",
    }
}

/// One member of a league, before it is put into words.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) group: Option<String>,
    pub(crate) href: Option<String>,
    pub(crate) now: Counts,
    pub(crate) before: Counts,
}

/// Members side by side, with what is needed to be fair to them: how much came in, on how many answers the share rests,
/// where it probably lies, and how it stands against the whole city and against itself a month ago. No ranks.
pub(crate) fn league(
    shell: &Shell,
    dashboard: &Dashboard,
    id: &'static str,
    key: &str,
    members: Vec<Member>,
) -> TableView {
    let head = [
        "watch-col-name",
        "watch-col-received",
        "indicator-solution",
        "watch-col-likely",
        "watch-col-against",
        "watch-col-change",
        "indicator-satisfaction",
        "indicator-on_time",
    ]
    .map(|key| shell.t(key).into_owned());
    let of = |counts: &Counts, indicator| counts.rate(indicator, &dashboard.weights);
    let city = of(&dashboard.city, Indicator::Solution);
    let (mut above, mut below) = (0_i64, 0_i64);
    let rows: Vec<RowView> = members
        .into_iter()
        .map(|member| {
            let solved = of(&member.now, Indicator::Solution);
            let range = match likely(solved) {
                Some((low, high)) => format!("{}–{}", percent(low), percent(high)),
                None => shell.t("watch-no-base").into_owned(),
            };
            let stands = against(solved, city);
            above += i64::from(stands == "watch-above");
            below += i64::from(stands == "watch-below");
            RowView {
                name: member.name,
                group: member.group,
                href: member.href,
                cells: vec![
                    count(shell, member.now.received),
                    rate_of(shell, solved),
                    words(range),
                    words(shell.t(stands)),
                    change(shell, solved, of(&member.before, Indicator::Solution)),
                    rate(shell, of(&member.now, Indicator::Satisfaction)),
                    rate(shell, of(&member.now, Indicator::OnTime)),
                ],
            }
        })
        .collect();
    let sentence = match city.permille() {
        _ if rows.is_empty() => shell.t("watch-nothing").into_owned(),
        Some(city) => shell
            .ta("watch-league-sentence", &[("city", &percent(city)), ("above", &above), ("below", &below)])
            .into_owned(),
        None => shell.t("watch-league-none").into_owned(),
    };
    TableView {
        id,
        title: shell.t(key).into_owned(),
        sentence,
        chart: None,
        series: "",
        unit: "",
        head: head.into(),
        rows,
    }
}

/// The kinds of organs in the order of a league: like stands beside like.
const KINDS: [OrganKind; 6] = [
    OrganKind::Department,
    OrganKind::District,
    OrganKind::Street,
    OrganKind::HotlineCentre,
    OrganKind::City,
    OrganKind::Community,
];

/// The organs of a dashboard, those of one kind together.
pub(crate) fn organs(shell: &Shell, names: &Names, dashboard: &Dashboard, linked: bool) -> TableView {
    let kind = |id: Option<gongzhi_kernel::OrganId>| {
        id.and_then(|id| names.directory.organ(id)).map_or(OrganKind::ALL.len(), |organ| {
            KINDS.iter().position(|kind| *kind == organ.kind).unwrap_or(OrganKind::ALL.len())
        })
    };
    let mut all: Vec<_> = dashboard.organs.iter().filter(|(id, _)| id.is_some()).collect();
    all.sort_by_key(|(id, counts)| (kind(*id), std::cmp::Reverse(counts.received)));
    let mut before = None;
    let members = all
        .into_iter()
        .map(|(id, counts)| {
            let own = id.and_then(|id| names.directory.organ(id)).map(|organ| organ.kind);
            let first = own != before;
            before = own;
            Member {
                name: names.organ(shell, *id),
                group: own
                    .filter(|_| first)
                    .map(|kind| shell.t(format!("organ-kind-{}", kind.word())).into_owned()),
                href: id.filter(|_| linked).map(|id| address("/watch", Scope::Organ(id), dashboard.month)),
                now: *counts,
                before: dashboard
                    .organs_before
                    .get(&id.map_or(0, gongzhi_kernel::Id::get))
                    .copied()
                    .unwrap_or_default(),
            }
        })
        .collect();
    league(shell, dashboard, "organs", "watch-organs", members)
}

pub(crate) fn streets(shell: &Shell, names: &Names, dashboard: &Dashboard) -> TableView {
    let head = [
        "watch-col-street",
        "watch-col-received",
        "indicator-solution",
        "watch-col-against",
        "indicator-satisfaction",
        "indicator-on_time",
    ]
    .map(|key| shell.t(key).into_owned());
    let of = |counts: &Counts, indicator| counts.rate(indicator, &dashboard.weights);
    let city = of(&dashboard.city, Indicator::Solution);
    let rows: Vec<RowView> = dashboard
        .streets
        .iter()
        .map(|(id, counts)| RowView {
            name: match id {
                Some(_) => names.area(shell, *id),
                None => shell.t("watch-no-street").into_owned(),
            },
            group: None,
            href: id.map(|id| address("/watch", Scope::Street(id), dashboard.month)),
            cells: vec![
                count(shell, counts.received),
                rate_of(shell, of(counts, Indicator::Solution)),
                words(shell.t(against(of(counts, Indicator::Solution), city))),
                rate(shell, of(counts, Indicator::Satisfaction)),
                rate(shell, of(counts, Indicator::OnTime)),
            ],
        })
        .collect();
    let sentence = match dashboard.streets.iter().find(|(id, _)| id.is_some()) {
        Some((id, counts)) => shell
            .t2("watch-streets-sentence", "street", names.area(shell, *id), "received", counts.received)
            .into_owned(),
        None => shell.t("watch-nothing").into_owned(),
    };
    TableView {
        id: "streets",
        title: shell.t("watch-streets").into_owned(),
        sentence,
        chart: None,
        series: "",
        unit: "",
        head: head.into(),
        rows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_cases_say_little_and_many_say_much() {
        let city = Rate::of(80, 100);
        assert_eq!(against(Rate::of(0, 0), city), "watch-no-base");
        assert_eq!(against(Rate::of(2, 4), city), "watch-similar", "two of four is no evidence");
        assert_eq!(against(Rate::of(200, 400), city), "watch-below");
        assert_eq!(against(Rate::of(390, 400), city), "watch-above");
        assert_eq!(against(Rate::of(0, 1), city), "watch-similar", "one case is none at all");
        // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20.
        assert_eq!(likely(Rate::of(81, 263)), Some((254, 368)));
        assert_eq!(likely(Rate::of(15, 148)), Some((60, 164)));
        assert_eq!(likely(Rate::of(0, 20)), Some((0, 200)));
        assert_eq!(likely(Rate::of(5, 5)).map(|(_, high)| high), Some(1000));
    }
}
