//! Fixed slabs for one owner: objects of one type behind checked keys, and raw blocks behind checked pointers.
//!
//! All memory is taken and touched at construction, so that no later call faults a page in. Insert, remove and get are
//! O(1) and hot path: a free list of indices (last freed, first reused: the warmest block) and one generation count
//! per slot. A full pool refuses with a typed error and changes nothing. Not thread-safe; see
//! [`thread_local_pool`](super::thread_local_pool) for many threads.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// Ends a free list.
pub(super) const NONE: u32 = u32::MAX;
/// Stands in place of the link of a block that is in use.
const IN_USE: u32 = u32::MAX - 1;
/// Most blocks of a pool: indices below the two marks.
pub(super) const MAX_CAPACITY: u32 = u32::MAX - 2;

/// Why a pool refused. Nothing has changed when one is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// Every block is in use.
    #[error("the pool is full")]
    Full,
    /// The pointer does not point into the pool's memory.
    #[error("the pointer is not from this pool")]
    Foreign,
    /// The pointer points into a block and not at its beginning.
    #[error("the pointer is not at the beginning of a block")]
    NotABlock,
    /// The block is free already.
    #[error("the block is free already")]
    AlreadyFree,
    /// A size, alignment or capacity that cannot be.
    #[error("bad pool configuration: {0}")]
    BadConfig(&'static str),
}

/// A pool was full: gives back what was to be stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Full<T>(pub T);

impl<T> fmt::Debug for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Full(..)")
    }
}

impl<T> fmt::Display for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the pool is full")
    }
}

impl<T> std::error::Error for Full<T> {}

/// What a pool has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct PoolStats {
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

/// The counters behind [`PoolStats`]. The high-water mark needs none: freed blocks are reused first, so a block is handed
/// out for the first time only when all those before it are in use.
#[derive(Clone, Copy, Debug, Default)]
struct Counters {
    allocated: u64,
    freed: u64,
}

impl Counters {
    const fn stats(&self, capacity: u32, high_water: u32) -> PoolStats {
        PoolStats {
            capacity: capacity as u64,
            in_use: self.allocated - self.freed,
            high_water: high_water as u64,
            allocated: self.allocated,
            freed: self.freed,
        }
    }
}

/// Uninitialised storage whose pages are in memory already.
pub(super) fn touched_storage<T>(capacity: usize) -> Box<[MaybeUninit<T>]> {
    let mut storage = Box::new_uninit_slice(capacity);
    // Not zero: the compiler may turn allocate-and-zero into a request for fresh zero pages, which touches none.
    // SAFETY: the storage is `capacity` elements of MaybeUninit, for which every byte is valid.
    unsafe { storage.as_mut_ptr().write_bytes(0xA5, capacity) };
    storage
}

/// Names an object in a [`Pool`]. It is worthless once the object was removed, even when its slot is in use again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct PoolKey {
    /// The slot.
    pub index: u32,
    /// How often the slot had changed hands; odd, because that is what a slot in use has.
    pub generation: u32,
}

#[derive(Clone, Copy)]
struct Meta {
    /// Odd while the slot is in use. A key can be mistaken for a later one only after 2³¹ reuses of its slot.
    generation: u32,
    next_free: u32,
}

/// A slab of at most `capacity` objects of one type.
///
/// ```
/// use market_maker::mem::pool::{Full, Pool};
/// let mut pool = Pool::new(2);
/// let a = pool.insert("a").unwrap();
/// let b = pool.insert("b").unwrap();
/// assert_eq!(pool.insert("c"), Err(Full("c")));
/// assert_eq!(pool.remove(a), Some("a"));
/// let c = pool.insert("c").unwrap();
/// assert_eq!((pool.get(a), pool.get(b), pool.get(c)), (None, Some(&"b"), Some(&"c")));
/// ```
pub struct Pool<T> {
    /// As many as there are `meta`.
    values: Box<[MaybeUninit<T>]>,
    meta: Box<[Meta]>,
    /// The slot that was freed last, or [`NONE`].
    free: u32,
    /// The first slot that was never used.
    fresh: u32,
    counters: Counters,
}

