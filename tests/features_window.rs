//! The feature window's promises: its grid, its silences, its memory, and that nothing is ever NaN, infinite or allocated.

#[path = "common/allocations.rs"]
mod allocations;

use allocations::allocations_of;
use market_maker::book::{BookConfig, LevelBook, LevelBookConfig, OrderBook};
use market_maker::features::{
    CHANNELS, Channel, ChannelConfig, FeatureError, FeatureWindow, FeatureWindowConfig, Normaliser,
    NormaliserConfig,
};
use market_maker::feed::EventSource;
use market_maker::sim::{SyntheticConfig, SyntheticFlow};
use market_maker::types::{Event, EventKind, OrderId, Price, Quantity, Side, Timestamp, event_flags};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const SECOND: u64 = 1_000_000_000;

fn raw(rows: u32, step_ns: u64) -> FeatureWindowConfig {
    FeatureWindowConfig { rows, step_ns, normaliser: None, ..FeatureWindowConfig::default() }
}

/// A book by level with its window.
struct Market {
    book: LevelBook,
    window: FeatureWindow,
}

impl Market {
    fn new(config: &FeatureWindowConfig) -> Self {
        let book = LevelBook::new(&LevelBookConfig::default()).unwrap();
        Self { book, window: FeatureWindow::new(config).unwrap() }
    }

    /// Bid 99 and ask 101 of ten lots each, at this time.
    fn open(config: &FeatureWindowConfig, time: u64) -> Self {
        let mut market = Self::new(config);
        market.level(time, Side::Buy, 99, 10);
        market.level(time, Side::Sell, 101, 10);
        market
    }

    fn on_event(&mut self, event: &Event) -> u32 {
        let touched = self.book.apply(event).unwrap();
        self.window.on_event(event, touched, &self.book)
    }

    fn level(&mut self, time: u64, side: Side, price: i64, lots: u64) -> u32 {
        self.on_event(&Event {
            timestamp: Timestamp(time),
            kind: EventKind::Level,
            side,
            price: Price(price),
            quantity: Quantity(lots),
            flags: event_flags::LAST,
            ..Event::EMPTY
        })
    }

    fn trade(&mut self, time: u64, side: Side, lots: u64) -> u32 {
        self.on_event(&Event {
            timestamp: Timestamp(time),
            kind: EventKind::Trade,
            side,
            quantity: Quantity(lots),
            flags: event_flags::LAST | event_flags::SIDED,
            ..Event::EMPTY
        })
    }

    fn value(&self, channel: Channel) -> f64 {
        self.window.latest_values().unwrap()[channel.index()]
    }
}

fn synthetic(events: u64, seed: u64) -> (Vec<Event>, OrderBook) {
    let mut flow =
        SyntheticFlow::new(&SyntheticConfig { events, seed, ..SyntheticConfig::default() }).unwrap();
    let events = std::iter::from_fn(|| flow.next_event().unwrap()).collect();
    (events, OrderBook::new(&BookConfig { max_orders: 1 << 14, ..BookConfig::default() }).unwrap())
}

#[test]
fn the_grid_stands_on_multiples_of_the_step_and_begins_with_the_first_sound_book() {
    let mut market = Market::new(&raw(4, SECOND));
    market.trade(SECOND / 2, Side::Buy, 5);
    market.level(3 * SECOND, Side::Buy, 99, 10);
    market.level(4 * SECOND, Side::Sell, 99, 10); // locked
    market.level(5 * SECOND, Side::Sell, 98, 10); // crossed
    assert_eq!((market.window.next_end(), market.window.latest_row()), (None, None));
    market.level(6 * SECOND, Side::Sell, 98, 0);
    market.level(7 * SECOND, Side::Sell, 99, 0);
    assert_eq!(market.level(7 * SECOND + SECOND / 4, Side::Sell, 101, 10), 0);
    assert_eq!(market.window.next_end(), Some(Timestamp(8 * SECOND)));
    assert_eq!(market.window.advance(Timestamp(8 * SECOND)), 1);
    let counted: f64 = [Channel::TradeVolume, Channel::TradeCount, Channel::OrderFlow10, Channel::EventRate]
        .map(|channel| market.value(channel).abs())
        .iter()
        .sum();
    assert_eq!(counted, 0.0, "what came before the first sound book counts nowhere");
    assert_eq!(market.value(Channel::Spread), 2.0);
}

