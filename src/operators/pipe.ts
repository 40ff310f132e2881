/**
 * Operators applied in reading order: `pipe(model, rescale(2), discretize(euler({ dt: 0.1 })), linearize(at.origin))`.
 *
 * Each operator takes what the one before it returned; a composition that makes no sense, such as discretizing a map,
 * does not compile.
 */
export function pipe<A, B>(model: A, first: (model: A) => B): B;
export function pipe<A, B, C>(model: A, first: (model: A) => B, second: (model: B) => C): C;
export function pipe<A, B, C, D>(model: A, first: (model: A) => B, second: (model: B) => C, third: (model: C) => D): D;
export function pipe<A, B, C, D, E>(
  model: A,
  first: (model: A) => B,
  second: (model: B) => C,
  third: (model: C) => D,
  fourth: (model: D) => E,
): E;
export function pipe(model: unknown, ...operators: readonly ((model: unknown) => unknown)[]): unknown {
  return operators.reduce((current, operator) => operator(current), model);
}
