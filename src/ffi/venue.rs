//! The simulated venue of a replay: `mm_venue_t`, own orders in a recorded queue.

use super::args::{self, Out};
use super::config::{self, Config};
use super::engine::mm_engine_t;
use super::event::{self, mm_event_t};
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::order_types::{mm_execution_report_t, mm_order_action_t};
use super::status::*;
use crate::oms::{ExecutionReport, OrderAction, OrderActionKind};
use crate::sim::{ReplayVenue, VenueConfig, VenueError};
use crate::types::{Event, InstrumentId, OrderId, Price, Quantity, Timestamp};

/// A simulated venue: own orders join the recorded queue and trade when the recorded flow would have reached them.
pub struct mm_venue_t {
    _opaque: [u8; 0],
}

/// The venue, and room for what it may report at once.
pub(super) struct Venue {
    venue: ReplayVenue,
    reports: Box<[ExecutionReport]>,
}

impl Noun for mm_venue_t {
    type Value = Venue;
    const NAME: &'static str = "mm_venue_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-venue");
}

/// Latencies and capacities of a venue.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_venue_config_t {
    /// Set by `mm_venue_config_init`.
    pub struct_size: usize,
    /// From sending a new order or a replacement to its arrival, ns. Default 0.
    pub entry_latency: u64,
    /// From sending a cancel to its arrival, ns. Default 0.
    pub cancel_latency: u64,
    /// Own orders that may rest at once, 1 to 2^20. Default 64.
    pub max_orders: u32,
    /// Own requests that may be under way at once, 1 to 2^20. Default 256.
    pub max_requests: u32,
}

// SAFETY: repr(C), begins with `struct_size`, the fields fill 32 bytes without padding, all integers.
unsafe impl Config for mm_venue_config_t {
    const FIRST_SIZE: usize = 32;
    fn defaults() -> Self {
        let defaults = VenueConfig::default();
        Self {
            struct_size: size_of::<Self>(),
            entry_latency: defaults.entry_latency,
            cancel_latency: defaults.cancel_latency,
            max_orders: defaults.max_orders as u32,
            max_requests: defaults.max_requests as u32,
        }
    }
}

const _: () = assert!(size_of::<mm_venue_config_t>() >= <mm_venue_config_t as Config>::FIRST_SIZE);

impl From<VenueError> for Failure {
    fn from(error: VenueError) -> Self {
        let status = match error {
            VenueError::BadCapacity => MM_E_INVALID_ARGUMENT,
            VenueError::RequestsFull => MM_E_FULL,
            VenueError::ReportBufferTooSmall { .. } => MM_E_BUFFER_TOO_SMALL,
            VenueError::ZeroQuantity => MM_E_ZERO_QUANTITY,
        };
        Self::new(status, format_args!("{error}"))
    }
}

impl TryFrom<&mm_order_action_t> for OrderAction {
    type Error = Failure;

    fn try_from(action: &mm_order_action_t) -> Result<Self, Failure> {
        Ok(Self {
            order_id: OrderId(action.order_id),
            new_order_id: OrderId(action.new_order_id),
            price: Price(action.price),
            quantity: Quantity(action.quantity),
            replaced_quantity: Quantity(action.replaced_quantity),
            instrument: InstrumentId(action.instrument),
            kind: OrderActionKind::from_u8(action.kind).ok_or_else(|| {
                Failure::new(MM_E_ENUM, format_args!("action kind {} is unknown", action.kind))
            })?,
            side: event::side(action.side)?,
            post_only: u8::from(event::flag(action.post_only, "post_only")?),
            level: action.level,
        })
    }
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_venue_config_init(
    config: *mut mm_venue_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Builds a venue without orders.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a capacity out of range.
///
/// # Safety
/// `config` points to an initialised config; `venue` is writable. Free the handle with `mm_venue_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_venue_create(
    config: *const mm_venue_config_t,
    venue: *mut *mut mm_venue_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(venue, "venue") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        let venue = ReplayVenue::new(&VenueConfig {
            entry_latency: config.entry_latency,
            cancel_latency: config.cancel_latency,
            max_orders: config.max_orders as usize,
            max_requests: config.max_requests as usize,
        })?;
        let reports = vec![ExecutionReport::EMPTY; venue.most_reports()].into_boxed_slice();
        out.set(create(Venue { venue, reports }));
        Ok(MM_OK)
    })
}

/// Frees a venue. Null is fine.
///
/// # Safety
/// `venue` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_venue_destroy(venue: *mut mm_venue_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(venue) }
}

/// Sends a request at the time `now`, ns; it arrives after its latency. Hot path.
///
/// # Errors
/// `MM_E_FULL` when too many are under way, `MM_E_ZERO_QUANTITY`, `MM_E_ENUM`.
///
/// # Safety
/// `venue` is a live handle that no other thread uses; `action` points to an action.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_venue_submit(
    venue: *mut mm_venue_t,
    now: u64,
    action: *const mm_order_action_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(venue) }, |venue| {
        // SAFETY: by this function's contract.
        let action = OrderAction::try_from(unsafe { args::reference(action, "action") }?)?;
        venue.venue.submit(Timestamp(now), &action)?;
        Ok(MM_OK)
    })
}

/// How many reports the next call of `mm_venue_on_event` may write.
///
/// # Safety
/// `venue` is a live handle that no other thread changes; `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_venue_reports_needed(venue: *const mm_venue_t, count: *mut usize) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(venue) }, |venue| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(count, "count") }?.set(venue.venue.reports_needed());
        Ok(MM_OK)
    })
}

/// Lets the requests that are due arrive and the recorded event act on own orders. Call it with each event *before*
/// `mm_engine_on_event`: the engine's book is the recorded book before the event. `count` gets how many reports were
/// written, for `mm_engine_on_report`. Hot path; linear in own orders.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when `capacity` is less than `mm_venue_reports_needed` says: nothing has changed. `MM_E_ENUM`.
///
/// # Safety
/// `venue` is a live handle that no other thread uses, `engine` one that no other thread changes; `event` points to an
/// event; `reports` is writable for `capacity` elements and `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_venue_on_event(
    venue: *mut mm_venue_t,
    engine: *const mm_engine_t,
    event: *const mm_event_t,
    reports: *mut mm_execution_report_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let venue = unsafe { Exclusive::new(venue) };
    // SAFETY: by this function's contract.
    let engine = unsafe { Shared::new(engine) };
    guard((venue, engine), |(venue, pipeline)| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(reports, capacity, "reports") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        // SAFETY: by this function's contract.
        let event = Event::try_from(unsafe { args::reference(event, "event") }?)?;
        args::fits(venue.venue.reports_needed(), capacity, "reports")?;
        let made = venue.venue.on_event(pipeline.engine.book(), &event, &mut venue.reports)?;
        count.set(args::fill(out, venue.reports[..made].iter().map(mm_execution_report_t::from)));
        Ok(MM_OK)
    })
}
