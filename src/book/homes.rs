//! Where orders lie, and how an id finds its order: the low bits of the id say at which node to look.
//!
//! The first nodes are the *homes*, a power of two of them and at least four per order. An id's home is the node that its
//! low bits name, unmixed, and its *neighbour* is the other node of the same cache line. An order lies at home where that
//! is vacant, else at the neighbour, else among the *lodgings*: as many nodes as there are orders, which [`IdBuckets`]
//! finds by a hash of all 64 bits. So an order is found by the one line that the caller needs anyway, with no table
//! between, and orders that a venue counts up lie in the order of their arrival, each vacating its home long before the
//! next one needs it.
//!
//! A node where no order lies has nothing open. The mark of each home says which of its orders had to go elsewhere, and
//! where it is zero nobody looks further. Of counted ids one in a hundred is away from home, of random ids one in five to
//! nine, nearly all of them next door; ids that agree in their low bits pay for the buckets alone. O(1) expected. Hot path;
//! not thread-safe.

use super::id_buckets::{self, IdBuckets};
use super::node::{NIL, Node, Nodes, home_of};
use crate::mem::buffer::{AlignedBuffer, OutOfMemory};
use crate::mem::linked::First;

/// Of a home's orders one lies at the neighbour.
const NEXT_DOOR: u8 = 1;
/// Of a home's orders one lies in a lodging; added up.
const LODGED: u8 = 2;
/// From here on a count stays: nobody knows any more when the last of them has gone, and the buckets are always asked.
const SATURATED: u8 = u8::MAX - 1;

#[derive(Debug)]
pub(super) struct Homes {
    /// How many there are.
    homes: u32,
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
    /// A lodging.
    Lodging(Lodging),
}

/// A node among the lodgings and where the buckets say so, good until the next change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lodging {
    pub(super) node: u32,
    at: id_buckets::Position,
}

impl Vacancy {
    /// The node.
    #[inline(always)]
    pub(super) const fn node(self) -> u32 {
        match self {
            Self::Home(node) | Self::Neighbour(node) | Self::Lodging(Lodging { node, .. }) => node,
        }
    }
}

/// Leaves a node to whoever comes: every order that leaves the book does this first, then the homes are told.
#[inline(always)]
pub(super) const fn vacate(node: &mut Node) {
    node.quantity = 0;
}

