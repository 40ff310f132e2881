/**
 * Inputs in words: pulses, steps, ramps, sines, noise and evidence, added up, sampled once per step.
 *
 * One grammar for the command line, JSON and code: `pulse(amplitude=2, from=10, to=20) + noise(sigma=0.1, tau=5)`.
 * Times are in the model's unit of time, `from` included and `to` excluded; `channel` counts from 1 and is all channels
 * where it is left out.
 */
import { InputError } from "../error.js";
import { randomSource } from "../numerics/random.js";
import { didYouMean } from "../suggestion.js";

/** One part of an input: its kind and its numbers. */
export interface Signal {
  readonly signal: SignalName;
  readonly settings: Readonly<Record<string, number>>;
}

interface SignalKind {
  /** The settings with their defaults; a setting without one must be given. */
  readonly defaults: Readonly<Record<string, number | undefined>>;
  readonly brief: string;
  /** The value at time `t` of channel `channel` (from 0), of `channels`. */
  readonly sampler: (
    settings: Readonly<Record<string, number>>,
    sampling: { readonly dt: number; readonly seed: number; readonly stream: number },
  ) => (t: number, channel: number) => number;
}

const always = { from: 0, to: Number.POSITIVE_INFINITY };

const within = ({ from, to }: Readonly<Record<string, number>>, t: number): boolean => t >= from! && t < to!;

/** Independent Ornstein–Uhlenbeck noise per channel, exactly sampled: deviation sigma, correlation time tau. */
const ornsteinUhlenbeck: SignalKind["sampler"] = (settings, { dt, seed, stream }) => {
  const { sigma, tau } = settings;
  const keep = tau === 0 ? 0 : Math.exp(-dt / tau!);
  const channels = new Map<number, { readonly next: () => number }>();
  const source = (channel: number) => {
    let found = channels.get(channel);
    if (!found) {
      const random = randomSource(seed, stream * 4096 + channel);
      let value = random.normal();
      let first = true;
      found = {
        next: () => {
          if (!first) value = keep * value + Math.sqrt(1 - keep * keep) * random.normal();
          first = false;
          return sigma! * value;
        },
      };
      channels.set(channel, found);
    }
    return found;
  };
  return (t, channel) => {
    const value = source(channel).next();
    return within(settings, t) ? value : 0;
  };
};

const kinds = {
  constant: {
    defaults: { amplitude: 1, ...always },
    brief: "amplitude, as long as it lasts",
    sampler: (s) => (t) => (within(s, t) ? s.amplitude! : 0),
  },
  pulse: {
    defaults: { amplitude: 1, from: undefined, to: undefined },
    brief: "amplitude from one time to another",
    sampler: (s) => (t) => (within(s, t) ? s.amplitude! : 0),
  },
  step: {
    defaults: { amplitude: 1, from: undefined, to: Number.POSITIVE_INFINITY },
    brief: "amplitude from one time on",
    sampler: (s) => (t) => (within(s, t) ? s.amplitude! : 0),
  },
  ramp: {
    defaults: { start: 0, end: 1, from: undefined, to: undefined },
    brief: "from one value to another, held afterwards",
    sampler: (s) => (t) =>
      t < s.from! ? s.start! : s.start! + (s.end! - s.start!) * Math.min(1, (t - s.from!) / (s.to! - s.from!)),
  },
  sine: {
    defaults: { amplitude: 1, period: undefined, phase: 0, ...always },
    brief: "amplitude sin(2 pi (t / period + phase)); phase in turns",
    sampler: (s) => (t) => (within(s, t) ? s.amplitude! * Math.sin(2 * Math.PI * (t / s.period! + s.phase!)) : 0),
  },
  noise: {
    defaults: { sigma: 1, tau: 0, ...always },
    brief: "Ornstein–Uhlenbeck noise of deviation sigma and correlation time tau; white per step at tau = 0",
    sampler: ornsteinUhlenbeck,
  },
  evidence: {
    defaults: { coherence: undefined, strength: 1, ...always },
    brief: "strength (1 + coherence) to channel 1 and strength (1 - coherence) to channel 2",
    sampler: (s) => (t, channel) =>
      !within(s, t) || channel > 1 ? 0 : s.strength! * (channel === 0 ? 1 + s.coherence! : 1 - s.coherence!),
  },
} satisfies Record<string, SignalKind>;

export type SignalName = keyof typeof kinds;

/** Every kind of signal with its settings, for help and documentation. */
export const signalKinds: readonly { readonly name: SignalName; readonly settings: string; readonly brief: string }[] =
  Object.entries(kinds).map(([name, { defaults, brief }]) => ({
    name: name as SignalName,
    settings: [...Object.entries(defaults), ["channel", Number.POSITIVE_INFINITY] as const]
      .map(([key, value]) => (value === undefined || !Number.isFinite(value) ? key : `${key}=${value}`))
      .join(", "),
    brief,
  }));

