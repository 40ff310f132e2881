// Fixed points of h' = -h + tanh(W h): Rubato beside gradient descent on |f|^2 / 2 (Adam, PyTorch) from the same starts.
// Usage: npm run bench:fixed-points -- [--runs N] [--only NAME] [--python PATH] [--iterations N] [--threads N]
// Builds first; without PyTorch only Rubato is measured. Points count as found where |f| < 1e-6 and as distinct where they
// are farther apart than 1e-3, which is as well as Adam can tell them; Rubato's are exact to rounding.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    only: { type: "string" },
    python: { type: "string" },
    iterations: { type: "string", default: "5000" },
    threads: { type: "string", default: String(Math.min(2, availableParallelism())) },
  },
});
const built = spawnSync(process.execPath, [join(root, "scripts/bootstrap.mjs"), "build"], { stdio: "inherit" });
if (built.status !== 0) process.exit(built.status ?? 1);
const { fixedPoints } = await import("../dist/analyze/fixed-points.js");
const { flowTrial, startsOf } = await import("../dist/analyze/starts.js");
const { flowOf } = await import("../dist/model/bind.js");
const { rateModel } = await import("../dist/model/build.js");
const { randomSource } = await import("../dist/numerics/random.js");

const FOUND = 1e-6;
const DISTINCT = 1e-3;

/** Random weights of strength g plus patterns: `W = g N / sqrt(n) + strength sum m m^T / n`. */
const weights = (n, { g, patterns = 0, strength = 0, binary = false, seed }) => {
  const random = randomSource(seed);
  const W = Float64Array.from({ length: n * n }, () => (g * random.normal()) / Math.sqrt(n));
  for (let p = 0; p < patterns; p++) {
    const m = Array.from({ length: n }, () => (binary ? (random.uniform() < 0.5 ? -1 : 1) : random.normal()));
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) W[i * n + j] += (strength * m[i] * m[j]) / n;
  }
  return W;
};

const networks = [
  { name: "flip-flop", units: 64, starts: 1024, g: 0.7, patterns: 3, strength: 2, seed: 1 },
  { name: "flip-flop", units: 128, starts: 1024, g: 0.7, patterns: 3, strength: 2, seed: 1 },
  { name: "chaotic", units: 64, starts: 1024, g: 2.5, seed: 2 },
  { name: "memory", units: 400, starts: 128, g: 0.3, patterns: 6, strength: 1.5, binary: true, seed: 3 },
].filter(({ name, units }) => options.only === undefined || `${name}${units}`.includes(options.only));

const pythons = [options.python, "/usr/bin/python3", "python3"].filter((path) => path !== undefined);
const { OPENBLAS_CORETYPE: _type, OPENBLAS_L2_SIZE: _size, ...others } = process.env;
const environment = { ...others, OMP_NUM_THREADS: options.threads, MKL_NUM_THREADS: options.threads };
const python = pythons.find((path) => spawnSync(path, ["-c", "import torch"], { env: environment }).status === 0);
if (python === undefined) console.error("PyTorch is left out: no Python with torch was found; --python PATH names one");

const folder = mkdtempSync(join(tmpdir(), "rubato-bench-"));

const startAdam = async () => {
  const child = spawn(python, [join(root, "bench/peers/adam_torch.py"), options.threads], {
    env: environment,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => JSON.parse((await lines.next()).value);
  const { name } = await answer();
  return {
    name,
    run: async (W, states, units) => {
      const file = (key) => join(folder, key);
      writeFileSync(file("weights"), W);
      writeFileSync(file("states"), Float64Array.from(states.flatMap((state) => Array.from(state))));
      const paths = Object.fromEntries(["weights", "states", "ends", "speeds"].map((key) => [key, file(key)]));
      child.stdin.write(
        `${JSON.stringify({ units, tolerance: FOUND, iterations: Number(options.iterations), ...paths })}\n`,
      );
      const { seconds } = await answer();
      const numbers = (key) => new Float64Array(new Uint8Array(readFileSync(file(key))).buffer);
      const speeds = numbers("speeds");
      const ends = numbers("ends");
      const points = Array.from(speeds, (_, k) => ends.subarray(k * units, (k + 1) * units)).filter(
        (_, k) => speeds[k] < FOUND,
      );
      return { seconds, converged: points.length, points: distinct(points) };
    },
    close: async () => {
      child.stdin.end();
      await once(child, "exit");
    },
  };
};

const distance = (a, b) => Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0));
const distinct = (points) => {
  const kept = [];
  for (const point of points) if (!kept.some((other) => distance(other, point) < DISTINCT)) kept.push(point);
  return kept.length;
};

const rubato = (what, settings) => ({
  name: `Rubato, ${what}`,
  run: (model, states) => {
    const began = performance.now();
    const found = fixedPoints(model, { starts: 0, states, ...settings });
    const seconds = (performance.now() - began) / 1000;
    return { seconds, converged: found.converged, points: distinct(found.fixedPoints.map(({ state }) => state)) };
  },
});

const variants = [
  rubato("search", { spectra: false, certificates: false, deflatedStarts: 0 }),
  rubato("and certificates, deflation", { spectra: false }),
  rubato("and spectra", {}),
];

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const runs = Number(options.runs);
const adam = python === undefined ? undefined : await startAdam();
const rows = [];
for (const { name, units, starts, ...made } of networks) {
  const W = weights(units, made);
  const model = rateModel({ recurrentWeights: { rows: units, cols: units, data: W } });
  const flow = flowOf(model);
  const { states } = startsOf(units, flowTrial(flow, new Float64Array(0), 1), { starts, seed: 1 });
  const results = variants.map(() => []);
  for (let run = 0; run <= runs; run++)
    variants.forEach((variant, k) => {
      const result = variant.run(model, states);
      // The first round only warms up.
      if (run > 0) results[k].push(result);
    });
  const title = `${name}, ${units} units, ${starts} starts`;
  variants.forEach(({ name: method }, k) => {
    rows.push({ title, method, ...results[k][0], seconds: median(results[k].map(({ seconds }) => seconds)) });
  });
  if (adam) rows.push({ title, method: adam.name, ...(await adam.run(W, states, units)) });
  console.error(`${title} done`);
}
await adam?.close();
rmSync(folder, { recursive: true });

const line = (cells) => `| ${cells.join(" | ")} |`;
console.log(`${cpus()[0].model}, ${availableParallelism()} processors, Node ${process.versions.node},`);
console.log(
  `load ${loadavg()
    .map((v) => v.toFixed(1))
    .join(" ")}; Rubato on one thread, median of ${runs} runs; PyTorch on ${options.threads}, one run\n`,
);
console.log(line(["network", "method", "seconds", "starts converged", "distinct points", "ms per point"]));
console.log(line(["---", "---", "---:", "---:", "---:", "---:"]));
for (const { title, method, seconds, converged, points } of rows)
  console.log(
    line([
      title,
      method,
      seconds.toFixed(3),
      converged,
      points,
      points === 0 ? "" : ((1000 * seconds) / points).toFixed(1),
    ]),
  );
