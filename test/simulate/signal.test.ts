import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/error.js";
import { looksLikeSignals, parseSignals, sampleSignals, signalKinds } from "../../src/simulate/signal.js";

const sample = (text: string, steps: number, channels = 1, dt = 1, seed = 0, trial = 0) =>
  Array.from(sampleSignals(parseSignals(text), { steps, channels, dt, seed, trial }));

describe("signals", () => {
  it("are sampled at the start of each step, from included and to excluded", () => {
    expect(sample("pulse(amplitude=2, from=1, to=3)", 5)).toEqual([0, 2, 2, 0, 0]);
    expect(sample("step(from=2)", 4)).toEqual([0, 0, 1, 1]);
    expect(sample("ramp(end=2, from=1, to=3)", 5)).toEqual([0, 0, 1, 2, 2]);
    expect(sample("constant(amplitude=-1)", 2)).toEqual([-1, -1]);
    sample("sine(amplitude=3, period=4)", 4).forEach((v, k) => {
      expect(v).toBeCloseTo(3 * Math.sin((Math.PI * k) / 2), 14);
    });
  });

  it("add up, each in its channel or in all", () => {
    expect(sample("pulse(from=0, to=1, channel=2) + constant(amplitude=10)", 2, 2)).toEqual([10, 11, 10, 10]);
    expect(sample("evidence(coherence=0.2, strength=30)", 1, 3)).toEqual([36, 24, 0]);
  });

  it("follow the step: twice as many samples at half the step", () => {
    expect(sample("pulse(from=1, to=2)", 6, 1, 0.5)).toEqual([0, 0, 1, 1, 0, 0]);
  });

  it("have noise that depends on seed and trial alone, of the stated deviation and correlation", () => {
    const text = "noise(sigma=2, tau=5)";
    expect(sample(text, 100, 1, 1, 7, 3)).toEqual(sample(text, 100, 1, 1, 7, 3));
    expect(sample(text, 100, 1, 1, 7, 3)).not.toEqual(sample(text, 100, 1, 1, 7, 4));
    expect(sample(text, 100, 1, 1, 7, 3)).not.toEqual(sample(text, 100, 1, 1, 8, 3));
    const x = sample(text, 200_000, 1, 1, 1);
    const mean = (f: (k: number) => number, n: number) =>
      Array.from({ length: n }, (_, k) => f(k)).reduce((a, b) => a + b, 0) / n;
    const variance = mean((k) => x[k]! ** 2, x.length);
    // Standard error of the variance: 4 sqrt(2 * 5 / 2e5) sigma^2 for correlation time 5, about 0.03 sigma^2.
    expect(variance / 4).toBeGreaterThan(0.94);
    expect(variance / 4).toBeLessThan(1.06);
    expect(mean((k) => x[k]! * x[k + 5]!, x.length - 5) / variance).toBeCloseTo(Math.exp(-1), 1);
  });

  it("are told apart from file names", () => {
    expect(looksLikeSignals("pulse(from=1, to=2)")).toBe(true);
    expect(looksLikeSignals("pulse.csv")).toBe(false);
    expect(looksLikeSignals("-")).toBe(false);
  });

  it("are all listed with their settings", () => {
    for (const { name } of signalKinds) expect(() => parseSignals(`${name}(unknown=1)`)).toThrow(/it takes/);
  });

  it("refuse what makes no sense, naming the signal and the setting", () => {
    const complaints: [string, RegExp][] = [
      ["", /expected a signal such as .*, got nothing/],
      ["puls(from=1, to=2)", /unknown signal, got puls, did you mean "?pulse/],
      ["pulse(from=1)", /pulse needs to/],
      ["pulse(from=2, to=1)", /must end after it begins/],
      ["pulse(from=1, to=2, amplitud=3)", /pulse has no amplitud, did you mean "?amplitude/],
      ["pulse(from=1, to=2, from=3)", /from of pulse is given twice/],
      ["pulse(from=1, to=x)", /expected setting=number/],
      ["sine(period=0)", /period of sine must be positive, got 0/],
      ["noise(sigma=-1)", /sigma of noise must not be negative/],
      ["constant(channel=0)", /channel of constant counts from 1/],
      ["constant() constant()", /expected \+ between signals/],
      ["__proto__(a=1)", /expected a signal/],
      ["constructor()", /unknown signal/],
    ];
    for (const [text, pattern] of complaints) expect(() => parseSignals(text), text).toThrow(pattern);
    expect(() => sample("constant(channel=3)", 1, 2)).toThrow(/must be at most 2, got 3/);
    expect(() => sample("evidence(coherence=0.1)", 1, 1)).toThrow(/needs two channels/);
  });

  it("never fail in any other way than with an InputError", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."pulsenoi(=,) +0123456789.ef-") }), (text) => {
        try {
          sample(text, 3, 2);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
