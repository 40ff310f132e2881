/**
 * Random networks for property tests: every form, as a model of the library and as the same equation written out in
 * `oracles/`, with a state and an input. Properties are drawn from a fixed seed; `FC_SEED` gives another.
 */
import fc from "fast-check";
import { currentModel, gruModel, rateModel } from "../src/model/build.js";
import type { CurrentModel, GruModel, RateModel } from "../src/model/model.js";
import { type SmoothName, smooth, smoothNames } from "./oracles/dual.js";
import {
  currentField,
  type DualField,
  evaluated,
  type Gate,
  type GruNumbers,
  gruField,
  type Numbers,
  rateField,
} from "./oracles/fields.js";

const SEED = Number(process.env.FC_SEED ?? 20240229);

/** Checks `predicate` on `runs` draws. */
export const forAll = <T>(draws: fc.Arbitrary<T>, predicate: (draw: T) => void, runs = 40): void => {
  fc.assert(fc.property(draws, predicate), { numRuns: runs, seed: SEED });
};

const STEPS = 999983;
/** A number between `low` and `high`, of full precision but neither tiny nor huge. */
export const between = (low: number, high: number): fc.Arbitrary<number> =>
  fc.integer({ min: 1, max: STEPS - 1 }).map((k) => low + ((high - low) * k) / STEPS);

