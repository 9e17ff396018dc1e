//! 说一件事: the report, its check page and its sending. Nothing is kept until it is sent: what was typed travels in the
//! form itself, so going back never loses a word.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gongzhi_kernel::{ActorKind, AreaId, FieldError, Point, Refusal, RefusalKind};
use gongzhi_people::AreaLevel;
use gongzhi_web::{Answer, Choice, Form, FormWithFiles, Query, Shell, Typed, Visit};
use http::StatusCode;
use serde::Deserialize;

use super::card_view::CardView;
use super::files::{self, WaitingView};
use super::follow;
use super::names::Names;
use super::select::{self, Group, Item};
use super::tracking::{self, Pair};
use crate::actions::{Appeals, Submit};
use crate::model::{CategoryId, Channel, Kind, Reporter, Urgency, Visibility};

/// How many similar matters are offered.
const SIMILAR: usize = 3;
/// What a button of the form sends that says: this matter is mine, too; a number follows.
const SAME: &str = "same-";

/// The fields of the report as they come from the page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Report {
    /// Which button: `begin`, `area`, `check`, `edit`, `send`.
    go: String,
    key: String,
    text: String,
    title: String,
    kind: String,
    channel: String,
    urgency: String,
    street: String,
    community: String,
    address: String,
    lat: String,
    lon: String,
    nowhere: String,
    category: String,
    name: String,
    phone: String,
    email: String,
    visibility: String,
    /// Files that came with an earlier press of a button: a token each.
    file: Vec<String>,
    /// Those of them that are not wanted after all.
    drop_file: Vec<String>,
}

#[derive(Debug, Template)]
#[template(path = "appeals/report.html")]
pub(crate) struct ReportPage {
    pub(crate) shell: Shell,
    pub(crate) by_phone: bool,
    pub(crate) key: String,
    pub(crate) text_limit: u32,
    pub(crate) title_limit: u32,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) channels: Vec<Choice>,
    pub(crate) urgencies: Vec<Choice>,
    pub(crate) streets: Vec<Group>,
    pub(crate) communities: Vec<Item>,
    pub(crate) lat: String,
    pub(crate) lon: String,
    pub(crate) category_chosen: bool,
    pub(crate) categories: Vec<Group>,
    pub(crate) visibilities: Vec<Choice>,
    pub(crate) default_visibility: &'static str,
    pub(crate) similar: Vec<CardView>,
    pub(crate) files_hint: String,
    pub(crate) files_accept: String,
    pub(crate) waiting: Vec<WaitingView>,
}

/// One line of the check page.
#[derive(Debug, Clone)]
pub(crate) struct CheckRow {
    pub(crate) label: String,
    pub(crate) lines: Vec<String>,
    pub(crate) step: &'static str,
    pub(crate) change: String,
}

