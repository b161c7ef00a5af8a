//! The records of working orders: which one an order has, and what an event does to them.

use super::record::StoredOrder;
use super::{OrderChange, Store, StoreError};
use crate::mem::shared_words::SharedWords;

impl<M: SharedWords> Store<M> {
    /// Finds or takes a record for each order that changes, or changes nothing.
    pub(super) fn reserve_orders(&mut self, changes: &[OrderChange]) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.attempts += 1;
        for (at, change) in changes.iter().enumerate() {
            if let Err(error) = self.reserve_order(change) {
                self.release_orders(&changes[..at]);
                return Err(error);
            }
        }
        Ok(())
    }

    fn reserve_order(&mut self, change: &OrderChange) -> Result<(), StoreError> {
        let (id, is_put) = match change {
            OrderChange::Put(order) if order.state == 0 => return Err(StoreError::BadOrder(order.id)),
            OrderChange::Put(order) => (order.id, true),
            OrderChange::Remove(id) => (*id, false),
        };
        let (record, is_new) = match self.order_index.get(id.0) {
            Some(record) => (record, false),
            None if is_put => {
                let full = StoreError::OrdersFull { capacity: self.layout.orders };
                let record = self.free_orders.pop().ok_or(full)?;
                if !self.order_index.insert(id.0, record) {
                    // As many ids as records: there was a free one.
                    self.free_orders.push(record);
                    return Err(full);
                }
                (record, true)
            }
            None => return Err(StoreError::UnknownOrder(id)),
        };
        let mark = &mut self.order_marks[record as usize];
        if mark.0 == self.attempts {
            return Err(StoreError::BadOrder(id));
        }
        *mark = (self.attempts, is_new);
        Ok(())
    }

    /// Gives back what [`reserve_orders`](Self::reserve_orders) took.
    pub(super) fn release_orders(&mut self, changes: &[OrderChange]) {
        for change in changes.iter().rev() {
            if let OrderChange::Put(order) = change
                && let Some(record) = self.order_index.get(order.id.0)
                && self.order_marks[record as usize] == (self.attempts, true)
            {
                self.order_index.remove(order.id.0);
                self.free_orders.push(record);
            }
        }
    }

    pub(super) fn write_orders(&mut self, changes: &[OrderChange], epoch: u64) {
        for change in changes {
            let id = match change {
                OrderChange::Put(order) => order.id,
                OrderChange::Remove(id) => *id,
            };
            let Some(record) = self.order_index.get(id.0) else { continue };
            match change {
                OrderChange::Put(order) => self.orders[record as usize] = *order,
                OrderChange::Remove(id) => {
                    self.orders[record as usize] = StoredOrder::EMPTY;
                    self.order_index.remove(id.0);
                    self.free_orders.push(record);
                }
            }
            self.put_order(record as usize, epoch);
        }
    }
}
