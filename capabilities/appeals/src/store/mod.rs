//! The SQL of appeals, and how rows become types. Lists stand in `lists`, books (rulebook, categories, catalogue) in `books`.

pub mod books;
pub mod figures;
pub mod files;
pub mod follow;
pub mod indicators;
pub mod lists;
pub mod open311;
pub mod open_data;
pub mod reporters;
pub mod tasks;

pub use self::reporters::{ReporterRecord, insert_reporter, reporter, reporters_between};
use gongzhi_kernel::{AppealId, AreaId, Fault, Id, Point, Timestamp};
use gongzhi_people::{AreaLevel, Directory};
use gongzhi_store::{Row, Statement, Tx, Words, params};

use crate::catalogue::Categories;
use crate::model::{
    Appeal, Channel, Closing, Deadlines, Kind, Overdue, Phase, Place, Source, State, StateName, Urgency,
    Visibility,
};

/// The desk of the dispatchers; other desks are those of organs.
pub const DISPATCHERS: i64 = 0;
/// Where a case without a deadline stands in a queue: last.
pub const NEVER: i64 = 253_402_207_200_000_000;

/// The columns that [`read_appeal`] reads, in its order.
macro_rules! appeal_columns {
    () => {
        "a.id, a.revision, a.touched, a.kind, a.channel, a.urgency, a.visibility, a.state, a.state_at, a.organ,
        a.closing, a.category, a.area, a.lat, a.lon, a.round, a.returns, a.ruled, a.overdue, a.submitted_at,
        a.dispatch_due, a.dispatched_at, a.last_dispatch, a.reopened_at, a.accepted_at, a.contacted_at,
        a.answered_at, a.closed_at, a.accept_due, a.contact_due, a.answer_due, a.appraise_by, a.appraisal,
        a.rulebook, a.reporter, a.track, a.source, a.source_key, a.title, a.address, a.text, a.reply, a.moves"
    };
}
use appeal_columns;

gongzhi_store::statements! {
    /// One appeal.
    FIND = (concat!("SELECT ", appeal_columns!(), " FROM appeal a WHERE a.id = $1"));
    /// A page of appeals, the oldest first, for the check.
    AFTER = (concat!("SELECT ", appeal_columns!(), ", a.public, a.phase, a.desk, a.desk_due, a.late, a.category_1,
        a.category_2, a.category_3, a.district, a.street, a.community
        FROM appeal a WHERE a.id > $1 AND a.id <= $2 ORDER BY a.id"));
    /// A new appeal.
    INSERT = "INSERT INTO appeal (id, revision, touched, kind, channel, urgency, visibility, public, state, phase,
            state_at, organ, closing, desk, desk_due, late, category, category_1, category_2, category_3, area,
            district, street, community, lat, lon, round, returns, ruled, overdue, submitted_at, dispatch_due,
            dispatched_at, last_dispatch, reopened_at, accepted_at, contacted_at, answered_at, closed_at,
            accept_due, contact_due, answer_due, appraise_by, appraisal, rulebook, reporter, track, source,
            source_key, title, address, text, reply, moves)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
            $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41,
            $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54)";
    /// What later events can change.
    UPDATE = "UPDATE appeal SET revision = $2, touched = $3, state = $4, phase = $5, state_at = $6, organ = $7,
            closing = $8, desk = $9, desk_due = $10, late = $11, round = $12, returns = $13, ruled = $14,
            overdue = $15, dispatched_at = $16, last_dispatch = $17, reopened_at = $18, accepted_at = $19,
            contacted_at = $20, answered_at = $21, closed_at = $22, accept_due = $23, contact_due = $24,
            answer_due = $25, appraise_by = $26, appraisal = $27, rulebook = $28, reply = $29, moves = $30
        WHERE id = $1";
    /// The highest id of a stretch of time: where the next import of that time goes.
    LAST_IN = "SELECT max(id) FROM appeal WHERE id >= $1 AND id < $2";

    /// One more reading of a reporter.
    COUNT_READING = "UPDATE appeal_reporter SET readings = $2 WHERE appeal = $1";
    /// Which appeal a case of another system is.
    BY_SOURCE = "SELECT appeal FROM appeal_source WHERE source = $1 AND source_key = $2";
    /// Takes the key of a case of another system, unless it is taken.
    TAKE_SOURCE = "INSERT INTO appeal_source (source, source_key, appeal) VALUES ($1, $2, $3)
        ON CONFLICT (source, source_key) DO NOTHING";

    /// Takes an idempotency key, unless it is taken.
    TAKE_KEY = "INSERT INTO appeal_receipt (key_hash, body_hash, salt, appeal, receipt) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (key_hash) DO NOTHING";
    /// What was answered to a key.
    RECEIPT = "SELECT body_hash, salt, appeal, receipt FROM appeal_receipt WHERE key_hash = $1";
    /// Forgets receipts that are older than an id, some at a time.
    FORGET_RECEIPTS = "DELETE FROM appeal_receipt WHERE appeal IN (
        SELECT appeal FROM appeal_receipt WHERE appeal < $1 ORDER BY appeal LIMIT 2000)";
}

