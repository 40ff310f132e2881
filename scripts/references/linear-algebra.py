"""Writes test/fixtures/linear-algebra.json: reference values for the dense linear algebra in src/numerics.

Small cases come from mpmath with 60 digits and are exact to the last bit of a double; large ones from NumPy. The matrices
themselves are built from the same formulas in test/numerics/families.ts, so that only results are stored.

Usage: python3 scripts/references/linear-algebra.py   (needs numpy, scipy, mpmath)
"""

import json
import platform
from pathlib import Path

import mpmath as mp
import numpy as np
import scipy
import scipy.linalg

mp.mp.dps = 60


# --- families, as in test/numerics/families.ts -----------------------------------------------------------------------


def lcg(seed):
    state = (seed * 7919 + 12345) % 2147483647
    while True:
        state = (16807 * state) % 2147483647
        yield 2 * state / 2147483647 - 1


def random(n, seed=1, cols=None):
    numbers = lcg(seed)
    return np.array([[next(numbers) for _ in range(cols or n)] for _ in range(n)])


def grcar(n):
    return np.array([[-1.0 if i == j + 1 else 1.0 if 0 <= j - i <= 3 else 0.0 for j in range(n)] for i in range(n)])


def frank(n):
    return np.array([[float(n - max(i, j)) if i <= j + 1 else 0.0 for j in range(n)] for i in range(n)])


def jordan(n):
    """One Jordan block with its corner filled in: eigenvalues 1/2 + (1/16) exp(2 pi i k / n)."""
    A = 0.5 * np.eye(n) + np.eye(n, k=1)
    A[n - 1, 0] = 2.0 ** (-4 * n)
    return A


def companion(n):
    """Companion matrix of (x - 1) (x - 2) ... (x - n)."""
    c = [1.0]
    for k in range(1, n + 1):
        c = [a - k * b for a, b in zip(c + [0.0], [0.0] + c)]
    A = np.eye(n, k=-1)
    A[0, :] = [-a for a in c[1:]]
    return A


def cyclic(n):
    return np.roll(np.eye(n), 1, axis=0)


def scaled(n, seed=1):
    e = [(i * 17) % 61 - 30 for i in range(n)]
    return np.array([[a * 2.0 ** (e[i] - e[j]) for j, a in enumerate(row)] for i, row in enumerate(random(n, seed))])


def nearly_singular(n, seed=1):
    A = random(n, seed)
    A[n - 1, :] = A[0, :] + A[1, :]
    A[n - 1, n - 1] += 2.0**-40
    return A


def hilbert(n):
    return np.array([[1 / (i + j + 1) for j in range(n)] for i in range(n)])


def graded(n, seed=1):
    """Random, with columns of sizes 1, 2^-10, 2^-20, ..."""
    return np.array([[a * 2.0 ** (-10 * j) for j, a in enumerate(row)] for row in random(n, seed)])


def day(n, exponent=30):
    """On which the QR iteration without exceptional shifts stalls (Day 1996)."""
    h = 2.0**-exponent
    return np.array([[0, 1, 0, 0], [1, 0, h, 0], [0, -h, 0, 1], [0, 0, 1, 0]])


FAMILIES = {
    f.__name__.replace("_s", "S"): f
    for f in [random, grcar, frank, jordan, companion, cyclic, scaled, nearly_singular, hilbert, graded, day]
}


def build(family, *args):
    return FAMILIES[family](*args)


# --- results ----------------------------------------------------------------------------------------------------------


def rows(A):
    return [[float(A[i, j]) for j in range(A.cols)] for i in range(A.rows)]


def pairs(values):
    return [[float(mp.re(v)), float(mp.im(v))] for v in values]


def exact(A):
    return mp.matrix(A.tolist())


def spectrum(family, *args):
    A = exact(build(family, *args))
    values = mp.eig(A, left=False, right=False) if A.rows > 1 else [A[0, 0]]
    values = [mp.mpc(v) for v in values]
    values = [mp.mpc(mp.re(v), 0 if abs(mp.im(v)) < mp.mpf(10) ** -25 * (1 + abs(v)) else mp.im(v)) for v in values]
    singular = mp.svd_r(A, compute_uv=False)
    return {
        "family": family,
        "arguments": list(args),
        "eigenvalues": pairs(values),
        "singularValues": [float(s) for s in singular],
        "determinant": float(mp.det(A)),
        "condition1": float(mp.mnorm(A, 1) * mp.mnorm(mp.inverse(A), 1)) if mp.det(A) != 0 else None,
    }


