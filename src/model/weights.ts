/**
 * Recurrent weights that keep the structure they were given.
 *
 * Dense `W`; low-rank `W = M Nᵀ` (M, N units × rank), whose product costs units·rank; sign-constrained (Dale)
 * `W = |W| diag(s)`, each presynaptic unit exciting (s = 1) or inhibiting (s = -1) all its targets.
 * Matrices act on column vectors: `W[i][j]` is the weight from unit j to unit i.
 */
import { InputError } from "../error.js";
import { type Matrix, matrix, multiply, multiplyVector, scaleColumns, transpose } from "../numerics/matrix.js";

/** Recurrent weights, with their structure. */
export type Weights =
  | { readonly structure: "dense"; readonly matrix: Matrix }
  | { readonly structure: "low-rank"; readonly left: Matrix; readonly right: Matrix }
  | { readonly structure: "signed"; readonly magnitudes: Matrix; readonly signs: Float64Array };

export const dense = (W: Matrix): Weights => ({ structure: "dense", matrix: W });

/** `W = left · rightᵀ`, both units × rank. */
export const lowRank = (left: Matrix, right: Matrix): Weights => {
  if (left.rows !== right.rows || left.cols !== right.cols)
    throw new InputError(
      `recurrentWeights: low-rank factors differ in shape, got ${left.rows} x ${left.cols} and ${right.rows} x ${right.cols}`,
    );
  return { structure: "low-rank", left, right };
};

/** Sign-constrained weights from magnitudes ≥ 0 (units × units) and one sign per presynaptic unit. */
export const signed = (magnitudes: Matrix, signs: Float64Array): Weights => {
  const negative = magnitudes.data.findIndex((v) => v < 0);
  if (negative >= 0)
    throw new InputError(
      `recurrentWeights: magnitudes of sign-constrained weights must not be negative, got ${magnitudes.data[negative]}`,
    );
  const wrong = signs.findIndex((s) => s !== 1 && s !== -1);
  if (wrong >= 0) throw new InputError(`recurrentWeights: sign of unit ${wrong} must be 1 or -1, got ${signs[wrong]}`);
  return { structure: "signed", magnitudes, signs };
};

const materialized = new WeakMap<Weights, Matrix>();

/** The units × units matrix `W`; made once per object where it is not stored as such. */
export const denseWeights = (weights: Weights): Matrix => {
  if (weights.structure === "dense") return weights.matrix;
  let W = materialized.get(weights);
  if (!W) {
    W =
      weights.structure === "low-rank"
        ? multiply(weights.left, transpose(weights.right))
        : scaleColumns(weights.magnitudes, weights.signs);
    materialized.set(weights, W);
  }
  return W;
};

/** A function that writes `W x` into `out`, at the cost that the structure allows. */
export const weightsProduct = (weights: Weights): ((x: Float64Array, out: Float64Array) => void) => {
  if (weights.structure === "low-rank" && 2 * weights.left.cols < weights.left.rows) {
    const { left, right } = weights;
    const rightTransposed = transpose(right);
    const overlap = new Float64Array(right.cols);
    return (x, out) => {
      multiplyVector(rightTransposed, x, overlap);
      multiplyVector(left, overlap, out);
    };
  }
  const W = denseWeights(weights);
  return (x, out) => {
    multiplyVector(W, x, out);
  };
};

/** `W diag(columns)`: every outgoing weight of unit j multiplied by `columns[j]`, structure kept. */
export const scaleOutgoing = (weights: Weights, columns: Float64Array): Weights => {
  if (weights.structure === "dense") return dense(scaleColumns(weights.matrix, columns));
  if (weights.structure === "low-rank") {
    const right = matrix(weights.right.rows, weights.right.cols);
    for (let i = 0; i < right.rows; i++)
      for (let k = 0; k < right.cols; k++)
        right.data[i * right.cols + k] = columns[i]! * weights.right.data[i * right.cols + k]!;
    return { structure: "low-rank", left: weights.left, right };
  }
  return signed(
    scaleColumns(weights.magnitudes, columns.map(Math.abs)),
    weights.signs.map((s, j) => (columns[j]! < 0 ? -s : s)),
  );
};

/** Number of units that the weights connect. */
export const weightsUnits = (weights: Weights): number =>
  weights.structure === "dense"
    ? weights.matrix.rows
    : weights.structure === "low-rank"
      ? weights.left.rows
      : weights.magnitudes.rows;
