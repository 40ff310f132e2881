"""Worked examples of R, D and L on small networks, computed from their formulas with 50 digits.

    python3 scripts/references/worked-examples.py     writes test/fixtures/worked-examples.json   (needs mpmath)

Matrices are row-major; complex numbers are [re, im], lists of them sorted by falling real, then imaginary part. An
input is held over a step. The networks themselves are repeated in the tests, which compare at relative 1e-12.
"""
import json
import platform
from pathlib import Path

import mpmath
from mpmath import cosh, diag, exp, expm, eye, findroot, inverse, log, lu_solve, matrix, mp, mpf, pi, sin, sqrt, tanh, zeros

mp.dps = 50
EPS = mpf(10) ** -45


# --- numbers out -----------------------------------------------------------------------------------------------------
def real(x):
    x = x.real if isinstance(x, mpmath.mpc) else x
    return 0.0 if abs(x) < mpf("1e-40") else float(x)


def rows(M):
    return [[real(M[i, j]) for j in range(M.cols)] for i in range(M.rows)]


def column(v):
    return [real(v[i]) for i in range(v.rows)]


def pairs(values):
    key = lambda z: (-round(float(mpmath.re(z)), 25), -float(mpmath.im(z)))
    return [[real(mpmath.re(z)), real(mpmath.im(z))] for z in sorted(values, key=key)]


def spectrum(M):
    return list(mp.eig(M, left=False, right=False)) if M.rows > 1 else [M[0, 0]]


def fro(M):
    return sqrt(sum(abs(x) ** 2 for x in M))


def norm2(M):
    return sqrt(max(mpmath.re(z) for z in spectrum(M.T * M)))


def mat(x):
    return matrix([[mpf(str(v)) if not isinstance(v, mpf) else v for v in row] for row in x])


def vec(x):
    return matrix([mpf(str(v)) if not isinstance(v, mpf) else v for v in x])


# --- flows -----------------------------------------------------------------------------------------------------------
class Rate:
    """diag(tau) h' = -h + tanh(W h + B u + b)."""

    def __init__(self, W, B, b, tau, u):
        self.W, self.B, self.b, self.tau, self.u = mat(W), mat(B), vec(b), vec(tau), vec(u)
        self.n = self.W.rows
        self.rates = [1 / t for t in self.tau]

    def total(self, h):
        return self.W * h + self.B * self.u + self.b

    def field(self, h):
        v = self.total(h)
        return matrix([(-h[i] + tanh(v[i])) / self.tau[i] for i in range(self.n)])

    def gain(self, h):
        return diag([1 / cosh(x) ** 2 for x in self.total(h)])

    def over_tau(self, M):
        return diag(self.rates) * M

    def jacobian(self, h):
        return self.over_tau(-eye(self.n) + self.gain(h) * self.W)

    def input_jacobian(self, h):
        return self.over_tau(self.gain(h) * self.B)

    def second(self, h, a):
        """f''[a, .]"""
        v, moved = self.total(h), self.W * a
        return self.over_tau(diag([-2 * tanh(v[i]) / cosh(v[i]) ** 2 * moved[i] for i in range(self.n)]) * self.W)


class Current(Rate):
    """diag(tau) x' = -x + W tanh(x) + B u + b."""

    def field(self, x):
        drive = self.W * x.apply(tanh) + self.B * self.u + self.b
        return self.over_tau(drive - x)

    def jacobian(self, x):
        return self.over_tau(-eye(self.n) + self.W * diag([1 / cosh(v) ** 2 for v in x]))


def newton(residual, jacobian, start):
    x = start.copy()
    for _ in range(200):
        step = lu_solve(jacobian(x), residual(x))
        x = x - step
        if mpmath.norm(step) < EPS:
            return x
    raise ArithmeticError("no convergence")


def equilibrium(flow, start):
    return newton(flow.field, flow.jacobian, start)


