//! What stands between C++ and the core: a value that is left alone once a call on it has panicked, and the error that becomes
//! an exception.
//!
//! cxx ends the process when a panic reaches it. As at the C boundary, none does: a call that fails an internal check gives
//! `MM_E_PANIC`, and the object gives `MM_E_POISONED` from then on, because nobody knows in what state it was left.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::ffi::status::{self, Failure, MM_E_PANIC, MM_E_POISONED, MM_OK};

/// Why a call failed, as C++ reads it in `rust::Error::what()`: `MM_E_FULL: the book is full`.
#[derive(Debug)]
pub(super) struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let name = status::name_of(failure.status()).to_str().unwrap_or_default();
        Self(format!("{name}: {}", status::message()))
    }
}

/// Runs a body without an object, as a constructor's.
pub(super) fn attempt<R>(body: impl FnOnce() -> Result<R, Failure>) -> Result<R, Error> {
    Ok(catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| Err(panicked(payload.as_ref())))?)
}

/// A verdict as a status, where a refusal is no exception; its message is the thread's.
pub(super) fn verdict(outcome: Result<(), Failure>) -> i32 {
    outcome.map_or_else(Failure::status, |()| MM_OK)
}

/// A value and whether a call on it has panicked.
pub(super) struct Guarded<T> {
    value: T,
    poisoned: AtomicBool,
}

impl<T> Guarded<T> {
    pub(super) const fn new(value: T) -> Self {
        Self { value, poisoned: AtomicBool::new(false) }
    }

    /// Lets a body change the value.
    pub(super) fn change<R>(&mut self, body: impl FnOnce(&mut T) -> Result<R, Failure>) -> Result<R, Error> {
        Ok(self.try_change(body)?)
    }

    /// The same where the failure is to be looked at, or another value comes first.
    pub(super) fn try_change<R>(
        &mut self,
        body: impl FnOnce(&mut T) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        self.check()?;
        let value = &mut self.value;
        match catch_unwind(AssertUnwindSafe(|| body(value))) {
            Ok(done) => done,
            Err(payload) => Err(self.poison(payload.as_ref())),
        }
    }

    /// Lets a body read the value.
    pub(super) fn read<R>(&self, body: impl FnOnce(&T) -> Result<R, Failure>) -> Result<R, Error> {
        Ok(self.try_read(body)?)
    }

    /// Lets a body lend a part of the value.
    pub(super) fn view<'a, R>(&'a self, body: impl FnOnce(&'a T) -> Result<R, Failure>) -> Result<R, Error> {
        Ok(self.try_read(body)?)
    }

    /// The same where another value comes first.
    pub(super) fn try_read<'a, R>(
        &'a self,
        body: impl FnOnce(&'a T) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        self.check()?;
        match catch_unwind(AssertUnwindSafe(|| body(&self.value))) {
            Ok(done) => done,
            Err(payload) => Err(self.poison(payload.as_ref())),
        }
    }

    fn check(&self) -> Result<(), Failure> {
        if self.poisoned.load(Ordering::Acquire) {
            return Err(Failure::new(
                MM_E_POISONED,
                format_args!("this object failed an internal check earlier; let it go"),
            ));
        }
        Ok(())
    }

    #[cold]
    fn poison(&self, payload: &(dyn Any + Send)) -> Failure {
        self.poisoned.store(true, Ordering::Release);
        panicked(payload)
    }
}

#[cold]
fn panicked(payload: &(dyn Any + Send)) -> Failure {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text");
    Failure::new(MM_E_PANIC, format_args!("internal check failed: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::status::MM_E_FULL;

    fn full() -> Result<(), Failure> {
        Err(Failure::new(MM_E_FULL, format_args!("no room for {}", 3)))
    }

    #[test]
    fn an_error_says_its_status_and_what_went_wrong() {
        assert_eq!(attempt(full).unwrap_err().to_string(), "MM_E_FULL: no room for 3");
        assert_eq!(Guarded::new(1).change(|_| full()).unwrap_err().to_string(), "MM_E_FULL: no room for 3");
    }

    #[test]
    fn a_panic_becomes_an_error_and_the_object_is_left_alone() {
        let mut guarded = Guarded::new(1);
        let first = guarded.change(|value| -> Result<(), Failure> {
            *value = 2;
            panic!("half-way");
        });
        assert_eq!(first.unwrap_err().to_string(), "MM_E_PANIC: internal check failed: half-way");
        let second = guarded.read(|&value| Ok(value));
        assert!(second.unwrap_err().to_string().starts_with("MM_E_POISONED: "));
        assert!(guarded.change(|_| Ok(())).unwrap_err().to_string().starts_with("MM_E_POISONED: "));
        let made = attempt(|| -> Result<(), Failure> { panic!("at once") });
        assert_eq!(made.unwrap_err().to_string(), "MM_E_PANIC: internal check failed: at once");
    }

    #[test]
    fn a_refusal_leaves_the_object_usable() {
        let mut guarded = Guarded::new(1);
        assert!(guarded.change(|_| full()).is_err());
        assert_eq!(guarded.change(|value| Ok(*value)).unwrap(), 1);
    }
}
