//! Tests of the strategies as claims.

use super::*;
use crate::oms::{WantedQuote, WantedQuotes};
use crate::quote::{AsParams, GlftParams, GlftTable, avellaneda_stoikov, glft_asymptotic};
use crate::types::{Price, Quantity, Side};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const SECOND: u64 = 1_000_000_000;

fn config() -> StoikovConfig {
    StoikovConfig {
        risk_aversion: RiskAversion::Fixed(0.01),
        decay: FillDecay::Fixed(0.3),
        intensity: 0.9,
        horizon: Horizon::Rolling(600.0),
        position_limit: Quantity(30),
        min_half_spread: 0.0,
        warm_up: 10,
        ..StoikovConfig::default()
    }
}

fn view(bid: i64, ask: i64, position: i64) -> MarketView {
    MarketView {
        timestamp: Timestamp(SECOND),
        top: TopOfBook::new(Some((Price(bid), Quantity(4))), Some((Price(ask), Quantity(4)))),
        microprice: None,
        sigma: Some(0.3),
        observations: 10,
        spread: Some(2.0),
        position: SignedQuantity(position),
        prediction: None,
    }
}

fn one(wanted: &WantedQuotes, side: Side) -> Option<WantedQuote> {
    assert!(wanted.side(side).len() <= 1);
    wanted.side(side).first().copied()
}

fn prices(wanted: &WantedQuotes) -> (f64, f64) {
    (one(wanted, Side::Buy).unwrap().price, one(wanted, Side::Sell).unwrap().price)
}

fn quotes(config: &StoikovConfig, view: &MarketView) -> WantedQuotes {
    StoikovStrategy::new(config).unwrap().quotes(view)
}

#[track_caller]
fn close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-9 * (1.0 + expected.abs()), "{actual} is not {expected}");
}

#[test]
fn each_model_quotes_its_formula_around_the_mid() {
    for position in [-29, -5, 0, 1, 10, 29] {
        let wide = view(900, 1101, position);
        let (mid, q) = (1000.5, position as f64);

        let wanted = quotes(&config(), &wide);
        let params = AsParams { gamma: 0.01, sigma: 0.3, k: 0.3, tau: 600.0 };
        let expected = avellaneda_stoikov(&params, mid, q).unwrap();
        close(prices(&wanted).0, expected.bid);
        close(prices(&wanted).1, expected.ask);

        let glft = GlftParams::new(0.01, 0.3, 0.3, 0.9);
        let wanted = quotes(&StoikovConfig { model: Model::GlftAsymptotic, ..config() }, &wide);
        let expected = glft_asymptotic(&glft, q).unwrap();
        close(prices(&wanted).0, mid - expected.bid.unwrap());
        close(prices(&wanted).1, mid + expected.ask.unwrap());

        let model = Model::GlftTable { max_sigma: 1.2, steps: 8 };
        let wanted = quotes(&StoikovConfig { model, ..config() }, &wide);
        let expected = GlftTable::new(&glft, 30, 600.0).unwrap().offsets(q);
        close(prices(&wanted).0, mid - expected.bid.unwrap());
        close(prices(&wanted).1, mid + expected.ask.unwrap());
    }
}

#[test]
fn the_unit_of_inventory_is_one_order() {
    // A hundred lots an order and γ a hundredth: the same quotes as one lot at γ, at a hundred times the position.
    let models =
        [Model::AvellanedaStoikov, Model::GlftAsymptotic, Model::GlftTable { max_sigma: 0.6, steps: 2 }];
    for model in models {
        let small = StoikovConfig { model, ..config() };
        let large = StoikovConfig {
            risk_aversion: RiskAversion::Fixed(1e-4),
            order_quantity: Quantity(100),
            position_limit: Quantity(3000),
            ..small
        };
        for orders in [-7, 0, 3] {
            let a = quotes(&small, &view(900, 1101, orders));
            let b = quotes(&large, &view(900, 1101, 100 * orders));
            close(prices(&a).0, prices(&b).0);
            close(prices(&a).1, prices(&b).1);
            assert_eq!(one(&b, Side::Buy).unwrap().quantity, 100.0);
        }
    }
}

