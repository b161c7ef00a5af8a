//! The analytics on a recorded hour of AAPL, each number against `python/goldens/analytics.py`: a reference with a book of its own
//! that works over whole arrays instead of a stream; and on simulated series with known answers.

mod common;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use common::data_file;
use market_maker::analytics::{
    Calibration, FillMode, GaussianRegimes, InformationShare, LogHistogram, MarketAnalytics,
    MarketAnalyticsConfig, Performance, PerformanceConfig, RegimeConfig, SIZE_BUCKETS, Survival,
};
use market_maker::book::{BookConfig, Depth, OrderBook};
use market_maker::feed::{EventSource, Input, LobsterReader};
use market_maker::types::{Instrument, Side, Timestamp};

const MESSAGES: &str = "lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst";
const BOOK: &str = "lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_first672.csv.zst";
const GOLDEN: &str = include_str!("golden/analytics_aapl.txt");
const SECOND: u64 = 1_000_000_000;
/// From here on fills are no longer learnt but scored: half of the hour.
const SPLIT: Timestamp = Timestamp(36_000 * SECOND);

/// The reference's numbers, and which of them were compared.
struct Golden {
    numbers: BTreeMap<&'static str, f64>,
    seen: RefCell<BTreeSet<String>>,
}

impl Golden {
    fn new() -> Self {
        let numbers = GOLDEN.lines().map(|line| {
            let (name, value) = line.split_once(' ').expect("name, value");
            (name, value.parse().expect("a number"))
        });
        Self { numbers: numbers.collect(), seen: RefCell::default() }
    }

    fn get(&self, name: &str) -> f64 {
        self.seen.borrow_mut().insert(name.to_owned());
        *self.numbers.get(name).unwrap_or_else(|| panic!("{name} is no golden number"))
    }

    /// Equal to a part in 10¹¹: the reference prints fifteen digits and sums in another order.
    fn close(&self, name: &str, ours: impl Into<Option<f64>>) {
        self.within(name, ours, 1e-11);
    }

    fn within(&self, name: &str, ours: impl Into<Option<f64>>, tolerance: f64) {
        let (golden, ours) = (self.get(name), ours.into().unwrap_or_else(|| panic!("{name} has no value")));
        let off = (ours - golden).abs();
        assert!(off <= tolerance * golden.abs().max(1e-3), "{name}: {ours}, the reference has {golden}");
    }

    fn exact(&self, name: &str, ours: u64) {
        assert_eq!(ours as f64, self.get(name), "{name}");
    }

    /// A histogram's quantile is the end of the bin in which the exact one lies.
    fn quantile(&self, name: &str, histogram: &LogHistogram, part: f64) {
        let golden = self.get(name);
        let ours = histogram.quantile(part).unwrap() as f64;
        assert!(golden <= ours && ours <= golden * (1.0 + 1.0 / 16.0), "{name}: {ours}, exactly {golden}");
    }

    /// Nothing of the reference with this prefix was left out.
    fn all_seen(&self, prefixes: &[&str]) {
        let seen = self.seen.borrow();
        let is_ours = |name: &&&str| prefixes.iter().any(|prefix| name.starts_with(prefix));
        let missed: Vec<_> =
            self.numbers.keys().filter(is_ours).filter(|name| !seen.contains(**name)).collect();
        assert!(missed.is_empty(), "never compared: {missed:?}");
    }
}

