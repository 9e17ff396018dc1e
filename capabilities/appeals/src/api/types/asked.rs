//! What machines send: new appeals and the steps after them.

use gongzhi_kernel::{FieldError, Point, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::*;
use crate::actions::Submit;
use crate::model::Reporter;
use crate::pages::Names;

/// How to reach the reporter. Never public; every reading is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReporterBody {
    /// What to call them.
    #[schema(example = "王女士")]
    pub name: String,
    /// Telephone: digits, with an optional leading `+`.
    #[schema(example = "19900001234")]
    pub phone: String,
    /// E-mail address.
    #[schema(example = "wang@example.cn")]
    pub email: String,
}

/// A new appeal.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppeal {
    /// What is asked for.
    pub kind: Kind,
    /// What happened: when, what, and what should be done.
    #[schema(example = "文昌巷 12 号门口的路灯三天没亮了，晚上老人走路看不清，请尽快修好。")]
    pub text: String,
    /// In one line; left out: the first sentence of the text.
    #[serde(default)]
    #[schema(example = "文昌巷路灯不亮")]
    pub title: Option<String>,
    /// What it is about: code or id of a category (`GET /api/v1/categories`). Left out: a dispatcher decides.
    #[serde(default)]
    #[schema(example = "roads.lamps")]
    pub category: Option<String>,
    /// Where: id or present code of an area (`GET /api/v1/areas`).
    #[serde(default)]
    #[schema(example = "990101001000")]
    pub area: Option<String>,
    /// Where, in words.
    #[serde(default)]
    #[schema(example = "文昌巷 12 号门口")]
    pub address: Option<String>,
    /// Where, on the map.
    #[serde(default)]
    pub point: Option<PointBody>,
    /// Who may see it; left out: as the rulebook says. Reports of wrongdoing are always confidential.
    #[serde(default)]
    pub visibility: Option<Visibility>,
    /// How to reach the reporter; may be left out.
    #[serde(default)]
    pub reporter: Option<ReporterBody>,
    /// How it came in; left out: `api`. Staff write down for another with `phone`, `walk_in`, `grid` or `email`.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// How soon it must be answered; taken from staff only, else the category says.
    #[serde(default)]
    pub urgency: Option<Urgency>,
}

impl NewAppeal {
    /// What it says, or the fields that name what is not there.
    pub(crate) fn read(self, names: &Names) -> Result<Submit, Refusal> {
        let mut errors = Vec::new();
        let category = self.category.as_deref().filter(|text| !text.is_empty()).and_then(|text| {
            let tree = names.categories();
            let known = text
                .parse()
                .ok()
                .and_then(|id| tree.get(id))
                .or_else(|| tree.by_code(text))
                .map(|one| one.id);
            if known.is_none() {
                errors.push(FieldError::new("category", "error-category"));
            }
            known
        });
        let area = self.area.as_deref().filter(|text| !text.is_empty()).and_then(|text| {
            let directory = &names.directory;
            let known =
                text.parse().ok().and_then(|id| directory.area(id)).or_else(|| directory.area_by_code(text));
            if known.is_none() {
                errors.push(FieldError::new("area", "error-area"));
            }
            known.map(|area| area.id)
        });
        let point = self.point.and_then(|point| {
            let known = Point::new(point.lat, point.lon);
            if known.is_none() {
                errors.push(FieldError::new("point", "report-error-point"));
            }
            known
        });
        if self.channel == Some(Channel::Import) {
            errors.push(FieldError::new("channel", "report-error-channel"));
        }
        if !errors.is_empty() {
            return Err(Refusal::fields(errors));
        }
        let reporter = self.reporter.unwrap_or_default();
        Ok(Submit {
            kind: self.kind,
            channel: self.channel.unwrap_or(Channel::Api),
            urgency: self.urgency,
            visibility: self.visibility,
            category,
            area,
            address: self.address.unwrap_or_default(),
            point,
            title: self.title.unwrap_or_default(),
            text: self.text,
            reporter: Reporter { name: reporter.name, phone: reporter.phone, email: reporter.email },
        })
    }
}

