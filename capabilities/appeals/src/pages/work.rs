//! The workbench: queues by deadline, one case beside them, and the steps of those who must act. When somebody was
//! faster, the page says what changed and keeps what was typed.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{ActorKind, AppealId, Failure, FieldError, Refusal, RefusalKind};
use gongzhi_web::{Answer, Choice, Form, Knot, Path, Query, Shell, Tone, Typed, Visit, WebError};
use http::StatusCode;
use serde::Deserialize;

use super::card_view::RowView;
use super::case_view::{CaseView, ClockView, changes, clocks};
use super::files::{FilesView, Reader};
use super::names::Names;
use super::select::{self, Group};
use super::track::{said, satisfied_choices, solved_choices};
use super::tracking::parse_number;
use super::work_several::Outcome;
use super::work_tabs::{TabView, desk, filters, tabs};
use super::work_tasks::{BesideView, beside_view};
use crate::actions::Appeals;
use crate::model::{Appeal, ContactWay, Reporter, StateName, Visibility};
use crate::queries::{self, Desk, DeskFilter, Place};

/// How many cases of a queue are shown at once.
const ROWS: usize = 40;

/// How to reach the reporter, as far as it is shown.
#[derive(Debug, Clone)]
pub(crate) enum ReporterView {
    /// Just read, for a purpose that has been recorded.
    Shown(Vec<(String, String)>),
    /// There is something to read, for a purpose.
    Hidden,
    /// Not for this organ.
    Protected,
    /// Nothing was given, or it is not for this actor.
    None,
}

/// The form of a dispatcher.
#[derive(Debug, Clone)]
pub(crate) struct DispatchView {
    pub(crate) is_final: bool,
    pub(crate) returns: u8,
    pub(crate) suggestion: String,
    pub(crate) groups: Vec<Group>,
}

/// What may be done now.
#[derive(Debug, Clone)]
pub(crate) struct ActionsView {
    pub(crate) dispatch: Option<DispatchView>,
    pub(crate) accept: bool,
    pub(crate) contact: bool,
    pub(crate) contact_first: bool,
    pub(crate) ways: Vec<Choice>,
    pub(crate) answer: bool,
    pub(crate) answer_first: bool,
    pub(crate) answer_hint: &'static str,
    pub(crate) reply_limit: u32,
    pub(crate) send_back: Option<u8>,
    pub(crate) appraise: bool,
    pub(crate) solved_choices: Vec<Choice>,
    pub(crate) satisfied_choices: Vec<Choice>,
}

impl ActionsView {
    fn is_none(&self) -> bool {
        self.dispatch.is_none()
            && !self.accept
            && !self.contact
            && !self.answer
            && self.send_back.is_none()
            && !self.appraise
    }
}

/// The case that is open.
#[derive(Debug, Clone)]
pub(crate) struct OpenCase {
    pub(crate) case: CaseView,
    pub(crate) clocks: Vec<ClockView>,
    pub(crate) actions: ActionsView,
    pub(crate) reporter: ReporterView,
    /// What happened since the form was opened, where somebody was faster.
    pub(crate) changes: Vec<Knot>,
    /// What was typed into a form that the case no longer has.
    pub(crate) kept: Vec<String>,
    pub(crate) files: FilesView,
    /// What runs beside it.
    pub(crate) beside: BesideView,
}

#[derive(Debug, Template)]
#[template(path = "appeals/work.html")]
pub(crate) struct WorkPage {
    pub(crate) shell: Shell,
    pub(crate) organ: String,
    pub(crate) intake: bool,
    pub(crate) tabs: Vec<TabView>,
    pub(crate) tab_word: &'static str,
    pub(crate) rows: Vec<RowView>,
    pub(crate) more: Option<String>,
    pub(crate) back: String,
    /// Whether several cases can be taken on at once, and which colleagues they can be given to.
    pub(crate) bulk: bool,
    /// What came of the last step for several cases.
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) open: Option<OpenCase>,
}

/// Which queue, and from where.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    tab: String,
    after: String,
    /// A number as it was read out: opens that case.
    number: String,
}

impl Wanted {
    /// This queue, from its beginning.
    pub(super) fn on(tab: &str) -> Self {
        Self { tab: tab.to_owned(), ..Self::default() }
    }
}

