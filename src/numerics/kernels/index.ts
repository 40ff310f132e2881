/** Networks stepped by WASM SIMD kernels. */
export type { KernelActivation } from "./activation.js";
export { bestBuild, type KernelBuild, type Precision } from "./instance.js";
export { type KernelScheme, type NetworkProgram, programUnits } from "./program.js";
export { type RowShare, rowShareUnit } from "./row-share.js";
export {
  type Divergence,
  type InputSamples,
  networkStepper,
  type StepperOptions,
} from "./stepper.js";
