//! Claims about the kernels that need every instruction set at once.

use super::*;

mod accuracy;
mod lanes;
mod quantised;

fn numbers(len: usize, seed: u64) -> Vec<f32> {
    use rand_core::{RngCore, SeedableRng};
    let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..len).map(|_| (random.next_u32() as f32 / u32::MAX as f32 - 0.5) * 8.0).collect()
}

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn products_are_one_chain_per_output_on_every_instruction_set() {
    for (rows, cols, n) in [(1, 1, 1), (16, 3, 2), (24, 40, 11), (100, 7, 13), (130, 33, 5), (257, 5, 100)] {
        let (weights, x) = (numbers(rows * cols, 1), numbers(n * cols, 2));
        let (bias, start_y) = (numbers(rows, 3), numbers(n * rows, 4));
        let packed = PackedF32::new(rows, cols, &weights, Some(&bias)).unwrap();
        for start in [Start::Zero, Start::Bias, Start::Output] {
            let mut expected = start_y.clone();
            for i in 0..n {
                for r in 0..rows {
                    let mut sum = match start {
                        Start::Zero => 0.0,
                        Start::Bias => bias[r],
                        Start::Output => start_y[i * rows + r],
                    };
                    for k in 0..cols {
                        sum = weights[r * cols + k].mul_add(x[i * cols + k], sum);
                    }
                    expected[i * rows + r] = sum;
                }
            }
            for simd in Simd::available() {
                let mut y = start_y.clone();
                simd.matmul(&packed, start, &x, cols, n, &mut y, rows);
                assert_eq!(bits(&y), bits(&expected), "{simd:?} {rows}×{cols} n {n} {start:?}");
                let mut y = start_y.clone();
                for i in 0..n {
                    simd.matvec(&packed, start, &x[i * cols..][..cols], &mut y[i * rows..][..rows]);
                }
                assert_eq!(bits(&y), bits(&expected), "{simd:?} {rows}×{cols} {start:?}, one by one");
            }
        }
    }
}

#[test]
fn an_instruction_set_is_had_by_name_or_refused_by_name() {
    assert_eq!(Isa::from_name("avx512"), Ok(Isa::Avx512));
    assert_eq!(Isa::from_name("sse9"), Err(SimdError::UnknownIsa { name: "sse9".into() }));
    for isa in Isa::ALL {
        let here = Simd::available().any(|simd| simd.isa() == isa);
        match Simd::new(isa) {
            Ok(simd) => assert!(here && simd.isa() == isa),
            Err(error) => assert!(!here && error == SimdError::Unavailable { isa }),
        }
    }
    assert!(Simd::new(Isa::Scalar).is_ok());
}

#[test]
fn packed_weights_refuse_lengths_that_do_not_fit() {
    let shape = |what, expected, found| SimdError::Shape { what, expected, found };
    assert_eq!(PackedF32::new(2, 3, &[0.0; 5], None).unwrap_err(), shape("weights", 6, 5));
    assert_eq!(PackedF32::new(2, 3, &[0.0; 6], Some(&[0.0; 3])).unwrap_err(), shape("bias", 2, 3));
    assert_eq!(PackedI8::new(2, 3, &[0.0; 6], Some(&[0.0; 3])).unwrap_err(), shape("bias", 2, 3));
    assert!(PackedF32::new(usize::MAX, 2, &[], None).is_err());
    let empty = PackedF32::new(0, 3, &[], None).unwrap();
    assert_eq!((empty.rows(), empty.padded_rows(), empty.weights().len()), (0, 0, 0));
    for simd in Simd::available() {
        simd.matvec(&empty, Start::Bias, &[0.0; 3], &mut []);
        let no_inputs = PackedF32::new(3, 0, &[], Some(&[1.0, 2.0, 3.0])).unwrap();
        let mut y = [0.0; 3];
        simd.matvec(&no_inputs, Start::Bias, &[], &mut y);
        assert_eq!(y, [1.0, 2.0, 3.0]);
    }
}

#[test]
fn strides_leave_what_lies_between_untouched() {
    let packed = PackedF32::new(5, 3, &numbers(15, 1), None).unwrap();
    let x = numbers(4 * 7, 2);
    for simd in Simd::available() {
        let mut y = vec![9.0; 4 * 8];
        simd.matmul(&packed, Start::Zero, &x, 7, 4, &mut y, 8);
        for i in 0..4 {
            let mut expected = [0.0; 5];
            simd.matvec(&packed, Start::Zero, &x[i * 7..][..3], &mut expected);
            assert_eq!(y[i * 8..][..5], expected);
            assert_eq!(y[i * 8 + 5..][..3], [9.0; 3]);
        }
    }
}

#[test]
fn norms_and_softmax_agree_with_f64() {
    for simd in Simd::available() {
        for n in [1, 2, 15, 16, 17, 24, 100, 128] {
            let (x, weight, bias) = (numbers(n, 1), numbers(n, 2), numbers(n, 3));
            let wide = |x: &[f32]| x.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
            let (exact, w, b) = (wide(&x), wide(&weight), wide(&bias));
            let near = |got: &[f32], expected: Vec<f64>| {
                for (got, expected) in got.iter().zip(expected) {
                    assert!(
                        (f64::from(*got) - expected).abs() <= 2e-6 * expected.abs().max(1.0),
                        "{simd:?} {n}"
                    );
                }
            };
            let mut out = vec![0.0; n];
            simd.rms_norm(&x, &weight, 1e-5, &mut out);
            let scale = 1.0 / (exact.iter().map(|x| x * x).sum::<f64>() / n as f64 + 1e-5).sqrt();
            near(&out, exact.iter().zip(&w).map(|(x, w)| x * scale * w).collect());
            simd.layer_norm(&x, &weight, &bias, 1e-5, &mut out);
            let mean = exact.iter().sum::<f64>() / n as f64;
            let variance = exact.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
            let scale = 1.0 / (variance + 1e-5).sqrt();
            near(&out, exact.iter().zip(&w).zip(&b).map(|((x, w), b)| (x - mean) * scale * w + b).collect());
            out.copy_from_slice(&x);
            simd.softmax(&mut out);
            let sum = exact.iter().map(|x| libm::exp(*x)).sum::<f64>();
            near(&out, exact.iter().map(|x| libm::exp(*x) / sum).collect());
            let product = exact.iter().zip(&w).map(|(x, w)| x * w).sum::<f64>();
            near(&[simd.dot(&x, &weight)], vec![product]);
        }
    }
}
