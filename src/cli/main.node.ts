#!/usr/bin/env node
/** The program: one run of the command line on this process's streams. */
import { run } from "./run.js";

/** A reader that closes the pipe early, as `head` does, is no fault of anybody. */
const quietPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
};
process.stdout.on("error", quietPipe);
process.stderr.on("error", quietPipe);

const status = await run(process.argv.slice(2), {
  write: (content) => {
    process.stdout.write(content);
  },
  complain: (text) => {
    process.stderr.write(text);
  },
  ...(process.stderr.isTTY
    ? {
        progress: (text: string) => {
          process.stderr.write(text);
        },
      }
    : {}),
  env: process.env,
  isTTY: process.stdout.isTTY === true,
  columns: process.stdout.columns,
});
// Interrupted work has set a status of its own.
if (status !== 0 || process.exitCode === undefined) process.exitCode = status;
