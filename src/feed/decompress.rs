//! Whole-file decompression that keeps what can be kept of a broken file.
//!
//! gzip (RFC 1952, several members) through `flate2`; zstd (RFC 8878, several frames and skippable frames) through
//! `ruzstd`. A decoder of zstd holds back up to a window of finished data until the frame ends, so a frame that breaks
//! off is first closed after its last complete block: its blocks are walked by their headers, without decoding.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::Damage;

/// Decompresses gzip. O(length).
pub(super) fn gzip(compressed: &[u8]) -> (Vec<u8>, Option<Damage>) {
    let mut bytes = Vec::with_capacity(compressed.len().saturating_mul(4));
    let damage = match MultiGzDecoder::new(compressed).read_to_end(&mut bytes) {
        Ok(_) => None,
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Some(Damage::Truncated),
        Err(_) => Some(Damage::Corrupt),
    };
    (bytes, damage)
}

/// Decompresses zstd. O(length). An empty file is truncated, as it is for gzip.
pub(super) fn zstd(mut compressed: &[u8]) -> (Vec<u8>, Option<Damage>) {
    let mut bytes = Vec::with_capacity(compressed.len().saturating_mul(4));
    let mut decoder = FrameDecoder::new();
    if compressed.is_empty() {
        return (bytes, Some(Damage::Truncated));
    }
    while !compressed.is_empty() {
        match walk_frame(compressed) {
            Walk::Skippable(length) => compressed = &compressed[length..],
            Walk::Whole(length) => {
                let (frame, rest) = compressed.split_at(length);
                if decode_frame(&mut decoder, frame, true, &mut bytes).is_none() {
                    return (bytes, Some(Damage::Corrupt));
                }
                compressed = rest;
            }
            Walk::Cut(closed) => {
                let damage = match closed {
                    Some(frame) => decode_frame(&mut decoder, &frame, false, &mut bytes),
                    None => Some(()),
                };
                let damage = if damage.is_some() { Damage::Truncated } else { Damage::Corrupt };
                return (bytes, Some(damage));
            }
            Walk::NotZstd => return (bytes, Some(Damage::Corrupt)),
        }
    }
    (bytes, None)
}

/// Appends a frame's content to `bytes`; `None` when it does not decode or its checksum disagrees.
fn decode_frame(
    decoder: &mut FrameDecoder,
    mut frame: &[u8],
    verify: bool,
    bytes: &mut Vec<u8>,
) -> Option<()> {
    decoder.reset(&mut frame).ok()?;
    let mut outcome = Some(());
    while outcome.is_some() && !decoder.is_finished() {
        // A megabyte at a time, so that the decoder's own buffer stays near its window.
        outcome =
            decoder.decode_blocks(&mut frame, BlockDecodingStrategy::UptoBytes(1 << 20)).ok().map(|_| ());
        decoder.collect_to_writer(&mut *bytes).ok()?;
    }
    outcome?;
    match decoder.get_checksum_from_data() {
        Some(stated) if verify && decoder.get_calculated_checksum() != Some(stated) => None,
        _ => Some(()),
    }
}

enum Walk {
    /// A skippable frame of so many bytes.
    Skippable(usize),
    /// A complete frame of so many bytes.
    Whole(usize),
    /// A frame that breaks off; its complete blocks, closed by an empty last block, when there are any.
    Cut(Option<Vec<u8>>),
    /// No frame begins here.
    NotZstd,
}

/// Measures the frame at the start of `data` by its headers (RFC 8878, 3.1.1).
fn walk_frame(data: &[u8]) -> Walk {
    let Some((magic, _)) = data.split_first_chunk::<4>() else {
        const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
        return if MAGIC.starts_with(data) { Walk::Cut(None) } else { Walk::NotZstd };
    };
    match u32::from_le_bytes(*magic) {
        0x184D_2A50..=0x184D_2A5F => {
            let Some(size) = data.get(4..8) else { return Walk::Cut(None) };
            let length = 8 + u32::from_le_bytes([size[0], size[1], size[2], size[3]]) as usize;
            return if length <= data.len() { Walk::Skippable(length) } else { Walk::Cut(None) };
        }
        0xFD2F_B528 => {}
        _ => return Walk::NotZstd,
    }
    let Some(&descriptor) = data.get(4) else { return Walk::Cut(None) };
    let single_segment = descriptor & 0x20 != 0;
    let has_checksum = descriptor & 0x04 != 0;
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let content = match descriptor >> 6 {
        0 => usize::from(single_segment),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    let mut at = 5 + usize::from(!single_segment) + dictionary + content;
    while let Some(&[a, b, c]) = data.get(at..at + 3) {
        let header = u32::from_le_bytes([a, b, c, 0]);
        let size = match (header >> 1) & 3 {
            1 => 1,
            _ => (header >> 3) as usize,
        };
        let end = at + 3 + size;
        if end > data.len() {
            break;
        }
        at = end;
        if header & 1 != 0 {
            let end = at + if has_checksum { 4 } else { 0 };
            if end <= data.len() {
                return Walk::Whole(end);
            }
            break;
        }
    }
    if at > data.len() {
        return Walk::Cut(None);
    }
    let mut closed = data[..at].to_vec();
    closed.extend_from_slice(&[1, 0, 0]);
    if has_checksum {
        closed.extend_from_slice(&[0; 4]);
    }
    Walk::Cut(Some(closed))
}
