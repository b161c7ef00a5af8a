//! Running a network: windows from zero or a given memory, many windows, and a stream row by row.

use super::packed::Packed;
use super::state::{CHUNK, LstmState, Run, Tail, check_memory};
use super::{Lstm, Sizes};
use crate::model::error::ModelError;
use crate::simd::lstm::{Project, Recur};

impl Lstm {
    /// One window, `[steps][features]` row-major, to [`outputs`](super::LstmConfig::outputs) values; the memory starts at zero.
    /// The stream in `state` is left alone. Hot path; O(steps · layers · hidden²).
    ///
    /// # Errors
    /// [`ModelError::ForeignState`], [`ModelError::InputLength`], [`ModelError::OutputLength`];
    /// [`ModelError::NotFiniteInput`] by the policy of the configuration. `out` is then untouched.
    pub fn predict(&self, state: &mut LstmState, window: &[f32], out: &mut [f32]) -> Result<(), ModelError> {
        self.check(state, window.len(), 1, out.len())?;
        self.one_window(state, None, window, out)
    }

    /// As [`predict`](Self::predict), the memory starting at `memory`: `[layer][hidden state, then cell][hidden]`, as
    /// [`LstmState::copy_memory`] gives it. Hot path.
    ///
    /// # Errors
    /// As [`predict`](Self::predict); [`ModelError::InputLength`] and [`ModelError::NotFiniteInput`] also for a memory of the
    /// wrong length, or with hidden states beyond ±1 or cells beyond ±2²⁴.
    pub fn predict_from(
        &self,
        state: &mut LstmState,
        memory: &[f32],
        window: &[f32],
        out: &mut [f32],
    ) -> Result<(), ModelError> {
        self.check(state, window.len(), 1, out.len())?;
        check_memory(&self.sizes, memory)?;
        self.one_window(state, Some(memory), window, out)
    }

    /// `count` windows one after another, `[count][steps][features]` to `[count][outputs]`; the same bits as `count` calls of
    /// [`predict`](Self::predict). Hot path.
    ///
    /// # Errors
    /// As [`predict`](Self::predict), all inputs being checked before any output is written.
    pub fn predict_batch(
        &self,
        state: &mut LstmState,
        windows: &[f32],
        count: usize,
        out: &mut [f32],
    ) -> Result<(), ModelError> {
        self.check(state, windows.len(), count, out.len())?;
        let (window, outputs) = (self.sizes.config.window_len(), self.sizes.config.outputs());
        for (index, rows) in windows.chunks_exact(window).enumerate() {
            self.clean(state, rows).map_err(|error| in_window(error, index * window))?;
        }
        for (rows, out) in windows.chunks_exact(window).zip(out.chunks_exact_mut(outputs)) {
            self.one_window(state, None, rows, out)?;
        }
        Ok(())
    }

    /// Takes the stream one row further; true when a [`forecast`](Self::forecast) is possible, that is when `steps` rows have
    /// been pushed. Hot path; O(layers · hidden²).
    ///
    /// # Errors
    /// [`ModelError::ForeignState`], [`ModelError::InputLength`], [`ModelError::NotFiniteInput`] by the policy of the configuration;
    /// the stream is then unchanged.
    pub fn push(&self, state: &mut LstmState, row: &[f32]) -> Result<bool, ModelError> {
        let config = self.config();
        self.fits(state)?;
        if row.len() != config.features {
            return Err(ModelError::InputLength { expected: config.features, found: row.len() });
        }
        let LstmState { clean, stream, hidden: _, history, .. } = state;
        let clean = &mut clean[..row.len()];
        let before = (history.seen > 0).then_some(&history.row[..]);
        config.bad_input.copy_rows(self.limit, row, config.features, before, clean)?;
        history.row.copy_from_slice(clean);
        let units = self.sizes.units;
        let slot = if config.attention { history.next } else { 0 };
        let hidden = &mut history.hidden[slot * units..][..units];
        self.chunk(stream, clean, hidden, units);
        self.score(hidden, &mut history.scores[slot..=slot]);
        history.next = (history.next + 1) % config.steps;
        history.seen = history.seen.saturating_add(1);
        Ok(history.seen >= config.steps)
    }