# --- schemes ---------------------------------------------------------------------------------------------------------
TABLEAUS = {
    "euler": ([[0]], [1]),
    "backward-euler": ([[1]], [1]),
    "implicit-midpoint": ([["1/2"]], [1]),
    "trapezoid": ([[0, 0], ["1/2", "1/2"]], ["1/2", "1/2"]),
    "heun": ([[0, 0], [1, 0]], ["1/2", "1/2"]),
    "explicit-midpoint": ([[0, 0], ["1/2", 0]], [0, 1]),
    "rk4": ([[0, 0, 0, 0], ["1/2", 0, 0, 0], [0, "1/2", 0, 0], [0, 0, 1, 0]], ["1/6", "1/3", "1/3", "1/6"]),
}
SCHEMES = [*TABLEAUS, "exponential-euler", "imex-euler", "rosenbrock-euler"]


def rational(x):
    return mpf(x.split("/")[0]) / mpf(x.split("/")[1]) if isinstance(x, str) else mpf(x)


def phi1(Z):
    n = Z.rows
    big = zeros(2 * n, 2 * n)
    big[:n, :n], big[:n, n:] = Z, eye(n)
    return expm(big)[:n, n:]


def phi2(Z):
    n = Z.rows
    big = zeros(3 * n, 3 * n)
    big[:n, :n], big[:n, n : 2 * n], big[n : 2 * n, 2 * n :] = Z, eye(n), eye(n)
    return expm(big)[:n, 2 * n :]


def leak_weights(name, dt, rates):
    if name == "imex-euler":
        return diag([dt / (1 + dt * r) for r in rates])
    return diag([(1 - exp(-dt * r)) / r for r in rates])


def stages(name, flow, x, dt):
    A, b = TABLEAUS[name]
    points, slopes = [], []
    for row in A:
        start = x.copy()
        for weight, slope in zip(row, slopes):
            start = start + dt * rational(weight) * slope
        h = dt * rational(row[len(slopes)])
        if h == 0:
            point = start
        else:
            residual = lambda y: y - start - h * flow.field(y)
            point = newton(residual, lambda y: eye(flow.n) - h * flow.jacobian(y), start)
        points.append(point)
        slopes.append(flow.field(point))
    return points, slopes, [rational(w) for w in b]


def step(name, flow, x, dt):
    if name in TABLEAUS:
        _, slopes, b = stages(name, flow, x, dt)
        for weight, slope in zip(b, slopes):
            x = x + dt * weight * slope
        return x
    if name == "rosenbrock-euler":
        return x + dt * phi1(dt * flow.jacobian(x)) * flow.field(x)
    return x + leak_weights(name, dt, flow.rates) * flow.field(x)


def map_jacobian(name, flow, x, dt):
    """Derivative of a step by the state, from the differentiated stages; of rosenbrock-euler by differences."""
    n = flow.n
    if name in TABLEAUS:
        A, _ = TABLEAUS[name]
        points, _, b = stages(name, flow, x, dt)
        K, total = [], eye(n)
        for i, point in enumerate(points):
            J, inner = flow.jacobian(point), eye(n)
            for j in range(i):
                inner = inner + dt * rational(A[i][j]) * K[j]
            K.append(inverse(eye(n) - dt * rational(A[i][i]) * J) * J * inner)
            total = total + dt * b[i] * K[i]
        return total
    if name == "rosenbrock-euler":
        h = mpf(10) ** -12
        result = zeros(n, n)
        for j in range(n):
            e = zeros(n, 1)
            e[j] = h
            first = step(name, flow, x + e, dt) - step(name, flow, x - e, dt)
            second = step(name, flow, x + 2 * e, dt) - step(name, flow, x - 2 * e, dt)
            result[:, j] = (8 * first - second) / (12 * h)
        return result
    return eye(n) + leak_weights(name, dt, flow.rates) * flow.jacobian(x)


