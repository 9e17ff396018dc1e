//! Words for what ids and short names stand for, in the reader's language.

use std::sync::Arc;

use gongzhi_kernel::{AreaId, LocalText, OrganId};
use gongzhi_people::{AreaLevel, Directory};
use gongzhi_web::{Shell, Tone};

use crate::actions::books::Books;
use crate::catalogue::Categories;
use crate::model::{CategoryId, StateName};

/// Names of organs, areas and categories for one page.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) directory: Arc<Directory>,
    pub(crate) books: Arc<Books>,
}

impl Names {
    /// The category tree.
    pub(crate) fn categories(&self) -> &Categories {
        &self.books.categories
    }

    fn read<'a>(shell: &Shell, text: &'a LocalText) -> &'a str {
        text.get(shell.locale())
    }

    /// The organ's name; words for an unknown one.
    pub(crate) fn organ(&self, shell: &Shell, organ: Option<OrganId>) -> String {
        let known = organ.and_then(|id| self.directory.organ(id));
        known.map_or_else(
            || shell.t("state-organ-unknown").into_owned(),
            |organ| Self::read(shell, &organ.name).to_owned(),
        )
    }

    /// The category's name, the more general one first; words where there is none.
    pub(crate) fn category(&self, shell: &Shell, category: Option<CategoryId>) -> String {
        let Some(category) = category.and_then(|id| self.categories().get(id)) else {
            return shell.t("appeals-no-category").into_owned();
        };
        Self::read(shell, &category.name).to_owned()
    }

    /// The category with those above it: 噪声扰民 › 施工噪声.
    pub(crate) fn category_path(&self, shell: &Shell, category: Option<CategoryId>) -> String {
        let Some(id) = category else { return shell.t("appeals-no-category").into_owned() };
        let mut path = self.categories().path_up(id);
        path.reverse();
        let names: Vec<&str> = path
            .iter()
            .filter_map(|id| self.categories().get(*id))
            .map(|category| Self::read(shell, &category.name))
            .collect();
        if names.is_empty() { shell.t("appeals-no-category").into_owned() } else { names.join(" › ") }
    }

    /// The area as an address is read; words for the whole city.
    pub(crate) fn area(&self, shell: &Shell, area: Option<AreaId>) -> String {
        let Some(id) = area else { return shell.t("appeals-city-wide").into_owned() };
        let read = |id| self.directory.address(id, shell.locale());
        let address = match (self.directory.area(id), self.directory.area_at(id, AreaLevel::Community)) {
            // A grid is often named after its community, which need not be said twice.
            (Some(grid), Some(community)) if grid.level == AreaLevel::Grid => {
                let (name, around) = (Self::read(shell, &grid.name), Self::read(shell, &community.name));
                match name.strip_prefix(around) {
                    Some(own) if !own.trim().is_empty() => format!("{} {}", read(community.id), own.trim()),
                    _ => read(id),
                }
            }
            _ => read(id),
        };
        if address.is_empty() { shell.t("appeals-city-wide").into_owned() } else { address }
    }

    /// The area in one or two words for a card: street and community.
    pub(crate) fn area_short(&self, shell: &Shell, area: Option<AreaId>) -> String {
        let Some(id) = area else { return shell.t("appeals-city-wide").into_owned() };
        let level =
            |level| self.directory.area_at(id, level).map(|area| Self::read(shell, &area.name).to_owned());
        match (level(AreaLevel::Street), level(AreaLevel::Community)) {
            (Some(street), Some(community)) => format!("{street} · {community}"),
            (Some(street), None) => level(AreaLevel::District)
                .map_or_else(|| street.clone(), |district| format!("{district} · {street}")),
            _ => self.area(shell, area),
        }
    }
}

/// How a state looks: tone and icon.
pub(crate) fn state_look(state: StateName) -> (Tone, &'static str) {
    match state {
        StateName::Submitted => (Tone::Calm, "mail"),
        StateName::Dispatched => (Tone::Calm, "send"),
        StateName::Returned => (Tone::Warn, "return"),
        StateName::Accepted | StateName::Contacted => (Tone::Calm, "pen"),
        StateName::Answered => (Tone::Good, "chat"),
        StateName::Appraised => (Tone::Good, "star"),
        StateName::Closed => (Tone::Good, "check"),
        StateName::Withdrawn => (Tone::Calm, "close"),
    }
}

/// The state in the resident's words, short.
pub(crate) fn state_words(shell: &Shell, state: StateName) -> String {
    shell.t(format!("state-{}", state.word())).into_owned()
}

/// The first characters of a text, ending in … where it goes on.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let mut short: String = line.chars().take(most.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// A value as part of an address's query.
pub(crate) fn query_part(value: &str) -> String {
    gongzhi_web::url_part(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_where_it_must() {
        assert_eq!(excerpt("路灯坏了", 10), "路灯坏了");
        assert_eq!(excerpt("路灯坏了\n\n三天没人修", 6), "路灯坏了…");
        assert_eq!(excerpt("", 5), "");
    }
}
