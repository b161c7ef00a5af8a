//! Arbitrary bytes read as the arguments of a command: every string of bytes is some sequence of commands, and a small
//! change of the string is a small change of the sequence.

/// Numbers at which arithmetic goes wrong.
const EDGES: [u64; 20] = [
    0,
    1,
    2,
    3,
    7,
    8,
    63,
    64,
    255,
    256,
    65_535,
    1 << 31,
    (1 << 32) - 1,
    1 << 32,
    1 << 61,
    1 << 62,
    i64::MAX as u64,
    1 << 63,
    (1 << 63) + 1,
    u64::MAX,
];

/// A position in the bytes. Past their end everything is zero.
pub struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn u8(&mut self) -> u8 {
        match self.rest.split_first() {
            Some((&first, rest)) => {
                self.rest = rest;
                first
            }
            None => 0,
        }
    }

    pub fn u16(&mut self) -> u16 {
        u16::from_le_bytes([self.u8(), self.u8()])
    }

    /// Below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.u8() as usize % n
    }

    pub fn is_one_in(&mut self, n: u8) -> bool {
        self.u8() % n == n - 1
    }

    /// Mostly small, sometimes an edge, sometimes anything.
    pub fn u64(&mut self) -> u64 {
        match self.u8() {
            choice @ 0..200 => u64::from(choice % 24),
            200..224 => u64::from(self.u16()),
            224..244 => EDGES[self.below(EDGES.len())],
            244..248 => EDGES[self.below(EDGES.len())].wrapping_sub(u64::from(self.u8())),
            _ => u64::from_le_bytes(std::array::from_fn(|_| self.u8())),
        }
    }

    /// The same, of either sign.
    pub fn i64(&mut self) -> i64 {
        let value = self.u64().cast_signed();
        if value & 1 == 1 { value.wrapping_neg() } else { value }
    }

    pub fn u32(&mut self) -> u32 {
        self.u64() as u32
    }

    /// Ordinary numbers, and those that are none.
    pub fn f64(&mut self) -> f64 {
        match self.u8() {
            choice @ 0..150 => f64::from(choice) - 50.0,
            150..200 => self.i64() as f64 / 16.0,
            200..210 => f64::NAN,
            210..220 => f64::INFINITY,
            220..226 => f64::NEG_INFINITY,
            226..232 => f64::MIN_POSITIVE,
            232..238 => -0.0,
            238..244 => f64::MAX,
            _ => f64::from_bits(u64::from_le_bytes(std::array::from_fn(|_| self.u8()))),
        }
    }

    /// An optional value, mostly there.
    pub fn some<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.is_one_in(4) { None } else { Some(make(self)) }
    }
}