def linear_step(name, A, dt, rates):
    """(transition, drive): x' = transition x + drive (B u + c)."""
    n, Z = A.rows, dt * A
    I = eye(n)
    drive = {
        "euler": lambda: dt * I,
        "backward-euler": lambda: dt * inverse(I - Z),
        "implicit-midpoint": lambda: dt * inverse(I - Z / 2),
        "trapezoid": lambda: dt * inverse(I - Z / 2),
        "heun": lambda: dt * (I + Z / 2),
        "explicit-midpoint": lambda: dt * (I + Z / 2),
        "rk4": lambda: dt * (I + Z / 2 + Z * Z / 6 + Z * Z * Z / 24),
        "rosenbrock-euler": lambda: dt * phi1(Z),
        "zero-order-hold": lambda: dt * phi1(Z),
    }.get(name, lambda: leak_weights(name, dt, rates))()
    return I + drive * A, drive


# --- matrix equations ------------------------------------------------------------------------------------------------
def solve_linear(operator, n, right):
    M, k = zeros(n * n, n * n), 0
    for i in range(n):
        for j in range(n):
            E = zeros(n, n)
            E[i, j] = 1
            image = operator(E)
            for p in range(n):
                for q in range(n):
                    M[p * n + q, k] = image[p, q]
            k += 1
    solution = lu_solve(M, matrix([right[p, q] for p in range(n) for q in range(n)]))
    return matrix(n, n) + matrix([[solution[p * n + q] for q in range(n)] for p in range(n)])


def lyapunov(A, Q):
    return solve_linear(lambda X: A * X + X * A.T, A.rows, -Q)


def stein(A, Q):
    return solve_linear(lambda X: A * X * A.T - X, A.rows, -Q)


# --- stability functions of a mode -----------------------------------------------------------------------------------
R = {
    "euler": lambda z: 1 + z,
    "backward-euler": lambda z: 1 / (1 - z),
    "trapezoid": lambda z: (1 + z / 2) / (1 - z / 2),
    "heun": lambda z: 1 + z + z**2 / 2,
    "rk4": lambda z: 1 + z + z**2 / 2 + z**3 / 6 + z**4 / 24,
}


def stable_step(name, rates, guess):
    """The step at which the first of the rates reaches |R| = 1."""
    limits = []
    for rate in rates:
        f = lambda t: abs(R[name](t * rate)) ** 2 - 1
        t = guess / 200
        while f(t) < 0:
            t += guess / 200
        limits.append(findroot(f, (t - guess / 200, t), solver="anderson", tol=mpf(10) ** -80, maxsteps=400))
    return min(limits)


