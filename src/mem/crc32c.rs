//! CRC-32C (Castagnoli, RFC 3720): the processor's instruction where it has one, a table otherwise, the same result.
//!
//! The reflected polynomial 0x1EDC6F41, register and result inverted. [`words`] takes 64-bit words as their
//! little-endian bytes, one instruction a word; the table takes eight bytes a step. Hot path, O(length).

/// The checksum of `bytes`.
///
/// ```
/// assert_eq!(market_maker::mem::crc32c::bytes(0, b"123456789"), 0xE306_9283);
/// ```
///
/// `seed` is 0, or the checksum of what stands before `bytes`: `bytes(bytes(0, a), b)` is the checksum of `a` then `b`.
/// Hot path.
#[must_use]
pub fn bytes(seed: u32, bytes: &[u8]) -> u32 {
    let mut crc = !seed;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = chunk.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        crc = table_word(crc, word);
    }
    for &byte in chunks.remainder() {
        crc = TABLES[0][((crc ^ u32::from(byte)) & 255) as usize] ^ (crc >> 8);
    }
    !crc
}

/// The checksum of the little-endian bytes of `words`; `seed` as for [`bytes`]. Hot path.
#[inline]
#[must_use]
pub fn words(seed: u32, words: &[u64]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("sse4.2") {
        // SAFETY: the processor has SSE 4.2.
        return unsafe { x86_words(seed, words) };
    }
    #[cfg(target_arch = "aarch64")]
    if std::arch::is_aarch64_feature_detected!("crc") {
        // SAFETY: the processor has the CRC instructions.
        return unsafe { arm_words(seed, words) };
    }
    table_words(seed, words)
}

/// Work that contains checksums, for [`in_line`]. Its `run` is to be `#[inline(always)]`, which a closure cannot say.
pub trait Checksummed {
    /// What comes out.
    type Output;
    /// The work.
    fn run(self) -> Self::Output;
}

/// Runs work compiled with the processor's CRC instruction where it has one, so that a checksum inside costs no call and its
/// words need not pass through memory. Hot path.
#[inline(always)]
pub fn in_line<W: Checksummed>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("sse4.2") {
        // SAFETY: the processor has SSE 4.2.
        return unsafe { x86_in_line(work) };
    }
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse4.2")]
fn x86_in_line<W: Checksummed>(work: W) -> W::Output {
    work.run()
}

fn table_words(seed: u32, words: &[u64]) -> u32 {
    !words.iter().fold(!seed, |crc, &word| table_word(crc, word))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse4.2")]
fn x86_words(seed: u32, words: &[u64]) -> u32 {
    use std::arch::x86_64::_mm_crc32_u64;
    !(words.iter().fold(u64::from(!seed), |crc, &word| _mm_crc32_u64(crc, word)) as u32)
}

#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "crc")]
fn arm_words(seed: u32, words: &[u64]) -> u32 {
    use std::arch::aarch64::__crc32cd;
    !words.iter().fold(!seed, |crc, &word| __crc32cd(crc, word))
}

/// Eight bytes at once: each table is the one before it moved on by a zero byte.
fn table_word(crc: u32, word: u64) -> u32 {
    let word = word ^ u64::from(crc);
    let mut next = 0;
    for (place, table) in TABLES.iter().rev().enumerate() {
        next ^= table[(word >> (8 * place) & 255) as usize];
    }
    next
}

const TABLES: [[u32; 256]; 8] = {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0x82F6_3B78 } else { crc >> 1 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut table = 1;
    while table < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[table - 1][byte];
            tables[table][byte] = before >> 8 ^ tables[0][(before & 255) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
};

#[cfg(test)]
mod tests {
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    /// The definition, a bit at a time.
    fn naive(bytes: &[u8]) -> u32 {
        let mut crc = u32::MAX;
        for &byte in bytes {
            crc ^= u32::from(byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { crc >> 1 ^ 0x82F6_3B78 } else { crc >> 1 };
            }
        }
        !crc
    }

    #[test]
    fn the_published_vectors_come_out() {
        // RFC 3720, B.4.
        let ascending: Vec<u8> = (0..32).collect();
        let descending: Vec<u8> = (0..32).rev().collect();
        for (data, expected) in [
            (&b"123456789"[..], 0xE306_9283),
            (&[0; 32], 0x8A91_36AA),
            (&[255; 32], 0x62A8_AB43),
            (&ascending, 0x46DD_794E),
            (&descending, 0x113F_DB5C),
        ] {
            assert_eq!(bytes(0, data), expected);
            assert_eq!(naive(data), expected);
        }
    }

    #[test]
    fn instruction_and_table_and_definition_agree_on_any_words_and_any_seed() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        for length in 0..40 {
            for _ in 0..20 {
                let data: Vec<u64> = (0..length).map(|_| random.next_u64()).collect();
                let raw: Vec<u8> = data.iter().flat_map(|word| word.to_le_bytes()).collect();
                assert_eq!(words(0, &data), naive(&raw));
                let seed = random.next_u32();
                assert_eq!(words(seed, &data), table_words(seed, &data));
                assert_eq!(words(seed, &data), bytes(seed, &raw));
                let cut = random.next_u32() as usize % (raw.len() + 1);
                assert_eq!(bytes(bytes(0, &raw[..cut]), &raw[cut..]), naive(&raw));
            }
        }
    }
}
