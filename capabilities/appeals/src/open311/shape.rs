//! An appeal as a service request, a category as a service.

use gongzhi_kernel::{AreaId, Locale, Timestamp};
use gongzhi_web::Visit;
use jiff::tz::TimeZone;

use super::params::told;
use super::wire::Value;
use crate::actions::Appeals;
use crate::catalogue::Category;
use crate::model::{CategoryId, Phase, StateName};
use crate::pages::Names;
use crate::queries::{Knot, PublicAppeal, PublicStep};
use crate::store::open311::Picture;

/// What is needed to put things into words.
pub(super) struct Words<'a> {
    pub(super) visit: &'a Visit,
    pub(super) names: Names,
    pub(super) zone: TimeZone,
}

impl<'a> Words<'a> {
    pub(super) fn new(visit: &'a Visit, appeals: &Appeals) -> Self {
        Self { visit, names: crate::pages::names(appeals), zone: visit.site().config().zone.clone() }
    }

    fn locale(&self) -> Locale {
        self.visit.locale()
    }

    /// A moment.
    pub(super) fn time(&self, at: Timestamp) -> Option<Value> {
        Value::text(told(at, &self.zone))
    }

    fn category(&self, id: Option<CategoryId>) -> Option<&Category> {
        id.and_then(|id| self.names.categories().get(id))
    }

    /// The name of a category.
    pub(super) fn name(&self, category: &Category) -> String {
        category.name.get(self.locale()).to_owned()
    }

    /// The names from the top of the tree down to a category.
    pub(super) fn path(&self, id: CategoryId) -> Vec<String> {
        let path = self.names.books.category_path(id);
        path.into_iter().map(|name| name.get(self.locale()).to_owned()).collect()
    }

    fn area(&self, id: AreaId) -> String {
        self.names.directory.address(id, self.locale())
    }

    /// The categories that a report can name: those in use that have none in use below them.
    pub(super) fn services(&self) -> Vec<&Category> {
        let tree = self.names.categories();
        let mut all: Vec<&Category> = tree.iter().filter(|category| self.is_service(category)).collect();
        all.sort_by(|a, b| a.code.cmp(&b.code));
        all
    }

    /// Whether a report can name it.
    pub(super) fn is_service(&self, category: &Category) -> bool {
        let tree = self.names.categories();
        tree.path_up(category.id).iter().all(|id| tree.get(*id).is_some_and(|above| above.active))
            && !tree.children(Some(category.id)).any(|below| below.active)
    }

    /// A category as a service.
    pub(super) fn service(&self, category: &Category) -> Value {
        let path = self.path(category.id);
        let group = path.first().filter(|_| path.len() > 1).cloned().unwrap_or_default();
        Value::Record(vec![
            ("service_code", Value::text(&category.code)),
            ("service_name", Value::text(self.name(category))),
            ("description", Value::text(path.join(" › "))),
            ("metadata", Some(Value::Flag(false))),
            ("type", Value::text("realtime")),
            ("keywords", Value::text(path.join(","))),
            ("group", Value::text(group)),
        ])
    }

    fn status_notes(&self, one: &PublicAppeal) -> Option<Value> {
        let appeal = &one.appeal;
        match appeal.state.name() {
            StateName::Withdrawn => Value::text(self.visit.t("open311-withdrawn").into_owned()),
            // After a reopening the first answer no longer says where it stands.
            state if state.phase() == Phase::Open => None,
            _ => Value::text(&appeal.reply),
        }
    }

    /// Where a picture of an appeal lies.
    fn picture(&self, one: &PublicAppeal) -> Option<String> {
        Some(match one.picture.as_ref()? {
            Picture::Linked(url) => url.clone(),
            Picture::Shown(file) => {
                let base = &self.visit.site().config().base_url;
                format!("{base}/appeals/{}/files/{file}", one.appeal.id)
            }
        })
    }

