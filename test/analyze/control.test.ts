/** Controllability and observability on flow and map: worked examples, laws, and where schemes lose a direction. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Control, control } from "../../src/analyze/control.js";
import { flowModes, lossSteps, separationAt } from "../../src/analyze/control-loss.js";
import { flowGramian, mapGramian, minimumEnergy, readoutEnergy } from "../../src/analyze/gramians.js";
import { linearPair } from "../../src/analyze/linear-pair.js";
import { reach } from "../../src/analyze/reach.js";
import { staircase } from "../../src/analyze/staircase.js";
import { leakyMap, linearFlow, linearMap, lstmMap, rateModel } from "../../src/model/build.js";
import type { LinearFlow } from "../../src/model/model.js";
import type { SchemeName } from "../../src/model/scheme/scheme.js";
import { schemeNames, schemeOf } from "../../src/model/scheme/schemes.js";
import {
  add,
  fromRows,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyVector,
  scale,
  transpose,
} from "../../src/numerics/matrix.js";
import { discretize } from "../../src/operators/discretize.js";
import { rescale } from "../../src/operators/rescale.js";
import { expectClose } from "../close.js";
import reference from "../fixtures/worked-examples.json" with { type: "json" };
import { between, forAll } from "../random-networks.js";
import { diagonalFlow, stableFlows, trainedLike } from "./linear-systems.js";

const matrixOf = (gramian: ReturnType<typeof flowGramian> | undefined): Matrix => {
  if (gramian?.status !== "solved") throw new Error(gramian?.reason ?? "no Gramian");
  return gramian.matrix;
};

describe("two units at their fixed point", () => {
  const expected = reference.twoUnits;
  const network = rateModel({
    recurrentWeights: [
      [0.8, -1.2],
      [1, 0.4],
    ],
    inputWeights: [[0.6], [-0.3]],
    bias: [0.1, -0.2],
    timeConstants: [1, 0.5],
    readout: { weights: [[1, 0.5]] },
  });
  const at = { at: "fixed-point", input: [0.5] } as const;

  it("have the Gramians and Hankel values of the reference", () => {
    const found = control(network, { at, scheme: "euler", dt: 0.1 });
    expectClose(found.point, expected.fixedPoint);
    expectClose(matrixOf(found.flow?.gramian), expected.gramian.controllability);
    expectClose(matrixOf(found.flow?.observabilityGramian), expected.gramian.observability);
    expectClose(found.flow?.hankel ?? [], expected.hankel);
    expect([found.flow?.rank, found.map.rank, found.preserved]).toEqual([2, 2, true]);
  });

  it.each(["euler", "trapezoid", "zero-order-hold"] as const)(
    "have the Gramian of the reference under %s",
    (scheme) => {
      expectClose(matrixOf(control(network, { at, scheme, dt: 0.1 }).map.gramian), expected.gramian.maps[scheme]);
    },
  );

  it("are told apart from a place that is no fixed point", () => {
    const elsewhere = control(network, { at: { at: "state", state: [0.3, -0.2] }, scheme: "heun", dt: 0.1 });
    expect(elsewhere.atFixedPoint).toBe(false);
    expect(elsewhere.discretization?.reachability).toMatchObject({ verdict: "preserved", by: "measurement" });
    expect(elsewhere.discretization?.reachability.reason).toContain("not at a fixed point");
    const euler = control(network, { at: { at: "state", state: [0.3, -0.2] }, scheme: "euler", dt: 0.1 });
    expect(euler.discretization?.reachability.by).toBe("theorem");
  });
});

describe("the two forms of a network", () => {
  it("have the same reachable rank, margins apart (G6)", () => {
    const settings = {
      recurrentWeights: [
        [0.2, -0.5, 0.3],
        [0.7, 0.1, -0.4],
        [-0.6, 0.8, 0.5],
      ],
      inputWeights: [
        [1, 0],
        [0.5, -0.5],
        [0, 1],
      ],
      bias: [0.1, 0, -0.1],
      timeConstants: 0.5,
    };
    const found = control(rateModel(settings), { at: { at: "fixed-point", input: [0.4, -0.2] }, dt: 0.2 });
    expectClose(found.point, reference.forms.rateFixedPoint);
    expect([found.flow?.rank, found.map.rank]).toEqual([3, 3]);
    const rates = found.flow?.reachability.modes.map(({ value }) => value) ?? [];
    expectClose(rates.map(([re]) => re).sort(), [-1.577927909253209, -1.33257271297345].sort());
  });
});

describe("a flow and its map", () => {
  const inverses = reference.inverses;
  const flow = linearFlow({
    stateMatrix: [
      [-0.4, 1.1],
      [-0.9, -0.6],
    ],
    inputMatrix: [[0.5], [1]],
  });

  it.each(["zero-order-hold", "trapezoid", "euler"] as const)("under %s are those of the reference (G10)", (scheme) => {
    const { map } = linearPair("test", flow, { scheme, dt: 0.25 });
    expectClose(map.M, inverses.maps[scheme].stateMatrix);
    expectClose(map.N, inverses.maps[scheme].inputMatrix);
    expectClose(map.increment, scale(add(map.M, identity(2), -1), 4), 1e-12);
    expect(control(flow, { scheme, dt: 0.25 })).toMatchObject({ preserved: true, flow: { rank: 2 }, map: { rank: 2 } });
  });

  it.each(["euler", "exponential-euler", "imex-euler"] as const)(
    "read from one alpha as %s have one map, and ranks to match (G10)",
    (readAs) => {
      const settings = {
        recurrentWeights: [
          [0.3, 0.5],
          [-0.2, 0.1],
        ],
        inputWeights: [[1], [0]],
        alpha: 0.2,
      };
      const dt = 0.1 / inverses.leakyTau[readAs];
      const pair = linearPair("test", leakyMap({ ...settings, readAs }), {});
      expectClose([pair.map.dt], [dt]);
      expectClose(pair.map.M, linearPair("test", leakyMap(settings), {}).map.M, 1e-14);
      expect(control(leakyMap({ ...settings, readAs }))).toMatchObject({ preserved: true, map: { rank: 2 } });
    },
  );
});

describe("loss of control", () => {
  const heunCollision = diagonalFlow([-0.5, -1.5], [[1], [1]]);
  const ranks: readonly [SchemeName, number][] = [
    ["euler", 2],
    ["backward-euler", 2],
    ["trapezoid", 2],
    ["heun", 1],
    ["rk4", 2],
    ["zero-order-hold", 2],
  ];

  it.each(ranks)("rates -1/2 and -3/2 under %s at dt = 1: rank %i", (scheme, rank) => {
    const found = control(heunCollision, { scheme, dt: 1 });
    expect(found.flow?.rank).toBe(2);
    expect(found.map.rank).toBe(rank);
    expect(found.preserved).toBe(rank === 2);
    expect(found.discretization?.reachability.by).toBe("theorem");
  });

  it("names the modes, the multiplier and every step at which Heun does it", () => {
    const { losses = [], separation, discretization } = control(heunCollision, { scheme: "heun", dt: 1, upTo: 5 });
    expect(losses.map(({ dt, kind, stable }) => [dt, kind, stable])).toEqual([
      [1, "multiplier", true],
      [4 / 3, "drive", true],
      [4, "drive", false],
    ]);
    expect(losses[0]?.multiplier).toEqual([0.625, 0]);
    expect(separation?.difference).toEqual({
      value: 0,
      rates: [
        [-0.5, 0],
        [-1.5, 0],
      ],
    });
    expect(discretization?.reachability.reason).toContain("-0.5000 and -1.500 share a multiplier");
  });

  it("is found off the loss by a distance that falls in proportion", () => {
    const distances = [0.1, 0.01, 0.001].map(
      (off) => control(heunCollision, { scheme: "heun", dt: 1 + off }).map.reachability.distance.value,
    );
    expect(distances[0]! / distances[1]!).toBeGreaterThan(7);
    expect(distances[0]! / distances[1]!).toBeLessThan(12);
    expect(distances[1]! / distances[2]!).toBeGreaterThan(9);
    expect(distances[1]! / distances[2]!).toBeLessThan(11);
  });

  it("does not happen to two inputs that push the modes apart, but does to two that do not", () => {
    const apart = control(
      diagonalFlow(
        [-0.5, -1.5],
        [
          [1, 0],
          [0, 1],
        ],
      ),
      { scheme: "heun", dt: 1, upTo: 1 },
    );
    expect(apart.map.rank).toBe(2);
    expect(apart.discretization?.reachability).toMatchObject({ verdict: "preserved", by: "measurement" });
    expect(apart.losses).toEqual([]);
    const parallel = control(
      diagonalFlow(
        [-0.5, -1.5],
        [
          [1, 2],
          [2, 4],
        ],
      ),
      { scheme: "heun", dt: 1, upTo: 1 },
    );
    expect(parallel.map.rank).toBe(1);
    expect(parallel.losses?.map(({ unreached }) => unreached)).toEqual([1]);
  });

  it("cuts a mode off from any number of inputs where Q(z) = 0, while the readout still sees it", () => {
    const flow = linearFlow({
      stateMatrix: [
        [-0.5, 0],
        [0, -2],
      ],
      inputMatrix: [
        [1, 0],
        [0, 1],
      ],
      readout: { weights: [[1, 1]] },
    });
    const found = control(flow, { scheme: "heun", dt: 1, upTo: 1 });
    expect(found.discretization?.reachability).toMatchObject({ verdict: "lost" });
    expect(found.discretization?.observability).toMatchObject({ verdict: "preserved", by: "theorem" });
    expect(found.losses).toMatchObject([
      { dt: 0.8, kind: "multiplier", unreached: 0, unseen: 1 },
      { dt: 1, kind: "drive", unreached: 1, unseen: 0 },
    ]);
  });

  it("breaks a Jordan block at z = -1 under Heun (C15)", () => {
    const found = control(
      linearFlow({
        stateMatrix: [
          [-1, 1],
          [0, -1],
        ],
        inputMatrix: [[0], [1]],
      }),
      { scheme: "heun", dt: 1 },
    );
    expect([found.flow?.rank, found.map.rank, found.preserved]).toEqual([2, 1, false]);
  });

  it("happens to Runge–Kutta 4 at the collision of the reference, and to no real rates before -1.596 / dt", () => {
    const { second, multiplier, monotoneUntil } = reference.controllability.rk4Collision;
    const found = control(diagonalFlow([-1.2, second], [[1], [1]]), { scheme: "rk4", dt: 1, upTo: 1.0000001 });
    expect([found.flow?.rank, found.map.rank]).toEqual([2, 1]);
    expect(Math.abs((found.losses?.[0]?.dt ?? 0) - 1)).toBeLessThan(1e-9);
    expect(Math.abs((found.losses?.[0]?.multiplier[0] ?? 0) - multiplier)).toBeLessThan(1e-12);
    const rates = Array.from({ length: 12 }, (_, k): [number, number] => [(monotoneUntil * (k + 1)) / 12.01, 0]);
    expect(separationAt(rates, schemeOf("rk4"), 1).difference.value).toBeGreaterThan(1e-3);
  });

  it("happens to exact sampling where two modes turn by whole turns against each other", () => {
    const flow = linearFlow({
      stateMatrix: [
        [0, Math.PI],
        [-Math.PI, 0],
      ],
      inputMatrix: [[1], [0]],
    });
    const found = control(flow, { scheme: "zero-order-hold", dt: 1, upTo: 3.5 });
    expect([found.flow?.rank, found.map.rank]).toEqual([2, 1]);
    const steps = found.losses?.filter(({ kind }) => kind === "multiplier").map(({ dt }) => dt) ?? [];
    expectClose(steps, [1, 2, 3]);
    for (const scheme of ["euler", "backward-euler", "trapezoid", "rk4"] as const)
      expect(control(flow, { scheme, dt: 1 }).map.rank).toBe(2);
  });

  it("with one tau per unit, exponential Euler can lose control and the scan finds the step", () => {
    const network = leakyMap({
      recurrentWeights: [
        [0.5, 0],
        [0, 0.25],
      ],
      inputWeights: [[1], [1]],
      timeConstants: [1, 2],
      alpha: 0.5,
      readAs: "exponential-euler",
    });
    const found = control(network, { dt: 2 * Math.LN2, at: { at: "origin" } });
    expect([found.flow?.rank, found.map.rank, found.preserved]).toEqual([2, 1, false]);
    expect(found.discretization?.reachability.by).toBe("measurement");
    const { scan } = control(network, { dt: 0.1, upTo: 4, at: { at: "origin" } });
    expect(scan?.losses).toHaveLength(1);
    expect(Math.abs((scan?.losses[0]?.dt ?? 0) - 2 * Math.LN2)).toBeLessThan(1e-9);
    expect(scan?.losses[0]?.rank).toBe(1);
  });

  it("and can create it", () => {
    const network = rateModel({
      recurrentWeights: [
        [0.5, 0],
        [0, 0],
      ],
      inputWeights: [[1], [1]],
      timeConstants: [0.5, 1],
    });
    const found = control(network, { scheme: "exponential-euler", dt: 0.7 });
    expect([found.flow?.rank, found.map.rank, found.preserved]).toEqual([1, 2, false]);
    expect(found.discretization?.reachability.verdict).toBe("created");
  });
});

describe("ranks", () => {
  it("survive a tiny step, where the powers of the map lose all but two digits (C13)", () => {
    const flow = linearFlow({
      stateMatrix: [
        [-0.5, 0.3, 0],
        [0, -1, 0.2],
        [0.1, 0, -1.5],
      ],
      inputMatrix: [[1], [0.4], [0.2]],
    });
    for (const scheme of schemeNames) {
      const found = control(flow, { scheme, dt: 1e-7 });
      expect(found.map.rank).toBe(3);
      expect(found.map.reachability.verdict).toBe("full");
      expectClose([found.map.reachability.margin], [found.flow?.reachability.margin ?? 0], 1e-5);
    }
  });

  it("come with the number of steps that a map needs (C17)", () => {
    const chain = fromRows([
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(staircase(chain, fromRows([[1], [0], [0]]), 1e-12).blocks).toEqual([1, 1, 1]);
    expect(staircase(chain, identity(3), 1e-12).blocks).toEqual([3]);
    expect(staircase(chain, fromRows([[0], [1], [0]]), 1e-12)).toMatchObject({ rank: 2, blocks: [1, 1] });
  });

  it("are called uncertain where a change of a few roundings decides", () => {
    const nearly = reach(
      fromRows([
        [-1, 0],
        [0, -2],
      ]),
      fromRows([[1], [3e-11]]),
    );
    expect(nearly).toMatchObject({ rank: 2, verdict: "uncertain" });
    expect(nearly.reason).toContain("loses a direction");
    expect(
      reach(
        fromRows([
          [-1, 0],
          [0, -2],
        ]),
        fromRows([[1], [0]]),
      ),
    ).toMatchObject({ rank: 1, verdict: "deficient" });
    expect(
      reach(
        fromRows([
          [-1, 0],
          [0, -2],
        ]),
        matrix(2, 0),
      ),
    ).toMatchObject({ rank: 0, verdict: "deficient" });
  });

  it("of any stable flow are kept by the schemes that always keep them, and separation is positive elsewhere", () => {
    forAll(
      fc.tuple(stableFlows({ units: 5 }), between(0.05, 2)),
      ([flow, dt]) => {
        for (const scheme of [
          "euler",
          "backward-euler",
          "implicit-midpoint",
          "trapezoid",
          "exponential-euler",
        ] as const) {
          const { discretization, flow: before, map } = control(flow, { scheme, dt });
          expect(discretization?.reachability).toMatchObject({ verdict: "preserved", by: "theorem" });
          expect(discretization?.observability).toMatchObject({ verdict: "preserved", by: "theorem" });
          if (before?.reachability.verdict !== "full") continue;
          expect(map.rank).toBe(before.rank);
        }
      },
      10,
    );
  });

  it("of a map without a flow stand alone", () => {
    const found = control(
      linearMap({
        stateMatrix: [
          [0.5, 0],
          [0, 0.25],
        ],
        inputMatrix: [[1], [0]],
      }),
    );
    expect(found).toMatchObject({ preserved: null, map: { rank: 1 } });
    expect(found.flow).toBeUndefined();
    const gate = { input: [[1]], recurrent: [[0.5]] };
    const lstm = lstmMap({ inputGate: gate, forgetGate: gate, cellGate: gate, outputGate: gate });
    expect(control(lstm).map.units).toBe(2);
    expect(() => control(lstm, { dt: 2 })).toThrow("control: scheme and dt are for models with a flow behind them");
  });

  it("of a map made from a linear flow come with that flow", () => {
    const map = discretize({ scheme: "heun", dt: 1 })(diagonalFlow([-0.5, -1.5], [[1], [1]]));
    expect(control(map)).toMatchObject({
      scheme: "heun",
      dt: 1,
      preserved: false,
      flow: { rank: 2 },
      map: { rank: 1 },
    });
  });
});

describe("Gramians", () => {
  it("of the trapezoid map are dt times the flow's at every dt (P28)", () => {
    forAll(
      fc.tuple(stableFlows(), between(0.1, 10)),
      ([flow, dt]) => {
        const found = control(flow, { scheme: "trapezoid", dt });
        expectClose(matrixOf(found.map.gramian), scale(matrixOf(found.flow?.gramian), dt), 1e-10);
      },
      15,
    );
  });

  it("under R: W_c times a, W_o over a, Hankel values and ranks the same (P29)", () => {
    forAll(
      fc.tuple(stableFlows(), between(0.2, 5)),
      ([flow, a]) => {
        const [slow, fast] = [control(flow).flow, control(rescale(a)(flow)).flow];
        expectClose(matrixOf(fast?.gramian), scale(matrixOf(slow?.gramian), a), 1e-11);
        expectClose(matrixOf(fast?.observabilityGramian), scale(matrixOf(slow?.observabilityGramian), 1 / a), 1e-11);
        expectClose(fast?.hankel ?? [], slow?.hankel ?? [1], 1e-8);
        expect(fast?.rank).toBe(slow?.rank);
      },
      15,
    );
  });

  it("over a finite horizon add up: W(a + b) = W(a) + e^{Aa} W(b) e^{A'a}, and tend to the infinite one", () => {
    const A = fromRows([
      [-0.3, 2],
      [-1.5, -0.4],
    ]);
    const B = fromRows([[1], [0.2]]);
    expectClose(matrixOf(flowGramian(A, B, 200)), matrixOf(flowGramian(A, B)), 1e-12);
    const M = fromRows([
      [0.7, 0.5],
      [-0.4, 0.6],
    ]);
    let sum = matrix(2, 2);
    let power = B;
    for (let k = 0; k < 13; k++) {
      sum = fromRows([0, 1].map((i) => [0, 1].map((j) => sum.data[2 * i + j] + power.data[i] * power.data[j])));
      power = multiply(M, power);
      expectClose(matrixOf(mapGramian(M, B, k + 1)), sum, 1e-13);
    }
  });

  it("of unstable systems are refused over all time and given over a finite one", () => {
    const flow = linearFlow({ stateMatrix: [[0.5]], inputMatrix: [[1]] });
    expect(control(flow).flow?.gramian).toMatchObject({ status: "unstable" });
    const { flow: grown } = control(flow, { horizon: 2 });
    expectClose(matrixOf(grown?.gramian), [Math.E ** 2 - 1]);
  });

  it("price a state and a readout: the input that they promise gets there with that energy", () => {
    const M = fromRows([
      [0.7, 0.5],
      [-0.4, 0.6],
    ]);
    const N = fromRows([[1], [0.2]]);
    const steps = 6;
    const W = matrixOf(mapGramian(M, N, steps));
    const target = [0.4, -1];
    const { value } = minimumEnergy(W, target);
    // u_k = N' M'^(K-1-k) W^-1 x, the shortest input.
    const [a, b, c] = [W.data[0], W.data[1], W.data[3]];
    const det = a * c - b * b;
    const lambda = [(c * target[0]! - b * target[1]!) / det, (a * target[1]! - b * target[0]!) / det];
    const inputs: number[] = [];
    let adjoint: Float64Array = Float64Array.from(lambda);
    for (let k = 0; k < steps; k++) {
      inputs.unshift(multiplyVector(transpose(N), adjoint)[0]);
      adjoint = multiplyVector(transpose(M), adjoint);
    }
    let x: Float64Array = new Float64Array(2);
    for (const u of inputs) x = multiplyVector(M, x).map((v, i) => v + N.data[i] * u);
    expectClose(x, target, 1e-12);
    expectClose([inputs.reduce((sum, u) => sum + u * u, 0)], [value], 1e-12);
    const C = fromRows([[1, 1]]);
    const readout = readoutEnergy(W, C, [-0.6]);
    expect(readout.value).toBeLessThan(value);
    expect(
      minimumEnergy(
        fromRows([
          [1, 0],
          [0, 0],
        ]),
        [1, 1],
      ),
    ).toMatchObject({ status: "out of reach" });
  });
});

describe("a network of 64 units", () => {
  const model = trainedLike();
  const at = { at: "origin" } as const;
  const found = (scheme: SchemeName, settings = {}): Control => control(model, { at, scheme, dt: 0.1, ...settings });

  it("is reached in all directions by its flow, and loses one at many ordinary steps of Heun, RK4 and exact sampling", () => {
    for (const scheme of ["heun", "rk4", "zero-order-hold"] as const) {
      const { flow, losses = [], map } = found(scheme, { upTo: scheme === "zero-order-hold" ? 12 : 4 });
      expect(flow?.reachability.verdict).toBe("full");
      expect(map.rank).toBe(64);
      const stable = losses.filter((loss) => loss.stable);
      // The numbers of docs/controllability.md.
      expect(stable.length).toBeGreaterThan(scheme === "zero-order-hold" ? 5 : 20);
      const first = stable[0]!;
      expect(first.dt).toBeCloseTo({ heun: 0.566, rk4: 0.902, "zero-order-hold": 4.133 }[scheme], 3);
      const there = control(model, { at, scheme, dt: first.dt });
      expect(there.map.rank).toBe(63);
      expect(there.discretization?.reachability).toMatchObject({ verdict: "lost", by: "theorem" });
      expect(there.discretization?.observability?.verdict).toBe(first.unseen === 0 ? "preserved" : "lost");
    }
  });

  it("loses nothing under Euler, at any step", () => {
    expect(found("euler", { upTo: 4 }).losses).toEqual([]);
    expect(found("trapezoid").losses).toBeUndefined();
  });

  it("has its Heun losses where theory puts them: dt = -1 / Re of a pair, -2 / (z + w) of two real rates", () => {
    const { losses = [], flow } = found("heun", { upTo: 4 });
    for (const { dt, kind, rates } of losses) {
      const sum = kind === "drive" ? rates[0]![0] : rates[0]![0] + rates[1]![0];
      expect(Math.abs(dt * sum + 2)).toBeLessThan(1e-9);
    }
    const pairs = flow?.reachability.modes.filter(({ value }) => value[1] > 0) ?? [];
    for (const { value } of pairs)
      if (-1 / value[0] <= 4) expect(losses.some(({ dt }) => Math.abs(dt * value[0] + 1) < 1e-9)).toBe(true);
  });

  it("with two inputs keeps what one would lose to shared multipliers", () => {
    const two = control(trainedLike(64, 0.8, 11, 2), { at, scheme: "heun", dt: 0.1, upTo: 4 });
    expect(two.losses?.every(({ kind, unseen }) => kind === "drive" || unseen === 1)).toBe(true);
    expect(two.losses?.filter(({ kind }) => kind === "multiplier").every(({ unreached }) => unreached === 0)).toBe(
      true,
    );
  });
});

describe("loss steps", () => {
  it("of real rates are roots of R(dt z) = R(dt w), for every explicit scheme", () => {
    forAll(fc.tuple(between(-3, -0.1), between(-3, -0.1)), ([z, w]) => {
      fc.pre(Math.abs(z - w) > 1e-3);
      const flow: LinearFlow = diagonalFlow([z, w], [[1], [1]]);
      const modes = flowModes({ A: flow.stateMatrix, B: flow.inputMatrix, leakRates: flow.leakRates });
      for (const name of ["heun", "explicit-midpoint", "rk4"] as const) {
        const scheme = schemeOf(name);
        for (const { dt, kind } of lossSteps(modes, scheme, 50)) {
          const R = (rate: number) => scheme.stabilityFunction([dt * rate, 0])[0];
          if (kind === "multiplier") expect(Math.abs(R(z) - R(w))).toBeLessThan(1e-8 * Math.max(1, Math.abs(R(z))));
        }
      }
    });
  });
});
