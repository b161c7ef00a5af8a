//! Memory that remembers every store in its order, so that a run can be cut anywhere and put together again.

use std::cell::RefCell;

use market_maker::mem::mapped_region::RegionError;
use market_maker::mem::shared_words::{SharedWords, Words};

/// What was done to the memory.
#[derive(Clone, Debug)]
pub enum Step {
    /// Words written at once, in no promised order among each other.
    Write { at: usize, words: Vec<u64> },
    /// These words are on the disk now.
    Sync { from: usize, to: usize },
}

/// Plain words with a log. Not thread-safe.
#[derive(Debug)]
pub struct LoggedWords {
    words: RefCell<Vec<u64>>,
    log: RefCell<Vec<Step>>,
    /// Syncs that still succeed.
    good_syncs: RefCell<u64>,
}

impl LoggedWords {
    pub fn new(words: usize) -> Self {
        Self {
            words: RefCell::new(vec![0; words]),
            log: RefCell::new(Vec::new()),
            good_syncs: RefCell::new(u64::MAX),
        }
    }

    /// The words now.
    pub fn image(&self) -> Vec<u64> {
        self.words.borrow().clone()
    }

    /// What was done since the last call.
    pub fn take_log(&self) -> Vec<Step> {
        std::mem::take(&mut self.log.borrow_mut())
    }

    /// Overwrites everything, unlogged.
    pub fn write_all(&self, words: &[u64]) {
        self.words.borrow_mut().copy_from_slice(words);
    }

    /// Lets only so many more syncs succeed.
    pub fn fail_syncs_after(&self, count: u64) {
        *self.good_syncs.borrow_mut() = count;
    }
}

impl Words for LoggedWords {
    fn len(&self) -> usize {
        self.words.borrow().len()
    }

    fn load(&self, at: usize) -> u64 {
        self.words.borrow()[at]
    }

    fn read(&self, at: usize, into: &mut [u64]) {
        into.copy_from_slice(&self.words.borrow()[at..][..into.len()]);
    }
}

impl SharedWords for LoggedWords {
    fn store(&self, at: usize, word: u64) {
        self.write(at, &[word]);
    }

    fn write(&self, at: usize, words: &[u64]) {
        self.words.borrow_mut()[at..][..words.len()].copy_from_slice(words);
        self.log.borrow_mut().push(Step::Write { at, words: words.to_vec() });
    }

    fn sync(&self, from: usize, to: usize) -> Result<(), RegionError> {
        let mut good = self.good_syncs.borrow_mut();
        if *good == 0 {
            return Err(RegionError::Io(std::io::ErrorKind::Other));
        }
        *good -= 1;
        self.log.borrow_mut().push(Step::Sync { from, to });
        Ok(())
    }
}
