//! Appeals (诉求): report → dispatch → act → answer → appraise. The heart of the platform.
//!
//! ```text
//! Appeals                     what pages, API and command line call; asks the policy
//!   .submit(…)                intake → number, tracking code, promises; the same key gives the same receipt
//!   .dispatch .accept .contact .return_ .answer        the steps of government
//!   .appraise .reopen .withdraw .call_back             the steps of the reporter, by account or code
//!   .receive_files .attach .show_file .open_file       photos and documents
//!   .follow .unfollow                                  this is my matter, too
//!   .read_reporter(purpose)   who reported; every reading is an event
//!   .list .mine .case .track .desk .figures            read models, as this actor may see them
//!   .followers() .timer_handlers() .keep_fresh()       what the application runs
//! actions::…                  the same units of work for a caller who holds the transaction (samples, imports)
//! check(tx)                   replays the journal and compares it with the rows
//! ```
//!
//! | where | what |
//! |---|---|
//! | `model/` | the types; `model/state.rs` the states and their transitions |
//! | `rules/` | what may be done now and what follows, pure: `decide` and `apply` |
//! | `rulebook.rs`, `rulebook/default.toml` | periods, caps, limits: versioned data of the city |
//! | `catalogue/` | category tree and dispatch catalogue: category × area → organ |
//! | `events.rs` | what events say: the contract with other capabilities and the open log |
//! | `actions/` | units of work |
//! | `queries/`, `figures.rs` | read models; counters kept by a follower |
//! | `indicators/` | 响应率, 解决率, 满意率 …: pure on public events; counters kept by a follower; exclusions |
//! | `open311/` | Open311 GeoReport v2 over the same actions; keys of clients in `actions/clients.rs` |
//! | `store/` | the SQL |
//! | `policies/appeals.cedar` | who may do what |

pub mod actions;
pub mod api;
pub mod catalogue;
mod check;
pub mod events;
pub mod figures;
pub mod indicators;
pub mod model;
pub mod open311;
mod pages;
pub mod queries;
pub mod rulebook;
pub mod rules;
pub mod store;

pub use actions::{Appeals, Receipt, Submit, TrackingCode};
pub use check::{check, is_sound};
pub use pages::{LIVE, TEXTS, install, keep_live};

/// The schema of this crate.
pub const MIGRATIONS: gongzhi_store::Migrations = gongzhi_store::migrations!(
    "appeals",
    "0001_appeals",
    "0002_receipts",
    "0003_open311",
    "0004_files",
    "0005_followers",
    "0006_indicators",
    "0007_moves",
    "0008_tasks"
);

/// The policies of this crate.
pub const POLICIES: gongzhi_people::PolicySource = gongzhi_people::PolicySource {
    name: "appeals",
    schema: include_str!("../policies/appeals.cedarschema"),
    text: include_str!("../policies/appeals.cedar"),
};

/// The pages, the JSON interface and Open311. Declares the live topic of the home page.
pub fn routes(site: &gongzhi_web::Site, appeals: &Appeals) -> [gongzhi_web::Routes; 3] {
    [pages::routes(site, appeals), api::routes(appeals), open311::routes(appeals)]
}

/// Every refusal of this crate, by the key of its sentence in the locale files.
pub fn refusals() -> impl Iterator<Item = &'static str> {
    const OTHERS: [&str; 6] = [
        "appeal-key-used",
        "appeal-changed-meanwhile",
        "appeal-no-reporter",
        "appeal-track-wrong",
        "list-unknown-category",
        "list-unknown-area",
    ];
    const FIELDS: [&str; 3] = ["error-category", "error-area", "error-organ"];
    rules::REFUSALS
        .into_iter()
        .chain(rules::FIELD_ERRORS)
        .chain(rules::files::FILE_REFUSALS)
        .chain(rules::follow::FOLLOW_REFUSALS)
        .chain(rules::files::FILE_ERRORS)
        .chain(rules::TASK_REFUSALS)
        .chain(rules::TASK_FIELD_ERRORS)
        .chain(actions::books::REFUSALS)
        .chain(catalogue::lines::MISTAKES)
        .chain(actions::import::REJECTIONS)
        .chain(actions::clients::REFUSALS)
        .chain(open311::REFUSALS)
        .chain(indicators::exclusion::REFUSALS)
        .chain(OTHERS)
        .chain(FIELDS)
}