/// All statements of this crate, for the test that prepares them on both engines.
pub fn all_statements() -> impl Iterator<Item = &'static Statement> {
    [
        statements(),
        indicators::statements(),
        lists::statements(),
        books::statements(),
        figures::statements(),
        files::statements(),
        follow::statements(),
        open311::statements(),
        open_data::statements(),
        reporters::statements(),
        tasks::statements(),
    ]
    .into_iter()
    .flatten()
    .copied()
}

fn word<T>(row: &dyn Row, column: usize, from: impl Fn(&str) -> Option<T>) -> Result<T, Fault> {
    let text = row.text(column)?;
    from(text).ok_or_else(|| Fault::corrupt(format!("`{text}` in column {column} is no known word")))
}

fn small(row: &dyn Row, column: usize) -> Result<u8, Fault> {
    u8::try_from(row.int(column)?).map_err(|error| Fault::corrupt("a small number is large").because(error))
}

/// An appeal from the columns of `appeal_columns!`.
pub fn read_appeal(row: &dyn Row) -> Result<Appeal, Fault> {
    let missing = |what: &'static str| move || Fault::corrupt(format!("an appeal's row lacks its {what}"));
    let organ = row.opt_id(9)?;
    let at = row.opt_time(8)?;
    let since = at.ok_or_else(missing("state_at"));
    let held = organ.ok_or_else(missing("organ"));
    let state = match word(row, 7, StateName::from_word)? {
        StateName::Submitted => State::Submitted,
        StateName::Dispatched => State::Dispatched { organ: held?, at: since? },
        StateName::Returned => State::Returned { by: held?, at: since? },
        StateName::Accepted => State::Accepted { organ: held?, at: since? },
        StateName::Contacted => State::Contacted { organ: held?, at: since? },
        StateName::Answered => State::Answered { organ, at: since? },
        StateName::Appraised => State::Appraised { organ, at: since? },
        StateName::Closed => State::Closed { organ, at: since?, how: word(row, 10, Closing::from_word)? },
        StateName::Withdrawn => State::Withdrawn { organ, at: since? },
    };
    let point = match (row.opt_real(13)?, row.opt_real(14)?) {
        (Some(lat), Some(lon)) => {
            Some(Point::new(lat, lon).ok_or_else(|| Fault::corrupt("a place is not on the earth"))?)
        }
        _ => None,
    };
    let source = match (row.opt_string(36)?, row.opt_string(37)?) {
        (Some(name), Some(key)) => Some(Source { name, key }),
        _ => None,
    };
    Ok(Appeal {
        id: row.id(0)?,
        revision: row.int(1)?,
        touched: row.int(2)?,
        kind: word(row, 3, Kind::from_word)?,
        channel: word(row, 4, Channel::from_word)?,
        urgency: word(row, 5, Urgency::from_word)?,
        visibility: word(row, 6, Visibility::from_word)?,
        category: row.opt_id(11)?,
        place: Place { area: row.opt_id(12)?, address: row.string(39)?, point },
        title: row.string(38)?,
        text: row.string(40)?,
        reporter: row.opt_id(34)?,
        track: row.string(35)?,
        state,
        round: small(row, 15)?,
        returns: small(row, 16)?,
        ruled: row.flag(17)?,
        submitted_at: row.time(19)?,
        dispatch_due: row.opt_time(20)?,
        dispatched_at: row.opt_time(21)?,
        last_dispatch: row.opt_time(22)?,
        reopened_at: row.opt_time(23)?,
        accepted_at: row.opt_time(24)?,
        contacted_at: row.opt_time(25)?,
        answered_at: row.opt_time(26)?,
        closed_at: row.opt_time(27)?,
        deadlines: Deadlines {
            accept: row.opt_time(28)?,
            contact: row.opt_time(29)?,
            answer: row.opt_time(30)?,
        },
        overdue: Overdue::from_bits(row.int(18)?),
        reply: row.string(41)?,
        appraisal: row.opt_json(32)?,
        appraise_by: row.opt_time(31)?,
        rulebook: row.int(33)?,
        source,
        moves: row.opt_json(42)?.unwrap_or_default(),
    })
}

