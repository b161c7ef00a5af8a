//! Weight files: safetensors, read through a memory map and written in one step.
//!
//! The format (<https://github.com/huggingface/safetensors>) is a length, a JSON header with name, type, shape and place
//! of each tensor, and the elements as little-endian bytes. Names are those of the PyTorch state dict. Reading is
//! O(bytes of the tensors asked for); what is asked for is checked: shape and type against the caller's expectation, every
//! element against NaN and infinity, and a file that is cut short or altered is a typed error, never a panic.
//!
//! Writing goes to a new file beside the target, which is flushed to the disk and renamed over it: readers see the old weights or
//! the new ones, never a part. The same tensors give the same bytes.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use safetensors::Dtype;
use safetensors::tensor::Metadata;

use super::error::ModelError;
use crate::mem::mapped_file::MappedFile;

/// Bytes before the header: its length.
const LENGTH_BYTES: usize = 8;

#[derive(Debug)]
enum Source {
    Mapped(MappedFile),
    Memory(Vec<u8>),
}

impl Source {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map.bytes(),
            Self::Memory(bytes) => bytes,
        }
    }
}

#[derive(Debug)]
struct Entry {
    dtype: Dtype,
    shape: Vec<usize>,
    place: Range<usize>,
}

/// An open weight file. `Send` and `Sync`; the file must be finished, see [`MappedFile`].
///
/// ```
/// use market_maker::model::weights::{WeightFile, WeightWriter};
/// let mut writer = WeightWriter::new();
/// writer.metadata("architecture", "example").f32("fc.weight", &[2, 2], &[1.0, 2.0, 3.0, 4.0])?;
/// let file = WeightFile::from_bytes(writer.to_bytes())?;
/// assert_eq!(file.f32("fc.weight", &[2, 2])?, [1.0, 2.0, 3.0, 4.0]);
/// let refused = file.f32("fc.weight", &[4]).unwrap_err();
/// assert_eq!(refused.to_string(), "tensor `fc.weight` has shape [2, 2], expected [4]");
/// # Ok::<(), market_maker::model::error::ModelError>(())
/// ```
#[derive(Debug)]
pub struct WeightFile {
    path: Option<PathBuf>,
    source: Source,
    entries: BTreeMap<String, Entry>,
    metadata: BTreeMap<String, String>,
}

impl WeightFile {
    /// Maps a file and reads its header.
    ///
    /// # Errors
    /// [`ModelError::Io`] as [`MappedFile::open`]; [`ModelError::Malformed`] for anything but a whole safetensors file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ModelError> {
        let path = path.as_ref();
        let map =
            MappedFile::open(path).map_err(|source| ModelError::Io { path: path.to_owned(), source })?;
        Self::read(Some(path.to_owned()), Source::Mapped(map))
    }

    /// The same from bytes in memory.
    ///
    /// # Errors
    /// [`ModelError::Malformed`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ModelError> {
        Self::read(None, Source::Memory(bytes))
    }

    fn read(path: Option<PathBuf>, source: Source) -> Result<Self, ModelError> {
        match read_header(source.bytes()) {
            Ok((entries, metadata)) => Ok(Self { path, source, entries, metadata }),
            Err(problem) => Err(ModelError::Malformed { path, problem }),
        }
    }

    /// The path that was opened; `None` for bytes from memory.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Names of all tensors, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Whether the file holds a tensor of this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// A tensor's shape, `None` where there is no such tensor.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.entries.get(name).map(|entry| entry.shape.as_slice())
    }

    /// The header's free entries, text by text.
    #[must_use]
    pub const fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// A tensor as `f32`, row-major; F64 is rounded, F16 and BF16 widened.
    ///
    /// # Errors
    /// [`ModelError::MissingTensor`], [`ModelError::Shape`], [`ModelError::Dtype`]; [`ModelError::NotFiniteWeight`] also for an F64
    /// that `f32` cannot hold.
    pub fn f32(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let (dtype, bytes) = self.find(name, shape)?;
        let values = match dtype {
            Dtype::F32 => decode(bytes, f32::from_le_bytes),
            Dtype::F64 => decode(bytes, |b| f64::from_le_bytes(b) as f32),
            Dtype::F16 => decode(bytes, |b| half_to_f32(u16::from_le_bytes(b))),
            Dtype::BF16 => decode(bytes, |b| bf16_to_f32(u16::from_le_bytes(b))),
            other => return Err(ModelError::Dtype { tensor: name.to_owned(), found: other.to_string() }),
        };
        finite(name, values, f32::is_finite)
    }

    /// A tensor as `f64`, row-major, for what is computed in double precision.
    ///
    /// # Errors
    /// As [`f32`](Self::f32).
    pub fn f64(&self, name: &str, shape: &[usize]) -> Result<Vec<f64>, ModelError> {
        let (dtype, bytes) = self.find(name, shape)?;
        let values = match dtype {
            Dtype::F64 => decode(bytes, f64::from_le_bytes),
            Dtype::F32 => decode(bytes, |b| f64::from(f32::from_le_bytes(b))),
            Dtype::F16 => decode(bytes, |b| f64::from(half_to_f32(u16::from_le_bytes(b)))),
            Dtype::BF16 => decode(bytes, |b| f64::from(bf16_to_f32(u16::from_le_bytes(b)))),
            other => return Err(ModelError::Dtype { tensor: name.to_owned(), found: other.to_string() }),
        };
        finite(name, values, f64::is_finite)
    }

    /// Strict loading: every tensor of the file must be known.
    ///
    /// # Errors
    /// [`ModelError::UnexpectedTensor`] with the first name, in order, that `known` refuses.
    pub fn refuse_others(&self, known: impl Fn(&str) -> bool) -> Result<(), ModelError> {
        match self.names().find(|name| !known(name)) {
            None => Ok(()),
            Some(name) => Err(ModelError::UnexpectedTensor { tensor: name.to_owned() }),
        }
    }

    fn find(&self, name: &str, shape: &[usize]) -> Result<(Dtype, &[u8]), ModelError> {
        let Some(entry) = self.entries.get(name) else {
            return Err(ModelError::MissingTensor { tensor: name.to_owned() });
        };
        if entry.shape != shape {
            return Err(ModelError::Shape {
                tensor: name.to_owned(),
                expected: shape.to_vec(),
                found: entry.shape.clone(),
            });
        }
        // The place was checked when the header was read, and neither a map nor a vector changes its length.
        Ok((entry.dtype, self.source.bytes().get(entry.place.clone()).unwrap_or(&[])))
    }
}