#[test]
fn every_analytic_agrees_with_the_reference_on_a_recorded_hour() {
    let (Some(messages), Some(rows)) = (data_file(MESSAGES), data_file(BOOK)) else { return };
    let aapl = Instrument::new("AAPL", 0.01, 1.0).unwrap();
    let mut reader = LobsterReader::new(Input::open(messages).unwrap(), &aapl)
        .with_seed(&Input::open(rows).unwrap(), 0)
        .unwrap();
    let mut book = OrderBook::new(&BookConfig::default()).unwrap();
    let config = MarketAnalyticsConfig { fill_mode: FillMode::Learn, ..MarketAnalyticsConfig::default() };
    let mut analytics = MarketAnalytics::new(&config).unwrap();
    let mut mids: Vec<f64> = Vec::new();
    let mut grid = None;
    let (mut now, mut applied) = (Timestamp(0), 1u64);
    let mut learnt = None;
    while let Some(event) = reader.next_event().unwrap() {
        let next = grid.get_or_insert((event.timestamp.0 / SECOND + 1) * SECOND);
        while *next < event.timestamp.0 {
            mids.push(book.mid2().unwrap() as f64 / 2.0);
            *next += SECOND;
        }
        if event.timestamp >= SPLIT && learnt.is_none() {
            analytics.lifetimes_mut().set_mode(FillMode::Score);
            analytics.advance(event.timestamp);
            learnt = Some(analytics.lifetimes().model().clone());
        }
        let Ok(touched) = book.apply(&event) else { continue };
        analytics.on_event(&event, touched, &book);
        now = event.timestamp;
        applied += u64::from(event.kind != market_maker::types::EventKind::Seed);
    }
    let golden = Golden::new();
    golden.exact("messages", applied);
    assert_eq!(learnt.as_ref(), Some(analytics.lifetimes().model()), "scoring teaches nothing");

    compare_book(&golden, &analytics);
    compare_flow(&golden, &analytics);
    compare_orders(&golden, &analytics, now);
    compare_regimes(&golden, &mids);
    golden.all_seen(&[
        "messages",
        "spread",
        "depth",
        "quotes",
        "cancels",
        "trades",
        "signs",
        "arrivals",
        "markouts",
        "impact",
        "toxicity",
        "kyle",
        "replenishment",
        "recovery",
        "orders",
        "fills",
        "regime",
    ]);
}

fn compare_book(golden: &Golden, analytics: &MarketAnalytics) {
    let spread = analytics.spread();
    golden.exact("spread.total_ns", spread.total_ns());
    golden.close("spread.mean", spread.mean());
    golden.close("spread.share.10", spread.share(10));
    for part in [0.1, 0.5, 0.9] {
        golden.exact(&format!("spread.quantile.{part}"), spread.quantile(part).unwrap().into());
    }
    golden.close("depth_spread", analytics.depth_spread().value());
    for (side, name) in [(Side::Buy, "bid"), (Side::Sell, "ask")] {
        let lifetimes = analytics.quotes().lifetimes(side);
        golden.exact(&format!("quotes.{name}.count"), lifetimes.len());
        golden.close(&format!("quotes.{name}.mean"), lifetimes.mean());
        for part in [0.25, 0.5, 0.9] {
            golden.quantile(&format!("quotes.{name}.quantile.{part}"), lifetimes, part);
        }
    }
    for at in 0..market_maker::analytics::CANCEL_BUCKETS {
        let bucket = analytics.cancels().bucket(at).unwrap();
        golden.exact(&format!("cancels.{at}.adds"), bucket.adds);
        golden.exact(&format!("cancels.{at}.cancels"), bucket.cancels);
        golden.exact(&format!("cancels.{at}.lots"), bucket.lots);
        golden.close(&format!("cancels.{at}.order_seconds"), bucket.order_seconds);
    }
    let resiliency = analytics.resiliency();
    golden.close("replenishment", resiliency.replenishment());
    golden.exact("replenishment.count", resiliency.replenishments());
    golden.exact("replenishment.interrupted", resiliency.interrupted());
    compare_survival(golden, "recovery.spread", resiliency.spread_recovery());
    compare_survival(golden, "recovery.depth", resiliency.depth_recovery());
}

fn compare_survival(golden: &Golden, name: &str, survival: &Survival) {
    use market_maker::analytics::Ending::{Censored, Competing, Event};
    golden.exact(&format!("{name}.events"), survival.count(Event));
    golden.exact(&format!("{name}.competing"), survival.count(Competing));
    golden.exact(&format!("{name}.censored"), survival.count(Censored));
    for mark in [SECOND / 100, SECOND / 10, SECOND, 10 * SECOND] {
        let point = survival.at(mark).unwrap();
        golden.close(&format!("{name}.{mark}.survival"), point.survival);
        golden.close(&format!("{name}.{mark}.error"), point.standard_error);
        golden.close(&format!("{name}.{mark}.incidence"), point.incidence);
    }
    golden.exact(&format!("{name}.median"), survival.median_ns().unwrap_or(0));
}

