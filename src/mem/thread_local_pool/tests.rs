use std::collections::HashSet;
use std::sync::mpsc;
use std::thread;

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

const STEPS: u64 = if cfg!(miri) { 300 } else { 100_000 };

#[test]
fn one_thread_gets_every_block_once_and_all_come_back() {
    for (capacity, batch) in [(1, 1), (7, 3), (64, 16), (100, 64)] {
        let shared = SharedPool::new(capacity, batch).unwrap();
        for _ in 0..3 {
            let mut pool = shared.local();
            let boxes: Vec<_> = (0..capacity).map(|n| pool.insert(n).unwrap()).collect();
            assert!(pool.insert(0).is_err());
            let places: HashSet<_> = boxes.iter().map(|b| std::ptr::from_ref(&**b)).collect();
            assert_eq!(places.len(), capacity as usize);
            for (n, object) in boxes.into_iter().enumerate() {
                assert_eq!(pool.take(object), n as u32);
            }
            assert_eq!(pool.stats().in_use, 0);
            drop(pool);
            assert_eq!(shared.stats().in_use, 0);
        }
        let stats = shared.stats();
        assert_eq!((stats.allocated, stats.freed), (u64::from(capacity) * 3, u64::from(capacity) * 3));
        assert_eq!(stats.high_water, u64::from(capacity));
    }
}

#[test]
fn threads_never_share_a_block_and_lose_none() {
    const THREADS: u64 = 4;
    const CAPACITY: u32 = 256;
    let shared: SharedPool<[u64; 8]> = SharedPool::new(CAPACITY, 8).unwrap();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let shared = &shared;
            scope.spawn(move || {
                let mut random = Xoshiro256PlusPlus::seed_from_u64(thread);
                let mut pool = shared.local();
                let mut held = Vec::new();
                for step in 0..STEPS {
                    let stamp = [thread << 48 | step; 8];
                    if random.next_u32() % 2 == 0 {
                        if let Ok(object) = pool.insert(stamp) {
                            held.push((object, stamp));
                        }
                    } else if !held.is_empty() {
                        let at = random.next_u32() as usize % held.len();
                        let (object, stamp) = held.swap_remove(at);
                        assert_eq!(*object, stamp, "another thread wrote here");
                        if step % 3 == 0 {
                            drop(object);
                        } else {
                            assert_eq!(pool.take(object), stamp);
                        }
                    }
                }
            });
        }
    });
    let stats = shared.stats();
    assert_eq!((stats.in_use, stats.allocated), (0, stats.freed));
    let mut pool = shared.local();
    let all: Vec<_> = (0..CAPACITY).map(|_| pool.insert([0; 8]).unwrap()).collect();
    assert_eq!(all.len(), CAPACITY as usize);
}

#[test]
fn objects_of_one_thread_can_be_taken_by_another() {
    let shared: SharedPool<Box<u64>> = SharedPool::new(64, 4).unwrap();
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let shared = &shared;
        scope.spawn(move || {
            let mut pool = shared.local();
            for n in 0..STEPS {
                let mut value = Box::new(n);
                let object = loop {
                    match pool.insert(value) {
                        Ok(object) => break object,
                        Err(Full(back)) => {
                            value = back;
                            thread::yield_now();
                        }
                    }
                };
                sender.send(object).unwrap();
            }
        });
        scope.spawn(move || {
            let mut pool = shared.local();
            for (n, object) in receiver.into_iter().enumerate() {
                assert_eq!(*pool.take(object), n as u64);
            }
        });
    });
    assert_eq!((shared.stats().in_use, shared.stats().freed), (0, STEPS));
}

#[test]
fn every_object_is_dropped_exactly_once() {
    let witness = Arc::new(());
    let shared = SharedPool::new(4, 2).unwrap();
    let mut pool = shared.local();
    let mut boxes: Vec<_> = (0..4).map(|_| pool.insert(Arc::clone(&witness)).unwrap()).collect();
    assert!(pool.insert(Arc::clone(&witness)).is_err());
    assert_eq!(Arc::strong_count(&witness), 5);
    drop(pool.take(boxes.pop().unwrap()));
    drop(boxes.pop());
    assert_eq!(Arc::strong_count(&witness), 3);
    drop(boxes);
    assert_eq!(Arc::strong_count(&witness), 1);
}

#[test]
fn raw_blocks_are_checked_on_their_way_back() {
    let config = RawPoolConfig { block_size: 48, alignment: 16, capacity: 10 };
    let shared = SharedRawPool::new(&config, 4).unwrap();
    let (mut pool, mut other) = (shared.local(), shared.local());
    let block = pool.alloc().unwrap();
    // SAFETY: inside the block of 48 bytes.
    assert_eq!(pool.free(unsafe { block.add(16) }), Err(PoolError::NotABlock));
    assert_eq!(pool.free(NonNull::dangling()), Err(PoolError::Foreign));
    assert_eq!(other.free(block), Ok(()));
    assert_eq!(pool.free(block), Err(PoolError::AlreadyFree));
    drop((pool, other));
    let mut pool = shared.local();
    let blocks: HashSet<_> = (0..10).map(|_| pool.alloc().unwrap()).collect();
    assert_eq!((blocks.len(), pool.alloc()), (10, Err(PoolError::Full)));
    for block in blocks {
        assert_eq!(block.addr().get() % 16, 0);
        pool.free(block).unwrap();
    }
    drop(pool);
    assert_eq!((shared.stats().in_use, shared.stats().allocated, shared.stats().freed), (0, 11, 11));
}

#[test]
fn the_slab_outlives_its_handle_while_a_thread_is_attached() {
    let config = RawPoolConfig { block_size: 8, alignment: 8, capacity: 2 };
    let mut pool = SharedRawPool::new(&config, 1).unwrap().local();
    let block = pool.alloc().unwrap().cast::<u64>();
    // SAFETY: the block is ours, has eight bytes and their alignment.
    unsafe { block.write(7) };
    // SAFETY: written above.
    assert_eq!(unsafe { block.read() }, 7);
    assert!(matches!(SharedRawPool::new(&config, 0), Err(PoolError::BadConfig(_))));
    assert!(matches!(SharedPool::<u8>::new(0, 1), Err(PoolError::BadConfig(_))));
}
