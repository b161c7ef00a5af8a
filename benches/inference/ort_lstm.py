"""ONNX Runtime on the LSTM network of docs/models.md: the peer of `cargo bench --bench lstm`.

Builds the network with the ONNX helpers from weights that a hash of their names gives (the same as in our benchmark,
which prints its first output too), runs it with
one thread pinned to one core over rotating windows, and takes off what a call of an empty model costs. The network comes
in two forms, the standard's LSTM operator and a dynamically quantised one (`--int8`).

    /work/venv/bin/python benches/inference/ort_lstm.py --core 1 [--int8] [--calls 3000]

Needs onnxruntime, onnx and numpy from PyPI. Prints one line of JSON.
"""

import argparse
import json
import os
import time

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

STEPS, FEATURES, HIDDEN, LAYERS, DENSE, OUTPUTS = 100, 5, 128, 2, 64, 3


def unit(name, count):
    """Numbers in [-1, 1) with 24 bits: SplitMix64 of a counter that starts at FNV-1a of a name."""
    mask = (1 << 64) - 1
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & mask
    with np.errstate(over="ignore"):
        x = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    return (x >> np.uint64(40)).astype(np.float64) / 8388608.0 - 1.0


def weight(name, *shape):
    """A tensor of the benchmark's network, named as in the PyTorch state dict: uniform in ±1/√inputs."""
    inputs = DENSE if name.startswith("fc2") else HIDDEN
    return (unit("bench " + name, int(np.prod(shape))).reshape(shape) / np.sqrt(float(inputs))).astype(np.float32)


def to_onnx_gates(rows):
    """PyTorch's gate order i,f,g,o to ONNX's i,o,f,c."""
    i, f, g, o = np.split(rows, 4)
    return np.concatenate([i, o, f, g])


def network():
    """The whole network as an ONNX model: input [T, 1, F], output [1, 3]."""
    nodes, constants = [], []

    def constant(name, array):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    sequence = "x"
    for layer in range(LAYERS):
        inputs = FEATURES if layer == 0 else HIDDEN
        w = weight(f"lstm.weight_ih_l{layer}", 4 * HIDDEN, inputs)
        r = weight(f"lstm.weight_hh_l{layer}", 4 * HIDDEN, HIDDEN)
        bi = weight(f"lstm.bias_ih_l{layer}", 4 * HIDDEN)
        bh = weight(f"lstm.bias_hh_l{layer}", 4 * HIDDEN)
        constant(f"w{layer}", to_onnx_gates(w)[None])
        constant(f"r{layer}", to_onnx_gates(r)[None])
        constant(f"b{layer}", np.concatenate([to_onnx_gates(bi), to_onnx_gates(bh)])[None])
        operands = [sequence, f"w{layer}", f"r{layer}", f"b{layer}"]
        nodes.append(helper.make_node("LSTM", operands, [f"y{layer}"], hidden_size=HIDDEN))
        constant(f"direction{layer}", np.array([1], dtype=np.int64))
        nodes.append(helper.make_node("Squeeze", [f"y{layer}", f"direction{layer}"], [f"h{layer}"]))
        sequence = f"h{layer}"
    constant("aw", weight("attention.weight", 1, HIDDEN).T)
    constant("ab", weight("attention.bias", 1))
    constant("fw1", weight("fc1.weight", DENSE, HIDDEN).T)
    constant("fb1", weight("fc1.bias", DENSE))
    constant("fw2", weight("fc2.weight", OUTPUTS, DENSE).T)
    constant("fb2", weight("fc2.bias", OUTPUTS))
    constant("flat", np.array([STEPS, HIDDEN], dtype=np.int64))
    constant("row", np.array([1, STEPS], dtype=np.int64))
    nodes += [
        helper.make_node("Reshape", [sequence, "flat"], ["h"]),
        helper.make_node("Gemm", ["h", "aw", "ab"], ["score"]),
        helper.make_node("Reshape", ["score", "row"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["attention"], axis=1),
        helper.make_node("MatMul", ["attention", "h"], ["context"]),
        helper.make_node("Gemm", ["context", "fw1", "fb1"], ["dense"]),
        helper.make_node("Relu", ["dense"], ["relu"]),
        helper.make_node("Gemm", ["relu", "fw2", "fb2"], ["out"]),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [STEPS, 1, FEATURES])
    y = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, OUTPUTS])
    graph = helper.make_graph(nodes, "lstm", [x], [y], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def empty():
    """What a call costs without a network: input and output of the same shapes."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [STEPS, 1, FEATURES])
    y = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, OUTPUTS])
    start = numpy_helper.from_array(np.array([0, 0, 0], dtype=np.int64), "start")
    end = numpy_helper.from_array(np.array([1, 1, OUTPUTS], dtype=np.int64), "end")
    shape = numpy_helper.from_array(np.array([1, OUTPUTS], dtype=np.int64), "shape")
    nodes = [
        helper.make_node("Slice", ["x", "start", "end"], ["first"]),
        helper.make_node("Reshape", ["first", "shape"], ["out"]),
    ]
    graph = helper.make_graph(nodes, "empty", [x], [y], [start, end, shape])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def session(model):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    data = model if isinstance(model, bytes) else model.SerializeToString()
    return ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def quantised(model):
    """The same network with 8-bit weights by ONNX Runtime's own dynamic quantisation."""
    import tempfile

    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "f32.onnx"), os.path.join(folder, "int8.onnx")
        onnx.save(model, source)
        quantize_dynamic(source, target, weight_type=QuantType.QInt8)
        with open(target, "rb") as file:
            return file.read()


def windows(count):
    """Rotating inputs in ±1."""
    window = lambda i: unit(f"window.bench.{i}", STEPS * FEATURES).astype(np.float32)  # noqa: E731
    return [window(i).reshape(STEPS, 1, FEATURES) for i in range(count)]


def time_calls(run, inputs, calls):
    """Nanoseconds of each call, sorted, after as many warm-up calls as there are inputs."""
    for x in inputs:
        run(None, {"x": x})
    times = np.empty(calls, dtype=np.int64)
    for call in range(calls):
        feed = {"x": inputs[call % len(inputs)]}
        start = time.perf_counter_ns()
        run(None, feed)
        times[call] = time.perf_counter_ns() - start
    return np.sort(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--int8", action="store_true")
    parser.add_argument("--save", help="also write the model here")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {arguments.core})
    model = network()
    onnx.checker.check_model(model)
    if arguments.save:
        onnx.save(model, arguments.save)
    inputs = windows(64)
    overhead = time_calls(session(empty()).run, inputs, arguments.calls)
    running = session(quantised(model) if arguments.int8 else model)
    times = time_calls(running.run, inputs, arguments.calls)
    base = overhead[len(overhead) // 2]
    at = lambda q: round((times[int(q * (len(times) - 1))] - base) / 1000, 2)  # noqa: E731
    print(json.dumps({
        "name": "lstm/int8" if arguments.int8 else "lstm/f32",
        "engine": f"onnxruntime {ort.__version__}",
        "p50_us": at(0.5), "p99_us": at(0.99), "min_us": at(0.0),
        "empty_call_us": round(base / 1000, 2), "calls": arguments.calls,
        "first_output": [float(v) for v in running.run(None, {"x": inputs[0]})[0][0]],
    }))


if __name__ == "__main__":
    main()
