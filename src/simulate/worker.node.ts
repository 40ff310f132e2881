/** A worker thread of Node that runs shares of network programs. */
import { parentPort } from "node:worker_threads";
import { InternalError } from "../error.js";
import { serve } from "./worker-task.js";

const port = parentPort;
if (port === null) throw new InternalError("worker.node.js is started by a pool, not by itself");

serve({
  post: (message, transfer = []) => port.postMessage(message, transfer),
  onMessage: (handle) => port.on("message", handle),
});