impl<T> Pool<T> {
    /// An empty pool for `capacity` objects.
    ///
    /// # Panics
    /// When `capacity` exceeds 2³² − 3, or the allocator has no memory.
    #[must_use]
    pub fn new(capacity: u32) -> Self {
        assert!(capacity <= MAX_CAPACITY, "a pool holds at most 2^32 - 3 objects");
        Self {
            values: touched_storage(capacity as usize),
            // Not all zero, for the reason in `touched_storage`.
            meta: vec![Meta { generation: 0, next_free: NONE }; capacity as usize].into_boxed_slice(),
            free: NONE,
            fresh: 0,
            counters: Counters::default(),
        }
    }

    /// Stores an object. Hot path, O(1).
    ///
    /// # Errors
    /// [`Full`] with the object when every slot is in use.
    #[inline]
    pub fn insert(&mut self, value: T) -> Result<PoolKey, Full<T>> {
        let is_fresh = self.free == NONE;
        let index = if is_fresh { self.fresh } else { self.free };
        let Some(meta) = self.meta.get_mut(index as usize) else {
            return Err(Full(value));
        };
        if is_fresh {
            self.fresh += 1;
        } else {
            self.free = meta.next_free;
        }
        meta.generation = meta.generation.wrapping_add(1);
        let generation = meta.generation;
        // SAFETY: the index was in bounds of `meta`, and there are as many values.
        let slot = unsafe { self.values.get_unchecked_mut(index as usize) };
        slot.write(value);
        self.counters.allocated += 1;
        Ok(PoolKey { index, generation })
    }

    /// The slot of a key whose object is here. `contains` is `true` for exactly those.
    #[inline]
    fn live(&self, key: PoolKey) -> Option<usize> {
        let meta = self.meta.get(key.index as usize)?;
        // An even generation would match a free slot.
        (meta.generation == key.generation && key.generation & 1 == 1).then_some(key.index as usize)
    }

    /// Takes an object out. Hot path, O(1).
    #[inline]
    pub fn remove(&mut self, key: PoolKey) -> Option<T> {
        let index = self.live(key)?;
        let meta = &mut self.meta[index];
        meta.generation = meta.generation.wrapping_add(1);
        meta.next_free = self.free;
        self.free = key.index;
        self.counters.freed += 1;
        // SAFETY: `live` gives indices in bounds of `meta`, and there are as many values.
        let value = unsafe { self.values.get_unchecked(index) };
        // SAFETY: the slot was in use, so it holds an object; its generation is even now, so nobody reads it again.
        Some(unsafe { value.assume_init_read() })
    }

    /// The object of a key. Hot path, O(1).
    #[inline]
    #[must_use]
    pub fn get(&self, key: PoolKey) -> Option<&T> {
        let index = self.live(key)?;
        // SAFETY: `live` gives indices in bounds of `meta`, and there are as many values.
        let value = unsafe { self.values.get_unchecked(index) };
        // SAFETY: slots in use hold objects.
        Some(unsafe { value.assume_init_ref() })
    }

    /// The object of a key. Hot path, O(1).
    #[inline]
    pub fn get_mut(&mut self, key: PoolKey) -> Option<&mut T> {
        let index = self.live(key)?;
        // SAFETY: `live` gives indices in bounds of `meta`, and there are as many values.
        let value = unsafe { self.values.get_unchecked_mut(index) };
        // SAFETY: slots in use hold objects.
        Some(unsafe { value.assume_init_mut() })
    }

    /// Whether the object of a key is here. Hot path, O(1).
    #[must_use]
    pub fn contains(&self, key: PoolKey) -> bool {
        self.live(key).is_some()
    }

    /// The objects and their keys by slot. O(capacity).
    pub fn iter(&self) -> impl Iterator<Item = (PoolKey, &T)> {
        self.meta.iter().enumerate().filter_map(|(index, meta)| {
            let key = PoolKey { index: index as u32, generation: meta.generation };
            self.get(key).map(|value| (key, value))
        })
    }

