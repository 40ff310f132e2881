// The share of the machine's 128-bit peak that the packed product reaches, per build.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The shortest of several runs of `work`, in seconds per call. */
const shortest = (work, calls, runs = 40) => {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    for (let k = 0; k < calls; k++) work();
    best = Math.min(best, (performance.now() - began) / calls);
  }
  return best / 1000;
};

/** Operations per second in registers. */
const peakRate = (features) => {
  const folder = mkdtempSync(join(tmpdir(), "rubato-peak-"));
  try {
    const file = join(folder, "peak.wasm");
    const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
    const settings = ["-O3", "--noAssert", "--runtime", "stub", "--enable", features, "-o", file];
    const { status } = spawnSync(process.execPath, [asc, "kernels/bench/peak.ts", ...settings], { cwd: root });
    if (status !== 0) return Number.NaN;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)));
    const rounds = 100_000;
    return (exports.operationsPerRound() * rounds) / shortest(() => exports.peak(rounds, 1 - 1e-9, 1e-9), 1, 100);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const productRate = (kernelInstance, build, precision, units, trials) => {
  const size = precision === "f64" ? 8 : 4;
  const instance = kernelInstance(build);
  const tiles = (trials * size) / 32;
  const w = instance.allocate(units * units * size);
  const bias = instance.allocate(units * size);
  const x = instance.allocate(units * 32 * tiles);
  const y = instance.allocate(units * 32 * tiles);
  const product = instance.kernel("product", precision);
  const work = () => product(w, bias, x, y, units / 4, units, units * 4 * size, tiles, units * 32, units * 32);
  const operations = 2 * units * units * trials;
  return operations / shortest(work, Math.max(1, Math.round(2e7 / operations)));
};

/**
 * Rates of the product in operations per second, beside the peak: what a loop in registers reaches, or the product
 * itself where an engine compiles that loop badly.
 */
export const measureProduct = async () => {
  const { bestBuild, kernelInstance } = await import("../dist/numerics/kernels/instance.js");
  const builds = bestBuild() === "relaxed" ? ["plain", "relaxed"] : ["plain"];
  const measured = builds.flatMap((build) =>
    ["f64", "f32"].flatMap((precision) =>
      [100, 256, 1000].map((units) => {
        const rate = productRate(kernelInstance, build, precision, units, 64);
        return { build, precision, units, trials: 64, rate: precision === "f64" ? rate : rate / 2 };
      }),
    ),
  );
  const loops = builds.map((build) => peakRate(build === "plain" ? "simd" : "simd,relaxed-simd"));
  const peak = Math.max(...loops, ...measured.map(({ rate }) => rate));
  return { peak, products: measured.map((product) => ({ ...product, share: product.rate / peak })) };
};
