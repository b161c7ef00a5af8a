//! Turns parsed trees into what the hot path reads: columns of ranks, transposed tables of 256 trees, flat trees.
//!
//! 1. *Ranks.* Per feature the distinct thresholds of all trees, sorted; a test `x > threshold k` is `rank(x) > k`.
//! 2. *Wide columns.* A rank after one missing-value rule: one per feature, rule and default side in use. A missing value
//!    that goes right has the largest rank, one that goes left the smallest.
//! 3. *Columns.* At most 256 bytes that the exit-leaf kernel looks into: a wide column's ranks 255·i to 255·i + 255,
//!    clamped, so that a feature of more thresholds (LightGBM's `max_bin` above 255) has several; and categorical splits,
//!    0 or 255 each. The most used ones come first.
//! 4. *Forced tests.* Categorical splits that found no column are evaluated once each per row and written to the lanes
//!    where they stand.
//! 5. *Flat trees.* A tree of more than 256 leaves, or with a test whose column is not among the 256, is walked from node to
//!    node on wide ranks, eight such trees interleaved.
//!
//! All of it is O(nodes · log nodes) once, at load.

use std::collections::{BTreeMap, HashMap};

use super::error::TreeError;
use super::parse::{Missing, Node, Test, Tree};
use crate::mem::buffer::{AlignedBuffer, OutOfMemory};
use crate::simd::rank::{LeafTable, MAX_COLUMNS, MAX_LANES, MAX_LEAVES, ThresholdTable, ZERO};

/// Ranks that one byte column tells apart.
const CHUNK: u32 = u8::MAX as u32;
/// Marks a flat node's column as a categorical split.
const CATEGORICAL: u32 = 1 << 31;
/// Flat trees walked together.
pub(super) const TOGETHER: usize = 8;

/// A rank after a missing-value rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct WideColumn {
    /// Index among the ranked features.
    slot: u32,
    /// Index in a row.
    feature: u32,
    zero_is_missing: bool,
    nan_is_missing: bool,
    missing_rank: u32,
}

impl WideColumn {
    /// The rank that a row's value stands for. Hot path.
    #[inline(always)]
    pub fn rank(&self, ranks: &[u32], row: &[f64]) -> u32 {
        let (rank, x) = (ranks[self.slot as usize], row[self.feature as usize]);
        // NaN is missing under both rules.
        let missing = (self.nan_is_missing & x.is_nan()) | (self.zero_is_missing & (x.abs() <= ZERO));
        if missing { self.missing_rank } else { rank }
    }
}

/// Ranks `start..=start + 255` of a wide column, as a byte.
#[derive(Clone, Copy, Debug)]
pub(super) struct ByteColumn {
    pub wide: u32,
    pub start: u32,
}

/// A distinct categorical split.
#[derive(Clone, Copy, Debug)]
pub(super) struct CatSplit {
    feature: u32,
    start: u32,
    end: u32,
}

impl CatSplit {
    /// Whether a row goes right: its category is negative, missing, too large or not in the set. Hot path.
    #[inline(always)]
    pub fn goes_right(&self, words: &[u32], row: &[f64]) -> bool {
        let x = row[self.feature as usize].trunc();
        // NaN fails the comparison; LightGBM takes categories as 32-bit integers, cut towards zero.
        if !(x >= 0.0 && x < f64::from(1_u32 << 31)) {
            return true;
        }
        let category = x as u32;
        let words = &words[self.start as usize..self.end as usize];
        words.get((category >> 5) as usize).is_none_or(|word| word >> (category & 31) & 1 == 0)
    }
}

/// A categorical split at one node of a table, to be written there for every row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Forced {
    pub split: u32,
    /// Place in the state's forced bytes.
    pub place: u32,
}

/// 256 trees.
#[derive(Debug)]
pub(super) struct Block {
    pub table: LeafTable,
    /// Where the block's forced bytes begin, if it has some.
    pub forced: Option<usize>,
}

