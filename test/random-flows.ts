/** Random stable linear flows with inputs, noise and readout, and the steps at which Euler loses them. */
import fc from "fast-check";
import type { Matrix as Table } from "ml-matrix";
import { linearFlow } from "../src/model/build.js";
import type { LinearFlow } from "../src/model/model.js";
import { type Matrix, multiply, toRows, transpose } from "../src/numerics/matrix.js";
import type { MatrixEquationResult } from "../src/numerics/sylvester.js";
import { spectrum } from "./oracles/equations.js";
import { mat } from "./oracles/schemes.js";
import { between, rowsOf } from "./random-networks.js";

/** A matrix of the library as one of ml-matrix. */
export const table = (A: Matrix): Table => mat(toRows(A));

/** `B B^T`. */
export const gram = (B: Matrix): Matrix => multiply(B, transpose(B));

/** The solution of a matrix equation; that there is none is an error. */
export const solved = (result: MatrixEquationResult): Matrix => {
  if (result.status !== "solved") throw new Error(result.reason);
  return result.X;
};

export interface Stable {
  readonly flow: LinearFlow;
  readonly A: Table;
  readonly B: Table;
  readonly Sigma: Table;
  readonly C: Table;
}

/** Linear flows whose rates have real parts below -0.2. */
export const stableFlows: fc.Arbitrary<Stable> = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 2 }), between(0.2, 1.5))
  .chain(([n, m, margin]) =>
    fc
      .record({
        raw: rowsOf(n, n, between(-1, 1)),
        B: rowsOf(n, m, between(-1, 1)),
        Sigma: rowsOf(n, n, between(-1, 1)),
        C: rowsOf(2, n, between(-1, 1)),
      })
      .map(({ raw, B, Sigma, C }) => {
        const abscissa = Math.max(...spectrum(mat(raw)).map(([re]) => re));
        const A = raw.map((row, i) => row.map((v, j) => (i === j ? v - abscissa - margin : v)));
        const flow = linearFlow({ stateMatrix: A, inputMatrix: B, noise: Sigma });
        return { flow, A: mat(A), B: mat(B), Sigma: mat(Sigma), C: mat(C) };
      }),
  );

/** The largest step at which forward Euler keeps every mode, `min -2 Re / |lambda|^2`. */
export const eulerLimit = (A: Table): number =>
  Math.min(...spectrum(A).map(([re, im]) => (-2 * re) / (re * re + im * im)));
