//! The structs that C++ sees, each the mirror of a plain struct of the C ABI under better types: `bool` for numbers that are 0 or
//! 1, enumerations for numbers with names. One list of names makes both directions, so that a field cannot be forgotten in
//! one of them; the checks of what C++ passes are those of the C struct.

/// A mirror that goes both ways: its fields are `plain`, `flags` (`bool` here, 0 or 1 there) and `numbers` (an enumeration here).
macro_rules! mirror {
    ($here:ty => $there:ty { $($plain:ident),* $(,)? }
        $(flags { $($flag:ident),* $(,)? })? $(numbers { $($number:ident),* $(,)? })?) => {
        impl From<&$here> for $there {
            #[inline]
            fn from(from: &$here) -> Self {
                #[allow(clippy::needless_update, reason = "not every struct has fields that C++ does not see")]
                Self {
                    $($plain: from.$plain,)*
                    $($($flag: from.$flag.into(),)*)?
                    $($($number: from.$number.repr,)*)?
                    ..<Self as $crate::bridge::mirror::Blank>::blank()
                }
            }
        }

        shown!($here => $there { $($plain),* } $(flags { $($flag),* })? $(numbers { $($number),* })?);
    };
}

/// A mirror that C++ only reads.
macro_rules! shown {
    ($here:ty => $there:ty { $($plain:ident),* $(,)? }
        $(flags { $($flag:ident),* $(,)? })? $(numbers { $($number:ident),* $(,)? })?) => {
        impl From<$there> for $here {
            #[inline]
            fn from(from: $there) -> Self {
                Self {
                    $($plain: from.$plain,)*
                    $($($flag: from.$flag != 0,)*)?
                    $($($number: $crate::bridge::mirror::Numbered::numbered(from.$number),)*)?
                }
            }
        }
    };
}

/// A C struct whose fields that C++ does not see are as they should be.
pub(super) trait Blank {
    fn blank() -> Self;
}

macro_rules! blank_by_default {
    ($($there:ty),* $(,)?) => { $(impl $crate::bridge::mirror::Blank for $there {
        #[inline]
        fn blank() -> Self {
            Self::default()
        }
    })* };
}

macro_rules! blank_by_config {
    ($($there:ty),* $(,)?) => { $(impl $crate::bridge::mirror::Blank for $there {
        #[inline]
        fn blank() -> Self {
            <Self as $crate::ffi::config::Config>::defaults()
        }
    })* };
}

/// An enumeration of the bridge from its number.
pub(super) trait Numbered<N> {
    fn numbered(number: N) -> Self;
}

macro_rules! numbered {
    ($($here:ty: $number:ty),* $(,)?) => { $(impl $crate::bridge::mirror::Numbered<$number> for $here {
        #[inline]
        fn numbered(repr: $number) -> Self {
            Self { repr }
        }
    })* };
}