# === the examples ====================================================================================================
def two_units():
    """Two tanh units of unequal tau at their fixed point, under every scheme."""
    flow = Rate([["0.8", "-1.2"], ["1", "0.4"]], [["0.6"], ["-0.3"]], ["0.1", "-0.2"], ["1", "0.5"], ["0.5"])
    dt, p, C, Sigma = mpf("0.1"), vec(["0.3", "-0.2"]), mat([["1", "0.5"]]), mat([["0.3", "0"], ["0.1", "0.2"]])
    x = equilibrium(flow, vec([0, 0]))
    J, B = flow.jacobian(x), flow.input_jacobian(x)
    exact, hold = linear_step("zero-order-hold", J, dt, None)
    Q = Sigma * Sigma.T
    P = lyapunov(J, Q)
    Wc, Wo = lyapunov(J, B * B.T), lyapunov(J.T, C.T * C)
    schemes = {}
    for name in SCHEMES:
        A, drive = linear_step(name, J, dt, flow.rates)
        schemes[name] = {
            "step": column(step(name, flow, p, dt)),
            "stateMatrix": rows(A),
            "inputMatrix": rows(drive * B),
            "multipliers": pairs(spectrum(A)),
            "distanceToExact": real(norm2(A - exact)),
        }
    gramians = {}
    for name in ["euler", "trapezoid", "zero-order-hold"]:
        A, drive = linear_step(name, J, dt, flow.rates)
        gramians[name] = rows(stein(A, drive * B * (drive * B).T))
    back = inverse(eye(2) - dt * J)
    half = inverse(eye(2) - dt / 2 * J)
    mid = half * (eye(2) + dt / 2 * J)
    delta = vec(["0.1", "-0.05"])
    remainder = flow.field(x + delta) - flow.field(x) - J * delta
    M2 = 4 / (3 * sqrt(mpf(3)))
    moved = flow.W * delta
    K = M2 / 2 * max(flow.rates) * norm2(flow.W) ** 2
    symmetric = (J + J.T) / 2
    return {
        "fixedPoint": column(x),
        "stateMatrix": rows(J),
        "inputMatrix": rows(B),
        "rates": pairs(spectrum(J)),
        "schemes": schemes,
        "exact": {"stateMatrix": rows(exact), "inputMatrix": rows(hold * B), "slope": rows(dt * phi2(dt * J) * B)},
        "largestStableStep": {
            name: real(stable_step(name, spectrum(J), mpf(4))) for name in ["euler", "heun", "rk4"]
        },
        "gramian": {"controllability": rows(Wc), "observability": rows(Wo), "maps": gramians},
        "hankel": sorted((real(sqrt(z)) for z in spectrum(Wc * Wo)), reverse=True),
        "covariance": {
            "flow": rows(P),
            "euler": rows(stein(eye(2) + dt * J, dt * Q)),
            "backward-euler": rows(stein(back, dt * back * Q * back.T)),
            "implicit-midpoint": rows(stein(mid, dt * half * Q * half.T)),
            "exactNoise": rows(P - exact * P * exact.T),
            "eulerBias": rows(lyapunov(J, J * P * J.T)),
        },
        "numericalAbscissa": real(max(mpmath.re(z) for z in spectrum(symmetric))),
        "remainder": {
            "actual": column(remainder),
            "componentwise": [real(M2 / 2 / flow.tau[i] * moved[i] ** 2) for i in range(2)],
            "K": real(K),
        },
    }


def off_fixed_point():
    """The same two units at a point that is no fixed point: D then L against L then D."""
    flow = Rate([["0.8", "-1.2"], ["1", "0.4"]], [["0.6"], ["-0.3"]], ["0.1", "-0.2"], ["1", "0.5"], ["0.5"])
    dt, p = mpf("0.1"), vec(["0.3", "-0.2"])
    f, J = flow.field(p), flow.jacobian(p)
    schemes = {}
    for name in SCHEMES:
        A, drive = linear_step(name, J, dt, flow.rates)
        M, value = map_jacobian(name, flow, p, dt), step(name, flow, p, dt)
        schemes[name] = {
            "mapValue": column(value),
            "linearValue": column(p + drive * f),
            "mapJacobian": rows(M),
            "linearJacobian": rows(A),
            "jacobianDefect": real(norm2(M - A)),
            "valueDefect": real(mpmath.norm(value - p - drive * f)),
        }
    return {"field": column(f), "stateMatrix": rows(J), "secondDerivative": rows(flow.second(p, f)), "schemes": schemes}


def spiral():
    """A stable spiral that the vanilla network turns into an unstable one."""
    flow = Rate([["0.5", -1], [1, "0.5"]], [[1], [0]], [0, 0], [1, 1], [0])
    dt, rate = mpf("0.4"), mpmath.mpc("-0.5", 1)
    modes = {}
    alpha = 1 - exp(-dt)
    functions = {**R, "exponential-euler": lambda z: 1 + alpha * rate}
    for name, function in functions.items():
        mu = function(dt * rate)
        effective = log(mu) / dt
        modes[name] = {"multiplier": pairs([mu])[0], "effective": pairs([effective])[0]}
    x, path = vec(["0.3", "0.1"]), []
    for _ in range(5):
        x = step("euler", flow, x, mpf(1))
        path.append(column(x))
    return {
        "modes": modes,
        "largestStableStep": {name: real(stable_step(name, [rate], mpf(4))) for name in ["euler", "heun", "rk4"]},
        "criticalAlpha": real(2 * mpf("0.5") / mpf("1.25")),
        "criticalExponentialStep": real(-log(1 - 2 * mpf("0.5") / mpf("1.25"))),
        "vanillaModulus": real(abs(1 + rate)),
        "vanillaTrajectory": path,
    }


