import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activation } from "../../src/model/activation.js";
import {
  bestBuild,
  type KernelBuild,
  type KernelScheme,
  type NetworkProgram,
  networkStepper,
  type StepperOptions,
} from "../../src/numerics/kernels/index.js";
import { kernelInstance } from "../../src/numerics/kernels/instance.js";
import { referenceRun } from "../../src/numerics/kernels/reference.js";
import { diagonal, type Matrix, matrix } from "../../src/numerics/matrix.js";
import { normalAt, processNoiseKey, randomSource } from "../../src/numerics/random.js";

const builds: readonly KernelBuild[] = bestBuild() === "relaxed" ? ["plain", "relaxed"] : ["plain"];
const forms = ["rate", "current"] as const;
const schemes: readonly KernelScheme[] = [
  "euler",
  "exponential-euler",
  "imex-euler",
  "heun",
  "explicit-midpoint",
  "rk4",
];
const activations = [
  { name: "identity" },
  { name: "tanh" },
  { name: "sigmoid" },
  { name: "softplus" },
  { name: "elu" },
  { name: "power-law", parameters: { gain: 0.3, exponent: 1.5 } },
] as const;

const random = (seed: number) => {
  const source = randomSource(seed);
  return {
    array: (length: number, scale = 1) => Float64Array.from({ length }, () => scale * source.normal()),
    matrix: (rows: number, cols: number, scale = 1): Matrix =>
      matrix(
        rows,
        cols,
        Float64Array.from({ length: rows * cols }, () => scale * source.normal()),
      ),
    positive: (length: number) => Float64Array.from({ length }, () => 0.5 + source.uniform()),
  };
};

/** A network of `n` units and `m` inputs with numbers of its own for every unit. */
const network = (n: number, m: number, changes: Partial<NetworkProgram> = {}): NetworkProgram => {
  const draw = random(100 * n + m);
  return {
    form: "rate",
    recurrentWeights: draw.matrix(n, n, 0.9 / Math.sqrt(n)),
    inputWeights: draw.matrix(n, m),
    bias: draw.array(n, 0.2),
    timeConstants: draw.positive(n),
    leak: draw.positive(n),
    gain: draw.positive(n),
    activation: { name: "tanh" },
    scheme: "euler",
    dt: 0.125,
    seed: 3,
    ...changes,
  };
};

const phiOf = (program: NetworkProgram): ((v: number) => number) => {
  const spec = program.activation;
  if (typeof spec === "function") throw new Error("the reference needs a name");
  const phi = activation({ name: spec.name, ...spec.parameters } as Parameters<typeof activation>[0]);
  return phi.value;
};

/** The largest difference between the kernels and the plain loop, relative to the largest state. */
const defect = (program: NetworkProgram, steps: number, options: StepperOptions = {}): number => {
  const trials = options.trials ?? 1;
  const stepper = networkStepper(program, options);
  const { units, inputs } = stepper;
  const draw = random(7);
  const start = draw.array(units * trials);
  const values = draw.array(trials * steps * inputs);
  const firstStep = options.firstStep ?? 0;
  stepper.setStates(start);
  expect(stepper.advance(steps, { inputs: { values, steps, shared: false, firstStep } })).toBeUndefined();
  const states = stepper.states();
  let worst = 0;
  for (let trial = 0; trial < trials; trial++) {
    const expected = referenceRun(program, phiOf(program), {
      state: start.subarray(trial * units, (trial + 1) * units),
      steps,
      trial: (options.firstTrial ?? 0) + trial,
      firstStep,
      input: (step) => {
        const from = (trial * steps + step - firstStep) * inputs;
        return values.subarray(from, from + inputs);
      },
    });
    const size = expected.reduce((largest, v) => Math.max(largest, Math.abs(v)), 1);
    expected.forEach((v, i) => {
      worst = Math.max(worst, Math.abs(states[trial * units + i]! - v) / size);
    });
  }
  return worst;
};

