//! The one way through the boundary: handles and [`guard`].
//!
//! A handle is a boxed [`Handle`]: a tag that says which noun it is, a poison flag, and the value. The tag makes a
//! null, foreign or destroyed handle a typed error instead of a crash (after a destroy only as long as the memory is
//! not reused: that check is a help, not a promise). The poison flag is set when a call panics, because nobody knows
//! what state the value was left in. On success the whole costs two compares and a landing pad that is not taken.

use std::any::Any;
use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::status::{Failure, MM_E_HANDLE, MM_E_PANIC, MM_E_POISONED, MM_OK, mm_status_t};

/// What a guarded body returns: a status of at least zero, or why it failed.
pub(super) type Outcome = Result<mm_status_t, Failure>;

/// An opaque type of the ABI. Implemented by the empty structs that the header shows.
pub(super) trait Noun {
    /// What the handle holds. `Send` because a handle may change threads; [`Shared`] access wants `Sync` too, because
    /// `const*` calls may overlap.
    type Value: Send;
    /// The name in messages, e.g. `"mm_pool_t"`.
    const NAME: &'static str;
    /// The first eight bytes of a live handle; different for every noun.
    const TAG: u64;
}

/// Not the tag of any noun.
const DESTROYED: u64 = 0x6465_6164_6d6d_0000;

#[repr(C)]
struct Header {
    tag: AtomicU64,
    poisoned: AtomicBool,
}

/// What a handle's pointer points to.
#[repr(C)]
struct Handle<N: Noun> {
    header: Header,
    value: UnsafeCell<N::Value>,
}

impl<N: Noun> Handle<N> {
    /// The live handle behind `pointer`, poisoned or not.
    ///
    /// # Safety
    /// `pointer` is null, or points to at least 16 readable bytes for as long as `'a`, and to a whole handle of `N` if
    /// these begin with its tag.
    unsafe fn find<'a>(pointer: *const N) -> Result<&'a Self, Failure> {
        let Some(pointer) = NonNull::new(pointer.cast_mut()) else {
            return Err(Failure::null(N::NAME));
        };
        let foreign = || Failure::new(MM_E_HANDLE, format_args!("not a live {}", N::NAME));
        if !pointer.cast::<Self>().is_aligned() {
            return Err(foreign());
        }
        // SAFETY: aligned by the check above, readable by the caller's promise; atomics are valid in any bit pattern
        // except that of the flag, which is not looked at here.
        let tag = unsafe { pointer.cast::<AtomicU64>().as_ref() };
        if tag.load(Ordering::Relaxed) != N::TAG {
            return Err(foreign());
        }
        // SAFETY: it carries the tag, so that it is a whole handle by the caller's promise.
        Ok(unsafe { pointer.cast::<Self>().as_ref() })
    }

    /// As [`find`](Self::find), refusing a poisoned one.
    ///
    /// # Safety
    /// As there.
    unsafe fn find_sound<'a>(pointer: *const N) -> Result<&'a Self, Failure> {
        // SAFETY: forwarded.
        let handle = unsafe { Self::find(pointer) }?;
        if handle.header.poisoned.load(Ordering::Acquire) {
            return Err(Failure::new(
                MM_E_POISONED,
                format_args!("this {} failed an internal check earlier; destroy it", N::NAME),
            ));
        }
        Ok(handle)
    }
}

/// Boxes `value` as a handle; `destroy` takes it back.
pub(super) fn create<N: Noun>(value: N::Value) -> *mut N {
    let header = Header { tag: AtomicU64::new(N::TAG), poisoned: AtomicBool::new(false) };
    Box::into_raw(Box::new(Handle::<N> { header, value: UnsafeCell::new(value) })).cast()
}

/// Drops a handle. Null is fine; a foreign one is left alone and only leaves a message.
///
/// # Safety
/// As for [`Exclusive::new`], and the handle is not used afterwards.
pub(super) unsafe fn destroy<N: Noun>(pointer: *mut N) {
    if pointer.is_null() {
        return;
    }
    guard(NoHandle, |()| {
        // SAFETY: by the caller's promise.
        let handle = unsafe { Handle::find(pointer.cast_const()) }?;
        handle.header.tag.store(DESTROYED, Ordering::Relaxed);
        // SAFETY: it came from `create`, which boxed it, and carried its tag until the line above, so that it has not
        // been taken back before; the caller promises that nobody else uses it.
        drop(unsafe { Box::from_raw(pointer.cast::<Handle<N>>()) });
        Ok(MM_OK)
    });
}

/// A handle whose value was moved out: it counts as destroyed until the value is put back.
pub(super) struct Vacated<N: Noun>(NonNull<Handle<N>>);

impl<N: Noun> Vacated<N> {
    /// Puts a value back: the handle is live again.
    pub(super) fn restore(self, value: N::Value) {
        // SAFETY: `vacate` found a handle here, and only `free`, which takes this `Vacated`, frees it.
        let handle = unsafe { self.0.as_ref() };
        // SAFETY: nobody else uses the handle, by the promise to `vacate`, and the old value was moved out.
        unsafe { handle.value.get().write(value) };
        handle.header.tag.store(N::TAG, Ordering::Relaxed);
    }

