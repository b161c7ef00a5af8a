"""Writes our networks as ONNX models, in the formulations that are fastest in ONNX Runtime among those tried.

The state-space recurrence of a block has no operator of its own, and its matrices depend on the input, so nothing can be
multiplied out beforehand. Two formulations are built from elementwise operators, unrolled over the tokens:

* `eigen`: LegS A is diagonalised, A = V diag(1..N) V^-1, so the bilinear step is elementwise in the eigenbasis,
  s' = w (2 s + delta u) - s with w = 1 / (1 + delta/2 lambda), and V goes into the read-out c. V has a condition number
  of 4e13, so this part is in float64 (float32 gives noise).
* `wave`: forward substitution by running sums, in float32: cell (token, n) needs (token, n - 1) and (token - 1, n), so
  all cells of a diagonal token + n are computed at once, 26 diagonals for 11 tokens and N = 16.

    python onnx_models.py FOLDER      reads FOLDER/{lstm,ssm}.safetensors, writes FOLDER/*.onnx
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from legs import legs_eigenbasis

EPSILON = 1e-5


class Graph:
    """Nodes and constants; every operator returns the name of its output."""

    def __init__(self):
        self.nodes, self.constants, self.known = [], [], {}

    def constant(self, value, dtype=np.float32):
        array = np.ascontiguousarray(np.asarray(value, dtype=dtype))
        key = (array.tobytes(), array.shape, array.dtype.str)
        if key not in self.known:
            name = f"c{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(array, name))
            self.known[key] = name
        return self.known[key]

    def ints(self, *values):
        return self.constant(values, np.int64)

    def op(self, kind, *inputs, outputs=1, **attributes):
        names = [f"t{len(self.nodes)}_{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def __getattr__(self, kind):
        return lambda *inputs, **attributes: self.op(kind, *inputs, **attributes)

    def linear(self, x, weight, bias=None):
        product = self.MatMul(x, self.constant(weight.T))
        return product if bias is None else self.Add(product, self.constant(bias))

    def save(self, path, result, input_shape, output_shape):
        self.nodes.append(helper.make_node("Reshape", [result, self.ints(*output_shape)], ["y"]))
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, input_shape)
        y = helper.make_tensor_value_info("y", TensorProto.FLOAT, output_shape)
        graph = helper.make_graph(self.nodes, path.stem, [x], [y], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        onnx.checker.check_model(model)
        onnx.save(model, path)


def empty(path, input_shape, output_shape):
    """A network that does next to nothing: what a call costs."""
    g = Graph()
    count = int(np.prod(output_shape))
    source = "x"
    if count > np.prod(input_shape):
        raise ValueError("an output no larger than the input is assumed")
    flat = g.Reshape(source, g.ints(-1))
    g.save(path, g.Slice(flat, g.ints(0), g.ints(count)), input_shape, output_shape)


def lstm(w, path, steps=100):
    hidden = w["lstm.weight_hh_l0"].shape[1]
    features = w["lstm.weight_ih_l0"].shape[1]
    g = Graph()
    gates = lambda rows: np.concatenate([np.split(rows, 4)[k] for k in (0, 3, 1, 2)])  # i,f,g,o to i,o,f,c
    h, layer = "x", 0
    while f"lstm.weight_ih_l{layer}" in w:
        part = lambda name: gates(w[f"lstm.{name}_l{layer}"])
        bias = np.concatenate([part("bias_ih"), part("bias_hh")])
        operands = [g.constant(value[None]) for value in (part("weight_ih"), part("weight_hh"), bias)]
        h = g.Squeeze(g.op("LSTM", h, *operands, hidden_size=hidden), g.ints(1))
        layer += 1
    h = g.Reshape(h, g.ints(steps, hidden))
    scores = g.Reshape(g.linear(h, w["attention.weight"], w["attention.bias"]), g.ints(1, steps))
    context = g.MatMul(g.Softmax(scores, axis=1), h)
    dense = g.Relu(g.linear(context, w["fc1.weight"], w["fc1.bias"]))
    out = g.linear(dense, w["fc2.weight"], w["fc2.bias"])
    g.save(path, out, [steps, 1, features], [1, w["fc2.weight"].shape[0]])


def scan_eigen(g, delta, a, c, tokens, inner, state):
    # Channels run along the rows and tokens are computed one by one, so that operands stay in the first-level cache:
    # faster than elementwise operators over all tokens at once.
    double = lambda x: g.Cast(x, to=TensorProto.DOUBLE)
    const = lambda value: g.constant(value, np.float64)
    rows = lambda x: g.op("Split", x, outputs=tokens, axis=0)
    half, one = const(0.5 * np.arange(1, state + 1)[:, None]), const(1.0)
    delta = double(delta)
    drive = g.Mul(delta, double(a))
    c = g.MatMul(double(c), const(legs_eigenbasis(state)))
    s, outputs = None, []
    for delta_t, drive_t, c_t in zip(rows(delta), rows(drive), rows(c)):
        w = g.Reciprocal(g.Add(g.Mul(half, delta_t), one))
        s = g.Mul(w, drive_t) if s is None else g.Sub(g.Mul(w, g.Add(g.Add(s, s), drive_t)), s)
        outputs.append(g.MatMul(c_t, s))
    return g.Cast(g.Concat(*outputs, axis=0), to=TensorProto.FLOAT)


def scan_wave(g, delta, a, c, tokens, inner, state):
    # sigma = sqrt(2n+1) s; P[t][n] = sum of sigma[t][k < n];
    # sigma[t][n] = gain sigma[t-1][n] + pull (u - (P[t-1][n] + P[t][n]) / 2).
    n = np.arange(state)
    half = g.Mul(g.Unsqueeze(delta, g.ints(0)), g.constant(0.5 * (n + 1)[:, None, None]))
    inverse = g.Reciprocal(g.Add(half, g.constant(1.0)))
    gain = g.Sub(g.Add(inverse, inverse), g.constant(1.0))
    # pull / 2, as the sum of two prefixes is halved, and u is doubled once instead.
    pull = g.Mul(g.Mul(g.Unsqueeze(delta, g.ints(0)), g.constant((n + 0.5)[:, None, None])), inverse)
    read = g.Mul(g.Unsqueeze(g.Transpose(c, perm=[1, 0]), g.ints(2)), g.constant(1 / np.sqrt(2 * n + 1)[:, None, None]))
    # Row n delayed by n tokens: a diagonal becomes a row. By a flat view that is one row longer.
    diagonals = tokens + state - 1

    def skew(x, width):
        padded = g.Pad(x, g.constant([0, 0, 0, 0, diagonals + 1 - tokens, 0], np.int64), g.constant(0.0))
        flat = g.Reshape(padded, g.ints(state * (diagonals + 1), width))
        return g.Reshape(g.Slice(flat, g.ints(0), g.ints(state * diagonals), g.ints(0)), g.ints(state, diagonals, width))

    gain, pull, read = skew(gain, inner), skew(pull, inner), skew(read, 1)
    columns = lambda x: g.op("Split", x, outputs=diagonals, axis=1)
    u = g.Add(a, a)
    zero = g.constant(np.zeros((1, 1, inner)))
    # Row n of diagonal d is token d - n; its token's input moves down one row a step.
    inputs = g.op("Split", g.Unsqueeze(u, g.ints(0)), outputs=tokens, axis=1)
    sigma = prefix = drive = None
    done = []
    for d, (gain_d, pull_d) in enumerate(zip(columns(gain), columns(pull))):
        first = inputs[d] if d < tokens else zero
        if d == 0:
            drive = g.Concat(first, g.constant(np.zeros((state - 1, 1, inner))), axis=0)
            sigma = g.Mul(pull_d, drive)
            prefix = g.constant(np.zeros((state, 1, inner)))
        else:
            drive = g.Concat(first, g.Slice(drive, g.ints(0), g.ints(state - 1), g.ints(0)), axis=0)
            # This token's prefix at n is its prefix at n - 1 plus its sigma there, both of the diagonal before; the
            # former token's prefix at n is that of the same row, one diagonal before.
            grown = g.Slice(g.Add(prefix, sigma), g.ints(0), g.ints(state - 1), g.ints(0))
            own = g.Concat(zero, grown, axis=0)
            both = g.Add(prefix, own)
            sigma = g.Add(g.Mul(gain_d, sigma), g.Mul(pull_d, g.Sub(drive, both)))
            prefix = own
        done.append(sigma)
    cells = g.Mul(g.Concat(*done, axis=1), read)
    # Undo the skew and sum over n.
    flat = g.Reshape(cells, g.ints(state * diagonals, inner))
    flat = g.Pad(flat, g.constant([0, 0, state, 0], np.int64), g.constant(0.0))
    straight = g.Reshape(flat, g.ints(state, diagonals + 1, inner))
    tokens_only = g.Slice(straight, g.ints(0), g.ints(tokens), g.ints(1))
    return g.ReduceSum(tokens_only, g.ints(0), keepdims=0)


def ssm(w, path, scan, length=96, patch=16, stride=8):
    channels, d_model = w["embed.input.weight"].shape[1], w["embed.input.weight"].shape[0]
    tokens = (length - patch) // stride + 1
    g = Graph()
    average = np.zeros((tokens, length))
    for p in range(tokens):
        average[p, p * stride : p * stride + patch] = 1.0 / patch
    average = g.constant(average)

    def rms_norm(x, weight):
        mean = g.ReduceMean(g.Mul(x, x), axes=[-1], keepdims=1)
        return g.Mul(g.Div(x, g.Sqrt(g.Add(mean, g.constant(EPSILON)))), g.constant(weight))

    silu = lambda x: g.Mul(x, g.Sigmoid(x))
    e = g.linear("x", w["embed.input.weight"], w["embed.input.bias"])
    e = g.LayerNormalization(e, g.constant(w["embed.norm.weight"]), g.constant(w["embed.norm.bias"]), axis=-1, epsilon=EPSILON)
    gelu = g.Mul(g.Mul(e, g.Add(g.Erf(g.Div(e, g.constant(np.sqrt(2.0)))), g.constant(1.0))), g.constant(0.5))
    # The mean of a linear map is the map of the mean: the skip runs once a token.
    z = g.Add(g.MatMul(average, gelu), g.linear(g.MatMul(average, "x"), w["embed.skip.weight"], w["embed.skip.bias"]))
    layer = 0
    while f"layers.{layer}.norm.weight" in w:
        part = lambda name: w[f"layers.{layer}.block.{name}"]
        inner, taps = part("conv.weight").shape[0], part("conv.weight").shape[2]
        rank = part("dt_proj.weight").shape[1]
        state = part("x_proj.weight").shape[0] - rank
        a, gate = g.op("Split", g.linear(rms_norm(z, w[f"layers.{layer}.norm.weight"]), part("in_proj.weight")), outputs=2, axis=1)
        padded = g.Pad(a, g.constant([taps - 1, 0, 0, 0], np.int64), g.constant(0.0))
        convolved = None
        for tap in range(taps):
            rows = g.Slice(padded, g.ints(tap), g.ints(tap + tokens), g.ints(0))
            product = g.Mul(rows, g.constant(part("conv.weight")[None, :, 0, tap]))
            convolved = product if convolved is None else g.Add(convolved, product)
        a = silu(g.Add(convolved, g.constant(part("conv.bias"))))
        low, c = g.op("Split", g.linear(a, part("x_proj.weight")), g.ints(rank, state), outputs=2, axis=1)
        delta = g.Softplus(g.linear(low, part("dt_proj.weight"), part("dt_proj.bias")))
        y = g.Add(scan(g, delta, a, c, tokens, inner, state), g.Mul(a, g.constant(part("d"))))
        z = g.Add(z, g.linear(g.Mul(y, silu(gate)), part("out_proj.weight")))
        layer += 1
    mlp = lambda x: g.linear(g.Relu(g.linear(x, w["attention.fc1.weight"], w["attention.fc1.bias"])), w["attention.fc2.weight"], w["attention.fc2.bias"])
    pooled = g.Concat(g.ReduceMean(z, axes=[0], keepdims=1), g.ReduceMax(z, axes=[0], keepdims=1), axis=0)
    z = g.Mul(z, g.Sigmoid(g.ReduceSum(mlp(pooled), g.ints(0), keepdims=1)))
    z = g.Reshape(rms_norm(z, w["norm.weight"]), g.ints(1, tokens * d_model))
    out = g.linear(z, w["head.weight"], w["head.bias"])
    g.save(path, out, [length, channels], [1, w["head.weight"].shape[0]])


def quantised(source, target):
    """ONNX Runtime's own dynamic 8-bit quantisation."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, weight_type=QuantType.QInt8)


def main():
    folder = pathlib.Path(sys.argv[1])
    from safetensors.numpy import load_file

    weights = load_file(folder / "lstm.safetensors")
    lstm(weights, folder / "lstm.onnx")
    quantised(folder / "lstm.onnx", folder / "lstm_int8.onnx")
    empty(folder / "lstm_empty.onnx", [100, 1, 5], [1, 3])
    weights = load_file(folder / "ssm.safetensors")
    ssm(weights, folder / "ssm_eigen.onnx", scan_eigen)
    ssm(weights, folder / "ssm_wave.onnx", scan_wave)
    empty(folder / "ssm_empty.onnx", [96, 24], [1, 768])


if __name__ == "__main__":
    main()
