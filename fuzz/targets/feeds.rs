//! The readers of recorded market data, over bytes in memory and, where the extension decides, over a file.

use std::path::PathBuf;

use market_maker::feed::itch::{ItchReader, StockFilter};
use market_maker::feed::{
    BinanceReader, DatabentoCsvMboReader, DatabentoCsvMbp10Reader, EventSource, Format, Input,
    LobsterBookReader, LobsterReader, SourceConfig, detect_increments,
};
use market_maker::types::Instrument;

/// More than any input here can hold: a reader that yields more goes round in circles.
const MOST_EVENTS: usize = 1 << 22;

fn stock() -> Instrument {
    Instrument::new("X", 0.01, 1.0).expect("an instrument")
}

/// Reads to the end or to the error, past which there is nothing.
fn drain(source: &mut dyn EventSource) -> bool {
    for _ in 0..MOST_EVENTS {
        match source.next_event() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(error) => {
                assert!(matches!(source.next_event(), Ok(None)), "a reader goes on after {error}");
                return false;
            }
        }
    }
    panic!("a reader does not end");
}

fn input(bytes: &[u8]) -> Input {
    Input::from_bytes("attack", bytes.to_vec())
}

pub fn lobster(bytes: &[u8]) -> bool {
    // The increments first, as a host that does not know them would.
    let _ = detect_increments(Format::Lobster, &[input(bytes)], &SourceConfig::default());
    drain(&mut LobsterReader::new(input(bytes), &stock()))
}

pub fn lobster_book(bytes: &[u8]) -> bool {
    let mut rows = LobsterBookReader::new(input(bytes), &stock());
    for _ in 0..MOST_EVENTS {
        match rows.next_row() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => {
                assert!(matches!(rows.next_row(), Ok(None)));
                return false;
            }
        }
    }
    panic!("a reader does not end");
}

pub fn itch(bytes: &[u8]) -> bool {
    let mut good = true;
    for filter in [StockFilter::All, StockFilter::Locate(1)] {
        good &= drain(&mut ItchReader::new(input(bytes), &stock(), filter));
    }
    good
}

#[cfg(feature = "dbn")]
pub fn dbn(bytes: &[u8]) -> bool {
    use market_maker::feed::dbn::{DbnReader, InstrumentFilter};
    match DbnReader::new(input(bytes), &stock(), InstrumentFilter::Single) {
        Ok(mut reader) => drain(&mut reader),
        Err(_) => false,
    }
}

pub fn databento_mbo(bytes: &[u8]) -> bool {
    match DatabentoCsvMboReader::new(input(bytes), &stock()) {
        Ok(mut reader) => drain(&mut reader),
        Err(_) => false,
    }
}

pub fn databento_mbp10(bytes: &[u8]) -> bool {
    let Ok(mut rows) = DatabentoCsvMbp10Reader::new(input(bytes), &stock()) else { return false };
    for _ in 0..MOST_EVENTS {
        match rows.next_row() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
    panic!("a reader does not end");
}

pub fn binance(bytes: &[u8]) -> bool {
    let coin = Instrument::new("BTCUSDT", 0.01, 1e-5).expect("an instrument");
    drain(&mut BinanceReader::new(vec![input(bytes)], &coin))
}

pub fn gzip(bytes: &[u8]) -> bool {
    compressed("gz", bytes)
}

pub fn zstd(bytes: &[u8]) -> bool {
    compressed("zst", bytes)
}

/// The extension decides how a file is decompressed, so there has to be one.
fn compressed(extension: &str, bytes: &[u8]) -> bool {
    let path = scratch(extension);
    std::fs::write(&path, bytes).expect("the scratch folder can be written");
    let input = Input::open(&path).expect("a file that can be read opens, whatever is in it");
    let whole = input.damage().is_none();
    drain(&mut LobsterReader::new(input, &stock())) && whole
}

/// A file of this process and thread, in memory where there is such a file system.
pub fn scratch(name: &str) -> PathBuf {
    let folder = std::env::var_os("MARKET_MAKER_ATTACK_SCRATCH").map_or_else(
        || {
            let shared = PathBuf::from("/dev/shm");
            if shared.is_dir() { shared } else { std::env::temp_dir() }
        },
        PathBuf::from,
    );
    let thread = format!("{:?}", std::thread::current().id());
    let thread: String = thread.chars().filter(char::is_ascii_digit).collect();
    folder.join(format!("market-maker-attack-{}-{thread}.{name}", std::process::id()))
}
