#!/usr/bin/env python3
"""Converts a PyTorch checkpoint or an ONNX model to a safetensors weight file that the library loads.

    python3 python/convert.py model.pt weights.safetensors --strip module. --metadata steps=100
    python3 python/convert.py model.onnx weights.safetensors --rename onnx::MatMul_71=attention.weight
    python3 python/convert.py model.pt --list

Reads
- a state dict saved by `torch.save`, alone or under `state_dict`, `model_state_dict` or `model` in a checkpoint (`--key`
  names another), and TorchScript archives. Unpickling can run code, so a file that holds more than tensors and plain values
  (old versions of torch stop at floats, too) is refused unless `--trust` is given. Needs torch.
- the initialisers of an ONNX model, and constants that a product reads, without the onnx package. LSTM nodes, in the order of the graph, become
  `lstm.weight_ih_l0`, … with gates reordered from ONNX's i, o, f, c to PyTorch's i, f, g, o and the bias split in two;
  weights that a MatMul or an untransposed Gemm multiplies from the right are transposed to PyTorch's [outputs, inputs].

Names are first stripped of prefixes (`--strip`, each at most once, in the order given), then renamed (`--rename OLD=NEW`, or a JSON
object of them with `--map`). Tensors that hold no floating-point numbers (counters, say) are left out and listed. Half-precision
tensors stay F16, bfloat16 becomes F32, which holds it exactly. NaN, infinity, two tensors of one name, a
rename that fits nothing: each is an error that says where, exit code 2, and nothing is written. The target is replaced
in one step.
"""

import argparse
import json
import os
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent / "goldens"))
from safetensors_io import to_bytes  # noqa: E402


class ConversionError(Exception):
    """What stands in the way, in words for the person at the command line."""


# PyTorch


def read_pytorch(path, key=None, trust=False):
    """Name -> NumPy array, and the names left out because they hold no floating-point numbers."""
    try:
        import torch
    except ImportError as error:
        raise ConversionError("reading a PyTorch checkpoint needs the torch package") from error
    if is_torchscript(path):
        state = torch.jit.load(str(path), map_location="cpu").state_dict()
    else:
        try:
            state = torch.load(str(path), map_location="cpu", weights_only=not trust)
        except Exception as error:  # noqa: BLE001 - torch raises whatever its readers raise
            raise ConversionError(
                f"{path} holds more than tensors and plain numbers ({first_line(error)}); save model.state_dict() "
                "alone, or pass --trust if you would run code from where this file comes from"
            ) from error
    state = find_state_dict(state, key, path)
    tensors, left_out = {}, []
    for name, value in state.items():
        if not torch.is_tensor(value):
            left_out.append((name, type(value).__name__))
        elif not value.is_floating_point():
            left_out.append((name, str(value.dtype).replace("torch.", "")))
        else:
            value = value.detach().cpu()
            value = value.float() if value.dtype == torch.bfloat16 else value
            tensors[name] = np.ascontiguousarray(value.numpy()).reshape(tuple(value.shape))
    return tensors, left_out


def is_torchscript(path):
    """TorchScript archives keep a table of constants beside the tensors, checkpoints do not."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith("/constants.pkl") for name in archive.namelist())


def find_state_dict(state, key, path):
    """The mapping of names to tensors inside what was loaded."""
    if not isinstance(state, dict):
        raise ConversionError(f"{path} holds a {type(state).__name__}, not a state dict")
    if key is not None:
        if not isinstance(state.get(key), dict):
            raise ConversionError(f"{path} has no state dict under `{key}`; its keys: {', '.join(map(str, state))}")
        return state[key]
    for usual in ("state_dict", "model_state_dict", "model"):
        if isinstance(state.get(usual), dict):
            return state[usual]
    return state


# ONNX: protocol buffers by hand. Field numbers are those of onnx.proto.


def fields(data):
    """(number, value) of each field: bytes where a length stands before them, integers else."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value, at = bytes(data[at : at + size]), at + size
        elif kind == 2:
            size, at = varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            raise ConversionError("not an ONNX model: unknown wire type in a protocol buffer")
        if at > len(data):
            raise ConversionError("not an ONNX model, or cut short")
        yield number, value


def varint(data, at):
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ConversionError("not an ONNX model, or cut short")
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def all_of(data, number):
    return [value for found, value in fields(data) if found == number]


def text(data, number):
    found = all_of(data, number)
    return bytes(found[-1]).decode() if found else ""


def integers(data, number):
    """A repeated integer field, packed or not, signed."""
    values = []
    for value in all_of(data, number):
        if isinstance(value, int):
            values.append(value)
            continue
        at = 0
        while at < len(value):
            one, at = varint(value, at)
            values.append(one)
    return [value - (1 << 64) if value >> 63 else value for value in values]


