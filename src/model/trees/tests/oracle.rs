//! The layout's every path against the walk.

use super::text::{Model, Random, Shape};
use crate::model::trees::{BoostedTrees, TreesState};
use crate::simd::rank::Ranker;

const PLAIN: Shape = Shape {
    features: 17,
    trees: 100,
    leaves: 31,
    outputs: 1,
    thresholds: 100,
    categorical: 0,
    categories: 20,
    chain: false,
};

/// Checks a random model's raw scores, bit for bit, on every instruction set; returns the number of walked trees.
fn check(seed: u64, shape: Shape) -> usize {
    let mut random = Random::new(seed);
    let model = Model::new(&mut random, shape);
    let text = model.text();
    let rows: Vec<Vec<f64>> = (0..40).map(|_| model.row(&mut random)).collect();
    let mut walked = 0;
    for ranker in Ranker::available() {
        let trees = BoostedTrees::from_lightgbm(&text).unwrap().with_ranker(ranker);
        assert_eq!(trees.num_trees(), shape.trees);
        walked = trees.num_walked_trees();
        let mut state = TreesState::new(&trees).unwrap();
        let mut out = vec![0.0; shape.outputs];
        for row in &rows {
            trees.predict_raw(&mut state, row, &mut out).unwrap();
            assert_eq!(out, model.raw(row), "{} {row:?}", ranker.name());
        }
        let mut batch = vec![0.0; 40 * shape.outputs];
        trees.predict_batch(&mut state, &rows.concat(), &mut batch).unwrap();
        let expected: Vec<f64> = rows.iter().flat_map(|row| model.raw(row)).collect();
        assert_eq!(batch, expected);
    }
    walked
}

#[test]
fn numeric_trees_stay_in_the_tables() {
    for seed in 0..10 {
        assert_eq!(check(seed, PLAIN), 0);
    }
    assert_eq!(check(10, Shape { trees: 600, ..PLAIN }), 0);
}

#[test]
fn chains_of_255_splits_stay_in_the_tables_and_longer_ones_are_walked() {
    assert_eq!(check(20, Shape { leaves: 256, trees: 70, chain: true, ..PLAIN }), 0);
    assert_eq!(check(21, Shape { leaves: 257, trees: 13, chain: true, ..PLAIN }), 13);
}

#[test]
fn many_thresholds_take_several_columns_each() {
    // Three features' rules and defaults are fifteen wide columns, of up to ten bytes each.
    assert_eq!(check(30, Shape { features: 3, thresholds: 2500, leaves: 200, ..PLAIN }), 0);
    let walked = check(31, Shape { features: 17, thresholds: 5000, leaves: 200, trees: 200, ..PLAIN });
    assert!(walked > 0, "85 wide columns of several chunks are more than 256");
}

#[test]
fn more_columns_than_256_leave_some_trees_to_be_walked() {
    let walked = check(40, Shape { features: 150, trees: 300, leaves: 5, ..PLAIN });
    assert!(walked > 0 && walked < 300, "{walked}");
}

#[test]
fn categorical_splits_are_columns_while_there_is_room() {
    for seed in 50..55 {
        assert_eq!(check(seed, Shape { features: 4, trees: 20, leaves: 15, categorical: 50, ..PLAIN }), 0);
    }
}

#[test]
fn categorical_splits_without_a_column_are_forced() {
    for seed in 60..64 {
        let shape = Shape { features: 4, trees: 300, leaves: 31, categorical: 40, categories: 200, ..PLAIN };
        assert_eq!(check(seed, shape), 0);
    }
}

#[test]
fn categorical_splits_of_large_trees_are_walked() {
    let shape = Shape { features: 6, trees: 30, leaves: 600, categorical: 40, categories: 100, ..PLAIN };
    let walked = check(70, shape);
    assert!(walked > 0 && walked < 30, "{walked}");
    let only = Shape { categorical: 100, leaves: 300, trees: 9, chain: true, ..shape };
    assert_eq!(check(71, only), 9);
}

#[test]
fn outputs_take_their_trees_in_turn() {
    for outputs in [2, 3, 7] {
        assert_eq!(check(80, Shape { outputs, trees: 21 * outputs, ..PLAIN }), 0);
    }
}

#[test]
fn single_leaves_are_constants() {
    check(90, Shape { leaves: 1, trees: 5, ..PLAIN });
    check(91, Shape { leaves: 2, trees: 65, features: 1, ..PLAIN });
}