def bistable():
    s = findroot(lambda h: h - tanh(2 * h), mpf("0.95"))
    rate = -1 + 2 / cosh(2 * s) ** 2
    return {
        "s": real(s),
        "rateAtOrigin": 1.0,
        "rateAtS": real(rate),
        "largestStableStep": {"euler": real(-2 / rate), "rk4": real(stable_step("rk4", [rate], mpf(6)))},
        "rk4RealLimit": real(stable_step("rk4", [mpf(-1)], mpf(5))),
    }


def ghosts():
    """Two units that excite each other: cycles and fixed points of maps that the flow does not have."""
    flow = Rate([[0, 2], [2, 0]], [[0], [0]], [0, 0], [1, 1], [0])
    s = findroot(lambda h: h - tanh(2 * h), mpf("0.95"))

    def ghost(name, dt, start):
        return newton(
            lambda x: step(name, flow, x, dt) - x, lambda x: map_jacobian(name, flow, x, dt) - eye(2), vec(start)
        )

    heun = ghost("heun", mpf(1), ["0.95", "-0.95"])
    low, high = ghost("rk4", mpf(1), ["0.125", "-0.125"]), ghost("rk4", mpf("1.4"), ["0.4885", "-0.4885"])
    cycle = map_jacobian("euler", flow, vec([-s, s]), mpf(1)) * map_jacobian("euler", flow, vec([s, -s]), mpf(1))
    stable = spectrum(flow.jacobian(vec([s, s])))
    return {
        "s": real(s),
        "ratesAtStable": pairs(stable),
        "ratesAtSaddle": pairs(spectrum(flow.jacobian(vec([0, 0])))),
        "cycleMultipliers": pairs(spectrum(cycle)),
        "heun": {
            "state": column(heun),
            "multipliers": pairs(spectrum(map_jacobian("heun", flow, heun, mpf(1)))),
            "field": column(flow.field(heun)),
        },
        "rk4": {
            "state": column(low),
            "multipliers": pairs(spectrum(map_jacobian("rk4", flow, low, mpf(1)))),
        },
        "rk4Long": {
            "state": column(high),
            "multipliers": pairs(spectrum(map_jacobian("rk4", flow, high, mpf("1.4")))),
        },
        "largestStableStep": {
            "eulerAtStable": real(min(-2 / z for z in map(mpmath.re, stable))),
            "eulerAtSaddle": real(mpf(2) / 3),
            "rk4AtStable": real(stable_step("rk4", stable, mpf(6))),
        },
    }


def forms():
    """Three units in rate and in current form."""
    settings = (
        [["0.2", "-0.5", "0.3"], ["0.7", "0.1", "-0.4"], ["-0.6", "0.8", "0.5"]],
        [[1, 0], ["0.5", "-0.5"], [0, 1]],
        ["0.1", 0, "-0.1"],
        ["0.5", "0.5", "0.5"],
        ["0.4", "-0.2"],
    )
    rate, current = Rate(*settings), Current(*settings)
    h = vec(["0.1", "-0.3", "0.2"])
    x = rate.total(h)
    path, other = [], []
    for _ in range(5):
        h, x = step("euler", rate, h, mpf("0.2")), step("euler", current, x, mpf("0.2"))
        path.append(column(h))
        other.append(column(x))
    h = equilibrium(rate, vec([0, 0, 0]))
    x = equilibrium(current, vec([0, 0, 0]))
    return {
        "rateTrajectory": path,
        "currentTrajectory": other,
        "rateFixedPoint": column(h),
        "currentFixedPoint": column(x),
        "rateMatrix": rows(rate.jacobian(h)),
        "currentMatrix": rows(current.jacobian(x)),
        "rates": pairs(spectrum(rate.jacobian(h))),
    }


