#!/usr/bin/env python3
"""Golden numbers of the analytics for tests/analytics_golden.rs, by methods that the library does not use.

From the raw LOBSTER files: a book of plain dictionaries and its states after every message, then every quantity over whole
arrays with NumPy (searches, sorts, least squares by SVD; no recurrences, no queues). Simulated series come from a linear
congruential generator that the test repeats. Only derived numbers are written, no market data.

    python3 python/goldens/analytics.py [folder of recorded data] > tests/golden/analytics_aapl.txt

Needs numpy and the command `zstd`.
"""

import bisect
import itertools
import subprocess
import sys

import numpy as np

FOLDER = sys.argv[1] if len(sys.argv) > 1 else "../shared/data"
PREFIX = FOLDER + "/lobster/AAPL_2012-06-21_34200000_37800000_"
TICK = 100  # LOBSTER's unit is 1/10,000 dollar
MS = 10**6
SECOND = 10**9
BID, ASK = 0, 1
LEVELS = 16
DEPTH = 5
HORIZONS = [0, 10 * MS, 100 * MS, SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND, 60 * SECOND]
WINDOWS = [100 * MS, SECOND, 10 * SECOND, 60 * SECOND]
WINDOW, LIMIT = SECOND, 60 * SECOND
SAMPLE = 100 * MS
FILL_HORIZON = 10 * SECOND
STRENGTH = 20.0
SPLIT = 36_000 * SECOND  # 10:00
VPIN_BUCKET, VPIN_BUCKETS = 10_000, 50
KYLE = SECOND


def put(name, value):
    if isinstance(value, (int, np.integer)):
        print(name, value)
    else:
        print(f"{name} {value:.15g}")


def lines(name, count=None):
    text = subprocess.run(["zstd", "-dc", PREFIX + name], check=True, capture_output=True).stdout.decode()
    return [line.split(",") for line in text.splitlines()[:count]]


def nanoseconds(seconds):
    whole, _, fraction = seconds.partition(".")
    return int(whole) * 10**9 + round(float("0." + (fraction or "0")) * 1e9)


