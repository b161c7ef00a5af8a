//! libFuzzer's way to the target of this name.
#![no_main]

#[path = "../targets/mod.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    (targets::target("itch").run)(bytes);
});
