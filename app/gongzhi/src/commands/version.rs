//! `gongzhi version`: this program and what it carries.

use crate::say::{self, Trouble};

pub(crate) fn run(json: bool) -> Result<(), Trouble> {
    let version = env!("CARGO_PKG_VERSION");
    let sqlite = gongzhi_store::sqlite_version();
    let kind = if cfg!(debug_assertions) { "debug" } else { "release" };
    if json {
        return say::json(&serde_json::json!({ "gongzhi": version, "build": kind, "sqlite": sqlite }));
    }
    say::line(format_args!("gongzhi {version} ({kind} build)\nSQLite {sqlite}"));
    Ok(())
}
