/** The rows of one trial split between several steppers, each with an instance of its own. */

/** A share of the rows of a single trial. */
export interface RowShare {
  /** First row, a multiple of `rowShareUnit`. */
  readonly first: number;
  /** Row after the last one, a multiple of `rowShareUnit` or the number of units. */
  readonly end: number;
  /** Called before every product with all its inputs, of which rows `first` to `end` are current: fills in the rest. */
  readonly exchange: (values: Float64Array | Float32Array) => void;
}

/** Shares of rows begin at multiples of this, so that no vector and no panel is cut. */
export const rowShareUnit = 8;
