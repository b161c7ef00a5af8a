//! A loss of power: of everything that was not synced, each sector of the disk may hold any of its versions.

use market_maker::mem::shared_words::PlainWords;
use market_maker::position::store::{Applied, Durability, Recovery, Store, StoreConfig, SyncPolicy};
use market_maker::types::Timestamp;

use crate::events::{apply, below, hashes, random_of, register, rounds, small, stream};
use crate::memory::{LoggedWords, Step};

/// Words of a sector of 512 bytes.
const SECTOR: usize = 64;

/// What may be on the disk: of each sector the versions since the last sync.
struct Disk {
    now: Vec<u64>,
    versions: Vec<Vec<[u64; SECTOR]>>,
}

impl Disk {
    fn new(image: Vec<u64>) -> Self {
        let versions = image.chunks_exact(SECTOR).map(|sector| vec![sector.try_into().unwrap()]).collect();
        Self { now: image, versions }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Write { at, words } => {
                // Word by word: the kernel may write a page back in the middle of a record.
                for (place, &word) in words.iter().enumerate() {
                    let at = at + place;
                    self.now[at] = word;
                    let sector = at / SECTOR;
                    let version = self.now[sector * SECTOR..][..SECTOR].try_into().unwrap();
                    self.versions[sector].push(version);
                }
            }
            Step::Sync { from, to } => {
                for versions in &mut self.versions[from / SECTOR..to.div_ceil(SECTOR)] {
                    let last = versions.len() - 1;
                    versions.drain(..last);
                }
            }
        }
    }

    fn lose_power(&self, random: &mut rand_xoshiro::Xoshiro256PlusPlus) -> Vec<u64> {
        let mut image = Vec::with_capacity(self.now.len());
        for versions in &self.versions {
            // The oldest, the newest, or any.
            let pick = match below(random, 3) {
                0 => 0,
                1 => versions.len() - 1,
                _ => below(random, versions.len() as u64) as usize,
            };
            image.extend_from_slice(&versions[pick]);
        }
        image
    }
}

/// Runs a store, losing power at random moments; every time what was synced is there, and nothing is half.
fn lose_power(config: &StoreConfig, seed: u64, trials: usize, sync_by_hand: bool) -> [usize; 2] {
    let mut random = random_of(seed);
    let mut seen = [0; 2];
    let events = stream(seed, 60);
    let hashes = hashes(config, &events);
    for _ in 0..trials {
        let memory = LoggedWords::new((config.bytes().unwrap() / 8) as usize);
        let mut store = Store::create_in(&memory, config).unwrap();
        register(&mut store);
        store.sync().unwrap();
        memory.take_log();
        let mut disk = Disk::new(memory.image());
        let stop = 1 + below(&mut random, events.len() as u64 - 1) as usize;
        // The last event that was synced when the call that synced it returned.
        let mut synced = 0;
        let registered = store.epoch();
        for (at, event) in events.iter().enumerate().take(stop) {
            apply(&mut store, at as u64 + 1, event).unwrap();
            if sync_by_hand && below(&mut random, 10) == 0 {
                store.sync().unwrap();
            }
            let log = memory.take_log();
            let cut =
                if at + 1 == stop { below(&mut random, log.len() as u64 + 1) as usize } else { log.len() };
            log[..cut].iter().for_each(|step| disk.step(step));
            if cut == log.len() {
                synced = (store.synced_epoch().unwrap() - registered) as usize;
            }
        }
        let image = disk.lose_power(&mut random);
        let opened = Store::open_in(PlainWords::from_words(&image), config);
        let mut opened =
            opened.unwrap_or_else(|error| panic!("after {stop} events, {synced} synced: {error}"));
        seen[usize::from(opened.recovery() != Recovery::Reopened)] += 1;
        let hash = opened.state().hash();
        let found = (synced..=stop).find(|&event| hashes[event] == hash);
        let found = found.unwrap_or_else(|| panic!("{stop} events, {synced} synced: another state"));
        // The host replays its log: what is there already is left alone, and the end is that of a quiet run.
        for (at, event) in events.iter().enumerate() {
            let applied = apply(&mut opened, at as u64 + 1, event).unwrap();
            assert_eq!(applied == Applied::Duplicate, at < found, "event {at}");
        }
        assert_eq!(opened.state().hash(), hashes[events.len()]);
    }
    println!("live {}, checkpoint {}", seen[0], seen[1]);
    seen
}

#[test]
fn what_was_synced_survives_a_loss_of_power() {
    for (policy, by_hand) in [
        (SyncPolicy { every_events: 1, every_ns: 0 }, false),
        (SyncPolicy { every_events: 4, every_ns: 0 }, false),
        (SyncPolicy { every_events: 25, every_ns: 0 }, false),
        (SyncPolicy { every_events: 0, every_ns: 7_000 }, false),
        (SyncPolicy::default(), true),
    ] {
        let config = small(Durability::Disk(policy));
        let [live, checkpoint] =
            lose_power(&config, 31 + u64::from(policy.every_events), rounds(400), by_hand);
        assert!(checkpoint > 20 && live + checkpoint == rounds(400));
    }
}

#[test]
fn a_failed_sync_is_reported_and_the_next_makes_up_for_it() {
    let config = small(Durability::Disk(SyncPolicy { every_events: 1, every_ns: 0 }));
    let events = stream(77, 40);
    let hashes = hashes(&config, &events);
    for good in 0..12 {
        let memory = LoggedWords::new((config.bytes().unwrap() / 8) as usize);
        let mut store = Store::create_in(&memory, &config).unwrap();
        register(&mut store);
        memory.take_log();
        let mut disk = Disk::new(memory.image());
        memory.fail_syncs_after(good);
        let mut failed = 0;
        for (at, event) in events.iter().enumerate() {
            if at == 20 {
                memory.fail_syncs_after(u64::MAX);
            }
            match apply(&mut store, at as u64 + 1, event).unwrap() {
                Applied::Unsynced(_) => failed += 1,
                applied => assert!(matches!(applied, Applied::Done(_))),
            }
            memory.take_log().iter().for_each(|step| disk.step(step));
            assert_eq!(store.state().hash(), hashes[at + 1]);
        }
        assert!(failed > 0);
        assert_eq!(store.synced_epoch(), Some(store.epoch()));
        let mut random = random_of(good);
        for _ in 0..20 {
            let image = disk.lose_power(&mut random);
            let opened = Store::open_in(PlainWords::from_words(&image), &config).unwrap();
            assert_eq!(opened.state().hash(), hashes[events.len()]);
        }
    }
}

#[test]
fn time_by_the_hosts_clock_makes_a_sync_due() {
    let config = small(Durability::Disk(SyncPolicy { every_events: 0, every_ns: 1_000_000 }));
    let memory = PlainWords::new((config.bytes().unwrap() / 8) as usize);
    let mut store = Store::create_in(memory, &config).unwrap();
    register(&mut store);
    let events = stream(3, 10);
    for (at, event) in events.iter().enumerate() {
        apply(&mut store, at as u64 + 1, event).unwrap();
    }
    let before = store.synced_epoch().unwrap();
    assert!(before < store.epoch());
    store.tick(Timestamp(500_000)).unwrap();
    assert_eq!(store.synced_epoch(), Some(before));
    store.tick(Timestamp(2_000_000)).unwrap();
    assert_eq!(store.synced_epoch(), Some(store.epoch()));
}
