//! Same bits everywhere: every kernel on one fixed set of inputs, under every instruction set that this machine has, and
//! against hashes that are committed, so that a run on another processor (or under an emulator) proves it equal to
//! this one. `MARKET_MAKER_BLESS=1 cargo test --test simd_bits` writes `golden/simd_hashes.txt` after an intended change.

use std::fmt::Write as _;

use market_maker::simd::{Isa, PackedBf16, PackedF32, PackedI8, PackedI16, Simd, Start};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A kernel that works in place.
type InPlace = fn(Simd, &mut [f32]);

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/simd_hashes.txt");

struct Inputs(Xoshiro256PlusPlus);

impl Inputs {
    fn below(&mut self, n: u32) -> usize {
        (self.0.next_u32() % n) as usize
    }

    /// Mostly of order one, one in sixteen any bit pattern at all.
    fn wild(&mut self, len: usize) -> Vec<f32> {
        let mut x = self.tame(len);
        for x in &mut x {
            if self.below(16) == 0 {
                *x = f32::from_bits(self.0.next_u32());
            }
        }
        x
    }

    /// In ±4.
    fn tame(&mut self, len: usize) -> Vec<f32> {
        (0..len).map(|_| (self.0.next_u32() >> 8) as f32 * (8.0 / 16_777_216.0) - 4.0).collect()
    }
}

/// FNV-1a over what one kernel wrote.
#[derive(Clone, Copy)]
struct Hash(u64);

impl Hash {
    const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    fn bytes(&mut self, bytes: impl IntoIterator<Item = u8>) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn floats(&mut self, x: &[f32]) {
        self.bytes(x.iter().flat_map(|x| x.to_bits().to_le_bytes()));
    }
}

