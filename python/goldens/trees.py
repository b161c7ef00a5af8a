#!/usr/bin/env python3
"""Writes tests/golden/trees: small LightGBM models, rows, and what LightGBM predicts for them.

    pip install lightgbm==4.7.0 numpy && python python/goldens/trees.py

Per case NAME.txt is the model as LightGBM writes it (without the training parameters behind the trees, except
in the first case), and NAME.rows has one line per row: `values | raw scores | predictions`, numbers in the shortest form
that reads back as the same double. Rows are random ones, then hard ones: thresholds of the model and their
neighbours, zeros of both signs, values about LightGBM's zero of 1e-35, infinities, NaN, unknown and odd categories.
"""

import pathlib
import re

import lightgbm
import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "trees"
SPECIAL = [0.0, -0.0, 1e-36, -1e-36, 1.0000000180025095e-35, 1.1e-35, np.inf, -np.inf, np.nan, 1e300, -1e300]
ODD_CATEGORIES = [-1.0, -0.5, 0.7, 2.5, 31.0, 32.0, 63.0, 64.0, 99.0, 100.0, 5e9, np.nan, np.inf, -np.inf]


def thresholds(text):
    """(feature, threshold) of every numeric split."""
    found = []
    for tree in text.split("\nTree=")[1:]:
        line = lambda key: (re.search(rf"^{key}=(.*)$", tree, re.M) or [None, ""])[1].split()
        kinds = map(int, line("decision_type"))
        for feature, threshold, kind in zip(map(int, line("split_feature")), map(float, line("threshold")), kinds):
            if not kind & 1:
                found.append((feature, threshold))
    return found


def hard_rows(rng, x, text, categorical, count):
    splits = thresholds(text)
    rows = x[rng.integers(0, len(x), count)].copy()
    for row in rows:
        for column in range(len(row)):
            pick = rng.random()
            if column in categorical:
                if pick < 0.5:
                    row[column] = rng.choice(ODD_CATEGORIES)
            elif pick < 0.3:
                row[column] = rng.choice(SPECIAL)
            elif pick < 0.7:
                own = [threshold for feature, threshold in splits if feature == column]
                if own:
                    threshold = own[rng.integers(len(own))]
                    row[column] = rng.choice([threshold, np.nextafter(threshold, np.inf), np.nextafter(threshold, -np.inf)])
    return rows


