//! One suite of behaviours, run on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod accounts;
#[path = "../authenticator/mod.rs"]
mod authenticator;
mod factors;
mod house;
mod sign_in;
mod trees;

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
    accounts::a_person_is_registered_once_under_a_sign_in_name,
    accounts::what_cannot_be_taken_names_its_field,
    accounts::nobody_passes_the_policies,
    accounts::roles_fit_the_kind_of_organ,
    accounts::personal_data_is_sealed,
    accounts::the_check_finds_what_was_changed_behind_its_back,
    accounts::seeding_is_one_unit_of_work,
    factors::staff_set_up_an_authenticator_and_sign_in_with_it,
    factors::a_role_demands_the_second_step_and_residents_choose,
    factors::codes_cannot_be_guessed_by_whoever_knows_the_password,
    factors::dangerous_acts_ask_once_more_who_is_there,
    factors::whoever_lost_the_phone_is_helped_at_the_machine,
    factors::nothing_personal_stands_open_in_the_tables,
    factors::an_erased_account_leaves_nothing_and_the_journal_verifies,
    sign_in::a_day_in_the_office,
    sign_in::wrong_attempts_slow_down_and_lock,
    sign_in::many_guesses_at_once_are_counted_one_by_one,
    sign_in::sessions_end_when_idle_and_at_their_limit,
    sign_in::revocation_takes_effect_at_once,
    sign_in::a_new_password_ends_other_sessions,
    sign_in::an_old_hash_is_made_anew,
    sign_in::a_visitor_signs_up,
    sign_in::sessions_that_reached_their_limit_are_taken_away,
    trees::organs_stand_in_a_tree,
    trees::areas_are_versions,
    trees::a_division_is_taken_in_and_a_second_time_changes_nothing,
    trees::a_new_division_ends_what_it_replaces,
    trees::other_processes_see_changes,
}
