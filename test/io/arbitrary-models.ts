/** Random models of every form, for properties that must hold of all of them. */
import fc from "fast-check";
import type { ActivationSpec } from "../../src/model/activation.js";
import {
  currentModel,
  equationsModel,
  gruModel,
  leakyMap,
  linearFlow,
  linearMap,
  lstmMap,
  type NetworkSettings,
  rateModel,
} from "../../src/model/build.js";
import type { LinearFlow, LinearMap, Model, NonlinearFlow } from "../../src/model/model.js";
import { nonlinearSchemeNames } from "../../src/model/scheme/schemes.js";
import { lowRank, signed } from "../../src/model/weights.js";
import { type Matrix, matrix } from "../../src/numerics/matrix.js";

export const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true });
const positive = fc.double({ min: Number.MIN_VALUE, max: 1e300, noNaN: true });

export const vectorOf = (n: number, value = anyNumber): fc.Arbitrary<Float64Array> =>
  fc.array(value, { minLength: n, maxLength: n }).map((values) => Float64Array.from(values));

export const matrixOf = (rows: number, cols: number, value = anyNumber): fc.Arbitrary<Matrix> =>
  vectorOf(rows * cols, value).map((data) => matrix(rows, cols, data));

const sizes = fc.record({ n: fc.integer({ min: 1, max: 4 }), m: fc.integer({ min: 0, max: 3 }) });

const activations: fc.Arbitrary<ActivationSpec> = fc.oneof(
  fc.constantFrom<ActivationSpec>("tanh", "relu", "erf", "identity", {
    name: "expression",
    expression: "v / (1 + v^2)",
  }),
  fc.record({ name: fc.constant("leaky-relu" as const), slope: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ name: fc.constant("power-law" as const), gain: positive, exponent: positive }),
);

const sharedOf = (n: number) =>
  fc.record(
    {
      name: fc.string(),
      timeUnit: fc.constantFrom("tau", "ms", "s"),
      readout: fc.integer({ min: 1, max: 3 }).chain((outputs) =>
        fc.record({
          weights: matrixOf(outputs, n),
          bias: vectorOf(outputs),
          of: fc.constantFrom("state" as const, "activity" as const),
        }),
      ),
    },
    { requiredKeys: [] },
  );

const noiseOf = (n: number) => fc.integer({ min: 1, max: 3 }).chain((sources) => matrixOf(n, sources));

const weightsOf = (n: number) =>
  fc.oneof(
    matrixOf(n, n),
    fc
      .integer({ min: 1, max: n })
      .chain((rank) =>
        fc.tuple(
          matrixOf(n, rank, fc.double({ min: -9, max: 9, noNaN: true })),
          matrixOf(n, rank, fc.double({ min: -9, max: 9, noNaN: true })),
        ),
      )
      .map(([left, right]) => lowRank(left, right)),
    fc
      .tuple(matrixOf(n, n, fc.double({ min: 0, max: 1e9, noNaN: true })), vectorOf(n, fc.constantFrom(1, -1)))
      .map(([magnitudes, signs]) => signed(magnitudes, signs)),
  );

const networkSettings: fc.Arbitrary<NetworkSettings> = sizes.chain(({ n, m }) =>
  fc
    .tuple(
      sharedOf(n),
      fc.record({
        recurrentWeights: weightsOf(n),
        inputWeights: matrixOf(n, m),
        bias: vectorOf(n),
        activation: activations,
      }),
      fc.record(
        { timeConstants: vectorOf(n, positive), leak: vectorOf(n), gain: vectorOf(n), noise: noiseOf(n) },
        { requiredKeys: [] },
      ),
    )
    .map(([shared, fields, optional]) => ({ ...shared, ...fields, ...optional })),
);

const gateOf = (n: number, m: number) =>
  fc.record({ input: matrixOf(n, m), recurrent: matrixOf(n, n), bias: vectorOf(n) });

const gru = sizes.chain(({ n, m }) =>
  fc
    .tuple(
      sharedOf(n),
      fc.record({
        reset: fc.constantFrom("after" as const, "before" as const),
        timeConstants: vectorOf(n, positive),
        updateGate: gateOf(n, m),
        resetGate: gateOf(n, m),
        candidate: fc.tuple(gateOf(n, m), vectorOf(n)).map(([gate, recurrentBias]) => ({ ...gate, recurrentBias })),
      }),
    )
    .map(([shared, fields]) => gruModel({ ...shared, ...fields })),
);

const equations = fc.tuple(sharedOf(2), vectorOf(2, positive), anyNumber).map(([shared, timeConstants, I]) =>
  equationsModel({
    ...shared,
    timeConstants,
    variables: ["v", "w"],
    inputNames: ["u"],
    parameters: { I },
    equations: ["v - v^3 / 3 - w + I + u", "v + 0.7 - 0.8 * w"],
  }),
);