#[test]
fn inventory_is_measured_from_the_target() {
    let steered = StoikovConfig { inventory_target: SignedQuantity(4), ..config() };
    let at_target = quotes(&steered, &view(900, 1101, 4));
    let (bid, ask) = prices(&at_target);
    close(0.5 * (bid + ask), 1000.5);
    assert_eq!(
        prices(&quotes(&steered, &view(900, 1101, 7))),
        prices(&quotes(&config(), &view(900, 1101, 3)))
    );
    let below = prices(&quotes(&steered, &view(900, 1101, 0)));
    assert!(0.5 * (below.0 + below.1) > 1000.5, "short of the target it leans to buying");
}

#[test]
fn the_spread_sets_the_decay_and_without_risk_aversion_is_quoted() {
    let follow =
        StoikovConfig { risk_aversion: RiskAversion::Fixed(0.0), decay: FillDecay::FromSpread, ..config() };
    for spread in [1.0, 2.0, 3.7, 20.0] {
        let wanted = quotes(&follow, &MarketView { spread: Some(spread), ..view(900, 1100, 5) });
        let (bid, ask) = prices(&wanted);
        close(ask - bid, spread);
        close(0.5 * (bid + ask), 1000.0);
    }
    for spread in [None, Some(0.0), Some(-1.0), Some(f64::NAN)] {
        let wanted = quotes(&follow, &MarketView { spread, ..view(900, 1100, 5) });
        assert_eq!(wanted, WantedQuotes::NONE);
    }
}

#[test]
fn the_reference_is_the_mid_the_weighted_mid_or_the_microprice() {
    let heavy_bid = MarketView {
        top: TopOfBook::new(Some((Price(900), Quantity(30))), Some((Price(1100), Quantity(10)))),
        microprice: Some(1007.25),
        ..view(900, 1100, 0)
    };
    let middle = |reference, view: &MarketView| {
        let (bid, ask) = prices(&quotes(&StoikovConfig { reference, ..config() }, view));
        0.5 * (bid + ask)
    };
    close(middle(Reference::Mid, &heavy_bid), 1000.0);
    close(middle(Reference::WeightedMid, &heavy_bid), 1050.0);
    close(middle(Reference::Microprice, &heavy_bid), 1007.25);
    close(middle(Reference::Microprice, &MarketView { microprice: None, ..heavy_bid }), 1000.0);
    let empty = TopOfBook { bid_quantity: Quantity(0), ask_quantity: Quantity(0), ..heavy_bid.top };
    close(middle(Reference::WeightedMid, &MarketView { top: empty, ..heavy_bid }), 1000.0);
}

#[test]
fn a_market_without_a_reference_price_gets_no_quotes() {
    let mut strategy = StoikovStrategy::new(&config()).unwrap();
    let sound = view(99, 101, 0);
    assert_ne!(strategy.quotes(&sound), WantedQuotes::NONE);
    let bid = Some((Price(99), Quantity(4)));
    let ask = Some((Price(101), Quantity(4)));
    let tops = [
        TopOfBook::new(bid, None),
        TopOfBook::new(None, ask),
        TopOfBook::default(),
        TopOfBook::new(ask, ask),
        TopOfBook::new(ask, bid),
    ];
    for top in tops {
        assert_eq!(strategy.quotes(&MarketView { top, ..sound }), WantedQuotes::NONE, "{top:?}");
    }
    for sigma in [None, Some(f64::NAN), Some(f64::INFINITY)] {
        assert_eq!(strategy.quotes(&MarketView { sigma, ..sound }), WantedQuotes::NONE);
    }
    let microprice = Some(f64::NAN);
    let mut by_microprice =
        StoikovStrategy::new(&StoikovConfig { reference: Reference::Microprice, ..config() }).unwrap();
    assert_eq!(by_microprice.quotes(&MarketView { microprice, ..sound }), WantedQuotes::NONE);
    assert_ne!(strategy.quotes(&sound), WantedQuotes::NONE);
}

