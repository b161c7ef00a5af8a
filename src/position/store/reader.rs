//! Reading a store beside its writer, from the same or another process.

use std::path::Path;

use super::layout::{Layout, SUPERSEDED};
use super::record::{INFO_WORDS, POSITION_WORDS, decode_position};
use super::scan::{last_commit, one, scan};
use super::{AppliedIds, StoreConfig, StoreError, StoreState};
use crate::mem::mapped_region::MappedView;
use crate::mem::shared_words::Words;
use crate::position::InstrumentPosition;

/// Attempts before a reader gives up on a busy writer.
const ATTEMPTS: u32 = 1000;

/// A view of a store's last committed event. Takes no lock and changes nothing; the writer does not know of it.
///
/// ```
/// use market_maker::position::store::{FillIdOrder, Store, StoreConfig, StoreReader};
/// use market_maker::types::{FeeSchedule, InstrumentId};
/// let path = std::env::temp_dir().join(format!("mm-store-reader-{}", std::process::id()));
/// let mut store = Store::create(&path, &StoreConfig::default()).unwrap();
/// let reader = StoreReader::open(&path).unwrap();
/// let mut state = reader.state();
/// store.register(InstrumentId(7), FeeSchedule::FREE, 1, FillIdOrder::Any).unwrap();
/// reader.read(&mut state).unwrap();
/// assert_eq!((state.epoch, state.positions[0].instrument), (store.epoch(), InstrumentId(7)));
/// # drop(store); std::fs::remove_file(&path).unwrap();
/// ```
#[derive(Debug)]
pub struct StoreReader<W = MappedView> {
    memory: W,
    layout: Layout,
}

impl StoreReader {
    /// Maps a store for reading.
    ///
    /// # Errors
    /// As for [`Store::open`](super::Store::open), except that a writer is no obstacle.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_in(MappedView::open(path.as_ref())?)
    }
}

impl<W: Words> StoreReader<W> {
    /// Reads a store in other memory.
    ///
    /// # Errors
    /// As for [`Store::open_in`](super::Store::open_in).
    pub fn open_in(memory: W) -> Result<Self, StoreError> {
        let layout = Layout::read_header(&memory)?;
        Ok(Self { memory, layout })
    }

    /// An empty state with room for all that the store can keep, for [`read`](Self::read).
    #[must_use]
    pub fn state(&self) -> StoreState {
        StoreState::with_room(&self.layout)
    }

    /// The capacities, with the defaults for what a file does not say.
    #[must_use]
    pub fn config(&self) -> StoreConfig {
        self.layout.config()
    }

    /// Runs `attempt` until it succeeds, or until the writer is found not to be the reason.
    fn retry<T>(&self, mut attempt: impl FnMut() -> Result<T, &'static str>) -> Result<T, StoreError> {
        let epoch = || last_commit(&self.memory, &self.layout.live).map(|(_, commit)| commit.epoch);
        for _ in 0..ATTEMPTS {
            if self.memory.load(SUPERSEDED) != 0 {
                return Err(StoreError::Superseded);
            }
            let before = epoch();
            match attempt() {
                Ok(value) => return Ok(value),
                // What belongs to a commit stays as it is until the next one: this was not the writer.
                Err(damage) if before.is_ok() && before == epoch() => {
                    return Err(StoreError::Corrupt(damage));
                }
                Err(_) => std::hint::spin_loop(),
            }
        }
        // A writer never has both commit slots in hand for long.
        Err(epoch().map_or_else(StoreError::Corrupt, |_| StoreError::Busy))
    }

    /// Copies the state after the last committed event. O(size); allocates nothing when `state` has room.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the writer overtook every attempt, [`StoreError::Superseded`], [`StoreError::Corrupt`].
    /// `state` holds nothing of use then.
    pub fn read(&self, state: &mut StoreState) -> Result<(), StoreError> {
        self.retry(|| scan(&self.memory, &self.layout, &self.layout.live, state, |_, _, _| {}).map(|_| ()))
    }

    /// The number of the last committed event: a cheap way to see whether there is news. O(1).
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn epoch(&self) -> Result<u64, StoreError> {
        self.retry(|| last_commit(&self.memory, &self.layout.live).map(|(_, commit)| commit.epoch))
    }

    /// One instrument after its last committed event, by its place in the order of registration; `None` when there is
    /// none. O(1). Two instruments read one after the other may be of different events; [`read`](Self::read) is not.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn position(&self, index: usize) -> Result<Option<(InstrumentPosition, AppliedIds)>, StoreError> {
        if index >= self.layout.instruments as usize {
            return Ok(None);
        }
        let area = &self.layout.live;
        self.retry(|| {
            let (_, commit) = last_commit(&self.memory, area)?;
            let info = one::<INFO_WORDS>(&self.memory, area.info(index), commit.epoch);
            let position = one::<POSITION_WORDS>(&self.memory, area.position(index), commit.epoch);
            match (info, position) {
                (Some(info), Some(position)) => {
                    let (slot, applied, _) = decode_position(&position, &info).ok_or("a position")?;
                    Ok(Some((slot, applied)))
                }
                (None, None) => Ok(None),
                _ => Err("an instrument"),
            }
        })
    }
}