    /// Drops every object. O(capacity).
    pub fn clear(&mut self) {
        for index in 0..self.meta.len() {
            // The key of a free slot has an even generation and removes nothing.
            drop(self.remove(PoolKey { index: index as u32, generation: self.meta[index].generation }));
        }
    }

    /// Objects in the pool.
    #[must_use]
    pub const fn len(&self) -> usize {
        (self.counters.allocated - self.counters.freed) as usize
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Objects that fit.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.meta.len()
    }

    /// Whether an insert is refused.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.free == NONE && self.fresh as usize == self.meta.len()
    }

    /// What the pool has done so far.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        self.counters.stats(self.meta.len() as u32, self.fresh)
    }
}

impl<T> Drop for Pool<T> {
    fn drop(&mut self) {
        if std::mem::needs_drop::<T>() {
            self.clear();
        }
    }
}

impl<T> fmt::Debug for Pool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

/// Size, alignment and number of a raw pool's blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawPoolConfig {
    /// Bytes of a block, at least 1.
    pub block_size: usize,
    /// Alignment of every block, a power of two.
    pub alignment: usize,
    /// Number of blocks, at least 1.
    pub capacity: u32,
}

/// The memory of a raw pool: blocks at a fixed stride, told apart by checked arithmetic.
pub(super) struct Region {
    base: NonNull<u8>,
    layout: Layout,
    stride: usize,
    /// ⌈2⁶⁴ / stride⌉: an offset is divided by one multiplication, exactly, because size × stride < 2⁶⁴.
    reciprocal: u64,
    capacity: u32,
}

// SAFETY: the region owns its memory; handing out addresses reads only its own constants.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

impl Region {
    pub fn new(config: &RawPoolConfig) -> Result<Self, PoolError> {
        let RawPoolConfig { block_size, alignment, capacity } = *config;
        if block_size == 0 || capacity == 0 || capacity > MAX_CAPACITY {
            return Err(PoolError::BadConfig("block_size and capacity must be positive"));
        }
        if !alignment.is_power_of_two() {
            return Err(PoolError::BadConfig("alignment must be a power of two"));
        }
        let too_large = PoolError::BadConfig("the blocks do not fit the address space");
        let stride = block_size.checked_next_multiple_of(alignment).ok_or(too_large)?;
        let size = stride.checked_mul(capacity as usize).ok_or(too_large)?;
        if (size as u64).checked_mul(stride as u64).is_none() {
            return Err(too_large);
        }
        let layout = Layout::from_size_align(size, alignment).map_err(|_| too_large)?;
        // SAFETY: the layout is not empty: block_size and capacity are positive.
        let base = unsafe { alloc(layout) };
        let Some(base) = NonNull::new(base) else { handle_alloc_error(layout) };
        // Touched now, so that no page is faulted in later; not zero for the reason in `touched_storage`.
        // SAFETY: the allocation is `size` bytes.
        unsafe { base.as_ptr().write_bytes(0xA5, size) };
        // For stride 1 the reciprocal would be 2⁶⁴; `index_of` does not use it then.
        let reciprocal = (u64::MAX / stride as u64).wrapping_add(1);
        Ok(Self { base, layout, stride, reciprocal, capacity })
    }

    pub const fn capacity(&self) -> u32 {
        self.capacity
    }

    /// The block with this index, which must be below the capacity.
    #[inline]
    pub fn block(&self, index: u32) -> NonNull<u8> {
        debug_assert!(index < self.capacity);
        let offset = index as usize * self.stride;
        // SAFETY: every caller's index comes from a free list of this region and is below the capacity, so the offset
        // lies inside the allocation.
        unsafe { self.base.add(offset) }
    }