def controllability():
    """Samplings that lose controllability, and one that creates it."""

    def sampled(name, A, B, dt, rates=None):
        transition, drive = linear_step(name, mat(A), dt, rates)
        krylov = zeros(2, 2)
        krylov[:, 0], krylov[:, 1] = drive * mat(B), transition * drive * mat(B)
        determinant = krylov[0, 0] * krylov[1, 1] - krylov[0, 1] * krylov[1, 0]
        return {"stateMatrix": rows(transition), "inputMatrix": rows(drive * mat(B)), "determinant": real(determinant)}

    ones = [[1], [1]]
    heun = {
        name: sampled(name, [["-0.5", 0], [0, "-1.5"]], ones, mpf(1))
        for name in ["euler", "backward-euler", "trapezoid", "heun", "rk4", "zero-order-hold"]
    }
    turning = {
        name: sampled(name, [[0, pi], [-pi, 0]], [[1], [0]], mpf(1))
        for name in ["euler", "backward-euler", "trapezoid", "rk4", "zero-order-hold"]
    }
    z1 = mpf("-1.2")
    z2 = findroot(lambda z: R["rk4"](z) - R["rk4"](z1), mpf("-1.95"))
    dt = 2 * log(mpf(2))
    return {
        "heunCollision": heun,
        "zeroOrderHoldPathology": turning,
        "rk4Collision": {
            "second": real(z2),
            "multiplier": real(R["rk4"](z1)),
            "monotoneUntil": real(findroot(lambda z: 1 + z + z**2 / 2 + z**3 / 6, mpf("-1.6"))),
            "sampled": sampled("rk4", [[z1, 0], [0, z2]], ones, mpf(1)),
        },
        "exponentialLoses": sampled(
            "exponential-euler", [["-0.5", 0], [0, "-0.375"]], [[1], ["0.5"]], dt, [mpf(1), mpf(1) / 2]
        ),
        "exponentialCreates": sampled(
            "exponential-euler", [[-1, 0], [0, -1]], [[2], [1]], mpf("0.7"), [mpf(2), mpf(1)]
        ),
    }


def sigmoid(v):
    return 1 / (1 + exp(-v))


def dual_derivative(F, x, count):
    """Central differences of order four at 50 digits: good to 1e-40."""
    h, columns = mpf(10) ** -12, []
    for j in range(len(x)):
        at = lambda k: F([v + k * h if i == j else v for i, v in enumerate(x)])
        a, b, c, d = at(1), at(-1), at(2), at(-2)
        columns.append([(8 * (a[i] - b[i]) - (c[i] - d[i])) / (12 * h) for i in range(count)])
    return matrix(columns).T


