// Rubato's simulation beside NumPy, PyTorch and a plain loop, interleaved, in one run.  Usage: npm run bench
//   -- [--runs N] [--statistic median|min] [--only UNITSxTRIALS] [--python PATH]
// Builds first. Peers that are not installed are left out. On a busy machine, minima of many runs say more.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { plainLoop } from "./peers/plain-loop.mjs";
import { measureProduct } from "./product.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "7" },
    statistic: { type: "string", default: "median" },
    only: { type: "string" },
    python: { type: "string" },
  },
});
const runs = Number(options.runs);
const built = spawnSync(process.execPath, [join(root, "scripts/bootstrap.mjs"), "build"], { stdio: "inherit" });
if (built.status !== 0) process.exit(built.status ?? 1);
const { threadPool } = await import("../dist/simulate/pool.node.js");
const { kernelInstance } = await import("../dist/numerics/kernels/instance.js");
const { randomSource } = await import("../dist/numerics/random.js");

const workloads = [
  { units: 100, trials: 1, steps: 10_000 },
  { units: 100, trials: 64, steps: 1000 },
  { units: 256, trials: 256, steps: 500 },
  { units: 1000, trials: 1, steps: 1000 },
  { units: 1000, trials: 64, steps: 200 },
].filter(({ units, trials }) => options.only === undefined || options.only === `${units}x${trials}`);

const folder = mkdtempSync(join(tmpdir(), "rubato-bench-"));

/** W with spectral radius near 0.9, bias and start: every method must end in the same state. */
const problem = ({ units }) => {
  const { normal } = randomSource(units);
  const draw = (length, scale) => Float64Array.from({ length }, () => scale * normal());
  const numbers = { W: draw(units * units, 0.9 / Math.sqrt(units)), c: draw(units, 0.3), start: draw(units, 1) };
  const files = { weights: "W", bias: "c", start: "start" };
  for (const [key, name] of Object.entries(files)) {
    files[key] = join(folder, `${units}-${name}`);
    writeFileSync(files[key], numbers[name]);
  }
  return { ...numbers, files };
};

/** Python for the peers: OpenBLAS may choose its kernels itself. */
const environment = (threads) => {
  const { OPENBLAS_CORETYPE: _type, OPENBLAS_L2_SIZE: _size, ...others } = process.env;
  const count = String(threads);
  return { ...others, OPENBLAS_NUM_THREADS: count, OMP_NUM_THREADS: count, MKL_NUM_THREADS: count };
};

const pythons = [options.python, "/usr/bin/python3", "python3"].filter((path) => path !== undefined);

const pythonWith = (module) =>
  pythons.find((python) => spawnSync(python, ["-c", `import ${module}`], { env: environment(1) }).status === 0);