#[derive(Debug, Template)]
#[template(path = "appeals/check.html")]
pub(crate) struct CheckPage {
    pub(crate) shell: Shell,
    pub(crate) kept: Vec<(&'static str, String)>,
    pub(crate) rows: Vec<CheckRow>,
    pub(crate) who_sees: String,
    pub(crate) similar: Vec<CardView>,
    pub(crate) waiting: Vec<WaitingView>,
    pub(crate) files_change: String,
}

#[derive(Debug, Template)]
#[template(path = "appeals/communities_part.html")]
struct CommunitiesPart {
    shell: Shell,
    communities: Vec<Item>,
}

#[derive(Debug, Template)]
#[template(path = "appeals/similar_part.html")]
struct SimilarPart {
    shell: Shell,
    similar: Vec<CardView>,
}

/// The channels that staff choose from: how the matter reached them.
const STAFF_CHANNELS: [Channel; 4] = [Channel::Phone, Channel::WalkIn, Channel::Grid, Channel::Email];

impl Report {
    /// What has been typed, under the names of the fields.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("key", &self.key),
            ("text", &self.text),
            ("title", &self.title),
            ("kind", &self.kind),
            ("channel", &self.channel),
            ("urgency", &self.urgency),
            ("street", &self.street),
            ("community", &self.community),
            ("address", &self.address),
            ("lat", &self.lat),
            ("lon", &self.lon),
            ("category", &self.category),
            ("name", &self.name),
            ("phone", &self.phone),
            ("email", &self.email),
            ("visibility", &self.visibility),
        ];
        all.into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.clone()))
            .chain(self.file.iter().map(|token| ("file", token.clone())))
            .collect()
    }

    /// The files that are still wanted.
    fn drop_unwanted(&mut self) {
        let unwanted = std::mem::take(&mut self.drop_file);
        self.file.retain(|token| !unwanted.contains(token));
    }

    fn street(&self) -> Option<AreaId> {
        self.street.parse().ok()
    }

    fn has_point(&self) -> bool {
        self.nowhere.is_empty() && !(self.lat.trim().is_empty() && self.lon.trim().is_empty())
    }

    /// The community if one is chosen and lies in the street, else the street. A community left over from another
    /// street does not count: the street was changed after it.
    fn area(&self, names: &Names, errors: &mut Vec<FieldError>) -> Option<AreaId> {
        let chosen = |text: &str, errors: &mut Vec<FieldError>| -> Option<AreaId> {
            if text.is_empty() {
                return None;
            }
            let known = text
                .parse()
                .ok()
                .filter(|id| names.directory.area(*id).is_some_and(|area| area.valid_to.is_none()));
            if known.is_none() {
                errors.push(FieldError::new("area", "report-error-area"));
            }
            known
        };
        let street = chosen(&self.street, errors)?;
        let community = chosen(&self.community, errors);
        Some(community.filter(|id| names.directory.area_is_within(*id, street)).unwrap_or(street))
    }

    /// What it says, or the fields that must be changed. The rules look at the texts afterwards.
    fn read(&self, names: &Names, by_phone: bool) -> Result<Submit, Vec<FieldError>> {
        let mut errors = Vec::new();
        let kind = Kind::from_word(&self.kind);
        if kind.is_none() {
            errors.push(FieldError::new("kind", "report-error-kind"));
        }
        let area = self.area(names, &mut errors);
        let category = match self.category.as_str() {
            "" => None,
            text => {
                let known: Option<CategoryId> =
                    text.parse().ok().filter(|id| names.categories().get(*id).is_some_and(|c| c.active));
                if known.is_none() {
                    errors.push(FieldError::new("category", "report-error-category"));
                }
                known
            }
        };
        let point = if self.has_point() {
            let point = self
                .lat
                .trim()
                .parse()
                .ok()
                .zip(self.lon.trim().parse().ok())
                .and_then(|(lat, lon)| Point::new(lat, lon));
            if point.is_none() {
                errors.push(FieldError::new("address", "report-error-point"));
            }
            point
        } else {
            None
        };
        let visibility = Visibility::from_word(&self.visibility);
        if visibility.is_none() && !self.visibility.is_empty() {
            errors.push(FieldError::new("visibility", "report-error-visibility"));
        }
        let mut channel = Channel::Web;
        let mut urgency = None;
        if by_phone {
            match Channel::from_word(&self.channel).filter(|channel| STAFF_CHANNELS.contains(channel)) {
                Some(known) => channel = known,
                None => errors.push(FieldError::new("channel", "report-error-channel")),
            }
            urgency = Urgency::from_word(&self.urgency);
            if urgency.is_none() && !self.urgency.is_empty() {
                errors.push(FieldError::new("urgency", "report-error-urgency"));
            }
        }
        match kind {
            Some(kind) if errors.is_empty() => Ok(Submit {
                kind,
                channel,
                urgency,
                visibility,
                category,
                area,
                address: self.address.clone(),
                point,
                title: self.title.clone(),
                text: self.text.clone(),
                reporter: Reporter {
                    name: self.name.clone(),
                    phone: self.phone.clone(),
                    email: self.email.clone(),
                },
            }),
            _ => Err(errors),
        }
    }
}

/// Whether somebody who works for government writes down what another says.
fn writes_for_another(visit: &Visit) -> bool {
    matches!(visit.actor().kind(), ActorKind::Operator | ActorKind::Official)
}

