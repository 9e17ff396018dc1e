//! Lists to choose from: areas, categories, organs.

use gongzhi_kernel::{AreaId, OrganId};
use gongzhi_people::{AreaLevel, OrganKind};
use gongzhi_web::Shell;

use super::names::Names;
use crate::actions::books::may_receive;
use crate::model::CategoryId;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// Answers under a heading; an empty heading stands for none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Group {
    pub(crate) label: String,
    pub(crate) options: Vec<Item>,
    pub(crate) open: bool,
}

/// Districts with their streets. Where a district has no street, it is offered itself.
pub(crate) fn streets(
    shell: &Shell,
    names: &Names,
    chosen: Option<AreaId>,
    districts_too: bool,
) -> Vec<Group> {
    let directory = &names.directory;
    let item = |area: &gongzhi_people::Area, label: String| Item {
        value: area.id.to_string(),
        label,
        chosen: chosen == Some(area.id),
    };
    let mut groups: Vec<Group> = directory
        .areas_at(AreaLevel::District)
        .map(|district| {
            let name = shell.name(&district.name).to_owned();
            let streets =
                directory.children(Some(district.id)).filter(|area| area.level == AreaLevel::Street);
            let mut options: Vec<Item> =
                streets.map(|area| item(area, shell.name(&area.name).to_owned())).collect();
            if districts_too || options.is_empty() {
                options.insert(0, item(district, name.clone()));
            }
            Group { label: name, options, open: false }
        })
        .collect();
    if groups.is_empty() {
        // A city without districts: its streets alone.
        let options: Vec<Item> = directory
            .areas_at(AreaLevel::Street)
            .map(|area| item(area, shell.name(&area.name).to_owned()))
            .collect();
        if !options.is_empty() {
            groups.push(Group { label: shell.t("appeals-city-wide").into_owned(), options, open: false });
        }
    }
    groups
}

/// The communities of a street.
pub(crate) fn communities(
    shell: &Shell,
    names: &Names,
    street: Option<AreaId>,
    chosen: Option<AreaId>,
) -> Vec<Item> {
    let Some(street) = street else { return Vec::new() };
    names
        .directory
        .children(Some(street))
        .filter(|area| matches!(area.level, AreaLevel::Community | AreaLevel::Street))
        .map(|area| Item {
            value: area.id.to_string(),
            label: shell.name(&area.name).to_owned(),
            chosen: chosen == Some(area.id),
        })
        .collect()
}

/// Categories that new cases may have, under the top ones.
pub(crate) fn categories(
    shell: &Shell,
    names: &Names,
    chosen: Option<CategoryId>,
    tops_too: bool,
) -> Vec<Group> {
    let tree = names.categories();
    let mut groups = Vec::new();
    for top in tree.children(None).filter(|category| category.active) {
        let mut options = Vec::new();
        // A top without any below it is chosen itself.
        let mut below: Vec<CategoryId> =
            tree.children(Some(top.id)).filter(|c| c.active).map(|c| c.id).rev_ordered();
        if tops_too || below.is_empty() {
            options.push(item(shell, top, chosen));
        }
        while let Some(id) = below.pop() {
            let Some(category) = tree.get(id) else { continue };
            let deeper: Vec<CategoryId> =
                tree.children(Some(id)).filter(|c| c.active).map(|c| c.id).rev_ordered();
            if deeper.is_empty() || tops_too {
                options.push(item(shell, category, chosen));
            }
            below.extend(deeper);
        }
        let open = options.iter().any(|option| option.chosen);
        groups.push(Group { label: shell.name(&top.name).to_owned(), options, open });
    }
    groups
}

trait RevOrdered {
    fn rev_ordered(self) -> Vec<CategoryId>;
}

impl<I: Iterator<Item = CategoryId>> RevOrdered for I {
    /// The last first: a stack from which the first is taken first.
    fn rev_ordered(self) -> Vec<CategoryId> {
        let mut all: Vec<CategoryId> = self.collect();
        all.reverse();
        all
    }
}

fn item(shell: &Shell, category: &crate::catalogue::Category, chosen: Option<CategoryId>) -> Item {
    Item {
        value: category.id.to_string(),
        label: shell.name(&category.name).to_owned(),
        chosen: chosen == Some(category.id),
    }
}

/// Organs that cases can be sent to, by their kind.
pub(crate) fn organs(shell: &Shell, names: &Names, chosen: Option<OrganId>) -> Vec<Group> {
    let kinds = [
        OrganKind::Department,
        OrganKind::District,
        OrganKind::Street,
        OrganKind::Community,
        OrganKind::Grid,
        OrganKind::HotlineCentre,
        OrganKind::City,
    ];
    kinds
        .into_iter()
        .map(|kind| Group {
            label: shell.t(format!("organ-kind-{}", kind.word())).into_owned(),
            options: names
                .directory
                .organs_of_kind(kind)
                .filter(|organ| may_receive(organ))
                .map(|organ| Item {
                    value: organ.id.to_string(),
                    label: shell.name(&organ.name).to_owned(),
                    chosen: chosen == Some(organ.id),
                })
                .collect(),
            open: false,
        })
        .filter(|group| !group.options.is_empty())
        .collect()
}
