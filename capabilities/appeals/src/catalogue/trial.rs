//! 试算: what the cases of late would have met under another catalogue. Pure; works on groups of cases, so that it costs
//! by categories and areas, not by cases.

use std::collections::BTreeMap;

use gongzhi_kernel::{AppealId, AreaId, OrganId};

use crate::model::CategoryId;

/// Cases of one category in one area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseGroup {
    /// Their category.
    pub category: Option<CategoryId>,
    /// Their area.
    pub area: Option<AreaId>,
    /// How many.
    pub cases: i64,
    /// The newest of them.
    pub newest: AppealId,
}

/// Cases that would go elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Where the catalogue in force sends them; `None`: to a dispatcher.
    pub from: Option<OrganId>,
    /// Where the other one would; `None`: to a dispatcher.
    pub to: Option<OrganId>,
    /// How many.
    pub cases: i64,
    /// The newest of them.
    pub example: AppealId,
}

/// What came of a trial.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    /// Cases looked at.
    pub cases: i64,
    /// Cases that go where they go now.
    pub same: i64,
    /// Cases that would go to another organ, the most first.
    pub moves: Vec<Move>,
    /// Cases that have an organ now and would have none, the most first.
    pub stranded: Vec<CaseGroup>,
}

impl Trial {
    /// Sends each group by both catalogues.
    pub fn run(
        groups: impl IntoIterator<Item = CaseGroup>,
        now: impl Fn(&CaseGroup) -> Option<OrganId>,
        then: impl Fn(&CaseGroup) -> Option<OrganId>,
    ) -> Self {
        let mut trial = Self::default();
        let mut moves: BTreeMap<(Option<OrganId>, Option<OrganId>), (i64, AppealId)> = BTreeMap::new();
        for group in groups {
            trial.cases += group.cases;
            let (from, to) = (now(&group), then(&group));
            if from == to {
                trial.same += group.cases;
                continue;
            }
            if to.is_none() {
                trial.stranded.push(group);
            }
            let (cases, example) = moves.entry((from, to)).or_insert((0, group.newest));
            *cases += group.cases;
            *example = (*example).max(group.newest);
        }
        trial.moves = moves
            .into_iter()
            .map(|((from, to), (cases, example))| Move { from, to, cases, example })
            .collect();
        trial.moves.sort_by_key(|one| std::cmp::Reverse((one.cases, one.example)));
        trial.stranded.sort_by_key(|group| std::cmp::Reverse((group.cases, group.newest)));
        trial
    }

    /// How many cases would be left without an organ.
    pub fn stranded_cases(&self) -> i64 {
        self.stranded.iter().map(|group| group.cases).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(category: i64, cases: i64, newest: i64) -> CaseGroup {
        CaseGroup {
            category: CategoryId::new(category),
            area: None,
            cases,
            newest: AppealId::new(newest).unwrap(),
        }
    }

    #[test]
    fn every_case_is_counted_once() {
        let organ = |raw: i64| OrganId::new(raw);
        let groups = [group(1, 10, 7), group(2, 3, 9), group(3, 5, 8), group(4, 2, 6)];
        let now =
            |group: &CaseGroup| group.category.and_then(|id| organ(if id.get() == 4 { 51 } else { 50 }));
        let then = |group: &CaseGroup| match group.category.map(CategoryId::get) {
            Some(1) => organ(50),
            Some(2 | 4) => organ(60),
            _ => None,
        };
        let trial = Trial::run(groups, now, then);
        assert_eq!((trial.cases, trial.same, trial.stranded_cases()), (20, 10, 5));
        let moves: Vec<_> =
            trial.moves.iter().map(|one| (one.from, one.to, one.cases, one.example.get())).collect();
        assert_eq!(
            moves,
            [(organ(50), None, 5, 8), (organ(50), organ(60), 3, 9), (organ(51), organ(60), 2, 6)]
        );
        assert_eq!(trial.same + trial.moves.iter().map(|one| one.cases).sum::<i64>(), trial.cases);
    }
}
