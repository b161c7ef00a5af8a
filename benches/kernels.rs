//! The kernels beside this machine's limits and beside a general matrix product.
//!
//! `taskset -c 1 cargo bench --bench kernels` measures what one core can do at most (multiply-adds in registers, reads from
//! each cache), then the products of the documented networks in each number format as shares of that, the functions
//! and norms by criterion, and prints one JSON line per f32 product against `matrixmultiply`, which `ndarray` multiplies
//! with. The peer packs its operands in every call, as its interface asks; our weights are packed once at load. Words
//! after `--` name groups for criterion as usual; `limits` alone skips criterion.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use market_maker::mem::buffer::AlignedBuffer;
use market_maker::simd::{PackedBf16, PackedF32, PackedI8, PackedI16, Simd, Start};

/// Rows, columns and vectors of the networks' products, and where they stand.
const PRODUCTS: [(usize, usize, usize, &str); 8] = [
    (512, 128, 11, "ssm in_proj"),
    (128, 256, 11, "ssm out_proj"),
    (24, 256, 11, "ssm x_proj"),
    (256, 8, 11, "ssm dt_proj"),
    (128, 24, 96, "ssm embedding"),
    (768, 1408, 1, "ssm head"),
    (768, 1408, 16, "ssm head, 16 windows"),
    (512, 128, 1, "one step of an lstm"),
];
/// Rounds of every measurement; the best counts, because other tenants only add time.
const ROUNDS: usize = 25;

/// Seconds of one call, the best of [`ROUNDS`] runs of about two milliseconds.
fn seconds(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed() < Duration::from_millis(2) {
        call();
        calls += 1;
    }
    let run = |_| {
        let start = Instant::now();
        for _ in 0..calls {
            call();
        }
        start.elapsed().as_secs_f64() / f64::from(calls)
    };
    (0..ROUNDS).map(run).fold(f64::INFINITY, f64::min)
}

#[cfg(target_arch = "x86_64")]
mod peak {
    //! Loops that do nothing else: 24 or 12 independent chains of multiply-adds, and reads into eight registers.

    use std::arch::x86_64::*;
    use std::hint::black_box;

    use market_maker::simd::{Isa, Simd};

    use super::seconds;

    const TURNS: usize = 1000;

    #[target_feature(enable = "avx512f")]
    fn chains_avx512() -> f32 {
        let (b, c) = (_mm512_set1_ps(black_box(0.999)), _mm512_set1_ps(black_box(0.001)));
        let mut sums = [_mm512_set1_ps(1.0); 24];
        for _ in 0..TURNS {
            for sum in &mut sums {
                *sum = _mm512_fmadd_ps(*sum, b, c);
            }
        }
        let mut all = sums[0];
        for sum in sums {
            all = _mm512_add_ps(all, sum);
        }
        _mm512_reduce_add_ps(all)
    }

    #[target_feature(enable = "avx2,fma")]
    fn chains_avx2() -> f32 {
        let (b, c) = (_mm256_set1_ps(black_box(0.999)), _mm256_set1_ps(black_box(0.001)));
        let mut sums = [_mm256_set1_ps(1.0); 12];
        for _ in 0..TURNS {
            for sum in &mut sums {
                *sum = _mm256_fmadd_ps(*sum, b, c);
            }
        }
        let mut all = sums[0];
        for sum in sums {
            all = _mm256_add_ps(all, sum);
        }
        _mm_cvtss_f32(_mm256_castps256_ps128(all))
    }

    #[target_feature(enable = "avx512f")]
    fn read_avx512(lines: &[[f32; 128]]) -> f32 {
        let mut sums = [_mm512_setzero_ps(); 8];
        for line in lines {
            for (sum, part) in sums.iter_mut().zip(line.as_chunks::<16>().0) {
                // SAFETY: sixteen f32 behind a reference to as many; the load needs no alignment.
                *sum = _mm512_max_ps(*sum, unsafe { _mm512_loadu_ps(part.as_ptr()) });
            }
        }
        let mut all = sums[0];
        for sum in sums {
            all = _mm512_max_ps(all, sum);
        }
        _mm512_reduce_max_ps(all)
    }

    #[target_feature(enable = "avx2")]
    fn read_avx2(lines: &[[f32; 128]]) -> f32 {
        let mut sums = [_mm256_setzero_ps(); 8];
        for line in lines {
            for (place, part) in line.as_chunks::<8>().0.iter().enumerate() {
                // SAFETY: eight f32 behind a reference to as many; the load needs no alignment.
                let part = unsafe { _mm256_loadu_ps(part.as_ptr()) };
                sums[place % 8] = _mm256_max_ps(sums[place % 8], part);
            }
        }
        let mut all = sums[0];
        for sum in sums {
            all = _mm256_max_ps(all, sum);
        }
        _mm_cvtss_f32(_mm256_castps256_ps128(all))
    }

