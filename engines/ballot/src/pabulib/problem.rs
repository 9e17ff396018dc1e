//! What can be wrong or odd in a file, and how it is said.

use std::fmt;

/// A section of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Keys and values.
    Meta,
    /// One project a line.
    Projects,
    /// One ballot a line.
    Votes,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Meta => "META",
            Self::Projects => "PROJECTS",
            Self::Votes => "VOTES",
        })
    }
}

/// Something that is wrong or odd, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: u64,
    /// What it is.
    pub what: What,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for Problem {}

/// What can be wrong or odd.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// Bytes that are no UTF-8.
    NotUtf8,
    /// Something stands before the first section.
    OutsideSections,
    /// A section is not there.
    NoSection(Section),
    /// A section is there twice.
    SectionTwice(Section),
    /// A section has no line of names, or it lacks this one.
    NoColumn(Section, &'static str),
    /// A column is there twice.
    ColumnTwice(String),
    /// The first section lacks this key.
    NoKey(&'static str),
    /// A line has more or fewer fields than its section has columns.
    Fields {
        /// How many it has.
        has: usize,
        /// How many it should have.
        wants: usize,
    },
    /// No number.
    NotANumber {
        /// Where.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// A number below zero.
    Negative {
        /// Where.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// A number of 2^63 or more, or with too many digits after the point.
    TooLarge {
        /// Where.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// Numbers that add up to 2^63 or more.
    SumTooLarge(&'static str),
    /// The budget is zero.
    ZeroBudget,
    /// A kind of ballot that there is not.
    UnknownVoteType(String),
    /// A project has no name to be called by.
    NoProjectId,
    /// Two projects are called the same.
    ProjectTwice {
        /// Their name.
        id: String,
        /// Where it stood first.
        first: u64,
    },
    /// There are no projects.
    NoProjects,
    /// There are no ballots.
    NoBallots,
    /// A ballot has no name of its voter.
    NoVoterId,
    /// A voter has voted twice.
    VoterTwice {
        /// Who.
        id: String,
        /// Where they stood first.
        first: u64,
    },
    /// A ballot names a project that there is not.
    UnknownProject {
        /// Which.
        project: String,
        /// On whose ballot.
        voter: String,
    },
    /// A ballot names a project twice.
    TwiceOnBallot {
        /// Which.
        project: String,
        /// On whose ballot.
        voter: String,
    },
    /// Nothing stands on a ballot.
    EmptyBallot(String),
    /// Points and projects on a ballot are not equally many.
    PointsDoNotMatch {
        /// How many projects.
        projects: usize,
        /// How many points.
        points: usize,
        /// On whose ballot.
        voter: String,
    },
    /// More than one project on a ballot for one.
    MoreThanOne(String),
    /// Odd: an empty line.
    EmptyLine,
    /// Odd: a number with a comma in it, read as a point.
    Comma(&'static str),
    /// Odd: a count that the file gives is not what it holds.
    Count {
        /// Of what.
        of: String,
        /// What the file says.
        says: u64,
        /// What it holds.
        holds: u64,
    },
    /// Odd: a ballot shorter or longer than the file allows.
    Length {
        /// Whose.
        voter: String,
        /// How many projects it names.
        has: usize,
        /// What the file allows.
        allowed: String,
    },
    /// Odd: a project that costs nothing.
    CostsNothing(String),
    /// Odd: a project that costs more than the whole budget.
    DearerThanBudget(String),
    /// Odd: what the city chose costs more than the budget.
    OfficialOverBudget {
        /// What it costs.
        cost: String,
        /// What there is.
        budget: String,
    },
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => f.write_str("this is not UTF-8"),
            Self::OutsideSections => f.write_str("this stands before the first section (META)"),
            Self::NoSection(section) => write!(f, "there is no section {section}"),
            Self::SectionTwice(section) => write!(f, "a second section {section}"),
            Self::NoColumn(section, column) => write!(f, "section {section} has no column `{column}`"),
            Self::ColumnTwice(column) => write!(f, "a second column `{column}`"),
            Self::NoKey(key) => write!(f, "section META does not say `{key}`"),
            Self::Fields { has, wants } => write!(f, "{has} fields where there are {wants} columns"),
            Self::NotANumber { field, value } => write!(f, "{field}: `{value}` is no number"),
            Self::Negative { field, value } => write!(f, "{field}: {value} is below zero"),
            Self::TooLarge { field, value } => write!(f, "{field}: {value} is too large"),
            Self::SumTooLarge(of) => write!(f, "the {of} add up to 2^63 or more"),
            Self::ZeroBudget => f.write_str("the budget is zero"),
            Self::UnknownVoteType(kind) => write!(
                f,
                "vote_type `{kind}` is not known: approval, choose-1, ordinal, cumulative or scoring"
            ),
            Self::NoProjectId => f.write_str("a project without project_id"),
            Self::ProjectTwice { id, first } => {
                write!(f, "project {id} a second time; it stands on line {first}")
            }
            Self::NoProjects => f.write_str("there are no projects"),
            Self::NoBallots => f.write_str("there are no votes"),
            Self::NoVoterId => f.write_str("a vote without voter_id"),
            Self::VoterTwice { id, first } => {
                write!(f, "voter {id} a second time; their vote stands on line {first}")
            }
            Self::UnknownProject { project, voter } => {
                write!(f, "voter {voter} votes for project {project}, which there is not")
            }
            Self::TwiceOnBallot { project, voter } => {
                write!(f, "voter {voter} names project {project} twice")
            }
            Self::EmptyBallot(voter) => write!(f, "the ballot of voter {voter} is empty"),
            Self::PointsDoNotMatch { projects, points, voter } => {
                write!(f, "voter {voter} names {projects} projects and gives points {points} times")
            }
            Self::MoreThanOne(voter) => {
                write!(f, "voter {voter} names more than one project, and vote_type is choose-1")
            }
            Self::EmptyLine => f.write_str("an empty line"),
            Self::Comma(field) => write!(f, "{field}: a comma, read as a decimal point"),
            Self::Count { of, says, holds } => write!(f, "{of}: the file says {says} and holds {holds}"),
            Self::Length { voter, has, allowed } => {
                write!(f, "voter {voter} names {has} projects; allowed are {allowed}")
            }
            Self::CostsNothing(project) => write!(f, "project {project} costs nothing"),
            Self::DearerThanBudget(project) => {
                write!(f, "project {project} costs more than the whole budget")
            }
            Self::OfficialOverBudget { cost, budget } => {
                write!(f, "what was chosen officially costs {cost}, more than the budget of {budget}")
            }
        }
    }
}
