//! Small invented elections for property tests.
#![allow(dead_code)]

use gongzhi_ballot::{Choice, Election, Kind, Project};
use proptest::prelude::*;

pub const SEED: u64 = 7;

/// Projects p0, p1, … with these costs.
pub fn projects(costs: &[u64]) -> Vec<Project> {
    costs.iter().enumerate().map(|(at, cost)| Project { id: format!("p{at}"), cost: *cost }).collect()
}

/// What an election is made of, before ballots are merged.
#[derive(Debug, Clone)]
pub struct Parts {
    pub kind: Kind,
    pub budget: u64,
    pub projects: Vec<Project>,
    pub ballots: Vec<Vec<Choice>>,
}

impl Parts {
    pub fn election(&self) -> Election {
        Election::new(self.kind, self.budget, self.projects.clone(), self.ballots.clone()).unwrap()
    }
}

/// Up to `voters` people and `many` projects. Costs and points are small, so that ties are frequent.
pub fn parts(kind: Kind, voters: usize, many: usize) -> impl Strategy<Value = Parts> {
    (1..=many).prop_flat_map(move |many| {
        let costs = proptest::collection::vec(prop_oneof![1..=12_u64, Just(6_u64), 100..=1000_u64], many);
        let order = Just((0..many).collect::<Vec<usize>>()).prop_shuffle();
        let ballot = (order, 1..=many, proptest::collection::vec(1..=4_u32, many)).prop_map(
            move |(order, length, points)| {
                let top = u32::try_from(many).unwrap();
                let length = if kind == Kind::ChooseOne { 1 } else { length };
                order
                    .into_iter()
                    .take(length)
                    .zip(points)
                    .zip(0_u32..)
                    .map(|((project, points), place)| Choice {
                        project,
                        points: match kind {
                            Kind::Approval | Kind::ChooseOne => 1,
                            Kind::Points => points,
                            Kind::Ranked => top - place,
                        },
                    })
                    .collect::<Vec<Choice>>()
            },
        );
        let ballots = proptest::collection::vec(ballot, 1..=voters);
        (costs, 1..=60_u64, ballots).prop_map(move |(costs, budget, ballots)| Parts {
            kind,
            budget: budget.max(costs.iter().copied().min().unwrap_or(1)),
            projects: projects(&costs),
            ballots,
        })
    })
}

pub fn any_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Approval), Just(Kind::Points), Just(Kind::Ranked), Just(Kind::ChooseOne)]
}

pub fn any_parts(voters: usize, many: usize) -> impl Strategy<Value = Parts> {
    any_kind().prop_flat_map(move |kind| parts(kind, voters, many))
}

/// Amounts so large that fixed point has few bits after the point, or none, or no bounds at all; and so alike that they
/// differ by parts of a unit only. With the number of bits by which they were made large.
pub fn enormous() -> impl Strategy<Value = (Parts, u32)> {
    let bits = prop_oneof![Just(50_u32), Just(55), Just(57), Just(58)];
    let more = proptest::collection::vec(0..=2_u64, 6);
    (any_parts(12, 5), any::<bool>(), bits, more).prop_map(|(mut parts, brimful, bits, more)| {
        let most = (1_u64 << 63) / (1 << bits) - 1;
        let budget = if brimful { most } else { parts.budget % most + 1 };
        parts.budget = budget * (1 << bits) + more[5];
        for (project, more) in parts.projects.iter_mut().zip(&more) {
            project.cost = (project.cost % 6 + 1) * (1 << bits) + more;
        }
        (parts, bits)
    })
}
