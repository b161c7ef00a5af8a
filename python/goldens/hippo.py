"""Golden values of the HiPPO operators and their discretisations, by NumPy and scipy.signal.cont2discrete.

Writes tests/golden/hippo.txt: one line per array, `name rows columns` and then the values, row-major, in the shortest form
that reads back as the same double. Run it from the repository's root: `python3 python/goldens/hippo.py`.
"""

from pathlib import Path

import numpy as np
from scipy.linalg import expm, solve_triangular
from scipy.signal import cont2discrete

ORDER = 6
STEP = 0.125
METHODS = {
    "bilinear": ("bilinear", None),
    "zero_order_hold": ("zoh", None),
    "euler": ("euler", None),
    "backward": ("backward_diff", None),
    "quarter": ("gbt", 0.25),
}


def legs(n):
    """Gu et al. 2020, theorem 2, with the sign taken out: dx/dt = -A x + B u."""
    q = np.arange(n, dtype=np.float64)
    root = np.sqrt(2 * q + 1)
    a = np.tril(np.outer(root, root), -1) + np.diag(q + 1)
    return a, root


def legt(n, theta):
    """Gu et al. 2020, theorem 1 (translated Legendre), window theta."""
    q = np.arange(n)
    root = np.sqrt(2.0 * q + 1)
    row, column = np.meshgrid(q, q, indexing="ij")
    sign = np.where(column <= row, 1.0, (-1.0) ** (row - column))
    return np.outer(root, root) * sign / theta, root / theta


def lagt(n):
    """Gu et al. 2020, theorem 1 (translated Laguerre)."""
    return np.tril(np.ones((n, n))), np.ones(n)


def fourier(n, theta):
    """Truncated Fourier (Gu et al. 2022, arXiv 2206.12037): 1, then cosine and sine of each frequency, on a window theta."""
    edge = np.zeros(n)
    edge[0] = 1
    edge[1::2] = np.sqrt(2.0)
    derivative = np.zeros((n, n))
    for cosine in range(1, n, 2):
        if cosine + 1 < n:
            omega = 2 * np.pi * ((cosine + 1) // 2)
            derivative[cosine, cosine + 1] = -omega
            derivative[cosine + 1, cosine] = omega
    return (2 * np.outer(edge, edge) - derivative) / theta, 2 * edge / theta


def memory(order, samples):
    """The LegS memory of `samples` values by dense bilinear steps."""
    a, b = legs(order)
    c = np.zeros(order)
    eye = np.eye(order)
    for k, value in enumerate(samples, start=1):
        right = (eye - a / (2 * k)) @ c + b * value / k
        c = solve_triangular(eye + a / (2 * k), right, lower=True)
    return c


def main():
    lines = []

    def put(name, array):
        array = np.atleast_2d(np.asarray(array, dtype=np.float64))
        values = " ".join(repr(float(value)) for value in array.ravel())
        lines.append(f"{name} {array.shape[0]} {array.shape[1]} {values}")

    operators = {
        "legs": legs(ORDER),
        "legt": legt(ORDER, 2.0),
        "lagt": lagt(ORDER),
        "fourier": fourier(ORDER + 1, 2.0),
    }
    for name, (a, b) in operators.items():
        put(f"{name}/a", a)
        put(f"{name}/b", b)
        n = len(b)
        for label, (method, alpha) in METHODS.items():
            system = (-a, b[:, None], np.eye(n), np.zeros((n, 1)))
            da, db, *_ = cont2discrete(system, STEP, method=method, alpha=alpha)
            put(f"{name}/{label}/a", da)
            put(f"{name}/{label}/b", db.ravel())
    for scale in (0.01, 1.0, 40.0):
        put(f"expm/{scale}", expm(-legs(ORDER)[0] * scale))
    wave = [np.sin(0.05 * k) + 0.3 * np.cos(0.21 * k) for k in range(1, 201)]
    put("memory/samples", wave)
    put("memory/coefficients", memory(12, wave))
    Path("tests/golden/hippo.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
