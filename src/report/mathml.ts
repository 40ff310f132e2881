/**
 * LaTeX to MathML, which browsers set without any script. Temml is loaded when first asked for.
 *
 * Commands that could reach outside the formula (`\href`, `\includegraphics`) are refused, and so is everything that
 * LaTeX itself would refuse.
 */
import { InputError } from "../error.js";

/**
 * A formula as a `<math>` element for display.
 *
 * @param latex what stands between `\[` and `\]`
 * @throws InputError with the place of the first fault
 * @example await mathmlOf("\\dot{x} = A x") // '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block" …'
 */
export const mathmlOf = async (latex: string): Promise<string> => {
  const { default: temml } = await import("temml");
  try {
    return temml.renderToString(latex, {
      displayMode: true,
      xml: true,
      throwOnError: true,
      trust: false,
      strict: true,
      maxExpand: 1000,
    });
  } catch (error) {
    throw new InputError(`mathml: ${error instanceof Error ? error.message : String(error)}`);
  }
};
