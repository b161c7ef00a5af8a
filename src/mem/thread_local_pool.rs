//! One slab for many threads: each works from a free list of its own and trades whole batches with a shared one.
//!
//! The shared list is a lock-free stack (R. K. Treiber, 1986) whose elements are chains of free blocks; a tag beside the
//! head makes a stale compare-and-swap fail (ABA). A thread takes or gives a chain of up to `batch` blocks by one
//! compare-and-swap and otherwise touches nothing that is shared: alloc and free are O(1) amortised, lock-free, and
//! hot path. A thread keeps at most `2 × batch` free blocks to itself; while others hold some so, a thread can find the
//! pool full. Everything is allocated at construction, a thread's list when the thread attaches.
//!
//! [`SharedPool`] and [`ThreadLocalPool`] hold objects of one type; [`SharedRawPool`] and [`ThreadLocalRawPool`] raw
//! blocks, for the C ABI.

use std::cell::UnsafeCell;
use std::fmt;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use super::pool::{Full, MAX_CAPACITY, NONE, PoolError, PoolStats, RawPoolConfig, Region, touched_storage};

/// Free blocks by index, in chains.
struct FreeStack {
    /// Tag in the upper half, index of the first chain's first block in the lower.
    head: AtomicU64,
    /// Per block: the next of its chain.
    next: Box<[AtomicU32]>,
    /// Per first block of a chain: the first block of the chain below.
    below: Box<[AtomicU32]>,
    batch: u32,
    /// Blocks that are in no chain here: in use or in a thread's list.
    out: AtomicU32,
    out_most: AtomicU32,
    /// Totals that threads have reported.
    allocated: AtomicU64,
    freed: AtomicU64,
}

impl FreeStack {
    fn new(capacity: u32, batch: u32) -> Result<Self, PoolError> {
        if capacity == 0 || capacity > MAX_CAPACITY {
            return Err(PoolError::BadConfig("capacity must be in 1..=2^32 - 3"));
        }
        if batch == 0 || batch > 1 << 16 {
            return Err(PoolError::BadConfig("batch must be in 1..=65536"));
        }
        let links = || (0..capacity).map(|_| AtomicU32::new(NONE)).collect();
        let stack = Self {
            head: AtomicU64::new(u64::from(NONE)),
            next: links(),
            below: links(),
            batch,
            out: AtomicU32::new(capacity),
            out_most: AtomicU32::new(0),
            allocated: AtomicU64::new(0),
            freed: AtomicU64::new(0),
        };
        // Highest first, so that the lowest blocks are handed out first.
        let indices: Vec<u32> = (0..capacity).collect();
        for chain in indices.chunks(batch as usize).rev() {
            stack.push(chain);
        }
        Ok(stack)
    }

