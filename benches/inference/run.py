"""Our predictors beside their peers on one core: the same weights, the same rotating inputs, outputs compared first.

    python run.py FOLDER --ours PROGRAM [--tract PROGRAM] [--torch PYTHON] [--core 1] [--rounds 5] [--only trees] [--quick]

`scripts/bench-inference` builds what this needs and calls it. Every measurement is a fresh process on the pinned core; rounds
alternate over the engines and the median of the rounds counts. An engine whose outputs differ from ours stops the run.
Tables come first, then one JSON line per goal, against the best peer's median.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Largest |difference| from our f32 outputs (trees: from LightGBM's sums).
TOLERANCE = {"lstm": 1e-5, "ssm": 1e-4, "trees": 1e-9}
# Calls a round.
CALLS = {"lstm": 600, "ssm": 600, "trees": 20000}


def reason(stderr):
    """What a program says of its failure: the end of what it printed, without where it was in its own source."""
    return re.split("stack backtrace:", stderr, maxsplit=1, flags=re.IGNORECASE)[0].strip()[-300:]


class Engine:
    """A command that prints a measurement as its last line; `peer` engines are candidates for the best one."""

    def __init__(self, name, command, *, peer=True, exact=True):
        self.name, self.command, self.peer, self.exact, self.rounds = name, command, peer, exact, []

    def measure(self, core, tolerance):
        result = subprocess.run(["taskset", "-c", str(core), *map(str, self.command)], capture_output=True, text=True)
        if result.returncode != 0:
            raise RuntimeError(f"{self.name}: {reason(result.stderr)}")
        found = json.loads(result.stdout.strip().splitlines()[-1])
        if self.exact and not found["error"] <= tolerance:
            raise RuntimeError(f"{self.name}: outputs differ by {found['error']}, allowed is {tolerance}: no comparison")
        self.rounds.append(found)

    def median(self, key):
        return statistics.median(round[key] for round in self.rounds if key in round)

    def has(self, key):
        return bool(self.rounds) and key in self.rounds[0]


def train_trees(folder):
    """500 trees of 31 leaves over 17 features, and rows to predict; kept between runs."""
    import lightgbm
    import numpy as np

    rng = np.random.default_rng(1)
    x = rng.normal(size=(50_000, 17))
    noise = 0.5 * rng.normal(size=len(x))
    y = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2] + np.abs(x[:, 3]) + 0.5 * x[:, 4:] @ rng.normal(size=13) + noise
    parameters = {"objective": "regression", "num_leaves": 31, "learning_rate": 0.05, "verbose": -1, "num_threads": 1}
    booster = lightgbm.train({**parameters, "deterministic": True, "seed": 1}, lightgbm.Dataset(x, y), 500)
    rng.normal(size=(4096, 17)).tofile(folder / "trees.in")
    booster.save_model(folder / "trees.txt")


def tree_engines(folder, missing):
    """The peers' libraries, each as its own makers' tools build it."""
    program = folder / "trees_peer"
    subprocess.run(["gcc", "-O2", "-o", program, HERE / "trees_peer.c", "-ldl", "-lm"], check=True)
    made = (folder / "trees.txt").stat().st_mtime
    fresh = lambda path: path.exists() and path.stat().st_mtime > made  # noqa: E731
    data = [folder / "trees.txt", 17, folder / "trees.in", folder / "trees.out"]

    def engine(name, kind, library):
        return Engine(name, [program, name, kind, library, *data, CALLS["trees"]])

    engines = []
    try:
        import lightgbm

        library = next(pathlib.Path(lightgbm.__file__).parent.rglob("lib_lightgbm*"))
        version = lightgbm.__version__
        engines += [engine(f"lightgbm {version} {kind}", kind, library) for kind in ("lightgbm", "lightgbm-fast")]
    except Exception as error:
        missing.append(f"lightgbm: {error}")
    try:
        import tl2cgen
        import treelite

        model = treelite.frontend.load_lightgbm_model(folder / "trees.txt")
        for quantize in (0, 1):
            source = folder / f"tl2cgen_{quantize}"
            if not fresh(source / "main.c"):
                tl2cgen.generate_c_code(model, dirpath=source, params={"quantize": quantize, "parallel_comp": 4})
            for compiler in ("gcc", "clang"):
                if not shutil.which(compiler):
                    missing.append(f"tl2cgen with {compiler}: there is no {compiler}")
                    continue
                library = folder / f"tl2cgen_{quantize}_{compiler}.so"
                if not fresh(library):
                    sources = sorted(source.glob("*.c"))
                    command = [compiler, "-O3", "-march=native", "-fPIC", "-shared", "-o", library, *sources, "-lm"]
                    subprocess.run(command, check=True)
                name = f"tl2cgen {tl2cgen.__version__} {compiler}{' quantize' if quantize else ''}"
                engines.append(engine(name, "tl2cgen", library))
    except Exception as error:
        missing.append(f"tl2cgen: {error}")
    try:
        import lleaves

        compiled, library = folder / "lleaves.o", folder / "lleaves.so"
        if not fresh(library):
            lleaves.Model(model_file=str(folder / "trees.txt")).compile(cache=str(compiled))
            subprocess.run(["gcc", "-shared", "-o", library, compiled, "-lm"], check=True)
        engines.append(engine("lleaves", "lleaves", library))
    except Exception as error:
        missing.append(f"lleaves: {error}")
    return engines


def network_engines(name, folder, options, missing):
    files = [folder / f"{name}.in", folder / f"{name}.out", CALLS[name]]
    models = {"lstm": ["lstm"], "ssm": ["ssm_eigen", "ssm_wave"]}[name]
    engines = []
    have_models = (folder / f"{models[0]}.onnx").exists()
    if have_models:
        def ort(model, **kind):
            script = [sys.executable, HERE / "ort_peer.py", model, folder / f"{model}.onnx", folder / f"{name}_empty.onnx"]
            return Engine(f"onnxruntime {model}", script + files, **kind)

        engines += [ort(model) for model in models]
        if name == "lstm":
            engines.append(ort("lstm_int8", peer=False, exact=False))
    else:
        missing.append(f"onnxruntime on {name}: its models could not be made")
    if options.torch:
        command = [options.torch, HERE / "torch_peer.py", name, folder, CALLS[name]]
        engines.append(Engine("libtorch", command))
    if options.tract and have_models:
        engines += [Engine(f"tract {model}", [options.tract, folder / f"{model}.onnx", *files]) for model in models]
    return engines


def run_group(name, ours, peers, options, missing):
    """Alternates over the engines; a peer that cannot run at all is named and left out."""
    tolerance = TOLERANCE[name]
    for engine in list(peers):
        try:
            engine.measure(options.core, tolerance)
        except RuntimeError as error:
            if "outputs differ" in str(error):
                sys.exit(str(error))
            missing.append(" ".join(str(error).split())[:400])
            peers.remove(engine)
        engine.rounds.clear()
    for round in range(options.rounds):
        for engine in [*ours, *peers]:
            engine.measure(options.core, tolerance)
    print(f"\n{name:28} {'p50 us':>10} {'p99':>10} {'p99/p50':>8} {'first call':>11} {'first/p50':>9}  |difference|")
    for engine in [*ours, *peers]:
        p50, p99, first = (engine.median(key) for key in ("p50", "p99", "first"))
        # A tiny median beside a mean is a sequence of cheap and dear calls (a stream), told apart below.
        mean = f"  mean {engine.median('mean'):.3f}" if engine.has("mean") else ""
        label = engine.name if engine in ours else engine.rounds[0]["engine"]
        print(f"{label:28} {p50:10.3f} {p99:10.3f} {p99 / p50:8.2f} {first:11.3f} {first / p50:9.2f}  {engine.median('error'):.1e}{mean}")


def line(bench, ours, peers, key="p50"):
    """The JSON line of a goal: our time over the best peer's median."""
    candidates = [peer for peer in peers if peer.peer]
    if not candidates:
        return
    best = min(candidates, key=lambda peer: peer.median("p50"))
    mine, theirs = ours.median(key), best.median("p50")
    found = {
        "bench": bench, "unit": "us", "ours": round(mine, 4), "peer": best.rounds[0]["engine"], "theirs": round(theirs, 4),
        "ratio": round(mine / theirs, 4),
    }
    if key == "p50":
        found["p99_over_p50"] = round(ours.median("p99") / mine, 3)
        found["first_over_p50"] = round(ours.median("first") / mine, 3)
    return json.dumps(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--ours", required=True, help="the benchmark program of benches/inference.rs")
    parser.add_argument("--tract", help="the program of benches/peers/src/bin/tract.rs")
    parser.add_argument("--torch", help="a Python that has PyTorch")
    parser.add_argument("--core", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="groups whose name contains this: lstm, ssm, trees")
    parser.add_argument("--quick", action="store_true", help="a tenth of the calls, two rounds")
    options = parser.parse_args()
    if options.quick:
        options.rounds = 2
        for name in CALLS:
            CALLS[name] //= 10
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    missing = [f"tract: {os.environ['NO_TRACT']}"] if os.environ.get("NO_TRACT") else []
    if not options.torch:
        missing.append("libtorch: no Python with PyTorch (Debian: python3-torch)")
    groups = [name for name in ("lstm", "ssm", "trees") if options.only in name]
    if "trees" in groups and not (folder / "trees.txt").exists():
        try:
            train_trees(folder)
        except ImportError as error:
            missing.append(f"trees need LightGBM to train them: {error}")
            groups.remove("trees")
    subprocess.run([options.ours, "prepare", folder], check=True)
    if {"lstm", "ssm"} & set(groups):
        made = subprocess.run([sys.executable, HERE / "onnx_models.py", folder], capture_output=True, text=True)
        if made.returncode != 0:
            missing.append(f"onnxruntime: {made.stderr.strip().splitlines()[-1]}")

    def ours(case, calls, exact=True):
        return Engine(f"ours {case}", [options.ours, "time", case, folder, calls], exact=exact)

    lines = []
    if "lstm" in groups:
        cases = ["lstm/f32", "lstm/bf16", "lstm/i16", "lstm/int8"]
        own = [ours(case, CALLS["lstm"], exact=case == "lstm/f32") for case in cases]
        peers = network_engines("lstm", folder, options, missing)
        run_group("lstm", own, peers, options, missing)
        lines += [line(case, engine, peers) for case, engine in zip(cases, own) if case != "lstm/bf16"]
    if "ssm" in groups:
        own = [ours(case, CALLS["ssm"]) for case in ("ssm/window", "ssm/push", "ssm/push+forecast")]
        peers = network_engines("ssm", folder, options, missing)
        run_group("ssm", own, peers, options, missing)
        # A stream's cost is spread unevenly over its rows (a token every eighth): its mean per row counts. Peers have no
        # streaming form of the network and compute the window.
        lines += [line("ssm/window", own[0], peers), line("ssm/push", own[1], peers, "mean")]
    if "trees" in groups:
        own = [ours("trees/row", CALLS["trees"])]
        peers = tree_engines(folder, missing)
        run_group("trees", own, peers, options, missing)
        lines.append(line("trees/row", own[0], peers))
    for text in missing:
        print(f"missing: {text}")
    print()
    for text in filter(None, lines):
        print(text)


if __name__ == "__main__":
    main()