def large_spectrum(family, *args):
    A = build(family, *args)
    return {
        "family": family,
        "arguments": list(args),
        "eigenvalues": [[float(v.real), float(v.imag)] for v in np.linalg.eigvals(A)],
        "singularValues": [float(s) for s in np.linalg.svd(A, compute_uv=False)],
    }


def symmetric_spectrum(n, seed):
    A = random(n, seed)
    return {"n": n, "seed": seed, "eigenvalues": [float(v) for v in np.linalg.eigvalsh((A + A.T) / 2)]}


def functions_of(name, A):
    """e^A, phi1(A), phi2(A), the last two from the exponential of the augmented matrix."""
    A = exact(np.array(A, dtype=float))
    n = A.rows
    wide = mp.zeros(3 * n)
    for i in range(n):
        for j in range(n):
            wide[i, j] = A[i, j]
        wide[i, n + i] = wide[n + i, 2 * n + i] = 1
    with mp.workdps(200):
        E = mp.expm(wide)
    part = lambda left: [[float(E[i, left + j]) for j in range(n)] for i in range(n)]
    return {"name": name, "matrix": rows(A), "exponential": part(0), "phi1": part(n), "phi2": part(2 * n)}


def logarithm_of(name, A):
    A = exact(np.array(A, dtype=float))
    L = mp.logm(A)
    assert mp.mnorm(mp.expm(L) - A, 1) < mp.mpf(10) ** -30 * mp.mnorm(A, 1)
    R = mp.sqrtm(A)
    assert mp.mnorm(R * R - A, 1) < mp.mpf(10) ** -30 * mp.mnorm(A, 1)
    real = lambda X: [[float(mp.re(X[i, j])) for j in range(X.cols)] for i in range(X.rows)]
    return {"name": name, "matrix": rows(A), "logarithm": real(L), "squareRoot": real(R)}


def kron(A, B):
    K = mp.zeros(A.rows * B.rows, A.cols * B.cols)
    for i in range(A.rows):
        for j in range(A.cols):
            for k in range(B.rows):
                for l in range(B.cols):
                    K[i * B.rows + k, j * B.cols + l] = A[i, j] * B[k, l]
    return K


def equations(n, seed):
    """Sylvester, Lyapunov and Stein solutions for random matrices, by Kronecker products (row-major vec)."""
    A = exact(random(n, seed) / 2 - np.eye(n))
    B = exact(random(n + 1, seed + 100) / 2 - np.eye(n + 1))
    C = exact(random(n, seed + 200, n + 1))
    Q = random(n, seed + 300)
    Q = exact(Q @ Q.T)
    F = exact(random(n, seed + 400) / n)
    vec = lambda X: mp.matrix([X[i, j] for i in range(X.rows) for j in range(X.cols)])
    unvec = lambda x, m, k: [[float(x[i * k + j]) for j in range(k)] for i in range(m)]
    I = mp.eye
    S = mp.lu_solve(kron(A, I(n + 1)) + kron(I(n), B.T), vec(C))
    L = mp.lu_solve(kron(A, I(n)) + kron(I(n), A), -vec(Q))
    T = mp.lu_solve(kron(F, F) - I(n * n), -vec(Q))
    return {
        **{"A": rows(A), "B": rows(B), "C": rows(C), "Q": rows(Q), "F": rows(F)},
        **{"sylvester": unvec(S, n, n + 1), "lyapunov": unvec(L, n, n), "stein": unvec(T, n, n)},
    }


def scalar_phi(z):
    z = mp.mpc(*z)
    p1 = (mp.exp(z) - 1) / z
    p2 = (mp.exp(z) - 1 - z) / z**2
    return {"z": pairs([z])[0], "phi1": pairs([p1])[0], "phi2": pairs([p2])[0]}


def shifted_values(n, seed):
    A = random(n, seed)
    B = random(n, seed + 1, 2)
    shifts = [(0.0, 0.0), (0.5, 1.25), (-1.0, 0.75), (3.0, 0.0)]
    values = []
    for re, im in shifts:
        M = complex(re, im) * np.eye(n) - A
        values.append(
            {
                "z": [re, im],
                "plain": float(np.linalg.svd(M, compute_uv=False)[-1]),
                "controlled": float(np.linalg.svd(np.hstack([M, B]), compute_uv=False)[-1]),
            }
        )
    return {"n": n, "seed": seed, "values": values}