describe.each(builds)("networks of the %s build", (build) => {
  describe.each(forms)("%s form", (form) => {
    describe.each(schemes)("under %s", (scheme) => {
      it.each(activations)("step as the plain loop with $name", (phi) => {
        for (const units of [1, 2, 3, 5, 8, 13])
          for (const trials of [1, 3, 9])
            for (const inputs of [0, 3]) {
              const program = network(units, inputs, { form, scheme, activation: phi });
              expect(
                defect(program, 5, { trials, build }),
                `${units} units, ${trials} trials, ${inputs} inputs`,
              ).toBeLessThan(2e-13);
              const single = defect(program, 5, { trials, build, precision: "f32" });
              expect(single, `single precision, ${units} units, ${trials} trials, ${inputs} inputs`).toBeLessThan(2e-5);
            }
      });

      it("follows low-rank weights, noise of either kind, and later trials and steps", () => {
        const draw = random(5);
        for (const units of [1, 6, 11])
          for (const trials of [1, 5]) {
            const changes = { form, scheme } as const;
            const options = { trials, build, firstTrial: 12, firstStep: 2 ** 32 - 2 };
            const factors = { left: draw.matrix(units, 3, 0.5), right: draw.matrix(units, 3, 0.5) };
            expect(defect(network(units, 2, { ...changes, recurrentWeights: factors }), 4, options)).toBeLessThan(
              2e-13,
            );
            const diagonalNoise = network(units, 1, { ...changes, noise: diagonal(draw.positive(units)) });
            expect(defect(diagonalNoise, 4, options)).toBeLessThan(2e-13);
            const shared = network(units, 1, { ...changes, noise: draw.matrix(units, 5) });
            expect(defect(shared, 4, options)).toBeLessThan(2e-13);
            expect(defect(shared, 4, { ...options, precision: "f32" })).toBeLessThan(2e-5);
          }
      });
    });
  });

  it.each(["f64", "f32"] as const)("give a trial the same bits alone and in a batch, in %s", (precision) => {
    for (const form of forms)
      for (const units of [7, 30, 97]) {
        const program = network(units, 2, { form, scheme: "heun", noise: diagonal(new Float64Array(units).fill(0.1)) });
        const trials = 11;
        const start = random(1).array(units * trials);
        const values = random(2).array(trials * 6 * 2);
        const batch = networkStepper(program, { trials, precision, build });
        batch.setStates(start);
        batch.advance(6, { inputs: { values, steps: 6, shared: false } });
        for (const trial of [0, 3, 10]) {
          const alone = networkStepper(program, { firstTrial: trial, precision, build });
          alone.setStates(start.subarray(trial * units, (trial + 1) * units));
          alone.advance(6, {
            inputs: { values: values.subarray(12 * trial, 12 * trial + 12), steps: 6, shared: false },
          });
          expect(alone.states()).toEqual(batch.states().subarray(trial * units, (trial + 1) * units));
        }
      }
  });

  it("take any activation as a function, at the cost of leaving the kernels", () => {
    for (const form of forms)
      for (const trials of [1, 6]) {
        const named = network(9, 2, { form, activation: { name: "softsign" } });
        const custom = {
          ...named,
          activation: (values: Float64Array | Float32Array) => {
            for (let i = 0; i < values.length; i++) values[i] = values[i]! / (1 + Math.abs(values[i]!));
          },
        };
        const [a, b] = [named, custom].map((program) => {
          const stepper = networkStepper(program, { trials, build });
          stepper.setStates(random(4).array(9));
          stepper.advance(10);
          return stepper.states();
        });
        a!.forEach((v, i) => {
          expect(b![i]).toBeCloseTo(v, 13);
        });
      }
  });

  it("give the numbers of the random source, to the bit", () => {
    for (const trials of [1, 10]) {
      const program: NetworkProgram = {
        form: "rate",
        recurrentWeights: matrix(9, 9),
        activation: { name: "identity" },
        scheme: "euler",
        dt: 1,
        noise: diagonal(new Float64Array(9).fill(1)),
        seed: 2 ** 40 + 5,
      };
      for (const firstStep of [0, 2 ** 33 + 1]) {
        const stepper = networkStepper(program, { trials, build, firstTrial: 100, firstStep });
        stepper.advance(1);
        stepper.states().forEach((v, k) => {
          expect(v).toBe(normalAt(2 ** 40 + 5, 100 + Math.floor(k / 9), firstStep, k % 9));
        });
      }
    }
  });

  it("save every so many states, trial by trial", () => {
    const program = network(5, 0);
    const stepper = networkStepper(program, { trials: 3, build });
    const start = random(6).array(15);
    stepper.setStates(start);
    const states = new Float64Array(3 * 4 * 5);
    stepper.advance(3, { record: { states, every: 2, slots: 4 } });
    stepper.advance(5, { record: { states, every: 2, slots: 4 } });
    const other = networkStepper(program, { trials: 3, build });
    other.setStates(start);
    for (let slot = 0; slot < 4; slot++) {
      other.advance(2);
      const expected = other.states();
      for (let trial = 0; trial < 3; trial++)
        expect(states.slice((trial * 4 + slot) * 5, (trial * 4 + slot + 1) * 5)).toEqual(
          expected.slice(trial * 5, trial * 5 + 5),
        );
    }
    expect(stepper.nextStep()).toBe(8);
  });

  it("hold the last input sample, and share samples between trials", () => {
    const program = network(6, 2);
    const values = random(8).array(2 * 3);
    const repeated = new Float64Array(7 * 2);
    for (let k = 0; k < 7; k++) repeated.set(values.subarray(2 * Math.min(k, 2), 2 * Math.min(k, 2) + 2), 2 * k);
    for (const trials of [1, 5]) {
      const a = networkStepper(program, { trials, build });
      const b = networkStepper(program, { trials, build });
      a.advance(7, { inputs: { values, steps: 3, shared: true } });
      b.advance(7, { inputs: { values: repeated, steps: 7, shared: true } });
      expect(a.states()).toEqual(b.states());
      a.advance(1);
      b.advance(1, { inputs: { values: new Float64Array(2), steps: 1, shared: true } });
      expect(a.states()).toEqual(b.states());
    }
  });

  it("say at which trial, step and unit a state stopped being finite", () => {
    const program: NetworkProgram = {
      form: "rate",
      recurrentWeights: diagonal([0, 1, 0]),
      inputWeights: matrix(3, 1, Float64Array.of(0, 1e300, 0)),
      activation: { name: "power-law", parameters: { exponent: 2 } },
      scheme: "euler",
      dt: 1,
    };
    for (const trials of [1, 6]) {
      const values = new Float64Array(trials * 200);
      values[(trials - 1) * 200 + 133] = 1;
      const stepper = networkStepper(program, { trials, build, firstTrial: 20 });
      const found = stepper.advance(200, { inputs: { values, steps: 200, shared: false } });
      expect(found).toEqual({ trial: 20 + trials - 1, step: 133, unit: 1 });
      const bad = stepper.states().map((v) => (Number.isFinite(v) ? 0 : 1));
      expect(bad.slice(0, -3)).toEqual(new Float64Array(3 * trials - 3));
    }
  });

  it("let a decaying state reach zero", () => {
    for (const precision of ["f64", "f32"] as const) {
      const program = network(4, 0, { recurrentWeights: matrix(4, 4), bias: 0, dt: 0.4, timeConstants: 1, leak: 1 });
      const stepper = networkStepper(program, { precision, build });
      stepper.setStates([1, -1, 1e-300, 5e-324]);
      stepper.advance(2000);
      expect(Array.from(stepper.states(), Math.abs)).toEqual([0, 0, 0, 0]);
    }
  });
});

