//! Where orders lie, and how an id finds its order: the low bits of the id say at which node to look.
//!
//! The first nodes are the *homes*, a power of two of them and at least four per order. An id's home is the node that its
//! low bits name, unmixed, and its *neighbour* is the other node of the same cache line. An order lies at home where that
//! is vacant, else at the neighbour, else among the *lodgings*: as many nodes as there are orders, which [`IdBuckets`]
//! finds by a hash of all 64 bits. So an order is found by the one line that the caller needs anyway, with no table
//! between, and orders that a venue counts up lie in the order of their arrival, each vacating its home long before the
//! next one needs it.
//!
//! A byte for each home counts its orders that had to go elsewhere: where it is zero nobody looks further. A vacant home
//! holds an id that could not lie there, which no search takes for its own. Of counted ids one in a hundred is away from
//! home, of random ids one in five to nine, nearly all of them next door; ids that agree in their low bits pay for the
//! buckets alone. O(1) expected. Hot path; not thread-safe.

use super::id_buckets::{self, IdBuckets};
use super::node::{NIL, Node, Nodes, home_of};
use crate::mem::buffer::{AlignedBuffer, OutOfMemory};
use crate::mem::linked::{Masked, Table};

/// An id with this bit turned is of another pair of homes.
const OTHER_PAIR: u64 = 2;
/// The highest count stays: beyond it nobody knows when the last of them has gone, and all places are always asked.
const SATURATED: u8 = u8::MAX;

#[derive(Debug)]
pub(super) struct Homes {
    /// Homes less one.
    mask: u64,
    /// Of each home, how many of its orders lie elsewhere.
    away: Table<u8>,
    buckets: IdBuckets,
    /// Lodgings: those from place `lodging` on are vacant, the first of them is the next to be used. One place more than
    /// there are lodgings says [`NIL`].
    lodgings: AlignedBuffer<u32>,
    lodging: u32,
}

/// A vacant node for an order, good until the next change.
#[derive(Clone, Copy, Debug)]
pub(super) enum Vacancy {
    /// At home.
    Home(u32),
    /// Beside it.
    Neighbour(u32),
    /// A lodging, for an order that the buckets find.
    Lodging(u32, id_buckets::Position),
}

impl Vacancy {
    /// The node.
    #[inline(always)]
    pub(super) const fn node(self) -> u32 {
        match self {
            Self::Home(node) | Self::Neighbour(node) | Self::Lodging(node, _) => node,
        }
    }
}

impl Homes {
    /// Nodes that so many orders need, from node 0 on: homes and lodgings.
    pub(super) const fn nodes(orders: u32) -> u32 {
        Self::homes(orders) + orders
    }

    /// Those of them that are homes, from node 0 on: a power of two.
    pub(super) const fn homes(orders: u32) -> u32 {
        let homes = (4 * orders).next_power_of_two();
        if homes < 64 { 64 } else { homes }
    }

    /// For so many orders, at most 2²⁷, in the first of `nodes`, which are zero.
    pub(super) fn new(orders: u32, nodes: &mut Nodes) -> Result<Self, OutOfMemory> {
        let homes = Self::homes(orders);
        let mut lodgings = AlignedBuffer::new(orders as usize + 1, NIL)?;
        for (node, place) in (homes..homes + orders).zip(lodgings.iter_mut()) {
            *place = node;
        }
        // Id 0 is of the first pair; everywhere else it already is one of another.
        for node in 0..2 {
            nodes[node].id = OTHER_PAIR;
        }
        Ok(Self {
            mask: u64::from(homes) - 1,
            away: Table::new(homes, 0)?,
            buckets: IdBuckets::new(orders)?,
            lodgings,
            lodging: 0,
        })
    }

    /// The node where an order with this id lies unless it had to go elsewhere.
    #[inline(always)]
    pub(super) const fn home(&self, id: u64) -> u32 {
        (id & self.mask) as u32
    }

    /// The order with this id if it is at home; `None` says nothing. Hot path.
    #[inline(always)]
    pub(super) fn find_home(&self, id: u64, nodes: &Nodes) -> Option<Masked> {
        let home = home_of(id);
        (nodes[home].id == id).then_some(home)
    }

    /// The order with this id. Hot path.
    #[inline(always)]
    pub(super) fn find(&self, id: u64, nodes: &Nodes) -> Option<u32> {
        match self.find_home(id, nodes) {
            Some(home) => Some(nodes.index_of(home)),
            None if self.away.get(id) == 0 => None,
            None => self.find_away(id, nodes),
        }
    }