fn compare_flow(golden: &Golden, analytics: &MarketAnalytics) {
    golden.exact("trades", analytics.sizes().len());
    golden.close("trades.sizes.mean", analytics.sizes().mean());
    for part in [0.5, 0.9, 0.99] {
        golden.quantile(&format!("trades.sizes.quantile.{part}"), analytics.sizes(), part);
    }
    for lag in [1, 5, 20] {
        golden.close(&format!("signs.{lag}"), analytics.signs().autocorrelation(lag));
    }
    let arrivals = analytics.arrivals();
    golden.close("arrivals.mean", arrivals.mean_interval_ns());
    golden.close("arrivals.dispersion", arrivals.interval_dispersion());
    for window in 0..4 {
        let counts = arrivals.counts(window).unwrap();
        golden.close(&format!("arrivals.{window}.fano"), counts.fano);
        golden.close(&format!("arrivals.{window}.branching"), counts.branching_ratio);
    }
    let markouts = analytics.markouts();
    assert_eq!(markouts.dropped(), 0);
    for horizon in 0..markouts.horizons_ns().len() {
        let summary = markouts.summary(horizon).unwrap();
        let name = |what: &str| format!("markouts.{horizon}.{what}");
        golden.exact(&name("trades"), summary.trades);
        golden.close(&name("effective"), summary.effective_spread);
        golden.within(&name("realised"), summary.realised_spread, 1e-10);
        golden.within(&name("impact"), summary.price_impact, 1e-10);
        golden.close(&name("effective_by_quantity"), summary.effective_spread_by_quantity);
        golden.within(&name("realised_by_quantity"), summary.realised_spread_by_quantity, 1e-10);
        golden.close(&name("toxic"), summary.toxic_share);
        golden.close(&name("toxic_by_quantity"), summary.toxic_share_by_quantity);
        for bucket in 0..SIZE_BUCKETS {
            let name = |what: &str| format!("impact.{bucket}.{horizon}.{what}");
            let cell = markouts.impact(bucket, horizon);
            golden.exact(&name("trades"), cell.map_or(0, |cell| cell.trades));
            if let Some(cell) = cell.filter(|cell| cell.trades > 1) {
                golden.within(&name("mean"), cell.impact, 1e-10);
                golden.within(&name("error"), cell.standard_error, 1e-10);
            }
        }
    }
    let decay = markouts.decay().unwrap();
    let impacts: Vec<f64> = (0..8).map(|h| golden.get(&format!("markouts.{h}.impact")) / 2.0).collect();
    let peak = impacts.iter().copied().fold(0.0, f64::max);
    assert!((decay.peak - peak).abs() < 1e-9 && (impacts[decay.peak_horizon] - peak).abs() < 1e-9);
    assert!((decay.permanent_share - impacts[7] / decay.peak).abs() < 1e-9);
    eprintln!("impact in ticks by horizon: {impacts:.2?}, permanent share {:.3}", decay.permanent_share);
    let kyle = analytics.kyle().estimate().unwrap();
    golden.exact("kyle.intervals", kyle.intervals);
    golden.within("kyle.lambda", kyle.lambda, 1e-10);
    golden.within("kyle.error", kyle.standard_error, 1e-10);
    golden.within("kyle.intercept", kyle.intercept, 1e-10);
    golden.within("kyle.r_squared", kyle.r_squared, 1e-10);
    golden.close("toxicity.vpin", analytics.toxicity().vpin());
    golden.close("toxicity.percentile", analytics.toxicity().percentile());
}

fn compare_orders(golden: &Golden, analytics: &MarketAnalytics, now: Timestamp) {
    let lifetimes = analytics.lifetimes();
    assert_eq!(lifetimes.unwatched(), 0);
    let mut all = Survival::default();
    lifetimes.survival_into(now, None, &mut all);
    compare_survival(golden, "orders", &all);
    let model = lifetimes.model();
    golden.exact("fills.orders", model.orders());
    golden.close("fills.base_rate", model.base_rate());
    for distance in 0..12 {
        let (orders, fills) = model.at_distance(distance).unwrap();
        golden.exact(&format!("fills.distance.{distance}.orders"), orders);
        golden.exact(&format!("fills.distance.{distance}.fills"), fills);
    }
    let calibration: &Calibration = lifetimes.calibration();
    golden.exact("fills.scored", calibration.forecasts());
    golden.close("fills.scored.base_rate", calibration.base_rate());
    golden.close("fills.brier", calibration.brier_score());
    golden.within("fills.skill", calibration.skill(), 1e-10);
    golden.within("fills.calibration_error", calibration.calibration_error(), 1e-9);
    for (at, bin) in calibration.reliability().enumerate() {
        golden.exact(&format!("fills.reliability.{at}.forecasts"), bin.map_or(0, |bin| bin.forecasts));
        if let Some(bin) = bin {
            golden.close(&format!("fills.reliability.{at}.forecast"), bin.forecast);
            golden.close(&format!("fills.reliability.{at}.frequency"), bin.frequency);
        }
    }
    let (score, base) = (calibration.brier_score().unwrap(), calibration.base_score().unwrap());
    eprintln!("fills: Brier {score:.5}, base rate {base:.5}, skill {:.3}", calibration.skill().unwrap());
    assert!(score < base, "learnt on the first half hour, the model beats the second one's own base rate");
}

