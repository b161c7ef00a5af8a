//! A file of fixed size in writable shared memory, owned by one writer.
//!
//! What is stored belongs to the kernel as soon as the instruction has retired: it survives the process, however that
//! ends. It survives a loss of power only after [`sync`](SharedWords::sync) (`msync`).
//!
//! - One writer: an exclusive advisory lock (`flock`), held as long as the region, and refused to a second opener of this
//!   or another process.
//! - No surprise later: the blocks are allocated when the file is made (`posix_fallocate`), so that a full disk is an error
//!   of [`create`](MappedRegion::create) and no `SIGBUS` at a store. Copy-on-write file systems give no such promise.
//! - The file must not be cut by others while it is mapped: that ends this process with `SIGBUS`.
//!
//! A store to a page that the kernel has just written back may fault once, which costs about a microsecond and
//! may wait for the disk. Files on a memory file system (`/dev/shm`) are never written back.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};

use super::shared_words::{self, SharedWords, Words, atomics};

/// Bytes of a word.
const WORD: usize = 8;
/// The smallest page of any system: touching this often touches every page.
const PAGE_WORDS: usize = 4096 / WORD;

/// Why a file cannot be a region. Nothing has changed when one is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// Another writer has it.
    #[error("the file has a writer already")]
    Locked,
    /// The file or its file system admits no writing.
    #[error("the file is read-only")]
    ReadOnly,
    /// A folder, a device, a pipe.
    #[error("not a regular file")]
    NotAFile,
    /// The file is empty or no whole number of words.
    #[error("a file of {bytes} bytes is no region")]
    BadSize {
        /// Its length.
        bytes: u64,
    },
    /// The disk, the quota or the process's limit has no room for the file.
    #[error("no room for a file of {bytes} bytes")]
    NoSpace {
        /// What was asked for.
        bytes: u64,
    },
    /// What else the system says.
    #[error("the system says: {0}")]
    Io(io::ErrorKind),
}

impl From<io::Error> for RegionError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            kind => Self::Io(kind),
        }
    }
}

/// A whole file as words that only this process writes. `Send` and `Sync`.
#[derive(Debug)]
pub struct MappedRegion {
    map: MmapRaw,
    file: File,
}

impl MappedRegion {
    /// Makes a file of `bytes` zeros, or empties one that nobody has, and maps it. `bytes` is a positive multiple of 8.
    /// O(bytes).
    ///
    /// # Errors
    /// [`RegionError::BadSize`], [`RegionError::Locked`], [`RegionError::ReadOnly`], [`RegionError::NotAFile`],
    /// [`RegionError::NoSpace`] (the file is empty then), [`RegionError::Io`].
    pub fn create(path: &Path, bytes: u64) -> Result<Self, RegionError> {
        if bytes == 0 || !bytes.is_multiple_of(WORD as u64) || usize::try_from(bytes).is_err() {
            return Err(RegionError::BadSize { bytes });
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        check_regular(&file)?;
        lock(&file)?;
        if !is_at(&file, path)? {
            // Its maker gave it another name between our opening and our locking: it is not ours to empty.
            return Err(RegionError::Locked);
        }
        file.set_len(0)?;
        if let Err(error) = preallocate(&file, bytes) {
            // Gives the blocks back that were had; the first error is the one to tell.
            let _ = file.set_len(0);
            return Err(error);
        }
        Self::map(file, bytes as usize)
    }

    /// Maps an existing file. Changes nothing in it.
    ///
    /// # Errors
    /// As for [`create`](Self::create), and [`RegionError::Io`] with [`io::ErrorKind::NotFound`].
    pub fn open(path: &Path) -> Result<Self, RegionError> {
        // The superuser may open what the permissions forbid: they are asked, not tried.
        if std::fs::metadata(path)?.permissions().readonly() {
            return Err(RegionError::ReadOnly);
        }
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(|error| {
            let is_readable = error.kind() == io::ErrorKind::PermissionDenied && File::open(path).is_ok();
            if is_readable { RegionError::ReadOnly } else { error.into() }
        })?;
        let bytes = check_regular(&file)?;
        lock(&file)?;
        if bytes == 0 || !bytes.is_multiple_of(WORD as u64) {
            return Err(RegionError::BadSize { bytes });
        }
        let length = usize::try_from(bytes).map_err(|_| RegionError::BadSize { bytes })?;
        Self::map(file, length)
    }

    fn map(file: File, bytes: usize) -> Result<Self, RegionError> {
        let map = MmapOptions::new().len(bytes).map_raw(&file)?;
        Ok(Self { map, file })
    }

    /// Whether `path` is the name of this file. Always true on systems that do not rename open files.
    ///
    /// # Errors
    /// What the system says, [`io::ErrorKind::NotFound`] for one.
    pub fn is_at(&self, path: &Path) -> Result<bool, RegionError> {
        is_at(&self.file, path)
    }

    /// Makes every page present and writable now, so that the first store to it enters no kernel. The words stay.
    pub fn prefault(&self) {
        for word in self.words().iter().step_by(PAGE_WORDS) {
            word.fetch_or(0, Ordering::Relaxed);
        }
    }

    /// Bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.map.len() as u64
    }

