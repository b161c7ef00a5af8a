//! The sequence lock with real threads; `tests/loom_mem.rs` has every interleaving of small cases.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::seqlock::{SeqLock, SeqValue};

#[test]
fn readers_never_see_half_a_value_and_time_never_runs_backwards() {
    const WRITES: u64 = if cfg!(miri) { 50 } else { 200_000 };
    // Every word is a function of the first: a mixture of two writes is found out.
    let value = |n: u64| std::array::from_fn::<u64, 8, _>(|at| n.wrapping_mul(at as u64 * 2 + 1));
    let (mut writer, reader) = SeqLock::split(value(0));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            let (reader, done) = (reader.clone(), &done);
            scope.spawn(move || {
                let mut last = 0;
                while !done.load(Ordering::Acquire) {
                    if let Some(words) = reader.try_read() {
                        assert_eq!(words, value(words[0]));
                        assert!(words[0] >= last);
                        last = words[0];
                    }
                    thread::yield_now();
                }
                assert_eq!(reader.read(), value(WRITES));
            });
        }
        for n in 1..=WRITES {
            writer.write(value(n));
            if n % 64 == 0 {
                thread::yield_now();
            }
        }
        done.store(true, Ordering::Release);
    });
    assert_eq!(reader.version(), WRITES);
}

#[test]
fn a_read_during_a_write_is_refused() {
    let (mut writer, reader) = SeqLock::split(1_u64);
    reader.shared.sequence.fetch_add(1, Ordering::Relaxed);
    assert_eq!(reader.try_read(), None);
    reader.shared.sequence.fetch_add(1, Ordering::Relaxed);
    writer.write(2);
    assert_eq!(reader.try_read(), Some(2));
}

#[test]
fn every_kind_of_value_survives_the_way_through_words() {
    fn there_and_back<T: SeqValue + PartialEq + fmt::Debug>(value: T) {
        let (mut writer, reader) = SeqLock::split(value);
        assert_eq!(reader.read(), value);
        writer.write(value);
        assert_eq!(reader.read(), value);
    }
    for value in [i128::MIN, -1, 0, 1 << 64, i128::MAX, 0x1234_5678_9ABC_DEF0_1122_3344_5566_7788] {
        there_and_back(value);
        there_and_back([(value, value as i64), (-value.max(-5), 7)]);
    }
    there_and_back((f64::MIN_POSITIVE, (true, u32::MAX)));
    there_and_back([-1_i64, i64::MIN]);
}
