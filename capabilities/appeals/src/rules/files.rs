//! Files of an appeal: how many, when, and which of them everybody may see. A photo may show a face or a number plate, so
//! it stays with the reporter and those who handle the case until somebody in office has looked at it; of a confidential
//! appeal it stays there for good.

use gongzhi_kernel::{
    Actor, AppealId, Event, EventKind, Fault, FieldError, NewEvent, OrganId, Refusal, Subject, Timestamp,
};
use gongzhi_media::DocumentKind;
use gongzhi_store::blobs::BlobId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{AddedBy, Appeal, AppealFile, FileId, KeptFile, Media, PhotoParts, StateName, Visibility};
use crate::rulebook::FileRules;

/// The kind of subject of a file's events.
pub const FILE_SUBJECT: &str = "appeal_file";
/// 添加附件. Public: appeal, by, organ, media, length; sealed: name, blob, photo.
pub const ATTACHED: EventKind = "appeal_file.attached";
/// 公开附件: found fit for everybody. Public: appeal, blob.
pub const SHOWN: EventKind = "appeal_file.shown";
/// 撤下附件: no longer for everybody. Public: appeal.
pub const HIDDEN: EventKind = "appeal_file.hidden";

/// Every refusal about files, by the key of its sentence.
pub const FILE_REFUSALS: [&str; 4] =
    ["file-case-closed", "file-confidential", "file-not-found", "files-busy"];

/// Every error of a file, by the key of its sentence.
pub const FILE_ERRORS: [&str; 12] = [
    "error-files-count",
    "error-files-at-once",
    "error-files-none",
    "error-file-gone",
    "error-file-empty",
    "error-file-unknown",
    "error-file-kind",
    "error-file-large",
    "error-file-pixels",
    "error-file-broken",
    "error-file-macros",
    "error-file-bomb",
];

#[derive(Debug, Serialize, Deserialize)]
struct AttachedPublic {
    appeal: AppealId,
    by: AddedBy,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organ: Option<OrganId>,
    media: String,
    length: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct AttachedSealed {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    blob: BlobId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    photo: Option<PhotoParts>,
}

#[derive(Debug, Serialize)]
struct ShownPublic {
    appeal: AppealId,
    blob: BlobId,
}

#[derive(Debug, Serialize)]
struct HiddenPublic {
    appeal: AppealId,
}

/// Whether so many more files may be added to an appeal that has `there` of the same side already.
pub fn may_attach(
    appeal: &Appeal,
    there: usize,
    adding: usize,
    by: AddedBy,
    rules: &FileRules,
) -> Result<(), Refusal> {
    if matches!(appeal.state.name(), StateName::Closed | StateName::Withdrawn) {
        return Err(Refusal::conflict("file-case-closed"));
    }
    let most = rules.most(by);
    if there + adding > most {
        let error = FieldError::new("files", "error-files-count").with("most", most).with("there", there);
        return Err(Refusal::fields(vec![error]));
    }
    Ok(())
}

/// A file as it is added.
pub fn attached(
    id: FileId,
    appeal: AppealId,
    file: KeptFile,
    by: AddedBy,
    actor: &Actor,
    at: Timestamp,
) -> AppealFile {
    let organ = actor.organ().filter(|_| by == AddedBy::Organ);
    AppealFile { id, revision: 1, appeal, file, by, organ, at, shown: false }
}

/// The file after somebody in office has decided whether everybody may see it; `None` where that changes nothing.
pub fn show(appeal: &Appeal, file: &AppealFile, shown: bool) -> Result<Option<AppealFile>, Refusal> {
    if shown && appeal.visibility == Visibility::Confidential {
        return Err(Refusal::conflict("file-confidential"));
    }
    if file.shown == shown {
        return Ok(None);
    }
    Ok(Some(AppealFile { shown, revision: file.revision + 1, ..file.clone() }))
}

/// Whether everybody may see it.
pub fn is_public(appeal: &Appeal, file: &AppealFile) -> bool {
    file.shown && appeal.visibility.is_public()
}

fn value(part: impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(part).map_err(|error| Fault::internal("cannot write an event").because(error))
}

/// The event that made a file what it is now.
pub fn event(file: &AppealFile, actor: &Actor, at: Timestamp) -> Result<NewEvent, Fault> {
    let (kind, public, sealed) = match (file.revision, file.shown) {
        (1, _) => {
            let public = AttachedPublic {
                appeal: file.appeal,
                by: file.by,
                organ: file.organ,
                media: file.file.media.word().to_owned(),
                length: file.file.length,
            };
            let photo = match file.file.media {
                Media::Photo(parts) => Some(parts),
                Media::Document(_) => None,
            };
            let sealed = AttachedSealed { name: file.file.name.clone(), blob: file.file.blob, photo };
            (ATTACHED, value(public)?, Some(value(sealed)?))
        }
        (_, true) => (SHOWN, value(ShownPublic { appeal: file.appeal, blob: file.file.blob })?, None),
        (_, false) => (HIDDEN, value(HiddenPublic { appeal: file.appeal })?, None),
    };
    Ok(NewEvent {
        kind,
        subject: Subject::new(FILE_SUBJECT, file.id),
        revision: file.revision,
        at,
        actor: actor.clone(),
        public,
        sealed,
    })
}

/// The file that its events tell of; `None` where they tell of none, or where what it holds has been erased.
pub fn fold_file(events: &[Event]) -> Result<Option<AppealFile>, Fault> {
    let bad = |error| Fault::corrupt("an event of a file is not as its contract says").because(error);
    let mut file: Option<AppealFile> = None;
    for event in events {
        match (event.kind.as_str(), &mut file) {
            (ATTACHED, None) => {
                let public = AttachedPublic::deserialize(&event.public).map_err(bad)?;
                let Some(sealed) = &event.sealed else { return Ok(None) };
                let sealed = AttachedSealed::deserialize(sealed).map_err(bad)?;
                let media = match (sealed.photo, DocumentKind::from_ending(&public.media)) {
                    (Some(parts), None) if public.media == "photo" => Media::Photo(parts),
                    (None, Some(kind)) => Media::Document(kind),
                    _ => return Err(Fault::corrupt("an event names a file of no known kind")),
                };
                let id = FileId::new(event.subject.id)
                    .ok_or_else(|| Fault::corrupt("an event of a file names none"))?;
                let kept = KeptFile { media, name: sealed.name, blob: sealed.blob, length: public.length };
                file = Some(AppealFile {
                    id,
                    revision: event.revision,
                    appeal: public.appeal,
                    file: kept,
                    by: public.by,
                    organ: public.organ,
                    at: event.at,
                    shown: false,
                });
            }
            (kind @ (SHOWN | HIDDEN), Some(file)) => {
                file.shown = kind == SHOWN;
                file.revision = event.revision;
            }
            _ => return Err(Fault::corrupt("the events of a file cannot have happened")),
        }
    }
    Ok(file)
}
