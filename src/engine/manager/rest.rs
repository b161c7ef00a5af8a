//! When a strategy that errs has to rest, and until when. Time comes in with the inputs. O(1), hot path.

use crate::types::Timestamp;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The strategy or its pipeline refused an input for a reason of its own.
    Error,
    /// The line to the venue is lost.
    ConnectionLost,
}

/// How much is tolerated, and how long a rest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestPolicy {
    /// Errors that are tolerated between two rests; the next one sends the strategy to rest.
    pub tolerated_errors: u32,
    /// Rest after too many errors, ns.
    pub error_rest_ns: u64,
    /// Rest after a lost connection, ns.
    pub connection_rest_ns: u64,
}

impl Default for RestPolicy {
    /// More than three errors: five minutes. A lost connection: one minute.
    fn default() -> Self {
        const MINUTE: u64 = 60_000_000_000;
        Self { tolerated_errors: 3, error_rest_ns: 5 * MINUTE, connection_rest_ns: MINUTE }
    }
}

/// One strategy's faults and rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rest {
    errors: u32,
    until: Option<Timestamp>,
}

/// What an input changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    None,
    Begins(Timestamp),
    Ends,
}

impl Rest {
    /// Time has come to `now`.
    pub(super) fn advance(&mut self, now: Timestamp) -> Change {
        match self.until {
            Some(until) if now >= until => {
                *self = Self::default();
                Change::Ends
            }
            _ => Change::None,
        }
    }

    /// A fault at `now`. A rest that goes on is never shortened.
    pub(super) fn fault(&mut self, fault: Fault, now: Timestamp, policy: &RestPolicy) -> Change {
        let length = match fault {
            Fault::ConnectionLost => policy.connection_rest_ns,
            Fault::Error => {
                self.errors += 1;
                if self.errors <= policy.tolerated_errors {
                    return Change::None;
                }
                policy.error_rest_ns
            }
        };
        let until = Timestamp(now.0.saturating_add(length));
        if self.until.is_some_and(|before| before >= until) {
            return Change::None;
        }
        self.until = Some(until);
        Change::Begins(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn the_fourth_error_rests_five_minutes_and_then_errors_count_anew() {
        let policy = RestPolicy::default();
        let mut rest = Rest::default();
        for _ in 0..2 {
            let start = Timestamp(SECOND);
            for _ in 0..3 {
                assert_eq!(rest.fault(Fault::Error, start, &policy), Change::None);
            }
            let until = Timestamp(301 * SECOND);
            assert_eq!(rest.fault(Fault::Error, start, &policy), Change::Begins(until));
            assert_eq!(rest.advance(Timestamp(until.0 - 1)), Change::None);
            assert!(rest.until.is_some());
            assert_eq!(rest.advance(until), Change::Ends);
            assert_eq!(rest, Rest::default());
        }
    }

    #[test]
    fn a_lost_connection_rests_a_minute_and_never_shortens_a_rest() {
        let policy = RestPolicy { tolerated_errors: 0, ..RestPolicy::default() };
        let mut rest = Rest::default();
        let minute = |n: u64| Timestamp(n * 60 * SECOND);
        assert_eq!(rest.fault(Fault::ConnectionLost, minute(0), &policy), Change::Begins(minute(1)));
        assert_eq!(rest.fault(Fault::Error, minute(0), &policy), Change::Begins(minute(5)));
        assert_eq!(rest.fault(Fault::ConnectionLost, minute(1), &policy), Change::None);
        assert_eq!(rest.fault(Fault::ConnectionLost, minute(4), &policy), Change::None);
        assert_eq!(
            rest.fault(Fault::ConnectionLost, Timestamp(minute(4).0 + 1), &policy),
            Change::Begins(Timestamp(minute(5).0 + 1))
        );
    }
}
