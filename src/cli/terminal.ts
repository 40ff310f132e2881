/** Where a run of the command line reads and writes: the process, or a test that stands in for it. */
import { colored, type Layout, plain } from "../report/paint.js";

/** The two streams and what is known about them. */
export interface Terminal {
  /** Writes to stdout: results. */
  readonly write: (content: string | Uint8Array) => void;
  /** Writes to stderr: messages, progress, errors. */
  readonly complain: (text: string) => void;
  /** Writes to stderr where a person looks at it: progress. */
  readonly progress?: (text: string) => void;
  readonly env: Readonly<Partial<Record<string, string>>>;
  /** Whether a person looks at stdout. */
  readonly isTTY: boolean;
  /** Columns of that person's window, if known. */
  readonly columns?: number;
}

const NARROWEST = 80;
const WIDEST = 120;
const ELSEWHERE = 100;

/** Width and colors of tables: colors only on a terminal, and not where `NO_COLOR` is set. */
export const layoutOf = ({ isTTY, columns, env }: Terminal): Layout => ({
  width: isTTY ? Math.min(WIDEST, Math.max(NARROWEST, columns ?? NARROWEST)) : ELSEWHERE,
  paint: isTTY && !env.NO_COLOR && env.TERM !== "dumb" ? colored : plain,
});