FLOATS = {1: np.dtype("<f4"), 10: np.dtype("<f2"), 11: np.dtype("<f8"), 16: "bfloat16"}


def onnx_tensor(data):
    """(name, array) of a TensorProto; the array is None where it holds no floating-point numbers."""
    name, shape, kind = text(data, 8), integers(data, 1), (integers(data, 2) or [0])[-1]
    if kind not in FLOATS:
        return name, None
    if (integers(data, 14) or [0])[-1] == 1:
        raise ConversionError(f"`{name}` lies in another file; save the model with its weights inside")
    dtype, raw = FLOATS[kind], b"".join(bytes(part) for part in all_of(data, 9))
    if not raw and kind in (1, 11):
        number = 4 if kind == 1 else 10
        raw = b"".join(bytes(part) for part in all_of(data, number))
    elif not raw:
        raw = struct.pack(f"<{len(integers(data, 5))}H", *integers(data, 5))
    if dtype == "bfloat16":
        array = (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
    else:
        array = np.frombuffer(raw, dtype)
    if array.size != int(np.prod(shape)):
        raise ConversionError(f"`{name}` has {array.size} values for the shape {shape}")
    return name, array.reshape(shape).copy()


class Node:
    """A NodeProto: inputs, outputs, operator, attributes."""

    def __init__(self, data):
        self.inputs = [bytes(name).decode() for name in all_of(data, 1)]
        self.outputs = [bytes(name).decode() for name in all_of(data, 2)]
        self.name, self.operator = text(data, 3), text(data, 4)
        self.attributes = {text(attribute, 1): attribute for attribute in all_of(data, 5)}

    def integer(self, name, default):
        return (integers(self.attributes[name], 3) or [0])[-1] if name in self.attributes else default

    def __str__(self):
        return f"{self.operator} node `{self.name or self.outputs[0]}`"


def read_onnx(path):
    """Name -> NumPy array, and the names left out because they hold no floating-point numbers."""
    graphs = all_of(memoryview(Path(path).read_bytes()), 7)
    if not graphs or isinstance(graphs[-1], int):
        raise ConversionError(f"{path} holds no ONNX graph")
    graph = graphs[-1]
    constants, left_out = {}, []
    nodes = [Node(data) for data in all_of(graph, 1)]
    found = [onnx_tensor(data) for data in all_of(graph, 5)]
    # Weights may stand in the graph as well; other numbers there (initial states, shapes) are no weights.
    operands = {name for node in nodes if node.operator in ("LSTM", "MatMul", "Gemm") for name in node.inputs[1:4]}
    for node in nodes:
        if node.operator == "Constant" and "value" in node.attributes and node.outputs[0] in operands:
            found += [(node.outputs[0], onnx_tensor(value)[1]) for value in all_of(node.attributes["value"], 5)]
    for name, array in found:
        if array is None:
            left_out.append((name, "not floating-point"))
        else:
            constants[name] = array
    return onnx_names(nodes, constants), left_out


def onnx_names(nodes, constants):
    """Constants in PyTorch's layout: LSTM nodes under our names, transposed matrices turned."""
    tensors, layer, used = {}, 0, set()
    for node in nodes:
        if node.operator == "LSTM":
            tensors.update(onnx_lstm(node, layer, constants))
            used.update(node.inputs[1:4])
            layer += 1
    turned = set()
    for node in nodes:
        right = node.inputs[1] if len(node.inputs) > 1 else None
        from_right = node.operator == "MatMul" or node.operator == "Gemm" and not node.integer("transB", 0)
        if from_right and right in constants and constants[right].ndim == 2:
            turned.add(right)
    for name, array in constants.items():
        if name not in used:
            tensors[name] = np.ascontiguousarray(array.T) if name in turned else array
    return tensors


def onnx_lstm(node, layer, constants):
    """One LSTM node's weights as PyTorch keeps them."""

    def constant(index, what):
        name = node.inputs[index] if index < len(node.inputs) else ""
        if name and name not in constants:
            raise ConversionError(f"{what} of {node} is computed in the graph, not a constant")
        return constants.get(name)

    if text(node.attributes["direction"], 4) not in ("", "forward") if "direction" in node.attributes else False:
        raise ConversionError(f"{node} does not run forward only")
    if len(node.inputs) > 7 and node.inputs[7]:
        raise ConversionError(f"{node} has peepholes, which the network does not")
    if node.integer("input_forget", 0):
        raise ConversionError(f"{node} couples input and forget gates, which the network does not")
    if "activations" in node.attributes:
        names = [bytes(name).decode() for name in all_of(node.attributes["activations"], 9)]
        if [name.lower() for name in names] != ["sigmoid", "tanh", "tanh"]:
            raise ConversionError(f"{node} has the activations {names}, not Sigmoid, Tanh, Tanh")
    w, r, b = constant(1, "W"), constant(2, "R"), constant(3, "B")
    if w is None or r is None:
        raise ConversionError(f"{node} has no weights")
    if w.ndim != 3 or w.shape[0] != 1 or r.shape != (1, w.shape[1], w.shape[1] // 4):
        raise ConversionError(f"{node} has weights of shape {w.shape} and {r.shape}, expected (1, 4h, i) and (1, 4h, h)")
    hidden = w.shape[1] // 4
    b = np.zeros((1, 8 * hidden), w.dtype) if b is None else b

    def gates(rows):
        i, o, f, c = np.split(rows, 4)
        return np.ascontiguousarray(np.concatenate([i, f, c, o]))

    return {
        f"lstm.weight_ih_l{layer}": gates(w[0]),
        f"lstm.weight_hh_l{layer}": gates(r[0]),
        f"lstm.bias_ih_l{layer}": gates(b[0][: 4 * hidden]),
        f"lstm.bias_hh_l{layer}": gates(b[0][4 * hidden :]),
    }


# Names and values


def rename(tensors, prefixes, renames):
    """The same tensors under new names."""
    missing = set(renames)
    result, origin = {}, {}
    for name, array in tensors.items():
        new = name
        for prefix in prefixes:
            new = new[len(prefix) :] if new.startswith(prefix) else new
        if new in renames:
            missing.discard(new)
            new = renames[new]
        if new in result:
            raise ConversionError(f"`{origin[new]}` and `{name}` would both be `{new}`")
        if not new:
            raise ConversionError(f"nothing is left of the name `{name}`")
        result[new], origin[new] = array, name
    if missing:
        raise ConversionError(f"no tensor is named `{sorted(missing)[0]}`; found: {', '.join(sorted(tensors))}")
    return result


def check_finite(tensors):
    for name, array in tensors.items():
        bad = np.flatnonzero(~np.isfinite(array.reshape(-1)))
        if bad.size:
            raise ConversionError(f"tensor `{name}` is not finite at element {bad[0]}")


def write(tensors, path, metadata):
    """Replaces the file in one step."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    ordered = dict(sorted(tensors.items(), key=lambda item: (-item[1].dtype.itemsize, item[0])))
    try:
        with open(beside, "xb") as file:
            file.write(to_bytes(ordered, metadata))
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def first_line(error):
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def pair(value):
    key, separator, new = value.partition("=")
    if not separator or not key:
        raise argparse.ArgumentTypeError(f"`{value}` is not of the form NAME=VALUE")
    return key, new


def load(path, key=None, trust=False):
    """Reads a checkpoint or a model by the ending of its name."""
    if not Path(path).is_file():
        raise ConversionError(f"{path} is not a file")
    if Path(path).suffix.lower() == ".onnx":
        return read_onnx(path)
    return read_pytorch(path, key, trust)


def convert(arguments):
    tensors, left_out = load(arguments.source, arguments.key, arguments.trust)
    renames = dict(arguments.rename)
    if arguments.map:
        renames = {**json.loads(Path(arguments.map).read_text()), **renames}
    tensors = rename(tensors, arguments.strip, renames)
    if not tensors:
        raise ConversionError(f"{arguments.source} holds no tensor of floating-point numbers")
    check_finite(tensors)
    for name, array in sorted(tensors.items()):
        print(f"{name}\t{array.dtype}\t{list(array.shape)}")
    for name, kind in left_out:
        print(f"left out: {name} ({kind})", file=sys.stderr)
    if not arguments.list:
        write(tensors, arguments.target, dict(arguments.metadata))


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="checkpoint (.pt, .pth, …), TorchScript archive, or .onnx model")
    parser.add_argument("target", nargs="?", help="safetensors file to write")
    parser.add_argument("--list", action="store_true", help="only print the tensors that would be written")
    parser.add_argument("--strip", action="append", default=[], metavar="PREFIX", help="take this off names that begin with it")
    parser.add_argument("--rename", action="append", default=[], type=pair, metavar="OLD=NEW")
    parser.add_argument("--map", metavar="FILE", help="JSON object of old names to new ones")
    parser.add_argument("--trust", action="store_true", help="unpickle whatever the file holds, which may run code")
    parser.add_argument("--key", help="where the state dict stands in the checkpoint")
    parser.add_argument("--metadata", action="append", default=[], type=pair, metavar="KEY=VALUE", help="header entry, e.g. steps=100")
    arguments = parser.parse_args(words)
    if not arguments.list and not arguments.target:
        parser.error("a target is needed, or --list")
    try:
        convert(arguments)
    except (ConversionError, OSError, json.JSONDecodeError, UnicodeDecodeError) as error:
        print(f"convert.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
