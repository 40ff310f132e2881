"""Writes test/fixtures/mean-field-chaos.json: the largest Lyapunov exponent of random networks of infinite size.

Dynamic mean-field theory of x' = -x + J tanh(x), J independent with variance g^2 / N (Sompolinsky, Crisanti & Sommers, Phys.
Rev. Lett. 61 (1988) 259; Engelken, Wolf & Abbott, Phys. Rev. Research 5 (2023) 043044, section on the largest exponent).
The autocorrelation D(t) obeys D'' = D - g^2 C(D), C(D) = <tanh x(0) tanh x(t)>, and decays from D(0) = D0; the exponent is
-1 + sqrt(1 - E0) with E0 the lowest eigenvalue of -d^2/dt^2 + 1 - g^2 <tanh' x(0) tanh' x(t)>.

Usage: python3 scripts/references/mean-field-chaos.py   (needs numpy, scipy)
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy.interpolate import CubicSpline
from scipy.linalg import eigh_tridiagonal
from scipy.optimize import brentq

X = np.linspace(-8, 8, 641)
WEIGHTS = np.exp(-X * X / 2) / np.exp(-X * X / 2).sum()
STEP = 0.01


def log_cosh(v):
    return np.logaddexp(v, -v) - np.log(2)


def correlation(f, D, D0):
    """<f(a) f(b)> for normal a, b of variance D0 and covariance D >= 0."""
    inner = WEIGHTS @ f(np.sqrt(max(D0 - D, 0)) * X[:, None] + np.sqrt(max(D, 0)) * X[None, :])
    return float(WEIGHTS @ (inner * inner))


def variance(g):
    """D0 of the solution that decays: its potential energy at D0 is that at 0."""
    balance = lambda D0: -D0**2 / 2 + g * g * (correlation(log_cosh, D0, D0) - correlation(log_cosh, 0.0, D0))
    return brentq(balance, 1e-3, 4 * g * g, xtol=1e-14)


def exponent(g):
    D0 = variance(g)
    nodes = D0 * np.sin(np.linspace(0, np.pi / 2, 301)) ** 2
    C = CubicSpline(nodes, [correlation(np.tanh, D, D0) for D in nodes])
    slope = CubicSpline(nodes, [correlation(lambda v: np.cosh(v) ** -2.0, D, D0) for D in nodes])
    energy = C.antiderivative()
    speed = lambda D: -np.sqrt(max(D * D - 2 * g * g * float(energy(D)), 0))
    count = int((20 + 40 / min(1, g - 1)) / STEP)
    D = np.empty(count)
    curvature = D0 - g * g * float(C(D0))
    D[0] = D0
    D[1] = D0 + curvature * STEP**2 / 2 + (1 - g * g * float(slope(D0))) * curvature * STEP**4 / 24
    for k in range(1, count - 1):
        d = D[k]
        k1 = speed(d)
        k2 = speed(max(d + STEP / 2 * k1, 0))
        k3 = speed(max(d + STEP / 2 * k2, 0))
        k4 = speed(max(d + STEP * k3, 0))
        D[k + 1] = max(d + STEP / 6 * (k1 + 2 * k2 + 2 * k3 + k4), 0)
    potential = 1 - g * g * slope(D)

    def ground(V, h):
        """Even ground state on a half-line."""
        off = -np.ones(len(V) - 1) / h**2
        off[0] *= np.sqrt(2)
        return eigh_tridiagonal(2 / h**2 + V, off, select="i", select_range=(0, 0))[0][0]

    E0 = (4 * ground(potential, STEP) - ground(potential[::2], 2 * STEP)) / 3
    return {"g": g, "variance": D0, "exponent": float(-1 + np.sqrt(1 - E0))}


data = {
    "program": "scripts/references/mean-field-chaos.py",
    "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
    "networks": [exponent(g) for g in (1.5, 2.0, 2.5, 3.0)],
}
path = Path(__file__).parents[2] / "test" / "fixtures" / "mean-field-chaos.json"
path.write_text(json.dumps(data, separators=(",", ":")) + "\n")
print(path.name, data)