fn compare_regimes(golden: &Golden, mids: &[f64]) {
    let mut regimes = GaussianRegimes::new(&RegimeConfig {
        means: &[0.0, 0.0],
        deviations: &[2.0, 8.0],
        transitions: &[0.98, 0.02, 0.04, 0.96],
    })
    .unwrap();
    let mut turbulent = 0;
    for pair in mids.windows(2) {
        regimes.update(pair[1] - pair[0]);
        turbulent += regimes.state() as u64;
    }
    golden.exact("regime.observations", regimes.observations());
    golden.close("regime.log_likelihood", regimes.log_likelihood());
    golden.exact("regime.turbulent", turbulent);
    golden.close("regime.last", regimes.probabilities()[1]);
    golden.get("regime.deviation");
    let single = golden.get("regime.single");
    eprintln!("regimes: {:.0} nats against {single:.0} of one normal", regimes.log_likelihood());
    assert!(regimes.log_likelihood() > single, "two states say more than one fitted in hindsight");
}

/// The reference's generator: sums of twelve uniforms less six.
fn draws(count: usize) -> Vec<f64> {
    let mut state = 20_120_621_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..count).map(|_| (0..12).fold(0.0, |sum, _| sum + uniform()) - 6.0).collect()
}

#[test]
fn information_shares_agree_with_least_squares_and_with_the_simulated_truth() {
    let golden = Golden::new();
    let noise = draws(240_000);
    let mut share = InformationShare::new(2).unwrap();
    let (mut first, mut second) = (0.0_f64, 0.0_f64);
    share.update(first, second);
    for pair in noise.chunks_exact(2).skip(1) {
        let error = first - second;
        first += -0.05 * error + pair[0];
        second += 0.15 * error + (0.3 * pair[0] + pair[1]);
        share.update(first, second);
    }
    let shares = share.estimate().unwrap();
    golden.exact("information.observations", shares.observations);
    for market in 0..2 {
        let name = |what: &str| format!("information.{market}.{what}");
        golden.within(&name("lower"), shares.lower[market], 1e-8);
        golden.within(&name("upper"), shares.upper[market], 1e-8);
        golden.within(&name("component"), shares.component_share[market], 1e-8);
        golden.within(&name("adjustment"), shares.adjustment[market], 1e-8);
    }
    golden.within("information.correlation", shares.correlation, 1e-8);
    golden.all_seen(&["information"]);
    // ψ ∝ (0.15, 0.05), Ω = [[1, 0.3], [0.3, 1.09]].
    let total = 0.15_f64.powi(2) + 2.0 * 0.15 * 0.05 * 0.3 + 0.05_f64.powi(2) * 1.09;
    let (lower, upper) = (0.15_f64.powi(2) * (1.0 - 0.09 / 1.09) / total, 1.0 - 0.05_f64.powi(2) / total);
    eprintln!(
        "information share {:?} to {:?}, in truth {lower:.4} to {upper:.4}",
        shares.lower, shares.upper
    );
    assert!((shares.lower[0] - lower).abs() < 0.03 && (shares.upper[0] - upper).abs() < 0.03);
    assert!((shares.component_share[0] - 0.75).abs() < 0.02);
}

#[test]
fn performance_agrees_with_the_reference() {
    let golden = Golden::new();
    let noise = draws(1_000);
    let mut performance = Performance::new(&PerformanceConfig {
        risk_free: 0.0001,
        target: 0.0002,
        ..PerformanceConfig::default()
    })
    .unwrap();
    let mut equity = 1e6;
    for (draw, other) in noise.iter().zip(noise.iter().rev()) {
        let value = 0.0004 + 0.01 * draw;
        performance.on_closed(equity * value);
        equity *= 1.0 + value;
        performance.mark(equity);
        performance.close_period(Some(0.5 * value + 0.001 * other));
    }
    golden.within("performance.sharpe", performance.sharpe(), 1e-9);
    golden.within("performance.sortino", performance.sortino(), 1e-9);
    golden.within("performance.information_ratio", performance.information_ratio(), 1e-9);
    golden.within("performance.max_drawdown", performance.max_drawdown(), 1e-9);
    golden.within("performance.max_drawdown_percent", performance.max_drawdown_percent(), 1e-9);
    golden.close("performance.win_rate", performance.win_rate());
    golden.within("performance.profit_factor", performance.profit_factor(), 1e-9);
    golden.all_seen(&["performance"]);
}
