#!/usr/bin/env python3
"""Golden numbers of F2 for src/quote/tests.rs, by a method that the library does not use.

e^(-M*tau) of the full (2N+1)-square matrix in 150 decimal digits (mpmath), so that neither cancellation nor
the tails matter; scipy's expm in doubles is printed beside it as a check of the set-up. Needs mpmath, numpy, scipy.
"""

import mpmath as mp
import numpy as np
from scipy.linalg import expm

CASES = [
    # gamma, xi, sigma, k, A, order size, N, tau, inventories in orders
    (0.01, 0.01, 0.3, 0.3, 0.9, 1, 30, 600, [0, 5, 10, 20, 29, 30]),
    (0.1, 0.1, 2.0, 1.5, 140, 1, 20, 1, [0, 1, 10, 19, 20]),
    (0.1, 0.1, 2.0, 1.5, 140, 1, 20, 0.1, [0, 1, 10, 19, 20]),
    (0.1, 0.1, 2.0, 1.5, 140, 1, 20, 0.005, [0, 1, 10, 19, 20]),
    (0.5, 0.5, 3.0, 0.4, 0.5, 1, 20, 20, [0, 1, 10, 19, 20]),
    (0.0001, 0.0, 0.8, 0.6, 0.2, 100, 12, 120, [0, 1, 6, 11, 12]),
    (0.0, 0.0, 1.0, 0.5, 2.0, 1, 5, 10, [0, 1, 4, 5]),
]


def distances(gamma, xi, sigma, k, a, size, n, tau, digits):
    mp.mp.dps = digits
    gamma, xi, sigma, k, a, size, tau = (mp.mpf(str(x)) for x in (gamma, xi, sigma, k, a, size, tau))
    x = xi * size / k
    alpha = k * gamma * sigma**2 * size / 2
    eta = a * mp.exp(-1) if x == 0 else a * (1 + x) ** (-(1 + 1 / x))
    base = 1 / k if x == 0 else mp.log1p(x) / (xi * size)
    matrix = mp.matrix(2 * n + 1)
    for i in range(2 * n + 1):
        matrix[i, i] = -alpha * (i - n) ** 2 * tau
        if i:
            matrix[i, i - 1] = matrix[i - 1, i] = eta * tau
    v = mp.expm(matrix) * mp.ones(2 * n + 1, 1)
    w = expm(np.array(matrix.tolist(), dtype=float)) @ np.ones(2 * n + 1)

    def bid(values, log, q):
        return float(log(values[q + n] / values[q + n + 1])) / float(k) + float(base) if q < n else None

    return lambda q: (bid(v, mp.log, q), bid(v, mp.log, -q), bid(w, np.log, q), bid(w, np.log, -q))


for gamma, xi, sigma, k, a, size, n, tau, inventories in CASES:
    at = distances(gamma, xi, sigma, k, a, size, n, tau, 150)
    print(f"gamma={gamma} xi={xi} sigma={sigma} k={k} A={a} size={size} N={n} tau={tau}")
    for q in inventories:
        bid, ask, double_bid, double_ask = at(q)
        print(f"  q={q}: bid {bid!r} ask {ask!r}   (doubles: {double_bid!r} {double_ask!r})")