    /// Puts these blocks back as one chain of at most a batch.
    fn push(&self, blocks: &[u32]) {
        let Some(&first) = blocks.first() else { return };
        for pair in blocks.windows(2) {
            self.next[pair[0] as usize].store(pair[1], Ordering::Relaxed);
        }
        self.next[blocks[blocks.len() - 1] as usize].store(NONE, Ordering::Relaxed);
        self.out.fetch_sub(blocks.len() as u32, Ordering::Relaxed);
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            self.below[first as usize].store(head as u32, Ordering::Relaxed);
            let tagged = (head >> 32).wrapping_add(1) << 32 | u64::from(first);
            // Release: whoever takes the chain sees its links and what the blocks held.
            match self.head.compare_exchange_weak(head, tagged, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    /// Takes a chain off and appends its blocks to `blocks`, which has room for a batch. `false` when there is none.
    fn pop(&self, blocks: &mut Vec<u32>) -> bool {
        let mut head = self.head.load(Ordering::Acquire);
        loop {
            let first = head as u32;
            if first == NONE {
                return false;
            }
            // Another thread may take the chain and write this link meanwhile; then the tag has moved on and the
            // exchange fails.
            let below = self.below[first as usize].load(Ordering::Relaxed);
            let tagged = (head >> 32).wrapping_add(1) << 32 | u64::from(below);
            match self.head.compare_exchange_weak(head, tagged, Ordering::Acquire, Ordering::Acquire) {
                Ok(_) => break,
                Err(now) => head = now,
            }
        }
        let mut at = head as u32;
        let before = blocks.len();
        while at != NONE {
            blocks.push(at);
            at = self.next[at as usize].load(Ordering::Relaxed);
        }
        // Lowest last: it is handed out first.
        blocks[before..].reverse();
        let count = (blocks.len() - before) as u32;
        let out = self.out.fetch_add(count, Ordering::Relaxed) + count;
        self.out_most.fetch_max(out, Ordering::Relaxed);
        true
    }

    /// What threads have reported so far.
    fn stats(&self) -> PoolStats {
        PoolStats {
            capacity: self.next.len() as u64,
            in_use: self.out.load(Ordering::Relaxed).into(),
            high_water: self.out_most.load(Ordering::Relaxed).into(),
            allocated: self.allocated.load(Ordering::Relaxed),
            freed: self.freed.load(Ordering::Relaxed),
        }
    }
}

/// A thread's free blocks and counts.
struct Cache {
    blocks: Vec<u32>,
    allocated: u64,
    freed: u64,
    reported: (u64, u64),
}

impl Cache {
    fn new(batch: u32) -> Self {
        Self { blocks: Vec::with_capacity(2 * batch as usize), allocated: 0, freed: 0, reported: (0, 0) }
    }

    #[inline]
    fn alloc(&mut self, stack: &FreeStack) -> Option<u32> {
        if self.blocks.is_empty() {
            self.report(stack);
            if !stack.pop(&mut self.blocks) {
                return None;
            }
        }
        let index = self.blocks.pop()?;
        self.allocated += 1;
        Some(index)
    }

    #[inline]
    fn free(&mut self, stack: &FreeStack, index: u32) {
        let batch = stack.batch as usize;
        if self.blocks.len() == 2 * batch {
            self.report(stack);
            // The oldest go: the newest are the warmest.
            stack.push(&self.blocks[..batch]);
            self.blocks.copy_within(batch.., 0);
            self.blocks.truncate(batch);
        }
        self.blocks.push(index);
        self.freed += 1;
    }

    /// Adds this thread's counts to the shared ones.
    #[cold]
    fn report(&mut self, stack: &FreeStack) {
        stack.allocated.fetch_add(self.allocated - self.reported.0, Ordering::Relaxed);
        stack.freed.fetch_add(self.freed - self.reported.1, Ordering::Relaxed);
        self.reported = (self.allocated, self.freed);
    }

    /// Gives everything back.
    fn flush(&mut self, stack: &FreeStack) {
        self.report(stack);
        for chain in self.blocks.chunks(stack.batch as usize) {
            stack.push(chain);
        }
        self.blocks.clear();
    }

    fn stats(&self, stack: &FreeStack) -> PoolStats {
        let shared = stack.stats();
        PoolStats {
            in_use: self.allocated.saturating_sub(self.freed),
            allocated: self.allocated,
            freed: self.freed,
            ..shared
        }
    }
}

/// The slab of a [`ThreadLocalPool`]. Any number of threads attach to it with [`local`](Self::local).
///
/// ```
/// use market_maker::mem::thread_local_pool::SharedPool;
/// let shared: SharedPool<[u64; 8]> = SharedPool::new(1024, 32).unwrap();
/// std::thread::scope(|scope| {
///     for n in 0..4 {
///         let shared = &shared;
///         scope.spawn(move || {
///             let mut pool = shared.local();
///             let order = pool.insert([n; 8]).unwrap();
///             assert_eq!(order[7], n);
///             assert_eq!(pool.take(order), [n; 8]);
///         });
///     }
/// });
/// assert_eq!(shared.stats().in_use, 0);
/// ```
pub struct SharedPool<T> {
    stack: FreeStack,
    values: Box<[UnsafeCell<MaybeUninit<T>>]>,
}

// SAFETY: a block is touched only by the holder of its box; boxes move objects between threads, hence T: Send. A
// shared box gives &T, but a box is shared only under the rules of PooledBox below.
unsafe impl<T: Send> Sync for SharedPool<T> {}

impl<T> SharedPool<T> {
    /// A slab of `capacity` objects that moves between threads' lists in chains of up to `batch`.
    ///
    /// # Errors
    /// [`PoolError::BadConfig`] unless both are positive and `batch` at most 65 536.
    pub fn new(capacity: u32, batch: u32) -> Result<Self, PoolError> {
        let stack = FreeStack::new(capacity, batch)?;
        let values = touched_storage(capacity as usize).into_vec().into_iter().map(UnsafeCell::new).collect();
        Ok(Self { stack, values })
    }

    /// A list of its own for the calling thread. Allocates it.
    #[must_use]
    pub fn local(&self) -> ThreadLocalPool<'_, T> {
        ThreadLocalPool { shared: self, cache: Cache::new(self.stack.batch) }
    }

    /// What the threads have reported: counts of allocations and frees as of each thread's last exchange or end;
    /// `in_use` and `high_water` count the free blocks in threads' lists as used.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        self.stack.stats()
    }
}

