//! A read-only file in memory, mapped and not copied.
//!
//! Recorded days are large and read once from front to back: a map costs no copy and no memory of its own, and the
//! kernel reads ahead. What a map cannot give is independence from other processes, see [`MappedFile`].

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use memmap2::Mmap;

/// A whole file as bytes.
///
/// **A mapped file must be finished**: while it is open, no process may change its bytes or cut it. Writers that
/// rename a new file over the old one, or only create new files, are harmless. Against the others stand
/// - a shared advisory lock, held as long as the map: opening fails with
///   [`WouldBlock`](io::ErrorKind::WouldBlock) while a recorder holds the exclusive lock, and a recorder that asks for
///   it later waits or fails. Processes that take no lock are not stopped;
/// - the length is the one at opening: bytes appended later are not seen.
///
/// A process that ignores both rules and cuts the file makes the system end this one with `SIGBUS` at the first access
/// past the new end; one that rewrites bytes makes readers see either version of a byte. Who cannot rule
/// that out reads the file into memory instead ([`Input::read`](crate::feed::Input::read)).
///
/// Opening is O(1) in the length; only regular files can be mapped. `Send` and `Sync`.
#[derive(Debug)]
pub struct MappedFile {
    /// `None` for an empty file, which systems refuse to map.
    map: Option<Mmap>,
    /// Holds the shared lock; closing it gives the lock back.
    _file: File,
}

impl MappedFile {
    /// Maps a file for reading.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::WouldBlock`] when another process holds the file exclusively;
    /// [`io::ErrorKind::InvalidInput`] for anything but a regular file.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        match file.try_lock_shared() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(io::ErrorKind::WouldBlock, "the file is being written"));
            }
            // Network and read-only file systems may know no locks: the documented rule is all there is.
            Err(TryLockError::Error(_)) => {}
        }
        if metadata.len() == 0 {
            return Ok(Self { map: None, _file: file });
        }
        // SAFETY: the map is sound while nobody changes or cuts the file. The type's documentation makes that the
        // precondition of opening; the shared lock, held by `_file` until after the unmapping, enforces it
        // against every process that takes part in locking. The map is read-only and private, so nothing in this
        // process writes through it.
        let map = unsafe { Mmap::map(&file) }?;
        // Advice only: a system that refuses it reads the file all the same.
        #[cfg(unix)]
        let _ = map.advise(memmap2::Advice::Sequential);
        Ok(Self { map: Some(map), _file: file })
    }

    /// The bytes, as many as the file had when it was opened. Hot path.
    #[must_use]
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        self.map.as_deref().unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str, bytes: &[u8]) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("mm-mapped-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn a_map_shows_the_file_as_it_was_opened() {
        let path = scratch("plain", b"0123456789");
        let map = MappedFile::open(&path).unwrap();
        assert_eq!(map.bytes(), b"0123456789");
        // Replacing by rename leaves the open map alone.
        let other = scratch("other", b"new");
        std::fs::rename(&other, &path).unwrap();
        assert_eq!(map.bytes(), b"0123456789");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(map.bytes(), b"0123456789");
    }

    #[test]
    fn an_empty_file_is_an_empty_slice() {
        let path = scratch("empty", b"");
        assert_eq!(MappedFile::open(&path).unwrap().bytes(), b"");
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn missing_files_and_folders_are_typed_errors() {
        let missing = MappedFile::open("/nonexistent/file").unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        assert!(MappedFile::open(std::env::temp_dir()).is_err());
    }

    #[test]
    fn a_file_locked_by_its_writer_is_refused_and_a_mapped_one_cannot_be_locked() {
        let path = scratch("locked", b"abc");
        let writer = File::options().write(true).open(&path).unwrap();
        writer.lock().unwrap();
        assert_eq!(MappedFile::open(&path).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        writer.unlock().unwrap();
        let map = MappedFile::open(&path).unwrap();
        assert!(matches!(writer.try_lock(), Err(TryLockError::WouldBlock)));
        drop(map);
        writer.try_lock().unwrap();
        std::fs::remove_file(&path).unwrap();
    }
}