/// A node of a flat tree. Leaves come first in a tree and are their own children, so that a finished walk stays.
#[derive(Clone, Copy, Debug)]
struct FlatNode {
    /// Wide column, or categorical split with its mark.
    column: u32,
    rank: u32,
    children: [u32; 2],
}

/// A tree that is walked.
#[derive(Clone, Copy, Debug)]
struct FlatTree {
    tree: u32,
    start: u32,
    root: u32,
}

/// All that the hot path reads, except leaf values.
#[derive(Debug)]
pub(super) struct Layout {
    pub thresholds: ThresholdTable,
    pub wide: Vec<WideColumn>,
    pub columns: Vec<ByteColumn>,
    /// Categorical splits; the first are columns behind the byte columns, the next are forced, the rest only walked.
    pub splits: Vec<CatSplit>,
    pub split_columns: usize,
    pub split_forced: usize,
    pub words: Vec<u32>,
    pub blocks: Vec<Block>,
    pub forced: Vec<Forced>,
    pub forced_bytes: usize,
    flat_nodes: Vec<FlatNode>,
    flat_trees: Vec<FlatTree>,
    flat_categorical: bool,
    /// Per tree, where its leaf values begin.
    pub leaf_starts: Vec<u32>,
    pub leaf_values: AlignedBuffer<f64>,
}

/// A test with its thresholds replaced by ranks.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum RankTest {
    Above { wide: u32, rank: u32 },
    NotIn { split: u32 },
}

/// What a test looks at, as one column would hold it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum ColumnKey {
    Ranks { wide: u32, start: u32 },
    Split { split: u32 },
}

impl RankTest {
    fn key(self) -> ColumnKey {
        match self {
            Self::Above { wide, rank } => ColumnKey::Ranks { wide, start: rank / CHUNK * CHUNK },
            Self::NotIn { split } => ColumnKey::Split { split },
        }
    }
}

/// Translates tests, collecting wide columns and categorical splits.
struct Translator {
    thresholds: BTreeMap<u32, (u32, Vec<f64>)>,
    wide: HashMap<WideColumn, u32>,
    wide_list: Vec<WideColumn>,
    splits: HashMap<(u32, Vec<u32>), u32>,
    split_list: Vec<(u32, Vec<u32>)>,
}

impl Translator {
    fn new(trees: &[Tree]) -> Self {
        let mut lists: BTreeMap<u32, (u32, Vec<f64>)> = BTreeMap::new();
        for node in trees.iter().flat_map(|tree| &tree.nodes) {
            if let Test::Above { threshold, .. } = node.test {
                lists.entry(node.feature).or_default().1.push(unsigned_zero(threshold));
            }
        }
        for (slot, (place, list)) in lists.values_mut().enumerate() {
            *place = slot as u32;
            list.sort_unstable_by(f64::total_cmp);
            list.dedup();
        }
        Self {
            thresholds: lists,
            wide: HashMap::new(),
            wide_list: Vec::new(),
            splits: HashMap::new(),
            split_list: Vec::new(),
        }
    }

    fn test(&mut self, node: &Node, words: &[u32]) -> RankTest {
        match node.test {
            Test::Above { threshold, missing, right_if_missing } => {
                let (slot, list) = &self.thresholds[&node.feature];
                let rank = list.partition_point(|&other| other < unsigned_zero(threshold)) as u32;
                let right = right_if_missing && missing != Missing::None;
                let column = WideColumn {
                    slot: *slot,
                    feature: node.feature,
                    zero_is_missing: missing == Missing::Zero,
                    nan_is_missing: missing != Missing::None,
                    missing_rank: if right { u32::MAX } else { 0 },
                };
                let next = self.wide_list.len() as u32;
                let wide = *self.wide.entry(column).or_insert(next);
                if wide == next {
                    self.wide_list.push(column);
                }
                RankTest::Above { wide, rank }
            }
            Test::NotIn { start, end } => {
                let mut set = words[start as usize..end as usize].to_vec();
                set.truncate(set.iter().rposition(|&word| word != 0).map_or(0, |last| last + 1));
                let next = self.split_list.len() as u32;
                let split = *self.splits.entry((node.feature, set.clone())).or_insert(next);
                if split == next {
                    self.split_list.push((node.feature, set));
                }
                RankTest::NotIn { split }
            }
        }
    }
}

