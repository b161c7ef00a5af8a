//! What models read: `mm_feature_window_t`, the last rows of a regular time grid with the 24 default channels.

use std::ffi::{CString, c_char};
use std::sync::OnceLock;

use super::args::{self, Out};
use super::book::{bits, mm_book_t};
use super::config;
use super::depth::mm_level_book_t;
use super::event::{self, mm_event_t};
use super::feature_config::{mm_feature_window_config_t, mm_feature_window_info_t};
use super::guard::{Exclusive, NoHandle, Noun, Outcome, Shared, create, destroy, guard};
use super::status::*;
use crate::book::{BookError, Depth, Touched};
use crate::features::{CHANNELS, Channel, FeatureWindow, FeatureWindowConfig, NormaliserConfig};
use crate::model::moments::{self, MomentsError};
use crate::model::weights::{WeightFile, WeightWriter};
use crate::types::{Event, Timestamp};

/// The last rows of a regular time grid, each with the 24 default channels, normalised where asked.
pub struct mm_feature_window_t {
    _opaque: [u8; 0],
}

/// The window, and how a normaliser is made for it.
pub(super) struct FeatureGrid {
    window: FeatureWindow,
    normaliser: NormaliserConfig,
}

impl Noun for mm_feature_window_t {
    type Value = FeatureGrid;
    const NAME: &'static str = "mm_feature_window_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-featu");
}

impl FeatureGrid {
    /// Adds the moments to a file that is being written.
    pub(super) fn add_normaliser(&self, writer: &mut WeightWriter) -> Result<(), Failure> {
        add_moments(&self.window, writer)
    }
}

pub(crate) fn not_normalising() -> Failure {
    Failure::new(MM_E_UNSUPPORTED, format_args!("this window does not normalise"))
}

/// Adds a window's moments to a file that is being written.
pub(crate) fn add_moments(window: &FeatureWindow, writer: &mut WeightWriter) -> Result<(), Failure> {
    Ok(moments::write(window.normaliser().ok_or_else(not_normalising)?, writer)?)
}

/// Lets a window go on from a file's moments, learning or not as it does.
pub(crate) fn load_moments(
    window: &mut FeatureWindow,
    config: &NormaliserConfig,
    path: &str,
) -> Result<(), Failure> {
    let learns = window.normaliser().ok_or_else(not_normalising)?.learns();
    let normaliser = moments::read(&WeightFile::open(path)?, &NormaliserConfig { learns, ..*config })?;
    window.set_normaliser(Some(normaliser))?;
    Ok(())
}

impl From<MomentsError> for Failure {
    fn from(error: MomentsError) -> Self {
        match error {
            MomentsError::File(error) => error.into(),
            MomentsError::Normaliser(error) => error.into(),
        }
    }
}

/// Makes a window that has seen nothing, with all its storage.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a parameter out of its range; the message names it.
/// `MM_E_OUT_OF_MEMORY`.
///
/// # Safety
/// `config` points to an initialised config; `window` is writable. Free the handle with `mm_feature_window_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_create(
    config: *const mm_feature_window_config_t,
    window: *mut *mut mm_feature_window_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(window, "window") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        let settings = FeatureWindowConfig::try_from(&config)?;
        let normaliser = NormaliserConfig::try_from(&config)?;
        out.set(create(FeatureGrid { window: FeatureWindow::new(&settings)?, normaliser }));
        Ok(MM_OK)
    })
}

/// Frees a handle. Null is fine.
///
/// # Safety
/// `window` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_destroy(window: *mut mm_feature_window_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(window) }
}

/// Applies an event to a book and tells the window.
///
/// # Safety
/// `event` is null or readable, `touched` and `completed` null or writable.
unsafe fn apply<B: Depth>(
    window: &mut FeatureWindow,
    book: &mut B,
    event: *const mm_event_t,
    touched: *mut u32,
    completed: *mut u32,
    apply: impl FnOnce(&mut B, &Event) -> Result<Touched, BookError>,
) -> Outcome {
    // SAFETY: forwarded.
    let event = Event::try_from(unsafe { args::reference(event, "event") }?)?;
    // SAFETY: forwarded.
    let touched_out = unsafe { Out::optional(touched, "touched") }?;
    // SAFETY: forwarded.
    let completed_out = unsafe { Out::optional(completed, "completed") }?;
    let touched = apply(book, &event)?;
    let completed = window.on_event(&event, touched, book);
    if let Some(out) = touched_out {
        out.set(bits(touched));
    }
    if let Some(out) = completed_out {
        out.set(completed);
    }
    Ok(MM_OK)
}