const kindOf = (name: string): SignalKind => {
  if (!Object.hasOwn(kinds, name))
    throw new InputError(
      `input: unknown signal, got ${name.slice(0, 40)}${didYouMean(name, Object.keys(kinds)) || `; expected one of ${Object.keys(kinds).join(", ")}`}`,
    );
  return kinds[name as SignalName];
};

/** The signal with every setting filled in; refuses unknown, missing and impossible ones. */
export const checkedSignal = ({ signal, settings }: Signal): Signal => {
  const { defaults } = kindOf(signal);
  for (const [key, value] of Object.entries(settings)) {
    if (key !== "channel" && !Object.hasOwn(defaults, key))
      throw new InputError(
        `input: ${signal} has no ${key.slice(0, 40)}${didYouMean(key, Object.keys(defaults))}; it takes ${Object.keys(defaults).join(", ")}, channel`,
      );
    if (Number.isNaN(value)) throw new InputError(`input: ${key} of ${signal} must be a number, got ${value}`);
  }
  const filled: Record<string, number> = {};
  for (const [key, value] of Object.entries(defaults)) {
    const given = settings[key] ?? value;
    if (given === undefined) throw new InputError(`input: ${signal} needs ${key}, for instance ${signal}(${key}=10)`);
    filled[key] = given;
  }
  if (filled.from !== undefined && !(filled.to! > filled.from))
    throw new InputError(`input: ${signal} must end after it begins, got from=${filled.from}, to=${filled.to}`);
  if (filled.period !== undefined && !(filled.period > 0))
    throw new InputError(`input: period of ${signal} must be positive, got ${filled.period}`);
  for (const key of ["sigma", "tau"] as const)
    if (filled[key] !== undefined && !(filled[key] >= 0))
      throw new InputError(`input: ${key} of ${signal} must not be negative, got ${filled[key]}`);
  const { channel } = settings;
  if (channel !== undefined) {
    if (!(Number.isInteger(channel) && channel >= 1))
      throw new InputError(`input: channel of ${signal} counts from 1, got ${channel}`);
    filled.channel = channel;
  }
  return { signal, settings: filled };
};

const PART = /^\s*([a-z]+)\s*\(([^()]*)\)\s*/;
const SETTING = /^\s*([a-z]+)\s*=\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*$/i;

/** Whether a text is meant as signals rather than as the name of a file. */
export const looksLikeSignals = (text: string): boolean => /^\s*[a-z]+\s*\(/.test(text);

/** The signals in `pulse(from=10, to=20) + noise(sigma=0.1)`. */
export const parseSignals = (text: string): readonly Signal[] => {
  const signals: Signal[] = [];
  let rest = text;
  for (;;) {
    const part = PART.exec(rest);
    if (!part)
      throw new InputError(
        `input: expected a signal such as pulse(from=10, to=20), got ${rest.trim() === "" ? "nothing" : rest.trim().slice(0, 40)}`,
      );
    const [whole, name = "", list = ""] = part;
    const settings: Record<string, number> = {};
    for (const entry of list.split(",").filter((piece) => piece.trim() !== "")) {
      const match = SETTING.exec(entry);
      if (!match)
        throw new InputError(`input: expected setting=number in ${name}(…), got ${entry.trim().slice(0, 40)}`);
      if (Object.hasOwn(settings, match[1]!)) throw new InputError(`input: ${match[1]} of ${name} is given twice`);
      settings[match[1]!] = Number(match[2]);
    }
    kindOf(name);
    signals.push(checkedSignal({ signal: name as SignalName, settings }));
    rest = rest.slice(whole.length);
    if (rest === "") return signals;
    if (!rest.startsWith("+")) throw new InputError(`input: expected + between signals, got ${rest.slice(0, 40)}`);
    rest = rest.slice(1);
  }
};

export interface Sampling {
  /** Number of steps and of input channels. */
  readonly steps: number;
  readonly channels: number;
  readonly dt: number;
  /** Seed and trial of the noise in the signals. */
  readonly seed?: number;
  readonly trial?: number;
}

/** The sum of the signals at times `k dt`, steps × channels in one array. */
export const sampleSignals = (signals: readonly Signal[], sampling: Sampling): Float64Array => {
  const { steps, channels, dt, seed = 0, trial = 0 } = sampling;
  const values = new Float64Array(steps * channels);
  for (const [index, given] of signals.entries()) {
    const { signal, settings } = checkedSignal(given);
    const { channel } = settings;
    if (channel !== undefined && channel > channels)
      throw new InputError(`input: channel of ${signal} must be at most ${channels}, got ${channel}`);
    if (signal === "evidence" && channels < 2)
      throw new InputError(`input: evidence needs two channels, the network has ${channels}`);
    const sample = kindOf(signal).sampler(settings, { dt, seed, stream: trial * 64 + index });
    for (let k = 0; k < steps; k++)
      for (let c = 0; c < channels; c++)
        if (channel === undefined || channel === c + 1) values[k * channels + c]! += sample(k * dt, c);
  }
  return values;
};

/** Whether the signals differ from trial to trial. */
export const signalsVary = (signals: readonly Signal[]): boolean => signals.some(({ signal }) => signal === "noise");