/// x + 0: a threshold of −0 is one of 0.
fn unsigned_zero(x: f64) -> f64 {
    x + 0.0
}

/// Columns by what they hold; those of categorical splits stand behind those of ranks.
struct Columns {
    places: HashMap<ColumnKey, u8>,
    ranks: Vec<ByteColumn>,
    /// Splits that have a column, in order.
    splits: Vec<u32>,
    /// A column that is always zero, for lanes whose test is forced.
    zero: Option<u8>,
}

impl Columns {
    /// Gives the 256 places to the most used columns of the trees that a table could hold, ranks before splits.
    fn new(trees: &[Vec<RankTest>]) -> Self {
        let mut uses: BTreeMap<ColumnKey, usize> = BTreeMap::new();
        for test in trees.iter().filter(|tests| tests.len() < MAX_LEAVES).flatten() {
            *uses.entry(test.key()).or_default() += 1;
        }
        let mut keys: Vec<(ColumnKey, usize)> = uses.into_iter().collect();
        // Stable, so that the order of keys decides between equals.
        keys.sort_by_key(|&(key, uses)| (matches!(key, ColumnKey::Split { .. }), std::cmp::Reverse(uses)));
        // Without room for all, the last place is the column of zeros.
        let room = if keys.len() > MAX_COLUMNS { MAX_COLUMNS - 1 } else { keys.len() };
        let (mut places, mut ranks, mut splits) = (HashMap::new(), Vec::new(), Vec::new());
        for (place, &(key, _)) in keys[..room].iter().enumerate() {
            places.insert(key, place as u8);
            match key {
                ColumnKey::Ranks { wide, start } => ranks.push(ByteColumn { wide, start }),
                ColumnKey::Split { split } => splits.push(split),
            }
        }
        let zero = (keys.len() > room).then_some(room as u8);
        Self { places, ranks, splits, zero }
    }

    fn len(&self) -> usize {
        self.places.len() + usize::from(self.zero.is_some())
    }

    /// Whether a table can hold a tree of these tests.
    fn hold(&self, tests: &[RankTest]) -> bool {
        tests.len() < MAX_LEAVES
            && tests
                .iter()
                .all(|test| matches!(test, RankTest::NotIn { .. }) || self.places.contains_key(&test.key()))
    }
}

impl Layout {
    pub fn new(trees: &[Tree]) -> Result<Self, TreeError> {
        let mut translator = Translator::new(trees);
        let mut tests: Vec<Vec<RankTest>> = Vec::with_capacity(trees.len());
        for tree in trees {
            tests.push(tree.nodes.iter().map(|node| translator.test(node, &tree.cat_words)).collect());
        }
        let columns = Columns::new(&tests);
        let lists: Vec<_> = std::mem::take(&mut translator.thresholds)
            .into_iter()
            .map(|(feature, (_, list))| (feature as usize, list))
            .collect();
        let (leaf_starts, leaf_values) = leaves(trees)?;
        let mut layout = Self {
            thresholds: ThresholdTable::new(&lists)?,
            wide: translator.wide_list,
            columns: columns.ranks.clone(),
            splits: Vec::new(),
            split_columns: columns.splits.len(),
            split_forced: 0,
            words: Vec::new(),
            blocks: Vec::new(),
            forced: Vec::new(),
            forced_bytes: 0,
            flat_nodes: Vec::new(),
            flat_trees: Vec::new(),
            flat_categorical: false,
            leaf_starts,
            leaf_values,
        };
        let held: Vec<bool> = tests.iter().map(|tests| columns.hold(tests)).collect();
        let split_places = layout.place_splits(&translator.split_list, &columns, &tests, &held)?;
        for (first, trees) in (0..).step_by(MAX_LANES).zip(trees.chunks(MAX_LANES)) {
            let range = first..first + trees.len();
            layout.add_block(trees, &tests[range.clone()], &held[range], &columns, &split_places)?;
        }
        for (number, tree) in trees.iter().enumerate().filter(|&(number, _)| !held[number]) {
            layout.add_flat(number, tree, &tests[number], &split_places)?;
        }
        Ok(layout)
    }

