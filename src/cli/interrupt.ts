/** Ctrl-C: asks long work to stop and lets it finish its files; a second one ends the process. */

/** Thrown into work that Ctrl-C stopped. */
export const interrupted = Symbol("interrupted");

/** Runs `work` with a signal that Ctrl-C aborts. */
export const interruptible = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const controller = new AbortController();
  const stop = () => {
    controller.abort(interrupted);
  };
  process.once("SIGINT", stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", stop);
  }
};