def gru():
    num = lambda x: [[mpf(v) for v in row] for row in x]
    Wz, Uz, bz = num([["0.5"], ["-0.4"]]), num([["0.3", "-0.2"], ["0.1", "0.4"]]), [mpf("0.2"), mpf("-0.1")]
    Wr, Ur, br = num([["-0.3"], ["0.6"]]), num([["0.2", "0.5"], ["-0.4", "0.1"]]), [mpf(0), mpf("0.1")]
    Wn, Un, bn = num([["0.8"], ["-0.5"]]), num([["0.9", "-0.7"], ["0.6", "0.5"]]), [mpf("0.05"), mpf("-0.02")]
    bhn = [mpf("0.1"), mpf("-0.1")]
    dot = lambda row, x: sum(w * v for w, v in zip(row, x))

    def step_of(reset):
        def F(h, u):
            z = [sigmoid(dot(Wz[i], u) + dot(Uz[i], h) + bz[i]) for i in range(2)]
            r = [sigmoid(dot(Wr[i], u) + dot(Ur[i], h) + br[i]) for i in range(2)]
            inner = (
                [r[i] * (dot(Un[i], h) + bhn[i]) for i in range(2)]
                if reset == "after"
                else [dot(Un[i], [r[j] * h[j] for j in range(2)]) for i in range(2)]
            )
            n = [tanh(dot(Wn[i], u) + bn[i] + inner[i]) for i in range(2)]
            return [(1 - z[i]) * n[i] + z[i] * h[i] for i in range(2)]

        return F

    result = {}
    for reset in ["after", "before"]:
        F, h, u = step_of(reset), [mpf("0.2"), mpf("-0.4")], [mpf("0.7")]
        state = lambda x: dual_derivative(lambda y: F(y, u), x, 2)
        fixed = newton(
            lambda x: matrix(F(list(x), u)) - x, lambda x: state(list(x)) - eye(2), vec(["0.78", "-0.22"])
        )
        result[reset] = {
            "step": [real(v) for v in F(h, u)],
            "mapJacobian": rows(state(h)),
            "inputJacobian": rows(dual_derivative(lambda y: F(h, y), u, 2)),
            "fixedPoint": column(fixed),
            "multipliers": pairs(spectrum(state(list(fixed)))),
        }
    return result


def lstm():
    p = lambda x: mpf(x)

    def F(x):
        c, h, u = x[0], x[1], p("0.7")
        i = sigmoid(p("0.4") * u + p("0.3") * h + p("0.1"))
        f = sigmoid(p("-0.2") * u + p("0.5") * h + 1)
        g = tanh(p("0.9") * u - p("0.6") * h)
        o = sigmoid(p("0.2") * u + p("0.7") * h - p("0.1"))
        cell = f * c + i * g
        return [cell, o * tanh(cell)]

    x = [mpf("0.3"), mpf("-0.2")]
    return {"step": [real(v) for v in F(x)], "mapJacobian": rows(dual_derivative(F, x, 2))}


def inverses():
    A, B, dt = mat([["-0.4", "1.1"], ["-0.9", "-0.6"]]), mat([["0.5"], [1]]), mpf("0.25")
    result = {}
    for name in ["zero-order-hold", "trapezoid", "euler"]:
        transition, drive = linear_step(name, A, dt, None)
        result[name] = {"stateMatrix": rows(transition), "inputMatrix": rows(drive * B)}
    alpha, step_ = mpf("0.2"), mpf("0.1")
    mode = log(mpmath.mpc("0.3", "0.6"))
    return {
        "maps": result,
        "leakyTau": {
            "euler": real(step_ / alpha),
            "exponential-euler": real(-step_ / log(1 - alpha)),
            "imex-euler": real(step_ * (1 - alpha) / alpha),
        },
        "vanillaMode": {"multiplier": [0.3, 0.6], "exactRate": pairs([mode])[0]},
    }


def rescaling():
    flow = Rate([["0.8", "-1.2"], ["1", "0.4"]], [["0.6"], ["-0.3"]], ["0.1", "-0.2"], ["1", "0.5"], ["0.5"])
    dt, p = mpf("0.1"), vec(["0.3", "-0.2"])
    f, J = flow.field(p), flow.jacobian(p)
    two = step("euler", flow, step("euler", flow, p, dt), dt)
    one = p + 2 * dt * f
    s = lambda t: t + mpf("0.3") * sin(t)
    slope = lambda t: 1 + mpf("0.3") * mpmath.cos(t)
    secant, pointwise = [], []
    x, y, h = p, p, mpf("0.2")
    for k in range(4):
        x = x + (s((k + 1) * h) - s(k * h)) * flow.field(x)
        y = y + h * slope(k * h) * flow.field(y)
        secant.append(column(x))
        pointwise.append(column(y))
    return {
        "sameStep": column(one),
        "twoSteps": column(two),
        "defect": column(two - one),
        "leading": column(dt**2 * J * f),
        "warp": {"times": [real(s(k * h)) for k in range(5)], "secant": secant, "pointwise": pointwise},
    }


