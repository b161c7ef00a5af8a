//! Replays a LOBSTER message file with the Stoikov strategy and prints what came of it.
//!
//! `cargo run --release --example replay_lobster -- MESSAGES.csv ORDERBOOK.csv`

use std::error::Error;

use market_maker::engine::{ClockMode, EngineConfig, Stage};
use market_maker::feed::{Input, LobsterReader};
use market_maker::sim::{Replay, VenueConfig};
use market_maker::strategy::{StoikovConfig, StoikovStrategy};
use market_maker::types::{Instrument, Quantity};

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = std::env::args().skip(1);
    let (messages, orderbook) = (files.next().ok_or("a message file is needed")?, files.next());
    let instrument = Instrument::new("AAPL", 0.01, 1.0)?;
    let mut reader = LobsterReader::new(Input::open(&messages)?, &instrument);
    if let Some(orderbook) = orderbook {
        reader = reader.with_seed(&Input::open(&orderbook)?, 0)?;
    }
    let strategy = StoikovStrategy::new(&StoikovConfig {
        order_quantity: Quantity(100),
        position_limit: Quantity(1000),
        ..StoikovConfig::default()
    })?;
    let config = EngineConfig {
        clock: if std::env::var_os("STAGES").is_some() { ClockMode::Stages } else { ClockMode::Total },
        ..EngineConfig::new(instrument)
    };
    let mut replay = Replay::new(&config, strategy, &VenueConfig::default())?;
    replay.run(&mut reader)?;
    let summary = replay.summary()?;
    println!("{summary:#?}");
    for stage in Stage::ALL {
        println!("{:>14} {:?}", stage.name(), replay.engine().latency(stage));
    }
    println!(
        "profit after fees: {:.2}",
        instrument.money_to_f64(summary.realised) + instrument.money_to_f64(summary.unrealised)
            - instrument.money_to_f64(summary.fees)
    );
    Ok(())
}
