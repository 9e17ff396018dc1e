//! 查进度: the reporter's own view of a case, by number and code or by sign-in; appraisal, second handling, withdrawal.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{AppealId, FieldError, Refusal, RefusalKind};
use gongzhi_web::{
    Answer, Choice, Form, FormWithFiles, NoFields, Path, Query, Shell, Tone, Typed, Visit, WebError,
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::card_view::CardView;
use super::case_view::CaseView;
use super::files::{FilesView, Reader, new_files};
use super::tracking::{self, Pair, parse_number};
use crate::actions::{Appeals, Said, TrackingCode};
use crate::model::{Phase, StateName};
use crate::queries::{self, From};

#[derive(Debug, Template)]
#[template(path = "appeals/track.html")]
pub(crate) struct TrackPage {
    pub(crate) shell: Shell,
    pub(crate) number: String,
    pub(crate) mine: Option<Vec<CardView>>,
}

/// Who has read how to reach the reporter.
#[derive(Debug, Clone)]
pub(crate) struct ReadingView {
    pub(crate) who: String,
    pub(crate) at: gongzhi_kernel::Timestamp,
    pub(crate) purpose: String,
}

#[derive(Debug, Template)]
#[template(path = "appeals/track_case.html")]
pub(crate) struct TrackCasePage {
    pub(crate) shell: Shell,
    pub(crate) case: CaseView,
    /// Where the forms go: `/track/case` by code, `/mine/{number}` by sign-in.
    pub(crate) base: String,
    pub(crate) by_code: bool,
    pub(crate) until: String,
    pub(crate) may_appraise: bool,
    pub(crate) may_ask_again: bool,
    pub(crate) may_reopen: bool,
    pub(crate) may_withdraw: bool,
    pub(crate) solved_choices: Vec<Choice>,
    pub(crate) satisfied_choices: Vec<Choice>,
    pub(crate) contacted_choices: Vec<Choice>,
    pub(crate) readings: Vec<ReadingView>,
    pub(crate) files: FilesView,
}

/// How many of one's own matters are listed.
const MINE: usize = 50;

/// The answers to "solved?".
pub(crate) fn solved_choices(shell: &Shell) -> Vec<Choice> {
    vec![Choice::new("yes", shell.t("track-appraise-yes")), Choice::new("no", shell.t("track-appraise-no"))]
}

/// The five levels, the best first.
pub(crate) fn satisfied_choices(shell: &Shell) -> Vec<Choice> {
    (1..=5).rev().map(|level| Choice::new(level.to_string(), shell.t(format!("satisfied-{level}")))).collect()
}

fn contacted_choices(shell: &Shell) -> Vec<Choice> {
    vec![
        Choice::new("yes", shell.t("track-appraise-contacted-yes")),
        Choice::new("no", shell.t("track-appraise-contacted-no")),
        Choice::new("", shell.t("track-appraise-contacted-unsure")),
    ]
}

/// How the reporter has come to the case.
#[derive(Debug, Clone, Copy)]
enum Way {
    Code(Pair),
    Own(AppealId),
}

impl Way {
    fn number(self) -> AppealId {
        match self {
            Self::Code(pair) => pair.number,
            Self::Own(number) => number,
        }
    }

    fn code(self) -> Option<TrackingCode> {
        match self {
            Self::Code(pair) => Some(pair.code),
            Self::Own(_) => None,
        }
    }

    fn base(self) -> String {
        match self {
            Self::Code(_) => "/track/case".to_owned(),
            Self::Own(number) => format!("/mine/{number}"),
        }
    }

    async fn find(self, visit: &Visit, appeals: &Appeals) -> Result<queries::CaseView, WebError> {
        let found = match self {
            Self::Code(pair) => pair.look_up(visit, appeals).await?,
            Self::Own(number) => appeals.case(visit.context(), number, None).await?,
        };
        // By sign-in only what one has reported oneself.
        if found.own { Ok(found) } else { Err(Refusal::not_found("appeal-not-found").into()) }
    }
}

fn kept(visit: &Visit, headers: &HeaderMap) -> Option<Way> {
    tracking::kept(visit, headers).map(Way::Code)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WhichNumber {
    number: String,
}

/// The form for number and code; below it what somebody signed in has reported.
pub(crate) async fn show(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(which): Query<WhichNumber>,
) -> Answer {
    let number = parse_number(&which.number).map(tracking::grouped).unwrap_or_default();
    let shell = visit.shell("track-title");
    let mine = mine(&shell, &appeals).await?;
    visit.page(&TrackPage { shell, number, mine })
}

async fn mine(shell: &Shell, appeals: &Appeals) -> Result<Option<Vec<CardView>>, WebError> {
    if shell.visit().actor().person().is_none() {
        return Ok(None);
    }
    let names = super::names(appeals);
    let found = appeals.mine(shell.visit().context(), From::Older(None), MINE).await?;
    let cards = found
        .items
        .iter()
        .map(|item| CardView { href: format!("/mine/{}", item.id), ..CardView::new(shell, &names, item) });
    Ok(Some(cards.collect()))
}

/// Number and code as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Credentials {
    number: String,
    code: String,
}

/// Looks number and code up. Which of the two was wrong is never said.
pub(crate) async fn look(visit: Visit, State(appeals): State<Appeals>, form: Form<Credentials>) -> Answer {
    let Form { value: Credentials { number, code }, typed } = form;
    let mut errors = Vec::new();
    for (field, text) in [("number", &number), ("code", &code)] {
        if text.trim().is_empty() {
            errors.push(FieldError::new(field, "error-required"));
        }
    }
    let pair = Pair::typed(&number, &code);
    let found = match pair {
        Some(pair) if errors.is_empty() => match pair.look_up(&visit, &appeals).await {
            Ok(_) => Some(pair),
            Err(failure) => match failure {
                // Somebody who follows the case has a code of their own.
                gongzhi_kernel::Failure::Refused(refusal) if refusal.kind == RefusalKind::NotFound => {
                    let follows = appeals.follows_by_code(pair.number, pair.code).await?;
                    follows.then_some(pair)
                }
                other => return Err(other.into()),
            },
        },
        _ => None,
    };
    if let Some(pair) = found {
        let mut response = visit.see_other("/track/case").into_response();
        tracking::keep(&visit, &mut response, &pair);
        return Ok(response);
    }
    let refusal = if errors.is_empty() {
        Refusal {
            fields: vec![
                FieldError::new("number", "track-none-field"),
                FieldError::new("code", "track-none-field"),
            ],
            ..Refusal::new(RefusalKind::Invalid, "track-none")
        }
    } else {
        Refusal::fields(errors)
    };
    let shell = visit.shell("track-title").refill(typed, refusal);
    let mine = mine(&shell, &appeals).await?;
    visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &TrackPage { shell, number, mine })
}