    /// Floating-point operations a second, in billions, with the instructions that `simd` uses.
    pub fn arithmetic(simd: Simd) -> Option<f64> {
        let (operations, time) = match simd.isa() {
            // SAFETY: `simd` exists only where its instruction set does.
            Isa::Avx512 => (24 * 32, seconds(|| _ = black_box(unsafe { chains_avx512() }))),
            // SAFETY: as above.
            Isa::Avx2 => (12 * 16, seconds(|| _ = black_box(unsafe { chains_avx2() }))),
            _ => return None,
        };
        Some((operations * TURNS) as f64 / time * 1e-9)
    }

    /// Bytes a second, in billions, that come from `memory` again and again.
    pub fn read(simd: Simd, memory: &[f32]) -> Option<f64> {
        let lines = memory.as_chunks::<128>().0;
        let time = match simd.isa() {
            // SAFETY: `simd` exists only where its instruction set does.
            Isa::Avx512 => seconds(|| _ = black_box(unsafe { read_avx512(black_box(lines)) })),
            // SAFETY: as above.
            Isa::Avx2 => seconds(|| _ = black_box(unsafe { read_avx2(black_box(lines)) })),
            _ => return None,
        };
        Some(size_of_val(lines) as f64 / time * 1e-9)
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod peak {
    //! Not measured here.
    use market_maker::simd::Simd;

    pub fn arithmetic(_: Simd) -> Option<f64> {
        None
    }

    pub fn read(_: Simd, _: &[f32]) -> Option<f64> {
        None
    }
}

/// Numbers in ±0.5 without a pattern that any kernel could profit from.
fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|i| (i * 7919 % 1009) as f32 / 1009.0 - 0.5).collect()
}

/// `y[n × rows] ← x[n × cols] · Wᵀ` by the peer.
fn peer(rows: usize, cols: usize, n: usize, w: &[f32], x: &[f32], y: &mut [f32]) {
    assert!(w.len() == rows * cols && x.len() == n * cols && y.len() == n * rows);
    let (across, down) = (cols as isize, rows as isize);
    // SAFETY: the three matrices have these sizes, and `y` is borrowed exclusively.
    unsafe {
        matrixmultiply::sgemm(
            n,
            cols,
            rows,
            1.0,
            x.as_ptr(),
            across,
            1,
            w.as_ptr(),
            1,
            across,
            0.0,
            y.as_mut_ptr(),
            down,
            1,
        );
    }
}

/// What one core does at most: multiply-adds, and reads by the size of what is read.
fn limits(simd: Simd) -> Option<f64> {
    let arithmetic = peak::arithmetic(simd);
    if let Some(most) = arithmetic {
        println!("{simd:?}: {most:.1} GFLOP/s of multiply-adds in registers");
    }
    for kib in [32, 256, 1024, 4224, 16_384] {
        if let Ok(memory) = AlignedBuffer::new(kib * 256, 1.0_f32)
            && let Some(bytes) = peak::read(simd, &memory)
        {
            println!("  {kib:6} KiB read again and again: {bytes:6.1} GB/s");
        }
    }
    arithmetic
}

