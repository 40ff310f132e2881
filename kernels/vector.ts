/** Vector operations that the kernels share; `fusedAdd` is the one that the two builds carry out differently. */

/** a b + c: one rounding in the relaxed build where the machine has fused multiply-add, otherwise two. */
@inline
export function fusedAdd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** Entry `index` of a table in all lanes. A load costs less than a constant, which engines rebuild at each use. */
@inline
export function entry<T>(table: usize, index: usize): v128 {
  return v128.load_splat<T>(table + index * sizeof<T>());
}

/** Three steps of Horner's rule: (((p z + c_i) z + c_(i-1)) z + c_(i-2)). */
@inline
export function horner3<T>(p: v128, z: v128, table: usize, i: usize): v128 {
  p = fusedAdd<T>(p, z, entry<T>(table, i));
  p = fusedAdd<T>(p, z, entry<T>(table, i - 1));
  return fusedAdd<T>(p, z, entry<T>(table, i - 2));
}
