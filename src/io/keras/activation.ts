/**
 * Activations as Keras writes them: a name, or an object with a class name and settings.
 *
 * Where Keras and Rubato mean different things by one word the slope is spelled out: `leaky_relu` has slope 0.2 as a
 * function and 0.3 as a layer; `hard_sigmoid` has slope 0.2 in Keras 2 and 1/6 in Keras 3.
 */
import { InputError } from "../../error.js";
import { type ActivationSpec, activationSpec } from "../../model/activation.js";

const number = (value: unknown, fallback: number): number => (typeof value === "number" ? value : fallback);

/**
 * The activation that a layer's settings name; the identity if none.
 *
 * @param major version of Keras that wrote the file
 */
export const kerasActivation = (value: unknown, major: number): ActivationSpec => {
  if (value === null || value === undefined) return "identity";
  if (typeof value === "string") {
    if (value === "leaky_relu") return { name: "leaky-relu", slope: 0.2 };
    if (value === "hard_sigmoid" && major < 3) return { name: "hard-sigmoid", slope: 0.2 };
    return activationSpec(value);
  }
  if (typeof value !== "object" || Array.isArray(value))
    throw new InputError(`activation: expected a name, got ${JSON.stringify(value)}`);
  const { class_name, config } = value as { class_name?: unknown; config?: unknown };
  if (typeof config === "string") return kerasActivation(config, major);
  const settings = (typeof config === "object" && config !== null ? config : {}) as Record<string, unknown>;
  if (class_name === "LeakyReLU")
    return { name: "leaky-relu", slope: number(settings.negative_slope ?? settings.alpha, 0.3) };
  if (class_name === "ELU") return { name: "elu", scale: number(settings.alpha, 1) };
  throw new InputError(`activation: unknown Keras activation, got ${JSON.stringify(class_name)}`);
};