#[test]
fn quoting_starts_when_the_volatility_has_warmed_up() {
    let mut strategy = StoikovStrategy::new(&config()).unwrap();
    for observations in 0..10 {
        assert_eq!(strategy.quotes(&MarketView { observations, ..view(99, 101, 0) }), WantedQuotes::NONE);
    }
    assert_ne!(strategy.quotes(&MarketView { observations: 10, ..view(99, 101, 0) }), WantedQuotes::NONE);
}

#[test]
fn at_the_limit_only_the_reducing_side_is_quoted_and_no_fill_passes_it() {
    let models =
        [Model::AvellanedaStoikov, Model::GlftAsymptotic, Model::GlftTable { max_sigma: 0.6, steps: 2 }];
    for model in models {
        for target in [0, 20, -40] {
            let config = StoikovConfig {
                model,
                risk_aversion: RiskAversion::Fixed(0.001),
                order_quantity: Quantity(10),
                position_limit: Quantity(45),
                inventory_target: SignedQuantity(target),
                ..config()
            };
            let mut strategy = StoikovStrategy::new(&config).unwrap();
            for position in -200..=200i64 {
                let wanted = strategy.quotes(&view(900, 1101, position));
                let lots = |side| one(&wanted, side).map_or(0, |quote| quote.quantity as i64);
                assert_eq!(lots(Side::Buy), (45 - position).clamp(0, 10), "{model:?} {target} {position}");
                assert_eq!(lots(Side::Sell), (45 + position).clamp(0, 10), "{model:?} {target} {position}");
            }
        }
    }
}

#[test]
fn quotes_are_never_closer_than_the_least_half_spread_nor_across_the_opposite_best() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(9);
    let models =
        [Model::AvellanedaStoikov, Model::GlftAsymptotic, Model::GlftTable { max_sigma: 3.0, steps: 6 }];
    for model in models {
        for min_half_spread in [0.0, 0.5, 7.0] {
            let config = StoikovConfig {
                model,
                min_half_spread,
                decay: FillDecay::Fixed(2.0),
                risk_aversion: RiskAversion::Fixed(0.02),
                ..config()
            };
            let mut strategy = StoikovStrategy::new(&config).unwrap();
            for _ in 0..2000 {
                let bid = (random.next_u32() % 5000) as i64 - 2500;
                let spread = 1 + (random.next_u32() % 12) as i64;
                let position = (random.next_u32() % 61) as i64 - 30;
                let sigma = Some(f64::from(random.next_u32() % 100) * 0.02);
                let wanted = strategy.quotes(&MarketView { sigma, ..view(bid, bid + spread, position) });
                let (buy, sell) = (one(&wanted, Side::Buy), one(&wanted, Side::Sell));
                assert!(buy.is_none_or(|quote| quote.price <= (bid + spread - 1) as f64));
                assert!(sell.is_none_or(|quote| quote.price >= (bid + 1) as f64));
                if let (Some(buy), Some(sell)) = (buy, sell) {
                    assert!(sell.price - buy.price >= 2.0 * min_half_spread - 1e-9);
                }
            }
        }
    }
}

#[test]
fn a_countdown_narrows_to_its_end_and_starts_again() {
    let counting = StoikovConfig { horizon: Horizon::CountDown(10.0), ..config() };
    let mut strategy = StoikovStrategy::new(&counting).unwrap();
    let start = 77 * SECOND;
    let mut spread_after = |nanoseconds: u64| {
        let view = MarketView { timestamp: Timestamp(start + nanoseconds), ..view(900, 1101, 0) };
        let (bid, ask) = prices(&strategy.quotes(&view));
        ask - bid
    };
    let expected = |tau: f64| {
        let params = AsParams { gamma: 0.01, sigma: 0.3, k: 0.3, tau };
        avellaneda_stoikov(&params, 0.0, 0.0).unwrap().spread
    };
    for (seconds, tau) in [(0, 10.0), (1, 9.0), (9, 1.0), (10, 10.0), (10_003, 7.0)] {
        close(spread_after(seconds * SECOND), expected(tau));
    }
    close(spread_after(10 * SECOND - 1), expected(1e-9));
    // Time before the start counts as the start.
    let early = MarketView { timestamp: Timestamp(3), ..view(900, 1101, 0) };
    close(
        {
            let (bid, ask) = prices(&strategy.quotes(&early));
            ask - bid
        },
        expected(10.0),
    );
}

