/** LU factorization and triangular systems in the kernels; see kernels/linear-algebra/lu.ts. */
import type { Matrix } from "../matrix.js";
import type { KernelBuild } from "./instance.js";
import { fitsWorkspace, productWork, workspace } from "./workspace.js";

/** Whether to leave the factorization of an n x n matrix to the kernel. */
export const luPays = (n: number): boolean => n >= 24 && fitsWorkspace(n * n + n + productWork);

/** Whether to leave the solution for `m` right-hand sides to the kernel; a few are faster in place. */
export const luSolvePays = (n: number, m: number): boolean =>
  n >= 24 && m >= 8 && fitsWorkspace(n * n + n * m + productWork);

/** The packed factors of `A`, the order of its rows, and the number of exchanges that led to it. */
export const denseLu = (
  A: Matrix,
  build?: KernelBuild,
): { readonly data: Float64Array; readonly pivots: Int32Array; readonly exchanges: number } => {
  const n = A.rows;
  const { kernel, regions } = workspace([productWork, n * n, Math.ceil(n / 2)], build);
  const [work, a, order] = regions;
  a.numbers.set(A.data);
  const pivots = new Int32Array(order.numbers.buffer, order.address, n);
  for (let i = 0; i < n; i++) pivots[i] = i;
  const exchanges = kernel("luFactor")(a.address, n, 8 * n, order.address, work.address);
  return { data: a.numbers.slice(), pivots: pivots.slice(), exchanges };
};

/** The entries of `U⁻¹ L⁻¹ B` from packed factors, the rows of `B` taken in the given order. */
export const denseLuSolve = (LU: Matrix, pivots: Int32Array, B: Matrix, build?: KernelBuild): Float64Array => {
  const n = LU.rows;
  const m = B.cols;
  const { kernel, regions } = workspace([productWork, n * n, n * m], build);
  const [work, lu, x] = regions;
  lu.numbers.set(LU.data);
  for (let i = 0; i < n; i++) x.numbers.set(B.data.subarray(pivots[i] * m, (pivots[i] + 1) * m), i * m);
  for (const triangle of ["solveLower", "solveUpper"])
    kernel(triangle)(lu.address, n, 8 * n, x.address, m, 8 * m, work.address);
  return x.numbers.slice();
};
