//! How a budget or a matter is decided: rules for ballots, exact to the last part.
//!
//! ```
//! use gongzhi_ballot::{Election, Options, Project, Rule, decide};
//!
//! let project = |id: &str, cost| Project { id: id.into(), cost };
//! let projects = vec![project("park", 600), project("library", 400), project("bridge", 700)];
//! // Six people want park and bridge, four the library.
//! let ballots = [vec![vec![0, 2]; 6], vec![vec![1]; 4]].concat();
//! let election = Election::approval(1000, projects, ballots)?;
//!
//! let shares = decide(&election, Rule::EqualShares, &Options::default())?;
//! assert_eq!(shares.winners, [0, 1], "each group is given its part of the budget");
//! assert_eq!((shares.cost, shares.voters_without_winner), (1000, 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | where | what |
//! |---|---|
//! | [`Election`] | projects, budget and ballots, sound and with equal ballots merged |
//! | [`Rule`], [`decide`], [`Outcome`] | a rule by its name, and what comes of it |
//! | [`shares`] | the method of equal shares, Add1, who paid for what |
//! | [`greedy`](mod@greedy), [`phragmen`](mod@phragmen) | the other rules for budgets, and completions of equal shares |
//! | [`ranked`] | instant run-off, single transferable vote (Scottish, Meek), Schulze, approval |
//! | [`owners`](mod@owners), [`Quorum`] | votes by people and by area, quorums |
//! | [`account`] | the account of a decision |
//! | [`pabulib`] | the files in which cities publish their participatory budgets |
//!
//! Pure: no I/O, no clock, no store. Every decision is made on whole numbers and exact fractions; chance comes in as the
//! seed of a lot ([`Lots`]) and is recorded with the outcome. The README has the mathematics and its sources.

pub mod account;
mod election;
mod exact;
pub mod greedy;
pub mod owners;
pub mod pabulib;
pub mod phragmen;
mod quorum;
pub mod ranked;
mod rule;
pub mod shares;
mod tie;

pub use account::{Account, WhyNot};
pub use election::{Ballot, Choice, Election, Kind, LIMIT, Project, Support, Unsound};
pub use exact::Exact;
pub use quorum::{Bar, Quorum, Share, Verdict};
pub use rule::{Comparison, NoSuchRule, Options, Outcome, Refused, Rule, compare, decide, decide_by_all};
pub use shares::{Purchase, Shares, Terms, Utility};
pub use tie::{Lot, Lots};

/// Keeps the example of the README true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