/// The browser forgets number and code.
pub(crate) async fn leave(visit: Visit, _: Form<NoFields>) -> Answer {
    let mut response = visit.see_other("/track").saying(Tone::Good, "track-left").into_response();
    tracking::forget(&visit, &mut response);
    Ok(response)
}

/// The case by number and code.
pub(crate) async fn case(visit: Visit, State(appeals): State<Appeals>, headers: HeaderMap) -> Answer {
    match kept(&visit, &headers) {
        Some(way) if appeals.follows(visit.context(), way.number(), way.code()).await? => {
            Ok(visit.see_other(format!("/appeals/{}", way.number())).into_response())
        }
        Some(way) => page(&visit, &appeals, way, None).await,
        None => Ok(visit.see_other("/track").saying(Tone::Calm, "receipt-gone").into_response()),
    }
}

/// The case of somebody who was signed in when they reported it.
pub(crate) async fn own_case(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(number): Path<String>,
) -> Answer {
    page(&visit, &appeals, Way::Own(own_number(&number)?), None).await
}

fn own_number(number: &str) -> Result<AppealId, WebError> {
    parse_number(number).ok_or_else(WebError::no_such_page)
}

async fn page(visit: &Visit, appeals: &Appeals, way: Way, again: Option<(Typed, Refusal)>) -> Answer {
    let found = way.find(visit, appeals).await?;
    let names = super::names(appeals);
    let books = appeals.books();
    let reopenings = books.rulebook(visit.now())?.appraisal.reopenings;
    let open = |word: &str| found.open_to.contains(&word);
    let status = match &again {
        None => StatusCode::OK,
        Some((_, refusal)) if refusal.kind == RefusalKind::Conflict => StatusCode::CONFLICT,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut shell = visit.shell("track-case-title");
    if let Some((typed, refusal)) = again {
        shell = shell.refill(typed, refusal);
    }
    let readings = appeals.readings(visit.context(), way.number(), way.code()).await?;
    let until = found.appraise_by.map(|at| shell.exact(at).words().to_owned()).unwrap_or_default();
    let case = CaseView::new(&shell, &names, &found);
    let reader = Reader::Reporter(way.base());
    let files = FilesView::of(&shell, &names, appeals, way.number(), way.code(), reader).await?;
    let page = TrackCasePage {
        files,
        base: way.base(),
        by_code: way.code().is_some(),
        until,
        may_appraise: open("appraise"),
        may_ask_again: found.state == StateName::Answered
            && found.round <= reopenings
            && found.organ.is_some(),
        may_reopen: open("reopen"),
        may_withdraw: open("withdraw"),
        solved_choices: solved_choices(&shell),
        satisfied_choices: satisfied_choices(&shell),
        contacted_choices: contacted_choices(&shell),
        readings: readings
            .into_iter()
            .map(|reading| ReadingView {
                who: names.organ(&shell, reading.actor.organ()),
                at: reading.at,
                purpose: reading.purpose,
            })
            .collect(),
        case,
        shell,
    };
    visit.page_with(status, &page)
}

/// The fields of the reporter's forms.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Acted {
    revision: String,
    solved: String,
    satisfied: String,
    contacted: String,
    comment: String,
    again: String,
    reason: String,
    withdraw_reason: String,
}