/// Applies one event to the book, as `mm_book_apply`, and tells the window. `touched` gets `MM_TOUCHED*` bits, `completed` the
/// number of rows that the event's time completed; either may be null. Hot path.
///
/// # Errors
/// Those of `mm_book_apply`; neither the book nor the window has changed then.
///
/// # Safety
/// `window` and `book` are live handles that no other thread uses; `event` is readable; `touched` and `completed` are null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_apply(
    window: *mut mm_feature_window_t,
    book: *mut mm_book_t,
    event: *const mm_event_t,
    touched: *mut u32,
    completed: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let grid = unsafe { Exclusive::new(window) };
    // SAFETY: by this function's contract.
    let book = unsafe { Exclusive::new(book) };
    guard((grid, book), |(grid, book): (&mut FeatureGrid, _)| {
        // SAFETY: by this function's contract.
        unsafe {
            apply(
                &mut grid.window,
                book,
                event,
                touched,
                completed,
                |book: &mut crate::book::OrderBook, event| book.apply(event),
            )
        }
    })
}

/// As `mm_feature_window_apply`, on a level book.
///
/// # Errors
/// Those of `mm_level_book_apply`; neither the book nor the window has changed then.
///
/// # Safety
/// As for `mm_feature_window_apply`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_apply_level(
    window: *mut mm_feature_window_t,
    book: *mut mm_level_book_t,
    event: *const mm_event_t,
    touched: *mut u32,
    completed: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let grid = unsafe { Exclusive::new(window) };
    // SAFETY: by this function's contract.
    let book = unsafe { Exclusive::new(book) };
    guard((grid, book), |(grid, book): (&mut FeatureGrid, _)| {
        // SAFETY: by this function's contract.
        unsafe {
            apply(
                &mut grid.window,
                book,
                event,
                touched,
                completed,
                |book: &mut crate::book::LevelBook, event| book.apply(event),
            )
        }
    })
}

/// It is `now`, ns: completes the rows that have ended; `completed`, which may be null, gets their number. A time before the
/// last one is nothing new. Hot path.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `window` is a live handle that no other thread uses; `completed` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_advance(
    window: *mut mm_feature_window_t,
    now: u64,
    completed: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(window) }, |grid| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::optional(completed, "completed") }?;
        let completed = grid.window.advance(Timestamp(now));
        if let Some(out) = out {
            out.set(completed);
        }
        Ok(MM_OK)
    })
}

/// There is a gap in the feed: no move and no flow across it counts, and the book is read anew with the next event. Hot path.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `window` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_interrupt(window: *mut mm_feature_window_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(window) }, |grid| {
        grid.window.interrupt();
        Ok(MM_OK)
    })
}

/// How far the window is. Hot path.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `window` is a live handle that no other thread changes; `info` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_info(
    window: *const mm_feature_window_t,
    info: *mut mm_feature_window_info_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(window) }, |grid| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(info, "info") }?;
        out.set(mm_feature_window_info_t {
            rows: grid.window.len(),
            columns: CHANNELS,
            rows_completed: grid.window.rows_completed(),
            rows_skipped: grid.window.rows_skipped(),
            next_end: grid.window.next_end().map_or(u64::MAX, |end| end.0),
            is_full: u8::from(grid.window.is_full()),
            reserved: [0; 7],
        });
        Ok(MM_OK)
    })
}

/// The full window where it lies, `length` = `rows` x 24 values, row-major, oldest row first: what a predictor takes, without
/// a copy. Good until the window is changed or destroyed. Hot path, O(1).
///
/// # Errors
/// `MM_E_NULL`, `MM_E_NOT_READY`.
///
/// # Safety
/// `window` is a live handle that no other thread changes; `values` and `length` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_view(
    window: *const mm_feature_window_t,
    values: *mut *const f32,
    length: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(window) }, |grid| {
        // SAFETY: by this function's contract.
        let values = unsafe { Out::new(values, "values") }?;
        // SAFETY: by this function's contract.
        let length = unsafe { Out::new(length, "length") }?;
        let window = grid.window.window()?;
        values.set(window.as_ptr());
        length.set(window.len());
        Ok(MM_OK)
    })
}

