//! Ranks of numbers among sorted thresholds, and the exit leaves of 64 to 256 decision trees at once.
//!
//! *Ranks.* rank(x) is the number of thresholds below x, so `x ≤ threshold k` is `rank(x) ≤ k`: a decision on floats
//! becomes one on small integers, exactly. Thresholds lie in two levels of 16: two searches of four or fewer compares
//! with one vector each find a rank among 255; longer lists are first cut by a binary search.
//!
//! *Exit leaves.* QuickScorer (Lucchese et al., SIGIR 2015) finds a tree's leaf without walking: every node whose test is
//! true removes the leaves of its left side, and the leftmost leaf that remains is the exit. RapidScorer (Ye et al., KDD
//! 2018) lays the trees across vector lanes. Both keep a bit mask of leaves per node. Here nodes are numbered from left
//! to right, so the left side of node j is the interval of leaves `first_leaf(j)..=j`, and visiting nodes in that order
//! the leftmost remaining leaf is one byte per tree:
//!
//! > if test j is true and first_leaf(j) ≤ exit, then exit ← j + 1.
//!
//! (Before node j the exit is at most j, as each removal sets it to the node's number plus one; so it lies in the removed
//! interval exactly if it is not below the interval's start, and no earlier node can have removed leaf j + 1.)
//! A node costs three bytes instead of a mask, and a tree may have 256 leaves. 64 trees are one AVX-512
//! register: per node a byte permutation looks up 64 ranks by feature, two compares and a masked move do the rest.
//!
//! Everything is integer arithmetic or comparison: all instruction sets give the same results. *Hot path* functions
//! neither allocate nor branch on data (except between blocks of 256 thresholds).

use super::{Isa, Simd};
use crate::mem::buffer::{AlignedBuffer, OutOfMemory};

#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;

/// Most columns of ranks that an exit-leaf kernel looks into.
pub const MAX_COLUMNS: usize = 256;
/// Most leaves of a tree in a [`LeafTable`].
pub const MAX_LEAVES: usize = 256;
/// Most trees in a [`LeafTable`].
pub const MAX_LANES: usize = 256;
/// Values up to this size count as zero; LightGBM's `kZeroThreshold`, which is an f32.
pub const ZERO: f64 = 1e-35_f32 as f64;

/// Thresholds searched by one vector compare.
const GROUP: usize = 16;
/// Thresholds under one line of pivots.
const BLOCK: usize = GROUP * GROUP;

/// The byte lanes and compares that the kernels are made of.
///
/// # Safety
/// Tokens exist only where their instruction set does; [`Bytes::load`] and [`Bytes::store`] take places with
/// [`Bytes::WIDTH`] bytes.
trait Bytes: Copy {
    /// `WIDTH` bytes.
    type V: Copy;
    /// Bytes in a register.
    const WIDTH: usize;
    /// Registers worked on together, to cover latencies.
    const CHAINS: usize;

    unsafe fn load(self, from: *const u8) -> Self::V;
    unsafe fn store(self, value: Self::V, to: *mut u8);
    fn splat(self, byte: u8) -> Self::V;
    fn or(self, a: Self::V, b: Self::V) -> Self::V;
    /// `table[index]`, each index below `W`, which is 16, 32, 64 or 256.
    fn lookup<const W: usize>(self, table: &[u8; MAX_COLUMNS], index: Self::V) -> Self::V;
    /// `next` where `rank > threshold` and `first ≤ exit`, else `exit`; `next > exit` in every lane.
    fn step(self, exit: Self::V, rank: Self::V, threshold: Self::V, first: Self::V, next: Self::V)
    -> Self::V;
    /// How many of the values are below `x`.
    fn count_below(self, values: &[f64; GROUP], x: f64) -> u32;
}

/// Sorted thresholds of several features, in the order in which the kernels search them.
#[derive(Debug)]
pub struct ThresholdTable {
    features: Vec<Feature>,
    /// Per feature and block: 16 pivots, then up to 16 groups of 16, filled up with +∞.
    values: AlignedBuffer<f64>,
    /// Last thresholds of the full blocks, feature after feature.
    tops: Vec<f64>,
    row_length: usize,
}

#[derive(Clone, Copy, Debug)]
struct Feature {
    index: usize,
    start: usize,
    tops: (usize, usize),
}

