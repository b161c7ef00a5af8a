//! A soak: days of events, repeated, with faults, through the engine; a restart from the store every million events.
//!
//! In the tests three million events; `make soak` runs a thousand million. `MARKET_MAKER_SOAK=N` says how many in all,
//! `MARKET_MAKER_SOAK_STATE=FOLDER` where the count and the store are kept, so that a long one can be done in pieces: a run goes
//! on from the count that it finds, and `MARKET_MAKER_SOAK_SECONDS` ends it after the restart that comes next.
//!
//! Between two restarts nothing is allocated. At each restart the store is reopened and must have every fill, the books,
//! orders and money must add up, and the process must not have grown.

#[path = "../common/allocations.rs"]
mod allocations;
#[path = "../common/mod.rs"]
mod common;
mod days;
mod life;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use days::Days;
use life::Life;
use market_maker::position::store::{FillIdOrder, Recovery, Store, StoreConfig};
use market_maker::types::{FeeSchedule, InstrumentId};

/// Events of one life of the process that is simulated.
const LIFE: u64 = 1_000_000;
/// Events in the tests.
const SHORT: u64 = 3 * LIFE;
/// Pages that the process may grow by after its first lives, whatever their number: 1 MiB.
const GROWTH: u64 = 256;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.replace('_', "").parse().expect("a whole number"))
}

/// Pages of this process that are in memory.
fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0)
}

fn config() -> StoreConfig {
    StoreConfig {
        instruments: 1,
        orders: 64,
        latches: 4,
        fill_window: 64,
        history: 16,
        ..StoreConfig::default()
    }
}

#[test]
fn lives_of_a_million_events_each_end_with_everything_in_the_store() {
    let wanted = number("MARKET_MAKER_SOAK").unwrap_or(SHORT);
    let seconds = number("MARKET_MAKER_SOAK_SECONDS").unwrap_or(u64::MAX);
    let kept = std::env::var_os("MARKET_MAKER_SOAK_STATE").map(PathBuf::from);
    let folder = kept.clone().unwrap_or_else(|| {
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("soak-{}", std::process::id()))
    });
    fs::create_dir_all(&folder).unwrap();
    let (path, count) = (folder.join("soak.store"), folder.join("soak.count"));
    let mut done: u64 = fs::read_to_string(&count).map_or(0, |text| text.trim().parse().unwrap());
    if done == 0 {
        let _ = fs::remove_file(&path);
        let mut store = Store::create(&path, &config()).unwrap();
        store.register(InstrumentId(0), FeeSchedule::FREE, 1, FillIdOrder::Any).unwrap();
    }
    let days = Days::read();
    let begin = Instant::now();
    let before = done;
    let (mut pages, mut faults, mut fills) = (0, life::Faults::default(), 0);
    while done < wanted && begin.elapsed().as_secs() < seconds {
        let number = done / LIFE;
        let mut store = Store::open(&path, &config()).unwrap();
        assert_eq!(store.recovery(), Recovery::Reopened);
        let mut life = Life::new(number, &mut store);
        life.run(&days, LIFE, &mut store);
        let ended = life.end(&mut store);
        let hash = store.state().hash();
        drop(store);
        let store = Store::open(&path, &config()).unwrap();
        assert_eq!((store.recovery(), store.state().hash()), (Recovery::Reopened, hash), "life {number}");
        done += LIFE;
        faults.add(&ended.faults);
        fills += ended.fills;
        fs::write(&count, done.to_string()).unwrap();
        // The allocator and the maps have found their sizes after some lives.
        match done - before {
            lived if lived == 2 * LIFE => pages = resident(),
            lived if lived > 2 * LIFE => {
                let now = resident();
                assert!(now <= pages + GROWTH, "{} pages more after {lived} events", now - pages);
            }
            _ => {}
        }
    }
    let (lived, time) = (done - before, begin.elapsed().as_secs_f64());
    println!(
        "soak: {lived} events in this run, {done} of {wanted} in all, {:.0} ns each, {fills} fills, {faults:?}, {} KiB resident",
        time * 1e9 / lived.max(1) as f64,
        resident() * 4
    );
    assert!(lived == 0 || fills > lived / 100_000, "the run is too tame: {fills} fills");
    if kept.is_none() {
        let _ = fs::remove_dir_all(&folder);
    }
}
