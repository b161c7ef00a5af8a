//! A run cut at every byte that it writes.

use market_maker::mem::shared_words::PlainWords;
use market_maker::position::store::{Applied, Durability, Recovery, Store, StoreConfig, SyncPolicy};

use crate::events::{Event, apply, below, hashes, random_of, register, rounds, small, stream};
use crate::memory::{LoggedWords, Step};

struct Run {
    config: StoreConfig,
    events: Vec<Event>,
    hashes: Vec<u64>,
}

impl Run {
    /// Opens what a cut left: the state before or after the event, never anything else. Says whether it is the one after.
    fn open(&self, image: &[u64], event: usize) -> bool {
        let memory = PlainWords::from_words(image);
        let store = Store::open_in(&memory, &self.config).unwrap();
        assert_eq!(store.recovery(), Recovery::Reopened);
        let hash = store.state().hash();
        if hash == self.hashes[event] {
            return false;
        }
        assert_eq!(hash, self.hashes[event + 1], "neither before nor after event {event}");
        true
    }

    /// Opens what a cut left and goes on to the end: nothing that the cut left behind comes back.
    fn go_on(&self, image: &[u64], event: usize) {
        let memory = PlainWords::from_words(image);
        let mut store = Store::open_in(&memory, &self.config).unwrap();
        let end = self.events.len().min(event + 6);
        for (at, next) in self.events.iter().enumerate().take(end).skip(event) {
            apply(&mut store, at as u64 + 1, next).unwrap();
            assert_eq!(store.state().hash(), self.hashes[at + 1]);
            let reopened = Store::open_in(&memory, &self.config).unwrap();
            assert_eq!(reopened.state().hash(), self.hashes[at + 1]);
        }
    }
}

fn cut_everywhere(durability: Durability, count: usize) {
    let config = small(durability);
    let events = stream(11, count);
    let run = Run { config, hashes: hashes(&config, &events), events };
    let words = (config.bytes().unwrap() / 8) as usize;
    let memory = LoggedWords::new(words);
    let mut store = Store::create_in(&memory, &config).unwrap();
    register(&mut store);
    memory.take_log();
    let mut random = random_of(12);
    let mut cuts = 0_u64;
    for event in 0..run.events.len() {
        let mut image = memory.image();
        apply(&mut store, event as u64 + 1, &run.events[event]).unwrap();
        let mut is_after = false;
        for step in memory.take_log() {
            let Step::Write { at, words } = step else { continue };
            // The order within one write is not promised: some random parts of it, before the orderly cuts.
            for _ in 0..if words.len() > 1 { 6 } else { 0 } {
                let mut torn = image.clone();
                for (place, &word) in words.iter().enumerate() {
                    let mask = [0, u64::MAX, u64::MAX << (8 * below(&mut random, 8))]
                        [below(&mut random, 3) as usize];
                    torn[at + place] = torn[at + place] & !mask | word & mask;
                }
                assert!(run.open(&torn, event) >= is_after);
                cuts += 1;
            }
            for (place, &word) in words.iter().enumerate() {
                let at = at + place;
                // The bytes of a word from below, and from above.
                for mask in (1..8).flat_map(|bytes| [u64::MAX >> (8 * bytes), u64::MAX << (8 * bytes)]) {
                    let mut torn = image.clone();
                    torn[at] = image[at] & !mask | word & mask;
                    assert!(run.open(&torn, event) >= is_after, "the state went back at word {at}");
                    cuts += 1;
                    if cuts.is_multiple_of(97) {
                        run.go_on(&torn, event);
                    }
                }
                image[at] = word;
                let now_after = run.open(&image, event);
                assert!(now_after >= is_after, "the state went back at word {at}");
                is_after = now_after;
                cuts += 1;
            }
        }
        assert!(is_after && image == memory.image());
    }
    println!("{cuts} cuts in {} events", run.events.len());
}

#[test]
fn a_cut_at_any_byte_leaves_the_state_before_or_after_the_event() {
    cut_everywhere(Durability::Process, rounds(70));
}

#[test]
fn a_cut_at_any_byte_of_a_checkpoint_does_no_harm_either() {
    cut_everywhere(Durability::Disk(SyncPolicy { every_events: 3, every_ns: 0 }), rounds(40));
}

#[test]
fn a_cut_while_a_store_is_made_leaves_no_store() {
    let config = small(Durability::Disk(SyncPolicy::default()));
    let memory = LoggedWords::new((config.bytes().unwrap() / 8) as usize);
    Store::create_in(&memory, &config).unwrap();
    let mut image = vec![0; (config.bytes().unwrap() / 8) as usize];
    let log = memory.take_log();
    let last_write = log.iter().rposition(|step| matches!(step, Step::Write { .. })).unwrap();
    for (number, step) in log.iter().enumerate() {
        let Step::Write { at, words } = step else { continue };
        image[*at..][..words.len()].copy_from_slice(words);
        let opened = Store::open_in(PlainWords::from_words(&image), &config);
        assert_eq!(opened.is_ok(), number == last_write);
    }
}

#[test]
fn a_cut_while_a_damaged_store_goes_back_to_its_checkpoint_loses_no_checkpoint() {
    let config = small(Durability::Disk(SyncPolicy::default()));
    let events = stream(21, 30);
    let hashes = hashes(&config, &events);
    let memory = LoggedWords::new((config.bytes().unwrap() / 8) as usize);
    let mut store = Store::create_in(&memory, &config).unwrap();
    register(&mut store);
    for (at, event) in events.iter().enumerate() {
        apply(&mut store, at as u64 + 1, event).unwrap();
        if at == 19 {
            store.sync().unwrap();
        }
    }
    // Damage both commits of the live area.
    let mut image = memory.image();
    image[512] ^= 1;
    image[1024] ^= 1;
    let memory = LoggedWords::new(image.len());
    memory.write_all(&image);
    let reopened = Store::open_in(&memory, &config).unwrap();
    assert!(matches!(reopened.recovery(), Recovery::FromCheckpoint { .. }));
    assert_eq!(reopened.state().hash(), hashes[20]);
    for step in memory.take_log() {
        let Step::Write { at, words } = step else { continue };
        image[at..][..words.len()].copy_from_slice(&words);
        let again = Store::open_in(PlainWords::from_words(&image), &config).unwrap();
        assert_eq!(again.state().hash(), hashes[20]);
    }
    let mut last = Store::open_in(PlainWords::from_words(&image), &config).unwrap();
    assert_eq!(last.recovery(), Recovery::Reopened);
    assert_eq!(apply(&mut last, 20, &events[19]).unwrap(), Applied::Duplicate);
}
