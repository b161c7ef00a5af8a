"""The LegS state matrix in its eigenbasis, for engines whose recurrence is elementwise."""

from fractions import Fraction

import numpy as np


def legs_eigenbasis(n):
    """V diag(V^-1 b) of LegS, exactly: with it s = M s~ where every s~ starts at zero and is driven by delta u."""
    v = [[Fraction(int(i == j)) for j in range(n)] for i in range(n)]
    for j in range(n):
        for i in range(j + 1, n):
            v[i][j] = -sum((2 * k + 1) * v[k][j] for k in range(j, i)) / (i - j)
    # In the basis scaled by sqrt(2n + 1) the drive is all ones: V coefficients = 1.
    coefficients = []
    for i in range(n):
        coefficients.append((Fraction(1) - sum(v[i][j] * coefficients[j] for j in range(i))) / v[i][i])
    root = np.sqrt(2 * np.arange(n) + 1.0)
    return root[:, None] * np.array([[float(v[i][j] * coefficients[j]) for j in range(n)] for i in range(n)])
