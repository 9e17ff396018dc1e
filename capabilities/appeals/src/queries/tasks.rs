//! What runs beside a case, for those who handle it.

use std::collections::BTreeMap;

use gongzhi_kernel::{AppealId, Context, Failure, Fault, PersonId};
use gongzhi_people::Resource;
use gongzhi_store::Tx;

use super::page_size;
use crate::actions::tasks::task_resource;
use crate::actions::{Appeals, find_readable};
use crate::model::{Happening, Note, NoteKind, StateName, Task};
use crate::store::lists::Item;
use crate::store::{self, tasks as sql};

/// A task, and what this actor may do about it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskView {
    /// The task.
    pub task: Task,
    /// What may be done, as far as policy and state decide it.
    pub open_to: Vec<Happening>,
}

/// A case that is handled with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Its number.
    pub id: AppealId,
    /// In one line.
    pub title: String,
    /// Where it stands.
    pub state: StateName,
}

/// Everything beside a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beside {
    /// What was asked, the latest first.
    pub tasks: Vec<TaskView>,
    /// Notes and calls, the latest first.
    pub notes: Vec<Note>,
    /// The draft of an answer; empty where there is none.
    pub draft: String,
    /// The case that this one is handled with.
    pub into: Option<Joined>,
    /// The cases that are handled with this one.
    pub merged: Vec<Joined>,
    /// Names of the persons who are named.
    pub persons: BTreeMap<PersonId, String>,
}

/// A reporter to be called back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallItem {
    /// The case.
    pub item: Item,
    /// How many calls have reached nobody.
    pub tried: u8,
}

fn joined(tx: &mut dyn Tx, id: AppealId) -> Result<Option<Joined>, Fault> {
    let found = store::find(tx, id)?;
    Ok(found.map(|appeal| Joined { id, title: appeal.title, state: appeal.state.name() }))
}

impl Appeals {
    /// What runs beside a case. Empty for those who may not write notes of it: the public and the reporter.
    pub async fn beside(&self, context: &Context, id: AppealId) -> Result<Beside, Failure> {
        let (policies, directory, actor) = (self.policies().clone(), self.directory(), context.actor.clone());
        self.store()
            .read(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &actor, id, None)?;
                let auditor = policies.permits(&actor, "appeal.dispatch_desk", &Resource::city());
                if !auditor && !policies.permits(&actor, "appeal.note", &resource) {
                    return Ok(Beside::default());
                }
                let mut beside = Beside::default();
                for task in sql::tasks_of(tx, id)?.into_iter().rev() {
                    let resource = task_resource(&task);
                    let may = |what: Happening| {
                        let action = match what {
                            Happening::Opened | Happening::Escalated => return false,
                            Happening::Reported | Happening::Tried | Happening::Excluded => {
                                "appeal_task.report"
                            }
                            Happening::Approved | Happening::Refused => "appeal_task.decide",
                            Happening::Rated
                            | Happening::Lifted
                            | Happening::Pressed
                            | Happening::Cancelled => "appeal_task.settle",
                        };
                        task.kind.after(task.state, what).is_some()
                            && policies.permits(&actor, action, &resource)
                    };
                    let open_to = Happening::ALL.iter().copied().filter(|what| may(*what)).collect();
                    beside.tasks.push(TaskView { task, open_to });
                }
                let mut notes = sql::notes_of(tx, id)?;
                if let Some(draft) = notes.iter().rposition(|note| note.kind == NoteKind::Draft) {
                    beside.draft = notes.remove(draft).text;
                }
                notes.reverse();
                beside.notes = notes;
                if let Some(into) = appeal.moves.merged_into {
                    beside.into = joined(tx, into)?;
                }
                for other in sql::merged_into(tx, id)? {
                    beside.merged.extend(joined(tx, other)?);
                }
                let named = beside.tasks.iter().filter_map(|view| view.task.person);
                let named: Vec<PersonId> = named.chain(beside.notes.iter().map(|note| note.person)).collect();
                for person in named {
                    if let Some(found) = gongzhi_people::store::person(tx, person)? {
                        beside.persons.insert(person, found.name);
                    }
                }
                Ok(beside)
            })
            .await
    }

    /// 回访名单: answered cases whose reporters are to be called, the oldest first, from a number on. For operators.
    pub async fn calls(
        &self,
        context: &Context,
        after: Option<AppealId>,
        size: usize,
    ) -> Result<(Vec<CallItem>, Option<AppealId>), Failure> {
        self.policies().require(&context.actor, "appeal.dispatch_desk", &Resource::city())?;
        let size = page_size(size);
        let limit = i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1);
        self.store()
            .read(move |tx| {
                let mut items = sql::calls(tx, after.map_or(0, |id| id.get()), limit)?;
                let more = items.len() > size;
                items.truncate(size);
                let next = items.last().map(|item| item.id).filter(|_| more);
                let mut calls = Vec::with_capacity(items.len());
                for item in items {
                    let tasks = sql::tasks_of(tx, item.id)?;
                    let tried = tasks.iter().filter(|task| task.kind == crate::model::TaskKind::CallBack);
                    let tried = tried.map(|task| task.count).max().unwrap_or(0);
                    calls.push(CallItem { item, tried });
                }
                Ok((calls, next))
            })
            .await
    }
}