/// Number and code.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackBody {
    /// The number; blanks and hyphens do not matter.
    #[schema(example = "0098304512345678")]
    pub number: String,
    /// The tracking code; blanks, hyphens and case do not matter.
    #[schema(example = "7K3QM-0ZR9T")]
    pub tracking_code: String,
}

/// The organ that a dispatcher names.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DispatchBody {
    /// See [`AppealBody::revision`]; left out: whatever happened meanwhile.
    #[serde(default)]
    pub revision: Option<i64>,
    /// Id or code of the organ.
    #[schema(example = "lighting")]
    pub organ: String,
    /// What it should know.
    #[serde(default)]
    pub note: String,
}

/// A step without words.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PlainBody {
    /// See [`AppealBody::revision`]; left out: whatever happened meanwhile.
    pub revision: Option<i64>,
}

/// How the reporter was spoken with.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactBody {
    /// See [`AppealBody::revision`]; left out: whatever happened meanwhile.
    #[serde(default)]
    pub revision: Option<i64>,
    /// How.
    pub way: ContactWay,
    /// What was said. The reporter does not see it.
    #[serde(default)]
    pub note: String,
}

/// The answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// See [`AppealBody::revision`]; left out: whatever happened meanwhile.
    #[serde(default)]
    pub revision: Option<i64>,
    /// What was done and what came of it. Public, unless the appeal is confidential.
    #[schema(example = "路灯线路已于 3 月 3 日修复，现场已恢复照明。")]
    pub reply: String,
}

/// Why it is sent back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnBody {
    /// See [`AppealBody::revision`]; left out: whatever happened meanwhile.
    #[serde(default)]
    pub revision: Option<i64>,
    /// Why it is not this organ's duty.
    #[schema(example = "该路段由县级公路部门养护。")]
    pub reason: String,
}

/// What the reporter says of the answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppraiseBody {
    /// See [`AppealBody::revision`]; left out: whatever happened meanwhile.
    #[serde(default)]
    pub revision: Option<i64>,
    /// The code from the receipt; not needed by the signed-in reporter and by operators who call back.
    #[serde(default)]
    #[schema(example = "7K3QM-0ZR9T")]
    pub tracking_code: Option<String>,
    /// Whether it is solved.
    pub solved: bool,
    /// 1 (very dissatisfied) to 5 (very satisfied).
    #[schema(minimum = 1, maximum = 5, example = 4)]
    pub satisfied: u8,
    /// Whether they were contacted, as they remember it.
    #[serde(default)]
    pub contacted: Option<bool>,
    /// In their words.
    #[serde(default)]
    pub comment: String,
    /// Why it must be handled again; only with a dissatisfied appraisal, once.
    #[serde(default)]
    pub again: Option<String>,
}

/// What is still missing.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenBody {
    /// See [`AppealBody::revision`]; left out: whatever happened meanwhile.
    #[serde(default)]
    pub revision: Option<i64>,
    /// The code from the receipt; not needed by the signed-in reporter.
    #[serde(default)]
    pub tracking_code: Option<String>,
    /// What is still missing.
    #[schema(example = "只修好了一盏，另一盏还是不亮。")]
    pub reason: String,
}

/// Why it is taken back.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WithdrawBody {
    /// See [`AppealBody::revision`]; left out: whatever happened meanwhile.
    pub revision: Option<i64>,
    /// The code from the receipt; not needed by the signed-in reporter.
    pub tracking_code: Option<String>,
    /// Why; may be empty.
    pub reason: String,
}

/// Why somebody must know who reported.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PurposeBody {
    /// What for; recorded with the caller's name, and shown to the reporter.
    #[schema(example = "联系反映人，约定上门时间")]
    pub purpose: String,
}
