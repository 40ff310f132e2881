/** Trajectories in CSV: time, states, inputs. What `simulate -o path.csv` writes can be read again. */
import { InputError } from "../error.js";
import type { Model } from "../model/model.js";
import type { Trajectory } from "../operators/linearize.js";
import { type NumberTable, readNumberTable } from "./csv.js";

const columnsOf = ({ names, rows }: NumberTable, model: Model, path: string): [state: number[], input: number[]] => {
  const numbered = (letter: string, count: number) => Array.from({ length: count }, (_, k) => `${letter}${k + 1}`);
  const { units, inputs } = model;
  if (names) {
    const find = (wanted: readonly string[]) =>
      wanted.map((name) => {
        const column = names.indexOf(name);
        if (column < 0)
          throw new InputError(`${path}: expected a column ${name}, found ${names.slice(0, 8).join(", ")}`);
        return column;
      });
    if (names[0] !== "t") throw new InputError(`${path}: expected t as the first column, got ${names[0]}`);
    return [find(numbered("x", units)), names.includes("u1") ? find(numbered("u", inputs)) : []];
  }
  const width = rows[0]!.length;
  if (width !== 1 + units && width !== 1 + units + inputs)
    throw new InputError(
      `${path}: expected ${1 + units} columns (t and ${units} states) or ${1 + units + inputs} (and ${inputs} inputs), got ${width}`,
    );
  const span = (from: number, count: number) => Array.from({ length: count }, (_, k) => from + k);
  return [span(1, units), width === 1 + units ? [] : span(1 + units, inputs)];
};

/** The trajectory in a file, for a model's states and inputs. */
export const readTrajectory = async (path: string, model: Model): Promise<Trajectory> => {
  const table = await readNumberTable(path);
  const [state, input] = columnsOf(table, model, path);
  const pick = (columns: readonly number[]) => table.rows.map((row) => columns.map((column) => row[column]!));
  const times = table.rows.map((row) => row[0]!);
  times.forEach((t, k) => {
    if (k > 0 && !(t > times[k - 1]!))
      throw new InputError(`${path}: times must increase, got ${times[k - 1]} then ${t} in row ${k + 1}`);
  });
  return { at: "trajectory", times, states: pick(state), ...(input.length > 0 ? { inputs: pick(input) } : {}) };
};
