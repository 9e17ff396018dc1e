//! Any text as the mapping of an import: it is read or refused with a sentence, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let zone = gongzhi::import::zone("Asia/Shanghai");
    if let Err(refused) = gongzhi::import::Mapping::parse(text, &zone) {
        assert!(!refused.to_string().is_empty());
    }
});
