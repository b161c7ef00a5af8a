use std::sync::mpsc::channel;
use std::thread;

use super::*;
use crate::book::{BookConfig, BookError, Depth};
use crate::feed::EventSource;
use crate::oms::{
    ExecutionKind, ExecutionReport, OmsError, OrderAction, OrderActionKind, OrderState, WantedQuote,
    WantedQuotes,
};
use crate::position::PositionError;
use crate::risk::{RiskConfig, RiskReason};
use crate::sim::{Replay, SyntheticConfig, SyntheticFlow, VenueConfig};
use crate::strategy::{MarketView, StoikovConfig, StoikovStrategy, Strategy};
use crate::types::{
    Event, EventKind, FeeSchedule, Instrument, InstrumentId, Money, OrderId, Price, Quantity, Side,
    SignedQuantity, Timestamp, event_flags,
};

/// Quotes ten lots one tick outside the best prices, whenever there are both.
#[derive(Clone, Copy, Debug, Default)]
struct Join {
    asked: u64,
}

impl Strategy for Join {
    fn quotes(&mut self, view: &MarketView) -> WantedQuotes {
        self.asked += 1;
        let quote = |price: i64| Some(WantedQuote { price: price as f64, quantity: 10.0 });
        match (view.top.bid, view.top.ask) {
            (Some(bid), Some(ask)) => WantedQuotes::one_level(quote(bid.0 - 1), quote(ask.0 + 1)),
            _ => WantedQuotes::NONE,
        }
    }
}

fn instrument() -> Instrument {
    let fees = FeeSchedule::from_bps(-1.0, 2.0).unwrap();
    Instrument::new("TEST", 0.01, 1.0).unwrap().with_id(InstrumentId(7)).with_fees(fees)
}

fn config() -> EngineConfig {
    let book = BookConfig { max_orders: 1024, window_ticks: 64, ..BookConfig::default() };
    EngineConfig { book, ..EngineConfig::new(instrument()) }
}

/// An engine and everything that has come out of it.
struct Rig {
    engine: Engine<Join>,
    actions: Vec<OrderAction>,
    clock: u64,
}

impl Rig {
    fn new() -> Self {
        Self::with(&config())
    }

    fn with(config: &EngineConfig) -> Self {
        Self { engine: Engine::new(config, Join::default()).unwrap(), actions: Vec::new(), clock: 0 }
    }

    /// A rig whose bid 99 and ask 101 both work, in a market of 100 at 100.
    fn quoting() -> Self {
        let mut rig = Self::new();
        rig.add(1, Side::Buy, 100);
        rig.add(2, Side::Sell, 102);
        assert_eq!(
            rig.brief(),
            [(OrderActionKind::Place, Side::Buy, 99), (OrderActionKind::Place, Side::Sell, 103)]
        );
        rig.accept_all();
        rig
    }

    /// Feeds an event, a millisecond after the last; its actions replace the last ones.
    fn feed(&mut self, event: Event) -> Result<usize, EngineError> {
        self.clock += 1_000_000;
        let event = Event { timestamp: Timestamp(self.clock), instrument: InstrumentId(7), ..event };
        let mut out = [OrderAction::EMPTY; 16];
        let count = self.engine.on_event(&event, &mut out)?;
        self.actions = out[..count].to_vec();
        Ok(count)
    }

    fn add(&mut self, id: u64, side: Side, price: i64) {
        self.feed(add(id, side, price)).unwrap();
    }

    fn report(
        &mut self,
        kind: ExecutionKind,
        order: &OrderAction,
        leaves: u64,
    ) -> Result<ReportEffect, EngineError> {
        self.engine.on_report(&report(kind, order, leaves))
    }

    /// The venue does all that was asked.
    fn accept_all(&mut self) {
        for action in std::mem::take(&mut self.actions) {
            let (kind, leaves) = match action.kind {
                OrderActionKind::Place => (ExecutionKind::Accepted, action.quantity.0),
                OrderActionKind::Cancel => (ExecutionKind::Cancelled, 0),
                OrderActionKind::Replace => (ExecutionKind::Replaced, action.quantity.0),
            };
            self.report(kind, &action, leaves).unwrap();
        }
    }