impl ThresholdTable {
    /// A table of the given features (their place in a row) with their thresholds, ascending and distinct, without NaN.
    /// O(thresholds).
    ///
    /// # Errors
    /// [`OutOfMemory`].
    ///
    /// # Panics
    /// When thresholds do not ascend.
    pub fn new(lists: &[(usize, Vec<f64>)]) -> Result<Self, OutOfMemory> {
        // One block more than is full: the last one always ends with +∞, which no value exceeds.
        let groups = |count: usize| count / BLOCK * (GROUP + 1) + 1 + (count % BLOCK) / GROUP + 1;
        let total: usize = lists.iter().map(|(_, list)| groups(list.len())).sum();
        let mut values = AlignedBuffer::new(total * GROUP, f64::INFINITY)?;
        let (mut features, mut tops) = (Vec::with_capacity(lists.len()), Vec::new());
        let mut start = 0;
        for (index, list) in lists {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "thresholds must ascend");
            let first_top = tops.len();
            let mut place = start;
            for block in list.chunks(BLOCK) {
                for (group, chunk) in block.chunks(GROUP).enumerate() {
                    let at = place + (group + 1) * GROUP;
                    values[at..at + chunk.len()].copy_from_slice(chunk);
                    if let [.., last] = chunk
                        && chunk.len() == GROUP
                    {
                        values[place + group] = *last;
                    }
                }
                if block.len() == BLOCK {
                    tops.push(block[BLOCK - 1]);
                    place += (GROUP + 1) * GROUP;
                }
            }
            features.push(Feature { index: *index, start, tops: (first_top, tops.len()) });
            start += groups(list.len()) * GROUP;
        }
        let row_length = lists.iter().map(|(index, _)| index + 1).max().unwrap_or(0);
        Ok(Self { features, values, tops, row_length })
    }

    /// Number of features, which is the number of ranks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there is no feature.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// Bytes of thresholds.
    #[must_use]
    pub fn size_in_bytes(&self) -> usize {
        self.values.size_in_bytes()
    }
}

/// Up to 256 trees of up to 256 leaves, transposed: byte `lane` of a slot belongs to the node of that number of tree
/// `lane`. Per slot three runs of lanes: column of the node's rank, threshold, first leaf.
#[derive(Debug)]
pub struct LeafTable {
    lanes: usize,
    slots: usize,
    width: usize,
    bytes: AlignedBuffer<u8>,
}

impl LeafTable {
    /// A table for `trees` trees of at most `leaves` leaves that look into `columns` columns of ranks. Without nodes every
    /// tree's exit is leaf 0.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    ///
    /// # Panics
    /// When a limit ([`MAX_LANES`], [`MAX_LEAVES`], [`MAX_COLUMNS`]) is exceeded.
    pub fn new(trees: usize, leaves: usize, columns: usize) -> Result<Self, OutOfMemory> {
        assert!(trees <= MAX_LANES && leaves <= MAX_LEAVES && columns <= MAX_COLUMNS);
        let lanes = trees.next_multiple_of(64);
        let slots = leaves.saturating_sub(1);
        let width = [16, 32, 64].into_iter().find(|&width| columns <= width).unwrap_or(MAX_COLUMNS);
        let mut bytes = AlignedBuffer::new(slots * 3 * lanes, 0)?;
        for slot in bytes.chunks_exact_mut(3 * lanes.max(1)) {
            // No rank exceeds 255.
            slot[lanes..].fill(u8::MAX);
        }
        Ok(Self { lanes, slots, width, bytes })
    }

    /// Puts node `slot` of tree `lane` in: true where the rank in `column` exceeds `threshold`.
    ///
    /// # Panics
    /// When a place is outside the table.
    pub fn set(&mut self, slot: usize, lane: usize, column: u8, threshold: u8, first_leaf: u8) {
        assert!(lane < self.lanes && slot < self.slots && usize::from(column) < self.width);
        let place = slot * 3 * self.lanes + lane;
        self.bytes[place] = column;
        self.bytes[place + self.lanes] = threshold;
        self.bytes[place + 2 * self.lanes] = first_leaf;
    }

    /// Number of trees, rounded up to whole registers of 64.
    #[must_use]
    pub const fn lanes(&self) -> usize {
        self.lanes
    }

    /// Nodes of the largest tree.
    #[must_use]
    pub const fn slots(&self) -> usize {
        self.slots
    }

    /// Bytes of nodes.
    #[must_use]
    pub fn size_in_bytes(&self) -> usize {
        self.bytes.size_in_bytes()
    }
}

