//! Which processor a thread runs on. Where the system has no such thing, asking is a typed error and nothing else.

/// A processor that the calling thread could not be bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the thread cannot be bound to processor {processor}")]
pub struct AffinityError {
    /// The one that was asked for.
    pub processor: usize,
}

/// Binds the calling thread to one processor.
///
/// # Errors
/// [`AffinityError`] when the processor does not exist, is not allowed to this process, or the system cannot bind threads.
#[cfg(target_os = "linux")]
pub fn pin_current_thread(processor: usize) -> Result<(), AffinityError> {
    let error = Err(AffinityError { processor });
    if processor >= libc::CPU_SETSIZE as usize {
        return error;
    }
    // SAFETY: a `cpu_set_t` is an array of integers, for which zero is a value.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: the processor is below `CPU_SETSIZE` (checked), so that its bit lies inside the set.
    unsafe { libc::CPU_SET(processor, &mut set) };
    // SAFETY: 0 means the calling thread, and the size is that of the set behind the pointer.
    let result = unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set) };
    if result == 0 { Ok(()) } else { error }
}

/// Binds the calling thread to one processor.
///
/// # Errors
/// Always, on this system.
#[cfg(not(target_os = "linux"))]
pub fn pin_current_thread(processor: usize) -> Result<(), AffinityError> {
    Err(AffinityError { processor })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_bound_and_an_impossible_processor_is_refused() {
        let bound = std::thread::spawn(|| {
            // SAFETY: no preconditions.
            let before = unsafe { libc::sched_getcpu() };
            let here = usize::try_from(before).unwrap();
            pin_current_thread(here).unwrap();
            // SAFETY: no preconditions.
            let after = unsafe { libc::sched_getcpu() };
            usize::try_from(after).unwrap() == here
        });
        assert!(bound.join().unwrap());
        for processor in [1023, usize::MAX] {
            assert_eq!(pin_current_thread(processor), Err(AffinityError { processor }));
        }
    }
}