    fn fill(&mut self, side: Side, price: i64, quantity: u64) -> Result<ReportEffect, EngineError> {
        let order = *self.engine.orders().orders().find(|order| order.side == side).expect("a working order");
        self.engine.on_report(&ExecutionReport {
            kind: ExecutionKind::Filled,
            order_id: order.id,
            instrument: InstrumentId(7),
            side,
            price: Price(price),
            quantity: Quantity(quantity),
            leaves: Quantity(order.remaining.0.saturating_sub(quantity)),
            is_maker: 1,
            timestamp: Timestamp(self.clock),
            ..ExecutionReport::EMPTY
        })
    }

    fn brief(&self) -> Vec<(OrderActionKind, Side, i64)> {
        self.actions.iter().map(|action| (action.kind, action.side, action.price.0)).collect()
    }

    /// Everything that a refused call must leave as it was.
    fn state(&self) -> (u64, Vec<u64>, SignedQuantity, i128) {
        let orders =
            self.engine.orders().orders().map(|order| order.id.0 ^ order.remaining.0 << 32).collect();
        let position = self.engine.position();
        (self.engine.book().state_hash(), orders, position.quantity(), position.cash())
    }
}

fn add(id: u64, side: Side, price: i64) -> Event {
    Event {
        kind: EventKind::Add,
        order_id: OrderId(id),
        side,
        price: Price(price),
        quantity: Quantity(100),
        flags: event_flags::LAST,
        ..Event::EMPTY
    }
}

fn delete(id: u64) -> Event {
    Event { kind: EventKind::Delete, order_id: OrderId(id), flags: event_flags::LAST, ..Event::EMPTY }
}

fn status(is_trading: bool) -> Event {
    Event {
        kind: EventKind::Status,
        quantity: Quantity(u64::from(is_trading)),
        flags: event_flags::LAST,
        ..Event::EMPTY
    }
}

fn report(kind: ExecutionKind, order: &OrderAction, leaves: u64) -> ExecutionReport {
    ExecutionReport {
        kind,
        order_id: order.order_id,
        new_order_id: order.new_order_id,
        instrument: InstrumentId(7),
        side: order.side,
        leaves: Quantity(leaves),
        ..ExecutionReport::EMPTY
    }
}

const CANCEL_BOTH: [(OrderActionKind, Side, i64); 2] =
    [(OrderActionKind::Cancel, Side::Buy, 99), (OrderActionKind::Cancel, Side::Sell, 103)];

#[test]
fn quotes_follow_the_top_and_nothing_else() {
    let mut rig = Rig::quoting();
    let asked = rig.engine.strategy().asked;
    // Behind the best prices nothing that is quoted from changes.
    rig.add(3, Side::Buy, 90);
    rig.feed(delete(3)).unwrap();
    assert_eq!((rig.engine.strategy().asked, rig.actions.len()), (asked, 0));
    rig.add(4, Side::Buy, 101);
    assert_eq!(rig.brief(), [(OrderActionKind::Replace, Side::Buy, 100)]);
    assert_eq!(rig.actions[0].instrument, InstrumentId(7));
    let stats = rig.engine.stats();
    assert_eq!((stats.events, stats.orders_sent, stats.replaces, stats.cancels), (5, 3, 1, 0));
    assert_eq!((stats.quotes, stats.ordered_quantity), (rig.engine.strategy().asked, 30));
}

#[test]
fn a_halt_withdraws_the_quotes_and_the_end_of_it_brings_them_back() {
    let mut rig = Rig::quoting();
    let asked = rig.engine.strategy().asked;
    rig.feed(status(false)).unwrap();
    assert_eq!(rig.brief(), CANCEL_BOTH);
    rig.accept_all();
    assert!(rig.engine.orders().is_empty());
    rig.add(3, Side::Buy, 101);
    assert!(rig.actions.is_empty());
    assert_eq!(rig.engine.strategy().asked, asked, "a halted strategy is not asked");
    rig.feed(status(true)).unwrap();
    assert_eq!(
        rig.brief(),
        [(OrderActionKind::Place, Side::Buy, 100), (OrderActionKind::Place, Side::Sell, 103)]
    );
}