/// The rows of the role × action table that speak of appeals.
pub fn matrix_cases() -> Vec<gongzhi_people::matrix::Case> {
    use gongzhi_people::Resource;
    use gongzhi_people::matrix::{Case, oneself, other_organ, own_organ, somebody, subject};

    let appeal = |public: bool, confidential: bool, holder: bool| {
        Resource::new("appeal", subject::<gongzhi_kernel::kinds::Appeal>())
            .flag("public", public)
            .flag("confidential", confidential)
            .flag("holder", holder)
            .flag("helper", false)
            .flag("superior", false)
    };
    let aside = |helper: bool, superior: bool| {
        Resource::new("appeal", subject::<gongzhi_kernel::kinds::Appeal>())
            .flag("public", false)
            .flag("confidential", true)
            .flag("holder", false)
            .flag("helper", helper)
            .flag("superior", superior)
            .organ("organ", other_organ())
    };
    let samples = [
        (
            "public, other organ",
            appeal(true, false, false).organ("organ", other_organ()).person("reporter", somebody()),
        ),
        (
            "public, own organ",
            appeal(true, false, false).organ("organ", own_organ()).person("reporter", somebody()),
        ),
        ("confidential, other organ", appeal(false, true, false).organ("organ", other_organ())),
        ("confidential, own organ", appeal(false, true, false).organ("organ", own_organ())),
        ("confidential, with the code", appeal(false, true, true).organ("organ", other_organ())),
        ("confidential, asked for help", aside(true, false)),
        ("confidential, of an organ below", aside(false, true)),
        (
            "reported by oneself",
            appeal(false, true, false).organ("organ", own_organ()).person("reporter", oneself()),
        ),
    ];
    let mut cases = Vec::new();
    for action in [
        "appeal.submit",
        "appeal.submit_for_another",
        "appeal.dispatch_desk",
        "appeal.read_books",
        "appeal.keep_books",
        "appeal.keep_clients",
        "appeal.see_exclusions",
    ] {
        cases.push(Case::new(action, "the city", Resource::city()));
    }
    cases.push(Case::new("appeal.work_desk", "own organ", Resource::new("organ", own_organ())));
    cases.push(Case::new("appeal.work_desk", "other organ", Resource::new("organ", other_organ())));
    let watched = |whole: bool, own: bool| Resource::class("watched").flag("whole", whole).flag("own", own);
    for (sample, resource) in [
        ("the whole city", watched(true, false)),
        ("own organ or area", watched(false, true)),
        ("others", watched(false, false)),
    ] {
        cases.push(Case::new("appeal.watch", sample, resource));
    }
    for action in [
        "appeal.read",
        "appeal.read_full",
        "appeal.dispatch",
        "appeal.accept",
        "appeal.contact",
        "appeal.return",
        "appeal.answer",
        "appeal.appraise",
        "appeal.reopen",
        "appeal.withdraw",
        "appeal.call_back",
        "appeal.ask_exclusion",
        "appeal.review_exclusion",
        "appeal.read_reporter",
        "appeal.see_readings",
        "appeal.attach",
        "appeal.follow",
        "appeal.show_file",
        "appeal.transfer",
        "appeal.ask",
        "appeal.supervise",
        "appeal.merge",
        "appeal.note",
    ] {
        cases.extend(samples.iter().map(|(sample, resource)| Case::new(action, sample, resource.clone())));
    }
    let task = |from, organ| {
        let id = subject::<model::TaskMark>();
        Resource::new("appeal_task", id).organ("from", from).organ("organ", organ)
    };
    for action in ["appeal_task.read", "appeal_task.report", "appeal_task.decide", "appeal_task.settle"] {
        cases.push(Case::new(action, "asked of the own organ", task(other_organ(), own_organ())));
        cases.push(Case::new(action, "asked by the own organ", task(own_organ(), other_organ())));
        cases.push(Case::new(action, "of other organs", task(other_organ(), other_organ())));
    }
    cases
}
