//! The sample city: invented, the same on every machine, labelled as a sample wherever it shows.
//!
//! | where | what |
//! |---|---|
//! | `city.toml`, `organs.toml`, `people.toml` | areas, organs, people and sign-ins |
//! | `texts/`, `phrases.toml` | the category tree, what people say in each category and what organs answer |
//! | `tables.rs` | reads all of these |
//! | `dice.rs` | chance that follows from a seed |
//! | `compose.rs` | makes texts and places |
//! | `life.rs` | plans what becomes of an appeal, and when |
//! | `found.rs` | founds the city: areas, organs, people, categories, catalogue |
//! | `seed.rs` | lets the planned lives happen by the real rules, and keeps them |

mod compose;
mod dice;
mod found;
mod life;
mod seed;
mod tables;

use gongzhi_kernel::{Fault, LocalText};
use gongzhi_people::Directory;
use gongzhi_store::Store;
use gongzhi_web::DemoSignIn;

pub use seed::{Receipt, Seeded, Seeding, seed};

/// The city's name in Chinese; says that it is a sample.
pub const CITY_ZH: &str = "云澜市（示例）";
/// The city's name in English; says that it is a sample.
pub const CITY_EN: &str = "Yunlan (sample city)";
/// The division code of the city; no province begins with 99.
const CITY_CODE: &str = "990100000000";

/// Its name.
pub fn city() -> LocalText {
    LocalText::new(CITY_ZH, CITY_EN)
}

/// Whether these areas are those of the sample city.
pub fn is_sample(directory: &Directory) -> bool {
    directory.area_by_code(CITY_CODE).is_some_and(|area| area.name.zh == CITY_ZH)
}

/// Whether a store holds nothing yet: no area, no organ.
pub async fn is_empty(store: &Store) -> Result<bool, Fault> {
    let directory = store.read(|tx| Directory::read(tx)).await?;
    Ok(directory.areas().next().is_none() && directory.organs().next().is_none())
}

/// The sign-ins of the sample city: shown by `gongzhi demo` only.
pub fn sign_ins() -> Result<Vec<DemoSignIn>, Fault> {
    let tables = tables::Tables::read()?;
    let sign_ins = tables.people.sign_ins.iter().map(|sign_in| DemoSignIn {
        who: tables.role_of(sign_in),
        login: sign_in.login.clone(),
        password: tables.people.password.clone(),
    });
    Ok(sign_ins.collect())
}
