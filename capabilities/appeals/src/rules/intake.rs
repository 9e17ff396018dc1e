//! 提交: what comes in, and the organ that the catalogue names for it in the same moment.

use gongzhi_kernel::{Refusal, Timestamp};

use super::{Submission, area_parts, refuse_fields, text};
use crate::events::{Change, DispatchedPublic, NoteSealed, Parts, SubmittedPublic, SubmittedSealed};
use crate::model::{DispatchedBy, Reminders, Reporter};
use crate::rulebook::Rulebook;

pub(super) fn submit(
    submission: &Submission,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    let limits = &rulebook.limits;
    let body = text::clean_text(&submission.text);
    let mut title = text::clean_line(&submission.title);
    let address = text::clean_line(&submission.place.address);
    let contact = Reporter {
        name: text::clean_line(&submission.contact.name),
        phone: text::clean_line(&submission.contact.phone),
        email: text::clean_line(&submission.contact.email),
    };
    let mut errors = Vec::new();
    limits.text.check("text", &body, &mut errors);
    limits.title.check("title", &title, &mut errors);
    limits.address.check("address", &address, &mut errors);
    limits.name.check("name", &contact.name, &mut errors);
    limits.contact.check("phone", &contact.phone, &mut errors);
    limits.contact.check("email", &contact.email, &mut errors);
    text::check_phone("phone", &contact.phone, &mut errors);
    text::check_email("email", &contact.email, &mut errors);
    refuse_fields(errors)?;
    if title.is_empty() {
        title = text::title_of(&body, limits.title.max.clamp(1, 30));
    }

    let visibility = rulebook.visibility(submission.kind, submission.visibility);
    let (open_area, sealed_area) = area_parts(visibility, submission.place.area);
    // Nobody is turned away because the calendar ends: a case whose promises cannot be counted waits for a dispatcher, who
    // is told which year is missing.
    let dispatch_due = rulebook.after(now, rulebook.dispatch).ok();
    let named = submission.named.and_then(|(organ, catalogue)| {
        Some((organ, catalogue, rulebook.deadlines(submission.urgency, now).ok()?))
    });
    let reminder = dispatch_due.filter(|_| named.is_none()).and_then(|due| rulebook.reminder(now, due));
    let public = SubmittedPublic {
        kind: submission.kind,
        channel: submission.channel,
        urgency: submission.urgency,
        visibility,
        category: submission.category,
        area: open_area,
        dispatch_due,
        reminders: Reminders { dispatch: reminder, ..Reminders::default() },
        rulebook: rulebook.version,
        source: None,
    };
    let sealed = SubmittedSealed {
        title,
        text: body,
        address,
        point: submission.place.point,
        area: sealed_area,
        reporter: submission.reporter,
        contact,
        track: submission.track.clone(),
    };
    let mut changes = vec![Change::Submitted(Box::new(Parts { public, sealed }))];
    if let Some((organ, catalogue, deadlines)) = named {
        let public = DispatchedPublic {
            organ,
            by: DispatchedBy::Catalogue,
            ruled: false,
            deadlines: Some(deadlines),
            reminders: rulebook.reminders(now, &deadlines),
            catalogue: Some(catalogue),
        };
        changes.push(Change::Dispatched(Parts { public, sealed: NoteSealed::default() }));
    }
    Ok(changes)
}