async fn page(
    visit: &Visit,
    appeals: &Appeals,
    shell: Shell,
    report: &Report,
    similar: Vec<CardView>,
) -> Result<ReportPage, gongzhi_web::WebError> {
    let names = super::names(appeals);
    let books = appeals.books();
    let rulebook = books.rulebook(visit.now())?;
    let word = |key: String| shell.t(key).into_owned();
    let key = if report.key.is_empty() { new_key(visit) } else { report.key.clone() };
    let kinds = Kind::ALL.iter().map(|kind| {
        Choice::new(kind.word(), word(format!("kind-{kind}"))).hint(word(format!("kind-{kind}-hint")))
    });
    let visibilities = Visibility::ALL.iter().map(|one| {
        Choice::new(one.word(), word(format!("visibility-{one}")))
            .hint(word(format!("visibility-{one}-hint")))
    });
    let street = report.street();
    let category = report.category.parse().ok();
    let limit = |most: usize| u32::try_from(most).unwrap_or(u32::MAX);
    Ok(ReportPage {
        by_phone: writes_for_another(visit),
        key,
        text_limit: limit(rulebook.limits.text.max),
        title_limit: limit(rulebook.limits.title.max),
        kinds: kinds.collect(),
        channels: STAFF_CHANNELS
            .iter()
            .map(|one| Choice::new(one.word(), word(format!("channel-{one}"))))
            .collect(),
        urgencies: std::iter::once(Choice::new("", word("report-urgency-by-category".to_owned())))
            .chain(Urgency::ALL.iter().map(|one| Choice::new(one.word(), word(format!("urgency-{one}")))))
            .collect(),
        streets: select::streets(&shell, &names, street, false),
        communities: select::communities(&shell, &names, street, report.community.parse().ok()),
        lat: if report.has_point() { report.lat.clone() } else { String::new() },
        lon: if report.has_point() { report.lon.clone() } else { String::new() },
        category_chosen: !report.category.is_empty(),
        categories: select::categories(&shell, &names, category, false),
        visibilities: visibilities.collect(),
        default_visibility: rulebook.visibility.default.word(),
        similar,
        files_hint: files::hint(&shell, &rulebook.files),
        files_accept: files::accept(&rulebook.files),
        waiting: waiting(&shell, appeals, report).await?,
        shell,
    })
}

/// The files that came with an earlier press of a button.
async fn waiting(
    shell: &Shell,
    appeals: &Appeals,
    report: &Report,
) -> Result<Vec<WaitingView>, gongzhi_web::WebError> {
    let found = appeals.waiting_files(report.file.clone()).await?;
    Ok(found.iter().map(|one| WaitingView::new(shell, one)).collect())
}

/// A key under which the same report is taken once, however often the button is pressed.
fn new_key(visit: &Visit) -> String {
    URL_SAFE_NO_PAD.encode(visit.context().random::<16>())
}

fn title_key(visit: &Visit) -> &'static str {
    if writes_for_another(visit) { "report-title-phone" } else { "report-title" }
}

/// The empty form.
pub(crate) async fn show(visit: Visit, State(appeals): State<Appeals>) -> Answer {
    let shell = visit.shell(title_key(&visit));
    let page = page(&visit, &appeals, shell, &Report::default(), Vec::new()).await?;
    visit.page(&page)
}