/// The hash of each kernel's outputs over random shapes, many of them no multiple of 16.
fn hashes(simd: Simd) -> Vec<(&'static str, Hash)> {
    let mut all: Vec<(&'static str, Hash)> = Vec::new();
    let mut seed = 0;
    let mut kernel = |name: &'static str, run: &dyn Fn(&mut Inputs, &mut Hash)| {
        seed += 1;
        let mut hash = Hash::EMPTY;
        let mut inputs = Inputs(Xoshiro256PlusPlus::seed_from_u64(seed));
        for _ in 0..24 {
            run(&mut inputs, &mut hash);
        }
        all.push((name, hash));
    };
    let in_place: [(&'static str, InPlace); 7] = [
        ("exp", |s, x| s.exp(x)),
        ("tanh", |s, x| s.tanh(x)),
        ("sigmoid", |s, x| s.sigmoid(x)),
        ("gelu", |s, x| s.gelu(x)),
        ("silu", |s, x| s.silu(x)),
        ("softplus", |s, x| s.softplus(x)),
        ("softmax", |s, x| s.softmax(x)),
    ];
    for (name, function) in in_place {
        kernel(name, &|inputs, hash| {
            let len = inputs.below(200);
            // Softmax over a NaN is NaN throughout, so it gets tame inputs every other time.
            let mut x = if inputs.below(2) == 0 { inputs.wild(len) } else { inputs.tame(len) };
            function(simd, &mut x);
            hash.floats(&x);
        });
    }
    kernel("dot", &|inputs, hash| {
        let len = inputs.below(300);
        let (a, b) = (inputs.tame(len), inputs.tame(len));
        hash.floats(&[simd.dot(&a, &b), simd.dot(&inputs.wild(len), &a), simd.max_abs(&a)]);
    });
    kernel("norms", &|inputs, hash| {
        let len = 1 + inputs.below(150);
        let (x, weight, bias) = (inputs.tame(len), inputs.wild(len), inputs.tame(len));
        let mut out = vec![0.0; len];
        simd.rms_norm(&x, &weight, 1e-5, &mut out);
        hash.floats(&out);
        simd.layer_norm(&x, &weight, &bias, 1e-5, &mut out);
        hash.floats(&out);
        simd.layer_norm(&weight, &x, &bias, 1e-5, &mut out);
        hash.floats(&out);
    });
    kernel("matmul", &|inputs, hash| {
        let (rows, cols, n) = (1 + inputs.below(160), inputs.below(70), inputs.below(20));
        let weights = inputs.tame(rows * cols);
        let (bias, x, before) = (inputs.tame(rows), inputs.wild(n * (cols + 3)), inputs.tame(n * (rows + 1)));
        let packed = PackedF32::new(rows, cols, &weights, Some(&bias)).unwrap();
        for start in [Start::Zero, Start::Bias, Start::Output] {
            let mut y = before.clone();
            simd.matmul(&packed, start, &x, cols + 3, n, &mut y, rows + 1);
            hash.floats(&y);
            for (x, y) in x.chunks(cols + 3).zip(y.chunks_mut(rows + 1)) {
                simd.matvec(&packed, start, &x[..cols], &mut y[..rows]);
            }
            hash.floats(&y);
        }
    });
    kernel("quantise", &|inputs, hash| {
        let len = inputs.below(150);
        let x = inputs.wild(len);
        let (mut bytes, mut halves, mut back) = (vec![0; len], vec![0; len], vec![0.0; len]);
        simd.quantise_u8(&x, 0.03, &mut bytes);
        simd.quantise_i16(&x, 0.001, 4095, &mut halves);
        hash.bytes(bytes.iter().copied());
        hash.bytes(halves.iter().flat_map(|x| x.to_le_bytes()));
        simd.dequantise_u8(&bytes, 0.03, &mut back);
        hash.floats(&back);
        simd.dequantise_i16(&halves, 0.001, &mut back);
        hash.floats(&back);
        let mut rounded = vec![0; len];
        simd.round_bf16(&x, &mut rounded);
        simd.widen_bf16(&rounded, &mut back);
        hash.floats(&back);
    });
    kernel("matmul_i8", &|inputs, hash| {
        let (rows, cols, n) = (1 + inputs.below(160), inputs.below(70), inputs.below(20));
        let weights = inputs.tame(rows * cols);
        let (bias, scales, mut y) = (inputs.tame(rows), inputs.tame(n), inputs.tame(n * rows));
        let x: Vec<u8> = (0..n * cols).map(|_| inputs.below(256) as u8).collect();
        let packed = PackedI8::new(rows, cols, &weights, Some(&bias)).unwrap();
        for start in [Start::Zero, Start::Bias, Start::Output] {
            simd.matmul_i8(&packed, start, &x, cols, &scales, &mut y, rows);
            hash.floats(&y);
        }
    });
    kernel("matmul_i16", &|inputs, hash| {
        let (rows, cols, n) = (1 + inputs.below(160), inputs.below(70), inputs.below(20));
        let weights = inputs.tame(rows * cols);
        let (bias, scales, mut y) = (inputs.tame(rows), inputs.tame(n), inputs.tame(n * rows));
        // Any i16: beyond the limit sums wrap, alike everywhere.
        let x: Vec<i16> = (0..n * cols).map(|_| inputs.below(65_536) as u16 as i16).collect();
        let packed = PackedI16::new(rows, cols, &weights, Some(&bias), 2047, 4095).unwrap();
        for start in [Start::Zero, Start::Bias, Start::Output] {
            simd.matmul_i16(&packed, start, &x, cols, &scales, &mut y, rows);
            hash.floats(&y);
        }
    });
    if !simd.extensions().contains("bf16") {
        kernel("matmul_bf16", &|inputs, hash| {
            let (rows, cols, n) = (1 + inputs.below(160), inputs.below(70), inputs.below(20));
            let weights = inputs.tame(rows * cols);
            let (bias, x, mut y) = (inputs.tame(rows), inputs.wild(n * cols), inputs.tame(n * rows));
            let mut rounded = vec![0; x.len()];
            simd.round_bf16(&x, &mut rounded);
            let packed = PackedBf16::new(rows, cols, &weights, Some(&bias)).unwrap();
            for start in [Start::Zero, Start::Bias, Start::Output] {
                simd.matmul_bf16(&packed, start, &rounded, cols, n, &mut y, rows);
                hash.floats(&y);
            }
        });
    }
    all
}

/// One line a kernel: its name and the hash.
fn text(hashes: &[(&str, Hash)]) -> String {
    hashes.iter().fold(String::new(), |mut text, (name, hash)| {
        writeln!(text, "{name} {:016x}", hash.0).unwrap();
        text
    })
}

#[test]
fn every_kernel_gives_the_committed_bits_under_every_instruction_set_of_this_machine() {
    let scalar = hashes(Simd::new(Isa::Scalar).unwrap());
    if std::env::var_os("MARKET_MAKER_BLESS").is_some() {
        std::fs::write(GOLDEN, text(&scalar)).unwrap();
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    for simd in Simd::available() {
        let found = text(&hashes(simd));
        // The processor's own bf16 products may differ and are left out.
        assert!(golden.starts_with(&found), "{simd:?}\n{found}but committed is\n{golden}");
        println!("{simd:?}: as committed");
    }
}

#[test]
fn the_environment_variable_names_the_instruction_set_or_is_refused() {
    // Under an emulator a child needs one too; scripts/test-neon says which.
    let runner = std::env::var("MARKET_MAKER_TEST_RUNNER").unwrap_or_default();
    let program = std::env::current_exe().unwrap().to_str().unwrap().to_owned();
    let mut words: Vec<&str> = runner.split_whitespace().collect();
    words.push(&program);
    let child = |name: &str| {
        let output = std::process::Command::new(words[0])
            .args(&words[1..])
            .args(["--exact", "child_reports_what_was_detected", "--ignored", "--nocapture"])
            .env("MARKET_MAKER_FORCE_ISA", name)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for simd in Simd::available() {
        let name = simd.isa().name();
        assert!(child(name).contains(&format!("detected {name};")), "{name}");
    }
    assert!(child("sse9").contains("unknown instruction set \"sse9\""));
    let absent = if cfg!(target_arch = "x86_64") { "neon" } else { "avx512" };
    assert!(child(absent).contains("is not available on this machine"));
    let best = Simd::available().next().unwrap().isa();
    assert!(child("").contains(&format!("detected {best};")));
}

#[test]
#[ignore = "runs as a child of the test above"]
fn child_reports_what_was_detected() {
    match Simd::detect() {
        Ok(simd) => println!("detected {};", simd.isa()),
        Err(error) => println!("{error}"),
    }
}
