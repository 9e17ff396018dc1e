//! Files on pages: those of a case, those of a report that is being written, and their bytes.
//!
//! Bytes that strangers sent are never handed out as something that a browser runs: photos were encoded again, everything
//! else is a download, and both come with a policy that lets nothing in them act.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use gongzhi_kernel::{AppealId, Refusal, Timestamp};
use gongzhi_store::blobs::BlobStream;
use gongzhi_web::{
    Answer, Form, FormWithFiles, NoFields, Path, SentFile, Shell, Tone, Visit, WebError, url_part,
};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;

use super::names::Names;
use super::tracking::{self, parse_number};
use crate::actions::files::{NewFile, WaitingFile};
use crate::actions::{Appeals, TrackingCode};
use crate::model::{AddedBy, AppealFile, FileId, KeptFile, Media};
use crate::rulebook::FileRules;

/// A picture in a page.
#[derive(Debug, Clone)]
pub(crate) struct SmallView {
    pub(crate) src: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// A file of a case.
#[derive(Debug, Clone)]
pub(crate) struct FileView {
    pub(crate) href: String,
    pub(crate) small: Option<SmallView>,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) by: String,
    pub(crate) at: Timestamp,
    pub(crate) shown: bool,
    /// Where the button goes that decides whether everybody sees it.
    pub(crate) decide: Option<String>,
}

/// The files of a case.
#[derive(Debug, Clone, Default)]
pub(crate) struct FilesView {
    pub(crate) items: Vec<FileView>,
    /// Where the form goes that adds some.
    pub(crate) add: Option<String>,
    /// Whether to say which of them everybody sees.
    pub(crate) tells_shown: bool,
    pub(crate) accept: String,
    pub(crate) hint: String,
    /// What to say about who sees them.
    pub(crate) note: &'static str,
}

/// How long a file is, as people say it.
fn length_words(bytes: i64) -> String {
    let tenths = |unit: i64| {
        let tenths = (bytes * 10 + unit / 2) / unit;
        if tenths >= 100 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
    };
    if bytes < 1_000_000 {
        format!("{} KB", (bytes + 999) / 1000)
    } else {
        format!("{} MB", tenths(1_000_000))
    }
}

fn kind_words(shell: &Shell, file: &KeptFile) -> String {
    let kind = match file.media {
        Media::Photo(_) => shell.t("file-photo").into_owned(),
        Media::Document(kind) => kind.ending().to_uppercase(),
    };
    format!("{kind} · {}", length_words(file.length))
}

fn name_words(shell: &Shell, file: &KeptFile) -> String {
    match (&file.media, file.name.as_str()) {
        (Media::Photo(_), "") => shell.t("file-photo").into_owned(),
        (Media::Document(kind), "") => kind.ending().to_uppercase(),
        (_, name) => name.to_owned(),
    }
}

/// What the control that chooses files lets through; the server looks at the bytes anyway.
pub(crate) fn accept(rules: &FileRules) -> String {
    let documents = rules.documents.iter().map(|ending| format!(".{ending}"));
    ["image/jpeg", "image/png", "image/webp"]
        .into_iter()
        .map(str::to_owned)
        .chain(documents)
        .collect::<Vec<_>>()
        .join(",")
}

/// What may be sent, in a sentence.
pub(crate) fn hint(shell: &Shell, rules: &FileRules) -> String {
    let most = rules.photo_bytes.min(rules.document_bytes) / 1_000_000;
    shell.t2("files-hint", "count", rules.at_once, "most", most).into_owned()
}

/// For whom the files are listed.
#[derive(Debug, Clone)]
pub(crate) enum Reader {
    /// Everybody.
    Public,
    /// Who reported it; the address of their pages.
    Reporter(String),
    /// Those who handle it.
    Staff,
}