impl<T> fmt::Debug for SharedPool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedPool").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

/// One thread's way into a [`SharedPool`].
pub struct ThreadLocalPool<'p, T> {
    shared: &'p SharedPool<T>,
    cache: Cache,
}

impl<'p, T> ThreadLocalPool<'p, T> {
    /// Stores an object. Hot path, O(1) amortised.
    ///
    /// # Errors
    /// [`Full`] with the object when neither this thread nor the shared list has a free block.
    #[inline]
    pub fn insert(&mut self, value: T) -> Result<PooledBox<'p, T>, Full<T>> {
        let Some(index) = self.cache.alloc(&self.shared.stack) else {
            return Err(Full(value));
        };
        let slot = self.shared.values[index as usize].get();
        // SAFETY: the block came off a free list, so nobody else holds it.
        unsafe { slot.write(MaybeUninit::new(value)) };
        Ok(PooledBox { shared: self.shared, index })
    }

    /// Takes the object out and keeps its block for this thread; the box may come from another thread. Hot path, O(1)
    /// amortised.
    ///
    /// # Panics
    /// When the box is from another pool.
    #[inline]
    pub fn take(&mut self, object: PooledBox<'p, T>) -> T {
        assert!(std::ptr::eq(self.shared, object.shared), "the box is from another pool");
        let object = ManuallyDrop::new(object);
        let slot = self.shared.values[object.index as usize].get();
        // SAFETY: the box held the only access to its block, and is not dropped.
        let slot = unsafe { &*slot };
        // SAFETY: a box's block holds an object; it is read once.
        let value = unsafe { slot.assume_init_read() };
        self.cache.free(&self.shared.stack, object.index);
        value
    }

    /// This thread's own counts; capacity and high-water mark are the shared pool's. `in_use` is what this thread took
    /// and did not give back, 0 when it gave back more than it took.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        self.cache.stats(&self.shared.stack)
    }
}

impl<T> Drop for ThreadLocalPool<'_, T> {
    fn drop(&mut self) {
        self.cache.flush(&self.shared.stack);
    }
}

impl<T> fmt::Debug for ThreadLocalPool<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadLocalPool").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

/// An object in a [`SharedPool`], owned like a `Box`. May be sent to another thread. Dropping it returns its block to the
/// shared list; [`ThreadLocalPool::take`] is faster.
pub struct PooledBox<'p, T> {
    shared: &'p SharedPool<T>,
    index: u32,
}

// SAFETY: a box shared between threads gives them &T, hence T: Sync; that it can be sent follows from SharedPool.
unsafe impl<T: Send + Sync> Sync for PooledBox<'_, T> {}

impl<T> Deref for PooledBox<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        let slot = self.shared.values[self.index as usize].get();
        // SAFETY: only this box has access to its block, and it is borrowed shared.
        let slot = unsafe { &*slot };
        // SAFETY: a box's block holds an object.
        unsafe { slot.assume_init_ref() }
    }
}

impl<T> DerefMut for PooledBox<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        let slot = self.shared.values[self.index as usize].get();
        // SAFETY: only this box has access to its block, and it is borrowed exclusively.
        let slot = unsafe { &mut *slot };
        // SAFETY: a box's block holds an object.
        unsafe { slot.assume_init_mut() }
    }
}

impl<T> Drop for PooledBox<'_, T> {
    fn drop(&mut self) {
        /// Returns the block even when the object's own drop panics.
        struct Return<'a>(&'a FreeStack, u32);
        impl Drop for Return<'_> {
            fn drop(&mut self) {
                self.0.freed.fetch_add(1, Ordering::Relaxed);
                self.0.push(&[self.1]);
            }
        }
        let _return = Return(&self.shared.stack, self.index);
        let slot = self.shared.values[self.index as usize].get();
        // SAFETY: only this box has access to its block.
        let slot = unsafe { &mut *slot };
        // SAFETY: a box's block holds an object; the box is gone after this.
        unsafe { slot.assume_init_drop() };
    }
}

