"""Golden inputs and outputs of the SSM-HiPPO network, by its PyTorch definition in python/models/ssm_hippo.py.

Writes tests/golden/ssm_hippo_{default,small}.safetensors. The default-size network's weights are not stored: they come from
the formula in `weights`, which the Rust test computes too. Those of the small one, whose sizes are deliberately odd,
are in ssm_hippo_small_weights.safetensors, a state dict and nothing else. Outputs are given in float64 (the definition) and in float32 (PyTorch's own error, for comparison).
Run it from the repository's root: `python3 python/goldens/ssm_hippo.py`.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "models"))
from safetensors_io import save_file  # noqa: E402
from ssm_hippo import Config, SsmHippo  # noqa: E402

SMALL = Config(
    d_model=20,
    n_layer=3,
    seq_len=29,
    d_state=5,
    num_channels=7,
    forecast_len=3,
    patch_len=6,
    stride=4,
    expand=2,
    d_conv=3,
    dt_rank=3,
    reduction_ratio=3,
    progressive_state=True,
)


def unit(name, count):
    """Numbers in [-1, 1) with 24 bits: SplitMix64 of a counter that starts at FNV-1a of the tensor's name."""
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


def weights(model, scale=1.0):
    """Every tensor at PyTorch's initial scale by formula: norms and skips near one, steps of e^-6 to e^-2."""
    state = {}
    shapes = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    for name, shape in shapes.items():
        u = unit(name, int(np.prod(shape))).reshape(shape)
        if name.endswith("norm.weight") or name.endswith(".d"):
            value = 1.0 + 0.1 * u
        elif name == "embed.norm.bias":
            value = 0.1 * u
        elif name.endswith("dt_proj.bias"):
            value = -4.0 + 2.0 * u
        else:
            weight = shapes[name.replace(".bias", ".weight")]
            value = scale * u / np.sqrt(float(np.prod(weight[1:])))
        state[name] = torch.from_numpy(value.astype(np.float32))
    return state


def outputs(model, state, windows, rows):
    """Predictions of the windows and forecasts of the stream, in float64 and float32."""
    found = {}
    for label, dtype in (("f64", torch.float64), ("f32", torch.float32)):
        model = model.to(dtype)
        model.load_state_dict({name: value.to(dtype) for name, value in state.items()})
        with torch.no_grad():
            found[f"prediction.{label}"] = model(torch.from_numpy(windows).to(dtype))
            stream = model.stream(torch.from_numpy(rows).to(dtype))
        found[f"forecast.{label}"] = torch.stack([value for _, value in stream])
        found["forecast.rows"] = np.array([count for count, _ in stream], dtype=np.float64)
    return found


def main():
    torch.set_num_threads(1)
    generator = np.random.default_rng(7)
    folder = Path("tests/golden")
    for name, config, stored in (("default", Config(), False), ("small", SMALL, True)):
        model = SsmHippo(config)
        state = weights(model)
        # Features as they come: mostly around one, some far out.
        windows = generator.standard_t(4, (3, config.seq_len, config.num_channels)).astype(np.float32)
        rows = generator.standard_t(4, (config.seq_len + 3 * config.stride, config.num_channels))
        rows = rows.astype(np.float32)
        tensors = {"windows": windows, "rows": rows} | outputs(model, state, windows, rows)
        error = np.abs(tensors["prediction.f64"].numpy() - tensors["prediction.f32"].numpy()).max()
        print(name, "PyTorch float32 differs from float64 by", error, "of", np.abs(tensors["prediction.f64"]).max())
        metadata = {"architecture": "ssm-hippo", "config": json.dumps(asdict(config))}
        save_file(tensors, folder / f"ssm_hippo_{name}.safetensors", metadata)
        if stored:
            save_file(state, folder / f"ssm_hippo_{name}_weights.safetensors", metadata)


if __name__ == "__main__":
    main()