describe("steppers", () => {
  it("split the rows of one trial and get the same bits", () => {
    for (const form of forms)
      for (const scheme of ["euler", "rk4"] as const) {
        const units = 45;
        const program = network(units, 2, { form, scheme, noise: diagonal(new Float64Array(units).fill(0.1)) });
        const whole = networkStepper(program);
        const start = random(3).array(units);
        whole.setStates(start);
        // Each half computes all products of the other's rows from a run of the whole network.
        const seen: Float64Array[] = [];
        const all = networkStepper(program, {
          rows: { first: 0, end: units, exchange: (values) => seen.push(Float64Array.from(values)) },
        });
        all.setStates(start);
        all.advance(5);
        whole.advance(5);
        expect(all.states()).toEqual(whole.states());
        for (const [first, end] of [
          [0, 24],
          [24, 45],
        ] as const) {
          let k = 0;
          const half = networkStepper(program, {
            rows: {
              first,
              end,
              exchange: (values) => {
                const expected = seen[k++]!;
                expect(values.slice(first, end)).toEqual(expected.slice(first, end));
                values.set(expected);
              },
            },
          });
          half.setStates(start);
          half.advance(5);
          expect(half.states().slice(first, end)).toEqual(whole.states().slice(first, end));
        }
      }
  });

  it("agree between runs of different length", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(150),
        fc.nat(150),
        (n, trials, k, l) => {
          const program = network(n, 0, { noise: diagonal(new Float64Array(n).fill(0.3)) });
          const a = networkStepper(program, { trials });
          const b = networkStepper(program, { trials });
          a.advance(k);
          a.advance(l);
          b.advance(k + l);
          expect(a.states()).toEqual(b.states());
        },
      ),
      { numRuns: 30 },
    );
  });

  it("leave vanilla networks unrounded: forward Euler at dt = tau is the map itself", () => {
    const program = network(3, 0, {
      timeConstants: 0.3,
      leak: 1,
      gain: 1,
      dt: 0.3,
      activation: { name: "relu" },
      bias: [1, 2, 3],
    });
    const stepper = networkStepper({ ...program, recurrentWeights: matrix(3, 3) });
    stepper.setStates([0.1, 0.2, 0.3]);
    stepper.advance(1);
    expect(Array.from(stepper.states())).toEqual([1, 2, 3]);
  });

  it("give the same bits to a network twice as fast at half the step", () => {
    for (const scheme of schemes) {
      const slow = network(7, 0, { scheme });
      const fast = { ...slow, dt: slow.dt / 2, timeConstants: (slow.timeConstants as Float64Array).map((t) => t / 2) };
      const [a, b] = [slow, fast].map((program) => {
        const stepper = networkStepper(program);
        stepper.setStates(random(2).array(7));
        stepper.advance(20);
        return stepper.states();
      });
      expect(a).toEqual(b);
    }
  });

  it("refuse what does not fit, with the remedy", () => {
    const program = network(4, 1);
    expect(() => networkStepper({ ...program, recurrentWeights: matrix(4, 3) })).toThrow(
      "recurrentWeights: expected 4 x 4, got 4 x 3",
    );
    expect(() => networkStepper({ ...program, bias: [1, 2] })).toThrow("bias: expected 4 numbers, got 2");
    expect(() => networkStepper({ ...program, dt: 0 })).toThrow("dt: expected a positive number, got 0");
    expect(() => networkStepper(program, { trials: 0 })).toThrow("trials: expected a positive integer, got 0");
    const stepper = networkStepper(program, { trials: 2 });
    expect(() => stepper.setStates([1])).toThrow("states: expected 4 or 8 numbers, got 1");
    expect(() => stepper.advance(1, { inputs: { values: new Float64Array(3), steps: 1, shared: false } })).toThrow(
      "inputs: expected 2 numbers, got 3",
    );
    expect(() => networkStepper(program, { rows: { first: 3, end: 4, exchange: () => {} } })).toThrow("rows: only");
  });
});

describe("kernel instances", () => {
  it("need neither fetching nor shared memory", () => {
    const { memory, kernel } = kernelInstance();
    expect(memory.buffer).toBeInstanceOf(ArrayBuffer);
    expect(() => kernel("sinh", "f64")).toThrow("kernels: unknown kernel, got sinh for f64");
  });

  it("fill single precision with the same normals, rounded", () => {
    const instance = kernelInstance();
    const address = instance.allocate(1024);
    const [key0, key1] = processNoiseKey(9);
    instance.kernel("normalVector", "f32")(address, 0, 8, key0, key1, 4, 0, 2);
    const values = new Float32Array(instance.memory.buffer, address, 16);
    values.forEach((v, i) => {
      expect(v).toBe(Math.fround(normalAt(9, 2, 4, i)));
    });
  });
});