#[test]
fn a_row_holds_what_came_before_its_end_and_nothing_at_it() {
    let mut market = Market::open(&raw(4, SECOND), SECOND / 2);
    assert_eq!(market.trade(SECOND - 1, Side::Buy, 3), 0);
    // At the end exactly: completes the row, and belongs to the next.
    assert_eq!(market.trade(SECOND, Side::Sell, 7), 1);
    assert_eq!((market.value(Channel::SignedVolume), market.value(Channel::TradeCount)), (3.0, 1.0));
    assert_eq!(market.level(2 * SECOND, Side::Sell, 101, 90), 1);
    assert_eq!((market.value(Channel::SignedVolume), market.value(Channel::TradeVolume)), (-7.0, 7.0));
    assert_eq!(market.value(Channel::Imbalance1), 0.0, "the event that completes a row is not in it");
    assert_eq!(market.window.advance(Timestamp(3 * SECOND - 1)), 0);
    assert_eq!(market.window.advance(Timestamp(3 * SECOND)), 1);
    assert_eq!((market.value(Channel::Imbalance1), market.value(Channel::TradeVolume)), (-0.8, 0.0));
    assert_eq!(market.value(Channel::AskDepletion), 0.0);
    assert_eq!(market.value(Channel::OrderFlow1), -80.0);
}

#[test]
fn a_silence_fills_forward_and_completes_all_its_rows_at_one_event() {
    let mut market = Market::open(&raw(8, SECOND), SECOND / 2);
    market.trade(SECOND / 2, Side::Buy, 4);
    assert_eq!(market.trade(5 * SECOND + 1, Side::Buy, 1), 5);
    assert_eq!(market.window.rows_completed(), 5);
    let rows = market.window.latest_rows(5);
    let column = |channel: Channel| rows.chunks(CHANNELS).map(|row| row[channel.index()]).collect::<Vec<_>>();
    assert_eq!(column(Channel::Spread), [2.0; 5]);
    assert_eq!(column(Channel::TradeVolume), [4.0, 0.0, 0.0, 0.0, 0.0]);
    let ends =
        [1u32, 2, 3, 4, 5].map(|second| (f64::from(second) * std::f64::consts::TAU / 86_400.0).sin() as f32);
    assert_eq!(column(Channel::TimeSin), ends);
}

#[test]
fn a_silence_longer_than_the_window_costs_a_window_and_ages_the_state_in_full() {
    let (short, long) = (raw(6, SECOND), raw(60_000, SECOND));
    let (mut short, mut long) = (Market::open(&short, SECOND / 2), Market::open(&long, SECOND / 2));
    for market in [&mut short, &mut long] {
        market.level(SECOND, Side::Buy, 100, 4);
        market.trade(SECOND, Side::Sell, 9);
        market.level(SECOND, Side::Buy, 100, 0);
    }
    let after = 1_000 * SECOND + 1;
    assert_eq!(long.level(after, Side::Sell, 101, 11), 999);
    assert_eq!(
        short.level(after, Side::Sell, 101, 11),
        7,
        "the row of the last event, and a window of silent ones"
    );
    assert_eq!((short.window.rows_skipped(), long.window.rows_skipped()), (992, 0));
    assert_eq!(short.window.next_end(), long.window.next_end());
    let (a, b) = (short.window.window().unwrap(), long.window.latest_rows(6));
    for (index, (a, b)) in a.iter().zip(b).enumerate() {
        // λ learns from rows that exist; the rest is the same but for the rounding of one long wait instead of many.
        if index % CHANNELS != Channel::KyleLambda.index() {
            assert!((a - b).abs() <= 1e-6 * b.abs() + 1e-12, "{}: {a} {b}", Channel::ALL[index % CHANNELS]);
        }
    }
    // A clock that jumps by centuries is no longer.
    assert_eq!(short.trade(u64::MAX, Side::Buy, 1), 7);
    assert_eq!(short.trade(u64::MAX, Side::Buy, 1), 0);
    assert_eq!(short.window.advance(Timestamp(u64::MAX)), 0);
}

