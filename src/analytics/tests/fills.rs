//! Fill model and calibration.

use std::collections::HashMap;

use rand_xoshiro::rand_core::RngCore;

use super::{close, pick, random, uniform};
use crate::analytics::{AnalyticsError, Calibration, FillClass, FillModel};
use crate::types::Quantity;

#[test]
fn classes_are_octaves() {
    let class = |behind, ahead, size| {
        let class = FillClass::new(behind, Quantity(ahead), Quantity(size));
        (class.distance, class.queue, class.size)
    };
    assert_eq!(class(-5, 0, 1), (0, 0, 1));
    assert_eq!(class(0, 1, 2), (1, 1, 2));
    assert_eq!(class(1, 2, 3), (2, 2, 2));
    assert_eq!(class(3, 4, 4), (3, 3, 3));
    assert_eq!(class(255, 1 << 20, u64::MAX), (9, 15, 15));
    assert_eq!(class(i64::MAX, u64::MAX, 0), (11, 15, 0));
    assert_eq!(class(i64::MIN, 0, 0), (0, 0, 0));
}

#[test]
fn probabilities_are_frequencies_shrunk_from_coarse_to_fine() {
    let mut random = random(1);
    let strength = 7.5;
    let mut model = FillModel::new(strength).unwrap();
    let mut seen: Vec<(FillClass, bool)> = Vec::new();
    let classes: Vec<FillClass> = (0..60)
        .map(|_| {
            let any = |random: &mut _| Quantity(1 << pick(random, &[0u32, 1, 4, 30]));
            FillClass::new(pick(&mut random, &[-1, 0, 2, 90]), any(&mut random), any(&mut random))
        })
        .collect();
    assert_eq!((model.base_rate(), model.probability(classes[0])), (None, None));
    for _ in 0..500 {
        let class = pick(&mut random, &classes);
        let filled = random.next_u32().is_multiple_of(2 + u32::from(class.distance));
        model.observe(class, filled);
        seen.push((class, filled));
    }
    for &class in &classes {
        let cell = |test: &dyn Fn(&FillClass) -> bool, above: f64| {
            let orders: Vec<_> = seen.iter().filter(|(class, _)| test(class)).collect();
            let fills = orders.iter().filter(|(_, filled)| *filled).count();
            (fills as f64 + strength * above) / (orders.len() as f64 + strength)
        };
        let all = seen.iter().filter(|(_, filled)| *filled).count() as f64 / seen.len() as f64;
        let distance = cell(&|other| other.distance == class.distance, all);
        let queue = cell(&|other| (other.distance, other.queue) == (class.distance, class.queue), distance);
        close(model.probability(class).unwrap(), cell(&|other| *other == class, queue));
    }
    assert_eq!(model.orders(), 500);
    let by_distance: u64 = (0..12).map(|distance| model.at_distance(distance).unwrap().0).sum();
    assert_eq!((by_distance, model.at_distance(12)), (500, None));
    let by_queue: u64 = (0..16).map(|queue| model.at_queue(1, queue).unwrap().0).sum();
    assert_eq!(by_queue, model.at_distance(1).unwrap().0);
    let by_size: u64 = (0..16).map(|size| model.at_size(1, 5, size).unwrap().0).sum();
    assert_eq!(by_size, model.at_queue(1, 5).unwrap().0);
    // Fields that were made by hand.
    let odd = FillClass { distance: 255, queue: 255, size: 255 };
    model.observe(odd, true);
    assert!(model.probability(odd).is_some());
    assert_eq!(FillModel::new(0.0).unwrap_err(), AnalyticsError::NotPositive { parameter: "strength" });
    assert_eq!(FillModel::new(f64::NAN).unwrap_err(), AnalyticsError::NotFinite { parameter: "strength" });
}

#[test]
fn scores_are_those_of_direct_sums() {
    let mut random = random(2);
    let mut calibration = Calibration::new(4).unwrap();
    let empty = (
        calibration.brier_score(),
        calibration.base_rate(),
        calibration.skill(),
        calibration.calibration_error(),
    );
    assert_eq!(empty, (None, None, None, None));
    let mut seen: Vec<(f64, f64)> = Vec::new();
    let mut bins: HashMap<usize, Vec<(f64, f64)>> = HashMap::new();
    for _ in 0..2_000 {
        let forecast = pick(&mut random, &[0.0, 0.25, 1.0, 0.1, 0.61, 0.875]) * uniform(&mut random).ceil();
        let happened = uniform(&mut random) < forecast;
        calibration.record(forecast, happened);
        let pair = (forecast, f64::from(u8::from(happened)));
        seen.push(pair);
        bins.entry(((forecast * 4.0) as usize).min(3)).or_default().push(pair);
    }
    for bad in [f64::NAN, -0.1, 1.1, f64::INFINITY] {
        calibration.record(bad, true);
    }
    let n = seen.len() as f64;
    let brier = seen.iter().map(|(p, o)| (p - o) * (p - o)).sum::<f64>() / n;
    let rate = seen.iter().map(|(_, o)| o).sum::<f64>() / n;
    let base = seen.iter().map(|(_, o)| (rate - o) * (rate - o)).sum::<f64>() / n;
    close(calibration.brier_score().unwrap(), brier);
    close(calibration.base_score().unwrap(), base);
    close(calibration.skill().unwrap(), 1.0 - brier / base);
    let mut error = 0.0;
    for (at, bin) in calibration.reliability().enumerate() {
        let ours = bin.unwrap();
        let oracle = &bins[&at];
        let count = oracle.len() as f64;
        let (forecast, frequency) =
            oracle.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        assert_eq!(ours.forecasts, oracle.len() as u64);
        close(ours.forecast, forecast / count);
        close(ours.frequency, frequency / count);
        error += (forecast - frequency).abs() / n;
    }
    close(calibration.calibration_error().unwrap(), error);
    assert!(error < 0.03, "forecasts that are right are calibrated: {error}");
    calibration.clear();
    assert_eq!(calibration, Calibration::new(4).unwrap());
    assert!(Calibration::new(0).is_err() && Calibration::new(1001).is_err());
}
