//! Stores in files: making, opening and resizing them.
//!
//! A file is made beside its path under the name `<path>.new`, complete, and then renamed. Whatever a crash interrupts,
//! the path names no file or a whole one; what is left under the other name is used by the next making.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::layout::{Layout, SUPERSEDED};
use super::{Store, StoreConfig, StoreError, StoreState};
use crate::mem::mapped_region::{MappedRegion, RegionError};
use crate::mem::shared_words::SharedWords;

impl Store {
    /// Makes a store. O(size).
    ///
    /// # Errors
    /// [`StoreError::Exists`]; [`StoreError::BadConfig`]; [`StoreError::Region`], where
    /// [`RegionError::NoSpace`] says that the disk is full. No file is left then.
    pub fn create(path: impl AsRef<Path>, config: &StoreConfig) -> Result<Self, StoreError> {
        make(path.as_ref(), config, None)
    }

    /// Opens a store that exists, with the capacities of `config`. O(size).
    ///
    /// # Errors
    /// [`StoreError::Region`]: [`RegionError::Locked`] by another writer, [`RegionError::ReadOnly`], or missing; and all of
    /// [`Store::open_in`]. Nothing has changed in the file then.
    pub fn open(path: impl AsRef<Path>, config: &StoreConfig) -> Result<Self, StoreError> {
        let memory = open_region(path.as_ref())?;
        let store = Self::open_in(memory, config)?;
        store.memory.prefault();
        Ok(store)
    }

    /// Opens a store, or makes it where there is no file.
    ///
    /// # Errors
    /// As for [`open`](Self::open) and [`create`](Self::create).
    pub fn open_or_create(path: impl AsRef<Path>, config: &StoreConfig) -> Result<Self, StoreError> {
        match Self::open(&path, config) {
            Err(StoreError::Region(RegionError::Io(std::io::ErrorKind::NotFound))) => {
                Self::create(path, config)
            }
            opened => opened,
        }
    }

    /// The capacities of a store that exists, with the defaults for what is not stored: what [`open`](Self::open) wants.
    ///
    /// # Errors
    /// What is wrong with the file or its header.
    pub fn config_of(path: impl AsRef<Path>) -> Result<StoreConfig, StoreError> {
        let view = crate::mem::mapped_region::MappedView::open(path.as_ref()).map_err(short)?;
        let layout = Layout::read_header(&view)?;
        Ok(layout.config())
    }

    /// Puts a file of other capacities, or another durability, in the place of this store's, with the same state; the
    /// latest trades and fill ids as far as they fit. Readers of the old file get [`StoreError::Superseded`]. Not for the
    /// hot path: O(size), allocates.
    ///
    /// # Errors
    /// [`StoreError::BadConfig`] when `path` is not this store's: the file that is there is not to be replaced;
    /// [`StoreError::Position`] or [`StoreError::OrdersFull`] or [`StoreError::UnknownLatch`] when the state does not fit,
    /// and those of [`create`](Self::create). The store and its file are as they were then.
    pub fn resize(&mut self, path: impl AsRef<Path>, config: &StoreConfig) -> Result<(), StoreError> {
        let path = path.as_ref();
        if !self.memory.is_at(path)? {
            return Err(StoreError::BadConfig("the path is not this store's"));
        }
        let state = self.state();
        let fresh = make(path, config, Some(&state))?;
        let old = std::mem::replace(self, fresh);
        old.memory.store(SUPERSEDED, 1);
        Ok(())
    }
}

fn open_region(path: &Path) -> Result<MappedRegion, StoreError> {
    MappedRegion::open(path).map_err(short)
}

/// A file that is too short to be a region is a store that was cut, if it was one.
fn short(error: RegionError) -> StoreError {
    match error {
        RegionError::BadSize { bytes } => StoreError::Size { found: bytes, expected: 4096 },
        error => error.into(),
    }
}

/// Makes a store under the other name and renames it; with a state it replaces what is there.
fn make(path: &Path, config: &StoreConfig, state: Option<&StoreState>) -> Result<Store, StoreError> {
    if state.is_none() && path.symlink_metadata().is_ok() {
        return Err(StoreError::Exists);
    }
    let bytes = config.bytes()?;
    let mut name = OsString::from(path);
    name.push(".new");
    let fresh = PathBuf::from(name);
    let made = write(path, &fresh, bytes, config, state);
    if made.is_err() && !matches!(made, Err(StoreError::Region(RegionError::Locked))) {
        // What is half made is of no use; that it cannot be removed would hide why.
        let _ = std::fs::remove_file(&fresh);
    }
    made
}

fn write(
    path: &Path,
    fresh: &Path,
    bytes: u64,
    config: &StoreConfig,
    state: Option<&StoreState>,
) -> Result<Store, StoreError> {
    let memory = MappedRegion::create(fresh, bytes)?;
    // Whoever else makes this store holds the lock or has renamed its file by now.
    if state.is_none() && path.symlink_metadata().is_ok() {
        return Err(StoreError::Exists);
    }
    let store = Store::create_from(memory, config, state)?;
    store.memory.sync_all()?;
    std::fs::rename(fresh, path).map_err(RegionError::from)?;
    // The name itself is safe once its folder is; not every system can sync one.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    store.memory.prefault();
    Ok(store)
}
