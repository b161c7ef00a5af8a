//! Three formulas for the same inventory: where each would bid and offer, from short to long.
//!
//! `cargo run --release --example quotes`

use std::error::Error;

use market_maker::quote::{AsParams, GlftParams, GlftTable, avellaneda_stoikov, glft_asymptotic};

fn main() -> Result<(), Box<dyn Error>> {
    // Ticks, lots and seconds: risk aversion per tick·lot, volatility per √second, decay of the fill intensity per tick,
    // fills per second at the mid, and the time to the horizon.
    let (gamma, sigma, k, intensity, tau) = (0.02, 1.2, 0.4, 1.5, 10.0);
    let mid = 10_000.0;
    let closed = AsParams { gamma, sigma, k, tau };
    let glft = GlftParams::new(gamma, sigma, k, intensity);
    // Solved once; a quote is a lookup.
    let table = GlftTable::new(&glft, 10, tau)?;

    println!("distances from the mid in ticks (bid / ask)");
    println!("{:>9} {:>20} {:>20} {:>20}", "inventory", "closed form", "table", "asymptotic");
    for inventory in (-10..=10).step_by(5).map(f64::from) {
        let quotes = avellaneda_stoikov(&closed, mid, inventory)?;
        let exact = table.offsets(inventory);
        let asymptotic = glft_asymptotic(&glft, inventory)?;
        // At the edge of its table a formula quotes the reducing side only.
        let one = |distance: Option<f64>| distance.map_or("-".to_owned(), |ticks| format!("{ticks:.2}"));
        let pair = |bid, ask| format!("{} / {}", one(bid), one(ask));
        println!(
            "{inventory:>9} {:>20} {:>20} {:>20}",
            pair(Some(mid - quotes.bid), Some(quotes.ask - mid)),
            pair(exact.bid, exact.ask),
            pair(asymptotic.bid, asymptotic.ask),
        );
    }
    Ok(())
}
