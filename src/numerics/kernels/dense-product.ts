/** The product of dense matrices in the kernels; see kernels/linear-algebra/product.ts. */
import type { Matrix } from "../matrix.js";
import type { KernelBuild } from "./instance.js";
import { fitsWorkspace, productWork, workspace } from "./workspace.js";

/** Multiplications from which the kernel is faster than the plain loop, copies included. */
const worthwhile = 24 ** 3;

/** Whether an m x k by k x n product should be left to the kernel. */
export const productPays = (m: number, k: number, n: number): boolean =>
  m * k * n >= worthwhile && Math.min(m, k, n) >= 8 && fitsWorkspace(m * k + k * n + m * n + productWork);

/** The entries of `A B`. */
export const denseProduct = (A: Matrix, B: Matrix, build?: KernelBuild): Float64Array => {
  const [m, k, n] = [A.rows, A.cols, B.cols];
  const { kernel, regions } = workspace([productWork, m * k, k * n, m * n], build);
  const [work, a, b, c] = regions;
  a.numbers.set(A.data);
  b.numbers.set(B.data);
  c.numbers.fill(0);
  kernel("multiplyAdd")(m, n, k, 1, a.address, 8 * k, 8, b.address, 8 * n, 8, c.address, 8 * n, work.address);
  return c.numbers.slice();
};
