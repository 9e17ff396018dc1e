//! Any text as the mapping of an import: it is read or refused with a sentence, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(refused) = gongzhi::import::mapping::Mapping::parse(text, &jiff::tz::TimeZone::UTC) {
        assert!(!refused.to_string().is_empty());
    }
});
