use std::collections::HashMap;
use std::rc::Rc;

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

const STEPS: usize = if cfg!(miri) { 2_000 } else { 300_000 };

#[test]
fn pool_agrees_with_a_map_and_old_keys_find_nothing() {
    for seed in 0..4 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let capacity = 1 + (random.next_u32() % 40);
        let mut pool = Pool::new(capacity);
        let mut model: HashMap<PoolKey, u64> = HashMap::new();
        let mut dead: Vec<PoolKey> = Vec::new();
        let (mut inserted, mut high_water) = (0, 0);
        for _ in 0..STEPS {
            let value = random.next_u64();
            if random.next_u32() % 2 == 0 {
                match pool.insert(value) {
                    Ok(key) => {
                        assert!(model.insert(key, value).is_none(), "a key was given twice");
                        inserted += 1;
                    }
                    Err(Full(back)) => {
                        assert_eq!((back, model.len()), (value, capacity as usize));
                    }
                }
            } else if let Some(&key) = model.keys().nth(random.next_u32() as usize % model.len().max(1)) {
                *pool.get_mut(key).unwrap() ^= 1;
                assert_eq!(pool.remove(key), model.remove(&key).map(|v| v ^ 1));
                dead.push(key);
            }
            if let Some(&key) = dead.get(random.next_u32() as usize % dead.len().max(1)) {
                assert_eq!((pool.get(key), pool.contains(key)), (None, false));
                assert_eq!(pool.remove(key), None);
            }
            high_water = high_water.max(model.len());
        }
        assert!(pool.iter().all(|(key, value)| model.get(&key) == Some(value)));
        assert_eq!(pool.iter().count(), model.len());
        let stats = pool.stats();
        assert_eq!((stats.in_use, stats.high_water), (model.len() as u64, high_water as u64));
        assert_eq!((stats.allocated, stats.freed), (inserted, inserted - model.len() as u64));
    }
}

#[test]
fn key_of_a_slot_that_was_never_used_finds_nothing() {
    let mut pool: Pool<u32> = Pool::new(2);
    for generation in [0, 1, 2, u32::MAX] {
        assert_eq!(pool.remove(PoolKey { index: 0, generation }), None);
        assert_eq!(pool.get(PoolKey { index: 9, generation }), None);
    }
    assert_eq!(pool.len(), 0);
    assert!(Pool::<u8>::new(0).insert(1).is_err());
}

#[test]
fn every_object_is_dropped_exactly_once() {
    let witness = Rc::new(());
    {
        let mut pool = Pool::new(8);
        let keys: Vec<_> = (0..8).map(|_| pool.insert(Rc::clone(&witness)).unwrap()).collect();
        assert!(pool.insert(Rc::clone(&witness)).is_err());
        assert_eq!(Rc::strong_count(&witness), 9, "the refused object was dropped by us alone");
        drop(pool.remove(keys[3]));
        drop(pool.remove(keys[3]));
        assert_eq!(Rc::strong_count(&witness), 8);
        pool.insert(Rc::clone(&witness)).unwrap();
        pool.remove(keys[0]);
        assert_eq!(Rc::strong_count(&witness), 8);
    }
    assert_eq!(Rc::strong_count(&witness), 1);
    let mut pool = Pool::new(3);
    pool.insert(Rc::clone(&witness)).unwrap();
    pool.clear();
    assert_eq!((Rc::strong_count(&witness), pool.len()), (1, 0));
    assert_eq!((0..4).filter(|_| pool.insert(Rc::clone(&witness)).is_ok()).count(), 3);
}

#[test]
fn raw_blocks_are_aligned_disjoint_and_all_usable() {
    for (block_size, alignment, capacity) in
        [(1, 1, 9), (24, 8, 5), (64, 64, 17), (65, 64, 4), (100, 4, 33), (3, 4096, 3)]
    {
        let mut pool = RawPool::new(&RawPoolConfig { block_size, alignment, capacity }).unwrap();
        let blocks: Vec<_> = (0..capacity).map(|_| pool.alloc().unwrap()).collect();
        assert_eq!(pool.alloc(), Err(PoolError::Full));
        for (tag, block) in blocks.iter().enumerate() {
            assert_eq!(block.addr().get() % alignment, 0);
            // SAFETY: the block is ours and has `block_size` bytes.
            unsafe { block.as_ptr().write_bytes(tag as u8, block_size) };
        }
        for (tag, block) in blocks.iter().enumerate() {
            for at in 0..block_size {
                // SAFETY: inside the block, which was written above.
                let address = unsafe { block.add(at) };
                // SAFETY: as above.
                assert_eq!(unsafe { address.read() }, tag as u8);
            }
        }
        for block in blocks {
            assert!(pool.is_allocated(block));
            assert_eq!(pool.free(block), Ok(()));
            assert!(!pool.is_allocated(block));
        }
        assert_eq!((pool.stats().in_use, pool.stats().high_water), (0, u64::from(capacity)));
    }
}

#[test]
fn raw_free_of_what_is_not_ours_changes_nothing() {
    let mut pool = RawPool::new(&RawPoolConfig { block_size: 40, alignment: 8, capacity: 3 }).unwrap();
    let mut other = RawPool::new(&RawPoolConfig { block_size: 40, alignment: 8, capacity: 3 }).unwrap();
    let block = pool.alloc().unwrap();
    let before = pool.stats();
    assert_eq!(pool.free(other.alloc().unwrap()), Err(PoolError::Foreign));
    for inside in 1..40 {
        // SAFETY: inside the block of 40 bytes.
        assert_eq!(pool.free(unsafe { block.add(inside) }), Err(PoolError::NotABlock), "{inside}");
    }
    assert_eq!(pool.free(NonNull::dangling()), Err(PoolError::Foreign));
    assert_eq!(pool.stats(), before);
    assert_eq!(pool.free(block), Ok(()));
    assert_eq!(pool.free(block), Err(PoolError::AlreadyFree));
    // A block that was never handed out is free as well.
    let never = (0..3).map(|_| pool.alloc().unwrap()).last().unwrap();
    pool.free(never).unwrap();
    assert_eq!(pool.free(never), Err(PoolError::AlreadyFree));
}

#[test]
fn division_by_the_stride_is_exact_for_every_offset() {
    for stride in [1, 2, 3, 7, 24, 64, 100, 4095] {
        let config = RawPoolConfig { block_size: stride, alignment: 1, capacity: 50 };
        let region = Region::new(&config).unwrap();
        for offset in 0..stride * 50 {
            // SAFETY: inside the region.
            let address = unsafe { region.base.add(offset) };
            let expected =
                if offset % stride == 0 { Ok((offset / stride) as u32) } else { Err(PoolError::NotABlock) };
            assert_eq!(region.index_of(address), expected, "{offset} / {stride}");
        }
    }
}

#[test]
fn raw_pool_refuses_impossible_configurations() {
    for (block_size, alignment, capacity) in [
        (0, 8, 1),
        (8, 8, 0),
        (8, 0, 1),
        (8, 12, 1),
        (usize::MAX, 8, 1),
        (usize::MAX / 2, 1, 3),
        (1 << 40, 1, 1 << 22),
    ] {
        let config = RawPoolConfig { block_size, alignment, capacity };
        assert!(matches!(RawPool::new(&config), Err(PoolError::BadConfig(_))), "{config:?}");
    }
}
