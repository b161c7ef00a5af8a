//! Online estimates on series: `mm_information_share_t`, `mm_regimes_t`, `mm_cusum_t` (F10).

use super::args::{self, Out};
use super::event::finite;
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::status::*;
use crate::analytics::{Cusum, CusumConfig, GaussianRegimes, InformationShare, RegimeConfig, Trend};

/// Hasbrouck's information share of two markets.
pub struct mm_information_share_t {
    _opaque: [u8; 0],
}

impl Noun for mm_information_share_t {
    type Value = InformationShare;
    const NAME: &'static str = "mm_information_share_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-infos");
}

/// Forward filter of a Gaussian hidden Markov model.
pub struct mm_regimes_t {
    _opaque: [u8; 0],
}

impl Noun for mm_regimes_t {
    type Value = GaussianRegimes;
    const NAME: &'static str = "mm_regimes_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-regim");
}

/// Two-sided CUSUM as a trend state.
pub struct mm_cusum_t {
    _opaque: [u8; 0],
}

impl Noun for mm_cusum_t {
    type Value = Cusum;
    const NAME: &'static str = "mm_cusum_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-cusum");
}

/// No trend.
pub const MM_TREND_FLAT: u8 = 0;
/// Upwards.
pub const MM_TREND_UP: u8 = 1;
/// Downwards.
pub const MM_TREND_DOWN: u8 = 2;

/// Which of two markets finds the price.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_information_shares_t {
    /// Samples in the regression.
    pub observations: u64,
    /// Least share of the first and of the second market, 0 to 1.
    pub lower: [f64; 2],
    /// Largest share of each.
    pub upper: [f64; 2],
    /// Middle of the bounds.
    pub share: [f64; 2],
    /// Gonzalo and Granger's component shares.
    pub component_share: [f64; 2],
    /// Speeds at which each price corrects the difference, per step.
    pub adjustment: [f64; 2],
    /// Correlation of the innovations.
    pub correlation: f64,
}

/// Makes an estimator with this many lagged changes, 1 to 16.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_INVALID_ARGUMENT`.
///
/// # Safety
/// `share` is writable. Free the handle with `mm_information_share_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_information_share_create(
    lags: u32,
    share: *mut *mut mm_information_share_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(share, "share") }?;
        out.set(create(InformationShare::new(lags)?));
        Ok(MM_OK)
    })
}

/// Frees a handle. Null is fine.
///
/// # Safety
/// `share` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_information_share_destroy(share: *mut mm_information_share_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(share) }
}

/// Both prices at the next step of the grid, in one unit; NaN breaks the series. Hot path.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `share` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_information_share_update(
    share: *mut mm_information_share_t,
    first: f64,
    second: f64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(share) }, |share| {
        share.update(first, second);
        Ok(MM_OK)
    })
}

/// The shares so far.
///
/// # Errors
/// `MM_E_NULL`; `MM_E_NOT_READY` where the samples do not determine them.
///
/// # Safety
/// `share` is a live handle that no other thread changes; `shares` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_information_share_estimate(
    share: *const mm_information_share_t,
    shares: *mut mm_information_shares_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(share) }, |share| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(shares, "shares") }?;
        let shares = share.estimate()?;
        out.set(mm_information_shares_t {
            observations: shares.observations,
            lower: shares.lower,
            upper: shares.upper,
            share: shares.share,
            component_share: shares.component_share,
            adjustment: shares.adjustment,
            correlation: shares.correlation,
        });
        Ok(MM_OK)
    })
}

/// Makes a filter of 1 to 8 states, each with a mean and a standard deviation; `transitions` is states x states, row-major, row
/// i where state i goes in a step.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_INVALID_ARGUMENT`; the message names the parameter.
///
/// # Safety
/// `means` and `deviations` are readable for `states` numbers, `transitions` for their square; `regimes` is writable. Free the
/// handle with `mm_regimes_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_regimes_create(
    means: *const f64,
    deviations: *const f64,
    transitions: *const f64,
    states: usize,
    regimes: *mut *mut mm_regimes_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(regimes, "regimes") }?;
        // SAFETY: by this function's contract.
        let means = unsafe { args::input(means, states, "means") }?;
        // SAFETY: by this function's contract.
        let deviations = unsafe { args::input(deviations, states, "deviations") }?;
        let square = args::product(states, states)?;
        // SAFETY: by this function's contract.
        let transitions = unsafe { args::input(transitions, square, "transitions") }?;
        out.set(create(GaussianRegimes::new(&RegimeConfig { means, deviations, transitions })?));
        Ok(MM_OK)
    })
}

/// Frees a handle. Null is fine.
///
/// # Safety
/// `regimes` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_regimes_destroy(regimes: *mut mm_regimes_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(regimes) }
}

/// The next return; `state`, which may be null, gets the likeliest state. Hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_INVALID_ARGUMENT` unless it is finite.
///
/// # Safety
/// `regimes` is a live handle that no other thread uses; `state` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_regimes_update(
    regimes: *mut mm_regimes_t,
    value: f64,
    state: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(regimes) }, |regimes| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::optional(state, "state") }?;
        regimes.update(finite(value, "value")?);
        if let Some(out) = out {
            out.set(regimes.state() as u32);
        }
        Ok(MM_OK)
    })
}

/// The probability of each state given all returns so far; `count` gets the number of states.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL`; eight places always suffice.
///
/// # Safety
/// `regimes` is a live handle that no other thread changes; `probabilities` is writable for `capacity` numbers, `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_regimes_probabilities(
    regimes: *const mm_regimes_t,
    probabilities: *mut f64,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(regimes) }, |regimes| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(count, "count") }?;
        let states = regimes.probabilities();
        args::fits(states.len(), capacity, "probabilities")?;
        // SAFETY: by this function's contract; no more than the capacity.
        let places = unsafe { args::output(probabilities, states.len(), "probabilities") }?;
        out.set(args::fill(places, states.iter().copied()));
        Ok(MM_OK)
    })
}

/// Makes a trend detector: `allowance` and `threshold` in standard deviations of the returns, `patience` in returns.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_INVALID_ARGUMENT`; the message names the parameter.
///
/// # Safety
/// `cusum` is writable. Free the handle with `mm_cusum_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_cusum_create(
    allowance: f64,
    threshold: f64,
    patience: u32,
    cusum: *mut *mut mm_cusum_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(cusum, "cusum") }?;
        out.set(create(Cusum::new(&CusumConfig { allowance, threshold, patience })?));
        Ok(MM_OK)
    })
}

/// Frees a handle. Null is fine.
///
/// # Safety
/// `cusum` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_cusum_destroy(cusum: *mut mm_cusum_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(cusum) }
}

/// The next return in standard deviations; `trend`, which may be null, gets `MM_TREND_*`. Hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_INVALID_ARGUMENT` unless it is finite.
///
/// # Safety
/// `cusum` is a live handle that no other thread uses; `trend` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_cusum_update(cusum: *mut mm_cusum_t, value: f64, trend: *mut u8) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(cusum) }, |cusum| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::optional(trend, "trend") }?;
        let trend = cusum.update(finite(value, "value")?);
        if let Some(out) = out {
            out.set(match trend {
                Trend::Flat => MM_TREND_FLAT,
                Trend::Up => MM_TREND_UP,
                Trend::Down => MM_TREND_DOWN,
            });
        }
        Ok(MM_OK)
    })
}
