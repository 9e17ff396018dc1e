//! Files: looked at and made harmless when they arrive, kept as waiting until their report is sent or their step is done,
//! then part of an appeal with an event of their own.

use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gongzhi_kernel::{Actor, AppealId, Context, Failure, Fault, FieldError, Refusal, RefusalKind, Timestamp};
use gongzhi_media::{Examined, Unfit};
use gongzhi_people::Resource;
use gongzhi_store::Tx;
use gongzhi_store::blobs::{BlobId, BlobStream, PutError};
use sha2::{Digest, Sha256};
use tokio::sync::{RwLock, Semaphore};

use super::code::hex;
use super::submit::{Receipt, Submit};
use super::{Appeals, TrackingCode, find_readable};
use crate::model::{AddedBy, AppealFile, Channel, FileId, KeptFile, Media, PhotoParts};
use crate::rulebook::FileRules;
use crate::rules::files as rules;
use crate::rules::text::clean_line;
use crate::store::files as sql;

/// How many photos are decoded at once in this process: each holds all its pixels.
const DECODERS: usize = 2;
/// The longest name of a file that is kept, in characters.
const NAME: usize = 120;
/// How often files that nobody has sent are looked for, in microseconds.
const SWEEP_EVERY: i64 = 600_000_000;

/// A file as somebody sends it.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// What they call it.
    pub name: String,
    /// What it holds.
    pub bytes: Bytes,
}

/// A file that waits for its report to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingFile {
    /// What the form carries instead of it: a secret of whoever sent it.
    pub token: String,
    /// The file.
    pub file: KeptFile,
}

/// What bounds the work on files in this process.
#[derive(Debug)]
pub(super) struct Intake {
    decoders: Semaphore,
    /// Held shared between a blob being kept and a row naming it, alone while blobs without a row are taken away.
    gate: RwLock<()>,
    swept: AtomicI64,
}

impl Default for Intake {
    fn default() -> Self {
        Self { decoders: Semaphore::new(DECODERS), gate: RwLock::new(()), swept: AtomicI64::new(0) }
    }
}

fn wrong(key: &'static str, name: &str) -> FieldError {
    FieldError::new("files", key).with("name", name)
}

/// Why a file is not taken, in the words of its field.
fn unfit(reason: Unfit, name: &str) -> FieldError {
    let megabytes = |bytes: usize| bytes / 1_000_000;
    match reason {
        Unfit::Empty => wrong("error-file-empty", name),
        Unfit::Unknown => wrong("error-file-unknown", name),
        Unfit::TooLarge(bytes) => wrong("error-file-large", name).with("most", megabytes(bytes)),
        Unfit::TooManyPixels(pixels) => wrong("error-file-pixels", name).with("most", pixels / 1_000_000),
        Unfit::Broken | Unfit::TwoKinds => wrong("error-file-broken", name),
        Unfit::Macros => wrong("error-file-macros", name),
        Unfit::Bomb => wrong("error-file-bomb", name),
    }
}

/// What its sender calls it, without a path and short enough to be shown.
fn plain_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String =
        clean_line(name).chars().filter(|c| !matches!(c, '"' | '<' | '>' | ':' | '|' | '?' | '*')).collect();
    let length = name.chars().count();
    // The end tells what it is, the beginning what it is about.
    if length <= NAME {
        name
    } else {
        let (head, tail): (String, String) =
            (name.chars().take(NAME - 10).collect(), name.chars().skip(length - 9).collect());
        format!("{head}…{tail}")
    }
}

fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

impl Appeals {
    /// Looks at files, makes photos harmless and keeps all of them until their report is sent. All or none: refused with
    /// the field `files` as often as files cannot be taken, or with `files-busy`.
    pub async fn receive_files(
        &self,
        context: &Context,
        files: Vec<NewFile>,
    ) -> Result<Vec<WaitingFile>, Failure> {
        self.policies().require(&context.actor, "appeal.submit", &Resource::city())?;
        let rules = self.books().rulebook(context.now)?.files.clone();
        self.sweep_waiting(context.now, &rules).await?;
        if files.len() > rules.at_once {
            let error = FieldError::new("files", "error-files-at-once").with("most", rules.at_once);
            return Err(Refusal::fields(vec![error]).into());
        }
        let waiting = self.store().read(|tx| sql::waiting_count(tx)).await?;
        if waiting + i64::try_from(files.len()).unwrap_or(i64::MAX) > rules.waiting_most {
            return Err(Refusal::new(RefusalKind::TooMany, "files-busy").with("seconds", 600).into());
        }
        let mut errors = Vec::new();
        let mut examined = Vec::new();
        for file in files {
            let name = plain_name(&file.name);
            match self.examine(file.bytes.clone(), &rules).await? {
                Ok(Examined::Document(kind)) if !rules.documents.iter().any(|one| one == kind.ending()) => {
                    errors.push(wrong("error-file-kind", &name));
                }
                Ok(found) => examined.push((name, file.bytes, found)),
                Err(reason) => errors.push(unfit(reason, &name)),
            }
        }
        if !errors.is_empty() {
            return Err(Refusal::fields(errors).into());
        }
        let _shared = self.0.intake.gate.read().await;
        let mut waiting = Vec::with_capacity(examined.len());
        for (name, bytes, found) in examined {
            let token = URL_SAFE_NO_PAD.encode(context.random::<18>());
            waiting.push(WaitingFile { token, file: self.keep_bytes(name, &bytes, found).await? });
        }
        let (kept, now) = (waiting.clone(), context.now);
        self.store()
            .write(move |tx| {
                for one in &kept {
                    sql::insert_waiting(tx, &token_hash(&one.token), &one.file, now)?;
                }
                Ok::<_, Failure>(())
            })
            .await?;
        Ok(waiting)
    }