/// One appeal.
pub fn find(tx: &mut dyn Tx, id: AppealId) -> Result<Option<Appeal>, Fault> {
    tx.one(&FIND, params![id], read_appeal)
}

/// What the row repeats so that lists have their indexes: computed from the appeal alone.
struct Derived {
    phase: Phase,
    desk: Option<i64>,
    desk_due: Option<i64>,
    late: bool,
    closing: Option<&'static str>,
    appraisal: Option<String>,
    moves: Option<String>,
}

impl Derived {
    fn of(appeal: &Appeal) -> Result<Self, Fault> {
        let desk = match appeal.state {
            _ if appeal.moves.merged_into.is_some() => None,
            State::Submitted | State::Returned { .. } => Some(DISPATCHERS),
            State::Dispatched { organ, .. }
            | State::Accepted { organ, .. }
            | State::Contacted { organ, .. } => Some(organ.get()),
            State::Answered { .. }
            | State::Appraised { .. }
            | State::Closed { .. }
            | State::Withdrawn { .. } => None,
        };
        let appraisal = appeal.appraisal.as_ref().map(serde_json::to_string).transpose();
        let moves =
            Some(&appeal.moves).filter(|moves| !moves.is_none()).map(serde_json::to_string).transpose();
        Ok(Self {
            phase: appeal.state.phase(),
            desk,
            desk_due: desk.map(|_| appeal.next_due().map_or(NEVER, |(_, due)| due.as_micros())),
            late: appeal.is_late(),
            closing: if let State::Closed { how, .. } = appeal.state { Some(how.word()) } else { None },
            appraisal: appraisal
                .map_err(|error| Fault::internal("cannot write an appraisal").because(error))?,
            moves: moves.map_err(|error| Fault::internal("cannot write what moved a case").because(error))?,
        })
    }
}

/// The areas of the three levels that lists filter by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AreaLevels {
    /// 区.
    pub district: Option<AreaId>,
    /// 街道.
    pub street: Option<AreaId>,
    /// 社区.
    pub community: Option<AreaId>,
}

/// The levels at and above an area.
pub fn area_levels(directory: &Directory, area: Option<AreaId>) -> AreaLevels {
    let mut levels = AreaLevels::default();
    let own = area.and_then(|id| directory.area(id));
    let above = area.into_iter().flat_map(|id| directory.ancestors(id));
    for area in own.into_iter().chain(above) {
        match area.level {
            AreaLevel::District => levels.district = Some(area.id),
            AreaLevel::Street => levels.street = Some(area.id),
            AreaLevel::Community => levels.community = Some(area.id),
            AreaLevel::Province | AreaLevel::City | AreaLevel::Grid => {}
        }
    }
    levels
}

/// The columns of [`AFTER`] that repeat something and are not what they should be.
pub(crate) fn wrong_repeats(
    row: &dyn Row,
    appeal: &Appeal,
    categories: &Categories,
    directory: &Directory,
) -> Result<Vec<&'static str>, Fault> {
    let derived = Derived::of(appeal)?;
    let [category_1, category_2, category_3] = categories.levels(appeal.category).map(|id| id.map(Id::get));
    let areas = area_levels(directory, appeal.place.area);
    let mut wrong = Vec::new();
    let mut expect = |name, sound: bool| {
        if !sound {
            wrong.push(name);
        }
    };
    expect("public", row.flag(43)? == appeal.visibility.is_public());
    expect("phase", row.text(44)? == derived.phase.word());
    expect("desk", row.opt_int(45)? == derived.desk);
    expect("desk_due", row.opt_int(46)? == derived.desk_due);
    expect("late", row.flag(47)? == derived.late);
    expect("category_1", row.opt_int(48)? == category_1);
    expect("category_2", row.opt_int(49)? == category_2);
    expect("category_3", row.opt_int(50)? == category_3);
    // An area that was moved or ended since keeps its cases where they were when they came in.
    let own = appeal.place.area.and_then(|id| directory.area(id));
    let above = appeal.place.area.into_iter().flat_map(|id| directory.ancestors(id));
    if own.into_iter().chain(above).all(|area| area.revision == 1) {
        expect("district", row.opt_id(51)? == areas.district);
        expect("street", row.opt_id(52)? == areas.street);
        expect("community", row.opt_id(53)? == areas.community);
    }
    Ok(wrong)
}