#[test]
fn time_never_steps_back() {
    let mut market = Market::open(&raw(4, SECOND), 10 * SECOND + SECOND / 2);
    assert_eq!(market.trade(3, Side::Buy, 2), 0);
    assert_eq!(market.window.advance(Timestamp(0)), 0);
    assert_eq!(market.trade(11 * SECOND, Side::Buy, 1), 1);
    assert_eq!(market.value(Channel::TradeVolume), 2.0, "the late one counts where time stands");
    market.level(5 * SECOND, Side::Buy, 100, 1);
    assert_eq!(market.window.advance(Timestamp(12 * SECOND)), 1);
    assert!(market.value(Channel::MidReturn) > 0.0);
}

#[test]
fn unsound_books_hold_the_last_value_and_gaps_count_no_move() {
    let mut market = Market::open(&raw(8, SECOND), SECOND / 2);
    market.level(SECOND, Side::Buy, 102, 5); // crossed through the ask
    market.level(SECOND, Side::Buy, 99, 0);
    market.window.advance(Timestamp(2 * SECOND));
    assert_eq!((market.value(Channel::Spread), market.value(Channel::MidReturn)), (2.0, 0.0));
    assert_eq!(market.value(Channel::OrderFlow1), 5.0, "the flow of a side needs no sound book");
    // Sound again, two ticks and a half higher: the move over the crossing is this row's.
    market.level(2 * SECOND, Side::Sell, 101, 0);
    market.level(2 * SECOND, Side::Sell, 103, 5);
    market.window.advance(Timestamp(3 * SECOND));
    let expected = 1e4 * (102.5_f64 / 100.0).ln();
    assert!((market.value(Channel::MidReturn) - expected).abs() < 1e-9);
    let sigma = market.value(Channel::VolatilityFast);
    assert_eq!(sigma, 0.0, "the volatility does not count it");
    // The same move over a gap is nobody's.
    market.window.interrupt();
    market.level(3 * SECOND, Side::Buy, 102, 0);
    market.level(3 * SECOND, Side::Sell, 103, 0);
    market.level(3 * SECOND, Side::Buy, 110, 5);
    market.level(3 * SECOND, Side::Sell, 112, 5);
    market.window.advance(Timestamp(4 * SECOND));
    assert_eq!((market.value(Channel::MidReturn), market.value(Channel::Spread)), (0.0, 2.0));
    // From there on moves count again.
    market.level(4 * SECOND, Side::Buy, 111, 5);
    market.window.advance(Timestamp(5 * SECOND));
    assert!(market.value(Channel::MidReturn) > 0.0);
    // A halt: nothing is sound until trading resumes.
    let status = |lots| Event {
        timestamp: Timestamp(5 * SECOND),
        kind: EventKind::Status,
        quantity: Quantity(lots),
        flags: event_flags::LAST,
        ..Event::EMPTY
    };
    market.on_event(&status(0));
    market.level(5 * SECOND, Side::Sell, 150, 5);
    market.level(5 * SECOND, Side::Sell, 112, 0);
    market.window.advance(Timestamp(6 * SECOND));
    assert_eq!((market.value(Channel::Spread), market.value(Channel::MidReturn)), (1.0, 0.0));
    market.on_event(&Event { timestamp: Timestamp(6 * SECOND), ..status(1) });
    market.window.advance(Timestamp(7 * SECOND));
    assert_eq!((market.value(Channel::Spread), market.value(Channel::MidReturn)), (39.0, 0.0));
}

