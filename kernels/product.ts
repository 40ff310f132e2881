/**
 * Products of packed weights with states: y = bias + W x.
 *
 * W is packed once into panels of four rows: the four entries of a column lie together. A batch of trials is kept in
 * tiles of 32 bytes per row: four trials in f64, eight in f32. The batch kernel holds a micro-tile of 4 rows by one
 * tile in eight vector registers (Goto and van de Geijn, ACM Trans. Math. Softw. 34, 2008); the kernel of a single
 * trial holds six registers of rows. The inner loop is left to run over the columns in order: every sum is formed in the same
 * order whichever kernel forms it, so that a trial gives the same bits alone and in a batch.
 */
import { fusedAdd } from "./vector";

/** Bytes of one row of a tile, and of four rows. */
const ROW: usize = 32;
const PANEL: usize = 4 * ROW;

@inline
function panelTimesTile<T>(w: usize, x: usize, y: usize, bias: usize, depth: i32): void {
  let y00: v128, y01: v128, y10: v128, y11: v128, y20: v128, y21: v128, y30: v128, y31: v128;
  const size = sizeof<T>();
  if (bias) {
    y00 = y01 = v128.load_splat<T>(bias);
    y10 = y11 = v128.load_splat<T>(bias + size);
    y20 = y21 = v128.load_splat<T>(bias + 2 * size);
    y30 = y31 = v128.load_splat<T>(bias + 3 * size);
  } else {
    y00 = v128.load(y, 0);
    y01 = v128.load(y, 16);
    y10 = v128.load(y, 32);
    y11 = v128.load(y, 48);
    y20 = v128.load(y, 64);
    y21 = v128.load(y, 80);
    y30 = v128.load(y, 96);
    y31 = v128.load(y, 112);
  }
  const end = w + usize(depth) * 4 * size;
  while (w < end) {
    const x0 = v128.load(x, 0);
    const x1 = v128.load(x, 16);
    let v = v128.load_splat<T>(w);
    y00 = fusedAdd<T>(v, x0, y00);
    y01 = fusedAdd<T>(v, x1, y01);
    v = v128.load_splat<T>(w, sizeof<T>());
    y10 = fusedAdd<T>(v, x0, y10);
    y11 = fusedAdd<T>(v, x1, y11);
    v = v128.load_splat<T>(w, 2 * sizeof<T>());
    y20 = fusedAdd<T>(v, x0, y20);
    y21 = fusedAdd<T>(v, x1, y21);
    v = v128.load_splat<T>(w, 3 * sizeof<T>());
    y30 = fusedAdd<T>(v, x0, y30);
    y31 = fusedAdd<T>(v, x1, y31);
    w += 4 * size;
    x += ROW;
  }
  v128.store(y, y00, 0);
  v128.store(y, y01, 16);
  v128.store(y, y10, 32);
  v128.store(y, y11, 48);
  v128.store(y, y20, 64);
  v128.store(y, y21, 80);
  v128.store(y, y30, 96);
  v128.store(y, y31, 112);
}

@inline
function product<T>(w: usize, bias: usize, x: usize, y: usize, panels: i32, depth: i32, stride: usize, tiles: i32, xStride: usize, yStride: usize): void {
  for (let panel = 0; panel < panels; panel++) {
    let xTile = x;
    let yTile = y;
    for (let tile = 0; tile < tiles; tile++) {
      panelTimesTile<T>(w, xTile, yTile, bias, depth);
      xTile += xStride;
      yTile += yStride;
    }
    w += stride;
    y += PANEL;
    if (bias) bias += 4 * sizeof<T>();
  }
}

/** y = bias + W x, or y + W x where `bias` is 0, for all tiles; `stride` is the number of bytes of a panel. */
export function productF64(w: usize, bias: usize, x: usize, y: usize, panels: i32, depth: i32, stride: usize, tiles: i32, xStride: usize, yStride: usize): void {
  product<f64>(w, bias, x, y, panels, depth, stride, tiles, xStride, yStride);
}

export function productF32(w: usize, bias: usize, x: usize, y: usize, panels: i32, depth: i32, stride: usize, tiles: i32, xStride: usize, yStride: usize): void {
  product<f32>(w, bias, x, y, panels, depth, stride, tiles, xStride, yStride);
}

