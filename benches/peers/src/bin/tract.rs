//! Times one ONNX model in tract: a JSON line of microseconds per call, for `make bench-inference`.
//!
//! `tract MODEL INPUTS OUTPUTS CALLS`: inputs and what the model must give for them as raw f32, rotating.

use std::time::Instant;

use tract_onnx::prelude::*;
use tract_onnx::tract_hir::internal::{DimLike, bail, format_err};

fn floats(path: &str) -> TractResult<Vec<f32>> {
    let bytes = std::fs::read(path)?;
    Ok(bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

fn main() -> TractResult<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, model, inputs, outputs, calls] = &arguments[..] else {
        bail!("MODEL INPUTS OUTPUTS CALLS");
    };
    let calls: usize = calls.parse()?;
    let model = tract_onnx::onnx().model_for_path(model)?.into_optimized()?;
    let fact = model.input_fact(0)?;
    let shape = fact.shape.as_concrete().ok_or_else(|| format_err!("a model of fixed shape"))?.to_vec();
    let width = shape.iter().product::<usize>();
    let out_width = model.output_fact(0)?.shape.volume().to_usize()?;
    let model = model.into_runnable()?;
    let (inputs, outputs) = (floats(inputs)?, floats(outputs)?);
    let tensors = inputs
        .chunks_exact(width)
        .map(|input| Tensor::from_shape(&shape, input).map(TValue::from))
        .collect::<TractResult<Vec<TValue>>>()?;
    let one = |number: usize| -> TractResult<f64> {
        let input = tensors[number % tensors.len()].clone();
        let start = Instant::now();
        std::hint::black_box(model.run(tvec!(input))?);
        Ok(start.elapsed().as_nanos() as f64 / 1e3)
    };
    let first = one(0)?;
    for number in 0..tensors.len() {
        one(number)?;
    }
    let mut times = (0..calls).map(one).collect::<TractResult<Vec<f64>>>()?;
    times.sort_by(f64::total_cmp);
    let mut error = 0.0_f32;
    for (input, expected) in tensors.iter().zip(outputs.chunks_exact(out_width)) {
        let found = model.run(tvec!(input.clone()))?;
        let found = found[0].to_plain_array_view::<f32>()?;
        error = found.iter().zip(expected).map(|(x, y)| (x - y).abs()).fold(error, f32::max);
    }
    println!(
        "{{\"engine\":\"tract\",\"p50\":{},\"p99\":{},\"first\":{first},\"error\":{error:e}}}",
        times[calls / 2],
        times[calls * 99 / 100]
    );
    Ok(())
}
