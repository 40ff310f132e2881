/**
 * The error function, the logistic sigmoid and softplus, accurate to a few units in the last place everywhere.
 *
 * `erf` is its Taylor series for |x| <= 1/2 and `1 - erfc` beyond. For x >= 1/2,
 * `erfc(x) = exp(-x²) S(t) / (1 + 2x)`, where S is a Chebyshev series in t = (x - 4.5) / (x + 3.5), a variable that maps
 * the half line to [-1, 1) as in M. M. Shepherd and J. G. Laframboise, Math. Comp. 36 (1981) 249. The coefficients are
 * printed by `scripts/references/special-functions.py --coefficients`.
 */

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** erf(x)/x - 1 as a power series in x²; the 1 is kept apart so that the sum rounds once. */
const TAYLOR: readonly number[] = (() => {
  const terms: number[] = [0.12837916709551256];
  let factorial = 1;
  for (let n = 1; n < 13; n++) {
    factorial *= -n;
    terms.push(TWO_OVER_ROOT_PI / (factorial * (2 * n + 1)));
  }
  return terms;
})();

const CHEBYSHEV: readonly number[] = [
  1.210677940694214, -0.07386602138757274, -0.021925817186695756, 0.01979622598330062, -0.008304516603087899,
  0.002476680268891719, -0.0005584195133978612, 9.23630140622529e-5, -9.437787304936758e-6, 1.533340859279098e-8,
  1.7923625690837423e-7, -2.4529661547231826e-8, -1.0662181478402102e-9, 6.873607823933708e-10, -3.495728823140734e-11,
  -1.5284552922511393e-11, 1.9426459056452242e-12, 3.3299272801267463e-13, -7.192324474751281e-14,
  -7.922170546298046e-15, 2.4793444826073247e-15, 2.2655534108799694e-16, -8.558157614424224e-17,
];

const nearZero = (x: number): number => {
  const square = x * x;
  let sum = 0;
  for (let n = TAYLOR.length - 1; n >= 0; n--) sum = sum * square + TAYLOR[n]!;
  return x + x * sum;
};

/** exp(-x²); the square is split so that its rounding is not magnified by the exponential. */
const gaussian = (x: number): number => {
  const head = Math.fround(x);
  return Math.exp(-head * head) * Math.exp((head - x) * (head + x));
};

/** erfc for x >= 1/2, by Clenshaw's recurrence. */
const tail = (x: number): number => {
  const t = (x - 4.5) / (x + 3.5);
  let b1 = 0;
  let b2 = 0;
  for (let j = CHEBYSHEV.length - 1; j > 0; j--) {
    const b = 2 * t * b1 - b2 + CHEBYSHEV[j]!;
    b2 = b1;
    b1 = b;
  }
  return (gaussian(x) * (t * b1 - b2 + CHEBYSHEV[0]!)) / (1 + 2 * x);
};

/** The error function, 2/√π times the integral of exp(-s²) from 0 to x. */
export const erf = (x: number): number => {
  const size = Math.abs(x);
  if (size <= 0.5) return nearZero(x);
  if (size > 6) return Math.sign(x);
  return Math.sign(x) * (1 - tail(size));
};

/** The complementary error function 1 - erf(x), with full relative accuracy where it is small. */
export const erfc = (x: number): number => {
  if (x > 28) return 0;
  if (x >= 0.5) return tail(x);
  return x >= -0.5 ? 1 - nearZero(x) : x < -6 ? 2 : 2 - tail(-x);
};

/** The logistic function 1 / (1 + exp(-x)), without overflow or cancellation at either end. */
export const sigmoid = (x: number): number => {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const growth = Math.exp(x);
  return growth / (1 + growth);
};

/** log(1 + exp(x)), without overflow or cancellation at either end. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** 1 from x = 0 on, 0 before: continuous from the right, so that it is the right derivative of `max(0, x)`. */
export const heaviside = (x: number): number => (x >= 0 ? 1 : x < 0 ? 0 : Number.NaN);
