//! Claims about the kernels that need every instruction set at once.

use super::*;

mod accuracy;

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
