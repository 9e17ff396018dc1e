//! One case, as far as the indicators need it: the fold of its public events.

use gongzhi_kernel::{AppealId, AreaId, Fault, Id, OrganId, Subject, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Counts, EXCLUSION_REVIEWED, EXCLUSION_SUBJECT, Exclusion, Indicator, LeftOut, Weights, bucket};
use crate::events::SUBJECT;
use crate::model::CategoryId;

/// A promise that has been decided: kept, or its time has passed. In one round the first decision stands; a promise
/// broken in one round stays broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Promise {
    #[serde(rename = "o")]
    organ: Option<OrganId>,
    #[serde(rename = "k")]
    kept: bool,
    #[serde(rename = "r")]
    round: u8,
}

/// How often a case was sent to an organ and came back from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Sent {
    #[serde(rename = "o")]
    organ: OrganId,
    #[serde(rename = "d")]
    dispatched: u16,
    #[serde(rename = "r")]
    returned: u16,
}

/// What the call-back brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct CalledBack {
    #[serde(rename = "o")]
    organ: Option<OrganId>,
    #[serde(rename = "s")]
    solved: bool,
    #[serde(rename = "l")]
    level: u8,
    /// Whether the reporter was contacted in time; `None` where nobody knows.
    #[serde(rename = "c")]
    contacted: Option<bool>,
}

/// The first answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Answer {
    #[serde(rename = "o")]
    organ: Option<OrganId>,
    #[serde(rename = "b")]
    bucket: usize,
}

/// Whether the organ has spoken with the reporter in this round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
enum Contact {
    /// No record of it.
    #[default]
    #[serde(rename = "-")]
    None,
    /// Recorded by its deadline.
    #[serde(rename = "t")]
    InTime,
    /// Recorded after it.
    #[serde(rename = "l")]
    Late,
    /// Recorded; no deadline was known.
    #[serde(rename = "u")]
    Unknown,
}

/// A case as the indicators see it. Kept as JSON with short names while the case is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    #[serde(rename = "a")]
    submitted_at: i64,
    #[serde(rename = "g")]
    area: Option<AreaId>,
    #[serde(rename = "c")]
    category: Option<CategoryId>,
    #[serde(rename = "i", default, skip_serializing_if = "is_false")]
    imported: bool,
    #[serde(rename = "o")]
    organ: Option<OrganId>,
    #[serde(rename = "n")]
    round: u8,
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    sent: Vec<Sent>,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    accept: Option<Promise>,
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    answer: Option<Promise>,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    first: Option<Answer>,
    #[serde(rename = "t", default)]
    contact: Contact,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    called_back: Option<CalledBack>,
    #[serde(rename = "h", default, skip_serializing_if = "is_false")]
    repeated: bool,
    #[serde(rename = "w", default, skip_serializing_if = "is_false")]
    withdrawn: bool,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    excluded: Option<Exclusion>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// What a case adds to one indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contribution {
    /// To whose indicator.
    pub organ: Option<OrganId>,
    /// In hundredths, because weights are percents.
    pub hundredths: i64,
    /// In whole ones.
    pub denominator: i64,
}

/// The appeal that an event of the public log is about, as far as the indicators are concerned: from the event's subject
/// and its public part.
pub fn subject_of(subject: &Subject, public: &Value) -> Option<AppealId> {
    match &*subject.kind {
        SUBJECT => AppealId::new(subject.id),
        EXCLUSION_SUBJECT => id(public, "appeal"),
        _ => None,
    }
}

fn id<K>(public: &Value, name: &str) -> Option<Id<K>> {
    public.get(name).and_then(|value| Id::deserialize(value).ok())
}

fn flag(public: &Value, name: &str) -> Option<bool> {
    public.get(name).and_then(Value::as_bool)
}

fn small(public: &Value, name: &str) -> Option<u8> {
    public.get(name).and_then(Value::as_u64).and_then(|number| u8::try_from(number).ok())
}

fn word<'a>(public: &'a Value, name: &str) -> &'a str {
    public.get(name).and_then(Value::as_str).unwrap_or("")
}

impl Case {
    /// A case from its `appeal.submitted`: when it was recorded, and its public part.
    pub fn submitted(at: Timestamp, public: &Value) -> Self {
        Self {
            submitted_at: at.as_micros(),
            area: id(public, "area"),
            category: id(public, "category"),
            imported: public.get("source").is_some(),
            organ: None,
            round: 1,
            sent: Vec::new(),
            accept: None,
            answer: None,
            first: None,
            contact: Contact::None,
            called_back: None,
            repeated: false,
            withdrawn: false,
            excluded: None,
        }
    }

