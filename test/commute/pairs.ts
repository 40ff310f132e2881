/** The certificates about the given operators. */
import type { Certificate, Operator } from "../../src/commute/certificate.js";
import type { Commutation } from "../../src/commute/commute.js";

export const pairs = ({ certificates }: Commutation, ...operators: Operator[]): Certificate[] =>
  certificates.filter((certificate) => certificate.operators.join() === operators.join());
