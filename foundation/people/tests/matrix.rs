//! Who may do what with accounts, organs and areas: the golden table of this crate's own actions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use gongzhi_people::{Policies, matrix};

#[test]
fn who_may_do_what() {
    let table = matrix::print(&Policies::new(&[]).unwrap(), &matrix::cases());
    assert!(!table.contains("without a case"), "{table}");
    insta::assert_snapshot!("people", table);
}