export const vectorOf = (n: number, entry: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
  fc.array(entry, { minLength: n, maxLength: n });
export const rowsOf = (rows: number, cols: number, entry: fc.Arbitrary<number>): fc.Arbitrary<number[][]> =>
  fc.array(vectorOf(cols, entry), { minLength: rows, maxLength: rows });

/** A flow of the library, the same flow written out, and a place to look at it. */
export interface Drawn<M = RateModel | CurrentModel | GruModel> {
  readonly model: M;
  readonly field: DualField;
  /** lambda / tau. */
  readonly rates: readonly number[];
  readonly state: Float64Array;
  readonly input: Float64Array;
}

export interface DrawnNetwork<M = RateModel | CurrentModel> extends Drawn<M> {
  readonly numbers: Numbers;
}

/** What to draw. */
export interface NetworkChoice {
  readonly form?: "rate" | "current";
  readonly phi?: readonly SmoothName[];
  /** One time constant and leak for all units. */
  readonly uniform?: boolean;
  /** Largest weight. */
  readonly weight?: number;
  /** Units at most. */
  readonly units?: number;
}

const numbersOf = ({ phi = smoothNames, uniform = false, weight = 1.5, units = 6 }: NetworkChoice) =>
  fc.tuple(fc.integer({ min: 1, max: units }), fc.integer({ min: 1, max: 2 })).chain(([n, m]) => {
    const perUnit = (low: number, high: number) =>
      uniform ? between(low, high).map((v) => new Array<number>(n).fill(v)) : vectorOf(n, between(low, high));
    return fc.record({
      W: rowsOf(n, n, between(-weight, weight)),
      B: rowsOf(n, m, between(-1, 1)),
      b: vectorOf(n, between(-0.7, 0.7)),
      tau: perUnit(0.5, 2),
      leak: perUnit(0.6, 1.4),
      gain: vectorOf(n, between(0.5, 1.5)),
      phi: fc.constantFrom(...phi),
      state: vectorOf(n, between(-1, 1)),
      input: vectorOf(m, between(-1, 1)),
    });
  });

const built = (form: "rate" | "current", { state, input, ...numbers }: Numbers & Place): DrawnNetwork => {
  const settings = {
    recurrentWeights: numbers.W,
    inputWeights: numbers.B,
    bias: numbers.b,
    timeConstants: numbers.tau,
    leak: numbers.leak,
    activation: numbers.phi,
  };
  return {
    model: form === "rate" ? rateModel({ ...settings, gain: numbers.gain }) : currentModel(settings),
    field: form === "rate" ? rateField(numbers) : currentField(numbers),
    numbers,
    rates: numbers.leak.map((l, i) => l / numbers.tau[i]!),
    state: Float64Array.from(state),
    input: Float64Array.from(input),
  };
};

interface Place {
  readonly state: readonly number[];
  readonly input: readonly number[];
}

const formsOf = (choice: NetworkChoice) =>
  choice.form ? fc.constant(choice.form) : fc.constantFrom("rate" as const, "current" as const);

/** A rate or current network at a random state. */
export const networks = (choice: NetworkChoice = {}): fc.Arbitrary<DrawnNetwork> =>
  fc.tuple(formsOf(choice), numbersOf(choice)).map(([form, numbers]) => built(form, numbers));

export const rateNetworks = (choice: Omit<NetworkChoice, "form"> = {}): fc.Arbitrary<DrawnNetwork<RateModel>> =>
  networks({ ...choice, form: "rate" }) as fc.Arbitrary<DrawnNetwork<RateModel>>;

const plain = (phi: SmoothName, v: number): number => smooth[phi]([v, 0])[0];
const dot = (row: readonly number[], x: readonly number[]): number => row.reduce((sum, w, j) => sum + w * x[j]!, 0);

/** A rate or current network whose bias makes the drawn state a fixed point, to rounding. */
export const networksAtRest = (choice: NetworkChoice = {}): fc.Arbitrary<DrawnNetwork> =>
  fc.tuple(formsOf(choice), numbersOf(choice)).map(([form, { state, input, ...numbers }]) => {
    const { W, B, leak, gain, phi } = numbers;
    if (form === "current") {
      const activity = state.map((v) => plain(phi, v));
      const b = state.map((v, i) => leak[i]! * v - dot(W[i]!, activity) - dot(B[i]!, input));
      return built(form, { ...numbers, b, state, input });
    }
    // The drawn numbers are the total input v; the state that goes with it is g phi(v) / lambda.
    const h = state.map((v, i) => (gain[i]! * plain(phi, v)) / leak[i]!);
    const b = state.map((v, i) => v - dot(W[i]!, h) - dot(B[i]!, input));
    return built(form, { ...numbers, b, state: h, input });
  });

const gate = (n: number, m: number): fc.Arbitrary<Gate> =>
  fc.record({
    input: rowsOf(n, m, between(-1, 1)),
    recurrent: rowsOf(n, n, between(-1, 1)),
    bias: vectorOf(n, between(-0.5, 0.5)),
  });

export interface DrawnGru extends Drawn<GruModel> {
  readonly gates: GruNumbers;
}

export const gruOf = (gates: GruNumbers): GruModel =>
  gruModel({
    reset: gates.reset,
    timeConstants: gates.tau,
    updateGate: gates.z,
    resetGate: gates.r,
    candidate: { ...gates.n, recurrentBias: gates.recurrentBias },
  });

/** A gated network; `rest` shifts the candidate's bias so that the drawn state is a fixed point. */
export const gruNetworks = ({ rest = false } = {}): fc.Arbitrary<DrawnGru> =>
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 2 })).chain(([n, m]) =>
    fc
      .record({
        reset: fc.constantFrom("after" as const, "before" as const),
        tau: vectorOf(n, between(0.5, 2)),
        z: gate(n, m),
        r: gate(n, m),
        n: gate(n, m),
        recurrentBias: vectorOf(n, between(-0.5, 0.5)),
        state: vectorOf(n, between(-0.9, 0.9)),
        input: vectorOf(m, between(-1, 1)),
      })
      .map(({ state, input, ...drawn }) => {
        let gates: GruNumbers = drawn;
        if (rest) {
          // Where the update gate is shut (z = 0 up to rounding) the field is n - h.
          const shut: Gate = { ...drawn.z, input: drawn.z.input.map((r) => r.map(() => 0)) };
          const silent = { ...shut, recurrent: shut.recurrent.map((r) => r.map(() => 0)), bias: state.map(() => -60) };
          const open = gruField({ ...drawn, tau: state.map(() => 1), z: silent });
          const candidate = evaluated(open, state, input).map((f, i) => f + state[i]!);
          const bias = drawn.n.bias.map((b, i) => b + Math.atanh(state[i]!) - Math.atanh(candidate[i]!));
          gates = { ...drawn, n: { ...drawn.n, bias } };
        }
        return {
          model: gruOf(gates),
          field: gruField(gates),
          gates,
          rates: state.map(() => 0),
          state: Float64Array.from(state),
          input: Float64Array.from(input),
        };
      }),
  );

/** A network of any form, at a random state. */
export const anyNetwork = (choice: NetworkChoice = {}): fc.Arbitrary<Drawn> =>
  fc.oneof({ arbitrary: networks(choice), weight: 3 }, { arbitrary: gruNetworks(), weight: 1 });

/** A network of any form at a fixed point. */
export const anyNetworkAtRest = (choice: NetworkChoice = {}): fc.Arbitrary<Drawn> =>
  fc.oneof({ arbitrary: networksAtRest(choice), weight: 3 }, { arbitrary: gruNetworks({ rest: true }), weight: 1 });