#[test]
fn a_countdown_starts_with_the_first_view_that_is_quoted() {
    let counting = StoikovConfig { horizon: Horizon::CountDown(10.0), ..config() };
    let mut late = StoikovStrategy::new(&counting).unwrap();
    late.quotes(&MarketView { timestamp: Timestamp(0), observations: 0, ..view(900, 1101, 0) });
    let mut fresh = StoikovStrategy::new(&counting).unwrap();
    let now = MarketView { timestamp: Timestamp(7 * SECOND), ..view(900, 1101, 0) };
    assert_eq!(late.quotes(&now), fresh.quotes(&now));
}

#[test]
fn bad_settings_are_refused_by_name() {
    use crate::quote::QuoteError;
    let refused = |config: StoikovConfig| StoikovStrategy::new(&config).unwrap_err();
    let bad = |parameter| StrategyError::BadParameter { parameter };
    for seconds in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e12] {
        assert_eq!(refused(StoikovConfig { horizon: Horizon::Rolling(seconds), ..config() }), bad("horizon"));
        assert_eq!(
            refused(StoikovConfig { horizon: Horizon::CountDown(seconds), ..config() }),
            bad("horizon")
        );
    }
    for lots in [0, u64::MAX] {
        assert_eq!(
            refused(StoikovConfig { order_quantity: Quantity(lots), ..config() }),
            bad("order_quantity")
        );
        assert_eq!(
            refused(StoikovConfig { position_limit: Quantity(lots), ..config() }),
            bad("position_limit")
        );
    }
    for target in [31, -31, i64::MIN] {
        let inventory_target = SignedQuantity(target);
        assert_eq!(refused(StoikovConfig { inventory_target, ..config() }), bad("inventory_target"));
    }
    for min_half_spread in [-0.1, f64::NAN, f64::INFINITY] {
        assert_eq!(refused(StoikovConfig { min_half_spread, ..config() }), bad("min_half_spread"));
    }
    for model in
        [Model::AvellanedaStoikov, Model::GlftAsymptotic, Model::GlftTable { max_sigma: 1.0, steps: 4 }]
    {
        let negative = StoikovConfig { model, risk_aversion: RiskAversion::Fixed(-1.0), ..config() };
        assert_eq!(refused(negative), StrategyError::Quote(QuoteError::Negative { parameter: "gamma" }));
        let flat = StoikovConfig { model, decay: FillDecay::Fixed(0.0), ..config() };
        assert_eq!(refused(flat), StrategyError::Quote(QuoteError::NotPositive { parameter: "k" }));
    }
    let model = Model::GlftTable { max_sigma: 1.0, steps: 4 };
    let idle = StoikovConfig { model, intensity: 0.0, ..config() };
    assert_eq!(refused(idle), StrategyError::Quote(QuoteError::NotPositive { parameter: "intensity" }));
    let following = StoikovConfig { model, decay: FillDecay::FromSpread, ..config() };
    assert_eq!(refused(following), StrategyError::TableNeedsFixedDecay);
    let counting = StoikovConfig { model, horizon: Horizon::CountDown(60.0), ..config() };
    assert_eq!(refused(counting), bad("horizon"));
    let long = StoikovConfig { model, position_limit: Quantity(1000), ..config() };
    assert!(matches!(refused(long), StrategyError::Quote(QuoteError::TableTooLarge { .. })));
}

#[test]
fn the_same_views_give_the_same_quotes() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(10);
    let counting = StoikovConfig { horizon: Horizon::CountDown(5.0), ..config() };
    let (mut one, mut other) =
        (StoikovStrategy::new(&counting).unwrap(), StoikovStrategy::new(&counting).unwrap());
    for i in 0..1000u64 {
        let bid = (random.next_u32() % 100) as i64;
        let view = MarketView { timestamp: Timestamp(i * 17_000_000), ..view(bid, bid + 3, bid % 9) };
        assert_eq!(one.quotes(&view), other.quotes(&view));
    }
}