impl FilesView {
    /// The files of a case as this reader may see them.
    pub(crate) async fn of(
        shell: &Shell,
        names: &Names,
        appeals: &Appeals,
        id: AppealId,
        code: Option<TrackingCode>,
        reader: Reader,
    ) -> Result<Self, WebError> {
        let context = shell.visit().context();
        let files = appeals.files(context, id, code).await?;
        let books = appeals.books();
        let rules = &books.rulebook(context.now)?.files;
        let (may_add, may_decide) = match reader {
            Reader::Public => (false, false),
            _ => appeals.file_rights(context, id, code).await?,
        };
        let (base, note) = match &reader {
            Reader::Public => (None, ""),
            Reader::Reporter(base) => (Some(base.clone()), "files-note-reporter"),
            Reader::Staff if may_decide => (Some(format!("/work/{id}")), "files-note-staff"),
            Reader::Staff => (Some(format!("/work/{id}")), "files-note-confidential"),
        };
        let staff = matches!(reader, Reader::Staff) && may_decide;
        let view = |file: &AppealFile| FileView::new(shell, names, file, staff);
        Ok(Self {
            items: files.iter().map(view).collect(),
            add: base.filter(|_| may_add).map(|base| format!("{base}/files")),
            tells_shown: !matches!(reader, Reader::Public),
            accept: accept(rules),
            hint: hint(shell, rules),
            note,
        })
    }

    /// Whether there is nothing to say.
    pub(crate) fn is_none(&self) -> bool {
        self.items.is_empty() && self.add.is_none()
    }
}

impl FileView {
    fn new(shell: &Shell, names: &Names, file: &AppealFile, staff: bool) -> Self {
        let href = format!("/appeals/{}/files/{}", file.appeal, file.id);
        let small = match file.file.media {
            Media::Photo(parts) => Some(SmallView {
                src: format!("{href}/small"),
                width: parts.small_width,
                height: parts.small_height,
            }),
            Media::Document(_) => None,
        };
        let by = match file.by {
            AddedBy::Reporter => shell.t("file-by-reporter").into_owned(),
            AddedBy::Organ => names.organ(shell, file.organ),
        };
        Self {
            small,
            name: name_words(shell, &file.file),
            kind: kind_words(shell, &file.file),
            by,
            at: file.at,
            shown: file.shown,
            decide: staff.then(|| format!("/work/{}/files/{}", file.appeal, file.id)),
            href,
        }
    }
}

/// A file of a report that is being written.
#[derive(Debug, Clone)]
pub(crate) struct WaitingView {
    pub(crate) token: String,
    pub(crate) small: Option<SmallView>,
    pub(crate) name: String,
    pub(crate) kind: String,
}

impl WaitingView {
    pub(crate) fn new(shell: &Shell, waiting: &WaitingFile) -> Self {
        let small = match waiting.file.media {
            Media::Photo(parts) => Some(SmallView {
                src: format!("/appeals/new/files/{}", waiting.token),
                width: parts.small_width,
                height: parts.small_height,
            }),
            Media::Document(_) => None,
        };
        Self {
            token: waiting.token.clone(),
            small,
            name: name_words(shell, &waiting.file),
            kind: kind_words(shell, &waiting.file),
        }
    }
}

/// As the actions take them.
pub(crate) fn new_files(sent: Vec<SentFile>) -> Vec<NewFile> {
    sent.into_iter().map(|file| NewFile { name: file.name, bytes: file.bytes }).collect()
}

/// The bytes on their way out: nothing in them may act, whatever a browser takes them for.
fn hand_out(file: &KeptFile, stream: BlobStream) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media.media_type()));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(stream.length()));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=600"));
    if let Media::Document(kind) = file.media {
        // The ending says what it is, whatever it was called.
        let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
        let stem = if stem.is_empty() { "file" } else { stem };
        let name = url_part(&format!("{stem}.{}", kind.ending())).replace('/', "%2F");
        let line = format!("attachment; filename=\"file.{}\"; filename*=UTF-8''{name}", kind.ending());
        if let Ok(line) = HeaderValue::from_str(&line) {
            headers.insert(header::CONTENT_DISPOSITION, line);
        }
    }
    *response.body_mut() = Body::from_stream(stream);
    response
}

