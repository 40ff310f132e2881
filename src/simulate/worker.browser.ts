/** A web worker that runs shares of network programs. */
import { serve, type ToWorker } from "./worker-task.js";

serve({
  post: (message, transfer = []) => globalThis.postMessage(message, { transfer }),
  onMessage: (handle) => {
    globalThis.onmessage = ({ data }: MessageEvent<ToWorker>) => handle(data);
  },
});
