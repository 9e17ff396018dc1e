//! `gongzhi openapi`: the description of the JSON interface.

use crate::compose;
use crate::config::Config;
use crate::say::{self, Trouble};

pub(crate) async fn run(config: &Config) -> Result<(), Trouble> {
    say::json(&compose::openapi(config).await?)
}