#[test]
fn a_prediction_moves_quotes_only_when_the_rule_is_on() {
    let expected = Prediction { change: 1.0, volatility: Some(0.6), direction: 0.5 };
    let plain = view(900, 1101, 3);
    let told = MarketView { prediction: Some(expected), ..plain };
    assert_eq!(quotes(&config(), &told), quotes(&config(), &plain));

    let (bid, ask) = prices(&quotes(&config(), &plain));
    let shifting = PredictionRule { change_weight: 2.0, direction_weight: 0.4, ..PredictionRule::OFF };
    let shifted = prices(&quotes(&StoikovConfig { prediction: shifting, ..config() }, &told));
    // 2 × 1 tick and 0.4 × 0.5 half spreads of one tick.
    close(shifted.0, bid + 2.2);
    close(shifted.1, ask + 2.2);

    let widening = PredictionRule { volatility_weight: 0.5, ..PredictionRule::OFF };
    let widened = prices(&quotes(&StoikovConfig { prediction: widening, ..config() }, &told));
    // Twice the volatility, half of which counts.
    close(widened.1 - widened.0, 1.5 * (ask - bid));
    close(widened.1 + widened.0, ask + bid);
}

#[test]
fn a_wrong_prediction_is_bounded_and_one_that_is_no_number_changes_nothing() {
    let rule = PredictionRule {
        change_weight: 1.0,
        direction_weight: 1.0,
        volatility_weight: 1.0,
        max_shift: 1.5,
        max_scale: 2.0,
    };
    let wild = |change, volatility, direction| Prediction { change, volatility, direction };
    let spread = Some(4.0);
    assert_eq!(rule.adjust(&wild(1e9, Some(1e9), 1.0), spread, 0.5), Adjustment { shift: 6.0, scale: 2.0 });
    assert_eq!(
        rule.adjust(&wild(-1e9, Some(0.0), -1.0), spread, 0.5),
        Adjustment { shift: -6.0, scale: 0.5 }
    );
    for odd in [f64::NAN, f64::INFINITY] {
        assert_eq!(rule.adjust(&wild(odd, Some(odd), 0.0), spread, 0.5), Adjustment::NONE);
    }
    assert_eq!(rule.adjust(&wild(1.0, Some(1.0), 1.0), None, 0.5), Adjustment::NONE);
    assert_eq!(rule.adjust(&wild(0.0, Some(1.0), 0.0), spread, 0.0), Adjustment::NONE);
    assert_eq!(rule.adjust(&wild(0.0, None, 0.0), spread, 0.5), Adjustment::NONE);
}

#[test]
fn a_rule_out_of_range_is_refused_by_name() {
    for (parameter, rule) in [
        ("change_weight", PredictionRule { change_weight: -1.0, ..PredictionRule::OFF }),
        ("direction_weight", PredictionRule { direction_weight: f64::NAN, ..PredictionRule::OFF }),
        ("volatility_weight", PredictionRule { volatility_weight: f64::INFINITY, ..PredictionRule::OFF }),
        ("max_shift", PredictionRule { max_shift: -0.5, ..PredictionRule::OFF }),
        ("max_scale", PredictionRule { max_scale: 0.9, ..PredictionRule::OFF }),
    ] {
        let refused = StoikovStrategy::new(&StoikovConfig { prediction: rule, ..config() });
        assert_eq!(refused.unwrap_err(), StrategyError::BadParameter { parameter });
    }
}

#[test]
fn a_one_sided_quote_is_scaled_by_its_own_distance() {
    let model = Model::GlftTable { max_sigma: 1.0, steps: 8 };
    let rule = PredictionRule { volatility_weight: 1.0, ..PredictionRule::OFF };
    let at_limit = view(900, 1101, 30);
    let told = MarketView {
        prediction: Some(Prediction { change: 0.0, volatility: Some(0.6), direction: 0.0 }),
        ..at_limit
    };
    let plain = quotes(&StoikovConfig { model, ..config() }, &at_limit);
    let scaled = quotes(&StoikovConfig { model, prediction: rule, ..config() }, &told);
    assert!(one(&plain, Side::Buy).is_none() && one(&scaled, Side::Buy).is_none());
    let distance = |wanted| one(wanted, Side::Sell).unwrap().price - 1000.5;
    close(distance(&scaled), 2.0 * distance(&plain));
}
