//! From wanted quotes to messages: place, move or cancel, and otherwise leave alone.
//!
//! Each wanted level is served by at most one order. An order moves only when its price is off by more than the
//! requote rule allows or its quantity by more than the allowed share; one whose request is under way is left alone until
//! it is answered. New and moved orders pass the risk gate. A stale price is worse than none: where the gate refuses a
//! move, the order is cancelled, unless only its quantity was to grow. O(levels), hot path.

use super::wanted::RoundedSide;
use super::{
    MAX_LEVELS, OmsError, OrderAction, OrderManager, OrderState, ReplaceMode, WantedQuotes, WorkingOrder,
};
use crate::risk::{RiskGate, RiskReject};
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
    decision: Decision,
}

impl Context<'_> {
    fn emit(&mut self, action: OrderAction) {
        self.out[self.decision.actions] = action;
        self.decision.actions += 1;
    }

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
    /// Compares what is wanted with what works and writes the messages that close the gap. While the gate's kill switch
    /// is on nothing is wanted. At most one action per level. Hot path.
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
        let wanted = if gate.is_killed() { &WantedQuotes::NONE } else { wanted };
        let post_only = self.config.post_only;
        let sides = [
            wanted.rounded(Side::Buy, top.ask.filter(|_| post_only))?,
            wanted.rounded(Side::Sell, top.bid.filter(|_| post_only))?,
        ];
        if let (Some(bid), Some(ask)) = (sides[0].best(Side::Buy), sides[1].best(Side::Sell))
            && bid >= ask
        {
            return Err(OmsError::CrossedQuotes);
        }
        let needed = self.actions_needed(&sides);
        if out.len() < needed {
            return Err(OmsError::ActionBufferFull { needed });
        }
        if !self.has_ids(needed) {
            return Err(OmsError::IdsExhausted);
        }
        let mut context =
            Context { position, reference: top.reference, now, gate, out, decision: Decision::default() };
        // Where the wanted bid meets our working ask, the ask has to move away first.
        let order = if self.meets_own(Side::Buy, sides[0].best(Side::Buy)) {
            [Side::Sell, Side::Buy]
        } else {
            Side::BOTH
        };
        for side in order {
            for level in 0..MAX_LEVELS {
                self.decide_level(side, level, sides[side.index()].levels[level], &mut context);
            }
        }
        Ok(context.decision)
    }

    fn actions_needed(&self, sides: &[RoundedSide; 2]) -> usize {
        let used = |side: Side, level: usize| {
            sides[side.index()].levels[level].is_some() || self.at_level(side, level).is_some()
        };
        Side::BOTH.iter().map(|&side| (0..MAX_LEVELS).filter(|&level| used(side, level)).count()).sum()
    }

    /// Whether an order of `side` at `price` would meet one of our quotes of the other side. Requests arrive in the
    /// order in which they are sent: a quote that is being moved counts where it goes, one being cancelled not at all.
    fn meets_own(&self, side: Side, price: Option<Price>) -> bool {
        let Some(price) = price else { return false };
        (0..MAX_LEVELS).filter_map(|level| self.at_level(side.opposite(), level)).any(|own| {
            let at = match own.state {
                OrderState::PendingCancel => return false,
                OrderState::PendingReplace => own.new_price,
                _ => own.price,
            };
            price == at || side.is_better(price, at)
        })
    }

    fn decide_level(
        &mut self,
        side: Side,
        level: usize,
        wanted: Option<(Price, Quantity)>,
        context: &mut Context<'_>,
    ) {
        // The common case first, without a copy: the order stands where it is wanted.
        if let (Some(order), Some((price, quantity))) = (self.at_level(side, level), wanted)
            && !self.config.requote.is_exceeded(order.price, price)
            && !self.is_quantity_off(order, quantity)
        {
            return;
        }
        match (self.at_level(side, level).copied(), wanted) {
            (None, None) => {}
            (None, Some(quote)) => self.open_level(side, level, quote, context),
            (Some(order), None) => self.close_level(&order, context),
            (Some(order), Some(quote)) => self.move_level(&order, quote, context),
        }
    }

    fn is_quantity_off(&self, order: &WorkingOrder, wanted: Quantity) -> bool {
        let distance = u128::from(order.remaining.0.abs_diff(wanted.0));
        distance * 10_000 > u128::from(self.config.requote_quantity_bps) * u128::from(wanted.0)
    }

    fn open_level(&mut self, side: Side, level: usize, quote: (Price, Quantity), context: &mut Context<'_>) {
        if !self.has_room() || self.meets_own(side, Some(quote.0)) {
            context.decision.held += 1;
            return;
        }
        let exposure = self.exposure(context.position, context.reference);
        let post_only = self.config.post_only;
        match self.place_at(level as u8, side, quote, post_only, &exposure, context.now, context.gate) {
            Ok(action) => context.emit(action),
            Err(error) => context.withheld(error),
        }
    }

    fn close_level(&mut self, order: &WorkingOrder, context: &mut Context<'_>) {
        // Refused only while a request is under way, and then the answer comes first.
        if let Ok(action) = self.cancel(order.id, context.now, context.gate) {
            context.emit(action);
        }
    }

    /// Moves an order of which the price or the quantity is off.
    fn move_level(
        &mut self,
        order: &WorkingOrder,
        (price, quantity): (Price, Quantity),
        context: &mut Context<'_>,
    ) {
        if !matches!(order.state, OrderState::Live | OrderState::PartiallyFilled) {
            return;
        }
        let price_is_off = self.config.requote.is_exceeded(order.price, price);
        // An order whose price is near enough keeps it when only the quantity is off.
        let price = if price_is_off { price } else { order.price };
        if self.config.replace == ReplaceMode::CancelFirst {
            self.close_level(order, context);
            return;
        }
        let may_stay = !price_is_off && quantity >= order.remaining;
        if self.meets_own(order.side, Some(price)) {
            context.decision.held += 1;
            if !may_stay {
                self.close_level(order, context);
            }
            return;
        }
        let post_only = self.config.post_only;
        let sent = self.replace(
            order.id,
            price,
            quantity,
            post_only,
            context.position,
            context.reference,
            context.now,
            context.gate,
        );
        match sent {
            Ok(action) => context.emit(action),
            Err(error) => {
                context.withheld(error);
                if !may_stay {
                    self.close_level(order, context);
                }
            }
        }
    }
}