    /// Folds the public events of one appeal, and those of its exclusions, oldest first: kind, time and public part of
    /// each. `None` without a submission. Kinds that the indicators do not need are passed over.
    pub fn fold<'a>(events: impl IntoIterator<Item = (&'a str, Timestamp, &'a Value)>) -> Option<Self> {
        let mut case: Option<Self> = None;
        for (kind, at, public) in events {
            match &mut case {
                None if kind == "appeal.submitted" => case = Some(Self::submitted(at, public)),
                None => {}
                Some(case) => case.take(kind, public),
            }
        }
        case
    }

    /// Takes in one more event, after the submission.
    pub fn take(&mut self, kind: &str, public: &Value) {
        let organ: Option<OrganId> = id(public, "organ");
        match kind {
            // 转办 hands the case on to another organ: for it this is a dispatch like any other.
            "appeal.dispatched" | "appeal.transferred" => self.send(organ),
            "appeal.returned" => {
                self.organ = organ;
                let sent = organ.and_then(|organ| self.sent.iter_mut().find(|sent| sent.organ == organ));
                // A history with gaps may tell of a return without its dispatch; that one is not counted.
                if let Some(sent) = sent.filter(|sent| sent.returned < sent.dispatched) {
                    sent.returned += 1;
                }
            }
            "appeal.accepted" => {
                self.organ = organ;
                decide(&mut self.accept, organ, flag(public, "in_time"), self.round);
            }
            "appeal.contacted" => {
                self.organ = organ;
                self.contact = match flag(public, "in_time") {
                    Some(true) => Contact::InTime,
                    Some(false) => Contact::Late,
                    None => Contact::Unknown,
                };
            }
            "appeal.answered" => {
                self.organ = organ;
                let seconds = public.get("seconds").and_then(Value::as_i64).unwrap_or(0);
                self.first.get_or_insert(Answer { organ, bucket: bucket(seconds) });
                decide(&mut self.answer, organ, flag(public, "in_time"), self.round);
            }
            "appeal.overdue" => match word(public, "stage") {
                "accept" => decide(&mut self.accept, organ, Some(false), self.round),
                "answer" => decide(&mut self.answer, organ, Some(false), self.round),
                _ => {}
            },
            "appeal.appraised" => {
                // What the reporter remembers goes before what the organ has recorded.
                let contacted = flag(public, "contacted").or(match self.contact {
                    Contact::InTime => Some(true),
                    Contact::Late => Some(false),
                    Contact::Unknown => None,
                    Contact::None => (!self.imported).then_some(false),
                });
                self.called_back = Some(CalledBack {
                    organ,
                    solved: flag(public, "solved").unwrap_or(false),
                    level: small(public, "satisfied").unwrap_or(3).clamp(1, 5),
                    contacted,
                });
            }
            "appeal.reopened" => {
                self.round = small(public, "round").unwrap_or(2);
                self.contact = Contact::None;
                self.repeated = true;
                self.send(organ);
            }
            "appeal.withdrawn" => self.withdrawn = true,
            "appeal.closed" => self.organ = organ,
            EXCLUSION_REVIEWED => {
                self.excluded = flag(public, "granted")
                    .filter(|granted| *granted)
                    .and_then(|_| Exclusion::from_word(word(public, "reason")));
            }
            _ => {}
        }
    }

    fn send(&mut self, organ: Option<OrganId>) {
        self.organ = organ;
        let Some(organ) = organ else { return };
        match self.sent.iter_mut().find(|sent| sent.organ == organ) {
            Some(sent) => sent.dispatched = sent.dispatched.saturating_add(1),
            None => self.sent.push(Sent { organ, dispatched: 1, returned: 0 }),
        }
    }

    /// When it came in: the month of this moment is the month in which the case counts.
    pub fn submitted_at(&self) -> Timestamp {
        Timestamp::from_micros(self.submitted_at)
    }

    /// The area that its public events name; none of a confidential one.
    pub fn area(&self) -> Option<AreaId> {
        self.area
    }

    /// What it is about.
    pub fn category(&self) -> Option<CategoryId> {
        self.category
    }

    /// The organ that has it, or had it last.
    pub fn organ(&self) -> Option<OrganId> {
        self.organ
    }

    /// Why it is left out of the indicators of the call-back, if it is.
    pub fn excluded(&self) -> Option<Exclusion> {
        self.excluded
    }

    /// What it adds to an indicator under some weights, or why it adds nothing. The returns of several organs are one
    /// contribution each, so there may be more than one; never an empty list.
    pub fn contribution(
        &self,
        indicator: Indicator,
        weights: &Weights,
    ) -> Result<Vec<Contribution>, LeftOut> {
        if indicator.of_call_back()
            && let Some(reason) = self.excluded
        {
            return Err(LeftOut::Excluded(reason));
        }
        let one = |organ, hundredths| Ok(vec![Contribution { organ, hundredths, denominator: 1 }]);
        let promise = |promise: Option<Promise>, happened: bool| match promise {
            Some(Promise { organ, kept, .. }) => one(organ, i64::from(kept) * 100),
            None if happened => Err(LeftOut::Unknown),
            None => Err(LeftOut::NotYet),
        };
        let called_back = self.called_back.ok_or(LeftOut::NotYet);
        match indicator {
            Indicator::Response => {
                let CalledBack { organ, contacted, .. } = called_back?;
                one(organ, i64::from(contacted.ok_or(LeftOut::Unknown)?) * 100)
            }
            Indicator::Solution => {
                let CalledBack { organ, solved, .. } = called_back?;
                one(organ, i64::from(solved) * 100)
            }
            Indicator::Satisfaction => {
                let CalledBack { organ, level, .. } = called_back?;
                let weight = weights.satisfaction.get(usize::from(level) - 1).copied().unwrap_or(0);
                one(organ, i64::from(weight))
            }
            Indicator::Acceptance => promise(self.accept, self.imported && self.first.is_some()),
            Indicator::OnTime => promise(self.answer, self.first.is_some()),
            Indicator::Return if self.sent.is_empty() => Err(LeftOut::NotYet),
            Indicator::Return => Ok(self
                .sent
                .iter()
                .map(|sent| Contribution {
                    organ: Some(sent.organ),
                    hundredths: i64::from(sent.returned) * 100,
                    denominator: i64::from(sent.dispatched),
                })
                .collect()),
            Indicator::Repeat => {
                let Answer { organ, .. } = self.first.ok_or(LeftOut::NotYet)?;
                one(organ, i64::from(self.repeated) * 100)
            }
        }
    }

    /// What it adds to the counters of each organ that had to do with it; most have one.
    pub fn counts(&self) -> Vec<(Option<OrganId>, Counts)> {
        let mut all: Vec<(Option<OrganId>, Counts)> = Vec::with_capacity(1);
        let mut of = |organ: Option<OrganId>, add: &mut dyn FnMut(&mut Counts)| {
            if let Some((_, counts)) = all.iter_mut().find(|(known, _)| *known == organ) {
                add(counts);
            } else {
                let mut counts = Counts::default();
                add(&mut counts);
                all.push((organ, counts));
            }
        };
        of(self.organ, &mut |counts| {
            counts.received += 1;
            counts.withdrawn += i64::from(self.withdrawn);
        });
        for sent in &self.sent {
            of(Some(sent.organ), &mut |counts| {
                counts.dispatched += i64::from(sent.dispatched);
                counts.returned += i64::from(sent.returned);
            });
        }
        if let Some(Promise { organ, kept, .. }) = self.accept {
            of(organ, &mut |counts| {
                counts.accept_due += 1;
                counts.accept_kept += i64::from(kept);
            });
        }
        if let Some(Promise { organ, kept, .. }) = self.answer {
            of(organ, &mut |counts| {
                counts.answer_due += 1;
                counts.answer_kept += i64::from(kept);
            });
        }
        if let Some(Answer { organ, bucket }) = self.first {
            of(organ, &mut |counts| {
                counts.answered += 1;
                counts.repeated += i64::from(self.repeated);
                if let Some(time) = counts.times.get_mut(bucket) {
                    *time += 1;
                }
            });
        }
        if let Some(reason) = self.excluded {
            let organ = self.called_back.map_or(self.organ, |called| called.organ);
            of(organ, &mut |counts| *counts.excluded_mut(reason) += 1);
        } else if let Some(CalledBack { organ, solved, level, contacted }) = self.called_back {
            of(organ, &mut |counts| {
                if let Some(contacted) = contacted {
                    counts.response_due += 1;
                    counts.response_met += i64::from(contacted);
                }
                counts.solved += i64::from(solved);
                counts.unsolved += i64::from(!solved);
                *counts.level_mut(level) += 1;
            });
        }
        all
    }

    /// For the store, while the case is open.
    pub(crate) fn to_text(&self) -> Result<String, Fault> {
        serde_json::to_string(self).map_err(|error| Fault::internal("cannot write a case").because(error))
    }

    /// From the store.
    pub(crate) fn from_text(text: &str) -> Result<Self, Fault> {
        serde_json::from_str(text)
            .map_err(|error| Fault::corrupt("a case of the indicators cannot be read").because(error))
    }
}

fn decide(promise: &mut Option<Promise>, organ: Option<OrganId>, kept: Option<bool>, round: u8) {
    let Some(kept) = kept else { return };
    match promise {
        Some(decided) if decided.round == round => {}
        Some(decided) => *decided = Promise { organ, kept: kept && decided.kept, round },
        None => *promise = Some(Promise { organ, kept, round }),
    }
}
