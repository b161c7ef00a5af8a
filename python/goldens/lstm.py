"""Golden inputs and outputs of the LSTM network, by its PyTorch definition in python/models/lstm.py.

Writes tests/golden/lstm_{default,odd,plain}.safetensors: windows, memories, and outputs in float64 (the definition) and in
float32 (PyTorch's own error, for comparison). Weights are not stored: they come from the formula in `weights`, which
the Rust test computes too, except those of the odd network, which are its PyTorch state dict in
lstm_odd_weights.safetensors. Run it from the repository's root: `python3 python/goldens/lstm.py`.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "models"))
from lstm import Config, Lstm  # noqa: E402
from safetensors_io import save_file  # noqa: E402

FOLDER = Path("tests/golden")
ODD = Config(steps=17, features=7, hidden=21, layers=3, dense=11, outputs=4)
PLAIN = Config(steps=9, features=2, hidden=16, layers=4, attention=False, dense=0)


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


def weights(model, salt, scale):
    """Every tensor uniform in ±scale/√inputs: hidden units for the recurrent layers, as PyTorch initialises them."""
    state = {}
    for name, value in model.state_dict().items():
        inputs = model.config.dense if name.startswith("fc2") else model.config.hidden
        u = unit(salt + name, value.numel()).reshape(tuple(value.shape))
        state[name] = torch.from_numpy((u * (scale / np.sqrt(float(inputs)))).astype(np.float32))
    return state


def write(name, config, salt, scale, state=None):
    model = Lstm(config)
    state = weights(model, salt, scale) if state is None else state
    windows = unit(f"windows.{name}", 4 * config.steps * config.features).astype(np.float32)
    windows = windows.reshape(4, config.steps, config.features)
    # Hidden states within ±1, cells within ±2; [layer][h, c][window][unit] for PyTorch, [window][layer][h, c][unit] stored.
    memory = unit(f"memory.{name}", 4 * config.layers * 2 * config.hidden).astype(np.float32)
    memory = memory.reshape(4, config.layers, 2, config.hidden)
    memory[:, :, 1] *= 2
    tensors = {"windows": windows, "memory": memory}
    for label, dtype in (("f64", torch.float64), ("f32", torch.float32)):
        model = model.to(dtype)
        model.load_state_dict({key: value.to(dtype) for key, value in state.items()})
        start = torch.from_numpy(memory).to(dtype).permute(2, 1, 0, 3).contiguous()
        with torch.no_grad():
            tensors[f"prediction.{label}"] = model(torch.from_numpy(windows).to(dtype))
            tensors[f"prediction_from.{label}"] = model(torch.from_numpy(windows).to(dtype), (start[0], start[1]))
    metadata = {"config": json.dumps(asdict(config)), "salt": salt, "scale": scale}
    save_file(tensors, FOLDER / f"lstm_{name}.safetensors", metadata)


def main():
    torch.set_num_threads(1)
    write("default", Config(), "golden ", 1.0)
    write("plain", PLAIN, "plain ", 2.0)
    torch.manual_seed(20)
    odd = Lstm(ODD).state_dict()
    save_file(odd, FOLDER / "lstm_odd_weights.safetensors", {"steps": ODD.steps})
    write("odd", ODD, "", 1.0, odd)


if __name__ == "__main__":
    main()
