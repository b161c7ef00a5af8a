//! Features, quotes and strategies allocate nothing after construction: every call runs under an allocator that counts.

#[path = "common/allocations.rs"]
mod allocations;

use allocations::allocations_of;
use market_maker::features::{FeatureConfig, Features, TopOfBook, depth_imbalance};
use market_maker::quote::{AsParams, GlftParams, GlftTable, avellaneda_stoikov, glft_asymptotic};
use market_maker::strategy::{
    FillDecay, MarketView, Model, RiskAversion, StoikovConfig, StoikovStrategy, Strategy,
};
use market_maker::types::{Price, Quantity, Side, SignedQuantity, Timestamp};

#[test]
fn the_counter_counts() {
    assert!(allocations_of(|| drop(std::hint::black_box(vec![1u8; 100]))) > 0);
}

#[test]
fn an_event_through_features_and_every_strategy_allocates_nothing() {
    let mut features = Features::new(&FeatureConfig::default()).unwrap();
    let models = [
        (Model::AvellanedaStoikov, FillDecay::FromSpread, RiskAversion::AtLimit(1.0)),
        (Model::GlftTable { max_sigma: 3.0, steps: 16 }, FillDecay::Fixed(0.4), RiskAversion::Fixed(0.01)),
        (Model::GlftAsymptotic, FillDecay::FromSpread, RiskAversion::Fixed(0.01)),
    ];
    let mut strategies = models.map(|(model, decay, risk_aversion)| {
        let config = StoikovConfig { model, decay, risk_aversion, warm_up: 5, ..StoikovConfig::default() };
        StoikovStrategy::new(&config).unwrap()
    });
    let mut quoted = 0;
    let counted = allocations_of(|| {
        for i in 0..10_000u64 {
            let bid = 1000 + (i * i % 7) as i64;
            // Every hundredth market is crossed, every hundred and first one-sided.
            let ask = (i % 101 != 0).then_some((Price(bid + if i % 100 == 0 { -1 } else { 2 }), Quantity(3)));
            let top = TopOfBook::new(Some((Price(bid), Quantity(1 + i % 5))), ask);
            let now = Timestamp(i * 40_000_000);
            features.on_top(now, &top);
            features.on_trade(now, Side::Sell, Quantity(2));
            let position = SignedQuantity((i % 25) as i64 - 12);
            let view = MarketView::new(now, top, &features, position);
            for strategy in &mut strategies {
                quoted += strategy.quotes(&view).side(Side::Buy).len();
            }
        }
    });
    assert_eq!(counted, 0);
    assert!(quoted > 10_000, "{quoted}");
}

#[test]
fn formulas_and_lookups_allocate_nothing_even_when_they_refuse() {
    let params = GlftParams::new(0.01, 0.3, 0.3, 0.9);
    let table = GlftTable::over_horizon(&params, 30, 600.0, 12).unwrap();
    let counted = allocations_of(|| {
        for sigma in [0.3, f64::NAN, -1.0] {
            let closed = AsParams { gamma: 0.1, sigma, k: 1.5, tau: 1.0 };
            assert_eq!(avellaneda_stoikov(&closed, 100.0, 3.0).is_ok(), sigma == 0.3);
            assert_eq!(glft_asymptotic(&GlftParams { sigma, ..params }, 3.0).is_ok(), sigma == 0.3);
        }
        for inventory in -40..40 {
            std::hint::black_box(table.offsets_at(f64::from(inventory) * 0.7, f64::from(inventory) * 20.0));
        }
        let levels = [Quantity(3); 10];
        assert_eq!(depth_imbalance(levels, levels, 10), Some(0.0));
    });
    assert_eq!(counted, 0);
}
