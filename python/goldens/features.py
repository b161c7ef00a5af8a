#!/usr/bin/env python3
"""Golden rows of the 24 feature channels for tests/features_golden.rs, by methods that the library does not use.

From the raw LOBSTER files: a book of plain dictionaries, its best ten levels after every message, then each channel as a
direct sum over all messages with NumPy and pandas (no recurrences). Only derived features are written, no market data.

    python3 python/goldens/features.py [folder of recorded data] > tests/golden/features_aapl.csv

Needs numpy, pandas and the command `zstd`.
"""

import subprocess
import sys

import numpy as np
import pandas as pd

FOLDER = sys.argv[1] if len(sys.argv) > 1 else "../shared/data"
PREFIX = FOLDER + "/lobster/AAPL_2012-06-21_34200000_37800000_"
MESSAGES = 5_000
ROWS = 150
TICK = 100  # LOBSTER's unit is 1/10,000 dollar
STEP = 1_000_000_000
DAY = 86_400_000_000_000
VOLATILITY_HALF_LIVES = [1.0, 10.0, 60.0]
KYLE_HALF_LIFE = 60.0
VPIN_BUCKET, VPIN_BUCKETS = 400, 20
LEVELS = 10
BID, ASK = 0, 1


def lines(name, count):
    text = subprocess.run(["zstd", "-dc", PREFIX + name], check=True, capture_output=True).stdout.decode()
    return [line.split(",") for line in text.splitlines()[:count]]


def nanoseconds(seconds):
    whole, _, fraction = seconds.partition(".")
    return int(whole) * 10**9 + round(float("0." + (fraction or "0")) * 1e9)


