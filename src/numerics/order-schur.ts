/**
 * Reordering of a real Schur form: the chosen eigenvalues are moved to the top by orthogonal swaps of neighboring diagonal
 * blocks, after which the leading columns of `Q` span their invariant subspace.
 *
 * To swap, `P X − X R = F` gives the basis `[−X; I]` of the subspace that belongs to the lower block, and its QR factorization
 * the rotation. A swap that would disturb the matrix by more than rounding (blocks with nearly equal eigenvalues) is refused.
 *
 * Bai & Demmel, Linear Algebra Appl. 186 (1993) 73.
 */
import { makeReflector, reflectColumns, reflectRows } from "./householder.js";
import { type Complex, copy, type Matrix, maxAbs } from "./matrix.js";
import type { SchurForm } from "./schur.js";
import {
  blockEigenvalues,
  type DiagonalBlock,
  diagonalBlocks,
  rotateColumns,
  rotateRows,
  standardizeInPlace,
} from "./schur-block.js";
import { solveTinySylvester } from "./tiny-system.js";

/** A reordered Schur form. */
export interface OrderedSchurForm extends SchurForm {
  /** How many leading columns belong to chosen eigenvalues. */
  readonly selected: number;
  /** "incomplete" when some swap was refused: chosen eigenvalues remain below, nearly equal to ones not chosen. */
  readonly status: "ordered" | "incomplete";
}

const EPSILON = 2 ** -52;

/** Moves the eigenvalues for which `select` holds to the top; of a complex pair it is asked about the upper one. */
export const orderSchur = (form: SchurForm, select: (value: Complex) => boolean): OrderedSchurForm => {
  const T = copy(form.T);
  const Q = copy(form.Q);
  let placed = 0;
  for (;;) {
    const blocks = diagonalBlocks(T);
    let index = blocks.findIndex((block) => block.start >= placed && select(blockEigenvalues(T, block)[0]));
    if (index < 0) return { T, Q, selected: placed, status: "ordered" };
    const block = blocks[index];
    let { start } = block;
    while (start > placed) {
      const above = blocks[--index];
      if (!swapBlocks(T, Q, above, { start, size: block.size }))
        return { T, Q, selected: placed, status: "incomplete" };
      start -= above.size;
    }
    placed += block.size;
  }
};

/** Swaps two neighboring blocks in place; false, and nothing changed, when that cannot be done stably. */
const swapBlocks = (T: Matrix, Q: Matrix, upper: DiagonalBlock, lower: DiagonalBlock): boolean => {
  const n = T.rows;
  const { start } = upper;
  if (upper.size === 1 && lower.size === 1) {
    const k = start * n + start;
    const [p, f, r] = [T.data[k], T.data[k + 1], T.data[k + n + 1]];
    const size = Math.max(Math.abs(f), Math.abs(r - p));
    if (size === 0) return true;
    const length = Math.hypot(f / size, (r - p) / size);
    const [c, s] = [f / size / length, (r - p) / size / length];
    rotateRows(T, start, c, s, start, n);
    rotateColumns(T, start, c, s, 0, start + 2);
    rotateColumns(Q, start, c, s, 0, n);
    T.data[k] = r;
    T.data[k + n] = 0;
    T.data[k + n + 1] = p;
    return true;
  }
  const reflectors = swapReflectors(T, upper, lower);
  if (reflectors === undefined) return false;
  const work = new Float64Array(n);
  for (const { top, v, tau } of reflectors) {
    reflectRows(T.data, n, start + top, v.length, start, n, v, tau, work);
    reflectColumns(T.data, n, 0, start + upper.size + lower.size, start + top, v.length, v, tau);
    reflectColumns(Q.data, n, 0, n, start + top, v.length, v, tau);
  }
  for (let i = lower.size; i < lower.size + upper.size; i++) {
    for (let j = 0; j < lower.size; j++) T.data[(start + i) * n + start + j] = 0;
  }
  if (lower.size === 2) standardizeInPlace(T, Q, start);
  if (upper.size === 2) standardizeInPlace(T, Q, start + lower.size);
  return true;
};

/** The reflectors of the QR factorization of `[−X; I]`, tried out on a copy of the two blocks first. */
const swapReflectors = (T: Matrix, upper: DiagonalBlock, lower: DiagonalBlock) => {
  const n = T.rows;
  const [p, r] = [upper.size, lower.size];
  const m = p + r;
  const local = new Float64Array(m * m);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++) local[i * m + j] = T.data[(upper.start + i) * n + upper.start + j];
  const X = new Float64Array(p * r);
  for (let i = 0; i < p; i++) for (let j = 0; j < r; j++) X[i * r + j] = local[i * m + p + j];
  const minusR = local.map((v) => -v);
  const pivot = solveTinySylvester(
    { data: local, stride: m, at: 0, size: p },
    { data: minusR, stride: m, at: p * m + p, size: r },
    X,
  );
  const size = maxAbs(local);
  if (!(pivot > EPSILON * size * 2 ** -20) || !X.every(Number.isFinite)) return undefined;
  const basis = new Float64Array(m * r);
  for (let i = 0; i < p; i++) for (let j = 0; j < r; j++) basis[i * r + j] = -X[i * r + j];
  for (let j = 0; j < r; j++) basis[(p + j) * r + j] = 1;
  const work = new Float64Array(m);
  const reflectors: { top: number; v: Float64Array; tau: number }[] = [];
  for (let j = 0; j < r; j++) {
    const v = Float64Array.from({ length: m - j }, (_, i) => basis[(j + i) * r + j]);
    const { tau } = makeReflector(v, m - j);
    reflectRows(basis, r, j, m - j, j, r, v, tau, work);
    reflectRows(local, m, j, m - j, 0, m, v, tau, work);
    reflectColumns(local, m, 0, m, j, m - j, v, tau);
    reflectors.push({ top: j, v, tau });
  }
  let disturbance = 0;
  for (let i = r; i < m; i++)
    for (let j = 0; j < r; j++) disturbance = Math.max(disturbance, Math.abs(local[i * m + j]));
  return disturbance <= 20 * EPSILON * size ? reflectors : undefined;
};
