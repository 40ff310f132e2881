import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TranspiledWorker, transpiledWorker } from "./transpiled-worker.js";

const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

const page = `<!doctype html><script type="module">
  import { webWorkerPool } from "./simulate/pool.browser.js";
  import { bestBuild } from "./numerics/kernels/index.js";
  const units = 40;
  const weights = Float64Array.from({ length: units * units }, (_, k) => Math.sin(k * k) / 8);
  const noise = new Float64Array(units * units);
  for (let i = 0; i < units; i++) noise[i * (units + 1)] = 0.1;
  const program = {
    form: "rate", activation: { name: "tanh" }, scheme: "euler", dt: 0.1, seed: 1,
    recurrentWeights: { rows: units, cols: units, data: weights }, noise: { rows: units, cols: units, data: noise },
  };
  const states = [];
  for (const threads of [1, 2]) {
    const pool = webWorkerPool(threads);
    states.push((await pool.run(program, { trials: 16, steps: 1000 })).states);
    pool.close();
  }
  const body = JSON.stringify({
    isolated: crossOriginIsolated,
    build: bestBuild(),
    equal: states[0].every((v, k) => v === states[1][k]),
    shared: !(states[1].buffer instanceof ArrayBuffer),
    finite: states[0].every(Number.isFinite),
  });
  await fetch("/result", { method: "POST", body });
</script>`;

describe.skipIf(chromium === undefined)("in Chromium, without cross-origin isolation", () => {
  let files: TranspiledWorker;
  let server: Server;
  let browser: ChildProcess | undefined;
  let profile: string;
  let answer = (_result: string): void => {};
  const answered = new Promise<string>((resolve) => {
    answer = resolve;
  });

  beforeAll(async () => {
    profile = mkdtempSync(join(tmpdir(), "rubato-chromium-"));
    files = transpiledWorker("simulate/worker.browser.ts", "simulate/pool.browser.ts");
    server = createServer(async (request, response) => {
      const path = new URL(`.${request.url}`, files.folder);
      if (request.url === "/") response.setHeader("content-type", "text/html").end(page);
      else if (request.url === "/result") {
        answer(await text(request));
        response.end();
      } else if (existsSync(path)) response.setHeader("content-type", "text/javascript").end(readFileSync(path));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterAll(async () => {
    if (browser && browser.exitCode === null) {
      const gone = new Promise((resolve) => browser!.once("exit", resolve));
      browser.kill();
      await gone;
    }
    server.close();
    server.closeAllConnections();
    files.remove();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  it("the kernels start and web workers give the numbers of one thread", async () => {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const settings = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", `--user-data-dir=${profile}`];
    browser = spawn(chromium!, [...settings, address], { stdio: "ignore" });
    expect(JSON.parse(await answered)).toEqual({
      isolated: false,
      build: "relaxed",
      equal: true,
      shared: false,
      finite: true,
    });
  });
});
