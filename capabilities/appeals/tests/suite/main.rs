//! Appeals: the rules by table, by property and against their picture; the whole on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod clients;
mod contract;
mod diagram;
mod edge;
mod house;
mod importing;
mod indicators;
mod journey;
mod lists;
mod plans;
mod rules;
mod samples;
mod sequences;
mod tasks;

/// Makes each story a test on either engine.
macro_rules! on_both {
    ($($module:ident::$story:ident,)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                crate::$module::$story(crate::house::open(gongzhi_store::Engine::Sqlite).await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                crate::$module::$story(crate::house::open(gongzhi_store::Engine::Postgres).await).await;
            })+
        }
    };
}

on_both! {
    house::every_statement_can_be_prepared,
    clients::clients_read_what_is_public_and_what_has_changed,
    clients::keys_are_kept_by_administrators,
    journey::a_case_from_report_to_closing,
    journey::a_case_that_nobody_is_named_for_waits_for_a_dispatcher,
    journey::a_dissatisfied_reporter_is_heard_once_more,
    journey::the_clock_strikes_once_for_each_stage_and_closes_what_nobody_appraises,
    journey::the_same_key_gives_the_same_receipt,
    journey::two_officials_at_once_get_one_step_and_one_conflict,
    journey::what_is_confidential_stays_so,
    journey::whoever_reads_a_reporter_is_seen,
    journey::bad_words_name_their_fields,
    journey::the_check_finds_what_was_changed_behind_its_back,
    lists::lists_filter_search_and_page_in_both_directions,
    lists::desks_show_what_is_due_first,
    lists::figures_follow_the_journal_and_can_be_rebuilt,
    tasks::a_street_calls_a_department_and_both_are_scored,
    tasks::more_time_is_asked_for_and_the_level_above_decides,
    tasks::what_is_overdue_is_supervised_by_the_level_above,
    tasks::one_case_many_reporters_each_answered,
    tasks::a_case_is_given_to_somebody_and_notes_stay_inside,
    tasks::hand_overs_consultations_and_help_have_their_rules,
    tasks::whoever_cannot_be_called_is_not_counted_and_says_why,
    importing::a_history_is_told_with_its_own_times_and_only_once,
    importing::what_cannot_be_true_is_rejected_with_its_reason,
    indicators::counters_say_what_the_journal_says,
    indicators::a_case_is_left_out_once_two_have_agreed,
}
