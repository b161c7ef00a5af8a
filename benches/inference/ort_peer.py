"""Times one ONNX model in ONNX Runtime, one thread: a JSON line of microseconds per call, an empty model's call subtracted.

    python ort_peer.py NAME MODEL EMPTY INPUTS OUTPUTS CALLS

INPUTS holds the rotating inputs and OUTPUTS what the model must give for them, both raw f32.
"""

import json
import sys
import time

import numpy as np
import onnxruntime


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def times(run, inputs, calls):
    """Nanoseconds of the first call, and sorted ones of the others."""
    feeds = [{"x": x} for x in inputs]
    taken = np.empty(calls)
    names = ["y"]
    first = None
    for call in range(-len(feeds), calls):
        feed = feeds[call % len(feeds)]
        start = time.perf_counter_ns()
        run(names, feed)
        end = time.perf_counter_ns()
        first = first or end - start
        if call >= 0:
            taken[call] = end - start
    return first, np.sort(taken)


def main():
    name, model, empty, inputs, outputs, calls = sys.argv[1:]
    running = session(model)
    shape = running.get_inputs()[0].shape
    inputs = np.fromfile(inputs, np.float32).reshape([-1, *shape])
    outputs = np.fromfile(outputs, np.float32).reshape(len(inputs), -1)
    first, taken = times(running.run, inputs, int(calls))
    _, nothing = times(session(empty).run, inputs, int(calls))
    overhead = np.median(nothing)
    error = max(float(np.abs(running.run(["y"], {"x": x})[0].ravel() - y).max()) for x, y in zip(inputs, outputs))
    at = lambda q: (taken[int(q * (len(taken) - 1))] - overhead) / 1e3  # noqa: E731
    print(json.dumps({"engine": f"onnxruntime {onnxruntime.__version__} {name}".strip(), "p50": at(0.5), "p99": at(0.99),
                      "first": (first - overhead) / 1e3, "overhead": overhead / 1e3, "error": error}))


if __name__ == "__main__":
    main()