/// Every button of the form.
pub(crate) async fn send(
    visit: Visit,
    State(appeals): State<Appeals>,
    form: FormWithFiles<Report>,
) -> Answer {
    let FormWithFiles { value: mut report, typed, files } = form;
    report.drop_unwanted();
    if !(8..=100).contains(&report.key.len()) || !report.key.bytes().all(|byte| byte.is_ascii_graphic()) {
        report.key = new_key(&visit);
        // Without the key of the page a second press of the button could not be told from a second report.
        if report.go == "send" {
            let refusal = Refusal::new(RefusalKind::Invalid, "report-error-key");
            return again(&visit, &appeals, &report, typed, refusal).await;
        }
    }
    if let Some(number) = report.go.strip_prefix(SAME).and_then(tracking::parse_number) {
        return match appeals.follow(visit.context(), number, &report.key).await {
            Ok(followed) => Ok(follow::to_receipt(&visit, followed)),
            Err(failure) => {
                let refusal = visit.refused(failure)?;
                again(&visit, &appeals, &report, typed, refusal).await
            }
        };
    }
    if !files.is_empty() {
        match appeals.receive_files(visit.context(), files::new_files(files)).await {
            Ok(waiting) => report.file.extend(waiting.into_iter().map(|one| one.token)),
            Err(failure) => {
                let refusal = visit.refused(failure)?;
                return again(&visit, &appeals, &report, typed, refusal).await;
            }
        }
    }
    match report.go.as_str() {
        "send" => {}
        "check" => return check(&visit, &appeals, &report, typed).await,
        _ => {
            let shell = visit.shell(title_key(&visit)).prefill(Typed::new(report.pairs()));
            let page = page(&visit, &appeals, shell, &report, Vec::new()).await?;
            return visit.page(&page);
        }
    }
    let by_phone = writes_for_another(&visit);
    let submit = match report.read(&super::names(&appeals), by_phone) {
        Ok(submit) => submit,
        Err(errors) => return again(&visit, &appeals, &report, typed, Refusal::fields(errors)).await,
    };
    let tokens = report.file.clone();
    match appeals.submit_with_files(visit.context(), submit, Some(&report.key), tokens).await {
        Ok(receipt) => {
            let mut response = visit.see_other("/track/receipt").into_response();
            tracking::keep(&visit, &mut response, &Pair { number: receipt.number, code: receipt.code });
            Ok(response)
        }
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            if refusal.fields.iter().any(|error| error.key == "error-file-gone") {
                // What is gone cannot be sent however often one tries.
                let there = appeals.waiting_files(std::mem::take(&mut report.file)).await?;
                report.file = there.into_iter().map(|one| one.token).collect();
            }
            again(&visit, &appeals, &report, typed, refusal).await
        }
    }
}

