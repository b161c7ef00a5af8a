#!/usr/bin/env python3
"""Makes small model files for MLMarketMaker: lstm.safetensors, spread.txt and spread.safetensors.

    python3 python/make_ml_weights.py FOLDER [--hidden 16]

They make the documented program run and the tests repeatable; they are no trading advice. The LSTM has random weights
(NumPy's PCG64, seed 7) at the scale that PyTorch initialises to, and biases that let it expect no change, a basis point of
volatility and no direction where the window says nothing. The spread model is written twice: as LightGBM text, regression
trees that step the spread up with volatility and with the size of the expected change, and down with volume; and
as an LSTM of one output around four basis points. The same arguments give the same bytes. Needs NumPy alone.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent / "goldens"))
from safetensors_io import save_file  # noqa: E402

STEPS, FEATURES, LAYERS, DENSE = 100, 5, 2, 16

# The names that MLMarketMaker knows, in its order (include/market_maker_cpp/ml_market_maker.hpp).
SPREAD_FEATURES = [
    "change",
    "volatility",
    "direction",
    "price_ratio",
    "return",
    "log_return",
    "volume_ratio",
    "volume_change",
    "realised_volatility",
    "window_return",
]


def lstm(random, hidden, scale, bias):
    """Tensors of an LSTM with attention and a head whose outputs are about `bias`, give or take `scale`."""

    def uniform(shape, fan_in):
        return random.uniform(-1.0, 1.0, shape).astype(np.float32) / np.float32(np.sqrt(fan_in))

    tensors = {}
    for layer in range(LAYERS):
        inputs = FEATURES if layer == 0 else hidden
        tensors[f"lstm.weight_ih_l{layer}"] = uniform((4 * hidden, inputs), hidden)
        tensors[f"lstm.weight_hh_l{layer}"] = uniform((4 * hidden, hidden), hidden)
        tensors[f"lstm.bias_ih_l{layer}"] = uniform((4 * hidden,), hidden)
        tensors[f"lstm.bias_hh_l{layer}"] = uniform((4 * hidden,), hidden)
    tensors["attention.weight"] = uniform((1, hidden), hidden)
    tensors["attention.bias"] = uniform((1,), hidden)
    tensors["fc1.weight"] = uniform((DENSE, hidden), hidden)
    tensors["fc1.bias"] = uniform((DENSE,), hidden)
    outputs = len(bias)
    rows = np.asarray(scale, np.float32)[:, None]
    tensors["fc2.weight"] = uniform((outputs, DENSE), DENSE) * rows
    tensors["fc2.bias"] = np.asarray(bias, np.float32)
    return tensors


def stump(feature, threshold, left, right):
    """A tree of one split: `left` up to the threshold, `right` above it and for missing values."""
    return {
        "num_leaves": 2,
        "num_cat": 0,
        "split_feature": SPREAD_FEATURES.index(feature),
        "split_gain": 1,
        "threshold": repr(float(threshold)),
        "decision_type": 8,
        "left_child": -1,
        "right_child": -2,
        "leaf_value": f"{float(left)!r} {float(right)!r}",
        "leaf_weight": "1 1",
        "leaf_count": "1 1",
        "internal_value": 0,
        "internal_weight": 2,
        "internal_count": 2,
        "is_linear": 0,
        "shrinkage": 1,
    }


def spread_trees():
    """A spread in basis points: two, and half of the volatility, and what an expected move and thin volume add."""
    trees = [stump("realised_volatility", 0.0, 2.0, 2.0)]
    trees += [stump("realised_volatility", bps * 1e-4, 0.0, 0.5) for bps in range(1, 21)]
    for bps in (2, 5, 10):
        trees.append(stump("change", bps * 1e-4, 0.0, 0.25))
        trees.append(stump("change", -bps * 1e-4, 0.25, 0.0))
    trees += [stump("volume_ratio", ratio, 0.3, 0.0) for ratio in (0.25, 0.5)]
    return trees


def lightgbm_text(trees):
    """The trees as LightGBM's Booster.save_model writes them."""
    blocks = []
    for index, tree in enumerate(trees):
        lines = [f"Tree={index}"] + [f"{key}={value}" for key, value in tree.items()]
        blocks.append("\n".join(lines) + "\n\n\n")
    header = [
        "tree",
        "version=v4",
        "num_class=1",
        "num_tree_per_iteration=1",
        "label_index=0",
        f"max_feature_idx={len(SPREAD_FEATURES) - 1}",
        "objective=regression",
        "feature_names=" + " ".join(SPREAD_FEATURES),
        "feature_infos=" + " ".join("[-10000:10000]" for _ in SPREAD_FEATURES),
        "tree_sizes=" + " ".join(str(len(block)) for block in blocks),
        "",
        "",
    ]
    return "\n".join(header) + "".join(blocks) + "end of trees\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hidden", type=int, default=16)
    arguments = parser.parse_args()
    random = np.random.Generator(np.random.PCG64(7))
    metadata = {"architecture": "lstm", "steps": STEPS}
    bps = 1e-4
    networks = {
        "lstm.safetensors": lstm(random, arguments.hidden, [2 * bps, 0.5 * bps, 0.5], [0.0, bps, 0.0]),
        "spread.safetensors": lstm(random, arguments.hidden, [1.0], [4.0]),
    }
    for name, tensors in networks.items():
        save_file(tensors, arguments.folder / name, metadata)
    (arguments.folder / "spread.txt").write_text(lightgbm_text(spread_trees()), newline="\n")
    print("\n".join(str(arguments.folder / name) for name in [*networks, "spread.txt"]))


if __name__ == "__main__":
    main()
