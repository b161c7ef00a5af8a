//! Products and conversions of fewer bits against plain integer arithmetic.

use super::super::*;
use super::{bits, numbers};

#[test]
fn byte_products_are_exact_sums_scaled_once() {
    for (rows, cols, n) in [(1, 1, 1), (16, 4, 2), (24, 41, 11), (100, 7, 13), (130, 66, 5), (70, 300, 3)] {
        let (weights, x) = (numbers(rows * cols, 1), numbers(n * cols, 2));
        let bias = numbers(rows, 3);
        let packed = PackedI8::new(rows, cols, &weights, Some(&bias)).unwrap();
        let mut steps = vec![0; x.len()];
        Simd::new(Isa::Scalar).unwrap().quantise_u8(&x, 4.0 / 127.0, &mut steps);
        steps[0] = 0; // the byte that only foreign code makes
        let scales: Vec<f32> = (0..n).map(|i| 0.01 + i as f32 * 0.001).collect();
        for start in [Start::Zero, Start::Bias, Start::Output] {
            let before = numbers(n * rows, 4);
            let mut expected = before.clone();
            for (i, r) in (0..n).flat_map(|i| (0..rows).map(move |r| (i, r))) {
                let row = &weights[r * cols..][..cols];
                let scale = row.iter().fold(0.0_f32, |m, w| m.max(w.abs())) / 127.0;
                let sum: i64 = (0..cols)
                    .map(|k| {
                        (row[k] / scale).round_ties_even() as i64 * (i64::from(steps[i * cols + k]) - 128)
                    })
                    .sum();
                let begin = match start {
                    Start::Zero => 0.0,
                    Start::Bias => bias[r],
                    Start::Output => before[i * rows + r],
                };
                expected[i * rows + r] = (sum as f32).mul_add(scale * scales[i], begin);
            }
            for simd in Simd::available() {
                let mut y = before.clone();
                simd.matmul_i8(&packed, start, &steps, cols, &scales, &mut y, rows);
                assert_eq!(bits(&y), bits(&expected), "{simd:?} {rows}×{cols} n {n} {start:?}");
                let mut y = before.clone();
                for i in 0..n {
                    let (x, y) = (&steps[i * cols..][..cols], &mut y[i * rows..][..rows]);
                    simd.matvec_i8(&packed, start, x, scales[i], y);
                }
                assert_eq!(bits(&y), bits(&expected), "{simd:?} {rows}×{cols} {start:?}, one by one");
            }
        }
    }
}

#[test]
fn i16_products_are_exact_sums_scaled_once() {
    for (rows, cols, n) in [(1, 1, 1), (16, 4, 2), (24, 41, 11), (100, 7, 13), (130, 256, 5)] {
        let (weights, x) = (numbers(rows * cols, 1), numbers(n * cols, 2));
        let packed = PackedI16::new(rows, cols, &weights, None, 2047, 4095).unwrap();
        let mut steps = vec![0; x.len()];
        Simd::new(Isa::Scalar).unwrap().quantise_i16(&x, 4.0 / 4095.0, 4095, &mut steps);
        let scales = vec![4.0 / 4095.0; n];
        let mut expected = vec![0.0; n * rows];
        for (i, r) in (0..n).flat_map(|i| (0..rows).map(move |r| (i, r))) {
            let row = &weights[r * cols..][..cols];
            let scale = row.iter().fold(0.0_f32, |m, w| m.max(w.abs())) / 2047.0;
            let sum: i64 = (0..cols)
                .map(|k| (row[k] / scale).round_ties_even() as i64 * i64::from(steps[i * cols + k]))
                .sum();
            expected[i * rows + r] = (sum as f32).mul_add(scale * scales[i], 0.0);
        }
        for simd in Simd::available() {
            let mut y = vec![f32::NAN; n * rows];
            simd.matmul_i16(&packed, Start::Zero, &steps, cols, &scales, &mut y, rows);
            assert_eq!(bits(&y), bits(&expected), "{simd:?} {rows}×{cols} n {n}");
        }
    }
}