/// The form again, with what was typed and what has to be changed.
async fn again(visit: &Visit, appeals: &Appeals, report: &Report, typed: Typed, refusal: Refusal) -> Answer {
    let status = if refusal.kind == RefusalKind::Conflict {
        StatusCode::CONFLICT
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let shell = visit.shell(title_key(visit)).refill(typed, refusal);
    let page = page(visit, appeals, shell, report, Vec::new()).await?;
    visit.page_with(status, &page)
}

/// What is about to be sent, with similar matters that have been answered.
async fn check(visit: &Visit, appeals: &Appeals, report: &Report, typed: Typed) -> Answer {
    let names = super::names(appeals);
    let submit = match report.read(&names, writes_for_another(visit)) {
        Ok(submit) => submit,
        Err(mut errors) => {
            // The texts are looked at as well, so that everything is said at once.
            let trial = Submit::new(Kind::Help, Channel::Web, report.text.clone());
            let trial = Submit {
                title: report.title.clone(),
                address: report.address.clone(),
                reporter: Reporter {
                    name: report.name.clone(),
                    phone: report.phone.clone(),
                    email: report.email.clone(),
                },
                ..trial
            };
            if let Err(failure) = appeals.would_take(visit.context(), &trial) {
                let refusal = visit.refused(failure)?;
                errors.splice(0..0, refusal.fields);
            }
            return again(visit, appeals, report, typed, Refusal::fields(errors)).await;
        }
    };
    if let Err(failure) = appeals.would_take(visit.context(), &submit) {
        let refusal = visit.refused(failure)?;
        return again(visit, appeals, report, typed, refusal).await;
    }
    let shell = visit.shell("report-check-title");
    let similar = similar_cards(&shell, appeals, &submit.text, submit.category, submit.area).await?;
    let mut kept = report.pairs();
    if !report.has_point() {
        kept.retain(|(name, _)| !matches!(*name, "lat" | "lon"));
    }
    let rows = rows(&shell, &names, appeals, visit, &submit)?;
    let who = if submit.kind == Kind::Report { "report-contact-who-report" } else { "report-contact-who" };
    let waiting = waiting(&shell, appeals, report).await?;
    let files_change = shell.t1("report-change-of", "what", shell.t("files-title")).into_owned();
    let who_sees = shell.t(who).into_owned();
    let page = CheckPage { kept, rows, who_sees, similar, waiting, files_change, shell };
    visit.page(&page)
}

fn rows(
    shell: &Shell,
    names: &Names,
    appeals: &Appeals,
    visit: &Visit,
    submit: &Submit,
) -> Result<Vec<CheckRow>, gongzhi_web::WebError> {
    let row = |key: &str, step, lines: Vec<String>| {
        let label = shell.t(key).into_owned();
        let lines: Vec<String> = lines.into_iter().filter(|line| !line.trim().is_empty()).collect();
        CheckRow { change: shell.t1("report-change-of", "what", &label).into_owned(), label, lines, step }
    };
    let mut what = vec![shell.t(format!("kind-{}", submit.kind)).into_owned(), submit.title.clone()];
    what.extend(submit.text.lines().map(str::to_owned));
    if submit.channel != Channel::Web {
        what.push(shell.t(format!("channel-{}", submit.channel)).into_owned());
    }
    let mut place = vec![names.area(shell, submit.area), submit.address.clone()];
    if submit.point.is_some() {
        place.push(shell.t("report-check-point").into_owned());
    }
    let reporter = &submit.reporter;
    let contact = if reporter.is_empty() {
        vec![shell.t("report-check-anonymous").into_owned()]
    } else {
        vec![reporter.name.clone(), reporter.phone.clone(), reporter.email.clone()]
    };
    let books = appeals.books();
    let visibility = books.rulebook(visit.now())?.visibility(submit.kind, submit.visibility);
    let about = match submit.category {
        Some(_) => names.category_path(shell, submit.category),
        None => shell.t("report-category-unsure").into_owned(),
    };
    let seen = if submit.kind == Kind::Report && visibility == Visibility::Confidential {
        shell.t("report-visibility-report").into_owned()
    } else {
        shell.t(format!("visibility-{visibility}-hint")).into_owned()
    };
    Ok(vec![
        row("report-check-what", "step-what", what),
        row("report-check-where", "step-where", place),
        row("report-check-about", "step-about", vec![about]),
        row("report-check-you", "step-you", contact),
        row(
            "report-check-visibility",
            "visibility",
            vec![shell.t(format!("visibility-{visibility}")).into_owned(), seen],
        ),
    ])
}

async fn similar_cards(
    shell: &Shell,
    appeals: &Appeals,
    text: &str,
    category: Option<CategoryId>,
    area: Option<AreaId>,
) -> Result<Vec<CardView>, gongzhi_web::WebError> {
    let names = super::names(appeals);
    let found = appeals.similar(text, category, area, SIMILAR).await?;
    let mut cards = Vec::with_capacity(found.len());
    for item in &found {
        let same = follow::is_offered(item.state.phase()).then(|| format!("{SAME}{}", item.id));
        let followers = follow::count_words(shell, appeals, item.id).await?;
        cards.push(CardView { same, followers, ..CardView::new(shell, &names, item) });
    }
    Ok(cards)
}

/// Similar matters for the text so far: a part of the page.
pub(crate) async fn similar(visit: Visit, State(appeals): State<Appeals>, form: Form<Report>) -> Answer {
    let shell = visit.shell("report-similar");
    let similar = if form.value.text.trim().chars().count() < 4 {
        Vec::new()
    } else {
        {
            let report = &form.value;
            let area = report.area(&super::names(&appeals), &mut Vec::new());
            similar_cards(&shell, &appeals, &report.text, report.category.parse().ok(), area).await?
        }
    };
    visit.page(&SimilarPart { shell, similar })
}

/// Which street.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WhichStreet {
    street: String,
}

/// The communities of a street: a part of the page.
pub(crate) async fn communities(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(which): Query<WhichStreet>,
) -> Answer {
    let names = super::names(&appeals);
    let shell = visit.shell("report-community");
    let street = which
        .street
        .parse()
        .ok()
        .filter(|id| names.directory.area(*id).is_some_and(|area| area.level != AreaLevel::Community));
    let communities = select::communities(&shell, &names, street, None);
    visit.public_page(&CommunitiesPart { shell, communities })
}