impl Acted {
    fn revision(&self) -> Option<i64> {
        self.revision.parse().ok()
    }

    /// What is said of the answer, or the fields that are missing.
    fn said(&self) -> Result<Said, Refusal> {
        said(&self.solved, &self.satisfied, &self.contacted)
    }
}

/// What is said of an answer, from a form.
pub(crate) fn said(solved: &str, satisfied: &str, contacted: &str) -> Result<Said, Refusal> {
    let answer = |text: &str| match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let level = satisfied.parse::<u8>().ok().filter(|level| (1..=5).contains(level));
    let mut errors = Vec::new();
    if answer(solved).is_none() {
        errors.push(FieldError::new("solved", "track-error-solved"));
    }
    if level.is_none() {
        errors.push(FieldError::new("satisfied", "track-error-satisfied"));
    }
    match (answer(solved), level) {
        (Some(solved), Some(satisfied)) => Ok(Said { solved, satisfied, contacted: answer(contacted) }),
        _ => Err(Refusal::fields(errors)),
    }
}

/// What the reporter does.
#[derive(Debug, Clone, Copy)]
enum Act {
    Appraise,
    Reopen,
    Withdraw,
}

async fn act(visit: Visit, appeals: Appeals, way: Way, form: Form<Acted>, act: Act) -> Answer {
    let Form { value, typed } = form;
    let (context, number, code, revision) = (visit.context(), way.number(), way.code(), value.revision());
    let done = match act {
        Act::Appraise => match value.said() {
            Err(refusal) => return page(&visit, &appeals, way, Some((typed, refusal))).await,
            Ok(said) => {
                let again = (value.again == "yes").then_some(value.comment.as_str());
                appeals.appraise(context, number, revision, code, said, &value.comment, again).await
            }
        },
        Act::Reopen => appeals.reopen(context, number, revision, code, &value.reason).await,
        Act::Withdraw => appeals.withdraw(context, number, revision, code, &value.withdraw_reason).await,
    };
    let appeal = match done {
        Ok(appeal) => appeal,
        Err(failure) => {
            let mut refusal = visit.refused(failure)?;
            for field in &mut refusal.fields {
                // The rules know one reason; the page has two forms with one each, and asks for it as the comment.
                match (act, &*field.field) {
                    (Act::Withdraw, "reason") => field.field = "withdraw_reason".into(),
                    (Act::Appraise, "reason") => field.field = "comment".into(),
                    _ => {}
                }
            }
            return page(&visit, &appeals, way, Some((typed, refusal))).await;
        }
    };
    let to = visit.see_other(way.base());
    let said = match act {
        Act::Withdraw => to.saying(Tone::Good, "track-withdrawn"),
        _ if appeal.state.phase() == Phase::Open => {
            let due =
                appeal.deadlines.answer.map(|due| visit.shell("track-title").exact(due).words().to_owned());
            to.saying(Tone::Good, "track-reopened").with("date", due.unwrap_or_default())
        }
        _ => to.saying(Tone::Good, "track-appraised"),
    };
    Ok(said.into_response())
}

