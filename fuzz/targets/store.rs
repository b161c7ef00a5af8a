//! The store: arbitrary words and files opened, and what was opened used on.

use market_maker::mem::crc32c;
use market_maker::mem::shared_words::PlainWords;
use market_maker::position::Fill;
use market_maker::position::store::{FillIdOrder, Store, StoreConfig, StoreReader};
use market_maker::types::{FeeSchedule, InstrumentId, OrderId, Price, Quantity, Side, Timestamp};

use super::feeds::scratch;

/// What the seeds were made with.
pub fn config() -> StoreConfig {
    StoreConfig {
        instruments: 2,
        orders: 2,
        latches: 2,
        fill_window: 2,
        history: 2,
        ..StoreConfig::default()
    }
}

pub fn fill(instrument: u32, id: u64) -> Fill {
    Fill {
        instrument: InstrumentId(instrument),
        side: if id.is_multiple_of(3) { Side::Sell } else { Side::Buy },
        price: Price(100 + id.cast_signed() % 7),
        quantity: Quantity(1 + id % 5),
        is_maker: id.is_multiple_of(2),
        order_id: OrderId(id),
        timestamp: Timestamp(id),
    }
}

/// Writes on a store that was opened over anything: each call is refused or done, and what is then there can be opened again.
fn go_on(mut store: Store<PlainWords>) {
    let before = store.state().hash();
    let _ = store.register(InstrumentId(9), FeeSchedule::FREE, 1, FillIdOrder::Any);
    for id in 1..4 {
        let _ = store.record_fill(&fill(0, id), id, 0);
    }
    store.start_day(0);
    let _ = store.tick(Timestamp(5));
    let words = store.memory().to_words();
    let state = store.state().hash();
    let again = Store::open_in(PlainWords::from_words(&words), &config()).expect("what a store wrote opens");
    assert_eq!(again.state().hash(), state, "the state changes by being reopened ({before})");
    let reader = StoreReader::open_in(PlainWords::from_words(&words)).expect("and a reader reads it");
    let mut read = reader.state();
    reader.read(&mut read).expect("a quiet store can be read");
    assert_eq!(read.hash(), state);
}

/// The bytes as the memory of a store, as they are and with the header's checksum put right.
pub fn in_memory(bytes: &[u8]) -> bool {
    let words: Vec<u64> = bytes
        .chunks(8)
        .map(|chunk| chunk.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)))
        .collect();
    let mut opened = open(&words);
    if words.len() > 8 {
        let mut repaired = words;
        repaired[7] = u64::from(crc32c::words(0, &repaired[..7]));
        opened |= open(&repaired);
    }
    opened
}

fn open(words: &[u64]) -> bool {
    if let Ok(reader) = StoreReader::open_in(PlainWords::from_words(words)) {
        let mut state = reader.state();
        let _ = reader.read(&mut state);
        let _ = reader.epoch();
        let _ = reader.position(0);
    }
    match Store::open_in(PlainWords::from_words(words), &config()) {
        Ok(store) => {
            go_on(store);
            true
        }
        Err(_) => false,
    }
}

/// The bytes as a file.
pub fn file(bytes: &[u8]) -> bool {
    let path = scratch("store");
    std::fs::write(&path, bytes).expect("the scratch folder can be written");
    let _ = Store::config_of(&path);
    let _ = StoreReader::open(&path);
    let unchanged = |why: &str| {
        let now = std::fs::read(&path).expect("the file is there");
        assert!(now == bytes, "{why} has changed the file");
    };
    unchanged("a reader");
    let opened = match Store::open(&path, &config()) {
        Ok(mut store) => {
            assert!(Store::open(&path, &config()).is_err(), "a second writer");
            let _ = store.record_fill(&fill(0, 1), 1, 0);
            let state = store.state().hash();
            drop(store);
            let again = Store::open(&path, &config()).expect("what a store wrote opens");
            assert_eq!(again.state().hash(), state);
            true
        }
        Err(_) => {
            unchanged("an opening that was refused");
            false
        }
    };
    let _ = std::fs::remove_file(&path);
    opened
}