type Header = (BTreeMap<String, Entry>, BTreeMap<String, String>);

/// Reads and checks the header: every tensor's place lies inside the file, together they cover it.
fn read_header(bytes: &[u8]) -> Result<Header, String> {
    let Some((length, rest)) = bytes.split_first_chunk::<LENGTH_BYTES>() else {
        return Err(format!("{} bytes are too few for a weight file", bytes.len()));
    };
    let length = u64::from_le_bytes(*length);
    let Some(json) = usize::try_from(length).ok().and_then(|length| rest.get(..length)) else {
        return Err(format!("a header of {length} bytes in a file of {}", bytes.len()));
    };
    // The crate checks that places are contiguous and match shape and type. Whether they end with the file is checked
    // here, because its own check adds up numbers from the file without regard to overflow.
    let header: Metadata = serde_json::from_slice(json).map_err(|error| format!("header: {error}"))?;
    let (start, data) = (LENGTH_BYTES + json.len(), rest.len() - json.len());
    if header.data_len() != data {
        return Err(format!("{data} bytes of weights, the header describes {}", header.data_len()));
    }
    let mut entries = BTreeMap::new();
    for (name, info) in header.tensors() {
        let (from, to) = info.data_offsets;
        if from > to || to > data {
            return Err(format!("tensor `{name}` lies outside the file"));
        }
        let entry = Entry { dtype: info.dtype, shape: info.shape.clone(), place: start + from..start + to };
        entries.insert(name, entry);
    }
    let metadata = header.metadata().iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
    Ok((entries, metadata))
}

fn decode<const N: usize, T>(bytes: &[u8], value: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|chunk| value(*chunk)).collect()
}

fn finite<T: Copy>(name: &str, values: Vec<T>, is_finite: fn(T) -> bool) -> Result<Vec<T>, ModelError> {
    match values.iter().position(|value| !is_finite(*value)) {
        None => Ok(values),
        Some(index) => Err(ModelError::NotFiniteWeight { tensor: name.to_owned(), index }),
    }
}

/// IEEE 754 binary16, exactly.
fn half_to_f32(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let (exponent, mantissa) = (u32::from(bits >> 10 & 31), u32::from(bits & 1023));
    match exponent {
        // Subnormal: 2⁻²⁴ steps, exact in f32.
        0 => f32::from_bits((mantissa as f32 * f32::from_bits(103 << 23)).to_bits() | sign),
        31 => f32::from_bits(sign | 255 << 23 | mantissa << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | mantissa << 13),
    }
}

