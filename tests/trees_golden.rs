//! Models that LightGBM trained, rows, and what LightGBM predicts for them (`python/goldens/trees.py`): raw scores are
//! equal bit for bit, on every instruction set, and predictions to 1e-12.

use std::path::{Path, PathBuf};

use market_maker::model::trees::{BoostedTrees, TextProblem, TreeError, TreesState};
use market_maker::simd::rank::Ranker;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/trees")
}

struct Golden {
    rows: Vec<Vec<f64>>,
    raw: Vec<Vec<f64>>,
    predicted: Vec<Vec<f64>>,
}

fn golden(name: &str) -> Golden {
    let text = std::fs::read_to_string(folder().join(format!("{name}.rows"))).unwrap();
    let mut golden = Golden { rows: Vec::new(), raw: Vec::new(), predicted: Vec::new() };
    for line in text.lines() {
        let mut parts =
            line.split('|').map(|part| part.split_whitespace().map(|word| word.parse().unwrap()).collect());
        golden.rows.push(parts.next().unwrap());
        golden.raw.push(parts.next().unwrap());
        golden.predicted.push(parts.next().unwrap());
    }
    golden
}

fn names() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rows"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert!(names.len() >= 29, "{names:?}");
    names
}

fn load(name: &str) -> BoostedTrees {
    BoostedTrees::load(folder().join(format!("{name}.txt"))).unwrap()
}

#[test]
fn raw_scores_equal_lightgbm_bit_for_bit_on_every_instruction_set() {
    for name in names() {
        let golden = golden(&name);
        for ranker in Ranker::available() {
            let model = load(&name).with_ranker(ranker);
            let mut state = TreesState::new(&model).unwrap();
            let mut raw = vec![0.0; model.num_outputs()];
            for (line, (row, expected)) in golden.rows.iter().zip(&golden.raw).enumerate() {
                model.predict_raw(&mut state, row, &mut raw).unwrap();
                assert_eq!(raw, *expected, "{name}, row {line}, {}", ranker.name());
            }
        }
    }
}

#[test]
fn predictions_equal_lightgbm_to_the_last_digits() {
    for name in names() {
        let golden = golden(&name);
        let model = load(&name);
        let mut state = TreesState::new(&model).unwrap();
        let mut predicted = vec![0.0; model.num_outputs()];
        for (line, (row, expected)) in golden.rows.iter().zip(&golden.predicted).enumerate() {
            model.predict(&mut state, row, &mut predicted).unwrap();
            for (found, expected) in predicted.iter().zip(expected) {
                let error = (found - expected).abs();
                assert!(error <= 1e-12 * expected.abs(), "{name}, row {line}: {found} for {expected}");
            }
        }
    }
}

#[test]
fn a_batch_equals_its_rows_one_by_one() {
    for name in names() {
        let golden = golden(&name);
        let model = load(&name);
        let mut state = TreesState::new(&model).unwrap();
        let outputs = model.num_outputs();
        // Not a multiple of the rows that run side by side.
        let count = golden.rows.len() - 1;
        let rows = golden.rows[..count].concat();
        let mut batch = vec![0.0; count * outputs];
        model.predict_batch(&mut state, &rows, &mut batch).unwrap();
        let mut one = vec![0.0; outputs];
        for (row, found) in golden.rows.iter().zip(batch.chunks_exact(outputs)) {
            model.predict(&mut state, row, &mut one).unwrap();
            assert_eq!(one, found, "{name}");
        }
    }
}

#[test]
fn large_trees_are_walked_and_others_are_not() {
    assert_eq!(load("leaves_300").num_walked_trees(), 2);
    assert_eq!(load("categorical_deep").num_walked_trees(), 2);
    for name in ["regression", "leaves_100", "bins_1024", "categorical", "missing_zero"] {
        assert_eq!(load(name).num_walked_trees(), 0, "{name}");
    }
}

#[test]
fn linear_trees_are_refused_by_name_and_line() {
    let error = BoostedTrees::load(folder().join("linear.txt")).unwrap_err();
    assert!(matches!(error, TreeError::Text { line: 27, problem: TextProblem::LinearTree }), "{error}");
    assert!(error.to_string().contains("linear trees"), "{error}");
}

#[test]
fn the_header_is_there_to_ask() {
    let model = load("multiclass");
    assert_eq!((model.num_features(), model.num_outputs(), model.num_trees()), (6, 3, 24));
    assert_eq!(model.feature_names()[5], "Column_5");
}
