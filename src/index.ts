export type { Classification, PointType } from "./analyze/classify.js";
export { type Control, type ControlSettings, control, type SystemControl } from "./analyze/control.js";
export type { Loss } from "./analyze/control-loss.js";
export { type ScanSettings, scanControl } from "./analyze/control-scan.js";
export { type Fidelity, type FidelityOptions, fidelity, type PointFidelity } from "./analyze/fidelity.js";
export {
  type FixedPoint,
  type FixedPointOptions,
  type FixedPointSearch,
  fixedPoints,
} from "./analyze/fixed-points.js";
export { type Followed, type FollowOptions, followFixedPoint } from "./analyze/follow.js";
export { flowGramian, mapGramian, minimumEnergy, readoutEnergy } from "./analyze/gramians.js";
export { type Exponents, type Lyapunov, type LyapunovSettings, lyapunov } from "./analyze/lyapunov-exponents.js";
export { type Mode, type Modes, modesOf } from "./analyze/modes.js";
export { type Noise, type NoiseSettings, noise } from "./analyze/noise.js";
export { type Pseudospectrum, pseudospectrum } from "./analyze/pseudospectrum.js";
export { recommendedStep } from "./analyze/recommended-step.js";
export { stepLimits } from "./analyze/step-limits.js";
export { type Transients, transients } from "./analyze/transients.js";
export { type Validity, type ValidityOptions, validity } from "./analyze/validity.js";
export type { Bound, Certificate, Defect, Operator, Verdict } from "./commute/certificate.js";
export { type Commutation, commute } from "./commute/commute.js";
export type { CommuteSettings } from "./commute/context.js";
export { type RetimeSettings, type Retiming, retimed } from "./commute/retimed.js";
export { InputError, InternalError } from "./error.js";
export { type Activation, type ActivationSpec, activation, activationNames } from "./model/activation.js";
export { flowOf, isContinuous, isDiscrete, mapOf } from "./model/bind.js";
export {
  currentModel,
  equationsModel,
  gruModel,
  leakyMap,
  linearFlow,
  linearMap,
  lstmMap,
  type NetworkSettings,
  type Reading,
  rateModel,
  vanillaMap,
} from "./model/build.js";
export type { Flow, StepMap } from "./model/dynamics.js";
export { type Equation, type EquationSettings, equationOf, type LegendEntry } from "./model/equation.js";
export type {
  ContinuousModel,
  CurrentModel,
  DiscreteModel,
  EquationsModel,
  GruModel,
  LinearFlow,
  LinearMap,
  LstmMap,
  Model,
  RateModel,
  SchemeMap,
  WarpedFlow,
} from "./model/model.js";
export { readoutOf } from "./model/readout.js";
export type { Scheme, SchemeName } from "./model/scheme/scheme.js";
export { schemeNames, schemeOf } from "./model/scheme/schemes.js";
export { solveFixedPoint } from "./model/solve-fixed-point.js";
export { dense, denseWeights, lowRank, signed, type Weights } from "./model/weights.js";
export { type Complex, fromRows, type Matrix, toRows } from "./numerics/matrix.js";
export { canonicalForm, currentToRate, rateToCurrent } from "./operators/change-form.js";
export {
  backwardEuler,
  type Discretization,
  discretize,
  euler,
  explicitMidpoint,
  exponentialEuler,
  firstOrderHold,
  heun,
  imexEuler,
  implicitMidpoint,
  rk4,
  rosenbrockEuler,
  trapezoid,
  zeroOrderHold,
} from "./operators/discretize.js";
export { at, linearize, type OperatingPoint } from "./operators/linearize.js";
export { pipe } from "./operators/pipe.js";
export { rescale, rescaleUnits, retime, warp } from "./operators/rescale.js";
export { readAs, undiscretize, undiscretizeLinear } from "./operators/undiscretize.js";
export { type Simulation, simulate } from "./simulate/simulate.js";
