"""Writes test/fixtures/control.json: reference values for control, noise and transients in src/analyze.

Systems come from the generator of test/numerics/families.ts, so that only small ones are stored. Gramians and covariances
are SciPy's; what can be had another way is: finite-horizon Gramians by quadrature of matrix exponentials, correlation times by
quadrature of the autocorrelation, peaks, Kreiss constants and distances to uncontrollability by general-purpose minimization.

Usage: python3 scripts/references/control.py   (needs numpy, scipy)
"""

import json
import platform
from math import factorial
from pathlib import Path

import numpy as np
import scipy
from scipy.integrate import quad_vec
from scipy.linalg import expm, solve_continuous_lyapunov, solve_discrete_lyapunov
from scipy.optimize import minimize, minimize_scalar
from scipy.signal import cont2discrete


def lcg(seed):
    state = (seed * 7919 + 12345) % 2147483647
    while True:
        state = (16807 * state) % 2147483647
        yield 2 * state / 2147483647 - 1


def random(rows, cols, seed):
    numbers = lcg(seed)
    return np.array([[next(numbers) for _ in range(cols)] for _ in range(rows)])


def networks():
    """Name, A, B, C, Sigma, dt: linearized rate networks -I + W, oscillators, chains, stiff and non-normal ones."""
    for k, (n, m, p) in enumerate([(2, 1, 1), (3, 1, 2), (4, 2, 1), (5, 1, 1), (6, 2, 3), (8, 3, 2)]):
        A = random(n, n, 100 + k) * 1.2 / np.sqrt(n) - np.eye(n)
        yield f"network of {n}", A, random(n, m, 200 + k), random(p, n, 300 + k), 0.3 * random(n, n, 400 + k), 0.1
    chain = -np.eye(5) + 0.9 * np.eye(5, k=-1)
    yield "feedforward chain", chain, np.eye(5, 1), np.eye(1, 5, k=4), 0.2 * np.eye(5), 0.2
    rotation = np.array([[-0.1, 3.0], [-3.0, -0.1]])
    yield "weakly damped rotation", rotation, np.array([[1.0], [0.0]]), np.eye(2), np.diag([0.5, 0.1]), 0.02
    two = np.block([[rotation, 0.3 * np.eye(2)], [np.zeros((2, 2)), np.array([[-0.5, 1.0], [-1.0, -0.5]])]])
    yield "two coupled rotations", two, np.array([[0.0], [0.0], [1.0], [0.5]]), np.array([[1.0, 0, 0, 0]]), 0.2 * np.eye(4), 0.02
    taus = np.diag([1.0, 2.0, 0.1])
    W = random(3, 3, 500)
    yield "unequal time constants", taus @ (W - np.eye(3)), taus @ random(3, 1, 501), random(1, 3, 502), np.sqrt(taus), 0.05
    triangular = -np.diag([1.0, 1.3, 1.7, 2.2]) + np.triu(6 * np.abs(random(4, 4, 510)), 1)
    yield "strongly non-normal", triangular, random(4, 1, 511), random(2, 4, 512), 0.1 * np.eye(4), 0.1
    weak = np.diag([-0.5, -1.0, -2.0]) + 0.0
    yield "weakly driven mode", weak, np.array([[1.0], [1e-4], [1.0]]), np.array([[1.0, 1.0, 1e-3]]), np.eye(3), 0.25


def maps(A, B, dt):
    n = len(A)
    eye = np.eye(n)
    zoh = cont2discrete((A, B, np.zeros((1, n)), np.zeros((1, B.shape[1]))), dt, "zoh")[:2]
    half = np.linalg.inv(eye - dt / 2 * A)
    rk4 = sum(np.linalg.matrix_power(dt * A, k) / factorial(k) for k in range(5))
    drive = dt * sum(np.linalg.matrix_power(dt * A, k) / factorial(k + 1) for k in range(4))
    return {
        "euler": (eye + dt * A, dt * B),
        "trapezoid": (half @ (eye + dt / 2 * A), dt * half @ B),
        "rk4": (rk4, drive @ B),
        "zero-order-hold": zoh,
    }


def noises(A, Sigma, dt):
    """Map and noise covariance of stochastic schemes."""
    n = len(A)
    eye = np.eye(n)
    S = Sigma @ Sigma.T
    implicit = np.linalg.inv(eye - dt * A)
    half = np.linalg.inv(eye - dt / 2 * A)
    heun = eye + dt * A + (dt * A) @ (dt * A) / 2
    exact = quad_vec(lambda t: expm(A * t) @ S @ expm(A * t).T, 0, dt, epsabs=1e-15, epsrel=1e-13)[0]
    return {
        "euler": (eye + dt * A, dt * S),
        "backward-euler": (implicit, dt * implicit @ S @ implicit.T),
        "trapezoid": (half @ (eye + dt / 2 * A), dt * half @ S @ half.T),
        "heun": (heun, dt * S),
        "zero-order-hold": (expm(A * dt), exact),
    }


def smallest(M):
    return np.linalg.svd(M, compute_uv=False)[-1]


