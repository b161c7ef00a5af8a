//! Own orders: the settings of an `mm_order_manager_t`.

use super::config::{self, Config};
use super::event;
use super::guard::{NoHandle, guard};
use super::order_types::*;
use super::status::*;
use crate::oms::{OmsConfig, ReplaceMode, RequoteRule};
use crate::types::InstrumentId;

/// Settings of an order manager.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_order_manager_config_t {
    /// Set by `mm_order_manager_config_init`.
    pub struct_size: usize,
    /// The first sequence number of client ids, at least 1, the default. A host that restarts goes on from
    /// `mm_order_manager_next_sequence`, so that no id is used twice.
    pub first_sequence: u64,
    /// The instrument of every order. Default 0.
    pub instrument: u32,
    /// Orders that can work at once, 1 to 65536. Default 64.
    pub capacity: u32,
    /// How far a price may be off before the order is moved, in the unit of `requote_unit`. Default 0.
    pub requote_distance: u32,
    /// How far a quantity may be off, basis points of what is wanted. Default 5000.
    pub requote_quantity_bps: u32,
    /// `MM_REQUOTE_*`. Default ticks.
    pub requote_unit: u8,
    /// `MM_REPLACE_*`. Default atomic.
    pub replace_mode: u8,
    /// 1, the default, if quotes must not trade on arrival.
    pub post_only: u8,
    /// Zero.
    pub reserved: [u8; 5],
    /// Fill ids that are remembered at least, to count none twice; 0 is 4096.
    pub fill_ids: u32,
    /// Finished orders that are remembered at least, to book fills that come late; 0 is 256.
    pub finished_orders: u32,
}

// SAFETY: repr(C), begins with `struct_size`, the fields fill 48 bytes without padding, all integers.
unsafe impl Config for mm_order_manager_config_t {
    const FIRST_SIZE: usize = 40;
    fn defaults() -> Self {
        let defaults = OmsConfig::default();
        let (requote_unit, requote_distance) = match defaults.requote {
            RequoteRule::Ticks(ticks) => (MM_REQUOTE_TICKS, ticks),
            RequoteRule::BasisPoints(bps) => (MM_REQUOTE_BPS, bps),
        };
        Self {
            struct_size: size_of::<Self>(),
            first_sequence: defaults.first_sequence,
            instrument: defaults.instrument.0,
            capacity: defaults.capacity,
            requote_distance,
            requote_quantity_bps: defaults.requote_quantity_bps,
            requote_unit,
            replace_mode: match defaults.replace {
                ReplaceMode::Atomic => MM_REPLACE_ATOMIC,
                ReplaceMode::CancelFirst => MM_REPLACE_CANCEL_FIRST,
            },
            post_only: u8::from(defaults.post_only),
            reserved: [0; 5],
            fill_ids: 0,
            finished_orders: 0,
        }
    }
}

const _: () =
    assert!(size_of::<mm_order_manager_config_t>() >= <mm_order_manager_config_t as Config>::FIRST_SIZE);

impl TryFrom<&mm_order_manager_config_t> for OmsConfig {
    type Error = Failure;

    fn try_from(config: &mm_order_manager_config_t) -> Result<Self, Failure> {
        Ok(Self {
            instrument: InstrumentId(config.instrument),
            capacity: config.capacity,
            requote: match config.requote_unit {
                MM_REQUOTE_TICKS => RequoteRule::Ticks(config.requote_distance),
                MM_REQUOTE_BPS => RequoteRule::BasisPoints(config.requote_distance),
                other => {
                    return Err(Failure::new(MM_E_ENUM, format_args!("requote_unit {other} is unknown")));
                }
            },
            requote_quantity_bps: config.requote_quantity_bps,
            replace: match config.replace_mode {
                MM_REPLACE_ATOMIC => ReplaceMode::Atomic,
                MM_REPLACE_CANCEL_FIRST => ReplaceMode::CancelFirst,
                other => {
                    return Err(Failure::new(MM_E_ENUM, format_args!("replace_mode {other} is unknown")));
                }
            },
            post_only: event::flag(config.post_only, "post_only")?,
            first_sequence: config.first_sequence,
            fill_ids: if config.fill_ids == 0 { 4096 } else { config.fill_ids },
            finished_orders: if config.finished_orders == 0 { 256 } else { config.finished_orders },
        })
    }
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_config_init(
    config: *mut mm_order_manager_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}
