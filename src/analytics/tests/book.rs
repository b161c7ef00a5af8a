//! Bins, spreads, means, quotes, cancellations.

use rand_xoshiro::rand_core::RngCore;

use super::super::bins::LogBins;
use super::{close, pick, random};
use crate::analytics::{
    AnalyticsError, CancelRates, LogHistogram, QuoteLifetimes, SpreadDistribution, TimeMean,
    depth_weighted_spread,
};
use crate::book::{BookConfig, OrderBook};
use crate::features::TopOfBook;
use crate::types::{OrderId, Price, Quantity, Side, Timestamp};

#[test]
fn every_value_lies_in_its_bin_and_the_bins_cover_all_values_once() {
    let mut random = random(1);
    for sub_bits in 0..=8 {
        let bins = LogBins::new(sub_bits);
        assert_eq!((bins.lower(0), bins.upper(bins.len() - 1)), (0, u64::MAX));
        for index in 1..bins.len() {
            assert_eq!(bins.lower(index), bins.upper(index - 1) + 1);
        }
        for _ in 0..20_000 {
            let value = random.next_u64() >> (random.next_u32() % 64);
            let index = bins.index(value);
            let (lower, upper) = (bins.lower(index), bins.upper(index));
            assert!((lower..=upper).contains(&value), "{value} in {lower}..={upper}");
            assert!(upper - lower <= lower >> sub_bits, "{lower}..={upper} is too wide");
        }
    }
}

#[test]
fn histogram_quantiles_bound_those_of_the_sorted_sample() {
    let mut random = random(2);
    for sub_bits in [0, 3, 4, 8] {
        let mut histogram = LogHistogram::new(sub_bits).unwrap();
        let mut sample: Vec<u64> = Vec::new();
        assert_eq!((histogram.quantile(0.5), histogram.mean(), histogram.max()), (None, None, None));
        for _ in 0..3_000 {
            let value = random.next_u64() >> (20 + random.next_u32() % 44);
            histogram.record(value);
            sample.push(value);
        }
        sample.sort_unstable();
        for part in [0.0, 0.001, 0.1, 0.5, 0.77, 0.999, 1.0] {
            let exact = sample[((part * 3_000.0_f64).ceil() as usize).max(1) - 1];
            let ours = histogram.quantile(part).unwrap();
            assert!(exact <= ours && ours - exact <= exact >> sub_bits, "{part}: {ours}, exactly {exact}");
        }
        assert_eq!(histogram.quantile(1.0), sample.last().copied());
        assert_eq!((histogram.quantile(-0.1), histogram.quantile(f64::NAN)), (None, None));
        assert_eq!(histogram.sum(), sample.iter().map(|&value| u128::from(value)).sum());
        assert_eq!(histogram.bins().map(|(_, _, count)| count).sum::<u64>(), 3_000);
    }
    let error = LogHistogram::new(9).unwrap_err();
    assert_eq!(error, AnalyticsError::TooLarge { parameter: "sub_bits", limit: 9 });
}

#[test]
fn spreads_and_means_are_weighted_by_the_time_that_they_stood() {
    let mut random = random(3);
    let mut spread = SpreadDistribution::new(6).unwrap();
    let mut mean = TimeMean::default();
    // One entry a nanosecond.
    let mut stood: Vec<Option<i64>> = Vec::new();
    let (mut now, mut value) = (50, None);
    spread.update(Timestamp(now), value);
    for _ in 0..2_000 {
        let is_late = random.next_u32().is_multiple_of(4);
        let next = if is_late { now } else { now + u64::from(random.next_u32() % 5) };
        stood.extend(std::iter::repeat_n(value, (next - now) as usize));
        now = next;
        value = pick(&mut random, &[None, Some(0), Some(-3), Some(1), Some(2), Some(6), Some(7), Some(100)]);
        // A clock that steps back moves nothing.
        let late = if is_late { now - 3 } else { now };
        let is_interrupted = random.next_u32().is_multiple_of(50);
        spread.update(Timestamp(late), value);
        let sound = value.filter(|&ticks| ticks > 0);
        mean.update(Timestamp(late.max(now)), sound.map(|ticks| ticks as f64));
        if is_interrupted {
            spread.interrupt();
            mean.update(Timestamp(now), None);
            now += 7;
            spread.update(Timestamp(now), value);
            mean.update(Timestamp(now), sound.map(|ticks| ticks as f64));
        }
    }
    let mut sound: Vec<i64> = stood.iter().flatten().copied().filter(|&ticks| ticks > 0).collect();
    sound.sort_unstable();
    assert_eq!(spread.total_ns(), sound.len() as u64);
    assert_eq!(spread.unsound_ns(), (stood.len() - sound.len()) as u64);
    let average = sound.iter().sum::<i64>() as f64 / sound.len() as f64;
    close(spread.mean().unwrap(), average);
    close(mean.value().unwrap(), average);
    assert_eq!(mean.total_ns(), spread.total_ns());
    let share = |test: &dyn Fn(i64) -> bool| {
        sound.iter().filter(|&&ticks| test(ticks)).count() as f64 / sound.len() as f64
    };
    for ticks in 0..=6 {
        assert_eq!(spread.share(ticks), Some(share(&|other| other == i64::from(ticks))));
    }
    assert_eq!(spread.share(7), Some(share(&|other| other > 6)));
    assert_eq!(spread.share(90), spread.share(7));
    for part in [0.0, 0.2, 0.5, 0.95, 1.0] {
        let exact = sound[((part * sound.len() as f64).ceil() as usize).max(1) - 1];
        assert_eq!(i64::from(spread.quantile(part).unwrap()), exact.min(7));
    }
    assert!(SpreadDistribution::new(0).is_err() && SpreadDistribution::new(70_000).is_err());
}