impl<T: fmt::Debug> fmt::Debug for PooledBox<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// The slab of a [`ThreadLocalRawPool`].
pub struct SharedRawPool {
    stack: FreeStack,
    region: Region,
    in_use: Box<[AtomicBool]>,
}

impl SharedRawPool {
    /// A slab of raw blocks that moves between threads' lists in chains of up to `batch`.
    ///
    /// # Errors
    /// [`PoolError::BadConfig`] for an impossible size, alignment or capacity, or a batch outside 1..=65 536.
    pub fn new(config: &RawPoolConfig, batch: u32) -> Result<Arc<Self>, PoolError> {
        let region = Region::new(config)?;
        let stack = FreeStack::new(config.capacity, batch)?;
        let in_use = (0..config.capacity).map(|_| AtomicBool::new(false)).collect();
        Ok(Arc::new(Self { stack, region, in_use }))
    }

    /// A list of its own for the calling thread. Allocates it.
    #[must_use]
    pub fn local(self: &Arc<Self>) -> ThreadLocalRawPool {
        ThreadLocalRawPool { shared: Arc::clone(self), cache: Cache::new(self.stack.batch) }
    }

    /// As for [`SharedPool::stats`].
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        self.stack.stats()
    }
}

impl fmt::Debug for SharedRawPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedRawPool").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

/// One thread's way into a [`SharedRawPool`], which lives as long as any of its threads' lists.
///
/// ```
/// use market_maker::mem::pool::{PoolError, RawPoolConfig};
/// use market_maker::mem::thread_local_pool::SharedRawPool;
/// let config = RawPoolConfig { block_size: 64, alignment: 64, capacity: 100 };
/// let mut pool = SharedRawPool::new(&config, 16).unwrap().local();
/// let block = pool.alloc().unwrap();
/// assert_eq!(pool.free(block), Ok(()));
/// assert_eq!(pool.free(block), Err(PoolError::AlreadyFree));
/// ```
pub struct ThreadLocalRawPool {
    shared: Arc<SharedRawPool>,
    cache: Cache,
}

impl ThreadLocalRawPool {
    /// A block, aligned, with whatever it last held. Hot path, O(1) amortised.
    ///
    /// # Errors
    /// [`PoolError::Full`] when neither this thread nor the shared list has a free block.
    #[inline]
    pub fn alloc(&mut self) -> Result<NonNull<u8>, PoolError> {
        let index = self.cache.alloc(&self.shared.stack).ok_or(PoolError::Full)?;
        self.shared.in_use[index as usize].store(true, Ordering::Relaxed);
        Ok(self.shared.region.block(index))
    }

    /// Takes a block back, whichever thread it came from. Hot path, O(1) amortised.
    ///
    /// # Errors
    /// [`PoolError::Foreign`], [`PoolError::NotABlock`], [`PoolError::AlreadyFree`]. Two threads that free one block at the
    /// same moment may both succeed, and the block is then handed out twice: a block has one owner.
    #[inline]
    pub fn free(&mut self, block: NonNull<u8>) -> Result<(), PoolError> {
        let index = self.shared.region.index_of(block)?;
        let in_use = &self.shared.in_use[index as usize];
        // Not a swap: that would cost a locked instruction on every free to find a race that no owner can make.
        if !in_use.load(Ordering::Relaxed) {
            return Err(PoolError::AlreadyFree);
        }
        in_use.store(false, Ordering::Relaxed);
        self.cache.free(&self.shared.stack, index);
        Ok(())
    }

    /// As for [`ThreadLocalPool::stats`].
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        self.cache.stats(&self.shared.stack)
    }

    /// The slab.
    #[must_use]
    pub const fn shared(&self) -> &Arc<SharedRawPool> {
        &self.shared
    }
}

impl Drop for ThreadLocalRawPool {
    fn drop(&mut self) {
        self.cache.flush(&self.shared.stack);
    }
}

impl fmt::Debug for ThreadLocalRawPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadLocalRawPool").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
