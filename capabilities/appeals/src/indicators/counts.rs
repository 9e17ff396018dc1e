//! Sums over cases: plain counts without any weight, so that a past period can be computed again under other weights.

use super::{Exclusion, Indicator, Weights};

/// The bounds of the buckets of the time to the first answer, in hours; the last bucket has none.
pub const BUCKETS: [i64; 7] = [2, 24, 72, 120, 168, 360, 720];

/// The bucket of a time in seconds.
pub fn bucket(seconds: i64) -> usize {
    BUCKETS.iter().position(|hours| seconds <= hours * 3600).unwrap_or(BUCKETS.len())
}

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// How many cases, of some cell or of many together.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Counts {
            $($(#[$doc])* pub $name: i64,)+
            /// Cases by the time to their first answer, see [`BUCKETS`].
            pub times: [i64; 8],
        }

        impl Counts {
            /// The names of the columns, in their order.
            pub const NAMES: &[&str] = &[
                $(stringify!($name),)+
                "time_0", "time_1", "time_2", "time_3", "time_4", "time_5", "time_6", "time_7",
            ];

            /// The values, in the order of [`Self::NAMES`].
            pub fn values(&self) -> impl Iterator<Item = i64> {
                [$(self.$name),+].into_iter().chain(self.times)
            }

            /// From values in the order of [`Self::NAMES`]; missing ones are 0.
            pub fn from_values(mut values: impl Iterator<Item = i64>) -> Self {
                let mut next = || values.next().unwrap_or(0);
                Self {
                    $($name: next(),)+
                    times: [next(), next(), next(), next(), next(), next(), next(), next()],
                }
            }

            fn zip(mut self, other: &Self, f: impl Fn(i64, i64) -> i64) -> Self {
                $(self.$name = f(self.$name, other.$name);)+
                for (mine, theirs) in self.times.iter_mut().zip(other.times) {
                    *mine = f(*mine, theirs);
                }
                self
            }
        }
    };
}

counts! {
    /// 受理: came in; stands with the organ that has the case.
    received,
    /// Taken back by the reporter.
    withdrawn,
    /// 派单: times a case was sent to the organ, reopenings among them.
    dispatched,
    /// 退单: times the organ has sent one back.
    returned,
    /// Cases that were accepted or whose time for it has passed.
    accept_due,
    /// Of those, the ones accepted in time in every round.
    accept_kept,
    /// Cases that were answered or whose time for it has passed, where a promise is known.
    answer_due,
    /// Of those, the ones answered in time in every round.
    answer_kept,
    /// Cases that have been answered.
    answered,
    /// 重办: of those, the ones that were taken up again.
    repeated,
    /// Called back, and it is known whether the reporter was contacted.
    response_due,
    /// Of those, the ones contacted in time.
    response_met,
    /// Said to be solved.
    solved,
    /// Said not to be solved.
    unsolved,
    /// 很不满意.
    level_1,
    /// 不满意.
    level_2,
    /// 一般.
    level_3,
    /// 满意.
    level_4,
    /// 很满意.
    level_5,
    /// 不合理诉求, left out.
    excluded_unreasonable,
    /// 超出职责, left out.
    excluded_out_of_scope,
    /// 无法联系, left out.
    excluded_unreachable,
}

impl std::ops::Add for Counts {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.zip(&other, |a, b| a + b)
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::ops::Sub for Counts {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.zip(&other, |a, b| a - b)
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), std::ops::Add::add)
    }
}

/// A numerator over a denominator. The numerator is in hundredths, because weights are percents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// In hundredths.
    pub hundredths: i64,
    /// In whole ones.
    pub denominator: i64,
}

impl Rate {
    /// So many of so many.
    pub const fn of(numerator: i64, denominator: i64) -> Self {
        Self { hundredths: numerator * 100, denominator }
    }

    /// In tenths of a percent, rounded down: 99.96 % is not "all". `None` without a base.
    pub fn permille(self) -> Option<i64> {
        (self.denominator > 0).then(|| self.hundredths.saturating_mul(10).div_euclid(self.denominator))
    }

    /// In percent. `None` without a base.
    #[expect(clippy::cast_precision_loss, reason = "tenths of a percent are small")]
    pub fn percent(self) -> Option<f64> {
        self.permille().map(|permille| permille as f64 / 10.0)
    }

    /// The numerator in whole ones, rounded down.
    pub const fn numerator(self) -> i64 {
        self.hundredths.div_euclid(100)
    }
}

impl Counts {
    /// Whether nothing is counted.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// The five levels of satisfaction, from 1 to 5.
    pub const fn levels(&self) -> [i64; 5] {
        [self.level_1, self.level_2, self.level_3, self.level_4, self.level_5]
    }