#[test]
fn a_kill_switch_on_another_thread_cancels_all_and_lets_nothing_pass_until_revived() {
    let mut rig = Rig::quoting();
    let switch = rig.engine.kill_switch();
    let (go, wait) = channel();
    let (killed, is_killed) = channel();
    let other = thread::spawn(move || {
        switch.kill();
        killed.send(()).unwrap();
        wait.recv().unwrap();
        switch.revive();
    });
    is_killed.recv().unwrap();
    // Any event will do, also one that changes no best price.
    rig.add(3, Side::Buy, 90);
    assert_eq!(rig.brief(), CANCEL_BOTH);
    rig.accept_all();
    assert!(rig.engine.orders().is_empty());
    for n in 0..20 {
        rig.add(100 + n, Side::Buy, 101);
        assert_eq!(rig.actions.len(), 0);
        rig.feed(delete(100 + n)).unwrap();
        assert_eq!(rig.actions.len(), 0);
    }
    go.send(()).unwrap();
    other.join().unwrap();
    rig.add(4, Side::Buy, 101);
    assert_eq!(
        rig.brief(),
        [(OrderActionKind::Place, Side::Buy, 100), (OrderActionKind::Place, Side::Sell, 103)]
    );
}

#[test]
fn quotes_that_the_kill_switch_withholds_are_counted() {
    let mut rig = Rig::quoting();
    rig.engine.kill_switch().kill();
    rig.add(3, Side::Buy, 90);
    assert_eq!(rig.brief(), CANCEL_BOTH);
    assert_eq!(rig.engine.risk_counters().refused_for(RiskReason::KillSwitch), 2);
    assert_eq!(rig.engine.stats().risk_refusals, 2);
    let row = rig.engine.risk_monitor().coverage()[RiskReason::KillSwitch.index()];
    assert!(row.is_fed && row.refused == 2);
}

#[test]
fn a_loss_latches_withdraws_the_quotes_and_lets_none_back_until_reset() {
    let mut rig = Rig::quoting();
    let config = RiskConfig { max_drawdown: Some(Money(5)), ..RiskConfig::default() };
    rig.engine.risk_mut().set_config(&config).unwrap();
    rig.fill(Side::Buy, 99, 10).unwrap();
    rig.feed(delete(1)).unwrap();
    rig.accept_all();
    rig.add(5, Side::Buy, 90);
    let latched = rig.engine.risk_monitor().metrics().latched;
    assert!(latched.contains(RiskReason::Drawdown), "{latched:?}");
    assert!(rig.engine.risk_counters().refused_for(RiskReason::Drawdown) > 0);
    rig.accept_all();
    rig.add(6, Side::Buy, 91);
    assert!(rig.engine.orders().is_empty());
    let token = rig.engine.risk().latches().token();
    let now = rig.engine.now();
    rig.engine.risk_mut().reset(token, "test", now).unwrap();
    rig.add(7, Side::Buy, 92);
    assert!(!rig.engine.orders().is_empty());
}

#[test]
fn a_cancel_refused_while_killed_is_sent_again() {
    let mut rig = Rig::quoting();
    rig.engine.kill_switch().kill();
    rig.add(3, Side::Buy, 90);
    let cancels = std::mem::take(&mut rig.actions);
    assert_eq!(cancels.len(), 2);
    for cancel in &cancels {
        rig.report(ExecutionKind::CancelRejected, cancel, 10).unwrap();
    }
    rig.add(4, Side::Buy, 89);
    assert_eq!(rig.brief(), CANCEL_BOTH);
}

#[test]
fn an_event_that_the_book_refuses_changes_nothing_but_its_counter() {
    let mut rig = Rig::quoting();
    let (before, asked) = (rig.state(), rig.engine.strategy().asked);
    let (hash, now) = (rig.engine.state_hash(), rig.engine.now());
    for (event, error) in [
        (delete(999), BookError::UnknownOrder),
        (add(1, Side::Buy, 101), BookError::DuplicateOrder),
        (Event { quantity: Quantity(0), ..add(9, Side::Buy, 101) }, BookError::ZeroQuantity),
        (add(9, Side::Buy, i64::MAX), BookError::PriceOutOfRange),
    ] {
        assert_eq!(rig.feed(event), Err(EngineError::Book(error)));
        assert_eq!((rig.state(), rig.engine.strategy().asked), (before.clone(), asked));
        assert_eq!((rig.engine.state_hash(), rig.engine.now()), (hash, now));
    }
    assert_eq!(rig.engine.stats().refused_events, 4);
    assert_eq!(rig.engine.stats().events, 6);
}