/// Whether the order with this id lies here.
#[inline(always)]
const fn holds(node: &Node, id: u64) -> bool {
    node.id == id && node.quantity != 0
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

    /// For so many orders, at most 2²⁷.
    pub(super) fn new(orders: u32) -> Result<Self, OutOfMemory> {
        let homes = Self::homes(orders);
        let mut lodgings = AlignedBuffer::new(orders as usize + 1, NIL)?;
        for (node, place) in (homes..homes + orders).zip(lodgings.iter_mut()) {
            *place = node;
        }
        Ok(Self { homes, buckets: IdBuckets::new(orders)?, lodgings, lodging: 0 })
    }

    /// The order with this id if it is at home; `None` says nothing. Hot path.
    #[inline(always)]
    pub(super) fn find_home(id: u64, nodes: &Nodes) -> Option<First> {
        let home = home_of(id);
        holds(&nodes[home], id).then_some(home)
    }

    /// The order with this id if it is next door; `None` says nothing.
    #[inline(always)]
    pub(super) fn find_next_door(id: u64, nodes: &Nodes) -> Option<First> {
        let neighbour = home_of(id ^ 1);
        (nodes.mark(home_of(id)) & NEXT_DOOR != 0 && holds(&nodes[neighbour], id)).then_some(neighbour)
    }

    /// The order with this id. Hot path.
    #[inline(always)]
    pub(super) fn find(&self, id: u64, nodes: &Nodes) -> Option<u32> {
        match Self::find_home(id, nodes) {
            Some(home) => Some(nodes.index_of(home)),
            None if nodes.mark(home_of(id)) == 0 => None,
            None => self.find_away(id, nodes),
        }
    }

    #[inline(never)]
    fn find_away(&self, id: u64, nodes: &Nodes) -> Option<u32> {
        match Self::find_next_door(id, nodes) {
            Some(neighbour) => Some(nodes.index_of(neighbour)),
            None => self.find_lodging(id, nodes).map(|lodging| lodging.node),
        }
    }

    /// The order with this id if it lodges.
    #[inline(always)]
    pub(super) fn find_lodging(&self, id: u64, nodes: &Nodes) -> Option<Lodging> {
        if nodes.mark(home_of(id)) < LODGED {
            return None;
        }
        self.buckets.find(id, nodes).map(|(at, node)| Lodging { node, at })
    }

    /// The home of an id that is surely not here, if it is vacant; `None` says nothing. Hot path.
    #[inline(always)]
    pub(super) fn vacant_home(id: u64, nodes: &Nodes) -> Option<First> {
        let home = home_of(id);
        (nodes[home].quantity == 0 && nodes.mark(home) == 0).then_some(home)
    }

    /// The place beside the home of an id that is surely not here, if the home is taken and that is vacant; `None` says nothing.
    #[inline(always)]
    pub(super) fn vacancy_next_door(id: u64, nodes: &Nodes) -> Option<First> {
        let (home, neighbour) = (home_of(id), home_of(id ^ 1));
        let is_taken = nodes[home].quantity != 0 && nodes[home].id != id;
        (is_taken && nodes.mark(home) == 0 && nodes[neighbour].quantity == 0).then_some(neighbour)
    }

    /// The order with this id has moved in next door.
    #[inline(always)]
    pub(super) fn moved_in_next_door(id: u64, nodes: &mut Nodes) {
        *nodes.mark_mut(home_of(id)) |= NEXT_DOOR;
    }

    /// Where an order with an id that is not here can lie; `None` when the id is here. There is a vacancy while fewer
    /// orders are here than there is room for.
    #[inline(always)]
    pub(super) fn vacancy(&self, id: u64, nodes: &Nodes) -> Option<Vacancy> {
        if self.find(id, nodes).is_some() {
            return None;
        }
        let (home, neighbour) = (home_of(id), home_of(id ^ 1));
        if nodes[home].quantity == 0 {
            Some(Vacancy::Home(nodes.index_of(home)))
        } else if nodes[neighbour].quantity == 0 {
            Some(Vacancy::Neighbour(nodes.index_of(neighbour)))
        } else {
            let at = self.buckets.vacancy(id, nodes)?;
            Some(Vacancy::Lodging(Lodging { node: self.next_lodging(), at }))
        }
    }

    /// A vacant lodging, [`NIL`] when there is none.
    #[inline]
    pub(super) fn next_lodging(&self) -> u32 {
        self.lodgings[self.lodging as usize]
    }

    /// The order has moved into the vacancy, its id written to the node.
    #[inline(always)]
    pub(super) fn moved_in(&mut self, vacancy: Vacancy, id: u64, nodes: &mut Nodes) {
        match vacancy {
            Vacancy::Home(_) => {}
            Vacancy::Neighbour(_) => Self::moved_in_next_door(id, nodes),
            Vacancy::Lodging(Lodging { node, at }) => {
                let away = nodes.mark_mut(home_of(id));
                if *away < SATURATED {
                    *away += LODGED;
                }
                self.lodging += 1;
                self.buckets.insert(at, id, node);
            }
        }
    }

    /// An order without an id has moved into the next lodging.
    pub(super) fn lodged_unnamed(&mut self) {
        self.lodging += 1;
    }

    /// An order has moved out of a node. Hot path.
    #[inline(always)]
    pub(super) fn moved_out(&mut self, node: u32, nodes: &mut Nodes) {
        let id = nodes[node].id;
        if nodes.index_of(home_of(id)) != node {
            self.moved_out_away(node, nodes);
        }
    }

    #[inline(never)]
    fn moved_out_away(&mut self, node: u32, nodes: &mut Nodes) {
        let Node { id, tag, .. } = nodes[node];
        if node < self.homes {
            Self::moved_out_next_door(id, nodes);
        } else if tag.is_anonymous() {
            self.vacate_lodging(node);
        } else if let Some((at, _)) = self.buckets.find(id, nodes) {
            self.moved_out_of_lodging(id, Lodging { node, at }, nodes);
        }
    }

    /// The order with this id has moved out of its lodging.
    #[inline(always)]
    pub(super) fn moved_out_of_lodging(&mut self, id: u64, Lodging { node, at }: Lodging, nodes: &mut Nodes) {
        self.vacate_lodging(node);
        self.buckets.remove(at);
        let away = nodes.mark_mut(home_of(id));
        if *away < SATURATED {
            *away -= LODGED;
        }
    }

    #[inline(always)]
    fn vacate_lodging(&mut self, node: u32) {
        self.lodging -= 1;
        self.lodgings[self.lodging as usize] = node;
    }

    /// The order with this id has moved out from next door.
    #[inline(always)]
    pub(super) fn moved_out_next_door(id: u64, nodes: &mut Nodes) {
        *nodes.mark_mut(home_of(id)) &= !NEXT_DOOR;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use std::collections::HashMap;

    fn empty(orders: u32) -> (Homes, Nodes) {
        let nodes = Nodes::new(Homes::nodes(orders), Homes::homes(orders), [(0, 1); 2], Node::ZERO).unwrap();
        (Homes::new(orders).unwrap(), nodes)
    }

    fn move_out(homes: &mut Homes, node: u32, nodes: &mut Nodes) {
        vacate(&mut nodes[node]);
        homes.moved_out(node, nodes);
    }

    /// The same by the shorter ways, which know where an order lies.
    fn move_out_by_id(homes: &mut Homes, id: u64, nodes: &mut Nodes) {
        if let Some(home) = Homes::find_home(id, nodes) {
            vacate(&mut nodes[home]);
        } else if let Some(neighbour) = Homes::find_next_door(id, nodes) {
            vacate(&mut nodes[neighbour]);
            Homes::moved_out_next_door(id, nodes);
        } else {
            let lodging = homes.find_lodging(id, nodes).unwrap();
            vacate(&mut nodes[lodging.node]);
            homes.moved_out_of_lodging(id, lodging, nodes);
        }
    }

    /// The shorter ways to a vacancy offer what the long one does, or nothing.
    fn check_shorter_ways(id: u64, vacancy: Option<Vacancy>, nodes: &Nodes) {
        if let Some(home) = Homes::vacant_home(id, nodes) {
            assert!(matches!(vacancy, Some(Vacancy::Home(node)) if node == nodes.index_of(home)));
        }
        if let Some(neighbour) = Homes::vacancy_next_door(id, nodes) {
            assert!(matches!(vacancy, Some(Vacancy::Neighbour(node)) if node == nodes.index_of(neighbour)));
        }
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
                let vacancy = homes.vacancy(id, &nodes);
                check_shorter_ways(id, vacancy, &nodes);
                match vacancy {
                    None => assert!(oracle.contains_key(&id)),
                    Some(vacancy) => {
                        assert!(!oracle.contains_key(&id));
                        if held.len() < capacity as usize {
                            let node = vacancy.node();
                            assert!(oracle.values().all(|&other| other != node), "{node} is taken");
                            (nodes[node].id, nodes[node].quantity) = (id, 1);
                            match vacancy {
                                Vacancy::Neighbour(_) if round % 2 == 0 => {
                                    Homes::moved_in_next_door(id, &mut nodes);
                                }
                                _ => homes.moved_in(vacancy, id, &mut nodes),
                            }
                            oracle.insert(id, node);
                            held.push(id);
                        }
                    }
                }
            } else if !held.is_empty() {
                let id = held.swap_remove(rng.next_u64() as usize % held.len());
                let node = homes.find(id, &nodes).unwrap();
                assert_eq!(oracle.remove(&id), Some(node));
                if round % 2 == 0 {
                    move_out(&mut homes, node, &mut nodes);
                } else {
                    move_out_by_id(&mut homes, id, &mut nodes);
                }
            }
            for id in [pick(rng.next_u64()), rng.next_u64() % 4] {
                assert_eq!(homes.find(id, &nodes), oracle.get(&id).copied());
            }
        }
        for id in held {
            let node = homes.find(id, &nodes).unwrap();
            move_out(&mut homes, node, &mut nodes);
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
        (nodes[node].tag, nodes[node].quantity) =
            (super::super::node::Tag::anonymous(crate::types::Side::Buy, 5), 1);
        homes.lodged_unnamed();
        assert_eq!(homes.find(0, &nodes), None);
        let vacancy = homes.vacancy(0, &nodes).unwrap();
        assert_ne!(vacancy.node(), node);
        move_out(&mut homes, node, &mut nodes);
        assert_eq!(homes.next_lodging(), node);
    }

    #[test]
    fn counted_ids_are_at_home() {
        let (mut homes, mut nodes) = empty(1000);
        for id in 5_000_000_000..5_000_020_000_u64 {
            let vacancy = homes.vacancy(id, &nodes).unwrap();
            assert!(matches!(vacancy, Vacancy::Home(_)));
            (nodes[vacancy.node()].id, nodes[vacancy.node()].quantity) = (id, 1);
            homes.moved_in(vacancy, id, &mut nodes);
            if let Some(node) = homes.find(id - 999, &nodes) {
                move_out(&mut homes, node, &mut nodes);
            }
        }
    }
}