/// The rank kernels of one instruction set. Copies are free; any thread may use them.
///
/// ```
/// # use market_maker::simd::{Simd, rank::{Ranker, ThresholdTable}};
/// let ranker = Ranker::new(Simd::detect().unwrap());
/// let table = ThresholdTable::new(&[(1, vec![0.5, 2.0])]).unwrap();
/// let mut ranks = [0];
/// ranker.ranks(&table, &[9.0, 2.0], &mut ranks);
/// assert_eq!(ranks, [1]);
/// ```
#[derive(Clone, Copy)]
pub struct Ranker(&'static Kernels);

impl Ranker {
    /// The kernels that go with `simd`. Asks the processor for byte permutations (VBMI) beside AVX-512.
    #[must_use]
    pub fn new(simd: Simd) -> Self {
        Self::of(simd.isa()).next().unwrap_or(Self(&PORTABLE))
    }

    /// Every family of kernels that this machine can run, for tests and benchmarks.
    pub fn available() -> impl Iterator<Item = Self> {
        let mut isas: Vec<Isa> = Simd::available().map(Simd::isa).collect();
        isas.dedup();
        isas.into_iter().flat_map(Self::of)
    }

    /// The kernels for an instruction set that the machine has, the best first.
    fn of(isa: Isa) -> impl Iterator<Item = Self> {
        let found: [Option<&'static Kernels>; 2] = match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 if std::arch::is_x86_feature_detected!("avx512vbmi") => {
                [Some(&x86::AVX512_VBMI), Some(&x86::AVX2)]
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 | Isa::Avx2 => [Some(&x86::AVX2), None],
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => [Some(&neon::NEON), None],
            _ => [Some(&PORTABLE), None],
        };
        found.into_iter().flatten().map(Self)
    }

    /// Which instructions the kernels use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// The rank of each of the table's features in `row`, each value of at most [`ZERO`] in size and each NaN taken for
    /// zero. Hot path; O(features).
    ///
    /// # Panics
    /// When `row` lacks a feature or `ranks` has not the table's length.
    #[inline]
    pub fn ranks(self, table: &ThresholdTable, row: &[f64], ranks: &mut [u32]) {
        assert!(row.len() >= table.row_length && ranks.len() == table.len());
        // SAFETY: kernels come only from `of`, whose caller has found their instruction set.
        unsafe { (self.0.ranks)(table, row, ranks) }
    }

    /// The exit leaf of each of the table's trees, given the ranks by column. `forced`, if given, is one byte per slot and
    /// lane that is or-ed to the rank: 255 makes any test with a threshold below true, 0 changes nothing.
    /// Hot path; O(lanes · slots).
    ///
    /// # Panics
    /// When a slice has not the table's length.
    #[inline]
    pub fn exit_leaves(
        self,
        table: &LeafTable,
        columns: &[u8; MAX_COLUMNS],
        forced: Option<&[u8]>,
        leaves: &mut [u8],
    ) {
        assert!(leaves.len() == table.lanes);
        assert!(forced.is_none_or(|forced| forced.len() == table.slots * table.lanes));
        // SAFETY: kernels come only from `of`, whose caller has found their instruction set.
        unsafe { (self.0.exit_leaves)(table, columns, forced, leaves) }
    }
}

impl std::fmt::Debug for Ranker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Ranker").field(&self.0.name).finish()
    }
}

/// One instruction set's kernels. Calling an entry is `unsafe`: the instruction set must be present, and slices have the
/// lengths that [`Ranker`] checks.
struct Kernels {
    name: &'static str,
    ranks: unsafe fn(&ThresholdTable, &[f64], &mut [u32]),
    exit_leaves: ExitLeaves,
}

type ExitLeaves = unsafe fn(&LeafTable, &[u8; MAX_COLUMNS], Option<&[u8]>, &mut [u8]);

