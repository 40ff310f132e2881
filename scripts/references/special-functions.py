"""Reference values of the special functions and activations, to 17 digits, by mpmath.

    python3 scripts/references/special-functions.py                  writes test/fixtures/special-functions.json
    python3 scripts/references/special-functions.py --coefficients   prints the Chebyshev series of src/expression/functions.ts

The values are computed with 50 digits and rounded to the nearest double, so a test may ask for the last bits.
"""
import json
import sys
from pathlib import Path

from mpmath import atan, cos, diff, erf, erfc, exp, findroot, log1p, mp, mpf, pi, sqrt, tanh

mp.dps = 50

TERMS = 23


def scaled_erfc(t):
    """(1 + 2x) exp(x^2) erfc(x) as a function of t = (x - 4.5) / (x + 3.5), which maps [0.5, inf) to [-1, 1)."""
    x = (mpf(9) / 2 + mpf(7) / 2 * t) / (1 - t)
    return (1 + 2 * x) * exp(x * x) * erfc(x)


def chebyshev(f, nodes=80):
    angles = [pi * (k + mpf(1) / 2) / nodes for k in range(nodes)]
    values = [f(cos(a)) for a in angles]
    sums = [sum(v * cos(j * a) for v, a in zip(values, angles)) for j in range(nodes)]
    return [(1 if j == 0 else 2) * s / nodes for j, s in enumerate(sums)]


if "--coefficients" in sys.argv:
    for c in chebyshev(scaled_erfc)[:TERMS]:
        print(f"  {float(c)!r},")
    sys.exit()


def nearest(x):
    """The double nearest to x; what is left of an exact zero after numerical differentiation is zero."""
    return 0.0 if abs(x) < mpf("1e-40") else float(x)


def sigmoid(v):
    return 1 / (1 + exp(-v))


def gelu(v):
    return v * erfc(-v / sqrt(2)) / 2


def silu(v):
    return v * sigmoid(v)


functions = {
    "erf": (erf, [1e-300, 1e-12, 0.001, 0.1, 0.25, 0.4999, 0.5, 0.5001, 0.7, 0.84375, 1.0, 1.25, 1.5, 2.0, 2.5, 2.857, 3.5, 4.7, 5.9, 6.5, 30.0]),
    "erfc": (erfc, [-30.0, -3.0, -0.5, 0.0, 0.001, 0.25, 0.4999, 0.5001, 0.84375, 1.0, 1.5, 2.0, 3.0, 4.5, 6.0, 9.0, 13.0, 20.0, 26.0]),
    "sigmoid": (sigmoid, [-700.0, -100.0, -37.0, -5.0, -0.3, 0.0, 1e-9, 0.3, 5.0, 37.0, 700.0]),
    "softplus": (lambda v: log1p(exp(v)), [-700.0, -100.0, -37.0, -5.0, -0.3, 0.0, 1e-9, 0.3, 5.0, 37.0, 700.0]),
}
smooth = {
    "tanh": tanh,
    "sigmoid": sigmoid,
    "softplus": lambda v: log1p(exp(v)),
    "erf": erf,
    "erf-unit-slope": lambda v: erf(sqrt(pi) * v / 2),
    "atan": atan,
    "gelu": gelu,
    "silu": silu,
}
points = [-9.5, -3.0, -1.1, -0.4, 0.0, 0.05, 0.7, 2.2, 8.0]

silu_gain = findroot(lambda v: diff(silu, v, 2), mpf("2.4"))
silu_bends = [findroot(lambda v: diff(silu, v, 3), mpf(s)) for s in ("3.5",)]
silu_thirds = [findroot(lambda v: diff(silu, v, 4), mpf(s)) for s in ("1.2", "5")]

reference = {
    "source": "scripts/references/special-functions.py, mpmath with 50 digits",
    "functions": {
        name: {"x": xs, "y": [float(f(mpf(x))) for x in xs]} for name, (f, xs) in functions.items()
    },
    "activations": {
        name: {
            "v": points,
            "derivatives": [[nearest(diff(f, mpf(v), k) if k else f(mpf(v))) for v in points] for k in range(4)],
        }
        for name, f in smooth.items()
    },
    "silu": {
        "largestDerivativeAt": float(silu_gain),
        "largestDerivative": float(diff(silu, silu_gain)),
        "stationaryCurvatureAt": float(silu_bends[0]),
        "stationaryThirdAt": [float(v) for v in silu_thirds],
        "stationaryThird": [float(diff(silu, v, 3)) for v in silu_thirds],
    },
}

target = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "special-functions.json"
target.write_text(json.dumps(reference, indent=1) + "\n")