/// Copies the full window, `rows` x 24 values, row-major, oldest row first. Hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_NOT_READY`, `MM_E_BUFFER_TOO_SMALL`.
///
/// # Safety
/// `window` is a live handle that no other thread changes; `out` is writable for `capacity` values.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_copy(
    window: *const mm_feature_window_t,
    out: *mut f32,
    capacity: usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(window) }, |grid| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(out, capacity, "out") }?;
        let window = grid.window.window()?;
        args::fits(window.len(), capacity, "out")?;
        args::copy(window, out);
        Ok(MM_OK)
    })
}

/// Copies the last `count` rows, oldest first, or fewer where fewer exist or the window is shorter; `copied` gets their number.
/// What a streaming predictor has not seen yet when `count` is what the last event completed. Hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL`.
///
/// # Safety
/// `window` is a live handle that no other thread changes; `out` is writable for `capacity` values, `copied` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_latest(
    window: *const mm_feature_window_t,
    count: usize,
    out: *mut f32,
    capacity: usize,
    copied: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(window) }, |grid| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(out, capacity, "out") }?;
        // SAFETY: by this function's contract.
        let copied = unsafe { Out::new(copied, "copied") }?;
        let rows = grid.window.latest_rows(count);
        args::fits(rows.len(), capacity, "out")?;
        args::copy(rows, out);
        copied.set(rows.len() / CHANNELS);
        Ok(MM_OK)
    })
}

/// Decides whether rows change the normaliser's moments from here on: `on` is 1 or 0.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_ENUM`, `MM_E_UNSUPPORTED` for a window that does not normalise.
///
/// # Safety
/// `window` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_set_learns(
    window: *mut mm_feature_window_t,
    on: u8,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(window) }, |grid| {
        let learns = event::flag(on, "on")?;
        let mut normaliser = grid.window.normaliser().ok_or_else(not_normalising)?.clone();
        normaliser.set_learns(learns);
        grid.window.set_normaliser(Some(normaliser))?;
        Ok(MM_OK)
    })
}

/// Writes the normaliser's moments to a safetensors file of their own, which is replaced in one step where it is there.
/// `mm_predictor_save_with_window` writes them beside a predictor's weights.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_UTF8`, `MM_E_IO`, `MM_E_UNSUPPORTED` for a window that does not normalise.
///
/// # Safety
/// `window` is a live handle that no other thread changes; `path` is a NUL-terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_save_normaliser(
    window: *const mm_feature_window_t,
    path: *const c_char,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(window) }, |grid| {
        // SAFETY: by this function's contract.
        let path = unsafe { args::string(path, "path") }?;
        let mut writer = WeightWriter::new();
        grid.add_normaliser(&mut writer)?;
        writer.write(path)?;
        Ok(MM_OK)
    })
}

/// Goes on from the moments of a safetensors file (tensors `normaliser.mean`, `.var`, `.weight`), from the next row on.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_UTF8`, `MM_E_IO`, `MM_E_MALFORMED`, `MM_E_WEIGHTS` for missing or wrong tensors, `MM_E_INVALID_ARGUMENT` for
/// negative variances, `MM_E_UNSUPPORTED` for a window that does not normalise.
///
/// # Safety
/// `window` is a live handle that no other thread uses; `path` is a NUL-terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_load_normaliser(
    window: *mut mm_feature_window_t,
    path: *const c_char,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(window) }, |grid| {
        // SAFETY: by this function's contract.
        let path = unsafe { args::string(path, "path") }?;
        load_moments(&mut grid.window, &grid.normaliser, path)?;
        Ok(MM_OK)
    })
}

/// The name of a channel, and its unit where `unit` is not null; static storage. The order never changes.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_NOT_FOUND` from 24 on.
///
/// # Safety
/// `name` is writable; `unit` is null or writable. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_channel_name(
    index: usize,
    name: *mut *const c_char,
    unit: *mut *const c_char,
) -> mm_status_t {
    static TEXTS: OnceLock<Vec<[CString; 2]>> = OnceLock::new();
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let name = unsafe { Out::new(name, "name") }?;
        // SAFETY: by this function's contract.
        let unit = unsafe { Out::optional(unit, "unit") }?;
        let texts = TEXTS.get_or_init(|| {
            let text = |text: &str| CString::new(text).unwrap_or_default();
            Channel::ALL.iter().map(|channel| [text(channel.name()), text(channel.unit())]).collect()
        });
        let row = texts
            .get(index)
            .ok_or_else(|| Failure::new(MM_E_NOT_FOUND, format_args!("there is no channel {index}")))?;
        name.set(row[0].as_ptr());
        if let Some(unit) = unit {
            unit.set(row[1].as_ptr());
        }
        Ok(MM_OK)
    })
}