#[test]
fn bf16_products_are_near_and_the_same_bits_without_hardware_dot_products() {
    for (rows, cols, n) in [(1, 1, 1), (24, 41, 11), (130, 66, 5)] {
        let (weights, x) = (numbers(rows * cols, 1), numbers(n * cols, 2));
        let packed = PackedBf16::new(rows, cols, &weights, None).unwrap();
        let scalar = Simd::new(Isa::Scalar).unwrap();
        let mut halves = vec![0; x.len()];
        scalar.round_bf16(&x, &mut halves);
        let mut reference = vec![0.0; n * rows];
        scalar.matmul_bf16(&packed, Start::Zero, &halves, cols, n, &mut reference, rows);
        let rounded = |x: f32| {
            let bits = x.to_bits();
            f64::from(f32::from_bits((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000))
        };
        for simd in Simd::available() {
            let mut y = vec![0.0; n * rows];
            simd.matmul_bf16(&packed, Start::Zero, &halves, cols, n, &mut y, rows);
            if !simd.extensions().contains("bf16") {
                assert_eq!(bits(&y), bits(&reference), "{simd:?}");
            }
            for (i, r) in (0..n).flat_map(|i| (0..rows).map(move |r| (i, r))) {
                let products = (0..cols).map(|k| rounded(weights[r * cols + k]) * rounded(x[i * cols + k]));
                let (sum, size) = products.fold((0.0, 0.0), |(s, m), p| (s + p, m + p.abs()));
                assert!((f64::from(y[i * rows + r]) - sum).abs() <= 4e-6 * size, "{simd:?}");
            }
        }
    }
}

#[test]
fn conversions_round_to_the_nearest_and_ties_to_even() {
    let x =
        [0.5, 1.5, 2.5, -0.5, -1.5, 126.4, 126.6, 200.0, -200.0, f32::INFINITY, f32::NAN, 0.0, -0.0, 1e-30];
    let steps = [0, 2, 2, 0, -2, 126, 127, 127, -127, 127, -127, 0, 0, 0];
    for simd in Simd::available() {
        let (mut bytes, mut halves) = ([0; 14], [0; 14]);
        simd.quantise_u8(&x, 1.0, &mut bytes);
        assert_eq!(bytes.map(|b| i32::from(b) - 128), steps, "{simd:?}");
        simd.quantise_i16(&x, 1.0, 127, &mut halves);
        assert_eq!(halves.map(i32::from), steps, "{simd:?}");
        simd.quantise_u8(&x[..8], 0.0, &mut bytes[..8]);
        assert_eq!(bytes[..8], [128; 8]);
        let mut back = [0.0; 14];
        simd.dequantise_i16(&halves, 0.5, &mut back);
        assert_eq!(back.map(|x| x * 2.0), steps.map(|x| x as f32));
        simd.dequantise_u8(&[0, 1, 128, 255], 2.0, &mut back[..4]);
        assert_eq!(back[..4], [-256.0, -254.0, 0.0, 254.0]);
    }
}

#[test]
fn bf16_rounding_is_the_nearest_for_every_exponent() {
    let mut x: Vec<f32> = (0..=u32::MAX).step_by(65_521).map(f32::from_bits).collect();
    x.extend([0x3F80_8000, 0x3F81_8000, 0x7F7F_8000, 0x0000_8000, 0x0000_8001].map(f32::from_bits));
    for simd in Simd::available() {
        let (mut halves, mut back) = (vec![0; x.len()], vec![0.0; x.len()]);
        simd.round_bf16(&x, &mut halves);
        simd.widen_bf16(&halves, &mut back);
        for ((x, half), back) in x.iter().zip(&halves).zip(&back) {
            if x.is_nan() {
                assert_eq!(*half, 0x7FC0);
                continue;
            }
            assert!(x.is_sign_negative() == back.is_sign_negative());
            let exact = f64::from(x.abs());
            let distance = |half: u16| match f64::from(f32::from_bits(u32::from(half & 0x7FFF) << 16)) {
                // Infinity stands where the next number would be.
                far if far.is_infinite() => (libm::exp2(128.0) - exact.min(1e39)).abs(),
                near => (near - exact).abs(),
            };
            if x.is_finite() {
                let here = distance(*half);
                let magnitude = half & 0x7FFF;
                for neighbour in [magnitude.max(1) - 1, magnitude.min(0x7F7F) + 1] {
                    let there = distance(neighbour);
                    let kept = neighbour == magnitude || here < there || (here == there && half & 1 == 0);
                    assert!(kept, "{x:e} as {half:x}");
                }
            }
        }
    }
}

#[test]
fn sums_that_could_leave_32_bits_are_refused() {
    assert!(PackedI16::new(1, 256, &[0.5; 256], None, 2047, 4095).is_ok());
    assert_eq!(
        PackedI16::new(1, 257, &[0.5; 257], None, 2047, 4095).unwrap_err(),
        SimdError::Range { cols: 257, weight: 2047, input: 4095 }
    );
    assert!(PackedI8::new(1, 132_105, &vec![0.5; 132_105], None).is_err());
}

#[test]
fn the_largest_magnitude_is_found_and_nan_is_not_lost() {
    for simd in Simd::available() {
        assert_eq!(simd.max_abs(&[]), 0.0);
        let mut x = numbers(100, 9);
        let expected = x.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
        assert_eq!(simd.max_abs(&x), expected);
        for place in [0, 15, 63, 99] {
            let kept = std::mem::replace(&mut x[place], -f32::NAN);
            assert_eq!(simd.max_abs(&x).to_bits(), NAN.to_bits());
            x[place] = kept;
        }
    }
}
