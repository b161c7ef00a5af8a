//! Every bit of a file flipped, one at a time.

use market_maker::mem::shared_words::{PlainWords, SharedWords, Words};
use market_maker::position::store::{Durability, Recovery, Store, StoreReader, SyncPolicy};

use crate::events::{apply, register, small, stream};

/// Flips each bit of a store after `count` events; returns how many flips were refused, mended and harmless.
fn flip_all(durability: Durability, count: usize) -> [usize; 3] {
    let config = small(durability);
    let events = stream(5, count);
    let memory = PlainWords::new((config.bytes().unwrap() / 8) as usize);
    let mut store = Store::create_in(&memory, &config).unwrap();
    register(&mut store);
    for (at, event) in events.iter().enumerate() {
        apply(&mut store, at as u64 + 1, event).unwrap();
        if at == count - 3 {
            store.sync().unwrap();
        }
    }
    let truth = store.state();
    drop(store);
    let image = memory.to_words();
    let mut seen = [0; 3];
    let restore = || image.iter().enumerate().for_each(|(at, &word)| memory.store(at, word));
    for at in 0..memory.len() {
        for bit in 0..64 {
            let damaged = image[at] ^ 1 << bit;
            memory.store(at, damaged);
            let reader = StoreReader::open_in(&memory).and_then(|reader| {
                let mut state = reader.state();
                reader.read(&mut state).map(|()| state)
            });
            // Whoever reads beside a writer sees the same or is told.
            assert!(reader.is_err() || reader.is_ok_and(|state| state.hash() == truth.hash()), "{at} {bit}");
            match Store::open_in(&memory, &config) {
                Err(_) => {
                    seen[0] += 1;
                    assert_eq!(memory.load(at), damaged);
                }
                Ok(store) if store.recovery() == Recovery::Reopened => {
                    seen[2] += 1;
                    assert_eq!(store.state(), truth, "word {at}, bit {bit}");
                }
                Ok(store) => {
                    seen[1] += 1;
                    assert!(
                        matches!(store.recovery(), Recovery::FromCheckpoint { epoch } if epoch < truth.epoch)
                    );
                    restore();
                }
            }
            memory.store(at, image[at]);
        }
        if at % 64 == 0 {
            assert_eq!(memory.to_words(), image, "an opening that was refused has changed nothing");
        }
    }
    println!("refused {}, put back to the checkpoint {}, harmless {}", seen[0], seen[1], seen[2]);
    seen
}

#[test]
fn a_flipped_bit_is_detected_or_harmless() {
    let [refused, mended, harmless] = flip_all(Durability::Process, 40);
    assert!(refused > 10_000 && mended == 0 && harmless > 10_000);
}

#[test]
fn a_flipped_bit_of_a_store_with_checkpoints_is_detected_or_mended_or_harmless() {
    let [refused, mended, harmless] = flip_all(Durability::Disk(SyncPolicy::default()), 40);
    assert!(refused > 100 && mended > 10_000 && harmless > 10_000);
}