def reach(A, B):
    """PBH margins at the eigenvalues and the distance to a loss, of A and B divided by their norms."""
    a, b = A / np.linalg.norm(A, 2), B / np.linalg.norm(B, 2)
    eye = np.eye(len(A))
    margin = lambda z: smallest(np.hstack([z * eye - a, b]))
    values = np.linalg.eigvals(a)
    margins = [margin(z) for z in values if z.imag >= -1e-12]
    starts = [z for z in values if z.imag >= -1e-12]
    starts += [complex(x, y) for x in np.linspace(-1, 1, 9) for y in np.linspace(0, 1, 5)]
    options = {"xatol": 1e-10, "fatol": 1e-15, "maxiter": 2000}
    ends = [minimize(lambda p: margin(complex(*p)), [z.real, z.imag], method="Nelder-Mead", options=options) for z in starts]
    return {"margins": sorted(margins), "distance": min([e.fun for e in ends] + margins)}


def hankel(Wc, Wo):
    return sorted(np.sqrt(np.abs(np.linalg.eigvals(Wc @ Wo))), reverse=True)


def peak(A):
    norm = lambda t: np.linalg.norm(expm(A * t), 2)
    times = np.linspace(0, 20, 2001)
    best = times[np.argmax([norm(t) for t in times])]
    if best == 0:
        return {"time": 0.0, "value": 1.0}
    found = minimize_scalar(lambda t: -norm(t), bounds=(best - 0.01, best + 0.01), method="bounded", options={"xatol": 1e-12})
    return {"time": found.x, "value": -found.fun}


def kreiss(A):
    eye = np.eye(len(A))
    quotient = lambda p: smallest(complex(np.exp(p[0]), p[1]) * eye - A) / np.exp(p[0])
    starts = [(x, y) for x in np.linspace(-6, 4, 21) for y in np.linspace(0, 4, 9)]
    options = {"xatol": 1e-11, "fatol": 1e-15, "maxiter": 4000}
    starts = sorted(starts, key=quotient)[:8]
    return max([1.0] + [1 / minimize(quotient, s, method="Nelder-Mead", options=options).fun for s in starts])


def spectrum(A, Q, frequencies):
    """Diagonal of the spectral matrix of a flow."""
    result = []
    for f in frequencies:
        H = np.linalg.inv(2j * np.pi * f * np.eye(len(A)) - A)
        result.append([float(v) for v in np.real(np.diag(H @ Q @ H.conj().T))])
    return result


def correlation_times(A, P):
    reach = 40 / -np.max(np.linalg.eigvals(A).real)
    integral = quad_vec(lambda t: np.diag(expm(A * t) @ P), 0, reach, epsabs=1e-14, epsrel=1e-12, limit=2000)[0]
    return integral / np.diag(P)


def case(name, A, B, C, Sigma, dt):
    Wc = solve_continuous_lyapunov(A, -B @ B.T)
    Wo = solve_continuous_lyapunov(A.T, -C.T @ C)
    P = solve_continuous_lyapunov(A, -Sigma @ Sigma.T)
    target = np.arange(1, len(A) + 1) / len(A)
    horizon = 1.5
    finite = quad_vec(lambda t: expm(A * t) @ B @ B.T @ expm(A * t).T, 0, horizon, epsabs=1e-15, epsrel=1e-13)[0]
    frequencies = [0.0, 0.1, 0.7]
    discrete = {
        scheme: {
            "controllability": solve_discrete_lyapunov(M, N @ N.T).tolist(),
            **({"observability": solve_discrete_lyapunov(M.T, C.T @ C).tolist()} if scheme == "zero-order-hold" else {}),
            "norm": np.linalg.norm(M, 2),
        }
        for scheme, (M, N) in maps(A, B, dt).items()
    }
    return {
        "name": name,
        **{"A": A.tolist(), "B": B.tolist(), "C": C.tolist(), "Sigma": Sigma.tolist(), "dt": dt},
        "controllability": Wc.tolist(),
        "observability": Wo.tolist(),
        "hankel": hankel(Wc, Wo),
        "horizon": horizon,
        "finiteHorizon": finite.tolist(),
        "conditionOfGramian": np.linalg.cond(Wc),
        "energy": float(target @ np.linalg.solve(Wc, target)),
        "readoutEnergy": float(np.ones(len(C)) @ np.linalg.solve(C @ Wc @ C.T, np.ones(len(C)))),
        "reach": reach(A, B),
        "maps": discrete,
        "covariance": P.tolist(),
        "covariances": {s: solve_discrete_lyapunov(M, Q).tolist() for s, (M, Q) in noises(A, Sigma, dt).items()},
        "frequencies": frequencies,
        "spectrum": spectrum(A, Sigma @ Sigma.T, frequencies),
        "correlationTimes": correlation_times(A, P).tolist(),
        "numericalAbscissa": float(np.linalg.eigvalsh((A + A.T) / 2)[-1]),
        "peak": peak(A),
        "kreiss": float(kreiss(A)),
    }


data = {
    "program": "scripts/references/control.py",
    "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
    "systems": [case(*network) for network in networks()],
}
path = Path(__file__).parents[2] / "test" / "fixtures" / "control.json"
path.write_text(json.dumps(data, separators=(",", ":"), default=float).replace('},{"name"', '},\n{"name"') + "\n")
print(f"{path.name}: {path.stat().st_size} bytes, {len(data['systems'])} systems, {data['versions']}")
