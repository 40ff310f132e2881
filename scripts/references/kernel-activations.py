"""Writes test/fixtures/kernel-activations.json: activations over the whole range of doubles, to about 70 bits.

Each value is `high` (the nearest double) plus `low` (the rest), so that errors can be told in fractions of an ulp.
Usage: python3 scripts/references/kernel-activations.py [POINTS [FILE]]   (mpmath 1.3.0 made the committed file)
"""

import json
import math
import random
import sys
from pathlib import Path

import mpmath as mp

mp.mp.prec = 140
points = int(sys.argv[1]) if len(sys.argv) > 1 else 60
path = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[2] / "test/fixtures/kernel-activations.json"

rng = random.Random(1)
magnitudes = [math.ldexp(1 + rng.random(), k) for k in (rng.randint(-1074, 1022) for _ in range(points // 3))]
magnitudes += [math.exp(rng.uniform(math.log(1e-9), math.log(800))) for _ in range(points)]
magnitudes += [rng.uniform(0, 8) for _ in range(points)]
magnitudes += [5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, 1e-300, 1e-16, 0.1732, 0.3466, 0.35, 0.41421356237309503,
               0.9999999999999999, 1, 1.0000000000000002, 2.414213562373095, 3, 3.0000000000000004, 5.9, 6, 18, 22, 30, 37, 38.5,
               50, 700, 708.5, 709.7, 710, 744.5, 745.2, 746, 1e6, 1e300, 1.7976931348623157e308]
inputs = sorted([-v for v in magnitudes] + magnitudes)
one = mp.mpf(1)


def sigmoid(v):
    return 1 / (1 + mp.exp(-v)) if v > 0 else mp.exp(v) / (1 + mp.exp(v))


def tail(x):
    """(1 + erf(x))/2 without cancellation."""
    return mp.erfc(-x) / 2


def near(f, limit, bound):
    """f where |v| <= bound, which is beyond where it is flat; `limit` elsewhere."""
    return lambda v: f(v) if abs(v) <= bound else limit(v)


sign = lambda v: mp.mpf(1) if v > 0 else mp.mpf(-1)
SELU_GAIN, SELU_SCALE = mp.mpf(1.0507009873554805), mp.mpf(1.6732632423543772)
sigmoid = near(sigmoid, lambda v: one if v > 0 else mp.mpf(0), 2000)
expm1 = near(mp.expm1, lambda v: -one, 2000)
elu = lambda gain, depth: lambda v: gain * v if v >= 0 else depth * expm1(v)
power = lambda gain, p: lambda v: mp.mpf(gain) * v ** mp.mpf(p) if v > 0 else mp.mpf(0)

functions = [
    ("identity", {}, lambda v: v),
    ("tanh", {}, near(mp.tanh, sign, 100)),
    ("sigmoid", {}, sigmoid),
    ("relu", {}, lambda v: max(v, mp.mpf(0))),
    ("leaky-relu", {"slope": 0.01}, lambda v: v if v >= 0 else mp.mpf(0.01) * v),
    ("elu", {"scale": 1}, elu(1, 1)),
    ("elu", {"scale": 1.7}, elu(1, mp.mpf(1.7))),
    ("selu", {}, elu(SELU_GAIN, mp.mpf(1.0507009873554805 * 1.6732632423543772))),
    ("softplus", {}, near(lambda v: mp.log1p(mp.exp(v)), lambda v: max(v, mp.mpf(0)), 2000)),
    ("erf", {}, near(mp.erf, sign, 12)),
    ("erf-unit-slope", {}, near(lambda v: mp.erf(mp.mpf(math.sqrt(math.pi) / 2) * v), sign, 12)),
    ("rectified-tanh", {}, lambda v: near(mp.tanh, sign, 100)(v) if v > 0 else mp.mpf(0)),
    ("saturating-linear", {"low": -1, "high": 1}, lambda v: min(max(v, -one), one)),
    ("hard-sigmoid", {"slope": 0.2}, lambda v: min(max(mp.mpf(0.2) * v + one / 2, 0 * v), one)),
    ("power-law", {"gain": 0.04, "exponent": 2}, power(0.04, 2)),
    ("power-law", {"gain": 1, "exponent": 0.7}, power(1, 0.7)),
    ("power-law", {"gain": 1, "exponent": 1.5}, power(1, 1.5)),
    ("power-law", {"gain": 1, "exponent": 3.3}, power(1, 3.3)),
    ("atan", {}, mp.atan),
    ("softsign", {}, lambda v: v / (1 + abs(v))),
    ("gelu", {}, near(lambda v: v * tail(v / mp.sqrt(2)), lambda v: max(v, mp.mpf(0)), 45)),
    ("silu", {}, lambda v: v * sigmoid(v)),
]


def split(value):
    """A number as [high, low]; infinite where it exceeds the doubles."""
    if abs(value) >= mp.mpf(2) ** 1024 * (1 - mp.mpf(2) ** -54):
        return ["Infinity" if value > 0 else "-Infinity", 0]
    high = float(value)
    return [high, float(f"{float(value - mp.mpf(high)):.3g}")]


data = {
    "program": f"mpmath {mp.__version__}",
    "inputs": inputs,
    "functions": [
        {"name": name, "parameters": parameters, "values": [split(f(mp.mpf(v))) for v in inputs]}
        for name, parameters, f in functions
    ],
}
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(data, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
print(path, len(inputs), "points", path.stat().st_size, "bytes")