#[test]
fn a_quote_lives_from_one_change_of_its_price_to_the_next() {
    let mut random = random(4);
    let mut quotes = QuoteLifetimes::new().unwrap();
    let mut lived: [Vec<u64>; 2] = Default::default();
    let mut standing: [Option<(Option<i64>, Option<u64>)>; 2] = [None; 2];
    for now in 0..5_000u64 {
        let mut side = || pick(&mut random, &[None, Some(7), Some(7), Some(7), Some(8), Some(9)]);
        let prices = [side(), side()];
        let top = |price: Option<i64>| price.map(|price| (Price(price), Quantity(now)));
        quotes.update(Timestamp(now), &TopOfBook::new(top(prices[0]), top(prices[1])));
        for side in 0..2 {
            let before = standing[side].and_then(|(price, _)| price);
            if prices[side] != before {
                if let Some((Some(_), Some(since))) = standing[side] {
                    lived[side].push(now - since);
                }
                standing[side] = prices[side].map(|price| (Some(price), before.map(|_| now)));
            }
        }
        if random.next_u32().is_multiple_of(300) {
            quotes.interrupt();
            standing = [None; 2];
        }
    }
    for side in Side::BOTH {
        let exact = &lived[side.index()];
        assert!(exact.len() > 500);
        assert_eq!(quotes.lifetimes(side).len(), exact.len() as u64);
        assert_eq!(quotes.lifetimes(side).sum(), exact.iter().map(|&age| u128::from(age)).sum());
    }
}

#[test]
fn depth_weighted_spread_is_the_difference_of_the_mean_prices() {
    let mut random = random(5);
    let mut book = OrderBook::new(&BookConfig::default()).unwrap();
    assert_eq!(depth_weighted_spread(&book, 3), None);
    let mut levels: [Vec<(i64, u64)>; 2] = Default::default();
    for (id, side) in (1..=40).zip([Side::Buy, Side::Sell].into_iter().cycle()) {
        let price = 1_000 - side.sign() * (1 + (random.next_u32() % 60) as i64);
        let quantity = 1 + random.next_u64() % 90;
        book.add(OrderId(id), side, Price(price), Quantity(quantity)).unwrap();
        let levels = &mut levels[side.index()];
        match levels.iter_mut().find(|(other, _)| *other == price) {
            Some((_, total)) => *total += quantity,
            None => levels.push((price, quantity)),
        }
    }
    levels[0].sort_unstable_by_key(|&(price, _)| -price);
    levels[1].sort_unstable();
    for depth in [1, 2, 5, 100] {
        let mean = |side: &[(i64, u64)]| {
            let best = &side[..depth.min(side.len())];
            let lots: u64 = best.iter().map(|&(_, lots)| lots).sum();
            best.iter().map(|&(price, lots)| price as f64 * lots as f64).sum::<f64>() / lots as f64
        };
        close(depth_weighted_spread(&book, depth).unwrap(), mean(&levels[1]) - mean(&levels[0]));
    }
}

#[test]
fn cancellation_rates_count_what_rests_and_what_leaves_by_octaves_of_distance() {
    let mut book = OrderBook::new(&BookConfig::default()).unwrap();
    for (id, behind) in [0, 0, 1, 2, 3, 3, 511, 512].into_iter().enumerate() {
        book.add(OrderId(id as u64), Side::Buy, Price(5_000 - behind), Quantity(10)).unwrap();
    }
    let second = 1_000_000_000;
    let mut cancels = CancelRates::new(second).unwrap();
    for now in [0, second / 2, second, second + 5, 3 * second, 3 * second + 1] {
        cancels.observe(Timestamp(now), &book);
    }
    let seconds = |bucket| cancels.bucket(bucket).unwrap().order_seconds;
    // Looked at after one second and after three.
    assert_eq!([0, 1, 2, 3, 9].map(seconds), [6.0, 3.0, 9.0, 0.0, 3.0]);
    cancels.on_cancel(2, Quantity(4), false);
    cancels.on_cancel(3, Quantity(6), true);
    cancels.on_cancel(512, Quantity(6), true);
    cancels.on_add(3);
    cancels.on_add(-4);
    let bucket = cancels.bucket(2).unwrap();
    assert_eq!((bucket.adds, bucket.cancels, bucket.lots, bucket.rate()), (1, 1, 10, Some(1.0 / 9.0)));
    assert_eq!(cancels.bucket(0).unwrap().adds, 1);
    assert_eq!((cancels.bucket(4).unwrap().rate(), cancels.bucket(10)), (None, None));
    cancels.interrupt();
    cancels.observe(Timestamp(100 * second), &book);
    assert_eq!(cancels.bucket(0).unwrap().order_seconds, 6.0, "the gap counts for nothing");
    assert_eq!(CancelRates::new(0).unwrap_err(), AnalyticsError::NotPositive { parameter: "sample_ns" });
}
