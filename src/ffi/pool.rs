//! Fixed memory: `mm_pool_t`, a slab of blocks of one size that is taken once.

use std::ffi::c_void;
use std::ptr::NonNull;

use super::args::{self, Out};
use super::config::{self, Config};
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::status::*;
use crate::mem::pool::{PoolError, PoolStats, RawPool, RawPoolConfig};

/// A slab of blocks of one size.
pub struct mm_pool_t {
    _opaque: [u8; 0],
}

/// A pool behind the boundary.
#[derive(Debug)]
pub(super) struct Blocks(RawPool);

// SAFETY: a shared reference only reads counters and free links, which nobody changes while it exists; the blocks
// themselves are reached by nobody through it.
unsafe impl Sync for Blocks {}

impl Noun for mm_pool_t {
    type Value = Blocks;
    const NAME: &'static str = "mm_pool_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-pool\0");
}

/// Size, alignment and number of a pool's blocks.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_pool_config_t {
    /// Set by `mm_pool_config_init`.
    pub struct_size: usize,
    /// Bytes of a block, at least 1. Default 64.
    pub block_size: usize,
    /// Alignment of every block, a power of two. Default 64.
    pub alignment: usize,
    /// Number of blocks, at least 1. Default 1024.
    pub capacity: u32,
    /// Zero.
    pub reserved: u32,
}

// SAFETY: repr(C), begins with `struct_size`, the fields fill the struct without padding, all integers.
unsafe impl Config for mm_pool_config_t {
    const FIRST_SIZE: usize = 3 * size_of::<usize>() + 8;
    fn defaults() -> Self {
        Self { struct_size: size_of::<Self>(), block_size: 64, alignment: 64, capacity: 1024, reserved: 0 }
    }
}

const _: () = assert!(size_of::<mm_pool_config_t>() >= <mm_pool_config_t as Config>::FIRST_SIZE);

/// What a pool has done so far.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_pool_stats_t {
    /// Blocks that there are.
    pub capacity: u64,
    /// Blocks in use now.
    pub in_use: u64,
    /// Most blocks that were in use at once.
    pub high_water: u64,
    /// Allocations so far.
    pub allocated: u64,
    /// Frees so far.
    pub freed: u64,
}

impl From<PoolStats> for mm_pool_stats_t {
    fn from(stats: PoolStats) -> Self {
        Self {
            capacity: stats.capacity,
            in_use: stats.in_use,
            high_water: stats.high_water,
            allocated: stats.allocated,
            freed: stats.freed,
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        let status = match error {
            PoolError::Full => MM_E_FULL,
            PoolError::Foreign | PoolError::NotABlock => MM_E_BLOCK_FOREIGN,
            PoolError::AlreadyFree => MM_E_BLOCK_FREE,
            PoolError::BadConfig(_) => MM_E_INVALID_ARGUMENT,
        };
        Self::new(status, format_args!("{error}"))
    }
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_pool_config_init(
    config: *mut mm_pool_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Makes a pool with every block free and all its memory in place.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a size, alignment or capacity that cannot be,
/// `MM_E_OUT_OF_MEMORY`.
///
/// # Safety
/// `config` points to an initialised config; `pool` is writable. Free the handle with `mm_pool_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_pool_create(
    config: *const mm_pool_config_t,
    pool: *mut *mut mm_pool_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(pool, "pool") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        let stride = config.block_size.saturating_add(config.alignment.saturating_sub(1));
        args::affordable(stride.saturating_add(4).saturating_mul(config.capacity as usize))?;
        let value = RawPool::new(&RawPoolConfig {
            block_size: config.block_size,
            alignment: config.alignment,
            capacity: config.capacity,
        })?;
        out.set(create(Blocks(value)));
        Ok(MM_OK)
    })
}

/// Frees a pool and every block of it. Null is fine.
///
/// # Safety
/// `pool` is null or a live handle that is not used afterwards, nor are its blocks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_pool_destroy(pool: *mut mm_pool_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(pool) }
}

/// Hands out a block, aligned, with whatever it last held. It is valid until it is freed or the pool is destroyed. Hot
/// path, O(1).
///
/// # Errors
/// `MM_E_FULL`.
///
/// # Safety
/// `pool` is a live handle that no other thread uses; `block` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_pool_alloc(pool: *mut mm_pool_t, block: *mut *mut c_void) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(pool) }, |pool| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(block, "block") }?;
        out.set(pool.0.alloc()?.as_ptr().cast());
        Ok(MM_OK)
    })
}

/// Takes a block back. Null is fine. Hot path, O(1).
///
/// # Errors
/// `MM_E_BLOCK_FOREIGN` for a pointer that is not to a block of this pool, `MM_E_BLOCK_FREE` for a block that is free
/// already.
///
/// # Safety
/// `pool` is a live handle that no other thread uses; the block is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_pool_free(pool: *mut mm_pool_t, block: *mut c_void) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(pool) }, |pool| {
        if let Some(block) = NonNull::new(block) {
            pool.0.free(block.cast())?;
        }
        Ok(MM_OK)
    })
}

/// What the pool has done so far.
///
/// # Safety
/// `pool` is a live handle that no other thread changes; `stats` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_pool_stats(pool: *const mm_pool_t, stats: *mut mm_pool_stats_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(stats, "stats") }?.set(pool.0.stats().into());
        Ok(MM_OK)
    })
}

/// Fails as a bug in the library would: returns `MM_E_PANIC` and poisons the pool. For a host's tests of what it does
/// when that happens; nothing else calls it.
///
/// # Safety
/// `pool` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_pool_simulate_panic(pool: *mut mm_pool_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(pool) }, |_| panic!("simulated"))
}
