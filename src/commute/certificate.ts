/**
 * A certificate: whether two orders of operators give the same model, under which condition, and the evidence.
 *
 * The verdict is what theory and measurement say together; where they disagree the measurement wins and says so.
 */
import type { SchemeName } from "../model/scheme/scheme.js";

/** R rescales time, D discretizes, L linearizes. */
export type Operator = "R" | "D" | "L";

/** exact: at every state. conditional: at this operating point, under the condition. fails: they differ. */
export type Verdict = "exact" | "conditional" | "fails";

/** How two affine models differ at the operating point. */
export interface Defect {
  /** The largest of the three below. */
  readonly operator: number;
  /** 2-norm of the difference of the state matrices. */
  readonly state: number;
  /** 2-norm of the difference of the input matrices. */
  readonly input: number;
  /** Norm of the difference of the values at the operating point. */
  readonly offset: number;
  /** Largest distance between the two along a simulated trajectory; null where none was run. */
  readonly trajectory: number | null;
}

/** What theory says that the defect cannot exceed, or is to leading order. */
export interface Bound {
  readonly value: number | null;
  /**
   * "zero": they agree; "identity": the defect's exact value; "rigorous": never exceeded; "leading-order": its first
   * term in dt; "none": theory gives no number here.
   */
  readonly kind: "zero" | "identity" | "rigorous" | "leading-order" | "none";
}

export interface Certificate {
  readonly operators: readonly Operator[];
  readonly scheme: SchemeName | null;
  /** The two orders compared, as an equation. */
  readonly claim: string;
  readonly verdict: Verdict;
  /** In words: when the verdict holds. */
  readonly condition: string;
  readonly defect: Defect;
  /** Rounding level below which a measured defect counts as none. */
  readonly tolerance: number;
  readonly bound: Bound;
  /** First term of the defect's expansion in dt, where theory gives it. */
  readonly leadingOrder: number | null;
  /** Power of dt with which the defect vanishes; null where it does not or is none. */
  readonly order: number | null;
  /** What would make them commute; null where they do. */
  readonly remedy: string | null;
  /** Groups of orders that agree, of the certificate of all six orders. */
  readonly classes?: readonly (readonly string[])[];
}

/** What theory says of one comparison, before it is measured. */
export interface Prediction {
  readonly verdict: Verdict;
  readonly condition: string;
  readonly bound: Bound;
  readonly leadingOrder?: number | null;
  readonly order?: number | null;
  readonly remedy?: string | null;
}

export const agreement: Bound = { value: 0, kind: "zero" };
export const noBound: Bound = { value: null, kind: "none" };

/** What theory expects to differ in general, but whose first term is zero and whose difference was not found here. */
const coincides = (predicted: Prediction, { operator }: Defect, tolerance: number): boolean =>
  predicted.verdict === "fails" && predicted.leadingOrder === 0 && operator <= tolerance;

/**
 * Joins prediction and measurement. A predicted agreement that was not measured becomes "fails"; a difference whose first
 * term vanishes and that was not measured becomes "conditional".
 */
export const certify = (
  subject: { operators: readonly Operator[]; scheme: SchemeName | null; claim: string },
  general: Prediction,
  defect: Defect,
  tolerance: number,
): Certificate => {
  const predicted: Prediction = coincides(general, defect, tolerance)
    ? {
        verdict: "conditional",
        condition: `here only: in general ${general.condition}, but the first term of the difference is zero and none was measured`,
        bound: general.bound,
        leadingOrder: 0,
      }
    : general;
  const contradicted = predicted.verdict !== "fails" && !(defect.operator <= tolerance);
  return {
    ...subject,
    verdict: contradicted ? "fails" : predicted.verdict,
    condition: contradicted
      ? `theory says: ${predicted.condition}; but the measured defect ${defect.operator.toExponential(2)} exceeds rounding`
      : predicted.condition,
    defect,
    tolerance,
    bound: predicted.bound,
    leadingOrder: predicted.leadingOrder ?? null,
    order: predicted.order ?? null,
    remedy: contradicted
      ? "check the scale of the numbers; if they are ordinary, please report this network"
      : (predicted.remedy ?? null),
  };
};
