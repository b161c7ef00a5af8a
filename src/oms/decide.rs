//! From wanted quotes to messages: place, move or cancel, and otherwise leave alone.
//!
//! Each wanted level is served by at most one order. An order moves only when its price is off by more than the
//! requote rule allows or its quantity by more than the allowed share; one whose request is under way is left alone until
//! it is answered. New and moved orders pass the risk gate. A stale price is worse than none: where the gate refuses a
//! move, the order is cancelled, unless only its quantity was to grow. O(levels), hot path.

use super::wanted::RoundedSide;
use super::{MAX_LEVELS, OmsError, OrderAction, OrderManager, OrderState, ReplaceMode, WantedQuotes};
use crate::risk::{RiskGate, RiskReject, Stance};
use crate::types::{Price, Quantity, Side, SignedQuantity, Timestamp};

/// What a decision needs to know of the market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MarketTop {
    /// Best bid.
    pub bid: Option<Price>,
    /// Best ask.
    pub ask: Option<Price>,
    /// The price that risk collars measure from.
    pub reference: Option<Price>,
}

impl MarketTop {
    /// Measures collars from the mid, rounded down to a tick, or from the only side that there is.
    #[must_use]
    pub const fn new(bid: Option<Price>, ask: Option<Price>) -> Self {
        let reference = match (bid, ask) {
            // Half of each before the sum, so that no price overflows.
            (Some(bid), Some(ask)) => Some(Price((bid.0 >> 1) + (ask.0 >> 1) + (bid.0 & ask.0 & 1))),
            (Some(only), None) | (None, Some(only)) => Some(only),
            (None, None) => None,
        };
        Self { bid, ask, reference }
    }
}

/// What a decision came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Actions written to the buffer.
    pub actions: usize,
    /// Orders that the risk gate refused.
    pub refused: u32,
    /// Quotes held back for now: no free slot, or the order would have met our own on the other side.
    pub held: u32,
    /// The last refusal.
    pub last_refusal: Option<RiskReject>,
}

/// What the levels of one decision share.
struct Context<'a> {
    position: SignedQuantity,
    reference: Option<Price>,
    now: Timestamp,
    gate: &'a mut RiskGate,
    out: &'a mut [OrderAction],
    decision: &'a mut Decision,
}

impl Context<'_> {
    /// Notes why an order was not sent.
    fn withheld(&mut self, error: OmsError) {
        if let OmsError::Risk(reject) = error {
            self.decision.refused += 1;
            self.decision.last_refusal = Some(reject);
        } else {
            self.decision.held += 1;
        }
    }
}

impl OrderManager {
    /// Compares what is wanted with what works and writes the messages that close the gap. While the gate is closed (kill
    /// switch, halt, a condition) nothing is wanted, and while only reducing orders pass what does not reduce is not; such
    /// quotes are counted as refused. At most one action per level. Hot path.
    ///
    /// `position` and `top.reference` are what the risk gate measures against. The side that must make room for the
    /// other goes first, and a quote that would meet our own working quote is held back.
    ///
    /// # Errors
    /// [`OmsError::BadQuote`], [`OmsError::CrossedQuotes`], [`OmsError::ActionBufferFull`],
    /// [`OmsError::IdsExhausted`]. Nothing has changed then. Refusals by the gate are no
    /// errors here: they are counted in the [`Decision`].
    pub fn decide(
        &mut self,
        wanted: &WantedQuotes,
        top: &MarketTop,
        position: SignedQuantity,
        now: Timestamp,
        gate: &mut RiskGate,
        out: &mut [OrderAction],
    ) -> Result<Decision, OmsError> {
        let mut decision = Decision::default();
        self.decide_into(wanted, top, position, now, gate, out, &mut decision)?;
        Ok(decision)
    }

