import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { activation } from "../../src/model/activation.js";
import { activationKernel, kernelActivationNames } from "../../src/numerics/kernels/activation.js";
import { bestBuild, type KernelBuild, kernelInstance } from "../../src/numerics/kernels/instance.js";

interface Reference {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** [nearest double or "±Infinity", rest] */
  readonly values: readonly (readonly [number | string, number])[];
}

const fixture = JSON.parse(readFileSync(new URL("../fixtures/kernel-activations.json", import.meta.url), "utf8")) as {
  readonly inputs: readonly number[];
  readonly functions: readonly Reference[];
};

/**
 * Largest errors in units in the last place of a normal result, double and single precision. A survey of 18700 points
 * per function found, in double precision: tanh 2.3, sigmoid 2.0, elu 1.4, softplus 2.3, erf 1.7, power law 1.4,
 * atan 1.3, softsign 1.4, gelu 5.3, silu 2.9.
 */
const bounds: Readonly<Record<string, readonly [number, number]>> = {
  identity: [0, 0],
  tanh: [2.5, 2.5],
  sigmoid: [2.5, 3],
  relu: [0, 0],
  "leaky-relu": [0.501, 1],
  elu: [1.5, 1.6],
  selu: [1.5, 2],
  softplus: [2.5, 3],
  erf: [1.5, 0.51],
  "erf-unit-slope": [2, 0.51],
  "rectified-tanh": [2.5, 2.5],
  "saturating-linear": [0, 0],
  "power-law": [1.5, 1.5],
  atan: [1.5, 0.51],
  softsign: [1.5, 1.5],
  gelu: [6, 0.51],
  silu: [3, 4],
};

const builds: readonly KernelBuild[] = bestBuild() === "relaxed" ? ["plain", "relaxed"] : ["plain"];

const evaluate = (build: KernelBuild, precision: "f64" | "f32", spec: Reference, inputs: readonly number[]) => {
  const instance = kernelInstance(build);
  const { kernel, a, b } = activationKernel(spec);
  const Numbers = precision === "f64" ? Float64Array : Float32Array;
  const address = instance.allocate(inputs.length * Numbers.BYTES_PER_ELEMENT + 16);
  const values = new Numbers(instance.memory.buffer, address, inputs.length);
  values.set(inputs);
  const vectors = Math.ceil((inputs.length * Numbers.BYTES_PER_ELEMENT) / 16);
  instance.kernel(kernel, precision)(address, address, vectors, 1, 0, a, b);
  return Array.from(values);
};

const ulp = (value: number, digits: number): number => 2 ** (Math.floor(Math.log2(Math.abs(value))) - digits);

const smallest = { f64: 2 ** -1022, f32: 2 ** -126 };

describe.each(builds)("activations of the %s build", (build) => {
  describe.each(fixture.functions.map((f) => [`${f.name} ${JSON.stringify(f.parameters)}`, f] as const))(
    "%s",
    (_, f) => {
      it("agree with high-precision values over the whole range of doubles", () => {
        const values = evaluate(build, "f64", f, fixture.inputs);
        fixture.inputs.forEach((v, i) => {
          const high = Number(f.values[i]![0]);
          const error = Math.abs(values[i]! - high - f.values[i]![1]);
          if (!Number.isFinite(high)) expect(values[i], `at ${v}`).toBe(high);
          else if (f.name === "hard-sigmoid") expect(error, `at ${v}`).toBeLessThan(2e-16);
          else if (Math.abs(high) < smallest.f64) expect(error, `at ${v}`).toBeLessThan(4e-321);
          else expect(error / ulp(high, 52), `at ${v}`).toBeLessThanOrEqual(bounds[f.name]![0]);
        });
      });

      it("agree in single precision with the double one", () => {
        const inputs = [...new Set(fixture.inputs.map(Math.fround))].filter(Number.isFinite);
        const values = evaluate(build, "f32", f, inputs);
        const expected = evaluate(build, "f64", f, inputs);
        inputs.forEach((v, i) => {
          const high = expected[i]!;
          const error = Math.abs(values[i]! - high);
          if (Math.abs(high) >= 2 ** 128 * (1 - 2 ** -25)) expect(values[i], `at ${v}`).toBe(Math.fround(high));
          else if (f.name === "hard-sigmoid") expect(error, `at ${v}`).toBeLessThan(1e-7);
          else if (Math.abs(high) < smallest.f32) expect(error, `at ${v}`).toBeLessThan(1e-42);
          else expect(error / ulp(high, 23), `at ${v}`).toBeLessThanOrEqual(bounds[f.name]![1]);
        });
      });

      it.each(["f64", "f32"] as const)("have their limits at infinity, and NaN at NaN, in %s", (precision) => {
        const inputs = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0, -0];
        const [high, low, nan, zero, minus] = evaluate(build, precision, f, [...inputs, 0, 0, 0]);
        const limit = evaluate(build, precision, f, [3e38, -3e38, 0, 0]);
        if (limit[0]! > 1e20) expect(high).toBe(Number.POSITIVE_INFINITY);
        else expect(high).toBe(limit[0]);
        if (limit[1]! < -1e20) expect(low).toBe(Number.NEGATIVE_INFINITY);
        else expect(Math.abs(low! - limit[1]!)).toBe(0);
        expect(nan).toBeNaN();
        expect(Math.abs(minus! - zero!)).toBe(0);
        if (["identity", "tanh", "erf", "atan", "softsign"].includes(f.name)) expect(minus).toBe(-0);
      });

      it("agree with the activations of models", () => {
        const phi = activation({ name: f.name, ...f.parameters } as Parameters<typeof activation>[0]);
        const inputs = fixture.inputs.filter((v) => Math.abs(v) < 700);
        const values = evaluate(build, "f64", f, inputs);
        inputs.forEach((v, i) => {
          expect(Math.abs(values[i]! - phi.value(v)), `at ${v}`).toBeLessThanOrEqual(
            1e-14 * Math.abs(phi.value(v)) + 1e-16,
          );
        });
      });
    },
  );

  it("cover every name", () => {
    expect(new Set(fixture.functions.map((f) => f.name))).toEqual(new Set(kernelActivationNames));
  });
});

it("an activation without a kernel is refused with the remedy", () => {
  expect(() => activationKernel({ name: "maxout" })).toThrow(
    "activation: no kernel for it, got maxout; give it as a function",
  );
  expect(() => activationKernel({ name: "power-law", parameters: { exponent: -1 } })).toThrow("got -1");
});
