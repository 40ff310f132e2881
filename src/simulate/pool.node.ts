/** Worker pools on the threads of Node. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type TaskWorker, type WorkerPool, workerPool } from "./pool.js";

/** Settings of a pool. */
export interface ThreadPoolSettings {
  /** As many as there are processors by default. */
  readonly threads?: number;
  /** The worker's program, this package's own by default. */
  readonly worker?: URL;
}

const start = (url: URL): TaskWorker => {
  const worker = new Worker(url);
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (handle) => {
      worker.removeAllListeners("message").on("message", handle);
    },
    onFailure: (handle) => {
      worker.removeAllListeners("error").on("error", handle);
    },
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  };
};

/** A pool of worker threads. */
export const threadPool = ({
  threads = availableParallelism(),
  worker = new URL("./worker.node.js", import.meta.url),
}: ThreadPoolSettings = {}): WorkerPool => workerPool(threads, () => start(worker));