class Book:
    """Orders by id; per side a sorted list of prices (bids negated, so that the best comes first), sizes and order counts."""

    def __init__(self, row):
        self.orders = {}
        self.prices, self.known, self.seed, self.count = [[], []], [{}, {}], [{}, {}], [{}, {}]
        for at in range(0, len(row), 4):
            ask, ask_size, bid, bid_size = (int(cell) for cell in row[at : at + 4])
            for side, price, size in ((ASK, ask, ask_size), (BID, bid, bid_size)):
                if size:
                    self.seed[side][price // TICK] = size
                    self.place(side, price // TICK)

    def place(self, side, price):
        key = -price if side == BID else price
        at = bisect.bisect_left(self.prices[side], key)
        if at == len(self.prices[side]) or self.prices[side][at] != key:
            self.prices[side].insert(at, key)

    def size(self, side, price):
        return self.known[side].get(price, 0) + self.seed[side].get(price, 0)

    def add(self, order, side, price, size):
        self.orders[order] = [side, price, size]
        self.known[side][price] = self.known[side].get(price, 0) + size
        self.count[side][price] = self.count[side].get(price, 0) + 1
        self.place(side, price)

    def take(self, order, side, price, size, whole):
        """The place and the lots that left, or None where the message cannot be applied."""
        if order in self.orders:
            side, price, rest = self.orders[order]
            taken = rest if whole else size
            if taken > rest:
                return None
            self.known[side][price] -= taken
            self.orders[order][2] -= taken
            gone = taken == rest
            if gone:
                del self.orders[order]
                self.count[side][price] -= 1
        elif self.seed[side].get(price, 0) > 0:
            taken, gone = size, whole
            self.seed[side][price] = max(0, self.seed[side][price] - size)
        else:
            return None
        if self.size(side, price) == 0:
            self.prices[side].remove(-price if side == BID else price)
        return side, price, taken, gone

    def levels(self, side, count):
        for key in self.prices[side][:count]:
            price = -key if side == BID else key
            yield price, self.size(side, price)


def nearest(price):
    """To the nearest tick; a half goes away from zero."""
    return (price + TICK // 2) // TICK


def distance_bucket(behind):
    return int(behind).bit_length()


# Every message that could be applied: its time, and the book after it.
messages = lines("message_50.csv.zst")
book = Book(lines("orderbook_50_first672.csv.zst", 1)[0])
times, tops, ladders, changed = [], [], [], []
prints, adds, cancels, ends, executions = [], [], [], {}, {}
order_seconds = np.zeros(10)
sampled = None


def state(now, is_change):
    times.append(now)
    changed.append(is_change)
    rows = np.zeros((2, LEVELS, 2), dtype=np.int64)
    for side in (BID, ASK):
        for rank, (price, size) in enumerate(book.levels(side, LEVELS)):
            rows[side, rank] = price, size
    ladders.append(rows)


def sample(now):
    global sampled
    if sampled is not None and now // SAMPLE <= sampled // SAMPLE:
        return
    if sampled is not None:
        for side in (BID, ASK):
            best = None
            for price, _ in book.levels(side, None):
                best = price if best is None else best
                if abs(price - best) > 511:
                    break
                resting = book.count[side].get(price, 0) + (book.seed[side].get(price, 0) > 0)
                order_seconds[distance_bucket(abs(price - best))] += resting * (now - sampled) * 1e-9
    sampled = now


def behind(side, price):
    """Ticks behind the best before the message."""
    best = ladders[-1][side, 0, 0]
    return best - price if side == BID else price - best


state(nanoseconds(messages[0][0]), True)
sample(times[0])
for time, kind, order, size, price_text, direction in messages[1:]:
    now, kind, order, size, price = nanoseconds(time), int(kind), int(order), int(size), int(price_text) // TICK
    side = BID if direction == "1" else ASK
    index = len(times)
    if kind == 5:
        prints.append((index, now, 1 - side, nearest(int(price_text)), size))
    elif kind == 1:
        distance = behind(side, price)
        ahead = book.size(side, price)
        book.add(order, side, price, size)
        adds.append((index, order, now, distance, ahead, size))
    elif kind in (2, 3, 4):
        left = book.take(order, side, price, size, kind == 3)
        if left is None:
            continue
        side, price, taken, gone = left
        if kind == 4:
            prints.append((index, now, 1 - side, price, size))
            executions.setdefault(order, (index, now))
        else:
            cancels.append((behind(side, price), taken, gone))
        if gone:
            ends[order] = (index, now, kind == 4)
    state(now, kind != 5)
    sample(now)

T = np.array(times)
end = T[-1]
ladder = np.array(ladders)
changed = np.array(changed)
bid, ask = ladder[:, BID, 0, 0], ladder[:, ASK, 0, 0]
sound = (ladder[:, BID, 0, 1] > 0) & (ladder[:, ASK, 0, 1] > 0) & (bid < ask)
mid2 = bid + ask

# Spread by time, up to the last change of the book.
kept = np.flatnonzero(changed)
stood = np.diff(T[kept])
spread = (ask - bid)[kept[:-1]]
is_sound = sound[kept[:-1]]
put("messages", len(T))
put("spread.total_ns", stood[is_sound].sum())
put("spread.mean", (spread * stood)[is_sound].sum() / stood[is_sound].sum())
order = np.argsort(spread[is_sound], kind="stable")
cumulated = np.cumsum(stood[is_sound][order])
for part in (0.1, 0.5, 0.9):
    put(f"spread.quantile.{part}", spread[is_sound][order][np.searchsorted(cumulated, part * cumulated[-1])])
put("spread.share.10", stood[is_sound & (spread == 10)].sum() / stood[is_sound].sum())
price, size = ladder[kept[:-1], :, :DEPTH, 0].astype(float), ladder[kept[:-1], :, :DEPTH, 1].astype(float)
average = (price * size).sum(2) / size.sum(2)
put("depth_spread", np.average((average[:, ASK] - average[:, BID])[is_sound], weights=stood[is_sound]))

# Lifetimes of the best prices: between changes, the first and the last not counted.
for side, name in ((BID, "bid"), (ASK, "ask")):
    best = ladder[kept, side, 0, 0]
    lived = np.sort(np.diff(T[kept][np.flatnonzero(np.diff(best)) + 1]))
    put(f"quotes.{name}.count", len(lived))
    put(f"quotes.{name}.mean", lived.mean())
    for part in (0.25, 0.5, 0.9):
        put(f"quotes.{name}.quantile.{part}", lived[int(np.ceil(part * len(lived))) - 1])

# Cancellations by distance.
table = np.zeros((10, 3), dtype=np.int64)
for distance, taken, gone in cancels:
    if distance_bucket(distance) < 10:
        table[distance_bucket(distance)] += (0, gone, taken)
for _, _, _, distance, _, _ in adds:
    if distance_bucket(max(0, distance)) < 10:
        table[distance_bucket(max(0, distance)), 0] += 1
for bucket in range(10):
    put(f"cancels.{bucket}.adds", table[bucket, 0])
    put(f"cancels.{bucket}.cancels", table[bucket, 1])
    put(f"cancels.{bucket}.lots", table[bucket, 2])
    put(f"cancels.{bucket}.order_seconds", order_seconds[bucket])

# Parent trades: runs of prints of one time and side.
parents = []
for (time, side), group in itertools.groupby(prints, key=lambda p: (p[1], p[2])):
    group = list(group)
    lots = sum(p[4] for p in group)
    value = sum(p[3] * p[4] for p in group)
    parents.append((group[0][0] - 1, time, 1 if side == BID else -1, lots, value / lots, group[-1][0]))
parents = [parent for parent in parents if parent[1] < end]
before, at, sign, lots, paid, last_print = (np.array(column) for column in zip(*parents))
put("trades", len(at))
put("trades.sizes.mean", lots.mean())
for part in (0.5, 0.9, 0.99):
    put(f"trades.sizes.quantile.{part}", np.sort(lots)[int(np.ceil(part * len(lots))) - 1])
for lag in (1, 5, 20):
    m = sign.mean()
    put(f"signs.{lag}", ((sign[lag:] * sign[:-lag]).mean() - m * m) / (1 - m * m))
gaps = np.diff(at)
put("arrivals.mean", gaps.mean())
put("arrivals.dispersion", gaps.var(ddof=1) / gaps.mean() ** 2)
for index, width in enumerate(WINDOWS):
    counts = np.bincount((at - at[0]) // width)[:-1]
    fano = counts.var(ddof=1) / counts.mean()
    put(f"arrivals.{index}.fano", fano)
    put(f"arrivals.{index}.branching", 1 - 1 / np.sqrt(fano))

# Spreads and impact, as doubled quantities.
for index, horizon in enumerate(HORIZONS):
    then = np.searchsorted(T, at + horizon, side="right") - 1
    seen = (at + horizon < end) & sound[before] & sound[then]
    effective = (2 * sign * (paid - mid2[before] / 2))[seen]
    realised = (2 * sign * (paid - mid2[then] / 2))[seen]
    weight = lots[seen]
    put(f"markouts.{index}.trades", seen.sum())
    put(f"markouts.{index}.effective", effective.mean())
    put(f"markouts.{index}.realised", realised.mean())
    put(f"markouts.{index}.impact", (effective - realised).mean())
    put(f"markouts.{index}.effective_by_quantity", np.average(effective, weights=weight))
    put(f"markouts.{index}.realised_by_quantity", np.average(realised, weights=weight))
    put(f"markouts.{index}.toxic", (realised < 0).mean())
    put(f"markouts.{index}.toxic_by_quantity", np.average(realised < 0, weights=weight))
    octave = np.floor(np.log2(weight)).astype(int)
    for bucket in range(24):
        cell = (effective - realised)[octave == bucket] / 2
        put(f"impact.{bucket}.{index}.trades", len(cell))
        if len(cell) > 1:
            put(f"impact.{bucket}.{index}.mean", cell.mean())
            put(f"impact.{bucket}.{index}.error", cell.std(ddof=1) / np.sqrt(len(cell)))

# VPIN: signed volume at the edges of the buckets, between which it is piecewise linear in volume.
volume = np.concatenate([[0], np.cumsum(lots)])
net = np.concatenate([[0.0], np.cumsum(lots * sign)])
edges = np.arange(0, volume[-1] + 1, VPIN_BUCKET)
imbalance = np.abs(np.diff(np.interp(edges, volume, net)))
full = np.unique((volume // VPIN_BUCKET)[1:])
values = np.array([imbalance[max(0, n - VPIN_BUCKETS) : n].mean() / VPIN_BUCKET for n in full if n])
put("toxicity.vpin", values[-1])
put("toxicity.percentile", (np.floor(values * 1024) <= np.floor(values[-1] * 1024)).mean())

# Kyle's lambda: the mid over intervals on their signed volume.
edges = np.arange(T[0] // KYLE + 1, end // KYLE + 1) * KYLE
last = np.searchsorted(T, edges, side="left") - 1
within = np.searchsorted(edges, at, side="right")
flow = np.bincount(within, weights=sign * lots, minlength=len(edges) + 1)[1 : len(edges)]
move = np.diff(mid2[last] / 2)
usable = sound[last[:-1]] & sound[last[1:]]
design = np.column_stack([np.ones(usable.sum()), flow[usable]])
beta, *_ = np.linalg.lstsq(design, move[usable], rcond=None)
rest = ((move[usable] - design @ beta) ** 2).sum()
variance = rest / (usable.sum() - 2) * np.linalg.inv(design.T @ design)
put("kyle.intervals", usable.sum())
put("kyle.lambda", beta[1])
put("kyle.error", np.sqrt(variance[1, 1]))
put("kyle.intercept", beta[0])
put("kyle.r_squared", 1 - rest / ((move[usable] - move[usable].mean()) ** 2).sum())

# Resiliency and replenishment, trade by trade.
better = np.array([-1, 1])


def shown(state, side, price):
    rank = ladder[state, side]
    reaches = rank[:, 0] >= price if side == BID else rank[:, 0] <= price
    return rank[(rank[:, 1] > 0) & reaches, 1].sum()


cases, moved = [], {BID: [], ASK: []}
for number, (index, time, way, _, _, _) in enumerate(parents):
    passive = BID if way < 0 else ASK
    after = np.searchsorted(T, time, side="right") - 1
    if number + 1 < len(parents) and parents[number + 1][1] == time:
        after = parents[number + 1][0]
    if sound[index]:
        hit, depth = ladder[index, passive, 0]
        now = ladder[after, passive, 0]
        is_moved = now[1] == 0 or (now[0] < hit if passive == BID else now[0] > hit)
        cases.append((time, passive, hit, depth, ask[index] - bid[index], after, is_moved))
restored, interrupted = [], 0
recoveries = {"spread": [], "depth": []}
for number, (time, passive, hit, depth, width, after, is_moved) in enumerate(cases):
    later = [case for case in cases[number + 1 : number + 500] if case[1] == passive]
    left = shown(after, passive, hit)
    if left < depth:
        consuming = (c[0] for c in later if shown(c[5], passive, c[2]) < c[3])
        following = next(consuming, None)
        if following is not None and following <= time + WINDOW:
            interrupted += 1
        elif time + WINDOW < end:
            then = np.searchsorted(T, time + WINDOW, side="right") - 1
            restored.append(min(1.0, max(0, shown(then, passive, hit) - left) / (depth - left)))
    if is_moved:
        following = next((c[0] for c in later if c[6]), None)
        until = min(time + LIMIT, following if following is not None else time + LIMIT)
        stop = np.searchsorted(T, until, side="right")
        for name, test in (
            ("spread", lambda i: sound[i] and ask[i] - bid[i] <= width),
            ("depth", lambda i: shown(i, passive, hit) >= depth),
        ):
            back = next((i for i in range(after + 1, stop) if test(i)), None)
            if back is not None:
                recoveries[name].append((T[back] - time, 1))
            elif following is not None and following <= time + LIMIT or time + LIMIT < end:
                recoveries[name].append((until - time, 0))
put("replenishment", np.mean(restored))
put("replenishment.count", len(restored))
put("replenishment.interrupted", interrupted)


def rounded_up(durations):
    """To the end of its eighth of an octave."""
    octave = np.maximum(0, np.floor(np.log2(np.maximum(durations, 1))).astype(int) - 3)
    return ((durations >> octave) + 1 << octave) - 1


def survival(durations, endings, name, marks):
    """endings: 1 the event, 2 a competing end, 0 censored. Sample by sample product and sums."""
    durations, endings = rounded_up(np.array(durations)), np.array(endings)
    put(f"{name}.events", (endings == 1).sum())
    put(f"{name}.competing", (endings == 2).sum())
    put(f"{name}.censored", (endings == 0).sum())
    steps = np.unique(durations[endings > 0])
    risk = (durations[:, None] >= steps).sum(0)
    events = ((durations[:, None] == steps) & (endings == 1)[:, None]).sum(0)
    others = ((durations[:, None] == steps) & (endings == 2)[:, None]).sum(0)
    kaplan = np.cumprod(1 - events / risk)
    alive = np.concatenate([[1.0], np.cumprod(1 - (events + others) / risk)[:-1]])
    incidence = np.cumsum(alive * events / risk)
    with np.errstate(divide="ignore"):
        error = kaplan * np.sqrt(np.cumsum(np.where(risk > events, events / (risk * (risk - events)), 0)))
    for mark in marks:
        step = np.searchsorted(steps, rounded_up(np.array([mark]))[0], side="right") - 1
        put(f"{name}.{mark}.survival", kaplan[step])
        put(f"{name}.{mark}.error", error[step])
        put(f"{name}.{mark}.incidence", incidence[step])
    below = np.flatnonzero(kaplan <= 0.5)
    put(f"{name}.median", steps[below[0]] if len(below) else 0)


MARKS = [10 * MS, 100 * MS, SECOND, 10 * SECOND]
for name, sample_of in recoveries.items():
    survival(*zip(*sample_of), f"recovery.{name}", MARKS)

# Orders: how they ended, and whether they traded in time.
durations, endings = [], []
for _, order, born, _, _, _ in adds:
    index, time, traded = ends.get(order, (None, end, None))
    durations.append(time - born)
    endings.append(0 if index is None else 1 if traded else 2)
survival(durations, endings, "orders", MARKS)


def fill_class(distance, ahead, size):
    place = 0 if distance < 0 else 1 + min(10, distance_bucket(distance))
    return place, min(15, distance_bucket(ahead)), min(15, distance_bucket(size))


first_scored = np.searchsorted(T, SPLIT)
train, test, answered = [], [], []
for index, order, born, distance, ahead, size in adds:
    traded = executions.get(order)
    overdue = np.searchsorted(T, born + FILL_HORIZON, side="right")
    answers = [overdue] if overdue < len(T) else []
    answers += [ends[order][0]] if order in ends else []
    answers += [traded[0]] if traded else []
    if not answers:
        continue
    is_filled = traded is not None and traded[1] <= born + FILL_HORIZON
    row = (*fill_class(distance, ahead, size), is_filled)
    answered.append(is_filled)
    if min(answers) < first_scored:
        train.append(row)
    elif index >= first_scored:
        test.append(row)
train, test = np.array(train), np.array(test)
base = train[:, 3].mean()


def probability(row):
    p, mask = base, np.ones(len(train), dtype=bool)
    for column in range(3):
        mask &= train[:, column] == row[column]
        p = (train[mask, 3].sum() + STRENGTH * p) / (mask.sum() + STRENGTH)
    return p


put("answered.orders", len(answered))
put("answered.base_rate", np.mean(answered))
put("fills.orders", len(train))
put("fills.base_rate", base)
for distance in range(12):
    put(f"fills.distance.{distance}.orders", (train[:, 0] == distance).sum())
    put(f"fills.distance.{distance}.fills", train[train[:, 0] == distance, 3].sum())
cells, inverse = np.unique(test[:, :3], axis=0, return_inverse=True)
forecast = np.array([probability(cell) for cell in cells])[inverse.ravel()]
outcome = test[:, 3]
put("fills.scored", len(test))
put("fills.scored.base_rate", outcome.mean())
put("fills.brier", ((forecast - outcome) ** 2).mean())
put("fills.skill", 1 - ((forecast - outcome) ** 2).mean() / (outcome.mean() * (1 - outcome.mean())))
bins = np.minimum(9, (forecast * 10).astype(int))
put("fills.calibration_error", sum(abs((forecast - outcome)[bins == b].sum()) for b in range(10)) / len(test))
for b in range(10):
    put(f"fills.reliability.{b}.forecasts", (bins == b).sum())
    if (bins == b).any():
        put(f"fills.reliability.{b}.forecast", forecast[bins == b].mean())
        put(f"fills.reliability.{b}.frequency", outcome[bins == b].mean())

# Regimes: moves of the mid over a second, filtered by plain matrix products.
grid = np.arange(T[0] // SECOND + 1, end // SECOND + 1) * SECOND
path = mid2[np.searchsorted(T, grid, side="right") - 1] / 2
moves = np.diff(path)
deviations, transition = np.array([2.0, 8.0]), np.array([[0.98, 0.02], [0.04, 0.96]])
belief, likelihood, turbulent = np.array([0.5, 0.5]), 0.0, 0
for move in moves:
    joint = (belief @ transition) * np.exp(-0.5 * (move / deviations) ** 2) / (deviations * np.sqrt(2 * np.pi))
    likelihood += np.log(joint.sum())
    belief = joint / joint.sum()
    turbulent += belief[1] > 0.5
put("regime.observations", len(moves))
put("regime.log_likelihood", likelihood)
put("regime.turbulent", turbulent)
put("regime.last", belief[1])
deviation = moves.std()
put("regime.deviation", deviation)
put("regime.single", (-0.5 * (moves / deviation) ** 2 - np.log(deviation * np.sqrt(2 * np.pi))).sum())

# Two markets: a simulated error-correction model with known shares, by least squares on the whole matrix.
SEED = 20120621


def draws(count):
    """Sums of twelve uniforms less six, from a 64-bit linear congruential generator."""
    state, out = SEED, np.empty(count)
    for at in range(count):
        total = 0.0
        for _ in range(12):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            total += (state >> 11) / 2**53
        out[at] = total - 6.0
    return out


STEPS = 120_000
noise = draws(2 * STEPS).reshape(STEPS, 2)
noise[:, 1] = 0.3 * noise[:, 0] + noise[:, 1]  # correlated: the bounds differ
first, second = np.zeros(STEPS), np.zeros(STEPS)
for t in range(1, STEPS):
    error = first[t - 1] - second[t - 1]
    first[t] = first[t - 1] - 0.05 * error + noise[t, 0]
    second[t] = second[t - 1] + 0.15 * error + noise[t, 1]
LAGS = 2


def information(name, first, second):
    """Shares of two price series."""
    change = np.diff(np.column_stack([first, second]), axis=0)
    rows = np.arange(LAGS, len(change))
    X = np.column_stack(
        [np.ones(len(rows)), (first - second)[rows]] + [change[rows - lag] for lag in range(1, LAGS + 1)]
    )
    beta, *_ = np.linalg.lstsq(X, change[rows], rcond=None)
    residual = change[rows] - X @ beta
    omega = residual.T @ residual / (len(rows) - X.shape[1])
    alpha = beta[1]
    psi = np.array([-alpha[1], alpha[0]])
    bounds = []
    for order in ([0, 1], [1, 0]):
        factor = np.linalg.cholesky(omega[np.ix_(order, order)])
        part = (psi[order] @ factor) ** 2 / (psi @ omega @ psi)
        bounds.append(part[np.argsort(order)])
    bounds = np.array(bounds)
    put(f"{name}.observations", len(rows))
    for market in (0, 1):
        put(f"{name}.{market}.lower", bounds[:, market].min())
        put(f"{name}.{market}.upper", bounds[:, market].max())
        put(f"{name}.{market}.component", psi[market] / psi.sum())
        put(f"{name}.{market}.adjustment", alpha[market])
    put(f"{name}.correlation", omega[0, 1] / np.sqrt(omega[0, 0] * omega[1, 1]))


information("information", first, second)

# On the recording: the mid as one market, the last print as the other, both as of just before each second.
print_times = np.array([p[1] for p in prints])
print_prices = np.array([p[3] for p in prints], dtype=float)
known = edges[edges > print_times[0]]
information(
    "recorded",
    mid2[np.searchsorted(T, known, side="left") - 1] / 2,
    print_prices[np.searchsorted(print_times, known, side="left") - 1],
)

# Performance: equity that multiplies by small returns, a benchmark beside it, closed trades.
r = 0.0004 + 0.01 * draws(1_000)
benchmark = 0.5 * r + 0.001 * draws(1_000)[::-1]
equity = 1e6 * np.cumprod(np.concatenate([[1.0], 1 + r]))
r = equity[1:] / equity[:-1] - 1
put("performance.sharpe", (r.mean() - 0.0001) / r.std(ddof=1) * np.sqrt(252))
put("performance.sortino", (r.mean() - 0.0002) / np.sqrt((np.minimum(0, r - 0.0002) ** 2).mean()) * np.sqrt(252))
active = r - benchmark
put("performance.information_ratio", active.mean() / active.std(ddof=1) * np.sqrt(252))
fall = np.maximum.accumulate(equity) - equity
put("performance.max_drawdown", fall.max())
put("performance.max_drawdown_percent", 100 * (fall / np.maximum.accumulate(equity)).max())
profits = np.diff(equity)
put("performance.win_rate", (profits > 0).mean())
put("performance.profit_factor", profits[profits > 0].sum() / -profits[profits < 0].sum())