async fn by_code(
    visit: Visit,
    appeals: Appeals,
    headers: &HeaderMap,
    form: Form<Acted>,
    what: Act,
) -> Answer {
    match kept(&visit, headers) {
        Some(way) => act(visit, appeals, way, form, what).await,
        None => Ok(visit.see_other("/track").saying(Tone::Warn, "track-expired").into_response()),
    }
}

async fn attach(visit: Visit, appeals: Appeals, way: Way, form: FormWithFiles<NoFields>) -> Answer {
    let files = new_files(form.files);
    match appeals.attach(visit.context(), way.number(), way.code(), files).await {
        Ok(_) => {
            let to = visit.see_other(format!("{}#files", way.base()));
            Ok(to.saying(Tone::Good, "files-added").into_response())
        }
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            page(&visit, &appeals, way, Some((form.typed, refusal))).await
        }
    }
}

/// 添加附件, by code.
pub(crate) async fn add_files(
    visit: Visit,
    State(appeals): State<Appeals>,
    headers: HeaderMap,
    form: FormWithFiles<NoFields>,
) -> Answer {
    match kept(&visit, &headers) {
        Some(way) => attach(visit, appeals, way, form).await,
        None => Ok(visit.see_other("/track").saying(Tone::Warn, "track-expired").into_response()),
    }
}

/// 添加附件, by sign-in.
pub(crate) async fn own_add_files(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(number): Path<String>,
    form: FormWithFiles<NoFields>,
) -> Answer {
    let way = Way::Own(own_number(&number)?);
    attach(visit, appeals, way, form).await
}

/// 评价, by code.
pub(crate) async fn appraise(
    visit: Visit,
    State(appeals): State<Appeals>,
    headers: HeaderMap,
    form: Form<Acted>,
) -> Answer {
    by_code(visit, appeals, &headers, form, Act::Appraise).await
}

/// 重办, by code.
pub(crate) async fn reopen(
    visit: Visit,
    State(appeals): State<Appeals>,
    headers: HeaderMap,
    form: Form<Acted>,
) -> Answer {
    by_code(visit, appeals, &headers, form, Act::Reopen).await
}

/// 撤回, by code.
pub(crate) async fn withdraw(
    visit: Visit,
    State(appeals): State<Appeals>,
    headers: HeaderMap,
    form: Form<Acted>,
) -> Answer {
    by_code(visit, appeals, &headers, form, Act::Withdraw).await
}

/// 评价, by sign-in.
pub(crate) async fn own_appraise(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(number): Path<String>,
    form: Form<Acted>,
) -> Answer {
    let way = Way::Own(own_number(&number)?);
    act(visit, appeals, way, form, Act::Appraise).await
}

/// 重办, by sign-in.
pub(crate) async fn own_reopen(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(number): Path<String>,
    form: Form<Acted>,
) -> Answer {
    let way = Way::Own(own_number(&number)?);
    act(visit, appeals, way, form, Act::Reopen).await
}

/// 撤回, by sign-in.
pub(crate) async fn own_withdraw(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(number): Path<String>,
    form: Form<Acted>,
) -> Answer {
    let way = Way::Own(own_number(&number)?);
    act(visit, appeals, way, form, Act::Withdraw).await
}