class Book:
    """Orders by id, and per level what has an id and what does not."""

    def __init__(self, row):
        self.orders, self.known, self.seed = {}, [{}, {}], [{}, {}]
        for at in range(0, len(row), 4):
            ask, ask_size, bid, bid_size = (int(cell) for cell in row[at : at + 4])
            if ask_size:
                self.seed[ASK][ask // TICK] = ask_size
            if bid_size:
                self.seed[BID][bid // TICK] = bid_size

    def apply(self, kind, order, size, price, side):
        """Whether the message could be applied."""
        if kind == 1:
            self.orders[order] = [side, price, size]
            self.known[side][price] = self.known[side].get(price, 0) + size
        elif order in self.orders:
            side, price, rest = self.orders[order]
            taken = rest if kind == 3 else size
            self.known[side][price] -= taken
            self.orders[order][2] -= taken
            if self.orders[order][2] == 0:
                del self.orders[order]
        elif self.seed[side].get(price, 0) > 0:
            self.seed[side][price] = max(0, self.seed[side][price] - size)
        else:
            return False
        return True

    def best(self, side):
        """Prices (bids as they are, asks negated, so that more is better) and sizes of the best levels."""
        prices = set(self.known[side]) | set(self.seed[side])
        sizes = {p: self.known[side].get(p, 0) + self.seed[side].get(p, 0) for p in prices}
        sign = 1 if side == BID else -1
        levels = sorted(((sign * p, q) for p, q in sizes.items() if q), reverse=True)[:LEVELS]
        levels += [(-np.inf, 0)] * (LEVELS - len(levels))
        return levels


messages = lines("message_50.csv.zst", MESSAGES + 1)
book = Book(lines("orderbook_50_first672.csv.zst", 1)[0])
times, kinds, sizes, signs, states = [nanoseconds(messages[0][0])], [0], [0], [0], [[book.best(BID), book.best(ASK)]]
for time, kind, order, size, price, direction in messages[1:]:
    kind, size, side = int(kind), int(size), BID if direction == "1" else ASK
    if kind != 5 and not book.apply(kind, int(order), size, int(price) // TICK, side):
        continue
    times.append(nanoseconds(time))
    kinds.append(kind)
    sizes.append(size if kind in (4, 5) else 0)
    signs.append(-1 if side == BID else 1)  # the resting side's opposite took
    states.append(states[-1] if kind == 5 else [book.best(BID), book.best(ASK)])

time = np.array(times)
price = np.array(states)[:, :, :, 0]
size = np.array(states)[:, :, :, 1]
mid = (price[:, BID, 0] - price[:, ASK, 0]) / 2
assert (price[:, BID, 0] < -price[:, ASK, 0]).all(), "a locked or crossed book"
traded, sign = np.array(sizes, float), np.array(signs, float)
signed = traded * sign

# Row r ends at ends[r]; message i falls in row row[i], and last[r] is the last message before that end.
first = time[0] // STEP
row = time // STEP - first
rows = int(row[-1])
ends = (first + 1 + np.arange(rows)) * STEP
last = np.searchsorted(time, ends, side="left") - 1


def over_rows(values):
    """Sum over the messages of each row; the state that everything starts from is no message."""
    sums = pd.Series(values[1:]).groupby(row[1:]).sum()
    return sums.reindex(np.arange(rows), fill_value=0.0).to_numpy()


def change(side):
    """What each message adds to each rank of a side."""
    now, before = price[1:, side], price[:-1, side]
    gained = np.where(now >= before, size[1:, side], 0) - np.where(now <= before, size[:-1, side], 0)
    return np.vstack([np.zeros(LEVELS), gained])


bid_change, ask_change = change(BID), change(ASK)
rank_flow = np.cumsum(bid_change - ask_change, axis=1)

# VPIN: signed volume at the edges of the buckets, between which it is piecewise linear in volume.
volume = np.concatenate([[0.0], np.cumsum(traded[traded > 0])])
net = np.concatenate([[0.0], np.cumsum(signed[traded > 0])])
edges = np.arange(0.0, volume[-1] + 1, VPIN_BUCKET)
imbalance = np.abs(np.diff(np.interp(edges, volume, net)))
full = (np.cumsum(traded)[last] // VPIN_BUCKET).astype(int)
vpin = [imbalance[max(0, n - VPIN_BUCKETS) : n].mean() / VPIN_BUCKET if n else 0.0 for n in full]

row_mid = mid[last]
before_mid = np.concatenate([[mid[0]], row_mid[:-1]])
row_signed = over_rows(signed)


def kyle(r):
    """Weighted least squares over rows 1..=r, the first being the rest of a step."""
    x, y = row_signed[1 : r + 1], (row_mid - before_mid)[1 : r + 1]
    if len(x) == 0 or np.ptp(x) == 0:
        return 0.0
    weight = 0.5 ** (np.arange(len(x))[::-1] * (STEP * 1e-9) / KYLE_HALF_LIFE)
    # polyfit multiplies residuals, not squares, by its weights.
    return np.polyfit(x, y, 1, w=np.sqrt(weight))[0]


def volatility(r, half_life):
    past = slice(1, last[r] + 1)
    weight = 0.5 ** ((ends[r] - time[past]) * 1e-9 / half_life)
    squares = (weight * np.diff(mid)[: last[r]] ** 2).sum()
    span = (1 - 0.5 ** ((ends[r] - time[0]) * 1e-9 / half_life)) * half_life / np.log(2)
    return np.sqrt(squares / span)


best_bid, best_ask = size[last, BID, 0], size[last, ASK, 0]
spread = -price[last, ASK, 0] - price[last, BID, 0]
depth = {d: (size[last, BID, :d].sum(1), size[last, ASK, :d].sum(1)) for d in (1, 3, 5, 10)}
table = pd.DataFrame(
    {
        "mid_return": 1e4 * np.log(row_mid / before_mid),
        "spread": spread,
        "microprice_deviation": (-price[last, ASK, 0] * best_bid + price[last, BID, 0] * best_ask)
        / (best_bid + best_ask)
        - row_mid,
        **{f"imbalance_{d}": (b - a) / (b + a) for d, (b, a) in depth.items()},
        **{f"order_flow_{d}": over_rows(rank_flow[:, d - 1]) for d in (1, 3, 5, 10)},
        "signed_volume": row_signed,
        "trade_volume": over_rows(traded),
        "trade_count": over_rows((traded > 0).astype(float)),
        "vpin": vpin,
        "kyle_lambda": [kyle(r) for r in range(rows)],
        "volatility_fast": [volatility(r, VOLATILITY_HALF_LIVES[0]) for r in range(rows)],
        "volatility_medium": [volatility(r, VOLATILITY_HALF_LIVES[1]) for r in range(rows)],
        "volatility_slow": [volatility(r, VOLATILITY_HALF_LIVES[2]) for r in range(rows)],
        "bid_depletion": over_rows(np.maximum(0, -bid_change[:, 0])) / (STEP * 1e-9),
        "ask_depletion": over_rows(np.maximum(0, -ask_change[:, 0])) / (STEP * 1e-9),
        "event_rate": over_rows(np.ones(len(time))) / (STEP * 1e-9),
        "time_sin": np.sin(2 * np.pi * ends / DAY),
        "time_cos": np.cos(2 * np.pi * ends / DAY),
    }
)
table[:ROWS].to_csv(sys.stdout, index=False, float_format="%.12g")