    /// Puts the splits that have a column first, then those that tables force, then the rest. The new place of each.
    fn place_splits(
        &mut self,
        list: &[(u32, Vec<u32>)],
        columns: &Columns,
        tests: &[Vec<RankTest>],
        held: &[bool],
    ) -> Result<Vec<u32>, OutOfMemory> {
        let mut in_table = vec![false; list.len()];
        for test in tests.iter().zip(held).filter(|(_, held)| **held).flat_map(|(tests, _)| tests) {
            if let RankTest::NotIn { split } = *test {
                in_table[split as usize] = true;
            }
        }
        let class = |split: u32| match () {
            () if columns.places.contains_key(&ColumnKey::Split { split }) => 0,
            () if in_table[split as usize] => 1,
            () => 2,
        };
        let mut order = columns.splits.clone();
        for wanted in [1, 2] {
            order.extend((0..list.len() as u32).filter(|&split| class(split) == wanted));
            if wanted == 1 {
                self.split_forced = order.len() - columns.splits.len();
            }
        }
        let mut places = vec![0; list.len()];
        for (place, &split) in order.iter().enumerate() {
            places[split as usize] = place as u32;
            let (feature, set) = &list[split as usize];
            let start = narrow(self.words.len())?;
            self.words.extend_from_slice(set);
            self.splits.push(CatSplit { feature: *feature, start, end: narrow(self.words.len())? });
        }
        Ok(places)
    }

    fn add_block(
        &mut self,
        trees: &[Tree],
        tests: &[Vec<RankTest>],
        held: &[bool],
        columns: &Columns,
        split_places: &[u32],
    ) -> Result<(), OutOfMemory> {
        let largest =
            tests.iter().zip(held).filter(|(_, held)| **held).map(|(tests, _)| tests.len() + 1).max();
        let mut table = LeafTable::new(trees.len(), largest.unwrap_or(1), columns.len())?;
        let forced_from = self.forced.len();
        let lanes = trees.iter().zip(tests).zip(held).enumerate().filter(|(_, (_, held))| **held);
        for (lane, ((tree, tests), _)) in lanes {
            for (slot, (node, test)) in tree.nodes.iter().zip(tests).enumerate() {
                let first_leaf = node.first_leaf as u8;
                match (columns.places.get(&test.key()), *test) {
                    (Some(&column), RankTest::Above { rank, .. }) => {
                        table.set(slot, lane, column, (rank % CHUNK) as u8, first_leaf);
                    }
                    (Some(&column), RankTest::NotIn { .. }) => table.set(slot, lane, column, 0, first_leaf),
                    (None, test) => {
                        // Only a categorical split can be without column in a tree that tables hold.
                        if let RankTest::NotIn { split } = test {
                            table.set(slot, lane, columns.zero.unwrap_or(0), u8::MAX - 1, first_leaf);
                            let place = narrow(self.forced_bytes + slot * table.lanes() + lane)?;
                            self.forced.push(Forced { split: split_places[split as usize], place });
                        }
                    }
                }
            }
        }
        let mut forced = None;
        if self.forced.len() > forced_from {
            forced = Some(self.forced_bytes);
            self.forced_bytes += table.slots() * table.lanes();
        }
        self.blocks.push(Block { table, forced });
        Ok(())
    }

