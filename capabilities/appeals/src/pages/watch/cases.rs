//! Each number down to its cases: what is counted, what each case adds, what was left out and why.

use askama::Template;
use axum::extract::State;
use gongzhi_kernel::Timestamp;
use gongzhi_web::{Answer, Query, Shell, Tone, Visit};

use super::{Wanted, address, month_words, scope_name, wrong};
use crate::actions::Appeals;
use crate::indicators::{Indicator, LeftOut};
use crate::pages::names::{state_look, state_words};
use crate::pages::tracking::parse_number;
use crate::queries::{AskedCases, Which};

/// A case behind the number.
#[derive(Debug, Clone)]
pub(crate) struct CaseView {
    pub(crate) number: String,
    pub(crate) href: Option<String>,
    pub(crate) title: String,
    pub(crate) category: String,
    pub(crate) state: gongzhi_web::Badge,
    pub(crate) submitted_at: Timestamp,
    pub(crate) adds: String,
    pub(crate) tone: Tone,
}

/// One of the three views of the cases.
#[derive(Debug, Clone)]
pub(crate) struct TabView {
    pub(crate) href: String,
    pub(crate) label: String,
    pub(crate) current: bool,
}

#[derive(Debug, Template)]
#[template(path = "appeals/watch_cases.html")]
pub(crate) struct CasesPage {
    pub(crate) shell: Shell,
    pub(crate) back: String,
    pub(crate) of: String,
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) base: String,
    pub(crate) meaning: String,
    pub(crate) weights: Option<String>,
    pub(crate) left_out: String,
    pub(crate) tabs: Vec<TabView>,
    pub(crate) cases: Vec<CaseView>,
    pub(crate) older: Option<String>,
    pub(crate) cut: bool,
}

/// What a case adds, in words.
fn adds(shell: &Shell, indicator: Indicator, adds: Result<(i64, i64), LeftOut>) -> (String, Tone) {
    let (hundredths, denominator) = match adds {
        Ok(adds) => adds,
        Err(LeftOut::Excluded(reason)) => {
            return (shell.t(format!("exclusion-{}", reason.word())).into_owned(), Tone::Calm);
        }
        Err(LeftOut::NotYet) => return (shell.t("watch-adds-not-yet").into_owned(), Tone::Calm),
        Err(LeftOut::Unknown) => return (shell.t("watch-adds-unknown").into_owned(), Tone::Calm),
    };
    let full = hundredths >= denominator * 100;
    let tone = if full == indicator.more_is_better() { Tone::Good } else { Tone::Warn };
    let words = match indicator {
        Indicator::Satisfaction => shell.t1("watch-adds-weight", "percent", hundredths),
        Indicator::Return => shell.t2("watch-adds-returns", "n", hundredths / 100, "all", denominator),
        _ => shell.t(format!("watch-adds-{}-{}", indicator.word(), if full { "yes" } else { "no" })),
    };
    // A case that was never sent back is nothing to warn of, one that was partly is.
    let tone = if indicator == Indicator::Return && hundredths > 0 { Tone::Warn } else { tone };
    (words.into_owned(), tone)
}

/// The cases behind a number.
pub(crate) async fn show(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let scope = wanted.scope(&appeals)?;
    let indicator = match wanted.indicator.as_str() {
        "" => Indicator::Response,
        word => Indicator::from_word(word).ok_or_else(|| wrong("indicator", word))?,
    };
    let which = match wanted.which.as_str() {
        "" => Which::Counted,
        word => Which::from_word(word).ok_or_else(|| wrong("which", word))?,
    };
    let before = match wanted.before.as_str() {
        "" => None,
        text => Some(parse_number(text).ok_or_else(|| wrong("before", text))?),
    };
    let dashboard = appeals.dashboard(visit.context(), scope, wanted.month()?).await?;
    let month = dashboard.month;
    let asked = AskedCases { scope, indicator, month, which, before };
    let found = appeals.watched_cases(visit.context(), asked).await?;
    let (shell, names) = (visit.shell("watch-cases"), crate::pages::names(&appeals));
    let path = |which: Which| {
        let base = address("/watch/cases", scope, month);
        format!("{base}&indicator={}&which={}", indicator.word(), which.word())
    };
    let rate = dashboard.now().rate(indicator, &dashboard.weights);
    let cases: Vec<CaseView> = found
        .cases
        .into_iter()
        .map(|case| {
            let (adds, tone) = adds(&shell, indicator, case.adds);
            let (look, _) = state_look(case.state);
            CaseView {
                number: case.id.to_string(),
                href: case.title.is_some().then(|| format!("/work/{}", case.id)),
                title: case.title.unwrap_or_else(|| shell.t("watch-case-hidden").into_owned()),
                category: names.category(&shell, case.category),
                state: shell.badge(look, state_words(&shell, case.state)),
                submitted_at: case.submitted_at,
                adds,
                tone,
            }
        })
        .collect();
    let tabs = Which::ALL
        .into_iter()
        .filter(|one| *one != Which::Excluded || indicator.of_call_back())
        .map(|one| TabView {
            href: path(one),
            label: shell
                .t(match (one, indicator.more_is_better()) {
                    (Which::Counted, _) => "watch-which-counted",
                    (Which::Missed, true) => "watch-which-missed",
                    (Which::Missed, false) => "watch-which-clear",
                    (Which::Excluded, _) => "watch-which-excluded",
                })
                .into_owned(),
            current: one == which,
        })
        .collect();
    let [one, two, three, four, five] = dashboard.weights.satisfaction;
    let weights = (indicator == Indicator::Satisfaction).then(|| {
        shell
            .ta(
                "watch-weights",
                &[
                    ("one", &one),
                    ("two", &two),
                    ("three", &three),
                    ("four", &four),
                    ("five", &five),
                    ("version", &dashboard.rulebook),
                ],
            )
            .into_owned()
    });
    let word = indicator.word();
    let page = CasesPage {
        back: address("/watch", scope, month),
        of: shell
            .t2("watch-of", "scope", scope_name(&shell, &names, scope), "month", month_words(&shell, month))
            .into_owned(),
        name: shell.t(format!("indicator-{word}")).into_owned(),
        value: rate.permille().map_or_else(|| "—".to_owned(), super::view::percent),
        base: if rate.denominator == 0 {
            shell.t("watch-no-base-long").into_owned()
        } else {
            shell
                .t2(format!("indicator-{word}-base"), "kept", rate.numerator(), "all", rate.denominator)
                .into_owned()
        },
        meaning: shell.t(format!("indicator-{word}-meaning")).into_owned(),
        weights,
        left_out: if indicator.of_call_back() {
            super::view::left_out(&shell, &dashboard)
        } else {
            String::new()
        },
        tabs,
        cut: cases.is_empty() && found.older.is_some(),
        cases,
        older: found.older.map(|id| format!("{}&before={id}", path(which))),
        shell,
    };
    visit.page(&page)
}