    #[inline(never)]
    fn find_away(&self, id: u64, nodes: &Nodes) -> Option<u32> {
        let neighbour = self.home(id) ^ 1;
        if nodes[neighbour].id == id {
            return Some(neighbour);
        }
        self.buckets.find(id, nodes).map(|(_, node)| node)
    }

    /// Whether a node that may hold this id's order holds none, by the id that lies there.
    #[inline(always)]
    const fn is_vacant(&self, held: u64, id: u64) -> bool {
        (held ^ id) & self.mask & !1 != 0
    }

    /// The home of an id that is surely not here, if it is vacant; `None` says nothing. Hot path.
    #[inline(always)]
    pub(super) fn vacant_home(&self, id: u64, nodes: &Nodes) -> Option<Masked> {
        let home = home_of(id);
        let vacant = self.is_vacant(nodes[home].id, id);
        (vacant & (self.away.get(id) == 0)).then_some(home)
    }

    /// Where an order with an id that is not here can lie; `None` when the id is here. There is a vacancy while fewer
    /// orders are here than there is room for. Hot path.
    #[inline(always)]
    pub(super) fn vacancy(&self, id: u64, nodes: &Nodes) -> Option<Vacancy> {
        match self.vacant_home(id, nodes) {
            Some(home) => Some(Vacancy::Home(nodes.index_of(home))),
            None => self.vacancy_away(id, nodes),
        }
    }

    #[inline(never)]
    fn vacancy_away(&self, id: u64, nodes: &Nodes) -> Option<Vacancy> {
        if self.find(id, nodes).is_some() {
            return None;
        }
        let (home, neighbour) = (self.home(id), self.home(id) ^ 1);
        if self.is_vacant(nodes[home].id, id) {
            Some(Vacancy::Home(home))
        } else if self.is_vacant(nodes[neighbour].id, id) {
            Some(Vacancy::Neighbour(neighbour))
        } else {
            self.buckets.vacancy(id, nodes).map(|at| Vacancy::Lodging(self.next_lodging(), at))
        }
    }

    /// A vacant lodging, [`NIL`] when there is none.
    #[inline]
    pub(super) fn next_lodging(&self) -> u32 {
        self.lodgings[self.lodging as usize]
    }

    /// The order has moved into the vacancy, its id written to the node.
    #[inline(always)]
    pub(super) fn moved_in(&mut self, vacancy: Vacancy, id: u64) {
        if !matches!(vacancy, Vacancy::Home(_)) {
            self.moved_in_away(vacancy, id);
        }
    }

    #[inline(never)]
    fn moved_in_away(&mut self, vacancy: Vacancy, id: u64) {
        if let Vacancy::Lodging(node, at) = vacancy {
            self.lodging += 1;
            self.buckets.insert(at, id, node);
        }
        let away = self.away.get_mut(id);
        *away = away.saturating_add(1);
    }

    /// An order without an id has moved into the next lodging.
    pub(super) fn lodged_unnamed(&mut self) {
        self.lodging += 1;
    }

    /// An order that is in no queue any more moves out. Hot path.
    #[inline(always)]
    pub(super) fn moved_out(&mut self, node: u32, nodes: &mut Nodes) {
        let id = nodes[node].id;
        if self.home(id) == node {
            self.moved_out_of_home(id, nodes);
        } else {
            self.moved_out_away(node, nodes);
        }
    }

    /// The order with this id, which is at home and in no queue any more, moves out. Hot path.
    #[inline(always)]
    pub(super) fn moved_out_of_home(&self, id: u64, nodes: &mut Nodes) {
        nodes[home_of(id)].id = id ^ OTHER_PAIR;
    }

    #[inline(never)]
    fn moved_out_away(&mut self, node: u32, nodes: &mut Nodes) {
        let Node { id, tag, .. } = nodes[node];
        if u64::from(node) <= self.mask {
            nodes[node].id = id ^ OTHER_PAIR;
        } else {
            self.lodging -= 1;
            self.lodgings[self.lodging as usize] = node;
            if tag.is_anonymous() {
                return;
            }
            if let Some((at, _)) = self.buckets.find(id, nodes) {
                self.buckets.remove(at);
            }
        }
        let away = self.away.get_mut(id);
        if *away != SATURATED {
            *away -= 1;
        }
    }