    fn add_flat(
        &mut self,
        number: usize,
        tree: &Tree,
        tests: &[RankTest],
        split_places: &[u32],
    ) -> Result<(), OutOfMemory> {
        let start = narrow(self.flat_nodes.len())?;
        let leaves = tree.leaves.len() as u32;
        narrow(self.flat_nodes.len() + 2 * tree.leaves.len())?;
        let place =
            |child: i32| if child < 0 { start + !child as u32 } else { start + leaves + child as u32 };
        for leaf in start..start + leaves {
            self.flat_nodes.push(FlatNode { column: 0, rank: u32::MAX, children: [leaf; 2] });
        }
        for (node, test) in tree.nodes.iter().zip(tests) {
            let (column, rank) = match *test {
                RankTest::Above { wide, rank } => (wide, rank),
                RankTest::NotIn { split } => {
                    self.flat_categorical = true;
                    (split_places[split as usize] | CATEGORICAL, 0)
                }
            };
            self.flat_nodes.push(FlatNode { column, rank, children: node.children.map(place) });
        }
        self.flat_trees.push(FlatTree { tree: number as u32, start, root: place(tree.root) });
        Ok(())
    }

    /// Number of trees that are walked.
    pub fn flat_count(&self) -> usize {
        self.flat_trees.len()
    }

    /// Walks the flat trees and adds each one's exit leaf to its start in `leaf_starts`. Hot path.
    pub fn walk(&self, wide: &[u32], row: &[f64], leaf_starts: &mut [u32]) {
        if self.flat_categorical {
            self.walk_all::<true>(wide, row, leaf_starts);
        } else {
            self.walk_all::<false>(wide, row, leaf_starts);
        }
    }

    fn walk_all<const CATEGORIES: bool>(&self, wide: &[u32], row: &[f64], leaf_starts: &mut [u32]) {
        for trees in self.flat_trees.chunks(TOGETHER) {
            // A last, shorter group walks its first tree several times.
            let mut at: [u32; TOGETHER] =
                std::array::from_fn(|place| trees.get(place).unwrap_or(&trees[0]).root);
            loop {
                let mut moved = false;
                for at in &mut at {
                    let node = &self.flat_nodes[*at as usize];
                    let right = if CATEGORIES && node.column & CATEGORICAL != 0 {
                        let split = &self.splits[(node.column & !CATEGORICAL) as usize];
                        split.goes_right(&self.words, row)
                    } else {
                        // Without any numeric test there is no wide column, and leaves ask for one.
                        wide.get(node.column as usize).is_some_and(|&rank| rank > node.rank)
                    };
                    let next = node.children[usize::from(right)];
                    moved |= next != *at;
                    *at = next;
                }
                if !moved {
                    break;
                }
            }
            for (tree, at) in trees.iter().zip(at) {
                leaf_starts[tree.tree as usize] = self.leaf_starts[tree.tree as usize] + at - tree.start;
            }
        }
    }
}

/// Where each tree's leaf values begin, and the values.
fn leaves(trees: &[Tree]) -> Result<(Vec<u32>, AlignedBuffer<f64>), OutOfMemory> {
    let total = trees.iter().map(|tree| tree.leaves.len()).sum();
    narrow(total)?;
    let mut values = AlignedBuffer::new(total, 0.0)?;
    let (mut starts, mut start) = (Vec::with_capacity(trees.len()), 0);
    for tree in trees {
        starts.push(start as u32);
        let end = start + tree.leaves.len();
        values[start..end].copy_from_slice(&tree.leaves);
        start = end;
    }
    Ok((starts, values))
}

/// Places are 31 bits: more than that is more than memory is asked for.
fn narrow(place: usize) -> Result<u32, OutOfMemory> {
    match u32::try_from(place) {
        Ok(place) if place < CATEGORICAL => Ok(place),
        _ => Err(OutOfMemory { bytes: usize::MAX }),
    }
}
