//! Whatever bytes come in, the library refuses them or does what they say: a deterministic mutation driver on the stable
//! toolchain over the entry points that `fuzz/` gives to libFuzzer.
//!
//! `MARKET_MAKER_ATTACK=N` multiplies the executions by N (`make fuzz` does), `MARKET_MAKER_ATTACK_SEED` chooses others. The
//! same numbers give the same executions. An input that fails is made smaller and written to `target/tmp/`, from where it
//! goes to `fuzz/crashes/TARGET/` when what it found is mended.

#[path = "../../fuzz/targets/mod.rs"]
mod targets;

mod mended;
mod mutate;
mod seeds;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rand_core::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use targets::abi_table::EXPORTS;
use targets::{TARGETS, Target, target};

/// Executions of a target of weight 10 in one run of the tests.
const EXECUTIONS: u64 = 60_000;
/// Inputs that were taken and are changed further.
const KEPT: usize = 64;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a whole number"))
}

fn folder(kind: &str, target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kind).join(target)
}

/// The files of a folder, by name.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// Whether the target survives, and what it said.
fn survives(target: &Target, input: &[u8]) -> Option<bool> {
    catch_unwind(AssertUnwindSafe(|| (target.run)(input))).ok()
}

/// Removes what the failure does not need.
fn smaller(target: &Target, mut input: Vec<u8>) -> Vec<u8> {
    let mut part = input.len() / 2;
    while part > 0 {
        let mut at = 0;
        while at + part <= input.len() {
            let mut without = input.clone();
            without.drain(at..at + part);
            if survives(target, &without).is_none() {
                input = without;
            } else {
                at += part;
            }
        }
        part /= 2;
    }
    input
}

/// Runs so many executions; fails with where the input lies that the target did not survive.
fn attack(name: &str) {
    let target = target(name);
    let seeds: Vec<Vec<u8>> = files(&folder("corpus", name)).into_iter().map(|(_, bytes)| bytes).collect();
    assert!(!target.has_seeds || !seeds.is_empty(), "{name} has no seeds");
    let count = EXECUTIONS * u64::from(target.weight) / 10 * number("MARKET_MAKER_ATTACK", 1);
    let first = number("MARKET_MAKER_ATTACK_SEED", 1);
    // Written before each execution: what a process that died was at.
    let trace = std::env::var_os("MARKET_MAKER_ATTACK_TRACE").map(PathBuf::from);
    let longest = seeds.iter().map(Vec::len).max().unwrap_or(0);
    let mut kept: Vec<Vec<u8>> = seeds.clone();
    let (mut taken, mut slowest, begin) = (0_u64, Duration::ZERO, Instant::now());
    for execution in 0..count {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(first.wrapping_mul(1 << 40) + execution);
        let input = if kept.is_empty() || !target.has_seeds && mutate::below(&mut random, 4) > 0 {
            mutate::commands(&mut random)
        } else {
            let original = &kept[mutate::below(&mut random, kept.len())];
            let other = &kept[mutate::below(&mut random, kept.len())];
            mutate::mutate(original, other, &mut random)
        };
        if let Some(trace) = &trace {
            fs::write(trace.join(format!("{name}.trace")), &input).unwrap();
        }
        let before = Instant::now();
        match survives(target, &input) {
            Some(is_taken) => {
                taken += u64::from(is_taken);
                // Not those that have grown: they would only become slower.
                let is_small = input.len() <= 1024 + 2 * longest;
                if is_taken && is_small && mutate::below(&mut random, 8) == 0 {
                    // The seeds stay; the rest changes.
                    if kept.len() < seeds.len() + KEPT {
                        kept.push(input);
                    } else {
                        let at = seeds.len() + mutate::below(&mut random, KEPT);
                        kept[at] = input;
                    }
                }
            }
            None => {
                let input = smaller(target, input);
                let path =
                    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("crash-{name}-{first}-{execution}"));
                fs::write(&path, &input).unwrap();
                panic!(
                    "{name} did not survive execution {execution}: {} ({} bytes)",
                    path.display(),
                    input.len()
                );
            }
        }
        slowest = slowest.max(before.elapsed());
    }
    println!(
        "{name}: {count} executions, {taken} taken, {:.1} s, slowest {:.1} ms",
        begin.elapsed().as_secs_f64(),
        slowest.as_secs_f64() * 1e3
    );
    if name == "abi" {
        let never = |outcome: usize| -> Vec<&str> {
            let missing = |at: &usize| targets::abi::OUTCOMES[*at][outcome].load(Ordering::Relaxed) == 0;
            (0..EXPORTS.len()).filter(missing).map(|at| EXPORTS[at].name).collect()
        };
        println!("of {} exports never succeeded: {:?}", EXPORTS.len(), never(0));
        assert!(never(0).len() < EXPORTS.len() / 4, "the calls are too wild: {:?}", never(0));
    }
    // Some mutations leave an input whole, and most do not: neither would mean that nothing is reached.
    assert!(taken > count / 1000, "{name}: {taken} of {count} taken");
}

/// One test a target, so that they run beside each other and fail by themselves.
macro_rules! attacks {
    ($($(#[$only:meta])* $name:ident)*) => {
        mod any_bytes_are_survived_by {
            $($(#[$only])* #[test] fn $name() { super::attack(stringify!($name)); })*
        }

        const ATTACKED: &[&str] = &[$($(#[$only])* stringify!($name)),*];
    };
}

attacks! {
    lobster lobster_book itch #[cfg(feature = "dbn")] dbn databento_mbo databento_mbp10 binance gzip zstd book_snapshot
    weights trees store store_file book level_book gate orders abi
}

#[test]
fn every_target_is_attacked_and_has_a_program_for_libfuzzer() {
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names, ATTACKED);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    for name in names {
        let program = fs::read_to_string(root.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("\"{name}\"")), "{name}");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}

#[test]
fn seeds_are_small_and_whole() {
    seeds::check_or_bless();
    for target in TARGETS.iter().filter(|target| target.has_seeds) {
        let files = files(&folder("corpus", target.name));
        let size: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(!files.is_empty() && size <= 32 << 10, "{} has seeds of {size} bytes", target.name);
        for (path, bytes) in files {
            assert_eq!(survives(target, &bytes), Some(true), "{}", path.display());
        }
    }
}

#[test]
fn what_once_crashed_does_not_any_more() {
    for target in TARGETS {
        for (path, bytes) in files(&folder("crashes", target.name)) {
            assert!(survives(target, &bytes).is_some(), "{}", path.display());
        }
    }
}

#[test]
fn every_seed_cut_anywhere_is_survived() {
    for target in TARGETS.iter().filter(|target| target.has_seeds && target.name != "store_file") {
        for (path, bytes) in files(&folder("corpus", target.name)) {
            let step = bytes.len() / 1500 + 1;
            for cut in (0..bytes.len()).step_by(step) {
                assert!(survives(target, &bytes[..cut]).is_some(), "{} cut at {cut}", path.display());
            }
        }
    }
}