/** A peer that stays alive between runs, so that all can take turns. */
const pythonPeer = async (module, script, threads) => {
  const python = pythonWith(module);
  if (python === undefined) return undefined;
  const child = spawn(python, [join(root, "bench/peers", script), String(threads)], {
    env: environment(threads),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => JSON.parse((await lines.next()).value);
  const { name } = await answer();
  return {
    name,
    threads,
    run: async ({ units, trials, steps }, precision, { files }) => {
      child.stdin.write(`${JSON.stringify({ units, trials, steps, precision, ...files })}\n`);
      return Object.entries(await answer()).map(([variant, result]) => ({ variant, ...result }));
    },
    close: async () => {
      child.stdin.end();
      await once(child, "exit");
    },
  };
};

const rubato = (threads) => {
  const pool = threadPool({ threads });
  return {
    name: "Rubato",
    threads,
    run: async ({ units, trials, steps }, precision, { W, c, start }) => {
      const program = {
        form: "rate",
        recurrentWeights: { rows: units, cols: units, data: W },
        bias: c,
        activation: { name: "tanh" },
        scheme: "euler",
        dt: 0.1,
      };
      const began = performance.now();
      const { states } = await pool.run(program, { trials, steps, start, precision });
      const seconds = (performance.now() - began) / 1000;
      return [{ variant: "pool", seconds, state: Array.from(states.subarray(0, units)) }];
    },
    close: () => pool.close(),
  };
};

/** The plain loop, over a part of the steps where it would take too long. */
const plain = {
  name: "plain loop",
  threads: 1,
  run: async ({ units, trials, steps }, precision, { W, c, start }) => {
    const taken = Math.max(2, Math.min(steps, Math.round(2e8 / (units * units * trials))));
    const result = plainLoop({ W, c, start, units, trials, steps: taken, precision });
    return [{ variant: "loop", ...(taken === steps ? result : { seconds: (result.seconds * steps) / taken }) }];
  },
  close: () => {},
};

const statistics = {
  median: (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)],
  min: (values) => Math.min(...values),
};
const statistic = statistics[options.statistic];
if (statistic === undefined) throw new Error(`--statistic: expected median or min, got ${options.statistic}`);
const counts = availableParallelism() > 1 ? [1, 2] : [1];
const contenders = [
  ...counts.map(rubato),
  ...(await Promise.all(counts.map((threads) => pythonPeer("numpy", "loop_numpy.py", threads)))),
  ...(await Promise.all(counts.map((threads) => pythonPeer("torch", "loop_torch.py", threads)))),
  plain,
].filter((contender) => contender !== undefined);
for (const [module, name] of [
  ["numpy", "NumPy"],
  ["torch", "PyTorch"],
])
  if (!contenders.some((contender) => contender.name.startsWith(name)))
    console.error(`${name} is left out: no Python with the module ${module} was found; --python PATH names one`);

/** One series per contender, thread count and kind of variant. */
const seriesName = ({ name, threads }, variant) => {
  const kind = name.startsWith("PyTorch") ? (variant.startsWith("script") ? " scripted" : " eager") : "";
  return `${name}${kind}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
};

const rows = [];
for (const workload of workloads) {
  const data = problem(workload);
  for (const precision of ["f64", "f32"]) {
    const seconds = new Map();
    let expected;
    for (let run = 0; run <= runs; run++)
      for (let k = 0; k < contenders.length; k++) {
        const contender = contenders[(k + run) % contenders.length];
        for (const { variant, seconds: time, state } of await contender.run(workload, precision, data)) {
          expected ??= state;
          const tolerance = precision === "f64" ? 1e-9 : 1e-3;
          if (state?.some((v, i) => !(Math.abs(v - expected[i]) < tolerance)))
            throw new Error(`${contender.name} ${variant}: ends in another state than ${contenders[0].name}`);
          const key = seriesName(contender, variant);
          const variants = seconds.get(key) ?? new Map();
          // The first round only warms up.
          if (run > 0) variants.set(variant, [...(variants.get(variant) ?? []), time]);
          seconds.set(key, variants);
        }
      }
    const times = new Map();
    for (const [key, variants] of seconds)
      times.set(key, (1e6 / workload.steps) * Math.min(...[...variants.values()].map(statistic)));
    rows.push({ ...workload, precision, times });
    console.error(`${workload.units} x ${workload.trials} ${precision} done`);
  }
}
await Promise.all(contenders.map(({ close }) => close()));
rmSync(folder, { recursive: true });

const number = (v) => (v === undefined ? "" : v < 10 ? v.toFixed(2) : v < 100 ? v.toFixed(1) : v.toFixed(0));
const table = (header, body) =>
  [header, header.map((_, i) => (i === 0 ? "---" : "---:")), ...body]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

if (rows.length === 0) {
  console.error(`bench: no workload called ${options.only}, expected one such as 100x1 or 1000x64`);
  process.exit(2);
}
const columns = [...rows[0].times.keys()];
const own = columns.filter((name) => name.startsWith("Rubato"));
const title = ({ units, trials, precision }) => `${units} × ${trials}, ${precision}`;
const { build } = kernelInstance();
console.log(`${cpus()[0].model}, ${availableParallelism()} processors, Node ${process.versions.node}, ${build} build,`);
console.log(
  `load ${loadavg()
    .map((v) => v.toFixed(1))
    .join(" ")}, ${options.statistic} of ${runs} runs\n`,
);
console.log("Microseconds per step (units × trials):\n");
console.log(
  table(
    ["", ...columns],
    rows.map((row) => [title(row), ...columns.map((name) => number(row.times.get(name)))]),
  ),
);
console.log("\nHow many times as fast Rubato (at its best number of threads) is as each at its best:\n");
const peers = [
  ...new Set(columns.filter((name) => !own.includes(name)).map((name) => name.replace(/, \d thread.*/, ""))),
];
const best = (row, prefix) =>
  Math.min(...columns.filter((name) => name.startsWith(prefix)).map((name) => row.times.get(name)));
console.log(
  table(
    ["", ...peers],
    rows.map((row) => [title(row), ...peers.map((name) => number(best(row, name) / best(row, "Rubato")))]),
  ),
);

const { peak, products } = await measureProduct();
console.log(
  `\nShare of the 128-bit peak (${number(peak / 1e9)} GFlop/s in double precision) that the product reaches:\n`,
);
console.log(
  table(
    ["build", ...products.filter((p) => p.build === "plain").map(title)],
    [...new Set(products.map((p) => p.build))].map((name) => [
      name,
      ...products.filter((p) => p.build === name).map(({ share }) => `${(100 * share).toFixed(0)} %`),
    ]),
  ),
);