    /// Returns when the file, its size included, is safe from a loss of power.
    ///
    /// # Errors
    /// What the system says.
    pub fn sync_all(&self) -> Result<(), RegionError> {
        self.map.flush()?;
        Ok(self.file.sync_all()?)
    }

    #[inline(always)]
    fn words(&self) -> &[AtomicU64] {
        words_of(&self.map)
    }
}

/// A whole file as words that another writes. Read-only; takes no lock. `Send` and `Sync`.
#[derive(Debug)]
pub struct MappedView {
    map: MmapRaw,
}

impl MappedView {
    /// Maps a file for reading.
    ///
    /// # Errors
    /// [`RegionError::NotAFile`], [`RegionError::BadSize`], [`RegionError::Io`].
    pub fn open(path: &Path) -> Result<Self, RegionError> {
        let file = File::open(path)?;
        let bytes = check_regular(&file)?;
        if bytes == 0 || !bytes.is_multiple_of(WORD as u64) {
            return Err(RegionError::BadSize { bytes });
        }
        let length = usize::try_from(bytes).map_err(|_| RegionError::BadSize { bytes })?;
        Ok(Self { map: MmapOptions::new().len(length).map_raw_read_only(&file)? })
    }
}

impl Words for MappedView {
    #[inline]
    fn len(&self) -> usize {
        self.map.len() / WORD
    }

    #[inline]
    fn load(&self, at: usize) -> u64 {
        atomics::load(words_of(&self.map), at)
    }

    #[inline]
    fn read(&self, at: usize, into: &mut [u64]) {
        atomics::read(words_of(&self.map), at, into);
    }
}

#[inline(always)]
fn words_of(map: &MmapRaw) -> &[AtomicU64] {
    // SAFETY: the map is `len` readable bytes, page-aligned, and stays as long as it is borrowed; any bits are a word;
    // every access of this and of other processes' views goes through atomics, and a view that may not write is
    // only loaded from, with relaxed ordering.
    unsafe { std::slice::from_raw_parts(map.as_ptr().cast::<AtomicU64>(), map.len() / WORD) }
}

impl Words for MappedRegion {
    #[inline]
    fn len(&self) -> usize {
        self.map.len() / WORD
    }

    #[inline(always)]
    fn load(&self, at: usize) -> u64 {
        atomics::load(self.words(), at)
    }

    #[inline(always)]
    fn read(&self, at: usize, into: &mut [u64]) {
        atomics::read(self.words(), at, into);
    }
}

impl SharedWords for MappedRegion {
    #[inline(always)]
    fn store(&self, at: usize, word: u64) {
        atomics::store(self.words(), at, word);
    }

    #[inline(always)]
    fn write(&self, at: usize, words: &[u64]) {
        atomics::write(self.words(), at, words);
    }

    #[inline(always)]
    fn write_sealed<const LEN: usize>(&self, at: usize, words: &[u64; LEN], writing: u64, valid: u64) -> u32 {
        shared_words::write_sealed(self.words(), at, words, writing, valid)
    }

    fn sync(&self, from: usize, to: usize) -> Result<(), RegionError> {
        Ok(self.map.flush_range(from * WORD, (to - from) * WORD)?)
    }
}

fn check_regular(file: &File) -> Result<u64, RegionError> {
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok(metadata.len()) } else { Err(RegionError::NotAFile) }
}

fn lock(file: &File) -> Result<(), RegionError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(RegionError::Locked),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Whether `path` still is the name of `file`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> Result<bool, RegionError> {
    use std::os::unix::fs::MetadataExt;

    let (ours, named) = (file.metadata()?, std::fs::metadata(path)?);
    Ok((ours.dev(), ours.ino()) == (named.dev(), named.ino()))
}

/// Systems that do not rename open files.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> Result<bool, RegionError> {
    Ok(true)
}

/// Gives the empty file `bytes` zeros that are really there.
fn preallocate(file: &File, bytes: u64) -> Result<(), RegionError> {
    #[cfg(unix)]
    if bytes > size_limit() {
        // Asking the kernel would end the process with SIGXFSZ.
        return Err(RegionError::NoSpace { bytes });
    }
    allocate(file, bytes).map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            RegionError::NoSpace { bytes }
        }
        _ => error.into(),
    })
}

