//! Builds a book order by order, matches against it, and prints its depth.
//!
//! `cargo run --release --example book`

use std::error::Error;

use market_maker::book::{
    BookConfig, BookError, BookEvent, BookEventKind, Depth, Level, NewOrder, OrderBook, TimeInForce,
};
use market_maker::types::{Instrument, OrderId, Price, Quantity, Side};

/// Submits an order and prints what came of it.
fn submit(book: &mut OrderBook, instrument: &Instrument, order: NewOrder) -> Result<(), BookError> {
    let mut events = [BookEvent::EMPTY; 16];
    let outcome = match book.submit(&order, &mut events) {
        Ok(outcome) => outcome,
        Err(error) => {
            println!("order {} refused: {error}", order.id.0);
            return Ok(());
        }
    };
    for event in &events[..outcome.events] {
        let price = instrument.price_to_f64(event.price);
        match event.kind {
            BookEventKind::Trade => {
                println!(
                    "order {} trades {} at {price:.2} with order {}",
                    order.id.0, event.quantity.0, event.maker_id.0
                );
            }
            BookEventKind::Cancelled => println!("order {}: {} cancelled", order.id.0, event.quantity.0),
            _ => {}
        }
    }
    Ok(())
}

fn print_depth(book: &OrderBook, instrument: &Instrument) {
    let mut levels = [Level { price: Price(0), quantity: Quantity(0), orders: 0 }; 5];
    for side in [Side::Sell, Side::Buy] {
        let count = book.fill_levels(side, &mut levels);
        let mut rows: Vec<&Level> = levels[..count].iter().collect();
        if side == Side::Sell {
            rows.reverse();
        }
        for level in rows {
            let name = if side == Side::Buy { "bid" } else { "ask" };
            let price = instrument.price_to_f64(level.price);
            println!("  {name} {price:>8.2} {:>6} in {} orders", level.quantity.0, level.orders);
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let instrument = Instrument::new("DEMO", 0.01, 1.0)?;
    let mut book = OrderBook::new(&BookConfig::default())?;
    for (id, side, price, quantity) in [
        (1, Side::Buy, "99.98", 300),
        (2, Side::Buy, "99.99", 200),
        (3, Side::Buy, "99.99", 100),
        (4, Side::Sell, "100.01", 150),
        (5, Side::Sell, "100.02", 400),
    ] {
        let price = instrument.price(price)?;
        submit(&mut book, &instrument, NewOrder::limit(OrderId(id), side, price, Quantity(quantity)))?;
    }
    print_depth(&book, &instrument);
    if let Some(queue) = book.queue_position(OrderId(3)) {
        println!("ahead of order 3: {} orders, {} lots", queue.orders_ahead, queue.quantity_ahead);
    }

    let limit = instrument.price("100.01")?;
    // Takes what is there at 100.01; the rest rests.
    submit(&mut book, &instrument, NewOrder::limit(OrderId(6), Side::Buy, limit, Quantity(250)))?;
    // Would trade, and may not.
    submit(&mut book, &instrument, NewOrder::limit(OrderId(7), Side::Sell, limit, Quantity(10)).post_only())?;
    // All of it now, or nothing.
    let all =
        NewOrder::limit(OrderId(8), Side::Sell, limit, Quantity(500)).with_time_in_force(TimeInForce::Fok);
    submit(&mut book, &instrument, all)?;
    submit(&mut book, &instrument, NewOrder::market(OrderId(9), Side::Sell, Quantity(120)))?;
    print_depth(&book, &instrument);
    Ok(())
}