#[test]
fn a_buffer_too_small_is_a_typed_error_and_the_quotes_come_with_the_next_event() {
    let mut rig = Rig::new();
    rig.add(1, Side::Buy, 100);
    let sell = Event { timestamp: Timestamp(2_000_000), ..add(2, Side::Sell, 102) };
    for mut out in [vec![], vec![OrderAction::EMPTY]] {
        let error = match out.len() {
            0 => rig.engine.on_event(&sell, &mut out),
            _ => rig.engine.refresh(sell.timestamp, &mut out),
        };
        assert_eq!(error, Err(EngineError::Orders(OmsError::ActionBufferFull { needed: 2 })));
        assert!(rig.engine.orders().is_empty());
    }
    assert_eq!(rig.engine.book().best(Side::Sell).map(|level| level.price), Some(Price(102)), "applied");
    assert_eq!(rig.engine.stats().orders_sent, 0);
    // An event that changes no best price.
    rig.clock = 3_000_000;
    rig.add(3, Side::Buy, 90);
    assert_eq!(rig.actions.len(), 2);
}

#[test]
fn inner_events_and_snapshots_never_quote() {
    let mut rig = Rig::new();
    let inner = |event: Event| Event { flags: event.flags & !event_flags::LAST, ..event };
    let snapshot = |event: Event| Event { flags: event.flags | event_flags::SNAPSHOT, ..event };
    assert_eq!(rig.feed(inner(add(1, Side::Buy, 100))), Ok(0));
    assert_eq!(rig.feed(inner(add(2, Side::Sell, 102))), Ok(0));
    assert_eq!(rig.feed(snapshot(add(3, Side::Sell, 101))), Ok(0));
    assert_eq!(rig.feed(inner(snapshot(add(4, Side::Buy, 99)))), Ok(0));
    assert_eq!(rig.engine.strategy().asked, 0);
    // The last event of the group quotes what the group left, though it changes no best price itself.
    rig.add(5, Side::Buy, 90);
    assert_eq!(
        rig.brief(),
        [(OrderActionKind::Place, Side::Buy, 99), (OrderActionKind::Place, Side::Sell, 102)]
    );
}

#[test]
fn a_side_that_empties_withdraws_the_quotes() {
    let mut rig = Rig::quoting();
    rig.feed(delete(2)).unwrap();
    assert_eq!(rig.brief(), CANCEL_BOTH);
}

#[test]
fn a_fill_changes_position_fees_drawdown_and_spread_captured_by_the_book() {
    let mut rig = Rig::quoting();
    // Bought 10 at 99 under a mid of 101: cash −990, rebate 1 bp of 990, marked at 101.
    assert_eq!(rig.fill(Side::Buy, 99, 10), Ok(ReportEffect::Fill { realised: Money(0) }));
    let engine = &rig.engine;
    assert_eq!((engine.position().quantity(), engine.position().cash()), (SignedQuantity(10), -990));
    assert_eq!(engine.position().fees_micro(), -99_000);
    assert_eq!(engine.mark(), Some(Price(101)));
    assert_eq!(engine.position().unrealised(Price(101)), Ok(Money(20)));
    assert_eq!(engine.stats().spread_captured_half, (202 - 2 * 99) * 10);
    assert_eq!(
        (engine.stats().fills, engine.stats().maker_fills, engine.stats().filled_quantity),
        (1, 1, 10)
    );
    assert_eq!((engine.stats().max_position, engine.max_drawdown()), (10, Money(0)));

    // The bid falls to 90, the mid to 96: ten lots lose five ticks each.
    rig.feed(delete(1)).unwrap();
    rig.add(3, Side::Buy, 90);
    assert_eq!(rig.engine.mark(), Some(Price(96)));
    assert_eq!(rig.engine.max_drawdown(), Money(50));

    // Sold 4 at 103: 4·(103 − 99) realised; 6 left.
    rig.accept_all();
    assert_eq!(rig.fill(Side::Sell, 103, 4), Ok(ReportEffect::Fill { realised: Money(16) }));
    let engine = &rig.engine;
    assert_eq!((engine.position().quantity(), engine.position().cash()), (SignedQuantity(6), -990 + 412));
    assert_eq!(engine.position().realised(), Money(16));
    assert_eq!(engine.stats().spread_captured_half, 40 + (2 * 103 - 192) * 4);
    let equity = engine.position().realised().0 + engine.position().unrealised(Price(96)).unwrap().0;
    assert_eq!(i128::from(equity), engine.position().cash() + 6 * 96);
}