fn bf16_to_f32(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// Collects tensors and writes them as one safetensors file.
///
/// Tensors stand in the file with `f64` before `f32`, by name within each, so that every element is aligned to its size.
#[derive(Clone, Debug, Default)]
pub struct WeightWriter {
    metadata: BTreeMap<String, String>,
    /// Keyed by (not wide, name): the order in the file.
    tensors: BTreeMap<(bool, String), (Vec<usize>, Vec<u8>)>,
}

impl WeightWriter {
    /// No tensors yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a free entry of the header; a second value of the same key replaces the first.
    pub fn metadata(&mut self, key: &str, value: &str) -> &mut Self {
        self.metadata.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Adds a tensor, row-major; a second one of the same name replaces the first.
    ///
    /// # Errors
    /// [`ModelError::Shape`] where the values do not fill the shape, [`ModelError::NotFiniteWeight`]: what could not be
    /// loaded is not saved.
    pub fn f32(&mut self, name: &str, shape: &[usize], values: &[f32]) -> Result<&mut Self, ModelError> {
        check(name, shape, values, |x| x.is_finite())?;
        let bytes = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.tensors.remove(&(false, name.to_owned()));
        self.tensors.insert((true, name.to_owned()), (shape.to_vec(), bytes));
        Ok(self)
    }

    /// Adds a tensor of doubles, row-major.
    ///
    /// # Errors
    /// As [`f32`](Self::f32).
    pub fn f64(&mut self, name: &str, shape: &[usize], values: &[f64]) -> Result<&mut Self, ModelError> {
        check(name, shape, values, |x| x.is_finite())?;
        let bytes = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.tensors.remove(&(true, name.to_owned()));
        self.tensors.insert((false, name.to_owned()), (shape.to_vec(), bytes));
        Ok(self)
    }

    /// The file's bytes. The same tensors and metadata give the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut header = self.header().into_bytes();
        // The data start aligned; JSON allows the blanks.
        header.resize(header.len().next_multiple_of(LENGTH_BYTES), b' ');
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header);
        for (_, data) in self.tensors.values() {
            bytes.extend(data);
        }
        bytes
    }

    fn header(&self) -> String {
        let mut parts = Vec::new();
        if !self.metadata.is_empty() {
            let entries = self.metadata.iter().map(|(k, v)| format!("{}:{}", quoted(k), quoted(v)));
            parts.push(format!("\"__metadata__\":{{{}}}", entries.collect::<Vec<_>>().join(",")));
        }
        let mut start = 0;
        for ((single, name), (shape, data)) in &self.tensors {
            let dtype = if *single { "F32" } else { "F64" };
            let end = start + data.len();
            let shape = shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            let name = quoted(name);
            parts.push(format!(
                "{name}:{{\"dtype\":\"{dtype}\",\"shape\":[{shape}],\"data_offsets\":[{start},{end}]}}"
            ));
            start = end;
        }
        format!("{{{}}}", parts.join(","))
    }

    /// Writes the file in one step: whoever opens `path` finds what was there before or all of the new tensors. The
    /// data are on the disk when this returns.
    ///
    /// # Errors
    /// [`ModelError::Io`]; the target is then untouched and nothing is left beside it.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), ModelError> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let path = path.as_ref();
        let in_context = |source| ModelError::Io { path: path.to_owned(), source };
        let Some(name) = path.file_name() else {
            return Err(in_context(io::Error::new(io::ErrorKind::InvalidInput, "not a file name")));
        };
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}-{}.new", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        let beside = path.with_file_name(beside);
        let written = write_and_rename(&beside, path, &self.to_bytes());
        if written.is_err() {
            // Its own failure adds nothing to the first one.
            let _ = fs::remove_file(&beside);
        }
        written.map_err(in_context)
    }
}

fn write_and_rename(beside: &Path, target: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(beside, target)?;
    // The rename itself survives a crash once the folder is flushed; systems without folder handles do that alone.
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn check<T>(name: &str, shape: &[usize], values: &[T], is_finite: fn(&T) -> bool) -> Result<(), ModelError> {
    let fills = shape.iter().try_fold(1_usize, |size, n| size.checked_mul(*n)) == Some(values.len());
    if !fills {
        let (expected, found) = (shape.to_vec(), vec![values.len()]);
        return Err(ModelError::Shape { tensor: name.to_owned(), expected, found });
    }
    match values.iter().position(|value| !is_finite(value)) {
        None => Ok(()),
        Some(index) => Err(ModelError::NotFiniteWeight { tensor: name.to_owned(), index }),
    }
}

#[cfg(test)]
mod tests;
