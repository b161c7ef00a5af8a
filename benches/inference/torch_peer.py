"""Times our networks in PyTorch (TorchScript, frozen), one thread: a JSON line of microseconds per call.

    python3 torch_peer.py lstm|ssm FOLDER CALLS

Reads FOLDER/{lstm,ssm}.{safetensors,in,out}. The call of an empty scripted module is subtracted. The state-space
recurrence is the `eigen` formulation of onnx_models.py. Needs PyTorch 1.13 or later (Debian: python3-torch) and NumPy.
"""

import json
import pathlib
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from typing import List

from legs import legs_eigenbasis


def load(path):
    """A safetensors file of f32 tensors."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = entry["data_offsets"]
            array = np.frombuffer(data[8 + length + start : 8 + length + end], np.float32)
            tensors[name] = torch.from_numpy(array.reshape(entry["shape"]).copy())
    return tensors


class Empty(torch.nn.Module):
    def forward(self, x):
        return x


class Lstm(torch.nn.Module):
    def __init__(self, w):
        super().__init__()
        hidden, features = w["lstm.weight_hh_l0"].shape[1], w["lstm.weight_ih_l0"].shape[1]
        layers = sum(name.startswith("lstm.weight_ih") for name in w)
        self.lstm = torch.nn.LSTM(features, hidden, layers, batch_first=True)
        self.attention = torch.nn.Linear(hidden, 1)
        self.fc1 = torch.nn.Linear(hidden, w["fc1.weight"].shape[0])
        self.fc2 = torch.nn.Linear(*reversed(w["fc2.weight"].shape))
        self.load_state_dict({name: w[name] for name in self.state_dict()})

    def forward(self, x):
        h = self.lstm(x)[0]
        context = (torch.softmax(self.attention(h), dim=1) * h).sum(1)
        return self.fc2(torch.relu(self.fc1(context)))


class Layer(torch.nn.Module):
    def __init__(self, w, prefix, basis):
        super().__init__()
        for name in ("norm.weight", "block.in_proj.weight", "block.conv.weight", "block.conv.bias", "block.x_proj.weight",
                     "block.dt_proj.weight", "block.dt_proj.bias", "block.d", "block.out_proj.weight"):
            self.register_buffer(name.replace("block.", "").replace(".", "_"), w[prefix + name])
        self.register_buffer("basis", basis)
        self.register_buffer("halves", 0.5 * torch.arange(1, len(basis) + 1, dtype=torch.float64)[:, None])
        self.rank = int(self.dt_proj_weight.shape[1])
        self.taps = int(self.conv_weight.shape[2])

    def forward(self, z):
        x = z * torch.rsqrt((z * z).mean(-1, keepdim=True) + 1e-5) * self.norm_weight
        projected = F.linear(x, self.in_proj_weight)
        a, gate = projected.chunk(2, dim=-1)
        padded = F.pad(a, [0, 0, self.taps - 1, 0])
        total = self.conv_bias
        for tap in range(self.taps):
            total = total + padded[tap : tap + a.shape[0]] * self.conv_weight[:, 0, tap]
        a = F.silu(total)
        low = F.linear(a, self.x_proj_weight)
        delta = F.softplus(F.linear(low[:, : self.rank], self.dt_proj_weight, self.dt_proj_bias), 1.0, 1e9).double()
        drive = delta * a.double()
        c = torch.matmul(low[:, self.rank :].double(), self.basis)
        s = torch.zeros([int(self.halves.shape[0]), int(a.shape[1])], dtype=torch.float64)
        outputs: List[torch.Tensor] = []
        for t in range(a.shape[0]):
            w = torch.reciprocal(self.halves * delta[t] + 1.0)
            s = w * (s + s + drive[t]) - s
            outputs.append(torch.mv(s.t(), c[t]))
        y = torch.stack(outputs).float() + self.d * a
        return z + F.linear(y * F.silu(gate), self.out_proj_weight)


class Ssm(torch.nn.Module):
    def __init__(self, w, length=96, patch=16, stride=8):
        super().__init__()
        for name, tensor in w.items():
            if not name.startswith("layers."):
                self.register_buffer(name.replace(".", "_"), tensor)
        tokens = (length - patch) // stride + 1
        average = torch.zeros(tokens, length)
        for p in range(tokens):
            average[p, p * stride : p * stride + patch] = 1.0 / patch
        self.register_buffer("average", average)
        rank = w["layers.0.block.dt_proj.weight"].shape[1]
        state = w["layers.0.block.x_proj.weight"].shape[0] - rank
        basis = torch.from_numpy(legs_eigenbasis(state))
        count = sum(name.endswith(".norm.weight") for name in w if name.startswith("layers."))
        self.layers = torch.nn.Sequential(*(Layer(w, f"layers.{i}.", basis) for i in range(count)))

    def forward(self, x):
        e = F.linear(x, self.embed_input_weight, self.embed_input_bias)
        e = F.gelu(F.layer_norm(e, [e.shape[1]], self.embed_norm_weight, self.embed_norm_bias, 1e-5))
        skip = F.linear(torch.matmul(self.average, x), self.embed_skip_weight, self.embed_skip_bias)
        z = self.layers(torch.matmul(self.average, e) + skip)
        pooled = torch.stack([z.mean(0), z.max(0)[0]])
        hidden = torch.relu(F.linear(pooled, self.attention_fc1_weight, self.attention_fc1_bias))
        z = z * torch.sigmoid(F.linear(hidden, self.attention_fc2_weight, self.attention_fc2_bias).sum(0))
        z = z * torch.rsqrt((z * z).mean(-1, keepdim=True) + 1e-5) * self.norm_weight
        return F.linear(z.flatten()[None], self.head_weight, self.head_bias)


def times(module, inputs, calls):
    """Nanoseconds of the first call, and sorted ones of the later calls (behind those that the compiler profiles)."""
    taken, first = [], None
    for call in range(-len(inputs), calls):
        x = inputs[call % len(inputs)]
        start = time.perf_counter_ns()
        module(x)
        end = time.perf_counter_ns()
        first = first or end - start
        if call >= 0:
            taken.append(end - start)
    return first, np.sort(taken)


def main():
    name, folder, calls = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    w = load(folder / f"{name}.safetensors")
    inputs = torch.from_numpy(np.fromfile(folder / f"{name}.in", np.float32))
    if name == "lstm":
        module, inputs = Lstm(w), inputs.view(-1, 1, 100, w["lstm.weight_ih_l0"].shape[1])
    else:
        module, inputs = Ssm(w), inputs.view(-1, 96, w["embed.input.weight"].shape[1])
    outputs = np.fromfile(folder / f"{name}.out", np.float32).reshape(len(inputs), -1)
    with torch.inference_mode():
        module = torch.jit.freeze(torch.jit.script(module.eval()))
        first, taken = times(module, inputs, calls)
        overhead = np.median(times(torch.jit.freeze(torch.jit.script(Empty().eval())), inputs, calls)[1])
        error = max(float(np.abs(module(x).numpy().ravel() - y).max()) for x, y in zip(inputs, outputs))
    at = lambda q: (taken[int(q * (len(taken) - 1))] - overhead) / 1e3  # noqa: E731
    print(json.dumps({"engine": f"libtorch {torch.__version__}", "p50": at(0.5), "p99": at(0.99),
                      "first": (first - overhead) / 1e3, "overhead": overhead / 1e3, "error": error}))


if __name__ == "__main__":
    main()
