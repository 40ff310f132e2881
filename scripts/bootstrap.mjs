// The way in on a fresh machine, with nothing but Node: installs what is missing, builds what is stale, then runs
// what was asked for.  Usage: node scripts/bootstrap.mjs demo|test|build [ARGS…]
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [task = "build", ...rest] = process.argv.slice(2);

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`node: Rubato needs Node.js 20.19 or newer, got ${process.versions.node}`);
  process.exit(2);
}

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

const newest = (path) => {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return modified(path);
  return Math.max(modified(path), ...readdirSync(path).map((entry) => newest(join(path, entry))));
};

const run = (command, args, options = {}) => {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (error) {
    console.error(`${command}: could not be started, ${error.message}`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status ?? 1);
};

const install = () => {
  if (modified(join(root, "node_modules/.package-lock.json")) >= modified(join(root, "package-lock.json"))) return;
  console.error("Installing dependencies (npm ci) …");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  run(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
};

const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The tests of what runs in a browser need one; Debian's can be installed, elsewhere they are left out. */
const installBrowser = () => {
  if (browsers.some(existsSync)) return;
  if (!existsSync("/usr/bin/apt-get") || process.getuid?.() !== 0) {
    console.error("No Chromium found: the browser tests are left out. Install Chromium to run them.");
    return;
  }
  console.error("Installing Chromium for the browser tests …");
  const apt = (...args) =>
    spawnSync("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0;
  if (!(apt("update", "-qq") && apt("install", "-qq", "-y", "--no-install-recommends", "chromium")))
    console.error("Chromium could not be installed: the browser tests are left out.");
};

const build = () => {
  const sources = ["src", "kernels", "scripts", "tsconfig.json", "tsconfig.build.json", "package-lock.json"];
  if (newest(join(root, "dist/.tsbuildinfo")) >= Math.max(...sources.map((path) => newest(join(root, path))))) return;
  console.error("Building …");
  run(process.execPath, [join(root, "scripts/build.mjs")]);
};

const tasks = {
  build: () => {},
  demo: () => run(process.execPath, [join(root, "dist/cli/main.node.js"), "demo", ...rest]),
  test: () => {
    installBrowser();
    run(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", ...rest]);
  },
};

if (!Object.hasOwn(tasks, task)) {
  console.error(`bootstrap: unknown task ${task}, expected one of ${Object.keys(tasks).join(", ")}`);
  process.exit(2);
}
install();
build();
tasks[task]();
