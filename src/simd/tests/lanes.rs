//! Each operation of each instruction set against the scalar one, on lanes full of special values.

use super::super::lanes::Lanes;
use super::super::scalar::Scalar;
use super::numbers;

/// Sixteen-lane rows in which every special value meets every other, and random ones.
fn rows() -> Vec<[f32; 16]> {
    let special = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        2.5,
        -3.5,
        f32::MIN_POSITIVE,
        -1e-45,
        1e-40,
        f32::MAX,
        f32::MIN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
        -f32::NAN,
        8_388_609.0,
    ];
    let mut rows = Vec::new();
    for shift in 0..16 {
        let mut row = special;
        row.rotate_left(shift);
        rows.push(row);
    }
    rows.extend(numbers(64 * 16, 5).as_chunks::<16>().0);
    rows
}

/// NaN as one value: which NaN an operation gives is not defined.
fn floats<S: Lanes>(s: S, x: S::F) -> [u32; 16] {
    let mut to = [0.0; 16];
    s.store(s.canonical(x), &mut to);
    to.map(f32::to_bits)
}

fn ints<S: Lanes>(s: S, x: S::I) -> [i32; 16] {
    let mut to = [0; 16];
    s.store_i(x, &mut to);
    to
}

fn same_operations<S: Lanes>(s: S) {
    // SAFETY: scalar code runs everywhere.
    let r = unsafe { Scalar::new() };
    let rows = rows();
    let as_ints = |row: &[f32; 16]| row.map(|x| x.to_bits().cast_signed());
    macro_rules! two {
        ($($name:ident)*) => {$(
            for pair in rows.windows(2) {
                let (a, b) = (&pair[0], &rows[0]);
                let left = floats(s, s.$name(s.load(a), s.load(b)));
                assert_eq!(left, floats(r, r.$name(r.load(a), r.load(b))), "{} of {a:?} and {b:?}", stringify!($name));
            }
        )*};
    }
    two!(add sub mul div min max copysign);
    macro_rules! three {
        ($($name:ident)*) => {$(
            for rows in rows.windows(3) {
                let (a, b, c) = (&rows[0], &rows[1], &rows[2]);
                let left = floats(s, s.$name(s.load(a), s.load(b), s.load(c)));
                let right = floats(r, r.$name(r.load(a), r.load(b), r.load(c)));
                assert_eq!(left, right, "{} of {a:?}, {b:?}, {c:?}", stringify!($name));
            }
        )*};
    }
    three!(fma fnma);
    macro_rules! one {
        ($($name:ident)*) => {$(
            for a in &rows {
                let left = floats(s, s.$name(s.load(a)));
                assert_eq!(left, floats(r, r.$name(r.load(a))), "{} of {a:?}", stringify!($name));
            }
        )*};
    }
    one!(sqrt abs neg round floor);
    macro_rules! compare {
        ($($name:ident)*) => {$(
            for pair in rows.windows(2) {
                let (a, b) = (&pair[0], &pair[1]);
                let (left, right) = (s.$name(s.load(a), s.load(b)), r.$name(r.load(a), r.load(b)));
                assert_eq!(s.mask_bits(left), r.mask_bits(right), "{}", stringify!($name));
                let chosen = floats(s, s.select(left, s.load(a), s.load(b)));
                assert_eq!(chosen, floats(r, r.select(right, r.load(a), r.load(b))));
            }
        )*};
    }
    compare!(lt le eq);
    macro_rules! two_ints {
        ($($name:ident)*) => {$(
            for pair in rows.windows(2) {
                let (a, b) = (as_ints(&pair[0]), as_ints(&rows[3]));
                let left = ints(s, s.$name(s.load_i(&a), s.load_i(&b)));
                assert_eq!(left, ints(r, r.$name(r.load_i(&a), r.load_i(&b))), "{}", stringify!($name));
            }
        )*};
    }
    two_ints!(add_i sub_i mul_i min_i max_i and or xor);
    for a in &rows {
        let i = as_ints(a);
        assert_eq!(s.mask_bits(s.is_nan(s.load(a))), r.mask_bits(r.is_nan(r.load(a))));
        assert_eq!(s.mask_bits(s.eq_i(s.load_i(&i), s.splat_i(i[3]))), r.mask_bits(r.eq_i(i, [i[3]; 16])));
        assert_eq!(s.mask_bits(s.gt_i(s.load_i(&i), s.splat_i(i[3]))), r.mask_bits(r.gt_i(i, [i[3]; 16])));
        assert_eq!(ints(s, s.shl::<7>(s.load_i(&i))), r.shl::<7>(i));
        assert_eq!(ints(s, s.shr::<9>(s.load_i(&i))), r.shr::<9>(i));
        assert_eq!(ints(s, s.shr_logical::<31>(s.load_i(&i))), r.shr_logical::<31>(i));
        assert_eq!(ints(s, s.bits(s.load(a))), i);
        assert_eq!(floats(s, s.to_f32(s.load_i(&i))), floats(r, r.to_f32(i)));
        let bounded = s.min(s.max(s.load(a), s.splat(-2e9)), s.splat(2e9));
        assert_eq!(ints(s, s.to_i32(bounded)), r.to_i32(r.min(r.max(*a, [-2e9; 16]), [2e9; 16])));
        let mask = s.lt(s.load(a), s.splat(0.5));
        let chosen = ints(s, s.select_i(mask, s.load_i(&i), s.splat_i(7)));
        assert_eq!(chosen, r.select_i(r.lt(*a, [0.5; 16]), i, [7; 16]));
        // SAFETY: sixteen i32 are 64 bytes.
        assert_eq!(ints(s, unsafe { s.load_bytes(i.as_ptr().cast()) }), i);
        let (mut bytes, mut halves) = ([0; 16], [0; 16]);
        s.store_low8(s.load_i(&i), &mut bytes);
        s.store_low16(s.load_i(&i), &mut halves);
        assert_eq!(bytes, i.map(|x| x as u8));
        assert_eq!(halves, i.map(|x| x as i16));
        assert_eq!(ints(s, s.load_u8(&bytes)), bytes.map(i32::from));
        assert_eq!(ints(s, s.load_i16(&halves)), halves.map(i32::from));
        for len in 0..=16 {
            let mut expected = [0.0; 16];
            expected[..len].copy_from_slice(&a[..len]);
            assert_eq!(floats(s, s.load_partial(&a[..len])), floats(r, expected));
            let mut out = [7.0; 18];
            s.store_partial(s.load(a), &mut out[1..=len]);
            let untouched = out[0] == 7.0 && out[len + 1..].iter().all(|&x| x == 7.0);
            assert!(untouched && out[1..=len].iter().zip(a).all(|(x, a)| x.to_bits() == a.to_bits()));
        }
    }
    for a in &rows[16..] {
        assert_eq!(s.reduce_add(s.load(a)).to_bits(), r.reduce_add(*a).to_bits());
        assert_eq!(s.reduce_max(s.load(a)).to_bits(), r.reduce_max(*a).to_bits());
        for n in [-250.0, -151.0, -126.0, -27.0, 0.0, 1.0, 127.0, 128.0, 250.0] {
            let x = a.map(|x| x.clamp(-4.0, 4.0)).map(|x| if x.abs() < 0.25 { 0.75 } else { x });
            let exact = x.map(|x| (f64::from(x) * libm::exp2(f64::from(n))) as f32);
            assert_eq!(floats(s, s.scale(s.load(&x), s.splat(n))), floats(r, exact), "2^{n}");
            assert_eq!(floats(r, r.scale(x, [n; 16])), floats(r, exact), "2^{n}");
        }
    }
}

