//! The functions of [`math`](super::math) over slices, in place.

use super::lanes::{LANES, Lanes};
use super::math;

macro_rules! slices {
    ($($name:ident),*) => {$(
        /// Replaces each element by the function of it; NaN results are the canonical NaN.
        #[inline(always)]
        pub fn $name<S: Lanes>(s: S, x: &mut [f32]) {
            let (chunks, rest) = x.as_chunks_mut::<LANES>();
            for chunk in chunks {
                let y = math::$name(s, s.load(chunk));
                s.store(s.canonical(y), chunk);
            }
            if !rest.is_empty() {
                let y = math::$name(s, s.load_partial(rest));
                s.store_partial(s.canonical(y), rest);
            }
        }
    )*};
}

slices!(exp, tanh, sigmoid, gelu, silu, softplus);