/// Binds the generic kernels to a token, compiled with its features.
macro_rules! kernels {
    ($name:ident, $text:literal, $token:expr $(, $features:literal)?) => {
        pub(super) static $name: crate::simd::rank::Kernels = {
            $(#[target_feature(enable = $features)])?
            unsafe fn ranks(table: &crate::simd::rank::ThresholdTable, row: &[f64], ranks: &mut [u32]) {
                crate::simd::rank::ranks($token, table, row, ranks);
            }
            $(#[target_feature(enable = $features)])?
            unsafe fn exit_leaves(
                table: &crate::simd::rank::LeafTable,
                columns: &[u8; crate::simd::rank::MAX_COLUMNS],
                forced: Option<&[u8]>,
                leaves: &mut [u8],
            ) {
                crate::simd::rank::exit_leaves($token, table, columns, forced, leaves);
            }
            crate::simd::rank::Kernels { name: $text, ranks, exit_leaves }
        };
    };
}
use kernels;
use portable::PORTABLE;

#[inline(always)]
fn ranks<B: Bytes>(b: B, table: &ThresholdTable, row: &[f64], ranks: &mut [u32]) {
    for (feature, rank) in table.features.iter().zip(ranks) {
        let x = row[feature.index];
        // NaN is not larger than anything.
        let x = if x.abs() > ZERO { x } else { 0.0 };
        let (first_top, last_top) = feature.tops;
        let mut block = 0;
        if first_top != last_top {
            block = table.tops[first_top..last_top].partition_point(|&top| top < x);
        }
        let start = feature.start + block * (GROUP + 1) * GROUP;
        // Within the chosen block the last pivot is not below x, so the group exists.
        let group = count_below(b, table, start, x);
        let within = count_below(b, table, start + (group as usize + 1) * GROUP, x);
        *rank = (block * BLOCK) as u32 + group * GROUP as u32 + within;
    }
}

#[inline(always)]
fn count_below<B: Bytes>(b: B, table: &ThresholdTable, start: usize, x: f64) -> u32 {
    table.values[start..].first_chunk().map_or(0, |values| b.count_below(values, x))
}

#[inline(always)]
fn exit_leaves<B: Bytes>(
    b: B,
    table: &LeafTable,
    columns: &[u8; MAX_COLUMNS],
    forced: Option<&[u8]>,
    leaves: &mut [u8],
) {
    match table.width {
        16 => all_lanes::<B, 16>(b, table, columns, forced, leaves),
        32 => all_lanes::<B, 32>(b, table, columns, forced, leaves),
        64 => all_lanes::<B, 64>(b, table, columns, forced, leaves),
        _ => all_lanes::<B, MAX_COLUMNS>(b, table, columns, forced, leaves),
    }
}

#[inline(always)]
fn all_lanes<B: Bytes, const W: usize>(
    b: B,
    table: &LeafTable,
    columns: &[u8; MAX_COLUMNS],
    forced: Option<&[u8]>,
    leaves: &mut [u8],
) {
    let mut lane = 0;
    // SAFETY: `N · WIDTH` lanes from `lane` on are lanes of the table, `forced` and `leaves` have its lengths.
    unsafe {
        while B::CHAINS >= 4 && table.lanes - lane >= 4 * B::WIDTH {
            chains::<B, W, 4>(b, table, columns, forced, leaves, lane);
            lane += 4 * B::WIDTH;
        }
        while B::CHAINS >= 2 && table.lanes - lane >= 2 * B::WIDTH {
            chains::<B, W, 2>(b, table, columns, forced, leaves, lane);
            lane += 2 * B::WIDTH;
        }
        while lane < table.lanes {
            chains::<B, W, 1>(b, table, columns, forced, leaves, lane);
            lane += B::WIDTH;
        }
    }
}

/// `N` registers of trees from `lane` on.
///
/// # Safety
/// `lane + N · WIDTH` is at most the table's lanes, and `forced` and `leaves` have the table's lengths.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
unsafe fn chains<B: Bytes, const W: usize, const N: usize>(
    b: B,
    table: &LeafTable,
    columns: &[u8; MAX_COLUMNS],
    forced: Option<&[u8]>,
    leaves: &mut [u8],
    lane: usize,
) {
    // A copy that nothing else refers to: its registers stay loaded through the loop.
    let columns = *columns;
    let lanes = table.lanes;
    let mut exit = [b.splat(0); N];
    let nodes = table.bytes.as_ptr();
    for slot in 0..table.slots {
        let next = b.splat((slot + 1) as u8);
        for chain in 0..N {
            let at = slot * 3 * lanes + lane + chain * B::WIDTH;
            // SAFETY: a slot is three runs of `lanes` bytes, and the register's lanes lie inside each by the caller's
            // promise; `forced` is one such run per slot.
            unsafe {
                let mut rank = b.lookup::<W>(&columns, b.load(nodes.add(at)));
                if let Some(forced) = forced {
                    let at = slot * lanes + lane + chain * B::WIDTH;
                    rank = b.or(rank, b.load(forced.as_ptr().add(at)));
                }
                let threshold = b.load(nodes.add(at + lanes));
                let first = b.load(nodes.add(at + 2 * lanes));
                exit[chain] = b.step(exit[chain], rank, threshold, first, next);
            }
        }
    }
    for chain in 0..N {
        // SAFETY: the register's lanes lie inside `leaves` by the caller's promise.
        unsafe { b.store(exit[chain], leaves.as_mut_ptr().add(lane + chain * B::WIDTH)) };
    }
}
