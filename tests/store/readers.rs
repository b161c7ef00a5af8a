//! Readers beside a writer.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use market_maker::position::store::{Durability, Store, StoreError, StoreReader};

use crate::events::{apply, hashes, register, rounds, small, stream};
use crate::files::Scratch;

#[test]
fn a_reader_sees_whole_events_only_and_never_goes_back() {
    let config = small(Durability::Process);
    let events = stream(41, rounds(20_000));
    let hashes = hashes(&config, &events);
    let scratch = Scratch::new("readers");
    let mut store = Store::create(scratch.path(), &config).unwrap();
    register(&mut store);
    let registered = store.epoch();
    let (done, reads) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let reader = StoreReader::open(scratch.path()).unwrap();
                let mut state = reader.state();
                let mut last = 0;
                while !done.load(Ordering::Acquire) {
                    match reader.read(&mut state) {
                        Ok(()) => {
                            assert!(state.epoch >= last);
                            last = state.epoch;
                            assert_eq!(state.hash(), hashes[(last - registered) as usize]);
                            reads.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(error) => assert_eq!(error, StoreError::Busy),
                    }
                    match reader.position(1) {
                        Ok(found) => {
                            let (slot, applied) = found.unwrap();
                            assert!(slot.instrument.0 == 1 && applied.last_event <= hashes.len() as u64);
                        }
                        Err(error) => assert_eq!(error, StoreError::Busy),
                    }
                    assert!(reader.epoch().is_ok_and(|epoch| epoch >= last) || reader.epoch().is_err());
                }
            });
        }
        for (at, event) in events.iter().enumerate() {
            apply(&mut store, at as u64 + 1, event).unwrap();
            if at % 16 == 0 {
                thread::yield_now();
            }
        }
        done.store(true, Ordering::Release);
    });
    let reader = StoreReader::open(scratch.path()).unwrap();
    let mut state = reader.state();
    reader.read(&mut state).unwrap();
    assert_eq!(state.hash(), store.state().hash());
    assert_eq!(reader.position(9).unwrap(), None);
    println!("{} whole reads beside {} events", reads.load(Ordering::Relaxed), events.len());
}