/// The three dot products against plain integers and f64, all extremes of bytes included.
fn dot_products<S: Lanes>(s: S, exact_bf16: bool) {
    // SAFETY: scalar code runs everywhere.
    let r = unsafe { Scalar::new() };
    let bytes = |b: [i32; 4]| i32::from_le_bytes(b.map(|b| b as u8));
    for a in 0..=255 {
        for w in -127..=127 {
            let (x, y) = (bytes([a, 255 - a, a, a ^ 21]), bytes([w, -w, 127, -127]));
            let expected = 1000 + (a - 128) * w + (127 - a) * -w + (a - 128) * 127 + ((a ^ 21) - 128) * -127;
            // The four weights sum to zero, so a biased chain needs no correction.
            let sum = s.dot8(s.splat_i(1000), s.splat_i(x), s.splat_i(y));
            assert_eq!(ints(s, sum), [expected; 16], "{a} {w}");
        }
    }
    let all = bytes([255, 255, 255, 255]);
    for w in [-127, 127] {
        let start = s.dot8_start(s.splat_i(-128 * 4 * w));
        let sum = s.dot8(start, s.splat_i(all), s.splat_i(bytes([w; 4])));
        assert_eq!(ints(s, sum), [127 * 4 * w; 16]);
    }
    for row in rows().windows(2) {
        let (a, w) = (row[0].map(|x| x.to_bits().cast_signed()), row[1].map(|x| x.to_bits().cast_signed()));
        let left = ints(s, s.dot16(s.splat_i(-5), s.load_i(&a), s.load_i(&w)));
        assert_eq!(left, r.dot16([-5; 16], a, w));
        if exact_bf16 {
            let left = floats(s, s.dot_bf16(s.load(&row[1]), s.load_i(&a), s.load_i(&w)));
            assert_eq!(left, floats(r, r.dot_bf16(row[1], a, w)));
        }
    }
}

/// Runs a body with the token of every instruction set that is here.
macro_rules! every_token {
    (|$s:ident, $exact:ident| $body:expr) => {{
        {
            // SAFETY: scalar code runs everywhere.
            let ($s, $exact) = (unsafe { Scalar::new() }, true);
            $body;
        }
        #[cfg(target_arch = "x86_64")]
        {
            use super::super::{avx2::Avx2, avx512::Avx512};
            use std::arch::is_x86_feature_detected as has;
            if has!("avx2") && has!("fma") {
                // SAFETY: just found.
                let ($s, $exact) = (unsafe { Avx2::<false>::new() }, true);
                $body;
                if has!("avxvnni") {
                    // SAFETY: just found.
                    let ($s, $exact) = (unsafe { Avx2::<true>::new() }, true);
                    $body;
                }
            }
            if has!("avx512f") && has!("avx512bw") && has!("avx512dq") && has!("avx512vl") {
                // SAFETY: just found.
                let ($s, $exact) = (unsafe { Avx512::<false, false>::new() }, true);
                $body;
                if has!("avx512vnni") && has!("avx512bf16") {
                    // SAFETY: just found.
                    let ($s, $exact) = (unsafe { Avx512::<true, true>::new() }, false);
                    $body;
                }
            }
        }
        #[cfg(target_arch = "aarch64")]
        {
            // SAFETY: every AArch64 processor that runs the standard library has Advanced SIMD.
            let ($s, $exact) = (unsafe { super::super::neon::Neon::new() }, true);
            $body;
        }
    }};
}

#[test]
fn every_operation_gives_the_bits_of_scalar_code() {
    every_token!(|s, _exact| same_operations(s));
}

#[test]
fn dot_products_are_exact_for_all_bytes_and_extremes() {
    every_token!(|s, exact| dot_products(s, exact));
}
