//! A hash of words that is the same on every machine: fast, not cryptographic, for comparing states and for spreading sums.

/// One step: both halves of a 128-bit product. A hash of several words is `fold(state ^ word)` for each. Hot path.
#[inline(always)]
#[must_use]
pub const fn fold(word: u64) -> u64 {
    let product = (word ^ 0x9E37_79B9_7F4A_7C15) as u128 * 0xD6E8_FEB8_6659_FD93;
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn the_hash_is_the_one_that_files_and_committed_hashes_were_made_with() {
        assert_eq!(fold(0x9E37_79B9_7F4A_7C15), 0);
        // 1 × the constant, and its double with the carry in the upper half.
        assert_eq!(fold(0x9E37_79B9_7F4A_7C15 ^ 1), 0xD6E8_FEB8_6659_FD93);
        assert_eq!(fold(0x9E37_79B9_7F4A_7C15 ^ 2), 0xADD1_FD70_CCB3_FB26 ^ 1);
    }
}