/// What an appeal is found by: its words, and its areas and categories as marks.
pub fn search_words(
    appeal: &Appeal,
    words: &[String],
    categories: &Categories,
    directory: &Directory,
) -> Words {
    let levels = area_levels(directory, appeal.place.area);
    let areas = [levels.district, levels.street, levels.community];
    // An area below the community, or above the district, stands by itself.
    let own = appeal.place.area.filter(|area| !areas.contains(&Some(*area)));
    let [district, street, community] = areas;
    let marks = lists::marks([district, street, community, own], categories.levels(appeal.category));
    Words::of(words.iter().chain(&marks))
}

/// Keeps a new appeal.
pub fn insert(
    tx: &mut dyn Tx,
    appeal: &Appeal,
    categories: &Categories,
    directory: &Directory,
) -> Result<(), Fault> {
    let derived = Derived::of(appeal)?;
    let [category_1, category_2, category_3] = categories.levels(appeal.category);
    let areas = area_levels(directory, appeal.place.area);
    tx.execute(
        &INSERT,
        params![
            appeal.id,
            appeal.revision,
            appeal.touched,
            appeal.kind.word(),
            appeal.channel.word(),
            appeal.urgency.word(),
            appeal.visibility.word(),
            appeal.visibility.is_public(),
            appeal.state.name().word(),
            derived.phase.word(),
            appeal.state.since(),
            appeal.organ(),
            derived.closing,
            derived.desk,
            derived.desk_due,
            derived.late,
            appeal.category,
            category_1,
            category_2,
            category_3,
            appeal.place.area,
            areas.district,
            areas.street,
            areas.community,
            appeal.place.point.map(|point| point.lat),
            appeal.place.point.map(|point| point.lon),
            i64::from(appeal.round),
            i64::from(appeal.returns),
            appeal.ruled,
            appeal.overdue.bits(),
            appeal.submitted_at,
            appeal.dispatch_due,
            appeal.dispatched_at,
            appeal.last_dispatch,
            appeal.reopened_at,
            appeal.accepted_at,
            appeal.contacted_at,
            appeal.answered_at,
            appeal.closed_at,
            appeal.deadlines.accept,
            appeal.deadlines.contact,
            appeal.deadlines.answer,
            appeal.appraise_by,
            derived.appraisal.as_deref(),
            appeal.rulebook,
            appeal.reporter,
            &appeal.track,
            appeal.source.as_ref().map(|source| &source.name),
            appeal.source.as_ref().map(|source| &source.key),
            &appeal.title,
            &appeal.place.address,
            &appeal.text,
            &appeal.reply,
            derived.moves.as_deref(),
        ],
    )?;
    Ok(())
}

/// Keeps what an event has changed.
pub fn update(tx: &mut dyn Tx, appeal: &Appeal) -> Result<(), Fault> {
    let derived = Derived::of(appeal)?;
    let changed = tx.execute(
        &UPDATE,
        params![
            appeal.id,
            appeal.revision,
            appeal.touched,
            appeal.state.name().word(),
            derived.phase.word(),
            appeal.state.since(),
            appeal.organ(),
            derived.closing,
            derived.desk,
            derived.desk_due,
            derived.late,
            i64::from(appeal.round),
            i64::from(appeal.returns),
            appeal.ruled,
            appeal.overdue.bits(),
            appeal.dispatched_at,
            appeal.last_dispatch,
            appeal.reopened_at,
            appeal.accepted_at,
            appeal.contacted_at,
            appeal.answered_at,
            appeal.closed_at,
            appeal.deadlines.accept,
            appeal.deadlines.contact,
            appeal.deadlines.answer,
            appeal.appraise_by,
            derived.appraisal.as_deref(),
            appeal.rulebook,
            &appeal.reply,
            derived.moves.as_deref(),
        ],
    )?;
    if changed == 1 { Ok(()) } else { Err(Fault::corrupt("an appeal to be changed has no row")) }
}

/// The first free id for something that came in at `at` in another system: after the last one of that stretch of time.
pub fn last_id_between(tx: &mut dyn Tx, from: AppealId, to: AppealId) -> Result<Option<AppealId>, Fault> {
    Ok(tx.one(&LAST_IN, params![from, to], |row| row.opt_id(0))?.flatten())
}

/// Forgets receipts given before `before`, some at a time.
pub fn forget_receipts(tx: &mut dyn Tx, before: Timestamp) -> Result<u64, Fault> {
    tx.execute(&FORGET_RECEIPTS, params![AppealId::first_at(before)])
}
