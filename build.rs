//! Names the shared library for the dynamic linker: programs built against ABI version n ask for
//! `libmarket_maker.so.n`. Under the feature `cxx` also generates and compiles the C++ side of the bridge. Writes to cargo's
//! own folders only.

/// The files with a `#[cxx::bridge]`, in `src/bridge`.
#[cfg(feature = "cxx")]
const BRIDGES: [&str; 20] = [
    "book",
    "book_manager",
    "engine",
    "engine_figures",
    "feature_window",
    "kill_switch",
    "level_book",
    "order_types",
    "orders",
    "position",
    "predictor",
    "quoter",
    "reader",
    "risk",
    "risk_config",
    "risk_monitor",
    "strategy",
    "trees",
    "types",
    "venue",
];

#[cfg(feature = "cxx")]
fn bridge() {
    let files = BRIDGES.map(|noun| format!("src/bridge/{noun}.rs"));
    cxx_build::bridges(files).std("c++17").compile("market_maker_cxx");
}

#[cfg(not(feature = "cxx"))]
const fn bridge() {}

fn main() {
    bridge();
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/ffi/version.rs");
    let source =
        std::fs::read_to_string("src/ffi/version.rs").expect("src/ffi/version.rs is part of the crate");
    let abi: u32 = source
        .lines()
        .find_map(|line| line.strip_prefix("pub const MM_ABI_VERSION: u32 = "))
        .and_then(|rest| rest.trim_end_matches(';').parse().ok())
        .expect("src/ffi/version.rs states MM_ABI_VERSION");
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("macos") => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libmarket_maker.{abi}.dylib");
        }
        Ok("windows") => {}
        _ => println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libmarket_maker.so.{abi}"),
    }
}