#[test]
fn a_snapshot_in_the_middle_is_a_gap_and_no_flow() {
    let mut market = Market::open(&raw(8, SECOND), SECOND / 2);
    let clear =
        |flags| Event { timestamp: Timestamp(SECOND / 2), kind: EventKind::Clear, flags, ..Event::EMPTY };
    market.on_event(&clear(event_flags::SNAPSHOT));
    for (side, price, last) in [(Side::Buy, 199, 0), (Side::Sell, 201, event_flags::LAST)] {
        market.on_event(&Event {
            timestamp: Timestamp(SECOND / 2),
            kind: EventKind::Level,
            side,
            price: Price(price),
            quantity: Quantity(5),
            flags: event_flags::SNAPSHOT | last,
            ..Event::EMPTY
        });
    }
    market.level(SECOND / 2, Side::Buy, 199, 8);
    market.window.advance(Timestamp(SECOND));
    assert_eq!((market.value(Channel::OrderFlow10), market.value(Channel::EventRate)), (3.0, 1.0));
    assert_eq!((market.value(Channel::MidReturn), market.value(Channel::VolatilitySlow)), (0.0, 0.0));
}

#[test]
fn the_window_is_the_last_rows_in_order_whatever_its_length() {
    let (events, _) = synthetic(6_000, 3);
    let mut windows: Vec<FeatureWindow> =
        [1, 2, 7, 96].map(|rows| FeatureWindow::new(&raw(rows, SECOND / 4)).unwrap()).into();
    let mut book = OrderBook::new(&BookConfig::default()).unwrap();
    let mut rows: Vec<f32> = Vec::new();
    for event in &events {
        // One row at a time, so that the shortest window shows each.
        while let Some(end) = windows[0].next_end().filter(|&end| end <= event.timestamp) {
            windows.iter_mut().for_each(|window| assert_eq!(window.advance(end), 1));
            rows.extend_from_slice(windows[0].latest_row().unwrap());
            for window in &windows {
                let total = rows.len() / CHANNELS;
                assert_eq!(window.rows_completed(), total as u64);
                assert_eq!(window.latest_row().unwrap(), &rows[rows.len() - CHANNELS..]);
                for count in [0, 1, 5, window.len(), 1000] {
                    let count = count.min(window.len()).min(total);
                    assert_eq!(window.latest_rows(count), &rows[rows.len() - count * CHANNELS..]);
                }
                let mut copy = vec![7.0; window.len() * CHANNELS];
                if window.is_full() {
                    window.copy_window(&mut copy).unwrap();
                    assert_eq!(copy, rows[rows.len() - copy.len()..]);
                    assert_eq!(window.window().unwrap(), copy);
                } else {
                    let refused = FeatureError::NotFull { rows: total as u32, needed: window.len() as u32 };
                    assert_eq!(window.copy_window(&mut copy), Err(refused));
                    assert!(copy.iter().all(|&value| value == 7.0));
                }
            }
        }
        let Ok(touched) = book.apply(event) else { continue };
        windows.iter_mut().for_each(|window| assert_eq!(window.on_event(event, touched, &book), 0));
    }
    assert!(rows.len() > 200 * CHANNELS, "{}", rows.len());
    let wrong = windows[0].copy_window(&mut [0.0; CHANNELS + 1]);
    assert_eq!(wrong, Err(FeatureError::Length { parameter: "out", expected: 24, found: 25 }));
}

#[test]
fn rows_are_what_the_normaliser_makes_of_their_values() {
    let (events, mut book) = synthetic(4_000, 4);
    let normaliser = NormaliserConfig { half_life_rows: 300.0, clip: 3.0, learns: true };
    let config = FeatureWindowConfig { normaliser: Some(normaliser), ..raw(1, SECOND / 10) };
    let mut window = FeatureWindow::new(&config).unwrap();
    let mut beside = Normaliser::new(CHANNELS, &normaliser).unwrap();
    let mut row = [0.0; CHANNELS];
    let mut compared = 0;
    for event in &events {
        while let Some(end) = window.next_end().filter(|&end| end <= event.timestamp) {
            window.advance(end);
            beside.push(window.latest_values().unwrap(), &mut row).unwrap();
            assert_eq!(window.latest_row().unwrap(), row);
            assert!(row.iter().all(|value| value.abs() <= 3.0));
            compared += 1;
        }
        let touched = book.apply(event).unwrap();
        window.on_event(event, touched, &book);
    }
    assert!(compared > 300);
    assert_eq!(window.normaliser(), Some(&beside));
    // Frozen, as beside a trained model.
    beside.set_learns(false);
    window.set_normaliser(Some(beside.clone())).unwrap();
    window.advance(Timestamp(window.next_end().unwrap().0));
    assert_eq!(window.normaliser(), Some(&beside));
    let narrow = Normaliser::new(5, &normaliser).unwrap();
    let refused = FeatureError::Length { parameter: "normaliser", expected: 24, found: 5 };
    assert_eq!(window.set_normaliser(Some(narrow)), Err(refused));
    assert_eq!(window.normaliser(), Some(&beside));
}