    /// The prediction over the last `steps` rows of the stream. After `steps` rows from a memory it has the bits of
    /// [`predict_from`](Self::predict_from) that memory. Hot path; O(steps · hidden).
    ///
    /// # Errors
    /// [`ModelError::ForeignState`], [`ModelError::OutputLength`]; [`ModelError::NotReady`] before `steps` rows. `out` is then
    /// untouched.
    pub fn forecast(&self, state: &mut LstmState, out: &mut [f32]) -> Result<(), ModelError> {
        let config = self.config();
        self.fits(state)?;
        if out.len() != config.outputs() {
            return Err(ModelError::OutputLength { expected: config.outputs(), found: out.len() });
        }
        let LstmState { tail, history, .. } = state;
        if history.seen < config.steps {
            return Err(ModelError::NotReady { seen: history.seen, needed: config.steps });
        }
        if self.attention.is_some() {
            // From the oldest row on: it stands where the next one will go.
            let (newer, older) = history.scores.split_at(history.next);
            tail.scores[..older.len()].copy_from_slice(older);
            tail.scores[older.len()..].copy_from_slice(newer);
            self.simd.softmax(&mut tail.scores);
            let (newer, older) = history.hidden.split_at(history.next * self.sizes.units);
            self.simd.weighted_sum(&tail.scores, [older, newer], &mut tail.context);
        } else {
            tail.context.copy_from_slice(&history.hidden);
        }
        self.head(tail, out);
        Ok(())
    }

    /// Runs every kernel once over the state's memory, which is reset afterwards.
    pub(super) fn warm(&self, state: &mut LstmState, out: &mut [f32]) {
        let config = self.config();
        let LstmState { clean, window, stream, hidden, tail, history, .. } = state;
        let (units, chunk) = (self.sizes.units, CHUNK.min(config.steps));
        window.clear(&self.sizes);
        stream.clear(&self.sizes);
        self.chunk(
            window,
            &clean[..chunk * config.features],
            hidden,
            if config.attention { units } else { 0 },
        );
        self.chunk(stream, &clean[..config.features], &mut history.hidden[..units], units);
        if self.attention.is_some() {
            self.score(hidden, &mut tail.scores);
            self.simd.softmax(&mut tail.scores);
            self.simd.weighted_sum(&tail.scores, [&hidden[..], &[]], &mut tail.context);
        }
        self.head(tail, out);
    }

    fn fits(&self, state: &LstmState) -> Result<(), ModelError> {
        if state.sizes == self.sizes { Ok(()) } else { Err(ModelError::ForeignState) }
    }

    fn check(&self, state: &LstmState, input: usize, count: usize, output: usize) -> Result<(), ModelError> {
        self.fits(state)?;
        let expected = self.sizes.config.window_len().saturating_mul(count);
        if input != expected {
            return Err(ModelError::InputLength { expected, found: input });
        }
        let expected = self.sizes.config.outputs().saturating_mul(count);
        if output != expected {
            return Err(ModelError::OutputLength { expected, found: output });
        }
        Ok(())
    }

    fn clean(&self, state: &mut LstmState, window: &[f32]) -> Result<(), ModelError> {
        let config = self.config();
        config.bad_input.copy_rows(self.limit, window, config.features, None, &mut state.clean)
    }

    /// Lengths are checked.
    fn one_window(
        &self,
        state: &mut LstmState,
        memory: Option<&[f32]>,
        window: &[f32],
        out: &mut [f32],
    ) -> Result<(), ModelError> {
        self.clean(state, window)?;
        let (config, units) = (self.config(), self.sizes.units);
        let LstmState { clean, window: run, hidden, tail, .. } = state;
        match memory {
            None => run.clear(&self.sizes),
            Some(memory) => run.set(&self.sizes, memory),
        }
        for (index, rows) in clean.chunks(CHUNK * config.features).enumerate() {
            let (first, stride) = if config.attention { (index * CHUNK * units, units) } else { (0, 0) };
            self.chunk(run, rows, &mut hidden[first..], stride);
        }
        if self.attention.is_some() {
            self.score(hidden, &mut tail.scores);
            self.simd.softmax(&mut tail.scores);
            self.simd.weighted_sum(&tail.scores, [&hidden[..], &[]], &mut tail.context);
        } else {
            tail.context.copy_from_slice(&hidden[..units]);
        }
        self.head(tail, out);
        Ok(())
    }

