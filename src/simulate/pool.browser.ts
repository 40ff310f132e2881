/** Worker pools on web workers. */
import { type TaskWorker, type WorkerPool, workerPool } from "./pool.js";
import type { FromWorker } from "./worker-task.js";

const start = (): TaskWorker => {
  const worker = new Worker(new URL("./worker.browser.js", import.meta.url), { type: "module" });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (handle) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => handle(data);
    },
    onFailure: (handle) => {
      worker.onerror = ({ message }) => handle(new Error(message));
    },
    hold: () => {},
    terminate: () => worker.terminate(),
  };
};

/** A pool of web workers, as many as the browser suggests by default. */
export const webWorkerPool = (threads = globalThis.navigator?.hardwareConcurrency ?? 1): WorkerPool =>
  workerPool(threads, start);
