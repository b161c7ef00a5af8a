"""The converter, against state dicts, TorchScript and ONNX models that PyTorch writes.

    /usr/bin/python3 python/tests/test_convert.py

Without torch only the tests that need none are run, and the output says so.
"""

import contextlib
import io
import json
import struct
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "goldens")]
import convert  # noqa: E402
from safetensors_io import load_file, load_metadata  # noqa: E402

sys.path.insert(0, str(ROOT / "models"))

try:
    import torch
except ImportError:
    torch = None
needs_torch = unittest.skipIf(torch is None, "torch is not installed")


def run(*words):
    """Exit code, standard output and error of a command line."""
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        code = convert.main([str(word) for word in words])
    return code, out.getvalue(), error.getvalue()


class Folder(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.target = self.folder / "weights.safetensors"

    def same(self, expected):
        found = load_file(self.target)
        self.assertEqual(sorted(found), sorted(expected))
        for name, value in expected.items():
            value = value.numpy() if hasattr(value, "numpy") else value
            self.assertEqual(found[name].dtype, value.dtype, name)
            np.testing.assert_array_equal(found[name], value, err_msg=name)


@needs_torch
class PyTorch(Folder):
    def model(self):
        from lstm import Config, Lstm

        torch.manual_seed(3)
        return Lstm(Config(steps=6, features=4, hidden=10, layers=2, dense=5, outputs=2)).eval()

    def saved(self, value, name="model.pt"):
        torch.save(value, self.folder / name)
        return self.folder / name

    def test_a_state_dict_keeps_its_names_and_values(self):
        state = self.model().state_dict()
        code, out, _ = run(self.saved(state), self.target, "--metadata", "steps=6")
        self.assertEqual(code, 0)
        self.same(state)
        self.assertEqual(load_metadata(self.target), {"steps": "6"})
        self.assertIn("lstm.weight_ih_l0\tfloat32\t[40, 4]", out)

    def test_checkpoints_nest_and_prefixes_are_stripped(self):
        state = self.model().state_dict()
        wrapped = {f"module.{name}": value for name, value in state.items()}
        for key in ("state_dict", "model_state_dict", "model"):
            path = self.saved({key: wrapped, "epoch": 7})
            self.assertEqual(run(path, self.target, "--strip", "module.")[0], 0)
            path = self.saved({key: wrapped, "loss": 0.5, "settings": Path("x")})
            self.assertEqual(run(path, self.target, "--strip", "module.")[0], 2)
            self.assertEqual(run(path, self.target, "--strip", "module.", "--trust")[0], 0)
            self.same(state)
        path = self.saved({"ema": {"weights": 1}, "student": wrapped})
        self.assertEqual(run(path, self.target, "--key", "student", "--strip", "module.")[0], 0)
        self.same(state)
        code, _, error = run(path, self.target, "--key", "teacher")
        self.assertEqual(code, 2)
        self.assertIn("no state dict under `teacher`; its keys: ema, student", error)

    def test_torchscript_archives_are_read(self):
        model = self.model()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.jit.trace(model, torch.zeros(1, 6, 4)).save(str(self.folder / "script.pt"))
        self.assertEqual(run(self.folder / "script.pt", self.target)[0], 0)
        self.same(model.state_dict())

    def test_names_are_mapped_by_option_and_by_file(self):
        state = {"encoder.w": torch.ones(2, 3), "encoder.b": torch.zeros(2)}
        table = self.folder / "names.json"
        table.write_text(json.dumps({"w": "fc1.weight", "b": "wrong"}))
        path = self.saved(state)
        words = (path, self.target, "--strip", "encoder.", "--map", table, "--rename", "b=fc1.bias")
        self.assertEqual(run(*words)[0], 0)
        self.same({"fc1.weight": state["encoder.w"], "fc1.bias": state["encoder.b"]})

    def test_other_types_are_kept_widened_or_left_out(self):
        state = {
            "half": torch.tensor([0.1, -2.0]).half(),
            "brain": torch.tensor([0.1, -2.0]).bfloat16(),
            "double": torch.tensor([[0.1]]).double(),
            "steps": torch.tensor(5),
            "scalar": torch.tensor(2.5),
            "turned": torch.arange(6.0).reshape(2, 3).t(),
        }
        code, _, error = run(self.saved(state), self.target)
        self.assertEqual(code, 0)
        self.assertIn("left out: steps (int64)", error)
        del state["steps"]
        state["brain"] = state["brain"].float()
        self.same(state)

    def test_a_listing_writes_nothing(self):
        code, out, _ = run(self.saved({"a.weight": torch.ones(2, 3)}), "--list")
        self.assertEqual((code, out), (0, "a.weight\tfloat32\t[2, 3]\n"))
        self.assertFalse(self.target.exists())

    def test_what_cannot_be_converted_is_named_and_the_target_stays(self):
        self.target.write_bytes(b"before")
        bad = torch.tensor([1.0, float("nan"), 2.0])
        cases = [
            (self.saved({"w": bad}), [], "tensor `w` is not finite at element 1"),
            (self.saved({"a.w": bad * 0 + 1, "w": bad}, "b.pt"), ["--strip", "a."], "would both be `w`"),
            (self.saved({"w": torch.ones(1)}, "c.pt"), ["--rename", "v=x"], "no tensor is named `v`; found: w"),
            (self.saved({"w": torch.ones(1)}, "d.pt"), ["--strip", "w"], "nothing is left of the name `w`"),
            (self.saved({"n": 3}, "e.pt"), [], "holds no tensor of floating-point numbers"),
            (self.saved([1, 2], "f.pt"), [], "holds a list, not a state dict"),
            (self.saved(self.model(), "g.pt"), [], "save model.state_dict() alone, or pass --trust"),
            (self.folder / "missing.pt", [], "is not a file"),
        ]
        for path, words, message in cases:
            code, _, error = run(path, self.target, *words)
            self.assertEqual(code, 2, message)
            self.assertIn(message, error)
        self.assertEqual(self.target.read_bytes(), b"before")
        self.assertEqual([p.name for p in self.folder.iterdir() if p.suffix == ".new"], [])

    def test_an_exported_onnx_model_gives_the_weights_of_its_state_dict(self):
        model = self.model()
        path = self.folder / "model.onnx"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(model, torch.zeros(1, 6, 4), str(path), opset_version=13)
        code, listing, _ = run(path, "--list")
        self.assertEqual(code, 0)
        # The one matrix that PyTorch exports without its name: attention's, as the right operand of a MatMul.
        nameless = [line.split("\t")[0] for line in listing.splitlines() if line.startswith("onnx::MatMul")]
        self.assertEqual(len(nameless), 1, listing)
        self.assertEqual(run(path, self.target, "--rename", f"{nameless[0]}=attention.weight")[0], 0)
        self.same(model.state_dict())


def field(number, value):
    """One field of a protocol buffer."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def tensor(name, array, raw=True):
    kind = {"float32": 1, "float16": 10, "float64": 11, "int64": 7}[str(array.dtype)]
    head = b"".join(field(1, n) for n in array.shape) + field(2, kind) + field(8, name)
    return head + (field(9, array.tobytes()) if raw else field({1: 4, 11: 10}[kind], array.tobytes()))


def node(operator, inputs, output, *attributes):
    names = b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, operator)
    return field(1, names + b"".join(field(5, attribute) for attribute in attributes))


def model(nodes, tensors):
    graph = b"".join(nodes) + b"".join(field(5, value) for value in tensors)
    return field(1, 8) + field(7, graph)


class Onnx(Folder):
    def save(self, data):
        path = self.folder / "model.onnx"
        path.write_bytes(data)
        return path

    def parts(self, hidden=2, inputs=3):
        random = np.random.default_rng(1)
        draw = lambda *shape: random.standard_normal(shape).astype(np.float32)  # noqa: E731
        return draw(1, 4 * hidden, inputs), draw(1, 4 * hidden, hidden), draw(1, 8 * hidden)

    def test_gates_are_reordered_and_biases_split(self):
        w, r, b = self.parts()
        nodes = [node("LSTM", ["x", "W", "R", "B"], "y")]
        path = self.save(model(nodes, [tensor("W", w), tensor("R", r, raw=False), tensor("B", b)]))
        self.assertEqual(run(path, self.target)[0], 0)
        order = np.r_[0:2, 4:6, 6:8, 2:4]  # i, f, c, o among i, o, f, c
        self.same({
            "lstm.weight_ih_l0": w[0][order],
            "lstm.weight_hh_l0": r[0][order],
            "lstm.bias_ih_l0": b[0][:8][order],
            "lstm.bias_hh_l0": b[0][8:][order],
        })

    def test_layers_are_numbered_in_order_and_a_missing_bias_is_zero(self):
        w, r, _ = self.parts(inputs=2)
        nodes = [node("LSTM", ["x", "W", "R"], "y"), node("LSTM", ["y", "W", "R"], "z")]
        self.assertEqual(run(self.save(model(nodes, [tensor("W", w), tensor("R", r)])), self.target)[0], 0)
        found = load_file(self.target)
        self.assertEqual(sum(name.endswith("_l1") for name in found), 4)
        self.assertFalse(found["lstm.bias_hh_l1"].any())

    def test_matrices_multiplied_from_the_right_are_turned(self):
        a = np.arange(6, dtype=np.float32).reshape(2, 3)
        transposed = field(1, "transB") + field(3, 1)
        nodes = [
            node("MatMul", ["x", "m"], "1"),
            node("Gemm", ["x", "g", "c"], "2"),
            node("Gemm", ["x", "t", "c"], "3", transposed),
            node("Constant", [], "k", field(1, "value") + field(5, tensor("", a.astype(np.float64)))),
            node("Constant", [], "unused", field(1, "value") + field(5, tensor("", a))),
            node("MatMul", ["x", "k"], "4"),
        ]
        tensors = [tensor(name, a) for name in "mgt"] + [tensor("c", a[0]), tensor("n", np.zeros(1, np.int64))]
        code, _, error = run(self.save(model(nodes, tensors)), self.target)
        self.assertEqual(code, 0)
        self.assertIn("left out: n", error)
        self.same({"m": a.T, "g": a.T, "t": a, "c": a[0], "k": a.T.astype(np.float64)})

    def test_networks_that_are_none_of_ours_are_refused_by_node(self):
        w, r, b = self.parts()
        direction = field(1, "direction") + field(4, "reverse")
        activations = field(1, "activations") + field(9, "Relu") + field(9, "Tanh") + field(9, "Tanh")
        weights = [tensor("W", w), tensor("R", r), tensor("B", b)]
        cases = [
            (node("LSTM", ["x", "W", "R", "B"], "y", direction), "does not run forward only"),
            (node("LSTM", ["x", "W", "R", "B"], "y", activations), "has the activations ['Relu', 'Tanh', 'Tanh']"),
            (node("LSTM", ["x", "W", "R", "", "", "", "", "B"], "y"), "has peepholes"),
            (node("LSTM", ["x", "V", "R", "B"], "y"), "W of LSTM node `y` is computed in the graph"),
            (node("LSTM", ["x", "R", "R", "B"], "y"), None),
            (node("LSTM", ["x", "B", "R"], "y"), "has weights of shape (1, 16) and (1, 8, 2)"),
        ]
        for data, message in cases:
            code, _, error = run(self.save(model([data], weights)), self.target)
            self.assertEqual(code, 0 if message is None else 2)
            self.assertIn(message or "", error)

    def test_a_file_cut_anywhere_is_refused_or_lacks_what_was_cut(self):
        w, r, b = self.parts()
        nodes = [node("LSTM", ["x", "W", "R", "B"], "y")]
        data = model(nodes, [tensor("W", w), tensor("R", r), tensor("B", b)])
        for length in range(len(data)):
            code, _, error = run(self.save(data[:length]), self.target)
            self.assertEqual(code, 2, f"{length} of {len(data)}")
            self.assertTrue(error.startswith("convert.py: "))

    def test_weights_in_another_file_are_refused(self):
        w, r, b = self.parts()
        outside = tensor("W", w) + field(14, 1)
        nodes = [node("LSTM", ["x", "W", "R", "B"], "y")]
        code, _, error = run(self.save(model(nodes, [outside, tensor("R", r), tensor("B", b)])), self.target)
        self.assertEqual(code, 2)
        self.assertIn("`W` lies in another file", error)


class Protocol(unittest.TestCase):
    def test_negative_and_packed_integers(self):
        packed = field(1, varint(3) + varint((1 << 64) - 2))
        self.assertEqual(convert.integers(packed + field(1, 5), 1), [3, -2, 5])
        self.assertEqual(struct.calcsize("<H"), 2)


if __name__ == "__main__":
    if torch is None:
        print("torch is not installed: PyTorch checkpoints are not tested", file=sys.stderr)
    unittest.main()