    /// All layers over a chunk of rows. The last layer's hidden states go to `hidden`, `stride` apart (0: the last only).
    fn chunk(&self, run: &mut Run, rows: &[f32], hidden: &mut [f32], stride: usize) {
        let (sizes, simd) = (&self.sizes, self.simd);
        let steps = rows.len() / sizes.config.features;
        encode_inputs(&self.packed, sizes, rows, &mut run.inputs);
        let (columns, outputs, last) = (sizes.columns, sizes.outputs(), sizes.config.layers - 1);
        let odd = run.steps % 2 == 1;
        for index in 0..=last {
            let (below, from) = run.layers.split_at_mut(index);
            let layer = &mut from[0];
            let (format, weights, bias) = self.packed.input(index);
            let inputs = match below.last() {
                None => &run.inputs[..steps * sizes.input_columns],
                Some(below) => &below.rows[columns..][..steps * columns],
            };
            let gates = &mut layer.gates[..steps * outputs];
            simd.lstm_project(
                format,
                &mut Project { weights, bias, rows: inputs, stride: weights.columns, gates },
            );
            let (hidden, hidden_stride) =
                if index == last { (&mut *hidden, stride) } else { (&mut layer.hidden[..], 0) };
            let mut job = Recur {
                weights: self.packed.recurrent(index),
                gates,
                rows: &mut layer.rows[..(steps + 1) * columns],
                cell: &mut layer.cell,
                hidden,
                hidden_stride,
                odd,
            };
            simd.lstm_recur(sizes.words, &mut job);
        }
        let top = &mut run.layers[last];
        top.hidden.copy_from_slice(&hidden[(steps - 1) * stride..][..sizes.units]);
        for layer in &mut run.layers {
            layer.rows.copy_within(steps * columns..(steps + 1) * columns, 0);
        }
        run.steps = run.steps.wrapping_add(steps);
    }

    /// Scores of the last layer's hidden states.
    fn score(&self, hidden: &[f32], scores: &mut [f32]) {
        if let Some(attention) = &self.attention {
            self.simd.row_dots(&attention.weight, hidden, scores);
            for score in scores {
                *score += attention.bias[0];
            }
        }
    }

    /// The dense layers over the context, or the context itself.
    fn head(&self, tail: &mut Tail, out: &mut [f32]) {
        let Some([fc1, fc2]) = &self.head else {
            out.copy_from_slice(&tail.context[..out.len()]);
            return;
        };
        let units = fc1.bias.len();
        fc1.apply(self.simd, &tail.context, &mut tail.dense[..units]);
        for x in &mut tail.dense[..units] {
            *x = x.max(0.0);
        }
        fc2.apply(self.simd, &tail.dense, out);
    }
}

/// Input rows as words of the first layer's format.
fn encode_inputs(packed: &Packed, sizes: &Sizes, rows: &[f32], words: &mut [u32]) {
    match &packed.code {
        None => {
            for (word, x) in words.iter_mut().zip(rows) {
                *word = x.to_bits();
            }
        }
        Some(code) => {
            let rows = rows.chunks_exact(sizes.config.features);
            for (row, words) in rows.zip(words.chunks_exact_mut(sizes.input_columns)) {
                code.encode_row(row, words);
            }
        }
    }
}

/// An error's index counted from the start of a batch.
fn in_window(error: ModelError, first: usize) -> ModelError {
    match error {
        ModelError::NotFiniteInput { index } => ModelError::NotFiniteInput { index: first + index },
        other => other,
    }
}
