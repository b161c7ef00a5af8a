//! `mm_kill_switch_t`: the switch of a gate, for any thread.

use super::args::Out;
use super::event;
use super::guard::{Noun, Shared, create, destroy, guard};
use super::risk::mm_risk_gate_t;
use super::status::*;
use crate::risk::KillSwitch;

/// Turns a gate off from any thread; it outlives the gate.
pub struct mm_kill_switch_t {
    _opaque: [u8; 0],
}

impl Noun for mm_kill_switch_t {
    type Value = KillSwitch;
    const NAME: &'static str = "mm_kill_switch_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-kills");
}

/// The gate's switch, a handle of its own that any thread may use. All switches of a gate are one.
///
/// # Safety
/// `gate` is a live handle that no other thread changes; `kill_switch` is writable. Free the handle with
/// `mm_kill_switch_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_kill_switch(
    gate: *const mm_risk_gate_t,
    kill_switch: *mut *mut mm_kill_switch_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(kill_switch, "kill_switch") }?.set(create(gate.kill_switch()));
        Ok(MM_OK)
    })
}

/// Frees a switch; its gate goes on as it is. Null is fine.
///
/// # Safety
/// `kill_switch` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_kill_switch_destroy(kill_switch: *mut mm_kill_switch_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(kill_switch) }
}

/// Refuses every order from now on (`on` 1) or lets orders pass again (`on` 0). Any thread. When it returns with the switch
/// on no order passes any more: it waits for the one check that the gate may be busy with. Not from a signal handler: there
/// use `mm_kill_switch_request`.
///
/// # Errors
/// `MM_E_ENUM` for another number.
///
/// # Safety
/// `kill_switch` is a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_kill_switch_set(kill_switch: *const mm_kill_switch_t, on: u8) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(kill_switch) }, |kill_switch| {
        if event::flag(on, "on")? {
            kill_switch.kill();
        } else {
            kill_switch.revive();
        }
        Ok(MM_OK)
    })
}

/// As `mm_kill_switch_set` with 1, without waiting for the check that the gate may be busy with. Any thread, also a signal
/// handler; wait-free.
///
/// # Safety
/// `kill_switch` is a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_kill_switch_request(kill_switch: *const mm_kill_switch_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(kill_switch) }, |kill_switch| {
        kill_switch.request();
        Ok(MM_OK)
    })
}

/// Whether orders are refused: `on` gets 1 or 0. Any thread, hot path.
///
/// # Safety
/// `kill_switch` is a live handle; `on` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_kill_switch_get(
    kill_switch: *const mm_kill_switch_t,
    on: *mut u8,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(kill_switch) }, |kill_switch| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(on, "on") }?.set(u8::from(kill_switch.is_killed()));
        Ok(MM_OK)
    })
}