SMALL = [
    *[("random", n, 10 + n) for n in (1, 2, 3, 5, 8, 12)],
    *[("grcar", n) for n in (4, 8, 12)],
    *[("frank", n) for n in (6, 9, 12)],
    *[("companion", n) for n in (4, 8)],
    *[("cyclic", n) for n in (2, 3, 4, 5, 6, 8)],
    *[("scaled", n, 3) for n in (4, 8, 12)],
    ("nearlySingular", 6, 5),
    ("hilbert", 6),
    ("graded", 6, 7),
    *[("day", 4, e) for e in (20, 24, 27, 30, 34)],
]
LARGE = [("random", 50, 1), ("grcar", 40), ("random", 100, 2), ("cyclic", 60), ("random", 200, 3)]
LARGEST = ("random", 400, 4)

EXPONENTIALS = [
    ("random", random(4, 21)),
    ("random, small", random(4, 22) * 1e-3),
    ("random, norm near 1", random(4, 23) / 2),
    ("random, norm near 20", random(4, 24) * 8),
    ("zero", np.zeros((3, 3))),
    ("nilpotent", np.triu(random(4, 25), 1)),
    ("singular", np.diag([0.0, -1.0, 2.0]) + np.eye(3, k=1)),
    ("strongly non-normal", [[1.0, 1e6], [0.0, -1.0]]),
    ("stiff", [[-1e4, 1e4, 0.0], [0.0, -1.0, 1.0], [1.0, 0.0, -1e-3]]),
    ("Ward 1", [[4.0, 2.0, 0.0], [1.0, 4.0, 1.0], [1.0, 1.0, 4.0]]),
    ("Ward 3", [[-131.0, 19.0, 18.0], [-390.0, 56.0, 54.0], [-387.0, 57.0, 52.0]]),
    ("badly scaled", scaled(4, 26)),
    ("rotation by 40", [[0.0, 40.0], [-40.0, 0.0]]),
]
LOGARITHMS = [
    ("near the identity", np.eye(4) + 1e-3 * random(4, 31)),
    ("real positive spectrum", np.triu(random(4, 32), 1) + np.diag([0.5, 1.0, 2.0, 4.0])),
    ("complex pairs", random(4, 33) + 2 * np.eye(4)),
    ("a rotation by 3", [[np.cos(3), -np.sin(3)], [np.sin(3), np.cos(3)]]),
    ("strongly non-normal", [[1.0, 1e5, 1e5], [0.0, 1.25, 1e5], [0.0, 0.0, 1.5]]),
    ("sizes far apart", [[1e-6, 1.0], [0.0, 1e6]]),
    ("defective", [[2.0, 1.0, 0.0], [0.0, 2.0, 1.0], [0.0, 0.0, 2.0]]),
    ("badly scaled", np.diag([2.0**20, 1.0, 2.0**-20]) @ (random(3, 34) / 4 + np.eye(3)) @ np.diag([2.0**-20, 1.0, 2.0**20])),
]

data = {
    "program": "scripts/references/linear-algebra.py",
    "versions": {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "mpmath": mp.__version__,
    },
    "small": [spectrum(*case) for case in SMALL],
    "large": [large_spectrum(*case) for case in LARGE],
    "largest": large_spectrum(*LARGEST),
    "symmetric": [symmetric_spectrum(n, seed) for n, seed in ((2, 1), (10, 2), (100, 3))],
    "exponentials": [functions_of(*case) for case in EXPONENTIALS],
    "logarithms": [logarithm_of(*case) for case in LOGARITHMS],
    "equations": [equations(n, seed) for n, seed in ((1, 41), (2, 42), (3, 43), (5, 44))],
    "scalars": [
        scalar_phi(z)
        for z in [(1e-9, 0), (-1e-4, 0), (0.3, 0), (-1.49, 0), (-1.51, 0), (2, 0), (-30, 0), (0, 1e-7), (0.2, -0.1), (-1, 1.2), (1, 5), (-20, 30)]
    ],
    "shifted": [shifted_values(n, seed) for n, seed in ((1, 51), (6, 52), (40, 53))],
}

# A second opinion on the exponentials, so that a slip in this script would show.
for case in data["exponentials"]:
    other = scipy.linalg.expm(np.array(case["matrix"]))
    error = np.abs(other - np.array(case["exponential"])).max() / np.abs(other).max()
    assert error < 1e-6, (case["name"], error)

path = Path(__file__).parents[2] / "test" / "fixtures" / "linear-algebra.json"
path.write_text(json.dumps(data, separators=(",", ":")).replace("},{", "},\n{") + "\n")
print(f"{path.name}: {path.stat().st_size} bytes, {data['versions']}")
