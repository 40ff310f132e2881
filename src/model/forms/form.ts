/** What every form of model declares about itself, beside its data. */
import { type Matrix, scaleRows } from "../../numerics/matrix.js";
import type { Flow, StepMap } from "../dynamics.js";
import type { FlowEquation, FlowEquationOf, MapEquation } from "../equations/flow-equation.js";
import type { Pen } from "../equations/pen.js";
import type { ContinuousModel, DiscreteModel } from "../model.js";

/** Binds any continuous model; given to forms that wrap another model. */
export type FlowOf = (model: ContinuousModel) => Flow;

export interface FlowForm<M extends ContinuousModel> {
  readonly flow: (model: M, flowOf: FlowOf) => Flow;
  /** The equation in parts, `tau x' = -lambda x + drive(x, u)`. */
  readonly equation: (model: M, pen: Pen, equationOf: FlowEquationOf<ContinuousModel>) => FlowEquation;
  /**
   * The model with the velocity of unit i multiplied by `speeds[i]` (all equal for R) and its noise by the square root.
   * Provenance and parent are the caller's.
   */
  readonly rescaled: (model: M, speeds: Float64Array) => M;
}

/** Multiplies the velocity of a flow; given to maps that know their parent. */
export type RescaleFlow = <M extends ContinuousModel>(model: M, speed: number) => M;

export interface MapForm<M extends DiscreteModel> {
  readonly stepMap: (model: M, flowOf: FlowOf) => StepMap;
  /** The update as it is computed, with its stages. */
  readonly equation: (model: M, pen: Pen, equationOf: FlowEquationOf<ContinuousModel>) => MapEquation;
  /** The same map, its step lasting `1 / speed` of what it did and its parent that much faster. */
  readonly relabelled: (model: M, speed: number, rescaleFlow: RescaleFlow) => M;
}

/** The noise of a flow whose unit i runs `speeds[i]` times as fast: `sqrt(speeds[i])` times as much, as a part of it. */
export const noiseAtSpeeds = ({ noise }: ContinuousModel, speeds: Float64Array): { readonly noise?: Matrix } =>
  noise ? { noise: scaleRows(speeds.map(Math.sqrt), noise) } : {};
