//! Sine and cosine of the time of day, exact to a few units in the last place, without a library call for most rows.
//!
//! A day has 1024 arcs; sine and cosine at the start of the current one are kept, and the rest of the angle (at most
//! 0.0062) goes through its series and the addition theorem. The value depends on the time alone, never on the
//! times asked for before. O(1), single writer.

use crate::types::Timestamp;

/// Nanoseconds of a day.
pub(super) const DAY: u64 = 86_400_000_000_000;
/// Nanoseconds of an arc: a whole number.
const ARC: u64 = DAY / 1024;
/// Radians per nanosecond.
const RATE: f64 = std::f64::consts::TAU / DAY as f64;

#[derive(Clone, Copy, Debug)]
pub(super) struct DayClock {
    /// Added to a timestamp to get a time since some midnight.
    shift: u64,
    arc: u64,
    start: (f64, f64),
}

impl DayClock {
    /// A clock whose day begins at times that are `day_start` past a multiple of a day.
    pub(super) fn new(day_start: Timestamp) -> Self {
        Self { shift: DAY - day_start.0 % DAY, arc: 0, start: (0.0, 1.0) }
    }

    /// Sine and cosine of the angle that the day's hand has at `time`.
    #[inline]
    pub(super) fn sin_cos(&mut self, time: Timestamp) -> (f64, f64) {
        let past = (time.0 % DAY + self.shift) % DAY;
        let arc = past / ARC;
        if arc != self.arc {
            self.enter(arc);
        }
        let x = (past - arc * ARC) as f64 * RATE;
        let x2 = x * x;
        let sin = x * (1.0 - x2 * (1.0 / 6.0 - x2 * (1.0 / 120.0)));
        let one_less_cos = x2 * (0.5 - x2 * (1.0 / 24.0 - x2 * (1.0 / 720.0)));
        let (start_sin, start_cos) = self.start;
        (
            start_sin + (start_cos * sin - start_sin * one_less_cos),
            start_cos - (start_sin * sin + start_cos * one_less_cos),
        )
    }

    #[cold]
    #[inline(never)]
    fn enter(&mut self, arc: u64) {
        self.arc = arc;
        self.start = libm::sincos((arc * ARC) as f64 * RATE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    #[test]
    fn the_hand_agrees_with_the_library_wherever_it_was_before() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut travelled = DayClock::new(Timestamp(0));
        for i in 0..200_000u64 {
            let time = if i % 3 == 0 { random.next_u64() } else { random.next_u64() % DAY };
            let (sin, cos) = travelled.sin_cos(Timestamp(time));
            let angle = std::f64::consts::TAU * ((time % DAY) as f64 / DAY as f64);
            assert!((sin - angle.sin()).abs() < 2e-15 && (cos - angle.cos()).abs() < 2e-15, "{time}");
            let fresh = DayClock::new(Timestamp(0)).sin_cos(Timestamp(time));
            assert_eq!((sin.to_bits(), cos.to_bits()), (fresh.0.to_bits(), fresh.1.to_bits()));
        }
    }

    #[test]
    fn the_day_begins_where_it_is_told_to() {
        let hour = DAY / 24;
        let mut clock = DayClock::new(Timestamp(4 * hour));
        assert_eq!(clock.sin_cos(Timestamp(4 * hour)), (0.0, 1.0));
        assert_eq!(clock.sin_cos(Timestamp(7 * DAY + 4 * hour)), (0.0, 1.0));
        let (sin, cos) = clock.sin_cos(Timestamp(10 * hour));
        assert!((sin - 1.0).abs() < 1e-15 && cos.abs() < 1e-15);
        // The last time there is must not overflow.
        let (sin, cos) = clock.sin_cos(Timestamp(u64::MAX));
        assert!((sin * sin + cos * cos - 1.0).abs() < 1e-14);
    }
}
