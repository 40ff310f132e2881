import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { NetworkProgram } from "../../src/numerics/kernels/index.js";
import { networkStepper } from "../../src/numerics/kernels/index.js";
import { diagonal, matrix } from "../../src/numerics/matrix.js";
import { randomSource } from "../../src/numerics/random.js";
import type { NetworkRun } from "../../src/simulate/network-run.js";
import type { WorkerPool } from "../../src/simulate/pool.js";
import { threadPool } from "../../src/simulate/pool.node.js";
import { type TranspiledWorker, transpiledWorker } from "./transpiled-worker.js";

let worker: TranspiledWorker;
let pools: readonly WorkerPool[] = [];

beforeAll(() => {
  worker = transpiledWorker("simulate/worker.node.ts");
  pools = [1, 2, 3].map((threads) => threadPool({ threads, worker: worker.url }));
});

afterAll(() => {
  for (const pool of pools) pool.close();
  worker.remove();
});

afterEach(() => vi.unstubAllGlobals());

const normals = (seed: number, length: number, scale = 1): Float64Array => {
  const { normal } = randomSource(seed);
  return Float64Array.from({ length }, () => scale * normal());
};

const network = (units: number, changes: Partial<NetworkProgram> = {}): NetworkProgram => ({
  form: "rate",
  recurrentWeights: matrix(units, units, normals(units, units * units, 1.4 / Math.sqrt(units))),
  inputWeights: matrix(units, 2, normals(2, units * 2)),
  activation: { name: "tanh" },
  scheme: "euler",
  dt: 0.1,
  noise: diagonal(new Float64Array(units).fill(0.05)),
  seed: 42,
  ...changes,
});

/** Large enough for a pool to think that threads pay. */
const batch = (trials: number): NetworkRun => ({
  trials,
  steps: 1000,
  every: 100,
  start: normals(3, trials * 40),
  inputs: { values: normals(4, trials * 50 * 2), steps: 50, shared: false },
});

const onAll = (program: NetworkProgram, run: NetworkRun) => Promise.all(pools.map((pool) => pool.run(program, run)));

describe("a pool of threads", () => {
  it("gives the same numbers on any number of threads", async () => {
    for (const trials of [13, 64]) {
      const [one, two, three] = await onAll(network(40), batch(trials));
      expect(one!.slots).toBe(10);
      expect(one!.states.length).toBe(trials * 10 * 40);
      expect(two).toEqual(one);
      expect(three).toEqual(one);
    }
  });

  it("gives the numbers of a stepper", async () => {
    const program = network(40);
    const run = { ...batch(13), firstTrial: 5, firstStep: 7 };
    const stepper = networkStepper(program, run);
    stepper.setStates(run.start!);
    stepper.advance(1000, { inputs: run.inputs! });
    const { states } = await pools[1]!.run(program, { ...run, every: 1000 });
    expect(states).toEqual(stepper.states());
  });

  it("splits the rows of one trial and gives the same numbers", async () => {
    for (const form of ["rate", "current"] as const)
      for (const scheme of ["euler", "heun"] as const) {
        const program = network(300, { form, scheme });
        const [one, two, three] = await onAll(program, { steps: 250, every: 50, start: normals(1, 300) });
        expect(two).toEqual(one);
        expect(three).toEqual(one);
      }
  });

  it("does without shared memory where it is not allowed", async () => {
    vi.stubGlobal("crossOriginIsolated", false);
    const [one, two, three] = await onAll(network(40), batch(13));
    expect(two!.states.buffer).toBeInstanceOf(ArrayBuffer);
    expect(two).toEqual(one);
    expect(three).toEqual(one);
  });

  it("runs in single precision", async () => {
    const [one, two] = await onAll(network(40), { ...batch(20), precision: "f32" });
    expect(two).toEqual(one);
  });

  it("reports progress up to the whole", async () => {
    for (const pool of pools) {
      const seen: number[] = [];
      await pool.run(network(40), { ...batch(16), onProgress: (done) => seen.push(done) });
      expect(seen.at(-1)).toBe(1);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
    }
  });

  it.each([
    ["trials", { trials: 16, steps: 1e9 }],
    ["rows", { steps: 1e9 }],
  ] as const)("stops when the signal says so, split by %s, and runs again", async (_, run) => {
    const program = network(280);
    for (const pool of pools) {
      const controller = new AbortController();
      const reason = new Error("enough");
      const running = pool.run(program, {
        ...run,
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      });
      await expect(running).rejects.toBe(reason);
      await expect(pool.run(program, { steps: 1, signal: controller.signal })).rejects.toBe(reason);
      const { states } = await pool.run(program, { trials: 16, steps: 20 });
      expect(states.every(Number.isFinite)).toBe(true);
    }
  });

  it("says where a state stopped being finite, the same on any number of threads", async () => {
    const run = { ...batch(13), steps: 2000 };
    run.inputs!.values[(11 * 50 + 30) * 2] = 1e300;
    const program = network(40, { activation: { name: "power-law", parameters: { exponent: 2 } }, leak: 3 });
    const [one, two, three] = await onAll(program, run);
    expect(one!.divergence?.trial).toBeTypeOf("number");
    expect(two).toEqual(one);
    expect(three).toEqual(one);
    const rows = await onAll(network(300, { scheme: "euler", dt: 50, activation: { name: "relu" } }), { steps: 300 });
    expect(rows[0]!.divergence?.trial).toBe(0);
    expect(rows[1]!.divergence).toEqual(rows[0]!.divergence);
  });

  it("takes activations given as functions, on this thread", async () => {
    const activation = (values: Float64Array | Float32Array): void => {
      for (let i = 0; i < values.length; i++) values[i] = Math.min(1, Math.max(-1, values[i]!));
    };
    const { states } = await pools[1]!.run(network(40, { activation }), batch(13));
    const [named] = await onAll(
      network(40, { activation: { name: "saturating-linear", parameters: { low: -1, high: 1 } } }),
      batch(13),
    );
    states.forEach((v, i) => {
      expect(v).toBeCloseTo(named!.states[i]!, 10);
    });
  });

  it("refuses nonsense with the words of the kernels, wherever it is found", async () => {
    for (const pool of pools) {
      await expect(pool.run(network(40), { ...batch(13), trials: 0 })).rejects.toThrow("trials: expected an integer");
      await expect(pool.run(network(40, { bias: [1] }), batch(13))).rejects.toThrow("bias: expected 40 numbers, got 1");
      await expect(pool.run(network(40), { steps: 1, every: 0.5 })).rejects.toThrow("every: expected an integer");
    }
    expect(() => threadPool({ threads: 0 })).toThrow("threads: expected a positive integer, got 0");
  });

  it("rejects what is running when it is closed", async () => {
    const pool = threadPool({ threads: 2, worker: worker.url });
    const running = pool.run(network(40), { trials: 16, steps: 1e9, onProgress: () => pool.close() });
    await expect(running).rejects.toThrow("pool: closed while it was running");
  });
});