/** Three panels of f64 or six of f32: more than six accumulators do not stay in registers in every engine. */
@inline
function panelsTimesVector<T>(w: usize, bias: usize, x: usize, y: usize, depth: i32, stride: usize): void {
  const double = sizeof<T>() == 8;
  let y0 = v128.load(bias, 0);
  let y1 = v128.load(bias, 16);
  let y2 = v128.load(bias, 32);
  let y3 = v128.load(bias, 48);
  let y4 = v128.load(bias, 64);
  let y5 = v128.load(bias, 80);
  const end = w + usize(depth) * 4 * sizeof<T>();
  let w1 = w + stride;
  let w2 = w1 + stride;
  let w3 = w2 + stride;
  let w4 = w3 + stride;
  let w5 = w4 + stride;
  while (w < end) {
    const v = v128.load_splat<T>(x);
    if (double) {
      y0 = fusedAdd<T>(v128.load(w), v, y0);
      y1 = fusedAdd<T>(v128.load(w, 16), v, y1);
      y2 = fusedAdd<T>(v128.load(w1), v, y2);
      y3 = fusedAdd<T>(v128.load(w1, 16), v, y3);
      y4 = fusedAdd<T>(v128.load(w2), v, y4);
      y5 = fusedAdd<T>(v128.load(w2, 16), v, y5);
    } else {
      y0 = fusedAdd<T>(v128.load(w), v, y0);
      y1 = fusedAdd<T>(v128.load(w1), v, y1);
      y2 = fusedAdd<T>(v128.load(w2), v, y2);
      y3 = fusedAdd<T>(v128.load(w3), v, y3);
      y4 = fusedAdd<T>(v128.load(w4), v, y4);
      y5 = fusedAdd<T>(v128.load(w5), v, y5);
      w3 += 4 * sizeof<T>();
      w4 += 4 * sizeof<T>();
      w5 += 4 * sizeof<T>();
    }
    w += 4 * sizeof<T>();
    w1 += 4 * sizeof<T>();
    w2 += 4 * sizeof<T>();
    x += sizeof<T>();
  }
  v128.store(y, y0, 0);
  v128.store(y, y1, 16);
  v128.store(y, y2, 32);
  v128.store(y, y3, 48);
  v128.store(y, y4, 64);
  v128.store(y, y5, 80);
}

@inline
function onePanelTimesVector<T>(w: usize, bias: usize, x: usize, y: usize, depth: i32): void {
  let y0 = v128.load(bias);
  let y1 = sizeof<T>() == 8 ? v128.load(bias, 16) : y0;
  const end = w + usize(depth) * 4 * sizeof<T>();
  while (w < end) {
    const v = v128.load_splat<T>(x);
    y0 = fusedAdd<T>(v128.load(w), v, y0);
    if (sizeof<T>() == 8) y1 = fusedAdd<T>(v128.load(w, 16), v, y1);
    w += 4 * sizeof<T>();
    x += sizeof<T>();
  }
  v128.store(y, y0);
  if (sizeof<T>() == 8) v128.store(y, y1, 16);
}

@inline
function matrixVector<T>(w: usize, bias: usize, x: usize, y: usize, panels: i32, depth: i32, stride: usize): void {
  const together = sizeof<T>() == 8 ? 3 : 6;
  while (panels >= together) {
    panelsTimesVector<T>(w, bias, x, y, depth, stride);
    w += <usize>together * stride;
    bias += 96;
    y += 96;
    panels -= together;
  }
  while (panels > 0) {
    onePanelTimesVector<T>(w, bias, x, y, depth);
    w += stride;
    bias += 4 * sizeof<T>();
    y += 4 * sizeof<T>();
    panels--;
  }
}

/** y = bias + W x for a single x; `bias` may be y itself. */
export function matrixVectorF64(w: usize, bias: usize, x: usize, y: usize, panels: i32, depth: i32, stride: usize): void {
  matrixVector<f64>(w, bias, x, y, panels, depth, stride);
}

export function matrixVectorF32(w: usize, bias: usize, x: usize, y: usize, panels: i32, depth: i32, stride: usize): void {
  matrixVector<f32>(w, bias, x, y, panels, depth, stride);
}