#[test]
fn a_half_tick_of_the_mark_is_rounded_against_the_position() {
    let mut rig = Rig::quoting();
    rig.add(3, Side::Buy, 101);
    rig.accept_all();
    assert_eq!(rig.engine.mark(), Some(Price(101)), "flat: down");
    rig.fill(Side::Sell, 103, 3).unwrap();
    assert_eq!(rig.engine.mark(), Some(Price(102)), "short: up");
    rig.fill(Side::Buy, 100, 5).unwrap();
    assert_eq!(rig.engine.mark(), Some(Price(101)), "long: down");
}

#[test]
fn the_mark_outlives_a_side_that_empties() {
    let mut rig = Rig::quoting();
    rig.fill(Side::Buy, 99, 10).unwrap();
    rig.feed(Event { kind: EventKind::Clear, flags: event_flags::LAST, ..Event::EMPTY }).unwrap();
    assert_eq!(rig.engine.book().best(Side::Buy), None);
    assert_eq!(rig.engine.mark(), Some(Price(101)));
    assert_eq!(Rig::new().engine.mark(), None);
}

#[test]
fn a_fill_makes_quotes_due_at_the_next_event_or_refresh() {
    let mut rig = Rig::quoting();
    rig.fill(Side::Buy, 99, 10).unwrap();
    rig.add(3, Side::Buy, 50);
    assert_eq!(rig.brief(), [(OrderActionKind::Place, Side::Buy, 99)]);
    rig.accept_all();
    rig.fill(Side::Sell, 103, 10).unwrap();
    let mut out = [OrderAction::EMPTY; 4];
    assert_eq!(rig.engine.refresh(Timestamp(rig.clock + 1), &mut out), Ok(1));
    assert_eq!((out[0].kind, out[0].side, out[0].price), (OrderActionKind::Place, Side::Sell, Price(103)));
}

#[test]
fn a_late_report_is_stale_and_changes_nothing() {
    let mut rig = Rig::quoting();
    rig.feed(status(false)).unwrap();
    let cancels = rig.actions.clone();
    rig.accept_all();
    let (before, hash) = (rig.state(), rig.engine.state_hash());
    for kind in [ExecutionKind::Cancelled, ExecutionKind::CancelRejected, ExecutionKind::Accepted] {
        assert_eq!(rig.report(kind, &cancels[0], 0), Ok(ReportEffect::Stale));
    }
    assert_eq!((rig.state(), rig.engine.state_hash()), (before, hash));
}

