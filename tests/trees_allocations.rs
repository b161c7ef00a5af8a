//! Predicting with trees calls no allocator, in any of its paths.
#[path = "common/allocations.rs"]
mod allocations;

use std::path::Path;

use market_maker::model::trees::{BoostedTrees, TreesState};

#[test]
fn predicting_allocates_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/trees");
    for name in ["binary", "categorical", "categorical_deep", "leaves_300", "multiclass", "bins_1024"] {
        let model = BoostedTrees::load(folder.join(format!("{name}.txt"))).unwrap();
        let mut state = TreesState::new(&model).unwrap();
        let rows = vec![0.25; 7 * model.num_features()];
        let mut out = vec![0.0; 7 * model.num_outputs()];
        let calls = allocations::allocations_of(|| {
            let (row, one) = (&rows[..model.num_features()], &mut out[..model.num_outputs()]);
            model.predict(&mut state, row, one).unwrap();
            model.predict_raw(&mut state, row, one).unwrap();
            model.predict_batch(&mut state, &rows, &mut out).unwrap();
            assert!(model.predict(&mut state, &rows, &mut out).is_err());
        });
        assert_eq!(calls, 0, "{name}");
    }
}
