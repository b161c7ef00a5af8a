//! Damaged texts and wrong calls: typed errors with the line, never a panic, and nothing written.

use super::text::{Model, Random, Shape};
use crate::model::trees::{BoostedTrees, TextProblem, TreeError, TreesState};

const SHAPE: Shape = Shape {
    features: 4,
    trees: 4,
    leaves: 9,
    outputs: 1,
    thresholds: 50,
    categorical: 30,
    categories: 40,
    chain: true,
};

fn text() -> String {
    Model::new(&mut Random::new(1), SHAPE).text()
}

/// The text with the first line that begins with `key` replaced, and that line's number.
fn with(text: &str, key: &str, line: &str) -> (String, usize) {
    let mut lines: Vec<&str> = text.lines().collect();
    let place = lines.iter().position(|line| line.starts_with(key)).unwrap();
    lines[place] = line;
    (lines.join("\n"), place + 1)
}

fn problem(text: &str) -> (usize, TextProblem) {
    match BoostedTrees::from_lightgbm(text) {
        Err(TreeError::Text { line, problem }) => (line, problem),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_wrong_line_is_named_with_its_reason() {
    let text = text();
    let check = |key: &str, line: &str, wanted: &dyn Fn(&TextProblem) -> bool| {
        let (text, number) = with(&text, key, line);
        let (found, problem) = problem(&text);
        assert!(wanted(&problem), "{key}: {problem}");
        assert_eq!(found, number, "{key}: {problem}");
    };
    check("tree", "forest", &|p| *p == TextProblem::NotAModel);
    check("version", "version=v9", &|p| *p == TextProblem::Version("v9".into()));
    check("num_tree_per", "num_tree_per_iteration=0", &|p| matches!(p, TextProblem::Number { .. }));
    check("max_feature", "max_feature_idx=-1", &|p| matches!(p, TextProblem::Number { .. }));
    check("feature_names", "feature_names=a b c", &|p| {
        *p == TextProblem::Count { key: "feature_names", expected: 4, found: 3 }
    });
    check("label_index", "objective=guess", &|p| *p == TextProblem::Objective("guess".into()));
    check("label_index", "objective=binary sigmoid:0", &|p| matches!(p, TextProblem::ObjectiveParameter(_)));
    check("label_index", "objective=multiclass num_class:3", &|p| {
        matches!(p, TextProblem::ObjectiveParameter(_))
    });
    check("label_index", "what is this", &|p| matches!(p, TextProblem::NotKeyValue(_)));
    check("label_index", "version=v4", &|p| *p == TextProblem::Duplicate("version"));
    check("Tree=0", "Tree=1", &|p| *p == TextProblem::TreeNumber { expected: 0, found: 1 });
    check("Tree=0", "Tree=x", &|p| matches!(p, TextProblem::Number { key: "Tree", .. }));
    check("num_leaves", "num_leaves=0", &|p| matches!(p, TextProblem::Number { .. }));
    check("num_leaves", "num_leaves=99999999999999", &|p| matches!(p, TextProblem::Number { .. }));
    check("leaf_value", "leaf_value=1 2", &|p| {
        *p == TextProblem::Count { key: "leaf_value", expected: 9, found: 2 }
    });
    check("leaf_value", "leaf_value=1 2 3 4 nan 6 7 8 9", &|p| {
        *p == TextProblem::Number { key: "leaf_value", text: "nan".into(), wanted: "a finite number" }
    });
    check("threshold", "threshold=0 nan 0 0 0 0 0 0", &|p| {
        matches!(p, TextProblem::Number { key: "threshold", .. } | TextProblem::Range { .. })
    });
    check("split_feature", "split_feature=0 0 0 4 0 0 0 0", &|p| {
        *p == TextProblem::Range { key: "split_feature", place: 3, value: 4, limit: 4 }
    });
    check("decision_type", "decision_type=0 0 0 0 0 0 16 0", &|p| {
        *p == TextProblem::DecisionType { place: 6, value: 16 }
    });
    check("decision_type", "decision_type=12 0 0 0 0 0 0 0", &|p| {
        *p == TextProblem::DecisionType { place: 0, value: 12 }
    });
    check("left_child", "left_child=1 2 3 4 5 6 7 8", &|p| {
        *p == TextProblem::Range { key: "left_child", place: 7, value: 8, limit: 8 }
    });
    check("left_child", "left_child=1 2 3 4 5 6 7 0", &|p| {
        *p == TextProblem::NotATree { what: "node", index: 0 }
    });
    check("right_child", "right_child=-10 -2 -3 -4 -5 -6 -7 -8", &|p| {
        *p == TextProblem::Range { key: "right_child", place: 0, value: 9, limit: 9 }
    });
    check("is_linear", "is_linear=1", &|p| *p == TextProblem::LinearTree);
    check("cat_boundaries", "cat_boundaries=9 1", &|p| {
        matches!(p, TextProblem::Count { .. } | TextProblem::Range { .. })
    });
    check("cat_threshold", "cat_threshold=", &|p| matches!(p, TextProblem::Count { .. }));
}

#[test]
fn what_is_missing_is_named_with_the_line_where_it_should_follow() {
    let text = text();
    let tree = text.lines().position(|line| line == "Tree=0").unwrap() + 1;
    for key in [
        "num_leaves",
        "split_feature",
        "threshold",
        "decision_type",
        "left_child",
        "right_child",
        "leaf_value",
    ] {
        let (text, _) = with(&text, key, "");
        assert_eq!(problem(&text), (tree, TextProblem::Missing(key)));
    }
    for key in ["version", "num_tree_per_iteration", "max_feature_idx", "feature_names"] {
        let (text, _) = with(&text, key, "");
        assert_eq!(problem(&text), (1, TextProblem::Missing(key)));
    }
}

#[test]
fn an_unreachable_part_is_not_a_tree() {
    // Two nodes that lead to each other, apart from the root.
    let text = "tree\nversion=v4\nnum_tree_per_iteration=1\nmax_feature_idx=0\nfeature_names=a\nTree=0\nnum_leaves=4\n\
                num_cat=0\nsplit_feature=0 0 0\nthreshold=0 0 0\ndecision_type=0 0 0\nleft_child=-1 2 1\n\
                right_child=-2 -3 -4\nleaf_value=1 2 3 4\nend of trees";
    assert_eq!(problem(text), (12, TextProblem::Unreached { index: 1 }));
}

#[test]
fn trees_come_in_whole_iterations() {
    let text = text().replace("num_tree_per_iteration=1", "num_tree_per_iteration=3");
    let (_, found) = problem(&text);
    assert_eq!(found, TextProblem::Iterations { trees: 4, per_iteration: 3 });
    let head = &text[..text.find("Tree=0").unwrap()];
    let (_, found) = problem(&format!("{head}end of trees\n"));
    assert_eq!(found, TextProblem::Iterations { trees: 0, per_iteration: 3 });
}

#[test]
fn windows_line_ends_change_nothing() {
    let text = text();
    let model = |text: &str| BoostedTrees::from_lightgbm(text).unwrap();
    let (unix, windows) = (model(&text), model(&text.replace('\n', "\r\n")));
    let row = [0.3, 1.0, -0.2, f64::NAN];
    let (mut a, mut b) = ([0.0], [1.0]);
    unix.predict(&mut TreesState::new(&unix).unwrap(), &row, &mut a).unwrap();
    windows.predict(&mut TreesState::new(&windows).unwrap(), &row, &mut b).unwrap();
    assert_eq!(a, b);
}

/// Whatever the text: an error, or a model that predicts.
fn survive(text: &str) -> bool {
    let Ok(model) = BoostedTrees::from_lightgbm(text) else { return false };
    if model.num_features() > 1000 || model.num_outputs() > 1000 {
        return true;
    }
    let mut state = TreesState::new(&model).unwrap();
    let mut out = vec![0.0; model.num_outputs()];
    for value in [0.1, f64::NAN, f64::INFINITY, -3.0, 37.0] {
        let row = vec![value; model.num_features()];
        model.predict(&mut state, &row, &mut out).unwrap();
    }
    true
}

#[test]
fn no_damaged_text_panics() {
    const PIECES: [&str; 24] = [
        "=",
        " ",
        "\n",
        "-",
        "-1",
        "0",
        "1",
        "9",
        "255",
        "256",
        "4294967295",
        "-2147483648",
        "1e400",
        "nan",
        "inf",
        "é",
        "Tree=",
        "end of trees",
        "num_cat=1",
        "is_linear=1",
        "99999999999999999999",
        ".",
        "\r",
        "\0",
    ];
    let mut random = Random::new(5);
    let original = text();
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..30_000 {
        let mut bytes = original.clone().into_bytes();
        for _ in 0..1 + random.below(3) {
            let at = random.below(bytes.len());
            let piece = PIECES[random.below(PIECES.len())].bytes();
            match random.below(6) {
                0 => bytes[at] = random.below(256) as u8,
                1 => drop(bytes.splice(at..at, piece)),
                2 => drop(bytes.splice(at..(at + 1 + random.below(6)).min(bytes.len()), piece)),
                3 => drop(bytes.drain(at..(at + 1 + random.below(40)).min(bytes.len()))),
                4 => bytes.truncate(at),
                _ => {
                    // A number goes, another comes.
                    let digits = |byte: &u8| byte.is_ascii_digit() || *byte == b'-';
                    let start = at + bytes[at..].iter().position(digits).unwrap_or(0);
                    let end = start + bytes[start..].iter().take_while(|byte| digits(byte)).count();
                    bytes.splice(start..end, piece);
                }
            }
            if bytes.is_empty() {
                bytes.push(b'\n');
            }
        }
        if survive(&String::from_utf8_lossy(&bytes)) { accepted += 1 } else { refused += 1 }
    }
    assert!(accepted > 1000 && refused > 1000, "{accepted} {refused}");
}

#[test]
fn a_text_cut_anywhere_is_refused() {
    let text = text();
    let end = text.find("end of trees").unwrap() + "end of trees".len();
    for cut in 0..end {
        assert!(BoostedTrees::from_lightgbm(&text[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn wrong_calls_change_nothing() {
    let model = BoostedTrees::from_lightgbm(&text()).unwrap();
    let other = BoostedTrees::from_lightgbm(&text()).unwrap();
    let mut state = TreesState::new(&model).unwrap();
    let mut foreign = TreesState::new(&other).unwrap();
    let mut out = [7.0; 2];
    let short = model.predict(&mut state, &[0.0; 3], &mut out[..1]);
    assert!(matches!(short, Err(TreeError::RowLength { expected: 4, found: 3 })));
    let wide = model.predict_raw(&mut state, &[0.0; 4], &mut out);
    assert!(matches!(wide, Err(TreeError::OutputLength { expected: 1, found: 2 })));
    let strange = model.predict(&mut foreign, &[0.0; 4], &mut out[..1]);
    assert!(matches!(strange, Err(TreeError::ForeignState)));
    let ragged = model.predict_batch(&mut state, &[0.0; 7], &mut out);
    assert!(matches!(ragged, Err(TreeError::RowLength { expected: 4, found: 7 })));
    let few = model.predict_batch(&mut state, &[0.0; 12], &mut out);
    assert!(matches!(few, Err(TreeError::OutputLength { expected: 3, found: 2 })));
    assert_eq!(out, [7.0; 2]);
    model.predict_batch(&mut state, &[], &mut []).unwrap();
}

#[test]
fn files_that_are_no_text_are_refused_with_their_line() {
    let path = std::env::temp_dir().join(format!("mm-trees-{}", std::process::id()));
    assert!(matches!(BoostedTrees::load(&path), Err(TreeError::Read { .. })));
    std::fs::write(&path, b"tree\nversion=v4\n\xFF\n").unwrap();
    let error = BoostedTrees::load(&path).unwrap_err();
    assert!(matches!(error, TreeError::Text { line: 3, problem: TextProblem::NotUtf8 }), "{error}");
    std::fs::remove_file(&path).unwrap();
}