/// The networks' products in each format, and in f32 beside the peer.
fn products(simd: Simd, arithmetic: Option<f64>) {
    let mut lines = Vec::new();
    println!("{simd:?}\n  {:34}{:>8} µs {:>7} GFLOP/s {:>9} of peak", "f32", "", "", "");
    for (rows, cols, n, place) in PRODUCTS {
        let (w, x) = (numbers(rows * cols), numbers(n * cols));
        let mut y = vec![0.0_f32; n * rows];
        let packed = PackedF32::new(rows, cols, &w, None).expect("memory");
        let (mut theirs_y, operations) = (y.clone(), 2.0 * (rows * cols * n) as f64);
        peer(rows, cols, n, &w, &x, &mut theirs_y);
        simd.matmul(&packed, Start::Zero, &x, cols, n, &mut y, rows);
        let far = y.iter().zip(&theirs_y).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(far < 1e-3, "{rows}x{cols}x{n}: the products differ by {far}");
        let ours =
            seconds(|| simd.matmul(&packed, Start::Zero, black_box(&x), cols, n, black_box(&mut y), rows));
        let theirs = seconds(|| peer(rows, cols, n, &w, black_box(&x), black_box(&mut theirs_y)));
        let rate = operations / ours * 1e-9;
        let share = arithmetic.map_or_else(String::new, |most| format!("{:8.0} %", 100.0 * rate / most));
        let name = format!("{place} {rows}x{cols}x{n}");
        println!("  {name:34}{:8.2}    {rate:7.1}         {share}", ours * 1e6);
        let of_peak = arithmetic.map_or("null".into(), |most| format!("{:.3}", rate / most));
        lines.push(format!(
            r#"{{"bench":"kernels/matmul {rows}x{cols}x{n}","unit":"us","ours":{:.3},"peer":"matrixmultiply","theirs":{:.3},"ratio":{:.4},"of_peak":{of_peak}}}"#,
            ours * 1e6,
            theirs * 1e6,
            ours / theirs
        ));
    }
    println!("  {:34}{:>10}{:>10}{:>10}", "µs of fewer bits", "bf16", "i16", "int8");
    for (rows, cols, n, place) in PRODUCTS {
        let w = numbers(rows * cols);
        let (mut y, scales) = (vec![0.0_f32; n * rows], vec![0.01_f32; n]);
        let bf16 = PackedBf16::new(rows, cols, &w, None).expect("memory");
        let i16 = PackedI16::new(rows, cols, &w, None, 1000, 1000).expect("short sums");
        let int8 = PackedI8::new(rows, cols, &w, None).expect("short sums");
        let halves = vec![0x3F80_u16; n * cols];
        let steps = vec![77_i16; n * cols];
        let bytes = vec![77_u8; n * cols];
        let bf16 = seconds(|| {
            simd.matmul_bf16(&bf16, Start::Zero, black_box(&halves), cols, n, black_box(&mut y), rows)
        });
        let i16 = seconds(|| {
            simd.matmul_i16(&i16, Start::Zero, black_box(&steps), cols, &scales, black_box(&mut y), rows)
        });
        let int8 = seconds(|| {
            simd.matmul_i8(&int8, Start::Zero, black_box(&bytes), cols, &scales, black_box(&mut y), rows)
        });
        let name = format!("{place} {rows}x{cols}x{n}");
        println!("  {name:34}{:10.2}{:10.2}{:10.2}", bf16 * 1e6, i16 * 1e6, int8 * 1e6);
    }
    for line in lines {
        println!("{line}");
    }
}

/// The functions, norms and rounding, by criterion.
fn small(criterion: &mut Criterion, simd: Simd) {
    type InPlace = fn(Simd, &mut [f32]);
    let functions: [(&str, InPlace); 7] = [
        ("exp", |simd, x| simd.exp(x)),
        ("tanh", |simd, x| simd.tanh(x)),
        ("sigmoid", |simd, x| simd.sigmoid(x)),
        ("gelu", |simd, x| simd.gelu(x)),
        ("silu", |simd, x| simd.silu(x)),
        ("softplus", |simd, x| simd.softplus(x)),
        ("softmax", |simd, x| simd.softmax(x)),
    ];
    let mut group = criterion.benchmark_group(format!("kernels/{}", simd.isa()));
    group.throughput(Throughput::Elements(1024));
    for (name, function) in functions {
        let source = numbers(1024);
        let mut x = source.clone();
        group.bench_function(format!("{name} of 1024"), |bencher| {
            bencher.iter(|| {
                x.copy_from_slice(&source);
                function(simd, black_box(&mut x));
            });
        });
    }
    group.throughput(Throughput::Elements(128));
    let (a, b, mut out) = (numbers(128), numbers(128), vec![0.0; 128]);
    group.bench_function("dot of 128", |bencher| bencher.iter(|| simd.dot(black_box(&a), black_box(&b))));
    group.bench_function("rms_norm of 128", |bencher| {
        bencher.iter(|| simd.rms_norm(black_box(&a), &b, 1e-5, black_box(&mut out)));
    });
    group.bench_function("layer_norm of 128", |bencher| {
        bencher.iter(|| simd.layer_norm(black_box(&a), &b, &a, 1e-5, black_box(&mut out)));
    });
    let mut bytes = vec![0; 128];
    group.bench_function("quantise_u8 of 128", |bencher| {
        bencher.iter(|| simd.quantise_u8(black_box(&a), 0.01, black_box(&mut bytes)));
    });
    group.finish();
}

fn main() {
    let only_limits = std::env::args().any(|argument| argument == "limits");
    for simd in Simd::available() {
        let arithmetic = limits(simd);
        products(simd, arithmetic);
    }
    if !only_limits {
        let mut criterion = Criterion::default()
            .sample_size(20)
            .warm_up_time(Duration::from_millis(200))
            .measurement_time(Duration::from_millis(500))
            .configure_from_args();
        let mut seen = Vec::new();
        for simd in Simd::available() {
            if !seen.contains(&simd.isa().name()) {
                seen.push(simd.isa().name());
                small(&mut criterion, simd);
            }
        }
        criterion.final_summary();
    }
}
