/**
 * C += alpha op(A) op(B) for dense matrices of doubles with any strides.
 *
 * A block of A is packed into panels of four rows, a block of B into panels of four columns, both of at most `DEPTH` deep;
 * a 4 x 4 micro-tile of C is held in eight vector registers while it runs down a pair of panels. The panel of B stays
 * in the first cache, the block of A in the second (Goto and van de Geijn, ACM Trans. Math. Softw. 34, 2008).
 * Missing rows and columns of the last panels are zero.
 *
 * The functions that hold the inner loops are exported, which keeps them separate: an engine then compiles them well while a
 * long call is still running.
 */
import { fusedAdd } from "../vector";

const ROWS: i32 = 128;
const DEPTH: i32 = 256;
const COLUMNS: i32 = 512;

/** The number of doubles of work space that products need. */
export function productWorkF64(): i32 {
  return ROWS * DEPTH + DEPTH * COLUMNS + 16;
}

/** Packs `count` vectors of `depth` entries, times `alpha`, four side by side; `across` and `along` are strides in bytes. */
export function packF64(source: usize, count: i32, depth: i32, across: usize, along: usize, alpha: f64, target: usize): void {
  const factor = f64x2.splat(alpha);
  while (count > 0) {
    let p = source;
    if (count >= 4 && across == 8) {
      for (let k = 0; k < depth; k++) {
        v128.store(target, f64x2.mul(v128.load(p), factor));
        v128.store(target, f64x2.mul(v128.load(p, 16), factor), 16);
        p += along;
        target += 32;
      }
    } else if (count >= 4) {
      let q = p + across;
      let r = q + across;
      let s = r + across;
      for (let k = 0; k < depth; k++) {
        store<f64>(target, alpha * load<f64>(p));
        store<f64>(target, alpha * load<f64>(q), 8);
        store<f64>(target, alpha * load<f64>(r), 16);
        store<f64>(target, alpha * load<f64>(s), 24);
        p += along;
        q += along;
        r += along;
        s += along;
        target += 32;
      }
    } else {
      for (let k = 0; k < depth; k++) {
        for (let i = 0; i < 4; i++)
          store<f64>(target + (<usize>i << 3), i < count ? alpha * load<f64>(p + <usize>i * across) : 0);
        p += along;
        target += 32;
      }
    }
    source += 4 * across;
    count -= 4;
  }
}

/** Adds the product of a panel of A and a panel of B to a tile of C whose rows are `stride` bytes apart. */
@inline
function tile(a: usize, b: usize, depth: i32, c: usize, stride: usize): void {
  let c00 = f64x2.splat(0);
  let c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const end = a + (<usize>depth << 5);
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let v = v128.load64_splat(a);
    c00 = fusedAdd<f64>(v, b0, c00);
    c01 = fusedAdd<f64>(v, b1, c01);
    v = v128.load64_splat(a, 8);
    c10 = fusedAdd<f64>(v, b0, c10);
    c11 = fusedAdd<f64>(v, b1, c11);
    v = v128.load64_splat(a, 16);
    c20 = fusedAdd<f64>(v, b0, c20);
    c21 = fusedAdd<f64>(v, b1, c21);
    v = v128.load64_splat(a, 24);
    c30 = fusedAdd<f64>(v, b0, c30);
    c31 = fusedAdd<f64>(v, b1, c31);
    a += 32;
    b += 32;
  }
  v128.store(c, f64x2.add(v128.load(c), c00));
  v128.store(c, f64x2.add(v128.load(c, 16), c01), 16);
  c += stride;
  v128.store(c, f64x2.add(v128.load(c), c10));
  v128.store(c, f64x2.add(v128.load(c, 16), c11), 16);
  c += stride;
  v128.store(c, f64x2.add(v128.load(c), c20));
  v128.store(c, f64x2.add(v128.load(c, 16), c21), 16);
  c += stride;
  v128.store(c, f64x2.add(v128.load(c), c30));
  v128.store(c, f64x2.add(v128.load(c, 16), c31), 16);
}

/** Adds all packed rows times one panel of B, `columns` (at most 4) of it, to C; `spare` holds a tile. */
export function panelProductF64(a: usize, rows: i32, b: usize, columns: i32, depth: i32, c: usize, stride: usize, spare: usize): void {
  const step = <usize>depth << 5;
  if (columns >= 4) {
    while (rows >= 4) {
      tile(a, b, depth, c, stride);
      a += step;
      c += stride << 2;
      rows -= 4;
    }
  }
  while (rows > 0) {
    memory.fill(spare, 0, 128);
    tile(a, b, depth, spare, 32);
    for (let i = 0; i < min(rows, 4); i++) {
      for (let j = 0; j < min(columns, 4); j++) {
        const at = c + <usize>i * stride + (<usize>j << 3);
        store<f64>(at, load<f64>(at) + load<f64>(spare + (<usize>i << 5) + (<usize>j << 3)));
      }
    }
    a += step;
    c += stride << 2;
    rows -= 4;
  }
}

/** C += alpha A B, A of size m x k and B of size k x n; strides in bytes, the columns of C lie side by side. */
export function multiplyAddF64(
  m: i32, n: i32, k: i32, alpha: f64,
  a: usize, aRow: usize, aColumn: usize, b: usize, bRow: usize, bColumn: usize, c: usize, cRow: usize, work: usize,
): void {
  const packedA = work + 128;
  const packedB = packedA + ROWS * DEPTH * 8;
  for (let left = 0; left < n; left += COLUMNS) {
    const columns = min(COLUMNS, n - left);
    for (let from = 0; from < k; from += DEPTH) {
      const depth = min(DEPTH, k - from);
      packF64(b + <usize>from * bRow + <usize>left * bColumn, columns, depth, bColumn, bRow, 1, packedB);
      for (let top = 0; top < m; top += ROWS) {
        const rows = min(ROWS, m - top);
        packF64(a + <usize>top * aRow + <usize>from * aColumn, rows, depth, aRow, aColumn, alpha, packedA);
        for (let j = 0; j < columns; j += 4) {
          const corner = c + <usize>top * cRow + (<usize>(left + j) << 3);
          panelProductF64(packedA, rows, packedB + <usize>j * <usize>depth * 8, columns - j, depth, corner, cRow, work);
        }
      }
    }
  }
}
