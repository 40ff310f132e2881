/** Networks stepped by WASM SIMD kernels. */
export {
  type ActivationFunction,
  type KernelActivation,
  kernelActivationNames,
  type NamedActivation,
} from "./activation.js";
export { bestBuild, type KernelBuild, type Precision } from "./instance.js";
export { type KernelScheme, type LowRankFactors, type NetworkProgram, programUnits } from "./program.js";
export { type RowShare, rowShareUnit } from "./row-share.js";
export {
  type Divergence,
  type InputSamples,
  type NetworkStepper,
  networkStepper,
  type StateRecord,
  type StepperOptions,
} from "./stepper.js";
