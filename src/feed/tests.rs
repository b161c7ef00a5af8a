//! Claims about the parts that the text readers share.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::text::{Fault, Scanner};
use super::{Damage, EventSource, FeedError, Input, LobsterReader, Reason, decompress};
use crate::types::{Instrument, Price, Quantity};

fn scanner(text: &[u8]) -> Scanner<'_> {
    Scanner::new(text, 0, true)
}

#[test]
fn scanned_decimals_equal_the_instruments_own_conversion() {
    let fine = Instrument::new("X", 1e-9, 1e-9).unwrap();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let alphabet = b"0123456789012345678901234567890000....-";
    let (mut same, mut refused) = (0, 0);
    for _ in 0..200_000 {
        let length = 1 + random.next_u32() as usize % 16;
        let text: Vec<u8> =
            (0..length).map(|_| alphabet[random.next_u32() as usize % alphabet.len()]).collect();
        let mut line = scanner(&text);
        let ours = line.decimal("x").ok().filter(|_| line.at == text.len()).map(|(nanos, _)| Price(nanos));
        let theirs = fine.price(std::str::from_utf8(&text).unwrap()).ok();
        // The instrument limits prices to a quarter of the integer range; the scanner's numbers come before that.
        let ours = ours.filter(|price| price.in_range());
        assert_eq!(ours, theirs, "{:?}", String::from_utf8_lossy(&text));
        if ours.is_some() { same += 1 } else { refused += 1 }
    }
    assert!(same > 20_000 && refused > 20_000, "{same} {refused}");
}

#[test]
fn scanned_integers_equal_those_of_the_standard_library() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(2);
    for round in 0..100_000u32 {
        let value = random.next_u64() >> (round % 64);
        let text = value.to_string();
        assert_eq!(scanner(text.as_bytes()).unsigned("x"), Ok(value));
        let long = format!("{text}{}", random.next_u32() % 100);
        let expected = long.parse::<u64>().map_err(|_| Fault::Bad(Reason::OutOfRange("x")));
        assert_eq!(scanner(long.as_bytes()).unsigned("x"), expected, "{long}");
        let signed = value as i64;
        assert_eq!(
            scanner(signed.to_string().as_bytes()).signed("x").ok(),
            Some(signed).filter(|&v| v != i64::MIN)
        );
    }
    for text in ["18446744073709551615", "00000000000000000000000000000000000007"] {
        assert_eq!(scanner(text.as_bytes()).unsigned("x").ok(), text.parse().ok());
    }
    let over = scanner(b"18446744073709551616").unsigned("x");
    assert_eq!(over, Err(Fault::Bad(Reason::OutOfRange("x"))));
}

#[test]
fn seconds_become_nanoseconds_exactly() {
    for (text, nanos) in [
        ("34200.004241176", 34_200_004_241_176),
        ("34200", 34_200_000_000_000),
        ("34200.1", 34_200_100_000_000),
        ("0.000000001", 1),
        ("35821.088778456004", 35_821_088_778_456),
        ("35821.0887784565", 35_821_088_778_457),
        ("35821.0887784564999", 35_821_088_778_456),
    ] {
        assert_eq!(scanner(text.as_bytes()).seconds("time"), Ok(nanos), "{text}");
    }
    assert_eq!(scanner(b"-1").seconds("time"), Err(Fault::Bad(Reason::Field("time"))));
    assert_eq!(scanner(b"").seconds("time"), Err(Fault::End));
    assert_eq!(scanner(b"9223372037").seconds("time"), Err(Fault::Bad(Reason::OutOfRange("time"))));
}

/// Compressible text of more than a few blocks.
fn content() -> Vec<u8> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
    let mut text = Vec::new();
    for row in 0..20_000u32 {
        let price = 5_853_300 + i64::from(random.next_u32() % 64) * 100;
        writeln!(
            text,
            "{}.{:09},1,{},{},{price},1",
            34_200 + row / 100,
            row,
            16_000_000 + row,
            1 + row % 500
        )
        .unwrap();
    }
    text
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

type Decode = fn(&[u8]) -> (Vec<u8>, Option<Damage>);

#[test]
fn several_members_and_frames_are_one_file() {
    let content = content();
    let (front, back) = content.split_at(content.len() / 3);
    let frame = |bytes| compress_to_vec(bytes, CompressionLevel::Fastest);
    assert_eq!(decompress::gzip(&[gz(front), gz(back)].concat()), (content.clone(), None));
    let skippable = b"\x50\x2A\x4D\x18\x03\0\0\0abc".to_vec();
    let frames = [skippable.clone(), frame(front), skippable, frame(back)].concat();
    assert_eq!(decompress::zstd(&frames), (content.clone(), None));
    assert_eq!(decompress::gzip(b""), (Vec::new(), Some(Damage::Truncated)));
    assert_eq!(decompress::zstd(b""), (Vec::new(), Some(Damage::Truncated)));
}