/// The page around a case, or around none.
pub(super) async fn page(
    visit: &Visit,
    appeals: &Appeals,
    wanted: &Wanted,
    shell: Shell,
    open: Option<OpenCase>,
) -> Result<WorkPage, WebError> {
    let desk = desk(visit);
    let offered = filters(desk);
    let chosen = DeskFilter::from_word(&wanted.tab).filter(|filter| offered.contains(filter));
    let after: Option<Place> = match wanted.after.as_str() {
        "" => None,
        text => Some(
            text.parse().map_err(|_| Refusal::fields(vec![FieldError::new("after", "api-bad-cursor")]))?,
        ),
    };
    let mut filter = chosen.or_else(|| offered.first().copied()).unwrap_or_default();
    let mut queue = appeals.desk(visit.context(), desk, filter, after, ROWS).await?;
    if chosen.is_none() && queue.items.is_empty() {
        // Nobody chose: the first queue in which something waits.
        if let Some(waiting) = offered.iter().copied().find(|filter| queue.counts.of(*filter) > 0) {
            filter = waiting;
            queue = appeals.desk(visit.context(), desk, filter, after, ROWS).await?;
        }
    }
    let names = super::names(appeals);
    let tab_word = filter.word();
    let current = open.as_ref().map(|open| open.case.number_plain.clone());
    let rows = queue.items.iter().map(|item| {
        let number = item.id.to_string();
        let here = current.as_deref() == Some(number.as_str());
        RowView::new(&shell, &names, item, format!("/work/{number}?tab={tab_word}"), here)
    });
    Ok(WorkPage {
        organ: names.organ(&shell, visit.actor().organ()),
        intake: visit.actor().kind() == ActorKind::Operator,
        tabs: tabs(&shell, desk, filter, &queue.counts),
        tab_word,
        rows: rows.collect(),
        more: queue.next.map(|place| format!("/work?tab={tab_word}&after={place}")),
        back: format!("/work?tab={tab_word}"),
        bulk: matches!(desk, Desk::Organ(_)) && filter != DeskFilter::Returned,
        outcomes: Vec::new(),
        open,
        shell,
    })
}

/// The queues alone.
pub(crate) async fn queue(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let shell = visit.shell("work-title");
    if wanted.number.trim().is_empty() {
        let page = page(&visit, &appeals, &wanted, shell, None).await?;
        return visit.page(&page);
    }
    if let Some(number) = parse_number(&wanted.number) {
        return Ok(visit.see_other(format!("/work/{number}")).into_response());
    }
    let refusal = Refusal::fields(vec![FieldError::new("number", "work-find-wrong")]);
    let shell = shell.refill(Typed::new([("number", wanted.number.as_str())]), refusal);
    let page = page(&visit, &appeals, &wanted, shell, None).await?;
    visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// A case beside its queue.
pub(crate) async fn case(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(number): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let id = parse_number(&number).ok_or_else(WebError::no_such_page)?;
    show(&visit, &appeals, id, &wanted, Around::default()).await
}

/// What stands around a case besides the case itself.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// The form again, with what was typed.
    pub(super) again: Option<(Typed, Refusal)>,
    /// The revision that the form was opened at, where somebody was faster.
    pub(super) since: Option<i64>,
    /// Who reported, just read.
    pub(super) reporter: Option<Reporter>,
}

