//! The boundary itself: handles, poisoning, configs that grow.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::config::{self, Config};
use super::event::mm_instrument_t;
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard, vacate};
use super::status::*;

struct counter_t;
impl Noun for counter_t {
    type Value = Counter;
    const NAME: &'static str = "counter_t";
    const TAG: u64 = 0x1111;
}

struct other_t;
impl Noun for other_t {
    type Value = u64;
    const NAME: &'static str = "other_t";
    const TAG: u64 = 0x2222;
}

#[derive(Default)]
struct Counter {
    count: u32,
    dropped: Arc<AtomicU32>,
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

fn add(pointer: *mut counter_t) -> mm_status_t {
    // SAFETY: these tests pass null or a handle of this library, from one thread.
    guard(unsafe { Exclusive::new(pointer) }, |counter| {
        counter.count += 1;
        Ok(MM_OK)
    })
}

fn read(pointer: *const counter_t) -> Result<u32, mm_status_t> {
    let mut count = 0;
    // SAFETY: as in `add`.
    let status = guard(unsafe { Shared::new(pointer) }, |counter| {
        count = counter.count;
        Ok(MM_OK)
    });
    if status == MM_OK { Ok(count) } else { Err(status) }
}

fn free<N: Noun>(pointer: *mut N) {
    // SAFETY: each test frees a handle once, at its end.
    unsafe { destroy(pointer) }
}

#[test]
fn null_and_foreign_handles_are_typed_errors() {
    assert_eq!(add(std::ptr::null_mut()), MM_E_NULL);
    let other = create::<other_t>(7);
    assert_eq!(add(other.cast()), MM_E_HANDLE);
    assert_eq!(read(other.cast_const().cast()), Err(MM_E_HANDLE));
    // Destroying it as the wrong noun leaves it alone.
    free(other.cast::<counter_t>());
    // SAFETY: a live handle.
    assert_eq!(guard(unsafe { Shared::new(other.cast_const()) }, |&value| Ok(value as i32)), 7);
    free(other);
    let mut bytes = [0_u64; 4];
    assert_eq!(add(bytes.as_mut_ptr().cast()), MM_E_HANDLE);
    assert_eq!(add(bytes.as_mut_ptr().cast::<u8>().wrapping_add(1).cast()), MM_E_HANDLE);
}

#[test]
fn destroying_null_is_fine_and_a_handle_drops_its_value_once() {
    free::<counter_t>(std::ptr::null_mut());
    let dropped = Arc::new(AtomicU32::new(0));
    let handle = create::<counter_t>(Counter { count: 0, dropped: dropped.clone() });
    assert_eq!(add(handle), MM_OK);
    assert_eq!(read(handle), Ok(1));
    free(handle);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn a_vacated_handle_is_none_until_its_value_is_back() {
    let dropped = Arc::new(AtomicU32::new(0));
    let handle = create::<counter_t>(Counter { count: 5, dropped: dropped.clone() });
    // SAFETY: a live handle of this thread.
    let Ok((place, value)) = (unsafe { vacate(handle) }) else { panic!("a live handle") };
    assert_eq!((add(handle), read(handle)), (MM_E_HANDLE, Err(MM_E_HANDLE)));
    // SAFETY: as above.
    let again = unsafe { vacate(handle) };
    assert_eq!(again.map(|_| ()).map_err(Failure::status), Err(MM_E_HANDLE));
    place.restore(value);
    assert_eq!((add(handle), read(handle)), (MM_OK, Ok(6)));

    // SAFETY: as above.
    let Ok((place, value)) = (unsafe { vacate(handle) }) else { panic!("a live handle") };
    place.free();
    assert_eq!((value.count, dropped.load(Ordering::Relaxed)), (6, 0), "the value lives elsewhere");
    drop(value);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn a_panic_becomes_a_status_and_poisons_the_handle_for_good() {
    let dropped = Arc::new(AtomicU32::new(0));
    let handle = create::<counter_t>(Counter { count: 0, dropped: dropped.clone() });
    // SAFETY: a live handle of this thread.
    let status = guard(unsafe { Exclusive::new(handle) }, |counter| {
        counter.count = 99;
        panic!("numbered {}", 5)
    });
    assert_eq!(status, MM_E_PANIC);
    // SAFETY: no precondition.
    let message = unsafe { mm_last_error_message() };
    // SAFETY: never null and NUL-terminated.
    let message = unsafe { std::ffi::CStr::from_ptr(message) };
    assert_eq!(message.to_str(), Ok("internal check failed: numbered 5"));
    assert_eq!(add(handle), MM_E_POISONED);
    assert_eq!(read(handle), Err(MM_E_POISONED));
    free(handle);
    assert_eq!(dropped.load(Ordering::Relaxed), 1, "a poisoned handle can still be destroyed");
}

#[test]
fn a_panic_in_a_reading_call_or_beside_another_handle_poisons_all_of_them() {
    let (left, right) = (create::<counter_t>(Counter::default()), create::<other_t>(1));
    // SAFETY: live handles of this thread.
    let pair = (unsafe { Exclusive::new(left) }, unsafe { Shared::new(right.cast_const()) });
    assert_eq!(guard(pair, |_| panic!("both")), MM_E_PANIC);
    assert_eq!(add(left), MM_E_POISONED);
    // SAFETY: as above.
    assert_eq!(guard(unsafe { Shared::new(right.cast_const()) }, |_| Ok(MM_OK)), MM_E_POISONED);
    free(left);
    free(right);
    assert_eq!(guard(NoHandle, |()| panic!("without a handle")), MM_E_PANIC);
    assert_eq!(guard(NoHandle, |()| Ok(MM_OK)), MM_OK);
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Settings {
    struct_size: usize,
    first: u64,
    grown: u64,
}

// SAFETY: repr(C), begins with its size, no padding, plain integers.
unsafe impl Config for Settings {
    const FIRST_SIZE: usize = 16;
    fn defaults() -> Self {
        Self { struct_size: 24, first: 10, grown: 20 }
    }
}

fn read_settings(words: &[u64]) -> Result<Settings, mm_status_t> {
    // SAFETY: every call below states a size within its array, or one that is refused before anything is read.
    unsafe { config::read(words.as_ptr().cast::<Settings>()) }.map_err(Failure::status)
}

#[test]
fn an_older_callers_struct_keeps_the_defaults_of_the_fields_it_lacks() {
    assert_eq!(read_settings(&[16, 1]), Ok(Settings { struct_size: 16, first: 1, grown: 20 }));
    assert_eq!(read_settings(&[24, 1, 2]), Ok(Settings { struct_size: 24, first: 1, grown: 2 }));
}

#[test]
fn a_newer_callers_struct_is_taken_only_if_its_unknown_fields_are_zero() {
    assert_eq!(read_settings(&[32, 1, 2, 0]), Ok(Settings { struct_size: 32, first: 1, grown: 2 }));
    assert_eq!(read_settings(&[32, 1, 2, 3]), Err(MM_E_STRUCT_SIZE));
}

#[test]
fn a_struct_size_that_cannot_be_is_refused() {
    for size in [0, 8, 15, 1 << 20, u64::MAX] {
        assert_eq!(read_settings(&[size, 1, 2]), Err(MM_E_STRUCT_SIZE), "{size}");
    }
    // SAFETY: null is an error by contract.
    assert_eq!(unsafe { config::read(std::ptr::null::<Settings>()) }, Err(Failure::null("config")));
}

#[test]
fn init_writes_exactly_the_callers_struct() {
    for (size, expected) in [(16, [16, 10, 7, 7]), (24, [24, 10, 20, 7]), (32, [32, 10, 20, 0])] {
        let mut words = [7_u64; 4];
        // SAFETY: `size` bytes of the array are writable.
        assert_eq!(unsafe { config::init(words.as_mut_ptr().cast::<Settings>(), size) }, Ok(MM_OK));
        assert_eq!(words, expected);
    }
    let mut words = [7_u64; 4];
    // SAFETY: refused before anything is written.
    assert!(unsafe { config::init(words.as_mut_ptr().cast::<Settings>(), 8) }.is_err());
    assert_eq!(words, [7; 4]);
}

#[test]
fn an_instrument_crosses_with_its_name_and_fees_or_says_what_is_wrong() {
    use crate::types::{Instrument, Price};
    let mut config = mm_instrument_t::defaults();
    for (to, from) in config.symbol.iter_mut().zip(b"AAPL") {
        *to = from.cast_signed() as _;
    }
    config.taker_rate_ppb = 40_000;
    config.id = 5;
    let instrument = Instrument::try_from(&config).unwrap();
    assert_eq!((instrument.symbol.as_str(), instrument.id.0), ("AAPL", 5));
    assert_eq!(instrument.fees.taker_rate_ppb, 40_000);
    assert_eq!(instrument.price("585.33"), Ok(Price(58_533)));
    config.tick = 0.0;
    assert_eq!(Instrument::try_from(&config).unwrap_err().status(), MM_E_INVALID_ARGUMENT);
}