    /// Starts loading what [`find`](Self::find) will look at first.
    #[inline(always)]
    pub(super) fn prefetch(&self, id: u64, nodes: &Nodes) {
        nodes.prefetch(self.home(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use std::collections::HashMap;

    fn empty(orders: u32) -> (Homes, Nodes) {
        let mut nodes = Nodes::new(Homes::nodes(orders), [(0, Homes::homes(orders)); 4], Node::ZERO).unwrap();
        (Homes::new(orders, &mut nodes).unwrap(), nodes)
    }

    /// Random arrivals and departures of ids from `pick`, against the standard map, up to full and back.
    fn agrees_with_the_standard_map(seed: u64, capacity: u32, mut pick: impl FnMut(u64) -> u64) {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let (mut homes, mut nodes) = empty(capacity);
        let mut oracle: HashMap<u64, u32> = HashMap::new();
        let mut held: Vec<u64> = Vec::new();
        for round in 0..300_000 {
            let grow = round / 3000 % 2 == 0;
            if rng.next_u32() % 8 < if grow { 6 } else { 2 } {
                let id = pick(rng.next_u64());
                match homes.vacancy(id, &nodes) {
                    None => assert!(oracle.contains_key(&id)),
                    Some(vacancy) => {
                        assert!(!oracle.contains_key(&id));
                        if held.len() < capacity as usize {
                            let node = vacancy.node();
                            assert!(oracle.values().all(|&other| other != node), "{node} is taken");
                            nodes[node].id = id;
                            homes.moved_in(vacancy, id);
                            oracle.insert(id, node);
                            held.push(id);
                        }
                    }
                }
            } else if !held.is_empty() {
                let id = held.swap_remove(rng.next_u64() as usize % held.len());
                let node = homes.find(id, &nodes).unwrap();
                assert_eq!(oracle.remove(&id), Some(node));
                homes.moved_out(node, &mut nodes);
            }
            for id in [pick(rng.next_u64()), rng.next_u64() % 4] {
                assert_eq!(homes.find(id, &nodes), oracle.get(&id).copied());
            }
        }
        for id in held {
            let node = homes.find(id, &nodes).unwrap();
            homes.moved_out(node, &mut nodes);
        }
        assert!(oracle.keys().all(|&id| homes.find(id, &nodes).is_none()));
        assert_eq!(homes.lodging, 0);
    }

    #[test]
    fn dense_sparse_and_counted_ids_are_found_and_no_others() {
        agrees_with_the_standard_map(1, 512, |random| random % 600);
        agrees_with_the_standard_map(2, 512, |random| random);
        let mut counter = 0;
        agrees_with_the_standard_map(3, 512, move |random| {
            counter += 1;
            if random % 2 == 0 { counter } else { counter - random % 3000 % counter }
        });
    }

    #[test]
    fn ids_that_share_their_home_are_found_however_many_they_are() {
        // All of one home, beyond what a byte can count; of one pair; and of a few.
        agrees_with_the_standard_map(4, 512, |random| (random % 2000) << 40);
        agrees_with_the_standard_map(5, 512, |random| (random % 2000) << 10);
        agrees_with_the_standard_map(6, 64, |random| (random % 200) << 32 | random >> 62);
    }

    #[test]
    fn an_order_without_an_id_lodges_and_is_never_found() {
        let (mut homes, mut nodes) = empty(3);
        let node = homes.next_lodging();
        nodes[node].tag = super::super::node::Tag::anonymous(crate::types::Side::Buy, 5);
        homes.lodged_unnamed();
        assert_eq!(homes.find(0, &nodes), None);
        let vacancy = homes.vacancy(0, &nodes).unwrap();
        assert_ne!(vacancy.node(), node);
        homes.moved_out(node, &mut nodes);
        assert_eq!(homes.next_lodging(), node);
    }

    #[test]
    fn counted_ids_are_at_home() {
        let (mut homes, mut nodes) = empty(1000);
        for id in 5_000_000_000..5_000_020_000_u64 {
            let vacancy = homes.vacancy(id, &nodes).unwrap();
            assert!(matches!(vacancy, Vacancy::Home(_)));
            nodes[vacancy.node()].id = id;
            homes.moved_in(vacancy, id);
            if let Some(node) = homes.find(id - 999, &nodes) {
                homes.moved_out(node, &mut nodes);
            }
        }
    }
}
