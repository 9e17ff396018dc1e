//! Lists: newest first, filtered, searched, paged by number.

use gongzhi_kernel::{AppealId, AreaId, Context, Failure, Fault, OrganId, PersonId, Refusal, RefusalKind};
use gongzhi_people::{AreaLevel, Directory};

use super::{PAGE, and_one, page_size};
use crate::actions::Appeals;
use crate::catalogue::Categories;
use crate::model::{CategoryId, Kind, Phase};
use crate::store::area_levels;
use crate::store::lists::{self, Asked, From, Item};

/// What a list is asked for; an empty filter asks for everything that everybody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFilter {
    /// In which group of states.
    pub phase: Option<Phase>,
    /// Of this category and those below it.
    pub category: Option<CategoryId>,
    /// In this area and those in it.
    pub area: Option<AreaId>,
    /// Which organ has or had it.
    pub organ: Option<OrganId>,
    /// What is asked for.
    pub kind: Option<Kind>,
    /// Only those where something still to be done was promised for an earlier time.
    pub late: bool,
    /// Only those that have been answered, whatever happened afterwards.
    pub answered: bool,
    /// Words that title, text or answer hold, all of them; or a number.
    pub words: String,
    /// How many on a page.
    pub size: usize,
}

impl Default for ListFilter {
    fn default() -> Self {
        Self {
            phase: None,
            category: None,
            area: None,
            organ: None,
            kind: None,
            late: false,
            answered: false,
            words: String::new(),
            size: PAGE,
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage {
    /// The cases, newest first.
    pub items: Vec<Item>,
    /// From where newer ones go on, if there are any.
    pub newer: Option<AppealId>,
    /// From where older ones go on, if there are any.
    pub older: Option<AppealId>,
}

impl ListPage {
    /// Without a case.
    fn empty() -> Self {
        Self { items: Vec::new(), newer: None, older: None }
    }

    /// From what was found in the direction of `from`, one more than fits if there is more.
    fn of(mut items: Vec<Item>, from: From, size: usize) -> Self {
        let more = items.len() > size;
        items.truncate(size);
        if let From::Newer(_) = from {
            items.reverse();
        }
        let (first, last) = (items.first().map(|item| item.id), items.last().map(|item| item.id));
        let (newer, older) = match from {
            From::Older(None) => (None, last.filter(|_| more)),
            From::Older(Some(_)) => (first, last.filter(|_| more)),
            From::Newer(_) => (first.filter(|_| more), last),
        };
        Self { items, newer, older }
    }
}

/// How long a query may be, in characters; what is beyond is passed over.
const QUERY: usize = 200;
/// How many words of a text are looked up to find similar ones.
const SIMILAR_WORDS: usize = 16;
/// How many cases a word may bring.
const SIMILAR_HITS: i64 = 8;

impl ListFilter {
    /// In the columns of the row; `None` where nothing can be found.
    fn asked(&self, categories: &Categories, directory: &Directory) -> Result<Option<Asked>, Refusal> {
        let mut asked = Asked {
            public_only: true,
            phase: self.phase,
            organ: self.organ,
            kind: self.kind,
            late: self.late,
            answered: self.answered,
            ..Asked::default()
        };
        if let Some(category) = self.category {
            let level = categories
                .level(category)
                .ok_or_else(|| Refusal::new(RefusalKind::Invalid, "list-unknown-category"))?;
            if let Some(slot) = asked.category.get_mut(level) {
                *slot = Some(category);
            }
        }
        if let Some(area) = self.area.map(|id| directory.area(id)) {
            let area = area.ok_or_else(|| Refusal::new(RefusalKind::Invalid, "list-unknown-area"))?;
            match area.level {
                // The whole city asks nothing.
                AreaLevel::Province | AreaLevel::City => {}
                AreaLevel::District => asked.district = Some(area.id),
                AreaLevel::Street => asked.street = Some(area.id),
                AreaLevel::Community => asked.community = Some(area.id),
                AreaLevel::Grid => {
                    asked.area = Some(area.id);
                    let community = directory.area_at(area.id, AreaLevel::Community);
                    asked.community = community.map(|community| community.id);
                }
            }
        }
        Ok(Some(asked))
    }
}

impl Appeals {
    /// A page of what everybody may see. Refused with `list-unknown-category` or `list-unknown-area`.
    pub async fn list(&self, filter: &ListFilter, from: From) -> Result<ListPage, Failure> {
        let Some(asked) = filter.asked(&self.books().categories, &self.directory())? else {
            return Ok(ListPage::empty());
        };
        self.page(asked, &filter.words, from, filter.size).await
    }

    /// A page of the appeals that a person has submitted while signed in.
    pub async fn mine(&self, context: &Context, from: From, size: usize) -> Result<ListPage, Failure> {
        let Some(person) = context.actor.person() else { return Ok(ListPage::empty()) };
        self.of_person(person, from, size).await
    }

    /// Matters that everybody may see and that resemble a text, the most alike first, for somebody who is about to report
    /// the same: answered ones wherever they are, and those in work nearby, in the street of `area` (everywhere where that
    /// is not said). Each word brings its newest cases; those whose title holds words of the text are offered, the more
    /// the better, and those of the same category or community before others.
    pub async fn similar(
        &self,
        text: &str,
        category: Option<CategoryId>,
        area: Option<AreaId>,
        most: usize,
    ) -> Result<Vec<Item>, Failure> {
        let levels = area_levels(&self.directory(), area);
        let start: String = text.chars().take(QUERY).collect();
        let mut words: Vec<String> = Vec::new();
        for word in gongzhi_lexicon::tokens_for_query(&start) {
            if word.chars().count() > 1 && !words.contains(&word) {
                words.push(word);
            }
        }
        words.truncate(SIMILAR_WORDS);
        let asked = words.clone();
        let found: Result<Vec<Item>, Fault> = self
            .store()
            .read(move |tx| {
                let mut found: Vec<Item> = Vec::new();
                for word in asked {
                    let public = Asked { public_only: true, words: vec![word], ..Asked::default() };
                    let answered = Asked { answered: true, ..public.clone() };
                    let nearby = Asked {
                        phase: Some(Phase::Open),
                        street: levels.street,
                        district: levels.district.filter(|_| levels.street.is_none()),
                        ..public
                    };
                    for asked in [nearby, answered] {
                        for item in lists::page(tx, &asked, From::Older(None), SIMILAR_HITS)? {
                            if found.iter().all(|known| known.id != item.id) {
                                found.push(item);
                            }
                        }
                    }
                }
                Ok(found)
            })
            .await;
        // One word in common says little of a longer text.
        let enough = if words.len() > 5 { 2 } else { 1 };
        let mut alike: Vec<(usize, Item)> = found?
            .into_iter()
            .filter_map(|item| {
                let title = gongzhi_lexicon::tokens_for_index(&item.title);
                let shared = words.iter().filter(|word| title.contains(word)).count();
                let same = usize::from(category.is_some() && item.category == category);
                let near = usize::from(area.is_some() && item.area == area);
                (shared >= enough).then_some((shared * 2 + same + near, item))
            })
            .collect();
        alike.sort_by_key(|(score, item)| (std::cmp::Reverse(*score), std::cmp::Reverse(item.id)));
        Ok(alike.into_iter().take(most).map(|(_, item)| item).collect())
    }

    /// What everybody may see and was answered last.
    pub async fn recently_answered(&self, most: usize) -> Result<Vec<Item>, Failure> {
        let filter = ListFilter { phase: Some(Phase::Answered), size: most * 8, ..ListFilter::default() };
        let mut found = self.list(&filter, From::Older(None)).await?.items;
        found.sort_by_key(|item| std::cmp::Reverse(item.answered_at));
        found.truncate(most);
        Ok(found)
    }

    async fn of_person(&self, person: PersonId, from: From, size: usize) -> Result<ListPage, Failure> {
        let asked = Asked { reporter: Some(person), ..Asked::default() };
        self.page(asked, "", from, size).await
    }

    async fn page(
        &self,
        mut asked: Asked,
        words: &str,
        from: From,
        size: usize,
    ) -> Result<ListPage, Failure> {
        let size = page_size(size);
        let words: String = words.trim().chars().take(QUERY).collect();
        // A whole number read out from a receipt is looked up, not searched for.
        let number = words
            .parse::<AppealId>()
            .ok()
            .filter(|_| words.chars().filter(char::is_ascii_digit).count() == 16);
        let tokens = if number.is_some() { Vec::new() } else { gongzhi_lexicon::tokens_for_query(&words) };
        if !words.is_empty() && number.is_none() && tokens.is_empty() {
            return Ok(ListPage::empty());
        }
        let items: Result<Vec<Item>, Fault> = self
            .store()
            .read(move |tx| {
                if let Some(number) = number {
                    let at = From::Newer(AppealId::new(number.get() - 1).unwrap_or(number));
                    let found = lists::page(tx, &asked, at, 1)?;
                    return Ok(found.into_iter().filter(|item| item.id == number).collect());
                }
                asked.words = tokens;
                lists::page(tx, &asked, from, and_one(size))
            })
            .await;
        let from = if number.is_some() { From::Older(None) } else { from };
        Ok(ListPage::of(items?, from, size))
    }
}