    /// Off the threads that answer requests, and few at once.
    async fn examine(&self, bytes: Bytes, rules: &FileRules) -> Result<Result<Examined, Unfit>, Fault> {
        let gone = |error| Fault::internal("the reader of files is gone").because(error);
        let _permit = self.0.intake.decoders.acquire().await.map_err(gone)?;
        let limits = rules.limits();
        let examined = tokio::task::spawn_blocking(move || gongzhi_media::examine(&bytes, &limits)).await;
        // A decoder that panics over a file has found a broken one.
        Ok(examined.unwrap_or_else(|error| {
            tracing::warn!(%error, "a file ended its reader");
            Err(Unfit::Broken)
        }))
    }

    async fn keep_bytes(&self, name: String, bytes: &[u8], found: Examined) -> Result<KeptFile, Fault> {
        match found {
            Examined::Document(kind) => {
                let (blob, length) = self.put(bytes).await?;
                Ok(KeptFile { media: Media::Document(kind), name, blob, length })
            }
            Examined::Photo(photo) => {
                let (blob, length) = self.put(&photo.bytes).await?;
                let (small, _) = self.put(&photo.small).await?;
                let parts = PhotoParts {
                    small,
                    width: photo.width,
                    height: photo.height,
                    small_width: photo.small_width,
                    small_height: photo.small_height,
                };
                Ok(KeptFile { media: Media::Photo(parts), name, blob, length })
            }
        }
    }

    async fn put(&self, bytes: &[u8]) -> Result<(BlobId, i64), Fault> {
        let stored = self.store().blobs().put(bytes, u64::MAX).await.map_err(|error| match error {
            PutError::Fault(fault) => fault,
            other => Fault::internal("a file in memory could not be kept").because(other),
        })?;
        Ok((stored.id, i64::try_from(stored.length).unwrap_or(i64::MAX)))
    }

