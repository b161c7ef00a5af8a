//! After construction, the binary readers and the ITCH writer never allocate: a counting allocator watches them over a
//! recorded hour and over their errors.

#[path = "common/allocations.rs"]
mod allocations;
mod common;

use allocations::allocations_of;
use std::io::{self, Write};

use common::data_file;
use market_maker::feed::itch::{ItchReader, ItchWriter, ItchWriterConfig, Stock, StockFilter};
use market_maker::feed::{EventSource, Input, LobsterReader};
use market_maker::types::{Event, EventKind, Instrument, OrderId, Price, Quantity};

/// An output of fixed size.
struct Fixed {
    bytes: Vec<u8>,
}

impl Write for Fixed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert!(self.bytes.capacity() - self.bytes.len() >= bytes.len(), "the output is large enough");
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn drain(source: &mut impl EventSource) -> usize {
    let mut events = 0;
    while let Ok(Some(_)) = source.next_event() {
        events += 1;
    }
    events
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations_of(|| drop(std::hint::black_box(Box::new(7)))), 2);
}

#[test]
fn itch_is_written_and_read_without_allocation() {
    let Some(messages) = data_file("lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst") else {
        return;
    };
    let aapl = Instrument::new("AAPL", 0.01, 1.0).unwrap();
    let mut reader = LobsterReader::new(Input::open(messages).unwrap(), &aapl);
    let mut events: Vec<Event> = std::iter::from_fn(|| reader.next_event().unwrap()).collect();
    let clear =
        Event { kind: EventKind::Clear, timestamp: events[events.len() - 1].timestamp, ..Event::EMPTY };
    let add =
        Event { kind: EventKind::Add, order_id: OrderId(1), price: Price(1), quantity: Quantity(9), ..clear };
    let modify = Event { kind: EventKind::Modify, price: Price(2), ..add };
    events.extend([add, modify, Event { price: Price(-1), ..modify }, clear]);

    let output = Fixed { bytes: Vec::with_capacity(8 << 20) };
    let mut writer = ItchWriter::new(output, &aapl, &ItchWriterConfig::default()).unwrap();
    let mut refused = 0;
    let count = allocations_of(|| {
        for event in &events {
            refused += u32::from(writer.write(event).is_err());
        }
    });
    assert_eq!(count, 0);
    assert!(refused > 0, "refusals are watched too");

    let mut file = writer.finish().unwrap().bytes;
    file.push(7);
    for filter in [StockFilter::All, StockFilter::Stock(Stock::new("AAPL").unwrap())] {
        let mut reader = ItchReader::new(Input::from_bytes("hour", file.clone()), &aapl, filter);
        let mut read = 0;
        assert_eq!(allocations_of(|| read = drain(&mut reader)), 0, "the error at the end included");
        assert!(read > 90_000);
    }
}

#[cfg(feature = "dbn")]
#[test]
fn dbn_is_read_without_allocation() {
    use market_maker::feed::dbn::{DbnReader, InstrumentFilter};
    let Some(path) = data_file("databento/esh4-glbx-mdp3-20231225.mbo.dbn.zst") else { return };
    let future = Instrument::new("ESH4", 0.25, 1.0).unwrap();
    let mut bytes = Input::open(path).unwrap().bytes().to_vec();
    bytes.push(7);
    let mut reader =
        DbnReader::new(Input::from_bytes("hour", bytes), &future, InstrumentFilter::Single).unwrap();
    let mut read = 0;
    assert_eq!(allocations_of(|| read = drain(&mut reader)), 0, "the error at the end included");
    assert_eq!(read, 68_792);
}
