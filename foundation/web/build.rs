//! The browser's part is embedded in the binary, so it must have been built before.

use std::path::Path;
use std::process::ExitCode;

#[expect(clippy::print_stderr, reason = "a build script speaks to its builder")]
fn main() -> ExitCode {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../browser/dist");
    println!("cargo:rerun-if-changed={}", dist.display());
    for name in ["app.css", "app.js"] {
        if !dist.join(name).is_file() {
            eprintln!(
                "browser/dist/{name} is missing: run `make browser` first, it builds the style sheet and the script."
            );
            return ExitCode::FAILURE;
        }
    }
    println!("cargo:rerun-if-changed=locales");
    ExitCode::SUCCESS
}