#[test]
fn a_cut_anywhere_keeps_a_growing_prefix_and_is_reported() {
    let content = content();
    let files: [(Decode, Vec<u8>); 3] = [
        (decompress::gzip, gz(&content)),
        (decompress::zstd, compress_to_vec(content.as_slice(), CompressionLevel::Fastest)),
        (decompress::zstd, compress_to_vec(content.as_slice(), CompressionLevel::Uncompressed)),
    ];
    for (decode, file) in files {
        let mut longest = 0;
        for cut in (1..24).chain((24..file.len()).step_by(file.len() / 150)).chain(file.len() - 9..file.len())
        {
            let (bytes, damage) = decode(&file[..cut]);
            assert_eq!(damage, Some(Damage::Truncated), "cut at {cut} of {}", file.len());
            assert!(content.starts_with(&bytes));
            assert!(bytes.len() >= longest, "cut at {cut}: {} after {longest}", bytes.len());
            longest = bytes.len();
        }
        // Only the checksum was missing from the last cuts.
        assert_eq!(longest, content.len());
        assert_eq!(decode(&file), (content.clone(), None));
    }
}

#[test]
fn damaged_compressed_files_never_panic_and_wrong_content_is_reported() {
    let content = content();
    let files: [(Decode, Vec<u8>); 2] = [
        (decompress::gzip, gz(&content[..40_000])),
        (decompress::zstd, compress_to_vec(&content[..40_000], CompressionLevel::Fastest)),
    ];
    let mut random = Xoshiro256PlusPlus::seed_from_u64(4);
    for (decode, file) in files {
        let mut reported = 0;
        for _ in 0..1_000 {
            let mut broken = file.clone();
            let at = random.next_u32() as usize % broken.len();
            broken[at] ^= 1 << (random.next_u32() % 8);
            let (bytes, damage) = decode(&broken);
            assert!(damage.is_some() || bytes == content[..40_000], "flip at {at} of {}", broken.len());
            reported += u32::from(damage.is_some());
        }
        assert!(reported > 900, "{reported}");
    }
}

#[test]
fn text_that_is_not_compressed_is_corrupt_from_the_start() {
    for decode in [decompress::gzip as Decode, decompress::zstd] {
        assert_eq!(decode(b"34200.1,1,7,100,5853300,1\n"), (Vec::new(), Some(Damage::Corrupt)));
    }
}

#[test]
fn a_compressed_file_that_breaks_off_yields_its_complete_lines_and_then_the_error() {
    let content = content();
    let file = gz(&content);
    let path = std::env::temp_dir().join(format!("mm-feed-cut-{}.csv.gz", std::process::id()));
    std::fs::write(&path, &file[..file.len() / 2]).unwrap();
    let input = Input::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(input.damage(), Some(Damage::Truncated));
    let complete = input.bytes().iter().filter(|&&b| b == b'\n').count();
    let start_of_rest = input.bytes().iter().rposition(|&b| b == b'\n').unwrap() + 1;
    let mut reader = LobsterReader::new(input, &Instrument::new("X", 0.01, 1.0).unwrap());
    for row in 0..complete {
        assert_eq!(reader.next_event().unwrap().unwrap().sequence, row as u64);
    }
    assert!(complete > 5_000);
    match reader.next_event() {
        Err(FeedError::Truncated { offset, .. }) => assert_eq!(offset, start_of_rest as u64),
        other => panic!("{other:?}"),
    }
    assert!(matches!(reader.next_event(), Ok(None)));
}

#[test]
fn an_unreadable_file_is_a_typed_error_with_its_name() {
    for name in ["/nonexistent/a.csv", "/nonexistent/a.csv.gz", "/nonexistent/a.csv.zst"] {
        match Input::open(name) {
            Err(FeedError::Io { name: found, error }) => {
                assert_eq!((&*found, error.kind()), (name, std::io::ErrorKind::NotFound));
            }
            other => panic!("{other:?}"),
        }
        assert!(matches!(Input::read(name), Err(FeedError::Io { .. })));
    }
}

#[test]
fn mapped_copied_and_given_bytes_are_the_same() {
    let path = std::env::temp_dir().join(format!("mm-feed-same-{}.csv", std::process::id()));
    std::fs::write(&path, b"abc").unwrap();
    let (mapped, copied) = (Input::open(&path).unwrap(), Input::read(&path).unwrap());
    std::fs::remove_file(&path).unwrap();
    assert_eq!(mapped.bytes(), b"abc");
    assert_eq!(copied.bytes(), Input::from_bytes("x", b"abc".to_vec()).bytes());
    assert_eq!(mapped.name(), path.to_string_lossy());
}

#[test]
fn share_counts_are_lots_of_the_instrument() {
    let board_lot = Instrument::new("X", 0.01, 100.0).unwrap();
    assert_eq!(super::text::units(&board_lot, 300, "size"), Ok(Quantity(3)));
    assert_eq!(super::text::units(&board_lot, 350, "size"), Err(Fault::Bad(Reason::OffIncrement("size"))));
    assert_eq!(super::text::units(&board_lot, u64::MAX, "size"), Err(Fault::Bad(Reason::OutOfRange("size"))));
}