/// The largest file that this process may write.
#[cfg(unix)]
fn size_limit() -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a local that the call fills in.
    let answer = unsafe { libc::getrlimit(libc::RLIMIT_FSIZE, &raw mut limit) };
    if answer == 0 { limit.rlim_cur } else { u64::MAX }
}

#[cfg(target_os = "linux")]
fn allocate(file: &File, bytes: u64) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    let length = i64::try_from(bytes).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
    loop {
        // SAFETY: the descriptor is open as long as `file` is borrowed; the call touches no memory of this process.
        let error = unsafe { libc::posix_fallocate(file.as_raw_fd(), 0, length) };
        match error {
            0 => return Ok(()),
            libc::EINTR => {}
            libc::EOPNOTSUPP | libc::EINVAL => return write_zeros(file, bytes),
            error => return Err(io::Error::from_raw_os_error(error)),
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn allocate(file: &File, bytes: u64) -> io::Result<()> {
    write_zeros(file, bytes)
}

/// What every file system can do.
fn write_zeros(mut file: &File, bytes: u64) -> io::Result<()> {
    use std::io::Write;

    let zeros = [0; 1 << 16];
    let mut left = bytes;
    while left > 0 {
        let part = left.min(zeros.len() as u64) as usize;
        file.write_all(&zeros[..part])?;
        left -= part as u64;
    }
    Ok(())
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;

    fn scratch(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("mm-region-{}-{name}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        path
    }

    #[test]
    fn words_are_in_the_file_and_back_at_the_next_opening() {
        let path = scratch("words");
        let region = MappedRegion::create(&path, 8192).unwrap();
        assert_eq!((region.len(), region.bytes()), (1024, 8192));
        region.write(3, &[1, 2, 3]);
        region.store(1023, u64::MAX);
        region.prefault();
        region.sync(0, 4).unwrap();
        region.sync(1000, 1024).unwrap();
        region.sync_all().unwrap();
        let view = MappedView::open(&path).unwrap();
        assert_eq!((view.load(4), view.load(1023), view.len()), (2, u64::MAX, 1024));
        drop(region);
        let region = MappedRegion::open(&path).unwrap();
        let mut back = [0; 4];
        region.read(2, &mut back);
        assert_eq!(back, [0, 1, 2, 3]);
        assert_eq!(std::fs::read(&path).unwrap()[24..32], 1_u64.to_ne_bytes());
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_second_writer_is_refused_and_harms_nothing() {
        let path = scratch("second");
        let region = MappedRegion::create(&path, 4096).unwrap();
        region.store(7, 7);
        assert_eq!(MappedRegion::open(&path).unwrap_err(), RegionError::Locked);
        assert_eq!(MappedRegion::create(&path, 4096).unwrap_err(), RegionError::Locked);
        assert_eq!(region.load(7), 7);
        drop(region);
        assert_eq!(MappedRegion::open(&path).unwrap().load(7), 7);
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn what_cannot_be_a_region_is_a_typed_error() {
        let path = scratch("bad");
        assert_eq!(MappedRegion::open(&path).unwrap_err(), RegionError::Io(io::ErrorKind::NotFound));
        assert_eq!(MappedRegion::create(&path, 12).unwrap_err(), RegionError::BadSize { bytes: 12 });
        assert_eq!(MappedRegion::create(&path, 0).unwrap_err(), RegionError::BadSize { bytes: 0 });
        std::fs::write(&path, b"twelve bytes").unwrap();
        assert_eq!(MappedRegion::open(&path).unwrap_err(), RegionError::BadSize { bytes: 12 });
        assert_eq!(MappedView::open(&path).unwrap_err(), RegionError::BadSize { bytes: 12 });
        std::fs::write(&path, b"").unwrap();
        assert_eq!(MappedRegion::open(&path).unwrap_err(), RegionError::BadSize { bytes: 0 });
        let mut permissions = std::fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions).unwrap();
        assert_eq!(MappedRegion::open(&path).unwrap_err(), RegionError::ReadOnly);
        std::fs::remove_file(&path).unwrap();
        assert!(MappedRegion::open(&std::env::temp_dir()).is_err());
        assert_eq!(MappedView::open(&std::env::temp_dir()).unwrap_err(), RegionError::NotAFile);
    }

    #[test]
    fn a_file_larger_than_any_disk_is_no_space_and_leaves_it_empty() {
        let path = scratch("huge");
        let error = MappedRegion::create(&path, 1 << 62).unwrap_err();
        assert!(matches!(error, RegionError::NoSpace { bytes } if bytes == 1 << 62), "{error}");
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
        std::fs::remove_file(&path).unwrap();
    }
}
