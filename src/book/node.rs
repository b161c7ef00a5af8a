//! The 32-byte record that orders and price levels share, and the key that makes both sides one.
//!
//! A level is the sentinel of a circular doubly linked list of its orders and lies in the same array as they do,
//! so linking and unlinking an order never asks whether a neighbour is a head, a tail or an order.
//!
//! Prices become *keys*: a bid's key is its price, an ask's is `!price`. On both sides the highest key is the best,
//! and one body of code serves both.

use crate::mem::linked::{First, Linked, Masked};
use crate::types::{Price, Side};

/// No node, where a level or a lodging is meant: node 0 is a home of orders.
pub(super) const NIL: u32 = 0;
/// The key that stands for "no level"; below every real key.
pub(super) const NO_KEY: i64 = i64::MIN;

/// An order, or the sentinel of a level. An order is linked to the one behind it and the one before it, or to the level; a level to
/// its first and its last order, or to itself.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Node {
    /// Order: its id. Level: how many orders it holds; 0 when it is empty.
    pub(super) id: u64,
    /// Order: what is open, 0 when none lies here. Level: the sum over its orders.
    pub(super) quantity: u64,
    /// Order: key, anonymity and side, see [`Tag`].
    pub(super) tag: Tag,
}

/// Orders and levels in one array, two to a cache line.
pub(super) type Nodes = Linked<Node>;

const _: () = assert!(Nodes::RECORD == 32);

/// The home of an order.
#[inline(always)]
pub(super) const fn home_of(id: u64) -> First {
    First(id)
}

/// The sentinel in the ladder of a level inside the window.
#[inline(always)]
pub(super) const fn rung_of(side: Side, key: i64) -> Masked {
    Masked { run: side as usize, bits: key as u64 }
}

impl Node {
    /// The record with all fields zero: the initial state of every place.
    pub(super) const ZERO: Self = Self { id: 0, quantity: 0, tag: Tag(0) };
}

/// Key × 4 + anonymity × 2 + side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub(super) struct Tag(i64);

impl Tag {
    #[inline(always)]
    pub(super) const fn new(side: Side, key: i64) -> Self {
        Self(key << 2 | side as i64)
    }

    #[inline(always)]
    pub(super) const fn anonymous(side: Side, key: i64) -> Self {
        Self(key << 2 | 2 | side as i64)
    }

    #[inline(always)]
    pub(super) const fn key(self) -> i64 {
        self.0 >> 2
    }

    #[inline(always)]
    pub(super) const fn side(self) -> Side {
        if self.0 & 1 == 0 { Side::Buy } else { Side::Sell }
    }

    #[inline(always)]
    pub(super) const fn is_anonymous(self) -> bool {
        self.0 & 2 != 0
    }

    #[inline(always)]
    pub(super) const fn price(self) -> Price {
        price_of(self.side(), self.key())
    }
}

/// The key of `price` on `side`: higher is better.
#[inline(always)]
pub(super) const fn key_of(side: Side, price: Price) -> i64 {
    price.0 ^ -(side as i64)
}

/// The price whose key on `side` is `key`.
#[inline(always)]
pub(super) const fn price_of(side: Side, key: i64) -> Price {
    Price(key ^ -(side as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_tags_keep_the_extreme_prices_and_order_both_sides_best_highest() {
        for side in Side::BOTH {
            for price in [Price::MIN, Price(-1), Price(0), Price(1), Price::MAX] {
                let key = key_of(side, price);
                assert_eq!(price_of(side, key), price);
                for tag in [Tag::new(side, key), Tag::anonymous(side, key)] {
                    assert_eq!((tag.side(), tag.key(), tag.price()), (side, key, price));
                }
                assert!(Tag::anonymous(side, key).is_anonymous());
                assert!(!Tag::new(side, key).is_anonymous());
                assert!(key > NO_KEY);
            }
            for (a, b) in [(Price(-5), Price(3)), (Price(3), Price(4)), (Price(-2), Price(-1))] {
                assert_eq!(side.is_better(a, b), key_of(side, a) > key_of(side, b));
            }
        }
    }
}