#[test]
fn nothing_is_nan_or_infinite_at_the_edges_of_every_range() {
    for seed in 0..8 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let config =
            FeatureWindowConfig { step_ns: 1 + (seed * 1_000_000), ..FeatureWindowConfig::default() };
        let mut market = Market::new(&FeatureWindowConfig { rows: 4, ..config });
        let mut time = 0_u64;
        for _ in 0..20_000 {
            let edge = |random: &mut Xoshiro256PlusPlus, edges: &[i64]| {
                edges[random.next_u32() as usize % edges.len()]
            };
            let far = Price::MAX.0;
            let event = Event {
                timestamp: Timestamp(time),
                kind: EventKind::from_u8(edge(&mut random, &[7, 7, 7, 8, 8, 8, 8, 8, 8, 8, 8, 9, 12]) as u8)
                    .unwrap(),
                side: Side::BOTH[(random.next_u32() % 2) as usize],
                price: Price(edge(&mut random, &[-far, -far + 1, -1, 0, 1, 5, far - 1, far])),
                quantity: Quantity(edge(&mut random, &[0, 0, 1, 7, i64::MAX - 1, i64::MAX]) as u64),
                flags: event_flags::SIDED | (random.next_u32() % 4 > 0) as u16,
                ..Event::EMPTY
            };
            time = time.saturating_add(random.next_u64() >> edge(&mut random, &[5, 30, 40, 50, 60, 63]));
            market.on_event(&event);
            if let Some(values) = market.window.latest_values() {
                assert!(values.iter().all(|value| value.is_finite()), "{values:?}");
                assert!(market.window.latest_rows(4).iter().all(|value| value.is_finite()));
            }
            if random.next_u32() % 500 == 0 {
                market.window.interrupt();
            }
        }
        assert!(market.window.is_full());
    }
}

/// FNV-1a over the bits of every row.
fn hash_of(config: &FeatureWindowConfig, events: &[Event], mut book: OrderBook) -> u64 {
    let mut window = FeatureWindow::new(config).unwrap();
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for event in events {
        let touched = book.apply(event).unwrap();
        let completed = window.on_event(event, touched, &book);
        for value in window.latest_rows(completed as usize) {
            for byte in value.to_bits().to_le_bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3);
            }
        }
    }
    assert!(window.rows_completed() > 1000);
    hash
}

#[test]
fn the_same_events_give_the_same_bits_on_every_run_and_machine() {
    let config = FeatureWindowConfig::default();
    let run = || {
        let (events, book) = synthetic(20_000, 5);
        hash_of(&config, &events, book)
    };
    let hash = run();
    assert_eq!(hash, run());
    assert_eq!(hash, 0xAB88_5E5D_BBB4_CA01, "{hash:#x}");
}

#[test]
fn an_event_that_does_not_name_its_place_gives_the_same_bits() {
    let (events, book) = synthetic(20_000, 6);
    let unlocated: Vec<Event> =
        events.iter().map(|event| Event { flags: event.flags & !event_flags::LOCATED, ..*event }).collect();
    let located = hash_of(&FeatureWindowConfig::default(), &events, book);
    let (_, book) = synthetic(1, 6);
    assert_eq!(hash_of(&FeatureWindowConfig::default(), &unlocated, book), located);
}

