//! Mutations without knowledge of what they lead to: bits, bytes, stretches, cuts, splices, and numbers at their edges, both
//! as text and as binary fields.

use rand_core::RngCore;
use rand_xoshiro::Xoshiro256PlusPlus;

const EDGES: [u64; 16] = [
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    i64::MAX as u64 / 4,
    i64::MAX as u64,
    1 << 63,
    u64::MAX,
];

const NUMBERS: [&str; 22] = [
    "0",
    "-0",
    "-1",
    "1",
    "9",
    "00000000000000000000000001",
    "0.1",
    "-0.000000001",
    "1e308",
    "1e-400",
    "2147483647",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999",
    "nan",
    "inf",
    "",
    "1.7976931348623157e309",
];

/// Longest input that mutations make.
const LONGEST: usize = 64 << 10;

pub fn below(random: &mut Xoshiro256PlusPlus, n: usize) -> usize {
    (random.next_u64() % n.max(1) as u64) as usize
}

/// Arbitrary commands: bytes without a format.
pub fn commands(random: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    let mut bytes = vec![0; 16 + below(random, 1000)];
    random.fill_bytes(&mut bytes);
    bytes
}

/// The original, or a part of two, with one to eight changes.
pub fn mutate(original: &[u8], other: &[u8], random: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    let mut bytes = original.to_vec();
    let changes = below(random, 8);
    for _ in 0..1 + below(random, 1 + changes) {
        change(&mut bytes, other, random);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut Xoshiro256PlusPlus) {
    if bytes.is_empty() {
        bytes.extend_from_slice(&random.next_u64().to_le_bytes());
        return;
    }
    let at = below(random, bytes.len());
    let longest = 1 << below(random, 9);
    let stretch = 1 + below(random, longest);
    let end = (at + stretch).min(bytes.len());
    match random.next_u32() % 16 {
        0..2 => bytes[at] ^= 1 << below(random, 8),
        2 => bytes[at] = random.next_u64() as u8,
        3 => bytes[at] = b",.\n\r\"{}[]:;= -+eE0\0\xff"[below(random, 20)],
        4 => drop(bytes.drain(at..end)),
        5 => {
            let copy = bytes[at..end].to_vec();
            let to = below(random, bytes.len() + 1);
            bytes.splice(to..to, copy);
        }
        6 => bytes.truncate(at),
        7 => {
            // The front of one, the back of another.
            bytes.truncate(at);
            if !other.is_empty() {
                bytes.extend_from_slice(&other[below(random, other.len())..]);
            }
        }
        8 if !other.is_empty() => {
            let from = below(random, other.len());
            let part = &other[from..(from + stretch).min(other.len())];
            let until = (at + part.len()).min(bytes.len());
            bytes.splice(at..until, part.iter().copied());
        }
        9..12 => {
            // A binary field at its edge, in either byte order, aligned or not.
            let width = 1 << below(random, 4);
            let value = EDGES[below(random, EDGES.len())].wrapping_add(u64::from(random.next_u32() % 3));
            let at = if random.next_u32() & 1 == 0 { at } else { at / width * width };
            if at + width <= bytes.len() {
                let field = &mut bytes[at..at + width];
                field.copy_from_slice(&value.to_le_bytes()[..width]);
                if random.next_u32() & 1 == 0 {
                    field.reverse();
                }
            }
        }
        12..15 => number(bytes, at, random),
        _ => {
            let value = bytes[at];
            bytes[at..end].fill(value);
        }
    }
}

/// Replaces the number in the text that is nearest behind `at`.
fn number(bytes: &mut Vec<u8>, at: usize, random: &mut Xoshiro256PlusPlus) {
    let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit).map(|offset| at + offset) else {
        return;
    };
    let is_part = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let end =
        bytes[start..].iter().position(|byte| !is_part(byte)).map_or(bytes.len(), |length| start + length);
    let text = match random.next_u32() % 4 {
        0 => random.next_u64().to_string(),
        1 => (random.next_u32() % 300).to_string(),
        _ => NUMBERS[below(random, NUMBERS.len())].to_owned(),
    };
    bytes.splice(start..end, text.bytes());
}
