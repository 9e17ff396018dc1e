//! How bodies are filled from what queries hand out.

use super::{
    AppealBody, AppraisalBody, CountsBody, DeskBody, DueBody, NamedBody, PointBody, SourceBody, StepBody,
    SummaryBody,
};
use crate::pages::Names;
use crate::queries::{CaseView, DeskPage, Item, Knot};

impl Names {
    fn organ_body(&self, id: Option<gongzhi_kernel::OrganId>) -> Option<NamedBody> {
        let organ = self.directory.organ(id?)?;
        Some(NamedBody { id: organ.id.to_string(), code: organ.code.clone(), name: (&organ.name).into() })
    }

    fn area_body(&self, id: Option<gongzhi_kernel::AreaId>) -> Option<NamedBody> {
        let area = self.directory.area(id?)?;
        Some(NamedBody { id: area.id.to_string(), code: area.code.clone(), name: (&area.name).into() })
    }

    fn category_body(&self, id: Option<crate::model::CategoryId>) -> Option<NamedBody> {
        let category = self.categories().get(id?)?;
        Some(NamedBody {
            id: category.id.to_string(),
            code: category.code.clone(),
            name: (&category.name).into(),
        })
    }
}

impl SummaryBody {
    pub(crate) fn new(names: &Names, item: &Item) -> Self {
        Self {
            number: item.id.to_string(),
            kind: item.kind,
            state: item.state,
            title: item.title.clone(),
            category: names.category_body(item.category),
            area: names.area_body(item.area),
            organ: names.organ_body(item.organ),
            submitted_at: item.submitted_at,
            answered_at: item.answered_at,
            next_due: item.next_due.map(|(stage, by)| DueBody { stage, by }),
            late: item.late,
            round: item.round,
            reply: item.reply.clone(),
        }
    }
}

impl DeskBody {
    pub(crate) fn new(names: &Names, page: &DeskPage) -> Self {
        let counts = page.counts;
        Self {
            items: page.items.iter().map(|item| SummaryBody::new(names, item)).collect(),
            next: page.next.map(|place| place.to_string()),
            counts: CountsBody {
                all: counts.all,
                to_dispatch: counts.to_dispatch,
                to_accept: counts.to_accept,
                in_work: counts.in_work,
                due_soon: counts.due_soon,
                overdue: counts.overdue,
                returned: counts.returned,
            },
        }
    }
}

impl AppealBody {
    /// The appeal as queries hand it out: already without what the caller may not see.
    pub(crate) fn new(names: &Names, case: &CaseView) -> Self {
        Self {
            number: case.id.to_string(),
            revision: case.revision,
            kind: case.kind,
            channel: case.channel,
            urgency: case.urgency,
            visibility: case.visibility,
            state: case.state,
            closing: case.timeline.iter().rev().find_map(|knot| knot.closing),
            title: case.title.clone(),
            text: case.text.clone(),
            category: names.category_body(case.category),
            area: names.area_body(case.area),
            address: case.address.clone().unwrap_or_default(),
            point: case.point.map(|point| PointBody { lat: point.lat, lon: point.lon }),
            organ: names.organ_body(case.organ),
            submitted_at: case.submitted_at,
            deadlines: case.deadlines.into(),
            next_due: case.next_due.map(|(stage, by)| DueBody { stage, by }),
            overdue: case.overdue.stages().collect(),
            round: case.round,
            returns: case.returns,
            answered_at: case.answered_at,
            reply: case.reply.clone(),
            appraisal: case.appraisal.map(|said| AppraisalBody {
                solved: said.solved,
                satisfied: said.satisfied,
                contacted: said.contacted,
                by: said.by,
            }),
            appraise_by: case.appraise_by,
            source: case
                .source
                .as_ref()
                .map(|source| SourceBody { name: source.name.clone(), key: source.key.clone() }),
        }
    }
}

impl StepBody {
    /// A knot as queries hand it out: already without what the caller may not see.
    pub(crate) fn new(names: &Names, knot: &Knot) -> Self {
        Self {
            step: knot.kind.rsplit('.').next().unwrap_or_default().to_owned(),
            at: knot.at,
            organ: names.organ_body(knot.organ),
            promised: knot.promised,
            took_seconds: knot.took,
            in_time: knot.in_time,
            round: knot.round,
            stage: knot.stage,
            by: knot.dispatched_by,
            way: knot.way,
            closing: knot.closing,
            text: knot.text.clone(),
        }
    }
}