#[test]
fn events_rows_and_copies_allocate_nothing() {
    let (events, mut book) = synthetic(20_000, 7);
    let config = FeatureWindowConfig { rows: 16, ..FeatureWindowConfig::default() };
    let mut window = FeatureWindow::new(&config).unwrap();
    let mut copy = [0.0; 16 * CHANNELS];
    let mut rows = 0;
    let counted = allocations_of(|| {
        for (index, event) in events.iter().enumerate() {
            // Some without their place, some of the rare kinds.
            let mut event = *event;
            if index % 3 == 0 {
                event.flags &= !event_flags::LOCATED;
            }
            let Ok(touched) = book.apply(&event) else { continue };
            rows += window.on_event(&event, touched, &book);
            let _ = window.copy_window(&mut copy);
            if index % 1000 == 0 {
                let status = Event { kind: EventKind::Status, flags: event_flags::LAST, ..event };
                let halt = Event { quantity: Quantity(0), ..status };
                let resume = Event { quantity: Quantity(1), ..status };
                let replace = Event { kind: EventKind::Replace, order_id: OrderId(0), ..event };
                for event in [halt, resume, replace] {
                    if let Ok(touched) = book.apply(&event) {
                        rows += window.on_event(&event, touched, &book);
                    }
                }
                window.interrupt();
                rows += window.advance(Timestamp(event.timestamp.0 + 1));
            }
        }
    });
    assert_eq!(counted, 0);
    assert!(rows > 1000, "{rows}");
}

#[test]
fn a_bad_configuration_is_refused_by_name() {
    let good = FeatureWindowConfig::default();
    let channels = |channels| FeatureWindowConfig { channels, ..good };
    let base = ChannelConfig::default();
    let positive = |parameter| FeatureError::NotPositive { parameter };
    let finite = |parameter| FeatureError::NotFinite { parameter };
    for (config, error) in [
        (raw(0, 1), positive("rows")),
        (raw(1, 0), positive("step_ns")),
        (raw(1 << 17, 1), FeatureError::TooLarge { parameter: "rows", limit: 1 << 16 }),
        (
            raw(1, 86_401 * SECOND),
            FeatureError::TooLarge { parameter: "step_ns / 1_000_000_000", limit: 86_400 },
        ),
        (
            channels(ChannelConfig { volatility_half_lives: [1.0, 0.0, 1.0], ..base }),
            positive("volatility_half_lives[1]"),
        ),
        (
            channels(ChannelConfig { volatility_half_lives: [1.0, 1.0, f64::NAN], ..base }),
            finite("volatility_half_lives[2]"),
        ),
        (channels(ChannelConfig { kyle_half_life: f64::INFINITY, ..base }), finite("kyle_half_life")),
        (channels(ChannelConfig { kyle_half_life: -1.0, ..base }), positive("kyle_half_life")),
        (channels(ChannelConfig { vpin_bucket: Quantity(0), ..base }), positive("vpin_bucket")),
        (channels(ChannelConfig { vpin_buckets: 0, ..base }), positive("vpin_buckets")),
        (
            channels(ChannelConfig { vpin_buckets: 5000, ..base }),
            FeatureError::TooLarge { parameter: "vpin_buckets", limit: 4096 },
        ),
        (
            FeatureWindowConfig {
                normaliser: Some(NormaliserConfig { clip: 0.0, ..NormaliserConfig::default() }),
                ..good
            },
            positive("clip"),
        ),
    ] {
        assert_eq!(FeatureWindow::new(&config).unwrap_err(), error);
    }
    let too_large = ChannelConfig { vpin_bucket: Quantity(u64::MAX), ..base };
    assert!(matches!(FeatureWindow::new(&channels(too_large)), Err(FeatureError::TooLarge { .. })));
}

#[test]
fn every_channel_has_its_own_name_place_and_unit() {
    for (index, channel) in Channel::ALL.into_iter().enumerate() {
        assert_eq!((channel.index(), Channel::from_index(index)), (index, Some(channel)));
        assert_eq!(Channel::from_name(channel.name()), Some(channel));
        assert!(!channel.unit().is_empty());
        assert_eq!(channel.to_string(), channel.name());
    }
    assert_eq!((Channel::from_index(CHANNELS), Channel::from_name("")), (None, None));
}
