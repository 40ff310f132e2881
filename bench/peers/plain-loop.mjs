/** The loop that anybody would write: r <- r + a (-r + tanh(W r + c)), trial after trial. */
export const plainLoop = ({ W, c, start, units, trials, steps, precision }) => {
  const Numbers = precision === "f64" ? Float64Array : Float32Array;
  const weights = Numbers.from(W);
  const r = new Numbers(trials * units);
  for (let trial = 0; trial < trials; trial++) r.set(start, trial * units);
  const v = new Numbers(units);
  const began = performance.now();
  for (let step = 0; step < steps; step++)
    for (let trial = 0; trial < trials; trial++) {
      const base = trial * units;
      for (let i = 0; i < units; i++) {
        let sum = c[i];
        for (let j = 0; j < units; j++) sum += weights[i * units + j] * r[base + j];
        v[i] = Math.tanh(sum);
      }
      for (let i = 0; i < units; i++) r[base + i] += 0.1 * (v[i] - r[base + i]);
    }
  return { seconds: (performance.now() - began) / 1000, state: Array.from(r.subarray(0, units)) };
};
