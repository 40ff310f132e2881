// Builds kernels/ into src/numerics/kernels/*.generated.ts: a plain SIMD and a relaxed SIMD module, bytes as base64.
// Does nothing where the generated files already come from these sources. Also the global set-up of the tests.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const compiler = join(root, "node_modules/assemblyscript");
const builds = { plain: "simd", relaxed: "simd,relaxed-simd" };
const target = (build) => join(root, `src/numerics/kernels/${build}.generated.ts`);

const fingerprint = () => {
  const hash = createHash("sha256");
  const sources = ["kernels", "kernels/linear-algebra"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name}`),
  );
  for (const path of [...sources.sort(), "scripts/build-kernels.mjs"])
    hash.update(path).update(readFileSync(join(root, path)));
  hash.update(readFileSync(join(compiler, "package.json")));
  return hash.digest("hex");
};

const compile = (build, directory) =>
  new Promise((resolve, reject) => {
    const file = join(directory, `${build}.wasm`);
    const settings = ["-O3", "--noAssert", "--runtime", "stub", "--enable", builds[build], "-o", file];
    const asc = spawn(process.execPath, [join(compiler, "bin/asc.js"), "kernels/index.ts", ...settings], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    asc.on("error", reject);
    asc.on("exit", (code) =>
      code === 0
        ? resolve(readFileSync(file))
        : reject(new Error(`kernels: the ${build} build failed with status ${code}`)),
    );
  });

const isCurrent = (stamp) =>
  Object.keys(builds).every(
    (build) => existsSync(target(build)) && readFileSync(target(build), "utf8").includes(stamp),
  );

export const setup = async () => {
  const stamp = `sources ${fingerprint()}`;
  if (isCurrent(stamp)) return;
  const directory = mkdtempSync(join(tmpdir(), "rubato-kernels-"));
  try {
    mkdirSync(dirname(target("plain")), { recursive: true });
    await Promise.all(
      Object.keys(builds).map(async (build) => {
        const bytes = await compile(build, directory);
        const text = `// Made by scripts/build-kernels.mjs from kernels/, ${stamp}\nexport const bytes =\n  "${bytes.toString("base64")}";\n`;
        const unfinished = `${target(build)}.${process.pid}`;
        writeFileSync(unfinished, text);
        renameSync(unfinished, target(build));
        console.error(`${relative(root, target(build))}: ${bytes.length} bytes of WASM`);
      }),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await setup();