    /// An appeal as a service request.
    pub(super) fn request(&self, one: &PublicAppeal, extended: bool) -> Value {
        let appeal = &one.appeal;
        let category = self.category(appeal.category);
        let open = appeal.state.phase() == Phase::Open;
        let organ = appeal.organ().and_then(|id| self.names.directory.organ(id));
        let area = appeal.place.area;
        let address = match area {
            _ if !appeal.place.address.is_empty() => appeal.place.address.clone(),
            Some(area) => self.area(area),
            None => String::new(),
        };
        let code = area.and_then(|id| self.names.directory.area(id)).map(|area| area.code.clone());
        let mut fields = vec![
            ("service_request_id", Value::text(appeal.id.to_string())),
            ("status", Value::text(if open { "open" } else { "closed" })),
            ("status_notes", self.status_notes(one)),
            ("service_name", category.and_then(|category| Value::text(self.name(category)))),
            ("service_code", category.and_then(|category| Value::text(&category.code))),
            ("description", Value::text(&appeal.text)),
            ("agency_responsible", organ.and_then(|organ| Value::text(organ.name.get(self.locale())))),
            ("service_notice", None),
            ("requested_datetime", self.time(appeal.submitted_at)),
            ("updated_datetime", self.time(one.updated_at())),
            ("expected_datetime", appeal.deadlines.answer.and_then(|due| self.time(due))),
            ("address", Value::text(address)),
            ("address_id", code.and_then(Value::text)),
            ("zipcode", None),
            ("lat", appeal.place.point.map(|point| Value::Degrees(point.lat))),
            ("long", appeal.place.point.map(|point| Value::Degrees(point.lon))),
            ("media_url", self.picture(one).and_then(Value::text)),
        ];
        if extended {
            let title = ("title", Value::text(&appeal.title));
            let kind = ("kind", Value::text(appeal.kind.word()));
            let state = ("state", Value::text(appeal.state.name().word()));
            let notes = one.story.iter().map(|knot| self.note(knot)).collect();
            fields.push(("attributes", Some(Value::List("attribute", Vec::new()))));
            fields.push(("extended_attributes", Some(Value::Record(vec![title, kind, state]))));
            fields.push(("notes", Some(Value::List("note", notes))));
        }
        Value::Record(fields)
    }

    fn step(&self, knot: &Knot) -> String {
        let step = knot.kind.strip_prefix("appeal.").unwrap_or(knot.kind);
        self.visit.t(&format!("step-{step}")).into_owned()
    }

    fn note(&self, knot: &Knot) -> Value {
        let organ = knot.organ.and_then(|id| self.names.directory.organ(id));
        Value::Record(vec![
            ("datetime", self.time(knot.at)),
            ("type", Value::text(knot.kind.strip_prefix("appeal.").unwrap_or(knot.kind))),
            ("summary", Value::text(self.step(knot))),
            ("description", Value::text(&knot.text)),
            ("agency_responsible", organ.and_then(|organ| Value::text(organ.name.get(self.locale())))),
        ])
    }

    /// Something that happened, as an update.
    pub(super) fn update(&self, step: &PublicStep) -> Value {
        let knot = &step.knot;
        let description = if knot.text.is_empty() { self.step(knot) } else { knot.text.clone() };
        Value::Record(vec![
            ("update_id", Value::text(step.event.to_string())),
            ("service_request_id", Value::text(step.appeal.to_string())),
            ("status", Value::text(update_status(knot))),
            ("updated_datetime", self.time(knot.at)),
            ("description", Value::text(description)),
        ])
    }
}

/// The word of the extension for where a step leaves the case.
fn update_status(knot: &Knot) -> &'static str {
    match knot.kind {
        "appeal.dispatched" | "appeal.returned" => "investigating",
        "appeal.accepted" | "appeal.contacted" => "in_progress",
        "appeal.appraised" if knot.appraisal.is_some_and(|said| said.solved) => "fixed",
        "appeal.withdrawn" => "no_further_action",
        "appeal.answered" | "appeal.appraised" | "appeal.closed" => "closed",
        _ => "open",
    }
}