def activations():
    def largest(f, guess):
        at = findroot(lambda v: mpmath.diff(f, v), guess)
        return [real(abs(f(at))), real(abs(at))]

    derivative = lambda f, k: lambda v: mpmath.diff(f, v, k)
    second = lambda f, guess: largest(derivative(f, 2), mpf(guess))
    gelu = lambda v: v * (1 + mpmath.erf(v / sqrt(mpf(2)))) / 2
    silu = lambda v: v * sigmoid(v)
    return {
        "tanh": {"curvature": second(tanh, "0.65"), "gain": 1.0},
        "sigmoid": {"curvature": second(sigmoid, "1.3"), "gain": 0.25},
        "softplus": {"curvature": [0.25, 0.0], "gain": 1.0},
        "erf": {"curvature": second(mpmath.erf, "0.7"), "gain": real(2 / sqrt(pi))},
        "erf-unit-slope": {"curvature": second(lambda v: mpmath.erf(sqrt(pi) * v / 2), "0.8"), "gain": 1.0},
        "atan": {"curvature": second(mpmath.atan, "0.57"), "gain": 1.0},
        "softsign": {"curvature": [2.0, 0.0], "gain": 1.0},
        "gelu": {"curvature": [real(mpmath.diff(gelu, 0, 2)), 0.0], "gain": largest(derivative(gelu, 1), mpf("1.4"))[0]},
        "silu": {"curvature": [real(mpmath.diff(silu, 0, 2)), 0.0], "gain": largest(derivative(silu, 1), mpf("2.4"))[0]},
        "elu": {"curvature": [1.0, 0.0], "gain": 1.0},
        "rectified-tanh": {"curvature": second(tanh, "0.65"), "gain": 1.0},
        "relu": {"curvature": [0.0, 0.0], "gain": 1.0},
    }


def non_normal():
    A, C = mat([[-1, 8], [0, "-1.2"]]), mat([[-2, 1], [0, -1]])
    square = lambda t: max(mpmath.re(z) for z in spectrum(expm(t * A).T * expm(t * A)))
    peak = findroot(lambda t: mpmath.diff(square, t), mpf("0.87"), tol=mpf(10) ** -30, verify=False)
    pencil = findroot(lambda t: mpmath.det(-(C + C.T) - t * C.T * C), mpf("0.8"))
    return {
        "numericalAbscissa": real(max(mpmath.re(z) for z in spectrum((A + A.T) / 2))),
        "departure": real(sqrt(fro(A) ** 2 - sum(abs(z) ** 2 for z in spectrum(A)))),
        "peakTime": real(peak),
        "peakNorm": real(sqrt(square(peak))),
        "eulerSpectralLimit": 1.0,
        "eulerContractionLimit": real(pencil),
    }


reference = {
    "source": "scripts/references/worked-examples.py",
    "program": f"mpmath {mpmath.__version__} with {mp.dps} digits, Python {platform.python_version()}",
    "twoUnits": two_units(),
    "offFixedPoint": off_fixed_point(),
    "spiral": spiral(),
    "bistable": bistable(),
    "ghosts": ghosts(),
    "forms": forms(),
    "controllability": controllability(),
    "gru": gru(),
    "lstm": lstm(),
    "inverses": inverses(),
    "rescaling": rescaling(),
    "activations": activations(),
    "nonNormal": non_normal(),
}
target = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "worked-examples.json"
target.write_text(json.dumps(reference, indent=1) + "\n")