pub(super) async fn show(
    visit: &Visit,
    appeals: &Appeals,
    id: AppealId,
    wanted: &Wanted,
    around: Around,
) -> Answer {
    let found = appeals.case(visit.context(), id, None).await?;
    if !found.full {
        // A public case, but none of this desk: its public page is the one to read.
        return Ok(visit.see_other(format!("/appeals/{id}")).into_response());
    }
    let names = super::names(appeals);
    let mut shell = visit.shell("work-title");
    let (mut status, mut kept) = (StatusCode::OK, Vec::new());
    if let Some((typed, refusal)) = around.again {
        status = if refusal.kind == RefusalKind::Conflict {
            StatusCode::CONFLICT
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        for (field, action) in [("reply", "answer"), ("reason", "return")] {
            let gone = !found.open_to.contains(&action);
            kept.extend(typed.get(field).filter(|text| gone && !text.trim().is_empty()).map(str::to_owned));
        }
        let note_fits = ["contact", "dispatch"].iter().any(|action| found.open_to.contains(action));
        kept.extend(
            typed.get("note").filter(|text| !note_fits && !text.trim().is_empty()).map(str::to_owned),
        );
        shell = shell.refill(typed, refusal);
    }
    let open = OpenCase {
        case: CaseView::new(&shell, &names, &found),
        clocks: clocks(&shell, &found),
        actions: actions(visit, appeals, &shell, &names, &found)?,
        reporter: reporter_view(&shell, appeals, &found, around.reporter).await?,
        beside: beside_view(visit, appeals, &shell, &names, &found).await?,
        changes: around.since.map(|since| changes(&shell, &names, &found, since)).unwrap_or_default(),
        kept,
        files: FilesView::of(&shell, &names, appeals, id, None, Reader::Staff).await?,
    };
    let page = page(visit, appeals, wanted, shell, Some(open)).await?;
    visit.page_with(status, &page)
}

async fn reporter_view(
    shell: &Shell,
    appeals: &Appeals,
    case: &queries::CaseView,
    read: Option<Reporter>,
) -> Result<ReporterView, WebError> {
    if let Some(reporter) = read {
        let rows = [
            ("work-reporter-name", reporter.name),
            ("work-reporter-phone", reporter.phone),
            ("work-reporter-email", reporter.email),
        ];
        let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
        return Ok(ReporterView::Shown(
            rows.map(|(key, value)| (shell.t(key).into_owned(), value)).collect(),
        ));
    }
    if case.reporter_readable {
        return Ok(ReporterView::Hidden);
    }
    let kept_back = case.visibility == Visibility::Confidential && appeals.has_reporter(case.id).await?;
    Ok(if kept_back { ReporterView::Protected } else { ReporterView::None })
}

fn actions(
    visit: &Visit,
    appeals: &Appeals,
    shell: &Shell,
    names: &Names,
    case: &queries::CaseView,
) -> Result<ActionsView, WebError> {
    let may = |word: &str| case.open_to.contains(&word);
    let books = appeals.books();
    let rulebook = books.rulebook(visit.now())?;
    let dispatch = may("dispatch").then(|| {
        // What the catalogue names again after a return would only come back.
        let suggested = books
            .organ_for(&names.directory, case.category, case.area, visit.now())
            .map(|(organ, _)| organ)
            .filter(|organ| case.state != StateName::Returned || case.organ != Some(*organ));
        let typed = shell.typed("organ").and_then(|text| text.parse().ok());
        let suggestion = match suggested {
            Some(organ) => {
                shell.t1("work-dispatch-suggested", "organ", names.organ(shell, Some(organ))).into_owned()
            }
            None => shell.t("work-dispatch-suggested-none").into_owned(),
        };
        DispatchView {
            is_final: case.returns > 0 && case.returns >= rulebook.returns.cap,
            returns: case.returns,
            suggestion,
            groups: select::organs(shell, names, typed.or(suggested)),
        }
    });
    let contact = may("contact");
    let ways =
        ContactWay::ALL.iter().map(|way| Choice::new(way.word(), shell.t(format!("way-{way}")))).collect();
    let is_wrong = |field: &str| shell.error(field).is_some();
    Ok(ActionsView {
        dispatch,
        accept: may("accept"),
        contact,
        contact_first: contact && !is_wrong("reply"),
        ways,
        answer: may("answer"),
        answer_first: !contact || is_wrong("reply"),
        answer_hint: if case.visibility == Visibility::Confidential {
            "work-answer-hint-confidential"
        } else {
            "work-answer-hint"
        },
        reply_limit: u32::try_from(rulebook.limits.reply.max).unwrap_or(u32::MAX),
        send_back: may("return").then(|| rulebook.returns.cap.saturating_sub(case.returns)),
        appraise: may("call_back"),
        solved_choices: solved_choices(shell),
        satisfied_choices: satisfied_choices(shell),
    })
}

/// The fields of the workbench's forms.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Acted {
    revision: String,
    tab: String,
    organ: String,
    note: String,
    way: String,
    reply: String,
    reason: String,
    solved: String,
    satisfied: String,
    comment: String,
    purpose: String,
}

impl Acted {
    fn wanted(&self) -> Wanted {
        Wanted::on(&self.tab)
    }

    fn revision(&self) -> Option<i64> {
        self.revision.parse().ok()
    }
}

/// The case again after a form of its own part of the page, with what has to be changed.
pub(super) async fn again(
    visit: &Visit,
    appeals: &Appeals,
    id: AppealId,
    typed: Typed,
    refusal: Refusal,
) -> Answer {
    let around = Around { again: Some((typed, refusal)), since: None, reporter: None };
    show(visit, appeals, id, &Wanted::default(), around).await
}