    /// The index of the block at this address.
    #[inline]
    pub fn index_of(&self, block: NonNull<u8>) -> Result<u32, PoolError> {
        let offset = block.addr().get().wrapping_sub(self.base.addr().get());
        if offset >= self.layout.size() {
            return Err(PoolError::Foreign);
        }
        let index = if self.stride == 1 {
            offset
        } else {
            ((offset as u128 * u128::from(self.reciprocal)) >> 64) as usize
        };
        if index * self.stride != offset {
            return Err(PoolError::NotABlock);
        }
        Ok(index as u32)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: `base` was allocated with this layout and is freed once, here.
        unsafe { dealloc(self.base.as_ptr(), self.layout) };
    }
}

/// A slab of raw blocks of one size: what the C ABI's pool hands out.
///
/// ```
/// use market_maker::mem::pool::{PoolError, RawPool, RawPoolConfig};
/// let mut pool = RawPool::new(&RawPoolConfig { block_size: 48, alignment: 64, capacity: 2 }).unwrap();
/// let block = pool.alloc().unwrap();
/// assert_eq!(block.addr().get() % 64, 0);
/// assert_eq!(pool.free(block), Ok(()));
/// assert_eq!(pool.free(block), Err(PoolError::AlreadyFree));
/// ```
pub struct RawPool {
    region: Region,
    /// Per block: the next free one, or [`IN_USE`].
    links: Box<[u32]>,
    /// The block that was freed last, or [`NONE`].
    free: u32,
    /// The first block that was never used.
    fresh: u32,
    counters: Counters,
    /// Blocks belong to whoever holds the pool: one owner at a time.
    _owner: PhantomData<*mut u8>,
}

// SAFETY: the pool owns its memory; moving it to another thread moves the right to hand blocks out.
unsafe impl Send for RawPool {}

impl RawPool {
    /// A pool with every block free.
    ///
    /// # Errors
    /// [`PoolError::BadConfig`] for a size or capacity of 0, an alignment that is no power of two, or more bytes than
    /// fit the address space.
    pub fn new(config: &RawPoolConfig) -> Result<Self, PoolError> {
        let region = Region::new(config)?;
        let links = vec![NONE; config.capacity as usize].into_boxed_slice();
        Ok(Self { region, links, free: NONE, fresh: 0, counters: Counters::default(), _owner: PhantomData })
    }

    /// A block, aligned, with whatever it last held. It is valid until it is freed or the pool is dropped. Hot path,
    /// O(1).
    ///
    /// # Errors
    /// [`PoolError::Full`].
    #[inline]
    pub fn alloc(&mut self) -> Result<NonNull<u8>, PoolError> {
        let is_fresh = self.free == NONE;
        let index = if is_fresh { self.fresh } else { self.free };
        let Some(link) = self.links.get_mut(index as usize) else {
            return Err(PoolError::Full);
        };
        if is_fresh {
            self.fresh += 1;
        } else {
            self.free = *link;
        }
        *link = IN_USE;
        self.counters.allocated += 1;
        Ok(self.region.block(index))
    }

    /// Takes a block back. Hot path, O(1).
    ///
    /// # Errors
    /// [`PoolError::Foreign`], [`PoolError::NotABlock`], [`PoolError::AlreadyFree`]. A block that was freed and handed out
    /// again since cannot be told from the new one.
    #[inline]
    pub fn free(&mut self, block: NonNull<u8>) -> Result<(), PoolError> {
        let index = self.region.index_of(block)?;
        let link = &mut self.links[index as usize];
        if *link != IN_USE {
            return Err(PoolError::AlreadyFree);
        }
        *link = self.free;
        self.free = index;
        self.counters.freed += 1;
        Ok(())
    }

    /// Whether the address is that of a block in use.
    #[must_use]
    pub fn is_allocated(&self, block: NonNull<u8>) -> bool {
        self.region.index_of(block).is_ok_and(|index| self.links[index as usize] == IN_USE)
    }

    /// What the pool has done so far.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        self.counters.stats(self.region.capacity(), self.fresh)
    }
}

impl fmt::Debug for RawPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawPool").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
