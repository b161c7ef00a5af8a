//! Where a reader's bytes come from: a memory map, a decompressed file, or a test.
//!
//! A plain file is mapped and never copied. `.gz` (several members) and `.zst` (several frames) are decompressed into
//! memory when they are opened. A compressed file that breaks off or is damaged yields everything that can be
//! decompressed, and remembers the [`Damage`]; readers return it as the error after the last complete record.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use super::FeedError;
use super::decompress;
use crate::mem::mapped_file::MappedFile;

/// How the data behind an [`Input`] ends before it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The compressed file breaks off.
    Truncated,
    /// The compressed file does not decode, or its checksum disagrees.
    Corrupt,
}

#[derive(Debug)]
enum Storage {
    Mapped(MappedFile),
    Owned(Vec<u8>),
}

/// The bytes of one recorded file, decompressed, with the name that errors show.
///
/// A clone shares the bytes. Offers them through `AsRef<[u8]>` as well, so that a `std::io::Cursor` reads them.
///
/// ```
/// use market_maker::feed::Input;
/// let input = Input::from_bytes("example", b"34200.1,1,7,100,5853300,1\n".to_vec());
/// assert_eq!((input.name(), input.bytes().len()), ("example", 26));
/// ```
#[derive(Clone, Debug)]
pub struct Input {
    name: Arc<str>,
    storage: Arc<Storage>,
    damage: Option<Damage>,
}

impl Input {
    /// Maps a file, or decompresses it when its extension is `.gz` or `.zst`.
    ///
    /// A mapped file must not be changed or cut while it is open: see [`MappedFile`]. For a file that may still
    /// be written, use [`read`](Self::read). A compressed file that breaks off is no error here: see
    /// [`damage`](Self::damage).
    ///
    /// # Errors
    /// [`FeedError::Io`] when the file cannot be opened, locked for reading, mapped or read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, FeedError> {
        let path = path.as_ref();
        let decode = match path.extension().and_then(|e| e.to_str()) {
            Some("gz") => decompress::gzip,
            Some("zst") => decompress::zstd,
            _ => {
                let map = MappedFile::open(path).map_err(|error| io_error(path, error))?;
                return Ok(Self {
                    name: name_of(path),
                    storage: Arc::new(Storage::Mapped(map)),
                    damage: None,
                });
            }
        };
        let compressed = read_all(path)?;
        let (bytes, damage) = decode(&compressed);
        Ok(Self { name: name_of(path), storage: Arc::new(Storage::Owned(bytes)), damage })
    }

    /// As [`open`](Self::open), but copies a plain file into memory, so that nothing done to the file afterwards matters.
    ///
    /// # Errors
    /// [`FeedError::Io`] when the file cannot be opened or read.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, FeedError> {
        let path = path.as_ref();
        match path.extension().and_then(|e| e.to_str()) {
            Some("gz" | "zst") => Self::open(path),
            _ => Ok(Self {
                name: name_of(path),
                storage: Arc::new(Storage::Owned(read_all(path)?)),
                damage: None,
            }),
        }
    }

    /// Data that is in memory already, under a name for errors. Never decompresses.
    #[must_use]
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), storage: Arc::new(Storage::Owned(bytes)), damage: None }
    }

    /// The data. Hot path.
    #[must_use]
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        match &*self.storage {
            Storage::Mapped(map) => map.bytes(),
            Storage::Owned(bytes) => bytes,
        }
    }

    /// The path or name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name as errors carry it; cloning it does not allocate.
    #[must_use]
    pub fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// How the compressed file behind the data is broken, if it is.
    #[must_use]
    pub const fn damage(&self) -> Option<Damage> {
        self.damage
    }

    /// What a reader returns when it has consumed every complete record of [`bytes`](Self::bytes), the next one
    /// starting at `offset`: the error for `damage`, or `None` for a whole file.
    #[must_use]
    pub fn damage_error(&self, offset: usize) -> Option<FeedError> {
        self.damage.map(|damage| match damage {
            Damage::Truncated => FeedError::Truncated { name: self.shared_name(), offset: offset as u64 },
            Damage::Corrupt => {
                FeedError::Corrupt { name: self.shared_name(), offset: self.bytes().len() as u64 }
            }
        })
    }
}

impl AsRef<[u8]> for Input {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

fn name_of(path: &Path) -> Arc<str> {
    path.to_string_lossy().into()
}

fn io_error(path: &Path, error: std::io::Error) -> FeedError {
    FeedError::Io { name: name_of(path), error: Arc::new(error) }
}

fn read_all(path: &Path) -> Result<Vec<u8>, FeedError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(|error| io_error(path, error))?;
    Ok(bytes)
}
