//! kill −9 at random moments, again and again on one file.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use market_maker::position::store::{Applied, Durability, Recovery, Store, StoreConfig};

use crate::events::{apply, below, hashes, random_of, register, rounds, small, stream};
use crate::files::Scratch;

const EVENTS: usize = 30_000;
const SEED: u64 = 1009;
/// What the child says before its first acknowledgement: nothing that the test harness prints.
const MARKER: &[u8] = b"\x01acknowledgements\x01";

fn config() -> StoreConfig {
    small(Durability::Process)
}

/// The child of the test below: goes on where the file is, and acknowledges the number of each event, once it is applied,
/// through its standard output; in bundles when it is told to, so that more kills fall inside the store.
#[test]
fn child_applies_events_until_it_is_killed() {
    let Some(path) = std::env::var_os("MM_STORE_CHILD_APPLIES") else { return };
    let bundle: usize = std::env::var("MM_STORE_CHILD_BUNDLE").unwrap().parse().unwrap();
    let mut store = Store::open_or_create(path, &config()).unwrap();
    register(&mut store);
    let done = (store.epoch() - u64::from(crate::events::INSTRUMENTS) - 1) as usize;
    let events = stream(SEED, EVENTS);
    let mut out = std::io::stdout();
    out.write_all(MARKER).unwrap();
    out.write_all(&(done as u64).to_ne_bytes()).unwrap();
    out.flush().unwrap();
    for (at, event) in events.iter().enumerate().skip(done) {
        assert!(matches!(apply(&mut store, at as u64 + 1, event), Ok(Applied::Done(_))));
        if (at + 1).is_multiple_of(bundle) {
            out.write_all(&(at as u64 + 1).to_ne_bytes()).unwrap();
            out.flush().unwrap();
        }
    }
    // All are applied: waits for the kill.
    std::thread::sleep(Duration::from_secs(60));
}

fn start(path: &Path, bundle: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["kill::child_applies_events_until_it_is_killed", "--exact", "--nocapture", "--test-threads=1"])
        .env("MM_STORE_CHILD_APPLIES", path)
        .env("MM_STORE_CHILD_BUNDLE", bundle.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The last whole number behind the marker.
fn last_acknowledged(said: &[u8]) -> Option<u64> {
    let from = said.windows(MARKER.len()).position(|window| window == MARKER)? + MARKER.len();
    let numbers = said[from..].chunks_exact(8);
    numbers.last().map(|number| u64::from_ne_bytes(number.try_into().unwrap()))
}

#[test]
fn a_killed_process_leaves_a_prefix_with_every_acknowledged_event() {
    let folder =
        if Path::new("/dev/shm").is_dir() { Path::new("/dev/shm").into() } else { std::env::temp_dir() };
    let scratch = Scratch::within(&folder, "kill");
    let config = config();
    let events = stream(SEED, EVENTS);
    let hashes = hashes(&config, &events);
    let mut random = random_of(SEED);
    let (mut last, mut kills, mut inside, mut applied) = (0_usize, 0, 0, 0);
    while kills < rounds(500) {
        let bundle = if below(&mut random, 4) == 0 { 1 } else { 256 };
        let mut child = start(scratch.path(), bundle);
        let mut pipe = child.stdout.take().unwrap();
        let mut said = Vec::new();
        let mut buffer = [0; 4096];
        // Until the child is at work, then a random while.
        while last_acknowledged(&said).is_none() {
            let count = pipe.read(&mut buffer).unwrap();
            assert!(count > 0, "the child ended early");
            said.extend_from_slice(&buffer[..count]);
        }
        let longest = if below(&mut random, 2) == 0 { 200_000 } else { 4_000_000 };
        // Asleep, so that the child has the processor where there is only one.
        std::thread::sleep(Duration::from_nanos(below(&mut random, longest)));
        child.kill().unwrap();
        child.wait().unwrap();
        pipe.read_to_end(&mut said).unwrap();
        kills += 1;
        let acknowledged = last_acknowledged(&said).unwrap() as usize;
        let store = Store::open(scratch.path(), &config).unwrap();
        assert_eq!(store.recovery(), Recovery::Reopened);
        let found = (store.epoch() - u64::from(crate::events::INSTRUMENTS) - 1) as usize;
        assert!(found >= acknowledged.max(last), "{acknowledged} were acknowledged, {found} are there");
        assert_eq!(store.state().hash(), hashes[found], "no state of the quiet run");
        inside += usize::from(found > acknowledged);
        applied += found - last;
        last = found;
        if last >= EVENTS - 1_000 {
            drop(store);
            std::fs::remove_file(scratch.path()).unwrap();
            last = 0;
        }
    }
    println!("{kills} kills, {applied} events, {inside} kills with events behind the last acknowledgement");
    // Once more over the whole log: what is there stays, what is missing comes, and the end is that of the quiet run.
    let mut store = Store::open_or_create(scratch.path(), &config).unwrap();
    register(&mut store);
    for (at, event) in events.iter().enumerate() {
        let outcome = apply(&mut store, at as u64 + 1, event).unwrap();
        assert_eq!(outcome == Applied::Duplicate, at < last);
    }
    assert_eq!(store.state().hash(), hashes[EVENTS]);
}
