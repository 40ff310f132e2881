"""Writes kernels/coefficients.ts: near-minimax polynomials (Chebyshev fits) of the kernels' elementary functions.

Usage: python3 scripts/references/kernel-polynomials.py   (needs mpmath; 1.3.0 made the committed file)
"""

from pathlib import Path

import mpmath as mp

mp.mp.dps = 60


def fit(f, low, high, count):
    coefficients, error = mp.chebyfit(f, [mp.mpf(low), mp.mpf(high)], count, error=True)
    return [float(c) for c in reversed(coefficients)], mp.nstr(error, 2)


def series(f, start):
    """f(sqrt z)/sqrt z less its first term, divided by z: what is left of an odd series after `start`."""
    return lambda z: (f(mp.sqrt(z)) / mp.sqrt(z) - start) / z


HALF_LN2 = mp.log(2) / 2 * mp.mpf("1.0001")
expm1 = lambda r: (mp.expm1(r) - r) / r**2 if abs(r) > 1e-25 else mp.mpf(1) / 2
log = series(lambda s: 2 * mp.atanh(s), 2)
guard = lambda f, limit: lambda z: f(z) if z > 1e-25 else mp.mpf(limit)


def erfcx_in(k, weight):
    def f(t):
        x = k * (1 + t) / (1 - t)
        with mp.workdps(450 if x > 8 else 60):
            return mp.exp(x * x) * mp.erfc(x) * weight(x)

    return f


def mapped(x, k):
    return (mp.mpf(x) - k) / (mp.mpf(x) + k)


TABLES = [
    ("EXPM1", "expm1(r) = r + r^2 p(r), |r| <= ln 2 / 2", *fit(expm1, -HALF_LN2, HALF_LN2, 10)),
    ("EXPM1_SINGLE", "the same in single precision", *fit(expm1, -HALF_LN2, HALF_LN2, 5)),
    ("LOG", "2 artanh(s) = 2 s + s^3 p(s^2), |s| <= 3 - 2 sqrt 2",
     *fit(guard(log, mp.mpf(2) / 3), 0, (3 - 2 * mp.sqrt(2)) ** 2 * mp.mpf("1.0001"), 7)),
    ("SINE", "sin(pi t / 2) = t p(t^2), |t| <= 1/2",
     *fit(lambda z: mp.sin(mp.pi / 2 * mp.sqrt(z)) / mp.sqrt(z) if z > 1e-40 else mp.pi / 2, 0, mp.mpf(1) / 4, 7)),
    ("COSINE", "cos(pi t / 2) = p(t^2), |t| <= 1/2", *fit(lambda z: mp.cos(mp.pi / 2 * mp.sqrt(z)), 0, mp.mpf(1) / 4, 8)),
    ("LOG1P", "2 artanh(s) = 2 s + s^3 p(s^2), |s| <= 1/3", *fit(guard(log, mp.mpf(2) / 3), 0, mp.mpf("1.0001") / 9, 11)),
    ("LOG1P_SINGLE", "the same, |s| <= 1/3, in single precision",
     *fit(guard(log, mp.mpf(2) / 3), 0, mp.mpf("1.0001") / 9, 4)),
    ("ERF", "erf(x) = x p(x^2), |x| <= 1",
     *fit(lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) if z > 1e-40 else 2 / mp.sqrt(mp.pi), 0, 1, 12)),
    ("ERFCX", "exp(x^2) erfc(x) = p((x - 3)/(x + 3)), 1 <= x <= 6",
     *fit(erfcx_in(3, lambda x: 1), mapped(1, 3), mapped(6, 3), 16)),
    ("ERFCX_WIDE", "exp(x^2) erfc(x) (1 + 2 x) = p((x - 4)/(x + 4)), 0 <= x <= 28",
     *fit(erfcx_in(4, lambda x: 1 + 2 * x), mapped(0, 4), mapped(28, 4), 22)),
    ("ATAN", "atan(x) = x + x^3 p(x^2), |x| <= tan(pi/8)",
     *fit(guard(series(mp.atan, 1), -mp.mpf(1) / 3), 0, mp.tan(mp.pi / 8) ** 2 * mp.mpf("1.0001"), 11)),
]

lines = [
    "/**",
    " * Polynomial coefficients of the elementary functions, lowest degree first.",
    " * Written by scripts/references/kernel-polynomials.py; each with the error of the fit.",
    " */",
]
for name, meaning, coefficients, error in TABLES:
    lines += ["", f"/** {meaning}; error {error}. */", f"export const {name}: usize = memory.data<{'f32' if name.endswith('SINGLE') else 'f64'}>(["]
    lines += [f"  {c!r}," for c in coefficients]
    lines += ["]);"]
path = Path(__file__).parents[2] / "kernels" / "coefficients.ts"
path.write_text("\n".join(lines) + "\n")
print(path, ", ".join(f"{name} {error}" for name, _, _, error in TABLES))
