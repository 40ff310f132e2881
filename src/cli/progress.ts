/** One line on stderr that says how far long work is, where a person looks on. */
import type { Session } from "./verb.js";

const SILENT_MS = 1000;
const EVERY_MS = 200;

/** Shows the part done, from 0 to 1, once the work has taken a second; `end` clears the line. */
export const progressLine = (name: string, { progress }: Session) => {
  const began = performance.now();
  let last = began;
  let shown = false;
  return {
    show: (done: number): void => {
      const now = performance.now();
      if (!progress || now - began < SILENT_MS || now - last < EVERY_MS) return;
      last = now;
      shown = true;
      const left = ((now - began) / Math.max(done, 1e-9)) * (1 - done);
      progress(`\r${name}: ${Math.round(100 * done)} %, ${Math.ceil(left / 1000)} s left \u001b[K`);
    },
    end: (): void => {
      if (shown) progress?.("\r\u001b[K");
    },
  };
};