/// After a step: back to the case with a sentence, or the same form again.
async fn finish(
    visit: &Visit,
    appeals: &Appeals,
    id: AppealId,
    form: Form<Acted>,
    done: Result<Appeal, Failure>,
    sentence: &'static str,
) -> Answer {
    let wanted = form.value.wanted();
    match done {
        Ok(appeal) => {
            let mut to = format!("/work/{id}");
            if !wanted.tab.is_empty() && DeskFilter::from_word(&wanted.tab).is_some() {
                to = format!("{to}?tab={}", wanted.tab);
            }
            let organ = super::names(appeals).organ(&visit.shell("work-title"), appeal.organ());
            Ok(visit.see_other(to).saying(Tone::Good, sentence).with("organ", organ).into_response())
        }
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            let since = (refusal.kind == RefusalKind::Conflict).then(|| form.value.revision()).flatten();
            show(
                visit,
                appeals,
                id,
                &wanted,
                Around { again: Some((form.typed, refusal)), since, reporter: None },
            )
            .await
        }
    }
}

pub(super) fn number(text: &str) -> Result<AppealId, WebError> {
    parse_number(text).ok_or_else(WebError::no_such_page)
}

pub(super) fn wrong_field(field: &'static str, key: &'static str) -> Failure {
    Refusal::fields(vec![FieldError::new(field, key)]).into()
}

/// 派单.
pub(crate) async fn dispatch(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    form: Form<Acted>,
) -> Answer {
    let id = number(&path)?;
    let done = match form.value.organ.parse() {
        Ok(organ) => {
            appeals.dispatch(visit.context(), id, form.value.revision(), organ, &form.value.note).await
        }
        Err(_) => Err(wrong_field("organ", "work-error-organ")),
    };
    finish(&visit, &appeals, id, form, done, "work-dispatched").await
}

/// 签收.
pub(crate) async fn accept(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    form: Form<Acted>,
) -> Answer {
    let id = number(&path)?;
    let done = appeals.accept(visit.context(), id, form.value.revision()).await;
    finish(&visit, &appeals, id, form, done, "work-accepted").await
}

/// 联系.
pub(crate) async fn contact(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    form: Form<Acted>,
) -> Answer {
    let id = number(&path)?;
    let done = match ContactWay::from_word(&form.value.way) {
        Some(way) => appeals.contact(visit.context(), id, form.value.revision(), way, &form.value.note).await,
        None => Err(wrong_field("way", "work-error-way")),
    };
    finish(&visit, &appeals, id, form, done, "work-contacted").await
}

/// 答复.
pub(crate) async fn answer(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    form: Form<Acted>,
) -> Answer {
    let id = number(&path)?;
    let done = appeals.answer(visit.context(), id, form.value.revision(), &form.value.reply).await;
    finish(&visit, &appeals, id, form, done, "work-answered").await
}

/// 退单.
pub(crate) async fn send_back(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    form: Form<Acted>,
) -> Answer {
    let id = number(&path)?;
    let done = appeals.return_(visit.context(), id, form.value.revision(), &form.value.reason).await;
    finish(&visit, &appeals, id, form, done, "work-returned").await
}

/// 回访: what the reporter said when called back.
pub(crate) async fn call_back(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    form: Form<Acted>,
) -> Answer {
    let id = number(&path)?;
    let done = match said(&form.value.solved, &form.value.satisfied, "") {
        Ok(said) => {
            appeals
                .call_back(visit.context(), id, form.value.revision(), said, &form.value.comment, None)
                .await
        }
        Err(refusal) => Err(refusal.into()),
    };
    finish(&visit, &appeals, id, form, done, "work-appraised").await
}

/// Shows how to reach the reporter, once, for a purpose that is recorded.
pub(crate) async fn read_reporter(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    form: Form<Acted>,
) -> Answer {
    let id = number(&path)?;
    let wanted = form.value.wanted();
    let around = match appeals.read_reporter(visit.context(), id, &form.value.purpose).await {
        Ok(reporter) => Around { reporter: Some(reporter), ..Around::default() },
        Err(failure) => Around { again: Some((form.typed, visit.refused(failure)?)), ..Around::default() },
    };
    show(&visit, &appeals, id, &wanted, around).await
}
