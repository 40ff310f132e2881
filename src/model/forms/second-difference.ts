/**
 * The second derivative of a flow in one direction, from its exact Jacobian by central differences of order four, for
 * forms without a closed one. Relative error about 1e-11.
 */
import { add, type Matrix, maxAbs, scale } from "../../numerics/matrix.js";
import type { SecondDerivative } from "../dynamics.js";

type JacobianOf = (x: Float64Array, u: Float64Array) => Matrix;

const STEP = 2 ** -9;

const difference = (jacobian: JacobianOf, x: Float64Array, u: Float64Array, a: Float64Array): Matrix => {
  const size = maxAbs(a);
  const h = size === 0 ? 0 : (STEP * Math.max(1, maxAbs(x))) / size;
  const at = (k: number) =>
    jacobian(
      x.map((v, i) => v + k * h * a[i]!),
      u,
    );
  if (h === 0) return scale(at(0), 0);
  const near = add(at(1), at(-1), -1);
  const far = add(at(2), at(-2), -1);
  return scale(add(scale(near, 8), far, -1), 1 / (12 * h));
};

export const secondDifference = (
  stateJacobian: JacobianOf,
  inputJacobian: JacobianOf,
  x: Float64Array,
  u: Float64Array,
  a: Float64Array,
): SecondDerivative => ({
  state: difference(stateJacobian, x, u, a),
  input: difference(inputJacobian, x, u, a),
});
