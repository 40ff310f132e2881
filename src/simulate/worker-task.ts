/** The messages between a pool and its workers, and what a worker does with them: the same in Node and browsers. */
import type { Divergence } from "../numerics/kernels/index.js";
import { type NetworkShare, runShare, savedNumbers } from "./network-run.js";
import { ExchangeStopped, exchangedRows, type RowExchange } from "./row-exchange.js";

/** Rows of one trial that a worker is to compute. */
export interface RowTask {
  readonly exchange: RowExchange;
  readonly thread: number;
  readonly first: number;
  readonly end: number;
}

export type ToWorker =
  | {
      readonly type: "run";
      readonly share: NetworkShare;
      /** Shared memory for the saved states; without it they are sent back. */
      readonly states?: Float64Array;
      readonly rows?: RowTask;
    }
  | { readonly type: "stop" };

export type FromWorker =
  | { readonly type: "steps"; readonly done: number }
  | { readonly type: "done"; readonly divergence?: Divergence; readonly states?: Float64Array }
  | { readonly type: "stopped" }
  | { readonly type: "failed"; readonly name: string; readonly message: string };

/** The worker's end of the line. */
export interface WorkerPort {
  readonly post: (message: FromWorker, transfer?: ArrayBuffer[]) => void;
  readonly onMessage: (handle: (message: ToWorker) => void) => void;
}

/** Lets waiting messages be handled. */
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });

/** Serves a port: runs the shares that it is sent, one at a time. */
export const serve = ({ post, onMessage }: WorkerPort): void => {
  let stopping = false;

  const run = async ({ share, states, rows }: Extract<ToWorker, { type: "run" }>): Promise<void> => {
    stopping = false;
    const own = states ?? new Float64Array(savedNumbers(share));
    const outcome = await runShare(share, own, {
      onSteps: (done) => post({ type: "steps", done }),
      stopped: rows ? () => false : () => pause().then(() => stopping),
      ...(rows && { rows: exchangedRows(rows.exchange, rows.thread, rows.first, rows.end) }),
    });
    if (outcome === "stopped") return post({ type: "stopped" });
    const divergence = outcome && { divergence: outcome };
    if (states) post({ type: "done", ...divergence });
    else post({ type: "done", ...divergence, states: own }, [own.buffer as ArrayBuffer]);
  };

  onMessage((message) => {
    if (message.type === "stop") {
      stopping = true;
      return;
    }
    run(message).catch((error: unknown) => {
      if (error instanceof ExchangeStopped) post({ type: "stopped" });
      else if (error instanceof Error) post({ type: "failed", name: error.name, message: error.message });
      else post({ type: "failed", name: "Error", message: String(error) });
    });
  });
};