    /// Takes away files that nobody has sent, about every ten minutes.
    async fn sweep_waiting(&self, now: Timestamp, rules: &FileRules) -> Result<(), Fault> {
        let (last, micros) = (self.0.intake.swept.load(Ordering::Relaxed), now.as_micros());
        let mine = micros - last >= SWEEP_EVERY
            && self
                .0
                .intake
                .swept
                .compare_exchange(last, micros, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if !mine {
            return Ok(());
        }
        // The rulebook refuses a waiting time that runs by the calendar.
        let before = now - rules.waiting.plain().unwrap_or_default();
        let _alone = self.0.intake.gate.write().await;
        let free: Vec<BlobId> = self
            .store()
            .write(move |tx| sql::forget_waiting(tx, before).map_err(Failure::from))
            .await
            .map_err(super::as_fault)?;
        for blob in free {
            self.store().blobs().delete(blob).await?;
        }
        Ok(())
    }

    /// The files behind these tokens that still wait, in their order.
    pub async fn waiting_files(&self, tokens: Vec<String>) -> Result<Vec<WaitingFile>, Fault> {
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        self.store()
            .read(move |tx| {
                let mut found = Vec::with_capacity(tokens.len());
                for token in tokens {
                    if let Some(file) = sql::waiting(tx, &token_hash(&token))? {
                        found.push(WaitingFile { token, file });
                    }
                }
                Ok(found)
            })
            .await
    }

    /// [`Appeals::submit`] with files that wait. Refused with the field `files` where one is gone or there are too many.
    pub async fn submit_with_files(
        &self,
        context: &Context,
        submit: Submit,
        key: Option<&str>,
        tokens: Vec<String>,
    ) -> Result<Receipt, Failure> {
        let rules = self.books().rulebook(context.now)?.files.clone();
        let by = match submit.channel {
            Channel::Phone | Channel::WalkIn | Channel::Grid | Channel::Email => AddedBy::Organ,
            _ => AddedBy::Reporter,
        };
        if tokens.len() > rules.most(by) {
            let error =
                FieldError::new("files", "error-files-count").with("most", rules.most(by)).with("there", 0);
            return Err(Refusal::fields(vec![error]).into());
        }
        let (actor, now) = (context.actor.clone(), context.now);
        let also = move |tx: &mut dyn Tx, appeal| take(tx, appeal, &tokens, by, &actor, now).map(drop);
        self.submit_with(context, submit, key, also).await
    }

    /// Adds files to an appeal: its reporter, by account or code, or who handles it. Refused with `file-case-closed`, with
    /// the field `files`, or by the policy.
    pub async fn attach(
        &self,
        context: &Context,
        id: AppealId,
        code: Option<TrackingCode>,
        files: Vec<NewFile>,
    ) -> Result<Vec<AppealFile>, Failure> {
        if files.is_empty() {
            return Err(Refusal::fields(vec![FieldError::new("files", "error-files-none")]).into());
        }
        let (policies, directory) = (self.policies().clone(), self.directory());
        let rules = self.books().rulebook(context.now)?.files.clone();
        let (actor, now, adding) = (context.actor.clone(), context.now, files.len());
        let allowed = move |tx: &mut dyn Tx| -> Result<AddedBy, Failure> {
            let (appeal, resource) = find_readable(tx, &policies, &directory, &actor, id, code.as_ref())?;
            policies.require(&actor, "appeal.attach", &resource)?;
            let own = super::is_holder(&appeal, code.as_ref())
                || (appeal.reporter.is_some() && appeal.reporter == actor.person());
            let by = if own { AddedBy::Reporter } else { AddedBy::Organ };
            let there = sql::file_count(tx, id, by)?;
            rules::may_attach(&appeal, there, adding, by, &rules)?;
            Ok(by)
        };
        // Asked before the files are looked at, which costs, and again when they are added.
        let before = allowed.clone();
        self.store().read(move |tx| before(tx)).await?;
        let waiting = self.receive_files(context, files).await?;
        let tokens: Vec<String> = waiting.into_iter().map(|one| one.token).collect();
        let actor = context.actor.clone();
        self.store()
            .write(move |tx| {
                let by = allowed(tx)?;
                take(tx, id, &tokens, by, &actor, now)
            })
            .await
    }

    /// Marks a file as fit for everybody to see, or takes it back. Refused with `file-not-found`, `file-confidential`, or
    /// by the policy.
    pub async fn show_file(
        &self,
        context: &Context,
        id: AppealId,
        file: FileId,
        shown: bool,
    ) -> Result<AppealFile, Failure> {
        let (policies, directory, context) = (self.policies().clone(), self.directory(), context.clone());
        self.store()
            .write(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &context.actor, id, None)?;
                policies.require(&context.actor, "appeal.show_file", &resource)?;
                let known = sql::file(tx, id, file)?.ok_or_else(|| Refusal::not_found("file-not-found"))?;
                let Some(after) = rules::show(&appeal, &known, shown)? else { return Ok(known) };
                sql::save_shown(tx, &after)?;
                tx.record(rules::event(&after, &context.actor, context.now)?)?;
                Ok(after)
            })
            .await
    }

    /// The bytes of a file as this actor may see it, or of its small twin. `file-not-found` where there is none or it is
    /// not theirs to see.
    pub async fn open_file(
        &self,
        context: &Context,
        id: AppealId,
        file: FileId,
        code: Option<TrackingCode>,
        small: bool,
    ) -> Result<(AppealFile, BlobStream), Failure> {
        let files = self.files(context, id, code).await?;
        let not_found = || Refusal::not_found("file-not-found");
        let found = files.into_iter().find(|one| one.id == file).ok_or_else(not_found)?;
        let blob = match (found.file.media, small) {
            (Media::Photo(parts), true) => parts.small,
            (Media::Document(_), true) => return Err(not_found().into()),
            (_, false) => found.file.blob,
        };
        let stream = self.blob(blob).await?;
        Ok((found, stream))
    }

    /// The bytes of a blob that a row names.
    pub(crate) async fn blob(&self, blob: BlobId) -> Result<BlobStream, Fault> {
        let found = self.store().blobs().get(blob).await?;
        found.ok_or_else(|| Fault::corrupt("the bytes of a file are gone"))
    }
}

/// Makes waiting files part of an appeal, with an event each.
pub(crate) fn take<E: From<Fault> + From<Refusal>>(
    tx: &mut dyn Tx,
    appeal: AppealId,
    tokens: &[String],
    by: AddedBy,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<AppealFile>, E> {
    let mut taken = Vec::with_capacity(tokens.len());
    for token in tokens {
        let Some(kept) = sql::take_waiting(tx, &token_hash(token))? else {
            return Err(Refusal::fields(vec![FieldError::new("files", "error-file-gone")]).into());
        };
        let id: FileId = tx.world().ids.next(now);
        let file = rules::attached(id, appeal, kept, by, actor, now);
        sql::insert_file(tx, &file)?;
        tx.record(rules::event(&file, actor, now)?)?;
        taken.push(file);
    }
    Ok(taken)
}