#[test]
fn a_report_that_fits_nothing_is_a_typed_error_and_changes_nothing() {
    let mut rig = Rig::quoting();
    let working = *rig.engine.orders().orders().find(|order| order.side == Side::Buy).unwrap();
    let (before, hash) = (rig.state(), rig.engine.state_hash());
    let good = ExecutionReport {
        kind: ExecutionKind::Filled,
        order_id: working.id,
        instrument: InstrumentId(7),
        side: Side::Buy,
        price: Price(99),
        quantity: Quantity(4),
        leaves: Quantity(6),
        ..ExecutionReport::EMPTY
    };
    let unknown = OrderId(u64::MAX);
    for (report, error) in [
        (ExecutionReport { order_id: unknown, ..good }, EngineError::Orders(OmsError::UnknownOrder(unknown))),
        (
            ExecutionReport { leaves: Quantity(5), ..good },
            EngineError::Orders(OmsError::Inconsistent {
                order_id: working.id,
                expected: Quantity(6),
                reported: Quantity(5),
            }),
        ),
        (ExecutionReport { side: Side::Sell, ..good }, EngineError::Orders(OmsError::BadReport)),
        (
            ExecutionReport { instrument: InstrumentId(8), ..good },
            EngineError::Orders(OmsError::WrongInstrument),
        ),
        (
            ExecutionReport { quantity: Quantity(0), ..good },
            EngineError::Position(PositionError::ZeroQuantity),
        ),
        (
            ExecutionReport { price: Price(i64::MAX), ..good },
            EngineError::Position(PositionError::PriceOutOfRange),
        ),
    ] {
        assert_eq!(rig.engine.on_report(&report), Err(error));
        assert_eq!((rig.state(), rig.engine.state_hash()), (before.clone(), hash));
    }
    assert!(matches!(rig.engine.on_report(&good), Ok(ReportEffect::Fill { .. })));
}

#[test]
fn a_venues_refusal_is_counted_and_the_quote_is_tried_again() {
    let mut rig = Rig::new();
    rig.add(1, Side::Buy, 100);
    rig.add(2, Side::Sell, 102);
    let bid = rig.actions[0];
    assert_eq!(rig.report(ExecutionKind::Rejected, &bid, 0), Ok(ReportEffect::Order(OrderState::Rejected)));
    assert_eq!(rig.engine.stats().venue_rejects, 1);
    rig.add(3, Side::Buy, 50);
    assert_eq!(rig.brief(), [(OrderActionKind::Place, Side::Buy, 99)]);
}

#[test]
fn what_risk_refuses_is_counted_by_reason_and_not_sent() {
    let mut config = config();
    config.risk.max_order_quantity = Some(Quantity(9));
    let mut rig = Rig::with(&config);
    rig.add(1, Side::Buy, 100);
    rig.add(2, Side::Sell, 102);
    assert!(rig.actions.is_empty());
    assert_eq!(rig.engine.risk_counters().refused_for(RiskReason::OrderQuantity), 2);
    assert_eq!((rig.engine.stats().risk_refusals, rig.engine.stats().orders_sent), (2, 0));
}

#[test]
fn a_step_back_in_time_is_no_time() {
    let mut rig = Rig::quoting();
    let now = rig.engine.now();
    let late = Event { timestamp: Timestamp(1), ..add(3, Side::Buy, 101) };
    rig.engine.on_event(&late, &mut [OrderAction::EMPTY; 4]).unwrap();
    assert_eq!(rig.engine.now(), now);
}

#[test]
fn without_a_clock_only_the_hosts_latencies_are_recorded() {
    let mut rig = Rig::quoting();
    for stage in Stage::ALL {
        assert_eq!(rig.engine.latency(stage), LatencySummary::default(), "{}", stage.name());
    }
    rig.engine.record_latency(Stage::TickToQuote, 250);
    rig.engine.record_latency(Stage::TickToQuote, 250);
    let summary = rig.engine.latency(Stage::TickToQuote);
    assert_eq!((summary.count, summary.p50, summary.max), (2, 250, 250));
    assert_eq!(rig.engine.latency(Stage::Book).count, 0);
}

#[test]
fn the_engines_clock_counts_every_event_and_every_quote_once() {
    for (clock, stages) in [(ClockMode::Total, false), (ClockMode::Stages, true)] {
        let mut rig = Rig::with(&EngineConfig { clock, ..config() });
        rig.add(1, Side::Buy, 100);
        rig.add(2, Side::Sell, 102);
        rig.add(3, Side::Buy, 50);
        let count = |stage| rig.engine.latency(stage).count;
        assert_eq!((count(Stage::Event), count(Stage::TickToQuote)), (3, 2));
        let expected = if stages { [3, 2, 2, 2] } else { [0; 4] };
        assert_eq!([Stage::Book, Stage::Features, Stage::Quote, Stage::Orders].map(count), expected);
    }
}