    /// As [`decide`](Self::decide), with the outcome written where it stays: copying what has just been put together field by
    /// field waits for all of them. `decision` is the default before, and without meaning after an error.
    #[expect(clippy::too_many_arguments, reason = "a decision, and where it goes")]
    pub(crate) fn decide_into(
        &mut self,
        wanted: &WantedQuotes,
        top: &MarketTop,
        position: SignedQuantity,
        now: Timestamp,
        gate: &mut RiskGate,
        out: &mut [OrderAction],
        decision: &mut Decision,
    ) -> Result<(), OmsError> {
        let post_only = self.config.post_only;
        let mut sides = [RoundedSide::EMPTY; 2];
        wanted.round(Side::Buy, top.ask.filter(|_| post_only), &mut sides[0])?;
        wanted.round(Side::Sell, top.bid.filter(|_| post_only), &mut sides[1])?;
        if let (Some(bid), Some(ask)) = (sides[0].best, sides[1].best)
            && bid >= ask
        {
            return Err(OmsError::CrossedQuotes);
        }
        if !gate.is_surely_open(self.config.instrument, now) {
            self.withhold(&mut sides, position, now, gate, decision);
        }
        if out.len() < 2 * MAX_LEVELS || !self.has_ids(2 * MAX_LEVELS) {
            self.check_room(&sides, out.len())?;
        }
        let mut context = Context { position, reference: top.reference, now, gate, out, decision };
        // Where the wanted bid meets our working ask, the ask has to move away first.
        let first = if self.meets_own(Side::Buy, sides[0].best) { Side::Sell } else { Side::Buy };
        for side in [first, first.opposite()] {
            self.decide_side(side, &sides[side.index()], &mut context);
        }
        Ok(())
    }

    /// Takes off what the gate would refuse whatever the order: everything while it is closed, and while only reducing
    /// orders pass what does not reduce. Each quote that is withheld is counted there as a refusal.
    #[cold]
    fn withhold(
        &self,
        sides: &mut [RoundedSide; 2],
        position: SignedQuantity,
        now: Timestamp,
        gate: &mut RiskGate,
        decision: &mut Decision,
    ) {
        let (why, is_closed) = match gate.stance(self.config.instrument, now) {
            Stance::Open => return,
            Stance::ReduceOnly(why) => (why, false),
            Stance::Closed(why) => (why, true),
        };
        for side in Side::BOTH {
            let held = i128::from(position.0) * i128::from(-side.sign());
            // Lots that may still reduce, given out from the best level on.
            let mut allowed = if is_closed || held < 0 { 0 } else { held.unsigned_abs() as u64 };
            let rounded = &mut sides[side.index()];
            for level in 0..MAX_LEVELS {
                let Some((price, quantity)) = rounded.level(level) else { continue };
                let rest = Quantity(quantity.0.min(allowed));
                allowed -= rest.0;
                rounded.limit(level, rest);
                if rest == Quantity::ZERO {
                    gate.withhold(&self.intent(side, price, quantity, now), &why);
                    decision.refused += 1;
                    decision.last_refusal = Some(why);
                }
            }
        }
    }

    /// Whether the buffer and the ids last for an action per level in use, where they do not last for every level.
    #[cold]
    fn check_room(&self, sides: &[RoundedSide; 2], room: usize) -> Result<(), OmsError> {
        let used = |side| self.used(side, &sides[side.index()]).count_ones() as usize;
        let needed = used(Side::Buy) + used(Side::Sell);
        if room < needed {
            return Err(OmsError::ActionBufferFull { needed });
        }
        if self.has_ids(needed) { Ok(()) } else { Err(OmsError::IdsExhausted) }
    }

    /// Whether an order of `side` at `price` would meet one of our quotes of the other side. Requests arrive in the
    /// order in which they are sent: a quote that is being moved counts where it goes, one being cancelled not at all.
    #[inline]
    fn meets_own(&self, side: Side, price: Option<Price>) -> bool {
        let Some(price) = price else { return false };
        let opposite = side.opposite();
        let mut served = self.occupied(opposite);
        while served != 0 {
            let own = self.at_level(opposite, served.trailing_zeros() as usize);
            served &= served - 1;
            let Some(at) = own.and_then(|(_, own)| own.meeting_price()) else { continue };
            if price == at || side.is_better(price, at) {
                return true;
            }
        }
        false
    }