async fn bytes(
    visit: &Visit,
    appeals: &Appeals,
    headers: &HeaderMap,
    number: &str,
    file: &str,
    small: bool,
) -> Answer {
    let id = parse_number(number).ok_or_else(WebError::no_such_page)?;
    let file: FileId = file.parse().map_err(|_| WebError::no_such_page())?;
    let code = tracking::kept(visit, headers).filter(|pair| pair.number == id).map(|pair| pair.code);
    let (found, stream) = appeals.open_file(visit.context(), id, file, code, small).await?;
    let mut response = hand_out(&found.file, stream);
    if small {
        response.headers_mut().remove(header::CONTENT_DISPOSITION);
    }
    Ok(response)
}

/// A photo, or a document as a download.
pub(crate) async fn one(
    visit: Visit,
    State(appeals): State<Appeals>,
    headers: HeaderMap,
    Path((number, file)): Path<(String, String)>,
) -> Answer {
    bytes(&visit, &appeals, &headers, &number, &file, false).await
}

/// The small twin of a photo.
pub(crate) async fn small(
    visit: Visit,
    State(appeals): State<Appeals>,
    headers: HeaderMap,
    Path((number, file)): Path<(String, String)>,
) -> Answer {
    bytes(&visit, &appeals, &headers, &number, &file, true).await
}

/// The small twin of a photo whose report is not sent yet, to whoever holds its token.
pub(crate) async fn waiting(State(appeals): State<Appeals>, Path(token): Path<String>) -> Answer {
    let found = appeals.waiting_files(vec![token]).await?;
    let not_found = || Refusal::not_found("file-not-found");
    let file = found.into_iter().next().ok_or_else(not_found)?.file;
    let Media::Photo(parts) = file.media else { return Err(not_found().into()) };
    let stream = appeals.blob(parts.small).await?;
    Ok(hand_out(&file, stream))
}

/// Somebody in office adds files to a case.
pub(crate) async fn add_by_staff(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(number): Path<String>,
    form: FormWithFiles<NoFields>,
) -> Answer {
    let id = parse_number(&number).ok_or_else(WebError::no_such_page)?;
    match appeals.attach(visit.context(), id, None, new_files(form.files)).await {
        Ok(_) => {
            Ok(visit.see_other(format!("/work/{id}#files")).saying(Tone::Good, "files-added").into_response())
        }
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            super::work::again(&visit, &appeals, id, form.typed, refusal).await
        }
    }
}

/// Whether everybody may see a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Decided {
    shown: String,
}

/// Somebody in office decides whether everybody may see a file.
pub(crate) async fn decide(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path((number, file)): Path<(String, String)>,
    form: Form<Decided>,
) -> Answer {
    let id = parse_number(&number).ok_or_else(WebError::no_such_page)?;
    let file: FileId = file.parse().map_err(|_| WebError::no_such_page())?;
    let shown = form.value.shown == "yes";
    match appeals.show_file(visit.context(), id, file, shown).await {
        Ok(_) => {
            let key = if shown { "file-now-shown" } else { "file-now-hidden" };
            Ok(visit.see_other(format!("/work/{id}#files")).saying(Tone::Good, key).into_response())
        }
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            super::work::again(&visit, &appeals, id, form.typed, refusal).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::length_words;

    #[test]
    fn lengths_are_told_as_people_say_them() {
        let told = [1, 999, 1000, 1001, 999_999, 1_000_000, 1_250_000, 9_940_000, 10_000_000, 15_400_000];
        let words: Vec<String> = told.into_iter().map(length_words).collect();
        let expected =
            ["1 KB", "1 KB", "1 KB", "2 KB", "1000 KB", "1.0 MB", "1.3 MB", "9.9 MB", "10 MB", "15 MB"];
        assert_eq!(words, expected);
    }
}