#[test]
fn stage_and_clock_numbers_are_those_of_the_abi() {
    for (number, stage) in Stage::ALL.into_iter().enumerate() {
        assert_eq!((stage as usize, Stage::from_u8(number as u8)), (number, Some(stage)));
    }
    assert_eq!(Stage::from_u8(6), None);
    let modes = [ClockMode::Off, ClockMode::Total, ClockMode::Stages];
    assert_eq!([0, 1, 2].map(ClockMode::from_u8), modes.map(Some));
    assert_eq!(ClockMode::from_u8(3), None);
}

fn synthetic(seed: u64) -> Vec<Event> {
    let config = SyntheticConfig { seed, events: 30_000, instrument: InstrumentId(7), ..Default::default() };
    let mut flow = SyntheticFlow::new(&config).unwrap();
    std::iter::from_fn(|| flow.next_event().unwrap()).collect()
}

fn replay(events: &[Event]) -> Replay<StoikovStrategy> {
    let strategy = StoikovConfig {
        order_quantity: Quantity(50),
        position_limit: Quantity(500),
        ..StoikovConfig::default()
    };
    let config = EngineConfig::new(instrument());
    let mut replay =
        Replay::new(&config, StoikovStrategy::new(&strategy).unwrap(), &VenueConfig::default()).unwrap();
    for event in events {
        replay.on_event(event).unwrap();
    }
    replay
}

#[test]
fn equal_replays_hash_alike_and_one_other_event_changes_the_hash() {
    let events = synthetic(3);
    let hash = |events: &[Event]| replay(events).engine().state_hash();
    let usual = hash(&events);
    assert_eq!(hash(&events), usual);
    assert_ne!(hash(&events[..events.len() - 1]), usual);
    // One lot more of one order that still rests at the end.
    let whole = replay(&events);
    let MarketBook::Orders(book) = whole.engine().book() else { panic!("a book by order") };
    let resting = book.orders(Side::Buy).last().unwrap().id;
    let at =
        events.iter().position(|event| event.kind == EventKind::Add && event.order_id == resting).unwrap();
    let mut other = events.clone();
    other[at].quantity.0 += 1;
    assert_ne!(hash(&other), usual);
    // Time alone changes no book, but the averages over it, and with them the quotes.
    let mut later = events;
    later.iter_mut().skip(15_000).for_each(|event| event.timestamp.0 += 10_000_000_000);
    assert_ne!(hash(&later), usual);
}

#[test]
fn profit_and_loss_of_a_replay_is_its_cash_and_its_position_at_the_mark() {
    for seed in 0..8 {
        let replay = replay(&synthetic(seed));
        let (engine, summary) = (replay.engine(), replay.summary().unwrap());
        assert!(summary.stats.fills > 50, "{} fills", summary.stats.fills);
        let mark = engine.mark().unwrap();
        let quantity = i128::from(engine.position().quantity().0);
        assert_eq!(
            i128::from(summary.realised.0) + i128::from(summary.unrealised.0),
            engine.position().cash() + quantity * i128::from(mark.0),
        );
        assert!(engine.position().is_consistent());
        assert!(summary.fees.0 < 0, "a rebate was paid on every fill");
        assert_eq!(summary.stats.fills, summary.stats.maker_fills, "post-only quotes");
        assert!(summary.stats.max_position <= 500 + 50);
        let ratio = summary.stats.filled_quantity as f64 / summary.stats.ordered_quantity as f64;
        assert!((summary.fill_ratio() - ratio).abs() < 1e-12 && ratio > 0.0);
    }
}

#[test]
fn an_execution_that_names_only_its_order_counts_for_the_side_that_took_it() {
    for (order, resting) in [(1, Side::Buy), (2, Side::Sell)] {
        let mut rig = Rig::quoting();
        // As ITCH says it: no side, no price.
        let event = Event {
            kind: EventKind::Execute,
            order_id: OrderId(order),
            quantity: Quantity(1),
            flags: event_flags::LAST,
            ..Event::EMPTY
        };
        rig.feed(event).unwrap();
        let flow = rig.engine.features().trade_flow();
        assert!(flow * resting.opposite().sign() as f64 > 0.0, "{flow} after a trade with {resting:?}");
    }
}
