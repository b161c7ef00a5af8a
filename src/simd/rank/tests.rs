//! Every family of kernels against plain searches and plain walks.

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

fn below(random: &mut Xoshiro256PlusPlus, limit: usize) -> usize {
    (random.next_u64() % limit as u64) as usize
}

#[test]
fn a_rank_is_the_number_of_thresholds_below() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let lengths = [0, 1, 2, 15, 16, 17, 31, 100, 239, 240, 254, 255, 256, 257, 511, 512, 513, 700, 5000];
    let lists: Vec<(usize, Vec<f64>)> = lengths
        .into_iter()
        .enumerate()
        .map(|(index, length)| {
            let mut list: Vec<f64> =
                (0..length).map(|_| (random.next_u64() % 100_000) as f64 / 64.0 - 800.0).collect();
            if length > 300 {
                list.extend([f64::INFINITY, f64::NEG_INFINITY]);
            }
            list.sort_by(f64::total_cmp);
            list.dedup();
            (2 * index, list)
        })
        .collect();
    let table = ThresholdTable::new(&lists).unwrap();
    let special = [0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e-36, -1e-36, f64::MAX, f64::MIN];
    for ranker in Ranker::available() {
        for round in 0..2000 {
            let row: Vec<f64> = (0..2 * lists.len())
                .map(|place| {
                    let list = &lists[place / 2].1;
                    match below(&mut random, 4) {
                        0 => special[round % special.len()],
                        1 if !list.is_empty() => list[below(&mut random, list.len())],
                        2 if !list.is_empty() => list[below(&mut random, list.len())].next_up(),
                        _ => (random.next_u64() % 200_000) as f64 / 64.0 - 1600.0,
                    }
                })
                .collect();
            let mut ranks = vec![0; lists.len()];
            ranker.ranks(&table, &row, &mut ranks);
            for ((index, list), rank) in lists.iter().zip(ranks) {
                let x = if row[*index].abs() > ZERO { row[*index] } else { 0.0 };
                let expected = list.iter().filter(|&&threshold| threshold < x).count();
                assert_eq!(rank as usize, expected, "{} of {x} among {}", ranker.name(), list.len());
            }
        }
    }
}

/// A random tree's nodes from left to right, and its root: (column, threshold, first leaf, children or !leaf).
struct Plain {
    nodes: Vec<(u8, u8, usize, [isize; 2])>,
    root: isize,
}

impl Plain {
    fn new(random: &mut Xoshiro256PlusPlus, leaves: usize, columns: usize) -> Self {
        let mut plain = Self { nodes: vec![(0, 0, 0, [0; 2]); leaves - 1], root: 0 };
        plain.root = plain.grow(random, 0, leaves, columns);
        plain
    }

    /// Divides the leaves `first..end` anywhere.
    fn grow(&mut self, random: &mut Xoshiro256PlusPlus, first: usize, end: usize, columns: usize) -> isize {
        if end - first == 1 {
            return !(first as isize);
        }
        let node = first + below(random, end - first - 1);
        let children =
            [self.grow(random, first, node + 1, columns), self.grow(random, node + 1, end, columns)];
        let (column, threshold) = (below(random, columns) as u8, random.next_u64() as u8);
        self.nodes[node] = (column, threshold, first, children);
        node as isize
    }

    fn leaf(&self, columns: &[u8; MAX_COLUMNS], forced: &dyn Fn(usize) -> u8) -> usize {
        let mut at = self.root;
        while at >= 0 {
            let (column, threshold, _, children) = self.nodes[at as usize];
            at = children[usize::from(columns[usize::from(column)] | forced(at as usize) > threshold)];
        }
        !at as usize
    }
}

#[test]
fn exit_leaves_are_those_of_a_walk() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(2);
    let shapes = [
        (1, 2, 1),
        (64, 31, 16),
        (65, 31, 17),
        (130, 8, 33),
        (200, 64, 64),
        (256, 31, 65),
        (256, 31, 17),
        (256, 256, 256),
        (256, 100, 129),
    ];
    for (trees, leaves, columns) in shapes {
        let mut table = LeafTable::new(trees, leaves, columns).unwrap();
        let plain: Vec<Plain> = (0..trees)
            .map(|_| {
                let own = 1 + below(&mut random, leaves);
                Plain::new(&mut random, own, columns)
            })
            .collect();
        for (lane, tree) in plain.iter().enumerate() {
            for (slot, &(column, threshold, first, _)) in tree.nodes.iter().enumerate() {
                table.set(slot, lane, column, threshold, first as u8);
            }
        }
        for round in 0..50 {
            let ranks: [u8; MAX_COLUMNS] = std::array::from_fn(|_| random.next_u64() as u8);
            let mut forced = vec![0_u8; table.slots() * table.lanes()];
            if round % 2 == 1 {
                // Forced tests are true unless the threshold is the largest byte.
                forced.iter_mut().for_each(|byte| *byte = (random.next_u64() as u8 >> 6 == 0) as u8 * 255);
            }
            for ranker in Ranker::available() {
                let mut found = vec![77; table.lanes()];
                let given = (round % 2 == 1).then_some(&forced[..]);
                ranker.exit_leaves(&table, &ranks, given, &mut found);
                for (lane, tree) in plain.iter().enumerate() {
                    let expected = tree.leaf(&ranks, &|slot| forced[slot * table.lanes() + lane]);
                    assert_eq!(usize::from(found[lane]), expected, "{} {trees}×{leaves}", ranker.name());
                }
                assert!(found[trees..].iter().all(|&leaf| leaf == 0), "lanes without a tree");
            }
        }
    }
}

#[test]
fn the_scalar_kernels_are_always_there() {
    let names: Vec<_> = Ranker::available().map(Ranker::name).collect();
    assert_eq!(names.last(), Some(&"scalar"));
}

#[test]
#[should_panic(expected = "ascend")]
fn thresholds_out_of_order_are_a_bug_of_the_caller() {
    let _ = ThresholdTable::new(&[(0, vec![1.0, 1.0])]);
}