    /// Frees the handle without the value that was moved out.
    pub(super) fn free(self) {
        let memory = self.0.cast::<std::mem::ManuallyDrop<Handle<N>>>().as_ptr();
        // SAFETY: `create` boxed it; `ManuallyDrop` has its layout and leaves alone the value that is elsewhere.
        drop(unsafe { Box::from_raw(memory) });
    }
}

/// Moves the value out of a handle, for something else to own.
///
/// # Errors
/// As for every call on the handle; a handle that is vacated already is none.
///
/// # Safety
/// As for [`Exclusive::new`], until the handle is restored or freed.
pub(super) unsafe fn vacate<N: Noun>(pointer: *mut N) -> Result<(Vacated<N>, N::Value), Failure> {
    // SAFETY: by the caller's promise.
    let handle = unsafe { Handle::find_sound(pointer.cast_const()) }?;
    handle.header.tag.store(DESTROYED, Ordering::Relaxed);
    // SAFETY: nobody else uses the handle, and without its tag nobody will read the value again before `restore`.
    let value = unsafe { handle.value.get().read() };
    // The pointer that `create` gave out, which may be freed, and not one derived from the borrow.
    let whole = NonNull::new(pointer.cast::<Handle<N>>()).ok_or_else(|| Failure::null(N::NAME))?;
    Ok((Vacated(whole), value))
}

/// How an export reaches the handles it works on.
pub(super) trait Access {
    /// What the body gets.
    type Borrow;
    /// Checks the handle and borrows its value.
    fn enter(&self) -> Result<Self::Borrow, Failure>;
    /// Marks the handle after a panic.
    fn poison(&self);
}

/// For an export without a handle.
pub(super) struct NoHandle;

impl Access for NoHandle {
    type Borrow = ();
    fn enter(&self) -> Result<(), Failure> {
        Ok(())
    }
    fn poison(&self) {}
}

/// A handle that the call may change: `mm_x_t*`.
pub(super) struct Exclusive<'a, N: Noun>(*mut N, PhantomData<&'a mut N>);

impl<N: Noun> Exclusive<'_, N> {
    /// # Safety
    /// `pointer` is null or a handle of this library that no other thread uses during the call.
    pub(super) const unsafe fn new(pointer: *mut N) -> Self {
        Self(pointer, PhantomData)
    }
}

impl<'a, N: Noun> Access for Exclusive<'a, N>
where
    N::Value: 'a,
{
    type Borrow = &'a mut N::Value;
    fn enter(&self) -> Result<Self::Borrow, Failure> {
        // SAFETY: a handle of this library is at least a header long and whole if it carries the tag.
        let handle = unsafe { Handle::find_sound(self.0.cast_const()) }?;
        // SAFETY: nobody else uses the handle during the call, by the promise of `new`, and `guard` enters once.
        Ok(unsafe { &mut *handle.value.get() })
    }
    fn poison(&self) {
        // SAFETY: as in `enter`; only the header is touched.
        if let Ok(handle) = unsafe { Handle::find(self.0.cast_const()) } {
            handle.header.poisoned.store(true, Ordering::Release);
        }
    }
}

/// A handle that the call only reads: `const mm_x_t*`. Several threads may do so at once.
pub(super) struct Shared<'a, N: Noun>(*const N, PhantomData<&'a N>);

impl<N: Noun> Shared<'_, N> {
    /// # Safety
    /// `pointer` is null or a handle of this library that no other thread changes during the call.
    pub(super) const unsafe fn new(pointer: *const N) -> Self {
        Self(pointer, PhantomData)
    }
}

impl<'a, N: Noun> Access for Shared<'a, N>
where
    N::Value: Sync + 'a,
{
    type Borrow = &'a N::Value;
    fn enter(&self) -> Result<Self::Borrow, Failure> {
        // SAFETY: a handle of this library is at least a header long and whole if it carries the tag.
        let handle = unsafe { Handle::find_sound(self.0) }?;
        // SAFETY: nobody changes the handle during the call, by the promise of `new`.
        Ok(unsafe { &*handle.value.get() })
    }
    fn poison(&self) {
        // SAFETY: as in `enter`; only the header is touched.
        if let Ok(handle) = unsafe { Handle::find(self.0) } {
            handle.header.poisoned.store(true, Ordering::Release);
        }
    }
}

/// Two handles, of different nouns wherever one of them is exclusive.
impl<A: Access, B: Access> Access for (A, B) {
    type Borrow = (A::Borrow, B::Borrow);
    fn enter(&self) -> Result<Self::Borrow, Failure> {
        Ok((self.0.enter()?, self.1.enter()?))
    }
    fn poison(&self) {
        self.0.poison();
        self.1.poison();
    }
}

/// Runs the body of an export: checks the handles, catches a panic, and returns what C sees.
pub(super) fn guard<A: Access>(access: A, body: impl FnOnce(A::Borrow) -> Outcome) -> mm_status_t {
    let borrow = match access.enter() {
        Ok(borrow) => borrow,
        Err(failure) => return failure.status(),
    };
    match catch_unwind(AssertUnwindSafe(|| body(borrow))) {
        Ok(Ok(status)) => status,
        Ok(Err(failure)) => failure.status(),
        Err(payload) => {
            access.poison();
            report_panic(payload.as_ref()).status()
        }
    }
}

#[cold]
fn report_panic(payload: &(dyn Any + Send)) -> Failure {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text");
    Failure::new(MM_E_PANIC, format_args!("internal check failed: {text}"))
}
