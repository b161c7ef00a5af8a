//! The 24 channels on a recorded opening of AAPL, each against `python/goldens/features.py`: a reference with a book of
//! its own and direct sums over all messages instead of recurrences.

mod common;

use common::data_file;
use market_maker::book::{BookConfig, OrderBook};
use market_maker::features::{CHANNELS, Channel, ChannelConfig, FeatureWindow, FeatureWindowConfig};
use market_maker::feed::{EventSource, Input, LobsterReader};
use market_maker::types::{Instrument, Quantity};

const MESSAGES: &str = "lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst";
const BOOK: &str = "lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_first672.csv.zst";
const GOLDEN: &str = include_str!("golden/features_aapl.csv");

fn config() -> FeatureWindowConfig {
    FeatureWindowConfig {
        rows: 1,
        step_ns: 1_000_000_000,
        channels: ChannelConfig {
            kyle_half_life: 60.0,
            vpin_bucket: Quantity(400),
            vpin_buckets: 20,
            ..ChannelConfig::default()
        },
        normaliser: None,
    }
}

/// Largest accepted |difference| as a part of the channel's largest golden magnitude. The golden's 12 digits leave 5e-13.
fn tolerance(channel: Channel) -> f64 {
    use Channel::*;
    match channel {
        // Whole numbers.
        Spread | OrderFlow1 | OrderFlow3 | OrderFlow5 | OrderFlow10 | SignedVolume | TradeVolume
        | TradeCount | BidDepletion | AskDepletion | EventRate => 0.0,
        // The reference subtracts two nearly equal prices.
        MidReturn | MicropriceDeviation => 1e-11,
        // A recurrence against polyfit's orthogonal factorisation, and against direct sums.
        KyleLambda | VolatilityFast | VolatilityMedium | VolatilitySlow => 1e-11,
        Imbalance1 | Imbalance3 | Imbalance5 | Imbalance10 | Vpin | TimeSin | TimeCos => 2e-12,
    }
}

fn golden() -> Vec<Vec<f64>> {
    let mut lines = GOLDEN.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(names, Channel::ALL.map(Channel::name), "the order of the channels is for good");
    lines.map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect()
}

#[test]
fn every_channel_agrees_with_the_reference_on_a_recorded_opening() {
    let (Some(messages), Some(rows)) = (data_file(MESSAGES), data_file(BOOK)) else { return };
    let aapl = Instrument::new("AAPL", 0.01, 1.0).unwrap();
    let mut reader = LobsterReader::new(Input::open(messages).unwrap(), &aapl)
        .with_seed(&Input::open(rows).unwrap(), 0)
        .unwrap();
    let mut book = OrderBook::new(&BookConfig::default()).unwrap();
    let mut window = FeatureWindow::new(&config()).unwrap();
    let golden = golden();
    let mut ours: Vec<[f64; CHANNELS]> = Vec::new();
    while ours.len() < golden.len() {
        let event = reader.next_event().unwrap().expect("the golden ends first");
        // Row by row, as an event may complete several.
        while let Some(end) = window.next_end().filter(|&end| end <= event.timestamp) {
            assert_eq!(window.advance(end), 1);
            let row = *window.latest_values().unwrap();
            assert_eq!(window.latest_row().unwrap(), row.map(|value| value as f32));
            ours.push(row);
        }
        let Ok(touched) = book.apply(&event) else { continue };
        assert_eq!(window.on_event(&event, touched, &book), 0);
    }
    for channel in Channel::ALL {
        let largest = golden.iter().map(|row| row[channel.index()].abs()).fold(0.0, f64::max);
        assert!(largest > 0.0, "{channel} says nothing");
        let differences =
            ours.iter().zip(&golden).map(|(a, b)| (a[channel.index()] - b[channel.index()]).abs());
        let (row, worst) =
            differences.enumerate().fold((0, 0.0), |most, now| if now.1 > most.1 { now } else { most });
        let relative = worst / largest;
        eprintln!("{channel:>22}: largest {largest:>12.6}, worst difference {relative:.1e} of it");
        assert!(relative <= tolerance(channel), "{channel}: row {row} is off by {worst}");
    }
}
