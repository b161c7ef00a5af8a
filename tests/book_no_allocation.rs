//! No operation of a book allocates after construction: a counting allocator watches every one of them, with levels
//! in and beyond the window, windows that move, full pools and refusals.

#[path = "common/allocations.rs"]
mod allocations;

use allocations::allocations;
use market_maker::book::{
    BookConfig, BookEvent, Depth, Level, LevelBook, LevelBookConfig, NewOrder, OrderBook, TimeInForce,
};
use market_maker::types::{Event, EventKind, OrderId, Price, Quantity, Side};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

#[test]
fn the_counter_counts() {
    let before = allocations();
    drop(std::hint::black_box(Box::new(1)));
    assert_eq!(allocations(), before + 2);
}

#[test]
fn no_operation_of_an_order_book_allocates() {
    let config = BookConfig { max_orders: 500, window_ticks: 64, ..BookConfig::default() };
    let mut book = OrderBook::new(&config).unwrap();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
    let mut out = [BookEvent::EMPTY; 32];
    let mut levels = [Level::default(); 20];
    let mut snapshot = vec![0; 1 << 16];
    let mut batch = [Event::EMPTY; 16];
    let mut done = [0_u32; 2];
    let before = allocations();
    for step in 0..120_000_i64 {
        let mut draw = |bound: u64| rng.next_u64() % bound;
        let id = OrderId(draw(900));
        let side = Side::from_u8(draw(2) as u8).unwrap();
        let price = Price(step / 50 + draw(400) as i64 - 200 - 20 * side.sign());
        let quantity = Quantity(draw(30));
        let mut event = |kind| Event {
            kind,
            order_id: id,
            new_order_id: OrderId(draw(900)),
            side,
            price,
            quantity,
            ..Event::EMPTY
        };
        let refused = match step % 12 {
            0 => book.apply(&event(EventKind::Add)).is_err(),
            1 => book.apply(&event(EventKind::Delete)).is_err(),
            2 => book.apply(&event(EventKind::Modify)).is_err(),
            3 => book.apply(&event(EventKind::Execute)).is_err(),
            4 => book.apply(&event(EventKind::Replace)).is_err(),
            5 => book.apply(&event(EventKind::Seed)).is_err(),
            6 => {
                batch.fill_with(|| event(EventKind::Add));
                book.apply_batch(&batch).is_err()
            }
            7 => book.submit(&NewOrder::limit(id, side, price, quantity), &mut out).is_err(),
            8 => {
                let order = NewOrder::market(id, side, quantity).with_time_in_force(TimeInForce::Ioc);
                book.submit(&order, &mut out).is_err()
            }
            9 => book.amend(id, price, quantity, &mut out).is_err(),
            10 => book.cancel(id, None, &mut out).is_err(),
            _ => {
                book.fill_levels(side, &mut levels);
                book.write_snapshot(&mut snapshot).unwrap();
                let ahead = book.queue_position(id).map_or(0, |position| position.quantity_ahead);
                std::hint::black_box((book.state_hash(), ahead, book.orders_at(side, price).count()));
                if step % 30_000 == 11 {
                    book.clear();
                }
                false
            }
        };
        done[usize::from(refused)] += 1;
    }
    assert_eq!(allocations(), before);
    assert!(done[0] > 20_000 && done[1] > 20_000, "both outcomes were seen: {done:?}");
}

#[test]
fn no_operation_of_a_level_book_allocates() {
    let mut book = LevelBook::new(&LevelBookConfig { max_levels: 300, window_ticks: 64 }).unwrap();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(4);
    let before = allocations();
    for step in 0..200_000_i64 {
        let side = Side::from_u8((rng.next_u32() % 2) as u8).unwrap();
        let price = Price(step / 40 + i64::from(rng.next_u32() % 500));
        let quantity = Quantity(u64::from(rng.next_u32() % 3));
        let _ = std::hint::black_box(book.set_level(side, price, quantity));
        std::hint::black_box(book.levels(side).take(5).count());
    }
    assert_eq!(allocations(), before);
}