    /// The count of a level, from 1 to 5; what lies outside goes to the nearest.
    pub(crate) fn level_mut(&mut self, level: u8) -> &mut i64 {
        match level {
            0 | 1 => &mut self.level_1,
            2 => &mut self.level_2,
            3 => &mut self.level_3,
            4 => &mut self.level_4,
            _ => &mut self.level_5,
        }
    }

    /// How many were left out for a reason.
    pub const fn excluded(&self, reason: Exclusion) -> i64 {
        match reason {
            Exclusion::Unreasonable => self.excluded_unreasonable,
            Exclusion::OutOfScope => self.excluded_out_of_scope,
            Exclusion::Unreachable => self.excluded_unreachable,
        }
    }

    pub(crate) fn excluded_mut(&mut self, reason: Exclusion) -> &mut i64 {
        match reason {
            Exclusion::Unreasonable => &mut self.excluded_unreasonable,
            Exclusion::OutOfScope => &mut self.excluded_out_of_scope,
            Exclusion::Unreachable => &mut self.excluded_unreachable,
        }
    }

    /// An indicator under the weights of a period.
    pub fn rate(&self, indicator: Indicator, weights: &Weights) -> Rate {
        match indicator {
            Indicator::Response => Rate::of(self.response_met, self.response_due),
            Indicator::Solution => Rate::of(self.solved, self.solved + self.unsolved),
            Indicator::Satisfaction => Rate {
                hundredths: self
                    .levels()
                    .iter()
                    .zip(weights.satisfaction)
                    .map(|(count, weight)| count * i64::from(weight))
                    .sum(),
                denominator: self.levels().iter().sum(),
            },
            Indicator::Acceptance => Rate::of(self.accept_kept, self.accept_due),
            Indicator::OnTime => Rate::of(self.answer_kept, self.answer_due),
            Indicator::Return => Rate::of(self.returned, self.dispatched),
            Indicator::Repeat => Rate::of(self.repeated, self.answered),
        }
    }

    /// 综合得分: response, solution and satisfaction by their weights, in tenths of a point of 100. `None` where one of
    /// the three has no base.
    pub fn score(&self, weights: &Weights) -> Option<i64> {
        let three = [Indicator::Response, Indicator::Solution, Indicator::Satisfaction];
        let mut sum = 0;
        for (indicator, weight) in three.into_iter().zip(weights.score) {
            sum += self.rate(indicator, weights).permille()? * i64::from(weight);
        }
        Some(sum / 100)
    }

    /// The bucket in which the middle answer lies. `None` where nothing was answered.
    pub fn median_bucket(&self) -> Option<usize> {
        let all: i64 = self.times.iter().sum();
        let mut seen = 0;
        self.times.iter().position(|count| {
            seen += count;
            all > 0 && seen * 2 >= all
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights() -> Weights {
        Weights { satisfaction: [0, 30, 60, 80, 100], score: [10, 45, 45] }
    }

    #[test]
    fn values_go_there_and_back() {
        let counts = Counts::from_values(1..=30);
        assert_eq!(counts.values().collect::<Vec<_>>(), (1..=30).collect::<Vec<_>>());
        assert_eq!(Counts::NAMES.len(), 30);
        assert_eq!((counts + counts) - counts, counts);
        assert_eq!(counts.times, [23, 24, 25, 26, 27, 28, 29, 30]);
    }

    #[test]
    fn the_same_counts_give_other_rates_under_other_weights() {
        let counts =
            Counts { level_5: 6, level_4: 2, level_1: 2, solved: 7, unsolved: 3, ..Counts::default() };
        let rate = counts.rate(Indicator::Satisfaction, &weights());
        assert_eq!((rate.hundredths, rate.denominator, rate.permille()), (760, 10, Some(760)));
        let strict = Weights { satisfaction: [0, 0, 0, 100, 100], ..weights() };
        assert_eq!(counts.rate(Indicator::Satisfaction, &strict).permille(), Some(800));
        assert_eq!(counts.rate(Indicator::Solution, &strict).permille(), Some(700));
        assert_eq!(counts.rate(Indicator::Response, &strict).permille(), None);
        assert_eq!(counts.score(&strict), None);
        let called = Counts { response_due: 10, response_met: 10, ..counts };
        assert_eq!(called.score(&strict), Some(100 + 315 + 360));
    }

    #[test]
    fn almost_all_is_not_all() {
        assert_eq!(Rate::of(9_999, 10_000).permille(), Some(999));
        assert_eq!(Rate::of(3, 3).permille(), Some(1000));
    }

    #[test]
    fn the_median_lies_where_half_have_been_answered() {
        let counts = Counts { times: [1, 0, 5, 0, 0, 0, 4, 0], ..Counts::default() };
        assert_eq!(counts.median_bucket(), Some(2));
        assert_eq!(Counts::default().median_bucket(), None);
        assert_eq!([bucket(7200), bucket(7201), bucket(720 * 3600 + 1)], [0, 1, 7]);
    }
}