def write(name, x, y, parameters, rounds, *, rows=40, whole=False, categorical=(), group=None):
    rng = np.random.default_rng(len(name))
    parameters = {"verbose": -1, "num_threads": 1, "deterministic": True, "seed": 1, "min_data_in_leaf": 5, **parameters}
    data = lightgbm.Dataset(x, y, categorical_feature=list(categorical), group=group, params=parameters)
    booster = lightgbm.train(parameters, data, rounds)
    text = booster.model_to_string()
    if not whole:
        text = text[: text.index("\nparameters:")]
    (OUT / f"{name}.txt").write_text(text)
    if parameters.get("linear_tree"):
        return
    # Predictions are those of the text, as another program reads it.
    booster = lightgbm.Booster(model_str=text)
    sample = np.vstack([x[rng.integers(0, len(x), rows // 2)], hard_rows(rng, x, text, categorical, rows - rows // 2)])
    raw = booster.predict(sample, raw_score=True).reshape(rows, -1)
    predicted = booster.predict(sample).reshape(rows, -1)
    numbers = lambda values: " ".join(repr(float(value)) for value in values)
    lines = [" | ".join(map(numbers, parts)) for parts in zip(sample, raw, predicted)]
    (OUT / f"{name}.rows").write_text("\n".join(lines) + "\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    n = 3000
    # Three decimals keep the files short.
    x = np.round(rng.normal(size=(n, 6)), 3)
    signal = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2] + 0.3 * x[:, 3]
    y = signal + 0.1 * rng.normal(size=n)
    positive = np.exp(0.5 * signal)
    label = (y > 0).astype(float)
    write("regression", x, y, {"objective": "regression", "num_leaves": 15}, 12, whole=True)
    write("binary", x, label, {"objective": "binary", "num_leaves": 15, "sigmoid": 1.7}, 12)

    holes = x.copy()
    holes[rng.random(x.shape) < 0.1] = np.nan
    holes[rng.random(x.shape) < 0.2] = 0.0
    target = np.where(np.isnan(holes[:, 0]), 1.0, y) + (holes[:, 1] == 0)
    write("missing_nan", holes, target, {"objective": "regression", "num_leaves": 15}, 12)
    write("missing_zero", holes, target, {"objective": "regression", "num_leaves": 15, "zero_as_missing": True}, 12)
    write("missing_none", holes, target, {"objective": "regression", "num_leaves": 15, "use_missing": False}, 12)

    mixed = holes.copy()
    mixed[:, 4] = rng.integers(0, 100, n)
    mixed[:, 5] = rng.integers(0, 5, n)
    target = y + rng.normal(size=100)[mixed[:, 4].astype(int)] + (mixed[:, 5] == 2)
    category = {"objective": "regression", "num_leaves": 15, "min_data_per_group": 10, "cat_smooth": 1.0}
    write("categorical", mixed, target, category, 12, categorical=(4, 5))
    # Grown to more than 256 leaves, categorical splits are walked.
    write("categorical_deep", mixed, target, {**category, "num_leaves": 300}, 2, categorical=(4, 5))

    classes = np.digitize(signal, [-0.7, 0.7])
    write("multiclass", x, classes, {"objective": "multiclass", "num_class": 3, "num_leaves": 7}, 8)
    write("multiclassova", x, classes, {"objective": "multiclassova", "num_class": 3, "num_leaves": 7, "sigmoid": 0.8}, 8)
    write("leaves_100", x, y, {"objective": "regression", "num_leaves": 100, "min_data_in_leaf": 3}, 4)
    write("leaves_300", x, y, {"objective": "regression", "num_leaves": 300, "min_data_in_leaf": 2}, 2)
    write("bins_1024", x[:, :2], np.sin(9 * x[:, 0]) + np.sin(7 * x[:, 1]),
          {"objective": "regression", "num_leaves": 63, "max_bin": 1024, "min_data_in_bin": 1, "learning_rate": 0.5,
           "feature_fraction": 0.5, "feature_fraction_seed": 3}, 14)
    write("forest", x, y, {"objective": "regression", "boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1, "num_leaves": 15}, 8)
    write("dart", x, y, {"objective": "regression", "boosting": "dart", "num_leaves": 7, "drop_rate": 0.5}, 12)
    write("constant", x, np.full(n, 2.5), {"objective": "regression"}, 3, rows=4)
    write("linear", x, y, {"objective": "regression", "linear_tree": True, "num_leaves": 4}, 2)

    small = {"num_leaves": 4}
    for objective in ["regression_l1", "huber", "fair", "quantile", "mape"]:
        write(f"objective_{objective}", x, positive, {"objective": objective, "reg_sqrt": True, **small}, 3, rows=10)
    write("objective_sqrt", x, y, {"objective": "regression", "reg_sqrt": True, **small}, 3, rows=10)
    for objective in ["poisson", "gamma", "tweedie"]:
        write(f"objective_{objective}", x, positive, {"objective": objective, **small}, 3, rows=10)
    for objective in ["cross_entropy", "cross_entropy_lambda"]:
        write(f"objective_{objective}", x, label, {"objective": objective, **small}, 3, rows=10)
    for objective in ["lambdarank", "rank_xendcg"]:
        write(f"objective_{objective}", x, classes, {"objective": objective, **small}, 3, rows=10, group=[10] * (n // 10))
    write("objective_custom", x, y, {"objective": lambda prediction, data: (prediction - data.get_label(), np.ones(n)), **small}, 3, rows=10)


if __name__ == "__main__":
    main()