    /// The levels of a side that are wanted or served, a bit each.
    #[inline]
    const fn used(&self, side: Side, wanted: &RoundedSide) -> u8 {
        wanted.wanted | self.occupied(side)
    }

    /// Every level of a side that is wanted or served.
    #[inline]
    fn decide_side(&mut self, side: Side, wanted: &RoundedSide, context: &mut Context<'_>) {
        let mut used = self.used(side, wanted);
        while used != 0 {
            let level = used.trailing_zeros() as usize;
            used &= used - 1;
            self.decide_level(side, level, wanted.level(level), context);
        }
    }

    #[inline]
    fn decide_level(
        &mut self,
        side: Side,
        level: usize,
        wanted: Option<(Price, Quantity)>,
        context: &mut Context<'_>,
    ) {
        match (self.at_level(side, level), wanted) {
            (None, None) => {}
            (None, Some(quote)) => self.open_level(side, level, quote, context),
            (Some((slot, order)), None) => {
                // While a request is under way its answer comes first.
                if order.is_idle() {
                    self.close_level(slot, context);
                }
            }
            (Some((slot, _)), Some(quote)) => self.move_level(slot, quote, context),
        }
    }

    fn open_level(&mut self, side: Side, level: usize, quote: (Price, Quantity), context: &mut Context<'_>) {
        if !self.has_room() || self.meets_own(side, Some(quote.0)) {
            context.decision.held += 1;
            return;
        }
        let exposure = self.exposure(context.position, context.reference, context.gate);
        let post_only = self.config.post_only;
        match self.place_at(level as u8, side, quote, post_only, &exposure, context.now, context.gate) {
            Ok(action) => {
                context.out[context.decision.actions] = action;
                context.decision.actions += 1;
            }
            Err(error) => context.withheld(error),
        }
    }

    fn close_level(&mut self, slot: usize, context: &mut Context<'_>) {
        let action = &mut context.out[context.decision.actions];
        if self.cancel_idle(slot, context.now, context.gate, action).is_ok() {
            context.decision.actions += 1;
        }
    }

    #[inline]
    fn move_level(&mut self, slot: usize, (price, quantity): (Price, Quantity), context: &mut Context<'_>) {
        let Some(order) = self.in_slot(slot) else { return };
        if !matches!(order.state, OrderState::Live | OrderState::PartiallyFilled) {
            return;
        }
        let (side, remaining) = (order.side, order.remaining);
        let price_is_off = self.config.requote.is_exceeded(order.price, price);
        let quantity_is_off = {
            let distance = u128::from(remaining.0.abs_diff(quantity.0));
            distance * 10_000 > u128::from(self.config.requote_quantity_bps) * u128::from(quantity.0)
        };
        if !price_is_off && !quantity_is_off {
            return;
        }
        // An order whose price is near enough keeps it when only the quantity is off.
        let price = if price_is_off { price } else { order.price };
        if self.config.replace == ReplaceMode::CancelFirst {
            self.close_level(slot, context);
            return;
        }
        let may_stay = !price_is_off && quantity >= remaining;
        if self.meets_own(side, Some(price)) {
            context.decision.held += 1;
            if !may_stay {
                self.close_level(slot, context);
            }
            return;
        }
        let exposure = self.exposure(context.position, context.reference, context.gate);
        let Context { now, gate, out, decision, .. } = context;
        let (quote, action) = ((price, quantity), &mut out[decision.actions]);
        match self.replace_idle(slot, quote, self.config.post_only, &exposure, *now, gate, action) {
            Ok(()) => decision.actions += 1,
            Err(error) => {
                context.withheld(error);
                if !may_stay {
                    self.close_level(slot, context);
                }
            }
        }
    }
}
