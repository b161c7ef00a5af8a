//! The limits of a book of positions and the typed breach of each.

use crate::types::InstrumentId;

/// Limits of a tracker. Quantities are lots of one instrument, money is in account units (see
/// [`TrackerConfig`](super::TrackerConfig)). Standing exactly at a limit is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct PositionLimits {
    /// Largest position of either sign.
    pub max_position_size: i64,
    /// Largest long position.
    pub max_long_position: i64,
    /// Largest short position, as a positive number.
    pub max_short_position: i64,
    /// Largest loss since the day began, as a positive number: realised, unrealised and fees.
    pub max_daily_loss: i64,
    /// Largest fall of equity from its highest point, as a positive number.
    pub max_drawdown: i64,
}

impl Default for PositionLimits {
    fn default() -> Self {
        Self {
            max_position_size: 1_000_000,
            max_long_position: 500_000,
            max_short_position: 500_000,
            max_daily_loss: 1_000_000,
            max_drawdown: 500_000,
        }
    }
}

impl PositionLimits {
    /// No limit anywhere.
    pub const NONE: Self = Self {
        max_position_size: i64::MAX,
        max_long_position: i64::MAX,
        max_short_position: i64::MAX,
        max_daily_loss: i64::MAX,
        max_drawdown: i64::MAX,
    };

    pub(super) const fn is_valid(&self) -> bool {
        self.max_position_size >= 0
            && self.max_long_position >= 0
            && self.max_short_position >= 0
            && self.max_daily_loss >= 0
            && self.max_drawdown >= 0
    }

    /// Whether a position that is `held` may become `after`. What reduces without changing sign is always allowed,
    /// so that a position above its limit can be worked down.
    pub(super) fn check_position(
        &self,
        instrument: InstrumentId,
        held: i128,
        after: i128,
    ) -> Result<(), LimitBreach> {
        if after.abs() <= held.abs() && (after == 0 || (after > 0) == (held > 0)) {
            return Ok(());
        }
        let (side_limit, long) =
            if after > 0 { (self.max_long_position, true) } else { (self.max_short_position, false) };
        let size = after.abs();
        if size > i128::from(self.max_position_size) {
            return Err(LimitBreach::PositionSize { instrument, limit: self.max_position_size });
        }
        if size > i128::from(side_limit) {
            return Err(if long {
                LimitBreach::LongPosition { instrument, limit: side_limit }
            } else {
                LimitBreach::ShortPosition { instrument, limit: side_limit }
            });
        }
        Ok(())
    }
}

/// Which limit is or would be exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitBreach {
    /// The position would be larger than allowed.
    #[error("instrument {instrument}: position would exceed {limit} lots")]
    PositionSize {
        /// The instrument.
        instrument: InstrumentId,
        /// The limit in lots.
        limit: i64,
    },
    /// The long position would be larger than allowed.
    #[error("instrument {instrument}: long position would exceed {limit} lots")]
    LongPosition {
        /// The instrument.
        instrument: InstrumentId,
        /// The limit in lots.
        limit: i64,
    },
    /// The short position would be larger than allowed.
    #[error("instrument {instrument}: short position would exceed {limit} lots")]
    ShortPosition {
        /// The instrument.
        instrument: InstrumentId,
        /// The limit in lots.
        limit: i64,
    },
    /// The day's loss is larger than allowed.
    #[error("daily loss {loss} exceeds {limit}")]
    DailyLoss {
        /// Loss in account units.
        loss: i64,
        /// The limit.
        limit: i64,
    },
    /// Equity has fallen further from its highest point than allowed.
    #[error("drawdown {drawdown} exceeds {limit}")]
    Drawdown {
        /// Fall in account units.
        drawdown: i64,
        /// The limit.
        limit: i64,
    },
}