const lstm = sizes.chain(({ n, m }) =>
  fc
    .tuple(
      sharedOf(2 * n),
      fc.record({
        inputGate: gateOf(n, m),
        forgetGate: gateOf(n, m),
        cellGate: gateOf(n, m),
        outputGate: gateOf(n, m),
      }),
      positive,
    )
    .map(([shared, gates, dt]) => ({ ...lstmMap({ ...shared, ...gates }), dt })),
);

const affineOf = (n: number, m: number) =>
  fc
    .tuple(
      sharedOf(n),
      fc.record({
        stateMatrix: matrixOf(n, n),
        inputMatrix: matrixOf(n, m),
        offset: vectorOf(n),
        point: vectorOf(n),
        inputPoint: vectorOf(m),
      }),
      fc.record({ noise: noiseOf(n) }, { requiredKeys: [] }),
    )
    .map(([shared, fields, optional]) => ({ ...shared, ...fields, ...optional }));

const linearFlowOf = (n: number, m: number): fc.Arbitrary<LinearFlow> =>
  fc.tuple(affineOf(n, m), vectorOf(n)).map(([settings, leakRates]) => linearFlow({ ...settings, leakRates }));

const linearMapOf = (n: number, m: number): fc.Arbitrary<LinearMap> =>
  fc
    .tuple(
      affineOf(n, m),
      positive,
      fc.record(
        { scheme: fc.constantFrom("zero-order-hold" as const, "rk4" as const), inputSlopeMatrix: matrixOf(n, m) },
        { requiredKeys: [] },
      ),
    )
    .map(([settings, dt, optional]) => ({ ...linearMap({ ...settings, dt }), ...optional }));

const along = sizes.chain(({ n, m }) =>
  fc.integer({ min: 1, max: 3 }).chain((count) =>
    fc.oneof(
      fc.tuple(fc.array(linearFlowOf(n, m), { minLength: count, maxLength: count }), anyNumber).map(([pieces]) => ({
        kind: "continuous" as const,
        form: "linear-along" as const,
        name: "along",
        units: n,
        inputs: m,
        timeUnit: "tau",
        provenance: [],
        times: Float64Array.from(pieces, (_, k) => k / 7),
        pieces,
      })),
      fc.array(linearMapOf(n, m), { minLength: count, maxLength: count }).map((pieces) => ({
        kind: "discrete" as const,
        form: "linear-along" as const,
        name: "along",
        units: n,
        inputs: m,
        timeUnit: "tau",
        provenance: [],
        dt: 0.3,
        pieces,
      })),
    ),
  ),
);

const flow: fc.Arbitrary<NonlinearFlow> = fc.oneof(
  networkSettings.map(rateModel),
  networkSettings.map(({ gain: _gain, ...settings }) => currentModel(settings)),
  gru,
  equations,
);

const schemeMap = fc
  .tuple(
    flow,
    fc.constantFrom(...nonlinearSchemeNames),
    positive,
    fc.record(
      { steps: fc.array(positive, { minLength: 1, maxLength: 3 }).map((s) => Float64Array.from(s)) },
      { requiredKeys: [] },
    ),
    fc.record({ name: fc.constantFrom("map", "mute"), timeUnit: fc.constant("step") }, { requiredKeys: [] }),
  )
  .map(([parent, scheme, dt, optional, own]) => ({
    kind: "discrete" as const,
    form: "scheme" as const,
    name: parent.name,
    units: parent.units,
    inputs: parent.inputs,
    timeUnit: parent.timeUnit,
    provenance: [{ operator: "discretize", settings: { scheme, dt } }],
    ...(parent.readout && own.name !== "mute" ? { readout: parent.readout } : {}),
    ...own,
    scheme,
    dt,
    ...optional,
    parent,
  }));

const leaky = fc
  .tuple(
    networkSettings,
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    fc.constantFrom("rate" as const, "current" as const),
  )
  .map(([{ gain: _gain, ...settings }, alpha, form]) => leakyMap({ ...settings, alpha, form }));

/** Any model that a file can hold, underived. */
const plain: fc.Arbitrary<Model> = fc.oneof(
  flow,
  schemeMap,
  leaky,
  lstm,
  sizes.chain(({ n, m }) => linearFlowOf(n, m)),
  sizes.chain(({ n, m }) => linearMapOf(n, m)),
  along,
);

/** Any model that a file can hold, some with a history. */
export const anyModel: fc.Arbitrary<Model> = fc.oneof(
  plain,
  fc
    .tuple(
      plain,
      plain,
      fc.dictionary(fc.constantFrom("a", "b"), fc.oneof(fc.string(), anyNumber, fc.boolean()), {
        noNullPrototype: true,
      }),
    )
    .map(
      ([model, parent, settings]): Model =>
        model.kind === "discrete" && model.form === "scheme"
          ? { ...model, parent: { ...model.parent, parent, provenance: [{ operator: "rescale", settings }] } }
          : { ...model, parent, provenance: [{ operator: "rescale", settings }] },
    ),
);
